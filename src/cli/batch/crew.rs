//! The threads that judge.

use std::io::{self, Read, Write};
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::mpsc::Sender;
use std::sync::{Mutex, PoisonError};

use authctl::core::documents;
use authctl::core::jose::jwt::Rules;
use authctl::core::jose::{Accepted, Batch, Error, Field, Malformed, jws};
use authctl::core::time::{Clock as _, SystemClock, Timestamp};

use super::input::{Chunk, Input, Line};
use super::key_ring::KeyRing;
use super::order::{Delivery, Order, Then};
use super::verdict::Writer;

/// How many octets of verdicts of one chunk are kept before they are written.
const MAX_KEPT: usize = 256 << 10;

/// What the threads share.
pub struct Crew<R, W> {
    pub source: Mutex<Source<R>>,
    pub order: Order<W>,
    pub keys: KeyRing,
    pub rules: Rules,
    pub task: Task,
    pub progress: Progress,
}

/// The input, and whose turn it is to write what comes of the next chunk.
pub struct Source<R> {
    pub input: Input<R>,
    pub place: u64,
}

/// What is to be done with each line.
pub struct Task {
    /// Where in the line the token is; the line is one, unless there is a
    /// field.
    pub field: Option<Field>,
    pub writer: Writer,
    pub fail_fast: bool,
    /// As of when to judge, where not as of now.
    pub now: Option<Timestamp>,
}

/// How far it is, and whether to go on.
#[derive(Default)]
pub struct Progress {
    pub octets: AtomicU64,
    pub tokens: AtomicU64,
    pub stop: AtomicBool,
    /// How many threads have a chunk.
    busy: AtomicUsize,
}

/// What the threads tell the one that started them.
pub enum Event {
    /// A kid is unknown; [`KeyRing::renew`] is waited for. With the token.
    UnknownKid(String),
    /// The last verdict that was wanted is written.
    Ended,
    /// The input cannot be read further.
    CannotRead(io::Error),
    /// The verdicts cannot be written.
    CannotWrite(io::Error),
}

impl<R: Read, W: Write> Crew<R, W> {
    /// Judges chunks until there are no more.
    pub fn work(&self, events: &Sender<Event>) {
        if let Err(event) = self.judge_all(events) {
            self.progress.stop.store(true, Ordering::Relaxed);
            // Where nobody listens any more, it is over.
            let _ = events.send(event);
        }
    }

    fn judge_all(&self, events: &Sender<Event>) -> Result<(), Event> {
        let mut chunk = Chunk::default();
        let mut delivery = Delivery::default();
        let mut field = self.task.field.clone();
        // A chunk that is read and not yet judged: its place.
        let mut pending = None;
        loop {
            let (keys, edition) = self.keys.keys();
            let mut batch = Batch::new(&keys, &self.rules);
            loop {
                let place = match pending.take() {
                    Some(place) => place,
                    None => match self.next(&mut chunk)? {
                        Some(place) => place,
                        None => return Ok(()),
                    },
                };
                // It may have been a long wait.
                if self.keys.edition() != edition {
                    pending = Some(place);
                    break;
                }
                let mut judge = Judge {
                    crew: self,
                    batch: &mut batch,
                    keys: Edition {
                        ring: &self.keys,
                        number: edition,
                        events,
                    },
                    now: self.task.now.unwrap_or_else(|| SystemClock.now()),
                };
                for (line, number) in chunk.lines().zip(chunk.first..) {
                    let is_good = judge.line(line, number, field.as_mut(), &mut delivery);
                    if self.task.fail_fast && !is_good {
                        delivery.is_last = true;
                        self.progress.stop.store(true, Ordering::Relaxed);
                        break;
                    }
                    if delivery.octets.len() > MAX_KEPT {
                        self.order
                            .deliver_part(place, &mut delivery.octets)
                            .map_err(Event::CannotWrite)?;
                    }
                }
                let tokens = delivery.tally.judged();
                self.progress.tokens.fetch_add(tokens, Ordering::Relaxed);
                let delivered = self.order.deliver(place, delivery);
                self.progress.busy.fetch_sub(1, Ordering::Relaxed);
                let (then, room) = delivered.map_err(Event::CannotWrite)?;
                if then == Then::Stop {
                    return Err(Event::Ended);
                }
                delivery = room;
            }
        }
    }

    /// Says whether there are lines that were read and whose verdicts are not
    /// delivered.
    pub fn is_busy(&self) -> bool {
        self.progress.busy.load(Ordering::Relaxed) > 0
    }

    /// Reads the next chunk; returns its place in the order, `None` where there
    /// is no next.
    fn next(&self, chunk: &mut Chunk) -> Result<Option<u64>, Event> {
        // Nothing is left half done there by a panic.
        let mut source = self.source.lock().unwrap_or_else(PoisonError::into_inner);
        if self.progress.stop.load(Ordering::Relaxed) {
            return Ok(None);
        }
        let is_any = source.input.read(chunk).map_err(Event::CannotRead)?;
        let octets = source.input.octets();
        self.progress.octets.store(octets, Ordering::Relaxed);
        if !is_any {
            return Ok(None);
        }
        self.progress.busy.fetch_add(1, Ordering::Relaxed);
        let place = source.place;
        source.place += 1;
        Ok(Some(place))
    }
}

/// Judges the lines of a chunk.
struct Judge<'c, 'k, R, W> {
    crew: &'c Crew<R, W>,
    batch: &'c mut Batch<'k>,
    keys: Edition<'c>,
    now: Timestamp,
}

impl<R, W> Judge<'_, '_, R, W> {
    /// Judges a line, and says whether its token is good.
    fn line(
        &mut self,
        line: Line<'_>,
        number: u64,
        field: Option<&mut Field>,
        delivery: &mut Delivery,
    ) -> bool {
        let Delivery { octets, tally, .. } = delivery;
        let writer = &self.crew.task.writer;
        let mut good = |token: &Accepted<'_>| {
            tally.good(&token.warnings);
            writer.good(octets, number, token);
        };
        let error = match token(line, field) {
            Ok(token) => match self.batch.verify(token, self.now) {
                Ok(accepted) => {
                    good(&accepted);
                    return true;
                }
                Err(error) if self.keys.are_renewed_for(token, &error) => {
                    // By those that will judge the next chunk.
                    let (keys, _) = self.crew.keys.keys();
                    match Batch::new(&keys, &self.crew.rules).verify(token, self.now) {
                        Ok(accepted) => {
                            good(&accepted);
                            return true;
                        }
                        Err(error) => error,
                    }
                }
                Err(error) => error,
            },
            Err(error) => error,
        };
        tally.bad(&error);
        writer.bad(octets, number, &error);
        false
    }
}

/// The keys of a batch, and how to come by others.
struct Edition<'c> {
    ring: &'c KeyRing,
    number: u64,
    events: &'c Sender<Event>,
}

impl Edition<'_> {
    /// Says whether there are other keys by which to judge a token once more.
    fn are_renewed_for(&self, token: &str, error: &Error) -> bool {
        let ask = || drop(self.events.send(Event::UnknownKid(token.to_owned())));
        documents::is_unknown_kid(error) && self.ring.is_renewed_since(self.number, ask)
    }
}

/// Returns the token of a line.
fn token<'a>(line: Line<'a>, field: Option<&'a mut Field>) -> Result<&'a str, Error> {
    let Line::Octets(octets) = line else {
        return Err(Malformed::TooLong.into());
    };
    match field {
        Some(field) => jws::trim_input(field.find(octets)?.as_bytes()),
        None => jws::trim_input(octets),
    }
}
