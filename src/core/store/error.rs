//! What can go wrong with a token store: always exit 7.

use std::io;
use std::path::PathBuf;

use super::key::CLIENT_PREFIX;
use super::keychain::KeychainError;
use super::record::RecordError;
use super::vault::VaultError;
use super::{LockHolder, StoreKind};
use crate::core::descriptors;
use crate::core::error::{Exit, Report};

/// Why the store failed. Nothing in it is secret: it says where and what, not
/// what was kept there.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The file store was asked for without a key.
    #[error("the file store needs a key and none is given")]
    FileKeyMissing,
    /// What was given as a key is not 32 octets.
    #[error("the store key is neither 32 octets nor their base64url")]
    FileKeyMalformed,
    /// A key file of ours that others can read or change, or anybody's that
    /// all can change.
    #[error("the key file {} is open to others (mode {mode:04o})", path.display())]
    KeyFileExposed {
        /// The file.
        path: PathBuf,
        /// Its permissions.
        mode: u32,
    },
    /// What must be kept has nowhere to go: the store is `none`.
    #[error("there is no store to keep the session in")]
    NotKept {
        /// Why the store is `none`.
        reason: String,
    },
    /// The key does not open the file.
    #[error("cannot decrypt {}", path.display())]
    WrongKey {
        /// The file.
        path: PathBuf,
        /// In what the key and the file differ.
        #[source]
        why: KeyMismatch,
        /// What to do to have this key not given, as a clause, where whoever
        /// opened the store said so.
        instead: Option<String>,
    },
    /// The key is right and the file is not what authctl wrote.
    #[error("{} was changed after authctl wrote it", path.display())]
    Tampered {
        /// The file.
        path: PathBuf,
    },
    /// The file of one session lies where another's belongs.
    #[error("{} holds another session", path.display())]
    Swapped {
        /// The file.
        path: PathBuf,
        /// The name of the key it was written for.
        found: String,
    },
    /// What is kept there is not in a form that authctl writes.
    #[error("{place} is damaged")]
    Damaged {
        /// The file or keychain item.
        place: String,
        /// What is wrong with it.
        #[source]
        why: Damage,
    },
    /// What is kept there was written by a later authctl.
    #[error("{place} was written by a newer authctl (version {found})")]
    NewerVersion {
        /// The file or keychain item.
        place: String,
        /// The version it has.
        found: u64,
    },
    /// A file or folder that must not be trusted, or written through.
    #[error("{} is not safe to use", path.display())]
    Unsafe {
        /// The file or folder.
        path: PathBuf,
        /// Why not.
        #[source]
        why: Unsafe,
    },
    /// The system said no.
    #[error("cannot {doing} {}", path.display())]
    Io {
        /// What was being done: a verb.
        doing: &'static str,
        /// The file or folder.
        path: PathBuf,
        /// The system's reason.
        #[source]
        source: io::Error,
    },
    /// Another process holds the lock, and did so for as long as we wait.
    #[error("{} is still in use {}", what_of(key), holder_of(holder))]
    Locked {
        /// The name of the key.
        key: String,
        /// Who holds it.
        holder: LockHolder,
    },
    /// Another session is kept where one is to go.
    #[error("the store `{store}` keeps another session under `{key}`{}", if *.newer { ", or a newer state of this one" } else { "" })]
    Conflict {
        /// The name of the key.
        key: String,
        /// Which store.
        store: StoreKind,
        /// Whether it may be a newer state of the same session.
        newer: bool,
    },
    /// What was written does not come back.
    #[error("the store `{store}` does not give back what it was given under `{key}`")]
    NotGivenBack {
        /// The name of the key.
        key: String,
        /// Which store.
        store: StoreKind,
    },
    /// The record is larger than any session is.
    #[error("the session `{key}` is too large to be kept: {length} octets")]
    TooLarge {
        /// The name of the key.
        key: String,
        /// How long it is.
        length: usize,
    },
    /// The platform's keychain.
    #[error("the keychain cannot be used")]
    Keychain(#[source] KeychainError),
    /// HashiCorp Vault or OpenBao.
    #[error("the Vault store cannot be used")]
    Vault(#[source] VaultError),
    /// The cryptographic library failed where it cannot fail.
    #[error("the cryptographic library failed to {0}")]
    Crypto(&'static str),
}

/// In what a key and a file differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyMismatch {
    /// Of the same kind, but not the one it was written with.
    #[error("it was encrypted with another passphrase or key")]
    Other,
    /// A 32-octet key is given, and the file was made with a passphrase.
    #[error("it was encrypted with a passphrase, and a 32-octet key is given")]
    MadeWithPassphrase,
    /// A passphrase is given, and the file was made with a 32-octet key.
    #[error("it was encrypted with a 32-octet key, and a passphrase is given")]
    MadeWithKey,
}

/// What is wrong with a file or keychain item.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Damage {
    /// It does not begin as an encrypted session does.
    #[error("it is not an encrypted session of authctl")]
    NotASession,
    /// It ends too early, or its header is not as written.
    #[error("its header is cut short or altered")]
    Header,
    /// Its parameters ask for more work than authctl ever sets.
    #[error("its key derivation parameters are out of bounds")]
    Parameters,
    /// It is larger than any session is.
    #[error("it is too large")]
    TooLarge,
    /// The record inside is malformed.
    #[error("{0}")]
    Record(RecordError),
    /// Some of the keychain items that the record is split over are missing
    /// or not of this record.
    #[error("some of its parts are missing or altered")]
    Parts,
    /// More than one keychain item has this name.
    #[error("there is more than one item of this name")]
    Ambiguous,
}

