//! `authctl decrypt`: open a JWE.

use authctl::core::error::Error;
use authctl::core::jose::jwe::{
    self, Content, ContentEncryption, Decrypted, DecryptionKeys, KeyManagement, Opened, Rules,
    Unopened,
};
use authctl::core::jose::{self, base64url, jws, jwt};
use authctl::core::secret::Secret;
use clap::{Arg, ArgGroup};
use serde::Serialize;
use serde_json::value::RawValue;
use serde_json::{Value, json};

use super::checks::{CHECKS_OF_CLAIMS, ChecksArgs};
use super::context::Context;
use super::encryption_key::{EncryptionKeyArgs, Named};
use super::key_source::{FlagNames, KeySourceArgs};
use super::output;
use super::raw_json::raw_json;
use super::render::{NOT_VERIFIED, Remarks, escape, verified_text};
use super::secrets::one_from_stdin;
use super::token_input::TokenInput;
use super::verify::{self, Verdict};

/// Decrypt a token (JWE), and verify the JWT in it
///
/// Prints what is in it, as it is. Without a token, standard input is read.
/// Exits with 3 when the token cannot be decrypted; why is not told apart,
/// since that would help who has no key.
///
/// Decryption does not tell who made a token: whoever has the public key can.
/// With keys to verify by (--issuer, --jwks, --verify-key, --verify-secret) it
/// must hold a signed JWT, which is judged as `authctl verify` does, and its
/// claims are shown. Without them a JWT in it is printed with a warning, and
/// one without a signature is refused.
///
/// Examples:
///
/// `authctl decrypt --key me.pem --issuer https://as.example --audience me "$TOKEN"`
///
/// `authctl decrypt @notes.jwe --password`
#[derive(clap::Args, Debug)]
#[command(
    mut_args(verification),
    group = ArgGroup::new("verification")
        .args(["issuer", "jwks", "key", "secret"])
        .multiple(true)
)]
pub struct DecryptArgs {
    #[command(flatten)]
    token: TokenInput,

    /// Shape of the answer
    #[arg(short, long, value_enum, value_name = "FORMAT")]
    output: Option<Format>,

    #[command(flatten)]
    key: EncryptionKeyArgs,

    #[command(flatten)]
    rules: RulesArgs,

    #[command(flatten)]
    source: KeySourceArgs,

    #[command(flatten)]
    checks: ChecksArgs,
}

/// Gives the flags of `verify` the names that they have here, where `--key` is
/// the one that decrypts. (clap has no other way to rename what is shared.)
fn verification(arg: Arg) -> Arg {
    const HEADING: &str = "Verification of the JWT in it";
    let id = arg.get_id().as_str();
    if CHECKS_OF_CLAIMS.contains(&id) {
        return arg.requires("verification").help_heading(HEADING);
    }
    let arg = match id {
        "jwks" | "allow_stale_keys" | "issuer" => arg,
        "key" => arg.long("verify-key"),
        "secret" => arg.long("verify-secret"),
        "passphrase" => arg
            .long("verify-passphrase")
            .help("Passphrase of an encrypted --verify-key; asked for by default"),
        "alg" => arg
            .long("verify-alg")
            .help("Allow these signature algorithms only")
            .requires("verification"),
        _ => return arg,
    };
    arg.help_heading(HEADING)
}

/// What the flags that name keys to verify by are called here.
const FLAGS: FlagNames = FlagNames("--jwks, --verify-key or --verify-secret");

/// What the JWE must satisfy.
#[derive(clap::Args, Debug)]
#[command(next_help_heading = "Encryption")]
struct RulesArgs {
    /// Allow these key management algorithms only, such as RSA-OAEP-256
    #[arg(
        id = "jwe_alg",
        long = "alg",
        value_name = "ALG,…",
        value_delimiter = ','
    )]
    algorithms: Option<Vec<KeyManagement>>,

    /// Allow these content encryptions only, such as A256GCM
    #[arg(
        id = "jwe_enc",
        long = "enc",
        value_name = "ENC,…",
        value_delimiter = ','
    )]
    encryptions: Option<Vec<ContentEncryption>>,

    /// Open the outermost layer only and print what is in it, be it encrypted
    /// again or not signed
    #[arg(long, conflicts_with = "verification")]
    outer: bool,
}

#[derive(clap::ValueEnum, Clone, Copy, Debug, PartialEq, Eq)]
enum Format {
    /// The content as it is, escaped on a terminal; of a verified JWT the key
    /// that verified, then the claims
    Human,
    /// An object with the header and the content in base64url; of a verified
    /// JWT with what `verify` says
    Json,
    /// The claims of a verified JWT alone, as JSON
    Claims,
}

/// A token that was decrypted, of whose content nothing was verified.
#[derive(Serialize)]
struct Plaintext {
    header: Box<RawValue>,
    plaintext: String,
    /// Where it is signed.
    #[serde(skip_serializing_if = "Option::is_none")]
    signature_verified: Option<bool>,
    encryption: Value,
}

