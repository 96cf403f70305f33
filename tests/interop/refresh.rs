//! Renewal by many processes, at a real authorization server and over a real
//! keychain; and what a save does, as the kernel sees it.
//!
//! What was counted is printed: `cargo test --test interop refresh -- --nocapture`.
#![expect(clippy::unwrap_used, reason = "a test may fail")]

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use authctl::core::jose::Algorithm;
use authctl::core::store::{Key, KeychainStore, Places, TokenStore};
use authctl::core::time::Timestamp;
use authctl::server::{Config, Options, Running, Server};

use crate::harness::{AuthorizationServer, Sandbox};
use crate::oidc_provider;

const PROCESSES: usize = 100;

/// Starts all at once and returns what each printed; all must succeed.
fn race(command: impl Fn(usize) -> Command) -> Vec<String> {
    let children: Vec<Child> = (0..PROCESSES)
        .map(|n| {
            let mut command = command(n);
            command.stdin(Stdio::null());
            command.stdout(Stdio::piped()).stderr(Stdio::piped());
            command.spawn().unwrap()
        })
        .collect();
    children
        .into_iter()
        .map(|child| {
            let output = child.wait_with_output().unwrap();
            assert!(
                output.status.success(),
                "{}",
                String::from_utf8_lossy(&output.stderr)
            );
            String::from_utf8(output.stdout).unwrap()
        })
        .collect()
}

fn all_alike(tokens: &[String]) -> bool {
    !tokens[0].is_empty() && tokens.iter().all(|token| *token == tokens[0])
}

/// Lets the access tokens of the default profile have expired.
fn expire(store: &dyn TokenStore) {
    let key = Key::session("default");
    let mut record = store.load(&key).unwrap().unwrap();
    for token in &mut record.tokens {
        token.issued_at = Timestamp(1);
        token.expires_at = Some(Timestamp(2));
    }
    store.save(&key, &record).unwrap();
}

/// S1 at `oidc-provider`, which rotates and revokes the grant when a spent
/// refresh token comes again.
#[test]
fn s1_a_hundred_processes_refresh_once_at_oidc_provider() {
    let server = AuthorizationServer::start(&[]);
    let sandbox = oidc_provider::signed_in(&server, "alice");
    expire(&sandbox.files());
    let tokens = race(|_| {
        let mut command = sandbox.command(env!("CARGO_BIN_EXE_authctl"));
        command.args(["token", "-q"]);
        command
    });
    let seen = (
        server.count("refresh_token granted"),
        server.count("refresh_token refused"),
        server.count("grants revoked"),
    );
    println!(
        "oidc-provider: {PROCESSES} processes, {} refresh requests, {} refused, {} grants revoked",
        seen.0 + seen.1,
        seen.1,
        seen.2
    );
    assert_eq!(seen, (1, 0, 0));
    assert!(all_alike(&tokens));
    // The grant lives.
    sandbox.authctl(["refresh"]).succeeds();
}

/// S1 at `oidc-provider`, for a client's own token and a cold cache.
#[test]
fn s1_a_hundred_processes_of_a_client_ask_oidc_provider_once() {
    let server = AuthorizationServer::start(&[]);
    let sandbox = Sandbox::new();
    let client = server.client("client_secret_post");
    let tokens = race(|_| {
        let mut command = sandbox.command(env!("CARGO_BIN_EXE_authctl"));
        command
            .args(["token", "--client", "-q", "--issuer", server.issuer()])
            .args(["--client-id", &client.client_id])
            .args(["--auth-method", "client_secret_post"])
            .env(
                "AUTHCTL_CLIENT_SECRET",
                client.client_secret.as_ref().unwrap(),
            );
        command
    });
    let seen = server.count("client_credentials granted");
    println!("oidc-provider: {PROCESSES} processes with a cold cache, {seen} token requests");
    assert_eq!(seen, 1);
    assert!(all_alike(&tokens));
}

/// The embedded server, and the token requests that it saw.
struct Embedded {
    running: Running,
    seen: Arc<Mutex<Vec<u16>>>,
}

impl Embedded {
    /// Starts one that answers a spent refresh token again for so long.
    fn start(grace: Duration) -> Self {
        let seen = Arc::new(Mutex::new(Vec::new()));
        let witness = Arc::clone(&seen);
        let mut options = Options::new(Config::built_in());
        options.listen.set_port(0);
        options.config.algorithm = Algorithm::ES256;
        options.config.reuse_grace = grace;
        options.observer = Some(Arc::new(move |exchange| {
            if exchange.path == "/token" {
                witness.lock().unwrap().push(exchange.status);
            }
        }));
        let running = Server::bind(options).unwrap().spawn().unwrap();
        Self { running, seen }
    }

    fn issuer(&self) -> &str {
        &self.running.ready().issuer
    }

    /// Returns the statuses of the answers since the last call.
    fn answers(&self) -> Vec<u16> {
        std::mem::take(&mut *self.seen.lock().unwrap())
    }
}

