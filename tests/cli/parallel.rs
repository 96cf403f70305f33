//! Many processes at once: a session is never refreshed twice.
//!
//! What was counted is printed: `cargo test --test cli parallel -- --nocapture`.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, ChildStderr, Stdio};
use std::sync::mpsc;
use std::time::Duration;

use crate::harness::{Call, Home};
use crate::observed::{Observed, expire, kept, observed_with};
use crate::relay::Relay;

const PROCESSES: usize = 100;

fn spawn(call: Call) -> Child {
    let mut command = call.into_command();
    command.stdin(Stdio::null());
    command.spawn().expect("authctl runs")
}

/// Waits for all, which must succeed, and returns what each printed.
fn finish(children: Vec<Child>) -> Vec<String> {
    children
        .into_iter()
        .map(|child| {
            let output = child.wait_with_output().expect("authctl ends");
            assert_eq!(
                output.status.code(),
                Some(0),
                "{}",
                String::from_utf8_lossy(&output.stderr)
            );
            String::from_utf8(output.stdout).expect("text")
        })
        .collect()
}

/// Starts all at once and returns what each printed; all must succeed.
fn race(processes: usize, call: impl Fn(usize) -> Call) -> Vec<String> {
    finish((0..processes).map(|n| spawn(call(n))).collect())
}

/// As [`race`], but the one that asks the server gets its answer only when all
/// the others have said that they wait for it.
fn race_held(relay: &Relay, processes: usize, call: impl Fn(usize) -> Call) -> Vec<String> {
    relay.close();
    let mut children: Vec<Child> = (0..processes).map(|n| spawn(call(n))).collect();
    let (tell, told) = mpsc::channel();
    let readers: Vec<_> = children
        .iter_mut()
        .map(|child| {
            let stderr = child.stderr.take().expect("a pipe");
            let tell = tell.clone();
            std::thread::spawn(move || listen(stderr, &tell))
        })
        .collect();
    relay.wait_for(1);
    for _ in 1..processes {
        told.recv_timeout(Duration::from_secs(60))
            .expect("all but one wait");
    }
    relay.open();
    let answers = finish(children);
    for reader in readers {
        reader.join().expect("a reader");
    }
    answers
}

/// Tells when a process says that it waits.
fn listen(stderr: ChildStderr, tell: &mpsc::Sender<()>) {
    for line in BufReader::new(stderr).lines() {
        let line = line.expect("text");
        if line.starts_with("warning: the token lives shorter than `--min-ttl`") {
            continue;
        }
        assert!(line.starts_with("note: waiting for process "), "{line}");
        tell.send(()).expect("who counts");
    }
}

/// The embedded server, which forgives no reuse of a refresh token.
fn strict() -> Observed {
    observed_with(|options| options.config.reuse_grace = Duration::ZERO)
}

/// S1: one refresh request, and the new token for all; a second one would
/// have ended the family, since the server forgives no reuse.
#[test]
fn s1_a_hundred_processes_at_an_expired_session_refresh_once() {
    let server = strict();
    let relay = Relay::to(server.issuer());
    let home = Home::new();
    relay.sign_in(&home, server.issuer());
    let old = home.authctl(["token"]).run().succeeds();
    expire(&home, "default");
    server.forget();
    let tokens = race_held(&relay, PROCESSES, |_| home.authctl(["token"]));
    let seen = (
        server.count("POST /token 200"),
        server.count("POST /token 400"),
    );
    println!(
        "file store: {PROCESSES} processes, {} refresh requests, {} refused",
        seen.0 + seen.1,
        seen.1
    );
    assert_eq!(seen, (1, 0));
    assert_ne!(tokens[0], old);
    assert!(tokens.iter().all(|token| *token == tokens[0]));
    // The family is alive.
    home.authctl(["refresh"]).run().succeeds();
    assert!(kept(&home, "default").is_some());
}

