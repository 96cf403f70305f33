//! What Vault's answers say.

use serde::Deserialize;
use serde_json::Value;

use crate::core::http::Response;
use crate::core::time::Timestamp;

/// One version of an entry.
pub(super) struct Entry<T> {
    /// Its number, which the next write must name.
    pub version: u64,
    /// When it was written, by Vault's clock.
    pub created: Option<Timestamp>,
    /// Vault's present when it answered, in whole seconds.
    pub now: Option<Timestamp>,
    /// The data; `None` where the last version was deleted.
    pub data: Option<T>,
}

/// What became of a write.
pub(super) enum Written {
    /// It is there.
    Yes {
        /// The version that it became.
        version: u64,
        /// Vault's present.
        created: Option<Timestamp>,
    },
    /// Another version is there than the one that was named.
    Mismatch,
}

/// What all answers but a login's hold.
#[derive(Deserialize)]
pub(super) struct Answer<T> {
    pub data: T,
}

/// The answer to a read.
#[derive(Deserialize)]
#[serde(bound = "T: Deserialize<'de>")]
pub(super) struct Versioned<T> {
    pub data: Option<T>,
    pub metadata: Version,
}

/// The answer to a write, and what is told of a version that is read.
#[derive(Deserialize)]
pub(super) struct Version {
    pub version: u64,
    #[serde(default)]
    created_time: String,
}

impl Version {
    /// Returns when it was written, by Vault's clock.
    pub fn created(&self) -> Option<Timestamp> {
        self.created_time.parse().ok()
    }
}

/// The answer to a list.
#[derive(Deserialize)]
pub(super) struct Names {
    pub keys: Vec<String>,
}

/// Says whether a 404 is that of an entry whose last version was deleted.
pub(super) fn is_of_deleted(response: &Response) -> bool {
    serde_json::from_slice::<Value>(&response.body)
        .is_ok_and(|answer| answer.pointer("/data/metadata/version").is_some())
}

/// Says whether an answer lists errors, if only an empty list, as all of
/// Vault's refusals do.
pub(super) fn is_of_vault(response: &Response) -> bool {
    serde_json::from_slice::<Value>(&response.body).is_ok_and(|answer| answer["errors"].is_array())
}

/// Returns what Vault said went wrong, in its first lines.
pub(super) fn said(response: &Response) -> String {
    #[derive(Deserialize)]
    struct Errors {
        #[serde(default)]
        errors: Vec<String>,
    }
    let errors = serde_json::from_slice(&response.body)
        .map(|errors: Errors| errors.errors)
        .unwrap_or_default();
    let text = errors.join("; ");
    let words: Vec<&str> = text.split_whitespace().collect();
    words.join(" ").chars().take(SAID).collect()
}

/// How much of what Vault said is kept.
const SAID: usize = 200;
