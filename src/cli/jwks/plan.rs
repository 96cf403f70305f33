//! What a rotation has done, what to deploy, and what comes when.

use std::path::Path;

use authctl::core::jose::key_set::{Action, Phase, Policy, Rotation, Slot, Step};
use authctl::core::time::{Timestamp, format_span};
use comfy_table::Table;
use comfy_table::presets::NOTHING;
use serde_json::{Value, json};

use super::rotate::key_path;
use crate::cli::keygen::signing_flags;
use crate::cli::render::{escape, trimmed_table};
use crate::cli::shell::quoted;

/// One run of a rotation.
pub struct Plan<'a> {
    /// What the user calls the set.
    pub set: &'a str,
    /// When it is.
    pub now: Timestamp,
    /// Whether nothing was done.
    pub dry_run: bool,
    /// What was asked for.
    pub policy: &'a Policy,
    /// What was done.
    pub steps: &'a [Step],
    /// The keys before that.
    pub before: &'a Rotation,
    /// The keys after that.
    pub after: &'a Rotation,
    /// Where the private keys are; empty for the current folder.
    pub folder: &'a Path,
}

/// The one thing that is not to be done now.
const RUN_AGAIN: &str = "run_again";

/// One thing that the user is to do.
struct Todo {
    /// When; `None` where that is at once, or whenever the user wants it.
    at: Option<Timestamp>,
    action: &'static str,
    kid: Option<String>,
    /// By what the key signs: a file of PEM does not say it.
    alg: Option<&'static str>,
    file: Option<String>,
    text: String,
}

