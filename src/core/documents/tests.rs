//! Tests of what is fetched, kept and fetched again.

use std::cell::{Cell, RefCell};
use std::fs;

use serde_json::{Map, json};

use super::*;
use crate::core::jose::{Algorithm, SigningKey, jws, jwt};

const ISSUER: &str = "https://as.example/t";
const OIDC: &str = "https://as.example/t/.well-known/openid-configuration";
const OAUTH: &str = "https://as.example/.well-known/oauth-authorization-server/t";
const JWKS: &str = "https://as.example/jwks";

/// A clock that is set by hand and never waits.
struct FakeClock(Cell<i64>);

impl Clock for FakeClock {
    fn now(&self) -> Timestamp {
        Timestamp(self.0.get())
    }
    fn sleep(&self, _: Duration) {}
}

/// A server of fixed answers that counts the requests.
#[derive(Default)]
struct FakeServer {
    answers: RefCell<Vec<(String, Result<Response, http::Error>)>>,
    requests: RefCell<Vec<String>>,
}

impl FakeServer {
    fn set(&self, url: &str, answer: Result<Response, http::Error>) {
        let mut answers = self.answers.borrow_mut();
        answers.retain(|(own, _)| own != url);
        answers.push((url.to_owned(), answer));
    }

    /// Returns what was asked for since the last time.
    fn requests(&self) -> Vec<String> {
        self.requests.take()
    }
}

impl Transport for FakeServer {
    fn send(&self, request: &Request) -> Result<Response, http::Error> {
        let url = request.url.as_str();
        self.requests.borrow_mut().push(url.to_owned());
        let answers = self.answers.borrow();
        let answer = answers.iter().find(|(own, _)| own == url);
        answer.map_or_else(|| Ok(response(404, &[], "")), |(_, answer)| answer.clone())
    }
}

struct World {
    server: FakeServer,
    clock: FakeClock,
    dir: tempfile::TempDir,
}

impl World {
    fn new() -> Self {
        Self {
            server: FakeServer::default(),
            clock: FakeClock(Cell::new(1_000_000)),
            dir: tempfile::tempdir().expect("a folder"),
        }
    }

    fn cache_dir(&self) -> PathBuf {
        self.dir.path().join("cache")
    }

    fn documents(&self) -> Documents<'_> {
        Documents::new(
            &self.server,
            &self.clock,
            Some(self.cache_dir()),
            Duration::from_secs(30),
        )
    }

    fn pass(&self, seconds: i64) {
        self.clock.0.set(self.clock.0.get() + seconds);
    }

    /// Serves the keys with a `Cache-Control`.
    fn serve_keys(&self, keys: &[&SigningKey], control: &str) {
        let keys: Vec<_> = keys.iter().map(|key| key.public_jwk()).collect();
        let body = json!({ "keys": keys }).to_string();
        let headers = [("cache-control", control)];
        self.server.set(JWKS, Ok(response(200, &headers, &body)));
    }

    fn jwks(&self, freshness: Freshness) -> Result<Loaded<JwkSet>, CoreError> {
        self.documents().jwks(&url(JWKS), freshness)
    }

    /// Verifies a token signed by `key`; returns the origin of the keys, or
    /// the error's exit code.
    fn verify(&self, key: &SigningKey) -> Result<Origin, Exit> {
        let payload = json!({ "exp": 9_999_999 }).to_string();
        let token = jws::sign(key, Map::new(), payload.as_bytes()).expect("a token");
        self.documents()
            .with_keys(&url(JWKS), Freshness::Cached, |keys| {
                let rules = jwt::Rules::default();
                jwt::verify(token.expose(), keys, &rules, self.clock.now())
            })
            .map(|loaded| loaded.origin)
            .map_err(|error| error.exit())
    }

    fn files(&self) -> Vec<PathBuf> {
        fs::read_dir(self.cache_dir())
            .map(|entries| entries.flatten().map(|entry| entry.path()).collect())
            .unwrap_or_default()
    }
}

fn url(text: &str) -> HttpsUrl {
    text.parse().expect("a URL")
}

fn key() -> SigningKey {
    SigningKey::generate(Algorithm::EdDSA, None).expect("a key")
}

