use std::time::Duration;

use super::fake::{FakeVault, Kind};
use super::*;
use crate::core::error::{Exit, Report as _};
use crate::core::store::contract::{kept, record};

mod answers;
mod lease;

fn key() -> Key {
    Key::session("default")
}

fn nobody(holder: &LockHolder) {
    panic!("waited for {holder:?}")
}

fn lock(store: &VaultStore) -> LockGuard {
    store
        .lock(&key(), Duration::from_secs(45), &mut |_| {})
        .unwrap()
}

/// A store that has read `one`, and stopped; the lease has run out.
fn stopped(vault: &FakeVault) -> (VaultStore, LockGuard) {
    let store = vault.store("one");
    store.save(&key(), &record("one", 0)).unwrap();
    let guard = lock(&store);
    assert_eq!(kept(&store, &key()).as_deref(), Some("one"));
    vault.pass(41);
    (store, guard)
}

fn code(error: &Error) -> &'static str {
    assert_eq!(error.exit(), Exit::Store);
    assert!(error.hint().is_some());
    error.code()
}

/// A refresh token that was spent is in no version.
#[test]
fn what_is_replaced_is_gone() {
    let vault = FakeVault::default();
    let store = vault.store("one");
    for token in ["one", "two", "three"] {
        let _lock = lock(&store);
        store.save(&key(), &record(token, 0)).unwrap();
    }
    for folder in ["sessions", "locks"] {
        let entry = vault.only(folder);
        assert_eq!((entry.max_versions, entry.kept), (1, 1), "{folder}");
    }
    assert_eq!(vault.only("sessions").version, 3);
    assert!(store.remove(&key()).unwrap());
    assert_eq!(vault.state().entries.len(), 1, "the lease alone");
}

#[test]
fn a_record_that_is_newer_is_not_overwritten() {
    let vault = FakeVault::default();
    let (slow, guard) = stopped(&vault);
    let other = vault.store("two");
    let theirs = lock(&other);
    assert_eq!(kept(&other, &key()).as_deref(), Some("one"));
    other.save(&key(), &record("two", 0)).unwrap();
    drop(theirs);

    slow.save(&key(), &record("late", 0)).unwrap();
    assert_eq!(kept(&other, &key()).as_deref(), Some("two"));
    assert_eq!(
        slow.take_notes(),
        ["another run renewed `default` meanwhile; what it saved is kept"]
    );
    drop(guard);
}

/// Another that met `invalid_grant`, or only added a token, did not get what
/// the server gave us.
#[test]
fn a_rotated_token_is_saved_though_the_lease_ran_out() {
    for forgets in [true, false] {
        let vault = FakeVault::default();
        let (slow, guard) = stopped(&vault);
        let other = vault.store("two");
        let theirs = lock(&other);
        let mut found = other.load(&key()).unwrap().unwrap();
        if forgets {
            found.refresh_token = None;
        }
        found.updated_at = found.updated_at.saturating_add(Duration::from_secs(1));
        other.save(&key(), &found).unwrap();
        drop(theirs);

        slow.save(&key(), &record("rotated", 0)).unwrap();
        assert_eq!(kept(&other, &key()).as_deref(), Some("rotated"));
        assert_eq!(slow.take_notes(), [""; 0]);
        drop(guard);
    }
}

/// The successor that is kept while an ID Token is judged counts as well, ours
/// and another's.
#[test]
fn a_successor_that_is_being_judged_is_a_newer_token() {
    let judged = |successor: &str| {
        let mut record = record("one", 0);
        record.begin_renewal(record.created_at);
        record.put_successor(Secret::new(successor));
        record
    };
    for (theirs, kept_at_last) in [(judged("theirs"), "theirs"), (record("one", 0), "ours")] {
        let vault = FakeVault::default();
        let (slow, guard) = stopped(&vault);
        let other = vault.store("two");
        other.load(&key()).unwrap();
        other.save(&key(), &theirs).unwrap();
        slow.save(&key(), &judged("ours")).unwrap();
        let found = other.load(&key()).unwrap().unwrap();
        let successor = found.open_renewal().and_then(|open| open.successor.clone());
        assert_eq!(successor.unwrap().expose(), kept_at_last);
        drop(guard);
    }
}

