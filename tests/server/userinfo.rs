//! UserInfo (OIDC Core §5.3) behind Bearer tokens (RFC 6750).

use serde_json::json;

use crate::support::{bearer, server};

const BARE: &str = "Bearer realm=\"authctl\"";

#[test]
fn scopes_release_claims() {
    let server = server();
    for (scope, body) in [
        ("openid", json!({ "sub": "alice" })),
        (
            "openid email",
            json!({ "sub": "alice", "email": "alice@example.com", "email_verified": true }),
        ),
        (
            "openid profile groups",
            json!({
                "sub": "alice",
                "name": "Alice Liddell",
                "given_name": "Alice",
                "family_name": "Liddell",
                "preferred_username": "alice",
                "locale": "en",
                "zoneinfo": "Europe/Berlin",
                "groups": ["admins", "developers"],
            }),
        ),
    ] {
        let header = bearer(&server.alice(scope).text("access_token"));
        for method in ["GET", "POST"] {
            let answer = server.send(method, "/userinfo", &[&header], "");
            assert_eq!(answer.status, 200, "{answer:?}");
            assert_eq!(answer.json(), body);
            assert_eq!(answer.header("cache-control"), Some("no-store"));
        }
    }
}

#[test]
fn the_token_may_stand_in_a_form() {
    let server = server();
    let token = server.alice("openid").text("access_token");
    let form = [("access_token", token.as_str())];
    assert_eq!(server.post("/userinfo", &[], &form).status, 200);
    let answer = server.post("/userinfo", &[&bearer(&token)], &form);
    answer.refused(400, "invalid_request");
    assert!(answer.header("www-authenticate").is_some_and(|value| {
        value.starts_with("Bearer realm=\"authctl\", error=\"invalid_request\"")
    }));
}

#[test]
fn without_a_token_the_challenge_names_no_error() {
    let server = server();
    let token = server.alice("openid").text("access_token");
    for target in [
        "/userinfo".to_owned(),
        format!("/userinfo?access_token={token}"),
    ] {
        let answer = server.get(&target);
        assert_eq!(answer.status, 401);
        assert_eq!(answer.header("www-authenticate"), Some(BARE));
    }
    let answer = server.post("/userinfo", &[], &[]);
    assert_eq!(answer.status, 401);
    assert_eq!(answer.header("www-authenticate"), Some(BARE));
}

#[test]
fn tokens_that_are_not_good_are_refused() {
    let server = server();
    let answer = server.alice("openid");
    let access = answer.text("access_token");
    server.pass(3600);
    for token in [
        access,
        answer.text("refresh_token"),
        answer.text("id_token"),
        "x".into(),
    ] {
        let answer = server.send("GET", "/userinfo", &[&bearer(&token)], "");
        answer.refused(401, "invalid_token");
        assert_eq!(
            answer.header("www-authenticate"),
            Some(
                "Bearer realm=\"authctl\", error=\"invalid_token\", \
                 error_description=\"the access token is unknown, expired or revoked\""
            )
        );
    }
}

#[test]
fn a_token_without_openid_is_not_enough() {
    let server = server();
    let of_alice = server.alice("profile").text("access_token");
    let of_service = server
        .service("/token", &[("grant_type", "client_credentials")])
        .text("access_token");
    for token in [of_alice, of_service] {
        let answer = server.send("GET", "/userinfo", &[&bearer(&token)], "");
        answer.refused(403, "insufficient_scope");
        assert!(
            answer
                .header("www-authenticate")
                .is_some_and(|value| value.contains("error=\"insufficient_scope\""))
        );
    }
}

#[test]
fn another_scheme_is_as_good_as_no_token() {
    let server = server();
    for header in ["Authorization: Basic eA==", "Authorization: DPoP x"] {
        let answer = server.send("GET", "/userinfo", &[header], "");
        assert_eq!(answer.status, 401);
        assert_eq!(answer.header("www-authenticate"), Some(BARE));
    }
}

#[test]
fn malformed_headers_are_refused() {
    let server = server();
    let header = bearer("x");
    for headers in [
        &["Authorization: Bearer"][..],
        &["Authorization: Bearer  "],
        &[&header, &header],
    ] {
        let answer = server.send("GET", "/userinfo", headers, "");
        answer.refused(400, "invalid_request");
    }
}
