//! The password and client credentials grants, and the tokens they give.

use authctl::core::jose::{Algorithm, Family, Keys};
use authctl::core::oauth::id_token::{self, Expected};
use authctl::core::secret::Secret;
use authctl::core::time::Timestamp;
use serde_json::json;

use crate::support::{Fixture, START, server, with_config, with_toml};

fn password(server: &Fixture, more: &[(&str, &str)]) -> crate::support::Response {
    let mut form = vec![
        ("grant_type", "password"),
        ("username", "alice"),
        ("password", "wonderland"),
    ];
    form.extend(more);
    server.public(&form)
}

#[test]
fn the_password_grant_answers_as_the_rfc_says() {
    let server = server();
    let answer = password(&server, &[("scope", "openid profile")]);
    assert_eq!(answer.status, 200);
    assert_eq!(answer.header("content-type"), Some("application/json"));
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    assert_eq!(answer.header("pragma"), Some("no-cache"));
    let body = answer.json();
    assert_eq!(body["token_type"], "Bearer");
    assert_eq!(body["expires_in"], 3600);
    assert_eq!(body["scope"], "openid profile");
    assert_eq!(answer.text("refresh_token").len(), 43);
    assert!(body["id_token"].is_string());
}

#[test]
fn access_tokens_are_those_of_rfc_9068() {
    let server = server();
    let token = password(&server, &[("scope", "api:read groups")]).text("access_token");
    let verified = server.verify(&token, server.issuer(), "at+jwt");
    assert_eq!(verified.header["alg"], "ES256");
    let mut claims = verified.claims;
    let jti = claims.shift_remove("jti").expect("jti");
    assert_eq!(jti.as_str().map(str::len), Some(22));
    assert_eq!(
        serde_json::Value::Object(claims),
        json!({
            "iss": server.issuer(),
            "sub": "alice",
            "aud": server.issuer(),
            "client_id": "authctl",
            "iat": START,
            "exp": START + 3600,
            "scope": "api:read groups",
            "auth_time": START,
            "groups": ["admins", "developers"],
        })
    );
    let other = password(&server, &[]).text("access_token");
    assert_ne!(
        server.verify(&other, server.issuer(), "at+jwt").claims["jti"],
        jti
    );
}

#[test]
fn id_tokens_are_those_of_openid_connect() {
    let server = server();
    let answer = password(&server, &[("scope", "openid email"), ("nonce", "n-1")]);
    let verified = server.verify(&answer.text("id_token"), "authctl", "JWT");
    let hash = aws_lc_rs::digest::digest(
        &aws_lc_rs::digest::SHA256,
        answer.text("access_token").as_bytes(),
    );
    assert_eq!(
        serde_json::Value::Object(verified.claims),
        json!({
            "iss": server.issuer(),
            "sub": "alice",
            "aud": "authctl",
            "iat": START,
            "exp": START + 3600,
            "auth_time": START,
            "at_hash": authctl::core::jose::base64url::encode(&hash.as_ref()[..16]),
            "nonce": "n-1",
            "email": "alice@example.com",
            "email_verified": true,
        })
    );
}

#[test]
fn the_core_takes_the_id_token_for_every_algorithm() {
    for algorithm in [
        Algorithm::RS256,
        Algorithm::ES384,
        Algorithm::ES256K,
        Algorithm::EdDSA,
        Algorithm::Ed25519,
        Algorithm::MLDSA44,
    ] {
        let server = with_config(|config| config.algorithm = algorithm);
        let answer = password(&server, &[("scope", "openid"), ("nonce", "n-1")]);
        let keys = Keys::set(&server.get("/jwks").body).expect("a key set");
        let expected = Expected {
            issuer: server.issuer(),
            client_id: "authctl",
            nonce: Some("n-1"),
            access_token: Some(&Secret::new(answer.text("access_token"))),
            algorithms: &[algorithm],
            earlier: None,
        };
        let token = Secret::new(answer.text("id_token"));
        let verified = id_token::verify(&token, &keys, &expected, Timestamp(server.now()));
        assert_eq!(verified.expect("a good ID Token").subject, "alice");
    }
}

#[test]
fn without_openid_there_is_no_id_token() {
    let server = server();
    let body = password(&server, &[("scope", "profile")]).json();
    assert!(body.get("id_token").is_none());
}

