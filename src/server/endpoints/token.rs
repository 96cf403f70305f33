//! The token endpoint (RFC 6749 §3.2) and its grants.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use serde_json::Map;

use super::unstored;
use crate::core::oauth::{Resource, Scopes, TokenResponse};
use crate::core::time::Timestamp;
use crate::server::config::{Client, GrantType};
use crate::server::form::Form;
use crate::server::grants::{Answer, Asked, Grant};
use crate::server::mint::Order;
use crate::server::refusal::Refusal;
use crate::server::state::{self, Shared};

/// Answers a token request.
pub(super) async fn answer(
    State(state): State<Shared>,
    headers: HeaderMap,
    form: Form,
) -> Result<Response, Refusal> {
    let client = state.authenticate(&headers, &form).await?;
    let name = form.required("grant_type")?.expose();
    let grant_type = GrantType::by_name(name).ok_or_else(|| {
        Refusal::unsupported_grant_type(format!(
            "the grant types are {}",
            GrantType::ALL.map(GrantType::name).join(", ")
        ))
    })?;
    if !client.grant_types.contains(&grant_type) {
        return Err(Refusal::unauthorized_client(format!(
            "the client may not use the grant type {}",
            grant_type.name()
        )));
    }
    let asked = Asked {
        scope: form.text("scope").map(scope).transpose()?,
        audience: audience(&form)?,
    };
    let answer = match grant_type {
        GrantType::Password => state.password(client, &form, asked).await?,
        GrantType::ClientCredentials => state.client_credentials(client, asked).await?,
        GrantType::RefreshToken => state.refresh_token(client, &form, &asked).await?,
    };
    Ok(written(answer, state.now()))
}

impl state::State {
    /// Resource Owner Password Credentials (RFC 6749 §4.3).
    async fn password(
        &self,
        client: &Client,
        form: &Form,
        asked: Asked,
    ) -> Result<Answer, Refusal> {
        let username = form.required("username")?.expose();
        let password = form.required("password")?;
        let scope = match asked.scope {
            Some(scope) => self.permitted(client, scope)?,
            None => self.default_scope(client),
        };
        let user = self.user(username);
        let verifier = user.map(|user| &user.password);
        let right = self.passwords.check(verifier, password).await;
        let Some(user) = user.filter(|_| right) else {
            return Err(Refusal::invalid_grant(
                "the username or the password is wrong",
            ));
        };
        let now = self.now();
        let grant = Grant {
            client_id: client.client_id.as_str().into(),
            sub: user.sub.as_str().into(),
            username: Some(user.username.as_str().into()),
            scope: scope.into(),
            audience: asked.audience.into(),
            auth_time: now,
        };
        let refreshable = client.grant_types.contains(&GrantType::RefreshToken);
        self.open(grant, form.text("nonce"), refreshable, now).await
    }

    /// Client Credentials (RFC 6749 §4.4).
    async fn client_credentials(&self, client: &Client, asked: Asked) -> Result<Answer, Refusal> {
        // "The client credentials grant type MUST only be used by
        // confidential clients."
        if client.secret.is_none() {
            return Err(Refusal::unauthorized_client(
                "a public client may not use the grant type client_credentials",
            ));
        }
        let scope = self.permitted(client, asked.scope.unwrap_or_default())?;
        if let Some(token) = scope.iter().find(|token| needs_user(token)) {
            return Err(Refusal::invalid_scope(format!(
                "the scope {token} needs a user, and there is none"
            )));
        }
        let now = self.now();
        let grant = Grant {
            client_id: client.client_id.as_str().into(),
            sub: client.client_id.as_str().into(),
            username: None,
            scope: scope.into(),
            audience: asked.audience.into(),
            auth_time: now,
        };
        // "A refresh token SHOULD NOT be included" (§4.4.3).
        self.open(grant, None, false, now).await
    }

    /// Refreshing an access token (RFC 6749 §6).
    async fn refresh_token(
        &self,
        client: &Client,
        form: &Form,
        asked: &Asked,
    ) -> Result<Answer, Refusal> {
        let token = form.required("refresh_token")?;
        // Waited for before the grants are locked.
        let key = self.keys.key().await?;
        let now = self.now();
        self.grants
            .refresh(token, &client.client_id, asked, now, |grant| {
                let order = Order {
                    grant,
                    scope: narrowed(asked.scope.as_deref(), &grant.scope)?,
                    audience: narrowed_audience(&asked.audience, &grant.audience)?,
                    // "It SHOULD NOT have a nonce Claim" (OIDC Core §12.2).
                    nonce: None,
                };
                self.mint(&key, &order, now)
            })
    }

