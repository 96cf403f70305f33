//! Runs programs and reads what processor time they took.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use nix::sys::resource::{UsageWho, getrusage};
use nix::sys::time::TimeValLike as _;

/// A program with its arguments, to be run over and over.
#[derive(Clone)]
pub struct Program {
    /// What the report calls it.
    pub name: String,
    path: PathBuf,
    arguments: Vec<OsString>,
    variables: Vec<(OsString, OsString)>,
    home: PathBuf,
}

impl Program {
    /// Describes a run of `path` in the folder `home`, which is also its `HOME`.
    pub fn new(name: &str, path: &Path, home: &Path) -> Self {
        Self {
            name: name.to_owned(),
            path: path.to_owned(),
            arguments: Vec::new(),
            variables: Vec::new(),
            home: home.to_owned(),
        }
    }

    /// Adds arguments, separated by spaces in `line`.
    pub fn line(self, line: &str) -> Self {
        self.arguments(line.split_whitespace())
    }

    /// Adds arguments as they are.
    pub fn arguments<S: Into<OsString>>(mut self, arguments: impl IntoIterator<Item = S>) -> Self {
        self.arguments.extend(arguments.into_iter().map(Into::into));
        self
    }

    /// Adds a variable to an otherwise almost empty environment.
    pub fn variable(mut self, name: &str, value: &str) -> Self {
        self.variables.push((name.into(), value.into()));
        self
    }

    /// Makes a command of it: no input, no output, a clean environment.
    pub fn command(&self) -> Command {
        let mut command = Command::new(&self.path);
        self.prepare(&mut command);
        command.args(&self.arguments);
        command
    }

    /// Makes a command that runs it under another one.
    pub fn under(&self, wrapper: &str, arguments: &[&str]) -> Command {
        let mut command = Command::new(wrapper);
        self.prepare(&mut command);
        command
            .args(arguments)
            .arg(&self.path)
            .args(&self.arguments);
        command
    }

    fn prepare(&self, command: &mut Command) {
        command
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("HOME", &self.home)
            .envs(self.variables.iter().map(|(name, value)| (name, value)))
            .current_dir(&self.home)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
    }

    /// Runs it once and requires success, so that no failure is ever timed.
    /// Returns what it printed.
    pub fn check(&self) -> String {
        let output = self
            .command()
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .output()
            .unwrap_or_else(|error| panic!("cannot start {}: {error}", self.path.display()));
        assert!(
            output.status.success(),
            "{} {:?}: {}: {}",
            self.path.display(),
            self.arguments,
            output.status,
            String::from_utf8_lossy(&output.stderr)
        );
        String::from_utf8_lossy(&output.stdout).into_owned()
    }

    /// Runs it once and returns the time that it took.
    fn time(&self, time: Time) -> Duration {
        let (started, before) = (Instant::now(), children());
        let status = self.command().status().expect("it has been started before");
        let (wall, processor) = (started.elapsed(), children() - before);
        assert!(status.success(), "{}: {status}", self.name);
        match time {
            Time::Processor => processor,
            Time::Wall => wall,
        }
    }
}

/// Which time counts.
#[derive(Clone, Copy)]
pub enum Time {
    /// What the processors spent on the process.
    Processor,
    /// What a person waits.
    Wall,
}

/// Runs every program once a round, the first one changing from round to round,
/// and returns the median of each.
pub fn medians(programs: &[&Program], rounds: usize, time: Time) -> Vec<Duration> {
    let mut samples = vec![Vec::with_capacity(rounds); programs.len()];
    for program in programs {
        program.check();
    }
    for round in 0..rounds {
        for turn in 0..programs.len() {
            let index = (round + turn) % programs.len();
            samples[index].push(programs[index].time(time));
        }
    }
    samples.into_iter().map(median).collect()
}

/// Returns the middle one; there must be at least one.
pub fn median(mut samples: Vec<Duration>) -> Duration {
    samples.sort_unstable();
    samples[samples.len() / 2]
}

/// Processor time, user and system, of all children that were waited for.
fn children() -> Duration {
    let usage = getrusage(UsageWho::RUSAGE_CHILDREN).expect("the kernel counts");
    let microseconds =
        usage.user_time().num_microseconds() + usage.system_time().num_microseconds();
    Duration::from_micros(microseconds.unsigned_abs())
}
