//! What can be wrong with a token or a key.

use std::borrow::Cow;
use std::fmt;

use serde_json::{Map, Value, json};

use super::lint::Finding;
use super::{json, jwt};
use crate::core::error::{Exit, Report};

/// Why a token or a key is not good.
///
/// Holds names and reasons, never a token, a key or a claim's value.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The text is no token of the wanted form; nothing of it was checked.
    #[error("the token is malformed: {0}")]
    Malformed(#[from] Malformed),
    /// A well-formed token failed these checks, all of them made.
    #[error("the token is refused: {}", sentences(.0))]
    Refused(Vec<Failure>),
    /// A token was asked for that a verifier would refuse, for all these
    /// reasons; it was not made.
    #[error("a verifier would refuse the token: {}", sentences(.0))]
    WouldBeRefused(Vec<Failure>),
    /// A good token was refused for what is unwise about it, as was asked for.
    #[error("the token is unwise: {}", unwise(.0))]
    Unwise(Vec<Finding>),
    /// A key, secret or key set that was given by name is not fit; the token
    /// was not judged.
    #[error("{0}")]
    Key(KeyError),
    /// Something was asked for that cannot be.
    #[error("{what}")]
    Usage {
        /// What, a lowercase fragment.
        what: String,
    },
    /// The cryptographic library failed at something that cannot fail for
    /// want of a good input.
    #[error("the cryptographic library could not {0}")]
    Crypto(&'static str),
}

impl Error {
    /// Makes an [`Error::Refused`] of one failure.
    pub fn refused(code: &'static str, message: impl Into<String>) -> Self {
        Self::Refused(vec![Failure::new(code, message)])
    }

    /// Makes an [`Error::Key`].
    pub fn key(code: &'static str, message: impl Into<String>) -> Self {
        Self::Key(KeyError::new(code, message))
    }

    /// Returns the failed checks, none unless this is [`Error::Refused`] or
    /// [`Error::WouldBeRefused`].
    pub fn failures(&self) -> &[Failure] {
        match self {
            Self::Refused(failures) | Self::WouldBeRefused(failures) => failures,
            _ => &[],
        }
    }

    /// Says whether the key set lacks the token's kid: where the set came from
    /// a server, it may have new keys by now (OIDC Core §10.1.1).
    pub fn is_unknown_kid(&self) -> bool {
        self.failures()
            .iter()
            .any(|failure| failure.code == "unknown_kid")
    }

    /// Returns further members for the error object of `--json`:
    /// `{"failures": [{"code": "expired", "message": "…"}]}`, with a `section`
    /// where it is the lint's; or nothing.
    pub fn details(&self) -> Map<String, Value> {
        let failures: Value = match self {
            Self::Refused(failures) | Self::WouldBeRefused(failures) => failures
                .iter()
                .map(|failure| json!({"code": failure.code, "message": failure.message}))
                .collect(),
            Self::Unwise(findings) => findings.iter().map(Finding::to_json).collect(),
            Self::Malformed(_) => json!([{"code": self.code(), "message": self.to_string()}]),
            _ => return Map::new(),
        };
        Map::from_iter([("failures".to_owned(), failures)])
    }
}

impl Report for Error {
    /// Returns `token_malformed`, `token_refused`, `token_unwise` or
    /// `would_be_refused` (the failed checks are in [`Error::details`]), the
    /// code of a [`KeyError`], `usage` or `crypto`.
    fn code(&self) -> &'static str {
        match self {
            Self::Malformed(_) => "token_malformed",
            Self::Refused(_) => "token_refused",
            Self::WouldBeRefused(_) => "would_be_refused",
            Self::Unwise(_) => "token_unwise",
            Self::Key(error) => error.code,
            Self::Usage { .. } => "usage",
            Self::Crypto(_) => "crypto",
        }
    }

    fn exit(&self) -> Exit {
        match self {
            Self::Malformed(_) | Self::Refused(_) | Self::Unwise(_) => Exit::BadToken,
            Self::Key(_) => Exit::Config,
            Self::WouldBeRefused(_) | Self::Usage { .. } => Exit::Usage,
            Self::Crypto(_) => Exit::Failure,
        }
    }

    fn hint(&self) -> Option<String> {
        match self {
            Self::Malformed(malformed) => malformed.hint(),
            Self::Refused(failures) => {
                // `crit` then only says the same.
                let unencoded = failures.iter().find(|it| it.code == "unencoded_payload");
                unencoded.or(failures.first()).and_then(Failure::hint)
            }
            Self::WouldBeRefused(failures) => jwt::hint(failures),
            Self::Key(error) => error.hint(),
            Self::Unwise(_) | Self::Usage { .. } | Self::Crypto(_) => None,
        }
    }
}

fn sentences(failures: &[Failure]) -> String {
    failures
        .iter()
        .map(|failure| failure.message.as_str())
        .collect::<Vec<_>>()
        .join("; ")
}

fn unwise(findings: &[Finding]) -> String {
    findings
        .iter()
        .map(|found| found.message.as_str())
        .collect::<Vec<_>>()
        .join("; ")
}

/// One check that a token failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// Stable, in `snake_case`: `expired`, `unknown_kid`, `signature`. The
    /// list is in the documentation of [`super::jwt::verify`].
    pub code: &'static str,
    /// What was found and what was wanted, a lowercase fragment.
    pub message: String,
}

