//! The server: TLS, clock, metadata, keys, token endpoint.

use authctl::core::config::{Setting, Settings};
use authctl::core::error::{Error, Exit, Report as _};
use authctl::core::http::{
    self, Cause, Client, Options, Request, Response, Timing, Transport as _, clock_offset,
};
use authctl::core::oauth::Metadata;
use authctl::core::oauth::metadata::well_known_urls;
use authctl::core::time::{Clock as _, SystemClock, Timestamp, humanize_span};
use authctl::core::uri::HttpsUrl;

use super::finding::{Check, Findings};
use super::reach::{self, Budget};
use super::{keys, metadata, token_endpoint};
use crate::cli::context::Context;

/// All that is asked of the network, in its order.
const ALL: [&str; 13] = [
    "issuer",
    "proxy",
    "dns",
    "connect",
    "tls",
    "clock",
    "metadata_openid",
    "metadata_oauth",
    "metadata",
    "jwks",
    "algorithms",
    "token_endpoint",
    "client_auth",
];

/// How long before its end a certificate should have been renewed.
pub const RENEW_DAYS: i64 = 14;

/// A server that is being looked at.
pub struct Server<'a> {
    /// The settings.
    pub settings: &'a Settings,
    client: Client,
    budget: Budget,
}

/// Why there is no answer.
#[derive(Debug)]
pub enum Unanswered {
    /// The time was up before: nothing was sent, and nothing is known.
    NotAsked,
    /// The exchange failed.
    Failed(http::Error),
}

impl Unanswered {
    /// Shows a request without an answer, as far as a check hangs on it.
    pub fn check(&self, name: &'static str) -> Check {
        match self {
            Self::NotAsked => Check::failed(
                name,
                ("timed_out", Exit::Unreachable),
                "the time was up before it was asked",
            )
            .fix("mend what took the time, or allow more with `--timeout`"),
            Self::Failed(error) => failed(name, error),
        }
    }

    fn error(&self) -> Option<&http::Error> {
        match self {
            Self::NotAsked => None,
            Self::Failed(error) => Some(error),
        }
    }
}

impl Server<'_> {
    /// Sends a request once, within what is left of the time.
    ///
    /// # Errors
    ///
    /// Those of the transport, unless no time is left.
    pub fn send(&self, mut request: Request) -> Result<(Response, Timing), Unanswered> {
        let left = self.budget.left();
        if left.is_zero() {
            return Err(Unanswered::NotAsked);
        }
        request.timeout = Some(left);
        let (sent, begun) = (SystemClock.now(), SystemClock.monotonic());
        let answer = self.client.send(&request).map_err(|error| match error {
            http::Error::TimedOut { host, .. } => Unanswered::Failed(self.budget.exceeded(host)),
            other => Unanswered::Failed(other),
        })?;
        let timing = Timing {
            sent,
            received: SystemClock.now(),
            took: SystemClock.monotonic().saturating_sub(begun),
        };
        Ok((answer, timing))
    }
}

/// Checks the server of the settings.
///
/// # Errors
///
/// When stdout cannot be written.
pub fn check(
    cx: &Context,
    settings: Option<&Settings>,
    findings: &mut Findings<'_>,
) -> Result<(), Error> {
    let Some(settings) = settings else {
        return findings.skip(&ALL, "they hang on the configuration");
    };
    let issuer = settings.url(Setting::Issuer)?;
    let by_hand = settings.url(Setting::TokenEndpoint)?;
    let target = match (&issuer, &by_hand) {
        (Some(issuer), _) => {
            findings.add(
                Check::ok("issuer", format!("{}, by {}", issuer.value, issuer.source))
                    .with("issuer", issuer.value.as_str()),
            )?;
            issuer.value.clone()
        }
        (None, Some(endpoint)) => {
            let message = format!(
                "none; the server is known by its token endpoint {}, by {}",
                endpoint.value, endpoint.source
            );
            findings.add(Check::ok("issuer", message))?;
            endpoint.value.clone()
        }
        (None, None) => {
            return findings.skip(&ALL, "no server is configured; give `--issuer URL`");
        }
    };
    let budget = Budget::new(cx.timeout(settings)?);
    if !reach::check(cx, &target, budget, findings)? {
        return findings.skip(&ALL[4..], "they hang on the connection");
    }
    let options = match cx.http_options(settings) {
        Ok(options) => Options {
            // A little less than the whole, so that a handshake that never
            // comes is told from an answer that never does.
            connect_timeout: options.connect_timeout.min(budget.left() * 9 / 10),
            ..options
        },
        Err(error) => {
            findings.add(Check::fail("tls", &error))?;
            return findings.skip(&ALL[5..], "they hang on `tls`");
        }
    };
    let server = Server {
        settings,
        client: Client::new(options),
        budget,
    };
    match issuer {
        Some(issuer) => with_issuer(cx, &server, &issuer.value, findings),
        None => without_issuer(cx, &server, &target, findings),
    }
}

fn with_issuer(
    cx: &Context,
    server: &Server<'_>,
    issuer: &HttpsUrl,
    findings: &mut Findings<'_>,
) -> Result<(), Error> {
    let urls = match well_known_urls(issuer) {
        Ok(urls) => urls,
        Err(error) => {
            findings.skip(&ALL[4..6], "they hang on the metadata")?;
            findings.add(Check::fail(ALL[6], &error.into()).or_fix("check the issuer"))?;
            return findings.skip(&ALL[7..], "they hang on `metadata_openid`");
        }
    };
    let first = server.send(Request::get(urls[0].clone()));
    if !tls_and_clock(server, issuer, &first, findings)? {
        return findings.skip(&ALL[6..], "they hang on `tls`");
    }
    let second = server.send(Request::get(urls[1].clone()));
    let answers = [first, second].map(|answer| answer.map(|(answer, _)| answer));
    let known: Option<Metadata> = metadata::check(issuer, &urls, answers, findings)?;
    keys::check(cx, server, known.as_ref(), findings)?;
    token_endpoint::check(server, known.as_ref(), None, findings)
}

