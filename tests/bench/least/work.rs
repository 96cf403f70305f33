//! The least programs for the work on keys and tokens: the bare steps with
//! aws-lc-rs, without options, checks or messages.
//!
//!     least-work verify ALG KEY.pem TOKEN     signature and expiry, prints the claims
//!     least-work verify ALG KEYS.json TOKEN   the same with a JWK Set
//!     least-work seal FILE CONTENT            writes the file that `open` reads
//!     least-work open FILE                    opens an encrypted file, prints a token
//!     least-work keygen ALG                   prints a private key
//!     least-work sign ALG KEY.pem CLAIMS      prints a JWT of the claims

use std::error::Error;
use std::fs;
use std::io::{self, Write as _};
use std::time::{SystemTime, UNIX_EPOCH};

use aws_lc_rs::aead::{AES_256_GCM, Aad, Nonce, RandomizedNonceKey};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{
    self, EcdsaKeyPair, Ed25519KeyPair, ParsedPublicKey, RsaKeyPair, RsaPublicKeyComponents,
    VerificationAlgorithm,
};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::Value;

type Failure = Box<dyn Error>;

fn main() -> Result<(), Failure> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let answer = match arguments[..] {
        ["verify", alg, keys, token] => verify(alg, keys, token)?,
        ["seal", file, content] => seal(file, content)?,
        ["open", file] => open(file)?,
        ["keygen", alg] => keygen(alg)?,
        ["sign", alg, key, claims] => sign(alg, key, claims)?,
        _ => return Err("see the head of this program's source".into()),
    };
    Ok(io::stdout().write_all(&answer)?)
}

fn verify(alg: &str, keys: &str, token: &str) -> Result<Vec<u8>, Failure> {
    let (input, signature) = token.rsplit_once('.').ok_or("no signature")?;
    let (header, claims) = input.split_once('.').ok_or("no claims")?;
    let signature = URL_SAFE_NO_PAD.decode(signature)?;
    let header: Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(header)?)?;
    let claims = URL_SAFE_NO_PAD.decode(claims)?;
    if header["alg"] != alg {
        return Err("another algorithm".into());
    }
    let content = fs::read(keys)?;
    if keys.ends_with(".json") {
        let set: Value = serde_json::from_slice(&content)?;
        let key = set["keys"]
            .as_array()
            .and_then(|keys| keys.iter().find(|key| key["kid"] == header["kid"]))
            .ok_or("no such key")?;
        let member = |name: &str| URL_SAFE_NO_PAD.decode(key[name].as_str().unwrap_or_default());
        let key = RsaPublicKeyComponents {
            n: member("n")?,
            e: member("e")?,
        };
        key.verify(
            &signature::RSA_PKCS1_2048_8192_SHA256,
            input.as_bytes(),
            &signature,
        )?;
    } else {
        let algorithm: &'static dyn VerificationAlgorithm = match alg {
            "RS256" => &signature::RSA_PKCS1_2048_8192_SHA256,
            "ES256" => &signature::ECDSA_P256_SHA256_FIXED,
            _ => return Err("no such algorithm here".into()),
        };
        let key = ParsedPublicKey::new(algorithm, pem(&content)?)?;
        key.verify_sig(input.as_bytes(), &signature)?;
    }
    let now = SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs();
    let expiry: Value = serde_json::from_slice(&claims)?;
    if expiry["exp"].as_u64().is_none_or(|exp| exp <= now) {
        return Err("expired".into());
    }
    Ok(claims)
}

fn pem(content: &[u8]) -> Result<Vec<u8>, Failure> {
    let body: String = std::str::from_utf8(content)?
        .lines()
        .filter(|line| !line.starts_with('-'))
        .collect();
    Ok(STANDARD.decode(body)?)
}

fn sign(alg: &str, key: &str, claims: &str) -> Result<Vec<u8>, Failure> {
    let _: Value = serde_json::from_str(claims)?;
    let der = pem(&fs::read(key)?)?;
    let header = format!(r#"{{"alg":"{alg}"}}"#);
    let mut token = URL_SAFE_NO_PAD.encode(header);
    token.push('.');
    URL_SAFE_NO_PAD.encode_string(claims, &mut token);
    let random = SystemRandom::new();
    let input = token.as_bytes();
    let signature = match alg {
        "RS256" => {
            let key = RsaKeyPair::from_pkcs8(&der)?;
            let mut signature = vec![0; key.public_modulus_len()];
            key.sign(&signature::RSA_PKCS1_SHA256, &random, input, &mut signature)?;
            signature
        }
        "ES256" => {
            let key = EcdsaKeyPair::from_pkcs8(&signature::ECDSA_P256_SHA256_FIXED_SIGNING, &der)?;
            key.sign(&random, input)?.as_ref().to_vec()
        }
        "EdDSA" => {
            let key = Ed25519KeyPair::from_pkcs8(&der)?;
            key.sign(input).as_ref().to_vec()
        }
        _ => return Err("no such algorithm here".into()),
    };
    token.push('.');
    URL_SAFE_NO_PAD.encode_string(signature, &mut token);
    Ok(token.into_bytes())
}

const KEY: [u8; 32] = [7; 32];
const NONCE_OCTETS: usize = 12;

fn seal(file: &str, content: &str) -> Result<Vec<u8>, Failure> {
    let key = RandomizedNonceKey::new(&AES_256_GCM, &KEY)?;
    let mut sealed = content.as_bytes().to_vec();
    let nonce = key.seal_in_place_append_tag(Aad::from("default"), &mut sealed)?;
    fs::write(file, [nonce.as_ref().as_slice(), &sealed].concat())?;
    Ok(Vec::new())
}

fn open(file: &str) -> Result<Vec<u8>, Failure> {
    let mut content = fs::read(file)?;
    let (nonce, sealed) = content
        .split_at_mut_checked(NONCE_OCTETS)
        .ok_or("too short")?;
    let nonce = Nonce::try_assume_unique_for_key(nonce)?;
    let key = RandomizedNonceKey::new(&AES_256_GCM, &KEY)?;
    let record: Value =
        serde_json::from_slice(key.open_in_place(nonce, Aad::from("default"), sealed)?)?;
    let token = record["access_token"].as_str().ok_or("no token")?;
    Ok(token.as_bytes().to_vec())
}

fn keygen(alg: &str) -> Result<Vec<u8>, Failure> {
    let pkcs8 = match alg {
        "ES256" => {
            EcdsaKeyPair::generate(&signature::ECDSA_P256_SHA256_FIXED_SIGNING)?.to_pkcs8v1()?
        }
        "EdDSA" => Ed25519KeyPair::generate()?.to_pkcs8v1()?,
        _ => return Err("no such algorithm here".into()),
    };
    let pem = format!(
        "-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----\n",
        STANDARD.encode(pkcs8.as_ref())
    );
    Ok(pem.into_bytes())
}
