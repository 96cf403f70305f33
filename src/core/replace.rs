//! Files that are replaced whole: written beside, then put in their place.

use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use tempfile::{Builder, NamedTempFile};

/// What is to take the place of a file. It is gone when it is dropped.
#[derive(Debug)]
pub struct Replacement {
    path: PathBuf,
    temporary: NamedTempFile,
}

impl Replacement {
    /// Begins one for the file at `path`, which need not be there, and removes
    /// those that processes left which died: the caller holds a lock, so that
    /// nobody else writes the file. On Unix it is made with `mode`, which the
    /// umask cuts.
    ///
    /// # Errors
    ///
    /// Those of the system.
    pub fn begin(path: &Path, mode: u32) -> io::Result<Self> {
        let folder = folder_of(path);
        let prefix = hidden(path, ".tmp-");
        sweep(folder, &prefix);
        let mut builder = Builder::new();
        builder.prefix(&prefix).rand_bytes(RANDOM);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            builder.permissions(std::fs::Permissions::from_mode(mode));
        }
        #[cfg(not(unix))]
        let _ = mode;
        Ok(Self {
            path: path.to_owned(),
            temporary: builder.tempfile_in(folder)?,
        })
    }

    /// Returns the file beside, to give it an owner or a mode.
    pub fn file(&self) -> &File {
        self.temporary.as_file()
    }

    /// Puts these octets in the place of the file: after a crash at any
    /// instant it is the old one or the new one.
    ///
    /// # Errors
    ///
    /// Those of the system; the file is then as it was.
    pub fn put(mut self, octets: &[u8]) -> io::Result<()> {
        self.temporary.write_all(octets)?;
        self.temporary.as_file().sync_all()?;
        self.temporary
            .persist(&self.path)
            .map_err(|error| error.error)?;
        // The name is durable when the folder is; not all systems can do it.
        let _ = File::open(folder_of(&self.path)).and_then(|folder| folder.sync_all());
        Ok(())
    }
}

/// Returns the name of a hidden file that belongs to the one at `path`.
pub fn hidden(path: &Path, suffix: &str) -> OsString {
    let mut name = OsString::from(".");
    name.push(path.file_name().unwrap_or_default());
    name.push(suffix);
    name
}

/// Returns the folder that a file is in, `.` for a bare name.
pub fn folder_of(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if folder != Path::new("") => folder,
        _ => Path::new("."),
    }
}

/// Removes the temporary files that processes left which died: those whose
/// names are `prefix` and what a [`Builder`] adds. The caller holds a lock, so
/// that nobody else makes files of this prefix.
pub fn sweep(folder: &Path, prefix: &OsStr) {
    let Ok(entries) = std::fs::read_dir(folder) else {
        return;
    };
    for entry in entries.flatten() {
        let name = entry.file_name();
        let rest = name
            .as_encoded_bytes()
            .strip_prefix(prefix.as_encoded_bytes());
        if rest
            .is_some_and(|rest| rest.len() == RANDOM && rest.iter().all(u8::is_ascii_alphanumeric))
        {
            let _ = std::fs::remove_file(entry.path());
        }
    }
}

/// The characters that end the name of a temporary file.
const RANDOM: usize = 6;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_replaced_whole_or_stays_and_nothing_is_left_beside() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("set.json");
        let names = || {
            let entries = std::fs::read_dir(dir.path()).unwrap();
            let mut names: Vec<_> = entries.map(|entry| entry.unwrap().file_name()).collect();
            names.sort();
            names
        };
        Replacement::begin(&path, 0o600)
            .unwrap()
            .put(b"one")
            .unwrap();
        drop(Replacement::begin(&path, 0o600).unwrap());
        assert_eq!(std::fs::read(&path).unwrap(), b"one");
        // Of a process that died; and one that is not of ours.
        std::fs::write(dir.path().join(".set.json.tmp-aB3dE6"), "half").unwrap();
        std::fs::write(dir.path().join(".set.json.tmp-mine"), "").unwrap();
        Replacement::begin(&path, 0o600)
            .unwrap()
            .put(b"two")
            .unwrap();
        assert_eq!(std::fs::read(&path).unwrap(), b"two");
        assert_eq!(names(), [".set.json.tmp-mine", "set.json"]);
    }
}
