//! Sending again: when, how often, and how long to wait (RFC 9110 §10.2.3).

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use super::{Cause, Error, Request, Response, Retry, Timing, Transport};
use crate::core::time::{Clock, Timestamp, format_span};

/// How often a request is sent at most.
pub const MAX_TRIES: u32 = 3;

/// How long to wait before the second try where the server does not say; twice
/// as long before the third.
const FIRST_BACK_OFF: Duration = Duration::from_millis(500);

/// What is left of the time at least for a try to make sense.
const LEAST_TRY: Duration = Duration::from_millis(500);

/// Sends a request, again where that is safe or the server asks for it, within
/// `budget` in all and at most [`MAX_TRIES`] times.
///
/// - 429 and 503 with `Retry-After`: the server did not process the request,
///   so any is sent again when the time has come. When that is beyond the
///   budget, waiting is of no use and the answer is returned at once. A value
///   that is neither seconds nor a date counts as absent.
/// - 429, 500, 502, 503, 504 and a connection that was cut: sent again after a
///   short wait when [`Retry::Safe`]; never when it may have been spent.
///
/// What the last try brought is returned as it is; the judge of the exchange
/// makes the error of a 429 or 5xx.
///
/// # Errors
///
/// As [`Transport::send`]; a time-out names the whole budget.
pub fn send_with_retries(
    transport: &dyn Transport,
    clock: &dyn Clock,
    request: &Request,
    budget: Duration,
) -> Result<Response, Error> {
    send_timed(transport, clock, request, budget).map(|(response, _)| response)
}

/// As [`send_with_retries`], with the times of the try that was answered.
///
/// # Errors
///
/// As [`send_with_retries`].
pub fn send_timed(
    transport: &dyn Transport,
    clock: &dyn Clock,
    request: &Request,
    budget: Duration,
) -> Result<(Response, Timing), Error> {
    let deadline = clock.monotonic().saturating_add(budget);
    let left = || deadline.saturating_sub(clock.monotonic());
    let mut request = request.clone();
    let mut tries = 1;
    loop {
        request.timeout = Some(left());
        let (result, timing) = Timing::of(clock, || transport.send(&request));
        let result = result.map_err(|error| match error {
            Error::TimedOut { host, .. } => Error::TimedOut {
                host,
                after: budget,
            },
            other => other,
        });
        let wait = wait_before_next(request.retry, &result, tries, clock.now());
        match wait {
            Some(wait) if tries < MAX_TRIES && wait.saturating_add(LEAST_TRY) <= left() => {
                log::debug!(
                    "{}: {}, trying again in {}",
                    request.url.authority(),
                    reason(&result),
                    format_span(wait.as_secs().max(1))
                );
                clock.sleep(wait);
                tries += 1;
            }
            _ => return result.map(|response| (response, timing)),
        }
    }
}

/// Decides whether a further try makes sense and how long to wait before it.
fn wait_before_next(
    retry: Retry,
    result: &Result<Response, Error>,
    tries: u32,
    now: Timestamp,
) -> Option<Duration> {
    let back_off = FIRST_BACK_OFF * 2u32.pow(tries - 1);
    match (result, retry) {
        (Ok(response), _) if matches!(response.status, 429 | 503) => {
            match (retry_after(response, Some(now)), retry) {
                // "Retry-After: 0" is no reason to hammer.
                (Some(told), _) => Some(told.max(back_off)),
                (None, Retry::Safe) => Some(back_off),
                (None, Retry::WhenTold) => None,
            }
        }
        (Ok(response), Retry::Safe) if matches!(response.status, 500 | 502 | 504) => Some(back_off),
        (
            Err(Error::Unreachable {
                why: Cause::Cut, ..
            }),
            Retry::Safe,
        ) => Some(back_off),
        _ => None,
    }
}

fn reason(result: &Result<Response, Error>) -> String {
    match result {
        Ok(response) => format!("HTTP {}", response.status),
        Err(error) => error.to_string(),
    }
}

