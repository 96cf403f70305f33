//! The JSON form of a record.

use std::collections::BTreeMap;
use std::fmt;

use serde::de::DeserializeOwned;
use serde::ser::SerializeMap;
use serde::{Deserialize, Serialize, Serializer};
use serde_json::value::RawValue;
use zeroize::Zeroizing;

use super::{CachedToken, End, Record, Renewal};
use crate::core::secret::Secret;

impl Record {
    /// Reads a record.
    ///
    /// # Errors
    ///
    /// [`RecordError::NewerVersion`] for the form of a later authctl,
    /// [`RecordError::Malformed`] naming the member that is missing or of the
    /// wrong type, never its content.
    pub fn from_json(json: &[u8]) -> Result<Self, RecordError> {
        // The values are slices of `json`: nothing secret is copied to where
        // it would not be wiped.
        let mut members = Members::parse(json, "the record")?;
        let version: u64 = members.required("version")?;
        if version > VERSION {
            return Err(RecordError::NewerVersion { found: version });
        }
        if version == 0 {
            return Err(RecordError::malformed("version"));
        }
        let tokens: Option<Vec<&RawValue>> = members.optional("tokens")?;
        let renewal: Option<&RawValue> = members.optional("renewal")?;
        let ended: Option<&RawValue> = members.optional("ended")?;
        Ok(Self {
            issuer: members.required("issuer")?,
            client_id: members.required("client_id")?,
            subject: members.optional("subject")?,
            username: members.optional("username")?,
            refresh_token: members.secret("refresh_token")?,
            renewal: renewal
                .map(|renewal| Renewal::from_json(renewal.get().as_bytes()))
                .transpose()?,
            ended: ended.and_then(|ended| End::from_json(ended.get().as_bytes()).ok()),
            id_token: members.secret("id_token")?,
            tokens: tokens
                .unwrap_or_default()
                .into_iter()
                .map(|token| CachedToken::from_json(token.get().as_bytes()))
                .collect::<Result<_, _>>()?,
            created_at: members.required("created_at")?,
            updated_at: members.required("updated_at")?,
            revision: members.optional("revision")?.unwrap_or_default(),
            requested_scope: members.optional("requested_scope")?.unwrap_or_default(),
            moved_from: members.optional("moved_from")?,
            other: members.rest(),
        })
    }

    /// Writes the record, into memory that is wiped when dropped.
    pub fn to_json(&self) -> Zeroizing<Vec<u8>> {
        to_json(self)
    }
}

/// Writes what holds secrets, into memory that is wiped when dropped.
pub(in super::super) fn to_json(value: &impl Serialize) -> Zeroizing<Vec<u8>> {
    // The length is counted first: a vector that grows would leave unwiped
    // copies behind.
    let mut length = Count(0);
    let mut json = Zeroizing::new(Vec::new());
    // Writing texts and numbers to memory cannot fail.
    if serde_json::to_writer(&mut length, value).is_ok() {
        json.reserve_exact(length.0);
        let _ = serde_json::to_writer(&mut *json, value);
    }
    json
}

impl CachedToken {
    fn from_json(json: &[u8]) -> Result<Self, RecordError> {
        let mut members = Members::parse(json, "tokens")?;
        Ok(Self {
            access_token: members
                .secret("access_token")?
                .ok_or(RecordError::malformed("access_token"))?,
            token_type: members.required("token_type")?,
            scope: members.optional("scope")?.unwrap_or_default(),
            requested_scope: members.optional("requested_scope")?.unwrap_or_default(),
            audience: members.optional("audience")?,
            resource: members.optional("resource")?.unwrap_or_default(),
            parameters: members.optional("parameters")?,
            issued_at: members.required("issued_at")?,
            expires_at: members.optional("expires_at")?,
            clock_offset: members.optional("clock_offset")?,
            proof_key: members.optional("proof_key")?,
            other: members.rest(),
        })
    }
}

impl Renewal {
    fn from_json(json: &[u8]) -> Result<Self, RecordError> {
        let mut members = Members::parse(json, "renewal")?;
        Ok(Self {
            of: members.required("of")?,
            sent_at: members.optional("sent_at")?,
            successor: members.secret("successor")?,
            doubted: members.optional("doubted")?.unwrap_or_default(),
        })
    }
}

impl End {
    fn from_json(json: &[u8]) -> Result<Self, RecordError> {
        let mut members = Members::parse(json, "ended")?;
        Ok(Self {
            at: members.required("at")?,
            error: members.required("error")?,
            sent_at: members.optional("sent_at")?,
        })
    }
}

