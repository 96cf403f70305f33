//! What is to be done to a set, and when.

use std::time::Duration;

use serde_json::{Map, Value};

use super::{Phase, Rotation, Slot, is_dated};
use crate::core::jose::key_set::{Entry, SetDocument};
use crate::core::time::Timestamp;

/// The longest span that a rotation may wait for anything: ten years.
pub const MAX_SPAN: Duration = Duration::from_secs(10 * 366 * 24 * 60 * 60);

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

impl Rotation {
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
            // What is due already comes with the next run.
            .map(|next| Next {
                at: next.at.map(|at| at.max(self.now)),
                ..next
            })
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
                if counts_from_now(set, index, instead_of, now) {
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

/// Says whether a key that begins to sign is to count from now: the run that
/// makes it sign may have come late, and [`Policy::every`] is how long a key
/// signs. Not where that would put it behind another one that may sign too.
fn counts_from_now(
    set: &SetDocument,
    index: usize,
    instead_of: Option<usize>,
    now: Timestamp,
) -> bool {
    let rotation = Rotation::of(set, now);
    let mut others = rotation.slots().iter().filter(|slot| {
        slot.phase != Phase::Retiring && slot.index != index && Some(slot.index) != instead_of
    });
    let is_future = |slot: &Slot| slot.begins.is_none_or(|begins| begins > now);
    let own = rotation.slots().iter().find(|slot| slot.index == index);
    own.is_none_or(is_future) || others.all(is_future)
}
