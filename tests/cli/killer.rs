//! Kills a process at one of the system calls of its main thread, counted from
//! its start.

use std::os::unix::process::CommandExt as _;
use std::process::{Command, Stdio};

use crate::harness::{Call, Done};

/// Kills one run of a command after another, each a few system calls later than
/// the one before, until the command ends by itself.
pub struct Sweep {
    nth: u32,
    step: u32,
    ended: u32,
}

impl Sweep {
    /// Begins with the first system call.
    pub fn every(step: u32) -> Self {
        Self {
            nth: 1,
            step,
            ended: 0,
        }
    }

    /// Runs it to the next system call that is due, or to its end.
    pub fn kill(&mut self, call: Call) -> Run {
        let nth = self.nth;
        self.nth += self.step;
        match kill_at(call, nth) {
            End::Killed => {
                self.ended = 0;
                Run::Killed(nth)
            }
            End::Done(done) => {
                assert!(!done.succeeds().is_empty());
                self.ended += 1;
                match self.ended {
                    5 => Run::Over,
                    _ => Run::Ended,
                }
            }
        }
    }
}

/// How a run of a [`Sweep`] ended.
pub enum Run {
    /// It was killed as it entered this system call.
    Killed(u32),
    /// By itself, this time: how often it waits for others is not always the
    /// same.
    Ended,
    /// By itself, time and again: there is nothing more to kill.
    Over,
}

enum End {
    /// It was killed as it entered the system call.
    Killed,
    /// It made fewer of them.
    Done(Done),
}

/// Runs it and kills it at the `nth` system call, the first being 1.
///
/// Where the system does not let a parent trace its child, it is killed `nth`
/// times a little after its start.
fn kill_at(call: Call, nth: u32) -> End {
    let mut child = call
        .under_shell("read line")
        .process_group(0)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("a shell");
    let traced = trace::begin(&child);
    // The shell waits for the end of this, and becomes authctl.
    drop(child.stdin.take());
    if traced {
        return trace::kill_at(child, nth);
    }
    std::thread::sleep(A_LITTLE * nth);
    let _ = child.kill();
    let output = child.wait_with_output().expect("it ends");
    match output.status.code() {
        None => End::Killed,
        Some(_) => End::Done(Done(output)),
    }
}

/// Says whether the kills are exact.
pub fn is_exact() -> bool {
    let mut child = Command::new("/bin/sh")
        .args(["-c", "read line"])
        .stdin(Stdio::piped())
        .spawn()
        .expect("a shell");
    let traced = trace::begin(&child);
    child.kill().expect("to kill");
    child.wait().expect("it ends");
    traced
}

/// A whole run takes some hundreds of these.
const A_LITTLE: std::time::Duration = std::time::Duration::from_micros(200);

#[cfg(target_os = "linux")]
mod trace {
    use std::collections::HashSet;
    use std::io::Read as _;
    use std::os::unix::process::ExitStatusExt as _;
    use std::process::{Child, ExitStatus, Output};

    use nix::sys::ptrace::{self, Options};
    use nix::sys::wait::{WaitPidFlag, WaitStatus, waitpid};
    use nix::unistd::Pid;

    use super::End;
    use crate::harness::Done;

    fn pid_of(child: &Child) -> Pid {
        Pid::from_raw(i32::try_from(child.id()).expect("a process"))
    }

    /// Starts to trace a child, which runs on until it becomes another
    /// program.
    pub fn begin(child: &Child) -> bool {
        let options = Options::PTRACE_O_EXITKILL
            | Options::PTRACE_O_TRACESYSGOOD
            | Options::PTRACE_O_TRACECLONE
            | Options::PTRACE_O_TRACEEXEC;
        ptrace::seize(pid_of(child), options).is_ok()
    }

    /// Follows it, and every thread of it, through its system calls to its
    /// end, which comes at this one.
    pub fn kill_at(mut child: Child, nth: u32) -> End {
        let leader = pid_of(&child);
        // Its threads alone: other tests of this process have children too.
        let group = Pid::from_raw(-leader.as_raw());
        let mut inside = HashSet::new();
        let mut calls = 0;
        loop {
            let (pid, signal) = match waitpid(group, Some(WaitPidFlag::__WALL)) {
                Ok(WaitStatus::Exited(pid, code)) if pid == leader => {
                    return End::Done(Done(output(child, code)));
                }
                Ok(WaitStatus::Signaled(pid, ..)) if pid == leader => return End::Killed,
                Ok(WaitStatus::PtraceSyscall(pid)) => {
                    // Each call stops it twice.
                    let enters = !inside.remove(&pid);
                    if enters {
                        inside.insert(pid);
                    }
                    // The thread that does the work; others poll a clock.
                    if enters && pid == leader {
                        calls += 1;
                        if calls == nth {
                            child.kill().expect("to kill");
                        }
                    }
                    (pid, None)
                }
                Ok(WaitStatus::PtraceEvent(pid, _, event)) => {
                    if event == nix::libc::PTRACE_EVENT_EXEC {
                        // It stops once more, leaving `execve`.
                        inside.insert(pid);
                    }
                    (pid, None)
                }
                Ok(WaitStatus::Stopped(pid, signal)) => (pid, Some(signal)),
                Ok(_) => continue,
                Err(error) => panic!("cannot wait: {error}"),
            };
            // It may be dead by now.
            let _ = ptrace::syscall(pid, signal);
        }
    }

    fn output(mut child: Child, code: i32) -> Output {
        let (mut stdout, mut stderr) = (Vec::new(), Vec::new());
        let mut pipe = child.stdout.take().expect("a pipe");
        pipe.read_to_end(&mut stdout).expect("to read");
        let mut pipe = child.stderr.take().expect("a pipe");
        pipe.read_to_end(&mut stderr).expect("to read");
        Output {
            status: ExitStatus::from_raw(code << 8),
            stdout,
            stderr,
        }
    }
}

#[cfg(not(target_os = "linux"))]
mod trace {
    use std::process::Child;

    use super::End;

    pub fn begin(_: &Child) -> bool {
        false
    }

    pub fn kill_at(_: Child, _: u32) -> End {
        unreachable!("nothing is traced here")
    }
}
