//! JWK Sets as documents that are kept: listed, edited, rotated.
//!
//! [`JwkSet`](super::JwkSet) is what verifies; here is what a person or a
//! script does to the file it is read from. [`SetDocument`] holds the text and
//! changes no more of it than was asked for; [`edit`] adds and removes keys;
//! [`Rotation`] replaces the signing key so that no verifier misses it;
//! [`summary()`] says what is in a set and what is wrong with it. All of it is
//! pure: files, locks and the clock are the caller's.

mod document;
pub mod edit;
mod import;
mod rotation;
mod summary;

pub use document::{Entry, SetDocument};
pub use import::{Part, import, left_out};
pub use rotation::{
    Action, MAX_SPAN, Next, Phase, Policy, Rotation, Slot, Step, Unclear, is_for_signatures,
    perform,
};
pub use summary::{KeySummary, Problem, summary};

use serde_json::{Map, Value};

use super::jwe::KeyManagement;

/// The members that make a private key or a secret, of every type of key that
/// is registered (RFC 7518 §6.2.2, §6.3.2, §6.4; RFC 8037 §2; RFC 9964 §3).
pub(super) const PRIVATE: [&str; 9] = ["d", "p", "q", "dp", "dq", "qi", "oth", "k", "priv"];

/// Says whether a JWK has members that no public key has.
pub fn is_private(jwk: &Map<String, Value>) -> bool {
    PRIVATE.iter().any(|name| jwk.contains_key(*name))
}

/// Says whether a JWK is for something else than signatures by its own words.
fn is_for_other_use(jwk: &Map<String, Value>) -> bool {
    text_of(jwk, "use").is_some_and(|usage| usage != "sig")
        || text_of(jwk, "alg").is_some_and(|name| name.parse::<KeyManagement>().is_ok())
}

/// Returns a member that is a string.
fn text_of<'a>(jwk: &'a Map<String, Value>, name: &str) -> Option<&'a str> {
    jwk.get(name).and_then(Value::as_str)
}
