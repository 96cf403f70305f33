//! Runs the binary in a sandbox: no environment but its own, a temporary home,
//! and the encrypted file store.

mod authorization_server;
mod library;

use std::ffi::{OsStr, OsString};
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;

use authctl::core::store::{FileKey, FileStore, Places};
use serde_json::Value;
use tempfile::TempDir;

pub use authorization_server::AuthorizationServer;
pub use library::Library;

/// 32 octets in base64url, for `AUTHCTL_STORE_KEY`.
pub const STORE_KEY: &str = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8";

/// A temporary home in which authctl runs and nothing of the machine is seen.
pub struct Sandbox {
    home: TempDir,
    variables: Vec<(OsString, OsString)>,
    secrets: Vec<String>,
}

impl Sandbox {
    /// Makes an empty home.
    pub fn new() -> Self {
        let home = TempDir::new().expect("a temporary folder");
        Self {
            home,
            variables: Vec::new(),
            secrets: Vec::new(),
        }
    }

    /// Copies the whole home, as a thief of the disk or a restored backup would.
    pub fn duplicate(&self) -> Self {
        let copy = Self {
            variables: self.variables.clone(),
            secrets: self.secrets.clone(),
            ..Self::new()
        };
        copy_folder(self.home.path(), copy.home.path());
        copy
    }

    /// Sets a variable for every later invocation.
    pub fn set(&mut self, name: &str, value: &str) -> &mut Self {
        self.variables.push((name.into(), value.into()));
        self
    }

    /// Sets a variable that holds a secret, which no later output may show.
    pub fn set_secret(&mut self, name: &str, value: &str) -> &mut Self {
        self.secrets.push(value.to_owned());
        self.set(name, value)
    }

    /// Returns a path inside the home.
    pub fn path(&self, name: &str) -> PathBuf {
        self.home.path().join(name)
    }

    /// Opens the store of files, as authctl does.
    pub fn files(&self) -> FileStore {
        let key = FileKey::parse(STORE_KEY.as_bytes()).expect("a key");
        let places = Places::new(self.path("data/authctl"));
        FileStore::new(places.sessions_dir(), key).expect("a store")
    }

    /// Writes a file into the home.
    pub fn write(&self, name: &str, content: impl AsRef<[u8]>) {
        fs::write(self.path(name), content).expect("the sandbox is writable");
    }

    /// Runs authctl with `arguments` and nothing on standard input.
    pub fn authctl<I, S>(&self, arguments: I) -> Outcome
    where
        I: IntoIterator<Item = S>,
        S: AsRef<OsStr>,
    {
        self.authctl_with_input(arguments, "")
    }

    /// Runs authctl with `arguments` and `input` on standard input.
    pub fn authctl_with_input<I, S>(&self, arguments: I, input: &str) -> Outcome
    where
        I: IntoIterator<Item = S>,
        S: AsRef<OsStr>,
    {
        let mut command = self.command(env!("CARGO_BIN_EXE_authctl"));
        command.args(arguments);
        let outcome = run(command, input);
        for secret in &self.secrets {
            for (stream, text) in [("stdout", &outcome.stdout), ("stderr", &outcome.stderr)] {
                assert!(
                    !text.contains(secret),
                    "{stream} shows a secret\n{outcome:#?}"
                );
            }
        }
        outcome
    }

    /// Starts authctl with `arguments`, its outputs piped, without waiting.
    pub fn start<I, S>(&self, arguments: I) -> std::process::Child
    where
        I: IntoIterator<Item = S>,
        S: AsRef<OsStr>,
    {
        let mut command = self.command(env!("CARGO_BIN_EXE_authctl"));
        command
            .args(arguments)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command.spawn().expect("authctl runs")
    }

    /// Runs another program in the sandbox and returns its standard output;
    /// it must be installed and succeed.
    pub fn tool<I, S>(&self, program: &str, arguments: I, input: &[u8]) -> Vec<u8>
    where
        I: IntoIterator<Item = S>,
        S: AsRef<OsStr>,
    {
        let mut command = self.command(program);
        command.args(arguments);
        let (code, stdout, stderr) = capture(&mut command, input);
        assert!(
            code == Some(0),
            "{command:?} exited with {code:?}: {}",
            String::from_utf8_lossy(&stderr)
        );
        stdout
    }

