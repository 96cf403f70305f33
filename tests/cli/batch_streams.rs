//! `authctl verify --batch` in a pipe: what comes late, too much, or no more.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::process::{Child, ChildStdin, ChildStdout, Stdio};

use serde_json::json;

use crate::bench::Bench;
#[cfg(unix)]
use crate::fake::{Answer, Fake, json as json_answer};
use crate::key_server::KeyServer;
use crate::tokens::{claims, jwks, key, sign};

/// A batch that runs, with both ends of its pipe.
struct Running {
    child: Child,
    stdin: ChildStdin,
    stdout: BufReader<ChildStdout>,
}

impl Running {
    fn start(bench: &Bench, more: &[&str]) -> Self {
        Self::spawn(bench.verify().args(["--batch", "-"]).args(more))
    }

    fn spawn(call: crate::harness::Call) -> Self {
        let mut child = call.into_command().stdin(Stdio::piped()).spawn().unwrap();
        Self {
            stdin: child.stdin.take().unwrap(),
            stdout: BufReader::new(child.stdout.take().unwrap()),
            child,
        }
    }

    fn write(&mut self, text: &str) {
        self.stdin.write_all(text.as_bytes()).unwrap();
        self.stdin.flush().unwrap();
    }

    fn read(&mut self) -> String {
        let mut line = String::new();
        self.stdout.read_line(&mut line).unwrap();
        line
    }

    /// Closes its input; returns the code, and the rest of stdout and stderr.
    fn end(self) -> (Option<i32>, String, String) {
        drop(self.stdin);
        let mut rest = String::new();
        let mut stdout = self.stdout;
        stdout.read_to_string(&mut rest).unwrap();
        let output = self.child.wait_with_output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        (output.status.code(), rest, said)
    }
}

#[test]
fn a_verdict_comes_as_soon_as_its_line_is_whole() {
    let bench = Bench::new("EdDSA");
    let token = bench.sign(claims());
    for jobs in ["1", "4"] {
        let mut batch = Running::start(&bench, &["-q", "--jobs", jobs]);
        for _ in 0..3 {
            batch.write(&format!("{token}\n"));
            assert_eq!(batch.read(), "good\n");
            let (first, second) = token.split_at(20);
            batch.write(first);
            batch.write(&format!("{second}\nx\n{first}"));
            assert_eq!(batch.read(), "good\n");
            assert!(batch.read().starts_with("bad\ttoken_malformed\t"));
            batch.write(&format!("{second}\r\n"));
            assert_eq!(batch.read(), "good\n");
        }
        assert_eq!(batch.end(), (Some(3), String::new(), String::new()));
    }
}

/// Others write for as long as somebody reads.
#[test]
fn fail_fast_stops_at_the_first_bad_token_and_reads_no_more() {
    let bench = Bench::new("EdDSA");
    let token = bench.sign(claims());
    for jobs in ["1", "4"] {
        let mut batch = Running::start(&bench, &["--fail-fast", "--jobs", jobs]);
        batch.write(&format!("{token}\n{token}\nx\n{token}\n"));
        let endless = format!("{token}\n").repeat(1_000);
        let mut stdin = batch.stdin;
        while stdin.write_all(endless.as_bytes()).is_ok() {}
        let output = batch.child.wait_with_output().unwrap();
        let mut verdicts = String::new();
        batch.stdout.read_to_string(&mut verdicts).unwrap();
        let lines: Vec<&str> = verdicts.lines().map(|line| &line[..3]).collect();
        assert_eq!(lines, ["goo", "goo", "bad"], "{jobs}");
        assert_eq!(output.status.code(), Some(3));
        assert_eq!(
            String::from_utf8_lossy(&output.stderr),
            "note: 3 tokens judged in 0 s: 2 good, 1 bad (token_malformed 1)\n"
        );
    }
}

/// The input stays open, and nothing more comes.
#[test]
fn fail_fast_does_not_wait_for_more() {
    let bench = Bench::new("EdDSA");
    let mut batch = Running::start(&bench, &["-q", "--fail-fast", "--jobs", "4"]);
    batch.write("x\n");
    assert_eq!(batch.child.wait().unwrap().code(), Some(3));
    assert!(batch.read().starts_with("bad\t"));
}

