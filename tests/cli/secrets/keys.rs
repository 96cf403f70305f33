//! Keys, sets of keys, and tokens made and opened by keys.

use serde_json::Value;

use super::forms::Forms;
use super::world::World;
use super::{JWE_PASSWORD, KEY_PASSPHRASE, MAC_SECRET, PLAINTEXT, WRONG_PASSPHRASE};
use crate::harness::Call;

/// The members of a private JWK that are secret (RFC 7518 sections 6.2 to 6.4,
/// RFC 8037 section 2).
const PRIVATE_MEMBERS: [&str; 7] = ["d", "p", "q", "dp", "dq", "qi", "k"];

/// Adds the private members of a key.
fn add_jwk(forms: &mut Forms, name: &str, text: &str) {
    let key: Value = serde_json::from_str(text).expect("a JWK");
    let mut found = 0;
    for member in PRIVATE_MEMBERS {
        if let Some(value) = key[member].as_str() {
            forms.add(&format!("{member} of {name}"), value);
            found += 1;
        }
    }
    assert!(found > 0, "{name} has no private member");
}

/// Adds a private key in PEM, and its lines, each by itself.
fn add_pem(forms: &mut Forms, name: &str, text: &str) {
    assert!(text.contains("PRIVATE KEY-----"), "{name}");
    let lines: Vec<&str> = text
        .lines()
        .filter(|line| !line.starts_with("-----"))
        .collect();
    forms.add(name, &lines.concat());
    // The first of PKCS#8 says what kind of key it is, and the last of a key
    // on a curve may hold the public one.
    for line in lines.iter().skip(1).filter(|line| line.len() == 64) {
        forms.add(&format!("a line of {name}"), line);
    }
}

pub fn keys(w: &mut World) {
    for (algorithm, prefix) in [("ES256", "es"), ("RS256", "rs"), ("EdDSA", "ed")] {
        let keygen = format!("keygen --alg {algorithm} --out out/{prefix}");
        w.ok(w.authctl(&keygen));
        // It is there already.
        w.ends(2, w.authctl(&keygen));
        let file = format!("out/{prefix}.pem");
        let pem = w.home.read(&file);
        add_pem(&mut w.forms, prefix, &pem);
        let jwk = w.gives(w.authctl("key convert --to jwk").arg(&file));
        add_jwk(&mut w.forms, prefix, &jwk);
        for words in [
            "key inspect",
            "key inspect --json",
            "key public",
            "key public -o jwk",
            "key thumbprint",
            "jwks add out/set.json",
        ] {
            w.ok(w.authctl(words).arg(&file));
        }
    }
    for algorithm in ["ES256", "HS256"] {
        let keygen = format!("keygen --alg {algorithm} --out - -o jwk");
        let jwk = w.gives(w.authctl(&keygen));
        add_jwk(&mut w.forms, algorithm, &jwk);
    }
    // Under a passphrase, the right one and a wrong one.
    let with = |call: Call, passphrase: &str| {
        call.args(["--passphrase", "env:KEY_PASSPHRASE"])
            .env("KEY_PASSPHRASE", passphrase)
    };
    w.ok(with(w.authctl("keygen --out out/enc"), KEY_PASSPHRASE));
    for (passphrase, exit) in [(KEY_PASSPHRASE, 0), (WRONG_PASSPHRASE, 8)] {
        for words in [
            "key inspect out/enc.pem",
            "key public out/enc.pem",
            "key thumbprint out/enc.pem",
            "key convert --to jwk out/enc.pem --out out/enc.jwk --force",
            "jwks add out/set.json out/enc.pem",
        ] {
            w.ends(exit, with(w.authctl(words), passphrase));
        }
    }
    let jwk = w.home.read("out/enc.jwk");
    add_jwk(&mut w.forms, "enc", &jwk);
}

pub fn sets(w: &mut World) {
    w.ok(w.authctl("jwks list out/set.json"));
    w.ends(8, w.authctl("jwks list out/es.pem"));
    let set: Value = serde_json::from_str(&w.home.read("out/set.json")).expect("JSON");
    let kid = set["keys"][0]["kid"].as_str().expect("a kid");
    w.ok(w.authctl("jwks remove --force out/set.json").arg(kid));
    w.ends(8, w.authctl("jwks remove out/set.json no-such-kid"));
    let rotate = "jwks rotate out/rotated.json --keys out/private";
    w.ok(w.authctl(rotate));
    w.ok(w.authctl(rotate).arg("--force"));
    w.ends(8, w.authctl("jwks rotate out/es.pem"));
    let issuer = w.server.issuer();
    w.ok(w.authctl("jwks fetch --issuer").arg(issuer));
    w.ends(6, w.authctl("jwks fetch http://127.0.0.1:1/jwks"));
}

pub fn tokens(w: &mut World) {
    let mac = |call: Call, secret: &str| {
        call.args(["--secret", "env:MAC_SECRET"])
            .env("MAC_SECRET", secret)
    };
    let sign = "sign --sub a --exp 1h";
    let maced = w.gives(mac(w.authctl(sign), MAC_SECRET));
    w.ends(8, mac(w.authctl(sign), "too-short"));
    w.ok(mac(w.authctl("verify -"), MAC_SECRET).stdin(&maced));
    let other = MAC_SECRET.repeat(2);
    w.ends(3, mac(w.authctl("verify -"), &other).stdin(&maced));
    let signed = w.gives(w.authctl(sign).args(["--key", "out/es.pem"]));
    for token in [&maced, &signed] {
        w.forms.add("a signed token", token.trim());
    }
    let jwe = |call: Call, password: &str| {
        call.args(["--password", "env:JWE_PASSWORD"])
            .env("JWE_PASSWORD", password)
    };
    let encrypt = |w: &World, words: &str| jwe(w.authctl(words), JWE_PASSWORD).stdin(PLAINTEXT);
    let encrypted = w.ok(encrypt(w, "encrypt - --p2c 1000"));
    w.ends(8, encrypt(w, "encrypt - --alg dir"));
    w.gives(jwe(w.authctl("decrypt -"), JWE_PASSWORD).stdin(&encrypted));
    let wrong = &JWE_PASSWORD[2..];
    w.ends(3, jwe(w.authctl("decrypt -"), wrong).stdin(&encrypted));
}
