//! The keychain of this platform, through the `keyring` crates.
//!
//! Their calls block without a limit: on a bus that never answers, and while
//! a desktop shows its prompt. So every call runs on a thread of its own that
//! is left behind when its time is up.
//!
//! What differs between the platforms is in a file each.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant};

use keyring_core::{Entry, Error as KeyringError};
use zeroize::Zeroizing;

use super::super::error::{Damage, Error};
use super::super::select::{KEYCHAIN_DEADLINE, Places};
use super::{Items, KeychainError, SERVICE};
use crate::core::secret::Secret;

#[cfg(any(windows, test))]
mod account;
#[cfg_attr(windows, path = "windows.rs")]
#[cfg_attr(target_os = "macos", path = "macos.rs")]
#[cfg_attr(not(any(windows, target_os = "macos")), path = "secret_service.rs")]
mod platform;
mod turn;

pub(in super::super) use platform::ITEM_LIMIT;
use platform::entry;

/// The items of the platform's keychain.
#[derive(Debug)]
pub(in super::super) struct NativeItems {
    prompt_wait: Duration,
    turns: Option<PathBuf>,
}

impl NativeItems {
    pub(in super::super) fn new(places: &Places) -> Self {
        Self {
            prompt_wait: places.prompt_wait.max(KEYCHAIN_DEADLINE),
            turns: turns(places),
        }
    }

    /// As [`call`], in its turn.
    fn call<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> keyring_core::Result<T> + Send + 'static,
    ) -> Result<T, Failure> {
        let _turn = self.turns.as_deref().and_then(turn::take);
        call(self.prompt_wait, work)
    }
}

impl Items for NativeItems {
    fn get(&self, name: &str) -> Result<Option<Zeroizing<Vec<u8>>>, Error> {
        let account = platform::account_of(name);
        let got = self.call(move || match entry(&account)?.get_secret() {
            Ok(secret) => Ok(Some(Zeroizing::new(secret))),
            Err(KeyringError::NoEntry) => Ok(None),
            Err(error) => Err(error),
        });
        got.map_err(|failure| failure.of(name))
    }

    fn set(&self, name: &str, content: &[u8]) -> Result<(), Error> {
        let account = platform::account_of(name);
        let content = Zeroizing::new(content.to_vec());
        self.call(move || entry(&account)?.set_secret(&content))
            .map_err(|failure| failure.of(name))
    }

    fn delete(&self, name: &str) -> Result<bool, Error> {
        let account = platform::account_of(name);
        let deleted = self.call(move || {
            match entry(&account)?.delete_credential() {
                Ok(()) => Ok(true),
                Err(KeyringError::NoEntry) => Ok(false),
                // All that have the name: whoever signs out means all.
                Err(KeyringError::Ambiguous(entries)) => {
                    for entry in entries {
                        entry.delete_credential()?;
                    }
                    Ok(true)
                }
                Err(error) => Err(error),
            }
        });
        deleted.map_err(|failure| failure.of(name))
    }

    fn accounts(&self) -> Result<Vec<String>, Error> {
        let found = self.call(|| {
            let (attribute, value) = platform::all_items();
            let found = Entry::search(&HashMap::from([(attribute, &*value)]))?;
            Ok(found
                .iter()
                .filter_map(Entry::get_specifiers)
                .filter(|(service, _)| service == SERVICE)
                .filter_map(|(_, account)| platform::name_of(&account))
                .collect())
        });
        found.map_err(|failure| failure.of(""))
    }
}

fn turns(places: &Places) -> Option<PathBuf> {
    let at = places.keychain_at.as_deref()?;
    Some(turn::file_in(&places.lock_dir, at))
}

/// Asks whether the keychain is there and answers.
pub(in super::super) fn probe(places: &Places) -> Result<(), KeychainError> {
    let _turn = turns(places).as_deref().and_then(turn::take);
    call(KEYCHAIN_DEADLINE, platform::reach).map_err(|failure| match failure {
        Failure::Keychain(error) => error,
        Failure::Ambiguous => KeychainError::Other("it holds an item twice".to_owned()),
    })
}

/// Reads a secret that another program, or the user, put into the keychain.
pub(super) fn lookup(
    service: &str,
    account: &str,
    wait: Duration,
) -> Result<Option<Secret>, Error> {
    let names = (service.to_owned(), account.to_owned());
    let found = call(wait.max(KEYCHAIN_DEADLINE), move || {
        match Entry::new(&names.0, &names.1)?.get_password() {
            Ok(secret) => Ok(Some(Secret::new(secret))),
            Err(KeyringError::NoEntry) => Ok(None),
            Err(error) => Err(error),
        }
    });
    found.map_err(|failure| failure.of_item(service, account))
}

/// What a thread reports.
enum Progress<T> {
    /// The keychain is there and answers.
    Answered,
    Done(Result<T, Failure>),
}

