//! `authctl refresh`: renew now.

use authctl::core::config::Layer;
use authctl::core::documents::Freshness;
use authctl::core::error::Error;
use authctl::core::session::{Ask, Token};
use authctl::core::store::Error as StoreError;
use authctl::core::time::{Timestamp, humanize_span};
use serde_json::{Value, json};

use super::connection::ConnectionArgs;
use super::context::Context;
use super::output::OutputArg;
use super::render::escape;
use super::sessions::{for_each, profiles_with_sessions};

/// Renew a session's tokens now
///
/// Example: `authctl refresh --all`
#[derive(clap::Args, Debug)]
pub struct RefreshArgs {
    /// Renew the sessions of all profiles
    #[arg(long, conflicts_with = "profile")]
    all: bool,

    #[command(flatten)]
    output: OutputArg,

    #[command(flatten)]
    connection: ConnectionArgs,
}

/// Renews.
pub fn run(cx: &Context, args: &RefreshArgs) -> Result<(), Error> {
    let as_json = args.output.is_json(cx);
    if !args.all {
        let profile = cx.profile_name()?;
        let layer = args.connection.layer();
        cx.settings(layer.clone())?;
        let token = refresh(cx, &profile, layer)?;
        return say(cx, as_json, &profile, &token);
    }
    let profiles = profiles_with_sessions(cx)?;
    if profiles.is_empty() {
        return Err(Error::Session(authctl::core::session::Error::NoSession {
            profile: cx.profile_name()?,
        }));
    }
    let (renewed, first_failure) = for_each(cx, profiles, |profile| {
        refresh(cx, profile, args.connection.layer())
    });
    for (profile, token) in renewed {
        match first_failure {
            None => say(cx, as_json, &profile, &token)?,
            // On failure stdout is empty.
            Some(_) => cx.render.note(&format!("renewed profile `{profile}`")),
        }
    }
    first_failure.map_or(Ok(()), Err)
}

fn refresh(cx: &Context, profile: &str, layer: Layer) -> Result<Token, Error> {
    let settings = cx.settings_of(profile, layer)?;
    let ask = Ask {
        force: true,
        ..Ask::default()
    };
    let token = cx
        .with_sessions_of(&settings, Freshness::Cached, |sessions| {
            sessions.session_token(ask)
        })
        .map_err(|error| {
            error.during(format!("cannot refresh the token for profile `{profile}`"))
        })?;
    match token.unsaved {
        None => Ok(token),
        Some(error @ StoreError::TooLarge { .. }) => Err(Error::from(error).during(format!(
            "the token for profile `{profile}` was renewed but could not be kept"
        ))),
        Some(error) => Err(Error::from(error).during_with_hint(
            format!("the token for profile `{profile}` was renewed but could not be kept"),
            "mend the store and try again; if the server has spent the refresh token that is kept, sign in again with `authctl login`",
        )),
    }
}

fn say(cx: &Context, as_json: bool, profile: &str, token: &Token) -> Result<(), Error> {
    let at = token.cached.expires_at;
    if as_json {
        return cx.render.json(&answer(profile, token));
    }
    let now = cx.now();
    let until = at.map_or_else(String::new, |at| {
        format!(
            ", expires at {at} (in {})",
            humanize_span(now.seconds_until(at).max(0).unsigned_abs())
        )
    });
    cx.render
        .text(&format!("Renewed profile {}{until}", escape(profile)))
}

fn answer(profile: &str, token: &Token) -> Value {
    json!({
        "profile": profile,
        "scope": token.cached.scope.join(" "),
        "expires_at": token.cached.expires_at.and_then(Timestamp::to_rfc3339),
        "source": token.source.name(),
    })
}
