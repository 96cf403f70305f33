//! The endpoints, a file each, and the routes to them.

mod documents;
mod introspection;
mod revocation;
mod token;
mod userinfo;

use axum::Json;
use axum::Router;
use axum::http::{StatusCode, header};
use axum::middleware;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use serde_json::{Map, Value};

use super::hygiene;
use super::refusal::Refusal;
use super::state::Shared;

/// Builds the router for an issuer whose path is `path`, empty for none.
pub(super) fn router(state: Shared, path: &str) -> Router {
    let mut router = Router::new()
        .route(&format!("{path}/token"), post(token::answer))
        .route(&format!("{path}/introspect"), post(introspection::answer))
        .route(&format!("{path}/revoke"), post(revocation::answer))
        .route(
            &format!("{path}/userinfo"),
            get(userinfo::answer_get).post(userinfo::answer_post),
        )
        .route(&format!("{path}/jwks"), get(documents::jwks));
    for known in well_known(path) {
        router = router.route(&known, get(documents::metadata));
    }
    router
        .route("/healthz", get(documents::health))
        .fallback(async || Refusal::not_found())
        .method_not_allowed_fallback(async || {
            Refusal::with_status(
                StatusCode::METHOD_NOT_ALLOWED,
                "the endpoint does not take this method",
            )
        })
        .layer(middleware::from_fn_with_state(
            state.clone(),
            hygiene::guard,
        ))
        .with_state(state)
}

/// Returns where the metadata is looked for: behind the issuer's path (OIDC
/// Discovery §4) and before it (RFC 8414 §3.1).
fn well_known(path: &str) -> Vec<String> {
    let mut paths = vec![
        format!("/.well-known/openid-configuration{path}"),
        format!("/.well-known/oauth-authorization-server{path}"),
    ];
    if !path.is_empty() {
        paths.push(format!("{path}/.well-known/openid-configuration"));
    }
    paths
}

/// Writes an answer that nobody may keep (RFC 6749 §5.1).
fn unstored(body: Map<String, Value>) -> Response {
    let headers = [
        (header::CACHE_CONTROL, "no-store"),
        (header::PRAGMA, "no-cache"),
    ];
    (headers, Json(body)).into_response()
}
