//! What holds for every algorithm of the table, whatever is signed: signing is
//! undone by verifying and by nothing less than the same token.

use std::time::Duration;

use authctl::core::jose::{Algorithm, Selection, SigningKey, base64url, json, jws, jwt};
use authctl::core::time::Timestamp;
use proptest::prelude::*;
use proptest::test_runner::RngSeed;
use serde_json::{Map, Value, json};

use crate::fixture::*;

fn config(cases: u32) -> ProptestConfig {
    ProptestConfig {
        cases,
        failure_persistence: None,
        // The same cases at each run.
        rng_seed: RngSeed::Fixed(7515),
        ..ProptestConfig::default()
    }
}

/// Any JSON of some levels; numbers as they are read back to the last bit.
fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<i32>().prop_map(|number| Value::from(f64::from(number) / 8.0)),
        ".{0,12}".prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 24, 5, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            members(inner).prop_map(Value::Object),
        ]
    })
}

fn members(value: impl Strategy<Value = Value>) -> impl Strategy<Value = Map<String, Value>> {
    proptest::collection::vec((".{0,8}", value), 0..5).prop_map(Map::from_iter)
}

/// Members of a header by which nothing is decided.
fn any_header() -> impl Strategy<Value = Map<String, Value>> {
    members(any_json()).prop_map(|mut header| {
        for name in ["alg", "kid", "crit", "b64"] {
            header.remove(name);
        }
        header
    })
}

proptest! {
    #![proptest_config(config(24))]

    #[test]
    fn what_is_signed_verifies_by_every_algorithm(
        payload in proptest::collection::vec(any::<u8>(), 0..200),
        header in any_header(),
        kid in ".{1,20}",
    ) {
        for algorithm in Algorithm::ALL {
            let key = key(algorithm);
            let mut header = header.clone();
            header.insert("kid".into(), kid.clone().into());
            let token = jws::sign(key, header.clone(), &payload).unwrap();
            let keys = set(&[jwk_with(key, json!({"kid": kid}))]);
            let verified = jws::verify(token.expose(), &keys, &jws::Rules::default()).unwrap();
            prop_assert_eq!(&verified.payload, &payload);
            prop_assert_eq!(verified.algorithm, algorithm);
            prop_assert_eq!(verified.kid.as_deref(), Some(kid.as_str()));
            header.insert("alg".into(), algorithm.name().into());
            prop_assert_eq!(verified.header, header);
        }
    }

    #[test]
    fn a_payload_apart_from_its_token_verifies_and_no_other_does(
        payload in proptest::collection::vec(any::<u8>(), 1..100),
        at in any::<usize>(),
    ) {
        for algorithm in Algorithm::ALL {
            let key = key(algorithm);
            let token = jws::sign(key, Map::new(), &payload).unwrap();
            let parts: Vec<&str> = token.expose().split('.').collect();
            let token = format!("{}..{}", parts[0], parts[2]);
            let verify = |payload: &[u8]| {
                let detached_payload = Some(payload);
                let rules = jws::Rules { detached_payload, ..jws::Rules::default() };
                codes(jws::verify(&token, &set_of(key), &rules))
            };
            prop_assert_eq!(verify(&payload), PASSES);
            let mut other = payload.clone();
            let at = at % (other.len() * 8);
            other[at / 8] ^= 1 << (at % 8);
            prop_assert_eq!(verify(&other), ["signature"]);
            prop_assert_eq!(judge_jws(&token, &set_of(key)), ["signature"]);
        }
    }
}

