//! Keys, tokens of any shape, and a judge that answers with codes.

use std::collections::BTreeMap;
use std::sync::{LazyLock, OnceLock};

use authctl::core::error::Report as _;
use authctl::core::jose::{Algorithm, Batch, Error, Keys, SigningKey, base64url, jws, jwt};
use authctl::core::time::Timestamp;
use serde_json::{Map, Value, json};

pub const NOW: Timestamp = Timestamp(1_700_000_000);

/// Returns the one key of an algorithm, with its kid `key`.
pub fn key(algorithm: Algorithm) -> &'static SigningKey {
    static KEYS: LazyLock<BTreeMap<Algorithm, OnceLock<SigningKey>>> = LazyLock::new(|| {
        let slots = Algorithm::ALL.into_iter();
        slots
            .map(|algorithm| (algorithm, OnceLock::new()))
            .collect()
    });
    KEYS[&algorithm].get_or_init(|| {
        let key = SigningKey::generate(algorithm, None).unwrap();
        key.with_kid("key")
    })
}

/// Returns the JWK that verifies by `key`: public, or with the secret.
pub fn jwk(key: &SigningKey) -> Map<String, Value> {
    match key.public_key() {
        Some(_) => key.public_jwk(),
        None => serde_json::from_str(key.private_jwk().unwrap().expose()).unwrap(),
    }
}

/// Returns the JWK of `key` with members replaced, or removed by `null`.
pub fn jwk_with(key: &SigningKey, changes: Value) -> Value {
    let mut jwk = jwk(key);
    for (name, value) in changes.as_object().unwrap() {
        match value {
            Value::Null => jwk.remove(name),
            value => jwk.insert(name.clone(), value.clone()),
        };
    }
    Value::Object(jwk)
}

/// Makes a set.
pub fn set(keys: &[Value]) -> Keys {
    Keys::set(json!({"keys": keys}).to_string().as_bytes()).unwrap()
}

/// Makes the set of one key.
pub fn set_of(key: &SigningKey) -> Keys {
    set(&[Value::Object(jwk(key))])
}

/// Returns the header of `key` with members added.
pub fn header_with(key: &SigningKey, members: Value) -> String {
    let mut header = json!({"alg": key.algorithm().name()});
    for (name, value) in members.as_object().unwrap() {
        header[name] = value.clone();
    }
    header.to_string()
}

/// Returns claims that pass [`rules`].
pub fn claims() -> Value {
    json!({"iss": "https://issuer.example", "aud": "api", "exp": NOW.0 + 60})
}

/// Returns claims with members replaced, or removed by `null`.
pub fn claims_with(changes: Value) -> String {
    let mut claims = claims();
    let members = claims.as_object_mut().unwrap();
    for (name, value) in changes.as_object().unwrap() {
        match value {
            Value::Null => members.remove(name),
            value => members.insert(name.clone(), value.clone()),
        };
    }
    claims.to_string()
}

pub fn rules() -> jwt::Rules {
    jwt::Rules {
        issuer: Some("https://issuer.example".into()),
        audience: vec!["api".into()],
        ..jwt::Rules::default()
    }
}

/// Signs octets of any shape as header and payload.
pub fn signed(key: &SigningKey, header: impl AsRef<[u8]>, payload: impl AsRef<[u8]>) -> String {
    signed_parts(key, &base64url::encode(header), &base64url::encode(payload))
}

/// Signs texts of any shape as parts.
pub fn signed_parts(key: &SigningKey, header: &str, payload: &str) -> String {
    let input = format!("{header}.{payload}");
    let signature = key.sign(input.as_bytes()).unwrap();
    format!("{input}.{}", base64url::encode(signature))
}

/// Makes a good token.
pub fn good(key: &SigningKey) -> String {
    let header = header_with(key, json!({"kid": "key"}));
    signed(key, header, claims().to_string())
}

/// Puts another signature in place.
pub fn with_signature(token: &str, signature: impl AsRef<[u8]>) -> String {
    let (input, _) = token.rsplit_once('.').unwrap();
    format!("{input}.{}", base64url::encode(signature))
}

/// Returns the signature of a token.
pub fn signature_of(token: &str) -> Vec<u8> {
    base64url::decode(token.rsplit_once('.').unwrap().1).unwrap()
}

/// Returns the codes of the failed checks, none for a token that passes.
pub fn judge(token: &str, keys: &Keys) -> Vec<&'static str> {
    judge_by(token, keys, &rules())
}

/// As [`judge`], by other rules.
pub fn judge_by(token: &str, keys: &Keys, rules: &jwt::Rules) -> Vec<&'static str> {
    same_in_a_batch(&mut Batch::new(keys, rules), token, keys, rules);
    twice(|| codes(jwt::verify(token, keys, rules, NOW)))
}

/// Expects a batch to find what is found alone, the second time too, when it
/// knows the header.
pub fn same_in_a_batch(batch: &mut Batch<'_>, token: &str, keys: &Keys, rules: &jwt::Rules) {
    let alone = jwt::verify(token, keys, rules, NOW);
    for _ in 0..2 {
        let among_many = batch.verify(token, NOW);
        match (&alone, among_many) {
            (Ok(alone), Ok(among_many)) => {
                assert_eq!(alone.algorithm, among_many.algorithm);
                assert_eq!(alone.kid.as_deref(), among_many.kid);
                let payload: Value = serde_json::from_slice(among_many.payload).unwrap();
                assert_eq!(payload, Value::Object(alone.claims.clone()));
            }
            (Err(alone), Err(among_many)) => assert_eq!(*alone, among_many, "{token}"),
            (alone, among_many) => panic!("{alone:?} and {among_many:?} of {token}"),
        }
    }
}

/// As [`judge`], for the signature alone.
pub fn judge_jws(token: &str, keys: &Keys) -> Vec<&'static str> {
    twice(|| codes(jws::verify(token, keys, &jws::Rules::default())))
}

/// Judges again, since a key that is asked again is prepared.
fn twice(judge: impl Fn() -> Vec<&'static str>) -> Vec<&'static str> {
    let first = judge();
    assert_eq!(judge(), first, "the second time");
    first
}

/// Returns the codes of the failed checks, else the code of the error.
pub fn codes<T>(result: Result<T, Error>) -> Vec<&'static str> {
    match result {
        Ok(_) => Vec::new(),
        Err(Error::Refused(failures)) => failures.iter().map(|failure| failure.code).collect(),
        Err(other) => vec![other.code()],
    }
}

/// What [`judge`] answers for a token that passes.
pub const PASSES: [&str; 0] = [];

/// Makes a token by HMAC under octets that are no secret, also shorter ones
/// than a [`SigningKey`] takes.
pub fn maced(secret: &[u8], header: Value) -> String {
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
