//! `authctl jwks`: a JWK Set that is kept.

mod add;
mod fetch;
mod list;
mod plan;
mod remove;
mod report;
mod rotate;
mod set_file;
mod source;

use authctl::core::error::Error;

use super::context::Context;

/// List, change, rotate and fetch a JWK Set
///
/// A set is edited in place: under a lock, so that no two edits are lost in
/// each other, and as a whole, so that a reader sees the old set or the new
/// one. What others put into it stays as it is.
#[derive(clap::Args, Debug)]
pub struct JwksArgs {
    #[command(subcommand)]
    command: JwksCommand,
}

#[derive(clap::Subcommand, Debug)]
enum JwksCommand {
    List(list::ListArgs),
    Add(add::AddArgs),
    Remove(remove::RemoveArgs),
    Rotate(rotate::RotateArgs),
    Fetch(fetch::FetchArgs),
}

/// Runs the subcommand.
pub fn run(cx: &Context, args: &JwksArgs) -> Result<(), Error> {
    match &args.command {
        JwksCommand::List(args) => list::run(cx, args),
        JwksCommand::Add(args) => add::run(cx, args),
        JwksCommand::Remove(args) => remove::run(cx, args),
        JwksCommand::Rotate(args) => rotate::run(cx, args),
        JwksCommand::Fetch(args) => fetch::run(cx, args),
    }
}
