//! Where the keys that verify come from: a file, a URL, a server, a secret.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use authctl::core::config::{Layer, SecretRef, Setting, Value};
use authctl::core::connection::Connection;
use authctl::core::documents::{Freshness, Origin};
use authctl::core::error::Error;
use authctl::core::jose::{self, KeyError, Keys};
use authctl::core::oauth::{self, Endpoints};
use authctl::core::uri::HttpsUrl;
use clap::builder::{OsStringValueParser, TypedValueParser as _};

use super::context::Context;
use super::key_input::{self, KeyInput, KeyInputParser};
use super::secrets::{SecretRefParser, read_file};

/// The flags that name keys; at most one of the first three.
#[derive(clap::Args, Clone, Debug)]
#[command(next_help_heading = "Keys (by default those of --issuer, else of the profile's issuer)")]
pub struct KeySourceArgs {
    /// JWK Set: a file, or an https URL
    #[arg(long, value_name = "FILE|URL", conflicts_with_all = ["key", "secret"],
          value_parser = OsStringValueParser::new().try_map(JwksSource::parse))]
    jwks: Option<JwksSource>,

    /// Key, whatever the token's kid: PEM, DER, certificate or JWK, in a file
    /// or by reference (env:NAME, cmd:COMMAND, keychain:NAME, - for standard
    /// input)
    #[arg(long, value_name = "FILE|REF", conflicts_with = "secret", value_parser = KeyInputParser)]
    key: Option<KeyInput>,

    /// Secret, for HS256 and its kin: env:NAME, file:PATH, cmd:COMMAND,
    /// keychain:NAME, - for standard input, or nothing for a hidden prompt
    #[arg(long, value_name = "REF", num_args = 0..=1, default_missing_value = "", value_parser = SecretRefParser)]
    secret: Option<SecretRef>,

    /// Passphrase of an encrypted --key; asked for by default
    #[arg(long, value_name = "REF", num_args = 0..=1, default_missing_value = "", requires = "key", conflicts_with_all = ["jwks", "secret"], value_parser = SecretRefParser)]
    passphrase: Option<SecretRef>,

    /// Use the outdated copy of a server's keys while the server cannot be
    /// reached
    #[arg(long)]
    allow_stale_keys: bool,
}

/// What `--jwks` takes.
#[derive(Clone, Debug, PartialEq, Eq)]
enum JwksSource {
    File(PathBuf),
    Url(HttpsUrl),
}

impl JwksSource {
    /// Whatever has a scheme and an authority is a URL, which must be one that
    /// may be spoken to.
    fn parse(typed: OsString) -> Result<Self, String> {
        match typed.to_str() {
            Some(text) if text.contains("://") => text
                .parse()
                .map(Self::Url)
                .map_err(|error: authctl::core::uri::InvalidUrl| error.to_string()),
            _ => Ok(Self::File(typed.into())),
        }
    }
}

/// What the flags that name keys are called by a command, for a hint.
#[derive(Clone, Copy, Debug)]
pub struct FlagNames(pub &'static str);

impl FlagNames {
    /// Those of `verify`.
    pub const OF_VERIFY: Self = Self("--jwks, --key or --secret");
}

/// Where keys come from, opened.
pub struct KeySource<'a> {
    cx: &'a Context,
    issuer: Option<&'a str>,
    freshness: Freshness,
    place: Place,
    flags: FlagNames,
}

enum Place {
    /// From here, with what they are called.
    Local(Keys, String),
    /// A JWK Set at a URL.
    Url(HttpsUrl),
    /// The JWK Set of the issuer.
    Issuer,
}

impl KeySource<'_> {
    /// Says whether the keys are a server's, which may have others later.
    pub fn is_remote(&self) -> bool {
        !matches!(self.place, Place::Local(..))
    }

    /// Has a token judged by the keys and the `iss` that is required; returns
    /// the verdict, and what the keys are called.
    ///
    /// # Errors
    ///
    /// Those of `judge`, and of fetching the keys.
    pub fn judge<T>(
        &self,
        judge: impl Fn(&Keys, Option<&str>) -> Result<T, jose::Error>,
    ) -> Result<(T, String), Error> {
        match &self.place {
            Place::Local(keys, name) => Ok((judge(keys, self.issuer)?, name.clone())),
            Place::Url(url) => {
                let settings = self.cx.settings(Layer::new())?;
                self.cx
                    .with_connection(&settings, self.freshness, |connection| {
                        self.fetch(connection, url, |keys| judge(keys, self.issuer))
                    })
            }
            Place::Issuer => {
                let mut layer = Layer::new();
                if let Some(issuer) = self.issuer {
                    layer.insert(Setting::Issuer, Value::Text(issuer.to_owned()));
                }
                let settings = self.cx.settings(layer)?;
                self.cx
                    .with_connection(&settings, self.freshness, |connection| {
                        let issuer = connection.issuer()?;
                        if issuer.is_none() && settings.get(Setting::JwksUri).is_none() {
                            return Err(self.flags.no_keys());
                        }
                        let url = connection
                            .endpoint(Endpoints::jwks_uri)
                            .map_err(|error| self.flags.named_here(error))?;
                        let issuer = issuer.as_ref().map(HttpsUrl::as_str);
                        self.fetch(connection, &url, |keys| judge(keys, issuer))
                    })
            }
        }
    }

    fn fetch<T>(
        &self,
        connection: &Connection<'_>,
        url: &HttpsUrl,
        judge: impl Fn(&Keys) -> Result<T, jose::Error>,
    ) -> Result<(T, String), Error> {
        let loaded = connection
            .documents()
            .with_keys(url, self.freshness, judge)?;
        if let Origin::Stale { .. } = loaded.origin {
            self.cx.render.warning(&loaded.origin.to_string());
        }
        Ok((loaded.document, url.without_query().to_owned()))
    }
}

