//! `authctl verify`: is this JWT good?

use std::path::PathBuf;
use std::time::Duration;

use authctl::core::config::setting::split_list;
use authctl::core::error::Error;
use authctl::core::jose::jwt::{self, Rules};
use authctl::core::jose::{Algorithm, base64url, jws};
use authctl::core::secret::SecretBytes;
use authctl::core::time::{Timestamp, parse_span};
use serde::Serialize;
use serde_json::value::RawValue;
use serde_json::{Value, json};

use super::context::Context;
use super::key_source::{KeySource, KeySourceArgs};
use super::raw_json::raw_json;
use super::render::verified_text;
use super::secrets::{one_from_stdin, read_file};
use super::token_input::TokenInput;

/// Verify the signature and claims of a JWT
///
/// Exits with 0 when the token is good, and with 3 when it is not, with all
/// the reasons at once. A check that is asked for makes the claim required.
/// The key decides which algorithms are accepted, never the token. Without a
/// token, standard input is read.
///
/// Example: `authctl verify --issuer https://as.example --audience api "$TOKEN"`
#[derive(clap::Args, Debug)]
pub struct VerifyArgs {
    #[command(flatten)]
    token: TokenInput,

    /// Shape of the answer
    #[arg(short, long, value_enum, value_name = "FORMAT")]
    output: Option<Format>,

    #[command(flatten)]
    source: KeySourceArgs,

    #[command(flatten)]
    checks: ChecksArgs,

    #[command(flatten)]
    jws: JwsArgs,
}

/// What the token must satisfy.
#[derive(clap::Args, Debug)]
#[command(next_help_heading = "Checks")]
struct ChecksArgs {
    /// Require this `iss`; its server's keys are used unless others are named
    #[arg(long, value_name = "URL")]
    issuer: Option<String>,

    /// Require this audience in `aud`; if repeated, one of them
    #[arg(long, value_name = "AUDIENCE")]
    audience: Vec<String>,

    /// Allow these algorithms only
    #[arg(long, value_name = "ALG,…", value_delimiter = ',')]
    alg: Option<Vec<Algorithm>>,

    /// Require this `typ` in the header, such as at+jwt
    #[arg(long, value_name = "TYPE")]
    typ: Option<String>,

    /// Require these scope values; repeat it, or separate them by space or
    /// comma
    #[arg(long, value_name = "SCOPE")]
    scope: Vec<String>,

    /// Require a claim with this value, as text or as JSON; in an array one of
    /// the items. May be repeated
    #[arg(long, value_name = "K=V", value_parser = parse_claim)]
    claim: Vec<(String, String)>,

    /// Require a claim with any value; may be repeated
    #[arg(long, value_name = "K")]
    require: Vec<String>,

    /// Let clocks differ by this much
    #[arg(long, value_name = "DURATION", default_value = "0s", value_parser = parse_span)]
    leeway: Duration,

    /// Require that the token was issued (`iat`) at most this long ago
    #[arg(long, value_name = "DURATION", value_parser = parse_span)]
    max_age: Option<Duration>,

    /// Judge as of this instant: Unix seconds or RFC 3339
    #[arg(long, value_name = "INSTANT", allow_negative_numbers = true)]
    now: Option<Timestamp>,

    /// Accept a token without `exp`
    #[arg(long)]
    allow_missing_exp: bool,
}

/// What bears on a JWS that is no JWT.
#[derive(clap::Args, Debug)]
#[command(next_help_heading = "Other payloads")]
struct JwsArgs {
    /// Verify the signature only and print the payload as it is; nothing is
    /// known of the payload but who signed it
    #[arg(long, conflicts_with_all = CHECKS_OF_CLAIMS)]
    jws: bool,

    /// The payload, where it came apart from the JWS (RFC 7515 appendix F)
    #[arg(long, value_name = "FILE", requires = "jws", conflicts_with_all = CHECKS_OF_CLAIMS)]
    detached: Option<PathBuf>,

    /// Accept an unencoded payload (RFC 7797)
    #[arg(long, requires = "jws", conflicts_with_all = CHECKS_OF_CLAIMS)]
    allow_unencoded: bool,
}

/// What cannot be asked of a payload that is no Claims Set. (clap requires
/// nothing that conflicts with what is there, so each flag says it.)
const CHECKS_OF_CLAIMS: [&str; 9] = [
    "audience",
    "typ",
    "scope",
    "claim",
    "require",
    "leeway",
    "max_age",
    "now",
    "allow_missing_exp",
];

