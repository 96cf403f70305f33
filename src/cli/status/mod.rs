//! `authctl status`: every session.

use std::process::ExitCode;
use std::rc::Rc;

use authctl::core::config::{ConfigFile, Layer, Setting};
use authctl::core::error::{Error, Exit};
use authctl::core::session;
use authctl::core::store::{Key, Opened, Reason, Record};
use authctl::core::time::{Timestamp, humanize_span};
use comfy_table::Table;
use comfy_table::presets::NOTHING;
use serde_json::{Value, json};

use super::context::Context;
use super::output::OutputArg;
use super::render::{escape, trimmed_table};
use super::sessions::{Place, places};

/// Show every session: whose, until when, in which store
///
/// Of all profiles, or of the one that --profile names. Exits with 4 when none
/// is usable.
#[derive(clap::Args, Debug)]
pub struct StatusArgs {
    #[command(flatten)]
    output: OutputArg,
}

/// One session, or a profile that has none.
struct Row {
    profile: String,
    current: bool,
    issuer: Option<String>,
    store: Option<Rc<Opened>>,
    record: Option<Record>,
    /// Why the record cannot be read.
    trouble: Option<Error>,
}

/// Shows the sessions.
pub fn run(cx: &Context, args: &StatusArgs) -> Result<ExitCode, Error> {
    // A profile that was named must be there.
    cx.settings(Layer::new())?;
    let current = cx.profile_name()?;
    let named = cx.named_profile()?;
    let config = cx.config()?;
    let rows: Vec<Row> = places(cx)?
        .into_iter()
        .filter(|place| named.as_ref().is_none_or(|name| *name == place.profile))
        .map(|place| row(config, place, &current))
        .collect();
    let now = cx.now();
    if !rows.iter().any(|row| row.is_usable(now)) {
        // On failure stdout is empty; the error says what the table would.
        return Err(none_usable(cx, rows)?);
    }
    if args.output.is_json(cx) {
        let sessions: Vec<Value> = rows.iter().map(|row| row.json(now)).collect();
        cx.render.json(&json!({ "sessions": sessions }))?;
    } else {
        cx.render.text(&table(&rows, now))?;
    }
    Ok(ExitCode::from(Exit::Done as u8))
}

/// One that cannot be read does not hide the others.
fn row(config: &ConfigFile, place: Place, current: &str) -> Row {
    let Place { profile, opened } = place;
    let (store, found) = match opened {
        Ok(opened) => {
            let found = opened.store.load(&Key::session(&profile));
            (Some(opened), found.map_err(Error::from))
        }
        Err(error) => (None, Err(error)),
    };
    let (record, trouble) = match found {
        Ok(record) => (record, None),
        Err(error) => (None, Some(error)),
    };
    let configured = config
        .profile(&profile)
        .and_then(|layer| layer.get(&Setting::Issuer))
        .map(ToString::to_string);
    Row {
        current: profile == current,
        issuer: record
            .as_ref()
            .map(|record| record.issuer.clone())
            .or(configured),
        profile,
        store,
        record,
        trouble,
    }
}

impl Row {
    fn is_usable(&self, now: Timestamp) -> bool {
        self.record.as_ref().is_some_and(|record| {
            record.refresh_token.is_some()
                || record
                    .tokens
                    .iter()
                    .any(|token| token.lives(now, std::time::Duration::ZERO))
        })
    }

    fn expires_at(&self) -> Option<Timestamp> {
        self.record.as_ref()?.tokens.last()?.expires_at
    }

