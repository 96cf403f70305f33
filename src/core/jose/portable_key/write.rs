//! A key, written.

use pkcs8::PrivateKeyInfoRef;
use pkcs8::der::{Decode as _, Encode as _};
use pkcs8::spki::SubjectPublicKeyInfoRef;
use sec1::{EcParameters, EcPrivateKey};
use zeroize::Zeroizing;

use super::{Material, PortableKey};
use crate::core::jose::algorithm::KeyType;
use crate::core::jose::error::Error;
use crate::core::jose::key_forms::Structure;
use crate::core::jose::pem;
use crate::core::jose::private_key::PrivateKey;
use crate::core::jose::public_key::{Kind, PublicKey};
use crate::core::secret::{Secret, SecretBytes};

/// What a key is written as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target {
    /// `PrivateKeyInfo` (RFC 5958).
    Pkcs8,
    /// `RSAPrivateKey` or `RSAPublicKey` (RFC 8017 appendix A.1).
    Pkcs1,
    /// `ECPrivateKey` (RFC 5915).
    Sec1,
    /// `SubjectPublicKeyInfo` (RFC 5280 §4.1.2.7).
    Spki,
    /// JSON (RFC 7517).
    Jwk,
    /// The line of OpenSSH.
    OpenSsh,
}

/// How DER is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    /// As text (RFC 7468).
    Pem,
    /// As it is.
    Der,
}

/// A new passphrase for a key that is written.
#[derive(Clone, Copy, Debug)]
pub struct Encryption<'a> {
    /// The passphrase.
    pub passphrase: &'a Secret,
    /// [`pem::ITERATIONS`] outside tests.
    pub iterations: u32,
}

impl PortableKey {
    /// Returns the forms that a key of this type and part can have.
    pub fn targets(&self) -> Vec<Target> {
        let rsa = self.key_type() == Some(KeyType::Rsa);
        let curve = matches!(self.key_type(), Some(KeyType::Ec(_)));
        let secret = matches!(self.material, Material::Secret(_));
        let private = !secret && !self.is_public();
        let openssh = (self.public()).is_some_and(|key| key.to_openssh().is_ok());
        [
            (Target::Pkcs8, private),
            (Target::Pkcs1, rsa),
            (Target::Sec1, private && curve),
            (Target::Spki, !secret),
            (Target::Jwk, true),
            (Target::OpenSsh, openssh),
        ]
        .into_iter()
        .filter_map(|(target, possible)| possible.then_some(target))
        .collect()
    }

    /// Says whether what is written as `target` is to be kept from others.
    pub fn is_private_as(&self, target: Target) -> bool {
        let secret = matches!(self.material, Material::Secret(_));
        match target {
            Target::Spki | Target::OpenSsh => secret,
            _ => !self.is_public(),
        }
    }

    /// Writes the key. A JWK is one line; text ends with a line ending.
    ///
    /// # Errors
    ///
    /// [`Error::Usage`] for a form that the key cannot have, `key_unsupported`
    /// for an ML-DSA key without its seed as a JWK, [`Error::Crypto`].
    pub fn write(
        &self,
        target: Target,
        encoding: Encoding,
        encryption: Option<Encryption<'_>>,
    ) -> Result<SecretBytes, Error> {
        let structure = match target {
            Target::Jwk => {
                let jwk = Zeroizing::new(self.to_jwk()?.to_json());
                return Ok(SecretBytes::new(format!("{}\n", jwk.as_str())));
            }
            Target::OpenSsh => {
                let line = self.expect_public(target)?.to_openssh();
                let line = line.map_err(|fault| Error::Usage {
                    what: fault.message,
                })?;
                return Ok(SecretBytes::new(format!("{line}\n")));
            }
            Target::Pkcs8 if encryption.is_some() => Structure::EncryptedPkcs8,
            Target::Pkcs8 => Structure::Pkcs8,
            Target::Sec1 => Structure::Sec1,
            Target::Spki => Structure::Spki,
            Target::Pkcs1 if self.is_public() => Structure::Pkcs1Public,
            Target::Pkcs1 => Structure::Pkcs1Private,
        };
        let der = match (structure, encryption) {
            (
                Structure::EncryptedPkcs8,
                Some(Encryption {
                    passphrase,
                    iterations,
                }),
            ) => {
                let pkcs8 = self.to_pkcs8(target)?;
                pem::encrypt(pkcs8.expose(), passphrase, iterations)?
            }
            (Structure::Pkcs1Public | Structure::Pkcs1Private, _) => self.to_pkcs1()?,
            (Structure::Sec1, _) => self.to_sec1()?,
            (Structure::Spki, _) => SecretBytes::new(self.to_spki()?),
            _ => self.to_pkcs8(target)?,
        };
        Ok(match encoding {
            Encoding::Der => der,
            Encoding::Pem => {
                let pem = pem::encode_secret(structure.label(), der.expose());
                SecretBytes::new(pem.expose())
            }
        })
    }

