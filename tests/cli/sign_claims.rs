//! The claims of `authctl sign`: by flags, by a document, and those that no
//! verifier would take.

use authctl::core::jose::base64url;
use serde_json::{Value, json};

use crate::sign::{Bench, claims, now, parts, refused};

#[test]
fn flags_set_the_claims_in_the_order_of_the_rfc() {
    let bench = Bench::new("ES256");
    let before = now();
    let token = bench
        .sign()
        .args(["--claim", "role=admin", "--claim", "level:= [3, 1.50]"])
        .args(["--jti", "id-1", "--nbf", "-30s", "--exp", "1h30m"])
        .args([
            "--aud",
            "api",
            "--sub",
            "alice",
            "--iss",
            "https://as.example",
        ])
        .args(["--claim", "https://a.example/x:=null"])
        .run()
        .succeeds();
    let after = now();
    let claims = claims(&token);
    let iat = claims["iat"].as_i64().unwrap();
    assert!((before..=after).contains(&iat), "{iat}");
    assert_eq!(
        parts(&token)[1],
        format!(
            r#"{{"iss":"https://as.example","sub":"alice","aud":"api","exp":{},"nbf":{},"iat":{iat},"jti":"id-1","role":"admin","level":[3,1.50],"https://a.example/x":null}}"#,
            iat + 5_400,
            iat - 30,
        )
    );
    assert_eq!(
        parts(&token)[0],
        r#"{"alg":"ES256","typ":"JWT","kid":"k1"}"#
    );
}

#[test]
fn an_audience_is_a_string_and_several_are_an_array() {
    let bench = Bench::new("ES256");
    for (typed, aud) in [
        (&["--aud", "a,b"][..], json!("a,b")),
        (&["--aud", "a", "--aud", "b"], json!(["a", "b"])),
    ] {
        let token = bench.sign().args(["--exp", "5m"]).args(typed).run();
        assert_eq!(claims(&token.succeeds())["aud"], aud);
    }
}

#[test]
fn an_instant_is_typed_by_itself_or_from_now() {
    let bench = Bench::new("ES256");
    for (typed, instant) in [
        ("2999-01-01T00:00:00Z", 32_472_144_000_i64),
        ("2999-01-01T02:00:00+02:00", 32_472_144_000),
        ("@32472144000", 32_472_144_000),
    ] {
        let token = bench.sign().args(["--exp", typed]).run().succeeds();
        assert_eq!(claims(&token)["exp"], instant, "{typed}");
    }
    let token = bench
        .sign()
        .args(["--exp", "90", "--iat", "@17", "--nbf", "now"]);
    let claims = claims(&token.run().succeeds());
    assert_eq!(claims["iat"], 17);
    assert_eq!(
        claims["exp"].as_i64().unwrap() - claims["nbf"].as_i64().unwrap(),
        90
    );
    bench
        .sign()
        .args(["--exp", "1800000000"])
        .code(2)
        .stderr_has("the instant of these Unix seconds is @1800000000")
        .check();
    bench
        .sign()
        .args(["--exp", "tomorrow"])
        .code(2)
        .stderr_has("expected a duration from now like 15m")
        .check();
}

#[test]
fn an_identifier_is_given_or_random() {
    let bench = Bench::new("ES256");
    let jti = |arguments: &[&str]| {
        let call = bench.sign().args(["--exp", "5m"]).args(arguments);
        claims(&call.run().succeeds())["jti"].clone()
    };
    assert_eq!(jti(&[]), Value::Null);
    assert_eq!(jti(&["--jti", "a"]), "a");
    let random = [jti(&["--jti"]), jti(&["--jti"])].map(|jti| jti.as_str().unwrap().to_owned());
    assert_ne!(random[0], random[1]);
    for jti in random {
        assert_eq!(base64url::decode(&jti).unwrap().len(), 16, "{jti}");
    }
}

#[test]
fn a_document_keeps_its_order_and_its_numbers() {
    let bench = Bench::new("ES256");
    let document = r#" {
        "z": 123456789012345678901234567890, "f": [1.10, 1e2, -0.0],
        "sub": "bob", "o": {"b": "\u00e9 \"x\"", "a": 18446744073709551616} }
    "#;
    let expected = |sub: &str, exp: i64, iat: i64| {
        format!(
            r#"{{"z":123456789012345678901234567890,"f":[1.10,1e2,-0.0],"sub":"{sub}","o":{{"b":"\u00e9 \"x\"","a":18446744073709551616}},"exp":{exp},"iat":{iat}}}"#
        )
    };
    bench.home.write("c.json", document);
    for (call, sub) in [
        (bench.sign().arg("-").stdin(document), "bob"),
        (bench.sign().arg("@c.json"), "bob"),
        (bench.sign().arg(document), "bob"),
        (
            bench.sign().args(["-", "--sub", "al"]).stdin(document),
            "al",
        ),
        (bench.sign().args(["@c.json", "--claim", "sub=al"]), "al"),
    ] {
        let token = call.args(["--exp", "@32472144000", "--iat", "@17"]).run();
        let payload = &parts(&token.succeeds())[1];
        assert_eq!(*payload, expected(sub, 32_472_144_000, 17));
    }
}

