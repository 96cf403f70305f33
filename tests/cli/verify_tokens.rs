//! `authctl verify` against tokens that are not good, and odd ones that are.
//!
//! Unless a test says otherwise, they are judged as the catalogue does:
//! `authctl verify --jwks F --issuer I --audience A --alg L TOKEN`.

use authctl::core::jose::base64url;
use serde_json::{Value, json};

use crate::bench::{Bench, good, refused};
use crate::tokens::{NOW, claims, claims_but, jwks, sign, sign_raw, unsigned};

#[test]
fn j1_no_spelling_of_none_passes() {
    let bench = Bench::new("ES256");
    let payload = claims().to_string();
    let spelled = |alg: Value| json!({"alg": alg, "kid": "k1"}).to_string();
    for alg in ["none", "None", "NONE", "nOnE"] {
        for signature in [&[][..], &[0; 64]] {
            let token = unsigned(spelled(json!(alg)), &payload, signature);
            refused(bench.verify(), token, &["alg_none"], alg);
        }
    }
    for alg in [
        " none", "none ", "none\t", "none\0", "\0none", "no ne", "nоne", "ｎone", "", "null",
        "HS256 ", "es256", "ES256\0", "ES257", "foo", "RSA-OAEP", "dir",
    ] {
        let token = unsigned(spelled(json!(alg)), &payload, b"");
        refused(bench.verify(), token, &["alg_unsupported"], alg);
    }
    for alg in [
        json!(null),
        json!([]),
        json!(["ES256"]),
        json!({}),
        json!(0),
        json!(true),
    ] {
        let token = unsigned(spelled(alg.clone()), &payload, b"");
        refused(bench.verify(), token, &["alg_invalid"], &alg.to_string());
    }
    refused(
        bench.verify(),
        unsigned("{}", &payload, b""),
        &["alg_missing"],
        "absent",
    );
}

#[test]
fn j3_a_signature_that_is_cut_is_none() {
    for algorithm in ["HS256", "RS256", "PS256", "ES256", "ES512", "EdDSA"] {
        let bench = Bench::new(algorithm);
        if algorithm == "HS256" {
            let jwk: Value =
                serde_json::from_str(bench.key.private_jwk().unwrap().expose()).unwrap();
            bench
                .home
                .write("keys.json", json!({"keys": [jwk]}).to_string());
        }
        let token = bench.sign(claims());
        good(bench.pinned(), &token, algorithm);
        let (input, signature) = token.rsplit_once('.').unwrap();
        let octets = base64url::decode(signature).unwrap();
        for length in [0, 1, 16, octets.len() - 1] {
            let cut = format!("{input}.{}", base64url::encode(&octets[..length]));
            refused(
                bench.pinned(),
                cut,
                &["signature"],
                &format!("{algorithm} {length}"),
            );
        }
    }
}

#[test]
fn j25_j26_j27_what_is_critical_is_not_ignored() {
    let bench = Bench::new("ES256");
    for (header, reasons) in [
        (json!({"crit": ["foo"], "foo": 1}), &["crit"][..]),
        (json!({"crit": ["foo"]}), &["crit"]),
        (json!({"crit": ["cnf"], "cnf": {}}), &["crit"]),
        (json!({"crit": []}), &["crit"]),
        (json!({"crit": "foo", "foo": 1}), &["crit"]),
        (json!({"crit": [1]}), &["crit"]),
        (json!({"crit": ["alg"]}), &["crit"]),
        (json!({"crit": ["kid", "kid"]}), &["crit"]),
        (json!({"b64": false}), &["unencoded_payload"]),
        (json!({"b64": "false"}), &["b64_invalid"]),
    ] {
        let token = sign(&bench.key, header.clone(), claims());
        refused(bench.pinned(), token, reasons, &header.to_string());
    }
    let token = sign(&bench.key, json!({"b64": false, "crit": ["b64"]}), claims());
    refused(bench.pinned(), token, &["crit", "unencoded_payload"], "b64");
}

