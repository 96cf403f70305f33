//! What has been granted, and the tokens that came of it.
//!
//! A grant is one sign-in, or one token of a client's own; all tokens that
//! descend from it are its family (RFC 9700 §4.14.2) and end with it. Tokens
//! are known by their SHA-256 alone. The one exception has a short life: for
//! the grace time the answer that a refresh token was spent for is kept, so
//! that it can be given again.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::families::{Families, digest_of};
use super::random;
use super::refusal::Refusal;
use crate::core::secret::Secret;
use crate::core::time::Timestamp;

/// The most tokens that are remembered. Beyond it the oldest grants end, so
/// that a loop in a test script cannot fill the memory.
const MAX_TOKENS: usize = 100_000;

/// One sign-in, or one token of a client's own.
#[derive(Debug)]
pub(super) struct Grant {
    /// Whom it was given to.
    pub(super) client_id: Arc<str>,
    /// `sub`: the user's, or the client's own id.
    pub(super) sub: Arc<str>,
    /// The user who signed in, where one did.
    pub(super) username: Option<Arc<str>>,
    /// All that was granted; a token may carry less (RFC 6749 §6).
    pub(super) scope: Arc<[String]>,
    /// The audience that was asked for; empty if none was.
    pub(super) audience: Arc<[String]>,
    /// When the user proved who they are.
    pub(super) auth_time: Timestamp,
}

/// What a request asks for beyond what the grant says by itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Asked {
    /// `scope`, where it was sent.
    pub(super) scope: Option<Vec<String>>,
    /// `audience` and `resource`, all values.
    pub(super) audience: Vec<String>,
}

/// Tokens as they go out.
#[derive(Clone, Debug)]
pub(super) struct Minted {
    pub(super) access_token: Secret,
    pub(super) id_token: Option<Secret>,
    /// What the access token carries.
    pub(super) access: Access,
}

/// What is known of an access token.
#[derive(Clone, Debug)]
pub(super) struct Access {
    pub(super) jti: String,
    pub(super) scope: Arc<[String]>,
    pub(super) audience: Arc<[String]>,
    pub(super) issued_at: Timestamp,
    pub(super) expires_at: Timestamp,
}

/// A token response before it is written.
#[derive(Clone, Debug)]
pub(super) struct Answer {
    pub(super) minted: Minted,
    pub(super) refresh_token: Option<Secret>,
}

/// A live token, as introspection and UserInfo see it.
#[derive(Debug)]
pub(super) struct Live<T> {
    pub(super) client_id: Arc<str>,
    pub(super) sub: Arc<str>,
    pub(super) username: Option<Arc<str>>,
    pub(super) token: T,
}

/// What is known of a refresh token.
#[derive(Clone, Debug)]
pub(super) struct Refreshing {
    pub(super) scope: Arc<[String]>,
    pub(super) issued_at: Timestamp,
    pub(super) expires_at: Timestamp,
}

/// The rules of refresh tokens.
#[derive(Clone, Copy, Debug)]
pub(super) struct RefreshRules {
    pub(super) rotation: bool,
    pub(super) grace: Duration,
    pub(super) lifetime: Duration,
}

/// Whether a revocation was one's own to ask for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Revocation {
    /// The token is no longer good, or never was.
    Done,
    /// It was issued to another client, and lives on.
    NotYours,
}

/// All grants and tokens of a running server.
pub(super) struct Grants {
    rules: RefreshRules,
    /// [`MAX_TOKENS`], and fewer in tests.
    most: usize,
    families: Mutex<Families>,
}

impl Grants {
    pub(super) fn new(rules: RefreshRules) -> Self {
        Self {
            rules,
            most: MAX_TOKENS,
            families: Mutex::default(),
        }
    }

    /// Remembers a new grant and the tokens minted for it.
    pub(super) fn open(
        &self,
        grant: Grant,
        minted: Minted,
        refreshable: bool,
        now: Timestamp,
    ) -> Result<Answer, Refusal> {
        let refresh_token = refreshable.then(random::token).transpose()?;
        let mut inner = self.lock();
        let id = inner.begin(grant);
        inner.remember_access(id, &minted);
        if let Some(token) = &refresh_token {
            inner.remember_refresh(id, token, now, self.rules.lifetime);
        }
        inner.keep_bounds(self.most, now);
        Ok(Answer {
            minted,
            refresh_token,
        })
    }

