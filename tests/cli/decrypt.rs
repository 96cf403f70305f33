//! `authctl decrypt`: keys, outputs, nested tokens, and what must be refused
//! (J52 to J54).

use std::io::Write as _;
use std::time::{Duration, Instant};

use authctl::core::jose::base64url;
use aws_lc_rs::aead::{AES_128_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use serde_json::{Value, json};

use crate::bench::refused;
use crate::encrypt::keys;
use crate::fake::{Fake, json as json_answer};
use crate::harness::{Call, Home};
use crate::tokens::{NOW, claims, claims_but, hs256, jwks, key, sign, unsigned};

/// A home with keys, and one that signs, its set in `keys.json`.
struct Nested {
    home: Home,
    signer: authctl::core::jose::SigningKey,
}

impl Nested {
    fn new() -> Self {
        let (home, signer) = (Home::new(), key("ES256"));
        keys(&home);
        home.write("keys.json", jwks(&signer));
        home.write("signer.pem", signer.public_pem().unwrap());
        Self { home, signer }
    }

    fn sign(&self, claims: Value) -> String {
        sign(&self.signer, json!({"typ": "JWT"}), claims)
    }

    /// Encrypts to the key that [`Nested::decrypt`] has.
    fn encrypt(&self, content: impl AsRef<[u8]>) -> String {
        let call = self.home.authctl(["encrypt", "--key", "x25519.pub.pem"]);
        call.stdin(content).run().succeeds()
    }

    fn decrypt(&self) -> Call {
        self.home.authctl(["decrypt", "--key", "x25519.pkcs8.pem"])
    }

    /// As [`Nested::decrypt`], with all that a good token satisfies.
    fn verify(&self) -> Call {
        self.decrypt()
            .args(["--jwks", "keys.json", "--now", &NOW.to_string()])
            .args(["--issuer", "https://as.example", "--audience", "api"])
    }
}

#[test]
fn the_content_comes_out_as_it_went_in() {
    let home = Home::new().with("PASSWORD", "correct horse");
    keys(&home);
    let octets: Vec<u8> = (0..=255).collect();
    home.write("octets", &octets);
    for (to, by) in [
        (["--key", "rsa.pub.pem"], ["--key", "rsa.pem"]),
        (["--key", "ec.pub.pem"], ["--key", "ec.pem"]),
        (["--key", "x25519.pub.pem"], ["--key", "x25519.pkcs8.pem"]),
        (["--secret", "file:secret"], ["--secret", "file:secret"]),
        (
            ["--password", "env:PASSWORD"],
            ["--password", "env:PASSWORD"],
        ),
    ] {
        let token = home
            .authctl(["encrypt", "@octets"])
            .args(to)
            .run()
            .succeeds();
        let done = home.authctl(["decrypt", &token]).args(by).run();
        assert_eq!(done.0.stdout, octets, "{by:?}: {}", done.stderr());
        assert_eq!(done.stderr(), "");
        let call = home.authctl(["decrypt", "--json"]).args(by);
        let shown = call.stdin(format!("Bearer {token}\n")).check_json();
        assert_eq!(shown["plaintext"], base64url::encode(&octets));
        assert_eq!(shown["encryption"][0]["alg"], shown["header"]["alg"]);
    }
}

#[test]
fn x25519_keys_of_openssl_decrypt_in_every_form() {
    let home = Home::new().with("PASSPHRASE", "correct-horse");
    keys(&home);
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/vectors/openssl/");
    let token = home
        .authctl(["encrypt", "--key", "x25519.pub.pem", "payload"])
        .run()
        .succeeds();
    for file in ["x25519.pkcs8.pem", "x25519.der", "x25519.pbkdf2.pem"] {
        let path = format!("{folder}{file}");
        home.authctl(["decrypt", "--key", &path, &token])
            .args(["--passphrase", "env:PASSPHRASE"])
            .stdout("payload")
            .check();
    }
    let path = format!("{folder}x25519.pbkdf2.pem");
    let call = home.authctl(["decrypt", "--json", "--no-input", "--key", &path, &token]);
    assert_eq!(call.code(4).check_error()["exit_code"], 4);
}

#[cfg(unix)]
#[test]
fn p1_the_content_is_escaped_on_a_terminal() {
    let nested = Nested::new();
    let token = nested.encrypt("a\u{1b}]0;title\u{7}b\n\u{202e}c");
    let seen = nested.decrypt().arg(&token).on_terminal();
    assert_eq!(seen, "a\\u001b]0;title\\u0007b\n\\u202ec\n");
}

#[test]
fn a_jwt_in_it_is_verified_where_keys_are_named() {
    let nested = Nested::new();
    let token = nested.encrypt(nested.sign(claims()));
    nested
        .verify()
        .arg(&token)
        .stdout(
            "\
decrypted: ECDH-ES+A256KW, A256GCM by x25519.pkcs8.pem
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
    nested
        .verify()
        .args(["-o", "claims", &token])
        .stdout(claims().to_string() + "\n")
        .check();
    let found = nested.verify().args(["--json", &token]).check_json();
    assert_eq!(
        found,
        json!({
            "valid": true,
            "header": {"alg": "ES256", "typ": "JWT", "kid": "k1"},
            "claims": claims(),
            "key": {"alg": "ES256", "kid": "k1", "source": "keys.json"},
            "expires_at": "2027-01-15T08:50:00Z",
            "warnings": [],
            "encryption": [{"alg": "ECDH-ES+A256KW", "enc": "A256GCM", "kid": null,
                "source": "x25519.pkcs8.pem"}],
        })
    );
    // By one key, and through two layers.
    let twice = nested.encrypt(&token);
    let call = nested
        .decrypt()
        .args(["--verify-key", "signer.pem", "--now"]);
    let call = call.args([&NOW.to_string(), "--json"]).stdin(&twice);
    let found = call.stderr_has("not checked").check_json();
    assert_eq!(found["encryption"].as_array().unwrap().len(), 2);
}

#[test]
fn the_jwt_in_it_is_refused_as_verify_would() {
    let nested = Nested::new();
    for (inner, reasons) in [
        (
            nested.sign(claims_but(json!({"exp": NOW}))),
            &["expired"][..],
        ),
        (
            nested.sign(claims_but(json!({"aud": "other", "iss": null}))),
            &["iss_missing", "aud"],
        ),
        (sign(&key("ES256"), json!({}), claims()), &["signature"]),
        (
            hs256(
                nested.home.read("signer.pem").as_bytes(),
                r#"{"alg":"HS256","kid":"k1"}"#,
                claims(),
            ),
            &["key_algorithm"],
        ),
    ] {
        refused(nested.verify(), nested.encrypt(&inner), reasons, &inner);
    }
    let token = nested.encrypt(nested.sign(claims()));
    let call = nested.verify().args(["--verify-alg", "RS256"]);
    refused(call, &token, &["alg_not_allowed"], "--verify-alg");
    let call = nested.verify().args(["--alg", "dir,RSA-OAEP"]);
    refused(call, &token, &["alg_not_allowed"], "--alg");
}

/// J1, CVE-2026-29000: whoever has the public key can make one.
#[test]
fn j1_a_jwt_in_it_that_nobody_signed_is_refused_without_keys_too() {
    let nested = Nested::new();
    for header in [
        r#"{"alg":"none"}"#,
        r#"{"alg":" none"}"#,
        r#"{"typ":"JWT"}"#,
    ] {
        let inner = unsigned(header, claims().to_string(), b"");
        let token = nested.encrypt(&inner);
        refused(nested.decrypt(), &token, &["alg_none"], header);
        let outer = nested.decrypt().args(["--outer", &token]);
        outer.stdout(&inner).stderr_has("NOT verified").check();
    }
}

#[test]
fn without_keys_the_jwt_in_it_is_printed_and_not_called_good() {
    let nested = Nested::new();
    let inner = nested.sign(claims());
    let token = nested.encrypt(&inner);
    nested
        .decrypt()
        .arg(&token)
        .stdout(&inner)
        .stderr("warning: signature: NOT verified; name keys to verify it by with --issuer, --jwks or --verify-key\n")
        .check();
    let call = nested.decrypt().args(["--json", &token]);
    let found = call.stderr_has("NOT verified").check_json();
    assert_eq!(found["signature_verified"], false);
    assert_eq!(found["plaintext"], base64url::encode(&inner));
    // Checks without keys would check nothing.
    for arguments in [
        &["--audience", "api"][..],
        &["--require", "sub"],
        &["--now", "1"],
        &["--verify-alg", "ES256"],
        &["-o", "claims"],
        &["--outer", "--jwks", "keys.json"],
    ] {
        let call = nested.decrypt().args(arguments).args(["--json", &token]);
        let call = match arguments[0] {
            "-o" => nested.decrypt().args(arguments).arg(&token),
            _ => call,
        };
        let done = call.run();
        assert_eq!(done.0.status.code(), Some(2), "{arguments:?}");
        assert_eq!(done.stdout(), "", "{arguments:?}");
    }
}

#[test]
fn j52_what_nobody_signed_does_not_pass() {
    let nested = Nested::new();
    // CVE-2026-29000: a JWE around an unsigned JWT, made with our public key.
    for alg in ["none", "None", "NONE"] {
        let header = json!({"alg": alg, "typ": "JWT"}).to_string();
        let inner = unsigned(&header, claims().to_string(), b"");
        let token = nested.encrypt(&inner);
        refused(nested.decrypt(), &token, &["alg_none"], alg);
        refused(nested.verify(), &token, &["alg_none"], alg);
        let call = nested.decrypt().args(["--outer", &token]);
        call.stdout(&inner).stderr_has("NOT verified").check();
    }
    // What is in it can be of another recipient.
    let inner = nested.home.authctl(["encrypt", "--key", "rsa.pub.pem"]);
    let inner = inner.stdin("for another").run().succeeds();
    let token = nested.encrypt(&inner);
    nested
        .decrypt()
        .arg(&token)
        .code(3)
        .stderr(
            "\
error: the token in it is not opened
  why: the token is refused
       RSA-OAEP-256 needs an RSA key, this is a key on X25519
 hint: see it as it is with --outer
",
        )
        .check();
    let outer = nested.decrypt().args(["--outer", &token]);
    outer.stdout(&inner).check();
    // Claims that are encrypted and not signed.
    let token = nested.encrypt(claims().to_string());
    refused(nested.verify(), &token, &["not_signed"], "bare claims");
    nested
        .decrypt()
        .arg(&token)
        .stdout(claims().to_string())
        .check();
    // A JWE is no signed token to `verify`.
    let token = nested.encrypt(nested.sign(claims()));
    let verify = || nested.home.authctl(["verify", "--key"]);
    for key in ["x25519.pub.pem", "rsa.pub.pem", "signer.pem"] {
        let done = verify().args([key, &token]).run();
        let expected = if key.starts_with("x25519") { 8 } else { 3 };
        assert_eq!(done.0.status.code(), Some(expected), "{key}");
        assert_eq!(done.stdout(), "", "{key}");
    }
    refused(
        nested.home.authctl(["verify", "--jwks", "keys.json"]),
        &token,
        &["token_malformed"],
        "verify",
    );
}

#[test]
fn j52_layers_are_opened_so_far() {
    let nested = Nested::new();
    let mut token = nested.sign(claims());
    for _ in 0..12 {
        token = nested.encrypt(&token);
    }
    let begin = Instant::now();
    refused(nested.decrypt(), &token, &["nested_too_deep"], "12 deep");
    refused(nested.verify(), &token, &["nested_too_deep"], "12 deep");
    assert!(begin.elapsed() < Duration::from_secs(5));
}

/// Puts a JWE together with any header; the rest is of the right lengths.
fn forged(header: &str) -> String {
    let parts: [&[u8]; 5] = [
        header.as_bytes(),
        &[1; 24],
        &[2; 12],
        b"ciphertext",
        &[3; 16],
    ];
    parts.map(base64url::encode).join(".")
}

#[test]
fn j53_costly_passwords_are_refused_in_time() {
    let home = Home::new().with("PASSWORD", "correct horse");
    let decrypt = || home.authctl(["decrypt", "--password", "env:PASSWORD"]);
    let header = |p2c: &str| {
        format!(
            r#"{{"alg":"PBES2-HS512+A256KW","enc":"A128GCM","p2s":"{}","p2c":{p2c}}}"#,
            base64url::encode([7; 16])
        )
    };
    for p2c in [
        "2147483647",
        "50000000",
        "0",
        "-1",
        "\"4096\"",
        "18446744073709551616",
        "1000001",
    ] {
        let begin = Instant::now();
        refused(decrypt(), forged(&header(p2c)), &["p2c"], p2c);
        assert!(begin.elapsed() < Duration::from_secs(2), "{p2c}");
    }
    // The most that is done.
    let begin = Instant::now();
    refused(
        decrypt(),
        forged(&header("1000000")),
        &["decryption"],
        "cap",
    );
    assert!(begin.elapsed() < Duration::from_secs(10));
}

/// Encrypts by `dir` and A128GCM under `0123456789abcdef`, whatever the header
/// says.
fn sealed(header: &str, mut content: Vec<u8>) -> String {
    let header = base64url::encode(header);
    let key = UnboundKey::new(&AES_128_GCM, b"0123456789abcdef").unwrap();
    let tag = LessSafeKey::new(key)
        .seal_in_place_separate_tag(
            Nonce::assume_unique_for_key([0; 12]),
            Aad::from(header.as_bytes()),
            &mut content,
        )
        .unwrap();
    let rest: [&[u8]; 4] = [b"", &[0; 12], &content, tag.as_ref()];
    format!("{header}.{}", rest.map(base64url::encode).join("."))
}

fn deflated(content: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(content).unwrap();
    encoder.finish().unwrap()
}

#[test]
fn j54_a_bomb_is_refused_in_time_and_memory() {
    let home = Home::new();
    keys(&home);
    let header = r#"{"alg":"dir","enc":"A128GCM","zip":"DEF"}"#;
    let bomb = sealed(header, deflated(&vec![0; 64 << 20]));
    assert!(bomb.len() < 100_000);
    let decrypt = || home.authctl(["decrypt", "--secret", "file:secret"]);
    let begin = Instant::now();
    refused(decrypt(), &bomb, &["zip"], "64 MiB of zeros");
    assert!(begin.elapsed() < Duration::from_secs(3));
    #[cfg(target_os = "linux")]
    {
        home.write("bomb", &bomb);
        let authctl = env!("CARGO_BIN_EXE_authctl");
        let bounded = std::process::Command::new("sh")
            .args([
                "-c",
                "ulimit -v 524288; exec \"$0\" decrypt --json --secret file:secret @bomb",
            ])
            .arg(authctl)
            .current_dir(home.path())
            .output()
            .unwrap();
        assert_eq!(bounded.status.code(), Some(3));
    }
    let whole = sealed(header, deflated(b"a payload"));
    decrypt().stdin(&whole).stdout("a payload").check();
    for (content, what) in [
        (b"not deflated".to_vec(), "no stream"),
        ([deflated(b"a"), deflated(b"b")].concat(), "two streams"),
    ] {
        refused(decrypt(), sealed(header, content), &["zip"], what);
    }
    for zip in ["\"GZIP\"", "1", "\"def\""] {
        let header = format!(r#"{{"alg":"dir","enc":"A128GCM","zip":{zip}}}"#);
        let token = sealed(&header, deflated(b"a payload"));
        refused(decrypt(), token, &["zip"], zip);
    }
}

#[test]
fn what_fails_behind_the_key_is_one_failure() {
    let nested = Nested::new();
    let token = nested.encrypt("payload");
    let parts: Vec<&str> = token.split('.').collect();
    let mut errors = Vec::new();
    for at in 1..5 {
        let mut changed: Vec<String> = parts.iter().map(ToString::to_string).collect();
        let mut octets = base64url::decode(parts[at]).unwrap();
        octets[0] ^= 1;
        changed[at] = base64url::encode(octets);
        let call = nested.decrypt().args(["--json", &changed.join(".")]);
        errors.push(call.code(3).check_error());
    }
    assert_eq!(errors[0]["failures"][0]["code"], "decryption");
    assert!(errors.iter().all(|error| *error == errors[0]), "{errors:?}");
    // Another key, too.
    let call = nested
        .home
        .authctl(["decrypt", "--json", "--key", "other.pem"]);
    let other = authctl_x25519();
    nested.home.write("other.pem", other);
    let error = call.arg(&token).code(3).check_error();
    assert_eq!(error, errors[0]);
}

/// Returns another X25519 key, as a JWK.
fn authctl_x25519() -> String {
    use aws_lc_rs::agreement::{PrivateKey, X25519};
    let scalar = [9; 32];
    let key = PrivateKey::from_private_key(&X25519, &scalar).unwrap();
    let public = key.compute_public_key().unwrap();
    json!({"kty": "OKP", "crv": "X25519", "x": base64url::encode(public.as_ref()),
        "d": base64url::encode(scalar)})
    .to_string()
}

#[test]
fn what_is_no_jwe_is_malformed() {
    let nested = Nested::new();
    let signed = nested.sign(claims());
    nested
        .decrypt()
        .arg(&signed)
        .code(3)
        .stderr_has("it has 3 parts between dots, an encrypted token (JWE) has 5")
        .stderr_has("a signed token is verified with `authctl verify`")
        .check();
    let token = nested.encrypt("payload");
    let parts: Vec<&str> = token.split('.').collect();
    for wrong in [
        "",
        "a",
        "....",
        &format!("{token}."),
        &format!("{token}="),
        &token.replacen('.', ". ", 1),
        &parts[..4].join("."),
        r#"{"protected":"e30","ciphertext":"AA"}"#,
    ] {
        refused(nested.decrypt(), wrong, &["token_malformed"], wrong);
    }
}

#[test]
fn keys_that_cannot_decrypt_are_refused_by_what_they_are() {
    let nested = Nested::new();
    let token = nested.encrypt("payload");
    let home = &nested.home;
    home.write("ed.pem", key("EdDSA").to_pkcs8_pem().unwrap().expose());
    home.write("sig.jwk", key("RS256").private_jwk().unwrap().expose());
    for (arguments, code, exit) in [
        (&["--key", "x25519.pub.pem"][..], "key_use", 8),
        (&["--key", "ed.pem"], "key_unsupported", 8),
        (&["--key", "sig.jwk"], "key_use", 8),
        (&["--secret", "file:rsa.pem"], "secret_is_a_key", 8),
        (&["--key", "rsa.pem"], "token_refused", 3),
        (&["--secret", "file:secret"], "token_refused", 3),
        (&[], "usage", 2),
    ] {
        let call = home.authctl(["decrypt", "--json", &token]);
        let error = call.args(arguments).code(exit).check_error();
        assert_eq!(error["error"], code, "{arguments:?}: {error}");
    }
    home.authctl(["decrypt", "--key", "-"])
        .stdin("x")
        .code(2)
        .stderr_has("standard input cannot be both the token and the key")
        .check();
}

#[test]
fn j21_the_kid_selects_in_a_set() {
    let home = Home::new();
    let oct = |kid: &str, octet: u8| json!({"kty": "oct", "k": base64url::encode([octet; 32]), "kid": kid});
    home.write("a.jwk", oct("a", 1).to_string());
    let set = json!({"keys": [oct("a", 1), oct("b", 2)]});
    home.write("set.json", set.to_string());
    home.write("others.json", json!({"keys": [oct("b", 1)]}).to_string());
    let token = home
        .authctl(["encrypt", "--key", "a.jwk", "payload"])
        .run()
        .succeeds();
    let decrypt = |set: &str| home.authctl(["decrypt", "--key", set]);
    decrypt("set.json").arg(&token).stdout("payload").check();
    refused(decrypt("others.json"), &token, &["unknown_kid"], "other");
    // The user's word goes before the token's.
    decrypt("others.json")
        .args(["--kid", "b", &token])
        .stdout("payload")
        .check();
    let call = decrypt("set.json").args(["--kid", "b"]);
    refused(call, &token, &["decryption"], "the other key");
}

#[test]
fn hints_name_the_flags_of_this_command() {
    let nested = Nested::new();
    let token = nested.encrypt(nested.sign(claims()));
    let server = Fake::new(|request| {
        let issuer = format!("http://{}", request.host);
        json_answer(200, &format!(r#"{{"issuer":"{issuer}"}}"#))
    });
    nested
        .decrypt()
        .args(["--issuer", &server.issuer(), &token])
        .code(8)
        .stderr_has("cannot find the keys of the server")
        .stderr_has("hint: name them with --jwks, --verify-key or --verify-secret\n")
        .check();
}
