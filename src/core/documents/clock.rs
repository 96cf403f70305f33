//! How far servers' clocks are from ours, kept beside the cached documents.

use std::cell::RefCell;
use std::time::Duration;

use super::cache::{Cache, Entry};
use crate::core::time::{ClockOffset, Timestamp};

/// How long what was measured is believed.
const LONGEST_KEPT: Duration = Duration::from_secs(30 * 24 * 60 * 60);

/// How old what is kept may get before it is written again although it is
/// still right.
const RENEWED_AFTER: Duration = Duration::from_secs(60 * 60);

/// What two measures of the same clocks may differ by: each is right to a
/// second and a little of the round trip.
const GRAIN: u64 = 2;

/// What was measured in this process, the newest of each server.
#[derive(Clone, Debug, Default)]
pub(super) struct Measured(RefCell<Vec<ClockOffset>>);

impl Measured {
    pub(super) fn put(&self, offset: ClockOffset) {
        let mut all = self.0.borrow_mut();
        all.retain(|old| old.server != offset.server);
        all.push(offset);
    }

    pub(super) fn get(&self, server: &str) -> Option<ClockOffset> {
        let all = self.0.borrow();
        all.iter().find(|offset| offset.server == server).cloned()
    }

    pub(super) fn all(&self) -> Vec<ClockOffset> {
        self.0.borrow().clone()
    }
}

/// Returns what is kept of a server's clock. What was measured in the future
/// was measured by a clock that has been set back since, so that it no longer
/// holds; neither does what is older than a month.
pub fn kept(cache: &Cache, server: &str, now: Timestamp) -> Option<ClockOffset> {
    let entry = cache.read(&name(server))?;
    let offset: ClockOffset = serde_json::from_str(&entry.body).ok()?;
    let holds = offset.server == server && entry.is_fresh(now) && offset.measured_at <= now;
    holds.then_some(offset)
}

/// Keeps what was measured, unless the same is kept already.
pub(super) fn keep(cache: &Cache, offset: &ClockOffset) {
    let now = offset.measured_at;
    let known = kept(cache, &offset.server, now).is_some_and(|old| {
        old.seconds.abs_diff(offset.seconds) <= GRAIN
            && now < old.measured_at.saturating_add(RENEWED_AFTER)
    });
    let Ok(body) = serde_json::to_string(offset) else {
        return;
    };
    if !known {
        cache.write(&Entry {
            url: name(&offset.server),
            fetched_at: now,
            max_age: LONGEST_KEPT.as_secs(),
            refetched_at: None,
            body,
        });
    }
}

/// Returns what the copy is named by: no document's address, since nothing is
/// fetched by a fragment.
fn name(server: &str) -> String {
    format!("{server}#clock")
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp(1_700_000_000);

    fn offset(server: &str, seconds: i64, at: i64) -> ClockOffset {
        ClockOffset {
            seconds,
            server: server.into(),
            measured_at: Timestamp(NOW.0 + at),
        }
    }

    fn later(seconds: i64) -> Timestamp {
        Timestamp(NOW.0 + seconds)
    }

    #[test]
    fn what_is_kept_is_each_servers_own() {
        let folder = tempfile::tempdir().expect("a folder");
        let cache = Cache::new(folder.path().to_owned());
        let one = offset("https://one.example", 90, 0);
        let other = offset("https://one.example/", -7, 0);
        keep(&cache, &one);
        keep(&cache, &other);
        assert_eq!(kept(&cache, "https://one.example", NOW), Some(one));
        assert_eq!(kept(&cache, "https://one.example/", NOW), Some(other));
        assert_eq!(kept(&cache, "https://two.example", NOW), None);
    }

    #[test]
    fn what_was_measured_by_another_clock_no_longer_holds() {
        let folder = tempfile::tempdir().expect("a folder");
        let cache = Cache::new(folder.path().to_owned());
        keep(&cache, &offset("s", 90, 0));
        let month = 30 * 24 * 60 * 60;
        for (at, holds) in [(0, true), (month - 1, true), (month, false), (-1, false)] {
            assert_eq!(kept(&cache, "s", later(at)).is_some(), holds, "{at}");
        }
    }

    #[test]
    fn it_is_written_when_it_changed_or_got_old() {
        let folder = tempfile::tempdir().expect("a folder");
        let cache = Cache::new(folder.path().to_owned());
        keep(&cache, &offset("s", 90, 0));
        for (seconds, at, written) in [
            (92, 10, false),
            (88, 3_599, false),
            (93, 20, true),
            (93, 3_619, false),
            (93, 3_620, true),
        ] {
            let new = offset("s", seconds, at);
            keep(&cache, &new);
            let found = kept(&cache, "s", later(at));
            assert_eq!(found == Some(new), written, "{seconds} {at}");
        }
    }

    #[test]
    fn the_newest_measure_of_a_server_counts() {
        let measured = Measured::default();
        measured.put(offset("a", 1, 0));
        measured.put(offset("b", 2, 0));
        measured.put(offset("a", 3, 1));
        assert_eq!(measured.get("a"), Some(offset("a", 3, 1)));
        assert_eq!(measured.get("c"), None);
        assert_eq!(measured.all(), [offset("b", 2, 0), offset("a", 3, 1)]);
    }
}
