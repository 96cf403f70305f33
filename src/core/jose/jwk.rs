//! JSON Web Keys and sets of them (RFC 7517).

use std::fmt;
use std::sync::OnceLock;

use serde_json::{Map, Value};

use super::algorithm::{Algorithm, Curve, KeyType, ParameterSet};
use super::error::{KeyError, shorten};
use super::json;
use super::pem;
use super::public_key::{PublicKey, octets, text};
use super::thumbprint::thumbprint;
use super::verifying_key::VerifyingKey;
use crate::core::secret::SecretBytes;

/// One key of a set, or alone, for verification. Private members are kept but
/// never used.
///
/// The key itself is made ready when it is first needed: a set of hundreds
/// costs no more than the key that is used.
#[derive(Clone)]
pub struct Jwk {
    members: Map<String, Value>,
    ready: OnceLock<Result<VerifyingKey, KeyError>>,
}

impl Jwk {
    /// Takes the members of a JWK.
    ///
    /// # Errors
    ///
    /// `key_malformed` unless `kty` and, where they are present, `kid`, `use`
    /// and `alg` are strings and `key_ops` is an array of strings, each once.
    /// The key itself is checked when it is needed.
    pub fn new(members: Map<String, Value>) -> Result<Self, KeyError> {
        check_labels(&members)?;
        Ok(Self {
            members,
            ready: OnceLock::new(),
        })
    }

    /// Returns `kid`.
    pub fn kid(&self) -> Option<&str> {
        self.member("kid")
    }

    /// Returns `kty`.
    pub fn kty(&self) -> &str {
        // [`Jwk::new`] has seen to it.
        self.member("kty").unwrap_or_default()
    }

    /// Returns the members as they came, private ones included.
    pub fn members(&self) -> &Map<String, Value> {
        &self.members
    }

    /// Returns the thumbprint (RFC 7638).
    ///
    /// # Errors
    ///
    /// As [`thumbprint`].
    pub fn thumbprint(&self) -> Result<String, KeyError> {
        thumbprint(&self.members)
    }

    /// Returns the type that `kty` and `crv` (of `AKP`, `alg`) name, `None` for
    /// one that is not supported. The key itself may still be broken.
    pub fn key_type(&self) -> Option<KeyType> {
        match (self.member("kty")?, self.member("crv")) {
            ("oct", _) => Some(KeyType::Oct),
            ("RSA", _) => Some(KeyType::Rsa),
            ("EC", crv) => Curve::from_name(crv?).map(KeyType::Ec),
            ("OKP", Some("Ed25519")) => Some(KeyType::Ed25519),
            ("AKP", _) => ParameterSet::from_name(self.member("alg")?).map(KeyType::Akp),
            _ => None,
        }
    }

    /// Returns the key made ready, if it is one that may verify signatures at
    /// all.
    ///
    /// # Errors
    ///
    /// `key_use` where `use` or `key_ops` say that it may not (RFC 7517 §4.2,
    /// §4.3), `key_algorithm` where `alg` is of no signature that the key can
    /// make (§4.4), else what is wrong with the key itself.
    pub fn verifying_key(&self) -> Result<&VerifyingKey, KeyError> {
        let algorithm = self.declared_algorithm()?;
        let key = self
            .ready
            .get_or_init(|| self.make_ready())
            .as_ref()
            .map_err(Clone::clone)?;
        if let Some(algorithm) = algorithm {
            key.fits(algorithm)?;
        }
        Ok(key)
    }

    /// Returns the key made ready, if it may verify signatures by `algorithm`.
    ///
    /// # Errors
    ///
    /// As [`Jwk::verifying_key`], and `key_algorithm` where the type or `alg`
    /// of the key is another.
    pub fn verifying_key_for(&self, algorithm: Algorithm) -> Result<&VerifyingKey, KeyError> {
        self.permits(algorithm)?;
        let key = self.verifying_key()?;
        key.fits(algorithm)?;
        Ok(key)
    }

