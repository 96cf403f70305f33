//! How far a server's clock is from ours.
//!
//! A server says what time it is in the `Date` of its answers (RFC 9110
//! §6.6.1). Those of the token endpoint and of the metadata are measured
//! against the local clock ([`crate::core::http::clock_offset`]), and what
//! was measured is kept beside the cached metadata, so that the next process
//! knows of it too. It is used for this, and for nothing else:
//!
//! - **A warning** from [`ClockOffset::NOTABLE`] on, once a command: whoever
//!   else judges tokens on this machine will go wrong.
//! - **ID Tokens** that come from the token endpoint are judged by the clock
//!   of the answer that brought them ([`ClockOffset::correct`]): `exp`, `nbf`
//!   and `iat` were written by that clock. Only what was measured in the same
//!   process counts, never a kept value, since whoever writes to the cache
//!   folder must not choose by which clock tokens are judged. The answer came
//!   over TLS or from loopback, as all do, from the very server that signed
//!   the token; still its word moves our clock by [`ClockOffset::MOST_TRUSTED`]
//!   at most. So an ID Token is never accepted later than that and the leeway
//!   of [`crate::core::oauth::id_token::LEEWAY`] after its `exp` by the local
//!   clock. A greater offset is not used in part: it is named as the reason of
//!   the refusal.
//! - **The end of an access token** is `expires_in` after its arrival by the
//!   local clock, so an offset that stays the same does not matter. It is kept
//!   with the token all the same: where the clock has been set since, or a
//!   machine with another clock reads the same store, the two offsets differ,
//!   and their difference is how far that clock has moved
//!   ([`ClockOffset::moved_since`]).
//!
//! Nothing follows from an offset of more than a year
//! ([`ClockOffset::is_absurd`]) but the warning.
//!
//! `verify` and `decode` judge by the local clock alone, as they say: tokens
//! come to them from anywhere, and there `--leeway` and `--now` are the user's
//! to give.

use std::fmt;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::{Timestamp, humanize_span};

/// How far a server's clock is ahead of ours. It prints as a clause: `the
/// clock here is 5 min behind that of https://as.example`, and of an absurd one
/// what that means.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClockOffset {
    /// In seconds; negative when the server's is behind.
    pub seconds: i64,
    /// Whose clock: the issuer or, for a server without metadata, its token
    /// endpoint.
    pub server: String,
    /// When it was measured, by our clock.
    pub measured_at: Timestamp,
}

impl ClockOffset {
    /// Beyond this it is worth a warning.
    pub const NOTABLE: Duration = Duration::from_secs(60);

    /// How far a server's word may move our clock: "usually no more than a few
    /// minutes" (RFC 7519 §4.1.4), the five of Kerberos (RFC 4120 §8.2).
    pub const MOST_TRUSTED: Duration = Duration::from_secs(300);

    /// Beyond this a difference is no clock that was set right, but one that
    /// went wild; nothing follows from it.
    const MOST_MOVED: u64 = 24 * 60 * 60;

    /// Beyond this one of the two clocks was never set.
    const ABSURD: Duration = Duration::from_secs(366 * 24 * 60 * 60);

    /// Says whether a person should be told.
    pub fn is_notable(&self) -> bool {
        self.seconds.unsigned_abs() > Self::NOTABLE.as_secs()
    }

    /// Says whether [`ClockOffset::correct`] uses it.
    pub fn is_trusted(&self) -> bool {
        self.seconds.unsigned_abs() <= Self::MOST_TRUSTED.as_secs()
    }

    /// Says whether one of the two clocks was never set, as that of a device
    /// that starts in 1970.
    pub fn is_absurd(&self) -> bool {
        is_absurd(self.seconds)
    }

    /// Returns what the server's clock shows when ours shows `now`; `now`
    /// itself where the two are further apart than
    /// [`ClockOffset::MOST_TRUSTED`].
    pub fn correct(&self, now: Timestamp) -> Timestamp {
        if self.is_trusted() {
            Timestamp(now.0.saturating_add(self.seconds))
        } else {
            now
        }
    }

