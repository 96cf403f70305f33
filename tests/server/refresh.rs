//! Refresh tokens: rotation, reuse, grace (V7; RFC 6749 §6, RFC 9700 §4.14.2).

use crate::support::{server, with_config};
use std::time::Duration;

#[test]
fn a_refresh_gives_new_tokens() {
    let server = server();
    let first = server.alice("openid email api:read");
    server.pass(60);
    let second = server.refresh(&first.text("refresh_token"), &[]);
    assert_eq!(second.status, 200);
    assert_eq!(second.text("scope"), "openid email api:read");
    assert_ne!(second.text("access_token"), first.text("access_token"));
    assert_ne!(second.text("refresh_token"), first.text("refresh_token"));
    assert!(
        server.is_active(&first.text("access_token")),
        "not revoked by a refresh"
    );
    // OIDC Core §12.2: same iss, sub, aud and auth_time, new iat, no nonce.
    let old = server
        .verify(&first.text("id_token"), "authctl", "JWT")
        .claims;
    let new = server
        .verify(&second.text("id_token"), "authctl", "JWT")
        .claims;
    for claim in ["iss", "sub", "aud", "auth_time", "email"] {
        assert_eq!(old[claim], new[claim], "{claim}");
    }
    assert_eq!(new["iat"], server.now());
}

#[test]
fn v7_reuse_after_the_grace_time_ends_the_family() {
    let server = server();
    let first = server.alice("openid");
    let second = server.refresh(&first.text("refresh_token"), &[]);
    let third = server.refresh(&second.text("refresh_token"), &[]);
    let other = server.alice("openid");
    server.pass(10);
    server
        .refresh(&first.text("refresh_token"), &[])
        .refused(400, "invalid_grant");
    for answer in [&first, &second, &third] {
        assert!(!server.is_active(&answer.text("access_token")));
        assert!(!server.is_active(&answer.text("refresh_token")));
    }
    server
        .refresh(&third.text("refresh_token"), &[])
        .refused(400, "invalid_grant");
    assert!(
        server.is_active(&other.text("access_token")),
        "another family"
    );
    assert_eq!(
        server.refresh(&other.text("refresh_token"), &[]).status,
        200
    );
}

#[test]
fn v7_reuse_inside_the_grace_time_gives_the_same_pair() {
    let server = server();
    let first = server.alice("openid");
    let second = server.refresh(&first.text("refresh_token"), &[]);
    server.pass(9);
    let again = server.refresh(&first.text("refresh_token"), &[]);
    for member in ["access_token", "refresh_token", "id_token", "scope"] {
        assert_eq!(again.text(member), second.text(member), "{member}");
    }
    assert_eq!(again.json()["expires_in"], 3600 - 9);
    assert_eq!(
        server.refresh(&second.text("refresh_token"), &[]).status,
        200
    );
}

#[test]
fn the_grace_time_is_counted_from_the_first_use() {
    let server = server();
    let first = server.alice("openid").text("refresh_token");
    assert_eq!(server.refresh(&first, &[]).status, 200);
    server.pass(9);
    assert_eq!(server.refresh(&first, &[]).status, 200);
    server.pass(1);
    server.refresh(&first, &[]).refused(400, "invalid_grant");
}

#[test]
fn without_a_grace_time_the_second_use_ends_the_family() {
    let server = with_config(|config| config.reuse_grace = Duration::ZERO);
    let first = server.alice("openid").text("refresh_token");
    let second = server.refresh(&first, &[]);
    server.refresh(&first, &[]).refused(400, "invalid_grant");
    assert!(!server.is_active(&second.text("access_token")));
}

#[test]
fn inside_the_grace_time_another_scope_gets_its_own_access_token() {
    let server = server();
    let first = server.alice("openid api:read").text("refresh_token");
    let second = server.refresh(&first, &[]);
    let narrow = server.refresh(&first, &[("scope", "api:read")]);
    assert_eq!(narrow.text("scope"), "api:read");
    assert_eq!(narrow.text("refresh_token"), second.text("refresh_token"));
    assert_ne!(narrow.text("access_token"), second.text("access_token"));
}

