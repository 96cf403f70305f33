//! What a renewal gives, and what stays when there is none.

use serde_json::Value;

use super::{refresh_token, signed_in_at};
use crate::fake::json;
use crate::harness::Home;
use crate::observed::{expire, expire_in, observed};

#[test]
fn refresh_renews_now_and_rotates() {
    let server = observed();
    let home = Home::new();
    home.sign_in(server.issuer());
    let before = (
        home.authctl(["token"]).run().succeeds(),
        refresh_token(&home),
    );
    let said = home.authctl(["refresh"]).run().succeeds();
    assert!(
        said.starts_with("Renewed profile default, expires at 2"),
        "{said}"
    );
    let after = (
        home.authctl(["token"]).run().succeeds(),
        refresh_token(&home),
    );
    assert_ne!(before.0, after.0);
    assert_ne!(before.1, after.1);

    let said = home.authctl(["refresh", "--json"]).run().succeeds();
    let answer: Value = serde_json::from_str(&said).expect("JSON");
    assert_eq!(answer["profile"], "default");
    assert_eq!(answer["source"], "refresh");
    assert!(!said.contains(&home.authctl(["token"]).run().succeeds()));
}

#[test]
fn refresh_all_renews_every_session_and_goes_on_after_a_failure() {
    let mut first = observed();
    let second = observed();
    let home = Home::new();
    for (profile, server) in [("a", &first), ("b", &second)] {
        home.sign_in_as(profile, server.issuer());
    }
    let said = home
        .authctl(["refresh", "--all", "--json"])
        .run()
        .succeeds();
    let profiles: Vec<String> = said
        .lines()
        .map(|line| {
            let row: Value = serde_json::from_str(line).expect("one object a line");
            row["profile"].as_str().expect("a name").to_owned()
        })
        .collect();
    assert_eq!(profiles, ["a", "b"]);

    first.stop();
    second.forget();
    let said = home.authctl(["refresh", "--all"]).run().fails(6);
    assert!(said.contains("note: renewed profile `b`"), "{said}");
    assert!(said.contains("profile `a`"), "{said}");
    assert_eq!(second.count("POST /token 200"), 1);
}

#[test]
fn refresh_all_without_sessions_is_exit_4() {
    let error = Home::new()
        .authctl(["refresh", "--all", "--json"])
        .run()
        .fails_json(4);
    assert_eq!(error["error"], "no_session");
}

/// A network error leaves the session and, while the old token lives, gives
/// that one.
#[test]
fn while_the_old_token_lives_a_dead_server_is_only_noted() {
    let mut server = observed();
    let home = Home::new();
    home.sign_in(server.issuer());
    let old = home.authctl(["token"]).run().succeeds();
    let before = refresh_token(&home);
    server.stop();
    expire_in(&home, "default", 600);
    let (token, stderr) = home
        .authctl(["token", "--min-ttl", "20m"])
        .run()
        .succeeds_saying();
    assert_eq!(token, old);
    assert!(
        stderr.starts_with("note: the token could not be renewed ("),
        "{stderr}"
    );
    assert!(stderr.contains("connection refused"), "{stderr}");

    expire(&home, "default");
    let error = home.authctl(["token", "--json"]).run().fails_json(6);
    assert_eq!(error["error"], "unreachable");
    assert_eq!(refresh_token(&home), before);
}

#[test]
fn refresh_itself_does_not_pretend_that_it_renewed() {
    let mut server = observed();
    let home = Home::new();
    home.sign_in(server.issuer());
    server.stop();
    let error = home.authctl(["refresh", "--json"]).run().fails_json(6);
    assert_eq!(error["error"], "unreachable");
    let error = home
        .authctl(["token", "--force-refresh", "--json"])
        .run()
        .fails_json(6);
    assert_eq!(error["error"], "unreachable");
    home.authctl(["token"]).run().succeeds();
}

#[test]
fn a_server_that_does_not_rotate_keeps_its_refresh_token() {
    let ok = r#"{"access_token":"at-1","token_type":"Bearer","expires_in":3600}"#;
    let (_server, home) = signed_in_at([json(200, ok)]);
    home.authctl(["refresh"]).run().succeeds();
    assert_eq!(refresh_token(&home), "rt-0");
    assert_eq!(home.authctl(["token"]).run().succeeds(), "at-1");
}

#[test]
fn a_refresh_answer_without_a_token_leaves_the_session() {
    for body in [
        "{}",
        "",
        "<html>",
        r#"{"access_token":1,"token_type":"Bearer"}"#,
    ] {
        let (_server, home) = signed_in_at([json(200, body)]);
        let error = home.authctl(["refresh", "--json"]).run().fails_json(6);
        assert_eq!(error["error"], "senseless_answer");
        assert_eq!(refresh_token(&home), "rt-0");
        assert_eq!(home.authctl(["token"]).run().succeeds(), "at-0");
    }
}
