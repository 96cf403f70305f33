//! `authctl revoke`: have the server forget a token (RFC 7009).

use authctl::core::documents::Freshness;
use authctl::core::error::Error;
use authctl::core::oauth::{self, Endpoints};
use authctl::core::session::Sessions;
use serde_json::json;

use super::connection::ConnectionArgs;
use super::context::Context;
use super::logout::told;
use super::output::OutputArg;
use super::token_input::{HintArg, TokenInput};

/// Revoke a token at the server (RFC 7009): a given one, or the session's
///
/// Without a token the session's tokens are revoked, and the session, dead
/// then, is forgotten. A server also answers that all is well for a token that
/// it does not know.
#[derive(clap::Args, Debug)]
pub struct RevokeArgs {
    #[command(flatten)]
    token: TokenInput,

    #[command(flatten)]
    hint: HintArg,

    #[command(flatten)]
    output: OutputArg,

    #[command(flatten)]
    connection: ConnectionArgs,
}

/// Revokes.
pub fn run(cx: &Context, args: &RevokeArgs) -> Result<(), Error> {
    let given = args.token.read()?;
    let settings = cx.settings(args.connection.layer())?;
    let profile = settings.profile_name();
    match &given {
        Some(token) => cx.with_nothing_kept(&settings, Freshness::Cached, |sessions| {
            sessions.revoke(token, args.hint.value())
        }),
        None => cx.with_sessions_of(&settings, Freshness::Cached, |sessions| {
            end(cx, sessions, profile)
        }),
    }?;
    if args.output.is_json(cx) {
        let mut answer = json!({ "revoked": true });
        if given.is_none() {
            answer["profile"] = json!(profile);
        }
        return cx.render.json(&answer);
    }
    cx.render.note(&match given {
        Some(_) => "the server has revoked the token, if it knew it".to_owned(),
        None => format!("the tokens of profile `{profile}` are revoked and forgotten"),
    });
    Ok(())
}

/// Ends the session; one that cannot be revoked anywhere is left alone, since
/// that is all that was asked for.
fn end(cx: &Context, sessions: &Sessions<'_>, profile: &str) -> Result<(), Error> {
    sessions.record()?;
    if let Err(error @ Error::OAuth(oauth::Error::NoEndpoint { .. })) =
        sessions.connection.endpoint(Endpoints::revocation)
    {
        return Err(error);
    }
    told(cx, profile, sessions.end(false)?.untold)
}
