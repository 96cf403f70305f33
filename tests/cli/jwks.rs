//! `authctl jwks list|add|remove|fetch`.

use authctl::core::jose::{Algorithm, SigningKey, base64url};
use serde_json::{Value, json};

use crate::harness::Home;
use crate::tokens::{NOW, claims, key, sign};

/// Returns the kids of a set, in order.
pub fn kids(home: &Home, name: &str) -> Vec<String> {
    let set: Value = serde_json::from_str(&home.read(name)).unwrap();
    let keys = set["keys"].as_array().unwrap().iter();
    keys.map(|key| key["kid"].as_str().unwrap_or("-").to_owned())
        .collect()
}

/// Returns the problems that `list` finds, by key.
pub fn problems(answer: &Value) -> Vec<Vec<&str>> {
    answer["keys"]
        .as_array()
        .unwrap()
        .iter()
        .map(|key| {
            let problems = key["problems"].as_array().unwrap().iter();
            problems
                .map(|problem| problem["code"].as_str().unwrap())
                .collect()
        })
        .collect()
}

#[test]
fn a_set_is_made_listed_and_verifies() {
    let home = Home::new();
    let key = SigningKey::generate(Algorithm::ES256, None).unwrap();
    home.write("k.pem", key.to_pkcs8_pem().unwrap().expose());
    let kid = key.kid();
    home.authctl([
        "jwks", "add", "set.json", "k.pem", "--alg", "ES256", "--use", "sig",
    ])
    .stdout(format!(
        "added     {kid}  EC P-256\nmade      set.json  1 key\n"
    ))
    .check();
    home.authctl(["jwks", "list", "set.json"])
        .stdout(format!(
            "KID                                          KEY       ALG    USE  PART\n\
             {kid}  EC P-256  ES256  sig  public\n"
        ))
        .check();
    let listed = home
        .authctl(["jwks", "list", "set.json", "-o", "json"])
        .check_json();
    assert_eq!(
        listed,
        json!({"set": "set.json", "keys": [{
            "kid": kid, "kty": "EC", "crv": "P-256", "bits": null, "alg": "ES256", "use": "sig",
            "key_ops": null, "private": false, "thumbprint": kid, "state": null,
            "signs_at": null, "retires_at": null, "problems": [],
        }]})
    );
    let token = sign(&key, json!({}), claims());
    home.authctl([
        "verify",
        "--jwks",
        "set.json",
        "--issuer",
        "https://as.example",
    ])
    .args(["--audience", "api", "--now", &NOW.to_string(), &token])
    .stdout_has("verified: ES256")
    .check();
}

#[test]
fn j57_only_public_parts_come_in_unless_private_is_said() {
    let home = Home::new();
    for (algorithm, secrets) in [
        ("ES256", &["d"][..]),
        ("RS256", &["d", "p", "q", "dp", "dq", "qi"]),
        ("EdDSA", &["d"]),
        ("ML-DSA-44", &["priv"]),
    ] {
        let key = key(algorithm);
        let private = key.private_jwk().unwrap();
        home.write("private.jwk", private.expose());
        home.write(
            "private.jwks",
            format!("{{\"keys\":[{}]}}", private.expose()),
        );
        home.write("private.pem", key.to_pkcs8_pem().unwrap().expose());
        for form in ["private.jwk", "private.jwks", "private.pem"] {
            home.authctl(["jwks", "add", "public.json", form, "--kid", form, "-q"])
                .args(["--replace"])
                .stdout_has("public.json")
                .check();
        }
        let public = home.read("public.json");
        for name in secrets {
            assert!(
                !public.contains(&format!("\"{name}\":")),
                "{algorithm}: {public}"
            );
        }
        std::fs::remove_file(home.path().join("public.json")).unwrap();
    }
    let secret = key("HS256").private_jwk().unwrap();
    home.write("secret.jwk", secret.expose());
    let error = home
        .authctl(["jwks", "add", "public.json", "secret.jwk", "--json"])
        .code(8)
        .check_error();
    assert_eq!(error["error"], "key_is_secret");
    assert!(!home.path().join("public.json").exists());
}

