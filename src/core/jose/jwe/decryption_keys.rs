//! Keys that decrypt, and which of them may serve a token.

use std::fmt;

use serde_json::{Map, Value};

use super::agreement::{AgreementPrivate, Group};
use super::algorithm::{KeyManagement, Mode};
use super::document::{Document, read, signs_only, unknown_kid};
use super::header::{Header, Parameters};
use super::labels::{Kind, Labels, Operation};
use super::x25519::X25519;
use crate::core::jose::algorithm::KeyType;
use crate::core::jose::error::{Error, Failure, KeyError, shorten};
use crate::core::jose::jwk::{Jwk, JwkSet};
use crate::core::jose::key_document::{locked, no_key_document};
use crate::core::jose::private_key::PrivateKey;
use crate::core::jose::public_key::{octets, text, unsupported};
use crate::core::secret::{Secret, SecretBytes};

/// How many keys are tried for a token without `kid`.
const MAX_TRIED: usize = 1000;

/// The keys that may decrypt.
#[derive(Debug)]
pub enum DecryptionKeys {
    /// A set: the token's `kid` selects. What is wrong with a key of it is a
    /// reason to refuse the token.
    Set(JwkSet),
    /// One key that the user named, whatever the token's `kid`.
    One(Box<DecryptionKey>),
}

/// A private key, a secret or a password.
pub struct DecryptionKey {
    pub(super) material: Material,
    labels: Labels,
}

pub(super) enum Material {
    Rsa(PrivateKey),
    Agreement(Group, AgreementPrivate),
    Secret(SecretBytes),
    Password(SecretBytes),
}

impl DecryptionKeys {
    /// Reads a key document (`key_document` lists the forms; X25519 too): a
    /// private key, a JWK, or a set of them, in which `kid` may select.
    ///
    /// # Errors
    ///
    /// [`Error::Key`]: beyond those of reading, `key_use` for a public key and
    /// for one that is not for encryption, `key_algorithm` for one that is for
    /// no supported encryption, `unknown_kid`, `ambiguous_key`.
    pub fn from_document(
        document: &[u8],
        kid: Option<&str>,
        passphrase: Option<&Secret>,
    ) -> Result<Self, Error> {
        let key = match read(document, passphrase)? {
            Document::Set(set) => match kid {
                None => return Ok(Self::Set(set)),
                Some(kid) => select(&set, kid)?,
            },
            Document::Jwk(jwk) => {
                let key = DecryptionKey::from_jwk(&Jwk::new(jwk)?)?;
                if let (Some(own), Some(asked)) = (&key.labels.kid, kid)
                    && own != asked
                {
                    return Err(unknown_kid(asked).into());
                }
                key
            }
            Document::Private(key) => Material::private(key)?.into(),
            Document::X25519(X25519::Private(scalar)) => Material::x25519(&scalar)?.into(),
            Document::Public(_) | Document::X25519(X25519::Public(_)) => {
                let locked = locked(document, passphrase);
                return Err(locked.unwrap_or_else(public_key).into());
            }
        };
        Ok(Self::One(Box::new(key)))
    }

    /// Takes a secret.
    ///
    /// # Errors
    ///
    /// `secret_is_a_key`.
    pub fn secret(secret: SecretBytes) -> Result<Self, KeyError> {
        no_key_document(&secret)?;
        Ok(Self::One(Box::new(Material::Secret(secret).into())))
    }

    /// Takes a password, which decrypts by PBES2 alone.
    pub fn password(password: &Secret) -> Self {
        let password = SecretBytes::new(password.expose());
        Self::One(Box::new(Material::Password(password).into()))
    }

    /// Returns the keys to try.
    ///
    /// # Errors
    ///
    /// [`Error::Refused`] with `unknown_kid`, `ambiguous_key`, `no_key`,
    /// `too_many_keys` or the fault of the one key that was meant.
    pub(super) fn candidates(&self, header: &Header<'_>) -> Result<Vec<Candidate<'_>>, Error> {
        match self {
            Self::One(key) => match key.fits(header) {
                Ok(()) => Ok(vec![Candidate::Given(key)]),
                Err(fault) => Err(Error::Refused(vec![fault.into()])),
            },
            Self::Set(set) => match header.kid {
                Some(kid) => by_kid(set, header, kid).map(|key| vec![key]),
                None => without_kid(set, header),
            }
            .map_err(|failure| Error::Refused(vec![failure])),
        }
    }
}

/// A key to try.
pub(super) enum Candidate<'a> {
    Given(&'a DecryptionKey),
    OfSet(DecryptionKey),
}

impl Candidate<'_> {
    pub(super) fn key(&self) -> &DecryptionKey {
        match self {
            Self::Given(key) => key,
            Self::OfSet(key) => key,
        }
    }
}

