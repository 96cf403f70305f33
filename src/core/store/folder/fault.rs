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
}

thread_local! {
    static FAULT: Cell<Option<Fault>> = const { Cell::new(None) };
}

/// Asks for a fault on this thread, or for none.
pub(in super::super) fn set(fault: Option<Fault>) {
    FAULT.set(fault);
}

pub(super) fn at(step: Step) -> io::Result<()> {
    match FAULT.get() {
        Some(Fault::Fail(of, kind)) if of == step => Err(kind.into()),
        #[cfg(unix)]
        Some(Fault::Kill(before)) if before == step => {
            let _ = rustix::process::kill_process(
                rustix::process::getpid(),
                rustix::process::Signal::KILL,
            );
            Err(io::ErrorKind::Interrupted.into())
        }
        _ => Ok(()),
    }
}
