//! What a key file may hold.
//!
//! | form | content |
//! |---|---|
//! | PEM or DER | `SubjectPublicKeyInfo`, PKCS#8 (also encrypted, in PEM and DER), PKCS#1 public and private, SEC 1 private, an X.509 certificate |
//! | JSON | a JWK, a JWK Set |
//! | a line | an OpenSSH public key |
//! | OpenSSH's PEM | a private key that is not encrypted, but for RSA |
//!
//! Of a file of several lines the first key counts, of several keys in PEM the
//! first private one, or else the first.

use serde_json::{Map, Value};

use super::algorithm::{Algorithm, KeyType};
use super::error::KeyError;
use super::jwk::{JwkSet, check_labels};
use super::key_forms::{Found, Pem};
use super::private_key::PrivateKey;
use super::public_key::{PublicKey, octets, text};
use super::signing_key::SigningKey;
use super::{json, key_forms, openssh, pem};
use crate::core::secret::{Secret, SecretBytes};

const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// The member that every JWK has (RFC 7517 §4.1).
const KTY: &[u8] = b"\"kty\"";

/// A key document, read.
pub(super) enum KeyDocument {
    Set(JwkSet),
    Jwk(Map<String, Value>),
    Public(PublicKey),
    Private(PrivateKey),
}

/// Reads a key document.
///
/// # Errors
///
/// `key_malformed`, `key_set_malformed`, `key_unsupported`, `key_weak` or
/// `passphrase`.
pub(super) fn read(document: &[u8], passphrase: Option<&Secret>) -> Result<KeyDocument, KeyError> {
    match find(document, passphrase)? {
        Unread::Set(set) => Ok(KeyDocument::Set(set)),
        Unread::Jwk(members) => Ok(KeyDocument::Jwk(members)),
        Unread::OpenSsh(line) => line.key().map(KeyDocument::Public),
        Unread::OpenSshPrivate(key) => Ok(KeyDocument::Private(*key)),
        Unread::Der(found) => found.read(),
    }
}

/// A key document of which is known what it is, but not whether its key is
/// any good.
pub(super) enum Unread {
    Set(JwkSet),
    Jwk(Map<String, Value>),
    OpenSsh(openssh::Line),
    OpenSshPrivate(Box<PrivateKey>),
    Der(Found),
}

/// Finds out what a key document is, and decrypts it.
///
/// # Errors
///
/// `key_malformed` and `key_set_malformed` for what is no key document,
/// `key_unsupported` for a form or an encryption that is not read,
/// `passphrase`.
pub(super) fn find(document: &[u8], passphrase: Option<&Secret>) -> Result<Unread, KeyError> {
    match document.trim_ascii_start().first() {
        None => Err(KeyError::new("key_malformed", "the key file is empty")),
        Some(b'{' | b'[') => find_json(document),
        Some(_) if pem::is_pem(document) => {
            key_forms::find_pem(document, passphrase).map(|found| match found {
                Pem::Der(found) => Unread::Der(found),
                Pem::OpenSsh(key) => Unread::OpenSshPrivate(key),
            })
        }
        Some(_) => match openssh::find(document) {
            Some(line) => openssh::Line::read(line).map(Unread::OpenSsh),
            None => key_forms::find_der(document, passphrase).map(Unread::Der),
        },
    }
}

/// Refuses a secret that is a key document, public or private, though perhaps
/// of a kind that is not supported.
///
/// # Errors
///
/// `secret_is_a_key`.
pub(super) fn no_key_document(secret: &SecretBytes) -> Result<(), KeyError> {
    let octets = secret.expose();
    // Also one that our reading of JSON refuses: behind a byte order mark, say.
    let named = || {
        let text = octets.strip_prefix(BYTE_ORDER_MARK).unwrap_or(octets);
        matches!(text.trim_ascii_start().first(), Some(b'{' | b'['))
            && text.windows(KTY.len()).any(|octets| octets == KTY)
    };
    let json_key = || {
        json::parse_object_with_any_numbers(octets)
            .is_ok_and(|members| members.contains_key("kty") || members.contains_key("keys"))
    };
    let der_key = || match key_forms::find_der(octets, None).and_then(|found| found.read()) {
        Ok(_) => true,
        // Any other fault is found in what is a key.
        Err(fault) => fault.code != "key_malformed",
    };
    let other_key = || pem::is_pem(octets) || openssh::is_key(octets);
    if other_key() || named() || json_key() || der_key() {
        return Err(KeyError::new(
            "secret_is_a_key",
            "the secret is a key document, not a secret of its own",
        ));
    }
    Ok(())
}

