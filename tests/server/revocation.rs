//! Revocation (RFC 7009).

use crate::support::server;

#[test]
fn an_access_token_ends_alone() {
    let server = server();
    let answer = server.alice("openid");
    let access = answer.text("access_token");
    let form = [("token", access.as_str()), ("client_id", "authctl")];
    let revoked = server.post("/revoke", &[], &form);
    assert_eq!((revoked.status, revoked.body.len()), (200, 0));
    assert!(!server.is_active(&access));
    assert!(server.is_active(&answer.text("refresh_token")));
    // Once more is no error (§2.2).
    assert_eq!(server.post("/revoke", &[], &form).status, 200);
}

#[test]
fn a_refresh_token_takes_its_family_along() {
    let server = server();
    let first = server.alice("openid");
    let second = server.refresh(&first.text("refresh_token"), &[]);
    let other = server.alice("openid");
    let token = second.text("refresh_token");
    let form = [
        ("token", token.as_str()),
        ("token_type_hint", "access_token"),
        ("client_id", "authctl"),
    ];
    assert_eq!(server.post("/revoke", &[], &form).status, 200);
    for answer in [&first, &second] {
        assert!(!server.is_active(&answer.text("access_token")));
    }
    server.refresh(&token, &[]).refused(400, "invalid_grant");
    assert!(server.is_active(&other.text("access_token")));
}

#[test]
fn a_spent_refresh_token_takes_its_family_along_too() {
    let server = server();
    let first = server.alice("openid").text("refresh_token");
    let second = server.refresh(&first, &[]);
    let form = [("token", first.as_str()), ("client_id", "authctl")];
    assert_eq!(server.post("/revoke", &[], &form).status, 200);
    assert!(!server.is_active(&second.text("access_token")));
}

#[test]
fn an_unknown_token_is_as_good_as_revoked() {
    let server = server();
    let form = [("token", "x"), ("client_id", "authctl")];
    assert_eq!(server.post("/revoke", &[], &form).status, 200);
}

#[test]
fn the_token_of_another_client_is_left_alone() {
    let server = server();
    let answer = server.alice("openid");
    for name in ["access_token", "refresh_token"] {
        let token = answer.text(name);
        server
            .service("/revoke", &[("token", &token)])
            .refused(400, "invalid_grant");
        assert!(server.is_active(&token));
    }
}

#[test]
fn the_client_must_be_known() {
    let server = server();
    server
        .post("/revoke", &[], &[("token", "x")])
        .refused(401, "invalid_client");
    server
        .post("/revoke", &[], &[("token", "x"), ("client_id", "service")])
        .refused(401, "invalid_client");
    server
        .post("/revoke", &[], &[("client_id", "authctl")])
        .refused(400, "invalid_request");
}
