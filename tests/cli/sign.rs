//! `authctl sign`: the claims and the header of a JWT.

use std::time::{SystemTime, UNIX_EPOCH};

use authctl::core::jose::{SigningKey, base64url};
use serde_json::{Value, json};

use crate::harness::{Call, Home};
use crate::tokens::{jwks, key};

/// A home with a key in `k.pem`, of the kid `k1` in the set `keys.json`.
pub struct Bench {
    pub home: Home,
    pub key: SigningKey,
}

impl Bench {
    pub fn new(algorithm: &str) -> Self {
        let (home, key) = (Home::new(), key(algorithm));
        match key.public_key() {
            Some(_) => home.write("k.pem", key.to_pkcs8_pem().unwrap().expose()),
            None => home.write("k.pem", key.private_jwk().unwrap().expose()),
        };
        home.write("keys.json", jwks(&key));
        Self { home, key }
    }

    /// `sign` with the key and its kid.
    pub fn sign(&self) -> Call {
        self.home.authctl(["sign", "--key", "k.pem", "--kid", "k1"])
    }

    /// `verify` by the set.
    pub fn verify(&self) -> Call {
        self.home.authctl(["verify", "--jwks", "keys.json"])
    }
}

/// Returns header and payload of a token, as text.
pub fn parts(token: &str) -> [String; 2] {
    let mut parts = token.split('.').map(|part| {
        let octets = base64url::decode(part).unwrap();
        String::from_utf8(octets).unwrap_or_default()
    });
    [parts.next().unwrap(), parts.next().unwrap()]
}

pub fn claims(token: &str) -> Value {
    serde_json::from_str(&parts(token)[1]).unwrap()
}

pub fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    since.as_secs() as i64
}

/// Expects a refusal for exactly these reasons; returns the error.
#[track_caller]
pub fn refused(call: Call, reasons: &[&str]) -> Value {
    let error = call.arg("--json").run().fails_json(2);
    assert_eq!(error["error"], "would_be_refused", "{error}");
    let failures = error["failures"].as_array().unwrap();
    let codes: Vec<_> = failures
        .iter()
        .map(|failure| failure["code"].as_str().unwrap())
        .collect();
    assert_eq!(codes, reasons, "{error}");
    error
}

#[test]
fn what_is_signed_is_verified_with_every_algorithm() {
    for algorithm in authctl::core::jose::Algorithm::ALL {
        let bench = Bench::new(algorithm.name());
        if bench.key.public_key().is_none() {
            let set = format!(
                r#"{{"keys":[{}]}}"#,
                bench.key.private_jwk().unwrap().expose()
            );
            bench.home.write("keys.json", set);
        }
        let token = bench
            .sign()
            .args(["--alg", algorithm.name()])
            .args(["--iss", "https://as.example", "--sub", "alice"])
            .args(["--aud", "api", "--exp", "15m", "--typ", "at+jwt"])
            .run()
            .succeeds();
        assert!(!token.ends_with('\n'), "stdout is no terminal");
        let verified = bench
            .verify()
            .args(["--issuer", "https://as.example", "--audience", "api"])
            .args(["--typ", "at+jwt", "--alg", algorithm.name(), "--json"])
            .stdin(&token)
            .run()
            .succeeds();
        let verified: Value = serde_json::from_str(&verified).unwrap();
        assert_eq!(verified["claims"]["sub"], "alice", "{algorithm}");
        assert_eq!(
            verified["header"].to_string(),
            json!({"alg": algorithm.name(), "typ": "at+jwt", "kid": "k1"}).to_string()
        );
    }
}

