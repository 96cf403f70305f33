//! The heart: a valid token, from cache, refresh or request.
//!
//! A session is never lost and never refreshed twice. A refresh is: lock
//! across processes, read again, use what someone else renewed, otherwise
//! request, save durably, unlock. After `invalid_grant` the record is read
//! once more before giving up, since a process that does not share our lock
//! may have renewed it. A network error leaves the session as it was and,
//! while the old access token lives, that one is returned.

use std::any::Any;
use std::time::Duration;

use super::config;
use super::connection::Connection;
use super::error::{Error as CoreError, Exit, Report};
use super::oauth::id_token::{Earlier, IdToken};
use super::oauth::token::{process_token_response, refresh_request};
use super::oauth::{self, Parameters, Scopes, TokenResponse};
use super::secret::Secret;
use super::store::{self, CachedToken, Key, LockGuard, Record, TokenStore, UnknownMembers, Wanted};
use super::time::Timestamp;

mod client;
mod end;
mod error;
pub mod identity;

pub use end::{Ended, Untold};
pub use error::Error;

/// Holds off interruption while a rotated refresh token is not saved yet.
pub trait Shield {
    /// Starts to hold it off, until what is returned is dropped.
    fn hold(&self) -> Box<dyn Any>;
}

/// Is told what a person should know while it happens.
pub trait Listener {
    /// Something is waited for, or went otherwise than hoped; a full clause.
    fn note(&self, text: &str);
}

/// How a token is asked for.
#[derive(Clone, Copy, Debug, Default)]
pub struct Ask {
    /// A cached token must live at least this long.
    pub min_ttl: Duration,
    /// Whether to renew whatever the cache holds.
    pub force: bool,
    /// Whether to keep the new token out of the store (client credentials).
    pub no_store: bool,
}

/// Where a token came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenSource {
    /// The store held it.
    Cache,
    /// A refresh gave it.
    Refresh,
    /// A request gave it.
    Request,
}

impl TokenSource {
    /// Returns the name that `token -o json` gives as `source`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Cache => "cache",
            Self::Refresh => "refresh",
            Self::Request => "request",
        }
    }
}

/// A token to use, and what became of it.
#[derive(Debug)]
pub struct Token {
    /// The token, with its type, scope and expiry.
    pub cached: CachedToken,
    /// Where it came from.
    pub source: TokenSource,
    /// Why it could not be kept, where a new one could not: the server has
    /// spent what was asked with, so the token is still the caller's.
    pub unsaved: Option<store::Error>,
}

/// The sessions and cached tokens of one connection.
pub struct Sessions<'a> {
    /// The server and the client.
    pub connection: &'a Connection<'a>,
    /// Where records are kept.
    pub store: &'a dyn TokenStore,
    /// How long to wait for another process at most.
    pub lock_wait: Duration,
    /// Holds off interruption.
    pub shield: &'a dyn Shield,
    /// Is told of waiting.
    pub listener: &'a dyn Listener,
}

