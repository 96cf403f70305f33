//! Keys on their way into a set.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::{Entry, PRIVATE, SetDocument, is_private, text_of};
use crate::core::jose::contradiction::refuse_contradiction;
use crate::core::jose::error::{Error, KeyError, shorten};
use crate::core::jose::jwe::X25519Key;
use crate::core::jose::jwk::Jwk;
use crate::core::jose::key_labels::public_operations;
use crate::core::jose::portable_key::Portable;
use crate::core::jose::public_key::{PublicKey, octets};
use crate::core::jose::thumbprint::thumbprint;
use crate::core::jose::{openssh, pem};
use crate::core::secret::Secret;

/// What of a key pair goes into a set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// The public key, whatever the document has.
    Public,
    /// All that the document has.
    Private,
}

/// The types of keys whose private members are known (RFC 7518 §6.1, RFC 8037
/// §2, RFC 9964 §3). Of another one nobody could say what must not be
/// published.
const TYPES: [&str; 5] = ["EC", "RSA", "OKP", "AKP", "oct"];

/// Reads the keys of a document: of a JWK Set all of them, else the one that
/// [`Portable`] finds. Members that are not understood stay, and so does
/// the way that numbers are written.
///
/// # Errors
///
/// [`Error::Key`]: those of reading; `key_weak` and `key_malformed` for a key
/// that would not verify; `key_is_secret` for a symmetric key, which has no
/// public part; `key_unsupported` for a type of key that is not known.
pub fn import(
    document: &[u8],
    passphrase: Option<&Secret>,
    part: Part,
) -> Result<Vec<Entry>, Error> {
    let mut entries = match document.trim_ascii_start().first() {
        Some(b'{' | b'[') => read_json(document)?,
        _ => vec![read_other(document, passphrase, part)?.into()],
    };
    for (index, entry) in entries.iter_mut().enumerate() {
        check(entry, part).map_err(|error| match index {
            0 => error,
            _ => KeyError::new(error.code, format!("key {}: {}", index + 1, error.message)),
        })?;
        if part == Part::Public {
            make_public(entry);
        }
        entry.lay_out_anew();
    }
    Ok(entries)
}

/// Counts the other keys of a document of which [`import`] has `taken` one: PEM
/// blocks and lines of OpenSSH's can follow each other. Certificates do not
/// count, since those behind the first vouch for it, nor does the public key
/// of a private one.
pub fn left_out(document: &[u8], taken: &Entry) -> usize {
    let parts: Vec<Secret> = if matches!(document.trim_ascii_start().first(), Some(b'{' | b'[')) {
        Vec::new()
    } else if pem::is_pem(document) {
        let blocks = pem::decode(document).unwrap_or_default();
        let keys = blocks.iter().filter(|block| block.label.ends_with(" KEY"));
        keys.map(|block| pem::encode_secret(&block.label, block.der.expose()))
            .collect()
    } else {
        let lines = std::str::from_utf8(document).unwrap_or_default().lines();
        lines
            .filter(|line| openssh::find(line.as_bytes()).is_some())
            .map(Secret::new)
            .collect()
    };
    let own = taken.members().and_then(|jwk| thumbprint(jwk).ok());
    let prints: BTreeSet<String> = parts
        .iter()
        .filter_map(
            |part| match Portable::read_public(part.expose().as_bytes(), None).ok()? {
                Portable::One(key) => thumbprint(key.to_jwk().ok()?.values()).ok(),
                Portable::Set(_) => None,
            },
        )
        .filter(|print| Some(print) != own.as_ref())
        .collect();
    prints.len()
}

fn read_json(document: &[u8]) -> Result<Vec<Entry>, KeyError> {
    let text = std::str::from_utf8(document.trim_ascii())
        .map_err(|_| KeyError::new("key_malformed", "the key file is not UTF-8"))?;
    let entry = Entry::read(text).map_err(|error| {
        let why = error.message.replacen("the key is", "the key file is", 1);
        KeyError::new(error.code, why)
    })?;
    match entry.members() {
        Some(members) if members.contains_key("keys") => {
            Ok(SetDocument::parse(document)?.entries().to_vec())
        }
        _ => Ok(vec![entry]),
    }
}

fn read_other(
    document: &[u8],
    passphrase: Option<&Secret>,
    part: Part,
) -> Result<Map<String, Value>, Error> {
    let portable = match part {
        Part::Public => Portable::read_public(document, passphrase)?,
        Part::Private => Portable::read(document, passphrase)?,
    };
    match portable {
        Portable::One(key) => Ok(key.to_jwk()?.values().clone()),
        // JSON has been looked for before.
        Portable::Set(_) => Err(Error::key("key_malformed", "the file is no key")),
    }
}

