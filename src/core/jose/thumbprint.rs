//! JWK Thumbprints (RFC 7638).

use aws_lc_rs::digest;
use serde_json::{Map, Value};

use super::base64url;
use super::error::KeyError;
use super::public_key::{text, unsupported};

/// The members that make a key, in lexicographic order (RFC 7638 §3.2, RFC
/// 8037 §2, RFC 9964 §6).
const REQUIRED: [(&str, &[&str]); 5] = [
    ("RSA", &["e", "kty", "n"]),
    ("EC", &["crv", "kty", "x", "y"]),
    ("OKP", &["crv", "kty", "x"]),
    ("oct", &["k", "kty"]),
    ("AKP", &["alg", "kty", "pub"]),
];

/// Returns the SHA-256 thumbprint of a JWK, base64url: 43 characters. A
/// private key has the thumbprint of its public key; the key itself is not
/// checked.
///
/// # Errors
///
/// `key_unsupported` for another `kty`, `key_malformed` where a member that
/// makes the key is absent or no string.
pub fn thumbprint(jwk: &Map<String, Value>) -> Result<String, KeyError> {
    let kty = text(jwk, "kty")?;
    let (_, names) = REQUIRED
        .iter()
        .find(|(name, _)| *name == kty)
        .ok_or_else(|| unsupported("key type", kty))?;
    let mut required = Map::new();
    for name in *names {
        required.insert((*name).to_owned(), text(jwk, name)?.into());
    }
    let canonical = Value::Object(required).to_string();
    let hash = digest::digest(&digest::SHA256, canonical.as_bytes());
    Ok(base64url::encode(hash))
}
