//! What an answer says of the server's clock (RFC 9110 §6.6.1).

use std::time::Duration;

use super::Response;
use super::retry::http_date;
use crate::core::time::{Clock, ClockOffset, Timestamp};

/// The longest round trip that is measured by: the answer was written at some
/// instant of it, so half of it is how wrong the measure may be.
const LONGEST_ROUND_TRIP: Duration = Duration::from_secs(5);

/// How much a span may differ between the clock, whose grain is a second, and
/// the one that nobody sets.
const GRAIN: u64 = 2;

/// When an exchange began and when its answer was there, by our clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timing {
    /// Before the request was sent.
    pub sent: Timestamp,
    /// After the answer had come, whole.
    pub received: Timestamp,
    /// How long that took, by a clock that nobody sets.
    pub took: Duration,
}

impl Timing {
    /// Runs an exchange and looks at the clock before and after.
    pub(super) fn of<T>(clock: &dyn Clock, exchange: impl FnOnce() -> T) -> (T, Self) {
        let (sent, begun) = (clock.now(), clock.monotonic());
        let result = exchange();
        let timing = Self {
            sent,
            received: clock.now(),
            took: clock.monotonic().saturating_sub(begun),
        };
        (result, timing)
    }
}

/// Measures how far the clock of `server` is ahead of ours, by the `Date` of
/// its answer against the middle of the round trip: to a second, and half of
/// the round trip.
///
/// `None` where the answer says nothing about the present: without a `Date`,
/// with one that is none or two; from a cache on the way (`Age`, RFC 9111
/// §5.1); after a round trip of more than five seconds; where the local clock
/// was set meanwhile.
pub fn clock_offset(response: &Response, timing: &Timing, server: &str) -> Option<ClockOffset> {
    let mut dates = response.headers.iter().filter(|(name, _)| name == "date");
    let (Some((_, date)), None) = (dates.next(), dates.next()) else {
        return None;
    };
    if response.header("age").is_some() || timing.took > LONGEST_ROUND_TRIP {
        return None;
    }
    let passed = timing.sent.seconds_until(timing.received);
    let really = i64::try_from(timing.took.as_secs()).ok()?;
    if passed.saturating_sub(really).unsigned_abs() > GRAIN {
        return None;
    }
    let middle = Timestamp(timing.sent.0.saturating_add(passed / 2));
    Some(ClockOffset {
        seconds: middle.seconds_until(http_date(date)?),
        server: server.to_owned(),
        measured_at: timing.received,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Sun, 06 Nov 1994 08:49:37 GMT, the example of RFC 9110 §5.6.7.
    const THEN: i64 = 784_111_777;

    fn answer(headers: &[(&str, &str)]) -> Response {
        Response {
            status: 200,
            headers: headers
                .iter()
                .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
                .collect(),
            body: Vec::new().into(),
        }
    }

    fn timing(sent: i64, received: i64, took: u64) -> Timing {
        Timing {
            sent: Timestamp(sent),
            received: Timestamp(received),
            took: Duration::from_secs(took),
        }
    }

    fn measured(headers: &[(&str, &str)], timing: Timing) -> Option<i64> {
        let offset = clock_offset(&answer(headers), &timing, "s")?;
        assert_eq!(offset.measured_at, timing.received);
        assert_eq!(offset.server, "s");
        Some(offset.seconds)
    }

    #[test]
    fn the_date_is_compared_with_the_middle_of_the_round_trip() {
        let date = [("date", "Sun, 06 Nov 1994 08:49:37 GMT")];
        for (timing, seconds) in [
            (timing(THEN, THEN, 0), 0),
            (timing(THEN - 2, THEN + 2, 4), 0),
            (timing(THEN - 600, THEN - 596, 4), 598),
            (timing(THEN + 600, THEN + 600, 0), -600),
        ] {
            assert_eq!(measured(&date, timing), Some(seconds), "{timing:?}");
        }
        // The obsolete forms, which a recipient must take (§5.6.7).
        for text in ["Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994"] {
            let found = measured(&[("date", text)], timing(THEN, THEN, 0));
            assert_eq!(found, Some(0), "{text}");
        }
    }

    #[test]
    fn what_says_nothing_about_the_present_is_not_measured() {
        const DATE: (&str, &str) = ("date", "Sun, 06 Nov 1994 08:49:37 GMT");
        let now = timing(THEN, THEN, 0);
        for (headers, timing) in [
            (&[][..], now),
            (&[("date", "")], now),
            (&[("date", "784111777")], now),
            (&[("date", "1994-11-06T08:49:37Z")], now),
            (&[("date", "Sun, 06 Nov 1994 08:49:37 CET")], now),
            (&[DATE, DATE], now),
            (&[DATE, ("age", "0")], now),
            (&[DATE, ("age", "rubbish")], now),
            (&[DATE], timing(THEN, THEN + 6, 6)),
            // Set forward, or back, while the request was under way.
            (&[DATE], timing(THEN, THEN + 60, 1)),
            (&[DATE], timing(THEN, THEN - 60, 1)),
        ] {
            assert_eq!(measured(headers, timing), None, "{headers:?} {timing:?}");
        }
    }

    #[test]
    fn the_edges_are_measured() {
        let date = [("date", "Sun, 06 Nov 1994 08:49:37 GMT")];
        for (timing, seconds) in [
            (timing(THEN - 5, THEN, 5), Some(3)),
            (timing(0, 0, 0), Some(THEN)),
            (timing(i64::MIN, i64::MIN, 0), Some(i64::MAX)),
            (timing(i64::MAX, i64::MAX, 0), Some(THEN - i64::MAX)),
            (timing(THEN, THEN + 2, 0), Some(-1)),
            (timing(THEN, THEN + 3, 0), None),
        ] {
            assert_eq!(measured(&date, timing), seconds, "{timing:?}");
        }
        // The first and the last instant that a `Date` can name.
        for (text, at) in [
            ("Thu, 01 Jan 1970 00:00:00 GMT", 0),
            ("Fri, 31 Dec 9999 23:59:59 GMT", 253_402_300_799),
        ] {
            let found = measured(&[("date", text)], timing(THEN, THEN, 0));
            assert_eq!(found, Some(at - THEN), "{text}");
        }
    }
}
