//! Encryption (RFC 7516 §5.1).

use std::num::NonZeroU32;

use aws_lc_rs::rand;
use serde_json::Value;
use zeroize::Zeroizing;

use super::agreement::{AgreementPrivate, Context};
use super::algorithm::{ContentEncryption, KeyManagement, Mode};
use super::compact::Compact;
use super::content::{gcm, gcm_seal, random, seal};
use super::encryption_key::{EncryptionKey, Material};
use super::header;
use super::password::{self, MAX_ITERATIONS, MIN_ITERATIONS};
use super::{Rules, deflate, wrap};
use crate::core::jose::base64url;
use crate::core::jose::error::{Error, KeyError};
use crate::core::jose::jws::{MAX_TOKEN_LEN, check_jwk};
use crate::core::jose::members::Members;
use crate::core::secret::Secret;

/// Header parameters that are made here, not given.
const MADE: [&str; 10] = [
    "alg", "enc", "zip", "epk", "apu", "apv", "iv", "tag", "p2s", "p2c",
];

/// How to encrypt; [`EncryptionKey::choose`] has the `alg` and `enc`.
#[derive(Clone, Debug)]
pub struct Plan {
    /// The `alg`.
    pub algorithm: KeyManagement,
    /// The `enc`.
    pub encryption: ContentEncryption,
    /// Further members of the header, such as `typ` and `cty`.
    pub header: Members,
    /// Whether to deflate the content. Its length then tells of it: never
    /// where an attacker has a say in a content with secrets (CVE-2012-4929).
    pub zip: bool,
    /// `apu` and `apv` of key agreement, not yet encoded.
    pub apu: Option<Vec<u8>>,
    /// See `apu`.
    pub apv: Option<Vec<u8>>,
    /// PBKDF2 iterations; [`KeyManagement::default_iterations`] has those
    /// when there are none.
    pub iterations: Option<u32>,
}

impl Plan {
    /// Makes a plan of no more than the algorithms.
    pub fn new(algorithm: KeyManagement, encryption: ContentEncryption) -> Self {
        Self {
            algorithm,
            encryption,
            header: Members::default(),
            zip: false,
            apu: None,
            apv: None,
            iterations: None,
        }
    }
}

/// Encrypts a content. The header gets `alg` and `enc` in front and, where the
/// key has one and the header has none, `kid`.
///
/// # Errors
///
/// [`Error::Usage`] for a plan that cannot be, or whose token
/// [`super::decrypt()`] would refuse; [`Error::WouldBeRefused`] with
/// `private_jwk` for a `jwk` that is no public key; [`Error::Key`] for a key that cannot serve
/// it; [`Error::Crypto`].
pub fn encrypt(key: &EncryptionKey, plan: &Plan, content: &[u8]) -> Result<Secret, Error> {
    key.choose(Some(plan.algorithm), Some(plan.encryption))?;
    let mut header = start_header(key, plan)?;
    if let Some(failure) = check_jwk(&plan.header) {
        return Err(Error::WouldBeRefused(vec![failure]));
    }
    let (content_key, encrypted_key) = content_key(key, plan, &mut header)?;
    // Extensions that are not understood, members of a wrong type.
    if let Err(failures) = header::check(header.values(), &Rules::default()) {
        return Err(usage(Error::Refused(failures).to_string()));
    }
    let aad = base64url::encode(header.to_json());
    let sealed = match plan.zip {
        true => {
            let deflated = deflate::deflate(content)?;
            seal(plan.encryption, &content_key, aad.as_bytes(), &deflated)?
        }
        false => seal(plan.encryption, &content_key, aad.as_bytes(), content)?,
    };
    let token = Compact::write(&aad, &encrypted_key, &sealed);
    if token.len() > MAX_TOKEN_LEN {
        return Err(usage(format!(
            "the token would have {} octets, more than {MAX_TOKEN_LEN} are not read",
            token.len()
        )));
    }
    Ok(Secret::new(token))
}

fn start_header(key: &EncryptionKey, plan: &Plan) -> Result<Members, Error> {
    if let Some(name) = MADE.iter().find(|name| plan.header.contains(name)) {
        return Err(usage(format!(
            "the member `{name}` of the header cannot be given"
        )));
    }
    let mut header = Members::default();
    let mut put = |name: &str, value: Value| header.insert(name, value);
    put("alg", plan.algorithm.name().into());
    put("enc", plan.encryption.name().into());
    if plan.zip {
        put("zip", "DEF".into());
    }
    if let Some(kid) = key.kid() {
        put("kid", kid.into());
    }
    let is_agreement = matches!(plan.algorithm.mode(), Mode::Agreement(_));
    for (name, value) in [("apu", &plan.apu), ("apv", &plan.apv)] {
        match value {
            Some(value) if is_agreement => put(name, base64url::encode(value).into()),
            Some(_) => {
                return Err(usage(format!(
                    "{} has no `{name}`, key agreement (ECDH-ES) has",
                    plan.algorithm
                )));
            }
            None => {}
        }
    }
    header.extend(plan.header.clone());
    Ok(header)
}

