//! The key that signs.

use authctl::core::config::SecretRef;
use authctl::core::error::{Error, Report as _};
use authctl::core::jose::{Algorithm, Selection, SigningKey};
use clap::builder::NonEmptyStringValueParser;

use crate::cli::context::Context;
use crate::cli::key_input::{self, KeyInput, KeyInputParser};
use crate::cli::secrets::SecretRefParser;

/// The flags that name the key; one of the first two.
#[derive(clap::Args, Debug)]
#[command(next_help_heading = "Key")]
pub struct SigningKeyArgs {
    /// Private key: PEM, DER, JWK or JWK Set, in a file or by reference
    /// (env:NAME, cmd:COMMAND, keychain:NAME, - for standard input)
    #[arg(long, value_name = "FILE|REF", conflicts_with = "secret", value_parser = KeyInputParser)]
    key: Option<KeyInput>,

    /// Secret, for HS256 and its kin: env:NAME, file:PATH, cmd:COMMAND,
    /// keychain:NAME, - for standard input, or nothing for a hidden prompt
    #[arg(long, value_name = "REF", num_args = 0..=1, default_missing_value = "", value_parser = SecretRefParser)]
    secret: Option<SecretRef>,

    /// Passphrase of an encrypted --key; asked for by default
    #[arg(long, value_name = "REF", num_args = 0..=1, default_missing_value = "", requires = "key", conflicts_with = "secret", value_parser = SecretRefParser)]
    passphrase: Option<SecretRef>,

    /// Algorithm; by default that of the JWK, else the usual one of the key's
    /// type: RS256 for RSA, HS256 for a secret
    #[arg(long, value_name = "ALG")]
    alg: Option<Algorithm>,

    /// Key identifier: of a JWK Set it names the key, by its kid or, where it
    /// has none, its thumbprint; to a lone key without one it is given
    // A thumbprint may begin with `-`.
    #[arg(long, value_name = "ID", allow_hyphen_values = true, value_parser = NonEmptyStringValueParser::new())]
    kid: Option<String>,

    /// Leave the key identifier out of the header
    #[arg(long, conflicts_with = "kid")]
    no_kid: bool,

    /// Give the key the --kid in place of its own
    #[arg(long, requires = "kid")]
    allow_other_kid: bool,
}

impl SigningKeyArgs {
    /// Returns what is to be read from standard input, as messages call it.
    pub fn on_stdin(&self) -> impl Iterator<Item = &'static str> + use<> {
        key_input::on_stdin(&self.key, &self.secret, &self.passphrase)
    }

    /// Reads the key.
    ///
    /// # Errors
    ///
    /// Exit 2 where none is named; exit 8 for a file that cannot be read and
    /// for a key that is not fit; exit 4 where its passphrase cannot be asked
    /// for.
    pub fn open(&self, cx: &Context) -> Result<SigningKey, Error> {
        let (key, name) = match (&self.key, &self.secret) {
            (Some(input), _) => (self.read_document(cx, input)?, input.name()),
            (None, Some(reference)) => (
                self.read_secret(cx, reference)?,
                format!("secret {reference}"),
            ),
            (None, None) => {
                return Err(Error::usage(
                    "no key is named to sign with",
                    "name one with --key or --secret; `authctl keygen` makes one",
                ));
            }
        };
        let key = match (&self.kid, self.no_kid) {
            (_, true) => key.with_kid(""),
            // Of a key document the kid is the one that its key was chosen by.
            (Some(kid), false) if self.key.is_none() || self.allow_other_kid => key.with_kid(kid),
            (_, false) => key,
        };
        log::debug!("signing by {} with {name}", key.algorithm());
        Ok(key)
    }

    fn read_document(&self, cx: &Context, input: &KeyInput) -> Result<SigningKey, Error> {
        let document = input.read(cx)?;
        let selection = Selection {
            algorithm: self.alg,
            kid: self.kid.as_deref().filter(|_| !self.allow_other_kid),
            other_kid: self.no_kid || self.allow_other_kid,
        };
        let name = input.name();
        key_input::open(cx, &name, self.passphrase.as_ref(), |passphrase| {
            SigningKey::from_document(document.expose(), &selection, passphrase)
        })
        .map_err(|error| match self.alg {
            Some(alg) if alg.is_symmetric() && error.code() == "key_malformed" => error
                .during_with_hint(
                    "no key can be read",
                    "a secret that is no key document is given with --secret",
                ),
            _ => error,
        })
    }

    fn read_secret(&self, cx: &Context, reference: &SecretRef) -> Result<SigningKey, Error> {
        let algorithm = self.alg.unwrap_or(Algorithm::HS256);
        if !algorithm.is_symmetric() {
            return Err(Error::usage(
                format!("{algorithm} is not by a secret"),
                "give the private key with --key",
            ));
        }
        let secret = key_input::read_secret(cx, reference)?;
        SigningKey::from_secret(secret, algorithm).map_err(|error| {
            Error::from(error).during(format!("cannot use the secret of `{reference}`"))
        })
    }
}
