//! Keys that sign: generated, read, written, and made ready.
//!
//! A [`SigningKey`] is bound to one algorithm and parsed once; it signs from
//! many threads. aws-lc-rs signs for every algorithm here: `jsonwebtoken`
//! would parse and check the key again at each signature, which for RSA costs
//! more than the signature.

use std::fmt;

use aws_lc_rs::hmac;
use aws_lc_rs::rand::{self, SystemRandom};
use aws_lc_rs::signature::{
    RSA_PKCS1_SHA256, RSA_PKCS1_SHA384, RSA_PKCS1_SHA512, RSA_PSS_SHA256, RSA_PSS_SHA384,
    RSA_PSS_SHA512, RsaEncoding,
};
use serde_json::{Map, Value};
use zeroize::Zeroizing;

use super::algorithm::{Algorithm, Family, KeyType};
use super::base64url;
use super::error::{Error, KeyError};
use super::key_document::no_key_document;
use super::pem;
use super::private_key::PrivateKey;
use super::public_key::PublicKey;
use super::thumbprint::thumbprint;
use super::verifying_key::{self, VerifyingKey, hmac_fits};
use crate::core::secret::{Secret, SecretBytes};

/// The RSA size when none is asked for.
pub const DEFAULT_RSA_BITS: u32 = 2048;

/// The longest secret that is generated, in bits; HMAC hashes a key longer
/// than a block first, so that more would add nothing (RFC 2104 §2).
const MAX_SECRET_BITS: u32 = 4096;

/// A private key or a secret, with the one algorithm it signs by and its kid.
pub struct SigningKey {
    material: Material,
    algorithm: Algorithm,
    kid: String,
}

enum Material {
    Pair {
        private: PrivateKey,
        public: PublicKey,
    },
    Secret {
        secret: SecretBytes,
        key: Box<hmac::Key>,
    },
}

impl SigningKey {
    /// Generates a key. `bits` is the size of an RSA key (2048, 3072, 4096 or
    /// 8192, by default 2048) or of a secret (by default that of the hash);
    /// other keys have one size. The kid is the thumbprint (RFC 7638).
    ///
    /// # Errors
    ///
    /// [`Error::Usage`] for a size that cannot be.
    pub fn generate(algorithm: Algorithm, bits: Option<u32>) -> Result<Self, Error> {
        Self::generate_by(algorithm, bits, PrivateKey::generate_rsa)
    }

    /// As [`SigningKey::generate`], sooner: how long an RSA key takes is a
    /// matter of luck, so two are begun, and the first that is found is it.
    /// The other is searched for until it is found or the process ends, which
    /// suits a process that ends with its one key.
    ///
    /// # Errors
    ///
    /// As [`SigningKey::generate`].
    pub fn generate_first_of_two(algorithm: Algorithm, bits: Option<u32>) -> Result<Self, Error> {
        Self::generate_by(algorithm, bits, PrivateKey::race_rsa)
    }

    fn generate_by(
        algorithm: Algorithm,
        bits: Option<u32>,
        rsa: fn(u32) -> Result<PrivateKey, Error>,
    ) -> Result<Self, Error> {
        Self::check_size(algorithm, bits)?;
        let private = match algorithm.key_type() {
            KeyType::Oct => return Self::generate_secret(algorithm, bits),
            KeyType::Rsa => rsa(bits.unwrap_or(DEFAULT_RSA_BITS))?,
            KeyType::Ec(curve) => PrivateKey::generate_ec(curve)?,
            KeyType::Ed25519 => PrivateKey::generate_ed25519()?,
            KeyType::Akp(set) => PrivateKey::generate_ml_dsa(set)?,
        };
        Ok(Self::from_private(private, algorithm)?)
    }

    /// Checks that [`SigningKey::generate`] makes keys of a size.
    ///
    /// # Errors
    ///
    /// [`Error::Usage`].
    pub fn check_size(algorithm: Algorithm, bits: Option<u32>) -> Result<(), Error> {
        let Some(bits) = bits else {
            return Ok(());
        };
        let what = match algorithm.key_type() {
            KeyType::Rsa => return PrivateKey::check_rsa_size(bits),
            KeyType::Oct => {
                let least = least_secret_bits(algorithm);
                if (least..=MAX_SECRET_BITS).contains(&bits) && bits.is_multiple_of(8) {
                    return Ok(());
                }
                format!(
                    "a secret for {algorithm} has {least} to {MAX_SECRET_BITS} bits, a multiple of 8, not {bits}"
                )
            }
            _ => format!("a key for {algorithm} has one size, which cannot be chosen"),
        };
        Err(Error::Usage { what })
    }

