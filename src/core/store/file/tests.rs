//! The rules of the file store.

use std::fs;
use std::io::ErrorKind;

use aws_lc_rs::digest;

use super::super::contract::{kept, record};
#[cfg(unix)]
use super::super::error::Unsafe;
use super::super::folder::{Step, fault};
use super::*;
use crate::core::error::{Exit, Report as _};

struct Home {
    dir: tempfile::TempDir,
    store: FileStore,
}

fn raw(octet: u8) -> FileKey {
    FileKey::parse(&[octet; 32]).unwrap()
}

fn passphrase(text: &str) -> FileKey {
    FileKey::Passphrase(Secret::new(text))
}

fn home_with(key: FileKey) -> Home {
    let dir = tempfile::tempdir().unwrap();
    let store = reopened(&dir, key);
    Home { dir, store }
}

/// A store with one session, `default`, whose refresh token is `old`.
fn home() -> Home {
    let home = home_with(raw(7));
    home.store.save(&default(), &record("old", 40)).unwrap();
    home
}

fn reopened(dir: &tempfile::TempDir, key: FileKey) -> FileStore {
    FileStore::with_cost(dir.path().join("sessions"), key, CHEAP).unwrap()
}

fn default() -> Key {
    Key::session("default")
}

/// Writes a file anew: changing one in place makes some file systems flush
/// it, thousands of times here.
fn put(path: &Path, octets: &[u8]) {
    use std::io::Write as _;

    let _ = fs::remove_file(path);
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).unwrap().write_all(octets).unwrap();
}

fn files_in(path: &Path) -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(path)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort_unstable();
    names
}

/// The smallest argon2id there is.
const CHEAP: Cost = Cost {
    memory: 8,
    passes: 1,
    lanes: 1,
};

#[test]
fn a_raw_key_is_read_in_every_form() {
    let octets: Vec<u8> = (224..=255).collect();
    for text in [
        "4OHi4-Tl5ufo6err7O3u7_Dx8vP09fb3-Pn6-_z9_v8",
        "4OHi4-Tl5ufo6err7O3u7_Dx8vP09fb3-Pn6-_z9_v8=\n",
        " 4OHi4+Tl5ufo6err7O3u7/Dx8vP09fb3+Pn6+/z9/v8=\r\n",
    ] {
        let Ok(FileKey::Raw(key)) = FileKey::parse(text.as_bytes()) else {
            panic!("{text}")
        };
        assert_eq!(key.expose(), octets);
    }
    let Ok(FileKey::Raw(key)) = FileKey::parse(&octets) else {
        panic!()
    };
    assert_eq!(key.expose(), octets);
}

#[test]
fn what_is_no_raw_key_is_refused() {
    for text in [
        "",
        "secret",
        "4OHi4-Tl5ufo6err7O3u7_Dx8vP09fb3-Pn6-_z9_v",
        "4OHi4-Tl5ufo6err7O3u7_Dx8vP09fb3-Pn6-_z9_v8A",
        "4OHi4-Tl5ufo6err7O3u7/Dx8vP09fb3-Pn6-_z9_v8",
        "e0e1e2e3e4e5e6e7e8e9eaebecedeeeff0f1f2f3f4f5f6f7f8f9fafbfcfdfeff",
    ] {
        assert!(
            matches!(
                FileKey::parse(text.as_bytes()),
                Err(Error::FileKeyMalformed)
            ),
            "{text}"
        );
    }
    let short = FileKey::Raw(SecretBytes::new([1; 31]));
    assert!(matches!(
        FileStore::new("/nonexistent", short),
        Err(Error::FileKeyMalformed)
    ));
}

#[test]
fn nothing_secret_is_in_the_file_and_the_name_is() {
    let home = home();
    let file = fs::read(home.store.path_of(&default())).unwrap();
    let has = |text: &str| file.windows(text.len()).any(|part| part == text.as_bytes());
    assert!(has("default"));
    assert!(!has("as.example") && !has("access") && !has("old"));
}

