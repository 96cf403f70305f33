//! JSON Web Tokens (RFC 7519): verified, decoded without verification, or made.

mod sign;

use std::cell::OnceCell;

use serde_json::{Map, Value};

use super::algorithm::Algorithm;
pub use super::claims::Rules;
use super::claims::{Claims, audiences};
use super::error::{Error, Failure, Malformed, Warning};
use super::header::{self, Unencoded};
use super::json;
use super::jws::{self, Compact, Parts};
use super::keys::{Candidate, Keys};
use super::numeric_date::NumericDate;
use crate::core::time::Timestamp;

pub(super) use sign::hint;
pub use sign::{Exceptions, random_id, sign};

/// A JWT whose signature was verified and whose claims satisfied the
/// [`Rules`].
#[derive(Clone, Debug)]
pub struct Verified {
    /// The JOSE header.
    pub header: Map<String, Value>,
    /// The Claims Set.
    pub claims: Map<String, Value>,
    /// What was not checked: `issuer_not_checked`, `audience_not_checked`,
    /// `nonce_not_checked`, `at_hash_not_checked`, `c_hash_not_checked`,
    /// `s_hash_not_checked`; and `issued_in_the_future`.
    pub warnings: Vec<Warning>,
    /// The algorithm of the signature.
    pub algorithm: Algorithm,
    /// The kid of the key that verified, where it has one.
    pub kid: Option<String>,
}

impl Verified {
    /// Returns a claim that is a string.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.claims.get(name).and_then(Value::as_str)
    }

    /// Returns the values of `aud`, none where it is absent.
    pub fn audience(&self) -> Vec<&str> {
        self.claims
            .get("aud")
            .and_then(audiences)
            .unwrap_or_default()
    }

    /// Returns a claim that is a `NumericDate`, as the first whole second that
    /// is not before it.
    pub fn date(&self, name: &str) -> Option<Timestamp> {
        self.claims
            .get(name)
            .and_then(NumericDate::read)
            .map(NumericDate::reached)
    }
}

/// Verifies a JWT: its signature by the keys that the caller trusts, its
/// header and its claims by the rules. All failures are reported together.
///
/// # Errors
///
/// [`Error::Malformed`] for what is no signed JWT. [`Error::Key`] for a secret
/// given alone that is too short for the algorithm. [`Error::Refused`] with
/// these codes:
///
/// - header: `alg_missing`, `alg_invalid`, `alg_none`, `alg_unsupported`,
///   `alg_not_allowed`, `kid_invalid`, `crit`, `b64_invalid`,
///   `unencoded_payload`, `typ_missing`, `typ_invalid`, `typ`;
/// - key: `unknown_kid`, `ambiguous_key`, `no_key`, `too_many_keys`,
///   `key_algorithm`, `key_use`, `key_weak`, `key_malformed`,
///   `key_unsupported`;
/// - `signature`;
/// - claims: `exp_missing`, `exp_invalid`, `expired`, `nbf_invalid`,
///   `not_yet_valid`, `iat_missing`, `iat_invalid`, `issued_in_the_future`,
///   `too_old`, `iss_missing`, `iss_invalid`, `iss`, `aud_missing`,
///   `aud_invalid`, `aud`, `scope_missing`, `scope_invalid`, `scope`,
///   `claim_missing`, `claim`;
/// - the kind of [`Rules::profile`]: `typ`, `sub_invalid`, `jti_invalid`,
///   `acr_invalid`, `amr_invalid`, `scope_invalid`, `client_id_invalid`,
///   `client_id`, `azp_missing`, `azp_invalid`, `azp`, `nonce_missing`,
///   `nonce`, `at_hash_missing`, `at_hash_invalid`, `at_hash_unsupported`, `at_hash`,
///   `auth_time_invalid`, `auth_in_the_future`, `auth_too_old`, `events_invalid`, `events`,
///   `sid_invalid`, `sub_or_sid_missing`, `nonce_forbidden`.
///
/// Where the header or the key fails, the signature was not looked at.
pub fn verify(token: &str, keys: &Keys, rules: &Rules, now: Timestamp) -> Result<Verified, Error> {
    let compact = Compact::parse(token)?;
    let judged = JudgedHeader::new(&compact.unverified_header, keys, rules)?;
    let payload = OnceCell::new();
    let claims = || {
        let read = compact.unverified_payload()?;
        let payload = payload.get_or_init(|| read);
        Ok((parse_claims(payload)?, payload.as_slice()))
    };
    let passed = judged.judge(compact.parts(), compact.signature(), claims, rules, now)?;
    Ok(Verified {
        claims: passed.claims,
        warnings: passed.warnings,
        algorithm: passed.algorithm,
        kid: passed.kid.map(ToOwned::to_owned),
        header: compact.unverified_header,
    })
}

/// What a header comes to by the keys and the rules. It is the same for every
/// token with that header.
pub(super) struct JudgedHeader<'k> {
    /// The algorithm and the keys that may have signed, or why none may.
    signers: Result<(Algorithm, Vec<Candidate<'k>>), Vec<Failure>>,
    /// What is wrong with the rest of the header.
    failures: Vec<Failure>,
}

/// A token that passed.
pub(super) struct Passed<'k, C> {
    pub(super) claims: C,
    pub(super) warnings: Vec<Warning>,
    pub(super) algorithm: Algorithm,
    /// The kid of the key that verified.
    pub(super) kid: Option<&'k str>,
}

