//! The server does not take the refresh token, or there is none to take.

use super::{refresh_token, signed_in_at};
use crate::fake::json;
use crate::harness::Home;
use crate::observed::{Observed, change_kept, expire, expire_in, kept, observed, observed_with};

#[test]
fn invalid_grant_means_that_a_person_must_sign_in() {
    let refusal = r#"{"error":"invalid_grant","error_description":"token revoked"}"#;
    let (server, home) = signed_in_at([json(400, refusal)]);
    expire(&home, "default");
    let error = home.authctl(["token", "--json"]).run().fails_json(4);
    assert_eq!(error["error"], "refresh_refused");
    assert_eq!(error["server"]["error"], "invalid_grant");
    assert_eq!(error["hint"], "sign in again with `authctl login`");
    assert!(!error.to_string().contains("rt-0"), "{error}");
    // Once, and not again and again.
    assert_eq!(server.count("POST /token"), 2);
    // What the server calls dead is forgotten, whose session it was is not.
    let record = kept(&home, "default").expect("a session");
    assert!(record.refresh_token.is_none());
    assert_eq!(record.username.as_deref(), Some("u"));
    let error = home.authctl(["token", "--json"]).run().fails_json(4);
    assert_eq!(error["error"], "session_expired");
    assert_eq!(server.count("POST /token"), 2);
    // Why it ended is known ever after.
    let message = error["message"].as_str().expect("a message");
    assert!(
        message.contains("the server answered invalid_grant"),
        "{message}"
    );
    let error = home.authctl(["status", "--json"]).run().fails_json(4);
    let message = error["message"].as_str().expect("a message");
    assert!(
        message.contains("the server answered invalid_grant"),
        "{message}"
    );
}

/// `refresh` has no `--min-ttl` to ask for less with.
#[test]
fn a_second_refresh_after_a_refusal_says_why_and_what_can_be_done() {
    let (server, home) = signed_in_at([json(400, r#"{"error":"invalid_grant"}"#)]);
    home.authctl(["refresh"]).run().fails(4);
    let error = home.authctl(["refresh", "--json"]).run().fails_json(4);
    assert_eq!(error["error"], "session_ends_too_soon");
    let message = error["message"].as_str().expect("a message");
    assert!(
        message.contains("the server answered invalid_grant"),
        "{message}"
    );
    assert!(!message.contains("sooner"), "{message}");
    assert_eq!(
        error["hint"],
        "use it until then, or sign in again with `authctl login`"
    );
    let status = home.authctl(["status", "--json"]).run().succeeds();
    assert!(status.contains(r#""ended_by":"invalid_grant""#), "{status}");
    let status = home.authctl(["status"]).run().succeeds();
    assert!(status.contains("end of default: at 2"), "{status}");
    assert_eq!(server.count("POST /token"), 2);
}

#[test]
fn what_happened_why_and_what_to_do_stand_in_lines_of_their_own() {
    let refusal = r#"{"error":"invalid_grant","error_description":"token revoked"}"#;
    let (_server, home) = signed_in_at([json(400, refusal)]);
    let stderr = home.authctl(["refresh"]).run().fails(4);
    assert_eq!(
        stderr,
        "error: cannot refresh the token for profile `default`\n  \
           why: the session of profile `default` cannot be renewed: the server answered \
         invalid_grant (\"token revoked\")\n \
         hint: sign in again with `authctl login`\n"
    );
}

#[test]
fn invalid_client_at_a_refresh_is_a_refusal() {
    let (_server, home) = signed_in_at([json(401, r#"{"error":"invalid_client"}"#)]);
    expire(&home, "default");
    let error = home.authctl(["token", "--json"]).run().fails_json(5);
    assert_eq!(error["error"], "refused");
    assert_eq!(refresh_token(&home), "rt-0");
}

/// A session of which the server has a newer refresh token, and forgives no
/// reuse.
fn with_a_spent_token() -> (Observed, Home) {
    let server = observed_with(|options| {
        options.config.reuse_grace = std::time::Duration::ZERO;
    });
    let home = Home::new();
    home.sign_in(server.issuer());
    let spent = kept(&home, "default").expect("a session").refresh_token;
    home.authctl(["refresh"]).run().succeeds();
    change_kept(&home, "default", |record| record.refresh_token = spent);
    (server, home)
}

/// V7: the reuse of a spent refresh token ends the family at the server; here
/// that is exit 4.
#[test]
fn v7_a_spent_refresh_token_is_exit_4() {
    let (server, home) = with_a_spent_token();
    let error = home.authctl(["refresh", "--json"]).run().fails_json(4);
    assert_eq!(error["error"], "refresh_refused");
    // Clear, and no loop.
    assert_eq!(server.count("POST /token 400"), 1);
}

/// S6, compare and clear: what the server calls dead is not sent again, and
/// `status` does not call the session renewable.
#[test]
fn a_dead_refresh_token_is_forgotten() {
    let (server, home) = with_a_spent_token();
    expire(&home, "default");
    home.authctl(["token"]).run().fails(4);
    server.forget();
    let error = home.authctl(["token", "--json"]).run().fails_json(4);
    assert_eq!(error["error"], "session_expired", "{error}");
    assert_eq!(server.requests(), 0);
    home.authctl(["status"]).run().fails(4);
}

#[test]
fn a_token_that_ends_too_soon_and_cannot_be_renewed_is_called_that() {
    let server = observed();
    let home = Home::new();
    home.sign_in(server.issuer());
    change_kept(&home, "default", |record| record.refresh_token = None);
    expire_in(&home, "default", 20);
    let error = home.authctl(["token", "--json"]).run().fails_json(4);
    assert_eq!(error["error"], "session_ends_too_soon", "{error}");
}