/// A call of authctl in the keyring's session. Each process has a home of its
/// own: the lock is the credential's, wherever the configuration is (S2).
fn with_keychain(dir: &Path, n: usize, server: &Embedded) -> Command {
    let home = dir.join(format!("home-{n}"));
    std::fs::create_dir_all(&home).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_authctl"));
    command
        .env("HOME", &home)
        .env("XDG_CONFIG_HOME", home.join("config"))
        .env("XDG_DATA_HOME", home.join("data"))
        .env("XDG_CACHE_HOME", home.join("cache"))
        .env("AUTHCTL_STORE", "keychain")
        .env("AUTHCTL_ISSUER", server.issuer())
        .env("AUTHCTL_CLIENT_ID", "authctl")
        .env("AUTHCTL_NO_INPUT", "1");
    command
}

#[test]
#[ignore = "run as a child process by the tests of this file"]
fn in_a_session() {
    let dir = PathBuf::from(std::env::var_os("REFRESH_TEST_DIR").unwrap());
    let server = Embedded::start(Duration::ZERO);
    let signed_in = with_keychain(&dir, 0, &server)
        .args(["login", "-q", "--username", "alice"])
        .env("AUTHCTL_PASSWORD", "wonderland")
        .output()
        .unwrap();
    assert!(signed_in.status.success(), "{signed_in:?}");
    expire(&KeychainStore::native(&Places::new(dir.join("data"))));
    server.answers();
    let tokens = race(|n| {
        let mut command = with_keychain(&dir, n, &server);
        command.args(["token", "-q"]);
        command
    });
    let seen = server.answers();
    println!(
        "keychain: {PROCESSES} processes, {} refresh requests, answered {seen:?}",
        seen.len()
    );
    assert_eq!(seen, [200]);
    assert!(all_alike(&tokens));

    let tokens = race(|n| {
        let mut command = with_keychain(&dir, n, &server);
        command
            .args(["token", "--client", "-q", "--client-id", "service"])
            .env("AUTHCTL_CLIENT_SECRET", "service-secret");
        command
    });
    let seen = server.answers();
    println!(
        "keychain: {PROCESSES} processes with a cold cache, {} token requests",
        seen.len()
    );
    assert_eq!(seen, [200]);
    assert!(all_alike(&tokens));
}

/// S1, S2 over a real gnome-keyring.
#[test]
fn s1_a_hundred_processes_over_the_keychain_ask_once() {
    let dir = tempfile::tempdir().unwrap();
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/interop/keyring-session.sh");
    let output = Command::new(script)
        .arg(std::env::current_exe().unwrap())
        .args([
            "--ignored",
            "--exact",
            "--nocapture",
            "refresh::in_a_session",
        ])
        .env("REFRESH_TEST_DIR", dir.path())
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(
        output.status.success(),
        "{said}\n{}",
        String::from_utf8_lossy(&output.stderr)
    );
    for line in said.lines().filter(|line| line.starts_with("keychain: ")) {
        println!("{line}");
    }
}

/// Signs alice in at the embedded server.
fn signed_in(server: &Embedded) -> Sandbox {
    let mut sandbox = Sandbox::new();
    sandbox.set("AUTHCTL_PASSWORD", "wonderland");
    sandbox
        .authctl([
            "login",
            "-q",
            "--issuer",
            server.issuer(),
            "--client-id",
            "authctl",
            "--username",
            "alice",
        ])
        .succeeds();
    sandbox
}

/// Runs authctl under strace, with these arguments of it.
fn strace(sandbox: &Sandbox, options: &[&str], arguments: &[&str]) -> std::process::Output {
    sandbox
        .command("strace")
        .args(options)
        .arg(env!("CARGO_BIN_EXE_authctl"))
        .args(arguments)
        .stdin(Stdio::null())
        .output()
        .expect("strace is installed")
}

/// S9: each save writes a temporary file in the same folder, flushes it, puts
/// it in the place of the old one and flushes the folder, in this order. The
/// first is done before the refresh token is sent, all before the answer is
/// printed.
#[test]
fn s9_a_save_is_flushed_in_the_order_that_outlives_a_power_cut() {
    let server = Embedded::start(Duration::ZERO);
    let sandbox = signed_in(&server);
    let trace = sandbox.path("trace");
    let calls = "trace=openat,write,writev,sendto,sendmsg,fsync,renameat,renameat2,unlinkat,close";
    let options = ["-o", trace.to_str().unwrap(), "-s", "64", "-e", calls];
    let output = strace(&sandbox, &options, &["refresh"]);
    assert!(output.status.success(), "{output:?}");
    let trace = std::fs::read_to_string(trace).unwrap();
    let lines: Vec<&str> = trace.lines().collect();
    let after = |from: usize, what: &str| {
        let found = lines[from..].iter().position(|line| line.starts_with(what));
        from + found.unwrap_or_else(|| panic!("no {what} after line {from} of\n{trace}"))
    };
    let mut saves = Vec::new();
    let mut from = 0;
    while let Some(rename) = lines[from..]
        .iter()
        .position(|line| line.starts_with("rename") && line.contains(".session\""))
    {
        let rename = from + rename;
        let names: Vec<&str> = lines[rename].split('"').collect();
        let folder = lines[rename].split(['(', ',']).nth(1).unwrap();
        assert!(
            lines[rename].contains(&format!("\", {folder}, \"")),
            "the same folder: {}",
            lines[rename]
        );
        let made = (from..rename)
            .find(|&n| lines[n].contains(names[1]) && lines[n].starts_with("openat"))
            .expect("the temporary file is made");
        let file = lines[made].rsplit("= ").next().unwrap();
        let written = after(made, &format!("write({file}, "));
        let flushed = after(written, &format!("fsync({file})"));
        assert!(flushed < rename, "flushed before it is renamed:\n{trace}");
        let folder_flushed = after(rename, &format!("fsync({folder})"));
        saves.push((made, folder_flushed));
        from = folder_flushed + 1;
    }
    // The mark, the successor, and all of it.
    assert_eq!(saves.len(), 3, "{trace}");
    let sent = lines
        .iter()
        .position(|line| line.contains("POST /token"))
        .expect("the request");
    let said = after(0, "write(1, \"Renewed");
    assert!(saves[0].1 < sent && sent < saves[1].0, "{trace}");
    assert!(saves[2].1 < said, "saved before it is said:\n{trace}");
}

