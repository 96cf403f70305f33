//! Public keys as OpenSSH writes them: `ssh-ed25519 AAAA… comment`.
//!
//! The blob is a list of strings, each after its length (RFC 4251 §5): the
//! type of the key, then what makes it: RFC 4253 §6.6 for RSA, RFC 5656 §3.1
//! for the curves, RFC 8709 §4 for Ed25519. That is little enough to be read
//! here; a crate for it would bring the private keys, certificates and ciphers
//! of SSH along.

use aws_lc_rs::digest;
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD};

use super::algorithm::Curve;
use super::error::{KeyError, shorten};
use super::public_key::{Kind, PublicKey};

pub(super) const RSA: &str = "ssh-rsa";
pub(super) const ED25519: &str = "ssh-ed25519";
/// The curves that SSH and JOSE share, by the names they have in either.
pub(super) const CURVES: [(&str, &str, &str); 3] = [
    ("P-256", "ecdsa-sha2-nistp256", "nistp256"),
    ("P-384", "ecdsa-sha2-nistp384", "nistp384"),
    ("P-521", "ecdsa-sha2-nistp521", "nistp521"),
];

/// The form of RFC 4716, which `ssh-keygen -e` writes.
const RFC4716: &str = "---- BEGIN SSH2 ";

/// How the names of its key types begin.
const TYPES: [&str; 4] = ["ssh-", "ecdsa-sha2-", "sk-ssh-", "sk-ecdsa-"];

/// Says whether a text holds a key of OpenSSH's beyond doubt, be it one that
/// [`Line::read`] takes or not (behind the options of `authorized_keys`, say):
/// the first octets of a blob are those of a short length.
pub(super) fn is_key(text: &[u8]) -> bool {
    let is_key_line = |line: &str| {
        let types = line.split_ascii_whitespace();
        let blobs = types.clone().skip(1);
        let named = |word: &str| TYPES.iter().any(|start| word.starts_with(start));
        line.starts_with(RFC4716)
            || types
                .zip(blobs)
                .any(|(name, blob)| named(name) && blob.starts_with("AAAA"))
    };
    std::str::from_utf8(text).is_ok_and(|text| text.lines().map(str::trim).any(is_key_line))
}

/// Returns the line of a text that holds a key of OpenSSH's, if one does:
/// comments and empty lines may stand before it, as in `authorized_keys`.
pub(super) fn find(text: &[u8]) -> Option<&str> {
    let line = std::str::from_utf8(text)
        .ok()?
        .lines()
        .map(str::trim)
        .find(|line| !line.is_empty() && !line.starts_with('#'))?;
    let begins = |start: &&str| line.starts_with(*start);
    (line.starts_with(RFC4716) || TYPES.iter().any(begins)).then_some(line)
}

/// What a line of OpenSSH's holds; whether it is any good is not said.
pub(super) enum Line {
    /// Big-endian, without leading zeros.
    Rsa { n: Vec<u8>, e: Vec<u8> },
    /// A point as SEC 1 encodes it, which OpenSSH does not compress.
    Ec { curve: Curve, point: Vec<u8> },
    /// As RFC 8032 §5.1.2 encodes a point.
    Ed25519(Vec<u8>),
}

impl Line {
    /// Reads a line that OpenSSH wrote; what is behind the key is a comment.
    ///
    /// # Errors
    ///
    /// `key_unsupported` for another type (certificates, security keys, DSA),
    /// `key_malformed` for a line that is torn or contradicts itself.
    pub(super) fn read(line: &str) -> Result<Self, KeyError> {
        if line.starts_with(RFC4716) {
            return Err(KeyError::new(
                "key_unsupported",
                "the key is in the form of RFC 4716; rewrite it with `ssh-keygen -i -f FILE`",
            ));
        }
        let mut words = line.split_ascii_whitespace();
        let name = words.next().unwrap_or_default();
        let curve = CURVES.iter().find(|(_, named, _)| *named == name);
        if curve.is_none() && name != RSA && name != ED25519 {
            return Err(KeyError::new(
                "key_unsupported",
                format!("the OpenSSH key type `{}` is not supported", shorten(name)),
            ));
        }
        let blob = STANDARD
            .decode(words.next().unwrap_or_default())
            .map_err(|_| malformed("the OpenSSH key is not base64"))?;
        let mut blob = Reader(&blob);
        if blob.string()? != name.as_bytes() {
            return Err(malformed("the OpenSSH key is of another type than it says"));
        }
        let read = match curve {
            Some((curve, _, named)) => {
                if blob.string()? != named.as_bytes() {
                    return Err(malformed("the OpenSSH key names two curves"));
                }
                Self::Ec {
                    curve: Curve::from_name(curve)
                        .ok_or_else(|| malformed("the OpenSSH key is on no curve"))?,
                    point: blob.string()?.to_vec(),
                }
            }
            None if name == RSA => {
                let e = blob.integer()?.to_vec();
                let n = blob.integer()?.to_vec();
                Self::Rsa { n, e }
            }
            None => Self::Ed25519(blob.string()?.to_vec()),
        };
        match blob.0 {
            [] => Ok(read),
            _ => Err(malformed("the OpenSSH key goes on after its end")),
        }
    }

