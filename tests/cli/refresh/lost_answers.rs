//! The server's answer does not arrive, or arrives at a process that is being
//! ended.

use authctl::core::secret::Secret;

use super::{refresh_token, signed_in_at};
use crate::fake::{Answer, Fake, json};
use crate::harness::Home;
use crate::observed::{change_kept, expire, kept, observed, observed_with};
use crate::relay::Relay;

/// C15: what may have been spent is not sent twice.
#[test]
fn c15_a_refresh_token_is_sent_once() {
    for answer in [Answer::Cut, json(500, ""), json(502, "{}")] {
        let (server, home) = signed_in_at([answer]);
        expire(&home, "default");
        home.authctl(["token"]).run().fails(6);
        assert_eq!(
            server.count("POST /token"),
            2,
            "the sign-in and one refresh"
        );
        assert_eq!(refresh_token(&home), "rt-0");
    }
}

/// S8: the answer was lost on the way; the server answers a repeat within its
/// grace time, so the next run recovers.
#[test]
fn s8_the_next_run_recovers_when_the_server_allows_a_retry() {
    let ok =
        r#"{"access_token":"at-1","token_type":"Bearer","refresh_token":"rt-1","expires_in":60}"#;
    let (server, home) = signed_in_at([Answer::Cut, json(200, ok)]);
    expire(&home, "default");
    home.authctl(["token"]).run().fails(6);
    assert_eq!(home.authctl(["token"]).run().succeeds(), "at-1");
    assert_eq!(refresh_token(&home), "rt-1");
    let bodies: Vec<String> = server.seen().into_iter().map(|seen| seen.body).collect();
    let sent = bodies
        .iter()
        .filter(|body| body.contains("refresh_token=rt-0"));
    assert_eq!(sent.count(), 2);
}

/// Closing the terminal in a slow refresh loses no rotated token.
#[cfg(target_os = "linux")]
#[test]
fn a_hangup_waits_for_the_answer_and_its_save() {
    // Under `nohup` a hangup is ignored, by the tests and so by the child.
    let ours = std::fs::read_to_string("/proc/self/status").expect("our status");
    let ignored = ours.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let ignored = u64::from_str_radix(ignored.expect("a mask").trim(), 16).expect("a mask");
    waits_for_the_answer("HUP", if ignored & 1 == 0 { 130 } else { 0 });
}

/// Nor does a Ctrl-\\ there.
#[cfg(target_os = "linux")]
#[test]
fn a_quit_waits_for_the_answer_and_its_save() {
    waits_for_the_answer("QUIT", 130);
}

