//! Where sessions and cached tokens are kept.
//!
//! A [`TokenStore`] keeps one [`Record`] under each [`Key`]. There are four:
//! the platform's keychain ([`mod@keychain`]), an encrypted file a session
//! ([`mod@file`]), a Vault that machines share ([`VaultStore`]), and none.
//! [`open`] chooses; it never falls back to another store without saying so,
//! and a store that was asked for by name is the only one that is touched.
//!
//! Nothing here is ever written in the clear on this machine, nothing is read
//! through a symbolic link, and a save leaves the old or the new record, whole.
//!
//! The protocol of every change is: [`TokenStore::lock`], [`TokenStore::load`]
//! again, change, [`TokenStore::save`], drop the guard. Reading needs no lock.

use std::fmt;
use std::time::Duration;

use super::time::Timestamp;

mod archive;
mod derive;
mod error;
pub mod file;
mod folder;
mod key;
pub mod keychain;
mod lock;
mod none;
mod record;
mod seal;
mod select;
mod transfer;
mod vault;

#[cfg(test)]
mod contract;

pub use archive::{Archive, ArchiveError, Archived};
pub use error::{Damage, Error, KeyMismatch, Unsafe};
pub use file::{FileKey, FileStore, Rekey, Rekeyed};
pub use key::{ClientKey, Key};
pub use keychain::{KeychainError, KeychainStore};
pub use lock::{LockGuard, lock_dir_of_user, private_lock_dir_of_user};
pub use none::NoneStore;
pub use record::{
    CachedToken, End, Record, RecordError, Relation, Renewal, UnknownMembers, Wanted,
};
pub use select::{Choice, KEYCHAIN_DEADLINE, Opened, Places, Reason, UnknownChoice, open};
pub use transfer::{Transfer, Transferred};
pub use vault::{
    InvalidVaultPath, LoginMethod, VaultAuth, VaultError, VaultPath, VaultSettings, VaultStore,
};

/// Keeps records, by key.
pub trait TokenStore: fmt::Debug + Send + Sync {
    /// Returns which store this is, for `status`.
    fn kind(&self) -> StoreKind;

    /// Returns the record kept under `key`, `None` if there is none. Needs no
    /// lock: during a save it is the old record or the new one.
    ///
    /// # Errors
    ///
    /// Any of [`Error`] but [`Error::Locked`]; whatever is wrong with what is
    /// kept, it stays as it is.
    fn load(&self, key: &Key) -> Result<Option<Record>, Error>;

    /// Keeps `record` under `key`, durably, in place of what is there. The
    /// caller holds the lock of `key`.
    ///
    /// # Errors
    ///
    /// As [`TokenStore::load`]: what this authctl cannot read (another key, a
    /// newer version, tampered with) it does not overwrite. After an error
    /// the old record is there, whole, or the new one, where the last flush
    /// to the disk failed.
    fn save(&self, key: &Key, record: &Record) -> Result<(), Error>;

    /// Forgets what is kept under `key`, readable or not; says whether there
    /// was anything. The caller holds the lock of `key`.
    ///
    /// # Errors
    ///
    /// [`Error::Unsafe`], [`Error::Io`], [`Error::Keychain`], [`Error::Vault`].
    fn remove(&self, key: &Key) -> Result<bool, Error>;

    /// Returns the keys of all records, in the order of their names.
    ///
    /// # Errors
    ///
    /// [`Error::Unsafe`], [`Error::Io`], [`Error::Keychain`],
    /// [`Error::Vault`] if the store cannot be searched; a single record that
    /// is damaged is no error here.
    fn list(&self) -> Result<Vec<Key>, Error>;

    /// Takes the lock of `key` across processes, waiting at most `wait`;
    /// `on_wait` is told once whom for, if it takes long.
    ///
    /// # Errors
    ///
    /// [`Error::Locked`] with the holder's process once `wait` has passed;
    /// [`Error::Unsafe`], [`Error::Io`], [`Error::Vault`].
    fn lock(
        &self,
        key: &Key,
        wait: Duration,
        on_wait: &mut dyn FnMut(&LockHolder),
    ) -> Result<LockGuard, Error>;

    /// Tries whether a save would find room and permission, before something
    /// is spent that only a save can keep, such as a refresh token.
    ///
    /// # Errors
    ///
    /// What a save would return.
    fn check_writable(&self) -> Result<(), Error>;

    /// Tries whether what is kept under `key` could be forgotten, before it is
    /// made worthless. The caller holds the lock of `key`. As forgetting needs
    /// no room, by default this is [`TokenStore::check_writable`] but for that.
    ///
    /// # Errors
    ///
    /// What a removal would return.
    fn check_removable(&self, _key: &Key) -> Result<(), Error> {
        self.check_writable().or_else(|error| {
            if error.is_of_room() {
                Ok(())
            } else {
                Err(error)
            }
        })
    }

    /// Returns what was put right or left out on the way and should be said,
    /// such as "others could look into …"; each once.
    fn take_notes(&self) -> Vec<String> {
        Vec::new()
    }
}

/// Which store.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum StoreKind {
    /// The platform's keychain.
    Keychain,
    /// Encrypted files.
    File,
    /// HashiCorp Vault or OpenBao.
    Vault,
    /// Nothing is kept.
    None,
}

impl StoreKind {
    /// Returns the name, as `--store` takes it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Keychain => "keychain",
            Self::File => "file",
            Self::Vault => "vault",
            Self::None => "none",
        }
    }
}

impl fmt::Display for StoreKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Who holds a lock, as far as it is known.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LockHolder {
    /// The process.
    pub pid: Option<u32>,
    /// The machine it runs on, where that may be another one.
    pub host: Option<String>,
    /// When it took the lock.
    pub since: Option<Timestamp>,
    /// Whether it is known to be stopped, as by Ctrl-Z.
    pub is_stopped: bool,
}

impl fmt::Display for LockHolder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.pid {
            Some(pid) => write!(f, "process {pid}")?,
            None => f.write_str("another process")?,
        }
        match &self.host {
            Some(host) => write!(f, " on `{host}`"),
            None => Ok(()),
        }
    }
}
