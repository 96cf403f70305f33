//! Every form of every key, there and back.

use authctl::core::jose::{
    Algorithm, Encoding, Encryption, Form, Inspected, Portable, PortableKey, SigningKey, Structure,
    Target, ThumbprintHash, inspect,
};
use authctl::core::secret::Secret;
use serde_json::{Map, Value, json};

macro_rules! file {
    ($name:literal) => {
        include_bytes!(concat!("../vectors/openssl/", $name)).as_slice()
    };
}

/// A private key of each type, as PKCS#8 in PEM, and the other private form
/// that it can have.
fn keys() -> Vec<(Vec<u8>, Option<Target>)> {
    let file = |octets: &[u8], other| (octets.to_vec(), other);
    let mut keys = vec![
        file(file!("rsa2048.pkcs8.pem"), Some(Target::Pkcs1)),
        file(file!("rsa2049.pkcs8.pem"), Some(Target::Pkcs1)),
        file(file!("ec256.pkcs8.pem"), Some(Target::Sec1)),
        file(file!("ec384.pkcs8.pem"), Some(Target::Sec1)),
        file(file!("ec521.pkcs8.pem"), Some(Target::Sec1)),
        file(file!("secp256k1.pkcs8.pem"), Some(Target::Sec1)),
        file(file!("ed25519.pkcs8.pem"), None),
        file(file!("x25519.pkcs8.pem"), None),
    ];
    for algorithm in [Algorithm::MLDSA44, Algorithm::MLDSA65, Algorithm::MLDSA87] {
        let key = SigningKey::generate(algorithm, None).unwrap();
        let pem = key.to_pkcs8_pem().unwrap();
        keys.push(file(pem.expose().as_bytes(), None));
    }
    keys
}

fn read(document: &[u8]) -> PortableKey {
    let portable = Portable::read(document, None).unwrap();
    portable.choose(None).unwrap()
}

fn convert(document: &[u8], target: Target, encoding: Encoding) -> Vec<u8> {
    let key = read(document);
    let written = key.write(target, encoding, None).unwrap();
    written.expose().to_vec()
}

fn thumbprint(document: &[u8]) -> String {
    let Ok(Inspected::One(key)) = inspect(document, None) else {
        panic!("one key");
    };
    assert_eq!(key.fault, None);
    key.thumbprint(ThumbprintHash::Sha256).unwrap()
}

#[test]
fn a_private_key_is_the_same_after_every_pair_of_conversions() {
    for (pkcs8, other) in keys() {
        let own = thumbprint(&pkcs8);
        let targets: Vec<Target> = [Target::Pkcs8, Target::Jwk]
            .into_iter()
            .chain(other)
            .collect();
        for first in &targets {
            for encoding in [Encoding::Pem, Encoding::Der] {
                let there = convert(&pkcs8, *first, encoding);
                assert_eq!(thumbprint(&there), own, "{first:?} {encoding:?}");
                for second in &targets {
                    let back = convert(&there, *second, encoding);
                    assert_eq!(thumbprint(&back), own, "{first:?} {second:?}");
                    let again = convert(&back, Target::Pkcs8, Encoding::Pem);
                    assert_eq!(again, pkcs8, "{own}: {first:?} {encoding:?} {second:?}");
                }
            }
        }
    }
}

#[test]
fn a_public_key_is_the_same_after_every_pair_of_conversions() {
    for (pkcs8, _) in keys() {
        let own = thumbprint(&pkcs8);
        let spki = convert(&pkcs8, Target::Spki, Encoding::Pem);
        let targets = read(&spki).targets();
        assert!(targets.contains(&Target::Spki) && targets.contains(&Target::Jwk));
        for first in &targets {
            for encoding in [Encoding::Pem, Encoding::Der] {
                let there = convert(&spki, *first, encoding);
                // What is made of the private key is the same.
                if *first != Target::Jwk && *first != Target::Pkcs1 {
                    assert_eq!(convert(&pkcs8, *first, encoding), there);
                }
                assert_eq!(thumbprint(&there), own, "{first:?} {encoding:?}");
                for second in &targets {
                    let back = convert(&there, *second, encoding);
                    let again = convert(&back, Target::Spki, Encoding::Pem);
                    assert_eq!(again, spki, "{own}: {first:?} {encoding:?} {second:?}");
                }
            }
        }
    }
}

