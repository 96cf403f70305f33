//! Tests of the token endpoint: requests, and answers good and bad.

use super::*;
use crate::core::error::{Exit, Report};
use crate::core::http::{FieldValue, Retry};
use crate::core::oauth::parameters::Parameter;

mod refusals;

fn endpoint() -> HttpsUrl {
    "https://as.example/token".parse().expect("a URL")
}

fn public() -> ClientAuth {
    ClientAuth::None {
        client_id: "app".into(),
    }
}

fn refresh() -> Request {
    refresh_request(
        &endpoint(),
        &public(),
        &Secret::new("planted-refresh"),
        &Parameters::default(),
    )
}

fn password() -> Request {
    password_request(
        &endpoint(),
        &ClientAuth::Basic {
            client_id: "app".into(),
            secret: Secret::new("planted&secret"),
        },
        "alice",
        &Secret::new("planted-password"),
        &Parameters::default(),
    )
}

fn answer(status: u16, kind: &str, body: &str) -> Response {
    Response {
        status,
        headers: vec![("content-type".into(), kind.into())],
        body: body.as_bytes().to_vec().into(),
    }
}

fn json(status: u16, body: &str) -> Response {
    answer(status, "application/json", body)
}

fn error(request: &Request, response: &Response) -> CoreError {
    process_token_response(request, response).expect_err("refused")
}

/// `(code, exit, message)` of an error.
fn told(error: &CoreError) -> (&'static str, Exit, String) {
    (error.code(), error.exit(), error.to_string())
}

fn sent(request: &Request) -> Vec<(&str, &str)> {
    request
        .form
        .iter()
        .map(|(name, value)| (name.as_str(), value.expose()))
        .collect()
}

#[test]
fn requests_carry_the_fields_of_their_grant() {
    let parameters = Parameters {
        scope: "openid api".parse().expect("scopes"),
        audience: Some("https://api.example".into()),
        resource: vec![
            "https://one.example".parse().expect("a resource"),
            "https://two.example".parse().expect("a resource"),
        ],
        extra: vec![Parameter::new("tenant", "t1").expect("a parameter")],
    };
    let request = password_request(
        &endpoint(),
        &public(),
        "alice",
        &Secret::new("wonderland"),
        &parameters,
    );
    assert_eq!(
        sent(&request),
        [
            ("grant_type", "password"),
            ("username", "alice"),
            ("password", "wonderland"),
            ("scope", "openid api"),
            ("audience", "https://api.example"),
            ("resource", "https://one.example"),
            ("resource", "https://two.example"),
            ("tenant", "t1"),
            ("client_id", "app"),
        ]
    );
    assert_eq!(request.retry, Retry::WhenTold);
    assert!(!format!("{request:?}").contains("wonderland"));

    let request = client_credentials_request(&endpoint(), &public(), &Parameters::default());
    assert_eq!(
        sent(&request),
        [("grant_type", "client_credentials"), ("client_id", "app")]
    );
    assert_eq!(request.retry, Retry::Safe);

    let request = refresh();
    assert_eq!(
        sent(&request),
        [
            ("grant_type", "refresh_token"),
            ("refresh_token", "planted-refresh"),
            ("client_id", "app"),
        ]
    );
    assert_eq!(request.retry, Retry::WhenTold);
    assert!(
        request
            .form
            .iter()
            .any(|(name, value)| name == "refresh_token" && matches!(value, FieldValue::Secret(_)))
    );
}

#[test]
fn a_whole_answer_is_read() {
    let response = process_token_response(
        &password(),
        &json(
            200,
            r#"{"access_token":"a","token_type":"bearer","expires_in":3600,"refresh_token":"r",
                "id_token":"i","scope":"b a","ext":{"x":1}}"#,
        ),
    )
    .expect("a token");
    assert_eq!(response.access_token.expose(), "a");
    assert_eq!(response.token_type, "bearer");
    assert_eq!(response.expires_in, Some(Duration::from_secs(3600)));
    assert_eq!(
        response.refresh_token.as_ref().map(Secret::expose),
        Some("r")
    );
    assert_eq!(response.id_token.as_ref().map(Secret::expose), Some("i"));
    assert_eq!(response.granted(&Scopes::default()), ["b", "a"]);
    assert_eq!(
        Value::Object(response.other.clone()).to_string(),
        r#"{"ext":{"x":1}}"#
    );
    assert_eq!(
        Value::Object(response.expose_json()).to_string(),
        r#"{"access_token":"a","token_type":"bearer","expires_in":3600,"refresh_token":"r","id_token":"i","scope":"b a","ext":{"x":1}}"#
    );
}