#[derive(clap::ValueEnum, Clone, Copy, Debug, PartialEq, Eq)]
enum Format {
    /// The key that verified, then the claims
    Human,
    /// An object with header, claims, key and warnings
    Json,
    /// The claims alone, as JSON
    Claims,
}

/// A good token, its parts as they stand there.
#[derive(Serialize)]
struct Verdict {
    valid: bool,
    header: Box<RawValue>,
    claims: Box<RawValue>,
    key: Value,
    expires_at: Option<String>,
    warnings: Value,
}

/// Verifies the token and shows it.
pub fn run(cx: &Context, args: &VerifyArgs) -> Result<(), Error> {
    let token = args.token.is_stdin().then_some("the token");
    one_from_stdin(token.into_iter().chain(args.source.on_stdin()))?;
    let octets = args.token.octets()?;
    let token = jws::trim_input(octets.expose())?;
    let source = args.source.open(cx, args.checks.issuer.as_deref())?;
    if args.jws.jws {
        if args.checks.issuer.is_some() {
            cx.render
                .warning("with `--jws` no claim is checked, the issuer neither");
        }
        return run_jws(cx, args, token, source);
    }
    let now = args.checks.now.unwrap_or_else(|| cx.now());
    let (verified, keys) =
        source.judge(|keys, issuer| jwt::verify(token, keys, &args.checks.rules(issuer), now))?;
    for warning in &verified.warnings {
        cx.render.warning(&warning.message);
    }
    match args.format(cx) {
        Format::Human => {
            let by = by(verified.algorithm, verified.kid.as_deref(), &keys);
            cx.render
                .text(&verified_text(&cx.render, &verified, &by, now))
        }
        Format::Claims => cx.render.json(&raw_json(token, 1)?),
        Format::Json => cx.render.json(&Verdict {
            valid: true,
            header: raw_json(token, 0)?,
            claims: raw_json(token, 1)?,
            key: key(verified.algorithm, verified.kid.as_deref(), &keys),
            expires_at: verified.date("exp").and_then(Timestamp::to_rfc3339),
            warnings: super::warnings_json(&verified.warnings),
        }),
    }
}

/// As [`run`], for the signature alone.
fn run_jws(cx: &Context, args: &VerifyArgs, token: &str, source: KeySource) -> Result<(), Error> {
    let detached = args.jws.detached.as_deref().map(read_file).transpose()?;
    let rules = jws::Rules {
        algorithms: args.checks.alg.as_deref(),
        detached_payload: detached.as_ref().map(SecretBytes::expose),
        allow_unencoded: args.jws.allow_unencoded,
    };
    let (verified, keys) = source.judge(|keys, _| jws::verify(token, keys, &rules))?;
    if args.format(cx) == Format::Json {
        return cx.render.json(&json!({
            "valid": true,
            "header": verified.header,
            "payload": base64url::encode(&verified.payload),
            "key": key(verified.algorithm, verified.kid.as_deref(), &keys),
        }));
    }
    cx.render.foreign_octets(&verified.payload)
}

impl VerifyArgs {
    fn format(&self, cx: &Context) -> Format {
        match self.output {
            Some(format) => format,
            None if cx.json => Format::Json,
            None => Format::Human,
        }
    }
}

impl ChecksArgs {
    fn rules(&self, issuer: Option<&str>) -> Rules {
        Rules {
            issuer: issuer.map(ToOwned::to_owned),
            audience: self.audience.clone(),
            algorithms: self.alg.clone(),
            typ: self.typ.clone(),
            scopes: self
                .scope
                .iter()
                .flat_map(|text| split_list(text))
                .collect(),
            claims: self
                .claim
                .iter()
                .map(|(name, value)| (name.clone(), Value::String(value.clone())))
                .collect(),
            required: self.require.clone(),
            leeway: self.leeway,
            max_age: self.max_age,
            allow_missing_exp: self.allow_missing_exp,
        }
    }
}

fn key(algorithm: Algorithm, kid: Option<&str>, source: &str) -> Value {
    json!({"alg": algorithm.name(), "kid": kid, "source": source})
}

/// Says which key verified: "ES256 by the key `a` of `keys.json`".
fn by(algorithm: Algorithm, kid: Option<&str>, source: &str) -> String {
    match kid {
        Some(kid) => format!("{algorithm} by the key `{kid}` of {source}"),
        None => format!("{algorithm} by {source}"),
    }
}

fn parse_claim(text: &str) -> Result<(String, String), &'static str> {
    match text.split_once('=') {
        Some((name, value)) if !name.is_empty() => Ok((name.to_owned(), value.to_owned())),
        _ => Err("expected NAME=VALUE"),
    }
}
