//! Tests of the token endpoint: requests, and answers good and bad.

use super::*;
use crate::core::error::{Exit, Report};
use crate::core::http::{FieldValue, Retry};
use crate::core::oauth::parameters::Parameter;

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

/// C13: answers without sense, and which member or cause is named.
#[test]
fn answers_without_sense_name_the_cause_and_no_token() {
    let deep = format!(
        r#"{{"access_token":"planted","x":{}1{}}}"#,
        "[".repeat(100_000),
        "]".repeat(100_000)
    );
    for (kind, body, why) in [
        ("text/html", "<html>planted</html>", "it is HTML, not JSON"),
        (
            "text/html; charset=utf-8",
            r#"{"access_token":"planted","token_type":"Bearer"}"#,
            "it is HTML, not JSON",
        ),
        (
            "application/json",
            " <!doctype html>",
            "it is HTML, not JSON",
        ),
        ("application/json", "", "it is empty"),
        ("application/json", " \r\n", "it is empty"),
        (
            "application/json",
            r#"{"access_token":"planted","token_ty"#,
            "its JSON ends in the middle",
        ),
        (
            "application/json",
            r#"["planted"]"#,
            "it is an array, not a JSON object",
        ),
        ("application/json", "null", "it is null, not a JSON object"),
        (
            "application/json",
            "\"planted\"",
            "it is a string, not a JSON object",
        ),
        (
            "text/plain",
            "access_token=planted&token_type=bearer",
            "it is not JSON, or beyond the usual limits of it",
        ),
        (
            "application/json",
            "\u{feff}{}",
            "it is not JSON, or beyond the usual limits of it",
        ),
        (
            "application/json",
            deep.as_str(),
            "it is not JSON, or beyond the usual limits of it",
        ),
        ("application/json", "{}", "it has no member `access_token`"),
        (
            "application/json",
            r#"{"access_token":12345,"token_type":"Bearer"}"#,
            "its `access_token` is a number, not a string",
        ),
        (
            "application/json",
            r#"{"access_token":"","token_type":"Bearer"}"#,
            "its `access_token` is empty",
        ),
        (
            "application/json",
            r#"{"access_token":"planted\r\nX: y","token_type":"Bearer"}"#,
            "its `access_token` holds characters that no token has",
        ),
        (
            "application/json",
            r#"{"access_token":"planted"}"#,
            "it has no member `token_type`",
        ),
        (
            "application/json",
            r#"{"access_token":"planted","token_type":null}"#,
            "its `token_type` is null, not a string",
        ),
        (
            "application/json",
            r#"{"access_token":"planted","token_type":""}"#,
            "its `token_type` is empty",
        ),
        (
            "application/json",
            r#"{"access_token":"planted","token_type":"Bearer","refresh_token":""}"#,
            "its `refresh_token` is empty",
        ),
        (
            "application/json",
            r#"{"access_token":"planted","token_type":"Bearer","refresh_token":null}"#,
            "its `refresh_token` is null, not a string",
        ),
        (
            "application/json",
            r#"{"access_token":"planted","token_type":"Bearer","id_token":{}}"#,
            "its `id_token` is an object, not a string",
        ),
        (
            "application/json",
            r#"{"access_token":"planted","token_type":"Bearer","scope":["a"]}"#,
            "its `scope` is an array, not a string",
        ),
    ] {
        let error = error(&password(), &answer(200, kind, body));
        assert_eq!(
            told(&error),
            (
                "senseless_answer",
                Exit::Unreachable,
                format!("the answer of as.example to the token request makes no sense: {why}")
            ),
            "{kind} {:?}",
            body.get(..60)
        );
        assert!(!format!("{error:?}").contains("planted"), "{error:?}");
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

#[test]
fn a_token_of_another_type_is_not_used() {
    let body = r#"{"access_token":"planted","token_type":"DPoP"}"#;
    assert_eq!(
        told(&error(&password(), &json(200, body))),
        (
            "not_supported",
            Exit::Refused,
            "the server issued a token of type `DPoP`; only Bearer is understood".into()
        )
    );
}

/// C14, C15: refusals and failures by status, code and grant.
#[test]
fn refusals_are_told_from_failures() {
    for (request, status, body, code, exit, message) in [
        (
            refresh(),
            400,
            r#"{"error":"invalid_grant","error_description":"revoked"}"#,
            "sign_in_needed",
            Exit::SignIn,
            "the server answered invalid_grant (\"revoked\")",
        ),
        (
            password(),
            400,
            r#"{"error":"invalid_grant"}"#,
            "refused",
            Exit::Refused,
            "the server answered invalid_grant",
        ),
        (
            refresh(),
            401,
            r#"{"error":"invalid_client"}"#,
            "refused",
            Exit::Refused,
            "the server answered invalid_client",
        ),
        (
            password(),
            200,
            r#"{"error":"invalid_scope","access_token":"planted"}"#,
            "refused",
            Exit::Refused,
            "the server answered invalid_scope",
        ),
        (
            password(),
            400,
            r#"{"error":"temporarily_unavailable"}"#,
            "server_failed",
            Exit::Unreachable,
            "as.example answered HTTP 400 (temporarily_unavailable)",
        ),
        (
            refresh(),
            500,
            r#"{"error":"server_error"}"#,
            "server_failed",
            Exit::Unreachable,
            "as.example answered HTTP 500 (server_error)",
        ),
        (
            refresh(),
            500,
            r#"{"error":"invalid_grant"}"#,
            "server_failed",
            Exit::Unreachable,
            "as.example answered HTTP 500 (invalid_grant)",
        ),
        (
            refresh(),
            502,
            "<html>planted</html>",
            "server_failed",
            Exit::Unreachable,
            "as.example answered HTTP 502",
        ),
        (
            password(),
            429,
            "",
            "server_failed",
            Exit::Unreachable,
            "as.example answered HTTP 429",
        ),
        (
            password(),
            404,
            "<html>planted</html>",
            "senseless_answer",
            Exit::Unreachable,
            "the answer of as.example to the token request makes no sense: \
             HTTP 404 without an OAuth error (HTML)",
        ),
        (
            password(),
            401,
            r#"{"message":"planted"}"#,
            "senseless_answer",
            Exit::Unreachable,
            "the answer of as.example to the token request makes no sense: \
             HTTP 401 without an OAuth error",
        ),
        (
            password(),
            400,
            r#"{"error":{"code":"planted"}}"#,
            "senseless_answer",
            Exit::Unreachable,
            "the answer of as.example to the token request makes no sense: \
             HTTP 400 without an OAuth error",
        ),
        (
            password(),
            204,
            "",
            "senseless_answer",
            Exit::Unreachable,
            "the answer of as.example to the token request makes no sense: \
             HTTP 204 without an OAuth error",
        ),
    ] {
        let error = error(&request, &json(status, body));
        assert_eq!(
            told(&error),
            (code, exit, message.into()),
            "{status} {body}"
        );
        assert!(!format!("{error:?}").contains("planted"), "{error:?}");
    }
}

#[test]
fn a_secret_that_the_server_repeats_is_taken_out() {
    let body = r#"{"error":"invalid_grant",
        "error_description":"planted-password of alice or planted&secret is wrong"}"#;
    let repeated = error(&password(), &json(400, body));
    assert_eq!(
        repeated.to_string(),
        "the server answered invalid_grant (\"<secret> of alice or <secret> is wrong\")"
    );
    let mut request = password();
    request.secret_field("password", &Secret::new("invalid"));
    let code = error(&request, &json(400, r#"{"error":"invalid_client"}"#));
    assert_eq!(code.to_string(), "the server answered invalid_client");
    let long = format!(
        r#"{{"error":"invalid_grant","error_description":"{}"}}"#,
        "x".repeat(5_000)
    );
    let error = super::process_token_response(&password(), &json(400, &long));
    let description = error
        .expect_err("refused")
        .server()
        .and_then(|response| response.error_description.clone());
    assert_eq!(description.map(|text| text.len()), Some(1_000));
}

#[test]
fn a_busy_server_says_when_to_come_back() {
    let mut response = json(503, "");
    response.headers.push(("retry-after".into(), "120".into()));
    let error = error(&password(), &response);
    assert_eq!(
        error.hint().as_deref(),
        Some("the server asks to try again in 2 min")
    );
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
