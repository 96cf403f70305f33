//! Why there is no usable session.

use crate::core::config::file::DEFAULT_PROFILE;
use crate::core::descriptors;
use crate::core::error::{Exit, Report};
use crate::core::oauth;
use crate::core::store::End;
use crate::core::time::Timestamp;

/// Why there is no usable session.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// Nobody has signed in with this profile.
    #[error("nobody is signed in for profile `{profile}`")]
    NoSession {
        /// The profile.
        profile: String,
    },
    /// The session is another server's or another client's.
    #[error("the session of profile `{profile}` is of {has}, not of {wants}")]
    OtherServer {
        /// The profile.
        profile: String,
        /// Whose it is.
        has: String,
        /// Whose the settings say.
        wants: String,
    },
    /// The access token has expired and there is no refresh token.
    #[error("the session of profile `{profile}` has expired{} and cannot be renewed: {}", at_text(*.at), why_ended(.ended.as_ref()))]
    Expired {
        /// The profile.
        profile: String,
        /// When the last access token expired.
        at: Option<Timestamp>,
        /// Why there is no refresh token, where that was kept.
        ended: Option<End>,
    },
    /// The access token lives, but not as long as is asked for, and there is
    /// no refresh token.
    #[error(
        "the token of profile `{profile}` expires at {at}{}, and cannot be renewed: {}",
        if *.forced { "" } else { ", sooner than is asked for" },
        why_ended(.ended.as_ref())
    )]
    EndsTooSoon {
        /// The profile.
        profile: String,
        /// When the access token expires.
        at: Timestamp,
        /// Whether a new one was asked for, however long this one lives.
        forced: bool,
        /// Why there is no refresh token, where that was kept.
        ended: Option<End>,
    },
    /// The server does not take the refresh token any more.
    #[error("the session of profile `{profile}` cannot be renewed: the server answered {}{}", .response.error, .response.described())]
    RefreshRefused {
        /// The profile.
        profile: String,
        /// What it answered.
        response: oauth::ErrorResponse,
    },
    /// The refresh token was sent before, its answer was lost, and the server
    /// does not take it a second time.
    #[error(
        "the session of profile `{profile}` cannot be renewed: its refresh token was used at {sent_at}, the answer to that was lost, and the server does not take it again: it answered {}{}", .response.error, .response.described()
    )]
    AnswerLost {
        /// The profile.
        profile: String,
        /// When the refresh token was first sent.
        sent_at: Timestamp,
        /// What the server answered now.
        response: oauth::ErrorResponse,
    },
    /// The refresh token came beside an ID Token that was refused, and no
    /// good one has come since.
    #[error(
        "the session of profile `{profile}` is in doubt: the last ID Token was refused, and the server sent none that is good"
    )]
    NotVouchedFor {
        /// The profile.
        profile: String,
    },
    /// Other processes renewed the session again and again.
    #[error("the session of profile `{profile}` is being renewed elsewhere at the same time")]
    Busy {
        /// The profile.
        profile: String,
    },
    /// What the server answers could not be kept: nothing was sent.
    #[error(
        "the session of profile `{profile}` is not renewed, since it could not be saved: {why}"
    )]
    TooManyFiles {
        /// The profile.
        profile: String,
        /// What the system said.
        why: String,
    },
}

fn at_text(at: Option<Timestamp>) -> String {
    at.map_or_else(String::new, |at| format!(" at {at}"))
}

fn why_ended(ended: Option<&End>) -> String {
    match ended {
        None => "there is no refresh token".to_owned(),
        Some(ended) => ended.to_string(),
    }
}

impl Error {
    /// Returns what the server answered, where it did.
    pub fn response(&self) -> Option<&oauth::ErrorResponse> {
        match self {
            Self::RefreshRefused { response, .. } | Self::AnswerLost { response, .. } => {
                Some(response)
            }
            Self::NotVouchedFor { .. }
            | Self::NoSession { .. }
            | Self::OtherServer { .. }
            | Self::Expired { .. }
            | Self::EndsTooSoon { .. }
            | Self::Busy { .. }
            | Self::TooManyFiles { .. } => None,
        }
    }
}

impl Report for Error {
    fn code(&self) -> &'static str {
        match self {
            Self::NoSession { .. } => "no_session",
            Self::OtherServer { .. } => "session_of_other_server",
            Self::Expired { .. } => "session_expired",
            Self::EndsTooSoon { .. } => "session_ends_too_soon",
            Self::RefreshRefused { .. } => "refresh_refused",
            Self::AnswerLost { .. } => "refresh_answer_lost",
            Self::NotVouchedFor { .. } => "session_in_doubt",
            Self::Busy { .. } => "session_busy",
            Self::TooManyFiles { .. } => "too_many_open_files",
        }
    }

    fn exit(&self) -> Exit {
        match self {
            Self::NoSession { .. }
            | Self::OtherServer { .. }
            | Self::Expired { .. }
            | Self::EndsTooSoon { .. }
            | Self::RefreshRefused { .. }
            | Self::AnswerLost { .. } => Exit::SignIn,
            Self::NotVouchedFor { .. } => Exit::Refused,
            Self::Busy { .. } => Exit::Unreachable,
            Self::TooManyFiles { .. } => Exit::Store,
        }
    }

    fn hint(&self) -> Option<String> {
        match self {
            Self::NoSession { profile } => Some(format!(
                "sign in with `authctl login{}`",
                profile_flag(profile)
            )),
            Self::OtherServer { profile, .. } => Some(format!(
                "sign in there with `authctl login{}`, or name another profile with `--profile`",
                profile_flag(profile)
            )),
            Self::Expired { profile, .. }
            | Self::RefreshRefused { profile, .. }
            | Self::AnswerLost { profile, .. }
            | Self::NotVouchedFor { profile } => Some(format!(
                "sign in again with `authctl login{}`",
                profile_flag(profile)
            )),
            // What asks for a new one has no `--min-ttl` to ask for less with.
            Self::EndsTooSoon {
                profile,
                forced: true,
                ..
            } => Some(format!(
                "use it until then, or sign in again with `authctl login{}`",
                profile_flag(profile)
            )),
            Self::EndsTooSoon { profile, .. } => Some(format!(
                "ask for less with `--min-ttl`, or sign in again with `authctl login{}`",
                profile_flag(profile)
            )),
            Self::Busy { .. } => Some("try again".into()),
            Self::TooManyFiles { .. } => Some(descriptors::HINT.into()),
        }
    }
}

fn profile_flag(profile: &str) -> String {
    if profile == DEFAULT_PROFILE {
        String::new()
    } else {
        format!(" --profile {profile}")
    }
}
