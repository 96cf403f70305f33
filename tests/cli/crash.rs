//! A kill at every system call of a renewal: the session is never lost.
//!
//! What was tried is printed: `cargo test --test cli crash -- --nocapture`.

use std::time::Duration;

use authctl::core::secret::Secret;
use authctl::core::store::Record;

use crate::harness::Home;
use crate::killer::{Run, Sweep, is_exact};
use crate::observed::{expire, kept, observed_with};

/// What the kills left.
#[derive(Debug, Default)]
struct Tally {
    kills: u32,
    /// The record as it was, the server not asked or not answered.
    old: u32,
    /// As it was, with what was on its way written beside it.
    between: u32,
    /// The record as it was to become.
    new: u32,
    /// The server had rotated, and what it answered was not kept.
    answers_lost: u32,
    /// Of these, those that its grace time made good.
    recovered: u32,
    /// Told as what they were, with exit 4.
    told: u32,
}

fn same(a: &Option<Secret>, b: &Option<Secret>) -> bool {
    match (a, b) {
        (Some(a), Some(b)) => a.matches(b),
        (None, None) => true,
        _ => false,
    }
}

fn same_tokens(a: &Record, b: &Record) -> bool {
    a.tokens.len() == b.tokens.len()
        && a.tokens
            .iter()
            .zip(&b.tokens)
            .all(|(a, b)| a.access_token.matches(&b.access_token) && a.expires_at == b.expires_at)
}

/// Kills `token` at its first system call, its second and so on, until it ends
/// by itself. After each, the record must be whole and of one piece, and the
/// next run must go on or say why it cannot.
fn sweep(grace: Duration, step: u32) -> Tally {
    let server = observed_with(|options| options.config.reuse_grace = grace);
    let home = Home::new();
    home.sign_in(server.issuer());
    // The first run fetches what later ones have.
    home.authctl(["refresh"]).run().succeeds();
    let mut tally = Tally::default();
    let mut sweep = Sweep::every(step);
    loop {
        expire(&home, "default");
        let before = kept(&home, "default").expect("a session");
        server.forget();
        let nth = match sweep.kill(home.authctl(["token"])) {
            Run::Killed(nth) => nth,
            Run::Ended => continue,
            Run::Over => break,
        };
        tally.kills += 1;
        // Readable: neither none nor half of one.
        let after = kept(&home, "default").expect("a session");
        assert!(after.id_token.is_some() && after.subject == before.subject);
        let kept_answer = if !same(&after.refresh_token, &before.refresh_token) {
            assert!(!same_tokens(&after, &before), "system call {nth}");
            assert!(after.open_renewal().is_none(), "system call {nth}");
            tally.new += 1;
            true
        } else {
            // Not mixed: all that was there is there.
            assert!(same_tokens(&after, &before), "system call {nth}");
            assert!(same(&after.id_token, &before.id_token));
            match after.open_renewal() {
                None => tally.old += 1,
                Some(_) => tally.between += 1,
            }
            after
                .open_renewal()
                .is_some_and(|renewal| renewal.successor.is_some())
        };
        let answered = || server.count("POST /token 200");
        assert!(!kept_answer || answered() == 1, "system call {nth}");
        let next = home.authctl(["token", "--json"]).run();
        let goes_on = next.0.status.success();
        // Only now has the server certainly seen what was under way at the kill.
        let lost = !kept_answer && answered() == 1 + usize::from(goes_on);
        tally.answers_lost += u32::from(lost);
        if goes_on {
            next.succeeds();
            tally.recovered += u32::from(lost);
        } else {
            let error = next.fails_json(4);
            assert_eq!(error["error"], "refresh_answer_lost", "{error}");
            assert!(lost, "system call {nth}: nothing was lost, but {error}");
            tally.told += 1;
            home.sign_in(server.issuer());
        }
        let left: Vec<_> = std::fs::read_dir(home.sessions())
            .expect("the store")
            .map(|entry| entry.expect("a file").file_name())
            .filter(|name| name.to_string_lossy().starts_with('.'))
            .collect();
        assert!(left.is_empty(), "system call {nth} left {left:?}");
    }
    tally
}

/// S7, S8: the server answers a repeat in its grace time, so that no kill
/// costs a sign-in.
#[test]
fn s7_a_kill_at_any_system_call_loses_no_session() {
    let tally = sweep(Duration::from_secs(3600), 1);
    println!(
        "kills at each system call (exact: {}): {tally:?}; sessions lost: 0",
        is_exact()
    );
    assert_eq!(tally.told, 0);
    assert_eq!(tally.recovered, tally.answers_lost);
    if is_exact() {
        assert!(tally.kills > 200, "{tally:?}");
        assert!(tally.old > 0 && tally.between > 0 && tally.new > 0);
        assert!(tally.answers_lost > 0, "{tally:?}");
    }
}

/// S8: where the server forgives nothing, only a kill between its answer and
/// the save that follows costs a sign-in, and that is said.
#[test]
fn s8_a_kill_that_costs_a_sign_in_says_so() {
    // Not every one: each that costs a sign-in takes a moment more.
    let tally = sweep(Duration::ZERO, 4);
    println!(
        "kills at every fourth system call, no grace (exact: {}): {tally:?}",
        is_exact()
    );
    assert_eq!(tally.told, tally.answers_lost);
    assert_eq!(tally.recovered, 0);
}