/// Why a file or folder is not safe to use.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unsafe {
    /// It is a symbolic link.
    #[error("it is a symbolic link")]
    SymbolicLink,
    /// It has other names.
    #[error("it has more than one hard link")]
    HardLink,
    /// It is a FIFO, a socket, a device or a folder.
    #[error("it is not a regular file")]
    NotAFile,
    /// It is not a folder.
    #[error("it is not a folder")]
    NotAFolder,
    /// It belongs to someone else.
    #[error("it belongs to another user (uid {uid})")]
    Owner {
        /// Whose it is.
        uid: u32,
    },
    /// Others may read it, or put something else in its place.
    #[error("it is open to others (mode {mode:04o})")]
    Open {
        /// Its permissions.
        mode: u32,
        /// What they must be at most.
        at_most: u32,
    },
}

impl Error {
    pub(super) fn io(doing: &'static str, path: impl Into<PathBuf>, source: io::Error) -> Self {
        Self::Io {
            doing,
            path: path.into(),
            source,
        }
    }

    pub(super) fn record(place: impl Into<String>, error: RecordError) -> Self {
        let place = place.into();
        match error {
            RecordError::NewerVersion { found } => Self::NewerVersion { place, found },
            RecordError::Malformed { .. } => Self::Damaged {
                place,
                why: Damage::Record(error),
            },
        }
    }
}

