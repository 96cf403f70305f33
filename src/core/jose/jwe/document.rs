//! Key documents, as encryption reads them.

use serde_json::{Map, Value};

use super::x25519::X25519;
use crate::core::jose::algorithm::KeyType;
use crate::core::jose::error::{KeyError, shorten};
use crate::core::jose::jwk::JwkSet;
use crate::core::jose::key_document::{self, KeyDocument};
use crate::core::jose::private_key::PrivateKey;
use crate::core::jose::public_key::{PublicKey, unsupported};
use crate::core::secret::Secret;

/// A key document that may hold X25519 keys too.
pub(super) enum Document {
    Set(JwkSet),
    Jwk(Map<String, Value>),
    Public(PublicKey),
    Private(PrivateKey),
    X25519(X25519),
}

/// Reads a key document.
pub(super) fn read(document: &[u8], passphrase: Option<&Secret>) -> Result<Document, KeyError> {
    match key_document::read(document, passphrase) {
        Ok(KeyDocument::Set(set)) => Ok(Document::Set(set)),
        Ok(KeyDocument::Jwk(jwk)) => Ok(Document::Jwk(jwk)),
        Ok(KeyDocument::Public(key)) => Ok(Document::Public(key)),
        Ok(KeyDocument::Private(key)) => Ok(Document::Private(key)),
        Err(fault) if fault.code == "key_unsupported" => match X25519::read(document, passphrase) {
            Some(key) => key.map(Document::X25519),
            None => Err(fault),
        },
        Err(fault) => Err(fault),
    }
}

/// Refuses a key of a type that makes signatures and nothing else.
pub(super) fn signs_only(key_type: KeyType) -> KeyError {
    unsupported("encryption with a key of type", &key_type.to_string())
}

/// Refuses a kid that the user named and no key has.
pub(super) fn unknown_kid(kid: &str) -> KeyError {
    KeyError::new(
        "unknown_kid",
        format!("no key that was given has the kid `{}`", shorten(kid)),
    )
}
