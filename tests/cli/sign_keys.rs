//! `authctl sign`: the key, in every form and from every place, and the keys
//! that are refused.

use authctl::core::jose::SigningKey;
use authctl::core::secret::Secret;
use serde_json::{Value, json};

use crate::harness::{Call, Home};
use crate::sign::parts;
use crate::tokens::{jwks, key};

/// `sign` with enough claims.
fn sign(home: &Home) -> Call {
    home.authctl(["sign", "--sub", "alice", "--exp", "5m"])
}

/// Returns the private JWK of a key, with members replaced, or removed by
/// `null`.
fn private(key: &SigningKey, changes: Value) -> Value {
    let document = key.private_jwk().unwrap();
    let mut jwk: Value = serde_json::from_str(document.expose()).unwrap();
    for (name, value) in changes.as_object().unwrap() {
        match value {
            Value::Null => drop(jwk.as_object_mut().unwrap().shift_remove(name)),
            value => jwk[name] = value.clone(),
        }
    }
    jwk
}

fn vector(name: &str) -> std::path::PathBuf {
    std::path::Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/vectors/openssl")
        .join(name)
}

/// Expects a token that verifies by a key file.
#[track_caller]
fn verifies(home: &Home, signing: Call, flag: &str, by: &str) -> String {
    let token = signing.run().succeeds();
    home.authctl(["verify", flag, by, "--json"])
        .stdin(&token)
        .stdout_has(r#""valid":true"#)
        .stderr_has("not checked")
        .check();
    token
}

#[test]
fn the_key_may_have_any_form() {
    let home = Home::new();
    for (private, public) in [
        ("ec256.pkcs8.pem", "ec256.pub.pem"),
        ("ec256.sec1.pem", "ec256.pub.pem"),
        ("ec256.der", "ec256.pub.der"),
        ("rsa2048.pkcs8.pem", "rsa2048.pub.pem"),
        ("rsa2048.pkcs1.pem", "rsa2048.pkcs1.pub.pem"),
        ("rsa2048.pkcs1.der", "rsa2048.pkcs1.pub.der"),
        ("ed25519.pkcs8.pem", "ed25519.pub.pem"),
    ] {
        let signing = sign(&home).arg("--key").arg(vector(private));
        let public = vector(public);
        verifies(&home, signing, "--key", public.to_str().unwrap());
    }
    let key = key("ES384");
    home.write("k.jwk", key.private_jwk().unwrap().expose());
    home.write("keys.json", jwks(&key));
    let token = verifies(
        &home,
        sign(&home).args(["--key", "k.jwk"]),
        "--jwks",
        "keys.json",
    );
    assert_eq!(
        parts(&token)[0],
        r#"{"alg":"ES384","typ":"JWT","kid":"k1"}"#
    );
}

#[test]
fn the_key_may_come_from_anywhere() {
    let home = Home::new();
    let key = key("ES256");
    let pem = key.to_pkcs8_pem().unwrap();
    home.write("k.pem", pem.expose());
    home.write("pub.pem", key.public_pem().unwrap());
    for reference in ["k.pem", "file:k.pem", "env:K", "cmd:cat k.pem", "-"] {
        let signing = sign(&home).args(["--key", reference, "-q"]);
        let signing = signing.env("K", pem.expose()).stdin(pem.expose());
        verifies(&home, signing, "--key", "pub.pem");
    }
    for (typed, why) in [
        (&["--key", "-", "-"][..], "both the claims and a key"),
        (&["--secret", "-", "-"], "both the claims and a secret"),
        (
            &["--key", "-", "--passphrase", "-"],
            "both a key and a passphrase",
        ),
        (
            &["--key", "k.pem", "--passphrase", "-", "-"],
            "both the claims and a passphrase",
        ),
    ] {
        let error = format!("error: standard input cannot be {why}\n");
        sign(&home).args(typed).code(2).stderr_has(error).check();
    }
    sign(&home)
        .code(2)
        .stderr(
            "\
error: no key is named to sign with
 hint: name one with --key or --secret; `authctl keygen` makes one
",
        )
        .check();
    for (reference, why) in [
        ("absent.pem", "cannot read `absent.pem`"),
        (
            "env:ABSENT",
            "no secret can be read from `env:ABSENT`: the variable is not set, or empty",
        ),
        (
            "cmd:false",
            "no secret can be read from `cmd:false`: the command failed",
        ),
    ] {
        let error = format!("error: {why}");
        let call = sign(&home).args(["--key", reference, "-q"]);
        call.code(8).stderr_has(error).check();
    }
}

#[test]
fn h1_neither_a_key_nor_a_secret_is_typed() {
    let home = Home::new();
    for (flag, literal) in [
        ("--key", r#"{"kty":"oct","k":"cGxhbnRlZC1zZWNyZXQ"}"#),
        ("--key", " -----BEGIN PRIVATE KEY-----\ncGxhbnRlZC1zZWNyZXQ"),
        ("--secret", "cGxhbnRlZC1zZWNyZXQ"),
    ] {
        for json in [false, true] {
            let mut call = sign(&home).args([flag, literal]);
            if json {
                call = call.arg("--json");
            }
            let stderr = call.run().fails(2);
            assert!(
                stderr.contains("is never typed on the command line"),
                "{stderr}"
            );
            assert!(!stderr.contains("cGxhbnRlZC1zZWNyZXQ"), "{stderr}");
        }
    }
}

#[test]
fn an_encrypted_key_needs_its_passphrase() {
    let home = Home::new();
    let key = key("ES256");
    let passphrase = Secret::new("correct horse");
    let pem = key.to_encrypted_pkcs8_pem(&passphrase, 1_000).unwrap();
    home.write("k.pem", pem.expose());
    home.write("pub.pem", key.public_pem().unwrap());
    let signing = || {
        sign(&home)
            .args(["--key", "k.pem"])
            .env("P", "correct horse")
            .env("WRONG", "battery staple")
    };
    let known = signing().args(["--passphrase", "env:P"]);
    verifies(&home, known, "--key", "pub.pem");
    let wrong = signing().args(["--json", "--passphrase", "env:WRONG"]);
    assert_eq!(wrong.run().fails_json(8)["error"], "passphrase");
    signing()
        .arg("--no-input")
        .code(4)
        .stderr_has("hint: name it: `--passphrase env:NAME`")
        .check();
}

#[test]
#[cfg(unix)]
fn the_passphrase_is_asked_for() {
    use crate::prompts::{on_a_terminal, to_the_end};
    use expectrl::Expect as _;
    let home = Home::new();
    let key = key("ES256");
    let passphrase = Secret::new("correct horse");
    let pem = key.to_encrypted_pkcs8_pem(&passphrase, 1_000).unwrap();
    home.write("k.pem", pem.expose());
    let mut session = on_a_terminal(sign(&home).args(["--key", "k.pem"]));
    session.expect("Passphrase of the key: ").unwrap();
    session.send_line("correct horse").unwrap();
    let (seen, code) = to_the_end(&mut session);
    assert!(!seen.contains("correct horse"), "{seen}");
    assert_eq!(seen.trim().split('.').count(), 3, "{seen}");
    assert_eq!(code, 0);
}

#[test]
fn a_kid_names_the_key_of_a_set() {
    let home = Home::new();
    let (one, other) = (key("ES256"), key("EdDSA"));
    let set = json!({"keys": [
        private(&one, json!({"kid": "a"})),
        private(&other, json!({"kid": "b"})),
    ]});
    home.write("set.json", set.to_string());
    let signing = || sign(&home).args(["--key", "set.json"]);
    for (kid, alg) in [("a", "ES256"), ("b", "EdDSA")] {
        let token = signing().args(["--kid", kid]).run().succeeds();
        assert_eq!(
            parts(&token)[0],
            format!(r#"{{"alg":"{alg}","typ":"JWT","kid":"{kid}"}}"#)
        );
        let token = signing().args(["--alg", alg]).run().succeeds();
        assert_eq!(
            parts(&token)[0],
            format!(r#"{{"alg":"{alg}","typ":"JWT","kid":"{kid}"}}"#)
        );
    }
    for (typed, code, message) in [
        (
            &[][..],
            "ambiguous_key",
            "2 keys of the set can sign, and none is named: `a`, `b`",
        ),
        (
            &["--kid", "c"],
            "unknown_kid",
            "the key set has no key with the kid `c`, only `a`, `b`",
        ),
        (
            &["--alg", "RS256"],
            "no_key",
            "none of the 2 keys of the set can sign by RS256; of the first, the key is for ES256, not for RS256",
        ),
    ] {
        let error = signing().args(typed).arg("--json").run().fails_json(8);
        assert_eq!(error["error"], code);
        assert_eq!(
            error["message"],
            format!("cannot use `set.json`: {message}")
        );
    }
}

/// "Refuses to make what verify would refuse": by a kid that the set does not
/// have, the set would not verify.
#[test]
fn keys_of_a_set_without_kids_make_tokens_that_the_set_verifies() {
    let home = Home::new();
    let keys: Vec<Value> = ["ES256", "ES256", "EdDSA"]
        .into_iter()
        .map(|alg| private(&key(alg), json!({"kid": null})))
        .collect();
    home.write("set.json", json!({"keys": keys}).to_string());
    let public = home
        .authctl(["key", "public", "set.json", "--out", "pub.json"])
        .run();
    public.succeeds();
    let prints = home
        .authctl(["key", "thumbprint", "set.json"])
        .run()
        .succeeds();
    for (kid, alg) in prints.lines().zip(["ES256", "ES256", "EdDSA"]) {
        let signing = || sign(&home).args(["--key", "set.json", "--kid", kid]);
        let token = verifies(&home, signing(), "--jwks", "pub.json");
        assert_eq!(
            parts(&token)[0],
            format!(r#"{{"alg":"{alg}","typ":"JWT"}}"#)
        );
        verifies(&home, signing(), "--jwks", "set.json");
    }
    let alone = json!({"keys": [keys[2]]}).to_string();
    home.write("alone.json", alone);
    let signing = sign(&home).args(["--key", "alone.json"]);
    verifies(&home, signing, "--jwks", "alone.json");
}

#[test]
fn a_hint_does_not_ask_for_the_kid_that_was_given() {
    let home = Home::new();
    let alike = |alg| private(&key(alg), json!({"kid": "a"}));
    let set = |name: &str, keys: Value| home.write(name, json!({"keys": keys}).to_string());
    set("types.json", json!([alike("ES256"), alike("EdDSA")]));
    set("twice.json", json!([alike("ES256"), alike("ES256")]));
    let own =
        "give each key a kid of its own; `authctl jwks remove` takes one away by its thumbprint";
    let there = "`authctl key inspect` shows the keys and their kids";
    for (file, kid, hint) in [
        ("types.json", "a", "say which with --alg: ES256 or EdDSA"),
        ("twice.json", "a", own),
        ("types.json", "zz", there),
    ] {
        sign(&home)
            .args(["--key", file, "--kid", kid])
            .code(8)
            .stderr_has(format!(" hint: {hint}\n"))
            .check();
    }
}

#[test]
fn a_key_that_is_alone_is_given_the_kid() {
    let home = Home::new();
    let key = key("ES256");
    home.write("k.pem", key.to_pkcs8_pem().unwrap().expose());
    home.write("k.jwk", private(&key, json!({"kid": "own"})).to_string());
    let kid = |typed: &[&str]| {
        let token = sign(&home).args(typed).run().succeeds();
        let header: Value = serde_json::from_str(&parts(&token)[0]).unwrap();
        header["kid"].clone()
    };
    let thumbprint = SigningKey::from_document(
        home.read("k.pem").as_bytes(),
        &authctl::core::jose::Selection::default(),
        None,
    );
    assert_eq!(kid(&["--key", "k.pem"]), thumbprint.unwrap().kid());
    assert_eq!(kid(&["--key", "k.pem", "--kid", "a"]), "a");
    assert_eq!(kid(&["--key", "k.pem", "--kid", "-a_b"]), "-a_b");
    assert_eq!(kid(&["--key", "k.pem", "--no-kid"]), Value::Null);
    assert_eq!(kid(&["--key", "k.jwk"]), "own");
    assert_eq!(kid(&["--key", "k.jwk", "--kid", "own"]), "own");
    assert_eq!(kid(&["--key", "k.jwk", "--no-kid"]), Value::Null);
    let other = ["--key", "k.jwk", "--kid", "a"];
    sign(&home)
        .args(other)
        .code(8)
        .stderr(
            "\
error: cannot use `k.jwk`
  why: the kid of the key is `own`, not `a`
 hint: sign with the key of that kid, or --allow-other-kid
",
        )
        .check();
    assert_eq!(kid(&[&other[..], &["--allow-other-kid"]].concat()), "a");
    for typed in [
        &["--kid", "a", "--no-kid"][..],
        &["--allow-other-kid"],
        &["--secret", "env:S"],
        &["--kid", ""],
    ] {
        sign(&home)
            .args(["--key", "k.pem"])
            .args(typed)
            .run()
            .fails(2);
    }
}

#[test]
fn a_secret_signs_as_it_verifies() {
    let home = Home::new();
    let secret = "a secret that is not a key, of sixty-four octets and more than it";
    home.write("s", format!("{secret}\n"));
    home.write("octets", [b'\n'; 64]);
    for (reference, alg) in [
        ("env:S", "HS256"),
        ("file:s", "HS384"),
        ("cmd:cat s", "HS512"),
        ("-", "HS256"),
    ] {
        let signing = sign(&home).args(["--secret", reference, "--alg", alg, "-q"]);
        let signing = signing.env("S", secret).stdin(format!("{secret}\r\n"));
        let token = verifies(&home, signing, "--secret", "file:s");
        // A secret that a person chose has no thumbprint to guess it by.
        assert_eq!(
            parts(&token)[0],
            format!(r#"{{"alg":"{alg}","typ":"JWT"}}"#)
        );
    }
    let signing = sign(&home).args(["--secret", "file:s", "--kid", "a"]);
    let token = verifies(&home, signing, "--secret", "file:s");
    assert_eq!(parts(&token)[0], r#"{"alg":"HS256","typ":"JWT","kid":"a"}"#);
}

/// "alg none / HS with a short or public key, RSA < 2048, key use=enc, weak
/// curve": 2 for what is typed, 8 for a key.
#[test]
fn j56_none_is_no_algorithm_to_sign_by() {
    let home = Home::new();
    home.write("k.pem", key("ES256").to_pkcs8_pem().unwrap().expose());
    for alg in ["none", "None", "NONE", "nOnE"] {
        sign(&home)
            .args(["--key", "k.pem", "--alg", alg])
            .code(2)
            .stderr_has("`none` is not offered: an unsigned token proves nothing")
            .check();
    }
    for alg in ["", "ES256 ", "es256", "RSA-OAEP", "HS1"] {
        let stderr = sign(&home)
            .args(["--key", "k.pem", "--alg", alg])
            .run()
            .fails(2);
        assert!(stderr.contains("--alg"), "{stderr}");
    }
    // Not by the header either, nor by the claims of an unsecured JWT.
    sign(&home)
        .args(["--key", "k.pem", "--header", "alg=none"])
        .code(2)
        .stderr_has("the member `alg` of the header is not set by --header")
        .check();
}

#[test]
fn j56_a_secret_is_long_and_no_key() {
    let home = Home::new();
    let ec = key("ES256");
    home.write("pub.pem", ec.public_pem().unwrap());
    home.write("keys.json", jwks(&ec));
    home.write("k.pem", ec.to_pkcs8_pem().unwrap().expose());
    home.write("short", "x".repeat(31));
    home.write("middle", "x".repeat(47));
    for (typed, exit, code) in [
        (&["--secret", "file:short"][..], 8, "key_weak"),
        (&["--secret", "env:EMPTY"], 8, "input"),
        (
            &["--secret", "file:middle", "--alg", "HS384"],
            8,
            "key_weak",
        ),
        (
            &["--secret", "file:middle", "--alg", "HS512"],
            8,
            "key_weak",
        ),
        (&["--secret", "file:pub.pem"], 8, "secret_is_a_key"),
        (&["--secret", "file:k.pem"], 8, "secret_is_a_key"),
        (&["--secret", "file:keys.json"], 8, "secret_is_a_key"),
        (&["--key", "pub.pem", "--alg", "HS256"], 8, "key_use"),
        (&["--key", "k.pem", "--alg", "HS256"], 8, "key_algorithm"),
        (
            &["--key", "keys.json", "--alg", "HS256"],
            8,
            "key_algorithm",
        ),
        (&["--key", "middle", "--alg", "HS256"], 8, "key_malformed"),
        (&["--secret", "file:middle", "--alg", "ES256"], 2, "usage"),
    ] {
        let call = sign(&home).args(typed).env("EMPTY", "").arg("--json");
        let error = call.run().fails_json(exit);
        assert_eq!(error["error"], code, "{typed:?}: {error}");
    }
    let der = vector("ec256.pub.der");
    let reference = format!("file:{}", der.display());
    let call = sign(&home).args(["--secret", &reference, "--json"]);
    assert_eq!(call.run().fails_json(8)["error"], "secret_is_a_key");
    sign(&home)
        .args(["--key", "middle", "--alg", "HS256"])
        .code(8)
        .stderr_has("hint: a secret that is no key document is given with --secret\n")
        .check();
}

#[test]
fn j56_a_weak_key_or_one_for_something_else_does_not_sign() {
    let home = Home::new();
    let (ec, rsa, mac) = (key("ES256"), key("RS256"), key("HS256"));
    for (name, document) in [
        ("enc", private(&ec, json!({"use": "enc"}))),
        ("ops", private(&ec, json!({"key_ops": ["verify"]}))),
        ("no-ops", private(&ec, json!({"key_ops": []}))),
        ("for-jwe", private(&rsa, json!({"alg": "RSA-OAEP"}))),
        ("none", private(&ec, json!({"alg": "none"}))),
        ("public", Value::Object(ec.public_jwk())),
        ("short", private(&mac, json!({"k": "c2hvcnQ"}))),
        ("half", private(&ec, json!({"d": "AAAA"}))),
        ("crv", private(&ec, json!({"crv": "P-384"}))),
        ("p192", private(&ec, json!({"crv": "P-192"}))),
    ] {
        home.write(name, document.to_string());
    }
    let at = |name: &str| vector(name).display().to_string();
    for (file, typed, code) in [
        ("enc".to_owned(), &[][..], "key_use"),
        ("ops".to_owned(), &[], "key_use"),
        ("no-ops".to_owned(), &[], "key_use"),
        ("for-jwe".to_owned(), &[], "key_algorithm"),
        ("none".to_owned(), &[], "key_algorithm"),
        ("public".to_owned(), &[], "key_use"),
        ("short".to_owned(), &[], "key_weak"),
        ("half".to_owned(), &[], "key_malformed"),
        ("crv".to_owned(), &["--alg", "ES384"], "key_algorithm"),
        ("p192".to_owned(), &["--alg", "ES256"], "key_unsupported"),
        (at("ec256.pkcs8.pem"), &["--alg", "ES384"], "key_algorithm"),
        (at("ec384.pkcs8.pem"), &["--alg", "ES256"], "key_algorithm"),
        (
            at("rsa2048.pkcs8.pem"),
            &["--alg", "ES256"],
            "key_algorithm",
        ),
        (at("ed448.pkcs8.pem"), &[], "key_unsupported"),
        (at("ec224.pkcs8.pem"), &[], "key_unsupported"),
        (at("rsa1024.pkcs8.pem"), &[], "key_weak"),
    ] {
        let call = sign(&home).args(["--key", &file, "--json"]).args(typed);
        let error = call.run().fails_json(8);
        assert_eq!(error["error"], code, "{file}: {error}");
    }
}

/// No level of narration shows the key, the secret or the passphrase.
#[test]
fn h2_no_secret_is_narrated() {
    let home = Home::new();
    let key = key("ES256");
    let secret = "planted-secret-of-more-than-thirty-two-octets";
    let pem = key
        .to_encrypted_pkcs8_pem(&Secret::new("planted-passphrase"), 1_000)
        .unwrap();
    home.write("k.pem", pem.expose());
    for typed in [
        &["--key", "k.pem", "--passphrase", "env:P"][..],
        &["--secret", "env:S"],
    ] {
        let call = sign(&home).args(typed).arg("-vv");
        let done = call.env("P", "planted-passphrase").env("S", secret).run();
        let done = done.code_is(0);
        assert!(done.stderr().contains("* signing by "), "{}", done.stderr());
        for stream in [done.stdout(), done.stderr()] {
            assert!(!stream.contains("planted"), "{stream}");
        }
        assert!(!done.stderr().contains(&done.stdout()));
    }
}