    /// Spends a refresh token (RFC 6749 §6). `mint` judges what is asked for
    /// against the grant and makes the tokens; if it refuses, nothing is
    /// spent.
    ///
    /// # Errors
    ///
    /// `invalid_grant` for a token that is unknown, expired, revoked, another
    /// client's, or spent longer ago than the grace time; the last ends the
    /// family.
    pub(super) fn refresh(
        &self,
        token: &Secret,
        client_id: &str,
        asked: &Asked,
        now: Timestamp,
        mint: impl FnOnce(&Grant) -> Result<Minted, Refusal>,
    ) -> Result<Answer, Refusal> {
        let key = digest_of(token.expose());
        let mut inner = self.lock();
        inner.forget_answers(now);
        let Families {
            families, refresh, ..
        } = &mut *inner;
        let record = refresh.get(&key).ok_or_else(unknown)?;
        let id = record.family;
        let family = families.get(&id).ok_or_else(unknown)?;
        if &*family.grant.client_id != client_id {
            return Err(Refusal::invalid_grant(
                "the refresh token was issued to another client",
            ));
        }
        if record.expires_at <= now {
            return Err(Refusal::invalid_grant("the refresh token has expired"));
        }
        let successor = match record.spent.as_ref().map(|spent| &spent.kept) {
            None => None,
            Some(Some((before, answer))) if before == asked => return Ok(answer.clone()),
            // The same token in the grace time for something else: an access
            // token for that, and the successor that it already has.
            Some(Some((_, answer))) => answer.refresh_token.clone(),
            Some(None) => {
                log::warn!(
                    "a refresh token of client `{client_id}` came again after it was spent; its family ends"
                );
                inner.end(id);
                return Err(Refusal::invalid_grant(
                    "the refresh token was used before; all tokens of the grant are revoked",
                ));
            }
        };
        let minted = mint(&family.grant)?;
        let rotates = self.rules.rotation && successor.is_none();
        let next = rotates.then(random::token).transpose()?;
        inner.remember_access(id, &minted);
        let answer = Answer {
            minted,
            refresh_token: successor.or_else(|| next.clone()),
        };
        if let Some(next) = &next {
            inner.remember_refresh(id, next, now, self.rules.lifetime);
            inner.spend(key, asked, &answer, now, self.rules.grace);
        }
        inner.keep_bounds(self.most, now);
        Ok(answer)
    }

    /// Finds a live access token.
    pub(super) fn access(&self, token: &str, now: Timestamp) -> Option<Live<Access>> {
        let inner = self.lock();
        let (id, access) = inner.access.get(&digest_of(token))?;
        (access.expires_at > now).then(|| inner.live(*id, access.clone()))?
    }

    /// Finds a refresh token that could be used now.
    pub(super) fn refreshing(&self, token: &str, now: Timestamp) -> Option<Live<Refreshing>> {
        let inner = self.lock();
        let record = inner.refresh.get(&digest_of(token))?;
        if record.spent.is_some() || record.expires_at <= now {
            return None;
        }
        let scope = Arc::clone(&inner.families.get(&record.family)?.grant.scope);
        inner.live(
            record.family,
            Refreshing {
                scope,
                issued_at: record.issued_at,
                expires_at: record.expires_at,
            },
        )
    }

    /// Revokes a token (RFC 7009 §2.1): an access token alone, a refresh token
    /// with its whole family.
    pub(super) fn revoke(&self, token: &str, client_id: &str) -> Revocation {
        let key = digest_of(token);
        let mut inner = self.lock();
        let access = inner.access.get(&key).map(|(id, _)| *id);
        let refresh = inner.refresh.get(&key).map(|record| record.family);
        let Some(id) = access.or(refresh) else {
            return Revocation::Done;
        };
        let yours = inner
            .families
            .get(&id)
            .is_some_and(|family| &*family.grant.client_id == client_id);
        if !yours {
            return Revocation::NotYours;
        }
        if access.is_some() {
            inner.access.remove(&key);
        } else {
            inner.end(id);
        }
        Revocation::Done
    }

    /// Forgets all that has expired.
    pub(super) fn purge(&self, now: Timestamp) {
        let mut inner = self.lock();
        inner.forget_answers(now);
        inner.purge(now);
    }

