//! HashiCorp Vault and OpenBao: sessions that machines share.
//!
//! Below one folder of a KV version 2 engine, `sessions/<sha256>` holds one
//! record, `locks/<sha256>` the lease of its lock, and `checks/<random>` for a
//! moment nothing. Each entry keeps one version: what is replaced is gone, and
//! with it a refresh token that was spent.
//!
//! A record is kept as it is, one text with which Vault's audit log does as
//! with any secret value: it is Vault that encrypts and that says who may
//! read. Every write names the version that it replaces (`options.cas`), so
//! that no one overwrites what they have not read, lock or no lock.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde::{Deserialize, Deserializer, Serialize};
use zeroize::Zeroizing;

use super::error::Damage;
use super::folder::Notes;
use super::lock::{self, LockGuard};
use super::{Error, Key, LockHolder, Record, StoreKind, TokenStore};
use crate::core::http::Transport;
use crate::core::secret::Secret;
use crate::core::time::{Clock, SystemClock};

mod answer;
mod api;
mod error;
mod exchange;
mod lease;
mod login;
mod settings;

pub use error::VaultError;
pub use settings::{InvalidVaultPath, LoginMethod, VaultAuth, VaultPath, VaultSettings};

use answer::{Entry, Written};
use api::Api;
use lease::Held;

/// Keeps each record in an entry of Vault's.
#[derive(Debug)]
pub struct VaultStore {
    shared: Arc<Shared>,
    notes: Notes,
}

/// What the store and the guards of its locks share.
#[derive(Debug)]
struct Shared {
    api: Api,
    leases: Mutex<HashMap<Key, Held>>,
    /// What was last read of each key under its lock.
    seen: Mutex<HashMap<Key, Seen>>,
}

/// What a record was when it was read.
#[derive(Clone, Debug)]
struct Seen {
    version: u64,
    refresh_token: Option<Secret>,
}

/// What an entry holds.
#[derive(Deserialize)]
struct Kept {
    name: String,
    #[serde(deserialize_with = "wiped")]
    record: Zeroizing<String>,
}

/// Reads a text into memory that is wiped when dropped.
fn wiped<'de, D: Deserializer<'de>>(from: D) -> Result<Zeroizing<String>, D::Error> {
    String::deserialize(from).map(Zeroizing::new)
}

#[derive(Serialize)]
struct Keep<'a> {
    name: &'a str,
    record: &'a str,
}

/// A record that is there, and the version it is.
struct Found {
    version: u64,
    json: Option<Zeroizing<String>>,
    record: Option<Record>,
}

impl VaultStore {
    /// Makes a store. Contacts nothing.
    pub fn new(settings: VaultSettings, transport: Box<dyn Transport + Send + Sync>) -> Self {
        Self::with_clock(settings, transport, Box::new(SystemClock))
    }

    fn with_clock(
        settings: VaultSettings,
        transport: Box<dyn Transport + Send + Sync>,
        clock: Box<dyn Clock + Send + Sync>,
    ) -> Self {
        Self {
            shared: Arc::new(Shared {
                api: Api::new(settings, transport, clock),
                leases: Mutex::default(),
                seen: Mutex::default(),
            }),
            notes: Notes::default(),
        }
    }

    /// Reads what is kept under `key`, with the version to replace.
    fn read(&self, key: &Key) -> Result<Found, Error> {
        let entry: Option<Entry<Kept>> = match self.api().read(&path_of(key)) {
            Err(VaultError::Malformed { .. }) => {
                return Err(Error::Damaged {
                    place: self.place_of(key),
                    why: Damage::NotASession,
                });
            }
            other => other?,
        };
        let Some(entry) = entry else {
            return Ok(Found::nothing(0));
        };
        let Some(kept) = entry.data else {
            return Ok(Found::nothing(entry.version));
        };
        if kept.name != key.name() {
            return Err(Error::Swapped {
                path: PathBuf::from(self.place_of(key)),
                found: kept.name,
            });
        }
        let record = Record::from_json(kept.record.as_bytes())
            .map_err(|error| Error::record(self.place_of(key), error))?;
        Ok(Found {
            version: entry.version,
            json: Some(kept.record),
            record: Some(record),
        })
    }