fn without_issuer(
    cx: &Context,
    server: &Server<'_>,
    endpoint: &HttpsUrl,
    findings: &mut Findings<'_>,
) -> Result<(), Error> {
    let answer = server.send(Request::post(endpoint.clone()));
    if !tls_and_clock(server, endpoint, &answer, findings)? {
        return findings.skip(&ALL[6..], "they hang on `tls`");
    }
    findings.skip(&ALL[6..9], "there is no issuer to read metadata of")?;
    keys::check(cx, server, None, findings)?;
    let answer = answer.map(|(answer, _)| answer);
    token_endpoint::check(server, None, Some(answer), findings)
}

/// Tells what the first exchange tells beside its answer; says whether others
/// can follow.
fn tls_and_clock(
    server: &Server<'_>,
    url: &HttpsUrl,
    answer: &Result<(Response, Timing), Unanswered>,
    findings: &mut Findings<'_>,
) -> Result<bool, Error> {
    let error = answer.as_ref().err().and_then(Unanswered::error);
    findings.add(tls(server, url, error))?;
    if !url.is_plain_http() && error.is_some_and(is_tls) {
        findings.skip(&["clock"], "it hangs on `tls`")?;
        return Ok(false);
    }
    findings.add(clock(url, answer.as_ref().ok()))?;
    Ok(true)
}

/// Says whether no exchange can come to an answer: the handshake fails, or
/// cannot be begun.
fn is_tls(error: &http::Error) -> bool {
    match error {
        http::Error::Setup(_) => true,
        http::Error::Unreachable { why, .. } => match why {
            Cause::Tls(_) => true,
            Cause::Other(why) => why == "it does not speak TLS" || why == SILENT,
            _ => false,
        },
        _ => false,
    }
}

/// What the transport says of a connection that is not made in time. That to
/// the port is: so the one to what speaks TLS behind it.
const SILENT: &str = "no connection in time";

/// Judges the handshake by the exchange that it carried: so it is verified by
/// the roots and the rules of every other command.
fn tls(server: &Server<'_>, url: &HttpsUrl, error: Option<&http::Error>) -> Check {
    const NAME: &str = "tls";
    if url.is_plain_http() {
        return Check::skip(NAME, "the server speaks plain http, on loopback");
    }
    if let Some(shown) = server.client.certificate_of(url) {
        return match shown.not_after {
            Some(end) => lasting(end),
            None => Check::ok(NAME, "the certificate is good"),
        };
    }
    let Some(error) = error.filter(|error| is_tls(error)) else {
        return Check::skip(NAME, "there was no answer to tell by");
    };
    if let http::Error::Unreachable {
        why: Cause::Other(why),
        ..
    } = error
        && why == SILENT
    {
        let host = url.authority();
        return Check::failed(
            NAME,
            ("timed_out", Exit::Unreachable),
            format!("the TLS handshake with {host} came to no end in time"),
        )
        .fix(format!(
            "see why {host}, or the proxy on the way, is silent, or allow more with `--timeout`"
        ));
    }
    let check = Check::fail(NAME, &error.clone().into());
    match error {
        http::Error::Unreachable {
            why: Cause::Tls(_), ..
        } => check,
        http::Error::Unreachable { .. } => check.fix("check the port: it is not one of https"),
        _ => check.fix("check `--cacert`, `--cert` and `--cert-key`"),
    }
}

fn lasting(end: Timestamp) -> Check {
    const NAME: &str = "tls";
    let left = SystemClock.now().seconds_until(end);
    let days = left / 86_400;
    let until = format!("until {end} ({})", humanize_span(left.unsigned_abs()));
    let check = if days < RENEW_DAYS {
        Check::warn(
            NAME,
            format!("the certificate is good, but only {until}"),
            "have the server's certificate renewed",
        )
    } else {
        Check::ok(NAME, format!("the certificate is good {until}"))
    };
    check
        .with("expires_at", end.to_rfc3339())
        .with("days_left", days)
}

/// Compares this machine's clock with the server's `Date`.
fn clock(url: &HttpsUrl, answer: Option<&(Response, Timing)>) -> Check {
    const NAME: &str = "clock";
    let Some((answer, timing)) = answer else {
        return Check::skip(NAME, "there was no answer to tell by");
    };
    let Some(offset) = clock_offset(answer, timing, &url.authority()) else {
        return Check::skip(NAME, "the server's answer does not tell the time");
    };
    let check = if offset.is_absurd() {
        Check::warn(
            NAME,
            format!(
                "the clock here says {}, and the `Date` of {} says {}: one of the two was never set",
                timing.received,
                offset.server,
                answer.header("date").unwrap_or_default()
            ),
            "set the one that is wrong by NTP; here `timedatectl set-ntp true` does it",
        )
    } else if offset.is_notable() {
        Check::warn(
            NAME,
            offset.to_string(),
            "set the clock by NTP, as with `timedatectl set-ntp true`",
        )
    } else {
        Check::ok(NAME, offset.to_string())
    };
    check.with("offset", offset.seconds)
}

/// Shows an exchange that failed, as far as the check of another hangs on it.
pub fn failed(name: &'static str, error: &http::Error) -> Check {
    let error = Error::from(error.clone());
    let fix = error.hint();
    Check::fail(name, &error).or_fix(fix.as_deref().unwrap_or("try again"))
}
