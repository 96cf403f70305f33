//! The keys of a batch, which may become others while it runs.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use authctl::core::documents::COOL_DOWN;
use authctl::core::jose::Keys;

/// The keys that are in force.
pub struct KeyRing {
    state: Mutex<State>,
    changed: Condvar,
}

struct State {
    keys: Arc<Keys>,
    /// How often they were renewed.
    edition: u64,
    /// Where keys come from that may have new ones.
    is_remote: bool,
    asked_at: Option<Instant>,
    asking: bool,
}

impl KeyRing {
    /// Takes the keys to begin with, and whether there may be newer ones.
    pub fn new(keys: Keys, is_remote: bool) -> Self {
        Self {
            state: Mutex::new(State {
                keys: Arc::new(keys),
                edition: 0,
                is_remote,
                asked_at: None,
                asking: false,
            }),
            changed: Condvar::new(),
        }
    }

    /// Returns the keys, and which edition they are.
    pub fn keys(&self) -> (Arc<Keys>, u64) {
        let state = self.lock();
        (Arc::clone(&state.keys), state.edition)
    }

    /// Returns which edition the keys are.
    pub fn edition(&self) -> u64 {
        self.lock().edition
    }

    /// Says whether there are other keys than those of an edition, which did
    /// not have the kid of a token; waits while they are asked for. `ask` must
    /// lead to [`KeyRing::renew`], by another thread. It is called once in
    /// [`COOL_DOWN`], however many tokens name keys that are unknown.
    pub fn is_renewed_since(&self, edition: u64, ask: impl FnOnce()) -> bool {
        let mut state = self.lock();
        let cool = |asked_at: Instant| asked_at.elapsed() >= COOL_DOWN;
        if state.edition == edition
            && state.is_remote
            && !state.asking
            && state.asked_at.is_none_or(cool)
        {
            state.asking = true;
            state.asked_at = Some(Instant::now());
            ask();
        }
        while state.asking && state.edition == edition {
            let woken = self.changed.wait(state);
            state = woken.unwrap_or_else(PoisonError::into_inner);
        }
        state.edition != edition
    }

    /// Puts the keys in force that were asked for; `None` where there are no
    /// others.
    pub fn renew(&self, keys: Option<Keys>) {
        let mut state = self.lock();
        if let Some(keys) = keys {
            state.keys = Arc::new(keys);
            state.edition += 1;
        }
        state.asking = false;
        self.changed.notify_all();
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // Nothing here is left half done by a panic.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::time::Duration;

    fn keys() -> Keys {
        Keys::set(br#"{"keys":[]}"#).unwrap()
    }

    #[test]
    fn j49_one_thread_asks_and_all_get_the_answer() {
        let ring = KeyRing::new(keys(), true);
        let asked = AtomicUsize::new(0);
        std::thread::scope(|scope| {
            let threads: Vec<_> = (0..4)
                .map(|_| {
                    scope.spawn(|| {
                        let ask = || {
                            asked.fetch_add(1, Ordering::SeqCst);
                        };
                        ring.is_renewed_since(0, ask)
                    })
                })
                .collect();
            std::thread::sleep(Duration::from_millis(20));
            ring.renew(Some(keys()));
            assert!(threads.into_iter().all(|thread| thread.join().unwrap()));
        });
        assert_eq!(asked.load(Ordering::SeqCst), 1);
        assert_eq!(ring.keys().1, 1);
        // Another kid that is unknown, too soon.
        assert!(!ring.is_renewed_since(1, || panic!("asked again")));
    }

    #[test]
    fn j49_where_there_are_no_others_that_is_the_answer() {
        let ring = KeyRing::new(keys(), true);
        std::thread::scope(|scope| {
            let waiting = scope.spawn(|| ring.is_renewed_since(0, || ()));
            std::thread::sleep(Duration::from_millis(20));
            ring.renew(None);
            assert!(!waiting.join().unwrap());
        });
        assert!(!ring.is_renewed_since(0, || panic!("asked again")));
        assert_eq!(ring.edition(), 0);
    }

    #[test]
    fn keys_of_a_file_are_not_asked_for() {
        let ring = KeyRing::new(keys(), false);
        assert!(!ring.is_renewed_since(0, || panic!("asked")));
    }
}
