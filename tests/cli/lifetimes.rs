//! What servers put into `expires_in` (RFC 6749 section 5.1: "the lifetime in
//! seconds", a number, RECOMMENDED), and what becomes of the token.

use serde_json::Value;

use crate::fake::{Fake, json};
use crate::harness::{Call, Home};

/// A token that no error may hold.
const TOKEN: &str = "planted-token";

/// Starts a server that issues a token with these members beside it.
fn server(member: &str) -> Fake {
    let body = format!(r#"{{"access_token":"{TOKEN}","token_type":"Bearer"{member}}}"#);
    Fake::tokens([json(200, &body)])
}

fn ask(home: &Home, server: &Fake) -> Call {
    home.authctl(["token", "--client", "--client-id", "c", "--json"])
        .args(["--token-endpoint", &server.url("/token")])
        .env("AUTHCTL_CLIENT_SECRET", "s")
}

fn answer(call: Call) -> (Value, String) {
    let done = call.run().code_is(0);
    let answer = serde_json::from_str(&done.stdout()).expect("JSON");
    (answer, done.stderr())
}

/// Numbers of seconds in whatever form, and the string of digits that
/// Microsoft's servers send: the token is cached for as long.
#[test]
fn c13_a_number_of_seconds_is_believed_in_every_form() {
    for (value, seconds) in [
        ("3600", 3_600),
        ("\"3600\"", 3_600),
        ("\"0003600\"", 3_600),
        ("3600.0", 3_600),
        ("3.6e3", 3_600),
        ("1e3", 1_000),
        ("31556952000", 31_556_952_000_i64),
    ] {
        let server = server(&format!(r#","expires_in":{value}"#));
        let home = Home::new();
        for source in ["request", "cache"] {
            let (answer, stderr) = answer(ask(&home, &server));
            assert_eq!(stderr, "", "{value}");
            assert_eq!(answer["access_token"], TOKEN, "{value}");
            assert_eq!(answer["source"], source, "{value}");
            let left = answer["expires_in"].as_i64().expect("a number");
            assert!((seconds - 20..=seconds).contains(&left), "{value}: {left}");
            let at = answer["expires_at"].as_str().expect("a time");
            assert!(at.ends_with('Z'), "{value}: {at}");
        }
        assert_eq!(server.seen().len(), 1, "{value}");
    }
}

/// The server does not say: the token is cached, with no end that is known.
#[test]
fn a_token_without_a_lifetime_is_kept_until_it_is_renewed_by_hand() {
    let server = server("");
    let home = Home::new();
    for (arguments, source) in [
        (&[][..], "request"),
        (&[], "cache"),
        (&["--min-ttl", "36500d"], "cache"),
        (&["--force-refresh"], "request"),
        (&[], "cache"),
    ] {
        let (answer, stderr) = answer(ask(&home, &server).args(arguments));
        assert_eq!(stderr, "", "{arguments:?}");
        assert_eq!(answer["source"], source, "{arguments:?}");
        assert_eq!(answer["expires_in"], Value::Null);
        assert_eq!(answer["expires_at"], Value::Null);
    }
}

/// What is over at once is printed, since it was asked for, but never given
/// out again.
#[test]
fn a_lifetime_too_short_is_said_and_never_served_from_the_cache() {
    for (value, arguments, warned) in [
        ("0", &[][..], true),
        ("\"0\"", &[], true),
        ("-0.0", &[], true),
        ("0", &["--min-ttl", "0"], true),
        ("20", &[], true),
        ("30", &["--min-ttl", "1h"], true),
    ] {
        let server = server(&format!(r#","expires_in":{value}"#));
        let home = Home::new();
        for count in 1..=3 {
            let (answer, stderr) = answer(ask(&home, &server).args(arguments));
            assert_eq!(answer["access_token"], TOKEN, "{value}");
            assert_eq!(answer["source"], "request", "{value}");
            assert_eq!(
                stderr.starts_with("warning: the token lives shorter than `--min-ttl`"),
                warned,
                "{value}: {stderr}"
            );
            assert_eq!(server.seen().len(), count, "{value}");
        }
    }
}

/// What is close to a whole number of seconds is read as one, and said to be
/// odd: a token that was issued is not thrown away for it.
#[test]
fn an_odd_lifetime_is_read_and_said() {
    let whole = "not a whole number of seconds; it was read as one";
    let huge = "beyond any lifetime; 1000 years are believed";
    for (value, seconds, said) in [
        ("3600.5", 3_600, whole),
        ("\" 3600 \"", 3_600, whole),
        ("\"3600 \"", 3_600, whole),
        ("\"3600.0\"", 3_600, whole),
        ("\"1e3\"", 1_000, whole),
        ("31556952001", 31_556_952_000_i64, huge),
        ("99999999999999", 31_556_952_000, huge),
        ("9223372036854775807", 31_556_952_000, huge),
        ("9223372036854775808", 31_556_952_000, huge),
    ] {
        let server = server(&format!(r#","expires_in":{value}"#));
        let home = Home::new();
        let (first, stderr) = answer(ask(&home, &server));
        assert_eq!(
            stderr,
            format!("note: the server's `expires_in` is {said}\n"),
            "{value}"
        );
        let left = first["expires_in"].as_i64().expect("a number");
        assert!((seconds - 20..=seconds).contains(&left), "{value}: {left}");
        let (again, stderr) = answer(ask(&home, &server));
        assert_eq!(
            (&again["source"], stderr.as_str()),
            (&"cache".into(), ""),
            "{value}"
        );
    }
}

/// What is no number says nothing: it is as if it were absent.
#[test]
fn a_lifetime_that_is_no_number_is_as_none() {
    for value in [
        "true",
        "false",
        "[3600]",
        "{\"seconds\":3600}",
        "\"\"",
        "\"+3600\"",
        "\"0x10\"",
        "\"abc\"",
        "\"PT1H\"",
        "\"\u{663}\u{666}\"",
        "\"2026-11-22T06:00:00Z\"",
    ] {
        let server = server(&format!(r#","expires_in":{value}"#));
        let (answer, stderr) = answer(ask(&Home::new(), &server));
        assert_eq!(answer["expires_in"], Value::Null, "{value}");
        assert_eq!(
            stderr,
            "note: the server's `expires_in` is no number; how long the token lives is not known\n",
            "{value}"
        );
    }
}

/// What contradicts the token beside it is refused: nothing is guessed,
/// nothing is kept, and the error names the member and no token.
#[test]
fn c13_a_lifetime_that_cannot_be_meant_is_refused() {
    for value in [
        "-1",
        "-3600.0",
        "null",
        "\"-1\"",
        "\"99999999999999999999999999\"",
        "1e99",
        "1e308",
    ] {
        let server = server(&format!(r#","expires_in":{value}"#));
        let home = Home::new();
        let error = ask(&home, &server).run().fails_json(6);
        assert_eq!(error["error"], "senseless_answer", "{value}: {error}");
        let message = error["message"].as_str().expect("a message");
        assert!(
            message.ends_with("its `expires_in` is not a number of seconds"),
            "{value}: {message}"
        );
        assert!(!error.to_string().contains(TOKEN), "{error}");
        ask(&home, &server).run().fails_json(6);
        assert_eq!(server.seen().len(), 2, "{value}");
    }
    // Beyond what any number of JSON's readers holds.
    for value in ["1e400", "-1e400", "01", "NaN", "Infinity"] {
        let server = server(&format!(r#","expires_in":{value}"#));
        let error = ask(&Home::new(), &server).run().fails_json(6);
        assert_eq!(error["error"], "senseless_answer", "{value}: {error}");
        assert!(!error.to_string().contains(TOKEN), "{error}");
    }
}

/// The longest spans on either side meet without overflow.
#[test]
fn the_longest_lifetime_meets_the_longest_demand() {
    let server = server(r#","expires_in":31556952000"#);
    let home = Home::new();
    let (first, _) = answer(ask(&home, &server).args(["--min-ttl", "18446744073709551615"]));
    assert_eq!(first["source"], "request");
    let (second, _) = answer(ask(&home, &server).args(["--min-ttl", "36500d"]));
    assert_eq!(second["source"], "cache");
}
