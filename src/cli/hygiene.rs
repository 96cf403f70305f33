//! What the process does so that its memory stays its own.

/// Keeps secrets out of core dumps and away from debuggers of other processes
/// of the same user.
///
/// A child that we start is dumpable again by itself: the kernel sets that back
/// when it executes another program. So no limit is touched that a command
/// under `serve` would inherit.
#[cfg(target_os = "linux")]
pub fn keep_out_of_dumps() {
    use rustix::process::{DumpableBehavior, set_dumpable_behavior};
    if let Err(error) = set_dumpable_behavior(DumpableBehavior::NotDumpable) {
        log::debug!("core dumps could not be switched off: {error}");
    }
}

/// Elsewhere the limit does it; a child under `serve` has it too.
#[cfg(all(unix, not(target_os = "linux")))]
pub fn keep_out_of_dumps() {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let limit = Rlimit {
        current: Some(0),
        ..getrlimit(Resource::Core)
    };
    if let Err(error) = setrlimit(Resource::Core, limit) {
        log::debug!("core dumps could not be switched off: {error}");
    }
}

/// There are no core dumps.
#[cfg(not(unix))]
pub fn keep_out_of_dumps() {}
