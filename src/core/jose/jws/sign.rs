//! JSON Web Signatures, made.

use serde_json::{Map, Value};

use super::MAX_TOKEN_LEN;
use crate::core::jose::error::{Error, Failure};
use crate::core::jose::header::{self, Unencoded};
use crate::core::jose::jwt::Rules;
use crate::core::jose::members::Members;
use crate::core::jose::signing_key::SigningKey;
use crate::core::jose::{base64url, json};
use crate::core::secret::Secret;

/// Signs a payload. The header gets `alg` in front and, where the key has
/// one and the header has none, `kid` at the end.
///
/// # Errors
///
/// [`Error::Crypto`].
pub fn sign(key: &SigningKey, header: Map<String, Value>, payload: &[u8]) -> Result<Secret, Error> {
    let header = encode_header(&complete_header(key, header));
    put_together(key, &header, payload, Form::default())
}

/// How the payload stands in the JWS. By default it is encoded, and within.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Form {
    /// Whether it is left out of the JWS (RFC 7515 appendix F).
    pub detached: bool,
    /// Whether it is signed as it is (RFC 7797).
    pub unencoded: bool,
}

/// Signs a payload as [`sign`] does, under a header of members that are not
/// the caller's own: what [`super::verify`] would refuse is not made. `b64`
/// and `crit` are those of the form.
///
/// # Errors
///
/// [`Error::WouldBeRefused`] with the codes that [`super::verify`] lists for
/// the header, and `typ_invalid`; `private_jwk` for a `jwk` that is no public
/// one; `too_deep`; `unencoded_payload` for octets that cannot stand in the JWS
/// unencoded; `too_long`. [`Error::Crypto`].
pub fn sign_as(
    key: &SigningKey,
    header: Members,
    payload: &[u8],
    form: Form,
) -> Result<Secret, Error> {
    let header = complete(key, header, form);
    let mut failures = check(&header, form);
    if form.unencoded && !form.detached && !payload.iter().all(is_url_safe) {
        failures.push(Failure::new(
            "unencoded_payload",
            "an unencoded payload within the token has the characters A-Z a-z 0-9 - _ ~ only (RFC 7797 section 5.2)",
        ));
    }
    if !failures.is_empty() {
        return Err(Error::WouldBeRefused(failures));
    }
    let token = put_together(key, &encode_header(&header.to_json()), payload, form)?;
    match token.expose().len() > MAX_TOKEN_LEN {
        true => Err(Error::WouldBeRefused(vec![Failure::new(
            "too_long",
            format!("it would be longer than {MAX_TOKEN_LEN} octets"),
        )])),
        false => Ok(token),
    }
}

/// Returns the header with what the key and the form say, in the order of
/// [`sign`].
pub(crate) fn complete(key: &SigningKey, header: Members, form: Form) -> Members {
    let mut members = Members::default();
    members.insert("alg", key.algorithm().name());
    members.extend(header);
    members.insert("alg", key.algorithm().name());
    if form.unencoded {
        members.insert("b64", false);
        // So that whoever does not know it refuses the token (RFC 7797 §6).
        members.insert("crit", vec!["b64"]);
    }
    if !members.contains("kid") && !key.kid().is_empty() {
        members.insert("kid", key.kid());
    }
    members
}

/// Returns what would be refused of a header.
pub(crate) fn check(header: &Members, form: Form) -> Vec<Failure> {
    let unencoded = match form.unencoded {
        true => Unencoded::Allowed,
        false => Unencoded::Refused,
    };
    let mut failures = header::check(header.values(), None, unencoded)
        .err()
        .unwrap_or_default();
    failures.extend(Rules::default().check_typ(header.values().get("typ")));
    failures.extend(check_depth(&header.to_json()));
    failures.extend(check_jwk(header));
    failures
}

/// Refuses a `jwk` that is not "the public key" (RFC 7515 §4.1.3, RFC 7516
/// §4.1.5).
pub(crate) fn check_jwk(header: &Members) -> Option<Failure> {
    let private = |jwk: &Value| PRIVATE_MEMBERS.iter().any(|name| jwk.get(name).is_some());
    header.values().get("jwk").is_some_and(private).then(|| {
        Failure::new(
            "private_jwk",
            "the `jwk` of the header is a private key, which all who see the token would have",
        )
    })
}

/// Refuses an object that is nested deeper than a verifier reads, as one can
/// become by a value that alone is not.
pub(crate) fn check_depth(object: &str) -> Option<Failure> {
    json::parse_object(object.as_bytes()).err().map(|_| {
        Failure::new(
            "too_deep",
            "its JSON is nested deeper than a verifier reads",
        )
    })
}

/// The members that make a JWK private (RFC 7518 §6.2.2, §6.3.2, §6.4.1, RFC
/// 9964).
const PRIVATE_MEMBERS: [&str; 9] = ["d", "p", "q", "dp", "dq", "qi", "oth", "k", "priv"];

/// Says whether an octet may stand in a token as it is: a period would end the
/// payload too early, and a token goes where only URL-safe characters may (RFC
/// 7797 §5.2).
fn is_url_safe(octet: &u8) -> bool {
    octet.is_ascii_alphanumeric() || b"-_~".contains(octet)
}

/// Returns the JSON of a header with what the key says.
pub(super) fn complete_header(key: &SigningKey, header: Map<String, Value>) -> String {
    let alg = || key.algorithm().name().into();
    let mut members = Map::from_iter([("alg".to_owned(), alg())]);
    members.extend(header);
    // Again, since it is the key that decides, not the caller's header.
    members.insert("alg".to_owned(), alg());
    if !members.contains_key("kid") && !key.kid().is_empty() {
        members.insert("kid".to_owned(), key.kid().into());
    }
    Value::Object(members).to_string()
}

/// Encodes a header, with the dot that ends it.
pub(super) fn encode_header(header: &str) -> String {
    format!("{}.", base64url::encode(header))
}

/// Signs under an encoded header.
pub(super) fn put_together(
    key: &SigningKey,
    header: &str,
    payload: &[u8],
    form: Form,
) -> Result<Secret, Error> {
    // In one piece of memory: the parts that come are at most so long.
    let rest = [payload.len(), key.signature_len()].map(base64url::encoded_len);
    let mut token = Vec::with_capacity(header.len() + rest[0] + 1 + rest[1]);
    token.extend_from_slice(header.as_bytes());
    match form.unencoded {
        true => token.extend_from_slice(payload),
        false => base64url::encode_onto(payload, &mut token),
    }
    let signature = key.sign(&token)?;
    if form.detached {
        token.truncate(header.len());
    }
    token.push(b'.');
    base64url::encode_onto(signature, &mut token);
    // Base64url, and URL-safe octets where they stand within.
    String::from_utf8(token)
        .map(Secret::new)
        .map_err(|_| Error::Crypto("put the token together"))
}
