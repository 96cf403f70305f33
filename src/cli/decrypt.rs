//! `authctl decrypt`: open a JWE.

use authctl::core::error::Error;
use authctl::core::jose::base64url;
use authctl::core::jose::jwe::{
    self, Content, ContentEncryption, Decrypted, KeyManagement, Opened, Rules,
};
use authctl::core::jose::jws;
use authctl::core::secret::Secret;
use serde_json::{Value, json};

use super::context::Context;
use super::encryption_key::EncryptionKeyArgs;
use super::render::NOT_VERIFIED;
use super::secrets::one_from_stdin;
use super::token_input::TokenInput;

/// Decrypt a token (JWE), and verify the JWT in it
///
/// Prints what is in it, as it is. Without a token, standard input is read.
/// Exits with 3 when the token cannot be decrypted; why is not told apart,
/// since that would help who has no key.
///
/// Decryption does not tell who made a token: whoever has the public key can.
///
/// Example: `authctl decrypt --key me.pem "$TOKEN"`
#[derive(clap::Args, Debug)]
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
}

/// What the JWE must satisfy.
#[derive(clap::Args, Debug)]
#[command(next_help_heading = "Encryption")]
struct RulesArgs {
    /// Allow these key management algorithms only, such as RSA-OAEP-256
    #[arg(long, value_name = "ALG,…", value_delimiter = ',')]
    alg: Option<Vec<KeyManagement>>,

    /// Allow these content encryptions only, such as A256GCM
    #[arg(long, value_name = "ENC,…", value_delimiter = ',')]
    enc: Option<Vec<ContentEncryption>>,

    /// Open the outermost layer only and print what is in it, a token of
    /// whichever kind too
    #[arg(long)]
    outer: bool,
}

#[derive(clap::ValueEnum, Clone, Copy, Debug, PartialEq, Eq)]
enum Format {
    /// The content as it is; on a terminal, escaped
    Human,
    /// An object with header, content (base64url) and key
    Json,
}

/// Opens the token and shows what is in it.
pub fn run(cx: &Context, args: &DecryptArgs) -> Result<(), Error> {
    let token = args.token.is_stdin().then_some("the token");
    one_from_stdin(token.into_iter().chain(args.key.on_stdin()))?;
    let octets = args.token.octets()?;
    let token = jws::trim_input(octets.expose())?;
    let keys = args.key.to_decrypt(cx)?;
    let opened = args.open(token, &keys.key)?;
    let content = opened.last().content.clone();
    let signed = opened.content();
    if let Content::Signed(inner) = signed {
        cx.render.mask(&Secret::new(inner));
        cx.render.warning(NOT_VERIFIED);
    }
    match args.format(cx) {
        Format::Human => cx.render.foreign_octets(content.expose()),
        Format::Json => cx.render.json(&json!({
            "header": opened.outer.header,
            "plaintext": base64url::encode(content.expose()),
            "key": key(&opened.outer, &keys.name),
        })),
    }
}

fn key(layer: &Decrypted, source: &str) -> Value {
    json!({
        "alg": layer.algorithm.name(),
        "enc": layer.encryption.name(),
        "kid": layer.kid,
        "source": source,
    })
}

impl DecryptArgs {
    fn open(&self, token: &str, keys: &jwe::DecryptionKeys) -> Result<Opened, Error> {
        let rules = Rules {
            algorithms: self.rules.alg.as_deref(),
            encryptions: self.rules.enc.as_deref(),
        };
        Ok(match self.rules.outer {
            true => Opened {
                outer: jwe::decrypt(token, keys, &rules)?,
                inner: Vec::new(),
            },
            false => jwe::open(token, keys, &rules)?,
        })
    }

    fn format(&self, cx: &Context) -> Format {
        match self.output {
            Some(format) => format,
            None if cx.json => Format::Json,
            None => Format::Human,
        }
    }
}
