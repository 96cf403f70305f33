//! `authctl keygen`.

use authctl::core::jose::jwt::{self, Rules};
use authctl::core::jose::{Keys, Selection, SigningKey, pem};
use authctl::core::secret::Secret;
use authctl::core::time::Timestamp;
use serde_json::{Value, json};

use crate::harness::Home;
use crate::tokens::{NOW, PRIVATE_MEMBERS, claims, sign};

/// Verifies with one key file what another signed.
pub fn signs(private: &[u8], public: &[u8], passphrase: Option<&Secret>) {
    let key = SigningKey::from_document(private, &Selection::default(), passphrase).unwrap();
    let token = sign(&key, json!({}), claims());
    let keys = Keys::key(public, None).unwrap();
    let rules = Rules {
        allow_missing_exp: true,
        ..Rules::default()
    };
    jwt::verify(&token, &keys, &rules, Timestamp(NOW)).unwrap();
}

#[cfg(unix)]
pub fn mode(home: &Home, name: &str) -> u32 {
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::metadata(home.path().join(name))
        .unwrap()
        .permissions()
        .mode()
        & 0o7777
}

#[test]
fn by_default_an_es256_key_pair_goes_into_three_files_named_after_it() {
    let home = Home::new();
    let output = home
        .authctl(["keygen"])
        .stdout_has("alg          ES256\n")
        .check();
    let names = home.names();
    let [set, private, public] = &names[..] else {
        panic!("three files: {names:?}");
    };
    let set: Value = serde_json::from_str(&home.read(set)).unwrap();
    let kid = set["keys"][0]["kid"].as_str().unwrap();
    let prefix = format!("ES256-{}", &kid[..8]);
    assert_eq!(*private, format!("{prefix}.pem"));
    assert_eq!(*public, format!("{prefix}.pub.pem"));
    assert_eq!(
        output.stdout(),
        format!(
            "\
private key  {prefix}.pem
public key   {prefix}.pub.pem
JWK Set      {prefix}.jwks.json
alg          ES256
kid          {kid}
"
        )
    );
    let key = &set["keys"][0];
    assert_eq!(
        (&key["kty"], &key["crv"], &key["alg"], &key["use"]),
        (
            &json!("EC"),
            &json!("P-256"),
            &json!("ES256"),
            &json!("sig")
        )
    );
}

#[test]
fn j57_what_is_written_signs_and_verifies_and_keeps_its_secrets() {
    for (algorithm, bits) in [
        ("ES256", None),
        ("ES384", None),
        ("ES512", None),
        ("ES256K", None),
        ("EdDSA", None),
        ("Ed25519", None),
        ("ML-DSA-44", None),
        ("ML-DSA-65", None),
        ("ML-DSA-87", None),
        ("RS256", None),
        ("PS256", Some("2048")),
        ("RS512", Some("3072")),
    ] {
        let home = Home::new();
        let mut call = home.authctl(["keygen", "--alg", algorithm, "--out", "k", "--json"]);
        if let Some(bits) = bits {
            call = call.args(["--bits", bits]);
        }
        let found = call.check_json();
        let (private, public, set) = (
            home.read("k.pem"),
            home.read("k.pub.pem"),
            home.read("k.jwks.json"),
        );
        assert!(
            private.starts_with("-----BEGIN PRIVATE KEY-----\n"),
            "{algorithm}"
        );
        assert!(
            public.starts_with("-----BEGIN PUBLIC KEY-----\n"),
            "{algorithm}"
        );
        signs(private.as_bytes(), public.as_bytes(), None);
        let set: Value = serde_json::from_str(&set).unwrap();
        for member in PRIVATE_MEMBERS {
            assert_eq!(set["keys"][0].get(member), None, "{algorithm} {member}");
            assert_eq!(
                found["public_jwk"].get(member),
                None,
                "{algorithm} {member}"
            );
        }
        // The kid is the thumbprint.
        let key =
            SigningKey::from_document(private.as_bytes(), &Selection::default(), None).unwrap();
        assert_eq!(set["keys"][0]["kid"], key.kid());
        assert_eq!(
            found,
            json!({
                "kid": key.kid(),
                "alg": algorithm,
                "files": {"private_key": "k.pem", "public_key": "k.pub.pem", "jwks": "k.jwks.json"},
                "public_jwk": set["keys"][0],
            })
        );
        #[cfg(unix)]
        assert_eq!(mode(&home, "k.pem"), 0o600, "{algorithm}");
    }
}

