//! TLS.

use std::io::Write;
use std::time::Duration;

use authctl::core::error::{Exit, Report};
use authctl::core::http::{Client, Options as HttpOptions, Request, Transport};
use authctl::core::jose::{Algorithm, SigningKey};
use authctl::core::secret::SecretBytes;
use authctl::server::{Config, Options, Server, Tls};

use crate::support::{Fixture, Response, with_options};

const CA: &[u8] = include_bytes!("tls/ca.pem");
const CERTIFICATE: &[u8] = include_bytes!("tls/cert.pem");
const KEY: &[u8] = include_bytes!("tls/key.pem");

/// The certificate of the tests, and its key.
pub fn certificate() -> Tls {
    Tls {
        certificate: CERTIFICATE.to_vec(),
        key: SecretBytes::new(KEY),
    }
}

fn secure() -> Fixture {
    let mut config = Config::built_in();
    config.algorithm = Algorithm::ES256;
    with_options(config, |options| {
        options.tls = Some(certificate());
        options.limits.header_timeout = Duration::from_millis(500);
    })
}

#[test]
fn metadata_comes_over_tls() {
    let server = secure();
    let issuer = server.issuer().to_owned();
    assert_eq!(issuer, format!("https://{}", server.address()));
    let client = Client::new(HttpOptions {
        ca_bundle: Some(CA.to_vec()),
        ..HttpOptions::default()
    });
    let url = format!("{issuer}/.well-known/openid-configuration");
    let answer = client
        .send(&Request::get(url.parse().expect("a URL")))
        .expect("an answer");
    assert_eq!(answer.status, 200);
    let document: serde_json::Value = serde_json::from_slice(&answer.body).expect("JSON");
    assert_eq!(document["issuer"], issuer);
    assert_eq!(document["token_endpoint"], format!("{issuer}/token"));
}

#[test]
fn plain_http_gets_no_answer_there() {
    let server = secure();
    let answer = server.get("/jwks");
    assert_ne!(answer.status, 200);
}

#[test]
fn a_handshake_that_does_not_come_ends_the_connection() {
    let server = secure();
    let mut stream = server.connect();
    stream.write_all(b"\x16\x03\x01").expect("to send");
    assert_eq!(Response::read(&mut stream).status, 0);
}

#[test]
fn an_open_handshake_does_not_hold_up_the_end() {
    let server = secure();
    let _stream = server.connect();
    let started = std::time::Instant::now();
    server.running.stop();
    assert!(started.elapsed() < Duration::from_secs(2));
}

#[test]
fn certificate_and_key_must_be_what_they_are_called_and_fit() {
    let other = SigningKey::generate(Algorithm::ES256, None)
        .expect("a key")
        .to_pkcs8_pem()
        .expect("PEM");
    for (certificate, key, what) in [
        (&b"x"[..], KEY, "the TLS certificate is not PEM"),
        (KEY, KEY, "the TLS certificate is not PEM"),
        (CERTIFICATE, b"x", "the TLS key is not a PEM private key"),
        (
            CERTIFICATE,
            CERTIFICATE,
            "the TLS key is not a PEM private key",
        ),
        (
            CERTIFICATE,
            other.expose().as_bytes(),
            "the TLS certificate and key cannot be used: keys may not be consistent: KeyMismatch",
        ),
    ] {
        let mut options = Options::new(Config::built_in());
        options.config.algorithm = Algorithm::ES256;
        options.listen.set_port(0);
        options.tls = Some(Tls {
            certificate: certificate.to_vec(),
            key: SecretBytes::new(key),
        });
        let error = Server::bind(options).err().expect("a refusal");
        assert_eq!(error.to_string(), what);
        assert_eq!(error.exit(), Exit::Config);
    }
}