    /// Makes the key.
    ///
    /// # Errors
    ///
    /// As the constructors.
    pub(super) fn key(self) -> Result<PublicKey, KeyError> {
        match self {
            Self::Rsa { n, e } => PublicKey::rsa(&n, &e),
            Self::Ec { curve, point } => PublicKey::ec_point(curve, point),
            Self::Ed25519(x) => PublicKey::ed25519(&x),
        }
    }
}

impl PublicKey {
    /// Writes the line, without comment and line ending.
    ///
    /// # Errors
    ///
    /// `key_unsupported` for a type that OpenSSH does not have.
    pub fn to_openssh(&self) -> Result<String, KeyError> {
        let (name, blob) = self.openssh_blob()?;
        Ok(format!("{name} {}", STANDARD.encode(blob)))
    }

    /// Returns the fingerprint that `ssh-keygen -l` shows: `SHA256:` and the
    /// hash of the key's blob in base64.
    ///
    /// # Errors
    ///
    /// As [`PublicKey::to_openssh`].
    pub fn openssh_fingerprint(&self) -> Result<String, KeyError> {
        let (_, blob) = self.openssh_blob()?;
        Ok(fingerprint(&blob))
    }

    pub(super) fn openssh_blob(&self) -> Result<(&'static str, Vec<u8>), KeyError> {
        let mut blob = Vec::new();
        let name = match self.kind() {
            Kind::Rsa { n, e } => {
                blob = rsa_blob(n, e);
                RSA
            }
            Kind::Ec { curve, point } => {
                let (_, name, named) = CURVES
                    .iter()
                    .find(|(known, ..)| *known == curve.name())
                    .ok_or_else(|| self.unknown_to_openssh())?;
                string(&mut blob, name.as_bytes());
                string(&mut blob, named.as_bytes());
                string(&mut blob, point);
                name
            }
            Kind::Ed25519(x) => {
                string(&mut blob, ED25519.as_bytes());
                string(&mut blob, x);
                ED25519
            }
            Kind::MlDsa { .. } => return Err(self.unknown_to_openssh()),
        };
        Ok((name, blob))
    }

    fn unknown_to_openssh(&self) -> KeyError {
        KeyError::new(
            "key_unsupported",
            format!("OpenSSH has no keys of type {}", self.key_type()),
        )
    }
}

/// Returns the fingerprint of an RSA key that may be unfit for use.
pub(super) fn rsa_fingerprint(n: &[u8], e: &[u8]) -> String {
    fingerprint(&rsa_blob(n, e))
}

fn fingerprint(blob: &[u8]) -> String {
    let hash = digest::digest(&digest::SHA256, blob);
    format!("SHA256:{}", STANDARD_NO_PAD.encode(hash))
}

fn rsa_blob(n: &[u8], e: &[u8]) -> Vec<u8> {
    let mut blob = Vec::new();
    string(&mut blob, RSA.as_bytes());
    integer(&mut blob, e);
    integer(&mut blob, n);
    blob
}

/// The rest of a blob.
pub(super) struct Reader<'a>(pub(super) &'a [u8]);

impl<'a> Reader<'a> {
    /// `uint32` (RFC 4251 §5).
    pub(super) fn u32(&mut self) -> Result<u32, KeyError> {
        let (number, rest) = self.0.split_first_chunk().ok_or_else(torn)?;
        self.0 = rest;
        Ok(u32::from_be_bytes(*number))
    }

    /// `string`: four octets of length, then so many octets (RFC 4251 §5).
    pub(super) fn string(&mut self) -> Result<&'a [u8], KeyError> {
        let length = self.u32()? as usize;
        let (string, rest) = self.0.split_at_checked(length).ok_or_else(torn)?;
        self.0 = rest;
        Ok(string)
    }

    /// `mpint`, which is not negative here: a zero octet stands before one
    /// whose highest bit is set, and before no other (RFC 4251 §5).
    pub(super) fn integer(&mut self) -> Result<&'a [u8], KeyError> {
        match self.string()? {
            [0, integer @ ..] if integer.first() >= Some(&0x80) => Ok(integer),
            integer @ [1..=0x7f, ..] => Ok(integer),
            _ => Err(malformed(
                "the OpenSSH key has a number that is zero, negative or padded",
            )),
        }
    }
}

fn string(blob: &mut Vec<u8>, octets: &[u8]) {
    // What makes a key is far from four gigabytes.
    blob.extend((octets.len() as u32).to_be_bytes());
    blob.extend(octets);
}

/// Writes a big-endian integer without leading zeros.
fn integer(blob: &mut Vec<u8>, octets: &[u8]) {
    match octets {
        [128..=255, ..] => string(blob, &[&[0], octets].concat()),
        _ => string(blob, octets),
    }
}

fn torn() -> KeyError {
    malformed("the OpenSSH key ends too early")
}

pub(super) fn malformed(message: &str) -> KeyError {
    KeyError::new("key_malformed", message)
}
