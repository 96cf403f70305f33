//! The end of a session: the server is told, and it is forgotten here.

use super::Sessions;
use crate::core::error::{Error as CoreError, Exit, Report as _};
use crate::core::http;
use crate::core::oauth::revocation::{
    TokenTypeHint, process_revocation_response, revocation_request,
};
use crate::core::oauth::{Endpoints, Error as OAuthError};
use crate::core::secret::Secret;
use crate::core::store::Key;

/// How a session ended.
#[derive(Debug)]
pub struct Ended {
    /// Whether there was a record here, which is gone now.
    pub was_kept: bool,
    /// Why the server was not told, where it was not.
    pub untold: Option<Untold>,
    /// Why the person's session at the server goes on, where that was to end
    /// too.
    pub goes_on: Option<CoreError>,
}

/// Why the server was not told that the tokens must die.
#[derive(Debug)]
pub enum Untold {
    /// It has no revocation endpoint: the tokens live until they expire.
    NoEndpoint,
    /// It could not be told.
    Failed(CoreError),
}

impl Sessions<'_> {
    /// Revokes the session's tokens (RFC 7009) and forgets the session; with
    /// `also_at_server` the one that the server keeps of the person is ended
    /// before.
    ///
    /// It is forgotten here even when the server cannot be told.
    ///
    /// # Errors
    ///
    /// Those of the store. What cannot be read, as with a wrong key, is left as
    /// it is: it may be a good session to whoever has the right one.
    /// [`Error::OtherServer`](super::Error::OtherServer), since no other server
    /// than its own must see the tokens. The server is told nothing then.
    pub fn end(&self, also_at_server: bool) -> Result<Ended, CoreError> {
        let key = Key::session(self.profile());
        let _lock = self.lock(&key)?;
        let mut goes_on = None;
        let untold = match self.store.load(&key)? {
            Some(record) => {
                self.check_owner(&record)?;
                // A session whose tokens are dead must not stay.
                self.store.check_removable(&key)?;
                if also_at_server {
                    goes_on = self.end_at_server(record.id_token.as_ref()).err();
                }
                let newest = record.tokens.iter().rev();
                let access = newest.map(|token| (&token.access_token, TokenTypeHint::AccessToken));
                let successor = record
                    .open_renewal()
                    .and_then(|renewal| renewal.successor.as_ref());
                let refresh = successor
                    .into_iter()
                    .chain(&record.refresh_token)
                    .map(|token| (token, TokenTypeHint::RefreshToken));
                // The refresh token first: with it goes the whole grant.
                self.revoke_all(refresh.chain(access))
            }
            None => None,
        };
        Ok(Ended {
            was_kept: self.store.remove(&key)?,
            untold,
            goes_on,
        })
    }

    fn revoke_all<'t>(
        &self,
        tokens: impl Iterator<Item = (&'t Secret, TokenTypeHint)>,
    ) -> Option<Untold> {
        for (token, hint) in tokens {
            match self.revoke(token, Some(hint)) {
                Ok(()) => {}
                Err(error) if is_no_endpoint(&error) => return Some(Untold::NoEndpoint),
                // "The client must not be surprised": a server that revokes
                // only refresh tokens says so (RFC 7009 §2.2.1).
                Err(error) if is_unsupported_type(&error) => {}
                Err(error) => return Some(Untold::Failed(error)),
            }
        }
        None
    }

    /// Revokes one token (RFC 7009).
    ///
    /// # Errors
    ///
    /// [`OAuthError::NoEndpoint`] when the server has no revocation endpoint;
    /// what the server refuses; the network.
    pub fn revoke(&self, token: &Secret, hint: Option<TokenTypeHint>) -> Result<(), CoreError> {
        let endpoint = self.connection.endpoint(Endpoints::revocation)?;
        let auth = self.connection.auth("revocation_endpoint")?;
        let request = revocation_request(&endpoint, &auth, token, hint);
        let response = self.connection.send(&request)?;
        process_revocation_response(&request, &response)
    }

    /// Tells the server that the person has signed out (OIDC RP-Initiated
    /// Logout §2), by the ID Token that the session was opened with.
    fn end_at_server(&self, id_token: Option<&Secret>) -> Result<(), CoreError> {
        let endpoint = self.connection.endpoint(Endpoints::end_session)?;
        let mut request = http::Request::post(endpoint);
        if let Some(id_token) = id_token {
            request.secret_field("id_token_hint", id_token);
        }
        request.field("client_id", self.connection.client_id()?);
        match self.connection.send(&request) {
            Ok(response) if response.status < 400 => Ok(()),
            // Where it sends a browser next does not concern us.
            Err(CoreError::Http(http::Error::Redirect { .. })) => Ok(()),
            Ok(response) => Err(http::Error::ServerFailed {
                host: request.url.authority(),
                status: response.status,
                reason: None,
                retry_after: None,
            }
            .into()),
            Err(error) => Err(error),
        }
    }
}

fn is_no_endpoint(error: &CoreError) -> bool {
    matches!(
        error.root(),
        CoreError::OAuth(OAuthError::NoEndpoint { .. })
    )
}

fn is_unsupported_type(error: &CoreError) -> bool {
    error.exit() == Exit::Refused
        && error
            .server()
            .is_some_and(|response| response.error == "unsupported_token_type")
}
