//! `authctl keygen`: make a key that signs.

use std::path::{Path, PathBuf};

use authctl::core::config::SecretRef;
use authctl::core::error::Error;
use authctl::core::jose::{Algorithm, Jwk, JwkSet, KeyType, SigningKey, pem, thumbprint};
use authctl::core::secret::{Secret, SecretBytes};
use serde_json::{Map, Value, json};

use super::algorithm::AlgorithmParser;
use super::context::Context;
use super::file_set::{self, File, Readers, suffixed};
use super::interrupt;
use super::render::escape;
use super::secrets::SecretRefParser;

/// Generate a signing key pair, or a secret
///
/// Writes three files: PREFIX.pem, the private key (PKCS#8, for its owner
/// alone), PREFIX.pub.pem, the public key, and PREFIX.jwks.json, a JWK Set of
/// the public key. A secret (HS256 and its kin) is one file, PREFIX.jwk.json,
/// for its owner alone. No file that is there is replaced without --force.
///
/// Example: `authctl keygen --alg EdDSA --out keys/signing`
#[derive(clap::Args, Debug)]
pub struct KeygenArgs {
    /// Algorithm that the key signs by
    #[arg(long, value_name = "ALG", default_value = "ES256", value_parser = AlgorithmParser::Any)]
    alg: Algorithm,

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
    #[arg(long, value_name = "ID", value_parser = clap::builder::NonEmptyStringValueParser::new())]
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
enum Format {
    /// The public key as PEM; with --out - the private one
    Pem,
    /// The public key as JWK; with --out - the private one
    Jwk,
    /// An object with kid, algorithm, files and keys
    Json,
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
    let secret = args.alg.is_symmetric();
    if secret {
        refuse_for_secret(args, format, to_stdout)?;
    }
    if to_stdout && args.passphrase.is_some() && !matches!(format, None | Some(Format::Pem)) {
        return Err(Error::usage(
            "only PEM can be encrypted under a passphrase",
            "print it with -o pem",
        ));
    }
    // What can be refused is refused before the work.
    SigningKey::check_size(args.alg, args.bits)?;
    let prefix = args.out.as_deref().filter(|_| !to_stdout);
    if let (Some(prefix), false) = (prefix.filter(|prefix| is_whole(prefix)), args.force) {
        file_set::refuse_existing(paths(prefix, secret).iter().map(PathBuf::as_path))?;
    }
    // A person takes a while, and so does RSA.
    interrupt::install();
    let passphrase = args.passphrase(cx)?;
    let mut key = SigningKey::generate_first_of_two(args.alg, args.bits)?;
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
        Some(Format::Jwk) => cx.render.json(&Value::Object(key.public_jwk())),
        Some(Format::Json) => cx.render.json(&Value::Object(as_json(&key, &paths))),
    }
}

impl KeygenArgs {
    fn passphrase(&self, cx: &Context) -> Result<Option<Secret>, Error> {
        let Some(reference) = &self.passphrase else {
            return Ok(None);
        };
        cx.new_passphrase(reference).map(Some)
    }
}

/// A secret has no public part and one form alone, that of a JWK.
fn refuse_for_secret(
    args: &KeygenArgs,
    format: Option<Format>,
    to_stdout: bool,
) -> Result<(), Error> {
    let hint = "a secret is written as a JWK";
    if args.passphrase.is_some() {
        return Err(Error::usage(
            format!(
                "a secret for {} cannot be encrypted under a passphrase",
                args.alg
            ),
            hint,
        ));
    }
    match format {
        Some(Format::Pem) => Err(Error::usage(
            format!("a secret for {} has no PEM form", args.alg),
            hint,
        )),
        Some(Format::Jwk) if !to_stdout => Err(Error::usage(
            format!("a secret for {} has no public key to print", args.alg),
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
pub fn default_name(algorithm: Algorithm, kid: &str) -> String {
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
fn contents(
    key: &SigningKey,
    passphrase: Option<&Secret>,
) -> Result<Vec<(SecretBytes, Readers)>, Error> {
    if key.algorithm().key_type() == KeyType::Oct {
        let jwk = format!("{}\n", key.private_jwk()?.expose());
        return Ok(vec![(SecretBytes::new(jwk), Readers::Owner)]);
    }
    let private = private_pem(key, passphrase)?;
    let set =
        JwkSet::from_keys([Jwk::new(key.public_jwk()).map_err(authctl::core::jose::Error::from)?]);
    let set = serde_json::to_string_pretty(&set.to_json())
        .map_err(|error| Error::Internal(format!("cannot write JSON: {error}")))?;
    Ok(vec![
        (SecretBytes::new(private.expose()), Readers::Owner),
        (SecretBytes::new(key.public_pem()?), Readers::All),
        (SecretBytes::new(format!("{set}\n")), Readers::All),
    ])
}

fn private_pem(key: &SigningKey, passphrase: Option<&Secret>) -> Result<Secret, Error> {
    Ok(match passphrase {
        None => key.to_pkcs8_pem()?,
        Some(passphrase) => key.to_encrypted_pkcs8_pem(passphrase, pem::ITERATIONS)?,
    })
}

/// Prints the private key, as was asked for by name.
fn print_private(
    cx: &Context,
    key: &SigningKey,
    format: Option<Format>,
    passphrase: Option<&Secret>,
) -> Result<(), Error> {
    let jwk = key.private_jwk()?;
    let format = format.unwrap_or(match key.algorithm().key_type() {
        KeyType::Oct => Format::Jwk,
        _ => Format::Pem,
    });
    if format == Format::Pem {
        let pem = private_pem(key, passphrase)?;
        let lines = pem.expose().lines();
        for line in lines.filter(|line| !line.starts_with("-----")) {
            cx.render.mask(&Secret::new(line));
        }
        return cx.render.text(pem.expose());
    }
    let private: Map<String, Value> = serde_json::from_str(jwk.expose())
        .map_err(|error| Error::Internal(format!("cannot read our own JWK: {error}")))?;
    let public = key.public_jwk();
    for (_, value) in private
        .iter()
        .filter(|(name, _)| !public.contains_key(*name))
    {
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
fn summary(cx: &Context, key: &SigningKey, paths: &[PathBuf]) -> String {
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
    line("alg", key.algorithm().name());
    line("kid", key.kid());
    if let [private, _, ..] = paths
        && let Some(flags) = signing_flags(key)
    {
        line(
            "sign with",
            &format!("authctl sign --key {}{flags}", private.display()),
        );
    }
    text
}

/// Returns the flags by which `sign` makes what the JWK Set says of the key:
/// PKCS#8 has no place for its `alg` and its `kid`. `None` where those that
/// `sign` takes by itself are the same.
fn signing_flags(key: &SigningKey) -> Option<String> {
    let public = key.public_key()?;
    let mut flags = String::new();
    if public.key_type().default_algorithm() != key.algorithm() {
        flags.push_str(&format!(" --alg {}", key.algorithm()));
    }
    if thumbprint(&public.to_jwk()).is_ok_and(|own| own != key.kid()) {
        flags.push_str(&format!(" --kid {}", key.kid()));
    }
    (!flags.is_empty()).then_some(flags)
}

/// The paths in the order of [`paths`], or none.
fn as_json(key: &SigningKey, paths: &[PathBuf]) -> Map<String, Value> {
    let mut object = Map::new();
    object.insert("kid".into(), json!(key.kid()));
    object.insert("alg".into(), json!(key.algorithm().name()));
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
    if key.public_key().is_some() {
        object.insert("public_jwk".into(), Value::Object(key.public_jwk()));
    }
    object
}
