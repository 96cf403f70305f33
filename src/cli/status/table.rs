//! The sessions for a person.

use authctl::core::store::{CachedToken, Reason};
use authctl::core::time::{ClockOffset, Timestamp, humanize_span};
use comfy_table::Table;
use comfy_table::presets::NOTHING;

use super::gather::{ClientTokens, Gathered, Row};
use crate::cli::render::{escape, trimmed_table};

/// Returns the sessions, the clients' tokens, and what should be known of
/// stores and clocks.
pub fn text(gathered: &Gathered, now: Timestamp) -> String {
    let mut text = sessions(&gathered.rows, now);
    if !gathered.clients.is_empty() {
        text.push('\n');
        text.push_str(&clients(&gathered.clients, now));
    }
    text + &renewals(&gathered.rows)
        + &ends(&gathered.rows)
        + &troubles(gathered)
        + &fallbacks(&gathered.rows)
        + &clocks(&gathered.rows, now)
}

fn sessions(rows: &[Row], now: Timestamp) -> String {
    let mut table = Table::new();
    table.load_style(NOTHING).set_header([
        "",
        "PROFILE",
        "ISSUER",
        "SUBJECT",
        "TOKEN",
        "RENEWABLE",
        "STORE",
        "SCOPE",
    ]);
    for row in rows {
        let token = match row.state(now) {
            "signed_out" => "signed out".to_owned(),
            // Why is told below, where a long message widens no column.
            "unreadable" => UNREADABLE.to_owned(),
            _ => end(row.expires_at(), now),
        };
        let profile = match row.configured {
            true => row.profile.clone(),
            false => format!("{} (removed)", row.profile),
        };
        let renewable = match &row.record {
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
            &escape(&profile),
            &escape(row.issuer.as_deref().unwrap_or("-")),
            &escape(&subject(row)),
            &escape(&token),
            renewable,
            store,
            &escape(&scope(row.token())),
        ]);
    }
    trimmed_table(&table)
}

/// Whose session it is: the name that was typed says more than a number.
fn subject(row: &Row) -> String {
    let Some(record) = &row.record else {
        return "-".to_owned();
    };
    match (&record.subject, &record.username) {
        (Some(subject), Some(name)) if subject != name => format!("{name} ({subject})"),
        (Some(one), _) | (None, Some(one)) => one.clone(),
        (None, None) => "-".to_owned(),
    }
}

fn scope(token: Option<&CachedToken>) -> String {
    match token {
        Some(token) if !token.scope.is_empty() => token.scope.join(" "),
        _ => "-".to_owned(),
    }
}

fn end(at: Option<Timestamp>, now: Timestamp) -> String {
    let span = |seconds: i64| humanize_span(seconds.unsigned_abs());
    match at {
        Some(at) if at <= now => format!("expired {} ago", span(at.seconds_until(now))),
        Some(at) => format!("expires in {}", span(now.seconds_until(at))),
        None => "no expiry".to_owned(),
    }
}

fn clients(clients: &[ClientTokens], now: Timestamp) -> String {
    let mut table = Table::new();
    table.load_style(NOTHING).set_header([
        "", "CLIENT", "ISSUER", "AUDIENCE", "TOKEN", "STORE", "SCOPE",
    ]);
    for client in clients {
        let store = client.store.store.kind().name();
        let record = match &client.record {
            Ok(record) => record,
            Err(_) => {
                table.add_row(["", "-", "-", "-", UNREADABLE, store, "-"]);
                continue;
            }
        };
        for token in &record.tokens {
            let mut audience: Vec<&str> = token.audience.as_deref().into_iter().collect();
            audience.extend(token.resource.iter().map(String::as_str));
            let audience = match audience.is_empty() {
                true => "-".to_owned(),
                false => audience.join(" "),
            };
            table.add_row([
                "",
                &escape(&record.client_id),
                &escape(&record.issuer),
                &escape(&audience),
                &end(token.expires_at, now),
                store,
                &escape(&scope(Some(token))),
            ]);
        }
    }
    trimmed_table(&table)
}

/// Says which renewals began without an end that was kept.
fn renewals(rows: &[Row]) -> String {
    let sent = |row: &Row| row.record.as_ref()?.sent_before();
    rows.iter()
        .filter_map(|row| Some((row, sent(row)?)))
        .map(|(row, at)| {
            format!(
                "renewal of {}: sent at {at}, and no answer was kept; the next one tells\n",
                escape(&row.profile)
            )
        })
        .collect()
}

/// Says which sessions a server has ended, and how.
fn ends(rows: &[Row]) -> String {
    let end = |row: &Row| row.record.as_ref()?.ended().map(ToString::to_string);
    rows.iter()
        .filter_map(|row| Some((row, end(row)?)))
        .map(|(row, end)| format!("end of {}: {}\n", escape(&row.profile), escape(&end)))
        .collect()
}

/// Says why something cannot be read: a fault that sessions have in common,
/// such as that of their store, once.
fn troubles(gathered: &Gathered) -> String {
    let mut faults: Vec<(&str, Vec<&str>)> = Vec::new();
    let sessions = gathered.rows.iter().filter_map(|row| {
        let trouble = row.trouble.as_ref()?;
        Some((row.profile.as_str(), trouble))
    });
    let clients = gathered.clients.iter().filter_map(|client| {
        let trouble = client.record.as_ref().err()?;
        Some(("a client's tokens", trouble))
    });
    for (whose, trouble) in sessions.chain(clients) {
        match faults.iter_mut().find(|(why, _)| *why == trouble.message) {
            Some((_, all)) => all.push(whose),
            None => faults.push((&trouble.message, vec![whose])),
        }
    }
    faults
        .iter()
        .map(|(why, whose)| {
            format!(
                "{UNREADABLE} {}: {}\n",
                escape(&whose.join(", ")),
                escape(why)
            )
        })
        .collect()
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

/// Says which clocks are notably off, as they were measured last.
fn clocks(rows: &[Row], now: Timestamp) -> String {
    let mut lines: Vec<String> = Vec::new();
    for row in rows {
        let (Some(seconds), Some(issuer)) = (row.clock_offset, &row.issuer) else {
            continue;
        };
        let offset = ClockOffset {
            seconds,
            server: issuer.clone(),
            measured_at: now,
        };
        let line = format!("clock: {}\n", escape(&offset.to_string()));
        if offset.is_notable() && !lines.contains(&line) {
            lines.push(line);
        }
    }
    lines.concat()
}

const UNREADABLE: &str = "unreadable";
