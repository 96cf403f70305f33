//! JWE: Wycheproof's table, the RFCs' examples, every algorithm there and
//! back, and what must be refused (J52 to J54).

use std::time::{Duration, Instant};

use authctl::core::error::Report as _;
use authctl::core::jose::jwe::{
    self, Content, ContentEncryption, DecryptionKeys, EncryptionKey, KeyManagement, MAX_LAYERS,
    Plan, Rules,
};
use authctl::core::jose::{Algorithm, Error, Keys, SigningKey, base64url, jwt};
use authctl::core::secret::{Secret, SecretBytes};
use aws_lc_rs::agreement;
use serde_json::{Value, json};

use crate::fixture::{NOW, claims_with};

/// Returns the codes of the failed checks, else the code of the error.
fn codes(error: &Error) -> Vec<&'static str> {
    match error {
        Error::Refused(failures) => failures.iter().map(|failure| failure.code).collect(),
        other => vec![other.code()],
    }
}

fn open_by(jwk: &Value, token: &str) -> Result<Vec<u8>, Vec<&'static str>> {
    let document = jwk.to_string();
    DecryptionKeys::from_document(document.as_bytes(), None, None)
        .and_then(|keys| jwe::decrypt(token, &keys, &Rules::default()))
        .map(|decrypted| decrypted.content.expose().to_vec())
        .map_err(|error| codes(&error))
}

/// How Wycheproof's rows that are not accepted are refused: by the code of the
/// failed check, or as malformed. It calls 8 of them valid, 100 to 105, 112
/// and 128, whose key and token are by RSA1_5; that is refused by name.
const REFUSED: [(&str, &[u64]); 9] = [
    ("alg_missing", &[48]),
    (
        "alg_unsupported",
        &[
            94, 95, 96, 97, 98, 99, 110, 111, 122, 123, 124, 125, 126, 127,
        ],
    ),
    (
        "decryption",
        &[
            2, 10, 11, 13, 16, 19, 36, 39, 40, 42, 45, 136, 137, 138, 139,
        ],
    ),
    ("encrypted_key", &[17, 46]),
    ("epk", &[51]),
    ("iv", &[14, 43]),
    (
        "key_algorithm",
        &[
            100, 101, 102, 103, 104, 105, 106, 107, 108, 109, 112, 113, 114, 115, 116, 117, 118,
            119, 120, 128,
        ],
    ),
    ("tag", &[4, 5, 6, 7, 8, 25, 26, 27, 37, 63, 64, 65]),
    (
        "token_malformed",
        &[3, 9, 12, 15, 18, 20, 21, 22, 24, 38, 41, 44, 47, 49, 50],
    ),
];

#[test]
fn wycheproofs_table_is_judged_as_it_says() {
    let table: Value = serde_json::from_str(include_str!(
        "../vectors/wycheproof/json_web_encryption_test.json"
    ))
    .unwrap();
    let mut rows = 0;
    for group in table["testGroups"].as_array().unwrap() {
        for row in group["tests"].as_array().unwrap() {
            rows += 1;
            let id = row["tcId"].as_u64().unwrap();
            let token = match &row["jwe"] {
                Value::String(text) => text.clone(),
                object => object.to_string(),
            };
            let judged = open_by(&group["private"], &token);
            let refused = REFUSED.iter().find(|(_, ids)| ids.contains(&id));
            match refused {
                Some((code, _)) => assert_eq!(judged, Err(vec![*code]), "{id}"),
                None => {
                    let content = judged.unwrap_or_else(|codes| panic!("{id}: {codes:?}"));
                    let octets = content.iter();
                    let hex: String = octets.map(|octet| format!("{octet:02x}")).collect();
                    assert_eq!(hex, row["pt"], "{id}");
                }
            }
            let differs = [100, 101, 102, 103, 104, 105, 112, 128].contains(&id);
            let accepted = refused.is_none();
            assert_eq!(accepted || differs, row["result"] == "valid", "{id}");
        }
    }
    assert_eq!(rows, 139);
}

