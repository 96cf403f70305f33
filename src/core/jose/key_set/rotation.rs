//! Replacing the key that signs, so that no verifier misses one.
//!
//! Verifiers keep copies of a set, and tokens live on after they are signed.
//! So a new key is published before it signs, for as long as copies are kept,
//! and the old one stays published after it has signed, for as long as tokens
//! live (OIDC Core §10.1.1).
//!
//! The state of it all is in the set itself, in members that JWKs have for it
//! (registered by OpenID Federation 1.0 for its historical keys), each a
//! NumericDate:
//!
//! | member | meaning |
//! |---|---|
//! | `iat` | when the key came into the rotation |
//! | `nbf` | when it signs, at the earliest |
//! | `exp` | when it leaves the set; only a key that has ceased to sign has it |
//!
//! A key for signatures that has one of them takes part. Of those without
//! `exp` the one with the earliest `nbf` signs and the others are upcoming.

mod plan;

pub use plan::{Action, MAX_SPAN, Next, Policy, Step, perform};

use serde_json::{Map, Value};

use super::{Entry, SetDocument, text_of};
use crate::core::jose::algorithm::{Algorithm, KeyType};
use crate::core::jose::error::KeyError;
use crate::core::jose::jwk::Jwk;
use crate::core::jose::numeric_date::NumericDate;
use crate::core::jose::thumbprint::thumbprint;
use crate::core::time::Timestamp;

/// Where a key is in its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// Published, so that verifiers know it, but not signing.
    Upcoming,
    /// The one that signs.
    Signing,
    /// Signing no more, but tokens that it signed may live.
    Retiring,
}

impl Phase {
    /// Returns a stable name: `upcoming`, `signing`, `retiring`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Upcoming => "upcoming",
            Self::Signing => "signing",
            Self::Retiring => "retiring",
        }
    }
}

/// A key that takes part.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Slot {
    /// Its place in the set.
    pub index: usize,
    /// Its kid, or its thumbprint if it has none.
    pub kid: Option<String>,
    /// Its thumbprint (RFC 7638), if it can have one.
    pub thumbprint: Option<String>,
    /// Its algorithm, if it says one or has but one.
    pub algorithm: Option<Algorithm>,
    /// What a key of its type signs by that names no algorithm.
    pub default_algorithm: Option<Algorithm>,
    /// When it signs at the earliest, or has come into the rotation.
    pub begins: Option<Timestamp>,
    /// When it leaves the set.
    pub ends: Option<Timestamp>,
    /// Where it is in its life.
    pub phase: Phase,
}

/// The keys of a set that take part in its rotation, in the set's order.
#[derive(Clone, Debug)]
pub struct Rotation {
    slots: Vec<Slot>,
    faults: Vec<(usize, KeyError)>,
    now: Timestamp,
}

/// Why it is not clear which key signs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unclear {
    /// Any of these could.
    Several(Vec<Slot>),
    /// No key that may sign is called so.
    Unknown,
}

impl Rotation {
    /// Finds the keys of a set that take part.
    pub fn of(set: &SetDocument, now: Timestamp) -> Self {
        let mut slots = Vec::new();
        let mut faults = Vec::new();
        for (index, entry) in set.entries().iter().enumerate() {
            let Some(members) = entry.members().filter(|members| takes_part(members)) else {
                continue;
            };
            match times(members) {
                Ok((begins, ends)) => slots.push(slot(index, members, begins, ends)),
                Err(fault) => faults.push((index, fault)),
            }
        }
        let mut rotation = Self { slots, faults, now };
        rotation.find_signing();
        rotation
    }

    /// Of those that have not ceased to sign, the first by time signs.
    fn find_signing(&mut self) {
        let now = self.now;
        let first = self
            .slots
            .iter_mut()
            .filter(|slot| slot.phase != Phase::Retiring)
            .min_by_key(|slot| (slot.begins, slot.index));
        if let Some(slot) = first.filter(|slot| slot.begins.is_none_or(|begins| begins <= now)) {
            slot.phase = Phase::Signing;
        }
    }

