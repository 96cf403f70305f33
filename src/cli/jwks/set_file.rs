//! The file of a set, which one process at a time may change.

use std::fs::{File, Metadata, OpenOptions};
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::io;
use std::path::{Path, PathBuf};

use authctl::core::error::Error;
use authctl::core::jose::key_set::{SetDocument, is_private};
use authctl::core::replace::{Replacement, folder_of};

use crate::cli::context::Context;
use crate::cli::file_lock::{FileLock, NotLocked};
use crate::cli::interrupt::{self, Hold};
use crate::cli::secrets::{MAX_SECRET, read_file};
use crate::cli::shell::quoted;

/// A set that is locked until this is dropped.
pub struct SetFile {
    /// Where it is, links resolved.
    path: PathBuf,
    /// What the user calls it.
    name: String,
    /// What there is, if there is a file.
    found: Option<Metadata>,
    _lock: FileLock,
}

impl SetFile {
    /// Waits for the lock of the set, whose file need not be there yet.
    ///
    /// # Errors
    ///
    /// Exit 8 for what is no file, for a set or a folder that cannot be
    /// written, and when another process holds the lock for too long.
    pub fn lock(cx: &Context, typed: &Path) -> Result<Self, Error> {
        let name = typed.display().to_string();
        if typed == Path::new("-") {
            return Err(Error::usage(
                "a set on standard input cannot be edited",
                "name its file",
            ));
        }
        let path = resolve(typed).map_err(|source| match missing_folder(typed) {
            Some(folder) => Error::Input {
                what: format!("cannot edit `{name}`"),
                hint: Some(format!(
                    "check the path, or make the folder with `mkdir -p {}`",
                    quoted(&folder.display().to_string())
                )),
                source: Some(io::Error::new(source.kind(), "its folder is not there")),
            },
            None => unusable(&name, source),
        })?;
        refuse_unwritable(&path, &name)?;
        interrupt::install();
        let lock = FileLock::take(cx, &path, &name, LOCK_MODE).map_err(|error| match error {
            NotLocked::Failed(source) => Error::Input {
                what: format!("cannot lock `{name}`"),
                hint: Some("the folder must be one that can be written to".into()),
                source: Some(source),
            },
            NotLocked::Held(error) => error,
        })?;
        // Only now: whoever had the lock may have made it.
        let found = refuse_unwritable(&path, &name)?;
        Ok(Self {
            path,
            name,
            found,
            _lock: lock,
        })
    }

    /// Returns what the user calls it.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Returns what the names of temporary files begin with that belong to this
    /// set in other folders: whoever holds its lock is the only one to make
    /// them. Sets may have one name and one folder of keys.
    pub fn temporary_prefix(&self) -> String {
        let mut hasher = DefaultHasher::new();
        self.path.as_os_str().as_encoded_bytes().hash(&mut hasher);
        format!(".authctl-{:016x}-", hasher.finish())
    }

    /// Reads the set, `None` where there is no file.
    ///
    /// # Errors
    ///
    /// Exit 8 for what cannot be read or is no set.
    pub fn read(&self) -> Result<Option<SetDocument>, Error> {
        if self.found.is_none() {
            return Ok(None);
        }
        let text = read_file(&self.path)?;
        let set = SetDocument::parse(text.expose())
            .map_err(|error| Error::from(error).during(format!("cannot edit `{}`", self.name)))?;
        Ok(Some(set))
    }

    /// Puts the set in the place of the one there is: after a crash at any
    /// instant it is the old one or the new one. Mode and owner stay, but one
    /// with private keys is for its owner alone.
    ///
    /// # Errors
    ///
    /// Exit 8; the set is then as it was.
    pub fn write(&self, set: &SetDocument) -> Result<(), Error> {
        let private = set
            .entries()
            .iter()
            .any(|entry| entry.members().is_some_and(is_private));
        self.write_text(&set.to_text(), private)
    }

