//! What `keygen` makes: a key that signs, or one that decrypts.

use authctl::core::error::Error;
use authctl::core::jose::jwe::{Group, KeyManagement};
use authctl::core::jose::{
    Algorithm, Encoding, Encryption, PortableKey, SigningKey, Target, pem, thumbprint,
};
use authctl::core::secret::Secret;
use serde_json::{Map, Value};

use crate::cli::shell::quoted;

/// What a key is to serve.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// Signatures, by this algorithm.
    Signature(Algorithm),
    /// Encryption, by this algorithm, on this curve where there is a choice.
    Encryption(KeyManagement, Option<Group>),
}

/// A key that was made, with its kid.
pub enum Made {
    /// It signs.
    Signing(SigningKey),
    /// It decrypts.
    Decryption(KeyManagement, PortableKey),
}

impl Purpose {
    /// Returns the registered name of the algorithm.
    pub fn name(self) -> &'static str {
        match self {
            Self::Signature(algorithm) => algorithm.name(),
            Self::Encryption(algorithm, _) => algorithm.name(),
        }
    }

    /// Says whether a secret is made, not a pair.
    pub fn is_secret(self) -> bool {
        match self {
            Self::Signature(algorithm) => algorithm.is_symmetric(),
            Self::Encryption(algorithm, _) => !algorithm.is_asymmetric(),
        }
    }

    /// Refuses what cannot be made, before the work.
    ///
    /// # Errors
    ///
    /// Exit 2.
    pub fn check(self, bits: Option<u32>) -> Result<(), Error> {
        match self {
            Self::Signature(algorithm) => SigningKey::check_size(algorithm, bits)?,
            Self::Encryption(algorithm, group) => {
                PortableKey::check_to_generate(algorithm, group, bits)?;
            }
        }
        Ok(())
    }

    /// Generates the key.
    ///
    /// # Errors
    ///
    /// Those of [`Purpose::check`].
    pub fn make(self, bits: Option<u32>) -> Result<Made, Error> {
        Ok(match self {
            Self::Signature(algorithm) => {
                Made::Signing(SigningKey::generate_first_of_two(algorithm, bits)?)
            }
            Self::Encryption(algorithm, group) => {
                let key = PortableKey::generate(algorithm, group, bits)?;
                Made::Decryption(algorithm, key)
            }
        })
    }
}

impl Made {
    /// Gives it a kid of one's own.
    pub fn with_kid(self, kid: &str) -> Self {
        match self {
            Self::Signing(key) => Self::Signing(key.with_kid(kid)),
            Self::Decryption(algorithm, key) => Self::Decryption(algorithm, key.with_kid(kid)),
        }
    }

    /// Returns the registered name of the algorithm.
    pub fn algorithm(&self) -> &'static str {
        match self {
            Self::Signing(key) => key.algorithm().name(),
            Self::Decryption(algorithm, _) => algorithm.name(),
        }
    }

    /// Returns the kid.
    pub fn kid(&self) -> &str {
        match self {
            Self::Signing(key) => key.kid(),
            Self::Decryption(_, key) => key.kid().unwrap_or_default(),
        }
    }

    /// Returns the public JWK, with its labels; `None` for a secret.
    pub fn public_jwk(&self) -> Option<Map<String, Value>> {
        match self {
            Self::Signing(key) => key.public_key().map(|_| key.public_jwk()),
            Self::Decryption(_, key) => key.public_jwk(),
        }
    }

    /// Returns the private JWK, with its labels.
    ///
    /// # Errors
    ///
    /// Exit 1, where the library below fails.
    pub fn private_jwk(&self) -> Result<Secret, Error> {
        Ok(match self {
            Self::Signing(key) => key.private_jwk()?,
            Self::Decryption(_, key) => Secret::new(key.to_jwk()?.to_json()),
        })
    }

    /// Returns the public key as PEM.
    ///
    /// # Errors
    ///
    /// Exit 1, where the library below fails.
    pub fn public_pem(&self) -> Result<String, Error> {
        match self {
            Self::Signing(key) => Ok(key.public_pem()?),
            Self::Decryption(_, key) => written(key, Target::Spki, None),
        }
    }

    /// Returns the private key as PEM, encrypted where there is a passphrase.
    ///
    /// # Errors
    ///
    /// Exit 1, where the library below fails.
    pub fn private_pem(&self, passphrase: Option<&Secret>) -> Result<Secret, Error> {
        Ok(match (self, passphrase) {
            (Self::Signing(key), None) => key.to_pkcs8_pem()?,
            (Self::Signing(key), Some(passphrase)) => {
                key.to_encrypted_pkcs8_pem(passphrase, pem::ITERATIONS)?
            }
            (Self::Decryption(_, key), passphrase) => {
                let encryption = passphrase.map(|passphrase| Encryption {
                    passphrase,
                    iterations: pem::ITERATIONS,
                });
                Secret::new(written(key, Target::Pkcs8, encryption)?)
            }
        })
    }

    /// Returns the command that uses the private key, of which a file of PEM
    /// says neither `alg` nor `kid`: flags make up for that. `None` where it
    /// goes without saying.
    pub fn usage(&self, private: &str) -> Option<(&'static str, String)> {
        match self {
            Self::Signing(key) => {
                let public = key.public_key()?;
                let flags = signing_flags(
                    key.kid(),
                    thumbprint(&public.to_jwk()).ok().as_deref(),
                    key.algorithm(),
                    Some(public.key_type().default_algorithm()),
                );
                let command = format!("authctl sign --key {}{flags}", quoted(private));
                (!flags.is_empty()).then_some(("sign with", command))
            }
            // Whatever the kid of a token says, the key is tried.
            Self::Decryption(..) => None,
        }
    }
}

fn written(
    key: &PortableKey,
    target: Target,
    encryption: Option<Encryption<'_>>,
) -> Result<String, Error> {
    let octets = key.write(target, Encoding::Pem, encryption)?;
    std::str::from_utf8(octets.expose())
        .map(str::to_owned)
        .map_err(|_| Error::Internal("our own PEM is no text".into()))
}

/// Returns the flags by which `sign` makes what the JWK Set says of a key:
/// PKCS#8 has no place for its `alg` and its `kid`. Nothing where those that
/// `sign` takes by itself are the same.
pub fn signing_flags(
    kid: &str,
    thumbprint: Option<&str>,
    algorithm: Algorithm,
    default_algorithm: Option<Algorithm>,
) -> String {
    let mut flags = String::new();
    if default_algorithm != Some(algorithm) {
        flags.push_str(&format!(" --alg {algorithm}"));
    }
    if thumbprint != Some(kid) {
        flags.push_str(&format!(" --kid {}", quoted(kid)));
    }
    flags
}
