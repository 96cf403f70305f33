//! Keys to encrypt to.

use std::fmt;

use super::agreement::{AgreementPrivate, AgreementPublic};
use super::algorithm::{ContentEncryption, KeyManagement, Mode};
use super::document::{Document, read, signs_only, unknown_kid};
use super::labels::{Kind, Labels, Operation};
use super::x25519::X25519;
use crate::core::jose::algorithm::KeyType;
use crate::core::jose::error::{Error, KeyError};
use crate::core::jose::jwk::{Jwk, JwkSet};
use crate::core::jose::key_document::no_key_document;
use crate::core::jose::public_key::{PublicKey, octets, text};
use crate::core::secret::{Secret, SecretBytes};

/// A recipient's public key, or a secret or password that is shared with the
/// recipient.
pub struct EncryptionKey {
    pub(super) material: Material,
    labels: Labels,
}

pub(super) enum Material {
    Rsa(PublicKey),
    Agreement(AgreementPublic),
    Secret(SecretBytes),
    Password(SecretBytes),
}

impl EncryptionKey {
    /// Reads a key document (`key_document` lists the forms; X25519 too): of a
    /// private key the public part counts. In a set, `kid` selects; without
    /// it, there must be one key alone that can encrypt, or one alone that is
    /// for encryption by its `use`. A key that has no kid takes it.
    ///
    /// # Errors
    ///
    /// [`Error::Key`]: beyond those of reading, `key_use` and `key_algorithm`
    /// for a key that is not for encryption, `unknown_kid` and
    /// `ambiguous_key` for a set that does not say which.
    pub fn from_document(
        document: &[u8],
        kid: Option<&str>,
        passphrase: Option<&Secret>,
    ) -> Result<Self, Error> {
        let mut key = match read(document, passphrase)? {
            Document::Set(set) => select(&set, kid)?,
            Document::Jwk(jwk) => {
                let key = Self::from_jwk(&Jwk::new(jwk)?)?;
                if let (Some(own), Some(asked)) = (&key.labels.kid, kid)
                    && own != asked
                {
                    return Err(unknown_kid(asked).into());
                }
                key
            }
            Document::Public(key) => Material::public(key)?.into(),
            Document::Private(key) => Material::public(key.public()?)?.into(),
            Document::X25519(X25519::Public(key)) => Material::Agreement(key).into(),
            Document::X25519(X25519::Private(scalar)) => {
                let key = AgreementPrivate::x25519(scalar.expose())?;
                Material::Agreement(key.public()?).into()
            }
        };
        if let (None, Some(kid)) = (&key.labels.kid, kid) {
            key.labels.kid = Some(kid.to_owned());
        }
        Ok(key)
    }

    /// Takes a JWK, public, private or with a secret.
    ///
    /// # Errors
    ///
    /// As [`EncryptionKey::from_document`], as a [`KeyError`].
    pub fn from_jwk(jwk: &Jwk) -> Result<Self, KeyError> {
        let labels = Labels::of(jwk)?;
        let jwk = jwk.members();
        let algorithm = labels.algorithm()?.map(|(algorithm, _)| algorithm);
        let material = match text(jwk, "kty")? {
            "oct" => {
                let secret = SecretBytes::new(octets(jwk, "k")?);
                match algorithm.map(KeyManagement::mode) {
                    Some(Mode::Password(_)) => Material::Password(secret),
                    _ => Material::Secret(secret),
                }
            }
            "OKP" => Material::Agreement(AgreementPublic::from_jwk(jwk)?),
            _ => Material::public(PublicKey::from_jwk(jwk)?)?,
        };
        Ok(Self { material, labels })
    }

    /// Takes a secret: of 16, 24 or 32 octets to wrap keys, of the length of
    /// the encryption's key to encrypt with itself (`dir`).
    ///
    /// # Errors
    ///
    /// `secret_is_a_key`.
    pub fn secret(secret: SecretBytes) -> Result<Self, KeyError> {
        no_key_document(&secret)?;
        Ok(Material::Secret(secret).into())
    }

    /// Takes a password, which encrypts by PBES2 alone.
    pub fn password(password: &Secret) -> Self {
        Material::Password(SecretBytes::new(password.expose())).into()
    }

    /// Returns `kid`.
    pub fn kid(&self) -> Option<&str> {
        self.labels.kid.as_deref()
    }

    /// Replaces the kid.
    pub fn with_kid(mut self, kid: impl Into<String>) -> Self {
        self.labels.kid = Some(kid.into());
        self
    }

