//! Tests of the rules that only ID Tokens have.

use serde_json::json;

use super::*;
use crate::core::error::{Exit, Report};
use crate::core::jose::{JwkSet, SigningKey};

const NOW: Timestamp = Timestamp(1_700_000_000);

fn key(algorithm: Algorithm) -> SigningKey {
    SigningKey::generate(algorithm, None).expect("a key")
}

fn keys(key: &SigningKey) -> Keys {
    let set = json!({ "keys": [key.public_jwk()] }).to_string();
    Keys::Set(JwkSet::parse(set.as_bytes()).expect("a set"))
}

fn claims() -> Value {
    json!({
        "iss": "https://as.example",
        "sub": "alice",
        "aud": "app",
        "iat": NOW.0,
        "exp": NOW.0 + 300,
    })
}

fn signed(key: &SigningKey, typ: Option<&str>, claims: &Value) -> Secret {
    let header = typ.map(|typ| ("typ".to_owned(), Value::from(typ)));
    jws::sign(
        key,
        header.into_iter().collect(),
        claims.to_string().as_bytes(),
    )
    .expect("a token")
}

fn expected(algorithms: &[Algorithm]) -> Expected<'_> {
    Expected {
        issuer: "https://as.example",
        client_id: "app",
        nonce: None,
        access_token: None,
        algorithms,
        earlier: None,
    }
}

/// Returns the codes of the failures of a token with these members
/// changed; `null` takes one out.
fn failures<'a>(changes: Value, change: impl FnOnce(&mut Expected<'a>)) -> Vec<&'static str> {
    let key = key(Algorithm::EdDSA);
    let mut claims = claims();
    for (name, value) in changes.as_object().expect("an object") {
        match value {
            Value::Null => drop(claims.as_object_mut().map(|all| all.remove(name))),
            value => claims[name] = value.clone(),
        }
    }
    let mut expected = expected(&[Algorithm::EdDSA]);
    change(&mut expected);
    match verify(&signed(&key, None, &claims), &keys(&key), &expected, NOW) {
        Ok(_) => Vec::new(),
        Err(error) => error
            .failures()
            .iter()
            .map(|failure| failure.code)
            .collect(),
    }
}

#[test]
fn an_honest_token_passes() {
    for algorithm in [Algorithm::ES256, Algorithm::EdDSA, Algorithm::ES512] {
        let key = key(algorithm);
        let token = signed(&key, Some("JWT"), &claims());
        let id_token = verify(&token, &keys(&key), &expected(&[algorithm]), NOW);
        assert_eq!(id_token.expect("good").subject, "alice");
    }
}

/// J45: the claims, each with the exact failure.
#[test]
fn each_rule_has_its_failure() {
    for (changes, codes) in [
        (json!({}), &[][..]),
        (json!({"iss": "https://as.example/"}), &["iss"]),
        (json!({"iss": null}), &["iss_missing"]),
        (json!({"aud": "other"}), &["aud"]),
        (json!({"aud": null}), &["aud_missing"]),
        (json!({"aud": ["app"]}), &[]),
        (json!({"aud": ["app", "api"]}), &["azp_missing"]),
        (json!({"aud": ["app", "api"], "azp": "app"}), &[]),
        (json!({"azp": "other"}), &["azp"]),
        (json!({"azp": ["app"]}), &["azp_invalid"]),
        (json!({"exp": null}), &["exp_missing"]),
        (json!({"exp": NOW.0 - 59}), &[]),
        (json!({"exp": NOW.0 - 60}), &["expired"]),
        (json!({"iat": null}), &["iat_missing"]),
        (json!({"iat": NOW.0 + 60}), &[]),
        (json!({"iat": NOW.0 + 61}), &["issued_in_the_future"]),
        (json!({"sub": null}), &["claim_missing"]),
        (json!({"sub": ""}), &["sub_invalid"]),
        (json!({"sub": 7}), &["sub_invalid"]),
        (json!({"sub": "x".repeat(255)}), &[]),
        (json!({"sub": "x".repeat(256)}), &["sub_invalid"]),
        (json!({"sub": "älice"}), &["sub_invalid"]),
        (json!({"nonce": "unasked"}), &[]),
    ] {
        assert_eq!(failures(changes.clone(), |_| ()), codes, "{changes}");
    }
}

#[test]
fn a_nonce_that_was_sent_comes_back() {
    for (nonce, codes) in [
        (json!("n1"), &[][..]),
        (json!("n2"), &["nonce"]),
        (json!(1), &["nonce_invalid"]),
        (Value::Null, &["nonce_missing"]),
    ] {
        let changes = json!({ "nonce": nonce });
        let found = failures(changes, |expected| expected.nonce = Some("n1"));
        assert_eq!(found, codes, "{nonce}");
    }
}

#[test]
fn at_hash_binds_the_access_token() {
    // OIDC Core appendix A.3: the access token and its at_hash by RS256.
    let token = Secret::new("jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Y");
    assert_eq!(
        at_hash(Algorithm::RS256, &token).as_deref(),
        Some("77QmUPtjPfzWtF2AnpK9RQ")
    );
    assert_eq!(at_hash(Algorithm::MLDSA65, &token), None);
    for (hash, codes) in [
        (json!(at_hash(Algorithm::EdDSA, &token)), &[][..]),
        (json!(at_hash(Algorithm::RS256, &token)), &["at_hash"]),
        (json!(""), &["at_hash"]),
        (json!(7), &["at_hash_invalid"]),
        (Value::Null, &[]),
    ] {
        let changes = json!({ "at_hash": hash });
        let found = failures(changes, |expected| expected.access_token = Some(&token));
        assert_eq!(found, codes, "{hash}");
    }
}

