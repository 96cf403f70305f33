//! `authctl status`.

use serde_json::Value;

use crate::fake::{Fake, json};
use crate::harness::Home;
use crate::observed::{expire, observed};

fn sessions(home: &Home) -> Value {
    let answer = home.authctl(["status", "--json"]).run().succeeds();
    serde_json::from_str(&answer).expect("JSON")
}

#[test]
fn status_shows_every_session_and_the_store() {
    let server = observed();
    let home = Home::new();
    home.sign_in(server.issuer());
    home.authctl(["profile", "set", "other", "issuer", "https://as.example"])
        .run()
        .succeeds();
    let text = home.authctl(["status"]).run().succeeds();
    let lines: Vec<Vec<&str>> = text
        .lines()
        .map(|line| line.split_whitespace().collect())
        .collect();
    assert_eq!(
        lines[0],
        [
            "PROFILE",
            "ISSUER",
            "SUBJECT",
            "TOKEN",
            "RENEWABLE",
            "STORE"
        ]
    );
    assert_eq!(lines[1][..4], ["*", "default", server.issuer(), "alice"]);
    assert_eq!(lines[1][lines[1].len() - 2..], ["yes", "file"]);
    assert_eq!(
        lines[2],
        [
            "other",
            "https://as.example",
            "-",
            "signed",
            "out",
            "-",
            "file"
        ]
    );
}

#[test]
fn status_json_has_one_object_with_all_sessions() {
    let server = observed();
    let home = Home::new();
    home.sign_in(server.issuer());
    let answer = sessions(&home);
    let session = &answer["sessions"][0];
    assert_eq!(session["store"], "file");
    assert_eq!(session["store_reason"], "`file` was asked for");
    assert_eq!(session["profile"], "default");
    assert_eq!(session["current"], true);
    assert_eq!(session["state"], "valid");
    assert_eq!(session["usable"], true);
    assert_eq!(session["issuer"], server.issuer());
    assert_eq!(session["sub"], "alice");
    assert_eq!(session["refreshable"], true);

    expire(&home, "default");
    assert_eq!(sessions(&home)["sessions"][0]["state"], "refreshable");
}

#[test]
fn status_asks_nobody() {
    let server = observed();
    let home = Home::new();
    home.sign_in(server.issuer());
    server.forget();
    home.authctl(["status"]).run().succeeds();
    assert_eq!(server.requests(), 0);
}

#[test]
fn without_a_session_status_is_exit_4() {
    let error = Home::new()
        .authctl(["status", "--json"])
        .run()
        .fails_json(4);
    assert_eq!(error["error"], "no_session", "{error}");
    let hint = error["hint"].as_str().expect("a hint");
    assert!(hint.contains("authctl login"), "{hint}");
}

#[test]
fn with_nothing_but_expired_sessions_status_is_exit_4() {
    let body = r#"{"access_token":"at","token_type":"Bearer","expires_in":3600}"#;
    let server = Fake::tokens([json(200, body)]);
    let home = Home::new();
    home.authctl(["login", "-q", "--issuer", &server.issuer()])
        .args(["--client-id", "c", "--username", "u"])
        .env("AUTHCTL_PASSWORD", "p")
        .run()
        .succeeds();
    home.authctl(["status"]).run().succeeds();
    expire(&home, "default");
    let error = home.authctl(["status", "--json"]).run().fails_json(4);
    assert_eq!(error["error"], "session_expired", "{error}");
}

/// A session that cannot be read does not hide the others.
#[test]
fn an_unreadable_session_is_shown_as_such() {
    let server = observed();
    let home = Home::new();
    for profile in ["one", "two"] {
        home.authctl(["login", "-q", "-p", profile, "--issuer", server.issuer()])
            .args(["--client-id", "authctl", "--username", "alice"])
            .env("AUTHCTL_PASSWORD", "wonderland")
            .run()
            .succeeds();
    }
    let victim = std::fs::read_dir(home.sessions())
        .expect("the store")
        .map(|entry| entry.expect("a file").path())
        .find(|path| path.extension().is_some_and(|end| end == "session"))
        .expect("a session");
    let mut octets = std::fs::read(&victim).expect("a file");
    let last = octets.len() - 1;
    octets[last] ^= 1;
    std::fs::write(&victim, octets).expect("to write");
    let answer = sessions(&home);
    let states: Vec<&str> = answer["sessions"]
        .as_array()
        .expect("an array")
        .iter()
        .filter_map(|session| session["state"].as_str())
        .collect();
    assert_eq!(states.len(), 2);
    assert!(states.contains(&"unreadable"), "{states:?}");
    assert!(states.contains(&"valid"), "{states:?}");
}

/// P3: what a server or a file says is escaped before a terminal sees it.
#[test]
fn p3_names_are_escaped() {
    let home = Home::new();
    let server = observed();
    home.sign_in(server.issuer());
    home.authctl(["profile", "set", "a\u{1b}[31mb", "client_id", "c"])
        .run()
        .succeeds();
    let text = home.authctl(["status"]).run().succeeds();
    assert!(!text.contains('\u{1b}'), "{text:?}");
}
