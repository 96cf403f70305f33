//! Token introspection: what the server says of a token (RFC 7662).

use serde_json::{Map, Value};

use super::answer::{Answer, kind};
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
        Some(other) => Err(answer
            .senseless(format!("its `active` is {}, not a boolean", kind(other)))
            .into()),
        None => Err(answer.senseless("it has no member `active`").into()),
    }
}
