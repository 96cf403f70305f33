//! Keys on their way from one form to another.
//!
//! | into | from |
//! |---|---|
//! | PKCS#8, also encrypted | every private key |
//! | PKCS#1 | RSA keys, private and public |
//! | SEC 1 | private keys on a curve of `kty` `EC` |
//! | SPKI | every public key, and that of every private one |
//! | JWK | every key, secrets too |
//! | OpenSSH | public keys of the types that OpenSSH has |
//!
//! Those for encryption are also made here.
//!
//! A key that is unfit for use is not converted. What a JWK says besides the
//! key goes with it from JWK to JWK, whether it is understood or not.

mod generate;
mod read;
mod write;

pub use read::Portable;
pub use write::{Encoding, Encryption, Target};

use serde_json::{Map, Value};

use super::algorithm::KeyType;
use super::base64url;
use super::error::{Error, KeyError};
use super::inspection::encryption;
use super::jwe::X25519Key;
use super::key_forms::Form;
use super::key_labels::{Labels, public_operations};
use super::members::Members;
use super::private_key::PrivateKey;
use super::public_key::PublicKey;
use crate::core::secret::SecretBytes;

/// A key, and what its JWK says of it.
pub struct PortableKey {
    form: Form,
    material: Material,
    /// What is in the JWK besides the members that make the key.
    labels: Members,
}

enum Material {
    Public(PublicKey),
    Private {
        private: PrivateKey,
        public: PublicKey,
    },
    Secret(SecretBytes),
    /// X25519, which signs nothing but agrees on keys.
    Agreement(X25519Key),
}

impl PortableKey {
    /// Returns what the key came in; [`Form::Jwk`] for a key of a set.
    pub fn form(&self) -> Form {
        self.form
    }

    /// Returns the kid: that of the JWK or, for a key that was none, the
    /// thumbprint.
    pub fn kid(&self) -> Option<&str> {
        self.labels.values().get("kid").and_then(Value::as_str)
    }

    /// Returns the public key, where it is one that verifies.
    fn public(&self) -> Option<&PublicKey> {
        match &self.material {
            Material::Public(key) | Material::Private { public: key, .. } => Some(key),
            Material::Secret(_) | Material::Agreement(_) => None,
        }
    }

    fn is_public(&self) -> bool {
        match &self.material {
            Material::Public(_) => true,
            Material::Private { .. } | Material::Secret(_) => false,
            Material::Agreement(key) => !key.is_private(),
        }
    }

    /// Returns the type, where it is one that signs or verifies.
    fn key_type(&self) -> Option<KeyType> {
        match &self.material {
            Material::Secret(_) => Some(KeyType::Oct),
            _ => self.public().map(PublicKey::key_type),
        }
    }

    /// Returns the type for a message: `EC P-256`.
    fn type_name(&self) -> String {
        self.key_type()
            .map_or_else(|| "OKP X25519".to_owned(), |key_type| key_type.to_string())
    }

    /// Leaves the public key alone. Operations of the private key become
    /// those of the public one.
    ///
    /// # Errors
    ///
    /// `no_public_key` for a secret, which has no public part.
    pub fn into_public(mut self) -> Result<Self, KeyError> {
        if !self.is_public() {
            self.turn_operations();
        }
        let material = match self.material {
            Material::Public(key) | Material::Private { public: key, .. } => Material::Public(key),
            Material::Agreement(key) => Material::Agreement(key.into_public()),
            Material::Secret(_) => return Err(no_public_part()),
        };
        Ok(Self { material, ..self })
    }

    /// Makes `key_ops` of a private key those of its public one.
    fn turn_operations(&mut self) {
        if let Some(Value::Array(operations)) = self.labels.values().get("key_ops") {
            match public_operations(operations) {
                public if public.is_empty() => self.labels.remove("key_ops"),
                public => self.labels.insert("key_ops", public),
            }
        }
    }

    /// Gives the key labels: `kid`, `alg`, `use`; `None` leaves what it has.
    ///
    /// # Errors
    ///
    /// `key_algorithm` and `key_use` for labels that do not fit the key or
    /// one another.
    pub fn label(
        &mut self,
        kid: Option<&str>,
        algorithm: Option<&str>,
        purpose: Option<&str>,
    ) -> Result<(), KeyError> {
        match (algorithm, self.key_type()) {
            (Some(algorithm), Some(KeyType::Akp(set))) => {
                // It is a part of the key (RFC 9964 §3), and not to be changed.
                if algorithm != set.name() {
                    return Err(KeyError::new(
                        "key_algorithm",
                        format!("the key is for {}, and for nothing else", set.name()),
                    ));
                }
            }
            (Some(algorithm), _) => {
                self.labels.insert("alg", algorithm);
            }
            (None, _) => {}
        }
        for (name, value) in [("kid", kid), ("use", purpose)] {
            if let Some(value) = value {
                self.labels.insert(name, value);
            }
        }
        if algorithm.is_none() && purpose.is_none() {
            return Ok(());
        }
        let mut members = self.public_members();
        members.extend(self.labels.values().clone());
        let mut key = self.public_members();
        if let Material::Secret(secret) = &self.material {
            key.insert("k".to_owned(), base64url::encode(secret.expose()).into());
        }
        let (serves, _) = encryption(&key, &Map::new());
        match Labels::of(&members)
            .contradictions(self.key_type(), &serves, self.is_public())
            .into_iter()
            .next()
        {
            Some(found) => Err(KeyError::new(found.code, found.message)),
            None => Ok(()),
        }
    }

    /// Returns the JWK, private members included where there are any: those
    /// that make the key, then the labels as they were written.
    ///
    /// # Errors
    ///
    /// As [`PortableKey::write`].
    pub fn to_jwk(&self) -> Result<Members, Error> {
        let mut jwk = self.public_members();
        match &self.material {
            Material::Public(_) => {}
            Material::Private { private, .. } => jwk.extend(private.private_members()?),
            Material::Secret(secret) => {
                jwk.insert("k".to_owned(), base64url::encode(secret.expose()).into());
            }
            Material::Agreement(key) => jwk.extend(key.private_members()),
        }
        let mut jwk = Members::from(jwk);
        jwk.extend(self.labels.clone());
        Ok(jwk)
    }

    fn public_members(&self) -> Map<String, Value> {
        match &self.material {
            Material::Public(key) | Material::Private { public: key, .. } => key.to_jwk(),
            Material::Agreement(key) => key.to_jwk(),
            Material::Secret(_) => Map::from_iter([("kty".to_owned(), "oct".into())]),
        }
    }
}

fn no_public_part() -> KeyError {
    KeyError::new(
        "no_public_key",
        "the key is a secret, which has no public part",
    )
}

impl std::fmt::Debug for PortableKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PortableKey")
            .field("form", &self.form)
            .field("type", &self.type_name())
            .field("labels", &self.labels)
            .finish_non_exhaustive()
    }
}
