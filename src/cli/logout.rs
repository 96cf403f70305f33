//! `authctl logout`: revoke and forget.

use authctl::core::config::{Layer, Settings};
use authctl::core::documents::Freshness;
use authctl::core::error::Error;
use authctl::core::session::{self, Untold};

use serde_json::json;

use super::connection::ConnectionArgs;
use super::context::Context;
use super::output::OutputArg;
use super::render::{counted, escape};
use super::sessions::{for_each, profiles_with_sessions, say_waiting};

/// Revoke a session's tokens (RFC 7009) and forget them
///
/// The session is forgotten here even when the server cannot be told; that
/// then exits with 6.
#[derive(clap::Args, Debug)]
pub struct LogoutArgs {
    /// End the sessions of all profiles
    #[arg(long, conflicts_with = "profile")]
    all: bool,

    /// Also end the session that the server keeps of the person
    #[arg(long)]
    end_session: bool,

    #[command(flatten)]
    output: OutputArg,

    #[command(flatten)]
    connection: ConnectionArgs,
}

/// Signs out.
pub fn run(cx: &Context, args: &LogoutArgs) -> Result<(), Error> {
    if args.all {
        forget_client_tokens(cx)?;
    }
    let profiles = if args.all {
        profiles_with_sessions(cx)?
    } else {
        vec![cx.profile_name()?]
    };
    if profiles.is_empty() {
        cx.render.note("nobody is signed in");
    }
    let (ended, first_failure) = for_each(cx, profiles, |profile| logout(cx, args, profile));
    for (profile, end) in ended {
        match first_failure {
            None => say(cx, args, &profile, end)?,
            // On failure stdout is empty.
            Some(_) => cx
                .render
                .note(&format!("signed out of profile `{profile}`")),
        }
    }
    first_failure.map_or(Ok(()), Err)
}

/// What became of a session.
#[derive(Clone, Copy)]
struct SignedOut {
    was_kept: bool,
    revoked: bool,
}

fn logout(cx: &Context, args: &LogoutArgs, profile: &str) -> Result<SignedOut, Error> {
    let settings = cx.settings_of(profile, args.connection.layer())?;
    end(cx, args, settings)
}

fn end(cx: &Context, args: &LogoutArgs, settings: Settings) -> Result<SignedOut, Error> {
    let profile = &settings.profile_name().to_owned();
    let opened = cx
        .open_store(&settings)
        .map_err(|error| not_ended(error, profile))?;
    let settings = cx.of_session(settings, &opened);
    let ended = cx.with_opened(&settings, Freshness::Cached, &opened, |sessions| {
        sessions.end(args.end_session)
    });
    let ended = ended.map_err(|error| not_ended(error, profile))?;
    let was_kept = ended.was_kept;
    let revoked = was_kept && ended.untold.is_none();
    if !was_kept {
        // It may have been moved since the store was chosen: who signs out
        // must not leave it there.
        if let Some(now) = cx.at_new_store(&settings)? {
            return end(cx, args, now);
        }
        // Then at least the profile must be there.
        cx.settings(Layer::new())?;
    }
    told(cx, profile, ended.untold)?;
    if let Some(error) = ended.goes_on {
        return Err(error.during(format!(
            "profile `{profile}` is signed out, but the person's session at the server goes on"
        )));
    }
    Ok(SignedOut { was_kept, revoked })
}

/// Says whose session goes on, and how the server that it is of can be told
/// where the settings name another.
fn not_ended(error: Error, profile: &str) -> Error {
    let what = format!("cannot sign out of profile `{profile}`");
    match error.root() {
        Error::Session(session::Error::OtherServer { .. }) => error.during_with_hint(
            what,
            "name the session's own server and client with `--issuer` and `--client-id`",
        ),
        _ => error.during(what),
    }
}

fn say(cx: &Context, args: &LogoutArgs, profile: &str, end: SignedOut) -> Result<(), Error> {
    if args.output.is_json(cx) {
        return cx.render.json(&json!({
            "profile": profile,
            "was_signed_in": end.was_kept,
            "revoked": end.revoked,
        }));
    }
    if end.was_kept {
        cx.render
            .text(&format!("Signed out of profile {}", escape(profile)))
    } else {
        cx.render
            .note(&format!("nobody was signed in for profile `{profile}`"));
        Ok(())
    }
}

/// Says what the server does not know.
///
/// # Errors
///
/// Why it could not be told.
pub fn told(cx: &Context, profile: &str, untold: Option<Untold>) -> Result<(), Error> {
    match untold {
        None => Ok(()),
        Some(Untold::NoEndpoint) => {
            cx.render.note(
                "the server has no revocation endpoint: the tokens live there until they expire",
            );
            Ok(())
        }
        Some(Untold::Failed(error)) => Err(error.during_with_hint(
            format!(
                "the session of profile `{profile}` is forgotten here, but the server was not told"
            ),
            "its tokens live at the server until they expire; its operator can revoke them",
        )),
    }
}

/// Forgets the tokens that clients got for themselves.
fn forget_client_tokens(cx: &Context) -> Result<(), Error> {
    let settings = cx.settings(Layer::new())?;
    let opened = cx.open_store(&settings)?;
    let wait = cx.lock_wait(&settings)?;
    let mut forgotten = 0;
    for key in opened.store.list()? {
        if key.profile().is_none() {
            let _lock = opened
                .store
                .lock(&key, wait, &mut |holder| say_waiting(cx, holder))?;
            forgotten += usize::from(opened.store.remove(&key)?);
        }
    }
    cx.render.notes(opened.store.take_notes());
    if forgotten > 0 {
        cx.render.note(&format!(
            "forgot {}; what a server issued lives there until it expires",
            counted(
                forgotten,
                "cached token of a client",
                "cached tokens of clients"
            )
        ));
    }
    Ok(())
}
