//! `authctl verify` by the keys of a server.

use authctl::core::jose::{Algorithm, SigningKey, base64url};
use authctl::server::Running;
use serde_json::json;

use crate::bench::{good, refused};
use crate::fake::{Answer, Fake, json as json_answer};
use crate::harness::{Call, Home, server_with};
use crate::key_server::KeyServer;
use crate::tokens::{NOW, claims, hs256, jwks, key, sign};

/// A key, a server of its set, and a home without a copy.
struct Remote {
    home: Home,
    key: SigningKey,
    server: KeyServer,
}

impl Remote {
    fn new() -> Self {
        let key = key("ES256");
        Self {
            home: Home::new(),
            server: KeyServer::start(&jwks(&key)),
            key,
        }
    }

    fn verify(&self) -> Call {
        self.home
            .authctl(["verify", "--jwks", &self.server.url()])
            .args(["--now", &NOW.to_string()])
            .args(["--issuer", "https://as.example", "--audience", "api"])
    }

    fn token(&self) -> String {
        sign(&self.key, json!({}), claims())
    }

    /// Expects the token to be good.
    fn good(&self) {
        self.verify()
            .arg(self.token())
            .stdout_has(format!(
                "verified: ES256 by the key `k1` of {}\n",
                self.server.url()
            ))
            .check();
    }
}

#[test]
fn a_set_is_fetched_once_while_it_holds() {
    let remote = Remote::new();
    remote.good();
    remote.good();
    assert_eq!(remote.server.requests(), 1);
}

#[test]
fn a_set_that_does_not_hold_is_fetched_again() {
    for field in ["Cache-Control: max-age=0", "Cache-Control: no-store"] {
        let remote = Remote::new();
        remote.server.serve(field, &jwks(&remote.key));
        remote.good();
        remote.good();
        assert_eq!(remote.server.requests(), 2, "{field}");
    }
}

#[test]
fn j49_an_unknown_kid_has_the_set_fetched_once() {
    let remote = Remote::new();
    remote.good();
    // The server rotates.
    let next = key("ES256").with_kid("k2");
    let set = json!({"keys": [remote.key.public_jwk(), next.public_jwk()]});
    remote.server.serve("Server: test", &set.to_string());
    let token = sign(&next, json!({}), claims());
    remote
        .verify()
        .arg(&token)
        .stdout_has("by the key `k2`")
        .check();
    assert_eq!(remote.server.requests(), 2);
    // Whoever makes up kids does not make us ask again.
    for kid in ["k3", "k4"] {
        let token = sign(&next, json!({"kid": kid}), claims());
        refused(remote.verify(), token, &["unknown_kid"], kid);
    }
    assert_eq!(remote.server.requests(), 2);
}

#[test]
fn j50_a_server_that_is_down_is_done_without_while_the_copy_holds() {
    let remote = Remote::new();
    remote
        .verify()
        .arg(remote.token())
        .stdout_has("verified")
        .check();
    remote.server.answer(String::new());
    remote.good();

    let absent = Remote::new();
    absent.server.answer(String::new());
    absent
        .verify()
        .arg(absent.token())
        .code(6)
        .stderr_has("error: ")
        .check();
}

#[test]
fn j50_an_outdated_copy_is_used_only_when_asked_for_and_that_is_said() {
    let remote = Remote::new();
    remote
        .server
        .serve("Cache-Control: max-age=0", &jwks(&remote.key));
    remote.good();
    remote.server.answer(String::new());
    remote
        .verify()
        .arg(remote.token())
        .code(6)
        .stderr_has("error: ")
        .check();
    remote
        .verify()
        .args(["--allow-stale-keys", &remote.token()])
        .stdout_has("verified: ES256")
        .stderr_has("warning: ")
        .stderr_has("which no longer holds")
        .check();
}