#[test]
fn it_says_how_to_sign_what_the_set_names() {
    for (algorithm, flags) in [
        ("Ed25519", " --alg Ed25519"),
        ("PS256", " --alg PS256"),
        ("ES256", " --kid mine"),
    ] {
        let home = Home::new();
        let mut keygen = vec!["keygen", "--alg", algorithm, "--out", "k"];
        if flags.ends_with("mine") {
            keygen.extend(["--kid", "mine"]);
        }
        let said = format!("authctl sign --key k.pem{flags}");
        home.authctl(keygen)
            .stdout_has(format!("sign with    {said}\n"))
            .check();
        let sign = said.split(' ').skip(1).chain(["--exp", "5m"]);
        let token = home
            .authctl(sign)
            .stdout_has("ey")
            .check()
            .stdout()
            .to_owned();
        home.authctl(["verify", "--jwks", "k.jwks.json", "-o", "claims", "-q", "-"])
            .stdin(&token)
            .stdout_has("\"exp\"")
            .stderr_has("not checked")
            .check();
    }
}

#[test]
fn the_files_serve_verify() {
    let home = Home::new();
    home.authctl(["keygen", "--alg", "EdDSA", "--out", "k", "--kid", "mine"])
        .stdout_has("kid          mine\n")
        .check();
    let key = SigningKey::from_document(home.read("k.pem").as_bytes(), &Selection::default(), None)
        .unwrap();
    let token = sign(&key.with_kid("mine"), json!({}), claims());
    let now = NOW.to_string();
    for source in [
        ["--jwks", "k.jwks.json"],
        ["--key", "k.pub.pem"],
        ["--key", "k.pem"],
    ] {
        home.authctl([
            "verify",
            "--issuer",
            "https://as.example",
            "--audience",
            "api",
            "--now",
            &now,
        ])
        .args(source)
        .arg(&token)
        .stdout_has("verified: EdDSA")
        .check();
    }
}

#[test]
fn a_secret_is_one_file_with_no_public_part() {
    let home = Home::new();
    for (algorithm, bits, octets) in [
        ("HS256", None, 32),
        ("HS384", None, 48),
        ("HS512", Some("1024"), 128),
    ] {
        let mut call = home.authctl(["keygen", "--alg", algorithm, "--out", algorithm]);
        if let Some(bits) = bits {
            call = call.args(["--bits", bits]);
        }
        let name = format!("{algorithm}.jwk.json");
        call.stdout_has(format!("secret       {name}\nalg          {algorithm}\n"))
            .check();
        let jwk: Value = serde_json::from_str(&home.read(&name)).unwrap();
        assert_eq!(jwk["kty"], "oct");
        let secret = authctl::core::jose::base64url::decode(jwk["k"].as_str().unwrap()).unwrap();
        assert_eq!(secret.len(), octets);
        #[cfg(unix)]
        assert_eq!(mode(&home, &name), 0o600);
        signs(
            home.read(&name).as_bytes(),
            home.read(&name).as_bytes(),
            None,
        );
    }
    assert_eq!(
        home.names(),
        ["HS256.jwk.json", "HS384.jwk.json", "HS512.jwk.json"]
    );
    let found = home
        .authctl(["keygen", "--alg", "HS256", "--out", "s", "--json"])
        .check_json();
    assert_eq!(found["files"], json!({"secret": "s.jwk.json"}));
    assert_eq!(found.get("public_jwk"), None);
}

