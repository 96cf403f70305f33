//! Signatures: made there and verified here, made here and verified there.

use authctl::core::jose::{Algorithm, KeyType, Selection, SigningKey, base64url};
use aws_lc_rs::hmac;
use serde_json::{Value, json};

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

#[test]
fn what_authctl_signs_a_library_verifies_and_changed_it_does_not() {
    for (library, algorithm) in shared() {
        let case = format!("{} {algorithm}", library.name);
        let sandbox = Sandbox::new();
        let pair = library.key(algorithm);
        sandbox.write("key.jwk", pair.private["jwk"].to_string());
        let line = format!("sign --jws --key key.jwk --alg {algorithm} --typ test --kid mine");
        let outcome = authctl(&sandbox, &line, PAYLOAD).succeeds();
        let token = outcome.stdout.trim_end();
        let request = |token: &str| {
            let mut key = pair.public.clone();
            key["jwk"]["kid"] = "mine".into();
            json!({"token": token, "key": key, "algorithms": [algorithm.name()]})
        };
        let verified = library.does("verify", request(token));
        assert_eq!(verified["payload"], base64url::encode(PAYLOAD), "{case}");
        let header = json!({"alg": algorithm.name(), "typ": "test", "kid": "mine"});
        assert_eq!(verified["header"], header, "{case}");
        for changed in changed(token) {
            let verified = library.call("verify", request(&changed));
            assert!(verified.is_err(), "{case} verifies {changed}");
        }
    }
}

#[test]
fn a_payload_is_exchanged_apart_from_its_token_encoded_or_not() {
    // As RFC 7797 §4 has it; the dot could not stand in a compact token.
    const PAYLOAD: &str = "$.02";
    for (library, algorithm) in shared() {
        let case = format!("{} {algorithm}", library.name);
        let sandbox = Sandbox::new();
        let pair = library.key(algorithm);
        sandbox.write("private.jwk", pair.private["jwk"].to_string());
        sandbox.write("public.jwk", pair.public["jwk"].to_string());
        sandbox.write("payload", PAYLOAD);
        sandbox.write("other", "$.03");
        for unencoded in [false, true] {
            let mut header = json!({"alg": algorithm.name()});
            let (mut sign, mut verify) = ("--detached", "--detached payload");
            if unencoded {
                header["b64"] = false.into();
                header["crit"] = json!(["b64"]);
                sign = "--detached --unencoded";
                verify = "--detached payload --allow-unencoded";
            }
            let line = format!("sign --jws --key private.jwk --alg {algorithm} {sign}");
            let outcome = authctl(&sandbox, &line, PAYLOAD).succeeds();
            let token = outcome.stdout.trim_end();
            let request = |payload: &str| {
                json!({
                    "token": token,
                    "key": pair.public,
                    "algorithms": [algorithm.name()],
                    "payload": base64url::encode(payload),
                })
            };
            library.does("verify", request(PAYLOAD));
            let verified = library.call("verify", request("$.03"));
            assert!(verified.is_err(), "{case}");

            let made = library.does(
                "sign",
                json!({
                    "header": header,
                    "key": pair.private,
                    "payload": base64url::encode(PAYLOAD),
                    "detached": true,
                }),
            );
            let made = made.as_str().expect("a token is a string");
            let line = format!("verify --jws --jwks public.jwk --alg {algorithm} {verify} -");
            let verified = authctl(&sandbox, &line, made).succeeds();
            assert_eq!(verified.stdout, PAYLOAD, "{case}");
            let other = line.replace("detached payload", "detached other");
            authctl(&sandbox, &other, made).fails(3);
        }
    }
}

/// What a library and authctl must agree on: changes to good claims, and to a
/// good header.
const REFUSED: [(&str, &str, &str); 12] = [
    ("expired", "exp", "1700000000"),
    ("no exp", "exp", "null"),
    ("exp as text", "exp", "\"1700000060\""),
    ("not yet valid", "nbf", "1700000001"),
    ("nbf as text", "nbf", "\"1699999999\""),
    ("other issuer", "iss", "\"https://elsewhere.example\""),
    ("no issuer", "iss", "null"),
    ("issuer in a list", "iss", "[\"https://issuer.example\"]"),
    ("other audience", "aud", "\"other\""),
    ("no audience", "aud", "null"),
    ("other audiences", "aud", "[\"other\", \"api2\"]"),
    ("an extension", "crit", "[\"exp\"]"),
];

