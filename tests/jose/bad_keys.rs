//! SECURITY rows J13, J15 to J18: keys that are none.

use authctl::core::jose::{Algorithm, base64url};
use serde_json::{Value, json};

use crate::fixture::*;

/// Says what is wrong with a key in a set, for a token whose kid is its.
fn fault_of(jwk: Value, algorithm: Algorithm) -> Vec<&'static str> {
    judge(&good(key(algorithm)), &set(&[jwk]))
}

#[test]
fn j13_elliptic_curve_keys_that_are_none() {
    let p256 = key(Algorithm::ES256);
    let x = p256.public_jwk()["x"].clone();
    let y = p256.public_jwk()["y"].clone();
    let octets = |value: &Value| base64url::decode(value.as_str().unwrap()).unwrap();
    // p = 2^256 - 2^224 + 2^192 + 2^96 - 1; x = p + 5 encodes the x of 5.
    let mut beyond_p = [0xff; 32];
    beyond_p[4..8].fill(0);
    beyond_p[7] = 1;
    beyond_p[8..20].fill(0);
    let long = base64url::encode([&[0], &octets(&x)[..]].concat());
    for (what, changes, code) in [
        ("off the curve", json!({"x": y}), "key_malformed"),
        (
            "zero",
            json!({"x": base64url::encode([0; 32]), "y": base64url::encode([0; 32])}),
            "key_malformed",
        ),
        (
            "x >= p",
            json!({"x": base64url::encode(beyond_p)}),
            "key_malformed",
        ),
        (
            "max",
            json!({"x": base64url::encode([0xff; 32])}),
            "key_malformed",
        ),
        ("y missing", json!({"y": null}), "key_malformed"),
        ("y no string", json!({"y": 5}), "key_malformed"),
        (
            "31 octets",
            json!({"x": base64url::encode(&octets(&x)[1..])}),
            "key_malformed",
        ),
        ("33 octets", json!({"x": long}), "key_malformed"),
        (
            "padded",
            json!({"x": format!("{}=", x.as_str().unwrap())}),
            "key_malformed",
        ),
        (
            "crv P-384",
            json!({"crv": "P-384", "alg": null}),
            "key_malformed",
        ),
        (
            "crv P-521",
            json!({"crv": "P-521", "alg": null}),
            "key_malformed",
        ),
        ("crv p-256", json!({"crv": "p-256"}), "key_unsupported"),
        ("crv missing", json!({"crv": null}), "key_malformed"),
        ("crv Ed25519", json!({"crv": "Ed25519"}), "key_unsupported"),
        ("kty RSA", json!({"kty": "RSA"}), "key_malformed"),
        ("kty OKP", json!({"kty": "OKP"}), "key_unsupported"),
        ("kty oct", json!({"kty": "oct"}), "key_malformed"),
        ("kty ec", json!({"kty": "ec"}), "key_unsupported"),
        (
            "with alg of P-384",
            json!({"crv": "P-384"}),
            "key_malformed",
        ),
    ] {
        assert_eq!(
            fault_of(jwk_with(p256, changes), Algorithm::ES256),
            [code],
            "{what}"
        );
    }
}

#[test]
fn j15_ed25519_keys_that_are_none() {
    let key = key(Algorithm::EdDSA);
    let x = base64url::decode(key.public_jwk()["x"].as_str().unwrap()).unwrap();
    let mut zero = [0; 32];
    let small = base64url::encode(zero);
    zero[0] = 1;
    let identity = base64url::encode(zero);
    let mut p = [0xff; 32];
    (p[0], p[31]) = (0xed, 0x7f);
    for (what, changes, code) in [
        (
            "31 octets",
            json!({"x": base64url::encode(&x[1..])}),
            "key_malformed",
        ),
        (
            "33 octets",
            json!({"x": base64url::encode([&x[..], &[0]].concat())}),
            "key_malformed",
        ),
        ("no octets", json!({"x": ""}), "key_malformed"),
        ("X25519", json!({"crv": "X25519"}), "key_unsupported"),
        ("Ed448", json!({"crv": "Ed448"}), "key_unsupported"),
        ("no crv", json!({"crv": null}), "key_malformed"),
        ("order 4", json!({"x": small}), "key_weak"),
        ("order 1", json!({"x": identity}), "key_weak"),
        (
            "not canonical",
            json!({"x": base64url::encode(p)}),
            "key_weak",
        ),
    ] {
        assert_eq!(
            fault_of(jwk_with(key, changes), Algorithm::EdDSA),
            [code],
            "{what}"
        );
    }
}

#[test]
fn j16_j17_j18_rsa_keys_that_are_none() {
    let key = key(Algorithm::RS256);
    let n = base64url::decode(key.public_jwk()["n"].as_str().unwrap()).unwrap();
    let of_bits = |bits: usize| {
        let mut n = vec![0xff; bits.div_ceil(8)];
        n[0] = 0xff >> (n.len() * 8 - bits);
        base64url::encode(n)
    };
    let mut even = n.clone();
    even[255] &= 0xfe;
    let long = base64url::encode(vec![0xff; 2048]);
    for (what, changes, code) in [
        ("512 bits", json!({"n": of_bits(512)}), "key_weak"),
        ("1024 bits", json!({"n": of_bits(1024)}), "key_weak"),
        ("2040 bits", json!({"n": of_bits(2040)}), "key_weak"),
        ("2047 bits", json!({"n": of_bits(2047)}), "key_weak"),
        ("8193 bits", json!({"n": of_bits(8193)}), "key_malformed"),
        (
            "16384 bits, e as long",
            json!({"n": long, "e": long}),
            "key_malformed",
        ),
        (
            "e as long as n",
            json!({"e": base64url::encode(&n)}),
            "key_malformed",
        ),
        (
            "e of 34 bits",
            json!({"e": base64url::encode([2, 0, 0, 0, 1])}),
            "key_malformed",
        ),
        ("e = 0", json!({"e": "AA"}), "key_malformed"),
        ("e = 1", json!({"e": "AQ"}), "key_weak"),
        ("e = 2", json!({"e": "Ag"}), "key_malformed"),
        ("e = 65536", json!({"e": "AQAA"}), "key_malformed"),
        ("e missing", json!({"e": null}), "key_malformed"),
        ("e empty", json!({"e": ""}), "key_malformed"),
        (
            "e with a zero octet",
            json!({"e": "AAEAAQ"}),
            "key_malformed",
        ),
        (
            "n even",
            json!({"n": base64url::encode(even)}),
            "key_malformed",
        ),
        ("n = 0", json!({"n": "AA"}), "key_malformed"),
        ("n missing", json!({"n": null}), "key_malformed"),
        (
            "n with a zero octet",
            json!({"n": base64url::encode([&[0], &n[..]].concat())}),
            "key_malformed",
        ),
        (
            "n padded",
            json!({"n": format!("{}==", base64url::encode(&n))}),
            "key_malformed",
        ),
    ] {
        assert_eq!(
            fault_of(jwk_with(key, changes), Algorithm::RS256),
            [code],
            "{what}"
        );
    }
    // e = 3 is sound.
    assert_eq!(
        fault_of(jwk_with(key, json!({"e": "Aw"})), Algorithm::RS256),
        ["signature"]
    );
}
