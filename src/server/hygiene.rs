//! What holds for every request and every answer, whatever the endpoint.

use std::net::SocketAddr;
use std::time::Instant;

use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use url::Url;

use super::refusal::{ErrorCode, Refusal};
use super::state::Shared;

/// Headers of every answer: nothing here is a page to be framed, sniffed,
/// scripted or left with a referrer (RFC 9700 §4.2.4, §4.16).
const HEADERS: [(HeaderName, &str); 5] = [
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "no-referrer"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (
        header::CONTENT_SECURITY_POLICY,
        "default-src 'none'; frame-ancestors 'none'",
    ),
    (
        HeaderName::from_static("cross-origin-resource-policy"),
        "same-origin",
    ),
];

/// The most characters of a path that are shown in the log.
const MAX_PATH: usize = 200;

/// A request that was answered, for a log. It holds no secret: no query, no
/// header, no body.
#[derive(Clone, Debug)]
pub struct Exchange {
    /// The method.
    pub method: String,
    /// The path, cut to 200 characters.
    pub path: String,
    /// The status of the answer.
    pub status: u16,
    /// The `error` of the answer, where it is a refusal.
    pub error: Option<&'static str>,
    /// How long it took.
    pub took: std::time::Duration,
}

impl std::fmt::Display for Exchange {
    /// Writes `POST /token 400 invalid_grant 1.3 ms`.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {} {}", self.method, self.path, self.status)?;
        if let Some(error) = self.error {
            write!(f, " {error}")?;
        }
        write!(f, " {:.1} ms", self.took.as_secs_f64() * 1_000.0)
    }
}

/// The names under which the server may be spoken to.
#[derive(Clone, Debug)]
pub(super) struct Hosts {
    /// `host:port`, and `host` alone where the port is the scheme's own.
    authorities: Vec<String>,
    /// The same as origins (RFC 6454 §6.1).
    origins: Vec<String>,
}

impl Hosts {
    /// The issuer's own name, and where the server listens on loopback the
    /// loopback names. No other name leads here honestly: a page that made its
    /// own name resolve to 127.0.0.1 (DNS rebinding) must find nothing.
    pub(super) fn new(issuer: &Url, address: SocketAddr, tls: bool) -> Self {
        let mut hosts = Self {
            authorities: Vec::new(),
            origins: Vec::new(),
        };
        if let (Some(host), Some(port)) = (issuer.host_str(), issuer.port_or_known_default()) {
            hosts.add(issuer.scheme(), host, port);
        }
        let scheme = if tls { "https" } else { "http" };
        if address.ip().is_loopback() || address.ip().is_unspecified() {
            for host in ["127.0.0.1", "localhost", "[::1]"] {
                hosts.add(scheme, host, address.port());
            }
        }
        hosts.add(scheme, &host_of(address), address.port());
        hosts
    }

    fn add(&mut self, scheme: &str, host: &str, port: u16) {
        let default = if scheme == "https" { 443 } else { 80 };
        self.authorities.push(format!("{host}:{port}"));
        if port == default {
            self.authorities.push(host.to_owned());
            self.origins.push(format!("{scheme}://{host}"));
        } else {
            self.origins.push(format!("{scheme}://{host}:{port}"));
        }
    }

    /// Checks `Host`, and `Origin` where something could be changed.
    fn check(&self, request: &Request) -> Result<(), Refusal> {
        let mut hosts = request.headers().get_all(header::HOST).iter();
        let (Some(host), None) = (hosts.next(), hosts.next()) else {
            // RFC 9112 §3.2.
            return Err(Refusal::with_status(
                StatusCode::BAD_REQUEST,
                "a request has exactly one Host header",
            ));
        };
        // The authority of an absolute request target overrides the header
        // (RFC 9112 §3.2.2), so both must be ours.
        let target = request
            .uri()
            .authority()
            .map(|authority| authority.as_str());
        if !self.is_ours(host.to_str().ok()) || !target.is_none_or(|it| self.is_ours(Some(it))) {
            return Err(Refusal::forbidden("the Host header names another server"));
        }
        if !matches!(*request.method(), Method::GET | Method::HEAD) {
            self.check_origin(request.headers())?;
        }
        Ok(())
    }

