//! `authctl key convert`: a key in another form.

use authctl::core::config::SecretRef;
use authctl::core::error::Error;
use authctl::core::jose::{
    self, Encoding, Encryption, Portable, PortableKey, Structure, Target, pem,
};

use super::output::{OutArgs, Written};
use super::{LabelArgs, Source};
use crate::cli::context::Context;
use crate::cli::secrets::SecretRefParser;

/// Write a key in another form
///
/// A private key stays one, unless it is made spki or openssh, which are forms
/// of public keys. A key that does not have the form asked for is refused. So
/// is a key that is unfit for use: `authctl key inspect` says why. A JWK that
/// is made of another form has the thumbprint as kid unless --kid gives one.
///
/// Example: `authctl key convert signing.pem --to jwk --alg ES256 --out signing.jwk`
#[derive(clap::Args, Debug)]
pub struct ConvertArgs {
    #[command(flatten)]
    source: Source,

    /// Form to write
    #[arg(long, value_enum, value_name = "FORM")]
    to: Form,

    #[command(flatten)]
    labels: LabelArgs,

    /// Encrypt the private key under a passphrase (pkcs8 only): env:NAME,
    /// file:PATH, cmd:COMMAND, keychain:NAME, - for standard input, or nothing
    /// for a hidden prompt
    #[arg(long, value_name = "REF", num_args = 0..=1, default_missing_value = "", value_parser = SecretRefParser)]
    new_passphrase: Option<SecretRef>,

    #[command(flatten)]
    out: OutArgs,

    /// Encoding of pkcs8, pkcs1, sec1 and spki; pem by default
    #[arg(short, long, value_enum, value_name = "FORMAT")]
    output: Option<Format>,
}

#[derive(clap::ValueEnum, Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    /// Private keys of every type (PrivateKeyInfo, RFC 5958)
    Pkcs8,
    /// RSA keys, private and public (RFC 8017)
    Pkcs1,
    /// Private keys on the curves of ECDSA (RFC 5915)
    Sec1,
    /// The public key (SubjectPublicKeyInfo, RFC 5280)
    Spki,
    /// Every key, secrets too (RFC 7517)
    Jwk,
    /// The public key as a line of OpenSSH
    Openssh,
}

#[derive(clap::ValueEnum, Clone, Copy, Debug, PartialEq, Eq)]
enum Format {
    /// Text (RFC 7468)
    Pem,
    /// Octets
    Der,
}

impl From<Form> for Target {
    fn from(form: Form) -> Self {
        match form {
            Form::Pkcs8 => Self::Pkcs8,
            Form::Pkcs1 => Self::Pkcs1,
            Form::Sec1 => Self::Sec1,
            Form::Spki => Self::Spki,
            Form::Jwk => Self::Jwk,
            Form::Openssh => Self::OpenSsh,
        }
    }
}

/// Converts the key.
pub fn run(cx: &Context, args: &ConvertArgs) -> Result<(), Error> {
    let target = args.to.into();
    if args.new_passphrase.is_some() && target != Target::Pkcs8 {
        return Err(Error::usage(
            "only PKCS#8 can be encrypted under a passphrase",
            "write it with `--to pkcs8`",
        ));
    }
    if args.output.is_some() && matches!(target, Target::Jwk | Target::OpenSsh) {
        return Err(Error::usage(
            "PEM and DER are encodings of pkcs8, pkcs1, sec1 and spki",
            "leave out --output",
        ));
    }
    if args.source.takes_stdin() && args.new_passphrase == Some(SecretRef::Stdin) {
        return Err(Error::usage(
            "the key and the new passphrase cannot both come on standard input",
            "name the passphrase: `--new-passphrase env:NAME` or `--new-passphrase file:PATH`",
        ));
    }
    args.out.check()?;
    let key = args.source.open(cx, |document, passphrase| {
        let key = Portable::read(document.expose(), passphrase)?;
        args.labels.apply(key, target == Target::Jwk)
    })?;
    let private = key.is_private_as(target);
    let passphrase = match &args.new_passphrase {
        // What cannot be encrypted is refused before it is asked for.
        Some(reference) if private => {
            Some(cx.new_passphrase("the key", reference, "--new-passphrase")?)
        }
        _ => None,
    };
    let encoding = match args.output {
        Some(Format::Der) => Encoding::Der,
        Some(Format::Pem) | None => Encoding::Pem,
    };
    let encryption = passphrase.as_ref().map(|passphrase| Encryption {
        passphrase,
        iterations: pem::ITERATIONS,
    });
    let octets = key
        .write(target, encoding, encryption)
        .map_err(|error| with_choices(error, &key))?;
    let was_encrypted = key.form().structure() == Some(Structure::EncryptedPkcs8);
    let binary = encoding == Encoding::Der;
    args.out.put(
        cx,
        Written {
            octets,
            private,
            binary,
        },
    )?;
    if private && was_encrypted && passphrase.is_none() {
        let hint = "`--to pkcs8 --new-passphrase` keeps it so";
        cx.render
            .note(&format!("the key is no longer encrypted; {hint}"));
    }
    Ok(())
}

/// Says which forms the key can have, where it cannot have the one asked for.
fn with_choices(error: jose::Error, key: &PortableKey) -> Error {
    match error {
        jose::Error::Usage { what } => {
            let targets = key.targets();
            let names: Vec<_> = targets.iter().map(|target| target.name()).collect();
            Error::usage(what, format!("it can be made {}", names.join(", ")))
        }
        error => error.into(),
    }
}
