//! What `-vv` shows of an exchange: everything but secrets.
//!
//! A token is shown by its fingerprint, so that two lines can be seen to speak
//! of the same one. A password or client secret is not shown even so: it may
//! be short enough to be guessed from 32 bits of its hash.

use std::fmt::Write as _;
use std::time::Duration;

use serde_json::Value;

use super::{Error, FieldValue, Method, Request, Response};
use crate::core::secret::{Secret, fingerprint};

/// The most members of an answer that are named.
const MAX_MEMBERS: usize = 40;

/// Logs a request that is about to be sent.
pub(super) fn request(request: &Request) {
    if log::log_enabled!(log::Level::Trace) {
        log::trace!("{}", describe_request(request));
    }
}

/// Logs what came of it, `elapsed` later.
pub(super) fn outcome(result: &Result<Response, Error>, elapsed: Duration) {
    if log::log_enabled!(log::Level::Trace) {
        let elapsed = elapsed.as_millis();
        match result {
            Ok(response) => log::trace!("< {} ({elapsed} ms)", describe_response(response)),
            Err(error) => log::trace!("< no answer after {elapsed} ms: {error}"),
        }
    }
}

fn describe_request(request: &Request) -> String {
    let method = match request.method {
        Method::Get => "GET",
        Method::Post => "POST",
        Method::Delete => "DELETE",
    };
    let mut text = format!("> {method} {}", request.url.without_query());
    for (name, value) in &request.headers {
        let _ = write!(text, " {name}: {};", header(value));
    }
    for (name, value) in &request.form {
        let _ = write!(text, " {}={}", name.escape_debug(), field(name, value));
    }
    if let Some(json) = &request.json {
        let _ = write!(text, " {} octets of JSON", json.len());
    }
    text
}

fn describe_response(response: &Response) -> String {
    let mut text = format!("HTTP {}", response.status);
    if let Some(kind) = response.header("content-type") {
        let _ = write!(text, ", {}", kind.escape_debug());
    }
    let _ = write!(text, ", {} octets", response.body.len());
    let Ok(Value::Object(members)) = serde_json::from_slice(&response.body) else {
        return text;
    };
    let shown: Vec<String> = members
        .iter()
        .take(MAX_MEMBERS)
        .map(|(name, value)| match value {
            Value::String(token) if is_token(name) => format!("{name}={}", token_shown(token)),
            _ => name.escape_debug().to_string(),
        })
        .collect();
    let _ = write!(text, ", members: {}", shown.join(" "));
    text
}

fn header(value: &FieldValue) -> String {
    match value {
        FieldValue::Plain(text) => text.escape_debug().to_string(),
        FieldValue::Secret(secret) => match secret.expose().split_once(' ') {
            Some(("Bearer", token)) => format!("Bearer {}", token_shown(token)),
            Some((scheme, _)) => format!("{scheme} <secret>"),
            None => "<secret>".into(),
        },
    }
}

fn field(name: &str, value: &FieldValue) -> String {
    match value {
        FieldValue::Plain(text) => text.escape_debug().to_string(),
        FieldValue::Secret(secret) if is_token(name) => {
            format!("<secret sha256:{}>", Secret::fingerprint(secret))
        }
        FieldValue::Secret(_) => "<secret>".into(),
    }
}

/// Says whether a form field or member holds a token, long and random, rather
/// than something that a person chose.
fn is_token(name: &str) -> bool {
    name == "token" || name.ends_with("_token")
}

fn token_shown(token: &str) -> String {
    format!("<secret sha256:{}>", fingerprint(token.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_shows_fields_but_no_secret() {
        let mut request = Request::post(
            "https://as.example/token?code=planted1"
                .parse()
                .expect("a URL"),
        );
        request.headers.push((
            "authorization",
            FieldValue::Secret(Secret::new("Basic planted2")),
        ));
        request.field("grant_type", "refresh_token");
        request.secret_field("refresh_token", &Secret::new("abc"));
        request.secret_field("password", &Secret::new("planted3"));
        request.field("username", "al\u{1b}ice");
        assert_eq!(
            describe_request(&request),
            "> POST https://as.example/token accept: application/json; \
             authorization: Basic <secret>; grant_type=refresh_token \
             refresh_token=<secret sha256:ba7816bf> password=<secret> username=al\\u{1b}ice"
        );
        let mut request = Request::get("https://as.example/userinfo".parse().expect("a URL"));
        request.headers.push((
            "authorization",
            FieldValue::Secret(Secret::new("Bearer abc")),
        ));
        assert_eq!(
            describe_request(&request),
            "> GET https://as.example/userinfo accept: application/json; \
             authorization: Bearer <secret sha256:ba7816bf>;"
        );
    }

    #[test]
    fn a_response_shows_its_members_but_no_value() {
        let response = |body: &str| Response {
            status: 200,
            headers: vec![("content-type".into(), "application/json".into())],
            body: body.as_bytes().to_vec().into(),
        };
        assert_eq!(
            describe_response(&response(
                r#"{"access_token":"abc","expires_in":1,"other\u001b":"planted","id_token":7}"#
            )),
            "HTTP 200, application/json, 74 octets, members: \
             access_token=<secret sha256:ba7816bf> expires_in other\\u{1b} id_token"
        );
        for body in ["planted", "[\"planted\"]", "{\"access_token\":\"planted"] {
            let shown = describe_response(&response(body));
            assert_eq!(
                shown,
                format!("HTTP 200, application/json, {} octets", body.len())
            );
        }
    }
}
