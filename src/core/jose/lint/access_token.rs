//! What RFC 9068 says of access tokens.

use serde_json::{Map, Value};

use super::rules::{Findings, LintRule};
use crate::core::jose::claims::audiences;
use crate::core::jose::header::{bare_media_type, same_media_type};

/// What every access token has (RFC 9068 §2.2) beside `iss`, `aud` and `exp`,
/// which every token should have.
const REQUIRED: [&str; 4] = ["sub", "client_id", "iat", "jti"];

/// Claims of ID Tokens (OIDC Core §2, §3.3.2.11) that no access token has.
const OF_ID_TOKENS: [&str; 4] = ["nonce", "at_hash", "c_hash", "s_hash"];

/// Claims about a person (OIDC Core §5.1). RFC 9068 §2.2.2 allows them; §6 has
/// the issuer think of who can read them.
const PERSONAL: [&str; 15] = [
    "name",
    "given_name",
    "family_name",
    "middle_name",
    "nickname",
    "preferred_username",
    "profile",
    "picture",
    "email",
    "gender",
    "birthdate",
    "phone_number",
    "address",
    "upn",
    "unique_name",
];

/// Looks at a token that is an access token, or looks like one.
pub(super) fn check(
    header: &Map<String, Value>,
    claims: &Map<String, Value>,
    findings: &mut Findings,
) {
    let typ = header.get("typ").and_then(Value::as_str).unwrap_or("JWT");
    let typed = same_media_type(typ, "at+jwt");
    let untyped = same_media_type(typ, "JWT") && looks_like_one(claims);
    if !typed && !untyped {
        return;
    }
    if untyped {
        findings.add(
            LintRule::AccessTokenUntyped,
            format!(
                "the token looks like an access token, and its `typ` is {} and not `at+jwt`: it can be taken for an ID Token",
                match header.contains_key("typ") {
                    true => format!("`{}`", bare_media_type(typ)),
                    false => "missing".to_owned(),
                }
            ),
        );
    }
    for name in REQUIRED {
        if !claims.contains_key(name) {
            findings.add(
                LintRule::AccessTokenClaim,
                format!("the access token has no `{name}`"),
            );
        }
    }
    scope(claims, findings);
    for name in OF_ID_TOKENS {
        if claims.contains_key(name) {
            findings.add(
                LintRule::IdTokenClaim,
                format!("the access token has `{name}`, which only ID Tokens have"),
            );
        }
    }
    for name in PERSONAL {
        if claims.contains_key(name) {
            findings.add(
                LintRule::PersonalData,
                format!("the access token tells every service the `{name}` of a person"),
            );
        }
    }
    let sub = claims.get("sub").and_then(Value::as_str);
    if sub.is_some_and(|sub| sub.contains('@')) {
        findings.add(
            LintRule::PersonalData,
            "the `sub` of the access token looks like an e-mail address",
        );
    }
}

/// An access token has a scope or a client, and nothing of an ID Token.
fn looks_like_one(claims: &Map<String, Value>) -> bool {
    let has = |name: &&str| claims.contains_key(*name);
    ["scope", "scp", "client_id"].iter().any(has) && !OF_ID_TOKENS.iter().any(has)
}

fn scope(claims: &Map<String, Value>, findings: &mut Findings) {
    // "A JSON string containing a space-separated list" (RFC 8693 §4.2).
    let other = match (claims.get("scope"), claims.get("scp")) {
        (Some(Value::String(_)) | None, None) => None,
        (Some(Value::String(_)), Some(_)) => None,
        (Some(_), _) => Some("`scope` that is not a string"),
        (None, Some(_)) => Some("`scp` and no `scope`"),
    };
    if let Some(other) = other {
        findings.add(
            LintRule::AccessTokenScope,
            format!("the access token has a {other}"),
        );
    }
    let audiences = claims.get("aud").and_then(audiences).unwrap_or_default();
    let scoped = claims.contains_key("scope") || claims.contains_key("scp");
    if scoped && audiences.len() > 1 {
        findings.add(
            LintRule::AudSeveral,
            "the access token has a scope and several audiences: it does not say at which the scope holds",
        );
    }
}
