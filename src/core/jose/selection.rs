//! Which key of a document signs, and by which algorithm.

use super::algorithm::Algorithm;
use super::error::{Error, KeyError, shorten};
use super::jwk::{Jwk, JwkSet};
use super::key_document::{KeyDocument, locked, public_key, read};
use super::signing_key::SigningKey;
use crate::core::secret::Secret;

/// What helps where keys of one type have one kid.
pub(super) const OWN_KIDS: &str =
    "give each key a kid of its own; `authctl jwks remove` takes one away by its thumbprint";

/// What is asked of the key that signs. By default nothing: the document has
/// one key that can sign, and that key says by what.
#[derive(Clone, Copy, Debug, Default)]
pub struct Selection<'a> {
    /// The algorithm. Defaults to the `alg` of a JWK, else to the one of the
    /// key's type, [`super::KeyType::default_algorithm`].
    pub algorithm: Option<Algorithm>,
    /// The kid. In a JWK Set it names the key, as its thumbprint names one
    /// that has no kid. A key that is alone must have this kid or none; in the
    /// latter case it is given it.
    pub kid: Option<&'a str>,
    /// Whether what is signed will not have the key's own kid, so that it does
    /// not matter who else has it.
    pub other_kid: bool,
}

impl From<Algorithm> for Selection<'_> {
    /// Asks for an algorithm only.
    fn from(algorithm: Algorithm) -> Self {
        Self {
            algorithm: Some(algorithm),
            ..Self::default()
        }
    }
}

impl SigningKey {
    /// Reads a key that can sign: a private key in any form of a key
    /// document, a private JWK, a JWK with a secret, or the one of a JWK Set
    /// that is selected.
    ///
    /// # Errors
    ///
    /// [`Error::Key`]: beyond those of reading, `key_use` for a public key or
    /// one whose `use` or `key_ops` say that it may not sign, `key_algorithm`
    /// for an algorithm that the key is not for, and `kid_mismatch` for a key
    /// of another kid. Of a set: `unknown_kid`, `ambiguous_key` where several
    /// keys could be meant or the kid would name several to a verifier,
    /// `no_key` where none of several can sign.
    pub fn from_document(
        document: &[u8],
        selection: &Selection<'_>,
        passphrase: Option<&Secret>,
    ) -> Result<Self, Error> {
        let (key, own_kid) = match read(document, passphrase)? {
            KeyDocument::Set(set) => return Ok(select(&set, selection)?),
            KeyDocument::Public(_) => {
                let locked = locked(document, passphrase);
                return Err(locked.unwrap_or_else(public_key).into());
            }
            KeyDocument::Private(key) => {
                let algorithm = match selection.algorithm {
                    Some(algorithm) => algorithm,
                    None => key.public()?.key_type().default_algorithm(),
                };
                (Self::from_private(key, algorithm)?, false)
            }
            KeyDocument::Jwk(jwk) => (
                Self::from_jwk(&jwk, selection.algorithm)?,
                jwk.contains_key("kid"),
            ),
        };
        match selection.kid {
            Some(kid) if own_kid && key.kid() != kid => Err(Error::key(
                "kid_mismatch",
                format!(
                    "the kid of the key is `{}`, not `{}`",
                    shorten(key.kid()),
                    shorten(kid)
                ),
            )),
            Some(kid) => Ok(key.with_kid(kid)),
            None => Ok(key),
        }
    }
}

/// Selects the one key that can sign what is asked, among those of the kid or,
/// where none is asked for, among all.
///
/// A key of a set that has no kid is given none: by one that the set does not
/// have, no verifier would find it there, and without one each key that fits
/// is tried.
fn select(set: &JwkSet, selection: &Selection<'_>) -> Result<SigningKey, KeyError> {
    let named = named(set, selection.kid);
    let mut able = Vec::new();
    let mut fault = None;
    for jwk in &named {
        match SigningKey::from_jwk(jwk.members(), selection.algorithm) {
            Ok(key) => able.push((*jwk, key)),
            Err(found) => fault = fault.or(Some(found)),
        }
    }
    if able.len() > 1 {
        return Err(ambiguous(&able, selection));
    }
    if let Some((jwk, key)) = able.pop() {
        let Some(kid) = jwk.kid() else {
            return Ok(key.with_kid(""));
        };
        return match selection.other_kid || is_found(set, jwk, key.algorithm()) {
            true => Ok(key),
            false => Err(shared(kid, key.algorithm())),
        };
    }
    Err(match (selection.kid, fault) {
        (_, Some(fault)) if named.len() == 1 => fault,
        (Some(kid), None) => KeyError::new(
            "unknown_kid",
            format!(
                "the key set has no key with the kid `{}`{}",
                shorten(kid),
                names(set.keys())
                    .map(|kids| format!(", only {kids}"))
                    .unwrap_or_default()
            ),
        ),
        (None, None) => KeyError::new("no_key", "the key set has no key that can be read"),
        (_, Some(fault)) => KeyError::new(
            "no_key",
            format!(
                "none of the {} keys{} can sign{}; of the first, {fault}",
                named.len(),
                match selection.kid {
                    Some(kid) => format!(" with the kid `{}`", shorten(kid)),
                    None => " of the set".to_owned(),
                },
                by(selection.algorithm),
            ),
        ),
    })
}

