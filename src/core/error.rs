//! The one error of the core, and the public table of exit codes.
//!
//! Every area has an error of its own whose variants carry data; the sentences
//! are made in `Display`. All of them answer the same questions through
//! [`Report`]: which stable code, which exit code, what to do. What happened
//! is the `Display` of the outermost error, why is its source chain.

use std::error::Error as StdError;

use serde_json::{Map, Value};

use super::{config, http, jose, oauth, session, store};

/// How the process ends: the public table, part of the contract with scripts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Exit {
    /// Done, or the check said yes.
    Done = 0,
    /// Any other failure, a bug included.
    Failure = 1,
    /// The command line is wrong.
    Usage = 2,
    /// The token is not good: malformed, bad signature, expired, inactive.
    BadToken = 3,
    /// A person must sign in.
    SignIn = 4,
    /// The server refused, or its answer must not be trusted.
    Refused = 5,
    /// The server could not be reached or did not answer sensibly.
    Unreachable = 6,
    /// The token store failed.
    Store = 7,
    /// Configuration or an input file is wrong.
    Config = 8,
    /// Interrupted, as by Ctrl-C.
    Interrupted = 130,
}

/// One row of the table that `authctl help exit-codes` prints.
#[derive(Clone, Copy, Debug)]
pub struct ExitRow {
    /// The code.
    pub exit: Exit,
    /// What it means, as the README words it.
    pub meaning: &'static str,
    /// What typically causes it; may be empty.
    pub typical: &'static str,
}

/// The exit codes, in the order of their numbers.
pub const EXIT_CODES: [ExitRow; 10] = [
    row(Exit::Done, "done, or the check said yes", ""),
    row(Exit::Failure, "any other failure, a bug included", ""),
    row(Exit::Usage, "the command line is wrong", "unknown flag"),
    row(
        Exit::BadToken,
        "the token is not good",
        "malformed, bad signature, expired, wrong audience, inactive",
    ),
    row(
        Exit::SignIn,
        "a person must sign in",
        "no session, refresh token refused, `--no-input` met a prompt",
    ),
    row(
        Exit::Refused,
        "the server refused",
        "`invalid_client`, `invalid_scope`, `access_denied`",
    ),
    row(
        Exit::Unreachable,
        "the server could not be reached or did not answer sensibly; trying again may help",
        "DNS, TLS, time-out, 5xx, 429",
    ),
    row(
        Exit::Store,
        "the token store failed",
        "locked keychain, wrong passphrase, disk full",
    ),
    row(
        Exit::Config,
        "configuration or an input file is wrong",
        "bad TOML, unreadable key, no such profile",
    ),
    row(Exit::Interrupted, "interrupted", "Ctrl-C"),
];

const fn row(exit: Exit, meaning: &'static str, typical: &'static str) -> ExitRow {
    ExitRow {
        exit,
        meaning,
        typical,
    }
}

/// What every error of the core can say of itself.
pub trait Report: StdError {
    /// Returns the stable code that `--json` shows, in `snake_case`.
    fn code(&self) -> &'static str;
    /// Returns the exit code.
    fn exit(&self) -> Exit;
    /// Returns what to do about it, as a full clause without a final period.
    fn hint(&self) -> Option<String> {
        None
    }
}

