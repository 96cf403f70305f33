//! The argument that is a token: typed, on standard input, or in a file.

use std::ffi::OsString;
use std::path::Path;

use authctl::core::error::Error;
use authctl::core::oauth::revocation::TokenTypeHint;
use authctl::core::secret::{Secret, SecretBytes};

use super::secrets::{read_file, read_stdin};

/// A token, or nothing.
#[derive(clap::Args, Clone, Debug)]
pub struct TokenInput {
    /// Token; - reads standard input, @FILE a file
    #[arg(value_name = "TOKEN|-|@FILE")]
    token: Option<OsString>,
}

impl TokenInput {
    /// Returns the token that is given, without white space around it.
    ///
    /// # Errors
    ///
    /// A file that cannot be read; a text that can be no token.
    pub fn read(&self) -> Result<Option<Secret>, Error> {
        let Some(typed) = &self.token else {
            return Ok(None);
        };
        let octets = match typed.to_str() {
            Some("-") => read_stdin()?,
            Some(text) if text.starts_with('@') => read_file(Path::new(&text[1..]))?,
            _ => SecretBytes::new(typed.as_encoded_bytes()),
        };
        let text = std::str::from_utf8(octets.expose())
            .unwrap_or_default()
            .trim();
        let text = text.strip_prefix("Bearer ").unwrap_or(text).trim();
        if text.is_empty() || !text.bytes().all(|octet| matches!(octet, 0x21..=0x7e)) {
            return Err(Error::usage(
                "what is given is no token",
                "give the token itself, - for standard input, or @FILE",
            ));
        }
        Ok(Some(Secret::new(text)))
    }
}

/// What kind of token it is, for servers that look it up faster then.
#[derive(clap::Args, Clone, Copy, Debug)]
pub struct HintArg {
    /// Kind of the token: access_token or refresh_token
    #[arg(long, value_name = "KIND")]
    token_type_hint: Option<TokenTypeHint>,
}

impl HintArg {
    /// Returns the hint that was typed.
    pub fn value(self) -> Option<TokenTypeHint> {
        self.token_type_hint
    }
}
