//! How far a long command is.
//!
//! A line of our own, since the crates for it weigh on every command: their
//! averages need the C library's mathematics, and to load that costs a short
//! command a twentieth of its time.

use std::cell::Cell;
use std::io::{self, IsTerminal as _, Write as _};
use std::time::{Duration, Instant};

use authctl::core::time::humanize_span;

use super::Render;

/// Characters of the bar itself.
const BAR: usize = 32;

/// Columns where a terminal does not say how many it has.
const COLUMNS: usize = 80;

/// A line on the terminal, taken away when it is dropped.
pub struct Progress {
    total: Option<u64>,
    started: Instant,
    /// Characters that stand there now.
    drawn: Cell<usize>,
}

impl Render {
    /// Shows a bar on stderr, of so many octets where it is known how many come.
    /// There is none where nobody looks: under `-q`, where stderr is no
    /// terminal, and where the answer itself runs over the terminal.
    pub fn progress(&self, total: Option<u64>) -> Option<Progress> {
        if self.quiet || io::stdout().is_terminal() || !io::stderr().is_terminal() {
            return None;
        }
        Some(Progress {
            total,
            started: Instant::now(),
            drawn: Cell::new(0),
        })
    }
}

impl Progress {
    /// Says how many octets were read, and how many tokens judged.
    pub fn set(&self, octets: u64, tokens: u64) {
        self.draw(&line(self.total, octets, tokens, self.started.elapsed()));
    }

    /// Writes over what stands there. A line that wraps could not be written
    /// over, so what is too long is cut.
    fn draw(&self, line: &str) {
        let columns = super::columns_of(&io::stderr()).unwrap_or(COLUMNS);
        let line = &line[..line.len().min(columns.saturating_sub(1))];
        let blanks = self.drawn.replace(line.len()).saturating_sub(line.len());
        // When stderr is closed there is nobody to tell.
        let _ = write!(io::stderr().lock(), "\r{line}{:blanks$}", "");
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.draw("");
        let _ = write!(io::stderr().lock(), "\r");
    }
}

/// Writes, in ASCII, how far it is, how fast it goes and how long it takes yet.
fn line(total: Option<u64>, octets: u64, tokens: u64, took: Duration) -> String {
    let seconds = took.as_secs_f64().max(0.001);
    let done = format!("{tokens} tokens, {:.0} a second", tokens as f64 / seconds);
    // An empty file, and one that grows, have nothing left to read.
    let Some(total) = total.map(|total| total.max(octets)).filter(|&t| t > 0) else {
        return done;
    };
    let share = octets as f64 / total as f64;
    let filled = (share * BAR as f64) as usize;
    let head = if filled < BAR { ">" } else { "" };
    let bar = format!("{}{head}", "=".repeat(filled));
    let left = match octets {
        0 => String::new(),
        _ => {
            let left = seconds * (total - octets) as f64 / octets as f64;
            format!(", {} left", humanize_span(left.ceil() as u64))
        }
    };
    format!(
        "{:>3.0} % [{bar:BAR$}] {done}{left}",
        (share * 100.0).floor()
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(seconds: u64, total: Option<u64>, octets: u64, tokens: u64) -> String {
        line(total, octets, tokens, Duration::from_secs(seconds))
    }

    #[test]
    fn share_rate_and_time_left() {
        assert_eq!(
            after(10, Some(4000), 1000, 50),
            " 25 % [========>                       ] 50 tokens, 5 a second, 30 s left"
        );
        assert_eq!(
            after(600, Some(1_000_000), 500_000, 700),
            " 50 % [================>               ] 700 tokens, 1 a second, 10 min left"
        );
        assert_eq!(
            after(2, Some(4000), 4000, 50),
            "100 % [================================] 50 tokens, 25 a second, 0 s left"
        );
    }

    #[test]
    fn nothing_read_yet_tells_no_time() {
        assert_eq!(
            after(0, Some(4000), 0, 0),
            "  0 % [>                               ] 0 tokens, 0 a second"
        );
    }

    #[test]
    fn a_stream_and_an_empty_file_have_no_end_in_sight() {
        assert_eq!(after(2, None, 4000, 50), "50 tokens, 25 a second");
        assert_eq!(after(2, Some(0), 0, 0), "0 tokens, 0 a second");
    }

    #[test]
    fn a_file_that_grows_is_never_beyond_its_end() {
        assert!(after(2, Some(4000), 9000, 50).starts_with("100 % ["));
    }
}
