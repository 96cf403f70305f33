//! How long the server lets a copy be kept.

use std::time::Duration;

use crate::core::http::Response;

/// How long a response may be kept (RFC 9111 §5.2.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stored {
    /// For this long.
    For(Duration),
    /// The server does not say.
    NotSaid,
    /// Not at all.
    Never,
}

impl Stored {
    pub(super) fn map(self, change: impl FnOnce(Duration) -> Duration) -> Self {
        match self {
            Self::For(span) => Self::For(change(span)),
            other => other,
        }
    }
}

/// Reads `Cache-Control` and `Age`. `no-cache` lets a copy be kept for when
/// the server is down, but never be fresh.
pub(super) fn max_age(response: &Response) -> Stored {
    let mut stored = Stored::NotSaid;
    let values = response
        .headers
        .iter()
        .filter(|(name, _)| name == "cache-control");
    for directive in values.flat_map(|(_, value)| value.split(',')) {
        let (name, value) = directive.split_once('=').unwrap_or((directive, ""));
        match name.trim().to_ascii_lowercase().as_str() {
            "no-store" => return Stored::Never,
            "no-cache" => stored = Stored::For(Duration::ZERO),
            "max-age" if stored == Stored::NotSaid => {
                if let Ok(seconds) = value.trim().trim_matches('"').parse() {
                    stored = Stored::For(Duration::from_secs(seconds));
                }
            }
            _ => {}
        }
    }
    let age = response
        .header("age")
        .and_then(|age| age.trim().parse().ok())
        .map_or(Duration::ZERO, Duration::from_secs);
    stored.map(|span| span.saturating_sub(age))
}
