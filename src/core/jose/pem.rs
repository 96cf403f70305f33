//! PEM (RFC 7468) and the encryption of private keys (PKCS#8, RFC 8018).

use aws_lc_rs::rand;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use pkcs8::der::Decode as _;
use pkcs8::pkcs5::EncryptionScheme;
use pkcs8::pkcs5::pbes2::{Kdf, Parameters};
use pkcs8::{EncryptedPrivateKeyInfoRef, PrivateKeyInfoRef};
use zeroize::Zeroizing;

use super::error::{Error, KeyError};
use crate::core::secret::{Secret, SecretBytes};

/// PBKDF2 iterations of a key that is written, as OWASP recommends for
/// HMAC-SHA-256.
pub const ITERATIONS: u32 = 600_000;

/// The most iterations of a key that is read: some seconds of work.
const MAX_ITERATIONS: u32 = 10_000_000;

/// The most memory that scrypt may ask for when a key is read, in octets:
/// `128 · N · r` (RFC 7914 §2).
const MAX_SCRYPT_MEMORY: u64 = 256 << 20;

/// One block of a PEM file.
pub(super) struct Block {
    /// Between `-----BEGIN ` and `-----`: `PUBLIC KEY`.
    pub(super) label: String,
    /// The decoded octets.
    pub(super) der: SecretBytes,
}

/// Says whether a text holds a PEM block.
pub(super) fn is_pem(text: &[u8]) -> bool {
    text.windows(BEGIN.len())
        .any(|window| window == BEGIN.as_bytes())
}

const BEGIN: &str = "-----BEGIN ";

/// Reads every block. Text around the blocks is allowed (RFC 7468 §2), lines
/// may have any length and end.
///
/// # Errors
///
/// `key_malformed`; `key_unsupported` for the encryption that OpenSSL wrote
/// before PKCS#8, which has headers inside the block.
pub(super) fn decode(text: &[u8]) -> Result<Vec<Block>, KeyError> {
    let malformed = |what: &str| KeyError::new("key_malformed", what);
    let text = std::str::from_utf8(text).map_err(|_| malformed("the PEM is not text"))?;
    let mut blocks = Vec::new();
    let mut rest = text;
    while let Some((_, after)) = rest.split_once(BEGIN) {
        let (label, after) = after
            .split_once("-----")
            .ok_or_else(|| malformed("the PEM has a torn first line"))?;
        let end = format!("-----END {label}-----");
        let (body, after) = after
            .split_once(&end)
            .ok_or_else(|| malformed("the PEM has no last line that fits the first"))?;
        rest = after;
        if body.contains(':') {
            return Err(KeyError::new(
                "key_unsupported",
                "the PEM has an encryption older than PKCS#8; rewrite it with `openssl pkcs8 -topk8`",
            ));
        }
        let base64: Zeroizing<Vec<u8>> = Zeroizing::new(
            body.bytes()
                .filter(|octet| !octet.is_ascii_whitespace())
                .collect(),
        );
        let der = STANDARD
            .decode(base64.as_slice())
            .map_err(|_| malformed("the PEM holds something that is not base64"))?;
        blocks.push(Block {
            label: label.to_owned(),
            der: SecretBytes::new(der),
        });
    }
    Ok(blocks)
}

/// Writes a block, in lines of 64 characters.
pub(super) fn encode(label: &str, der: &[u8]) -> String {
    let base64 = Zeroizing::new(STANDARD.encode(der));
    let mut text = String::with_capacity(base64.len() + base64.len() / 64 + 80);
    text.push_str(BEGIN);
    text.push_str(label);
    text.push_str("-----\n");
    let mut rest = base64.as_str();
    while !rest.is_empty() {
        // base64 is ASCII, so any index is a boundary.
        let (line, after) = rest.split_at(rest.len().min(64));
        text.push_str(line);
        text.push('\n');
        rest = after;
    }
    text.push_str("-----END ");
    text.push_str(label);
    text.push_str("-----\n");
    text
}

/// Writes a block that is secret.
pub(super) fn encode_secret(label: &str, der: &[u8]) -> Secret {
    Secret::new(encode(label, der))
}

/// Encrypts a DER `PrivateKeyInfo`; the outcome is a DER
/// `EncryptedPrivateKeyInfo`.
pub(super) fn encrypt(
    pkcs8: &[u8],
    passphrase: &Secret,
    iterations: u32,
) -> Result<SecretBytes, Error> {
    let failed = || Error::Crypto("encrypt the private key");
    let (mut salt, mut iv) = ([0; 16], [0; 16]);
    rand::fill(&mut salt)
        .and_then(|()| rand::fill(&mut iv))
        .map_err(|_| Error::Crypto("make random octets"))?;
    let parameters = Parameters::generate_pbkdf2_sha256_aes256cbc(iterations, &salt, iv)
        .map_err(|_| failed())?;
    let encrypted = PrivateKeyInfoRef::from_der(pkcs8)
        .map_err(|_| failed())?
        .encrypt_with_params(parameters, passphrase.expose())
        .map_err(|_| failed())?;
    Ok(SecretBytes::new(encrypted.as_bytes()))
}

/// The fault of a key that only a passphrase opens.
pub(super) fn locked() -> KeyError {
    KeyError::new("passphrase", "the key is encrypted, a passphrase is needed")
}

/// Decrypts a DER `EncryptedPrivateKeyInfo`, within bounds of work.
///
/// # Errors
///
/// `passphrase` where none was given or it does not fit, `key_unsupported`
/// for other schemes than PBES2 with AES, or too costly ones.
pub(super) fn decrypt(der: &[u8], passphrase: Option<&Secret>) -> Result<SecretBytes, KeyError> {
    let unsupported = || {
        KeyError::new(
            "key_unsupported",
            "the key is encrypted with a scheme that is not supported (PBES2 with AES is)",
        )
        .with_hint("rewrite it with `openssl pkcs8 -topk8 -v2 aes-256-cbc`")
    };
    let info = EncryptedPrivateKeyInfoRef::from_der(der).map_err(|_| unsupported())?;
    let EncryptionScheme::Pbes2(parameters) = &info.encryption_algorithm else {
        return Err(unsupported());
    };
    let affordable = match &parameters.kdf {
        Kdf::Pbkdf2(kdf) => kdf.iteration_count <= MAX_ITERATIONS,
        Kdf::Scrypt(kdf) => {
            let memory = kdf
                .cost_parameter
                .checked_mul(128)
                .and_then(|memory| memory.checked_mul(u64::from(kdf.block_size)));
            memory.is_some_and(|memory| memory <= MAX_SCRYPT_MEMORY) && kdf.parallelization <= 4
        }
        _ => return Err(unsupported()),
    };
    if !affordable {
        return Err(KeyError::new(
            "key_unsupported",
            "the key is encrypted at a cost beyond what is tried",
        ));
    }
    let passphrase = passphrase.ok_or_else(locked)?;
    info.decrypt(passphrase.expose())
        .map(|document| SecretBytes::new(document.as_bytes()))
        .map_err(|_| KeyError::new("passphrase", "the passphrase does not open the key"))
}