#[test]
fn a_signature_with_any_one_bit_changed_is_none() {
    let message = b"the signing input";
    for algorithm in Algorithm::ALL {
        let key = key(algorithm);
        let verifying = key.verifying_key().unwrap();
        let good = key.sign(message).unwrap();
        assert_eq!(verifying.verify(algorithm, message, &good), Ok(true));
        // Of the thousands of octets of ML-DSA a part, odd so that it has each
        // place in an octet.
        let step = if good.len() > 512 { 13 } else { 1 };
        for bit in (0..good.len() * 8).step_by(step) {
            let mut changed = good.clone();
            changed[bit / 8] ^= 1 << (bit % 8);
            let verified = verifying.verify(algorithm, message, &changed);
            assert_eq!(verified, Ok(false), "{algorithm}, bit {bit}");
        }
    }
}

#[test]
fn a_token_with_any_one_bit_changed_is_refused() {
    for algorithm in Algorithm::ALL {
        let key = key(algorithm);
        let keys = set_of(key);
        let token = signed(
            key,
            header_with(key, json!({"kid": "key"})),
            "{\"sub\":\"a\"}",
        );
        assert_eq!(judge_jws(&token, &keys), PASSES);
        let start_of_signature = token.rfind('.').unwrap() + 1;
        let last = token.len() - 1;
        // Of the signature only the two ends: that any bit of it counts is
        // tested above, that its text has one spelling at its last character.
        let octets = (0..start_of_signature + 4).chain(last - 4..=last);
        for bit in octets.flat_map(|octet| octet * 8..octet * 8 + 8) {
            let mut changed = token.clone().into_bytes();
            changed[bit / 8] ^= 1 << (bit % 8);
            let codes = match jws::trim_input(&changed) {
                Ok(changed) => judge_jws(changed, &keys),
                Err(error) => codes::<()>(Err(error)),
            };
            assert_ne!(codes, PASSES, "{algorithm}, bit {bit} of {token}");
        }
    }
}

#[test]
fn a_signature_by_another_key_of_the_kind_is_refused() {
    for algorithm in Algorithm::ALL {
        // RSA keys take a while; those of the other RSA algorithms are others.
        let other = match algorithm.key_type().algorithms().find(|a| *a != algorithm) {
            Some(of_the_kind) if !algorithm.is_symmetric() => key(of_the_kind).sign(b""),
            _ => SigningKey::generate(algorithm, None).unwrap().sign(b""),
        };
        let verifying = key(algorithm).verifying_key().unwrap();
        let verified = verifying.verify(algorithm, b"", &other.unwrap());
        assert_eq!(verified, Ok(false), "{algorithm}");
    }
}

