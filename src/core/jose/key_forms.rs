//! The forms in which a key is kept in a file, and which of them a document
//! is.
//!
//! PEM says by its label what it holds. DER does not, but the structures
//! differ in their first members, so that one look tells. Neither says
//! anything of whether the key inside is any good.

use std::fmt;

use pkcs8::der::asn1::AnyRef;
use pkcs8::der::{Decode as _, Reader as _, SliceReader, Tag, Tagged as _};

use super::error::{KeyError, shorten};
use super::key_document::KeyDocument;
use super::openssh_private;
use super::pem::{self, Block};
use super::private_key::PrivateKey;
use super::public_key::PublicKey;
use crate::core::secret::{Secret, SecretBytes};

/// What a document is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// Text with a label (RFC 7468).
    Pem(Structure),
    /// The octets themselves.
    Der(Structure),
    /// One line, as OpenSSH keeps public keys (RFC 4253 §6.6).
    OpenSsh,
    /// Text with the label `OPENSSH PRIVATE KEY`.
    OpenSshPrivate,
    /// A JSON object with `kty` (RFC 7517 §4).
    Jwk,
    /// A JSON object with `keys` (RFC 7517 §5).
    JwkSet,
}

/// What DER holds, in PEM or bare.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Structure {
    /// `SubjectPublicKeyInfo`: a public key of any type (RFC 5280 §4.1.2.7).
    Spki,
    /// An X.509 certificate, which has a public key (RFC 5280 §4.1).
    Certificate,
    /// `PrivateKeyInfo`: a private key of any type (RFC 5958).
    Pkcs8,
    /// `EncryptedPrivateKeyInfo` (RFC 5958 §3).
    EncryptedPkcs8,
    /// `RSAPublicKey` (RFC 8017 appendix A.1.1).
    Pkcs1Public,
    /// `RSAPrivateKey` (RFC 8017 appendix A.1.2).
    Pkcs1Private,
    /// `ECPrivateKey` (SEC 1 appendix C.4, RFC 5915).
    Sec1,
}

impl Form {
    /// Returns a stable name for programs: `pem`, `der`, `openssh`, `jwk` or
    /// `jwks`.
    pub fn encoding(self) -> &'static str {
        match self {
            Self::Pem(_) => "pem",
            Self::Der(_) => "der",
            Self::OpenSsh | Self::OpenSshPrivate => "openssh",
            Self::Jwk => "jwk",
            Self::JwkSet => "jwks",
        }
    }

    /// Returns what the DER holds, where it is DER.
    pub fn structure(self) -> Option<Structure> {
        match self {
            Self::Pem(structure) | Self::Der(structure) => Some(structure),
            Self::OpenSsh | Self::OpenSshPrivate | Self::Jwk | Self::JwkSet => None,
        }
    }
}

impl fmt::Display for Form {
    /// Writes `PEM, PKCS#8`, `JWK`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Pem(structure) => write!(f, "PEM, {}", structure.title()),
            Self::Der(structure) => write!(f, "DER, {}", structure.title()),
            Self::OpenSsh => f.write_str("OpenSSH public key"),
            Self::OpenSshPrivate => f.write_str("OpenSSH private key"),
            Self::Jwk => f.write_str("JWK"),
            Self::JwkSet => f.write_str("JWK Set"),
        }
    }
}

