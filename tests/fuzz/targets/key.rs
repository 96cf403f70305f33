//! Key documents: PEM, DER, JSON, in whichever form. A private key that is read
//! is written and read again as the same, also under a passphrase, and signs
//! what its public part verifies.
#![no_main]

use authctl::core::jose::{Keys, Selection, SigningKey, jws};
use authctl::core::secret::{Secret, SecretBytes};
use libfuzzer_sys::fuzz_target;
use serde_json::Map;

fuzz_target!(|octets: &[u8]| {
    // No passphrase: what a stranger's file may ask of the processor is
    // bounded, but at some seconds.
    let keys = Keys::key(octets, None);
    let secret = Keys::secret(SecretBytes::new(octets));
    assert!(
        keys.is_err() || secret.is_err(),
        "a key document was taken for a secret"
    );
    let Ok(key) = SigningKey::from_document(octets, &Selection::default(), None) else {
        return;
    };
    let jwk = key.private_jwk().expect("a private key has a JWK");
    let read = |document: &str, passphrase| {
        let key =
            SigningKey::from_document(document.as_bytes(), &key.algorithm().into(), passphrase);
        key.expect("what is written is read")
    };
    same(&read(jwk.expose(), None), &key);
    if key.public_key().is_some() {
        let pem = key.to_pkcs8_pem().expect("a key pair has a PEM form");
        same(&read(pem.expose(), None), &key);
        let passphrase = Secret::new("correct horse");
        let pem = key
            .to_encrypted_pkcs8_pem(&passphrase, 1)
            .expect("as above");
        same(&read(pem.expose(), Some(&passphrase)), &key);
    }

    let token = jws::sign(&key, Map::new(), octets).expect("the key signs");
    let keys = Keys::key(jwk.expose().as_bytes(), None).expect("it verifies too");
    let verified = jws::verify(token.expose(), &keys, &jws::Rules::default());
    assert_eq!(verified.expect("its own signature").payload, octets);
});

/// Compares private keys, their kids apart.
fn same(a: &SigningKey, b: &SigningKey) {
    let (a, b) = (a.public_jwk(), b.public_jwk());
    for name in ["kty", "crv", "x", "y", "n", "e", "alg"] {
        assert_eq!(a.get(name), b.get(name), "{name}");
    }
}
