//! `authctl key convert` and `authctl key public`.

use authctl::core::jose::{Algorithm, SigningKey};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value, json};

use crate::harness::Home;
use crate::tokens::PRIVATE_MEMBERS;

/// A key file that OpenSSL wrote.
macro_rules! vector {
    ($name:literal) => {
        include_bytes!(concat!("../vectors/openssl/", $name)).as_slice()
    };
}
pub(crate) use vector;

const FORMS: [&str; 6] = ["pkcs8", "pkcs1", "sec1", "spki", "jwk", "openssh"];

/// Calls with a key on standard input; returns what is printed.
pub fn key(home: &Home, arguments: &str, input: &[u8]) -> Vec<u8> {
    let done = home
        .authctl(["key"])
        .args(arguments.split(' '))
        .stdin(input)
        .run();
    assert_eq!(done.stderr(), "", "{arguments}");
    done.code_is(0).0.stdout
}

fn object(home: &Home, arguments: &str, input: &[u8]) -> Map<String, Value> {
    serde_json::from_slice(&key(home, arguments, input)).unwrap()
}

/// The octets of the private members, in every form in which they could slip
/// out.
fn private_parts(jwk: &Map<String, Value>) -> Vec<Vec<u8>> {
    let mut parts = Vec::new();
    for name in PRIVATE_MEMBERS {
        let Some(value) = jwk.get(name).and_then(Value::as_str) else {
            continue;
        };
        let octets = URL_SAFE_NO_PAD.decode(value).unwrap();
        let hex: String = octets.iter().map(|octet| format!("{octet:02x}")).collect();
        parts.push(hex.to_uppercase().into_bytes());
        parts.push(hex.into_bytes());
        parts.push(value.as_bytes().to_vec());
        parts.push(value.replace('-', "+").replace('_', "/").into_bytes());
        parts.push(octets);
    }
    assert!(!parts.is_empty());
    parts
}

fn leaks(output: &[u8], parts: &[Vec<u8>]) -> bool {
    parts
        .iter()
        .any(|part| output.windows(part.len()).any(|window| window == part))
}

