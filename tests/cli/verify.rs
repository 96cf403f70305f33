//! `authctl verify`, by keys that are at hand: flags, outputs, ends.

use authctl::core::jose::{SigningKey, base64url};
use serde_json::{Value, json};

use crate::bench::{Bench, good, refused};
use crate::harness::Home;
use crate::tokens::{NOW, claims, claims_but, jwks, key, sign, sign_raw, unsigned};

#[test]
fn a_good_token_is_shown_with_the_key_that_verified() {
    let bench = Bench::new("ES256");
    let token = bench.sign(claims());
    bench
        .pinned()
        .arg(&token)
        .stdout(
            "\
verified: ES256 by the key `k1` of keys.json

claims
  iss  https://as.example
  sub  alice
  aud  api
  iat  1799999400  (2027-01-15T07:50:00Z, issued 10 min ago)
  exp  1800003000  (2027-01-15T08:50:00Z, expires in 50 min)

lifetime
  ├─────●──────────────────────────┤  expires in 50 min, of 60 min
",
        )
        .check();
    bench
        .pinned()
        .args(["-o", "claims", &token])
        .stdout(claims().to_string() + "\n")
        .check();
    let found = bench.pinned().args(["--json", &token]).check_json();
    assert_eq!(
        found,
        json!({
            "valid": true,
            "header": {"alg": "ES256", "typ": "JWT", "kid": "k1"},
            "claims": claims(),
            "key": {"alg": "ES256", "kid": "k1", "source": "keys.json"},
            "expires_at": "2027-01-15T08:50:00Z",
            "warnings": [],
        })
    );
}

#[test]
fn every_algorithm_verifies_by_set_by_key_and_by_secret() {
    let home = Home::new();
    for algorithm in ["RS256", "PS384", "ES256", "ES384", "ES512", "EdDSA"] {
        let key = key(algorithm);
        let token = sign(&key, json!({}), claims());
        home.write("keys.json", jwks(&key));
        home.write("one.json", Value::Object(key.public_jwk()).to_string());
        home.write("pub.pem", key.public_pem().unwrap());
        home.write("private.pem", key.to_pkcs8_pem().unwrap().expose());
        let now = NOW.to_string();
        for source in [
            ["--jwks", "keys.json"],
            ["--jwks", "one.json"],
            ["--key", "keys.json"],
            ["--key", "one.json"],
            ["--key", "pub.pem"],
            ["--key", "private.pem"],
        ] {
            let call = home.authctl(["verify", "--now", &now]).args(source);
            good(
                call.stderr_has("warning"),
                &token,
                &format!("{algorithm} {source:?}"),
            );
        }
    }
}

#[test]
fn a_secret_verifies_and_its_line_ending_is_no_part_of_it() {
    let home = Home::new();
    let secret = "0123456789abcdef0123456789abcdef";
    let key = SigningKey::from_secret(
        authctl::core::secret::SecretBytes::new(secret),
        "HS256".parse().unwrap(),
    )
    .unwrap();
    let token = sign(&key, json!({}), claims());
    home.write("token", &token);
    home.write("secret", secret);
    home.write("secret.lf", format!("{secret}\n"));
    home.write("secret.crlf", format!("{secret}\r\n"));
    let verify = |reference: &str| {
        home.authctl([
            "verify",
            "@token",
            "--now",
            "1800000000",
            "--issuer",
            "https://as.example",
        ])
        .args(["--audience", "api", "--secret", reference])
        .env("S", secret)
    };
    for reference in [
        "env:S",
        "file:secret",
        "file:secret.lf",
        "file:secret.crlf",
        "cmd:echo $S",
    ] {
        verify(reference)
            .stdout_has(format!("verified: HS256 by secret {reference}\n"))
            .check();
    }
    verify("-")
        .stdin(format!("{secret}\n"))
        .stdout_has("verified")
        .check();
    // Both cannot come there.
    home.authctl(["verify", "--secret", "-"])
        .stdin(&token)
        .code(2)
        .stderr_has("error: standard input cannot be both the token and a secret\n")
        .check();
}

#[test]
fn h1_a_secret_is_never_typed() {
    let output = Home::new()
        .authctl(["verify", "--secret", "hunter2", "a.b.c"])
        .code(2)
        .stderr_has("a secret is never typed on the command line")
        .stderr_has("env:NAME, file:PATH, cmd:COMMAND")
        .check();
    assert!(!output.stderr().contains("hunter2"));
}

