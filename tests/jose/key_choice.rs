//! SECURITY rows J21 to J24, J46 to J48: which key judges.

use authctl::core::error::{Exit, Report as _};
use authctl::core::jose::{Algorithm, Error, Keys, SigningKey, jwt};
use serde_json::{Value, json};

use crate::fixture::*;

#[test]
fn j21_j22_an_unknown_kid_falls_back_to_no_other_key() {
    let key = key(Algorithm::ES256);
    let keys = set_of(key);
    for kid in [
        "Key",
        "KEY",
        "key\0",
        "key ",
        "",
        "*",
        ".*",
        "%",
        "__proto__",
        "constructor",
        "../../dev/null",
        "/dev/null",
        "file:///dev/null",
        "|cat /dev/null",
        "$(cat /dev/null)",
        "' OR '1'='1",
        "https://evil.example/key",
    ] {
        let token = signed(
            key,
            header_with(key, json!({"kid": kid})),
            claims().to_string(),
        );
        assert_eq!(judge(&token, &keys), ["unknown_kid"], "{kid:?}");
        // What reading the kid would give, if anything did.
        let token = maced(b"", json!({"alg": "HS256", "kid": kid}));
        assert_eq!(judge(&token, &keys), ["unknown_kid"], "{kid:?}");
    }
}

#[test]
fn j23_a_kid_is_a_string() {
    let key = key(Algorithm::ES256);
    for kid in [
        json!(1),
        json!(null),
        json!(["key"]),
        json!({"key": 1}),
        json!(true),
    ] {
        let token = signed(
            key,
            header_with(key, json!({"kid": kid})),
            claims().to_string(),
        );
        assert_eq!(judge(&token, &set_of(key)), ["kid_invalid"], "{kid}");
    }
    let long = "k".repeat(1 << 20);
    let token = signed(
        key,
        header_with(key, json!({"kid": long})),
        claims().to_string(),
    );
    let error = jwt::verify(&token, &set_of(key), &rules(), NOW).unwrap_err();
    assert_eq!(error.failures()[0].code, "unknown_kid");
    assert!(error.to_string().len() < 300);
}

#[test]
fn j24_keys_in_the_header_are_not_looked_at() {
    let ours = key(Algorithm::ES256);
    let theirs = SigningKey::generate(Algorithm::ES256, None).unwrap();
    let jwk = theirs.public_jwk();
    for kid in [json!({}), json!({"kid": "key"})] {
        for members in [
            json!({"jwk": jwk}),
            json!({"jwks": {"keys": [jwk]}}),
            json!({"x5c": ["MIIB"]}),
            json!({"jku": "https://evil.example/jwks"}),
            json!({"jku": "https://issuer.example@evil.example/jwks"}),
            json!({"jku": "file:///etc/passwd"}),
            json!({"x5u": "https://evil.example/x5u"}),
        ] {
            let mut header = members;
            header
                .as_object_mut()
                .unwrap()
                .extend(kid.as_object().unwrap().clone());
            let payload = claims().to_string();
            let forged = signed(&theirs, header_with(&theirs, header.clone()), &payload);
            assert_eq!(judge(&forged, &set_of(ours)), ["signature"], "{header}");
            let honest = signed(ours, header_with(ours, header.clone()), &payload);
            assert_eq!(judge(&honest, &set_of(ours)), PASSES, "{header}");
        }
    }
}

