//! Which key may judge a token.
//!
//! The caller brings the keys; the token's header only names one of them by
//! `kid`. Keys in the header (`jwk`, `x5c`) and links to keys (`jku`, `x5u`)
//! are never looked at (RFC 7515 §4.1.2 to §4.1.6).

use super::algorithm::Algorithm;
use super::error::{Error, Failure, KeyError, shorten};
use super::jwk::{Jwk, JwkSet};
use super::key_document::{self, KeyDocument};
use super::verifying_key::VerifyingKey;
use crate::core::secret::{Secret, SecretBytes};

/// How many keys are tried for a token without `kid`.
const MAX_TRIED: usize = 1000;

/// The keys that may verify, by where they come from.
#[derive(Clone, Debug)]
pub enum Keys {
    /// A set (`--jwks`, `--issuer`): the token's `kid` selects. What is wrong
    /// with a key of it is a reason to refuse the token.
    Set(JwkSet),
    /// One key that the user named (`--key`), whatever the token's `kid`.
    One(Box<Jwk>),
    /// A secret that the user named (`--secret`): HMAC and nothing else.
    Secret(VerifyingKey),
}

impl Keys {
    /// Reads a JWK Set, or one JWK as a set of one.
    ///
    /// # Errors
    ///
    /// `key_set_malformed`.
    pub fn set(text: &[u8]) -> Result<Self, KeyError> {
        JwkSet::parse(text).map(Self::Set)
    }

    /// Reads a key document: PEM, DER, JWK or JWK Set, public or private
    /// ([`key_document`] lists the forms). A set is used as one that was given
    /// by [`Keys::set`].
    ///
    /// # Errors
    ///
    /// What makes the key unfit to verify anything, and `key_malformed` for
    /// what is no key document.
    pub fn key(document: &[u8], passphrase: Option<&Secret>) -> Result<Self, KeyError> {
        let key = match key_document::read(document, passphrase)? {
            KeyDocument::Set(set) => return Ok(Self::Set(set)),
            KeyDocument::Jwk(jwk) => Jwk::new(jwk)?,
            KeyDocument::Public(key) => Jwk::from(VerifyingKey::public(key)),
            KeyDocument::Private(key) => Jwk::from(VerifyingKey::public(key.public()?)),
        };
        key.verifying_key()?;
        Ok(Self::One(Box::new(key)))
    }

    /// Takes a secret for HMAC.
    ///
    /// # Errors
    ///
    /// `secret_is_a_key` for the text or octets of a key or a key set: a
    /// public key is known to all, and a MAC under it proves nothing (RFC
    /// 8725 §2.1). `key_weak` for fewer than 32 octets.
    pub fn secret(secret: SecretBytes) -> Result<Self, KeyError> {
        key_document::no_key_document(&secret)?;
        VerifyingKey::secret(secret).map(Self::Secret)
    }

    /// Returns the keys to try, with their kids.
    ///
    /// # Errors
    ///
    /// [`Error::Refused`] with `unknown_kid`, `ambiguous_key`, `no_key`,
    /// `too_many_keys` or the fault of the one key that was meant;
    /// [`Error::Key`] for a secret given alone that is too short.
    pub(super) fn candidates(
        &self,
        algorithm: Algorithm,
        kid: Option<&str>,
    ) -> Result<Vec<Candidate<'_>>, Error> {
        match self {
            Self::Set(set) => match kid {
                Some(kid) => by_kid(set, algorithm, kid).map(|candidate| vec![candidate]),
                None => without_kid(set, algorithm),
            }
            .map_err(|failure| Error::Refused(vec![failure])),
            Self::One(jwk) => match jwk.verifying_key_for(algorithm) {
                Ok(key) => Ok(vec![Candidate::new(jwk, key)]),
                Err(fault) => Err(alone(fault)),
            },
            Self::Secret(key) => match key.fits(algorithm) {
                Ok(()) => Ok(vec![Candidate { key, kid: None }]),
                Err(fault) => Err(alone(fault)),
            },
        }
    }
}

/// Says whose fault it is that a key given alone does not serve: a secret that
/// is too short is an unfit input, but that the token is by an algorithm of
/// another type of key is the token's.
fn alone(fault: KeyError) -> Error {
    match fault.code {
        "key_algorithm" => Error::Refused(vec![fault.into()]),
        _ => Error::Key(fault),
    }
}

