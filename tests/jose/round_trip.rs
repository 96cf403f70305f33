//! What is generated, written and read again signs and verifies.

use std::time::Duration;

use authctl::core::jose::{Algorithm, Keys, SigningKey, jws, jwt};
use authctl::core::secret::Secret;
use authctl::core::time::Timestamp;
use serde_json::{Map, Value, json};

const NOW: Timestamp = Timestamp(1_700_000_000);

fn claims() -> String {
    json!({"iss": "i", "aud": "a", "exp": NOW.0 + 60}).to_string()
}

fn header() -> Map<String, Value> {
    Map::from_iter([("typ".to_owned(), "JWT".into())])
}

fn keys_of(key: &SigningKey) -> Keys {
    let private = key.private_jwk().unwrap();
    Keys::set(private.expose().as_bytes()).unwrap()
}

#[test]
fn every_algorithm_signs_what_its_own_key_verifies() {
    for algorithm in Algorithm::ALL {
        let key = SigningKey::generate(algorithm, None).unwrap();
        let token = jws::sign(&key, header(), claims().as_bytes()).unwrap();
        let rules = jwt::Rules {
            issuer: Some("i".into()),
            audience: vec!["b".into(), "a".into()],
            leeway: Duration::ZERO,
            ..jwt::Rules::default()
        };
        let verified = jwt::verify(token.expose(), &keys_of(&key), &rules, NOW).unwrap();
        assert_eq!(verified.algorithm, algorithm);
        assert_eq!(verified.kid.as_deref(), Some(key.kid()));
        assert_eq!(verified.header["typ"], "JWT");
        assert!(verified.warnings.is_empty());
    }
}

#[test]
fn a_key_survives_every_form_it_is_written_in() {
    let passphrase = Secret::new("correct horse");
    for algorithm in Algorithm::ALL {
        let key = SigningKey::generate(algorithm, None).unwrap();
        let jwk = key.private_jwk().unwrap();
        let mut forms = vec![(jwk.expose().as_bytes().to_vec(), None)];
        if !algorithm.is_symmetric() {
            let pem = key.to_pkcs8_pem().unwrap();
            forms.push((pem.expose().as_bytes().to_vec(), None));
            let pem = key.to_encrypted_pkcs8_pem(&passphrase, 1000).unwrap();
            forms.push((pem.expose().as_bytes().to_vec(), Some(&passphrase)));
        }
        for (form, passphrase) in forms {
            let again = SigningKey::from_document(&form, Some(algorithm), passphrase).unwrap();
            assert_eq!(again.kid(), key.kid());
            assert_eq!(
                again.private_jwk().unwrap().expose(),
                key.private_jwk().unwrap().expose()
            );
        }
    }
}
