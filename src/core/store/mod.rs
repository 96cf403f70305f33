//! Where sessions and cached tokens are kept.

use super::error::{Exit, Report};

/// What went wrong.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Error(String);

impl Report for Error {
    fn code(&self) -> &'static str {
        "store"
    }
    fn exit(&self) -> Exit {
        Exit::Store
    }
}
