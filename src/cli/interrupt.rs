//! Ctrl-C and termination: exit 130, but never between a server's rotation of
//! a refresh token and its save.
//!
//! Signals only set flags, so there is no code of ours inside a handler: one
//! action ends the process when that is allowed, a second one remembers that
//! it was asked for.

use std::any::Any;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, LazyLock, Once};
use std::time::Duration;

use authctl::core::error::Exit;
use authctl::core::session::Shield;
use signal_hook::consts::{SIGINT, SIGTERM};

use super::render::Render;

struct Flags {
    may_exit: Arc<AtomicBool>,
    asked: Arc<AtomicBool>,
    held: AtomicUsize,
}

static FLAGS: LazyLock<Flags> = LazyLock::new(|| Flags {
    may_exit: Arc::new(AtomicBool::new(true)),
    asked: Arc::new(AtomicBool::new(false)),
    held: AtomicUsize::new(0),
});

/// Makes Ctrl-C, SIGTERM, SIGQUIT and SIGHUP end the process with 130: the
/// first unless it is held off, the second in any case. Called before anything
/// that may wait; a command that only computes does without.
pub fn install() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        outlive_size_limits();
        for signal in [SIGINT, SIGTERM].into_iter().chain(quit()).chain(hangup()) {
            // Registering fails for signals that cannot be caught alone.
            let exit = i32::from(Exit::Interrupted as u8);
            let _ = signal_hook::flag::register_conditional_shutdown(
                signal,
                exit,
                Arc::clone(&FLAGS.may_exit),
            );
            // In this order: the first signal finds the flag that it sets unset.
            let _ = signal_hook::flag::register_conditional_shutdown(
                signal,
                exit,
                Arc::clone(&FLAGS.asked),
            );
            let _ = signal_hook::flag::register(signal, Arc::clone(&FLAGS.asked));
        }
    });
}

/// Makes a write beyond a file-size limit fail, as on a full disk, instead of
/// ending the process.
#[cfg(unix)]
fn outlive_size_limits() {
    let signal = rustix::process::Signal::XFSZ.as_raw();
    let _ = signal_hook::flag::register(signal, Arc::new(AtomicBool::new(false)));
}

#[cfg(not(unix))]
fn outlive_size_limits() {}

/// SIGQUIT, which a terminal sends at Ctrl-\\.
#[cfg(unix)]
fn quit() -> Option<i32> {
    Some(signal_hook::consts::SIGQUIT)
}

#[cfg(not(unix))]
fn quit() -> Option<i32> {
    None
}

/// SIGHUP, unless it is ignored as `nohup` has it: then it must stay so.
#[cfg(unix)]
fn hangup() -> Option<i32> {
    use std::io::Read as _;

    // The kernel gives the head of the file at once, and the line is in it.
    let mut head = [0; 4096];
    let read = std::fs::File::open("/proc/self/status").and_then(|mut it| it.read(&mut head));
    let ignored = std::str::from_utf8(&head[..read.ok()?])
        .ok()?
        .lines()
        .find_map(|line| line.strip_prefix("SigIgn:"))?;
    let ignored = u64::from_str_radix(ignored.trim(), 16).ok()?;
    let signal = signal_hook::consts::SIGHUP;
    (ignored >> (signal - 1) & 1 == 0).then_some(signal)
}

#[cfg(not(unix))]
fn hangup() -> Option<i32> {
    None
}

/// While one of these lives, Ctrl-C is remembered and takes effect when the
/// last is dropped.
pub struct Hold;

impl Hold {
    /// Starts to hold off interruption.
    pub fn new() -> Self {
        install();
        FLAGS.held.fetch_add(1, Ordering::SeqCst);
        FLAGS.may_exit.store(false, Ordering::SeqCst);
        Self
    }
}

impl Drop for Hold {
    fn drop(&mut self) {
        if FLAGS.held.fetch_sub(1, Ordering::SeqCst) == 1 {
            FLAGS.may_exit.store(true, Ordering::SeqCst);
            if FLAGS.asked.load(Ordering::SeqCst) {
                leave();
            }
        }
    }
}

/// Says whether an interruption was asked for while it was held off.
pub fn was_asked() -> bool {
    FLAGS.asked.load(Ordering::SeqCst)
}

/// Holds off interruption for the core's critical sections, and says so to
/// whoever interrupts.
pub struct SignalShield(pub Render);

impl Shield for SignalShield {
    fn hold(&self) -> Box<dyn Any> {
        let hold = Hold::new();
        let done = Arc::new(AtomicBool::new(false));
        let (render, ended) = (self.0.clone(), Arc::clone(&done));
        std::thread::spawn(move || {
            while !ended.load(Ordering::SeqCst) {
                if was_asked() {
                    render.note(
                        "interrupted; waiting for the server's answer, so that the session \
                         is not lost (interrupt again to quit at once)",
                    );
                    return;
                }
                std::thread::sleep(POLL);
            }
        });
        Box::new(Watched { done, _hold: hold })
    }
}

/// Ends the watch with the hold.
struct Watched {
    done: Arc<AtomicBool>,
    _hold: Hold,
}

impl Drop for Watched {
    fn drop(&mut self) {
        self.done.store(true, Ordering::SeqCst);
    }
}

/// How often a thread looks whether it was interrupted.
const POLL: Duration = Duration::from_millis(20);

/// While a prompt has the terminal: an interruption gives the terminal back
/// as it was, then ends the process.
#[cfg(unix)]
pub struct TerminalGuard {
    done: Arc<AtomicBool>,
    hold: Option<Hold>,
}

#[cfg(unix)]
impl TerminalGuard {
    /// Remembers how the terminal is set and starts to watch.
    pub fn new() -> Self {
        let hold = Hold::new();
        let done = Arc::new(AtomicBool::new(false));
        if let Ok(terminal) = std::fs::File::open("/dev/tty")
            && let Ok(modes) = rustix::termios::tcgetattr(&terminal)
        {
            let done = Arc::clone(&done);
            std::thread::spawn(move || {
                while !done.load(Ordering::SeqCst) {
                    if was_asked() {
                        let _ = rustix::termios::tcsetattr(
                            &terminal,
                            rustix::termios::OptionalActions::Now,
                            &modes,
                        );
                        leave();
                    }
                    std::thread::sleep(POLL);
                }
            });
        }
        Self {
            done,
            hold: Some(hold),
        }
    }
}

#[cfg(unix)]
impl Drop for TerminalGuard {
    fn drop(&mut self) {
        self.done.store(true, Ordering::SeqCst);
        drop(self.hold.take());
    }
}

/// Where there is no terminal driver to restore, the prompt restores itself.
#[cfg(not(unix))]
pub struct TerminalGuard;

#[cfg(not(unix))]
impl TerminalGuard {
    /// Only makes interruption end the process with 130.
    pub fn new() -> Self {
        install();
        Self
    }
}

#[expect(
    clippy::exit,
    reason = "the one place that ends the process at an interruption"
)]
fn leave() -> ! {
    std::process::exit(i32::from(Exit::Interrupted as u8))
}