#[cfg(unix)]
#[test]
fn j57_a_set_of_private_keys_is_for_its_owner_alone() {
    use std::os::unix::fs::PermissionsExt as _;
    let home = Home::new();
    let private = key("ES256");
    home.write("public.pem", key("EdDSA").public_pem().unwrap());
    home.write("private.jwk", private.private_jwk().unwrap().expose());
    let mode = || {
        let found = std::fs::metadata(home.path().join("set.json")).unwrap();
        found.permissions().mode() & 0o777
    };
    home.authctl(["jwks", "add", "set.json", "public.pem"])
        .stdout_has("added")
        .check();
    assert_eq!(mode() & 0o044, 0o044, "others may read a public set");
    home.authctl(["jwks", "add", "set.json", "private.jwk", "--private"])
        .stdout_has("added     k1")
        .stderr("warning: `set.json` holds private keys: never publish it\n")
        .check();
    assert_eq!(mode(), 0o600);
    let listed = home
        .authctl(["jwks", "list", "set.json", "--json"])
        .check_json();
    assert_eq!(problems(&listed), [vec![], vec!["private_key"]]);
    let shown = listed.to_string() + &home.authctl(["jwks", "list", "set.json"]).run().stdout();
    let jwk: Value = serde_json::from_str(private.private_jwk().unwrap().expose()).unwrap();
    assert!(!shown.contains(jwk["d"].as_str().unwrap()));
}

#[test]
fn j47_a_kid_comes_once() {
    let home = Home::new();
    home.write("a.pem", key("ES256").public_pem().unwrap());
    home.write("b.pem", key("EdDSA").public_pem().unwrap());
    let add = |key: &str| home.authctl(["jwks", "add", "set.json", key, "--kid", "k"]);
    add("a.pem").stdout_has("added     k  EC P-256").check();
    let before = home.read("set.json");
    add("b.pem")
        .code(2)
        .stderr(
            "error: `set.json` has a key with the kid `k` already, and tokens that name it would be ambiguous\n \
             hint: put this one in its place with --replace, or choose another with --kid\n",
        )
        .check();
    assert_eq!(home.read("set.json"), before);
    add("b.pem")
        .arg("--replace")
        .stdout("replaced  k  OKP Ed25519\nset       set.json  1 key\n")
        .check();
    home.authctl(["jwks", "add", "set.json", "a.pem", "b.pem", "--kid", "x"])
        .code(2)
        .stderr_has("one kid cannot name 2 keys")
        .check();
    home.authctl(["jwks", "add", "set.json", "a.pem", "a.pem"])
        .code(2)
        .stderr_has("two of the keys have the kid")
        .check();
    assert_eq!(kids(&home, "set.json"), ["k"]);
}

#[test]
fn a_key_comes_from_standard_input_and_under_a_passphrase() {
    let home = Home::new();
    let key = SigningKey::generate(Algorithm::EdDSA, None).unwrap();
    home.authctl(["jwks", "add", "set.json", "-"])
        .stdin(key.public_pem().unwrap())
        .stdout_has(format!("added     {}", key.kid()))
        .check();
    let passphrase = authctl::core::secret::Secret::new("open sesame");
    let pem = key.to_encrypted_pkcs8_pem(&passphrase, 1_000).unwrap();
    home.write("k.pem", pem.expose());
    home.authctl(["jwks", "add", "set.json", "k.pem", "--kid", "b"])
        .args(["--passphrase", "env:PASS"])
        .env("PASS", "open sesame")
        .stdout_has("added     b")
        .check();
    home.authctl(["jwks", "add", "set.json", "-", "--passphrase", "-"])
        .code(2)
        .stderr_has("standard input can be one thing only")
        .check();
    assert_eq!(kids(&home, "set.json"), [key.kid(), "b"]);
}

