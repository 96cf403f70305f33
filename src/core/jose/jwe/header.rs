//! The rules for the header of a JWE (RFC 7516 §4, RFC 7518 §4), before any
//! key is looked for.

use std::num::NonZeroU32;

use serde_json::{Map, Value};

use super::Rules;
use super::agreement::AgreementPublic;
use super::algorithm::{ContentEncryption, KeyManagement, Mode, UnknownAlgorithm};
use super::password::{MAX_ITERATIONS, MIN_SALT_LEN};
use crate::core::jose::base64url;
use crate::core::jose::error::{Failure, shorten};
use crate::core::jose::header::{Unencoded, critical, kid};

/// What a header says, once it has passed.
pub(super) struct Header<'a> {
    pub(super) algorithm: KeyManagement,
    pub(super) encryption: ContentEncryption,
    pub(super) kid: Option<&'a str>,
    /// Whether the content is deflated.
    pub(super) zip: bool,
    pub(super) parameters: Parameters,
}

/// What the header says to the `alg`.
pub(super) enum Parameters {
    None,
    /// RFC 7518 §4.6.1.
    Agreement {
        epk: AgreementPublic,
        apu: Vec<u8>,
        apv: Vec<u8>,
    },
    /// §4.7.1.
    GcmWrap {
        iv: Vec<u8>,
        tag: Vec<u8>,
    },
    /// §4.8.1.
    Password {
        salt: Vec<u8>,
        iterations: NonZeroU32,
    },
}

/// Checks a header.
///
/// # Errors
///
/// Every failure; where there is any, nothing may be decrypted.
pub(super) fn check<'a>(
    header: &'a Map<String, Value>,
    rules: &Rules<'_>,
) -> Result<Header<'a>, Vec<Failure>> {
    let mut failures = Vec::new();
    let mut keep = |failure| failures.push(failure);
    let algorithm = algorithm(header.get("alg"), rules).map_err(&mut keep);
    let encryption = encryption(header.get("enc"), rules).map_err(&mut keep);
    let kid = kid(header.get("kid")).map_err(&mut keep);
    let critical = critical(header, Unencoded::Refused).map_err(&mut keep);
    let zip = zip(header.get("zip")).map_err(&mut keep);
    let parameters = match algorithm {
        Ok(algorithm) => parameters(header, algorithm.mode()).map_err(&mut keep),
        Err(()) => Ok(Parameters::None),
    };
    if let (Ok(algorithm), Ok(encryption), Ok(kid), Ok(_), Ok(zip), Ok(parameters)) =
        (algorithm, encryption, kid, critical, zip, parameters)
    {
        return Ok(Header {
            algorithm,
            encryption,
            kid,
            zip,
            parameters,
        });
    }
    Err(failures)
}

fn algorithm(alg: Option<&Value>, rules: &Rules<'_>) -> Result<KeyManagement, Failure> {
    let name = name(alg, "alg", ["alg_missing", "alg_invalid"])?;
    let algorithm = name.parse::<KeyManagement>().map_err(|unknown| {
        let message = match unknown {
            UnknownAlgorithm::Rsa15 => unknown.to_string(),
            UnknownAlgorithm::Unknown(_) => {
                format!("the algorithm `{}` is not supported", shorten(name))
            }
        };
        Failure::new("alg_unsupported", message)
    })?;
    match rules.algorithms {
        Some(allowed) if !allowed.contains(&algorithm) => {
            let names = allowed.iter().map(|allowed| allowed.name());
            Err(not_allowed("alg_not_allowed", algorithm.name(), names))
        }
        _ => Ok(algorithm),
    }
}

fn encryption(enc: Option<&Value>, rules: &Rules<'_>) -> Result<ContentEncryption, Failure> {
    let name = name(enc, "enc", ["enc_missing", "enc_invalid"])?;
    let encryption = name.parse::<ContentEncryption>().map_err(|_| {
        Failure::new(
            "enc_unsupported",
            format!("the encryption `{}` is not supported", shorten(name)),
        )
    })?;
    match rules.encryptions {
        Some(allowed) if !allowed.contains(&encryption) => {
            let names = allowed.iter().map(|allowed| allowed.name());
            Err(not_allowed("enc_not_allowed", encryption.name(), names))
        }
        _ => Ok(encryption),
    }
}

fn name<'a>(
    value: Option<&'a Value>,
    member: &str,
    [missing, invalid]: [&'static str; 2],
) -> Result<&'a str, Failure> {
    match value {
        Some(Value::String(name)) => Ok(name),
        Some(_) => Err(Failure::new(
            invalid,
            format!("the member `{member}` of the header is not a string"),
        )),
        None => Err(Failure::new(
            missing,
            format!("the header has no member `{member}`"),
        )),
    }
}

