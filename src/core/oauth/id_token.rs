//! ID Tokens: who signed in, verified (OIDC Core §3.1.3.7, §12.2).
//!
//! The rules are those of [`Profile::IdToken`]; here is what a sign-in and a
//! refresh put into them, and what only these can compare. A failure of any
//! means that nothing of the token response is stored.

use std::time::Duration;

use serde_json::{Map, Value};

use super::error::Error;
use super::metadata::Metadata;
pub use crate::core::jose::at_hash;
use crate::core::jose::{self, Algorithm, AtHash, Failure, Keys, Profile, jws, jwt};
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
/// [`jose::Error`], as [`jwt::verify`], with two more codes: `sub_changed` and
/// `aud_changed`. [`refusal`] makes it an error of this exchange.
pub fn verify(
    token: &Secret,
    keys: &Keys,
    expected: &Expected<'_>,
    now: Timestamp,
) -> Result<IdToken, jose::Error> {
    let rules = jwt::Rules {
        issuer: Some(expected.issuer.to_owned()),
        algorithms: Some(expected.algorithms.to_vec()),
        leeway: LEEWAY,
        profile: Some(Profile::IdToken {
            client_id: expected.client_id.to_owned(),
            nonce: expected.nonce.map(ToOwned::to_owned),
            access_token: expected.access_token.cloned().map(AtHash::IfThere),
        }),
        ..jwt::Rules::default()
    };
    let verified = jwt::verify(token.expose(), keys, &rules, now)?;
    let mut failures: Vec<Failure> = verified
        .warnings
        .iter()
        .filter(|warning| warning.code == "issued_in_the_future")
        .map(|warning| Failure::new(warning.code, warning.message.as_str()))
        .collect();
    // A string, or it would not have passed.
    let subject = verified.text("sub").unwrap_or_default().to_owned();
    if let Some(earlier) = expected.earlier {
        check_unchanged(earlier, &subject, &verified.claims, &mut failures);
    }
    if !failures.is_empty() {
        return Err(jose::Error::Refused(failures));
    }
    Ok(IdToken {
        subject,
        claims: verified.claims,
    })
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

/// Checks what a refresh must not change (OIDC Core §12.2).
fn check_unchanged(
    earlier: &Earlier,
    subject: &str,
    claims: &Map<String, Value>,
    failures: &mut Vec<Failure>,
) {
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
