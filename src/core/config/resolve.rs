//! Flag, then environment, then profile: written once.

use std::time::Duration;

use super::setting::{Kind, Layer, Setting, Source, Value};
use super::{Error, SecretRef};
use crate::core::time::parse_span;
use crate::core::uri::HttpsUrl;

/// A value and where it came from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found<T> {
    /// The value.
    pub value: T,
    /// Its source.
    pub source: Source,
}

impl<T> Found<T> {
    fn map<U>(self, change: impl FnOnce(T) -> U) -> Found<U> {
        Found {
            value: change(self.value),
            source: self.source,
        }
    }
}

/// The settings of one call, of all sources.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    profile_name: String,
    flags: Layer,
    environment: Layer,
    profile: Layer,
}

/// What belongs to the profile's own issuer and to no other: its endpoints,
/// and the secrets that were entrusted to it.
const BOUND_TO_ISSUER: [Setting; 8] = [
    Setting::TokenEndpoint,
    Setting::RevocationEndpoint,
    Setting::IntrospectionEndpoint,
    Setting::UserinfoEndpoint,
    Setting::EndSessionEndpoint,
    Setting::JwksUri,
    Setting::ClientSecret,
    Setting::Password,
];

/// What belongs to the profile's own client and to no other.
const BOUND_TO_CLIENT: [Setting; 3] = [Setting::ClientSecret, Setting::AuthMethod, Setting::Scope];

/// What belongs to the profile's own Vault and to no other.
const BOUND_TO_VAULT: [Setting; 1] = [Setting::VaultSecret];

impl Settings {
    /// Joins the layers of one call.
    ///
    /// Where a flag or the environment names another issuer than the
    /// profile's, the profile's endpoints and secrets are left out: a secret
    /// must never reach a server that it was not meant for. Likewise with
    /// another client what the profile says of its own: secret, method, scope;
    /// and with another Vault the secret for it.
    pub fn new(
        profile_name: impl Into<String>,
        flags: Layer,
        environment: Layer,
        mut profile: Layer,
    ) -> Self {
        for (owner, bound) in [
            (Setting::Issuer, &BOUND_TO_ISSUER[..]),
            (Setting::ClientId, &BOUND_TO_CLIENT[..]),
            (Setting::VaultAddress, &BOUND_TO_VAULT[..]),
        ] {
            let asked = flags.get(&owner).or_else(|| environment.get(&owner));
            if let (Some(asked), Some(own)) = (asked, profile.get(&owner))
                && own != asked
            {
                profile.retain(|setting, _| !bound.contains(setting));
            }
        }
        Self {
            profile_name: profile_name.into(),
            flags,
            environment,
            profile,
        }
    }

    /// Returns the same call's settings with another state of the profile.
    #[must_use]
    pub fn with_profile(&self, profile: Layer) -> Self {
        Self::new(
            self.profile_name.as_str(),
            self.flags.clone(),
            self.environment.clone(),
            profile,
        )
    }

    /// Fills in a session's own server and client where nothing names a
    /// server, as after the profile was removed: what was opened can be used
    /// and closed.
    #[must_use]
    pub fn or_session(mut self, issuer: &str, client_id: &str) -> Self {
        if self.names_a_server() {
            return self;
        }
        let text = |text: &str| Value::Text(text.to_owned());
        self.profile.insert(Setting::Issuer, text(issuer));
        self.profile
            .entry(Setting::ClientId)
            .or_insert_with(|| text(client_id));
        self
    }

    /// Says whether a server is named, by its issuer or by its token endpoint.
    pub fn names_a_server(&self) -> bool {
        [Setting::Issuer, Setting::TokenEndpoint]
            .into_iter()
            .any(|setting| self.get(setting).is_some())
    }

    /// Returns the name of the profile.
    pub fn profile_name(&self) -> &str {
        &self.profile_name
    }

    /// Returns the value that wins, with its source.
    pub fn get(&self, setting: Setting) -> Option<Found<&Value>> {
        if let Some(value) = self.flags.get(&setting) {
            return Some(Found {
                value,
                source: Source::Flag,
            });
        }
        if let Some(value) = self.environment.get(&setting) {
            return Some(Found {
                value,
                source: Source::Environment(setting.variable()),
            });
        }
        self.profile.get(&setting).map(|value| Found {
            value,
            source: Source::Profile(self.profile_name.clone()),
        })
    }