#[test]
fn the_header_is_the_users_but_for_what_decides() {
    let bench = Bench::new("ES256");
    let header = |typed: &[&str]| {
        let call = bench.sign().args(["--exp", "5m"]).args(typed);
        parts(&call.run().succeeds())[0].clone()
    };
    assert_eq!(header(&["--no-typ"]), r#"{"alg":"ES256","kid":"k1"}"#);
    assert_eq!(
        header(&[
            "--typ", "at+jwt", "--header", "cty=JWT", "--header", "n:=1.50"
        ]),
        r#"{"alg":"ES256","typ":"at+jwt","cty":"JWT","n":1.50,"kid":"k1"}"#
    );
    for (typed, hint) in [
        (
            "alg=none",
            "the key decides it, and --alg where it serves several",
        ),
        (
            "alg:=null",
            "the key decides it, and --alg where it serves several",
        ),
        ("kid:=1", "name it with --kid"),
        ("typ:=1", "name it with --typ"),
        ("b64:=false", "--jws --unencoded sets it"),
        (r#"crit:=["x"]"#, "--jws --unencoded sets it"),
    ] {
        let name = typed.split([':', '=']).next().unwrap();
        bench
            .sign()
            .args(["--exp", "5m", "--header", typed])
            .code(2)
            .stderr(format!(
                "error: the member `{name}` of the header is not set by --header\n hint: {hint}\n"
            ))
            .check();
    }
    let private = bench.key.private_jwk().unwrap();
    let jwk = format!("jwk:={}", private.expose());
    let error = refused(
        bench.sign().args(["--exp", "5m", "--header", &jwk]),
        &["private_jwk"],
    );
    let members: Value = serde_json::from_str(private.expose()).unwrap();
    assert!(!error.to_string().contains(members["d"].as_str().unwrap()));
}

#[test]
fn the_answer_has_three_shapes() {
    let bench = Bench::new("ES256");
    let sign = || {
        bench
            .sign()
            .args(["--sub", "a", "--exp", "@32472144000", "--no-iat"])
            .args(["--claim", "n:=12345678901234567890123"])
    };
    let header = sign().args(["-o", "header"]).run().succeeds();
    let token = header.strip_prefix("Authorization: Bearer ").unwrap();
    assert!(token.ends_with('\n'));
    bench
        .verify()
        .stdin(token)
        .code(0)
        .stdout_has("verified")
        .stderr_has("not checked")
        .check();
    for json in [sign().args(["-o", "json"]), sign().arg("--json")] {
        let answer = json.run().succeeds();
        let token = serde_json::from_str::<Value>(&answer).unwrap()["token"].clone();
        assert_eq!(
            answer,
            format!(
                "{}\n",
                concat!(
                    r#"{"token":TOKEN,"header":{"alg":"ES256","typ":"JWT","kid":"k1"},"#,
                    r#""claims":{"sub":"a","exp":32472144000,"n":12345678901234567890123},"#,
                    r#""alg":"ES256","kid":"k1","expires_at":"2999-01-01T00:00:00Z"}"#
                )
                .replace("TOKEN", &token.to_string())
            )
        );
    }
    let answer = bench
        .home
        .authctl(["sign", "--key", "k.pem", "--no-kid", "--json"])
        .args(["--sub", "a", "--allow-missing-exp"])
        .check_json();
    assert_eq!(answer["kid"], Value::Null);
    assert_eq!(answer["expires_at"], Value::Null);
    assert_eq!(answer["header"], json!({"alg": "ES256", "typ": "JWT"}));
}

#[test]
#[cfg(unix)]
fn on_a_terminal_the_token_ends_with_a_line() {
    let bench = Bench::new("ES256");
    let seen = bench.sign().args(["--exp", "5m"]).on_terminal();
    assert_eq!(seen.matches('\n').count(), 1, "{seen:?}");
    assert_eq!(seen.trim_end().split('.').count(), 3, "{seen:?}");
    // Nobody who typed nothing is left waiting.
    let seen = bench.sign().on_terminal();
    assert!(seen.contains("error: no claims are given\n"), "{seen}");
    let seen = bench.sign().arg("--jws").on_terminal();
    assert!(seen.contains("error: no payload is given\n"), "{seen}");
}

#[test]
fn in_github_actions_the_token_is_masked_first() {
    let bench = Bench::new("ES256");
    for format in ["token", "header", "json"] {
        let sign = bench.sign().args(["--exp", "5m", "-o", format]);
        let done = sign.env("GITHUB_ACTIONS", "true").run().code_is(0);
        let stderr = done.stderr();
        let token = stderr.trim_end().strip_prefix("::add-mask::").unwrap();
        assert!(done.stdout().contains(token), "{format}");
    }
}

#[test]
#[cfg(unix)]
fn on_a_terminal_numbers_keep_their_digits_too() {
    let bench = Bench::new("ES256");
    let claim = "n:=[12345678901234567890123]";
    let seen = bench
        .sign()
        .args(["--exp", "5m", "--json", "--claim", claim]);
    let seen = seen.on_terminal();
    assert!(
        seen.contains("    \"n\": [\n      12345678901234567890123\n    ]\n"),
        "{seen}"
    );
}
