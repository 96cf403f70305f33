//! The two tables of JWE: key management (`alg`, RFC 7518 §4.1) and content
//! encryption (`enc`, §5.1).
//!
//! No other file lists them. `RSA1_5` is not among them: telling a wrong
//! padding from a wrong key, by whatever sign, opens its ciphertexts to those
//! who have no key (Bleichenbacher 1998; RFC 8725 §3.2 advises against it).

use std::fmt;
use std::str::FromStr;

use aws_lc_rs::aead::{self, AES_128_GCM, AES_192_GCM, AES_256_GCM};
use aws_lc_rs::cipher::{self, AES_128, AES_192, AES_256};
use aws_lc_rs::hmac::{self, HMAC_SHA256, HMAC_SHA384, HMAC_SHA512};
use aws_lc_rs::pbkdf2::{self, PBKDF2_HMAC_SHA256, PBKDF2_HMAC_SHA384, PBKDF2_HMAC_SHA512};
use aws_lc_rs::rsa::{
    OAEP_SHA1_MGF1SHA1, OAEP_SHA256_MGF1SHA256, OAEP_SHA384_MGF1SHA384, OAEP_SHA512_MGF1SHA512,
    OaepAlgorithm,
};

/// How the key that encrypts the content reaches the recipient: a value of
/// `alg`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum KeyManagement {
    /// `RSA-OAEP`, with SHA-1 as RFC 8017 has it by default.
    RsaOaep,
    /// `RSA-OAEP-256`.
    RsaOaep256,
    /// `RSA-OAEP-384`.
    RsaOaep384,
    /// `RSA-OAEP-512`.
    RsaOaep512,
    /// `ECDH-ES`: the agreed key encrypts the content.
    EcdhEs,
    /// `ECDH-ES+A128KW`: the agreed key wraps the content's key.
    EcdhEsA128Kw,
    /// `ECDH-ES+A192KW`.
    EcdhEsA192Kw,
    /// `ECDH-ES+A256KW`.
    EcdhEsA256Kw,
    /// `A128KW` (RFC 3394).
    A128Kw,
    /// `A192KW`.
    A192Kw,
    /// `A256KW`.
    A256Kw,
    /// `A128GCMKW`.
    A128GcmKw,
    /// `A192GCMKW`.
    A192GcmKw,
    /// `A256GCMKW`.
    A256GcmKw,
    /// `dir`: the shared key encrypts the content itself.
    Dir,
    /// `PBES2-HS256+A128KW`.
    Pbes2Hs256A128Kw,
    /// `PBES2-HS384+A192KW`.
    Pbes2Hs384A192Kw,
    /// `PBES2-HS512+A256KW`.
    Pbes2Hs512A256Kw,
}

