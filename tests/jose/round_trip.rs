//! What is generated, written and read again signs and verifies (SECURITY rows
//! J56 and J57).

use std::thread;

use authctl::core::error::{Exit, Report as _};
use authctl::core::jose::{
    Algorithm, Error, Jwk, JwkSet, Keys, Selection, SigningKey, VerifyingKey, base64url, jws, jwt,
    pem, thumbprint,
};
use authctl::core::secret::{Secret, SecretBytes};
use serde_json::{Map, Value, json};

use crate::fixture::*;

/// The members that are private (RFC 7518 §6.2.2, §6.3.2, §6.4).
const PRIVATE: [&str; 9] = ["d", "p", "q", "dp", "dq", "qi", "oth", "k", "priv"];

#[test]
fn every_algorithm_signs_what_its_own_key_verifies() {
    for algorithm in Algorithm::ALL {
        let key = key(algorithm);
        let header = Map::from_iter([("typ".to_owned(), "JWT".into())]);
        let payload = claims().to_string();
        let token = jws::sign(key, header, payload.as_bytes()).unwrap();
        let keys = set_of(key);
        let verified = jwt::verify(token.expose(), &keys, &rules(), NOW).unwrap();
        assert_eq!(verified.algorithm, algorithm);
        assert_eq!(verified.kid.as_deref(), Some(key.kid()));
        let expected = json!({"alg": algorithm.name(), "typ": "JWT", "kid": key.kid()});
        assert_eq!(json!(verified.header).to_string(), expected.to_string());
        assert_eq!(json!(verified.claims), claims());
        assert_eq!(verified.warnings, []);
    }
}

#[test]
fn the_header_cannot_change_the_algorithm_and_may_name_another_kid() {
    let key = key(Algorithm::ES256);
    let header = json!({"alg": "none", "kid": "mine"});
    let header = header.as_object().unwrap().clone();
    let token = jws::sign(key, header, b"{}").unwrap();
    let decoded = jwt::decode(token.expose()).unwrap();
    assert_eq!(
        json!(decoded.header),
        json!({"alg": "ES256", "kid": "mine"})
    );
}

#[test]
fn the_kid_is_the_thumbprint_unless_another_is_given() {
    for algorithm in [Algorithm::ES256, Algorithm::EdDSA, Algorithm::HS256] {
        let key = SigningKey::generate(algorithm, None).unwrap();
        let jwk: Map<String, Value> =
            serde_json::from_str(key.private_jwk().unwrap().expose()).unwrap();
        assert_eq!(key.kid(), thumbprint(&jwk).unwrap());
        assert_eq!(jwk["kid"], key.kid());
        let pem_or_jwk = match algorithm.is_symmetric() {
            true => key.private_jwk().unwrap(),
            false => key.to_pkcs8_pem().unwrap(),
        };
        let again =
            SigningKey::from_document(pem_or_jwk.expose().as_bytes(), &Selection::default(), None)
                .unwrap();
        assert_eq!(again.kid(), key.kid());
        assert_eq!(key.with_kid("mine").public_jwk()["kid"], "mine");
    }
}

