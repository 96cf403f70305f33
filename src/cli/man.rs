//! `authctl man`: manual pages.

use std::path::{Path, PathBuf};

use authctl::core::error::Error;
use clap_mangen::Man;

use super::context::Context;

/// Print a manual page, or write all of them
///
/// Without a command it is the page of authctl itself. Example: `authctl man | man -l -`
#[derive(clap::Args, Debug)]
pub struct ManArgs {
    /// Command, with its subcommand
    #[arg(value_name = "COMMAND", conflicts_with = "out")]
    command: Vec<String>,

    /// Write the pages of all commands into this folder
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
}

/// Prints or writes the pages.
pub fn run(cx: &Context, args: &ManArgs) -> Result<(), Error> {
    let mut tree = super::tree();
    tree.build();
    if let Some(folder) = &args.out {
        return write_all(&tree, folder);
    }
    let mut command = &tree;
    for name in &args.command {
        command = command.find_subcommand(name).ok_or_else(|| {
            Error::usage(
                format!("there is no command `{}`", args.command.join(" ")),
                "see `authctl --help`",
            )
        })?;
    }
    cx.render.octets(&page(command)?)
}

fn write_all(command: &clap::Command, folder: &Path) -> Result<(), Error> {
    let name = page_name(command);
    let fail = |source: std::io::Error| Error::Input {
        what: format!("cannot write `{name}` into `{}`", folder.display()),
        hint: Some("check that the folder can be written to".into()),
        source: Some(source),
    };
    std::fs::create_dir_all(folder).map_err(fail)?;
    std::fs::write(folder.join(&name), page(command)?).map_err(fail)?;
    for child in command.get_subcommands() {
        write_all(child, folder)?;
    }
    Ok(())
}

fn page(command: &clap::Command) -> Result<Vec<u8>, Error> {
    let name = page_name(command);
    let title = name.trim_end_matches(".1").to_owned();
    let mut page = Vec::new();
    Man::new(command.clone().name(title.clone()))
        .title(title.to_uppercase())
        // The date of a build would make every build differ.
        .date("")
        .render(&mut page)
        .map_err(Error::Output)?;
    Ok(page)
}

/// Returns `authctl-profile-set.1` for `authctl profile set`.
fn page_name(command: &clap::Command) -> String {
    let full = command.get_bin_name().unwrap_or(command.get_name());
    format!("{}.1", full.replace(' ', "-"))
}
