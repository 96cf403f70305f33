//! `--lint`: what is legal about a token and yet unwise.

use serde_json::{Value, json};

use crate::bench::{Bench, good};
use crate::harness::Home;
use crate::tokens::{NOW, claims, claims_but, hs256, key, sign, unsigned};

const HEADER: &str = r#"{"alg":"ES256","typ":"JWT","kid":"k1"}"#;

/// Returns the codes in a list of what was found.
fn codes(list: &Value) -> Vec<&str> {
    let list = list.as_array().expect("a list");
    let code = |found: &'_ Value| found["code"].as_str().map(str::to_owned);
    assert!(list.iter().all(|found| code(found).is_some()));
    list.iter()
        .filter_map(|found| found["code"].as_str())
        .collect()
}

#[test]
fn decode_lists_what_is_unwise_when_asked() {
    let home = Home::new();
    let claims = json!({"iss": "http://as.example", "exp": 1_700_000_060, "iat": 1_700_000_000});
    let token = unsigned(HEADER, claims.to_string(), &[1; 64]);
    home.authctl(["decode", "--lint", &token])
        .stdout_has(
            "
lint
  ! the issuer is an `http` URL: whoever is on the way can answer for it [iss_not_https, RFC 8414 §2]
  ! the token has no `aud`: one for another service is good here too [no_aud, RFC 8725 §3.9]

signature: NOT verified
",
        )
        .check();
    // Unasked it warns of less, and in JSON that stays what it was.
    let output = home
        .authctl(["decode", &token])
        .stdout_has("claims")
        .check();
    assert!(!output.stdout().contains("no_aud"));
    let found = home
        .authctl(["decode", "--lint", "--json", &token])
        .stderr_has("NOT verified")
        .check_json();
    assert_eq!(found["warnings"], json!([]));
    assert_eq!(codes(&found["lint"]), ["iss_not_https", "no_aud"]);
    assert_eq!(found["lint"][1]["section"], "RFC 8725 §3.9");
    let plain = home
        .authctl(["decode", "--json", &token])
        .stderr_has("NOT verified")
        .check_json();
    assert_eq!(plain.get("lint"), None);
    home.authctl(["decode", "--lint", "-o", "claims", &token])
        .stdout(format!("{claims}\n"))
        .stderr_has("warning: the token has no `aud`: one for another service is good here too [no_aud, RFC 8725 §3.9]\n")
        .check();
}