#[cfg(unix)]
#[test]
fn h7_a_reader_that_has_gone_ends_it_quietly() {
    let bench = Bench::new("EdDSA");
    let token = bench.sign(claims());
    let mut batch = Running::start(&bench, &[]);
    batch.write(&format!("{token}\n"));
    assert_eq!(batch.read(), "good\n");
    let Running {
        child,
        mut stdin,
        stdout,
    } = batch;
    drop(stdout);
    let endless = format!("{token}\n").repeat(1_000);
    while stdin.write_all(endless.as_bytes()).is_ok() {}
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
}

#[cfg(target_os = "linux")]
#[test]
fn h7_a_full_device_is_exit_1() {
    let bench = Bench::new("EdDSA");
    bench.home.write("tokens", "x\n");
    let call = bench.verify().args(["--batch", "tokens"]);
    let full = std::fs::File::options().write(true).open("/dev/full");
    let output = call.into_command().stdout(full.unwrap()).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(said.contains("cannot write the output"), "{said}");
}

#[cfg(unix)]
#[test]
fn h9_an_interruption_leaves_what_was_judged() {
    let bench = Bench::new("EdDSA");
    let token = bench.sign(claims());
    for name in ["INT", "TERM"] {
        let mut batch = Running::start(&bench, &["--json"]);
        batch.write(&format!("{token}\nx\n{token}\n"));
        let verdicts: Vec<_> = (0..3).map(|_| batch.read()).collect();
        assert!(
            verdicts[2].starts_with("{\"line\":3,\"valid\":true,"),
            "{verdicts:?}"
        );
        crate::signal(&batch.child, name);
        let Running { child, stdin, .. } = batch;
        let output = child.wait_with_output().unwrap();
        drop(stdin);
        assert_eq!(output.status.code(), Some(130));
        let summary: serde_json::Value = serde_json::from_slice(&output.stderr).unwrap();
        assert_eq!(summary["judged"], 3);
        assert_eq!(summary["interrupted"], true);
    }
}

/// Waits for a process, without reading from it.
#[cfg(unix)]
fn code_of(child: &mut Child) -> Option<i32> {
    let since = std::time::Instant::now();
    while since.elapsed() < std::time::Duration::from_secs(5) {
        if let Some(status) = child.try_wait().unwrap() {
            return status.code();
        }
        std::thread::sleep(std::time::Duration::from_millis(10));
    }
    child.kill().unwrap();
    panic!("it goes on");
}

#[cfg(unix)]
#[test]
fn h9_an_interruption_does_not_wait_for_a_reader() {
    let bench = Bench::new("EdDSA");
    // More than a pipe holds.
    bench.home.write("tokens", "x\n".repeat(20_000));
    let call = bench.verify().args(["--batch", "tokens", "--json"]);
    let mut child = call.into_command().spawn().unwrap();
    let mut first = [0; 1];
    child
        .stdout
        .as_mut()
        .unwrap()
        .read_exact(&mut first)
        .unwrap();
    std::thread::sleep(std::time::Duration::from_millis(300));
    crate::signal(&child, "INT");
    assert_eq!(code_of(&mut child), Some(130));
    let mut said = String::new();
    child.stderr.unwrap().read_to_string(&mut said).unwrap();
    let summary: serde_json::Value = serde_json::from_str(&said).unwrap();
    assert_eq!(summary["interrupted"], true);
}

#[cfg(unix)]
#[test]
fn h9_an_interruption_does_not_wait_for_keys() {
    let bench = Bench::new("EdDSA");
    let set = jwks(&bench.key);
    let asked = std::sync::atomic::AtomicUsize::new(0);
    let server =
        Fake::new(
            move |_| match asked.fetch_add(1, std::sync::atomic::Ordering::SeqCst) {
                0 => json_answer(200, &set),
                _ => Answer::Never,
            },
        );
    let call = bench
        .home
        .authctl(["verify", "--jwks", &server.url("/jwks")]);
    let mut batch = Running::spawn(call.args(["--batch", "-", "--timeout", "1h"]));
    let unknown = sign(&key("EdDSA"), json!({"kid": "k9"}), claims());
    batch.write(&format!("{unknown}\n"));
    while server.seen().len() < 2 {
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
    crate::signal(&batch.child, "INT");
    assert_eq!(code_of(&mut batch.child), Some(130));
}

/// Returns the most memory that a process has had resident, in octets.
#[cfg(target_os = "linux")]
fn peak(child: &Child) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{}/status", child.id())).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kibibytes = line.unwrap().trim().trim_end_matches(" kB");
    1024 * kibibytes.parse::<u64>().unwrap()
}

