//! A folder of private files, and the only ways authctl touches them.
//!
//! The folder is opened once and everything inside is reached through that
//! handle, so that nobody can put another folder in its place midway. Files
//! are never opened through a symbolic link, never waited for (a FIFO), and
//! never written in place: [`Folder::replace`] is the one way to change one.

use std::sync::Mutex;

#[cfg(any(not(unix), test))]
mod other;
#[cfg(unix)]
mod unix;

#[cfg(not(unix))]
pub(super) use other::Folder;
#[cfg(unix)]
pub(super) use unix::Folder;

#[cfg(test)]
pub(super) mod fault;

/// What was put right on the way and should be said.
#[derive(Debug, Default)]
pub(super) struct Notes(Mutex<Vec<String>>);

impl Notes {
    pub(super) fn add(&self, note: String) {
        if let Ok(mut notes) = self.0.lock()
            && !notes.contains(&note)
        {
            notes.push(note);
        }
    }

    pub(super) fn take(&self) -> Vec<String> {
        self.0
            .lock()
            .map(|mut notes| std::mem::take(&mut *notes))
            .unwrap_or_default()
    }
}

/// The steps of a save between which a process may die and at which the
/// system may say no.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// The temporary file is made.
    Create,
    /// It is written.
    Write,
    /// It is flushed to the disk.
    SyncFile,
    /// It takes the place of the old one.
    Rename,
    /// The folder is flushed to the disk.
    #[cfg_attr(not(unix), allow(dead_code, reason = "only Unix flushes folders"))]
    SyncFolder,
}

/// Fails, or ends the process, where a test asked for it.
#[cfg(test)]
fn at(step: Step) -> std::io::Result<()> {
    fault::at(step)
}

#[cfg(not(test))]
#[inline]
fn at(_: Step) -> std::io::Result<()> {
    Ok(())
}

/// Returns the name of a temporary file for `name`, another at every call.
fn temporary_name(name: &str) -> String {
    use std::sync::atomic::{AtomicU64, Ordering};
    static NEXT: AtomicU64 = AtomicU64::new(0);
    let pid = std::process::id();
    let count = NEXT.fetch_add(1, Ordering::Relaxed);
    format!("{TEMPORARY_PREFIX}{name}.{pid}.{count}")
}

/// Says whether `found` is a temporary file for `name`, or of a trial, which
/// nobody misses.
fn is_temporary_of(found: &str, name: &str) -> bool {
    let of = |name| {
        found
            .strip_prefix(TEMPORARY_PREFIX)
            .and_then(|found| found.strip_prefix(name))
            .is_some_and(|rest| rest.starts_with('.'))
    };
    of(name) || of(PROBE)
}

/// What trial writes are called; no file is.
const PROBE: &str = "probe";
/// No session file begins with it.
const TEMPORARY_PREFIX: &str = ".tmp-";

#[cfg(test)]
mod tests;