/// What an `alg` does with the key of the content.
#[derive(Clone, Copy)]
pub(super) enum Mode {
    /// RFC 7518 §4.3.
    Rsa(&'static OaepAlgorithm),
    /// §4.6, with the octets of the wrapping key, if there is one.
    Agreement(Option<usize>),
    /// §4.4, with the octets of the key.
    Wrap(usize),
    /// §4.7, with the octets of the key.
    GcmWrap(usize),
    /// §4.5.
    Direct,
    /// §4.8.
    Password(Password),
}

/// A row's part of PBES2.
#[derive(Clone, Copy)]
pub(super) struct Password {
    pub(super) hash: pbkdf2::Algorithm,
    /// Octets of the key that wraps.
    pub(super) key_len: usize,
    /// As OWASP's Password Storage Cheat Sheet has it for the hash; its figure
    /// for SHA-512 serves SHA-384, which computes the same.
    pub(super) iterations: u32,
}

struct KeyRow {
    algorithm: KeyManagement,
    name: &'static str,
    mode: Mode,
}

/// In the order of the enum, so that a discriminant is an index.
static KEYS: [KeyRow; 18] = {
    use {KeyManagement as K, Mode as M};
    const fn row(algorithm: KeyManagement, name: &'static str, mode: Mode) -> KeyRow {
        KeyRow {
            algorithm,
            name,
            mode,
        }
    }
    const fn pbes2(hash: pbkdf2::Algorithm, key_len: usize, iterations: u32) -> Mode {
        Mode::Password(Password {
            hash,
            key_len,
            iterations,
        })
    }
    [
        row(K::RsaOaep, "RSA-OAEP", M::Rsa(&OAEP_SHA1_MGF1SHA1)),
        row(
            K::RsaOaep256,
            "RSA-OAEP-256",
            M::Rsa(&OAEP_SHA256_MGF1SHA256),
        ),
        row(
            K::RsaOaep384,
            "RSA-OAEP-384",
            M::Rsa(&OAEP_SHA384_MGF1SHA384),
        ),
        row(
            K::RsaOaep512,
            "RSA-OAEP-512",
            M::Rsa(&OAEP_SHA512_MGF1SHA512),
        ),
        row(K::EcdhEs, "ECDH-ES", M::Agreement(None)),
        row(K::EcdhEsA128Kw, "ECDH-ES+A128KW", M::Agreement(Some(16))),
        row(K::EcdhEsA192Kw, "ECDH-ES+A192KW", M::Agreement(Some(24))),
        row(K::EcdhEsA256Kw, "ECDH-ES+A256KW", M::Agreement(Some(32))),
        row(K::A128Kw, "A128KW", M::Wrap(16)),
        row(K::A192Kw, "A192KW", M::Wrap(24)),
        row(K::A256Kw, "A256KW", M::Wrap(32)),
        row(K::A128GcmKw, "A128GCMKW", M::GcmWrap(16)),
        row(K::A192GcmKw, "A192GCMKW", M::GcmWrap(24)),
        row(K::A256GcmKw, "A256GCMKW", M::GcmWrap(32)),
        row(K::Dir, "dir", M::Direct),
        row(
            K::Pbes2Hs256A128Kw,
            "PBES2-HS256+A128KW",
            pbes2(PBKDF2_HMAC_SHA256, 16, 600_000),
        ),
        row(
            K::Pbes2Hs384A192Kw,
            "PBES2-HS384+A192KW",
            pbes2(PBKDF2_HMAC_SHA384, 24, 210_000),
        ),
        row(
            K::Pbes2Hs512A256Kw,
            "PBES2-HS512+A256KW",
            pbes2(PBKDF2_HMAC_SHA512, 32, 210_000),
        ),
    ]
};

impl KeyManagement {
    /// Returns every one, in the order of the table.
    pub fn all() -> impl Iterator<Item = Self> {
        KEYS.iter().map(|row| row.algorithm)
    }

    fn row(self) -> &'static KeyRow {
        &KEYS[self as usize]
    }

    /// Returns the registered name, as it stands in `alg`.
    pub fn name(self) -> &'static str {
        self.row().name
    }

    pub(super) fn mode(self) -> Mode {
        self.row().mode
    }

    /// Says whether whoever has the recipient's public key can encrypt, so
    /// that a token tells nothing of its maker.
    pub fn is_asymmetric(self) -> bool {
        matches!(self.mode(), Mode::Rsa(_) | Mode::Agreement(_))
    }

    /// Returns the `kty` of the keys that it is for.
    pub fn key_types(self) -> &'static [&'static str] {
        match self.mode() {
            Mode::Rsa(_) => &["RSA"],
            Mode::Agreement(_) => &["EC", "OKP"],
            Mode::Wrap(_) | Mode::GcmWrap(_) | Mode::Direct | Mode::Password(_) => &["oct"],
        }
    }

    /// Returns the PBKDF2 iterations of a token that is made with a password,
    /// where none are asked for; `None` for what takes no password.
    pub fn default_iterations(self) -> Option<u32> {
        match self.mode() {
            Mode::Password(password) => Some(password.iterations),
            _ => None,
        }
    }
}

impl fmt::Display for KeyManagement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for KeyManagement {
    type Err = UnknownAlgorithm;

    /// Reads a registered name in its exact spelling.
    fn from_str(name: &str) -> Result<Self, UnknownAlgorithm> {
        let found = KEYS.iter().find(|row| row.name == name);
        found
            .map(|row| row.algorithm)
            .ok_or_else(|| match name.eq_ignore_ascii_case("RSA1_5") {
                true => UnknownAlgorithm::Rsa15,
                false => UnknownAlgorithm::Unknown(names(KEYS.iter().map(|row| row.name))),
            })
    }
}

/// How the content is encrypted: a value of `enc`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ContentEncryption {
    /// `A128CBC-HS256`.
    A128CbcHs256,
    /// `A192CBC-HS384`.
    A192CbcHs384,
    /// `A256CBC-HS512`.
    A256CbcHs512,
    /// `A128GCM`.
    A128Gcm,
    /// `A192GCM`.
    A192Gcm,
    /// `A256GCM`.
    A256Gcm,
}

