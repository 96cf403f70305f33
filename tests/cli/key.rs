//! `authctl key inspect`.

use serde_json::{Value, json};

use crate::harness::{Call, Home};

/// A key file that OpenSSL or OpenSSH wrote, and its name.
macro_rules! key_file {
    ($name:literal) => {
        (
            $name,
            include_bytes!(concat!("../vectors/openssl/", $name)).as_slice(),
        )
    };
}
pub(crate) use key_file;

pub type File = (&'static str, &'static [u8]);

/// One key in all its forms, and what its form is called.
const EC256: [(File, &str, &str); 9] = [
    (
        key_file!("ec256.pub.pem"),
        "PEM, SubjectPublicKeyInfo",
        "public",
    ),
    (
        key_file!("ec256.pub.der"),
        "DER, SubjectPublicKeyInfo",
        "public",
    ),
    (
        key_file!("ec256.cert.pem"),
        "PEM, X.509 certificate",
        "public",
    ),
    (
        key_file!("ec256.cert.der"),
        "DER, X.509 certificate",
        "public",
    ),
    (key_file!("ec256.ssh.pub"), "OpenSSH public key", "public"),
    (key_file!("ec256.pkcs8.pem"), "PEM, PKCS#8", "private"),
    (key_file!("ec256.sec1.pem"), "PEM, SEC 1", "private"),
    (key_file!("ec256.der"), "DER, SEC 1", "private"),
    (
        key_file!("ec256.scrypt.pem"),
        "PEM, encrypted PKCS#8",
        "private",
    ),
];

fn inspect(home: &Home, (name, octets): File) -> Call {
    home.write(name, octets);
    home.authctl(["key", "inspect", name])
}

/// The object of `-o json`.
pub fn object(home: &Home, file: File) -> Value {
    inspect(home, file).arg("--json").check_json()
}

fn of_jwk(home: &Home, jwk: &Value) -> Value {
    home.authctl(["key", "inspect", "-", "--json"])
        .stdin(jwk.to_string())
        .check_json()
}

#[test]
fn a_key_is_described() {
    let home = Home::new();
    inspect(&home, key_file!("ec256.pub.pem"))
        .stdout(
            "\
key           EC P-256, public
form          PEM, SubjectPublicKeyInfo
thumbprint    lAA6fsjltVUeKjZmuURb_7_gmvyhbJqwqRSBCdYK4bg
SPKI SHA-256  ee5b48e98859bd279cc208a8fd7223ce0c9336dcb9172cb85f4aba4dd4f48cd2
OpenSSH       SHA256:Fz/OoV+Pa04lghp6c4VDX5P4CZecU7xwYMWD5fVuVNk
verifies      ES256
encrypts      ECDH-ES, ECDH-ES+A128KW, ECDH-ES+A192KW, ECDH-ES+A256KW
",
        )
        .check();
    assert_eq!(
        object(&home, key_file!("rsa-e3.pkcs8.pem")),
        json!({
            "part": "private",
            "kty": "RSA",
            "bits": 2048,
            "encoding": "pem",
            "structure": "pkcs8",
            "encrypted": false,
            "thumbprint": "rL4De-4k7mngTeHmW8jmtPLcV1iZLFhqpzsW4OENPr0",
            "spki_sha256": "4d51001e4d3b5506806ed6a20b1b5c07d1836b2f9e598d3d74c60f9038165216",
            "openssh_fingerprint": "SHA256:QeZxznv28tYSohbVpkIOLFOJ14ZKjImPdd1JLikcG7k",
            "signs": ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512"],
            "verifies": ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512"],
            "encrypts": ["RSA-OAEP", "RSA-OAEP-256", "RSA-OAEP-384", "RSA-OAEP-512"],
            "decrypts": ["RSA-OAEP", "RSA-OAEP-256", "RSA-OAEP-384", "RSA-OAEP-512"],
            "fault": null,
            "warnings": [{
                "code": "rsa_exponent",
                "message": "the RSA exponent is 3; 65537 is usual, and less is not good practice (FIPS 186-5)",
            }],
            "public_jwk": object(&home, key_file!("rsa-e3.pkcs8.pem"))["public_jwk"],
        })
    );
}

