//! SECURITY rows J5 to J9: what a key may judge.

use authctl::core::error::{Exit, Report as _};
use authctl::core::jose::{Algorithm, Error, KeyType, Keys, SigningKey, base64url, jwt};
use authctl::core::secret::SecretBytes;
use serde_json::{Value, json};

use crate::fixture::*;

/// Everything public that an attacker could take for a secret.
fn public_octets(key: &SigningKey) -> Vec<Vec<u8>> {
    let pem = key.public_pem().unwrap();
    let jwk = key.public_jwk();
    let text = Value::Object(jwk.clone()).to_string();
    let octets = |name: &str| match jwk.get(name) {
        Some(Value::String(value)) => base64url::decode(value).unwrap(),
        _ => Vec::new(),
    };
    vec![
        pem.clone().into_bytes(),
        pem.replace('\n', "\r\n").into_bytes(),
        pem.trim().to_owned().into_bytes(),
        key.public_key().unwrap().to_spki().unwrap(),
        text.clone().into_bytes(),
        format!(r#"{{"keys":[{text}]}}"#).into_bytes(),
        octets("n"),
        octets("x"),
        [octets("x"), octets("y")].concat(),
        Vec::new(),
    ]
}

#[test]
fn j5_a_public_key_is_never_a_secret() {
    for algorithm in [Algorithm::RS256, Algorithm::ES256, Algorithm::EdDSA] {
        let key = key(algorithm);
        for keys in [
            set_of(key),
            Keys::key(key.public_pem().unwrap().as_bytes(), None).unwrap(),
        ] {
            for secret in public_octets(key) {
                for header in [
                    json!({"alg": "HS256", "kid": "key"}),
                    json!({"alg": "HS256"}),
                ] {
                    let token = maced(&secret, header);
                    let mut rules = rules();
                    assert_eq!(judge_by(&token, &keys, &rules), ["key_algorithm"]);
                    rules.algorithms = Some(Algorithm::ALL.to_vec());
                    assert_eq!(judge_by(&token, &keys, &rules), ["key_algorithm"]);
                    rules.algorithms = Some(vec![algorithm]);
                    assert_eq!(judge_by(&token, &keys, &rules), ["alg_not_allowed"]);
                }
            }
        }
    }
}

#[test]
fn a_secret_serves_hmac_and_nothing_else() {
    let secret =
        SecretBytes::new(*b"a secret of at least sixty-four octets, so that HS512 is served");
    let secret = SecretBytes::new([secret.expose(), b".."].concat());
    let keys = Keys::secret(secret.clone()).unwrap();
    for alg in ["HS256", "HS384", "HS512"] {
        assert_eq!(
            judge(
                &maced(secret.expose(), json!({"alg": alg, "kid": "any"})),
                &keys
            ),
            PASSES
        );
    }
    assert_eq!(
        judge(&maced(b"another", json!({"alg": "HS256"})), &keys),
        ["signature"]
    );
    assert_eq!(
        judge(&good(key(Algorithm::RS256)), &keys),
        ["key_algorithm"]
    );
}

#[test]
fn j7_the_alg_of_the_jwk_binds() {
    for (own, other) in [
        (Algorithm::RS256, Algorithm::PS256),
        (Algorithm::RS256, Algorithm::RS512),
        (Algorithm::PS384, Algorithm::PS256),
        (Algorithm::HS512, Algorithm::HS256),
    ] {
        let key = key(own);
        let document = key.private_jwk().unwrap();
        let mut jwk: Value = serde_json::from_str(document.expose()).unwrap();
        jwk["alg"] = other.name().into();
        let signer = SigningKey::from_jwk(jwk.as_object().unwrap(), None).unwrap();
        let token = good(&signer);
        assert_eq!(
            judge(&token, &set_of(key)),
            ["key_algorithm"],
            "{own} {other}"
        );
        let free = set(&[jwk_with(key, json!({"alg": null}))]);
        assert_eq!(judge(&token, &free), PASSES, "{own} {other}");
    }
}

/// `EdDSA` and `Ed25519` are one signature under two names (RFC 9864): a key
/// that says neither serves both, one that says either serves that one.
#[test]
fn j7_the_two_names_of_ed25519_are_two() {
    let names = [Algorithm::EdDSA, Algorithm::Ed25519];
    for (own, other) in [(names[0], names[1]), (names[1], names[0])] {
        let key = key(own);
        let free = set(&[jwk_with(key, json!({"alg": null}))]);
        let header = json!({"alg": other.name(), "kid": "key"}).to_string();
        let renamed = signed(key, header, claims().to_string());
        assert_eq!(judge(&renamed, &free), PASSES, "{other}");
        assert_eq!(judge(&good(key), &free), PASSES, "{own}");
        assert_eq!(judge(&renamed, &set_of(key)), ["key_algorithm"], "{other}");
        let mut rules = rules();
        rules.algorithms = Some(vec![own]);
        assert_eq!(
            judge_by(&renamed, &free, &rules),
            ["alg_not_allowed"],
            "{other}"
        );
        // What signed either is what signed both.
        let public = Keys::key(key.public_pem().unwrap().as_bytes(), None).unwrap();
        assert_eq!(judge(&renamed, &public), PASSES, "{other}");
    }
}

/// No key serves an algorithm of another type, whoever asks for it.
#[test]
fn j8_a_key_of_another_type_neither_signs_nor_verifies() {
    for own in Algorithm::ALL {
        let document = key(own).private_jwk().unwrap();
        let mut jwk: Value = serde_json::from_str(document.expose()).unwrap();
        if !matches!(own.key_type(), KeyType::Akp(_)) {
            jwk.as_object_mut().unwrap().remove("alg");
        }
        let verifier = key(own).verifying_key().unwrap();
        for other in Algorithm::ALL {
            let signer = SigningKey::from_jwk(jwk.as_object().unwrap(), Some(other));
            let fits = verifier.fits(other);
            let verified = verifier.verify(other, b"", b"");
            if own.key_type() != other.key_type() {
                assert_eq!(signer.unwrap_err().code, "key_algorithm", "{own} {other}");
                assert_eq!(fits.unwrap_err().code, "key_algorithm", "{own} {other}");
                assert!(verified.is_err(), "{own} {other}");
            } else if other.hash_len() <= own.hash_len() {
                assert_eq!(signer.unwrap().algorithm(), other);
                assert_eq!(verified, Ok(false), "{own} {other}");
            }
        }
    }
}

#[test]
fn j8_the_kid_of_a_key_of_another_type_or_curve_is_refused() {
    for (claimed, actual) in [
        (Algorithm::ES256, Algorithm::ES384),
        (Algorithm::ES384, Algorithm::ES256),
        (Algorithm::ES512, Algorithm::ES384),
        (Algorithm::ES256, Algorithm::EdDSA),
        (Algorithm::RS256, Algorithm::ES256),
        (Algorithm::EdDSA, Algorithm::RS256),
        (Algorithm::ES256, Algorithm::ES256K),
        (Algorithm::ES256K, Algorithm::ES256),
        (Algorithm::MLDSA44, Algorithm::Ed25519),
    ] {
        let header = json!({"alg": claimed.name(), "kid": "key"}).to_string();
        let token = signed(key(actual), header, claims().to_string());
        let keys = set(&[jwk_with(key(actual), json!({"alg": null}))]);
        assert_eq!(
            judge(&token, &keys),
            ["key_algorithm"],
            "{claimed} {actual}"
        );
    }
}

#[test]
fn j9_a_secret_is_as_long_as_the_hash() {
    for (alg, hash_len) in [("HS256", 32), ("HS384", 48), ("HS512", 64)] {
        for (length, expected) in [
            (0, &["key_weak"][..]),
            (1, &["key_weak"]),
            (hash_len - 1, &["key_weak"]),
            (hash_len, &[]),
            (hash_len + 1, &[]),
        ] {
            let secret = vec![7; length];
            let token = maced(&secret, json!({"alg": alg, "kid": "key"}));
            let k = base64url::encode(&secret);
            let keys = set(&[json!({"kty": "oct", "kid": "key", "k": k})]);
            assert_eq!(judge(&token, &keys), expected, "{alg} {length}");
            // Given alone it is an unfit input.
            let jwk = json!({"kty": "oct", "k": k}).to_string();
            for alone in [
                Keys::secret(SecretBytes::new(secret)),
                Keys::key(jwk.as_bytes(), None),
            ] {
                let judged = alone
                    .map_err(Error::from)
                    .and_then(|keys| jwt::verify(&token, &keys, &rules(), NOW));
                match expected {
                    [] => assert!(judged.is_ok(), "{alg} {length}"),
                    _ => {
                        let error = judged.unwrap_err();
                        assert_eq!((error.code(), error.exit()), ("key_weak", Exit::Config));
                    }
                }
            }
        }
    }
}
