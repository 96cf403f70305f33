//! `authctl whoami`: UserInfo, or the ID Token's claims.

use authctl::core::documents::Freshness;
use authctl::core::error::Error;
use authctl::core::oauth::userinfo::{process_userinfo_response, userinfo_request};
use authctl::core::oauth::{self, Endpoints};
use authctl::core::session::{Ask, Sessions};
use serde_json::{Map, Value};

use super::connection::ConnectionArgs;
use super::context::Context;
use super::output::OutputArg;
use super::render::claims_text;

/// Show who is signed in: UserInfo, or the ID Token's claims
///
/// The server is asked where it has a UserInfo endpoint; otherwise the claims
/// are those of the ID Token that was verified at the sign-in.
#[derive(clap::Args, Debug)]
pub struct WhoamiArgs {
    #[command(flatten)]
    output: OutputArg,

    #[command(flatten)]
    connection: ConnectionArgs,
}

/// Shows the claims.
pub fn run(cx: &Context, args: &WhoamiArgs) -> Result<(), Error> {
    let claims = cx.with_sessions(args.connection.layer(), Freshness::Cached, |sessions| {
        claims(cx, sessions)
    })?;
    if args.output.is_json(cx) {
        return cx.render.json(&Value::Object(claims));
    }
    cx.render.text(&claims_text(&claims, cx.now()))
}

fn claims(cx: &Context, sessions: &Sessions<'_>) -> Result<Map<String, Value>, Error> {
    let record = sessions.record()?;
    match sessions.connection.endpoint(Endpoints::userinfo) {
        Ok(endpoint) => {
            let token = sessions.session_token(Ask::default())?;
            super::warn_unsaved(cx, &token);
            let request = userinfo_request(&endpoint, &token.cached.access_token);
            let response = sessions.connection.send(&request)?;
            let info = process_userinfo_response(&request, &response, record.subject.as_deref())?;
            Ok(info.claims)
        }
        Err(error) => match (error.root(), &record.id_token) {
            (Error::OAuth(oauth::Error::NoEndpoint { .. }), Some(id_token)) => {
                cx.render
                    .note("the server has no UserInfo endpoint; these are the ID Token's claims");
                let jwt = authctl::core::jose::jwt::decode(id_token.expose())?;
                Ok(jwt.claims().cloned().unwrap_or_default())
            }
            _ => Err(error),
        },
    }
}