#[test]
fn j46_what_the_jwk_is_for_binds() {
    let rs256 = key(Algorithm::RS256);
    for kid in [json!({"kid": "key"}), json!({})] {
        let token = signed(rs256, header_with(rs256, kid), claims().to_string());
        for (changes, expected) in [
            (json!({"use": "enc"}), &["key_use"][..]),
            (json!({"use": "SIG"}), &["key_use"]),
            (json!({"key_ops": ["sign"]}), &["key_use"]),
            (json!({"key_ops": ["encrypt"]}), &["key_use"]),
            (json!({"key_ops": []}), &["key_use"]),
            (json!({"alg": "RSA-OAEP"}), &["key_algorithm"]),
            (json!({"alg": "ES256"}), &["key_algorithm"]),
            (json!({"alg": "FOO"}), &["key_algorithm"]),
            (json!({"alg": "none"}), &["key_algorithm"]),
            (json!({"key_ops": ["verify"]}), &[]),
            (json!({"use": null, "alg": null}), &[]),
        ] {
            let jwk = jwk_with(rs256, changes.clone());
            assert_eq!(
                judge(&token, &set(std::slice::from_ref(&jwk))),
                expected,
                "{changes}"
            );
            // Given alone it is an unfit input.
            let alone = Keys::key(jwk.to_string().as_bytes(), None);
            match expected {
                [] => assert_eq!(judge(&token, &alone.unwrap()), PASSES, "{changes}"),
                // Of its own type, but not by this algorithm.
                [code] => assert_eq!(alone.unwrap_err().code, *code, "{changes}"),
                _ => unreachable!(),
            }
        }
    }
}

#[test]
fn j47_a_kid_that_names_two_keys_is_ambiguous() {
    let es256 = key(Algorithm::ES256);
    let token = good(es256);
    let other = SigningKey::generate(Algorithm::ES256, None)
        .unwrap()
        .with_kid("key");
    let ours = Value::Object(jwk(es256));
    let theirs = Value::Object(jwk(&other));
    let error = jwt::verify(&token, &set(&[ours.clone(), theirs.clone()]), &rules(), NOW);
    let error = error.unwrap_err();
    assert_eq!(error.failures()[0].code, "ambiguous_key");
    assert!(error.to_string().contains("ambiguous"));
    // Also where the other one is broken.
    let broken = jwk_with(&other, json!({"y": "AAAA"}));
    assert_eq!(
        judge(&token, &set(&[ours.clone(), broken])),
        ["ambiguous_key"]
    );
    // Not where type, use or alg tell them apart (RFC 7517 §4.5).
    for sibling in [
        Value::Object(jwk(key(Algorithm::RS256))),
        Value::Object(jwk(key(Algorithm::ES384))),
        jwk_with(&other, json!({"use": "enc"})),
        jwk_with(&other, json!({"key_ops": ["sign"]})),
        jwk_with(&other, json!({"alg": "ECDH-ES"})),
    ] {
        assert_eq!(
            judge(&token, &set(&[sibling.clone(), ours.clone()])),
            PASSES,
            "{sibling}"
        );
    }
    // Without a kid each is tried.
    let without = signed(es256, header_with(es256, json!({})), claims().to_string());
    assert_eq!(judge(&without, &set(&[theirs.clone(), ours])), PASSES);
    assert_eq!(
        judge(&without, &set(&[theirs.clone(), theirs])),
        ["signature"]
    );
}

#[test]
fn j47_siblings_that_are_not_understood_do_not_matter() {
    let es256 = key(Algorithm::ES256);
    let ours = Value::Object(jwk(es256));
    let without = signed(es256, header_with(es256, json!({})), claims().to_string());
    for sibling in [
        json!({"kty": "AKP", "alg": "ML-DSA-44", "pub": "AA", "kid": "2"}),
        json!({"kty": "AKP", "alg": "SLH-DSA-SHA2-128s", "pub": "AA", "kid": "2"}),
        json!({"kty": "AKP", "pub": "AA"}),
        json!({"kty": "FOO"}),
        json!({"kty": "EC", "crv": "brainpoolP256r1", "x": "AA", "y": "AA"}),
        json!({"kty": "OKP", "crv": "Ed448", "x": "AA"}),
        json!({"kty": "EC", "crv": "P-256"}),
        json!({"kty": "RSA", "n": 5, "e": []}),
        json!({"kty": 1}),
        json!({"kid": "2"}),
        json!({"kty": "RSA", "kid": 5}),
        json!({"kty": "RSA", "use": 7}),
        json!({"kty": "RSA", "key_ops": "verify"}),
        json!({"kty": "RSA", "alg": null}),
        json!({}),
        json!(null),
        json!("key"),
        json!([]),
    ] {
        let keys = set(&[sibling.clone(), ours.clone()]);
        assert_eq!(judge(&good(es256), &keys), PASSES, "{sibling}");
        assert_eq!(judge(&without, &keys), PASSES, "{sibling}");
    }
}