    fn is_ours(&self, authority: Option<&str>) -> bool {
        authority.is_some_and(|authority| {
            self.authorities
                .iter()
                .any(|ours| ours.eq_ignore_ascii_case(authority))
        })
    }

    fn check_origin(&self, headers: &HeaderMap) -> Result<(), Refusal> {
        for origin in headers.get_all(header::ORIGIN) {
            let ours = origin
                .to_str()
                .is_ok_and(|origin| self.origins.iter().any(|ours| ours == origin));
            if !ours {
                return Err(Refusal::forbidden("the Origin is another site"));
            }
        }
        Ok(())
    }
}

/// Writes the host of an address as it stands in a URL.
pub(super) fn host_of(address: SocketAddr) -> String {
    match address {
        SocketAddr::V4(address) => address.ip().to_string(),
        SocketAddr::V6(address) => format!("[{}]", address.ip()),
    }
}

/// Guards a request and finishes its answer.
pub(super) async fn guard(State(state): State<Shared>, request: Request, next: Next) -> Response {
    let started = Instant::now();
    let observed = state
        .observer
        .as_ref()
        .map(|_| (request.method().to_string(), shown_path(&request)));
    let mut response = match state.hosts.check(&request) {
        Ok(()) => next.run(request).await,
        Err(refusal) => refusal.into_response(),
    };
    let headers = response.headers_mut();
    for (name, value) in HEADERS {
        headers.insert(name, HeaderValue::from_static(value));
    }
    headers
        .entry(header::CACHE_CONTROL)
        .or_insert(HeaderValue::from_static("no-store"));
    if let (Some(observer), Some((method, path))) = (&state.observer, observed) {
        observer(&Exchange {
            method,
            path,
            status: response.status().as_u16(),
            error: response.extensions().get::<ErrorCode>().map(|code| code.0),
            took: started.elapsed(),
        });
    }
    response
}

fn shown_path(request: &Request) -> String {
    request.uri().path().chars().take(MAX_PATH).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hosts(issuer: &str, address: &str, tls: bool) -> Hosts {
        Hosts::new(&issuer.parse().unwrap(), address.parse().unwrap(), tls)
    }

    #[test]
    fn v2_only_our_own_names_are_ours() {
        let local = hosts("http://127.0.0.1:9400", "127.0.0.1:9400", false);
        for (authority, ours) in [
            ("127.0.0.1:9400", true),
            ("localhost:9400", true),
            ("LOCALHOST:9400", true),
            ("[::1]:9400", true),
            ("127.0.0.1", false),
            ("127.0.0.1:9401", false),
            ("evil.example:9400", false),
            ("127.0.0.1:9400.evil.example", false),
            ("", false),
        ] {
            assert_eq!(local.is_ours(Some(authority)), ours, "{authority}");
        }
        assert!(!local.is_ours(None));
    }

    #[test]
    fn a_default_port_may_be_left_out() {
        let public = hosts("https://as.example", "192.0.2.1:9400", true);
        for (authority, ours) in [
            ("as.example", true),
            ("as.example:443", true),
            ("as.example:80", false),
            ("192.0.2.1:9400", true),
            ("localhost:9400", false),
        ] {
            assert_eq!(public.is_ours(Some(authority)), ours, "{authority}");
        }
    }

    #[test]
    fn an_exchange_is_one_line() {
        let exchange = Exchange {
            method: "POST".into(),
            path: "/token".into(),
            status: 400,
            error: Some("invalid_grant"),
            took: std::time::Duration::from_micros(1_250),
        };
        assert_eq!(exchange.to_string(), "POST /token 400 invalid_grant 1.2 ms");
    }
}
