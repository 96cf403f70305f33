//! Takes turns with the other processes that want the same keychain.
//!
//! A keychain serves one at a time. A hundred processes that come at once
//! would each find it silent for as long as the others take, and give it up.

use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use super::super::super::folder::{Folder, Notes};
use super::super::super::lock::{holder, sign};

/// The turn, until it is dropped.
#[derive(Debug)]
pub(super) struct Turn(
    #[expect(dead_code, reason = "the kernel's lock ends with it")] std::fs::File,
);

/// Waits for a turn. It is a courtesy, so there is an end to it: nobody waits
/// behind one that hangs, be it in the keychain or stopped, and where there
/// can be no lock there are no turns.
pub(super) fn take(file: &Path) -> Option<Turn> {
    let (folder, name) = (file.parent()?, file.file_name()?.to_str()?);
    let notes = Notes::default();
    let folder = Folder::create(folder, &notes).ok()?;
    let begun = Instant::now();
    let mut last = (None, begun);
    let mut hung = Duration::ZERO;
    let mut looked = begun;
    loop {
        let mut open = folder.open_lock(name).ok()?;
        if open.try_lock().is_ok() {
            let _ = sign(&mut open);
            return Some(Turn(open));
        }
        let now = Instant::now();
        let present = holder(&mut open).pid;
        if present != last.0 {
            last = (present, now);
        } else if now - last.1 > A_TURN {
            hung += now - looked;
        }
        looked = now;
        if hung > PATIENCE || now - begun > LONGEST_WAIT {
            log::debug!("keychain: going on without a turn");
            return None;
        }
        thread::sleep(PAUSE);
    }
}

/// Returns the file of the turns at one keychain: `at` is what tells it from
/// others, such as the address of its bus.
pub(super) fn file_in(lock_dir: &Path, at: &str) -> PathBuf {
    let at = crate::core::secret::fingerprint(at.as_bytes());
    lock_dir.join(format!("keychain-{at}.turn"))
}

const PAUSE: Duration = Duration::from_millis(5);
/// Longer than any keychain takes that does not hang.
const A_TURN: Duration = Duration::from_secs(1);
/// How long those are waited for that take longer, together.
const PATIENCE: Duration = Duration::from_secs(1);
const LONGEST_WAIT: Duration = Duration::from_secs(60);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_turn_is_one_processs_and_its_wait_has_an_end() {
        let dir = tempfile::tempdir().unwrap();
        let file = file_in(dir.path(), "unix:path=/run/bus");
        let turn = take(&file).unwrap();
        let begun = Instant::now();
        assert!(take(&file).is_none());
        assert!((1..5).contains(&begun.elapsed().as_secs()));
        assert!(take(&file_in(dir.path(), "another")).is_some());
        drop(turn);
        assert!(take(&file).is_some());
        // No folder, no turns.
        let blocked = dir.path().join("blocked");
        std::fs::write(&blocked, "").unwrap();
        assert!(take(&blocked.join("turn")).is_none());
    }
}
