//! ID Tokens: who signed in, verified (OIDC Core §3.1.3.7, §12.2).
//!
//! The signature and the common claims are [`jwt::verify`]'s affair; here are
//! the rules that only ID Tokens have. A failure of any of them means that
//! nothing of the token response is stored.

use std::time::Duration;

use aws_lc_rs::digest;
use serde_json::{Map, Value};

use super::error::Error;
use super::metadata::Metadata;
use crate::core::jose::{self, Algorithm, Failure, Family, Keys, base64url, jws, jwt};
use crate::core::secret::{Secret, SecretBytes};
use crate::core::time::Timestamp;

/// How far the server's clock may differ from ours: "a small leeway, usually
/// no more than a few minutes, to account for clock skew" (RFC 7519 §4.1.4).
/// A token that was issued just now would otherwise fail on every machine that
/// is a second behind.
pub const LEEWAY: Duration = Duration::from_secs(60);

/// From how far apart the clocks are named as the reason, in seconds.
const NOTABLE_SKEW: u64 = 30;

/// What an ID Token must say.
#[derive(Clone, Debug)]
pub struct Expected<'a> {
    /// `iss`: the issuer of the metadata, one exact string.
    pub issuer: &'a str,
    /// The client, which must be among `aud`.
    pub client_id: &'a str,
    /// The nonce of the authentication request; `None` where the flow has
    /// none, as the password grant and a refresh.
    pub nonce: Option<&'a str>,
    /// The access token that came with it, for `at_hash`.
    pub access_token: Option<&'a Secret>,
    /// The algorithms that may have signed it: [`algorithms`].
    pub algorithms: &'a [Algorithm],
    /// At a refresh, what the earlier ID Token said.
    pub earlier: Option<&'a Earlier>,
}

/// What a refresh must not change (OIDC Core §12.2).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Earlier {
    /// `sub`.
    pub subject: String,
    /// `aud`, sorted; not compared when empty, where only the subject is
    /// known.
    pub audience: Vec<String>,
}

impl Earlier {
    /// Takes what is needed out of an ID Token that was verified when it was
    /// stored.
    pub fn of(stored: &Secret) -> Option<Self> {
        let token = jwt::decode(stored.expose()).ok()?;
        let claims = token.claims()?;
        Some(Self {
            subject: claims.get("sub")?.as_str()?.to_owned(),
            audience: audience(claims),
        })
    }
}

/// An ID Token that satisfied every rule.
#[derive(Clone, Debug, PartialEq)]
pub struct IdToken {
    /// `sub`.
    pub subject: String,
    /// The Claims Set.
    pub claims: Map<String, Value>,
}

/// Returns the algorithms by which a server may sign ID Tokens for a client:
/// those of `id_token_signing_alg_values_supported` that are built. A MAC is
/// among them only for a client with a secret, which is its key (OIDC Core
/// §10.1). `none` never is. A server that does not say gets all signatures and
/// no MAC: the type of its key decides then.
pub fn algorithms(metadata: Option<&Metadata>, has_secret: bool) -> Vec<Algorithm> {
    let listed =
        metadata.and_then(|metadata| metadata.strings("id_token_signing_alg_values_supported"));
    Algorithm::ALL
        .into_iter()
        .filter(|algorithm| match &listed {
            Some(listed) => listed.iter().any(|name| name == algorithm.name()),
            None => !algorithm.is_symmetric(),
        })
        .filter(|algorithm| has_secret || !algorithm.is_symmetric())
        .collect()
}

/// Says whether a token calls itself MACed, so that its key is the client
/// secret and no key set is needed. What it says is checked when it is
/// verified.
pub fn claims_to_be_maced(token: &Secret) -> bool {
    let header = jws::Compact::parse(token.expose()).map(|compact| compact.unverified_header);
    header.is_ok_and(|header| {
        header
            .get("alg")
            .and_then(Value::as_str)
            .and_then(|name| name.parse::<Algorithm>().ok())
            .is_some_and(Algorithm::is_symmetric)
    })
}

