//! The encrypted files: one a session.
//!
//! `<folder>/<sha256 of the key's name>.session` holds one record, sealed with
//! AES-256-GCM in the form that `seal.rs` describes; `….lock` beside it is its
//! lock. Folder and files are for their owner alone.
//!
//! This keeps sessions from whoever gets at the disk, a backup or the folder
//! without the key, and shows it when they change something. It does not keep
//! them from a program that runs as the same user and finds the key, and it
//! cannot tell when a whole older file is put back.

use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig};
use base64::{alphabet, engine::DecodePaddingMode};
use zeroize::Zeroizing;

use super::derive::{self, Cost, Master};
use super::error::{Damage, KeyMismatch};
use super::folder::{Folder, Notes};
use super::lock::{self, LockGuard};
use super::seal::{self, Header, Kdf, SealError};
use super::{Error, Key, LockHolder, Record, StoreKind, TokenStore};
use crate::core::secret::{Secret, SecretBytes};

mod rekey;

pub use rekey::{Rekey, Rekeyed};

/// What the files are encrypted with.
#[derive(Clone, Debug)]
pub enum FileKey {
    /// A passphrase, stretched by argon2id: slow by choice.
    Passphrase(Secret),
    /// A key of 32 octets, which costs nothing.
    Raw(SecretBytes),
}

impl FileKey {
    /// Reads a 32-octet key, as a key file or a variable holds it: the octets
    /// themselves, or their base64url or base64, with or without padding and
    /// a line end.
    ///
    /// # Errors
    ///
    /// [`Error::FileKeyMalformed`].
    pub fn parse(content: &[u8]) -> Result<Self, Error> {
        if content.len() == KEY_LENGTH {
            return Ok(Self::Raw(SecretBytes::new(content)));
        }
        let text = content.trim_ascii();
        let alphabet = if text.iter().any(|octet| matches!(octet, b'+' | b'/')) {
            &alphabet::STANDARD
        } else {
            &alphabet::URL_SAFE
        };
        let config =
            GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);
        let mut key = Zeroizing::new([0; KEY_LENGTH]);
        match GeneralPurpose::new(alphabet, config).decode_slice(text, &mut *key) {
            Ok(KEY_LENGTH) => Ok(Self::Raw(SecretBytes::new(*key))),
            _ => Err(Error::FileKeyMalformed),
        }
    }
}

/// Keeps each record in an encrypted file.
#[derive(Debug)]
pub struct FileStore {
    path: PathBuf,
    key: FileKey,
    cost: Cost,
    /// What to do to have the key not given.
    instead: Option<String>,
    /// The last passphrase that was stretched, right or wrong: it is dear.
    stretched: Mutex<Option<(Kdf, Stretched)>>,
    notes: Notes,
}

impl FileStore {
    /// Makes a store over the folder at `path`, which is made when something
    /// is first saved. Touches nothing.
    ///
    /// # Errors
    ///
    /// [`Error::FileKeyMalformed`] for a raw key that is not 32 octets.
    pub fn new(path: impl Into<PathBuf>, key: FileKey) -> Result<Self, Error> {
        Self::with_cost(path, key, Cost::RECOMMENDED)
    }

    pub(super) fn with_cost(
        path: impl Into<PathBuf>,
        key: FileKey,
        cost: Cost,
    ) -> Result<Self, Error> {
        if let FileKey::Raw(octets) = &key
            && octets.len() != KEY_LENGTH
        {
            return Err(Error::FileKeyMalformed);
        }
        Ok(Self {
            path: path.into(),
            key,
            cost,
            instead: None,
            stretched: Mutex::new(None),
            notes: Notes::default(),
        })
    }

    /// Says what to do to have the store's key not given, as a clause such as
    /// "unset AUTHCTL_STORE_KEY": for whoever gives a key where a passphrase
    /// is due, or the other way round.
    #[must_use]
    pub fn with_instead(mut self, clause: Option<String>) -> Self {
        self.instead = clause;
        self
    }

    /// Returns the folder of the files.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Returns the path of the file that `key` is kept in.
    pub fn path_of(&self, key: &Key) -> PathBuf {
        self.path.join(file_name(key))
    }