    fn generate_secret(algorithm: Algorithm, bits: Option<u32>) -> Result<Self, Error> {
        let bits = bits.unwrap_or(least_secret_bits(algorithm));
        let mut secret = Zeroizing::new(vec![0; bits as usize / 8]);
        rand::fill(&mut secret).map_err(|_| Error::Crypto("make random octets"))?;
        let mut key = Self::from_secret(SecretBytes::new(secret.as_slice()), algorithm)?;
        // The thumbprint of a secret is a hash of it (RFC 7638 §7), which
        // tells nothing only because this one is random.
        key.kid = thumbprint(&key.members()?)?;
        Ok(key)
    }

    /// Makes a key of a secret. It has no kid: a thumbprint would let others
    /// try guesses at a secret that a person chose (RFC 7638 §7).
    ///
    /// # Errors
    ///
    /// `key_weak` for a secret shorter than the hash, `key_algorithm` for an
    /// algorithm that is not HMAC, `secret_is_a_key` for a key document.
    pub fn from_secret(secret: SecretBytes, algorithm: Algorithm) -> Result<Self, KeyError> {
        let hash =
            verifying_key::hmac(algorithm).ok_or_else(|| wrong_type(algorithm, KeyType::Oct))?;
        hmac_fits(algorithm, secret.len())?;
        no_key_document(&secret)?;
        let key = Box::new(hmac::Key::new(hash, secret.expose()));
        Ok(Self {
            material: Material::Secret { secret, key },
            algorithm,
            kid: String::new(),
        })
    }

    pub(super) fn from_private(
        private: PrivateKey,
        algorithm: Algorithm,
    ) -> Result<Self, KeyError> {
        let public = private.public()?;
        if public.key_type() != algorithm.key_type() {
            return Err(wrong_type(algorithm, public.key_type()));
        }
        let kid = thumbprint(&public.to_jwk())?;
        Ok(Self {
            material: Material::Pair { private, public },
            algorithm,
            kid,
        })
    }

    /// Returns the algorithm.
    pub fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// Returns the kid: that of the JWK, else the thumbprint; empty for a
    /// secret that was given without one.
    pub fn kid(&self) -> &str {
        &self.kid
    }

    /// Replaces the kid; an empty one is left out of what is signed.
    pub fn with_kid(mut self, kid: impl Into<String>) -> Self {
        self.kid = kid.into();
        self
    }

    /// Returns the octets of a signature.
    pub(super) fn signature_len(&self) -> usize {
        match &self.material {
            Material::Pair { public, .. } => public.signature_len(),
            Material::Secret { .. } => self.algorithm.hash_len(),
        }
    }

    /// Signs octets.
    ///
    /// # Errors
    ///
    /// [`Error::Crypto`].
    pub fn sign(&self, message: &[u8]) -> Result<Vec<u8>, Error> {
        let failed = |_| Error::Crypto("sign");
        match &self.material {
            Material::Secret { key, .. } => Ok(hmac::sign(key, message).as_ref().to_vec()),
            Material::Pair { private, .. } => match private {
                PrivateKey::Rsa(key) => {
                    let mut signature = vec![0; key.public_modulus_len()];
                    let encoding = rsa_encoding(self.algorithm)?;
                    key.sign(encoding, &SystemRandom::new(), message, &mut signature)
                        .map_err(failed)?;
                    Ok(signature)
                }
                PrivateKey::Ec(_, key) => key
                    .sign(&SystemRandom::new(), message)
                    .map(|signature| signature.as_ref().to_vec())
                    .map_err(failed),
                PrivateKey::Ed25519(key) => key
                    .try_sign(message)
                    .map(|signature| signature.as_ref().to_vec())
                    .map_err(failed),
                PrivateKey::MlDsa(set, key) => {
                    let mut signature = vec![0; set.signature_len()];
                    key.sign(message, &mut signature).map_err(failed)?;
                    Ok(signature)
                }
            },
        }
    }

    /// Returns the key that verifies what this one signs.
    ///
    /// # Errors
    ///
    /// [`Error::Key`] where the library below refuses the key.
    pub fn verifying_key(&self) -> Result<VerifyingKey, Error> {
        Ok(match &self.material {
            Material::Pair { public, .. } => VerifyingKey::public(public.clone()),
            Material::Secret { secret, .. } => VerifyingKey::secret(secret.clone())?,
        })
    }

    /// Returns the public key; a secret has none.
    pub fn public_key(&self) -> Option<&PublicKey> {
        match &self.material {
            Material::Pair { public, .. } => Some(public),
            Material::Secret { .. } => None,
        }
    }

    /// Returns the public JWK with `kid`, `alg` and `use`. Of a secret only
    /// `kty` and those are left, which is no key.
    pub fn public_jwk(&self) -> Map<String, Value> {
        let jwk = match &self.material {
            Material::Pair { public, .. } => public.to_jwk(),
            Material::Secret { .. } => Map::from_iter([("kty".to_owned(), "oct".into())]),
        };
        self.labelled(jwk)
    }