#[test]
fn more_keys_than_are_taken_are_told_of() {
    const SSH: &str = include_str!("../vectors/openssl/ed25519.ssh.pub");
    const SSH_OTHER: &str = include_str!("../vectors/openssl/openssh-ed25519.ssh.pub");
    const CERTIFICATE: &str = include_str!("../vectors/openssl/ec256.cert.pem");
    const CA: &str = include_str!("../server/tls/ca.pem");
    let home = Home::new();
    let [a, b, c] = ["ES256", "EdDSA", "RS256"].map(key);
    let public = |key: &SigningKey| key.public_pem().unwrap();
    let private = a.to_pkcs8_pem().unwrap();
    let more = |count: &str| {
        format!(
            "note: `k` holds {count} more, and its first alone is taken: put each into a file of its own\n"
        )
    };
    for (document, said) in [
        (public(&a) + &public(&b) + &public(&c), more("2 keys")),
        (public(&b) + private.expose(), more("1 key")),
        // The same key, and what is no key.
        (public(&a) + &public(&a), String::new()),
        (public(&a) + private.expose(), String::new()),
        (
            SSH.to_owned() + "\n# one more\n" + SSH_OTHER + "\n",
            more("1 key"),
        ),
        (SSH.to_owned() + "\n" + SSH + "\n", String::new()),
        // A chain.
        (CERTIFICATE.to_owned() + CA, String::new()),
    ] {
        home.write("k", document);
        let output = home
            .authctl(["jwks", "add", "set.json", "k", "--replace"])
            .run();
        assert!(output.0.status.success(), "{output:?}");
        assert_eq!(output.stderr(), said);
    }
}

#[test]
fn h1_a_key_is_not_typed() {
    let home = Home::new();
    let jwk = key("ES256").private_jwk().unwrap();
    let stderr = home
        .authctl(["jwks", "add", "set.json", jwk.expose()])
        .run()
        .fails(2);
    assert!(
        stderr.contains("a key is never typed on the command line"),
        "{stderr}"
    );
    let private: Value = serde_json::from_str(jwk.expose()).unwrap();
    assert!(!stderr.contains(private["d"].as_str().unwrap()));
    assert_eq!(home.names(), [""; 0]);
}