/// The one that lost its lease does not take note of what it was refused
/// over what another got.
#[test]
fn a_dead_refresh_token_is_not_forgotten_over_a_living_one() {
    let vault = FakeVault::default();
    let (slow, guard) = stopped(&vault);
    let other = vault.store("two");
    other.load(&key()).unwrap();
    other.save(&key(), &record("two", 0)).unwrap();
    let mut dead = record("one", 0);
    dead.refresh_token = None;
    slow.save(&key(), &dead).unwrap();
    assert_eq!(kept(&other, &key()).as_deref(), Some("two"));
    drop(guard);
}

#[test]
fn a_session_that_was_removed_does_not_come_back() {
    let vault = FakeVault::default();
    let (slow, guard) = stopped(&vault);
    assert!(vault.store("two").remove(&key()).unwrap());
    let error = slow.save(&key(), &record("late", 0)).unwrap_err();
    assert_eq!(code(&error), "vault_session_removed");
    assert_eq!(slow.list().unwrap(), []);
    drop(guard);
}

/// A cut between the save and its answer: the second try meets the first.
#[test]
fn an_answer_that_is_lost_loses_nothing() {
    let vault = FakeVault::default();
    let store = vault.store("one");
    for at in [
        "POST secret/data/authctl/locks",
        "POST secret/data/authctl/sessions",
    ] {
        vault.fails(at, Kind::AnswerLost);
    }
    let guard = lock(&store);
    vault.fails("POST secret/data/authctl/locks", Kind::AnswerLost);
    store.check_writable().unwrap();
    store.save(&key(), &record("one", 0)).unwrap();
    assert_eq!(vault.only("sessions").version, 1);
    store.save(&key(), &record("two", 0)).unwrap();
    drop(guard);
    assert_eq!(kept(&store, &key()).as_deref(), Some("two"));
    assert!(vault.state().faults.is_empty());
    drop(lock(&vault.store("two")));
}

/// A cut before the save, longer than the tries of one request.
#[test]
fn a_save_is_tried_for_as_long_as_a_conversation_may_take() {
    let vault = FakeVault::default();
    let store = vault.store("one");
    let guard = lock(&store);
    store.save(&key(), &record("one", 0)).unwrap();
    for _ in 0..7 {
        vault.fails("POST secret/data/authctl/sessions", Kind::Lost);
    }
    vault.fails(
        "POST secret/data/authctl/sessions",
        Kind::Answer(503, r#"{"errors":["Vault is sealed"]}"#),
    );
    store.save(&key(), &record("two", 0)).unwrap();
    assert_eq!(kept(&store, &key()).as_deref(), Some("two"));
    let started = vault.monotonic();
    for _ in 0..200 {
        vault.fails("POST secret/data/authctl/sessions", Kind::Lost);
    }
    let error = store.save(&key(), &record("three", 0)).unwrap_err();
    assert_eq!(code(&error), "vault_unreachable");
    let took = vault.monotonic() - started;
    assert!((28..33).contains(&took.as_secs()), "{took:?}");
    vault.state().faults.clear();
    assert_eq!(kept(&store, &key()).as_deref(), Some("two"));
    drop(guard);
}

#[test]
fn a_record_too_large_for_an_answer_is_refused() {
    let vault = FakeVault::default();
    let store = vault.store("one");
    let large = record("one", 400 * 1024);
    assert!(matches!(
        store.save(&key(), &large),
        Err(Error::TooLarge { .. })
    ));
}

#[test]
fn nothing_secret_is_shown() {
    let vault = FakeVault::default();
    let login = FakeVault::login(LoginMethod::Jwt);
    let store = vault.store_with("one", |settings| settings.auth = login);
    store.save(&key(), &record("planted-refresh", 0)).unwrap();
    store.load(&key()).unwrap();
    let _lock = lock(&store);
    let shown = format!("{store:?} {_lock:?}");
    for secret in ["planted", "login-1"] {
        assert!(!shown.contains(secret), "{shown}");
    }
}
