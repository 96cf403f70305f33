//! The token endpoint: the grants' requests and the answer (RFC 6749 §4, §5).

use std::fmt;
use std::time::Duration;

use serde_json::{Map, Value};

use super::answer::Answer;
use super::client_auth::ClientAuth;
use super::error::Error;
use super::parameters::Parameters;
use super::scope::Scopes;
use crate::core::Error as CoreError;
use crate::core::http::{self, Request, Response};
use crate::core::secret::Secret;
use crate::core::uri::HttpsUrl;

/// The longest lifetime that is believed: 1000 years of seconds. What is
/// beyond is a mistake (nanoseconds, an instant) or a word for "for ever".
const MAX_LIFETIME: f64 = 31_556_952_000.0;

/// 2^64: what no integer of a server's can be.
const BEYOND_INTEGERS: f64 = 18_446_744_073_709_551_616.0;

/// Builds the request of the password grant (RFC 6749 §4.3.2). The caller
/// says that RFC 9700 §2.4 forbids it for new systems.
pub fn password_request(
    endpoint: &HttpsUrl,
    auth: &ClientAuth,
    username: &str,
    password: &Secret,
    parameters: &Parameters,
) -> Request {
    let mut request = grant(endpoint, "password");
    request.field("username", username);
    request.secret_field("password", password);
    finish(request, auth, parameters)
}

/// Builds the request of the client credentials grant (RFC 6749 §4.4.2).
///
/// It may be repeated: nothing is spent by it.
pub fn client_credentials_request(
    endpoint: &HttpsUrl,
    auth: &ClientAuth,
    parameters: &Parameters,
) -> Request {
    let mut request = grant(endpoint, "client_credentials");
    request.retry = http::Retry::Safe;
    finish(request, auth, parameters)
}

/// Builds the request that renews an access token (RFC 6749 §6).
///
/// An empty scope asks for what was granted before. The refresh token may be
/// spent by the request even when no answer comes, so it is not repeated
/// blindly.
pub fn refresh_request(
    endpoint: &HttpsUrl,
    auth: &ClientAuth,
    refresh_token: &Secret,
    parameters: &Parameters,
) -> Request {
    let mut request = grant(endpoint, "refresh_token");
    request.secret_field("refresh_token", refresh_token);
    finish(request, auth, parameters)
}

fn grant(endpoint: &HttpsUrl, grant_type: &str) -> Request {
    let mut request = Request::post(endpoint.clone());
    request.field("grant_type", grant_type);
    request
}

fn finish(mut request: Request, auth: &ClientAuth, parameters: &Parameters) -> Request {
    parameters.apply(&mut request);
    auth.apply(&mut request);
    request
}

/// What the token endpoint issues (RFC 6749 §5.1, OIDC Core §3.1.3.3).
#[derive(Clone)]
pub struct TokenResponse {
    /// `access_token`.
    pub access_token: Secret,
    /// `token_type`, as received; always some spelling of `Bearer`.
    pub token_type: String,
    /// `expires_in`, how long the access token lives from now on; absent when
    /// the server does not say.
    pub expires_in: Option<Duration>,
    /// `refresh_token`.
    pub refresh_token: Option<Secret>,
    /// `id_token`, not verified yet.
    pub id_token: Option<Secret>,
    /// `scope`; absent when it is what was asked for (§5.1). See
    /// [`TokenResponse::granted`].
    pub scope: Option<Vec<String>>,
    /// All other members, as received.
    pub other: Map<String, Value>,
    /// What was odd and read all the same, for a person: full clauses that
    /// name the member and hold nothing of its value.
    pub oddities: Vec<&'static str>,
}

impl TokenResponse {
    /// Returns the scope that was granted: `scope` is "OPTIONAL, if identical
    /// to the scope requested by the client" (RFC 6749 §5.1).
    pub fn granted(&self, requested: &Scopes) -> Vec<String> {
        self.scope
            .clone()
            .unwrap_or_else(|| requested.as_slice().to_vec())
    }