#[test]
fn a_key_survives_every_form_it_is_written_in() {
    let passphrase = Secret::new("correct horse");
    for algorithm in Algorithm::ALL {
        let key = key(algorithm);
        let jwk = key.private_jwk().unwrap();
        let set = format!(r#"{{"keys":[{}]}}"#, jwk.expose());
        let mut forms = vec![
            (jwk.expose().as_bytes().to_vec(), None),
            (set.into_bytes(), None),
        ];
        if !algorithm.is_symmetric() {
            let pem = key.to_pkcs8_pem().unwrap();
            forms.push((pem.expose().as_bytes().to_vec(), None));
            let pem = key.to_encrypted_pkcs8_pem(&passphrase, 1000).unwrap();
            forms.push((pem.expose().as_bytes().to_vec(), Some(&passphrase)));
        }
        for (form, passphrase) in forms {
            let again = SigningKey::from_document(&form, &algorithm.into(), passphrase).unwrap();
            let written = again.with_kid("key").private_jwk().unwrap();
            assert_eq!(written.expose(), jwk.expose());
        }
    }
}

#[test]
fn j57_what_is_public_has_no_private_member() {
    for algorithm in Algorithm::ALL {
        let key = key(algorithm);
        let public = key.public_jwk();
        for name in PRIVATE {
            assert!(!public.contains_key(name), "{algorithm} {name}");
        }
        assert_eq!(public["kid"], "key");
        assert_eq!(public["alg"], algorithm.name());
        assert_eq!(public["use"], "sig");
        if !algorithm.is_symmetric() {
            let pem = key.public_pem().unwrap();
            assert!(
                pem.starts_with("-----BEGIN PUBLIC KEY-----\n"),
                "{algorithm}"
            );
            let error =
                SigningKey::from_document(pem.as_bytes(), &Selection::default(), None).unwrap_err();
            assert_eq!(error.code(), "key_use");
        }
    }
    let set = JwkSet::from_keys([Jwk::new(key(Algorithm::ES256).public_jwk()).unwrap()]);
    assert_eq!(
        set.to_json(),
        json!({"keys": [key(Algorithm::ES256).public_jwk()]})
    );
}

#[test]
fn a_secret_has_no_pem() {
    let key = key(Algorithm::HS256);
    let passphrase = Secret::new("x");
    for error in [
        key.public_pem().unwrap_err(),
        key.to_pkcs8_pem().unwrap_err(),
        key.to_encrypted_pkcs8_pem(&passphrase, pem::ITERATIONS)
            .unwrap_err(),
    ] {
        assert_eq!(error.code(), "key_unsupported");
    }
}

#[test]
fn sizes_that_cannot_be_are_refused() {
    for (algorithm, bits) in [
        (Algorithm::RS256, 1024),
        (Algorithm::PS256, 2047),
        (Algorithm::RS512, 5120),
        (Algorithm::PS512, 16384),
        (Algorithm::ES256K, 256),
        (Algorithm::MLDSA44, 44),
        (Algorithm::ES256, 256),
        (Algorithm::EdDSA, 256),
        (Algorithm::HS256, 248),
        (Algorithm::HS512, 256),
        (Algorithm::HS256, 257),
        (Algorithm::HS256, 4104),
    ] {
        let error = SigningKey::generate(algorithm, Some(bits)).unwrap_err();
        assert_eq!(
            (error.code(), error.exit()),
            ("usage", Exit::Usage),
            "{algorithm} {bits}"
        );
    }
    let rsa = SigningKey::generate(Algorithm::RS256, Some(3072)).unwrap();
    assert_eq!(rsa.public_key().unwrap().rsa_bits(), Some(3072));
    for (algorithm, bits, octets) in [
        (Algorithm::HS256, None, 32),
        (Algorithm::HS384, None, 48),
        (Algorithm::HS512, None, 64),
        (Algorithm::HS256, Some(4096), 512),
    ] {
        let key = SigningKey::generate(algorithm, bits).unwrap();
        let jwk: Value = serde_json::from_str(key.private_jwk().unwrap().expose()).unwrap();
        let k = base64url::decode(jwk["k"].as_str().unwrap()).unwrap();
        assert_eq!(k.len(), octets);
    }
}

#[test]
fn j56_secrets_that_cannot_sign_are_refused() {
    let public = key(Algorithm::RS256).public_pem().unwrap();
    for (secret, algorithm, code) in [
        (&b""[..], Algorithm::HS256, "key_weak"),
        (&[7; 31], Algorithm::HS256, "key_weak"),
        (&[7; 47], Algorithm::HS384, "key_weak"),
        (&[7; 63], Algorithm::HS512, "key_weak"),
        (public.as_bytes(), Algorithm::HS256, "secret_is_a_key"),
        (&[7; 64], Algorithm::RS256, "key_algorithm"),
    ] {
        let fault = SigningKey::from_secret(SecretBytes::new(secret), algorithm).unwrap_err();
        assert_eq!(fault.code, code);
        assert_eq!(Error::from(fault).exit(), Exit::Config);
    }
    let key = SigningKey::from_secret(SecretBytes::new([7; 32]), Algorithm::HS256).unwrap();
    assert_eq!(key.kid(), "");
    assert!(!key.public_jwk().contains_key("kid"));
}

#[test]
fn one_key_serves_many_threads() {
    for algorithm in [
        Algorithm::RS256,
        Algorithm::ES512,
        Algorithm::EdDSA,
        Algorithm::HS256,
    ] {
        let key = key(algorithm);
        let keys = set_of(key);
        thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    for _ in 0..5 {
                        assert_eq!(judge(&good(key), &keys), PASSES);
                    }
                });
            }
        });
    }
}

#[test]
fn no_debug_text_shows_a_secret() {
    for algorithm in Algorithm::ALL {
        let key = key(algorithm);
        let private = key.private_jwk().unwrap();
        let jwk: Map<String, Value> = serde_json::from_str(private.expose()).unwrap();
        let ready: VerifyingKey = key.verifying_key().unwrap();
        let texts = [
            format!("{key:?}"),
            format!("{private:?}"),
            format!("{ready:?}"),
            format!("{:?}", Jwk::new(jwk.clone()).unwrap()),
            format!("{:?}", set(&[Value::Object(jwk.clone())])),
            format!(
                "{:?}",
                Keys::key(private.expose().as_bytes(), None).unwrap()
            ),
        ];
        for name in PRIVATE {
            let Some(Value::String(secret)) = jwk.get(name) else {
                continue;
            };
            let octets = base64url::decode(secret).unwrap();
            let hex: String = octets.iter().map(|octet| format!("{octet:02x}")).collect();
            for text in &texts {
                assert!(!text.contains(secret.as_str()), "{algorithm} {name} {text}");
                assert!(!text.contains(&hex), "{algorithm} {name} {text}");
                assert!(
                    !text.contains(&format!("{octets:?}")),
                    "{algorithm} {name} {text}"
                );
            }
        }
    }
}