impl SigningKey {
    /// Takes the members of a private JWK or of one with a secret.
    ///
    /// # Errors
    ///
    /// `key_use` for a public key or one whose `use` or `key_ops` say that it
    /// may not sign, `key_algorithm` for an algorithm that the key is not for,
    /// and what is wrong with the key itself.
    pub fn from_jwk(
        jwk: &Map<String, Value>,
        algorithm: Option<Algorithm>,
    ) -> Result<Self, KeyError> {
        check_labels(jwk)?;
        if jwk.get("use").is_some_and(|purpose| purpose != "sig") {
            return Err(KeyError::new("key_use", "the key is not for signatures"));
        }
        let may_sign = jwk.get("key_ops").is_none_or(|operations| {
            operations
                .as_array()
                .is_some_and(|operations| operations.iter().any(|operation| operation == "sign"))
        });
        if !may_sign {
            return Err(KeyError::new(
                "key_use",
                "the operations of the key (`key_ops`) do not include `sign`",
            ));
        }
        let own = match jwk.get("alg") {
            None => None,
            Some(_) => {
                let name = text(jwk, "alg")?;
                Some(name.parse::<Algorithm>().map_err(|_| {
                    KeyError::new("key_algorithm", "the key is for no supported signature")
                })?)
            }
        };
        if let (Some(own), Some(asked)) = (own, algorithm)
            && own != asked
        {
            return Err(KeyError::new(
                "key_algorithm",
                format!("the key is for {own}, not for {asked}"),
            ));
        }
        let algorithm = algorithm.or(own);
        let key = if text(jwk, "kty")? == "oct" {
            let algorithm = algorithm.unwrap_or(KeyType::Oct.default_algorithm());
            Self::from_secret(SecretBytes::new(octets(jwk, "k")?), algorithm)?
        } else {
            // The public part first, so that what is wrong with it is said.
            let public = PublicKey::from_jwk(jwk)?;
            let private = match public.key_type() {
                KeyType::Akp(_) => "priv",
                _ => "d",
            };
            if !jwk.contains_key(private) {
                return Err(public_key());
            }
            let algorithm = algorithm.unwrap_or(public.key_type().default_algorithm());
            Self::from_private(PrivateKey::from_jwk(jwk)?, algorithm)?
        };
        Ok(match jwk.get("kid") {
            Some(_) => key.with_kid(text(jwk, "kid")?),
            None => key,
        })
    }
}

/// Says whether it is for want of a passphrase that a document gives a public
/// key alone.
pub(super) fn locked(document: &[u8], passphrase: Option<&Secret>) -> Option<KeyError> {
    let locked = |block: &pem::Block| block.label == "ENCRYPTED PRIVATE KEY";
    let found = || pem::decode(document).is_ok_and(|blocks| blocks.iter().any(locked));
    (passphrase.is_none() && found()).then(pem::locked)
}

pub(super) fn public_key() -> KeyError {
    KeyError::new("key_use", "the key is a public one, which cannot sign")
        .with_hint("sign with its private key; a public one only verifies")
}

fn find_json(document: &[u8]) -> Result<Unread, KeyError> {
    let members = json::parse_object_with_any_numbers(document)
        .map_err(|error| KeyError::new("key_malformed", format!("the key file is {error}")))?;
    if members.contains_key("keys") {
        return JwkSet::from_members(members).map(Unread::Set);
    }
    Ok(Unread::Jwk(members))
}
