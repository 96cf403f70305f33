//! What every store that keeps records must do.

use std::time::Duration;

use super::file::{FileKey, FileStore};
use super::keychain::memory::MemoryItems;
use super::vault::fake::FakeVault;
use super::{
    CachedToken, Error, Key, KeychainStore, LockHolder, Places, Record, StoreKind, TokenStore,
    UnknownMembers,
};
use crate::core::secret::Secret;
use crate::core::time::Timestamp;

/// A record with a refresh token, an ID Token of `size` octets and a token.
pub(super) fn record(refresh_token: &str, size: usize) -> Record {
    let now = Timestamp(1_700_000_000);
    let mut record = Record::new("https://as.example", "authctl", now);
    record.subject = Some("größe".repeat(3));
    record.refresh_token = Some(Secret::new(refresh_token));
    record.id_token = Some(Secret::new("i".repeat(size)));
    record.put_token(CachedToken {
        access_token: Secret::new("access"),
        token_type: "Bearer".into(),
        scope: vec![],
        requested_scope: vec![],
        audience: None,
        resource: vec![],
        parameters: None,
        issued_at: now,
        expires_at: None,
        clock_offset: None,
        proof_key: None,
        other: UnknownMembers::default(),
    });
    record
}

/// Returns the refresh token that is kept.
pub(super) fn kept(store: &dyn TokenStore, key: &Key) -> Option<String> {
    let record = store.load(key).unwrap()?;
    Some(record.refresh_token.unwrap().expose().to_owned())
}

fn files(dir: &tempfile::TempDir) -> FileStore {
    let key = FileKey::parse(&[7; 32]).unwrap();
    FileStore::new(dir.path().join("sessions"), key).unwrap()
}

/// What each of them must do.
const PROMISES: [fn(&dyn TokenStore); 4] = [
    what_is_saved_is_loaded_until_it_is_removed,
    keys_stay_apart_and_are_listed,
    one_key_is_locked_for_one_at_a_time,
    a_store_that_can_be_written_says_so_and_keeps_nothing_of_it,
];

#[test]
fn keychains_in_memory_keep_the_promises() {
    for promise in PROMISES {
        for limit in [None, Some(128), Some(2560)] {
            let dir = tempfile::tempdir().unwrap();
            let items = limit.map_or_else(MemoryItems::default, MemoryItems::with_limit);
            let locks = dir.path().join("locks");
            promise(&KeychainStore::over(items, limit, locks));
        }
    }
}

#[test]
fn files_keep_the_promises() {
    for promise in PROMISES {
        let dir = tempfile::tempdir().unwrap();
        promise(&files(&dir));
    }
}

#[test]
fn a_vault_keeps_the_promises() {
    for promise in PROMISES {
        let dir = tempfile::tempdir().unwrap();
        let locks = dir.path().join("locks");
        promise(&FakeVault::default().store_with("here", |settings| {
            settings.lock_dir = Some(locks);
        }));
    }
}

#[test]
#[ignore = "uses the keychain of this machine, as the service `authctl-test`"]
fn the_keychain_of_this_machine_keeps_the_promises() {
    for promise in PROMISES {
        let dir = tempfile::tempdir().unwrap();
        let places = Places {
            lock_dir: dir.path().join("locks"),
            ..Places::new(dir.path())
        };
        let store = KeychainStore::native(&places);
        for key in store.list().unwrap() {
            store.remove(&key).unwrap();
        }
        promise(&store);
    }
}

fn nobody(holder: &LockHolder) {
    panic!("waited for {holder:?}")
}

fn what_is_saved_is_loaded_until_it_is_removed(store: &dyn TokenStore) {
    let key = Key::session("default");
    assert_eq!(kept(store, &key), None);
    assert!(!store.remove(&key).unwrap());
    // Short, long, short: split records become whole ones and back.
    for (token, size) in [("one", 10), ("two", 12_288), ("three", 3_000), ("four", 0)] {
        let new = record(token, size);
        store.save(&key, &new).unwrap();
        let loaded = store.load(&key).unwrap().unwrap();
        assert_eq!(loaded.to_json(), new.to_json());
    }
    assert!(store.remove(&key).unwrap());
    assert!(!store.remove(&key).unwrap());
    assert_eq!(kept(store, &key), None);
    assert_eq!(store.take_notes(), Vec::<String>::new());
}

/// S18.
fn keys_stay_apart_and_are_listed(store: &dyn TokenStore) {
    // Wine, where this is run for Windows, has no credentials of longer names.
    let long = "x".repeat(if cfg!(windows) { 200 } else { 300 });
    let profiles = [
        "dev", "Dev", "../dev", "a/b", "a\0b", "", "#client-", "é", &long,
    ];
    let mut keys: Vec<Key> = profiles.iter().map(|name| Key::session(name)).collect();
    keys.push(Key::client(&super::ClientKey::default()));
    assert_eq!(store.list().unwrap(), []);
    for key in &keys {
        store.save(key, &record(key.name(), 5_000)).unwrap();
    }
    for key in &keys {
        assert_eq!(kept(store, key).as_deref(), Some(key.name()));
    }
    keys.sort_unstable();
    assert_eq!(store.list().unwrap(), keys);
    for key in &keys {
        assert!(store.remove(key).unwrap());
    }
    assert_eq!(store.list().unwrap(), []);
}

fn one_key_is_locked_for_one_at_a_time(store: &dyn TokenStore) {
    let (a, b) = (Key::session("a"), Key::session("b"));
    let guard = store.lock(&a, Duration::ZERO, &mut nobody).unwrap();
    drop(store.lock(&b, Duration::ZERO, &mut nobody).unwrap());
    let refused = store.lock(&a, Duration::from_millis(20), &mut nobody);
    let Err(Error::Locked { key, holder }) = refused else {
        panic!("{refused:?}")
    };
    assert_eq!(key, "a");
    if cfg!(unix) {
        assert_eq!(holder.pid, Some(std::process::id()));
        assert!(holder.since.is_some());
    }
    drop(guard);
    drop(store.lock(&a, Duration::ZERO, &mut nobody).unwrap());
}

/// S10: tried before a refresh token is spent.
fn a_store_that_can_be_written_says_so_and_keeps_nothing_of_it(store: &dyn TokenStore) {
    store.check_writable().unwrap();
    assert_eq!(store.list().unwrap(), []);
}

#[test]
fn none_keeps_nothing() {
    let store = super::NoneStore::default();
    let key = Key::session("default");
    store.save(&key, &record("one", 0)).unwrap();
    assert_eq!(store.kind(), StoreKind::None);
    assert_eq!(kept(&store, &key), None);
    assert_eq!(store.list().unwrap(), []);
    assert!(!store.remove(&key).unwrap());
    let first = store.lock(&key, Duration::ZERO, &mut nobody).unwrap();
    drop(store.lock(&key, Duration::ZERO, &mut nobody).unwrap());
    drop(first);
}
