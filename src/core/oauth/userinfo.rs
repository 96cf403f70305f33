//! UserInfo: who the access token's subject is (OIDC Core §5.3).

use serde_json::{Map, Value};

use super::answer::Answer;
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
        Some(other) => return Err(answer.wrong_type("sub", other, "a string").into()),
        None => return Err(answer.missing("sub").into()),
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
        userinfo_request(
            &"https://as.example/userinfo".parse().expect("a URL"),
            &Secret::new("planted"),
        )
    }

    fn error(status: u16, headers: &[(&str, &str)], body: &str) -> CoreError {
        process_userinfo_response(&request(), &answer(status, headers, body), Some("alice"))
            .expect_err(body)
    }

    #[test]
    fn the_token_goes_into_the_header_as_a_secret() {
        let request = request();
        assert_eq!(request.header("authorization"), Some("Bearer planted"));
        assert!(!format!("{request:?}").contains("planted"));
    }

    #[test]
    fn the_subject_is_the_session_s() {
        let body = r#"{"sub":"alice","name":"Alice"}"#;
        let userinfo =
            process_userinfo_response(&request(), &answer(200, &[], body), Some("alice"))
                .expect("claims");
        assert_eq!(userinfo.subject, "alice");
        assert_eq!(Value::Object(userinfo.claims).to_string(), body);
        let error = error(200, &[], r#"{"sub":"Alice"}"#);
        assert_eq!(
            (error.code(), error.exit()),
            ("subject_mismatch", Exit::Refused)
        );
        assert_eq!(
            error.to_string(),
            "UserInfo speaks of the subject `Alice`, not of `alice`"
        );
    }

    #[test]
    fn answers_without_a_subject_make_no_sense() {
        for (body, why) in [
            ("{}", "it has no member `sub`"),
            (r#"{"sub":""}"#, "its `sub` is empty"),
            (r#"{"sub":1}"#, "its `sub` is a number, not a string"),
        ] {
            assert_eq!(
                error(200, &[], body).to_string(),
                format!("the answer of as.example to the UserInfo request makes no sense: {why}")
            );
        }
        let jwt = error(
            200,
            &[("content-type", "application/jwt; charset=x")],
            "e30.e30.x",
        );
        assert_eq!((jwt.code(), jwt.exit()), ("not_supported", Exit::Refused));
    }

    #[test]
    fn the_challenge_says_why_not() {
        for (challenge, code, description) in [
            (
                r#"Bearer realm="x", error="invalid_token", error_description="it \"expired\", see""#,
                "invalid_token",
                Some(r#"it "expired", see"#),
            ),
            (
                "bearer error=insufficient_scope",
                "insufficient_scope",
                None,
            ),
            (
                r#"Bearer error="invalid_token",error_description="planted is unknown"#,
                "invalid_token",
                Some("<secret> is unknown"),
            ),
        ] {
            let error = error(401, &[("www-authenticate", challenge)], "");
            let response = error.server().expect("what the server said");
            assert_eq!(response.error, code, "{challenge}");
            assert_eq!(
                response.error_description.as_deref(),
                description,
                "{challenge}"
            );
            assert_eq!(response.status, 401);
            assert_eq!((error.code(), error.exit()), ("refused", Exit::Refused));
        }
    }

    #[test]
    fn other_challenges_say_nothing() {
        for challenge in [
            "Bearer",
            "Bearer realm=x",
            "Basic error=\"invalid_token\"",
            "=",
            "\"",
        ] {
            assert_eq!(
                error(401, &[("www-authenticate", challenge)], "").code(),
                "senseless_answer",
                "{challenge}"
            );
        }
    }

    proptest::proptest! {
        /// Whatever a challenge looks like, it is read to its end.
        #[test]
        fn no_challenge_makes_it_panic(rest in r#"[a-z=", \\\\é]*"#) {
            let challenge = format!("Bearer {rest}");
            let result = process_userinfo_response(
                &request(),
                &answer(401, &[("www-authenticate", &challenge)], ""),
                None,
            );
            proptest::prop_assert!(result.is_err());
        }
    }
}