    /// Makes a key take part that signs already, in a set that has not been
    /// rotated: the only one that can sign, or the one that is named.
    ///
    /// # Errors
    ///
    /// [`Unclear`]. Nothing is done, and nothing is wrong, where a key takes
    /// part that signs or will, or where none can.
    pub fn adopt(&mut self, set: &SetDocument, named: Option<&str>) -> Result<(), Unclear> {
        if self.slots.iter().any(|slot| slot.phase != Phase::Retiring) {
            return Ok(());
        }
        let known = |index: &usize| self.slots.iter().any(|slot| slot.index == *index);
        let mut able: Vec<Slot> = set
            .entries()
            .iter()
            .enumerate()
            // One that was retired can be meant only by name.
            .filter(|(index, _)| named.is_some() || !known(index))
            .filter_map(|(index, entry)| {
                let members = entry.members().filter(|members| may_sign(members))?;
                Some(slot(index, members, None, None))
            })
            .collect();
        if let Some(named) = named {
            let by_kid = |slot: &Slot| slot.kid.as_deref() == Some(named);
            match able.iter().any(by_kid) {
                true => able.retain(by_kid),
                false => able.retain(|slot| slot.thumbprint.as_deref() == Some(named)),
            }
            if able.is_empty() {
                return Err(Unclear::Unknown);
            }
        }
        match able.as_mut_slice() {
            [] => Ok(()),
            [slot] => {
                slot.phase = Phase::Signing;
                self.slots.retain(|known| known.index != slot.index);
                self.slots.append(&mut able);
                Ok(())
            }
            _ => Err(Unclear::Several(able)),
        }
    }

    /// Returns the keys that take part.
    pub fn slots(&self) -> &[Slot] {
        &self.slots
    }

    /// Returns the keys that cannot take part, by their places, since a time
    /// of theirs is none.
    pub fn faults(&self) -> &[(usize, KeyError)] {
        &self.faults
    }

    /// Returns the key that signs.
    pub fn signing(&self) -> Option<&Slot> {
        self.slots.iter().find(|slot| slot.phase == Phase::Signing)
    }

    /// Returns the upcoming key that comes first.
    pub fn upcoming(&self) -> Option<&Slot> {
        self.in_phase(Phase::Upcoming)
            .min_by_key(|slot| (slot.begins, slot.index))
    }

    fn in_phase(&self, phase: Phase) -> impl Iterator<Item = &Slot> {
        self.slots.iter().filter(move |slot| slot.phase == phase)
    }
}

/// The members that tell where a key is.
pub(super) const DATES: [&str; 3] = ["iat", "nbf", "exp"];

fn is_dated(entry: &Entry) -> bool {
    entry
        .members()
        .is_some_and(|members| DATES.iter().any(|name| members.contains_key(*name)))
}

fn takes_part(members: &Map<String, Value>) -> bool {
    DATES.iter().any(|name| members.contains_key(*name)) && is_for_signatures(members)
}

/// Says whether `use` and `key_ops` let a key verify (RFC 7517 §4.2, §4.3). A
/// secret is for no set that is published.
pub fn is_for_signatures(members: &Map<String, Value>) -> bool {
    let operations = members.get("key_ops").and_then(Value::as_array);
    text_of(members, "kty").is_some_and(|kty| kty != "oct")
        && members.get("use").is_none_or(|usage| usage == "sig")
        && operations.is_none_or(|operations| {
            operations
                .iter()
                .any(|name| name == "verify" || name == "sign")
        })
}

/// Says whether the private key of this one could be signing.
fn may_sign(members: &Map<String, Value>) -> bool {
    is_for_signatures(members)
        && Jwk::new(members.clone()).is_ok_and(|jwk| {
            jwk.key_type().is_some_and(|kind| kind != KeyType::Oct) && jwk.verifying_key().is_ok()
        })
}

fn times(members: &Map<String, Value>) -> Result<(Option<Timestamp>, Option<Timestamp>), KeyError> {
    let time = |name: &str| match members.get(name) {
        None => Ok(None),
        Some(value) => match NumericDate::read(value) {
            Some(date) => Ok(Some(date.reached())),
            None => Err(KeyError::new(
                "key_malformed",
                format!("the member `{name}` of the JWK is not a NumericDate"),
            )),
        },
    };
    let (iat, nbf, exp) = (time("iat")?, time("nbf")?, time("exp")?);
    Ok((nbf.or(iat), exp))
}

fn slot(
    index: usize,
    members: &Map<String, Value>,
    begins: Option<Timestamp>,
    ends: Option<Timestamp>,
) -> Slot {
    let kid = text_of(members, "kid").map(str::to_owned);
    let own = text_of(members, "alg").and_then(|name| name.parse().ok());
    let kind = Jwk::new(members.clone())
        .ok()
        .and_then(|jwk| jwk.key_type());
    let default_algorithm = kind.map(KeyType::default_algorithm);
    let thumbprint = thumbprint(members).ok();
    Slot {
        index,
        kid: kid.or_else(|| thumbprint.clone()),
        thumbprint,
        algorithm: own.or(default_algorithm),
        default_algorithm,
        begins,
        ends,
        phase: match ends {
            Some(_) => Phase::Retiring,
            None => Phase::Upcoming,
        },
    }
}

#[cfg(test)]
mod tests;
