//! Adding and removing keys.

use serde_json::{Map, Value};

use super::rotation::DATES;
use super::{Entry, SetDocument, is_for_other_use, is_private, text_of};
use crate::core::jose::algorithm::Algorithm;
use crate::core::jose::error::{Error, KeyError, shorten};
use crate::core::jose::inspection::encryption;
use crate::core::jose::jwe::KeyManagement;
use crate::core::jose::jwk::Jwk;
use crate::core::jose::key_labels::Labels as JwkLabels;
use crate::core::jose::public_key::octets;
use crate::core::jose::thumbprint::thumbprint;
use crate::core::jose::verifying_key::VerifyingKey;
use crate::core::secret::SecretBytes;

/// What a key is to be labelled with; `None` leaves what it has.
#[derive(Clone, Debug, Default)]
pub struct Labels {
    /// `kid`; a key without one gets its thumbprint.
    pub kid: Option<String>,
    /// `alg`.
    pub alg: Option<String>,
    /// `use`: `sig` or `enc`.
    pub usage: Option<String>,
}

/// What was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Added {
    /// The key is new, at the end.
    New,
    /// The key has taken the place of one with its kid.
    Replaced,
}

/// Labels a key and checks that its labels fit it. Returns its kid.
///
/// # Errors
///
/// [`Error::Usage`] for an algorithm that is none; [`Error::Key`] with
/// `key_algorithm` or `key_use` where the key is not for it, `key_malformed`
/// where it has no kid and can have none.
pub fn label(entry: &mut Entry, labels: &Labels) -> Result<String, Error> {
    for (name, value) in [("alg", &labels.alg), ("use", &labels.usage)] {
        if let Some(value) = value {
            entry.set(name, value.as_str().into());
        }
    }
    let members = entry
        .members()
        .ok_or_else(|| Error::key("key_malformed", "the key is no JSON object"))?;
    fits(members, labels.alg.is_some())?;
    if labels.alg.is_some() || labels.usage.is_some() {
        agree(members)?;
    }
    let kid = match (&labels.kid, text_of(members, "kid")) {
        (Some(kid), _) => kid.clone(),
        (None, Some(kid)) => return Ok(kid.to_owned()),
        // The thumbprint of a secret lets others try guesses (RFC 7638 §7).
        (None, None) if text_of(members, "kty") == Some("oct") => {
            return Err(Error::key(
                "key_malformed",
                "the secret has no `kid`, and none can be made of it",
            ));
        }
        (None, None) => thumbprint(members)?,
    };
    entry.set("kid", kid.as_str().into());
    Ok(kid)
}

/// Checks `alg`, if it is one that is known or `asked` for.
fn fits(members: &Map<String, Value>, asked: bool) -> Result<(), Error> {
    let Some(name) = text_of(members, "alg") else {
        return Ok(strong(members)?);
    };
    if let Ok(algorithm) = name.parse::<Algorithm>() {
        // Those of a private key do not include `verify`.
        let mut members = members.clone();
        members.shift_remove("key_ops");
        Jwk::new(members)?.verifying_key_for(algorithm)?;
        return Ok(());
    }
    let kty = text_of(members, "kty").unwrap_or_default();
    match name.parse::<KeyManagement>() {
        Ok(algorithm) if algorithm.key_types().contains(&kty) => Ok(()),
        Ok(_) => Err(Error::key(
            "key_algorithm",
            format!("{name} needs another type of key than {kty}"),
        )),
        Err(_) if asked => Err(Error::Usage {
            what: format!("`{}` is no algorithm that a key can be for", shorten(name)),
        }),
        Err(_) => Ok(()),
    }
}

/// Refuses a `use` that is not that of `alg` or of the type of the key.
fn agree(members: &Map<String, Value>) -> Result<(), KeyError> {
    let mut key = members.clone();
    key.retain(|name, _| !matches!(name.as_str(), "alg" | "use" | "key_ops"));
    let (serves, _) = encryption(&key, &Map::new());
    let key_type = Jwk::new(members.clone())?.key_type();
    JwkLabels::of(members)
        .contradictions(key_type, &serves, !is_private(members))
        .into_iter()
        .next()
        .map_or(Ok(()), |found| {
            Err(KeyError::new(found.code, found.message))
        })
}