    /// Returns a text.
    pub fn text(&self, setting: Setting) -> Option<Found<&str>> {
        self.get(setting).map(|found| {
            found.map(|value| match value {
                Value::Text(text) => text.as_str(),
                Value::List(items) => items.first().map_or("", String::as_str),
            })
        })
    }

    /// Returns a list, empty when nothing gives one.
    pub fn list(&self, setting: Setting) -> Vec<String> {
        match self.get(setting).map(|found| found.value) {
            Some(Value::List(items)) => items.clone(),
            Some(Value::Text(text)) => vec![text.clone()],
            None => Vec::new(),
        }
    }

    /// Returns pairs of name and value.
    ///
    /// # Errors
    ///
    /// [`Error::BadValue`] for an item without `=` or without a name.
    pub fn pairs(&self, setting: Setting) -> Result<Vec<(String, String)>, Error> {
        let Some(found) = self.get(setting) else {
            return Ok(Vec::new());
        };
        self.list(setting)
            .iter()
            .map(|pair| match pair.split_once('=') {
                Some((name, value)) if !name.is_empty() => Ok((name.to_owned(), value.to_owned())),
                _ => Err(bad(setting, &found.source, "it is not of the form K=V")),
            })
            .collect()
    }

    /// Reads every value that is there as what it must be.
    ///
    /// # Errors
    ///
    /// Those of the first that does not fit.
    pub fn check(&self) -> Result<(), Error> {
        for setting in Setting::all() {
            match setting.kind() {
                Kind::Text | Kind::List => {}
                Kind::Url => drop(self.url(setting)?),
                Kind::Span => drop(self.span(setting)?),
                Kind::Pairs => drop(self.pairs(setting)?),
                Kind::Reference => drop(self.reference(setting)?),
            }
        }
        Ok(())
    }

    /// Returns a URL that may be spoken to.
    ///
    /// # Errors
    ///
    /// [`Error::BadValue`] when the text is no such URL: exit 2 where it was
    /// typed, otherwise 8.
    pub fn url(&self, setting: Setting) -> Result<Option<Found<HttpsUrl>>, Error> {
        let Some(found) = self.text(setting) else {
            return Ok(None);
        };
        match found.value.parse::<HttpsUrl>() {
            Ok(value) => Ok(Some(Found {
                value,
                source: found.source,
            })),
            Err(why) => Err(bad(setting, &found.source, &why.to_string())),
        }
    }

    /// Returns a span of time.
    ///
    /// # Errors
    ///
    /// [`Error::BadValue`] when the text is none.
    pub fn span(&self, setting: Setting) -> Result<Option<Duration>, Error> {
        self.text(setting)
            .map(|found| {
                parse_span(found.value).map_err(|why| bad(setting, &found.source, &why.to_string()))
            })
            .transpose()
    }

    /// Returns where a secret is to be read from. The environment variables of
    /// secrets hold the secret itself, so they are references to themselves.
    ///
    /// # Errors
    ///
    /// [`Error::BadValue`] when a profile holds something else than a
    /// reference.
    pub fn reference(&self, setting: Setting) -> Result<Option<Found<SecretRef>>, Error> {
        debug_assert_eq!(setting.kind(), Kind::Reference);
        let Some(found) = self.text(setting) else {
            return Ok(None);
        };
        if let Source::Environment(name) = found.source {
            return Ok(Some(found.map(|_| SecretRef::Env(name.to_owned()))));
        }
        match found.value.parse::<SecretRef>() {
            Ok(value) => Ok(Some(found.map(|_| value))),
            Err(literal) => Err(bad(
                setting,
                &found.source,
                &format!("{literal}; {}", super::reference::FORMS),
            )),
        }
    }
}