/// Anything that can go wrong, by who can mend it.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// An error with what was being done when it happened:
    /// "cannot refresh the token for profile `work`".
    #[error("{what}")]
    While {
        /// What could not be done, a lowercase fragment.
        what: String,
        /// Advice that fits better than the source's own.
        hint: Option<String>,
        /// Why.
        #[source]
        source: Box<Error>,
    },
    /// The command line asks for something that cannot be.
    #[error("{what}")]
    Usage {
        /// What is wrong, a lowercase fragment.
        what: String,
        /// What to type instead.
        hint: Option<String>,
    },
    /// A file or a value given by name could not be read or is not what it
    /// should be.
    #[error("{what}")]
    Input {
        /// What is wrong, naming the file or variable, never its content.
        what: String,
        /// What to do.
        hint: Option<String>,
        /// The system's reason, where there is one.
        #[source]
        source: Option<std::io::Error>,
    },
    /// A prompt would be needed and is forbidden or impossible.
    #[error("{what}")]
    PromptNeeded {
        /// What would have been asked.
        what: String,
        /// The command to run, or the variable to set.
        hint: String,
    },
    /// The server says that a token is not active (RFC 7662 §2.2).
    #[error("the server says that the token is not active")]
    NotActive,
    /// Interrupted by a signal.
    #[error("interrupted")]
    Interrupted,
    /// Writing the answer failed.
    #[error("cannot write the output")]
    Output(#[source] std::io::Error),
    /// Something that should not happen.
    #[error("{0}")]
    Internal(String),
    /// A token or key was judged, and is not good.
    #[error(transparent)]
    Jose(#[from] jose::Error),
    /// The authorization server said no, or something that must not be trusted.
    #[error(transparent)]
    OAuth(#[from] oauth::Error),
    /// The network, or an answer that makes no sense.
    #[error(transparent)]
    Http(#[from] http::Error),
    /// There is no usable session.
    #[error(transparent)]
    Session(#[from] session::Error),
    /// The token store.
    #[error(transparent)]
    Store(#[from] store::Error),
    /// An archive of sessions.
    #[error(transparent)]
    Archive(#[from] store::ArchiveError),
    /// `config.toml`.
    #[error(transparent)]
    Config(#[from] config::Error),
}

impl From<jose::KeyError> for Error {
    fn from(error: jose::KeyError) -> Self {
        Self::Jose(error.into())
    }
}

impl Error {
    /// Makes an [`Error::Usage`].
    pub fn usage(what: impl Into<String>, hint: impl Into<String>) -> Self {
        Self::Usage {
            what: what.into(),
            hint: Some(hint.into()),
        }
    }

    /// Makes an [`Error::Input`] without a reason of the system's.
    pub fn input(what: impl Into<String>, hint: impl Into<String>) -> Self {
        Self::Input {
            what: what.into(),
            hint: Some(hint.into()),
            source: None,
        }
    }

    /// Puts what was being done around the error.
    pub fn during(self, what: impl Into<String>) -> Self {
        Self::While {
            what: what.into(),
            hint: None,
            source: Box::new(self),
        }
    }

    /// Puts what was being done, and advice that fits there, around the error.
    pub fn during_with_hint(self, what: impl Into<String>, hint: impl Into<String>) -> Self {
        Self::While {
            what: what.into(),
            hint: Some(hint.into()),
            source: Box::new(self),
        }
    }

    /// Returns the error itself, without what was put around it.
    pub fn root(&self) -> &Error {
        match self {
            Self::While { source, .. } => source.root(),
            other => other,
        }
    }

    /// Returns what the authorization server answered, where it did: the
    /// members `error`, `error_description` and `status`.
    pub fn server(&self) -> Option<&oauth::ErrorResponse> {
        match self.root() {
            Self::OAuth(error) => error.response(),
            Self::Session(error) => error.response(),
            _ => None,
        }
    }

    /// Returns further members for the error object of `--json`, such as the
    /// list of failed checks of a token.
    pub fn details(&self) -> Map<String, Value> {
        match self.root() {
            Self::Jose(error) => error.details(),
            _ => Map::new(),
        }
    }
}

impl Report for Error {
    fn code(&self) -> &'static str {
        match self {
            Self::While { source, .. } => source.code(),
            Self::Usage { .. } => "usage",
            Self::Input { .. } => "input",
            Self::PromptNeeded { .. } => "prompt_needed",
            Self::NotActive => "token_not_active",
            Self::Interrupted => "interrupted",
            Self::Output(_) => "output",
            Self::Internal(_) => "internal",
            Self::Jose(error) => error.code(),
            Self::OAuth(error) => error.code(),
            Self::Http(error) => error.code(),
            Self::Session(error) => error.code(),
            Self::Store(error) => error.code(),
            Self::Archive(error) => error.code(),
            Self::Config(error) => error.code(),
        }
    }

    fn exit(&self) -> Exit {
        match self {
            Self::While { source, .. } => source.exit(),
            Self::Usage { .. } => Exit::Usage,
            Self::Input { .. } => Exit::Config,
            Self::PromptNeeded { .. } => Exit::SignIn,
            Self::NotActive => Exit::BadToken,
            Self::Interrupted => Exit::Interrupted,
            Self::Output(_) | Self::Internal(_) => Exit::Failure,
            Self::Jose(error) => error.exit(),
            Self::OAuth(error) => error.exit(),
            Self::Http(error) => error.exit(),
            Self::Session(error) => error.exit(),
            Self::Store(error) => error.exit(),
            Self::Archive(error) => error.exit(),
            Self::Config(error) => error.exit(),
        }
    }

    fn hint(&self) -> Option<String> {
        match self {
            Self::While { hint, source, .. } => hint.clone().or_else(|| source.hint()),
            Self::Usage { hint, .. } | Self::Input { hint, .. } => hint.clone(),
            Self::PromptNeeded { hint, .. } => Some(hint.clone()),
            Self::NotActive => Some(
                "it is expired, revoked, unknown to this server, or this client may not ask about it".into(),
            ),
            Self::Interrupted | Self::Output(_) => None,
            Self::Internal(_) => Some("this is a defect of authctl; please report it".into()),
            Self::Jose(error) => error.hint(),
            Self::OAuth(error) => error.hint(),
            Self::Http(error) => error.hint(),
            Self::Session(error) => error.hint(),
            Self::Store(error) => error.hint(),
            Self::Archive(error) => error.hint(),
            Self::Config(error) => error.hint(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_unique_and_rising() {
        let codes: Vec<u8> = EXIT_CODES.iter().map(|row| row.exit as u8).collect();
        let mut sorted = codes.clone();
        sorted.sort_unstable();
        sorted.dedup();
        assert_eq!(codes, sorted);
    }

    #[test]
    fn what_is_put_around_keeps_code_exit_and_hint() {
        let error = Error::input("cannot read `a`", "check the path").during("cannot verify");
        assert_eq!(error.to_string(), "cannot verify");
        assert_eq!(
            error.source().map(ToString::to_string).as_deref(),
            Some("cannot read `a`")
        );
        assert_eq!(error.exit(), Exit::Config);
        assert_eq!(error.code(), "input");
        assert_eq!(error.hint().as_deref(), Some("check the path"));
    }
}
