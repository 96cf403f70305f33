//! Keys for encryption, made.

use aws_lc_rs::rand;
use serde_json::{Map, Value};
use zeroize::Zeroizing;

use super::{Material, PortableKey};
use crate::core::jose::algorithm::Curve;
use crate::core::jose::error::Error;
use crate::core::jose::jwe::{Group, KeyManagement, KeyToMake, X25519Key};
use crate::core::jose::key_forms::Form;
use crate::core::jose::members::Members;
use crate::core::jose::private_key::PrivateKey;
use crate::core::jose::thumbprint::thumbprint;
use crate::core::secret::SecretBytes;

impl PortableKey {
    /// Generates a key pair or a secret for a key management algorithm. `group`
    /// is the curve of a key for ECDH-ES, by default P-256; `bits` the size of
    /// an RSA key (2048, 3072, 4096 or 8192, by default 2048) or of a secret
    /// for `dir` (by default 256). Its labels are `kid`, the thumbprint (RFC
    /// 7638), `alg`, and `use` `enc`.
    ///
    /// Of two RSA keys that are begun the first that is found is it.
    ///
    /// # Errors
    ///
    /// As [`PortableKey::check_to_generate`]; [`Error::Crypto`].
    pub fn generate(
        algorithm: KeyManagement,
        group: Option<Group>,
        bits: Option<u32>,
    ) -> Result<Self, Error> {
        let pair = |private: PrivateKey| -> Result<Material, Error> {
            let public = private.public()?;
            Ok(Material::Private { private, public })
        };
        let material = match KeyToMake::new(algorithm, group, bits)? {
            KeyToMake::Rsa(bits) => pair(PrivateKey::race_rsa(bits)?)?,
            KeyToMake::Agreement(group) => match curve(group) {
                Some(curve) => pair(PrivateKey::generate_ec(curve)?)?,
                None => Material::Agreement(X25519Key::of_scalar(random(32)?)?),
            },
            KeyToMake::Secret(length) => Material::Secret(random(length)?),
        };
        let mut key = Self {
            form: Form::Jwk,
            material,
            labels: Members::default(),
        };
        // The thumbprint of a secret is a hash of it (RFC 7638 §7), which
        // tells nothing only because this one is random.
        let kid = thumbprint(key.to_jwk()?.values())?;
        key.labels.insert("kid", kid);
        key.labels.insert("alg", algorithm.name());
        key.labels.insert("use", "enc");
        Ok(key)
    }

    /// Checks that [`PortableKey::generate`] makes such a key.
    ///
    /// # Errors
    ///
    /// [`Error::Usage`] for a curve or a size that cannot be, and for an
    /// algorithm that takes a password.
    pub fn check_to_generate(
        algorithm: KeyManagement,
        group: Option<Group>,
        bits: Option<u32>,
    ) -> Result<(), Error> {
        match KeyToMake::new(algorithm, group, bits)? {
            KeyToMake::Rsa(bits) => PrivateKey::check_rsa_size(bits),
            KeyToMake::Agreement(_) | KeyToMake::Secret(_) => Ok(()),
        }
    }

    /// Replaces the kid.
    pub fn with_kid(mut self, kid: &str) -> Self {
        self.labels.insert("kid", kid);
        self
    }

    /// Returns the public JWK, with all labels; `None` for a secret.
    pub fn public_jwk(&self) -> Option<Map<String, Value>> {
        if let Material::Secret(_) = self.material {
            return None;
        }
        let mut jwk = self.public_members();
        jwk.extend(self.labels.values().clone());
        Some(jwk)
    }
}

/// Returns the curve of a group whose keys could sign too.
fn curve(group: Group) -> Option<Curve> {
    Curve::from_name(group.name())
}

fn random(length: usize) -> Result<SecretBytes, Error> {
    let mut octets = Zeroizing::new(vec![0; length]);
    rand::fill(&mut octets).map_err(|_| Error::Crypto("make random octets"))?;
    Ok(SecretBytes::new(octets.as_slice()))
}
