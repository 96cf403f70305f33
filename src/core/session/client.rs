//! Tokens of a client's own: cached, or one request however many ask.

use std::time::Duration;

use super::{
    Ask, Sessions, Token, TokenSource, cached_token, from_cache, is_locked, may_go_on,
    resource_texts,
};
use crate::core::config::{Setting, Source};
use crate::core::error::Error as CoreError;
use crate::core::oauth::token::{client_credentials_request, process_token_response};
use crate::core::oauth::{Endpoints, Parameters, Scopes};
use crate::core::store::{self, CachedToken, ClientKey, Key, Record};

/// The scopes that speak of a person (OIDC Core §5.4, §11).
const PERSONAL_SCOPES: [&str; 6] = [
    "openid",
    "profile",
    "email",
    "address",
    "phone",
    "offline_access",
];

impl Sessions<'_> {
    /// Returns a valid access token of the client's own.
    ///
    /// # Errors
    ///
    /// Whatever the request meets. A store that fails is no error where the
    /// token was issued: see [`Token::unsaved`].
    pub fn client_token(&self, ask: Ask) -> Result<Token, CoreError> {
        let parameters = self.client_parameters()?;
        let key = self.client_key(&parameters)?;
        if ask.no_store {
            return self.request_client_token(&parameters);
        }
        let seen = self.store.load(&key)?;
        let seen = seen
            .as_ref()
            .and_then(|record| self.kept(record, &parameters));
        if let Some(token) = seen
            && !ask.force
            && self.lives(token, ask.min_ttl)
        {
            return Ok(from_cache(token));
        }
        // Whoever held the lock before us may have fetched the very token. It
        // need not live for as long as is asked for: the server gives no longer
        // one.
        let got_meanwhile = || -> Result<Option<Token>, CoreError> {
            let record = self.store.load(&key)?;
            let token = record
                .as_ref()
                .and_then(|record| self.kept(record, &parameters));
            let is_new = |token: &&CachedToken| {
                seen.is_none_or(|seen| !seen.access_token.matches(&token.access_token))
            };
            let token = token.filter(|token| is_new(token) && self.is_of_use(token));
            Ok(token.map(from_cache))
        };
        let still_living = |error: CoreError| match seen {
            Some(token) if !ask.force && self.lives(token, Duration::ZERO) => {
                self.listener.note(&format!(
                    "no new token could be asked for ({}); the present one still lives",
                    error.root()
                ));
                Ok(from_cache(token))
            }
            _ => Err(error),
        };
        let _lock = match self.lock_and_tell(&key) {
            Ok((lock, false)) => lock,
            // What the holder left may be dear to open (argon2id): not under
            // the lock, where all the others would wait for it.
            Ok((lock, true)) => {
                drop(lock);
                if let Some(token) = got_meanwhile()? {
                    return Ok(token);
                }
                self.lock(&key)?
            }
            // A read-only home keeps nobody from a token that is not kept.
            Err(CoreError::Store(error @ store::Error::Io { .. })) => {
                let mut token = self.request_client_token(&parameters)?;
                token.unsaved = Some(error);
                return Ok(token);
            }
            // Its holder does not come back, or too many were before us: what
            // there is serves, even what still lives.
            Err(error) if is_locked(&error) => {
                if let Some(token) = got_meanwhile()? {
                    return Ok(token);
                }
                return still_living(error);
            }
            Err(error) => return Err(error),
        };
        if let Some(token) = got_meanwhile()? {
            return Ok(token);
        }
        let mut token = match self.request_client_token(&parameters) {
            Err(error) if may_go_on(&error) => return still_living(error),
            other => other?,
        };
        let now = self.connection.clock().now();
        let mut record = Record::new(
            self.connection.server_name()?,
            self.connection.client_id()?,
            now,
        );
        record.put_token(token.cached.clone());
        token.unsaved = self.store.save(&key, &record).err();
        Ok(token)
    }

    /// Returns what is asked for. A profile's scope is that of a person's
    /// sign-in; what of it only a person can be given is left out.
    fn client_parameters(&self) -> Result<Parameters, CoreError> {
        let mut parameters = self.connection.parameters()?;
        let found = self.connection.settings().get(Setting::Scope);
        if found.is_some_and(|found| matches!(found.source, Source::Profile(_))) {
            let kept = parameters
                .scope
                .into_vec()
                .into_iter()
                .filter(|token| !PERSONAL_SCOPES.contains(&token.as_str()));
            parameters.scope = Scopes::from_wire(&kept.collect::<Vec<_>>().join(" "));
        }
        Ok(parameters)
    }

    fn request_client_token(&self, parameters: &Parameters) -> Result<Token, CoreError> {
        let endpoint = self.connection.endpoint(Endpoints::token)?;
        let auth = self.connection.auth("token_endpoint")?;
        let request = client_credentials_request(&endpoint, &auth, parameters);
        log::debug!(
            "asking {} for a token of the client's own",
            endpoint.without_query()
        );
        let response = self.connection.send(&request)?;
        let response = process_token_response(&request, &response)?;
        self.note_oddities(&response);
        Ok(Token {
            cached: cached_token(
                self.connection,
                &response,
                parameters,
                self.connection.clock().now(),
            ),
            source: TokenSource::Request,
            unsaved: None,
        })
    }

    /// Returns the key under which a client's own token is kept.
    fn client_key(&self, parameters: &Parameters) -> Result<Key, CoreError> {
        Ok(Key::client(&ClientKey {
            issuer: &self.connection.server_name()?,
            client_id: self.connection.client_id()?,
            account: None,
            scopes: parameters.scope.as_slice(),
            audience: parameters.audience.as_deref(),
            resource: &resource_texts(parameters),
            proof_key: None,
            parameters: parameters.extra_digest().as_deref(),
        }))
    }
}
