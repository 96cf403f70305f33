//! Tokens in tokens: a JWT that is encrypted, or encrypted again (RFC 7519
//! §5.2).

use serde_json::{Map, Value};

use super::decrypt::{Decrypted, Rules, decrypt};
use super::decryption_keys::DecryptionKeys;
use crate::core::jose::error::Error;
use crate::core::jose::jws::{decode_header, split};
use crate::core::secret::SecretBytes;

/// How many layers of encryption are opened: one around another has a use at
/// times, more have none.
pub const MAX_LAYERS: usize = 4;

/// A token that was decrypted down to what is no JWE.
#[derive(Clone, Debug)]
pub struct Opened {
    /// The outermost layer, whose `content` is the next one, if there is one.
    pub outer: Decrypted,
    /// The layers within, outside in.
    pub inner: Vec<Decrypted>,
}

/// A token that was not opened to the end.
#[derive(Clone, Debug)]
pub struct Unopened {
    /// How many layers were opened.
    pub layers: usize,
    /// Why the next one was not.
    pub reason: Error,
}

impl From<Unopened> for Error {
    fn from(unopened: Unopened) -> Self {
        unopened.reason
    }
}

/// What is in the innermost layer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Content<'a> {
    /// A signed token, of which nothing was verified.
    Signed(&'a str),
    /// Anything else.
    Other(&'a [u8]),
}

impl Opened {
    /// Returns the innermost layer.
    pub fn last(&self) -> &Decrypted {
        self.inner.last().unwrap_or(&self.outer)
    }

    /// Returns every layer, outside in.
    pub fn layers(&self) -> impl Iterator<Item = &Decrypted> {
        std::iter::once(&self.outer).chain(&self.inner)
    }

    /// Returns the innermost content.
    pub fn content(&self) -> Content<'_> {
        let content = &self.last().content;
        match token(content) {
            Some(Token {
                text,
                encrypted: false,
                ..
            }) => Content::Signed(text),
            _ => Content::Other(content.expose()),
        }
    }
}

/// Decrypts a token, and with the same keys those within it.
///
/// # Errors
///
/// [`Unopened`], as [`decrypt()`] for any layer; `nested_too_deep`; `alg_none`
/// for an unsigned JWT within: who has the public key can make one, which would pass
/// for a token of the issuer where only the outside is looked at
/// (CVE-2026-29000).
pub fn open(token: &str, keys: &DecryptionKeys, rules: &Rules<'_>) -> Result<Opened, Unopened> {
    let outer = decrypt(token, keys, rules).map_err(|reason| Unopened { layers: 0, reason })?;
    let mut opened = Opened {
        outer,
        inner: Vec::new(),
    };
    loop {
        let layers = opened.inner.len() + 1;
        match next(&opened.last().content, layers, keys, rules) {
            Ok(Some(inner)) => opened.inner.push(inner),
            Ok(None) => return Ok(opened),
            Err(reason) => return Err(Unopened { layers, reason }),
        }
    }
}

/// Opens the next layer, if there is one.
fn next(
    content: &SecretBytes,
    layers: usize,
    keys: &DecryptionKeys,
    rules: &Rules<'_>,
) -> Result<Option<Decrypted>, Error> {
    match token(content) {
        Some(inner) if inner.is_unsigned() => Err(Error::refused(
            "alg_none",
            "it is not signed (`alg` is `none`, or as good as that)",
        )),
        Some(inner) if inner.encrypted && layers == MAX_LAYERS => Err(Error::refused(
            "nested_too_deep",
            format!("it is encrypted more than {MAX_LAYERS} times over"),
        )),
        Some(inner) if inner.encrypted => decrypt(inner.text, keys, rules).map(Some),
        _ => Ok(None),
    }
}

/// Says whether a text is a signed or encrypted token in the compact
/// serialization, by its form: a header that is a JSON object (with `alg` and
/// `enc` where it is encrypted), and the right number of parts.
pub fn is_token(text: &SecretBytes) -> bool {
    token(text).is_some()
}

struct Token<'a> {
    text: &'a str,
    header: Map<String, Value>,
    encrypted: bool,
}

impl Token<'_> {
    /// Says whether nobody signed it: `alg` is `none` in whatever spelling, or
    /// names nothing, or there is no signature.
    fn is_unsigned(&self) -> bool {
        if self.encrypted {
            return false;
        }
        let alg = self.header.get("alg").and_then(Value::as_str);
        let alg: String = alg
            .into_iter()
            .flat_map(str::chars)
            .filter(|c| c.is_alphanumeric())
            .collect();
        alg.is_empty() || alg.eq_ignore_ascii_case("none") || self.text.ends_with('.')
    }
}

/// Looks at the content itself, since `cty` is missing often enough (RFC 7519
/// §5.2 demands it).
fn token(content: &SecretBytes) -> Option<Token<'_>> {
    let text = std::str::from_utf8(content.expose()).ok()?.trim_ascii();
    let parts = split(text).ok()?;
    let header = decode_header(parts[0]).ok()?;
    let encrypted = match parts.len() {
        3 => false,
        5 if header.contains_key("alg") && header.contains_key("enc") => true,
        _ => return None,
    };
    Some(Token {
        text,
        header,
        encrypted,
    })
}