    /// Chooses what is not asked for: what the key is for (`alg` of its JWK),
    /// else RSA-OAEP-256, ECDH-ES+A256KW, PBES2-HS512+A256KW, or what a
    /// secret's length suggests; and A256GCM.
    ///
    /// # Errors
    ///
    /// `key_algorithm`, `key_use` where the key cannot serve that, or is not
    /// for it.
    pub fn choose(
        &self,
        algorithm: Option<KeyManagement>,
        encryption: Option<ContentEncryption>,
    ) -> Result<(KeyManagement, ContentEncryption), KeyError> {
        use {ContentEncryption as E, KeyManagement as K};
        let (own, own_encryption) = match self.labels.algorithm()? {
            Some((algorithm, encryption)) => (Some(algorithm), encryption),
            None => (None, None),
        };
        let length = match self.kind() {
            Kind::Secret(length) => length,
            _ => 0,
        };
        let algorithm = match algorithm.or(own) {
            Some(algorithm) => algorithm,
            None => match (self.kind(), length) {
                (Kind::Rsa, _) => K::RsaOaep256,
                (Kind::Agreement(_), _) => K::EcdhEsA256Kw,
                (Kind::Password, _) => K::Pbes2Hs512A256Kw,
                (Kind::Secret(_), 16) => K::A128Kw,
                (Kind::Secret(_), 24) => K::A192Kw,
                (Kind::Secret(_), 32) => K::A256Kw,
                (Kind::Secret(_), 48 | 64) => K::Dir,
                (Kind::Secret(_), _) => {
                    return Err(KeyError::new(
                        "key_algorithm",
                        format!(
                            "the secret has {length} octets; 16, 24 or 32 wrap a key, and 48 or 64 encrypt by AES-CBC with HMAC"
                        ),
                    ));
                }
            },
        };
        let encryption = encryption
            .or(own_encryption)
            .unwrap_or(match (algorithm, length) {
                (K::Dir, 16) => E::A128Gcm,
                (K::Dir, 24) => E::A192Gcm,
                (K::Dir, 48) => E::A192CbcHs384,
                (K::Dir, 64) => E::A256CbcHs512,
                _ => E::A256Gcm,
            });
        self.labels
            .permit(algorithm, encryption, Operation::Encrypt)?;
        self.kind().fits(algorithm, encryption, None)?;
        Ok((algorithm, encryption))
    }

    /// Returns the algorithms that the key can encrypt by, as far as it is for
    /// them.
    pub fn encrypts(&self) -> Vec<KeyManagement> {
        self.serves(Operation::Encrypt)
    }

    /// Returns the algorithms that the private key of this one, or the secret,
    /// can decrypt by.
    pub fn decrypts(&self) -> Vec<KeyManagement> {
        self.serves(Operation::Decrypt)
    }

    fn serves(&self, operation: Operation) -> Vec<KeyManagement> {
        let by = |algorithm, encryption| {
            self.kind().fits(algorithm, encryption, None).is_ok()
                && self.labels.permit(algorithm, encryption, operation).is_ok()
        };
        KeyManagement::all()
            .filter(|algorithm| {
                ContentEncryption::all().any(|encryption| by(*algorithm, encryption))
            })
            .collect()
    }

    fn kind(&self) -> Kind {
        match &self.material {
            Material::Rsa(_) => Kind::Rsa,
            Material::Agreement(key) => Kind::Agreement(key.group()),
            Material::Secret(secret) => Kind::Secret(secret.len()),
            Material::Password(_) => Kind::Password,
        }
    }
}

impl Material {
    fn public(key: PublicKey) -> Result<Self, KeyError> {
        match key.key_type() {
            KeyType::Rsa => Ok(Self::Rsa(key)),
            KeyType::Ec(_) => AgreementPublic::from_public(&key).map(Self::Agreement),
            other => Err(signs_only(other)),
        }
    }
}

impl From<Material> for EncryptionKey {
    fn from(material: Material) -> Self {
        Self {
            material,
            labels: Labels::default(),
        }
    }
}

impl fmt::Debug for EncryptionKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EncryptionKey")
            .field("kind", &self.kind())
            .field("kid", &self.labels.kid)
            .finish_non_exhaustive()
    }
}

fn select(set: &JwkSet, kid: Option<&str>) -> Result<EncryptionKey, KeyError> {
    let mut found = Vec::new();
    let mut fault = None;
    for jwk in set.keys() {
        if kid.is_some() && jwk.kid() != kid {
            continue;
        }
        match EncryptionKey::from_jwk(jwk) {
            Ok(key) => found.push((jwk.members().contains_key("use"), key)),
            Err(found) => fault = fault.or(Some(found)),
        }
    }
    let count = found.len();
    let marked = found.iter().filter(|(marked, _)| *marked).count();
    if count > 1 && marked == 1 {
        found.retain(|(marked, _)| *marked);
    }
    match (found.pop(), fault, kid) {
        (Some((_, key)), _, _) if found.is_empty() => Ok(key),
        (Some(_), _, _) => Err(KeyError::new(
            "ambiguous_key",
            format!("{count} keys of the set could be meant"),
        )),
        (None, Some(fault), _) => Err(fault),
        (None, None, Some(kid)) => Err(unknown_kid(kid)),
        (None, None, None) => Err(KeyError::new("key_malformed", "the key set has no keys")),
    }
}
