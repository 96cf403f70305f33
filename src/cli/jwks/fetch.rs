//! `authctl jwks fetch`: the set of a server.

use std::path::PathBuf;

use authctl::core::error::Error;
use authctl::core::jose::key_set::{SetDocument, is_private};
use clap::builder::{OsStringValueParser, TypedValueParser as _};
use serde_json::json;

use super::set_file::SetFile;
use super::source::{Found, Place, ServerArgs, find};
use crate::cli::context::Context;
use crate::cli::output::OutputArg;
use crate::cli::render::{counted, escape};
use crate::cli::secrets::read_file;

/// Fetch the JWK Set of a server
///
/// Prints it as the server sent it, or keeps it in a file, which is replaced
/// as a whole. The server is asked even where a copy of the set is kept.
///
/// Example: `authctl jwks fetch --issuer https://as.example --out as.jwks.json`
#[derive(clap::Args, Debug)]
pub struct FetchArgs {
    /// Where the set is; by default where the metadata of --issuer says, else
    /// of the profile's issuer
    #[arg(value_name = "URL", conflicts_with_all = ["issuer", "jwks_uri"],
          value_parser = OsStringValueParser::new().try_map(url))]
    url: Option<Place>,

    /// Write it to this file; a set that is there is replaced
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,

    /// Replace a file that is no JWK Set
    #[arg(long, requires = "out")]
    force: bool,

    #[command(flatten)]
    output: OutputArg,

    #[command(flatten)]
    server: ServerArgs,
}

fn url(typed: std::ffi::OsString) -> Result<Place, String> {
    match Place::parse(typed)? {
        place @ Place::Url(_) => Ok(place),
        Place::File(_) | Place::Stdin => Err("it is no URL; begin it with https://".to_owned()),
    }
}

/// Fetches the set, and prints or keeps it.
pub fn run(cx: &Context, args: &FetchArgs) -> Result<(), Error> {
    let found = find(cx, args.url.as_ref(), &args.server)?;
    let private = warn_of_private(cx, &found);
    let Some(path) = &args.out else {
        if found.text.ends_with(b"\n") {
            return cx.render.foreign_octets(&found.text);
        }
        return cx
            .render
            .foreign_octets(&[&found.text, &b"\n"[..]].concat());
    };
    let text = std::str::from_utf8(&found.text)
        .map_err(|_| Error::Internal("a set that was read is not UTF-8".into()))?;
    let file = SetFile::lock(cx, path)?;
    let is_set = || read_file(path).is_ok_and(|text| SetDocument::look_at(text.expose()).is_ok());
    if !args.force && path.exists() && !is_set() {
        return Err(Error::usage(
            format!("`{}` is there and is no JWK Set", file.name()),
            "replace it with --force, or choose another name",
        ));
    }
    file.write_text(text, private)?;
    let count = found.set.entries().len();
    if args.output.is_json(cx) {
        return cx
            .render
            .json(&json!({"url": found.name, "set": file.name(), "keys": count}));
    }
    cx.render.text(&format!(
        "wrote {} of {} to {}",
        counted(count, "key", "keys"),
        escape(&found.name),
        escape(file.name())
    ))
}

/// Says that a server publishes what it must not; the set stays as it is.
fn warn_of_private(cx: &Context, found: &Found) -> bool {
    let private =
        |entry: &&authctl::core::jose::key_set::Entry| entry.members().is_some_and(is_private);
    let count = found.set.entries().iter().filter(private).count();
    if count > 0 {
        cx.render.warning(&format!(
            "{} publishes {}: whoever reads the set can sign",
            found.name,
            counted(count, "private or secret key", "private or secret keys")
        ));
    }
    count > 0
}
