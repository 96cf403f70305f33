//! Token revocation: telling the server to forget a token (RFC 7009).

use std::str::FromStr;

use super::answer::Answer;
use super::client_auth::ClientAuth;
use crate::core::Error as CoreError;
use crate::core::http::{Request, Response, Retry};
use crate::core::secret::Secret;
use crate::core::uri::HttpsUrl;

/// What kind of token is given, to help the server look it up (RFC 7009
/// §2.1, registry "OAuth Token Type Hints").
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenTypeHint {
    /// `access_token`.
    AccessToken,
    /// `refresh_token`.
    RefreshToken,
}

impl TokenTypeHint {
    /// Returns the registered name.
    pub fn name(self) -> &'static str {
        match self {
            Self::AccessToken => "access_token",
            Self::RefreshToken => "refresh_token",
        }
    }
}

/// A name that is no token type hint.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected access_token or refresh_token")]
pub struct UnknownTokenTypeHint;

impl FromStr for TokenTypeHint {
    type Err = UnknownTokenTypeHint;

    fn from_str(name: &str) -> Result<Self, UnknownTokenTypeHint> {
        [Self::AccessToken, Self::RefreshToken]
            .into_iter()
            .find(|hint| hint.name() == name)
            .ok_or(UnknownTokenTypeHint)
    }
}

/// Builds the request (RFC 7009 §2.1). A token that is already gone is
/// answered with success (§2.2), so it may be repeated.
pub fn revocation_request(
    endpoint: &HttpsUrl,
    auth: &ClientAuth,
    token: &Secret,
    hint: Option<TokenTypeHint>,
) -> Request {
    let mut request = Request::post(endpoint.clone());
    request.retry = Retry::Safe;
    request.secret_field("token", token);
    if let Some(hint) = hint {
        request.field("token_type_hint", hint.name());
    }
    auth.apply(&mut request);
    request
}

/// Judges the answer: "the content of the response body is ignored by the
/// client as all necessary information is conveyed in the response code"
/// (RFC 7009 §2.2). 204 is let through beside the RFC's 200.
///
/// # Errors
///
/// As [`super::token::process_token_response`].
pub fn process_revocation_response(
    request: &Request,
    response: &Response,
) -> Result<(), CoreError> {
    let answer = Answer {
        request,
        response,
        name: "revocation request",
    };
    match response.status {
        200 | 204 => Ok(()),
        _ => Err(answer.failure()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::error::{Exit, Report};

    fn request() -> Request {
        revocation_request(
            &"https://as.example/revoke".parse().expect("a URL"),
            &ClientAuth::None {
                client_id: "app".into(),
            },
            &Secret::new("planted"),
            Some(TokenTypeHint::RefreshToken),
        )
    }

    fn answer(status: u16, body: &str) -> Response {
        Response {
            status,
            headers: Vec::new(),
            body: body.as_bytes().to_vec().into(),
        }
    }

    #[test]
    fn the_request_carries_the_token_as_a_secret() {
        let request = request();
        assert_eq!(request.form_value("token"), Some("planted"));
        assert_eq!(request.form_value("token_type_hint"), Some("refresh_token"));
        assert_eq!(request.retry, Retry::Safe);
        assert!(!format!("{request:?}").contains("planted"));
    }

    #[test]
    fn a_success_is_its_status_whatever_the_body() {
        for (status, body) in [(200, ""), (200, "<html>ok</html>"), (204, "")] {
            let result = process_revocation_response(&request(), &answer(status, body));
            assert!(result.is_ok(), "{status} {body}");
        }
    }

    #[test]
    fn a_refusal_is_told_from_a_failure() {
        for (status, body, code, exit) in [
            (
                400,
                r#"{"error":"unsupported_token_type"}"#,
                "refused",
                Exit::Refused,
            ),
            (503, "", "server_failed", Exit::Unreachable),
            (404, "", "senseless_answer", Exit::Unreachable),
        ] {
            let result = process_revocation_response(&request(), &answer(status, body));
            let error = result.expect_err(body);
            assert_eq!((error.code(), error.exit()), (code, exit), "{status}");
        }
    }

    #[test]
    fn hints_have_their_registered_names() {
        assert_eq!("refresh_token".parse(), Ok(TokenTypeHint::RefreshToken));
        assert_eq!(
            "id_token".parse::<TokenTypeHint>(),
            Err(UnknownTokenTypeHint)
        );
    }
}