    /// Returns the JSON object of RFC 6749 §5.1, with the tokens in it: the
    /// answer that the server side sends.
    pub fn expose_json(&self) -> Map<String, Value> {
        let secret = |secret: &Secret| Value::from(secret.expose());
        let members = [
            ("access_token", Some(secret(&self.access_token))),
            ("token_type", Some(self.token_type.as_str().into())),
            (
                "expires_in",
                self.expires_in.map(|span| span.as_secs().into()),
            ),
            ("refresh_token", self.refresh_token.as_ref().map(secret)),
            ("id_token", self.id_token.as_ref().map(secret)),
            (
                "scope",
                self.scope.as_ref().map(|scope| scope.join(" ").into()),
            ),
        ];
        let mut object: Map<String, Value> = members
            .into_iter()
            .filter_map(|(name, value)| Some((name.to_owned(), value?)))
            .collect();
        for (name, value) in &self.other {
            object.entry(name).or_insert_with(|| value.clone());
        }
        object
    }
}

impl fmt::Debug for TokenResponse {
    /// Shows the other members by their names alone: servers send secrets
    /// under names of their own.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TokenResponse")
            .field("token_type", &self.token_type)
            .field("expires_in", &self.expires_in)
            .field("refresh_token", &self.refresh_token)
            .field("id_token", &self.id_token)
            .field("scope", &self.scope)
            .field("other", &self.other.keys().collect::<Vec<_>>())
            .finish_non_exhaustive()
    }
}

/// Judges the answer of the token endpoint to `request` (RFC 6749 §5).
///
/// The ID Token in it is not verified yet.
///
/// # Errors
///
/// - [`Error::Refused`] for an OAuth error, [`Error::SignIn`] where only a
///   sign-in mends it, such as `invalid_grant` for a refresh token;
/// - [`Error::NotSupported`] for a token type other than Bearer: "the client
///   MUST NOT use an access token if it does not understand the token type"
///   (§7.1);
/// - [`http::Error::ServerFailed`] for 429, 5xx, `server_error` and
///   `temporarily_unavailable`;
/// - [`http::Error::Senseless`] for anything else; it names the member.
pub fn process_token_response(
    request: &Request,
    response: &Response,
) -> Result<TokenResponse, CoreError> {
    let answer = Answer {
        request,
        response,
        name: "token request",
    };
    let mut object = answer.object()?;
    let mut token = |name: &str| take_token(&answer, &mut object, name);
    let access_token = token("access_token")?.ok_or_else(|| answer.missing("access_token"))?;
    let refresh_token = token("refresh_token")?;
    let id_token = token("id_token")?;
    let token_type = match object.shift_remove("token_type") {
        Some(Value::String(text)) if !text.is_empty() => text,
        Some(other) => return Err(answer.wrong_type("token_type", &other, "a string").into()),
        None => return Err(answer.missing("token_type").into()),
    };
    // "The value is case insensitive" (§5.1).
    if !token_type.eq_ignore_ascii_case("bearer") {
        return Err(Error::NotSupported {
            what: format!(
                "the server issued a token of type `{}`; only Bearer is understood",
                answer.scrub(&token_type)
            ),
        }
        .into());
    }
    let (expires_in, oddity) = match object.shift_remove("expires_in") {
        None => (None, None),
        Some(value) => lifetime(&value)
            .ok_or_else(|| answer.senseless("its `expires_in` is not a number of seconds"))?,
    };
    let scope = match object.shift_remove("scope") {
        None => None,
        Some(Value::String(text)) => Some(Scopes::from_wire(&text).into_vec()),
        Some(other) => return Err(answer.wrong_type("scope", &other, "a string").into()),
    };
    Ok(TokenResponse {
        access_token,
        token_type,
        expires_in,
        refresh_token,
        id_token,
        scope,
        other: object,
        oddities: oddity.into_iter().collect(),
    })
}

