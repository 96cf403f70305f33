//! No keychain, none that answers, none that can be written.

use std::io::{Read as _, Write as _};
use std::os::unix::net::{UnixListener, UnixStream};

use authctl::core::store::{Choice, FileKey, StoreKind};

use super::*;

#[test]
fn a_deleted_collection_is_named() {
    session("deleted", "gnome");
}

/// S15.
#[test]
fn a_keychain_that_never_answers_is_given_three_seconds() {
    session("stopped", "gnome");
}

/// It was there when the process began.
#[test]
fn a_keychain_that_stops_to_answer_is_given_three_seconds() {
    session("stopped-later", "gnome");
}

/// S15.
#[test]
fn a_bus_without_a_keychain_is_named() {
    session("no-service", "none");
}

/// S15.
#[test]
fn a_missing_bus_is_named() {
    let dir = tempfile::tempdir().unwrap();
    let nowhere = dir.path().join("bus");
    on_bus("no-bus", &format!("unix:path={}", nowhere.display()));
    on_bus("no-bus", "unix:path=/dev/null");
    on_bus("no-bus", "disabled:");
}

/// S15.
#[test]
fn a_bus_that_never_answers_is_given_three_seconds() {
    std::thread::scope(|scope| {
        for silence in [Silence::Unaccepted, Silence::Accepted, Silence::SignedIn] {
            scope.spawn(move || {
                let dir = tempfile::tempdir().unwrap();
                on_bus("no-answer", &silent_bus(dir.path(), silence));
            });
        }
    });
}

/// How far a bus goes before it says nothing more.
#[derive(Clone, Copy)]
pub enum Silence {
    /// Connections wait in the backlog.
    Unaccepted,
    /// They are accepted.
    Accepted,
    /// The client is told that it is signed in.
    SignedIn,
}

/// Starts a bus that goes silent, for as long as the test runs; returns its
/// address.
pub fn silent_bus(dir: &Path, silence: Silence) -> String {
    let path = dir.join("bus");
    let listener = UnixListener::bind(&path).unwrap();
    std::thread::spawn(move || {
        let mut held = Vec::new();
        if matches!(silence, Silence::Unaccepted) {
            std::thread::sleep(LONG);
        }
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            if matches!(silence, Silence::SignedIn) {
                sign_in(&mut stream);
            }
            held.push(stream);
        }
    });
    format!("unix:path={}", path.display())
}

/// The server's part of D-Bus's authentication.
fn sign_in(stream: &mut UnixStream) {
    let mut said = Vec::new();
    let mut octets = [0; 512];
    while !said.ends_with(b"BEGIN\r\n") {
        let read = stream.read(&mut octets).unwrap();
        said.extend_from_slice(&octets[..read]);
        let text = String::from_utf8_lossy(&octets[..read]).into_owned();
        for line in text.lines() {
            if line.contains("AUTH EXTERNAL") {
                let guid = "0123456789abcdef0123456789abcdef";
                stream
                    .write_all(format!("OK {guid}\r\n").as_bytes())
                    .unwrap();
            } else if line.contains("NEGOTIATE_UNIX_FD") {
                stream.write_all(b"AGREE_UNIX_FD\r\n").unwrap();
            }
        }
        // A client may send all at once, and its first message with it.
        if text.contains("BEGIN") {
            return;
        }
    }
}

/// S16.
#[test]
fn files_make_no_call_on_the_bus() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("bus");
    let listener = UnixListener::bind(&path).unwrap();
    listener.set_nonblocking(true).unwrap();
    on_bus("files", &format!("unix:path={}", path.display()));
    match listener.accept() {
        Err(error) => assert_eq!(error.kind(), std::io::ErrorKind::WouldBlock),
        Ok((mut stream, _)) => {
            let mut said = Vec::new();
            let _ = stream.read_to_end(&mut said);
            panic!("the bus was called: {:?}", String::from_utf8_lossy(&said))
        }
    }
}

pub fn deleted(dir: &Path) {
    let store = store(dir);
    store.save(&default(), &record("one", 0)).unwrap();
    delete_the_collection();
    assert_eq!(kept(&store, &default()), None);
    for error in [
        store.save(&default(), &record("two", 0)).unwrap_err(),
        store.check_writable().unwrap_err(),
    ] {
        assert_keychain(&error, &KeychainError::NoCollection);
    }
}

pub fn stopped(dir: &Path) {
    let _stopped = Stopped::new();
    refused(dir, &KeychainError::NoAnswer(DEADLINE));
}

pub fn stopped_later(dir: &Path) {
    let store = store(dir);
    store.save(&default(), &record("one", 0)).unwrap();
    let stopped = Stopped::new();
    let started = Instant::now();
    let error = store.load(&default()).unwrap_err();
    assert_keychain(&error, &KeychainError::PromptUnanswered(DEADLINE));
    assert!(started.elapsed() < BOUND, "{:?}", started.elapsed());
    drop(stopped);
    assert_eq!(kept(&store, &default()).as_deref(), Some("one"));
}

pub fn no_service(dir: &Path) {
    refused(dir, &KeychainError::NoService);
    auto(dir, &KeychainError::NoService);
}

pub fn no_bus(dir: &Path) {
    refused(dir, &KeychainError::NoBus);
    auto(dir, &KeychainError::NoBus);
}

pub fn no_answer(dir: &Path) {
    let late = KeychainError::NoAnswer(DEADLINE);
    refused(dir, &late);
    auto(dir, &late);
}

pub fn files(dir: &Path) {
    let key = FileKey::parse(&[7; 32]).unwrap();
    let opened = open(Choice::File, &places(dir), Some(key)).unwrap();
    let guard = opened.store.lock(&default(), LONG, &mut |_| {}).unwrap();
    opened.store.save(&default(), &record("one", 0)).unwrap();
    drop(guard);
    assert_eq!(opened.store.list().unwrap(), [default()]);
    // Made, and not used.
    open(Choice::Keychain, &places(dir), None).unwrap();
    open(Choice::None, &places(dir), None).unwrap();
}

/// `auto` goes on with what there is, and says why.
fn auto(dir: &Path, why: &KeychainError) {
    let opened = open(Choice::Auto, &places(dir), None).unwrap();
    assert_eq!(opened.store.kind(), StoreKind::None);
    let error = opened.must_keep().unwrap_err();
    assert!(
        error.hint().unwrap().contains(&why.to_string()),
        "{error:?}"
    );
    let key = FileKey::parse(&[7; 32]).unwrap();
    let opened = open(Choice::Auto, &places(dir), Some(key)).unwrap();
    assert_eq!(opened.store.kind(), StoreKind::File);
    assert!(opened.reason.to_string().contains(&why.to_string()));
}

/// The keyring's process, stopped until dropped.
pub struct Stopped(rustix::process::Pid);

impl Stopped {
    pub fn new() -> Self {
        let output = run(
            "dbus-send",
            &[
                "--session",
                "--dest=org.freedesktop.DBus",
                "--print-reply=literal",
                "/org/freedesktop/DBus",
                "org.freedesktop.DBus.GetConnectionUnixProcessID",
                "string:org.freedesktop.secrets",
            ],
        );
        let text = String::from_utf8(output.stdout).unwrap();
        let pid: i32 = text.split_whitespace().last().unwrap().parse().unwrap();
        let pid = rustix::process::Pid::from_raw(pid).unwrap();
        rustix::process::kill_process(pid, rustix::process::Signal::STOP).unwrap();
        Self(pid)
    }
}

impl Drop for Stopped {
    fn drop(&mut self) {
        let _ = rustix::process::kill_process(self.0, rustix::process::Signal::CONT);
    }
}