impl Plan<'_> {
    /// Returns what breaks, since it was forced.
    pub fn warnings(&self) -> Vec<String> {
        let mut warnings = Vec::new();
        for step in self.steps {
            warnings.push(match step {
                Step::Sign {
                    index,
                    early: Some(at),
                    ..
                } => format!(
                    "verifiers may have kept a copy of the set without `{}` until {at}, and refuse its tokens until they fetch the set again",
                    self.kid(*index)
                ),
                Step::Retire {
                    index,
                    early: Some(at),
                } => format!(
                    "tokens that `{}` signed stop verifying, although they may live until {at}",
                    self.kid(*index)
                ),
                Step::Publish { forced: true, .. } => format!(
                    "verifiers do not know the new key: those that keep a copy of the set refuse its tokens until they fetch the set again, for {} perhaps",
                    format_span(self.policy.publish_ahead.as_secs())
                ),
                _ => continue,
            });
        }
        warnings
    }

    /// Returns it all as JSON.
    pub fn json(&self) -> Value {
        let time = |at: Option<Timestamp>| at.and_then(Timestamp::to_rfc3339);
        let steps: Vec<Value> = self
            .steps
            .iter()
            .map(|step| {
                let (action, slot) = self.step(step);
                json!({
                    "action": action.name(),
                    "kid": slot.and_then(|slot| slot.kid.as_ref()),
                    "file": slot.and_then(|slot| self.file(slot)),
                })
            })
            .collect();
        let keys: Vec<Value> = self
            .after
            .slots()
            .iter()
            .map(|slot| {
                json!({
                    "kid": slot.kid,
                    "alg": slot.algorithm.map(|algorithm| algorithm.name()),
                    "state": slot.phase.name(),
                    "signs_at": time(slot.begins),
                    "retires_at": time(slot.ends),
                    "file": self.file(slot),
                })
            })
            .collect();
        let todo: Vec<Value> = self
            .todo()
            .into_iter()
            .map(|todo| {
                json!({
                    "at": time(todo.at),
                    "action": todo.action,
                    "kid": todo.kid,
                    "alg": todo.alg,
                    "file": todo.file,
                    "text": todo.text,
                })
            })
            .collect();
        let next = self.after.next(self.policy);
        let slot = next.index.and_then(|index| find(self.after, index));
        json!({
            "set": self.set,
            "changed": !self.steps.is_empty() && !self.dry_run,
            "dry_run": self.dry_run,
            "steps": steps,
            "keys": keys,
            "next": next.action.name(),
            "next_kid": slot.and_then(|slot| slot.kid.as_ref()),
            "next_at": time(next.at),
            "next_in": next.at.map(|at| self.now.seconds_until(at).max(0)),
            "todo": todo,
            "warnings": self.warnings(),
        })
    }

    /// Returns it all for a person.
    pub fn text(&self) -> String {
        let mut text = String::new();
        for step in self.steps {
            let (action, slot) = self.step(step);
            let verb = match (action, self.dry_run) {
                (Action::Publish, false) => "published",
                (Action::Sign, false) => "signs now",
                (Action::Retire, false) => "removed",
                (Action::Publish, true) => "would publish",
                (Action::Sign, true) => "would sign",
                (Action::Retire, true) => "would remove",
            };
            let file = slot.and_then(|slot| self.file(slot));
            let file = file.map_or_else(String::new, |file| format!("  private key {file}"));
            let kid = self.name(slot);
            text.push_str(&escape(&format!("{verb:<13}  {kid}{file}")));
            text.push('\n');
        }
        if self.steps.is_empty() {
            let next = self.after.next(self.policy).at;
            let until = next.map_or_else(String::new, |at| format!(" until {at}"));
            text.push_str(&format!("nothing to do{until}\n"));
        }
        text.push('\n');
        for todo in self.todo() {
            let when = match (todo.at, todo.action) {
                (Some(at), _) => at.to_string(),
                (None, RUN_AGAIN) => "later".to_owned(),
                (None, _) => "now".to_owned(),
            };
            text.push_str(&escape(&format!("{when:<20}  {}", todo.text)));
            text.push('\n');
        }
        text.push('\n');
        text.push_str(&self.table());
        text
    }

    fn table(&self) -> String {
        let mut table = Table::new();
        table
            .load_style(NOTHING)
            .set_header(["KID", "ALG", "STATE", "PRIVATE KEY"]);
        for slot in self.after.slots() {
            let algorithm = slot.algorithm.map_or("-", |algorithm| algorithm.name());
            table.add_row([
                escape(slot.kid.as_deref().unwrap_or("(new)")).as_ref(),
                algorithm,
                &state(slot),
                &escape(self.file(slot).as_deref().unwrap_or("-")),
            ]);
        }
        trimmed_table(&table)
    }

    fn todo(&self) -> Vec<Todo> {
        let mut todo = Vec::new();
        let mut now = |action, slot: Option<&Slot>, file: Option<String>, text: String| {
            todo.push(Todo {
                at: None,
                action,
                kid: slot.and_then(|slot| slot.kid.clone()),
                alg: slot.and_then(|slot| Some(slot.algorithm?.name())),
                file,
                text,
            });
        };
        if !self.steps.is_empty() {
            now(
                "deploy_set",
                None,
                Some(self.set.to_owned()),
                format!("deploy {} to where verifiers fetch it", self.set),
            );
        }
        for step in self.steps {
            let (_, slot) = self.step(step);
            let file = slot.and_then(|slot| self.file(slot));
            let called = self.with_command(slot);
            match step {
                Step::Publish { after: None, .. } => now(
                    "deploy_key",
                    slot,
                    file,
                    format!("sign with {called} as soon as the set is there"),
                ),
                Step::Publish {
                    forced: true,
                    after: Some(old),
                    ..
                }
                | Step::Sign {
                    instead_of: Some(old),
                    ..
                } => now(
                    "deploy_key",
                    slot,
                    file,
                    format!("sign with {called} and no longer with {}", self.kid(*old)),
                ),
                Step::Sign { .. } => now(
                    "deploy_key",
                    slot,
                    file,
                    format!("sign with {called}: no other key of the set signs"),
                ),
                Step::Retire { .. } => {
                    let text = match &file {
                        Some(file) => format!("delete {file}: nothing verifies by it any more"),
                        None => format!("delete the private key of {}", self.name(slot)),
                    };
                    now("delete_key", slot, file, text);
                }
                Step::Publish { .. } => {}
            }
        }
        if let (Some(signing), Some(upcoming)) = (self.after.signing(), self.after.upcoming()) {
            let file = self.file(signing);
            let called = self.with_command(Some(signing));
            let until = upcoming
                .begins
                .map_or_else(String::new, |at| format!(" until {at}"));
            now(
                "keep_signing",
                Some(signing),
                file,
                format!("keep signing with {called}{until}"),
            );
        }
        todo.push(self.next_run());
        todo
    }

    fn next_run(&self) -> Todo {
        let next = self.after.next(self.policy);
        let slot = next.index.and_then(|index| find(self.after, index));
        let kid = self.name(slot);
        let text = match (next.action, next.at) {
            (Action::Sign, _) => format!("run this again: {kid} signs from then on"),
            (Action::Retire, _) => format!("run this again: {kid} leaves the set"),
            (Action::Publish, Some(_)) => "run this again: another key is published".to_owned(),
            (Action::Publish, None) => {
                "run this again whenever another key is to be published".to_owned()
            }
        };
        Todo {
            at: next.at,
            action: RUN_AGAIN,
            kid: slot.and_then(|slot| slot.kid.clone()),
            alg: slot.and_then(|slot| Some(slot.algorithm?.name())),
            file: None,
            text,
        }
    }

    /// Returns what a step does, and the key that it does it to.
    fn step(&self, step: &Step) -> (Action, Option<&Slot>) {
        match step {
            Step::Retire { index, .. } => (Action::Retire, find(self.before, *index)),
            Step::Sign { index, .. } => (Action::Sign, find(self.before, *index)),
            // It is at the end of the set.
            Step::Publish { .. } => (
                Action::Publish,
                self.after.slots().iter().max_by_key(|slot| slot.index),
            ),
        }
    }

    fn kid(&self, index: usize) -> String {
        self.name(find(self.before, index))
    }

    fn name(&self, slot: Option<&Slot>) -> String {
        slot.and_then(|slot| slot.kid.clone())
            .unwrap_or_else(|| "the new key".to_owned())
    }

    /// Returns what to call the key that is to sign: its file, if it is known,
    /// with the command that signs by it where that needs more than the file.
    fn with_command(&self, slot: Option<&Slot>) -> String {
        let Some((slot, file)) = slot.and_then(|slot| Some((slot, self.file(slot)?))) else {
            return self.name(slot);
        };
        let flags = match (slot.algorithm, &slot.kid) {
            (Some(algorithm), Some(kid)) => {
                let thumbprint = slot.thumbprint.as_deref();
                signing_flags(kid, thumbprint, algorithm, slot.default_algorithm)
            }
            _ => String::new(),
        };
        match flags.is_empty() {
            true => file,
            false => format!("{file} (authctl sign --key {}{flags})", quoted(&file)),
        }
    }

    /// Returns the file of a private key, if it is where a rotation puts it.
    fn file(&self, slot: &Slot) -> Option<String> {
        let path = key_path(self.folder, slot.algorithm?, slot.kid.as_ref()?);
        path.is_file().then(|| path.display().to_string())
    }
}

/// Returns `signing`, `upcoming until …` or `retiring until …`.
fn state(slot: &Slot) -> String {
    let until = match slot.phase {
        Phase::Signing => None,
        Phase::Upcoming => slot.begins,
        Phase::Retiring => slot.ends,
    };
    let name = slot.phase.name();
    until.map_or_else(|| name.to_owned(), |at| format!("{name} until {at}"))
}

fn find(rotation: &Rotation, index: usize) -> Option<&Slot> {
    rotation.slots().iter().find(|slot| slot.index == index)
}
