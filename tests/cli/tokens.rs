//! Keys and tokens to test with, honest and forged.

use authctl::core::jose::{Algorithm, SigningKey, base64url, jws};
use serde_json::{Map, Value, json};

/// The members that make a key private (RFC 7518 §6.2.2, §6.3.2, §6.4.1, RFC
/// 9964).
pub const PRIVATE_MEMBERS: [&str; 9] = ["d", "p", "q", "dp", "dq", "qi", "oth", "k", "priv"];

/// When the tokens of these tests are judged.
pub const NOW: i64 = 1_800_000_000;

/// Generates a key of the kid `k1`.
pub fn key(algorithm: &str) -> SigningKey {
    let algorithm: Algorithm = algorithm.parse().unwrap();
    SigningKey::generate(algorithm, None)
        .unwrap()
        .with_kid("k1")
}

/// Returns the set of a key's public half.
pub fn jwks(key: &SigningKey) -> String {
    json!({"keys": [key.public_jwk()]}).to_string()
}

/// Returns claims that are good at [`NOW`].
pub fn claims() -> Value {
    json!({
        "iss": "https://as.example",
        "sub": "alice",
        "aud": "api",
        "iat": NOW - 600,
        "exp": NOW + 3_000,
    })
}

/// Returns claims with some replaced, or removed by `null`.
pub fn claims_but(changes: Value) -> Value {
    let mut all = claims();
    for (name, value) in changes.as_object().unwrap() {
        match value {
            Value::Null => drop(all.as_object_mut().unwrap().shift_remove(name)),
            value => all[name] = value.clone(),
        }
    }
    all
}

/// Signs a payload; the header gets `alg` and `kid` of the key.
pub fn sign(key: &SigningKey, header: Value, payload: impl ToString) -> String {
    let header = header.as_object().cloned().unwrap_or_default();
    let payload = payload.to_string();
    let token = jws::sign(key, header, payload.as_bytes()).unwrap();
    token.expose().to_owned()
}

/// Signs with exactly this text as header.
pub fn sign_raw(key: &SigningKey, header: &str, payload: &[u8]) -> String {
    let input = format!(
        "{}.{}",
        base64url::encode(header),
        base64url::encode(payload)
    );
    let signature = key.sign(input.as_bytes()).unwrap();
    format!("{input}.{}", base64url::encode(signature))
}

/// Computes a MAC with whatever octets as the secret.
pub fn hs256(secret: &[u8], header: &str, payload: impl ToString) -> String {
    use aws_lc_rs::hmac;
    let [header, payload] = [header, &payload.to_string()].map(base64url::encode);
    let input = format!("{header}.{payload}");
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret);
    let tag = hmac::sign(&key, input.as_bytes());
    format!("{input}.{}", base64url::encode(tag))
}

/// Puts three parts together that nobody signed.
pub fn unsigned(header: impl AsRef<[u8]>, payload: impl AsRef<[u8]>, signature: &[u8]) -> String {
    let [header, payload, signature] =
        [header.as_ref(), payload.as_ref(), signature].map(base64url::encode);
    format!("{header}.{payload}.{signature}")
}

/// Returns the members of a JSON object.
pub fn object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(members) => members,
        other => panic!("no object: {other}"),
    }
}
