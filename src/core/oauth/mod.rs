//! The messages of the OAuth and OpenID Connect RFCs.
//!
//! One exchange is two functions: one builds a [`super::http::Request`], one
//! judges a [`super::http::Response`]. Neither does I/O. The embedded
//! authorization server uses the same wire types from the other side.

use super::error::{Exit, Report};

/// What an endpoint answered when it refused (RFC 6749 §5.2), kept as
/// received.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ErrorResponse {
    /// `error`, such as `invalid_grant`.
    pub error: String,
    /// `error_description`.
    pub error_description: Option<String>,
    /// `error_uri`.
    pub error_uri: Option<String>,
    /// The HTTP status.
    pub status: u16,
}

/// Why an exchange with the authorization server did not succeed although it
/// answered sensibly.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The server refused.
    #[error("the server answered {}{}", .response.error, described(.response))]
    Refused {
        /// What it said.
        response: ErrorResponse,
    },
}

fn described(response: &ErrorResponse) -> String {
    response
        .error_description
        .as_ref()
        .map_or_else(String::new, |text| format!(" (\"{text}\")"))
}

impl Error {
    /// Returns what the server answered, where it did.
    pub fn response(&self) -> Option<&ErrorResponse> {
        match self {
            Self::Refused { response } => Some(response),
        }
    }
}

impl Report for Error {
    fn code(&self) -> &'static str {
        match self {
            Self::Refused { .. } => "refused",
        }
    }

    fn exit(&self) -> Exit {
        match self {
            Self::Refused { .. } => Exit::Refused,
        }
    }
}
