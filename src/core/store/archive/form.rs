//! The encrypted form of an archive.
//!
//! ```text
//! magic       7  "authexp"
//! version     1  of this form, 1
//! memory      4  argon2id's m in KiB, big endian (RFC 9106)
//! passes      4  argon2id's t
//! lanes       4  argon2id's p
//! salt       16  argon2id's salt
//! file salt  32  HKDF's salt (RFC 5869)
//! key check  16  of the derived key, so that a wrong passphrase is known as such
//! length      8  of all that follows the checksum, big endian
//! checksum    8  head of the SHA-256 of all above, against accidents
//! nonce      12
//! sealed         AES-256-GCM of the content; all above is associated data
//! ```
//!
//! It is that of a session file, but for the names of sessions, which stay
//! inside, and for the length, by which an archive that was cut on its way is
//! told from one that was changed.

use zeroize::Zeroizing;

use super::super::derive::{
    CHECKSUM, Cost, FileKeys, NONCE, TAG, checksum_of, new_salt, stretch, take,
};
use super::ArchiveError;
use crate::core::secret::Secret;

/// Encrypts the content.
pub(super) fn seal(
    passphrase: &Secret,
    cost: Cost,
    content: &[u8],
) -> Result<Vec<u8>, ArchiveError> {
    let (salt, file_salt) = (new_salt::<16>()?, new_salt::<32>()?);
    let master = stretch(passphrase.expose(), cost, &salt)?;
    let keys = FileKeys::derive(&master, &file_salt, INFO)?;
    let length = NONCE + content.len() + TAG;

    let mut file = Vec::with_capacity(HEADER + length);
    file.extend_from_slice(&MAGIC);
    file.push(FORM);
    for number in [cost.memory, cost.passes, cost.lanes] {
        file.extend_from_slice(&number.to_be_bytes());
    }
    file.extend_from_slice(&salt);
    file.extend_from_slice(&file_salt);
    file.extend_from_slice(keys.check());
    file.extend_from_slice(&(length as u64).to_be_bytes());
    file.extend_from_slice(&checksum_of(&file));

    keys.seal(&mut file, content)?;
    Ok(file)
}

/// Decrypts an archive.
pub(super) fn open(passphrase: &Secret, file: &[u8]) -> Result<Zeroizing<Vec<u8>>, ArchiveError> {
    let mut rest = file;
    let magic: [u8; 7] = take(&mut rest).ok_or(ArchiveError::NotAnArchive)?;
    if magic != MAGIC {
        return Err(ArchiveError::NotAnArchive);
    }
    let cut = ArchiveError::Cut {
        found: file.len(),
        expected: HEADER,
    };
    let [form] = take(&mut rest).ok_or(cut.clone())?;
    if form > FORM {
        return Err(ArchiveError::NewerVersion { found: form.into() });
    }
    let mut number = || take(&mut rest).map(u32::from_be_bytes).ok_or(cut.clone());
    let cost = Cost {
        memory: number()?,
        passes: number()?,
        lanes: number()?,
    };
    let salt: [u8; 16] = take(&mut rest).ok_or(cut.clone())?;
    let file_salt: [u8; 32] = take(&mut rest).ok_or(cut.clone())?;
    let key_check: [u8; 16] = take(&mut rest).ok_or(cut.clone())?;
    let length = u64::from_be_bytes(take(&mut rest).ok_or(cut.clone())?);
    let checksum: [u8; CHECKSUM] = take(&mut rest).ok_or(cut)?;
    if form != FORM || checksum != checksum_of(&file[..HEADER - CHECKSUM]) {
        return Err(ArchiveError::Damaged);
    }
    let length = usize::try_from(length).map_err(|_| ArchiveError::TooLarge)?;
    if rest.len() < length {
        return Err(ArchiveError::Cut {
            found: file.len(),
            expected: HEADER.saturating_add(length),
        });
    }
    if rest.len() > length {
        return Err(ArchiveError::Damaged);
    }
    // Known to be as written, so these are not the marks of an accident.
    if !cost.is_bounded() {
        return Err(ArchiveError::Parameters);
    }
    let master = stretch(passphrase.expose(), cost, &salt)?;
    let keys = FileKeys::derive(&master, &file_salt, INFO)?;
    if !keys.are_of(&key_check) {
        return Err(ArchiveError::WrongPassphrase);
    }
    let mut sealed = Zeroizing::new(rest.to_vec());
    let content = keys.open(&file[..HEADER], &mut sealed)?;
    Ok(Zeroizing::new(content.to_vec()))
}

const MAGIC: [u8; 7] = *b"authexp";
const FORM: u8 = 1;
const INFO: &[u8] = b"authctl archive v1";
pub(super) const HEADER: usize = 7 + 1 + 12 + 16 + 32 + 16 + 8 + CHECKSUM;
