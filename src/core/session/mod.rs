//! The heart: a valid token, from cache, refresh or request.
//!
//! A session is never lost and never refreshed twice. A refresh is: lock
//! across processes, read again, use what someone else renewed, otherwise
//! write down that it begins, request, save durably, unlock. After
//! `invalid_grant` the record is read once more before giving up, since a
//! process that does not share our lock may have renewed it. A network error
//! leaves the session as it was and, while the old access token lives, that
//! one is returned.

use std::any::Any;
use std::time::Duration;

use super::config;
use super::connection::Connection;
use super::error::{Error as CoreError, Exit, Report};
use super::oauth::{Parameters, Scopes, TokenResponse};
use super::store::{self, CachedToken, Key, LockGuard, Record, TokenStore, UnknownMembers, Wanted};
use super::time::Timestamp;

mod client;
mod end;
mod error;
pub mod identity;
mod renew;

pub use end::{Ended, Untold};
pub use error::Error;
use renew::is_newer;

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
            return Ok(from_cache(token));
        }
        match self.renew(&record, &parameters, ask) {
            Err(error) if is_locked(&error) => self.beside_the_holder(&record, ask, error),
            Err(error) if !ask.force && may_go_on(&error) => {
                self.still_living(&record, &parameters, error)
            }
            other => other,
        }
    }

    /// Returns the token that serves though the holder of the lock does not
    /// come back: it may have saved before it got stuck.
    fn beside_the_holder(
        &self,
        seen: &Record,
        ask: Ask,
        error: CoreError,
    ) -> Result<Token, CoreError> {
        let record = self.record()?;
        let parameters = self.session_parameters(&record)?;
        match self.usable(&record, &parameters, ask.min_ttl) {
            Some(token) if is_newer(token, seen) => Ok(from_cache(token)),
            _ if ask.force => Err(error),
            _ => self.still_living(&record, &parameters, error),
        }
    }

    /// Returns the present token though it could not be renewed, where it
    /// still lives at all.
    fn still_living(
        &self,
        record: &Record,
        parameters: &Parameters,
        error: CoreError,
    ) -> Result<Token, CoreError> {
        match self.usable(record, parameters, Duration::ZERO) {
            Some(token) => {
                self.listener.note(&format!(
                    "the token could not be renewed ({}); the present one still lives",
                    error.root()
                ));
                Ok(from_cache(token))
            }
            None => Err(error),
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

    /// Takes the lock of a record, telling the listener when that takes long.
    ///
    /// # Errors
    ///
    /// Those of the store.
    pub fn lock(&self, key: &Key) -> Result<LockGuard, CoreError> {
        self.lock_and_tell(key).map(|(guard, _)| guard)
    }

    /// As [`Sessions::lock`]; says also whether it was waited for, for so long
    /// that the person was told.
    fn lock_and_tell(&self, key: &Key) -> Result<(LockGuard, bool), CoreError> {
        let mut waited = false;
        let guard = self.store.lock(key, self.lock_wait, &mut |holder| {
            waited = true;
            self.listener.note(&format!(
                "waiting for {holder}, which is at work on the same session or token"
            ));
        })?;
        Ok((guard, waited))
    }

    /// Returns the token of a session that serves: the one asked for with the
    /// same scope, audience and resource.
    fn usable<'r>(
        &self,
        record: &'r Record,
        parameters: &Parameters,
        min_ttl: Duration,
    ) -> Option<&'r CachedToken> {
        self.kept(record, parameters)
            .filter(|token| self.lives(token, min_ttl))
    }

    /// Returns the token that was asked for with the same scope, audience and
    /// resource, whether it lives or not.
    fn kept<'r>(&self, record: &'r Record, parameters: &Parameters) -> Option<&'r CachedToken> {
        let resource = resource_texts(parameters);
        let extra = parameters.extra_digest();
        record.token(&wanted(parameters, &resource, extra.as_deref()))
    }

    /// Says whether a token that was received a moment ago serves: it lives, or
    /// it never did, as those do whose server says a lifetime of 0.
    fn is_of_use(&self, token: &CachedToken) -> bool {
        self.lives(token, Duration::ZERO)
            || token.expires_at.is_some_and(|end| end <= token.issued_at)
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

    /// Says what was odd about an answer that is used all the same.
    pub(super) fn note_oddities(&self, response: &TokenResponse) {
        for oddity in &response.oddities {
            self.listener.note(oddity);
        }
    }

    fn profile(&self) -> &str {
        self.connection.settings().profile_name()
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
        parameters: parameters.extra_digest(),
        issued_at: now,
        expires_at: response.expires_in.map(|span| now.saturating_add(span)),
        clock_offset: connection.clock_offset().map(|offset| offset.seconds),
        proof_key: None,
        other: UnknownMembers::default(),
    }
}

fn from_cache(token: &CachedToken) -> Token {
    Token {
        cached: token.clone(),
        source: TokenSource::Cache,
        unsaved: None,
    }
}

fn resource_texts(parameters: &Parameters) -> Vec<String> {
    parameters
        .resource
        .iter()
        .map(ToString::to_string)
        .collect()
}

fn wanted<'a>(
    parameters: &'a Parameters,
    resource: &'a [String],
    extra: Option<&'a str>,
) -> Wanted<'a> {
    Wanted {
        scopes: parameters.scope.as_slice(),
        audience: parameters.audience.as_deref(),
        resource,
        parameters: extra,
        proof_key: None,
    }
}

/// Says whether the lock's holder was waited for in vain.
fn is_locked(error: &CoreError) -> bool {
    matches!(error.root(), CoreError::Store(store::Error::Locked { .. }))
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
