//! `--store vault` against a real OpenBao server: runners that share a
//! session, a network that is cut at every request, moves, logins, TLS, refusals.

mod login;
mod moving;
mod network;
mod proxy;
mod refusals;
mod server;
mod tls;

use std::process::Child;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use authctl::core::http::Method;
use authctl::core::jose::Algorithm;
use authctl::server::{Config, Options, Running, Server};

use crate::harness::Sandbox;
use server::{Bao, ROOT};

/// How many processes each of two runners starts at once.
const PROCESSES: usize = 50;

/// The embedded server, which forgives no reuse of a refresh token: a second
/// use ends the family.
struct Issuer {
    _running: Running,
    url: String,
    answered: Arc<AtomicUsize>,
    refused: Arc<AtomicUsize>,
    on_token: Arc<Mutex<Box<dyn Fn() + Send>>>,
}

impl Issuer {
    fn start() -> Self {
        let (answered, refused) = (Arc::<AtomicUsize>::default(), Arc::<AtomicUsize>::default());
        let on_token: Arc<Mutex<Box<dyn Fn() + Send>>> = Arc::new(Mutex::new(Box::new(|| ())));
        let mut options = Options::new(Config::built_in());
        options.listen.set_port(0);
        options.config.algorithm = Algorithm::ES256;
        options.config.reuse_grace = Duration::ZERO;
        options.observer = Some(Arc::new({
            let (answered, refused) = (Arc::clone(&answered), Arc::clone(&refused));
            let on_token = Arc::clone(&on_token);
            move |exchange| {
                if exchange.path != "/token" {
                    return;
                }
                on_token.lock().expect("the hook")();
                let count = if exchange.status == 200 {
                    &answered
                } else {
                    &refused
                };
                count.fetch_add(1, Ordering::SeqCst);
            }
        }));
        let running = Server::bind(options)
            .and_then(Server::spawn)
            .expect("a running server");
        Self {
            url: running.ready().issuer.clone(),
            _running: running,
            answered,
            refused,
            on_token,
        }
    }

    /// Returns how many token requests were answered since the last call, and
    /// requires that none was refused.
    #[track_caller]
    fn answered(&self) -> usize {
        assert_eq!(self.refused.load(Ordering::SeqCst), 0, "refused requests");
        self.answered.swap(0, Ordering::SeqCst)
    }

    /// Calls `hook` at each token request, before its answer is sent.
    fn on_token(&self, hook: impl Fn() + Send + 'static) {
        *self.on_token.lock().expect("the hook") = Box::new(hook);
    }
}

/// A machine: a home of its own, and so no lock in common with others.
fn runner(vault: &str, folder: &str, issuer: &str) -> Sandbox {
    let mut runner = Sandbox::new();
    runner
        .set("AUTHCTL_STORE", "vault")
        .set("AUTHCTL_VAULT_PATH", folder)
        .set("VAULT_ADDR", vault)
        .set_secret("VAULT_TOKEN", ROOT)
        .set("AUTHCTL_ISSUER", issuer)
        .set("AUTHCTL_CLIENT_ID", "authctl");
    runner
}

fn sign_in(runner: &Sandbox) {
    runner
        .authctl_with_input(
            [
                "login",
                "-q",
                "--username",
                "alice",
                "--password",
                "-",
                "--scope",
                "openid,offline_access",
            ],
            "wonderland",
        )
        .succeeds_quietly();
}

/// Starts a call on each machine, as often as asked, all at once; returns what
/// each printed.
fn race(runners: &[Sandbox], arguments: &[&str]) -> Vec<String> {
    let started: Vec<Child> = (0..PROCESSES)
        .flat_map(|_| runners.iter().map(|runner| runner.start(arguments)))
        .collect();
    started
        .into_iter()
        .map(|child| {
            let output = child.wait_with_output().expect("authctl ends");
            let stderr = String::from_utf8_lossy(&output.stderr);
            assert_eq!(output.status.code(), Some(0), "{stderr}");
            String::from_utf8(output.stdout).expect("a token")
        })
        .collect()
}

