//! `authctl keygen` of keys for encryption.

use authctl::core::jose::base64url;
use serde_json::{Value, json};

use crate::harness::Home;
use crate::tokens::PRIVATE_MEMBERS;

/// Each key for encryption decrypts what is encrypted to its public part, in
/// every form that is written.
#[test]
fn keys_for_encryption_decrypt_what_is_encrypted_to_them() {
    let home = Home::new();
    for (alg, flags, kty, crv) in [
        ("ECDH-ES", &[][..], "EC", json!("P-256")),
        ("ECDH-ES+A128KW", &["--crv", "P-384"], "EC", json!("P-384")),
        ("ECDH-ES+A192KW", &["--crv", "P-521"], "EC", json!("P-521")),
        (
            "ECDH-ES+A256KW",
            &["--crv", "X25519"],
            "OKP",
            json!("X25519"),
        ),
        ("RSA-OAEP-256", &["--use", "enc"], "RSA", Value::Null),
    ] {
        let made = home
            .authctl(["keygen", "--alg", alg, "--out", "k", "--force", "--json"])
            .args(flags)
            .check_json();
        let set: Value = serde_json::from_str(&home.read("k.jwks.json")).unwrap();
        let jwk = &set["keys"][0];
        assert_eq!(&made["public_jwk"], jwk, "{alg}");
        for (name, value) in [
            ("kty", json!(kty)),
            ("crv", crv),
            ("alg", json!(alg)),
            ("use", json!("enc")),
            ("kid", made["kid"].clone()),
        ] {
            assert_eq!(jwk[name], value, "{alg} {name}");
        }
        assert_eq!(
            (&made["alg"], made["private_jwk"].is_null()),
            (&json!(alg), true)
        );
        for name in PRIVATE_MEMBERS {
            assert_eq!(jwk.get(name), None, "{alg} {name}");
        }
        // J57
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            let mode = std::fs::metadata(home.path().join("k.pem"))
                .unwrap()
                .permissions()
                .mode();
            assert_eq!(mode & 0o777, 0o600);
        }
        home.authctl([
            "key", "convert", "k.pem", "--to", "jwk", "--out", "k.jwk", "--force",
        ])
        .args(["--alg", alg, "--use", "enc"])
        .check();
        for to in ["k.jwks.json", "k.pub.pem"] {
            let token = home
                .authctl(["encrypt", "--key", to, "content"])
                .run()
                .succeeds();
            for by in ["k.pem", "k.jwk"] {
                let call = home.authctl(["decrypt", "--key", by, "--json", &token]);
                if (to, by) == ("k.pub.pem", "k.jwk") {
                    // PEM did not say that it is for this algorithm alone.
                    continue;
                }
                let opened = call.check_json();
                assert_eq!(opened["plaintext"], base64url::encode("content"), "{alg}");
                if to == "k.jwks.json" {
                    assert_eq!(opened["encryption"][0]["alg"], alg);
                }
            }
        }
        // J46, J56: it neither signs nor verifies.
        home.authctl(["sign", "--key", "k.jwk", "--exp", "1m"])
            .code(8)
            .stderr_has("the key is not for signatures")
            .check();
    }
}

#[test]
fn secrets_for_encryption_have_the_size_of_their_algorithm() {
    let home = Home::new();
    for (alg, bits, octets) in [
        ("A128KW", None, 16),
        ("A192GCMKW", None, 24),
        ("A256KW", None, 32),
        ("dir", None, 32),
        ("dir", Some("512"), 64),
    ] {
        let call = home.authctl(["keygen", "--alg", alg, "--out", "k", "--force"]);
        let call = match bits {
            Some(bits) => call.args(["--bits", bits]),
            None => call,
        };
        call.stdout_has("secret       k.jwk.json\nalg          ")
            .check();
        let jwk: Value = serde_json::from_str(&home.read("k.jwk.json")).unwrap();
        assert_eq!((&jwk["alg"], &jwk["use"]), (&json!(alg), &json!("enc")));
        let secret = base64url::decode(jwk["k"].as_str().unwrap()).unwrap();
        assert_eq!(secret.len(), octets, "{alg}");
        let token = home
            .authctl(["encrypt", "--key", "k.jwk.json", "content"])
            .run()
            .succeeds();
        home.authctl(["decrypt", "--key", "k.jwk.json", &token])
            .stdout("content")
            .check();
    }
}

#[test]
fn a_key_for_encryption_can_be_had_under_a_passphrase_and_on_stdout() {
    let home = Home::new().with("PASS", "correct-horse");
    let keygen = || home.authctl(["keygen", "--use", "enc", "--crv", "X25519"]);
    let pem = keygen().args(["--out", "-"]).run().succeeds();
    assert!(pem.starts_with("-----BEGIN PRIVATE KEY-----\n"), "{pem}");
    let jwk: Value = serde_json::from_str(
        &keygen()
            .args(["--out", "-", "-o", "jwk", "--kid", "mine"])
            .run()
            .succeeds(),
    )
    .unwrap();
    assert_eq!(
        (&jwk["kid"], &jwk["alg"]),
        (&json!("mine"), &json!("ECDH-ES+A256KW"))
    );
    assert!(jwk["d"].is_string());
    keygen()
        .args(["--out", "k", "--passphrase", "env:PASS"])
        .stdout_has("k.pem")
        .check();
    assert!(
        home.read("k.pem")
            .starts_with("-----BEGIN ENCRYPTED PRIVATE KEY-----\n")
    );
    let token = home
        .authctl(["encrypt", "--key", "k.jwks.json", "content"])
        .run()
        .succeeds();
    home.authctl([
        "decrypt",
        "--key",
        "k.pem",
        "--passphrase",
        "env:PASS",
        &token,
    ])
    .stdout("content")
    .check();
}

#[test]
fn what_is_no_key_for_encryption_is_refused() {
    let home = Home::new();
    for (flags, reason) in [
        (&["--alg", "RSA1_5"][..], "`RSA1_5` is refused"),
        (
            &["--alg", "PBES2-HS256+A128KW"],
            "takes a password, which is chosen and not generated",
        ),
        (
            &["--alg", "dir", "--use", "sig"],
            "dir is for encryption, not for signatures",
        ),
        (
            &["--alg", "ES256", "--use", "enc"],
            "ES256 is for signatures, not for encryption",
        ),
        (
            &["--alg", "ES256", "--crv", "P-384"],
            "the curve of a key for ES256 cannot be chosen",
        ),
        (
            &["--alg", "RSA-OAEP", "--crv", "P-256"],
            "a key for RSA-OAEP is on no curve",
        ),
        (
            &["--alg", "RSA-OAEP", "--bits", "1024"],
            "an RSA key has 2048, 3072, 4096 or 8192 bits, not 1024",
        ),
        (
            &["--alg", "dir", "--bits", "160"],
            "a secret for dir has 128, 192, 256, 384 or 512 bits",
        ),
        (
            &["--use", "enc", "--crv", "secp256k1"],
            "possible values: P-256, P-384, P-521, X25519",
        ),
        (
            &["--alg", "A128KW", "-o", "pem"],
            "a secret for A128KW has no PEM form",
        ),
    ] {
        home.authctl(["keygen"])
            .args(flags)
            .code(2)
            .stderr_has(reason)
            .check();
    }
    assert_eq!(home.names(), [""; 0]);
}
