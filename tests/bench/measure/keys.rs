//! Keys and tokens for the verifiers, made anew in every run.

use std::fs;
use std::path::Path;

use aws_lc_rs::encoding::{AsDer as _, Pkcs8V1Der};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair as _, RSA_PKCS1_SHA256,
    RsaKeyPair, RsaPublicKeyComponents,
};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::{Value, json};

/// Tokens whose keys lie in `rs256.pem`, `es256.pem` and `keys.json`; the
/// private ones, and one for EdDSA, in `rs256.key.pem` and its like.
pub struct Tokens {
    /// Signed by the RSA key, of 2048 bits.
    pub rs256: String,
    /// Signed by the key on P-256.
    pub es256: String,
}

impl Tokens {
    /// Writes the keys into `folder` and signs the tokens.
    pub fn write(folder: &Path) -> Self {
        let random = SystemRandom::new();
        let write = |name: &str, content: String| {
            fs::write(folder.join(name), content).expect("the folder is ours");
        };

        let rsa = RsaKeyPair::generate(KeySize::Rsa2048).expect("randomness");
        let public = rsa.public_key();
        let public_pem = |der: &[u8]| pem("PUBLIC KEY", der);
        let private_pem = |der: &[u8]| pem("PRIVATE KEY", der);
        write(
            "rs256.pem",
            public_pem(public.as_der().expect("a key").as_ref()),
        );
        let private: Pkcs8V1Der<'_> = rsa.as_der().expect("a key");
        write("rs256.key.pem", private_pem(private.as_ref()));
        let components = RsaPublicKeyComponents::<Vec<u8>>::from(public);
        let jwk = json!({
            "kty": "RSA", "use": "sig", "alg": "RS256", "kid": "bench",
            "n": encode(&components.n), "e": encode(&components.e),
        });
        write("keys.json", json!({ "keys": [jwk] }).to_string());
        let rs256 = token("RS256", |input| {
            let mut signature = vec![0; public.modulus_len()];
            rsa.sign(&RSA_PKCS1_SHA256, &random, input, &mut signature)
                .expect("the key fits");
            signature
        });

        let ec = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).expect("randomness");
        let public = ec.public_key();
        write(
            "es256.pem",
            public_pem(public.as_der().expect("a key").as_ref()),
        );
        let private = ec.to_pkcs8v1().expect("a key");
        write("es256.key.pem", private_pem(private.as_ref()));
        let es256 = token("ES256", |input| {
            let signature = ec.sign(&random, input).expect("the key fits");
            signature.as_ref().to_vec()
        });

        let ed25519 = Ed25519KeyPair::generate().expect("randomness");
        let private = ed25519.to_pkcs8v1().expect("a key");
        write("eddsa.key.pem", private_pem(private.as_ref()));
        Self { rs256, es256 }
    }
}

/// An access token as servers issue them (RFC 9068), valid far beyond this run.
fn token(alg: &str, sign: impl Fn(&[u8]) -> Vec<u8>) -> String {
    let header: Value = json!({ "typ": "at+jwt", "alg": alg, "kid": "bench" });
    let input = format!(
        "{}.{}",
        encode(header.to_string().as_bytes()),
        encode(claims().to_string().as_bytes())
    );
    let signature = sign(input.as_bytes());
    format!("{input}.{}", encode(&signature))
}

/// The claims of such a token.
pub fn claims() -> Value {
    json!({
        "iss": "https://as.example.test", "sub": "248289761001", "aud": "https://api.example.test",
        "client_id": "bench", "scope": "openid profile email offline_access",
        "iat": 1_700_000_000_u64, "exp": 4_102_444_800_u64, "jti": "dbe39bf3a3ba4238a513f51d6e1691c4",
    })
}

fn encode(octets: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(octets)
}

fn pem(label: &str, der: &[u8]) -> String {
    let text = STANDARD.encode(der);
    let mut pem = format!("-----BEGIN {label}-----\n");
    for line in text.as_bytes().chunks(64) {
        pem.extend(line.iter().map(|octet| char::from(*octet)));
        pem.push('\n');
    }
    pem + &format!("-----END {label}-----\n")
}
