//! How a request is refused: the error responses of RFC 6749 §5.2 and
//! RFC 6750 §3.

use std::borrow::Cow;

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

use crate::core::oauth::ErrorResponse;
use crate::core::oauth::error::code;

/// The protection space of every challenge (RFC 9110 §11.5).
const REALM: &str = "authctl";

/// An error response.
#[derive(Clone, Debug)]
pub(super) struct Refusal {
    status: StatusCode,
    code: &'static str,
    description: Cow<'static, str>,
    challenge: Challenge,
}

/// Which `WWW-Authenticate` goes with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Challenge {
    None,
    /// Client authentication (RFC 6749 §5.2).
    Basic,
    /// A protected resource (RFC 6750 §3), naming the error.
    Bearer,
    /// The same for a request that held no token at all: RFC 6750 §3.1 wants
    /// no error code in it.
    BareBearer,
}

/// The error code of a response, left in its extensions for the request log.
#[derive(Clone, Copy, Debug)]
pub(super) struct ErrorCode(pub(super) &'static str);

type Text = Cow<'static, str>;

impl Refusal {
    /// A refusal of RFC 6749 §5.2 other than `invalid_client`.
    fn bad(code: &'static str, description: impl Into<Text>) -> Self {
        Self {
            status: StatusCode::BAD_REQUEST,
            code,
            description: description.into(),
            challenge: Challenge::None,
        }
    }

    pub(super) fn invalid_request(description: impl Into<Text>) -> Self {
        Self::bad(code::INVALID_REQUEST, description)
    }

    pub(super) fn invalid_grant(description: impl Into<Text>) -> Self {
        Self::bad(code::INVALID_GRANT, description)
    }

    pub(super) fn invalid_scope(description: impl Into<Text>) -> Self {
        Self::bad(code::INVALID_SCOPE, description)
    }

    /// RFC 8707 §2.
    pub(super) fn invalid_target(description: impl Into<Text>) -> Self {
        Self::bad(code::INVALID_TARGET, description)
    }

    pub(super) fn unauthorized_client(description: impl Into<Text>) -> Self {
        Self::bad(code::UNAUTHORIZED_CLIENT, description)
    }

    pub(super) fn unsupported_grant_type(description: impl Into<Text>) -> Self {
        Self::bad(code::UNSUPPORTED_GRANT_TYPE, description)
    }

    pub(super) fn invalid_client(description: impl Into<Text>) -> Self {
        Self {
            status: StatusCode::UNAUTHORIZED,
            challenge: Challenge::Basic,
            ..Self::bad(code::INVALID_CLIENT, description)
        }
    }

    /// A request for a protected resource without any token.
    pub(super) fn token_missing() -> Self {
        Self {
            status: StatusCode::UNAUTHORIZED,
            challenge: Challenge::BareBearer,
            ..Self::bad(code::INVALID_TOKEN, "an access token is needed")
        }
    }

    pub(super) fn invalid_token(description: impl Into<Text>) -> Self {
        Self {
            status: StatusCode::UNAUTHORIZED,
            challenge: Challenge::Bearer,
            ..Self::bad(code::INVALID_TOKEN, description)
        }
    }

    pub(super) fn insufficient_scope(description: impl Into<Text>) -> Self {
        Self {
            status: StatusCode::FORBIDDEN,
            challenge: Challenge::Bearer,
            ..Self::bad(code::INSUFFICIENT_SCOPE, description)
        }
    }

    /// A malformed request for a protected resource.
    pub(super) fn bearer_invalid_request(description: impl Into<Text>) -> Self {
        Self {
            challenge: Challenge::Bearer,
            ..Self::invalid_request(description)
        }
    }

    pub(super) fn server_error(description: impl Into<Text>) -> Self {
        Self::invalid_request(description)
            .coded(code::SERVER_ERROR, StatusCode::INTERNAL_SERVER_ERROR)
    }

    /// An `invalid_request` that HTTP has a status of its own for.
    pub(super) fn with_status(status: StatusCode, description: impl Into<Text>) -> Self {
        Self::invalid_request(description).coded(code::INVALID_REQUEST, status)
    }

    /// Something that is not there.
    pub(super) fn not_found() -> Self {
        Self::invalid_request("there is no such endpoint").coded("not_found", StatusCode::NOT_FOUND)
    }

    /// A request that a browser was tricked into.
    pub(super) fn forbidden(description: impl Into<Text>) -> Self {
        Self::invalid_request(description).coded(code::ACCESS_DENIED, StatusCode::FORBIDDEN)
    }

    fn coded(mut self, code: &'static str, status: StatusCode) -> Self {
        self.code = code;
        self.status = status;
        self
    }

    fn challenge(&self, description: &str) -> Option<String> {
        match self.challenge {
            Challenge::None => None,
            Challenge::Basic => Some(format!("Basic realm=\"{REALM}\", charset=\"UTF-8\"")),
            Challenge::BareBearer => Some(format!("Bearer realm=\"{REALM}\"")),
            Challenge::Bearer => Some(format!(
                "Bearer realm=\"{REALM}\", error=\"{}\", error_description=\"{description}\"",
                self.code
            )),
        }
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let description = permitted(&self.description);
        let challenge = self
            .challenge(&description)
            .and_then(|text| HeaderValue::try_from(text).ok());
        let body = ErrorResponse::new(self.code, description, self.status.as_u16()).to_json();
        let mut response = (self.status, Json(body)).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        headers.insert(header::PRAGMA, HeaderValue::from_static("no-cache"));
        if let Some(challenge) = challenge {
            headers.insert(header::WWW_AUTHENTICATE, challenge);
        }
        response.extensions_mut().insert(ErrorCode(self.code));
        response
    }
}

/// Keeps a description within the characters that RFC 6749 §5.2 allows:
/// %x20-21, %x23-5B and %x5D-7E.
fn permitted(text: &str) -> String {
    text.chars()
        .map(|c| match c {
            '"' => '\'',
            '\\' => '/',
            ' '..='~' => c,
            _ => '?',
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn descriptions_keep_to_the_permitted_characters() {
        assert_eq!(permitted("a \"b\" \\ \u{1b}[31m ü~"), "a 'b' / ?[31m ?~");
    }
}