    async fn open(
        &self,
        grant: Grant,
        nonce: Option<&str>,
        refreshable: bool,
        now: Timestamp,
    ) -> Result<Answer, Refusal> {
        let key = self.keys.key().await?;
        let order = Order {
            scope: Arc::clone(&grant.scope),
            audience: Arc::clone(&grant.audience),
            grant: &grant,
            nonce,
        };
        let minted = self.mint(&key, &order, now)?;
        self.grants.open(grant, minted, refreshable, now)
    }

    /// Returns the scope if server and client may both have all of it: a
    /// partial grant (RFC 6749 §3.3) would hide a typing error until the API
    /// says no.
    fn permitted(&self, client: &Client, scope: Vec<String>) -> Result<Vec<String>, Refusal> {
        for token in &scope {
            if !self.config.knows_scope(token) {
                return Err(Refusal::invalid_scope(format!(
                    "the scope {token} is unknown; scopes_supported in the metadata lists the known ones"
                )));
            }
            if !client.may_have(token) {
                return Err(Refusal::invalid_scope(format!(
                    "the client may not have the scope {token}"
                )));
            }
        }
        Ok(scope)
    }

    fn default_scope(&self, client: &Client) -> Vec<String> {
        let scope = self.config.default_scopes.iter();
        scope
            .filter(|token| client.may_have(token))
            .cloned()
            .collect()
    }
}

/// Reads `scope` (RFC 6749 §3.3).
fn scope(text: &str) -> Result<Vec<String>, Refusal> {
    let tokens = text.split(' ').filter(|token| !token.is_empty());
    Scopes::from_tokens(tokens)
        .map(Scopes::into_vec)
        .map_err(|error| Refusal::invalid_scope(error.to_string()))
}

/// Reads `resource` (RFC 8707 §2) and `audience`, which is not of an RFC for
/// these grants but widely used. Each value comes once.
fn audience(form: &Form) -> Result<Vec<String>, Refusal> {
    let mut audience: Vec<String> = Vec::new();
    for resource in form.all("resource") {
        let resource: Resource =
            resource
                .parse()
                .map_err(|error: <Resource as std::str::FromStr>::Err| {
                    Refusal::invalid_target(error.to_string())
                })?;
        audience.push(resource.as_str().to_owned());
    }
    audience.extend(form.all("audience").map(str::to_owned));
    let mut seen = std::collections::HashSet::new();
    audience.retain(|value| seen.insert(value.clone()));
    Ok(audience)
}

/// Says whether a scope token is about a user.
fn needs_user(token: &str) -> bool {
    matches!(token, "openid" | "offline_access")
}

/// "The requested scope MUST NOT include any scope not originally granted by
/// the resource owner, and if omitted is treated as equal to the scope
/// originally granted" (RFC 6749 §6).
fn narrowed(asked: Option<&[String]>, granted: &Arc<[String]>) -> Result<Arc<[String]>, Refusal> {
    let Some(asked) = asked else {
        return Ok(Arc::clone(granted));
    };
    match asked.iter().find(|token| !granted.contains(token)) {
        Some(token) => Err(Refusal::invalid_scope(format!(
            "the scope {token} is more than was granted"
        ))),
        None => Ok(asked.into()),
    }
}

/// A grant for certain resources gives tokens for those only (RFC 8707 §2.2).
fn narrowed_audience(asked: &[String], granted: &Arc<[String]>) -> Result<Arc<[String]>, Refusal> {
    if asked.is_empty() {
        return Ok(Arc::clone(granted));
    }
    if !granted.is_empty() && asked.iter().any(|value| !granted.contains(value)) {
        return Err(Refusal::invalid_target(
            "the resource is not among those that were granted",
        ));
    }
    Ok(asked.into())
}

/// Writes the answer (RFC 6749 §5.1, OIDC Core §3.1.3.3).
fn written(answer: Answer, now: Timestamp) -> Response {
    let access = &answer.minted.access;
    // An answer that is given again has less time left than at first.
    let left = now.seconds_until(access.expires_at);
    let response = TokenResponse {
        access_token: answer.minted.access_token,
        token_type: "Bearer".into(),
        expires_in: Some(Duration::from_secs(u64::try_from(left).unwrap_or(0))),
        refresh_token: answer.refresh_token,
        id_token: answer.minted.id_token,
        scope: (!access.scope.is_empty()).then(|| access.scope.to_vec()),
        other: Map::new(),
        oddities: Vec::new(),
    };
    unstored(response.expose_json())
}
