//! `authctl verify` against keys that must not verify.
//!
//! Unless a test says otherwise, tokens are judged as the catalogue does:
//! `authctl verify --jwks F --issuer I --audience A --alg L TOKEN`.

use authctl::core::jose::{SigningKey, base64url};
use serde_json::{Value, json};

use crate::bench::{Bench, good, refused};
use crate::harness::Home;
use crate::tokens::{claims, hs256, jwks, key, object, sign, sign_raw, unsigned};

#[test]
fn j5_a_public_key_is_no_hmac_secret() {
    for algorithm in ["RS256", "ES256", "EdDSA"] {
        let bench = Bench::new(algorithm);
        let pem = bench.key.public_pem().unwrap();
        for secret in [
            pem.clone(),
            pem.replace('\n', "\r\n"),
            pem.trim().to_owned(),
            Value::Object(bench.key.public_jwk()).to_string(),
            jwks(&bench.key),
        ] {
            // Our own key would refuse to be made of it.
            let token = hs256(secret.as_bytes(), r#"{"alg":"HS256","kid":"k1"}"#, claims());
            refused(bench.pinned(), &token, &["alg_not_allowed"], algorithm);
            refused(bench.verify(), &token, &["key_algorithm"], algorithm);
            let broad = bench.verify().args(["--alg", "HS256,RS256,ES256,EdDSA"]);
            refused(broad, &token, &["key_algorithm"], algorithm);
            // J6
            bench.home.write("pub.pem", &pem);
            let by_key = bench.home.authctl(["verify", "--key", "pub.pem"]);
            refused(
                by_key.args(["--now", "1800000000"]),
                &token,
                &["key_algorithm"],
                algorithm,
            );
            bench
                .home
                .authctl(["verify", "--secret", "file:pub.pem", &token])
                .code(8)
                .stderr_has("the secret is a key document, not a secret of its own")
                .stderr_has("hint: give the key with --key")
                .check();
        }
    }
}

#[test]
fn j7_j8_j46_the_key_says_what_it_is_for() {
    let home = Home::new();
    let (rsa, ec, secret) = (key("RS256"), key("ES256"), key("HS512"));
    let with = |key: &SigningKey, members: Value| {
        let mut jwk = match key.algorithm().is_symmetric() {
            true => object(serde_json::from_str(key.private_jwk().unwrap().expose()).unwrap()),
            false => key.public_jwk(),
        };
        for (name, value) in object(members) {
            jwk.insert(name, value);
        }
        json!({"keys": [jwk]}).to_string()
    };
    let mut without_alg = ec.public_jwk();
    without_alg.shift_remove("alg");
    for (set, signer, reason) in [
        // J7
        (with(&rsa, json!({"alg": "PS256"})), &rsa, "key_algorithm"),
        (with(&rsa, json!({"alg": "RS512"})), &rsa, "key_algorithm"),
        (
            with(&secret, json!({"alg": "HS256"})),
            &secret,
            "key_algorithm",
        ),
        // J8
        (with(&ec, json!({})), &rsa, "key_algorithm"),
        (with(&rsa, json!({})), &ec, "key_algorithm"),
        // J46
        (with(&rsa, json!({"use": "enc"})), &rsa, "key_use"),
        (with(&rsa, json!({"key_ops": ["sign"]})), &rsa, "key_use"),
        (
            with(&rsa, json!({"alg": "RSA-OAEP"})),
            &rsa,
            "key_algorithm",
        ),
        (with(&rsa, json!({"alg": "FOO"})), &rsa, "key_algorithm"),
    ] {
        home.write("keys.json", &set);
        let call = home.authctl(["verify", "--jwks", "keys.json", "--now", "1800000000"]);
        refused(call, sign(signer, json!({}), claims()), &[reason], &set);
    }
}

#[test]
fn j9_a_short_secret_is_refused_with_the_reason() {
    let home = Home::new();
    let header = json!({"alg": "HS256", "kid": "k1"}).to_string();
    let token = unsigned(header, claims().to_string(), &[0; 32]);
    for (secret, reason) in [
        ("", "it is empty"),
        ("short", "the secret has 5 octets, HS256 needs at least 32"),
    ] {
        // In a set it is the token's fault, given alone it is the secret's.
        let set = json!({"keys": [{"kty": "oct", "kid": "k1", "k": base64url::encode(secret)}]});
        home.write("keys.json", set.to_string());
        let call = home.authctl(["verify", "--jwks", "keys.json", "--now", "1800000000"]);
        refused(call, &token, &["key_weak"], secret);
        if secret.is_empty() {
            continue;
        }
        home.authctl(["verify", "--secret", "env:S", &token])
            .env("S", secret)
            .code(8)
            .stderr_has(reason)
            .check();
    }
    home.write("empty", "");
    home.authctl(["verify", "--secret", "file:empty", &token])
        .code(8)
        .stderr_has("the secret has 0 octets")
        .check();
}

#[test]
fn j16_a_weak_key_given_alone_is_an_input_error() {
    let home = Home::new();
    let jwk = json!({"kty": "RSA", "kid": "k1", "n": base64url::encode([0xc1; 128]), "e": "AQAB"});
    let token = unsigned(
        r#"{"alg":"RS256","kid":"k1"}"#,
        claims().to_string(),
        &[1; 128],
    );
    home.write("one.json", jwk.to_string());
    home.write("set.json", json!({"keys": [jwk]}).to_string());
    let call = home.authctl(["verify", "--jwks", "set.json", "--now", "1800000000"]);
    refused(call, &token, &["key_weak"], "in a set");
    home.authctl(["verify", "--key", "one.json", &token])
        .code(8)
        .stderr_has("1024 bits")
        .check();
}

#[test]
fn j21_j23_only_the_key_of_the_kid_is_tried() {
    let bench = Bench::new("ES256");
    for kid in [
        "k2",
        "K1",
        "k1\0",
        "*",
        ".*",
        "__proto__",
        "",
        " k1",
        "k1/../k1",
    ] {
        let token = sign(&bench.key, json!({"kid": kid}), claims());
        refused(bench.pinned(), token, &["unknown_kid"], kid);
    }
    for kid in [json!(1), json!(null), json!(["k1"]), json!({})] {
        let header = json!({"alg": "ES256", "kid": kid}).to_string();
        let token = sign_raw(&bench.key, &header, claims().to_string().as_bytes());
        refused(bench.pinned(), token, &["kid_invalid"], &header);
    }
    let long = sign(&bench.key, json!({"kid": "k".repeat(1 << 20)}), claims());
    refused(bench.pinned(), long, &["unknown_kid"], "1 MiB");
    // Without a kid, what fits may have signed.
    let token = sign_raw(
        &bench.key,
        r#"{"alg":"ES256"}"#,
        claims().to_string().as_bytes(),
    );
    good(bench.pinned(), &token, "no kid");
}

#[test]
fn j22_a_kid_is_no_path_no_command_and_no_url() {
    let bench = Bench::new("HS256");
    for kid in [
        "../../dev/null",
        "/dev/null",
        "file:///dev/null",
        "|touch x",
        "$(touch x)",
        "`touch x`",
        "' OR 1=1 --",
        "https://evil.example/jwks",
    ] {
        let token = sign(&bench.key, json!({"kid": kid}), claims());
        refused(bench.pinned(), token, &["unknown_kid"], kid);
    }
    assert_eq!(bench.home.names(), ["keys.json"]);
}

#[test]
fn j24_keys_in_the_header_are_not_looked_at() {
    let bench = Bench::new("ES256");
    let forger = key("ES256");
    for header in [
        json!({"jwk": forger.public_jwk()}),
        json!({"jku": "http://127.0.0.1:9/jwks"}),
        json!({"x5u": "file:///dev/null", "x5c": ["AA"]}),
        json!({"jwks": {"keys": [forger.public_jwk()]}}),
    ] {
        let forged = sign(&forger, header.clone(), claims());
        refused(bench.pinned(), forged, &["signature"], &header.to_string());
        let honest = sign(&bench.key, header.clone(), claims());
        good(bench.pinned(), &honest, &header.to_string());
    }
}

#[test]
fn j47_a_set_is_searched_with_care() {
    let bench = Bench::new("ES256");
    let token = bench.sign(claims());
    let own = Value::Object(bench.key.public_jwk());
    let other = |kid: &str| {
        let other = key("ES256").with_kid(kid);
        Value::Object(other.public_jwk())
    };
    bench
        .home
        .write("keys.json", json!({"keys": [own, other("k1")]}).to_string());
    refused(bench.pinned(), &token, &["ambiguous_key"], "two of a kid");
    bench
        .pinned()
        .arg(&token)
        .code(3)
        .stderr_has("the kid `k1` is ambiguous")
        .check();
    let many: Vec<_> = (0..499)
        .map(|n| other(&n.to_string()))
        .chain([own.clone()])
        .collect();
    for set in [
        json!([own, {"kty": "XYZ", "kid": "k1"}]),
        json!([{"kty": "OKP", "crv": "Ed448", "x": "AA", "kid": "k1"}, own]),
        json!([5, null, {"kid": 5}, {"kty": "EC"}, own]),
        json!(many),
    ] {
        bench
            .home
            .write("keys.json", json!({"keys": set}).to_string());
        good(bench.pinned(), &token, "the right key is found");
    }
}

#[test]
fn j48_a_file_that_is_no_set_is_an_input_error() {
    let bench = Bench::new("ES256");
    let token = bench.sign(claims());
    let set = jwks(&bench.key);
    for text in [
        "",
        "<html></html>",
        "null",
        "[]",
        "{}",
        "{\"keys\":{}}",
        &set[..set.len() - 1],
        &format!("{set} x"),
        &format!("{}{}", "[".repeat(100_000), "]".repeat(100_000)),
        &format!(
            "{{\"keys\":{}{}}}",
            "[".repeat(100_000),
            "]".repeat(100_000)
        ),
    ] {
        bench.home.write("keys.json", text);
        let error = bench
            .pinned()
            .args(["--json", &token])
            .code(8)
            .check_error();
        assert_eq!(error["error"], "key_set_malformed", "{error}");
    }
    bench.home.write("keys.json", "{\"keys\":[]}");
    refused(bench.pinned(), &token, &["no_key"], "an empty set");
    bench.home.write("keys.json", vec![b' '; (1 << 20) + 1]);
    bench
        .pinned()
        .arg(&token)
        .code(8)
        .stderr_has("is larger than 1 MiB")
        .check();
    for flag in ["--jwks", "--key"] {
        bench
            .home
            .authctl(["verify", flag, "nowhere", &token])
            .code(8)
            .stderr_has("error: cannot read `nowhere`\n")
            .check();
        bench
            .home
            .authctl(["verify", flag, ".", &token])
            .code(8)
            .stderr_has("error: cannot read `.`\n")
            .check();
    }
    bench.home.write("rubbish", [0, 1, 2, 0xff]);
    bench
        .home
        .authctl(["verify", "--key", "rubbish", &token])
        .code(8)
        .stderr("error: cannot use `rubbish`\n  why: the file is no key in PEM, DER, JSON or the form of OpenSSH\n")
        .check();
}
