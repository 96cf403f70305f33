//! Sessions that are larger than an item may be.

use std::io::{BufRead as _, BufReader};

use super::*;

/// Small enough for a record to be in many parts.
const LIMIT: usize = 256;
const KILLS: u32 = 24;
/// Said by the one that is going to be killed.
const READY: &str = "saving from now on";

/// S17: as on platforms that limit the size of an item.
#[test]
fn a_large_session_is_split_where_a_limit_is_set() {
    session("split", "gnome");
}

/// S7: a process that is killed at any time of its saves leaves a session
/// that is whole, and nothing that the next save does not remove.
#[test]
fn a_save_that_is_killed_leaves_a_whole_session() {
    session("killed", "gnome");
}

pub fn split(dir: &Path) {
    let store = store(dir).with_item_limit(Some(2560));
    for (token, size, count) in [
        ("one", 12_288, 6),
        ("two", 4_000, 3),
        ("three", 0, 1),
        ("four", 12_288, 6),
    ] {
        let new = record(token, size);
        store.save(&default(), &new).unwrap();
        let loaded = store.load(&default()).unwrap().unwrap();
        assert_eq!(loaded.to_json(), new.to_json());
        assert_eq!(items(), count, "{token}");
        assert_eq!(store.list().unwrap(), [default()]);
    }
    // Read, and put together again, by one without a limit.
    let whole = super::store(dir);
    assert_eq!(kept(&whole, &default()).as_deref(), Some("four"));
    whole.save(&default(), &record("five", 12_288)).unwrap();
    assert_eq!(items(), 1);
    store.save(&default(), &record("six", 12_288)).unwrap();
    assert!(store.remove(&default()).unwrap());
    assert_eq!(items(), 0);
}

pub fn killed(dir: &Path) {
    let store = store(dir).with_item_limit(Some(LIMIT));
    let started = Instant::now();
    store.save(&default(), &counted(0)).unwrap();
    let one_save = started.elapsed();
    let mut last = 0;
    for kill in 0..KILLS {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--ignored", "--exact", "--nocapture"])
            .arg("keychain::in_a_session")
            .env("KEYCHAIN_TEST_PART", "save-for-ever")
            .env("KEYCHAIN_TEST_DIR", dir)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let said = BufReader::new(child.stdout.take().unwrap());
        assert!(said.lines().any(|line| line.unwrap().ends_with(READY)));
        // No two kills meet the same part of a save.
        std::thread::sleep(one_save * kill / (KILLS / 4));
        child.kill().unwrap();
        child.wait().unwrap();

        let now = store.load(&default()).unwrap().unwrap();
        let count = count_of(&now);
        assert_eq!(now.to_json(), counted(count).to_json(), "a mixed record");
        assert!(count >= last, "{count} after {last}");
        last = count;
    }
    assert!(last > 1, "no child came to save");
    // What the dead left over is gone with the next save.
    store.save(&default(), &counted(1)).unwrap();
    let parts = counted(1).to_json().len().div_ceil(LIMIT);
    // Parts end between characters, so there may be one more.
    assert!(
        (parts + 1..=parts + 2).contains(&items()),
        "{} items, {parts} parts",
        items()
    );
    store.save(&default(), &record("small", 0)).unwrap();
    assert!(store.remove(&default()).unwrap());
    assert_eq!(item_paths(), Vec::<String>::new());
}

#[expect(clippy::print_stdout, reason = "whoever started it waits for this")]
pub fn save_for_ever(dir: &Path) {
    let store = store(dir).with_item_limit(Some(LIMIT));
    println!("{READY}");
    loop {
        let now = store.load(&default()).unwrap().unwrap();
        store
            .save(&default(), &counted(count_of(&now) + 1))
            .unwrap();
    }
}

/// A record that tells its number twice: in a token, and by its size.
fn counted(count: usize) -> Record {
    record(&count.to_string(), 200 + count * 611 % 3_000)
}

fn count_of(record: &Record) -> usize {
    let count = record.refresh_token.as_ref().unwrap();
    count.expose().parse().unwrap()
}
