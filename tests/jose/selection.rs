//! Which key of a document signs (`SigningKey::from_document`).

use authctl::core::error::{Exit, Report as _};
use authctl::core::jose::{Algorithm, Selection, SigningKey, thumbprint};
use serde_json::{Map, Value, json};

use crate::fixture::*;

/// Returns the private JWK of the key of an algorithm, with members replaced,
/// or removed by `null`.
fn private(algorithm: Algorithm, changes: Value) -> Value {
    let document = key(algorithm).private_jwk().unwrap();
    let mut jwk: Map<String, Value> = serde_json::from_str(document.expose()).unwrap();
    for (name, value) in changes.as_object().unwrap() {
        match value {
            Value::Null => jwk.remove(name),
            value => jwk.insert(name.clone(), value.clone()),
        };
    }
    Value::Object(jwk)
}

/// Returns the algorithm and kid of what is selected, or the code and message
/// of the error.
fn select(
    document: &Value,
    algorithm: Option<Algorithm>,
    kid: Option<&str>,
) -> Result<(Algorithm, String), (&'static str, String)> {
    let selection = Selection {
        algorithm,
        kid,
        other_kid: false,
    };
    match SigningKey::from_document(document.to_string().as_bytes(), &selection, None) {
        Ok(key) => Ok((key.algorithm(), key.kid().to_owned())),
        Err(error) => {
            assert_eq!(error.exit(), Exit::Config);
            Err((error.code(), error.to_string()))
        }
    }
}

fn set(keys: &[Value]) -> Value {
    json!({ "keys": keys })
}

#[test]
fn a_kid_names_the_key_of_a_set() {
    let keys = set(&[
        private(Algorithm::ES256, json!({"kid": "a"})),
        private(Algorithm::EdDSA, json!({"kid": "b"})),
        private(Algorithm::HS256, json!({"kid": "c"})),
    ]);
    for (kid, algorithm) in [
        ("a", Algorithm::ES256),
        ("b", Algorithm::EdDSA),
        ("c", Algorithm::HS256),
    ] {
        let found = select(&keys, None, Some(kid));
        assert_eq!(found, Ok((algorithm, kid.to_owned())));
    }
    assert_eq!(
        select(&keys, None, Some("A")),
        Err((
            "unknown_kid",
            "the key set has no key with the kid `A`, only `a`, `b`, `c`".into()
        ))
    );
    assert_eq!(
        select(&keys, Some(Algorithm::RS256), Some("a")),
        Err((
            "key_algorithm",
            "the key is for ES256, not for RS256".into()
        ))
    );
}

#[test]
fn without_a_kid_the_one_key_that_can_sign_does() {
    let es256 = private(Algorithm::ES256, json!({"kid": "a"}));
    let eddsa = private(Algorithm::EdDSA, json!({"kid": "b"}));
    let public = jwk_with(key(Algorithm::ES384), json!({"kid": "c"}));
    let other = private(Algorithm::ES512, json!({"kid": "d", "use": "enc"}));
    let unknown = json!({"kty": "new", "kid": "e"});
    let mixed = [
        unknown.clone(),
        public.clone(),
        other.clone(),
        es256.clone(),
    ];
    let found = Ok((Algorithm::ES256, "a".to_owned()));
    assert_eq!(select(&set(&mixed), None, None), found);
    let two = set(&[es256, public.clone(), eddsa]);
    assert_eq!(select(&two, Some(Algorithm::ES256), None), found);
    assert_eq!(
        select(&two, None, None),
        Err((
            "ambiguous_key",
            "2 keys of the set can sign, and none is named: `a`, `b`".into()
        ))
    );
    assert_eq!(
        select(&two, Some(Algorithm::PS256), None),
        Err((
            "no_key",
            "none of the 3 keys of the set can sign by PS256; of the first, the key is for ES256, not for PS256".into()
        ))
    );
    assert_eq!(
        select(&set(&[public.clone(), other]), None, None),
        Err((
            "no_key",
            "none of the 2 keys of the set can sign; of the first, the key is a public one, which cannot sign".into()
        ))
    );
    assert_eq!(
        select(&set(&[public]), None, None),
        Err((
            "key_use",
            "the key is a public one, which cannot sign".into()
        ))
    );
    assert_eq!(
        select(&set(&[]), None, None),
        Err(("no_key", "the key set has no key that can be read".into()))
    );
    assert_eq!(
        select(&set(&[]), None, Some("a")),
        Err((
            "unknown_kid",
            "the key set has no key with the kid `a`".into()
        ))
    );
}

/// RFC 7517 §4.5: keys of different types may share a kid.
#[test]
fn a_kid_that_two_keys_have_needs_the_algorithm_too() {
    let one = private(Algorithm::ES256, json!({"kid": "a"}));
    let other = private(Algorithm::EdDSA, json!({"kid": "a"}));
    let keys = set(&[one.clone(), other]);
    assert_eq!(
        select(&keys, None, Some("a")),
        Err((
            "ambiguous_key",
            "2 keys of the set have the kid `a` and can sign".into()
        ))
    );
    for algorithm in [Algorithm::ES256, Algorithm::EdDSA] {
        let found = select(&keys, Some(algorithm), Some("a"));
        assert_eq!(found, Ok((algorithm, "a".to_owned())));
    }
    assert_eq!(
        select(&set(&[one.clone(), one]), Some(Algorithm::ES256), Some("a")),
        Err((
            "ambiguous_key",
            "2 keys of the set have the kid `a` and can sign by ES256".into()
        ))
    );
    let verifying_only = json!({"kid": "a", "key_ops": ["verify"]});
    let keys = set(&[
        private(Algorithm::ES256, verifying_only),
        jwk_with(key(Algorithm::EdDSA), json!({"kid": "a"})),
    ]);
    assert_eq!(
        select(&keys, None, Some("a")),
        Err((
            "no_key",
            "none of the 2 keys with the kid `a` can sign; of the first, the operations of the key (`key_ops`) do not include `sign`".into()
        ))
    );
}

