//! The keychain of this platform, through the `keyring` crates.
//!
//! Their calls block without a limit: on a bus that never answers, and while
//! a desktop shows its prompt. So every call runs on a thread of its own that
//! is left behind when its time is up.

use std::collections::HashMap;
use std::io;
use std::sync::{Arc, mpsc};
use std::thread;
use std::time::Duration;

use keyring_core::{Entry, Error as KeyringError};
use zeroize::Zeroizing;

use super::super::error::{Damage, Error};
use super::super::select::KEYCHAIN_DEADLINE;
use super::{Items, KeychainError, SERVICE};
use crate::core::secret::Secret;

/// The most octets an item takes: `CRED_MAX_CREDENTIAL_BLOB_SIZE` of the
/// Windows Credential Manager; the others have no limit to speak of.
pub(in super::super) const ITEM_LIMIT: Option<usize> =
    if cfg!(windows) { Some(2560) } else { None };

/// The items of the platform's keychain.
#[derive(Debug)]
pub(in super::super) struct NativeItems {
    prompt_wait: Duration,
}

impl NativeItems {
    pub(in super::super) fn new(prompt_wait: Duration) -> Self {
        Self {
            prompt_wait: prompt_wait.max(KEYCHAIN_DEADLINE),
        }
    }
}

impl Items for NativeItems {
    fn get(&self, account: &str) -> Result<Option<Zeroizing<Vec<u8>>>, Error> {
        let name = account.to_owned();
        let got = call(self.prompt_wait, move || match entry(&name)?.get_secret() {
            Ok(secret) => Ok(Some(Zeroizing::new(secret))),
            Err(KeyringError::NoEntry) => Ok(None),
            Err(error) => Err(error),
        });
        got.map_err(|failure| failure.of(account))
    }

    fn set(&self, account: &str, content: &[u8]) -> Result<(), Error> {
        let name = account.to_owned();
        let content = Zeroizing::new(content.to_vec());
        call(self.prompt_wait, move || entry(&name)?.set_secret(&content))
            .map_err(|failure| failure.of(account))
    }

