//! `authctl status`: every session.

mod gather;
mod row;
mod table;

use std::process::ExitCode;

use authctl::core::config::Layer;
use authctl::core::error::{Error, Exit};
use authctl::core::session;
use authctl::core::store::Reason;
use serde_json::{Value, json};

use super::context::Context;
use super::output::OutputArg;
use gather::{Gathered, gather};

/// Show every session: whose, until when, in which store
///
/// Of all profiles, or of the one that --profile names; also those whose
/// profile was removed, and those that cannot be read. Exits with 4 when none
/// is usable. The server is not asked.
#[derive(clap::Args, Debug)]
pub struct StatusArgs {
    #[command(flatten)]
    output: OutputArg,
}

/// Shows the sessions.
pub fn run(cx: &Context, args: &StatusArgs) -> Result<ExitCode, Error> {
    // A profile that was named must be there.
    cx.settings(Layer::new())?;
    super::interrupt::install();
    let gathered = gather(cx)?;
    let now = cx.now();
    let as_json = args.output.is_json(cx);
    if !gathered.has_usable(now) {
        // On failure stdout is empty: the sessions are told beside the error.
        if !as_json && !cx.render.is_quiet() && gathered.shows_something() {
            let text = table::text(&gathered, now);
            cx.render.octets_to_stderr(text.as_bytes());
        }
        return Err(none_usable(cx, gathered)?);
    }
    if as_json {
        let sessions: Vec<Value> = gathered.rows.iter().map(|row| row.json(now)).collect();
        let clients = gathered.clients.iter();
        let clients: Vec<Value> = clients.flat_map(|client| client.json(now)).collect();
        cx.render
            .json(&json!({ "sessions": sessions, "client_tokens": clients }))?;
    } else {
        cx.render.text(&table::text(&gathered, now))?;
    }
    Ok(ExitCode::from(Exit::Done as u8))
}

/// Says why no session is usable: nobody signed in, all expired, or the
/// records cannot be read.
fn none_usable(cx: &Context, gathered: Gathered) -> Result<Error, Error> {
    // One that has expired tells more than a profile without one.
    let error = match gathered.rows.iter().find(|row| row.record.is_some()) {
        Some(row) => session::Error::Expired {
            ended: row
                .record
                .as_ref()
                .and_then(|record| record.ended().cloned()),
            profile: row.profile.clone(),
            at: row.expires_at(),
        },
        None => session::Error::NoSession {
            profile: cx.profile_name()?,
        },
    };
    if let Some((profile, error)) = gathered.unreadable {
        return Ok(error.during(format!("the session of profile `{profile}` cannot be read")));
    }
    let store = match &gathered.present {
        None => "none".to_owned(),
        Some(opened) => match &opened.reason {
            Reason::Asked(_) => opened.store.kind().name().to_owned(),
            reason => format!("{}; {reason}", opened.store.kind().name()),
        },
    };
    Ok(Error::from(error).during(format!("no session is usable (store: {store})")))
}
