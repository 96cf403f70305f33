//! Instants, spans and the clock.
//!
//! Instants are whole seconds since the Unix epoch ([`Timestamp`]), the unit
//! of every time in OAuth and JOSE (`NumericDate`, RFC 7519 §2). This is the
//! only file of the core that reads the system's clock. How far that clock is
//! from a server's, and what is made of it, is said at [`ClockOffset`].

mod offset;

use std::fmt;
use std::str::FromStr;
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

pub use offset::ClockOffset;

/// An instant: seconds since the Unix epoch, leap seconds ignored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Timestamp(pub i64);

impl Timestamp {
    /// Returns the instant `span` later, at the latest `i64::MAX`.
    pub fn saturating_add(self, span: Duration) -> Self {
        Self(self.0.saturating_add_unsigned(span.as_secs()))
    }

    /// Returns the instant `span` earlier, at the earliest `i64::MIN`.
    pub fn saturating_sub(self, span: Duration) -> Self {
        Self(self.0.saturating_sub_unsigned(span.as_secs()))
    }

    /// Returns the seconds from `self` until `later`, negative when `later`
    /// has passed.
    pub fn seconds_until(self, later: Timestamp) -> i64 {
        later.0.saturating_sub(self.0)
    }

    /// Returns the instant as RFC 3339 in UTC (`2026-01-31T12:00:00Z`), or
    /// `None` outside the years that RFC 3339 can write (0000 to 9999).
    pub fn to_rfc3339(self) -> Option<String> {
        let text = match jiff::Timestamp::from_second(self.0) {
            Ok(instant) => instant.to_string(),
            Err(_) => last_days(self)?,
        };
        // Years before 0 are written with a sign, which is not RFC 3339.
        (!text.starts_with('-')).then_some(text)
    }
}

impl fmt::Display for Timestamp {
    /// Writes RFC 3339 where that is possible, otherwise the bare seconds.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.to_rfc3339() {
            Some(text) => f.write_str(&text),
            None => write!(f, "@{}", self.0),
        }
    }
}

impl FromStr for Timestamp {
    type Err = InvalidTime;

    /// Reads Unix seconds (`1700000000`) or RFC 3339 (`2026-01-31T12:00:00Z`).
    fn from_str(text: &str) -> Result<Self, InvalidTime> {
        if let Ok(seconds) = text.parse::<i64>() {
            return Ok(Self(seconds));
        }
        if !has_offset(text) {
            return Err(InvalidTime::Instant);
        }
        // The last days as those two before them.
        let (text, later) = match text.strip_prefix("9999-12-3") {
            Some(rest) if rest.starts_with('0') => (format!("9999-12-28{}", &rest[1..]), TWO_DAYS),
            Some(rest) if rest.starts_with('1') => (format!("9999-12-29{}", &rest[1..]), TWO_DAYS),
            _ => (text.to_owned(), 0),
        };
        text.parse::<jiff::Timestamp>()
            .map(|instant| Self(instant.as_second() + later))
            .map_err(|_| InvalidTime::Instant)
    }
}

/// The instants of the library below end in the last but one day of 9999, so
/// that they have a date in every time zone; those of RFC 3339 do not.
const TWO_DAYS: i64 = 2 * 86_400;

/// Writes an instant of the last two days of 9999.
fn last_days(instant: Timestamp) -> Option<String> {
    let before = jiff::Timestamp::from_second(instant.0.checked_sub(TWO_DAYS)?).ok()?;
    let before = before.to_string();
    let (day, rest) = match before.strip_prefix("9999-12-2")?.split_at(1) {
        ("8", rest) => ("30", rest),
        ("9", rest) => ("31", rest),
        _ => return None,
    };
    Some(format!("9999-12-{day}{rest}"))
}

/// Says whether a text ends in a `time-offset` (RFC 3339 §5.6): `Z`, or a sign
/// with an hour up to 23 and a minute up to 59. The library below takes more,
/// such as `+25:00`.
fn has_offset(text: &str) -> bool {
    let two = |octets: &[u8], limit| match octets {
        [tens @ b'0'..=b'9', ones @ b'0'..=b'9'] => (tens - b'0') * 10 + (ones - b'0') < limit,
        _ => false,
    };
    match text.as_bytes() {
        [.., b'Z' | b'z'] => true,
        [.., b'+' | b'-', h1, h2, b':', m1, m2] => two(&[*h1, *h2], 24) && two(&[*m1, *m2], 60),
        _ => false,
    }
}

