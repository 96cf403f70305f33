//! What the fuzz targets share: fixed keys, tokens by them, and a strict
//! reading of JSON to compare with.

use std::sync::LazyLock;

use authctl::core::error::Report as _;
use authctl::core::jose::{Algorithm, Error, Keys, SigningKey, jws};
use authctl::core::secret::SecretBytes;
use authctl::core::time::Timestamp;
use serde_json::{Map, Value, json};

/// The instant at which every target judges.
pub const NOW: Timestamp = Timestamp(1_700_000_000);

/// The secret of the encrypted seeds, for `dir` with A256GCM.
pub const SECRET: [u8; 32] = *b"32 octets, for the encrypted one";

/// The content of every encrypted seed.
pub const ENCRYPTED: &[u8] = b"the content, the content, the content";

/// One key of each kind that signs quickly, the same at each run.
pub static SIGNERS: LazyLock<Vec<SigningKey>> = LazyLock::new(|| {
    let secret =
        SecretBytes::new(*b"a secret of 64 octets for the fuzz targets, which all may know.!");
    let hmac = SigningKey::from_secret(secret, Algorithm::HS512).expect("it is long enough");
    let key = |document: &[u8], algorithm: Algorithm| {
        SigningKey::from_document(document, &algorithm.into(), None).expect("it is a private key")
    };
    vec![
        hmac.with_kid("hmac"),
        key(
            include_bytes!("../../vectors/openssl/ec256.pkcs8.pem"),
            Algorithm::ES256,
        ),
        key(
            include_bytes!("../../vectors/openssl/ed25519.pkcs8.pem"),
            Algorithm::EdDSA,
        ),
        key(
            include_bytes!("../../vectors/openssl/rsa2048.pkcs8.pem"),
            Algorithm::RS256,
        ),
    ]
});

/// The set that verifies what [`SIGNERS`] sign.
pub static KEYS: LazyLock<Keys> = LazyLock::new(|| {
    let keys: Vec<Value> = SIGNERS
        .iter()
        .map(|key| match key.public_key() {
            Some(_) => Value::Object(key.public_jwk()),
            None => parse(key.private_jwk().expect("it has one").expose()),
        })
        .collect();
    let set = json!({ "keys": keys }).to_string();
    Keys::set(set.as_bytes()).expect("it is a key set")
});

/// Signs with the key of that index.
pub fn sign(index: usize, header: Map<String, Value>, payload: &[u8]) -> String {
    let key = &SIGNERS[index % SIGNERS.len()];
    let token = jws::sign(key, header, payload).expect("the key signs");
    token.expose().to_owned()
}

/// Reads JSON that is known to be good.
pub fn parse(text: &str) -> Value {
    serde_json::from_str(text).expect("it is JSON")
}

/// Returns the codes of the failed checks, else the code of the error.
pub fn codes(error: &Error) -> Vec<&'static str> {
    match error.failures() {
        [] => vec![error.code()],
        failures => failures.iter().map(|failure| failure.code).collect(),
    }
}

/// Says whether there is a number that is no integer of 64 bits: `serde_json`
/// reads those of many digits to the last place but one, unless it is built
/// with `float_roundtrip`.
pub fn has_fraction(value: &Value) -> bool {
    match value {
        Value::Number(number) => number.is_f64(),
        Value::Array(items) => items.iter().any(has_fraction),
        Value::Object(members) => members.values().any(has_fraction),
        _ => false,
    }
}