/// J45, second half: what a refresh must not change.
#[test]
fn a_refresh_keeps_subject_and_audience() {
    let earlier = |subject: &str, audience: &[&str]| Earlier {
        subject: subject.into(),
        audience: audience.iter().map(|one| (*one).to_owned()).collect(),
    };
    for (earlier, codes) in [
        (earlier("alice", &["app"]), &[][..]),
        (earlier("alice", &[]), &[]),
        (earlier("bob", &["app"]), &["sub_changed"]),
        (earlier("alice", &["api", "app"]), &["aud_changed"]),
    ] {
        let found = failures(json!({}), |expected| expected.earlier = Some(&earlier));
        assert_eq!(found, codes, "{earlier:?}");
    }
    let key = key(Algorithm::EdDSA);
    let mut claims = claims();
    claims["aud"] = json!(["b", "a", "b"]);
    assert_eq!(
        Earlier::of(&signed(&key, None, &claims)),
        Some(earlier("alice", &["a", "b"]))
    );
    assert_eq!(Earlier::of(&Secret::new("no token")), None);
}

#[test]
fn another_kind_of_token_is_no_id_token() {
    let key = key(Algorithm::EdDSA);
    for (typ, good) in [
        (None, true),
        (Some("JWT"), true),
        (Some("at+jwt"), false),
        (Some("application/at+JWT"), false),
        (Some("logout+jwt"), false),
    ] {
        let token = signed(&key, typ, &claims());
        let result = verify(&token, &keys(&key), &expected(&[Algorithm::EdDSA]), NOW);
        assert_eq!(result.is_ok(), good, "{typ:?}");
    }
}

#[test]
fn the_algorithm_is_one_that_the_server_lists() {
    let issuer: crate::core::uri::HttpsUrl = "https://as.example".parse().expect("a URL");
    let with = |algorithms: Value| {
        let body = json!({
            "issuer": "https://as.example",
            "id_token_signing_alg_values_supported": algorithms,
        });
        let response = crate::core::http::Response {
            status: 200,
            headers: Vec::new(),
            body: body.to_string().into_bytes().into(),
        };
        let request = crate::core::http::Request::get(issuer.clone());
        Metadata::process(&issuer, &request, &response).expect("metadata")
    };
    let metadata = with(json!(["none", "RS256", "HS256", "XX999"]));
    assert_eq!(algorithms(Some(&metadata), false), [Algorithm::RS256]);
    assert_eq!(
        algorithms(Some(&metadata), true),
        [Algorithm::HS256, Algorithm::RS256]
    );
    for silent in [None, Some(&with(Value::Null))] {
        let open = algorithms(silent, true);
        assert!(open.contains(&Algorithm::ES512) && !open.contains(&Algorithm::HS256));
    }

    let key = key(Algorithm::EdDSA);
    let token = signed(&key, None, &claims());
    let error = verify(&token, &keys(&key), &expected(&[Algorithm::RS256]), NOW);
    let error = error.expect_err("not listed");
    assert_eq!(error.failures()[0].code, "alg_not_allowed");
}

#[test]
fn a_mac_is_verified_by_the_client_secret() {
    let secret = Secret::new("a client secret of 32 octets, ok");
    let key = SigningKey::from_secret(SecretBytes::new(secret.expose()), Algorithm::HS256);
    let token = signed(&key.expect("a key"), None, &claims());
    assert!(claims_to_be_maced(&token));
    let listed = [Algorithm::HS256];
    let keys = secret_key(&secret).expect("long enough");
    assert!(verify(&token, &keys, &expected(&listed), NOW).is_ok());
    let other = secret_key(&Secret::new("another secret with 32 octets in")).expect("long");
    let error = verify(&token, &other, &expected(&listed), NOW).expect_err("forged");
    assert_eq!(error.failures()[0].code, "signature");
    let short = secret_key(&Secret::new("short")).expect_err("short");
    assert_eq!(short.code(), "key_weak");
    assert!(!claims_to_be_maced(&Secret::new("no token")));
}

/// C22: an error caused by time names the skew, others do not.
#[test]
fn the_skew_is_named_where_it_may_be_the_reason() {
    let expired = jose::Error::refused("expired", "it expired 10 min ago");
    let forged = jose::Error::refused("signature", "its signature is wrong");
    for (error, skew, named) in [
        (&expired, Some(-600), Some(-600)),
        (&expired, Some(30), Some(30)),
        (&expired, Some(-29), None),
        (&expired, None, None),
        (&forged, Some(600), None),
    ] {
        let refusal = refusal(error, skew);
        assert!(
            matches!(&refusal, Error::IdToken { skew, .. } if *skew == named),
            "{refusal:?}"
        );
        assert_eq!(
            (refusal.code(), refusal.exit()),
            ("id_token", Exit::Refused)
        );
    }
    assert_eq!(
        refusal(&expired, None).to_string(),
        "the ID Token is not good: it expired 10 min ago"
    );
}
