//! The login keychain of macOS.

use keyring_core::{Entry, Error as KeyringError};
use security_framework::base::Error as Status;

use super::super::CHECK_ACCOUNT;
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

/// Makes the entry of an account.
pub fn entry(account: &str) -> keyring_core::Result<Entry> {
    Entry::new(SERVICE, account)
}

/// Looks for an item that is not there, which finds out whether there is a
/// keychain. Nobody is asked to unlock it: only contents are encrypted.
pub fn reach() -> keyring_core::Result<()> {
    match entry(CHECK_ACCOUNT)?.get_secret() {
        Ok(_) | Err(KeyringError::NoEntry) => Ok(()),
        Err(error) => Err(error),
    }
}

/// Says why the keychain said no.
pub fn why(error: &KeyringError) -> Option<KeychainError> {
    let (KeyringError::NoStorageAccess(cause) | KeyringError::PlatformFailure(cause)) = error
    else {
        return None;
    };
    let status = cause.downcast_ref::<Status>().map(|status| status.code());
    Some(match status {
        Some(USER_CANCELED | AUTH_FAILED) => KeychainError::PromptDismissed,
        // It is locked, and there is no desktop to ask on, as over SSH.
        Some(INTERACTION_NOT_ALLOWED | INTERACTION_REQUIRED) => KeychainError::Locked,
        Some(NOT_AVAILABLE | NO_SUCH_KEYCHAIN | INVALID_KEYCHAIN | NO_DEFAULT_KEYCHAIN) => {
            KeychainError::NoCollection
        }
        _ => KeychainError::Other(cause.to_string()),
    })
}

// `SecBase.h` of macOS: errSec…
const USER_CANCELED: i32 = -128;
const NOT_AVAILABLE: i32 = -25291;
const AUTH_FAILED: i32 = -25293;
const NO_SUCH_KEYCHAIN: i32 = -25294;
const INVALID_KEYCHAIN: i32 = -25295;
const NO_DEFAULT_KEYCHAIN: i32 = -25307;
const INTERACTION_NOT_ALLOWED: i32 = -25308;
const INTERACTION_REQUIRED: i32 = -25315;

#[cfg(test)]
mod tests {
    use super::super::tests::{Text, no_access, platform};
    use super::*;

    #[test]
    fn each_failure_is_called_by_its_cause() {
        let status = |code| platform(Status::from_code(code));
        for (error, expected) in [
            (status(USER_CANCELED), KeychainError::PromptDismissed),
            (status(INTERACTION_NOT_ALLOWED), KeychainError::Locked),
            (
                no_access(Status::from_code(NO_SUCH_KEYCHAIN)),
                KeychainError::NoCollection,
            ),
            (
                platform(Text("something")),
                KeychainError::Other("something".to_owned()),
            ),
        ] {
            assert_eq!(why(&error), Some(expected));
        }
        assert_eq!(why(&KeyringError::NoEntry), None);
    }
}
