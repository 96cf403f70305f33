//! Many processes at once: a session is never refreshed twice.

use std::process::Stdio;
use std::time::Duration;

use crate::harness::{Call, Home};
use crate::observed::{expire, kept, observed_with};

const PROCESSES: usize = 50;

/// Starts all at once and returns what each printed; all must succeed.
fn race(call: impl Fn() -> Call) -> Vec<String> {
    let children: Vec<_> = (0..PROCESSES)
        .map(|_| {
            let mut command = call().into_command();
            command.stdin(Stdio::null());
            command.spawn().expect("authctl runs")
        })
        .collect();
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

/// S1: one refresh request, and the new token for all; a second one would
/// have ended the family, since the server forgives no reuse.
#[test]
fn s1_fifty_processes_at_an_expired_session_refresh_once() {
    let server = observed_with(|options| options.config.reuse_grace = Duration::ZERO);
    let home = Home::new();
    home.sign_in(server.issuer());
    let old = home.authctl(["token"]).run().succeeds();
    expire(&home, "default");
    server.forget();
    let tokens = race(|| home.authctl(["token", "-q"]));
    assert_eq!(server.count("POST /token 200"), 1);
    assert_ne!(tokens[0], old);
    assert!(tokens.iter().all(|token| *token == tokens[0]));
    // The family is alive.
    home.authctl(["refresh"]).run().succeeds();
    assert!(kept(&home, "default").is_some());
}

/// S1 for a client's own tokens: with a cold cache they share one request.
#[test]
fn s1_fifty_processes_with_a_cold_cache_ask_once() {
    let server = observed_with(|_| {});
    let home = Home::new();
    let tokens = race(|| {
        home.authctl(["token", "--client", "-q", "--client-id", "service"])
            .args(["--issuer", server.issuer()])
            .env("AUTHCTL_CLIENT_SECRET", "service-secret")
    });
    assert_eq!(server.count("POST /token 200"), 1);
    assert!(tokens.iter().all(|token| *token == tokens[0]));
}

/// Forced refreshes may share one, but none may be refused.
#[test]
fn forced_refreshes_at_once_all_end_well() {
    let server = observed_with(|options| options.config.reuse_grace = Duration::ZERO);
    let home = Home::new();
    home.sign_in(server.issuer());
    server.forget();
    race(|| home.authctl(["refresh", "-q"]));
    let renewed = server.count("POST /token 200");
    assert!((1..=PROCESSES).contains(&renewed), "{renewed}");
    assert_eq!(server.count("POST /token 400"), 0);
    home.authctl(["refresh"]).run().succeeds();
}

/// S5: who holds the lock and is killed holds up nobody; who is stopped holds
/// up to a limit, and is named.
#[cfg(unix)]
#[test]
fn s5_a_killed_holder_frees_the_lock_and_a_living_one_is_named() {
    use std::io::{BufRead as _, BufReader};

    use crate::fake::{Answer, Fake, json};

    let ok = |token: &str| {
        json(
            200,
            &format!(
                r#"{{"access_token":"{token}","token_type":"Bearer","expires_in":3600,"refresh_token":"rt"}}"#
            ),
        )
    };
    let server = Fake::tokens([ok("at-0"), Answer::Never, ok("at-1")]);
    let home = Home::new();
    home.authctl(["login", "-q", "--issuer", &server.issuer()])
        .args(["--client-id", "c", "--username", "u"])
        .env("AUTHCTL_PASSWORD", "p")
        .run()
        .succeeds();
    expire(&home, "default");
    let mut holder = home
        .authctl(["token"])
        .into_command()
        .spawn()
        .expect("authctl runs");
    while server.count("POST /token") < 2 {
        std::thread::sleep(Duration::from_millis(5));
    }
    // It says for whom it waits, and goes on at once when that one dies.
    let waiting = home.authctl(["token"]).into_command().spawn();
    let mut waiting = waiting.expect("authctl runs");
    let mut said = String::new();
    BufReader::new(waiting.stderr.take().expect("a pipe"))
        .read_line(&mut said)
        .expect("a line");
    assert!(
        said.starts_with(&format!("note: waiting for process {}", holder.id())),
        "{said}"
    );
    holder.kill().expect("to kill");
    holder.wait().expect("it ends");
    let output = waiting.wait_with_output().expect("it ends");
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(String::from_utf8_lossy(&output.stdout), "at-1");
}
