//! References to secrets: what stands in flags and files in a secret's place.

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

/// The forms, for help texts and hints.
pub const FORMS: &str = "give a reference: env:NAME, file:PATH, cmd:COMMAND, keychain:NAME, - (standard input), or nothing for a hidden prompt";

/// Where a secret is to be read from. It is no secret itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SecretRef {
    /// `env:NAME`: an environment variable.
    Env(String),
    /// `file:PATH`: a file's content, without one trailing line ending.
    File(PathBuf),
    /// `cmd:COMMAND`: the first line of a command's standard output.
    Command(String),
    /// `keychain:NAME`: an entry of the OS keychain.
    Keychain(String),
    /// `-`: standard input, without one trailing line ending.
    Stdin,
    /// Nothing: a hidden prompt.
    Prompt,
}

/// The text is none of the forms. It may be a secret, so it is not repeated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a secret is never typed or stored in the clear")]
pub struct Literal;

impl FromStr for SecretRef {
    type Err = Literal;

    fn from_str(text: &str) -> Result<Self, Literal> {
        if text == "-" {
            return Ok(Self::Stdin);
        }
        if text.is_empty() {
            return Ok(Self::Prompt);
        }
        match text.split_once(':') {
            Some((_, "")) | None => Err(Literal),
            Some(("env", name)) => Ok(Self::Env(name.to_owned())),
            Some(("file", path)) => Ok(Self::File(path.into())),
            Some(("cmd", command)) => Ok(Self::Command(command.to_owned())),
            Some(("keychain", name)) => Ok(Self::Keychain(name.to_owned())),
            Some(_) => Err(Literal),
        }
    }
}

impl SecretRef {
    /// Says whether the reference can be kept for another day, as standard
    /// input and a prompt cannot.
    pub fn is_lasting(&self) -> bool {
        match self {
            Self::Env(_) | Self::File(_) | Self::Command(_) | Self::Keychain(_) => true,
            Self::Stdin | Self::Prompt => false,
        }
    }
}

impl fmt::Display for SecretRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Env(name) => write!(f, "env:{name}"),
            Self::File(path) => write!(f, "file:{}", path.display()),
            Self::Command(command) => write!(f, "cmd:{command}"),
            Self::Keychain(name) => write!(f, "keychain:{name}"),
            Self::Stdin => f.write_str("-"),
            Self::Prompt => f.write_str("prompt"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_are_read_and_written() {
        for text in [
            "env:A",
            "file:/a/b:c",
            "cmd:pass show x",
            "keychain:ci",
            "-",
        ] {
            let reference: SecretRef = text.parse().unwrap();
            assert_eq!(reference.to_string(), text);
        }
        assert_eq!("".parse(), Ok(SecretRef::Prompt));
    }

    #[test]
    fn a_literal_is_refused_and_not_repeated() {
        for text in ["hunter2", "env:", "env", "http://x", "ENV:A", ":", "a:b"] {
            assert_eq!(text.parse::<SecretRef>(), Err(Literal), "{text}");
        }
        assert!(!Literal.to_string().contains("hunter2"));
    }
}
