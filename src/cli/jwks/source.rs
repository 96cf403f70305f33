//! Where a set is that is only looked at: a file, a URL, a server, standard
//! input.

use std::ffi::OsString;
use std::path::PathBuf;

use authctl::core::config::{Layer, Setting, Value};
use authctl::core::documents::Freshness;
use authctl::core::error::Error;
use authctl::core::jose::key_set::SetDocument;
use authctl::core::oauth::Endpoints;
use authctl::core::uri::{HttpsUrl, InvalidUrl};

use crate::cli::context::Context;
use crate::cli::secrets::{read_file, read_stdin};

/// A set that is named on the command line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// A file.
    File(PathBuf),
    /// Standard input.
    Stdin,
    /// A URL.
    Url(HttpsUrl),
}

impl Place {
    /// Whatever has a scheme and an authority is a URL, which must be one that
    /// may be spoken to.
    pub fn parse(typed: OsString) -> Result<Self, String> {
        match typed.to_str() {
            Some("-") => Ok(Self::Stdin),
            Some("") => Err("no set is named".to_owned()),
            Some(text) if text.contains("://") => text
                .parse()
                .map(Self::Url)
                .map_err(|error: InvalidUrl| error.to_string()),
            _ => Ok(Self::File(typed.into())),
        }
    }
}

/// The flags that name a server whose set is meant.
#[derive(clap::Args, Clone, Debug, Default)]
#[command(next_help_heading = "Connection")]
pub struct ServerArgs {
    /// Issuer identifier of the server whose keys they are
    /// [env: AUTHCTL_ISSUER]
    #[arg(long, value_name = "URL")]
    issuer: Option<String>,

    /// Where the server's JWK Set is [env: AUTHCTL_JWKS_URI]
    #[arg(long, value_name = "URL")]
    jwks_uri: Option<String>,
}

/// A set, read.
pub struct Found {
    /// What it is called: the path or the URL.
    pub name: String,
    /// The octets, as they came.
    pub text: Vec<u8>,
    /// What they are.
    pub set: SetDocument,
    /// Whether it came from a server, so that others can read it too.
    pub public: bool,
}

/// Reads a set; where none is named, that of the server of the flags, else of
/// the profile.
///
/// # Errors
///
/// Exit 8 for what cannot be read or is no set, exit 2 where none is named,
/// and those of fetching.
pub fn find(cx: &Context, place: Option<&Place>, server: &ServerArgs) -> Result<Found, Error> {
    let (name, text, public) = match place {
        Some(Place::File(path)) => (
            path.display().to_string(),
            read_file(path)?.expose().to_vec(),
            false,
        ),
        Some(Place::Stdin) => (
            "standard input".to_owned(),
            read_stdin()?.expose().to_vec(),
            false,
        ),
        Some(Place::Url(url)) => fetch(cx, Some(url), server)?,
        None => fetch(cx, None, server)?,
    };
    let set = SetDocument::look_at(&text)
        .map_err(|error| Error::from(error).during(format!("cannot use `{name}`")))?;
    Ok(Found {
        name,
        text,
        set,
        public,
    })
}

/// Always asks the server: what it has now is what was asked for.
fn fetch(
    cx: &Context,
    url: Option<&HttpsUrl>,
    server: &ServerArgs,
) -> Result<(String, Vec<u8>, bool), Error> {
    let mut layer = Layer::new();
    for (setting, typed) in [
        (Setting::Issuer, &server.issuer),
        (Setting::JwksUri, &server.jwks_uri),
    ] {
        if let Some(typed) = typed {
            layer.insert(setting, Value::Text(typed.clone()));
        }
    }
    let settings = cx.settings(layer)?;
    cx.with_connection(&settings, Freshness::Fetch, |connection| {
        let url = match url {
            Some(url) => url.clone(),
            None if settings.get(Setting::JwksUri).is_none() && connection.issuer()?.is_none() => {
                return Err(Error::usage(
                    "no key set is named",
                    "name a file or a URL, or a server with --issuer",
                ));
            }
            None => connection.endpoint(Endpoints::jwks_uri)?,
        };
        let loaded = connection.documents().jwks_text(&url, Freshness::Fetch)?;
        Ok((url.without_query().to_owned(), loaded.document, true))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn j51_a_url_is_https_or_loopback() {
        let parse = |text: &str| Place::parse(text.into());
        assert_eq!(parse("keys.json"), Ok(Place::File("keys.json".into())));
        assert_eq!(parse("-"), Ok(Place::Stdin));
        assert!(matches!(
            parse("https://as.example/jwks"),
            Ok(Place::Url(_))
        ));
        assert_eq!(
            parse("http://as.example/jwks"),
            Err("http is allowed on loopback only, and `as.example` is not; use https".into())
        );
    }
}