impl Structure {
    /// Returns a stable name for programs: `spki`, `certificate`, `pkcs8`,
    /// `pkcs1` or `sec1`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Spki => "spki",
            Self::Certificate => "certificate",
            Self::Pkcs8 | Self::EncryptedPkcs8 => "pkcs8",
            Self::Pkcs1Public | Self::Pkcs1Private => "pkcs1",
            Self::Sec1 => "sec1",
        }
    }

    /// Returns the label in PEM: those of RFC 7468 and, for the older forms,
    /// those of OpenSSL.
    pub(super) fn label(self) -> &'static str {
        match self {
            Self::Spki => "PUBLIC KEY",
            Self::Certificate => "CERTIFICATE",
            Self::Pkcs8 => "PRIVATE KEY",
            Self::EncryptedPkcs8 => "ENCRYPTED PRIVATE KEY",
            Self::Pkcs1Public => "RSA PUBLIC KEY",
            Self::Pkcs1Private => "RSA PRIVATE KEY",
            Self::Sec1 => "EC PRIVATE KEY",
        }
    }

    /// Says whether it is a private key.
    pub(super) fn is_private(self) -> bool {
        match self {
            Self::Spki | Self::Certificate | Self::Pkcs1Public => false,
            Self::Pkcs8 | Self::EncryptedPkcs8 | Self::Pkcs1Private | Self::Sec1 => true,
        }
    }

    fn title(self) -> &'static str {
        match self {
            Self::Spki => "SubjectPublicKeyInfo",
            Self::Certificate => "X.509 certificate",
            Self::Pkcs8 => "PKCS#8",
            Self::EncryptedPkcs8 => "encrypted PKCS#8",
            Self::Pkcs1Public | Self::Pkcs1Private => "PKCS#1",
            Self::Sec1 => "SEC 1",
        }
    }

    fn of_label(label: &str) -> Option<Self> {
        Some(match label {
            "PUBLIC KEY" => Self::Spki,
            "CERTIFICATE" | "X509 CERTIFICATE" | "TRUSTED CERTIFICATE" => Self::Certificate,
            "PRIVATE KEY" => Self::Pkcs8,
            "ENCRYPTED PRIVATE KEY" => Self::EncryptedPkcs8,
            "RSA PUBLIC KEY" => Self::Pkcs1Public,
            "RSA PRIVATE KEY" => Self::Pkcs1Private,
            "EC PRIVATE KEY" => Self::Sec1,
            _ => return None,
        })
    }

    /// Tells by the first members what bare DER is.
    fn of_der(der: &[u8]) -> Option<Self> {
        const INTEGER: Tag = Tag::Integer;
        const OCTETS: Tag = Tag::OctetString;
        const SEQUENCE: Tag = Tag::Sequence;
        let outer = AnyRef::from_der(der).ok()?;
        if outer.tag() != SEQUENCE {
            return None;
        }
        let mut reader = SliceReader::new(outer.value()).ok()?;
        let mut tags = Vec::new();
        // Three tell all of them apart.
        while !reader.is_finished() && tags.len() < 3 {
            tags.push(AnyRef::decode(&mut reader).ok()?.tag());
        }
        Some(match tags.as_slice() {
            // version, algorithm, privateKey
            [INTEGER, SEQUENCE, OCTETS] => Self::Pkcs8,
            // version, privateKey, and mostly parameters
            [INTEGER, OCTETS] | [INTEGER, OCTETS, _] => Self::Sec1,
            // modulus, publicExponent
            [INTEGER, INTEGER] => Self::Pkcs1Public,
            // version, modulus, publicExponent, and so on
            [INTEGER, INTEGER, INTEGER] => Self::Pkcs1Private,
            // encryptionAlgorithm, encryptedData
            [SEQUENCE, OCTETS] => Self::EncryptedPkcs8,
            // algorithm, subjectPublicKey
            [SEQUENCE, Tag::BitString] => Self::Spki,
            // tbsCertificate, signatureAlgorithm, signatureValue
            [SEQUENCE, SEQUENCE, Tag::BitString] => Self::Certificate,
            _ => return None,
        })
    }
}

/// The DER of a document, decrypted, and what it is.
pub(super) struct Found {
    pub(super) form: Form,
    pub(super) structure: Structure,
    pub(super) der: SecretBytes,
}

impl Found {
    /// Reads the key.
    ///
    /// # Errors
    ///
    /// `key_malformed`, `key_unsupported`, `key_weak`.
    pub(super) fn read(&self) -> Result<KeyDocument, KeyError> {
        use KeyDocument::{Private, Public};
        let der = self.der.expose();
        match self.structure {
            Structure::Spki => PublicKey::from_spki(der).map(Public),
            Structure::Certificate => PublicKey::from_certificate(der).map(Public),
            Structure::Pkcs1Public => PublicKey::from_pkcs1(der).map(Public),
            Structure::Pkcs8 | Structure::EncryptedPkcs8 => {
                PrivateKey::from_pkcs8(der).map(Private)
            }
            Structure::Pkcs1Private => PrivateKey::from_pkcs1(der).map(Private),
            Structure::Sec1 => PrivateKey::from_sec1(der).map(Private),
        }
    }
}

/// What the first key of a PEM file is in.
pub(super) enum Pem {
    Der(Found),
    OpenSsh(Box<PrivateKey>),
}

/// Says whether the only private keys of a PEM file are under a passphrase.
pub fn holds_locked_key(document: &[u8]) -> bool {
    let private = |block: &Block| match Structure::of_label(&block.label) {
        Some(structure) if structure.is_private() => Some(structure),
        None if block.label == openssh_private::LABEL => Some(Structure::Pkcs8),
        _ => None,
    };
    let blocks = if pem::is_pem(document) {
        pem::decode(document)
    } else {
        return false;
    };
    let Ok(blocks) = blocks else { return false };
    let mut private = blocks.iter().filter_map(private).peekable();
    private.peek().is_some() && private.all(|found| found == Structure::EncryptedPkcs8)
}

