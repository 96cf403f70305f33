//! ML-DSA keys (RFC 9964, RFC 9881): every form, and those that are none.

use authctl::core::error::Report as _;
use authctl::core::jose::{Algorithm, Error, Keys, ParameterSet, Selection, SigningKey, base64url};
use aws_lc_rs::encoding::AsRawBytes as _;
use aws_lc_rs::signature::{
    ML_DSA_44_SIGNING, ML_DSA_65_SIGNING, ML_DSA_87_SIGNING, PqdsaKeyPair, PqdsaSigningAlgorithm,
};
use serde_json::{Value, json};

use crate::fixture::*;

const SETS: [(Algorithm, &PqdsaSigningAlgorithm, u8); 3] = [
    (Algorithm::MLDSA44, &ML_DSA_44_SIGNING, 17),
    (Algorithm::MLDSA65, &ML_DSA_65_SIGNING, 18),
    (Algorithm::MLDSA87, &ML_DSA_87_SIGNING, 19),
];

/// Writes a DER value.
fn der(tag: u8, content: &[u8]) -> Vec<u8> {
    let length = content.len();
    let mut octets = vec![tag];
    match length {
        0..=0x7f => octets.push(length as u8),
        0x80..=0xff => octets.extend([0x81, length as u8]),
        _ => octets.extend([0x82, (length >> 8) as u8, length as u8]),
    }
    octets.extend(content);
    octets
}

/// Writes a `PrivateKeyInfo` around the private key of a parameter set.
fn pkcs8(oid: u8, key: &[u8]) -> Vec<u8> {
    // 2.16.840.1.101.3.4.3.17 to .19
    let oid = [0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x03, oid];
    let algorithm = der(0x30, &der(0x06, &oid));
    der(
        0x30,
        &[&[2, 1, 0][..], &algorithm, &der(0x04, key)].concat(),
    )
}

fn private_jwk(key: &SigningKey) -> Value {
    serde_json::from_str(key.private_jwk().unwrap().expose()).unwrap()
}

fn seed(key: &SigningKey) -> Vec<u8> {
    base64url::decode(private_jwk(key)["priv"].as_str().unwrap()).unwrap()
}

#[test]
fn seed_expanded_key_and_both_are_one_key() {
    for (algorithm, signing, oid) in SETS {
        let key = key(algorithm);
        let seed = seed(key);
        assert_eq!(seed.len(), 32);
        let expanded = PqdsaKeyPair::from_seed(signing, &seed).unwrap();
        let expanded = expanded.private_key().as_raw_bytes().unwrap();
        let both = [der(0x04, &seed), der(0x04, expanded.as_ref())].concat();
        for (what, choice) in [
            ("seed", der(0x80, &seed)),
            ("expanded", der(0x04, expanded.as_ref())),
            ("both", der(0x30, &both)),
        ] {
            let document = pkcs8(oid, &choice);
            let read = SigningKey::from_document(&document, &Selection::default(), None).unwrap();
            assert_eq!(read.algorithm(), algorithm, "{what}");
            assert_eq!(read.public_key(), key.public_key(), "{algorithm} {what}");
            let read = read.with_kid("key");
            assert_eq!(judge(&good(&read), &set_of(key)), PASSES, "{what}");
            // It is written as it can be: the seed is not computed back.
            let pem = read.to_pkcs8_pem().unwrap();
            let again =
                SigningKey::from_document(pem.expose().as_bytes(), &Selection::default(), None)
                    .unwrap();
            assert_eq!(again.public_key(), key.public_key(), "{algorithm} {what}");
            match what {
                "expanded" => {
                    let error = read.private_jwk().unwrap_err();
                    assert_eq!(error.code(), "key_unsupported");
                }
                _ => assert_eq!(private_jwk(&read)["priv"], private_jwk(key)["priv"]),
            }
        }
        let seed_form =
            SigningKey::from_document(&pkcs8(oid, &der(0x80, &seed)), &Selection::default(), None);
        let written = seed_form.unwrap().to_pkcs8_pem().unwrap();
        assert_eq!(written.expose(), key.to_pkcs8_pem().unwrap().expose());
    }
}

