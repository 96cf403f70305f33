use std::time::Duration;

use super::fake::{FakeVault, Kind};
use super::*;
use crate::core::error::{Exit, Report as _};
use crate::core::store::contract::{kept, record};

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

/// S10: from there on a refresh token is spent, so it must not begin with a
/// lease that another has.
#[test]
fn a_lease_that_another_took_is_seen_before_a_token_is_spent() {
    let vault = FakeVault::default();
    let (slow, guard) = stopped(&vault);
    slow.check_writable().unwrap();
    vault.pass(39);
    assert!(matches!(
        vault.store("two").lock(&key(), Duration::ZERO, &mut nobody),
        Err(Error::Locked { .. })
    ));
    vault.pass(2);
    let theirs = lock(&vault.store("two"));
    let error = slow.check_writable().unwrap_err();
    assert_eq!(code(&error), "vault_lease_lost");
    // Giving it back does not take it from who has it.
    drop(guard);
    assert!(matches!(
        vault
            .store("three")
            .lock(&key(), Duration::ZERO, &mut nobody),
        Err(Error::Locked { .. })
    ));
    drop(theirs);
}

#[test]
fn a_token_that_may_not_write_is_seen_before_a_token_is_spent() {
    let vault = FakeVault::default();
    let store = vault.store("one");
    let guard = lock(&store);
    let reads = r#"{"data":{"capabilities":["read"]}}"#;
    vault.fails("capabilities-self", Kind::Answer(200, reads));
    assert_eq!(code(&store.check_writable().unwrap_err()), "vault_denied");
    // Who may not even ask finds out by the write.
    vault.fails("capabilities-self", Kind::Answer(403, "{}"));
    store.check_writable().unwrap();
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

/// Neither our clock nor the `Date` of a proxy decides it.
#[test]
fn a_holder_that_died_is_waited_for_as_long_as_it_said() {
    for (date_off, no_date) in [(0, false), (3_600, false), (-3_600, false), (0, true)] {
        let vault = FakeVault::default();
        vault.state().date_off = date_off;
        vault.state().no_date = no_date;
        let dead = vault.store("one");
        std::mem::forget(lock(&dead));
        let started = vault.monotonic();
        let mut told = Vec::new();
        let result = vault
            .store("two")
            .lock(&key(), Duration::from_secs(45), &mut |holder| {
                told.push(holder.to_string());
            });
        let waited = (vault.monotonic() - started).as_secs();
        drop(result.unwrap());
        assert!((40..43).contains(&waited), "{date_off}: {waited}");
        assert_eq!(told, [format!("process {} on `one`", std::process::id())]);
    }
}

#[test]
fn a_lease_that_is_given_back_is_free_at_once() {
    let vault = FakeVault::default();
    let started = vault.monotonic();
    for host in ["one", "two", "one"] {
        drop(lock(&vault.store(host)));
    }
    assert_eq!(vault.monotonic(), started);
    let requests = vault.state().requests.len();
    drop(lock(&vault.store("two")));
    assert_eq!(
        vault.state().requests.len() - requests,
        3,
        "read, take, give back"
    );
}

#[test]
fn who_waits_in_vain_is_told_by_whom() {
    let vault = FakeVault::default();
    let guard = lock(&vault.store("one"));
    let error = vault
        .store("two")
        .lock(&key(), Duration::from_secs(1), &mut |_| {})
        .unwrap_err();
    let pid = std::process::id();
    assert_eq!(
        error.to_string(),
        format!(
            "the session `default` is still in use by process {pid} on `one`, since \
             2023-11-14T22:13:20Z"
        )
    );
    drop(guard);
}

/// Who took it at the same instant may have given it back when it is looked
/// for: then nobody can be named.
#[test]
fn a_lease_that_another_took_and_gave_back_is_nobodys() {
    let vault = FakeVault::default();
    drop(lock(&vault.store("one")));
    let said = r#"{"errors":["check-and-set parameter did not match the current version"]}"#;
    vault.fails("POST secret/data/authctl/locks", Kind::Answer(400, said));
    let error = vault
        .store("two")
        .lock(&key(), Duration::ZERO, &mut nobody)
        .unwrap_err();
    assert_eq!(
        error.to_string(),
        "the session `default` is still in use by another process"
    );
}

#[test]
fn a_login_serves_one_store_and_is_given_back() {
    for method in LoginMethod::ALL {
        let vault = FakeVault::default();
        let store = vault.store_with("one", |settings| settings.auth = FakeVault::login(method));
        assert_eq!(
            vault.state().logins,
            0,
            "nothing is contacted before it is used"
        );
        store.save(&key(), &record("one", 0)).unwrap();
        store.load(&key()).unwrap();
        assert_eq!(vault.state().logins, 1);
        // One that is about to end is not used any more.
        vault.pass(56);
        store.load(&key()).unwrap();
        assert_eq!(vault.state().logins, 2);
        drop(store);
        assert_eq!(vault.state().revoked, ["login-2"]);
    }
}

#[test]
fn only_tokens_that_were_made_for_it_are_given_back() {
    let vault = FakeVault::default();
    drop(vault.store("one").load(&key()));
    vault.state().token_type = "batch";
    let login = FakeVault::login(LoginMethod::Jwt);
    drop(
        vault
            .store_with("one", |settings| settings.auth = login)
            .load(&key()),
    );
    assert_eq!(vault.state().logins, 1);
    assert_eq!(vault.state().revoked, [""; 0]);
}

#[test]
fn each_refusal_has_a_name_and_leaves_what_is_there() {
    for (at, status, body, expected) in [
        (
            "GET secret/data",
            403,
            r#"{"errors":["permission denied"]}"#,
            "vault_denied",
        ),
        (
            "GET secret/data",
            404,
            r#"{"errors":["no handler for route \"secret/data/x\""]}"#,
            "vault_no_mount",
        ),
        ("GET secret/data", 404, "<html>", "vault_senseless_answer"),
        ("GET secret/data", 404, "{}", "vault_senseless_answer"),
        (
            "GET secret/data",
            404,
            r#"{"errors":["namespace not found"]}"#,
            "vault_refused",
        ),
        (
            "GET secret/data",
            400,
            r#"{"errors":["odd"]}"#,
            "vault_refused",
        ),
        ("GET secret/data", 405, "", "vault_refused"),
        ("GET secret/data", 200, "<html>", "vault_senseless_answer"),
        (
            "GET secret/data",
            200,
            r#"{"data":{"data":{"name":5},"metadata":{"version":1}}}"#,
            "store_damaged",
        ),
        (
            "GET secret/data",
            200,
            r#"{"data":{"data":{"name":"default","record":"{}"},"metadata":{"version":1}}}"#,
            "store_damaged",
        ),
        (
            "GET secret/data",
            200,
            r#"{"data":{"data":{"name":"other","record":"{}"},"metadata":{"version":1}}}"#,
            "store_swapped",
        ),
        (
            "GET secret/data",
            200,
            r#"{"data":{"data":{"name":"default","record":"{\"version\":9}"},"metadata":{"version":1}}}"#,
            "store_newer_version",
        ),
        (
            "auth/approle/login",
            400,
            r#"{"errors":["invalid role or secret ID"]}"#,
            "vault_login_refused",
        ),
        (
            "auth/approle/login",
            403,
            r#"{"errors":["permission denied"]}"#,
            "vault_login_refused",
        ),
        (
            "auth/approle/login",
            404,
            r#"{"errors":["no handler for route"]}"#,
            "vault_login_refused",
        ),
        (
            "auth/approle/login",
            200,
            r#"{"auth":null}"#,
            "vault_senseless_answer",
        ),
    ] {
        let vault = FakeVault::default();
        vault.store("one").save(&key(), &record("one", 0)).unwrap();
        let login = FakeVault::login(LoginMethod::AppRole);
        let store = vault.store_with("one", |settings| settings.auth = login);
        vault.fails(at, Kind::Answer(status, body));
        assert_eq!(
            code(&store.load(&key()).unwrap_err()),
            expected,
            "{status} {body}"
        );
        // What cannot be read is not overwritten.
        if !at.starts_with("auth") {
            vault.fails(at, Kind::Answer(status, body));
            let error = store.save(&key(), &record("two", 0)).unwrap_err();
            assert_eq!(code(&error), expected, "{status} {body}");
        }
        assert_eq!(kept(&store, &key()).as_deref(), Some("one"));
    }
}

/// Trouble that passes is waited for, three times and no longer.
#[test]
fn trouble_that_stays_has_a_name() {
    for (status, body, expected) in [
        (503, r#"{"errors":["Vault is sealed"]}"#, "vault_sealed"),
        (503, r#"{"errors":["OpenBao is sealed"]}"#, "vault_sealed"),
        (503, "", "vault_failed"),
        (500, r#"{"errors":["internal error"]}"#, "vault_failed"),
        (
            429,
            r#"{"errors":["request path \"x\": rate limit quota exceeded"]}"#,
            "vault_busy",
        ),
    ] {
        let vault = FakeVault::default();
        let store = vault.store("one");
        for _ in 0..3 {
            vault.fails("GET secret/data", Kind::Answer(status, body));
        }
        assert_eq!(
            code(&store.load(&key()).unwrap_err()),
            expected,
            "{status} {body}"
        );
        assert!(vault.state().faults.is_empty());
        vault.fails("GET secret/data", Kind::Answer(status, body));
        assert!(store.load(&key()).unwrap().is_none());
    }
    // A standby that does not forward requests.
    let vault = FakeVault::default();
    vault.fails("GET secret/data", Kind::Answer(307, ""));
    let error = vault.store("one").load(&key()).unwrap_err();
    assert_eq!(code(&error), "vault_standby");
    for status in [472, 473, 412] {
        let vault = FakeVault::default();
        vault.fails("GET secret/data", Kind::Answer(status, ""));
        let error = vault.store("one").load(&key()).unwrap_err();
        assert_eq!(code(&error), "vault_busy", "{status}");
    }
}

/// It answers "not there" to what it takes for the name of another entry, and
/// would take a record under it without saying no.
#[test]
fn an_engine_without_versions_is_told() {
    let vault = FakeVault::default();
    let options = r#"{"data":{"type":"kv","options":{"version":"1"}}}"#;
    vault.fails("sys/internal/ui/mounts/secret", Kind::Answer(200, options));
    let error = vault.store("one").load(&key()).unwrap_err();
    assert_eq!(code(&error), "vault_not_kv_version_2");

    // Where there is no such namespace there is not even this.
    let nothing = r#"{"errors":[]}"#;
    vault.fails("sys/internal/ui/mounts/secret", Kind::Answer(404, nothing));
    let error = vault.store("one").load(&key()).unwrap_err();
    assert_eq!(code(&error), "vault_no_mount");

    vault.fails("sys/internal/ui/mounts/secret", Kind::Answer(403, "{}"));
    vault.fails("POST secret/data", Kind::Answer(204, ""));
    let error = vault
        .store("one")
        .lock(&key(), Duration::ZERO, &mut nobody)
        .unwrap_err();
    assert_eq!(code(&error), "vault_not_kv_version_2");
}

#[test]
fn one_damaged_entry_does_not_hide_the_others() {
    let vault = FakeVault::default();
    let store = vault.store("one");
    store.save(&key(), &record("one", 0)).unwrap();
    let odd = fake::Entry {
        version: 1,
        data: Some(serde_json::json!({"record": 1})),
        ..fake::Entry::default()
    };
    vault
        .state()
        .entries
        .insert("authctl/sessions/odd".into(), odd);
    assert_eq!(store.list().unwrap(), [key()]);
    assert_eq!(
        store.take_notes(),
        ["`sessions/odd` in Vault is no session of authctl"]
    );
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
