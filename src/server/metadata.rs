//! The metadata document (RFC 8414 §2, OIDC Discovery §3): what is listed
//! works, and what works is listed.

use serde_json::{Value, json};

use super::config::{Config, GrantType};
use crate::core::oauth::AuthMethod;

/// The endpoints: member of the metadata and path.
pub(super) const ENDPOINTS: [(&str, &str); 5] = [
    ("token_endpoint", "/token"),
    ("jwks_uri", "/jwks"),
    ("introspection_endpoint", "/introspect"),
    ("revocation_endpoint", "/revoke"),
    ("userinfo_endpoint", "/userinfo"),
];

/// Builds the document.
pub(super) fn document(config: &Config, issuer: &str) -> Value {
    let methods = |secret_only: bool| -> Vec<&str> {
        AuthMethod::ALL
            .into_iter()
            .filter(|method| method.needs_secret() || !secret_only)
            .map(AuthMethod::name)
            .collect()
    };
    let mut document = json!({ "issuer": issuer });
    for (member, path) in ENDPOINTS {
        document[member] = endpoint(issuer, path).into();
    }
    let rest = json!({
        "grant_types_supported": GrantType::ALL.map(GrantType::name),
        // There is no authorization endpoint, so there is no response type;
        // the member is required all the same.
        "response_types_supported": [],
        "scopes_supported": config.scopes.iter().filter(|s| *s != "*").collect::<Vec<_>>(),
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": [config.algorithm.name()],
        "token_endpoint_auth_methods_supported": methods(false),
        "revocation_endpoint_auth_methods_supported": methods(false),
        "introspection_endpoint_auth_methods_supported": methods(true),
        "claims_supported": claims(config),
        "claims_parameter_supported": false,
        "request_parameter_supported": false,
        // "If omitted, the default value is true" (OIDC Discovery §3).
        "request_uri_parameter_supported": false,
    });
    if let (Value::Object(document), Value::Object(rest)) = (&mut document, rest) {
        document.extend(rest);
    }
    document
}

/// Returns the address of an endpoint.
pub(super) fn endpoint(issuer: &str, path: &str) -> String {
    format!("{}{path}", issuer.trim_end_matches('/'))
}

fn claims(config: &Config) -> Vec<String> {
    let mut names: Vec<String> = ["iss", "sub", "aud", "exp", "iat", "auth_time", "at_hash"]
        .map(str::to_owned)
        .to_vec();
    for name in config.users.iter().flat_map(|user| user.claims.keys()) {
        if !names.contains(name) {
            names.push(name.clone());
        }
    }
    names
}