/// S1 across machines: one refresh request, and the new token for all.
#[test]
fn s1_a_hundred_processes_on_two_machines_refresh_once() {
    let (bao, folder, issuer) = (Bao::shared(), Bao::folder(), Issuer::start());
    let runners = [
        runner(&bao.url(), &folder, &issuer.url),
        runner(&bao.url(), &folder, &issuer.url),
    ];
    sign_in(&runners[0]);
    for _ in 0..2 {
        bao.expire(&folder);
        issuer.answered();
        let tokens = race(&runners, &["token", "-q"]);
        assert_eq!(tokens.len(), 2 * PROCESSES);
        assert_eq!(issuer.answered(), 1);
        assert!(tokens.iter().all(|token| *token == tokens[0]));
    }
    // The family is alive, and either machine can go on with it.
    for runner in &runners {
        runner.authctl(["refresh", "-q"]).succeeds_quietly();
    }
    assert_eq!(issuer.answered(), 2);
}

/// S1 for a service token: with a cold cache they share one request.
#[test]
fn s1_a_hundred_processes_on_two_machines_ask_once_for_a_service_token() {
    let (bao, folder, issuer) = (Bao::shared(), Bao::folder(), Issuer::start());
    let mut runners = [
        runner(&bao.url(), &folder, &issuer.url),
        runner(&bao.url(), &folder, &issuer.url),
    ];
    for runner in &mut runners {
        runner
            .set("AUTHCTL_CLIENT_ID", "service")
            .set_secret("AUTHCTL_CLIENT_SECRET", "service-secret");
    }
    let tokens = race(&runners, &["token", "--client", "-q"]);
    assert_eq!(issuer.answered(), 1);
    assert!(tokens.iter().all(|token| *token == tokens[0]));
}

/// Forced refreshes one after another, none with a token that was spent.
#[test]
fn forced_refreshes_on_two_machines_all_end_well() {
    let (bao, folder, issuer) = (Bao::shared(), Bao::folder(), Issuer::start());
    let runners = [
        runner(&bao.url(), &folder, &issuer.url),
        runner(&bao.url(), &folder, &issuer.url),
    ];
    sign_in(&runners[0]);
    let started: Vec<Child> = (0..10)
        .map(|n| runners[n % 2].start(["refresh", "-q"]))
        .collect();
    for child in started {
        let output = child.wait_with_output().expect("authctl ends");
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(0), "{stderr}");
    }
    assert!((2..=11).contains(&issuer.answered()));
    runners[1].authctl(["refresh", "-q"]).succeeds_quietly();
}

/// A refresh token that was spent is in no version of the entry, and after
/// `logout` nothing of the session is.
#[test]
fn what_was_spent_is_in_no_version() {
    let (bao, folder, issuer) = (Bao::shared(), Bao::folder(), Issuer::start());
    let runner = runner(&bao.url(), &folder, &issuer.url);
    sign_in(&runner);
    for _ in 0..3 {
        runner.authctl(["refresh", "-q"]).succeeds_quietly();
    }
    let names = bao.names(&format!("{folder}/sessions"));
    assert_eq!(names.len(), 1);
    let path = format!("{folder}/sessions/{}", names[0]);
    let metadata = bao.does(Method::Get, &format!("secret/metadata/{path}"), None);
    let versions = metadata["data"]["versions"].as_object().expect("versions");
    assert_eq!(metadata["data"]["max_versions"], 1);
    assert_eq!(metadata["data"]["cas_required"], true);
    let current = metadata["data"]["current_version"]
        .as_u64()
        .expect("a number");
    assert!(current > 4, "{metadata}");
    assert_eq!(versions.keys().collect::<Vec<_>>(), [&current.to_string()]);
    for version in 1..current {
        let path = format!("secret/data/{path}?version={version}");
        assert_eq!(bao.send(Method::Get, &path, None).status, 404, "{path}");
    }
    let status = runner
        .authctl(["status", "--json"])
        .succeeds_quietly()
        .json();
    assert_eq!(status["sessions"][0]["store"], "vault");
    assert_eq!(status["sessions"][0]["refreshable"], true);

    runner.authctl(["logout", "-q"]).succeeds_quietly();
    assert_eq!(bao.names(&format!("{folder}/sessions")), [""; 0]);
    let path = format!("secret/metadata/{path}");
    assert_eq!(bao.send(Method::Get, &path, None).status, 404);
    assert_eq!(bao.names(&format!("{folder}/checks")), [""; 0]);
}
