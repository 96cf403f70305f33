//! From a reference to the secret, and the flags that take references.

use std::ffi::OsStr;
use std::io::Read as _;
use std::path::Path;

use authctl::core::config::SecretRef;
use authctl::core::config::reference::FORMS;
use authctl::core::error::Error;
use authctl::core::secret::{Secret, SecretBytes};
use authctl::core::store::keychain;
use clap::builder::TypedValueParser;
use zeroize::Zeroizing;

use super::context::Context;
use super::{hygiene, interrupt, prompt, secret_command};

/// The most octets of a file, a command's output or standard input that can be
/// a secret or a key.
pub const MAX_SECRET: u64 = 1024 * 1024;

/// What nearly all of these fit into, in octets, where no length is known.
const USUAL_SECRET: usize = 8 * 1024;

/// The most octets of a payload that is signed or verified apart from its JWS:
/// a signature of some algorithms is made of the whole message at once, so
/// that it is held in memory.
const MAX_PAYLOAD: u64 = 256 * 1024 * 1024;

/// The keychain's service under which `keychain:NAME` looks for its account.
const KEYCHAIN_SERVICE: &str = "authctl-secret";

/// Reads a reference in a flag. A literal is refused without being repeated,
/// as clap would do.
#[derive(Clone)]
pub struct SecretRefParser;

impl TypedValueParser for SecretRefParser {
    type Value = SecretRef;

    fn parse_ref(
        &self,
        command: &clap::Command,
        argument: Option<&clap::Arg>,
        value: &OsStr,
    ) -> Result<SecretRef, clap::Error> {
        let parsed = value.to_str().and_then(|text| text.parse().ok());
        parsed.ok_or_else(|| {
            let flag = argument.map_or_else(String::new, |argument| argument.to_string());
            clap::Error::raw(
                clap::error::ErrorKind::ValueValidation,
                format!("a secret is never typed on the command line, where others can read it\n\n  {flag}\n  {FORMS}\n"),
            )
            .with_cmd(command)
        })
    }
}

impl Context {
    /// Reads the secret that a reference names. `label` names it in a prompt;
    /// `instead` says what to do where no prompt can be.
    ///
    /// # Errors
    ///
    /// Exit 8 when the file, variable, command or entry is not there or
    /// holds nothing; exit 4 when a prompt would be needed and cannot be;
    /// exit 7 when the keychain fails.
    pub fn secret(
        &self,
        reference: &SecretRef,
        label: &str,
        instead: &str,
    ) -> Result<Secret, Error> {
        if *reference == SecretRef::Prompt {
            return self.prompt_hidden(label, instead);
        }
        text_of(reference, &self.secret_bytes(reference, label, instead)?)
    }

    /// Reads the octets that a reference names, as they are: a symmetric key
    /// may end in any octet.
    ///
    /// # Errors
    ///
    /// As [`Context::secret`].
    pub fn secret_bytes(
        &self,
        reference: &SecretRef,
        label: &str,
        instead: &str,
    ) -> Result<SecretBytes, Error> {
        match reference {
            SecretRef::Env(name) => match self.env.raw(name) {
                Some(value) => Ok(SecretBytes::new(value.as_encoded_bytes())),
                None => Err(unfit(reference, "the variable is not set, or empty")),
            },
            SecretRef::File(path) => read_file(path),
            SecretRef::Command(command) => secret_command::run(command, reference),
            SecretRef::Keychain(name) => self.keychain_secret(name, reference),
            SecretRef::Stdin => read_stdin(),
            SecretRef::Prompt => self
                .prompt_hidden(label, instead)
                .map(|secret| SecretBytes::new(secret.expose())),
        }
    }

