//! Keys made ready to verify.
//!
//! `jsonwebtoken` verifies its twelve algorithms and aws-lc-rs the others.
//! Which one is decided here alone, after this module has checked that the
//! key is of the algorithm's type and the signature of the key's length, so
//! that no default of the library below decides anything.

use std::fmt;

use aws_lc_rs::signature::ParsedPublicKey;
use jsonwebtoken::DecodingKey;

use super::algorithm::{Algorithm, Curve, KeyType};
use super::base64url;
use super::error::{Error, KeyError};
use super::public_key::{Kind, PublicKey, ecdsa, ml_dsa};
use crate::core::secret::SecretBytes;

/// A public key or a secret, parsed once, for many verifications on many
/// threads.
#[derive(Clone)]
pub struct VerifyingKey {
    material: Material,
    prepared: Prepared,
}

#[derive(Clone)]
enum Material {
    Public(PublicKey),
    Secret(SecretBytes),
}

#[derive(Clone)]
enum Prepared {
    JsonWebToken(DecodingKey),
    AwsLc(ParsedPublicKey),
}

impl VerifyingKey {
    /// Makes a public key ready.
    ///
    /// # Errors
    ///
    /// `key_malformed` where the library below refuses the key.
    pub fn public(key: PublicKey) -> Result<Self, KeyError> {
        let prepared = match key.kind() {
            Kind::Rsa { n, e } => {
                Prepared::JsonWebToken(DecodingKey::from_rsa_raw_components(n, e))
            }
            Kind::Ec {
                curve: curve @ (Curve::P521 | Curve::Secp256k1),
                point,
            } => Prepared::AwsLc(
                ParsedPublicKey::new(ecdsa(*curve), point)
                    .map_err(|_| KeyError::new("key_malformed", "the key is not usable"))?,
            ),
            Kind::Ec { point, .. } => Prepared::JsonWebToken(DecodingKey::from_ec_der(point)),
            Kind::Ed25519(x) => Prepared::JsonWebToken(DecodingKey::from_ed_der(x)),
            Kind::MlDsa { set, key } => Prepared::AwsLc(
                ParsedPublicKey::new(ml_dsa(*set), key)
                    .map_err(|_| KeyError::new("key_malformed", "the key is not usable"))?,
            ),
        };
        Ok(Self {
            material: Material::Public(key),
            prepared,
        })
    }

    /// Makes a secret ready.
    ///
    /// # Errors
    ///
    /// `key_weak` for one of fewer than 32 octets, the least that any
    /// algorithm takes (RFC 7518 §3.2).
    pub fn secret(secret: SecretBytes) -> Result<Self, KeyError> {
        hmac_fits(Algorithm::HS256, secret.len())?;
        let prepared = Prepared::JsonWebToken(DecodingKey::from_secret(secret.expose()));
        Ok(Self {
            material: Material::Secret(secret),
            prepared,
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
        match (&self.prepared, algorithm.jsonwebtoken()) {
            (Prepared::JsonWebToken(key), Some(name)) => {
                let signature = base64url::encode(signature);
                jsonwebtoken::crypto::verify(&signature, message, key, name)
                    .map_err(|_| Error::Crypto("verify a signature"))
            }
            (Prepared::AwsLc(key), None) => Ok(key.verify_sig(message, signature).is_ok()),
            _ => Err(Error::Crypto("find an implementation")),
        }
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