/// Runs `work` on a thread, once the keychain is known to answer. It must do
/// so within [`KEYCHAIN_DEADLINE`]; all together may take `wait`.
fn call<T: Send + 'static>(
    wait: Duration,
    work: impl FnOnce() -> keyring_core::Result<T> + Send + 'static,
) -> Result<T, Failure> {
    let silent = || Failure::Keychain(KeychainError::NoAnswer(KEYCHAIN_DEADLINE));
    if SILENT.load(Ordering::SeqCst) {
        return Err(silent());
    }
    let started = Instant::now();
    let (sender, receiver) = mpsc::channel();
    let thread = thread::Builder::new()
        .name("keychain".to_owned())
        .spawn(move || {
            // Connects, on the first call of a process, and agrees on a
            // session key with the keychain: it is there if that succeeds.
            let status = keyring::Entry::store_status();
            SILENT.store(false, Ordering::SeqCst);
            let done = match status {
                Ok(()) => {
                    let _ = sender.send(Progress::Answered);
                    work().map_err(|error| Failure::from_keyring(&error))
                }
                Err(error) => Err(Failure::from_keyring(error)),
            };
            // Nobody listens any more when the time is up.
            let _ = sender.send(Progress::Done(done));
        });
    if let Err(error) = thread {
        return Err(Failure::Keychain(KeychainError::Other(error.to_string())));
    }
    let died = || KeychainError::Other("its client stopped unexpectedly".to_owned());
    let first = match receiver.recv_timeout(KEYCHAIN_DEADLINE) {
        Ok(progress) => progress,
        Err(RecvTimeoutError::Disconnected) => return Err(Failure::Keychain(died())),
        Err(RecvTimeoutError::Timeout) => {
            SILENT.store(true, Ordering::SeqCst);
            return Err(silent());
        }
    };
    if let Progress::Done(done) = first {
        return done;
    }
    match receiver.recv_timeout(wait.saturating_sub(started.elapsed())) {
        Ok(Progress::Done(done)) => done,
        Ok(Progress::Answered) | Err(RecvTimeoutError::Disconnected) => {
            Err(Failure::Keychain(died()))
        }
        Err(RecvTimeoutError::Timeout) => {
            Err(Failure::Keychain(KeychainError::PromptUnanswered(wait)))
        }
    }
}

/// Nobody waits a second time for a keychain that did not answer, for as long
/// as it does not. The connection is one a process, and so is this.
static SILENT: AtomicBool = AtomicBool::new(false);

/// Why a call failed. Made on the thread: the keychain's own error may hold
/// what it read.
#[derive(Debug, PartialEq, Eq)]
enum Failure {
    Keychain(KeychainError),
    Ambiguous,
}

impl Failure {
    fn of(self, account: &str) -> Error {
        self.of_item(SERVICE, account)
    }

    fn of_item(self, service: &str, account: &str) -> Error {
        match self {
            Self::Keychain(error) => Error::Keychain(error),
            Self::Ambiguous => Error::Damaged {
                place: format!("the keychain item `{account}` of service `{service}`"),
                why: Damage::Ambiguous,
            },
        }
    }

    fn from_keyring(error: &KeyringError) -> Self {
        if let Some(why) = platform::why(error) {
            return Self::Keychain(why);
        }
        Self::Keychain(match error {
            KeyringError::Ambiguous(_) => return Self::Ambiguous,
            KeyringError::TooLong(what, limit) if what == "secret" => {
                KeychainError::TooLong(*limit)
            }
            KeyringError::TooLong(_, limit) => {
                KeychainError::Other(format!("it takes no name of more than {limit} octets"))
            }
            KeyringError::NoDefaultStore | KeyringError::NotSupportedByStore(_) => {
                KeychainError::Unsupported
            }
            KeyringError::Invalid(what, _) if what == "platform" => KeychainError::Unsupported,
            // These hold what was read; their texts do not, but need not be
            // trusted to stay so.
            KeyringError::BadEncoding(_) | KeyringError::BadDataFormat(..) => {
                KeychainError::Other("an item is not in the form it was written in".to_owned())
            }
            other => KeychainError::Other(other.to_string()),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, thiserror::Error)]
    #[error("{0}")]
    pub struct Text(pub &'static str);

    pub fn platform(cause: impl std::error::Error + Send + Sync + 'static) -> KeyringError {
        KeyringError::PlatformFailure(cause.into())
    }

    pub fn no_access(cause: impl std::error::Error + Send + Sync + 'static) -> KeyringError {
        KeyringError::NoStorageAccess(cause.into())
    }

    #[test]
    fn what_all_platforms_say_is_called_by_its_cause() {
        let too_long = |what: &str| KeyringError::TooLong(what.to_owned(), 513);
        for (error, expected) in [
            (too_long("secret"), KeychainError::TooLong(513)),
            (
                too_long("user"),
                KeychainError::Other("it takes no name of more than 513 octets".to_owned()),
            ),
            (KeyringError::NoDefaultStore, KeychainError::Unsupported),
        ] {
            assert_eq!(Failure::from_keyring(&error), Failure::Keychain(expected));
        }
        let twice = KeyringError::Ambiguous(Vec::new());
        assert_eq!(Failure::from_keyring(&twice), Failure::Ambiguous);
    }

    /// An error of the keychain may hold what it read.
    #[test]
    fn no_content_is_in_an_error() {
        for error in [
            KeyringError::BadEncoding(b"hunter2".to_vec()),
            KeyringError::BadDataFormat(b"hunter2".to_vec(), Text("hunter2").into()),
        ] {
            let failure = Failure::from_keyring(&error);
            assert!(!format!("{failure:?}").contains("hunter2"), "{failure:?}");
        }
    }
}