#[test]
fn a_document_may_say_it_all_and_flags_win() {
    let bench = Bench::new("ES256");
    let document = json!({"iss": "a", "exp": 32_472_144_000_i64, "iat": 17, "x": 1}).to_string();
    // Without a claim in flags the object is expected on standard input.
    let token = bench.sign().stdin(&document).run().succeeds();
    assert_eq!(parts(&token)[1], document);
    let token = bench
        .sign()
        .args(["-", "--no-iat", "--iss", "b", "--claim", "x:=[]"])
        .stdin(&document)
        .run()
        .succeeds();
    assert_eq!(parts(&token)[1], r#"{"iss":"b","exp":32472144000,"x":[]}"#);
}

#[test]
fn j28_what_is_no_claims_set_is_no_document() {
    let bench = Bench::new("ES256");
    for (document, why) in [
        ("", "not JSON: it ends too early"),
        ("[]", "not a JSON object"),
        (r#""text""#, "not a JSON object"),
        (
            r#"{"a":1,"a":2}"#,
            "JSON in which the member `a` comes twice",
        ),
        (
            r#"{"a":{"b":1,"\u0062":2}}"#,
            "JSON in which the member `b` comes twice",
        ),
        (
            r#"{"a":1e400}"#,
            "not JSON, or beyond its limits, at line 1 column 10",
        ),
        (
            "{} {}",
            "not JSON, or beyond its limits, at line 1 column 4",
        ),
    ] {
        let sign = || bench.sign().args(["--exp", "5m"]);
        let error = sign()
            .args(["--json", "-"])
            .stdin(document)
            .run()
            .fails_json(8);
        assert_eq!(
            error["message"],
            format!("cannot take the claims from standard input: {why}")
        );
        bench.home.write("c.json", document);
        sign()
            .arg("@c.json")
            .code(8)
            .stderr_has(format!(
                "error: cannot take the claims from `c.json`: {why}\n"
            ))
            .check();
        if !document.is_empty() {
            sign()
                .arg(document)
                .code(2)
                .stderr_has(format!("error: what is given are no claims: {why}\n"))
                .check();
        }
    }
    bench
        .sign()
        .args(["--exp", "5m", "@absent"])
        .code(8)
        .stderr_has("error: cannot read `absent`\n")
        .check();
}

#[test]
fn a_claim_or_a_member_is_given_once() {
    let bench = Bench::new("ES256");
    for (typed, why) in [
        (
            &["--sub", "a", "--claim", "sub=b"][..],
            "the claim `sub` is given twice",
        ),
        (
            &["--exp", "5m", "--claim", "exp:=1"],
            "the claim `exp` is given twice",
        ),
        (
            &["--claim", "a=1", "--claim", "a:=1"],
            "the claim `a` is given twice",
        ),
        (
            &["--header", "a=1", "--header", "a=1"],
            "the member `a` of the header is given twice",
        ),
        (
            &["--sub", "a", "--sub", "b"],
            "cannot be used multiple times",
        ),
        (&["--claim", "a"], "expected NAME=TEXT or NAME:=JSON"),
        (&["--claim", "a:=b"], "not JSON, or beyond its limits"),
        (
            &["--claim", r#"a:={"b":1,"b":1}"#],
            "JSON in which the member `b` comes twice",
        ),
        (&["--sub", ""], "a value is required"),
        (&["--jti", "@c.json"], "it is no identifier"),
        (&["--jti", "-"], "it is no identifier"),
    ] {
        bench.sign().args(typed).code(2).stderr_has(why).check();
    }
}

/// What `verify` would refuse is made only where a flag says so by name.
#[test]
fn what_a_verifier_would_refuse_is_not_made() {
    let bench = Bench::new("ES256");
    for (claims, reasons, flag) in [
        (json!({}), &["exp_missing"][..], "--allow-missing-exp"),
        (json!({"exp": 1}), &["expired"], "--allow-expired"),
        (json!({"exp": now() - 1}), &["expired"], "--allow-expired"),
        (
            json!({"exp": now() + 500, "nbf": now() + 500}),
            &["never_valid"],
            "--allow-never-valid",
        ),
        (
            json!({"exp": now() + 500, "iat": now() + 100}),
            &["issued_in_the_future"],
            "--allow-future-iat",
        ),
        (json!({"exp": "1"}), &["exp_invalid"], "--allow-wrong-types"),
        (
            json!({"exp": null}),
            &["exp_invalid"],
            "--allow-wrong-types",
        ),
        (
            json!({"exp": now() + 500, "iat": "2026-01-31T12:00:00Z", "nbf": true}),
            &["nbf_invalid", "iat_invalid"],
            "--allow-wrong-types",
        ),
        (
            json!({"exp": now() + 500, "iss": ["a"], "aud": {"a": 1}, "sub": 1, "jti": 1}),
            &["iss_invalid", "aud_invalid", "sub_invalid", "jti_invalid"],
            "--allow-wrong-types",
        ),
        (
            json!({"exp": now() + 500, "aud": ["a", 1]}),
            &["aud_invalid"],
            "--allow-wrong-types",
        ),
        (
            json!({"exp": now() + 500, "aud": []}),
            &["aud_invalid"],
            "--allow-wrong-types",
        ),
    ] {
        let sign = || bench.sign().arg("-").stdin(claims.to_string());
        let error = refused(sign(), reasons);
        let hint = error["hint"].as_str().unwrap();
        assert!(hint.ends_with(flag), "{claims}: {hint}");
        let token = sign().arg(flag).run().succeeds();
        for (name, value) in claims.as_object().unwrap() {
            assert_eq!(self::claims(&token)[name], *value, "{claims}");
        }
    }
}

/// A value that alone is not too deep may be so within its object (J34).
#[test]
fn j34_what_is_signed_is_no_deeper_than_what_is_read() {
    let bench = Bench::new("ES256");
    let nested = |depth: usize| format!("a:={}{}", "[".repeat(depth), "]".repeat(depth));
    let sign = |flag: &str, depth| bench.sign().args(["--exp", "5m", flag, &nested(depth)]);
    for flag in ["--claim", "--header"] {
        let token = sign(flag, 126).run().succeeds();
        let verify = bench.verify().stdin(token);
        verify
            .stdout_has("verified")
            .stderr_has("not checked")
            .check();
        refused(sign(flag, 127), &["too_deep"]);
        let error = sign(flag, 128).run().fails(2);
        assert!(error.contains("beyond its limits"), "{error}");
    }
}

#[test]
fn all_that_would_be_refused_is_said_at_once() {
    let bench = Bench::new("ES256");
    bench
        .sign()
        .args(["--exp", "-5m", "--nbf", "5m", "--claim", "iss:=1"])
        .args(["--iat", "5m", "--claim", r#"x={}"#])
        .code(2)
        .stderr_has("error: a verifier would refuse the token\n  why: it expired 5m ago, at ")
        .stderr_has("\n       its `iss` is not a string\n")
        .stderr_has("\n hint: to test a verifier with it, make it by --allow-expired --allow-future-iat --allow-never-valid --allow-wrong-types\n")
        .check();
    bench
        .sign()
        .args(["--sub", "a"])
        .code(2)
        .stderr(
            "\
error: a verifier would refuse the token
  why: it has no `exp`, so it would never expire
 hint: say how long it lives, as with --exp 15m, or --allow-missing-exp
",
        )
        .check();
}

/// A token that is to be valid later is not one that a verifier refuses then.
#[test]
fn a_token_may_begin_to_be_valid_later() {
    let bench = Bench::new("ES256");
    let token = bench.sign().args(["--nbf", "1h", "--exp", "2h"]).run();
    let token = token.succeeds();
    let at = (now() + 5_400).to_string();
    bench
        .verify()
        .args(["--now", &at, "--json"])
        .stdin(token)
        .stdout_has(r#""valid":true"#)
        .stderr_has("not checked")
        .check();
}

/// A claims flag beside claims on standard input would have these not be read
/// any more.
#[test]
fn claims_on_standard_input_are_not_lost_in_silence() {
    let bench = Bench::new("ES256");
    let error = bench
        .sign()
        .arg("--json")
        .stdin(r#"{"sub":"alice"}"#)
        .run()
        .fails_json(2);
    assert_eq!(error["failures"][0]["code"], "exp_missing");
    assert_eq!(
        error["hint"],
        "say how long it lives, as with `- --exp 15m`, or --allow-missing-exp"
    );
    let call = bench.sign().args(["-", "--exp", "15m"]);
    let token = call.stdin(r#"{"sub":"alice"}"#).run().succeeds();
    assert_eq!(claims(&token)["sub"], "alice");

    bench.home.write("claims.json", r#"{"sub":"alice"}"#);
    let note =
        "note: standard input is not read beside claims flags: give `-` to sign what it holds\n";
    for (content, from, notes) in [
        (&[][..], "claims.json", note),
        (&["-"], "claims.json", ""),
        (&["@claims.json"], "claims.json", ""),
        (&[], "/dev/null", ""),
    ] {
        let call = bench.sign().args(["--exp", "15m"]).args(content);
        let done = call.under_shell(&format!("exec < {from}")).output();
        let done = done.unwrap();
        assert!(done.status.success());
        let stderr = String::from_utf8(done.stderr).unwrap();
        assert_eq!(stderr, notes, "{content:?} < {from}");
    }
}
