//! What is made of Vault's answers, and as whom it is asked.

use super::*;

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

/// S20: `update` on the data says nothing of `delete` on the metadata.
#[test]
fn a_token_that_may_not_remove_is_seen_before_a_session_is_ended() {
    let vault = FakeVault::default();
    let store = vault.store("one");
    let guard = lock(&store);
    store.check_removable(&key()).unwrap();
    let writes = r#"{"data":{"capabilities":["create","read","update","list"]}}"#;
    vault.fails("capabilities-self", Kind::Answer(200, writes));
    store.check_writable().unwrap();
    for _ in 0..2 {
        vault.fails("capabilities-self", Kind::Answer(200, writes));
    }
    let error = store.check_removable(&key()).unwrap_err();
    assert_eq!(code(&error), "vault_denied");
    let why = std::error::Error::source(&error).unwrap().to_string();
    assert!(why.starts_with("Vault refused `secret/metadata/authctl/sessions/"));
    assert!(
        why.ends_with("` (the token lacks the capability `delete`)"),
        "{why}"
    );
    assert!(vault.state().faults.is_empty());
    drop(guard);
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

/// As `vault kv delete` and `vault kv destroy` leave it.
#[test]
fn a_version_that_was_deleted_is_no_session_and_is_written_over() {
    let vault = FakeVault::default();
    let store = vault.store("one");
    store.save(&key(), &record("one", 0)).unwrap();
    let delete = || {
        let mut state = vault.state();
        let entries = state.entries.iter_mut();
        let mut sessions = entries.filter(|(path, _)| path.contains("sessions"));
        sessions.next().unwrap().1.data = None;
    };
    delete();
    assert_eq!(kept(&store, &key()), None);
    assert_eq!(store.list().unwrap(), []);
    store.save(&key(), &record("two", 0)).unwrap();
    assert_eq!(vault.only("sessions").version, 2);
    assert_eq!(kept(&store, &key()).as_deref(), Some("two"));
    delete();
    assert!(!store.remove(&key()).unwrap());
    assert_eq!(vault.state().entries.len(), 0);
}

/// What stands between us and Vault may repeat what it was sent.
#[test]
fn a_secret_that_vault_repeats_is_taken_out() {
    let vault = FakeVault::default();
    let said = r#"{"errors":["bad token hunter2"]}"#;
    vault.fails("GET secret/data", Kind::Answer(403, said));
    let error = vault.store("one").load(&key()).unwrap_err();
    let text = format!("{error:?}");
    assert!(text.contains("bad token <secret>"), "{text}");

    let login = FakeVault::login(LoginMethod::AppRole);
    let store = vault.store_with("one", |settings| settings.auth = login);
    let said = r#"{"errors":["no secret_id planted-credential"]}"#;
    vault.fails("auth/approle/login", Kind::Answer(400, said));
    let text = format!("{:?}", store.load(&key()).unwrap_err());
    assert!(text.contains("no secret_id <secret>"), "{text}");
}
