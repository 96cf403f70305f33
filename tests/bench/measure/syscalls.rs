//! System calls of the fast paths: what a path does not need it must not do.
//! The counts do not depend on the machine's speed, so a wrong one fails the run.

use std::fs;

use crate::fixture::Fixture;
use crate::process::Program;
use crate::report::Report;

/// What no fast path does: the calls, and the files that are opened in vain.
const FORBIDDEN: [(&str, &[&str], &[&str]); 4] = [
    ("threads", &["clone", "clone3", "fork", "vfork"], &[]),
    ("sockets", &["socket", "connect"], &[]),
    (
        "event loops",
        &[
            "epoll_create1",
            "epoll_create",
            "eventfd2",
            "io_uring_setup",
        ],
        &[],
    ),
    (
        "trust stores",
        &[],
        &[
            "/etc/ssl",
            "/etc/pki",
            "ca-certificates",
            "ca-bundle",
            "cert.pem",
        ],
    ),
];

/// Counts the calls of every command that is wanted.
pub fn measure(fixture: &Fixture, report: &mut Report) {
    let rows: [(&str, bool, &dyn Fn() -> Program); 5] = [
        ("calls-version", false, &|| fixture.authctl("--version")),
        ("calls-decode", false, &|| {
            fixture.authctl(&format!("decode {}", fixture.tokens().rs256))
        }),
        ("calls-verify", false, &|| {
            let token = &fixture.tokens().rs256;
            fixture.authctl(&format!("verify --key rs256.pem --alg RS256 {token}"))
        }),
        ("calls-keygen", false, &|| {
            fixture.authctl("keygen --alg ES256 --out -")
        }),
        ("calls-token", true, &|| {
            fixture.session();
            fixture.authctl("token --min-ttl 0s")
        }),
    ];
    for (name, configuration, program) in rows {
        if report.wants(name) {
            let trace = Trace::of(&program(), fixture);
            trace.judge(name, configuration, report);
        }
    }
}

struct Trace {
    lines: Vec<String>,
}

impl Trace {
    fn of(program: &Program, fixture: &Fixture) -> Self {
        program.check();
        let file = fixture.home().join("strace");
        let output = file.to_str().expect("a temporary path is UTF-8");
        let status = program
            .under("strace", &["-f", "-qq", "-o", output, "--"])
            .status()
            .expect("strace is installed");
        assert!(status.success(), "strace of {}: {status}", program.name);
        let text = fs::read_to_string(file).expect("strace wrote it");
        // Each line is "PID name(arguments) = result"; a line of another form is
        // a signal, or the rest of a call that was counted at its start.
        let lines = text
            .lines()
            .filter_map(|line| line.split_once(' '))
            .map(|(_, call)| call.trim_start().to_owned())
            .filter(|call| call.starts_with(|first: char| first.is_ascii_lowercase()))
            .collect();
        Self { lines }
    }

    fn judge(&self, name: &str, configuration: bool, report: &mut Report) {
        let mut fact = format!("{} system calls", self.lines.len());
        let mut holds = true;
        let mut say = |what: &str, count: usize| {
            holds &= count == 0;
            fact.push_str(&format!(", {count} {what}"));
        };
        for (what, calls, files) in FORBIDDEN {
            say(what, self.count(calls) + self.opened(files));
        }
        if !configuration {
            say("looks at the configuration", self.opened(&["config.toml"]));
        }
        report.guard(name, holds, fact);
    }

    fn count(&self, calls: &[&str]) -> usize {
        let is_one = |line: &&String| {
            let call = line.split('(').next().unwrap_or_default();
            calls.contains(&call)
        };
        self.lines.iter().filter(is_one).count()
    }

    fn opened(&self, files: &[&str]) -> usize {
        let is_one = |line: &&String| {
            line.starts_with("open") && files.iter().any(|file| line.contains(file))
        };
        self.lines.iter().filter(is_one).count()
    }
}
