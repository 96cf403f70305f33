//! The compact serialization of a JWE (RFC 7516 §7.1).

use serde_json::{Map, Value};

use super::algorithm::{ContentEncryption, Mode};
use super::content::Sealed;
use super::header::Header;
use crate::core::jose::base64url;
use crate::core::jose::error::{Error, Failure, Malformed};
use crate::core::jose::jws::{decode_header, split};

/// A JWE, its parts decoded, nothing of it checked.
pub(super) struct Compact<'a> {
    /// As it stands in the token: the "Additional Authenticated Data" (RFC
    /// 7516 §5.1, step 14).
    pub(super) aad: &'a [u8],
    pub(super) header: Map<String, Value>,
    pub(super) encrypted_key: Vec<u8>,
    pub(super) sealed: Sealed,
}

impl<'a> Compact<'a> {
    /// Takes a token apart.
    ///
    /// # Errors
    ///
    /// [`Error::Malformed`].
    pub(super) fn parse(token: &'a str) -> Result<Self, Error> {
        let parts = split(token)?;
        let [header, encrypted_key, iv, ciphertext, tag] = parts[..] else {
            return Err(Malformed::NotEncrypted(parts.len()).into());
        };
        let decode = |text, part| {
            base64url::decode(text).map_err(|_| Error::from(Malformed::Base64url { part }))
        };
        Ok(Self {
            aad: header.as_bytes(),
            header: decode_header(header)?,
            encrypted_key: decode(encrypted_key, "encrypted key")?,
            sealed: Sealed {
                iv: decode(iv, "initialization vector")?,
                ciphertext: decode(ciphertext, "ciphertext")?,
                tag: decode(tag, "tag")?,
            },
        })
    }

    /// Writes a token.
    pub(super) fn write(aad: &str, encrypted_key: &[u8], sealed: &Sealed) -> String {
        let parts = [encrypted_key, &sealed.iv, &sealed.ciphertext, &sealed.tag];
        let mut token = aad.to_owned();
        for part in parts {
            token.push('.');
            token.push_str(&base64url::encode(part));
        }
        token
    }

    /// Checks what the lengths of the parts give away already.
    ///
    /// # Errors
    ///
    /// Every failure: `encrypted_key`, `iv`, `tag`.
    pub(super) fn check_lengths(&self, header: &Header<'_>) -> Result<(), Vec<Failure>> {
        let mut failures = Vec::new();
        // RFC 7516 §5.2, steps 9 and 10.
        let has_key = !matches!(
            header.algorithm.mode(),
            Mode::Direct | Mode::Agreement(None)
        );
        if has_key == self.encrypted_key.is_empty() {
            failures.push(Failure::new(
                "encrypted_key",
                match has_key {
                    true => "the encrypted key is empty".to_owned(),
                    false => format!(
                        "there is an encrypted key, and with {} there is none",
                        header.algorithm
                    ),
                },
            ));
        }
        let enc = header.encryption;
        for (code, what, length, needed) in [
            (
                "iv",
                "initialization vector",
                self.sealed.iv.len(),
                enc.iv_len(),
            ),
            // A shortened tag is easier to guess.
            (
                "tag",
                "tag",
                self.sealed.tag.len(),
                ContentEncryption::tag_len(enc),
            ),
        ] {
            if length != needed {
                failures.push(Failure::new(
                    code,
                    format!("the {what} has {length} octets, with {enc} it has {needed}"),
                ));
            }
        }
        match failures.is_empty() {
            true => Ok(()),
            false => Err(failures),
        }
    }
}