#[test]
fn all_failures_are_reported_at_once_a_line_each() {
    let bench = Bench::new("ES256");
    let token = sign(
        &bench.key,
        json!({"typ": "JWT"}),
        claims_but(json!({"nbf": NOW + 60})),
    );
    let verify = || {
        bench
            .home
            .authctl([
                "verify",
                "--jwks",
                "keys.json",
                "--now",
                "2030-01-01T00:00:00Z",
            ])
            .args([
                "--issuer",
                "https://other.example",
                "--audience",
                "a",
                "--audience",
                "b",
            ])
            .args([
                "--typ",
                "at+jwt",
                "--scope",
                "read,write",
                "--require",
                "jti",
            ])
            .args(["--claim", "sub=bob", "--max-age", "5m"])
            .arg(&token)
            .code(3)
    };
    verify()
        .stderr(
            "\
error: the token is refused
  why: its `typ` is not `at+jwt`
       it expired 1081d15h ago, at 2027-01-15T08:50:00Z
       it was issued 1081d16h ago, at 2027-01-15T07:50:00Z, which is more than 5m ago
       its `iss` is not `https://other.example`
       it is not for the audience `a` or `b`
       it has no `scope` or `scp`
       it has no `jti`
       its `sub` is not what was asked for
",
        )
        .check();
    let error = verify().arg("--json").check_error();
    assert_eq!(error["error"], "token_refused");
    let codes: Vec<_> = error["failures"]
        .as_array()
        .unwrap()
        .iter()
        .map(|failure| failure["code"].as_str().unwrap())
        .collect();
    assert_eq!(
        codes,
        [
            "typ",
            "expired",
            "too_old",
            "iss",
            "aud",
            "scope_missing",
            "claim_missing",
            "claim"
        ]
    );
}

#[test]
fn each_check_passes_and_fails_as_asked() {
    let bench = Bench::new("ES256");
    let token = bench.sign(claims_but(json!({
        "scope": "read write", "groups": ["a", "b"], "level": 3, "admin": true, "aud": ["api", "web"],
    })));
    for (flags, reasons) in [
        (&["--scope", "read"][..], &[][..]),
        (&["--scope", "write read"], &[]),
        (&["--scope", "read,write"], &[]),
        (&["--scope", "read", "--scope", "admin"], &["scope"]),
        (&["--claim", "sub=alice"], &[]),
        (&["--claim", "sub=Alice"], &["claim"]),
        (&["--claim", "sub="], &["claim"]),
        (&["--claim", "groups=a"], &[]),
        (&["--claim", "groups=c"], &["claim"]),
        (&["--claim", "groups=[\"a\",\"b\"]"], &[]),
        (&["--claim", "level=3"], &[]),
        (&["--claim", "level=4"], &["claim"]),
        (&["--claim", "admin=true"], &[]),
        (&["--claim", "nope=x"], &["claim_missing"]),
        (&["--require", "sub", "--require", "iat"], &[]),
        (&["--require", "jti"], &["claim_missing"]),
        (&["--audience", "other"], &[]),
        (&["--max-age", "600"], &[]),
        (&["--max-age", "9m59s"], &["too_old"]),
        (&["--max-age", "9m59s", "--leeway", "1s"], &[]),
        (&["--typ", "jwt"], &[]),
        (&["--typ", "at+jwt"], &["typ"]),
        (&["--alg", "RS256,ES256"], &[]),
        (&["--alg", "RS256"], &["alg_not_allowed"]),
    ] {
        let (call, what) = (bench.verify().args(flags), format!("{flags:?}"));
        match reasons {
            [] => good(call, &token, &what),
            reasons => refused(call, &token, reasons, &what),
        }
    }
}

