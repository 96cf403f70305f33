//! `authctl keygen`: make a key that signs, or one that decrypts.

mod made;

use std::path::{Path, PathBuf};

use authctl::core::config::SecretRef;
use authctl::core::error::Error;
use authctl::core::jose::jwe::{Group, KeyManagement};
use authctl::core::jose::{Algorithm, Jwk, JwkSet};
use authctl::core::secret::{Secret, SecretBytes};
use serde_json::{Map, Value, json};

pub use made::signing_flags;
use made::{Made, Purpose};

use super::algorithm::{KeyAlgorithm, KeyAlgorithmParser, curve_parser};
use super::context::Context;
use super::file_set::{self, File, Readers, suffixed};
use super::interrupt;
use super::render::escape;
use super::secrets::SecretRefParser;

/// Generate a key pair, or a secret, to sign or to encrypt
///
/// Writes three files: PREFIX.pem, the private key (PKCS#8, for its owner
/// alone), PREFIX.pub.pem, the public key, and PREFIX.jwks.json, a JWK Set of
/// the public key. A secret (HS256 and its kin) is one file, PREFIX.jwk.json,
/// for its owner alone. No file that is there is replaced without --force.
///
/// Without --alg the key is for ES256, or with --use enc for ECDH-ES+A256KW:
/// the holder of the public key encrypts, the holder of the private one
/// decrypts.
///
/// Examples:
///
/// `authctl keygen --alg EdDSA --out keys/signing`
///
/// `authctl keygen --use enc --crv X25519 --out keys/mine`
#[derive(clap::Args, Debug)]
pub struct KeygenArgs {
    /// Algorithm that the key is for, of signatures or of encryption
    #[arg(long, value_name = "ALG", value_parser = KeyAlgorithmParser)]
    alg: Option<KeyAlgorithm>,

    /// What the key is for, where --alg does not say it
    #[arg(long = "use", value_enum, value_name = "USE")]
    usage: Option<Use>,

    /// Curve of a key for ECDH-ES and its kin; P-256 by default
    #[arg(long, value_name = "CURVE", value_parser = curve_parser())]
    crv: Option<Group>,

    /// Size of an RSA key (2048, 3072, 4096 or 8192; 2048 by default) or of a
    /// secret
    #[arg(long, value_name = "N")]
    bits: Option<u32>,

    /// What the names of the files begin with; by default the algorithm and
    /// the first characters of the kid. After a / the default is added; -
    /// prints the private key and writes no file
    #[arg(long, value_name = "PREFIX|-")]
    out: Option<PathBuf>,

    /// Key identifier; by default the thumbprint of the key (RFC 7638)
    #[arg(long, value_name = "ID", allow_hyphen_values = true, value_parser = clap::builder::NonEmptyStringValueParser::new())]
    kid: Option<String>,

    /// Encrypt the private key under a passphrase: env:NAME, file:PATH,
    /// cmd:COMMAND, keychain:NAME, - for standard input, or nothing for a
    /// hidden prompt
    #[arg(long, value_name = "REF", num_args = 0..=1, default_missing_value = "", value_parser = SecretRefParser)]
    passphrase: Option<SecretRef>,

    /// Replace files that are there
    #[arg(long)]
    force: bool,

    /// Shape of the answer; by default the names of the files and the kid or,
    /// with --out -, PEM (of a secret, JWK)
    #[arg(short, long, value_enum, value_name = "FORMAT")]
    output: Option<Format>,
}

#[derive(clap::ValueEnum, Clone, Copy, Debug, PartialEq, Eq)]
enum Use {
    /// Signatures
    Sig,
    /// Encryption
    Enc,
}

#[derive(clap::ValueEnum, Clone, Copy, Debug, PartialEq, Eq)]
enum Format {
    /// The public key as PEM; with --out - the private one
    Pem,
    /// The public key as JWK; with --out - the private one
    Jwk,
    /// An object with kid, algorithm, files and keys
    Json,
}

impl Use {
    fn noun(self) -> &'static str {
        match self {
            Self::Sig => "signatures",
            Self::Enc => "encryption",
        }
    }

    fn other(self) -> Self {
        match self {
            Self::Sig => Self::Enc,
            Self::Enc => Self::Sig,
        }
    }
}

/// How many characters of the kid are in the default name.
const KID_IN_NAME: usize = 8;

