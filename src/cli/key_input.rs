//! A key that is given: in a file, or where a secret reference says.

use std::ffi::OsStr;
use std::fmt;
use std::path::{Path, PathBuf};

use authctl::core::config::SecretRef;
use authctl::core::error::{Error, Report as _};
use authctl::core::jose;
use authctl::core::secret::{Secret, SecretBytes};
use clap::builder::TypedValueParser;

use super::context::Context;
use super::secrets::{read_file, trim_line_ending};

/// A key that is typed: a file, or a secret reference (`env:NAME`,
/// `file:PATH`, `cmd:COMMAND`, `keychain:NAME`, `-`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeyInput {
    /// A file.
    File(PathBuf),
    /// What a reference names, but never a prompt: nobody types a key.
    Reference(SecretRef),
}

impl KeyInput {
    /// Reads the document, whole.
    ///
    /// # Errors
    ///
    /// As [`Context::secret_bytes`].
    pub fn read(&self, cx: &Context) -> Result<SecretBytes, Error> {
        match self {
            Self::File(path) => read_file(path).map_err(|error| match mistaken(path) {
                Some(hint) => error.during_with_hint("no key can be read", hint),
                None => error,
            }),
            Self::Reference(reference) => cx.secret_bytes(reference, "Key", ""),
        }
    }

    /// Says whether the key is to come on standard input.
    pub fn takes_stdin(&self) -> bool {
        *self == Self::Reference(SecretRef::Stdin)
    }

    /// Returns what messages call the key: the path, or the reference.
    pub fn name(&self) -> String {
        match self {
            Self::File(path) => path.display().to_string(),
            Self::Reference(SecretRef::Stdin) => "standard input".to_owned(),
            Self::Reference(reference) => reference.to_string(),
        }
    }
}

/// Says what was probably meant by the path of no file.
fn mistaken(path: &Path) -> Option<&'static str> {
    let path = path.to_str()?;
    if path.starts_with("https://") || path.starts_with("http://") {
        return Some("keys are in files here: `authctl jwks fetch` gets those of a server");
    }
    path.starts_with('@')
        .then_some("give the name of the file without the `@`")
}

/// Reads a [`KeyInput`]. Whatever has not the form of a reference is a path;
/// a key itself is refused without being repeated, as clap would do.
#[derive(Clone)]
pub struct KeyInputParser;

impl TypedValueParser for KeyInputParser {
    type Value = KeyInput;

    fn parse_ref(
        &self,
        command: &clap::Command,
        argument: Option<&clap::Arg>,
        value: &OsStr,
    ) -> Result<KeyInput, clap::Error> {
        parse(value).map_err(|fault| {
            let flag = argument.map_or_else(String::new, |argument| argument.to_string());
            clap::Error::raw(
                clap::error::ErrorKind::ValueValidation,
                format!("{fault}\n\n  {flag}\n  {FORMS}\n"),
            )
            .with_cmd(command)
        })
    }
}

const FORMS: &str = "give a file, or a reference: env:NAME, file:PATH, cmd:COMMAND, keychain:NAME, - (standard input)";

/// Why what is typed is no [`KeyInput`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fault {
    Empty,
    Literal,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Empty => "no key is named",
            Self::Literal => "a key is never typed on the command line, where others can read it",
        })
    }
}

fn parse(typed: &OsStr) -> Result<KeyInput, Fault> {
    let Some(text) = typed.to_str() else {
        return Ok(KeyInput::File(typed.into()));
    };
    if text.is_empty() {
        return Err(Fault::Empty);
    }
    if text.trim_start().starts_with(['{', '[']) || text.contains("-----BEGIN") {
        return Err(Fault::Literal);
    }
    Ok(match text.parse() {
        Ok(SecretRef::File(path)) => KeyInput::File(path),
        Ok(reference) => KeyInput::Reference(reference),
        Err(_) => KeyInput::File(typed.into()),
    })
}

