//! Encrypted tokens, of any octets: nobody without a key makes one that opens,
//! and what opens is a known seed to the last bit.
#![no_main]

use std::sync::LazyLock;

use authctl::core::jose::jwe::{self, DecryptionKeys};
use authctl::core::jose::{base64url, jws};
use authctl::core::secret::SecretBytes;
use authctl_fuzz::{ENCRYPTED, SECRET, codes};
use libfuzzer_sys::fuzz_target;

static KEYS: LazyLock<Vec<DecryptionKeys>> = LazyLock::new(|| {
    let key = |document: &[u8]| DecryptionKeys::from_document(document, None, None);
    vec![
        key(include_bytes!("../../vectors/openssl/ec256.pkcs8.pem")).expect("it is a key"),
        key(include_bytes!("../../vectors/openssl/rsa2048.pkcs8.pem")).expect("it is a key"),
        DecryptionKeys::secret(SecretBytes::new(SECRET)).expect("it is a secret"),
    ]
});

fuzz_target!(|octets: &[u8]| {
    let Ok(token) = jws::trim_input(octets) else {
        return;
    };
    for keys in KEYS.iter() {
        match jwe::open(token, keys, &jwe::Rules::default()).map_err(|unopened| unopened.reason) {
            Ok(opened) => {
                assert_eq!(opened.last().content.expose(), ENCRYPTED);
                for part in token.split('.') {
                    let octets = base64url::decode(part).expect("it was decoded");
                    assert_eq!(base64url::encode(octets), part);
                }
            }
            Err(error) => assert!(!codes(&error).is_empty()),
        }
    }
});