/// Finds the key of a PEM file: the first private one, since OpenSSL and others
/// put certificates before it, or else the first. A private key under a
/// passphrase is left alone where none is given and there is another. What
/// OpenSSL puts before a key (`EC PARAMETERS`, bag attributes) does not count.
///
/// # Errors
///
/// `key_malformed`, `key_unsupported` for a file that holds something else,
/// `passphrase`.
pub(super) fn find_pem(document: &[u8], passphrase: Option<&Secret>) -> Result<Pem, KeyError> {
    let mut blocks = pem::decode(document).map_err(|fault| match holds_escapes(document) {
        true => KeyError::new(
            "key_malformed",
            "the PEM holds `\\n` as two characters in place of line ends",
        )
        .with_hint("write it with line ends, as `printf %b \"$KEY\"` does"),
        false => fault,
    })?;
    let is_private = |block: &Block| match Structure::of_label(&block.label) {
        Some(Structure::Pkcs8 | Structure::Pkcs1Private | Structure::Sec1) => true,
        Some(Structure::EncryptedPkcs8) => passphrase.is_some(),
        _ => block.label == openssh_private::LABEL,
    };
    if let Some(private) = blocks.iter().position(is_private) {
        blocks.swap(0, private);
    }
    let mut other = None;
    for block in blocks {
        if let Some(structure) = Structure::of_label(&block.label) {
            return Ok(Pem::Der(Found {
                form: Form::Pem(structure),
                structure,
                der: decrypted(structure, block.der, passphrase)?,
            }));
        }
        if block.label == openssh_private::LABEL {
            return openssh_private::read(block.der.expose())
                .map(|key| Pem::OpenSsh(Box::new(key)));
        }
        other = other.or(Some(block.label));
    }
    Err(match other.as_deref() {
        Some(label) => KeyError::new(
            "key_unsupported",
            format!("the PEM file has a `{}` and no key", shorten(label)),
        )
        .with_hint(match label {
            "PKCS7" | "CMS" => FROM_PKCS7,
            _ if label.ends_with("CERTIFICATE REQUEST") => {
                "`openssl req -in FILE -pubkey -noout` writes the public key of a request"
            }
            _ => "give a file with a key or a certificate",
        }),
        None => KeyError::new("key_malformed", "the PEM file has no key"),
    })
}

/// Finds what bare DER is.
///
/// # Errors
///
/// `key_malformed` for what is none of them, `key_unsupported`, `passphrase`.
pub(super) fn find_der(document: &[u8], passphrase: Option<&Secret>) -> Result<Found, KeyError> {
    let structure = Structure::of_der(document).ok_or_else(|| {
        container(document).unwrap_or_else(|| {
            KeyError::new(
                "key_malformed",
                "the file is no key in PEM, DER, JSON or the form of OpenSSH",
            )
        })
    })?;
    Ok(Found {
        form: Form::Der(structure),
        structure,
        der: decrypted(structure, SecretBytes::new(document), passphrase)?,
    })
}

const FROM_PKCS7: &str = "`openssl pkcs7 -in FILE -print_certs` writes the certificates";

/// Says that bare DER is a container of keys and certificates which is not
/// read: PKCS#12 (RFC 7292 §4) or PKCS#7 (RFC 2315 §7).
fn container(der: &[u8]) -> Option<KeyError> {
    let outer = AnyRef::from_der(der).ok()?;
    let mut reader = SliceReader::new(outer.value()).ok()?;
    let first = AnyRef::decode(&mut reader).ok()?;
    let (what, hint) = match (first.tag(), first.value()) {
        // version 3, authSafe
        (Tag::Integer, [3]) => (
            "PKCS#12",
            "`openssl pkcs12 -in FILE -nodes -out key.pem` writes it as PEM",
        ),
        (Tag::ObjectIdentifier, _) => ("PKCS#7", FROM_PKCS7),
        _ => return None,
    };
    Some(
        KeyError::new(
            "key_unsupported",
            format!("the file is {what}, which is not read"),
        )
        .with_hint(hint),
    )
}

/// Says whether a text has line ends written as in a string of a program, as
/// variables of a CI often do.
fn holds_escapes(document: &[u8]) -> bool {
    document.windows(2).any(|octets| octets == br"\n")
}

fn decrypted(
    structure: Structure,
    der: SecretBytes,
    passphrase: Option<&Secret>,
) -> Result<SecretBytes, KeyError> {
    match structure {
        Structure::EncryptedPkcs8 => pem::decrypt(der.expose(), passphrase),
        _ => Ok(der),
    }
}
