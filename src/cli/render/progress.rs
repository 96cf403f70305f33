//! How far a long command is.

use std::io::{self, IsTerminal as _};
use std::time::Instant;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::Render;

/// A bar on the terminal, taken away when it is dropped.
pub struct Progress {
    bar: ProgressBar,
    started: Instant,
    has_total: bool,
}

impl Render {
    /// Shows a bar on stderr, of so many octets where it is known how many come.
    /// There is none where nobody looks: under `-q`, where stderr is no
    /// terminal, and where the answer itself runs over the terminal.
    pub fn progress(&self, total: Option<u64>) -> Option<Progress> {
        if self.quiet || io::stdout().is_terminal() || !io::stderr().is_terminal() {
            return None;
        }
        let bar = ProgressBar::with_draw_target(total, ProgressDrawTarget::stderr());
        let template = match total {
            Some(_) => "{percent:>3} % [{bar:32}] {msg}, {eta} left",
            None => "{spinner} {msg}",
        };
        // The template is ours and is one.
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style.progress_chars("=> "));
        }
        Some(Progress {
            bar,
            started: Instant::now(),
            has_total: total.is_some(),
        })
    }
}

impl Progress {
    /// Says how many octets were read, and how many tokens judged.
    pub fn set(&self, octets: u64, tokens: u64) {
        let seconds = self.started.elapsed().as_secs_f64();
        let rate = tokens as f64 / seconds.max(0.001);
        self.bar
            .set_message(format!("{tokens} tokens, {rate:.0} a second"));
        match self.has_total {
            true => self.bar.set_position(octets),
            false => self.bar.tick(),
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}
