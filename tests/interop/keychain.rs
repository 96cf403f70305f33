//! The keychain store against a real gnome-keyring, read back with
//! `secret-tool`, and against every way in which a keychain can be missing.
//!
//! Each test starts a session of its own with `keyring-session.sh` and runs
//! its part in it as a child process: the connection to the keychain belongs
//! to the process, so one process sees one keychain.
#![expect(clippy::unwrap_used, reason = "a test may fail")]

use std::fs;
use std::io::Read as _;
use std::os::unix::net::UnixListener;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

use authctl::core::error::{Exit, Report as _};
use authctl::core::secret::Secret;
use authctl::core::store::{
    Choice, ClientKey, Damage, Error, FileKey, Key, KeychainError, KeychainStore, Places, Record,
    StoreKind, TokenStore, keychain, open,
};
use authctl::core::time::Timestamp;

const LONG: Duration = Duration::from_secs(60);
/// The keychain's deadline is 3 s; the rest is for a busy machine.
const BOUND: Duration = Duration::from_secs(4);

fn places(dir: &Path) -> Places {
    Places {
        lock_dir: dir.join("locks"),
        ..Places::new(dir.join("data"))
    }
}

fn default() -> Key {
    Key::session("default")
}

fn record(refresh_token: &str, size: usize) -> Record {
    let mut record = Record::new("https://as.example", "authctl", Timestamp(1_700_000_000));
    record.subject = Some("größe".to_owned());
    record.refresh_token = Some(Secret::new(refresh_token));
    record.id_token = Some(Secret::new("i".repeat(size)));
    record
}

fn kept(store: &dyn TokenStore, key: &Key) -> Option<String> {
    let record = store.load(key).unwrap()?;
    Some(record.refresh_token.unwrap().expose().to_owned())
}

fn run(program: &str, args: &[&str]) -> Output {
    Command::new(program)
        .args(args)
        .stdin(Stdio::null())
        .output()
        .unwrap_or_else(|error| panic!("{program}: {error}"))
}

/// Calls a method of the Secret Service.
fn secret_service(object: &str, method: &str, args: &[&str]) {
    let mut all = vec![
        "--session",
        "--dest=org.freedesktop.secrets",
        "--print-reply",
        object,
        method,
    ];
    all.extend(args);
    let output = run("dbus-send", &all);
    assert!(output.status.success(), "{output:?}");
}

/// Runs a part of [`in_a_session`], with a keyring or without.
fn session(part: &str, keyring: &str) {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/interop/keyring-session.sh");
    let mut command = Command::new(script);
    command.arg(std::env::current_exe().unwrap());
    command.env("KEYRING", keyring);
    expect_success(part, command);
}

/// Runs a part of [`in_a_session`] on a bus at `address`.
fn on_bus(part: &str, address: &str) {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.env("DBUS_SESSION_BUS_ADDRESS", address);
    expect_success(part, command);
}

