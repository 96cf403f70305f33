//! Keys made ready to verify.
//!
//! The first signature that a key is asked about is checked by `jsonwebtoken`,
//! where it knows the algorithm: it parses the key for that call alone, and a
//! command that verifies one token has no use for more. A key that is asked
//! again is parsed once more by aws-lc-rs and kept: from then on a
//! verification parses nothing and allocates nothing.
//!
//! Either sees a key and a signature only after this module has checked that
//! the key is of the algorithm's type and the signature of the key's length,
//! so that no default of the library below decides anything.

use std::fmt;
use std::sync::OnceLock;

use aws_lc_rs::hmac;
use aws_lc_rs::signature::{
    ED25519, ParsedPublicKey, RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_2048_8192_SHA384,
    RSA_PKCS1_2048_8192_SHA512, RSA_PSS_2048_8192_SHA256, RSA_PSS_2048_8192_SHA384,
    RSA_PSS_2048_8192_SHA512, RsaParameters, RsaPublicKeyComponents,
};
use jsonwebtoken::DecodingKey;

use super::algorithm::{Algorithm, Family, KeyType};
use super::base64url;
use super::error::{Error, KeyError};
use super::public_key::{Kind, PublicKey, ecdsa, ml_dsa};
use crate::core::secret::SecretBytes;

/// A public key or a secret, for many verifications on many threads.
#[derive(Clone)]
pub struct VerifyingKey {
    material: Material,
    /// By hash and padding, to which aws-lc-rs binds the keys of RSA and HMAC:
    /// those of RSASSA-PSS come after the others.
    prepared: Box<[Prepared; 6]>,
}

#[derive(Clone)]
enum Material {
    Public(PublicKey),
    Secret(SecretBytes),
}

/// The key as it verifies by one hash and padding.
#[derive(Clone, Default)]
struct Prepared {
    /// Set at the first question.
    asked: OnceLock<()>,
    /// Set at the second; `None` where aws-lc-rs refuses the key.
    kept: OnceLock<Option<Kept>>,
}

#[derive(Clone)]
enum Kept {
    Public(ParsedPublicKey),
    Secret(Box<hmac::Key>),
}

impl VerifyingKey {
    /// Takes a public key.
    pub fn public(key: PublicKey) -> Self {
        Self {
            material: Material::Public(key),
            prepared: Default::default(),
        }
    }

    /// Takes a secret.
    ///
    /// # Errors
    ///
    /// `key_weak` for one of fewer than 32 octets, the least that any
    /// algorithm takes (RFC 7518 §3.2).
    pub fn secret(secret: SecretBytes) -> Result<Self, KeyError> {
        hmac_fits(Algorithm::HS256, secret.len())?;
        Ok(Self {
            material: Material::Secret(secret),
            prepared: Default::default(),
        })
    }

    /// Returns the type.
    pub fn key_type(&self) -> KeyType {
        match &self.material {
            Material::Public(key) => key.key_type(),
            Material::Secret(_) => KeyType::Oct,
        }
    }

    /// Returns the public key, `None` for a secret.
    pub fn public_key(&self) -> Option<&PublicKey> {
        match &self.material {
            Material::Public(key) => Some(key),
            Material::Secret(_) => None,
        }
    }

    /// Returns the octets of a secret, `None` for a public key.
    pub(super) fn secret_octets(&self) -> Option<&[u8]> {
        match &self.material {
            Material::Public(_) => None,
            Material::Secret(secret) => Some(secret.expose()),
        }
    }

    /// Checks that the key may serve an algorithm. The type of the key
    /// decides, whatever the token says of itself (RFC 8725 §2.1, §3.1).
    ///
    /// # Errors
    ///
    /// `key_algorithm` for a key of another type or curve, `key_weak` for a
    /// secret that is shorter than the hash.
    pub fn fits(&self, algorithm: Algorithm) -> Result<(), KeyError> {
        let key_type = self.key_type();
        if key_type != algorithm.key_type() {
            return Err(KeyError::new(
                "key_algorithm",
                format!(
                    "{algorithm} needs a key of type {}, this one is {key_type}",
                    algorithm.key_type()
                ),
            ));
        }
        match &self.material {
            Material::Secret(secret) => hmac_fits(algorithm, secret.len()),
            Material::Public(_) => Ok(()),
        }
    }