/// Generates the key and writes it.
pub fn run(cx: &Context, args: &KeygenArgs) -> Result<(), Error> {
    let format = match args.output {
        None if cx.json => Some(Format::Json),
        format => format,
    };
    let to_stdout = args.out.as_deref() == Some(Path::new("-"));
    let purpose = args.purpose()?;
    let secret = purpose.is_secret();
    if secret {
        refuse_for_secret(args, purpose, format, to_stdout)?;
    }
    if to_stdout && args.passphrase.is_some() && !matches!(format, None | Some(Format::Pem)) {
        return Err(Error::usage(
            "only PEM can be encrypted under a passphrase",
            "print it with -o pem",
        ));
    }
    // What can be refused is refused before the work.
    purpose.check(args.bits)?;
    let prefix = args.out.as_deref().filter(|_| !to_stdout);
    if let (Some(prefix), false) = (prefix.filter(|prefix| is_whole(prefix)), args.force) {
        file_set::refuse_existing(paths(prefix, secret).iter().map(PathBuf::as_path))?;
    }
    // A person takes a while, and so does RSA.
    interrupt::install();
    let passphrase = args.passphrase(cx)?;
    let mut key = purpose.make(args.bits)?;
    if let Some(kid) = &args.kid {
        key = key.with_kid(kid);
    }
    if to_stdout {
        return print_private(cx, &key, format, passphrase.as_ref());
    }
    let prefix = match prefix {
        Some(prefix) if is_whole(prefix) => prefix.to_owned(),
        Some(folder) => folder.join(default_name(key.algorithm(), key.kid())),
        None => default_name(key.algorithm(), key.kid()).into(),
    };
    let paths = paths(&prefix, secret);
    let files = paths
        .iter()
        .cloned()
        .zip(contents(&key, passphrase.as_ref())?)
        .map(|(path, (content, readers))| File {
            path,
            content,
            readers,
        })
        .collect::<Vec<_>>();
    {
        // Ctrl-C leaves all of them or none, and no temporary one.
        let _hold = interrupt::Hold::new();
        file_set::write(&files, args.force)?;
    }
    match format {
        None => cx.render.text(&summary(cx, &key, &paths)),
        Some(Format::Pem) => cx.render.text(&key.public_pem()?),
        Some(Format::Jwk) => {
            let jwk = key.public_jwk().unwrap_or_default();
            cx.render.json(&Value::Object(jwk))
        }
        Some(Format::Json) => cx.render.json(&Value::Object(as_json(&key, &paths))),
    }
}

impl KeygenArgs {
    /// Returns what the key is for.
    fn purpose(&self) -> Result<Purpose, Error> {
        let alg = match (self.alg, self.usage) {
            (Some(alg), _) => alg,
            (None, Some(Use::Enc)) => KeyAlgorithm::Encryption(KeyManagement::EcdhEsA256Kw),
            (None, _) => KeyAlgorithm::Signature(Algorithm::ES256),
        };
        let (purpose, own) = match alg {
            KeyAlgorithm::Signature(algorithm) => (Purpose::Signature(algorithm), Use::Sig),
            KeyAlgorithm::Encryption(algorithm) => {
                (Purpose::Encryption(algorithm, self.crv), Use::Enc)
            }
        };
        if self.usage.is_some_and(|usage| usage != own) {
            return Err(Error::usage(
                format!(
                    "{} is for {}, not for {}",
                    purpose.name(),
                    own.noun(),
                    own.other().noun()
                ),
                "leave out --use, or choose another --alg",
            ));
        }
        if own == Use::Sig && self.crv.is_some() {
            return Err(Error::usage(
                format!("the curve of a key for {} cannot be chosen", purpose.name()),
                "choose it by --alg: ES256, ES384, ES512, ES256K or Ed25519",
            ));
        }
        Ok(purpose)
    }

    fn passphrase(&self, cx: &Context) -> Result<Option<Secret>, Error> {
        let Some(reference) = &self.passphrase else {
            return Ok(None);
        };
        cx.new_passphrase("the key", reference, "--passphrase")
            .map(Some)
    }
}

/// A secret has no public part and one form alone, that of a JWK.
fn refuse_for_secret(
    args: &KeygenArgs,
    purpose: Purpose,
    format: Option<Format>,
    to_stdout: bool,
) -> Result<(), Error> {
    let hint = "a secret is written as a JWK";
    if args.passphrase.is_some() {
        return Err(Error::usage(
            format!(
                "a secret for {} cannot be encrypted under a passphrase",
                purpose.name()
            ),
            hint,
        ));
    }
    match format {
        Some(Format::Pem) => Err(Error::usage(
            format!("a secret for {} has no PEM form", purpose.name()),
            hint,
        )),
        Some(Format::Jwk) if !to_stdout => Err(Error::usage(
            format!("a secret for {} has no public key to print", purpose.name()),
            "print the secret itself with `--out - -o jwk`",
        )),
        _ => Ok(()),
    }
}

/// Says whether a prefix has a name, not only a folder.
fn is_whole(prefix: &Path) -> bool {
    let ends_open = prefix
        .as_os_str()
        .as_encoded_bytes()
        .last()
        .is_none_or(|last| std::path::is_separator(char::from(*last)));
    !ends_open && prefix.file_name().is_some()
}

