//! Another key for the same records, and a kill or a refusal at each step.

use super::*;

const NAMES: [&str; 3] = ["a", "b", "c"];

fn keys() -> [Key; 3] {
    NAMES.map(Key::session)
}

/// A store with three records.
fn filled(key: FileKey) -> Home {
    let home = home_with(key);
    for key in keys() {
        home.store.save(&key, &record(key.name(), 40)).unwrap();
    }
    home
}

/// Puts every record under the new key, as the command does.
fn rekey(old: &FileStore, new: &FileStore) -> Result<Vec<Rekeyed>, Error> {
    let rekey = Rekey { old, new };
    keys()
        .iter()
        .map(|key| {
            rekey.check(key)?;
            let _lock = old.lock(key, Duration::ZERO, &mut |_| {})?;
            rekey.run(key)
        })
        .collect()
}

fn all_are_under(store: &FileStore) {
    for key in keys() {
        assert_eq!(kept(store, &key).as_deref(), Some(key.name()));
    }
}

#[test]
fn records_are_put_under_a_key_of_either_kind() {
    for (old, new) in [
        (raw(7), raw(8)),
        (raw(7), passphrase("one")),
        (passphrase("one"), raw(7)),
        (passphrase("one"), passphrase("two")),
    ] {
        let home = filled(old.clone());
        let new = reopened(&home.dir, new);
        let before = files_in(home.store.path());
        assert_eq!(rekey(&home.store, &new).unwrap(), [Rekeyed::Old; 3]);
        // As another process finds them.
        let old = reopened(&home.dir, old);
        for key in keys() {
            assert_eq!(kept(&new, &key).as_deref(), Some(key.name()));
            let error = old.load(&key).unwrap_err();
            assert_eq!(error.code(), "store_wrong_key");
        }
        // Again, after it was finished.
        assert_eq!(rekey(&old, &new).unwrap(), [Rekeyed::New; 3]);
        // A passphrase is still stretched once for all of them.
        let salts = keys().map(|key| {
            let file = fs::read(home.store.path_of(&key)).unwrap();
            Header::parse(&file).unwrap().kdf
        });
        assert_eq!(salts[0], salts[1]);
        assert_eq!(salts[0], salts[2]);
        let sessions = |names: Vec<String>| -> Vec<String> {
            let is_session = |name: &String| name.ends_with(EXTENSION);
            names.into_iter().filter(is_session).collect()
        };
        assert_eq!(sessions(files_in(home.store.path())), sessions(before));
    }
}

#[test]
fn a_record_under_neither_key_is_left_as_it_is() {
    let home = filled(raw(7));
    let (wrong, new) = (reopened(&home.dir, raw(9)), reopened(&home.dir, raw(8)));
    let before = fs::read(home.store.path_of(&keys()[0])).unwrap();
    let rekey = Rekey {
        old: &wrong,
        new: &new,
    };
    for refused in [rekey.check(&keys()[0]), rekey.run(&keys()[0])] {
        assert_eq!(refused.unwrap_err().code(), "store_wrong_key");
    }
    assert_eq!(fs::read(home.store.path_of(&keys()[0])).unwrap(), before);
    let absent = Key::session("absent");
    assert_eq!(rekey.check(&absent).unwrap(), Rekeyed::Nothing);
    assert_eq!(rekey.run(&absent).unwrap(), Rekeyed::Nothing);
}

/// Every record opens with the old key or the new one, and a call with both
/// finishes.
fn is_whole_and_finishes(home: &Home, at: usize) {
    let (old, new) = (reopened(&home.dir, raw(7)), reopened(&home.dir, raw(8)));
    for key in keys() {
        let found = match old.load(&key) {
            Err(Error::WrongKey { .. }) => new.load(&key),
            other => other,
        };
        let found = found.unwrap().unwrap().refresh_token.unwrap();
        assert_eq!(found.expose(), key.name(), "step {at}");
    }
    rekey(&old, &new).unwrap();
    all_are_under(&new);
    let left = files_in(new.path());
    assert!(left.iter().all(|name| !name.starts_with('.')), "{left:?}");
}

/// S10.
#[test]
fn s10_a_refusal_at_any_step_of_a_rekey_loses_nothing() {
    let mut refused = 0;
    for at in 0.. {
        let home = filled(raw(7));
        let new = reopened(&home.dir, raw(8));
        fault::set(Some(fault::Fault::FailAt(at, ErrorKind::StorageFull)));
        let done = rekey(&home.store, &new);
        fault::set(None);
        match done {
            Ok(done) => {
                assert_eq!(done, [Rekeyed::Old; 3]);
                break;
            }
            Err(error) => assert_eq!(error.code(), "store_io", "step {at}"),
        }
        refused += 1;
        is_whole_and_finishes(&home, at);
    }
    assert_eq!(refused, if cfg!(unix) { 15 } else { 12 });
}

/// S7.
#[cfg(unix)]
#[test]
fn s7_a_kill_at_any_step_of_a_rekey_loses_nothing() {
    use std::os::unix::process::ExitStatusExt as _;

    let mut killed = 0;
    for at in 0.. {
        let home = filled(raw(7));
        let status = std::process::Command::new(std::env::current_exe().unwrap())
            .args(["--ignored", "--exact"])
            .arg("core::store::file::tests::rekey::rekey_and_be_killed")
            .env("STORE_TEST_DIR", home.dir.path())
            .env("STORE_TEST_STEP", at.to_string())
            .stdout(std::process::Stdio::null())
            .status()
            .unwrap();
        if status.success() {
            break;
        }
        assert_eq!(status.signal(), Some(9), "step {at}");
        killed += 1;
        is_whole_and_finishes(&home, at);
    }
    assert_eq!(killed, 15);
}

#[cfg(unix)]
#[test]
#[ignore = "the child of the test above"]
fn rekey_and_be_killed() {
    let dir = PathBuf::from(std::env::var_os("STORE_TEST_DIR").unwrap());
    let step = std::env::var("STORE_TEST_STEP").unwrap().parse().unwrap();
    let of = |key| FileStore::new(dir.join("sessions"), key).unwrap();
    fault::set(Some(fault::Fault::KillAt(step)));
    rekey(&of(raw(7)), &of(raw(8))).unwrap();
}
