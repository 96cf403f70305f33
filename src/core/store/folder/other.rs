//! The folder where there are no Unix modes: the profile's access list keeps
//! others out, links are looked for, and replacing is atomic too.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

use super::super::{Damage, Error, Unsafe};
use super::{Notes, PROBE, Step, TEMPORARY_PREFIX, at, is_temporary_of, temporary_name};

/// A folder of the user's profile.
#[derive(Debug)]
pub(in super::super) struct Folder<'a> {
    path: PathBuf,
    _notes: &'a Notes,
}

impl<'a> Folder<'a> {
    /// Opens the folder, `None` if there is none.
    pub(in super::super) fn open(path: &Path, notes: &'a Notes) -> Result<Option<Self>, Error> {
        let why = match fs::symlink_metadata(path) {
            Ok(found) if found.is_dir() => {
                return Ok(Some(Self {
                    path: path.to_owned(),
                    _notes: notes,
                }));
            }
            Ok(found) if found.is_symlink() => Unsafe::SymbolicLink,
            Ok(_) => Unsafe::NotAFolder,
            Err(source) if source.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(source) => return Err(Error::io("open", path, source)),
        };
        Err(Error::Unsafe {
            path: path.to_owned(),
            why,
        })
    }

    /// Opens the folder, and makes it, with those above it, where it is not.
    pub(in super::super) fn create(path: &Path, notes: &'a Notes) -> Result<Self, Error> {
        if let Some(folder) = Self::open(path, notes)? {
            return Ok(folder);
        }
        fs::create_dir_all(path).map_err(|source| Error::io("make", path, source))?;
        Self::open(path, notes)?
            .ok_or_else(|| Error::io("make", path, io::ErrorKind::NotFound.into()))
    }

    /// Returns the path of the folder.
    pub(in super::super) fn path(&self) -> &Path {
        &self.path
    }

    /// Reads a file whole, `None` if there is none.
    pub(in super::super) fn read(
        &self,
        name: &str,
        limit: usize,
    ) -> Result<Option<Vec<u8>>, Error> {
        if !self.examine(name)? {
            return Ok(None);
        }
        let mut octets = Vec::new();
        let read = File::open(self.at(name))
            .and_then(|file| file.take(limit as u64 + 1).read_to_end(&mut octets));
        match read {
            Ok(_) if octets.len() > limit => Err(Error::Damaged {
                place: self.at(name).display().to_string(),
                why: Damage::TooLarge,
            }),
            Ok(_) => Ok(Some(octets)),
            Err(source) if source.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(source) => Err(Error::io("read", self.at(name), source)),
        }
    }

    /// Puts a file of these octets in the place of the one there is.
    pub(in super::super) fn replace(&self, name: &str, octets: &[u8]) -> Result<(), Error> {
        self.examine(name)?;
        let temporary = self.write_temporary(name, octets)?;
        at(Step::Rename)
            .and_then(|()| rename(&temporary, &self.at(name)))
            .map_err(|source| {
                let _ = fs::remove_file(&temporary);
                Error::io("replace", self.at(name), source)
            })
    }

    /// Tries whether a file of `length` octets could be written.
    pub(in super::super) fn try_room(&self, length: usize) -> Result<(), Error> {
        let temporary = self.write_temporary(PROBE, &vec![0; length])?;
        let _ = fs::remove_file(temporary);
        Ok(())
    }

    /// Removes a file; says whether there was one.
    pub(in super::super) fn remove(&self, name: &str) -> Result<bool, Error> {
        if !self.examine(name)? {
            return Ok(false);
        }
        match fs::remove_file(self.at(name)) {
            Ok(()) => Ok(true),
            Err(source) if source.kind() == io::ErrorKind::NotFound => Ok(false),
            Err(source) => Err(Error::io("remove", self.at(name), source)),
        }
    }

