//! The JOSE rules: algorithms, keys, sets, JWS, JWT, claims.

use super::error::{Exit, Report};

/// What went wrong.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Error(String);

impl Error {
    /// Returns further members for the error object of `--json`.
    pub fn details(&self) -> serde_json::Map<String, serde_json::Value> {
        serde_json::Map::new()
    }
}

impl Report for Error {
    fn code(&self) -> &'static str {
        "token"
    }
    fn exit(&self) -> Exit {
        Exit::BadToken
    }
}