#[test]
fn every_form_is_told_and_is_the_same_key() {
    let home = Home::new().with("PASSPHRASE", "correct-horse");
    for (file, form, part) in EC256 {
        let call = inspect(&home, file).args(["--passphrase", "env:PASSPHRASE"]);
        call.stdout_has(format!("form          {form}\n"))
            .stdout_has(format!("key           EC P-256, {part}\n"))
            .check();
        let found = inspect(&home, file)
            .args(["--passphrase", "env:PASSPHRASE", "-o", "json"])
            .check_json();
        assert_eq!(
            found["thumbprint"], "lAA6fsjltVUeKjZmuURb_7_gmvyhbJqwqRSBCdYK4bg",
            "{form}"
        );
        assert_eq!(found["encrypted"], form.contains("encrypted"), "{form}");
        let signs = match part {
            "private" => json!(["ES256"]),
            _ => json!([]),
        };
        assert_eq!(found["signs"], signs, "{form}");
        assert_eq!(found["fault"], Value::Null, "{form}");
    }
}

#[test]
fn j16_a_key_that_is_unfit_is_described_with_the_reason() {
    let home = Home::new();
    for (file, kty, of_a_kind, bits, code) in [
        (
            key_file!("rsa1024.pub.pem"),
            "RSA",
            Value::Null,
            json!(1024),
            "key_weak",
        ),
        (
            key_file!("rsa2047.pub.pem"),
            "RSA",
            Value::Null,
            json!(2047),
            "key_weak",
        ),
        (
            key_file!("ed448.pkcs8.pem"),
            "OKP",
            json!("Ed448"),
            Value::Null,
            "key_unsupported",
        ),
        (
            key_file!("ec224.pub.pem"),
            "EC",
            json!("P-224"),
            Value::Null,
            "key_unsupported",
        ),
    ] {
        let found = object(&home, file);
        assert_eq!(found["kty"], kty, "{found}");
        assert_eq!(found["crv"], of_a_kind, "{found}");
        assert_eq!(found["bits"], bits, "{found}");
        assert_eq!(found["fault"]["code"], code, "{found}");
        for ability in ["signs", "verifies", "encrypts", "decrypts"] {
            assert_eq!(found[ability], json!([]), "{found}");
        }
    }
    // A weak key has fingerprints by which it is found and replaced.
    let weak = object(&home, key_file!("rsa1024.pub.pem"));
    assert_eq!(
        weak["spki_sha256"],
        "d751b88b2d565f1d04a95d3ac3405caf620c4572548d4821bb98fc3c8efd8fe7"
    );
    assert_eq!(
        weak["openssh_fingerprint"],
        "SHA256:TswiQCs8VDnx2SwGrRyEeOKFCPgu68j99fDSKOD0no4"
    );
    let pss = object(&home, key_file!("rsa-pss.pub.pem"));
    assert_eq!(pss["kty"], Value::Null);
    assert_eq!(pss["key_type"], "RSASSA-PSS");
    inspect(&home, key_file!("rsa1024.pub.pem"))
        .stdout_has("key           RSA, 1024 bits, public\n")
        .stdout_has("serves        nothing\n")
        .stdout_has("! unfit for use: the RSA key has 1024 bits, at least 2048 are needed\n")
        .check();
}