    /// Writes a record in place of version `cas`, and tries again for as long
    /// as a conversation may take: what it holds may be nowhere else.
    fn write(&self, key: &Key, cas: u64, json: &str) -> Result<Written, Error> {
        let api = self.api();
        let path = path_of(key);
        let keep = Keep {
            name: key.name(),
            record: json,
        };
        let budget = api.settings.timeout;
        let deadline = api.clock.monotonic().saturating_add(budget);
        let mut pause = FIRST_PAUSE;
        loop {
            let once = || {
                if cas == 0 {
                    api.keep_one_version(&path)?;
                }
                api.write(&path, cas, &keep, (budget / 3).max(LEAST_TRY))
            };
            let left = deadline.saturating_sub(api.clock.monotonic());
            match once() {
                Err(error) if error.may_pass() && left > pause => {
                    log::debug!("store: not saved yet: {error}");
                    api.clock.sleep(pause);
                    pause = (pause * 2).min(LONGEST_PAUSE);
                }
                other => return Ok(other?),
            }
        }
    }

    fn api(&self) -> &Api {
        &self.shared.api
    }

    fn place_of(&self, key: &Key) -> String {
        let VaultSettings { mount, path, .. } = &self.api().settings;
        format!("{mount}/{path}/{}", path_of(key))
    }
}

impl TokenStore for VaultStore {
    fn kind(&self) -> StoreKind {
        StoreKind::Vault
    }

    fn load(&self, key: &Key) -> Result<Option<Record>, Error> {
        let found = self.read(key)?;
        let refresh_token = found
            .record
            .as_ref()
            .and_then(|record| record.refresh_token.clone());
        self.shared.seen().insert(
            key.clone(),
            Seen {
                version: found.version,
                refresh_token,
            },
        );
        Ok(found.record)
    }

    /// Where the version is not the one that was read, the lock had lapsed and
    /// another wrote. What that one came by later is kept; where it only took
    /// note of a refresh token that we had already spent, ours is saved, since
    /// it is the one that lives.
    fn save(&self, key: &Key, record: &Record) -> Result<(), Error> {
        let json = record.to_json();
        if json.len() > RECORD_LIMIT {
            return Err(Error::TooLarge {
                key: key.name().to_owned(),
                length: json.len(),
            });
        }
        let json = std::str::from_utf8(&json).map_err(|_| Error::Crypto("write a record"))?;
        log::debug!("store: saving `{key}`, {} octets", json.len());
        let seen = self.shared.seen().get(key).cloned();
        let mut cas = match &seen {
            Some(seen) => seen.version,
            // Read first: what cannot be read is not overwritten.
            None => self.read(key)?.version,
        };
        for _ in 0..ATTEMPTS {
            if let Written::Yes { version, .. } = self.write(key, cas, json)? {
                self.shared.saw(key, version, record);
                return Ok(());
            }
            let there = self.read(key)?;
            if there
                .json
                .as_ref()
                .is_some_and(|there| there.as_str() == json)
            {
                // Ours: the answer to an earlier try was lost.
                self.shared.saw(key, there.version, record);
                return Ok(());
            }
            if let Some(seen) = &seen {
                let Some(theirs) = &there.record else {
                    let key = key.name().to_owned();
                    return Err(VaultError::Removed { key }.into());
                };
                if !replaces(record, seen, theirs) {
                    self.notes.add(format!(
                        "another run renewed `{key}` meanwhile; what it saved is kept"
                    ));
                    return Ok(());
                }
            }
            cas = there.version;
        }
        let key = key.name().to_owned();
        Err(VaultError::Contended { key }.into())
    }

    fn remove(&self, key: &Key) -> Result<bool, Error> {
        let path = path_of(key);
        // Readable or not: only whether it is there counts.
        let entry: Option<Entry<serde::de::IgnoredAny>> = self.api().read(&path)?;
        if let Some(entry) = &entry {
            self.api().remove(&path)?;
            self.shared.seen().remove(key);
            log::debug!("store: removed `{key}`, version {}", entry.version);
        }
        Ok(entry.is_some_and(|entry| entry.data.is_some()))
    }

    fn list(&self) -> Result<Vec<Key>, Error> {
        let names = self.api().names("sessions")?;
        let mut keys = Vec::with_capacity(names.len());
        for name in names {
            let path = format!("sessions/{name}");
            let entry: Option<Entry<Kept>> = match self.api().read(&path) {
                Err(VaultError::Malformed { .. }) => {
                    self.notes
                        .add(format!("`{path}` in Vault is no session of authctl"));
                    continue;
                }
                other => other?,
            };
            let Some(kept) = entry.and_then(|entry| entry.data) else {
                continue;
            };
            match Key::from_name(&kept.name) {
                Some(key) if key.hash() == name => keys.push(key),
                _ => self
                    .notes
                    .add(format!("`{path}` in Vault holds another session")),
            }
        }
        keys.sort_unstable();
        Ok(keys)
    }

