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

use super::derive::{CHECKSUM, Cost, FileKeys, Master, checksum_of, new_salt, take};
use super::error::{Damage, KeyMismatch};

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
        let derived = FileKeys::derive(master, &self.file_salt, INFO)?;
        Ok(derived.are_of(&self.key_check))
    }

    /// Decrypts the file in place and returns the record's octets.
    pub(super) fn open<'a>(
        &self,
        master: &Master,
        file: &'a mut [u8],
    ) -> Result<&'a [u8], SealError> {
        let keys = FileKeys::derive(master, &self.file_salt, INFO)?;
        if !keys.are_of(&self.key_check) {
            return Err(SealError::Key(KeyMismatch::Other));
        }
        let (header, sealed) = file
            .split_at_mut_checked(self.length)
            .ok_or(SealError::Damage(Damage::Header))?;
        keys.open(header, sealed)
    }
}

/// Encrypts a record.
pub(super) fn seal(
    master: &Master,
    kdf: Kdf,
    name: &str,
    record: &[u8],
) -> Result<Vec<u8>, SealError> {
    let file_salt = new_salt::<32>()?;
    let keys = FileKeys::derive(master, &file_salt, INFO)?;
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

    keys.seal(&mut file, record)?;
    Ok(file)
}

const MAGIC: [u8; 7] = *b"authctl";
const FORM: u8 = 1;
const INFO: &[u8] = b"authctl session file v1";
const KDF_GIVEN: u8 = 1;
const KDF_ARGON2ID: u8 = 2;

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;
    use proptest::prelude::*;
    use zeroize::Zeroizing;

    use super::super::derive::stretch;
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
