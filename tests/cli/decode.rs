//! `authctl decode`.

use std::process::Stdio;
use std::time::{SystemTime, UNIX_EPOCH};

use authctl::core::jose::base64url;
use authctl::core::time::Timestamp;
use serde_json::{Value, json};

use crate::harness::Home;
use crate::tokens::{NOW, claims, key, sign, unsigned};

pub const SAID: &str = "warning: signature: NOT verified\n";

fn present() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    since.as_secs().try_into().unwrap()
}

/// A token that nobody signed, of the algorithm EdDSA.
fn token(claims: Value) -> String {
    unsigned(r#"{"alg":"EdDSA"}"#, claims.to_string(), &[1; 64])
}

#[test]
fn a_token_is_shown_with_its_times_and_where_now_is() {
    let now = present();
    let date = |seconds| Timestamp(seconds).to_rfc3339().unwrap();
    // Half a minute for this test to run.
    let (iat, exp) = (now - 600, now + 2_970);
    let token = unsigned(
        r#"{"alg":"EdDSA","kid":"k1"}"#,
        json!({"iss": "https://as.example", "aud": ["a", "b"], "admin": true, "name": "",
               "iat": iat, "nbf": iat, "exp": exp, "auth_time": iat})
        .to_string(),
        &[1; 64],
    );
    let expected = format!(
        "\
header
  alg  EdDSA
  kid  k1

claims
  iss        https://as.example
  aud        [\"a\",\"b\"]
  admin      true
  name       \"\"
  iat        {iat}  ({}, issued 10 min ago)
  nbf        {iat}  ({}, 10 min ago)
  exp        {exp}  ({}, expires in 49 min)
  auth_time  {iat}  ({}, 10 min ago)

lifetime
  ├─────●──────────────────────────┤  expires in 49 min, of 59 min

signature: NOT verified
",
        date(iat),
        date(iat),
        date(exp),
        date(iat),
    );
    Home::new()
        .authctl(["decode", &token])
        .stdout(expected)
        .check();
}

#[test]
fn a_token_of_the_past_and_one_of_the_future_are_seen_to_be() {
    let home = Home::new();
    let now = present();
    let hour = 3_600;
    home.authctl([
        "decode",
        &token(json!({"iat": now - 3 * hour - 30, "exp": now - 2 * hour - 30})),
    ])
    .stdout_has("├────────────────────────────────┤ ●  expired 2 h ago, after 60 min\n")
    .check();
    home.authctl([
        "decode",
        &token(json!({"nbf": now + 2 * hour + 30, "exp": now + 5 * hour})),
    ])
    .stdout_has("● ├────────────────────────────────┤  begins in 2 h, for 2 h\n")
    .check();
}

#[test]
fn no_lifetime_is_drawn_for_a_token_without_beginning_or_end() {
    let home = Home::new();
    for claims in [
        json!({"exp": NOW}),
        json!({"iat": NOW}),
        json!({"iat": NOW, "exp": NOW}),
        json!({"iat": "soon", "exp": NOW}),
    ] {
        let output = home
            .authctl(["decode", &token(claims.clone())])
            .stdout_has("claims")
            .check();
        let text = output.stdout();
        assert!(!text.contains("lifetime"), "{claims}: {text}");
    }
}

#[test]
fn instants_beyond_the_calendar_stay_numbers() {
    let claims = r#"{"iat":-9223372036854775808,"nbf":1e300,"exp":9223372036854775807}"#;
    Home::new()
        .authctl(["decode", &unsigned(r#"{"alg":"EdDSA"}"#, claims, &[1; 64])])
        .stdout_has("  iat  -9223372036854775808\n  nbf  1e300\n  exp  9223372036854775807\n")
        .check();
}

#[test]
fn j55_no_output_calls_an_unverified_token_good() {
    let home = Home::new();
    let token = sign(&key("ES256"), json!({}), claims());
    let human = home
        .authctl(["decode", &token])
        .stdout_has("\nsignature: NOT verified\n")
        .check();
    let json = home
        .authctl(["decode", "-o", "json", &token])
        .stdout_has("\"signature_verified\":false")
        .stderr(SAID)
        .check();
    let only = home
        .authctl(["decode", "-o", "claims", &token])
        .stdout(claims().to_string() + "\n")
        .stderr(SAID)
        .check();
    // -q silences notes, not this.
    home.authctl(["-q", "decode", "-o", "claims", &token])
        .stdout_has("alice")
        .stderr(SAID)
        .check();
    for output in [human, json, only] {
        let text = output.stdout() + &output.stderr();
        let text = text
            .replace("NOT verified", "")
            .replace("signature_verified", "");
        for word in ["valid", "verified", "trusted", "good", "OK"] {
            assert!(!text.contains(word), "{word}: {text}");
        }
    }
}

#[test]
fn json_has_the_parts_and_what_is_unwise() {
    let home = Home::new();
    let token = unsigned(
        r#"{"alg":"none"}"#,
        r#"{"password":"x","exp":1700000000}"#,
        b"",
    );
    let expected = json!({
        "header": {"alg": "none"},
        "claims": {"password": "x", "exp": 1_700_000_000},
        "encrypted": false,
        "signature_verified": false,
        "expires_at": "2023-11-14T22:13:20Z",
        "warnings": [
            {"code": "alg_none",
             "message": "the token is not signed (`alg` is `none`): anyone can have made it"},
            {"code": "secret_claim",
             "message": "the claim `password` looks like a secret, and anyone can read it"},
        ],
    });
    for arguments in [&["decode", "--json"][..], &["decode", "-o", "json"]] {
        let found = home
            .authctl(arguments)
            .arg(&token)
            .stderr(SAID)
            .check_json();
        assert_eq!(found, expected);
    }
    home.authctl(["decode", &token])
        .stdout_has(
            "\nwarnings\n  ! the token is not signed (`alg` is `none`): anyone can have made it\n",
        )
        .check();
}

#[test]
fn the_token_comes_as_argument_on_stdin_or_in_a_file() {
    let home = Home::new();
    let token = token(json!({"sub": "alice"}));
    let expected = "{\"sub\":\"alice\"}\n";
    let decode = || {
        home.authctl(["decode", "-o", "claims"])
            .stdout(expected)
            .stderr(SAID)
    };
    decode().arg(&token).check();
    decode().stdin(&token).check();
    decode().arg("-").stdin(&token).check();
    home.write("token.txt", &token);
    decode().arg("@token.txt").check();
    // J32, and what is copied from a request.
    for text in [
        format!("{token}\n"),
        format!("{token}\r\n"),
        format!(" \t{token} \n"),
        format!("Bearer {token}\n"),
        format!("bearer  {token}"),
    ] {
        decode().arg(&text).check();
        decode().stdin(&text).check();
    }
}

#[test]
fn j31_j33_what_is_no_token_is_refused_with_the_reason() {
    let home = Home::new();
    let part = |text: &str| base64url::encode(text);
    let header = part(r#"{"alg":"EdDSA"}"#);
    for (token, reason) in [
        // H7: as from a standard input that is closed.
        (String::new(), "it is empty"),
        (
            "abc".into(),
            "it has 1 part between dots, a signed JWT has 3",
        ),
        (
            "a.b".into(),
            "it has 2 parts between dots, a signed JWT has 3",
        ),
        (
            "a.b.c.d".into(),
            "it has 4 parts between dots, a signed JWT has 3",
        ),
        (
            format!("{header}.{}.", part("[]")),
            "its payload is not a JSON object",
        ),
        (
            format!("{header}.{}.", part("")),
            "its payload is not JSON: it ends too early",
        ),
        (
            format!("{}.{}.", part("null"), part("{}")),
            "its header is not a JSON object",
        ),
        (
            format!("{header}.{}=.", part("{}")),
            "its payload is not base64url without padding",
        ),
        (
            format!("{header}.{} .", part("{}")),
            "its payload is not base64url without padding",
        ),
        (
            format!("{header}.{}.", part(r#"{"a":1,"\u0061":2}"#)),
            "its payload is JSON in which the member `a` comes twice",
        ),
        (
            r#"{"payload":"","signatures":[]}"#.into(),
            "it is a JSON object, not the compact form of parts between dots",
        ),
    ] {
        let error = home
            .authctl(["decode", "--json"])
            .stdin(&token)
            .code(3)
            .check_error();
        assert_eq!(error["error"], "token_malformed", "{token}");
        assert_eq!(
            error["message"],
            format!("the token is malformed: {reason}"),
            "{token}"
        );
        assert_eq!(error["exit_code"], 3);
    }
}

#[test]
fn j31_octets_that_are_no_text_are_no_token() {
    let home = Home::new();
    let expected = "error: the token is malformed: it is not text\n";
    home.authctl(["decode"])
        .stdin(b"\xff\xfe.a.b")
        .code(3)
        .stderr(expected)
        .check();
    home.write("token", b"a.\xc0\xaf.b");
    home.authctl(["decode", "@token"])
        .code(3)
        .stderr(expected)
        .check();
    // H7
    #[cfg(unix)]
    {
        use std::os::unix::ffi::OsStrExt as _;
        let typed = std::ffi::OsStr::from_bytes(b"\xff.\xfe.");
        home.authctl(["decode"])
            .arg(typed)
            .code(3)
            .stderr(expected)
            .check();
    }
}

#[test]
fn a_file_that_is_absent_is_an_input_error() {
    Home::new()
        .authctl(["decode", "@nowhere"])
        .code(8)
        .stderr_has("error: cannot read `nowhere`\n")
        .check();
}

#[test]
fn j34_j35_size_and_depth_are_bounded() {
    let home = Home::new();
    let header = base64url::encode(r#"{"alg":"EdDSA"}"#);
    let deep = base64url::encode(format!(
        r#"{{"a":{}1{}}}"#,
        "[".repeat(20_000),
        "]".repeat(20_000)
    ));
    let brackets = base64url::encode("[".repeat(300_000));
    for (token, reason) in [
        (".".repeat(2_000_000), "it has 2000001 parts between dots"),
        ("a".repeat(16 << 20), "it is longer than 4194304 octets"),
        (
            format!("{header}.{deep}."),
            "its payload is not JSON, or beyond its limits",
        ),
        (
            format!("{brackets}.{deep}."),
            "its header is not JSON, or beyond its limits",
        ),
    ] {
        home.authctl(["decode"])
            .stdin(&token)
            .code(3)
            .stderr_has(reason)
            .check();
    }
}

#[test]
fn j52_of_an_encrypted_token_only_the_header_is_seen() {
    let home = Home::new();
    let header = base64url::encode(r#"{"alg":"RSA-OAEP-256","enc":"A256GCM"}"#);
    let token = format!("{header}.AA.AA.AA.AA");
    home.authctl(["decode", &token])
        .stdout(
            "\
header
  alg  RSA-OAEP-256
  enc  A256GCM

content
  encrypted (JWE): nothing of it is seen without the key; `authctl decrypt` opens it

signature: NOT verified
",
        )
        .check();
    let found = home
        .authctl(["decode", "--json", &token])
        .stderr(SAID)
        .check_json();
    assert_eq!(found["claims"], Value::Null);
    assert_eq!(found["encrypted"], true);
    home.authctl(["decode", "-o", "claims", &token])
        .code(3)
        .stderr(
            "error: the token is refused\n  why: its claims are encrypted (a JWE)\n hint: open it with `authctl decrypt`\n",
        )
        .check();
}

#[cfg(unix)]
#[test]
fn a_terminal_is_not_waited_for_when_no_token_is_typed() {
    assert_eq!(
        Home::new().authctl(["decode"]).on_terminal(),
        "error: no token is given\n hint: give the token itself, - for standard input, or @FILE\n"
    );
}

#[test]
fn h7_an_answer_that_cannot_be_written_is_an_error() {
    let Ok(full) = std::fs::OpenOptions::new().write(true).open("/dev/full") else {
        return;
    };
    let token = token(json!({"sub": "alice"}));
    let output = Home::new()
        .authctl(["decode", &token])
        .into_command()
        .stdout(full)
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1));
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert!(
        stderr.starts_with("error: cannot write the output\n  why: "),
        "{stderr}"
    );
}

#[test]
fn nothing_but_the_token_is_read() {
    let home = Home::new();
    let token = token(json!({"sub": "alice"}));
    // Neither a broken configuration, nor a profile that is not there, nor
    // the lack of a home bears on it.
    let config = home.write("broken.toml", "not = [toml");
    home.authctl([
        "decode",
        "-o",
        "claims",
        "--profile",
        "nowhere",
        "--store",
        "nonsense",
        "--config",
    ])
    .arg(config)
    .arg(&token)
    .env_remove("HOME")
    .env("AUTHCTL_TIMEOUT", "nonsense")
    .stdout("{\"sub\":\"alice\"}\n")
    .stderr(SAID)
    .check();
    assert_eq!(home.names(), ["broken.toml"]);
}

#[test]
fn h7_a_reader_that_has_gone_is_no_error() {
    let home = Home::new();
    let mut child = home
        .authctl(["decode", "-"])
        .into_command()
        .stdin(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let mut stdin = child.stdin.take().unwrap();
    std::io::Write::write_all(&mut stdin, token(json!({"sub": "alice"})).as_bytes()).unwrap();
    drop(stdin);
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(String::from_utf8(output.stderr).unwrap(), "");
}
