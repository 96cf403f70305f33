//! Measures what a token costs that a held key signs, as `serve` does it: a
//! JWT made of claims, against aws-lc-rs alone signing the same octets by the
//! same key. See `tests/bench/README.md`.

#![expect(clippy::print_stdout, reason = "a report for people")]

use std::hint::black_box;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use authctl::core::jose::jws::Signer;
use authctl::core::jose::{Algorithm, SigningKey};
use authctl::core::secret::Secret;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, RSA_PKCS1_SHA256, RsaKeyPair,
};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use clap::Parser;
use nix::sys::resource::{UsageWho, getrusage};
use nix::sys::time::TimeValLike as _;
use serde_json::{Map, Value, json};

/// Measure the signatures of a held key against aws-lc-rs alone
///
/// Prints medians of processor time a token, and the share of ours that is the
/// signature itself.
#[derive(Parser)]
struct Arguments {
    /// Rounds; in each both sides sign in turn
    #[arg(long, default_value_t = 60, value_name = "N")]
    rounds: usize,

    /// Only rows whose name contains this; repeatable
    #[arg(long, value_name = "NAME")]
    only: Vec<String>,
}

/// What is signed by, how many tokens a round, and the least and the wanted
/// share of the signature in what a token costs.
const ROWS: [(Algorithm, usize, f64, f64); 3] = [
    (Algorithm::RS256, 60, 0.90, 0.98),
    (Algorithm::ES256, 1000, 0.75, 0.87),
    (Algorithm::EdDSA, 2000, 0.65, 0.78),
];

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let wanted = |name: &str| {
        arguments.only.is_empty() || arguments.only.iter().any(|part| name.contains(part))
    };
    println!(
        "{:<12} {:>12} {:>12} {:>7}  bounds",
        "row", "aws-lc-rs", "authctl", "share"
    );
    let mut measured = 0;
    for (algorithm, tokens, must, aim) in ROWS {
        let name = format!("sign-{}", algorithm.name().to_ascii_lowercase());
        if !wanted(&name) {
            continue;
        }
        measured += 1;
        let (theirs, ours) = Row::new(algorithm).medians(tokens, arguments.rounds.max(1));
        let share = theirs.as_secs_f64() / ours.as_secs_f64();
        let verdict = |bound: f64, missed: &'static str| match share >= bound {
            true => "met",
            false => missed,
        };
        println!(
            "{name:<12} {:>12} {:>12} {share:>7.3}  must {must} {}, aim {aim} {}",
            microseconds(theirs),
            microseconds(ours),
            verdict(must, "MISSED"),
            verdict(aim, "missed"),
        );
    }
    // A name that fits no row must not look like a run in which all is well.
    match measured {
        0 => ExitCode::FAILURE,
        _ => ExitCode::SUCCESS,
    }
}

/// One key, as either side holds it, and what both sign.
struct Row {
    signer: Signer,
    raw: Raw,
    claims: Map<String, Value>,
    /// The JWS Signing Input of a token of ours.
    input: Vec<u8>,
}

impl Row {
    fn new(algorithm: Algorithm) -> Self {
        let key = SigningKey::generate(algorithm, None).expect("randomness");
        let raw = Raw::new(&key);
        let header = Map::from_iter([("typ".to_owned(), "at+jwt".into())]);
        let signer = Signer::new(Arc::new(key), header);
        let claims = claims();
        let token = make(&signer, &claims);
        let (input, _) = token.expose().rsplit_once('.').expect("a JWT has dots");
        let input = input.as_bytes().to_vec();
        Self {
            signer,
            raw,
            claims,
            input,
        }
    }

