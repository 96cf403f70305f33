//! The network is cut, and machines end, in the middle of a refresh.

use std::io::{BufRead as _, BufReader, Read as _};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, mpsc};
use std::time::{Duration, Instant};

use authctl::core::store::{Key, TokenStore as _};

use super::proxy::{Fate, Proxy};
use super::server::Bao;
use super::{Issuer, runner, sign_in};

/// A cut at each request to Vault in turn, before it arrives and before its
/// answer does: the refresh ends well each time, with one request, and the
/// session goes on.
#[test]
fn a_cut_at_any_request_of_a_refresh_loses_nothing() {
    let (bao, folder, issuer) = (Bao::shared(), Bao::folder(), Issuer::start());
    let proxy = Proxy::before(bao.authority());
    let near = runner(&bao.url(), &folder, &issuer.url);
    let far = runner(&proxy.url(), &folder, &issuer.url);
    sign_in(&near);
    for fate in [Fate::Cut, Fate::AnswerLost] {
        for nth in 0.. {
            let sent = Arc::new(AtomicUsize::new(0));
            proxy.decide({
                let sent = Arc::clone(&sent);
                move |_| match sent.fetch_add(1, Ordering::SeqCst) {
                    now if now == nth => fate,
                    _ => Fate::Pass,
                }
            });
            issuer.answered();
            far.authctl(["refresh", "-q"]).succeeds_quietly();
            assert_eq!(issuer.answered(), 1, "{fate:?} {nth}");
            if sent.load(Ordering::SeqCst) <= nth {
                assert!(nth > 8, "only {nth} requests");
                break;
            }
        }
    }
    proxy.decide(|_| Fate::Pass);
    near.authctl(["refresh", "-q"]).succeeds_quietly();
    far.authctl(["refresh", "-q"]).succeeds_quietly();
    assert_eq!(issuer.answered(), 2);
}

/// From the moment at which the server has spent the refresh token nobody can
/// reach Vault, for longer than a request is tried.
#[test]
fn a_cut_of_some_seconds_between_rotation_and_save_loses_nothing() {
    let (bao, folder, issuer) = (Bao::shared(), Bao::folder(), Issuer::start());
    let proxy = Proxy::before(bao.authority());
    let runners = [
        runner(&proxy.url(), &folder, &issuer.url),
        runner(&bao.url(), &folder, &issuer.url),
    ];
    sign_in(&runners[1]);
    let cut = Arc::new(AtomicBool::new(false));
    proxy.decide({
        let cut = Arc::clone(&cut);
        move |_| {
            if cut.load(Ordering::SeqCst) {
                Fate::Cut
            } else {
                Fate::Pass
            }
        }
    });
    issuer.answered();
    issuer.on_token({
        let cut = Arc::clone(&cut);
        move || {
            cut.store(true, Ordering::SeqCst);
            let cut = Arc::clone(&cut);
            std::thread::spawn(move || {
                std::thread::sleep(Duration::from_secs(6));
                cut.store(false, Ordering::SeqCst);
            });
        }
    });
    let before = bao
        .kept(&folder)
        .and_then(|record| record.refresh_token)
        .expect("a token");
    let cut_off = runners[0].start(["refresh", "-q"]);
    while issuer.answered.load(Ordering::SeqCst) == 0 {
        std::thread::sleep(Duration::from_millis(5));
    }
    issuer.on_token(|| ());
    // Another machine, which can reach Vault all the time, waits meanwhile.
    let other = runners[1].start(["refresh", "-q"]);
    for child in [cut_off, other] {
        let output = child.wait_with_output().expect("authctl ends");
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert_eq!((output.status.code(), &*stderr), (Some(0), ""));
    }
    assert_eq!(issuer.answered(), 1, "it takes what the other saved");
    let after = bao
        .kept(&folder)
        .and_then(|record| record.refresh_token)
        .expect("a token");
    assert!(!after.matches(&before));
    runners[0].authctl(["refresh", "-q"]).succeeds_quietly();
}