/// A key that may have signed.
#[derive(Clone, Copy)]
pub(super) struct Candidate<'a> {
    pub(super) key: &'a VerifyingKey,
    pub(super) kid: Option<&'a str>,
}

impl<'a> Candidate<'a> {
    fn new(jwk: &'a Jwk, key: &'a VerifyingKey) -> Self {
        Self {
            key,
            kid: jwk.kid(),
        }
    }
}

/// Selects the one key of a kid, which is compared as it is: "The `kid` value
/// is a case-sensitive string" (RFC 7517 §4.5). No other key is tried.
///
/// Keys of different types may share a kid (the same section), and so may
/// those whose `use`, `key_ops` or `alg` tell them apart. Where two could be
/// meant the kid names neither, even if one of them turns out to be broken.
fn by_kid<'a>(set: &'a JwkSet, algorithm: Algorithm, kid: &str) -> Result<Candidate<'a>, Failure> {
    if set.keys().is_empty() {
        return Err(empty(set));
    }
    let mut meant = Vec::new();
    let mut fault = None;
    for jwk in set.keys().iter().filter(|jwk| jwk.kid() == Some(kid)) {
        match jwk.permits(algorithm) {
            Ok(()) if jwk.key_type() == Some(algorithm.key_type()) => meant.push(jwk),
            Ok(()) => fault = fault.or_else(|| jwk.verifying_key_for(algorithm).err()),
            Err(found) => fault = fault.or(Some(found)),
        }
    }
    match (meant.as_slice(), fault) {
        ([jwk], _) => Ok(Candidate::new(jwk, jwk.verifying_key_for(algorithm)?)),
        ([], None) => Err(Failure::new(
            "unknown_kid",
            format!(
                "the key set has no key with the kid `{}`{}",
                shorten(kid),
                unreadable(set)
            ),
        )),
        ([], Some(fault)) => Err(fault.into()),
        (several, _) => Err(Failure::new(
            "ambiguous_key",
            format!(
                "the kid `{}` is ambiguous: {} keys of the set have it and could be for {algorithm}",
                shorten(kid),
                several.len()
            ),
        )),
    }
}

/// Selects every key that could have signed.
fn without_kid(set: &JwkSet, algorithm: Algorithm) -> Result<Vec<Candidate<'_>>, Failure> {
    let mut fitting = Vec::new();
    let mut faults = Vec::new();
    for jwk in set.keys() {
        match jwk.verifying_key_for(algorithm) {
            Ok(key) => fitting.push(Candidate::new(jwk, key)),
            Err(fault) => faults.push(fault),
        }
    }
    if fitting.len() > MAX_TRIED {
        return Err(Failure::new(
            "too_many_keys",
            format!(
                "the token has no kid and {} keys fit {algorithm}, more than {MAX_TRIED} are not tried",
                fitting.len()
            ),
        ));
    }
    if !fitting.is_empty() {
        return Ok(fitting);
    }
    // Of a MAC, the secret that must not serve says more than the first key.
    let published = |fault: &&KeyError| fault.code == "secret_published";
    if let Some(fault) = faults.iter().find(published)
        && algorithm.is_symmetric()
    {
        return Err(fault.clone().into());
    }
    match faults.as_slice() {
        [] => Err(empty(set)),
        [fault] => Err(fault.clone().into()),
        [fault, ..] => Err(Failure::new(
            "no_key",
            format!(
                "none of the {} keys of the set fits {algorithm}; of the first: {fault}",
                faults.len()
            ),
        )),
    }
}

fn empty(set: &JwkSet) -> Failure {
    Failure::new(
        "no_key",
        format!("the key set has no keys{}", unreadable(set)),
    )
}

/// Says that there are keys in the set which are none, since the one that is
/// missed may be among them.
fn unreadable(set: &JwkSet) -> String {
    match set.skipped() {
        [] => String::new(),
        [only] => format!(" (one could not be read: {})", only.reason),
        [first, ..] => format!(
            " ({} could not be read, the first because {})",
            set.skipped().len(),
            first.reason
        ),
    }
}
