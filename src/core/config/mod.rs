//! `config.toml`, and which setting wins.
//!
//! A profile is a named set of settings. A setting comes from a flag, else
//! from the environment, else from the profile, else from the server's
//! metadata, else from a default; that order is written once, in
//! [`resolve`], and each value remembers its [`Source`].
//!
//! The file never holds a secret, only references to one ([`SecretRef`]).

pub mod file;
pub mod reference;
pub mod resolve;
pub mod setting;

use super::error::{Exit, Report};

pub use file::ConfigFile;
pub use reference::SecretRef;
pub use resolve::{Found, Settings};
pub use setting::{Kind, Layer, Setting, Source, Value};

/// Why the configuration cannot serve.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The file is not TOML.
    #[error("`{path}` is not valid TOML: {why}")]
    Syntax {
        /// The file.
        path: String,
        /// Where and what, without the text of the line.
        why: String,
    },
    /// A key that means nothing.
    #[error("unknown key `{key}` in `{path}`{}", at(*.line))]
    UnknownKey {
        /// The file.
        path: String,
        /// The key, with its table.
        key: String,
        /// The line, from 1.
        line: Option<usize>,
        /// The known key that is nearest.
        nearest: Option<&'static str>,
    },
    /// A value of the wrong type.
    #[error("`{key}` in `{path}`{} must be {expected}", at(*.line))]
    WrongType {
        /// The file.
        path: String,
        /// The key, with its table.
        key: String,
        /// The line, from 1.
        line: Option<usize>,
        /// What it must be.
        expected: &'static str,
    },
    /// A secret where only a reference may stand.
    #[error("`{key}` in `{path}`{} must refer to a secret, not be one", at(*.line))]
    LiteralSecret {
        /// The file.
        path: String,
        /// The key, with its table.
        key: String,
        /// The line, from 1.
        line: Option<usize>,
    },
    /// No profile of this name.
    #[error("there is no profile `{name}`")]
    NoProfile {
        /// The name asked for.
        name: String,
        /// The names there are.
        known: Vec<String>,
    },
    /// A setting whose value does not fit, from a profile, the environment or
    /// the server.
    #[error("the value of `{setting}` from {origin} does not fit: {why}")]
    BadValue {
        /// The setting.
        setting: &'static str,
        /// Where it came from.
        origin: String,
        /// Why it does not fit.
        why: String,
        /// The exit code: 2 when it was typed, otherwise 8.
        typed: bool,
    },
    /// A setting that is needed and absent.
    #[error("no {setting} is given")]
    Missing {
        /// What is missing, by the name of its flag.
        setting: &'static str,
        /// How to give it.
        hint: String,
    },
    /// The file could not be read or written.
    #[error("cannot {doing} `{path}`: {why}")]
    Io {
        /// "read" or "write".
        doing: &'static str,
        /// The file.
        path: String,
        /// The system's reason.
        why: String,
    },
}

fn at(line: Option<usize>) -> String {
    line.map_or_else(String::new, |line| format!(" (line {line})"))
}

impl Report for Error {
    fn code(&self) -> &'static str {
        match self {
            Self::Syntax { .. } => "config_syntax",
            Self::UnknownKey { .. } => "config_unknown_key",
            Self::WrongType { .. } => "config_wrong_type",
            Self::LiteralSecret { .. } => "config_literal_secret",
            Self::NoProfile { .. } => "no_such_profile",
            Self::BadValue { .. } => "bad_setting",
            Self::Missing { .. } => "missing_setting",
            Self::Io { .. } => "config_io",
        }
    }

    fn exit(&self) -> Exit {
        match self {
            Self::BadValue { typed: true, .. } | Self::Missing { .. } => Exit::Usage,
            Self::Syntax { .. }
            | Self::UnknownKey { .. }
            | Self::WrongType { .. }
            | Self::LiteralSecret { .. }
            | Self::NoProfile { .. }
            | Self::BadValue { .. }
            | Self::Io { .. } => Exit::Config,
        }
    }

    fn hint(&self) -> Option<String> {
        match self {
            Self::Syntax { .. } | Self::WrongType { .. } => {
                Some("mend the file, or name another with `--config FILE`".into())
            }
            Self::UnknownKey { nearest, .. } => Some(match nearest {
                Some(key) => format!("did you mean `{key}`?"),
                None => format!(
                    "a profile knows: {}",
                    setting::keys().collect::<Vec<_>>().join(", ")
                ),
            }),
            Self::LiteralSecret { .. } => Some(reference::FORMS.into()),
            Self::NoProfile { known, .. } => Some(if known.is_empty() {
                "make one with `authctl login` or `authctl profile set`".into()
            } else {
                format!("there are: {}", known.join(", "))
            }),
            Self::BadValue { .. } => None,
            Self::Missing { hint, .. } => Some(hint.clone()),
            Self::Io { .. } => {
                Some("check that the file and its folder are yours and the disk is not full".into())
            }
        }
    }
}