    /// Checks that `use`, `key_ops` and `alg` let the key verify signatures by
    /// `algorithm`; the key itself is not looked at.
    pub(super) fn permits(&self, algorithm: Algorithm) -> Result<(), KeyError> {
        match self.declared_algorithm()? {
            Some(declared) if declared != algorithm => Err(KeyError::new(
                "key_algorithm",
                format!("the key is for {declared}, not for {algorithm}"),
            )),
            _ => Ok(()),
        }
    }

    /// Returns `alg`, where `use`, `key_ops` and `alg` let the key verify
    /// signatures at all.
    fn declared_algorithm(&self) -> Result<Option<Algorithm>, KeyError> {
        if let Some(purpose) = self.member("use").filter(|purpose| *purpose != "sig") {
            return Err(KeyError::new(
                "key_use",
                format!(
                    "the key is for use `{}`, not for signatures",
                    shorten(purpose)
                ),
            ));
        }
        if let Some(operations) = self.members.get("key_ops").and_then(Value::as_array)
            && !operations.iter().any(|operation| operation == "verify")
        {
            return Err(KeyError::new(
                "key_use",
                "the operations of the key (`key_ops`) do not include `verify`",
            ));
        }
        self.member("alg")
            .map(|name| {
                name.parse().map_err(|_| {
                    KeyError::new(
                        "key_algorithm",
                        format!(
                            "the key is for `{}`, which is no supported signature",
                            shorten(name)
                        ),
                    )
                })
            })
            .transpose()
    }

    /// Returns the key as one that anybody can read: a secret then is none.
    fn published(self) -> Self {
        if self.kty() != "oct" {
            return self;
        }
        Self {
            ready: OnceLock::from(Err(KeyError::new(
                "secret_published",
                "the key is a secret in a published set, so that anyone can sign by it; an HMAC \
                 key is given by `--secret`",
            ))),
            ..self
        }
    }

    fn member(&self, name: &str) -> Option<&str> {
        self.members.get(name).and_then(Value::as_str)
    }

    fn make_ready(&self) -> Result<VerifyingKey, KeyError> {
        match text(&self.members, "kty")? {
            "oct" => VerifyingKey::secret(SecretBytes::new(octets(&self.members, "k")?)),
            _ => PublicKey::from_jwk(&self.members).map(VerifyingKey::public),
        }
    }
}

/// Checks the members that say what a JWK is and what it is for.
///
/// # Errors
///
/// As [`Jwk::new`].
pub(super) fn check_labels(members: &Map<String, Value>) -> Result<(), KeyError> {
    text(members, "kty")?;
    for name in ["kid", "use", "alg"] {
        if members.contains_key(name) {
            text(members, name)?;
        }
    }
    if let Some(operations) = members.get("key_ops") {
        let names: Option<Vec<&str>> = operations
            .as_array()
            .and_then(|names| names.iter().map(Value::as_str).collect());
        let distinct = names.is_some_and(|mut names| {
            let count = names.len();
            names.sort_unstable();
            names.dedup();
            names.len() == count
        });
        if !distinct {
            return Err(KeyError::new(
                "key_malformed",
                "the member `key_ops` of the JWK is not an array of distinct strings",
            ));
        }
    }
    Ok(())
}

impl From<VerifyingKey> for Jwk {
    /// Makes a key without `kid`, `use` or `alg`.
    fn from(key: VerifyingKey) -> Self {
        let members = key
            .public_key()
            .map(PublicKey::to_jwk)
            .unwrap_or_else(|| Map::from_iter([("kty".to_owned(), "oct".into())]));
        Self {
            members,
            ready: OnceLock::from(Ok(key)),
        }
    }
}

impl fmt::Debug for Jwk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Jwk")
            .field("kid", &self.kid())
            .field("kty", &self.members.get("kty"))
            .finish_non_exhaustive()
    }
}

