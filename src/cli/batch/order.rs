//! Verdicts leave in the order of their tokens, whoever is ready first.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use super::tally::Tally;

/// How much may wait for a chunk that is slow: whoever has more waits too.
const MAX_WAITING: usize = 1 << 20;

/// Hands out places in the order, and writes what is delivered in it.
pub struct Order<W> {
    state: Mutex<State<W>>,
    moved: Condvar,
    /// What is written already. Apart, since who writes holds the state, and
    /// may wait long for a reader.
    tally: Mutex<Tally>,
}

struct State<W> {
    to: W,
    /// Whose turn it is.
    next: u64,
    waiting: BTreeMap<u64, Delivery>,
    /// The octets in `waiting`.
    waiting_octets: usize,
    closed: bool,
}

/// The verdicts on some lines that follow each other.
#[derive(Default)]
pub struct Delivery {
    /// As they are to be written.
    pub octets: Vec<u8>,
    /// Their number.
    pub tally: Tally,
    /// Whether these are the last that are wanted, whatever else was judged.
    pub is_last: bool,
}

/// Whether there is more to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Then {
    /// The next chunk.
    GoOn,
    /// Nothing: the last that was wanted is written.
    Stop,
}

impl<W: Write> Order<W> {
    /// Begins with the place 0.
    pub fn new(to: W) -> Self {
        Self {
            state: Mutex::new(State {
                to,
                next: 0,
                waiting: BTreeMap::new(),
                waiting_octets: 0,
                closed: false,
            }),
            moved: Condvar::new(),
            tally: Mutex::default(),
        }
    }

    /// Returns the numbers of what is written.
    pub fn tally(&self) -> Tally {
        self.written().clone()
    }

    /// Writes nothing any more.
    pub fn close(&self) {
        self.lock().closed = true;
        self.moved.notify_all();
    }

    /// Writes a part of what belongs to a place, when it is its turn, and
    /// empties it.
    ///
    /// # Errors
    ///
    /// Those of writing.
    pub fn deliver_part(&self, place: u64, octets: &mut Vec<u8>) -> io::Result<()> {
        let mut state = self.lock();
        while state.next != place && !state.closed {
            state = self.wait(state);
        }
        if !state.closed {
            state.to.write_all(octets)?;
        }
        octets.clear();
        Ok(())
    }

    /// Takes what belongs to a place, and writes it when all before it is
    /// written. What is returned has room for the next.
    ///
    /// # Errors
    ///
    /// Those of writing.
    pub fn deliver(&self, place: u64, delivery: Delivery) -> io::Result<(Then, Delivery)> {
        let mut state = self.lock();
        while state.next != place && state.waiting_octets > MAX_WAITING && !state.closed {
            state = self.wait(state);
        }
        if state.closed {
            return Ok((Then::Stop, Delivery::default()));
        }
        if state.next != place {
            state.waiting_octets += delivery.octets.len();
            state.waiting.insert(place, delivery);
            return Ok((Then::GoOn, Delivery::default()));
        }
        let mut then = self.write(&mut state, &delivery)?;
        while let (Then::GoOn, Some(waiting)) = (then, state.take_next()) {
            then = self.write(&mut state, &waiting)?;
        }
        self.moved.notify_all();
        let mut room = delivery;
        room.octets.clear();
        room.tally = Tally::default();
        Ok((then, room))
    }

    fn write(&self, state: &mut State<W>, delivery: &Delivery) -> io::Result<Then> {
        state.to.write_all(&delivery.octets)?;
        state.to.flush()?;
        self.written().add(&delivery.tally);
        state.next += 1;
        state.closed |= delivery.is_last;
        Ok(match state.closed {
            true => Then::Stop,
            false => Then::GoOn,
        })
    }

    fn written(&self) -> MutexGuard<'_, Tally> {
        self.tally.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn lock(&self) -> MutexGuard<'_, State<W>> {
        // Nothing here is left half done by a panic.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn wait<'a>(&self, state: MutexGuard<'a, State<W>>) -> MutexGuard<'a, State<W>> {
        let woken = self.moved.wait(state);
        woken.unwrap_or_else(PoisonError::into_inner)
    }
}

impl<W> State<W> {
    fn take_next(&mut self) -> Option<Delivery> {
        let delivery = self.waiting.remove(&self.next)?;
        self.waiting_octets -= delivery.octets.len();
        Some(delivery)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn delivery(text: &str) -> Delivery {
        Delivery {
            octets: text.as_bytes().to_vec(),
            ..Delivery::default()
        }
    }

    fn written(order: Order<Vec<u8>>) -> String {
        String::from_utf8(order.state.into_inner().unwrap().to).unwrap()
    }

    #[test]
    fn what_comes_early_waits_for_its_turn() {
        let order = Order::new(Vec::new());
        for place in [2, 1, 4, 0, 3] {
            let (then, _) = order.deliver(place, delivery(&place.to_string())).unwrap();
            assert_eq!(then, Then::GoOn);
        }
        assert_eq!(written(order), "01234");
    }

    #[test]
    fn nothing_is_written_after_the_last() {
        let order = Order::new(Vec::new());
        let last = Delivery {
            is_last: true,
            ..delivery("1")
        };
        order.deliver(2, delivery("2")).unwrap();
        order.deliver(1, last).unwrap();
        let (then, _) = order.deliver(0, delivery("0")).unwrap();
        assert_eq!(then, Then::Stop);
        order.deliver_part(3, &mut b"3".to_vec()).unwrap();
        let (then, _) = order.deliver(3, delivery("3")).unwrap();
        assert_eq!(then, Then::Stop);
        assert_eq!(written(order), "01");
    }

    #[test]
    fn whoever_is_far_ahead_waits() {
        let order = Order::new(Vec::new());
        let long = "x".repeat(MAX_WAITING + 1);
        std::thread::scope(|scope| {
            order.deliver(1, delivery(&long)).unwrap();
            let ahead = scope.spawn(|| order.deliver(2, delivery("2")).unwrap());
            let part = scope.spawn(|| order.deliver_part(3, &mut b"3".to_vec()).unwrap());
            std::thread::sleep(std::time::Duration::from_millis(20));
            assert!(!ahead.is_finished() && !part.is_finished());
            order.deliver(0, delivery("0")).unwrap();
            ahead.join().unwrap();
            part.join().unwrap();
        });
        assert_eq!(written(order), format!("0{long}23"));
    }

    #[test]
    fn whoever_waits_is_let_go_when_it_is_closed() {
        let order = Order::new(Vec::new());
        std::thread::scope(|scope| {
            let waiting = scope.spawn(|| order.deliver_part(1, &mut b"1".to_vec()).unwrap());
            std::thread::sleep(std::time::Duration::from_millis(20));
            order.close();
            waiting.join().unwrap();
        });
        assert_eq!(written(order), "");
    }
}
