//! `authctl introspect`: what the server says of a token (RFC 7662).

use authctl::core::documents::Freshness;
use authctl::core::error::Error;
use authctl::core::oauth::Endpoints;
use authctl::core::oauth::introspection::{introspection_request, process_introspection_response};
use authctl::core::secret::Secret;
use authctl::core::session::{Ask, Sessions};
use serde_json::Value;

use super::connection::ConnectionArgs;
use super::context::Context;
use super::output::OutputArg;
use super::render::claims_text;
use super::token_input::{HintArg, TokenInput};

/// Ask the server about a token (RFC 7662): a given one, or the session's
///
/// Exits with 3 when the token is not active. The client must authenticate at
/// most servers.
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
    let given = args.token.read()?;
    let settings = cx.settings(args.connection.layer())?;
    let ask = |sessions: &Sessions<'_>, token: &Secret| {
        let endpoint = sessions.connection.endpoint(Endpoints::introspection)?;
        let auth = sessions.connection.auth("introspection_endpoint")?;
        let request = introspection_request(&endpoint, &auth, token, args.hint.value());
        let response = sessions.connection.send(&request)?;
        process_introspection_response(&request, &response)
    };
    let answer = cx.with_sessions_of(&settings, Freshness::Cached, |sessions| match &given {
        Some(token) => ask(sessions, token),
        None => {
            let token = sessions.session_token(Ask::default())?;
            super::warn_unsaved(cx, &token);
            ask(sessions, &token.cached.access_token)
        }
    })?;
    if !answer.active {
        return Err(Error::NotActive);
    }
    if args.output.is_json(cx) {
        return cx.render.json(&Value::Object(answer.members));
    }
    cx.render.text(&claims_text(&answer.members, cx.now()))
}
