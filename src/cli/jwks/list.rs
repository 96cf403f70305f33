//! `authctl jwks list`: what is in a set.

use authctl::core::error::Error;
use authctl::core::jose::key_set::summary;
use clap::builder::{OsStringValueParser, TypedValueParser as _};
use serde_json::{Value, json};

use super::report::{key_json, table};
use super::source::{Place, ServerArgs, find};
use crate::cli::context::Context;
use crate::cli::output::OutputArg;

/// List the keys of a set, and what is wrong with them
///
/// A set with broken keys is listed too: each problem has a code. Private
/// parts are never shown.
///
/// Example: `authctl jwks list https://as.example/jwks`
#[derive(clap::Args, Debug)]
pub struct ListArgs {
    /// JWK Set: a file, an https URL, or - for standard input; by default that
    /// of --issuer, else of the profile's issuer
    #[arg(value_name = "FILE|URL|-", conflicts_with_all = ["issuer", "jwks_uri"],
          value_parser = OsStringValueParser::new().try_map(Place::parse))]
    set: Option<Place>,

    #[command(flatten)]
    output: OutputArg,

    #[command(flatten)]
    server: ServerArgs,
}

/// Reads and shows the set.
pub fn run(cx: &Context, args: &ListArgs) -> Result<(), Error> {
    let found = find(cx, args.set.as_ref(), &args.server)?;
    let now = cx.now();
    let keys = summary(&found.set, found.public, now);
    if args.output.is_json(cx) {
        let keys: Vec<Value> = keys.iter().map(key_json).collect();
        return cx.render.json(&json!({"set": found.name, "keys": keys}));
    }
    cx.render.text(&table(&keys, now))
}
