//! Measures authctl as whole processes, against least programs that do only the
//! job and against the tools people use for it; both sides of every ratio come
//! from one run. See `tests/bench/README.md`.

#![expect(clippy::print_stdout, reason = "a report for people")]

mod fixture;
mod keys;
mod process;
mod report;
mod rows;
mod server;
mod status;
mod syscalls;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;

use fixture::Fixture;
use report::Report;

/// Measure authctl against least programs and other tools
///
/// Prints medians of processor time (user and system, of the whole process).
/// Exits with 1 if a bound that does not depend on the machine's speed is
/// missed: system calls, sizes, the cost of the first random octet.
#[derive(Parser)]
struct Arguments {
    /// Rounds; in each every program of a row runs once, in turn
    #[arg(long, default_value_t = 200, value_name = "N")]
    rounds: usize,

    /// Only rows whose name contains this; repeatable
    #[arg(long, value_name = "NAME")]
    only: Vec<String>,

    /// The authctl to measure; by default the release build beside this program
    #[arg(long, value_name = "FILE")]
    authctl: Option<PathBuf>,

    /// The `jwt` of jwt-cli 6.2 (cargo install --locked jwt-cli --version 6.2.0)
    #[arg(long, default_value = "jwt", value_name = "FILE")]
    jwt: PathBuf,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let fixture = Fixture::new(arguments.authctl, arguments.jwt);
    let mut report = Report::new(arguments.only);
    rows::measure(&fixture, &mut report, arguments.rounds.max(1));
    server::measure(&fixture, &mut report, arguments.rounds.clamp(1, 20));
    status::measure(&fixture, &mut report, arguments.rounds.max(1));
    syscalls::measure(&fixture, &mut report);
    if report.finish() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}
