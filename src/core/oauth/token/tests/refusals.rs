//! Answers that are no token, and what is said of them.

use super::*;

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
    for body in [body.to_owned(), body.replace('&', "%26")] {
        let repeated = error(&password(), &json(400, &body));
        assert_eq!(
            repeated.to_string(),
            "the server answered invalid_grant (\"<secret> of alice or <secret> is wrong\")"
        );
    }
    // Not even a part of one that crosses the limit.
    let crossing = format!(
        r#"{{"error":"invalid_grant","error_description":"{}planted-password"}}"#,
        "x".repeat(990)
    );
    let cut = error(&password(), &json(400, &crossing)).to_string();
    assert!(!cut.contains("planted"), "{cut}");
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
