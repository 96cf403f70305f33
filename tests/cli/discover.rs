//! `authctl discover`.

use serde_json::Value;

use crate::fake::{Fake, json, with_headers};
use crate::harness::Home;
use crate::observed::observed;

#[test]
fn discover_shows_endpoints_and_what_is_supported() {
    let server = observed();
    let issuer = server.issuer();
    let text = Home::new().authctl(["discover", issuer]).run().succeeds();
    for line in [
        format!("issuer                   {issuer}"),
        format!("token_endpoint           {issuer}/token"),
        format!("jwks_uri                 {issuer}/jwks"),
        "grant types              password, client_credentials, refresh_token".to_owned(),
    ] {
        assert!(text.lines().any(|found| found == line), "{line} in {text}");
    }
}

#[test]
fn discover_json_is_the_document_as_it_came() {
    let server = Fake::new(|request| {
        json(
            200,
            &format!(
                r#"{{"zeta":[1],"issuer":"http://{}","vendor":{{"a":null}}}}"#,
                request.host
            ),
        )
    });
    let answer = Home::new()
        .authctl(["discover", "--json", &server.issuer()])
        .run()
        .succeeds();
    assert_eq!(
        answer,
        format!(
            "{{\"zeta\":[1],\"issuer\":\"{}\",\"vendor\":{{\"a\":null}}}}\n",
            server.issuer()
        )
    );
}

#[test]
fn the_issuer_comes_from_argument_flag_variable_or_profile() {
    let server = observed();
    let issuer = server.issuer();
    let home = Home::new();
    let read = |text: String| -> String {
        let value: Value = serde_json::from_str(&text).expect("JSON");
        value["issuer"].as_str().expect("an issuer").to_owned()
    };
    let call = || home.authctl(["discover", "--json"]);
    assert_eq!(read(call().args([issuer]).run().succeeds()), issuer);
    assert_eq!(
        read(call().args(["--issuer", issuer]).run().succeeds()),
        issuer
    );
    assert_eq!(
        read(call().env("AUTHCTL_ISSUER", issuer).run().succeeds()),
        issuer
    );
    home.authctl(["profile", "set", "default", "issuer", issuer])
        .run()
        .succeeds();
    assert_eq!(read(call().run().succeeds()), issuer);
}

#[test]
fn discover_without_a_server_is_a_wrong_command_line() {
    let error = Home::new()
        .authctl(["discover", "--json"])
        .run()
        .fails_json(2);
    let hint = error["hint"].as_str().expect("a hint");
    assert!(hint.contains("authctl discover https://"), "{hint}");
}

#[test]
fn what_is_no_url_is_a_wrong_command_line() {
    for text in [
        "as.example",
        "ftp://as.example",
        "https://",
        "http://as.example",
        "https://as.example/?a=b",
    ] {
        let done = Home::new().authctl(["discover", "--json", text]).run();
        let error = done.fails_json(if text.contains('?') { 8 } else { 2 });
        let code = error["error"].as_str().expect("a code");
        assert!(
            ["bad_setting", "unfit_issuer"].contains(&code),
            "{text}: {error}"
        );
    }
}

#[test]
fn both_well_known_addresses_are_tried() {
    let server = Fake::new(|_| with_headers(404, &[], ""));
    let error = Home::new()
        .authctl(["discover", "--json", &server.url("/a")])
        .run()
        .fails_json(6);
    assert_eq!(error["error"], "senseless_answer");
    let message = error["message"].as_str().expect("a message");
    assert!(message.contains("both well-known addresses"), "{message}");
    assert_eq!(server.count("GET /a/.well-known/openid-configuration"), 1);
    assert_eq!(
        server.count("GET /.well-known/oauth-authorization-server/a"),
        1
    );
}

#[test]
fn an_address_that_nobody_answers_at_is_exit_6() {
    let error = Home::new()
        .authctl(["discover", "--json", "http://127.0.0.1:1"])
        .run()
        .fails_json(6);
    assert_eq!(error["error"], "unreachable");
}

/// P3: what the document says is escaped.
#[test]
fn p3_metadata_with_controls_is_escaped() {
    let server = Fake::new(|request| {
        json(
            200,
            &format!(
                r#"{{"issuer":"http://{}","scopes_supported":["a\u001b[31m","\u202eb"],"x\u0007_endpoint":"https://as.example/"}}"#,
                request.host
            ),
        )
    });
    let text = Home::new()
        .authctl(["discover", &server.issuer()])
        .run()
        .succeeds();
    assert!(
        text.chars()
            .all(|c| c == '\n' || !c.is_control() && c != '\u{202e}'),
        "{text:?}"
    );
}
