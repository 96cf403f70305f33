//! The rules of a transfer, and a kill or a refusal at each of its steps.

use std::cell::Cell;
use std::io::ErrorKind;
use std::path::Path;

use super::super::contract::{kept, record};
use super::super::folder::fault::{self, Fault};
use super::super::keychain::memory::MemoryItems;
use super::super::{ClientKey, FileKey, FileStore, KeychainStore};
use super::*;
use crate::core::error::Report as _;
use crate::core::secret::Secret;
use crate::core::time::Timestamp;

const NO_WAIT: Duration = Duration::ZERO;

fn key() -> Key {
    Key::session("default")
}

fn files(dir: &Path, name: &str) -> FileStore {
    FileStore::new(dir.join(name), FileKey::parse(&[7; 32]).unwrap()).unwrap()
}

fn keychain(dir: &Path) -> KeychainStore {
    KeychainStore::over(MemoryItems::default(), None, dir.join("locks"))
}

fn transfer<'a>(from: &'a dyn TokenStore, to: &'a dyn TokenStore) -> Transfer<'a> {
    Transfer {
        from,
        to,
        finish: false,
        replace: false,
        wait: NO_WAIT,
    }
}

fn nobody(holder: &LockHolder) {
    panic!("waited for {holder:?}")
}

fn run(transfer: &Transfer<'_>) -> Result<Transferred, Error> {
    transfer.run(&key(), &mut nobody, || Ok(()))
}

/// A later state of the record that [`record`] makes.
fn later(refresh_token: &str, seconds: i64) -> Record {
    let mut record = record(refresh_token, 40);
    record.updated_at = Timestamp(record.updated_at.0 + seconds);
    record
}

/// A state of it that was kept later, by a clock that differs by `seconds`.
fn renewed(refresh_token: &str, seconds: i64) -> Record {
    let mut record = record(refresh_token, 40);
    record.touch(Timestamp(record.updated_at.0 + seconds));
    record
}

fn marked(mut record: Record) -> Record {
    record.moved_from = Some("file".to_owned());
    record
}

fn another(refresh_token: &str) -> Record {
    let mut record = record(refresh_token, 40);
    record.created_at = Timestamp(record.created_at.0 - 9);
    record
}

#[test]
fn a_record_is_moved_and_the_caller_settles_while_both_have_it() {
    let dir = tempfile::tempdir().unwrap();
    let (from, to) = (files(dir.path(), "from"), keychain(dir.path()));
    let whole = record("rt", 12_288);
    from.save(&key(), &whole).unwrap();
    let settled = Cell::new(false);
    let done = transfer(&from, &to).run(&key(), &mut nobody, || {
        settled.set(true);
        assert_eq!(kept(&from, &key()).as_deref(), Some("rt"));
        let copy = to.load(&key())?.unwrap();
        assert_eq!(copy.moved_from.as_deref(), Some("file"));
        // Nobody renews it meanwhile, in neither store.
        for store in [&from as &dyn TokenStore, &to] {
            let locked = store.lock(&key(), NO_WAIT, &mut nobody);
            assert!(matches!(locked, Err(Error::Locked { .. })));
        }
        Ok::<_, Error>(())
    });
    assert_eq!(done.unwrap(), Transferred::Moved);
    assert!(settled.get());
    assert_eq!(kept(&from, &key()), None);
    let there = to.load(&key()).unwrap().unwrap();
    assert_eq!(there.to_json(), whole.to_json());
    assert_eq!(
        run(&transfer(&from, &to)).unwrap(),
        Transferred::AlreadyThere
    );
}

#[test]
fn nothing_is_settled_where_there_is_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let (from, to) = (files(dir.path(), "from"), keychain(dir.path()));
    let done = transfer(&from, &to).run(&key(), &mut nobody, || -> Result<(), Error> {
        panic!("settled")
    });
    assert_eq!(done.unwrap(), Transferred::Nothing);
}

