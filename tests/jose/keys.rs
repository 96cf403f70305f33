//! SECURITY rows J5 to J9, J13, J15 to J18, J21 to J24, J46 to J48: which key
//! judges.

use authctl::core::error::{Exit, Report as _};
use authctl::core::jose::{Algorithm, Error, KeyType, Keys, SigningKey, base64url, jwt};
use authctl::core::secret::SecretBytes;
use serde_json::{Value, json};

use crate::fixture::*;

/// Makes a token by HMAC under octets that are no secret, also shorter ones
/// than a [`SigningKey`] takes.
fn maced(secret: &[u8], header: Value) -> String {
    use aws_lc_rs::hmac;
    let input = format!(
        "{}.{}",
        base64url::encode(header.to_string()),
        base64url::encode(claims().to_string())
    );
    let hash = match header["alg"].as_str() {
        Some("HS512") => hmac::HMAC_SHA512,
        Some("HS384") => hmac::HMAC_SHA384,
        _ => hmac::HMAC_SHA256,
    };
    let tag = hmac::sign(&hmac::Key::new(hash, secret), input.as_bytes());
    format!("{input}.{}", base64url::encode(tag))
}

/// Everything public that an attacker could take for a secret.
fn public_octets(key: &SigningKey) -> Vec<Vec<u8>> {
    let pem = key.public_pem().unwrap();
    let jwk = key.public_jwk();
    let text = Value::Object(jwk.clone()).to_string();
    let octets = |name: &str| match jwk.get(name) {
        Some(Value::String(value)) => base64url::decode(value).unwrap(),
        _ => Vec::new(),
    };
    vec![
        pem.clone().into_bytes(),
        pem.replace('\n', "\r\n").into_bytes(),
        pem.trim().to_owned().into_bytes(),
        key.public_key().unwrap().to_spki().unwrap(),
        text.clone().into_bytes(),
        format!(r#"{{"keys":[{text}]}}"#).into_bytes(),
        octets("n"),
        octets("x"),
        [octets("x"), octets("y")].concat(),
        Vec::new(),
    ]
}

#[test]
fn j5_a_public_key_is_never_a_secret() {
    for algorithm in [Algorithm::RS256, Algorithm::ES256, Algorithm::EdDSA] {
        let key = key(algorithm);
        for keys in [
            set_of(key),
            Keys::key(key.public_pem().unwrap().as_bytes(), None).unwrap(),
        ] {
            for secret in public_octets(key) {
                for header in [
                    json!({"alg": "HS256", "kid": "key"}),
                    json!({"alg": "HS256"}),
                ] {
                    let token = maced(&secret, header);
                    let mut rules = rules();
                    assert_eq!(judge_by(&token, &keys, &rules), ["key_algorithm"]);
                    rules.algorithms = Some(Algorithm::ALL.to_vec());
                    assert_eq!(judge_by(&token, &keys, &rules), ["key_algorithm"]);
                    rules.algorithms = Some(vec![algorithm]);
                    assert_eq!(judge_by(&token, &keys, &rules), ["alg_not_allowed"]);
                }
            }
        }
    }
}

#[test]
fn a_secret_serves_hmac_and_nothing_else() {
    let secret =
        SecretBytes::new(*b"a secret of at least sixty-four octets, so that HS512 is served");
    let secret = SecretBytes::new([secret.expose(), b".."].concat());
    let keys = Keys::secret(secret.clone()).unwrap();
    for alg in ["HS256", "HS384", "HS512"] {
        assert_eq!(
            judge(
                &maced(secret.expose(), json!({"alg": alg, "kid": "any"})),
                &keys
            ),
            PASSES
        );
    }
    assert_eq!(
        judge(&maced(b"another", json!({"alg": "HS256"})), &keys),
        ["signature"]
    );
    assert_eq!(
        judge(&good(key(Algorithm::RS256)), &keys),
        ["key_algorithm"]
    );
}

#[test]
fn j7_the_alg_of_the_jwk_binds() {
    for (own, other) in [
        (Algorithm::RS256, Algorithm::PS256),
        (Algorithm::RS256, Algorithm::RS512),
        (Algorithm::PS384, Algorithm::PS256),
        (Algorithm::HS512, Algorithm::HS256),
    ] {
        let key = key(own);
        let document = key.private_jwk().unwrap();
        let mut jwk: Value = serde_json::from_str(document.expose()).unwrap();
        jwk["alg"] = other.name().into();
        let signer = SigningKey::from_jwk(jwk.as_object().unwrap(), None).unwrap();
        let token = good(&signer);
        assert_eq!(
            judge(&token, &set_of(key)),
            ["key_algorithm"],
            "{own} {other}"
        );
        let free = set(&[jwk_with(key, json!({"alg": null}))]);
        assert_eq!(judge(&token, &free), PASSES, "{own} {other}");
    }
}

/// `EdDSA` and `Ed25519` are one signature under two names (RFC 9864): a key
/// that says neither serves both, one that says either serves that one.
#[test]
fn j7_the_two_names_of_ed25519_are_two() {
    let names = [Algorithm::EdDSA, Algorithm::Ed25519];
    for (own, other) in [(names[0], names[1]), (names[1], names[0])] {
        let key = key(own);
        let free = set(&[jwk_with(key, json!({"alg": null}))]);
        let header = json!({"alg": other.name(), "kid": "key"}).to_string();
        let renamed = signed(key, header, claims().to_string());
        assert_eq!(judge(&renamed, &free), PASSES, "{other}");
        assert_eq!(judge(&good(key), &free), PASSES, "{own}");
        assert_eq!(judge(&renamed, &set_of(key)), ["key_algorithm"], "{other}");
        let mut rules = rules();
        rules.algorithms = Some(vec![own]);
        assert_eq!(
            judge_by(&renamed, &free, &rules),
            ["alg_not_allowed"],
            "{other}"
        );
        // What signed either is what signed both.
        let public = Keys::key(key.public_pem().unwrap().as_bytes(), None).unwrap();
        assert_eq!(judge(&renamed, &public), PASSES, "{other}");
    }
}

/// No key serves an algorithm of another type, whoever asks for it.
#[test]
fn j8_a_key_of_another_type_neither_signs_nor_verifies() {
    for own in Algorithm::ALL {
        let document = key(own).private_jwk().unwrap();
        let mut jwk: Value = serde_json::from_str(document.expose()).unwrap();
        if !matches!(own.key_type(), KeyType::Akp(_)) {
            jwk.as_object_mut().unwrap().remove("alg");
        }
        let verifier = key(own).verifying_key().unwrap();
        for other in Algorithm::ALL {
            let signer = SigningKey::from_jwk(jwk.as_object().unwrap(), Some(other));
            let fits = verifier.fits(other);
            let verified = verifier.verify(other, b"", b"");
            if own.key_type() != other.key_type() {
                assert_eq!(signer.unwrap_err().code, "key_algorithm", "{own} {other}");
                assert_eq!(fits.unwrap_err().code, "key_algorithm", "{own} {other}");
                assert!(verified.is_err(), "{own} {other}");
            } else if other.hash_len() <= own.hash_len() {
                assert_eq!(signer.unwrap().algorithm(), other);
                assert_eq!(verified, Ok(false), "{own} {other}");
            }
        }
    }
}

#[test]
fn j8_the_kid_of_a_key_of_another_type_or_curve_is_refused() {
    for (claimed, actual) in [
        (Algorithm::ES256, Algorithm::ES384),
        (Algorithm::ES384, Algorithm::ES256),
        (Algorithm::ES512, Algorithm::ES384),
        (Algorithm::ES256, Algorithm::EdDSA),
        (Algorithm::RS256, Algorithm::ES256),
        (Algorithm::EdDSA, Algorithm::RS256),
        (Algorithm::ES256, Algorithm::ES256K),
        (Algorithm::ES256K, Algorithm::ES256),
        (Algorithm::MLDSA44, Algorithm::Ed25519),
    ] {
        let header = json!({"alg": claimed.name(), "kid": "key"}).to_string();
        let token = signed(key(actual), header, claims().to_string());
        let keys = set(&[jwk_with(key(actual), json!({"alg": null}))]);
        assert_eq!(
            judge(&token, &keys),
            ["key_algorithm"],
            "{claimed} {actual}"
        );
    }
}

#[test]
fn j9_a_secret_is_as_long_as_the_hash() {
    for (alg, hash_len) in [("HS256", 32), ("HS384", 48), ("HS512", 64)] {
        for (length, expected) in [
            (0, &["key_weak"][..]),
            (1, &["key_weak"]),
            (hash_len - 1, &["key_weak"]),
            (hash_len, &[]),
            (hash_len + 1, &[]),
        ] {
            let secret = vec![7; length];
            let token = maced(&secret, json!({"alg": alg, "kid": "key"}));
            let k = base64url::encode(&secret);
            let keys = set(&[json!({"kty": "oct", "kid": "key", "k": k})]);
            assert_eq!(judge(&token, &keys), expected, "{alg} {length}");
            // Given alone it is an unfit input.
            let jwk = json!({"kty": "oct", "k": k}).to_string();
            for alone in [
                Keys::secret(SecretBytes::new(secret)),
                Keys::key(jwk.as_bytes(), None),
            ] {
                let judged = alone
                    .map_err(Error::from)
                    .and_then(|keys| jwt::verify(&token, &keys, &rules(), NOW));
                match expected {
                    [] => assert!(judged.is_ok(), "{alg} {length}"),
                    _ => {
                        let error = judged.unwrap_err();
                        assert_eq!((error.code(), error.exit()), ("key_weak", Exit::Config));
                    }
                }
            }
        }
    }
}

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

#[test]
fn j21_j22_an_unknown_kid_falls_back_to_no_other_key() {
    let key = key(Algorithm::ES256);
    let keys = set_of(key);
    for kid in [
        "Key",
        "KEY",
        "key\0",
        "key ",
        "",
        "*",
        ".*",
        "%",
        "__proto__",
        "constructor",
        "../../dev/null",
        "/dev/null",
        "file:///dev/null",
        "|cat /dev/null",
        "$(cat /dev/null)",
        "' OR '1'='1",
        "https://evil.example/key",
    ] {
        let token = signed(
            key,
            header_with(key, json!({"kid": kid})),
            claims().to_string(),
        );
        assert_eq!(judge(&token, &keys), ["unknown_kid"], "{kid:?}");
        // What reading the kid would give, if anything did.
        let token = maced(b"", json!({"alg": "HS256", "kid": kid}));
        assert_eq!(judge(&token, &keys), ["unknown_kid"], "{kid:?}");
    }
}

#[test]
fn j23_a_kid_is_a_string() {
    let key = key(Algorithm::ES256);
    for kid in [
        json!(1),
        json!(null),
        json!(["key"]),
        json!({"key": 1}),
        json!(true),
    ] {
        let token = signed(
            key,
            header_with(key, json!({"kid": kid})),
            claims().to_string(),
        );
        assert_eq!(judge(&token, &set_of(key)), ["kid_invalid"], "{kid}");
    }
    let long = "k".repeat(1 << 20);
    let token = signed(
        key,
        header_with(key, json!({"kid": long})),
        claims().to_string(),
    );
    let error = jwt::verify(&token, &set_of(key), &rules(), NOW).unwrap_err();
    assert_eq!(error.failures()[0].code, "unknown_kid");
    assert!(error.to_string().len() < 300);
}

#[test]
fn j24_keys_in_the_header_are_not_looked_at() {
    let ours = key(Algorithm::ES256);
    let theirs = SigningKey::generate(Algorithm::ES256, None).unwrap();
    let jwk = theirs.public_jwk();
    for kid in [json!({}), json!({"kid": "key"})] {
        for members in [
            json!({"jwk": jwk}),
            json!({"jwks": {"keys": [jwk]}}),
            json!({"x5c": ["MIIB"]}),
            json!({"jku": "https://evil.example/jwks"}),
            json!({"jku": "https://issuer.example@evil.example/jwks"}),
            json!({"jku": "file:///etc/passwd"}),
            json!({"x5u": "https://evil.example/x5u"}),
        ] {
            let mut header = members;
            header
                .as_object_mut()
                .unwrap()
                .extend(kid.as_object().unwrap().clone());
            let payload = claims().to_string();
            let forged = signed(&theirs, header_with(&theirs, header.clone()), &payload);
            assert_eq!(judge(&forged, &set_of(ours)), ["signature"], "{header}");
            let honest = signed(ours, header_with(ours, header.clone()), &payload);
            assert_eq!(judge(&honest, &set_of(ours)), PASSES, "{header}");
        }
    }
}

#[test]
fn j46_what_the_jwk_is_for_binds() {
    let rs256 = key(Algorithm::RS256);
    for kid in [json!({"kid": "key"}), json!({})] {
        let token = signed(rs256, header_with(rs256, kid), claims().to_string());
        for (changes, expected) in [
            (json!({"use": "enc"}), &["key_use"][..]),
            (json!({"use": "SIG"}), &["key_use"]),
            (json!({"key_ops": ["sign"]}), &["key_use"]),
            (json!({"key_ops": ["encrypt"]}), &["key_use"]),
            (json!({"key_ops": []}), &["key_use"]),
            (json!({"alg": "RSA-OAEP"}), &["key_algorithm"]),
            (json!({"alg": "ES256"}), &["key_algorithm"]),
            (json!({"alg": "FOO"}), &["key_algorithm"]),
            (json!({"alg": "none"}), &["key_algorithm"]),
            (json!({"key_ops": ["verify"]}), &[]),
            (json!({"use": null, "alg": null}), &[]),
        ] {
            let jwk = jwk_with(rs256, changes.clone());
            assert_eq!(
                judge(&token, &set(std::slice::from_ref(&jwk))),
                expected,
                "{changes}"
            );
            // Given alone it is an unfit input.
            let alone = Keys::key(jwk.to_string().as_bytes(), None);
            match expected {
                [] => assert_eq!(judge(&token, &alone.unwrap()), PASSES, "{changes}"),
                // Of its own type, but not by this algorithm.
                [code] => assert_eq!(alone.unwrap_err().code, *code, "{changes}"),
                _ => unreachable!(),
            }
        }
    }
}

#[test]
fn j47_a_kid_that_names_two_keys_is_ambiguous() {
    let es256 = key(Algorithm::ES256);
    let token = good(es256);
    let other = SigningKey::generate(Algorithm::ES256, None)
        .unwrap()
        .with_kid("key");
    let ours = Value::Object(jwk(es256));
    let theirs = Value::Object(jwk(&other));
    let error = jwt::verify(&token, &set(&[ours.clone(), theirs.clone()]), &rules(), NOW);
    let error = error.unwrap_err();
    assert_eq!(error.failures()[0].code, "ambiguous_key");
    assert!(error.to_string().contains("ambiguous"));
    // Also where the other one is broken.
    let broken = jwk_with(&other, json!({"y": "AAAA"}));
    assert_eq!(
        judge(&token, &set(&[ours.clone(), broken])),
        ["ambiguous_key"]
    );
    // Not where type, use or alg tell them apart (RFC 7517 §4.5).
    for sibling in [
        Value::Object(jwk(key(Algorithm::RS256))),
        Value::Object(jwk(key(Algorithm::ES384))),
        jwk_with(&other, json!({"use": "enc"})),
        jwk_with(&other, json!({"key_ops": ["sign"]})),
        jwk_with(&other, json!({"alg": "ECDH-ES"})),
    ] {
        assert_eq!(
            judge(&token, &set(&[sibling.clone(), ours.clone()])),
            PASSES,
            "{sibling}"
        );
    }
    // Without a kid each is tried.
    let without = signed(es256, header_with(es256, json!({})), claims().to_string());
    assert_eq!(judge(&without, &set(&[theirs.clone(), ours])), PASSES);
    assert_eq!(
        judge(&without, &set(&[theirs.clone(), theirs])),
        ["signature"]
    );
}

#[test]
fn j47_siblings_that_are_not_understood_do_not_matter() {
    let es256 = key(Algorithm::ES256);
    let ours = Value::Object(jwk(es256));
    let without = signed(es256, header_with(es256, json!({})), claims().to_string());
    for sibling in [
        json!({"kty": "AKP", "alg": "ML-DSA-44", "pub": "AA", "kid": "2"}),
        json!({"kty": "AKP", "alg": "SLH-DSA-SHA2-128s", "pub": "AA", "kid": "2"}),
        json!({"kty": "AKP", "pub": "AA"}),
        json!({"kty": "FOO"}),
        json!({"kty": "EC", "crv": "brainpoolP256r1", "x": "AA", "y": "AA"}),
        json!({"kty": "OKP", "crv": "Ed448", "x": "AA"}),
        json!({"kty": "EC", "crv": "P-256"}),
        json!({"kty": "RSA", "n": 5, "e": []}),
        json!({"kty": 1}),
        json!({"kid": "2"}),
        json!({"kty": "RSA", "kid": 5}),
        json!({"kty": "RSA", "use": 7}),
        json!({"kty": "RSA", "key_ops": "verify"}),
        json!({"kty": "RSA", "alg": null}),
        json!({}),
        json!(null),
        json!("key"),
        json!([]),
    ] {
        let keys = set(&[sibling.clone(), ours.clone()]);
        assert_eq!(judge(&good(es256), &keys), PASSES, "{sibling}");
        assert_eq!(judge(&without, &keys), PASSES, "{sibling}");
    }
}

#[test]
fn j47_five_hundred_keys_are_no_burden() {
    let es256 = key(Algorithm::ES256);
    let mut many: Vec<Value> = (0..499)
        .map(|count| {
            let other = SigningKey::generate(Algorithm::ES256, None).unwrap();
            Value::Object(jwk(&other.with_kid(count.to_string())))
        })
        .collect();
    many.push(Value::Object(jwk(es256)));
    let keys = set(&many);
    assert_eq!(judge(&good(es256), &keys), PASSES);
    let without = signed(es256, header_with(es256, json!({})), claims().to_string());
    assert_eq!(judge(&without, &keys), PASSES);
    // What is tried has a bound.
    let keys = set(&[many.clone(), many.clone(), many].concat());
    assert_eq!(judge(&without, &keys), ["too_many_keys"]);
}

#[test]
fn j48_documents_that_are_no_set() {
    let deep = format!(r#"{{"keys":{}"#, "[".repeat(100_000));
    for document in [
        "",
        " ",
        "<html></html>",
        "null",
        "[]",
        "{}",
        "\"keys\"",
        r#"{"keys":{}}"#,
        r#"{"keys":null}"#,
        r#"{"keys":[]"#,
        r#"{"keys":[]}x"#,
        r#"{"keys":[]}{}"#,
        "\u{feff}{\"keys\":[]}",
        &deep,
    ] {
        let fault = Keys::set(document.as_bytes()).unwrap_err();
        assert_eq!(fault.code, "key_set_malformed", "{document:.40}");
        assert_eq!(Error::from(fault).exit(), Exit::Config);
    }
    let none = Keys::set(br#"{"keys":[]}"#).unwrap();
    assert_eq!(judge(&good(key(Algorithm::ES256)), &none), ["no_key"]);
    let nothing_but_rubbish = set(&[json!(null), json!({"kty": 5})]);
    assert_eq!(
        judge(&good(key(Algorithm::ES256)), &nothing_but_rubbish),
        ["no_key"]
    );
}

#[test]
fn a_key_that_could_not_be_read_is_spoken_of_where_one_is_missed() {
    let es256 = key(Algorithm::ES256);
    let twice = jwk_with(es256, json!({"key_ops": ["verify", "verify"]}));
    let other = jwk_with(es256, json!({"kid": "other"}));
    let keys = set(&[twice, other]);
    let error = jwt::verify(&good(es256), &keys, &rules(), NOW).unwrap_err();
    assert!(error.is_unknown_kid());
    assert!(error.to_string().contains("`key_ops`"), "{error}");
    assert!(
        !jwt::verify("", &keys, &rules(), NOW)
            .unwrap_err()
            .is_unknown_kid()
    );
}

#[test]
fn j28_a_member_twice_makes_a_document_no_set() {
    let jwk = Value::Object(jwk(key(Algorithm::ES256))).to_string();
    let twice = jwk.replacen('{', r#"{"kty":"EC","#, 1);
    let escaped = jwk.replacen('{', r#"{"k\u0074y":"EC","#, 1);
    for document in [
        format!(r#"{{"keys":[{twice}]}}"#),
        format!(r#"{{"keys":[{escaped}]}}"#),
        format!(r#"{{"keys":[],"keys":[{jwk}]}}"#),
        twice,
    ] {
        let fault = Keys::set(document.as_bytes()).unwrap_err();
        assert_eq!(fault.code, "key_set_malformed", "{document}");
    }
}

#[test]
fn one_key_judges_whatever_the_kid() {
    let key = key(Algorithm::EdDSA);
    let keys = Keys::key(key.public_pem().unwrap().as_bytes(), None).unwrap();
    for kid in [json!({}), json!({"kid": "other"})] {
        let token = signed(key, header_with(key, kid), claims().to_string());
        assert_eq!(judge(&token, &keys), PASSES);
    }
}