    /// Opens a lock file, made empty where it is not.
    pub(in super::super) fn open_lock(&self, name: &str) -> Result<File, Error> {
        self.examine(name)?;
        OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(self.at(name))
            .map_err(|source| Error::io("open", self.at(name), source))
    }

    /// Says whether the open file is still the one of that name: it is, for
    /// nobody cleans up a folder of the user's profile.
    pub(in super::super) fn is_current(&self, _: &File, _: &str) -> bool {
        true
    }

    /// Returns the names of the files, temporary ones left out.
    pub(in super::super) fn names(&self) -> Result<Vec<String>, Error> {
        let mut names = self.all_names()?;
        names.retain(|name| !name.starts_with(TEMPORARY_PREFIX));
        Ok(names)
    }

    /// Removes the temporary files that processes left which died while
    /// saving `name`.
    pub(in super::super) fn sweep(&self, name: &str) {
        for found in self.all_names().unwrap_or_default() {
            let dead = is_temporary_of(&found, name)
                && self
                    .open_lock(&found)
                    .is_ok_and(|file| file.try_lock().is_ok());
            if dead {
                let _ = fs::remove_file(self.at(&found));
            }
        }
    }

    fn all_names(&self) -> Result<Vec<String>, Error> {
        let listed = || -> io::Result<Vec<String>> {
            let mut names = Vec::new();
            for entry in fs::read_dir(&self.path)? {
                if let Ok(name) = entry?.file_name().into_string() {
                    names.push(name);
                }
            }
            Ok(names)
        };
        listed().map_err(|source| Error::io("list", &self.path, source))
    }

    fn write_temporary(&self, name: &str, octets: &[u8]) -> Result<PathBuf, Error> {
        let temporary = self.at(&temporary_name(name));
        let written = at(Step::Create)
            .and_then(|()| {
                OpenOptions::new()
                    .write(true)
                    .create_new(true)
                    .open(&temporary)
            })
            .and_then(|mut file| {
                file.try_lock()?;
                at(Step::Write)?;
                file.write_all(octets)?;
                at(Step::SyncFile)?;
                file.sync_all()
            });
        written.map(|()| temporary.clone()).map_err(|source| {
            let _ = fs::remove_file(&temporary);
            Error::io("write to", &self.path, source)
        })
    }

    fn examine(&self, name: &str) -> Result<bool, Error> {
        let why = match fs::symlink_metadata(self.at(name)) {
            Ok(found) if found.is_file() => return Ok(true),
            Ok(found) if found.is_symlink() => Unsafe::SymbolicLink,
            Ok(_) => Unsafe::NotAFile,
            Err(source) if source.kind() == io::ErrorKind::NotFound => return Ok(false),
            Err(source) => return Err(Error::io("examine", self.at(name), source)),
        };
        Err(Error::Unsafe {
            path: self.at(name),
            why,
        })
    }

    fn at(&self, name: &str) -> PathBuf {
        self.path.join(name)
    }
}

/// Puts a file in the place of another. Whoever else has that one open, as a
/// virus scanner may for a moment, can forbid it.
fn rename(from: &Path, to: &Path) -> io::Result<()> {
    for pause in RENAME_PAUSES {
        match fs::rename(from, to) {
            Err(error) if may_pass(&error) => thread::sleep(pause),
            done => return done,
        }
    }
    fs::rename(from, to)
}

fn may_pass(error: &io::Error) -> bool {
    error.kind() == io::ErrorKind::PermissionDenied
        || error.raw_os_error() == Some(ERROR_SHARING_VIOLATION)
}

/// Windows' "the process cannot access the file because it is being used by
/// another process".
const ERROR_SHARING_VIOLATION: i32 = 32;
const RENAME_PAUSES: [Duration; 6] = [
    Duration::from_millis(1),
    Duration::from_millis(4),
    Duration::from_millis(16),
    Duration::from_millis(64),
    Duration::from_millis(128),
    Duration::from_millis(256),
];
