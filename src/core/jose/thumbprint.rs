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

/// The hash of a thumbprint. SHA-256 is the usual one; a `kid` is always of
/// it here.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ThumbprintHash {
    /// `sha-256`.
    #[default]
    Sha256,
    /// `sha-384`.
    Sha384,
    /// `sha-512`.
    Sha512,
}

impl ThumbprintHash {
    /// Returns the name in the IANA registry "Named Information Hash
    /// Algorithm", as RFC 9278 §3 wants it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Sha256 => "sha-256",
            Self::Sha384 => "sha-384",
            Self::Sha512 => "sha-512",
        }
    }

    fn algorithm(self) -> &'static digest::Algorithm {
        match self {
            Self::Sha256 => &digest::SHA256,
            Self::Sha384 => &digest::SHA384,
            Self::Sha512 => &digest::SHA512,
        }
    }
}

/// Returns the SHA-256 thumbprint of a JWK, base64url: 43 characters. A
/// private key has the thumbprint of its public key; the key itself is not
/// checked.
///
/// # Errors
///
/// `key_unsupported` for another `kty`, `key_malformed` where a member that
/// makes the key is absent or no string.
pub fn thumbprint(jwk: &Map<String, Value>) -> Result<String, KeyError> {
    thumbprint_by(jwk, ThumbprintHash::Sha256)
}

/// Returns the thumbprint of a JWK by any hash, base64url.
///
/// # Errors
///
/// As [`thumbprint`].
pub fn thumbprint_by(jwk: &Map<String, Value>, hash: ThumbprintHash) -> Result<String, KeyError> {
    let canonical = Value::Object(required(jwk)?).to_string();
    let hash = digest::digest(hash.algorithm(), canonical.as_bytes());
    Ok(base64url::encode(hash))
}

/// Returns the URI that a thumbprint makes (RFC 9278 §3):
/// `urn:ietf:params:oauth:jwk-thumbprint:sha-256:NzbLsXh8…`.
pub fn thumbprint_uri(thumbprint: &str, hash: ThumbprintHash) -> String {
    format!(
        "urn:ietf:params:oauth:jwk-thumbprint:{}:{thumbprint}",
        hash.name()
    )
}

/// Returns the members that make the key, in lexicographic order: all of a
/// public key, and of a private key its public ones.
///
/// # Errors
///
/// As [`thumbprint`].
pub(super) fn required(jwk: &Map<String, Value>) -> Result<Map<String, Value>, KeyError> {
    let kty = text(jwk, "kty")?;
    let (_, names) = REQUIRED
        .iter()
        .find(|(name, _)| *name == kty)
        .ok_or_else(|| unsupported("key type", kty))?;
    let mut required = Map::new();
    for name in *names {
        required.insert((*name).to_owned(), text(jwk, name)?.into());
    }
    Ok(required)
}