/// A newer state or another session is not overwritten unless that is asked
/// for, and then by what is in use.
#[test]
fn a_conflict_is_refused_and_changes_nothing() {
    for (here, there, newer) in [
        (record("old", 0), later("new", 1), true),
        (record("old", 0), renewed("new", 0), true),
        (later("old", 9), renewed("new", 0), true),
        // Nobody can tell which is spent.
        (record("one", 0), record("two", 0), true),
        (renewed("one", 0), marked(renewed("two", 0)), true),
        (record("one", 0), another("other"), false),
        (later("one", 9), another("other"), false),
    ] {
        let dir = tempfile::tempdir().unwrap();
        let (from, to) = (files(dir.path(), "from"), keychain(dir.path()));
        from.save(&key(), &here).unwrap();
        to.save(&key(), &there).unwrap();
        let error = run(&transfer(&from, &to)).unwrap_err();
        assert_eq!(error.code(), "store_conflict");
        assert!(
            matches!(&error, Error::Conflict { newer: found, store: StoreKind::Keychain, .. } if *found == newer),
            "{error:?}"
        );
        assert_eq!(
            from.load(&key()).unwrap().unwrap().to_json(),
            here.to_json()
        );
        assert_eq!(to.load(&key()).unwrap().unwrap().to_json(), there.to_json());
        let forced = Transfer {
            replace: true,
            ..transfer(&from, &to)
        };
        assert_eq!(run(&forced).unwrap(), Transferred::Moved);
        assert_eq!(kept(&from, &key()), None);
        assert_eq!(to.load(&key()).unwrap().unwrap().to_json(), here.to_json());
    }
}

/// What is left of a transfer that was killed, in each of its states.
#[test]
fn what_a_kill_left_is_finished() {
    for (finish, here, there, expected, outcome) in [
        // Killed after the copy; renewed since in the old store, or not.
        (
            false,
            record("a", 0),
            marked(record("a", 0)),
            "a",
            Transferred::AlreadyThere,
        ),
        (
            false,
            later("b", 5),
            marked(record("a", 0)),
            "b",
            Transferred::Moved,
        ),
        (
            false,
            renewed("b", 0),
            marked(record("a", 0)),
            "b",
            Transferred::Moved,
        ),
        (
            false,
            renewed("b", -60),
            marked(record("a", 0)),
            "b",
            Transferred::Moved,
        ),
        // Killed after the new store was made the one in use, which renewed.
        (
            true,
            record("a", 0),
            marked(record("a", 0)),
            "a",
            Transferred::AlreadyThere,
        ),
        (
            true,
            record("a", 0),
            marked(later("b", 5)),
            "b",
            Transferred::AlreadyThere,
        ),
        (
            true,
            record("a", 0),
            marked(record("b", 0)),
            "b",
            Transferred::AlreadyThere,
        ),
        (
            false,
            record("a", 0),
            marked(later("b", 5)),
            "b",
            Transferred::AlreadyThere,
        ),
        (
            false,
            record("a", 0),
            marked(renewed("b", 0)),
            "b",
            Transferred::AlreadyThere,
        ),
        (
            true,
            later("a", 60),
            marked(renewed("b", 0)),
            "b",
            Transferred::AlreadyThere,
        ),
        // Somebody was told to use the old store and renewed there.
        (
            true,
            later("c", 9),
            marked(later("b", 5)),
            "c",
            Transferred::Moved,
        ),
    ] {
        let dir = tempfile::tempdir().unwrap();
        let (from, to) = (files(dir.path(), "from"), keychain(dir.path()));
        from.save(&key(), &here).unwrap();
        to.save(&key(), &there).unwrap();
        let transfer = Transfer {
            finish,
            ..transfer(&from, &to)
        };
        assert_eq!(run(&transfer).unwrap(), outcome, "{expected} {finish}");
        assert_eq!(kept(&from, &key()), None);
        let there = to.load(&key()).unwrap().unwrap();
        assert_eq!(there.refresh_token.unwrap().expose(), expected);
        assert_eq!(there.moved_from, None);
    }
    // Killed before the name was taken away: nothing is left in the old one.
    let dir = tempfile::tempdir().unwrap();
    let (from, to) = (files(dir.path(), "from"), keychain(dir.path()));
    to.save(&key(), &marked(record("a", 0))).unwrap();
    assert_eq!(
        run(&transfer(&from, &to)).unwrap(),
        Transferred::AlreadyThere
    );
    assert_eq!(to.load(&key()).unwrap().unwrap().moved_from, None);
}

