//! The Credential Manager of Windows.

use std::collections::HashMap;

use keyring_core::{Entry, Error as KeyringError};

use super::super::CHECK_ACCOUNT;
use super::{KeychainError, SERVICE};

pub use super::account::{name_of, of_name as account_of};

/// `CRED_MAX_CREDENTIAL_BLOB_SIZE`, 5 × 512 octets.
pub const ITEM_LIMIT: Option<usize> = Some(2560);

/// Returns what finds all items of the service: items are searched for by
/// their target names, which are `<account>.<service>`.
pub fn all_items() -> (&'static str, String) {
    ("pattern", format!(r"\.{SERVICE}$"))
}

/// Makes the entry of an account. It stays on this machine: one that roams to
/// others would be renewed on two of them at once, since locks do not roam.
pub fn entry(account: &str) -> keyring_core::Result<Entry> {
    Entry::new_with_modifiers(SERVICE, account, &HashMap::from([("persistence", "Local")]))
}

/// Looks for an item that is not there: a session without a logon, as over
/// SSH with a key, has no credentials at all.
pub fn reach() -> keyring_core::Result<()> {
    match entry(CHECK_ACCOUNT)?.get_secret() {
        Ok(_) | Err(KeyringError::NoEntry) => Ok(()),
        Err(error) => Err(error),
    }
}

/// Says why the Credential Manager said no. Its client has one error of the
/// first kind, `ERROR_NO_SUCH_LOGON_SESSION`.
pub fn why(error: &KeyringError) -> Option<KeychainError> {
    match error {
        KeyringError::NoStorageAccess(_) => Some(KeychainError::NoLogonSession),
        KeyringError::PlatformFailure(cause) => Some(KeychainError::Other(cause.to_string())),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{Text, no_access, platform};
    use super::*;

    #[test]
    fn each_failure_is_called_by_its_cause() {
        for (error, expected) in [
            (no_access(Text("x")), KeychainError::NoLogonSession),
            (
                platform(Text("Windows error code 5")),
                KeychainError::Other("Windows error code 5".to_owned()),
            ),
        ] {
            assert_eq!(why(&error), Some(expected));
        }
        assert_eq!(why(&KeyringError::NoEntry), None);
    }
}