fn expect_success(part: &str, mut command: Command) {
    let dir = tempfile::tempdir().unwrap();
    let output = command
        .args([
            "--ignored",
            "--exact",
            "--nocapture",
            "keychain::in_a_session",
        ])
        .env("KEYCHAIN_TEST_PART", part)
        .env("KEYCHAIN_TEST_DIR", dir.path())
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{part}: {}\n{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
}

#[test]
#[ignore = "run as a child process by the tests of this file"]
fn in_a_session() {
    let dir = PathBuf::from(std::env::var_os("KEYCHAIN_TEST_DIR").unwrap());
    match std::env::var("KEYCHAIN_TEST_PART").unwrap().as_str() {
        "round-trip" => round_trip(&dir),
        "search" => search(&dir),
        "count" => count(&dir),
        "lookup" => foreign(),
        "split" => split(&dir),
        "twice" => twice(&dir),
        "add-10" => (0..10).for_each(|_| add_one(&KeychainStore::native(&places(&dir)))),
        "locked" => {
            let store = KeychainStore::native(&places(&dir));
            store.save(&default(), &record("one", 0)).unwrap();
            secret_service(
                "/org/freedesktop/secrets",
                "org.freedesktop.Secret.Service.Lock",
                &["array:objpath:/org/freedesktop/secrets/collection/login"],
            );
            refused(&dir, &KeychainError::PromptDismissed, BOUND);
        }
        "deleted" => {
            let store = KeychainStore::native(&places(&dir));
            store.save(&default(), &record("one", 0)).unwrap();
            secret_service(
                "/org/freedesktop/secrets/collection/login",
                "org.freedesktop.Secret.Collection.Delete",
                &[],
            );
            assert_eq!(kept(&store, &default()), None);
            for error in [
                store.save(&default(), &record("two", 0)).unwrap_err(),
                store.check_writable().unwrap_err(),
            ] {
                assert_keychain(&error, &KeychainError::NoCollection);
            }
        }
        "stopped" => {
            let _stopped = Stopped::new();
            let late = KeychainError::NoAnswer(Duration::from_secs(3));
            refused(&dir, &late, BOUND);
        }
        "no-service" => {
            refused(&dir, &KeychainError::NoService, BOUND);
            auto(&dir, &KeychainError::NoService);
        }
        "no-bus" => {
            refused(&dir, &KeychainError::NoBus, BOUND);
            auto(&dir, &KeychainError::NoBus);
        }
        "no-answer" => {
            let late = KeychainError::NoAnswer(Duration::from_secs(3));
            refused(&dir, &late, BOUND);
            auto(&dir, &late);
        }
        "files" => {
            let key = FileKey::parse(&[7; 32]).unwrap();
            let opened = open(Choice::File, &places(&dir), Some(key)).unwrap();
            let guard = opened.store.lock(&default(), LONG, &mut |_| {}).unwrap();
            opened.store.save(&default(), &record("one", 0)).unwrap();
            drop(guard);
            assert_eq!(opened.store.list().unwrap(), [default()]);
            // Made, and not used.
            open(Choice::Keychain, &places(&dir), None).unwrap();
            open(Choice::None, &places(&dir), None).unwrap();
        }
        part => panic!("no part {part}"),
    }
}

/// The keyring's process, stopped until dropped.
struct Stopped(rustix::process::Pid);

impl Stopped {
    fn new() -> Self {
        let output = run(
            "dbus-send",
            &[
                "--session",
                "--dest=org.freedesktop.DBus",
                "--print-reply=literal",
                "/org/freedesktop/DBus",
                "org.freedesktop.DBus.GetConnectionUnixProcessID",
                "string:org.freedesktop.secrets",
            ],
        );
        let text = String::from_utf8(output.stdout).unwrap();
        let pid: i32 = text.split_whitespace().last().unwrap().parse().unwrap();
        let pid = rustix::process::Pid::from_raw(pid).unwrap();
        rustix::process::kill_process(pid, rustix::process::Signal::STOP).unwrap();
        Self(pid)
    }
}

impl Drop for Stopped {
    fn drop(&mut self) {
        let _ = rustix::process::kill_process(self.0, rustix::process::Signal::CONT);
    }
}

fn assert_keychain(error: &Error, expected: &KeychainError) {
    let Error::Keychain(found) = error else {
        panic!("{error:?}")
    };
    assert_eq!(found, expected);
    assert_eq!(error.exit(), Exit::Store);
    assert!(error.hint().unwrap().contains("--store file"));
}

/// Every call says why the keychain cannot be used, in time.
fn refused(dir: &Path, expected: &KeychainError, bound: Duration) {
    let store = KeychainStore::native(&places(dir));
    let started = Instant::now();
    assert_keychain(&store.load(&default()).unwrap_err(), expected);
    assert!(started.elapsed() < bound, "{:?}", started.elapsed());
    let started = Instant::now();
    let saved = store.save(&default(), &record("new", 0));
    assert_keychain(&saved.unwrap_err(), expected);
    assert!(started.elapsed() < bound, "{:?}", started.elapsed());
}

/// `auto` goes on with what there is, and says why.
fn auto(dir: &Path, why: &KeychainError) {
    let opened = open(Choice::Auto, &places(dir), None).unwrap();
    assert_eq!(opened.store.kind(), StoreKind::None);
    let error = opened.must_keep().unwrap_err();
    assert!(
        error.hint().unwrap().contains(&why.to_string()),
        "{error:?}"
    );
    let key = FileKey::parse(&[7; 32]).unwrap();
    let opened = open(Choice::Auto, &places(dir), Some(key)).unwrap();
    assert_eq!(opened.store.kind(), StoreKind::File);
    assert!(opened.reason.to_string().contains(&why.to_string()));
}

fn round_trip(dir: &Path) {
    let opened = open(Choice::Auto, &places(dir), None).unwrap();
    assert_eq!(opened.store.kind(), StoreKind::Keychain);
    let store = &*opened.store;
    assert_eq!(kept(store, &default()), None);
    for (token, size) in [
        ("one", 10),
        ("two", 12_288),
        ("three", 300_000),
        ("four", 0),
    ] {
        store.check_writable().unwrap();
        let new = record(token, size);
        store.save(&default(), &new).unwrap();
        assert_eq!(
            store.load(&default()).unwrap().unwrap().to_json(),
            new.to_json()
        );
        let args = ["lookup", "service", "authctl", "username", "default"];
        assert_eq!(run("secret-tool", &args).stdout, **new.to_json());
    }
    // One item, changed in place, and nothing left of the trial writes.
    assert_eq!(items(), 1);
    let found = run("secret-tool", &["search", "service", "authctl"]);
    let text = String::from_utf8_lossy(&found.stdout).into_owned();
    assert!(text.contains("label = authctl: default\n"), "{text}");

    assert!(store.remove(&default()).unwrap());
    assert!(!store.remove(&default()).unwrap());
    assert_eq!(kept(store, &default()), None);
    let args = ["lookup", "service", "authctl", "username", "default"];
    assert!(!run("secret-tool", &args).status.success());
}

fn search(dir: &Path) {
    let store = KeychainStore::native(&places(dir));
    let long = "x".repeat(300);
    let mut keys: Vec<Key> = ["dev", "Dev", "../dev", "a/b", "a\0b", "", "é#1", &long]
        .iter()
        .map(|profile| Key::session(profile))
        .collect();
    keys.push(Key::client(&ClientKey::default()));
    keys.sort_unstable();
    for key in &keys {
        store.save(key, &record(key.name(), 0)).unwrap();
    }
    for key in &keys {
        assert_eq!(kept(&store, key).as_deref(), Some(key.name()));
    }
    assert_eq!(store.list().unwrap(), keys);
    // Edited by hand (S17), and in the list all the same.
    let edited = Command::new("sh")
        .args([
            "-c",
            "echo rubbish | secret-tool store --label=x service authctl username dev",
        ])
        .status()
        .unwrap();
    assert!(edited.success());
    let error = store.load(&Key::session("dev")).unwrap_err();
    assert_eq!(error.code(), "store_damaged");
    assert_eq!(store.list().unwrap(), keys);
    for key in &keys {
        assert!(store.remove(key).unwrap());
    }
    assert_eq!(store.list().unwrap(), []);
}

/// A secret that the user put there.
fn foreign() {
    let put = "printf hunter2 | secret-tool store --label=x service ci username deploy";
    assert!(run("sh", &["-c", put]).status.success());
    let found = keychain::lookup("ci", "deploy", Duration::ZERO).unwrap();
    assert_eq!(found.unwrap().expose(), "hunter2");
    for (service, account) in [("ci", "other"), ("authctl", "deploy")] {
        let found = keychain::lookup(service, account, Duration::ZERO).unwrap();
        assert!(found.is_none(), "{service} {account}");
    }
}

/// How many items of authctl there are.
fn items() -> usize {
    let found = run("secret-tool", &["search", "--all", "service", "authctl"]);
    let text = String::from_utf8_lossy(&found.stdout).into_owned();
    text.matches("label = ").count()
}

fn split(dir: &Path) {
    let store = KeychainStore::native(&places(dir)).with_item_limit(Some(2560));
    for (token, size, count) in [
        ("one", 12_288, 6),
        ("two", 4_000, 3),
        ("three", 0, 1),
        ("four", 12_288, 6),
    ] {
        let new = record(token, size);
        store.save(&default(), &new).unwrap();
        let loaded = store.load(&default()).unwrap().unwrap();
        assert_eq!(loaded.to_json(), new.to_json());
        assert_eq!(items(), count, "{token}");
        assert_eq!(store.list().unwrap(), [default()]);
    }
    // Read, and put together again, by one without a limit.
    let whole = KeychainStore::native(&places(dir));
    assert_eq!(kept(&whole, &default()).as_deref(), Some("four"));
    whole.save(&default(), &record("five", 12_288)).unwrap();
    assert_eq!(items(), 1);
    store.save(&default(), &record("six", 12_288)).unwrap();
    assert!(store.remove(&default()).unwrap());
    assert_eq!(items(), 0);
}

/// Another program's item that has our service and name too.
fn twice(dir: &Path) {
    let store = KeychainStore::native(&places(dir));
    store.save(&default(), &record("one", 0)).unwrap();
    let second = "echo {} | secret-tool store --label=x service authctl username default more 1";
    assert!(run("sh", &["-c", second]).status.success());
    assert_eq!(items(), 2);
    for error in [
        store.load(&default()).unwrap_err(),
        store.save(&default(), &record("two", 0)).unwrap_err(),
    ] {
        assert!(
            matches!(
                &error,
                Error::Damaged {
                    why: Damage::Ambiguous,
                    ..
                }
            ),
            "{error:?}"
        );
    }
    assert_eq!(store.list().unwrap(), [default()]);
    assert!(store.remove(&default()).unwrap());
    assert_eq!(items(), 0);
}

fn add_one(store: &KeychainStore) {
    let guard = store.lock(&default(), LONG, &mut |_| {}).unwrap();
    let before: u32 = kept(store, &default()).map_or(0, |count| count.parse().unwrap());
    store
        .save(&default(), &record(&(before + 1).to_string(), 0))
        .unwrap();
    drop(guard);
}

fn count(dir: &Path) {
    let children: Vec<_> = (0..6)
        .map(|n| {
            // Whatever the home is (S2).
            let home = dir.join(format!("home-{n}"));
            fs::create_dir(&home).unwrap();
            Command::new(std::env::current_exe().unwrap())
                .args(["--ignored", "--exact", "keychain::in_a_session"])
                .env("KEYCHAIN_TEST_PART", "add-10")
                .env("XDG_DATA_HOME", &home)
                .env("HOME", &home)
                .stdout(Stdio::null())
                .spawn()
                .unwrap()
        })
        .collect();
    for mut child in children {
        assert!(child.wait().unwrap().success());
    }
    let store = KeychainStore::native(&places(dir));
    assert_eq!(kept(&store, &default()).as_deref(), Some("60"));
}

#[test]
fn what_is_saved_is_read_back_by_secret_tool() {
    session("round-trip", "gnome");
}

#[test]
fn all_sessions_are_found() {
    session("search", "gnome");
}

#[test]
fn a_secret_of_the_users_is_found() {
    session("lookup", "gnome");
}

/// S17: as on platforms that limit the size of an item.
#[test]
fn a_large_session_is_split_where_a_limit_is_set() {
    session("split", "gnome");
}

#[test]
fn two_items_of_one_name_are_named_and_can_be_removed() {
    session("twice", "gnome");
}

#[test]
fn processes_that_change_one_session_count_exactly() {
    session("count", "gnome");
}

/// S15: gnome-keyring without a display cannot show its prompt, and tells its
/// client what it tells it when a person dismisses it.
#[test]
fn a_locked_keychain_is_named() {
    session("locked", "gnome");
}

#[test]
fn a_deleted_collection_is_named() {
    session("deleted", "gnome");
}

/// S15.
#[test]
fn a_keychain_that_never_answers_is_given_three_seconds() {
    session("stopped", "gnome");
}

/// S15.
#[test]
fn a_bus_without_a_keychain_is_named() {
    session("no-service", "none");
}

/// S15.
#[test]
fn a_missing_bus_is_named() {
    let dir = tempfile::tempdir().unwrap();
    let nowhere = dir.path().join("bus");
    on_bus("no-bus", &format!("unix:path={}", nowhere.display()));
    on_bus("no-bus", "unix:path=/dev/null");
    on_bus("no-bus", "disabled:");
}

/// S15.
#[test]
fn a_bus_that_never_answers_is_given_three_seconds() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("bus");
    // Connections wait in the backlog, and nobody accepts them.
    let _listener = UnixListener::bind(&path).unwrap();
    on_bus("no-answer", &format!("unix:path={}", path.display()));
}

/// S16.
#[test]
fn files_make_no_call_on_the_bus() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("bus");
    let listener = UnixListener::bind(&path).unwrap();
    listener.set_nonblocking(true).unwrap();
    on_bus("files", &format!("unix:path={}", path.display()));
    match listener.accept() {
        Err(error) => assert_eq!(error.kind(), std::io::ErrorKind::WouldBlock),
        Ok((mut stream, _)) => {
            let mut said = Vec::new();
            let _ = stream.read_to_end(&mut said);
            panic!("the bus was called: {:?}", String::from_utf8_lossy(&said))
        }
    }
}
