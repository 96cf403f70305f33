//! What the process does so that its secrets stay its own: no core dumps, no
//! debuggers of other processes, and nothing of ours in the environment of
//! children.

use std::process::Command;

use authctl::core::config::{Kind, Setting};
#[cfg(unix)]
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// Keeps secrets out of core dumps and, on Linux, away from debuggers of other
/// processes of the same user.
///
/// Only the soft limit is lowered, so that children can be given back what we
/// were given: see [`with_our_limits_lifted`]. That a process is not dumpable
/// is no child's, since the kernel sets it back when another program is
/// executed.
#[cfg(unix)]
pub fn keep_out_of_dumps() {
    // What fails here leaves less protection, and nothing that a user could do
    // about it.
    #[cfg(target_os = "linux")]
    {
        use rustix::process::{DumpableBehavior, set_dumpable_behavior};
        let _ = set_dumpable_behavior(DumpableBehavior::NotDumpable);
    }
    let found = getrlimit(Resource::Core);
    if found.current != Some(0) {
        let _ = setrlimit(Resource::Core, no_dumps(found));
        let _ = FOUND.set(found);
    }
}

/// Starts a child by `spawn` under the limits that we were started with.
///
/// The limit is a process's, and to lower it in the child alone would take
/// unsafe code. While it is lifted there is still no dump on Linux, where we
/// are not dumpable.
#[cfg(unix)]
pub fn with_our_limits_lifted<T>(spawn: impl FnOnce() -> T) -> T {
    let Some(found) = FOUND.get() else {
        return spawn();
    };
    let _ = setrlimit(Resource::Core, *found);
    let spawned = spawn();
    let _ = setrlimit(Resource::Core, no_dumps(*found));
    spawned
}

/// The limit of core dumps that we were started with, where there was room for
/// one.
#[cfg(unix)]
static FOUND: std::sync::OnceLock<Rlimit> = std::sync::OnceLock::new();

#[cfg(unix)]
fn no_dumps(found: Rlimit) -> Rlimit {
    Rlimit {
        current: Some(0),
        ..found
    }
}

/// There are no core dumps.
#[cfg(not(unix))]
pub fn keep_out_of_dumps() {}

/// There are no limits.
#[cfg(not(unix))]
pub fn with_our_limits_lifted<T>(spawn: impl FnOnce() -> T) -> T {
    spawn()
}

/// Takes our secrets out of the environment of a command that is asked for one
/// of them: it may be anybody's program. `VAULT_TOKEN` is not ours to take: a
/// command that reads from a vault has it from its user.
pub fn hide_secrets(child: &mut Command) {
    for setting in Setting::all().filter(|setting| holds_secrets(*setting)) {
        child.env_remove(setting.variable());
    }
    // What `token -o env` sets.
    child.env_remove(ACCESS_TOKEN_VARIABLE);
}

/// The variable that `token -o env` sets.
pub const ACCESS_TOKEN_VARIABLE: &str = "AUTHCTL_ACCESS_TOKEN";

/// The secrets for servers that a command under `serve` is not to have: it is
/// pointed to another server than the one that they are for. The keys of the
/// token store stay, for the sessions that are kept in there.
pub const FOR_ANOTHER_SERVER: [Setting; 3] =
    [Setting::ClientSecret, Setting::Password, Setting::Param];

fn holds_secrets(setting: Setting) -> bool {
    setting.kind() == Kind::Reference || setting == Setting::Param
}

/// Panics where a test asked for it, to show what a panic says. Only builds
/// for tests look.
pub fn panic_if_asked(place: &str) {
    if cfg!(debug_assertions) && std::env::var_os("PANIC_IN").is_some_and(|asked| asked == place) {
        panic!("as asked for");
    }
}