/// Reads `Retry-After`: seconds, or a date, of which a past one is no wait at
/// all (RFC 9110 §10.2.3). Anything else counts as absent.
///
/// A date is compared with the server's own `Date`, so that a clock that is
/// wrong here does not matter; with `now` where there is none.
pub fn retry_after(response: &Response, now: Option<Timestamp>) -> Option<Duration> {
    let value = response.header("retry-after")?.trim();
    if !value.is_empty() && value.bytes().all(|octet| octet.is_ascii_digit()) {
        // More digits than fit are still "very long".
        return Some(Duration::from_secs(value.parse().unwrap_or(u64::MAX)));
    }
    let now = response.header("date").and_then(http_date).or(now)?;
    let wait = now.seconds_until(http_date(value)?);
    Some(Duration::from_secs(u64::try_from(wait).unwrap_or_default()))
}

/// Reads a date of HTTP in any of its three forms (RFC 9110 §5.6.7).
pub(super) fn http_date(text: &str) -> Option<Timestamp> {
    let date: SystemTime = httpdate::parse_http_date(text.trim()).ok()?;
    let seconds = date.duration_since(UNIX_EPOCH).ok()?.as_secs();
    Some(Timestamp(i64::try_from(seconds).ok()?))
}

#[cfg(test)]
mod tests {
    use std::cell::{Cell, RefCell};

    use super::*;

