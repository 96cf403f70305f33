//! The only place that prints.
//!
//! stdout is the answer and nothing else; what is said to a person goes to
//! stderr. Text from tokens and servers is escaped before it can reach a
//! terminal.

mod claims;
mod error;
pub mod escape;
mod indent;
mod jwt;
mod log;
mod members;
mod progress;

use std::borrow::Cow;
use std::io::{self, IsTerminal as _, Write as _};

use authctl::core::error::Error;
use authctl::core::secret::Secret;
use colored::Colorize as _;
use indent::indent;
use serde::Serialize;

pub use claims::claims_text;
pub use error::{message, report, report_usage};
pub use escape::escape;
pub use jwt::{NOT_VERIFIED, Remarks, decoded_text, verified_text};
pub use progress::Progress;

/// When to colour.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum ColorChoice {
    /// On a terminal, unless the environment says otherwise.
    #[default]
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// How this call speaks.
#[derive(Clone, Debug)]
pub struct Render {
    quiet: bool,
    github_actions: bool,
    stdout_color: bool,
    stderr_color: bool,
}

/// What of the environment bears on colour.
#[derive(Clone, Copy, Debug, Default)]
pub struct ColorEnvironment {
    /// `NO_COLOR` is set and not empty (no-color.org).
    pub no_color: bool,
    /// `CLICOLOR_FORCE` is set, and neither empty nor `0`.
    pub force: bool,
    /// `TERM` is `dumb`.
    pub dumb: bool,
}

impl Render {
    /// Decides once for each stream whether to colour it, and starts the log.
    pub fn new(
        choice: ColorChoice,
        environment: ColorEnvironment,
        quiet: bool,
        verbosity: u8,
        github_actions: bool,
    ) -> Self {
        let wanted = |terminal: bool| match choice {
            ColorChoice::Always => true,
            ColorChoice::Never => false,
            ColorChoice::Auto if environment.no_color => false,
            ColorChoice::Auto if environment.force => true,
            ColorChoice::Auto => terminal && !environment.dumb,
        };
        let render = Self {
            quiet,
            github_actions,
            stdout_color: wanted(io::stdout().is_terminal()),
            stderr_color: wanted(io::stderr().is_terminal()),
        };
        log::install(verbosity);
        render
    }

    /// Says whether notes are silenced.
    pub fn is_quiet(&self) -> bool {
        self.quiet
    }

    /// Returns a style for answers; see [`Paint`].
    pub fn stdout_paint(&self) -> Paint {
        Paint(self.stdout_color)
    }

    /// Returns a style for what is said to a person.
    pub fn stderr_paint(&self) -> Paint {
        Paint(self.stderr_color)
    }

    /// Writes octets to stdout as they are.
    ///
    /// # Errors
    ///
    /// [`Error::Output`], but not for a reader that has gone: then there is
    /// nobody to tell.
    pub fn octets(&self, octets: &[u8]) -> Result<(), Error> {
        let mut stdout = io::stdout().lock();
        stdout
            .write_all(octets)
            .and_then(|()| stdout.flush())
            .or_else(|error| match error.kind() {
                io::ErrorKind::BrokenPipe => Ok(()),
                _ => Err(Error::Output(error)),
            })
    }

    /// Hands on what another process said to a person.
    pub fn octets_to_stderr(&self, octets: &[u8]) {
        let _ = io::stderr().lock().write_all(octets);
    }

