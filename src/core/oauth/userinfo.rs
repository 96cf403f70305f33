//! UserInfo: who the access token's subject is (OIDC Core §5.3).

use serde_json::{Map, Value};

use super::answer::{Answer, kind};
use super::error::{Error, ErrorResponse};
use crate::core::Error as CoreError;
use crate::core::http::{FieldValue, Request, Response};
use crate::core::secret::Secret;
use crate::core::uri::HttpsUrl;

/// Builds the request: GET with the access token in the header (OIDC Core
/// §5.3.1, RFC 6750 §2.1).
pub fn userinfo_request(endpoint: &HttpsUrl, access_token: &Secret) -> Request {
    let mut request = Request::get(endpoint.clone());
    request.headers.push((
        "authorization",
        FieldValue::Secret(Secret::new(format!("Bearer {}", access_token.expose()))),
    ));
    request
}

/// What the server says of the subject (OIDC Core §5.3.2).
#[derive(Clone, Debug, PartialEq)]
pub struct UserInfo {
    /// `sub`.
    pub subject: String,
    /// All claims as received, `sub` among them.
    pub claims: Map<String, Value>,
}

/// Judges the answer.
///
/// `expected` is the `sub` of the session's ID Token: "the sub Claim in the
/// UserInfo Response MUST be verified to exactly match the sub Claim in the ID
/// Token; if they do not match, the UserInfo Response values MUST NOT be used"
/// (OIDC Core §5.3.2). It is `None` only where there is no ID Token.
///
/// # Errors
///
/// - [`Error::SubjectMismatch`];
/// - [`Error::NotSupported`] for a signed or encrypted answer;
/// - [`Error::Refused`] for an error in `WWW-Authenticate` (RFC 6750 §3) or in
///   the body;
/// - [`crate::core::http::Error`] for an answer that makes no sense.
pub fn process_userinfo_response(
    request: &Request,
    response: &Response,
    expected: Option<&str>,
) -> Result<UserInfo, CoreError> {
    let answer = Answer {
        request,
        response,
        name: "UserInfo request",
    };
    if response.status == 200 && answer.media_type().as_deref() == Some("application/jwt") {
        return Err(Error::NotSupported {
            what: "the server signs or encrypts UserInfo (application/jwt); only plain JSON is \
                   understood"
                .into(),
        }
        .into());
    }
    if matches!(response.status, 400 | 401 | 403)
        && let Some(refusal) = bearer_error(&answer)
    {
        return Err(Error::refusal(refusal, None).into());
    }
    let claims = answer.object()?;
    let subject = match claims.get("sub") {
        Some(Value::String(sub)) if !sub.is_empty() => sub.clone(),
        Some(Value::String(_)) => return Err(answer.senseless("its `sub` is empty").into()),
        Some(other) => {
            return Err(answer
                .senseless(format!("its `sub` is {}, not a string", kind(other)))
                .into());
        }
        None => return Err(answer.senseless("it has no member `sub`").into()),
    };
    match expected {
        Some(expected) if expected != subject => Err(Error::SubjectMismatch {
            expected: expected.to_owned(),
            found: subject,
        }
        .into()),
        _ => Ok(UserInfo { subject, claims }),
    }
}

/// Reads the error of a Bearer challenge (RFC 6750 §3):
/// `Bearer realm="x", error="invalid_token", error_description="expired"`.
fn bearer_error(answer: &Answer<'_>) -> Option<ErrorResponse> {
    let challenge = answer.response.header("www-authenticate")?;
    let (scheme, rest) = challenge.trim_start().split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("bearer") {
        return None;
    }
    let parameters = auth_params(rest);
    let text = |name: &str| {
        let (_, value) = parameters.iter().find(|(own, _)| own == name)?;
        Some(answer.scrub(value))
    };
    Some(ErrorResponse {
        error: text("error").filter(|code| !code.is_empty())?,
        error_description: text("error_description"),
        error_uri: text("error_uri"),
        status: answer.response.status,
    })
}

/// Reads `name=value` or `name="value"`, apart by commas (RFC 9110 §11.2), up
/// to the first text that is neither.
fn auth_params(text: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut rest = text;
    while let Some((name, after)) = rest.split_once('=') {
        let name = name.trim_matches([' ', '\t', ',']).to_ascii_lowercase();
        let after = after.trim_start();
        let (value, tail) = match after.strip_prefix('"') {
            Some(quoted) => quoted_string(quoted),
            None => {
                let end = after.find(',').unwrap_or(after.len());
                (after[..end].trim_end().to_owned(), &after[end..])
            }
        };
        found.push((name, value));
        rest = tail;
    }
    found
}

/// Reads a quoted string after its opening quote (RFC 9110 §5.6.4) and returns
/// it with what follows it.
fn quoted_string(text: &str) -> (String, &str) {
    let mut value = String::new();
    let mut characters = text.char_indices();
    while let Some((at, character)) = characters.next() {
        match character {
            '"' => return (value, &text[at + 1..]),
            '\\' => value.extend(characters.next().map(|(_, escaped)| escaped)),
            other => value.push(other),
        }
    }
    (value, "")
}