    /// Returns the private JWK, or that of the secret, with `kid`, `alg` and
    /// `use`, as JSON.
    ///
    /// # Errors
    ///
    /// [`Error::Crypto`].
    pub fn private_jwk(&self) -> Result<Secret, Error> {
        let jwk = self.labelled(self.members()?);
        Ok(Secret::new(Value::Object(jwk).to_string()))
    }

    /// Returns the members that make the private key.
    fn members(&self) -> Result<Map<String, Value>, Error> {
        match &self.material {
            Material::Pair { private, public } => {
                let mut jwk = public.to_jwk();
                jwk.extend(private.private_members()?);
                Ok(jwk)
            }
            Material::Secret { secret, .. } => Ok(Map::from_iter([
                ("kty".to_owned(), "oct".into()),
                ("k".to_owned(), base64url::encode(secret.expose()).into()),
            ])),
        }
    }

    fn labelled(&self, mut jwk: Map<String, Value>) -> Map<String, Value> {
        if !self.kid.is_empty() {
            jwk.insert("kid".to_owned(), self.kid.as_str().into());
        }
        jwk.insert("alg".to_owned(), self.algorithm.name().into());
        jwk.insert("use".to_owned(), "sig".into());
        jwk
    }

    /// Returns the private key as PEM, `-----BEGIN PRIVATE KEY-----`
    /// (PKCS#8, RFC 5958).
    ///
    /// # Errors
    ///
    /// `key_unsupported` for a secret, which has no such form.
    pub fn to_pkcs8_pem(&self) -> Result<Secret, Error> {
        Ok(pem::encode_secret("PRIVATE KEY", self.pkcs8()?.expose()))
    }

    /// Returns the private key as PEM, `-----BEGIN ENCRYPTED PRIVATE KEY-----`,
    /// under a passphrase: PBES2 with PBKDF2-HMAC-SHA-256 and AES-256-CBC,
    /// which OpenSSL reads. `iterations` is [`pem::ITERATIONS`] outside tests.
    ///
    /// # Errors
    ///
    /// `key_unsupported` for a secret, which has no such form.
    pub fn to_encrypted_pkcs8_pem(
        &self,
        passphrase: &Secret,
        iterations: u32,
    ) -> Result<Secret, Error> {
        let encrypted = pem::encrypt(self.pkcs8()?.expose(), passphrase, iterations)?;
        Ok(pem::encode_secret(
            "ENCRYPTED PRIVATE KEY",
            encrypted.expose(),
        ))
    }

    fn pkcs8(&self) -> Result<SecretBytes, Error> {
        match &self.material {
            Material::Pair { private, .. } => private.to_pkcs8(),
            Material::Secret { .. } => Err(no_pem()),
        }
    }

    /// Returns the public key as PEM, `-----BEGIN PUBLIC KEY-----`.
    ///
    /// # Errors
    ///
    /// `key_unsupported` for a secret, which has none.
    pub fn public_pem(&self) -> Result<String, Error> {
        match &self.material {
            Material::Pair { public, .. } => Ok(pem::encode("PUBLIC KEY", &public.to_spki()?)),
            Material::Secret { .. } => Err(no_pem()),
        }
    }
}

/// Returns the bits of the hash (RFC 7518 §3.2).
fn least_secret_bits(algorithm: Algorithm) -> u32 {
    algorithm.hash_len() as u32 * 8
}

fn rsa_encoding(algorithm: Algorithm) -> Result<&'static dyn RsaEncoding, Error> {
    Ok(match (algorithm.family(), algorithm.hash_len()) {
        (Family::Rsa, 32) => &RSA_PKCS1_SHA256,
        (Family::Rsa, 48) => &RSA_PKCS1_SHA384,
        (Family::Rsa, 64) => &RSA_PKCS1_SHA512,
        (Family::RsaPss, 32) => &RSA_PSS_SHA256,
        (Family::RsaPss, 48) => &RSA_PSS_SHA384,
        (Family::RsaPss, 64) => &RSA_PSS_SHA512,
        _ => return Err(Error::Crypto("find an implementation")),
    })
}

fn wrong_type(algorithm: Algorithm, key_type: KeyType) -> KeyError {
    KeyError::new(
        "key_algorithm",
        format!(
            "{algorithm} needs a key of type {}, this one is {key_type}",
            algorithm.key_type()
        ),
    )
}

fn no_pem() -> Error {
    Error::key(
        "key_unsupported",
        "a secret has no PEM form, only that of a JWK",
    )
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SigningKey")
            .field("algorithm", &self.algorithm)
            .field("kid", &self.kid)
            .finish_non_exhaustive()
    }
}
