//! What is in a set, and what is wrong with it.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use super::{Rotation, SetDocument, Slot, is_for_other_use, is_private, text_of};
use crate::core::jose::algorithm::KeyType;
use crate::core::jose::base64url;
use crate::core::jose::error::{KeyError, shorten};
use crate::core::jose::jwe::X25519Key;
use crate::core::jose::jwk::Jwk;
use crate::core::jose::public_key::{PublicKey, bit_len, octets};
use crate::core::jose::thumbprint::thumbprint;
use crate::core::jose::verifying_key::VerifyingKey;
use crate::core::secret::SecretBytes;
use crate::core::time::Timestamp;

/// One element of `keys`.
#[derive(Clone, Debug)]
pub struct KeySummary {
    /// `kid`.
    pub kid: Option<String>,
    /// The JWK Thumbprint (RFC 7638), where it can be made. That of a secret
    /// is left out: it would let others try guesses.
    pub thumbprint: Option<String>,
    /// `kty`.
    pub kty: Option<String>,
    /// `crv`.
    pub crv: Option<String>,
    /// The size of an RSA modulus or of a secret, in bits.
    pub bits: Option<usize>,
    /// `alg`.
    pub alg: Option<String>,
    /// `use`.
    pub usage: Option<String>,
    /// `key_ops`, if it is an array of strings.
    pub key_ops: Option<Vec<String>>,
    /// Whether it has members that no public key has.
    pub private: bool,
    /// Where it is in the rotation, if it takes part.
    pub slot: Option<Slot>,
    /// What is wrong with it.
    pub problems: Vec<Problem>,
}

/// Something wrong with a key of a set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Stable, in `snake_case`: that of a [`KeyError`], `duplicate_kid`,
    /// `no_kid` or `private_key`.
    pub code: &'static str,
    /// What, a lowercase fragment.
    pub message: String,
}

/// Describes every element of `keys`. `public` says that the set is one that
/// others can read.
pub fn summary(set: &SetDocument, public: bool, now: Timestamp) -> Vec<KeySummary> {
    let rotation = Rotation::of(set, now);
    let mut keys: Vec<KeySummary> = set
        .entries()
        .iter()
        .map(|entry| match entry.members() {
            Some(members) => describe(members),
            None => KeySummary::none(),
        })
        .collect();
    for slot in rotation.slots() {
        keys[slot.index].slot = Some(slot.clone());
    }
    for (index, fault) in rotation.faults() {
        keys[*index].problems.push(fault.clone().into());
    }
    // A set with a key that is public alone is meant to be published.
    let public = public
        || keys
            .iter()
            .any(|key| !key.private && key.thumbprint.is_some());
    let twins = twins(set);
    for index in 0..keys.len() {
        let same = twins.contains(&index);
        let alone = keys.len() == 1;
        let key = &mut keys[index];
        if same {
            let kid = key.kid.as_deref().unwrap_or_default();
            key.problems.push(Problem {
                code: "duplicate_kid",
                message: format!(
                    "another key of this type has the kid `{}`, so tokens that name it are refused as ambiguous",
                    shorten(kid)
                ),
            });
        }
        if key.kid.is_none() && key.kty.is_some() && !alone {
            key.problems.push(Problem {
                code: "no_kid",
                message: "it has no kid that a token could name it by".into(),
            });
        }
        if key.private && public {
            key.problems.push(Problem {
                code: "private_key",
                message: "it is private, in a set that is public: whoever reads the set can sign"
                    .into(),
            });
        }
    }
    keys
}

impl KeySummary {
    /// What is no JSON object.
    fn none() -> Self {
        let fault = KeyError::new("key_malformed", "the key is no JSON object");
        Self {
            problems: vec![fault.into()],
            ..describe(&Map::new())
        }
    }
}

impl From<KeyError> for Problem {
    fn from(fault: KeyError) -> Self {
        Self {
            code: fault.code,
            message: fault.message,
        }
    }
}

/// Returns the places of the keys that share their kid with one that looks
/// alike.
fn twins(set: &SetDocument) -> BTreeSet<usize> {
    let mut same: BTreeMap<_, Vec<(usize, &Map<String, Value>)>> = BTreeMap::new();
    for (index, entry) in set.entries().iter().enumerate() {
        let Some(members) = entry.members() else {
            continue;
        };
        if let Some(kid) = text_of(members, "kid") {
            let name = (kid, text_of(members, "kty"), text_of(members, "crv"));
            same.entry(name).or_default().push((index, members));
        }
    }
    let mut found = BTreeSet::new();
    for group in same.values() {
        for (at, (index, one)) in group.iter().enumerate() {
            let mut others = group.iter().take(MOST_COMPARED).enumerate();
            if others.any(|(other_at, (_, other))| other_at != at && look_alike(one, other)) {
                found.insert(*index);
            }
        }
    }
    found
}

/// How many keys of one kid and type each is compared to. No honest set has
/// more, and one made to keep us busy is not worth it.
const MOST_COMPARED: usize = 100;

/// Says whether neither `use` nor `alg` tells two keys of a type apart (RFC 7517
/// §4.5).
fn look_alike(one: &Map<String, Value>, other: &Map<String, Value>) -> bool {
    let differ = |name| matches!((text_of(one, name), text_of(other, name)), (Some(one), Some(other)) if one != other);
    !differ("use") && !differ("alg")
}

