//! The least that verifying a file can take: the calls of aws-lc-rs, over keys
//! that are prepared and messages that are in memory and decoded.

use std::collections::HashMap;
use std::fs;
use std::path::Path;
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

use aws_lc_rs::hmac;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED, ED25519, ParsedPublicKey, RSA_PKCS1_2048_8192_SHA256,
    RsaPublicKeyComponents,
};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use nix::sys::resource::{UsageWho, getrusage};
use serde_json::Value;

use super::children::processor_time;

enum Key {
    Public(ParsedPublicKey),
    Secret(Box<hmac::Key>),
}

/// What the calls took.
pub struct Took {
    pub processor: Duration,
    pub wall: Duration,
}

/// Measures it in a process of its own; returns what the calls alone took.
pub fn spawn(folder: &Path, file: &Path) -> Took {
    let printed = Command::new(std::env::current_exe().expect("this program has a path"))
        .arg("raw")
        .args([folder, file])
        .output()
        .expect("it starts");
    assert!(printed.status.success(), "{printed:?}");
    let printed = String::from_utf8(printed.stdout).expect("numbers");
    let (processor, wall) = printed.trim().split_once(' ').expect("two");
    let microseconds = |text: &str| Duration::from_micros(text.parse().expect("a number"));
    Took {
        processor: microseconds(processor),
        wall: microseconds(wall),
    }
}

/// Measures two at once, which share nothing but the machine; returns by the
/// clock on the wall what each took, on average.
pub fn spawn_two(folder: &Path, file: &Path) -> Duration {
    thread::scope(|scope| {
        let other = scope.spawn(|| spawn(folder, file).wall);
        (spawn(folder, file).wall + other.join().expect("it ends")) / 2
    })
}

/// Verifies each token of a file that has a signature by one of the keys, and
/// prints the microseconds that this took, of processor time and by the clock on
/// the wall.
pub fn measure(folder: &Path, file: &Path) {
    let keys = keys(&folder.join("keys.json"));
    let text = fs::read_to_string(file).expect("the tokens");
    let mut by_header: HashMap<&str, Option<&Key>> = HashMap::new();
    let jobs: Vec<(&Key, &[u8], Vec<u8>)> = text
        .lines()
        .filter_map(|token| {
            let (message, signature) = token.rsplit_once('.')?;
            let (header, _) = message.split_once('.')?;
            let key = by_header
                .entry(header)
                .or_insert_with(|| key_of(header, &keys));
            let signature = URL_SAFE_NO_PAD.decode(signature).ok()?;
            Some(((*key)?, message.as_bytes(), signature))
        })
        .collect();
    let now = || getrusage(UsageWho::RUSAGE_SELF).expect("the kernel counts");
    let (before, started) = (processor_time(&now()), Instant::now());
    let good = jobs
        .iter()
        .filter(|(key, message, signature)| match key {
            Key::Public(key) => key.verify_sig(message, signature).is_ok(),
            Key::Secret(key) => hmac::verify(key, message, signature).is_ok(),
        })
        .count();
    let (wall, took) = (started.elapsed(), processor_time(&now()) - before);
    assert!(
        good * 100 >= jobs.len() * 95,
        "{good} of {} are good",
        jobs.len()
    );
    println!("{} {}", took.as_micros(), wall.as_micros());
}

fn key_of<'k>(header: &str, keys: &'k HashMap<String, Key>) -> Option<&'k Key> {
    let header = URL_SAFE_NO_PAD.decode(header).ok()?;
    let header: Value = serde_json::from_slice(&header).ok()?;
    keys.get(header["kid"].as_str()?)
}

fn keys(file: &Path) -> HashMap<String, Key> {
    let text = fs::read(file).expect("the keys");
    let set: Value = serde_json::from_slice(&text).expect("a key set");
    let key = |jwk: &Value| {
        let member = |name: &str| {
            let text = jwk[name].as_str().expect("it has the member");
            URL_SAFE_NO_PAD.decode(text).expect("base64url")
        };
        let public = |key: Result<ParsedPublicKey, _>| Key::Public(key.expect("a key"));
        match jwk["kty"].as_str() {
            Some("RSA") => {
                let key = RsaPublicKeyComponents {
                    n: member("n"),
                    e: member("e"),
                };
                public(key.to_parsed_public_key(&RSA_PKCS1_2048_8192_SHA256))
            }
            Some("EC") => {
                let point = [vec![4], member("x"), member("y")].concat();
                public(ParsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point))
            }
            Some("OKP") => public(ParsedPublicKey::new(&ED25519, member("x"))),
            _ => Key::Secret(Box::new(hmac::Key::new(hmac::HMAC_SHA256, &member("k")))),
        }
    };
    let keys = set["keys"].as_array().expect("keys").iter();
    keys.map(|jwk| (jwk["kid"].as_str().expect("a kid").to_owned(), key(jwk)))
        .collect()
}
