//! What is kept: one record a session, as versioned JSON.

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use serde::de::DeserializeOwned;
use serde::ser::SerializeMap;
use serde::{Deserialize, Serialize, Serializer};
use serde_json::value::RawValue;
use zeroize::Zeroizing;

use crate::core::secret::Secret;
use crate::core::time::Timestamp;

/// A session, or the tokens a client got for itself.
///
/// Its form is one JSON object:
///
/// ```json
/// {"version":1,"issuer":"https://as.example","client_id":"authctl",
///  "subject":"alice","refresh_token":"…","tokens":[{"access_token":"…",…}],
///  "created_at":1700000000,"updated_at":1700000000}
/// ```
///
/// Members this version does not know are kept when the record is written
/// again, so that an older authctl loses nothing that a newer one of the same
/// `version` wrote.
#[derive(Clone, Debug)]
pub struct Record {
    /// The issuer, or the token endpoint of a server without metadata.
    pub issuer: String,
    /// The `client_id`.
    pub client_id: String,
    /// The `sub` of the ID Token or of UserInfo.
    pub subject: Option<String>,
    /// The name the person signed in with.
    pub username: Option<String>,
    /// The scopes that the sign-in asked for, sorted: those of every refresh
    /// that asks for nothing else.
    pub requested_scope: Vec<String>,
    /// The refresh token.
    pub refresh_token: Option<Secret>,
    /// The ID Token of the sign-in, or of the last refresh that gave one.
    pub id_token: Option<Secret>,
    /// Access tokens, the newest last.
    pub tokens: Vec<CachedToken>,
    /// When the person signed in.
    pub created_at: Timestamp,
    /// When the record last changed.
    pub updated_at: Timestamp,
    /// Members of the JSON object that this version does not know.
    pub other: UnknownMembers,
}

/// An access token and all it was asked for with.
#[derive(Clone, Debug)]
pub struct CachedToken {
    /// The access token.
    pub access_token: Secret,
    /// The `token_type`, as the server spelled it.
    pub token_type: String,
    /// The scopes that were granted, sorted.
    pub scope: Vec<String>,
    /// The scopes that were asked for, sorted.
    pub requested_scope: Vec<String>,
    /// The `audience` that was asked for.
    pub audience: Option<String>,
    /// The `resource` values that were asked for (RFC 8707), sorted.
    pub resource: Vec<String>,
    /// When the token was received.
    pub issued_at: Timestamp,
    /// When it expires, where the server said so.
    pub expires_at: Option<Timestamp>,
    /// The thumbprint of the key it is bound to.
    pub proof_key: Option<String>,
    /// Members of the JSON object that this version does not know.
    pub other: UnknownMembers,
}

/// What a token must have been asked for with to be the one that is wanted.
#[derive(Clone, Copy, Debug, Default)]
pub struct Wanted<'a> {
    /// The scopes, in any order.
    pub scopes: &'a [String],
    /// The `audience` parameter.
    pub audience: Option<&'a str>,
    /// The `resource` parameters, in any order.
    pub resource: &'a [String],
    /// The thumbprint of the key the token is bound to.
    pub proof_key: Option<&'a str>,
}

impl Record {
    /// Makes a record without tokens, created now.
    pub fn new(issuer: impl Into<String>, client_id: impl Into<String>, now: Timestamp) -> Self {
        Self {
            issuer: issuer.into(),
            client_id: client_id.into(),
            subject: None,
            username: None,
            requested_scope: Vec::new(),
            refresh_token: None,
            id_token: None,
            tokens: Vec::new(),
            created_at: now,
            updated_at: now,
            other: UnknownMembers::default(),
        }
    }

    /// Returns the newest token that was asked for with exactly what is
    /// wanted; whether it still lives is the caller's question
    /// ([`CachedToken::lives`]).
    pub fn token(&self, wanted: &Wanted<'_>) -> Option<&CachedToken> {
        self.tokens.iter().rev().find(|token| token.is_for(wanted))
    }

