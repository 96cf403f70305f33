//! `authctl introspect`: what the server says of a token (RFC 7662).

use authctl::core::config::Setting;
use authctl::core::documents::Freshness;
use authctl::core::error::Error;
use authctl::core::oauth::Endpoints;
use authctl::core::oauth::introspection::{introspection_request, process_introspection_response};
use authctl::core::secret::Secret;
use authctl::core::session::Ask;
use serde_json::Value;

use super::connection::ConnectionArgs;
use super::context::Context;
use super::output::OutputArg;
use super::render::claims_text;
use super::token_input::{HintArg, TokenInput};

/// Ask the server about a token (RFC 7662): a given one, or the session's
///
/// Exits with 3 when the token is not active. The client must authenticate at
/// most servers; it may be another than the session's.
///
/// Example: `authctl introspect --client-id api --client-secret file:secret`
#[derive(clap::Args, Debug)]
pub struct IntrospectArgs {
    #[command(flatten)]
    token: TokenInput,

    #[command(flatten)]
    hint: HintArg,

    #[command(flatten)]
    output: OutputArg,

    #[command(flatten)]
    connection: ConnectionArgs,
}

/// Asks and shows the answer.
pub fn run(cx: &Context, args: &IntrospectArgs) -> Result<(), Error> {
    let token = match args.token.read()? {
        Some(token) => token,
        None => sessions_token(cx, args)?,
    };
    let settings = cx.settings(args.connection.layer())?;
    let answer = cx.with_connection(&settings, Freshness::Cached, |connection| {
        let endpoint = connection.endpoint(Endpoints::introspection)?;
        let auth = connection.auth("introspection_endpoint")?;
        let request = introspection_request(&endpoint, &auth, &token, args.hint.value());
        let response = connection.send(&request)?;
        process_introspection_response(&request, &response)
    })?;
    if !answer.active {
        return Err(Error::NotActive);
    }
    if args.output.is_json(cx) {
        return cx.render.json(&Value::Object(answer.members));
    }
    cx.render.text(&claims_text(&answer.members, cx.now()))
}

/// Returns the session's token, which is its own client's; the one that asks
/// about it may be another, as a public client may not ask at all.
fn sessions_token(cx: &Context, args: &IntrospectArgs) -> Result<Secret, Error> {
    let mut own = args.connection.layer();
    own.retain(|setting, _| !OF_THE_ASKER.contains(setting));
    let token = cx.with_sessions(own, Freshness::Cached, |sessions| {
        sessions.session_token(Ask::default())
    })?;
    super::warn_unsaved(cx, &token);
    Ok(token.cached.access_token)
}

/// What flags say of the client that asks.
const OF_THE_ASKER: [Setting; 3] = [
    Setting::ClientId,
    Setting::ClientSecret,
    Setting::AuthMethod,
];
