//! What a JWK says of its use, and what the type of a key allows.
//!
//! The key decides what it may be used for, not the header of a token (RFC
//! 8725 §3.1, §3.5).

use std::fmt;

use serde_json::Value;

use super::agreement::Group;
use super::algorithm::{ContentEncryption, KeyManagement, Mode, UnknownAlgorithm};
use crate::core::jose::error::{KeyError, shorten};
use crate::core::jose::jwk::Jwk;

/// What is to be done with a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Operation {
    Encrypt,
    Decrypt,
}

/// The members of a JWK that bear on its use; a key without any has none.
#[derive(Clone, Debug, Default)]
pub(super) struct Labels {
    pub(super) kid: Option<String>,
    alg: Option<String>,
    key_ops: Option<Vec<String>>,
}

impl Labels {
    /// Reads those of a JWK.
    ///
    /// # Errors
    ///
    /// `key_use` for a key that is not for encryption.
    pub(super) fn of(jwk: &Jwk) -> Result<Self, KeyError> {
        let members = jwk.members();
        let text = |name| members.get(name).and_then(Value::as_str);
        if let Some(purpose) = text("use").filter(|purpose| *purpose != "enc") {
            return Err(KeyError::new(
                "key_use",
                format!(
                    "the key is for use `{}`, not for encryption",
                    shorten(purpose)
                ),
            ));
        }
        let key_ops = members.get("key_ops").and_then(Value::as_array);
        Ok(Self {
            kid: jwk.kid().map(ToOwned::to_owned),
            alg: text("alg").map(ToOwned::to_owned),
            key_ops: key_ops.map(|names| {
                let names = names.iter().filter_map(Value::as_str);
                names.map(ToOwned::to_owned).collect()
            }),
        })
    }

    /// Returns the `alg` that the key is for. A key for `dir` may name the
    /// encryption instead (RFC 7520 §5.6).
    pub(super) fn algorithm(
        &self,
    ) -> Result<Option<(KeyManagement, Option<ContentEncryption>)>, KeyError> {
        let Some(name) = self.alg.as_deref() else {
            return Ok(None);
        };
        match (name.parse(), name.parse()) {
            (Ok(algorithm), _) => Ok(Some((algorithm, None))),
            (_, Ok(encryption)) => Ok(Some((KeyManagement::Dir, Some(encryption)))),
            (Err(refused @ UnknownAlgorithm::Rsa15), _) => {
                Err(KeyError::new("key_algorithm", refused.to_string()))
            }
            _ => Err(KeyError::new(
                "key_algorithm",
                format!(
                    "the key is for `{}`, which is no supported encryption",
                    shorten(name)
                ),
            )),
        }
    }

    /// Checks that `alg` (RFC 7517 §4.4) and `key_ops` (§4.3) let the key be
    /// used so.
    ///
    /// # Errors
    ///
    /// `key_algorithm`, `key_use`.
    pub(super) fn permit(
        &self,
        algorithm: KeyManagement,
        encryption: ContentEncryption,
        operation: Operation,
    ) -> Result<(), KeyError> {
        let fits = match self.algorithm()? {
            None => true,
            Some((own, None)) => own == algorithm,
            Some((own, Some(own_encryption))) => own == algorithm && own_encryption == encryption,
        };
        if !fits {
            let own = self.alg.as_deref().unwrap_or_default();
            return Err(KeyError::new(
                "key_algorithm",
                format!("the key is for {}, not for {algorithm}", shorten(own)),
            ));
        }
        let Some(key_ops) = &self.key_ops else {
            return Ok(());
        };
        let wanted = operations(algorithm, operation);
        let allowed = key_ops
            .iter()
            .any(|allowed| wanted.contains(&allowed.as_str()))
            // What Web Cryptography writes for a public key of agreement.
            || (key_ops.is_empty()
                && operation == Operation::Encrypt
                && matches!(algorithm.mode(), Mode::Agreement(_)));
        if !allowed {
            return Err(KeyError::new(
                "key_use",
                format!(
                    "the operations of the key (`key_ops`) do not include `{}`",
                    wanted[0]
                ),
            ));
        }
        Ok(())
    }
}

/// Returns the values of `key_ops` that allow an operation, the proper one
/// first: `encrypt` and `decrypt` are of content, but many name them for a key
/// too, as Web Cryptography does for RSA-OAEP.
fn operations(algorithm: KeyManagement, operation: Operation) -> &'static [&'static str] {
    match (algorithm.mode(), operation) {
        (Mode::Direct, Operation::Encrypt) => &["encrypt"],
        (Mode::Direct, Operation::Decrypt) => &["decrypt"],
        (Mode::Agreement(_), _) => &["deriveKey", "deriveBits"],
        (Mode::Password(_), Operation::Encrypt) => {
            &["deriveKey", "deriveBits", "wrapKey", "encrypt"]
        }
        (Mode::Password(_), Operation::Decrypt) => {
            &["deriveKey", "deriveBits", "unwrapKey", "decrypt"]
        }
        (_, Operation::Encrypt) => &["wrapKey", "encrypt"],
        (_, Operation::Decrypt) => &["unwrapKey", "decrypt"],
    }
}

/// What a key is, as far as it decides what it can be used for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Rsa,
    Agreement(Group),
    /// Holds its octets.
    Secret(usize),
    Password,
}