/// S1: who waited takes the token that came, however short it lives: the server
/// gives no longer one.
#[test]
fn s1_a_token_that_lives_shorter_than_is_asked_for_is_shared_all_the_same() {
    for seconds in [20, 0] {
        let server = observed_with(|options| {
            options.config.reuse_grace = Duration::ZERO;
            options.config.lifetimes.access_token = Duration::from_secs(seconds);
        });
        let relay = Relay::to(server.issuer());
        let home = Home::new();
        relay.sign_in(&home, server.issuer());
        expire(&home, "default");
        server.forget();
        let tokens = race_held(&relay, 10, |_| home.authctl(["token"]));
        assert_eq!(server.count("POST /token 200"), 1, "{seconds} s");
        assert!(tokens.iter().all(|token| *token == tokens[0]));

        server.forget();
        let tokens = race_held(&relay, 10, |_| {
            home.authctl(["token", "--client", "--client-id", "service"])
                .args(["--issuer", server.issuer()])
                .args(["--token-endpoint", &relay.token_endpoint()])
                .env("AUTHCTL_CLIENT_SECRET", "service-secret")
        });
        assert_eq!(server.count("POST /token 200"), 1, "{seconds} s, a client");
        assert!(tokens.iter().all(|token| *token == tokens[0]));
    }
}

/// S1, with nothing held back: who starts late finds the token.
#[test]
fn s1_a_hundred_processes_as_they_come_refresh_once() {
    let server = strict();
    let home = Home::new();
    home.sign_in(server.issuer());
    expire(&home, "default");
    server.forget();
    let tokens = race(PROCESSES, |_| home.authctl(["token", "-q"]));
    assert_eq!(server.count("POST /token 200"), 1);
    assert_eq!(server.count("POST /token 400"), 0);
    assert!(tokens.iter().all(|token| *token == tokens[0]));
}

/// S1 for a client's own tokens: with a cold cache they share one request.
#[test]
fn s1_a_hundred_processes_with_a_cold_cache_ask_once() {
    let server = strict();
    let relay = Relay::to(server.issuer());
    let home = Home::new();
    let tokens = race_held(&relay, PROCESSES, |_| {
        home.authctl(["token", "--client", "--client-id", "service"])
            .args(["--issuer", server.issuer()])
            .args(["--token-endpoint", &relay.token_endpoint()])
            .env("AUTHCTL_CLIENT_SECRET", "service-secret")
    });
    let seen = server.count("POST /token 200");
    println!("file store: {PROCESSES} processes with a cold cache, {seen} token requests");
    assert_eq!(seen, 1);
    assert!(tokens.iter().all(|token| *token == tokens[0]));
}

/// What a passphrase costs is not paid under the lock, where all the others would
/// wait for it until they give up.
#[test]
fn s1_processes_with_a_passphrase_and_a_cold_cache_all_get_the_token() {
    let server = strict();
    let home = Home::new();
    // One after the other they would take longer than they wait.
    let tokens = race(40, |_| {
        home.authctl(["token", "--client", "-q", "--client-id", "service"])
            .args(["--issuer", server.issuer(), "--timeout", "2s"])
            .env("AUTHCTL_CLIENT_SECRET", "service-secret")
            .env("AUTHCTL_STORE_KEY", "")
            .env("AUTHCTL_STORE_PASSPHRASE", "correct horse")
    });
    assert_eq!(server.count("POST /token 200"), 1);
    assert!(tokens.iter().all(|token| *token == tokens[0]));
}

/// Where nothing can be kept, nothing can be shared: each asks for itself.
#[test]
fn with_the_store_none_each_client_asks_for_itself() {
    let server = strict();
    let home = Home::new();
    race(5, |_| {
        home.authctl(["token", "--client", "-q", "--client-id", "service"])
            .args(["--issuer", server.issuer(), "--store", "none"])
            .env("AUTHCTL_CLIENT_SECRET", "service-secret")
    });
    assert_eq!(server.count("POST /token 200"), 5);
}

/// Whoever asked for a renewal and had to wait for another's uses that one.
#[test]
fn forced_refreshes_that_wait_share_one_request() {
    let server = strict();
    let relay = Relay::to(server.issuer());
    let home = Home::new();
    relay.sign_in(&home, server.issuer());
    let old = home.authctl(["token"]).run().succeeds();
    server.forget();
    let answers = race_held(&relay, 50, |n| match n % 2 {
        0 => home.authctl(["token", "--force-refresh"]),
        _ => home.authctl(["refresh"]),
    });
    let seen = server.count("POST /token 200");
    println!("file store: 50 explicit refreshes, {seen} refresh requests");
    assert_eq!(seen, 1);
    let new = home.authctl(["token"]).run().succeeds();
    assert_ne!(new, old);
    for (n, answer) in answers.iter().enumerate() {
        match n % 2 {
            0 => assert_eq!(*answer, new),
            _ => assert!(answer.starts_with("Renewed profile default"), "{answer}"),
        }
    }
    // Who did not wait renews.
    home.authctl(["refresh"]).run().succeeds();
    assert_eq!(server.count("POST /token 200"), 2);
}