    /// Adds a token in place of the one that was asked for with the same, and
    /// forgets those that have expired. At most 32 are kept, the newest.
    pub fn put_token(&mut self, token: CachedToken) {
        let now = token.issued_at;
        self.tokens
            .retain(|old| !old.is_for(&token.wanted()) && old.lives(now, Duration::ZERO));
        self.tokens.push(token);
        let surplus = self.tokens.len().saturating_sub(TOKENS_KEPT);
        self.tokens.drain(..surplus);
    }

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
        Ok(Self {
            issuer: members.required("issuer")?,
            client_id: members.required("client_id")?,
            subject: members.optional("subject")?,
            username: members.optional("username")?,
            requested_scope: members.optional("requested_scope")?.unwrap_or_default(),
            refresh_token: members.secret("refresh_token")?,
            id_token: members.secret("id_token")?,
            tokens: tokens
                .unwrap_or_default()
                .into_iter()
                .map(|token| CachedToken::from_json(token.get().as_bytes()))
                .collect::<Result<_, _>>()?,
            created_at: members.required("created_at")?,
            updated_at: members.required("updated_at")?,
            other: members.rest(),
        })
    }

    /// Writes the record, into memory that is wiped when dropped.
    pub fn to_json(&self) -> Zeroizing<Vec<u8>> {
        // The length is counted first: a vector that grows would leave
        // unwiped copies behind.
        let mut length = Count(0);
        let mut json = Zeroizing::new(Vec::new());
        // Writing texts and numbers to memory cannot fail.
        if serde_json::to_writer(&mut length, self).is_ok() {
            json.reserve_exact(length.0);
            let _ = serde_json::to_writer(&mut *json, self);
        }
        json
    }
}

impl CachedToken {
    /// Says whether the token was asked for with exactly what is wanted.
    pub fn is_for(&self, wanted: &Wanted<'_>) -> bool {
        same_set(&self.requested_scope, wanted.scopes)
            && self.audience.as_deref() == wanted.audience
            && same_set(&self.resource, wanted.resource)
            && self.proof_key.as_deref() == wanted.proof_key
    }

    /// Says whether the token lives at `now` and for `min_ttl` longer. One
    /// whose end the server did not say lives.
    pub fn lives(&self, now: Timestamp, min_ttl: Duration) -> bool {
        // A token is expired *at* `exp` (RFC 7519 §4.1.4).
        self.expires_at
            .is_none_or(|end| now < end && now.saturating_add(min_ttl) <= end)
    }

    fn wanted(&self) -> Wanted<'_> {
        Wanted {
            scopes: &self.requested_scope,
            audience: self.audience.as_deref(),
            resource: &self.resource,
            proof_key: self.proof_key.as_deref(),
        }
    }

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
            issued_at: members.required("issued_at")?,
            expires_at: members.optional("expires_at")?,
            proof_key: members.optional("proof_key")?,
            other: members.rest(),
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
        map.serialize_entry("requested_scope", &self.requested_scope)?;
        optional(&mut map, "refresh_token", exposed(&self.refresh_token))?;
        optional(&mut map, "id_token", exposed(&self.id_token))?;
        map.serialize_entry("tokens", &self.tokens)?;
        map.serialize_entry("created_at", &self.created_at)?;
        map.serialize_entry("updated_at", &self.updated_at)?;
        self.other.serialize_into(&mut map)?;
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
        map.serialize_entry("issued_at", &self.issued_at)?;
        optional(&mut map, "expires_at", self.expires_at.as_ref())?;
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

