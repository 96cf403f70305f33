//! File descriptors held back for what must not fail for want of one.

use std::io;

/// What to do where there are no more.
pub const HINT: &str =
    "raise the limit on open files (`ulimit -n`); what was kept before is unchanged";

/// Says whether an error is that there are no more (EMFILE, ENFILE).
pub fn are_used_up(error: &io::Error) -> bool {
    cfg!(unix) && matches!(error.raw_os_error(), Some(23 | 24))
}

/// Descriptors that stay free for the one who drops this.
#[derive(Debug)]
pub struct Reserve {
    #[cfg(unix)]
    _held: Vec<std::os::unix::net::UnixStream>,
}

impl Reserve {
    /// Holds back at least `count` of them.
    ///
    /// # Errors
    ///
    /// Where the process or the machine has no more (EMFILE, ENFILE).
    #[cfg(unix)]
    pub fn new(count: usize) -> io::Result<Self> {
        let mut held = Vec::with_capacity(count + 1);
        while held.len() < count {
            // Of all that can be opened, it needs no file system.
            let (one, other) = std::os::unix::net::UnixStream::pair()?;
            held.extend([one, other]);
        }
        Ok(Self { _held: held })
    }

    /// Windows has no such limit that matters here.
    ///
    /// # Errors
    ///
    /// None.
    #[cfg(not(unix))]
    pub fn new(_count: usize) -> io::Result<Self> {
        Ok(Self {})
    }
}
