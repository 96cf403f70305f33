//! Many signatures by one key.

use std::sync::Arc;

use serde_json::{Map, Value};

use super::sign::{Form, complete_header, encode_header, put_together};
use crate::core::jose::algorithm::Algorithm;
use crate::core::jose::error::Error;
use crate::core::jose::signing_key::SigningKey;
use crate::core::secret::Secret;

/// Signs payloads as [`super::sign()`] does, under one header, which is encoded
/// once.
pub struct Signer {
    key: Arc<SigningKey>,
    /// With the dot that ends it.
    header: String,
}

impl Signer {
    /// Binds a key to a header.
    pub fn new(key: Arc<SigningKey>, header: Map<String, Value>) -> Self {
        let header = encode_header(&complete_header(&key, header));
        Self { key, header }
    }

    /// Returns the algorithm.
    pub fn algorithm(&self) -> Algorithm {
        self.key.algorithm()
    }

    /// Signs a payload.
    ///
    /// # Errors
    ///
    /// [`Error::Crypto`].
    pub fn sign(&self, payload: &[u8]) -> Result<Secret, Error> {
        put_together(&self.key, &self.header, payload, Form::default())
    }
}
