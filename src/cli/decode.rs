//! `authctl decode`: what a JWT says of itself, without verification.

use authctl::core::error::Error;
use authctl::core::jose::jwt::{self, UnverifiedJwt};
use authctl::core::jose::{self, Warning, jws, lint};
use authctl::core::time::Timestamp;
use serde_json::{Value, json};

use super::context::Context;
use super::render::{NOT_VERIFIED, decoded_text};
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

/// Shows the token.
pub fn run(cx: &Context, args: &DecodeArgs) -> Result<(), Error> {
    let octets = args.token.octets()?;
    let token = jwt::decode(jws::trim_input(octets.expose())?)?;
    let now = cx.now();
    let format = match args.output {
        Some(format) => format,
        None if cx.json => Format::Json,
        None => Format::Human,
    };
    match format {
        Format::Human => {
            let warnings = lint(&token, now);
            cx.render
                .text(&decoded_text(&cx.render, &token, &warnings, now))
        }
        Format::Json => {
            cx.render.warning(NOT_VERIFIED);
            cx.render.json(&as_json(&token, &lint(&token, now)))
        }
        Format::Claims => {
            let claims = token.claims().ok_or_else(|| {
                jose::Error::refused("encrypted", "its claims are encrypted (a JWE)")
            })?;
            cx.render.warning(NOT_VERIFIED);
            cx.render.json(&Value::Object(claims.clone()))
        }
    }
}

/// The parts of the token; `claims` is null where they are encrypted.
fn as_json(token: &UnverifiedJwt, warnings: &[Warning]) -> Value {
    json!({
        "header": token.header,
        "claims": token.claims(),
        "encrypted": token.claims().is_none(),
        "signature_verified": false,
        "expires_at": token.times().expires_at.and_then(Timestamp::to_rfc3339),
        "warnings": super::warnings_json(warnings),
    })
}