    /// Returns what a signature takes alone, and what a token takes.
    fn medians(&self, tokens: usize, rounds: usize) -> (Duration, Duration) {
        let theirs = || self.raw.sign(&self.input);
        let ours = || {
            black_box(make(&self.signer, black_box(&self.claims)));
        };
        let mut samples = [Vec::new(), Vec::new()];
        // The first round warms up.
        for round in 0..=rounds {
            let mut turns: [(usize, &dyn Fn()); 2] = [(0, &theirs), (1, &ours)];
            turns.rotate_left(round % 2);
            for (side, work) in turns {
                let time = each(tokens, work);
                if round > 0 {
                    samples[side].push(time);
                }
            }
        }
        let [theirs, ours] = samples.map(median);
        (theirs, ours)
    }
}

/// Makes a token, as `serve` does.
fn make(signer: &Signer, claims: &Map<String, Value>) -> Secret {
    let payload = serde_json::to_vec(claims).expect("claims are JSON");
    signer.sign(&payload).expect("the key signs")
}

/// What aws-lc-rs signs by.
enum Raw {
    Rsa(RsaKeyPair, SystemRandom, Vec<u8>),
    Ecdsa(EcdsaKeyPair, SystemRandom),
    Ed25519(Ed25519KeyPair),
}

impl Raw {
    fn new(key: &SigningKey) -> Self {
        let pem = key.to_pkcs8_pem().expect("the key has a PEM form");
        let text: String = pem
            .expose()
            .lines()
            .filter(|line| !line.starts_with('-'))
            .collect();
        let der = STANDARD.decode(text).expect("PEM is base64");
        match key.algorithm() {
            Algorithm::RS256 => {
                let key = RsaKeyPair::from_pkcs8(&der).expect("an RSA key");
                let signature = vec![0; key.public_modulus_len()];
                Self::Rsa(key, SystemRandom::new(), signature)
            }
            Algorithm::ES256 => {
                let key = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &der);
                Self::Ecdsa(key.expect("a key on P-256"), SystemRandom::new())
            }
            Algorithm::EdDSA => {
                Self::Ed25519(Ed25519KeyPair::from_pkcs8(&der).expect("an Ed25519 key"))
            }
            other => panic!("there is no row for {other}"),
        }
    }

    fn sign(&self, input: &[u8]) {
        match self {
            Self::Rsa(key, random, signature) => {
                let mut signature = signature.clone();
                key.sign(&RSA_PKCS1_SHA256, random, input, &mut signature)
                    .expect("the key signs");
                black_box(signature);
            }
            Self::Ecdsa(key, random) => {
                black_box(key.sign(random, input).expect("the key signs"));
            }
            Self::Ed25519(key) => {
                black_box(key.sign(input));
            }
        }
    }
}

/// An access token's claims, as `serve` writes them (RFC 9068 §2.2).
fn claims() -> Map<String, Value> {
    let claims = json!({
        "iss": "http://127.0.0.1:9400", "sub": "alice", "aud": "http://127.0.0.1:9400",
        "client_id": "authctl", "iat": 1_795_308_333_u64, "exp": 1_795_311_933_u64,
        "jti": "aju-52CGqjxmgStFggN2nA", "scope": "openid profile email offline_access",
        "auth_time": 1_795_308_333_u64,
    });
    match claims {
        Value::Object(claims) => claims,
        _ => Map::new(),
    }
}

/// Does some work so many times and returns the processor time of one.
fn each(times: usize, work: &dyn Fn()) -> Duration {
    let before = processor_time();
    for _ in 0..times {
        work();
    }
    (processor_time() - before) / u32::try_from(times).expect("it is a small number")
}

/// Processor time, user and system, of this process.
fn processor_time() -> Duration {
    let usage = getrusage(UsageWho::RUSAGE_SELF).expect("the kernel counts");
    let microseconds =
        usage.user_time().num_microseconds() + usage.system_time().num_microseconds();
    Duration::from_micros(microseconds.unsigned_abs())
}

/// Returns the middle one; there must be at least one.
fn median(mut samples: Vec<Duration>) -> Duration {
    samples.sort_unstable();
    samples[samples.len() / 2]
}

fn microseconds(time: Duration) -> String {
    format!("{:.2} us", time.as_secs_f64() * 1e6)
}
