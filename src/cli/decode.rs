//! `authctl decode`: what a JWT says of itself, without verification.

use std::time::Duration;

use authctl::core::error::Error;
use authctl::core::jose::jwt::{self, UnverifiedJwt};
use authctl::core::jose::{self, Warning, jws};
use authctl::core::time::Timestamp;
use serde::Serialize;
use serde_json::Value;
use serde_json::value::RawValue;

use super::context::Context;
use super::lint::{self, LintArgs, findings_json};
use super::output;
use super::raw_json::raw_json;
use super::render::{NOT_VERIFIED, Remarks, decoded_text};
use super::token_input::TokenInput;

/// Show the header and claims of a JWT, without verification
///
/// Nothing that is shown can be trusted: anyone can write a token that says
/// the same. `authctl verify` checks one. A leading `Bearer ` and white space
/// around the token are dropped; without a token, standard input is read. Of
/// an encrypted token (JWE) only the header can be seen.
///
/// Example: `authctl token | authctl decode`
#[derive(clap::Args, Debug)]
pub struct DecodeArgs {
    #[command(flatten)]
    token: TokenInput,

    /// Shape of the answer
    #[arg(short, long, value_enum, value_name = "FORMAT")]
    output: Option<Format>,

    #[command(flatten)]
    lint: LintArgs,
}

#[derive(clap::ValueEnum, Clone, Copy, Debug, PartialEq, Eq)]
enum Format {
    /// Header, claims with their times, warnings
    Human,
    /// An object with header, claims and warnings
    Json,
    /// The claims alone, as JSON
    Claims,
}

/// The parts of the token as they stand there; no claims where they are
/// encrypted.
#[derive(Serialize)]
struct Decoded {
    header: Box<RawValue>,
    claims: Option<Box<RawValue>>,
    encrypted: bool,
    signature_verified: bool,
    expires_at: Option<String>,
    warnings: Value,
    #[serde(skip_serializing_if = "Option::is_none")]
    lint: Option<Value>,
}

/// Shows the token.
pub fn run(cx: &Context, args: &DecodeArgs) -> Result<(), Error> {
    let octets = args.token.octets()?;
    let text = jws::trim_input(octets.expose())?;
    let token = jwt::decode(text)?;
    let now = cx.now();
    let format = output::chosen(cx, args.output, Format::Json, Format::Human);
    let encrypted = token.claims().is_none();
    let findings = args.lint.findings(text, Vec::new(), now, Duration::ZERO)?;
    let findings = findings.as_deref();
    match format {
        Format::Human => {
            let warnings = warnings(&token, now);
            let remarks = match findings {
                Some(findings) => Remarks::Lint(findings),
                None => Remarks::Warnings(&warnings),
            };
            cx.render
                .text(&decoded_text(&cx.render, &token, &remarks, now))
        }
        Format::Json => {
            let decoded = Decoded {
                header: raw_json(text, 0)?,
                claims: (!encrypted).then(|| raw_json(text, 1)).transpose()?,
                encrypted,
                signature_verified: false,
                expires_at: token.times().expires_at.and_then(Timestamp::to_rfc3339),
                warnings: super::warnings_json(&warnings(&token, now)),
                lint: findings_json(findings),
            };
            cx.render.warning(NOT_VERIFIED);
            cx.render.json(&decoded)
        }
        Format::Claims if encrypted => {
            Err(jose::Error::refused("encrypted", "its claims are encrypted (a JWE)").into())
        }
        Format::Claims => {
            cx.render.warning(NOT_VERIFIED);
            lint::warn(cx, findings);
            cx.render.json(&raw_json(text, 1)?)
        }
    }
}

/// Returns what is always warned of.
fn warnings(token: &UnverifiedJwt, now: Timestamp) -> Vec<Warning> {
    let findings = jose::lint(token, now, Duration::ZERO).into_iter();
    findings
        .filter(|found| found.rule.always())
        .map(|found| Warning::new(found.rule.code(), found.message))
        .collect()
}