fn not_allowed(
    code: &'static str,
    name: &str,
    allowed: impl Iterator<Item = &'static str>,
) -> Failure {
    let allowed = allowed.collect::<Vec<_>>().join(", ");
    Failure::new(code, format!("{name} is not allowed (only {allowed})"))
}

/// Says whether the content is deflated, the one compression there is (RFC
/// 7516 §4.1.3).
fn zip(zip: Option<&Value>) -> Result<bool, Failure> {
    match zip {
        None => Ok(false),
        Some(Value::String(name)) if name == "DEF" => Ok(true),
        Some(_) => Err(Failure::new(
            "zip",
            "the member `zip` of the header is not `DEF`",
        )),
    }
}

fn parameters(header: &Map<String, Value>, mode: Mode) -> Result<Parameters, Failure> {
    Ok(match mode {
        Mode::Rsa(_) | Mode::Wrap(_) | Mode::Direct => Parameters::None,
        Mode::Agreement(_) => Parameters::Agreement {
            epk: epk(header.get("epk"))?,
            apu: octets(header, "apu", "apu")?.unwrap_or_default(),
            apv: octets(header, "apv", "apv")?.unwrap_or_default(),
        },
        Mode::GcmWrap(_) => Parameters::GcmWrap {
            iv: exactly(header, "iv", "key_iv", 12)?,
            tag: exactly(header, "tag", "key_tag", 16)?,
        },
        Mode::Password(_) => Parameters::Password {
            salt: match octets(header, "p2s", "p2s")? {
                Some(salt) if salt.len() >= MIN_SALT_LEN => salt,
                Some(_) => {
                    return Err(Failure::new(
                        "p2s",
                        format!("the salt (`p2s`) has fewer than {MIN_SALT_LEN} octets"),
                    ));
                }
                None => return Err(Failure::new("p2s", "the header has no member `p2s`")),
            },
            iterations: iterations(header.get("p2c"))?,
        },
    })
}

/// Reads the ephemeral public key, which must be on its curve: points of small
/// order on another would give the private key away bit by bit (RFC 8725
/// §3.4; CVE-2017-16007).
fn epk(epk: Option<&Value>) -> Result<AgreementPublic, Failure> {
    let jwk = match epk {
        Some(Value::Object(jwk)) => jwk,
        Some(_) => {
            return Err(Failure::new(
                "epk",
                "the member `epk` of the header is not a JWK",
            ));
        }
        None => return Err(Failure::new("epk", "the header has no member `epk`")),
    };
    AgreementPublic::from_jwk(jwk)
        .map_err(|fault| Failure::new("epk", format!("the ephemeral key is not good: {fault}")))
}

/// Reads `p2c`, within bounds of work.
fn iterations(p2c: Option<&Value>) -> Result<NonZeroU32, Failure> {
    let count = p2c.ok_or_else(|| Failure::new("p2c", "the header has no member `p2c`"))?;
    let invalid = || {
        Failure::new(
            "p2c",
            "the iteration count (`p2c`) is not a positive integer",
        )
    };
    let count = count.as_u64().ok_or_else(invalid)?;
    if count > u64::from(MAX_ITERATIONS) {
        return Err(Failure::new(
            "p2c",
            format!("the iteration count (`p2c`) is above {MAX_ITERATIONS}"),
        ));
    }
    u32::try_from(count)
        .ok()
        .and_then(NonZeroU32::new)
        .ok_or_else(invalid)
}

fn exactly(
    header: &Map<String, Value>,
    name: &str,
    code: &'static str,
    length: usize,
) -> Result<Vec<u8>, Failure> {
    match octets(header, name, code)? {
        Some(octets) if octets.len() == length => Ok(octets),
        Some(_) => Err(Failure::new(
            code,
            format!("the member `{name}` of the header has not {length} octets"),
        )),
        None => Err(Failure::new(
            code,
            format!("the header has no member `{name}`"),
        )),
    }
}

fn octets(
    header: &Map<String, Value>,
    name: &str,
    code: &'static str,
) -> Result<Option<Vec<u8>>, Failure> {
    let Some(value) = header.get(name) else {
        return Ok(None);
    };
    value
        .as_str()
        .and_then(|text| base64url::decode(text).ok())
        .map(Some)
        .ok_or_else(|| {
            Failure::new(
                code,
                format!("the member `{name}` of the header is not base64url without padding"),
            )
        })
}
