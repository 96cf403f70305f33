//! The file store as several processes see it: locks, kills, readers beside
//! writers, modes under any umask. The processes are this test binary itself,
//! run for the one test that is the child's part.
#![cfg(unix)]
#![expect(clippy::unwrap_used, reason = "a test may fail")]

use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::os::unix::process::ExitStatusExt as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use authctl::core::error::{Exit, Report as _};
use authctl::core::secret::Secret;
use authctl::core::store::{
    CachedToken, Choice, Error, FileKey, FileStore, Key, LockHolder, Places, Record, StoreKind,
    TokenStore, UnknownMembers, open,
};
use authctl::core::time::Timestamp;

const NOW: Timestamp = Timestamp(1_700_000_000);
/// Longer than any of these tests takes.
const LONG: Duration = Duration::from_secs(60);

fn store(dir: &Path) -> FileStore {
    FileStore::new(dir.join("sessions"), FileKey::parse(&[7; 32]).unwrap()).unwrap()
}

fn key() -> Key {
    Key::session("default")
}

/// A record that counts: its refresh token is `count`, and each access token
/// repeats it, so that a mixed record would show.
fn record(count: u64) -> Record {
    let mut record = Record::new("https://as.example", "authctl", NOW);
    record.refresh_token = Some(Secret::new(count.to_string()));
    for n in 0..3 {
        record.tokens.push(CachedToken {
            access_token: Secret::new(format!(
                "{count}:{}",
                "x".repeat(500 + count as usize % 700)
            )),
            token_type: "Bearer".into(),
            scope: vec![],
            requested_scope: vec![n.to_string()],
            audience: None,
            resource: vec![],
            parameters: None,
            issued_at: NOW,
            expires_at: None,
            clock_offset: None,
            proof_key: None,
            other: UnknownMembers::default(),
        });
    }
    record
}

/// Returns the count of a record, and sees that it is of one piece.
fn count(record: &Record) -> u64 {
    let count = record.refresh_token.as_ref().unwrap().expose();
    assert_eq!(record.tokens.len(), 3);
    for token in &record.tokens {
        let token = token.access_token.expose();
        assert_eq!(token.split_once(':').unwrap().0, count);
    }
    count.parse().unwrap()
}

fn kept(dir: &Path) -> Option<u64> {
    store(dir).load(&key()).unwrap().as_ref().map(count)
}

fn add_one(store: &FileStore) {
    let guard = store.lock(&key(), LONG, &mut |_| {}).unwrap();
    let before = store.load(&key()).unwrap().as_ref().map_or(0, count);
    store.save(&key(), &record(before + 1)).unwrap();
    drop(guard);
}

fn child(part: &str, dir: &Path) -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command
        .args(["--ignored", "--exact", "in_a_child_process"])
        .env("STORE_TEST_PART", part)
        .env("STORE_TEST_DIR", dir)
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    command
}

/// What a child process does, by `STORE_TEST_PART`.
#[test]
#[ignore = "run as a child process by the tests of this file"]
fn in_a_child_process() {
    let dir = std::env::var_os("STORE_TEST_DIR").unwrap();
    let dir = Path::new(&dir);
    let store = store(dir);
    match std::env::var("STORE_TEST_PART").unwrap().as_str() {
        "add-25" => (0..25).for_each(|_| add_one(&store)),
        "add-for-ever" => loop {
            add_one(&store);
        },
        "hold" => {
            let _guard = store.lock(&key(), LONG, &mut |_| {}).unwrap();
            fs::write(dir.join("held"), "").unwrap();
            std::thread::sleep(LONG);
        }
        "save" => {
            drop(store.lock(&key(), LONG, &mut |_| {}).unwrap());
            store.save(&key(), &record(2)).unwrap();
        }
        "save-too-large" => {
            let error = store.save(&key(), &record(2)).unwrap_err();
            assert!(is_too_large(&error), "{error:?}");
            let error = store.check_writable().unwrap_err();
            assert!(is_too_large(&error), "{error:?}");
            assert_eq!(error.exit(), Exit::Store);
        }
        part => panic!("no part {part}"),
    }
}

fn is_too_large(error: &Error) -> bool {
    matches!(error, Error::Io { source, .. } if source.kind() == std::io::ErrorKind::FileTooLarge)
}

/// Ends a child that its test has not ended.
struct Killed(Child);