#[test]
fn the_rfcs_examples_are_decrypted() {
    let table: Value = serde_json::from_str(include_str!("../vectors/rfc/jwe.json")).unwrap();
    for row in table["jwe"].as_array().unwrap() {
        let token = row["jwe"].as_str().unwrap();
        let keys = match row["password"].as_str() {
            Some(password) => DecryptionKeys::password(&Secret::new(password)),
            None => {
                let key = row["key"].to_string();
                DecryptionKeys::from_document(key.as_bytes(), None, None).unwrap()
            }
        };
        let opened = jwe::open(token, &keys, &Rules::default())
            .unwrap_or_else(|error| panic!("{}: {}", row["id"], error.reason));
        let content = std::str::from_utf8(opened.last().content.expose()).unwrap();
        assert_eq!(content, row["plaintext"], "{}", row["id"]);
        let Some(signer) = row.get("signer") else {
            continue;
        };
        let Content::Signed(inner) = opened.content() else {
            panic!("{}: a JWT is in it", row["id"]);
        };
        let keys = Keys::set(signer.to_string().as_bytes()).unwrap();
        let rules = jwt::Rules {
            issuer: Some("hobbiton.example".to_owned()),
            ..jwt::Rules::default()
        };
        let before = authctl::core::time::Timestamp(1_300_819_379);
        assert!(jwt::verify(inner, &keys, &rules, before).is_ok());
    }
}

/// Who encrypts, who decrypts.
struct Pair {
    to: EncryptionKey,
    by: DecryptionKeys,
}

impl Pair {
    fn of(jwk: &Value) -> Self {
        let document = jwk.to_string();
        Self {
            to: EncryptionKey::from_document(document.as_bytes(), None, None).unwrap(),
            by: DecryptionKeys::from_document(document.as_bytes(), None, None).unwrap(),
        }
    }
}

/// Returns a private JWK of a key that may sign, without its labels.
fn private_jwk(algorithm: Algorithm) -> Value {
    let key = crate::fixture::key(algorithm).private_jwk().unwrap();
    let mut jwk: Value = serde_json::from_str(key.expose()).unwrap();
    for label in ["alg", "use", "kid"] {
        jwk.as_object_mut().unwrap().remove(label);
    }
    jwk
}

/// Returns a new private JWK of X25519.
fn x25519() -> Value {
    let mut scalar = [0; 32];
    aws_lc_rs::rand::fill(&mut scalar).unwrap();
    let key = agreement::PrivateKey::from_private_key(&agreement::X25519, &scalar).unwrap();
    let public = key.compute_public_key().unwrap();
    json!({
        "kty": "OKP",
        "crv": "X25519",
        "x": base64url::encode(public.as_ref()),
        "d": base64url::encode(scalar),
    })
}

fn secret(length: usize) -> Value {
    let octets: Vec<u8> = (0..).take(length).collect();
    json!({"kty": "oct", "k": base64url::encode(octets)})
}

/// Returns the keys that serve an algorithm.
fn keys_for(algorithm: KeyManagement, encryption: ContentEncryption) -> Vec<Pair> {
    let name = algorithm.name();
    if name.starts_with("RSA") {
        return vec![Pair::of(&private_jwk(Algorithm::RS256))];
    }
    if name.starts_with("ECDH") {
        let curves = [Algorithm::ES256, Algorithm::ES384, Algorithm::ES512];
        let jwks = curves.map(private_jwk).into_iter().chain([x25519()]);
        return jwks.map(|jwk| Pair::of(&jwk)).collect();
    }
    if name.starts_with("PBES2") {
        let password = Secret::new("correct horse battery staple");
        return vec![Pair {
            to: EncryptionKey::password(&password),
            by: DecryptionKeys::password(&password),
        }];
    }
    let length = match name.get(..4) {
        Some("A128") => 16,
        Some("A192") => 24,
        Some("A256") => 32,
        _ => encryption.key_len(),
    };
    vec![Pair::of(&secret(length))]
}

fn plan(algorithm: KeyManagement, encryption: ContentEncryption) -> Plan {
    Plan {
        iterations: algorithm.default_iterations().map(|_| 1000),
        ..Plan::new(algorithm, encryption)
    }
}

fn decrypt(token: &str, by: &DecryptionKeys) -> Result<Vec<u8>, Vec<&'static str>> {
    jwe::decrypt(token, by, &Rules::default())
        .map(|decrypted| decrypted.content.expose().to_vec())
        .map_err(|error| codes(&error))
}

