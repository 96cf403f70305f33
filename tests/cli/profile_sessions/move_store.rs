//! `authctl profile move-store`.

use super::json;
use crate::harness::Home;
use crate::observed::{change_kept, expire, kept, observed};

/// The copy that an interrupted move left in the store that is in use says
/// where it came from; moving there again finishes. Here that store cannot be
/// asked, so nothing is forgotten.
#[cfg(target_os = "linux")]
#[test]
fn an_interrupted_move_is_not_forgotten_while_the_old_store_cannot_be_asked() {
    let server = observed();
    let home = Home::new()
        .with("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent/bus")
        .with("XDG_RUNTIME_DIR", "/nonexistent");
    home.sign_in(server.issuer());
    change_kept(&home, "default", |record| {
        record.moved_from = Some("keychain".to_owned());
    });
    let error = home
        .authctl(["profile", "move-store", "--to", "file", "--json"])
        .run()
        .fails_json(7);
    assert_eq!(error["error"], "keychain_no_bus", "{error}");
    let record = kept(&home, "default").expect("a session");
    assert_eq!(record.moved_from.as_deref(), Some("keychain"));
    // The session works all the same, and a renewal keeps the name.
    expire(&home, "default");
    home.authctl(["token"]).run().succeeds();
    let record = kept(&home, "default").expect("a session");
    assert_eq!(record.moved_from.as_deref(), Some("keychain"));
}

#[cfg(target_os = "linux")]
#[test]
fn a_move_to_a_store_that_cannot_be_used_changes_nothing() {
    let server = observed();
    let home = Home::new()
        .without("AUTHCTL_STORE")
        .with("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent/bus")
        .with("XDG_RUNTIME_DIR", "/nonexistent");
    home.authctl(["profile", "set", "default", "store", "file"])
        .run()
        .succeeds();
    home.sign_in(server.issuer());
    let before = std::fs::read_to_string(home.config()).expect("a configuration");
    for to in ["keychain", "vault"] {
        let error = home
            .authctl(["profile", "move-store", "--to", to, "--json"])
            .run()
            .fails_json(7);
        let code = error["error"].as_str().expect("a code");
        assert!(code.starts_with(to), "{error}");
    }
    let after = std::fs::read_to_string(home.config()).expect("a configuration");
    assert_eq!(after, before);
    home.authctl(["token"]).run().succeeds();
}

#[test]
fn a_move_names_its_stores_and_profiles() {
    let server = observed();
    let home = Home::new();
    for to in ["none", "auto", "chest"] {
        home.authctl(["profile", "move-store", "--json", "--to", to])
            .run()
            .fails_json(2);
    }
    home.authctl(["profile", "move-store", "--json"])
        .run()
        .fails_json(2);
    let error = home
        .authctl(["profile", "move-store", "--json", "--to", "file", "nobody"])
        .run()
        .fails_json(4);
    assert_eq!(error["error"], "no_session");
    home.sign_in(server.issuer());
    let answer = home
        .authctl(["profile", "move-store", "--json", "--to", "file"])
        .run()
        .succeeds();
    assert_eq!(
        json(&answer),
        serde_json::json!({
            "to": "file",
            "profiles": [{"profile": "default", "from": "file", "outcome": "already_there"}],
            "client_tokens": 0,
        })
    );
    let config = std::fs::read_to_string(home.config()).expect("a configuration");
    assert!(config.contains("store = \"file\""), "{config}");
}
