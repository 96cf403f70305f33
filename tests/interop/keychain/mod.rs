//! The keychain store against a real gnome-keyring, read back with
//! `secret-tool`, and against every way in which a keychain can be missing,
//! locked or silent: the store itself, and `authctl` from outside.
//!
//! Each test starts a session of its own with `keyring-session.sh` and runs
//! its part in it as a child process: the connection to the keychain belongs
//! to the process, so one process sees one keychain.
#![expect(clippy::unwrap_used, reason = "a test may fail")]

mod command;
mod keeping;
mod missing;
mod moving;
mod prompter;
mod prompts;
mod splitting;

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

use authctl::core::error::{Exit, Report as _};
use authctl::core::secret::Secret;
use authctl::core::store::{
    self, Choice, Error, FileKey, Key, KeychainError, KeychainStore, Opened, Places, Record,
    TokenStore,
};
use authctl::core::time::Timestamp;

/// Longer than any of these tests takes.
const LONG: Duration = Duration::from_secs(60);
/// What the keychain is given.
const DEADLINE: Duration = Duration::from_secs(3);
/// The same, and what a busy machine takes beside it.
const BOUND: Duration = Duration::from_secs(4);

/// The one that gnome-keyring makes at sign-in.
const COLLECTION: &str = "/org/freedesktop/secrets/collection/login";

/// What runs inside of a session, by name, with a folder of its own.
type Part = (&'static str, fn(&Path));

const PARTS: &[Part] = &[
    ("round-trip", keeping::round_trip),
    ("search", keeping::search),
    ("in-place", keeping::in_place),
    ("lookup", keeping::foreign),
    ("twice", keeping::twice),
    ("count", keeping::count),
    ("add-10", keeping::add_10),
    ("split", splitting::split),
    ("killed", splitting::killed),
    ("save-for-ever", splitting::save_for_ever),
    ("deleted", missing::deleted),
    ("stopped", missing::stopped),
    ("stopped-later", missing::stopped_later),
    ("no-service", missing::no_service),
    ("no-bus", missing::no_bus),
    ("no-answer", missing::no_answer),
    ("files", missing::files),
    ("locked", prompts::locked),
    ("dismissed", prompts::dismissed),
    ("unanswered", prompts::unanswered),
    ("command-refreshes", command::refreshes),
    ("command-deleted", command::deleted_in_a_refresh),
    ("command-locked", command::locked),
    ("command-unanswered", command::unanswered),
    ("command-absent", command::absent),
    ("command-silent", command::silent),
    ("move", moving::moved),
    ("move-locked", moving::locked),
];

#[test]
#[ignore = "run as a child process by the tests of these files"]
fn in_a_session() {
    let dir = PathBuf::from(std::env::var_os("KEYCHAIN_TEST_DIR").unwrap());
    let name = std::env::var("KEYCHAIN_TEST_PART").unwrap();
    let (_, part) = PARTS.iter().find(|(part, _)| *part == name).unwrap();
    part(&dir);
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

fn store(dir: &Path) -> KeychainStore {
    KeychainStore::native(&places(dir))
}

fn places(dir: &Path) -> Places {
    Places {
        lock_dir: dir.join("locks"),
        ..Places::new(dir.join("data"))
    }
}

/// Opens a store, with this key for files.
fn open(choice: Choice, places: &Places, key: Option<FileKey>) -> Result<Opened, Error> {
    store::open(choice, places, || Ok(key))
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

/// How many items of authctl there are.
fn items() -> usize {
    item_paths().len()
}

/// Where the bus has the items of authctl, sorted.
fn item_paths() -> Vec<String> {
    let found = run("secret-tool", &["search", "--all", "service", "authctl"]);
    let text = String::from_utf8_lossy(&found.stdout).into_owned();
    // `[/org/freedesktop/secrets/collection/login/1]` heads each.
    let mut paths: Vec<String> = text
        .lines()
        .filter_map(|line| line.strip_prefix('[')?.strip_suffix(']'))
        .map(str::to_owned)
        .collect();
    paths.sort_unstable();
    paths
}

/// Locks what the session's keyring keeps.
fn lock_the_keyring() {
    secret_service(
        "/org/freedesktop/secrets",
        "org.freedesktop.Secret.Service.Lock",
        &[&format!("array:objpath:{COLLECTION}")],
    );
}

/// Deletes it, as a person may with the desktop's own program.
fn delete_the_collection() {
    secret_service(COLLECTION, "org.freedesktop.Secret.Collection.Delete", &[]);
}

fn assert_keychain(error: &Error, expected: &KeychainError) {
    let Error::Keychain(found) = error else {
        panic!("{error:?}")
    };
    assert_eq!(found, expected);
    assert_eq!(error.exit(), Exit::Store);
    assert!(error.hint().unwrap().contains("--store file"));
}

/// Both reading and writing say why the keychain cannot be used, in time all
/// together.
fn refused(dir: &Path, expected: &KeychainError) {
    let store = store(dir);
    let started = Instant::now();
    assert_keychain(&store.load(&default()).unwrap_err(), expected);
    let saved = store.save(&default(), &record("new", 0));
    assert_keychain(&saved.unwrap_err(), expected);
    assert!(started.elapsed() < BOUND, "{:?}", started.elapsed());
}
