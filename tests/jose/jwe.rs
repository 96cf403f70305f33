//! JWE: Wycheproof's table, the RFCs' examples, and every algorithm there and
//! back.

use authctl::core::error::Report as _;
use authctl::core::jose::jwe::{
    self, Content, ContentEncryption, DecryptionKeys, EncryptionKey, KeyManagement, Plan, Rules,
};
use authctl::core::jose::{Algorithm, Error, Keys, base64url, jwt};
use authctl::core::secret::Secret;
use aws_lc_rs::agreement;
use serde_json::{Value, json};

/// Returns the codes of the failed checks, else the code of the error.
pub fn codes(error: &Error) -> Vec<&'static str> {
    match error {
        Error::Refused(failures) => failures.iter().map(|failure| failure.code).collect(),
        other => vec![other.code()],
    }
}

pub fn open_by(jwk: &Value, token: &str) -> Result<Vec<u8>, Vec<&'static str>> {
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
pub struct Pair {
    pub to: EncryptionKey,
    pub by: DecryptionKeys,
}

impl Pair {
    pub fn of(jwk: &Value) -> Self {
        let document = jwk.to_string();
        Self {
            to: EncryptionKey::from_document(document.as_bytes(), None, None).unwrap(),
            by: DecryptionKeys::from_document(document.as_bytes(), None, None).unwrap(),
        }
    }
}

/// Returns a private JWK of a key that may sign, without its labels.
pub fn private_jwk(algorithm: Algorithm) -> Value {
    let key = crate::fixture::key(algorithm).private_jwk().unwrap();
    let mut jwk: Value = serde_json::from_str(key.expose()).unwrap();
    for label in ["alg", "use", "kid"] {
        jwk.as_object_mut().unwrap().remove(label);
    }
    jwk
}

/// Returns a new private JWK of X25519.
pub fn x25519() -> Value {
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

pub fn secret(length: usize) -> Value {
    let octets: Vec<u8> = (0..).take(length).collect();
    json!({"kty": "oct", "k": base64url::encode(octets)})
}

/// Returns the keys that serve an algorithm.
pub fn keys_for(algorithm: KeyManagement, encryption: ContentEncryption) -> Vec<Pair> {
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

pub fn plan(algorithm: KeyManagement, encryption: ContentEncryption) -> Plan {
    Plan {
        iterations: algorithm.default_iterations().map(|_| 1000),
        ..Plan::new(algorithm, encryption)
    }
}

pub fn decrypt(token: &str, by: &DecryptionKeys) -> Result<Vec<u8>, Vec<&'static str>> {
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

/// Returns a JWK with members added.
pub fn with(jwk: &Value, members: Value) -> Value {
    let mut jwk = jwk.clone();
    for (name, value) in members.as_object().unwrap() {
        jwk[name] = value.clone();
    }
    jwk
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