impl Sessions<'_> {
    /// Returns the session of the connection's profile.
    ///
    /// # Errors
    ///
    /// [`Error::NoSession`]; [`Error::OtherServer`] when the profile's
    /// settings now name another server or client than the session's.
    pub fn record(&self) -> Result<Record, CoreError> {
        let profile = self.profile();
        let record = self
            .store
            .load(&Key::session(profile))?
            .ok_or_else(|| Error::NoSession {
                profile: profile.to_owned(),
            })?;
        self.check_owner(&record)?;
        Ok(record)
    }

    /// Returns a valid access token of the profile's session.
    ///
    /// # Errors
    ///
    /// Those of [`Sessions::record`]; [`Error::Expired`] and
    /// [`Error::RefreshRefused`] when a person must sign in; whatever the
    /// request meets otherwise.
    pub fn session_token(&self, ask: Ask) -> Result<Token, CoreError> {
        let record = self.record()?;
        let parameters = self.session_parameters(&record)?;
        if !ask.force
            && let Some(token) = self.usable(&record, &parameters, ask.min_ttl)
        {
            log::debug!("the stored access token is still good");
            return Ok(Token {
                cached: token.clone(),
                source: TokenSource::Cache,
                unsaved: None,
            });
        }
        match self.renew(&record, &parameters, ask) {
            Err(error) if !ask.force && may_go_on(&error) => {
                match self.usable(&record, &parameters, Duration::ZERO) {
                    Some(token) => {
                        self.listener.note(&format!(
                            "the token could not be renewed ({}); the present one still lives",
                            error.root()
                        ));
                        Ok(Token {
                            cached: token.clone(),
                            source: TokenSource::Cache,
                            unsaved: None,
                        })
                    }
                    None => Err(error),
                }
            }
            other => other,
        }
    }

    /// Returns what is asked for of the session's server; where no scope is
    /// named it is the sign-in's.
    fn session_parameters(&self, record: &Record) -> Result<Parameters, CoreError> {
        let mut parameters = self.connection.parameters()?;
        if parameters.scope.is_empty() {
            parameters.scope = Scopes::from_wire(&record.requested_scope.join(" "));
        }
        Ok(parameters)
    }

    /// Renews the session, or uses what another process has renewed since
    /// `seen` was read.
    fn renew(&self, seen: &Record, parameters: &Parameters, ask: Ask) -> Result<Token, CoreError> {
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

    /// Takes the lock of a record, telling the listener when that takes long.
    ///
    /// # Errors
    ///
    /// Those of the store.
    pub fn lock(&self, key: &Key) -> Result<LockGuard, CoreError> {
        let guard = self.store.lock(key, self.lock_wait, &mut |holder| {
            self.listener.note(&format!(
                "waiting for {holder}, which is renewing the same token"
            ));
        })?;
        Ok(guard)
    }

    /// Returns the token of a session that serves: the one asked for with the
    /// same scope, audience and resource.
    fn usable<'r>(
        &self,
        record: &'r Record,
        parameters: &Parameters,
        min_ttl: Duration,
    ) -> Option<&'r CachedToken> {
        let resource = resource_texts(parameters);
        let wanted = wanted(parameters, &resource);
        record
            .token(&wanted)
            .filter(|token| self.lives(token, min_ttl))
    }

    /// Says whether a kept token lives for `min_ttl` longer, by the clock that
    /// it was received by.
    fn lives(&self, token: &CachedToken, min_ttl: Duration) -> bool {
        token.lives(self.connection.now_by_clock_of(token.clock_offset), min_ttl)
    }

    fn check_owner(&self, record: &Record) -> Result<(), CoreError> {
        let settings = self.connection.settings();
        let server = match self.connection.server_name() {
            Ok(server) => server,
            // A session knows its server even when the settings do not.
            Err(CoreError::Config(config::Error::Missing { .. })) => return Ok(()),
            Err(error) => return Err(error),
        };
        let client = settings
            .text(config::Setting::ClientId)
            .map_or(record.client_id.as_str(), |found| found.value);
        if record.issuer == server && record.client_id == client {
            return Ok(());
        }
        Err(Error::OtherServer {
            profile: self.profile().to_owned(),
            has: format!("client `{}` of {}", record.client_id, record.issuer),
            wants: format!("client `{client}` of {server}"),
        }
        .into())
    }

    fn profile(&self) -> &str {
        self.connection.settings().profile_name()
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

/// Makes the cached form of what the token endpoint issued.
pub fn cached_token(
    connection: &Connection<'_>,
    response: &TokenResponse,
    parameters: &Parameters,
    now: Timestamp,
) -> CachedToken {
    let mut scope = response.granted(&parameters.scope);
    scope.sort_unstable();
    let mut resource = resource_texts(parameters);
    resource.sort_unstable();
    CachedToken {
        access_token: response.access_token.clone(),
        token_type: response.token_type.clone(),
        scope,
        requested_scope: parameters.scope.sorted(),
        audience: parameters.audience.clone(),
        resource,
        issued_at: now,
        expires_at: response.expires_in.map(|span| now.saturating_add(span)),
        clock_offset: connection.clock_offset().map(|offset| offset.seconds),
        proof_key: None,
        other: UnknownMembers::default(),
    }
}

fn resource_texts(parameters: &Parameters) -> Vec<String> {
    parameters
        .resource
        .iter()
        .map(ToString::to_string)
        .collect()
}

fn wanted<'a>(parameters: &'a Parameters, resource: &'a [String]) -> Wanted<'a> {
    Wanted {
        scopes: parameters.scope.as_slice(),
        audience: parameters.audience.as_deref(),
        resource,
        proof_key: None,
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

/// Says whether an error of renewal leaves the old token as good as it was:
/// the server was not reached or is in trouble.
fn may_go_on(error: &CoreError) -> bool {
    match error.exit() {
        Exit::Unreachable => true,
        Exit::Done
        | Exit::Failure
        | Exit::Usage
        | Exit::BadToken
        | Exit::SignIn
        | Exit::Refused
        | Exit::Store
        | Exit::Config
        | Exit::Interrupted => false,
    }
}
