//! The compact serialization, of any octets: parts have one spelling, the
//! header is JSON to every reader, no signature appears from nowhere, and a token
//! is judged among many as it is alone.
#![no_main]

use std::time::Duration;

use authctl::core::jose::{Batch, base64url, jws, jwt, lint};
use authctl_fuzz::{KEYS, NOW, codes};
use libfuzzer_sys::fuzz_target;
use serde_json::Value;

fuzz_target!(|octets: &[u8]| {
    let Ok(token) = jws::trim_input(octets) else {
        return;
    };
    if let Ok(decoded) = jwt::decode(token) {
        lint(&decoded, NOW, Duration::ZERO);
        one_spelling(token);
    }
    for allow_unencoded in [false, true] {
        for detached_payload in [None, Some(&b"$.02"[..])] {
            let rules = jws::Rules {
                detached_payload,
                allow_unencoded,
                ..jws::Rules::default()
            };
            match jws::verify(token, &KEYS, &rules) {
                // Who signs is not among what is fuzzed here: targets/signed.rs.
                Ok(verified) => panic!("forged: {verified:?}"),
                Err(error) => assert!(!codes(&error).is_empty()),
            }
        }
    }
    let rules = jwt::Rules::default();
    let alone = jwt::verify(token, &KEYS, &rules, NOW).map(|_| ());
    let mut batch = Batch::new(&KEYS, &rules);
    assert_eq!(batch.verify(token, NOW).map(|_| ()), alone);
    assert!(alone.is_err());
});

/// Requires that each part is the only text of its octets (RFC 7515 §2), and
/// that any reader of JSON finds the same header.
fn one_spelling(token: &str) {
    let parts: Vec<&str> = token.split('.').collect();
    assert!(matches!(parts.len(), 3 | 5), "{} parts", parts.len());
    for part in &parts {
        let octets = base64url::decode(part).expect("it was decoded");
        assert_eq!(base64url::encode(octets), **part);
    }
    let header = base64url::decode(parts[0]).expect("it was decoded");
    assert!(serde_json::from_slice::<Value>(&header).is_ok_and(|header| header.is_object()));
}