/// The ciphers of a row.
#[derive(Clone, Copy)]
pub(super) enum Cipher {
    /// RFC 7518 §5.3.
    Gcm(&'static aead::Algorithm),
    /// §5.2.
    CbcHmac(&'static cipher::Algorithm, hmac::Algorithm),
}

struct ContentRow {
    algorithm: ContentEncryption,
    name: &'static str,
    /// Octets.
    key_len: usize,
    iv_len: usize,
    tag_len: usize,
    cipher: Cipher,
}

static CONTENT: [ContentRow; 6] = {
    use {Cipher as I, ContentEncryption as E};
    const fn row(
        algorithm: ContentEncryption,
        name: &'static str,
        (key_len, iv_len, tag_len): (usize, usize, usize),
        cipher: Cipher,
    ) -> ContentRow {
        ContentRow {
            algorithm,
            name,
            key_len,
            iv_len,
            tag_len,
            cipher,
        }
    }
    [
        row(
            E::A128CbcHs256,
            "A128CBC-HS256",
            (32, 16, 16),
            I::CbcHmac(&AES_128, HMAC_SHA256),
        ),
        row(
            E::A192CbcHs384,
            "A192CBC-HS384",
            (48, 16, 24),
            I::CbcHmac(&AES_192, HMAC_SHA384),
        ),
        row(
            E::A256CbcHs512,
            "A256CBC-HS512",
            (64, 16, 32),
            I::CbcHmac(&AES_256, HMAC_SHA512),
        ),
        row(E::A128Gcm, "A128GCM", (16, 12, 16), I::Gcm(&AES_128_GCM)),
        row(E::A192Gcm, "A192GCM", (24, 12, 16), I::Gcm(&AES_192_GCM)),
        row(E::A256Gcm, "A256GCM", (32, 12, 16), I::Gcm(&AES_256_GCM)),
    ]
};

impl ContentEncryption {
    /// Returns every one, in the order of the table.
    pub fn all() -> impl Iterator<Item = Self> {
        CONTENT.iter().map(|row| row.algorithm)
    }

    fn row(self) -> &'static ContentRow {
        &CONTENT[self as usize]
    }

    /// Returns the registered name, as it stands in `enc`.
    pub fn name(self) -> &'static str {
        self.row().name
    }

    /// Returns the octets of the key.
    pub fn key_len(self) -> usize {
        self.row().key_len
    }

    /// Returns the octets of the initialization vector.
    pub(super) fn iv_len(self) -> usize {
        self.row().iv_len
    }

    /// Returns the octets of the authentication tag.
    pub(super) fn tag_len(self) -> usize {
        self.row().tag_len
    }

    pub(super) fn cipher(self) -> Cipher {
        self.row().cipher
    }
}

impl fmt::Display for ContentEncryption {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for ContentEncryption {
    type Err = UnknownAlgorithm;

    /// Reads a registered name in its exact spelling.
    fn from_str(name: &str) -> Result<Self, UnknownAlgorithm> {
        let found = CONTENT.iter().find(|row| row.name == name);
        found
            .map(|row| row.algorithm)
            .ok_or_else(|| UnknownAlgorithm::Unknown(names(CONTENT.iter().map(|row| row.name))))
    }
}

/// Why a name is none of its table.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UnknownAlgorithm {
    /// `RSA1_5`.
    #[error("{RSA1_5}")]
    Rsa15,
    /// Any other; holds those that are known.
    #[error("expected one of {0}")]
    Unknown(String),
}

/// Why `RSA1_5` is not offered.
pub(super) const RSA1_5: &str = "`RSA1_5` is refused: its padding can be told apart from the outside, which has opened such tokens without the key (RFC 8725 section 3.2); use RSA-OAEP-256";

fn names(names: impl Iterator<Item = &'static str>) -> String {
    names.collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tables_are_in_the_order_of_their_enums() {
        for (at, algorithm) in KeyManagement::all().enumerate() {
            assert_eq!(algorithm as usize, at, "{algorithm}");
            assert_eq!(algorithm.name().parse(), Ok(algorithm));
        }
        for (at, algorithm) in ContentEncryption::all().enumerate() {
            assert_eq!(algorithm as usize, at, "{algorithm}");
            assert_eq!(algorithm.name().parse(), Ok(algorithm));
        }
    }

    #[test]
    fn rsa1_5_is_refused_by_name_and_spelling_counts() {
        for name in ["RSA1_5", "rsa1_5"] {
            assert_eq!(
                name.parse::<KeyManagement>(),
                Err(UnknownAlgorithm::Rsa15),
                "{name}"
            );
        }
        for name in ["", "rsa-oaep", "RSA-OAEP ", "DIR", "none", "A256GCM"] {
            let unknown = name.parse::<KeyManagement>().unwrap_err();
            assert!(matches!(unknown, UnknownAlgorithm::Unknown(_)), "{name}");
        }
        assert!("a256gcm".parse::<ContentEncryption>().is_err());
    }
}