/// Why a text is not a time.
#[derive(Debug, thiserror::Error, PartialEq, Eq, Clone, Copy)]
pub enum InvalidTime {
    /// Neither Unix seconds nor RFC 3339.
    #[error("expected Unix seconds or RFC 3339, like 1700000000 or 2026-01-31T12:00:00Z")]
    Instant,
    /// Not of the forms that [`parse_span`] reads.
    #[error("expected a duration like 90, 90s, 5m, 1h30m or 7d")]
    Span,
}

/// Reads a span of time: `90`, `90s`, `5m`, `1h30m` or `7d`; a bare number is
/// seconds. Units run from large to small and none comes twice.
///
/// # Errors
///
/// [`InvalidTime::Span`] for any other text, and for a sum beyond `u64`.
pub fn parse_span(text: &str) -> Result<Duration, InvalidTime> {
    const UNITS: [(char, u64); 4] = [('d', 86_400), ('h', 3_600), ('m', 60), ('s', 1)];
    if text.is_empty() {
        return Err(InvalidTime::Span);
    }
    let mut total = 0u64;
    let mut units = &UNITS[..];
    let mut rest = text;
    while !rest.is_empty() {
        let digits = rest.len() - rest.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        let number: u64 = rest[..digits].parse().map_err(|_| InvalidTime::Span)?;
        let bare = digits == rest.len();
        if bare && digits != text.len() {
            return Err(InvalidTime::Span);
        }
        let unit = rest[digits..].chars().next().unwrap_or('s');
        let at = units
            .iter()
            .position(|(name, _)| *name == unit)
            .ok_or(InvalidTime::Span)?;
        total = number
            .checked_mul(units[at].1)
            .and_then(|seconds| total.checked_add(seconds))
            .ok_or(InvalidTime::Span)?;
        units = &units[at + 1..];
        rest = if bare { "" } else { &rest[digits + 1..] };
    }
    Ok(Duration::from_secs(total))
}

/// Writes a span as [`parse_span`] reads it, at most two units and without
/// the zero ones: `90` seconds are `1m30s`.
pub fn format_span(seconds: u64) -> String {
    let parts = [
        (seconds / 86_400, "d"),
        (seconds / 3_600 % 24, "h"),
        (seconds / 60 % 60, "m"),
        (seconds % 60, "s"),
    ];
    let Some(first) = parts.iter().position(|(count, _)| *count > 0) else {
        return "0s".to_owned();
    };
    parts[first..]
        .iter()
        .take(2)
        .filter(|(count, _)| *count > 0)
        .map(|(count, unit)| format!("{count}{unit}"))
        .collect()
}

/// Writes a span for a person, in its one largest unit: `12 min`, `3 h`,
/// `1 day`.
pub fn humanize_span(seconds: u64) -> String {
    match seconds {
        0..120 => format!("{seconds} s"),
        120..7_200 => format!("{} min", seconds / 60),
        7_200..172_800 => format!("{} h", seconds / 3_600),
        172_800..63_072_000 => format!("{} days", seconds / 86_400),
        _ => format!("{} years", seconds / 31_536_000),
    }
}

/// Where the present comes from, and how to wait.
pub trait Clock {
    /// Returns the present instant.
    fn now(&self) -> Timestamp;
    /// Waits for `span`.
    fn sleep(&self, span: Duration);
    /// Returns how long ago some fixed instant was, to measure spans with: it
    /// never goes back, not even when the clock is set.
    fn monotonic(&self) -> Duration {
        Duration::from_secs(u64::try_from(self.now().0).unwrap_or_default())
    }
}