#[test]
fn what_is_always_warned_of_is_in_the_lint_too() {
    let home = Home::new();
    let token = unsigned(r#"{"alg":"none"}"#, r#"{"password":"hunter2"}"#, b"");
    let found = home
        .authctl(["decode", "--lint", "--json", &token])
        .stderr_has("NOT verified")
        .check_json();
    assert_eq!(
        codes(&found["warnings"]),
        ["alg_none", "no_exp", "secret_claim"]
    );
    let lint = codes(&found["lint"]);
    for code in codes(&found["warnings"]) {
        assert!(lint.contains(&code), "{code}");
    }
    assert!(!found["lint"].to_string().contains("hunter2"));
}

#[test]
fn verify_lists_what_is_unwise_about_a_good_token() {
    let bench = Bench::new("ES256");
    let token = bench.sign(claims());
    bench
        .verify()
        .args(["--lint", &token])
        .stdout_has("\n\nlint\n  nothing is found\n")
        .check();
    let found = bench
        .verify()
        .args(["--lint", "--json", &token])
        .check_json();
    assert_eq!(found["lint"], json!([]));
    let token = sign(&bench.key, json!({}), claims());
    bench
        .verify()
        .args(["--lint", &token])
        .stdout_has("\nlint\n  ! the header has no `typ`: a token of one kind can be taken for one of another [no_typ, RFC 8725 §3.11]\n")
        .check();
    let found = bench
        .verify()
        .args(["--lint", "--json", &token])
        .check_json();
    assert_eq!(
        (&found["valid"], codes(&found["lint"])),
        (&json!(true), vec!["no_typ"])
    );
    bench
        .verify()
        .args(["--lint", "-o", "claims", &token])
        .stdout(format!("{}\n", claims()))
        .stderr_has("[no_typ, RFC 8725 §3.11]")
        .check();
}

#[test]
fn what_is_unwise_is_refused_when_asked() {
    let bench = Bench::new("ES256");
    let unwise = sign(
        &bench.key,
        json!({}),
        claims_but(json!({"iss": "http://as.example"})),
    );
    let deny = || bench.bare().args(["--audience", "api", "--lint=deny"]);
    good(
        bench.verify().arg("--lint=deny"),
        &bench.sign(claims()),
        "a wise one",
    );
    deny()
        .arg(&unwise)
        .code(3)
        .stderr(
            "\
error: the token is unwise
  why: the header has no `typ`: a token of one kind can be taken for one of another [no_typ, RFC 8725 §3.11]
       the issuer is an `http` URL: whoever is on the way can answer for it [iss_not_https, RFC 8414 §2]
",
        )
        .check();
    let error = deny().args(["--json", &unwise]).code(3).check_error();
    assert_eq!(error["error"], "token_unwise");
    assert_eq!(codes(&error["failures"]), ["no_typ", "iss_not_https"]);
    assert_eq!(error["failures"][0]["section"], "RFC 8725 §3.11");
    // A clock that is ahead within the leeway is not.
    let ahead = bench.sign(claims_but(json!({"iat": NOW + 30})));
    let of_age = || bench.verify().args(["--max-age", "1h", "--lint=deny"]);
    good(of_age().args(["--leeway", "60s"]), &ahead, "the leeway");
    // What is not even legal is refused for that.
    let error = bench
        .verify()
        .args(["--lint=deny", "--json", &unwise])
        .code(3)
        .check_error();
    assert_eq!(error["error"], "token_refused");
    let home = Home::new();
    let unsigned = unsigned(HEADER, "{}", b"");
    let error = home
        .authctl(["decode", "--lint=deny", "--json", &unsigned])
        .code(3)
        .check_error();
    assert_eq!(error["error"], "token_unwise");
    assert!(codes(&error["failures"]).contains(&"no_exp"));
}

#[test]
fn the_lint_is_no_value_of_its_own() {
    let bench = Bench::new("ES256");
    let token = bench.sign(claims());
    // What follows it is the token.
    bench
        .home
        .authctl(["decode", "--lint", &token])
        .stdout_has("NOT verified")
        .check();
    for (flags, reason) in [
        (&["--lint=refuse"][..], "possible values: list, deny"),
        (&["--lint", "--jws"], "cannot be used with"),
        (&["--lint", "--batch", "f"], "cannot be used with"),
    ] {
        let call = bench.bare().args(flags).arg(&token);
        call.code(2).stderr_has(reason).check();
    }
}

/// P3: the only text of the token that the lint repeats.
#[test]
fn p3_a_hostile_kid_is_escaped() {
    let home = Home::new();
    let header = json!({"alg": "ES256", "typ": "JWT", "kid": "\u{1b}[2J\u{202e}"}).to_string();
    let token = unsigned(header, claims().to_string(), &[1; 64]);
    home.authctl(["decode", "--lint", &token])
        .stdout_has(r"`\u001b[2J\u202e`: a key is looked up by it")
        .check();
    home.authctl(["decode", "--lint=deny", &token])
        .code(3)
        .stderr_has(r"`\u001b[2J\u202e`: a key is looked up by it")
        .check();
}

/// Numbers of any length are shown as they are to a person too.
#[test]
fn p4_a_person_sees_every_digit() {
    let bench = Bench::new("ES256");
    let payload = claims()
        .to_string()
        .replacen('{', r#"{"n":123456789012345678901234567890,"#, 1);
    let token = sign(&bench.key, json!({"typ": "JWT"}), &payload);
    let shown = "  n    123456789012345678901234567890\n";
    bench.verify().arg(&token).stdout_has(shown).check();
    bench
        .home
        .authctl(["decode", &token])
        .stdout_has(shown)
        .check();
    #[cfg(unix)]
    for format in ["json", "claims"] {
        let seen = bench
            .home
            .authctl(["decode", "-o", format, &token])
            .on_terminal();
        let shown = "\"n\": 123456789012345678901234567890,";
        assert!(seen.contains(shown), "{seen}");
    }
}

/// Returns what `verify --lint` finds by these keys.
fn of_keys(home: &Home, arguments: &[&str], token: &str) -> Vec<String> {
    let now = NOW.to_string();
    let found = home
        .authctl(["verify", "--lint", "--json", "--now", &now, token])
        .args(["--issuer", "https://as.example", "--audience", "api"])
        .args(arguments)
        .env("SECRET", "correct horse battery staple 2026!")
        .check_json();
    codes(&found["lint"])
        .into_iter()
        .map(str::to_owned)
        .collect()
}

#[test]
fn verify_judges_the_key_too() {
    let home = Home::new();
    let signer = key("ES256");
    let token = sign(&signer, json!({"typ": "JWT"}), claims());
    let set = |changes: Value, others: &[Value]| {
        let mut jwk = signer.public_jwk();
        for (name, value) in changes.as_object().unwrap() {
            match value {
                Value::Null => drop(jwk.shift_remove(name)),
                value => drop(jwk.insert(name.clone(), value.clone())),
            }
        }
        let mut keys = vec![Value::Object(jwk)];
        keys.extend_from_slice(others);
        json!({"keys": keys}).to_string()
    };
    let other = || Value::Object(key("RS256").with_kid("other").public_jwk());
    let private: Value = serde_json::from_str(signer.private_jwk().unwrap().expose()).unwrap();
    for (set, expected) in [
        (set(json!({}), &[]), &[][..]),
        (set(json!({}), &[other()]), &[]),
        (set(json!({"alg": null}), &[]), &["key_without_alg"]),
        (
            set(
                json!({"use": null, "key_ops": ["verify", "deriveKey"]}),
                &[],
            ),
            &["key_of_two_uses"],
        ),
        (set(json!({"d": private["d"]}), &[]), &["key_private"]),
    ] {
        home.write("keys.json", &set);
        assert_eq!(
            of_keys(&home, &["--jwks", "keys.json"], &token),
            expected,
            "{set}"
        );
    }
    // One that is named needs no labels.
    home.write("key.pem", signer.public_pem().unwrap());
    assert_eq!(of_keys(&home, &["--key", "key.pem"], &token), [""; 0]);

    let nameless = key("ES256").with_kid("");
    let token = sign(&nameless, json!({"typ": "JWT"}), claims());
    let keys = json!({"keys": [nameless.public_jwk(), other()]});
    home.write("keys.json", keys.to_string());
    assert_eq!(
        of_keys(&home, &["--jwks", "keys.json"], &token),
        ["key_without_kid"]
    );

    let e3 = include_bytes!("../vectors/openssl/rsa-e3.pkcs8.pem");
    home.write("e3.pem", e3);
    let token = home
        .authctl([
            "sign",
            "--key",
            "e3.pem",
            "--iss",
            "https://as.example",
            "--aud",
            "api",
        ])
        .args([
            "--exp",
            "@1900000000",
            "--iat",
            "@1700000000",
            "--typ",
            "JWT",
        ])
        .run()
        .succeeds();
    let found = of_keys(&home, &["--key", "e3.pem"], &token);
    assert!(found.contains(&"small_exponent".to_owned()), "{found:?}");

    let token = hs256(
        b"correct horse battery staple 2026!",
        r#"{"alg":"HS256","typ":"JWT"}"#,
        claims(),
    );
    let found = of_keys(&home, &["--secret", "env:SECRET"], &token);
    assert_eq!(found, ["hmac", "secret_guessable"]);
}

#[test]
fn an_unwise_key_is_refused_when_asked() {
    let bench = Bench::new("ES256");
    let mut jwk = bench.key.public_jwk();
    jwk.shift_remove("alg");
    bench
        .home
        .write("keys.json", json!({"keys": [jwk]}).to_string());
    bench
        .verify()
        .args(["--lint=deny", &bench.sign(claims())])
        .code(3)
        .stderr(
            "\
error: the token is unwise
  why: the key does not say for which algorithm it is (`alg`), of which each key has one [key_without_alg, RFC 8725 §3.1]
",
        )
        .check();
}