/// Refuses a secret that no signature can be made with, unless it is for
/// something else.
fn strong(members: &Map<String, Value>) -> Result<(), KeyError> {
    if text_of(members, "kty") != Some("oct") || is_for_other_use(members) {
        return Ok(());
    }
    VerifyingKey::secret(SecretBytes::new(octets(members, "k")?)).map(drop)
}

/// Adds a labelled key; with `replace` it takes the place of the one that has
/// its kid.
///
/// # Errors
///
/// The kid, where keys of the set have it already: a token that names it would
/// be refused as ambiguous. Also with `replace`, where there are several.
pub fn add(set: &mut SetDocument, entry: Entry, replace: bool) -> Result<Added, String> {
    let kid = entry.members().and_then(|members| text_of(members, "kid"));
    let kid = kid.unwrap_or_default().to_owned();
    match (with_kid(set, &kid).as_slice(), replace) {
        ([], _) => {
            set.push(entry);
            Ok(Added::New)
        }
        ([index], true) => {
            // It takes the part of the other in the rotation too.
            let mut entry = entry;
            for name in DATES {
                let old = set.entries()[*index].members();
                let old = old.and_then(|members| members.get(name)).cloned();
                match (old, entry.members()) {
                    (Some(old), Some(new)) if !new.contains_key(name) => entry.set(name, old),
                    _ => {}
                }
            }
            set.replace(*index, entry);
            Ok(Added::Replaced)
        }
        _ => Err(kid),
    }
}

/// Finds the key of a kid, or else those with this thumbprint.
///
/// # Errors
///
/// `unknown_kid`; `ambiguous_key` where several keys have the kid, with their
/// thumbprints.
pub fn find(set: &SetDocument, name: &str) -> Result<Vec<usize>, KeyError> {
    let prints = |index: &usize| {
        let members = set.entries()[*index].members()?;
        thumbprint(members).ok()
    };
    let mut found = with_kid(set, name);
    if found.len() > 1 {
        let prints: Vec<String> = found.iter().filter_map(prints).collect();
        return Err(KeyError::new(
            "ambiguous_key",
            format!(
                "{} keys of the set have the kid `{}`; their thumbprints are {}",
                found.len(),
                shorten(name),
                prints.join(", ")
            ),
        ));
    }
    if found.is_empty() {
        found = (0..set.entries().len())
            .filter(|index| prints(index).as_deref() == Some(name))
            .collect();
    }
    match found.is_empty() {
        true => Err(KeyError::new(
            "unknown_kid",
            format!("no key of the set has the kid `{}`", shorten(name)),
        )),
        false => Ok(found),
    }
}

