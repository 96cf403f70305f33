//! One lock in two folders.

use std::os::unix::fs::{PermissionsExt, symlink};

use super::*;

fn taken(private: Option<&Path>, shared: &Path) -> Result<LockGuard, Error> {
    let key = Key::session("default");
    let notes = Notes::default();
    lock_in_both(private, shared, &notes, &key, Duration::ZERO, &mut |_| {})
}

fn is_locked(private: Option<&Path>, shared: &Path) -> bool {
    matches!(taken(private, shared), Err(Error::Locked { .. }))
}

#[test]
fn whoever_sees_one_of_two_folders_meets_those_that_see_both() {
    let dir = tempfile::tempdir().unwrap();
    let (private, shared) = (dir.path().join("private"), dir.path().join("shared"));
    let both = taken(Some(&private), &shared).unwrap();
    assert!(is_locked(None, &shared));
    assert!(is_locked(None, &private));
    assert!(is_locked(Some(&private), &dir.path().join("other")));
    both.discard();
    assert!(!private.exists() && !shared.exists());
    let one = taken(None, &shared).unwrap();
    assert!(is_locked(Some(&private), &shared));
    drop(one);
    drop(taken(Some(&private), &shared).unwrap());
}

/// S4: somebody made the shared folder first.
#[test]
fn s4_a_shared_folder_that_is_taken_is_replaced_by_the_private_one() {
    let dir = tempfile::tempdir().unwrap();
    let (private, shared) = (dir.path().join("private"), dir.path().join("shared"));
    let theirs = dir.path().join("theirs");
    std::fs::create_dir(&theirs).unwrap();
    symlink(&theirs, &shared).unwrap();
    let key = Key::session("default");
    let notes = Notes::default();
    let guard = lock_in_both(
        Some(&private),
        &shared,
        &notes,
        &key,
        Duration::ZERO,
        &mut |_| {},
    )
    .unwrap();
    let said = notes.take();
    assert!(said.len() == 1 && said[0].contains("shared"), "{said:?}");
    assert!(is_locked(Some(&private), &shared));
    drop(guard);
    assert_eq!(std::fs::read_dir(&theirs).unwrap().count(), 0);
    // Nobody goes on without a lock.
    assert!(matches!(taken(None, &shared), Err(Error::Unsafe { .. })));
    std::fs::write(dir.path().join("file"), "").unwrap();
    let unusable = dir.path().join("file");
    let refused = taken(Some(&unusable), &shared);
    assert!(matches!(refused, Err(Error::Unsafe { .. })));
    // One that is ours and open is ours to mend.
    std::fs::remove_file(&shared).unwrap();
    std::fs::create_dir(&shared).unwrap();
    std::fs::set_permissions(&shared, PermissionsExt::from_mode(0o777)).unwrap();
    let refused = taken(Some(&private), &shared);
    assert!(matches!(refused, Err(Error::Unsafe { .. })));
}

#[test]
fn a_private_folder_lies_where_nobody_else_can_write() {
    let dir = tempfile::tempdir().unwrap();
    let run = dir.path().join("run");
    assert!(!is_ours_alone(&run));
    std::fs::create_dir(&run).unwrap();
    let (private, shared) = (run.join("authctl"), dir.path().join("shared"));
    for (mode, serves) in [(0o700, true), (0o755, true), (0o770, false), (0o777, false)] {
        std::fs::set_permissions(&run, PermissionsExt::from_mode(mode)).unwrap();
        assert_eq!(is_ours_alone(&run), serves, "{mode:o}");
        let guard = taken(Some(&private), &shared).unwrap();
        assert_eq!(private.exists(), serves, "{mode:o}");
        guard.discard();
    }
    let link = dir.path().join("link");
    symlink(dir.path(), &link).unwrap();
    assert!(!is_ours_alone(&link));
}

/// `doctor` in a fresh home leaves nothing behind, and is in nobody's way who
/// signs in there for the first time.
#[test]
fn a_folder_that_is_removed_while_it_is_locked_in_is_made_again() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("sessions");
    let take = |profile: &str| {
        let (key, notes) = (Key::session(profile), Notes::default());
        lock_in(&path, &notes, &key, Duration::from_secs(60), &mut |_| {}).unwrap()
    };
    std::thread::scope(|scope| {
        for profile in ["one", "one", "another"] {
            scope.spawn(move || (0..200).for_each(|_| take(profile).discard()));
        }
    });
    assert!(!path.exists());
}