/// Of what a client got for itself the newer serves, whichever it is.
#[test]
fn a_clients_own_tokens_never_conflict() {
    let key = Key::client(&ClientKey::default());
    for (here, there, expected) in [(9, 0, "here"), (0, 9, "there")] {
        let dir = tempfile::tempdir().unwrap();
        let (from, to) = (files(dir.path(), "from"), keychain(dir.path()));
        from.save(&key, &later("here", here)).unwrap();
        let mut other = later("there", there);
        other.created_at = other.updated_at;
        to.save(&key, &other).unwrap();
        let transfer = transfer(&from, &to);
        let done = transfer.run(&key, &mut nobody, || Ok::<_, Error>(()));
        done.unwrap();
        assert_eq!(kept(&to, &key).as_deref(), Some(expected));
        assert_eq!(kept(&from, &key), None);
    }
}

#[test]
fn whoever_renews_is_waited_for() {
    let dir = tempfile::tempdir().unwrap();
    let (from, to) = (files(dir.path(), "from"), keychain(dir.path()));
    from.save(&key(), &record("rt", 0)).unwrap();
    for store in [&from as &dyn TokenStore, &to] {
        let renewing = store.lock(&key(), NO_WAIT, &mut nobody).unwrap();
        let error = run(&transfer(&from, &to)).unwrap_err();
        assert_eq!(error.code(), "store_locked");
        drop(renewing);
    }
    assert_eq!(run(&transfer(&from, &to)).unwrap(), Transferred::Moved);
}

/// Two that go opposite ways do not hold each other up for ever.
#[test]
fn opposite_transfers_take_turns() {
    let dir = tempfile::tempdir().unwrap();
    let (files, keychain) = (files(dir.path(), "from"), keychain(dir.path()));
    files.save(&key(), &record("rt", 0)).unwrap();
    let go = |from: &dyn TokenStore, to: &dyn TokenStore| {
        for _ in 0..40 {
            let transfer = Transfer {
                wait: Duration::from_secs(30),
                ..transfer(from, to)
            };
            let done = transfer.run(&key(), &mut |_| {}, || Ok::<_, Error>(()));
            done.unwrap();
        }
    };
    std::thread::scope(|scope| {
        scope.spawn(|| go(&files, &keychain));
        scope.spawn(|| go(&keychain, &files));
    });
    let left = [kept(&files, &key()), kept(&keychain, &key())];
    let left: Vec<String> = left.into_iter().flatten().collect();
    assert_eq!(left, ["rt"]);
}

/// Gives back another refresh token than it was given.
#[derive(Debug)]
struct Garbling(FileStore);

impl TokenStore for Garbling {
    fn kind(&self) -> StoreKind {
        StoreKind::File
    }
    fn load(&self, key: &Key) -> Result<Option<Record>, Error> {
        let mut record = self.0.load(key)?;
        if let Some(record) = &mut record {
            record.refresh_token = Some(Secret::new("garbled"));
        }
        Ok(record)
    }
    fn save(&self, key: &Key, record: &Record) -> Result<(), Error> {
        self.0.save(key, record)
    }
    fn remove(&self, key: &Key) -> Result<bool, Error> {
        self.0.remove(key)
    }
    fn list(&self) -> Result<Vec<Key>, Error> {
        self.0.list()
    }
    fn lock(
        &self,
        key: &Key,
        wait: Duration,
        on_wait: &mut dyn FnMut(&LockHolder),
    ) -> Result<LockGuard, Error> {
        self.0.lock(key, wait, on_wait)
    }
    fn check_writable(&self) -> Result<(), Error> {
        self.0.check_writable()
    }
}

#[test]
fn a_store_that_does_not_give_back_what_it_got_gets_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let from = keychain(dir.path());
    let to = Garbling(files(dir.path(), "to"));
    from.save(&key(), &record("rt", 0)).unwrap();
    let error = run(&transfer(&from, &to)).unwrap_err();
    assert_eq!(error.code(), "store_not_given_back");
    assert_eq!(kept(&from, &key()).as_deref(), Some("rt"));
}

