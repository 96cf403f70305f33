//! The same records under another key.

use zeroize::Zeroizing;

use super::super::folder::Folder;
use super::super::seal::{self, Header};
use super::super::{Error, Key, TokenStore};
use super::{FILE_LIMIT, FileStore, file_name};

/// Encrypts records anew, one by one. Each is replaced as a whole: whoever is
/// killed in between leaves every record under the old key or under the new
/// one, and the same call goes on.
#[derive(Clone, Copy, Debug)]
pub struct Rekey<'a> {
    /// The store, with the key it has.
    pub old: &'a FileStore,
    /// The same folder, with the key it is to have.
    pub new: &'a FileStore,
}

/// Under which key a record is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rekeyed {
    /// It was under the old key; after [`Rekey::run`] it is under the new one.
    Old,
    /// It was under the new key already.
    New,
    /// It is gone.
    Nothing,
}

impl Rekey<'_> {
    /// Says under which key the record is. Changes nothing.
    ///
    /// # Errors
    ///
    /// [`Error::WrongKey`] if it is under neither; what else is wrong with it.
    pub fn check(&self, key: &Key) -> Result<Rekeyed, Error> {
        let error = match self.old.load(key) {
            Ok(Some(_)) => return Ok(Rekeyed::Old),
            Ok(None) => return Ok(Rekeyed::Nothing),
            Err(error @ Error::WrongKey { .. }) => error,
            Err(error) => return Err(error),
        };
        match self.new.load(key) {
            Ok(Some(_)) => Ok(Rekeyed::New),
            Ok(None) => Ok(Rekeyed::Nothing),
            Err(Error::WrongKey { .. }) => Err(error),
            Err(other) => Err(other),
        }
    }

    /// Puts the record under the new key. The caller holds its lock.
    ///
    /// # Errors
    ///
    /// As [`Rekey::check`]; [`Error::Io`]. The record is then as it was.
    pub fn run(&self, key: &Key) -> Result<Rekeyed, Error> {
        let Some(folder) = Folder::open(&self.old.path, &self.old.notes)? else {
            return Ok(Rekeyed::Nothing);
        };
        match self.check(key)? {
            Rekeyed::Old => {}
            done @ (Rekeyed::New | Rekeyed::Nothing) => return Ok(done),
        }
        let Some((record, _)) = self.old.read(&folder, key)? else {
            return Ok(Rekeyed::Nothing);
        };
        let failed = |error| self.old.of_seal(&self.old.path_of(key), error);
        let json = record.to_json();
        let kdf = self.new.kdf_of_new(&folder).map_err(failed)?;
        let master = self.new.master(kdf).map_err(failed)?;
        let sealed = seal::seal(&master, kdf, key.name(), &json).map_err(failed)?;
        // The old one is only given up for one that opens.
        let mut copy = Zeroizing::new(sealed.clone());
        let header = Header::parse(&copy).map_err(failed)?;
        let opened = header.open(&master, &mut copy).map_err(failed)?;
        if *opened != **json || sealed.len() > FILE_LIMIT {
            return Err(Error::NotGivenBack {
                key: key.name().to_owned(),
                store: self.new.kind(),
            });
        }
        folder.replace(&file_name(key), &sealed)?;
        Ok(Rekeyed::Old)
    }
}
