//! The embedded server with a witness, and a look into the store.

use std::sync::{Arc, Mutex};

use authctl::core::jose::Algorithm;
use authctl::core::store::{self, Choice, FileKey, Key, Opened, Places, Record};
use authctl::core::time::Timestamp;
use authctl::server::{Options, Running};

use crate::harness::{self, Home, STORE_KEY};

/// The embedded server, and the requests that it answered.
pub struct Observed {
    running: Option<Running>,
    issuer: String,
    seen: Arc<Mutex<Vec<String>>>,
}

/// Starts one on ES256, whose key is made in no time.
pub fn observed() -> Observed {
    observed_with(|_| {})
}

/// As [`observed`], after `change` of its options.
pub fn observed_with(change: impl FnOnce(&mut Options)) -> Observed {
    let seen = Arc::new(Mutex::new(Vec::new()));
    let witness = Arc::clone(&seen);
    let running = harness::server_with(|options| {
        options.config.algorithm = Algorithm::ES256;
        options.observer = Some(Arc::new(move |exchange| {
            let line = format!("{} {} {}", exchange.method, exchange.path, exchange.status);
            witness.lock().expect("the requests").push(line);
        }));
        change(options);
    });
    Observed {
        issuer: running.ready().issuer.clone(),
        running: Some(running),
        seen,
    }
}

impl Observed {
    /// Returns the issuer.
    pub fn issuer(&self) -> &str {
        &self.issuer
    }

    /// Returns how often this was answered so: `POST /token 200`.
    pub fn count(&self, what: &str) -> usize {
        let seen = self.seen.lock().expect("the requests");
        seen.iter().filter(|line| *line == what).count()
    }

    /// Forgets what was seen.
    pub fn forget(&self) {
        self.seen.lock().expect("the requests").clear();
    }

    /// Returns how many requests came.
    pub fn requests(&self) -> usize {
        self.seen.lock().expect("the requests").len()
    }

    /// Expects that it does not take this access token any more.
    #[track_caller]
    pub fn has_ended(&self, token: &str) {
        let error = Home::new()
            .authctl(["introspect", "-", "--json", "--client-id", "service"])
            .args(["--issuer", self.issuer()])
            .env("AUTHCTL_CLIENT_SECRET", "service-secret")
            .stdin(token)
            .run()
            .fails_json(3);
        assert_eq!(error["error"], "token_not_active");
    }

    /// Stops answering.
    pub fn stop(&mut self) {
        if let Some(running) = self.running.take() {
            running.stop();
        }
    }
}

/// Opens the store of a home, as the binary does.
pub fn store_of(home: &Home) -> Opened {
    let places = Places::new(home.path().join(".local/share/authctl"));
    let key = FileKey::parse(STORE_KEY.as_bytes()).expect("a key");
    store::open(Choice::File, &places, || Ok::<_, store::Error>(Some(key))).expect("a store")
}

/// Returns what is kept of a profile.
pub fn kept(home: &Home, profile: &str) -> Option<Record> {
    let store = store_of(home).store;
    store
        .load(&Key::session(profile))
        .expect("a readable store")
}

/// Changes what is kept of a profile.
pub fn change_kept(home: &Home, profile: &str, change: impl FnOnce(&mut Record)) {
    let store = store_of(home).store;
    let key = Key::session(profile);
    let mut record = kept(home, profile).expect("a session");
    change(&mut record);
    store.save(&key, &record).expect("to save");
}

/// Lets the access tokens of a profile have expired a minute ago.
pub fn expire(home: &Home, profile: &str) {
    change_kept(home, profile, |record| {
        for token in &mut record.tokens {
            token.expires_at = Some(Timestamp(now() - 60));
        }
    });
}

/// Lets the access tokens of a profile expire in so many seconds.
pub fn expire_in(home: &Home, profile: &str, seconds: i64) {
    change_kept(home, profile, |record| {
        for token in &mut record.tokens {
            token.expires_at = Some(Timestamp(now() + seconds));
        }
    });
}

fn now() -> i64 {
    let since = std::time::UNIX_EPOCH.elapsed().expect("after 1970");
    i64::try_from(since.as_secs()).expect("before the end of time")
}