/// Returns the keys of a kid, or else those without one that have this
/// thumbprint; all where there is none to go by.
fn named<'a>(set: &'a JwkSet, kid: Option<&str>) -> Vec<&'a Jwk> {
    let Some(kid) = kid else {
        return set.keys().iter().collect();
    };
    let with = |is: &dyn Fn(&Jwk) -> bool| -> Vec<&'a Jwk> {
        set.keys().iter().filter(|jwk| is(jwk)).collect()
    };
    match with(&|jwk| jwk.kid() == Some(kid)) {
        none if none.is_empty() => {
            with(&|jwk| jwk.kid().is_none() && jwk.thumbprint().as_deref() == Ok(kid))
        }
        found => found,
    }
}

/// Says whether a verifier that has the set finds this key, and no other, by
/// its kid and the algorithm; it does not know which of several signed.
fn is_found(set: &JwkSet, jwk: &Jwk, algorithm: Algorithm) -> bool {
    let meant: Vec<&Jwk> = set
        .keys()
        .iter()
        .filter(|other| other.kid() == jwk.kid())
        .filter(|other| other.key_type() == Some(algorithm.key_type()))
        .filter(|other| other.permits(algorithm).is_ok())
        .collect();
    match meant.as_slice() {
        // It may sign only, and its public key is elsewhere.
        [] => true,
        [other] => other.thumbprint() == jwk.thumbprint(),
        _ => false,
    }
}

fn shared(kid: &str, algorithm: Algorithm) -> KeyError {
    KeyError::new(
        "ambiguous_key",
        format!(
            "several keys of the set have the kid `{}` and could be for {algorithm}: a verifier would not know which is meant",
            shorten(kid)
        ),
    )
    .with_hint(OWN_KIDS)
}

fn ambiguous(able: &[(&Jwk, SigningKey)], selection: &Selection<'_>) -> KeyError {
    let can = format!("{} keys of the set", able.len());
    let sign = format!("can sign{}", by(selection.algorithm));
    let Some(kid) = selection.kid else {
        let names = names(able.iter().map(|(jwk, _)| *jwk)).unwrap_or_default();
        let message = format!("{can} {sign}, and none is named: {names}");
        return KeyError::new("ambiguous_key", message);
    };
    let message = format!("{can} have the kid `{}` and {sign}", shorten(kid));
    let error = KeyError::new("ambiguous_key", message);
    let mut algorithms: Vec<String> = able
        .iter()
        .map(|(_, key)| key.algorithm().to_string())
        .collect();
    algorithms.sort_unstable();
    algorithms.dedup();
    match algorithms.len() {
        1 => error.with_hint(OWN_KIDS),
        _ => error.with_hint(format!("say which with --alg: {}", algorithms.join(" or "))),
    }
}

fn by(algorithm: Option<Algorithm>) -> String {
    algorithm.map_or_else(String::new, |algorithm| format!(" by {algorithm}"))
}

/// Writes by what the first keys of a list are named, their kids or else their
/// thumbprints; `None` for an empty list. A secret without a kid has no name
/// here: its thumbprint is a hash of it (RFC 7638 §7).
fn names<'a>(keys: impl IntoIterator<Item = &'a Jwk>) -> Option<String> {
    const SHOWN: usize = 5;
    let mut shown = Vec::new();
    let mut more = 0;
    for jwk in keys {
        let name = match jwk.kid() {
            Some(kid) => Some(shorten(kid)),
            None if jwk.kty() == "oct" => None,
            None => jwk.thumbprint().ok(),
        };
        match name {
            Some(name) if shown.len() < SHOWN => shown.push(format!("`{name}`")),
            _ => more += 1,
        }
    }
    match (shown.is_empty(), more) {
        (true, 0) => None,
        (true, more) => Some(format!("{more} without a kid")),
        (false, 0) => Some(shown.join(", ")),
        (false, more) => Some(format!("{} and {more} more", shown.join(", "))),
    }
}
