//! Which store is used, and why.

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use super::file::{FileKey, FileStore};
use super::keychain::{KeychainError, KeychainStore, native};
use super::none::NoneStore;
use super::vault::{VaultError, VaultSettings, VaultStore};
use super::{Error, StoreKind, TokenStore};
use crate::core::http;

/// What `--store` asks for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Choice {
    /// The keychain if it answers, else files if a key is given, else none.
    #[default]
    Auto,
    /// The platform's keychain.
    Keychain,
    /// Encrypted files.
    File,
    /// HashiCorp Vault or OpenBao; never chosen by `auto`.
    Vault,
    /// Nothing is kept.
    None,
}

impl Choice {
    /// The choices, in the order in which help shows them.
    pub const ALL: [Self; 5] = [
        Self::Auto,
        Self::Keychain,
        Self::File,
        Self::Vault,
        Self::None,
    ];

    /// Returns the name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Keychain => "keychain",
            Self::File => "file",
            Self::Vault => "vault",
            Self::None => "none",
        }
    }
}

impl FromStr for Choice {
    type Err = UnknownChoice;

    fn from_str(text: &str) -> Result<Self, UnknownChoice> {
        Self::ALL
            .into_iter()
            .find(|choice| choice.name() == text)
            .ok_or(UnknownChoice)
    }
}

/// A text that names no store.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected auto, keychain, file, vault or none")]
pub struct UnknownChoice;

/// Where stores keep what they keep.
#[derive(Clone, Debug)]
pub struct Places {
    /// authctl's folder of the user's data; the files are in `sessions`
    /// below it.
    pub data_dir: PathBuf,
    /// The folder of the keychain's locks: one a user, whatever `HOME` and
    /// `XDG_*` say. Defaults to [`super::lock_dir_of_user`].
    pub lock_dir: PathBuf,
    /// A folder for the same locks besides, used where nobody else can write to
    /// the one above it; see [`super::private_lock_dir_of_user`].
    pub private_lock_dir: Option<PathBuf>,
    /// How long a person may take to answer the keychain's own prompt; no
    /// longer than [`KEYCHAIN_DEADLINE`] where nobody can answer one.
    pub prompt_wait: Duration,
    /// What tells the keychain from others of the same user, such as the
    /// address of its bus: processes of one keychain then take turns at it.
    pub keychain_at: Option<String>,
    /// What to do to have the key of the file store not given, as a clause;
    /// see [`FileStore::with_instead`].
    pub file_key_instead: Option<String>,
    /// Which Vault, where one is used.
    pub vault: Option<VaultSettings>,
    /// The certificates (PEM) that are trusted for it beside the system's.
    pub vault_authorities: Option<Vec<u8>>,
}

impl Places {
    /// Makes the places below `data_dir`, with the locks of the user and no
    /// patience for prompts.
    pub fn new(data_dir: impl Into<PathBuf>) -> Self {
        let data_dir = data_dir.into();
        Self {
            lock_dir: super::lock_dir_of_user(&data_dir),
            private_lock_dir: None,
            data_dir,
            prompt_wait: KEYCHAIN_DEADLINE,
            keychain_at: None,
            file_key_instead: None,
            vault: None,
            vault_authorities: None,
        }
    }

    /// Returns the folder of the encrypted files.
    pub fn sessions_dir(&self) -> PathBuf {
        self.data_dir.join("sessions")
    }
}

/// A store, and why it is this one.
#[derive(Debug)]
pub struct Opened {
    /// The store.
    pub store: Box<dyn TokenStore>,
    /// Why it is this one.
    pub reason: Reason,
}

impl Opened {
    /// Says whether what is saved will be kept.
    ///
    /// # Errors
    ///
    /// [`Error::NotKept`] with the reason if the store is none: `login` must
    /// not spend a sign-in on it.
    pub fn must_keep(&self) -> Result<(), Error> {
        match self.store.kind() {
            StoreKind::Keychain | StoreKind::File | StoreKind::Vault => Ok(()),
            StoreKind::None => Err(Error::NotKept {
                reason: self.reason.to_string(),
            }),
        }
    }
}

/// Why a store was chosen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reason {
    /// It was asked for.
    Asked(StoreKind),
    /// The keychain answers.
    KeychainAnswers,
    /// It does not, and a key for files is given.
    FileKeyGiven(KeychainError),
    /// It does not, and none is given.
    NothingElse(KeychainError),
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Asked(kind) => write!(f, "`{kind}` was asked for"),
            Self::KeychainAnswers => f.write_str("the keychain answers"),
            Self::FileKeyGiven(error) => {
                write!(
                    f,
                    "the keychain cannot be used ({error}), and a key for files is given"
                )
            }
            Self::NothingElse(error) => {
                write!(
                    f,
                    "the keychain cannot be used ({error}), and no key for files is given"
                )
            }
        }
    }
}

/// Chooses a store. One that is asked for by name is not contacted before it
/// is used, and no other is at all; `auto` asks the keychain whether it is
/// there. `file_key` is asked only where files are used: a passphrase may be
/// dear to come by.
///
/// # Errors
///
/// [`Error::FileKeyMissing`] if files are asked for without a key,
/// [`Error::FileKeyMalformed`], [`VaultError::AddressMissing`] if Vault is
/// asked for and [`Places::vault`] does not say which, and those of `file_key`.
pub fn open<E: From<Error>>(
    choice: Choice,
    places: &Places,
    file_key: impl FnOnce() -> Result<Option<FileKey>, E>,
) -> Result<Opened, E> {
    open_with(choice, places, file_key, || native::probe(places))
}