impl Report for Error {
    fn code(&self) -> &'static str {
        match self {
            Self::FileKeyMissing => "store_key_missing",
            Self::FileKeyMalformed => "store_key_malformed",
            Self::KeyFileExposed { .. } => "store_key_exposed",
            Self::NotKept { .. } => "store_none",
            Self::WrongKey { .. } => "store_wrong_key",
            Self::Tampered { .. } => "store_tampered",
            Self::Swapped { .. } => "store_swapped",
            Self::Damaged { .. } => "store_damaged",
            Self::NewerVersion { .. } => "store_newer_version",
            Self::Unsafe { .. } => "store_unsafe",
            Self::Io { .. } => "store_io",
            Self::Locked { .. } => "store_locked",
            Self::Conflict { .. } => "store_conflict",
            Self::NotGivenBack { .. } => "store_not_given_back",
            Self::TooLarge { .. } => "store_too_large",
            Self::Keychain(error) => error.code(),
            Self::Vault(error) => error.code(),
            Self::Crypto(_) => "store_crypto",
        }
    }

    fn exit(&self) -> Exit {
        Exit::Store
    }

    fn hint(&self) -> Option<String> {
        Some(match self {
            Self::FileKeyMissing => format!("{KEY_CHOICES}, or choose `--store keychain`"),
            Self::FileKeyMalformed => "make one with `openssl rand -base64 32`".to_owned(),
            Self::KeyFileExposed { path, .. } => format!(
                "make it yours alone with `chmod 600 {}`; in a container, mount it with mode 0400",
                path.display()
            ),
            Self::NotKept { reason } => format!(
                "{reason}; for an encrypted file, {KEY_CHOICES}; for the system's keychain, \
                 run where one answers and choose `--store keychain`"
            ),
            Self::WrongKey { why, instead, .. } => {
                let give = match why {
                    KeyMismatch::Other => "give the passphrase or key it was written with",
                    KeyMismatch::MadeWithPassphrase => {
                        "give the passphrase in AUTHCTL_STORE_PASSPHRASE"
                    }
                    KeyMismatch::MadeWithKey => {
                        "give the key in AUTHCTL_STORE_KEY or AUTHCTL_STORE_KEY_FILE"
                    }
                };
                // Of the same kind, a new one takes its place.
                let instead = instead.as_ref().filter(|_| *why != KeyMismatch::Other);
                let instead = instead.map_or_else(String::new, |clause| format!("{clause}, and "));
                format!(
                    "{instead}{give}; the file was left as it is: where that is lost, remove it \
                     and sign in again with `authctl login`"
                )
            }
            Self::Tampered { .. } | Self::Swapped { .. } => {
                "restore it from a copy, or remove it and sign in again with `authctl login`; \
                 if you did not change it, find out who did"
                    .to_owned()
            }
            Self::Damaged { .. } => {
                "restore it from a copy, or remove it and sign in again with `authctl login`"
                    .to_owned()
            }
            Self::NewerVersion { .. } => "use the newer authctl; it was left as it is".to_owned(),
            Self::Unsafe { path, why } => match why {
                Unsafe::Owner { .. } => format!(
                    "run as its owner, or have {} removed; it was left as it is",
                    path.display()
                ),
                Unsafe::Open { at_most, .. } => format!(
                    "see whether somebody else was at it, then make it yours alone with \
                     `chmod {at_most:o} {}`",
                    path.display()
                ),
                Unsafe::SymbolicLink | Unsafe::HardLink | Unsafe::NotAFile | Unsafe::NotAFolder => {
                    format!(
                        "find out who put it there and remove {}; it was left as it is",
                        path.display()
                    )
                }
            },
            Self::Io { source, path, .. } => match source.kind() {
                io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
                    "free some space; what was kept before is unchanged".to_owned()
                }
                io::ErrorKind::FileTooLarge => {
                    "raise the limit on file sizes (`ulimit -f`); what was kept before is unchanged"
                        .to_owned()
                }
                _ if descriptors::are_used_up(source) => descriptors::HINT.to_owned(),
                _ => format!(
                    "make {} readable and writable for you; what was kept before is unchanged",
                    path.display()
                ),
            },
            Self::Locked { holder, .. } => match (holder.pid, &holder.host) {
                // It may have what the server sent and not have saved it: an
                // end by force would lose the session.
                (Some(pid), None) if holder.is_stopped => {
                    format!("it is stopped; let it finish with `kill -CONT {pid}`, then try again")
                }
                (Some(pid), None) => format!(
                    "see what it does with `ps -p {pid}`, end it with `kill {pid}`, or try again"
                ),
                (_, Some(_)) | (None, None) => "try again".to_owned(),
            },
            Self::Conflict { .. } => {
                "sign out of the one you do not want with `authctl logout`, or \
                 replace what is kept there with `--force`; nothing was changed"
                    .to_owned()
            }
            Self::NotGivenBack { .. } => {
                "find out what is wrong with that store; the session is where it was".to_owned()
            }
            Self::TooLarge { .. } => "ask the server for smaller tokens".to_owned(),
            Self::Keychain(error) => error.hint(),
            Self::Vault(error) => error.hint(),
            Self::Crypto(_) => "this is a defect of authctl; please report it".to_owned(),
        })
    }
}

impl Error {
    /// Says whether there is no room for what was to be written.
    pub(super) fn is_of_room(&self) -> bool {
        use io::ErrorKind::{FileTooLarge, QuotaExceeded, StorageFull};
        matches!(
            self,
            Self::Io { source, .. }
                if matches!(source.kind(), StorageFull | QuotaExceeded | FileTooLarge)
        )
    }
}

/// Says what is kept under the name of a key, in words for a person.
fn what_of(key: &str) -> String {
    match key.starts_with(CLIENT_PREFIX) {
        true => "this token of a client".to_owned(),
        false => format!("the session `{key}`"),
    }
}

fn holder_of(holder: &LockHolder) -> String {
    match holder.since.filter(|_| holder.pid.is_some()) {
        Some(since) => format!("by {holder}, since {since}"),
        None => format!("by {holder}"),
    }
}

const KEY_CHOICES: &str = "set AUTHCTL_STORE_PASSPHRASE, AUTHCTL_STORE_KEY or \
     AUTHCTL_STORE_KEY_FILE, or refer to one with `--store-passphrase REF` or `--store-key REF`";

#[cfg(test)]
mod tests;