    fn delete(&self, account: &str) -> Result<bool, Error> {
        let name = account.to_owned();
        let deleted = call(self.prompt_wait, move || {
            match entry(&name)?.delete_credential() {
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
        deleted.map_err(|failure| failure.of(account))
    }

    fn accounts(&self) -> Result<Vec<String>, Error> {
        let found = call(self.prompt_wait, || {
            let found = Entry::search(&HashMap::from([ALL_ITEMS]))?;
            Ok(found
                .iter()
                .filter_map(Entry::get_specifiers)
                .filter(|(service, _)| service == SERVICE)
                .map(|(_, account)| account)
                .collect())
        });
        found.map_err(|failure| failure.of(""))
    }
}

/// Asks whether the keychain is there and answers.
pub(in super::super) fn probe() -> Result<(), KeychainError> {
    call(KEYCHAIN_DEADLINE, || Ok(())).map_err(|failure| match failure {
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

fn entry(account: &str) -> keyring_core::Result<Entry> {
    #[cfg(not(any(windows, target_vendor = "apple")))]
    {
        // What the desktop's keychain program shows.
        let label = format!("authctl: {account}");
        Entry::new_with_modifiers(
            SERVICE,
            account,
            &HashMap::from([("label", label.as_str())]),
        )
    }
    #[cfg(any(windows, target_vendor = "apple"))]
    Entry::new(SERVICE, account)
}

/// What a thread reports.
enum Progress<T> {
    /// The keychain is there and answers.
    Answered,
    Done(Result<T, Failure>),
}

/// Runs `work` on a thread, once the keychain is known to answer. It must do
/// so within [`KEYCHAIN_DEADLINE`]; then `work` may take `wait`.
fn call<T: Send + 'static>(
    wait: Duration,
    work: impl FnOnce() -> keyring_core::Result<T> + Send + 'static,
) -> Result<T, Failure> {
    let (sender, receiver) = mpsc::channel();
    let thread = thread::Builder::new()
        .name("keychain".to_owned())
        .spawn(move || {
            // Connects, on the first call of a process, and agrees on a
            // session key with the keychain: it is there if that succeeds.
            let done = match keyring::Entry::store_status() {
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
    let late = |late: KeychainError| {
        move |error| match error {
            mpsc::RecvTimeoutError::Timeout => Failure::Keychain(late),
            mpsc::RecvTimeoutError::Disconnected => Failure::Keychain(died()),
        }
    };
    let first = receiver
        .recv_timeout(KEYCHAIN_DEADLINE)
        .map_err(late(KeychainError::NoAnswer(KEYCHAIN_DEADLINE)))?;
    let last = match first {
        Progress::Answered => receiver
            .recv_timeout(wait)
            .map_err(late(KeychainError::PromptUnanswered(wait)))?,
        done @ Progress::Done(_) => done,
    };
    match last {
        Progress::Done(done) => done,
        Progress::Answered => Err(Failure::Keychain(died())),
    }
}

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
        Self::Keychain(match error {
            KeyringError::Ambiguous(_) => return Self::Ambiguous,
            KeyringError::NoStorageAccess(cause) => no_access(&cause.to_string()),
            KeyringError::PlatformFailure(cause) => platform_failure(cause.as_ref()),
            KeyringError::TooLong(_, limit) => KeychainError::TooLong(*limit),
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

/// Tells apart what the Secret Service's client calls "no access". It has no
/// type that could be named here, only texts.
fn no_access(text: &str) -> KeychainError {
    if text.contains("prompt") {
        KeychainError::PromptDismissed
    } else if text.contains("result not returned") {
        KeychainError::NoCollection
    } else {
        KeychainError::Locked
    }
}

/// Tells a missing bus from a missing service: by the system's error where
/// the connection failed, by the bus's error name where it has no such
/// service.
fn platform_failure(cause: &(dyn std::error::Error + 'static)) -> KeychainError {
    let text = cause.to_string();
    if SERVICE_ABSENT.iter().any(|name| text.contains(name)) {
        return KeychainError::NoService;
    }
    if text.contains("prompt") {
        return KeychainError::PromptDismissed;
    }
    // Its client's word where the address of the bus cannot be used, such as
    // `disabled:`, a common way to say that there is none.
    if text.contains("dbus session found") || connection_failed(cause) {
        return KeychainError::NoBus;
    }
    KeychainError::Other(text)
}

fn connection_failed(cause: &(dyn std::error::Error + 'static)) -> bool {
    let mut source = Some(cause);
    while let Some(error) = source {
        // The D-Bus client keeps the system's error in an `Arc`.
        let system = error
            .downcast_ref::<io::Error>()
            .or_else(|| error.downcast_ref::<Arc<io::Error>>().map(AsRef::as_ref));
        if let Some(system) = system {
            return matches!(
                system.kind(),
                io::ErrorKind::NotFound
                    | io::ErrorKind::ConnectionRefused
                    | io::ErrorKind::PermissionDenied
            );
        }
        source = error.source();
    }
    false
}

/// What finds all items of the service. The Windows store searches target
/// names, which are `<account>.<service>` there.
#[cfg(windows)]
const ALL_ITEMS: (&str, &str) = ("pattern", r"\.authctl$");
#[cfg(not(windows))]
const ALL_ITEMS: (&str, &str) = ("service", SERVICE);

/// D-Bus error names, as its specification spells them.
const SERVICE_ABSENT: [&str; 3] = [
    "org.freedesktop.DBus.Error.ServiceUnknown",
    "org.freedesktop.DBus.Error.NameHasNoOwner",
    "org.freedesktop.DBus.Error.Spawn",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, thiserror::Error)]
    #[error("{0}")]
    struct Text(&'static str);

    #[derive(Debug, thiserror::Error)]
    #[error("failed to connect")]
    struct Connection(#[source] Arc<io::Error>);

    /// The texts are those of the Secret Service's client and of D-Bus; that
    /// they still come is what the interoperability tests show.
    #[test]
    fn each_failure_is_called_by_its_cause() {
        let platform = |error: &'static str| KeyringError::PlatformFailure(Text(error).into());
        let no_access = |error: &'static str| KeyringError::NoStorageAccess(Text(error).into());
        let system = |kind: io::ErrorKind| {
            KeyringError::PlatformFailure(Connection(Arc::new(kind.into())).into())
        };
        for (error, expected) in [
            (system(io::ErrorKind::NotFound), KeychainError::NoBus),
            (
                system(io::ErrorKind::ConnectionRefused),
                KeychainError::NoBus,
            ),
            (
                system(io::ErrorKind::TimedOut),
                KeychainError::Other("failed to connect".to_owned()),
            ),
            (
                platform("no secret service provider or dbus session found"),
                KeychainError::NoBus,
            ),
            (
                platform("zbus error: org.freedesktop.DBus.Error.ServiceUnknown: The name"),
                KeychainError::NoService,
            ),
            (
                platform("zbus error: org.freedesktop.DBus.Error.Spawn.ChildExited: x"),
                KeychainError::NoService,
            ),
            (
                platform("something"),
                KeychainError::Other("something".to_owned()),
            ),
            (
                no_access("SS error: prompt dismissed"),
                KeychainError::PromptDismissed,
            ),
            (
                no_access("SS error: result not returned from SS API"),
                KeychainError::NoCollection,
            ),
            (no_access("SS Error: object locked"), KeychainError::Locked),
            (
                KeyringError::TooLong("secret".to_owned(), 2560),
                KeychainError::TooLong(2560),
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
