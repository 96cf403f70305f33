//! Decryption of one layer (RFC 7516 §5.2).

use aws_lc_rs::rand;
use serde_json::{Map, Value};
use zeroize::Zeroizing;

use super::Undecryptable;
use super::agreement::Context;
use super::algorithm::{ContentEncryption, KeyManagement, Mode};
use super::compact::Compact;
use super::content::{Sealed, gcm, gcm_open, open};
use super::decryption_keys::{DecryptionKey, DecryptionKeys, Material};
use super::header::{self, Header, Parameters};
use super::{deflate, password, wrap};
use crate::core::jose::error::Error;
use crate::core::secret::SecretBytes;

/// What a JWE must satisfy, beyond what the key decides.
#[derive(Clone, Copy, Debug, Default)]
pub struct Rules<'a> {
    /// The values of `alg` that are allowed.
    pub algorithms: Option<&'a [KeyManagement]>,
    /// The values of `enc` that are allowed.
    pub encryptions: Option<&'a [ContentEncryption]>,
}

/// A JWE that was decrypted. Its content is what the maker of the token wrote,
/// whoever that is.
#[derive(Clone, Debug)]
pub struct Decrypted {
    /// The JOSE header.
    pub header: Map<String, Value>,
    /// The content, inflated where it was deflated.
    pub content: SecretBytes,
    /// The `alg`.
    pub algorithm: KeyManagement,
    /// The `enc`.
    pub encryption: ContentEncryption,
    /// The kid of the key that decrypted, where it has one.
    pub kid: Option<String>,
}

/// Decrypts a JWE in the compact serialization.
///
/// # Errors
///
/// [`Error::Malformed`] for what is no JWE. [`Error::Refused`] with these
/// codes:
///
/// - header: `alg_missing`, `alg_invalid`, `alg_unsupported`,
///   `alg_not_allowed`, `enc_missing`, `enc_invalid`, `enc_unsupported`,
///   `enc_not_allowed`, `kid_invalid`, `crit`, `zip`, `epk`, `apu`, `apv`,
///   `key_iv`, `key_tag`, `p2s`, `p2c`;
/// - parts: `encrypted_key`, `iv`, `tag`;
/// - key: `unknown_kid`, `ambiguous_key`, `no_key`, `too_many_keys`,
///   `key_algorithm`, `key_use`, `key_weak`, `key_malformed`,
///   `key_unsupported`;
/// - `decryption`, whatever the reason;
/// - `zip` for a content that does not inflate, or too far.
pub fn decrypt(token: &str, keys: &DecryptionKeys, rules: &Rules<'_>) -> Result<Decrypted, Error> {
    let compact = Compact::parse(token)?;
    let header = header::check(&compact.header, rules).map_err(Error::Refused)?;
    compact.check_lengths(&header).map_err(Error::Refused)?;
    let candidates = keys.candidates(&header)?;
    let opened = candidates.iter().find_map(|candidate| {
        let key = candidate.key();
        let content = open_with(key, &header, &compact).ok()?;
        Some((content, key.kid().map(ToOwned::to_owned)))
    });
    let Some((content, kid)) = opened else {
        let message = match candidates.len() {
            1 => "it cannot be decrypted by the key".to_owned(),
            count => format!("it cannot be decrypted by any of the {count} keys that fit"),
        };
        return Err(Error::refused("decryption", message));
    };
    // Only what is authentic is inflated.
    let content = match header.zip {
        true => deflate::inflate(&content).map_err(|failure| Error::Refused(vec![failure]))?,
        false => content,
    };
    Ok(Decrypted {
        algorithm: header.algorithm,
        encryption: header.encryption,
        content: SecretBytes::new(content.as_slice()),
        kid,
        header: compact.header,
    })
}

fn open_with(
    key: &DecryptionKey,
    header: &Header<'_>,
    compact: &Compact<'_>,
) -> Result<Zeroizing<Vec<u8>>, Undecryptable> {
    let length = header.encryption.key_len();
    let content_key = match content_key(key, header, &compact.encrypted_key) {
        Ok(content_key) if content_key.len() == length => content_key,
        // "It is strongly recommended, in the event of receiving an improperly
        // formatted key, that the recipient substitute a randomly generated
        // CEK and proceed to the next step" (RFC 7516 §11.5), so that the time
        // does not tell the one from the other either.
        _ => {
            let mut content_key = Zeroizing::new(vec![0; length]);
            rand::fill(&mut content_key)?;
            content_key
        }
    };
    open(
        header.encryption,
        &content_key,
        compact.aad,
        &compact.sealed,
    )
}

/// Returns the "Content Encryption Key" (RFC 7516 §5.2, steps 6 to 10).
fn content_key(
    key: &DecryptionKey,
    header: &Header<'_>,
    encrypted: &[u8],
) -> Result<Zeroizing<Vec<u8>>, Undecryptable> {
    let length = header.encryption.key_len();
    match (header.algorithm.mode(), &key.material, &header.parameters) {
        (Mode::Rsa(oaep), Material::Rsa(key), _) => wrap::rsa_decrypt(key, oaep, encrypted),
        (
            Mode::Agreement(wrapping),
            Material::Agreement(_, key),
            Parameters::Agreement { epk, apu, apv },
        ) => {
            let (algorithm, agreed) = match wrapping {
                None => (header.encryption.name(), length),
                Some(length) => (header.algorithm.name(), length),
            };
            let context = Context {
                algorithm,
                apu,
                apv,
            };
            let agreed = key.agree(epk, &context, agreed).ok_or(Undecryptable)?;
            match wrapping {
                None => Ok(agreed),
                Some(_) => wrap::unwrap(&agreed, encrypted, length),
            }
        }
        (Mode::Wrap(_), Material::Secret(key), _) => wrap::unwrap(key.expose(), encrypted, length),
        (Mode::GcmWrap(_), Material::Secret(key), Parameters::GcmWrap { iv, tag }) => {
            let sealed = Sealed {
                iv: iv.clone(),
                ciphertext: encrypted.to_vec(),
                tag: tag.clone(),
            };
            gcm_open(gcm(key.len()), key.expose(), &[], &sealed)
        }
        (Mode::Direct, Material::Secret(key), _) => Ok(Zeroizing::new(key.expose().to_vec())),
        (
            Mode::Password(parameters),
            Material::Password(key),
            Parameters::Password { salt, iterations },
        ) => {
            let wrapping = password::derive(
                header.algorithm,
                parameters,
                key.expose(),
                salt,
                *iterations,
            );
            wrap::unwrap(&wrapping, encrypted, length)
        }
        // The key was found to fit before.
        _ => Err(Undecryptable),
    }
}