/// Makes the error of a value that does not fit.
pub fn bad(setting: Setting, source: &Source, why: &str) -> Error {
    let typed = *source == Source::Flag;
    Error::BadValue {
        setting: if typed { setting.flag() } else { setting.key() },
        origin: match source {
            Source::Flag => "the command line".into(),
            other => other.to_string(),
        },
        why: why.to_owned(),
        typed,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::error::{Exit, Report};

    fn layer(pairs: &[(Setting, &str)]) -> Layer {
        pairs
            .iter()
            .filter_map(|(setting, text)| Some((*setting, setting.parse(text)?)))
            .collect()
    }

    #[test]
    fn a_flag_wins_over_the_environment_and_that_over_the_profile() {
        use Setting::{Audience, ClientId, Issuer};
        let settings = Settings::new(
            "dev",
            layer(&[(Issuer, "https://flag")]),
            layer(&[(Issuer, "https://env"), (ClientId, "env")]),
            layer(&[
                (Issuer, "https://flag"),
                (ClientId, "profile"),
                (Audience, "api"),
            ]),
        );
        let found = |setting| {
            settings
                .text(setting)
                .map(|found| (found.value, found.source))
        };
        assert_eq!(found(Issuer), Some(("https://flag", Source::Flag)));
        assert_eq!(
            found(ClientId),
            Some(("env", Source::Environment("AUTHCTL_CLIENT_ID")))
        );
        assert_eq!(
            found(Audience),
            Some(("api", Source::Profile("dev".into())))
        );
        assert_eq!(found(Setting::Resource), None);
    }

    #[test]
    fn another_issuer_gets_neither_the_profiles_secret_nor_its_endpoints() {
        let profile = layer(&[
            (Setting::Issuer, "https://own"),
            (Setting::ClientId, "id"),
            (Setting::ClientSecret, "env:OWN"),
            (Setting::TokenEndpoint, "https://own/token"),
        ]);
        let other = Settings::new(
            "p",
            layer(&[(Setting::Issuer, "https://other")]),
            Layer::new(),
            profile.clone(),
        );
        assert_eq!(other.text(Setting::ClientSecret), None);
        assert_eq!(other.text(Setting::TokenEndpoint), None);
        assert_eq!(
            other.text(Setting::ClientId).map(|found| found.value),
            Some("id")
        );
        let own = Settings::new(
            "p",
            layer(&[(Setting::Issuer, "https://own")]),
            Layer::new(),
            profile,
        );
        assert!(own.text(Setting::ClientSecret).is_some());
    }

    #[test]
    fn another_client_gets_neither_the_profiles_secret_nor_its_scope() {
        let profile = layer(&[
            (Setting::ClientId, "own"),
            (Setting::ClientSecret, "env:OWN"),
            (Setting::Scope, "openid"),
            (Setting::Issuer, "https://as"),
        ]);
        let flags = layer(&[(Setting::ClientId, "other")]);
        let other = Settings::new("p", flags, Layer::new(), profile);
        assert_eq!(other.text(Setting::ClientSecret), None);
        assert_eq!(other.list(Setting::Scope), Vec::<String>::new());
        assert!(other.text(Setting::Issuer).is_some());
    }

    #[test]
    fn a_sessions_own_server_is_taken_where_none_is_named() {
        let text = |settings: &Settings, setting| {
            settings.text(setting).map(|found| found.value.to_owned())
        };
        let none = Settings::new("p", Layer::new(), Layer::new(), Layer::new());
        let filled = none.or_session("https://as", "cli");
        assert_eq!(
            text(&filled, Setting::Issuer).as_deref(),
            Some("https://as")
        );
        assert_eq!(text(&filled, Setting::ClientId).as_deref(), Some("cli"));
        for own in [Setting::Issuer, Setting::TokenEndpoint] {
            let layer = layer(&[(own, "https://own")]);
            let named = Settings::new("p", Layer::new(), Layer::new(), layer);
            let same = named.or_session("https://as", "cli");
            assert_eq!(text(&same, own).as_deref(), Some("https://own"));
            assert_eq!(text(&same, Setting::ClientId), None);
        }
    }

    #[test]
    fn a_url_that_may_not_be_spoken_to_is_refused_by_its_source() {
        for (typed, exit) in [(true, Exit::Usage), (false, Exit::Config)] {
            let (flags, profile) = if typed {
                (
                    layer(&[(Setting::Issuer, "http://as.example")]),
                    Layer::new(),
                )
            } else {
                (
                    Layer::new(),
                    layer(&[(Setting::Issuer, "http://as.example")]),
                )
            };
            let error = Settings::new("p", flags, Layer::new(), profile)
                .url(Setting::Issuer)
                .unwrap_err();
            assert_eq!(error.exit(), exit);
            assert!(
                error
                    .to_string()
                    .contains("http is allowed on loopback only"),
                "{error}"
            );
        }
    }

    #[test]
    fn the_variable_of_a_secret_refers_to_itself() {
        let settings = Settings::new(
            "p",
            Layer::new(),
            layer(&[(Setting::ClientSecret, "hunter2")]),
            Layer::new(),
        );
        let found = settings.reference(Setting::ClientSecret).unwrap().unwrap();
        assert_eq!(found.value, SecretRef::Env("AUTHCTL_CLIENT_SECRET".into()));
    }
}
