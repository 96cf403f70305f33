//! The encrypted form of one session file.
//!
//! ```text
//! magic       8  "authctl" and the version of this form, 1
//! kdf         1  1 = a 32-octet key as given, 2 = argon2id (RFC 9106)
//! memory      4  argon2id's m in KiB, big endian; else 0
//! passes      4  argon2id's t; else 0
//! lanes       4  argon2id's p; else 0
//! kdf salt   16  argon2id's salt; else 0
//! file salt  32  new at every save: HKDF's salt (RFC 5869)
//! key check  16  of the derived key, so that a wrong key is known as such
//! name        2  length of the key's name, big endian, and the name itself
//! checksum    8  head of the SHA-256 of all above, against accidents
//! nonce      12
//! sealed         AES-256-GCM of the record; all above is associated data
//! ```
//!
//! The name is in the clear, so that sessions can be listed without the key;
//! it is authenticated, so that two files cannot be swapped. The argon2id
//! salt is shared by the files of one store, so that its price is paid once a
//! process; every file still has a key of its own through its HKDF salt.

use argon2::{Algorithm, Argon2, Params, Version};
use aws_lc_rs::aead::{AES_256_GCM, Aad, Nonce, RandomizedNonceKey};
use aws_lc_rs::{digest, hkdf, rand};
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use super::error::{Damage, KeyMismatch};

/// What a file key is derived from: the key as given, or argon2id's output.
pub(super) type Master = Zeroizing<[u8; 32]>;

/// How the master is come by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kdf {
    /// It was given.
    Given,
    /// From a passphrase.
    Argon2id {
        /// How dear it is.
        cost: Cost,
        /// The salt of the store.
        salt: [u8; 16],
    },
}

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
    fn is_bounded(self) -> bool {
        (1..=MAX_LANES).contains(&self.lanes)
            && (8 * self.lanes..=MAX_MEMORY).contains(&self.memory)
            && (1..=MAX_PASSES).contains(&self.passes)
    }
}

/// What an encrypted file says in the clear.
#[derive(Debug)]
pub(super) struct Header {
    pub(super) kdf: Kdf,
    pub(super) name: String,
    file_salt: [u8; 32],
    key_check: [u8; 16],
    /// How long it is: where the nonce begins.
    length: usize,
}

/// Why a file does not open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum SealError {
    Damage(Damage),
    NewerVersion(u64),
    Key(KeyMismatch),
    Tampered,
    Crypto(&'static str),
}

impl Header {
    /// Reads the header of a file.
    pub(super) fn parse(file: &[u8]) -> Result<Self, SealError> {
        let damaged = || SealError::Damage(Damage::Header);
        let mut rest = file;
        let magic: [u8; 7] = take(&mut rest).ok_or(SealError::Damage(Damage::NotASession))?;
        if magic != MAGIC {
            return Err(SealError::Damage(Damage::NotASession));
        }
        let [form] = take(&mut rest).ok_or_else(damaged)?;
        if form > FORM {
            return Err(SealError::NewerVersion(form.into()));
        }
        let [kdf] = take(&mut rest).ok_or_else(damaged)?;
        let mut number = || take(&mut rest).map(u32::from_be_bytes).ok_or_else(damaged);
        let cost = Cost {
            memory: number()?,
            passes: number()?,
            lanes: number()?,
        };
        let salt: [u8; 16] = take(&mut rest).ok_or_else(damaged)?;
        let file_salt = take(&mut rest).ok_or_else(damaged)?;
        let key_check = take(&mut rest).ok_or_else(damaged)?;
        let name_length = u16::from_be_bytes(take(&mut rest).ok_or_else(damaged)?);
        let name = rest
            .split_off(..usize::from(name_length))
            .ok_or_else(damaged)?;
        let length = file.len() - rest.len() + CHECKSUM;
        let checksum: [u8; CHECKSUM] = take(&mut rest).ok_or_else(damaged)?;
        if form != FORM || checksum != checksum_of(&file[..length - CHECKSUM]) {
            return Err(damaged());
        }
        let kdf = match kdf {
            KDF_GIVEN => Kdf::Given,
            KDF_ARGON2ID if cost.is_bounded() => Kdf::Argon2id { cost, salt },
            KDF_ARGON2ID => return Err(SealError::Damage(Damage::Parameters)),
            _ => return Err(damaged()),
        };
        Ok(Self {
            kdf,
            name: String::from_utf8(name.to_vec()).map_err(|_| damaged())?,
            file_salt,
            key_check,
            length,
        })
    }