fn same_set(one: &[String], other: &[String]) -> bool {
    one.iter().all(|text| other.contains(text)) && other.iter().all(|text| one.contains(text))
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
/// A session asked for ever new audiences must not grow without bound.
const TOKENS_KEPT: usize = 32;

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp(1_700_000_000);

    fn token(scopes: &[&str]) -> CachedToken {
        CachedToken {
            access_token: Secret::new("at-hunter2"),
            token_type: "Bearer".into(),
            scope: vec!["openid".into()],
            requested_scope: scopes.iter().map(|&scope| scope.to_owned()).collect(),
            audience: Some("https://api.example".into()),
            resource: vec!["https://api.example/v1".into()],
            issued_at: NOW,
            expires_at: Some(Timestamp(NOW.0 + 300)),
            proof_key: Some("thumb".into()),
            other: UnknownMembers::default(),
        }
    }

    fn record() -> Record {
        let mut record = Record::new("https://as.example", "authctl", NOW);
        record.subject = Some("alice".into());
        record.username = Some("alice@example".into());
        record.refresh_token = Some(Secret::new("rt-hunter2"));
        record.id_token = Some(Secret::new("id-hunter2"));
        record.requested_scope = vec!["openid".to_owned()];
        record.put_token(token(&["openid"]));
        record
    }

    #[test]
    fn what_is_written_is_read() {
        let json = record().to_json();
        let text = String::from_utf8(json.to_vec()).unwrap();
        assert_eq!(
            text,
            r#"{"version":1,"issuer":"https://as.example","client_id":"authctl","subject":"alice","username":"alice@example","requested_scope":["openid"],"refresh_token":"rt-hunter2","id_token":"id-hunter2","tokens":[{"access_token":"at-hunter2","token_type":"Bearer","scope":["openid"],"requested_scope":["openid"],"audience":"https://api.example","resource":["https://api.example/v1"],"issued_at":1700000000,"expires_at":1700000300,"proof_key":"thumb"}],"created_at":1700000000,"updated_at":1700000000}"#
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
        ] {
            assert_eq!(
                Record::from_json(json.as_bytes()).unwrap_err(),
                error,
                "{json}"
            );
        }
    }

    #[test]
    fn a_token_is_found_only_by_all_it_was_asked_for_with() {
        let record = record();
        let scopes = ["openid".to_owned()];
        let resource = ["https://api.example/v1".to_owned()];
        let wanted = Wanted {
            scopes: &scopes,
            audience: Some("https://api.example"),
            resource: &resource,
            proof_key: Some("thumb"),
        };
        assert!(record.token(&wanted).is_some());
        for other in [
            Wanted {
                scopes: &[],
                ..wanted
            },
            Wanted {
                audience: None,
                ..wanted
            },
            Wanted {
                audience: Some("https://api.example/"),
                ..wanted
            },
            Wanted {
                resource: &[],
                ..wanted
            },
            Wanted {
                proof_key: None,
                ..wanted
            },
        ] {
            assert!(record.token(&other).is_none(), "{other:?}");
        }
    }

    #[test]
    fn a_new_token_replaces_its_like_and_the_expired() {
        let mut record = record();
        record.put_token(token(&["email"]));
        assert_eq!(record.tokens.len(), 2);
        let mut newer = token(&["openid"]);
        newer.access_token = Secret::new("newer");
        record.put_token(newer);
        assert_eq!(record.tokens.len(), 2);
        assert_eq!(record.tokens[1].access_token.expose(), "newer");

        let mut late = token(&["late"]);
        late.issued_at = Timestamp(NOW.0 + 300);
        record.put_token(late);
        assert_eq!(record.tokens.len(), 1);

        for n in 0..40 {
            record.put_token(token(&[&n.to_string()]));
        }
        assert_eq!(record.tokens.len(), TOKENS_KEPT);
        assert_eq!(record.tokens[TOKENS_KEPT - 1].requested_scope, ["39"]);
    }

    #[test]
    fn a_token_lives_until_its_end() {
        let at = |seconds| Timestamp(NOW.0 + seconds);
        let token = token(&[]);
        let ttl = Duration::from_secs(30);
        assert!(token.lives(at(270), ttl));
        assert!(!token.lives(at(271), ttl));
        assert!(token.lives(at(299), Duration::ZERO));
        assert!(!token.lives(at(300), Duration::ZERO));
        let endless = CachedToken {
            expires_at: None,
            ..token
        };
        assert!(endless.lives(at(1_000_000), ttl));
    }
}
