//! One process at a time: the lock around read, refresh, save.
//!
//! The lock is the kernel's (`flock`, `LockFileEx`), so it ends with its
//! holder however that ends. It is taken on a file of its own, never on the
//! data: data files are replaced, and a lock on a replaced file guards
//! nothing (int128/kubelogin#1144). Lock files are not removed, for the same
//! reason, but by [`LockGuard::discard`].

use std::fmt;
use std::fs::{File, TryLockError};
use std::io::{ErrorKind, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant, UNIX_EPOCH};

use super::folder::{Folder, Notes};
use super::{Error, Key, LockHolder, Unsafe};
use crate::core::time::Timestamp;

/// Holds the lock of one key until it is dropped.
#[derive(Debug)]
#[must_use = "the lock ends when the guard is dropped"]
pub struct LockGuard {
    file: Option<File>,
    path: Option<PathBuf>,
    /// A lock beyond this machine, which ends when it is dropped.
    lease: Option<Box<dyn fmt::Debug + Send>>,
    /// The same key's lock in another folder.
    also: Option<Box<LockGuard>>,
}

impl LockGuard {
    /// Returns a guard over nothing, for stores that keep nothing.
    pub(super) fn over_nothing() -> Self {
        Self {
            file: None,
            path: None,
            lease: None,
            also: None,
        }
    }

    /// Ends the lock and removes its file, and the folder of that where
    /// nothing else is in it: for a key that was used for a trial and holds
    /// nothing any more. Whoever waits for the lock sees that its file is
    /// gone, and makes a new one.
    pub fn discard(mut self) {
        drop(self.lease.take());
        if let Some(also) = self.also.take() {
            also.discard();
        }
        if let Some(path) = self.path.take() {
            // What stays is an empty file.
            let _ = std::fs::remove_file(&path);
            drop(self);
            let _ = path.parent().map(std::fs::remove_dir);
        }
    }

    /// Adds a lease, which ends before the lock does.
    pub(super) fn with_lease(mut self, lease: impl fmt::Debug + Send + 'static) -> Self {
        self.lease = Some(Box::new(lease));
        self
    }

    /// Adds the lock of the same key in another folder.
    fn along_with(mut self, other: Option<Self>) -> Self {
        self.also = other.map(Box::new);
        self
    }
}

impl Drop for LockGuard {
    fn drop(&mut self) {
        drop(self.lease.take());
        if let Some(file) = self.file.take() {
            // A later waiter must not be told of a process that is gone.
            let _ = file.set_len(0);
            let _ = file.unlock();
        }
    }
}

/// Takes the lock of `key` in `folder`, for at most `wait`.
fn lock(
    folder: &Folder,
    key: &Key,
    wait: Duration,
    on_wait: &mut dyn FnMut(&LockHolder),
) -> Result<LockGuard, Error> {
    let name = file_name(key);
    let started = Instant::now();
    let mut pause = FIRST_PAUSE;
    let mut told = false;
    loop {
        let mut file = folder.open_lock(&name)?;
        match file.try_lock() {
            Ok(()) if folder.is_current(&file, &name) => {
                // Saying who holds it is a courtesy: a full disk must not
                // keep anyone from the lock.
                let _ = sign(&mut file);
                return Ok(LockGuard {
                    file: Some(file),
                    path: Some(folder.path().join(&name)),
                    lease: None,
                    also: None,
                });
            }
            // Whoever cleans up temporary folders removed the file between
            // open and lock; others would lock another one.
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {}
            Err(TryLockError::Error(source)) => {
                return Err(Error::io("lock", folder.path().join(&name), source));
            }
        }
        let waited = started.elapsed();
        if waited >= wait {
            return Err(Error::Locked {
                key: key.name().to_owned(),
                holder: holder(&mut file),
            });
        }
        if !told && waited >= TOLD_AFTER {
            told = true;
            log::debug!("store: waiting for the lock of `{key}`");
            on_wait(&holder(&mut file));
        }
        std::thread::sleep(pause.min(wait - waited));
        pause = (pause * 2).min(LONGEST_PAUSE);
    }
}

/// Takes the lock of `key` in the folder at `path`, which is made if absent,
/// for at most `wait`. `on_wait` is called once, when the wait has become long
/// enough to be worth a line.
///
/// # Errors
///
/// [`Error::Locked`] with the holder once `wait` has passed; [`Error::Unsafe`]
/// and [`Error::Io`] of the folder and the lock file.
pub(super) fn lock_in(
    path: &Path,
    notes: &Notes,
    key: &Key,
    wait: Duration,
    on_wait: &mut dyn FnMut(&LockHolder),
) -> Result<LockGuard, Error> {
    let started = Instant::now();
    let mut removals = 0;
    loop {
        let left = wait.saturating_sub(started.elapsed());
        let taken =
            Folder::create(path, notes).and_then(|folder| lock(&folder, key, left, on_wait));
        match taken {
            // Whoever found it of no use removed it, empty as it still was.
            Err(Error::Io { source, .. })
                if source.kind() == ErrorKind::NotFound && removals < MOST_REMOVALS =>
            {
                removals += 1;
                // Each at a time of its own, or two could keep on meeting.
                std::thread::sleep(FIRST_PAUSE);
            }
            taken => return taken,
        }
    }
}