/// A kid that the set does not have would hide the key from a verifier.
#[test]
fn a_key_of_a_set_without_a_kid_is_given_none_and_named_by_its_thumbprint() {
    let nameless = json!({"kid": null});
    let one = private(Algorithm::ES256, nameless.clone());
    let other = private(Algorithm::EdDSA, nameless.clone());
    let secret = private(Algorithm::HS256, nameless);
    let found = Ok((Algorithm::ES256, String::new()));
    assert_eq!(select(&set(std::slice::from_ref(&one)), None, None), found);
    let keys = set(&[one.clone(), other.clone(), secret]);
    let print = |jwk: &Value| thumbprint(jwk.as_object().unwrap()).unwrap();
    assert_eq!(select(&keys, None, Some(&print(&one))), found);
    assert_eq!(
        select(&keys, None, None),
        Err((
            "ambiguous_key",
            format!(
                "3 keys of the set can sign, and none is named: `{}`, `{}` and 1 more",
                print(&one),
                print(&other)
            )
        ))
    );
    // The thumbprint of a key that has a kid is not its name.
    let named = private(Algorithm::ES256, json!({"kid": "a"}));
    assert_eq!(
        select(&set(&[named]), None, Some(&print(&one)))
            .unwrap_err()
            .0,
        "unknown_kid"
    );
}

/// A verifier does not know that only one of two keys of a kid can sign.
#[test]
fn a_kid_that_a_public_key_has_too_is_ambiguous() {
    let alike = |other: Value, kid| {
        let own = private(Algorithm::ES256, json!({"kid": "a"}));
        select(&set(&[own, other]), None, kid)
    };
    let second = SigningKey::generate(Algorithm::ES256, None).unwrap();
    let public = |kid: &str| jwk_with(&second, json!({"kid": kid, "alg": null}));
    for kid in [None, Some("a")] {
        let (code, message) = alike(public("a"), kid).unwrap_err();
        assert_eq!(code, "ambiguous_key");
        assert_eq!(
            message,
            "several keys of the set have the kid `a` and could be for ES256: a verifier would not know which is meant"
        );
    }
    let found = Ok((Algorithm::ES256, "a".to_owned()));
    assert_eq!(alike(public("b"), Some("a")), found);
    let other_use = jwk_with(&second, json!({"kid": "a", "use": "enc"}));
    assert_eq!(alike(other_use, Some("a")), found);
    // With another kid in the header, or none, nobody asks for this one.
    let own = private(Algorithm::ES256, json!({"kid": "a"}));
    let selection = Selection {
        other_kid: true,
        ..Selection::default()
    };
    let keys = set(&[own, public("a")]).to_string();
    assert!(SigningKey::from_document(keys.as_bytes(), &selection, None).is_ok());
    // A key that may sign only, beside the key that verifies it, or another.
    let signing = private(Algorithm::ES256, json!({"kid": "a", "key_ops": ["sign"]}));
    let verifying = json!({"kid": "a", "key_ops": ["verify"]});
    let own = jwk_with(key(Algorithm::ES256), verifying.clone());
    assert_eq!(select(&set(&[signing.clone(), own]), None, None), found);
    let other = jwk_with(&second, verifying);
    let refused = select(&set(&[signing, other]), None, None);
    assert_eq!(refused.unwrap_err().0, "ambiguous_key");
}

/// RFC 7517 §4.3: "Duplicate key operation values MUST NOT be present".
#[test]
fn operations_that_are_no_distinct_strings_are_refused_as_elsewhere() {
    for operations in [json!(["sign", "sign"]), json!(["sign", 5]), json!("sign")] {
        let jwk = private(Algorithm::ES256, json!({"key_ops": operations}));
        assert_eq!(
            select(&jwk, None, None),
            Err((
                "key_malformed",
                "the member `key_ops` of the JWK is not an array of distinct strings".into()
            ))
        );
    }
}

#[test]
fn a_key_that_is_alone_has_the_kid_or_is_given_it() {
    let named = private(Algorithm::ES256, json!({"kid": "a"}));
    let nameless = private(Algorithm::ES256, json!({"kid": null}));
    let found = |kid: &str| Ok((Algorithm::ES256, kid.to_owned()));
    assert_eq!(select(&named, None, None), found("a"));
    assert_eq!(select(&named, None, Some("a")), found("a"));
    assert_eq!(
        select(&named, None, Some("b")),
        Err(("kid_mismatch", "the kid of the key is `a`, not `b`".into()))
    );
    assert_eq!(select(&nameless, None, Some("b")), found("b"));
    let pem = key(Algorithm::ES256).to_pkcs8_pem().unwrap();
    let selection = Selection {
        kid: Some("b"),
        ..Selection::default()
    };
    let read = SigningKey::from_document(pem.expose().as_bytes(), &selection, None).unwrap();
    assert_eq!(read.kid(), "b");
}

/// A kid may be anything; a message shows little of it.
#[test]
fn a_message_shows_a_few_kids_and_none_at_length() {
    let keys: Vec<Value> = (0..8)
        .map(|n| {
            private(
                Algorithm::HS256,
                json!({"kid": format!("{n}{}", "x".repeat(999))}),
            )
        })
        .collect();
    let (code, message) = select(&set(&keys), None, None).unwrap_err();
    assert_eq!(code, "ambiguous_key");
    assert!(message.ends_with(" and 3 more"), "{message}");
    assert!(message.len() < 600, "{message}");
}
