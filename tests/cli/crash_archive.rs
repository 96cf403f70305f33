//! A kill at system calls all over an import, and all over an export that
//! removes what it took: no session and no setting is lost or half there.
//!
//! What was tried is printed: `cargo test --test cli crash -- --nocapture`.

use std::collections::BTreeMap;

use authctl::core::secret::Secret;
use authctl::core::store::{Archive, Key, Record};
use authctl::core::time::Timestamp;

use crate::harness::{Call, Home};
use crate::killer::{Run, Sweep, is_exact};
use crate::observed::{change_kept, kept, store_of};

/// The session of the profile `default` and its settings.
const ARCHIVE: &[u8] = include_bytes!("../vectors/archive/first.authexp");
const PASSPHRASE: &str = "correct horse";

/// What is there of a profile: its session and the configuration.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Profile {
    session: Option<String>,
    config: Option<String>,
}

impl Profile {
    fn in_home(home: &Home) -> Self {
        let json = |record: Record| record.to_json().to_vec();
        let text = |octets| String::from_utf8(octets).expect("JSON");
        Self {
            session: kept(home, "default").map(json).map(text),
            config: std::fs::read_to_string(home.config()).ok(),
        }
    }

    fn put_into(&self, home: &Home) {
        if let Some(session) = &self.session {
            let record = Record::from_json(session.as_bytes());
            let record = record.expect("a session");
            let store = store_of(home).store;
            store
                .save(&Key::session("default"), &record)
                .expect("to save");
        }
        if let Some(config) = &self.config {
            home.write(".config/authctl/config.toml", config);
        }
    }
}

fn import(home: &Home) -> Call {
    home.write("archive", ARCHIVE);
    home.authctl(["profile", "import", "archive"])
        .args(["--passphrase", "env:ARCHIVE"])
        .env("ARCHIVE", PASSPHRASE)
}

/// Kills an import into a home with this profile at its first system call, at
/// one some calls later and so on. After each, session and settings are the
/// old or the new ones. Returns how often which were found.
fn sweep(before: &Profile, after: &Profile) -> BTreeMap<&'static str, u32> {
    let mut found = BTreeMap::new();
    let mut sweep = Sweep::every(3);
    loop {
        let home = Home::new();
        before.put_into(&home);
        let nth = match sweep.kill(import(&home)) {
            Run::Killed(nth) => nth,
            Run::Ended => continue,
            Run::Over => return found,
        };
        let left = Profile::in_home(&home);
        let is_session_alone = left.session == after.session && left.config == before.config;
        let state = match &left {
            left if left == before => "old",
            left if left == after => "new",
            _ if is_session_alone => "session new, settings old",
            torn => panic!("system call {nth}: {torn:?}"),
        };
        *found.entry(state).or_default() += 1;
        import(&home).run().succeeds();
        assert_eq!(Profile::in_home(&home), *after, "system call {nth}");
        assert_eq!(leftovers(&home), [""; 0], "system call {nth}");
    }
}

/// S7: a session that is moved into an archive is in the store or in the
/// archive, whole.
#[test]
fn s7_a_kill_in_an_export_that_removes_loses_nothing() {
    let home = Home::new();
    import(&home).run().succeeds();
    let before = Profile::in_home(&home);
    let session = before.session.as_ref().expect("a session");
    let mut found = BTreeMap::new();
    let mut sweep = Sweep::every(7);
    loop {
        let home = Home::new();
        before.put_into(&home);
        let export = home
            .authctl(["profile", "export", "-q", "--remove", "--out", "moved"])
            .args(["--passphrase", "env:ARCHIVE"])
            .env("ARCHIVE", PASSPHRASE);
        let nth = match sweep.kill(export) {
            Run::Killed(nth) => nth,
            Run::Ended => continue,
            Run::Over => break,
        };
        let archive = std::fs::read(home.path().join("moved")).ok();
        let archived = archive.map(|octets| {
            let opened = Archive::open(&Secret::new(PASSPHRASE), &octets);
            let [archived] = &opened.expect("a whole archive").sessions[..] else {
                panic!("system call {nth}: not one session");
            };
            archived.record.to_json().to_vec()
        });
        let kept = Profile::in_home(&home).session;
        for whole in kept.iter().map(String::as_bytes).chain(archived.as_deref()) {
            assert_eq!(whole, session.as_bytes(), "system call {nth}");
        }
        let state = match (kept.is_some(), archived.is_some()) {
            (true, false) => "store",
            (true, true) => "both",
            (false, true) => "archive",
            (false, false) => panic!("system call {nth}: lost"),
        };
        *found.entry(state).or_insert(0) += 1;
    }
    println!(
        "kills at every seventh system call of an export (exact: {}): {found:?}; lost: 0",
        is_exact()
    );
    assert!(!is_exact() || found.contains_key("store") && found.contains_key("both"));
}

/// What killed processes wrote and did not put into its place.
fn leftovers(home: &Home) -> Vec<String> {
    let folders = [home.sessions(), home.path().join(".config/authctl")];
    let files = folders
        .iter()
        .flat_map(|folder| std::fs::read_dir(folder).expect("a folder"))
        .map(|entry| entry.expect("an entry").file_name());
    files
        .map(|name| name.to_string_lossy().into_owned())
        .filter(|name| name.contains(".tmp-"))
        .collect()
}

/// S7.
#[test]
fn s7_a_kill_in_an_import_loses_nothing() {
    let nothing = Profile {
        session: None,
        config: None,
    };
    let home = Home::new();
    import(&home).run().succeeds();
    let after = Profile::in_home(&home);
    // An earlier state of the same sign-in, which the import replaces.
    change_kept(&home, "default", |record| {
        record.updated_at = Timestamp(record.updated_at.0 - 60);
    });
    let earlier = Profile::in_home(&home);
    assert_ne!(earlier, after);

    let into_nothing = sweep(&nothing, &after);
    let into_earlier = sweep(&earlier, &after);
    println!(
        "kills at every third system call (exact: {}): into nothing {into_nothing:?}, \
         into an earlier state {into_earlier:?}; lost: 0",
        is_exact()
    );
    if is_exact() {
        let states: Vec<_> = into_nothing.keys().copied().collect();
        assert_eq!(states, ["new", "old", "session new, settings old"]);
        assert!(into_earlier.contains_key("old"));
    }
}