    fn of_seal(&self, path: &Path, error: SealError) -> Error {
        let path = path.to_owned();
        match error {
            SealError::Damage(why) => damaged(&path, why),
            SealError::NewerVersion(found) => Error::NewerVersion {
                place: path.display().to_string(),
                found,
            },
            SealError::Key(why) => Error::WrongKey {
                path,
                why,
                instead: self.instead.clone(),
            },
            SealError::Tampered => Error::Tampered { path },
            SealError::Crypto(what) => Error::Crypto(what),
        }
    }

    /// Reads and decrypts; also returns how the key was come by.
    fn read(&self, folder: &Folder<'_>, key: &Key) -> Result<Option<(Record, Kdf)>, Error> {
        let Some(file) = folder.read(&file_name(key), FILE_LIMIT)? else {
            return Ok(None);
        };
        let path = self.path_of(key);
        // Decrypted in place.
        let mut file = Zeroizing::new(file);
        let failed = |error| self.of_seal(&path, error);
        let header = Header::parse(&file).map_err(failed)?;
        if header.name != key.name() {
            return Err(Error::Swapped {
                path,
                found: header.name,
            });
        }
        let master = self.master(header.kdf).map_err(failed)?;
        let record = header.open(&master, &mut file).map_err(failed)?;
        self.vouch_for(header.kdf);
        let record = Record::from_json(record)
            .map_err(|error| Error::record(path.display().to_string(), error))?;
        Ok(Some((record, header.kdf)))
    }

    fn master(&self, kdf: Kdf) -> Result<Master, SealError> {
        match (&self.key, kdf) {
            (FileKey::Raw(octets), Kdf::Given) => {
                let mut master = Zeroizing::new([0; KEY_LENGTH]);
                master.copy_from_slice(octets.expose());
                Ok(master)
            }
            (FileKey::Passphrase(passphrase), Kdf::Argon2id { cost, salt }) => {
                let mut last = self
                    .stretched
                    .lock()
                    .map_err(|_| SealError::Crypto("keep a derived key"))?;
                if let Some((of, stretched)) = &*last
                    && *of == kdf
                {
                    return Ok(stretched.master.clone());
                }
                log::debug!("store: deriving the key from the passphrase");
                let master = derive::stretch(passphrase.expose(), cost, &salt)?;
                let stretched = Stretched {
                    master: master.clone(),
                    opened_one: false,
                };
                *last = Some((kdf, stretched));
                Ok(master)
            }
            (FileKey::Raw(_), Kdf::Argon2id { .. }) => {
                Err(SealError::Key(KeyMismatch::MadeWithPassphrase))
            }
            (FileKey::Passphrase(_), Kdf::Given) => Err(SealError::Key(KeyMismatch::MadeWithKey)),
        }
    }

    /// Notes that a file opened by the passphrase as it was stretched. Without
    /// that, whoever put the file there would choose the salt of others.
    fn vouch_for(&self, kdf: Kdf) {
        if let Ok(mut last) = self.stretched.lock()
            && let Some((_, stretched)) = last.as_mut().filter(|(of, _)| *of == kdf)
        {
            stretched.opened_one = true;
        }
    }

    /// Chooses how the key of a new file is come by: for a passphrase, with
    /// the salt that the other files have, so that a process that reads them
    /// all stretches it once.
    fn kdf_of_new(&self, folder: &Folder<'_>) -> Result<Kdf, SealError> {
        if let FileKey::Raw(_) = self.key {
            return Ok(Kdf::Given);
        }
        let last = self.stretched.lock().ok().and_then(|last| {
            let (kdf, stretched) = last.as_ref()?;
            stretched.opened_one.then_some(*kdf)
        });
        if let Some(kdf) = last.filter(|kdf| self.is_present_cost(*kdf)) {
            return Ok(kdf);
        }
        for name in folder.names().unwrap_or_default() {
            if !name.ends_with(EXTENSION) {
                continue;
            }
            let Ok(Some(file)) = folder.read(&name, FILE_LIMIT) else {
                continue;
            };
            if let Ok(header) = Header::parse(&file)
                && self.is_present_cost(header.kdf)
            {
                // Another passphrase's salt is not taken over.
                if header.is_of(&self.master(header.kdf)?)? {
                    return Ok(header.kdf);
                }
                break;
            }
        }
        let drawn = Kdf::Argon2id {
            cost: self.cost,
            salt: derive::new_salt()?,
        };
        // Nobody chose it for us: the next new file has it too, whichever the
        // folder lists first.
        self.master(drawn)?;
        self.vouch_for(drawn);
        Ok(drawn)
    }

