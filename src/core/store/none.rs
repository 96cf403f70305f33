//! The store that keeps nothing.

use std::time::Duration;

use super::lock::LockGuard;
use super::{Error, Key, KeychainError, LockHolder, Record, StoreKind, TokenStore};

/// Keeps nothing, and says so by [`TokenStore::kind`]: whoever must not lose
/// what it saves asks [`super::Opened::must_keep`] first.
///
/// Where it stands in for a keychain that did not answer in time, asking for a
/// person's session is an error: there may be one, and "nobody is signed in"
/// would be wrong.
#[derive(Clone, Debug, Default)]
pub struct NoneStore {
    unanswered: Option<KeychainError>,
}

impl NoneStore {
    /// Makes the store that stands in for a keychain, by why that cannot be
    /// used.
    pub(super) fn in_place_of(keychain: &KeychainError) -> Self {
        let unanswered = matches!(keychain, KeychainError::NoAnswer(_));
        Self {
            unanswered: unanswered.then(|| keychain.clone()),
        }
    }
}

impl TokenStore for NoneStore {
    fn kind(&self) -> StoreKind {
        StoreKind::None
    }

    fn load(&self, key: &Key) -> Result<Option<Record>, Error> {
        match &self.unanswered {
            Some(why) if key.profile().is_some() => Err(Error::Keychain(why.clone())),
            _ => Ok(None),
        }
    }

    fn save(&self, _: &Key, _: &Record) -> Result<(), Error> {
        Ok(())
    }

    fn remove(&self, _: &Key) -> Result<bool, Error> {
        Ok(false)
    }

    fn list(&self) -> Result<Vec<Key>, Error> {
        Ok(Vec::new())
    }

    fn lock(
        &self,
        _: &Key,
        _: Duration,
        _: &mut dyn FnMut(&LockHolder),
    ) -> Result<LockGuard, Error> {
        Ok(LockGuard::over_nothing())
    }

    fn check_writable(&self) -> Result<(), Error> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// In place of a keychain that did not answer it does not say that there
    /// is no session; in place of one that is not there it does.
    #[test]
    fn a_keychain_that_did_not_answer_is_not_an_empty_one() {
        let late = KeychainError::NoAnswer(Duration::from_secs(3));
        let store = NoneStore::in_place_of(&late);
        let error = store.load(&Key::session("default")).unwrap_err();
        assert!(matches!(error, Error::Keychain(KeychainError::NoAnswer(_))));
        let client = Key::client(&crate::core::store::ClientKey::default());
        assert!(store.load(&client).unwrap().is_none());
        let absent = NoneStore::in_place_of(&KeychainError::NoBus);
        assert!(absent.load(&Key::session("default")).unwrap().is_none());
    }
}