fn with_kid(set: &SetDocument, kid: &str) -> Vec<usize> {
    let has = |entry: &Entry| {
        let members = entry.members();
        members.is_some_and(|members| text_of(members, "kid") == Some(kid))
    };
    let entries = set.entries().iter().enumerate();
    entries
        .filter(|(_, entry)| has(entry))
        .map(|(index, _)| index)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::{Part, import};
    use super::*;
    use crate::core::jose::SigningKey;

    fn entry(algorithm: Algorithm) -> Entry {
        let key = SigningKey::generate(algorithm, None).unwrap();
        let pem = key.public_pem().unwrap();
        import(pem.as_bytes(), None, Part::Public)
            .unwrap()
            .remove(0)
    }

    fn labels(kid: Option<&str>, alg: Option<&str>, usage: Option<&str>) -> Labels {
        let own = |text: Option<&str>| text.map(str::to_owned);
        Labels {
            kid: own(kid),
            alg: own(alg),
            usage: own(usage),
        }
    }

    #[test]
    fn a_key_without_a_kid_gets_its_thumbprint() {
        let mut key = entry(Algorithm::EdDSA);
        let kid = label(&mut key, &Labels::default()).unwrap();
        let members = key.members().unwrap();
        assert_eq!(kid, thumbprint(members).unwrap());
        assert_eq!(members["kid"], kid);
    }

    #[test]
    fn labels_must_fit_the_key() {
        for (alg, usage, expected) in [
            ("ES256", "sig", None),
            ("ECDH-ES+A128KW", "enc", None),
            ("ES384", "sig", Some("key_algorithm")),
            ("RS256", "sig", Some("key_algorithm")),
            ("RSA-OAEP", "enc", Some("key_algorithm")),
            ("ES256", "enc", Some("key_use")),
            ("none", "sig", Some("usage")),
            ("RSA1_5", "enc", Some("usage")),
            ("ECDH-ES", "sig", Some("key_use")),
        ] {
            let code = label(
                &mut entry(Algorithm::ES256),
                &labels(None, Some(alg), Some(usage)),
            )
            .err()
            .map(|error| crate::core::error::Report::code(&error));
            assert_eq!(code, expected, "{alg} {usage}");
        }
    }

    /// J46: nobody can use a key that is published for what its type is not
    /// for.
    #[test]
    fn j46_the_use_must_be_one_of_the_type() {
        let code = |mut key, usage| match label(&mut key, &labels(None, None, Some(usage))) {
            Ok(_) => None,
            Err(Error::Key(error)) => Some(error.code),
            Err(other) => panic!("{other}"),
        };
        for (algorithm, expected) in [
            (Algorithm::ES256, None),
            (Algorithm::EdDSA, Some("key_use")),
            (Algorithm::ES256K, Some("key_use")),
            (Algorithm::MLDSA44, Some("key_use")),
        ] {
            assert_eq!(code(entry(algorithm), "enc"), expected, "{algorithm}");
            assert_eq!(code(entry(algorithm), "sig"), None, "{algorithm}");
        }
        let x = crate::core::jose::base64url::encode(vec![9; 32]);
        let jwk = format!("{{\"kty\":\"OKP\",\"crv\":\"X25519\",\"x\":\"{x}\"}}");
        for (usage, expected) in [("enc", None), ("sig", Some("key_use"))] {
            let key = import(jwk.as_bytes(), None, Part::Public)
                .unwrap()
                .remove(0);
            assert_eq!(code(key, usage), expected, "{usage}");
        }
    }

    #[test]
    fn a_secret_is_as_long_as_its_use_demands() {
        let secret = |length, alg| {
            let k = crate::core::jose::base64url::encode(vec![1; length]);
            let text = format!("{{\"kty\":\"oct\",\"kid\":\"s\",\"k\":\"{k}\"}}");
            let mut key = import(text.as_bytes(), None, Part::Private)
                .unwrap()
                .remove(0);
            label(&mut key, &labels(None, alg, None))
                .err()
                .map(|error| match error {
                    Error::Key(error) => error.code,
                    other => panic!("{other}"),
                })
        };
        assert_eq!(secret(16, None), Some("key_weak"));
        assert_eq!(secret(32, None), None);
        assert_eq!(secret(32, Some("HS512")), Some("key_weak"));
        assert_eq!(secret(16, Some("A128KW")), None);
        assert_eq!(secret(16, Some("RSA-OAEP")), Some("key_algorithm"));
    }

    #[test]
    fn j47_no_two_keys_get_one_kid() {
        let mut set = SetDocument::default();
        let named = |kid| {
            let mut key = entry(Algorithm::ES256);
            label(&mut key, &labels(Some(kid), None, None)).unwrap();
            key
        };
        assert_eq!(add(&mut set, named("a"), false), Ok(Added::New));
        assert_eq!(add(&mut set, named("b"), false), Ok(Added::New));
        assert_eq!(add(&mut set, named("a"), false), Err("a".to_owned()));
        let other = named("a");
        let x = other.members().unwrap()["x"].clone();
        set.entry_mut(0).unwrap().set("nbf", 7.into());
        assert_eq!(add(&mut set, other, true), Ok(Added::Replaced));
        assert_eq!(set.entries()[0].members().unwrap()["nbf"], 7);
        assert_eq!(set.entries()[0].members().unwrap()["x"], x);
        assert_eq!(set.entries().len(), 2);
    }

    #[test]
    fn keys_are_found_by_kid_and_by_thumbprint() {
        let keys: Vec<Entry> = (0..2).map(|_| entry(Algorithm::ES256)).collect();
        let print = thumbprint(keys[1].members().unwrap()).unwrap();
        let mut set = SetDocument::default();
        for mut key in keys {
            key.set("kid", "k".into());
            set.push(key);
        }
        assert_eq!(find(&set, "k").unwrap_err().code, "ambiguous_key");
        assert_eq!(find(&set, &print), Ok(vec![1]));
        assert_eq!(find(&set, "K").unwrap_err().code, "unknown_kid");
        set.remove(&[0]);
        assert_eq!(find(&set, "k"), Ok(vec![0]));
    }
}
