//! Introspection (RFC 7662).

use serde_json::json;

use crate::support::{START, basic, server};

#[test]
fn a_live_access_token_is_described() {
    let server = server();
    let token = server.alice("openid api:read").text("access_token");
    let answer = server.service("/introspect", &[("token", &token)]);
    assert_eq!(answer.status, 200);
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    assert_eq!(answer.header("pragma"), Some("no-cache"));
    let jti = server.verify(&token, server.issuer(), "at+jwt").claims["jti"].clone();
    assert_eq!(
        answer.json(),
        json!({
            "active": true,
            "iss": server.issuer(),
            "client_id": "authctl",
            "sub": "alice",
            "username": "alice",
            "scope": "openid api:read",
            "token_type": "Bearer",
            "aud": server.issuer(),
            "iat": START,
            "exp": START + 3600,
            "jti": jti,
        })
    );
}

#[test]
fn a_live_refresh_token_is_described() {
    let server = server();
    let token = server.alice("openid").text("refresh_token");
    for hint in ["refresh_token", "access_token", "unknown"] {
        let answer = server.service(
            "/introspect",
            &[("token", &token), ("token_type_hint", hint)],
        );
        assert_eq!(
            answer.json(),
            json!({
                "active": true,
                "iss": server.issuer(),
                "client_id": "authctl",
                "sub": "alice",
                "username": "alice",
                "scope": "openid",
                "iat": START,
                "exp": START + 30 * 86_400,
            })
        );
    }
}

#[test]
fn a_token_of_a_client_s_own_has_no_user() {
    let server = server();
    let token = server
        .service("/token", &[("grant_type", "client_credentials")])
        .text("access_token");
    let body = server.service("/introspect", &[("token", &token)]).json();
    assert_eq!(body["active"], true);
    assert_eq!(body["sub"], "service");
    assert!(body.get("username").is_none() && body.get("scope").is_none());
}

#[test]
fn whatever_is_not_live_is_inactive_and_nothing_more() {
    let server = server();
    let answer = server.alice("openid");
    let access = answer.text("access_token");
    let spent = answer.text("refresh_token");
    assert_eq!(server.refresh(&spent, &[]).status, 200);
    server.pass(3599);
    assert!(server.is_active(&access));
    server.pass(1);
    let tampered = format!("{}A", &access[..access.len() - 1]);
    for token in [
        &access,
        &spent,
        &answer.text("id_token"),
        &tampered,
        "x",
        "\u{fc}",
    ] {
        let answer = server.service("/introspect", &[("token", token)]);
        assert_eq!(answer.status, 200);
        assert_eq!(answer.json(), json!({ "active": false }), "{token}");
    }
}

#[test]
fn only_a_client_that_proves_who_it_is_may_ask() {
    let server = server();
    let token = server.alice("openid").text("access_token");
    let form = [("token", token.as_str())];
    server
        .post("/introspect", &[], &form)
        .refused(401, "invalid_client");
    server
        .post("/introspect", &[&basic("service", "wrong")], &form)
        .refused(401, "invalid_client");
    let public = [("token", token.as_str()), ("client_id", "authctl")];
    server
        .post("/introspect", &[], &public)
        .refused(401, "invalid_client");
}

#[test]
fn a_token_must_be_given() {
    server()
        .service("/introspect", &[])
        .refused(400, "invalid_request");
}