impl DecryptionKey {
    /// Takes a private JWK or one with a secret.
    fn from_jwk(jwk: &Jwk) -> Result<Self, KeyError> {
        let labels = Labels::of(jwk)?;
        let jwk = jwk.members();
        let algorithm = labels.algorithm()?.map(|(algorithm, _)| algorithm);
        let kty = text(jwk, "kty")?;
        let material = match (kty, kind(jwk)) {
            ("oct", _) => {
                let secret = SecretBytes::new(octets(jwk, "k")?);
                match algorithm.map(KeyManagement::mode) {
                    Some(Mode::Password(_)) => Material::Password(secret),
                    _ => Material::Secret(secret),
                }
            }
            _ if !jwk.contains_key("d") && !jwk.contains_key("priv") => return Err(public_key()),
            ("OKP", Some(Kind::Agreement(_))) => Material::x25519(&X25519::private_from_jwk(jwk)?)?,
            _ => Material::private(PrivateKey::from_jwk(jwk)?)?,
        };
        Ok(Self { material, labels })
    }

    /// Returns `kid`.
    pub(super) fn kid(&self) -> Option<&str> {
        self.labels.kid.as_deref()
    }

    fn fits(&self, header: &Header<'_>) -> Result<(), KeyError> {
        let kind = match &self.material {
            Material::Rsa(_) => Kind::Rsa,
            Material::Agreement(group, _) => Kind::Agreement(*group),
            Material::Secret(secret) => Kind::Secret(secret.len()),
            Material::Password(_) => Kind::Password,
        };
        fits(&self.labels, kind, header)
    }
}

fn fits(labels: &Labels, kind: Kind, header: &Header<'_>) -> Result<(), KeyError> {
    labels.permit(header.algorithm, header.encryption, Operation::Decrypt)?;
    let group = match &header.parameters {
        Parameters::Agreement { epk, .. } => Some(epk.group()),
        _ => None,
    };
    kind.fits(header.algorithm, header.encryption, group)
}

impl Material {
    fn private(key: PrivateKey) -> Result<Self, KeyError> {
        match key.public()?.key_type() {
            KeyType::Rsa => Ok(Self::Rsa(key)),
            KeyType::Ec(curve) => {
                let group = Group::from_name(curve.name())
                    .ok_or_else(|| unsupported("key agreement on", curve.name()))?;
                AgreementPrivate::from_private(group, &key)
                    .map(|key| Self::Agreement(group, key))
                    .map_err(|_| KeyError::new("key_malformed", "the private key is not usable"))
            }
            other => Err(signs_only(other)),
        }
    }

    fn x25519(scalar: &SecretBytes) -> Result<Self, KeyError> {
        AgreementPrivate::x25519(scalar.expose()).map(|key| Self::Agreement(Group::X25519, key))
    }
}

impl From<Material> for DecryptionKey {
    fn from(material: Material) -> Self {
        Self {
            material,
            labels: Labels::default(),
        }
    }
}

impl fmt::Debug for DecryptionKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DecryptionKey")
            .field("kid", &self.labels.kid)
            .finish_non_exhaustive()
    }
}

/// Returns the kind that a JWK is of by `kty`, `crv` and `alg`; the key itself
/// may still be broken. `None` for one that never decrypts.
fn kind(jwk: &Map<String, Value>) -> Option<Kind> {
    let member = |name| jwk.get(name).and_then(Value::as_str);
    match (member("kty")?, member("crv")) {
        ("oct", _) => match member("alg").and_then(|alg| alg.parse().ok()) {
            Some(algorithm) if KeyManagement::default_iterations(algorithm).is_some() => {
                Some(Kind::Password)
            }
            _ => octets(jwk, "k").ok().map(|k| Kind::Secret(k.len())),
        },
        ("RSA", _) => Some(Kind::Rsa),
        ("EC" | "OKP", Some(crv)) => Group::from_name(crv).map(Kind::Agreement),
        _ => None,
    }
}

