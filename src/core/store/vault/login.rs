//! The token of a login: of this process alone, and given back at its end.

use std::time::Duration;

use serde::Deserialize;

use crate::core::secret::Secret;

/// A token that a login gave.
pub(super) struct Session {
    token: Secret,
    revocable: bool,
    /// On the clock that measures spans.
    until: Option<Duration>,
}

impl Session {
    /// Reads the answer to a login that came at `now`; `None` where it holds
    /// no token.
    pub fn parse(body: &[u8], now: Duration) -> Option<Self> {
        let answer: Answer = serde_json::from_slice(body).ok()?;
        let auth = answer.auth.filter(|auth| !auth.client_token.is_empty())?;
        let lasts = Duration::from_secs(auth.lease_duration);
        Some(Self {
            token: Secret::new(auth.client_token),
            // Batch tokens are kept nowhere, so there is nothing to revoke.
            revocable: auth.token_type != "batch",
            until: (!lasts.is_zero()).then(|| now.saturating_add(lasts)),
        })
    }

    /// Returns the token.
    pub fn token(&self) -> &Secret {
        &self.token
    }

    /// Says whether the token is good for some seconds more.
    pub fn lives(&self, now: Duration) -> bool {
        self.until
            .is_none_or(|until| now.saturating_add(MARGIN) < until)
    }

    /// Says whether it can be given back.
    pub fn is_revocable(&self) -> bool {
        self.revocable
    }
}

#[derive(Deserialize)]
struct Answer {
    auth: Option<Auth>,
}

#[derive(Deserialize)]
struct Auth {
    client_token: String,
    #[serde(default)]
    lease_duration: u64,
    #[serde(default)]
    token_type: String,
}

/// A new login rather than a token that ends under way.
const MARGIN: Duration = Duration::from_secs(5);
