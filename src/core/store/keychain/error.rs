//! Why the keychain cannot be used.

use std::time::Duration;

/// Why the keychain cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeychainError {
    /// There is no session bus to find it on.
    #[error("there is no D-Bus session bus")]
    NoBus,
    /// There is a bus, and no keychain on it.
    #[error("no keychain service is running")]
    NoService,
    /// It does not answer at all.
    #[error("it did not answer within {} s", .0.as_secs())]
    NoAnswer(Duration),
    /// It answers, but something was not done in time: most likely it shows a
    /// prompt that nobody answers.
    #[error("it did not finish within {} s; it may be waiting for its prompt to be answered", .0.as_secs())]
    PromptUnanswered(Duration),
    /// It is locked, and could not ask, or was told no.
    #[error("it is locked, and its prompt was dismissed or could not be shown")]
    PromptDismissed,
    /// It is locked.
    #[error("it is locked")]
    Locked,
    /// It has no collection for new items, or it was deleted.
    #[error("it has no default collection")]
    NoCollection,
    /// The process runs in no logon session of Windows that has one.
    #[error("this logon session has none, as over SSH or in a service")]
    NoLogonSession,
    /// An item is larger than the platform takes.
    #[error("it takes no item of more than {0} octets")]
    TooLong(u32),
    /// There is none on this platform.
    #[error("this platform has none that authctl can use")]
    Unsupported,
    /// Something else; the platform's own words.
    #[error("{0}")]
    Other(String),
}

impl KeychainError {
    pub(in super::super) fn code(&self) -> &'static str {
        match self {
            Self::NoBus => "keychain_no_bus",
            Self::NoService => "keychain_no_service",
            Self::NoAnswer(_) => "keychain_no_answer",
            Self::PromptUnanswered(_) => "keychain_prompt_unanswered",
            Self::PromptDismissed => "keychain_prompt_dismissed",
            Self::Locked => "keychain_locked",
            Self::NoCollection => "keychain_no_collection",
            Self::NoLogonSession => "keychain_no_logon_session",
            Self::TooLong(_) => "keychain_too_long",
            Self::Unsupported => "keychain_unsupported",
            Self::Other(_) => "keychain",
        }
    }

    pub(in super::super) fn hint(&self) -> String {
        let mend = match self {
            Self::NoBus => {
                "run inside a desktop session, or start one with `dbus-run-session -- …`"
            }
            Self::NoService => "start a keychain such as gnome-keyring or KWallet",
            Self::NoAnswer(_) => {
                "try again if the machine is busy, and see whether the keychain service hangs"
            }
            Self::PromptUnanswered(_) => "answer the keychain's prompt",
            Self::PromptDismissed | Self::Locked => "unlock the keychain",
            Self::NoCollection => "make a default collection in the keychain",
            Self::NoLogonSession => "run inside a logon session that has credentials",
            Self::TooLong(_) => "ask the server for smaller tokens",
            Self::Unsupported | Self::Other(_) => "see whether other programs can use it",
        };
        format!(
            "{mend}; or keep sessions in encrypted files with `--store file` and a key in \
             AUTHCTL_STORE_PASSPHRASE, AUTHCTL_STORE_KEY or AUTHCTL_STORE_KEY_FILE"
        )
    }
}

impl From<KeychainError> for super::super::Error {
    fn from(error: KeychainError) -> Self {
        Self::Keychain(error)
    }
}
