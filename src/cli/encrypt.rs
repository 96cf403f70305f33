//! `authctl encrypt`: make a JWE.

use std::ffi::OsString;
use std::io::IsTerminal as _;
use std::path::Path;

use authctl::core::error::Error;
use authctl::core::jose::Members;
use authctl::core::jose::jwe::{self, ContentEncryption, KeyManagement, Plan, is_token};
use authctl::core::secret::SecretBytes;
use serde::Serialize;
use serde_json::value::RawValue;

use super::context::Context;
use super::encryption_key::EncryptionKeyArgs;
use super::member_input::MemberInput;
use super::output;
use super::raw_json::raw_json;
use super::secrets::{one_from_stdin, read_payload, read_payload_stdin};

/// Encrypt a payload to a recipient (JWE)
///
/// The payload may be any octets. A token is nested: `cty` says JWT, and
/// `authctl decrypt` goes on to verify it. Sign first, then encrypt: a JWE
/// alone does not say who made it.
///
/// The key decides how: RSA-OAEP-256 for RSA, ECDH-ES+A256KW for a key on a
/// curve, AES Key Wrap for a secret of 16, 24 or 32 octets,
/// PBES2-HS512+A256KW for a password, unless its JWK or --alg says otherwise;
/// the content by A256GCM. RSA1_5 is not offered.
///
/// Examples:
///
/// `authctl sign --key me.pem --iss https://as.example --exp 5m | authctl encrypt --key recipient.jwk`
///
/// `authctl encrypt @notes.txt --password`
#[derive(clap::Args, Debug)]
pub struct EncryptArgs {
    /// Payload: - reads standard input (as without one), @FILE a file. What is
    /// typed can be read by others on this machine
    #[arg(value_name = "PAYLOAD|-|@FILE")]
    payload: Option<OsString>,

    /// Shape of the answer
    ///
    /// A bare token ends without a newline when stdout is not a terminal.
    #[arg(short, long, value_enum, value_name = "FORMAT")]
    output: Option<Format>,

    #[command(flatten)]
    key: EncryptionKeyArgs,

    #[command(flatten)]
    how: HowArgs,

    #[command(flatten)]
    header: HeaderArgs,
}

/// By which algorithms, and with what.
#[derive(clap::Args, Debug)]
#[command(next_help_heading = "Encryption")]
struct HowArgs {
    /// Key management algorithm, such as RSA-OAEP-256, ECDH-ES, A256KW or dir
    #[arg(long, value_name = "ALG")]
    alg: Option<KeyManagement>,

    /// Content encryption, such as A256GCM or A128CBC-HS256
    #[arg(long, value_name = "ENC")]
    enc: Option<ContentEncryption>,

    /// Compress the payload. Its length then tells of its content: not for
    /// secrets beside text that others choose
    #[arg(long)]
    zip: bool,

    /// PBKDF2 iterations for --password, at most 1000000; by default 210000,
    /// with PBES2-HS256+A128KW 600000. npm `jose` takes up to 10000 unless told
    /// otherwise, joserfc up to 300000
    #[arg(long, value_name = "N")]
    p2c: Option<u32>,

    /// Who encrypts (`apu`), bound into the key of ECDH-ES
    #[arg(long, value_name = "TEXT")]
    apu: Option<String>,

    /// Who is to decrypt (`apv`), bound into the key of ECDH-ES
    #[arg(long, value_name = "TEXT")]
    apv: Option<String>,
}

/// What else the header says. It is not encrypted.
#[derive(clap::Args, Debug)]
#[command(next_help_heading = "Header")]
struct HeaderArgs {
    /// Add a member to the header: a=b as text, n:=1 as JSON. May be repeated
    #[arg(long, value_name = "K=V|K:=JSON")]
    header: Vec<MemberInput>,

    /// Type of the whole (`typ`), such as JWT
    #[arg(long, value_name = "TYPE")]
    typ: Option<String>,

    /// Type of the payload (`cty`); JWT for a token
    #[arg(long, value_name = "TYPE")]
    cty: Option<String>,
}

#[derive(clap::ValueEnum, Clone, Copy, Debug, PartialEq, Eq)]
enum Format {
    /// The bare token
    Token,
    /// An object with the token and its header
    Json,
}

/// What `-o json` says.
#[derive(Serialize)]
struct Encrypted<'a> {
    token: &'a str,
    header: Box<RawValue>,
    alg: &'a str,
    enc: &'a str,
    kid: Option<&'a str>,
}

/// Makes the token and prints it.
pub fn run(cx: &Context, args: &EncryptArgs) -> Result<(), Error> {
    let payload = args.is_stdin().then_some("the payload");
    one_from_stdin(payload.into_iter().chain(args.key.on_stdin()))?;
    let key = args.key.to_encrypt(cx)?;
    let unfit = |error: Error| error.during(format!("cannot encrypt with `{}`", key.name));
    let (algorithm, encryption) = key
        .key
        .choose(args.how.alg, args.how.enc)
        .map_err(|error| unfit(error.into()))?;
    let payload = args.payload()?;
    let nested = is_token(&payload);
    let plan = Plan {
        header: args.header.members(nested)?,
        zip: args.how.zip,
        apu: args.how.apu.clone().map(String::into_bytes),
        apv: args.how.apv.clone().map(String::into_bytes),
        iterations: args.how.p2c,
        ..Plan::new(algorithm, encryption)
    };
    let content = match nested {
        // The line ending of the pipe that it came by is no part of a token.
        true => payload.expose().trim_ascii(),
        false => payload.expose(),
    };
    let token = jwe::encrypt(&key.key, &plan, content)?;
    cx.render.mask(&token);
    if output::chosen(cx, args.output, Format::Json, Format::Token) == Format::Token {
        return cx.render.bare_token(&token);
    }
    cx.render.json(&Encrypted {
        token: token.expose(),
        header: raw_json(token.expose(), 0)?,
        alg: algorithm.name(),
        enc: encryption.name(),
        kid: key.key.kid(),
    })
}

impl EncryptArgs {
    fn is_stdin(&self) -> bool {
        self.payload.as_ref().is_none_or(|typed| typed == "-")
    }

    fn payload(&self) -> Result<SecretBytes, Error> {
        let Some(typed) = self.payload.as_deref().filter(|typed| *typed != "-") else {
            if self.payload.is_none() && std::io::stdin().is_terminal() {
                return Err(Error::usage(
                    "no payload is given",
                    "give - for standard input, or @FILE",
                ));
            }
            return read_payload_stdin();
        };
        match typed.to_str().and_then(|text| text.strip_prefix('@')) {
            Some(path) => read_payload(Path::new(path)),
            None => Ok(SecretBytes::new(typed.as_encoded_bytes())),
        }
    }
}

impl HeaderArgs {
    fn members(&self, nested: bool) -> Result<Members, Error> {
        // "When nested signing or encryption is employed, this Header
        // Parameter MUST be present; … the value MUST be `JWT`" (RFC 7519
        // §5.2).
        let cty = self.cty.as_deref().or(nested.then_some("JWT"));
        let mut members = Members::default();
        for (name, value) in [("typ", self.typ.as_deref()), ("cty", cty)] {
            if let Some(value) = value {
                members.insert(name, value);
            }
        }
        for member in &self.header {
            member.add_to(&mut members)?;
        }
        Ok(members)
    }
}
