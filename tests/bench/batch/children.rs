//! Runs a program as the only child of a process, whose processor time and
//! memory are then the child's.

use std::fs::{self, File};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use nix::sys::resource::{Usage, UsageWho, getrusage};
use nix::sys::time::TimeValLike as _;

/// What one run came to.
pub struct Run {
    pub processor: Duration,
    pub wall: Duration,
    /// The most memory that was resident, in octets.
    pub memory: u64,
    pub verdicts: String,
}

/// Runs `authctl verify --batch` over a file.
pub fn run(authctl: &Path, folder: &Path, file: &Path, jobs: usize) -> Run {
    let output = folder.join("output");
    let printed = Command::new(std::env::current_exe().expect("this program has a path"))
        .arg("once")
        .arg(&output)
        .arg(authctl)
        .args(["verify", "-q", "--jwks", "keys.json", "--issuer"])
        .args([super::files::ISSUER, "--audience", super::files::AUDIENCE])
        .args(["--jobs", &jobs.to_string(), "--batch"])
        .arg(file)
        .current_dir(folder)
        .stderr(Stdio::inherit())
        .output()
        .expect("it starts");
    assert!(printed.status.success(), "{}", printed.status);
    let printed = String::from_utf8(printed.stdout).expect("numbers");
    let numbers: Vec<u64> = printed
        .split_whitespace()
        .map(|number| number.parse().expect("a number"))
        .collect();
    Run {
        processor: Duration::from_micros(numbers[0]),
        wall: Duration::from_micros(numbers[1]),
        memory: numbers[2] * 1024,
        verdicts: fs::read_to_string(output).expect("it was written"),
    }
}

/// Runs a command, its stdout into a file, and prints microseconds of processor
/// time and by the clock on the wall, and kibibytes of memory.
pub fn once(output: &Path, command: &[String]) {
    let file = File::create(output).expect("a file");
    let started = Instant::now();
    let status = Command::new(&command[0])
        .args(&command[1..])
        .stdin(Stdio::null())
        .stdout(file)
        .status()
        .expect("it starts");
    let wall = started.elapsed();
    // Bad tokens are wanted in one file.
    assert!(
        matches!(status.code(), Some(0 | 3)),
        "{command:?}: {status}"
    );
    let usage = getrusage(UsageWho::RUSAGE_CHILDREN).expect("the kernel counts");
    let processor = processor_time(&usage).as_micros();
    println!("{processor} {} {}", wall.as_micros(), usage.max_rss());
}

/// Returns user and system time.
pub fn processor_time(usage: &Usage) -> Duration {
    let microseconds =
        usage.user_time().num_microseconds() + usage.system_time().num_microseconds();
    Duration::from_micros(microseconds.unsigned_abs())
}
