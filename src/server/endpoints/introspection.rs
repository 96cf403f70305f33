//! Token introspection (RFC 7662).

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use serde_json::{Map, Value, json};

use super::unstored;
use crate::server::form::Form;
use crate::server::grants::{Access, Live, Refreshing};
use crate::server::mint::one_or_many;
use crate::server::refusal::Refusal;
use crate::server::state::{self, Shared};

/// Answers what a token is. Only a client that proves who it is may ask, "to
/// prevent token scanning attacks" (§2.1), about tokens of any client, as a
/// protected resource must.
pub(super) async fn answer(
    State(state): State<Shared>,
    headers: HeaderMap,
    form: Form,
) -> Result<Response, Refusal> {
    state.authenticate_confidential(&headers, &form).await?;
    // The hint is no more than that (§2.1): both kinds are one look-up each.
    let token = form.required("token")?.expose();
    let now = state.now();
    let members = if let Some(live) = state.grants.access(token, now) {
        state.describe_access(&live)
    } else if let Some(live) = state.grants.refreshing(token, now) {
        state.describe_refresh(&live)
    } else {
        // "The authorization server SHOULD NOT include any additional
        // information about an inactive token" (§2.2).
        json!({ "active": false })
    };
    Ok(unstored(match members {
        Value::Object(members) => members,
        _ => Map::new(),
    }))
}

impl state::State {
    fn describe_access(&self, live: &Live<Access>) -> Value {
        let access = &live.token;
        let mut members = self.describe(live, &access.scope);
        members["token_type"] = "Bearer".into();
        members["aud"] = one_or_many(&access.audience);
        members["iat"] = json!(access.issued_at);
        members["exp"] = json!(access.expires_at);
        members["jti"] = json!(access.jti);
        members
    }

    fn describe_refresh(&self, live: &Live<Refreshing>) -> Value {
        let mut members = self.describe(live, &live.token.scope);
        members["iat"] = json!(live.token.issued_at);
        members["exp"] = json!(live.token.expires_at);
        members
    }

    fn describe<T>(&self, live: &Live<T>, scope: &[String]) -> Value {
        let mut members = json!({
            "active": true,
            "iss": self.issuer,
            "client_id": &*live.client_id,
            "sub": &*live.sub,
        });
        if let Some(username) = &live.username {
            members["username"] = Value::from(&**username);
        }
        if !scope.is_empty() {
            members["scope"] = scope.join(" ").into();
        }
        members
    }
}
