//! No octets make a parser panic, and what is changed at random is refused.

use std::time::Duration;

use authctl::core::jose::jwe::{self, DecryptionKeys, EncryptionKey};
use authctl::core::jose::{Algorithm, JwkSet, Keys, jws, jwt, lint};
use authctl::core::secret::{Secret, SecretBytes};
use proptest::prelude::*;
use proptest::test_runner::RngSeed;
use serde_json::Value;

use crate::fixture::*;

/// Gives octets to everything that reads them.
fn read(octets: &[u8]) {
    let _ = JwkSet::parse(octets);
    let _ = Keys::key(octets, Some(&Secret::new("x")));
    let _ = Keys::secret(SecretBytes::new(octets));
    let _ = EncryptionKey::from_document(octets, None, Some(&Secret::new("x")));
    let _ = DecryptionKeys::from_document(octets, None, Some(&Secret::new("x")));
    if let Ok(text) = jws::trim_input(octets) {
        if let Ok(token) = jwt::decode(text) {
            lint(&token, NOW, Duration::ZERO);
        }
        assert_ne!(judge(text, &set_of(key(Algorithm::ES256))), PASSES);
        let password = DecryptionKeys::password(&Secret::new("x"));
        assert!(jwe::open(text, &password, &jwe::Rules::default()).is_err());
    }
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 200,
        failure_persistence: None,
        // The same rubbish at each run.
        rng_seed: RngSeed::Fixed(7519),
        ..ProptestConfig::default()
    })]

    #[test]
    fn any_octets(octets in proptest::collection::vec(any::<u8>(), 0..300)) {
        read(&octets);
    }

    #[test]
    fn anything_like_a_token(text in "[A-Za-z0-9_.-]{0,80}") {
        read(text.as_bytes());
    }

    #[test]
    fn any_header_and_claims(header in "\\PC{0,60}", payload in "\\PC{0,60}") {
        read(signed(key(Algorithm::EdDSA), header, payload).as_bytes());
    }

    #[test]
    fn a_key_file_with_octets_changed(at in 0usize..2000, to in any::<u8>(), cut in 0usize..2000) {
        for file in [
            &include_bytes!("../vectors/openssl/ec256.cert.der")[..],
            include_bytes!("../vectors/openssl/ec256.der"),
            include_bytes!("../vectors/openssl/ec256.pub.der"),
            include_bytes!("../vectors/openssl/rsa2048.pkcs1.der"),
            include_bytes!("../vectors/openssl/ed25519.pkcs8.pem"),
            include_bytes!("../vectors/openssl/x25519.der"),
        ] {
            let mut octets = file.to_vec();
            let place = at % octets.len();
            octets[place] = to;
            octets.truncate(octets.len() - cut % octets.len());
            read(&octets);
        }
    }

    #[test]
    fn a_token_with_one_character_changed(at in 0usize..1000, to in "[A-Za-z0-9_.-]") {
        let key = key(Algorithm::ES256);
        let token = good(key);
        let at = at % token.len();
        prop_assume!(token[at..=at] != to);
        let changed = format!("{}{to}{}", &token[..at], &token[at + 1..]);
        prop_assert_ne!(judge(&changed, &set_of(key)), PASSES);
    }

    #[test]
    fn a_key_with_one_member_changed(name in "kty|crv|x|y|kid|use|alg", value in "\\PC{0,50}") {
        let key = key(Algorithm::ES256);
        let mut jwk = jwk(key);
        prop_assume!(jwk[&name] != value.as_str());
        jwk.insert(name, value.into());
        prop_assert_ne!(judge(&good(key), &set(&[Value::Object(jwk)])), PASSES);
    }
}
