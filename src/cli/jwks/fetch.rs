//! `authctl jwks fetch`: the set of a server.

use std::path::{Path, PathBuf};

use authctl::core::error::Error;
use authctl::core::jose::key_set::{Entry, SetDocument, is_private};
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

    /// Replace a file that is no JWK Set, or one with private keys or secrets
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
    let old = match path.exists() {
        true => replaceable(path, file.name(), args.force)?,
        false => None,
    };
    file.write_text(text, private)?;
    let count = found.set.entries().len();
    if let (0, Some(old @ 1..)) = (count, old) {
        cx.render.note(&format!(
            "`{}` had {}, and what the server sent in its place has none",
            file.name(),
            counted(old, "key", "keys")
        ));
    }
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

/// Refuses to replace what no server could give back; returns how many keys the
/// set has that is there, if it is one.
fn replaceable(path: &Path, name: &str, force: bool) -> Result<Option<usize>, Error> {
    let text = read_file(path);
    // A single JWK is no set: it is how a private key is kept.
    let set = text.and_then(|text| Ok(SetDocument::parse(text.expose())?));
    let fault = match &set {
        Err(_) => "is no JWK Set",
        Ok(set) if set.entries().iter().any(holds_private) => "holds private keys or secrets",
        Ok(_) => "",
    };
    if !fault.is_empty() && !force {
        return Err(Error::usage(
            format!("`{name}` is there and {fault}"),
            "replace it with --force, or choose another name",
        ));
    }
    Ok(set.ok().map(|set| set.entries().len()))
}

fn holds_private(entry: &Entry) -> bool {
    entry.members().is_some_and(is_private)
}

/// Says that a server publishes what it must not; the set stays as it is.
fn warn_of_private(cx: &Context, found: &Found) -> bool {
    let entries = found.set.entries().iter();
    let count = entries.filter(|entry| holds_private(entry)).count();
    if count > 0 {
        cx.render.warning(&format!(
            "{} publishes {}: whoever reads the set can sign",
            found.name,
            counted(count, "private or secret key", "private or secret keys")
        ));
    }
    count > 0
}