#[test]
fn j48_j51_an_answer_that_makes_no_sense_is_the_servers_fault() {
    let remote = Remote::new();
    for document in [
        "",
        "<html></html>",
        "null",
        "[]",
        "{}",
        "{\"keys\":[",
        "{\"keys\":{}}",
    ] {
        remote.server.serve("Server: test", document);
        remote
            .verify()
            .arg(remote.token())
            .code(6)
            .stderr_has("error: ")
            .check();
    }
    let long = format!("{{\"keys\":[],\"x\":\"{}\"}}", "x".repeat(20 << 20));
    remote.server.serve("Server: test", &long);
    remote
        .verify()
        .arg(remote.token())
        .code(6)
        .stderr_has("error: ")
        .check();
    remote.server.serve("Server: test", "{\"keys\":[]}");
    refused(remote.verify(), remote.token(), &["no_key"], "an empty set");
}

#[test]
fn j51_a_redirect_is_not_followed() {
    let (remote, other) = (Remote::new(), Remote::new());
    remote.server.answer(format!(
        "HTTP/1.1 302 Found\r\nLocation: {}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
        other.server.url()
    ));
    remote
        .verify()
        .arg(other.token())
        .code(5)
        .stderr_has("redirect")
        .check();
    assert_eq!(other.server.requests(), 0);
}

#[test]
fn j22_j24_nothing_in_the_token_makes_a_request() {
    let remote = Remote::new();
    let other = KeyServer::start(&jwks(&remote.key));
    for header in [
        json!({"jku": other.url()}),
        json!({"x5u": other.url()}),
        json!({"kid": other.url()}),
        json!({"jku": format!("http://as.example@127.0.0.1{}", &other.url()[16..])}),
    ] {
        let token = sign(&remote.key, header.clone(), claims());
        let call = remote.verify().arg(token);
        match header.get("kid") {
            None => call.stdout_has("verified").check(),
            Some(_) => call.code(3).stderr_has("has no key with the kid").check(),
        };
    }
    assert_eq!(other.requests(), 0);
}

/// The embedded server with alice signed in, and her token.
fn signed_in() -> (Running, Home, String, String) {
    let server = server_with(|options| options.config.algorithm = Algorithm::ES256);
    let issuer = server.ready().issuer.clone();
    let home = Home::new();
    home.sign_in(&issuer);
    let token = home.authctl(["token"]).run().succeeds();
    (server, home, issuer, token)
}

#[test]
fn the_keys_of_an_issuer_verify_its_tokens_and_its_name_is_required() {
    let (_server, home, issuer, token) = signed_in();
    let elsewhere = Home::new();
    elsewhere
        .authctl(["verify", "--issuer", &issuer, "--typ", "at+jwt", &token])
        .stdout_has("verified: ES256 by the key `")
        .stdout_has(format!("iss        {issuer}\n"))
        .stderr("warning: audience not checked\n")
        .check();
    // The profile's, when nothing is named.
    home.authctl(["verify", &token])
        .stdout_has("verified: ES256")
        .stderr("warning: audience not checked\n")
        .check();
    home.authctl(["verify", "--audience", "someone-else", "--json", &token])
        .code(3)
        .stderr_has("\"code\":\"aud\"")
        .check();
    // Another's token is not good here.
    let stranger = sign(&key("ES256"), json!({}), claims());
    refused(
        home.authctl(["verify", "--now", &NOW.to_string()]),
        &stranger,
        &["unknown_kid", "iss"],
        "another issuer's",
    );
}

#[test]
fn without_any_key_the_command_line_is_wrong() {
    Home::new()
        .authctl(["verify", &sign(&key("ES256"), json!({}), claims())])
        .code(2)
        .stderr(
            "\
error: no key is named to verify with
 hint: name a server with --issuer, or keys with --jwks, --key or --secret
",
        )
        .check();
}

#[test]
fn c10_an_issuer_over_http_is_refused_by_where_it_was_named() {
    let home = Home::new();
    let token = sign(&key("ES256"), json!({}), claims());
    home.authctl(["verify", "--issuer", "http://as.example", &token])
        .code(2)
        .stderr_has("http is allowed on loopback only")
        .check();
    home.write(
        ".config/authctl/config.toml",
        "[profiles.default]\nissuer = \"http://as.example\"\n",
    );
    home.authctl(["verify", &token])
        .code(8)
        .stderr_has("http is allowed on loopback only")
        .check();
}