/// Reads a key document by `read`, asking for the passphrase where the
/// document turns out encrypted and none was given. `name` is that of the
/// document, for messages.
///
/// # Errors
///
/// Those of `read`; exit 4 where the passphrase would have to be asked for and
/// cannot be, exit 8 where its reference leads nowhere.
pub fn open<T>(
    cx: &Context,
    name: &str,
    passphrase: Option<&SecretRef>,
    read: impl Fn(Option<&Secret>) -> Result<T, jose::Error>,
) -> Result<T, Error> {
    let opened = match read(None) {
        Err(error) if error.code() == "passphrase" => {
            let reference = passphrase.unwrap_or(&SecretRef::Prompt);
            let instead = "name it: `--passphrase env:NAME` or `--passphrase file:PATH`";
            cx.secret(reference, "Passphrase of the key", instead)
                .and_then(|passphrase| Ok(read(Some(&passphrase))?))
        }
        done => done.map_err(Error::from),
    };
    opened.map_err(|error| error.during(format!("cannot use `{name}`")))
}

/// Reads a secret that serves as a key by its octets. One that is text ends
/// before its line ending, as editors and `echo` leave one; one of random
/// octets may end in any of them.
///
/// # Errors
///
/// As [`Context::secret_bytes`].
pub fn read_secret(cx: &Context, reference: &SecretRef) -> Result<SecretBytes, Error> {
    let instead = "name the secret: `--secret env:NAME` or `--secret file:PATH`";
    let secret = cx.secret_bytes(reference, "Secret", instead)?;
    Ok(without_line_ending(&secret, reference))
}

fn without_line_ending(secret: &SecretBytes, reference: &SecretRef) -> SecretBytes {
    let Ok(text) = std::str::from_utf8(secret.expose()) else {
        return secret.clone();
    };
    let text = match reference {
        SecretRef::Env(_) | SecretRef::Prompt | SecretRef::Keychain(_) => text,
        SecretRef::Command(_) => text.lines().next().unwrap_or_default(),
        SecretRef::File(_) | SecretRef::Stdin => trim_line_ending(text),
    };
    SecretBytes::new(text)
}

/// Returns what of a key and its like is to be read from standard input, as
/// messages call it.
pub fn on_stdin(
    key: &Option<KeyInput>,
    secret: &Option<SecretRef>,
    passphrase: &Option<SecretRef>,
) -> impl Iterator<Item = &'static str> + use<> {
    let key = key.as_ref().is_some_and(KeyInput::takes_stdin);
    let reference = |flag: &Option<SecretRef>| *flag == Some(SecretRef::Stdin);
    [
        (key, "a key"),
        (reference(secret), "a secret"),
        (reference(passphrase), "a passphrase"),
    ]
    .into_iter()
    .filter_map(|(taken, name)| taken.then_some(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_a_file_or_a_reference() {
        let parse = |text: &str| super::parse(OsStr::new(text));
        let file = |path: &str| Ok(KeyInput::File(path.into()));
        for path in ["k.pem", "./env:X", "C:\\k.pem", "env:", "vault:x", "a:b"] {
            assert_eq!(parse(path), file(path), "{path}");
        }
        assert_eq!(parse("file:k.pem"), file("k.pem"));
        for text in ["-", "env:K", "cmd:pass show k", "keychain:k"] {
            let reference = text.parse().unwrap();
            assert_eq!(parse(text), Ok(KeyInput::Reference(reference)), "{text}");
        }
        assert_eq!(parse(""), Err(Fault::Empty));
    }

    #[test]
    fn h1_a_key_itself_is_refused() {
        for text in [
            r#"{"kty":"oct","k":"AAAA"}"#,
            " {\"keys\":[]}",
            "-----BEGIN PRIVATE KEY-----\nMC4CAQ",
            "\n-----BEGIN EC PRIVATE KEY-----",
        ] {
            assert_eq!(parse(OsStr::new(text)), Err(Fault::Literal), "{text}");
        }
    }

    #[test]
    fn only_text_has_a_line_ending_to_lose() {
        let cut = |octets: &[u8], reference: &str| {
            without_line_ending(&SecretBytes::new(octets), &reference.parse().unwrap())
                .expose()
                .to_vec()
        };
        assert_eq!(cut(b"a\n\n", "file:x"), b"a\n");
        assert_eq!(cut(b"a\r\n", "-"), b"a");
        assert_eq!(cut(b"a\nb\n", "cmd:x"), b"a");
        assert_eq!(cut(b"a\n", "env:X"), b"a\n");
        assert_eq!(cut(b"\xff\n", "file:x"), b"\xff\n");
    }
}
