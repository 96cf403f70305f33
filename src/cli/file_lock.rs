//! The lock of a file that one process at a time may change.
//!
//! The lock is the kernel's, on a file of its own beside the other: that one
//! is replaced, and a lock on a replaced file guards nothing. It ends with its
//! holder however that ends.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use authctl::core::error::Error;
use authctl::core::replace::hidden;

use super::context::Context;

/// Holds the lock of one file until it is dropped. The lock's own file is
/// there only while somebody has it.
pub struct FileLock {
    file: File,
    path: PathBuf,
}

/// Why a lock was not got.
pub enum NotLocked {
    /// The system refused it.
    Failed(io::Error),
    /// Another process holds it for too long.
    Held(Error),
}

impl FileLock {
    /// Waits for the lock of the file at `path`, which the user calls `name`;
    /// the file need not be there yet, but its folder must. The lock's own
    /// file is made with `mode`.
    ///
    /// # Errors
    ///
    /// [`NotLocked`].
    pub fn take(cx: &Context, path: &Path, name: &str, mode: u32) -> Result<Self, NotLocked> {
        Self::take_within(cx, path, name, mode, LONGEST_WAIT)
    }

    fn take_within(
        cx: &Context,
        path: &Path,
        name: &str,
        mode: u32,
        longest_wait: Duration,
    ) -> Result<Self, NotLocked> {
        let path = path.with_file_name(hidden(path, ".lock"));
        let started = Instant::now();
        let mut pause = FIRST_PAUSE;
        let mut told = false;
        loop {
            let mut file = open(&path, mode).map_err(NotLocked::Failed)?;
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
                Err(TryLockError::Error(source)) => return Err(NotLocked::Failed(source)),
            }
            let waited = started.elapsed();
            if waited >= longest_wait {
                return Err(NotLocked::Held(Error::input(
                    format!(
                        "{} has been editing `{name}` for {} s",
                        holder(&mut file),
                        longest_wait.as_secs()
                    ),
                    "nothing was changed; try again when that process has ended",
                )));
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

impl Drop for FileLock {
    fn drop(&mut self) {
        // While it is held: who waits then finds that it is not the one of
        // that name, and opens another. Elsewhere that cannot be seen.
        if cfg!(unix) {
            let _ = std::fs::remove_file(&self.path);
        }
        let _ = self.file.unlock();
    }
}

#[cfg_attr(not(unix), expect(unused_variables, reason = "only Unix has modes"))]
fn open(path: &Path, mode: u32) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        // Not what somebody put there: no link to elsewhere, no FIFO to wait
        // at.
        let flags = rustix::fs::OFlags::NOFOLLOW | rustix::fs::OFlags::NONBLOCK;
        options.custom_flags(flags.bits() as i32).mode(mode);
    }
    options.open(path)
}

#[cfg(unix)]
fn is_current(file: &File, path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    let id = |found: io::Result<std::fs::Metadata>| found.ok().map(|it| (it.dev(), it.ino()));
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::Globals;
    use authctl::core::error::{Exit, Report as _};

    #[test]
    fn a_lock_that_is_held_for_too_long_is_an_error_that_names_who_has_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("config.toml");
        let cx = Context::new(Globals::default(), false);
        let take = |wait| FileLock::take_within(&cx, &path, "config.toml", 0o600, wait);
        let Ok(held) = take(Duration::ZERO) else {
            panic!("nobody has it");
        };
        let started = Instant::now();
        let Err(NotLocked::Held(error)) = take(Duration::from_millis(100)) else {
            panic!("it is held");
        };
        assert!(started.elapsed() >= Duration::from_millis(100));
        assert_eq!(error.exit(), Exit::Config);
        let holder = match cfg!(windows) {
            // A locked file cannot be read there.
            true => "another process".to_owned(),
            false => format!("process {}", std::process::id()),
        };
        let said = format!("{holder} has been editing `config.toml` for 0 s");
        assert_eq!(error.to_string(), said);
        assert!(error.hint().is_some());
        drop(held);
        assert!(take(Duration::ZERO).is_ok());
    }
}
