//! Encryption of the content: AES-GCM (RFC 7518 §5.3) and AES-CBC with HMAC
//! (§5.2).

use aws_lc_rs::aead::{AES_128_GCM, AES_192_GCM, AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use aws_lc_rs::cipher::{
    self, DecryptionContext, EncryptionContext, PaddedBlockDecryptingKey, PaddedBlockEncryptingKey,
    UnboundCipherKey,
};
use aws_lc_rs::iv::FixedLength;
use aws_lc_rs::{aead, hmac, rand};
use subtle::ConstantTimeEq as _;
use zeroize::Zeroizing;

use super::Undecryptable;
use super::algorithm::{Cipher, ContentEncryption};
use crate::core::jose::error::Error;

/// What [`seal`] makes.
pub(super) struct Sealed {
    pub(super) iv: Vec<u8>,
    pub(super) ciphertext: Vec<u8>,
    pub(super) tag: Vec<u8>,
}

/// Encrypts and authenticates, with a random initialization vector. The key
/// has the length that the algorithm needs.
pub(super) fn seal(
    algorithm: ContentEncryption,
    key: &[u8],
    aad: &[u8],
    plaintext: &[u8],
) -> Result<Sealed, Error> {
    let failed = |_| Error::Crypto("encrypt");
    match algorithm.cipher() {
        Cipher::Gcm(cipher) => gcm_seal(cipher, key, aad, plaintext).map_err(failed),
        Cipher::CbcHmac(cipher, hash) => {
            let iv = random::<16>()?;
            // "MAC_KEY … the initial octets of K … ENC_KEY … the final" (§5.2.2.1).
            let (mac_key, key) = key.split_at(key.len() / 2);
            let mut in_out = Padded(Zeroizing::new(plaintext.to_vec()));
            UnboundCipherKey::new(cipher, key)
                .and_then(PaddedBlockEncryptingKey::cbc_pkcs7)
                .and_then(|key| {
                    let context = EncryptionContext::Iv128(FixedLength::from(iv));
                    key.less_safe_encrypt(&mut in_out, context)
                })
                .map_err(failed)?;
            let ciphertext = in_out.0.to_vec();
            let mut tag = mac(hash, mac_key, aad, &iv, &ciphertext).as_ref().to_vec();
            tag.truncate(algorithm.tag_len());
            Ok(Sealed {
                iv: iv.to_vec(),
                ciphertext,
                tag,
            })
        }
    }
}

/// Authenticates, then decrypts. The caller has checked the lengths of the
/// initialization vector and of the tag; that of the key is checked here.
pub(super) fn open(
    algorithm: ContentEncryption,
    key: &[u8],
    aad: &[u8],
    sealed: &Sealed,
) -> Result<Zeroizing<Vec<u8>>, Undecryptable> {
    if key.len() != algorithm.key_len() {
        return Err(Undecryptable);
    }
    match algorithm.cipher() {
        Cipher::Gcm(cipher) => gcm_open(cipher, key, aad, sealed),
        Cipher::CbcHmac(cipher, hash) => {
            let (mac_key, key) = key.split_at(key.len() / 2);
            let expected = mac(hash, mac_key, aad, &sealed.iv, &sealed.ciphertext);
            // First of all, so that nobody learns of the padding of what was
            // not made by a holder of the key (§5.2.2.2).
            let expected = &expected.as_ref()[..algorithm.tag_len()];
            if !bool::from(expected.ct_eq(&sealed.tag)) {
                return Err(Undecryptable);
            }
            cbc_open(cipher, key, sealed)
        }
    }
}

/// Returns the AES-GCM of a key of 16, 24 or 32 octets.
pub(super) fn gcm(key_len: usize) -> &'static aead::Algorithm {
    match key_len {
        16 => &AES_128_GCM,
        24 => &AES_192_GCM,
        _ => &AES_256_GCM,
    }
}

/// Encrypts and authenticates by AES-GCM; also what `A*GCMKW` does to a key.
pub(super) fn gcm_seal(
    cipher: &'static aead::Algorithm,
    key: &[u8],
    aad: &[u8],
    plaintext: &[u8],
) -> Result<Sealed, aws_lc_rs::error::Unspecified> {
    let mut iv = [0; aead::NONCE_LEN];
    rand::fill(&mut iv)?;
    let key = LessSafeKey::new(UnboundKey::new(cipher, key)?);
    let mut ciphertext = plaintext.to_vec();
    let nonce = Nonce::assume_unique_for_key(iv);
    let tag = key.seal_in_place_separate_tag(nonce, Aad::from(aad), &mut ciphertext)?;
    Ok(Sealed {
        iv: iv.to_vec(),
        ciphertext,
        tag: tag.as_ref().to_vec(),
    })
}

/// The other way of [`gcm_seal`].
pub(super) fn gcm_open(
    cipher: &'static aead::Algorithm,
    key: &[u8],
    aad: &[u8],
    sealed: &Sealed,
) -> Result<Zeroizing<Vec<u8>>, Undecryptable> {
    let key = LessSafeKey::new(UnboundKey::new(cipher, key)?);
    let nonce = Nonce::try_assume_unique_for_key(&sealed.iv)?;
    let mut in_out = Zeroizing::new(sealed.ciphertext.clone());
    key.open_in_place_separate_tag(nonce, Aad::from(aad), &sealed.tag, &mut in_out)?;
    Ok(in_out)
}

fn cbc_open(
    cipher: &'static cipher::Algorithm,
    key: &[u8],
    sealed: &Sealed,
) -> Result<Zeroizing<Vec<u8>>, Undecryptable> {
    let iv: [u8; 16] = sealed.iv.as_slice().try_into().map_err(|_| Undecryptable)?;
    let key = PaddedBlockDecryptingKey::cbc_pkcs7(UnboundCipherKey::new(cipher, key)?)?;
    let mut in_out = Zeroizing::new(sealed.ciphertext.clone());
    let context = DecryptionContext::Iv128(FixedLength::from(iv));
    let length = key.decrypt(&mut in_out, context)?.len();
    in_out.truncate(length);
    Ok(in_out)
}

/// Authenticates by HMAC the octets of RFC 7518 §5.2.2.1: `A`, `IV`, `E` and
/// `AL`, the bits of `A` in 64 bits.
fn mac(hash: hmac::Algorithm, key: &[u8], aad: &[u8], iv: &[u8], ciphertext: &[u8]) -> hmac::Tag {
    let mut context = hmac::Context::with_key(&hmac::Key::new(hash, key));
    context.update(aad);
    context.update(iv);
    context.update(ciphertext);
    context.update(&(aad.len() as u64 * 8).to_be_bytes());
    context.sign()
}

/// Returns random octets.
pub(super) fn random<const N: usize>() -> Result<[u8; N], Error> {
    let mut octets = [0; N];
    rand::fill(&mut octets).map_err(|_| Error::Crypto("make random octets"))?;
    Ok(octets)
}

/// A plaintext that grows by its padding.
struct Padded(Zeroizing<Vec<u8>>);

impl AsMut<[u8]> for Padded {
    fn as_mut(&mut self) -> &mut [u8] {
        &mut self.0
    }
}

impl<'a> Extend<&'a u8> for Padded {
    fn extend<I: IntoIterator<Item = &'a u8>>(&mut self, octets: I) {
        self.0.extend(octets);
    }
}
