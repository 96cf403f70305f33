//! Signatures: made there and verified here, made here and verified there.

use authctl::core::jose::{Algorithm, KeyType, base64url};
use serde_json::json;

use super::{authctl, changed, shared};
use crate::harness::{Library, Sandbox};

const PAYLOAD: &str = "{\"sub\":\"алиса\",\"exp\":4102444800}";

#[test]
fn a_library_lacks_what_it_is_said_to_lack_and_nothing_else() {
    for library in Library::all() {
        for algorithm in Algorithm::ALL {
            if algorithm.key_type() == KeyType::Rsa {
                assert!(!library.lacks(algorithm));
                continue;
            }
            // It may make keys for what it cannot sign by.
            let signs = library
                .call("generate", library.kind(algorithm))
                .and_then(|made| {
                    let key = made.get("private").unwrap_or(&made);
                    let header = json!({"alg": algorithm.name()});
                    library.call(
                        "sign",
                        json!({"header": header, "key": key, "payload": "e30"}),
                    )
                });
            assert_eq!(
                signs.is_err(),
                library.lacks(algorithm),
                "{} {algorithm}: {signs:?}",
                library.name
            );
        }
    }
}

#[test]
fn what_a_library_signs_is_verified_and_changed_it_is_not() {
    for (library, algorithm) in shared() {
        let case = format!("{} {algorithm}", library.name);
        let sandbox = Sandbox::new();
        let pair = library.key(algorithm);
        sandbox.write("key.jwk", pair.public["jwk"].to_string());
        let token = library.does(
            "sign",
            json!({
                "header": {"alg": algorithm.name(), "typ": "JWT"},
                "key": pair.private,
                "payload": base64url::encode(PAYLOAD),
            }),
        );
        let token = token.as_str().expect("a token is a string");
        let verify = |token: &str| {
            let line = format!("verify --jws --jwks key.jwk --alg {algorithm} -");
            authctl(&sandbox, &line, token)
        };
        assert_eq!(verify(token).succeeds().stdout, PAYLOAD, "{case}");
        let jwt = format!("verify --jwks key.jwk --alg {algorithm} -");
        authctl(&sandbox, &jwt, token).succeeds();
        for changed in changed(token) {
            verify(&changed).fails(3);
        }
        if let Some(pem) = pair.public["pem"].as_str() {
            sandbox.write("key.pem", pem);
            let line = format!("verify --jws --key key.pem --alg {algorithm} -");
            assert_eq!(authctl(&sandbox, &line, token).succeeds().stdout, PAYLOAD);
        }
    }
}