    /// Returns by how many seconds our clock stands otherwise to the server's
    /// than when it was `then` seconds behind it: added to an instant of ours
    /// now, it gives the one that our clock of then would show. Of absurd
    /// offsets nothing is reckoned: a server that says 1970 at all times would
    /// have our clock move while it only goes on.
    pub fn moved_since(&self, then: i64) -> i64 {
        let moved = self.seconds.saturating_sub(then);
        let is_absurd = self.is_absurd() || is_absurd(then);
        if moved.unsigned_abs() <= Self::MOST_MOVED && !is_absurd {
            moved
        } else {
            0
        }
    }
}

fn is_absurd(seconds: i64) -> bool {
    seconds.unsigned_abs() > ClockOffset::ABSURD.as_secs()
}

impl fmt::Display for ClockOffset {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let span = humanize_span(self.seconds.unsigned_abs());
        match self.seconds {
            0 => write!(f, "the clock here shows the time of {}", self.server),
            1.. => write!(f, "the clock here is {span} behind that of {}", self.server),
            _ => write!(
                f,
                "the clock here is {span} ahead of that of {}",
                self.server
            ),
        }?;
        match self.is_absurd() {
            true => f.write_str(", so one of the two was never set"),
            false => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp(1_700_000_000);

    fn offset(seconds: i64) -> ClockOffset {
        ClockOffset {
            seconds,
            server: "https://as.example".into(),
            measured_at: NOW,
        }
    }

    #[test]
    fn it_is_used_whole_or_not_at_all() {
        for (seconds, used) in [
            (0, 0),
            (-1, -1),
            (300, 300),
            (-300, -300),
            (301, 0),
            (-301, 0),
            (i64::MAX, 0),
            (i64::MIN, 0),
        ] {
            let corrected = offset(seconds).correct(NOW);
            assert_eq!(corrected, Timestamp(NOW.0 + used), "{seconds}");
        }
    }

    #[test]
    fn a_person_is_told_past_a_minute() {
        for (seconds, told) in [(0, false), (60, false), (61, true), (-60, false)] {
            assert_eq!(offset(seconds).is_notable(), told, "{seconds}");
        }
        assert!(offset(-61).is_notable());
        assert!(offset(i64::MIN).is_notable());
    }

    #[test]
    fn a_clock_that_was_set_is_told_from_one_that_went_wild() {
        for (now, then, moved) in [
            (0, 0, 0),
            (600, 600, 0),
            (0, -600, 600),
            (-600, 0, -600),
            (86_400, 0, 86_400),
            (86_401, 0, 0),
            (i64::MIN, i64::MAX, 0),
            (31_622_400, 31_622_395, 5),
            (31_622_401, 31_622_396, 0),
            (-31_622_396, -31_622_401, 0),
        ] {
            assert_eq!(offset(now).moved_since(then), moved, "{now} {then}");
        }
    }

    #[test]
    fn a_clock_that_was_never_set_is_told_from_one_that_is_off() {
        let year = 366 * 24 * 60 * 60;
        for (seconds, absurd) in [
            (0, false),
            (year, false),
            (-year, false),
            (year + 1, true),
            (-year - 1, true),
            (i64::MIN, true),
        ] {
            assert_eq!(offset(seconds).is_absurd(), absurd, "{seconds}");
        }
    }

    #[test]
    fn it_prints_as_a_clause() {
        for (seconds, text) in [
            (0, "the clock here shows the time of https://as.example"),
            (
                90,
                "the clock here is 90 s behind that of https://as.example",
            ),
            (
                -600,
                "the clock here is 10 min ahead of that of https://as.example",
            ),
            (
                -NOW.0,
                "the clock here is 53 years ahead of that of https://as.example, so one of the \
                 two was never set",
            ),
        ] {
            assert_eq!(offset(seconds).to_string(), text);
        }
    }
}