#[test]
fn j47_five_hundred_keys_are_no_burden() {
    let es256 = key(Algorithm::ES256);
    let mut many: Vec<Value> = (0..499)
        .map(|count| {
            let other = SigningKey::generate(Algorithm::ES256, None).unwrap();
            Value::Object(jwk(&other.with_kid(count.to_string())))
        })
        .collect();
    many.push(Value::Object(jwk(es256)));
    let keys = set(&many);
    assert_eq!(judge(&good(es256), &keys), PASSES);
    let without = signed(es256, header_with(es256, json!({})), claims().to_string());
    assert_eq!(judge(&without, &keys), PASSES);
    // What is tried has a bound.
    let keys = set(&[many.clone(), many.clone(), many].concat());
    assert_eq!(judge(&without, &keys), ["too_many_keys"]);
}

#[test]
fn j48_documents_that_are_no_set() {
    let deep = format!(r#"{{"keys":{}"#, "[".repeat(100_000));
    for document in [
        "",
        " ",
        "<html></html>",
        "null",
        "[]",
        "{}",
        "\"keys\"",
        r#"{"keys":{}}"#,
        r#"{"keys":null}"#,
        r#"{"keys":[]"#,
        r#"{"keys":[]}x"#,
        r#"{"keys":[]}{}"#,
        "\u{feff}{\"keys\":[]}",
        &deep,
    ] {
        let fault = Keys::set(document.as_bytes()).unwrap_err();
        assert_eq!(fault.code, "key_set_malformed", "{document:.40}");
        assert_eq!(Error::from(fault).exit(), Exit::Config);
    }
    let none = Keys::set(br#"{"keys":[]}"#).unwrap();
    assert_eq!(judge(&good(key(Algorithm::ES256)), &none), ["no_key"]);
    let nothing_but_rubbish = set(&[json!(null), json!({"kty": 5})]);
    assert_eq!(
        judge(&good(key(Algorithm::ES256)), &nothing_but_rubbish),
        ["no_key"]
    );
}

#[test]
fn a_key_that_could_not_be_read_is_spoken_of_where_one_is_missed() {
    let es256 = key(Algorithm::ES256);
    let twice = jwk_with(es256, json!({"key_ops": ["verify", "verify"]}));
    let other = jwk_with(es256, json!({"kid": "other"}));
    let keys = set(&[twice, other]);
    let error = jwt::verify(&good(es256), &keys, &rules(), NOW).unwrap_err();
    assert!(error.is_unknown_kid());
    assert!(error.to_string().contains("`key_ops`"), "{error}");
    assert!(
        !jwt::verify("", &keys, &rules(), NOW)
            .unwrap_err()
            .is_unknown_kid()
    );
}

#[test]
fn j28_a_member_twice_makes_a_document_no_set() {
    let jwk = Value::Object(jwk(key(Algorithm::ES256))).to_string();
    let twice = jwk.replacen('{', r#"{"kty":"EC","#, 1);
    let escaped = jwk.replacen('{', r#"{"k\u0074y":"EC","#, 1);
    for document in [
        format!(r#"{{"keys":[{twice}]}}"#),
        format!(r#"{{"keys":[{escaped}]}}"#),
        format!(r#"{{"keys":[],"keys":[{jwk}]}}"#),
        twice,
    ] {
        let fault = Keys::set(document.as_bytes()).unwrap_err();
        assert_eq!(fault.code, "key_set_malformed", "{document}");
    }
}

#[test]
fn one_key_judges_whatever_the_kid() {
    let key = key(Algorithm::EdDSA);
    let keys = Keys::key(key.public_pem().unwrap().as_bytes(), None).unwrap();
    for kid in [json!({}), json!({"kid": "other"})] {
        let token = signed(key, header_with(key, kid), claims().to_string());
        assert_eq!(judge(&token, &keys), PASSES);
    }
}
