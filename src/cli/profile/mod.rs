//! `authctl profile`: named sets of settings.

mod export;
mod import;
mod list;
mod move_store;
mod rekey;
mod remove;
mod set;
mod show;
mod switch;

use authctl::core::config::{ConfigFile, Value};
use authctl::core::error::Error;
use serde_json::{Value as Json, json};

use super::context::Context;

/// List, show and change profiles, and move their sessions
///
/// A profile is a named set of settings in config.toml. It holds references
/// to secrets, never a secret.
#[derive(clap::Args, Debug)]
pub struct ProfileArgs {
    #[command(subcommand)]
    command: ProfileCommand,
}

#[derive(clap::Subcommand, Debug)]
enum ProfileCommand {
    List(list::ListArgs),
    Show(show::ShowArgs),
    Set(set::SetArgs),
    Use(switch::UseArgs),
    Remove(remove::RemoveArgs),
    MoveStore(move_store::MoveStoreArgs),
    Rekey(rekey::RekeyArgs),
    Export(export::ExportArgs),
    Import(import::ImportArgs),
}

/// Runs the subcommand.
pub fn run(cx: &Context, args: &ProfileArgs) -> Result<(), Error> {
    match &args.command {
        ProfileCommand::List(args) => list::run(cx, args),
        ProfileCommand::Show(args) => show::run(cx, args),
        ProfileCommand::Set(args) => set::run(cx, args),
        ProfileCommand::Use(args) => switch::run(cx, args),
        ProfileCommand::Remove(args) => remove::run(cx, args),
        ProfileCommand::MoveStore(args) => move_store::run(cx, args),
        ProfileCommand::Rekey(args) => rekey::run(cx, args),
        ProfileCommand::Export(args) => export::run(cx, args),
        ProfileCommand::Import(args) => import::run(cx, args),
    }
}

/// Returns the profiles that are meant, each once: `all`, or those that are
/// named, or the one in force. They come in one order, as whoever takes
/// several locks must.
fn meant(cx: &Context, all: Option<Vec<String>>, named: &[String]) -> Result<Vec<String>, Error> {
    let mut profiles = match (all, named) {
        (Some(all), _) => all,
        (None, []) => vec![cx.profile_name()?],
        (None, named) => named.to_vec(),
    };
    profiles.sort_unstable();
    profiles.dedup();
    Ok(profiles)
}

fn value_json(value: &Value) -> Json {
    match value {
        Value::Text(text) => json!(text),
        Value::List(items) => json!(items),
    }
}

/// Refuses a profile that is not in the configuration.
fn must_be_in(config: &ConfigFile, name: &str) -> Result<(), Error> {
    match config.profile(name) {
        Some(_) => Ok(()),
        None => Err(config.no_profile(name).into()),
    }
}