#[test]
fn debug_shows_no_key() {
    let home = home_with(passphrase("hunter2"));
    home.store.save(&default(), &record("old", 0)).unwrap();
    let debug = format!("{:?}", home.store);
    assert!(!debug.contains("hunter2"), "{debug}");
    assert!(debug.contains("Stretched(..)"), "{debug}");
}

/// S13, S14.
#[test]
fn another_key_is_told_from_tampering_and_overwrites_nothing() {
    let with_raw = home();
    let with_passphrase = home_with(passphrase("one"));
    with_passphrase
        .store
        .save(&default(), &record("old", 0))
        .unwrap();
    for (home, key, why) in [
        (&with_raw, raw(8), KeyMismatch::Other),
        (&with_raw, passphrase("one"), KeyMismatch::MadeWithKey),
        (&with_passphrase, passphrase("two"), KeyMismatch::Other),
        (&with_passphrase, raw(7), KeyMismatch::MadeWithPassphrase),
    ] {
        let other = reopened(&home.dir, key);
        let before = fs::read(home.store.path_of(&default())).unwrap();
        for error in [
            other.load(&default()).unwrap_err(),
            other.save(&default(), &record("new", 0)).unwrap_err(),
        ] {
            let Error::WrongKey { why: found, .. } = error else {
                panic!("{error}")
            };
            assert_eq!(found, why);
        }
        assert_eq!(fs::read(home.store.path_of(&default())).unwrap(), before);
        // Who signs out need not know the key.
        assert_eq!(other.list().unwrap(), [default()]);
    }
}

/// S13.
#[test]
fn every_flipped_bit_is_noticed() {
    let home = home();
    let path = home.store.path_of(&default());
    let good = fs::read(&path).unwrap();
    let header = Header::parse(&good).unwrap();
    let sealed_at = 8 + 1 + 12 + 16 + 32 + 16 + 2 + header.name.len() + 8;
    for bit in 0..good.len() * 8 {
        let mut bad = good.clone();
        bad[bit / 8] ^= 1 << (bit % 8);
        put(&path, &bad);
        let error = home.store.load(&default()).unwrap_err();
        let expected = match (bit / 8, &error) {
            (0..7, Error::Damaged { why, .. }) => *why == Damage::NotASession,
            (7, Error::NewerVersion { .. }) => bad[7] > 1,
            (7, Error::Damaged { why, .. }) => bad[7] == 0 && *why == Damage::Header,
            (at, Error::Damaged { why, .. }) => at < sealed_at && *why == Damage::Header,
            (at, Error::Tampered { .. }) => at >= sealed_at,
            _ => false,
        };
        assert!(expected, "bit {bit}: {error:?}");
        assert_eq!(error.exit(), Exit::Store);
        // Kept as evidence, or to be mended.
        assert!(home.store.save(&default(), &record("new", 0)).is_err());
        assert_eq!(fs::read(&path).unwrap(), bad);
    }
}

/// S13.
#[test]
fn a_file_cut_anywhere_is_noticed() {
    let home = home();
    let path = home.store.path_of(&default());
    let good = fs::read(&path).unwrap();
    for length in 0..good.len() {
        put(&path, &good[..length]);
        let error = home.store.load(&default()).unwrap_err();
        assert!(
            matches!(error, Error::Damaged { .. } | Error::Tampered { .. }),
            "{length}: {error:?}"
        );
    }
    let longer = [&good[..], b"x"].concat();
    fs::write(&path, longer).unwrap();
    assert!(matches!(
        home.store.load(&default()),
        Err(Error::Tampered { .. })
    ));
    fs::write(&path, vec![0; FILE_LIMIT + 1]).unwrap();
    assert!(matches!(
        home.store.load(&default()),
        Err(Error::Damaged {
            why: Damage::TooLarge,
            ..
        })
    ));
}

