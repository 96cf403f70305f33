//! A server from a configuration file.

use crate::support::{basic, with_toml};

/// The hash of `password`, by the reference implementation of argon2.
const PHC: &str =
    "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc";

#[test]
fn v11_hashes_of_other_programs_are_checked() {
    let server = with_toml(&format!(
        "[users.carol]\npassword_hash = \"{PHC}\"\n[clients.web]\nsecret_hash = \"{PHC}\""
    ));
    for (password, secret, status) in [
        ("password", "password", 200),
        ("password", "passwort", 401),
        ("passwort", "password", 400),
        // The second time from what was remembered of the first.
        ("password", "password", 200),
    ] {
        let answer = server.post(
            "/token",
            &[&basic("web", secret)],
            &[
                ("grant_type", "password"),
                ("username", "carol"),
                ("password", password),
            ],
        );
        assert_eq!(answer.status, status, "{password} {secret}");
    }
}

#[test]
fn the_built_in_users_are_gone() {
    let server = with_toml("[users.carol]\npassword = \"x\"\n[clients.authctl]");
    for (username, password) in [("alice", "wonderland"), ("bob", "builder")] {
        server
            .public(&[
                ("grant_type", "password"),
                ("username", username),
                ("password", password),
            ])
            .refused(400, "invalid_grant");
    }
    server
        .service("/token", &[("grant_type", "client_credentials")])
        .refused(401, "invalid_client");
}

#[test]
fn claims_of_the_file_reach_userinfo() {
    let server = with_toml(
        "[users.carol]\npassword = \"x\"\nsub = \"user-3\"\n\
         claims = { name = \"Carol\", email = \"c@example.com\", team = { id = 7 } }\n\
         [clients.authctl]",
    );
    let token = server
        .public(&[
            ("grant_type", "password"),
            ("username", "carol"),
            ("password", "x"),
            ("scope", "openid profile"),
        ])
        .text("access_token");
    let answer = server.send("GET", "/userinfo", &[&crate::support::bearer(&token)], "");
    assert_eq!(
        answer.json(),
        serde_json::json!({ "sub": "user-3", "name": "Carol", "team": { "id": 7 } })
    );
}
