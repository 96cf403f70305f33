//! A key, its set, and tokens to be judged by it.

use authctl::core::jose::SigningKey;
use serde_json::{Value, json};

use crate::harness::{Call, Home};
use crate::tokens::{NOW, jwks, key, sign, sign_raw};

/// A key, its set in `keys.json`, and a home around.
pub struct Bench {
    pub home: Home,
    pub key: SigningKey,
}

impl Bench {
    pub fn new(algorithm: &str) -> Self {
        let (home, key) = (Home::new(), key(algorithm));
        home.write("keys.json", jwks(&key));
        Self { home, key }
    }

    /// `verify` with nothing but keys and an instant.
    pub fn bare(&self) -> Call {
        let call = self.home.authctl(["verify", "--jwks", "keys.json"]);
        call.args(["--now", &NOW.to_string()])
    }

    /// `verify` with issuer and audience too.
    pub fn verify(&self) -> Call {
        self.bare()
            .args(["--issuer", "https://as.example", "--audience", "api"])
    }

    /// As [`Bench::verify`], with the algorithm of the key.
    pub fn pinned(&self) -> Call {
        self.verify().args(["--alg", self.key.algorithm().name()])
    }

    pub fn sign(&self, claims: Value) -> String {
        sign(&self.key, json!({"typ": "JWT"}), claims)
    }

    pub fn bare_jws(&self) -> Call {
        self.home
            .authctl(["verify", "--jwks", "keys.json", "--jws"])
    }

    pub fn sign_text(&self, payload: &str) -> String {
        let header = r#"{"alg":"ES256","kid":"k1"}"#;
        sign_raw(&self.key, header, payload.as_bytes())
    }
}

/// Expects a token to be good.
pub fn good(call: Call, token: &str, what: &str) {
    let found = call.args(["-o", "json"]).stdin(token).check_json();
    assert_eq!(found["valid"], true, "{what}");
}

/// Expects a token to be refused for exactly these reasons; the reason
/// `token_malformed` stands for one that could not be judged.
pub fn refused(call: Call, token: impl AsRef<[u8]>, reasons: &[&str], what: &str) {
    let error = call.arg("--json").stdin(token).code(3).check_error();
    let codes: Vec<_> = match error["error"].as_str() {
        Some("token_refused") => {
            let failures = error["failures"].as_array().unwrap();
            failures
                .iter()
                .map(|failure| failure["code"].as_str().unwrap())
                .collect()
        }
        other => other.into_iter().collect(),
    };
    assert_eq!(codes, reasons, "{what}: {error}");
    assert_eq!(error["exit_code"], 3);
}
