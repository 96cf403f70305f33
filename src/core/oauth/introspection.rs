//! Token introspection: what the server says of a token (RFC 7662).

use serde_json::{Map, Value};

use super::answer::Answer;
use super::client_auth::ClientAuth;
use super::error::Error;
use super::revocation::TokenTypeHint;
use crate::core::Error as CoreError;
use crate::core::http::{Request, Response, Retry};
use crate::core::secret::Secret;
use crate::core::uri::HttpsUrl;

/// Builds the request (RFC 7662 §2.1). It changes nothing, so it may be
/// repeated.
pub fn introspection_request(
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

/// What the server says of the token (RFC 7662 §2.2).
#[derive(Clone, Debug, PartialEq)]
pub struct Introspection {
    /// `active`: issued by this server, not revoked, within its time.
    pub active: bool,
    /// All members as received, `active` among them.
    pub members: Map<String, Value>,
}

/// Judges the answer.
///
/// # Errors
///
/// As [`super::token::process_token_response`]; a missing or non-boolean
/// `active` makes no sense, since all that follows hangs on it. A signed answer
/// (RFC 9701), which was not asked for, is [`Error::NotSupported`].
pub fn process_introspection_response(
    request: &Request,
    response: &Response,
) -> Result<Introspection, CoreError> {
    let answer = Answer {
        request,
        response,
        name: "introspection request",
    };
    if answer.media_type().as_deref() == Some("application/token-introspection+jwt") {
        return Err(Error::NotSupported {
            what: "the server answered with a signed introspection (RFC 9701); only plain JSON \
                   is understood"
                .into(),
        }
        .into());
    }
    let members = answer.object()?;
    match members.get("active") {
        Some(Value::Bool(active)) => Ok(Introspection {
            active: *active,
            members,
        }),
        Some(other) => Err(answer.wrong_type("active", other, "a boolean").into()),
        None => Err(answer.missing("active").into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::error::{Exit, Report};

    fn answer(status: u16, headers: &[(&str, &str)], body: &str) -> Response {
        Response {
            status,
            headers: headers
                .iter()
                .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
                .collect(),
            body: body.as_bytes().to_vec().into(),
        }
    }

    fn request() -> Request {
        introspection_request(
            &"https://as.example/introspect".parse().expect("a URL"),
            &ClientAuth::None {
                client_id: "app".into(),
            },
            &Secret::new("planted"),
            Some(TokenTypeHint::AccessToken),
        )
    }

    #[test]
    fn the_request_carries_the_token_as_a_secret() {
        let request = request();
        assert_eq!(request.form_value("token"), Some("planted"));
        assert_eq!(request.form_value("token_type_hint"), Some("access_token"));
        assert_eq!(request.form_value("client_id"), Some("app"));
        assert_eq!(request.retry, Retry::Safe);
        assert!(!format!("{request:?}").contains("planted"));
    }

    #[test]
    fn the_verdict_and_all_members_are_read() {
        for (body, active) in [
            (r#"{"active":false}"#, false),
            (r#"{"active":true,"sub":"alice","scope":"a b"}"#, true),
        ] {
            let result = process_introspection_response(&request(), &answer(200, &[], body));
            let introspection = result.expect(body);
            assert_eq!(introspection.active, active);
            assert_eq!(Value::Object(introspection.members).to_string(), body);
        }
    }

    #[test]
    fn anything_else_is_no_verdict() {
        for (status, kind, body, code, exit, message) in [
            (
                200,
                "application/json",
                "{}",
                "senseless_answer",
                Exit::Unreachable,
                "the answer of as.example to the introspection request makes no sense: \
                 it has no member `active`",
            ),
            (
                200,
                "application/json",
                r#"{"active":"true"}"#,
                "senseless_answer",
                Exit::Unreachable,
                "the answer of as.example to the introspection request makes no sense: \
                 its `active` is a string, not a boolean",
            ),
            (
                200,
                "application/token-introspection+jwt",
                "e30.e30.x",
                "not_supported",
                Exit::Refused,
                "the server answered with a signed introspection (RFC 9701); only plain JSON is \
                 understood",
            ),
            (
                401,
                "application/json",
                r#"{"error":"invalid_client"}"#,
                "refused",
                Exit::Refused,
                "the server answered invalid_client",
            ),
        ] {
            let response = answer(status, &[("content-type", kind)], body);
            let error = process_introspection_response(&request(), &response).expect_err(body);
            assert_eq!(
                (error.code(), error.exit(), error.to_string().as_str()),
                (code, exit, message)
            );
        }
    }
}