#[test]
fn claims_are_judged_alike() {
    const NOW: i64 = 1_700_000_000;
    let algorithm = Algorithm::ES256;
    for library in Library::all() {
        let sandbox = Sandbox::new();
        let pair = library.key(algorithm);
        sandbox.write("key.jwk", pair.public["jwk"].to_string());
        let judge = |name: &str, value: &str| {
            let mut header = json!({"alg": "ES256"});
            let mut claims = json!({
                "iss": "https://issuer.example", "aud": ["api", "other"], "exp": NOW + 60,
            });
            let value = serde_json::from_str(value).expect("it is JSON");
            match name {
                "crit" => header["crit"] = value,
                _ => claims[name] = value,
            }
            if let Some(claims) = claims.as_object_mut() {
                claims.retain(|_, claim| !claim.is_null());
            }
            // A library would not sign what is wrong on purpose: by hand.
            let private = pair.private["jwk"].to_string();
            let selection = Selection::from(algorithm);
            let key = SigningKey::from_document(private.as_bytes(), &selection, None);
            let key = key.expect("a library's key is read");
            let input = format!(
                "{}.{}",
                base64url::encode(header.to_string()),
                base64url::encode(claims.to_string())
            );
            let signature = key.sign(input.as_bytes()).expect("the key signs");
            let token = format!("{input}.{}", base64url::encode(signature));
            let line = format!(
                "verify --jwks key.jwk --issuer https://issuer.example --audience api --now {NOW} -o claims -"
            );
            let ours = authctl(&sandbox, &line, &token);
            let theirs = library.call(
                "verify_jwt",
                json!({
                    "token": token,
                    "key": pair.public,
                    "algorithms": ["ES256"],
                    "now": NOW,
                    "issuer": "https://issuer.example",
                    "audience": "api",
                }),
            );
            (ours, theirs)
        };
        let (ours, theirs) = judge("sub", "\"alice\"");
        let ours: Value = ours.succeeds().json();
        assert_eq!(ours["sub"], "alice");
        assert_eq!(theirs.expect("a good token"), ours);
        for (case, name, value) in REFUSED {
            let (ours, theirs) = judge(name, value);
            ours.fails(3);
            // Asked for issuer and audience, jose does not want an `exp`.
            if (library.name, case) != ("jose", "no exp") {
                assert!(theirs.is_err(), "{} accepts: {case}", library.name);
            }
        }
    }
}

#[test]
fn a_public_key_is_no_secret_and_none_is_no_algorithm() {
    for library in Library::all() {
        let sandbox = Sandbox::new();
        let pair = library.key(Algorithm::RS256);
        let pem = pair.public["pem"].as_str().expect("RSA has a PEM form");
        sandbox.write("key.pem", pem);
        // What a verifier would compute that takes the PEM for a secret.
        let input = format!(
            "{}.{}",
            base64url::encode("{\"alg\":\"HS256\"}"),
            base64url::encode("{}")
        );
        let mac = hmac::sign(
            &hmac::Key::new(hmac::HMAC_SHA256, pem.as_bytes()),
            input.as_bytes(),
        );
        let forged = format!("{input}.{}", base64url::encode(mac));
        let unsigned = format!("{}.e30.", base64url::encode("{\"alg\":\"none\"}"));
        for token in [forged, unsigned] {
            authctl(&sandbox, "verify --jws --key key.pem -", &token).fails(3);
            for algorithms in [json!(["RS256"]), json!(["RS256", "HS256"])] {
                let request = json!({"token": token, "key": pair.public, "algorithms": algorithms});
                let verified = library.call("verify", request);
                assert!(verified.is_err(), "{} verifies {token}", library.name);
            }
        }
    }
}

/// Neither library has ML-DSA (RFC 9964) here, but that on which joserfc stands
/// has its signatures.
#[test]
fn ml_dsa_signatures_are_exchanged() {
    let library = Library::joserfc();
    for algorithm in [Algorithm::MLDSA44, Algorithm::MLDSA65, Algorithm::MLDSA87] {
        let sandbox = Sandbox::new();
        let line = format!("keygen --alg {algorithm} --out - -o jwk");
        let jwk = authctl(&sandbox, &line, "").succeeds().json();
        sandbox.write("key.jwk", jwk.to_string());
        let outcome = authctl(&sandbox, "sign --jws --key key.jwk", PAYLOAD).succeeds();
        let (input, signature) = outcome
            .stdout
            .trim_end()
            .rsplit_once('.')
            .expect("two dots");
        let request = |message: &str| {
            json!({
                "alg": algorithm.name(),
                "pub": jwk["pub"],
                "message": base64url::encode(message),
                "signature": signature,
            })
        };
        library.does("mldsa_verify", request(input));
        assert!(library.call("mldsa_verify", request("other")).is_err());

        let request = json!({
            "alg": algorithm.name(),
            "seed": jwk["priv"],
            "message": base64url::encode(input),
        });
        let made = library.does("mldsa_sign", request);
        assert_eq!(made["pub"], jwk["pub"], "{algorithm}: the key of the seed");
        let signature = made["signature"].as_str().expect("a string");
        let token = format!("{input}.{signature}");
        let verified = authctl(&sandbox, "verify --jws --jwks key.jwk -", &token);
        assert_eq!(verified.succeeds().stdout, PAYLOAD);
        for changed in changed(&token) {
            authctl(&sandbox, "verify --jws --jwks key.jwk -", &changed).fails(3);
        }
    }
}
