//! Why an archive cannot be read: it is an input file, so exit 8.

use super::super::seal::SealError;
use crate::core::error::{Exit, Report};

/// Why an archive cannot be read or made. Nothing in it is secret.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ArchiveError {
    /// It does not begin as an archive does.
    #[error("the file is not an archive of authctl")]
    NotAnArchive,
    /// A later authctl wrote it.
    #[error("the archive was written by a newer authctl (version {found})")]
    NewerVersion {
        /// The version it has.
        found: u64,
    },
    /// It ends too early.
    #[error("the archive is cut short: {found} of {expected} octets")]
    Cut {
        /// How many there are.
        found: usize,
        /// How many there should be.
        expected: usize,
    },
    /// Its header is not as written, or something follows its end.
    #[error("the archive is damaged")]
    Damaged,
    /// Its parameters ask for more work than authctl ever sets.
    #[error("the key derivation parameters of the archive are out of bounds")]
    Parameters,
    /// It is larger than any archive is.
    #[error("the archive is larger than {} MiB", super::Archive::LIMIT >> 20)]
    TooLarge,
    /// It was encrypted under another passphrase.
    #[error("the archive was encrypted under another passphrase")]
    WrongPassphrase,
    /// The passphrase is right, and it is not what authctl wrote.
    #[error("the archive was changed after authctl wrote it")]
    Tampered,
    /// What is inside is not in a form that authctl writes.
    #[error("`{member}` in the archive is missing or malformed")]
    Malformed {
        /// Which member.
        member: &'static str,
    },
    /// The cryptographic library failed where it cannot fail.
    #[error("the cryptographic library failed to {0}")]
    Crypto(&'static str),
}

impl From<SealError> for ArchiveError {
    fn from(error: SealError) -> Self {
        match error {
            SealError::Crypto(what) => Self::Crypto(what),
            SealError::NewerVersion(found) => Self::NewerVersion { found },
            SealError::Key(_) => Self::WrongPassphrase,
            SealError::Tampered => Self::Tampered,
            SealError::Damage(_) => Self::Damaged,
        }
    }
}

impl Report for ArchiveError {
    fn code(&self) -> &'static str {
        match self {
            Self::NotAnArchive => "archive_unknown",
            Self::NewerVersion { .. } => "archive_newer_version",
            Self::Cut { .. } => "archive_cut",
            Self::Damaged => "archive_damaged",
            Self::Parameters => "archive_parameters",
            Self::TooLarge => "archive_too_large",
            Self::WrongPassphrase => "archive_wrong_passphrase",
            Self::Tampered => "archive_tampered",
            Self::Malformed { .. } => "archive_malformed",
            Self::Crypto(_) => "archive_crypto",
        }
    }

    fn exit(&self) -> Exit {
        match self {
            Self::NotAnArchive
            | Self::NewerVersion { .. }
            | Self::Cut { .. }
            | Self::Damaged
            | Self::Parameters
            | Self::TooLarge
            | Self::WrongPassphrase
            | Self::Tampered
            | Self::Malformed { .. } => Exit::Config,
            Self::Crypto(_) => Exit::Failure,
        }
    }

    fn hint(&self) -> Option<String> {
        Some(
            match self {
                Self::NotAnArchive => "`authctl profile export` makes one",
                Self::NewerVersion { .. } => "use the newer authctl",
                Self::Cut { .. } | Self::Damaged => "copy it anew, octet by octet",
                Self::Parameters | Self::Malformed { .. } => "have it made anew",
                Self::TooLarge => "export fewer profiles at once",
                Self::WrongPassphrase => "give the passphrase that it was exported with",
                Self::Tampered => {
                    "have it made anew; if nobody changed it on purpose, its \
                     storage or its way is not to be trusted"
                }
                Self::Crypto(_) => "this is a defect of authctl; please report it",
            }
            .to_owned(),
        )
    }
}
