//! The Secret Service, on D-Bus: gnome-keyring, KWallet, KeePassXC.

use std::collections::HashMap;
use std::io;
use std::sync::Arc;

use keyring_core::{Entry, Error as KeyringError};

use super::{KeychainError, SERVICE};

/// There is none to speak of.
pub const ITEM_LIMIT: Option<usize> = None;

/// Accounts are names as they are.
pub fn account_of(name: &str) -> String {
    name.to_owned()
}

/// See [`account_of`].
pub fn name_of(account: &str) -> Option<String> {
    Some(account.to_owned())
}

/// Returns what finds all items of the service.
pub fn all_items() -> (&'static str, String) {
    ("service", SERVICE.to_owned())
}

/// Makes the entry of an account; what the desktop's keychain program shows
/// says whose it is.
pub fn entry(account: &str) -> keyring_core::Result<Entry> {
    let label = format!("authctl: {account}");
    Entry::new_with_modifiers(
        SERVICE,
        account,
        &HashMap::from([("label", label.as_str())]),
    )
}

/// Its client has agreed on a session key with the keychain when it connected:
/// there is nothing left to try.
pub fn reach() -> keyring_core::Result<()> {
    Ok(())
}

/// Says why the keychain said no. Its client's errors have no type that could
/// be named here, only texts.
pub fn why(error: &KeyringError) -> Option<KeychainError> {
    match error {
        KeyringError::NoStorageAccess(cause) => Some(no_access(&cause.to_string())),
        KeyringError::PlatformFailure(cause) => Some(platform_failure(cause.as_ref())),
        _ => None,
    }
}

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

/// D-Bus error names, as its specification spells them.
const SERVICE_ABSENT: [&str; 3] = [
    "org.freedesktop.DBus.Error.ServiceUnknown",
    "org.freedesktop.DBus.Error.NameHasNoOwner",
    "org.freedesktop.DBus.Error.Spawn",
];

#[cfg(test)]
mod tests {
    use super::super::tests::{Text, no_access, platform};
    use super::*;

    #[derive(Debug, thiserror::Error)]
    #[error("failed to connect")]
    struct Connection(#[source] Arc<io::Error>);

    /// The texts are those of the Secret Service's client and of D-Bus; that
    /// they still come is what the interoperability tests show.
    #[test]
    fn each_failure_is_called_by_its_cause() {
        let system = |kind: io::ErrorKind| platform(Connection(Arc::new(kind.into())));
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
                platform(Text("no secret service provider or dbus session found")),
                KeychainError::NoBus,
            ),
            (
                platform(Text(
                    "zbus error: org.freedesktop.DBus.Error.ServiceUnknown: The name",
                )),
                KeychainError::NoService,
            ),
            (
                platform(Text(
                    "zbus error: org.freedesktop.DBus.Error.Spawn.ChildExited: x",
                )),
                KeychainError::NoService,
            ),
            (
                platform(Text("something")),
                KeychainError::Other("something".to_owned()),
            ),
            (
                no_access(Text("SS error: prompt dismissed")),
                KeychainError::PromptDismissed,
            ),
            (
                no_access(Text("SS error: result not returned from SS API")),
                KeychainError::NoCollection,
            ),
            (
                no_access(Text("SS Error: object locked")),
                KeychainError::Locked,
            ),
        ] {
            assert_eq!(why(&error), Some(expected));
        }
        assert_eq!(why(&KeyringError::NoEntry), None);
    }
}
