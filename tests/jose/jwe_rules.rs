//! SECURITY rows J52 to J54: what is refused of a JWE, and not made.

use std::time::{Duration, Instant};

use authctl::core::error::Report as _;
use authctl::core::jose::jwe::{
    self, Content, ContentEncryption, DecryptionKeys, EncryptionKey, KeyManagement, MAX_LAYERS,
    Plan, Rules,
};
use authctl::core::jose::{Algorithm, base64url, jwt};
use authctl::core::secret::Secret;
use serde_json::{Value, json};

use crate::fixture::{NOW, claims_with};
use crate::jwe::{Pair, codes, decrypt, plan, secret, x25519};

/// Encrypts, with the members of the header changed as if the maker had
/// written it so; that alone makes a true tag.
fn forged(header: Value) -> String {
    let pair = Pair::of(&secret(16));
    let true_one = plan(KeyManagement::Dir, ContentEncryption::A128Gcm);
    let token = jwe::encrypt(&pair.to, &true_one, b"content").unwrap();
    let (_, rest) = token.expose().split_once('.').unwrap();
    format!("{}.{rest}", base64url::encode(header.to_string()))
}

#[test]
fn a_header_is_refused_by_its_faults() {
    let by = Pair::of(&secret(16)).by;
    let enc = "A128GCM";
    for (header, expected) in [
        (json!({"enc": enc}), &["alg_missing"][..]),
        (json!({"alg": 1, "enc": enc}), &["alg_invalid"]),
        (json!({"alg": "none", "enc": enc}), &["alg_unsupported"]),
        (json!({"alg": "RSA1_5", "enc": enc}), &["alg_unsupported"]),
        (json!({"alg": "DIR"}), &["alg_unsupported", "enc_missing"]),
        (json!({"alg": "dir", "enc": []}), &["enc_invalid"]),
        (
            json!({"alg": "dir", "enc": "A128CTR"}),
            &["enc_unsupported"],
        ),
        (
            json!({"alg": "dir", "enc": enc, "kid": 1}),
            &["kid_invalid"],
        ),
        (json!({"alg": "dir", "enc": enc, "crit": []}), &["crit"]),
        (
            json!({"alg": "dir", "enc": enc, "crit": ["x"], "x": 1}),
            &["crit"],
        ),
        (
            json!({"alg": "dir", "enc": enc, "crit": ["zip"], "zip": "DEF"}),
            &["crit"],
        ),
        (json!({"alg": "dir", "enc": enc, "zip": "def"}), &["zip"]),
        (json!({"alg": "dir", "enc": enc, "zip": null}), &["zip"]),
        (json!({"alg": "ECDH-ES", "enc": enc}), &["epk"]),
        (json!({"alg": "ECDH-ES", "enc": enc, "epk": "x"}), &["epk"]),
        (
            json!({"alg": "ECDH-ES", "enc": enc, "epk": {"kty": "EC", "crv": "P-256",
                "x": base64url::encode([0; 32]), "y": base64url::encode([0; 32])}}),
            &["epk"],
        ),
        (
            json!({"alg": "ECDH-ES", "enc": enc, "epk": {"kty": "OKP", "crv": "Ed25519",
                "x": base64url::encode([9; 32])}}),
            &["epk"],
        ),
        (
            json!({"alg": "ECDH-ES", "enc": enc, "apu": 1, "epk": {"kty": "OKP",
                "crv": "X25519", "x": base64url::encode([9; 32])}}),
            &["apu"],
        ),
        (json!({"alg": "A128GCMKW", "enc": enc}), &["key_iv"]),
        (
            json!({"alg": "A128GCMKW", "enc": enc, "iv": base64url::encode([0; 12]),
                "tag": base64url::encode([0; 12])}),
            &["key_tag"],
        ),
    ] {
        let judged = decrypt(&forged(header.clone()), &by);
        assert_eq!(judged, Err(expected.to_vec()), "{header}");
    }
    let twice = r#"{"alg":"dir","enc":"A128GCM","enc":"A128GCM"}"#;
    let token = forged(json!({}));
    let (_, rest) = token.split_once('.').unwrap();
    let token = format!("{}.{rest}", base64url::encode(twice));
    assert_eq!(decrypt(&token, &by), Err(vec!["token_malformed"]));
}