/// S13: with the header's own checksum put right, the cipher still knows.
#[test]
fn a_header_that_was_changed_with_care_is_noticed() {
    let home = home();
    let path = home.store.path_of(&default());
    let good = fs::read(&path).unwrap();
    let name_at = 8 + 1 + 12 + 16 + 32 + 16 + 2;
    let checksum_at = name_at + "default".len();
    let with = |change: &dyn Fn(&mut Vec<u8>)| {
        let mut bad = good.clone();
        change(&mut bad);
        let sum = digest::digest(&digest::SHA256, &bad[..checksum_at]);
        bad[checksum_at..checksum_at + 8].copy_from_slice(&sum.as_ref()[..8]);
        put(&path, &bad);
        home.store.load(&default()).unwrap_err()
    };
    // Unused under a given key, and authenticated all the same.
    assert!(matches!(with(&|file| file[9] ^= 1), Error::Tampered { .. }));
    assert!(matches!(
        with(&|file| file[21] ^= 1),
        Error::Tampered { .. }
    ));
    // The salt of the file: no key fits any more.
    assert!(matches!(
        with(&|file| file[40] ^= 1),
        Error::WrongKey {
            why: KeyMismatch::Other,
            ..
        }
    ));
    let renamed = with(&|file| file[name_at] = b'D');
    assert!(matches!(renamed, Error::Swapped { found, .. } if found == "Default"));
}

/// S14: a file cannot ask for more than a small machine has.
#[test]
fn parameters_are_bounded_when_read() {
    let home = home_with(passphrase("one"));
    for cost in [
        Cost {
            memory: 256 * 1024 + 1,
            ..CHEAP
        },
        Cost {
            memory: u32::MAX,
            ..CHEAP
        },
        Cost { memory: 7, ..CHEAP },
        Cost {
            passes: 17,
            ..CHEAP
        },
        Cost { passes: 0, ..CHEAP },
        Cost {
            lanes: 9,
            memory: 1024,
            ..CHEAP
        },
        Cost { lanes: 0, ..CHEAP },
    ] {
        let kdf = Kdf::Argon2id {
            cost,
            salt: [1; 16],
        };
        let file = seal::seal(&Zeroizing::new([0; 32]), kdf, "default", b"{}").unwrap();
        fs::create_dir_all(home.store.path()).unwrap();
        put(&home.store.path_of(&default()), &file);
        assert!(
            matches!(
                home.store.load(&default()),
                Err(Error::Damaged {
                    why: Damage::Parameters,
                    ..
                })
            ),
            "{cost:?}"
        );
    }
}

/// S13.
#[test]
fn swapped_files_are_noticed() {
    let home = home();
    let (one, other) = (default(), Key::session("other"));
    home.store.save(&other, &record("other", 0)).unwrap();
    let (one_at, other_at) = (home.store.path_of(&one), home.store.path_of(&other));
    fs::rename(&one_at, one_at.with_extension("x")).unwrap();
    fs::rename(&other_at, &one_at).unwrap();
    fs::rename(one_at.with_extension("x"), &other_at).unwrap();
    for (key, holds) in [(&one, "other"), (&other, "default")] {
        let error = home.store.load(key).unwrap_err();
        assert!(
            matches!(&error, Error::Swapped { found, .. } if found == holds),
            "{error:?}"
        );
    }
    assert_eq!(home.store.list().unwrap(), []);
    assert_eq!(home.store.take_notes().len(), 2);
}

/// S19.
#[test]
fn what_a_newer_authctl_wrote_is_left_alone() {
    let home = home();
    let path = home.store.path_of(&default());
    let file = seal::seal(
        &Zeroizing::new([7; 32]),
        Kdf::Given,
        "default",
        br#"{"version":2,"sessions":[]}"#,
    )
    .unwrap();
    fs::write(&path, &file).unwrap();
    for error in [
        home.store.load(&default()).unwrap_err(),
        home.store.save(&default(), &record("new", 0)).unwrap_err(),
    ] {
        assert!(matches!(error, Error::NewerVersion { found: 2, .. }));
    }
    assert_eq!(fs::read(&path).unwrap(), file);
}

