//! `status` with ten profiles: what looking into a whole store costs.

use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use crate::fixture::Fixture;
use crate::process::{Program, Time, medians};
use crate::report::{Bound, Bounds, Report};

/// As many as a person has who works for several customers.
const PROFILES: usize = 10;

/// What a person does not feel.
const AT_ONCE: Duration = Duration::from_millis(50);

/// Measures both rows, by the clock on the wall: that is what a person waits.
pub fn measure(fixture: &Fixture, report: &mut Report, rounds: usize) {
    if report.wants("status-10") {
        let store = Store::new(fixture, "by-key", |home| {
            let key = home.join("store.key");
            fs::write(&key, [7; 32]).expect("a key file");
            private(&key);
            ("AUTHCTL_STORE_KEY_FILE", key.display().to_string())
        });
        let status = store.authctl("status");
        let version = fixture.authctl("--version");
        let clap_only = fixture.clap_only("status");
        let times = medians(&[&status, &version, &clap_only], rounds, Time::Wall);
        let at_once = Bounds::must(Bound::AtMost(AT_ONCE));
        report.compare("status-10", times[0], "--version", times[1], at_once);
        report.compare("status-10", times[0], "clap-only", times[2], at_once);
    }
    if report.wants("status-phrase") {
        let store = Store::new(fixture, "by-passphrase", |_| {
            ("AUTHCTL_STORE_PASSPHRASE", "correct horse".to_owned())
        });
        // One derivation, for one session and for ten.
        let status = store.authctl("status");
        let token = store.authctl("token -p p0 --min-ttl 0s");
        let times = medians(&[&status, &token], rounds.min(20), Time::Wall);
        let as_one = Bounds::must(Bound::Times(1.3));
        report.compare("status-phrase", times[0], "token", times[1], as_one);
    }
}

/// A home of its own with a session for each profile.
struct Store<'a> {
    fixture: &'a Fixture,
    home: PathBuf,
    key: (&'static str, String),
}

impl<'a> Store<'a> {
    fn new(
        fixture: &'a Fixture,
        name: &str,
        key: impl FnOnce(&PathBuf) -> (&'static str, String),
    ) -> Self {
        let home = fixture.home().join(name);
        fs::create_dir(&home).expect("a home");
        let key = key(&home);
        let store = Self { fixture, home, key };
        let issuer = fixture.server().issuer();
        for number in 0..PROFILES {
            store
                .authctl(&format!(
                    "login -p p{number} --issuer {issuer} --client-id authctl --username alice \
                     --scope openid,offline_access"
                ))
                .variable("AUTHCTL_PASSWORD", "wonderland")
                .check();
        }
        store
    }

    fn authctl(&self, line: &str) -> Program {
        let home = self.home.display().to_string();
        self.fixture
            .authctl(line)
            .variable("HOME", &home)
            // Empty is unset.
            .variable("AUTHCTL_STORE_KEY", "")
            .variable(self.key.0, &self.key.1)
    }
}

fn private(path: &PathBuf) {
    let mode = std::os::unix::fs::PermissionsExt::from_mode(0o600);
    fs::set_permissions(path, mode).expect("to make it private");
}
