//! `authctl revoke` (RFC 7009).

use crate::fake::{Fake, json};
use crate::harness::Home;
use crate::observed::{kept, observed};

#[test]
fn a_given_token_is_revoked_at_the_server() {
    let server = observed();
    let home = Home::new();
    home.sign_in(server.issuer());
    let token = home.authctl(["token"]).run().succeeds();
    let (stdout, stderr) = home
        .authctl(["revoke", "-"])
        .stdin(token.clone())
        .run()
        .succeeds_saying();
    assert_eq!(stdout, "");
    assert_eq!(
        stderr,
        "note: the server has revoked the token, if it knew it\n"
    );
    server.has_ended(&token);
    // It was given, so the session here is left alone.
    assert!(kept(&home, "default").is_some());
}

#[test]
fn without_a_token_the_session_ends() {
    let server = observed();
    let home = Home::new();
    home.sign_in(server.issuer());
    home.authctl(["revoke", "-q"]).run().succeeds();
    assert!(kept(&home, "default").is_none());
    assert!(server.count("POST /revoke 200") >= 1);
    let error = home.authctl(["revoke", "--json"]).run().fails_json(4);
    assert_eq!(error["error"], "no_session");
}

/// S20: as `logout`.
#[test]
fn s20_with_the_server_down_the_session_is_forgotten_and_it_is_exit_6() {
    let mut server = observed();
    let home = Home::new();
    home.sign_in(server.issuer());
    server.stop();
    let error = home.authctl(["revoke", "--json"]).run().fails_json(6);
    assert_eq!(error["error"], "unreachable");
    assert!(kept(&home, "default").is_none());
}

#[test]
fn a_server_that_refuses_is_exit_5() {
    let server = Fake::new(|_| json(400, r#"{"error":"unsupported_token_type"}"#));
    let error = Home::new()
        .authctl(["revoke", "--json", "--client-id", "c", "secret-token"])
        .args(["--revocation-endpoint", &server.url("/revoke")])
        .run()
        .fails_json(5);
    assert_eq!(error["server"]["error"], "unsupported_token_type");
    assert!(!error.to_string().contains("secret-token"), "{error}");
}

#[test]
fn revoke_json_is_one_object() {
    let server = observed();
    let home = Home::new();
    home.sign_in(server.issuer());
    let given = home.authctl(["revoke", "t", "--json"]).run().succeeds();
    assert_eq!(given, "{\"revoked\":true}\n");
    let own = home.authctl(["revoke", "-o", "json"]).run().succeeds();
    assert_eq!(own, "{\"revoked\":true,\"profile\":\"default\"}\n");
}

/// Nothing but a revocation was asked for, so without one all stays.
#[test]
fn a_session_that_cannot_be_revoked_anywhere_is_left_alone() {
    let server = observed();
    let home = Home::new();
    home.authctl(["login", "-q", "--client-id", "authctl"])
        .args(["--token-endpoint", &format!("{}/token", server.issuer())])
        .args(["--username", "alice"])
        .env("AUTHCTL_PASSWORD", "wonderland")
        .run()
        .succeeds();
    let error = home.authctl(["revoke", "--json"]).run().fails_json(8);
    assert_eq!(error["error"], "no_endpoint");
    assert!(kept(&home, "default").is_some());
}

#[test]
fn a_server_without_the_endpoint_is_exit_8() {
    let server =
        Fake::new(|request| json(200, &format!(r#"{{"issuer":"http://{}"}}"#, request.host)));
    let error = Home::new()
        .authctl(["revoke", "--json", "--client-id", "c", "t"])
        .args(["--issuer", &server.issuer()])
        .run()
        .fails_json(8);
    assert_eq!(error["error"], "no_endpoint");
}
