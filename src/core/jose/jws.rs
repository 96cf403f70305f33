//! JSON Web Signatures in the compact serialization (RFC 7515).

mod sign;
mod signer;

use serde_json::{Map, Value};

use super::algorithm::Algorithm;
use super::error::{Error, Failure, Malformed};
use super::header::{self, Unencoded};
use super::keys::{Candidate, Keys};
use super::{base64url, json};

pub use sign::{Form, sign, sign_as};
pub(super) use sign::{check, check_depth, check_jwk, complete};
pub use signer::Signer;

/// The longest token that is looked at, in octets. Tokens in use have some
/// thousand; this leaves room for a signed document and bounds what a hostile
/// one can cost.
pub const MAX_TOKEN_LEN: usize = 4 << 20;

/// Returns the token in what a user typed, piped or saved: white space around
/// it and one leading `Bearer ` (as copied from an `Authorization` header,
/// RFC 6750 §2.1) are dropped.
///
/// # Errors
///
/// [`Malformed::NotText`], [`Malformed::Empty`].
pub fn trim_input(input: &[u8]) -> Result<&str, Error> {
    const SCHEME: &str = "bearer ";
    let text = std::str::from_utf8(input).map_err(|_| Malformed::NotText)?;
    let mut text = text.trim_ascii();
    if let Some(scheme) = text.get(..SCHEME.len())
        && scheme.eq_ignore_ascii_case(SCHEME)
    {
        text = text[SCHEME.len()..].trim_ascii_start();
    }
    if text.is_empty() {
        return Err(Malformed::Empty.into());
    }
    Ok(text)
}

/// The three parts of a token, of which nothing was verified.
pub struct Compact<'a> {
    /// The JOSE header.
    pub unverified_header: Map<String, Value>,
    parts: Parts<'a>,
    signature: Vec<u8>,
}

impl<'a> Compact<'a> {
    /// Takes a token apart. The payload is not decoded, since the header may
    /// say that it is not encoded (RFC 7797).
    ///
    /// # Errors
    ///
    /// [`Error::Malformed`].
    pub fn parse(token: &'a str) -> Result<Self, Error> {
        let parts = Parts::split(token)?;
        let mut signature = Vec::new();
        parts.decode_signature(&mut signature)?;
        Ok(Self {
            unverified_header: decode_header(parts.header)?,
            parts,
            signature,
        })
    }

    /// Returns the octets of the payload.
    ///
    /// # Errors
    ///
    /// [`Malformed::Base64url`].
    pub fn unverified_payload(&self) -> Result<Vec<u8>, Error> {
        let mut payload = Vec::new();
        self.parts.decode_payload(&mut payload)?;
        Ok(payload)
    }

    /// Returns the octets of the signature.
    pub fn signature(&self) -> &[u8] {
        &self.signature
    }

    pub(super) fn parts(&self) -> &Parts<'a> {
        &self.parts
    }
}

/// The three parts of a token, as text.
#[derive(Clone, Copy)]
pub(super) struct Parts<'a> {
    pub(super) header: &'a str,
    payload: &'a str,
    signature: &'a str,
    /// The JWS Signing Input (RFC 7515 §5.1), as it came.
    signing_input: &'a str,
}

impl<'a> Parts<'a> {
    /// Splits a token at its dots.
    pub(super) fn split(token: &'a str) -> Result<Self, Error> {
        let dots = dots(token)?;
        let Dots::Two(first, second) = dots else {
            return Err(match dots.parts() {
                5 => Malformed::Encrypted,
                count => Malformed::Parts(count),
            }
            .into());
        };
        Ok(Self {
            header: &token[..first],
            payload: &token[first + 1..second],
            signature: &token[second + 1..],
            signing_input: &token[..second],
        })
    }

    /// Decodes the payload into `octets`, which are replaced.
    pub(super) fn decode_payload(&self, octets: &mut Vec<u8>) -> Result<(), Error> {
        base64url::decode_into(self.payload, octets)
            .map_err(|_| Malformed::Base64url { part: "payload" }.into())
    }

    /// Decodes the signature into `octets`, which are replaced.
    pub(super) fn decode_signature(&self, octets: &mut Vec<u8>) -> Result<(), Error> {
        base64url::decode_into(self.signature, octets)
            .map_err(|_| Malformed::Base64url { part: "signature" }.into())
    }

    /// Verifies the signature by the keys that fit, and returns the one that
    /// verified. The signing input is that of the token unless the payload
    /// came apart from it.
    ///
    /// # Errors
    ///
    /// [`Error::Refused`] with `signature`.
    pub(super) fn verify<'k>(
        &self,
        algorithm: Algorithm,
        candidates: &[Candidate<'k>],
        detached: Option<&[u8]>,
        signature: &[u8],
    ) -> Result<Candidate<'k>, Error> {
        let message = detached.unwrap_or(self.signing_input.as_bytes());
        for candidate in candidates {
            if candidate.key.verify(algorithm, message, signature)? {
                return Ok(*candidate);
            }
        }
        let message = match candidates.len() {
            _ if self.payload.is_empty() && detached.is_none() => {
                "the signature does not verify; the payload is empty, perhaps it came apart"
                    .to_owned()
            }
            1 => "the signature does not verify".to_owned(),
            count => format!("the signature verifies by none of the {count} keys that fit"),
        };
        Err(Error::refused("signature", message))
    }
}

