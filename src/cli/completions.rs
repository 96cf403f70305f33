//! `authctl completions`: scripts for shells.

use authctl::core::error::Error;
use clap_complete::Shell;

use super::context::Context;

/// Print a completion script
///
/// Example for bash: `authctl completions bash > ~/.local/share/bash-completion/completions/authctl`
#[derive(clap::Args, Debug)]
pub struct CompletionsArgs {
    /// Shell to complete for
    shell: Shell,
}

/// Prints the script.
pub fn run(cx: &Context, args: &CompletionsArgs) -> Result<(), Error> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut super::tree(), "authctl", &mut script);
    cx.render.octets(&script)
}