impl Serialize for Record {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("version", &VERSION)?;
        map.serialize_entry("issuer", &self.issuer)?;
        map.serialize_entry("client_id", &self.client_id)?;
        optional(&mut map, "subject", self.subject.as_ref())?;
        optional(&mut map, "username", self.username.as_ref())?;
        if !self.requested_scope.is_empty() {
            map.serialize_entry("requested_scope", &self.requested_scope)?;
        }
        optional(&mut map, "refresh_token", exposed(&self.refresh_token))?;
        optional(&mut map, "renewal", self.renewal.as_ref())?;
        optional(&mut map, "ended", self.ended.as_ref())?;
        optional(&mut map, "id_token", exposed(&self.id_token))?;
        map.serialize_entry("tokens", &self.tokens)?;
        map.serialize_entry("created_at", &self.created_at)?;
        map.serialize_entry("updated_at", &self.updated_at)?;
        if self.revision > 0 {
            map.serialize_entry("revision", &self.revision)?;
        }
        optional(&mut map, "moved_from", self.moved_from.as_ref())?;
        self.other.serialize_into(&mut map)?;
        map.end()
    }
}

impl Serialize for End {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("at", &self.at)?;
        map.serialize_entry("error", &self.error)?;
        optional(&mut map, "sent_at", self.sent_at.as_ref())?;
        map.end()
    }
}

impl Serialize for Renewal {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("of", &self.of)?;
        optional(&mut map, "sent_at", self.sent_at.as_ref())?;
        optional(&mut map, "successor", exposed(&self.successor))?;
        if self.doubted {
            map.serialize_entry("doubted", &true)?;
        }
        map.end()
    }
}

impl Serialize for CachedToken {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("access_token", self.access_token.expose())?;
        map.serialize_entry("token_type", &self.token_type)?;
        map.serialize_entry("scope", &self.scope)?;
        map.serialize_entry("requested_scope", &self.requested_scope)?;
        optional(&mut map, "audience", self.audience.as_ref())?;
        map.serialize_entry("resource", &self.resource)?;
        optional(&mut map, "parameters", self.parameters.as_ref())?;
        map.serialize_entry("issued_at", &self.issued_at)?;
        optional(&mut map, "expires_at", self.expires_at.as_ref())?;
        optional(&mut map, "clock_offset", self.clock_offset.as_ref())?;
        optional(&mut map, "proof_key", self.proof_key.as_ref())?;
        self.other.serialize_into(&mut map)?;
        map.end()
    }
}

/// Members of a record that this version does not know, kept as they came and
/// wiped when dropped: they may hold secrets.
#[derive(Clone, Default)]
pub struct UnknownMembers(Vec<(String, Zeroizing<String>)>);

impl UnknownMembers {
    fn serialize_into<M: SerializeMap>(&self, map: &mut M) -> Result<(), M::Error> {
        for (name, json) in &self.0 {
            let value: &RawValue = serde_json::from_str(json).map_err(serde::ser::Error::custom)?;
            map.serialize_entry(name, value)?;
        }
        Ok(())
    }
}

impl fmt::Debug for UnknownMembers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "UnknownMembers({})", self.0.len())
    }
}

/// Why a record cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RecordError {
    /// Written by a later authctl.
    #[error("its version {found} is newer than this authctl knows")]
    NewerVersion {
        /// The `version` it has.
        found: u64,
    },
    /// A member is missing or not of its type, or it is no JSON at all.
    #[error("`{member}` is missing or malformed")]
    Malformed {
        /// Which member.
        member: &'static str,
    },
}

impl RecordError {
    fn malformed(member: &'static str) -> Self {
        Self::Malformed { member }
    }
}

/// The members of an object, taken out one by one.
struct Members<'a>(BTreeMap<String, &'a RawValue>);

impl<'a> Members<'a> {
    fn parse(json: &'a [u8], what: &'static str) -> Result<Self, RecordError> {
        serde_json::from_slice(json)
            .map(Self)
            .map_err(|_| RecordError::malformed(what))
    }

    fn optional<T: Deserialize<'a>>(
        &mut self,
        name: &'static str,
    ) -> Result<Option<T>, RecordError> {
        match self.0.remove(name) {
            None => Ok(None),
            Some(value) => {
                serde_json::from_str(value.get()).map_err(|_| RecordError::malformed(name))
            }
        }
    }

    fn required<T: DeserializeOwned>(&mut self, name: &'static str) -> Result<T, RecordError> {
        self.optional(name)?.ok_or(RecordError::malformed(name))
    }

    fn secret(&mut self, name: &'static str) -> Result<Option<Secret>, RecordError> {
        Ok(self.optional::<String>(name)?.map(Secret::new))
    }

    fn rest(self) -> UnknownMembers {
        UnknownMembers(
            self.0
                .into_iter()
                .map(|(name, value)| (name, Zeroizing::new(value.get().to_owned())))
                .collect(),
        )
    }
}

fn optional<M: SerializeMap, T: Serialize + ?Sized>(
    map: &mut M,
    name: &str,
    value: Option<&T>,
) -> Result<(), M::Error> {
    match value {
        Some(value) => map.serialize_entry(name, value),
        None => Ok(()),
    }
}

