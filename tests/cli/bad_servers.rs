//! What servers may answer that makes no sense or must not be trusted: each
//! gets a clear error and a code of the table, and no token is ever shown.

use serde_json::Value;

use crate::fake::{Answer, Fake, json, with_headers};
use crate::harness::{Call, Home};

/// A token that no output may hold.
const TOKEN: &str = "eyJhbGciOiJub25lIn0.secret-in-the-body.x";

/// Asks a token endpoint for a client's token, keeping nothing.
fn ask(home: &Home, server: &Fake) -> Call {
    home.authctl([
        "token",
        "--client",
        "--client-id",
        "c",
        "--store",
        "none",
        "--json",
    ])
    .args(["--token-endpoint", &server.url("/token")])
    .env("AUTHCTL_CLIENT_SECRET", "the-client-secret")
}

fn refusal(answer: Answer, exit: i32) -> Value {
    let server = Fake::tokens([answer]);
    let home = Home::new();
    let error = ask(&home, &server).run().fails_json(exit);
    let text = error.to_string();
    for secret in ["secret-in-the-body", "the-client-secret"] {
        assert!(!text.contains(secret), "{text}");
    }
    error
}

/// C13: each answer, and the fragment of the message that names the cause.
#[test]
fn c13_a_200_that_is_no_token_response_names_what_is_wrong() {
    let html = |body: &str| with_headers(200, &["Content-Type: text/html; charset=utf-8"], body);
    let body = |rest: &str| format!(r#"{{"access_token":"{TOKEN}"{rest}}}"#);
    let rows: Vec<(&str, Answer, &str)> = vec![
        ("HTML", html("<!doctype html><p>Sign in</p>"), "it is HTML"),
        (
            "HTML that says it is JSON",
            json(200, &format!("<html>{TOKEN}</html>")),
            "HTML",
        ),
        ("empty", json(200, ""), "it is empty"),
        ("white space", json(200, " \n"), "it is empty"),
        (
            "cut",
            json(200, &body("")[..30]),
            "its JSON ends in the middle",
        ),
        (
            "array",
            json(200, &format!("[{}]", body(""))),
            "not a JSON object",
        ),
        ("text", json(200, TOKEN), "it is not JSON"),
        ("null", json(200, "null"), "not a JSON object"),
        (
            "nested",
            json(200, &format!("{{\"a\":{}", "[".repeat(300_000))),
            "it is not JSON",
        ),
        (
            "a member twice",
            json(
                200,
                &format!(r#"{{"access_token":"{TOKEN}","token_type":"Bearer","token_type":"x"}}"#),
            ),
            "a member of its JSON comes twice",
        ),
        (
            "not UTF-8",
            with_headers(200, &[], b"{\"access_token\":\"\xff\xfe\"}"),
            "it is not JSON",
        ),
        (
            "no access_token",
            json(200, r#"{"token_type":"Bearer"}"#),
            "`access_token`",
        ),
        (
            "access_token number",
            json(200, r#"{"access_token":1,"token_type":"Bearer"}"#),
            "`access_token`",
        ),
        (
            "access_token empty",
            json(200, r#"{"access_token":"","token_type":"Bearer"}"#),
            "`access_token`",
        ),
        (
            "no token_type",
            json(200, &body("")),
            "it has no member `token_type`",
        ),
        (
            "token_type null",
            json(200, &body(r#","token_type":null"#)),
            "`token_type`",
        ),
        (
            "expires_in null",
            json(200, &body(r#","token_type":"Bearer","expires_in":null"#)),
            "`expires_in`",
        ),
        (
            "expires_in -1",
            json(200, &body(r#","token_type":"Bearer","expires_in":-1"#)),
            "`expires_in`",
        ),
        (
            "expires_in 1e99",
            json(200, &body(r#","token_type":"Bearer","expires_in":1e99"#)),
            "`expires_in`",
        ),
        (
            "scope number",
            json(200, &body(r#","token_type":"Bearer","scope":5"#)),
            "`scope`",
        ),
        (
            "refresh_token object",
            json(200, &body(r#","token_type":"Bearer","refresh_token":{}"#)),
            "`refresh_token`",
        ),
    ];
    for (name, answer, why) in rows {
        let error = refusal(answer, 6);
        assert_eq!(error["error"], "senseless_answer", "{name}: {error}");
        let message = error["message"].as_str().expect("a message");
        assert!(message.contains(why), "{name}: {message}");
        assert!(error.get("server").is_none(), "{name}: {error}");
    }
}

/// C13, the other half: Microsoft sends strings.
#[test]
fn c13_expires_in_as_a_string_works() {
    let body = format!(r#"{{"access_token":"{TOKEN}","token_type":"bearer","expires_in":"3600"}}"#);
    let server = Fake::tokens([json(200, &body)]);
    let home = Home::new();
    let answer = ask(&home, &server).run().succeeds();
    let answer: Value = serde_json::from_str(&answer).expect("JSON");
    assert_eq!(answer["access_token"], TOKEN);
    let left = answer["expires_in"].as_i64().expect("a number");
    assert!((3590..=3600).contains(&left), "{left}");
}

#[test]
fn a_token_without_expires_in_has_no_expiry() {
    let body = format!(r#"{{"access_token":"{TOKEN}","token_type":"Bearer"}}"#);
    let server = Fake::tokens([json(200, &body)]);
    let answer = ask(&Home::new(), &server).run().succeeds();
    let answer: Value = serde_json::from_str(&answer).expect("JSON");
    assert_eq!(answer["expires_in"], Value::Null);
    assert_eq!(answer["expires_at"], Value::Null);
}

#[test]
fn a_200_with_an_error_is_a_refusal() {
    let error = refusal(
        json(
            200,
            r#"{"error":"invalid_client","error_description":"who?"}"#,
        ),
        5,
    );
    assert_eq!(error["error"], "refused");
    assert_eq!(error["server"]["error"], "invalid_client");
    assert_eq!(error["server"]["error_description"], "who?");
    assert_eq!(error["server"]["status"], 200);
}

/// C14, P3: the code and a text without controls; nothing else of the body.
#[test]
fn c14_refusals_show_their_code_and_a_clean_text() {
    for code in ["invalid_grant", "invalid_client", "invalid_scope"] {
        let body = format!(
            r#"{{"error":"{code}","error_description":"\u001b]0;owned\u0007\u001b[2Jno\u202e\u009b31m","extra":"{TOKEN}"}}"#
        );
        let server = Fake::tokens([json(400, &body)]);
        let home = Home::new();
        let stderr = home
            .authctl(["token", "--client", "--client-id", "c", "--store", "none"])
            .args(["--token-endpoint", &server.url("/token")])
            .env("AUTHCTL_CLIENT_SECRET", "s")
            .run()
            .fails(5);
        assert!(stderr.contains(code), "{stderr}");
        assert!(
            stderr
                .chars()
                .all(|c| c == '\n' || !c.is_control() && c != '\u{202e}'),
            "{stderr:?}"
        );
        assert!(!stderr.contains(TOKEN), "{stderr}");

        let error = ask(&home, &server).run().fails_json(5);
        assert_eq!(error["server"]["error"], code);
        assert_eq!(error["server"]["status"], 400);
    }
}

#[test]
fn an_error_status_without_an_oauth_error_is_senseless() {
    let error = refusal(
        with_headers(403, &["Content-Type: text/html"], "<h1>Forbidden</h1>"),
        6,
    );
    assert_eq!(error["error"], "senseless_answer");
    let message = error["message"].as_str().expect("a message");
    assert!(message.contains("HTTP 403"), "{message}");
}

/// C12: the cap is 1 MiB, with and without a length.
#[test]
fn c12_three_mebibytes_are_not_read() {
    let body = vec![b' '; 3 * 1024 * 1024];
    let error = refusal(with_headers(200, &[], &body), 6);
    assert_eq!(error["error"], "answer_too_large");

    let mut chunked = b"HTTP/1.1 200 X\r\nTransfer-Encoding: chunked\r\n\r\n".to_vec();
    for _ in 0..48 {
        chunked.extend_from_slice(b"10000\r\n");
        chunked.extend_from_slice(&vec![b' '; 0x10000]);
        chunked.extend_from_slice(b"\r\n");
    }
    let error = refusal(Answer::Octets(chunked), 6);
    assert_eq!(error["error"], "answer_too_large");
}

/// C12: an octet at a time, and nothing at all, end at the time-out.
#[test]
fn c12_a_slow_server_ends_at_the_time_out() {
    let Answer::Octets(octets) = json(200, &" ".repeat(4000)) else {
        unreachable!("an answer of octets")
    };
    for answer in [Answer::Slowly(octets), Answer::Never] {
        let server = Fake::tokens([answer]);
        let home = Home::new();
        let start = std::time::Instant::now();
        let error = ask(&home, &server)
            .args(["--timeout", "1s"])
            .run()
            .fails_json(6);
        assert_eq!(error["error"], "timed_out");
        assert!(start.elapsed().as_secs() < 8, "{:?}", start.elapsed());
        assert_eq!(server.count("POST /token"), 1);
    }
}

/// C9: a redirect is refused, and where it points to sees nothing.
#[test]
fn c9_a_redirect_is_not_followed() {
    let other = Fake::new(|_| json(200, "{}"));
    for status in [301, 302, 303, 307, 308] {
        let location = format!("Location: {}", other.url("/token"));
        let error = refusal(with_headers(status, &[&location], ""), 5);
        assert_eq!(error["error"], "redirect_refused");
        let message = error["message"].as_str().expect("a message");
        assert!(message.contains(&status.to_string()), "{message}");
    }
    assert!(other.seen().is_empty(), "{:?}", other.seen());
}

/// C15: told to come back soon, it does; told to come back in a day, it says
/// so at once.
#[test]
fn c15_retry_after_is_honoured_within_the_time_out() {
    let ok = format!(r#"{{"access_token":"{TOKEN}","token_type":"Bearer"}}"#);
    for status in [429, 503] {
        let server = Fake::tokens([
            with_headers(status, &["Retry-After: 1"], ""),
            json(200, &ok),
        ]);
        ask(&Home::new(), &server).run().succeeds();
        assert_eq!(server.count("POST /token"), 2);

        let server = Fake::tokens([with_headers(status, &["Retry-After: 99999"], "")]);
        let error = ask(&Home::new(), &server).run().fails_json(6);
        assert_eq!(error["error"], "server_failed");
        let hint = error["hint"].as_str().expect("a hint");
        assert!(hint.contains("try again in"), "{hint}");
        assert_eq!(server.count("POST /token"), 1);
    }
}

/// C15: a sign-in is not sent again blindly, since nobody knows what became of
/// it; nothing is spent by asking for a client's own token, so that is.
#[test]
fn c15_a_password_is_sent_once_and_client_credentials_thrice() {
    let answers = || {
        [
            with_headers(500, &[], "oops"),
            with_headers(429, &["Retry-After: rubbish"], ""),
            with_headers(503, &[], ""),
            json(500, r#"{"error":"server_error"}"#),
            json(400, r#"{"error":"temporarily_unavailable"}"#),
        ]
    };
    for answer in answers() {
        let server = Fake::tokens([answer]);
        let error = Home::new()
            .authctl(["login", "-q", "--json", "--flow", "password"])
            .args(["--client-id", "c", "--username", "u"])
            .args(["--token-endpoint", &server.url("/token")])
            .env("AUTHCTL_PASSWORD", "the-password")
            .run()
            .fails_json(6);
        assert_eq!(error["error"], "server_failed", "{error}");
        assert_eq!(server.count("POST /token"), 1);
    }
    let [answer, ..] = answers();
    let server = Fake::tokens([answer]);
    let error = ask(&Home::new(), &server).run().fails_json(6);
    assert_eq!(error["error"], "server_failed", "{error}");
    assert_eq!(server.count("POST /token"), 3);
}

#[test]
fn a_cut_connection_and_a_closed_port_are_unreachable() {
    let server = Fake::tokens([Answer::Cut]);
    let error = ask(&Home::new(), &server).run().fails_json(6);
    assert_eq!(error["error"], "unreachable");

    let gone = {
        let server = Fake::tokens([Answer::Cut]);
        server.url("/token")
    };
    let error = Home::new()
        .authctl(["token", "--client", "--client-id", "c", "--store", "none"])
        .args(["--json", "--token-endpoint", &gone])
        .env("AUTHCTL_CLIENT_SECRET", "s")
        .run()
        .fails_json(6);
    assert_eq!(error["error"], "unreachable");
    let message = error["message"].as_str().expect("a message");
    assert!(message.contains("connection refused"), "{message}");
}

#[test]
fn octets_that_are_no_http_are_unreachable() {
    for octets in [
        &b"SSH-2.0-OpenSSH_9.6\r\n"[..],
        b"\x15\x03\x01\x00\x02\x02\x16",
        b"HTTP/9.9 banana\r\n\r\n",
    ] {
        let server = Fake::tokens([Answer::Octets(octets.to_vec())]);
        let error = ask(&Home::new(), &server).run().fails_json(6);
        assert_eq!(error["error"], "unreachable", "{error}");
    }
}

/// C10: a flag is a wrong command line, a profile a wrong configuration; no
/// request is sent.
#[test]
fn c10_http_beyond_loopback_is_refused_by_where_it_stands() {
    let home = Home::new();
    let error = home
        .authctl(["discover", "--json", "--issuer", "http://as.example"])
        .run()
        .fails_json(2);
    assert_eq!(error["error"], "bad_setting");
    let message = error["message"].as_str().expect("a message");
    assert!(message.contains("loopback"), "{message}");

    home.write(
        ".config/authctl/config.toml",
        "[profiles.default]\nissuer = \"http://as.example\"\n",
    );
    let error = home.authctl(["discover", "--json"]).run().fails_json(8);
    assert_eq!(error["error"], "bad_setting");

    let error = Home::new()
        .authctl(["discover", "--json"])
        .env("AUTHCTL_ISSUER", "http://as.example")
        .run()
        .fails_json(8);
    assert_eq!(error["error"], "bad_setting");
}

/// P3: at -vv, too, what a server says is escaped; its tokens are hashes.
#[test]
fn p3_the_log_of_an_exchange_is_escaped() {
    let body = format!(
        r#"{{"access_token":"{TOKEN}","token_type":"Bearer\u001b[31m","\u001b]0;x\u0007":"{TOKEN}","\u202eid_token":1}}"#
    );
    let server = Fake::tokens([with_headers(
        200,
        &["Content-Type: application/json; x=\x1b[2J"],
        &body,
    )]);
    let home = Home::new();
    let done = home
        .authctl([
            "token",
            "--client",
            "--client-id",
            "c\u{1b}[1m",
            "--store",
            "none",
            "-vv",
        ])
        .args(["--token-endpoint", &server.url("/token")])
        .env("AUTHCTL_CLIENT_SECRET", "the-client-secret")
        .run();
    let stderr = done.stderr();
    assert!(
        stderr
            .chars()
            .all(|c| c == '\n' || !c.is_control() && c != '\u{202e}'),
        "{stderr:?}"
    );
    assert!(!stderr.contains("secret-in-the-body"), "{stderr}");
    assert!(!stderr.contains("the-client-secret"), "{stderr}");
    assert!(stderr.contains("> POST "), "{stderr}");
}
