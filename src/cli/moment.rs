//! An instant that is typed, by itself or by its distance from now.

use std::str::FromStr;
use std::time::Duration;

use authctl::core::time::{Timestamp, parse_span};

/// An instant: `15m` (from now), `-1h` (ago), `now`, `2026-01-31T12:00:00Z`,
/// or `@1700000000`, Unix seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moment {
    /// So long from now.
    After(Duration),
    /// So long ago.
    Before(Duration),
    /// By itself.
    At(Timestamp),
}

impl Moment {
    /// The least number that is taken for Unix seconds (of the year 2001), not
    /// for a duration: nobody writes one of 31 years in seconds.
    const UNIX_SECONDS: u64 = 1_000_000_000;

    /// Returns the instant.
    pub fn from(self, now: Timestamp) -> Timestamp {
        match self {
            Self::After(span) => now.saturating_add(span),
            Self::Before(span) => now.saturating_sub(span),
            Self::At(instant) => instant,
        }
    }
}

impl FromStr for Moment {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if let Some(seconds) = text.strip_prefix('@')
            && let Ok(seconds) = seconds.parse()
        {
            return Ok(Self::At(Timestamp(seconds)));
        }
        if text == "now" {
            return Ok(Self::After(Duration::ZERO));
        }
        if let Ok(number) = text.parse::<u64>()
            && number >= Self::UNIX_SECONDS
        {
            return Err(format!(
                "a number alone is a duration; the instant of these Unix seconds is @{number}"
            ));
        }
        let (span, side): (_, fn(Duration) -> Self) = match text.strip_prefix('-') {
            Some(span) => (span, Self::Before),
            None => (text.strip_prefix('+').unwrap_or(text), Self::After),
        };
        if let Ok(span) = parse_span(span) {
            return Ok(side(span));
        }
        match text.parse::<Timestamp>() {
            Ok(instant) => Ok(Self::At(instant)),
            Err(_) => Err(
                "expected a duration from now like 15m or 1h30m, or an instant like 2026-01-31T12:00:00Z or @1700000000"
                    .into(),
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_read() {
        let now = Timestamp(1_800_000_000);
        for (text, instant) in [
            ("15m", now.0 + 900),
            ("+90", now.0 + 90),
            ("1h30m", now.0 + 5_400),
            ("0", now.0),
            ("now", now.0),
            ("-1d", now.0 - 86_400),
            ("-5", now.0 - 5),
            ("999999999", now.0 + 999_999_999),
            ("36500d", now.0 + 3_153_600_000),
            ("@1700000000", 1_700_000_000),
            ("@-1", -1),
            ("2023-11-14T22:13:20Z", 1_700_000_000),
            ("2023-11-14T23:13:20+01:00", 1_700_000_000),
        ] {
            let moment: Moment = text.parse().unwrap();
            assert_eq!(moment.from(now), Timestamp(instant), "{text}");
        }
    }

    #[test]
    fn other_texts_are_no_moments() {
        for text in [
            "",
            "-",
            "+",
            "@",
            "@1.5",
            "1.5h",
            "tomorrow",
            "--5m",
            "+-5m",
            "2026-01-31",
        ] {
            let error = text.parse::<Moment>().unwrap_err();
            assert!(error.starts_with("expected a duration"), "{text}: {error}");
        }
        assert_eq!(
            "1700000000".parse::<Moment>(),
            Err(
                "a number alone is a duration; the instant of these Unix seconds is @1700000000"
                    .into()
            )
        );
    }
}