#[test]
fn with_a_dash_the_private_key_is_printed_and_no_file_written() {
    let home = Home::new();
    let output = home
        .authctl(["keygen", "--out", "-"])
        .stdout_has("-----BEGIN PRIVATE KEY-----\n")
        .check();
    let key = SigningKey::from_document(&output.0.stdout, &Selection::default(), None).unwrap();
    assert_eq!(key.algorithm().name(), "ES256");

    let jwk = home
        .authctl(["keygen", "--out", "-", "-o", "jwk", "--alg", "RS256"])
        .check_json();
    for member in [
        "kty", "n", "e", "d", "p", "q", "dp", "dq", "qi", "kid", "alg", "use",
    ] {
        assert!(jwk[member].is_string(), "{member}");
    }
    let secret = home
        .authctl(["keygen", "--out", "-", "--alg", "HS256"])
        .check_json();
    assert_eq!(secret["kty"], "oct");
    assert!(secret["k"].is_string());

    let all = home
        .authctl(["keygen", "--out", "-", "--json"])
        .check_json();
    assert!(all["private_jwk"]["d"].is_string());
    assert_eq!(all["public_jwk"].get("d"), None);
    assert_eq!(all.get("files"), None);
    assert!(home.names().is_empty());
}

#[test]
fn a_format_shows_the_public_key_of_files() {
    let home = Home::new();
    let output = home
        .authctl(["keygen", "--out", "a", "-o", "pem"])
        .stdout_has("PUBLIC")
        .check();
    assert_eq!(output.0.stdout, home.read("a.pub.pem").as_bytes());
    let jwk = home
        .authctl(["keygen", "--out", "b", "-o", "jwk"])
        .check_json();
    let set: Value = serde_json::from_str(&home.read("b.jwks.json")).unwrap();
    assert_eq!(jwk, set["keys"][0]);
}

#[test]
fn a_printed_private_key_is_masked_in_github_actions() {
    let home = Home::new();
    let keygen = || {
        home.authctl(["keygen", "--out", "-"])
            .env("GITHUB_ACTIONS", "true")
    };
    let output = keygen()
        .stdout_has("PRIVATE")
        .stderr_has("::add-mask::")
        .check();
    let stderr = output.stderr();
    let masked: Vec<_> = stderr
        .lines()
        .filter_map(|line| line.strip_prefix("::add-mask::"))
        .collect();
    let pem = output.stdout();
    let lines: Vec<_> = pem.lines().filter(|line| !line.starts_with('-')).collect();
    assert_eq!(masked, lines);

    let output = keygen()
        .args(["-o", "jwk"])
        .stdout_has("{")
        .stderr_has("::add-mask::")
        .check();
    let jwk: Value = serde_json::from_slice(&output.0.stdout).unwrap();
    assert_eq!(
        output.stderr(),
        format!("::add-mask::{}\n", jwk["d"].as_str().unwrap())
    );
    // What goes into a file is not printed.
    home.authctl(["keygen", "--out", "k"])
        .env("GITHUB_ACTIONS", "true")
        .stdout_has("k.pem")
        .check();
}

#[test]
fn a_passphrase_encrypts_the_private_key() {
    let home = Home::new();
    home.authctl(["keygen", "--out", "k", "--passphrase", "env:P"])
        .env("P", "correct horse")
        .stdout_has("k.pem")
        .check();
    let private = home.read("k.pem");
    assert!(private.starts_with("-----BEGIN ENCRYPTED PRIVATE KEY-----\n"));
    signs(
        private.as_bytes(),
        home.read("k.pub.pem").as_bytes(),
        Some(&Secret::new("correct horse")),
    );
    let wrong = SigningKey::from_document(
        private.as_bytes(),
        &Selection::default(),
        Some(&Secret::new("battery staple")),
    );
    assert_eq!(
        authctl::core::error::Report::code(&wrong.unwrap_err()),
        "passphrase"
    );
    // A prompt that is forbidden.
    home.authctl(["keygen", "--out", "p", "--passphrase"])
        .env("AUTHCTL_NO_INPUT", "1")
        .code(4)
        .stderr_has("hint: name it: `--passphrase env:NAME`")
        .check();
    // H1
    let literal = home
        .authctl(["keygen", "--passphrase", "hunter2"])
        .code(2)
        .stderr_has("env:NAME")
        .check();
    assert!(!literal.stderr().contains("hunter2"));
    assert_eq!(home.names().len(), 3);
    const { assert!(pem::ITERATIONS >= 600_000) };
}

