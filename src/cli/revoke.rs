//! `authctl revoke`: have the server forget a token (RFC 7009).

use authctl::core::documents::Freshness;
use authctl::core::error::Error;

use super::connection::ConnectionArgs;
use super::context::Context;
use super::logout::told;
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
    connection: ConnectionArgs,
}

/// Revokes.
pub fn run(cx: &Context, args: &RevokeArgs) -> Result<(), Error> {
    let given = args.token.read()?;
    let settings = cx.settings(args.connection.layer())?;
    cx.with_sessions_of(&settings, Freshness::Cached, |sessions| match &given {
        Some(token) => {
            sessions.revoke(token, args.hint.value())?;
            cx.render
                .note("the server has revoked the token, if it knew it");
            Ok(())
        }
        None => {
            sessions.record()?;
            let ended = sessions.end()?;
            told(cx, settings.profile_name(), &ended)?;
            cx.render.note(&format!(
                "the tokens of profile `{}` are revoked and forgotten",
                settings.profile_name()
            ));
            Ok(())
        }
    })
}
