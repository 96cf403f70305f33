//! `authctl sign`: make a JWT, or a JWS over any octets.

mod claims;
mod key;

use std::ffi::{OsStr, OsString};
use std::io::IsTerminal as _;
use std::path::Path;

use authctl::core::error::{Error, Report as _};
use authctl::core::jose::jws::{self, Form};
use authctl::core::jose::jwt::{self, Exceptions};
use authctl::core::jose::{self, Members, NumericDate, SigningKey};
use authctl::core::secret::SecretBytes;
use authctl::core::time::Timestamp;
use clap::builder::NonEmptyStringValueParser;
use serde::Serialize;
use serde_json::json;
use serde_json::value::RawValue;

use super::context::Context;
use super::member_input::MemberInput;
use super::output;
use super::raw_json::raw_json;
use super::secrets::{one_from_stdin, read_file, read_payload, read_payload_stdin, read_stdin};
use claims::ClaimsArgs;
use key::SigningKeyArgs;

/// Make a JWT, or a JWS over any octets
///
/// The claims come from flags, from a JSON object, or from both; a flag wins
/// over the object. The object is signed as it is written, its members in
/// order and its numbers to the last digit. `iat` is now unless said
/// otherwise, and there must be an `exp`: what `authctl verify` would refuse
/// is not made unless it is asked for by name.
///
/// The algorithm is that of the key. `--alg` chooses where a key serves
/// several. The kid is that of the JWK, else the thumbprint of the key (RFC
/// 7638), as in the sets that `authctl keygen` writes.
///
/// Examples:
///
/// `authctl sign --key key.pem --iss https://as.example --sub alice --aud api --exp 15m`
///
/// `jq -n '{sub: "alice"}' | authctl sign --key keys.json --kid 2026 --exp 1h -`
///
/// `authctl sign --key key.pem --jws --detached @release.tar.gz`
#[derive(clap::Args, Debug)]
pub struct SignArgs {
    /// Claims, a JSON object: the object itself, - for standard input, or
    /// @FILE. Without it standard input is read where no flag gives a claim.
    /// With --jws the payload, any octets, by default from standard input
    #[arg(value_name = "CLAIMS|-|@FILE")]
    content: Option<OsString>,

    /// Shape of the answer
    ///
    /// A bare token ends without a newline when stdout is not a terminal.
    #[arg(short, long, value_enum, value_name = "FORMAT")]
    output: Option<Format>,

    #[command(flatten)]
    key: SigningKeyArgs,

    #[command(flatten)]
    claims: ClaimsArgs,

    #[command(flatten)]
    header: HeaderArgs,

    #[command(flatten)]
    jws: JwsArgs,

    #[command(flatten)]
    exceptions: ExceptionArgs,
}

#[derive(clap::ValueEnum, Clone, Copy, Debug, PartialEq, Eq)]
enum Format {
    /// The bare token
    Token,
    /// An object with token, header, claims, algorithm and expiry
    Json,
    /// An HTTP Authorization header field
    Header,
}

/// What stands in the header beside the algorithm and the kid.
#[derive(clap::Args, Debug)]
#[command(next_help_heading = "Header")]
struct HeaderArgs {
    /// Type of the token, such as at+jwt; by default JWT, and with --jws none
    #[arg(long, value_name = "TYPE", value_parser = NonEmptyStringValueParser::new())]
    typ: Option<String>,

    /// Leave out `typ`
    #[arg(long, conflicts_with = "typ")]
    no_typ: bool,

    /// Add a member to the header: cty=JWT as text, n:=1 as JSON. May be
    /// repeated
    #[arg(long, value_name = "K=V|K:=JSON")]
    header: Vec<MemberInput>,
}

/// What bears on a JWS that is no JWT.
#[derive(clap::Args, Debug)]
#[command(next_help_heading = "Other payloads")]
struct JwsArgs {
    /// Sign the octets as they are, whatever they mean
    #[arg(long, conflicts_with_all = OF_CLAIMS)]
    jws: bool,

    /// Leave the payload out of the token (RFC 7515 appendix F)
    #[arg(long, requires = "jws", conflicts_with_all = OF_CLAIMS)]
    detached: bool,

    /// Sign the payload without encoding it (RFC 7797)
    #[arg(long, requires = "jws", conflicts_with_all = OF_CLAIMS)]
    unencoded: bool,
}

/// What cannot be asked of a payload that is no Claims Set. (clap requires
/// nothing that conflicts with what is there, so each flag says it.)
const OF_CLAIMS: [&str; 14] = [
    "iss",
    "sub",
    "aud",
    "exp",
    "nbf",
    "iat",
    "no_iat",
    "jti",
    "claim",
    "allow_missing_exp",
    "allow_expired",
    "allow_never_valid",
    "allow_future_iat",
    "allow_wrong_types",
];

