use super::super::RecordError;
use super::super::contract::{kept, record};
use super::memory::MemoryItems;
use super::*;
use crate::core::error::{Exit, Report as _};

fn over(items: &MemoryItems, limit: Option<usize>) -> KeychainStore {
    KeychainStore::over(items.clone(), limit, PathBuf::from("/nonexistent"))
}

fn default() -> Key {
    Key::session("default")
}

fn accounts(items: &MemoryItems) -> Vec<String> {
    items.all().into_keys().collect()
}

fn why_damaged<T: fmt::Debug>(result: Result<T, Error>) -> Damage {
    match result {
        Err(Error::Damaged { why, .. }) => why,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_session_is_one_item_where_there_is_no_limit() {
    let items = MemoryItems::default();
    let store = over(&items, None);
    store.save(&default(), &record("one", 12_288)).unwrap();
    store.save(&default(), &record("two", 10)).unwrap();
    assert_eq!(accounts(&items), ["default"]);
    assert_eq!(items.all()["default"], **record("two", 10).to_json());
}

/// S17.
#[test]
fn a_large_session_is_split_and_its_parts_take_turns() {
    let items = MemoryItems::with_limit(2560);
    let store = over(&items, Some(2560));
    store.save(&default(), &record("one", 6_000)).unwrap();
    assert_eq!(
        accounts(&items),
        ["default", "default#0.0", "default#0.1", "default#0.2"]
    );
    store.save(&default(), &record("two", 4_000)).unwrap();
    assert_eq!(accounts(&items), ["default", "default#1.0", "default#1.1"]);
    store.save(&default(), &record("three", 10)).unwrap();
    assert_eq!(accounts(&items), ["default"]);
    store.save(&default(), &record("four", 4_000)).unwrap();
    assert!(store.remove(&default()).unwrap());
    assert_eq!(accounts(&items), Vec::<String>::new());
}

/// The edge: at the limit, and one beyond.
#[test]
fn only_what_is_beyond_the_limit_is_split() {
    let length = record("one", 1_000).to_json().len();
    for (limit, parts) in [(length, 0), (length - 1, 2)] {
        let items = MemoryItems::with_limit(limit);
        over(&items, Some(limit))
            .save(&default(), &record("one", 1_000))
            .unwrap();
        assert_eq!(items.all().len(), 1 + parts);
    }
}

/// S7: stopped before any change, the record is the old one or the new one;
/// the next save leaves nothing over.
#[test]
fn a_save_that_is_cut_short_loses_nothing() {
    for (before, after) in [(3_000, 1_000), (1_000, 3_000), (10, 3_000), (3_000, 10)] {
        for changes in 0.. {
            let items = MemoryItems::with_limit(256);
            let store = over(&items, Some(256));
            store.save(&default(), &record("old", before)).unwrap();
            items.fail_after(Some(changes));
            let saved = store.save(&default(), &record("new", after));
            items.fail_after(None);
            let now = kept(&store, &default());
            match &saved {
                Ok(()) => assert_eq!(now.as_deref(), Some("new")),
                Err(_) => assert!(matches!(now.as_deref(), Some("old" | "new")), "{now:?}"),
            }

            store.save(&default(), &record("next", before)).unwrap();
            let expected = record("next", before).to_json().len().div_ceil(256);
            let expected = if expected == 1 { 1 } else { expected + 1 };
            // Parts end between characters, so there may be one more.
            let left = items.all().len();
            assert!(
                (expected..=expected + 1).contains(&left),
                "{left} of {expected}"
            );
            assert!(store.remove(&default()).unwrap());
            assert_eq!(accounts(&items), Vec::<String>::new());
            if saved.is_ok() {
                assert!(changes > 0);
                break;
            }
        }
    }
}

/// S17: deleted, or edited by hand.
#[test]
fn what_was_changed_by_hand_is_noticed_and_not_overwritten() {
    let items = MemoryItems::with_limit(256);
    let store = over(&items, Some(256));
    for change in [
        (|items| items.drop_item("default#0.1")) as fn(&MemoryItems),
        |items| items.put("default#0.1", b"x"),
        |items| items.put("default#0.0", &items.all()["default#0.1"]),
    ] {
        store.remove(&default()).unwrap();
        store.save(&default(), &record("one", 1_000)).unwrap();
        change(&items);
        let before = items.all();
        assert_eq!(why_damaged(store.load(&default())), Damage::Parts);
        let saved = store.save(&default(), &record("two", 0));
        assert_eq!(why_damaged(saved), Damage::Parts);
        assert_eq!(items.all(), before);
    }
    for (content, member) in [
        ("", "the record"),
        ("rubbish", "the record"),
        (r#"{"version":1}"#, "issuer"),
    ] {
        items.put("default", content.as_bytes());
        assert_eq!(
            why_damaged(store.load(&default())),
            Damage::Record(RecordError::Malformed { member })
        );
    }
    items.drop_item("default");
    assert_eq!(kept(&store, &default()), None);
}

/// S19.
#[test]
fn what_a_newer_authctl_wrote_is_left_alone() {
    let items = MemoryItems::default();
    let store = over(&items, None);
    for content in [
        r#"{"version":2}"#,
        r#"{"version":2,"parts":1,"slot":0,"sha256":""}"#,
    ] {
        items.put("default", content.as_bytes());
        for error in [
            store.load(&default()).unwrap_err(),
            store.save(&default(), &record("new", 0)).unwrap_err(),
        ] {
            assert!(matches!(error, Error::NewerVersion { found: 2, .. }));
            assert_eq!(error.exit(), Exit::Store);
        }
        assert_eq!(items.all()["default"], content.as_bytes());
    }
}

/// S22: readers take no lock.
#[test]
fn a_reader_beside_a_writer_sees_one_record_or_the_other() {
    let items = MemoryItems::with_limit(256);
    let store = over(&items, Some(256));
    store.save(&default(), &record("0", 2_000)).unwrap();
    std::thread::scope(|scope| {
        let writer = scope.spawn(|| {
            let store = over(&items, Some(256));
            for n in 1..300 {
                store
                    .save(&default(), &record(&n.to_string(), 500 + n))
                    .unwrap();
            }
        });
        let mut last = 0;
        while !writer.is_finished() {
            let now: i32 = kept(&store, &default()).unwrap().parse().unwrap();
            assert!(now >= last);
            last = now;
        }
    });
}

/// S4, S12: the locks lie in a folder that others could have made first.
#[cfg(unix)]
#[test]
fn the_folder_of_the_locks_must_be_ours() {
    use super::super::Unsafe;
    use std::os::unix::fs::{PermissionsExt as _, symlink};

    let dir = tempfile::tempdir().unwrap();
    let (locks, elsewhere) = (dir.path().join("locks"), dir.path().join("elsewhere"));
    let store = KeychainStore::over(MemoryItems::default(), None, locks.clone());
    let lock = || store.lock(&default(), Duration::ZERO, &mut |_| {});

    drop(lock().unwrap());
    let mode = std::fs::metadata(&locks).unwrap().permissions().mode();
    assert_eq!(mode & 0o7777, 0o700);

    std::fs::rename(&locks, &elsewhere).unwrap();
    symlink(&elsewhere, &locks).unwrap();
    assert!(matches!(
        lock(),
        Err(Error::Unsafe {
            why: Unsafe::SymbolicLink,
            ..
        })
    ));
    std::fs::remove_file(&locks).unwrap();
    if rustix::process::geteuid().is_root() {
        std::fs::create_dir(&locks).unwrap();
        std::os::unix::fs::chown(&locks, Some(1), None).unwrap();
        assert!(matches!(
            lock(),
            Err(Error::Unsafe {
                why: Unsafe::Owner { uid: 1 },
                ..
            })
        ));
    }
}
