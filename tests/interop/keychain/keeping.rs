//! What is kept is found, by us and by others, and one item is one session.

use std::fs;

use authctl::core::store::{Choice, ClientKey, Damage, StoreKind, keychain};

use super::*;

#[test]
fn what_is_saved_is_read_back_by_secret_tool() {
    session("round-trip", "gnome");
}

#[test]
fn a_session_stays_one_item_however_often_it_is_saved() {
    session("in-place", "gnome");
}

#[test]
fn all_sessions_are_found() {
    session("search", "gnome");
}

#[test]
fn a_secret_of_the_users_is_found() {
    session("lookup", "gnome");
}

#[test]
fn two_items_of_one_name_are_named_and_can_be_removed() {
    session("twice", "gnome");
}

#[test]
fn processes_that_change_one_session_count_exactly() {
    session("count", "gnome");
}

pub fn round_trip(dir: &Path) {
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
    // Nothing is left of the trial writes.
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

/// Ten changes, among them of size: the item stays the one it was, so that
/// what a person allowed for it, or other programs keep of it, stays too.
pub fn in_place(dir: &Path) {
    let store = store(dir);
    store.save(&default(), &record("0", 10)).unwrap();
    let before = item_paths();
    assert_eq!(before.len(), 1);
    for (n, size) in (1..=10).zip([12_288, 0, 100].into_iter().cycle()) {
        store.check_writable().unwrap();
        store
            .save(&default(), &record(&n.to_string(), size))
            .unwrap();
        assert_eq!(item_paths(), before);
    }
    assert_eq!(kept(&store, &default()).as_deref(), Some("10"));
}

pub fn search(dir: &Path) {
    let store = store(dir);
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
pub fn foreign(_: &Path) {
    let put = "printf hunter2 | secret-tool store --label=x service ci username deploy";
    assert!(run("sh", &["-c", put]).status.success());
    let found = keychain::lookup("ci", "deploy", Duration::ZERO).unwrap();
    assert_eq!(found.unwrap().expose(), "hunter2");
    for (service, account) in [("ci", "other"), ("authctl", "deploy")] {
        let found = keychain::lookup(service, account, Duration::ZERO).unwrap();
        assert!(found.is_none(), "{service} {account}");
    }
}

/// Another program's item that has our service and name too.
pub fn twice(dir: &Path) {
    let store = store(dir);
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

pub fn add_10(dir: &Path) {
    let store = store(dir);
    for _ in 0..10 {
        add_one(&store);
    }
}

fn add_one(store: &KeychainStore) {
    let guard = store.lock(&default(), LONG, &mut |_| {}).unwrap();
    let before: u32 = kept(store, &default()).map_or(0, |count| count.parse().unwrap());
    store
        .save(&default(), &record(&(before + 1).to_string(), 0))
        .unwrap();
    drop(guard);
}

pub fn count(dir: &Path) {
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
    let store = store(dir);
    assert_eq!(kept(&store, &default()).as_deref(), Some("60"));
}
