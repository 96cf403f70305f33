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

use std::time::Duration;

use serde_json::{Map, Value};

use super::{Entry, SetDocument, text_of};
use crate::core::jose::algorithm::{Algorithm, KeyType};
use crate::core::jose::error::KeyError;
use crate::core::jose::jwk::Jwk;
use crate::core::jose::numeric_date::NumericDate;
use crate::core::jose::thumbprint::thumbprint;
use crate::core::time::Timestamp;

/// The longest span that a rotation may wait for anything: ten years.
pub const MAX_SPAN: Duration = Duration::from_secs(10 * 366 * 24 * 60 * 60);

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
    /// Its algorithm, if it says one or has but one.
    pub algorithm: Option<Algorithm>,
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

/// How long each phase lasts.
#[derive(Clone, Copy, Debug)]
pub struct Policy {
    /// How long a key is published before it signs: as long as verifiers may
    /// keep a copy of the set.
    pub publish_ahead: Duration,
    /// How long a key is published after it has signed: as long as tokens
    /// live.
    pub overlap: Duration,
    /// How long a key signs before the next one is published; `None` publishes
    /// one at every run that finds no rotation under way.
    pub every: Option<Duration>,
    /// Whether to take the next step although its time has not come.
    pub force: bool,
}

/// One thing to do. The numbers are places in the set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// Take a key out.
    Retire {
        /// Which.
        index: usize,
        /// When its time would have come, where it is forced.
        early: Option<Timestamp>,
    },
    /// Let an upcoming key sign.
    Sign {
        /// Which.
        index: usize,
        /// The one that signed until now.
        instead_of: Option<usize>,
        /// When its time would have come, where it is forced.
        early: Option<Timestamp>,
    },
    /// Publish a new key.
    Publish {
        /// When it signs: now, where no key does or it is forced.
        signs_at: Timestamp,
        /// The key that signs now.
        after: Option<usize>,
        /// Whether it takes the place of that one without being published
        /// first.
        forced: bool,
    },
}

/// What comes next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Next {
    /// What.
    pub action: Action,
    /// When; `None` for whenever somebody asks for it.
    pub at: Option<Timestamp>,
    /// The place of the key that it is done to.
    pub index: Option<usize>,
}

/// What a step does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// A new key is published.
    Publish,
    /// An upcoming key begins to sign.
    Sign,
    /// A key that has ceased to sign is taken out.
    Retire,
}

impl Action {
    /// Returns a stable name: `publish`, `sign`, `retire`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Publish => "publish",
            Self::Sign => "sign",
            Self::Retire => "retire",
        }
    }
}

