//! `authctl key`: what one key is, and its other forms.

mod convert;
mod inspect;
mod output;
mod public;
mod thumbprint;

use authctl::core::config::SecretRef;
use authctl::core::error::Error;
use authctl::core::jose::{
    self, Inspected, Inspection, KeyError, Portable, PortableKey, ThumbprintHash, holds_locked_key,
    inspect,
};
use authctl::core::secret::{Secret, SecretBytes};

use super::context::Context;
use super::key_input::{self, KeyInput, KeyInputParser};
use super::secrets::SecretRefParser;

/// Show, convert and name one key
///
/// A key may come in PEM or DER (PKCS#8, also encrypted, PKCS#1, SEC 1,
/// SubjectPublicKeyInfo, an X.509 certificate), as a JWK or JWK Set, or as
/// OpenSSH keeps it; its form is found by looking at it.
#[derive(clap::Args, Debug)]
pub struct KeyArgs {
    #[command(subcommand)]
    command: KeyCommand,
}

#[derive(clap::Subcommand, Debug)]
enum KeyCommand {
    /// Show what a key is and what it can do
    Inspect(inspect::InspectArgs),
    /// Print the public key of a key
    Public(public::PublicArgs),
    /// Write a key in another form
    Convert(convert::ConvertArgs),
    /// Print the thumbprint of a key (RFC 7638)
    Thumbprint(thumbprint::ThumbprintArgs),
}

/// Runs the subcommand.
pub fn run(cx: &Context, args: &KeyArgs) -> Result<(), Error> {
    match &args.command {
        KeyCommand::Inspect(args) => inspect::run(cx, args),
        KeyCommand::Public(args) => public::run(cx, args),
        KeyCommand::Convert(args) => convert::run(cx, args),
        KeyCommand::Thumbprint(args) => thumbprint::run(cx, args),
    }
}

/// The key that is looked at.
#[derive(clap::Args, Clone, Debug)]
struct Source {
    /// Key: a file, env:NAME, cmd:COMMAND, keychain:NAME, or - for standard
    /// input
    #[arg(value_name = "FILE|REF", value_parser = KeyInputParser)]
    key: KeyInput,

    /// Passphrase of an encrypted key; asked for by default
    #[arg(long, value_name = "REF", num_args = 0..=1, default_missing_value = "", value_parser = SecretRefParser)]
    passphrase: Option<SecretRef>,
}

impl Source {
    /// Says whether the key or its passphrase is to come on standard input.
    fn takes_stdin(&self) -> bool {
        self.key.takes_stdin() || self.passphrase == Some(SecretRef::Stdin)
    }

    /// Reads the document, and the key in it by `read`.
    ///
    /// # Errors
    ///
    /// Exit 8 for what cannot be read or used, exit 4 where the passphrase
    /// would have to be asked for and cannot be.
    fn open<T>(
        &self,
        cx: &Context,
        read: impl Fn(&SecretBytes, Option<&Secret>) -> Result<T, jose::Error>,
    ) -> Result<T, Error> {
        if self.key.takes_stdin() && self.passphrase == Some(SecretRef::Stdin) {
            return Err(Error::usage(
                "the key and its passphrase cannot both come on standard input",
                "name the passphrase: `--passphrase env:NAME` or `--passphrase file:PATH`",
            ));
        }
        let document = self.key.read(cx)?;
        key_input::open(
            cx,
            &self.key.name(),
            self.passphrase.as_ref(),
            |passphrase| {
                let locked = passphrase.is_none() && holds_locked_key(document.expose());
                // The passphrase that is named says which key is meant.
                if locked && self.passphrase.is_some() {
                    let what = "the key is encrypted, a passphrase is needed";
                    return Err(jose::Error::key("passphrase", what));
                }
                let found = read(&document, passphrase)?;
                if locked {
                    let what = "an encrypted private key is there too";
                    cx.render.note(&format!(
                        "{what}: with --passphrase it is the one that counts"
                    ));
                }
                Ok(found)
            },
        )
    }

    /// Looks into the document.
    ///
    /// # Errors
    ///
    /// As [`Source::open`].
    fn inspect(&self, cx: &Context) -> Result<Inspected, Error> {
        self.open(cx, |document, passphrase| {
            Ok(inspect(document.expose(), passphrase)?)
        })
    }
}

/// A key that is meant.
struct Chosen {
    /// Its place in the set; a key that is alone has none.
    place: Option<usize>,
    /// What was found out about it, or why it is no key at all.
    key: Result<Inspection, KeyError>,
}

