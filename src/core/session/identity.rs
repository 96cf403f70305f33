//! Who the tokens speak of: the ID Token that came with them, verified.

use crate::core::connection::Connection;
use crate::core::documents::Freshness;
use crate::core::error::Error;
use crate::core::jose;
use crate::core::oauth::id_token::{self, Earlier, Expected, IdToken};
use crate::core::oauth::{Endpoints, TokenResponse};
use crate::core::secret::Secret;

/// Verifies the ID Token of a token response (OIDC Core §3.1.3.7, at a refresh
/// §12.2); `None` where none came, or nobody is known who could vouch for it.
///
/// # Errors
///
/// [`crate::core::oauth::Error::IdToken`] when it is not good;
/// [`crate::core::http::Error`] when the server's keys cannot be had.
pub fn verify(
    connection: &Connection<'_>,
    tokens: &TokenResponse,
    earlier: Option<&Earlier>,
) -> Result<Option<IdToken>, Error> {
    let Some(token) = &tokens.id_token else {
        return Ok(None);
    };
    let Some(issuer) = connection.issuer()? else {
        log::debug!("an ID Token came, but no issuer is known that it could be checked against");
        return Ok(None);
    };
    let secret = client_secret_for(connection, token)?;
    let algorithms = id_token::algorithms(connection.metadata_if_needed()?, secret.is_some());
    let expected = Expected {
        issuer: issuer.as_str(),
        client_id: connection.client_id()?,
        nonce: None,
        access_token: Some(&tokens.access_token),
        algorithms: &algorithms,
        earlier,
    };
    // The times in it were written by the server's clock, which the answer
    // that brought it tells: see `ClockOffset`.
    let offset = connection.measured_clock();
    let now = connection.clock().now();
    let now = offset.as_ref().map_or(now, |offset| offset.correct(now));
    let unused = offset.filter(|offset| !offset.is_trusted());
    let refuse = |error: &jose::Error| -> Error {
        id_token::refusal(error, unused.as_ref().map(|offset| offset.seconds)).into()
    };
    let verified = match secret {
        Some(secret) => id_token::secret_key(secret)
            .and_then(|keys| id_token::verify(token, &keys, &expected, now))
            .map_err(|error| refuse(&error))?,
        None => {
            let jwks_uri = connection.endpoint(Endpoints::jwks_uri)?;
            let judged = connection
                .documents()
                .with_keys(&jwks_uri, Freshness::Cached, |keys| {
                    id_token::verify(token, keys, &expected, now)
                });
            match judged {
                Ok(loaded) => loaded.document,
                Err(Error::Jose(error)) => return Err(refuse(&error)),
                Err(other) => return Err(other),
            }
        }
    };
    Ok(Some(verified))
}

/// Returns the client's secret where it is the key that the token asks for.
fn client_secret_for<'c>(
    connection: &'c Connection<'_>,
    token: &Secret,
) -> Result<Option<&'c Secret>, Error> {
    if id_token::claims_to_be_maced(token) {
        return connection.client_secret();
    }
    Ok(None)
}
