//! The file of a set, which one process at a time may change.
//!
//! The lock is the kernel's, on a file of its own beside the set: the set
//! itself is replaced, and a lock on a replaced file guards nothing. It ends
//! with its holder however that ends.

use std::ffi::OsString;
use std::fs::{File, Metadata, OpenOptions, TryLockError};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use authctl::core::error::Error;
use authctl::core::jose::key_set::{SetDocument, is_private};

use crate::cli::context::Context;
use crate::cli::interrupt::{self, Hold};
use crate::cli::secrets::{MAX_SECRET, read_file};

/// A set that is locked until this is dropped.
pub struct SetFile {
    /// Where it is, links resolved.
    path: PathBuf,
    /// What the user calls it.
    name: String,
    /// What there is, if there is a file.
    found: Option<Metadata>,
    _lock: Lock,
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
        let path = resolve(typed).map_err(|source| unusable(&name, source))?;
        refuse_unwritable(&path, &name)?;
        interrupt::install();
        let lock = Lock::take(cx, &path, &name)?;
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

    /// Returns the folder that it is in.
    pub fn folder(&self) -> &Path {
        self.path.parent().unwrap_or(Path::new("."))
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
        let folder = self.folder();
        let prefix = temporary_prefix(&self.path);
        sweep(folder, &prefix);
        let mut builder = tempfile::Builder::new();
        builder.prefix(&prefix).rand_bytes(RANDOM);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            let mode = if private { 0o600 } else { 0o644 };
            builder.permissions(std::fs::Permissions::from_mode(mode));
        }
        let mut temporary = builder.tempfile_in(folder)?;
        self.keep_owner_and_mode(temporary.as_file(), private)?;
        temporary.write_all(text)?;
        temporary.as_file().sync_all()?;
        temporary.persist(&self.path).map_err(|error| error.error)?;
        // The name is durable when the folder is; not all systems can do it.
        let _ = File::open(folder).and_then(|folder| folder.sync_all());
        Ok(())
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
    let (Some(folder), Some(name)) = (typed.parent(), typed.file_name()) else {
        return Err(io::ErrorKind::NotFound.into());
    };
    let folder = match folder == Path::new("") {
        true => Path::new("."),
        false => folder,
    };
    Ok(folder.canonicalize()?.join(name))
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

/// Removes what processes left that died while writing. Nobody else writes
/// this set while its lock is held.
fn sweep(folder: &Path, prefix: &std::ffi::OsStr) {
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

fn hidden(path: &Path, suffix: &str) -> OsString {
    let mut name = OsString::from(".");
    name.push(path.file_name().unwrap_or_default());
    name.push(suffix);
    name
}

fn temporary_prefix(path: &Path) -> OsString {
    hidden(path, ".tmp-")
}

/// The lock of one set. Its file is there only while somebody has it.
struct Lock {
    file: File,
    path: PathBuf,
}

impl Lock {
    fn take(cx: &Context, set: &Path, name: &str) -> Result<Self, Error> {
        let path = set.with_file_name(hidden(set, ".lock"));
        let started = Instant::now();
        let mut pause = FIRST_PAUSE;
        let mut told = false;
        loop {
            let mut file = open(&path).map_err(|source| Error::Input {
                what: format!("cannot lock `{name}`"),
                hint: Some("the folder must be one that can be written to".into()),
                source: Some(source),
            })?;
            match file.try_lock() {
                Ok(()) if is_current(&file, &path) => {
                    // Saying who holds it is a courtesy: a full disk must not
                    // keep anyone from the lock.
                    let _ = file
                        .set_len(0)
                        .and_then(|()| writeln!(file, "{}", std::process::id()));
                    return Ok(Self { file, path });
                }
                // Its holder removed it between open and lock.
                Ok(()) => {}
                Err(TryLockError::WouldBlock) => {}
                Err(TryLockError::Error(source)) => return Err(unusable(name, source)),
            }
            let waited = started.elapsed();
            if waited >= LONGEST_WAIT {
                return Err(Error::input(
                    format!(
                        "{} has been editing `{name}` for {} s",
                        holder(&mut file),
                        LONGEST_WAIT.as_secs()
                    ),
                    "the set is as it was; try again when that process has ended",
                ));
            }
            if !told && waited >= TOLD_AFTER {
                told = true;
                cx.render.note(&format!(
                    "waiting for {}, which is editing `{name}`",
                    holder(&mut file)
                ));
            }
            std::thread::sleep(pause);
            pause = (pause * 2).min(LONGEST_PAUSE);
        }
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        // While it is held: who waits then finds that it is not the one of
        // that name, and opens another. Elsewhere that cannot be seen.
        if cfg!(unix) {
            let _ = std::fs::remove_file(&self.path);
        }
        let _ = self.file.unlock();
    }
}

fn open(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        // Not what somebody put there: no link to elsewhere, no FIFO to wait
        // at.
        let flags = rustix::fs::OFlags::NOFOLLOW | rustix::fs::OFlags::NONBLOCK;
        options.custom_flags(flags.bits() as i32);
    }
    options.open(path)
}

#[cfg(unix)]
fn is_current(file: &File, path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    let id = |found: io::Result<Metadata>| found.ok().map(|found| (found.dev(), found.ino()));
    let here = id(file.metadata());
    here.is_some() && here == id(path.symlink_metadata())
}

#[cfg(not(unix))]
fn is_current(_: &File, _: &Path) -> bool {
    true
}

fn holder(file: &mut File) -> String {
    let mut text = String::new();
    let _ = file.take(PID_LENGTH).read_to_string(&mut text);
    match text.trim().parse::<u32>() {
        Ok(pid) => format!("process {pid}"),
        Err(_) => "another process".to_owned(),
    }
}

/// How long the lock is waited for. An edit takes milliseconds, but a rotation
/// may be generating a large RSA key.
const LONGEST_WAIT: Duration = Duration::from_secs(30);
const FIRST_PAUSE: Duration = Duration::from_millis(2);
const LONGEST_PAUSE: Duration = Duration::from_millis(50);
/// Shorter waits are everyday and not worth a line.
const TOLD_AFTER: Duration = Duration::from_millis(500);
/// Ten digits and a line feed.
const PID_LENGTH: u64 = 11;
/// The characters that end the name of a temporary file.
const RANDOM: usize = 6;
