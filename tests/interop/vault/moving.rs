//! `authctl profile move-store` to Vault and from it, over a network that
//! holds and one that does not.

use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use authctl::core::http::Method;
use authctl::core::secret::Secret;
use authctl::core::store::{Key, Record, TokenStore as _};
use serde_json::json;

use super::proxy::{Fate, Proxy};
use super::server::Bao;
use super::{Issuer, runner, sign_in};
use crate::harness::{Outcome, Sandbox};

/// As large as a token may well be.
const LARGE: usize = 12_288;

/// The stores between which a session is moved.
const WAYS: [(&str, &str); 2] = [("file", "vault"), ("vault", "file")];

/// A machine with a large session, kept in this store by its profile.
fn signed_in(vault: &str, folder: &str, issuer: &str, store: &str) -> Sandbox {
    let mut near = runner(vault, folder, issuer);
    near.set("AUTHCTL_STORE", "file");
    sign_in(&near);
    let record = near.files().load(&default()).expect("to read");
    let mut record = record.expect("a session");
    // For elsewhere, so that no renewal replaces it.
    let mut large = record.tokens[0].clone();
    large.audience = Some("elsewhere".into());
    large.access_token = Secret::new("a".repeat(LARGE));
    record.put_token(large);
    near.files().save(&default(), &record).expect("to save");
    near.set("AUTHCTL_STORE", "");
    if store == "vault" {
        move_to(&near, store, &[]).succeeds();
    }
    near
}

fn default() -> Key {
    Key::session("default")
}

fn move_to(near: &Sandbox, store: &str, more: &[&str]) -> Outcome {
    let arguments = ["profile", "move-store", "--json", "--to", store];
    near.authctl(arguments.iter().chain(more))
}

/// What a store has of the session, wherever it came from.
fn in_store(near: &Sandbox, folder: &str, store: &str) -> Option<String> {
    let record: Option<Record> = match store {
        "vault" => Bao::shared().kept(folder),
        _ => near.files().load(&default()).expect("a readable store"),
    };
    let mut record = record?;
    record.moved_from = None;
    Some(String::from_utf8(record.to_json().to_vec()).expect("JSON"))
}

/// It goes there whole, with what the client got for itself; another machine
/// finds it there; and it comes back.
#[test]
fn a_session_is_moved_to_vault_and_back() {
    let (bao, folder, issuer) = (Bao::shared(), Bao::folder(), Issuer::start());
    let mut near = signed_in(&bao.url(), &folder, &issuer.url, "file");
    near.set_secret("SERVICE", "service-secret");
    let service = |near: &Sandbox| {
        let arguments = ["token", "-q", "--client", "--client-id", "service"];
        let secret = ["--client-secret", "env:SERVICE"];
        near.authctl(arguments.into_iter().chain(secret))
            .succeeds_quietly()
            .stdout
    };
    let token = service(&near);
    for (from, to) in WAYS {
        issuer.answered();
        let before = in_store(&near, &folder, from).expect("a session");
        assert!(before.len() > LARGE);
        let answer = move_to(&near, to, &["--all"]).succeeds_quietly().json();
        let row = json!([{"profile": "default", "from": from, "outcome": "moved"}]);
        assert_eq!(answer["profiles"], row);
        assert_eq!(answer["client_tokens"], 1);
        assert_eq!(in_store(&near, &folder, from), None);
        assert_eq!(in_store(&near, &folder, to), Some(before));
        assert_eq!(service(&near), token);
        assert_eq!(issuer.answered(), 0, "nothing was asked for again");
        near.authctl(["refresh", "-q"]).succeeds_quietly();
        assert_eq!(in_store(&near, &folder, from), None);
        // Whether another machine has it is a matter of the store.
        let far = runner(&bao.url(), &folder, &issuer.url);
        match to {
            "vault" => far.authctl(["refresh", "-q"]).succeeds_quietly(),
            _ => far.authctl(["refresh"]).fails(4),
        };
    }
    assert_eq!(bao.names(&format!("{folder}/sessions")), [""; 0]);
}