#[test]
fn an_encrypted_key_is_the_same_again() {
    let passphrase = Secret::new("tea at five");
    for (pkcs8, _) in keys() {
        for (encoding, form) in [
            (Encoding::Pem, Form::Pem(Structure::EncryptedPkcs8)),
            (Encoding::Der, Form::Der(Structure::EncryptedPkcs8)),
        ] {
            let encryption = Encryption {
                passphrase: &passphrase,
                iterations: 1000,
            };
            let key = read(&pkcs8);
            let written = key
                .write(Target::Pkcs8, encoding, Some(encryption))
                .unwrap();
            let error = Portable::read(written.expose(), None).err().unwrap();
            assert_eq!(error.code, "passphrase");
            let opened = Portable::read(written.expose(), Some(&passphrase)).unwrap();
            let opened = opened.choose(None).unwrap();
            assert_eq!(opened.form(), form);
            let again = opened.write(Target::Pkcs8, Encoding::Pem, None).unwrap();
            assert_eq!(again.expose(), pkcs8);
        }
    }
}

#[test]
fn what_can_be_private_is_known_of_every_form() {
    for (pkcs8, _) in keys() {
        let private = read(&pkcs8);
        let public = read(&convert(&pkcs8, Target::Spki, Encoding::Der));
        for target in private.targets() {
            let open = matches!(target, Target::Spki | Target::OpenSsh);
            assert_eq!(private.is_private_as(target), !open, "{target:?}");
            assert!(!public.is_private_as(target), "{target:?}");
        }
    }
    let secret = read(br#"{"kty":"oct","k":"AAAA"}"#);
    assert_eq!(secret.targets(), [Target::Jwk]);
    assert!(secret.is_private_as(Target::Jwk));
}

#[test]
fn a_secret_goes_from_jwk_to_jwk() {
    let jwk = json!({"kty": "oct", "k": "AAAA", "kid": "s", "x-ours": 1});
    let written = convert(jwk.to_string().as_bytes(), Target::Jwk, Encoding::Pem);
    assert_eq!(serde_json::from_slice::<Value>(&written).unwrap(), jwk);
    // Its thumbprint would be a hash of it (RFC 7638 §7), so it gets no kid.
    let written = convert(br#"{"kty":"oct","k":"AAAA"}"#, Target::Jwk, Encoding::Pem);
    assert_eq!(written, b"{\"kty\":\"oct\",\"k\":\"AAAA\"}\n");
}

#[test]
fn the_operations_of_the_public_key_are_those_of_the_private_one_turned() {
    let jwk = convert(file!("ec256.der"), Target::Jwk, Encoding::Pem);
    let mut jwk: Map<String, Value> = serde_json::from_slice(&jwk).unwrap();
    for (private, public) in [
        (json!(["sign"]), Some(json!(["verify"]))),
        (json!(["sign", "verify"]), Some(json!(["verify"]))),
        (
            json!(["unwrapKey", "decrypt"]),
            Some(json!(["wrapKey", "encrypt"])),
        ),
        (json!(["deriveKey", "deriveBits"]), None),
        (json!(["other"]), Some(json!(["other"]))),
    ] {
        jwk.insert("key_ops".to_owned(), private.clone());
        let document = Value::Object(jwk.clone()).to_string();
        let ways = [
            Portable::read(document.as_bytes(), None)
                .and_then(|portable| portable.choose(None))
                .and_then(PortableKey::into_public),
            Portable::read_public(document.as_bytes(), None)
                .and_then(|portable| portable.choose(None)),
        ];
        for key in ways {
            let found = key.unwrap().to_jwk().unwrap();
            assert_eq!(found.values().get("key_ops"), public.as_ref(), "{private}");
            assert_eq!(found.values().get("d"), None);
        }
    }
}