    fn state(&self, now: Timestamp) -> &'static str {
        match &self.record {
            None if self.trouble.is_some() => "unreadable",
            None => "signed_out",
            Some(_) if !self.is_usable(now) => "expired",
            Some(_) if self.expires_at().is_some_and(|at| at <= now) => "refreshable",
            Some(_) => "valid",
        }
    }

    fn json(&self, now: Timestamp) -> Value {
        let record = self.record.as_ref();
        json!({
            "profile": self.profile,
            "current": self.current,
            "state": self.state(now),
            "usable": self.is_usable(now),
            "issuer": self.issuer,
            "client_id": record.map(|record| &record.client_id),
            "sub": record.and_then(|record| record.subject.as_ref()),
            "username": record.and_then(|record| record.username.as_ref()),
            "scope": record.and_then(|record| record.tokens.last()).map(|token| token.scope.join(" ")),
            "expires_at": self.expires_at().and_then(Timestamp::to_rfc3339),
            "expires_in": self.expires_at().map(|at| now.seconds_until(at)),
            "refreshable": record.is_some_and(|record| record.refresh_token.is_some()),
            "signed_in_at": record.and_then(|record| record.created_at.to_rfc3339()),
            "store": self.store.as_ref().map(|opened| opened.store.kind().name()),
            "store_reason": self.store.as_ref().map(|opened| opened.reason.to_string()),
            "problem": self.trouble.as_ref().map(ToString::to_string),
        })
    }
}

fn table(rows: &[Row], now: Timestamp) -> String {
    let mut table = Table::new();
    table.load_style(NOTHING).set_header([
        "",
        "PROFILE",
        "ISSUER",
        "SUBJECT",
        "TOKEN",
        "RENEWABLE",
        "STORE",
    ]);
    for row in rows {
        let token = match (row.state(now), row.expires_at()) {
            ("signed_out", _) => "signed out".to_owned(),
            ("unreadable", _) => row
                .trouble
                .as_ref()
                .map(ToString::to_string)
                .unwrap_or_default(),
            (_, Some(at)) if at <= now => {
                format!(
                    "expired {} ago",
                    humanize_span(at.seconds_until(now).unsigned_abs())
                )
            }
            (_, Some(at)) => format!(
                "expires in {}",
                humanize_span(now.seconds_until(at).unsigned_abs())
            ),
            (_, None) => "no expiry".to_owned(),
        };
        let record = row.record.as_ref();
        let subject =
            record.and_then(|record| record.subject.as_ref().or(record.username.as_ref()));
        let renewable = match record {
            None => "-",
            Some(record) if record.refresh_token.is_some() => "yes",
            Some(_) => "no",
        };
        let store = row
            .store
            .as_ref()
            .map_or("-", |opened| opened.store.kind().name());
        table.add_row([
            if row.current { "*" } else { "" },
            &escape(&row.profile),
            &escape(row.issuer.as_deref().unwrap_or("-")),
            &escape(subject.map_or("-", String::as_str)),
            &escape(&token),
            renewable,
            store,
        ]);
    }
    trimmed_table(&table) + &fallbacks(rows)
}

/// Says why a store is not the keychain although nobody asked for another:
/// no fallback is silent.
fn fallbacks(rows: &[Row]) -> String {
    let mut lines: Vec<String> = Vec::new();
    for opened in rows.iter().filter_map(|row| row.store.as_ref()) {
        let line = match &opened.reason {
            Reason::Asked(_) | Reason::KeychainAnswers => continue,
            reason @ (Reason::FileKeyGiven(_) | Reason::NothingElse(_)) => format!(
                "store {}: {}\n",
                opened.store.kind().name(),
                escape(&reason.to_string())
            ),
        };
        if !lines.contains(&line) {
            lines.push(line);
        }
    }
    lines.concat()
}

/// Says why no session is usable: nobody signed in, all expired, or the
/// records cannot be read.
fn none_usable(cx: &Context, rows: Vec<Row>) -> Result<Error, Error> {
    // One that has expired tells more than a profile without one.
    let error = match rows.iter().find(|row| row.record.is_some()) {
        Some(row) => session::Error::Expired {
            profile: row.profile.clone(),
            at: row.expires_at(),
        },
        None => session::Error::NoSession {
            profile: cx.profile_name()?,
        },
    };
    let unreadable = rows
        .into_iter()
        .find_map(|row| Some((row.trouble?, row.profile)));
    if let Some((error, profile)) = unreadable {
        return Ok(error.during(format!("the session of profile `{profile}` cannot be read")));
    }
    let opened = cx.open_store(&cx.settings(Layer::new())?)?;
    let kind = opened.store.kind().name();
    let store = match &opened.reason {
        Reason::Asked(_) => kind.to_owned(),
        reason => format!("{kind}; {reason}"),
    };
    Ok(Error::from(error).during(format!("no session is usable (store: {store})")))
}