fn open_with<E: From<Error>>(
    choice: Choice,
    places: &Places,
    file_key: impl FnOnce() -> Result<Option<FileKey>, E>,
    probe: impl FnOnce() -> Result<(), KeychainError>,
) -> Result<Opened, E> {
    let keychain = || Box::new(KeychainStore::native(places));
    let files = |key| {
        FileStore::new(places.sessions_dir(), key)
            .map(|store| Box::new(store.with_instead(places.file_key_instead.clone())))
    };
    let (store, reason): (Box<dyn TokenStore>, _) = match choice {
        Choice::Keychain => (keychain(), Reason::Asked(StoreKind::Keychain)),
        Choice::File => (
            files(file_key()?.ok_or(Error::FileKeyMissing)?)?,
            Reason::Asked(StoreKind::File),
        ),
        Choice::Vault => (Box::new(vault(places)?), Reason::Asked(StoreKind::Vault)),
        Choice::None => (
            Box::new(NoneStore::default()),
            Reason::Asked(StoreKind::None),
        ),
        Choice::Auto => match probe() {
            Ok(()) => (keychain(), Reason::KeychainAnswers),
            Err(error) => match file_key()? {
                Some(key) => (files(key)?, Reason::FileKeyGiven(error)),
                None => (
                    Box::new(NoneStore::in_place_of(&error)),
                    Reason::NothingElse(error),
                ),
            },
        },
    };
    log::debug!("store: {}, because {reason}", store.kind());
    Ok(Opened { store, reason })
}

fn vault(places: &Places) -> Result<VaultStore, Error> {
    let settings = places
        .vault
        .clone()
        .ok_or(Error::Vault(VaultError::AddressMissing))?;
    let transport = http::Client::new(http::Options {
        timeout: settings.timeout,
        ca_bundle: places.vault_authorities.clone(),
        ..http::Options::default()
    });
    Ok(VaultStore::new(settings, Box::new(transport)))
}

/// How long the keychain may take to answer at all.
pub const KEYCHAIN_DEADLINE: Duration = Duration::from_secs(3);

#[cfg(test)]
mod tests {
    use super::*;

    fn places() -> Places {
        Places::new("/nonexistent/authctl")
    }

    #[expect(clippy::unnecessary_wraps, reason = "the form that `open` takes")]
    fn key() -> Result<Option<FileKey>, Error> {
        Ok(Some(FileKey::parse(&[7; 32]).unwrap()))
    }

    #[expect(clippy::unnecessary_wraps, reason = "the form that `open` takes")]
    fn no_key() -> Result<Option<FileKey>, Error> {
        Ok(None)
    }

    fn unasked() -> Result<Option<FileKey>, Error> {
        panic!("the key was asked for")
    }

    fn never() -> Result<(), KeychainError> {
        panic!("the keychain was contacted")
    }

    /// S16: what is asked for by name touches nothing else.
    #[test]
    fn a_store_that_is_asked_for_is_the_only_one_touched() {
        for (choice, kind) in [
            (Choice::Keychain, StoreKind::Keychain),
            (Choice::None, StoreKind::None),
        ] {
            let opened = open_with(choice, &places(), unasked, never).unwrap();
            assert_eq!(opened.store.kind(), kind);
            assert_eq!(opened.reason, Reason::Asked(kind));
        }
        let opened = open_with(Choice::File, &places(), key, never).unwrap();
        assert_eq!(opened.store.kind(), StoreKind::File);
        assert_eq!(opened.reason, Reason::Asked(StoreKind::File));
    }

    #[test]
    fn auto_takes_the_keychain_then_files_then_none() {
        let opened = open_with(Choice::Auto, &places(), unasked, || Ok(())).unwrap();
        assert_eq!(opened.store.kind(), StoreKind::Keychain);
        assert_eq!(opened.reason, Reason::KeychainAnswers);

        let absent = || Err(KeychainError::NoBus);
        let opened = open_with(Choice::Auto, &places(), key, absent).unwrap();
        assert_eq!(opened.store.kind(), StoreKind::File);
        assert_eq!(opened.reason, Reason::FileKeyGiven(KeychainError::NoBus));
        assert!(opened.must_keep().is_ok());

        let opened = open_with(Choice::Auto, &places(), no_key, absent).unwrap();
        assert_eq!(opened.store.kind(), StoreKind::None);
        assert_eq!(opened.reason, Reason::NothingElse(KeychainError::NoBus));
        assert!(matches!(opened.must_keep(), Err(Error::NotKept { .. })));
    }

    #[test]
    fn vault_is_used_only_where_it_is_named_and_known() {
        assert!(matches!(
            open_with(Choice::Vault, &places(), key, never),
            Err(Error::Vault(VaultError::AddressMissing))
        ));
    }

    #[test]
    fn files_need_a_key() {
        assert!(matches!(
            open_with(Choice::File, &places(), no_key, never),
            Err(Error::FileKeyMissing)
        ));
    }

    #[test]
    fn choices_are_read_by_their_names() {
        for choice in Choice::ALL {
            assert_eq!(choice.name().parse(), Ok(choice));
        }
        assert_eq!("File".parse::<Choice>(), Err(UnknownChoice));
    }
}