/// Goes on where an earlier one was stopped, as the command does.
fn go_on(dir: &Path, settled: bool) -> Transferred {
    let (from, to) = (files(dir, "from"), files(dir, "to"));
    let transfer = Transfer {
        finish: settled,
        ..transfer(&from, &to)
    };
    transfer
        .run(&key(), &mut nobody, || {
            std::fs::write(dir.join("settled"), "").unwrap();
            Ok::<_, Error>(())
        })
        .unwrap()
}

/// At every step: the session is in one of the stores, whole, and the same
/// call finishes.
fn is_whole_and_finishes(dir: &Path, at: usize) {
    let (from, to) = (files(dir, "from"), files(dir, "to"));
    let settled = dir.join("settled").exists();
    let in_use = if settled { &to } else { &from };
    assert_eq!(kept(in_use, &key()).as_deref(), Some("rt"), "step {at}");
    go_on(dir, settled);
    assert_eq!(kept(&from, &key()), None, "step {at}");
    let there = to.load(&key()).unwrap().unwrap();
    assert_eq!(there.to_json(), record("rt", 40).to_json(), "step {at}");
}

/// S10.
#[test]
fn s10_a_refusal_at_any_step_loses_nothing() {
    let mut refused = 0;
    for at in 0.. {
        let dir = tempfile::tempdir().unwrap();
        files(dir.path(), "from")
            .save(&key(), &record("rt", 40))
            .unwrap();
        let (from, to) = (files(dir.path(), "from"), files(dir.path(), "to"));
        fault::set(Some(Fault::FailAt(at, ErrorKind::StorageFull)));
        let done = transfer(&from, &to).run(&key(), &mut nobody, || {
            std::fs::write(dir.path().join("settled"), "").unwrap();
            Ok::<_, Error>(())
        });
        fault::set(None);
        match done {
            Ok(done) => {
                assert_eq!(done, Transferred::Moved);
                break;
            }
            Err(error) => assert_eq!(error.code(), "store_io", "step {at}"),
        }
        refused += 1;
        is_whole_and_finishes(dir.path(), at);
    }
    // Two saves, and the flush of a removal.
    assert!(refused >= if cfg!(unix) { 11 } else { 8 }, "{refused}");
}

/// S7.
#[cfg(unix)]
#[test]
fn s7_a_kill_at_any_step_loses_nothing() {
    use std::os::unix::process::ExitStatusExt as _;

    let mut killed = 0;
    for at in 0.. {
        let dir = tempfile::tempdir().unwrap();
        files(dir.path(), "from")
            .save(&key(), &record("rt", 40))
            .unwrap();
        let status = std::process::Command::new(std::env::current_exe().unwrap())
            .args(["--ignored", "--exact"])
            .arg("core::store::transfer::tests::transfer_and_be_killed")
            .env("STORE_TEST_DIR", dir.path())
            .env("STORE_TEST_STEP", at.to_string())
            .stdout(std::process::Stdio::null())
            .status()
            .unwrap();
        if status.success() {
            break;
        }
        assert_eq!(status.signal(), Some(9), "step {at}");
        killed += 1;
        is_whole_and_finishes(dir.path(), at);
    }
    assert!(killed >= 12, "{killed}");
}

#[cfg(unix)]
#[test]
#[ignore = "the child of the test above"]
fn transfer_and_be_killed() {
    let dir = std::env::var_os("STORE_TEST_DIR").unwrap();
    let step: usize = std::env::var("STORE_TEST_STEP").unwrap().parse().unwrap();
    let dir = Path::new(&dir);
    let (from, to) = (files(dir, "from"), files(dir, "to"));
    fault::set(Some(Fault::KillAt(step)));
    let done = transfer(&from, &to).run(&key(), &mut nobody, || {
        // Settling may be stopped before and after it took effect.
        let _ = fault::at(super::super::folder::Step::Rename);
        std::fs::write(dir.join("settled"), "").unwrap();
        Ok::<_, Error>(())
    });
    assert_eq!(done.unwrap(), Transferred::Moved);
}
