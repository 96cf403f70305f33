//! `authctl verify`, by keys that are at hand.
//!
//! Unless a test says otherwise, tokens are judged as the catalogue does:
//! `authctl verify --jwks F --issuer I --audience A --alg L TOKEN`.

use authctl::core::jose::{SigningKey, base64url};
use serde_json::{Value, json};

use crate::tokens::{NOW, claims, claims_but, jwks, key, object, sign, sign_raw, unsigned};
use crate::world::{Call, World};

/// A key, its set in `keys.json`, and a world around.
struct Bench {
    world: World,
    key: SigningKey,
}

impl Bench {
    fn new(algorithm: &str) -> Self {
        let (world, key) = (World::new(), key(algorithm));
        world.write("keys.json", jwks(&key));
        Self { world, key }
    }

    /// `verify` with nothing but keys and an instant.
    fn bare(&self) -> Call {
        let call = self.world.authctl(["verify", "--jwks", "keys.json"]);
        call.args(["--now", &NOW.to_string()])
    }

    /// `verify` with issuer and audience too.
    fn verify(&self) -> Call {
        self.bare()
            .args(["--issuer", "https://as.example", "--audience", "api"])
    }

    /// As [`Bench::verify`], with the algorithm of the key.
    fn pinned(&self) -> Call {
        self.verify().args(["--alg", self.key.algorithm().name()])
    }

    fn sign(&self, claims: Value) -> String {
        sign(&self.key, json!({"typ": "JWT"}), claims)
    }
}

/// Expects a token to be good.
fn good(call: Call, token: &str, what: &str) {
    let found = call.args(["-o", "json"]).stdin(token).run_json();
    assert_eq!(found["valid"], true, "{what}");
}

