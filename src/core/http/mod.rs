//! Requests, responses, and the one transport that carries them.
//!
//! The messages of [`super::oauth`] are built and judged without I/O; this
//! module moves them. It refuses redirects, bounds what it reads and how long
//! it waits, and never holds a response's body in an error: a body that failed
//! to parse may contain a perfectly good token.

mod awake;
mod bundled;
mod cause;
mod certificate;
mod client;
mod clock;
mod retry;
mod trace;

use std::time::Duration;

pub use cause::{Cause, Remedy, TlsFault};
pub use client::{Client, Options, ServerCertificate};
pub use clock::{Timing, clock_offset};
pub use retry::{MAX_TRIES, retry_after, send_timed, send_with_retries};

use super::error::{Exit, Report};
use super::secret::{Secret, SecretBytes};
use super::time::Timestamp;
use super::uri::HttpsUrl;

/// The most octets that are read of any response, after decompression.
///
/// Metadata, key sets and token responses are a few kilobytes; a megabyte
/// leaves room for the largest real ones and stops a hostile server.
pub const MAX_BODY: usize = 1024 * 1024;

/// A request method.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// GET.
    Get,
    /// POST.
    Post,
    /// DELETE.
    Delete,
}

/// What may be done when a request fails without an answer, or the server
/// asks to come back later.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Retry {
    /// Sending it twice changes nothing: it is tried again, bounded.
    Safe,
    /// It may have been spent (a refresh token, a code): it is sent again only
    /// when the server itself says that it was not processed (429 or 503 with
    /// `Retry-After`, RFC 9110 §10.2.3).
    WhenTold,
}

/// The value of a header or form field: shown in logs, or secret.
#[derive(Clone, Debug)]
pub enum FieldValue {
    /// May be shown at `-vv`.
    Plain(String),
    /// Is shown as a fingerprint only.
    Secret(Secret),
}

impl FieldValue {
    /// Returns the value itself, to send it.
    pub fn expose(&self) -> &str {
        match self {
            Self::Plain(text) => text,
            Self::Secret(secret) => secret.expose(),
        }
    }
}

/// A request, as a plain value.
#[derive(Clone, Debug)]
pub struct Request {
    /// How.
    pub method: Method,
    /// Where to.
    pub url: HttpsUrl,
    /// Header fields by lower-case name.
    pub headers: Vec<(&'static str, FieldValue)>,
    /// The fields of an `application/x-www-form-urlencoded` body, in order.
    pub form: Vec<(String, FieldValue)>,
    /// A JSON body in place of the form. It is never shown.
    pub json: Option<SecretBytes>,
    /// Whether it may be repeated.
    pub retry: Retry,
    /// How long this one may take, where that is less than what the transport
    /// allows anyway.
    pub timeout: Option<Duration>,
}

impl Request {
    /// Starts a GET that accepts JSON and may be repeated.
    pub fn get(url: HttpsUrl) -> Self {
        Self {
            method: Method::Get,
            url,
            headers: vec![("accept", FieldValue::Plain("application/json".into()))],
            form: Vec::new(),
            json: None,
            retry: Retry::Safe,
            timeout: None,
        }
    }

    /// Starts a POST of a form that accepts JSON and is not repeated blindly.
    pub fn post(url: HttpsUrl) -> Self {
        Self {
            method: Method::Post,
            retry: Retry::WhenTold,
            ..Self::get(url)
        }
    }

    /// Adds a form field that may be shown.
    pub fn field(&mut self, name: &str, value: impl Into<String>) {
        self.form
            .push((name.to_owned(), FieldValue::Plain(value.into())));
    }

    /// Adds a secret form field.
    pub fn secret_field(&mut self, name: &str, value: &Secret) {
        self.form
            .push((name.to_owned(), FieldValue::Secret(value.clone())));
    }

    /// Returns the first header field of this lower-case name, as it is sent.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(field, _)| *field == name)
            .map(|(_, value)| value.expose())
    }

    /// Returns the first form field of this name, as it is sent.
    pub fn form_value(&self, name: &str) -> Option<&str> {
        self.form
            .iter()
            .find(|(field, _)| field == name)
            .map(|(_, value)| value.expose())
    }
}

/// A response, whole: any status, at most [`MAX_BODY`] octets.
#[derive(Clone)]
pub struct Response {
    /// The status code.
    pub status: u16,
    /// The header fields by lower-case name, in order of arrival; values that
    /// are not UTF-8 are left out.
    pub headers: Vec<(String, String)>,
    /// The body, decompressed. It may hold tokens: never print it.
    pub body: zeroize::Zeroizing<Vec<u8>>,
}