#[test]
fn an_issuer_that_is_only_compared_need_not_be_a_url() {
    let home = Home::new();
    let key = key("ES256");
    home.write("keys.json", jwks(&key));
    let mut claims = claims();
    claims["iss"] = json!("kubernetes/serviceaccount");
    home.authctl(["verify", "--jwks", "keys.json", "--audience", "api"])
        .args([
            "--issuer",
            "kubernetes/serviceaccount",
            "--now",
            &NOW.to_string(),
        ])
        .arg(sign(&key, json!({}), claims))
        .stdout_has("verified: ES256")
        .check();
}

/// A server whose metadata has these members beside its issuer.
fn with_metadata(members: &'static str) -> Fake {
    Fake::new(move |request| {
        let issuer = format!("http://{}", request.host);
        json_answer(200, &format!(r#"{{"issuer":"{issuer}"{members}}}"#))
    })
}

#[test]
fn j51_keys_that_metadata_puts_in_the_open_are_not_fetched() {
    let token = sign(&key("ES256"), json!({}), claims());
    let server = with_metadata(r#","jwks_uri":"http://as.example/jwks""#);
    Home::new()
        .authctl(["verify", "--issuer", &server.issuer(), &token])
        .code(5)
        .stderr_has("http is allowed on loopback only")
        .check();
    let server = with_metadata("");
    Home::new()
        .authctl(["verify", "--issuer", &server.issuer(), &token])
        .code(8)
        .stderr(
            "\
error: cannot find the keys of the server
  why: no jwks_uri is known
 hint: name them with --jwks, --key or --secret
",
        )
        .check();
}

#[test]
fn j51_a_server_that_never_answers_is_given_up_in_time() {
    let server = Fake::new(|_| Answer::Never);
    let started = std::time::Instant::now();
    Home::new()
        .authctl(["verify", "--timeout", "1s", "--jwks", &server.url("/jwks")])
        .arg(sign(&key("ES256"), json!({}), claims()))
        .code(6)
        .stderr_has("did not answer within 1s")
        .check();
    assert!(started.elapsed().as_secs() < 10);
}

/// RFC 8725 §2.1, §3.5: what anyone can fetch is no secret; the same set in a
/// file of the user's is one.
#[test]
fn j6_a_secret_in_a_set_that_was_fetched_verifies_nothing() {
    const SECRET: &[u8] = b"0123456789abcdef0123456789abcdef";
    let (home, key) = (Home::new(), key("ES256"));
    let secret = json!({"kty": "oct", "kid": "s1", "k": base64url::encode(SECRET)});
    let set = json!({"keys": [key.public_jwk(), secret]}).to_string();
    let server = KeyServer::start(&set);
    home.write("keys.json", &set);
    let now = NOW.to_string();
    let rules = ["--now", &now, "--issuer", "https://as.example"];
    let verify = |jwks: &str| {
        home.authctl(["verify", "--jwks", jwks])
            .args(rules)
            .args(["--audience", "api"])
    };
    for header in [
        r#"{"alg":"HS256","typ":"JWT","kid":"s1"}"#,
        r#"{"alg":"HS256","typ":"JWT"}"#,
    ] {
        let token = hs256(SECRET, header, claims());
        // Fetched, then from the cache.
        for _ in 0..2 {
            refused(verify(&server.url()), &token, &["secret_published"], header);
        }
        good(verify("keys.json"), &token, header);
    }
    let named = hs256(SECRET, r#"{"alg":"HS256","kid":"s1"}"#, claims());
    verify(&server.url())
        .arg(&named)
        .code(3)
        .stderr_has("a secret in a published set")
        .stderr_has("an HMAC key is given by `--secret`")
        .check();
    // The other keys of the set serve as before.
    good(verify(&server.url()), &sign(&key, json!({}), claims()), "");
    home.authctl(["verify", "--batch", "-", "--jwks", &server.url()])
        .args(rules)
        .args(["--audience", "api", "--json", "-q"])
        .stdin(format!("{named}\n"))
        .code(3)
        .stdout_has("\"secret_published\"")
        .check();
}