#[cfg(target_os = "linux")]
fn waits_for_the_answer(name: &str, code: i32) {
    let slow = |seen: &crate::fake::Seen| {
        if seen.what.contains("/token") {
            std::thread::sleep(std::time::Duration::from_millis(800));
        }
        let body = r#"{"access_token":"at-9","token_type":"Bearer","expires_in":3600,"refresh_token":"rt-9"}"#;
        json(200, body)
    };
    let server = Fake::new(slow);
    let home = Home::new();
    let flags = ["--client-id", "c", "--username", "u", "--token-endpoint"];
    home.authctl(["login", "-q"])
        .args(flags)
        .args([server.url("/token")])
        .env("AUTHCTL_PASSWORD", "p")
        .run()
        .succeeds();
    change_kept(&home, "default", |record| {
        record.refresh_token = Some(Secret::new("rt-0"));
    });
    let mut child = home
        .authctl(["refresh"])
        .into_command()
        .spawn()
        .expect("authctl runs");
    let until = std::time::Instant::now() + std::time::Duration::from_secs(10);
    while server.seen().len() < 2 {
        assert!(std::time::Instant::now() < until, "no refresh came");
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
    crate::signal(&child, name);
    let status = child.wait().expect("it ends");
    assert_eq!(status.code(), Some(code));
    assert_eq!(refresh_token(&home), "rt-9");
}

/// S8: the server rotated and its answer was lost on the way. Within its grace
/// time it gives the answer again.
#[test]
fn s8_a_lost_answer_is_asked_for_again_in_the_servers_grace() {
    let server = observed();
    let relay = Relay::to(server.issuer());
    let home = Home::new();
    relay.sign_in(&home, server.issuer());
    let spent = refresh_token(&home);
    expire(&home, "default");
    server.forget();
    relay.lose(1);
    home.authctl(["token"]).run().fails(6);
    assert_eq!(server.count("POST /token 200"), 1, "it rotated");
    assert_eq!(refresh_token(&home), spent);
    home.authctl(["token"]).run().succeeds();
    assert_ne!(refresh_token(&home), spent);
    assert!(kept(&home, "default").expect("one").renewal.is_none());
    home.authctl(["refresh"]).run().succeeds();
}

/// S8: without a grace time the session is over at the server, and what is
/// said tells what happened, when, and what to do.
#[test]
fn s8_without_grace_a_lost_answer_is_told_from_a_revoked_session() {
    let server = observed_with(|options| {
        options.config.reuse_grace = std::time::Duration::ZERO;
    });
    let relay = Relay::to(server.issuer());
    let home = Home::new();
    relay.sign_in(&home, server.issuer());
    relay.lose(1);
    home.authctl(["refresh"]).run().fails(6);
    let sent_at = kept(&home, "default").expect("one").sent_before();
    let sent_at = sent_at.expect("a time").to_string();
    let error = home.authctl(["refresh", "--json"]).run().fails_json(4);
    assert_eq!(error["error"], "refresh_answer_lost", "{error}");
    assert_eq!(error["server"]["error"], "invalid_grant");
    assert_eq!(error["hint"], "sign in again with `authctl login`");
    let text = error.to_string();
    let what = format!("its refresh token was used at {sent_at}, the answer to that was lost");
    assert!(text.contains(&what), "{text}");
    // No loop: it is not sent a third time.
    expire(&home, "default");
    server.forget();
    let error = home.authctl(["token", "--json"]).run().fails_json(4);
    assert_eq!(error["error"], "session_expired", "{error}");
    assert_eq!(server.requests(), 0);
}

/// What the server did not take is not called lost later.
#[test]
fn only_an_answer_that_may_have_been_lost_is_called_lost() {
    let refusal = r#"{"error":"invalid_grant"}"#;
    for (first, code, later) in [
        (json(503, "{}"), 6, "refresh_refused"),
        (json(429, "{}"), 6, "refresh_refused"),
        (
            json(400, r#"{"error":"invalid_scope"}"#),
            5,
            "refresh_refused",
        ),
        (
            json(401, r#"{"error":"invalid_client"}"#),
            5,
            "refresh_refused",
        ),
        (json(500, "{}"), 6, "refresh_answer_lost"),
        (json(200, "<html>"), 6, "refresh_answer_lost"),
        (Answer::Cut, 6, "refresh_answer_lost"),
    ] {
        let (server, home) = signed_in_at([first, json(400, refusal)]);
        home.authctl(["refresh"]).run().fails(code);
        let error = home.authctl(["refresh", "--json"]).run().fails_json(4);
        assert_eq!(error["error"], later, "{error}");
        assert_eq!(server.count("POST /token"), 3);
    }
    // Nobody listened: it was never sent.
    let server = observed();
    let home = Home::new();
    home.sign_in(server.issuer());
    let nowhere = ["--token-endpoint", "http://127.0.0.1:1/token"];
    home.authctl(["refresh"]).args(nowhere).run().fails(6);
    assert!(kept(&home, "default").expect("one").renewal.is_none());
}

/// S8: killed while it fetches the keys for the ID Token, after the server has
/// rotated: the refresh token of the answer is kept, the rest is not.
#[cfg(unix)]
#[test]
fn s8_a_kill_while_the_id_token_is_judged_loses_nothing() {
    let server = observed_with(|options| {
        options.config.reuse_grace = std::time::Duration::ZERO;
    });
    let home = Home::new();
    home.sign_in(server.issuer());
    let spent = refresh_token(&home);
    expire(&home, "default");
    server.forget();
    let keys = Fake::new(|_| Answer::Never);
    let mut child = home
        .authctl(["token", "--jwks-uri", &keys.url("/keys")])
        .into_command()
        .spawn()
        .expect("authctl runs");
    let until = std::time::Instant::now() + std::time::Duration::from_secs(30);
    while keys.seen().is_empty() {
        assert!(std::time::Instant::now() < until, "no keys were asked for");
        std::thread::sleep(std::time::Duration::from_millis(2));
    }
    child.kill().expect("to kill");
    child.wait().expect("it ends");
    assert_eq!(server.count("POST /token 200"), 1, "it rotated");
    let record = kept(&home, "default").expect("a session");
    let open = record.open_renewal().expect("a renewal");
    assert!(open.successor.is_some());
    assert_eq!(refresh_token(&home), spent);
    home.authctl(["token"]).run().succeeds();
    assert_eq!(server.count("POST /token 200"), 2);
    assert_eq!(server.count("POST /token 400"), 0);
    home.authctl(["refresh"]).run().succeeds();
}