    /// Reads the passphrase that `what`, such as "the key", is to be encrypted
    /// under; `flag` is the one that refers to it.
    ///
    /// # Errors
    ///
    /// As [`Context::secret`]; exit 2 for an empty one, and for two that
    /// differ where it is typed unseen.
    pub fn new_passphrase(
        &self,
        what: &str,
        reference: &SecretRef,
        flag: &str,
    ) -> Result<Secret, Error> {
        let instead = &format!("name it: `{flag} env:NAME` or `{flag} file:PATH`");
        let passphrase = self.secret(reference, &format!("Passphrase for {what}"), instead)?;
        if passphrase.expose().is_empty() {
            return Err(Error::usage(
                "an empty passphrase protects nothing",
                format!("type one, or leave out {flag}"),
            ));
        }
        // What was mistyped unseen would be lost with the key.
        if *reference == SecretRef::Prompt
            && !self
                .secret(reference, "The passphrase again", instead)?
                .matches(&passphrase)
        {
            return Err(Error::usage(
                "the two passphrases differ",
                "type the same one twice",
            ));
        }
        Ok(passphrase)
    }

    /// Reads an entry of the keychain that the user made: under a service of
    /// its own, so that it is never taken for a session.
    fn keychain_secret(&self, name: &str, reference: &SecretRef) -> Result<SecretBytes, Error> {
        interrupt::install();
        let found = keychain::lookup(KEYCHAIN_SERVICE, name, self.keychain_prompt_wait())?;
        match found {
            Some(secret) => Ok(SecretBytes::new(secret.expose())),
            None => Err(Error::input(
                format!("no secret can be read from `{reference}`: the keychain has no such entry"),
                format!(
                    "make it with service `{KEYCHAIN_SERVICE}` and account `{name}`, on Linux by `secret-tool store --label {name} service {KEYCHAIN_SERVICE} username {name}`"
                ),
            )),
        }
    }

    /// Asks for a secret, unless prompts are forbidden.
    fn prompt_hidden(&self, label: &str, instead: &str) -> Result<Secret, Error> {
        self.refuse_prompt(label, instead)?;
        prompt::hidden(label, instead)
    }

    /// Asks for a text, unless prompts are forbidden.
    ///
    /// # Errors
    ///
    /// [`Error::PromptNeeded`], [`Error::Interrupted`].
    pub fn prompt_visible(&self, label: &str, instead: &str) -> Result<String, Error> {
        self.refuse_prompt(label, instead)?;
        prompt::visible(label, instead)
    }

    fn refuse_prompt(&self, label: &str, instead: &str) -> Result<(), Error> {
        if !self.no_input {
            return Ok(());
        }
        Err(Error::PromptNeeded {
            what: format!(
                "the {} must be asked for, and prompts are forbidden",
                label.to_lowercase()
            ),
            hint: instead.to_owned(),
        })
    }
}

/// Takes the octets that a reference named as a text.
///
/// # Errors
///
/// Exit 8 for what is empty or no UTF-8.
pub fn text_of(reference: &SecretRef, octets: &SecretBytes) -> Result<Secret, Error> {
    let text = std::str::from_utf8(octets.expose())
        .map_err(|_| unfit(reference, "it is not UTF-8 text"))?;
    let text = match reference {
        // The first line of its output, as `cmd:` promises.
        SecretRef::Command(_) => text.lines().next().unwrap_or(""),
        _ => trim_line_ending(text),
    };
    if text.is_empty() {
        return Err(unfit(reference, "it is empty"));
    }
    hygiene::panic_if_asked("secret");
    Ok(Secret::new(text))
}

/// Reads a file that holds a key, a set, a token or a secret.
///
/// # Errors
///
/// [`Error::Input`] with the path: absent, unreadable, a folder, too large.
pub fn read_file(path: &Path) -> Result<SecretBytes, Error> {
    read_file_of(path, MAX_SECRET)
}

/// Reads a file that holds a payload.
///
/// # Errors
///
/// As [`read_file`], with a wider limit.
pub fn read_payload(path: &Path) -> Result<SecretBytes, Error> {
    read_file_of(path, MAX_PAYLOAD)
}