    fn to_spki(&self) -> Result<Vec<u8>, Error> {
        match &self.material {
            Material::Agreement(key) => key.to_spki(),
            _ => Ok(self.expect_public(Target::Spki)?.to_spki()?),
        }
    }

    fn to_pkcs8(&self, target: Target) -> Result<SecretBytes, Error> {
        match &self.material {
            Material::Agreement(key) => {
                let written = key.to_pkcs8();
                written.unwrap_or_else(|| Err(public_cannot_be(target)))
            }
            _ => self.expect_private(target)?.to_pkcs8(),
        }
    }

    fn to_pkcs1(&self) -> Result<SecretBytes, Error> {
        let failed = |_| Error::Crypto("write the key");
        let public = self.expect_public(Target::Pkcs1)?;
        if !matches!(public.kind(), Kind::Rsa { .. }) {
            return Err(impossible(format!(
                "PKCS#1 is a form of RSA keys, and this one is {}",
                self.type_name()
            )));
        }
        match &self.material {
            Material::Private { private, .. } => {
                let pkcs8 = private.to_pkcs8()?;
                let info = PrivateKeyInfoRef::from_der(pkcs8.expose()).map_err(failed)?;
                Ok(SecretBytes::new(info.private_key.as_bytes()))
            }
            _ => {
                let spki = public.to_spki()?;
                let info = SubjectPublicKeyInfoRef::from_der(&spki).map_err(failed)?;
                Ok(SecretBytes::new(info.subject_public_key.raw_bytes()))
            }
        }
    }

    fn to_sec1(&self) -> Result<SecretBytes, Error> {
        let failed = |_| Error::Crypto("write the private key");
        let private = self.expect_private(Target::Sec1)?;
        let public = self.expect_public(Target::Sec1)?;
        let Kind::Ec { point, .. } = public.kind() else {
            return Err(impossible(format!(
                "SEC 1 is a form of keys on the curves of ECDSA, and this one is {}",
                self.type_name()
            )));
        };
        let pkcs8 = private.to_pkcs8()?;
        let info = PrivateKeyInfoRef::from_der(pkcs8.expose()).map_err(failed)?;
        let inner = EcPrivateKey::from_der(info.private_key.as_bytes()).map_err(failed)?;
        let curve = info
            .algorithm
            .parameters_oid()
            .map_err(|_| Error::Crypto("write the private key"))?;
        // In PKCS#8 the curve is named outside, here only inside can be.
        let key = EcPrivateKey {
            parameters: Some(EcParameters::NamedCurve(curve)),
            public_key: Some(point),
            ..inner
        };
        let der = Zeroizing::new(key.to_der().map_err(failed)?);
        Ok(SecretBytes::new(der.as_slice()))
    }

    /// Returns the public key for a form that not all have.
    fn expect_public(&self, target: Target) -> Result<&PublicKey, Error> {
        match &self.material {
            Material::Public(key) | Material::Private { public: key, .. } => Ok(key),
            Material::Secret(_) => Err(impossible(format!(
                "a secret has no form but that of a JWK, so it cannot be {}",
                target.title()
            ))),
            Material::Agreement(_) => Err(impossible(format!(
                "a key of type {} cannot be {}",
                self.type_name(),
                target.title()
            ))),
        }
    }

    fn expect_private(&self, target: Target) -> Result<&PrivateKey, Error> {
        self.expect_public(target)?;
        match &self.material {
            Material::Private { private, .. } => Ok(private),
            _ => Err(public_cannot_be(target)),
        }
    }
}

impl Target {
    /// Returns `pkcs8`, `pkcs1`, `sec1`, `spki`, `jwk` or `openssh`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Pkcs8 => "pkcs8",
            Self::Pkcs1 => "pkcs1",
            Self::Sec1 => "sec1",
            Self::Spki => "spki",
            Self::Jwk => "jwk",
            Self::OpenSsh => "openssh",
        }
    }

    fn title(self) -> &'static str {
        match self {
            Self::Pkcs8 => "PKCS#8",
            Self::Pkcs1 => "PKCS#1",
            Self::Sec1 => "SEC 1",
            Self::Spki => "SubjectPublicKeyInfo",
            Self::Jwk => "a JWK",
            Self::OpenSsh => "a key of OpenSSH",
        }
    }
}

fn public_cannot_be(target: Target) -> Error {
    impossible(format!(
        "{} is a form of private keys, and this one is public",
        target.title()
    ))
}

fn impossible(what: String) -> Error {
    Error::Usage { what }
}