/// The algorithm and the head of the kid, which may hold anything.
pub fn default_name(algorithm: &str, kid: &str) -> String {
    let kid: String = kid
        .chars()
        .take(KID_IN_NAME)
        .map(|c| match c {
            'A'..='Z' | 'a'..='z' | '0'..='9' | '-' | '_' => c,
            _ => '_',
        })
        .collect();
    format!("{algorithm}-{kid}")
}

/// Returns where the files go: that of the secret, or those of the private
/// key, the public key and the set.
fn paths(prefix: &Path, secret: bool) -> Vec<PathBuf> {
    let suffixes: &[&str] = match secret {
        true => &[".jwk.json"],
        false => &[".pem", ".pub.pem", ".jwks.json"],
    };
    suffixes
        .iter()
        .map(|suffix| suffixed(prefix, suffix))
        .collect()
}

/// Returns what goes into the files, in the order of [`paths`].
fn contents(key: &Made, passphrase: Option<&Secret>) -> Result<Vec<(SecretBytes, Readers)>, Error> {
    let Some(public) = key.public_jwk() else {
        let jwk = format!("{}\n", key.private_jwk()?.expose());
        return Ok(vec![(SecretBytes::new(jwk), Readers::Owner)]);
    };
    let private = key.private_pem(passphrase)?;
    let set = JwkSet::from_keys([Jwk::new(public).map_err(authctl::core::jose::Error::from)?]);
    let set = serde_json::to_string_pretty(&set.to_json())
        .map_err(|error| Error::Internal(format!("cannot write JSON: {error}")))?;
    Ok(vec![
        (SecretBytes::new(private.expose()), Readers::Owner),
        (SecretBytes::new(key.public_pem()?), Readers::All),
        (SecretBytes::new(format!("{set}\n")), Readers::All),
    ])
}

/// Prints the private key, as was asked for by name.
fn print_private(
    cx: &Context,
    key: &Made,
    format: Option<Format>,
    passphrase: Option<&Secret>,
) -> Result<(), Error> {
    let jwk = key.private_jwk()?;
    let public = key.public_jwk();
    let format = format.unwrap_or(match public {
        None => Format::Jwk,
        Some(_) => Format::Pem,
    });
    if format == Format::Pem {
        let pem = key.private_pem(passphrase)?;
        let lines = pem.expose().lines();
        for line in lines.filter(|line| !line.starts_with("-----")) {
            cx.render.mask(&Secret::new(line));
        }
        return cx.render.text(pem.expose());
    }
    let private: Map<String, Value> = serde_json::from_str(jwk.expose())
        .map_err(|error| Error::Internal(format!("cannot read our own JWK: {error}")))?;
    let labels = ["kty", "kid", "alg", "use"];
    let is_public = |name: &str| {
        labels.contains(&name) || public.as_ref().is_some_and(|jwk| jwk.contains_key(name))
    };
    for (_, value) in private.iter().filter(|(name, _)| !is_public(name)) {
        cx.render
            .mask(&Secret::new(value.as_str().unwrap_or_default()));
    }
    match format {
        Format::Json => {
            let mut object = as_json(key, &[]);
            object.insert("private_jwk".into(), Value::Object(private));
            cx.render.json(&Value::Object(object))
        }
        _ => cx.render.json(&Value::Object(private)),
    }
}

/// The paths in the order of [`paths`].
fn summary(cx: &Context, key: &Made, paths: &[PathBuf]) -> String {
    let paint = cx.render.stdout_paint();
    let names: &[&str] = match paths.len() {
        1 => &["secret"],
        _ => &["private key", "public key", "JWK Set"],
    };
    let mut text = String::new();
    let mut line = |name: &str, value: &str| {
        let name = paint.cyan(&format!("{name:<11}"));
        text.push_str(&format!("{name}  {}\n", escape(value)));
    };
    for (name, path) in names.iter().zip(paths) {
        line(name, &path.display().to_string());
    }
    line("alg", key.algorithm());
    line("kid", key.kid());
    if let [private, _, ..] = paths
        && let Some((name, command)) = key.usage(&private.display().to_string())
    {
        line(name, &command);
    }
    text
}

/// The paths in the order of [`paths`], or none.
fn as_json(key: &Made, paths: &[PathBuf]) -> Map<String, Value> {
    let mut object = Map::new();
    object.insert("kid".into(), json!(key.kid()));
    object.insert("alg".into(), json!(key.algorithm()));
    let names: &[&str] = match paths.len() {
        1 => &["secret"],
        _ => &["private_key", "public_key", "jwks"],
    };
    let files: Map<String, Value> = names
        .iter()
        .zip(paths)
        .map(|(name, path)| ((*name).to_owned(), json!(path.display().to_string())))
        .collect();
    if !files.is_empty() {
        object.insert("files".into(), Value::Object(files));
    }
    if let Some(public) = key.public_jwk() {
        object.insert("public_jwk".into(), Value::Object(public));
    }
    object
}
