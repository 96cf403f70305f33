//! The tokens: distinct access tokens of about 700 octets, a file of each kind.

use std::fs;
use std::path::Path;
use std::thread;

use authctl::core::jose::{Algorithm, SigningKey, base64url, jws};
use serde_json::{Map, Value, json};

pub const ISSUER: &str = "https://as.example.test";
pub const AUDIENCE: &str = "https://api.example.test";

/// Octets of a token.
const LENGTH: usize = 700;

/// What a file holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Rs256,
    Es256,
    EdDsa,
    Hs256,
    /// The four in turn, one in twenty bad in one of six ways.
    Mix,
}

impl Kind {
    pub const ALL: [Self; 5] = [
        Self::Rs256,
        Self::Es256,
        Self::EdDsa,
        Self::Hs256,
        Self::Mix,
    ];

    pub fn name(self) -> &'static str {
        match self {
            Self::Rs256 => "rs256",
            Self::Es256 => "es256",
            Self::EdDsa => "eddsa",
            Self::Hs256 => "hs256",
            Self::Mix => "mix",
        }
    }

    /// The share of what aws-lc-rs reaches that must be, and that is aimed at.
    pub fn bounds(self) -> (f64, f64) {
        match self {
            Self::Rs256 => (0.90, 0.95),
            Self::Es256 | Self::EdDsa => (0.95, 0.98),
            Self::Hs256 => (0.30, 0.45),
            Self::Mix => (0.92, 0.97),
        }
    }

    fn algorithm(self) -> Option<Algorithm> {
        match self {
            Self::Rs256 => Some(Algorithm::RS256),
            Self::Es256 => Some(Algorithm::ES256),
            Self::EdDsa => Some(Algorithm::EdDSA),
            Self::Hs256 => Some(Algorithm::HS256),
            Self::Mix => None,
        }
    }
}

/// Makes the files unless they are there.
pub fn make(folder: &Path, tokens: usize) {
    let done = folder.join("made");
    if fs::read_to_string(&done).is_ok_and(|made| made == tokens.to_string()) {
        return;
    }
    fs::create_dir_all(folder).expect("a folder");
    let mut keys = Vec::new();
    let mut all = Vec::new();
    for kind in Kind::ALL {
        let Some(algorithm) = kind.algorithm() else {
            continue;
        };
        let key = SigningKey::generate(algorithm, None).expect("a key");
        let key = key.with_kid(kind.name());
        keys.push(match key.public_key() {
            Some(_) => Value::Object(key.public_jwk()),
            None => {
                let jwk = key.private_jwk().expect("a secret has one");
                serde_json::from_str(jwk.expose()).expect("JSON")
            }
        });
        let lines = sign(&key, tokens);
        write(folder, kind, &lines, &vec!["good"; tokens]);
        all.push((key, lines));
    }
    let (lines, verdicts) = mix(&all, tokens);
    write(folder, Kind::Mix, &lines, &verdicts);
    let set = json!({ "keys": keys }).to_string();
    fs::write(folder.join("keys.json"), set).expect("the folder is ours");
    fs::write(done, tokens.to_string()).expect("the folder is ours");
}

fn write(folder: &Path, kind: Kind, lines: &[String], verdicts: &[&str]) {
    let text = |lines: String| lines + "\n";
    fs::write(folder.join(kind.name()), text(lines.join("\n"))).expect("the folder is ours");
    let name = format!("{}.verdicts", kind.name());
    fs::write(folder.join(name), text(verdicts.join("\n"))).expect("the folder is ours");
}

/// Signs distinct tokens, on all cores.
fn sign(key: &SigningKey, tokens: usize) -> Vec<String> {
    let cores = thread::available_parallelism().map_or(1, usize::from);
    let numbers: Vec<usize> = (0..tokens).collect();
    thread::scope(|scope| {
        let parts: Vec<_> = numbers
            .chunks(tokens.div_ceil(cores))
            .map(|part| scope.spawn(|| part.iter().map(|n| token(key, *n, false)).collect()))
            .collect();
        parts
            .into_iter()
            .flat_map(|part| -> Vec<String> { part.join().expect("it signs") })
            .collect()
    })
}

