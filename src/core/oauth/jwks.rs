//! The server's keys: the JWK Set at `jwks_uri` (RFC 8414 §2, RFC 7517 §5).

use super::answer::Answer;
use crate::core::Error as CoreError;
use crate::core::http::{FieldValue, Request, Response};
use crate::core::jose::JwkSet;
use crate::core::uri::HttpsUrl;

/// Builds the request (RFC 7517 §8.5.2 registers the media type).
pub fn jwks_request(url: &HttpsUrl) -> Request {
    let mut request = Request::get(url.clone());
    for (name, value) in &mut request.headers {
        if *name == "accept" {
            *value = FieldValue::Plain("application/jwk-set+json, application/json".into());
        }
    }
    request
}

/// Judges the answer. A set without keys is one: it refuses every token.
///
/// # Errors
///
/// [`crate::core::http::Error`]: a server in trouble, or an answer that is no
/// JWK Set.
pub fn process_jwks_response(request: &Request, response: &Response) -> Result<JwkSet, CoreError> {
    let answer = Answer {
        request,
        response,
        name: "key set request",
    };
    answer.document()?;
    JwkSet::parse(&response.body).map_err(|error| answer.senseless(error.to_string()).into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::error::{Exit, Report};

    fn process(status: u16, kind: &str, body: &str) -> Result<JwkSet, CoreError> {
        let response = Response {
            status,
            headers: vec![("content-type".into(), kind.into())],
            body: body.as_bytes().to_vec().into(),
        };
        let url = "https://as.example/jwks".parse().expect("a URL");
        process_jwks_response(&jwks_request(&url), &response)
    }

    #[test]
    fn the_request_accepts_key_sets() {
        let url = "https://as.example/jwks".parse().expect("a URL");
        assert_eq!(
            jwks_request(&url).header("accept"),
            Some("application/jwk-set+json, application/json")
        );
    }

    #[test]
    fn a_set_is_read_also_without_keys() {
        let set = process(200, "application/jwk-set+json", r#"{"keys":[]}"#).expect("a set");
        assert!(set.keys().is_empty());
    }

    /// J48: a URL without a key set, whatever it answers.
    #[test]
    fn what_is_no_set_makes_no_sense() {
        let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
        for (status, kind, body, code) in [
            (200, "text/html", "<html></html>", "senseless_answer"),
            (200, "application/json", "", "senseless_answer"),
            (200, "application/json", "null", "senseless_answer"),
            (200, "application/json", "[]", "senseless_answer"),
            (200, "application/json", r#"{"keys":[]"#, "senseless_answer"),
            (
                200,
                "application/json",
                r#"{"keys":[]}}"#,
                "senseless_answer",
            ),
            (
                200,
                "application/json",
                r#"{"keys":[],"keys":[]}"#,
                "senseless_answer",
            ),
            (200, "application/json", &deep, "senseless_answer"),
            (
                404,
                "application/json",
                r#"{"error":"not_found"}"#,
                "senseless_answer",
            ),
            (503, "text/html", "<html></html>", "server_failed"),
        ] {
            let error = process(status, kind, body).expect_err("no set");
            let seen = (error.code(), error.exit());
            assert_eq!(
                seen,
                (code, Exit::Unreachable),
                "{status} {:?}",
                body.get(..20)
            );
        }
    }
}