/// Which key of a set is meant.
#[derive(clap::Args, Clone, Debug)]
struct KidArg {
    /// Of a JWK Set, only the keys with this kid
    #[arg(long, value_name = "ID", allow_hyphen_values = true, value_parser = clap::builder::NonEmptyStringValueParser::new())]
    kid: Option<String>,
}

impl KidArg {
    /// Takes the keys that are meant. What is no key at all is never meant by
    /// a kid.
    ///
    /// # Errors
    ///
    /// `unknown_kid`.
    fn choose(&self, inspected: Inspected) -> Result<Vec<Chosen>, Error> {
        let set = match inspected {
            Inspected::Set(set) => set,
            Inspected::One(key) => {
                return match &self.kid {
                    Some(kid) if key.kid() != Some(kid) => Err(unknown_kid(
                        "the key does not have this kid, and there is no other",
                        "leave out --kid, which names a key of a set",
                    )),
                    _ => Ok(vec![Chosen {
                        place: None,
                        key: Ok(*key),
                    }]),
                };
            }
        };
        let has_kid = |kid| set.iter().flatten().any(|key| key.kid() == kid);
        let by_kid = has_kid(self.kid.as_deref());
        let chosen: Vec<_> = set
            .into_iter()
            .enumerate()
            .filter(|(_, key)| match (&self.kid, key) {
                (Some(kid), Ok(key)) if by_kid => key.kid() == Some(kid),
                // A key without a kid goes by its thumbprint.
                (Some(kid), Ok(key)) => {
                    let print = || key.thumbprint(ThumbprintHash::Sha256);
                    key.kid().is_none() && print().as_deref() == Ok(kid)
                }
                (Some(_), Err(_)) => false,
                (None, _) => true,
            })
            .map(|(place, key)| Chosen {
                place: Some(place),
                key,
            })
            .collect();
        match &self.kid {
            Some(_) if chosen.is_empty() => Err(unknown_kid(
                "the key set has no key with this kid",
                "leave out --kid to see all its keys",
            )),
            _ => Ok(chosen),
        }
    }
}

fn unknown_kid(message: &str, hint: &'static str) -> Error {
    let error = KeyError::new("unknown_kid", message).with_hint(hint);
    jose::Error::from(error).into()
}

/// What the JWK says of the key that is written.
#[derive(clap::Args, Clone, Debug)]
struct LabelArgs {
    /// Of a JWK Set, take the key with this kid; of any other input, give the
    /// JWK that is written this one
    #[arg(long, value_name = "ID", allow_hyphen_values = true, value_parser = clap::builder::NonEmptyStringValueParser::new())]
    kid: Option<String>,

    /// Give the JWK that is written this `alg`
    #[arg(long, value_name = "ALG", value_parser = clap::builder::NonEmptyStringValueParser::new())]
    alg: Option<String>,

    /// Give the JWK that is written this `use`
    #[arg(long = "use", value_enum, value_name = "USE")]
    purpose: Option<Use>,
}

#[derive(clap::ValueEnum, Clone, Copy, Debug)]
enum Use {
    /// Signatures
    Sig,
    /// Encryption
    Enc,
}

impl LabelArgs {
    /// Returns the kid that was typed.
    fn kid(&self) -> Option<&str> {
        self.kid.as_deref()
    }

    /// Takes the key that is meant and labels it.
    ///
    /// # Errors
    ///
    /// Those of choosing and of labels that do not fit the key; exit 2 for
    /// labels of what is no JWK.
    fn apply(&self, keys: Portable, as_jwk: bool) -> Result<PortableKey, jose::Error> {
        let in_set = matches!(keys, Portable::Set(_));
        let mut key = keys.choose(self.kid())?;
        let kid = self.kid().filter(|_| !in_set);
        let purpose = self.purpose.map(|purpose| match purpose {
            Use::Sig => "sig",
            Use::Enc => "enc",
        });
        if !as_jwk && (kid.is_some() || self.alg.is_some() || purpose.is_some()) {
            return Err(jose::Error::Usage {
                what: "only a JWK has `kid`, `alg` and `use`".into(),
            });
        }
        key.label(kid, self.alg.as_deref(), purpose)?;
        Ok(key)
    }

    /// Refuses labels where several keys would get them.
    ///
    /// # Errors
    ///
    /// Exit 2.
    fn refuse_for_a_set(&self) -> Result<(), jose::Error> {
        match (&self.alg, self.purpose) {
            (None, None) => Ok(()),
            _ => Err(jose::Error::Usage {
                what: "labels are given to one key, which of a set --kid names".into(),
            }),
        }
    }
}
