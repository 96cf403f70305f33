//! One JWK: what is read as a key is written as the same key, in every form.
#![no_main]

use authctl::core::jose::{Jwk, PublicKey, SigningKey, json, thumbprint};
use libfuzzer_sys::fuzz_target;
use serde_json::Map;

fuzz_target!(|octets: &[u8]| {
    let Ok(members) = json::parse_object(octets) else {
        return;
    };
    let print = thumbprint(&members);
    // The order of members is nothing, and those that are no key change nothing.
    let mut reversed: Map<_, _> = members.clone().into_iter().rev().collect();
    reversed.insert("x-comment".to_owned(), "any".into());
    assert_eq!(thumbprint(&reversed), print);

    if let Ok(key) = PublicKey::from_jwk(&members) {
        let written = key.to_jwk();
        assert_eq!(
            thumbprint(&written),
            print,
            "its thumbprint is that of the key"
        );
        let again = PublicKey::from_jwk(&written).expect("what is written is read");
        assert_eq!(again.to_jwk(), written);
        let der = key.to_spki().expect("a key has an SPKI form");
        let again = PublicKey::from_spki(&der).expect("what is written is read");
        assert_eq!(again.to_jwk(), written);
    }
    if let Ok(key) = SigningKey::from_jwk(&members, None) {
        let written = key.private_jwk().expect("it was read from one");
        let again = json::parse_object(written.expose().as_bytes()).expect("it is JSON");
        let again = SigningKey::from_jwk(&again, None).expect("what is written is read");
        assert_eq!(again.kid(), key.kid());
        let rewritten = again.private_jwk().expect("it was read from one");
        assert_eq!(rewritten.expose(), written.expose());
        let signature = key.sign(octets).expect("the key signs");
        let verifying = key.verifying_key().expect("its public part is good");
        assert_eq!(
            verifying.verify(key.algorithm(), octets, &signature),
            Ok(true)
        );
    }
    if let Ok(jwk) = Jwk::new(members.clone()) {
        assert_eq!(jwk.members(), &members);
        if let Ok(key) = jwk.verifying_key() {
            assert_eq!(Some(key.key_type()), jwk.key_type());
        }
    }
});