    /// Returns stdout itself, for an answer that is written as it comes. What
    /// is written is to be escaped where it is a terminal.
    pub fn stdout(&self) -> impl io::Write + Send + 'static {
        io::stdout()
    }

    /// Writes text to stdout, with a line ending unless it has one.
    ///
    /// # Errors
    ///
    /// As [`Render::octets`].
    pub fn text(&self, text: &str) -> Result<(), Error> {
        let mut text = Cow::Borrowed(text);
        if !text.ends_with('\n') {
            text.to_mut().push('\n');
        }
        self.octets(text.as_bytes())
    }

    /// Writes one JSON value to stdout: indented on a terminal, otherwise in
    /// one line.
    ///
    /// # Errors
    ///
    /// As [`Render::octets`].
    pub fn json(&self, value: &impl Serialize) -> Result<(), Error> {
        let text = serde_json::to_string(value)
            .map_err(|error| Error::Internal(format!("cannot write JSON: {error}")))?;
        if !self.stdout_is_terminal() {
            return self.text(&text);
        }
        // JSON itself escapes C0 controls alone; the others have the same
        // escapes in JSON as here, so the value stays what it is.
        self.text(&escape_lines(&indent(&text)))
    }

    /// Writes octets that others made to stdout: as they are, but on a
    /// terminal as text with everything escaped but its line endings.
    ///
    /// # Errors
    ///
    /// As [`Render::octets`].
    pub fn foreign_octets(&self, octets: &[u8]) -> Result<(), Error> {
        if !self.stdout_is_terminal() {
            return self.octets(octets);
        }
        self.text(&escape_lines(&String::from_utf8_lossy(octets)))
    }

    /// Writes a token that was asked for by name, with a line ending only where
    /// a person sees it.
    ///
    /// # Errors
    ///
    /// As [`Render::octets`].
    pub fn bare_token(&self, token: &Secret) -> Result<(), Error> {
        match self.stdout_is_terminal() {
            true => self.text(token.expose()),
            false => self.octets(token.expose().as_bytes()),
        }
    }

    /// Writes the header field that carries a token (RFC 6750 §2.1).
    ///
    /// # Errors
    ///
    /// As [`Render::octets`].
    pub fn authorization(&self, token: &Secret) -> Result<(), Error> {
        self.text(&format!("Authorization: Bearer {}", token.expose()))
    }

    /// Says whether a person sees stdout as it is written.
    pub fn stdout_is_terminal(&self) -> bool {
        io::stdout().is_terminal()
    }

    /// Returns how many columns a terminal on stdout has.
    pub fn columns(&self) -> Option<usize> {
        columns_of(&io::stdout())
    }

    /// Has GitHub Actions mask a secret, before it is printed because the
    /// user asked for it by name.
    pub fn mask(&self, secret: &Secret) {
        if self.github_actions {
            self.stderr(&format!("::add-mask::{}", secret.expose()));
        }
    }

    /// Says something that is good to know. `-q` silences it.
    pub fn note(&self, text: &str) {
        if !self.quiet {
            let label = self.stderr_paint().dim("note:");
            self.stderr(&format!("{label} {}", escape(text)));
        }
    }

    /// As [`Render::note`], for each.
    pub fn notes(&self, texts: impl IntoIterator<Item = String>) {
        for text in texts {
            self.note(&text);
        }
    }

    /// As [`Render::note`], to a program: one object in one line.
    pub fn note_json(&self, value: &serde_json::Value) {
        if !self.quiet {
            self.stderr(&escape(&value.to_string()));
        }
    }

    /// Says something that should not be overlooked, also under `-q`.
    pub fn warning(&self, text: &str) {
        let label = self.stderr_paint().yellow("warning:");
        self.stderr(&format!("{label} {}", escape(text)));
    }

    fn stderr(&self, text: &str) {
        // When stderr is closed there is nobody to tell.
        let _ = writeln!(io::stderr().lock(), "{text}");
    }
}

/// Returns how many columns a terminal has.
#[cfg(unix)]
fn columns_of(terminal: &impl std::os::fd::AsFd) -> Option<usize> {
    rustix::termios::tcgetwinsize(terminal)
        .ok()
        .map(|size| usize::from(size.ws_col))
        .filter(|columns| *columns > 0)
}

/// Returns nothing: the platform is not asked.
#[cfg(not(unix))]
fn columns_of<T>(_: &T) -> Option<usize> {
    None
}

/// Returns `1 key` or `2 keys`.
pub fn counted(count: usize, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}

/// Escapes each line of a text, so that only its line endings stay.
fn escape_lines(text: &str) -> String {
    text.split('\n').map(escape).collect::<Vec<_>>().join("\n")
}

/// Returns the table without the space that begins its lines and those that
/// end them.
pub fn trimmed_table(table: &comfy_table::Table) -> String {
    table
        .to_string()
        .lines()
        .map(|line| line.strip_prefix(' ').unwrap_or(line).trim_end().to_owned() + "\n")
        .collect()
}

/// Colours text, or leaves it.
#[derive(Clone, Copy, Debug)]
pub struct Paint(bool);

impl Paint {
    /// Says whether there is colour.
    pub fn is_on(self) -> bool {
        self.0
    }

    /// For errors.
    pub fn red(self, text: &str) -> String {
        self.paint(text, |text| text.red().bold().to_string())
    }

    /// For warnings.
    pub fn yellow(self, text: &str) -> String {
        self.paint(text, |text| text.yellow().bold().to_string())
    }

    /// For what is good.
    pub fn green(self, text: &str) -> String {
        self.paint(text, |text| text.green().to_string())
    }

    /// For names.
    pub fn cyan(self, text: &str) -> String {
        self.paint(text, |text| text.cyan().to_string())
    }

    /// For headings.
    pub fn bold(self, text: &str) -> String {
        self.paint(text, |text| text.bold().to_string())
    }

    /// For what is secondary.
    pub fn dim(self, text: &str) -> String {
        self.paint(text, |text| text.dimmed().to_string())
    }

    fn paint(self, text: &str, style: impl Fn(&str) -> String) -> String {
        if self.0 {
            // The crate looks at stdout alone to decide; we have decided.
            colored::control::set_override(true);
            // Older consoles show escape sequences as text unless told.
            #[cfg(windows)]
            let _ = colored::control::set_virtual_terminal(true);
            style(text)
        } else {
            text.to_owned()
        }
    }
}
