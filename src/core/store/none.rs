//! The store that keeps nothing.

use std::time::Duration;

use super::lock::LockGuard;
use super::{Error, Key, LockHolder, Record, StoreKind, TokenStore};

/// Keeps nothing, and says so by [`TokenStore::kind`]: whoever must not lose
/// what it saves asks [`super::Opened::must_keep`] first.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoneStore;

impl TokenStore for NoneStore {
    fn kind(&self) -> StoreKind {
        StoreKind::None
    }

    fn load(&self, _: &Key) -> Result<Option<Record>, Error> {
        Ok(None)
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
