//! ID Tokens as a server of ours signs them: good ones are kept, the others
//! end the sign-in.

use authctl::core::jose::{Algorithm, SigningKey, jws};
use serde_json::{Map, Value, json};

use crate::fake::{Fake, json as answer};
use crate::harness::{Call, Home};
use crate::observed::kept;

/// Starts a server without UserInfo whose ID Tokens have the usual claims
/// after `change`, signed by the key that it publishes, or by another.
fn server(
    key_is_published: bool,
    change: impl Fn(&mut Map<String, Value>) + Send + Sync + 'static,
) -> Fake {
    let key = SigningKey::generate(Algorithm::ES256, None).expect("a key");
    let published = if key_is_published {
        key.public_jwk()
    } else {
        let other = SigningKey::generate(Algorithm::ES256, None).expect("a key");
        let mut jwk = other.public_jwk();
        jwk.insert("kid".into(), json!(key.kid()));
        jwk
    };
    Fake::new(move |request| {
        let issuer = format!("http://{}", request.host);
        match request.what.as_str() {
            "POST /token" => {
                let now = std::time::UNIX_EPOCH.elapsed().expect("a time").as_secs();
                let Value::Object(mut claims) = json!({
                    "iss": issuer, "sub": "u-1", "aud": "c", "iat": now, "exp": now + 600,
                    "name": "Ursula",
                }) else {
                    unreachable!("an object")
                };
                change(&mut claims);
                let payload = Value::Object(claims).to_string();
                let token = jws::sign(&key, Map::new(), payload.as_bytes()).expect("a token");
                answer(
                    200,
                    &json!({
                        "access_token": "at", "token_type": "Bearer", "expires_in": 600,
                        "id_token": token.expose(),
                    })
                    .to_string(),
                )
            }
            "GET /jwks" => answer(200, &json!({ "keys": [published] }).to_string()),
            _ => answer(
                200,
                &json!({
                    "issuer": issuer,
                    "token_endpoint": format!("{issuer}/token"),
                    "jwks_uri": format!("{issuer}/jwks"),
                    "id_token_signing_alg_values_supported": ["ES256"],
                })
                .to_string(),
            ),
        }
    })
}

fn login(home: &Home, server: &Fake) -> Call {
    home.authctl(["login", "-q", "--issuer", &server.issuer()])
        .args(["--client-id", "c", "--username", "u"])
        .env("AUTHCTL_PASSWORD", "p")
}

#[test]
fn a_good_id_token_says_who_signed_in() {
    let server = server(true, |_| {});
    let home = Home::new();
    let said = login(&home, &server).run().succeeds();
    assert!(said.starts_with("Signed in as u-1 at "), "{said}");
    // There is no UserInfo endpoint, so its claims answer.
    let (claims, stderr) = home.authctl(["whoami", "--json"]).run().succeeds_saying();
    let claims: Value = serde_json::from_str(&claims).expect("JSON");
    assert_eq!(claims["sub"], "u-1");
    assert_eq!(claims["name"], "Ursula");
    assert_eq!(
        stderr,
        "note: the server has no UserInfo endpoint; these are the ID Token's claims\n"
    );
}

/// J45, OIDC Core section 3.1.3.7: each check by itself.
#[test]
fn j45_each_claim_that_does_not_fit_ends_the_sign_in() {
    type Change = fn(&mut Map<String, Value>);
    let rows: [(&str, Change, &str); 12] = [
        (
            "iss",
            |c| drop(c.insert("iss".into(), json!("https://evil.example"))),
            "iss",
        ),
        ("no iss", |c| drop(c.remove("iss")), "iss"),
        (
            "aud",
            |c| drop(c.insert("aud".into(), json!("other"))),
            "aud",
        ),
        ("no aud", |c| drop(c.remove("aud")), "aud"),
        (
            "azp of another",
            |c| drop(c.insert("azp".into(), json!("other"))),
            "azp",
        ),
        (
            "several aud without azp",
            |c| drop(c.insert("aud".into(), json!(["c", "other"]))),
            "azp",
        ),
        (
            "expired",
            |c| drop(c.insert("exp".into(), json!(1))),
            "expired",
        ),
        ("no exp", |c| drop(c.remove("exp")), "exp"),
        ("no iat", |c| drop(c.remove("iat")), "iat"),
        ("no sub", |c| drop(c.remove("sub")), "sub"),
        (
            "sub number",
            |c| drop(c.insert("sub".into(), json!(5))),
            "sub",
        ),
        (
            "at_hash",
            |c| drop(c.insert("at_hash".into(), json!("AAAAAAAAAAAAAAAAAAAAAA"))),
            "at_hash",
        ),
    ];
    for (name, change, why) in rows {
        let server = server(true, change);
        let home = Home::new();
        let error = login(&home, &server).args(["--json"]).run().fails_json(5);
        assert_eq!(error["error"], "id_token", "{name}: {error}");
        let message = error["message"].as_str().expect("a message");
        assert!(message.contains(why), "{name}: {message}");
        assert!(kept(&home, "default").is_none(), "{name}");
        assert!(!home.config().exists(), "{name}");
    }
}

#[test]
fn j45_a_signature_of_another_key_ends_the_sign_in() {
    let server = server(false, |_| {});
    let home = Home::new();
    let error = login(&home, &server).args(["--json"]).run().fails_json(5);
    assert_eq!(error["error"], "id_token", "{error}");
    assert!(kept(&home, "default").is_none());
}
