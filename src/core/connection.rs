//! Who we are to which server.
//!
//! From the settings of a call to endpoints, client authentication and request
//! parameters. All of it is found out when it is first needed: a token that
//! comes from the cache needs no metadata, no secret and no network.

use std::cell::OnceCell;
use std::time::Duration;

use super::config::resolve::bad;
use super::config::{self, Found, SecretRef, Setting, Settings, Source};
use super::documents::{Documents, Freshness};
use super::error::Error;
use super::http::{Request, Response, Transport, send_timed};
use super::oauth::client_auth::choose;
use super::oauth::{
    AuthMethod, ClientAuth, Endpoints, Metadata, Parameter, Parameters, Resource, Scopes,
};
use super::secret::Secret;
use super::time::{Clock, ClockOffset, Timestamp};
use super::uri::HttpsUrl;

/// Reads the secret that a reference names; the command line does.
pub trait SecretSource {
    /// Returns the secret. `label` names it in a prompt, `instead` says what
    /// to do where no prompt can be.
    ///
    /// # Errors
    ///
    /// When it cannot be read.
    fn read(&self, reference: &SecretRef, label: &str, instead: &str) -> Result<Secret, Error>;
}

/// How anything is sent.
pub struct Network<'a> {
    /// Carries requests.
    pub transport: &'a dyn Transport,
    /// Public documents of servers.
    pub documents: &'a Documents<'a>,
    /// The clock.
    pub clock: &'a dyn Clock,
    /// How long one exchange may take, all tries together.
    pub budget: Duration,
}

/// A server and a client of it, as the settings of one call name them.
pub struct Connection<'a> {
    settings: &'a Settings,
    network: &'a Network<'a>,
    secrets: &'a dyn SecretSource,
    freshness: Freshness,
    metadata: OnceCell<Option<Metadata>>,
    secret: OnceCell<Option<Secret>>,
}

impl<'a> Connection<'a> {
    /// Takes what is needed to find out the rest. `freshness` is how fresh the
    /// server's metadata has to be.
    pub fn new(
        settings: &'a Settings,
        network: &'a Network<'a>,
        secrets: &'a dyn SecretSource,
        freshness: Freshness,
    ) -> Self {
        Self {
            settings,
            network,
            secrets,
            freshness,
            metadata: OnceCell::new(),
            secret: OnceCell::new(),
        }
    }

    /// Returns the settings.
    pub fn settings(&self) -> &Settings {
        self.settings
    }

