//! `authctl sign --jws`: any octets, within the token or apart, encoded or
//! not; and the values of the RFCs.

use authctl::core::jose::base64url;
use serde_json::{Value, json};

use crate::harness::{Call, Home};
use crate::sign::{Bench, parts};

fn jws(bench: &Bench) -> Call {
    bench.sign().arg("--jws")
}

const OCTETS: &[u8] = b"\0\xff a.b \r\n";

#[test]
fn any_octets_are_signed_and_verified() {
    let bench = Bench::new("ES256");
    bench.home.write("f", OCTETS);
    for payload in [
        jws(&bench).stdin(OCTETS),
        jws(&bench).arg("-").stdin(OCTETS),
        jws(&bench).arg("@f"),
    ] {
        let token = payload.run().succeeds();
        assert_eq!(parts(&token)[0], r#"{"alg":"ES256","kid":"k1"}"#);
        let verify = bench.verify().arg("--jws").stdin(&token).run();
        assert_eq!(verify.code_is(0).0.stdout, OCTETS);
    }
    let token = jws(&bench).arg("hello, world").run().succeeds();
    assert_eq!(parts(&token)[1], "hello, world");
    let token = jws(&bench).stdin("").run().succeeds();
    assert_eq!(parts(&token)[1], "");
    let typed = ["--typ", "JOSE", "--header", "cty=text/plain", "x"];
    let token = jws(&bench).args(typed).run().succeeds();
    assert_eq!(
        parts(&token)[0],
        r#"{"alg":"ES256","typ":"JOSE","cty":"text/plain","kid":"k1"}"#
    );
}

#[test]
fn a_payload_may_stay_apart() {
    let bench = Bench::new("EdDSA");
    bench.home.write("f", OCTETS);
    bench.home.write("g", "another");
    let token = jws(&bench).args(["--detached", "@f"]).run().succeeds();
    assert!(token.contains(".."), "{token}");
    let verify = |file: &str| {
        let call = bench.verify().args(["--jws", "--detached", file]);
        call.stdin(&token).run()
    };
    assert_eq!(verify("f").code_is(0).0.stdout, OCTETS);
    assert!(
        verify("g")
            .fails(3)
            .contains("the signature does not verify")
    );
    // A file that is larger than a token may be.
    let large = vec![b'x'; 5 << 20];
    bench.home.write("large", &large);
    let token = jws(&bench).args(["--detached", "@large"]).run().succeeds();
    let verify = bench.verify().args(["--jws", "--detached", "large"]);
    assert_eq!(verify.stdin(token).run().code_is(0).0.stdout, large);
    let error = jws(&bench).args(["@large", "--json"]).run().fails_json(2);
    assert_eq!(error["failures"][0]["code"], "too_long");
    assert_eq!(
        error["hint"],
        "sign a file of any size with --jws --detached"
    );
}

/// `sign` takes text where `verify` takes the name of a file.
#[test]
fn the_name_of_a_file_is_not_signed_for_what_it_holds() {
    let bench = Bench::new("ES256");
    bench.home.write("release.bin", OCTETS);
    let named = ["--detached", "release.bin", "--json"];
    let error = jws(&bench).args(named).run().fails_json(2);
    assert_eq!(error["error"], "usage");
    assert_eq!(
        error["hint"],
        "@release.bin signs what the file holds; text can come on standard input"
    );
    let token = jws(&bench).arg("absent.bin").run().succeeds();
    assert_eq!(parts(&token)[1], "absent.bin");

    let signing = jws(&bench).args(["--detached", "@release.bin"]);
    let token = signing.run().succeeds();
    let verify = |payload| bench.verify().args(["--jws", "--detached", payload]);
    for payload in ["release.bin", "@release.bin", "-"] {
        let call = verify(payload).arg(&token).stdin(OCTETS);
        assert_eq!(call.run().code_is(0).0.stdout, OCTETS, "{payload}");
    }
    verify("-")
        .stdin(&token)
        .code(2)
        .stderr_has("standard input cannot be both the token and the payload")
        .check();
    verify("@absent.bin")
        .arg(&token)
        .code(8)
        .stderr_has("cannot read `absent.bin`")
        .check();
}

#[test]
fn j27_an_unencoded_payload_is_signed_as_it_is() {
    let bench = Bench::new("ES256");
    bench.home.write("f", OCTETS);
    let verify = |token: &str, more: &[&str]| {
        let call = bench.verify().args(["--jws", "--allow-unencoded"]);
        call.args(more).stdin(token).run().code_is(0).0.stdout
    };
    let token = jws(&bench)
        .args(["--unencoded", "--detached", "@f"])
        .run()
        .succeeds();
    assert_eq!(
        parts(&token)[0],
        r#"{"alg":"ES256","b64":false,"crit":["b64"],"kid":"k1"}"#
    );
    assert_eq!(verify(&token, &["--detached", "f"]), OCTETS);
    let payload = "AZaz09-_~";
    let token = jws(&bench).args(["--unencoded", payload]).run().succeeds();
    assert_eq!(token.split('.').nth(1), Some(payload));
    assert_eq!(verify(&token, &[]), payload.as_bytes());
    // `verify` wants to be told.
    bench
        .verify()
        .args(["--jws", &token])
        .code(3)
        .stderr_has("the header asks for the extension `b64`")
        .stderr_has("hint: verify such a payload with --jws --allow-unencoded\n")
        .check();
}

/// RFC 7797 §5.2: a period would end the payload, and a token is URL-safe.
#[test]
fn j27_an_unencoded_payload_within_the_token_is_url_safe() {
    let bench = Bench::new("ES256");
    for payload in [
        "a.b", "$.02", "a b", "a\n", "a/b", "a+b", "a=", "é", "\0", "\"",
    ] {
        let call = jws(&bench).args(["--unencoded", "--json"]).stdin(payload);
        let error = call.run().fails_json(2);
        assert_eq!(error["error"], "would_be_refused", "{payload:?}");
        assert_eq!(error["failures"][0]["code"], "unencoded_payload");
        assert_eq!(error["hint"], "leave the payload out with --detached");
        let apart = ["--unencoded", "--detached"];
        jws(&bench).args(apart).stdin(payload).run().succeeds();
    }
}

#[test]
fn a_payload_has_no_claims_and_a_jwt_no_such_forms() {
    let bench = Bench::new("ES256");
    for typed in [
        &["--iss", "a"][..],
        &["--sub", "a"],
        &["--aud", "a"],
        &["--exp", "5m"],
        &["--nbf", "5m"],
        &["--iat", "5m"],
        &["--no-iat"],
        &["--jti"],
        &["--claim", "a=b"],
        &["--allow-missing-exp"],
        &["--allow-expired"],
        &["--allow-never-valid"],
        &["--allow-future-iat"],
        &["--allow-wrong-types"],
    ] {
        jws(&bench)
            .args(typed)
            .code(2)
            .stderr_has("cannot be used with")
            .check();
    }
    for flag in ["--detached", "--unencoded"] {
        bench.sign().arg(flag).code(2).stderr_has("--jws").check();
    }
    jws(&bench)
        .args(["-o", "header", "x"])
        .code(2)
        .stderr_has("error: only a JWT goes into an Authorization header field\n")
        .check();
}

#[test]
fn the_answer_may_be_json() {
    let bench = Bench::new("ES256");
    for detached in [false, true] {
        let mut call = jws(&bench).args(["--json", "hello"]);
        if detached {
            call = call.arg("--detached");
        }
        let answer = call.check_json();
        let token = answer["token"].as_str().unwrap();
        assert_eq!(token.contains(".."), detached);
        assert_eq!(
            answer,
            json!({
                "token": token,
                "header": {"alg": "ES256", "kid": "k1"},
                "alg": "ES256",
                "kid": "k1",
                "detached": detached,
            })
        );
    }
}

/// Where a signature is always the same, it is that of the RFC.
#[test]
fn the_values_of_the_rfcs_are_made_again() {
    let vectors: Value = serde_json::from_str(include_str!("../vectors/rfc/vectors.json")).unwrap();
    let jws = |id: &str| {
        let mut rows = vectors["jws"].as_array().unwrap().iter();
        let row = rows.find(|row| row["id"] == id).unwrap();
        row["jws"].as_str().unwrap().to_owned()
    };
    // RFC 7515 A.1.1, RFC 8037 A.1, RFC 7520 §3.5.
    let secret = base64url::decode(
        "AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow",
    );
    let home = Home::new();
    home.write("secret", secret.unwrap());
    home.write(
        "ed25519.jwk",
        r#"{"kty":"OKP","crv":"Ed25519","d":"nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}"#,
    );
    home.write(
        "hmac.jwk",
        r#"{"kty":"oct","kid":"018c0ae5-4d9b-471b-bfd6-eef314bc7037","use":"sig","alg":"HS256","k":"hJtXIZ2uSN5kbQfbtTNWbpdmhkV8FJG-Onbc6mxCcYg"}"#,
    );
    let dangerous = base64url::decode(jws("rfc7520-4.4").split('.').nth(1).unwrap()).unwrap();
    let secret = &["--secret", "file:secret"][..];
    for (id, typed, payload) in [
        ("rfc7797-4.1", secret, b"$.02".as_slice()),
        (
            "rfc7797-4.2-detached",
            &["--secret", "file:secret", "--unencoded", "--detached"],
            b"$.02",
        ),
        (
            "rfc8037-a4",
            &["--key", "ed25519.jwk", "--no-kid"],
            b"Example of Ed25519 signing",
        ),
        ("rfc7520-4.4", &["--key", "hmac.jwk"], &dangerous),
        (
            "rfc7520-4.5-detached",
            &["--key", "hmac.jwk", "--detached"],
            &dangerous,
        ),
    ] {
        let call = home.authctl(["sign", "--jws"]).args(typed);
        assert_eq!(call.stdin(payload).run().succeeds(), jws(id), "{id}");
    }
}