fn describe(members: &Map<String, Value>) -> KeySummary {
    let own = |name| text_of(members, name).map(str::to_owned);
    let kty = own("kty");
    let secret = kty.as_deref() == Some("oct");
    let octets = |name| text_of(members, name).and_then(|text| base64url::decode(text).ok());
    KeySummary {
        kid: own("kid"),
        thumbprint: thumbprint(members).ok().filter(|_| !secret),
        crv: own("crv"),
        bits: match kty.as_deref() {
            Some("RSA") => octets("n").map(|n| bit_len(&n)),
            Some("oct") => octets("k").map(|k| k.len() * 8),
            _ => None,
        },
        kty,
        alg: own("alg"),
        usage: own("use"),
        key_ops: members
            .get("key_ops")
            .and_then(Value::as_array)
            .and_then(|names| {
                let names = names.iter().map(|name| name.as_str().map(str::to_owned));
                names.collect()
            }),
        private: is_private(members),
        slot: None,
        problems: fault(members).map(Problem::from).into_iter().collect(),
    }
}

/// Returns why a key would not verify, leaving out that it is for something
/// else.
fn fault(members: &Map<String, Value>) -> Option<KeyError> {
    let jwk = match Jwk::new(members.clone()) {
        Ok(jwk) => jwk,
        Err(fault) => return Some(fault),
    };
    let other = is_for_other_use(members);
    let material = match jwk.key_type() {
        Some(KeyType::Oct) if other => octets(members, "k").map(drop),
        Some(KeyType::Oct) => octets(members, "k")
            .and_then(|secret| VerifyingKey::secret(SecretBytes::new(secret)))
            .map(drop),
        _ => PublicKey::from_jwk(members).map(drop),
    };
    match material {
        // Other curves serve other uses.
        Err(fault) if fault.code == "key_unsupported" => {
            match X25519Key::from_jwk(members, false) {
                Some(key) => key.err(),
                None => Some(fault).filter(|_| !(other && has_curve(members))),
            }
        }
        Err(fault) => Some(fault),
        Ok(()) if other => None,
        Ok(()) => jwk
            .verifying_key()
            .err()
            .filter(|fault| fault.code != "key_use"),
    }
}

fn has_curve(members: &Map<String, Value>) -> bool {
    matches!(text_of(members, "kty"), Some("EC" | "OKP"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::jose::{Algorithm, SigningKey};
    use serde_json::json;

    fn key(kid: &str) -> Map<String, Value> {
        SigningKey::generate(Algorithm::ES256, None)
            .unwrap()
            .with_kid(kid)
            .public_jwk()
    }

    fn codes(keys: Value, public: bool) -> Vec<Vec<&'static str>> {
        let text = json!({ "keys": keys }).to_string();
        let set = SetDocument::parse(text.as_bytes()).unwrap();
        summary(&set, public, Timestamp(0))
            .into_iter()
            .map(|key| key.problems.iter().map(|problem| problem.code).collect())
            .collect()
    }

    #[test]
    fn a_sound_set_has_no_problem() {
        let mut encrypting = key("b");
        encrypting.insert("use".into(), "enc".into());
        encrypting.insert("alg".into(), "ECDH-ES".into());
        let x448 = json!({"kty": "OKP", "crv": "X448", "x": "AA", "use": "enc", "kid": "c"});
        let keys = json!([key("a"), encrypting, x448]);
        assert_eq!(codes(keys, true), [[""; 0]; 3]);
    }

    #[test]
    fn j16_j47_what_is_wrong_is_said_of_each_key() {
        let weak =
            json!({"kty": "RSA", "kid": "weak", "n": base64url::encode([0xff; 128]), "e": "AQAB"});
        let mut other = key("c");
        other.insert("alg".into(), "ES384".into());
        let mut nameless = key("d");
        nameless.shift_remove("kid");
        let found = codes(
            json!([
                key("a"), key("a"), weak, {"kty": "XYZ", "kid": "x"}, null, {"kid": "y"}, other,
                nameless, {"kty": "EC", "crv": "P-256", "x": "AA", "y": "AA", "kid": "z"},
            ]),
            false,
        );
        assert_eq!(
            found,
            [
                vec!["duplicate_kid"],
                vec!["duplicate_kid"],
                vec!["key_weak"],
                vec!["key_unsupported"],
                vec!["key_malformed"],
                vec!["key_malformed"],
                vec!["key_algorithm"],
                vec!["no_kid"],
                vec!["key_malformed"],
            ]
        );
    }

    #[test]
    fn j57_a_private_key_in_a_public_set_is_seen() {
        let key = SigningKey::generate(Algorithm::EdDSA, None).unwrap();
        let private: Value = serde_json::from_str(key.private_jwk().unwrap().expose()).unwrap();
        assert_eq!(codes(json!([private]), false), [[""; 0]]);
        assert_eq!(codes(json!([private]), true), [["private_key"]]);
        let public = super::tests::key("other");
        assert_eq!(
            codes(json!([private, public]), false),
            [vec!["private_key"], vec![]]
        );
    }

    #[test]
    fn sizes_are_those_of_the_numbers() {
        let text = json!({"keys": [
            {"kty": "RSA", "n": base64url::encode([&[0x7f][..], &[0xff; 255]].concat()), "e": "AQAB"},
            {"kty": "oct", "k": base64url::encode([0; 32])},
        ]})
        .to_string();
        let set = SetDocument::parse(text.as_bytes()).unwrap();
        let keys = summary(&set, false, Timestamp(0));
        assert_eq!((keys[0].bits, keys[1].bits), (Some(2047), Some(256)));
        assert_eq!(keys[1].thumbprint, None);
    }
}
