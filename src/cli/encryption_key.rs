//! The flags that name a key to encrypt to, or one that decrypts.

use authctl::core::config::SecretRef;
use authctl::core::error::Error;
use authctl::core::jose::KeyError;
use authctl::core::jose::jwe::{DecryptionKeys, EncryptionKey};
use authctl::core::secret::{Secret, SecretBytes};
use clap::builder::NonEmptyStringValueParser;

use super::context::Context;
use super::key_input::{self, KeyInput, KeyInputParser};
use super::secrets::SecretRefParser;

/// The flags; one of `--key`, `--secret` and `--password`. Their ids are apart
/// from those of the keys that verify, which `decrypt` takes too.
#[derive(clap::Args, Clone, Debug)]
#[command(next_help_heading = "Key")]
pub struct EncryptionKeyArgs {
    /// Key of the recipient: PEM, DER, JWK or JWK Set, in a file or by
    /// reference (env:NAME, cmd:COMMAND, keychain:NAME, - for standard input).
    /// RSA, P-256, P-384, P-521, X25519, or a JWK with a secret
    #[arg(id = "jwe_key", long = "key", value_name = "FILE|REF", conflicts_with_all = ["jwe_secret", "jwe_password"], value_parser = KeyInputParser)]
    key: Option<KeyInput>,

    /// Key of a JWK Set; to encrypt with a key that has no kid, the one that the
    /// token names
    #[arg(id = "jwe_kid", long = "kid", value_name = "ID", allow_hyphen_values = true, requires = "jwe_key", conflicts_with_all = ["jwe_secret", "jwe_password"], value_parser = NonEmptyStringValueParser::new())]
    kid: Option<String>,

    /// Passphrase of an encrypted --key; asked for by default
    #[arg(id = "jwe_passphrase", long = "passphrase", value_name = "REF", num_args = 0..=1, default_missing_value = "", requires = "jwe_key", conflicts_with_all = ["jwe_secret", "jwe_password"], value_parser = SecretRefParser)]
    passphrase: Option<SecretRef>,

    /// Secret, of as many octets as the algorithm needs: env:NAME, file:PATH,
    /// cmd:COMMAND, keychain:NAME, - for standard input, or nothing for a
    /// hidden prompt
    #[arg(id = "jwe_secret", long = "secret", value_name = "REF", num_args = 0..=1, default_missing_value = "", conflicts_with = "jwe_password", value_parser = SecretRefParser)]
    secret: Option<SecretRef>,

    /// Password (PBES2), by reference as --secret
    #[arg(id = "jwe_password", long = "password", value_name = "REF", num_args = 0..=1, default_missing_value = "", value_parser = SecretRefParser)]
    password: Option<SecretRef>,
}

/// A key, and what messages call it.
pub struct Named<T> {
    /// The key.
    pub key: T,
    /// The path or the reference.
    pub name: String,
}

impl EncryptionKeyArgs {
    /// Returns what is to be read from standard input, as messages call it.
    pub fn on_stdin(&self) -> impl Iterator<Item = &'static str> {
        let key = self.key.as_ref().is_some_and(KeyInput::takes_stdin);
        let reference = |flag: &Option<SecretRef>| *flag == Some(SecretRef::Stdin);
        [
            (key, "the key"),
            (reference(&self.passphrase), "its passphrase"),
            (reference(&self.secret), "the secret"),
            (reference(&self.password), "the password"),
        ]
        .into_iter()
        .filter_map(|(taken, name)| taken.then_some(name))
    }

    /// Reads the key to encrypt to.
    ///
    /// # Errors
    ///
    /// Exit 8 for a key that cannot be read or is unfit, exit 2 for none.
    pub fn to_encrypt(&self, cx: &Context) -> Result<Named<EncryptionKey>, Error> {
        let kid = self.kid.as_deref();
        self.open(
            cx,
            |document, passphrase| EncryptionKey::from_document(document, kid, passphrase),
            EncryptionKey::secret,
            EncryptionKey::password,
            "encrypt",
        )
    }

    /// Reads the keys that decrypt.
    ///
    /// # Errors
    ///
    /// As [`EncryptionKeyArgs::to_encrypt`].
    pub fn to_decrypt(&self, cx: &Context) -> Result<Named<DecryptionKeys>, Error> {
        let kid = self.kid.as_deref();
        self.open(
            cx,
            |document, passphrase| DecryptionKeys::from_document(document, kid, passphrase),
            DecryptionKeys::secret,
            DecryptionKeys::password,
            "decrypt",
        )
    }

    fn open<T>(
        &self,
        cx: &Context,
        from_document: impl Fn(&[u8], Option<&Secret>) -> Result<T, authctl::core::jose::Error>,
        from_secret: impl FnOnce(SecretBytes) -> Result<T, KeyError>,
        from_password: impl FnOnce(&Secret) -> T,
        purpose: &str,
    ) -> Result<Named<T>, Error> {
        if let Some(input) = &self.key {
            let document = input.read(cx)?;
            let name = input.name();
            let key = key_input::open(cx, &name, self.passphrase.as_ref(), |passphrase| {
                from_document(document.expose(), passphrase)
            })?;
            return Ok(Named { key, name });
        }
        if let Some(reference) = &self.secret {
            let key = from_secret(key_input::read_secret(cx, reference)?).map_err(|error| {
                Error::from(error).during(format!("cannot use the secret of `{reference}`"))
            })?;
            return Ok(Named {
                key,
                name: format!("secret {reference}"),
            });
        }
        if let Some(reference) = &self.password {
            let instead = "name it: `--password env:NAME` or `--password file:PATH`";
            let password = cx.secret(reference, "Password", instead)?;
            return Ok(Named {
                key: from_password(&password),
                name: format!("password {reference}"),
            });
        }
        Err(Error::usage(
            format!("no key is named to {purpose} with"),
            "name it with --key, --secret or --password",
        ))
    }
}
