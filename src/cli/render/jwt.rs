//! A JWT for a person: header, claims, and where now is in its life.

use authctl::core::jose::jwt::{Times, UnverifiedContent, UnverifiedJwt};
use authctl::core::jose::{Finding, Members, NumericDate, Warning, jwt};
use authctl::core::time::{Timestamp, humanize_span};
use serde_json::{Map, Value};

use super::claims::{INSTANTS, relative};
use super::members::shown;
use super::{Paint, Render, escape};

/// What is said of the signature of a token that was only decoded, on
/// whichever stream.
pub const NOT_VERIFIED: &str = "signature: NOT verified";

/// The columns of the bar where stdout is no terminal.
const BAR: usize = 32;

/// Writes a token of which nothing was verified.
pub fn decoded_text(
    render: &Render,
    token: &UnverifiedJwt,
    remarks: &Remarks<'_>,
    now: Timestamp,
) -> String {
    let paint = render.stdout_paint();
    let mut text = section("header", &token.header, &Members::default(), now, paint);
    match &token.content {
        UnverifiedContent::Signed {
            claims, text: json, ..
        } => {
            text.push('\n');
            text.push_str(&section("claims", claims, &exact(json), now, paint));
            text.push_str(&lifetime(render, token.times(), now));
        }
        UnverifiedContent::Encrypted => {
            text.push('\n');
            text.push_str(&paint.bold("content"));
            text.push_str("\n  encrypted (JWE): nothing of it is seen without the key; `authctl decrypt` opens it\n");
        }
    }
    text.push_str(&remarks.text(paint));
    text.push('\n');
    text.push_str(&paint.yellow(NOT_VERIFIED));
    text.push('\n');
    text
}

/// Writes a token that was verified; `by` names the key, and `claims` is their
/// JSON.
pub fn verified_text(
    render: &Render,
    token: &jwt::Verified,
    claims: &str,
    by: &str,
    remarks: &Remarks<'_>,
    now: Timestamp,
) -> String {
    let paint = render.stdout_paint();
    let mut text = format!("{} {}\n\n", paint.green("verified:"), escape(by));
    text.push_str(&section(
        "claims",
        &token.claims,
        &exact(claims),
        now,
        paint,
    ));
    let times = Times {
        issued_at: token.date("iat"),
        not_before: token.date("nbf"),
        expires_at: token.date("exp"),
    };
    text.push_str(&lifetime(render, times, now));
    text.push_str(&remarks.text(paint));
    text
}

/// What is said of a token after it is shown.
pub enum Remarks<'a> {
    /// Nothing.
    None,
    /// What is always warned of.
    Warnings(&'a [Warning]),
    /// What the lint found, where it was asked for.
    Lint(&'a [Finding]),
}

impl Remarks<'_> {
    fn text(&self, paint: Paint) -> String {
        let (heading, lines): (_, Vec<String>) = match self {
            Self::None | Self::Warnings([]) => return String::new(),
            Self::Warnings(warnings) => (
                "warnings",
                warnings
                    .iter()
                    .map(|warning| escape(&warning.message).into_owned())
                    .collect(),
            ),
            Self::Lint(findings) => (
                "lint",
                findings.iter().map(|found| finding(found, paint)).collect(),
            ),
        };
        let mut text = format!("\n{}\n", paint.bold(heading));
        for line in &lines {
            text.push_str(&format!("  {} {line}\n", paint.yellow("!")));
        }
        if lines.is_empty() {
            text.push_str("  nothing is found\n");
        }
        text
    }
}

/// Writes what the lint found, and where it is said.
fn finding(found: &Finding, paint: Paint) -> String {
    let rule = format!("[{}, {}]", found.rule.code(), found.rule.section());
    format!("{} {}", escape(&found.message), paint.dim(&rule))
}

/// Returns the members of claims that were parsed already, as they stand there.
fn exact(claims: &str) -> Members {
    Members::parse(claims.as_bytes()).unwrap_or_default()
}

/// Writes a heading and a line for each member, instants also as dates.
fn section(
    heading: &str,
    members: &Map<String, Value>,
    exact: &Members,
    now: Timestamp,
    paint: Paint,
) -> String {
    let mut text = format!("{}\n", paint.bold(heading));
    if members.is_empty() {
        text.push_str("  (none)\n");
    }
    let names: Vec<_> = members.keys().map(|name| escape(name)).collect();
    let width = names
        .iter()
        .map(|name| name.chars().count())
        .max()
        .unwrap_or(0)
        .min(24);
    for (name, (plain, value)) in names.iter().zip(members) {
        let shown = shown(exact, plain, value);
        let name = paint.cyan(&format!("{name:<width$}"));
        text.push_str(&format!("  {name}  {}", escape(&shown)));
        if INSTANTS.contains(&plain.as_str())
            && let Some(at) = NumericDate::read(value).map(NumericDate::reached)
            // Beyond the year 9999 the number says more.
            && let Some(date) = at.to_rfc3339()
        {
            let note = format!("({date}, {})", phrase(plain, at, now));
            text.push_str(&format!("  {}", paint.dim(&note)));
        }
        text.push('\n');
    }
    text
}

