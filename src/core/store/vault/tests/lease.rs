//! Who holds the lease, and for how long.

use super::*;

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
