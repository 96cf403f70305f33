//! Values that must not be seen: tokens, codes, secrets, passwords, keys.
//!
//! A [`Secret`] has no `Display`, `Deref`, `Serialize` or `PartialEq`. It is
//! read through [`Secret::expose`] alone, so that every place where a secret
//! leaves its wrapper can be found by searching for that one name.

use std::fmt;

use aws_lc_rs::digest;
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use super::hex;

/// A secret text, wiped from memory when dropped.
#[derive(Clone)]
pub struct Secret(Zeroizing<String>);

impl Secret {
    /// Wraps a secret text.
    pub fn new(text: impl Into<String>) -> Self {
        Self(Zeroizing::new(text.into()))
    }

    /// Returns the secret itself: to send it, to store it, or to print it
    /// because the user asked for it by name.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// Says whether both hold the same text, in constant time for texts of
    /// the same length.
    pub fn matches(&self, other: &Secret) -> bool {
        self.0.as_bytes().ct_eq(other.0.as_bytes()).into()
    }

    /// Returns the first eight hexadecimal characters of the SHA-256 of the
    /// secret, so that two lines of a log can be seen to speak of the same
    /// token without showing it.
    pub fn fingerprint(&self) -> String {
        fingerprint(self.0.as_bytes())
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(..)")
    }
}

/// Secret octets (a symmetric key, a private key document), wiped from memory
/// when dropped.
#[derive(Clone)]
pub struct SecretBytes(Zeroizing<Vec<u8>>);

impl SecretBytes {
    /// Wraps secret octets.
    pub fn new(bytes: impl Into<Vec<u8>>) -> Self {
        Self(Zeroizing::new(bytes.into()))
    }

    /// Returns the secret octets themselves.
    pub fn expose(&self) -> &[u8] {
        &self.0
    }

    /// Returns how many octets there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Says whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl fmt::Debug for SecretBytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SecretBytes(.. {} octets)", self.0.len())
    }
}

/// Returns the first eight hexadecimal characters of a SHA-256, by which a
/// secret may be named in a log.
pub fn fingerprint(secret: &[u8]) -> String {
    let hash = digest::digest(&digest::SHA256, secret);
    hex::encode(&hash.as_ref()[..4])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_shows_nothing() {
        assert_eq!(format!("{:?}", Secret::new("hunter2")), "Secret(..)");
        assert_eq!(
            format!("{:?}", SecretBytes::new(*b"hunter2")),
            "SecretBytes(.. 7 octets)"
        );
    }

    #[test]
    fn fingerprint_is_the_head_of_the_sha256() {
        // SHA-256("abc"), FIPS 180-4 appendix B.1.
        assert_eq!(Secret::new("abc").fingerprint(), "ba7816bf");
    }

    #[test]
    fn only_equal_texts_match() {
        assert!(Secret::new("a").matches(&Secret::new("a")));
        assert!(!Secret::new("a").matches(&Secret::new("b")));
        assert!(!Secret::new("a").matches(&Secret::new("aa")));
    }
}