/// Checks by its labels and kind alone whether a key could be meant.
fn could_be_meant(jwk: &Jwk, header: &Header<'_>) -> Result<(), KeyError> {
    let labels = Labels::of(jwk)?;
    match kind(jwk.members()) {
        Some(kind) => fits(&labels, kind, header),
        None => Err(KeyError::new(
            "key_unsupported",
            "the key is of no type that decrypts",
        )),
    }
}

fn select(set: &JwkSet, kid: &str) -> Result<DecryptionKey, KeyError> {
    let named: Vec<_> = set
        .keys()
        .iter()
        .filter(|jwk| jwk.kid() == Some(kid))
        .collect();
    match named.as_slice() {
        [] => Err(unknown_kid(kid)),
        [jwk] => DecryptionKey::from_jwk(jwk),
        several => {
            let mut fitting = several
                .iter()
                .filter_map(|jwk| DecryptionKey::from_jwk(jwk).ok());
            match (fitting.next(), fitting.next()) {
                (Some(key), None) => Ok(key),
                _ => Err(KeyError::new(
                    "ambiguous_key",
                    format!(
                        "{} keys of the set have the kid `{}`",
                        several.len(),
                        shorten(kid)
                    ),
                )),
            }
        }
    }
}

/// Selects the one key of a kid; no other key is tried (RFC 7516 §4.1.6, with
/// the rules of verification: where two could be meant, neither is).
fn by_kid<'a>(set: &JwkSet, header: &Header<'_>, kid: &str) -> Result<Candidate<'a>, Failure> {
    let mut meant = Vec::new();
    let mut fault = None;
    for jwk in set.keys().iter().filter(|jwk| jwk.kid() == Some(kid)) {
        match could_be_meant(jwk, header) {
            Ok(()) => meant.push(jwk),
            Err(found) => fault = fault.or(Some(found)),
        }
    }
    match (meant.as_slice(), fault) {
        ([jwk], _) => Ok(Candidate::OfSet(DecryptionKey::from_jwk(jwk)?)),
        ([], Some(fault)) => Err(fault.into()),
        ([], None) => Err(Failure::new(
            "unknown_kid",
            format!("the key set has no key with the kid `{}`", shorten(kid)),
        )),
        (several, _) => Err(Failure::new(
            "ambiguous_key",
            format!(
                "the kid `{}` is ambiguous: {} keys of the set have it and could be for {}",
                shorten(kid),
                several.len(),
                header.algorithm
            ),
        )),
    }
}

/// Selects every key that could decrypt.
fn without_kid<'a>(set: &JwkSet, header: &Header<'_>) -> Result<Vec<Candidate<'a>>, Failure> {
    let mut faults = Vec::new();
    let mut fitting = Vec::new();
    for jwk in set.keys() {
        match could_be_meant(jwk, header) {
            Ok(()) => fitting.push(jwk),
            Err(fault) => faults.push(fault),
        }
    }
    // Each password costs as much as the sender cared to ask for.
    let most = match header.parameters {
        Parameters::Password { .. } => 1,
        _ => MAX_TRIED,
    };
    if fitting.len() > most {
        return Err(Failure::new(
            "too_many_keys",
            format!(
                "the token has no kid and {} keys fit {}, more than {most} are not tried",
                fitting.len(),
                header.algorithm
            ),
        ));
    }
    let mut candidates = Vec::new();
    for jwk in fitting {
        match DecryptionKey::from_jwk(jwk) {
            Ok(key) => candidates.push(Candidate::OfSet(key)),
            Err(fault) => faults.push(fault),
        }
    }
    match (candidates.is_empty(), faults.as_slice()) {
        (false, _) => Ok(candidates),
        (true, [fault]) => Err(fault.clone().into()),
        (true, [fault, ..]) => Err(Failure::new(
            "no_key",
            format!(
                "none of the {} keys of the set fits {}; of the first: {fault}",
                faults.len(),
                header.algorithm
            ),
        )),
        (true, []) => Err(Failure::new("no_key", "the key set has no keys")),
    }
}

fn public_key() -> KeyError {
    KeyError::new("key_use", "the key is a public one, which cannot decrypt")
}