/// The system's clock.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        let now = std::time::SystemTime::now();
        let seconds = match now.duration_since(std::time::UNIX_EPOCH) {
            Ok(since) => i64::try_from(since.as_secs()).unwrap_or(i64::MAX),
            Err(before) => -i64::try_from(before.duration().as_secs()).unwrap_or(i64::MAX),
        };
        Timestamp(seconds)
    }

    fn sleep(&self, span: Duration) {
        std::thread::sleep(span);
    }

    fn monotonic(&self) -> Duration {
        static START: OnceLock<Instant> = OnceLock::new();
        START.get_or_init(Instant::now).elapsed()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_are_read() {
        for (text, seconds) in [
            ("0", 0),
            ("90", 90),
            ("90s", 90),
            ("5m", 300),
            ("1h30m", 5_400),
            ("7d", 604_800),
            ("1d2h3m4s", 93_784),
        ] {
            assert_eq!(parse_span(text), Ok(Duration::from_secs(seconds)), "{text}");
        }
    }

    #[test]
    fn other_texts_are_no_spans() {
        for text in [
            "",
            "s",
            "-1",
            "1.5h",
            "5 m",
            "1m1h",
            "1h1h",
            "1h30",
            "5M",
            "1w",
            "99999999999999999999",
            "18446744073709551615d",
            "٣s",
            "1é",
        ] {
            assert_eq!(parse_span(text), Err(InvalidTime::Span), "{text:?}");
        }
    }

    #[test]
    fn spans_are_written() {
        for (seconds, text) in [
            (0, "0s"),
            (59, "59s"),
            (60, "1m"),
            (5_400, "1h30m"),
            (93_784, "1d2h"),
        ] {
            assert_eq!(format_span(seconds), text);
        }
    }

    /// J38: the last instant that RFC 3339 can write is one.
    #[test]
    fn the_last_day_of_9999_is_one() {
        for (text, seconds) in [
            ("9999-12-30T21:00:00Z", 253_402_203_600),
            ("9999-12-30T23:00:00Z", 253_402_210_800),
            ("9999-12-31T00:00:00Z", 253_402_214_400),
            ("9999-12-31T23:59:59Z", 253_402_300_799),
        ] {
            assert_eq!(text.parse(), Ok(Timestamp(seconds)), "{text}");
            assert_eq!(Timestamp(seconds).to_string(), text);
        }
        for (text, seconds) in [
            ("9999-12-31t23:59:59.999z", 253_402_300_799),
            ("9999-12-31T23:59:59+23:30", 253_402_216_199),
            ("9999-12-31T00:00:00-01:00", 253_402_218_000),
        ] {
            assert_eq!(text.parse(), Ok(Timestamp(seconds)), "{text}");
        }
        for text in [
            "9999-12-31Z",
            "9999-12-32T00:00:00Z",
            "9999-12-31T24:00:01Z",
            "9999-12-31T00:00:00[UTC]Z",
            "9999-12-31T00:00:00+01:00Z",
            "9999-12-31T00:00:00",
            "10000-01-01T00:00:00Z",
        ] {
            let read: Result<Timestamp, _> = text.parse();
            assert_eq!(read, Err(InvalidTime::Instant), "{text}");
        }
        assert_eq!(Timestamp(253_402_300_800).to_rfc3339(), None);
    }

    #[test]
    fn instants_are_read_and_written() {
        assert_eq!("1700000000".parse(), Ok(Timestamp(1_700_000_000)));
        assert_eq!("2023-11-14T22:13:20Z".parse(), Ok(Timestamp(1_700_000_000)));
        assert_eq!(
            "2023-11-14T23:13:20+01:00".parse(),
            Ok(Timestamp(1_700_000_000))
        );
        assert_eq!(
            "2023-11-15T22:12:20.5+23:59".parse(),
            Ok(Timestamp(1_700_000_000))
        );
        for text in [
            "yesterday",
            "2023-11-14T22:13:20",
            "2023-11-14T22:13:20+24:00",
            "2023-11-14T22:13:20-25:00",
            "2023-11-14T22:13:20+01:60",
            "2023-11-14T22:13:20+01",
            "2023-11-14T22:13:20+01:00[Europe/Paris]",
        ] {
            assert_eq!(
                text.parse::<Timestamp>(),
                Err(InvalidTime::Instant),
                "{text}"
            );
        }
        assert_eq!(Timestamp(1_700_000_000).to_string(), "2023-11-14T22:13:20Z");
        assert_eq!(Timestamp(i64::MAX).to_string(), "@9223372036854775807");
        assert_eq!(Timestamp(i64::MIN).to_rfc3339(), None);
    }
}
