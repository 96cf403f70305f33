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
use crate::core::jose::{Algorithm, SigningKey, jws};
use crate::core::secret::Secret;

/// A key that is there, or will be.
pub(super) struct Keys(watch::Receiver<Option<Made>>);

pub(super) type Made = Result<Arc<Key>, Arc<str>>;

/// The signing key and the set that publishes its public part.
pub(super) struct Key {
    signing: SigningKey,
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
        Self {
            jwks: Bytes::from(set.to_string()),
            signing,
        }
    }

    /// Returns the algorithm.
    pub(super) fn algorithm(&self) -> Algorithm {
        self.signing.algorithm()
    }

    /// Signs a JWT whose header says `typ`.
    pub(super) fn sign(&self, typ: &str, claims: &Map<String, Value>) -> Result<Secret, Refusal> {
        let header = Map::from_iter([("typ".to_owned(), Value::from(typ))]);
        let payload = serde_json::to_vec(claims)
            .map_err(|_| Refusal::server_error("the claims cannot be written"))?;
        jws::sign(&self.signing, header, &payload)
            .map_err(|error| Refusal::server_error(format!("cannot sign: {error}")))
    }
}
