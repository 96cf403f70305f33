//! The signing key, made while the server already listens.
//!
//! An RSA key takes a fifth of a second and more. Metadata must not wait for
//! it; a token or the key set does.

use std::io;
use std::sync::Arc;

use axum::body::Bytes;
use serde_json::{Map, Value, json};
use tokio::sync::watch;

use super::refusal::Refusal;
use crate::core::jose::jws::Signer;
use crate::core::jose::{Algorithm, SigningKey};
use crate::core::secret::Secret;

/// A key that is there, or will be.
pub(super) struct Keys(watch::Receiver<Option<Made>>);

pub(super) type Made = Result<Arc<Key>, Arc<str>>;

/// The signing key, by the tokens that it signs, and the set that publishes
/// its public part.
pub(super) struct Key {
    access_token: Signer,
    id_token: Signer,
    pub(super) jwks: Bytes,
}

impl Keys {
    /// Starts to make a key on a thread of its own.
    ///
    /// # Errors
    ///
    /// When the system starts no thread.
    pub(super) fn generate(algorithm: Algorithm) -> io::Result<Self> {
        let (sender, receiver) = watch::channel(None);
        std::thread::Builder::new()
            .name("key".into())
            .spawn(move || {
                let made = SigningKey::generate(algorithm, None)
                    .map(|signing| Arc::new(Key::new(signing)))
                    .map_err(|error| Arc::from(error.to_string()));
                // Nobody waits for it any more when the server has stopped.
                let _ = sender.send(Some(made));
            })?;
        Ok(Self(receiver))
    }

    /// Takes a key that comes by a channel, for tests of the waiting.
    #[cfg(test)]
    pub(super) fn awaited(receiver: watch::Receiver<Option<Made>>) -> Self {
        Self(receiver)
    }

    /// Waits for the key.
    pub(super) async fn key(&self) -> Result<Arc<Key>, Refusal> {
        let mut receiver = self.0.clone();
        let made = receiver
            .wait_for(Option::is_some)
            .await
            .ok()
            .and_then(|made| made.clone());
        match made {
            Some(Ok(key)) => Ok(key),
            Some(Err(why)) => Err(Refusal::server_error(format!("no signing key: {why}"))),
            None => Err(Refusal::server_error("no signing key")),
        }
    }
}

impl Key {
    pub(super) fn new(signing: SigningKey) -> Self {
        // The public part alone is ever turned into JSON (V19).
        let set = json!({ "keys": [signing.public_jwk()] });
        let signing = Arc::new(signing);
        let signer = |typ: &str| {
            let header = Map::from_iter([("typ".to_owned(), Value::from(typ))]);
            Signer::new(Arc::clone(&signing), header)
        };
        Self {
            access_token: signer("at+jwt"),
            id_token: signer("JWT"),
            jwks: Bytes::from(set.to_string()),
        }
    }

    /// Returns the algorithm.
    pub(super) fn algorithm(&self) -> Algorithm {
        self.access_token.algorithm()
    }

    /// Signs an access token (RFC 9068 §2.1).
    pub(super) fn sign_access_token(&self, claims: &Map<String, Value>) -> Result<Secret, Refusal> {
        sign(&self.access_token, claims)
    }

    /// Signs an ID Token.
    pub(super) fn sign_id_token(&self, claims: &Map<String, Value>) -> Result<Secret, Refusal> {
        sign(&self.id_token, claims)
    }
}

fn sign(signer: &Signer, claims: &Map<String, Value>) -> Result<Secret, Refusal> {
    let payload = serde_json::to_vec(claims)
        .map_err(|_| Refusal::server_error("the claims cannot be written"))?;
    signer
        .sign(&payload)
        .map_err(|error| Refusal::server_error(format!("cannot sign: {error}")))
}