#[test]
fn every_algorithm_signs_tokens_that_verify() {
    let pairs = Algorithm::ALL.into_iter();
    for algorithm in pairs.filter(|algorithm| !algorithm.is_symmetric()) {
        let server = with_config(|config| config.algorithm = algorithm);
        let answer = password(&server, &[("scope", "openid")]);
        for (token, audience, typ) in [
            (answer.text("access_token"), server.issuer(), "at+jwt"),
            (answer.text("id_token"), "authctl", "JWT"),
        ] {
            let verified = server.verify(&token, audience, typ);
            assert_eq!(verified.header["alg"], algorithm.name());
            // No hash is agreed on for ML-DSA.
            let at_hash = verified.claims.contains_key("at_hash");
            let expected = typ == "JWT" && algorithm.family() != Family::MlDsa;
            assert_eq!(at_hash, expected, "{algorithm} {typ}");
            assert_eq!(
                verified.header["kid"],
                server.get("/jwks").json()["keys"][0]["kid"]
            );
        }
    }
}

#[test]
fn no_scope_is_the_default_scope() {
    let server = server();
    assert_eq!(password(&server, &[]).text("scope"), "openid profile email");
    let server = with_toml(
        "default_scopes = []\n[users.alice]\npassword = \"wonderland\"\n[clients.authctl]",
    );
    let body = password(&server, &[]).json();
    assert!(body.get("scope").is_none() && body.get("id_token").is_none());
}

#[test]
fn unknown_or_malformed_scopes_are_refused() {
    let server = server();
    for scope in ["nope", "openid nope", "a\"b", "a\\b", "ü", "OPENID", "a\tb"] {
        password(&server, &[("scope", scope)]).refused(400, "invalid_scope");
    }
    assert_eq!(
        password(&server, &[("scope", " profile  profile ")]).text("scope"),
        "profile"
    );
}

#[test]
fn a_client_gets_no_scope_beyond_its_own() {
    let server = with_toml(
        "[users.alice]\npassword = \"wonderland\"\n[clients.authctl]\nscopes = [\"profile\"]",
    );
    password(&server, &[("scope", "email")]).refused(400, "invalid_scope");
    assert_eq!(password(&server, &[]).text("scope"), "profile");
}

#[test]
fn any_scope_can_be_allowed() {
    let server =
        with_toml("scopes = [\"*\"]\n[users.alice]\npassword = \"wonderland\"\n[clients.authctl]");
    assert_eq!(
        password(&server, &[("scope", "whatever:else")]).text("scope"),
        "whatever:else"
    );
}

#[test]
fn v10_an_unknown_user_and_a_wrong_password_are_one_answer() {
    for server in [
        server(),
        with_toml("[users.alice]\npassword = \"wonderland\"\n[clients.authctl]"),
    ] {
        let bodies = [
            ("alice", "Wonderland"),
            ("alice", "builder"),
            ("nobody", "wonderland"),
            ("ALICE", "wonderland"),
        ]
        .map(|(username, password)| {
            let answer = server.public(&[
                ("grant_type", "password"),
                ("username", username),
                ("password", password),
            ]);
            answer.refused(400, "invalid_grant");
            answer.body
        });
        assert!(bodies.iter().all(|body| *body == bodies[0]));
    }
}

#[test]
fn a_password_from_a_configuration_signs_in() {
    let server =
        with_toml("[users.carol]\npassword = \"q u ü &=+%\"\nsub = \"user-3\"\n[clients.authctl]");
    for _ in 0..2 {
        let answer = server.public(&[
            ("grant_type", "password"),
            ("username", "carol"),
            ("password", "q u ü &=+%"),
            ("scope", "profile"),
        ]);
        let verified = server.verify(&answer.text("access_token"), server.issuer(), "at+jwt");
        assert_eq!(verified.claims["sub"], "user-3");
    }
    server
        .public(&[
            ("grant_type", "password"),
            ("username", "alice"),
            ("password", "wonderland"),
        ])
        .refused(400, "invalid_grant");
}

#[test]
fn missing_parameters_are_named() {
    let server = server();
    for (form, missing) in [
        (&[][..], "grant_type"),
        (&[("grant_type", "")], "grant_type"),
        (&[("grant_type", "password"), ("password", "x")], "username"),
        (
            &[("grant_type", "password"), ("username", "alice")],
            "password",
        ),
        (&[("grant_type", "refresh_token")], "refresh_token"),
    ] {
        let answer = server.public(form);
        answer.refused(400, "invalid_request");
        assert!(answer.text("error_description").contains(missing));
    }
}

#[test]
fn grants_that_are_not_there_are_refused() {
    let server = server();
    for grant_type in [
        "authorization_code",
        "implicit",
        "urn:ietf:params:oauth:grant-type:device_code",
        "PASSWORD",
        "x",
    ] {
        server
            .public(&[("grant_type", grant_type)])
            .refused(400, "unsupported_grant_type");
    }
}

