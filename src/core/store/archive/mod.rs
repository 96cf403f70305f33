//! Sessions in one encrypted file, to be carried to another machine.
//!
//! What is inside is one JSON object:
//!
//! ```json
//! {"version":1,"created_at":1700000000,"sessions":[
//!   {"profile":"default","settings":{"issuer":"https://as.example"},"record":{…}}]}
//! ```
//!
//! `settings` are the profile's, by their keys in `config.toml`, for whoever
//! reads them to judge; `record` has the form of [`Record`]. Members that are
//! not known are left out. How the octets are encrypted is told in `form.rs`.

use serde::{Deserialize, Serialize, Serializer};
use serde_json::value::RawValue;
use serde_json::{Map, Value};

use super::derive::Cost;
use super::record::json::to_json;
use super::{Record, RecordError};
use crate::core::secret::Secret;
use crate::core::time::Timestamp;

mod error;
mod form;

pub use error::ArchiveError;

/// Sessions to be carried elsewhere.
#[derive(Clone, Debug)]
pub struct Archive {
    /// When it was made.
    pub created_at: Timestamp,
    /// The sessions, one a profile.
    pub sessions: Vec<Archived>,
}

/// The session of one profile.
#[derive(Clone, Debug)]
pub struct Archived {
    /// The profile.
    pub profile: String,
    /// Its settings: texts, and lists of texts.
    pub settings: Map<String, Value>,
    /// The session.
    pub record: Record,
}

impl Archive {
    /// The most octets of an archive: some hundred sessions of the largest
    /// kind.
    pub const LIMIT: usize = 64 * 1024 * 1024;

    /// Encrypts the archive under a passphrase: slow by choice.
    ///
    /// # Errors
    ///
    /// [`ArchiveError::TooLarge`], [`ArchiveError::Crypto`].
    pub fn seal(&self, passphrase: &Secret) -> Result<Vec<u8>, ArchiveError> {
        self.seal_with(passphrase, Cost::RECOMMENDED)
    }

    fn seal_with(&self, passphrase: &Secret, cost: Cost) -> Result<Vec<u8>, ArchiveError> {
        let sealed = form::seal(passphrase, cost, &to_json(self))?;
        if sealed.len() > Self::LIMIT {
            return Err(ArchiveError::TooLarge);
        }
        Ok(sealed)
    }

    /// Decrypts and reads an archive.
    ///
    /// # Errors
    ///
    /// Any of [`ArchiveError`]; nothing of what is inside has been used then.
    pub fn open(passphrase: &Secret, file: &[u8]) -> Result<Self, ArchiveError> {
        if file.len() > Self::LIMIT {
            return Err(ArchiveError::TooLarge);
        }
        let content = form::open(passphrase, file)?;
        Self::from_json(&content)
    }

    fn from_json(json: &[u8]) -> Result<Self, ArchiveError> {
        let malformed = |member| ArchiveError::Malformed { member };
        let versioned: Versioned =
            serde_json::from_slice(json).map_err(|_| malformed("version"))?;
        match versioned.version {
            VERSION => {}
            0 => return Err(malformed("version")),
            found => return Err(ArchiveError::NewerVersion { found }),
        }
        let content: Content<'_> =
            serde_json::from_slice(json).map_err(|_| malformed("sessions"))?;
        let mut sessions: Vec<Archived> = Vec::with_capacity(content.sessions.len());
        for entry in content.sessions {
            let record = Record::from_json(entry.record.get().as_bytes());
            let record = record.map_err(|error| match error {
                RecordError::NewerVersion { found } => ArchiveError::NewerVersion { found },
                RecordError::Malformed { member } => malformed(member),
            })?;
            // Which of two would be meant?
            if sessions.iter().any(|other| other.profile == entry.profile) {
                return Err(malformed("profile"));
            }
            sessions.push(Archived {
                profile: entry.profile,
                settings: entry.settings,
                record,
            });
        }
        Ok(Self {
            created_at: content.created_at,
            sessions,
        })
    }
}

#[derive(Deserialize)]
struct Versioned {
    version: u64,
}

#[derive(Deserialize)]
struct Content<'a> {
    created_at: Timestamp,
    #[serde(borrow)]
    sessions: Vec<Entry<'a>>,
}

/// The record stays a slice of the content: nothing secret is copied to where
/// it would not be wiped.
#[derive(Deserialize)]
struct Entry<'a> {
    profile: String,
    #[serde(default)]
    settings: Map<String, Value>,
    #[serde(borrow)]
    record: &'a RawValue,
}

impl Serialize for Archive {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        use serde::ser::SerializeMap as _;

        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("version", &VERSION)?;
        map.serialize_entry("created_at", &self.created_at)?;
        map.serialize_entry("sessions", &self.sessions)?;
        map.end()
    }
}

impl Serialize for Archived {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        use serde::ser::SerializeMap as _;

        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("profile", &self.profile)?;
        map.serialize_entry("settings", &self.settings)?;
        map.serialize_entry("record", &self.record)?;
        map.end()
    }
}

/// The form this authctl writes.
const VERSION: u64 = 1;

#[cfg(test)]
mod tests;