#[test]
fn every_algorithm_goes_there_and_back() {
    for algorithm in KeyManagement::all() {
        for encryption in ContentEncryption::all() {
            for pair in keys_for(algorithm, encryption) {
                for content in [&b""[..], b"x", &[7; 16], &[9; 1000]] {
                    for zip in [false, true] {
                        let plan = Plan {
                            zip,
                            ..plan(algorithm, encryption)
                        };
                        let token = jwe::encrypt(&pair.to, &plan, content).unwrap();
                        let opened = decrypt(token.expose(), &pair.by);
                        let what = format!("{algorithm} {encryption} {}", content.len());
                        assert_eq!(opened.as_deref(), Ok(content), "{what}");
                    }
                }
            }
        }
    }
}

/// A header that was changed is another header, or no longer one.
const OF_CHANGED_HEADERS: [&str; 13] = [
    "alg_missing",
    "alg_unsupported",
    "enc_missing",
    "enc_unsupported",
    "epk",
    "key_algorithm",
    "key_iv",
    "key_tag",
    "p2c",
    "p2s",
    "iv",
    "tag",
    "encrypted_key",
];

#[test]
fn any_changed_character_is_refused() {
    for algorithm in KeyManagement::all() {
        for encryption in [ContentEncryption::A128Gcm, ContentEncryption::A128CbcHs256] {
            let pair = keys_for(algorithm, encryption).remove(0);
            let token = jwe::encrypt(&pair.to, &plan(algorithm, encryption), b"content").unwrap();
            let token = token.expose();
            let header_len = token.find('.').unwrap();
            // These take long; all parts are met all the same.
            let step = match algorithm.name() {
                name if name.starts_with("RSA") || name.starts_with("PBES2") => 7,
                _ => 1,
            };
            for at in (0..token.len()).step_by(step) {
                let mut changed = token.as_bytes().to_vec();
                if changed[at] == b'.' {
                    continue;
                }
                // The highest bit of six, so that the last character of a part
                // says something else too.
                changed[at] = match changed[at] {
                    letter @ (b'A'..=b'Z') => letter + 32,
                    letter @ (b'a'..=b'z') => letter - 32,
                    b'-' => b'_',
                    b'_' => b'-',
                    digit => b'0' + (digit - b'0' + 5) % 10,
                };
                let changed = String::from_utf8(changed).unwrap();
                let codes = decrypt(&changed, &pair.by).unwrap_err();
                let expected = match codes[..] {
                    ["decryption" | "token_malformed"] => true,
                    _ => {
                        at < header_len
                            && codes.iter().all(|code| OF_CHANGED_HEADERS.contains(code))
                    }
                };
                assert!(expected, "{algorithm} {encryption} at {at}: {codes:?}");
            }
        }
    }
}

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
        let parts = [
            &header[..],
            "0123456789abcdef01234567",
            "0123456789ab",
            "c",
            "0123456789abcdef",
        ];
        let token = parts.map(base64url::encode).join(".");
        assert_eq!(decrypt(&token, &by), Err(vec!["p2c"]), "{count}");
    }
    for salt in ["\"AAAAAAAAAA\"", "\"\"", "1", "\"====\""] {
        let header =
            format!(r#"{{"alg":"PBES2-HS256+A128KW","enc":"A128GCM","p2s":{salt},"p2c":1000}}"#);
        let parts = [
            &header[..],
            "0123456789abcdef01234567",
            "0123456789ab",
            "c",
            "0123456789abcdef",
        ];
        let token = parts.map(base64url::encode).join(".");
        assert_eq!(decrypt(&token, &by), Err(vec!["p2s"]), "{salt}");
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

/// Returns a JWK with members added.
fn with(jwk: &Value, members: Value) -> Value {
    let mut jwk = jwk.clone();
    for (name, value) in members.as_object().unwrap() {
        jwk[name] = value.clone();
    }
    jwk
}

#[test]
fn the_kid_selects_in_a_set_and_no_other_key_is_tried() {
    let (rsa, ec, other) = (
        private_jwk(Algorithm::RS256),
        private_jwk(Algorithm::ES256),
        x25519(),
    );
    let token_for = |jwk: &Value| {
        let document = jwk.to_string();
        let key = EncryptionKey::from_document(document.as_bytes(), None, None).unwrap();
        let (algorithm, encryption) = key.choose(None, None).unwrap();
        let token = jwe::encrypt(&key, &plan(algorithm, encryption), b"content").unwrap();
        token.expose().to_owned()
    };
    let judge = |token: &str, keys: &[Value]| {
        let set = json!({"keys": keys}).to_string();
        let keys = DecryptionKeys::from_document(set.as_bytes(), None, None).unwrap();
        decrypt(token, &keys).map(|_| ())
    };
    let (a, b) = (
        with(&rsa, json!({"kid": "a"})),
        with(&ec, json!({"kid": "b"})),
    );
    assert_eq!(judge(&token_for(&a), &[a.clone(), b.clone()]), Ok(()));
    assert_eq!(judge(&token_for(&b), &[a.clone(), b.clone()]), Ok(()));
    // Without a kid, each that fits is tried.
    let last = [x25519(), a.clone(), other.clone()];
    assert_eq!(judge(&token_for(&other), &last), Ok(()));
    assert_eq!(judge(&token_for(&rsa), &[]), Err(vec!["no_key"]));
    assert_eq!(
        judge(&token_for(&other), &[x25519(), x25519()]),
        Err(vec!["decryption"])
    );
    // J21: no falling back to others.
    let renamed = with(&rsa, json!({"kid": "c"}));
    let refused = judge(&token_for(&a), &[renamed, b.clone()]);
    assert_eq!(refused, Err(vec!["unknown_kid"]));
    // J47.
    let refused = judge(&token_for(&a), &[a.clone(), a.clone()]);
    assert_eq!(refused, Err(vec!["ambiguous_key"]));
    // J46: the key says what it is for.
    for (label, code) in [
        (json!({"use": "sig"}), "key_use"),
        (json!({"key_ops": ["sign"]}), "key_use"),
        (json!({"alg": "RS256"}), "key_algorithm"),
        (json!({"alg": "RSA-OAEP"}), "key_algorithm"),
    ] {
        let labelled = with(&a, label);
        assert_eq!(judge(&token_for(&a), &[labelled]), Err(vec![code]));
    }
}

#[test]
fn a_key_of_another_type_curve_or_length_is_refused() {
    let token_for = |jwk: &Value| {
        let pair = Pair::of(jwk);
        let (algorithm, encryption) = pair.to.choose(None, None).unwrap();
        let token = jwe::encrypt(&pair.to, &plan(algorithm, encryption), b"content").unwrap();
        token.expose().to_owned()
    };
    let tokens = [
        private_jwk(Algorithm::RS256),
        private_jwk(Algorithm::ES256),
        private_jwk(Algorithm::ES384),
        x25519(),
        secret(16),
        secret(64),
    ]
    .map(|jwk| (token_for(&jwk), jwk));
    for (at, (token, _)) in tokens.iter().enumerate() {
        for (other, (_, jwk)) in tokens.iter().enumerate() {
            let judged = open_by(jwk, token);
            match at == other {
                true => assert_eq!(judged.as_deref(), Ok(&b"content"[..])),
                false => assert_eq!(judged, Err(vec!["key_algorithm"]), "{at} {other}"),
            }
        }
    }
}

#[test]
fn keys_that_cannot_serve_are_refused_by_name() {
    let to = |jwk: &Value| {
        EncryptionKey::from_document(jwk.to_string().as_bytes(), None, None)
            .and_then(|key| Ok(key.choose(None, None)?))
            .map_err(|error| error.code())
    };
    let by = |jwk: &Value| {
        DecryptionKeys::from_document(jwk.to_string().as_bytes(), None, None)
            .map(|_| ())
            .map_err(|error| error.code())
    };
    let ed25519 = private_jwk(Algorithm::EdDSA);
    assert_eq!(to(&ed25519), Err("key_unsupported"));
    assert_eq!(by(&ed25519), Err("key_unsupported"));
    let rsa = private_jwk(Algorithm::RS256);
    for label in [json!({"use": "sig"}), json!({"alg": "PS256"})] {
        let labelled = with(&rsa, label);
        assert!(matches!(to(&labelled), Err("key_use" | "key_algorithm")));
        assert!(matches!(by(&labelled), Err("key_use" | "key_algorithm")));
    }
    let mut public = rsa.clone();
    for member in ["d", "p", "q", "dp", "dq", "qi"] {
        public.as_object_mut().unwrap().remove(member);
    }
    assert!(to(&public).is_ok());
    assert_eq!(by(&public), Err("key_use"));
    // J16: RSA of 1024 bits.
    let weak = include_bytes!("../vectors/openssl/rsa1024.pub.pem");
    let weak = EncryptionKey::from_document(weak, None, None).unwrap_err();
    assert_eq!(weak.code(), "key_weak");
    assert_eq!(to(&secret(17)), Err("key_algorithm"));
    // J6: a public key is no secret.
    let pem = include_bytes!("../vectors/openssl/rsa2048.pub.pem");
    let fault = EncryptionKey::secret(SecretBytes::new(*pem)).unwrap_err();
    assert_eq!(fault.code, "secret_is_a_key");
}

#[test]
fn a_point_off_the_curve_or_of_small_order_is_no_key() {
    let zeros = json!({"kty": "OKP", "crv": "X25519", "x": base64url::encode([0; 32])});
    let key = EncryptionKey::from_document(zeros.to_string().as_bytes(), None, None).unwrap();
    let plan = plan(KeyManagement::EcdhEs, ContentEncryption::A128Gcm);
    let error = jwe::encrypt(&key, &plan, b"content").unwrap_err();
    assert_eq!(error.code(), "key_weak");
    let mut wrong = private_jwk(Algorithm::ES256);
    wrong["y"] = wrong["x"].clone();
    let error = EncryptionKey::from_document(wrong.to_string().as_bytes(), None, None);
    assert_eq!(error.unwrap_err().code(), "key_malformed");
    let mut torn = x25519();
    torn["x"] = x25519()["x"].clone();
    let error = DecryptionKeys::from_document(torn.to_string().as_bytes(), None, None);
    assert_eq!(error.unwrap_err().code(), "key_malformed");
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
    // An unsigned token in it is refused, in any spelling.
    for alg in ["none", "None", "nOnE"] {
        let header = base64url::encode(json!({"alg": alg}).to_string());
        let unsigned = format!("{header}.{}.", base64url::encode(&claims));
        let refused = open(unsigned.as_bytes(), 1).unwrap_err();
        assert_eq!(refused, ["alg_none"], "{alg}");
    }
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

#[test]
fn a_password_in_a_jwk_is_a_password_by_its_alg_alone() {
    let mut jwk = secret(16);
    jwk["alg"] = "PBES2-HS256+A128KW".into();
    let pair = Pair::of(&jwk);
    let plan = plan(KeyManagement::Pbes2Hs256A128Kw, ContentEncryption::A128Gcm);
    let token = jwe::encrypt(&pair.to, &plan, b"content").unwrap();
    assert_eq!(
        decrypt(token.expose(), &pair.by).as_deref(),
        Ok(&b"content"[..])
    );
    assert_eq!(
        open_by(&secret(16), token.expose()),
        Err(vec!["key_algorithm"])
    );
}

#[test]
fn a_signing_key_of_any_document_form_decrypts_too() {
    for algorithm in [Algorithm::RS256, Algorithm::ES384] {
        let key: &SigningKey = crate::fixture::key(algorithm);
        let private = key.to_pkcs8_pem().unwrap();
        let public = key.public_pem().unwrap();
        let to = EncryptionKey::from_document(public.as_bytes(), None, None).unwrap();
        let (alg, enc) = to.choose(None, None).unwrap();
        let token = jwe::encrypt(&to, &Plan::new(alg, enc), b"content").unwrap();
        let document = private.expose().as_bytes();
        let by = DecryptionKeys::from_document(document, None, None).unwrap();
        assert_eq!(decrypt(token.expose(), &by).as_deref(), Ok(&b"content"[..]));
    }
}

#[test]
fn h3_no_debug_output_holds_a_key_or_a_content() {
    let pair = Pair::of(&with(&secret(16), json!({"kid": "a"})));
    let plan = plan(KeyManagement::Dir, ContentEncryption::A128Gcm);
    let token = jwe::encrypt(&pair.to, &plan, b"hunter2").unwrap();
    let opened = jwe::open(token.expose(), &pair.by, &Rules::default()).unwrap();
    let set = json!({"keys": [secret(16)]}).to_string();
    let set = DecryptionKeys::from_document(set.as_bytes(), None, None).unwrap();
    let shown = format!("{:?} {:?} {opened:?} {set:?} {token:?}", pair.to, pair.by);
    let (octets, k) = ("1, 2, 3", "AAECAwQ");
    for hidden in ["hunter2", "104, 117", octets, k, token.expose()] {
        assert!(!shown.contains(hidden), "{hidden} in {shown}");
    }
}
