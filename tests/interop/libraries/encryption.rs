//! Encryption: made there and opened here, made here and opened there, by
//! every `alg` with every `enc` that both have.

use authctl::core::jose::Algorithm;
use authctl::core::jose::base64url;
use authctl::core::jose::jwe::{ContentEncryption, KeyManagement};
use serde_json::{Value, json};

use super::{authctl, changed};
use crate::harness::{Library, Outcome, Sandbox};

const CONTENT: &str = "tea at five — чай в пять";

/// PBKDF2 iterations: npm `jose` opens no more than 10000.
const ITERATIONS: u32 = 2000;

/// A key, each side in the file that authctl reads and as a library takes it.
struct Recipient {
    sandbox: Sandbox,
    /// The flag by which authctl takes it to encrypt, and to decrypt.
    flags: [&'static str; 2],
    public: Value,
    private: Value,
}

impl Recipient {
    /// Makes a key that serves `alg`, and `enc` where the key is its own.
    fn new(library: &Library, alg: KeyManagement, enc: ContentEncryption) -> Self {
        let name = alg.name();
        let pair = match name {
            _ if name.starts_with("RSA") => library.key(Algorithm::RS256),
            _ if name.starts_with("ECDH") => library.key(Algorithm::ES256),
            _ => {
                let octets = match (alg.default_iterations(), name.get(1..4)) {
                    (Some(_), _) => 20,
                    (None, Some(bits)) => bits.parse::<usize>().map_or(enc.key_len(), |b| b / 8),
                    (None, None) => enc.key_len(),
                };
                let secret: Vec<u8> = (b'a'..=b'z').cycle().take(octets).collect();
                let jwk = json!({"jwk": {"kty": "oct", "k": base64url::encode(&secret)}});
                let recipient = Self::of(jwk.clone(), jwk);
                recipient.sandbox.write("secret", secret);
                return match alg.default_iterations() {
                    Some(_) => Self {
                        flags: ["--password file:secret"; 2],
                        ..recipient
                    },
                    None => recipient,
                };
            }
        };
        Self::of(pair.public, pair.private)
    }

    fn of(public: Value, private: Value) -> Self {
        let sandbox = Sandbox::new();
        sandbox.write("public.jwk", public["jwk"].to_string());
        sandbox.write("private.jwk", private["jwk"].to_string());
        Self {
            sandbox,
            flags: ["--key public.jwk", "--key private.jwk"],
            public,
            private,
        }
    }

    /// Encrypts here.
    fn encrypt(&self, alg: KeyManagement, enc: ContentEncryption, more: &str) -> Outcome {
        let mut line = format!("encrypt {} --alg {alg} --enc {enc} {more}", self.flags[0]);
        if alg.default_iterations().is_some() {
            line.push_str(&format!(" --p2c {ITERATIONS}"));
        }
        authctl(&self.sandbox, &line, CONTENT)
    }

    /// Decrypts here.
    fn decrypt(&self, token: &str) -> Outcome {
        let line = format!("decrypt {} -", self.flags[1]);
        authctl(&self.sandbox, &line, token)
    }

