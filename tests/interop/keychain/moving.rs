//! `authctl profile move-store` to the keychain and from it.

use authctl::core::store::FileStore;
use serde_json::json;

use super::command::{authctl, fails, login, rotating, succeeds};
use super::*;
use crate::fake::Fake;
use crate::harness::STORE_KEY;

/// More than an item may hold where the platform limits it.
const LARGE: usize = 12_288;

/// The session goes there and back whole, is used where it is, and is in one
/// place at a time.
#[test]
fn a_session_is_moved_to_the_keychain_and_back() {
    session("move", "gnome");
}

/// Neither the copy nor the original is lost, and the same command moves it
/// once the keychain is open.
#[test]
fn s15_a_locked_keychain_keeps_no_move_from_being_made_later() {
    session("move-locked", "gnome");
}

/// As a person does, who has said in the profile where sessions are kept, and
/// has a key for files.
fn by_profile(dir: &Path) -> Command {
    let mut command = authctl(dir);
    command
        .env_remove("AUTHCTL_STORE")
        .env("AUTHCTL_STORE_KEY", STORE_KEY);
    command
}

fn move_to(dir: &Path, store: &str) -> Command {
    let mut command = by_profile(dir);
    command.args(["profile", "move-store", "--to", store, "--json"]);
    command
}

/// What is in files of [`authctl`]'s home.
fn files(dir: &Path) -> FileStore {
    let places = Places::new(dir.join(".local/share/authctl"));
    FileStore::new(
        places.sessions_dir(),
        FileKey::parse(STORE_KEY.as_bytes()).unwrap(),
    )
    .unwrap()
}

/// Signs in with files, to a session that is large.
fn sign_in_to_files(dir: &Path, server: &Fake) {
    let mut call = login(dir, server);
    succeeds(
        call.args(["--store", "file"])
            .env("AUTHCTL_STORE_KEY", STORE_KEY),
    );
    let mut record = files(dir).load(&default()).unwrap().unwrap();
    record.id_token = Some(Secret::new("i".repeat(LARGE)));
    files(dir).save(&default(), &record).unwrap();
}

fn content(store: &dyn TokenStore) -> Option<String> {
    let record = store.load(&default()).unwrap()?;
    Some(String::from_utf8(record.to_json().to_vec()).unwrap())
}

pub fn moved(dir: &Path) {
    let server = rotating(|_| {});
    sign_in_to_files(dir, &server);
    let keychain = store(dir);
    for (n, from, to) in [(1, "file", "keychain"), (2, "keychain", "file")] {
        let stores: [&dyn TokenStore; 2] = match to {
            "keychain" => [&files(dir), &keychain],
            _ => [&keychain, &files(dir)],
        };
        let before = content(stores[0]).unwrap();
        assert!(before.len() > LARGE);
        let answer = succeeds(&mut move_to(dir, to));
        let answer: serde_json::Value = serde_json::from_str(&answer).unwrap();
        let row = json!([{"profile": "default", "from": from, "outcome": "moved"}]);
        assert_eq!(answer["profiles"], row);
        assert_eq!(content(stores[1]).unwrap(), before);
        assert_eq!(stores[0].list().unwrap(), []);
        assert_eq!(items(), usize::from(to == "keychain"));
        // It is used, and renewed, where it is now.
        succeeds(by_profile(dir).arg("refresh"));
        assert_eq!(kept(stores[1], &default()), Some(format!("refresh-{n}")));
        assert_eq!(stores[0].list().unwrap(), []);
    }
}

pub fn locked(dir: &Path) {
    let server = rotating(|_| {});
    sign_in_to_files(dir, &server);
    // Something to unlock, and nobody to be asked.
    store(dir)
        .save(&Key::session("other"), &record("x", 0))
        .unwrap();
    for to in ["keychain", "file"] {
        let config = || std::fs::read_to_string(dir.join(".config/authctl/config.toml")).unwrap();
        let before = (config(), content(&files(dir)));
        lock_the_keyring();
        let error = fails(&mut move_to(dir, to), 7);
        assert_eq!(error["error"], "keychain_prompt_dismissed", "{error}");
        assert_eq!((config(), content(&files(dir))), before);
        unlock_the_keyring();
        assert_eq!(content(&store(dir)).is_some(), to == "file");
        succeeds(by_profile(dir).arg("token"));
        succeeds(&mut move_to(dir, to));
        assert_eq!(content(&files(dir)).is_some(), to == "file");
        assert_eq!(content(&store(dir)).is_some(), to == "keychain");
    }
    succeeds(by_profile(dir).arg("refresh"));
    assert_eq!(kept(&files(dir), &default()).as_deref(), Some("refresh-1"));
}

/// Opens what [`lock_the_keyring`] locked, by the password of the session.
fn unlock_the_keyring() {
    use zbus::zvariant::{ObjectPath, OwnedObjectPath, OwnedValue, Value};

    let connection = zbus::blocking::Connection::session().unwrap();
    let opened = connection
        .call_method(
            Some("org.freedesktop.secrets"),
            "/org/freedesktop/secrets",
            Some("org.freedesktop.Secret.Service"),
            "OpenSession",
            &("plain", Value::from("")),
        )
        .unwrap();
    let (_, session): (OwnedValue, OwnedObjectPath) = opened.body().deserialize().unwrap();
    // As `keyring-session.sh` gave it.
    let password: &[u8] = b"test\n";
    let secret = (session, Vec::<u8>::new(), password, "text/plain");
    connection
        .call_method(
            Some("org.freedesktop.secrets"),
            "/org/freedesktop/secrets",
            Some("org.gnome.keyring.InternalUnsupportedGuiltRiddenInterface"),
            "UnlockWithMasterPassword",
            &(ObjectPath::try_from(COLLECTION).unwrap(), secret),
        )
        .unwrap();
}
