//! The header: whose key, which algorithm, what kind of token.

use serde_json::{Map, Value};

use super::rules::{Findings, LintRule};
use crate::core::jose::algorithm::Algorithm;
use crate::core::jose::error::shorten;
use crate::core::jose::header::same_media_type;
use crate::core::jose::public_key::{MIN_RSA_BITS, PublicKey};

/// Header parameters that bring a key or say where one is. A verifier that
/// follows them lets the sender choose the key (RFC 7515 §4.1.2 to §4.1.6).
const KEY_IN_HEADER: [&str; 4] = ["jwk", "jku", "x5c", "x5u"];

/// What a `kid` has that is put, unread, into a path, a URL, a query of SQL or
/// LDAP, or a command. Neither base64url nor base64 has any of it.
const UNSAFE: [&str; 18] = [
    "..", "://", "\\", "'", "\"", "`", ";", "|", "*", "(", ")", "<", ">", "{", "}", "$(", "&", "\0",
];

/// Says whether the `typ` of a header is this one.
pub(super) fn is_kind(header: &Map<String, Value>, kind: &str) -> bool {
    let typ = header.get("typ").and_then(Value::as_str);
    typ.is_some_and(|typ| same_media_type(typ, kind))
}

/// Looks at how the header names the key.
pub(super) fn key(header: &Map<String, Value>, findings: &mut Findings) {
    // A DPoP proof proves possession of the key that it brings, and must bring
    // one (RFC 9449 §4.2).
    let is_proof = is_kind(header, "dpop+jwt");
    for name in KEY_IN_HEADER {
        if header.contains_key(name) && !(is_proof && name == "jwk") {
            findings.add(
                LintRule::KeyInHeader,
                format!("the header brings a key of its own (`{name}`), which must not be trusted"),
            );
        }
    }
    if let Some(Value::Object(jwk)) = header.get("jwk")
        && let Err(fault) = PublicKey::from_jwk(jwk)
        && fault.code == "key_weak"
    {
        findings.add(LintRule::WeakKey, format!("in the header, {fault}"));
    }
    if let Some(Value::String(kid)) = header.get("kid") {
        let absolute =
            kid.starts_with('/') && kid[1..].contains(['/', '.']) && !is_base64_of_hash(kid);
        let path = absolute || kid.starts_with("~/") || kid.starts_with("./");
        let control = kid.chars().any(char::is_control);
        if path || control || UNSAFE.iter().any(|piece| kid.contains(piece)) {
            findings.add(
                LintRule::KidUnsafe,
                format!(
                    "the `kid` looks like a path, a URL or a command, `{}`: a key is looked up by it and nothing else",
                    shorten(kid)
                ),
            );
        }
    }
}

/// Says whether a `kid` could be the base64 of a hash or of as many random
/// octets, which may begin with a slash and hold more: by its padding, or else
/// by its length and its letters of both cases.
fn is_base64_of_hash(kid: &str) -> bool {
    let octets = kid.trim_end_matches('=');
    let padding = kid.len() - octets.len();
    let of_base64 = |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '/');
    // Of 16, 20, 24, 32, 48 and 64 octets.
    let is_long = matches!(octets.len(), 22 | 27 | 32 | 43 | 64 | 86);
    let is_padded = padding > 0 && kid.len().is_multiple_of(4);
    let is_mixed = octets.contains(|c: char| c.is_ascii_uppercase())
        && octets.contains(|c: char| c.is_ascii_lowercase());
    octets.chars().all(of_base64) && is_long && (is_padded || padding == 0 && is_mixed)
}

/// Looks at the algorithm and the length of the signature.
pub(super) fn signature(header: &Map<String, Value>, length: usize, findings: &mut Findings) {
    if !header.get("typ").is_some_and(Value::is_string) {
        findings.add(
            LintRule::NoTyp,
            "the header has no `typ`: a token of one kind can be taken for one of another",
        );
    }
    let name = match header.get("alg") {
        Some(Value::String(name)) => name.as_str(),
        _ => "",
    };
    let Ok(algorithm) = name.parse::<Algorithm>() else {
        match name.eq_ignore_ascii_case("none") {
            true => findings.add(
                LintRule::AlgNone,
                "the token is not signed (`alg` is `none`): anyone can have made it",
            ),
            false => findings.add(
                LintRule::AlgUnknown,
                format!(
                    "the algorithm `{}` is no supported signature",
                    shorten(name)
                ),
            ),
        }
        return;
    };
    if algorithm == Algorithm::EdDSA {
        findings.add(
            LintRule::AlgDeprecated,
            "the algorithm `EdDSA` does not say which curve it is; `Ed25519` does",
        );
    }
    if algorithm.is_symmetric() {
        findings.add(
            LintRule::Hmac,
            format!(
                "{algorithm} is a shared secret: whoever can verify can sign, and a short or \
                 guessable one is found by trying"
            ),
        );
    }
    let expected = match algorithm.signature_len() {
        Some(expected) => expected,
        None if length == 0 => MIN_RSA_BITS / 8,
        // An RSA signature is as long as the modulus.
        None => {
            if length * 8 < MIN_RSA_BITS {
                findings.add(
                    LintRule::WeakKey,
                    format!(
                        "the signature is by an RSA key of about {} bits, at least {MIN_RSA_BITS} are needed",
                        length * 8
                    ),
                );
            }
            length
        }
    };
    if length != expected {
        findings.add(
            LintRule::SignatureLength,
            format!("the signature has {length} octets, which no signature by {algorithm} has"),
        );
    }
}