    /// Says whether the master is the one the file was sealed with.
    pub(super) fn is_of(&self, master: &Master) -> Result<bool, SealError> {
        let derived = FileKeys::derive(master, &self.file_salt)?;
        Ok(derived.check().ct_eq(&self.key_check).into())
    }

    /// Decrypts the file in place and returns the record's octets.
    pub(super) fn open<'a>(
        &self,
        master: &Master,
        file: &'a mut [u8],
    ) -> Result<&'a [u8], SealError> {
        let keys = FileKeys::derive(master, &self.file_salt)?;
        if !bool::from(keys.check().ct_eq(&self.key_check)) {
            return Err(SealError::Key(KeyMismatch::Other));
        }
        let (header, sealed) = file
            .split_at_mut_checked(self.length)
            .ok_or(SealError::Damage(Damage::Header))?;
        let (nonce, sealed) = sealed
            .split_at_mut_checked(NONCE)
            .ok_or(SealError::Tampered)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| SealError::Tampered)?;
        keys.cipher()?
            .open_in_place(nonce, Aad::from(header), sealed)
            .map(|plain| &*plain)
            .map_err(|_| SealError::Tampered)
    }
}

/// Encrypts a record.
pub(super) fn seal(
    master: &Master,
    kdf: Kdf,
    name: &str,
    record: &[u8],
) -> Result<Vec<u8>, SealError> {
    let mut file_salt = [0; 32];
    rand::fill(&mut file_salt).map_err(|_| SealError::Crypto("draw a salt"))?;
    let keys = FileKeys::derive(master, &file_salt)?;
    let name_length =
        u16::try_from(name.len()).map_err(|_| SealError::Crypto("name a session that long"))?;
    let (code, cost, salt) = match kdf {
        Kdf::Given => (KDF_GIVEN, [0; 3], [0; 16]),
        Kdf::Argon2id { cost, salt } => {
            (KDF_ARGON2ID, [cost.memory, cost.passes, cost.lanes], salt)
        }
    };

    let mut file = Vec::with_capacity(128 + name.len() + record.len());
    file.extend_from_slice(&MAGIC);
    file.extend_from_slice(&[FORM, code]);
    for number in cost {
        file.extend_from_slice(&number.to_be_bytes());
    }
    file.extend_from_slice(&salt);
    file.extend_from_slice(&file_salt);
    file.extend_from_slice(keys.check());
    file.extend_from_slice(&name_length.to_be_bytes());
    file.extend_from_slice(name.as_bytes());
    file.extend_from_slice(&checksum_of(&file));

    let mut sealed = Zeroizing::new(Vec::with_capacity(record.len() + AES_256_GCM.tag_len()));
    sealed.extend_from_slice(record);
    let nonce = keys
        .cipher()?
        .seal_in_place_append_tag(Aad::from(&file), &mut *sealed)
        .map_err(|_| SealError::Crypto("encrypt"))?;
    file.extend_from_slice(nonce.as_ref());
    file.extend_from_slice(&sealed);
    Ok(file)
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

/// Draws a salt for [`stretch`].
pub(super) fn new_salt() -> Result<[u8; 16], SealError> {
    let mut salt = [0; 16];
    rand::fill(&mut salt).map_err(|_| SealError::Crypto("draw a salt"))?;
    Ok(salt)
}

/// The encryption key of one file, and its check value.
struct FileKeys(Zeroizing<[u8; 48]>);

impl FileKeys {
    fn derive(master: &Master, salt: &[u8; 32]) -> Result<Self, SealError> {
        struct Length;
        impl hkdf::KeyType for Length {
            fn len(&self) -> usize {
                48
            }
        }
        let mut keys = Zeroizing::new([0; 48]);
        hkdf::Salt::new(hkdf::HKDF_SHA256, salt)
            .extract(&**master)
            .expand(&[b"authctl session file v1"], Length)
            .and_then(|okm| okm.fill(&mut *keys))
            .map_err(|_| SealError::Crypto("derive a file key"))?;
        Ok(Self(keys))
    }

    fn check(&self) -> &[u8] {
        &self.0[32..]
    }

    fn cipher(&self) -> Result<RandomizedNonceKey, SealError> {
        RandomizedNonceKey::new(&AES_256_GCM, &self.0[..32])
            .map_err(|_| SealError::Crypto("take a file key"))
    }
}

fn take<const N: usize>(rest: &mut &[u8]) -> Option<[u8; N]> {
    rest.split_off(..N)?.try_into().ok()
}

fn checksum_of(octets: &[u8]) -> [u8; CHECKSUM] {
    let hash = digest::digest(&digest::SHA256, octets);
    let mut head = [0; CHECKSUM];
    head.copy_from_slice(&hash.as_ref()[..CHECKSUM]);
    head
}

const MAGIC: [u8; 7] = *b"authctl";
const FORM: u8 = 1;
const KDF_GIVEN: u8 = 1;
const KDF_ARGON2ID: u8 = 2;
const CHECKSUM: usize = 8;
const NONCE: usize = 12;
/// 256 MiB.
const MAX_MEMORY: u32 = 256 * 1024;
const MAX_PASSES: u32 = 16;
const MAX_LANES: u32 = 8;

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;
    use proptest::prelude::*;

    use super::*;

    const RECORD: &[u8] = br#"{"version":1}"#;
    const CHEAP: Cost = Cost {
        memory: 8,
        passes: 1,
        lanes: 1,
    };

    fn given() -> Master {
        Zeroizing::new([7; 32])
    }

    fn with_passphrase() -> (Kdf, Master) {
        let salt = [9; 16];
        let master = stretch("wonderland", CHEAP, &salt).unwrap();
        (Kdf::Argon2id { cost: CHEAP, salt }, master)
    }

    fn opened(master: &Master, file: &[u8]) -> Result<Vec<u8>, SealError> {
        let mut file = file.to_vec();
        let header = Header::parse(&file)?;
        header.open(master, &mut file).map(<[u8]>::to_vec)
    }

    /// Written by the first version of this form: it must stay readable.
    #[test]
    fn files_of_the_first_version_are_read() {
        let (_, passphrase) = with_passphrase();
        for (master, name, file) in [
            (
                given(),
                "größe",
                "YXV0aGN0bAEBAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAANDbOB+N7eQaGZIUgRXo2MDDeN4sM8XL\
                 hnHpTSRjLmUa2B5XSb8Kzbhv8zX6hvtIygAHZ3LDtsOfZUPnHMl6xJ4CbUys+W/DzAYhu5CYMW7KQ/cG\
                 fvLT/TZvRp1Lb/xJadSGlWo+CHJPEGA=",
            ),
            (
                passphrase,
                "default",
                "YXV0aGN0bAECAAAACAAAAAEAAAABCQkJCQkJCQkJCQkJCQkJCaUj7q6JYvCuyU63CwZKaQBBzitPuC7O\
                 yLJgQm+tWtFqZtl5TjG0pIyjGNlYHfXQsQAHZGVmYXVsdPg+aUtHALXKEgDu/3Z7610NTL1o8Esrok8b\
                 tDf+jhQcsvgiNISdz6e0kqydb3gBnXI=",
            ),
        ] {
            let file = STANDARD.decode(file).unwrap();
            assert_eq!(Header::parse(&file).unwrap().name, name);
            assert_eq!(opened(&master, &file).unwrap(), RECORD);
        }
    }

    #[test]
    fn what_is_sealed_is_opened_and_never_twice_the_same() {
        let (kdf, master) = with_passphrase();
        for (kdf, master) in [(Kdf::Given, given()), (kdf, master)] {
            let one = seal(&master, kdf, "größe", RECORD).unwrap();
            let two = seal(&master, kdf, "größe", RECORD).unwrap();
            let (a, b) = (Header::parse(&one).unwrap(), Header::parse(&two).unwrap());
            assert_eq!((a.kdf, a.name.as_str()), (kdf, "größe"));
            assert!(a.is_of(&master).unwrap());
            assert!(!a.is_of(&Zeroizing::new([8; 32])).unwrap());
            assert_ne!(a.file_salt, b.file_salt);
            assert_ne!(a.key_check, b.key_check);
            assert_ne!(one[a.length..], two[b.length..]);
            assert_eq!(opened(&master, &one).unwrap(), RECORD);
            assert_eq!(opened(&master, &two).unwrap(), RECORD);
        }
    }

    #[test]
    fn the_recommended_cost_is_within_the_bounds() {
        assert!(Cost::RECOMMENDED.is_bounded());
    }

    proptest! {
        /// Whatever lies there, reading it ends with a reason.
        #[test]
        fn no_octets_are_a_session(octets in proptest::collection::vec(any::<u8>(), 0..300)) {
            prop_assert_eq!(
                opened(&given(), &octets),
                Err(SealError::Damage(Damage::NotASession))
            );
        }

        #[test]
        fn what_follows_the_magic_may_be_anything(
            octets in proptest::collection::vec(any::<u8>(), 0..300),
        ) {
            let file = [&MAGIC[..], &[FORM], &octets].concat();
            prop_assert_eq!(
                opened(&given(), &file),
                Err(SealError::Damage(Damage::Header))
            );
        }
    }
}