/// What is made although a verifier would refuse it.
#[derive(clap::Args, Clone, Copy, Debug)]
#[command(next_help_heading = "What a verifier would refuse, made all the same")]
struct ExceptionArgs {
    /// Make a token without `exp`
    #[arg(long)]
    allow_missing_exp: bool,

    /// Make a token that is expired
    #[arg(long)]
    allow_expired: bool,

    /// Make a token whose `nbf` is not before its `exp`
    #[arg(long)]
    allow_never_valid: bool,

    /// Make a token whose `iat` is in the future
    #[arg(long)]
    allow_future_iat: bool,

    /// Make a token with claims of other types than RFC 7519 gives them
    #[arg(long)]
    allow_wrong_types: bool,
}

impl From<ExceptionArgs> for Exceptions {
    fn from(args: ExceptionArgs) -> Self {
        Self {
            missing_exp: args.allow_missing_exp,
            expired: args.allow_expired,
            never_valid: args.allow_never_valid,
            future_iat: args.allow_future_iat,
            wrong_types: args.allow_wrong_types,
        }
    }
}

/// A JWT and what is in it, as it stands there.
#[derive(Serialize)]
struct SignedJwt<'a> {
    token: &'a str,
    header: Box<RawValue>,
    claims: Box<RawValue>,
    alg: &'a str,
    kid: Option<&'a str>,
    expires_at: Option<String>,
}

/// Signs and prints the token.
pub fn run(cx: &Context, args: &SignArgs) -> Result<(), Error> {
    let format = output::chosen(cx, args.output, Format::Json, Format::Token);
    let content = args.takes_stdin().then_some(match args.jws.jws {
        true => "the payload",
        false => "the claims",
    });
    one_from_stdin(content.into_iter().chain(args.key.on_stdin()))?;
    let header = args.header.members(args.jws.jws)?;
    if args.jws.jws {
        return run_jws(cx, args, format, header);
    }
    args.claims.check()?;
    let key = args.key.open(cx)?;
    let document = args.document()?;
    let now = cx.now();
    let claims = args.claims.over(document, now)?;
    let token = jwt::sign(&key, header, &claims, &args.exceptions.into(), now)
        .map_err(|error| args.with_stdin_kept(error))?;
    args.note_unread_stdin(cx);
    cx.render.mask(&token);
    match format {
        Format::Token => cx.render.bare_token(&token),
        Format::Header => cx.render.authorization(&token),
        Format::Json => {
            let exp = claims.values().get("exp").and_then(NumericDate::read);
            cx.render.json(&SignedJwt {
                token: token.expose(),
                header: raw_json(token.expose(), 0)?,
                claims: raw_json(token.expose(), 1)?,
                alg: key.algorithm().name(),
                kid: kid(&key),
                expires_at: exp
                    .map(NumericDate::reached)
                    .and_then(Timestamp::to_rfc3339),
            })
        }
    }
}

/// As [`run`], for octets of any meaning.
fn run_jws(cx: &Context, args: &SignArgs, format: Format, header: Members) -> Result<(), Error> {
    if format == Format::Header {
        return Err(Error::usage(
            "only a JWT goes into an Authorization header field",
            "leave out --jws, or take -o token",
        ));
    }
    let key = args.key.open(cx)?;
    let payload = args.payload()?;
    let form = Form {
        detached: args.jws.detached,
        unencoded: args.jws.unencoded,
    };
    let token = jws::sign_as(&key, header, payload.expose(), form)?;
    cx.render.mask(&token);
    if format == Format::Token {
        return cx.render.bare_token(&token);
    }
    cx.render.json(&json!({
        "token": token.expose(),
        "header": raw_json(token.expose(), 0)?,
        "alg": key.algorithm().name(),
        "kid": kid(&key),
        "detached": form.detached,
    }))
}

/// Says whether something was written to standard input, as far as can be told
/// without waiting for it.
#[cfg(unix)]
fn octets_wait_on_stdin() -> bool {
    let stdin = std::io::stdin();
    !stdin.is_terminal() && rustix::io::ioctl_fionread(stdin).is_ok_and(|octets| octets > 0)
}

#[cfg(not(unix))]
fn octets_wait_on_stdin() -> bool {
    false
}

fn kid(key: &SigningKey) -> Option<&str> {
    Some(key.kid()).filter(|kid| !kid.is_empty())
}

