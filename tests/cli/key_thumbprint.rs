//! `authctl key thumbprint`.

use serde_json::{Value, json};

use crate::harness::Home;
use crate::key::{key_file, object};

#[test]
fn j58_thumbprints_are_those_of_the_rfcs() {
    let home = Home::new();
    let rfc: Value = serde_json::from_str(include_str!("../vectors/rfc/vectors.json")).unwrap();
    let rows = rfc["thumbprints"].as_array().unwrap();
    assert!(rows.len() >= 3);
    for row in rows {
        let jwk = row["jwk"].to_string();
        let thumbprint = |arguments: &[&str]| {
            home.authctl(["key", "thumbprint", "-"])
                .args(arguments)
                .stdin(&jwk)
                .run()
                .succeeds()
        };
        let stated = row["sha256"].as_str().unwrap();
        assert_eq!(thumbprint(&[]), format!("{stated}\n"), "{}", row["source"]);
        assert_eq!(
            thumbprint(&["--uri"]),
            format!("urn:ietf:params:oauth:jwk-thumbprint:sha-256:{stated}\n")
        );
    }
}

#[test]
fn a_thumbprint_is_of_the_hash_that_is_asked_for() {
    let home = Home::new();
    let (name, octets) = key_file!("ed25519.pkcs8.pem");
    home.write(name, octets);
    // By `printf '{"crv":…}' | openssl dgst -sha512 -binary | basenc --base64url`.
    for (hash, thumbprint) in [
        ("sha-256", "Sdo4zns2ZNumst7Ax1au_kyUofZYn9x3IxsMMrAc8-o"),
        (
            "sha-384",
            "uXmYhaheooBKPBtqjprzXWNEN2a6FMMcVLuwyuTm6VRjtLHmY3jAkD8rbsjnmk46",
        ),
        (
            "sha-512",
            "mOyzhlLCwuDxTTvbqeS_XQF2HaVE9a4Ti3fcbRidjSxthD778tt5BtO769612yI0vxP1vQ_tUQ32Fcyapr_e9w",
        ),
    ] {
        let found = home
            .authctl(["key", "thumbprint", name, "--hash", hash, "--json"])
            .check_json();
        assert_eq!(
            found,
            json!({
                "thumbprint": thumbprint,
                "hash": hash,
                "uri": format!("urn:ietf:params:oauth:jwk-thumbprint:{hash}:{thumbprint}"),
            })
        );
    }
    home.authctl(["key", "thumbprint", name, "--hash", "md5"])
        .code(2)
        .stderr_has("possible values: sha-256, sha-384, sha-512")
        .check();
}

#[test]
fn the_thumbprint_of_a_secret_is_made_only_when_asked_for_by_name() {
    let home = Home::new();
    let jwk = json!({"kty": "oct", "k": "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"}).to_string();
    home.authctl(["key", "thumbprint", "-"])
        .stdin(&jwk)
        .code(2)
        .stderr("error: the thumbprint of a secret lets others try guesses at it (RFC 7638 §7)\n hint: make it all the same with --allow-secret, if the secret is random\n")
        .check();
    let made = home
        .authctl(["key", "thumbprint", "-", "--allow-secret"])
        .stdin(&jwk)
        .run()
        .succeeds();
    assert_eq!(made.trim_end().len(), 43);
    // The kid of a secret that keygen made is its thumbprint.
    home.authctl(["keygen", "--alg", "HS256", "--out", "s", "-q"])
        .run()
        .code_is(0);
    let kid: Value = serde_json::from_str(&home.read("s.jwk.json")).unwrap();
    home.authctl(["key", "thumbprint", "s.jwk.json", "--allow-secret"])
        .stdout(format!("{}\n", kid["kid"].as_str().unwrap()))
        .check();
}

#[test]
fn the_thumbprints_of_a_set_are_lines_with_their_kids() {
    let home = Home::new();
    let mut key = object(&home, key_file!("ec256.pub.pem"))["public_jwk"].clone();
    let thumbprint = "lAA6fsjltVUeKjZmuURb_7_gmvyhbJqwqRSBCdYK4bg";
    let nameless = key.clone();
    key["kid"] = json!("a");
    let set = json!({"keys": [key, {"kty": "oct", "k": "AAAA"}, nameless]}).to_string();
    home.write("set.json", set);
    home.authctl(["key", "thumbprint", "set.json"])
        .stdout(format!("{thumbprint}  a\n{thumbprint}\n"))
        .stderr_has("warning: no thumbprint of keys[1]: the thumbprint of a secret lets")
        .check();
    home.authctl(["key", "thumbprint", "set.json", "--kid", "a"])
        .stdout(format!("{thumbprint}\n"))
        .check();
    home.write("secrets.json", r#"{"keys":[{"kty":"oct","k":"AAAA"}]}"#);
    home.authctl(["key", "thumbprint", "secrets.json"])
        .code(2)
        .stderr_has("--allow-secret")
        .check();
}
