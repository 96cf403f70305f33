//! Copies of documents on disk, one file each.
//!
//! A file is named by the SHA-256 of what it is a copy of, so that no server
//! chooses a path. It is written whole or not at all, and readable by its
//! owner alone. What cannot be read, is not whole or could have been written
//! by someone else counts as absent: the server is asked again.

use std::fs::{self, File, Metadata, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::core::hex;
use crate::core::http::MAX_BODY;
use crate::core::time::Timestamp;

/// The most octets of a file: a body whose every octet is escaped in JSON, and
/// the rest.
const MAX_FILE: u64 = 6 * MAX_BODY as u64 + 4096;

/// A copy.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// What it is a copy of: the URL of a key set, the issuer of metadata.
    pub url: String,
    /// When it was fetched.
    pub fetched_at: Timestamp,
    /// How long it holds, in seconds.
    pub max_age: u64,
    /// When it was last fetched again for an unknown kid.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refetched_at: Option<Timestamp>,
    /// The document, as it came.
    pub body: String,
}

impl Entry {
    /// Says whether it still holds. One from the future does not: a clock was
    /// wrong, and there is no telling which.
    pub fn is_fresh(&self, now: Timestamp) -> bool {
        let until = self
            .fetched_at
            .saturating_add(Duration::from_secs(self.max_age));
        self.fetched_at <= now && now < until
    }

    /// Returns how long ago it was fetched.
    pub fn age(&self, now: Timestamp) -> Duration {
        let age = self.fetched_at.seconds_until(now);
        Duration::from_secs(u64::try_from(age).unwrap_or_default())
    }
}

/// A folder of copies. Its failures cost a request, never the command.
#[derive(Clone, Debug)]
pub struct Cache {
    dir: PathBuf,
}

impl Cache {
    /// Uses a folder, which is made when first written to.
    pub fn new(dir: PathBuf) -> Self {
        Self { dir }
    }

    /// Reads the copy of `url`.
    pub fn read(&self, url: &str) -> Option<Entry> {
        let file = open(&self.path(url)).ok()?;
        let about = file.metadata().ok()?;
        if !is_ours(&about) {
            log::debug!("a cached copy could have been written by someone else; ignored");
            return None;
        }
        // Files are replaced and never changed, so their length stands, and
        // one read does.
        let length = about.len().min(MAX_FILE);
        let mut text = Vec::with_capacity(usize::try_from(length).ok()?);
        file.take(length).read_to_end(&mut text).ok()?;
        let entry: Entry = serde_json::from_slice(&text).ok()?;
        (entry.url == url).then_some(entry)
    }

    /// Writes a copy in place of the one that is there.
    pub fn write(&self, entry: &Entry) {
        if let Err(error) = self.try_write(entry) {
            log::debug!("cannot keep a copy: {error}");
        }
    }

    /// Forgets the copy of `url`.
    pub fn remove(&self, url: &str) {
        let _ = fs::remove_file(self.path(url));
    }

    fn try_write(&self, entry: &Entry) -> io::Result<()> {
        make_private_dir(&self.dir)?;
        // `tempfile` makes files of mode 0600.
        let mut file = tempfile::NamedTempFile::new_in(&self.dir)?;
        file.write_all(&serde_json::to_vec(entry)?)?;
        file.persist(self.path(&entry.url))?;
        Ok(())
    }

    fn path(&self, url: &str) -> PathBuf {
        self.dir.join(hex::sha256(url.as_bytes()) + ".json")
    }
}

#[cfg(unix)]
fn make_private_dir(dir: &Path) -> io::Result<()> {
    use std::os::unix::fs::DirBuilderExt as _;
    fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(dir)
}

#[cfg(not(unix))]
fn make_private_dir(dir: &Path) -> io::Result<()> {
    fs::create_dir_all(dir)
}

/// Opens a file, but no symbolic link and no pipe that would block.
#[cfg(unix)]
fn open(path: &Path) -> io::Result<File> {
    use rustix::fs::OFlags;
    use std::os::unix::fs::OpenOptionsExt as _;
    let flags = OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
    OpenOptions::new()
        .read(true)
        .custom_flags(flags.bits().cast_signed())
        .open(path)
}

#[cfg(not(unix))]
fn open(path: &Path) -> io::Result<File> {
    OpenOptions::new().read(true).open(path)
}

/// Says whether nobody else can have written a file: whoever could would
/// choose the keys by which tokens are verified.
#[cfg(unix)]
fn is_ours(about: &Metadata) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    about.is_file()
        && about.uid() == rustix::process::geteuid().as_raw()
        && about.mode() & 0o022 == 0
}

#[cfg(not(unix))]
fn is_ours(about: &Metadata) -> bool {
    about.is_file()
}