#[test]
fn j28_a_member_that_comes_twice_is_refused_everywhere() {
    let bench = Bench::new("ES256");
    let payload = claims().to_string();
    let header = r#"{"alg":"ES256","kid":"k1","kid":"k1"}"#;
    refused(
        bench.pinned(),
        sign_raw(&bench.key, header, payload.as_bytes()),
        &["token_malformed"],
        header,
    );
    for twice in [
        payload.replacen('{', r#"{"sub":"bob","#, 1),
        payload.replacen('{', r#"{"\u0073ub":"bob","#, 1),
        payload.replacen('{', r#"{"x":[{"a":1,"a":1}],"#, 1),
    ] {
        refused(
            bench.pinned(),
            bench.sign_text(&twice),
            &["token_malformed"],
            &twice,
        );
    }
    let twice = jwks(&bench.key).replacen("\"kty\"", "\"kty\":\"EC\",\"kty\"", 1);
    bench.home.write("keys.json", &twice);
    bench
        .pinned()
        .arg(bench.sign(claims()))
        .code(8)
        .stderr_has(
            "error: cannot use `keys.json`\n  why: the key set is JSON in which the member `kty` comes twice\n",
        )
        .check();
}

#[test]
fn j29_j30_base64url_has_one_spelling() {
    let bench = Bench::new("EdDSA");
    let token = bench.sign(claims());
    let [header, payload, signature] = token.split('.').collect::<Vec<_>>()[..] else {
        panic!("three parts");
    };
    for noise in ["=", "==", " ", "\t", "\n", "\0", "\u{feff}", "+", "/"] {
        for changed in [
            format!("{header}{noise}.{payload}.{signature}"),
            format!("{header}.{payload}{noise}.{signature}"),
            format!(
                "{header}.{}{noise}{}.{signature}",
                &payload[..8],
                &payload[8..]
            ),
        ] {
            refused(bench.pinned(), changed, &["token_malformed"], noise);
        }
    }
    // 64 octets leave four bits of the last character to chance.
    let (head, last) = signature.split_at(signature.len() - 1);
    let alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let at = alphabet.find(last).unwrap();
    let other = &alphabet[at + 1..at + 2];
    let changed = format!("{header}.{payload}.{head}{other}");
    refused(bench.pinned(), changed, &["token_malformed"], "stray bits");
}

#[test]
fn j31_j33_what_is_no_jwt_is_refused() {
    let bench = Bench::new("ES256");
    let token = bench.sign(claims());
    for other in [
        "",
        "a",
        "a.b",
        "..",
        "a.b.c.d",
        &format!("\"{token}\""),
        &format!("{token} {token}"),
        &token.replace('.', "%2E"),
        &format!("{token}."),
        r#"{"payload":"e30","signatures":[]}"#,
    ] {
        refused(bench.pinned(), other, &["token_malformed"], other);
    }
    refused(
        bench.pinned(),
        b"\xff\xfe",
        &["token_malformed"],
        "not UTF-8",
    );
    for payload in [
        "[]",
        "null",
        "\"\"",
        "text",
        "",
        "{}{}",
        "{} x",
        "\u{feff}{}",
        "{\"exp\":NaN}",
        "{/**/}",
    ] {
        refused(
            bench.pinned(),
            bench.sign_text(payload),
            &["token_malformed"],
            payload,
        );
    }
    for payload in [
        &b"{\"a\":\"\xff\"}"[..],
        b"{\"a\":\"\xc0\xaf\"}",
        b"{\0\"\0a\0\"\0:\x001\0}\0",
    ] {
        let token = sign_raw(&bench.key, r#"{"alg":"ES256","kid":"k1"}"#, payload);
        refused(bench.pinned(), token, &["token_malformed"], "octets");
    }
}

#[test]
fn j32_a_line_ending_after_the_token_is_no_part_of_it() {
    let bench = Bench::new("ES256");
    let token = bench.sign(claims());
    for ending in ["\n", "\r\n"] {
        good(bench.pinned(), &format!("{token}{ending}"), ending);
    }
    good(bench.pinned(), &format!("Bearer {token}"), "Bearer");
}

#[test]
fn j34_j35_size_and_depth_are_bounded() {
    let bench = Bench::new("ES256");
    let deep = format!(r#"{{"a":{}{}}}"#, "[".repeat(20_000), "]".repeat(20_000));
    refused(
        bench.pinned(),
        bench.sign_text(&deep),
        &["token_malformed"],
        "deep",
    );
    refused(
        bench.pinned(),
        ".".repeat(2_000_000),
        &["token_malformed"],
        "dots",
    );
    refused(
        bench.pinned(),
        "a".repeat(16 << 20),
        &["token_malformed"],
        "long",
    );
    let lone = claims().to_string().replacen('{', r#"{"x":"\ud800","#, 1);
    refused(
        bench.pinned(),
        bench.sign_text(&lone),
        &["token_malformed"],
        "lone surrogate",
    );
}

#[test]
fn j36_to_j40_times_are_numbers_and_strict_at_the_edge() {
    let bench = Bench::new("ES256");
    for (changes, reasons) in [
        // J36
        (json!({"exp": "1800003000"}), &["exp_invalid"][..]),
        (json!({"exp": "2030-01-01T00:00:00Z"}), &["exp_invalid"]),
        (json!({"exp": true}), &["exp_invalid"]),
        (json!({"exp": []}), &["exp_invalid"]),
        (json!({"exp": {}}), &["exp_invalid"]),
        // J37
        (json!({"exp": 0}), &["expired"]),
        (json!({"exp": -1}), &["expired"]),
        (json!({"exp": i64::MIN}), &["expired"]),
        (json!({"exp": NOW as f64 - 0.5}), &["expired"]),
        (json!({"exp": NOW}), &["expired"]),
        (json!({"exp": NOW + 1}), &[]),
        (json!({"nbf": NOW}), &[]),
        // J38
        (json!({"exp": 1.9e9}), &[]),
        (json!({"exp": NOW as f64 + 10.5}), &[]),
        (json!({"exp": 1u64 << 63}), &[]),
        (json!({"exp": 253_402_300_799i64}), &[]),
        // J39
        (json!({"nbf": "0"}), &["nbf_invalid"]),
        (json!({"iat": "0"}), &["iat_invalid"]),
        (json!({"nbf": NOW + 1}), &["not_yet_valid"]),
        // J40
        (json!({"exp": null}), &["exp_missing"]),
    ] {
        let token = bench.sign(claims_but(changes.clone()));
        let what = changes.to_string();
        match reasons {
            [] => good(bench.pinned(), &token, &what),
            reasons => refused(bench.pinned(), &token, reasons, &what),
        }
    }
    for exp in [
        "null",
        "NaN",
        "Infinity",
        "0x7fffffff",
        "01800003000",
        "+1800003000",
        "1_800_003_000",
        "1e400",
    ] {
        let payload = claims().to_string().replace("1800003000", exp);
        let reason = match exp {
            "null" => "exp_invalid",
            _ => "token_malformed",
        };
        refused(bench.pinned(), bench.sign_text(&payload), &[reason], exp);
    }
    let endless = bench.sign(claims_but(json!({"exp": null})));
    good(
        bench.pinned().arg("--allow-missing-exp"),
        &endless,
        "--allow-missing-exp",
    );
    let late = bench.sign(claims_but(json!({"exp": NOW, "nbf": NOW + 5})));
    good(bench.pinned().args(["--leeway", "5s"]), &late, "--leeway");
}

#[test]
fn j41_the_issuer_is_one_exact_string() {
    let bench = Bench::new("ES256");
    for (iss, reason) in [
        (json!(null), "iss_missing"),
        (json!(["https://as.example"]), "iss_invalid"),
        (json!({}), "iss_invalid"),
        (json!(1), "iss_invalid"),
        (json!(""), "iss"),
        (json!("https://as.exampl"), "iss"),
        (json!("https://as.example/"), "iss"),
        (json!("https://as.example.evil.example"), "iss"),
        (json!("https://as.example:443"), "iss"),
        (json!("HTTPS://as.example"), "iss"),
        (json!("https://AS.example"), "iss"),
        (json!("http://as.example"), "iss"),
        (json!("https://as.example\0"), "iss"),
        (json!(" https://as.example"), "iss"),
        (json!("https://user@as.example"), "iss"),
        (json!("https://аs.example"), "iss"),
    ] {
        let token = bench.sign(claims_but(json!({"iss": iss})));
        refused(bench.pinned(), token, &[reason], &iss.to_string());
    }
}

#[test]
fn j42_the_audience_is_one_of_the_exact_strings() {
    let bench = Bench::new("ES256");
    for (aud, reasons) in [
        (json!(null), &["aud_missing"][..]),
        (json!([]), &["aud"]),
        (json!([["api"]]), &["aud_invalid"]),
        (json!(["api", 1]), &["aud_invalid"]),
        (json!({"api": true}), &["aud_invalid"]),
        (json!(5), &["aud_invalid"]),
        (json!("api,web"), &["aud"]),
        (json!("api web"), &["aud"]),
        (json!("API"), &["aud"]),
        (json!("ap"), &["aud"]),
        (json!("api/"), &["aud"]),
        (json!("https://api"), &["aud"]),
        (json!(["web", "api"]), &[]),
        (json!(["api"]), &[]),
    ] {
        let token = bench.sign(claims_but(json!({"aud": aud})));
        match reasons {
            [] => good(bench.pinned(), &token, &aud.to_string()),
            reasons => refused(bench.pinned(), &token, reasons, &aud.to_string()),
        }
    }
}

#[test]
fn j44_the_type_is_compared_as_a_media_type() {
    let bench = Bench::new("ES256");
    for (asked, typ, reasons) in [
        ("at+jwt", json!("JWT"), &["typ"][..]),
        ("at+jwt", json!(null), &["typ_missing"]),
        ("at+jwt", json!("logout+jwt"), &["typ"]),
        ("at+jwt", json!("dpop+jwt"), &["typ"]),
        ("at+jwt", json!(["at+jwt"]), &["typ_invalid"]),
        ("at+jwt", json!("at+jwt "), &["typ"]),
        ("at+jwt", json!("text/at+jwt"), &["typ"]),
        ("JWT", json!("at+jwt"), &["typ"]),
        ("at+jwt", json!("at+jwt"), &[]),
        ("at+jwt", json!("application/at+jwt"), &[]),
        ("at+jwt", json!("AT+JWT"), &[]),
    ] {
        let header = match &typ {
            Value::Null => json!({}),
            typ => json!({"typ": typ}),
        };
        let token = sign(&bench.key, header, claims());
        let call = bench.pinned().args(["--typ", asked]);
        match reasons {
            [] => good(call, &token, &typ.to_string()),
            reasons => refused(call, &token, reasons, &typ.to_string()),
        }
    }
}

#[test]
fn j52_an_encrypted_token_cannot_be_verified() {
    let bench = Bench::new("ES256");
    let header = base64url::encode(r#"{"alg":"RSA-OAEP","enc":"A256GCM","cty":"JWT"}"#);
    let inner = unsigned(r#"{"alg":"none"}"#, claims().to_string(), b"");
    let token = format!("{header}.AA.AA.{}.AA", base64url::encode(inner));
    refused(bench.pinned(), &token, &["token_malformed"], "JWE");
    bench
        .pinned()
        .arg(&token)
        .code(3)
        .stderr_has("it is encrypted (a JWE), there is no signature to verify")
        .check();
}
