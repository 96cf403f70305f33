//! Modes, links, kills: what only Unix has.

use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, symlink};
use std::os::unix::process::ExitStatusExt as _;
use std::process::{Command, Stdio};

use rustix::fs::{FileType, Mode};

use super::*;

fn nobody(holder: &LockHolder) {
    panic!("waited for {holder:?}")
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().mode() & 0o7777
}

fn chmod(path: &Path, mode: u32) {
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

fn why_unsafe<T: std::fmt::Debug>(result: Result<T, Error>) -> Unsafe {
    match result {
        Err(Error::Unsafe { why, .. }) => why,
        other => panic!("{other:?}"),
    }
}

/// S7: killed at every step, the record is the old one or the new one,
/// and what the dead process left is swept by the next.
#[test]
fn a_kill_at_any_step_leaves_the_old_record_or_the_new() {
    for (step, kept_after, files_after) in [
        (Step::Create, "old", 1),
        (Step::Write, "old", 2),
        (Step::SyncFile, "old", 2),
        (Step::Rename, "old", 2),
        (Step::SyncFolder, "new", 1),
    ] {
        let home = home();
        let status = Command::new(std::env::current_exe().unwrap())
            .args([
                "--ignored",
                "--exact",
                "core::store::file::tests::unix::save_and_be_killed",
            ])
            .env("STORE_TEST_DIR", home.dir.path())
            .env("STORE_TEST_STEP", format!("{step:?}"))
            .stdout(Stdio::null())
            .status()
            .unwrap();
        assert_eq!(status.signal(), Some(9), "{step:?}");
        assert_eq!(kept(&home.store, &default()).as_deref(), Some(kept_after));
        assert_eq!(files_in(home.store.path()).len(), files_after, "{step:?}");

        drop(
            home.store
                .lock(&default(), Duration::ZERO, &mut nobody)
                .unwrap(),
        );
        let left = files_in(home.store.path());
        assert!(left.iter().all(|name| !name.starts_with('.')), "{left:?}");
        home.store.save(&default(), &record("next", 0)).unwrap();
        assert_eq!(kept(&home.store, &default()).as_deref(), Some("next"));
    }
}

#[test]
#[ignore = "the child of the test above"]
fn save_and_be_killed() {
    let dir = PathBuf::from(std::env::var_os("STORE_TEST_DIR").unwrap());
    let step = std::env::var("STORE_TEST_STEP").unwrap();
    let step = [
        Step::Create,
        Step::Write,
        Step::SyncFile,
        Step::Rename,
        Step::SyncFolder,
    ]
    .into_iter()
    .find(|of| format!("{of:?}") == step)
    .unwrap();
    let store = FileStore::new(dir.join("sessions"), raw(7)).unwrap();
    fault::set(Some(fault::Fault::Kill(step)));
    store.save(&default(), &record("new", 0)).unwrap();
}

#[test]
fn the_temporary_file_of_a_living_process_is_not_swept() {
    let home = home();
    let temporary = |of: &str, n: u32| home.store.path().join(format!(".tmp-{of}.1.{n}"));
    let name = file_name(&default());
    let living = temporary(&name, 0);
    let file = fs::File::create(&living).unwrap();
    file.lock().unwrap();
    let (dead, trial) = (temporary(&name, 1), temporary("probe", 2));
    // Between making and locking it, another key's writer looks dead.
    let of_another_key = temporary(&file_name(&Key::session("other")), 3);
    for path in [&dead, &trial, &of_another_key] {
        fs::write(path, "").unwrap();
    }
    drop(
        home.store
            .lock(&default(), Duration::ZERO, &mut nobody)
            .unwrap(),
    );
    assert!(living.exists() && of_another_key.exists());
    assert!(!dead.exists() && !trial.exists());
}

/// S11.
#[test]
fn s11_modes_are_private_and_open_ones_are_refused() {
    let home = home();
    let file = home.store.path_of(&default());
    drop(
        home.store
            .lock(&default(), Duration::ZERO, &mut nobody)
            .unwrap(),
    );
    let lock = home.store.path().join(lock::file_name(&default()));
    assert_eq!(mode(home.store.path()), 0o700);
    assert_eq!(mode(&file), 0o600);
    assert_eq!(mode(&lock), 0o600);
    assert_eq!(home.store.take_notes(), Vec::<String>::new());

    for mode in [0o777, 0o720, 0o702, 0o1777] {
        chmod(home.store.path(), mode);
        for refused in [
            home.store.load(&default()).unwrap_err(),
            home.store.save(&default(), &record("new", 0)).unwrap_err(),
            home.store.remove(&default()).unwrap_err(),
            home.store.list().unwrap_err(),
            home.store.check_writable().unwrap_err(),
            home.store
                .lock(&default(), Duration::ZERO, &mut nobody)
                .unwrap_err(),
        ] {
            assert_eq!(refused.code(), "store_unsafe");
            let hint = refused.hint().unwrap();
            assert!(hint.contains("`chmod 700 /"), "{hint}");
            let expected = Unsafe::Open {
                mode,
                at_most: 0o700,
            };
            assert_eq!(why_unsafe::<()>(Err(refused)), expected);
        }
    }
    chmod(home.store.path(), 0o755);
    assert_eq!(kept(&home.store, &default()).as_deref(), Some("old"));
    assert_eq!(mode(home.store.path()), 0o700);
    assert_eq!(
        home.store.take_notes(),
        [format!(
            "others could look into {}: its mode was 0755 and is now 0700",
            home.store.path().display()
        )]
    );
    for mode in [0o644, 0o660, 0o602] {
        chmod(&file, mode);
        for refused in [
            home.store.load(&default()).unwrap_err(),
            home.store.save(&default(), &record("new", 0)).unwrap_err(),
        ] {
            let hint = refused.hint().unwrap();
            assert!(hint.contains("`chmod 600 /"), "{hint}");
            let expected = Unsafe::Open {
                mode,
                at_most: 0o600,
            };
            assert_eq!(why_unsafe::<()>(Err(refused)), expected);
        }
    }
    chmod(&file, 0o600);
    assert_eq!(kept(&home.store, &default()).as_deref(), Some("old"));

    // A lock holds nothing that could be read.
    chmod(&lock, 0o666);
    drop(
        home.store
            .lock(&default(), Duration::ZERO, &mut nobody)
            .unwrap(),
    );
    assert_eq!(mode(&lock), 0o600);
    assert_eq!(
        home.store.take_notes(),
        [format!(
            "others could hold {}: its mode was 0666 and is now 0600",
            lock.display()
        )]
    );
    assert_eq!(home.store.take_notes(), Vec::<String>::new());
}

/// What is open to others can still be given up.
#[test]
fn s11_an_open_file_can_be_removed() {
    let home = home();
    let file = home.store.path_of(&default());
    chmod(&file, 0o644);
    assert!(home.store.remove(&default()).unwrap());
    assert!(!file.exists());
}

/// Puts something at the path of a session or a lock, and wants every
/// call that meets it to refuse.
fn refused_at(place: &str, put: impl Fn(&Path), expected: Unsafe) {
    let home = home();
    let store = &home.store;
    let session = store.path_of(&default());
    fs::remove_file(&session).unwrap();
    match place {
        "session" => {
            put(&session);
            assert_eq!(why_unsafe(store.load(&default())), expected);
            let saved = store.save(&default(), &record("new", 0));
            assert_eq!(why_unsafe(saved), expected);
            assert_eq!(why_unsafe(store.remove(&default())), expected);
            // A listing says so and goes on.
            assert_eq!(store.list().unwrap(), []);
            assert_eq!(store.take_notes().len(), 1);
        }
        _ => {
            put(&store.path().join(lock::file_name(&default())));
            let locked = store.lock(&default(), Duration::ZERO, &mut nobody);
            assert_eq!(why_unsafe(locked), expected);
        }
    }
}

/// S12.
#[test]
fn what_is_no_plain_file_is_refused_and_its_target_unchanged() {
    let outside = tempfile::tempdir().unwrap();
    let victim = outside.path().join("victim");
    fs::write(&victim, "precious").unwrap();
    for place in ["session", "lock"] {
        refused_at(
            place,
            |at| symlink(&victim, at).unwrap(),
            Unsafe::SymbolicLink,
        );
        refused_at(
            place,
            |at| symlink("/nonexistent/x", at).unwrap(),
            Unsafe::SymbolicLink,
        );
        refused_at(
            place,
            |at| symlink("/dev/zero", at).unwrap(),
            Unsafe::SymbolicLink,
        );
        refused_at(
            place,
            |at| fs::hard_link(&victim, at).unwrap(),
            Unsafe::HardLink,
        );
        refused_at(place, |at| fs::create_dir(at).unwrap(), Unsafe::NotAFile);
        refused_at(
            place,
            |at| {
                let mode = Mode::RUSR | Mode::WUSR;
                rustix::fs::mknodat(rustix::fs::CWD, at, FileType::Fifo, mode, 0).unwrap();
            },
            Unsafe::NotAFile,
        );
        refused_at(
            place,
            |at| drop(std::os::unix::net::UnixListener::bind(at).unwrap()),
            Unsafe::NotAFile,
        );
        // Only root can give a file away.
        if rustix::process::geteuid().is_root() {
            refused_at(
                place,
                |at| {
                    fs::write(at, "").unwrap();
                    std::os::unix::fs::chown(at, Some(1), None).unwrap();
                },
                Unsafe::Owner { uid: 1 },
            );
        }
    }
    assert_eq!(fs::read_to_string(&victim).unwrap(), "precious");
}

/// S12.
#[test]
fn a_folder_that_is_none_of_ours_is_refused() {
    let home = home_with(raw(7));
    let at = home.store.path();
    let elsewhere = home.dir.path().join("elsewhere");
    fs::create_dir(&elsewhere).unwrap();
    let refused = |expected| {
        assert_eq!(why_unsafe(home.store.load(&default())), expected);
        let saved = home.store.save(&default(), &record("new", 0));
        assert_eq!(why_unsafe(saved), expected);
        let locked = home.store.lock(&default(), Duration::ZERO, &mut nobody);
        assert_eq!(why_unsafe(locked), expected);
        assert_eq!(why_unsafe(home.store.list()), expected);
    };
    symlink(&elsewhere, at).unwrap();
    refused(Unsafe::SymbolicLink);
    fs::remove_file(at).unwrap();
    fs::write(at, "").unwrap();
    refused(Unsafe::NotAFolder);
    fs::remove_file(at).unwrap();
    if rustix::process::geteuid().is_root() {
        fs::create_dir(at).unwrap();
        std::os::unix::fs::chown(at, Some(1), None).unwrap();
        refused(Unsafe::Owner { uid: 1 });
    }
    assert_eq!(files_in(&elsewhere), Vec::<String>::new());
}

/// Whoever cleans up must not split the lock in two.
#[test]
fn a_lock_file_that_was_removed_is_made_anew() {
    let home = home();
    let path = home.store.path().join(lock::file_name(&default()));
    let first = home
        .store
        .lock(&default(), Duration::ZERO, &mut nobody)
        .unwrap();
    fs::remove_file(&path).unwrap();
    let second = home
        .store
        .lock(&default(), Duration::ZERO, &mut nobody)
        .unwrap();
    assert!(path.exists());
    drop((first, second));
}

#[test]
fn a_long_wait_is_told_once_with_the_holder() {
    let home = home();
    let guard = home
        .store
        .lock(&default(), Duration::ZERO, &mut nobody)
        .unwrap();
    let mut told = Vec::new();
    let refused = home
        .store
        .lock(&default(), Duration::from_millis(700), &mut |holder| {
            told.push(holder.clone());
        });
    assert!(matches!(refused, Err(Error::Locked { .. })));
    assert_eq!(told.len(), 1);
    assert_eq!(told[0].pid, Some(std::process::id()));
    drop(guard);
}

/// S10: a folder that cannot be written to is seen before a save, and what is
/// there can still be read.
#[test]
fn a_read_only_folder_is_seen_before_a_save() {
    let home = home();
    chmod(home.store.path(), 0o500);
    let tried = home.store.check_writable();
    let saved = home.store.save(&default(), &record("new", 0));
    let now = kept(&home.store, &default());
    chmod(home.store.path(), 0o700);
    // Root writes where it likes.
    if rustix::process::geteuid().is_root() {
        assert!(tried.is_ok() && saved.is_ok());
        assert_eq!(now.as_deref(), Some("new"));
    } else {
        for result in [tried, saved] {
            assert!(
                matches!(&result, Err(Error::Io { source, .. })
                    if source.kind() == ErrorKind::PermissionDenied),
                "{result:?}"
            );
        }
        assert_eq!(now.as_deref(), Some("old"));
    }
}