/// Forced refreshes that do not wait for each other renew each, and none is
/// refused.
#[test]
fn forced_refreshes_as_they_come_all_end_well() {
    let server = strict();
    let home = Home::new();
    home.sign_in(server.issuer());
    server.forget();
    race(50, |_| home.authctl(["refresh", "-q"]));
    let renewed = server.count("POST /token 200");
    assert!((1..=50).contains(&renewed), "{renewed}");
    assert_eq!(server.count("POST /token 400"), 0);
    home.authctl(["refresh"]).run().succeeds();
}

/// S5: who holds the lock and is killed holds up nobody.
#[cfg(unix)]
#[test]
fn s5_a_killed_holder_frees_the_others_at_once() {
    use std::time::Instant;

    let server = observed_with(|_| {});
    let relay = Relay::to(server.issuer());
    let home = Home::new();
    relay.sign_in(&home, server.issuer());
    expire(&home, "default");
    server.forget();
    relay.close();
    let mut holder = spawn(home.authctl(["token"]));
    relay.wait_for(1);
    // It says for whom it waits, and goes on at once when that one dies.
    let mut waiting = spawn(home.authctl(["token"]));
    let mut said = String::new();
    BufReader::new(waiting.stderr.take().expect("a pipe"))
        .read_line(&mut said)
        .expect("a line");
    assert!(
        said.starts_with(&format!("note: waiting for process {}, ", holder.id())),
        "{said}"
    );
    let killed = Instant::now();
    holder.kill().expect("to kill");
    holder.wait().expect("it ends");
    relay.wait_for(2);
    let freed = killed.elapsed();
    relay.open();
    assert_eq!(finish(vec![waiting]).len(), 1);
    println!("a killed holder: the next sent its request after {freed:?}");
    assert!(freed < Duration::from_secs(5), "{freed:?}");
}

/// S5: who holds the lock and is stopped holds the others up to a limit, which
/// is the time-out and ten seconds more. Then they name it, or go on with the
/// token that still lives. When it goes on it reads the answer that lies in its
/// socket, though its own time-out is long over, and keeps what came.
#[cfg(unix)]
#[test]
fn s5_a_stopped_holder_is_named_and_loses_nothing() {
    use crate::observed::expire_in;
    use std::time::Instant;

    let server = strict();
    let relay = Relay::to(server.issuer());
    let home = Home::new();
    relay.sign_in(&home, server.issuer());
    let old = home.authctl(["token"]).run().succeeds();
    let before = kept(&home, "default").expect("a session").refresh_token;
    expire_in(&home, "default", 600);
    server.forget();
    relay.close();
    let holder = spawn(home.authctl(["refresh", "--timeout", "1s"]));
    relay.wait_for(1);
    crate::signal(&holder, "STOP");
    relay.open();
    let started = Instant::now();
    let patient = spawn(home.authctl(["token", "--min-ttl", "1h", "--timeout", "1s"]));
    let forced = home.authctl(["refresh", "--json", "--timeout", "1s"]).run();
    let waited = started.elapsed();
    let error = forced.fails_json(7);
    assert_eq!(error["error"], "store_locked", "{error}");
    let text = error.to_string();
    let named = format!("still in use by process {}, since 2", holder.id());
    assert!(text.contains(&named), "{text}");
    assert!((11..20).contains(&waited.as_secs()), "{waited:?}");
    let output = patient.wait_with_output().expect("it ends");
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(String::from_utf8_lossy(&output.stdout), old);
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(said.contains("the present one still lives"), "{said}");

    crate::signal(&holder, "CONT");
    let said = finish(vec![holder]);
    assert!(said[0].starts_with("Renewed profile default"), "{said:?}");
    println!("a stopped holder: the others waited {waited:?}; it kept its answer");
    assert_eq!(server.count("POST /token 200"), 1);
    let record = kept(&home, "default").expect("a session");
    let after = record.refresh_token.expect("a token");
    assert!(!after.matches(&before.expect("a token")));
    assert_ne!(home.authctl(["token"]).run().succeeds(), old);
    home.authctl(["refresh"]).run().succeeds();
}