/// A JWK Set.
#[derive(Clone, Debug, Default)]
pub struct JwkSet {
    keys: Vec<Jwk>,
    skipped: Vec<Skipped>,
}

/// Reads the JSON that a set must be.
///
/// # Errors
///
/// `key_set_malformed`.
pub(super) fn json_of_set(text: &[u8]) -> Result<Map<String, Value>, KeyError> {
    json::parse_object_with_any_numbers(text).map_err(|error| {
        let what = match text.trim_ascii_start().first() {
            Some(b'{' | b'[') => error.to_string(),
            _ if pem::is_pem(text) => "PEM (a key or a certificate), not JSON".to_owned(),
            _ => error.to_string(),
        };
        KeyError::new("key_set_malformed", format!("the key set is {what}"))
    })
}

/// A member of `keys` that is no key at all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Skipped {
    /// Its place in `keys`, counted from 0.
    pub index: usize,
    /// Why.
    pub reason: KeyError,
}

impl JwkSet {
    /// Reads a set (`{"keys": […]}`), or one JWK as a set of one.
    ///
    /// A set may hold keys that are not understood, that miss members or whose
    /// values are out of range, and must serve all the same (RFC 7517 §5):
    /// what is no JWK is skipped, other faults count when the key is needed.
    ///
    /// # Errors
    ///
    /// `key_set_malformed` for what is neither.
    pub fn parse(text: &[u8]) -> Result<Self, KeyError> {
        Self::from_members(json_of_set(text)?)
    }

    /// Takes the members of a set or of one JWK.
    pub(super) fn from_members(mut members: Map<String, Value>) -> Result<Self, KeyError> {
        match members.remove("keys") {
            Some(Value::Array(keys)) => {
                let mut set = Self::default();
                for (index, key) in keys.into_iter().enumerate() {
                    let key = match key {
                        Value::Object(members) => Jwk::new(members),
                        _ => Err(KeyError::new("key_malformed", "the key is no JSON object")),
                    };
                    match key {
                        Ok(key) => set.keys.push(key),
                        Err(reason) => set.skipped.push(Skipped { index, reason }),
                    }
                }
                Ok(set)
            }
            Some(_) => Err(KeyError::new(
                "key_set_malformed",
                "the member `keys` of the key set is not an array",
            )),
            None if members.contains_key("kty") => Ok(Self {
                keys: vec![Jwk::new(members)?],
                skipped: Vec::new(),
            }),
            None => Err(KeyError::new(
                "key_set_malformed",
                "the JSON object is neither a key set (`keys`) nor a key (`kty`)",
            )),
        }
    }

    /// Makes a set of keys.
    pub fn from_keys(keys: impl IntoIterator<Item = Jwk>) -> Self {
        Self {
            keys: keys.into_iter().collect(),
            skipped: Vec::new(),
        }
    }

    /// Returns the set as one that was fetched from where anybody can: of it no
    /// secret (`oct`) verifies, since whoever reads it could sign (RFC 8725
    /// §2.1, §3.5). A token for such a key is refused with `secret_published`.
    #[must_use]
    pub fn published(self) -> Self {
        Self {
            keys: self.keys.into_iter().map(Jwk::published).collect(),
            ..self
        }
    }

    /// Returns the keys, in order.
    pub fn keys(&self) -> &[Jwk] {
        &self.keys
    }

    /// Returns what was skipped.
    pub fn skipped(&self) -> &[Skipped] {
        &self.skipped
    }

    /// Returns the set as JSON, with every member of the keys, private ones
    /// included.
    pub fn to_json(&self) -> Value {
        let keys = self
            .keys
            .iter()
            .map(|key| Value::Object(key.members.clone()))
            .collect();
        Value::Object(Map::from_iter([("keys".to_owned(), Value::Array(keys))]))
    }
}
