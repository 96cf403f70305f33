//! `authctl introspect` (RFC 7662).

use serde_json::Value;

use crate::fake::{Fake, json, with_headers};
use crate::harness::{Call, Home};
use crate::observed::observed;

fn as_service(home: &Home, issuer: &str) -> Call {
    home.authctl(["introspect", "--client-id", "service", "--issuer", issuer])
        .env("AUTHCTL_CLIENT_SECRET", "service-secret")
}

#[test]
fn an_active_token_is_described() {
    let server = observed();
    let home = Home::new();
    home.sign_in(server.issuer());
    let token = home.authctl(["token"]).run().succeeds();
    let answer = as_service(&home, server.issuer())
        .args(["--json", &token])
        .run()
        .succeeds();
    let answer: Value = serde_json::from_str(&answer).expect("JSON");
    assert_eq!(answer["active"], true);
    assert_eq!(answer["sub"], "alice");
    assert_eq!(answer["client_id"], "authctl");
    let text = as_service(&home, server.issuer())
        .args([&token])
        .run()
        .succeeds();
    assert!(
        text.lines().any(|line| line.starts_with("active ")),
        "{text}"
    );
}

#[test]
fn the_token_comes_from_argument_stdin_or_file() {
    let server = observed();
    let home = Home::new();
    home.sign_in(server.issuer());
    let token = home.authctl(["token"]).run().succeeds();
    home.write("token", format!("  Bearer {token}\n"));
    as_service(&home, server.issuer())
        .args(["@token"])
        .run()
        .succeeds();
    as_service(&home, server.issuer())
        .args(["-"])
        .stdin(format!("{token}\n"))
        .run()
        .succeeds();
    as_service(&home, server.issuer())
        .args(["@absent"])
        .run()
        .fails(8);
}

#[test]
fn an_inactive_token_is_exit_3() {
    let server = observed();
    let error = as_service(&Home::new(), server.issuer())
        .args(["--json", "unknown"])
        .run()
        .fails_json(3);
    assert_eq!(error["error"], "token_not_active");
}

#[test]
fn without_a_token_it_is_the_sessions() {
    let server = observed();
    let home = Home::new();
    home.authctl(["login", "-q", "--issuer", server.issuer()])
        .args(["--client-id", "service", "--username", "alice"])
        .env("AUTHCTL_PASSWORD", "wonderland")
        .env("AUTHCTL_CLIENT_SECRET", "service-secret")
        .run()
        .succeeds();
    let answer = home
        .authctl(["introspect", "--json"])
        .env("AUTHCTL_CLIENT_SECRET", "service-secret")
        .run()
        .succeeds();
    let answer: Value = serde_json::from_str(&answer).expect("JSON");
    assert_eq!(answer["sub"], "alice");
    let error = Home::new()
        .authctl(["introspect", "--json"])
        .run()
        .fails_json(4);
    assert_eq!(error["error"], "no_session");
}

#[test]
fn what_can_be_no_token_is_a_wrong_command_line_and_not_repeated() {
    let server = observed();
    for text in ["", "two tokens", "caf\u{e9}", "a\tb"] {
        let error = as_service(&Home::new(), server.issuer())
            .args(["--json", "-"])
            .stdin(text)
            .run()
            .fails_json(2);
        assert_eq!(error["error"], "usage");
        assert!(!error.to_string().contains("two tokens"), "{error}");
    }
    assert_eq!(server.requests(), 0);
}

#[test]
fn a_client_that_may_not_ask_is_exit_5() {
    let server = observed();
    let error = as_service(&Home::new(), server.issuer())
        .args(["--json", "t"])
        .env("AUTHCTL_CLIENT_SECRET", "wrong-one")
        .run()
        .fails_json(5);
    assert_eq!(error["server"]["error"], "invalid_client");
}

#[test]
fn answers_that_make_no_sense_are_exit_6() {
    let rows = [
        (json(200, "{}"), "`active`"),
        (json(200, r#"{"active":"true"}"#), "`active`"),
        (json(200, "[]"), "not a JSON object"),
        (
            with_headers(200, &["Content-Type: text/html"], "<p>"),
            "HTML",
        ),
    ];
    for (answer, why) in rows {
        let answer = std::sync::Mutex::new(Some(answer));
        let server = Fake::new(move |_| {
            let answer = answer.lock().expect("the answer").take();
            answer.unwrap_or(crate::fake::Answer::Cut)
        });
        let error = Home::new()
            .authctl(["introspect", "--json", "--client-id", "c", "secret-token"])
            .args(["--auth-method", "none"])
            .args(["--introspection-endpoint", &server.url("/introspect")])
            .run()
            .fails_json(6);
        assert_eq!(error["error"], "senseless_answer", "{error}");
        let message = error["message"].as_str().expect("a message");
        assert!(message.contains(why), "{message}");
        assert!(!message.contains("secret-token"), "{message}");
    }
}

#[test]
fn a_server_without_the_endpoint_is_exit_8() {
    let server = Fake::tokens([json(200, "{}")]);
    let error = Home::new()
        .authctl(["introspect", "--json", "--client-id", "c", "t"])
        .args(["--issuer", &server.issuer()])
        .run()
        .fails_json(8);
    assert_eq!(error["error"], "no_endpoint");
    let message = error["message"].as_str().expect("a message");
    assert!(message.contains("introspection_endpoint"), "{message}");
}

#[test]
fn the_hint_is_one_of_the_registered_ones() {
    let server = observed();
    let home = Home::new();
    let hint = |name: &str| {
        as_service(&home, server.issuer())
            .args(["t", "--token-type-hint", name])
            .run()
    };
    hint("access_token").fails(3);
    hint("refresh_token").fails(3);
    hint("id_token").fails(2);
}

/// A public client may not ask; the resource server's client may, also about
/// the session's token.
#[test]
fn another_client_may_ask_about_the_sessions_token() {
    let server = observed();
    let home = Home::new();
    home.sign_in(server.issuer());
    let error = home.authctl(["introspect", "--json"]).run().fails_json(5);
    assert_eq!(error["server"]["error"], "invalid_client");
    let answer = home
        .authctl(["introspect", "--json", "--client-id", "service"])
        .env("AUTHCTL_CLIENT_SECRET", "service-secret")
        .run()
        .succeeds();
    let answer: Value = serde_json::from_str(&answer).expect("JSON");
    assert_eq!(answer["sub"], "alice");
    // But the token goes to no other server than its own.
    let other = Fake::tokens([json(200, "{}")]);
    let error = home
        .authctl(["introspect", "--json", "--client-id", "service"])
        .args(["--issuer", &other.issuer()])
        .env("AUTHCTL_CLIENT_SECRET", "service-secret")
        .run()
        .fails_json(4);
    assert_eq!(error["error"], "session_of_other_server");
    assert!(other.seen().is_empty());
}