/// Takes the lock of `key` in the folder at `shared`, and before that in the
/// one at `private`, where there is one.
///
/// All processes of a user see `shared`, so that they meet there; but it lies
/// where anybody could have made it first, and then serves none of them. Those
/// that see `private`, where nobody else can write, meet there instead. No
/// process goes on without one of the two, and both are taken where they can
/// be: whoever sees one of them only still keeps out those that see both.
/// Whether nobody else can write there is only looked at here: most commands
/// take no lock.
pub(super) fn lock_in_both(
    private: Option<&Path>,
    shared: &Path,
    notes: &Notes,
    key: &Key,
    wait: Duration,
    on_wait: &mut dyn FnMut(&LockHolder),
) -> Result<LockGuard, Error> {
    let started = Instant::now();
    let private = private.filter(|path| path.parent().is_some_and(is_ours_alone));
    let private = match private.map(|path| lock_in(path, notes, key, wait, on_wait)) {
        Some(Err(error @ Error::Locked { .. })) => return Err(error),
        Some(Ok(guard)) => Some(guard),
        // It cannot be used, as in a sandbox where it cannot be written to.
        Some(Err(error)) => {
            log::debug!("store: going on with one lock: {error}");
            None
        }
        None => None,
    };
    let left = wait.saturating_sub(started.elapsed());
    match (lock_in(shared, notes, key, left, on_wait), private) {
        (Err(error @ Error::Unsafe { .. }), Some(private)) if is_taken(&error, shared) => {
            notes.add(format!(
                "{error}: have it removed, for sessions of yours that see no other folder"
            ));
            Ok(private)
        }
        (shared, private) => Ok(shared?.along_with(private)),
    }
}

/// Says whether somebody else has made what should be the folder of locks:
/// no process of ours can lock there.
fn is_taken(error: &Error, folder: &Path) -> bool {
    matches!(
        error,
        Error::Unsafe { path, why: Unsafe::Owner { .. } | Unsafe::SymbolicLink | Unsafe::NotAFolder }
            if path == folder
    )
}

/// Returns where the locks of the user's own stores lie besides
/// [`lock_dir_of_user`], in a folder that the system makes for the user alone:
/// `/run/user/UID`, whatever the environment says. `None` where no system does.
pub fn private_lock_dir_of_user() -> Option<PathBuf> {
    #[cfg(unix)]
    {
        let uid = rustix::process::geteuid().as_raw();
        Some(PathBuf::from(format!("/run/user/{uid}/authctl")))
    }
    #[cfg(not(unix))]
    {
        None
    }
}

/// Says whether a folder is there and nobody else can write to it.
#[cfg(unix)]
fn is_ours_alone(folder: &Path) -> bool {
    use std::os::unix::fs::MetadataExt as _;

    folder.symlink_metadata().is_ok_and(|found| {
        found.is_dir()
            && found.uid() == rustix::process::geteuid().as_raw()
            && found.mode() & 0o022 == 0
    })
}

#[cfg(not(unix))]
fn is_ours_alone(_: &Path) -> bool {
    true
}

/// Returns where the locks of a store that belongs to the user and not to a
/// folder lie, such as the keychain: one folder a user, whatever the
/// environment says, so that processes with different `HOME` or `XDG_*` meet.
/// `data_dir` serves where the platform gives each user one such folder
/// whatever the environment says.
pub fn lock_dir_of_user(data_dir: &Path) -> PathBuf {
    #[cfg(unix)]
    {
        // Neither `data_dir` nor `$TMPDIR`, which differ between sessions of
        // one user.
        let _ = data_dir;
        let uid = rustix::process::geteuid().as_raw();
        PathBuf::from(format!("/tmp/authctl-{uid}"))
    }
    #[cfg(not(unix))]
    {
        data_dir.join("locks")
    }
}

pub(super) fn file_name(key: &Key) -> String {
    format!("{}.lock", key.hash())
}

pub(super) fn sign(file: &mut File) -> std::io::Result<()> {
    file.set_len(0)?;
    file.write_all(format!("{}\n", std::process::id()).as_bytes())
}

pub(super) fn holder(file: &mut File) -> LockHolder {
    let mut text = String::new();
    let read = file
        .seek(SeekFrom::Start(0))
        .and_then(|_| file.take(PID_LENGTH).read_to_string(&mut text));
    let pid = read.ok().and_then(|_| text.trim().parse().ok());
    // The holder wrote its pid when it took the lock.
    let since = pid.and_then(|_: u32| {
        let changed = file.metadata().ok()?.modified().ok()?;
        let seconds = changed.duration_since(UNIX_EPOCH).ok()?.as_secs();
        i64::try_from(seconds).ok().map(Timestamp)
    });
    LockHolder {
        pid,
        host: None,
        since,
        is_stopped: pid.is_some_and(is_stopped),
    }
}

/// Says whether a process is stopped: a signal to end it would wait, too.
/// Where the system does not tell by a file, it counts as running.
fn is_stopped(pid: u32) -> bool {
    if !cfg!(target_os = "linux") {
        return false;
    }
    // `pid (name) state …`, where the name may hold anything.
    std::fs::read(format!("/proc/{pid}/stat")).is_ok_and(|stat| {
        let name_ends = stat.iter().rposition(|&octet| octet == b')');
        let state = name_ends.and_then(|end| stat.get(end + 2));
        matches!(state, Some(b'T' | b't'))
    })
}

/// A refresh takes some tens of milliseconds; polling starts well below.
const FIRST_PAUSE: Duration = Duration::from_millis(2);
const LONGEST_PAUSE: Duration = Duration::from_millis(50);
/// Each takes a moment that only [`LockGuard::discard`] can hit.
const MOST_REMOVALS: u32 = 100;
/// Shorter waits are everyday and not worth a line.
const TOLD_AFTER: Duration = Duration::from_millis(500);
/// Ten digits and a line feed.
const PID_LENGTH: u64 = 11;

#[cfg(all(test, unix))]
mod tests;