#[test]
fn a_flag_that_is_no_value_of_its_kind_is_a_usage_error() {
    let bench = Bench::new("ES256");
    let token = bench.sign(claims());
    for (flags, reason) in [
        // J2
        (
            &["--alg", "none"][..],
            "`none` is not offered: an unsigned token proves nothing",
        ),
        (&["--alg", "ES256,None"], "`none` is not offered"),
        (&["--alg", "es256"], "expected one of HS256,"),
        (&["--alg", "ES256,"], "expected one of HS256,"),
        (&["--claim", "sub"], "expected NAME=VALUE or NAME:=JSON"),
        (&["--claim", "=x"], "the name of a claim is missing"),
        (&["--claim", "sub:=x"], "behind `:=` it is not JSON"),
        (&["--claim", "/a~b=x"], "is no escape"),
        (
            &["--claim", "$..a=x"],
            "cannot read `..a=x` in the JSONPath",
        ),
        (
            &["--require", "$.a[?@.b]"],
            "cannot read `?@.b]` in the JSONPath",
        ),
        (
            &["--require", "$[*]"],
            "does not begin with the name of a claim",
        ),
        (
            &["--leeway", "soon"],
            "expected a duration like 90, 90s, 5m, 1h30m or 7d",
        ),
        (&["--max-age=-1"], "expected a duration like"),
        (&["--scope", " , "], "expected a scope value"),
        (&["--audience="], "a value is required"),
        (&["--now", "yesterday"], "cannot be used multiple times"),
        (&["--key", "k.pem"], "cannot be used with"),
        (&["--secret", "env:S"], "cannot be used with"),
        (&["--passphrase", "env:S"], "cannot be used with"),
        (&["--jws"], "cannot be used with"),
        (&["--detached", "f"], "cannot be used with"),
        (&["--allow-unencoded"], "cannot be used with"),
    ] {
        bench
            .verify()
            .args(flags)
            .arg(&token)
            .code(2)
            .stderr_has(reason)
            .check();
    }
    bench
        .home
        .authctl(["verify", "--now", "yesterday", &token])
        .code(2)
        .stderr_has("expected Unix seconds or RFC 3339")
        .check();
    for flags in [&["--detached", "f"][..], &["--allow-unencoded"]] {
        bench
            .home
            .authctl(["verify", "--jwks", "keys.json", &token])
            .args(flags)
            .code(2)
            .stderr_has("--jws")
            .check();
    }
    // J51, C10
    for url in [
        "http://as.example/jwks",
        "http://127.0.0.1.evil.example/jwks",
    ] {
        bench
            .home
            .authctl(["verify", "--jwks", url, &token])
            .code(2)
            .stderr_has("http is allowed on loopback only")
            .check();
    }
}

#[test]
fn j43_what_was_not_checked_is_said() {
    let bench = Bench::new("ES256");
    let token = bench.sign(claims());
    bench
        .bare()
        .arg(&token)
        .stdout_has("verified: ES256")
        .stderr("warning: issuer not checked\nwarning: audience not checked\n")
        .check();
    let found = bench
        .bare()
        .args(["--json", &token])
        .stderr_has("not checked")
        .check_json();
    assert_eq!(
        found["warnings"],
        json!([
            {"code": "issuer_not_checked", "message": "issuer not checked"},
            {"code": "audience_not_checked", "message": "audience not checked"},
        ])
    );
}