#[test]
fn client_credentials_give_a_token_of_the_client_s_own() {
    let server = server();
    let answer = server.service(
        "/token",
        &[("grant_type", "client_credentials"), ("scope", "api:read")],
    );
    assert_eq!(answer.status, 200);
    let body = answer.json();
    assert!(body.get("refresh_token").is_none() && body.get("id_token").is_none());
    assert_eq!(body["scope"], "api:read");
    let verified = server.verify(&answer.text("access_token"), server.issuer(), "at+jwt");
    assert_eq!(verified.claims["sub"], "service");
    assert_eq!(verified.claims["client_id"], "service");
    assert!(!verified.claims.contains_key("auth_time"));
}

#[test]
fn client_credentials_without_a_scope_carry_none() {
    let server = server();
    let answer = server.service("/token", &[("grant_type", "client_credentials")]);
    assert_eq!(answer.status, 200);
    assert!(answer.json().get("scope").is_none());
    let verified = server.verify(&answer.text("access_token"), server.issuer(), "at+jwt");
    assert!(!verified.claims.contains_key("scope"));
}

#[test]
fn client_credentials_have_no_user_to_speak_of() {
    let server = server();
    for scope in ["openid", "api:read offline_access"] {
        server
            .service(
                "/token",
                &[("grant_type", "client_credentials"), ("scope", scope)],
            )
            .refused(400, "invalid_scope");
    }
}

#[test]
fn a_public_client_may_not_use_client_credentials() {
    let server = server();
    server
        .public(&[("grant_type", "client_credentials")])
        .refused(400, "unauthorized_client");
    // Not even if the configuration in memory says so.
    let server = with_config(|config| {
        config.clients[0].grant_types = authctl::server::GrantType::ALL.to_vec();
    });
    server
        .public(&[("grant_type", "client_credentials")])
        .refused(400, "unauthorized_client");
}

#[test]
fn a_client_may_not_use_a_grant_that_is_not_its_own() {
    let server = with_toml(
        "[users.alice]\npassword = \"wonderland\"\n\
         [clients.service]\nsecret = \"service-secret\"\ngrant_types = [\"client_credentials\"]\n\
         [clients.authctl]\ngrant_types = [\"password\"]",
    );
    server
        .service(
            "/token",
            &[
                ("grant_type", "password"),
                ("username", "alice"),
                ("password", "wonderland"),
            ],
        )
        .refused(400, "unauthorized_client");
    // Without the refresh grant there is no refresh token to use it with.
    let answer = password(&server, &[]);
    assert!(answer.json().get("refresh_token").is_none());
    server.refresh("x", &[]).refused(400, "unauthorized_client");
}

#[test]
fn the_audience_is_the_one_asked_for() {
    let server = server();
    for (form, aud) in [
        (&[("audience", "api")][..], json!("api")),
        (
            &[("resource", "https://api.example/")],
            json!("https://api.example/"),
        ),
        (
            &[
                ("resource", "urn:a"),
                ("resource", "urn:b"),
                ("audience", "c"),
                ("audience", "c"),
            ],
            json!(["urn:a", "urn:b", "c"]),
        ),
    ] {
        let token = password(&server, form).text("access_token");
        let claims = authctl::core::jose::jwt::decode(&token).expect("a JWT");
        assert_eq!(claims.claims().expect("claims")["aud"], aud);
    }
}

#[test]
fn the_default_audience_can_be_set() {
    let server = with_config(|config| config.audience = Some("https://api.example".into()));
    let token = password(&server, &[]).text("access_token");
    server.verify(&token, "https://api.example", "at+jwt");
}

#[test]
fn a_resource_that_is_no_absolute_uri_is_refused() {
    let server = server();
    for resource in ["api", "/api", "https://api.example/#f"] {
        password(&server, &[("resource", resource)]).refused(400, "invalid_target");
    }
}

#[test]
fn lifetimes_can_be_set() {
    let server = with_toml(
        "access_token_lifetime = \"1m\"\nid_token_lifetime = \"2m\"\n\
         [users.alice]\npassword = \"wonderland\"\n[clients.authctl]",
    );
    let answer = password(&server, &[]);
    assert_eq!(answer.json()["expires_in"], 60);
    let token = answer.text("access_token");
    assert_eq!(
        server.verify(&token, server.issuer(), "at+jwt").claims["exp"],
        START + 60
    );
    let token = answer.text("id_token");
    assert_eq!(
        server.verify(&token, "authctl", "JWT").claims["exp"],
        START + 120
    );
}
