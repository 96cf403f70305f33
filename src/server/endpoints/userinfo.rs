//! UserInfo (OIDC Core §5.3), a resource protected by Bearer tokens (RFC 6750).

use axum::extract::{FromRequest, Request, State};
use axum::http::{HeaderMap, header};
use axum::response::Response;
use serde_json::{Map, Value};

use super::unstored;
use crate::core::secret::Secret;
use crate::server::claims;
use crate::server::form::{self, Form};
use crate::server::refusal::Refusal;
use crate::server::state::{self, Shared};

/// Answers a GET; the token stands in the header.
pub(super) async fn answer_get(
    State(state): State<Shared>,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    state.userinfo(from_header(&headers)?)
}

/// Answers a POST; the token stands in the header, or in a form body
/// (RFC 6750 §2.2).
pub(super) async fn answer_post(
    State(state): State<Shared>,
    request: Request,
) -> Result<Response, Refusal> {
    let in_header = from_header(request.headers())?;
    if !form::is_form(request.headers()) {
        return state.userinfo(in_header);
    }
    let form = Form::from_request(request, &state).await?;
    let in_body = form.secret("access_token").cloned();
    if in_header.is_some() && in_body.is_some() {
        // "Clients MUST NOT use more than one method to transmit the token
        // in each request" (RFC 6750 §2).
        return Err(Refusal::bearer_invalid_request(
            "the access token is sent in two ways at once",
        ));
    }
    state.userinfo(in_header.or(in_body))
}

impl state::State {
    fn userinfo(&self, token: Option<Secret>) -> Result<Response, Refusal> {
        let token = token.ok_or_else(Refusal::token_missing)?;
        let live = self
            .grants
            .access(token.expose(), self.now())
            .ok_or_else(|| {
                Refusal::invalid_token("the access token is unknown, expired or revoked")
            })?;
        let scope = &live.token.scope;
        if !scope.iter().any(|token| token == "openid") {
            return Err(Refusal::insufficient_scope(
                "the access token lacks the scope openid",
            ));
        }
        let mut members = Map::from_iter([("sub".to_owned(), Value::from(&*live.sub))]);
        let user = live.username.as_ref().and_then(|name| self.user(name));
        if let Some(user) = user {
            members.extend(claims::released(&user.claims, scope));
        }
        Ok(unstored(members))
    }
}

/// Reads `Authorization: Bearer TOKEN`. `None` where there is no such header,
/// or one of another scheme: RFC 6750 §3.1 treats "an unsupported
/// authentication method" like none at all.
fn from_header(headers: &HeaderMap) -> Result<Option<Secret>, Refusal> {
    let mut fields = headers.get_all(header::AUTHORIZATION).iter();
    let Some(field) = fields.next() else {
        return Ok(None);
    };
    if fields.next().is_some() {
        return Err(Refusal::bearer_invalid_request(
            "the Authorization header comes twice",
        ));
    }
    let malformed = || Refusal::bearer_invalid_request("the Authorization header is malformed");
    let text = field.to_str().map_err(|_| malformed())?;
    let (scheme, token) = text.split_once(' ').unwrap_or((text, ""));
    match (scheme.eq_ignore_ascii_case("bearer"), token.trim()) {
        (false, _) => Ok(None),
        (true, "") => Err(malformed()),
        (true, token) => Ok(Some(Secret::new(token))),
    }
}
