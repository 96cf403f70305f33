//! The signals that a running server heeds, and a child gets from us.

use tokio::process::Child;

/// Ctrl-C, and on Unix SIGTERM and SIGHUP.
pub struct Signals {
    #[cfg(unix)]
    streams: [tokio::signal::unix::Signal; 3],
    #[cfg(windows)]
    stream: tokio::signal::windows::CtrlC,
}

#[cfg(unix)]
impl Signals {
    /// Starts to watch, within a runtime.
    ///
    /// # Errors
    ///
    /// When the system does not let us.
    pub fn watch() -> std::io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Self {
            streams: [
                signal(SignalKind::interrupt())?,
                signal(SignalKind::terminate())?,
                signal(SignalKind::hangup())?,
            ],
        })
    }

    /// Waits for the next one and returns its number.
    pub async fn next(&mut self) -> i32 {
        use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
        let [interrupt, terminate, hangup] = &mut self.streams;
        tokio::select! {
            _ = interrupt.recv() => SIGINT,
            _ = terminate.recv() => SIGTERM,
            _ = hangup.recv() => SIGHUP,
        }
    }
}

#[cfg(windows)]
impl Signals {
    /// Starts to watch, within a runtime.
    ///
    /// # Errors
    ///
    /// When the system does not let us.
    pub fn watch() -> std::io::Result<Self> {
        Ok(Self {
            stream: tokio::signal::windows::ctrl_c()?,
        })
    }

    /// Waits for the next Ctrl-C and returns its number.
    pub async fn next(&mut self) -> i32 {
        self.stream.recv().await;
        signal_hook::consts::SIGINT
    }
}

/// Hands a signal to a child, but for Ctrl-C, which a terminal sends to it as
/// well as to us.
#[cfg(unix)]
pub fn forward(child: &Child, signal: i32) {
    use rustix::process::{Pid, Signal, kill_process};
    if signal == signal_hook::consts::SIGINT {
        return;
    }
    let pid = child.id().and_then(|pid| i32::try_from(pid).ok());
    let signal = Signal::from_named_raw(signal);
    if let (Some(pid), Some(signal)) = (pid.and_then(Pid::from_raw), signal) {
        let _ = kill_process(pid, signal);
    }
}

/// There is nothing to hand on: Ctrl-C reaches the whole console.
#[cfg(windows)]
pub fn forward(_child: &Child, _signal: i32) {}
