//! `authctl key thumbprint`: the name that a key gives itself.

use authctl::core::error::Error;
use authctl::core::jose::{self, Inspection, Part, ThumbprintHash, thumbprint_uri};
use serde_json::{Map, Value, json};

use super::{Chosen, KidArg, Source};
use crate::cli::context::Context;
use crate::cli::output::OutputArg;
use crate::cli::render::escape;

/// Print the thumbprint of a key (RFC 7638)
///
/// A private key has the thumbprint of its public key. Of a JWK Set there is
/// one line for each key: its thumbprint, and its kid if it has one. The
/// thumbprint of a secret is a hash of it, by which others could try guesses;
/// it is made with --allow-secret only.
///
/// Example: `authctl key thumbprint signing.pub.pem --uri`
#[derive(clap::Args, Debug)]
pub struct ThumbprintArgs {
    #[command(flatten)]
    source: Source,

    #[command(flatten)]
    kid: KidArg,

    /// Hash of the thumbprint
    #[arg(long, value_enum, value_name = "HASH", default_value = "sha-256")]
    hash: Hash,

    /// Print it as a URI (RFC 9278)
    #[arg(long)]
    uri: bool,

    /// Make the thumbprint of a secret too
    #[arg(long)]
    allow_secret: bool,

    #[command(flatten)]
    output: OutputArg,
}

/// By the names of RFC 9278 §3.
#[derive(clap::ValueEnum, Clone, Copy, Debug)]
#[value(rename_all = "verbatim")]
enum Hash {
    #[value(name = "sha-256")]
    Sha256,
    #[value(name = "sha-384")]
    Sha384,
    #[value(name = "sha-512")]
    Sha512,
}

impl From<Hash> for ThumbprintHash {
    fn from(hash: Hash) -> Self {
        match hash {
            Hash::Sha256 => Self::Sha256,
            Hash::Sha384 => Self::Sha384,
            Hash::Sha512 => Self::Sha512,
        }
    }
}

/// Prints the thumbprint, or those of the set.
pub fn run(cx: &Context, args: &ThumbprintArgs) -> Result<(), Error> {
    let hash = args.hash.into();
    let json = args.output.is_json(cx);
    let keys = args.kid.choose(args.source.inspect(cx)?)?;
    if let [
        Chosen {
            place,
            key: Ok(key),
        },
    ] = keys.as_slice()
        && (place.is_none() || args.kid.kid.is_some())
    {
        let found = thumbprint(key, hash, args.allow_secret)?;
        return match json {
            true => cx.render.json(&as_json(None, key, &found, hash)),
            false => cx.render.text(&shown(args, &found, hash)),
        };
    }
    let mut text = String::new();
    let mut fault = None;
    for Chosen { place, key } in keys {
        let found = key
            .map_err(jose::Error::from)
            .map_err(Error::from)
            .and_then(|key| Ok((thumbprint(&key, hash, args.allow_secret)?, key)));
        match found {
            Ok((found, key)) if json => {
                text.push_str(&format!("{}\n", as_json(place, &key, &found, hash)));
            }
            Ok((found, key)) => {
                let kid = key.kid().map_or_else(String::new, |kid| format!("  {kid}"));
                text.push_str(&format!("{}{}\n", shown(args, &found, hash), escape(&kid)));
            }
            // A set may hold keys that are not understood (RFC 7517 §5).
            Err(found) => {
                let place = place.unwrap_or_default();
                cx.render
                    .warning(&format!("no thumbprint of keys[{place}]: {found}"));
                fault = Some(found);
            }
        }
    }
    match fault {
        Some(fault) if text.is_empty() => Err(fault),
        _ => cx.render.foreign_octets(text.as_bytes()),
    }
}

fn shown(args: &ThumbprintArgs, thumbprint: &str, hash: ThumbprintHash) -> String {
    match args.uri {
        true => thumbprint_uri(thumbprint, hash),
        false => thumbprint.to_owned(),
    }
}

fn thumbprint(key: &Inspection, hash: ThumbprintHash, allow_secret: bool) -> Result<String, Error> {
    if key.part == Part::Secret && !allow_secret {
        return Err(Error::usage(
            "the thumbprint of a secret lets others try guesses at it (RFC 7638 §7)",
            "make it all the same with --allow-secret, if the secret is random",
        ));
    }
    Ok(key.thumbprint(hash).map_err(jose::Error::from)?)
}

fn as_json(
    place: Option<usize>,
    key: &Inspection,
    thumbprint: &str,
    hash: ThumbprintHash,
) -> Value {
    let mut object = Map::new();
    if let Some(place) = place {
        object.insert("index".into(), json!(place));
    }
    if let Some(kid) = key.kid() {
        object.insert("kid".into(), json!(kid));
    }
    object.insert("thumbprint".into(), json!(thumbprint));
    object.insert("hash".into(), json!(hash.name()));
    object.insert("uri".into(), json!(thumbprint_uri(thumbprint, hash)));
    Value::Object(object)
}
