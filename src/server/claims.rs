//! Which claims about a user a scope releases (OIDC Core §5.4).

use serde_json::{Map, Value};

/// The claims of each scope. What stands in no row is released by `profile`.
const BY_SCOPE: [(&str, &[&str]); 4] = [
    ("email", &["email", "email_verified"]),
    ("address", &["address"]),
    ("phone", &["phone_number", "phone_number_verified"]),
    ("groups", &["groups", "roles", "entitlements"]),
];

/// Claims that the server itself makes; a user's entry cannot set them.
pub(super) const RESERVED: [&str; 14] = [
    "iss",
    "sub",
    "aud",
    "exp",
    "nbf",
    "iat",
    "jti",
    "azp",
    "nonce",
    "auth_time",
    "at_hash",
    "c_hash",
    "client_id",
    "scope",
];

/// Returns the claims that `scope` releases, in their order.
pub(super) fn released(claims: &Map<String, Value>, scope: &[String]) -> Map<String, Value> {
    claims
        .iter()
        .filter(|(name, _)| {
            let needed = scope_of(name);
            scope.iter().any(|granted| granted == needed)
        })
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect()
}

/// Returns the scope that releases a claim.
fn scope_of(claim: &str) -> &'static str {
    BY_SCOPE
        .iter()
        .find(|(_, claims)| claims.contains(&claim))
        .map_or("profile", |(scope, _)| scope)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_scope_releases_its_own_claims() {
        let Value::Object(claims) = serde_json::json!({
            "name": "A", "email": "a@example.com", "email_verified": true,
            "groups": ["g"], "address": {"country": "DE"}, "phone_number": "1", "team": "x",
        }) else {
            unreachable!()
        };
        for (scope, names) in [
            ("openid", vec![]),
            ("profile", vec!["name", "team"]),
            ("email", vec!["email", "email_verified"]),
            ("address", vec!["address"]),
            ("phone", vec!["phone_number"]),
            ("groups", vec!["groups"]),
        ] {
            let released = released(&claims, &[scope.to_owned()]);
            assert_eq!(released.keys().collect::<Vec<_>>(), names, "{scope}");
        }
    }
}
