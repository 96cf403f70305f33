//! JSON Web Tokens, made.
//!
//! The rules are those by which a token is judged ([`super::verify`]), and
//! those of RFC 7519 §4.1 for what a verifier that asks for a claim needs.

use aws_lc_rs::rand;
use serde_json::{Map, Value};

use super::Rules;
use crate::core::jose::base64url;
use crate::core::jose::error::{Error, Failure};
use crate::core::jose::jws::{self, Form};
use crate::core::jose::members::Members;
use crate::core::jose::numeric_date::NumericDate;
use crate::core::jose::signing_key::SigningKey;
use crate::core::secret::Secret;
use crate::core::time::Timestamp;

/// What is made although a verifier would refuse it: by default nothing.
#[derive(Clone, Copy, Debug, Default)]
pub struct Exceptions {
    /// A token without `exp`.
    pub missing_exp: bool,
    /// A token that is expired.
    pub expired: bool,
    /// A token whose `nbf` is not before its `exp`.
    pub never_valid: bool,
    /// A token whose `iat` is ahead.
    pub future_iat: bool,
    /// Claims of other types than RFC 7519 §4.1 gives them.
    pub wrong_types: bool,
}

/// Signs a Claims Set, which a verifier would not refuse but for the key it
/// has or the values it asks for. The header gets `alg` and `kid` as by
/// [`jws::sign`].
///
/// # Errors
///
/// [`Error::WouldBeRefused`] with all that is wrong: the codes that
/// [`super::verify`] lists for the header, and those of [`jws::sign_as`];
/// `exp_missing`, `expired`, `exp_invalid`, `nbf_invalid`, `never_valid`,
/// `iat_invalid`, `issued_in_the_future`, `iss_invalid`, `sub_invalid`,
/// `aud_invalid`, `jti_invalid`. [`Error::Crypto`].
pub fn sign(
    key: &SigningKey,
    header: Members,
    claims: &Members,
    exceptions: &Exceptions,
    now: Timestamp,
) -> Result<Secret, Error> {
    let payload = claims.to_json();
    let mut failures = exceptions.check(claims.values(), now);
    failures.extend(jws::check_depth(&payload));
    if failures.is_empty() {
        return jws::sign_as(key, header, payload.as_bytes(), Form::default());
    }
    let header = jws::complete(key, header, Form::default());
    failures.splice(0..0, jws::check(&header, Form::default()));
    Err(Error::WouldBeRefused(failures))
}

impl Exceptions {
    /// Returns what a verifier would refuse and is not excepted.
    fn check(&self, claims: &Map<String, Value>, now: Timestamp) -> Vec<Failure> {
        let rules = Rules {
            allow_missing_exp: self.missing_exp,
            ..Rules::default()
        };
        let checked = rules.check(claims, b"", None, now);
        let mut failures = checked.failures;
        // Where its age matters it is refused.
        let ahead = checked.warnings.into_iter();
        let ahead = ahead.filter(|warning| warning.code == "issued_in_the_future");
        failures.extend(ahead.map(|warning| Failure::new(warning.code, warning.message)));
        for (name, code) in [("sub", "sub_invalid"), ("jti", "jti_invalid")] {
            if claims.get(name).is_some_and(|claim| !claim.is_string()) {
                let message = format!("its `{name}` is not a string");
                failures.push(Failure::new(code, message));
            }
        }
        if claims
            .get("aud")
            .and_then(Value::as_array)
            .is_some_and(Vec::is_empty)
        {
            failures.push(Failure::new("aud_invalid", "its `aud` is for nobody"));
        }
        let date = |name| claims.get(name).and_then(NumericDate::read);
        if let (Some(nbf), Some(exp)) = (date("nbf"), date("exp"))
            && nbf.reached() >= exp.reached()
        {
            let message = "its `nbf` is not before its `exp`, so it would never be valid";
            failures.push(Failure::new("never_valid", message));
        }
        failures.retain(|failure| !self.excepts(failure.code));
        failures
    }

    fn excepts(&self, code: &str) -> bool {
        match code {
            // It will be, and was asked for.
            "not_yet_valid" => true,
            "exp_missing" => self.missing_exp,
            "expired" => self.expired,
            "never_valid" => self.never_valid,
            "issued_in_the_future" => self.future_iat,
            code => self.wrong_types && code.ends_with("_invalid"),
        }
    }
}

/// Returns a new `jti`: 128 random bits as 22 characters. "The identifier value
/// MUST be assigned in a manner that ensures that there is a negligible
/// probability that the same value will be accidentally assigned" twice (RFC
/// 7519 §4.1.7).
///
/// # Errors
///
/// [`Error::Crypto`].
pub fn random_id() -> Result<String, Error> {
    let mut octets = [0; 16];
    rand::fill(&mut octets).map_err(|_| Error::Crypto("make random octets"))?;
    Ok(base64url::encode(octets))
}

/// Says how what would be refused is mended, or made all the same.
pub(crate) fn hint(failures: &[Failure]) -> Option<String> {
    let mut hints = Vec::new();
    let mut flags = Vec::new();
    for failure in failures {
        match failure.code {
            "exp_missing" => {
                hints.push(
                    "say how long it lives, as with --exp 15m, or --allow-missing-exp".into(),
                );
            }
            "unencoded_payload" => hints.push("leave the payload out with --detached".into()),
            "too_long" => hints.push("sign a file of any size with --jws --detached".into()),
            "expired" => flags.push("--allow-expired"),
            "never_valid" => flags.push("--allow-never-valid"),
            "issued_in_the_future" => flags.push("--allow-future-iat"),
            // Of the claims; the header has none that can be had otherwise.
            "exp_invalid" | "nbf_invalid" | "iat_invalid" | "iss_invalid" | "sub_invalid"
            | "aud_invalid" | "jti_invalid" => flags.push("--allow-wrong-types"),
            _ => {}
        }
    }
    flags.sort_unstable();
    flags.dedup();
    if !flags.is_empty() {
        hints.push(format!(
            "to test a verifier with it, make it by {}",
            flags.join(" ")
        ));
    }
    (!hints.is_empty()).then(|| hints.join("; "))
}
