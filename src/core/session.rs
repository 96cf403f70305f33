//! The heart: a valid token for a profile, from cache, refresh or request.

use std::any::Any;

use super::error::{Exit, Report};
use super::oauth;

/// Holds off interruption while a rotated refresh token is not saved yet.
pub trait Shield {
    /// Starts to hold it off, until what is returned is dropped.
    fn hold(&self) -> Box<dyn Any>;
}

/// Why there is no usable session.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// Nobody has signed in with this profile.
    #[error("nobody is signed in for profile `{profile}`")]
    NoSession {
        /// The profile.
        profile: String,
    },
}

impl Error {
    /// Returns what the server answered, where it did.
    pub fn response(&self) -> Option<&oauth::ErrorResponse> {
        match self {
            Self::NoSession { .. } => None,
        }
    }
}

impl Report for Error {
    fn code(&self) -> &'static str {
        match self {
            Self::NoSession { .. } => "no_session",
        }
    }

    fn exit(&self) -> Exit {
        match self {
            Self::NoSession { .. } => Exit::SignIn,
        }
    }
}
