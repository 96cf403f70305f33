//! The least program for the command line: it parses the same tree of commands
//! as authctl, and does nothing else. What authctl takes beyond it is the price
//! of the work itself.

#[expect(
    dead_code,
    reason = "all but the tree of commands is unused, and so is left out of the binary"
)]
#[path = "../../../src/cli/mod.rs"]
mod cli;

use std::io::{self, Write as _};
use std::process::ExitCode;

use clap::Parser as _;

fn main() -> ExitCode {
    match cli::Cli::try_parse() {
        // `black_box`, or the optimizer would leave the parser out as well.
        Ok(cli) => {
            std::hint::black_box(&cli);
            ExitCode::SUCCESS
        }
        Err(error) if error.use_stderr() => ExitCode::from(2),
        // `--version`, which authctl prints as well.
        Err(error) => match io::stdout().write_all(error.render().to_string().as_bytes()) {
            Ok(()) => ExitCode::SUCCESS,
            Err(_) => ExitCode::FAILURE,
        },
    }
}
