//! Renewal: `authctl refresh`, and what `token` does at expiry.

use std::sync::Arc;

use authctl::core::secret::Secret;
use authctl::core::time::Timestamp;
use serde_json::Value;

use crate::fake::{Answer, Fake, bearer, json, metadata};
use crate::harness::Home;
use crate::observed::{Observed, change_kept, expire, expire_in, kept, observed, observed_with};
use crate::relay::Relay;

/// Signs in at a fake whose further answers follow the sign-in's.
fn signed_in_at(answers: impl IntoIterator<Item = Answer>) -> (Fake, Home) {
    let sign_in = bearer("at-0", "rt-0");
    let server = Fake::tokens([sign_in].into_iter().chain(answers));
    let home = Home::new();
    home.sign_in_at(&server);
    (server, home)
}

fn refresh_token(home: &Home) -> String {
    let record = kept(home, "default").expect("a session");
    record.refresh_token.expect("a token").expose().to_owned()
}

#[test]
fn refresh_renews_now_and_rotates() {
    let server = observed();
    let home = Home::new();
    home.sign_in(server.issuer());
    let before = (
        home.authctl(["token"]).run().succeeds(),
        refresh_token(&home),
    );
    let said = home.authctl(["refresh"]).run().succeeds();
    assert!(
        said.starts_with("Renewed profile default, expires at 2"),
        "{said}"
    );
    let after = (
        home.authctl(["token"]).run().succeeds(),
        refresh_token(&home),
    );
    assert_ne!(before.0, after.0);
    assert_ne!(before.1, after.1);

    let said = home.authctl(["refresh", "--json"]).run().succeeds();
    let answer: Value = serde_json::from_str(&said).expect("JSON");
    assert_eq!(answer["profile"], "default");
    assert_eq!(answer["source"], "refresh");
    assert!(!said.contains(&home.authctl(["token"]).run().succeeds()));
}

#[test]
fn refresh_all_renews_every_session_and_goes_on_after_a_failure() {
    let mut first = observed();
    let second = observed();
    let home = Home::new();
    for (profile, server) in [("a", &first), ("b", &second)] {
        home.sign_in_as(profile, server.issuer());
    }
    let said = home
        .authctl(["refresh", "--all", "--json"])
        .run()
        .succeeds();
    let profiles: Vec<String> = said
        .lines()
        .map(|line| {
            let row: Value = serde_json::from_str(line).expect("one object a line");
            row["profile"].as_str().expect("a name").to_owned()
        })
        .collect();
    assert_eq!(profiles, ["a", "b"]);

    first.stop();
    second.forget();
    let said = home.authctl(["refresh", "--all"]).run().fails(6);
    assert!(said.contains("note: renewed profile `b`"), "{said}");
    assert!(said.contains("profile `a`"), "{said}");
    assert_eq!(second.count("POST /token 200"), 1);
}

#[test]
fn refresh_all_without_sessions_is_exit_4() {
    let error = Home::new()
        .authctl(["refresh", "--all", "--json"])
        .run()
        .fails_json(4);
    assert_eq!(error["error"], "no_session");
}

#[test]
fn invalid_grant_means_that_a_person_must_sign_in() {
    let refusal = r#"{"error":"invalid_grant","error_description":"token revoked"}"#;
    let (server, home) = signed_in_at([json(400, refusal)]);
    expire(&home, "default");
    let error = home.authctl(["token", "--json"]).run().fails_json(4);
    assert_eq!(error["error"], "refresh_refused");
    assert_eq!(error["server"]["error"], "invalid_grant");
    assert_eq!(error["hint"], "sign in again with `authctl login`");
    assert!(!error.to_string().contains("rt-0"), "{error}");
    // Once, and not again and again.
    assert_eq!(server.count("POST /token"), 2);
    // What the server calls dead is forgotten, whose session it was is not.
    let record = kept(&home, "default").expect("a session");
    assert!(record.refresh_token.is_none());
    assert_eq!(record.username.as_deref(), Some("u"));
    let error = home.authctl(["token", "--json"]).run().fails_json(4);
    assert_eq!(error["error"], "session_expired");
    assert_eq!(server.count("POST /token"), 2);
    // Why it ended is known ever after.
    let message = error["message"].as_str().expect("a message");
    assert!(
        message.contains("the server answered invalid_grant"),
        "{message}"
    );
    let error = home.authctl(["status", "--json"]).run().fails_json(4);
    let message = error["message"].as_str().expect("a message");
    assert!(
        message.contains("the server answered invalid_grant"),
        "{message}"
    );
}

