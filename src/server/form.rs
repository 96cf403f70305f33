//! Reading `application/x-www-form-urlencoded` bodies, strictly (RFC 6749
//! §3.2, appendix B).

use std::pin::Pin;
use std::time::Duration;

use axum::body::{Body, HttpBody};
use axum::extract::{FromRequest, Request};
use axum::http::{HeaderMap, StatusCode, header, request::Parts};
use tokio::time::timeout;
use url::form_urlencoded;
use zeroize::Zeroizing;

use super::refusal::Refusal;
use super::state::Shared;
use crate::core::secret::Secret;

/// How much of a body that is too large is read and thrown away, so that a
/// client that sends first and listens later hears the answer instead of a
/// reset connection.
const MAX_DISCARDED: usize = 16 * 1024 * 1024;

/// The one media type of a body.
const FORM: &str = "application/x-www-form-urlencoded";

/// The parameters that may come more than once: a token may be for many
/// (RFC 8707 §2, RFC 8693 §2.1).
const REPEATABLE: [&str; 2] = ["audience", "resource"];

/// The parameters of a request. Every value is treated as a secret, since a
/// good part of them are.
pub(super) struct Form(Vec<(String, Secret)>);

impl Form {
    /// Returns the parameter of this name.
    pub(super) fn secret(&self, name: &str) -> Option<&Secret> {
        self.0
            .iter()
            .find(|(field, _)| field == name)
            .map(|(_, value)| value)
    }

    /// Returns the text of a parameter that is no secret.
    pub(super) fn text(&self, name: &str) -> Option<&str> {
        self.secret(name).map(Secret::expose)
    }

    /// Returns all values of a repeatable parameter that is no secret.
    pub(super) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0
            .iter()
            .filter(move |(field, _)| field == name)
            .map(|(_, value)| value.expose())
    }

    /// Returns a parameter that must be there.
    pub(super) fn required(&self, name: &str) -> Result<&Secret, Refusal> {
        self.secret(name)
            .ok_or_else(|| Refusal::invalid_request(format!("the parameter `{name}` is missing")))
    }

    fn parse(body: &[u8]) -> Result<Self, Refusal> {
        let mut fields: Vec<(String, Secret)> = Vec::new();
        let mut seen = std::collections::HashSet::new();
        for (name, value) in form_urlencoded::parse(body) {
            // The parser replaces what is not UTF-8; a password with such a
            // mark in it would not be the one that was typed.
            if name.contains('\u{fffd}') || value.contains('\u{fffd}') {
                return Err(Refusal::invalid_request("the body is not UTF-8"));
            }
            if !REPEATABLE.contains(&&*name) && !seen.insert(name.clone().into_owned()) {
                return Err(Refusal::invalid_request("a parameter comes twice"));
            }
            // "Parameters sent without a value MUST be treated as if they
            // were omitted from the request."
            if !value.is_empty() {
                fields.push((name.into_owned(), Secret::new(value.into_owned())));
            }
        }
        Ok(Self(fields))
    }
}

impl FromRequest<Shared> for Form {
    type Rejection = Refusal;

    async fn from_request(request: Request, state: &Shared) -> Result<Self, Refusal> {
        let (parts, body) = request.into_parts();
        check_head(&parts)?;
        let limits = &state.limits;
        let octets = read(body, limits.body, limits.body_timeout).await?;
        Self::parse(&octets)
    }
}

fn check_head(parts: &Parts) -> Result<(), Refusal> {
    // RFC 6749 §2.3.1: the parameters "MUST NOT be included in the request
    // URI", where logs and histories keep them.
    if parts.uri.query().is_some_and(|query| !query.is_empty()) {
        return Err(Refusal::invalid_request(
            "parameters belong in the body, not in the query",
        ));
    }
    if !is_form(&parts.headers) {
        return Err(Refusal::invalid_request(
            "the content type must be application/x-www-form-urlencoded",
        ));
    }
    Ok(())
}

/// Says whether the headers announce a form, and nothing else.
pub(super) fn is_form(headers: &HeaderMap) -> bool {
    let mut types = headers.get_all(header::CONTENT_TYPE).iter();
    let first = types
        .next()
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.split(';').next());
    first.is_some_and(|essence| essence.trim().eq_ignore_ascii_case(FORM)) && types.next().is_none()
}

/// Reads a body of at most `limit` octets within `wait`.
async fn read(body: Body, limit: usize, wait: Duration) -> Result<Zeroizing<Vec<u8>>, Refusal> {
    let mut octets = Zeroizing::new(Vec::new());
    let read = async {
        let mut body = body;
        let mut discarded = 0usize;
        while let Some(frame) = next_frame(&mut body).await {
            let frame = frame.map_err(|_| Refusal::invalid_request("the body was cut"))?;
            let Ok(data) = frame.into_data() else {
                continue;
            };
            if discarded == 0 && octets.len() + data.len() <= limit {
                octets.extend_from_slice(&data);
                continue;
            }
            discarded += data.len();
            if discarded > MAX_DISCARDED {
                break;
            }
        }
        if discarded > 0 {
            return Err(Refusal::with_status(
                StatusCode::PAYLOAD_TOO_LARGE,
                format!("the body is larger than {limit} octets"),
            ));
        }
        Ok(())
    };
    match timeout(wait, read).await {
        Ok(done) => done.map(|()| octets),
        Err(_) => Err(Refusal::with_status(
            StatusCode::REQUEST_TIMEOUT,
            "the body did not come in time",
        )),
    }
}

async fn next_frame(
    body: &mut Body,
) -> Option<Result<hyper::body::Frame<axum::body::Bytes>, axum::Error>> {
    std::future::poll_fn(|context| Pin::new(&mut *body).poll_frame(context)).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_decoded_and_empty_ones_left_out() {
        let form = Form::parse(b"a=x+y%26z&b=&resource=1&resource=2").unwrap();
        assert_eq!(form.text("a"), Some("x y&z"));
        assert!(form.text("b").is_none());
        assert_eq!(form.all("resource").collect::<Vec<_>>(), ["1", "2"]);
    }

    #[test]
    fn a_parameter_that_comes_twice_is_refused_even_if_empty() {
        for body in ["a=1&a=1", "a=&a=1", "a=1&%61=2", "a&a"] {
            assert!(Form::parse(body.as_bytes()).is_err(), "{body}");
        }
    }

    proptest::proptest! {
        #[test]
        fn no_octets_panic(body: Vec<u8>) {
            let _ = Form::parse(&body);
        }

        #[test]
        fn what_is_written_is_read(pairs in proptest::collection::hash_map("[a-z]{1,8}", ".{1,8}", 0..8)) {
            let replaced = |text: &String| text.contains('\u{fffd}');
            proptest::prop_assume!(!pairs.values().any(replaced));
            let body = form_urlencoded::Serializer::new(String::new())
                .extend_pairs(&pairs)
                .finish();
            let form = Form::parse(body.as_bytes()).unwrap();
            for (name, value) in &pairs {
                proptest::prop_assert_eq!(form.text(name), Some(value.as_str()));
            }
        }
    }

    #[test]
    fn octets_that_are_not_utf8_are_refused() {
        for body in [&b"a=%ff"[..], b"%ff=a", b"a=\xff"] {
            assert!(Form::parse(body).is_err(), "{body:?}");
        }
    }
}
