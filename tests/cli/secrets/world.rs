//! Where the calls are made, watched, and what they say is kept.

use std::collections::BTreeSet;
use std::io::Write as _;
use std::process::Stdio;
use std::sync::atomic::{AtomicBool, Ordering};

use super::forms::Forms;
use super::recording::Recording;
use super::{CLIENT_SECRET, PASSWORD, SERVER};
use crate::harness::{Call, Home};
use crate::observed::kept;

/// The server, a home, and all that came of the calls.
pub struct World {
    pub server: Recording,
    pub home: Home,
    pub forms: Forms,
    pub said: Vec<Said>,
    /// Calls that ended otherwise than they should.
    pub otherwise: Vec<String>,
    /// Command lines, and the environment of children.
    pub seen_by_others: Vec<u8>,
    pub samples: usize,
    pub children: usize,
}

/// What a call said.
pub struct Said {
    pub command: String,
    pub exit: i32,
    /// Left out where a secret was asked for.
    pub stdout: Option<Vec<u8>>,
    pub stderr: Vec<u8>,
}

impl World {
    pub fn new() -> Self {
        let home = Home::new().with("PATH", "/usr/bin:/bin");
        for folder in ["tmp", "in", "out"] {
            std::fs::create_dir(home.path().join(folder)).expect("a folder");
        }
        home.write("in/password", PASSWORD);
        home.write("in/server.toml", SERVER);
        // A child of ours that writes down what it is and has, and what its
        // parent is called.
        home.write(
            "in/tell.sh",
            "tr '\\0' '\\n' < /proc/$$/cmdline >> children\n\
             tr '\\0' '\\n' < /proc/$PPID/cmdline >> children\n\
             env >> children\n\
             cat in/password\n",
        );
        Self {
            server: Recording::new(SERVER),
            home,
            forms: Forms::default(),
            said: Vec::new(),
            otherwise: Vec::new(),
            seen_by_others: Vec::new(),
            samples: 0,
            children: 0,
        }
    }

    /// Prepares a call of these words.
    pub fn authctl(&self, words: &str) -> Call {
        self.home.authctl(words.split_whitespace())
    }

    /// Prepares a call as the confidential client.
    pub fn service(&self, words: &str) -> Call {
        self.authctl(words)
            .args(["--issuer", &self.server.issuer(), "--client-id", "batch"])
            .env("AUTHCTL_CLIENT_SECRET", CLIENT_SECRET)
    }

    /// Makes a call that succeeds and whose answer is no secret; returns it.
    pub fn ok(&mut self, call: Call) -> String {
        self.make(call, 0, true)
    }

    /// Makes a call that gives out a secret, as it was asked to.
    pub fn gives(&mut self, call: Call) -> String {
        self.make(call, 0, false)
    }

    /// Makes a call that ends with this code.
    pub fn ends(&mut self, exit: i32, call: Call) {
        self.make(call, exit, true);
    }

    /// Adds what the store keeps of the session.
    pub fn remember(&mut self) {
        let record = kept(&self.home, "default").expect("a session");
        for token in &record.tokens {
            let token = token.access_token.expose();
            self.forms.add("a kept access token", token);
        }
        for token in [&record.refresh_token, &record.id_token] {
            let token = token.as_ref().expect("a token").expose();
            self.forms.add("a kept token", token);
        }
    }

    /// Makes a call at the loudest, and watches it.
    fn make(&mut self, call: Call, exit: i32, is_public: bool) -> String {
        let (mut command, input) = call
            .env("RUST_LOG", "trace")
            .env("RUST_BACKTRACE", "full")
            .env("SSLKEYLOGFILE", "keys.log")
            .env("TMPDIR", self.home.path().join("tmp"))
            .into_parts();
        let name = name_of(&command);
        if !command.get_args().any(|argument| argument == "--") {
            command.arg("-vv");
        }
        let mut child = command.stdin(Stdio::piped()).spawn().expect("authctl runs");
        let mut stdin = child.stdin.take().expect("a pipe");
        let id = child.id();
        let over = &AtomicBool::new(false);
        let (output, seen) = std::thread::scope(|threads| {
            threads.spawn(move || {
                // Who does not read it all, does not want it all.
                let _ = stdin.write_all(&input.unwrap_or_default());
            });
            let watcher = threads.spawn(move || watch(id, over));
            let output = child.wait_with_output().expect("authctl ends");
            over.store(true, Ordering::SeqCst);
            (output, watcher.join().expect("the watcher ends"))
        });
        self.seen_by_others.extend(seen.text);
        self.samples += seen.samples;
        self.children += seen.children;
        let stdout = String::from_utf8_lossy(&output.stdout).into_owned();
        if output.status.code() != Some(exit) {
            self.otherwise.push(format!(
                "{command:?} gave {:?}, not {exit}: {stdout}{}",
                output.status.code(),
                String::from_utf8_lossy(&output.stderr)
            ));
        }
        self.said.push(Said {
            command: name,
            exit,
            stdout: is_public.then_some(output.stdout),
            stderr: output.stderr,
        });
        stdout
    }
}

/// The name of the command: `token`, or two words where it has commands below.
fn name_of(command: &std::process::Command) -> String {
    let mut words = command
        .get_args()
        .map(|word| word.to_string_lossy().into_owned());
    let first = words.next().unwrap_or_default();
    match (first.as_str(), words.next()) {
        ("key" | "jwks" | "profile", Some(second)) => format!("{first} {second}"),
        _ => first,
    }
}

/// What other processes of the machine could see.
#[derive(Default)]
struct Seen {
    text: Vec<u8>,
    samples: usize,
    children: usize,
}

/// Looks, as long as a process runs, at its command line, at those of its
/// children, and at the environment of these.
#[cfg(target_os = "linux")]
fn watch(id: u32, over: &AtomicBool) -> Seen {
    let mut texts = BTreeSet::new();
    let mut children = BTreeSet::new();
    let mut samples = 0;
    while !over.load(Ordering::SeqCst) {
        texts.insert(std::fs::read(format!("/proc/{id}/cmdline")).unwrap_or_default());
        let present = std::fs::read_to_string(format!("/proc/{id}/task/{id}/children"));
        for child in present.unwrap_or_default().split_whitespace() {
            // Before it has executed a program it is still ourselves, and the
            // `authctl` of a demo is given what it needs.
            let program = std::fs::read_link(format!("/proc/{child}/exe"));
            if program.is_ok_and(|program| !program.ends_with("authctl")) {
                children.insert(child.to_owned());
                for file in ["cmdline", "environ"] {
                    let text = std::fs::read(format!("/proc/{child}/{file}"));
                    texts.insert(text.unwrap_or_default());
                }
            }
        }
        samples += 1;
        std::thread::sleep(std::time::Duration::from_millis(1));
    }
    Seen {
        text: texts.into_iter().collect::<Vec<_>>().join(&b'\n'),
        samples,
        children: children.len(),
    }
}

/// Elsewhere only what children write down themselves is seen.
#[cfg(not(target_os = "linux"))]
fn watch(_id: u32, _over: &AtomicBool) -> Seen {
    Seen::default()
}
