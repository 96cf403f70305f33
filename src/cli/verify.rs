//! `authctl verify`: is this JWT good?

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use authctl::core::error::Error;
use authctl::core::jose::jwt::Verified;
use authctl::core::jose::{Algorithm, base64url, jws, jwt, lint_key};
use authctl::core::secret::SecretBytes;
use authctl::core::time::Timestamp;
use serde::Serialize;
use serde_json::value::RawValue;
use serde_json::{Value, json};

use super::batch::{self, BatchArgs};
use super::checks::{CHECKS_OF_CLAIMS, ChecksArgs};
use super::context::Context;
use super::key_source::{FlagNames, KeySource, KeySourceArgs};
use super::lint::{self, LintArgs, findings_json};
use super::output;
use super::raw_json::raw_json;
use super::render::{Remarks, verified_text};
use super::secrets::{one_from_stdin, read_payload, read_payload_stdin};
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
    batch: BatchArgs,

    #[command(flatten)]
    lint: LintArgs,

    #[command(flatten)]
    jws: JwsArgs,
}

/// What bears on a JWS that is no JWT.
#[derive(clap::Args, Debug)]
#[command(next_help_heading = "Other payloads")]
struct JwsArgs {
    /// Verify the signature only and print the payload as it is; nothing is
    /// known of the payload but who signed it
    #[arg(long, conflicts_with_all = CHECKS_OF_CLAIMS)]
    jws: bool,

    /// The payload, where it came apart from the JWS (RFC 7515 appendix F):
    /// FILE or @FILE, - for standard input
    #[arg(long, value_name = "FILE|-", requires = "jws", conflicts_with_all = CHECKS_OF_CLAIMS)]
    detached: Option<PathBuf>,

    /// Accept an unencoded payload (RFC 7797)
    #[arg(long, requires = "jws", conflicts_with_all = CHECKS_OF_CLAIMS)]
    allow_unencoded: bool,
}

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
pub(super) struct Verdict {
    valid: bool,
    header: Box<RawValue>,
    claims: Box<RawValue>,
    key: Value,
    expires_at: Option<String>,
    warnings: Value,
    /// What is unwise about it, where that was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    lint: Option<Value>,
    /// How it was encrypted, where it came in a JWE.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) encryption: Option<Value>,
}

impl Verdict {
    /// Says what is said of every token that a key of `source` verified.
    pub(super) fn new(token: &str, verified: &Verified, source: &str) -> Result<Self, Error> {
        Ok(Self {
            valid: true,
            header: raw_json(token, 0)?,
            claims: raw_json(token, 1)?,
            key: key(verified.algorithm, verified.kid.as_deref(), source),
            expires_at: verified.date("exp").and_then(Timestamp::to_rfc3339),
            warnings: super::warnings_json(&verified.warnings),
            lint: None,
            encryption: None,
        })
    }
}

/// Verifies the token and shows it.
pub fn run(cx: &Context, args: &VerifyArgs) -> Result<ExitCode, Error> {
    if args.batch.is_asked_for() {
        return run_batch(cx, args);
    }
    run_one(cx, args).map(|()| ExitCode::SUCCESS)
}

fn run_one(cx: &Context, args: &VerifyArgs) -> Result<(), Error> {
    let token = args.token.is_stdin().then_some("the token");
    let payload = args.jws.takes_stdin().then_some("the payload");
    let on_stdin = token.into_iter().chain(payload);
    let on_stdin = on_stdin.chain(args.source.on_stdin());
    one_from_stdin(on_stdin.chain(args.checks.on_stdin()))?;
    let octets = args.token.octets()?;
    let token = jws::trim_input(octets.expose())?;
    let source = args
        .source
        .open(cx, args.checks.issuer.as_deref(), FlagNames::OF_VERIFY)?;
    if args.jws.jws {
        if args.checks.issuer.is_some() {
            cx.render
                .warning("with `--jws` no claim is checked, the issuer neither");
        }
        return run_jws(cx, args, token, source);
    }
    let checks = args.checks.open(cx)?;
    let now = checks.now();
    let ((verified, of_key), keys) = source.judge(|keys, issuer| {
        let verified = jwt::verify(token, keys, &checks.rules(issuer)?, now)?;
        let of_key = lint_key(keys, &verified);
        Ok((verified, of_key))
    })?;
    let findings = args.lint.findings(token, of_key, now, checks.leeway())?;
    let findings = findings.as_deref();
    for warning in &verified.warnings {
        cx.render.warning(&warning.message);
    }
    match args.format(cx) {
        Format::Human => {
            let by = by(&verified, &keys);
            let claims = raw_json(token, 1)?;
            let remarks = findings.map_or(Remarks::None, Remarks::Lint);
            let text = verified_text(&cx.render, &verified, claims.get(), &by, &remarks, now);
            cx.render.text(&text)
        }
        Format::Claims => {
            lint::warn(cx, findings);
            cx.render.json(&raw_json(token, 1)?)
        }
        Format::Json => cx.render.json(&Verdict {
            lint: findings_json(findings),
            ..Verdict::new(token, &verified, &keys)?
        }),
    }
}

/// As [`run`], for many tokens.
fn run_batch(cx: &Context, args: &VerifyArgs) -> Result<ExitCode, Error> {
    let on_stdin = args.batch.on_stdin().into_iter();
    one_from_stdin(
        on_stdin
            .chain(args.source.on_stdin())
            .chain(args.checks.on_stdin()),
    )?;
    let source = args
        .source
        .open(cx, args.checks.issuer.as_deref(), FlagNames::OF_VERIFY)?;
    let format = match args.format(cx) {
        Format::Human => batch::Format::Human,
        Format::Json => batch::Format::Json,
        Format::Claims => batch::Format::Claims,
    };
    batch::run(cx, &args.batch, &source, &args.checks.open(cx)?, format)
}

/// As [`run`], for the signature alone.
fn run_jws(cx: &Context, args: &VerifyArgs, token: &str, source: KeySource) -> Result<(), Error> {
    let detached = args.jws.payload()?;
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

impl JwsArgs {
    fn takes_stdin(&self) -> bool {
        self.detached.as_deref() == Some(Path::new("-"))
    }

    /// Reads the payload that came apart, if one did. Its file may be named as
    /// `authctl sign` has it named, with an `@`.
    fn payload(&self) -> Result<Option<SecretBytes>, Error> {
        let Some(path) = self.detached.as_deref() else {
            return Ok(None);
        };
        if self.takes_stdin() {
            return read_payload_stdin().map(Some);
        }
        let bare = path.to_str().and_then(|path| path.strip_prefix('@'));
        read_payload(bare.map_or(path, Path::new)).map(Some)
    }
}

impl VerifyArgs {
    fn format(&self, cx: &Context) -> Format {
        output::chosen(cx, self.output, Format::Json, Format::Human)
    }
}

/// Returns which key verified, as JSON.
fn key(algorithm: Algorithm, kid: Option<&str>, source: &str) -> Value {
    json!({"alg": algorithm.name(), "kid": kid, "source": source})
}

/// Says which key verified: "ES256 by the key `a` of `keys.json`".
pub(super) fn by(verified: &Verified, source: &str) -> String {
    let algorithm = verified.algorithm;
    match &verified.kid {
        Some(kid) => format!("{algorithm} by the key `{kid}` of {source}"),
        None => format!("{algorithm} by {source}"),
    }
}
