//! What a key file may hold.
//!
//! | form | content |
//! |---|---|
//! | PEM or DER | `SubjectPublicKeyInfo`, PKCS#8 (also encrypted, in PEM and DER), PKCS#1 public and private, SEC 1 private, an X.509 certificate |
//! | JSON | a JWK, a JWK Set |
//!
//! Of a PEM file the first key counts; what OpenSSL puts before it (`EC
//! PARAMETERS`, bag attributes) does not.

use serde_json::{Map, Value};

use super::algorithm::{Algorithm, KeyType};
use super::error::{KeyError, shorten};
use super::jwk::JwkSet;
use super::private_key::PrivateKey;
use super::public_key::{PublicKey, octets, text};
use super::signing_key::SigningKey;
use super::{json, pem};
use crate::core::secret::{Secret, SecretBytes};

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
    match document.trim_ascii_start().first() {
        None => Err(KeyError::new("key_malformed", "the key file is empty")),
        Some(b'{' | b'[') => read_json(document),
        Some(_) if pem::is_pem(document) => read_pem(document, passphrase),
        Some(_) => read_der(document, passphrase),
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
    let json_key = || {
        json::parse_object(octets)
            .is_ok_and(|members| members.contains_key("kty") || members.contains_key("keys"))
    };
    let der_key = || match read_der(octets, None) {
        Ok(_) => true,
        // Any other fault is found in what is a key.
        Err(fault) => fault.code != "key_malformed",
    };
    if pem::is_pem(octets) || json_key() || der_key() {
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

pub(super) fn public_key() -> KeyError {
    KeyError::new("key_use", "the key is a public one, which cannot sign")
}

fn read_json(document: &[u8]) -> Result<KeyDocument, KeyError> {
    let members = json::parse_object(document)
        .map_err(|error| KeyError::new("key_malformed", format!("the key file is {error}")))?;
    if members.contains_key("keys") {
        return JwkSet::from_members(members).map(KeyDocument::Set);
    }
    Ok(KeyDocument::Jwk(members))
}

fn read_pem(document: &[u8], passphrase: Option<&Secret>) -> Result<KeyDocument, KeyError> {
    let mut other = None;
    for block in pem::decode(document)? {
        let der = block.der.expose();
        return match block.label.as_str() {
            "PUBLIC KEY" => PublicKey::from_spki(der).map(KeyDocument::Public),
            "RSA PUBLIC KEY" => PublicKey::from_pkcs1(der).map(KeyDocument::Public),
            "CERTIFICATE" | "X509 CERTIFICATE" | "TRUSTED CERTIFICATE" => {
                PublicKey::from_certificate(der).map(KeyDocument::Public)
            }
            "PRIVATE KEY" => PrivateKey::from_pkcs8(der).map(KeyDocument::Private),
            "ENCRYPTED PRIVATE KEY" => pem::decrypt(der, passphrase)
                .and_then(|der| PrivateKey::from_pkcs8(der.expose()))
                .map(KeyDocument::Private),
            "RSA PRIVATE KEY" => PrivateKey::from_pkcs1(der).map(KeyDocument::Private),
            "EC PRIVATE KEY" => PrivateKey::from_sec1(der).map(KeyDocument::Private),
            label => {
                other = other.or(Some(label.to_owned()));
                continue;
            }
        };
    }
    Err(match other {
        Some(label) => KeyError::new(
            "key_unsupported",
            format!("the PEM file has a `{}` and no key", shorten(&label)),
        ),
        None => KeyError::new("key_malformed", "the PEM file has no key"),
    })
}

/// Tries each form: they differ in their first members, so that at most one
/// can be read.
fn read_der(document: &[u8], passphrase: Option<&Secret>) -> Result<KeyDocument, KeyError> {
    // A form that fails for another reason than its encoding is the right one.
    let mut fault = KeyError::new("key_malformed", "the file is no key in PEM, DER or JSON");
    let forms: [&dyn Fn() -> Result<KeyDocument, KeyError>; 7] = [
        &|| PublicKey::from_spki(document).map(KeyDocument::Public),
        &|| PrivateKey::from_pkcs8(document).map(KeyDocument::Private),
        &|| PublicKey::from_certificate(document).map(KeyDocument::Public),
        &|| PublicKey::from_pkcs1(document).map(KeyDocument::Public),
        &|| PrivateKey::from_pkcs1(document).map(KeyDocument::Private),
        &|| PrivateKey::from_sec1(document).map(KeyDocument::Private),
        &|| {
            pem::decrypt(document, passphrase)
                .and_then(|der| PrivateKey::from_pkcs8(der.expose()))
                .map(KeyDocument::Private)
        },
    ];
    for (at, form) in forms.iter().enumerate() {
        match form() {
            Ok(read) => return Ok(read),
            // Only the last form says `key_unsupported` for what is not its.
            Err(found) if found.code != "key_malformed" && at < forms.len() - 1 => {
                fault = found;
                break;
            }
            Err(found) if found.code == "passphrase" => fault = found,
            Err(_) => {}
        }
    }
    Err(fault)
}
