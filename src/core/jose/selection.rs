//! Which key of a document signs, and by which algorithm.

use super::algorithm::Algorithm;
use super::error::{Error, KeyError, shorten};
use super::jwk::{Jwk, JwkSet};
use super::key_document::{KeyDocument, locked, public_key, read};
use super::signing_key::SigningKey;
use crate::core::secret::Secret;

/// What is asked of the key that signs. By default nothing: the document has
/// one key that can sign, and that key says by what.
#[derive(Clone, Copy, Debug, Default)]
pub struct Selection<'a> {
    /// The algorithm. Defaults to the `alg` of a JWK, else to the one of the
    /// key's type, [`super::KeyType::default_algorithm`].
    pub algorithm: Option<Algorithm>,
    /// The kid. In a JWK Set it names the key. A key that is alone must have
    /// this kid or none; in the latter case it is given it.
    pub kid: Option<&'a str>,
}

impl From<Algorithm> for Selection<'_> {
    /// Asks for an algorithm only.
    fn from(algorithm: Algorithm) -> Self {
        Self {
            algorithm: Some(algorithm),
            kid: None,
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
    /// keys could be meant, `no_key` where none of several can sign.
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
fn select(set: &JwkSet, selection: &Selection<'_>) -> Result<SigningKey, KeyError> {
    let named: Vec<&Jwk> = set
        .keys()
        .iter()
        .filter(|jwk| selection.kid.is_none_or(|kid| jwk.kid() == Some(kid)))
        .collect();
    let mut able = Vec::new();
    let mut fault = None;
    for jwk in &named {
        match SigningKey::from_jwk(jwk.members(), selection.algorithm) {
            Ok(key) => able.push(key),
            Err(found) => fault = fault.or(Some(found)),
        }
    }
    if able.len() > 1 {
        return Err(ambiguous(&able, selection));
    }
    if let Some(key) = able.pop() {
        return Ok(key);
    }
    Err(match (selection.kid, fault) {
        (_, Some(fault)) if named.len() == 1 => fault,
        (Some(kid), None) => KeyError::new(
            "unknown_kid",
            format!(
                "the key set has no key with the kid `{}`{}",
                shorten(kid),
                kids(set.keys().iter().filter_map(Jwk::kid))
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

fn ambiguous(able: &[SigningKey], selection: &Selection<'_>) -> KeyError {
    let can = format!("{} keys of the set", able.len());
    let sign = format!("can sign{}", by(selection.algorithm));
    let message = match selection.kid {
        Some(kid) => format!("{can} have the kid `{}` and {sign}", shorten(kid)),
        None => {
            let kids = kids(able.iter().map(SigningKey::kid)).unwrap_or_default();
            format!("{can} {sign}, and none is named: {kids}")
        }
    };
    KeyError::new("ambiguous_key", message)
}

fn by(algorithm: Option<Algorithm>) -> String {
    algorithm.map_or_else(String::new, |algorithm| format!(" by {algorithm}"))
}

/// Writes the first kids of a list, `None` for an empty one.
fn kids<'a>(kids: impl Iterator<Item = &'a str>) -> Option<String> {
    const SHOWN: usize = 5;
    let mut kids = kids.fuse();
    let shown: Vec<String> = kids
        .by_ref()
        .take(SHOWN)
        .map(|kid| format!("`{}`", shorten(kid)))
        .collect();
    match (shown.is_empty(), kids.count()) {
        (true, _) => None,
        (false, 0) => Some(shown.join(", ")),
        (false, more) => Some(format!("{} and {more} more", shown.join(", "))),
    }
}