/// Makes the "Content Encryption Key", and the key encrypted; the header gets
/// what the recipient needs for it.
fn content_key(
    key: &EncryptionKey,
    plan: &Plan,
    header: &mut Members,
) -> Result<(Zeroizing<Vec<u8>>, Vec<u8>), Error> {
    let length = plan.encryption.key_len();
    let iterations = iterations(plan)?;
    let fresh = || {
        let mut key = Zeroizing::new(vec![0; length]);
        rand::fill(&mut key).map_err(|_| Error::Crypto("make random octets"))?;
        Ok::<_, Error>(key)
    };
    let mut put = |name: &str, value: Value| header.insert(name, value);
    match (plan.algorithm.mode(), &key.material) {
        (Mode::Rsa(oaep), Material::Rsa(recipient)) => {
            let key = fresh()?;
            let encrypted = wrap::rsa_encrypt(recipient, oaep, &key)?;
            Ok((key, encrypted))
        }
        (Mode::Agreement(wrapping), Material::Agreement(recipient)) => {
            let ephemeral = AgreementPrivate::generate(recipient.group())?;
            put("epk", Value::Object(ephemeral.public()?.to_jwk()));
            let (algorithm, agreed) = match wrapping {
                None => (plan.encryption.name(), length),
                Some(length) => (plan.algorithm.name(), length),
            };
            let context = Context {
                algorithm,
                apu: plan.apu.as_deref().unwrap_or_default(),
                apv: plan.apv.as_deref().unwrap_or_default(),
            };
            let agreed = ephemeral
                .agree(recipient, &context, agreed)
                .ok_or_else(|| KeyError::new("key_weak", "the key is a point of small order"))?;
            match wrapping {
                None => Ok((agreed, Vec::new())),
                Some(_) => {
                    let key = fresh()?;
                    let encrypted = wrap::wrap(&agreed, &key)?;
                    Ok((key, encrypted))
                }
            }
        }
        (Mode::Wrap(_), Material::Secret(secret)) => {
            let key = fresh()?;
            let encrypted = wrap::wrap(secret.expose(), &key)?;
            Ok((key, encrypted))
        }
        (Mode::GcmWrap(_), Material::Secret(secret)) => {
            let key = fresh()?;
            let sealed = gcm_seal(gcm(secret.len()), secret.expose(), &[], &key)
                .map_err(|_| Error::Crypto("wrap a key"))?;
            put("iv", base64url::encode(&sealed.iv).into());
            put("tag", base64url::encode(&sealed.tag).into());
            Ok((key, sealed.ciphertext))
        }
        (Mode::Direct, Material::Secret(secret)) => {
            Ok((Zeroizing::new(secret.expose().to_vec()), Vec::new()))
        }
        (Mode::Password(parameters), Material::Password(secret)) => {
            let salt = random::<16>()?;
            put("p2s", base64url::encode(salt).into());
            put("p2c", iterations.get().into());
            let wrapping = password::derive(
                plan.algorithm,
                parameters,
                secret.expose(),
                &salt,
                iterations,
            );
            let key = fresh()?;
            let encrypted = wrap::wrap(&wrapping, &key)?;
            Ok((key, encrypted))
        }
        // The key was found to fit before.
        _ => Err(Error::Crypto("find an implementation")),
    }
}

/// Returns the iterations to use, or any number where none are.
fn iterations(plan: &Plan) -> Result<NonZeroU32, Error> {
    let default = plan.algorithm.default_iterations();
    if let Some(asked) = plan.iterations {
        if default.is_none() {
            return Err(usage(format!(
                "{} takes no iterations, a password (PBES2) does",
                plan.algorithm
            )));
        }
        if !(MIN_ITERATIONS..=MAX_ITERATIONS).contains(&asked) {
            return Err(usage(format!(
                "from {MIN_ITERATIONS} to {MAX_ITERATIONS} iterations are possible, not {asked}"
            )));
        }
    }
    let count = plan.iterations.or(default).unwrap_or(MIN_ITERATIONS);
    NonZeroU32::new(count).ok_or(Error::Crypto("count iterations"))
}

fn usage(what: String) -> Error {
    Error::Usage { what }
}
