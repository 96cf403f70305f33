//! The claims of any JWT: times, parties, numbers.

use std::time::Duration;

use serde_json::{Map, Value};

use super::header::is_kind;
use super::rules::{Findings, LintRule};
use crate::core::jose::claims::audiences;
use crate::core::jose::error::shorten;
use crate::core::jose::jwt::UnverifiedJwt;
use crate::core::jose::numeric_date::NumericDate;
use crate::core::time::{Timestamp, humanize_span};
use crate::core::uri::HttpsUrl;

/// The longest life of a token that is not remarked on: a day. Access tokens
/// and ID Tokens live minutes to hours, since nobody can call them back.
const LONG_LIFE: u64 = 86_400;

/// The claims that are instants (RFC 7519 §4.1, OIDC Core §2, §5.1).
const INSTANTS: [&str; 5] = ["exp", "nbf", "iat", "auth_time", "updated_at"];

/// 2^53, up to which every integer is a number to every reader of JSON (RFC
/// 8259 §6).
const EXACT: u64 = 1 << 53;

/// Kinds of token that have no `exp`: a DPoP proof lives from its `iat` (RFC
/// 9449 §4.2), a Security Event Token says what was (RFC 8417 §2.2: "NOT
/// RECOMMENDED"), and an introspection response "SHOULD NOT" have one (RFC
/// 9701 §5).
const WITHOUT_EXP: [&str; 3] = ["dpop+jwt", "secevent+jwt", "token-introspection+jwt"];

/// Looks at the life of a token.
pub(super) fn times(
    token: &UnverifiedJwt,
    claims: &Map<String, Value>,
    (now, leeway): (Timestamp, Duration),
    findings: &mut Findings,
) {
    let times = token.times();
    for (name, date) in [
        ("exp", times.expires_at),
        ("nbf", times.not_before),
        ("iat", times.issued_at),
    ] {
        if claims.contains_key(name) && date.is_none() {
            findings.add(
                LintRule::TimeInvalid,
                format!("the claim `{name}` is not a number"),
            );
        }
    }
    for name in INSTANTS {
        let date = claims.get(name).and_then(NumericDate::read);
        if let Some(NumericDate::Fraction(_)) = date {
            findings.add(
                LintRule::TimeFraction,
                format!(
                    "the claim `{name}` has a fraction or an exponent, which not everybody reads"
                ),
            );
        }
        if date.is_some_and(|date| date.reached().to_rfc3339().is_none()) {
            findings.add(
                LintRule::TimeFar,
                format!("the claim `{name}` is in no year from 0 to 9999; it counts seconds, not milliseconds"),
            );
        }
    }
    let lives = !WITHOUT_EXP.iter().any(|kind| is_kind(&token.header, kind));
    if lives && !claims.contains_key("exp") {
        findings.add(LintRule::NoExp, "the token has no `exp`: it never expires");
    }
    let ahead = |issued_at: &Timestamp| *issued_at > now.saturating_add(leeway);
    if let Some(issued_at) = times.issued_at.filter(ahead) {
        findings.add(
            LintRule::IssuedInTheFuture,
            format!("the token was issued in the future, at {issued_at}"),
        );
    }
    let Some(expires_at) = times.expires_at else {
        return;
    };
    let begins = times.not_before.max(times.issued_at);
    if begins.is_some_and(|begins| begins >= expires_at) {
        findings.add(LintRule::TimeOrder, "the token expires before it begins");
    }
    // Without a beginning, what is left of its life is known to be too long.
    let from = times.issued_at.or(times.not_before).unwrap_or(now);
    let life = u64::try_from(from.seconds_until(expires_at)).unwrap_or(0);
    if life > LONG_LIFE {
        findings.add(
            LintRule::LongLife,
            format!("the token lives {}, longer than a day", humanize_span(life)),
        );
    }
}

/// Looks at who issued the token, and for whom. A DPoP proof says neither (RFC
/// 9449 §4.2).
pub(super) fn parties(
    header: &Map<String, Value>,
    claims: &Map<String, Value>,
    findings: &mut Findings,
) {
    let is_proof = is_kind(header, "dpop+jwt");
    match claims.get("iss") {
        None if !is_proof => findings.add(
            LintRule::NoIss,
            "the token has no `iss`: nothing says whose keys may sign it",
        ),
        Some(Value::String(iss))
            if iss.starts_with("http://") && iss.parse::<HttpsUrl>().is_err() =>
        {
            findings.add(
                LintRule::IssNotHttps,
                "the issuer is an `http` URL: whoever is on the way can answer for it",
            );
        }
        _ => {}
    }
    match claims.get("aud").map(audiences) {
        None if !is_proof => findings.add(
            LintRule::NoAud,
            "the token has no `aud`: one for another service is good here too",
        ),
        Some(Some(audiences))
            if audiences.is_empty() || audiences.iter().any(|one| matches!(*one, "" | "*")) =>
        {
            findings.add(
                LintRule::AudForAll,
                "the `aud` of the token names nobody, or everybody",
            );
        }
        _ => {}
    }
}

/// Looks for numbers that a reader of floating-point numbers takes for others.
pub(super) fn numbers(claims: &Map<String, Value>, findings: &mut Findings) {
    for (name, value) in claims {
        if !INSTANTS.contains(&name.as_str()) && has_blurred(value) {
            findings.add(
                LintRule::NumberPrecision,
                format!("the claim `{}` has a number beyond 2^53, which not everybody reads to its last digit; a string keeps it", shorten(name)),
            );
        }
    }
}

fn has_blurred(value: &Value) -> bool {
    match value {
        Value::Number(number) => match (number.as_i64(), number.as_f64()) {
            (Some(number), _) => number.unsigned_abs() > EXACT,
            (None, Some(number)) => number.fract() == 0.0 && number.abs() > EXACT as f64,
            (None, None) => false,
        },
        Value::Array(items) => items.iter().any(has_blurred),
        Value::Object(members) => members.values().any(has_blurred),
        _ => false,
    }
}