/// Returns the key of a MACed ID Token: "the octets of the UTF-8
/// representation of the client_secret" (OIDC Core §10.1).
///
/// # Errors
///
/// [`jose::Error::Key`] with `key_weak` for a secret of fewer than 32 octets.
pub fn secret_key(client_secret: &Secret) -> Result<Keys, jose::Error> {
    Keys::secret(SecretBytes::new(client_secret.expose())).map_err(jose::Error::Key)
}

/// Verifies an ID Token that came just now from the token endpoint.
///
/// # Errors
///
/// [`jose::Error`], as [`jwt::verify`], with further codes: `sub_invalid`,
/// `azp_missing`, `azp_invalid`, `azp`, `nonce_missing`, `nonce`,
/// `at_hash_invalid`, `at_hash`, `sub_changed`, `aud_changed`. [`refusal`]
/// makes it an error of this exchange.
pub fn verify(
    token: &Secret,
    keys: &Keys,
    expected: &Expected<'_>,
    now: Timestamp,
) -> Result<IdToken, jose::Error> {
    let rules = jwt::Rules {
        issuer: Some(expected.issuer.to_owned()),
        audience: vec![expected.client_id.to_owned()],
        algorithms: Some(expected.algorithms.to_vec()),
        required: vec!["sub".into(), "iat".into()],
        leeway: LEEWAY,
        ..jwt::Rules::default()
    };
    let verified = jwt::verify(token.expose(), keys, &rules, now)?;
    let mut failures: Vec<Failure> = verified
        .warnings
        .iter()
        .filter(|warning| warning.code == "issued_in_the_future")
        .map(|warning| Failure::new(warning.code, warning.message.as_str()))
        .collect();
    let claims = &verified.claims;
    check_typ(&verified.header, &mut failures);
    check_azp(claims, expected.client_id, &mut failures);
    check_nonce(claims, expected.nonce, &mut failures);
    check_at_hash(
        claims,
        verified.algorithm,
        expected.access_token,
        &mut failures,
    );
    let subject = check_subject(claims, expected.earlier, &mut failures);
    match subject {
        Some(subject) if failures.is_empty() => Ok(IdToken {
            subject,
            claims: verified.claims,
        }),
        _ => Err(jose::Error::Refused(failures)),
    }
}

/// Makes a refused ID Token the error of its exchange. `skew` is how far the
/// server's clock is ahead of ours, by its `Date`; it is named when the token
/// failed for its times.
pub fn refusal(error: &jose::Error, skew: Option<i64>) -> Error {
    const OF_TIME: [&str; 3] = ["expired", "not_yet_valid", "issued_in_the_future"];
    let of_time = error
        .failures()
        .iter()
        .any(|failure| OF_TIME.contains(&failure.code));
    Error::IdToken {
        why: match error {
            jose::Error::Refused(failures) => failures
                .iter()
                .map(|failure| failure.message.as_str())
                .collect::<Vec<_>>()
                .join("; "),
            other => other.to_string(),
        },
        skew: skew.filter(|skew| of_time && skew.unsigned_abs() >= NOTABLE_SKEW),
    }
}

/// Returns `at_hash` of an access token: "the base64url encoding of the
/// left-most half of the hash of the octets of the ASCII representation of the
/// access_token", by the hash of the ID Token's algorithm (OIDC Core
/// §3.1.3.6).
///
/// `None` for ML-DSA: SHAKE256, which it uses, has no length of its own, and
/// no specification names one for `at_hash`.
pub fn at_hash(algorithm: Algorithm, access_token: &Secret) -> Option<String> {
    let hash = match (algorithm.family(), algorithm.hash_len()) {
        (Family::MlDsa, _) => return None,
        (_, 32) => &digest::SHA256,
        (_, 48) => &digest::SHA384,
        _ => &digest::SHA512,
    };
    let hash = digest::digest(hash, access_token.expose().as_bytes());
    let (left, _) = hash.as_ref().split_at(hash.as_ref().len() / 2);
    Some(base64url::encode(left))
}

