//! From one store to another, without a moment in which neither has it.
//!
//! Both locks are held, so no process renews the session meanwhile. The new
//! store gets a copy that names the old one, is read back and compared; then
//! the caller makes it the one that is used; then the old one is removed, and
//! last the name. Whoever is killed in between leaves the session in one store
//! or in both, and the name says where there may be an old copy, so that the
//! same call finishes.

use std::time::Duration;

use super::record::Relation;
use super::{Error, Key, LockGuard, LockHolder, Record, StoreKind, TokenStore};

/// A transfer between two stores.
#[derive(Clone, Copy, Debug)]
pub struct Transfer<'a> {
    /// Where the record is.
    pub from: &'a dyn TokenStore,
    /// Where it is to be.
    pub to: &'a dyn TokenStore,
    /// Whether `to` is in use already, and what is in `from` a copy that was
    /// left behind: then it counts only if it is newer.
    pub finish: bool,
    /// Whether to replace a record of another sign-in, or a newer one.
    pub replace: bool,
    /// How long to wait for each lock.
    pub wait: Duration,
}

/// What became of a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Transferred {
    /// It was moved.
    Moved,
    /// It was there already; a copy that was left behind is gone.
    AlreadyThere,
    /// There is none.
    Nothing,
}

impl Transfer<'_> {
    /// Moves the record of `key`. `settle` makes `to` the store that is used;
    /// it is called once the record is there, and before it is removed from
    /// `from`. `on_wait` is told of each lock that takes long.
    ///
    /// # Errors
    ///
    /// [`Error::Conflict`] if there is another session, or a newer state of
    /// this one, in `to`; nothing is changed then. [`Error::NotGivenBack`];
    /// those of the stores; those of `settle`. After any error the record is
    /// in one store or in both, and the same call goes on where this one
    /// stopped.
    pub fn run<E: From<Error>>(
        &self,
        key: &Key,
        on_wait: &mut dyn FnMut(&LockHolder),
        settle: impl FnOnce() -> Result<(), E>,
    ) -> Result<Transferred, E> {
        let _locks = self.lock(key, on_wait)?;
        let there = self.to.load(key)?;
        let Some(here) = self.from.load(key)? else {
            let Some(there) = there else {
                return Ok(Transferred::Nothing);
            };
            settle()?;
            self.forget_origin(key, there)?;
            return Ok(Transferred::AlreadyThere);
        };
        let kept = match there {
            Some(there) if !self.is_to_be_copied(key, &here, &there)? => there,
            _ => {
                let copy = self.copy(key, here)?;
                settle()?;
                self.from.remove(key)?;
                self.forget_origin(key, copy)?;
                return Ok(Transferred::Moved);
            }
        };
        settle()?;
        self.from.remove(key)?;
        self.forget_origin(key, kept)?;
        Ok(Transferred::AlreadyThere)
    }

    /// Takes both locks, in an order that two opposite transfers share.
    fn lock(
        &self,
        key: &Key,
        on_wait: &mut dyn FnMut(&LockHolder),
    ) -> Result<[LockGuard; 2], Error> {
        let mut stores = [self.from, self.to];
        stores.sort_by_key(|store| store.kind().name());
        let [first, second] = stores;
        Ok([
            first.lock(key, self.wait, on_wait)?,
            second.lock(key, self.wait, on_wait)?,
        ])
    }

    /// Says whether what is here replaces what is there.
    fn is_to_be_copied(&self, key: &Key, here: &Record, there: &Record) -> Result<bool, Error> {
        // What a client got for itself can be asked for again: the newer
        // serves.
        if key.profile().is_none() {
            return Ok(here.updated_at > there.updated_at);
        }
        let relation = here.relation_to(there);
        match relation {
            Relation::Newer => Ok(true),
            Relation::Same => Ok(false),
            // The one in use is the one that may have been renewed.
            Relation::Tied if self.finish => Ok(false),
            // The copy that was left behind has served its time.
            Relation::Older if self.finish || names(there, self.from.kind()) => Ok(false),
            Relation::Older | Relation::Tied | Relation::Another if self.replace => Ok(true),
            // Of two that are tied one may be spent: neither is thrown away
            // unasked.
            Relation::Older | Relation::Tied | Relation::Another => Err(Error::Conflict {
                key: key.name().to_owned(),
                store: self.to.kind(),
                newer: relation != Relation::Another,
            }),
        }
    }

    fn copy(&self, key: &Key, mut record: Record) -> Result<Record, Error> {
        record.moved_from = Some(self.from.kind().name().to_owned());
        self.to.save(key, &record)?;
        match self.to.load(key)? {
            Some(back) if back.to_json() == record.to_json() => Ok(record),
            _ => Err(Error::NotGivenBack {
                key: key.name().to_owned(),
                store: self.to.kind(),
            }),
        }
    }

    fn forget_origin(&self, key: &Key, mut record: Record) -> Result<(), Error> {
        match record.moved_from.take() {
            Some(_) => self.to.save(key, &record),
            None => Ok(()),
        }
    }
}

fn names(record: &Record, store: StoreKind) -> bool {
    record.moved_from.as_deref() == Some(store.name())
}

#[cfg(test)]
mod tests;
