//! Where a key that is written goes: to stdout, or into a file.

use std::path::{Path, PathBuf};

use authctl::core::error::Error;
use authctl::core::secret::{Secret, SecretBytes};
use serde_json::Value;

use crate::cli::context::Context;
use crate::cli::file_set::{self, File, Readers};
use crate::cli::interrupt;

/// `--out` and `--force`.
#[derive(clap::Args, Clone, Debug)]
pub struct OutArgs {
    /// Write the key into this file, a private one for its owner alone; -
    /// prints it, also on a terminal
    #[arg(long, value_name = "FILE|-")]
    out: Option<PathBuf>,

    /// Replace a file that is there
    #[arg(long)]
    force: bool,
}

/// A key, written.
pub struct Written {
    /// What was written.
    pub octets: SecretBytes,
    /// Whether it is to be kept from others.
    pub private: bool,
    /// Whether it is no text.
    pub binary: bool,
}

impl OutArgs {
    /// Refuses what would be refused in the end, before any passphrase is
    /// asked for.
    ///
    /// # Errors
    ///
    /// Exit 2 for a file that is there.
    pub fn check(&self) -> Result<(), Error> {
        match self.file() {
            Some(path) if !self.force => file_set::refuse_existing([path]),
            _ => Ok(()),
        }
    }

    /// Puts the key where it is to go.
    ///
    /// # Errors
    ///
    /// Exit 2 for a file that is there, and for a private key or octets that
    /// would go to a terminal without having been asked for there.
    pub fn put(&self, cx: &Context, written: Written) -> Result<(), Error> {
        if let Some(path) = self.file() {
            let files = [File {
                path: path.to_owned(),
                content: written.octets,
                readers: match written.private {
                    true => Readers::Owner,
                    false => Readers::All,
                },
            }];
            // Ctrl-C leaves the file or none, and no temporary one.
            let _hold = interrupt::Hold::new();
            return file_set::write(&files, self.force);
        }
        if self.out.is_none() && cx.render.stdout_is_terminal() {
            let hint = "write it into a file with `--out FILE`, or print it with `--out -`";
            if written.private {
                let what = "a private key is not shown on a terminal unless that is asked for";
                return Err(Error::usage(what, hint));
            }
            if written.binary {
                return Err(Error::usage("DER is no text for a terminal", hint));
            }
        }
        if written.private {
            mask(cx, &written.octets);
        }
        // A kid or a label may hold anything.
        match written.binary {
            true => cx.render.octets(written.octets.expose()),
            false => cx.render.foreign_octets(written.octets.expose()),
        }
    }

    fn file(&self) -> Option<&Path> {
        self.out.as_deref().filter(|path| *path != Path::new("-"))
    }
}

/// Has CI mask what is private in a text: the lines of PEM, the members of a
/// JWK.
fn mask(cx: &Context, octets: &SecretBytes) {
    let Ok(text) = std::str::from_utf8(octets.expose()) else {
        return;
    };
    match serde_json::from_str::<Value>(text) {
        Ok(Value::Object(members)) => {
            let public = ["kty", "crv", "n", "e", "x", "y", "pub", "kid", "alg", "use"];
            for (name, value) in &members {
                if let (false, Some(value)) = (public.contains(&name.as_str()), value.as_str()) {
                    cx.render.mask(&Secret::new(value));
                }
            }
        }
        _ => {
            for line in text.lines().filter(|line| !line.starts_with("-----")) {
                cx.render.mask(&Secret::new(line));
            }
        }
    }
}