#[test]
fn a_passphrase_is_stretched_once_for_all_files_of_a_store() {
    let home = home_with(passphrase("one"));
    let keys = [default(), Key::session("a"), Key::session("b")];
    for key in &keys {
        // Another process each time: the salt comes from the files.
        let store = reopened(&home.dir, passphrase("one"));
        store.save(key, &record(key.name(), 0)).unwrap();
    }
    let headers = keys
        .each_ref()
        .map(|key| Header::parse(&fs::read(home.store.path_of(key)).unwrap()).unwrap());
    assert_eq!(headers[0].kdf, headers[1].kdf);
    assert_eq!(headers[0].kdf, headers[2].kdf);
    for key in &keys {
        assert_eq!(kept(&home.store, key).as_deref(), Some(key.name()));
    }

    // One with another passphrase gets a salt of its own, a file with an
    // older cost is written with the present one.
    let other = reopened(&home.dir, passphrase("two"));
    assert!(other.load(&default()).is_err());
    let key = Key::session("two");
    other.save(&key, &record("two", 0)).unwrap();
    let header = Header::parse(&fs::read(home.store.path_of(&key)).unwrap()).unwrap();
    assert_ne!(header.kdf, headers[0].kdf);
    let dearer = Cost { passes: 2, ..CHEAP };
    let store = FileStore::with_cost(home.store.path(), passphrase("one"), dearer).unwrap();
    store.save(&default(), &record("new", 0)).unwrap();
    let header = Header::parse(&fs::read(home.store.path_of(&default())).unwrap()).unwrap();
    assert!(matches!(header.kdf, Kdf::Argon2id { cost, .. } if cost == dearer));
    assert_eq!(kept(&home.store, &default()).as_deref(), Some("new"));
}

#[test]
fn a_record_beyond_the_limit_is_refused() {
    let home = home();
    let error = home
        .store
        .save(&default(), &record("new", RECORD_LIMIT))
        .unwrap_err();
    assert!(matches!(error, Error::TooLarge { .. }));
    assert_eq!(kept(&home.store, &default()).as_deref(), Some("old"));
}

/// S10.
#[test]
fn a_save_that_fails_leaves_the_old_record_and_nothing_else() {
    for (step, kept_after) in [
        (Step::Create, "old"),
        (Step::Write, "old"),
        (Step::SyncFile, "old"),
        (Step::Rename, "old"),
        #[cfg(unix)]
        (Step::SyncFolder, "new"),
    ] {
        let home = home();
        let before = files_in(home.store.path());
        fault::set(Some(fault::Fault::Fail(step, ErrorKind::StorageFull)));
        let result = home.store.save(&default(), &record("new", 0));
        fault::set(None);
        let Err(Error::Io { source, .. }) = &result else {
            panic!("{step:?}: {result:?}")
        };
        assert_eq!(source.kind(), ErrorKind::StorageFull);
        assert_eq!(kept(&home.store, &default()).as_deref(), Some(kept_after));
        assert_eq!(files_in(home.store.path()), before, "{step:?}");
    }
}

/// S10: seen before the refresh token is spent.
#[test]
fn a_full_disk_is_seen_before_a_save() {
    for step in [Step::Create, Step::Write, Step::SyncFile] {
        let home = home();
        let before = files_in(home.store.path());
        fault::set(Some(fault::Fault::Fail(step, ErrorKind::StorageFull)));
        let error = home.store.check_writable().unwrap_err();
        fault::set(None);
        assert!(
            matches!(&error, Error::Io { source, .. } if source.kind() == ErrorKind::StorageFull)
        );
        assert!(error.hint().unwrap().contains("free some space"));
        assert_eq!(files_in(home.store.path()), before, "{step:?}");
    }
}

mod rekey;
#[cfg(unix)]
mod unix;
