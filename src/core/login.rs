//! Signs a person in: from credentials to a session that is kept.

use super::connection::Connection;
use super::error::Error;
use super::oauth::token::{password_request, process_token_response};
use super::oauth::{self, Parameters, Scopes};
use super::secret::Secret;
use super::session::{Sessions, cached_token, identity};
use super::store::{Key, Record};

/// The scope that is asked for where nobody says otherwise and the server
/// lists it: who it is, and a session that can be renewed (OIDC Core §5.4,
/// §11).
const DEFAULT_SCOPE: [&str; 4] = ["openid", "profile", "email", "offline_access"];

/// Says whether the server offers the password grant, as far as its metadata
/// says.
///
/// # Errors
///
/// Those of [`Connection::metadata`].
pub fn offers_password(connection: &Connection<'_>) -> Result<bool, Error> {
    Ok(connection
        .metadata_if_needed()?
        .is_some_and(|metadata| metadata.supports_grant("password")))
}

/// Signs in by the resource owner's password (RFC 6749 §4.3) and keeps the
/// session. The caller says that RFC 9700 §2.4 forbids the grant.
///
/// An ID Token that comes is verified (OIDC Core §3.1.3.7) before anything is
/// kept.
///
/// # Errors
///
/// What the server refuses; an ID Token that is not good; the store.
pub fn by_password(
    sessions: &Sessions<'_>,
    username: &str,
    password: &Secret,
) -> Result<Record, Error> {
    let connection = sessions.connection;
    let endpoint = connection.endpoint(oauth::Endpoints::token)?;
    let auth = connection.auth("token_endpoint")?;
    let parameters = with_default_scope(connection)?;
    sessions.store.check_writable()?;
    // What could not be replaced afterwards, as with a wrong key, is found
    // before a password is spent.
    let key = Key::session(connection.settings().profile_name());
    sessions.store.load(&key)?;
    let request = password_request(&endpoint, &auth, username, password, &parameters);
    log::debug!("signing in at {}", endpoint.without_query());
    // Whoever interrupts the wait has not signed in, and has lost nothing.
    let response = connection.send(&request)?;
    let tokens = process_token_response(&request, &response)?;
    sessions.note_oddities(&tokens);
    let id_token = identity::verify(connection, &tokens, None)?;
    if tokens.id_token.is_some() && id_token.is_none() {
        sessions
            .listener
            .note("an ID Token came, but without an issuer it cannot be verified; it is not kept");
    }
    let now = connection.clock().now();
    let mut record = Record::new(connection.server_name()?, connection.client_id()?, now);
    record.username = Some(username.to_owned());
    record.requested_scope = parameters.scope.sorted();
    record.refresh_token = tokens.refresh_token.clone();
    if let Some(id_token) = id_token {
        record.subject = Some(id_token.subject);
        record.id_token = tokens.id_token.clone();
    }
    record.put_token(cached_token(connection, &tokens, &parameters, now));
    keep(sessions, &record)?;
    Ok(record)
}

/// Saves a new session in place of the profile's old one.
fn keep(sessions: &Sessions<'_>, record: &Record) -> Result<(), Error> {
    let key = Key::session(sessions.connection.settings().profile_name());
    let _lock = sessions.lock(&key)?;
    Ok(sessions.store.save(&key, record)?)
}

/// Returns the request parameters, with a scope from the server's metadata
/// where none is given.
fn with_default_scope(connection: &Connection<'_>) -> Result<Parameters, Error> {
    let mut parameters = connection.parameters()?;
    if parameters.scope.is_empty()
        && let Some(metadata) = connection.metadata_if_needed()?
        && let Some(supported) = metadata.strings("scopes_supported")
    {
        let tokens = DEFAULT_SCOPE
            .into_iter()
            .filter(|token| supported.iter().any(|known| known == token));
        // The constants are scope tokens.
        parameters.scope = Scopes::from_tokens(tokens).unwrap_or_default();
    }
    Ok(parameters)
}
