//! `-v` and `-vv`: what the core narrates, on stderr.

use std::io::Write as _;

use log::{LevelFilter, Log, Metadata, Record};

use super::escape;

struct Stderr;

impl Log for Stderr {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        // Other crates' logs hold whole requests; only ours is redacted.
        let target = metadata.target();
        target == "authctl" || target.starts_with("authctl::")
    }

    fn log(&self, record: &Record<'_>) {
        if self.enabled(record.metadata()) {
            let text = record.args().to_string();
            let _ = writeln!(std::io::stderr().lock(), "* {}", escape(&text));
        }
    }

    fn flush(&self) {}
}

/// Starts the log: silent at 0, steps at 1, every exchange at 2.
pub fn install(verbosity: u8) {
    let level = match verbosity {
        0 => return,
        1 => LevelFilter::Debug,
        _ => LevelFilter::Trace,
    };
    if log::set_logger(&Stderr).is_ok() {
        log::set_max_level(level);
    }
}