#[cfg(target_os = "linux")]
#[test]
fn j35_memory_does_not_grow_with_the_input() {
    let bench = Bench::new("HS256");
    let secret: serde_json::Value =
        serde_json::from_str(bench.key.private_jwk().unwrap().expose()).unwrap();
    bench
        .home
        .write("keys.json", json!({"keys": [secret]}).to_string());
    let token = bench.sign(claims()) + "\n";
    let many = token.repeat(3_000);
    let mut batch = Running::start(&bench, &["-q", "--only", "bad", "--jobs", "2"]);
    let feed = |batch: &mut Running, text: &str| {
        batch.write(text);
        // The answer to this one comes when all before it is judged.
        batch.write("x\n");
        assert!(batch.read().contains("\tbad\t"));
    };
    // What every thread needs.
    for _ in 0..5 {
        feed(&mut batch, &many);
    }
    let before = peak(&batch.child);
    for _ in 0..40 {
        feed(&mut batch, &many);
    }
    let after = peak(&batch.child);
    assert!(after - before < 4 << 20, "{before} and then {after}");
}

#[test]
fn j35_a_line_without_end_is_one_bad_verdict() {
    let bench = Bench::new("EdDSA");
    let token = bench.sign(claims());
    let mut batch = Running::start(&bench, &["-q"]);
    let mebibyte = "a".repeat(1 << 20);
    for _ in 0..12 {
        batch.write(&mebibyte);
    }
    assert_eq!(
        batch.read(),
        "bad\ttoken_malformed\tthe token is malformed: it is longer than 4194304 octets\n"
    );
    batch.write(&format!("\n{token}\n"));
    assert_eq!(batch.read(), "good\n");
    #[cfg(target_os = "linux")]
    assert!(peak(&batch.child) < 96 << 20);
    assert_eq!(batch.end().0, Some(3));
}

#[test]
fn j49_new_keys_are_fetched_once_while_tokens_come() {
    let bench = Bench::new("EdDSA");
    let server = KeyServer::start(&jwks(&bench.key));
    let now = crate::tokens::NOW.to_string();
    let mut batch = Running::spawn(bench.home.authctl([
        "verify",
        "-q",
        "--jwks",
        &server.url(),
        "--now",
        &now,
        "--issuer",
        "https://as.example",
        "--audience",
        "api",
        "--batch",
        "-",
        "--jobs",
        "4",
    ]));
    let old = bench.sign(claims());
    batch.write(&format!("{old}\n").repeat(50));
    for _ in 0..50 {
        assert_eq!(batch.read(), "good\n");
    }
    assert_eq!(server.requests(), 1);
    // The server rotates, and its new tokens come.
    let next = key("EdDSA").with_kid("k2");
    server.serve("Server: test", &jwks(&next));
    let new = sign(&next, json!({}), claims());
    batch.write(&format!("{new}\n").repeat(50));
    for _ in 0..50 {
        assert_eq!(batch.read(), "good\n");
    }
    assert_eq!(server.requests(), 2);
    // What was withdrawn is withdrawn, and made-up kids cost the server nothing.
    batch.write(&format!(
        "{old}\n{}\n",
        sign(&next, json!({"kid": "k3"}), claims())
    ));
    for _ in 0..2 {
        assert!(batch.read().starts_with("bad\tunknown_kid\t"));
    }
    assert_eq!(server.requests(), 2);
    assert_eq!(batch.end(), (Some(3), String::new(), String::new()));
}

#[test]
fn j50_without_keys_nothing_is_judged() {
    let bench = Bench::new("EdDSA");
    let server = KeyServer::start(&jwks(&bench.key));
    server.answer(String::new());
    bench
        .home
        .authctl(["verify", "--jwks", &server.url(), "--batch", "-"])
        .stdin("x\n")
        .code(6)
        .stderr_has("error: ")
        .check();
}
