//! `authctl key inspect`: what a key is and what it can do.

use std::fmt::Display;

use authctl::core::error::Error;
use authctl::core::jose::{Inspection, KeyError, Part, ThumbprintHash};
use serde_json::{Map, Value, json};

use super::{Chosen, KidArg, Source};
use crate::cli::context::Context;
use crate::cli::output::OutputArg;
use crate::cli::render::{Paint, escape};
use crate::cli::warnings_json;

/// Show what a key is and what it can do
///
/// Private parts are never shown. A key that is weak, broken or of a type that
/// is not supported is described too, with what is wrong with it, and the
/// exit code is 0; only what is no key at all is an error. Of a JWK Set every
/// key is shown, in JSON one object a line.
///
/// Example: `authctl key inspect signing.pem`
#[derive(clap::Args, Debug)]
pub struct InspectArgs {
    #[command(flatten)]
    source: Source,

    #[command(flatten)]
    kid: KidArg,

    #[command(flatten)]
    output: OutputArg,
}

/// Shows the key, or those of the set.
pub fn run(cx: &Context, args: &InspectArgs) -> Result<(), Error> {
    let keys = args.kid.choose(args.source.inspect(cx)?)?;
    if args.output.is_json(cx) {
        if let [
            Chosen {
                place: None,
                key: Ok(key),
            },
        ] = keys.as_slice()
        {
            return cx.render.json(&Value::Object(as_json(key)));
        }
        let lines: String = keys
            .iter()
            .map(|Chosen { place, key }| {
                let mut object = Map::from_iter([("index".to_owned(), json!(place))]);
                match key {
                    Ok(key) => object.extend(as_json(key)),
                    Err(fault) => {
                        object.insert("fault".into(), fault_json(fault));
                    }
                }
                format!("{}\n", Value::Object(object))
            })
            .collect();
        return cx.render.foreign_octets(lines.as_bytes());
    }
    let paint = cx.render.stdout_paint();
    if keys.is_empty() {
        return cx.render.text("no keys in the set");
    }
    let sections: Vec<String> = keys
        .iter()
        .map(|Chosen { place, key }| {
            let heading = place.map_or_else(String::new, |place| {
                format!("{}\n", paint.bold(&format!("keys[{place}]")))
            });
            let body = match key {
                Ok(key) => as_text(key, paint),
                Err(fault) => line(paint, "no key", &fault.message),
            };
            heading + &body
        })
        .collect();
    cx.render.text(&sections.join("\n"))
}

fn as_json(key: &Inspection) -> Map<String, Value> {
    let mut object = Map::new();
    let mut put = |name: &str, value: Value| {
        object.insert(name.to_owned(), value);
    };
    put("part", json!(key.part.name()));
    put("kty", json!(key.kty()));
    match key.kty() {
        Some("EC" | "OKP") => put("crv", json!(key.variant())),
        Some("AKP") => put("parameter_set", json!(key.variant())),
        Some(_) => {}
        None => put("key_type", json!(key.variant())),
    }
    put("bits", json!(key.bits()));
    put("encoding", json!(key.form.encoding()));
    if let Some(structure) = key.form.structure() {
        put("structure", json!(structure.name()));
    }
    put("encrypted", json!(key.encrypted));
    put("thumbprint", json!(thumbprint(key)));
    put("spki_sha256", json!(key.spki_sha256()));
    put("openssh_fingerprint", json!(key.openssh_fingerprint()));
    for (name, value) in key.labels() {
        put(name, value.clone());
    }
    put("signs", names_json(&key.signs));
    put("verifies", names_json(&key.verifies));
    put("encrypts", names_json(&key.encrypts));
    put("decrypts", names_json(&key.decrypts));
    put("fault", key.fault.as_ref().map_or(Value::Null, fault_json));
    put("warnings", warnings_json(&key.warnings));
    put("public_jwk", json!(key.public_jwk()));
    object
}

fn as_text(key: &Inspection, paint: Paint) -> String {
    let mut text = String::new();
    let mut put = |name: &str, value: &str| text.push_str(&line(paint, name, value));
    put("key", &kind(key));
    put("form", &key.form.to_string());
    for (name, value) in key.labels() {
        match value {
            Value::Array(values) => put(name, &joined(values.iter().filter_map(Value::as_str))),
            other => put(name, other.as_str().unwrap_or_default()),
        }
    }
    let thumbprint = thumbprint(key);
    for (name, value) in [
        ("thumbprint", thumbprint.as_deref()),
        ("SPKI SHA-256", key.spki_sha256().as_deref()),
        ("OpenSSH", key.openssh_fingerprint()),
    ] {
        if let Some(value) = value {
            put(name, value);
        }
    }
    let abilities = [
        ("signs", names(&key.signs)),
        ("verifies", names(&key.verifies)),
        ("encrypts", names(&key.encrypts)),
        ("decrypts", names(&key.decrypts)),
    ];
    if abilities.iter().all(|(_, by)| by.is_empty()) {
        put("serves", "nothing");
    }
    for (what, by) in abilities {
        if !by.is_empty() {
            put(what, &by);
        }
    }
    if let Some(fault) = &key.fault {
        text.push_str(&warning(paint, &format!("unfit for use: {fault}")));
    }
    for found in &key.warnings {
        text.push_str(&warning(paint, &found.message));
    }
    text
}

/// Writes `RSA, 2048 bits, private`, `EC P-256, public`.
fn kind(key: &Inspection) -> String {
    let mut words = vec![match (key.kty(), key.variant()) {
        (Some(kty), Some(variant)) => format!("{kty} {variant}"),
        (Some(kty), None) => kty.to_owned(),
        (None, variant) => variant.unwrap_or("of an unknown type").to_owned(),
    }];
    // The curve says it already.
    if let (Some("RSA" | "oct"), Some(bits)) = (key.kty(), key.bits()) {
        words.push(format!("{bits} bits"));
    }
    words.push(key.part.name().to_owned());
    words.join(", ")
}

/// Returns the thumbprint, but not that of a secret (RFC 7638 §7).
fn thumbprint(key: &Inspection) -> Option<String> {
    match key.part {
        Part::Secret => None,
        Part::Public | Part::Private => key.thumbprint(ThumbprintHash::Sha256).ok(),
    }
}

fn line(paint: Paint, name: &str, value: &str) -> String {
    format!(
        "{}  {}\n",
        paint.cyan(&format!("{name:<12}")),
        escape(value)
    )
}

fn warning(paint: Paint, message: &str) -> String {
    format!("{} {}\n", paint.yellow("!"), escape(message))
}

fn names(algorithms: &[impl Display]) -> String {
    let names: Vec<_> = algorithms.iter().map(ToString::to_string).collect();
    names.join(", ")
}

fn joined<'a>(names: impl Iterator<Item = &'a str>) -> String {
    names.collect::<Vec<_>>().join(", ")
}

fn names_json(algorithms: &[impl Display]) -> Value {
    algorithms.iter().map(ToString::to_string).collect()
}

fn fault_json(fault: &KeyError) -> Value {
    json!({"code": fault.code, "message": fault.message})
}