/// Opens the token and shows what is in it.
pub fn run(cx: &Context, args: &DecryptArgs) -> Result<(), Error> {
    let token = args.token.is_stdin().then_some("the token");
    one_from_stdin(
        token
            .into_iter()
            .chain(args.key.on_stdin())
            .chain(args.source.on_stdin())
            .chain(args.checks.on_stdin()),
    )?;
    let format = output::chosen(cx, args.output, Format::Json, Format::Human);
    let octets = args.token.octets()?;
    let token = jws::trim_input(octets.expose())?;
    let keys = args.key.to_decrypt(cx)?;
    let opened = args.open(token, &keys.key)?;
    let verifies = args.source.is_given() || args.checks.issuer.is_some();
    match opened.content() {
        Content::Signed(inner) if verifies => {
            show_verified(cx, args, format, inner, &opened, &keys)
        }
        Content::Other(_) if verifies => Err(jose::Error::refused(
            "not_signed",
            "what is in it is no signed token, so that nobody answers for it",
        )
        .into()),
        _ if format == Format::Claims => Err(Error::usage(
            "`-o claims` shows claims that were verified, and no key to verify by is named",
            format!("name one with --issuer, {}", FLAGS.0),
        )),
        content => show(cx, format, token, content, &opened, &keys),
    }
}

/// Shows what nobody verified.
fn show(
    cx: &Context,
    format: Format,
    token: &str,
    content: Content<'_>,
    opened: &Opened,
    keys: &Named<DecryptionKeys>,
) -> Result<(), Error> {
    let signed = match content {
        Content::Signed(inner) => {
            cx.render.mask(&Secret::new(inner));
            cx.render.warning(&format!(
                "{NOT_VERIFIED}; name keys to verify it by with --issuer, --jwks or --verify-key"
            ));
            true
        }
        Content::Other(_) => false,
    };
    let content = opened.last().content.expose();
    if format == Format::Human {
        return cx.render.foreign_octets(content);
    }
    cx.render.json(&Plaintext {
        header: raw_json(token, 0)?,
        plaintext: base64url::encode(content),
        signature_verified: signed.then_some(false),
        encryption: encryption(opened, &keys.name),
    })
}

/// Verifies the token in it and shows that.
fn show_verified(
    cx: &Context,
    args: &DecryptArgs,
    format: Format,
    token: &str,
    opened: &Opened,
    keys: &Named<DecryptionKeys>,
) -> Result<(), Error> {
    let source = args.source.open(cx, args.checks.issuer.as_deref(), FLAGS)?;
    let checks = args.checks.open(cx)?;
    let now = checks.now();
    let (verified, source) =
        source.judge(|keys, issuer| jwt::verify(token, keys, &checks.rules(issuer)?, now))?;
    for warning in &verified.warnings {
        cx.render.warning(&warning.message);
    }
    match format {
        Format::Human => {
            let by = verify::by(&verified, &source);
            let claims = raw_json(token, 1)?;
            let remarks = Remarks::None;
            let verified = verified_text(&cx.render, &verified, claims.get(), &by, &remarks, now);
            let paint = cx.render.stdout_paint();
            let by = decrypted_by(opened, &keys.name);
            let label = paint.green("decrypted:");
            cx.render
                .text(&format!("{label} {}\n{verified}", escape(&by)))
        }
        Format::Claims => cx.render.json(&raw_json(token, 1)?),
        Format::Json => {
            let mut verdict = Verdict::new(token, &verified, &source)?;
            verdict.encryption = Some(encryption(opened, &keys.name));
            cx.render.json(&verdict)
        }
    }
}

/// Says what each layer was encrypted by, outside in.
fn encryption(opened: &Opened, source: &str) -> Value {
    let layer = |layer: &Decrypted| {
        json!({
            "alg": layer.algorithm.name(),
            "enc": layer.encryption.name(),
            "kid": layer.kid,
            "source": source,
        })
    };
    opened.layers().map(layer).collect()
}

/// Says which key decrypted: "ECDH-ES, A256GCM by the key `a` of `keys.json`".
fn decrypted_by(opened: &Opened, source: &str) -> String {
    let layer = |layer: &Decrypted| {
        let by = match &layer.kid {
            Some(kid) => format!("the key `{kid}` of {source}"),
            None => source.to_owned(),
        };
        format!("{}, {} by {by}", layer.algorithm, layer.encryption)
    };
    opened.layers().map(layer).collect::<Vec<_>>().join("; ")
}

impl DecryptArgs {
    fn open(&self, token: &str, keys: &DecryptionKeys) -> Result<Opened, Error> {
        let rules = Rules {
            algorithms: self.rules.algorithms.as_deref(),
            encryptions: self.rules.encryptions.as_deref(),
        };
        Ok(match self.rules.outer {
            true => Opened {
                outer: jwe::decrypt(token, keys, &rules)?,
                inner: Vec::new(),
            },
            false => jwe::open(token, keys, &rules).map_err(hinted)?,
        })
    }
}

/// Says what to do about a token, or one in it, that is not opened.
fn hinted(unopened: Unopened) -> Error {
    let inner = unopened.layers > 0;
    let of_a_set = unopened
        .reason
        .failures()
        .iter()
        .any(|failure| matches!(failure.code, "unknown_kid" | "no_key"));
    let error = Error::from(unopened.reason);
    match (inner, of_a_set) {
        (true, _) => error.during_with_hint(
            "the token in it is not opened",
            "see it as it is with --outer",
        ),
        (false, true) => error.during_with_hint(
            "no key for the token is among those that are given",
            "check that they are the recipient's, or name one with --kid",
        ),
        (false, false) => error,
    }
}
