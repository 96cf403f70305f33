//! What every judge needs: the object in a body, and the refusal in a status.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde_json::{Map, Value};
use url::form_urlencoded;

use super::error::{Error, ErrorResponse, code};
use super::salvage::string_members;
use crate::core::Error as CoreError;
use crate::core::http::{self, FieldValue, Request, Response};
use crate::core::jose::json;
use crate::core::secret::redact;

/// The most characters that are kept of an `error_description`; the longest
/// known ones (a correlation id, a date and a page of advice) are shorter.
const MAX_DESCRIPTION: usize = 1000;

/// A request, its response, and what the request is called in an error.
#[derive(Clone, Copy)]
pub(super) struct Answer<'a> {
    pub request: &'a Request,
    pub response: &'a Response,
    pub name: &'static str,
}

impl Answer<'_> {
    /// Makes the error for an answer that makes no sense.
    pub fn senseless(&self, why: impl Into<String>) -> http::Error {
        http::Error::Senseless {
            host: self.request.url.authority(),
            request: self.name,
            why: why.into(),
        }
    }

    /// Makes the error for a member of the wrong type, or an empty string
    /// where a text is due.
    pub fn wrong_type(&self, name: &str, found: &Value, due: &str) -> http::Error {
        self.senseless(match found {
            Value::String(_) if due == "a string" => format!("its `{name}` is empty"),
            Value::Array(_) if due.starts_with("an array") => {
                format!("its `{name}` is not {due}")
            }
            other => format!("its `{name}` is {}, not {due}", kind(other)),
        })
    }

    /// Makes the error for a member that is not there.
    pub fn missing(&self, name: &str) -> http::Error {
        self.senseless(format!("it has no member `{name}`"))
    }

    /// Judges the status and returns the object in the body of a success.
    ///
    /// A 200 that holds a member `error` is a refusal all the same: servers
    /// behind some gateways answer so.
    pub fn object(&self) -> Result<Map<String, Value>, CoreError> {
        if self.response.status != 200 {
            return Err(self.failure());
        }
        let object = self.parse()?;
        match self.error_response(&object) {
            Some(response) => Err(self.refusal(response)),
            None => Ok(object),
        }
    }

    /// Returns the strings that can be read in the body of a success, whichever
    /// of the 2xx that is, and whatever else is wrong with it; `None` where it
    /// is an OAuth error all the same.
    pub fn issued(&self) -> Option<Map<String, Value>> {
        if !matches!(self.response.status, 200..=299) {
            return None;
        }
        let members = string_members(&self.response.body);
        self.error_response(&members).is_none().then_some(members)
    }

    /// Returns the object in the body of a public document, of which `error`
    /// would be a member like any other and a status that is not 200 says no
    /// more than that it is not there.
    pub fn document(&self) -> Result<Map<String, Value>, http::Error> {
        match self.response.status {
            200 => self.parse(),
            429 | 500..=599 => Err(self.server_failed(None)),
            status => Err(self.senseless(format!("HTTP {status}"))),
        }
    }

    /// Makes the error for a status that is not a success: the OAuth error in
    /// its body where there is one (RFC 6749 §5.2).
    pub fn failure(&self) -> CoreError {
        let response = self
            .parse()
            .ok()
            .and_then(|object| self.error_response(&object));
        match (self.response.status, response) {
            (429 | 500..=599, response) => self.server_failed(response.map(|r| r.error)).into(),
            (_, Some(response)) => self.refusal(response),
            (status, None) => self
                .senseless(format!(
                    "HTTP {status} without an OAuth error{}",
                    if self.is_html() { " (HTML)" } else { "" }
                ))
                .into(),
        }
    }

    fn refusal(&self, response: ErrorResponse) -> CoreError {
        match response.error.as_str() {
            code::SERVER_ERROR | code::TEMPORARILY_UNAVAILABLE => {
                self.server_failed(Some(response.error)).into()
            }
            _ => Error::refusal(response, self.request.form_value("grant_type")).into(),
        }
    }

    fn server_failed(&self, reason: Option<String>) -> http::Error {
        http::Error::ServerFailed {
            host: self.request.url.authority(),
            status: self.response.status,
            reason,
            retry_after: http::retry_after(self.response, None),
        }
    }

    /// Returns the JSON object in the body, whatever the status.
    fn parse(&self) -> Result<Map<String, Value>, http::Error> {
        let body = self.response.body.as_slice();
        if body.iter().all(u8::is_ascii_whitespace) {
            return Err(self.senseless("it is empty"));
        }
        if self.is_html() {
            return Err(self.senseless("it is HTML, not JSON"));
        }
        // A media type other than HTML is not held against the server: JSON is
        // sent as text/plain, text/javascript and under names of vendors.
        match json::parse_value(body) {
            Ok(Value::Object(object)) => Ok(object),
            Ok(other) => Err(self.senseless(format!("it is {}, not a JSON object", kind(&other)))),
            Err(json::Error::Truncated) => Err(self.senseless("its JSON ends in the middle")),
            // Two parsers would read it in two ways. The name is left out: it
            // is whatever the server sent.
            Err(json::Error::Duplicate { .. }) => {
                Err(self.senseless("a member of its JSON comes twice"))
            }
            Err(_) => Err(self.senseless("it is not JSON, or beyond the usual limits of it")),
        }
    }

    fn is_html(&self) -> bool {
        let body = self.response.body.as_slice();
        self.media_type()
            .is_some_and(|kind| kind == "text/html" || kind == "application/xhtml+xml")
            || body.trim_ascii_start().first() == Some(&b'<')
    }

    /// Returns the media type of the body in lower case, without parameters.
    pub fn media_type(&self) -> Option<String> {
        let value = self.response.header("content-type")?;
        Some(value.split(';').next()?.trim().to_ascii_lowercase())
    }

    fn error_response(&self, object: &Map<String, Value>) -> Option<ErrorResponse> {
        let text = |name: &str| {
            let text = object.get(name)?.as_str()?;
            Some(self.scrub(text))
        };
        let error = object
            .get("error")?
            .as_str()
            .filter(|code| !code.is_empty())?;
        Some(ErrorResponse {
            // A password may well be a part of a code ("invalid").
            error: if is_code(error) {
                error.to_owned()
            } else {
                self.scrub(error)
            },
            error_description: text("error_description"),
            error_uri: text("error_uri"),
            status: self.response.status,
        })
    }

    /// Takes the secrets that had been sent out of a text of the server's: some
    /// servers repeat them ("refresh token XYZ is unknown"). Then bounds it:
    /// half a secret would not be found.
    pub fn scrub(&self, text: &str) -> String {
        let mut text = text.to_owned();
        for secret in self.sent_secrets() {
            text = redact(&text, &secret);
        }
        text.chars().take(MAX_DESCRIPTION).collect()
    }

    fn sent_secrets(&self) -> Vec<String> {
        let headers = self.request.headers.iter().map(|(_, value)| value);
        let form = self.request.form.iter().map(|(_, value)| value);
        headers
            .chain(form)
            .filter_map(|value| match value {
                FieldValue::Plain(_) => None,
                FieldValue::Secret(secret) => Some(secret.expose()),
            })
            .flat_map(|secret| {
                let credentials = secret.split_once(' ').map(|(_, rest)| rest);
                let password = credentials.and_then(password_of_basic);
                [
                    Some(secret.to_owned()),
                    credentials.map(str::to_owned),
                    password,
                ]
            })
            .flatten()
            .collect()
    }
}

/// Says whether a text looks like the error codes of the RFCs.
fn is_code(text: &str) -> bool {
    text.len() <= 64
        && text
            .bytes()
            .all(|octet| matches!(octet, b'a'..=b'z' | b'_'))
}

/// Returns the client secret inside the credentials of HTTP Basic.
fn password_of_basic(credentials: &str) -> Option<String> {
    let pair = String::from_utf8(BASE64_STANDARD.decode(credentials).ok()?).ok()?;
    let (_, password) = pair.split_once(':')?;
    let (decoded, _) = form_urlencoded::parse(password.as_bytes()).next()?;
    Some(decoded.into_owned())
}

/// Names the type of a JSON value, with its article.
fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "an array",
        Value::Object(_) => "an object",
    }
}
