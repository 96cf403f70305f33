//! The flags of every command that talks to a server.

use authctl::core::config::{Layer, SecretRef, Setting, Value};
use authctl::core::oauth::AuthMethod;
use clap::builder::PossibleValuesParser;

use super::secrets::SecretRefParser;

/// Where the authorization server is and who the client is.
#[derive(clap::Args, Clone, Debug, Default)]
#[command(next_help_heading = "Connection")]
pub struct ConnectionArgs {
    /// Issuer identifier of the authorization server, whose metadata is read
    /// [env: AUTHCTL_ISSUER]
    #[arg(long, value_name = "URL")]
    pub issuer: Option<String>,

    #[command(flatten)]
    pub client: ClientArgs,

    /// Scope values to ask for; repeat it, or separate them by space or comma
    /// [env: AUTHCTL_SCOPE]
    #[arg(
        long,
        value_name = "SCOPE",
        value_delimiter = ' ',
        allow_hyphen_values = false
    )]
    pub scope: Vec<String>,

    /// Audience to ask for, as some servers take it [env: AUTHCTL_AUDIENCE]
    #[arg(long, value_name = "AUDIENCE")]
    pub audience: Option<String>,

    /// Resource indicator to ask for (RFC 8707); may be repeated
    /// [env: AUTHCTL_RESOURCE]
    #[arg(long, value_name = "URI")]
    pub resource: Vec<String>,

    /// Further parameter of the token request; may be repeated
    /// [env: AUTHCTL_PARAM]
    #[arg(long, value_name = "K=V")]
    pub param: Vec<String>,

    #[command(flatten)]
    pub endpoints: EndpointArgs,
}

/// Who the client is and how it authenticates.
#[derive(clap::Args, Clone, Debug, Default)]
#[command(next_help_heading = "Connection")]
pub struct ClientArgs {
    /// Client identifier [env: AUTHCTL_CLIENT_ID]
    #[arg(long, value_name = "ID")]
    pub client_id: Option<String>,

    /// Reference to the client's secret: env:NAME, file:PATH, cmd:COMMAND,
    /// keychain:NAME, - for standard input, or nothing for a hidden prompt;
    /// the variable AUTHCTL_CLIENT_SECRET holds the secret itself
    #[arg(long, value_name = "REF", num_args = 0..=1, default_missing_value = "", value_parser = SecretRefParser)]
    pub client_secret: Option<SecretRef>,

    /// How the client authenticates; chosen from the server's metadata by
    /// default [env: AUTHCTL_AUTH_METHOD]
    #[arg(long, value_name = "METHOD", value_parser = auth_methods())]
    pub auth_method: Option<String>,
}

/// Returns the methods there are, by their registry names.
fn auth_methods() -> PossibleValuesParser {
    PossibleValuesParser::new(AuthMethod::ALL.map(AuthMethod::name))
}

/// Explicit endpoints, which win over the metadata's.
#[derive(clap::Args, Clone, Debug, Default)]
#[command(next_help_heading = "Endpoints, for servers without metadata")]
pub struct EndpointArgs {
    /// Token endpoint [env: AUTHCTL_TOKEN_ENDPOINT]
    #[arg(long, value_name = "URL")]
    pub token_endpoint: Option<String>,

    /// Revocation endpoint (RFC 7009) [env: AUTHCTL_REVOCATION_ENDPOINT]
    #[arg(long, value_name = "URL")]
    pub revocation_endpoint: Option<String>,

    /// Introspection endpoint (RFC 7662) [env: AUTHCTL_INTROSPECTION_ENDPOINT]
    #[arg(long, value_name = "URL")]
    pub introspection_endpoint: Option<String>,

    /// UserInfo endpoint [env: AUTHCTL_USERINFO_ENDPOINT]
    #[arg(long, value_name = "URL")]
    pub userinfo_endpoint: Option<String>,

    /// End-session endpoint [env: AUTHCTL_END_SESSION_ENDPOINT]
    #[arg(long, value_name = "URL")]
    pub end_session_endpoint: Option<String>,

    /// Where the server's JWK Set is [env: AUTHCTL_JWKS_URI]
    #[arg(long, value_name = "URL")]
    pub jwks_uri: Option<String>,
}

impl ConnectionArgs {
    /// Returns what was typed, as a layer of settings.
    pub fn layer(&self) -> Layer {
        let mut layer = Layer::new();
        text(&mut layer, Setting::Issuer, self.issuer.as_ref());
        self.client.add_to(&mut layer);
        let scope = self
            .scope
            .iter()
            .flat_map(|text| authctl::core::config::setting::split_list(text));
        list(&mut layer, Setting::Scope, scope.collect());
        text(&mut layer, Setting::Audience, self.audience.as_ref());
        list(&mut layer, Setting::Resource, self.resource.clone());
        list(&mut layer, Setting::Param, self.param.clone());
        let endpoints = &self.endpoints;
        text(
            &mut layer,
            Setting::TokenEndpoint,
            endpoints.token_endpoint.as_ref(),
        );
        text(
            &mut layer,
            Setting::RevocationEndpoint,
            endpoints.revocation_endpoint.as_ref(),
        );
        text(
            &mut layer,
            Setting::IntrospectionEndpoint,
            endpoints.introspection_endpoint.as_ref(),
        );
        text(
            &mut layer,
            Setting::UserinfoEndpoint,
            endpoints.userinfo_endpoint.as_ref(),
        );
        text(
            &mut layer,
            Setting::EndSessionEndpoint,
            endpoints.end_session_endpoint.as_ref(),
        );
        text(&mut layer, Setting::JwksUri, endpoints.jwks_uri.as_ref());
        layer
    }
}

impl ClientArgs {
    /// Adds what was typed to a layer.
    pub fn add_to(&self, layer: &mut Layer) {
        text(layer, Setting::ClientId, self.client_id.as_ref());
        let secret = self.client_secret.as_ref().map(reference_text);
        text(layer, Setting::ClientSecret, secret.as_ref());
        text(layer, Setting::AuthMethod, self.auth_method.as_ref());
    }
}

/// Returns a reference as a setting's text, of which the empty one is a
/// prompt.
pub fn reference_text(reference: &SecretRef) -> String {
    match reference {
        SecretRef::Prompt => String::new(),
        other => other.to_string(),
    }
}

/// Adds a text that was typed.
pub fn text(layer: &mut Layer, setting: Setting, value: Option<&String>) {
    if let Some(value) = value {
        layer.insert(setting, Value::Text(value.clone()));
    }
}

fn list(layer: &mut Layer, setting: Setting, values: Vec<String>) {
    if !values.is_empty() {
        layer.insert(setting, Value::List(values));
    }
}
