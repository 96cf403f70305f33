//! Runs the binary in a world of its own: an empty environment, a temporary
//! home, the file store, no prompts, no colour.
//!
//! What is not expected is an error: by default a command ends with 0 and says
//! nothing on either stream, so that silence is proved too.
//!
//! ```ignore
//! let world = World::new();
//! world.authctl(["decode", "x"]).code(3).stderr_has("malformed").run();
//! ```

use std::ffi::{OsStr, OsString};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;

/// A temporary home, and the folder that commands run in.
pub struct World {
    folder: tempfile::TempDir,
}

impl World {
    /// Makes an empty one.
    pub fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("home")).unwrap();
        std::fs::create_dir(folder.path().join("work")).unwrap();
        Self { folder }
    }

    /// Returns the home directory.
    pub fn home(&self) -> PathBuf {
        self.folder.path().join("home")
    }

    /// Returns the path of a file in the folder that commands run in.
    pub fn path(&self, name: impl AsRef<Path>) -> PathBuf {
        self.folder.path().join("work").join(name)
    }

    /// Writes a file into the folder that commands run in.
    pub fn write(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path(name);
        std::fs::write(&path, content).unwrap();
        path
    }

    /// Reads a file of the folder that commands run in.
    pub fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.path(name)).unwrap()
    }

    /// Returns the names in the folder that commands run in, sorted.
    pub fn names(&self) -> Vec<String> {
        let mut names: Vec<_> = std::fs::read_dir(self.path(""))
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }

    /// Returns the variables of every command.
    pub fn environment(&self) -> Vec<(OsString, OsString)> {
        let mut variables: Vec<(OsString, OsString)> = vec![
            ("HOME".into(), self.home().into()),
            ("AUTHCTL_STORE".into(), "file".into()),
            (
                "AUTHCTL_STORE_KEY".into(),
                "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8".into(),
            ),
            ("AUTHCTL_NO_INPUT".into(), "1".into()),
            ("NO_COLOR".into(), "1".into()),
        ];
        for name in ["CONFIG", "DATA", "CACHE", "STATE"] {
            let folder = self.home().join(name.to_lowercase());
            variables.push((format!("XDG_{name}_HOME").into(), folder.into()));
        }
        // What a process needs to run at all.
        for name in ["PATH", "SystemRoot", "TMPDIR", "TEMP", "LLVM_PROFILE_FILE"] {
            if let Some(value) = std::env::var_os(name) {
                variables.push((name.into(), value));
            }
        }
        variables
    }

    /// Prepares a call of the binary.
    pub fn authctl<S: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = S>) -> Call {
        let mut command = Command::new(env!("CARGO_BIN_EXE_authctl"));
        command
            .args(arguments)
            .current_dir(self.path(""))
            .env_clear()
            .envs(self.environment());
        Call {
            command,
            stdin: Vec::new(),
            code: 0,
            stdout: Expected::Is(String::new()),
            stderr: Expected::Is(String::new()),
        }
    }
}

/// A call, and what is expected of it.
#[must_use = "nothing happens before `run`"]
pub struct Call {
    command: Command,
    stdin: Vec<u8>,
    code: i32,
    stdout: Expected,
    stderr: Expected,
}

enum Expected {
    Is(String),
    Has(Vec<String>),
}

/// What a call left.
pub struct Output {
    /// Its answer.
    pub stdout: Vec<u8>,
    /// What it said.
    pub stderr: String,
}

impl Call {
    /// Adds an argument.
    pub fn arg(mut self, argument: impl AsRef<OsStr>) -> Self {
        self.command.arg(argument);
        self
    }

    /// Adds arguments.
    pub fn args<S: AsRef<OsStr>>(mut self, arguments: impl IntoIterator<Item = S>) -> Self {
        self.command.args(arguments);
        self
    }

    /// Sets a variable.
    pub fn env(mut self, name: &str, value: impl AsRef<OsStr>) -> Self {
        self.command.env(name, value);
        self
    }

    /// Unsets a variable.
    pub fn no_env(mut self, name: &str) -> Self {
        self.command.env_remove(name);
        self
    }

    /// Runs in another folder.
    pub fn folder(mut self, folder: impl AsRef<Path>) -> Self {
        self.command.current_dir(folder);
        self
    }

    /// Gives standard input, which is empty otherwise.
    pub fn stdin(mut self, octets: impl AsRef<[u8]>) -> Self {
        self.stdin = octets.as_ref().to_vec();
        self
    }

    /// Expects this exit code.
    pub fn code(mut self, code: i32) -> Self {
        self.code = code;
        self
    }

    /// Expects exactly this answer.
    pub fn stdout(mut self, text: impl Into<String>) -> Self {
        self.stdout = Expected::Is(text.into());
        self
    }

    /// Expects an answer with this in it; may be repeated.
    pub fn stdout_has(mut self, text: impl Into<String>) -> Self {
        self.stdout.and_has(text.into());
        self
    }

    /// Expects exactly this on stderr.
    pub fn stderr(mut self, text: impl Into<String>) -> Self {
        self.stderr = Expected::Is(text.into());
        self
    }

    /// Expects this somewhere on stderr; may be repeated.
    pub fn stderr_has(mut self, text: impl Into<String>) -> Self {
        self.stderr.and_has(text.into());
        self
    }

    /// Runs the command and compares.
    pub fn run(mut self) -> Output {
        let mut child = self
            .command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut pipe = child.stdin.take().unwrap();
        let stdin = std::mem::take(&mut self.stdin);
        // A command that does not read must not block us, nor be an error.
        let writer = std::thread::spawn(move || drop(pipe.write_all(&stdin)));
        let output = child.wait_with_output().unwrap();
        writer.join().unwrap();
        let stdout = String::from_utf8_lossy(&output.stdout).into_owned();
        let stderr = String::from_utf8(output.stderr).unwrap();
        let all = format!(
            "{:?}\n--- stdout\n{stdout}\n--- stderr\n{stderr}\n---",
            self.command
        );
        assert_eq!(output.status.code(), Some(self.code), "exit code of {all}");
        self.stdout.check("stdout", &stdout, &all);
        self.stderr.check("stderr", &stderr, &all);
        Output {
            stdout: output.stdout,
            stderr,
        }
    }

    /// Runs the command and reads its answer as JSON; nothing is expected of
    /// the answer otherwise.
    pub fn run_json(self) -> Value {
        let output = self.stdout_has("{").run();
        serde_json::from_slice(&output.stdout).unwrap()
    }

    /// Runs a command that fails under `--json` and returns its error.
    pub fn run_error(self) -> Value {
        let output = self.stderr_has("{").run();
        serde_json::from_str(&output.stderr).unwrap()
    }
}

impl Expected {
    fn and_has(&mut self, text: String) {
        match self {
            Self::Has(texts) => texts.push(text),
            Self::Is(_) => *self = Self::Has(vec![text]),
        }
    }

    fn check(&self, stream: &str, found: &str, all: &str) {
        match self {
            Self::Is(text) => assert_eq!(found, text, "{stream} of {all}"),
            Self::Has(texts) => {
                for text in texts {
                    assert!(found.contains(text), "no {text:?} in {stream} of {all}");
                }
            }
        }
    }
}
