//! Renewal: one refresh request, whose answer is kept before it is used.

use super::{Ask, Error, Sessions, Token, TokenSource, cached_token, identity};
use crate::core::error::{Error as CoreError, Exit, Report as _};
use crate::core::oauth::id_token::{Earlier, IdToken};
use crate::core::oauth::token::{process_token_response, refresh_request};
use crate::core::oauth::{self, Parameters, Scopes, TokenResponse};
use crate::core::secret::Secret;
use crate::core::store::{CachedToken, Key, Record};

impl Sessions<'_> {
    /// Renews the session, or uses what another process has renewed since
    /// `seen` was read.
    pub(super) fn renew(
        &self,
        seen: &Record,
        parameters: &Parameters,
        ask: Ask,
    ) -> Result<Token, CoreError> {
        let key = Key::session(self.profile());
        let _lock = self.lock(&key)?;
        let mut record = self.record()?;
        let others = self.usable(&record, parameters, ask.min_ttl);
        if let Some(token) = others
            && (!ask.force || is_newer(token, seen))
        {
            log::debug!("another process has renewed the session");
            return Ok(Token {
                cached: token.clone(),
                source: TokenSource::Cache,
                unsaved: None,
            });
        }
        // Two tries: the second only with a refresh token that someone who
        // does not share our lock has put there.
        for _ in 0..2 {
            match self.refresh_once(&key, &mut record, parameters) {
                Err(error) if is_refused(&error) => {
                    let again = self.record()?;
                    if let Some(token) = self.usable(&again, parameters, ask.min_ttl)
                        && is_newer(token, &record)
                    {
                        return Ok(Token {
                            cached: token.clone(),
                            source: TokenSource::Cache,
                            unsaved: None,
                        });
                    }
                    if same_refresh_token(&again, &record) {
                        self.forget_refresh_token(&key, again);
                        return Err(self.refused(error));
                    }
                    record = again;
                }
                other => return other,
            }
        }
        Err(Error::Busy {
            profile: self.profile().to_owned(),
        }
        .into())
    }

    /// Sends one refresh request and saves what it gives. The caller holds
    /// the lock.
    fn refresh_once(
        &self,
        key: &Key,
        record: &mut Record,
        parameters: &Parameters,
    ) -> Result<Token, CoreError> {
        let Some(refresh_token) = record.refresh_token.clone() else {
            return Err(self.not_renewable(record).into());
        };
        let endpoint = self.connection.endpoint(oauth::Endpoints::token)?;
        let auth = self.connection.auth("token_endpoint")?;
        // Everything that can fail before the refresh token is spent has been
        // done by now but this.
        self.store.check_writable()?;
        let mut asked = parameters.clone();
        if asked.scope.sorted() == record.requested_scope {
            // "If omitted [it] is treated as equal to the scope originally
            // granted" (RFC 6749 §6), which may be less than was asked for:
            // asking for that again could be refused.
            asked.scope = Scopes::default();
        }
        let request = refresh_request(&endpoint, &auth, &refresh_token, &asked);
        log::debug!(
            "renewing the session of profile `{}` at {}",
            self.profile(),
            endpoint.without_query()
        );
        let held = self.shield.hold();
        let response = self.connection.send(&request)?;
        let tokens = process_token_response(&request, &response)?;
        let id_token = self.refreshed_id_token(&tokens, record)?;
        let now = self.connection.clock().now();
        let cached = cached_token(self.connection, &tokens, parameters, now);
        if let Some(rotated) = &tokens.refresh_token {
            record.refresh_token = Some(rotated.clone());
        }
        if id_token.is_some() {
            record.id_token = tokens.id_token.clone();
        }
        record.put_token(cached.clone());
        record.updated_at = now;
        let unsaved = self.store.save(key, record).err();
        drop(held);
        Ok(Token {
            cached,
            source: TokenSource::Refresh,
            unsaved,
        })
    }

    /// Drops a refresh token that the server has said is dead, so that it is
    /// not sent again and again and `status` does not call the session
    /// renewable. The caller holds the lock and has just read the record.
    fn forget_refresh_token(&self, key: &Key, mut record: Record) {
        record.refresh_token = None;
        record.updated_at = self.connection.clock().now();
        if let Err(error) = self.store.save(key, &record) {
            log::debug!("the dead refresh token could not be forgotten: {error}");
        }
    }

    /// Says why a session without a refresh token does not serve.
    fn not_renewable(&self, record: &Record) -> Error {
        let profile = self.profile().to_owned();
        let now = self.connection.clock().now();
        match record.tokens.last().and_then(|token| token.expires_at) {
            Some(at) if at > now => Error::EndsTooSoon { profile, at },
            at => Error::Expired { profile, at },
        }
    }

    /// Verifies the ID Token of a refresh. Keys that cannot be had are no
    /// reason to lose the tokens beside it: then the earlier one stays.
    fn refreshed_id_token(
        &self,
        tokens: &TokenResponse,
        record: &Record,
    ) -> Result<Option<IdToken>, CoreError> {
        let earlier = match (&record.id_token, &record.subject) {
            (Some(stored), _) => Earlier::of(stored),
            (None, Some(subject)) => Some(Earlier {
                subject: subject.clone(),
                audience: Vec::new(),
            }),
            (None, None) => None,
        };
        match identity::verify(self.connection, tokens, earlier.as_ref()) {
            Err(error) if error.exit() == Exit::Unreachable => {
                log::debug!("the new ID Token cannot be checked: {error}");
                Ok(None)
            }
            other => other,
        }
    }

    fn refused(&self, error: CoreError) -> CoreError {
        match error {
            CoreError::OAuth(oauth::Error::SignIn { response }) => Error::RefreshRefused {
                profile: self.profile().to_owned(),
                response,
            }
            .into(),
            other => other,
        }
    }
}

/// Says whether a token is not one of those that `seen` holds.
fn is_newer(token: &CachedToken, seen: &Record) -> bool {
    !seen
        .tokens
        .iter()
        .any(|old| old.access_token.matches(&token.access_token))
}

fn same_refresh_token(a: &Record, b: &Record) -> bool {
    let matches = |a: &Secret, b: &Secret| a.matches(b);
    match (&a.refresh_token, &b.refresh_token) {
        (Some(a), Some(b)) => matches(a, b),
        (None, None) => true,
        _ => false,
    }
}

fn is_refused(error: &CoreError) -> bool {
    matches!(error.root(), CoreError::OAuth(oauth::Error::SignIn { .. }))
}
