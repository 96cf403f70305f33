//! The token store: which one, who can read it, what is in it, and whether a
//! record comes back as it went.

use std::path::{Path, PathBuf};
use std::time::Duration;

use authctl::core::config::Settings;
use authctl::core::error::{Error, Exit, Report as _};
use authctl::core::secret::Secret;
use authctl::core::store::{
    self, ClientKey, Key, Opened, Places, Reason, Record, StoreKind, TokenStore, Unsafe,
};
use serde_json::{Value, json};

use super::configuration::loose_mode;
use super::finding::{Check, Findings};
use crate::cli::context::Context;
use crate::cli::render::{counted, message};

/// What hangs on the store being open.
const OPEN_CHECKS: [&str; 5] = [
    "keychain",
    "store_permissions",
    "store_leftovers",
    "sessions",
    "store_round_trip",
];

/// Checks the store of the settings.
///
/// # Errors
///
/// When stdout cannot be written.
pub fn check(
    cx: &Context,
    settings: Option<&Settings>,
    findings: &mut Findings<'_>,
) -> Result<(), Error> {
    let Some(settings) = settings else {
        findings.skip(&["store"], "it hangs on the configuration")?;
        return findings.skip(&OPEN_CHECKS, "they hang on `store`");
    };
    let opened = match cx.open_store(settings) {
        Ok(opened) => opened,
        Err(error) => {
            findings.add(Check::fail("store", &error).or_fix("choose another with `--store`"))?;
            return findings.skip(&OPEN_CHECKS, "they hang on `store`");
        }
    };
    findings.add(chosen(&opened))?;
    let store = opened.store.as_ref();
    if store.kind() == StoreKind::None {
        return findings.skip(&OPEN_CHECKS, "nothing is kept");
    }
    if !findings.add(keychain(&opened))? && store.kind() == StoreKind::Keychain {
        return findings.skip(&OPEN_CHECKS[1..], "they hang on `keychain`");
    }
    let places = cx.places()?;
    if store.kind() == StoreKind::File {
        let folder = places.sessions_dir();
        let (check, untouched) = permissions(&folder, store);
        findings.add(check)?;
        if !untouched {
            return findings.skip(&OPEN_CHECKS[2..], "they hang on `store_permissions`");
        }
        findings.add(leftovers(&folder, store))?;
    } else {
        findings.skip(&OPEN_CHECKS[1..3], "this store keeps no files")?;
    }
    let (check, answers) = sessions(store);
    findings.add(check)?;
    if !answers {
        return findings.skip(&OPEN_CHECKS[4..], "it hangs on `sessions`");
    }
    findings.add(round_trip(cx, settings, store, &places))?;
    Ok(())
}

fn chosen(opened: &Opened) -> Check {
    const NAME: &str = "store";
    let kind = opened.store.kind().name();
    let message = format!("{kind}: {}", opened.reason);
    let check = match (&opened.reason, opened.must_keep()) {
        // Whoever asks for none knows that nothing is kept.
        (Reason::Asked(_), _) | (_, Ok(())) => Check::ok(NAME, message),
        (_, Err(_)) => Check::warn(
            NAME,
            format!("{message}; nothing is kept"),
            "set AUTHCTL_STORE_KEY_FILE, AUTHCTL_STORE_KEY or AUTHCTL_STORE_PASSPHRASE, or run \
             where a keychain answers",
        ),
    };
    check
        .with("store", kind)
        .with("store_reason", opened.reason.to_string())
}

/// Whether the keychain can be used, where the store is it or might have been.
fn keychain(opened: &Opened) -> Check {
    const NAME: &str = "keychain";
    match &opened.reason {
        Reason::Asked(StoreKind::Keychain) | Reason::KeychainAnswers => match opened.store.list() {
            Ok(_) => Check::ok(NAME, "it answers"),
            Err(error) => Check::fail(NAME, &error.into()),
        },
        Reason::FileKeyGiven(error) | Reason::NothingElse(error) => {
            Check::skip(NAME, format!("it cannot be used: {error}"))
        }
        Reason::Asked(_) => Check::skip(NAME, "another store was asked for"),
    }
}