/// S5: a holder that is killed in the middle of its request frees the others
/// when its lease has run out, and they say for whom they wait.
#[cfg(unix)]
#[test]
fn s5_a_killed_holder_frees_other_machines_within_the_bound() {
    let (bao, folder, issuer) = (Bao::shared(), Bao::folder(), Issuer::start());
    let runners = [(); 2].map(|()| runner(&bao.url(), &folder, &issuer.url));
    let authority = issuer.url.strip_prefix("http://").expect("plain http");
    let proxy = Proxy::before(authority);
    sign_in(&runners[0]);
    issuer.answered();
    let (hangs, hung) = mpsc::channel();
    proxy.decide(move |line| {
        if !line.starts_with("POST /token") {
            return Fate::Pass;
        }
        hangs.send(()).expect("a listener");
        Fate::Hang
    });
    // The lease lasts ten seconds longer than a conversation may.
    let endpoint = format!("{}/token", proxy.url());
    let mut holder =
        runners[0].start(["refresh", "--timeout", "2s", "--token-endpoint", &endpoint]);
    hung.recv_timeout(Duration::from_secs(30))
        .expect("a request");
    holder.kill().expect("it runs");
    holder.wait().expect("it ends");
    let killed = Instant::now();

    let mut waiting = runners[1].start(["refresh"]);
    let mut stderr = BufReader::new(waiting.stderr.take().expect("it is piped"));
    let mut said = String::new();
    stderr.read_line(&mut said).expect("text");
    let pid = holder.id();
    let expected = format!("note: waiting for process {pid} on `");
    assert!(said.starts_with(&expected), "{said}");
    let mut rest = String::new();
    stderr.read_to_string(&mut rest).expect("text");
    let exit = waiting.wait().expect("it ends");
    let took = killed.elapsed();
    assert_eq!(exit.code(), Some(0), "{rest}");
    assert!((9..15).contains(&took.as_secs()), "{took:?}");
    assert_eq!(issuer.answered(), 1);
}

/// A machine that is stopped for longer than its lease neither spends a
/// refresh token that another has spent, nor overwrites what that one saved.
#[cfg(unix)]
#[test]
fn a_holder_that_was_stopped_for_long_does_no_harm() {
    use rustix::process::{Pid, Signal, kill_process};

    let (bao, folder, issuer) = (Bao::shared(), Bao::folder(), Issuer::start());
    let proxy = Proxy::before(bao.authority());
    let slow = runner(&proxy.url(), &folder, &issuer.url);
    let quick = runner(&bao.url(), &folder, &issuer.url);
    sign_in(&quick);
    bao.expire(&folder);
    issuer.answered();
    let (locks, locked) = mpsc::channel();
    proxy.decide(move |line| {
        // It has the lease, and reads what it is about to renew.
        if line.contains("/locks/") && line.starts_with("POST /v1/secret/data") {
            let _ = locks.send(());
        }
        Fate::Pass
    });
    let child = slow.start(["token", "--timeout", "2s"]);
    locked
        .recv_timeout(Duration::from_secs(30))
        .expect("a lease");
    let pid = Pid::from_child(&child);
    kill_process(pid, Signal::STOP).expect("it runs");
    quick.authctl(["token", "-q"]).succeeds_quietly();
    let saved = bao
        .kept(&folder)
        .and_then(|record| record.refresh_token)
        .expect("a token");
    kill_process(pid, Signal::CONT).expect("it is there");
    let output = child.wait_with_output().expect("authctl ends");
    // It uses what the other got, or says that the lease went to another.
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(matches!(output.status.code(), Some(0 | 7)), "{stderr}");
    let kept = bao
        .kept(&folder)
        .and_then(|record| record.refresh_token)
        .expect("a token");
    assert!(kept.matches(&saved), "{stderr}");
    assert!(issuer.answered() <= 1);
    quick.authctl(["refresh", "-q"]).succeeds_quietly();
}

/// Another that met `invalid_grant` with what was just spent, because the
/// lease had run out, forgets it; the successor is saved all the same, and
/// that the server may think it stolen is told, once.
#[test]
fn a_successor_is_saved_over_a_token_that_another_forgot() {
    let (bao, folder, issuer) = (Bao::shared(), Bao::folder(), Issuer::start());
    let near = runner(&bao.url(), &folder, &issuer.url);
    sign_in(&near);
    issuer.on_token({
        let folder = folder.clone();
        move || {
            // Not on the server's own thread, which must not block.
            let folder = folder.clone();
            let forgetting = std::thread::spawn(move || {
                let mut record = bao.kept(&folder).expect("a session");
                record.refresh_token = None;
                record.renewal = None;
                let key = Key::session("default");
                bao.store(&folder).save(&key, &record).expect("to save");
            });
            forgetting.join().expect("it is forgotten");
        }
    });
    let renewed = near.authctl(["refresh"]).succeeds();
    let told = renewed
        .stderr
        .matches("was refused the refresh token")
        .count();
    assert_eq!(told, 1, "{}", renewed.stderr);
    issuer.on_token(|| ());
    near.authctl(["refresh", "-q"]).succeeds_quietly();
}