/// Refuses what no verifier could use.
fn check(entry: &Entry, part: Part) -> Result<(), KeyError> {
    let Some(members) = entry.members() else {
        return Err(KeyError::new("key_malformed", "the key is no JSON object"));
    };
    Jwk::new(members.clone())?;
    let kty = text_of(members, "kty").unwrap_or_default();
    if !TYPES.contains(&kty) {
        return Err(KeyError::new(
            "key_unsupported",
            format!(
                "the key type `{}` is not known, nor which members of it are private",
                shorten(kty)
            ),
        ));
    }
    if kty == "oct" {
        if part == Part::Public {
            return Err(KeyError::new(
                "key_is_secret",
                "the key is a secret, which has no public part",
            ));
        }
        // How long it must be depends on what it is for.
        return octets(members, "k").map(drop);
    }
    refuse_contradiction(members)?;
    match PublicKey::from_jwk(members) {
        // A curve that is not for signatures, perhaps.
        Err(error) if error.code == "key_unsupported" => {
            X25519Key::from_jwk(members, false).map_or(Ok(()), |key| key.map(drop))
        }
        checked => checked.map(drop),
    }
}

/// Takes the private members away, and turns the operations of the private key
/// into those of its public one (RFC 7517 §4.3).
fn make_public(entry: &mut Entry) {
    let Some(members) = entry.members() else {
        return;
    };
    let was_private = is_private(members);
    let operations = members.get("key_ops").and_then(Value::as_array).cloned();
    entry.retain(|name| !PRIVATE.contains(&name));
    let Some(operations) = operations.filter(|_| was_private) else {
        return;
    };
    let public = public_operations(&operations);
    match public.is_empty() {
        true => entry.retain(|name| name != "key_ops"),
        false => entry.set("key_ops", public.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::jose::{Algorithm, SigningKey};
    use serde_json::json;

    fn key() -> SigningKey {
        SigningKey::generate(Algorithm::ES256, None).unwrap()
    }

    fn private_jwk(key: &SigningKey) -> Map<String, Value> {
        serde_json::from_str(key.private_jwk().unwrap().expose()).unwrap()
    }

    #[test]
    fn j57_only_the_public_part_comes_in_unless_asked_otherwise() {
        let key = key();
        let mut jwk = private_jwk(&key);
        jwk.insert("key_ops".into(), json!(["sign", "deriveKey"]));
        jwk.insert("x-ours".into(), json!({"a": 1}));
        let jwk = Value::Object(jwk).to_string();
        let set = format!("{{\"keys\":[{jwk}]}}");
        let pem = key.to_pkcs8_pem().unwrap();
        for document in [&jwk, &set, pem.expose()] {
            let public = import(document.as_bytes(), None, Part::Public).unwrap();
            let members = public[0].members().unwrap();
            assert!(!is_private(members), "{members:?}");
            assert_eq!(members["x"], key.public_jwk()["x"]);
            let private = import(document.as_bytes(), None, Part::Private).unwrap();
            assert!(is_private(private[0].members().unwrap()));
        }
        let public = import(jwk.as_bytes(), None, Part::Public).unwrap();
        let members = public[0].members().unwrap();
        assert_eq!(members["key_ops"], json!(["verify"]));
        assert_eq!(members["x-ours"], json!({"a": 1}));
    }

    #[test]
    fn a_key_that_would_not_verify_is_refused() {
        let code = |text: &str, part| match import(text.as_bytes(), None, part) {
            Err(Error::Key(error)) => error.code,
            other => panic!("{other:?}"),
        };
        for (text, expected) in [
            ("{}", "key_malformed"),
            ("[]", "key_malformed"),
            ("{\"kty\":\"EC\",\"kty\":\"EC\"}", "key_malformed"),
            ("{\"keys\":{}}", "key_set_malformed"),
            ("{\"keys\":[null]}", "key_malformed"),
            ("{\"kty\":\"XYZ\",\"secret\":\"a\"}", "key_unsupported"),
            (
                "{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"AA\",\"y\":\"AA\"}",
                "key_malformed",
            ),
            ("{\"kty\":\"RSA\",\"n\":\"_w\",\"e\":\"AQAB\"}", "key_weak"),
            ("{\"kty\":\"oct\",\"k\":\"AA\"}", "key_is_secret"),
            ("rubbish", "key_malformed"),
        ] {
            assert_eq!(code(text, Part::Public), expected, "{text}");
        }
        assert_eq!(
            code("{\"kty\":\"oct\",\"k\":\"A\"}", Part::Private),
            "key_malformed"
        );
    }

    #[test]
    fn a_curve_for_other_uses_comes_in() {
        for (crv, length) in [("X25519", 32), ("X448", 56)] {
            let x = crate::core::jose::base64url::encode(vec![9; length]);
            let jwk = json!({"kty": "OKP", "crv": crv, "x": x, "use": "enc"}).to_string();
            let keys = import(jwk.as_bytes(), None, Part::Public).unwrap();
            assert_eq!(
                Value::Object(keys[0].members().unwrap().clone()),
                json!({"kty": "OKP", "crv": crv, "x": x, "use": "enc"})
            );
        }
        let short = r#"{"kty":"OKP","crv":"X25519","x":"AAAA"}"#;
        let error = import(short.as_bytes(), None, Part::Public).unwrap_err();
        assert!(matches!(error, Error::Key(error) if error.code == "key_malformed"));
    }
}
