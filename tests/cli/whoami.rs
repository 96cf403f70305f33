//! `authctl whoami`.

use serde_json::Value;

use crate::fake::{Fake, json};
use crate::harness::Home;
use crate::observed::{expire, observed};

#[test]
fn whoami_shows_what_userinfo_says() {
    let server = observed();
    let home = Home::new();
    home.sign_in(server.issuer());
    let text = home.authctl(["whoami"]).run().succeeds();
    let first: Vec<&str> = text
        .lines()
        .next()
        .expect("a line")
        .split_whitespace()
        .collect();
    assert_eq!(first, ["sub", "alice"]);
    assert!(text.contains("alice@example.com"));
    assert_eq!(server.count("GET /userinfo 200"), 1);

    let answer = home.authctl(["whoami", "--json"]).run().succeeds();
    let answer: Value = serde_json::from_str(&answer).expect("JSON");
    assert_eq!(answer["sub"], "alice");
    assert_eq!(answer["email"], "alice@example.com");
}

#[test]
fn whoami_renews_an_expired_token_first() {
    let server = observed();
    let home = Home::new();
    home.sign_in(server.issuer());
    expire(&home, "default");
    server.forget();
    home.authctl(["whoami"]).run().succeeds();
    assert_eq!(server.count("POST /token 200"), 1);
}

#[test]
fn whoami_without_a_session_is_exit_4() {
    let error = Home::new()
        .authctl(["whoami", "--json"])
        .run()
        .fails_json(4);
    assert_eq!(error["error"], "no_session");
}

#[test]
fn whoami_with_a_dead_server_is_exit_6() {
    let mut server = observed();
    let home = Home::new();
    home.sign_in(server.issuer());
    server.stop();
    let error = home.authctl(["whoami", "--json"]).run().fails_json(6);
    assert_eq!(error["error"], "unreachable");
}

/// OIDC Core section 5.3.2: UserInfo of another subject must not be used.
#[test]
fn userinfo_of_another_subject_is_refused() {
    let server = observed();
    let home = Home::new();
    home.sign_in(server.issuer());
    let other = Fake::new(|_| json(200, r#"{"sub":"mallory","email":"m@example.com"}"#));
    let error = home
        .authctl(["whoami", "--json"])
        .args(["--userinfo-endpoint", &other.url("/userinfo")])
        .run()
        .fails_json(5);
    assert_eq!(error["error"], "subject_mismatch");
    assert!(!error.to_string().contains("m@example.com"), "{error}");
}

#[test]
fn a_token_that_userinfo_does_not_take_is_no_success() {
    let server = observed();
    let home = Home::new();
    home.sign_in(server.issuer());
    let other = Fake::new(|_| {
        crate::fake::with_headers(
            401,
            &[r#"WWW-Authenticate: Bearer error="invalid_token", error_description="expired""#],
            "",
        )
    });
    let error = home
        .authctl(["whoami", "--json"])
        .args(["--userinfo-endpoint", &other.url("/userinfo")])
        .run()
        .fails_json(5);
    assert_eq!(error["server"]["error"], "invalid_token", "{error}");
}

#[test]
fn an_id_token_that_nobody_vouches_for_is_not_kept() {
    let real = observed();
    let home = Home::new();
    home.sign_in(real.issuer());
    let record = crate::observed::kept(&home, "default").expect("a session");
    let id_token = record.id_token.expect("an ID Token").expose().to_owned();
    let jwks = format!("{}/jwks", real.issuer());
    let server = Fake::new(move |_| {
        json(
            200,
            &format!(
                r#"{{"access_token":"at","token_type":"Bearer","expires_in":3600,"id_token":"{id_token}"}}"#
            ),
        )
    });
    let home = Home::new();
    home.authctl([
        "login",
        "-q",
        "--client-id",
        "authctl",
        "--username",
        "alice",
    ])
    .args(["--token-endpoint", &server.url("/token")])
    .args(["--jwks-uri", &jwks])
    .env("AUTHCTL_PASSWORD", "p")
    .run()
    .succeeds();
    let error = home.authctl(["whoami", "--json"]).run().fails_json(8);
    assert_eq!(error["error"], "no_endpoint", "{error}");
}

/// P1: claims are escaped.
#[test]
fn p1_claims_with_controls_are_escaped() {
    let server = observed();
    let home = Home::new();
    home.sign_in(server.issuer());
    let other = Fake::new(|_| {
        json(
            200,
            r#"{"sub":"alice","name":"\u001b]0;x\u0007\u001b[2J\u202eevil\u009b","a\u001bb":1}"#,
        )
    });
    let endpoint = other.url("/userinfo");
    let call = || {
        home.authctl(["whoami"])
            .args(["--userinfo-endpoint", &endpoint])
    };
    let text = call().run().succeeds();
    assert!(
        text.chars()
            .all(|c| c == '\n' || !c.is_control() && c != '\u{202e}'),
        "{text:?}"
    );
    // P4: JSON has the exact value, by its own escapes.
    let answer = call().args(["--json"]).run().succeeds();
    let value: Value = serde_json::from_str(&answer).expect("JSON");
    assert_eq!(value["name"], "\u{1b}]0;x\u{7}\u{1b}[2J\u{202e}evil\u{9b}");
    assert!(!answer.contains('\u{1b}'));
}
