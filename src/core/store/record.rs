//! What is kept: one record a session, as versioned JSON.

use std::time::Duration;

use crate::core::secret::Secret;
use crate::core::time::Timestamp;

mod end;
pub(super) mod json;
mod relation;
mod renewal;

pub use end::End;
pub use json::{RecordError, UnknownMembers};
pub use relation::Relation;
pub use renewal::Renewal;

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
    /// A renewal that began, and whose end is not kept yet.
    pub renewal: Option<Renewal>,
    /// Why the refresh token is gone, where a server had refused it. See
    /// [`Record::ended`].
    pub ended: Option<End>,
    /// The ID Token of the sign-in, or of the last refresh that gave one.
    pub id_token: Option<Secret>,
    /// Access tokens, the newest last.
    pub tokens: Vec<CachedToken>,
    /// When the person signed in.
    pub created_at: Timestamp,
    /// When the record last changed.
    pub updated_at: Timestamp,
    /// How many states of this sign-in were kept before this one. Clocks stand
    /// still for a second and are set back; this only grows. It is 0 where an
    /// authctl wrote the record that did not count.
    pub revision: u64,
    /// The name of the store that the record was moved from, while it may
    /// still be there as well.
    pub moved_from: Option<String>,
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
    /// What tells the extra parameters that were sent from others, where there
    /// were any: some servers choose the audience or the tenant by them.
    pub parameters: Option<String>,
    /// When the token was received.
    pub issued_at: Timestamp,
    /// When it expires, where the server said so.
    pub expires_at: Option<Timestamp>,
    /// How far the server's clock was ahead of the one that `issued_at` and
    /// `expires_at` are told by, in seconds, where it was known: that clock may
    /// be set later, or the record be read on another machine.
    pub clock_offset: Option<i64>,
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
    /// What tells the extra parameters from others.
    pub parameters: Option<&'a str>,
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
            renewal: None,
            ended: None,
            id_token: None,
            tokens: Vec::new(),
            created_at: now,
            updated_at: now,
            revision: 0,
            moved_from: None,
            other: UnknownMembers::default(),
        }
    }

    /// Notes that the record is another than the one that is kept, from `now`
    /// on.
    pub fn touch(&mut self, now: Timestamp) {
        self.updated_at = now;
        self.count_change();
    }

    /// Notes that the record is another than the one that is kept, by a step
    /// of a renewal.
    fn count_change(&mut self) {
        self.revision = self.revision.saturating_add(1);
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
}

impl CachedToken {
    /// Says whether the token was asked for with exactly what is wanted.
    pub fn is_for(&self, wanted: &Wanted<'_>) -> bool {
        same_set(&self.requested_scope, wanted.scopes)
            && self.audience.as_deref() == wanted.audience
            && same_set(&self.resource, wanted.resource)
            && self.parameters.as_deref() == wanted.parameters
            && self.proof_key.as_deref() == wanted.proof_key
    }

    /// Says whether the token lives at `now` and for `min_ttl` longer. One
    /// whose end the server did not say lives. One that is yet to be received
    /// does not: the clock has been set back, by nobody knows how much, so
    /// that its end says nothing.
    pub fn lives(&self, now: Timestamp, min_ttl: Duration) -> bool {
        // A token is expired *at* `exp` (RFC 7519 §4.1.4).
        self.expires_at.is_none_or(|end| {
            now < end
                && now.saturating_add(min_ttl) <= end
                && self.issued_at <= now.saturating_add(CLOCKS_DIFFER)
        })
    }

    fn wanted(&self) -> Wanted<'_> {
        Wanted {
            scopes: &self.requested_scope,
            audience: self.audience.as_deref(),
            resource: &self.resource,
            parameters: self.parameters.as_deref(),
            proof_key: self.proof_key.as_deref(),
        }
    }
}

fn same_set(one: &[String], other: &[String]) -> bool {
    one.iter().all(|text| other.contains(text)) && other.iter().all(|text| one.contains(text))
}

/// How far the clocks of machines that share a store may differ without a
/// token being taken for one of the future.
const CLOCKS_DIFFER: Duration = Duration::from_secs(60);

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
            parameters: Some("digest".into()),
            issued_at: NOW,
            expires_at: Some(Timestamp(NOW.0 + 300)),
            clock_offset: Some(-7),
            proof_key: Some("thumb".into()),
            other: UnknownMembers::default(),
        }
    }

    pub(super) fn record() -> Record {
        let mut record = Record::new("https://as.example", "authctl", NOW);
        record.subject = Some("alice".into());
        record.username = Some("alice@example".into());
        record.refresh_token = Some(Secret::new("rt-hunter2"));
        record.id_token = Some(Secret::new("id-hunter2"));
        record.requested_scope = vec!["openid".into()];
        record.moved_from = Some("keychain".into());
        record.put_token(token(&["openid"]));
        record
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
            parameters: Some("digest"),
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
                parameters: None,
                ..wanted
            },
            Wanted {
                parameters: Some("other"),
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
        assert!(token.lives(at(-60), ttl));
        assert!(!token.lives(at(-61), ttl));
        let endless = CachedToken {
            expires_at: None,
            ..token
        };
        assert!(endless.lives(at(1_000_000), ttl));
    }
}