    /// As [`SetFile::write`], for the text of a set.
    ///
    /// # Errors
    ///
    /// As [`SetFile::write`].
    pub fn write_text(&self, text: &str, private: bool) -> Result<(), Error> {
        // It could never be read again.
        if text.len() as u64 > MAX_SECRET {
            return Err(Error::input(
                format!("`{}` would be larger than 1 MiB", self.name),
                "remove keys that are no longer used",
            ));
        }
        // Ctrl-C leaves no temporary file; a file-size limit is an error.
        let _hold = Hold::new();
        self.replace(text.as_bytes(), private)
            .map_err(|source| Error::Input {
                what: format!("cannot write `{}`", self.name),
                hint: Some(
                    "the set is as it was; check the folder's permissions and the room on its disk"
                        .into(),
                ),
                source: Some(source),
            })
    }

    fn replace(&self, text: &[u8], private: bool) -> io::Result<()> {
        let new = Replacement::begin(&self.path, if private { 0o600 } else { 0o644 })?;
        self.keep_owner_and_mode(new.file(), private)?;
        new.put(text)
    }

    #[cfg(unix)]
    fn keep_owner_and_mode(&self, file: &File, private: bool) -> io::Result<()> {
        use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
        let Some(found) = &self.found else {
            return Ok(());
        };
        let new = file.metadata()?;
        if (new.uid(), new.gid()) != (found.uid(), found.gid()) {
            // Only the superuser may give files away; to others the group
            // matters more, and where not even that can be, the set does.
            if let Err(error) =
                std::os::unix::fs::fchown(file, Some(found.uid()), Some(found.gid()))
                    .or_else(|_| std::os::unix::fs::fchown(file, None, Some(found.gid())))
            {
                log::debug!("cannot keep the owner of the set: {error}");
            }
        }
        let kept = if private { 0o700 } else { 0o777 };
        let mode = found.permissions().mode() & kept;
        file.set_permissions(std::fs::Permissions::from_mode(mode))
    }

    #[cfg(not(unix))]
    fn keep_owner_and_mode(&self, _: &File, _: bool) -> io::Result<()> {
        Ok(())
    }
}

/// Follows links, so that the set is changed and not the link. The file need
/// not be there, but its folder must.
fn resolve(typed: &Path) -> io::Result<PathBuf> {
    match typed.canonicalize() {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        done => return done,
    }
    if typed.symlink_metadata().is_ok() {
        return Err(io::Error::new(
            io::ErrorKind::NotFound,
            "it is a symbolic link to nothing",
        ));
    }
    let Some(name) = typed.file_name() else {
        return Err(io::ErrorKind::NotFound.into());
    };
    Ok(folder_of(typed).canonicalize()?.join(name))
}

/// Returns the folder of a file to be, if it is not there.
fn missing_folder(typed: &Path) -> Option<&Path> {
    let folder = typed.parent().filter(|folder| *folder != Path::new(""))?;
    let found = folder.symlink_metadata();
    let is_missing = found.is_err_and(|error| error.kind() == io::ErrorKind::NotFound);
    is_missing.then_some(folder)
}

/// Returns what is there. A file that was made read-only was made so on
/// purpose, although its folder would let it be replaced.
fn refuse_unwritable(path: &Path, name: &str) -> Result<Option<Metadata>, Error> {
    let found = match path.metadata() {
        Ok(found) => found,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(source) => return Err(unusable(name, source)),
    };
    if !found.is_file() {
        let what = match found.is_dir() {
            true => "it is a folder",
            false => "it is not a plain file",
        };
        return Err(unusable(name, io::Error::other(what)));
    }
    if found.permissions().readonly() {
        return Err(unusable(name, io::Error::other("it is read-only")));
    }
    match OpenOptions::new().write(true).open(path) {
        Ok(_) => Ok(Some(found)),
        Err(source) => Err(unusable(name, source)),
    }
}

fn unusable(name: &str, source: io::Error) -> Error {
    Error::Input {
        what: format!("cannot edit `{name}`"),
        hint: Some("check the path and its permissions".into()),
        source: Some(source),
    }
}

/// Whoever may write the set may wait for its lock; the umask cuts it.
const LOCK_MODE: u32 = 0o666;
