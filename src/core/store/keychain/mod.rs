//! The platform's keychain: Secret Service, macOS Keychain, Windows
//! Credential Manager.
//!
//! One item a session, service `authctl`, account the name of the key,
//! updated in place; its content is the record's JSON. Where the platform
//! limits the size of an item a larger record is split, as `parts.rs` tells.

use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use zeroize::Zeroizing;

use super::error::Damage;
use super::folder::Notes;
use super::lock::{self, LockGuard};
use super::{Error, Key, LockHolder, Places, Record, StoreKind, TokenStore};
use crate::core::secret::Secret;

mod error;
#[cfg(test)]
pub(super) mod memory;
pub(super) mod native;
mod parts;

pub use error::KeychainError;

use parts::Head;

/// Keeps each record in the platform's keychain.
#[derive(Debug)]
pub struct KeychainStore {
    items: Box<dyn Items>,
    /// The most octets an item takes, where there is such a limit.
    limit: Option<usize>,
    lock_dir: PathBuf,
    private_lock_dir: Option<PathBuf>,
    notes: Notes,
}

/// The items of service `authctl`, by account. The seam between the store's
/// rules and the platforms.
pub(super) trait Items: fmt::Debug + Send + Sync {
    /// Returns the content of an item, `None` if there is none.
    fn get(&self, account: &str) -> Result<Option<Zeroizing<Vec<u8>>>, Error>;
    /// Makes an item, or changes it in place.
    fn set(&self, account: &str, content: &[u8]) -> Result<(), Error>;
    /// Removes an item; says whether there was one.
    fn delete(&self, account: &str) -> Result<bool, Error>;
    /// Returns the accounts of all items.
    fn accounts(&self) -> Result<Vec<String>, Error>;
}

impl KeychainStore {
    /// Makes a store over the platform's keychain. Contacts nothing.
    pub fn native(places: &Places) -> Self {
        Self {
            private_lock_dir: places.private_lock_dir.clone(),
            ..Self::over(
                native::NativeItems::new(places),
                native::ITEM_LIMIT,
                places.lock_dir.clone(),
            )
        }
    }

    /// Sets the most octets an item may take, in place of the platform's own
    /// limit; larger records are split.
    #[must_use]
    pub fn with_item_limit(mut self, octets: Option<usize>) -> Self {
        // A head must fit into one item.
        self.limit = octets.map(|octets| octets.max(LEAST_LIMIT));
        self
    }

    pub(super) fn over(
        items: impl Items + 'static,
        limit: Option<usize>,
        lock_dir: PathBuf,
    ) -> Self {
        Self {
            items: Box::new(items),
            limit,
            lock_dir,
            private_lock_dir: None,
            notes: Notes::default(),
        }
    }

    /// Reads the record's JSON, and the head of its parts where it is split.
    #[expect(clippy::type_complexity, reason = "used twice, here")]
    fn read(&self, key: &Key) -> Result<Option<(Zeroizing<Vec<u8>>, Option<Head>)>, Error> {
        // A reader takes no lock. One that met a writer finds the parts it
        // looks for gone or changed, and looks again.
        for _ in 0..READ_ATTEMPTS {
            let Some(content) = self.items.get(key.name())? else {
                return Ok(None);
            };
            let Some(head) = Head::parse(&content) else {
                return Ok(Some((content, None)));
            };
            if let Some(json) = parts::read(&*self.items, key.name(), &head)? {
                return Ok(Some((json, Some(head))));
            }
        }
        Err(Error::Damaged {
            place: place_of(key),
            why: Damage::Parts,
        })
    }
}

/// Reads a secret that the user keeps in the keychain under a service and an
/// account of their choice; `None` if there is none. A prompt of the
/// keychain's may take `prompt_wait`, and 3 s at least.
///
/// # Errors
///
/// [`Error::Keychain`], and [`Error::Damaged`] where two items have the name.
pub fn lookup(
    service: &str,
    account: &str,
    prompt_wait: Duration,
) -> Result<Option<Secret>, Error> {
    native::lookup(service, account, prompt_wait)
}

impl TokenStore for KeychainStore {
    fn kind(&self) -> StoreKind {
        StoreKind::Keychain
    }

    fn load(&self, key: &Key) -> Result<Option<Record>, Error> {
        self.read(key)?
            .map(|(json, _)| {
                Record::from_json(&json).map_err(|error| Error::record(place_of(key), error))
            })
            .transpose()
    }

    fn save(&self, key: &Key, record: &Record) -> Result<(), Error> {
        // Read first: what cannot be read is not overwritten.
        let before = match self.read(key)? {
            Some((json, head)) => {
                Record::from_json(&json).map_err(|error| Error::record(place_of(key), error))?;
                head
            }
            None => None,
        };
        let json = record.to_json();
        log::debug!("store: saving `{key}`, {} octets", json.len());
        match self.limit {
            Some(limit) if json.len() > limit => {
                parts::write(&*self.items, key.name(), &json, limit, before.as_ref())
            }
            _ => {
                self.items.set(key.name(), &json)?;
                // A save that was killed may have left parts without a head.
                if before.is_some() || self.limit.is_some() {
                    parts::clear(&*self.items, key.name())?;
                }
                Ok(())
            }
        }
    }

    fn remove(&self, key: &Key) -> Result<bool, Error> {
        let split = match self.items.get(key.name()) {
            Ok(content) => content.and_then(|content| Head::parse(&content)).is_some(),
            Err(Error::Damaged { .. }) => false,
            Err(error) => return Err(error),
        };
        // The head first: without it the session is gone, with it and without
        // parts it would be damaged.
        let removed = self.items.delete(key.name())?;
        if split || self.limit.is_some() {
            parts::clear(&*self.items, key.name())?;
        }
        Ok(removed)
    }

    fn list(&self) -> Result<Vec<Key>, Error> {
        let mut keys: Vec<Key> = self
            .items
            .accounts()?
            .iter()
            .filter_map(|account| Key::from_name(account))
            .collect();
        keys.sort_unstable();
        keys.dedup();
        Ok(keys)
    }

    fn lock(
        &self,
        key: &Key,
        wait: Duration,
        on_wait: &mut dyn FnMut(&LockHolder),
    ) -> Result<LockGuard, Error> {
        let private = self.private_lock_dir.as_deref();
        lock::lock_in_both(private, &self.lock_dir, &self.notes, key, wait, on_wait)
    }

    fn check_writable(&self) -> Result<(), Error> {
        self.items.set(CHECK_ACCOUNT, b"{}")?;
        self.items.delete(CHECK_ACCOUNT).map(|_| ())
    }

    fn take_notes(&self) -> Vec<String> {
        self.notes.take()
    }
}

fn place_of(key: &Key) -> String {
    format!("the keychain item `{key}` of service `{SERVICE}`")
}

/// The service of all items; tests leave a person's own alone.
pub(super) const SERVICE: &str = if cfg!(test) {
    "authctl-test"
} else {
    "authctl"
};
/// A little more than the longest head.
const LEAST_LIMIT: usize = 128;
/// No key has this name.
const CHECK_ACCOUNT: &str = "#check";
const READ_ATTEMPTS: usize = 5;

#[cfg(test)]
mod tests;
