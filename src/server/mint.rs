//! Making tokens: JWT access tokens (RFC 9068) and ID Tokens (OIDC Core §2).

use std::sync::Arc;

use serde_json::{Map, Value, json};

use super::claims;
use super::grants::{Access, Grant, Minted};
use super::keys::Key;
use super::random;
use super::refusal::Refusal;
use super::state::State;
use crate::core::oauth::id_token::at_hash;
use crate::core::secret::Secret;
use crate::core::time::Timestamp;

/// What tokens are made for.
pub(super) struct Order<'a> {
    pub(super) grant: &'a Grant,
    /// What the access token may carry: the grant's scope or less.
    pub(super) scope: Arc<[String]>,
    /// Whom it is for.
    pub(super) audience: Arc<[String]>,
    /// The `nonce` of the request, for the ID Token.
    pub(super) nonce: Option<&'a str>,
}

impl State {
    /// Makes an access token and, for `openid`, an ID Token.
    pub(super) fn mint(
        &self,
        key: &Key,
        order: &Order<'_>,
        now: Timestamp,
    ) -> Result<Minted, Refusal> {
        let access = Access {
            jti: random::identifier()?,
            scope: Arc::clone(&order.scope),
            audience: self.audience(&order.audience),
            issued_at: now,
            expires_at: now.saturating_add(self.config.lifetimes.access_token),
        };
        let access_token = key.sign_access_token(&self.access_claims(order, &access))?;
        let wants_id_token = order.scope.iter().any(|scope| scope == "openid");
        let id_token = if wants_id_token && order.grant.username.is_some() {
            let claims = self.id_claims(key, order, &access_token, now);
            Some(key.sign_id_token(&claims)?)
        } else {
            None
        };
        Ok(Minted {
            access_token,
            id_token,
            access,
        })
    }

    /// Returns the audience asked for, or the configured one, or the issuer:
    /// "the authorization server MUST use a default resource indicator"
    /// (RFC 9068 §3).
    fn audience(&self, asked: &Arc<[String]>) -> Arc<[String]> {
        if !asked.is_empty() {
            return Arc::clone(asked);
        }
        let default = self.config.audience.as_ref().unwrap_or(&self.issuer);
        Arc::from([default.clone()])
    }

    /// The claims of RFC 9068 §2.2.
    fn access_claims(&self, order: &Order<'_>, access: &Access) -> Map<String, Value> {
        let grant = order.grant;
        let mut claims = object(json!({
            "iss": self.issuer,
            "sub": &*grant.sub,
            "aud": one_or_many(&access.audience),
            "client_id": &*grant.client_id,
            "iat": access.issued_at,
            "exp": access.expires_at,
            "jti": access.jti,
        }));
        if !access.scope.is_empty() {
            claims.insert("scope".into(), access.scope.join(" ").into());
        }
        if let Some(username) = &grant.username {
            claims.insert("auth_time".into(), json!(grant.auth_time));
            // §2.2.3.1: groups and roles, where their scope was granted.
            let user = self.user(username).map(|user| &user.claims);
            for name in ["groups", "roles", "entitlements"] {
                if let Some(value) = user.and_then(|claims| claims.get(name))
                    && access.scope.iter().any(|scope| scope == "groups")
                {
                    claims.insert(name.into(), value.clone());
                }
            }
        }
        claims
    }

    /// The claims of OIDC Core §2, and those that the scope releases (§5.4),
    /// so that a client without UserInfo has them too.
    fn id_claims(
        &self,
        key: &Key,
        order: &Order<'_>,
        access_token: &Secret,
        now: Timestamp,
    ) -> Map<String, Value> {
        let grant = order.grant;
        let mut claims = object(json!({
            "iss": self.issuer,
            "sub": &*grant.sub,
            "aud": &*grant.client_id,
            "iat": now,
            "exp": now.saturating_add(self.config.lifetimes.id_token),
            "auth_time": grant.auth_time,
        }));
        // "Its value is OPTIONAL" where the access token comes from the token
        // endpoint too (OIDC Core §3.1.3.6).
        if let Some(hash) = at_hash(key.algorithm(), access_token) {
            claims.insert("at_hash".into(), hash.into());
        }
        if let Some(nonce) = order.nonce {
            claims.insert("nonce".into(), nonce.into());
        }
        let user = grant.username.as_ref().and_then(|name| self.user(name));
        if let Some(user) = user {
            claims.extend(claims::released(&user.claims, &order.scope));
        }
        claims
    }
}

/// Writes an `aud`: one value bare, several as an array (RFC 7519 §4.1.3).
pub(super) fn one_or_many(values: &[String]) -> Value {
    match values {
        [one] => json!(one),
        many => json!(many),
    }
}

fn object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(map) => map,
        _ => Map::new(),
    }
}