fn exposed(secret: &Option<Secret>) -> Option<&str> {
    secret.as_ref().map(Secret::expose)
}

/// Counts what would be written.
struct Count(usize);

impl std::io::Write for Count {
    fn write(&mut self, octets: &[u8]) -> std::io::Result<usize> {
        self.0 += octets.len();
        Ok(octets.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// The form this authctl writes.
const VERSION: u64 = 1;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::tests::record;
    use super::*;

    #[test]
    fn what_is_written_is_read() {
        let json = record().to_json();
        let text = String::from_utf8(json.to_vec()).unwrap();
        assert_eq!(
            text,
            r#"{"version":1,"issuer":"https://as.example","client_id":"authctl","subject":"alice","username":"alice@example","requested_scope":["openid"],"refresh_token":"rt-hunter2","id_token":"id-hunter2","tokens":[{"access_token":"at-hunter2","token_type":"Bearer","scope":["openid"],"requested_scope":["openid"],"audience":"https://api.example","resource":["https://api.example/v1"],"parameters":"digest","issued_at":1700000000,"expires_at":1700000300,"clock_offset":-7,"proof_key":"thumb"}],"created_at":1700000000,"updated_at":1700000000,"moved_from":"keychain"}"#
        );
        assert_eq!(json.capacity(), json.len());
        assert_eq!(Record::from_json(&json).unwrap().to_json(), json);
    }

    #[test]
    fn debug_shows_no_secret() {
        let mut record = record();
        record.other = Record::from_json(
            br#"{"version":1,"issuer":"i","client_id":"c","created_at":1,"updated_at":1,"new":"hunter2"}"#,
        )
        .unwrap()
        .other;
        let debug = format!("{record:?}");
        assert!(!debug.contains("hunter2"), "{debug}");
        assert!(debug.contains("UnknownMembers(1)"), "{debug}");
    }

    #[test]
    fn unknown_members_are_kept() {
        let json = br#"{"version":1,"issuer":"i","client_id":"c","tokens":[{"access_token":"a","token_type":"Bearer","scope":[],"requested_scope":[],"resource":[],"issued_at":5,"cnf":{"jkt":"x"}}],"created_at":1,"updated_at":2,"clock_offset":-3,"later":{"a":[1,"\u00e9"]}}"#;
        let again = Record::from_json(json).unwrap().to_json();
        assert_eq!(
            String::from_utf8_lossy(&again),
            String::from_utf8_lossy(json)
        );
    }

    /// S19.
    #[test]
    fn a_newer_version_is_not_read() {
        assert_eq!(
            Record::from_json(br#"{"version":2,"anything":"else"}"#).unwrap_err(),
            RecordError::NewerVersion { found: 2 }
        );
    }

    #[test]
    fn a_malformed_record_is_refused_by_the_member() {
        let of = |member| RecordError::Malformed { member };
        for (json, error) in [
            ("", of("the record")),
            ("[]", of("the record")),
            ("{", of("the record")),
            ("{}", of("version")),
            (r#"{"version":"1"}"#, of("version")),
            (r#"{"version":0}"#, of("version")),
            (r#"{"version":1}"#, of("issuer")),
            (r#"{"version":1,"issuer":"i"}"#, of("client_id")),
            (
                r#"{"version":1,"issuer":"i","client_id":"c","refresh_token":7}"#,
                of("refresh_token"),
            ),
            (
                r#"{"version":1,"issuer":"i","client_id":"c","tokens":{}}"#,
                of("tokens"),
            ),
            (
                r#"{"version":1,"issuer":"i","client_id":"c","tokens":[{"token_type":"Bearer"}]}"#,
                of("access_token"),
            ),
            (
                r#"{"version":1,"issuer":"i","client_id":"c","created_at":1}"#,
                of("updated_at"),
            ),
            (
                r#"{"version":1,"issuer":"i","client_id":"c","created_at":1,"updated_at":1,"revision":-1}"#,
                of("revision"),
            ),
        ] {
            assert_eq!(
                Record::from_json(json.as_bytes()).unwrap_err(),
                error,
                "{json}"
            );
        }
    }

    proptest! {
        /// Whatever was changed by hand, reading it ends with a record or a
        /// reason, and a record can be written and read again.
        #[test]
        fn a_record_changed_anywhere_is_read_or_refused(
            at in 0..record().to_json().len(),
            cut in 0..8_usize,
            put in "[\\[\\]{}\":,0-9a-z\\\\]{0,8}",
        ) {
            let mut json = record().to_json().to_vec();
            let end = (at + cut).min(json.len());
            json.splice(at..end, put.bytes());
            if let Ok(read) = Record::from_json(&json) {
                let written = read.to_json();
                let again = Record::from_json(&written).map(|record| record.to_json());
                prop_assert_eq!(again, Ok(written));
            }
        }
    }
}