    /// Answers with what it was given, in order, each after a second.
    struct Script<'a> {
        clock: &'a FakeClock,
        answers: RefCell<Vec<Result<Response, Error>>>,
        timeouts: RefCell<Vec<Duration>>,
    }

    struct FakeClock(Cell<Duration>);

    impl Clock for FakeClock {
        fn now(&self) -> Timestamp {
            // Sun, 06 Nov 1994 08:49:37 GMT, the example of RFC 9110 §5.6.7.
            Timestamp(784_111_777)
        }
        fn sleep(&self, span: Duration) {
            self.0.set(self.0.get() + span);
        }
        fn monotonic(&self) -> Duration {
            self.0.get()
        }
    }

    impl Transport for Script<'_> {
        fn send(&self, request: &Request) -> Result<Response, Error> {
            self.timeouts
                .borrow_mut()
                .push(request.timeout.expect("a deadline"));
            self.clock.sleep(Duration::from_secs(1));
            self.answers.borrow_mut().remove(0)
        }
    }

    fn response(status: u16, headers: &[(&str, &str)]) -> Response {
        Response {
            status,
            headers: headers
                .iter()
                .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
                .collect(),
            body: Vec::new().into(),
        }
    }

    fn cut() -> Result<Response, Error> {
        Err(Error::Unreachable {
            host: "as.example".into(),
            why: Cause::Cut,
        })
    }

    fn refused() -> Result<Response, Error> {
        Err(Error::Unreachable {
            host: "as.example".into(),
            why: Cause::Refused,
        })
    }

    /// Runs the answers and returns what came out, how often was sent, and
    /// the milliseconds it took, a second for each try among them.
    fn run(
        retry: Retry,
        answers: Vec<Result<Response, Error>>,
    ) -> (Result<u16, Error>, usize, u128) {
        let clock = FakeClock(Cell::default());
        let script = Script {
            clock: &clock,
            answers: RefCell::new(answers),
            timeouts: RefCell::default(),
        };
        let mut request = Request::post("https://as.example/token".parse().expect("a URL"));
        request.retry = retry;
        let budget = Duration::from_secs(30);
        let result = send_with_retries(&script, &clock, &request, budget);
        let timeouts = script.timeouts.take();
        assert_eq!(timeouts[0], budget);
        assert!(
            timeouts.is_sorted_by(|one, next| one > next),
            "each try has what is left: {timeouts:?}"
        );
        (
            result.map(|response| response.status),
            timeouts.len(),
            clock.0.get().as_millis(),
        )
    }

    #[test]
    fn what_is_safe_is_sent_again() {
        for status in [429, 500, 502, 503, 504] {
            let answers = vec![Ok(response(status, &[])), Ok(response(200, &[]))];
            assert_eq!(run(Retry::Safe, answers), (Ok(200), 2, 2_500), "{status}");
        }
        assert_eq!(
            run(Retry::Safe, vec![cut(), cut(), Ok(response(200, &[]))]),
            (Ok(200), 3, 4_500)
        );
        assert_eq!(
            run(Retry::Safe, vec![Ok(response(503, &[])); 3]),
            (Ok(503), 3, 4_500),
            "at most three times"
        );
        assert_eq!(
            run(Retry::Safe, vec![cut(); 3]),
            (cut().map(|_| 0), 3, 4_500)
        );
    }

    #[test]
    fn other_answers_are_final() {
        for status in [200, 400, 401, 404, 501] {
            let answers = vec![Ok(response(status, &[]))];
            assert_eq!(
                run(Retry::Safe, answers),
                (Ok(status), 1, 1_000),
                "{status}"
            );
        }
        assert_eq!(
            run(Retry::Safe, vec![refused()]),
            (refused().map(|_| 0), 1, 1_000)
        );
    }

    #[test]
    fn what_may_be_spent_is_sent_again_only_when_told() {
        for status in [429, 500, 502, 503, 504] {
            let answers = vec![Ok(response(status, &[]))];
            assert_eq!(
                run(Retry::WhenTold, answers),
                (Ok(status), 1, 1_000),
                "{status}"
            );
        }
        assert_eq!(
            run(Retry::WhenTold, vec![cut()]),
            (cut().map(|_| 0), 1, 1_000)
        );
        for status in [429, 503] {
            let answers = vec![
                Ok(response(status, &[("retry-after", "2")])),
                Ok(response(200, &[])),
            ];
            assert_eq!(
                run(Retry::WhenTold, answers),
                (Ok(200), 2, 4_000),
                "{status}"
            );
        }
        let told = vec![Ok(response(500, &[("retry-after", "2")]))];
        assert_eq!(
            run(Retry::WhenTold, told),
            (Ok(500), 1, 1_000),
            "500 says nothing"
        );
    }

    #[test]
    fn a_wait_beyond_the_budget_is_not_begun() {
        for told in ["99999", "28.5", "99999999999999999999999"] {
            let answers = vec![Ok(response(429, &[("retry-after", told)]))];
            let (result, tries, _) = run(Retry::WhenTold, answers);
            assert_eq!((result, tries), (Ok(429), 1), "{told}");
        }
        // 30 s, less one for the first try, less half a second for the next.
        let at_the_edge = |told| {
            let answers = vec![
                Ok(response(429, &[("retry-after", told)])),
                Ok(response(200, &[])),
            ];
            run(Retry::WhenTold, answers).1
        };
        assert_eq!(at_the_edge("28"), 2);
        assert_eq!(at_the_edge("29"), 1);
    }

    #[test]
    fn a_time_out_names_the_whole_budget() {
        let timed_out = |seconds| {
            Err(Error::TimedOut {
                host: "as.example".into(),
                after: Duration::from_secs(seconds),
            })
        };
        assert_eq!(
            run(Retry::Safe, vec![Ok(response(503, &[])), timed_out(28)]).0,
            timed_out(30).map(|_| 0)
        );
    }

    #[test]
    fn retry_after_is_seconds_or_a_date() {
        let now = Some(Timestamp(784_111_777));
        for (value, seconds) in [
            ("0", Some(0)),
            ("2", Some(2)),
            (" 120 ", Some(120)),
            ("99999999999999999999999", Some(u64::MAX)),
            ("Sun, 06 Nov 1994 08:49:47 GMT", Some(10)),
            ("Sunday, 06-Nov-94 08:49:47 GMT", Some(10)),
            ("Sun Nov  6 08:49:47 1994", Some(10)),
            ("Sun, 06 Nov 1994 08:49:07 GMT", Some(0)),
            ("", None),
            ("-1", None),
            ("+1", None),
            ("1.5", None),
            ("soon", None),
            ("Sun, 99 Nov 1994 08:49:47 GMT", None),
        ] {
            assert_eq!(
                retry_after(&response(503, &[("retry-after", value)]), now),
                seconds.map(Duration::from_secs),
                "{value:?}"
            );
        }
        assert_eq!(retry_after(&response(503, &[]), now), None);
    }

    #[test]
    fn a_date_to_come_back_is_measured_by_the_server_s_clock() {
        let headers = [
            ("date", "Sun, 06 Nov 1994 09:49:37 GMT"),
            ("retry-after", "Sun, 06 Nov 1994 09:49:40 GMT"),
        ];
        let now = Timestamp(784_111_777);
        assert_eq!(
            retry_after(&response(503, &headers), Some(now)),
            Some(Duration::from_secs(3))
        );
    }
}
