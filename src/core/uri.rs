//! URLs that may be spoken to: https, or http on loopback.
//!
//! A type that only exists when that holds is worth more than a check at each
//! request (RFC 9700 §2.6; RFC 8252 §8.3 for loopback).

use std::fmt;
use std::str::FromStr;

use url::{Host, Url};

/// A URL of scheme https, or of scheme http whose host is loopback, without
/// userinfo and without a fragment. It keeps the text it was made from, since
/// issuers are compared as strings (RFC 8414 §3.3).
#[derive(Clone, PartialEq, Eq)]
pub struct HttpsUrl {
    text: String,
    url: Url,
}

/// Why a text is no URL that may be spoken to.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidUrl {
    /// Not an absolute URL.
    #[error("it is not an absolute URL")]
    NotAbsolute,
    /// A scheme other than https and http.
    #[error("its scheme is `{0}`, not https")]
    Scheme(String),
    /// http beyond loopback.
    #[error("http is allowed on loopback only, and `{0}` is not; use https")]
    Http(String),
    /// A user name or password in it.
    #[error("it holds a user name or a password")]
    Userinfo,
    /// A fragment.
    #[error("it has a fragment (#)")]
    Fragment,
}

impl HttpsUrl {
    /// Returns the text as it was given, to compare and to show.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Returns the parsed URL, to send to.
    pub fn url(&self) -> &Url {
        &self.url
    }

    /// Says whether the URL is plain http, which is loopback then.
    pub fn is_plain_http(&self) -> bool {
        self.url.scheme() == "http"
    }

    /// Says whether the host is this machine by its very name: 127.0.0.0/8,
    /// ::1 or `localhost`.
    pub fn is_loopback(&self) -> bool {
        self.url.host().is_some_and(|host| is_loopback(&host))
    }

    /// Returns host and, where one is written, port: `as.example:8443`.
    pub fn authority(&self) -> String {
        let host = self.url.host_str().unwrap_or_default();
        match self.url.port() {
            Some(port) => format!("{host}:{port}"),
            None => host.to_owned(),
        }
    }

    /// Returns the URL without its query, to name it in a log.
    pub fn without_query(&self) -> &str {
        self.text.split('?').next().unwrap_or_default()
    }

    /// Says whether both have the same scheme, host and port (RFC 6454 §5).
    pub fn same_origin(&self, other: &HttpsUrl) -> bool {
        self.url.origin() == other.url.origin()
    }

    fn checked(text: String, url: Url) -> Result<Self, InvalidUrl> {
        let Some(host) = url.host() else {
            return Err(match url.scheme() {
                "http" | "https" => InvalidUrl::NotAbsolute,
                other => InvalidUrl::Scheme(other.to_owned()),
            });
        };
        match url.scheme() {
            "https" => {}
            "http" if is_loopback(&host) => {}
            "http" => return Err(InvalidUrl::Http(host.to_string())),
            other => return Err(InvalidUrl::Scheme(other.to_owned())),
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(InvalidUrl::Userinfo);
        }
        if url.fragment().is_some() {
            return Err(InvalidUrl::Fragment);
        }
        Ok(Self { text, url })
    }
}

impl FromStr for HttpsUrl {
    type Err = InvalidUrl;

    fn from_str(text: &str) -> Result<Self, InvalidUrl> {
        // The URL parser drops tabs and newlines and trims; a text with any
        // of them is not the URL that it would become.
        if text.chars().any(|c| c.is_whitespace() || c.is_control()) {
            return Err(InvalidUrl::NotAbsolute);
        }
        let url = Url::parse(text).map_err(|_| InvalidUrl::NotAbsolute)?;
        Self::checked(text.to_owned(), url)
    }
}

impl TryFrom<Url> for HttpsUrl {
    type Error = InvalidUrl;

    fn try_from(url: Url) -> Result<Self, InvalidUrl> {
        Self::checked(url.as_str().to_owned(), url)
    }
}

impl fmt::Display for HttpsUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl fmt::Debug for HttpsUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "HttpsUrl({})", self.text)
    }
}

/// Says whether a host is this machine by its very name: 127.0.0.0/8, ::1, or
/// `localhost` (RFC 6761 §6.3).
fn is_loopback(host: &Host<&str>) -> bool {
    match host {
        Host::Ipv4(address) => address.is_loopback(),
        Host::Ipv6(address) => address.is_loopback(),
        Host::Domain(name) => name.eq_ignore_ascii_case("localhost"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn https_and_loopback_http_are_urls() {
        for text in [
            "https://as.example",
            "https://as.example/tenant?x=1",
            "http://127.0.0.1:9400",
            "http://127.9.9.9",
            "http://[::1]:80/a",
            "http://localhost:1",
        ] {
            let url: HttpsUrl = text
                .parse()
                .unwrap_or_else(|error| panic!("{text}: {error}"));
            assert_eq!(url.as_str(), text);
        }
    }

    #[test]
    fn anything_else_is_refused_with_its_reason() {
        for (text, why) in [
            ("", InvalidUrl::NotAbsolute),
            ("as.example", InvalidUrl::NotAbsolute),
            ("https://", InvalidUrl::NotAbsolute),
            (" https://as.example", InvalidUrl::NotAbsolute),
            ("https://as.exa\nmple", InvalidUrl::NotAbsolute),
            ("ftp://as.example", InvalidUrl::Scheme("ftp".into())),
            ("file:///etc/passwd", InvalidUrl::Scheme("file".into())),
            (
                "javascript:alert(1)",
                InvalidUrl::Scheme("javascript".into()),
            ),
            ("http://as.example", InvalidUrl::Http("as.example".into())),
            (
                "http://127.0.0.1.example",
                InvalidUrl::Http("127.0.0.1.example".into()),
            ),
            (
                "http://localhost.example",
                InvalidUrl::Http("localhost.example".into()),
            ),
            ("http://0.0.0.0", InvalidUrl::Http("0.0.0.0".into())),
            ("https://u@as.example", InvalidUrl::Userinfo),
            (
                "http://127.0.0.1@as.example",
                InvalidUrl::Http("as.example".into()),
            ),
            ("https://as.example#f", InvalidUrl::Fragment),
        ] {
            assert_eq!(text.parse::<HttpsUrl>(), Err(why), "{text:?}");
        }
    }

    #[test]
    fn parts_are_named_as_a_person_would() {
        for (text, authority, loopback) in [
            ("https://as.example/t?x=1", "as.example", false),
            ("https://as.example:443/", "as.example", false),
            ("https://as.example:8443/", "as.example:8443", false),
            ("http://127.0.0.1:9400/t", "127.0.0.1:9400", true),
            ("http://[::1]:1/", "[::1]:1", true),
            ("https://LOCALHOST/", "localhost", true),
            ("https://localhost.example/", "localhost.example", false),
        ] {
            let url: HttpsUrl = text.parse().expect(text);
            assert_eq!(url.authority(), authority, "{text}");
            assert_eq!(url.is_loopback(), loopback, "{text}");
            assert!(!url.without_query().contains('?'), "{text}");
        }
    }

    #[test]
    fn a_parsed_url_is_held_to_the_same_rules() {
        let parse = |text| Url::parse(text).expect("a URL");
        assert_eq!(
            HttpsUrl::try_from(parse("http://as.example/")),
            Err(InvalidUrl::Http("as.example".into()))
        );
        assert!(HttpsUrl::try_from(parse("https://as.example/")).is_ok());
    }
}
