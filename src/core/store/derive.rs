//! From a passphrase or a key to the keys of one encrypted file, and what is
//! done by them.

use argon2::{Algorithm, Argon2, Params, Version};
use aws_lc_rs::aead::{AES_256_GCM, Aad, Nonce, RandomizedNonceKey};
use aws_lc_rs::{digest, hkdf, rand};
use subtle::ConstantTimeEq as _;
use zeroize::Zeroizing;

use super::seal::SealError;

/// What a file key is derived from: the key as given, or argon2id's output.
pub(super) type Master = Zeroizing<[u8; 32]>;

/// What argon2id costs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Cost {
    /// Memory in KiB.
    pub(super) memory: u32,
    /// Passes over it.
    pub(super) passes: u32,
    /// Lanes.
    pub(super) lanes: u32,
}

impl Cost {
    /// The second recommendation of RFC 9106 §4 (64 MiB, three passes) with
    /// one lane, for the threads of four would not run in parallel here:
    /// about 110 ms.
    pub(super) const RECOMMENDED: Self = Self {
        memory: 64 * 1024,
        passes: 3,
        lanes: 1,
    };

    /// A file must not be able to ask for more memory than a small machine
    /// has, or for minutes.
    pub(super) fn is_bounded(self) -> bool {
        (1..=MAX_LANES).contains(&self.lanes)
            && (8 * self.lanes..=MAX_MEMORY).contains(&self.memory)
            && (1..=MAX_PASSES).contains(&self.passes)
    }
}

/// Derives the master from a passphrase: slow by choice.
pub(super) fn stretch(passphrase: &str, cost: Cost, salt: &[u8; 16]) -> Result<Master, SealError> {
    let failed = |_| SealError::Crypto("derive a key from the passphrase");
    let params = Params::new(cost.memory, cost.passes, cost.lanes, Some(32)).map_err(failed)?;
    let mut master = Zeroizing::new([0; 32]);
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
        .hash_password_into(passphrase.as_bytes(), salt, &mut *master)
        .map_err(failed)?;
    Ok(master)
}

/// Draws a salt.
pub(super) fn new_salt<const N: usize>() -> Result<[u8; N], SealError> {
    let mut salt = [0; N];
    rand::fill(&mut salt).map_err(|_| SealError::Crypto("draw a salt"))?;
    Ok(salt)
}

/// The encryption key of one file, and its check value.
pub(super) struct FileKeys(Zeroizing<[u8; 48]>);

impl FileKeys {
    /// Derives them; `info` parts one use of a passphrase from another
    /// (RFC 5869 §3.2).
    pub(super) fn derive(master: &Master, salt: &[u8; 32], info: &[u8]) -> Result<Self, SealError> {
        struct Length;
        impl hkdf::KeyType for Length {
            fn len(&self) -> usize {
                48
            }
        }
        let mut keys = Zeroizing::new([0; 48]);
        hkdf::Salt::new(hkdf::HKDF_SHA256, salt)
            .extract(&**master)
            .expand(&[info], Length)
            .and_then(|okm| okm.fill(&mut *keys))
            .map_err(|_| SealError::Crypto("derive a file key"))?;
        Ok(Self(keys))
    }

    /// Returns the check value, which a header says in the clear.
    pub(super) fn check(&self) -> &[u8] {
        &self.0[32..]
    }

    /// Says whether a header with this check value was written by these keys.
    pub(super) fn are_of(&self, check: &[u8; 16]) -> bool {
        self.check().ct_eq(check).into()
    }

    /// Encrypts what is to follow the header that `file` holds, by which it is
    /// authenticated, and adds it: nonce, ciphertext and tag.
    pub(super) fn seal(&self, file: &mut Vec<u8>, content: &[u8]) -> Result<(), SealError> {
        let mut sealed = Zeroizing::new(Vec::with_capacity(content.len() + TAG));
        sealed.extend_from_slice(content);
        let nonce = self
            .cipher()?
            .seal_in_place_append_tag(Aad::from(&*file), &mut *sealed)
            .map_err(|_| SealError::Crypto("encrypt"))?;
        file.extend_from_slice(nonce.as_ref());
        file.extend_from_slice(&sealed);
        Ok(())
    }

    /// Decrypts what follows a header, in place.
    pub(super) fn open<'a>(
        &self,
        header: &[u8],
        sealed: &'a mut [u8],
    ) -> Result<&'a [u8], SealError> {
        let (nonce, sealed) = sealed
            .split_at_mut_checked(NONCE)
            .ok_or(SealError::Tampered)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| SealError::Tampered)?;
        self.cipher()?
            .open_in_place(nonce, Aad::from(header), sealed)
            .map(|plain| &*plain)
            .map_err(|_| SealError::Tampered)
    }

    fn cipher(&self) -> Result<RandomizedNonceKey, SealError> {
        RandomizedNonceKey::new(&AES_256_GCM, &self.0[..32])
            .map_err(|_| SealError::Crypto("take a file key"))
    }
}

/// Takes so many octets from the front.
pub(super) fn take<const N: usize>(rest: &mut &[u8]) -> Option<[u8; N]> {
    rest.split_off(..N)?.try_into().ok()
}

/// Returns the head of the SHA-256.
pub(super) fn checksum_of(octets: &[u8]) -> [u8; CHECKSUM] {
    let hash = digest::digest(&digest::SHA256, octets);
    let mut head = [0; CHECKSUM];
    head.copy_from_slice(&hash.as_ref()[..CHECKSUM]);
    head
}

/// How long a checksum is.
pub(super) const CHECKSUM: usize = 8;
/// How long the nonce of AES-GCM is.
pub(super) const NONCE: usize = 12;
/// How long its tag is.
pub(super) const TAG: usize = 16;
/// 256 MiB.
const MAX_MEMORY: u32 = 256 * 1024;
const MAX_PASSES: u32 = 16;
const MAX_LANES: u32 = 8;
