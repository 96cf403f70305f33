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

/// Takes a secret out of what a server said: some repeat what they were sent, as
/// it is or percent-encoded (RFC 3986 §2.1), with `+` or `%20` for a space.
pub fn redact(text: &str, secret: &str) -> String {
    // A very short one would tear ordinary words apart.
    if secret.len() < 4 {
        return text.to_owned();
    }
    let text = text.replace(secret, REDACTED);
    // That would be found in what takes its place.
    if REDACTED.contains(secret) {
        return text;
    }
    let text = redact_encoded(text, secret.as_bytes(), false);
    redact_encoded(text, secret.as_bytes(), true)
}

const REDACTED: &str = "<secret>";

/// Takes octets out of a text in which they are encoded.
fn redact_encoded(text: String, octets: &[u8], plus_is_space: bool) -> String {
    if !text.contains(['%', '+']) {
        return text;
    }
    // Each octet that is meant, and where what stands for it begins.
    let bytes = text.as_bytes();
    let (mut decoded, mut starts) = (Vec::new(), Vec::new());
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        starts.push(at);
        let digits = bytes.get(at + 1..at + 3).filter(|_| *byte == b'%');
        let code = digits.and_then(|digits| {
            let digits = std::str::from_utf8(digits).ok()?;
            u8::from_str_radix(digits, 16).ok()
        });
        decoded.push(match (code, byte) {
            (Some(code), _) => code,
            (None, b'+') if plus_is_space => b' ',
            (None, byte) => *byte,
        });
        at += if code.is_some() { 3 } else { 1 };
    }
    starts.push(bytes.len());
    let (mut redacted, mut copied, mut from) = (String::new(), 0, 0);
    while let Some(found) = decoded.get(from..).and_then(|rest| {
        rest.windows(octets.len())
            .position(|window| window == octets)
    }) {
        let first = from + found;
        from = first + octets.len();
        // Whole characters, since the secret is of whole ones.
        redacted.push_str(text.get(copied..starts[first]).unwrap_or_default());
        redacted.push_str(REDACTED);
        copied = starts[from];
    }
    redacted.push_str(text.get(copied..).unwrap_or_default());
    redacted
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_that_is_repeated_is_taken_out_however_it_is_written() {
        for text in [
            "R3FR/ESH+to k",
            "R3FR%2FESH%2Bto%20k",
            "R3FR%2fESH%2bto+k",
            "R3FR/ESH+to%20k",
            "%52%33FR%2FESH%2Bto+k",
        ] {
            let said = format!("token {text} and {text}, 100 % unknown");
            let expected = "token <secret> and <secret>, 100 % unknown";
            assert_eq!(redact(&said, "R3FR/ESH+to k"), expected);
        }
        assert_eq!(
            redact("p%C3%A4sswort: pässwort", "pässwort"),
            "<secret>: <secret>"
        );
        assert_eq!(redact("50%25x 50%2525x", "50%25x"), "<secret> <secret>");
        assert_eq!(
            redact("100 % of secret+secret", "secret"),
            "100 % of <secret>+<secret>"
        );
        assert_eq!(redact("a+b is no word", "key!"), "a+b is no word");
        for text in ["", "%", "%4", "%zz", "+", "%C3", "ä%"] {
            assert_eq!(redact(text, "a secret"), text);
        }
    }

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