proptest! {
    #![proptest_config(config(256))]

    #[test]
    fn octets_have_one_text(octets in proptest::collection::vec(any::<u8>(), 0..100)) {
        let text = base64url::encode(&octets);
        prop_assert_eq!(base64url::decode(&text), Ok(octets));
        for odd in [format!("{text}="), format!("{text} "), format!(" {text}"), format!("{text}\n")] {
            prop_assert_eq!(base64url::decode(odd), Err(base64url::Invalid));
        }
    }

    #[test]
    fn a_text_that_is_decoded_is_the_one_that_is_encoded(text in "[A-Za-z0-9_=+/-]{0,40}") {
        if let Ok(octets) = base64url::decode(&text) {
            prop_assert_eq!(base64url::encode(octets), text);
        }
    }

    #[test]
    fn json_is_read_as_it_was_written(value in any_json()) {
        prop_assert_eq!(json::parse_value(value.to_string().as_bytes()), Ok(value.clone()));
        let pretty = serde_json::to_vec_pretty(&value).unwrap();
        prop_assert_eq!(json::parse_value(&pretty), Ok(value));
    }

    #[test]
    fn a_member_that_comes_twice_is_refused(
        mut object in members(any_json()),
        (name, first, second) in (".{1,8}", any_json(), any_json()),
    ) {
        object.shift_remove(&name);
        let mut text = Value::Object(object).to_string();
        text.pop();
        if text.len() > 1 {
            text.push(',');
        }
        let name_as_json = Value::from(name);
        text.push_str(&format!("{name_as_json}:{first},{name_as_json}:{second}}}"));
        let error = json::parse_value(text.as_bytes()).unwrap_err();
        prop_assert!(matches!(error, json::Error::Duplicate { .. }), "{}", error);
    }

    #[test]
    fn a_token_expires_at_exp_and_counts_from_nbf(
        now in -10_000_000_000i64..10_000_000_000,
        away in -3i64..=3,
        leeway in 0u64..1000,
    ) {
        let judge = |claims: Value, rules: jwt::Rules| {
            let token = signed(key(Algorithm::HS256), r#"{"alg":"HS256"}"#, claims.to_string());
            let rules = jwt::Rules { leeway: Duration::from_secs(leeway), ..rules };
            codes(jwt::verify(&token, &set_of(key(Algorithm::HS256)), &rules, Timestamp(now)))
        };
        let span = leeway as i64;
        // "on or after which the JWT MUST NOT be accepted" (RFC 7519 §4.1.4)
        let exp = now - span + away;
        let expected: &[&str] = if away > 0 { &[] } else { &["expired"] };
        prop_assert_eq!(judge(json!({"exp": exp}), jwt::Rules::default()), expected);
        // "before which the JWT MUST NOT be accepted" (§4.1.5)
        let nbf = now + span + away;
        let expected: &[&str] = if away <= 0 { &[] } else { &["not_yet_valid"] };
        let endless = || jwt::Rules { allow_missing_exp: true, ..jwt::Rules::default() };
        prop_assert_eq!(judge(json!({"nbf": nbf}), endless()), expected);
        // A second too old, and a second in the future.
        let max_age = Duration::from_secs(300);
        let aged = || jwt::Rules { max_age: Some(max_age), ..endless() };
        let iat = now - span - 300 + away;
        let expected: &[&str] = if away >= 0 { &[] } else { &["too_old"] };
        prop_assert_eq!(judge(json!({"iat": iat}), aged()), expected);
        let iat = now + span + away;
        let expected: &[&str] = if away <= 0 { &[] } else { &["issued_in_the_future"] };
        prop_assert_eq!(judge(json!({"iat": iat}), aged()), expected);
    }

    #[test]
    fn an_instant_between_two_seconds_is_reached_at_the_second(
        now in 0i64..4_000_000_000,
        eighths in 1i32..8,
    ) {
        let instant = now as f64 + f64::from(eighths) / 8.0;
        let judge = |claims: Value, now: i64| {
            let token = signed(key(Algorithm::HS256), r#"{"alg":"HS256"}"#, claims.to_string());
            let rules = jwt::Rules { allow_missing_exp: true, ..jwt::Rules::default() };
            codes(jwt::verify(&token, &set_of(key(Algorithm::HS256)), &rules, Timestamp(now)))
        };
        prop_assert_eq!(judge(json!({"exp": instant}), now), PASSES);
        prop_assert_eq!(judge(json!({"exp": instant}), now + 1), ["expired"]);
        prop_assert_eq!(judge(json!({"nbf": instant}), now), ["not_yet_valid"]);
        prop_assert_eq!(judge(json!({"nbf": instant}), now + 1), PASSES);
    }
}

/// One in 256 numbers begins with a zero octet, which some encodings drop and
/// others keep: enough keys that each kind meets one.
#[test]
fn many_keys_survive_every_form() {
    for algorithm in [
        Algorithm::ES256,
        Algorithm::ES384,
        Algorithm::ES512,
        Algorithm::ES256K,
        Algorithm::Ed25519,
    ] {
        for _ in 0..120 {
            let key = SigningKey::generate(algorithm, None).unwrap();
            let jwk = key.private_jwk().unwrap();
            let pem = key.to_pkcs8_pem().unwrap();
            for form in [&jwk, &pem] {
                let selection = Selection::from(algorithm);
                let again =
                    SigningKey::from_document(form.expose().as_bytes(), &selection, None).unwrap();
                assert_eq!(again.private_jwk().unwrap().expose(), jwk.expose());
            }
        }
    }
}
