//! `authctl encrypt`: what the key decides, flags, outputs, ends.

use authctl::core::jose::base64url;
use serde_json::{Value, json};

use crate::harness::Home;
use crate::tokens::{claims, key, sign};

/// Writes the key files that `decrypt` and `encrypt` share.
pub fn keys(home: &Home) {
    for (name, algorithm) in [("rsa", "RS256"), ("ec", "ES384")] {
        let key = key(algorithm);
        home.write(&format!("{name}.pem"), key.to_pkcs8_pem().unwrap().expose());
        home.write(&format!("{name}.pub.pem"), key.public_pem().unwrap());
    }
    for name in ["x25519.pkcs8.pem", "x25519.pub.pem"] {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/vectors/openssl/");
        let text = std::fs::read(format!("{folder}{name}")).unwrap();
        home.write(name, text);
    }
    home.write("secret", "0123456789abcdef");
}

/// Encrypts and returns the header.
fn header(home: &Home, arguments: &[&str]) -> Value {
    let call = home.authctl(["encrypt", "--json", "payload"]);
    call.args(arguments).check_json()["header"].take()
}

#[test]
fn the_key_decides_unless_it_is_asked_otherwise() {
    let home = Home::new().with("PASSWORD", "correct horse");
    keys(&home);
    for (arguments, alg, enc) in [
        (&["--key", "rsa.pub.pem"][..], "RSA-OAEP-256", "A256GCM"),
        (&["--key", "rsa.pem"], "RSA-OAEP-256", "A256GCM"),
        (&["--key", "ec.pub.pem"], "ECDH-ES+A256KW", "A256GCM"),
        (&["--key", "x25519.pub.pem"], "ECDH-ES+A256KW", "A256GCM"),
        (&["--secret", "file:secret"], "A128KW", "A256GCM"),
        (
            &["--password", "env:PASSWORD"],
            "PBES2-HS512+A256KW",
            "A256GCM",
        ),
        (
            &[
                "--key",
                "rsa.pub.pem",
                "--alg",
                "RSA-OAEP",
                "--enc",
                "A128CBC-HS256",
            ],
            "RSA-OAEP",
            "A128CBC-HS256",
        ),
        (
            &["--secret", "file:secret", "--alg", "dir"],
            "dir",
            "A128GCM",
        ),
    ] {
        let header = header(&home, arguments);
        let found = [&header["alg"], &header["enc"]];
        assert_eq!(found, [alg, enc], "{arguments:?}");
    }
    // OWASP's figure for SHA-512, and one that any library takes.
    let password = ["--password", "env:PASSWORD"];
    assert_eq!(header(&home, &password)["p2c"], 210_000);
    let fewer = [&password[..], &["--p2c", "10000"]].concat();
    assert_eq!(header(&home, &fewer)["p2c"], 10_000);
}

#[test]
fn a_jwk_says_what_it_is_for() {
    let home = Home::new();
    let jwk = |members: Value| {
        let mut jwk = json!({"kty": "oct", "k": base64url::encode([7; 16])});
        for (name, value) in members.as_object().unwrap() {
            jwk[name] = value.clone();
        }
        home.write("key.jwk", jwk.to_string());
    };
    jwk(json!({"kid": "k", "use": "enc", "alg": "A128GCMKW"}));
    let found = header(&home, &["--key", "key.jwk"]);
    assert_eq!(
        (&found["alg"], &found["kid"]),
        (&json!("A128GCMKW"), &json!("k"))
    );
    for (members, code) in [
        (json!({"use": "sig"}), "key_use"),
        (json!({"key_ops": ["verify"]}), "key_use"),
        (json!({"alg": "HS256"}), "key_algorithm"),
        (json!({"alg": "RSA1_5"}), "key_algorithm"),
    ] {
        jwk(members);
        let call = home.authctl(["encrypt", "--json", "--key", "key.jwk", "payload"]);
        let error = call.code(8).check_error();
        assert_eq!(error["error"], code, "{error}");
    }
}