#[cfg(unix)]
#[test]
fn a_passphrase_is_asked_for_twice_and_not_shown() {
    use crate::prompts::{on_a_terminal, to_the_end};
    use expectrl::Expect as _;
    let home = Home::new();
    for (first, second, code, said) in [
        ("correct horse", "correct horse", 0, "private key  k.pem"),
        (
            "correct horse",
            "correct house",
            2,
            "the two passphrases differ",
        ),
        ("", "", 2, "an empty passphrase protects nothing"),
    ] {
        let call = home.authctl(["keygen", "--out", "k", "--force", "--passphrase"]);
        let mut session = on_a_terminal(call.env("NO_COLOR", "1"));
        session.expect("Passphrase for the key: ").unwrap();
        session.send_line(first).unwrap();
        if !first.is_empty() {
            session.expect("The passphrase again: ").unwrap();
            session.send_line(second).unwrap();
        }
        let (text, ended) = to_the_end(&mut session);
        assert_eq!(ended, code, "{text}");
        assert!(text.contains(said), "{text}");
        assert!(!text.contains("correct"), "{text}");
    }
    signs(
        home.read("k.pem").as_bytes(),
        home.read("k.pub.pem").as_bytes(),
        Some(&Secret::new("correct horse")),
    );
}

#[test]
fn what_cannot_be_made_is_a_usage_error_and_leaves_nothing() {
    let home = Home::new();
    for (flags, reason) in [
        (&["--alg", "none"][..], "`none` is not offered"),
        (&["--alg", "es256"], "expected one of HS256,"),
        (
            &["--alg", "RS256", "--bits", "1024"],
            "an RSA key has 2048, 3072, 4096 or 8192 bits, not 1024",
        ),
        (
            &["--alg", "PS512", "--bits", "16384"],
            "an RSA key has 2048, 3072, 4096 or 8192 bits, not 16384",
        ),
        (
            &["--alg", "RS256", "--bits", "2049"],
            "an RSA key has 2048, 3072, 4096 or 8192 bits, not 2049",
        ),
        (
            &["--alg", "RS256", "--bits", "2049", "--passphrase"],
            "an RSA key has 2048, 3072, 4096 or 8192 bits, not 2049",
        ),
        (
            &["--alg", "ML-DSA-65", "--bits", "65"],
            "a key for ML-DSA-65 has one size, which cannot be chosen",
        ),
        (&["--alg", "RS256", "--bits=-1"], "--bits"),
        (
            &["--alg", "ES256", "--bits", "256"],
            "a key for ES256 has one size, which cannot be chosen",
        ),
        (
            &["--alg", "HS256", "--bits", "128"],
            "a secret for HS256 has 256 to 4096 bits",
        ),
        (
            &["--alg", "HS256", "-o", "pem"],
            "a secret for HS256 has no PEM form",
        ),
        (
            &["--alg", "HS256", "-o", "jwk"],
            "a secret for HS256 has no public key to print",
        ),
        (
            &["--alg", "HS256", "--passphrase", "env:P"],
            "cannot be encrypted under a passphrase",
        ),
        (
            &["--out", "-", "-o", "jwk", "--passphrase", "env:P"],
            "only PEM can be encrypted under a passphrase",
        ),
        (&["--kid", ""], "--kid"),
    ] {
        home.authctl(["keygen"])
            .args(flags)
            .code(2)
            .stderr_has(reason)
            .check();
    }
    assert!(home.names().is_empty());
}
