//! Keychain items in memory, with a limit and faults, for tests.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use zeroize::Zeroizing;

use super::super::Error;
use super::{Items, KeychainError};

/// Items that all clones share.
#[derive(Clone, Debug, Default)]
pub(in super::super) struct MemoryItems(Arc<Mutex<State>>);

#[derive(Debug, Default)]
struct State {
    items: BTreeMap<String, Vec<u8>>,
    limit: Option<usize>,
    /// After so many more changes, each fails.
    changes_left: Option<usize>,
}

impl MemoryItems {
    pub(in super::super) fn with_limit(limit: usize) -> Self {
        let items = Self::default();
        items.0.lock().unwrap().limit = Some(limit);
        items
    }

    pub(in super::super) fn fail_after(&self, changes: Option<usize>) {
        self.0.lock().unwrap().changes_left = changes;
    }

    pub(in super::super) fn all(&self) -> BTreeMap<String, Vec<u8>> {
        self.0.lock().unwrap().items.clone()
    }

    pub(in super::super) fn put(&self, account: &str, content: &[u8]) {
        let mut state = self.0.lock().unwrap();
        state.items.insert(account.to_owned(), content.to_vec());
    }

    pub(in super::super) fn drop_item(&self, account: &str) {
        assert!(self.0.lock().unwrap().items.remove(account).is_some());
    }
}

impl State {
    fn change(&mut self) -> Result<(), Error> {
        match &mut self.changes_left {
            Some(0) => Err(KeychainError::Locked.into()),
            Some(left) => {
                *left -= 1;
                Ok(())
            }
            None => Ok(()),
        }
    }
}

impl Items for MemoryItems {
    fn get(&self, account: &str) -> Result<Option<Zeroizing<Vec<u8>>>, Error> {
        let state = self.0.lock().unwrap();
        Ok(state.items.get(account).cloned().map(Zeroizing::new))
    }

    fn set(&self, account: &str, content: &[u8]) -> Result<(), Error> {
        let mut state = self.0.lock().unwrap();
        state.change()?;
        if let Some(limit) = state.limit
            && content.len() > limit
        {
            let limit = u32::try_from(limit).unwrap();
            return Err(KeychainError::TooLong(limit).into());
        }
        // As the strictest of them, KDE Wallet, which keeps texts only.
        assert!(std::str::from_utf8(content).is_ok());
        state.items.insert(account.to_owned(), content.to_vec());
        Ok(())
    }

    fn delete(&self, account: &str) -> Result<bool, Error> {
        let mut state = self.0.lock().unwrap();
        state.change()?;
        Ok(state.items.remove(account).is_some())
    }

    fn accounts(&self) -> Result<Vec<String>, Error> {
        Ok(self.0.lock().unwrap().items.keys().cloned().collect())
    }
}
