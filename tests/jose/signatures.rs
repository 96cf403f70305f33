//! SECURITY rows J1, J3, J4, J10 to J12, J14, J19, J20: what is signed, and how.

use authctl::core::jose::{Algorithm, Curve, KeyType, Keys, base64url};
use serde_json::{Value, json};

use crate::fixture::*;

#[test]
fn j1_a_token_without_a_signature_is_refused_however_alg_is_spelled() {
    let keys = set_of(key(Algorithm::RS256));
    let none = ["none", "None", "NONE", "nOnE", "nonE", "NonE"];
    let unknown = [
        "",
        " ",
        "none ",
        " none",
        "none\0",
        "no\0ne",
        "nоne",
        "ｎｏｎｅ",
        "n\u{200b}one",
        "none\n",
        "null",
        "undefined",
        "false",
        "0",
        "hs256",
        "rs256",
        "RS-256",
        "RSA",
        "HS1",
        "X",
        "__proto__",
    ];
    for alg in none {
        let header = json!({"alg": alg, "kid": "key"}).to_string();
        let token = format!("{}.", unsigned(&header));
        assert_eq!(judge(&token, &keys), ["alg_none"], "{alg:?}");
    }
    for alg in unknown {
        let header = json!({"alg": alg, "kid": "key"}).to_string();
        let token = format!("{}.", unsigned(&header));
        assert_eq!(judge(&token, &keys), ["alg_unsupported"], "{alg:?}");
    }
    for alg in ["null", "[]", "{}", "[\"none\"]", "0", "true"] {
        let token = format!("{}.", unsigned(&format!(r#"{{"alg":{alg}}}"#)));
        assert_eq!(judge(&token, &keys), ["alg_invalid"], "{alg}");
    }
    let token = format!("{}.", unsigned("{}"));
    assert_eq!(judge(&token, &keys), ["alg_missing"]);
}

fn unsigned(header: &str) -> String {
    let payload = base64url::encode(claims().to_string());
    format!("{}.{payload}", base64url::encode(header))
}

#[test]
fn j3_a_signature_that_is_cut_short_is_refused() {
    for algorithm in Algorithm::ALL {
        let key = key(algorithm);
        let token = good(key);
        let keys = set_of(key);
        assert_eq!(judge(&token, &keys), PASSES);
        let signature = signature_of(&token);
        for length in [0, 1, 16, signature.len() - 1] {
            let cut = with_signature(&token, &signature[..length]);
            assert_eq!(judge(&cut, &keys), ["signature"], "{algorithm} {length}");
        }
        let longer = with_signature(&token, [&signature[..], b"\0"].concat());
        assert_eq!(judge(&longer, &keys), ["signature"], "{algorithm}");
    }
}

#[test]
fn any_octet_changed_is_refused() {
    for algorithm in Algorithm::ALL {
        let key = key(algorithm);
        let keys = set_of(key);
        let token = good(key);
        let mut signature = signature_of(&token);
        for at in [0, signature.len() / 2, signature.len() - 1] {
            signature[at] ^= 1;
            let changed = with_signature(&token, &signature);
            assert_eq!(judge(&changed, &keys), ["signature"], "{algorithm} {at}");
            signature[at] ^= 1;
        }
        let header = header_with(key, json!({"kid": "key"}));
        let other = signed(key, header, claims_with(json!({"sub": "bob"})));
        let changed = with_signature(&token, signature_of(&other));
        assert_eq!(judge(&changed, &keys), ["signature"], "{algorithm}");
    }
}

#[test]
fn j4_a_true_token_by_an_algorithm_that_is_not_allowed_is_refused() {
    for algorithm in Algorithm::ALL {
        let key = key(algorithm);
        let mut rules = rules();
        rules.algorithms = Some(vec![algorithm]);
        assert_eq!(judge_by(&good(key), &set_of(key), &rules), PASSES);
        let others = Algorithm::ALL
            .into_iter()
            .filter(|other| *other != algorithm);
        for allowed in [others.collect(), vec![]] {
            rules.algorithms = Some(allowed);
            let codes = judge_by(&good(key), &set_of(key), &rules);
            assert_eq!(codes, ["alg_not_allowed"], "{algorithm}");
        }
    }
}

/// The order of the group of each curve (FIPS 186-4 D.1.2), as long as a
/// coordinate.
fn order(curve: Curve) -> Vec<u8> {
    let hex = match curve {
        Curve::P256 => "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551",
        Curve::P384 => {
            "ffffffffffffffffffffffffffffffffffffffffffffffff\
             c7634d81f4372ddf581a0db248b0a77aecec196accc52973"
        }
        Curve::P521 => {
            "01ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff\
             fa51868783bf2f966b7fcc0148f709a5d03bb5c9b8899c47aebb6fb71e91386409"
        }
        // SEC 2 §2.4.1
        Curve::Secp256k1 => "fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141",
    };
    let octets: Vec<u8> = (0..hex.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap())
        .collect();
    assert_eq!(octets.len(), curve.coordinate_len());
    octets
}

fn curves() -> impl Iterator<Item = (Algorithm, Curve)> {
    Algorithm::ALL
        .into_iter()
        .filter_map(|algorithm| match algorithm.key_type() {
            KeyType::Ec(curve) => Some((algorithm, curve)),
            _ => None,
        })
}

#[test]
fn j10_r_and_s_out_of_range_are_refused() {
    for (algorithm, curve) in curves() {
        let token = good(key(algorithm));
        let keys = set_of(key(algorithm));
        let length = curve.coordinate_len();
        let mut one = vec![0; length];
        one[length - 1] = 1;
        let values = [vec![0; length], one, order(curve), vec![0xff; length]];
        for r in &values {
            for s in &values {
                let forged = with_signature(&token, [&r[..], s].concat());
                assert_eq!(
                    judge(&forged, &keys),
                    ["signature"],
                    "{algorithm} {r:?} {s:?}"
                );
            }
        }
    }
}

#[test]
fn j11_ecdsa_signatures_in_another_form_are_refused() {
    for (algorithm, curve) in curves() {
        let key = key(algorithm);
        let keys = set_of(key);
        let token = good(key);
        let signature = signature_of(&token);
        let (r, s) = signature.split_at(curve.coordinate_len());
        for (what, form) in [
            ("DER", der_signature(r, s)),
            ("s before r", [s, r].concat()),
            ("widened", [&[0], r, &[0], s].concat()),
            ("one octet before", [&[0], r, s].concat()),
            ("one octet after", [r, s, &[0]].concat()),
            ("one octet less", signature[1..].to_vec()),
        ] {
            let codes = judge(&with_signature(&token, form), &keys);
            assert_eq!(codes, ["signature"], "{algorithm} {what}");
        }
        // r with a leading zero octet, stripped of it.
        let token = (0..10_000)
            .map(|_| good(key))
            .find(|token| signature_of(token)[0] == 0)
            .unwrap();
        let signature = signature_of(&token);
        assert_eq!(judge(&token, &keys), PASSES);
        assert_eq!(
            judge(&with_signature(&token, &signature[1..]), &keys),
            ["signature"]
        );
    }
}

fn der_signature(r: &[u8], s: &[u8]) -> Vec<u8> {
    let integer = |value: &[u8]| {
        let start = value.iter().position(|octet| *octet != 0).unwrap();
        let mut value = value[start..].to_vec();
        if value[0] > 0x7f {
            value.insert(0, 0);
        }
        [&[2, value.len() as u8][..], &value].concat()
    };
    let content = [integer(r), integer(s)].concat();
    let mut der = vec![0x30];
    if content.len() > 0x7f {
        der.push(0x81);
    }
    der.push(content.len() as u8);
    [der, content].concat()
}

/// `n - s`, which signs as well as `s` (J12).
fn negated(curve: Curve, s: &[u8]) -> Vec<u8> {
    let mut borrow = 0;
    let mut difference = vec![0; s.len()];
    for (at, n) in order(curve).into_iter().enumerate().rev() {
        let value = i16::from(n) - i16::from(s[at]) - borrow;
        borrow = i16::from(value < 0);
        difference[at] = value.rem_euclid(256) as u8;
    }
    difference
}

#[test]
fn j12_high_and_low_s_both_verify() {
    for (algorithm, curve) in curves() {
        let keys = set_of(key(algorithm));
        let token = good(key(algorithm));
        let signature = signature_of(&token);
        let (r, s) = signature.split_at(curve.coordinate_len());
        let other = with_signature(&token, [r, &negated(curve, s)].concat());
        assert_eq!(judge(&token, &keys), PASSES);
        assert_eq!(judge(&other, &keys), PASSES, "{algorithm}");
    }
}

#[test]
fn j12_leading_zeros_of_honest_values_verify() {
    // s (J11 has r)
    let es256 = key(Algorithm::ES256);
    let token = (0..10_000)
        .map(|_| good(es256))
        .find(|token| signature_of(token)[32] == 0)
        .unwrap();
    assert_eq!(judge(&token, &set_of(es256)), PASSES);
    // x of a key
    let key = (0..10_000)
        .map(|_| authctl::core::jose::SigningKey::generate(Algorithm::ES256, None).unwrap())
        .find(|key| {
            let x = base64url::decode(key.public_jwk()["x"].as_str().unwrap()).unwrap();
            x[0] == 0
        })
        .unwrap()
        .with_kid("key");
    assert_eq!(judge(&good(&key), &set_of(&key)), PASSES);
    // the signature of RSA
    let rs256 = self::key(Algorithm::RS256);
    let token = (0..10_000)
        .map(|count| {
            let claims = claims_with(json!({"jti": count.to_string()}));
            signed(rs256, header_with(rs256, json!({})), claims)
        })
        .find(|token| signature_of(token)[0] == 0)
        .unwrap();
    assert_eq!(judge(&token, &set_of(rs256)), PASSES);
}

#[test]
fn j14_ed25519_signatures_have_one_form() {
    /// The order of the group, little-endian (RFC 8032 §5.1).
    const L: [u8; 32] = [
        0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde,
        0x14, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x10,
    ];
    let key = key(Algorithm::EdDSA);
    let keys = set_of(key);
    let token = good(key);
    let signature = signature_of(&token);
    let (r, s) = signature.split_at(32);
    let mut carry = 0;
    let s_plus_l: Vec<u8> = s
        .iter()
        .zip(L)
        .map(|(one, other)| {
            let sum = u16::from(*one) + u16::from(other) + carry;
            carry = sum >> 8;
            sum as u8
        })
        .collect();
    let mut flipped = signature.clone();
    flipped[31] ^= 0x80;
    for (what, form) in [
        ("63 octets", signature[..63].to_vec()),
        ("65 octets", [&signature[..], &[0]].concat()),
        ("128 octets", [&signature[..], &signature].concat()),
        ("s + L", [r, &s_plus_l].concat()),
        ("s = L", [r, &L].concat()),
        ("s = 0", [r, &[0; 32]].concat()),
        ("R with the other sign", flipped),
    ] {
        assert_eq!(
            judge(&with_signature(&token, form), &keys),
            ["signature"],
            "{what}"
        );
    }
}

#[test]
fn j19_j20_wrong_rsa_encodings_are_refused() {
    let table: Value = serde_json::from_str(include_str!("../vectors/rsa/encodings.json")).unwrap();
    let keys_of = |document: &[u8]| Keys::key(document, None).unwrap();
    let rsa2048 = keys_of(include_bytes!("../vectors/openssl/rsa2048.pub.pem"));
    let rsa_e3 = keys_of(include_bytes!("../vectors/openssl/rsa-e3.pkcs8.pem"));
    let mut right = 0;
    for row in table.as_array().unwrap() {
        let name = row["name"].as_str().unwrap();
        let keys = match row["key"].as_str().unwrap() {
            "rsa2048" => &rsa2048,
            _ => &rsa_e3,
        };
        let codes = judge_jws(row["jws"].as_str().unwrap(), keys);
        if name.starts_with("right: ") {
            assert_eq!(codes, PASSES, "{name}");
            right += 1;
        } else {
            assert_eq!(codes, ["signature"], "{name}");
        }
    }
    assert_eq!(right, 4);
}

#[test]
fn j20_a_2049_bit_key_signs_and_verifies_by_pss() {
    let document = include_bytes!("../vectors/openssl/rsa2049.pkcs8.pem");
    for algorithm in [Algorithm::PS256, Algorithm::PS384, Algorithm::PS512] {
        let key = authctl::core::jose::SigningKey::from_document(document, &algorithm.into(), None)
            .unwrap()
            .with_kid("key");
        assert_eq!(judge(&good(&key), &set_of(&key)), PASSES, "{algorithm}");
    }
}
