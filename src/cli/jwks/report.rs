//! What is said of the keys of a set.

use authctl::core::jose::key_set::{KeySummary, Phase};
use authctl::core::time::{Timestamp, humanize_span};
use comfy_table::Table;
use comfy_table::presets::NOTHING;
use serde_json::{Value, json};

use crate::cli::render::{escape, trimmed_table};

/// Returns one key as JSON.
pub fn key_json(key: &KeySummary) -> Value {
    let slot = key.slot.as_ref();
    let time = |at: Option<Timestamp>| at.and_then(Timestamp::to_rfc3339);
    let problems: Vec<Value> = key
        .problems
        .iter()
        .map(|problem| json!({"code": problem.code, "message": problem.message}))
        .collect();
    json!({
        "kid": key.kid,
        "kty": key.kty,
        "crv": key.crv,
        "bits": key.bits,
        "alg": key.alg,
        "use": key.usage,
        "key_ops": key.key_ops,
        "private": key.private,
        "thumbprint": key.thumbprint,
        "state": slot.map(|slot| slot.phase.name()),
        "signs_at": time(slot.and_then(|slot| slot.begins)),
        "retires_at": time(slot.and_then(|slot| slot.ends)),
        "problems": problems,
    })
}

/// Returns the type and size of a key: `EC P-256`, `RSA 2048`, `AKP`.
pub fn kind(key: &KeySummary) -> String {
    let Some(kty) = &key.kty else {
        return "-".to_owned();
    };
    match (&key.crv, key.bits) {
        (Some(crv), _) => format!("{kty} {crv}"),
        (None, Some(bits)) => format!("{kty} {bits}"),
        (None, None) => kty.clone(),
    }
}

/// Returns the keys as a table, and below it what is wrong with them.
pub fn table(keys: &[KeySummary], now: Timestamp) -> String {
    if keys.is_empty() {
        return "the set has no keys\n".to_owned();
    }
    let has_slots = keys.iter().any(|key| key.slot.is_some());
    let has_prints = keys
        .iter()
        .any(|key| key.thumbprint.is_some() && key.thumbprint != key.kid);
    let mut header = vec!["KID", "KEY", "ALG", "USE", "PART"];
    header.extend(has_slots.then_some("STATE"));
    header.extend(has_prints.then_some("THUMBPRINT"));
    let mut table = Table::new();
    table.load_style(NOTHING).set_header(header);
    for key in keys {
        let part = match (key.kty.as_deref(), key.private) {
            (None, _) => "-",
            (Some("oct"), _) => "secret",
            (_, true) => "private",
            (_, false) => "public",
        };
        let usage = match (&key.usage, &key.key_ops) {
            (Some(usage), _) => usage.clone(),
            (None, Some(operations)) => operations.join(","),
            (None, None) => "-".to_owned(),
        };
        let mut row = vec![
            escape(key.kid.as_deref().unwrap_or("-")).into_owned(),
            escape(&kind(key)).into_owned(),
            escape(key.alg.as_deref().unwrap_or("-")).into_owned(),
            escape(&usage).into_owned(),
            part.to_owned(),
        ];
        if has_slots {
            row.push(state(key, now));
        }
        if has_prints {
            row.push(key.thumbprint.clone().unwrap_or_else(|| "-".to_owned()));
        }
        table.add_row(row);
    }
    trimmed_table(&table) + &problems(keys)
}

/// Returns where a key is in the rotation: `upcoming, signs in 2 h`.
fn state(key: &KeySummary, now: Timestamp) -> String {
    let Some(slot) = &key.slot else {
        return "-".to_owned();
    };
    let name = slot.phase.name();
    let (does, at) = match slot.phase {
        Phase::Signing => return name.to_owned(),
        Phase::Upcoming => ("signs", slot.begins),
        Phase::Retiring => ("leaves", slot.ends),
    };
    match at {
        Some(at) if at > now => {
            let span = humanize_span(now.seconds_until(at).unsigned_abs());
            format!("{name}, {does} in {span}")
        }
        _ => format!("{name}, {does} at the next rotate"),
    }
}

fn problems(keys: &[KeySummary]) -> String {
    let mut lines = String::new();
    for (index, key) in keys.iter().enumerate() {
        let name = match &key.kid {
            Some(kid) => format!("key {} ({})", index + 1, escape(kid)),
            None => format!("key {}", index + 1),
        };
        for problem in &key.problems {
            lines.push_str(&format!(
                "problem: {name}: {} [{}]\n",
                escape(&problem.message),
                problem.code
            ));
        }
    }
    match lines.is_empty() {
        true => lines,
        false => format!("\n{lines}"),
    }
}