impl<'k> JudgedHeader<'k> {
    /// Judges a header and looks for the keys that it means.
    ///
    /// # Errors
    ///
    /// [`Error::Key`]; what speaks against the token is kept for
    /// [`JudgedHeader::judge`], which may find more.
    pub(super) fn new(
        header: &Map<String, Value>,
        keys: &'k Keys,
        rules: &Rules,
    ) -> Result<Self, Error> {
        let algorithms = rules.algorithms.as_deref();
        let signers = match header::check(header, algorithms, Unencoded::Refused) {
            Ok(found) => match keys.candidates(found.algorithm, found.kid) {
                Ok(candidates) => Ok((found.algorithm, candidates)),
                Err(Error::Refused(failures)) => Err(failures),
                Err(other) => return Err(other),
            },
            Err(failures) => Err(failures),
        };
        Ok(Self {
            signers,
            failures: rules.check_typ(header.get("typ")),
        })
    }

    /// Judges a token that has this header. The claims, and the payload that
    /// they are, are asked for once it is known that they are encoded.
    ///
    /// # Errors
    ///
    /// As [`verify`].
    pub(super) fn judge<'p, C: Claims>(
        &self,
        parts: &Parts<'_>,
        signature: &[u8],
        claims: impl FnOnce() -> Result<(C, &'p [u8]), Error>,
        rules: &Rules,
        now: Timestamp,
    ) -> Result<Passed<'k, C>, Error> {
        let mut failures = Vec::new();
        let mut used = None;
        match &self.signers {
            Ok((algorithm, candidates)) => {
                match parts.verify(*algorithm, candidates, None, signature) {
                    Ok(signer) => used = Some((*algorithm, signer.kid)),
                    Err(Error::Refused(found)) => failures.extend(found),
                    Err(other) => return Err(other),
                }
            }
            Err(found) => failures.extend_from_slice(found),
        }
        failures.extend_from_slice(&self.failures);
        if failures
            .iter()
            .any(|failure| failure.code == "unencoded_payload")
        {
            // There is no telling where its payload ends.
            return Err(Error::Refused(failures));
        }
        let (claims, text) = claims()?;
        let algorithm = self.signers.as_ref().ok().map(|(algorithm, _)| *algorithm);
        let checked = rules.check(&claims, text, algorithm, now);
        failures.extend(checked.failures);
        match used {
            Some((algorithm, kid)) if failures.is_empty() => Ok(Passed {
                claims,
                warnings: checked.warnings,
                algorithm,
                kid,
            }),
            _ => Err(Error::Refused(failures)),
        }
    }
}

fn parse_claims(payload: &[u8]) -> Result<Map<String, Value>, Error> {
    json::parse_object(payload).map_err(|source| {
        Malformed::Json {
            part: "payload",
            source,
        }
        .into()
    })
}

/// What a token says of itself, of which **nothing was verified**.
#[derive(Clone, Debug)]
pub struct UnverifiedJwt {
    /// The JOSE header.
    pub header: Map<String, Value>,
    /// What is in the token.
    pub content: UnverifiedContent,
}

/// The content of a token of which nothing was verified.
#[derive(Clone, Debug)]
pub enum UnverifiedContent {
    /// A JWS: its Claims Set.
    Signed {
        /// The Claims Set.
        claims: Map<String, Value>,
        /// The same as it stands in the token, numbers of any length included.
        text: String,
        /// The octets of the signature; 0 for an unsecured JWT.
        signature_len: usize,
    },
    /// A JWE: nothing can be seen without the key.
    Encrypted,
}

impl UnverifiedJwt {
    /// Returns the Claims Set, `None` where it is encrypted.
    pub fn claims(&self) -> Option<&Map<String, Value>> {
        match &self.content {
            UnverifiedContent::Signed { claims, .. } => Some(claims),
            UnverifiedContent::Encrypted => None,
        }
    }

    /// Returns what the token says of its time.
    pub fn times(&self) -> Times {
        let date = |name| {
            self.claims()
                .and_then(|claims| claims.get(name))
                .and_then(NumericDate::read)
                .map(NumericDate::reached)
        };
        Times {
            issued_at: date("iat"),
            not_before: date("nbf"),
            expires_at: date("exp"),
        }
    }
}

/// The times in a token, each `None` where it is absent or no number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Times {
    /// `iat`.
    pub issued_at: Option<Timestamp>,
    /// `nbf`.
    pub not_before: Option<Timestamp>,
    /// `exp`.
    pub expires_at: Option<Timestamp>,
}

/// Decodes a JWT in the compact serialization, signed (three parts) or
/// encrypted (five), **without verification**. [`jws::trim_input`] comes
/// first for what a user typed.
///
/// # Errors
///
/// [`Error::Malformed`].
pub fn decode(token: &str) -> Result<UnverifiedJwt, Error> {
    let parts = jws::split(token)?;
    if parts.len() == 5 {
        let header = jws::decode_header(parts[0])?;
        for (part, name) in parts[1..].iter().zip([
            "encrypted key",
            "initialization vector",
            "ciphertext",
            "tag",
        ]) {
            super::base64url::decode(part).map_err(|_| Malformed::Base64url { part: name })?;
        }
        return Ok(UnverifiedJwt {
            header,
            content: UnverifiedContent::Encrypted,
        });
    }
    let compact = Compact::parse(token)?;
    let payload = compact.unverified_payload()?;
    let claims = parse_claims(&payload)?;
    let signature_len = compact.signature().len();
    Ok(UnverifiedJwt {
        header: compact.unverified_header,
        content: UnverifiedContent::Signed {
            claims,
            // What was read as JSON is UTF-8.
            text: String::from_utf8(payload).unwrap_or_default(),
            signature_len,
        },
    })
}
