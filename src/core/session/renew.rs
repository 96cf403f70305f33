//! Renewal: one refresh request, whose answer is kept before it is used.

use super::{Ask, Error, Sessions, Token, TokenSource, cached_token, from_cache, identity};
use crate::core::descriptors::Reserve;
use crate::core::error::{Error as CoreError, Exit, Report as _};
use crate::core::http;
use crate::core::oauth::id_token::{Earlier, IdToken};
use crate::core::oauth::token::{Remains, process_token_response, refresh_request, remains};
use crate::core::oauth::{self, Parameters, Scopes, TokenResponse};
use crate::core::secret::Secret;
use crate::core::store::{self, CachedToken, End, Key, Record};
use crate::core::time::Timestamp;

/// Files that a store has open at once while it saves, at the most: those of a
/// connection to the keychain.
const FILES_OF_A_SAVE: usize = 8;

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
        if let Some(token) = self.got_meanwhile(&record, seen, parameters) {
            log::debug!("another process has renewed the session");
            return Ok(from_cache(token));
        }
        if !ask.force
            && let Some(token) = self.usable(&record, parameters, ask.min_ttl)
        {
            return Ok(from_cache(token));
        }
        // Two tries: the second only with a refresh token that someone who
        // does not share our lock has put there.
        for _ in 0..2 {
            let sent_before = record.sent_before();
            match self.refresh_once(&key, &mut record, parameters, ask.force) {
                Err(error) if is_refused(&error) => {
                    let again = self.record()?;
                    if let Some(token) = self.got_meanwhile(&again, &record, parameters) {
                        return Ok(from_cache(token));
                    }
                    if same_refresh_token(&again, &record) {
                        self.forget_refresh_token(&key, again, &error, sent_before);
                        return Err(self.refused(error, sent_before));
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

    /// Returns the token that is wanted, where someone else has got it since
    /// `seen` was read. It need not live for as long as is asked for: the server
    /// gives no longer one, and a hundred that wait would ask a hundred times.
    fn got_meanwhile<'r>(
        &self,
        record: &'r Record,
        seen: &Record,
        parameters: &Parameters,
    ) -> Option<&'r CachedToken> {
        self.kept(record, parameters)
            .filter(|token| is_newer(token, seen) && self.is_of_use(token))
    }

    /// Sends one refresh request and saves what it gives. The caller holds
    /// the lock.
    ///
    /// There are up to three saves, so that a kill between any two system
    /// calls leaves a session that can go on, or one that can say why not:
    ///
    /// 1. before the request: that this refresh token is sent;
    /// 2. with an ID Token in the answer, which it may take the network to
    ///    judge: the refresh token that came in place of the other, and
    ///    nothing else of the answer;
    /// 3. all of it.
    fn refresh_once(
        &self,
        key: &Key,
        record: &mut Record,
        parameters: &Parameters,
        forced: bool,
    ) -> Result<Token, CoreError> {
        let before = record.clone();
        let Some(refresh_token) = record.begin_renewal(self.connection.clock().now()) else {
            return Err(self.not_renewable(record, forced).into());
        };
        let endpoint = self.connection.endpoint(oauth::Endpoints::token)?;
        let auth = self.connection.auth("token_endpoint")?;
        let mut asked = parameters.clone();
        if asked.scope.sorted() == record.requested_scope {
            // "If omitted [it] is treated as equal to the scope originally
            // granted" (RFC 6749 §6), which may be less than was asked for:
            // asking for that again could be refused.
            asked.scope = Scopes::default();
        }
        let request = refresh_request(&endpoint, &auth, &refresh_token, &asked);
        // Everything that can fail before the refresh token is spent has been
        // done by now but this.
        self.store.check_writable()?;
        let for_the_save = Reserve::new(FILES_OF_A_SAVE).map_err(|why| Error::TooManyFiles {
            profile: self.profile().to_owned(),
            why: why.to_string(),
        })?;
        let _held = self.shield.hold();
        self.store.save(key, record)?;
        log::debug!(
            "renewing the session of profile `{}` at {}",
            self.profile(),
            endpoint.without_query()
        );
        let answered = match self.connection.send(&request) {
            Ok(response) => process_token_response(&request, &response)
                .map_err(|error| (error, remains(&request, &response))),
            Err(error) => Err((error, None)),
        };
        drop(for_the_save);
        let tokens = match answered {
            Ok(tokens) => tokens,
            Err((error, Some(remains))) => {
                return Err(self.end_unusable(key, record, &before, remains, error));
            }
            Err((error, None)) => {
                if is_unspent(&error) {
                    self.keep_quietly(key, &before, record);
                }
                return Err(error);
            }
        };
        self.note_oddities(&tokens);
        if let Some(successor) = &tokens.refresh_token
            && (tokens.id_token.is_some() || record.is_doubted())
        {
            record.put_successor(successor.clone());
            self.keep_quietly(key, record, record);
        }
        let id_token = match self.refreshed_id_token(&tokens, record) {
            Ok(id_token) => id_token,
            Err(error) => {
                self.end_refused(key, record, &before, &tokens, &error);
                return Err(error);
            }
        };
        let now = self.connection.clock().now();
        let cached = cached_token(self.connection, &tokens, parameters, now);
        let sent = record.clone();
        record.renewal = None;
        if let Some(rotated) = &tokens.refresh_token {
            record.refresh_token = Some(rotated.clone());
        }
        if id_token.is_some() {
            record.id_token = tokens.id_token.clone();
        }
        record.put_token(cached.clone());
        record.touch(now);
        if let Some(theirs) = self.changed_since(key, &sent) {
            return Ok(self.not_over(theirs.as_ref(), &sent, cached, parameters));
        }
        let unsaved = self.save_renewed(key, record, sent).err();
        Ok(Token {
            cached,
            source: TokenSource::Refresh,
            unsaved,
        })
    }

    /// Saves what was renewed. Where the store refuses it for its size, it is
    /// what was `sent`, with the refresh token that came: without the tokens
    /// beside that it has the size that the store took before, and a session
    /// must not be lost to a large access token.
    fn save_renewed(
        &self,
        key: &Key,
        record: &Record,
        mut sent: Record,
    ) -> Result<(), store::Error> {
        let mut saved = self.store.save(key, record);
        if let Err(error @ store::Error::Io { .. }) = &saved {
            // What fails in passing must not cost a session.
            log::debug!("the session is saved a second time: {error}");
            saved = self.store.save(key, record);
        }
        if matches!(saved, Err(store::Error::TooLarge { .. })) {
            sent.refresh_token.clone_from(&record.refresh_token);
            sent.renewal = None;
            sent.touch(record.updated_at);
            match self.store.save(key, &sent) {
                Ok(()) => self.listener.note(
                    "the session is kept, with its new refresh token; \
                     only what came beside it is too large for the store",
                ),
                Err(error) => log::debug!("nor can the session be kept without it: {error}"),
            }
        }
        saved
    }

    /// Ends a renewal whose answer cannot be used, but for the refresh token in
    /// it: the server has spent the other one, and a member that is not as it
    /// should be must not cost a session.
    fn end_unusable(
        &self,
        key: &Key,
        record: &mut Record,
        before: &Record,
        remains: Remains,
        error: CoreError,
    ) -> CoreError {
        let sent = record.clone();
        if self.is_of_another(remains.id_token.as_ref(), record) {
            self.keep_quietly(key, before, &sent);
            return error;
        }
        record.put_successor(remains.refresh_token);
        if !self.keep_quietly(key, record, &sent) {
            return error;
        }
        error.during_with_hint(
            "the server renewed the session, but its answer cannot be used; \
             the session is kept, with the new refresh token",
            "try again; if it stays so, the server must be mended",
        )
    }

    /// Ends a renewal whose ID Token is not good. Of such an answer nothing is
    /// given out, and nothing kept but the refresh token: the server has spent
    /// the other one, and a session must not be lost to a check of ours. One
    /// that speaks of another person is not this session's at all.
    fn end_refused(
        &self,
        key: &Key,
        record: &mut Record,
        before: &Record,
        tokens: &TokenResponse,
        error: &CoreError,
    ) {
        let sent = record.clone();
        if tokens.refresh_token.is_none() || self.is_of_another(tokens.id_token.as_ref(), record) {
            self.keep_quietly(key, before, &sent);
        } else if error.exit() == Exit::Refused {
            record.doubt_successor();
            self.keep_quietly(key, record, &sent);
        }
        // Otherwise it could not be judged, and the next renewal will.
    }

    /// Says whether the ID Token names another person than the session's. It
    /// is not verified: this only decides what is thrown away.
    fn is_of_another(&self, id_token: Option<&Secret>, record: &Record) -> bool {
        let claimed = id_token.and_then(Earlier::of);
        match (claimed, earlier(record)) {
            (Some(claimed), Some(earlier)) => claimed.subject != earlier.subject,
            _ => false,
        }
    }

    /// Returns what is kept now, if someone who does not share our lock has
    /// changed it since `sent` was read: what they put there stays.
    ///
    /// Who was refused what we had spent knows of no other token; we do, so
    /// ours is saved over that. The person is told, since a server that has
    /// seen a refresh token twice may revoke all that came of it (RFC 9700
    /// §4.14.2).
    fn changed_since(&self, key: &Key, sent: &Record) -> Option<Option<Record>> {
        match self.store.load(key) {
            Ok(Some(again)) if same_refresh_token(&again, sent) => None,
            Ok(Some(again)) if is_forgotten(&again, sent) => {
                self.listener.note(
                    "another process was refused the refresh token that this one had just sent; \
                     a server that takes that for theft ends the session; if tokens are refused \
                     from now on, sign in again with `authctl login`",
                );
                None
            }
            Ok(other) => Some(other),
            // The save will say why.
            Err(_) => None,
        }
    }

    /// Chooses between our new token and the record that someone else has put
    /// in the place of the one it was asked for with.
    fn not_over(
        &self,
        theirs: Option<&Record>,
        sent: &Record,
        ours: CachedToken,
        parameters: &Parameters,
    ) -> Token {
        let token = theirs
            .and_then(|theirs| self.usable(theirs, parameters, std::time::Duration::ZERO))
            .filter(|token| is_newer(token, sent));
        if let Some(token) = token {
            return from_cache(token);
        }
        // Signed out elsewhere, or gone with the store that it was in: there
        // is no session any more that a later call could renew.
        let unsaved = match theirs {
            None => self.store.check_writable().err(),
            Some(_) => None,
        };
        if unsaved.is_none() {
            self.listener.note(
                "the session was changed elsewhere in the meantime; \
                 that stays, and the new token is not kept",
            );
        }
        Token {
            cached: ours,
            source: TokenSource::Refresh,
            unsaved,
        }
    }

    /// Saves what it is good to have, where no one else has changed the record
    /// since `sent`, and says whether it is kept. What matters more is on its
    /// way.
    fn keep_quietly(&self, key: &Key, record: &Record, sent: &Record) -> bool {
        if self.changed_since(key, sent).is_some() {
            return false;
        }
        match self.store.save(key, record) {
            Ok(()) => true,
            Err(error) => {
                log::debug!("how far the renewal came could not be kept: {error}");
                false
            }
        }
    }

    /// Drops a refresh token that the server has said is dead, so that it is
    /// not sent again and again and `status` does not call the session
    /// renewable; why is kept for those who ask later. The caller holds the
    /// lock and has just read the record.
    fn forget_refresh_token(
        &self,
        key: &Key,
        mut record: Record,
        error: &CoreError,
        sent_before: Option<Timestamp>,
    ) {
        let now = self.connection.clock().now();
        record.refresh_token = None;
        record.renewal = None;
        record.ended = error.server().map(|response| End {
            at: now,
            error: response.error.clone(),
            sent_at: sent_before,
        });
        record.touch(now);
        if let Err(error) = self.store.save(key, &record) {
            log::debug!("the dead refresh token could not be forgotten: {error}");
        }
    }

    /// Says why a session without a refresh token does not serve.
    fn not_renewable(&self, record: &Record, forced: bool) -> Error {
        let profile = self.profile().to_owned();
        let ended = record.ended().cloned();
        let now = self.connection.clock().now();
        match record.tokens.last().and_then(|token| token.expires_at) {
            Some(at) if at > now => Error::EndsTooSoon {
                profile,
                at,
                forced,
                ended,
            },
            at => Error::Expired { profile, at, ended },
        }
    }

    /// Verifies the ID Token of a refresh. Keys that cannot be had are no
    /// reason to lose the tokens beside it: then the earlier one stays. Where
    /// the one before was refused, a good one must come.
    fn refreshed_id_token(
        &self,
        tokens: &TokenResponse,
        record: &Record,
    ) -> Result<Option<IdToken>, CoreError> {
        let earlier = earlier(record);
        match identity::verify(self.connection, tokens, earlier.as_ref()) {
            Err(error) if error.exit() == Exit::Unreachable && !record.is_doubted() => {
                log::debug!("the new ID Token cannot be checked: {error}");
                Ok(None)
            }
            Ok(None) if record.is_doubted() => Err(Error::NotVouchedFor {
                profile: self.profile().to_owned(),
            }
            .into()),
            other => other,
        }
    }

    fn refused(&self, error: CoreError, sent_before: Option<Timestamp>) -> CoreError {
        let CoreError::OAuth(oauth::Error::SignIn { response }) = error else {
            return error;
        };
        let profile = self.profile().to_owned();
        match sent_before {
            Some(sent_at) => Error::AnswerLost {
                profile,
                sent_at,
                response,
            },
            None => Error::RefreshRefused { profile, response },
        }
        .into()
    }
}

/// Returns what a refresh must not change (OIDC Core §12.2).
fn earlier(record: &Record) -> Option<Earlier> {
    match (&record.id_token, &record.subject) {
        (Some(stored), _) => Earlier::of(stored),
        (None, Some(subject)) => Some(Earlier {
            subject: subject.clone(),
            audience: Vec::new(),
        }),
        (None, None) => None,
    }
}

/// Says whether a token is not one of those that `seen` holds.
pub(super) fn is_newer(token: &CachedToken, seen: &Record) -> bool {
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

/// Says whether `again` is the session of `sent`, without its refresh token.
fn is_forgotten(again: &Record, sent: &Record) -> bool {
    again.refresh_token.is_none()
        && again.created_at == sent.created_at
        && again.subject == sent.subject
}

fn is_refused(error: &CoreError) -> bool {
    matches!(error.root(), CoreError::OAuth(oauth::Error::SignIn { .. }))
}

/// Says whether an error tells that the server has not spent the refresh
/// token: it was never sent, or it was answered with a refusal or a request to
/// come back later.
fn is_unspent(error: &CoreError) -> bool {
    use http::{Cause, Error as HttpError};
    match error.root() {
        CoreError::Http(HttpError::Unreachable { why, .. }) => match why {
            Cause::Dns | Cause::Refused | Cause::NoRoute | Cause::Tls(_) => true,
            Cause::Cut | Cause::Other(_) => false,
        },
        CoreError::Http(HttpError::ServerFailed { status, .. }) => matches!(status, 429 | 503),
        CoreError::Http(HttpError::Setup(_)) => true,
        CoreError::OAuth(oauth::Error::Refused { .. }) => true,
        _ => false,
    }
}
