//! The argument that is a token: typed, on standard input, or in a file.

use std::ffi::OsString;
use std::io::{IsTerminal as _, Read};
use std::path::Path;

use authctl::core::error::Error;
use authctl::core::jose::jws::MAX_TOKEN_LEN;
use authctl::core::oauth::revocation::TokenTypeHint;
use authctl::core::secret::{Secret, SecretBytes};
use zeroize::Zeroizing;

use super::interrupt;
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
        // The scheme alone is no token either.
        let text = text
            .strip_prefix("Bearer")
            .filter(|rest| rest.is_empty() || rest.starts_with(char::is_whitespace))
            .unwrap_or(text)
            .trim();
        if text.is_empty() || !text.bytes().all(|octet| matches!(octet, 0x21..=0x7e)) {
            return Err(Error::usage(
                "what is given is no token",
                "give the token itself, - for standard input, or @FILE",
            ));
        }
        Ok(Some(Secret::new(text)))
    }

    /// Returns what is given in place of a JWT, as it is, for the core to
    /// judge; where nothing was typed, what comes on standard input. Of what
    /// is too long for a token only so much is read as shows it.
    ///
    /// # Errors
    ///
    /// A file that cannot be read; exit 2 when nothing was typed and standard
    /// input is a terminal.
    pub fn octets(&self) -> Result<SecretBytes, Error> {
        if self.is_stdin() {
            if self.token.is_none() && std::io::stdin().is_terminal() {
                return Err(Error::usage(
                    "no token is given",
                    "give the token itself, - for standard input, or @FILE",
                ));
            }
            interrupt::install();
            return read_token(std::io::stdin().lock()).map_err(|source| Error::Input {
                what: "cannot read standard input".into(),
                hint: Some("name a file in its place: @FILE".into()),
                source: Some(source),
            });
        }
        let typed = self.token.as_deref().unwrap_or_default();
        match typed.to_str().and_then(|text| text.strip_prefix('@')) {
            Some(path) => std::fs::File::open(path)
                .and_then(read_token)
                .map_err(|source| Error::Input {
                    what: format!("cannot read `{path}`"),
                    hint: Some("check the path and its permissions".into()),
                    source: Some(source),
                }),
            None => Ok(SecretBytes::new(typed.as_encoded_bytes())),
        }
    }

    /// Says whether the token comes on standard input, where nothing was
    /// typed too.
    pub fn is_stdin(&self) -> bool {
        self.token.as_ref().is_none_or(|typed| typed == "-")
    }
}

/// Reads at most the longest token, a prefix and some white space.
fn read_token(from: impl Read) -> std::io::Result<SecretBytes> {
    const SLACK: u64 = 4096;
    let mut octets = Zeroizing::new(Vec::new());
    from.take(MAX_TOKEN_LEN as u64 + SLACK)
        .read_to_end(&mut octets)?;
    Ok(SecretBytes::new(std::mem::take(&mut *octets)))
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
