//! `authctl key public`: the public part of a key.

use authctl::core::error::Error;
use authctl::core::jose::{self, Encoding, Form, Portable, PortableKey, Target};
use authctl::core::secret::SecretBytes;

use super::output::{OutArgs, Written};
use super::{LabelArgs, Source};
use crate::cli::context::Context;

/// Print the public key of a key
///
/// By default in the form that the key has: PEM and certificates become PEM,
/// a JWK Set a JWK Set. In a set, keys that cannot be used and secrets are
/// left out, with a warning. A JWK that is made of another form has the
/// thumbprint as kid unless --kid gives one.
///
/// Example: `authctl key public signing.pem -o jwks --alg ES256 --use sig`
#[derive(clap::Args, Debug)]
pub struct PublicArgs {
    #[command(flatten)]
    source: Source,

    #[command(flatten)]
    labels: LabelArgs,

    #[command(flatten)]
    out: OutArgs,

    /// Form of the public key; by default that of the input
    #[arg(short, long, value_enum, value_name = "FORMAT")]
    output: Option<Format>,
}

#[derive(clap::ValueEnum, Clone, Copy, Debug, PartialEq, Eq)]
enum Format {
    /// SubjectPublicKeyInfo, as text
    Pem,
    /// SubjectPublicKeyInfo, as octets
    Der,
    /// JSON Web Key
    #[value(alias = "json")]
    Jwk,
    /// JWK Set
    Jwks,
    /// The line of OpenSSH
    Openssh,
}

/// What is to be printed.
enum Keys {
    One(PortableKey),
    Set(Vec<PortableKey>),
}

/// Prints the public key.
pub fn run(cx: &Context, args: &PublicArgs) -> Result<(), Error> {
    args.out.check()?;
    let asked = args.output.or(cx.json.then_some(Format::Jwk));
    // Whether labels can be given depends on the form, which may be that of
    // the input.
    let (keys, left_out) = args.source.open(cx, |document, passphrase| {
        let keys = Portable::read_public(document.expose(), passphrase)?;
        match keys {
            Portable::Set(keys)
                if args.labels.kid().is_none() && matches!(asked, None | Some(Format::Jwks)) =>
            {
                args.labels.refuse_for_a_set()?;
                let mut usable = Vec::new();
                let mut left_out = Vec::new();
                for (place, (_, key)) in keys.into_iter().enumerate() {
                    match key {
                        Ok(key) => usable.push(key),
                        Err(fault) => left_out.push((place, fault)),
                    }
                }
                match left_out.first() {
                    Some((_, fault)) if usable.is_empty() => Err(jose::Error::Key(fault.clone())),
                    _ => Ok((Keys::Set(usable), left_out)),
                }
            }
            keys => {
                let form = form_of(&keys);
                let as_jwk = matches!(asked.unwrap_or(form), Format::Jwk | Format::Jwks);
                let key = args.labels.apply(keys, as_jwk)?;
                Ok((Keys::One(key), Vec::new()))
            }
        }
    })?;
    for (place, fault) in left_out {
        cx.render
            .warning(&format!("keys[{place}] is left out: {fault}"));
    }
    let (octets, binary) = match keys {
        Keys::Set(keys) => (set_text(&keys)?, false),
        Keys::One(key) => {
            let format = asked.unwrap_or(default_format(key.form()));
            let (target, encoding) = match format {
                Format::Pem => (Target::Spki, Encoding::Pem),
                Format::Der => (Target::Spki, Encoding::Der),
                Format::Openssh => (Target::OpenSsh, Encoding::Pem),
                Format::Jwk => (Target::Jwk, Encoding::Pem),
                Format::Jwks => {
                    let octets = set_text(&[key])?;
                    return put(cx, args, octets, false);
                }
            };
            (
                key.write(target, encoding, None)?,
                encoding == Encoding::Der,
            )
        }
    };
    put(cx, args, octets, binary)
}

fn put(cx: &Context, args: &PublicArgs, octets: SecretBytes, binary: bool) -> Result<(), Error> {
    args.out.put(
        cx,
        Written {
            octets,
            private: false,
            binary,
        },
    )
}

fn form_of(keys: &Portable) -> Format {
    match keys {
        Portable::One(key) => default_format(key.form()),
        Portable::Set(_) => Format::Jwk,
    }
}

fn default_format(form: Form) -> Format {
    match form {
        Form::Pem(_) => Format::Pem,
        Form::Der(_) => Format::Der,
        Form::OpenSsh | Form::OpenSshPrivate => Format::Openssh,
        Form::Jwk => Format::Jwk,
        Form::JwkSet => Format::Jwks,
    }
}

fn set_text(keys: &[PortableKey]) -> Result<SecretBytes, Error> {
    let keys = keys
        .iter()
        .map(|key| key.to_jwk().map(|jwk| jwk.to_json()))
        .collect::<Result<Vec<_>, _>>()?;
    let keys = keys.join(",");
    Ok(SecretBytes::new(format!("{{\"keys\":[{keys}]}}\n")))
}