    /// Returns where the server's documents come from.
    pub fn documents(&self) -> &Documents<'a> {
        self.network.documents
    }

    /// Returns the clock.
    pub fn clock(&self) -> &'a dyn Clock {
        self.network.clock
    }

    /// Returns how far the server's clock is ahead of ours: by an answer that
    /// came to this process or, where none told, as an earlier one kept it.
    /// See [`ClockOffset`] for what follows from it.
    pub fn clock_offset(&self) -> Option<ClockOffset> {
        self.documents().clock_offset(&self.server_name().ok()?)
    }

    /// Returns how far the server's clock is ahead of ours, by an answer that
    /// came to this process: what may decide about a token.
    pub fn measured_clock(&self) -> Option<ClockOffset> {
        self.documents().measured_clock(&self.server_name().ok()?)
    }

    /// Returns the present by the clock that a kept token was received by:
    /// `then` is how far the server's was ahead of it.
    pub fn now_by_clock_of(&self, then: Option<i64>) -> Timestamp {
        let now = self.clock().now();
        let Some(then) = then else { return now };
        let moved = self
            .clock_offset()
            .map_or(0, |offset| offset.moved_since(then));
        Timestamp(now.0.saturating_add(moved))
    }

    /// Sends a request to the server and returns the answer to it, by which
    /// the server's clock is measured.
    ///
    /// # Errors
    ///
    /// Those of [`send_timed`].
    pub fn send(&self, request: &Request) -> Result<Response, Error> {
        let Network {
            transport,
            clock,
            budget,
            ..
        } = *self.network;
        let (response, timing) = send_timed(transport, clock, request, budget)?;
        if let Ok(server) = self.server_name() {
            self.documents().measure_clock(&server, &response, &timing);
        }
        Ok(response)
    }

    /// Returns the issuer, where one is given.
    ///
    /// # Errors
    ///
    /// [`config::Error::BadValue`] when it is no URL that may be spoken to.
    pub fn issuer(&self) -> Result<Option<HttpsUrl>, Error> {
        let found = self.settings.url(Setting::Issuer)?;
        Ok(found.map(|found| found.value))
    }

    /// Returns what a session or a cached token is bound to: the issuer or,
    /// for a server without metadata, its token endpoint.
    ///
    /// # Errors
    ///
    /// [`config::Error::Missing`] when neither is given.
    pub fn server_name(&self) -> Result<String, Error> {
        if let Some(issuer) = self.issuer()? {
            return Ok(issuer.as_str().to_owned());
        }
        match self.settings.url(Setting::TokenEndpoint)? {
            Some(found) => Ok(found.value.as_str().to_owned()),
            None => Err(missing_issuer().into()),
        }
    }

    /// Returns the server's metadata, fetched or from the cache; `None` for a
    /// server that is known by its endpoints alone.
    ///
    /// # Errors
    ///
    /// Those of [`Documents::metadata`].
    pub fn metadata(&self) -> Result<Option<&Metadata>, Error> {
        if let Some(metadata) = self.metadata.get() {
            return Ok(metadata.as_ref());
        }
        let metadata = match self.issuer()? {
            Some(issuer) => {
                let loaded = self.network.documents.metadata(&issuer, self.freshness)?;
                Some(loaded.document)
            }
            None => None,
        };
        Ok(self.metadata.get_or_init(|| metadata).as_ref())
    }

    /// Returns one endpoint: the one given by hand, else the metadata's, which
    /// is fetched only then.
    ///
    /// # Errors
    ///
    /// Those of [`Connection::metadata`]; the endpoint's own when there is
    /// none.
    pub fn endpoint(
        &self,
        pick: impl Fn(&Endpoints) -> Result<&HttpsUrl, super::oauth::Error>,
    ) -> Result<HttpsUrl, Error> {
        let by_hand = self.endpoints_by_hand()?;
        if let Ok(endpoint) = pick(&by_hand) {
            return Ok(endpoint.clone());
        }
        let known = match self.metadata()? {
            Some(metadata) => by_hand.or(Endpoints::from_metadata(metadata)),
            None if by_hand == Endpoints::default() => return Err(missing_issuer().into()),
            None => by_hand,
        };
        Ok(pick(&known)?.clone())
    }

    fn endpoints_by_hand(&self) -> Result<Endpoints, Error> {
        let url = |setting| -> Result<Option<HttpsUrl>, Error> {
            Ok(self.settings.url(setting)?.map(|found| found.value))
        };
        Ok(Endpoints {
            token: url(Setting::TokenEndpoint)?,
            revocation: url(Setting::RevocationEndpoint)?,
            introspection: url(Setting::IntrospectionEndpoint)?,
            userinfo: url(Setting::UserinfoEndpoint)?,
            end_session: url(Setting::EndSessionEndpoint)?,
            jwks_uri: url(Setting::JwksUri)?,
            ..Endpoints::default()
        })
    }

    /// Returns the `client_id`.
    ///
    /// # Errors
    ///
    /// [`config::Error::Missing`] when none is given.
    pub fn client_id(&self) -> Result<&str, Error> {
        match self.settings.text(Setting::ClientId) {
            Some(found) => Ok(found.value),
            None => Err(config::Error::Missing {
                setting: "client id",
                hint: "give it with `--client-id ID`, AUTHCTL_CLIENT_ID or in the profile".into(),
            }
            .into()),
        }
    }

    /// Returns how the client authenticates at `endpoint` (a member name of
    /// the metadata, such as `token_endpoint`).
    ///
    /// # Errors
    ///
    /// A secret that cannot be read; a method that the server or authctl does
    /// not know.
    pub fn auth(&self, endpoint: &str) -> Result<ClientAuth, Error> {
        let client_id = self.client_id()?;
        let asked = self.auth_method()?;
        let secret = match asked {
            // A public client's request needs no secret, so none is read.
            Some(method) if !method.needs_secret() => None,
            _ => self.client_secret()?,
        };
        let method = match (asked, secret) {
            (Some(method), _) => choose(Some(method), None, secret.is_some())?,
            (None, None) => AuthMethod::None,
            (None, Some(_)) => {
                let supported = self
                    .metadata_if_needed()?
                    .map(|metadata| metadata.auth_methods(endpoint));
                choose(None, supported.as_deref(), true)?
            }
        };
        Ok(ClientAuth::new(method, client_id, secret.cloned())?)
    }

    /// Returns the metadata unless the server is known by its endpoints: with
    /// an explicit token endpoint nothing is fetched only to learn more of it.
    ///
    /// # Errors
    ///
    /// Those of [`Connection::metadata`].
    pub fn metadata_if_needed(&self) -> Result<Option<&Metadata>, Error> {
        if self.settings.url(Setting::TokenEndpoint)?.is_some() {
            return Ok(self.metadata.get().and_then(Option::as_ref));
        }
        self.metadata()
    }

    fn auth_method(&self) -> Result<Option<AuthMethod>, Error> {
        let Some(Found { value, source }) = self.settings.text(Setting::AuthMethod) else {
            return Ok(None);
        };
        match value.parse() {
            Ok(method) => Ok(Some(method)),
            Err(error) => Err(misfit(Setting::AuthMethod, &source, &error)),
        }
    }

    /// Returns the client's secret, where one is given.
    ///
    /// # Errors
    ///
    /// When it cannot be read.
    pub fn client_secret(&self) -> Result<Option<&Secret>, Error> {
        if let Some(secret) = self.secret.get() {
            return Ok(secret.as_ref());
        }
        let secret = match self.settings.reference(Setting::ClientSecret)? {
            Some(found) => Some(self.secrets.read(
                &found.value,
                "Client secret",
                "set AUTHCTL_CLIENT_SECRET, or give `--client-secret file:PATH`",
            )?),
            None => None,
        };
        Ok(self.secret.get_or_init(|| secret).as_ref())
    }

    /// Returns the scope that is asked for.
    ///
    /// # Errors
    ///
    /// [`config::Error::BadValue`] for a text that is no scope.
    pub fn scopes(&self) -> Result<Scopes, Error> {
        let tokens = self.settings.list(Setting::Scope);
        Scopes::from_tokens(tokens).map_err(|error| self.misfit(Setting::Scope, &error))
    }

    /// Returns the optional fields of a token request.
    ///
    /// # Errors
    ///
    /// [`config::Error::BadValue`] for a scope, resource or parameter that is
    /// none.
    pub fn parameters(&self) -> Result<Parameters, Error> {
        let resource = self
            .settings
            .list(Setting::Resource)
            .iter()
            .map(|text| text.parse::<Resource>())
            .collect::<Result<_, _>>()
            .map_err(|error| self.misfit(Setting::Resource, &error))?;
        let extra = self
            .settings
            .pairs(Setting::Param)?
            .iter()
            .map(|(name, value)| Parameter::new(name, value))
            .collect::<Result<_, _>>()
            .map_err(|error| self.misfit(Setting::Param, &error))?;
        Ok(Parameters {
            scope: self.scopes()?,
            audience: self
                .settings
                .text(Setting::Audience)
                .map(|found| found.value.to_owned()),
            resource,
            extra,
        })
    }

    fn misfit(&self, setting: Setting, error: &dyn std::error::Error) -> Error {
        let source = self
            .settings
            .get(setting)
            .map_or(Source::Default, |found| found.source);
        misfit(setting, &source, error)
    }
}

fn misfit(setting: Setting, source: &Source, error: &dyn std::error::Error) -> Error {
    bad(setting, source, &error.to_string()).into()
}

fn missing_issuer() -> config::Error {
    config::Error::Missing {
        setting: "authorization server",
        hint: "give its issuer with `--issuer URL`, AUTHCTL_ISSUER or in the profile, \
               or try one with `authctl serve`"
            .into(),
    }
}