/// A private key of each kind, as PKCS#8.
fn keys() -> [(&'static str, Vec<u8>); 4] {
    let ml_dsa = SigningKey::generate(Algorithm::MLDSA44, None).unwrap();
    let ml_dsa = ml_dsa.to_pkcs8_pem().unwrap();
    [
        ("RSA", vector!("rsa2048.pkcs8.pem").to_vec()),
        ("P-256", vector!("ec256.pkcs8.pem").to_vec()),
        ("Ed25519", vector!("ed25519.pkcs8.pem").to_vec()),
        ("ML-DSA-44", ml_dsa.expose().as_bytes().to_vec()),
    ]
}

#[test]
fn what_is_written_is_what_openssl_and_openssh_write() {
    let home = Home::new();
    // What OpenSSL puts before the key is not written.
    let sec1 = vector!("ec256.sec1.pem");
    let begin = b"-----BEGIN EC PRIVATE KEY";
    let begin = sec1
        .windows(begin.len())
        .position(|at| at == begin)
        .unwrap();
    for (from, arguments, to) in [
        (
            vector!("ec256.pkcs8.pem"),
            "convert - --to sec1",
            &sec1[begin..],
        ),
        (
            vector!("ec256.pkcs8.pem"),
            "convert - --to sec1 -o der",
            vector!("ec256.der"),
        ),
        (
            vector!("ec256.der"),
            "convert - --to pkcs8",
            vector!("ec256.pkcs8.pem"),
        ),
        (
            vector!("ec256.der"),
            "convert - --to spki -o der",
            vector!("ec256.pub.der"),
        ),
        (
            vector!("ec256.cert.der"),
            "convert - --to spki",
            vector!("ec256.pub.pem"),
        ),
        (
            vector!("ec256.cert.pem"),
            "public -",
            vector!("ec256.pub.pem"),
        ),
        (
            vector!("ec256.cert.der"),
            "public -",
            vector!("ec256.pub.der"),
        ),
        (
            vector!("ec256.der"),
            "public - -o pem",
            vector!("ec256.pub.pem"),
        ),
        (
            vector!("ec256.ssh.pub"),
            "public -",
            vector!("ec256.ssh.pub"),
        ),
        (
            vector!("ec256.ssh.pub"),
            "public - -o pem",
            vector!("ec256.pub.pem"),
        ),
        (
            vector!("ec384.pkcs8.pem"),
            "public - -o openssh",
            vector!("ec384.ssh.pub"),
        ),
        (
            vector!("ec521.pkcs8.pem"),
            "convert - --to openssh",
            vector!("ec521.ssh.pub"),
        ),
        (
            vector!("rsa2048.pkcs8.pem"),
            "convert - --to pkcs1",
            vector!("rsa2048.pkcs1.pem"),
        ),
        (
            vector!("rsa2048.pkcs8.pem"),
            "convert - --to pkcs1 -o der",
            vector!("rsa2048.pkcs1.der"),
        ),
        (
            vector!("rsa2048.pub.pem"),
            "convert - --to pkcs1",
            vector!("rsa2048.pkcs1.pub.pem"),
        ),
        (
            vector!("rsa2048.pub.pem"),
            "convert - --to pkcs1 -o der",
            vector!("rsa2048.pkcs1.pub.der"),
        ),
        (
            vector!("rsa2048.pkcs1.pub.pem"),
            "convert - --to spki",
            vector!("rsa2048.pub.pem"),
        ),
        (
            vector!("rsa2048.pkcs1.pem"),
            "public -",
            vector!("rsa2048.pub.pem"),
        ),
        (
            vector!("secp256k1.pkcs8.pem"),
            "public -",
            vector!("secp256k1.pub.pem"),
        ),
    ] {
        assert_eq!(
            String::from_utf8_lossy(&key(&home, arguments, from)),
            String::from_utf8_lossy(to),
            "{arguments}"
        );
    }
}

#[test]
fn nothing_private_is_in_what_is_public() {
    let home = Home::new();
    for (name, pkcs8) in keys() {
        let jwk = key(&home, "convert - --to jwk", &pkcs8);
        let members: Map<String, Value> = serde_json::from_slice(&jwk).unwrap();
        let parts = private_parts(&members);
        assert!(leaks(&jwk, &parts), "{name}");
        let set = json!({ "keys": [members] }).to_string().into_bytes();
        for input in [pkcs8, set] {
            for arguments in [
                "inspect -",
                "inspect - -o json",
                "thumbprint - --json",
                "public -",
                "public - -o der",
                "public - -o jwks",
                "convert - --to spki",
            ] {
                let output = key(&home, arguments, &input);
                assert!(!leaks(&output, &parts), "{name}: {arguments}");
                assert!(!output.is_empty(), "{name}: {arguments}");
            }
        }
    }
}

#[test]
fn a_jwk_keeps_what_it_says_of_itself() {
    let home = Home::new();
    let mut jwk = object(&home, "convert - --to jwk", vector!("ec256.der"));
    assert_eq!(jwk["kid"], "lAA6fsjltVUeKjZmuURb_7_gmvyhbJqwqRSBCdYK4bg");
    let labels = json!({
        "kid": "mine", "use": "sig", "key_ops": ["sign"], "x-ours": {"a": [1]}, "nbf": 1.50,
    });
    jwk.extend(labels.as_object().unwrap().clone());
    let text = Value::Object(jwk.clone()).to_string();
    assert_eq!(object(&home, "convert - --to jwk", text.as_bytes()), jwk);
    // The operations of the public key are others, all else is the same.
    let mut public = jwk.clone();
    public.remove("d");
    public["key_ops"] = json!(["verify"]);
    for arguments in ["public -", "public - -o jwk", "public - --json"] {
        assert_eq!(
            object(&home, arguments, text.as_bytes()),
            public,
            "{arguments}"
        );
    }
    assert_eq!(
        Value::Object(object(&home, "public - -o jwks", text.as_bytes())),
        json!({ "keys": [public] })
    );
    // One without kid is not given one.
    jwk.remove("kid");
    let text = Value::Object(jwk.clone()).to_string();
    assert_eq!(object(&home, "convert - --to jwk", text.as_bytes()), jwk);
    let named = object(&home, "convert - --to jwk --kid other", text.as_bytes());
    assert_eq!(named["kid"], "other");
}

/// As `openssl pkcs12` writes a file.
#[test]
fn behind_a_certificate_the_private_key_is_converted() {
    let home = Home::new();
    home.write("p", "correct-horse");
    let both = [vector!("ec256.cert.pem"), vector!("ec256.pbkdf2.pem")].concat();
    let private = object(&home, "convert - --to jwk -q --passphrase file:p", &both);
    let public = object(&home, "public - -o jwk -q", &both);
    assert_eq!((&public["x"], public.get("d")), (&private["x"], None));
    assert!(private.contains_key("d"));
}

#[test]
fn labels_are_given_and_must_fit() {
    let home = Home::new();
    let jwk = object(
        &home,
        "convert - --to jwk --kid k --alg ES256 --use sig",
        vector!("ec256.der"),
    );
    assert_eq!(
        (&jwk["kid"], &jwk["alg"], &jwk["use"]),
        (&json!("k"), &json!("ES256"), &json!("sig"))
    );
    let jwk = object(
        &home,
        "public - -o jwk --alg ECDH-ES+A256KW --use enc",
        vector!("ec256.der"),
    );
    assert_eq!(jwk["alg"], "ECDH-ES+A256KW");
    let secret = br#"{"kty":"oct","k":"AAAAAAAAAAAAAAAAAAAAAA"}"#;
    for (input, arguments, code, error) in [
        (
            vector!("ec256.der"),
            "convert - --to jwk --alg ES384",
            8,
            "key_algorithm",
        ),
        (
            vector!("ec256.der"),
            "convert - --to jwk --alg RS256",
            8,
            "key_algorithm",
        ),
        (
            vector!("ec256.der"),
            "convert - --to jwk --alg RSA-OAEP",
            8,
            "key_algorithm",
        ),
        (
            vector!("ec256.der"),
            "convert - --to jwk --alg none",
            8,
            "key_algorithm",
        ),
        (
            vector!("ec256.der"),
            "convert - --to jwk --alg ES256 --use enc",
            8,
            "key_use",
        ),
        (
            vector!("ec256.der"),
            "public - -o jwk --alg ECDH-ES --use sig",
            8,
            "key_use",
        ),
        (
            &secret[..],
            "convert - --to jwk --alg A256KW",
            8,
            "key_algorithm",
        ),
        (
            vector!("ec256.der"),
            "convert - --to pkcs8 --alg ES256",
            2,
            "usage",
        ),
        (
            vector!("ec256.der"),
            "convert - --to spki --kid k",
            2,
            "usage",
        ),
    ] {
        let found = home
            .authctl(["key"])
            .args(arguments.split(' '))
            .arg("--json")
            .stdin(input)
            .code(code)
            .check_error();
        assert_eq!(found["error"], error, "{arguments}: {found}");
    }
    home.authctl(["key", "public", "-", "--use", "sig"])
        .stdin(vector!("ec256.der"))
        .code(2)
        .stderr_has("only a JWK has `kid`, `alg` and `use`")
        .check();
}

#[test]
fn a_form_that_a_key_cannot_have_is_refused_with_those_it_can() {
    let home = Home::new();
    let secret = br#"{"kty":"oct","k":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"}"#;
    let [.., (_, ml_dsa)] = keys();
    for (input, can) in [
        (
            vector!("rsa2048.pkcs8.pem"),
            "pkcs8, pkcs1, spki, jwk, openssh",
        ),
        (vector!("rsa2048.pub.pem"), "pkcs1, spki, jwk, openssh"),
        (
            vector!("ec256.pkcs8.pem"),
            "pkcs8, sec1, spki, jwk, openssh",
        ),
        (vector!("ec256.cert.pem"), "spki, jwk, openssh"),
        (vector!("secp256k1.pkcs8.pem"), "pkcs8, sec1, spki, jwk"),
        (vector!("ed25519.pkcs8.pem"), "pkcs8, spki, jwk, openssh"),
        (vector!("ed25519.ssh.pub"), "spki, jwk, openssh"),
        (&ml_dsa, "pkcs8, spki, jwk"),
        (&secret[..], "jwk"),
    ] {
        for form in FORMS {
            let call = home
                .authctl(["key", "convert", "-", "--to", form])
                .stdin(input);
            if can.split(", ").any(|possible| possible == form) {
                assert!(!call.run().succeeds().is_empty(), "{form} of {can}");
            } else {
                call.code(2)
                    .stderr_has(format!(" hint: it can be made {can}\n"))
                    .check();
            }
        }
    }
    home.authctl(["key", "convert", "-", "--to", "pkcs1"])
        .stdin(vector!("ed25519.pkcs8.pem"))
        .code(2)
        .stderr_has("error: PKCS#1 is a form of RSA keys, and this one is OKP Ed25519\n")
        .check();
    home.authctl(["key", "convert", "-", "--to", "pkcs8"])
        .stdin(vector!("ec256.pub.pem"))
        .code(2)
        .stderr_has("error: PKCS#8 is a form of private keys, and this one is public\n")
        .check();
    home.authctl(["key", "convert", "-", "--to", "jwk", "-o", "der"])
        .stdin(vector!("ec256.pub.pem"))
        .code(2)
        .stderr_has("PEM and DER are encodings of")
        .check();
}

#[test]
fn j16_an_unfit_key_is_not_converted() {
    let home = Home::new();
    let code = |arguments: &[&str], input: &[u8]| {
        let call = home.authctl(["key"]).args(arguments).arg("--json");
        call.stdin(input).code(8).check_error()["error"].clone()
    };
    for (input, expected) in [
        (vector!("rsa1024.pub.pem"), "key_weak"),
        (vector!("ed448.pkcs8.pem"), "key_unsupported"),
        (vector!("ec224.pub.pem"), "key_unsupported"),
        (b"rubbish".as_slice(), "key_malformed"),
        (br#"{"keys":[]}"#, "no_key"),
        (br#"{"kty":"oct","k":"+"}"#, "key_malformed"),
        (
            br#"{"kty":"EC","crv":"P-256","x":"AA","y":"AA"}"#,
            "key_malformed",
        ),
    ] {
        assert_eq!(code(&["convert", "-", "--to", "jwk"], input), expected);
    }
    let secret = br#"{"kty":"oct","k":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"}"#;
    assert_eq!(code(&["public", "-"], secret), "no_public_key");
    assert_eq!(
        code(&["public", "-"], vector!("rsa1024.pub.pem")),
        "key_weak"
    );
}

#[test]
fn of_a_set_one_key_is_converted_and_all_are_made_public() {
    let home = Home::new();
    let private =
        |kid: &str, input| object(&home, &format!("convert - --to jwk --kid {kid}"), input);
    let (one, other) = (
        private("a", vector!("ec256.der")),
        private("b", vector!("ed25519.pkcs8.pem")),
    );
    let secret = json!({"kty": "oct", "k": "AAAA", "kid": "s"});
    let set = json!({"keys": [one, secret, other, {"kty": "X"}, one]}).to_string();
    home.write("set.json", &set);
    let convert =
        |kid: &str| home.authctl(["key", "convert", "set.json", "--to", "jwk", "--kid", kid]);
    let chosen: Value = serde_json::from_str(&convert("b").run().succeeds()).unwrap();
    assert_eq!(chosen, Value::Object(other.clone()));
    for (kid, code) in [("a", "ambiguous_key"), ("c", "unknown_kid")] {
        let error = convert(kid).arg("--json").code(8).check_error();
        assert_eq!(error["error"], code, "{kid}");
    }
    let error = home
        .authctl(["key", "convert", "set.json", "--to", "jwk", "--json"])
        .code(8)
        .check_error();
    assert_eq!(error["error"], "ambiguous_key");

    let mut public = [one, other];
    for key in &mut public {
        key.remove("d");
    }
    let done = home
        .authctl(["key", "public", "set.json"])
        .stdout_has("{\"keys\":[")
        .stderr_has("warning: keys[1] is left out: the key is a secret, which has no public part\n")
        .stderr_has("warning: keys[3] is left out: the key type `X` is not supported\n")
        .check();
    let found: Value = serde_json::from_str(&done.stdout()).unwrap();
    assert_eq!(found, json!({"keys": [public[0], public[1], public[0]]}));
    let one = home
        .authctl(["key", "public", "set.json", "--kid", "b"])
        .check_json();
    assert_eq!(one, Value::Object(public[1].clone()));
    home.authctl(["key", "public", "set.json", "--alg", "ES256"])
        .code(2)
        .stderr_has("labels are given to one key")
        .check();
    home.write("secrets.json", json!({ "keys": [secret] }).to_string());
    let error = home
        .authctl(["key", "public", "secrets.json", "--json", "-o", "jwks"])
        .code(8)
        .check_error();
    assert_eq!(error["error"], "no_public_key");
}

#[test]
fn the_public_key_of_a_jwk_needs_no_more_than_its_public_members() {
    let home = Home::new();
    let mut jwk = object(&home, "convert - --to jwk", vector!("rsa2048.pkcs8.pem"));
    // RFC 7518 §6.3.2 lets a private key have `d` alone.
    for name in ["p", "q", "dp", "dq", "qi"] {
        jwk.remove(name);
    }
    let text = Value::Object(jwk).to_string();
    assert_eq!(
        key(&home, "public - -o pem", text.as_bytes()),
        vector!("rsa2048.pub.pem")
    );
}