    fn lock(&self) -> MutexGuard<'_, Families> {
        // No code panics while it holds the lock half-changed; a poisoned lock
        // must not take the server down.
        self.families.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn unknown() -> Refusal {
    Refusal::invalid_grant("the refresh token is unknown, expired or revoked")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::server::families::MAX_FAMILY;

    const NOW: Timestamp = Timestamp(1_700_000_000);

    fn grants() -> Grants {
        Grants::new(RefreshRules {
            rotation: true,
            grace: Duration::from_secs(10),
            lifetime: Duration::from_secs(1_000),
        })
    }

    fn grant() -> Grant {
        Grant {
            client_id: "c".into(),
            sub: "u".into(),
            username: Some("u".into()),
            scope: Arc::from(["openid".to_owned()]),
            audience: Arc::from([]),
            auth_time: NOW,
        }
    }

    fn minted(now: Timestamp) -> Minted {
        Minted {
            access_token: random::token().unwrap(),
            id_token: None,
            access: Access {
                jti: String::new(),
                scope: Arc::from([]),
                audience: Arc::from([]),
                issued_at: now,
                expires_at: now.saturating_add(Duration::from_secs(100)),
            },
        }
    }

    fn sizes(grants: &Grants) -> [usize; 4] {
        let inner = grants.lock();
        [
            inner.families.len(),
            inner.access.len(),
            inner.refresh.len(),
            inner.kept.len(),
        ]
    }

    fn refresh(grants: &Grants, token: &Secret, now: Timestamp) -> Result<Answer, Refusal> {
        grants.refresh(token, "c", &Asked::default(), now, |_| Ok(minted(now)))
    }

    #[test]
    fn what_has_expired_is_forgotten() {
        let grants = grants();
        let first = grants.open(grant(), minted(NOW), true, NOW).unwrap();
        grants.open(grant(), minted(NOW), false, NOW).unwrap();
        refresh(&grants, &first.refresh_token.unwrap(), NOW).unwrap();
        assert_eq!(sizes(&grants), [2, 3, 2, 1]);
        grants.purge(Timestamp(NOW.0 + 9));
        assert_eq!(sizes(&grants), [2, 3, 2, 1]);
        grants.purge(Timestamp(NOW.0 + 10));
        assert_eq!(sizes(&grants), [2, 3, 2, 0], "the answer was kept");
        grants.purge(Timestamp(NOW.0 + 100));
        assert_eq!(sizes(&grants), [1, 0, 2, 0]);
        grants.purge(Timestamp(NOW.0 + 1_000));
        assert_eq!(sizes(&grants), [0, 0, 0, 0]);
    }

    #[test]
    fn v11_an_answer_is_kept_for_the_grace_time_only() {
        let grants = grants();
        let first = grants.open(grant(), minted(NOW), true, NOW).unwrap();
        refresh(&grants, &first.refresh_token.unwrap(), NOW).unwrap();
        let holds = |grants: &Grants| {
            let inner = grants.lock();
            inner.refresh.values().any(|record| {
                record
                    .spent
                    .as_ref()
                    .is_some_and(|spent| spent.kept.is_some())
            })
        };
        assert!(holds(&grants));
        grants.purge(Timestamp(NOW.0 + 10));
        assert!(!holds(&grants));
    }

    #[test]
    fn a_family_keeps_its_last_tokens() {
        let grants = grants();
        let first = grants.open(grant(), minted(NOW), true, NOW).unwrap();
        let mut token = first.refresh_token.unwrap();
        for _ in 0..2 * MAX_FAMILY {
            token = refresh(&grants, &token, NOW)
                .unwrap()
                .refresh_token
                .unwrap();
        }
        let [families, access, refreshing, _] = sizes(&grants);
        assert_eq!(families, 1);
        assert_eq!(access + refreshing, MAX_FAMILY);
        assert!(refresh(&grants, &token, NOW).is_ok());
    }

    #[test]
    fn without_rotation_the_refresh_token_outlives_its_access_tokens() {
        let grants = Grants::new(RefreshRules {
            rotation: false,
            ..grants().rules
        });
        let first = grants.open(grant(), minted(NOW), true, NOW).unwrap();
        let token = first.refresh_token.unwrap();
        for _ in 0..3 * MAX_FAMILY {
            refresh(&grants, &token, NOW).unwrap();
        }
        let [_, access, refreshing, _] = sizes(&grants);
        assert_eq!((access + refreshing, refreshing), (MAX_FAMILY, 1));
    }

    #[test]
    fn beyond_the_most_the_oldest_grants_end() {
        let mut grants = grants();
        grants.most = 100;
        let first = grants.open(grant(), minted(NOW), false, NOW).unwrap();
        let first = first.minted.access_token;
        assert!(grants.access(first.expose(), NOW).is_some());
        let mut last = first.clone();
        for _ in 0..100 {
            let answer = grants.open(grant(), minted(NOW), false, NOW).unwrap();
            last = answer.minted.access_token;
        }
        assert_eq!(sizes(&grants)[..2], [90, 90]);
        assert!(grants.access(first.expose(), NOW).is_none());
        assert!(grants.access(last.expose(), NOW).is_some());
    }

    #[test]
    fn a_refused_mint_spends_nothing() {
        let grants = grants();
        let first = grants.open(grant(), minted(NOW), true, NOW).unwrap();
        let token = first.refresh_token.unwrap();
        let refused = grants.refresh(&token, "c", &Asked::default(), NOW, |_| {
            Err(Refusal::invalid_scope("no"))
        });
        assert!(refused.is_err());
        let later = Timestamp(NOW.0 + 60);
        assert!(refresh(&grants, &token, later).is_ok());
    }
}
