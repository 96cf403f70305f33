//! `authctl verify --batch`: is each of many JWTs good?
//!
//! ```text
//! input ── chunks ──▶ crew ── verdicts ──▶ order ──▶ stdout
//!                      ▲  │ unknown kid
//!                keys ─┘  └──▶ this thread: fetches keys, draws, heeds Ctrl-C
//! ```
//!
//! Memory holds one chunk of lines and its verdicts for each thread, however
//! long the input is.

mod crew;
mod input;
mod key_ring;
mod order;
mod tally;
mod verdict;

use std::ffi::OsString;
use std::fs::File;
use std::io::{self, IsTerminal as _, Read, Write};
use std::num::NonZeroUsize;
use std::path::Path;
use std::process::ExitCode;
use std::sync::atomic::Ordering;
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use authctl::core::error::{Error, Exit};
use authctl::core::jose::{Batch, ClaimPath, Field, Keys};

use super::checks::Checks;
use super::context::Context;
use super::interrupt;
use super::key_source::KeySource;
use crew::{Crew, Event, Source, Task};
use input::Input;
use key_ring::KeyRing;
use order::Order;
use verdict::{Only, Writer};

pub use verdict::Format;

/// Many tokens in place of one.
#[derive(clap::Args, Clone, Debug)]
#[command(next_help_heading = "Many tokens")]
pub struct BatchArgs {
    /// Verify each line of a file, or of standard input (-), as a token, and
    /// write one verdict a line in that order. Exits with 3 if any is bad
    #[arg(long, value_name = "FILE|-", conflicts_with_all = NOT_MANY)]
    batch: Option<OsString>,

    /// Take each line as a JSON object with the token in this member; or a
    /// path to it: /request/token or '$.tokens[0]'
    #[arg(long, value_name = "NAME", requires = "batch", conflicts_with_all = NOT_MANY)]
    field: Option<ClaimPath>,

    /// Write only the verdicts on these tokens, with the numbers of their lines
    #[arg(long, value_enum, value_name = "KIND", requires = "batch", conflicts_with_all = NOT_MANY)]
    only: Option<Only>,

    /// Stop at the first bad token
    #[arg(long, requires = "batch", conflicts_with_all = NOT_MANY)]
    fail_fast: bool,

    /// Use so many threads; by default as many as the processor runs at once
    #[arg(long, value_name = "N", requires = "batch", conflicts_with_all = NOT_MANY,
          value_parser = clap::value_parser!(u16).range(1..=MAX_JOBS))]
    jobs: Option<u16>,
}

/// More threads than any processor runs; beyond some ten thousand the system
/// has no more to give.
const MAX_JOBS: i64 = 1024;

/// What is for one token. (clap requires nothing that conflicts with what is
/// there, so each flag says it.)
const NOT_MANY: [&str; 5] = ["token", "jws", "detached", "allow_unencoded", "lint"];

impl BatchArgs {
    /// Says whether there are many tokens to verify.
    pub fn is_asked_for(&self) -> bool {
        self.batch.is_some()
    }

    /// Returns what is to be read from standard input, as messages call it.
    pub fn on_stdin(&self) -> Option<&'static str> {
        (self.batch.as_ref()? == "-").then_some("the tokens")
    }

    /// Opens the input; returns also how long it is, where that is known.
    fn open(&self) -> Result<(Box<dyn Read + Send>, Option<u64>), Error> {
        let path = match &self.batch {
            Some(path) if path != "-" => Path::new(path),
            _ => return Ok((Box::new(io::stdin()), None)),
        };
        let file = File::open(path).map_err(|error| unreadable(path, error))?;
        let length = file.metadata().ok().filter(|found| found.is_file());
        Ok((Box::new(file), length.map(|found| found.len())))
    }
}

/// Verifies all tokens and writes the verdicts.
pub fn run(
    cx: &Context,
    args: &BatchArgs,
    source: &KeySource<'_>,
    checks: &Checks,
    format: Format,
) -> Result<ExitCode, Error> {
    let (input, length) = args.open()?;
    let ((keys, rules), _) =
        source.judge(|keys, issuer| Ok((keys.clone(), checks.rules(issuer)?)))?;
    let crew = Arc::new(Crew {
        source: Mutex::new(Source {
            input: Input::new(input),
            place: 0,
        }),
        order: Order::new(cx.render.stdout()),
        keys: KeyRing::new(keys, source.is_remote()),
        rules,
        task: Task {
            field: args.field.clone().map(Field::new),
            writer: Writer {
                format,
                only: args.only,
                paint: cx.render.stdout_paint(),
                is_terminal: io::stdout().is_terminal(),
            },
            fail_fast: args.fail_fast,
            now: checks.fixed_now(),
        },
        progress: crew::Progress::default(),
    });
    // From here on an interruption is ours to heed.
    let hold = Some(interrupt::Hold::new());
    let started = Instant::now();
    let (events, reports) = channel();
    let jobs = args.jobs.map_or_else(
        || std::thread::available_parallelism().map_or(1, NonZeroUsize::get),
        usize::from,
    );
    let mut threads = Vec::new();
    for _ in 0..jobs {
        let (crew, events) = (Arc::clone(&crew), events.clone());
        match std::thread::Builder::new().spawn(move || crew.work(&events)) {
            Ok(thread) => threads.push(thread),
            Err(error) if threads.is_empty() => {
                return Err(Error::Internal(format!("cannot start a thread: {error}")));
            }
            // Those that are there do the work.
            Err(_) => break,
        }
    }
    drop(events);

    let mut watch = Watch {
        cx,
        crew: &crew,
        source,
        bar: cx.render.progress(length),
        hold,
    };
    let end = watch.until_the_end(&reports, threads);
    let Watch { bar, hold, .. } = watch;
    drop(bar);
    let tally = crew.order.tally();
    let end = match end {
        End::Failed(Event::CannotRead(error)) => {
            return Err(unreadable(
                Path::new(args.batch.as_deref().unwrap_or_default()),
                error,
            ));
        }
        End::Failed(Event::CannotWrite(error)) if error.kind() != io::ErrorKind::BrokenPipe => {
            return Err(Error::Output(error));
        }
        End::Panicked => return Err(Error::Internal("a thread ended too early".into())),
        end => end,
    };
    if !matches!(end, End::Failed(_)) {
        let interrupted = matches!(end, End::Interrupted);
        summarize(cx, &tally, started.elapsed(), interrupted);
    }
    if matches!(end, End::Interrupted) {
        drop(hold);
        return Ok(ExitCode::from(Exit::Interrupted as u8));
    }
    Ok(match tally.is_any_bad() {
        true => ExitCode::from(Exit::BadToken as u8),
        false => ExitCode::SUCCESS,
    })
}