#[test]
fn labels_decide_what_a_jwk_can_do() {
    let home = Home::new();
    let jwk = object(&home, key_file!("ec256.pub.pem"))["public_jwk"].clone();
    let with = |members: Value| {
        let mut jwk = jwk.clone();
        let members = members.as_object().unwrap().clone();
        jwk.as_object_mut().unwrap().extend(members);
        of_jwk(&home, &jwk)
    };
    let agreement = json!([
        "ECDH-ES",
        "ECDH-ES+A128KW",
        "ECDH-ES+A192KW",
        "ECDH-ES+A256KW"
    ]);
    for (labels, verifies, encrypts) in [
        (json!({}), json!(["ES256"]), agreement.clone()),
        (json!({"use": "sig"}), json!(["ES256"]), json!([])),
        (json!({"use": "enc"}), json!([]), agreement),
        (json!({"alg": "ES256"}), json!(["ES256"]), json!([])),
        (json!({"alg": "ECDH-ES"}), json!([]), json!(["ECDH-ES"])),
        (json!({"key_ops": ["verify"]}), json!(["ES256"]), json!([])),
    ] {
        let found = with(labels.clone());
        assert_eq!(found["verifies"], verifies, "{labels}");
        assert_eq!(found["encrypts"], encrypts, "{labels}");
        assert_eq!(found["warnings"], json!([]), "{labels}");
        for (name, value) in labels.as_object().unwrap() {
            assert_eq!(found[name], *value);
        }
    }
    for (labels, codes) in [
        (json!({"alg": "RS256"}), json!(["key_algorithm"])),
        (json!({"alg": "RSA-OAEP"}), json!(["key_algorithm"])),
        (json!({"alg": "RSA1_5"}), json!(["key_algorithm"])),
        (json!({"alg": "FOO"}), json!(["key_algorithm"])),
        (json!({"alg": "ES256", "use": "enc"}), json!(["key_use"])),
        (json!({"alg": "ECDH-ES", "use": "sig"}), json!(["key_use"])),
        (json!({"use": "tls"}), json!(["key_use"])),
        (json!({"key_ops": []}), json!(["key_use"])),
        (json!({"key_ops": ["sign"]}), json!(["key_use"])),
        (
            json!({"use": "enc", "key_ops": ["verify"]}),
            json!(["key_use"]),
        ),
        (
            json!({"key_ops": ["verify", "deriveKey"]}),
            json!(["key_use"]),
        ),
    ] {
        let found = with(labels.clone());
        let warnings = found["warnings"].as_array().unwrap();
        let found: Vec<&Value> = warnings.iter().map(|warning| &warning["code"]).collect();
        assert_eq!(json!(found), codes, "{labels}");
    }
}

#[test]
fn a_secret_is_measured_and_not_shown() {
    let home = Home::new();
    let k = "c2VjcmV0IG9jdGV0cyB0aGF0IG5vYm9keSBtYXkgc2VlIQ";
    let jwk = json!({"kty": "oct", "k": k, "kid": "s"});
    let found = of_jwk(&home, &jwk);
    assert_eq!(found["part"], "secret");
    assert_eq!(found["bits"], 272);
    assert_eq!(found["signs"], json!(["HS256"]));
    // It is a hash of the secret (RFC 7638 §7).
    assert_eq!(found["thumbprint"], Value::Null);
    assert_eq!(found["public_jwk"], Value::Null);
    for format in ["json", "human"] {
        let call = home.authctl(["key", "inspect", "-", "-o", format]);
        assert!(!call.stdin(jwk.to_string()).run().succeeds().contains(k));
    }
    for (k, signs, encrypts, code) in [
        ("", json!([]), json!([]), json!("key_weak")),
        ("AAAA", json!([]), json!([]), json!("key_weak")),
        (
            "AAAAAAAAAAAAAAAAAAAAAA",
            json!([]),
            json!(["A128KW", "A128GCMKW", "dir"]),
            Value::Null,
        ),
        ("A+==", json!([]), json!([]), json!("key_malformed")),
    ] {
        let found = of_jwk(&home, &json!({"kty": "oct", "k": k}));
        assert_eq!(found["signs"], signs, "{found}");
        assert_eq!(found["encrypts"], encrypts, "{found}");
        assert_eq!(found["fault"]["code"], code, "{found}");
    }
}

