//! Encryption of the content's key by a key: AES Key Wrap (RFC 7518 §4.4, RFC
//! 3394) and RSA-OAEP (§4.3).

use aes_kw::KwAes192;
use aes_kw::aes::cipher::KeyInit as _;
use aws_lc_rs::key_wrap::{AES_128, AES_256, AesKek, KeyWrap as _};
use aws_lc_rs::rsa::{
    OaepAlgorithm, OaepPrivateDecryptingKey, OaepPublicEncryptingKey, PrivateDecryptingKey,
    PublicEncryptingKey,
};
use zeroize::Zeroizing;

use super::Undecryptable;
use crate::core::jose::error::{Error, KeyError};
use crate::core::jose::private_key::PrivateKey;
use crate::core::jose::public_key::PublicKey;

/// What AES Key Wrap adds to a key, in octets.
const OVERHEAD: usize = 8;

/// Wraps a key by one of 16, 24 or 32 octets.
pub(super) fn wrap(wrapping: &[u8], key: &[u8]) -> Result<Vec<u8>, Error> {
    let mut wrapped = vec![0; key.len() + OVERHEAD];
    let length = match wrapping.len() {
        24 => KwAes192::new_from_slice(wrapping)
            .ok()
            .and_then(|kek| kek.wrap_key(key, &mut wrapped).ok().map(<[u8]>::len)),
        length => kek(length, wrapping).ok().and_then(|kek| {
            kek.wrap(key, &mut wrapped)
                .ok()
                .map(|wrapped| wrapped.len())
        }),
    };
    match length {
        Some(length) if length == wrapped.len() => Ok(wrapped),
        _ => Err(Error::Crypto("wrap a key")),
    }
}

/// Unwraps a key of `length` octets.
pub(super) fn unwrap(
    wrapping: &[u8],
    wrapped: &[u8],
    length: usize,
) -> Result<Zeroizing<Vec<u8>>, Undecryptable> {
    if wrapped.len() != length + OVERHEAD {
        return Err(Undecryptable);
    }
    // The library below wants room for the octets of the wrapped key.
    let mut key = Zeroizing::new(vec![0; wrapped.len()]);
    let unwrapped = match wrapping.len() {
        24 => KwAes192::new_from_slice(wrapping)
            .map_err(|_| Undecryptable)?
            .unwrap_key(wrapped, &mut key)
            .map_err(|_| Undecryptable)?
            .len(),
        length => kek(length, wrapping)?.unwrap(wrapped, &mut key)?.len(),
    };
    key.truncate(unwrapped);
    Ok(key)
}

fn kek(length: usize, key: &[u8]) -> Result<AesKek, aws_lc_rs::error::Unspecified> {
    match length {
        16 => AesKek::new(&AES_128, key),
        _ => AesKek::new(&AES_256, key),
    }
}

/// Encrypts a key to the holder of an RSA key.
///
/// # Errors
///
/// `key_malformed` where the library below refuses the key.
pub(super) fn rsa_encrypt(
    recipient: &PublicKey,
    oaep: &'static OaepAlgorithm,
    key: &[u8],
) -> Result<Vec<u8>, Error> {
    let recipient = PublicEncryptingKey::from_der(&recipient.to_spki()?)
        .map_err(|_| KeyError::new("key_malformed", "the key is not usable"))?;
    let failed = |_| Error::Crypto("encrypt a key");
    let recipient = OaepPublicEncryptingKey::new(recipient).map_err(failed)?;
    let mut encrypted = vec![0; recipient.ciphertext_size()];
    let length = recipient
        .encrypt(oaep, key, &mut encrypted, None)
        .map_err(failed)?
        .len();
    encrypted.truncate(length);
    Ok(encrypted)
}

/// Decrypts a key.
pub(super) fn rsa_decrypt(
    key: &PrivateKey,
    oaep: &'static OaepAlgorithm,
    encrypted: &[u8],
) -> Result<Zeroizing<Vec<u8>>, Undecryptable> {
    let pkcs8 = key.to_pkcs8().map_err(|_| Undecryptable)?;
    let key = PrivateDecryptingKey::from_pkcs8(pkcs8.expose()).map_err(|_| Undecryptable)?;
    let key = OaepPrivateDecryptingKey::new(key)?;
    let mut decrypted = Zeroizing::new(vec![0; key.min_output_size()]);
    let length = key.decrypt(oaep, encrypted, &mut decrypted, None)?.len();
    decrypted.truncate(length);
    Ok(decrypted)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 3394 §4.1, §4.3, §4.6: keys of 128, 192 and 256 bits.
    #[test]
    fn aes_key_wrap_is_that_of_rfc_3394() {
        let octets = |count: u8| (0..count).collect::<Vec<u8>>();
        let key: Vec<u8> = (0..16).map(|at| at * 0x11).collect();
        let long = [key.as_slice(), &octets(16)].concat();
        for (section, wrapping, key, wrapped) in [
            (
                "4.1",
                16,
                &key,
                "1fa68b0a8112b447aef34bd8fb5a7b829d3e862371d2cfe5",
            ),
            (
                "4.2",
                24,
                &key,
                "96778b25ae6ca435f92b5b97c050aed2468ab8a17ad84e5d",
            ),
            (
                "4.6",
                32,
                &long,
                "28c9f404c4b810f4cbccb35cfb87f8263f5786e2d80ed326cbc7f0e71a99f43bfb988b9b7a02dd21",
            ),
        ] {
            let wrapping = octets(wrapping);
            let made = wrap(&wrapping, key).unwrap();
            let hex: String = made.iter().map(|octet| format!("{octet:02x}")).collect();
            assert_eq!(hex, wrapped, "{section}");
            assert_eq!(*unwrap(&wrapping, &made, key.len()).unwrap(), *key);
            for at in 0..made.len() {
                let mut changed = made.clone();
                changed[at] ^= 1;
                assert!(unwrap(&wrapping, &changed, key.len()).is_err(), "{section}");
            }
        }
    }
}