/// A token that says of itself that it is of another kind, such as `at+jwt`,
/// is no ID Token, whoever signed it (RFC 8725 §3.11). `JWT` and private
/// spellings of it say nothing.
fn check_typ(header: &Map<String, Value>, failures: &mut Vec<Failure>) {
    let typ = header.get("typ").and_then(Value::as_str).unwrap_or("JWT");
    if typ.to_ascii_lowercase().ends_with("+jwt") {
        failures.push(Failure::new("typ", "its `typ` says that it is no ID Token"));
    }
}

/// "If the ID Token contains multiple audiences, the Client SHOULD verify that
/// an azp Claim is present. If an azp Claim is present, the Client SHOULD
/// verify that its client_id is the Claim Value" (OIDC Core §3.1.3.7).
fn check_azp(claims: &Map<String, Value>, client_id: &str, failures: &mut Vec<Failure>) {
    failures.extend(match claims.get("azp") {
        Some(Value::String(azp)) if azp == client_id => None,
        Some(Value::String(_)) => Some(Failure::new(
            "azp",
            format!("it was issued to another client (`azp` is not `{client_id}`)"),
        )),
        Some(_) => Some(Failure::new("azp_invalid", "its `azp` is not a string")),
        None if audience(claims).len() > 1 => Some(Failure::new(
            "azp_missing",
            "it is for several audiences and does not say to which client it was issued (`azp`)",
        )),
        None => None,
    });
}

fn check_nonce(claims: &Map<String, Value>, nonce: Option<&str>, failures: &mut Vec<Failure>) {
    let Some(nonce) = nonce else { return };
    failures.extend(match claims.get("nonce") {
        Some(Value::String(own)) if own == nonce => None,
        Some(_) => Some(Failure::new(
            "nonce",
            "its `nonce` is not the one of the request",
        )),
        None => Some(Failure::new("nonce_missing", "it has no `nonce`")),
    });
}

fn check_at_hash(
    claims: &Map<String, Value>,
    algorithm: Algorithm,
    access_token: Option<&Secret>,
    failures: &mut Vec<Failure>,
) {
    let (Some(claim), Some(access_token)) = (claims.get("at_hash"), access_token) else {
        return;
    };
    failures.extend(match claim {
        Value::String(hash)
            if at_hash(algorithm, access_token).is_none_or(|expected| *hash == expected) =>
        {
            None
        }
        Value::String(_) => Some(Failure::new(
            "at_hash",
            "it belongs to another access token (`at_hash`)",
        )),
        _ => Some(Failure::new(
            "at_hash_invalid",
            "its `at_hash` is not a string",
        )),
    });
}

/// Checks `sub`, which "MUST NOT exceed 255 ASCII characters" (OIDC Core §2),
/// and what a refresh must not change.
fn check_subject(
    claims: &Map<String, Value>,
    earlier: Option<&Earlier>,
    failures: &mut Vec<Failure>,
) -> Option<String> {
    let subject = claims
        .get("sub")
        .and_then(Value::as_str)
        .filter(|sub| !sub.is_empty() && sub.len() <= 255 && sub.is_ascii());
    let Some(subject) = subject else {
        failures.push(Failure::new(
            "sub_invalid",
            "its `sub` is not a string of 1 to 255 ASCII characters",
        ));
        return None;
    };
    if let Some(earlier) = earlier {
        if earlier.subject != subject {
            failures.push(Failure::new(
                "sub_changed",
                "it is for another person than before (`sub`)",
            ));
        }
        if !earlier.audience.is_empty() && earlier.audience != audience(claims) {
            failures.push(Failure::new(
                "aud_changed",
                "it is for another audience than before (`aud`)",
            ));
        }
    }
    Some(subject.to_owned())
}

/// Returns the values of `aud`, sorted, each once.
fn audience(claims: &Map<String, Value>) -> Vec<String> {
    let mut values: Vec<String> = match claims.get("aud") {
        Some(Value::String(one)) => vec![one.clone()],
        Some(Value::Array(several)) => several
            .iter()
            .filter_map(|value| Some(value.as_str()?.to_owned()))
            .collect(),
        _ => Vec::new(),
    };
    values.sort_unstable();
    values.dedup();
    values
}

#[cfg(test)]
mod tests;
