use std::error::Error as _;

use super::*;
use crate::core::time::Timestamp;

#[test]
fn a_key_of_the_other_kind_is_to_be_taken_away_first() {
    let hint = |why| {
        let path = PathBuf::from("/store/x.session");
        let instead = Some("leave out `--flag`".to_owned());
        Error::WrongKey { path, why, instead }.hint().unwrap()
    };
    for (why, begins) in [
        (
            KeyMismatch::MadeWithPassphrase,
            "leave out `--flag`, and give the passphrase",
        ),
        (
            KeyMismatch::MadeWithKey,
            "leave out `--flag`, and give the key",
        ),
        (KeyMismatch::Other, "give the passphrase or key"),
    ] {
        assert!(hint(why).starts_with(begins), "{}", hint(why));
    }
}

fn one_of_each() -> Vec<Error> {
    let path = || PathBuf::from("/store/x.session");
    let place = || "the keychain item `x`".to_owned();
    vec![
        Error::FileKeyMissing,
        Error::FileKeyMalformed,
        Error::KeyFileExposed {
            path: path(),
            mode: 0o644,
        },
        Error::NotKept {
            reason: "`none` was asked for".to_owned(),
        },
        Error::WrongKey {
            path: path(),
            why: KeyMismatch::Other,
            instead: None,
        },
        Error::Tampered { path: path() },
        Error::Swapped {
            path: path(),
            found: "other".to_owned(),
        },
        Error::Damaged {
            place: place(),
            why: Damage::Parts,
        },
        Error::NewerVersion {
            place: place(),
            found: 2,
        },
        Error::Unsafe {
            path: path(),
            why: Unsafe::SymbolicLink,
        },
        Error::io("read", path(), io::ErrorKind::PermissionDenied.into()),
        Error::Locked {
            key: "default".to_owned(),
            holder: LockHolder {
                pid: Some(7),
                host: None,
                since: Some(Timestamp(1_700_000_000)),
                is_stopped: false,
            },
        },
        Error::Conflict {
            key: "default".to_owned(),
            store: StoreKind::File,
            newer: false,
        },
        Error::NotGivenBack {
            key: "default".to_owned(),
            store: StoreKind::File,
        },
        Error::TooLarge {
            key: "default".to_owned(),
            length: 2_000_000,
        },
        Error::Keychain(KeychainError::NoBus),
        Error::Vault(VaultError::AddressMissing),
        Error::Crypto("encrypt"),
    ]
}

#[test]
fn each_has_a_code_of_its_own_and_says_what_to_do() {
    let mut codes = Vec::new();
    for error in one_of_each() {
        assert_eq!(error.exit(), Exit::Store);
        let what = error.to_string();
        assert!(!what.ends_with('.') && !what.is_empty(), "{what}");
        let hint = error.hint().unwrap();
        assert!(!hint.ends_with('.') && !hint.is_empty(), "{hint}");
        codes.push(error.code());
    }
    codes.sort_unstable();
    let all = codes.len();
    codes.dedup();
    assert_eq!(codes.len(), all);
}

#[test]
fn the_reason_is_the_source() {
    for error in one_of_each() {
        let has_source = matches!(
            error,
            Error::WrongKey { .. }
                | Error::Damaged { .. }
                | Error::Unsafe { .. }
                | Error::Io { .. }
                | Error::Keychain(_)
                | Error::Vault(_)
        );
        assert_eq!(error.source().is_some(), has_source, "{error}");
    }
}

#[test]
fn what_the_system_refused_decides_the_hint() {
    for (kind, hint) in [
        (io::ErrorKind::StorageFull, "free some space"),
        (io::ErrorKind::QuotaExceeded, "free some space"),
        (io::ErrorKind::FileTooLarge, "`ulimit -f`"),
        (
            io::ErrorKind::PermissionDenied,
            "make /store readable and writable",
        ),
        (
            io::ErrorKind::ReadOnlyFilesystem,
            "make /store readable and writable",
        ),
    ] {
        let error = Error::io("write to", "/store", kind.into());
        assert!(error.hint().unwrap().contains(hint), "{kind:?}");
        assert!(
            error
                .hint()
                .unwrap()
                .ends_with("what was kept before is unchanged")
        );
    }
}

#[test]
fn a_holder_is_named_as_far_as_it_is_known() {
    let of = |pid, since| {
        Error::Locked {
            key: "default".to_owned(),
            holder: LockHolder {
                pid,
                host: None,
                since,
                is_stopped: false,
            },
        }
        .to_string()
    };
    assert_eq!(
        of(Some(7), Some(Timestamp(1_700_000_000))),
        "the session `default` is still in use by process 7, since 2023-11-14T22:13:20Z"
    );
    assert_eq!(
        of(None, None),
        "the session `default` is still in use by another process"
    );
}