    /// Prepares a call of a program in the sandbox.
    pub fn command(&self, program: &str) -> Command {
        let home = self.home.path();
        let mut command = Command::new(program);
        command
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("HOME", home)
            .env("XDG_CONFIG_HOME", home.join("config"))
            .env("XDG_DATA_HOME", home.join("data"))
            .env("XDG_STATE_HOME", home.join("state"))
            .env("XDG_CACHE_HOME", home.join("cache"))
            .env("AUTHCTL_STORE", "file")
            .env("AUTHCTL_STORE_KEY", STORE_KEY)
            .env("AUTHCTL_NO_INPUT", "1")
            .envs(self.variables.iter().map(|(name, value)| (name, value)))
            .current_dir(home);
        command
    }
}

/// How an invocation of authctl ended.
#[derive(Debug)]
pub struct Outcome {
    #[expect(dead_code, reason = "shown by Debug when an expectation fails")]
    arguments: String,
    code: Option<i32>,
    /// What it printed on standard output.
    pub stdout: String,
    /// What it printed on standard error.
    pub stderr: String,
}

impl Outcome {
    /// Requires exit code 0.
    #[track_caller]
    pub fn succeeds(self) -> Self {
        assert_eq!(self.code, Some(0), "{self:#?}");
        self
    }

    /// Requires exit code 0 and silence on standard error.
    #[track_caller]
    pub fn succeeds_quietly(self) -> Self {
        assert_eq!(
            (self.code, self.stderr.as_str()),
            (Some(0), ""),
            "{self:#?}"
        );
        self
    }

    /// Requires exit code `code`, an empty standard output and a reason.
    #[track_caller]
    pub fn fails(self, code: i32) -> Self {
        assert_eq!(self.code, Some(code), "{self:#?}");
        assert_eq!(self.stdout, "", "a failure leaves stdout empty: {self:#?}");
        assert_ne!(self.stderr, "", "a failure says why: {self:#?}");
        self
    }

    /// Reads standard output as one JSON value.
    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("{error}: {self:#?}"))
    }

    /// Reads the error object of `--json`: the one JSON line on standard error.
    #[track_caller]
    pub fn error(&self) -> Value {
        let line = self.stderr.lines().find(|line| line.starts_with('{'));
        serde_json::from_str(line.unwrap_or_default())
            .unwrap_or_else(|error| panic!("{error}: {self:#?}"))
    }
}

fn run(mut command: Command, input: &str) -> Outcome {
    let (code, stdout, stderr) = capture(&mut command, input.as_bytes());
    let text = |octets| String::from_utf8(octets).expect("authctl prints UTF-8");
    Outcome {
        arguments: format!("{:?}", command.get_args().collect::<Vec<_>>()),
        code,
        stdout: text(stdout),
        stderr: text(stderr),
    }
}

fn capture(command: &mut Command, input: &[u8]) -> (Option<i32>, Vec<u8>, Vec<u8>) {
    let program = command.get_program().to_owned();
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap_or_else(|error| panic!("cannot start {}: {error}", program.display()));
    let mut stdin = child.stdin.take().expect("it is piped");
    let input = input.to_owned();
    // A program that does not read its input may end first, and break the pipe.
    let writer = thread::spawn(move || stdin.write_all(&input));
    let output = child.wait_with_output().expect("it was started");
    let _ = writer.join().expect("the writer does not panic");
    (output.status.code(), output.stdout, output.stderr)
}

fn copy_folder(from: &Path, to: &Path) {
    for entry in fs::read_dir(from).expect("a readable folder") {
        let entry = entry.expect("a readable folder");
        let target = to.join(entry.file_name());
        if entry.file_type().expect("a readable entry").is_dir() {
            fs::create_dir(&target).expect("the copy is writable");
            let permissions = entry.metadata().expect("a readable entry").permissions();
            fs::set_permissions(&target, permissions).expect("the copy is ours");
            copy_folder(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), &target).expect("the copy is writable");
        }
    }
}