/// Reads a file that is no larger than `limit`.
///
/// # Errors
///
/// As [`read_file`].
pub fn read_file_of(path: &Path, limit: u64) -> Result<SecretBytes, Error> {
    read_judged(path, limit, |_| Ok(()))
}

/// Reads a file that is no larger than `limit`, once `judge` has seen it open.
///
/// # Errors
///
/// As [`read_file`], and those of `judge`.
pub fn read_judged(
    path: &Path,
    limit: u64,
    judge: impl FnOnce(&std::fs::File) -> Result<(), Error>,
) -> Result<SecretBytes, Error> {
    let fail = |source: std::io::Error| Error::Input {
        what: format!("cannot read `{}`", path.display()),
        hint: Some("check the path and its permissions".into()),
        source: Some(source),
    };
    let file = std::fs::File::open(path).map_err(fail)?;
    judge(&file)?;
    let length = file.metadata().map_or(0, |found| found.len());
    read_bounded(file, length, limit, &format!("`{}`", path.display()), fail)
}

/// Reads standard input as a whole.
///
/// # Errors
///
/// [`Error::Input`] when it cannot be read or is too large.
pub fn read_stdin() -> Result<SecretBytes, Error> {
    read_stdin_of(MAX_SECRET)
}

/// Reads standard input as a payload.
///
/// # Errors
///
/// As [`read_stdin`], with a wider limit.
pub fn read_payload_stdin() -> Result<SecretBytes, Error> {
    read_stdin_of(MAX_PAYLOAD)
}

/// Reads standard input that is no larger than `limit`.
///
/// # Errors
///
/// As [`read_stdin`].
pub fn read_stdin_of(limit: u64) -> Result<SecretBytes, Error> {
    interrupt::install();
    let fail = |source| Error::Input {
        what: "cannot read standard input".into(),
        hint: Some("name a file in its place".into()),
        source: Some(source),
    };
    read_bounded(std::io::stdin().lock(), 0, limit, "standard input", fail)
}

/// Refuses to read two things from standard input; they are given as messages
/// call them.
///
/// # Errors
///
/// Exit 2 where there are two or more.
pub fn one_from_stdin<'a>(wanted: impl IntoIterator<Item = &'a str>) -> Result<(), Error> {
    let mut wanted = wanted.into_iter();
    match (wanted.next(), wanted.next()) {
        (Some(one), Some(other)) => Err(Error::usage(
            format!("standard input cannot be both {one} and {other}"),
            "give one of them in a file, or a secret as env:NAME",
        )),
        _ => Ok(()),
    }
}

fn read_bounded(
    from: impl std::io::Read,
    length: u64,
    limit: u64,
    name: &str,
    fail: impl Fn(std::io::Error) -> Error,
) -> Result<SecretBytes, Error> {
    // In one piece of memory, since what a vector grows out of is not wiped;
    // and in no more than it needs, since all of that is wiped. The room beyond
    // the end is where the reader finds that there is no more.
    let room = match length.min(limit) {
        0 => USUAL_SECRET,
        length => length as usize + 64,
    };
    let mut octets = Zeroizing::new(Vec::with_capacity(room));
    from.take(limit + 1)
        .read_to_end(&mut octets)
        .map_err(fail)?;
    if octets.len() as u64 > limit {
        return Err(Error::input(
            format!("{name} is larger than {} MiB", limit >> 20),
            "check that it is the right file",
        ));
    }
    Ok(SecretBytes::new(std::mem::take(&mut *octets)))
}

/// Returns a text without its last line ending.
pub fn trim_line_ending(text: &str) -> &str {
    let text = text.strip_suffix('\n').unwrap_or(text);
    text.strip_suffix('\r').unwrap_or(text)
}

/// Says why no secret can be had.
pub fn unfit(reference: &SecretRef, why: &str) -> Error {
    Error::input(
        format!("no secret can be read from `{reference}`: {why}"),
        "check the reference",
    )
}