impl Response {
    /// Returns the first header field of this lower-case name.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(field, _)| field == name)
            .map(|(_, value)| value.as_str())
    }

    /// Returns the server's present, where it says so (`Date`, RFC 9110
    /// §6.6.1).
    pub fn date(&self) -> Option<Timestamp> {
        self.header("date").and_then(retry::http_date)
    }
}

impl std::fmt::Debug for Response {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "Response({}, .. {} octets)",
            self.status,
            self.body.len()
        )
    }
}

/// From request to response. The one implementation over a network is
/// [`Client`]; tests of the messages give their own.
pub trait Transport {
    /// Sends the request and returns the response, whatever its status, except
    /// a redirect, which is refused.
    ///
    /// # Errors
    ///
    /// When there is no whole answer: see [`Error`].
    fn send(&self, request: &Request) -> Result<Response, Error>;
}

/// Why there is no answer, or none that makes sense.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// No whole answer came: DNS, connection, TLS, a cut.
    #[error("cannot reach {host}: {why}")]
    Unreachable {
        /// Host and port.
        host: String,
        /// The cause, without any URL.
        why: Cause,
    },
    /// No whole answer came in time.
    #[error("{host} did not answer within {}", super::time::format_span(after.as_secs()))]
    TimedOut {
        /// Host and port.
        host: String,
        /// The limit.
        after: Duration,
    },
    /// More than [`MAX_BODY`] octets.
    #[error("the answer of {host} is larger than 1 MiB")]
    TooLarge {
        /// Host and port.
        host: String,
    },
    /// A redirect (RFC 9700 §4.12: following one would hand over the body).
    #[error("{host} answered with a redirect (HTTP {status}), which is not followed")]
    Redirect {
        /// Host and port.
        host: String,
        /// The status.
        status: u16,
    },
    /// An answer that makes no sense: a status that is not the one due, HTML,
    /// not JSON, a missing member, a member of the wrong type.
    #[error("the answer of {host} to the {request} makes no sense: {why}")]
    Senseless {
        /// Host and port.
        host: String,
        /// Which request, like "token request".
        request: &'static str,
        /// What is wrong, never what was in it.
        why: String,
    },
    /// The server failed or asks to come back later (5xx, 429).
    #[error("{host} answered HTTP {status}{}", said(reason))]
    ServerFailed {
        /// Host and port.
        host: String,
        /// The status.
        status: u16,
        /// The OAuth `error` code, where there was one.
        reason: Option<String>,
        /// When to come back, where the server says so (`Retry-After`,
        /// RFC 9110 §10.2.3).
        retry_after: Option<Duration>,
    },
    /// The client could not be set up: a CA file, a client certificate.
    #[error("{0}")]
    Setup(String),
}

fn said(reason: &Option<String>) -> String {
    reason
        .as_ref()
        .map_or_else(String::new, |code| format!(" ({code})"))
}

impl Report for Error {
    fn code(&self) -> &'static str {
        match self {
            Self::Unreachable { .. } => "unreachable",
            Self::TimedOut { .. } => "timed_out",
            Self::TooLarge { .. } => "answer_too_large",
            Self::Redirect { .. } => "redirect_refused",
            Self::Senseless { .. } => "senseless_answer",
            Self::ServerFailed { .. } => "server_failed",
            Self::Setup(_) => "tls_setup",
        }
    }

    fn exit(&self) -> Exit {
        match self {
            Self::Unreachable { .. }
            | Self::TimedOut { .. }
            | Self::TooLarge { .. }
            | Self::Senseless { .. }
            | Self::ServerFailed { .. } => Exit::Unreachable,
            Self::Redirect { .. } => Exit::Refused,
            Self::Setup(_) => Exit::Config,
        }
    }

    fn hint(&self) -> Option<String> {
        match self {
            Self::Unreachable { why, .. } => Some(why.hint().into()),
            Self::TimedOut { .. } => Some("try again, or allow more time with `--timeout`".into()),
            Self::Redirect { .. } => Some("use the final address of the endpoint".into()),
            Self::ServerFailed {
                retry_after: Some(wait),
                ..
            } => Some(format!(
                "the server asks to try again in {}",
                super::time::humanize_span(wait.as_secs())
            )),
            Self::ServerFailed { .. } => Some("try again later".into()),
            Self::TooLarge { .. } | Self::Senseless { .. } => {
                Some("check that the address is the one of an authorization server".into())
            }
            Self::Setup(_) => None,
        }
    }
}