    /// Says whether the signature is that of the message.
    ///
    /// # Errors
    ///
    /// As [`VerifyingKey::fits`].
    pub fn verify(
        &self,
        algorithm: Algorithm,
        message: &[u8],
        signature: &[u8],
    ) -> Result<bool, Error> {
        self.fits(algorithm)?;
        // No algorithm here has signatures of varying length; a shortened MAC
        // (RFC 7518 §3.2) and an ECDSA signature in DER end here.
        let length = match &self.material {
            Material::Public(key) => key.signature_len(),
            Material::Secret(_) => algorithm.hash_len(),
        };
        if signature.len() != length {
            return Ok(false);
        }
        let prepared = &self.prepared[slot(algorithm)];
        if prepared.kept.get().is_none()
            && prepared.asked.set(()).is_ok()
            && let Some(name) = algorithm.jsonwebtoken()
            && let Some(key) = self.decoding_key()
        {
            return jsonwebtoken::crypto::verify(
                &base64url::encode(signature),
                message,
                &key,
                name,
            )
            .map_err(|_| Error::Crypto("verify a signature"));
        }
        match prepared.kept.get_or_init(|| self.prepare(algorithm)) {
            Some(Kept::Public(key)) => Ok(key.verify_sig(message, signature).is_ok()),
            Some(Kept::Secret(key)) => Ok(hmac::verify(key, message, signature).is_ok()),
            None => Err(Error::key("key_malformed", "the key is not usable")),
        }
    }

    /// Returns the key as `jsonwebtoken` takes it.
    fn decoding_key(&self) -> Option<DecodingKey> {
        Some(match &self.material {
            Material::Secret(secret) => DecodingKey::from_secret(secret.expose()),
            Material::Public(key) => match key.kind() {
                Kind::Rsa { n, e } => DecodingKey::from_rsa_raw_components(n, e),
                Kind::Ec { point, .. } => DecodingKey::from_ec_der(point),
                Kind::Ed25519(x) => DecodingKey::from_ed_der(x),
                Kind::MlDsa { .. } => return None,
            },
        })
    }

    /// Parses the key for an algorithm that it fits.
    fn prepare(&self, algorithm: Algorithm) -> Option<Kept> {
        let key = match &self.material {
            Material::Secret(secret) => {
                let key = hmac::Key::new(hmac(algorithm)?, secret.expose());
                return Some(Kept::Secret(Box::new(key)));
            }
            Material::Public(key) => match key.kind() {
                Kind::Rsa { n, e } => RsaPublicKeyComponents { n, e }
                    .to_parsed_public_key(rsa(algorithm)?)
                    .ok(),
                Kind::Ec { curve, point } => ParsedPublicKey::new(ecdsa(*curve), point).ok(),
                Kind::Ed25519(x) => ParsedPublicKey::new(&ED25519, x).ok(),
                Kind::MlDsa { set, key } => ParsedPublicKey::new(ml_dsa(*set), key).ok(),
            },
        };
        key.map(Kept::Public)
    }
}

/// Returns where the key for an algorithm is kept.
const fn slot(algorithm: Algorithm) -> usize {
    let hash = match algorithm.hash_len() {
        32 => 0,
        48 => 1,
        _ => 2,
    };
    match algorithm.family() {
        Family::RsaPss => hash + 3,
        _ => hash,
    }
}

fn rsa(algorithm: Algorithm) -> Option<&'static RsaParameters> {
    Some(match (algorithm.family(), algorithm.hash_len()) {
        (Family::Rsa, 32) => &RSA_PKCS1_2048_8192_SHA256,
        (Family::Rsa, 48) => &RSA_PKCS1_2048_8192_SHA384,
        (Family::Rsa, 64) => &RSA_PKCS1_2048_8192_SHA512,
        (Family::RsaPss, 32) => &RSA_PSS_2048_8192_SHA256,
        (Family::RsaPss, 48) => &RSA_PSS_2048_8192_SHA384,
        (Family::RsaPss, 64) => &RSA_PSS_2048_8192_SHA512,
        _ => return None,
    })
}

/// Returns the hash of an HMAC algorithm.
pub(super) fn hmac(algorithm: Algorithm) -> Option<hmac::Algorithm> {
    match (algorithm.family(), algorithm.hash_len()) {
        (Family::Hmac, 32) => Some(hmac::HMAC_SHA256),
        (Family::Hmac, 48) => Some(hmac::HMAC_SHA384),
        (Family::Hmac, 64) => Some(hmac::HMAC_SHA512),
        _ => None,
    }
}

/// "A key of the same size as the hash output … or larger MUST be used" (RFC
/// 7518 §3.2).
pub(super) fn hmac_fits(algorithm: Algorithm, length: usize) -> Result<(), KeyError> {
    if length < algorithm.hash_len() {
        return Err(KeyError::new(
            "key_weak",
            format!(
                "the secret has {length} octets, {algorithm} needs at least {}",
                algorithm.hash_len()
            ),
        ));
    }
    Ok(())
}

impl fmt::Debug for VerifyingKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.material {
            Material::Public(key) => f.debug_tuple("VerifyingKey").field(key).finish(),
            Material::Secret(_) => f.write_str("VerifyingKey(secret)"),
        }
    }
}
