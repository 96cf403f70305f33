//! Questions to the person at the terminal itself, so that they are seen when
//! the standard streams are redirected.

use std::fs::{File, OpenOptions};
use std::io::{BufRead, BufReader, Write};

use authctl::core::error::Error;
use authctl::core::secret::Secret;

use super::interrupt::{self, TerminalGuard};

/// Asks for a secret; nothing that is typed is shown.
///
/// # Errors
///
/// [`Error::PromptNeeded`] without a terminal, with `instead` as what to do;
/// [`Error::Interrupted`] at Ctrl-C.
pub fn hidden(label: &str, instead: &str) -> Result<Secret, Error> {
    let answer = {
        let _guard = TerminalGuard::new();
        // It ends the line itself, whatever ends the answer.
        rpassword::prompt_password(format!("{label}: "))
    };
    answer
        .map(Secret::new)
        .map_err(|error| failed(&error, label, instead))
}

/// Asks for a text that may be seen.
///
/// # Errors
///
/// As [`hidden`].
pub fn visible(label: &str, instead: &str) -> Result<String, Error> {
    interrupt::install();
    let ask = || -> std::io::Result<String> {
        let (input, mut output) = terminal()?;
        output.write_all(format!("{label}: ").as_bytes())?;
        let mut line = String::new();
        if BufReader::new(input).read_line(&mut line)? == 0 {
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        }
        Ok(line.trim_end_matches(['\n', '\r']).to_owned())
    };
    ask().map_err(|error| failed(&error, label, instead))
}

/// Says whether there is a terminal to ask at.
pub fn has_terminal() -> bool {
    terminal().is_ok()
}

/// Opens the terminal, to read from and to write to.
fn terminal() -> std::io::Result<(File, File)> {
    let open = |name| OpenOptions::new().read(true).write(true).open(name);
    #[cfg(unix)]
    let (input, output) = ("/dev/tty", "/dev/tty");
    #[cfg(windows)]
    let (input, output) = ("CONIN$", "CONOUT$");
    Ok((open(input)?, open(output)?))
}

fn failed(error: &std::io::Error, label: &str, instead: &str) -> Error {
    if error.kind() == std::io::ErrorKind::Interrupted || interrupt::was_asked() {
        return Error::Interrupted;
    }
    let what = label.to_lowercase();
    Error::PromptNeeded {
        what: if error.kind() == std::io::ErrorKind::UnexpectedEof {
            format!("no answer to the prompt for the {what}")
        } else {
            format!("the {what} must be asked for, and there is no terminal")
        },
        hint: instead.to_owned(),
    }
}
