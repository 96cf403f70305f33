//! What `authctl key` and `authctl sign` say of keys that they do not take, or
//! of which they take another.

use serde_json::{Value, json};

use crate::harness::Home;
use crate::key::key_file;
use crate::tokens::key;

fn openssl(name: &str) -> String {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/vectors/openssl");
    std::fs::read_to_string(format!("{folder}/{name}")).unwrap()
}

/// As `openssl pkcs12 -in a.p12` writes it: the certificate first. A
/// passphrase that is named says which key is meant.
#[test]
fn the_private_key_counts_where_its_passphrase_is_given() {
    let home = Home::new();
    let both = openssl("ec256.cert.pem") + &openssl("ec256.scrypt.pem");
    home.write("both.pem", &both);
    let given = ["--passphrase", "env:PW"];
    for (command, shown) in [
        (
            &["key", "inspect", "both.pem", "-o", "json"][..],
            r#""structure":"pkcs8","encrypted":true"#,
        ),
        (&["key", "public", "both.pem"], "BEGIN PUBLIC KEY"),
    ] {
        let call = || home.authctl(command).args(given);
        call()
            .env("PW", "correct-horse")
            .stdout_has(shown)
            .stderr("")
            .check();
        call().code(8).stderr_has("PW").check();
        let wrong = call().env("PW", "wrong-horse").arg("--no-input");
        wrong
            .code(8)
            .stderr_has("the passphrase does not open the key")
            .check();
        home.authctl(command)
            .stderr("note: an encrypted private key is there too: with --passphrase it is the one that counts\n")
            .run()
            .code_is(0);
    }
    home.authctl(["key", "inspect", "both.pem"])
        .stdout_has("certificate, public")
        .stderr_has("note: an encrypted private key is there too")
        .run()
        .code_is(0);
    // Where a private key is open, that is it.
    home.write("open.pem", openssl("ec256.pkcs8.pem") + &both);
    home.authctl(["key", "inspect", "open.pem"])
        .args(given)
        .stdout_has("PEM, PKCS#8")
        .check();
}

#[test]
fn a_key_without_a_kid_goes_by_its_thumbprint_and_no_hint_goes_in_a_circle() {
    let home = Home::new();
    let jwk = |alg: &str, kid: Value| {
        let mut jwk = key(alg).public_jwk();
        jwk.insert("kid".into(), kid);
        jwk.retain(|_, value| !value.is_null());
        jwk
    };
    let set = json!({"keys": [jwk("ES256", Value::Null), jwk("EdDSA", Value::Null)]});
    home.write("nameless.json", set.to_string());
    let twice = json!({"keys": [jwk("ES256", json!("a")), jwk("EdDSA", json!("a"))]});
    home.write("twice.json", twice.to_string());
    home.write("k.pem", key("EdDSA").public_pem().unwrap());
    let prints = home
        .authctl(["key", "thumbprint", "nameless.json"])
        .run()
        .succeeds();
    let print = prints.lines().nth(1).unwrap();
    let named = |command: &str| home.authctl(["key", command, "nameless.json", "--kid", print]);
    named("thumbprint").stdout(format!("{print}\n")).check();
    named("inspect").stdout_has("Ed25519").check();
    named("public").stdout_has(r#""crv":"Ed25519""#).check();

    for (typed, hint) in [
        (
            &["public", "twice.json", "--kid", "a", "-o", "pem"][..],
            "give each key a kid of its own; `authctl jwks remove` takes one away by its thumbprint",
        ),
        (
            &["public", "twice.json", "--kid", "zz"],
            "`authctl key inspect` shows the keys and their kids",
        ),
        (
            &["thumbprint", "twice.json", "--kid", "zz"],
            "leave out --kid to see all its keys",
        ),
        (
            &["inspect", "k.pem", "--kid", "zz"],
            "leave out --kid, which names a key of a set",
        ),
    ] {
        home.authctl(["key"])
            .args(typed)
            .code(8)
            .stderr_has(format!(" hint: {hint}\n"))
            .check();
    }
}

#[test]
fn what_is_no_key_that_is_read_says_how_to_get_one() {
    let home = Home::new();
    let request = "-----BEGIN CERTIFICATE REQUEST-----\nMAA=\n-----END CERTIFICATE REQUEST-----\n";
    let escaped = openssl("ec256.pkcs8.pem").replace('\n', "\\n");
    let rewrite = "rewrite it with `openssl pkcs8 -topk8 -v2 aes-256-cbc`";
    let (_, des3) = key_file!("ec256.des3.pem");
    for (octets, code, hint) in [
        // SEQUENCE { INTEGER 3, SEQUENCE {} }
        (
            &b"\x30\x05\x02\x01\x03\x30\x00"[..],
            "key_unsupported",
            "`openssl pkcs12 -in FILE -nodes -out key.pem` writes it as PEM",
        ),
        // SEQUENCE { OBJECT IDENTIFIER signedData }
        (
            b"\x30\x0b\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02",
            "key_unsupported",
            "`openssl pkcs7 -in FILE -print_certs` writes the certificates",
        ),
        (
            request.as_bytes(),
            "key_unsupported",
            "`openssl req -in FILE -pubkey -noout` writes the public key of a request",
        ),
        (
            escaped.as_bytes(),
            "key_malformed",
            "write it with line ends, as `printf %b \"$KEY\"` does",
        ),
        (des3, "key_unsupported", rewrite),
    ] {
        home.write("k", octets);
        for command in [
            &["key", "inspect", "k"][..],
            &["sign", "--sub", "a", "--exp", "5m", "--key", "k"],
        ] {
            let call = home.authctl(command).args(["--json", "--no-input"]);
            let error = call.run().fails_json(8);
            assert_eq!(error["error"], code, "{error}");
            assert_eq!(error["hint"], hint);
        }
    }
    for (name, hint) in [
        ("@k", "give the name of the file without the `@`"),
        (
            "https://as.example/jwks",
            "keys are in files here: `authctl jwks fetch` gets those of a server",
        ),
    ] {
        let error = home
            .authctl(["key", "inspect", name, "--json"])
            .run()
            .fails_json(8);
        assert_eq!(error["hint"], hint);
    }
}

#[test]
fn an_rsa_key_that_is_not_of_two_primes_says_so() {
    let home = Home::new();
    home.write("three.pem", openssl("rsa2048-3primes.pkcs8.pem"));
    let mut short: Value =
        serde_json::from_str(key("RS256").private_jwk().unwrap().expose()).unwrap();
    for name in ["p", "q", "dp", "dq", "qi"] {
        short.as_object_mut().unwrap().remove(name);
    }
    home.write("short.jwk", short.to_string());
    for (file, message) in [
        (
            "three.pem",
            "an RSA key of more than two primes is not supported",
        ),
        (
            "short.jwk",
            "the RSA key has no primes: beside `d` it needs `p`, `q`, `dp`, `dq` and `qi`",
        ),
    ] {
        let call = home.authctl(["sign", "--sub", "a", "--exp", "5m", "--key", file, "--json"]);
        let error = call.run().fails_json(8);
        assert_eq!(error["error"], "key_unsupported");
        assert_eq!(error["message"], format!("cannot use `{file}`: {message}"));
    }
    home.write(
        "public.jwk",
        Value::Object(key("ES256").public_jwk()).to_string(),
    );
    home.authctl(["sign", "--sub", "a", "--exp", "5m", "--key", "public.jwk"])
        .code(8)
        .stderr_has(" hint: sign with its private key; a public one only verifies\n")
        .check();
}