fn response(status: u16, headers: &[(&str, &str)], body: &str) -> Response {
    Response {
        status,
        headers: headers
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect(),
        body: body.as_bytes().to_vec().into(),
    }
}

fn down() -> Result<Response, http::Error> {
    Err(http::Error::Unreachable {
        host: "as.example".into(),
        why: http::Cause::Refused,
    })
}

fn metadata(headers: &[(&str, &str)]) -> Result<Response, http::Error> {
    let body = json!({ "issuer": ISSUER, "jwks_uri": JWKS }).to_string();
    Ok(response(200, headers, &body))
}

#[test]
fn metadata_is_found_at_either_address() {
    let world = World::new();
    let load = || world.documents().metadata(&url(ISSUER), Freshness::Fetch);
    world.server.set(OIDC, metadata(&[]));
    assert_eq!(
        load().map(|loaded| loaded.origin).expect("found"),
        Origin::Server
    );
    assert_eq!(world.server.requests(), [OIDC]);

    for (status, body) in [
        (404, ""),
        (404, r#"{"error":"not_found"}"#),
        (200, "<html>a page for everything</html>"),
        (400, ""),
    ] {
        world.server.set(OIDC, Ok(response(status, &[], body)));
        world.server.set(OAUTH, metadata(&[]));
        assert!(load().is_ok(), "{status} {body}");
        assert_eq!(world.server.requests(), [OIDC, OAUTH]);
    }

    world.server.set(OIDC, Ok(response(404, &[], "")));
    world.server.set(OAUTH, Ok(response(404, &[], "")));
    let error = load().expect_err("nowhere");
    assert_eq!(error.exit(), Exit::Unreachable);
    assert_eq!(
        error.to_string(),
        "the answer of as.example to the metadata request makes no sense: \
         HTTP 404, at both well-known addresses"
    );
}

/// C7: a document of another issuer is not passed over.
#[test]
fn metadata_that_must_not_be_trusted_is_refused_at_once_and_not_kept() {
    let world = World::new();
    let headers = [("cache-control", "max-age=600")];
    for (body, code) in [
        (json!({"issuer": "https://evil.example"}), "issuer_mismatch"),
        (
            json!({"issuer": ISSUER, "token_endpoint": "http://as.example/token"}),
            "insecure_endpoint",
        ),
    ] {
        let answer = Ok(response(200, &headers, &body.to_string()));
        world.server.set(OIDC, answer);
        let documents = world.documents();
        let error = documents
            .metadata(&url(ISSUER), Freshness::Cached)
            .expect_err("refused");
        assert_eq!((error.code(), error.exit()), (code, Exit::Refused));
        assert_eq!(world.server.requests(), [OIDC]);
        assert!(world.files().is_empty());
    }
}

#[test]
fn metadata_is_kept_only_for_as_long_as_the_server_says() {
    let world = World::new();
    let load = |freshness| {
        let loaded = world.documents().metadata(&url(ISSUER), freshness);
        loaded.expect("metadata").origin
    };
    world.server.set(OIDC, metadata(&[]));
    assert_eq!(load(Freshness::Cached), Origin::Server);
    assert_eq!(
        load(Freshness::Cached),
        Origin::Server,
        "nothing said, nothing kept"
    );

    world
        .server
        .set(OIDC, metadata(&[("cache-control", "public, max-age=60")]));
    assert_eq!(load(Freshness::Cached), Origin::Server);
    world.pass(59);
    assert_eq!(load(Freshness::Cached), Origin::Cache);
    assert_eq!(load(Freshness::Fetch), Origin::Server, "asked for");
    world.pass(60);
    assert_eq!(load(Freshness::Cached), Origin::Server, "60 s are over");
    // An issuer that differs by a slash has the same addresses, not the same
    // copy.
    let other = url("https://as.example/t/");
    let error = world
        .documents()
        .metadata(&other, Freshness::Cached)
        .expect_err("another");
    assert_eq!(error.code(), "issuer_mismatch");
}

#[test]
fn keys_hold_for_as_long_as_the_server_says() {
    for (control, age, last_fresh) in [
        ("", "0", 299),
        ("max-age=60", "0", 59),
        ("max-age=60", "20", 39),
        ("max-age=\"60\", must-revalidate", "0", 59),
        ("max-age=999999999", "0", 86_399),
        ("max-age=rubbish", "0", 299),
        ("MAX-AGE=60", "0", 59),
    ] {
        let world = World::new();
        let body = r#"{"keys":[]}"#;
        let headers = [("cache-control", control), ("age", age)];
        world.server.set(JWKS, Ok(response(200, &headers, body)));
        let origin = || world.jwks(Freshness::Cached).expect("keys").origin;
        assert_eq!(origin(), Origin::Server);
        world.pass(last_fresh);
        assert_eq!(origin(), Origin::Cache, "{control}");
        world.pass(1);
        assert_eq!(origin(), Origin::Server, "{control}");
    }
    for control in [
        "max-age=0",
        "no-cache",
        "max-age=60, no-cache",
        "no-store, max-age=60",
    ] {
        let world = World::new();
        world.serve_keys(&[], control);
        let origin = || world.jwks(Freshness::Cached).expect("keys").origin;
        assert_eq!(
            (origin(), origin()),
            (Origin::Server, Origin::Server),
            "{control}"
        );
        let kept = usize::from(!control.contains("no-store"));
        assert_eq!(world.files().len(), kept, "{control}");
    }
}

/// J49: one refetch for a new kid, then none for half a minute.
#[test]
fn an_unknown_kid_is_looked_up_once() {
    let world = World::new();
    let (old, new, never) = (key(), key(), key());
    world.serve_keys(&[&old], "max-age=600");
    assert_eq!(world.verify(&old), Ok(Origin::Server));
    assert_eq!(world.verify(&old), Ok(Origin::Cache));
    assert_eq!(world.server.requests(), [JWKS]);

    world.serve_keys(&[&old, &new], "max-age=600");
    assert_eq!(world.verify(&new), Ok(Origin::Server), "rotated");
    assert_eq!(world.server.requests(), [JWKS]);
    assert_eq!(world.verify(&new), Ok(Origin::Cache));

    world.pass(29);
    assert_eq!(world.verify(&never), Err(Exit::BadToken));
    assert!(world.server.requests().is_empty(), "still cooling down");
    world.pass(1);
    assert_eq!(world.verify(&never), Err(Exit::BadToken));
    assert_eq!(world.server.requests(), [JWKS], "30 s are over");
    assert_eq!(world.verify(&never), Err(Exit::BadToken));
    assert!(world.server.requests().is_empty());
}

#[test]
fn other_failures_fetch_nothing() {
    let world = World::new();
    let (old, never) = (key(), key());
    world.serve_keys(&[&old], "max-age=600");
    assert_eq!(world.verify(&old), Ok(Origin::Server));
    world.server.requests();
    // Expired as well as unknown: no key can make it good.
    let token = jws::sign(&never, Map::new(), br#"{"exp":1}"#).expect("a token");
    let result = world
        .documents()
        .with_keys(&url(JWKS), Freshness::Cached, |keys| {
            let rules = jwt::Rules::default();
            jwt::verify(token.expose(), keys, &rules, world.clock.now())
        });
    assert_eq!(result.expect_err("refused").exit(), Exit::BadToken);
    assert!(world.server.requests().is_empty());
}

#[test]
fn keys_that_were_just_fetched_are_not_fetched_again() {
    let world = World::new();
    world.serve_keys(&[], "max-age=600");
    assert_eq!(world.verify(&key()), Err(Exit::BadToken));
    assert_eq!(world.server.requests(), [JWKS]);
}

/// J50: the server down, the copy fresh, stale, absent.
#[test]
fn a_stale_copy_serves_only_when_allowed_and_says_so() {
    let world = World::new();
    world.serve_keys(&[&key()], "max-age=600");
    world.jwks(Freshness::Cached).expect("keys");
    world.server.set(JWKS, down());
    let exit = |freshness| world.jwks(freshness).expect_err("down").exit();

    assert_eq!(
        world.jwks(Freshness::Cached).expect("fresh").origin,
        Origin::Cache
    );
    assert_eq!(exit(Freshness::Fetch), Exit::Unreachable);
    world.pass(7_200);
    assert_eq!(exit(Freshness::Cached), Exit::Unreachable);
    let stale = world.jwks(Freshness::CachedOrStale).expect("stale");
    assert_eq!(stale.document.keys().len(), 1);
    assert_eq!(
        stale.origin.to_string(),
        "cannot reach as.example: connection refused; using the copy of 2 h ago, \
         which no longer holds"
    );
    // What must not be trusted is no reason to fall back on anything.
    let redirect = http::Error::Redirect {
        host: "as.example".into(),
        status: 302,
    };
    world.server.set(JWKS, Err(redirect));
    assert_eq!(exit(Freshness::CachedOrStale), Exit::Refused);

    for path in world.files() {
        fs::remove_file(path).expect("removed");
    }
    world.server.set(JWKS, down());
    assert_eq!(exit(Freshness::CachedOrStale), Exit::Unreachable);
}

#[test]
fn a_copy_that_is_not_whole_is_ignored() {
    let world = World::new();
    world.serve_keys(&[&key()], "max-age=600");
    world.jwks(Freshness::Cached).expect("keys");
    let path = world.files().remove(0);
    let good = fs::read_to_string(&path).expect("a copy");
    for text in [
        "",
        "{",
        "null",
        &good[..good.len() / 2],
        &good.replace(
            "\"url\":\"https://as.example",
            "\"url\":\"https://evil.example",
        ),
        &good.replace("\"body\":\"{", "\"body\":\"["),
        &good.replace("1000000", "9000000"),
        &good.replace("1000000", "\"x\""),
    ] {
        fs::write(&path, text).expect("written");
        let loaded = world.jwks(Freshness::CachedOrStale).expect("keys");
        assert_eq!(loaded.origin, Origin::Server, "{text}");
    }
    assert_eq!(
        fs::read_to_string(&path).expect("a copy"),
        good,
        "it was written again"
    );
}

#[cfg(unix)]
#[test]
fn a_copy_that_others_could_have_written_is_ignored() {
    use std::os::unix::fs::{PermissionsExt as _, symlink};
    let mode =
        |path: &std::path::Path| fs::metadata(path).expect("there").permissions().mode() & 0o777;
    let world = World::new();
    world.serve_keys(&[&key()], "max-age=600");
    world.jwks(Freshness::Cached).expect("keys");
    let path = world.files().remove(0);
    assert_eq!((mode(&path), mode(&world.cache_dir())), (0o600, 0o700));

    for loose in [0o620, 0o602] {
        fs::set_permissions(&path, fs::Permissions::from_mode(loose)).expect("set");
        let loaded = world.jwks(Freshness::Cached).expect("keys");
        assert_eq!(loaded.origin, Origin::Server, "{loose:o}");
        assert_eq!(mode(&path), 0o600, "written anew");
    }

    let elsewhere = world.dir.path().join("elsewhere");
    fs::rename(&path, &elsewhere).expect("moved");
    symlink(&elsewhere, &path).expect("linked");
    assert_eq!(
        world.jwks(Freshness::Cached).expect("keys").origin,
        Origin::Server
    );
    assert!(
        !fs::symlink_metadata(&path).expect("there").is_symlink(),
        "replaced"
    );
}

#[test]
fn without_a_folder_nothing_is_kept() {
    let world = World::new();
    world.serve_keys(&[], "max-age=600");
    let documents = Documents::new(&world.server, &world.clock, None, Duration::from_secs(30));
    for _ in 0..2 {
        let loaded = documents.jwks(&url(JWKS), Freshness::Cached).expect("keys");
        assert_eq!(loaded.origin, Origin::Server);
    }
    // A folder that cannot be made costs a request, never the command.
    let file = world.dir.path().join("file");
    fs::write(&file, "").expect("written");
    let blocked = Some(file.join("cache"));
    let documents = Documents::new(
        &world.server,
        &world.clock,
        blocked,
        Duration::from_secs(30),
    );
    assert!(documents.jwks(&url(JWKS), Freshness::Cached).is_ok());
}
