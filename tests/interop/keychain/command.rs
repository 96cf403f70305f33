//! `authctl` from outside, in each state of the keychain.

use std::sync::Mutex;

use super::missing::{Silence, silent_bus};
use super::prompter::{Manners, Prompter};
use super::*;
use crate::fake::{Fake, bearer, json};
use crate::harness::STORE_KEY;

#[test]
fn ten_refreshes_change_one_item() {
    session("command-refreshes", "gnome");
}

/// Between the server's rotation and our save: not silently, and with what to
/// do.
#[test]
fn a_collection_deleted_in_a_refresh_is_said() {
    session("command-deleted", "gnome");
}

/// S15.
#[test]
fn a_locked_keychain_is_exit_7() {
    session("command-locked", "gnome");
}

/// S15: also by what reads every session that is kept.
#[test]
fn a_prompt_that_nobody_answers_is_waited_for_once() {
    session("command-unanswered", "gnome");
}

/// S15.
#[test]
fn without_a_keychain_the_store_asked_for_decides() {
    session("command-absent", "none");
    on_bus("command-absent", "disabled:");
}

/// S15.
#[test]
fn a_silent_bus_delays_no_command_beyond_three_seconds() {
    std::thread::scope(|scope| {
        for silence in [Silence::Unaccepted, Silence::Accepted, Silence::SignedIn] {
            scope.spawn(move || {
                let dir = tempfile::tempdir().unwrap();
                on_bus("command-silent", &silent_bus(dir.path(), silence));
            });
        }
    });
}

pub fn refreshes(dir: &Path) {
    let server = rotating(|_| {});
    sign_in(dir, &server);
    let before = item_paths();
    assert_eq!(before.len(), 1);
    for _ in 0..10 {
        succeeds(authctl(dir).arg("refresh"));
        assert_eq!(item_paths(), before);
    }
    // Each refresh token was sent once, in the order in which they came.
    let spent: Vec<String> = server
        .seen()
        .iter()
        .filter_map(|seen| spent(&seen.body))
        .collect();
    let expected: Vec<String> = (0..10).map(|n| format!("refresh-{n}")).collect();
    assert_eq!(spent, expected);
}

pub fn deleted_in_a_refresh(dir: &Path) {
    let server = rotating(|refresh| {
        if refresh == 1 {
            delete_the_collection();
        }
    });
    sign_in(dir, &server);
    let error = fails(authctl(dir).args(["refresh", "--json"]), 7);
    assert_eq!(error["error"], "keychain_no_collection", "{error}");
    let hint = error["hint"].as_str().unwrap();
    assert!(hint.contains("authctl login"), "{hint}");
    // The session went with the collection, and that is not hidden either.
    let error = fails(authctl(dir).args(["token", "--json"]), 4);
    assert_eq!(error["error"], "no_session", "{error}");
    // Nothing is spent on a keychain that can keep nothing.
    let before = server.count("POST /token");
    let error = fails(login(dir, &server).arg("--json"), 7);
    assert_eq!(error["error"], "keychain_no_collection", "{error}");
    assert_eq!(server.count("POST /token"), before);
}

pub fn locked(dir: &Path) {
    let server = rotating(|_| {});
    sign_in(dir, &server);
    lock_the_keyring();
    for choice in ["keychain", "auto"] {
        for command in ["token", "refresh", "whoami"] {
            let error = fails(authctl(dir).args([command, "--json", "--store", choice]), 7);
            assert_eq!(error["error"], "keychain_prompt_dismissed", "{error}");
        }
    }
    assert_eq!(server.count("POST /token"), 1, "the sign-in alone");
}

pub fn unanswered(dir: &Path) {
    let prompter = Prompter::start(Manners::Ignores);
    let store = store(dir);
    for profile in ["one", "two", "three", "four"] {
        store
            .save(&Key::session(profile), &record(profile, 0))
            .unwrap();
    }
    lock_the_keyring();
    for command in ["status", "doctor"] {
        let started = Instant::now();
        let output = authctl(dir).arg(command).output().unwrap();
        let took = started.elapsed();
        assert_eq!(output.status.code(), Some(7), "{output:?}");
        assert!(took < BOUND, "{command}: {took:?}");
    }
    assert!(prompter.prompts() > 0);
}

