//! Secrets among the claims, which anyone who holds a token can read.

use serde_json::Value;

use super::rules::{Findings, LintRule};
use crate::core::jose::error::shorten;

/// Names of claims whose values should not be in a token, which anyone who
/// holds it can read; in lower case and without `_` and `-`.
const SECRET_NAMES: [&str; 20] = [
    "accesskey",
    "accesstoken",
    "apikey",
    "apisecret",
    "cardnumber",
    "clientsecret",
    "creditcard",
    "cvc",
    "cvv",
    "passphrase",
    "passwd",
    "password",
    "passwordhash",
    "privatekey",
    "pwd",
    "refreshtoken",
    "secret",
    "secretkey",
    "sessiontoken",
    "ssn",
];

/// Looks for secrets by name and by form, at any depth.
pub(super) fn check(path: &str, value: &Value, findings: &mut Findings) {
    let name = path.rsplit('.').next().unwrap_or(path);
    let plain: String = name
        .chars()
        .filter(|c| !matches!(c, '_' | '-'))
        .flat_map(char::to_lowercase)
        .collect();
    let has_content = !matches!(value, Value::Null | Value::Bool(_) | Value::Object(_));
    let by_name = has_content && SECRET_NAMES.contains(&plain.as_str());
    let by_form = value
        .as_str()
        .is_some_and(|text| text.contains("PRIVATE KEY-----"));
    if by_name || by_form {
        findings.add(
            LintRule::SecretClaim,
            format!(
                "the claim `{}` looks like a secret, and anyone can read it",
                shorten(path)
            ),
        );
    }
    match value {
        Value::Object(members) => {
            for (name, value) in members {
                check(&format!("{path}.{name}"), value, findings);
            }
        }
        Value::Array(items) => {
            for item in items.iter().filter(|item| item.is_object()) {
                check(path, item, findings);
            }
        }
        _ => {}
    }
}
