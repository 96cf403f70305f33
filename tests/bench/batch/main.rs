//! Measures `authctl verify --batch` against a program that only calls aws-lc-rs
//! over prepared keys and decoded messages. See `tests/bench/README.md`.

#![expect(clippy::print_stdout, reason = "a report for people")]

mod children;
mod files;
mod raw;

use std::fs;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use clap::{Parser, Subcommand};

use children::{Run, run};
use files::Kind;

/// Measure `authctl verify --batch` against bare calls of aws-lc-rs
///
/// Makes the files of tokens in FOLDER unless they are there, then runs both
/// sides in turn. Exits with 1 if a verdict is wrong or out of order, or if
/// memory grows with the input. Times print `met` or `missed`.
#[derive(Parser)]
struct Arguments {
    #[command(subcommand)]
    role: Option<Role>,

    /// Where the files are, or are to be; by default below the temporary folder
    #[arg(long)]
    folder: Option<PathBuf>,

    /// How many tokens a file has
    #[arg(long, default_value = "200000")]
    tokens: NonZeroUsize,

    /// Rounds; in each every side runs once
    #[arg(long, default_value = "3")]
    rounds: NonZeroUsize,

    /// The binary; by default the one beside this program's folder
    #[arg(long)]
    authctl: Option<PathBuf>,

    /// Measure only these kinds: rs256, es256, eddsa, hs256, mix
    #[arg(long)]
    only: Vec<String>,
}

/// What this program is when it starts itself.
#[derive(Subcommand)]
enum Role {
    /// Verify a file with aws-lc-rs alone, and print what it took
    #[command(hide = true)]
    Raw { folder: PathBuf, file: PathBuf },
    /// Run one program, and print what it took
    #[command(hide = true, trailing_var_arg = true, allow_hyphen_values = true)]
    Once {
        output: PathBuf,
        command: Vec<String>,
    },
}

/// What no input may make it take.
const MAX_MEMORY: u64 = 32 << 20;
const AIM_MEMORY: u64 = 16 << 20;

/// How much faster two threads are than one.
const SPEED_UP: (f64, f64) = (1.8, 1.95);

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    match arguments.role {
        Some(Role::Raw { folder, file }) => raw::measure(&folder, &file),
        Some(Role::Once { output, command }) => children::once(&output, &command),
        None => return measure(&arguments),
    }
    ExitCode::SUCCESS
}

fn measure(arguments: &Arguments) -> ExitCode {
    let tokens = arguments.tokens.get();
    let folder = arguments
        .folder
        .clone()
        .unwrap_or_else(|| std::env::temp_dir().join(format!("authctl-bench-batch-{tokens}")));
    let beside = std::env::current_exe().expect("this program has a path");
    let beside = beside.parent().expect("and a folder").join("../authctl");
    let authctl = fs::canonicalize(arguments.authctl.as_ref().unwrap_or(&beside))
        .expect("authctl is built: cargo build --release --locked");
    files::make(&folder, tokens);
    println!(
        "{:<6} {:>12} {:>12} {:>7}  {:<28} {:>8}  {:<28} {:>7}  memory",
        "kind", "raw", "authctl", "share", "must, aim", "speed-up", "must, aim", "two raw"
    );
    let mut holds = true;
    for kind in Kind::ALL {
        if arguments.only.is_empty() || arguments.only.iter().any(|name| name == kind.name()) {
            holds &= row(kind, &folder, &authctl, arguments);
        }
    }
    match holds {
        true => ExitCode::SUCCESS,
        false => ExitCode::FAILURE,
    }
}

/// Measures one file; says whether all that does not depend on the machine's
/// speed holds.
fn row(kind: Kind, folder: &Path, authctl: &Path, arguments: &Arguments) -> bool {
    let file = folder.join(kind.name());
    let mut raw = Vec::new();
    let mut machine = Vec::new();
    let mut one: Vec<Run> = Vec::new();
    let mut two: Vec<Run> = Vec::new();
    for _ in 0..arguments.rounds.get() {
        let alone = raw::spawn(folder, &file);
        machine.push((alone.wall, raw::spawn_two(folder, &file)));
        raw.push(alone.processor);
        one.push(run(authctl, folder, &file, 1));
        two.push(run(authctl, folder, &file, 2));
    }
    let expected = fs::read_to_string(folder.join(format!("{}.verdicts", kind.name())))
        .expect("it was made with the tokens");
    let right = |run: &Run| {
        run.verdicts
            .lines()
            .map(|line| line.split('\t').next().unwrap_or_default())
            .eq(expected.lines())
    };
    let answers = one.iter().chain(&two).all(right)
        && one
            .iter()
            .chain(&two)
            .all(|run| run.verdicts == one[0].verdicts);
    let memory = one.iter().chain(&two).map(|run| run.memory).max();
    let memory = memory.unwrap_or_default();

    let raw = median(raw);
    let processor = median(one.iter().map(|run| run.processor).collect());
    let share = raw.as_secs_f64() / processor.as_secs_f64();
    let wall = |runs: &[Run]| median(runs.iter().map(|run| run.wall).collect()).as_secs_f64();
    let speed_up = wall(&one) / wall(&two);
    let (alone, both) = machine.into_iter().unzip();
    let given = 2.0 * median(alone).as_secs_f64() / median(both).as_secs_f64();
    let tokens = expected.lines().count();
    println!(
        "{:<6} {:>12} {:>12} {:>7.3}  {:<28} {:>8.2}  {:<28} {:>7.2}  {:.1} MiB, must 32 {}, aim 16 {}",
        kind.name(),
        each(raw, tokens),
        each(processor, tokens),
        share,
        bounds(share, kind.bounds()),
        speed_up,
        bounds(speed_up, SPEED_UP),
        given,
        memory as f64 / f64::from(1 << 20),
        met(memory <= MAX_MEMORY),
        met(memory <= AIM_MEMORY),
    );
    if !answers {
        println!(
            "{:<6} BROKEN: the answers are not those that are right, in order",
            ""
        );
    }
    if memory > MAX_MEMORY {
        println!(
            "{:<6} BROKEN: it took more memory than it may for any file",
            ""
        );
    }
    answers && memory <= MAX_MEMORY
}

fn each(time: Duration, tokens: usize) -> String {
    format!("{:.3} us", time.as_secs_f64() * 1e6 / tokens as f64)
}

fn bounds(value: f64, (must, aim): (f64, f64)) -> String {
    format!("{must} {}, {aim} {}", met(value >= must), met(value >= aim))
}

fn met(met: bool) -> &'static str {
    if met { "met" } else { "missed" }
}

fn median(mut samples: Vec<Duration>) -> Duration {
    samples.sort_unstable();
    samples[samples.len() / 2]
}