/// Looks at who can read the files, without the store's help: that would mend
/// their modes. Says also whether the store may be used without changing any.
fn permissions(folder: &Path, store: &dyn TokenStore) -> (Check, bool) {
    const NAME: &str = "store_permissions";
    let found = std::fs::symlink_metadata(folder);
    if matches!(&found, Err(error) if error.kind() == std::io::ErrorKind::NotFound) {
        let why = format!("{} is made when something is kept", folder.display());
        return (Check::skip(NAME, why), true);
    }
    if found.is_ok_and(|found| found.is_dir())
        && let Some(check) = loose(NAME, folder)
    {
        return (check, false);
    }
    // Links, owners and kinds are the store's own to judge.
    match store.list() {
        Ok(_) => {
            let message = format!("only you can use {}", folder.display());
            (Check::ok(NAME, message), true)
        }
        Err(error) => (Check::fail(NAME, &error.into()), false),
    }
}

/// Returns what is said of the first file or folder that others can use.
fn loose(name: &'static str, folder: &Path) -> Option<Check> {
    let warn = |path: &Path, mode: u32, right: u32| {
        let path = path.display();
        Check::warn(
            name,
            format!("others can look into {path} (mode {mode:03o})"),
            format!("`chmod {right:o} {path}`"),
        )
    };
    match loose_mode(folder) {
        // Who can write to it is refused by the store itself.
        Some(mode) if mode & 0o022 != 0 => return None,
        Some(mode) => return Some(warn(folder, mode, 0o700)),
        None => {}
    }
    let files = std::fs::read_dir(folder).ok()?.flatten();
    files
        .map(|entry| entry.path())
        .filter(|path| path.is_file())
        .find_map(|path| {
            let mode = loose_mode(&path)?;
            // A session that others could read is not read any more.
            if path.extension().is_some_and(|end| end == "session") {
                let why = Unsafe::Open {
                    mode,
                    at_most: 0o600,
                };
                let error = store::Error::Unsafe { path, why };
                return Some(Check::fail(name, &error.into()));
            }
            Some(warn(&path, mode, 0o600))
        })
}

/// Looks for what processes left that were killed while they saved.
fn leftovers(folder: &Path, store: &dyn TokenStore) -> Check {
    const NAME: &str = "store_leftovers";
    // Whoever has the lock removes what a trial left, of this command too.
    if folder.is_dir()
        && let Ok(guard) = store.lock(&trial_key(), Duration::ZERO, &mut |_| ())
    {
        guard.discard();
    }
    let names = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let count = names
        .filter(|entry| entry.file_name().to_string_lossy().starts_with(".tmp-"))
        .count();
    match count {
        0 => Check::ok(NAME, "no temporary file is left"),
        _ => Check::warn(
            NAME,
            format!(
                "{} of saves that were cut short",
                counted(count, "temporary file", "temporary files")
            ),
            format!(
                "the next save of that session removes them; or, while no authctl runs, \
                 `rm {}/.tmp-*`",
                folder.display()
            ),
        ),
    }
    .with("files", count)
}

