//! Client authentication (RFC 6749 §2.3; V12, V16).

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;

use crate::support::{Response, basic, server, with_toml};

const CLIENT_CREDENTIALS: (&str, &str) = ("grant_type", "client_credentials");

/// Asserts that the client was not authenticated, with the challenge that
/// RFC 6749 §5.2 wants.
#[track_caller]
fn unauthenticated(answer: &Response) {
    answer.refused(401, "invalid_client");
    assert_eq!(
        answer.header("www-authenticate"),
        Some("Basic realm=\"authctl\", charset=\"UTF-8\"")
    );
}

#[test]
fn a_secret_is_taken_by_basic_and_in_the_form() {
    let server = server();
    let answer = server.post(
        "/token",
        &[&basic("service", "service-secret")],
        &[CLIENT_CREDENTIALS],
    );
    assert_eq!(answer.status, 200);
    let answer = server.post(
        "/token",
        &[],
        &[
            CLIENT_CREDENTIALS,
            ("client_id", "service"),
            ("client_secret", "service-secret"),
        ],
    );
    assert_eq!(answer.status, 200);
}

#[test]
fn the_client_id_may_stand_in_the_form_too_if_it_is_the_same() {
    let server = server();
    let header = basic("service", "service-secret");
    let form = |client_id| [CLIENT_CREDENTIALS, ("client_id", client_id)];
    assert_eq!(
        server.post("/token", &[&header], &form("service")).status,
        200
    );
    server
        .post("/token", &[&header], &form("authctl"))
        .refused(400, "invalid_request");
}

#[test]
fn secrets_are_form_urlencoded_inside_basic() {
    let server = with_toml("[clients.'a:b c']\nsecret = \"p%+ü&=:\"");
    let header = basic("a%3Ab+c", "p%25%2B%C3%BC%26%3D%3A");
    let answer = server.post("/token", &[&header], &[CLIENT_CREDENTIALS]);
    assert_eq!(answer.status, 200);
}

#[test]
fn v10_wrong_secrets_and_unknown_clients_are_one_answer() {
    for server in [
        server(),
        with_toml("[clients.service]\nsecret = \"service-secret\""),
    ] {
        let bodies = [
            ("service", "Service-secret"),
            ("service", "service-secret2"),
            ("service", ""),
            ("nobody", "service-secret"),
            ("nobody", ""),
        ]
        .map(|(client_id, secret)| {
            let answer = server.post(
                "/token",
                &[&basic(client_id, secret)],
                &[CLIENT_CREDENTIALS],
            );
            unauthenticated(&answer);
            answer.body
        });
        assert!(bodies.iter().all(|body| *body == bodies[0]));
    }
}

#[test]
fn a_confidential_client_must_authenticate() {
    let server = server();
    let form = [CLIENT_CREDENTIALS, ("client_id", "service")];
    unauthenticated(&server.post("/token", &[], &form));
    unauthenticated(&server.post("/token", &[], &[CLIENT_CREDENTIALS]));
    unauthenticated(&server.post("/token", &[], &[("grant_type", "x"), ("client_id", "y")]));
}

#[test]
fn a_public_client_has_no_secret_to_send() {
    let server = server();
    for secret in ["x", "service-secret"] {
        let form = [
            ("grant_type", "password"),
            ("username", "alice"),
            ("password", "wonderland"),
            ("client_id", "authctl"),
            ("client_secret", secret),
        ];
        unauthenticated(&server.post("/token", &[], &form));
    }
}

#[test]
fn v16_two_methods_at_once_are_refused() {
    let server = server();
    let form = [
        CLIENT_CREDENTIALS,
        ("client_id", "service"),
        ("client_secret", "service-secret"),
    ];
    let header = basic("service", "service-secret");
    server
        .post("/token", &[&header], &form)
        .refused(400, "invalid_request");
    server
        .post("/token", &[&header, &header], &[CLIENT_CREDENTIALS])
        .refused(400, "invalid_request");
}

#[test]
fn v16_parameters_in_the_query_are_refused() {
    let server = server();
    for query in [
        "client_secret=service-secret&client_id=service",
        "x",
        "grant_type=password",
    ] {
        server
            .post(&format!("/token?{query}"), &[], &[CLIENT_CREDENTIALS])
            .refused(400, "invalid_request");
    }
}

#[test]
fn v16_client_assertions_are_not_taken() {
    let server = server();
    let form = [
        CLIENT_CREDENTIALS,
        ("client_id", "service"),
        (
            "client_assertion_type",
            "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
        ),
        ("client_assertion", "eyJhbGciOiJub25lIn0.e30."),
    ];
    unauthenticated(&server.post("/token", &[], &form));
}

#[test]
fn headers_that_are_no_basic_are_refused() {
    let server = server();
    let encoded = |text: &[u8]| format!("Authorization: Basic {}", BASE64_STANDARD.encode(text));
    for header in [
        "Authorization: Bearer x".to_owned(),
        "Authorization: Basic".to_owned(),
        "Authorization: Basic ***".to_owned(),
        encoded(b"service"),
        encoded(b"service:\xff"),
        encoded(b"service:%ff"),
    ] {
        unauthenticated(&server.post("/token", &[&header], &[CLIENT_CREDENTIALS]));
    }
}