/// `refresh` has no `--min-ttl` to ask for less with.
#[test]
fn a_second_refresh_after_a_refusal_says_why_and_what_can_be_done() {
    let (server, home) = signed_in_at([json(400, r#"{"error":"invalid_grant"}"#)]);
    home.authctl(["refresh"]).run().fails(4);
    let error = home.authctl(["refresh", "--json"]).run().fails_json(4);
    assert_eq!(error["error"], "session_ends_too_soon");
    let message = error["message"].as_str().expect("a message");
    assert!(
        message.contains("the server answered invalid_grant"),
        "{message}"
    );
    assert!(!message.contains("sooner"), "{message}");
    assert_eq!(
        error["hint"],
        "use it until then, or sign in again with `authctl login`"
    );
    let status = home.authctl(["status", "--json"]).run().succeeds();
    assert!(status.contains(r#""ended_by":"invalid_grant""#), "{status}");
    let status = home.authctl(["status"]).run().succeeds();
    assert!(status.contains("end of default: at 2"), "{status}");
    assert_eq!(server.count("POST /token"), 2);
}

#[test]
fn what_happened_why_and_what_to_do_stand_in_lines_of_their_own() {
    let refusal = r#"{"error":"invalid_grant","error_description":"token revoked"}"#;
    let (_server, home) = signed_in_at([json(400, refusal)]);
    let stderr = home.authctl(["refresh"]).run().fails(4);
    assert_eq!(
        stderr,
        "error: cannot refresh the token for profile `default`\n  \
           why: the session of profile `default` cannot be renewed: the server answered \
         invalid_grant (\"token revoked\")\n \
         hint: sign in again with `authctl login`\n"
    );
}

#[test]
fn invalid_client_at_a_refresh_is_a_refusal() {
    let (_server, home) = signed_in_at([json(401, r#"{"error":"invalid_client"}"#)]);
    expire(&home, "default");
    let error = home.authctl(["token", "--json"]).run().fails_json(5);
    assert_eq!(error["error"], "refused");
    assert_eq!(refresh_token(&home), "rt-0");
}

/// A network error leaves the session and, while the old token lives, gives
/// that one.
#[test]
fn while_the_old_token_lives_a_dead_server_is_only_noted() {
    let mut server = observed();
    let home = Home::new();
    home.sign_in(server.issuer());
    let old = home.authctl(["token"]).run().succeeds();
    let before = refresh_token(&home);
    server.stop();
    expire_in(&home, "default", 600);
    let (token, stderr) = home
        .authctl(["token", "--min-ttl", "20m"])
        .run()
        .succeeds_saying();
    assert_eq!(token, old);
    assert!(
        stderr.starts_with("note: the token could not be renewed ("),
        "{stderr}"
    );
    assert!(stderr.contains("connection refused"), "{stderr}");

    expire(&home, "default");
    let error = home.authctl(["token", "--json"]).run().fails_json(6);
    assert_eq!(error["error"], "unreachable");
    assert_eq!(refresh_token(&home), before);
}

#[test]
fn refresh_itself_does_not_pretend_that_it_renewed() {
    let mut server = observed();
    let home = Home::new();
    home.sign_in(server.issuer());
    server.stop();
    let error = home.authctl(["refresh", "--json"]).run().fails_json(6);
    assert_eq!(error["error"], "unreachable");
    let error = home
        .authctl(["token", "--force-refresh", "--json"])
        .run()
        .fails_json(6);
    assert_eq!(error["error"], "unreachable");
    home.authctl(["token"]).run().succeeds();
}

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

/// V7: the reuse of a spent refresh token ends the family at the server; here
/// that is exit 4.
#[test]
fn v7_a_spent_refresh_token_is_exit_4() {
    let server = observed_with(|options| {
        options.config.reuse_grace = std::time::Duration::ZERO;
    });
    let home = Home::new();
    home.sign_in(server.issuer());
    let spent = kept(&home, "default").expect("a session").refresh_token;
    home.authctl(["refresh"]).run().succeeds();
    change_kept(&home, "default", |record| record.refresh_token = spent);
    let error = home.authctl(["refresh", "--json"]).run().fails_json(4);
    assert_eq!(error["error"], "refresh_refused");
    // Clear, and no loop.
    assert_eq!(server.count("POST /token 400"), 1);
}

#[test]
fn a_server_that_does_not_rotate_keeps_its_refresh_token() {
    let ok = r#"{"access_token":"at-1","token_type":"Bearer","expires_in":3600}"#;
    let (_server, home) = signed_in_at([json(200, ok)]);
    home.authctl(["refresh"]).run().succeeds();
    assert_eq!(refresh_token(&home), "rt-0");
    assert_eq!(home.authctl(["token"]).run().succeeds(), "at-1");
}

#[test]
fn a_refresh_answer_without_a_token_leaves_the_session() {
    for body in [
        "{}",
        "",
        "<html>",
        r#"{"access_token":1,"token_type":"Bearer"}"#,
    ] {
        let (_server, home) = signed_in_at([json(200, body)]);
        let error = home.authctl(["refresh", "--json"]).run().fails_json(6);
        assert_eq!(error["error"], "senseless_answer");
        assert_eq!(refresh_token(&home), "rt-0");
        assert_eq!(home.authctl(["token"]).run().succeeds(), "at-0");
    }
}

/// A server and a home signed in there; while the server answers the refresh,
/// someone who does not share the lock stores these tokens.
fn raced(theirs: [&'static str; 2], ours: fn() -> Answer) -> (Fake, Arc<Home>) {
    let home = Arc::new(Home::new());
    let shared = Arc::clone(&home);
    let server = Fake::new(move |request| match request.what.as_str() {
        "POST /token" if request.body.contains("refresh_token=rt-0") => {
            change_kept(&shared, "default", |record| {
                record.refresh_token = Some(Secret::new(theirs[1]));
                let token = record.tokens.last_mut().expect("a token");
                token.access_token = Secret::new(theirs[0]);
                token.expires_at = token.expires_at.map(|at| Timestamp(at.0 + 3_600));
            });
            ours()
        }
        "POST /token" => bearer("at-0", "rt-0"),
        _ => metadata(&request.host),
    });
    home.sign_in_at(&server);
    expire(&home, "default");
    (server, home)
}

/// S6: someone who does not share the lock has rotated: the store is read
/// again, what is there is used, and the newer token is never deleted.
#[test]
fn s6_the_loser_of_a_rotation_uses_what_the_winner_stored() {
    let refusal = || json(400, r#"{"error":"invalid_grant"}"#);
    let (_server, home) = raced(["at-1", "rt-1"], refusal);
    assert_eq!(home.authctl(["token"]).run().succeeds(), "at-1");
    assert_eq!(refresh_token(&home), "rt-1");
}

/// S6: what someone who does not share the lock stored while our answer was on
/// its way is not overwritten.
#[test]
fn s6_a_record_that_was_changed_in_the_meantime_stays() {
    let (_server, home) = raced(["at-theirs", "rt-theirs"], || bearer("at-ours", "rt-ours"));
    assert_eq!(home.authctl(["token"]).run().succeeds(), "at-theirs");
    assert_eq!(refresh_token(&home), "rt-theirs");
}

/// S6, compare and clear: what the server calls dead is not sent again, and
/// `status` does not call the session renewable.
#[test]
fn a_dead_refresh_token_is_forgotten() {
    let server = observed_with(|options| {
        options.config.reuse_grace = std::time::Duration::ZERO;
    });
    let home = Home::new();
    home.sign_in(server.issuer());
    let spent = kept(&home, "default").expect("a session").refresh_token;
    home.authctl(["refresh"]).run().succeeds();
    change_kept(&home, "default", |record| record.refresh_token = spent);
    expire(&home, "default");
    home.authctl(["token"]).run().fails(4);
    server.forget();
    let error = home.authctl(["token", "--json"]).run().fails_json(4);
    assert_eq!(error["error"], "session_expired", "{error}");
    assert_eq!(server.requests(), 0);
    home.authctl(["status"]).run().fails(4);
}

#[test]
fn a_token_that_ends_too_soon_and_cannot_be_renewed_is_called_that() {
    let server = observed();
    let home = Home::new();
    home.sign_in(server.issuer());
    change_kept(&home, "default", |record| record.refresh_token = None);
    expire_in(&home, "default", 20);
    let error = home.authctl(["token", "--json"]).run().fails_json(4);
    assert_eq!(error["error"], "session_ends_too_soon", "{error}");
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

/// A server between, whose token endpoint gives these answers.
fn signed_in_between(real: &Observed, answers: impl IntoIterator<Item = String>) -> (Fake, Home) {
    let home = Home::new();
    let between = Fake::tokens(answers.into_iter().map(|answer| json(200, &answer)));
    home.authctl(["login", "-q", "--issuer", real.issuer()])
        .args(["--client-id", "authctl", "--username", "alice"])
        .args(["--token-endpoint", &between.url("/token")])
        .env("AUTHCTL_PASSWORD", "wonderland")
        .run()
        .succeeds();
    (between, home)
}

/// A person's access token and ID Token, which fit each other.
fn issued(server: &Observed, user: &str, password: &str) -> (String, String) {
    let home = Home::new();
    home.authctl(["login", "-q", "--issuer", server.issuer()])
        .args(["--client-id", "authctl", "--username", user])
        .env("AUTHCTL_PASSWORD", password)
        .run()
        .succeeds();
    let record = kept(&home, "default").expect("a session");
    let id_token = record.id_token.expect("an ID Token");
    (
        record.tokens[0].access_token.expose().to_owned(),
        id_token.expose().to_owned(),
    )
}

fn answer(access_token: &str, refresh_token: &str, id_token: Option<&str>) -> String {
    let id_token = id_token.map_or_else(String::new, |token| format!(r#","id_token":"{token}""#));
    format!(
        r#"{{"access_token":"{access_token}","token_type":"Bearer","expires_in":3600,"refresh_token":"{refresh_token}"{id_token}}}"#
    )
}

/// Of an answer whose ID Token is not good nothing is given out; its refresh
/// token is kept, since the server has spent the other one, and serves again
/// once a good ID Token comes with it.
#[test]
fn a_refused_id_token_costs_no_session() {
    let real = observed();
    let (access, id_token) = issued(&real, "alice", "wonderland");
    let forged = format!("{}A", &id_token[..id_token.len() - 1]);
    let forged = match forged == id_token {
        true => format!("{}Q", &id_token[..id_token.len() - 1]),
        false => forged,
    };
    let (between, home) = signed_in_between(
        &real,
        [
            answer(&access, "rt-0", Some(&id_token)),
            answer("at-1", "rt-1", Some(&forged)),
            answer("at-2", "rt-2", None),
            answer(&access, "rt-3", Some(&id_token)),
        ],
    );
    let error = home.authctl(["refresh", "--json"]).run().fails_json(5);
    assert_eq!(error["error"], "id_token", "{error}");
    assert_eq!(refresh_token(&home), "rt-1");
    // What lived before lives on; nothing of the refused answer does.
    assert_eq!(home.authctl(["token"]).run().succeeds(), access);
    expire(&home, "default");
    let error = home.authctl(["token", "--json"]).run().fails_json(5);
    assert_eq!(error["error"], "session_in_doubt", "{error}");
    assert_eq!(refresh_token(&home), "rt-2");
    assert_eq!(home.authctl(["token"]).run().succeeds(), access);
    let record = kept(&home, "default").expect("a session");
    assert!(record.renewal.is_none());
    assert_eq!(refresh_token(&home), "rt-3");
    assert_eq!(record.id_token.expect("one").expose(), id_token);
    let sent: Vec<String> = between.seen().into_iter().map(|seen| seen.body).collect();
    for (n, body) in sent.iter().skip(1).enumerate() {
        assert!(body.contains(&format!("refresh_token=rt-{n}")), "{body}");
    }
}

/// J45, OIDC Core section 12.2: an answer for another person is none of this
/// session's, refresh token and all.
#[test]
fn j45_nothing_of_another_persons_answer_is_kept() {
    let real = observed();
    let alice = issued(&real, "alice", "wonderland");
    let bob = issued(&real, "bob", "builder");
    let (_between, home) = signed_in_between(
        &real,
        [
            answer(&alice.0, "rt-alice", Some(&alice.1)),
            answer(&bob.0, "rt-bob", Some(&bob.1)),
        ],
    );
    let before = kept(&home, "default").expect("a session").to_json();
    let error = home.authctl(["refresh", "--json"]).run().fails_json(5);
    assert_eq!(error["error"], "id_token", "{error}");
    let after = kept(&home, "default").expect("a session").to_json();
    assert_eq!(before, after, "the session is as it was");
    assert_eq!(home.authctl(["token"]).run().succeeds(), alice.0);
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