/// An access token as servers issue them (RFC 9068).
fn token(key: &SigningKey, number: usize, is_expired: bool) -> String {
    let header = Map::from_iter([("typ".to_owned(), "at+jwt".into())]);
    let jti = base64url::encode(aws_lc_rs::digest::digest(
        &aws_lc_rs::digest::SHA256,
        &number.to_le_bytes(),
    ));
    let mut claims = json!({
        "iss": ISSUER,
        "sub": format!("user-{number}"),
        "aud": AUDIENCE,
        "iat": 1_700_000_000_u64 + number as u64,
        "exp": if is_expired { 1_700_100_000_u64 } else { 4_102_444_800_u64 },
        "jti": &jti[..22],
    });
    // What else there is room for.
    for (name, value) in [
        ("client_id", json!("bench")),
        ("scope", json!("openid profile email offline_access")),
        ("roles", json!(["reader", "editor"])),
        ("email", json!("someone@example.test")),
        (
            "org",
            json!({"id": 4711, "active": true, "units": [1, 2, 3]}),
        ),
        ("name", json!("Some One")),
    ] {
        let length = claims.to_string().len() + value.to_string().len() + name.len() + 4;
        if encoded(key, length) < LENGTH {
            claims[name] = value;
        }
    }
    let length = claims.to_string().len() + r#","sid":"""#.len();
    let room = LENGTH.saturating_sub(encoded(key, length)) * 3 / 4;
    if room > 0 {
        claims["sid"] = jti.repeat(1 + room / jti.len())[..room].into();
    }
    let token = jws::sign(key, header, claims.to_string().as_bytes()).expect("the key signs");
    token.expose().to_owned()
}

/// The octets of a token with a payload of so many.
fn encoded(key: &SigningKey, payload: usize) -> usize {
    let signature = match key.algorithm() {
        Algorithm::RS256 => 256,
        Algorithm::HS256 => 32,
        _ => 64,
    };
    62 + (payload + signature) * 4 / 3
}

/// Takes tokens of each key in turn and spoils one in twenty.
fn mix(all: &[(SigningKey, Vec<String>)], tokens: usize) -> (Vec<String>, Vec<&'static str>) {
    let mut verdicts = Vec::with_capacity(tokens);
    let lines = (0..tokens)
        .map(|number| {
            let (key, lines) = &all[number % all.len()];
            let token = &lines[number];
            if number % 20 != number / 20 % 20 {
                verdicts.push("good");
                return token.clone();
            }
            verdicts.push("bad");
            spoil(key, token, number)
        })
        .collect();
    (lines, verdicts)
}

/// Makes a bad token in one of six ways.
fn spoil(key: &SigningKey, good: &str, number: usize) -> String {
    let parts: Vec<&str> = good.split('.').collect();
    let flip = |part: &str| {
        let mut octets = base64url::decode(part).expect("it was made so");
        octets[part.len() / 3] ^= 1;
        base64url::encode(octets)
    };
    match number / 20 % 6 {
        0 => format!("{}.{}.{}", parts[0], parts[1], flip(parts[2])),
        1 => {
            let claims = base64url::encode(format!(r#"{{"sub":"{number}","exp":4102444800}}"#));
            format!("{}.{claims}.{}", parts[0], parts[2])
        }
        2 => {
            let alg = key.algorithm();
            let header = base64url::encode(format!(r#"{{"alg":"{alg}","kid":"another"}}"#));
            format!("{header}.{}.{}", parts[1], parts[2])
        }
        3 => format!("{good}="),
        4 => format!("{}.{}", parts[0], parts[1]),
        _ => token(key, number, true),
    }
}