#[test]
fn two_at_once_get_the_same_pair() {
    let server = server();
    let token = server.alice("openid").text("refresh_token");
    let answers: Vec<String> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..8)
            .map(|_| scope.spawn(|| server.refresh(&token, &[]).text("refresh_token")))
            .collect();
        threads
            .into_iter()
            .map(|thread| thread.join().expect("an answer"))
            .collect()
    });
    assert!(answers.iter().all(|token| *token == answers[0]));
}

#[test]
fn v7_the_scope_may_be_narrowed_and_not_widened() {
    let server = server();
    let first = server.alice("openid api:read").text("refresh_token");
    server
        .refresh(&first, &[("scope", "api:read api:write")])
        .refused(400, "invalid_scope");
    let narrow = server.refresh(&first, &[("scope", "api:read")]);
    assert_eq!(narrow.text("scope"), "api:read");
    assert!(narrow.json().get("id_token").is_none());
    // The refresh token keeps all of it (RFC 6749 §6).
    let wide = server.refresh(&narrow.text("refresh_token"), &[]);
    assert_eq!(wide.text("scope"), "openid api:read");
}

#[test]
fn v7_another_client_cannot_use_the_token_nor_end_the_family() {
    let server = server();
    let first = server.alice("openid");
    let token = first.text("refresh_token");
    let form = [("grant_type", "refresh_token"), ("refresh_token", &token)];
    server
        .service("/token", &form)
        .refused(400, "invalid_grant");
    let second = server.refresh(&token, &[]);
    assert_eq!(second.status, 200);
    server.pass(60);
    server
        .service("/token", &form)
        .refused(400, "invalid_grant");
    assert!(server.is_active(&second.text("access_token")));
}

#[test]
fn what_is_no_refresh_token_is_refused() {
    let server = server();
    let first = server.alice("openid");
    for token in ["x", &first.text("access_token"), &first.text("id_token")] {
        server.refresh(token, &[]).refused(400, "invalid_grant");
    }
    assert!(server.is_active(&first.text("access_token")));
}

#[test]
fn a_refresh_token_expires_at_its_expiry() {
    let server = with_config(|config| config.lifetimes.refresh_token = Duration::from_secs(100));
    let token = server.alice("openid").text("refresh_token");
    server.pass(99);
    assert!(server.is_active(&token));
    let token = server.refresh(&token, &[]).text("refresh_token");
    server.pass(100);
    assert!(!server.is_active(&token));
    server.refresh(&token, &[]).refused(400, "invalid_grant");
}

#[test]
fn a_grant_for_a_resource_gives_tokens_for_no_other() {
    let server = server();
    let form = [
        ("grant_type", "password"),
        ("username", "alice"),
        ("password", "wonderland"),
        ("resource", "urn:a"),
        ("resource", "urn:b"),
    ];
    let token = server.public(&form).text("refresh_token");
    server
        .refresh(&token, &[("resource", "urn:c")])
        .refused(400, "invalid_target");
    let answer = server.refresh(&token, &[("resource", "urn:b")]);
    server.verify(&answer.text("access_token"), "urn:b", "at+jwt");
    let again = server.refresh(&answer.text("refresh_token"), &[]);
    server.verify(&again.text("access_token"), "urn:a", "at+jwt");
}

#[test]
fn without_rotation_the_refresh_token_stays() {
    let server = with_config(|config| config.rotation = false);
    let token = server.alice("openid").text("refresh_token");
    for _ in 0..3 {
        let answer = server.refresh(&token, &[]);
        assert_eq!(answer.status, 200);
        assert!(answer.json().get("refresh_token").is_none());
        server.pass(60);
    }
}

#[test]
fn a_long_chain_of_refreshes_holds() {
    let server = server();
    let first = server.alice("openid").text("refresh_token");
    let mut token = first.clone();
    for _ in 0..50 {
        token = server.refresh(&token, &[]).text("refresh_token");
        server.pass(20);
    }
    // Even the very first is still known as spent.
    server.refresh(&first, &[]).refused(400, "invalid_grant");
    server.refresh(&token, &[]).refused(400, "invalid_grant");
}
