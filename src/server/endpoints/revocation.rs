//! Token revocation (RFC 7009).

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};

use crate::server::form::Form;
use crate::server::grants::Revocation;
use crate::server::refusal::Refusal;
use crate::server::state::Shared;

/// Revokes a token of the client that asks. A token that is not known is
/// answered like one that was revoked: "the purpose of the revocation request,
/// invalidating the particular token, is already achieved" (§2.2).
pub(super) async fn answer(
    State(state): State<Shared>,
    headers: HeaderMap,
    form: Form,
) -> Result<StatusCode, Refusal> {
    let client = state.authenticate(&headers, &form).await?;
    let token = form.required("token")?.expose();
    match state.grants.revoke(token, &client.client_id) {
        Revocation::Done => Ok(StatusCode::OK),
        // §2.1: "the request is refused and the client is informed".
        Revocation::NotYours => Err(Refusal::invalid_grant(
            "the token was issued to another client",
        )),
    }
}