#[test]
fn a_private_key_that_contradicts_itself_is_refused() {
    let refused = |document: &[u8]| {
        let error = SigningKey::from_document(document, &Selection::default(), None).unwrap_err();
        error.code()
    };
    for (algorithm, signing, oid) in SETS {
        let jwk = private_jwk(key(algorithm));
        let other = PqdsaKeyPair::from_seed(signing, &[7; 32]).unwrap();
        let expanded = other.private_key().as_raw_bytes().unwrap();
        let both = [
            der(0x04, &seed(key(algorithm))),
            der(0x04, expanded.as_ref()),
        ]
        .concat();
        for choice in [
            der(0x30, &both),
            der(0x80, &[7; 31]),
            der(0x80, &[7; 33]),
            der(0x04, &expanded.as_ref()[1..]),
            der(0x04, &[7; 32]),
            Vec::new(),
        ] {
            assert_eq!(
                refused(&pkcs8(oid, &choice)),
                "key_malformed",
                "{algorithm}"
            );
        }
        for (what, changes) in [
            ("another seed", json!({"priv": base64url::encode([7; 32])})),
            ("31 octets", json!({"priv": base64url::encode([7; 31])})),
            ("33 octets", json!({"priv": base64url::encode([7; 33])})),
            (
                "expanded",
                json!({"priv": base64url::encode(expanded.as_ref())}),
            ),
            ("no octets", json!({"priv": ""})),
            ("no text", json!({"priv": 7})),
        ] {
            let mut jwk = jwk.clone();
            jwk["priv"] = changes["priv"].clone();
            assert_eq!(
                refused(jwk.to_string().as_bytes()),
                "key_malformed",
                "{algorithm} {what}"
            );
        }
        // Without it the key is a public one.
        let public = Value::Object(key(algorithm).public_jwk()).to_string();
        assert_eq!(refused(public.as_bytes()), "key_use");
    }
}

#[test]
fn public_keys_that_are_none() {
    for (algorithm, _, _) in SETS {
        let key = key(algorithm);
        let octets = base64url::decode(key.public_jwk()["pub"].as_str().unwrap()).unwrap();
        let other = match algorithm {
            Algorithm::MLDSA44 => "ML-DSA-65",
            _ => "ML-DSA-44",
        };
        for (what, changes, code) in [
            (
                "one octet less",
                json!({"pub": base64url::encode(&octets[1..])}),
                "key_malformed",
            ),
            (
                "one octet more",
                json!({"pub": base64url::encode([&octets[..], &[0]].concat())}),
                "key_malformed",
            ),
            ("no pub", json!({"pub": null}), "key_malformed"),
            ("pub no text", json!({"pub": [1]}), "key_malformed"),
            ("alg of another set", json!({"alg": other}), "key_algorithm"),
            (
                "alg of another type",
                json!({"alg": "ES256"}),
                "key_algorithm",
            ),
            ("alg unknown", json!({"alg": "ML-DSA-45"}), "key_algorithm"),
            // "The "alg" member is REQUIRED" (RFC 9964).
            ("no alg", json!({"alg": null}), "key_malformed"),
            ("kty OKP", json!({"kty": "OKP"}), "key_malformed"),
            ("kty akp", json!({"kty": "akp"}), "key_unsupported"),
        ] {
            let keys = set(&[jwk_with(key, changes)]);
            assert_eq!(judge(&good(key), &keys), [code], "{algorithm} {what}");
        }
    }
}

#[test]
fn a_public_key_alone_names_its_algorithm() {
    for (algorithm, _, _) in SETS {
        let key = key(algorithm);
        let pem = key.public_pem().unwrap();
        let keys = Keys::key(pem.as_bytes(), None).unwrap();
        assert_eq!(judge(&good(key), &keys), PASSES, "{algorithm}");
        let spki = key.public_key().unwrap().to_spki().unwrap();
        assert!(Keys::key(&spki, None).is_ok(), "{algorithm}");
        let short = Keys::key(&spki[..spki.len() - 1], None).unwrap_err();
        assert_eq!(Error::from(short).code(), "key_malformed");
    }
}

#[test]
fn the_lengths_are_those_of_fips_204() {
    for (set, (algorithm, signing, _)) in ParameterSet::ALL.into_iter().zip(SETS) {
        assert_eq!(set.name(), algorithm.name());
        assert_eq!(set.public_len(), signing.public_key_len(), "{algorithm}");
        assert_eq!(set.signature_len(), signing.signature_len(), "{algorithm}");
    }
}