#[test]
fn every_key_of_a_set_is_described_on_a_line_of_its_own() {
    let home = Home::new();
    let key = object(&home, key_file!("ec256.pub.pem"))["public_jwk"].clone();
    let mut twin = key.clone();
    for (name, value) in [("kid", json!("a")), ("use", json!("sig"))] {
        twin[name] = value;
    }
    let set = json!({"keys": [twin, 5, {"kty": "X"}, key, twin, {"kty": 1}]});
    home.write("set.json", set.to_string());
    let lines = home
        .authctl(["key", "inspect", "set.json", "--json"])
        .run()
        .succeeds();
    let keys: Vec<Value> = lines
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let picked: Vec<Value> = keys
        .iter()
        .map(|key| {
            json!([
                key["index"],
                key["kid"],
                key["fault"]["code"],
                key["warnings"][0]["code"]
            ])
        })
        .collect();
    assert_eq!(
        json!(picked),
        json!([
            [0, "a", null, "ambiguous_key"],
            [1, null, "key_malformed", null],
            [2, null, "key_unsupported", null],
            [3, null, null, null],
            [4, "a", null, "ambiguous_key"],
            [5, null, "key_malformed", null],
        ])
    );
    home.authctl(["key", "inspect", "set.json"])
        .stdout_has("keys[0]\nkey           EC P-256, public\nform          JWK\nkid           a\nuse           sig\n")
        .stdout_has("\nkeys[1]\nno key        the key is no JSON object\n")
        .check();
    let chosen = home
        .authctl(["key", "inspect", "set.json", "--kid", "a", "--json"])
        .run()
        .succeeds();
    assert_eq!(chosen.lines().count(), 2);
    let error = home
        .authctl(["key", "inspect", "set.json", "--kid", "b", "--json"])
        .code(8)
        .check_error();
    assert_eq!(error["error"], "unknown_kid");
    // A key that is alone must be the one that is named.
    let error = inspect(&home, key_file!("ec256.pub.pem"))
        .args(["--kid", "a", "--json"])
        .code(8)
        .check_error();
    assert_eq!(error["error"], "unknown_kid");
    home.write("empty.json", r#"{"keys":[]}"#);
    home.authctl(["key", "inspect", "empty.json"])
        .stdout("no keys in the set\n")
        .check();
    home.authctl(["key", "inspect", "empty.json", "--json"])
        .check();
}

#[test]
fn p1_what_a_kid_says_to_a_terminal_is_escaped() {
    let home = Home::new();
    let mut jwk = object(&home, key_file!("ec256.pub.pem"))["public_jwk"].clone();
    jwk["kid"] = json!("\u{1b}]0;title\u{7}\u{202e}");
    jwk["alg"] = json!("\u{1b}[2J");
    home.authctl(["key", "inspect", "-"])
        .stdin(jwk.to_string())
        .stdout_has("kid           \\u001b]0;title\\u0007\\u202e\n")
        .check();
}

#[test]
fn what_is_no_key_is_refused() {
    let home = Home::new();
    for (name, octets, code) in [
        ("empty", &b""[..], "key_malformed"),
        ("text", b"rubbish", "key_malformed"),
        ("array", b"[]", "key_malformed"),
        ("object", b"{}", "key_malformed"),
        ("twice", br#"{"kty":"oct","kty":"oct"}"#, "key_malformed"),
        (
            "kid",
            br#"{"kty":"oct","k":"AAAA","kid":1}"#,
            "key_malformed",
        ),
        ("keys", br#"{"keys":{}}"#, "key_set_malformed"),
        ("torn", b"-----BEGIN PUBLIC KEY-----\nMFkw", "key_malformed"),
        (
            "hollow",
            b"-----BEGIN PUBLIC KEY-----\nMAA=\n-----END PUBLIC KEY-----",
            "key_malformed",
        ),
        ("der", &[0x30, 0x80, 0, 0], "key_malformed"),
        (
            "request",
            b"-----BEGIN CERTIFICATE REQUEST-----\nMAA=\n-----END CERTIFICATE REQUEST-----",
            "key_unsupported",
        ),
        file3(key_file!("ec256.legacy.pem"), "key_unsupported"),
        file3(key_file!("ec256.des3.pem"), "key_unsupported"),
    ] {
        home.write(name, octets);
        let error = home
            .authctl(["key", "inspect", name, "--json"])
            .code(8)
            .check_error();
        assert_eq!(error["error"], code, "{name}: {error}");
    }
    home.authctl(["key", "inspect", "absent"])
        .code(8)
        .stderr_has("cannot read `absent`")
        .check();
}

fn file3((name, octets): File, code: &'static str) -> (&'static str, &'static [u8], &'static str) {
    (name, octets, code)
}

#[test]
fn h10_a_passphrase_is_not_asked_for_where_nobody_answers() {
    let home = Home::new();
    inspect(&home, key_file!("ec256.pbkdf2.pem"))
        .arg("--no-input")
        .code(4)
        .stderr_has("hint: name it: `--passphrase env:NAME` or `--passphrase file:PATH`\n")
        .check();
    let error = inspect(&home, key_file!("ec256.pbkdf2.pem"))
        .args(["--passphrase", "-", "--json"])
        .stdin("wrong-horse\n")
        .code(8)
        .check_error();
    assert_eq!(error["error"], "passphrase");
    home.authctl(["key", "inspect", "-", "--passphrase", "-"])
        .stdin("x")
        .code(2)
        .stderr_has("cannot both come on standard input")
        .check();
}

#[test]
fn h1_a_key_itself_is_no_argument() {
    Home::new()
        .authctl(["key", "inspect", r#"{"kty":"oct","k":"c2VjcmV0"}"#])
        .code(2)
        .stderr_has("a key is never typed on the command line")
        .check();
}
