//! `authctl verify --batch`: verdicts, their order and their shapes.

use serde_json::{Value, json};

use crate::bench::Bench;
use crate::harness::Call;
use crate::tokens::{NOW, claims, claims_but, key, sign, sign_raw, unsigned};

/// Tokens of every kind of verdict, with the codes that are expected.
fn tokens(bench: &Bench) -> Vec<(String, &'static [&'static str])> {
    let good = bench.sign(claims());
    let (input, signature) = good.rsplit_once('.').unwrap();
    let (header, _) = good.split_once('.').unwrap();
    vec![
        (good.clone(), &[]),
        (bench.sign(claims_but(json!({"exp": NOW}))), &["expired"]),
        (
            bench.sign(claims_but(json!({"exp": NOW, "iss": "x", "aud": null}))),
            &["expired", "iss", "aud_missing"],
        ),
        (format!("Bearer {good}"), &[]),
        (format!("{input}.{}A", &signature[1..]), &["signature"]),
        (format!("{good}="), &["token_malformed"]),
        (String::new(), &["token_malformed"]),
        ("  ".into(), &["token_malformed"]),
        (input.into(), &["token_malformed"]),
        (
            sign(&key("ES256").with_kid("k2"), json!({}), claims()),
            &["unknown_kid"],
        ),
        (
            unsigned(r#"{"alg":"none"}"#, claims().to_string(), b""),
            &["alg_none"],
        ),
        (
            sign_raw(&bench.key, r#"{"alg":"ES256","kid":"k1"}"#, b"[]"),
            &["token_malformed"],
        ),
        (
            sign_raw(
                &bench.key,
                r#"{"alg":"ES256","kid":"k1"}"#,
                br#"{"exp":9999999999,"\u0065xp":1}"#,
            ),
            &["token_malformed"],
        ),
        (
            format!("{header}.e30.{signature}"),
            &["signature", "exp_missing", "iss_missing", "aud_missing"],
        ),
        (good, &[]),
    ]
}

fn lines<'a>(tokens: impl IntoIterator<Item = &'a str>) -> String {
    tokens
        .into_iter()
        .map(|token| format!("{token}\n"))
        .collect()
}

fn batch(bench: &Bench) -> Call {
    bench.verify().args(["--batch", "-"])
}

fn ndjson(text: &[u8]) -> Vec<Value> {
    let lines = text.split(|octet| *octet == b'\n');
    lines
        .filter(|line| !line.is_empty())
        .map(|line| serde_json::from_slice(line).unwrap())
        .collect()
}

fn codes(verdict: &Value) -> Vec<&str> {
    let failures = verdict["failures"].as_array().into_iter().flatten();
    failures
        .map(|failure| failure["code"].as_str().unwrap())
        .collect()
}

#[test]
fn each_line_gets_the_verdict_that_its_token_gets_alone() {
    let bench = Bench::new("ES256");
    let tokens = tokens(&bench);
    let input = lines(tokens.iter().map(|(token, _)| token.as_str()));
    let done = batch(&bench)
        .arg("--json")
        .stdin(input)
        .code(3)
        .stdout_has("{")
        .stderr_has("{")
        .check();
    let verdicts = ndjson(&done.0.stdout);
    assert_eq!(verdicts.len(), tokens.len());
    for (at, ((token, expected), verdict)) in tokens.iter().zip(&verdicts).enumerate() {
        assert_eq!(verdict["line"], at + 1);
        assert_eq!(verdict["valid"], expected.is_empty(), "{token}");
        assert_eq!(codes(verdict), *expected, "{token}");
        let alone = bench.verify().arg("--json").stdin(token).run();
        if expected.is_empty() {
            let alone: Value = serde_json::from_slice(&alone.0.stdout).unwrap();
            assert_eq!(verdict["key"]["alg"], alone["key"]["alg"]);
            assert_eq!(verdict["key"]["kid"], alone["key"]["kid"]);
            continue;
        }
        let alone: Value = serde_json::from_slice(&alone.0.stderr).unwrap();
        assert_eq!(alone["failures"], verdict["failures"], "{token}");
    }
    let summary = &ndjson(&done.0.stderr)[0];
    assert_eq!(
        *summary,
        json!({
            "judged": 15, "good": 3, "bad": 12,
            "failures": {
                "expired": 2, "iss": 1, "aud_missing": 2, "signature": 2, "token_malformed": 6,
                "unknown_kid": 1, "alg_none": 1, "exp_missing": 1, "iss_missing": 1,
            },
            "warnings": [], "interrupted": false,
        })
    );
}

#[test]
fn verdicts_for_a_person_are_good_or_bad_with_codes_and_reasons() {
    let bench = Bench::new("ES256");
    let expired = bench.sign(claims_but(json!({"exp": NOW - 60, "aud": "x"})));
    let input = lines([bench.sign(claims()).as_str(), &expired, "a.b"]);
    batch(&bench)
        .stdin(&input)
        .code(3)
        .stdout(
            "good\n\
             bad\texpired,aud\tit expired 1m ago, at 2027-01-15T07:59:00Z; it is not for the audience `api`\n\
             bad\ttoken_malformed\tthe token is malformed: it has 2 parts between dots, a signed JWT has 3\n",
        )
        .stderr("note: 3 tokens judged in 0 s: 1 good, 2 bad (expired 1, aud 1, token_malformed 1)\n")
        .check();
    batch(&bench)
        .args(["-q", "--only", "bad"])
        .stdin(&input)
        .code(3)
        .stdout_has("2\tbad\texpired,aud\t")
        .stdout_has("\n3\tbad\ttoken_malformed\t")
        .check();
    batch(&bench)
        .args(["-q", "--only", "good"])
        .stdin(&input)
        .code(3)
        .stdout("1\tgood\n")
        .check();
    let only = batch(&bench)
        .args(["-q", "--only", "good", "-o", "json"])
        .stdin(&input)
        .code(3)
        .stdout_has("{")
        .check();
    assert_eq!(
        ndjson(&only.0.stdout),
        [json!({"line": 1, "valid": true, "key": {"alg": "ES256", "kid": "k1"}})]
    );
}

#[test]
fn claims_of_good_tokens_are_handed_on_as_they_stand() {
    let bench = Bench::new("ES256");
    let payload = br#"{ "iss": "https://as.example", "aud": "api",
        "exp": 1900000000, "n": 123456789012345678901 , "t": "a\nb" }"#;
    let pretty = sign_raw(&bench.key, r#"{"alg":"ES256","kid":"k1"}"#, payload);
    batch(&bench)
        .args(["-q", "-o", "claims"])
        .stdin(lines([pretty.as_str(), "x"]))
        .code(3)
        .stdout(
            "{\"iss\":\"https://as.example\",\"aud\":\"api\",\"exp\":1900000000,\
             \"n\":123456789012345678901,\"t\":\"a\\nb\"}\nnull\n",
        )
        .check();
}

#[test]
fn all_good_is_exit_0_and_an_empty_file_is_too() {
    let bench = Bench::new("EdDSA");
    let token = bench.sign(claims());
    bench.home.write("tokens", lines([token.as_str(), &token]));
    let file = || bench.verify().args(["--batch", "tokens"]);
    file().arg("-q").stdout("good\ngood\n").check();
    file()
        .stdout("good\ngood\n")
        .stderr("note: 2 tokens judged in 0 s: 2 good, 0 bad\n")
        .check();
    bench.home.write("tokens", "");
    file()
        .stderr("note: 0 tokens judged in 0 s: 0 good, 0 bad\n")
        .check();
}

#[test]
fn what_was_not_checked_is_said_once() {
    let bench = Bench::new("EdDSA");
    let token = bench.sign(claims_but(json!({"iat": NOW + 60})));
    let input = lines([token.as_str(), &bench.sign(claims()), "x"]);
    bench
        .bare()
        .args(["--batch", "-"])
        .stdin(&input)
        .code(3)
        .stdout_has("good\ngood\nbad\t")
        .stderr(
            "warning: of 1 tokens: it was issued in the future, at 2027-01-15T08:01:00Z\n\
             warning: issuer not checked\nwarning: audience not checked\n\
             note: 3 tokens judged in 0 s: 2 good, 1 bad (token_malformed 1)\n",
        )
        .check();
}

#[test]
fn lines_may_end_as_they_like_and_hold_anything() {
    let bench = Bench::new("EdDSA");
    let token = bench.sign(claims());
    let input = [
        token.as_bytes(),
        b"\r\n\r\n",
        b"\xff\xfe\n",
        b"\0\n",
        b"\"",
        token.as_bytes(),
        b"\"\n\t",
        token.as_bytes(),
    ]
    .concat();
    let done = batch(&bench)
        .arg("-q")
        .stdin(input)
        .code(3)
        .stdout_has("")
        .check();
    let verdicts: Vec<_> = done
        .stdout()
        .lines()
        .map(|line| line[..3].to_owned())
        .collect();
    assert_eq!(verdicts, ["goo", "bad", "bad", "bad", "bad", "goo"]);
}

#[test]
fn tokens_are_found_in_the_field_that_is_named() {
    let bench = Bench::new("EdDSA");
    let token = bench.sign(claims());
    let line = json!({"id": 1, "token": token, "http": {"auth": [format!("Bearer {token}")]}});
    for (field, codes) in [
        ("token", &[][..]),
        ("/token", &[]),
        ("/http/auth/0", &[]),
        ("$.http.auth[0]", &[]),
        ("http", &["field_missing"]),
        ("absent", &["field_missing"]),
        ("id", &["field_missing"]),
    ] {
        let done = batch(&bench)
            .args(["-q", "-o", "json", "--field", field])
            .stdin(format!("{line}\n"))
            .code(if codes.is_empty() { 0 } else { 3 })
            .stdout_has("{")
            .check();
        assert_eq!(self::codes(&ndjson(&done.0.stdout)[0]), codes, "{field}");
    }
    let input = lines([
        &token,
        "[]",
        "{\"token\":\"x\",\"token\":\"y\"}",
        "{\"token\":\"\"}",
    ]);
    let done = batch(&bench)
        .args(["-q", "-o", "json", "--field", "token"])
        .stdin(input)
        .code(3)
        .stdout_has("{")
        .check();
    let found: Vec<_> = ndjson(&done.0.stdout)
        .iter()
        .map(|v| self::codes(v).join(","))
        .collect();
    assert_eq!(
        found.iter().map(String::as_str).collect::<Vec<_>>(),
        [
            "line_malformed",
            "line_malformed",
            "line_malformed",
            "token_malformed"
        ]
    );
}

#[test]
fn many_threads_answer_in_the_order_of_the_lines() {
    let bench = Bench::new("EdDSA");
    let mut input = String::new();
    let mut expected = String::new();
    let long = "x".repeat(900);
    for n in 0..3_000 {
        // Some lines take much longer than others.
        let token = match n % 7 {
            0 => bench.sign(claims_but(json!({"jti": n, "pad": &long}))),
            1 => bench.sign(claims_but(json!({"exp": NOW - n}))),
            _ => "x".into(),
        };
        input.push_str(&format!("{token}\n"));
        expected.push_str(match n % 7 {
            0 => "good",
            1 => "expired",
            _ => "token_malformed",
        });
        expected.push('\n');
    }
    bench.home.write("tokens", &input);
    let run = |jobs: &str| {
        let call = bench
            .verify()
            .args(["-q", "--batch", "tokens", "--jobs", jobs]);
        call.code(3).stdout_has("good").check().stdout()
    };
    let one = run("1");
    let shown: String = one
        .lines()
        .map(|line| line.split('\t').nth(1).unwrap_or("good").to_owned() + "\n")
        .collect();
    assert!(shown == expected, "the verdicts are not those of the lines");
    assert!(run("4") == one, "four threads answer otherwise than one");
}

#[test]
fn no_verdict_repeats_a_token() {
    let bench = Bench::new("EdDSA");
    for (token, _) in tokens(&bench) {
        let done = batch(&bench).arg("-v").stdin(&token).run();
        for part in token.split('.').filter(|part| part.len() > 8) {
            let said = done.stdout() + &done.stderr();
            assert!(!said.contains(part), "{part} in {said}");
        }
    }
}

/// A kid is the sender's text.
#[test]
fn p3_a_reason_keeps_to_its_line() {
    let bench = Bench::new("EdDSA");
    let header = json!({"alg": "EdDSA", "kid": "a\n1\tgood\u{1b}[2J\u{202e}"});
    let token = sign_raw(
        &bench.key,
        &header.to_string(),
        claims().to_string().as_bytes(),
    );
    batch(&bench)
        .arg("-q")
        .stdin(token)
        .code(3)
        .stdout("bad\tunknown_kid\tthe key set has no key with the kid `a\\n1\\tgood\\u001b[2J\\u202e`\n")
        .check();
}

#[test]
fn what_does_not_go_together_is_exit_2() {
    let bench = Bench::new("EdDSA");
    for line in [
        "verify --batch - token",
        "verify --batch - --jws --jwks keys.json",
        "verify --batch - --secret -",
        "verify --jobs 2 token",
        "verify --field a token",
        "verify --only bad token",
        "verify --fail-fast token",
        "verify --batch - --jobs 0 --jwks keys.json",
        "verify --batch - --only ugly --jwks keys.json",
        "verify --batch - --field /~ --jwks keys.json",
        "verify --batch - --as access-token --jwks keys.json",
    ] {
        let call = bench.home.authctl(line.split(' '));
        call.code(2).stderr_has("error: ").check();
    }
}

#[test]
fn what_cannot_be_read_is_exit_8() {
    let bench = Bench::new("EdDSA");
    let call = |line: &str| bench.home.authctl(line.split(' ')).code(8);
    call("verify --jwks keys.json --batch absent")
        .stderr_has("error: cannot read `absent`")
        .check();
    call("verify --jwks keys.json --batch .")
        .stderr_has("error: cannot read `.`")
        .check();
    call("verify --jwks absent --batch -")
        .stderr_has("absent")
        .check();
}

#[test]
fn there_are_no_more_threads_than_a_system_has() {
    let bench = Bench::new("EdDSA");
    for jobs in ["0", "1025", "100000"] {
        bench
            .verify()
            .args(["--batch", "-", "--jobs", jobs])
            .code(2)
            .stderr_has("is not in 1..=1024")
            .check();
    }
}

#[test]
fn what_is_for_one_token_is_not_for_many() {
    let bench = Bench::new("EdDSA");
    for flags in [
        &["--jws"][..],
        &["--detached", "payload"],
        &["--allow-unencoded"],
        &["--lint"],
    ] {
        let call = bench.verify().args(["--batch", "-"]).args(flags);
        call.stdin("x\n")
            .code(2)
            .stderr_has("cannot be used with")
            .check();
    }
}