/// Expects a token to be refused for exactly these reasons; the reason
/// `token_malformed` stands for one that could not be judged.
fn refused(call: Call, token: impl AsRef<[u8]>, reasons: &[&str], what: &str) {
    let error = call.arg("--json").stdin(token).code(3).run_error();
    let codes: Vec<_> = match error["error"].as_str() {
        Some("token_refused") => {
            let failures = error["failures"].as_array().unwrap();
            failures
                .iter()
                .map(|failure| failure["code"].as_str().unwrap())
                .collect()
        }
        other => other.into_iter().collect(),
    };
    assert_eq!(codes, reasons, "{what}: {error}");
    assert_eq!(error["exit_code"], 3);
}

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
        .run();
    bench
        .pinned()
        .args(["-o", "claims", &token])
        .stdout(claims().to_string() + "\n")
        .run();
    let found = bench.pinned().args(["--json", &token]).run_json();
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
    let world = World::new();
    for algorithm in ["RS256", "PS384", "ES256", "ES384", "ES512", "EdDSA"] {
        let key = key(algorithm);
        let token = sign(&key, json!({}), claims());
        world.write("keys.json", jwks(&key));
        world.write("one.json", Value::Object(key.public_jwk()).to_string());
        world.write("pub.pem", key.public_pem().unwrap());
        world.write("private.pem", key.to_pkcs8_pem().unwrap().expose());
        let now = NOW.to_string();
        for source in [
            ["--jwks", "keys.json"],
            ["--jwks", "one.json"],
            ["--key", "keys.json"],
            ["--key", "one.json"],
            ["--key", "pub.pem"],
            ["--key", "private.pem"],
        ] {
            let call = world.authctl(["verify", "--now", &now]).args(source);
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
    let world = World::new();
    let secret = "0123456789abcdef0123456789abcdef";
    let key = SigningKey::from_secret(
        authctl::core::secret::SecretBytes::new(secret),
        "HS256".parse().unwrap(),
    )
    .unwrap();
    let token = sign(&key, json!({}), claims());
    world.write("token", &token);
    world.write("secret", secret);
    world.write("secret.lf", format!("{secret}\n"));
    world.write("secret.crlf", format!("{secret}\r\n"));
    let verify = |reference: &str| {
        world
            .authctl([
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
            .run();
    }
    verify("-")
        .stdin(format!("{secret}\n"))
        .stdout_has("verified")
        .run();
    // Both cannot come there.
    world
        .authctl(["verify", "--secret", "-"])
        .stdin(&token)
        .code(2)
        .stderr_has("error: standard input cannot be both the token and a secret\n")
        .run();
}

#[test]
fn h1_a_secret_is_never_typed() {
    let output = World::new()
        .authctl(["verify", "--secret", "hunter2", "a.b.c"])
        .code(2)
        .stderr_has("a secret is never typed on the command line")
        .stderr_has("env:NAME, file:PATH, cmd:COMMAND")
        .run();
    assert!(!output.stderr.contains("hunter2"));
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
            .world
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
       it is not for the audience `a`, `b`
       it has no `scope` or `scp`
       it has no `jti`
       its `sub` is not what was asked for
",
        )
        .run();
    let error = verify().arg("--json").run_error();
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
        (&["--claim", "sub"], "expected NAME=VALUE"),
        (&["--claim", "=x"], "expected NAME=VALUE"),
        (
            &["--leeway", "soon"],
            "expected a duration like 90, 90s, 5m, 1h30m or 7d",
        ),
        (&["--max-age=-1"], "expected a duration like"),
        (&["--now", "yesterday"], "cannot be used multiple times"),
        (&["--key", "k.pem"], "cannot be used with"),
        (&["--secret", "env:S"], "cannot be used with"),
        (&["--passphrase", "env:S"], "--key <FILE>"),
        (&["--jws"], "cannot be used with"),
        (&["--detached", "f"], "--jws"),
        (&["--allow-unencoded"], "--jws"),
    ] {
        bench
            .verify()
            .args(flags)
            .arg(&token)
            .code(2)
            .stderr_has(reason)
            .run();
    }
    bench
        .world
        .authctl(["verify", "--now", "yesterday", &token])
        .code(2)
        .stderr_has("expected Unix seconds or RFC 3339")
        .run();
    // J51, C10
    for url in [
        "http://as.example/jwks",
        "http://127.0.0.1.evil.example/jwks",
    ] {
        bench
            .world
            .authctl(["verify", "--jwks", url, &token])
            .code(2)
            .stderr_has("http is allowed on loopback only")
            .run();
    }
}

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
                .world
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
            let forger = SigningKey::from_secret(
                authctl::core::secret::SecretBytes::new(secret),
                "HS256".parse().unwrap(),
            )
            .unwrap();
            let token = sign(&forger, json!({"kid": "k1"}), claims());
            refused(bench.pinned(), &token, &["alg_not_allowed"], algorithm);
            refused(bench.verify(), &token, &["key_algorithm"], algorithm);
            let broad = bench.verify().args(["--alg", "HS256,RS256,ES256,EdDSA"]);
            refused(broad, &token, &["key_algorithm"], algorithm);
            // J6
            bench.world.write("pub.pem", &pem);
            let by_key = bench.world.authctl(["verify", "--key", "pub.pem"]);
            refused(
                by_key.args(["--now", "1800000000"]),
                &token,
                &["key_algorithm"],
                algorithm,
            );
            bench
                .world
                .authctl(["verify", "--secret", "file:pub.pem", &token])
                .code(8)
                .stderr_has("the secret is a key document, not a secret of its own")
                .stderr_has("hint: give the key with --key")
                .run();
        }
    }
}

#[test]
fn j7_j8_j46_the_key_says_what_it_is_for() {
    let world = World::new();
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
        world.write("keys.json", &set);
        let call = world.authctl(["verify", "--jwks", "keys.json", "--now", "1800000000"]);
        refused(call, sign(signer, json!({}), claims()), &[reason], &set);
    }
}

#[test]
fn j9_a_short_secret_is_refused_with_the_reason() {
    let world = World::new();
    let header = json!({"alg": "HS256", "kid": "k1"}).to_string();
    let token = unsigned(header, claims().to_string(), &[0; 32]);
    for (secret, reason) in [
        ("", "it is empty"),
        ("short", "the secret has 5 octets, HS256 needs at least 32"),
    ] {
        // In a set it is the token's fault, given alone it is the secret's.
        let set = json!({"keys": [{"kty": "oct", "kid": "k1", "k": base64url::encode(secret)}]});
        world.write("keys.json", set.to_string());
        let call = world.authctl(["verify", "--jwks", "keys.json", "--now", "1800000000"]);
        refused(call, &token, &["key_weak"], secret);
        if secret.is_empty() {
            continue;
        }
        world
            .authctl(["verify", "--secret", "env:S", &token])
            .env("S", secret)
            .code(8)
            .stderr_has(reason)
            .run();
    }
    world.write("empty", "");
    world
        .authctl(["verify", "--secret", "file:empty", &token])
        .code(8)
        .stderr_has("the secret has 0 octets")
        .run();
}