#[test]
fn the_kid_selects_in_a_set_or_names_the_key() {
    let home = Home::new();
    keys(&home);
    let oct = |kid: &str, purpose: &str| json!({"kty": "oct", "k": base64url::encode([7; 32]), "kid": kid, "use": purpose});
    let set = json!({"keys": [oct("a", "enc"), oct("b", "enc"), oct("c", "sig")]});
    home.write("set.json", set.to_string());
    let found = header(&home, &["--key", "set.json", "--kid", "b"]);
    assert_eq!(found["kid"], "b");
    let found = header(&home, &["--key", "rsa.pub.pem", "--kid", "mine"]);
    assert_eq!(found["kid"], "mine");
    for (kid, code) in [
        (&[][..], "ambiguous_key"),
        (&["--kid", "c"], "key_use"),
        (&["--kid", "d"], "unknown_kid"),
    ] {
        let call = home.authctl(["encrypt", "--json", "--key", "set.json", "payload"]);
        let error = call.args(kid).code(8).check_error();
        assert_eq!(error["error"], code, "{error}");
    }
    // Of a set that has one for encryption, that is the one.
    let set = json!({"keys": [oct("a", "enc"), oct("c", "sig")]});
    home.write("set.json", set.to_string());
    assert_eq!(header(&home, &["--key", "set.json"])["kid"], "a");
}

#[test]
fn a_token_is_nested_and_its_line_ending_is_not() {
    let home = Home::new();
    keys(&home);
    let token = sign(&key("ES256"), json!({"typ": "JWT"}), claims());
    let call = home.authctl(["encrypt", "--key", "x25519.pub.pem"]);
    let made = call.stdin(format!("{token}\n")).run().succeeds();
    assert!(!made.ends_with('\n'));
    let shown = home
        .authctl(["decode", "--json", &made])
        .stderr_has("NOT verified")
        .check_json();
    assert_eq!(shown["header"]["cty"], "JWT");
    let opened = home.authctl(["decrypt", "--outer", "--key", "x25519.pkcs8.pem", &made]);
    opened.stdout(token).stderr_has("NOT verified").check();
    // What is no token is encrypted as it is.
    let call = home.authctl(["encrypt", "--key", "x25519.pub.pem", "--json"]);
    let made = call.stdin("{}\n").check_json();
    assert_eq!(made["header"].get("cty"), None);
    let made = made["token"].as_str().unwrap();
    let opened = home.authctl(["decrypt", "--key", "x25519.pkcs8.pem", made]);
    opened.stdout("{}\n").check();
}

#[test]
fn the_header_takes_members_but_not_those_that_are_made() {
    let home = Home::new();
    keys(&home);
    let found = header(
        &home,
        &[
            "--secret",
            "file:secret",
            "--typ",
            "secevent",
            "--cty",
            "text/plain",
            "--header",
            "a=1",
            "--header",
            "n:=1",
            "--zip",
        ],
    );
    assert_eq!(
        found,
        json!({"alg": "A128KW", "enc": "A256GCM", "zip": "DEF", "typ": "secevent",
            "cty": "text/plain", "a": "1", "n": 1})
    );
    for wrong in [
        &["--header", "alg=dir"][..],
        &["--header", "crit:=[\"x\"]", "--header", "x=1"],
        &["--header", "a=1", "--header", "a=2"],
        &["--header", "a"],
        &["--apu", "me"],
        &["--p2c", "5000"],
        &["--alg", "none"],
        &["--enc", "A256CTR"],
    ] {
        let call = home.authctl(["encrypt", "--json", "--secret", "file:secret", "payload"]);
        let error = call.args(wrong).code(2).check_error();
        assert_eq!(error["error"], "usage", "{wrong:?}: {error}");
    }
}

#[test]
fn rsa1_5_is_refused_by_name_and_why() {
    let home = Home::new();
    keys(&home);
    home.authctl(["encrypt", "--key", "rsa.pub.pem", "--alg", "RSA1_5", "x"])
        .code(2)
        .stderr_has("`RSA1_5` is refused: its padding can be told apart")
        .stderr_has("use RSA-OAEP-256")
        .check();
}

