//! `authctl discover`: a server's metadata.

use authctl::core::config::{Setting, Value as SettingValue};
use authctl::core::documents::Freshness;
use authctl::core::error::Error;
use serde_json::{Map, Value};

use super::context::Context;
use super::output::OutputArg;
use super::render::escape;

/// Show a server's metadata and what it supports
///
/// Both well-known forms are tried: OpenID Connect Discovery and RFC 8414.
///
/// Example: `authctl discover https://as.example`
#[derive(clap::Args, Debug)]
pub struct DiscoverArgs {
    /// Issuer; the profile's by default
    #[arg(value_name = "ISSUER", conflicts_with = "issuer")]
    server: Option<String>,

    /// Issuer identifier, as everywhere else [env: AUTHCTL_ISSUER]
    #[arg(long, value_name = "URL")]
    issuer: Option<String>,

    #[command(flatten)]
    output: OutputArg,
}

/// Members of the summary, by heading: endpoints, then what is supported.
const LISTS: [(&str, &str); 8] = [
    ("grant types", "grant_types_supported"),
    ("response types", "response_types_supported"),
    ("scopes", "scopes_supported"),
    (
        "client authentication",
        "token_endpoint_auth_methods_supported",
    ),
    ("PKCE", "code_challenge_methods_supported"),
    (
        "ID Token algorithms",
        "id_token_signing_alg_values_supported",
    ),
    ("subject types", "subject_types_supported"),
    ("DPoP algorithms", "dpop_signing_alg_values_supported"),
];

/// Fetches and shows the document.
pub fn run(cx: &Context, args: &DiscoverArgs) -> Result<(), Error> {
    let mut layer = authctl::core::config::Layer::new();
    if let Some(issuer) = args.server.as_ref().or(args.issuer.as_ref()) {
        layer.insert(Setting::Issuer, SettingValue::Text(issuer.clone()));
    }
    let settings = cx.settings(layer)?;
    let members = cx.with_connection(&settings, Freshness::Fetch, |connection| {
        let metadata = connection.metadata()?;
        metadata
            .map(|metadata| metadata.members().clone())
            .ok_or_else(|| {
                Error::usage(
                    "no authorization server is given",
                    "name its issuer: `authctl discover https://as.example`",
                )
            })
    })?;
    if args.output.is_json(cx) {
        return cx.render.json(&Value::Object(members));
    }
    cx.render.text(&summary(&members))
}

fn summary(members: &Map<String, Value>) -> String {
    let mut text = String::new();
    let mut line = |name: &str, value: &str| {
        text.push_str(&format!("{name:<24} {}\n", escape(value)));
    };
    line(
        "issuer",
        members
            .get("issuer")
            .and_then(Value::as_str)
            .unwrap_or_default(),
    );
    for (name, value) in members {
        if let (true, Some(url)) = (
            name.ends_with("_endpoint") || name == "jwks_uri",
            value.as_str(),
        ) {
            line(&escape(name), url);
        }
    }
    for (heading, member) in LISTS {
        let Some(values) = members.get(member).and_then(Value::as_array) else {
            continue;
        };
        let values: Vec<&str> = values.iter().filter_map(Value::as_str).collect();
        if !values.is_empty() {
            line(heading, &values.join(", "));
        }
    }
    text
}
