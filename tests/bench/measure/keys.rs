//! Keys and tokens for the verifiers, made anew in every run.

use std::fs;
use std::path::Path;

use aws_lc_rs::encoding::AsDer as _;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _, RSA_PKCS1_SHA256, RsaKeyPair,
    RsaPublicKeyComponents,
};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::{Value, json};

/// Tokens whose keys lie in `rs256.pem`, `es256.pem` and `keys.json`.
pub struct Tokens {
    /// Signed by the RSA key, of 2048 bits.
    pub rs256: String,
    /// Signed by the key on P-256.
    pub es256: String,
}

impl Tokens {
    /// Writes the public keys into `folder` and signs the tokens.
    pub fn write(folder: &Path) -> Self {
        let random = SystemRandom::new();
        let write = |name: &str, content: String| {
            fs::write(folder.join(name), content).expect("the folder is ours");
        };

        let rsa = RsaKeyPair::generate(KeySize::Rsa2048).expect("randomness");
        let public = rsa.public_key();
        write("rs256.pem", pem(public.as_der().expect("a key").as_ref()));
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
        write("es256.pem", pem(public.as_der().expect("a key").as_ref()));
        let es256 = token("ES256", |input| {
            let signature = ec.sign(&random, input).expect("the key fits");
            signature.as_ref().to_vec()
        });
        Self { rs256, es256 }
    }
}

/// An access token as servers issue them (RFC 9068), valid far beyond this run.
fn token(alg: &str, sign: impl Fn(&[u8]) -> Vec<u8>) -> String {
    let header: Value = json!({ "typ": "at+jwt", "alg": alg, "kid": "bench" });
    let claims = json!({
        "iss": "https://as.example.test", "sub": "248289761001", "aud": "https://api.example.test",
        "client_id": "bench", "scope": "openid profile email offline_access",
        "iat": 1_700_000_000_u64, "exp": 4_102_444_800_u64, "jti": "dbe39bf3a3ba4238a513f51d6e1691c4",
    });
    let input = format!(
        "{}.{}",
        encode(header.to_string().as_bytes()),
        encode(claims.to_string().as_bytes())
    );
    let signature = sign(input.as_bytes());
    format!("{input}.{}", encode(&signature))
}

fn encode(octets: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(octets)
}

fn pem(der: &[u8]) -> String {
    let text = STANDARD.encode(der);
    let mut pem = String::from("-----BEGIN PUBLIC KEY-----\n");
    for line in text.as_bytes().chunks(64) {
        pem.extend(line.iter().map(|octet| char::from(*octet)));
        pem.push('\n');
    }
    pem + "-----END PUBLIC KEY-----\n"
}
