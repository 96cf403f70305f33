//! Faults a test asks for: at a step of a save, the system says no or the
//! process is killed.

use std::cell::Cell;
use std::io;

use super::Step;

#[derive(Clone, Copy, Debug)]
pub(in super::super) enum Fault {
    /// The step fails with this kind of error.
    Fail(Step, io::ErrorKind),
    /// The process is killed before the step.
    #[cfg(unix)]
    Kill(Step),
    /// The step of this number, from 0, fails, whichever it is.
    FailAt(usize, io::ErrorKind),
    /// The process is killed before the step of this number.
    #[cfg(unix)]
    KillAt(usize),
}

thread_local! {
    static FAULT: Cell<Option<Fault>> = const { Cell::new(None) };
    static PASSED: Cell<usize> = const { Cell::new(0) };
}

/// Asks for a fault on this thread, or for none.
pub(in super::super) fn set(fault: Option<Fault>) {
    FAULT.set(fault);
    PASSED.set(0);
}

pub(in super::super) fn at(step: Step) -> io::Result<()> {
    let passed = PASSED.replace(PASSED.get() + 1);
    match FAULT.get() {
        Some(Fault::FailAt(number, kind)) if number == passed => Err(kind.into()),
        #[cfg(unix)]
        Some(Fault::KillAt(number)) if number == passed => Err(kill()),
        Some(Fault::Fail(of, kind)) if of == step => Err(kind.into()),
        #[cfg(unix)]
        Some(Fault::Kill(before)) if before == step => Err(kill()),
        _ => Ok(()),
    }
}

#[cfg(unix)]
fn kill() -> io::Error {
    let this = rustix::process::getpid();
    let _ = rustix::process::kill_process(this, rustix::process::Signal::KILL);
    io::ErrorKind::Interrupted.into()
}