/// Which Vault, and where in it, is remembered: another day no variable says it.
#[test]
fn where_a_session_was_moved_to_is_remembered() {
    let (bao, folder, issuer) = (Bao::shared(), Bao::folder(), Issuer::start());
    let mut near = signed_in(&bao.url(), &folder, &issuer.url, "vault");
    near.set("VAULT_ADDR", "").set("AUTHCTL_VAULT_PATH", "");
    near.authctl(["refresh", "-q"]).succeeds_quietly();
}

/// One request is lost, or its answer, each in turn: it is sent again.
#[test]
fn a_cut_at_any_request_of_a_move_is_made_good() {
    for fate in [Fate::Cut, Fate::AnswerLost] {
        at_each_request(|nth| Cut {
            fate,
            requests: nth..nth + 1,
            timeout: "30s",
            is_made_good: true,
        });
    }
}

/// Vault can be reached no more from one request on, each in turn: the session
/// is in one store or in both, whole, and the same command finishes.
#[test]
fn a_move_that_loses_the_network_loses_no_session() {
    at_each_request(|nth| Cut {
        fate: Fate::Cut,
        requests: nth..usize::MAX,
        timeout: "2s",
        is_made_good: false,
    });
}

/// What becomes of some of the requests of a move.
struct Cut {
    fate: Fate,
    requests: Range<usize>,
    timeout: &'static str,
    is_made_good: bool,
}

/// Moves both ways, as often as a move takes requests, at the same time.
fn at_each_request(cut: impl Fn(usize) -> Cut + Sync) {
    let issuer = Issuer::start();
    for (from, to) in WAYS {
        let requests = moved_over(&issuer, from, to, cut(usize::MAX - 1));
        assert!(requests > 6, "only {requests} requests");
        thread::scope(|scope| {
            for nth in 0..requests {
                let (issuer, cut) = (&issuer, &cut);
                scope.spawn(move || {
                    let sent = moved_over(issuer, from, to, cut(nth));
                    assert!(sent > nth, "{nth}: only {sent} requests");
                });
            }
        });
    }
    issuer.answered();
}

/// Moves over a network that is cut, then over one that holds; returns how
/// many requests the first took.
fn moved_over(issuer: &Issuer, from: &str, to: &str, cut: Cut) -> usize {
    let (bao, folder) = (Bao::shared(), Bao::folder());
    let proxy = Proxy::before(bao.authority());
    let near = signed_in(&proxy.url(), &folder, &issuer.url, from);
    let at = format!("{from} to {to}, {:?} at {:?}", cut.fate, cut.requests);
    let before = in_store(&near, &folder, from);
    let sent = Arc::new(AtomicUsize::new(0));
    proxy.decide({
        let (sent, requests) = (Arc::clone(&sent), cut.requests);
        move |_| match sent.fetch_add(1, Ordering::SeqCst) {
            now if requests.contains(&now) => cut.fate,
            _ => Fate::Pass,
        }
    });
    let cut_off = move_to(&near, to, &["--timeout", cut.timeout]);
    proxy.decide(|_| Fate::Pass);
    let left = [from, to].map(|store| in_store(&near, &folder, store));
    assert!(left.contains(&before), "{at}: in neither store");
    let is_whole = |found: &Option<String>| found.is_none() || *found == before;
    assert!(left.iter().all(is_whole), "{at}: torn");
    // What comes last gives the lease back, and need not arrive.
    let is_done = left == [None, before.clone()] && cut_off.stderr.is_empty();
    match cut.is_made_good || is_done {
        true => cut_off.succeeds_quietly(),
        false => cut_off.fails(7),
    };

    // Its lease runs out some time.
    for lock in bao.names(&format!("{folder}/locks")) {
        let path = format!("secret/metadata/{folder}/locks/{lock}");
        bao.does(Method::Delete, &path, None);
    }
    move_to(&near, to, &[]).succeeds_quietly();
    assert_eq!(in_store(&near, &folder, from), None, "{at}");
    assert_eq!(in_store(&near, &folder, to), before, "{at}");
    near.authctl(["refresh", "-q"]).succeeds_quietly();
    sent.load(Ordering::SeqCst)
}