/// Reads every record; says also whether the store could be searched at all.
fn sessions(store: &dyn TokenStore) -> (Check, bool) {
    const NAME: &str = "sessions";
    let keys = match store.list() {
        Ok(keys) => keys,
        Err(error) => return (Check::fail(NAME, &error.into()), false),
    };
    let people = keys.iter().filter(|key| key.profile().is_some()).count();
    let clients = keys.len() - people;
    let mut bad: Vec<(String, Error)> = Vec::new();
    for key in &keys {
        if let Err(error) = store.load(key) {
            let whose = match key.profile() {
                Some(profile) => format!("the session of profile `{profile}`"),
                None => "a client's token".to_owned(),
            };
            bad.push((whose, error.into()));
        }
    }
    // Files that are nobody's session: the store leaves them out and says so.
    let strays = store.take_notes();
    let shown: Vec<Value> = bad
        .iter()
        .map(|(whose, error)| {
            json!({"record": whose, "error": error.code(), "message": message(error)})
        })
        .chain(strays.iter().map(|note| json!({"message": note})))
        .collect();
    let check = match (bad.into_iter().next(), strays.into_iter().next()) {
        (Some((whose, error)), _) => {
            let count = shown.len();
            let what = match count {
                1 => format!("cannot read {whose}"),
                _ => format!("cannot read {count} records, of them {whose}"),
            };
            Check::fail(NAME, &error.during(what))
        }
        (None, Some(note)) => Check::failed(NAME, ("store_damaged", Exit::Store), note)
            .fix("restore it from a copy, or remove it"),
        (None, None) => Check::ok(
            NAME,
            format!(
                "{} and {}, all readable",
                counted(people, "session", "sessions"),
                counted(clients, "client's token", "clients' tokens")
            ),
        ),
    };
    let check = check
        .with("sessions", people)
        .with("client_tokens", clients)
        .with("unreadable", shown);
    (check, true)
}

/// Keeps a record that is nobody's, reads it back and removes it, under its
/// lock; what was not there before is not there afterwards.
fn round_trip(cx: &Context, settings: &Settings, store: &dyn TokenStore, places: &Places) -> Check {
    const NAME: &str = "store_round_trip";
    let missing = missing_folders(places);
    let tried = try_round(cx, settings, store);
    for folder in missing {
        // Fails, as it should, for one that holds something by now.
        let _ = std::fs::remove_dir(folder);
    }
    match tried {
        Ok(true) => Check::ok(NAME, "a record was kept, read back and removed"),
        Ok(false) => Check::failed(
            NAME,
            ("store_differs", Exit::Store),
            "a record did not come back as it was kept",
        )
        .fix("choose another store with `--store`"),
        Err(error) => Check::fail(NAME, &error).or_fix("choose another store with `--store`"),
    }
}

/// Returns a key that is nobody's: no issuer is called so.
fn trial_key() -> Key {
    Key::client(&ClientKey {
        issuer: "authctl doctor",
        ..ClientKey::default()
    })
}

fn try_round(cx: &Context, settings: &Settings, store: &dyn TokenStore) -> Result<bool, Error> {
    let key = trial_key();
    let guard = store.lock(&key, cx.timeout(settings)?, &mut |_| ())?;
    let mut record = Record::new("authctl doctor", "probe", cx.now());
    record.refresh_token = Some(Secret::new("x".repeat(PROBE_LENGTH)));
    let kept = store
        .check_writable()
        .and_then(|()| store.save(&key, &record));
    let found = kept.and_then(|()| store.load(&key));
    let removed = store.remove(&key);
    guard.discard();
    let same = found?.is_some_and(|found| *found.to_json() == *record.to_json());
    removed?;
    Ok(same)
}

/// Returns the folders of sessions and locks, and those above them, that are
/// not there yet, the innermost first.
fn missing_folders(places: &Places) -> Vec<PathBuf> {
    let folders = [
        places.sessions_dir(),
        places.lock_dir.clone(),
        places.data_dir.join("locks"),
    ];
    let above = folders.iter().flat_map(|folder| folder.ancestors());
    let mut missing: Vec<PathBuf> = above
        .filter(|folder| folder.symlink_metadata().is_err())
        .map(Path::to_owned)
        .collect();
    missing.sort_by_key(|folder| std::cmp::Reverse(folder.components().count()));
    missing
}

/// About as much as a session of three tokens takes.
const PROBE_LENGTH: usize = 4096;