    fn is_present_cost(&self, kdf: Kdf) -> bool {
        matches!(kdf, Kdf::Argon2id { cost, .. } if cost == self.cost)
    }
}

impl TokenStore for FileStore {
    fn kind(&self) -> StoreKind {
        StoreKind::File
    }

    fn load(&self, key: &Key) -> Result<Option<Record>, Error> {
        let Some(folder) = Folder::open(&self.path, &self.notes)? else {
            return Ok(None);
        };
        Ok(self.read(&folder, key)?.map(|(record, _)| record))
    }

    fn save(&self, key: &Key, record: &Record) -> Result<(), Error> {
        let folder = Folder::create(&self.path, &self.notes)?;
        // Read first: what cannot be read is not overwritten.
        let kdf = match self.read(&folder, key)? {
            Some((_, kdf)) if kdf == Kdf::Given || self.is_present_cost(kdf) => Ok(kdf),
            _ => self.kdf_of_new(&folder),
        };
        let json = record.to_json();
        if json.len() > RECORD_LIMIT {
            return Err(Error::TooLarge {
                key: key.name().to_owned(),
                length: json.len(),
            });
        }
        let sealed = kdf
            .and_then(|kdf| seal::seal(&self.master(kdf)?, kdf, key.name(), &json))
            .map_err(|error| self.of_seal(&self.path_of(key), error))?;
        log::debug!("store: saving `{key}`, {} octets", sealed.len());
        folder.replace(&file_name(key), &sealed)
    }

    fn remove(&self, key: &Key) -> Result<bool, Error> {
        match Folder::open(&self.path, &self.notes)? {
            Some(folder) => folder.remove(&file_name(key)),
            None => Ok(false),
        }
    }

    /// The names are in the files' headers, in the clear, so this needs no
    /// key and stretches no passphrase.
    fn list(&self) -> Result<Vec<Key>, Error> {
        let Some(folder) = Folder::open(&self.path, &self.notes)? else {
            return Ok(Vec::new());
        };
        let mut keys = Vec::new();
        for name in folder.names()? {
            if !name.ends_with(EXTENSION) {
                continue;
            }
            let path = self.path.join(&name);
            let header = match folder.read(&name, FILE_LIMIT) {
                Ok(None) => continue,
                Ok(Some(file)) => Header::parse(&file).map_err(|error| self.of_seal(&path, error)),
                Err(error) => Err(error),
            };
            match header {
                Ok(header) => match Key::from_name(&header.name) {
                    Some(key) if file_name(&key) == name => keys.push(key),
                    _ => self.notes.add(
                        Error::Swapped {
                            path,
                            found: header.name,
                        }
                        .to_string(),
                    ),
                },
                Err(error @ Error::Io { .. }) => return Err(error),
                // Without a header nobody knows whose it was.
                Err(error) => self.notes.add(error.to_string()),
            }
        }
        keys.sort_unstable();
        Ok(keys)
    }

    fn lock(
        &self,
        key: &Key,
        wait: Duration,
        on_wait: &mut dyn FnMut(&LockHolder),
    ) -> Result<LockGuard, Error> {
        let guard = lock::lock_in(&self.path, &self.notes, key, wait, on_wait)?;
        Folder::create(&self.path, &self.notes)?.sweep(&file_name(key));
        Ok(guard)
    }

    fn check_writable(&self) -> Result<(), Error> {
        Folder::create(&self.path, &self.notes)?.try_room(ROOM_TRIED)
    }

    fn take_notes(&self) -> Vec<String> {
        self.notes.take()
    }
}

/// A stretched passphrase, not to be shown.
struct Stretched {
    master: Master,
    /// Whether a file was opened by it.
    opened_one: bool,
}

impl std::fmt::Debug for Stretched {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Stretched(..)")
    }
}

fn file_name(key: &Key) -> String {
    format!("{}{EXTENSION}", key.hash())
}

fn damaged(path: &Path, why: Damage) -> Error {
    Error::Damaged {
        place: path.display().to_string(),
        why,
    }
}

const EXTENSION: &str = ".session";
const KEY_LENGTH: usize = 32;
/// Far beyond any session: a few tokens of some kilobytes each.
const RECORD_LIMIT: usize = 1024 * 1024;
/// The header, the longest name, nonce and tag come to the record.
const FILE_LIMIT: usize = RECORD_LIMIT + 128 * 1024;
/// More than all but the largest sessions take.
const ROOM_TRIED: usize = 64 * 1024;

#[cfg(test)]
mod tests;