/// What is left of an answer that cannot be used.
#[derive(Clone, Debug)]
pub struct Remains {
    /// `refresh_token`: the server has put it in place of the one that was
    /// sent (RFC 6749 §6), whatever is wrong with the rest.
    pub refresh_token: Secret,
    /// `id_token`, not verified, where it can be read.
    pub id_token: Option<Secret>,
}

/// Returns what is left of a success that [`process_token_response`] has
/// refused; `None` where no refresh token can be read in it, and for an OAuth
/// error, which issues nothing.
pub fn remains(request: &Request, response: &Response) -> Option<Remains> {
    let answer = Answer {
        request,
        response,
        name: "token request",
    };
    let mut object = answer.issued()?;
    Some(Remains {
        refresh_token: take_token(&answer, &mut object, "refresh_token").ok()??,
        id_token: take_token(&answer, &mut object, "id_token").ok().flatten(),
    })
}

/// Takes a token out of the object: a non-empty string of printable ASCII
/// (RFC 6749 appendix A.12, A.17), so that it can go into a header or a line
/// of output and be nothing else there.
fn take_token(
    answer: &Answer<'_>,
    object: &mut Map<String, Value>,
    name: &str,
) -> Result<Option<Secret>, http::Error> {
    let text = match object.shift_remove(name) {
        None => return Ok(None),
        Some(Value::String(text)) if !text.is_empty() => text,
        Some(other) => return Err(answer.wrong_type(name, &other, "a string")),
    };
    let secret = Secret::new(text);
    let text = secret.expose();
    if !text.bytes().all(|octet| matches!(octet, 0x20..=0x7E)) {
        return Err(answer.senseless(format!("its `{name}` holds characters that no token has")));
    }
    Ok(Some(secret))
}

/// Reads `expires_in`: how long the token lives, where that can be told, and
/// what was odd about it. It is a whole number of seconds; Microsoft's servers
/// send it as a string of digits.
///
/// A member that is only RECOMMENDED (RFC 6749 §5.1) is no reason to throw
/// away a token that was issued: what is close to a number is read as one, and
/// what is none says nothing. `None` for what contradicts the token beside it:
/// null, a negative number, and one beyond 64 bits.
fn lifetime(value: &Value) -> Option<(Option<Duration>, Option<&'static str>)> {
    const NO_NUMBER: &str =
        "the server's `expires_in` is no number; how long the token lives is not known";
    let (seconds, is_odd) = match value {
        Value::Null => return None,
        Value::Number(number) => (number.as_f64()?, false),
        Value::String(text) => {
            let is_digits = !text.is_empty() && text.bytes().all(|octet| octet.is_ascii_digit());
            let read = if is_digits {
                text.parse().ok()
            } else {
                serde_json::from_str(text)
                    .ok()
                    .filter(|read: &f64| read.is_finite())
            };
            match read {
                Some(seconds) => (seconds, !is_digits),
                None => return Some((None, Some(NO_NUMBER))),
            }
        }
        Value::Bool(_) | Value::Array(_) | Value::Object(_) => {
            return Some((None, Some(NO_NUMBER)));
        }
    };
    if !(0.0..=BEYOND_INTEGERS).contains(&seconds) {
        return None;
    }
    let oddity = if seconds > MAX_LIFETIME {
        Some("the server's `expires_in` is beyond any lifetime; 1000 years are believed")
    } else if is_odd || seconds.fract() != 0.0 {
        Some("the server's `expires_in` is not a whole number of seconds; it was read as one")
    } else {
        None
    };
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "not negative and far below 2^53; the fraction is to go"
    )]
    let seconds = seconds.min(MAX_LIFETIME) as u64;
    Some((Some(Duration::from_secs(seconds)), oddity))
}

#[cfg(test)]
mod tests;