impl FlagNames {
    /// Says how keys are named to this command, where the server names none.
    fn named_here(self, error: Error) -> Error {
        match error.root() {
            Error::OAuth(oauth::Error::NoEndpoint { .. }) => error.during_with_hint(
                "cannot find the keys of the server",
                format!("name them with {}", self.0),
            ),
            _ => error,
        }
    }

    fn no_keys(self) -> Error {
        Error::usage(
            "no key is named to verify with",
            format!("name a server with --issuer, or keys with {}", self.0),
        )
    }
}

impl KeySourceArgs {
    /// Says whether keys are named here.
    pub fn is_given(&self) -> bool {
        self.jwks.is_some() || self.key.is_some() || self.secret.is_some()
    }

    /// Returns what is to be read from standard input, as messages call it.
    pub fn on_stdin(&self) -> impl Iterator<Item = &'static str> + use<> {
        key_input::on_stdin(&self.key, &self.secret, &self.passphrase)
    }

    /// Reads the keys, unless they are a server's. `issuer` is the one that was
    /// asked for, `flags` what these are called.
    ///
    /// # Errors
    ///
    /// Exit 8 for a file that cannot be read or holds no keys, and for an
    /// unfit key or secret.
    pub fn open<'a>(
        &self,
        cx: &'a Context,
        issuer: Option<&'a str>,
        flags: FlagNames,
    ) -> Result<KeySource<'a>, Error> {
        Ok(KeySource {
            cx,
            issuer,
            freshness: match self.allow_stale_keys {
                true => Freshness::CachedOrStale,
                false => Freshness::Cached,
            },
            place: self.place(cx)?,
            flags,
        })
    }

    fn place(&self, cx: &Context) -> Result<Place, Error> {
        if let Some(key) = &self.key {
            let document = key.read(cx)?;
            let keys = key_input::open(cx, &key.name(), self.passphrase.as_ref(), |passphrase| {
                Ok(Keys::key(document.expose(), passphrase)?)
            })?;
            return Ok(Place::Local(keys, key.name()));
        }
        if let Some(reference) = &self.secret {
            let keys = Keys::secret(key_input::read_secret(cx, reference)?)
                .map_err(|error| named(error, &format!("the secret of `{reference}`")))?;
            return Ok(Place::Local(keys, format!("secret {reference}")));
        }
        Ok(match &self.jwks {
            Some(JwksSource::File(path)) => {
                let keys = Keys::set(read_file(path)?.expose())
                    .map_err(|error| unfit(error.into(), path))?;
                Place::Local(keys, path.display().to_string())
            }
            Some(JwksSource::Url(url)) => Place::Url(url.clone()),
            None => Place::Issuer,
        })
    }
}

fn unfit(error: Error, path: &Path) -> Error {
    error.during(format!("cannot use `{}`", path.display()))
}

fn named(error: KeyError, what: &str) -> Error {
    Error::from(error).during(format!("cannot use {what}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn j51_a_url_of_keys_is_https_or_loopback() {
        let parse = |text: &str| JwksSource::parse(text.into());
        assert_eq!(parse("keys.json"), Ok(JwksSource::File("keys.json".into())));
        assert_eq!(parse("http:x"), Ok(JwksSource::File("http:x".into())));
        assert!(matches!(
            parse("https://as.example/jwks"),
            Ok(JwksSource::Url(_))
        ));
        assert!(matches!(
            parse("http://127.0.0.1/jwks"),
            Ok(JwksSource::Url(_))
        ));
        assert_eq!(
            parse("http://as.example/jwks"),
            Err("http is allowed on loopback only, and `as.example` is not; use https".into())
        );
        assert_eq!(
            parse("ftp://as.example"),
            Err("its scheme is `ftp`, not https".into())
        );
    }
}