/// Returns the system calls of a whole run from the lock to the end: the name,
/// and which of its name it is.
fn calls_from_the_lock(trace: &str) -> Vec<(String, usize)> {
    let mut counts = std::collections::HashMap::new();
    let calls: Vec<(String, usize)> = trace
        .lines()
        .filter_map(|line| line.split_once('(').map(|(name, _)| name.to_owned()))
        .filter(|name| !name.is_empty() && name.bytes().all(|octet| octet.is_ascii_graphic()))
        .map(|name| {
            let count = counts.entry(name.clone()).or_insert(0);
            *count += 1;
            (name, *count)
        })
        .collect();
    let lock = calls.iter().position(|(name, _)| name == "flock");
    calls[lock.expect("a lock")..].to_vec()
}

/// S10: a system call of a save that fails in passing, any one of them, costs no
/// session, though the server forgives nothing.
#[test]
fn s10_what_fails_once_in_a_save_loses_no_session() {
    let server = Embedded::start(Duration::ZERO);
    let sandbox = signed_in(&server);
    let trace = sandbox.path("trace");
    let output = strace(&sandbox, &["-o", trace.to_str().unwrap()], &["refresh"]);
    assert!(output.status.success(), "{output:?}");
    let calls = calls_from_the_lock(&std::fs::read_to_string(trace).unwrap());
    let of_a_save = |name: &str| ["fsync", "fchmod"].contains(&name) || name.starts_with("rename");
    let (mut failed, mut refused) = (0, 0);
    for (name, nth) in calls.iter().filter(|(name, _)| of_a_save(name)) {
        for error in ["EIO", "ENOSPC"] {
            let inject = format!("inject={name}:error={error}:when={nth}");
            let options = ["-qq", "-o", "/dev/null", "-e", &inject];
            let output = strace(&sandbox, &options, &["refresh", "-q"]);
            failed += 1;
            refused += usize::from(!output.status.success());
            println!("{name} {nth} {error}: {:?}", output.status.code());
            sandbox.authctl(["refresh", "-q"]).succeeds_quietly();
        }
    }
    println!("strace: {failed} calls failed once, {refused} exits that say so, 0 sessions lost");
    assert!(failed > 8, "{calls:?}");
    assert!(!server.answers().contains(&400));
}

/// S7, as an outsider would do it: strace kills the process at a system call
/// between lock and end, and the next run goes on. (`tests/cli/crash.rs` does
/// it at every one.)
#[test]
fn s7_a_kill_by_strace_loses_no_session() {
    const STEP: usize = 3;
    let server = Embedded::start(Duration::from_secs(3600));
    let sandbox = signed_in(&server);
    let store = sandbox.files();
    expire(&store);
    let trace = sandbox.path("trace");
    let output = strace(&sandbox, &["-o", trace.to_str().unwrap()], &["token"]);
    assert!(output.status.success(), "{output:?}");
    let calls = calls_from_the_lock(&std::fs::read_to_string(trace).unwrap());
    let mut kills = 0;
    for (name, nth) in calls.iter().step_by(STEP) {
        expire(&store);
        let inject = format!("inject={name}:signal=KILL:when={nth}");
        let options = ["-qq", "-o", "/dev/null", "-e", &inject];
        let output = strace(&sandbox, &options, &["token"]);
        // How often it waits for the network is not always the same.
        kills += usize::from(!output.status.success());
        let record = store.load(&Key::session("default")).unwrap();
        let kept = record.unwrap().refresh_token.is_some();
        assert!(kept, "killed at {name} {nth}");
        sandbox.authctl(["token"]).succeeds_quietly();
    }
    println!("strace: {kills} kills, at every third system call from the lock; 0 sessions lost");
    assert!(kills > calls.len() / STEP / 2, "{kills} of {}", calls.len());
    assert!(!server.answers().contains(&400));
}