#[test]
fn j53_a_costly_or_a_foolish_iteration_count_is_refused_at_once() {
    let token_of = |header: &str| {
        let key = "0123456789abcdef01234567";
        let parts = [header, key, "0123456789ab", "c", "0123456789abcdef"];
        parts.map(base64url::encode).join(".")
    };
    let by = DecryptionKeys::password(&Secret::new("password"));
    let salt = base64url::encode([1; 16]);
    let begin = Instant::now();
    for count in [
        "2147483647",
        "50000000",
        "1000001",
        "0",
        "-1",
        "\"4096\"",
        "1e3",
        "4096.5",
        "18446744073709551616",
        "null",
        "true",
        "[1000]",
    ] {
        let header = format!(
            r#"{{"alg":"PBES2-HS256+A128KW","enc":"A128GCM","p2s":"{salt}","p2c":{count}}}"#
        );
        assert_eq!(
            decrypt(&token_of(&header), &by),
            Err(vec!["p2c"]),
            "{count}"
        );
    }
    for salt in ["\"AAAAAAAAAA\"", "\"\"", "1", "\"====\""] {
        let header =
            format!(r#"{{"alg":"PBES2-HS256+A128KW","enc":"A128GCM","p2s":{salt},"p2c":1000}}"#);
        assert_eq!(decrypt(&token_of(&header), &by), Err(vec!["p2s"]), "{salt}");
    }
    assert!(begin.elapsed() < Duration::from_secs(2));
}

#[test]
fn the_algorithms_that_are_allowed_are_the_only_ones() {
    let pair = Pair::of(&secret(16));
    let plan = plan(KeyManagement::A128Kw, ContentEncryption::A128Gcm);
    let token = jwe::encrypt(&pair.to, &plan, b"content").unwrap();
    let judge = |algorithms: &[KeyManagement], encryptions: &[ContentEncryption]| {
        let rules = Rules {
            algorithms: Some(algorithms),
            encryptions: Some(encryptions),
        };
        jwe::decrypt(token.expose(), &pair.by, &rules).map_err(|error| codes(&error))
    };
    let (kw, gcm) = (KeyManagement::A128Kw, ContentEncryption::A128Gcm);
    assert!(judge(&[KeyManagement::Dir, kw], &[gcm]).is_ok());
    let refused = judge(&[KeyManagement::Dir], &[ContentEncryption::A256Gcm]).unwrap_err();
    assert_eq!(refused, ["alg_not_allowed", "enc_not_allowed"]);
}

/// Encrypts a token to the key of [`nest`]'s keys.
fn nest(content: &[u8], times: usize) -> (String, DecryptionKeys) {
    let pair = Pair::of(&x25519());
    let plan = plan(KeyManagement::EcdhEs, ContentEncryption::A128Gcm);
    let mut token = content.to_vec();
    for _ in 0..times {
        let nested = jwe::encrypt(&pair.to, &plan, &token).unwrap();
        token = nested.expose().as_bytes().to_vec();
    }
    (String::from_utf8(token).unwrap(), pair.by)
}

#[test]
fn j52_a_jwe_is_never_taken_for_a_signature() {
    let open = |content: &[u8], times| {
        let (token, by) = nest(content, times);
        jwe::open(&token, &by, &Rules::default()).map_err(|error| codes(&error.reason))
    };
    let signer = crate::fixture::key(Algorithm::ES256);
    let claims = claims_with(json!({}));
    let header = json!({"alg": "ES256"}).to_string();
    let signed = crate::fixture::signed(signer, &header, &claims);
    let opened = open(signed.as_bytes(), 1).unwrap();
    assert_eq!(opened.content(), Content::Signed(&signed));
    // Given to verification, it is malformed, whoever made it.
    let (token, _) = nest(signed.as_bytes(), 1);
    let keys = crate::fixture::set_of(signer);
    let error = jwt::verify(&token, &keys, &jwt::Rules::default(), NOW).unwrap_err();
    assert_eq!(error.code(), "token_malformed");
    // An unsigned token in it is refused, in any spelling (J1).
    for header in [
        json!({"alg": "none"}),
        json!({"alg": "None"}),
        json!({"alg": " none"}),
        json!({"alg": "nOnE\u{0}"}),
        json!({"alg": "no\u{200b}ne"}),
        json!({"alg": ""}),
        json!({"alg": null}),
        json!({"alg": ["none"]}),
        json!({"typ": "JWT"}),
        json!({}),
    ] {
        let encoded = base64url::encode(header.to_string());
        let unsigned = format!("{encoded}.{}.", base64url::encode(&claims));
        for unsigned in [format!("{unsigned}AAAA"), unsigned] {
            let refused = open(unsigned.as_bytes(), 1).unwrap_err();
            assert_eq!(refused, ["alg_none"], "{header}");
        }
    }
    // So is one without a signature, whatever it says.
    let (input, _) = signed.rsplit_once('.').unwrap();
    let refused = open(format!("{input}.").as_bytes(), 1).unwrap_err();
    assert_eq!(refused, ["alg_none"]);
    // Claims that nobody signed are no token.
    let opened = open(claims.as_bytes(), 1).unwrap();
    assert_eq!(opened.content(), Content::Other(claims.as_bytes()));
    // Layers are opened so far and no farther.
    let opened = open(signed.as_bytes(), MAX_LAYERS).unwrap();
    assert_eq!(opened.inner.len(), MAX_LAYERS - 1);
    assert_eq!(opened.content(), Content::Signed(&signed));
    for times in [MAX_LAYERS + 1, 12] {
        let refused = open(signed.as_bytes(), times).unwrap_err();
        assert_eq!(refused, ["nested_too_deep"], "{times}");
    }
}

#[test]
fn what_decryption_would_refuse_is_not_made() {
    let pair = Pair::of(&secret(16));
    let good = plan(KeyManagement::A128Kw, ContentEncryption::A128Gcm);
    let header = |members: Value| Plan {
        header: members.as_object().unwrap().clone().into(),
        ..good.clone()
    };
    for wrong in [
        header(json!({"alg": "dir"})),
        header(json!({"zip": "DEF"})),
        header(json!({"crit": ["x"], "x": 1})),
        header(json!({"kid": 1})),
        Plan {
            apu: Some(b"me".to_vec()),
            ..good.clone()
        },
        Plan {
            iterations: Some(1000),
            ..good.clone()
        },
    ] {
        let error = jwe::encrypt(&pair.to, &wrong, b"content").unwrap_err();
        assert_eq!(error.code(), "usage", "{wrong:?}");
    }
    let large = vec![0; 4 << 20];
    assert_eq!(
        jwe::encrypt(&pair.to, &good, &large).unwrap_err().code(),
        "usage"
    );
    let password = EncryptionKey::password(&Secret::new("password"));
    for iterations in [0, 999, 1_000_001] {
        let wrong = Plan {
            iterations: Some(iterations),
            ..plan(KeyManagement::Pbes2Hs256A128Kw, ContentEncryption::A128Gcm)
        };
        let error = jwe::encrypt(&password, &wrong, b"content").unwrap_err();
        assert_eq!(error.code(), "usage", "{iterations}");
    }
}