#[test]
fn an_unfit_key_leaves_the_set_as_it_was() {
    let home = Home::new();
    home.write("good.pem", key("ES256").public_pem().unwrap());
    home.authctl(["jwks", "add", "set.json", "good.pem"])
        .stdout_has("added")
        .check();
    let before = home.read("set.json");
    let weak = json!({"kty": "RSA", "n": base64url::encode([0xff; 128]), "e": "AQAB"});
    home.write("weak.jwk", weak.to_string());
    home.write("rubbish", "rubbish");
    home.write("twice.jwk", r#"{"kty":"EC","kty":"EC"}"#);
    home.write("other.jwk", r#"{"kty":"XYZ","s":"secret perhaps"}"#);
    // The public part of one key and the private one of another.
    let mut torn: Value =
        serde_json::from_str(key("ES256").private_jwk().unwrap().expose()).unwrap();
    for (name, value) in key("ES256").public_jwk() {
        torn[name] = value;
    }
    home.write("torn.jwk", torn.to_string());
    home.authctl(["key", "public", "torn.jwk"])
        .code(8)
        .stderr("error: cannot use `torn.jwk`\n  why: the private key contradicts itself\n")
        .check();
    for (name, flags, exit, code) in [
        ("weak.jwk", &[][..], 8, "key_weak"),
        ("rubbish", &[], 8, "key_malformed"),
        ("torn.jwk", &[], 8, "key_malformed"),
        ("torn.jwk", &["--private"], 8, "key_malformed"),
        ("twice.jwk", &[], 8, "key_malformed"),
        ("other.jwk", &[], 8, "key_unsupported"),
        ("absent", &[], 8, "input"),
        (
            "good.pem",
            &["--alg", "RS256", "--kid", "x"],
            8,
            "key_algorithm",
        ),
        ("good.pem", &["--alg", "none", "--kid", "x"], 2, "usage"),
        (
            "good.pem",
            &["--alg", "ES256", "--use", "enc", "--kid", "x"],
            8,
            "key_use",
        ),
    ] {
        // The good one before it is not added either.
        let call = match flags.is_empty() {
            true => home.authctl(["jwks", "add", "set.json", "good.pem", name, "--replace"]),
            false => home.authctl(["jwks", "add", "set.json", name]),
        };
        let error = call.args(flags).arg("--json").code(exit).check_error();
        assert_eq!(error["error"], code, "{name} {flags:?}");
        assert_eq!(home.read("set.json"), before, "{name} {flags:?}");
    }
}

#[test]
fn what_others_put_into_a_set_stays_as_it_is_written() {
    let home = Home::new();
    let text = "{\n  \"version\": 1.50,\n  \"keys\": [\n    {\"kty\": \"EC\", \"kid\": \"old\",  \"x-big\": 123456789012345678901234567890}\n  ],\n  \"\\u0061fter\": {\"b\": 1, \"a\": 2}\n}";
    home.write("set.json", text);
    home.write("k.pem", key("EdDSA").public_pem().unwrap());
    home.authctl(["jwks", "add", "set.json", "k.pem", "--kid", "new"])
        .stdout_has("added     new")
        .check();
    let with = home.read("set.json");
    let (head, tail) = text.split_once("\n  ],").unwrap();
    assert!(with.starts_with(head), "{with}");
    assert!(with.ends_with(tail), "{with}");
    home.authctl(["jwks", "remove", "set.json", "new"])
        .stdout("removed   new\nset       set.json  1 key\n")
        .stderr("warning: tokens that `new` signed stop verifying where this set is deployed\n")
        .check();
    assert_eq!(home.read("set.json"), text);
}

/// J47: what is not understood is ignored (RFC 7517 §4, §5), and stays.
#[test]
fn j47_numbers_of_any_size_do_no_harm() {
    let home = Home::new();
    let key = key("ES256");
    let jwk = Value::Object(key.public_jwk()).to_string();
    let odd = r#""x-a":1e400,"x-b":123456789012345678901234567890,"x-c":[1.10,-1E+999]"#;
    let jwk = jwk.replacen('{', &format!("{{{odd},"), 1);
    let set = format!(r#"{{"keys":[{jwk}],"x-d":1e999}}"#);
    home.write("set.json", &set);
    home.write("key.jwk", &jwk);
    let token = sign(&key, json!({}), claims());
    for keys in [["--jwks", "set.json"], ["--key", "key.jwk"]] {
        home.authctl(["verify", "--now", &NOW.to_string(), &token])
            .args(keys)
            .stdout_has("verified")
            .stderr_has("issuer not checked")
            .check();
    }
    for call in [
        &["key", "public", "key.jwk"][..],
        &["key", "convert", "key.jwk", "--to", "jwk"],
        &["key", "public", "set.json"],
    ] {
        home.authctl(call).stdout_has(odd).check();
    }
    home.authctl(["jwks", "add", "new.json", "key.jwk"])
        .stdout_has("added")
        .check();
    let added = home.read("new.json").replace([' ', '\n'], "");
    assert!(added.contains(odd), "{added}");
    home.authctl(["jwks", "remove", "set.json", "k1"])
        .stdout_has("removed")
        .stderr_has("stop verifying")
        .check();
    assert_eq!(home.read("set.json"), r#"{"keys":[],"x-d":1e999}"#);
    // In the place of an instant it is none.
    let dated = jwk.replacen('{', r#"{"exp":1e400,"#, 1);
    home.write("dated.json", format!(r#"{{"keys":[{dated}]}}"#));
    home.authctl(["jwks", "rotate", "dated.json"])
        .code(8)
        .stderr_has("the member `exp` of the JWK is not a NumericDate")
        .check();
}

#[test]
fn keys_go_by_kid_or_thumbprint_and_unknown_ones_are_refused() {
    let home = Home::new();
    let (a, b) = (key("ES256"), key("ES256"));
    let set =
        json!({"keys": [a.public_jwk(), b.public_jwk(), {"kty": "XYZ", "kid": "x", "use": "enc"}]});
    home.write("set.json", set.to_string());
    // A thumbprint may begin with `-`.
    let remove = |kid: &str| home.authctl(["jwks", "remove", "--json", "set.json", "--", kid]);
    for (kid, code) in [
        ("nope", "unknown_kid"),
        ("K1", "unknown_kid"),
        ("k1", "ambiguous_key"),
    ] {
        let error = remove(kid).code(8).check_error();
        assert_eq!(error["error"], code, "{kid}");
    }
    assert_eq!(kids(&home, "set.json"), ["k1", "k1", "x"]);
    let print = authctl::core::jose::thumbprint(&b.public_jwk()).unwrap();
    let answer: Value = serde_json::from_str(&remove(&print).run().stdout()).unwrap();
    assert_eq!(answer["removed"], json!([print]));
    assert_eq!(answer["count"], 2);
    // One for something else signed nothing that could be missed.
    remove("x").stdout_has("\"warnings\":[]").check();
    assert_eq!(kids(&home, "set.json"), ["k1"]);
    let left: Value = serde_json::from_str(&home.read("set.json")).unwrap();
    assert_eq!(left["keys"][0]["x"], a.public_jwk()["x"]);
}

#[test]
fn a_key_that_is_named_twice_is_removed_once() {
    let home = Home::new();
    let key = key("ES256");
    let print = authctl::core::jose::thumbprint(&key.public_jwk()).unwrap();
    for kids in [["k1", "k1"], ["k1", &print]] {
        home.write("set.json", json!({"keys": [key.public_jwk()]}).to_string());
        let call = home.authctl(["jwks", "remove", "--json", "--force", "set.json", "--"]);
        let output = call.args(kids).run();
        let answer: Value = serde_json::from_str(&output.stdout()).unwrap();
        assert_eq!(answer["removed"], json!(["k1"]));
        assert_eq!(answer["warnings"].as_array().unwrap().len(), 1);
        assert_eq!(answer["count"], 0);
    }
}

#[test]
fn a_set_with_broken_members_is_listed_with_what_is_wrong() {
    let home = Home::new();
    let set = json!({"keys": [
        key("ES256").public_jwk(), key("ES256").public_jwk(), null, {"kid": "a"},
        {"kty": "XYZ", "kid": "\u{1b}[2J"}, {"kty": "RSA", "kid": "weak", "n": base64url::encode([0xff; 128]), "e": "AQAB"},
        {"kty": "EC", "crv": "P-256", "x": "AA", "y": "AA"},
    ]})
    .to_string();
    let list = |flags: &[&str]| home.authctl(["jwks", "list", "-"]).args(flags).stdin(&set);
    let answer = list(&["--json"]).check_json();
    assert_eq!(
        problems(&answer),
        [
            vec!["duplicate_kid"],
            vec!["duplicate_kid"],
            vec!["key_malformed"],
            vec!["key_malformed"],
            vec!["key_unsupported"],
            vec!["key_weak"],
            vec!["key_malformed", "no_kid"],
        ]
    );
    let text = list(&[]).run().succeeds();
    assert!(
        text.contains("problem: key 3: the key is no JSON object [key_malformed]\n"),
        "{text}"
    );
    assert!(text.contains("weak") && text.contains("RSA 1024"), "{text}");
    // P3: what a kid would do to a terminal.
    assert!(
        text.contains("\\u001b[2J") && !text.contains('\u{1b}'),
        "{text}"
    );
}

#[test]
fn a_single_key_is_listed_but_not_edited() {
    let home = Home::new();
    home.write("k.jwk", json!(key("ES256").public_jwk()).to_string());
    home.authctl(["jwks", "list", "k.jwk"])
        .stdout_has("k1   EC P-256")
        .check();
    for call in [
        &["add", "k.jwk", "k.jwk"][..],
        &["remove", "k.jwk", "k1"],
        &["rotate", "k.jwk"],
    ] {
        let error = home
            .authctl(["jwks", "--json"])
            .args(call)
            .code(8)
            .check_error();
        assert_eq!(error["error"], "key_set_malformed", "{call:?}");
    }
}

#[test]
fn j28_j48_what_is_no_set_is_left_alone() {
    let home = Home::new();
    home.write("k.pem", key("ES256").public_pem().unwrap());
    for text in [
        "",
        "[]",
        "{}",
        "null",
        "<html></html>",
        "{\"keys\":[]",
        "{\"keys\":[]}}",
        "{\"keys\":{}}",
        "{\"keys\":[],\"keys\":[]}",
        "{\"keys\":[{\"kty\":\"EC\",\"kty\":\"EC\"}]}",
        "{\"keys\":[],\"\\u006beys\":[]}",
        &"[".repeat(100_000),
    ] {
        home.write("set.json", text);
        for call in [
            &["add", "set.json", "k.pem"][..],
            &["remove", "set.json", "k1"],
            &["rotate", "set.json"],
            &["list", "set.json"],
        ] {
            let error = home
                .authctl(["jwks", "--json"])
                .args(call)
                .code(8)
                .check_error();
            assert_eq!(error["error"], "key_set_malformed", "{call:?} {text:.20}");
            assert_eq!(home.read("set.json"), text);
        }
    }
    assert_eq!(home.names(), ["k.pem", "set.json"]);
}