/// Splits at the dots, into at most six parts.
pub(super) fn split(token: &str) -> Result<Vec<&str>, Error> {
    match dots(token)? {
        Dots::Other(count) if count > 5 => Err(Malformed::Parts(count).into()),
        _ => Ok(token.split('.').collect()),
    }
}

/// Where the dots of a token are.
#[derive(Clone, Copy)]
enum Dots {
    Two(usize, usize),
    /// Other than two; how many parts they make.
    Other(usize),
}

impl Dots {
    fn parts(self) -> usize {
        match self {
            Self::Two(..) => 3,
            Self::Other(parts) => parts,
        }
    }
}

fn dots(token: &str) -> Result<Dots, Error> {
    if token.len() > MAX_TOKEN_LEN {
        return Err(Malformed::TooLong.into());
    }
    if token.is_empty() {
        return Err(Malformed::Empty.into());
    }
    if token.starts_with('{') {
        return Err(Malformed::JsonSerialization.into());
    }
    let mut dots = memchr::memchr_iter(b'.', token.as_bytes());
    Ok(match (dots.next(), dots.next(), dots.next()) {
        (Some(first), Some(second), None) => Dots::Two(first, second),
        (None, ..) => Dots::Other(1),
        (_, None, _) => Dots::Other(2),
        (_, _, Some(_)) => Dots::Other(4 + dots.count()),
    })
}

/// Decodes a header.
pub(super) fn decode_header(part: &str) -> Result<Map<String, Value>, Error> {
    let octets = base64url::decode(part).map_err(|_| Malformed::Base64url { part: "header" })?;
    json::parse_object(&octets).map_err(|source| {
        Malformed::Json {
            part: "header",
            source,
        }
        .into()
    })
}

/// What a JWS must satisfy; by default an attached, encoded payload and any
/// algorithm of the key.
#[derive(Clone, Copy, Debug, Default)]
pub struct Rules<'a> {
    /// The algorithms that are allowed, beyond what the key decides.
    pub algorithms: Option<&'a [Algorithm]>,
    /// The payload, where it came apart from the JWS (RFC 7515 appendix F).
    pub detached_payload: Option<&'a [u8]>,
    /// Whether the payload may be unencoded (RFC 7797).
    pub allow_unencoded: bool,
}

/// A JWS whose signature was verified. Nothing is known of its payload but
/// that the holder of the key signed it.
#[derive(Clone, Debug)]
pub struct Verified {
    /// The JOSE header.
    pub header: Map<String, Value>,
    /// The payload.
    pub payload: Vec<u8>,
    /// The algorithm of the signature.
    pub algorithm: Algorithm,
    /// The kid of the key that verified, where it has one.
    pub kid: Option<String>,
}

/// Verifies the signature of a JWS in the compact serialization, and nothing
/// else of it.
///
/// # Errors
///
/// [`Error::Malformed`], [`Error::Refused`] with the codes that
/// [`super::jwt::verify`] lists for header, key and signature and with
/// `payload_attached`, and [`Error::Key`] for a secret given alone that is too
/// short.
pub fn verify(token: &str, keys: &Keys, rules: &Rules<'_>) -> Result<Verified, Error> {
    let compact = Compact::parse(token)?;
    let unencoded = match rules.allow_unencoded {
        true => Unencoded::Allowed,
        false => Unencoded::Refused,
    };
    let header = header::check(&compact.unverified_header, rules.algorithms, unencoded)
        .map_err(Error::Refused)?;
    let parts = compact.parts();
    if rules.detached_payload.is_some() && !parts.payload.is_empty() {
        return Err(Error::Refused(vec![Failure::new(
            "payload_attached",
            "the token has a payload of its own beside the detached one",
        )]));
    }
    let (payload, signing_input) = match (rules.detached_payload, header.b64) {
        (None, true) => (compact.unverified_payload()?, None),
        (None, false) => (parts.payload.as_bytes().to_vec(), None),
        (Some(payload), b64) => {
            let mut input = parts.header.as_bytes().to_vec();
            input.push(b'.');
            match b64 {
                true => input.extend(base64url::encode(payload).into_bytes()),
                false => input.extend(payload),
            }
            (payload.to_vec(), Some(input))
        }
    };
    let algorithm = header.algorithm;
    let candidates = keys.candidates(algorithm, header.kid)?;
    let signer = parts.verify(
        algorithm,
        &candidates,
        signing_input.as_deref(),
        compact.signature(),
    )?;
    Ok(Verified {
        algorithm,
        kid: signer.kid.map(ToOwned::to_owned),
        header: compact.unverified_header,
        payload,
    })
}