/// Where the content is to come from.
enum Source<'a> {
    Stdin,
    File(&'a Path),
    Typed(&'a OsStr),
    Nothing,
}

impl SignArgs {
    /// Without claims in flags there must be some in an object, and without a
    /// payload there is nothing to sign.
    fn source(&self) -> Source<'_> {
        match self.content.as_deref() {
            None if self.jws.jws || self.claims.is_empty() => Source::Stdin,
            None => Source::Nothing,
            Some(typed) => match typed.to_str() {
                Some("-") => Source::Stdin,
                Some(text) if text.starts_with('@') => Source::File(Path::new(&text[1..])),
                _ => Source::Typed(typed),
            },
        }
    }

    fn takes_stdin(&self) -> bool {
        matches!(self.source(), Source::Stdin)
    }

    /// A person who typed nothing is not left waiting.
    fn refuse_terminal(&self, what: &str, hint: &str) -> Result<(), Error> {
        match self.content.is_none() && std::io::stdin().is_terminal() {
            true => Err(Error::usage(what, hint)),
            false => Ok(()),
        }
    }

    /// Names `-` beside the flag of a hint that, alone, would have standard
    /// input not be read any more.
    fn with_stdin_kept(&self, error: jose::Error) -> Error {
        const FLAG: &str = "--exp 15m";
        match error.hint() {
            Some(hint) if hint.contains(FLAG) && self.content.is_none() && self.takes_stdin() => {
                let hint = hint.replace(FLAG, &format!("`- {FLAG}`"));
                Error::from(error).during_with_hint("no token is made", hint)
            }
            _ => error.into(),
        }
    }

    /// Says that claims may have been meant which nothing here reads.
    fn note_unread_stdin(&self, cx: &Context) {
        let unread = matches!(self.source(), Source::Nothing) && self.key.on_stdin().count() == 0;
        if unread && octets_wait_on_stdin() {
            cx.render.note(
                "standard input is not read beside claims flags: give `-` to sign what it holds",
            );
        }
    }

    /// Reads the object that the flags add to.
    fn document(&self) -> Result<Members, Error> {
        let (octets, name) = match self.source() {
            Source::Nothing => return Ok(Members::default()),
            Source::Stdin => {
                self.refuse_terminal(
                    "no claims are given",
                    "give them by flags like --sub alice --exp 15m, or as a JSON object",
                )?;
                (read_stdin()?, "standard input".to_owned())
            }
            Source::File(path) => (read_file(path)?, format!("`{}`", path.display())),
            Source::Typed(typed) => {
                return Members::parse(typed.as_encoded_bytes()).map_err(|error| {
                    Error::usage(
                        format!("what is given are no claims: {error}"),
                        "give a JSON object, - for standard input, or @FILE; other payloads are signed with --jws",
                    )
                });
            }
        };
        Members::parse(octets.expose()).map_err(|error| {
            Error::input(
                format!("cannot take the claims from {name}: {error}"),
                "claims are one JSON object; other payloads are signed with --jws",
            )
        })
    }

    /// Reads the octets to sign.
    fn payload(&self) -> Result<SecretBytes, Error> {
        match self.source() {
            Source::File(path) => read_payload(path),
            // Hardly the name of a file that is there.
            Source::Typed(typed) if Path::new(typed).is_file() => {
                let name = Path::new(typed).display();
                Err(Error::usage(
                    format!("`{name}` is the name of a file, and would be signed as text"),
                    format!("@{name} signs what the file holds; text can come on standard input"),
                ))
            }
            Source::Typed(typed) => Ok(SecretBytes::new(typed.as_encoded_bytes())),
            Source::Stdin | Source::Nothing => {
                self.refuse_terminal(
                    "no payload is given",
                    "give it as @FILE, on standard input, or as argument",
                )?;
                read_payload_stdin()
            }
        }
    }
}

impl HeaderArgs {
    /// Returns the members, without those that the key and the form of the
    /// token decide.
    fn members(&self, jws: bool) -> Result<Members, Error> {
        let mut members = Members::default();
        match &self.typ {
            Some(typ) => members.insert("typ", typ.as_str()),
            // "It is RECOMMENDED that `JWT` always be spelled using uppercase
            // characters" (RFC 7519 §5.1).
            None if !jws && !self.no_typ => members.insert("typ", "JWT"),
            None => {}
        }
        for member in &self.header {
            let name = &member.name;
            let instead = match name.as_str() {
                "alg" => Some("the key decides it, and --alg where it serves several"),
                "kid" => Some("name it with --kid"),
                "typ" => Some("name it with --typ"),
                "b64" | "crit" => Some("--jws --unencoded sets it"),
                _ => None,
            };
            if let Some(instead) = instead {
                return Err(Error::usage(
                    format!("the member `{name}` of the header is not set by --header"),
                    instead,
                ));
            }
            member.add_to(&mut members)?;
        }
        Ok(members)
    }
}
