//! JSON Web Signatures, made.

use serde_json::{Map, Value};

use crate::core::jose::base64url;
use crate::core::jose::error::Error;
use crate::core::jose::signing_key::SigningKey;
use crate::core::secret::Secret;

/// Signs a payload. The header gets `alg` in front and, where the key has
/// one and the header has none, `kid` at the end.
///
/// # Errors
///
/// [`Error::Crypto`].
pub fn sign(key: &SigningKey, header: Map<String, Value>, payload: &[u8]) -> Result<Secret, Error> {
    let alg = || key.algorithm().name().into();
    let mut members = Map::from_iter([("alg".to_owned(), alg())]);
    members.extend(header);
    // Again, since it is the key that decides, not the caller's header.
    members.insert("alg".to_owned(), alg());
    if !members.contains_key("kid") && !key.kid().is_empty() {
        members.insert("kid".to_owned(), key.kid().into());
    }
    let header = Value::Object(members).to_string();
    let mut token = base64url::encode(header);
    token.push('.');
    token.push_str(&base64url::encode(payload));
    let signature = key.sign(token.as_bytes())?;
    token.push('.');
    token.push_str(&base64url::encode(signature));
    Ok(Secret::new(token))
}