impl Drop for Killed {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn wait_until(what: &str, mut is: impl FnMut() -> bool) {
    let started = Instant::now();
    while !is() {
        assert!(started.elapsed() < LONG, "{what}");
        std::thread::sleep(Duration::from_millis(2));
    }
}

fn temporary_files(dir: &Path) -> usize {
    fs::read_dir(dir.join("sessions"))
        .unwrap()
        .filter(|entry| {
            let name = entry.as_ref().unwrap().file_name();
            name.to_string_lossy().starts_with('.')
        })
        .count()
}

/// S1: nobody's change is lost.
#[test]
fn processes_that_read_change_and_save_under_the_lock_count_exactly() {
    let dir = tempfile::tempdir().unwrap();
    let children: Vec<Child> = (0..8)
        .map(|_| child("add-25", dir.path()).spawn().unwrap())
        .collect();
    for mut child in children {
        assert!(child.wait().unwrap().success());
    }
    assert_eq!(kept(dir.path()), Some(200));
    assert_eq!(temporary_files(dir.path()), 0);
}

/// S7: killed at any instant, a writer leaves one whole record, and never an
/// older one than was there.
#[test]
fn a_kill_at_a_random_point_loses_no_record() {
    let dir = tempfile::tempdir().unwrap();
    add_one(&store(dir.path()));
    let mut last = 1;
    for round in 0..25_u64 {
        let mut child = child("add-for-ever", dir.path()).spawn().unwrap();
        wait_until("the child to save", || kept(dir.path()).unwrap() > last);
        // Some steps of a save last microseconds, flushes milliseconds.
        std::thread::sleep(Duration::from_micros(round * 7_919 % 6_000));
        child.kill().unwrap();
        assert_eq!(child.wait().unwrap().signal(), Some(9));
        let now = kept(dir.path()).unwrap();
        assert!(now > last);
        last = now;
    }
    // The kernel freed the lock each time, and the next holder swept.
    add_one(&store(dir.path()));
    assert_eq!(kept(dir.path()), Some(last + 1));
    assert_eq!(temporary_files(dir.path()), 0);
}

/// S5: a holder that was killed frees the others at once; one that was
/// stopped holds them up for no longer than they wait, and is named.
#[test]
fn a_dead_holder_frees_the_lock_and_a_stopped_one_is_named() {
    let dir = tempfile::tempdir().unwrap();
    let store = store(dir.path());
    let mut holder = Killed(child("hold", dir.path()).spawn().unwrap());
    wait_until("the child to lock", || dir.path().join("held").exists());
    let pid = rustix::process::Pid::from_child(&holder.0);
    rustix::process::kill_process(pid, rustix::process::Signal::STOP).unwrap();

    let wait = Duration::from_millis(50);
    let started = Instant::now();
    let refused = store.lock(&key(), wait, &mut |_| {});
    let Err(
        error @ Error::Locked {
            holder:
                LockHolder {
                    pid: Some(named),
                    is_stopped,
                    ..
                },
            ..
        },
    ) = refused
    else {
        panic!("{refused:?}")
    };
    assert!(started.elapsed() >= wait);
    assert_eq!(named, holder.0.id());
    assert_eq!(is_stopped, cfg!(target_os = "linux"));
    assert_eq!(error.exit(), Exit::Store);
    assert!(
        error
            .to_string()
            .contains(&format!("by process {named}, since 20"))
    );
    // Who is stopped is to finish; elsewhere that is not known.
    let advice = if is_stopped { "kill -CONT" } else { "kill" };
    let hint = error.hint().unwrap();
    assert!(hint.contains(&format!("`{advice} {named}`")), "{hint}");

    holder.0.kill().unwrap();
    holder.0.wait().unwrap();
    drop(store.lock(&key(), Duration::ZERO, &mut |_| {}).unwrap());
}

/// S22.
#[test]
fn a_reader_beside_writers_never_meets_half_a_record() {
    let dir = tempfile::tempdir().unwrap();
    add_one(&store(dir.path()));
    let _writers = [(); 2].map(|()| Killed(child("add-for-ever", dir.path()).spawn().unwrap()));
    wait_until("the writers to begin", || kept(dir.path()).unwrap() > 2);
    let store = store(dir.path());
    let mut last = 0;
    for _ in 0..10_000 {
        let now = count(&store.load(&key()).unwrap().unwrap());
        assert!(now >= last);
        last = now;
    }
}

/// S10: the limit on file sizes neither kills nor loses anything.
#[test]
fn a_limit_on_file_sizes_is_an_error_and_loses_nothing() {
    let dir = tempfile::tempdir().unwrap();
    add_one(&store(dir.path()));
    let before = fs::read(store(dir.path()).path_of(&key())).unwrap();
    // `ulimit -f` counts blocks of 512 octets.
    let status = Command::new("sh")
        .args([
            "-c",
            "ulimit -f 2 && exec \"$0\" --ignored --exact in_a_child_process",
        ])
        .arg(std::env::current_exe().unwrap())
        .env("STORE_TEST_PART", "save-too-large")
        .env("STORE_TEST_DIR", dir.path())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .unwrap();
    assert!(status.success(), "{status}");
    assert_eq!(fs::read(store(dir.path()).path_of(&key())).unwrap(), before);
    assert_eq!(temporary_files(dir.path()), 0);
}

/// S11: the umask decides nothing, whether it forbids nothing or all.
#[test]
fn modes_are_private_under_any_umask() {
    for umask in ["000", "777"] {
        let dir = tempfile::tempdir().unwrap();
        if umask == "777" {
            // The folder must be there: in one that was made under this umask
            // only root could make anything.
            add_one(&store(dir.path()));
            for entry in fs::read_dir(dir.path().join("sessions")).unwrap() {
                fs::remove_file(entry.unwrap().path()).unwrap();
            }
        }
        let status = Command::new("sh")
            .args([
                "-c",
                &format!("umask {umask} && exec \"$0\" --ignored --exact in_a_child_process"),
            ])
            .arg(std::env::current_exe().unwrap())
            .env("STORE_TEST_PART", "save")
            .env("STORE_TEST_DIR", dir.path())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status()
            .unwrap();
        assert!(status.success(), "umask {umask}: {status}");
        let sessions = dir.path().join("sessions");
        assert_eq!(fs::metadata(&sessions).unwrap().mode() & 0o7777, 0o700);
        for entry in fs::read_dir(&sessions).unwrap() {
            let entry = entry.unwrap();
            let mode = entry.metadata().unwrap().mode() & 0o7777;
            assert_eq!(mode, 0o600, "umask {umask}: {:?}", entry.path());
        }
    }
}

/// S10: a folder that cannot be made, seen before anything is spent.
#[test]
fn a_folder_that_cannot_be_made_is_seen_before_a_save() {
    let dir = tempfile::tempdir().unwrap();
    add_one(&store(dir.path()));
    // A file where the folder should be stops root too.
    let blocked = dir.path().join("sessions/default");
    fs::write(&blocked, "").unwrap();
    let store =
        FileStore::new(blocked.join("sessions"), FileKey::parse(&[7; 32]).unwrap()).unwrap();
    for error in [
        store.check_writable().unwrap_err(),
        store.save(&key(), &record(1)).unwrap_err(),
        store.lock(&key(), LONG, &mut |_| {}).unwrap_err(),
    ] {
        assert_eq!(error.code(), "store_io", "{error:?}");
        assert_eq!(error.exit(), Exit::Store);
    }
}

#[test]
fn the_file_store_is_opened_without_touching_anything() {
    let dir = tempfile::tempdir().unwrap();
    let places = Places::new(dir.path().join("data"));
    let opened = open(Choice::File, &places, || {
        Ok::<_, Error>(Some(FileKey::parse(&[7; 32]).unwrap()))
    })
    .unwrap();
    assert_eq!(opened.store.kind(), StoreKind::File);
    assert!(opened.must_keep().is_ok());
    assert!(opened.store.load(&key()).unwrap().is_none());
    assert_eq!(opened.store.list().unwrap(), []);
    assert!(!dir.path().join("data").exists());
    opened.store.save(&key(), &record(1)).unwrap();
    assert_eq!(opened.store.list().unwrap(), [key()]);
}

#[test]
fn files_without_a_key_are_refused_with_the_choices() {
    let error = open(Choice::File, &Places::new("/nonexistent"), || {
        Ok::<_, Error>(None)
    })
    .unwrap_err();
    assert_eq!(error.code(), "store_key_missing");
    assert_eq!(error.exit(), Exit::Store);
    let hint = error.hint().unwrap();
    for choice in [
        "AUTHCTL_STORE_PASSPHRASE",
        "AUTHCTL_STORE_KEY",
        "AUTHCTL_STORE_KEY_FILE",
        "--store keychain",
    ] {
        assert!(hint.contains(choice), "{hint}");
    }
}