#[test]
fn jws_prints_the_octets_that_were_signed_and_nothing_else() {
    let bench = Bench::new("EdDSA");
    let payload = b"\x00\xff not JSON\n";
    let token = sign_raw(&bench.key, r#"{"alg":"EdDSA","kid":"k1"}"#, payload);
    let verify = || bench.bare_jws();
    let output = verify().arg(&token).stdout_has("not JSON").check();
    assert_eq!(output.0.stdout, payload);
    let found = verify().args(["--json", &token]).check_json();
    assert_eq!(found["payload"], base64url::encode(payload));
    assert_eq!(found["valid"], true);
    // The same is no JWT.
    refused(bench.pinned(), &token, &["token_malformed"], "no JWT");
    let (input, _) = token.rsplit_once('.').unwrap();
    verify()
        .arg(format!("{input}.{}", base64url::encode([0; 64])))
        .code(3)
        .stderr("error: the token is refused\n  why: the signature does not verify\n")
        .check();
    verify()
        .args(["--alg", "ES256", &token])
        .code(3)
        .stderr_has("the algorithm EdDSA is not allowed (only ES256)")
        .check();
}

/// P1: the octets of a payload are the signer's, the terminal is the user's.
#[cfg(unix)]
#[test]
fn p1_a_payload_on_a_terminal_is_escaped() {
    let bench = Bench::new("EdDSA");
    let header = r#"{"alg":"EdDSA","kid":"k1"}"#;
    let token = sign_raw(&bench.key, header, b"one\x1b[2J\ntwo\xff\xc2\x9b");
    assert_eq!(
        bench.bare_jws().arg(token).on_terminal(),
        "one\\u001b[2J\ntwo\u{fffd}\\u009b\n"
    );
}

#[test]
fn j27_a_payload_apart_or_unencoded_needs_its_flag() {
    let bench = Bench::new("EdDSA");
    bench.home.write("payload", "hello.");
    // Detached and encoded.
    let token = sign_raw(&bench.key, r#"{"alg":"EdDSA","kid":"k1"}"#, b"hello.");
    let parts: Vec<_> = token.split('.').collect();
    let detached = format!("{}..{}", parts[0], parts[2]);
    bench
        .bare_jws()
        .arg(&detached)
        .code(3)
        .stderr_has("the signature does not verify")
        .check();
    bench
        .bare_jws()
        .args(["--detached", "payload", &detached])
        .stdout("hello.")
        .check();
    // Unencoded: what is signed is the payload itself.
    let header = base64url::encode(r#"{"alg":"EdDSA","kid":"k1","b64":false,"crit":["b64"]}"#);
    let signature = bench
        .key
        .sign(format!("{header}.hello.").as_bytes())
        .unwrap();
    let unencoded = format!("{header}..{}", base64url::encode(signature));
    let verify = || bench.bare_jws().args(["--detached", "payload", &unencoded]);
    verify()
        .code(3)
        .stderr_has("the header asks for the extension `b64`")
        .check();
    verify().arg("--allow-unencoded").stdout("hello.").check();
}

#[test]
fn an_encrypted_key_needs_its_passphrase() {
    let home = Home::new();
    let key = key("ES256");
    let passphrase = authctl::core::secret::Secret::new("correct horse");
    let pem = key.to_encrypted_pkcs8_pem(&passphrase, 1_000).unwrap();
    home.write("key.pem", pem.expose());
    let token = sign(&key, json!({}), claims());
    let verify = || {
        home.authctl(["verify", "--key", "key.pem", "--now", "1800000000", &token])
            .env("P", "correct horse")
            .env("WRONG", "battery staple")
    };
    verify()
        .args(["--passphrase", "env:P"])
        .stdout_has("verified: ES256 by key.pem\n")
        .stderr_has("not checked")
        .check();
    let error = verify()
        .args(["--json", "--passphrase", "env:WRONG"])
        .code(8)
        .check_error();
    assert_eq!(error["error"], "passphrase");
    verify()
        .env("AUTHCTL_NO_INPUT", "1")
        .code(4)
        .stderr_has("hint: name it: `--passphrase env:NAME`")
        .check();
}

#[test]
fn p3_hostile_text_of_a_refused_token_is_escaped() {
    let bench = Bench::new("ES256");
    let token = sign(&bench.key, json!({"kid": "\u{1b}[2J\u{202e}"}), claims());
    bench
        .pinned()
        .arg(&token)
        .code(3)
        .stderr_has(r"no key with the kid `\u001b[2J\u202e`")
        .check();
    let header = json!({"alg": "\u{1b}]0;x\u{7}", "kid": "k1"}).to_string();
    bench
        .verify()
        .arg(unsigned(header, claims().to_string(), b""))
        .code(3)
        .stderr_has(r"the algorithm `\u001b]0;x\u0007` is not supported")
        .check();
}

#[test]
fn keys_at_hand_need_neither_configuration_nor_home() {
    let bench = Bench::new("ES256");
    let config = bench.home.write("broken.toml", "not = [toml");
    bench
        .pinned()
        .args(["--profile", "nowhere", "--config"])
        .arg(config)
        .arg(bench.sign(claims()))
        .env_remove("HOME")
        .stdout_has("verified: ES256")
        .check();
    assert_eq!(bench.home.names(), ["broken.toml", "keys.json"]);
}

#[test]
fn a_key_may_come_by_reference() {
    let home = Home::new();
    let key = key("ES256");
    let pem = key.public_pem().unwrap();
    home.write("pub.pem", &pem);
    home.write("t", sign(&key, json!({}), claims()).as_bytes());
    for (reference, name) in [
        ("env:K", "env:K"),
        ("file:pub.pem", "pub.pem"),
        ("cmd:cat pub.pem", "cmd:cat pub.pem"),
        ("-", "standard input"),
    ] {
        home.authctl(["verify", "--now", "1800000000", "--key", reference, "@t"])
            .env("K", &pem)
            .stdin(&pem)
            .stdout_has(format!("verified: ES256 by {name}\n"))
            .stderr_has("not checked")
            .check();
    }
    home.authctl(["verify", "--key", "-"])
        .code(2)
        .stderr_has("error: standard input cannot be both the token and a key\n")
        .check();
    let error = home
        .authctl([
            "verify",
            "--json",
            "--key",
            r#"{"kty":"oct","k":"c2VjcmV0"}"#,
            "@t",
        ])
        .run()
        .fails_json(2);
    assert_eq!(
        error["message"],
        "a key is never typed on the command line, where others can read it"
    );
    assert!(!error.to_string().contains("c2VjcmV0"));
}