impl Kind {
    /// Checks that a key of this kind can serve an algorithm; `group` is the
    /// curve of the ephemeral key, where there is one already.
    ///
    /// # Errors
    ///
    /// `key_algorithm`.
    pub(super) fn fits(
        self,
        algorithm: KeyManagement,
        encryption: ContentEncryption,
        group: Option<Group>,
    ) -> Result<(), KeyError> {
        let refuse = |what: String| Err(KeyError::new("key_algorithm", what));
        match (algorithm.mode(), self) {
            (Mode::Rsa(_), Self::Rsa) | (Mode::Password(_), Self::Password) => Ok(()),
            (Mode::Agreement(_), Self::Agreement(own)) => match group {
                Some(group) if group != own => refuse(format!(
                    "the token is for a key on {}, this one is on {}",
                    group.name(),
                    own.name()
                )),
                _ => Ok(()),
            },
            (Mode::Wrap(needed) | Mode::GcmWrap(needed), Self::Secret(length)) => {
                match length == needed {
                    true => Ok(()),
                    false => refuse(format!(
                        "{algorithm} needs a secret of {needed} octets, this one has {length}"
                    )),
                }
            }
            (Mode::Direct, Self::Secret(length)) => match length == encryption.key_len() {
                true => Ok(()),
                false => refuse(format!(
                    "{encryption} needs a secret of {} octets, this one has {length}",
                    encryption.key_len()
                )),
            },
            (mode, _) => {
                let needed = match mode {
                    Mode::Rsa(_) => "an RSA key",
                    Mode::Agreement(_) => "a key on a curve",
                    Mode::Password(_) => "a password",
                    Mode::Wrap(_) | Mode::GcmWrap(_) | Mode::Direct => "a secret",
                };
                refuse(format!("{algorithm} needs {needed}, this is {self}"))
            }
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Rsa => f.write_str("an RSA key"),
            Self::Agreement(group) => write!(f, "a key on {}", group.name()),
            Self::Secret(length) => write!(f, "a secret of {length} octets"),
            Self::Password => f.write_str("a password"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn labels(members: Value) -> Result<Labels, KeyError> {
        Labels::of(&Jwk::new(members.as_object().unwrap().clone()).unwrap())
    }

    #[test]
    fn a_key_for_signatures_is_refused_by_name() {
        let fault = labels(json!({"kty": "RSA", "use": "sig"})).unwrap_err();
        assert_eq!(fault.code, "key_use");
        assert_eq!(
            fault.message,
            "the key is for use `sig`, not for encryption"
        );
        let fault = labels(json!({"kty": "RSA", "alg": "RS256"}))
            .unwrap()
            .algorithm()
            .unwrap_err();
        assert_eq!(fault.code, "key_algorithm");
    }

    #[test]
    fn the_algorithm_of_a_key_is_the_only_one_it_serves() {
        use {ContentEncryption as E, KeyManagement as K};
        let permit = |alg: &str, algorithm, encryption| {
            labels(json!({"kty": "oct", "alg": alg}))
                .unwrap()
                .permit(algorithm, encryption, Operation::Decrypt)
                .is_ok()
        };
        assert!(permit("RSA-OAEP", K::RsaOaep, E::A128Gcm));
        assert!(!permit("RSA-OAEP", K::RsaOaep256, E::A128Gcm));
        assert!(!permit("ECDH-ES", K::EcdhEsA128Kw, E::A128Gcm));
        assert!(permit("dir", K::Dir, E::A128Gcm));
        assert!(permit("A128GCM", K::Dir, E::A128Gcm));
        assert!(!permit("A128GCM", K::Dir, E::A256Gcm));
        assert!(!permit("A128GCM", K::A128GcmKw, E::A128Gcm));
    }

    #[test]
    fn the_operations_of_a_key_are_the_only_ones() {
        use KeyManagement as K;
        let permit = |key_ops: &[&str], algorithm, operation| {
            labels(json!({"kty": "oct", "key_ops": key_ops}))
                .unwrap()
                .permit(algorithm, ContentEncryption::A128Gcm, operation)
                .map_err(|fault| fault.code)
        };
        let (encrypt, decrypt) = (Operation::Encrypt, Operation::Decrypt);
        for (key_ops, algorithm, operation) in [
            (&["wrapKey"][..], K::RsaOaep, encrypt),
            (&["encrypt"], K::RsaOaep, encrypt),
            (&["unwrapKey"], K::A128Kw, decrypt),
            (&["decrypt"], K::Dir, decrypt),
            (&["deriveBits"], K::EcdhEs, decrypt),
            (&[], K::EcdhEs, encrypt),
        ] {
            assert_eq!(permit(key_ops, algorithm, operation), Ok(()));
        }
        for (key_ops, algorithm, operation) in [
            (&["wrapKey"][..], K::RsaOaep, decrypt),
            (&["verify"], K::RsaOaep, encrypt),
            (&["unwrapKey"], K::Dir, decrypt),
            (&["decrypt"], K::EcdhEs, decrypt),
            (&[], K::EcdhEs, decrypt),
        ] {
            assert_eq!(permit(key_ops, algorithm, operation), Err("key_use"));
        }
    }
}