/// How a batch ended.
enum End {
    /// With the last token that was wanted.
    Done,
    /// With a reader that has gone, or a fault.
    Failed(Event),
    /// By a signal.
    Interrupted,
    /// A thread did not come to its end.
    Panicked,
}

/// What this thread does while others work.
struct Watch<'a, R, W> {
    cx: &'a Context,
    crew: &'a Crew<R, W>,
    source: &'a KeySource<'a>,
    bar: Option<super::render::Progress>,
    hold: Option<interrupt::Hold>,
}

impl<R: Read, W: Write> Watch<'_, R, W> {
    /// How often it looks at what no event tells.
    const TICK: Duration = Duration::from_millis(50);

    /// How long an interruption waits for verdicts that are nearly written.
    const PATIENCE: Duration = Duration::from_millis(500);

    fn until_the_end(&mut self, events: &Receiver<Event>, threads: Vec<JoinHandle<()>>) -> End {
        let mut failed = None;
        loop {
            match events.recv_timeout(Self::TICK) {
                Ok(Event::UnknownKid(token)) => self.renew_keys(&token),
                // Who is still reading has nothing to read for any more.
                Ok(Event::Ended) => return End::Done,
                Ok(Event::CannotWrite(error)) => {
                    self.crew.order.close();
                    return End::Failed(Event::CannotWrite(error));
                }
                // The others finish what they have: it was read before.
                Ok(Event::CannotRead(error)) => failed = Some(Event::CannotRead(error)),
                Err(RecvTimeoutError::Disconnected) => break,
                Err(RecvTimeoutError::Timeout) => self.draw(),
            }
            if interrupt::was_asked() {
                self.stop();
                return End::Interrupted;
            }
        }
        let panicked = threads.into_iter().any(|thread| thread.join().is_err());
        match failed {
            _ if panicked => End::Panicked,
            Some(event) => End::Failed(event),
            None => End::Done,
        }
    }

    fn draw(&self) {
        if let Some(bar) = &self.bar {
            let progress = &self.crew.progress;
            bar.set(
                progress.octets.load(Ordering::Relaxed),
                progress.tokens.load(Ordering::Relaxed),
            );
        }
    }

    /// Lets the threads write what they have judged, and no more.
    fn stop(&self) {
        self.crew.progress.stop.store(true, Ordering::Relaxed);
        let since = Instant::now();
        while self.crew.is_busy() && since.elapsed() < Self::PATIENCE {
            std::thread::sleep(Duration::from_millis(2));
        }
    }

    /// Fetches the keys again by the rule for an unknown kid. Who interrupts
    /// that does not wait for the server.
    fn renew_keys(&mut self, token: &str) {
        if interrupt::was_asked() {
            return;
        }
        self.hold = None;
        let keys = self.renewed_keys(token);
        self.hold = Some(interrupt::Hold::new());
        self.crew.keys.renew(keys);
    }

    /// Returns the keys as they are now; `None` where nothing new can be had.
    fn renewed_keys(&self, token: &str) -> Option<Keys> {
        let now = self.crew.task.now.unwrap_or_else(|| self.cx.now());
        let renewed = self.source.judge(|keys, _| {
            let judged = Batch::new(keys, &self.crew.rules)
                .verify(token, now)
                .map(|_| ());
            match judged {
                Err(error) if authctl::core::documents::is_unknown_kid(&error) => Err(error),
                _ => Ok(keys.clone()),
            }
        });
        match renewed {
            Ok((keys, _)) => Some(keys),
            Err(Error::Jose(_)) => None,
            Err(error) => {
                if let Some(bar) = &self.bar {
                    bar.clear();
                }
                self.cx
                    .render
                    .warning(&format!("the keys could not be fetched again: {error}"));
                None
            }
        }
    }
}

fn summarize(cx: &Context, tally: &tally::Tally, took: Duration, interrupted: bool) {
    if cx.json {
        if !cx.render.is_quiet() {
            let mut summary = tally.to_json();
            summary["interrupted"] = interrupted.into();
            cx.render.note_json(&summary);
        }
        return;
    }
    for warning in tally.warnings() {
        cx.render.warning(&warning);
    }
    if interrupted {
        cx.render.note("interrupted");
    }
    cx.render.note(&tally.text(took));
}

fn unreadable(path: &Path, source: io::Error) -> Error {
    Error::Input {
        what: match path.as_os_str() == "-" {
            true => "cannot read standard input".into(),
            false => format!("cannot read `{}`", path.display()),
        },
        hint: (path.as_os_str() != "-").then(|| "check the path and its permissions".into()),
        source: Some(source),
    }
}
