//! Many JWTs, judged by the same keys and rules.
//!
//! A verdict is that of [`jwt::verify`](super::jwt::verify), by the same code;
//! what differs is what is done once for all tokens (the keys, the rules), once
//! for all tokens with the same header, and in buffers that serve the next
//! token too.

use serde_json::Value;

use super::algorithm::Algorithm;
use super::claim_path::ClaimPath;
use super::claims::{Claims, Rules};
use super::error::{Error, Malformed, Warning};
use super::json::Kept;
use super::jws::{Parts, decode_header};
use super::jwt::{JudgedHeader, Passed};
use super::keys::Keys;
use crate::core::time::Timestamp;

/// How many judged headers are remembered. An issuer has one for each of its
/// keys and types of token.
const MAX_HEADERS: usize = 32;

/// The longest header, in characters, that is remembered.
const MAX_HEADER_LEN: usize = 1024;

/// Judges one token after the other; one for each thread.
pub struct Batch<'k> {
    keys: &'k Keys,
    rules: &'k Rules,
    headers: Headers<'k>,
    signature: Vec<u8>,
    payload: Vec<u8>,
    claims: Kept,
}

/// A token that was found good.
#[derive(Clone, Debug)]
pub struct Accepted<'a> {
    /// The algorithm of the signature.
    pub algorithm: Algorithm,
    /// The kid of the key that verified, where it has one.
    pub kid: Option<&'a str>,
    /// The payload: a JSON object, as it stands in the token.
    pub payload: &'a [u8],
    /// As in [`jwt::Verified`](super::jwt::Verified).
    pub warnings: Vec<Warning>,
}

impl<'k> Batch<'k> {
    /// Prepares to judge by these keys and rules.
    pub fn new(keys: &'k Keys, rules: &'k Rules) -> Self {
        Self {
            keys,
            rules,
            headers: Headers::default(),
            signature: Vec::new(),
            payload: Vec::new(),
            claims: Kept::new(rules.names()),
        }
    }

    /// Judges a token.
    ///
    /// # Errors
    ///
    /// Those of [`jwt::verify`](super::jwt::verify).
    pub fn verify(&mut self, token: &str, now: Timestamp) -> Result<Accepted<'_>, Error> {
        let parts = Parts::split(token)?;
        parts.decode_signature(&mut self.signature)?;
        let header = self.headers.judged(parts.header, self.keys, self.rules)?;
        let (kept, payload) = (&mut self.claims, &mut self.payload);
        let Passed {
            algorithm,
            kid,
            warnings,
            ..
        } = header.judge(
            &parts,
            &self.signature,
            || read_claims(&parts, payload, kept),
            self.rules,
            now,
        )?;
        Ok(Accepted {
            algorithm,
            kid,
            payload: &self.payload,
            warnings,
        })
    }
}

fn read_claims<'a>(
    parts: &Parts<'_>,
    payload: &'a mut Vec<u8>,
    claims: &'a mut Kept,
) -> Result<(&'a Kept, &'a [u8]), Error> {
    parts.decode_payload(payload)?;
    claims.read(payload).map_err(|source| Malformed::Json {
        part: "payload",
        source,
    })?;
    Ok((claims, payload))
}

impl Claims for Kept {
    fn get(&self, name: &str) -> Option<&Value> {
        Kept::get(self, name)
    }
}

impl<C: Claims> Claims for &C {
    fn get(&self, name: &str) -> Option<&Value> {
        C::get(self, name)
    }
}

/// Headers that were judged, by their text, the last ones first.
#[derive(Default)]
struct Headers<'k> {
    judged: Vec<(Box<str>, JudgedHeader<'k>)>,
    /// The last that was not remembered.
    other: Option<JudgedHeader<'k>>,
}

impl<'k> Headers<'k> {
    /// Returns what a header comes to, judged now if it was not before.
    fn judged(
        &mut self,
        text: &str,
        keys: &'k Keys,
        rules: &Rules,
    ) -> Result<&JudgedHeader<'k>, Error> {
        let known = self.judged.iter().position(|(known, _)| **known == *text);
        if let Some(at) = known {
            // One step towards the front each time: the frequent ones gather
            // there, and a rare one does not move them all.
            let to = at.saturating_sub(1);
            self.judged.swap(at, to);
            return Ok(&self.judged[to].1);
        }
        let header = JudgedHeader::new(&decode_header(text)?, keys, rules)?;
        if text.len() > MAX_HEADER_LEN {
            return Ok(self.other.insert(header));
        }
        if self.judged.len() == MAX_HEADERS {
            self.judged.pop();
        }
        self.judged.push((text.into(), header));
        Ok(&self.judged[self.judged.len() - 1].1)
    }
}

/// Where in a JSON object a token is.
#[derive(Clone, Debug)]
pub struct Field {
    path: ClaimPath,
    members: Kept,
}

impl Field {
    /// Takes the name of a member, or a path into one.
    pub fn new(path: ClaimPath) -> Self {
        Self {
            members: Kept::new([path.claim()]),
            path,
        }
    }

    /// Returns the one text that is there in a JSON object.
    ///
    /// # Errors
    ///
    /// [`Error::Refused`] with `line_malformed` for what is no JSON object, and
    /// with `field_missing` where there is no text, or more than one.
    pub fn find(&mut self, line: &[u8]) -> Result<&str, Error> {
        self.members
            .read(line)
            .map_err(|error| Error::refused("line_malformed", format!("the line is {error}")))?;
        match self.path.select(&self.members)[..] {
            [Value::String(text)] => Ok(text),
            _ => Err(Error::refused(
                "field_missing",
                format!("the line has no text at `{}`", self.path),
            )),
        }
    }
}
