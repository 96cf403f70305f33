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

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::time::Duration;

    use axum::extract::State;
    use axum::http::StatusCode;
    use tokio::sync::watch;
    use tokio::time::timeout;

    use super::*;
    use crate::core::jose::{Algorithm, SigningKey};
    use crate::server::config::Config;
    use crate::server::hygiene::Hosts;
    use crate::server::keys::{Key, Keys};
    use crate::server::state;
    use crate::server::{Options, runtime};

    fn waiting_for(keys: Keys) -> Shared {
        let issuer = "http://127.0.0.1:9400";
        let hosts = Hosts::new(
            &issuer.parse().unwrap(),
            "127.0.0.1:9400".parse().unwrap(),
            false,
        );
        let options = Options::new(Config::built_in());
        let state = state::State::new(options, issuer.to_owned(), hosts, keys);
        Arc::new(state.unwrap())
    }

    #[test]
    fn metadata_is_there_before_the_key_and_the_key_set_waits() {
        let (sender, receiver) = watch::channel(None);
        let state = waiting_for(Keys::awaited(receiver));
        runtime().unwrap().block_on(async {
            let answer = metadata(State(state.clone())).await;
            assert_eq!(answer.status(), StatusCode::OK);
            let waiting = jwks(State(state.clone()));
            tokio::pin!(waiting);
            let short = Duration::from_millis(20);
            assert!(timeout(short, &mut waiting).await.is_err(), "no key yet");
            let signing = SigningKey::generate(Algorithm::ES256, None).unwrap();
            sender.send(Some(Ok(Arc::new(Key::new(signing))))).unwrap();
            assert_eq!(waiting.await.unwrap().status(), StatusCode::OK);
        });
    }

    #[test]
    fn without_a_key_there_is_an_error_and_no_endless_wait() {
        let (sender, receiver) = watch::channel(None);
        sender.send(Some(Err("no entropy".into()))).unwrap();
        let (gone, orphaned) = watch::channel(None);
        drop(gone);
        for keys in [receiver, orphaned] {
            let state = waiting_for(Keys::awaited(keys));
            let answer = runtime().unwrap().block_on(jwks(State(state)));
            let status = answer.unwrap_err().into_response().status();
            assert_eq!(status, StatusCode::INTERNAL_SERVER_ERROR);
        }
    }
}
