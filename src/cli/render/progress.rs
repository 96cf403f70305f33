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

/// Characters of the bar itself, at most.
const MAX_BAR: usize = 32;

/// Fewer say nothing.
const MIN_BAR: usize = 8;

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
        let columns = super::columns_of(&io::stderr()).unwrap_or(COLUMNS);
        // A line that wraps could not be written over.
        let room = columns.saturating_sub(1);
        let took = self.started.elapsed();
        self.draw(&line(self.total, octets, tokens, took, room));
    }

    /// Takes the line away until it is drawn again, for another to be written.
    pub fn clear(&self) {
        if self.drawn.get() > 0 {
            self.draw("");
            let _ = write!(io::stderr().lock(), "\r");
        }
    }

    /// Writes over what stands there.
    fn draw(&self, line: &str) {
        let blanks = self.drawn.replace(line.len()).saturating_sub(line.len());
        // When stderr is closed there is nobody to tell.
        let _ = write!(io::stderr().lock(), "\r{line}{:blanks$}", "");
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.clear();
    }
}

/// Writes, in ASCII, how far it is, how long it takes yet, how fast it goes and
/// how much is done, in that order of worth: the bar gets what room is left,
/// and the end is cut.
fn line(total: Option<u64>, octets: u64, tokens: u64, took: Duration, room: usize) -> String {
    let seconds = took.as_secs_f64().max(0.001);
    let done = format!("{:.0} a second, {tokens} tokens", tokens as f64 / seconds);
    // An empty file, and one that grows, have nothing left to read.
    let mut line = match total.map(|total| total.max(octets)).filter(|&t| t > 0) {
        None => done,
        Some(total) => {
            let share = octets as f64 / total as f64;
            let left = match octets {
                0 => String::new(),
                _ => {
                    let left = seconds * (total - octets) as f64 / octets as f64;
                    format!("{} left, ", humanize_span(left.ceil() as u64))
                }
            };
            let percent = (share * 100.0).floor();
            let bar = bar(
                share,
                room.saturating_sub("100 % [] ".len() + left.len() + done.len()),
            );
            format!("{percent:>3.0} % {bar}{left}{done}")
        }
    };
    line.truncate(room);
    line
}

/// Draws a share in at most so many characters, or nothing in very few.
fn bar(share: f64, room: usize) -> String {
    let length = room.min(MAX_BAR);
    if length < MIN_BAR {
        return String::new();
    }
    let filled = (share * length as f64) as usize;
    let head = if filled < length { ">" } else { "" };
    format!("[{:length$}] ", format!("{}{head}", "=".repeat(filled)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(seconds: u64, total: Option<u64>, octets: u64, tokens: u64) -> String {
        line(total, octets, tokens, Duration::from_secs(seconds), 79)
    }

    #[test]
    fn share_rate_and_time_left() {
        assert_eq!(
            after(10, Some(4000), 1000, 50),
            " 25 % [========>                       ] 30 s left, 5 a second, 50 tokens"
        );
        assert_eq!(
            after(600, Some(1_000_000), 500_000, 700),
            " 50 % [================>               ] 10 min left, 1 a second, 700 tokens"
        );
        assert_eq!(
            after(2, Some(4000), 4000, 50),
            "100 % [================================] 0 s left, 25 a second, 50 tokens"
        );
    }

    #[test]
    fn the_bar_gives_way_then_the_end() {
        let line = |room| line(Some(4000), 1640, 4_849_664, Duration::from_secs(6), room);
        let text = "9 s left, 808277 a second, 4849664 tokens";
        assert_eq!(
            line(79),
            format!(" 41 % [===========>                 ] {text}")
        );
        assert_eq!(line(60), format!(" 41 % [====>     ] {text}"));
        assert_eq!(line(56), format!(" 41 % {text}"));
        assert_eq!(line(32), " 41 % 9 s left, 808277 a second,");
        assert_eq!(line(5), " 41 %");
        assert_eq!(line(0), "");
    }

    #[test]
    fn nothing_read_yet_tells_no_time() {
        assert_eq!(
            after(0, Some(4000), 0, 0),
            "  0 % [>                               ] 0 a second, 0 tokens"
        );
    }

    #[test]
    fn a_stream_and_an_empty_file_have_no_end_in_sight() {
        assert_eq!(after(2, None, 4000, 50), "25 a second, 50 tokens");
        assert_eq!(after(2, Some(0), 0, 0), "0 a second, 0 tokens");
    }

    #[test]
    fn a_file_that_grows_is_never_beyond_its_end() {
        assert!(after(2, Some(4000), 9000, 50).starts_with("100 % ["));
    }
}