#[test]
fn keys_that_cannot_encrypt_are_refused_by_what_they_are() {
    let home = Home::new();
    keys(&home);
    home.write("ed.pem", key("EdDSA").public_pem().unwrap());
    let weak = include_bytes!("../vectors/openssl/rsa1024.pub.pem");
    home.write("weak.pem", weak);
    for (arguments, code, exit) in [
        (&["--key", "ed.pem"][..], "key_unsupported", 8),
        (&["--key", "weak.pem"], "key_weak", 8),
        (&["--key", "absent.pem"], "input", 8),
        (&["--secret", "file:rsa.pub.pem"], "secret_is_a_key", 8),
        (
            &["--key", "rsa.pub.pem", "--alg", "A128KW"],
            "key_algorithm",
            8,
        ),
        (
            &["--secret", "file:secret", "--alg", "A256KW"],
            "key_algorithm",
            8,
        ),
        (&[], "usage", 2),
        (&["--kid", "a", "--secret", "file:secret"], "usage", 2),
        (
            &["--key", "rsa.pub.pem", "--secret", "file:secret"],
            "usage",
            2,
        ),
    ] {
        let call = home.authctl(["encrypt", "--json", "payload"]);
        let error = call.args(arguments).code(exit).check_error();
        assert_eq!(error["error"], code, "{arguments:?}: {error}");
    }
    // Both cannot come there.
    home.authctl(["encrypt", "--secret", "-"])
        .stdin("x")
        .code(2)
        .stderr_has("standard input cannot be both the payload and the secret")
        .check();
}

#[test]
fn h1_neither_a_key_nor_a_password_is_typed() {
    for flag in ["--secret", "--password", "--key"] {
        let typed = r#"{"kty":"oct","k":"hunter2"}"#;
        let output = Home::new()
            .authctl(["encrypt", flag, typed, "payload"])
            .code(2)
            .stderr_has("is never typed on the command line")
            .check();
        assert!(!output.stderr().contains("hunter2"), "{flag}");
    }
}

#[test]
fn j54_what_nobody_would_inflate_is_not_made() {
    let home = Home::new();
    keys(&home);
    home.write("zeros", vec![0; 1_000_000]);
    let encrypt = || home.authctl(["encrypt", "--secret", "file:secret", "@zeros"]);
    encrypt()
        .arg("--zip")
        .code(2)
        .stderr_has("which a recipient takes for an attack")
        .check();
    let token = encrypt().run().succeeds();
    home.authctl(["decrypt", "--secret", "file:secret"])
        .stdin(token)
        .stdout("\0".repeat(1_000_000))
        .check();
}

/// RFC 7516 §4.1.5: `jwk` is "the public key", and the header is in the clear.
#[test]
fn a_private_key_does_not_go_into_the_header() {
    let home = Home::new();
    keys(&home);
    let key = key("ES256");
    let private = key.private_jwk().unwrap();
    let secret = r#"{"kty":"oct","k":"c2VjcmV0LXNlY3JldC1zZWNyZXQ"}"#;
    for jwk in [private.expose(), secret] {
        let error = home
            .authctl(["encrypt", "--key", "rsa.pub.pem", "payload", "--json"])
            .args(["--header", &format!("jwk:={jwk}")])
            .code(2)
            .check_error();
        assert_eq!(error["error"], "would_be_refused");
        assert_eq!(error["failures"][0]["code"], "private_jwk");
        let members: Value = serde_json::from_str(jwk).unwrap();
        let own = members.get("d").or(members.get("k")).unwrap();
        assert!(!error.to_string().contains(own.as_str().unwrap()));
    }
    let public = json!(key.public_jwk());
    let header = header(
        &home,
        &[
            "--key",
            "rsa.pub.pem",
            "--header",
            &format!("jwk:={public}"),
        ],
    );
    assert_eq!(header["jwk"], public);
}