#[test]
fn j16_a_weak_key_given_alone_is_an_input_error() {
    let world = World::new();
    let jwk = json!({"kty": "RSA", "kid": "k1", "n": base64url::encode([0xc1; 128]), "e": "AQAB"});
    let token = unsigned(
        r#"{"alg":"RS256","kid":"k1"}"#,
        claims().to_string(),
        &[1; 128],
    );
    world.write("one.json", jwk.to_string());
    world.write("set.json", json!({"keys": [jwk]}).to_string());
    let call = world.authctl(["verify", "--jwks", "set.json", "--now", "1800000000"]);
    refused(call, &token, &["key_weak"], "in a set");
    world
        .authctl(["verify", "--key", "one.json", &token])
        .code(8)
        .stderr_has("1024 bits")
        .run();
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
    assert_eq!(bench.world.names(), ["keys.json"]);
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
    bench.world.write("keys.json", &twice);
    bench
        .pinned()
        .arg(bench.sign(claims()))
        .code(8)
        .stderr_has(
            "error: cannot use `keys.json`\n  why: the key set is the member `kty` comes twice\n",
        )
        .run();
}

impl Bench {
    fn sign_text(&self, payload: &str) -> String {
        let header = r#"{"alg":"ES256","kid":"k1"}"#;
        sign_raw(&self.key, header, payload.as_bytes())
    }
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
        b"{\0\"\0a\0\"\0:\01\0}\0",
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
fn j43_what_was_not_checked_is_said() {
    let bench = Bench::new("ES256");
    let token = bench.sign(claims());
    bench
        .bare()
        .arg(&token)
        .stdout_has("verified: ES256")
        .stderr("warning: issuer not checked\nwarning: audience not checked\n")
        .run();
    let found = bench
        .bare()
        .args(["--json", &token])
        .stderr_has("not checked")
        .run_json();
    assert_eq!(
        found["warnings"],
        json!([
            {"code": "issuer_not_checked", "message": "issuer not checked"},
            {"code": "audience_not_checked", "message": "audience not checked"},
        ])
    );
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
fn j47_a_set_is_searched_with_care() {
    let bench = Bench::new("ES256");
    let token = bench.sign(claims());
    let own = Value::Object(bench.key.public_jwk());
    let other = |kid: &str| {
        let other = key("ES256").with_kid(kid);
        Value::Object(other.public_jwk())
    };
    bench
        .world
        .write("keys.json", json!({"keys": [own, other("k1")]}).to_string());
    refused(bench.pinned(), &token, &["ambiguous_key"], "two of a kid");
    bench
        .pinned()
        .arg(&token)
        .code(3)
        .stderr_has("the kid `k1` is ambiguous")
        .run();
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
            .world
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
        bench.world.write("keys.json", text);
        let error = bench.pinned().args(["--json", &token]).code(8).run_error();
        assert_eq!(error["error"], "key_set_malformed", "{error}");
    }
    bench.world.write("keys.json", "{\"keys\":[]}");
    refused(bench.pinned(), &token, &["no_key"], "an empty set");
    bench.world.write("keys.json", vec![b' '; (1 << 20) + 1]);
    bench
        .pinned()
        .arg(&token)
        .code(8)
        .stderr_has("is larger than 1 MiB")
        .run();
    for flag in ["--jwks", "--key"] {
        bench
            .world
            .authctl(["verify", flag, "nowhere", &token])
            .code(8)
            .stderr_has("error: cannot read `nowhere`\n")
            .run();
        bench
            .world
            .authctl(["verify", flag, ".", &token])
            .code(8)
            .stderr_has("error: cannot read `.`\n")
            .run();
    }
    bench.world.write("rubbish", [0, 1, 2, 0xff]);
    bench
        .world
        .authctl(["verify", "--key", "rubbish", &token])
        .code(8)
        .stderr("error: cannot use `rubbish`\n  why: the file is no key in PEM, DER or JSON\n")
        .run();
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
        .run();
}

#[test]
fn jws_prints_the_octets_that_were_signed_and_nothing_else() {
    let bench = Bench::new("EdDSA");
    let payload = b"\x00\xff not JSON\n";
    let token = sign_raw(&bench.key, r#"{"alg":"EdDSA","kid":"k1"}"#, payload);
    let verify = || bench.bare_jws();
    let output = verify().arg(&token).stdout_has("not JSON").run();
    assert_eq!(output.stdout, payload);
    let found = verify().args(["--json", &token]).run_json();
    assert_eq!(found["payload"], base64url::encode(payload));
    assert_eq!(found["valid"], true);
    // The same is no JWT.
    refused(bench.pinned(), &token, &["token_malformed"], "no JWT");
    let (input, _) = token.rsplit_once('.').unwrap();
    verify()
        .arg(format!("{input}.{}", base64url::encode([0; 64])))
        .code(3)
        .stderr("error: the token is refused\n  why: the signature does not verify\n")
        .run();
    verify()
        .args(["--alg", "ES256", &token])
        .code(3)
        .stderr_has("not among those allowed")
        .run();
}

impl Bench {
    fn bare_jws(&self) -> Call {
        self.world
            .authctl(["verify", "--jwks", "keys.json", "--jws"])
    }
}

#[test]
fn j27_a_payload_apart_or_unencoded_needs_its_flag() {
    let bench = Bench::new("EdDSA");
    bench.world.write("payload", "hello.");
    // Detached and encoded.
    let token = sign_raw(&bench.key, r#"{"alg":"EdDSA","kid":"k1"}"#, b"hello.");
    let parts: Vec<_> = token.split('.').collect();
    let detached = format!("{}..{}", parts[0], parts[2]);
    bench
        .bare_jws()
        .arg(&detached)
        .code(3)
        .stderr_has("the signature does not verify")
        .run();
    bench
        .bare_jws()
        .args(["--detached", "payload", &detached])
        .stdout("hello.")
        .run();
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
        .run();
    verify().arg("--allow-unencoded").stdout("hello.").run();
}

#[test]
fn an_encrypted_key_needs_its_passphrase() {
    let world = World::new();
    let key = key("ES256");
    let passphrase = authctl::core::secret::Secret::new("correct horse");
    let pem = key.to_encrypted_pkcs8_pem(&passphrase, 1_000).unwrap();
    world.write("key.pem", pem.expose());
    let token = sign(&key, json!({}), claims());
    let verify = || {
        world
            .authctl(["verify", "--key", "key.pem", "--now", "1800000000", &token])
            .env("P", "correct horse")
            .env("WRONG", "battery staple")
    };
    verify()
        .args(["--passphrase", "env:P"])
        .stdout_has("verified: ES256 by key.pem\n")
        .stderr_has("not checked")
        .run();
    let error = verify()
        .args(["--json", "--passphrase", "env:WRONG"])
        .code(8)
        .run_error();
    assert_eq!(error["error"], "passphrase");
    verify()
        .code(4)
        .stderr_has("hint: name it: `--passphrase env:NAME`")
        .run();
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
        .run();
    let header = json!({"alg": "\u{1b}]0;x\u{7}", "kid": "k1"}).to_string();
    bench
        .verify()
        .arg(unsigned(header, claims().to_string(), b""))
        .code(3)
        .stderr_has(r"the algorithm `\u001b]0;x\u0007` is not supported")
        .run();
}

#[test]
fn keys_at_hand_need_neither_configuration_nor_home() {
    let bench = Bench::new("ES256");
    let config = bench.world.write("broken.toml", "not = [toml");
    bench
        .pinned()
        .args(["--profile", "nowhere", "--config"])
        .arg(config)
        .arg(bench.sign(claims()))
        .no_env("HOME")
        .stdout_has("verified: ES256")
        .run();
    assert_eq!(std::fs::read_dir(bench.world.home()).unwrap().count(), 0);
}