impl Failure {
    /// Makes a failure.
    pub fn new(code: &'static str, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
        }
    }

    fn hint(&self) -> Option<String> {
        let hint = match self.code {
            "exp_missing" => "accept a token without `exp` with --allow-missing-exp",
            "expired" => "get a new token, or check the clock",
            "not_yet_valid" => "check the clock, or allow for its drift with --leeway",
            "unknown_kid" | "no_key" => "check that the key set is of the token's issuer",
            "encrypted" => "open it with `authctl decrypt`",
            "decryption" => "check that the key is that of the recipient, and the token whole",
            "unencoded_payload" => "verify such a payload with --jws --allow-unencoded",
            _ => return None,
        };
        Some(hint.to_owned())
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

/// Something that is not an error but must be said: a check not asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Warning {
    /// Stable, in `snake_case`.
    pub code: &'static str,
    /// A lowercase fragment.
    pub message: String,
}

impl Warning {
    /// Makes a warning.
    pub fn new(code: &'static str, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
        }
    }
}

/// Why a key, a secret or a key set is not fit.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct KeyError {
    /// Stable, in `snake_case`: `key_malformed`, `key_weak`, `key_unsupported`,
    /// `key_use`, `key_algorithm`, `key_set_malformed`, `secret_is_a_key`,
    /// `passphrase`; where a key is selected to sign, also `unknown_kid`,
    /// `ambiguous_key`, `no_key` and `kid_mismatch`; where one is made public,
    /// `no_public_key`.
    pub code: &'static str,
    /// What is wrong, a lowercase fragment.
    pub message: String,
    /// What helps, where more is known of it than the code says.
    hint: Option<Cow<'static, str>>,
}

impl KeyError {
    /// Makes the error.
    pub fn new(code: &'static str, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
            hint: None,
        }
    }

    /// Says what helps, in place of what helps against most errors of the
    /// code.
    pub fn with_hint(mut self, hint: impl Into<Cow<'static, str>>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    fn hint(&self) -> Option<String> {
        if let Some(hint) = &self.hint {
            return Some(hint.clone().into_owned());
        }
        let hint = match self.code {
            "secret_is_a_key" => "give the key with --key",
            "key_weak" => "make a new key with `authctl keygen`",
            "passphrase" => "give its passphrase, or the public key instead",
            "kid_mismatch" => "sign with the key of that kid, or --allow-other-kid",
            "ambiguous_key" => "name the key with --kid",
            "unknown_kid" => "`authctl key inspect` shows the keys and their kids",
            "key_is_secret" => "it goes into a set that is kept secret, with --private",
            _ => return None,
        };
        Some(hint.to_owned())
    }
}

impl From<KeyError> for Error {
    fn from(error: KeyError) -> Self {
        Self::Key(error)
    }
}

impl From<KeyError> for Failure {
    fn from(error: KeyError) -> Self {
        Self::new(error.code, error.message)
    }
}

/// Why a text is no token.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Malformed {
    /// Nothing is left when white space is taken away.
    #[error("it is empty")]
    Empty,
    /// The octets are not UTF-8.
    #[error("it is not text")]
    NotText,
    /// Longer than [`super::jws::MAX_TOKEN_LEN`].
    #[error("it is longer than {} octets", super::jws::MAX_TOKEN_LEN)]
    TooLong,
    /// Not three parts (nor, to [`super::jwt::decode`], five).
    #[error("it has {} between dots, a signed JWT has 3", parts(*.0))]
    Parts(usize),
    /// The JSON serialization of RFC 7515 §7.2, which is no JWT.
    #[error("it is a JSON object, not the compact form of parts between dots")]
    JsonSerialization,
    /// Five parts: encrypted, so that nobody's signature can be seen.
    #[error("it is encrypted (a JWE), there is no signature to verify")]
    Encrypted,
    /// Not the five parts of a JWE.
    #[error("it has {} between dots, an encrypted token (JWE) has 5", parts(*.0))]
    NotEncrypted(usize),
    /// A part is not base64url.
    #[error("its {part} is not base64url without padding")]
    Base64url {
        /// `header`, `payload` or `signature`.
        part: &'static str,
    },
    /// A part is not the JSON it must be.
    #[error("its {part} is {source}")]
    Json {
        /// `header` or `payload`.
        part: &'static str,
        /// Why.
        source: json::Error,
    },
}

fn parts(count: usize) -> String {
    match count {
        1 => "1 part".to_owned(),
        _ => format!("{count} parts"),
    }
}

impl Malformed {
    fn hint(&self) -> Option<String> {
        let hint = match self {
            Self::Empty => "give a token as argument, on stdin with `-` or as `@FILE`",
            Self::Encrypted => "open it with `authctl decrypt`, which verifies the JWT in it",
            Self::NotEncrypted(3) => "a signed token is verified with `authctl verify`",
            Self::Json {
                part: "payload", ..
            } => "verify a payload that is no JSON object with --jws",
            _ => return None,
        };
        Some(hint.to_owned())
    }
}

/// Returns at most 64 characters of a foreign text, for a message.
pub(super) fn shorten(text: &str) -> String {
    const LONGEST: usize = 64;
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}