    /// Requires that each side opens what the other made for this key, and
    /// neither what was changed.
    fn exchange(&self, library: &Library, alg: KeyManagement, enc: ContentEncryption) {
        let case = format!("{} {alg} {enc}", library.name);
        let made = library.does(
            "encrypt",
            json!({
                "header": {"alg": alg.name(), "enc": enc.name()},
                "key": self.public,
                "plaintext": base64url::encode(CONTENT),
            }),
        );
        let made = made.as_str().expect("a token is a string");
        assert_eq!(self.decrypt(made).succeeds().stdout, CONTENT, "{case}");

        let outcome = self.encrypt(alg, enc, "").succeeds();
        let ours = outcome.stdout.trim_end();
        let opened = library.does("decrypt", json!({"token": ours, "key": self.private}));
        assert_eq!(opened["plaintext"], base64url::encode(CONTENT), "{case}");
        assert_eq!(
            opened["header"]["alg"],
            alg.name(),
            "{case}: {}",
            opened["header"]
        );
    }
}

/// Says whether a library lacks a key management algorithm, in the version
/// that is pinned here.
fn lacks(library: &Library, alg: KeyManagement) -> bool {
    matches!(
        (library.name, alg.name()),
        ("joserfc", "RSA-OAEP-384" | "RSA-OAEP-512")
    )
}

fn exchange_all(library: &Library) {
    for alg in KeyManagement::all() {
        for enc in ContentEncryption::all() {
            let recipient = Recipient::new(library, alg, enc);
            if lacks(library, alg) {
                let request = json!({
                    "header": {"alg": alg.name(), "enc": enc.name()},
                    "key": recipient.public,
                    "plaintext": "",
                });
                let answer = library.call("encrypt", request);
                assert!(answer.is_err(), "{} has {alg} now", library.name);
                continue;
            }
            recipient.exchange(library, alg, enc);
        }
    }
}

#[test]
fn jose_and_authctl_open_what_the_other_encrypts() {
    exchange_all(Library::jose());
}

#[test]
fn joserfc_and_authctl_open_what_the_other_encrypts() {
    exchange_all(Library::joserfc());
}

#[test]
fn keys_are_agreed_on_every_curve() {
    let agreements = ["ECDH-ES", "ECDH-ES+A256KW"];
    for library in Library::all() {
        for crv in ["P-256", "P-384", "P-521", "X25519"] {
            let kty = if crv == "X25519" { "OKP" } else { "EC" };
            let kind = match library.name {
                "jose" => json!({"alg": "ECDH-ES", "crv": crv}),
                _ => json!({"kty": kty, "crv": crv}),
            };
            let made = library.does("generate", kind);
            let recipient = Recipient::of(made["public"].clone(), made["private"].clone());
            for alg in agreements {
                let alg = alg.parse().expect("it is in the table");
                recipient.exchange(library, alg, "A192CBC-HS384".parse().expect("as above"));
            }
        }
    }
}

#[test]
fn the_parties_of_an_agreement_are_bound_into_the_key() {
    let (alg, enc) = (KeyManagement::EcdhEs, ContentEncryption::A256Gcm);
    for library in Library::all() {
        let recipient = Recipient::new(library, alg, enc);
        let outcome = recipient.encrypt(alg, enc, "--apu alice --apv bob");
        let outcome = outcome.succeeds();
        let token = outcome.stdout.trim_end();
        let request = json!({"token": token, "key": recipient.private});
        let opened = library.does("decrypt", request);
        assert_eq!(opened["plaintext"], base64url::encode(CONTENT));
        assert_eq!(opened["header"]["apu"], base64url::encode("alice"));
        assert_eq!(opened["header"]["apv"], base64url::encode("bob"));
    }
}

#[test]
fn a_token_that_was_changed_opens_nowhere() {
    let cases = [
        ("RSA-OAEP-256", "A256GCM"),
        ("ECDH-ES+A128KW", "A128CBC-HS256"),
        ("A256KW", "A256CBC-HS512"),
        ("A128GCMKW", "A128GCM"),
        ("PBES2-HS256+A128KW", "A128GCM"),
    ];
    for library in Library::all() {
        for (alg, enc) in cases {
            let (alg, enc) = (alg.parse().expect("known"), enc.parse().expect("known"));
            let recipient = Recipient::new(library, alg, enc);
            let outcome = recipient.encrypt(alg, enc, "").succeeds();
            let token = outcome.stdout.trim_end();
            for changed in changed(token) {
                recipient.decrypt(&changed).fails(3);
                let request = json!({"token": changed, "key": recipient.private});
                let opened = library.call("decrypt", request);
                assert!(opened.is_err(), "{} {alg} opens {changed}", library.name);
            }
        }
    }
}

#[test]
fn compressed_content_is_exchanged() {
    let (alg, enc) = (KeyManagement::A128Kw, ContentEncryption::A128Gcm);
    for library in Library::all() {
        let recipient = Recipient::new(library, alg, enc);
        let outcome = recipient.encrypt(alg, enc, "--zip").succeeds();
        let token = outcome.stdout.trim_end();
        let request = json!({"token": token, "key": recipient.private});
        let opened = library.does("decrypt", request);
        assert_eq!(opened["header"]["zip"], "DEF");
        assert_eq!(opened["plaintext"], base64url::encode(CONTENT));
        let made = library.does(
            "encrypt",
            json!({
                "header": {"alg": alg.name(), "enc": enc.name(), "zip": "DEF"},
                "key": recipient.public,
                "plaintext": base64url::encode(CONTENT),
            }),
        );
        let made = made.as_str().expect("a token is a string");
        assert_eq!(recipient.decrypt(made).succeeds().stdout, CONTENT);
    }
}

#[test]
fn rsa1_5_is_refused_by_name() {
    let library = Library::joserfc();
    let recipient = Recipient::of(
        library.key(Algorithm::RS256).public,
        library.key(Algorithm::RS256).private,
    );
    let made = library.does(
        "encrypt",
        json!({
            "header": {"alg": "RSA1_5", "enc": "A128GCM"},
            "key": recipient.public,
            "plaintext": base64url::encode(CONTENT),
        }),
    );
    let made = made.as_str().expect("a token is a string");
    let outcome = recipient.decrypt(made).fails(3);
    assert!(outcome.stderr.contains("RSA1_5"), "{outcome:#?}");
}
