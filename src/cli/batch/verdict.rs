//! What is said of one token.

use std::io::Write as _;

use authctl::core::error::Report as _;
use authctl::core::jose::json::without_white_space;
use authctl::core::jose::{Accepted, Error, Failure};
use serde::Serialize;

use super::super::render::{Paint, escape};

/// The shape of a verdict.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// `good`, or `bad`, the codes and the reasons between tabs.
    Human,
    /// An object.
    Json,
    /// The claims of a good token, `null` for a bad one.
    Claims,
}

/// Which verdicts are asked for.
#[derive(clap::ValueEnum, Clone, Copy, Debug, PartialEq, Eq)]
pub enum Only {
    /// Good tokens
    Good,
    /// Bad tokens
    Bad,
}

/// Writes verdicts, each with its line ending.
#[derive(Clone, Copy, Debug)]
pub struct Writer {
    pub format: Format,
    pub only: Option<Only>,
    pub paint: Paint,
    /// Whether what tokens say is to be escaped for the eye.
    pub is_terminal: bool,
}

impl Writer {
    /// Writes the verdict on the good token of a line.
    pub fn good(&self, out: &mut Vec<u8>, line: u64, token: &Accepted<'_>) {
        if self.only == Some(Only::Bad) {
            return;
        }
        let start = out.len();
        match self.format {
            Format::Human => {
                self.number(out, line);
                match self.paint.is_on() {
                    true => out.extend(self.paint.green("good").into_bytes()),
                    false => out.extend_from_slice(b"good"),
                }
            }
            Format::Json => {
                out.extend_from_slice(b"{\"line\":");
                digits(out, line);
                out.extend_from_slice(b",\"valid\":true,\"key\":{\"alg\":");
                json(out, token.algorithm.name());
                out.extend_from_slice(b",\"kid\":");
                json(out, &token.kid);
                out.extend_from_slice(b"}}");
            }
            Format::Claims => {
                // What was read as JSON is UTF-8.
                let payload = std::str::from_utf8(token.payload).unwrap_or_default();
                out.extend(without_white_space(payload).into_bytes());
            }
        }
        self.end(out, start);
    }

    /// Writes the verdict on the bad token of a line.
    pub fn bad(&self, out: &mut Vec<u8>, line: u64, error: &Error) {
        if self.only == Some(Only::Good) {
            return;
        }
        let start = out.len();
        match self.format {
            Format::Human => {
                self.number(out, line);
                out.extend(self.paint.red("bad").into_bytes());
                for (at, failure) in failures(error).iter().enumerate() {
                    out.push(if at == 0 { b'\t' } else { b',' });
                    out.extend_from_slice(failure.code.as_bytes());
                }
                for (at, failure) in failures(error).iter().enumerate() {
                    out.extend_from_slice(if at == 0 { b"\t" } else { b"; " });
                    // A line ending in it would make two verdicts of one.
                    out.extend_from_slice(escape(&failure.message).as_bytes());
                }
            }
            Format::Json => {
                out.extend_from_slice(b"{\"line\":");
                digits(out, line);
                out.extend_from_slice(b",\"valid\":false,\"failures\":[");
                for (at, failure) in failures(error).iter().enumerate() {
                    out.extend_from_slice(if at == 0 { b"" } else { b"," });
                    out.extend_from_slice(b"{\"code\":");
                    json(out, failure.code);
                    out.extend_from_slice(b",\"message\":");
                    json(out, &failure.message);
                    out.push(b'}');
                }
                out.extend_from_slice(b"]}");
            }
            Format::Claims => out.extend_from_slice(b"null"),
        }
        self.end(out, start);
    }

    /// Ends a verdict.
    fn end(&self, out: &mut Vec<u8>, start: usize) {
        if self.is_terminal && self.format != Format::Human {
            // JSON has the same escapes, so the values stay what they are.
            let text = String::from_utf8_lossy(&out[start..]);
            let text = escape(&text).into_owned();
            out.truncate(start);
            out.extend(text.into_bytes());
        }
        out.push(b'\n');
    }

    /// Writes the number of a line that cannot be told by counting.
    fn number(&self, out: &mut Vec<u8>, line: u64) {
        if self.only.is_some() {
            digits(out, line);
            out.push(b'\t');
        }
    }
}

/// Returns the checks that failed; one for a text that is no token.
pub fn failures(error: &Error) -> Vec<Failure> {
    match error {
        Error::Refused(failures) => failures.clone(),
        other => vec![Failure::new(other.code(), other.to_string())],
    }
}

fn digits(out: &mut Vec<u8>, number: u64) {
    // Writing to memory cannot fail.
    let _ = write!(out, "{number}");
}

fn json(out: &mut Vec<u8>, value: &(impl Serialize + ?Sized)) {
    // Nor can writing a text as JSON.
    let _ = serde_json::to_writer(out, value);
}