#[test]
fn what_is_absent_is_as_requested_or_unknown() {
    let response = process_token_response(
        &password(),
        &json(200, r#"{"access_token":"a","token_type":"Bearer"}"#),
    )
    .expect("a token");
    assert_eq!(response.expires_in, None);
    assert!(response.refresh_token.is_none() && response.id_token.is_none());
    let requested: Scopes = "x y".parse().expect("scopes");
    assert_eq!(response.granted(&requested), ["x", "y"]);
}

#[test]
fn a_lifetime_is_whole_seconds_or_read_as_such() {
    const WHOLE: &str =
        "the server's `expires_in` is not a whole number of seconds; it was read as one";
    const HUGE: &str = "the server's `expires_in` is beyond any lifetime; 1000 years are believed";
    const NO_NUMBER: &str =
        "the server's `expires_in` is no number; how long the token lives is not known";
    for (value, seconds, oddity) in [
        ("3600", Some(3600), None),
        ("\"3600\"", Some(3600), None),
        ("0", Some(0), None),
        ("3600.0", Some(3600), None),
        ("31556952000", Some(31_556_952_000), None),
        ("3600.5", Some(3600), Some(WHOLE)),
        ("0.9", Some(0), Some(WHOLE)),
        ("\" 3600 \"", Some(3600), Some(WHOLE)),
        ("\"3600.5\"", Some(3600), Some(WHOLE)),
        ("31556952001", Some(31_556_952_000), Some(HUGE)),
        ("9223372036854775807", Some(31_556_952_000), Some(HUGE)),
        ("\"99999999999999\"", Some(31_556_952_000), Some(HUGE)),
        ("\"\"", None, Some(NO_NUMBER)),
        ("\"+1\"", None, Some(NO_NUMBER)),
        ("\"1h\"", None, Some(NO_NUMBER)),
        ("true", None, Some(NO_NUMBER)),
        ("[3600]", None, Some(NO_NUMBER)),
    ] {
        let response = with_lifetime(value).expect(value);
        let lifetime = seconds.map(Duration::from_secs);
        assert_eq!(response.expires_in, lifetime, "{value}");
        let oddities: Vec<&str> = oddity.into_iter().collect();
        assert_eq!(response.oddities, oddities, "{value}");
    }
}

/// C13.
#[test]
fn a_lifetime_that_cannot_be_meant_is_refused() {
    for value in [
        "-1",
        "-0.5",
        "null",
        "1e99",
        "\"-1\"",
        "\"1e99\"",
        "\"99999999999999999999\"",
    ] {
        assert_eq!(
            told(&with_lifetime(value).expect_err(value)),
            (
                "senseless_answer",
                Exit::Unreachable,
                "the answer of as.example to the token request makes no sense: \
                 its `expires_in` is not a number of seconds"
                    .into()
            ),
            "{value}"
        );
    }
}

fn with_lifetime(value: &str) -> Result<TokenResponse, CoreError> {
    let body =
        format!(r#"{{"access_token":"planted","token_type":"Bearer","expires_in":{value}}}"#);
    process_token_response(&password(), &json(200, &body))
}

/// The refresh token of an answer is found whatever is wrong with the rest,
/// but not where nothing was issued.
#[test]
fn what_is_left_of_an_answer_is_its_refresh_token() {
    for (status, body, found) in [
        (200, r#"{"refresh_token":"r"}"#, Some(("r", None))),
        (
            201,
            r#"{"refresh_token":"r","id_token":"i"}"#,
            Some(("r", Some("i"))),
        ),
        (
            200,
            r#"{"refresh_token":"r","id_token":null,"scope":[]}"#,
            Some(("r", None)),
        ),
        (200, r#"{"refresh_token":""}"#, None),
        (200, r#"{"refresh_token":7}"#, None),
        (200, "{\"refresh_token\":\"r\\n\"}", None),
        (
            200,
            r#"{"refresh_token":"r","error":"invalid_grant"}"#,
            None,
        ),
        (200, "{}", None),
        (200, r#"["r"]"#, None),
        (200, r#"{"refresh_token":"r","x":1e400}"#, Some(("r", None))),
        (200, r#"{"refresh_token":"r","id_tok"#, Some(("r", None))),
        (302, r#"{"refresh_token":"r"}"#, None),
        (400, r#"{"refresh_token":"r"}"#, None),
        (500, r#"{"refresh_token":"r"}"#, None),
    ] {
        let remains = super::remains(&password(), &json(status, body));
        let remains = remains.as_ref().map(|remains| {
            let id_token = remains.id_token.as_ref().map(Secret::expose);
            (remains.refresh_token.expose(), id_token)
        });
        assert_eq!(remains, found, "{status} {body}");
    }
}

#[test]
fn json_by_any_other_name_is_read() {
    for kind in [
        "text/plain",
        "text/javascript",
        "application/vnd.x+json",
        "x",
    ] {
        let body = r#"{"access_token":"a","token_type":"Bearer"}"#;
        assert!(
            process_token_response(&password(), &answer(200, kind, body)).is_ok(),
            "{kind}"
        );
    }
}

proptest::proptest! {
    /// Whatever comes, there is a verdict.
    #[test]
    fn no_bytes_make_it_panic(
        status in 100u16..1000,
        kind in ".*",
        body in proptest::collection::vec(proptest::num::u8::ANY, 0..200),
    ) {
        let response = Response {
            status,
            headers: vec![("content-type".into(), kind)],
            body: body.into(),
        };
        proptest::prop_assert!(process_token_response(&password(), &response).is_err());
    }
}