pub fn absent(dir: &Path) {
    let server = rotating(|_| {});
    let code = fails(login(dir, &server).arg("--json"), 7)["error"].clone();
    assert!(
        code == "keychain_no_service" || code == "keychain_no_bus",
        "{code}"
    );
    // `auto` has nowhere to keep a session, and says why.
    let error = fails(login(dir, &server).args(["--json", "--store", "auto"]), 7);
    assert_eq!(error["error"], "store_none", "{error}");
    assert!(
        error["hint"].as_str().unwrap().contains("keychain"),
        "{error}"
    );
    assert_eq!(server.count("POST /token"), 0, "nothing was spent");
    with_files(dir, &server);
}

pub fn silent(dir: &Path) {
    let server = rotating(|_| {});
    for choice in ["keychain", "auto"] {
        for command in ["token", "refresh"] {
            let mut call = authctl(dir);
            call.args([command, "--json", "--store", choice]).args([
                "--issuer",
                &server.issuer(),
                "--client-id",
                "authctl",
            ]);
            let error = fails(&mut call, 7);
            assert_eq!(error["error"], "keychain_no_answer", "{error}");
            assert!(error["hint"].as_str().unwrap().contains("--store file"));
        }
    }
    let started = Instant::now();
    with_files(dir, &server);
    // Three commands, each of which asks the keychain first.
    assert!(started.elapsed() < 3 * BOUND, "{:?}", started.elapsed());
}

/// With a key, `auto` keeps sessions in files, and remembers that at sign-in.
fn with_files(dir: &Path, server: &Fake) {
    let mut call = login(dir, server);
    succeeds(
        call.args(["--store", "auto"])
            .env("AUTHCTL_STORE_KEY", STORE_KEY),
    );
    for n in 1..3 {
        let mut call = authctl(dir);
        call.args(["token", "--force-refresh", "--store", "auto"])
            .env("AUTHCTL_STORE_KEY", STORE_KEY);
        assert_eq!(succeeds(&mut call).trim(), format!("access-{n}"));
    }
}

/// A server that gives another refresh token each time; `at_refresh` is called
/// with its number before the answer.
pub fn rotating(at_refresh: impl Fn(usize) + Send + Sync + 'static) -> Fake {
    let issued = Mutex::new(0);
    Fake::new(move |request| {
        let host = &request.host;
        if request.what != "POST /token" {
            return json(
                200,
                &format!(
                    r#"{{"issuer":"http://{host}","token_endpoint":"http://{host}/token","grant_types_supported":["password","refresh_token"]}}"#
                ),
            );
        }
        let mut issued = issued.lock().unwrap();
        if *issued > 0 {
            if spent(&request.body) != Some(format!("refresh-{}", *issued - 1)) {
                return json(400, r#"{"error":"invalid_grant"}"#);
            }
            at_refresh(*issued);
        }
        let answer = bearer(&format!("access-{issued}"), &format!("refresh-{issued}"));
        *issued += 1;
        answer
    })
}

/// The refresh token of a request.
fn spent(body: &str) -> Option<String> {
    body.split('&')
        .find_map(|pair| pair.strip_prefix("refresh_token="))
        .map(str::to_owned)
}

/// Calls it in a home of its own, on this session's bus.
pub fn authctl(dir: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_authctl"));
    command
        .env_clear()
        .env("HOME", dir)
        .env("AUTHCTL_STORE", "keychain")
        .envs(
            std::env::var_os("DBUS_SESSION_BUS_ADDRESS")
                .map(|bus| ("DBUS_SESSION_BUS_ADDRESS", bus)),
        )
        .stdin(Stdio::null());
    command
}

pub fn login(dir: &Path, server: &Fake) -> Command {
    let mut command = authctl(dir);
    command
        .args(["login", "--client-id", "authctl", "--username", "alice"])
        .args(["--issuer", &server.issuer()])
        .env("AUTHCTL_PASSWORD", "wonderland");
    command
}

fn sign_in(dir: &Path, server: &Fake) {
    succeeds(&mut login(dir, server));
}

pub fn succeeds(command: &mut Command) -> String {
    let output = command.output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{command:?}: {output:?}");
    String::from_utf8(output.stdout).unwrap()
}

/// Expects this exit code, in time, with nothing on stdout; returns the error.
pub fn fails(command: &mut Command, exit: i32) -> serde_json::Value {
    let started = Instant::now();
    let output = command.output().unwrap();
    assert!(
        started.elapsed() < BOUND,
        "{command:?}: {:?}",
        started.elapsed()
    );
    assert_eq!(output.status.code(), Some(exit), "{command:?}: {output:?}");
    assert!(output.stdout.is_empty(), "{output:?}");
    // Notes and warnings may stand before it.
    let stderr = String::from_utf8(output.stderr).unwrap();
    let object = stderr.lines().find(|line| line.starts_with('{')).unwrap();
    serde_json::from_str(object).unwrap()
}
