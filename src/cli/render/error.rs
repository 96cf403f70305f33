//! Errors: what happened, why, what to do; or one JSON object.

use std::error::Error as StdError;
use std::io::{IsTerminal as _, Write as _};

use authctl::core::error::{Error, Exit, Report as _};
use authctl::core::jose;
use clap::error::ErrorKind;
use serde_json::{Map, Value, json};

use super::{Paint, escape};

/// Prints an error to stderr.
///
/// ```text
/// error: cannot refresh the token for profile `work`
///   why: the server answered invalid_grant ("token revoked")
///  hint: sign in again with `authctl login --profile work`
/// ```
///
/// As JSON it is one object: `error`, `message`, `hint`, `exit_code`, and
/// `server` where the authorization server answered.
pub fn report(error: &Error, as_json: bool, paint: Paint) {
    if as_json {
        let mut object = object(
            error.code(),
            &message(error),
            error.hint().as_deref(),
            error.exit(),
        );
        if let Some(response) = error.server() {
            let mut server = Map::new();
            server.insert("error".into(), json!(response.error));
            if let Some(text) = &response.error_description {
                server.insert("error_description".into(), json!(text));
            }
            server.insert("status".into(), json!(response.status));
            object.insert("server".into(), Value::Object(server));
        }
        object.extend(error.details());
        write_json(object);
        return;
    }
    let (what, causes) = itemized(error, causes(error));
    let mut text = format!("{} {}", paint.red("error:"), escape(&what));
    for (index, cause) in causes.iter().enumerate() {
        let label = if index == 0 { "  why:" } else { "      " };
        text.push_str(&format!("\n{} {}", paint.bold(label), escape(cause)));
    }
    if let Some(hint) = error.hint() {
        text.push_str(&format!("\n{} {}", paint.cyan(" hint:"), escape(&hint)));
    }
    write(&text);
}

/// Returns what happened and why, in one line.
pub fn message(error: &(dyn StdError + 'static)) -> String {
    let mut message = error.to_string();
    for cause in causes(error) {
        message.push_str(": ");
        message.push_str(&cause);
    }
    message
}

/// Prints what clap found wrong with the command line.
pub fn report_usage(error: &clap::Error, as_json: bool, paint: Paint) {
    if as_json {
        let (message, hint) = usage_parts(error);
        write_json(object("usage", &message, Some(&hint), Exit::Usage));
        return;
    }
    let text = error.render();
    let text = if paint.0 {
        text.ansi().to_string()
    } else {
        text.to_string()
    };
    write(text.trim_end());
}

/// Takes what clap says apart: what is wrong, and what it advises. The usage
/// is left out.
fn usage_parts(error: &clap::Error) -> (String, String) {
    const SEE_HELP: &str = "see `authctl --help`";
    if error.kind() == ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand {
        return ("a command is missing".into(), SEE_HELP.into());
    }
    let text = error.render().to_string();
    let mut lines = text
        .lines()
        .map(str::trim)
        .take_while(|line| !line.starts_with("Usage:") && !line.starts_with("For more information"))
        .filter(|line| !line.is_empty());
    let first = lines.next().unwrap_or_default();
    let message = first.strip_prefix("error: ").unwrap_or(first).to_owned();
    let rest: Vec<&str> = lines
        .map(|line| line.strip_prefix("tip: ").unwrap_or(line))
        .collect();
    if message.ends_with(':') {
        // What it announces is part of it: the arguments that are missing.
        return (format!("{message} {}", rest.join(" ")), SEE_HELP.into());
    }
    let hint = if rest.is_empty() {
        SEE_HELP.into()
    } else {
        rest.join("; ")
    };
    (message, hint)
}

fn object(code: &str, message: &str, hint: Option<&str>, exit: Exit) -> Map<String, Value> {
    let mut object = Map::new();
    object.insert("error".into(), json!(code));
    object.insert("message".into(), json!(message));
    object.insert("hint".into(), json!(hint));
    object.insert("exit_code".into(), json!(exit as u8));
    object
}

/// Puts each failed check of a token on a line of its own.
fn itemized(error: &Error, causes: Vec<String>) -> (String, Vec<String>) {
    let what = error.to_string();
    let Error::Jose(refused) = error.root() else {
        return (what, causes);
    };
    let (short, failures): (_, Vec<String>) = match refused {
        jose::Error::Refused(failures) => (
            "the token is refused",
            failures
                .iter()
                .map(|failure| failure.message.clone())
                .collect(),
        ),
        jose::Error::WouldBeRefused(_) => (
            "a verifier would refuse the token",
            refused
                .failures()
                .iter()
                .map(|failure| failure.message.clone())
                .collect(),
        ),
        jose::Error::Unwise(findings) => (
            "the token is unwise",
            findings.iter().map(ToString::to_string).collect(),
        ),
        _ => return (what, causes),
    };
    let all = refused.to_string();
    let head = |text: String| match text == all {
        true => short.to_owned(),
        false => text,
    };
    let causes = causes.into_iter().map(head).chain(failures).collect();
    (head(what), causes)
}

/// Returns the sources, without those that only repeat what is said already,
/// as transparent wrappers and texts that end in their source do.
fn causes(error: &(dyn StdError + 'static)) -> Vec<String> {
    let mut texts: Vec<String> = Vec::new();
    let mut last = error.to_string();
    let mut next = error.source();
    while let Some(source) = next {
        let text = source.to_string();
        if text != last && !last.ends_with(&text) {
            texts.push(text.clone());
            last = text;
        }
        next = source.source();
    }
    texts
}

/// Writes an object in one line: as it is to a program; on a terminal with the
/// controls that JSON leaves alone escaped too, by escapes that JSON has.
fn write_json(object: Map<String, Value>) {
    let text = Value::Object(object).to_string();
    match std::io::stderr().is_terminal() {
        true => write(&escape(&text)),
        false => write(&text),
    }
}

fn write(text: &str) {
    let _ = writeln!(std::io::stderr().lock(), "{text}");
}
