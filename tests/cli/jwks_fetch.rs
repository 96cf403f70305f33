//! `authctl jwks fetch`.

use serde_json::json;

use crate::fake::{Answer, Fake};
use crate::harness::{Home, server_with};
use crate::jwks::problems;
use crate::key_server::KeyServer;
use crate::tokens::{jwks, key};

#[test]
fn fetch_prints_the_set_as_it_was_sent_and_keeps_it() {
    let home = Home::new();
    let set = format!(
        "{{ \"keys\":[{}, null], \"n\": 1.0e2 }}",
        json!(key("ES256").public_jwk())
    );
    let server = KeyServer::start(&set);
    let fetch = || home.authctl(["jwks", "fetch", &server.url()]);
    fetch().stdout(format!("{set}\n")).check();
    let out = ["--out", "as.json"];
    fetch()
        .args(out)
        .stdout(format!("wrote 2 keys of {} to as.json\n", server.url()))
        .check();
    assert_eq!(home.read("as.json"), set);
    // A set is replaced, anything else only with --force.
    fetch().args(out).stdout_has("wrote 2 keys").check();
    home.write("as.json", "notes");
    fetch()
        .args(out)
        .code(2)
        .stderr_has("`as.json` is there and is no JWK Set")
        .check();
    assert_eq!(home.read("as.json"), "notes");
    fetch().args(out).arg("--force").stdout_has("wrote").check();
    assert_eq!(home.read("as.json"), set);
    // Each time the server was asked.
    assert_eq!(server.requests(), 5);
    home.authctl(["jwks", "list", &server.url()])
        .stdout_has("k1")
        .check();
}

#[test]
fn j57_a_private_key_is_replaced_only_by_force() {
    let home = Home::new();
    let served = jwks(&key("ES256"));
    let server = KeyServer::start(&served);
    let fetch = || home.authctl(["jwks", "fetch", &server.url(), "--out", "as.json"]);
    let private = key("ES256").private_jwk().unwrap();
    let private = private.expose();
    let public = json!(key("ES256").public_jwk()).to_string();
    let secret = r#"{"kty":"oct","k":"c2VjcmV0"}"#;
    for (kept, why) in [
        (private.to_owned(), "is no JWK Set"),
        (public, "is no JWK Set"),
        (
            format!("{{\"keys\":[{private}]}}"),
            "holds private keys or secrets",
        ),
        (
            format!("{{\"keys\":[{secret}]}}"),
            "holds private keys or secrets",
        ),
    ] {
        home.write("as.json", &kept);
        fetch()
            .code(2)
            .stderr_has(format!("`as.json` is there and {why}"))
            .stderr_has("--force, or choose another name")
            .check();
        assert_eq!(home.read("as.json"), kept);
        fetch().arg("--force").stdout_has("wrote 1 key").check();
        assert_eq!(home.read("as.json"), served);
    }
}

#[test]
fn fetch_says_that_no_key_is_left() {
    let home = Home::new();
    let server = KeyServer::start("{\"keys\":[]}");
    home.write("as.json", jwks(&key("ES256")));
    let fetch = || home.authctl(["jwks", "fetch", &server.url(), "--out", "as.json"]);
    fetch()
        .stdout_has("wrote 0 keys")
        .stderr("note: `as.json` had 1 key, and what the server sent in its place has none\n")
        .check();
    fetch().stdout_has("wrote 0 keys").check();
}

#[test]
fn fetch_finds_the_set_of_an_issuer_and_of_the_profile() {
    let server = server_with(|_| {});
    let issuer = server.ready().issuer.as_str();
    let home = Home::new();
    let set = home
        .authctl(["jwks", "fetch", "--issuer", issuer])
        .run()
        .succeeds();
    assert!(set.contains("\"keys\""), "{set}");
    home.write(
        ".config/authctl/config.toml",
        format!("[profiles.default]\nissuer = \"{}\"\n", issuer),
    );
    home.authctl(["jwks", "fetch"]).stdout(&set).check();
    let uri = format!("{}/jwks", issuer);
    home.authctl(["jwks", "list"])
        .env("AUTHCTL_JWKS_URI", uri)
        .stdout_has("KID")
        .check();
    Home::new()
        .authctl(["jwks", "fetch"])
        .code(2)
        .stderr_has("no key set is named")
        .check();
}

#[test]
fn j51_fetch_keeps_to_the_rules_of_the_network() {
    let home = Home::new();
    home.write("as.json", "{\"keys\":[]}");
    let fetch = |url: &str| {
        home.authctl(["jwks", "fetch", url, "--out", "as.json", "--json"])
            .args(["--timeout", "5s"])
    };
    for url in [
        "http://as.example/jwks",
        "ftp://as.example/jwks",
        "as.json",
        "-",
    ] {
        fetch(url).code(2).stderr_has("usage").check();
    }
    let elsewhere = KeyServer::start(&jwks(&key("ES256")));
    let redirect = format!(
        "HTTP/1.1 302 Found\r\nLocation: {}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
        elsewhere.url()
    );
    let server = KeyServer::start("");
    for (answer, exit) in [
        (redirect, 5),
        ("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 6\r\nConnection: close\r\n\r\n<html>".to_owned(), 6),
        (String::new(), 6),
    ] {
        server.answer(answer.clone());
        fetch(&server.url()).code(exit).stderr_has("\"error\"").check();
    }
    assert_eq!(elsewhere.requests(), 0);
    let large = Fake::new(|_| {
        let mut octets =
            b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\n\r\n{\"keys\":["
                .to_vec();
        octets.resize(20 * 1024 * 1024, b' ');
        Answer::Octets(octets)
    });
    fetch(&large.url("/jwks"))
        .code(6)
        .stderr_has("\"error\"")
        .check();
    assert_eq!(home.read("as.json"), "{\"keys\":[]}");
}

#[test]
fn j57_a_server_that_publishes_private_keys_is_told_of() {
    let home = Home::new();
    let key = key("ES256");
    let set = format!("{{\"keys\":[{}]}}", key.private_jwk().unwrap().expose());
    let server = KeyServer::start(&set);
    home.authctl(["jwks", "fetch", &server.url()])
        .stdout(format!("{set}\n"))
        .stderr_has("publishes 1 private or secret key: whoever reads")
        .check();
    let listed = home
        .authctl(["jwks", "list", &server.url(), "--json"])
        .check_json();
    assert_eq!(problems(&listed), [["private_key"]]);
}