    /// The kernel's lock on this machine, and the lease among machines.
    fn lock(
        &self,
        key: &Key,
        wait: Duration,
        on_wait: &mut dyn FnMut(&LockHolder),
    ) -> Result<LockGuard, Error> {
        let clock = &self.api().clock;
        let started = clock.monotonic();
        let mut told = false;
        let local = match &self.api().settings.lock_dir {
            None => LockGuard::over_nothing(),
            Some(folder) => {
                let mut tell = |holder: &LockHolder| {
                    told = true;
                    on_wait(holder);
                };
                match lock::lock_in(folder, &self.notes, key, wait, &mut tell) {
                    Err(Error::Io { source, .. }) => {
                        // A read-only home: then the lease does it alone.
                        log::debug!("store: no lock on this machine: {source}");
                        LockGuard::over_nothing()
                    }
                    other => other?,
                }
            }
        };
        let left = wait.saturating_sub(clock.monotonic().saturating_sub(started));
        let lease = lease::take(&self.shared, key, left, &mut |holder| {
            if !told {
                on_wait(holder);
            }
        })?;
        // What was read before is not what the lock guards.
        self.shared.seen().remove(key);
        Ok(local.with_lease(lease))
    }

    /// Under a lock this also makes sure that the lease is still ours, and
    /// gives it its whole time again: from here on a refresh token is spent.
    fn check_writable(&self) -> Result<(), Error> {
        let held: Vec<Key> = self.shared.leases().keys().cloned().collect();
        if held.is_empty() {
            return lease::present(self.api()).map(drop);
        }
        for key in held {
            self.api().check_may_write(&path_of(&key))?;
            lease::renew(&self.shared, &key)?;
        }
        Ok(())
    }

    /// Who may write may not remove for that: it is another path.
    fn check_removable(&self, key: &Key) -> Result<(), Error> {
        self.check_writable()?;
        Ok(self.api().check_may_remove(&path_of(key))?)
    }

    fn take_notes(&self) -> Vec<String> {
        self.notes.take()
    }
}

impl Shared {
    fn leases(&self) -> MutexGuard<'_, HashMap<Key, Held>> {
        self.leases.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn hold(&self, key: &Key, held: Held) {
        self.leases().insert(key.clone(), held);
    }

    fn seen(&self) -> MutexGuard<'_, HashMap<Key, Seen>> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn saw(&self, key: &Key, version: u64, record: &Record) {
        self.seen().insert(
            key.clone(),
            Seen {
                version,
                refresh_token: record.refresh_token.clone(),
            },
        );
    }
}

impl Found {
    fn nothing(version: u64) -> Self {
        Self {
            version,
            json: None,
            record: None,
        }
    }
}

/// Says whether a record that was made of what was `seen` is to replace
/// `theirs`, which another has written since.
///
/// Refresh tokens are a chain: who holds one that neither is there nor was
/// there holds what the server gave last, unless another has one as well.
fn replaces(ours: &Record, seen: &Seen, theirs: &Record) -> bool {
    let Some(new) = newest(ours) else {
        return false;
    };
    let was_there = |token: &Secret| matches!(&seen.refresh_token, Some(old) if old.matches(token));
    !was_there(new) && newest(theirs).is_none_or(was_there)
}

/// Returns the refresh token that the server gave last, as far as a record
/// knows.
fn newest(record: &Record) -> Option<&Secret> {
    record
        .open_renewal()
        .and_then(|renewal| renewal.successor.as_ref())
        .or(record.refresh_token.as_ref())
}

fn path_of(key: &Key) -> String {
    format!("sessions/{}", key.hash())
}

/// Twice this and some is what one answer may hold.
const RECORD_LIMIT: usize = 384 * 1024;
/// How often a write may meet another's.
const ATTEMPTS: usize = 5;
const FIRST_PAUSE: Duration = Duration::from_millis(100);
const LONGEST_PAUSE: Duration = Duration::from_secs(2);
/// What one try of a save gets at least.
const LEAST_TRY: Duration = Duration::from_secs(2);

#[cfg(test)]
pub(super) mod fake;
#[cfg(test)]
mod tests;
