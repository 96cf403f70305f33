//! What anyone may read: metadata, the key set, a sign of life.

use axum::body::Bytes;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};

use crate::server::refusal::Refusal;
use crate::server::state::Shared;

/// Five minutes: long enough to spare requests, short enough to try a change.
const CACHE: &str = "public, max-age=300";

/// Answers with the metadata document; it never waits for the key.
pub(super) async fn metadata(State(state): State<Shared>) -> Response {
    document("application/json", state.metadata.clone())
}

/// Answers with the JWK Set (RFC 7517 §5): public parts only.
pub(super) async fn jwks(State(state): State<Shared>) -> Result<Response, Refusal> {
    let key = state.keys.key().await?;
    Ok(document("application/jwk-set+json", key.jwks.clone()))
}

/// Answers that the server is there.
pub(super) async fn health() -> &'static str {
    "ok\n"
}

fn document(media_type: &'static str, body: Bytes) -> Response {
    let headers = [
        (header::CONTENT_TYPE, media_type),
        (header::CACHE_CONTROL, CACHE),
    ];
    (headers, body).into_response()
}
