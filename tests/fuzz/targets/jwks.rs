//! A JWK Set: what is kept and what is skipped are all of it, in order; it is
//! written as it was read, and judges a token without surprise.
#![no_main]

use std::sync::LazyLock;

use authctl::core::jose::{JwkSet, Keys, json, jws};
use authctl_fuzz::{NOW, SIGNERS, codes, sign};
use libfuzzer_sys::fuzz_target;
use serde_json::{Map, Value};

static TOKENS: LazyLock<Vec<String>> = LazyLock::new(|| {
    let claims = format!(r#"{{"exp":{}}}"#, NOW.0 + 60);
    (0..SIGNERS.len())
        .map(|signer| sign(signer, Map::new(), claims.as_bytes()))
        .collect()
});

fuzz_target!(|octets: &[u8]| {
    let Ok(set) = JwkSet::parse(octets) else {
        return;
    };
    let document = json::parse_object_with_any_numbers(octets).expect("a set is JSON");
    let all = match document.get("keys") {
        Some(Value::Array(keys)) => keys.clone(),
        Some(_) => panic!("keys that are no array were read as a set"),
        None => vec![Value::Object(document)],
    };
    let skipped: Vec<usize> = set.skipped().iter().map(|skipped| skipped.index).collect();
    let kept: Vec<&Value> = (0..all.len())
        .filter(|index| !skipped.contains(index))
        .map(|index| &all[index])
        .collect();
    assert_eq!(set.keys().len(), kept.len());
    for (key, value) in set.keys().iter().zip(&kept) {
        assert_eq!(Some(key.members()), value.as_object());
    }
    let written = set.to_json();
    let written = written.to_string();
    let again = JwkSet::parse(written.as_bytes()).expect("what is written is read");
    // Not `written` itself: a number of more digits than an `f64` has may be
    // read as its neighbour, by whoever reads it.
    assert_eq!(Ok(again.to_json()), json::parse_value(written.as_bytes()));
    assert_eq!(again.skipped(), []);

    let keys = Keys::Set(set);
    for (token, signer) in TOKENS.iter().zip(SIGNERS.iter()) {
        match jws::verify(token, &keys, &jws::Rules::default()) {
            // Then a key of the set is the signer's, by its kid.
            Ok(verified) => assert_eq!(verified.kid.as_deref(), Some(signer.kid())),
            Err(error) => assert!(!codes(&error).is_empty()),
        }
    }
});