/// Why it is not clear which key signs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unclear {
    /// Any of these could; by kid or thumbprint.
    Several(Vec<String>),
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
            able.retain(|slot| slot.kid.as_deref() == Some(named));
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
            _ => Err(Unclear::Several(
                able.into_iter().filter_map(|slot| slot.kid).collect(),
            )),
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

    /// Returns what is to be done now; nothing, where it is too early.
    pub fn due(&self, policy: &Policy) -> Vec<Step> {
        let now = self.now;
        let has_come = |at: Option<Timestamp>| at.is_none_or(|at| at <= now);
        let retire = |slot: &Slot, early| Step::Retire {
            index: slot.index,
            early,
        };
        let mut steps: Vec<Step> = self
            .in_phase(Phase::Retiring)
            .filter(|slot| has_come(slot.ends))
            .map(|slot| retire(slot, None))
            .collect();
        let signing = self.signing();
        let after = signing.map(|slot| slot.index);
        match (signing, self.upcoming()) {
            // Nobody else signs: to wait would help no verifier.
            (_, Some(next)) if has_come(next.begins) || after.is_none() => {
                steps.push(Step::Sign {
                    index: next.index,
                    instead_of: after,
                    early: None,
                });
            }
            (None, None) => steps.push(Step::Publish {
                signs_at: now,
                after: None,
                forced: false,
            }),
            (Some(signing), None) if self.wants_another(signing, policy) => {
                steps.push(Step::Publish {
                    signs_at: match policy.force {
                        true => now,
                        false => now.saturating_add(policy.publish_ahead),
                    },
                    after,
                    forced: policy.force,
                });
            }
            _ => {}
        }
        if !steps.is_empty() || !policy.force {
            return steps;
        }
        if let Some(next) = self.upcoming() {
            steps.push(Step::Sign {
                index: next.index,
                instead_of: after,
                early: next.begins,
            });
        } else if self.in_phase(Phase::Retiring).next().is_some() {
            steps.extend(
                self.in_phase(Phase::Retiring)
                    .map(|slot| retire(slot, slot.ends)),
            );
        } else {
            steps.push(Step::Publish {
                signs_at: now,
                after,
                forced: true,
            });
        }
        steps
    }

    /// Says whether another key is to be published while this one signs.
    fn wants_another(&self, signing: &Slot, policy: &Policy) -> bool {
        match policy.every {
            // The age of one that has just been adopted is not known.
            Some(every) => signing
                .begins
                .is_none_or(|begins| begins.saturating_add(every) <= self.now),
            None => self.in_phase(Phase::Retiring).next().is_none(),
        }
    }

    /// Returns what comes next, and when.
    pub fn next(&self, policy: &Policy) -> Next {
        let retire = self.in_phase(Phase::Retiring).map(|slot| Next {
            action: Action::Retire,
            at: slot.ends,
            index: Some(slot.index),
        });
        let sign = self.upcoming().map(|slot| Next {
            action: Action::Sign,
            at: slot.begins,
            index: Some(slot.index),
        });
        let begun = self.signing().and_then(|slot| slot.begins);
        let publish = match (&sign, policy.every, begun) {
            (None, Some(every), Some(begun)) => Some(Next {
                action: Action::Publish,
                at: Some(begun.saturating_add(every)),
                index: None,
            }),
            _ => None,
        };
        retire
            .chain(sign)
            .chain(publish)
            .min_by_key(|next| next.at)
            .unwrap_or(Next {
                action: Action::Publish,
                at: None,
                index: None,
            })
    }
}

/// Does the steps to a set. `new` is the public JWK that a [`Step::Publish`]
/// publishes.
pub fn perform(
    set: &mut SetDocument,
    steps: &[Step],
    new: Option<&Map<String, Value>>,
    policy: &Policy,
    now: Timestamp,
) {
    let leaves_at = now.saturating_add(policy.overlap).0;
    let mut gone = Vec::new();
    let put = |set: &mut SetDocument, index: usize, name: &str, at: i64| {
        if let Some(entry) = set.entry_mut(index) {
            entry.set(name, at.into());
        }
    };
    for step in steps {
        match *step {
            Step::Retire { index, .. } => gone.push(index),
            Step::Sign {
                index, instead_of, ..
            } => {
                let begins = set.entries()[index].members().and_then(|members| {
                    let claim = members.get("nbf")?;
                    Some(NumericDate::read(claim)?.reached())
                });
                if begins.is_none_or(|begins| begins > now) {
                    put(set, index, "nbf", now.0);
                }
                if let Some(old) = instead_of {
                    put(set, old, "exp", leaves_at);
                }
            }
            Step::Publish {
                signs_at,
                after,
                forced,
            } => {
                let mut entry = Entry::from(new.cloned().unwrap_or_default());
                entry.set("iat", now.0.into());
                entry.set("nbf", signs_at.0.into());
                set.push(entry);
                match after {
                    Some(old) if forced => put(set, old, "exp", leaves_at),
                    // It takes part from here on.
                    Some(old) if !is_dated(&set.entries()[old]) => put(set, old, "iat", now.0),
                    _ => {}
                }
            }
        }
    }
    set.remove(&gone);
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
    let of_type = || {
        let kind = Jwk::new(members.clone()).ok()?.key_type()?;
        Some(kind.default_algorithm())
    };
    Slot {
        index,
        kid: kid.or_else(|| thumbprint(members).ok()),
        algorithm: own.or_else(of_type),
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
