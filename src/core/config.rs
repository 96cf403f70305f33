//! `config.toml`: named sets of settings, and which setting wins.

use super::error::{Exit, Report};

/// Why the configuration cannot serve.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Error(String);

impl Report for Error {
    fn code(&self) -> &'static str {
        "config"
    }
    fn exit(&self) -> Exit {
        Exit::Config
    }
}