/// Says what an instant means: "expires in 12 min", "issued 3 h ago".
fn phrase(name: &str, at: Timestamp, now: Timestamp) -> String {
    let relative = relative(at, now);
    match name {
        // A token is expired at `exp` (RFC 7519 §4.1.4).
        "exp" if at <= now => format!("expired {relative}"),
        "exp" => format!("expires {relative}"),
        "nbf" if at > now => format!("begins {relative}"),
        "iat" if at <= now => format!("issued {relative}"),
        _ => relative,
    }
}

/// Draws the life of a token and where in it now is.
///
/// ```text
/// lifetime
///   ├────────●────┤  expires in 12 min, of 60 min
/// ```
///
/// Nothing for a token that does not say when it begins and ends.
fn lifetime(render: &Render, times: Times, now: Timestamp) -> String {
    let (Some(begin), Some(end)) = (times.not_before.or(times.issued_at), times.expires_at) else {
        return String::new();
    };
    if begin >= end {
        return String::new();
    }
    // What is beside the bar has some forty columns.
    let width = match render.columns() {
        Some(columns) => columns.saturating_sub(44).clamp(12, 48),
        None => BAR,
    };
    let paint = render.stdout_paint();
    let line = bar(begin, end, now, width);
    let life = humanize_span(begin.seconds_until(end).unsigned_abs());
    let (line, state) = if now >= end {
        let state = format!("expired {}, after {life}", relative(end, now));
        (paint.red(&line), state)
    } else if now < begin {
        let state = format!("begins {}, for {life}", relative(begin, now));
        (paint.yellow(&line), state)
    } else {
        let state = format!("expires {}, of {life}", relative(end, now));
        (paint.green(&line), state)
    };
    format!("\n{}\n  {line}  {state}\n", paint.bold("lifetime"))
}

/// Draws `├────────●────┤`, with the dot outside where now is outside.
fn bar(begin: Timestamp, end: Timestamp, now: Timestamp, width: usize) -> String {
    let line = |count| "─".repeat(count);
    if now < begin {
        return format!("● ├{}┤", line(width));
    }
    if now >= end {
        return format!("├{}┤ ●", line(width));
    }
    let passed = i128::from(now.0) - i128::from(begin.0);
    let whole = i128::from(end.0) - i128::from(begin.0);
    // Below `width`, since now is before the end.
    let at = usize::try_from(passed * width as i128 / whole).unwrap_or(0);
    format!("├{}●{}┤", line(at), line(width - 1 - at))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_dot_is_where_now_is() {
        let at = |now| bar(Timestamp(100), Timestamp(200), Timestamp(now), 10);
        for (now, drawn) in [
            (99, "● ├──────────┤"),
            (100, "├●─────────┤"),
            (109, "├●─────────┤"),
            (110, "├─●────────┤"),
            (199, "├─────────●┤"),
            (200, "├──────────┤ ●"),
        ] {
            assert_eq!(at(now), drawn, "{now}");
        }
    }

    #[test]
    fn no_instant_is_too_far_to_be_drawn() {
        let (first, last) = (Timestamp(i64::MIN), Timestamp(i64::MAX));
        assert_eq!(bar(first, last, Timestamp(0), 4), "├──●─┤");
        assert_eq!(bar(first, last, Timestamp(i64::MAX - 1), 4), "├───●┤");
    }

    #[test]
    fn instants_are_put_in_words() {
        let now = Timestamp(1_000);
        for (name, at, words) in [
            ("exp", 1_060, "expires in 60 s"),
            ("exp", 1_000, "expired now"),
            ("exp", 940, "expired 60 s ago"),
            ("nbf", 1_060, "begins in 60 s"),
            ("nbf", 940, "60 s ago"),
            ("iat", 940, "issued 60 s ago"),
            ("iat", 1_060, "in 60 s"),
            ("auth_time", 940, "60 s ago"),
        ] {
            assert_eq!(phrase(name, Timestamp(at), now), words);
        }
    }
}
