//! Runs the binary in an environment of its own: a temporary home, the file
//! store, no variable that was not asked for. Silence is proved too: what a
//! test does not name must be empty.

use std::ffi::{OsStr, OsString};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use authctl::core::store::{FileKey, FileStore, Key};
use authctl::server::{Config, Options, Running, Server};

use crate::expect::Expected;
use crate::fake::Fake;

/// The key of the homes' file stores: 32 octets in base64url.
pub const STORE_KEY: &str = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8";

/// Another that would do.
pub const OTHER_KEY: &str = "_____wQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8";

/// A home directory with nothing in it, and the variables of all its calls.
pub struct Home {
    folder: tempfile::TempDir,
    variables: Vec<(OsString, Option<OsString>)>,
}

impl Home {
    /// Makes one, with the file store and a key for it.
    pub fn new() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        Self {
            folder,
            variables: Vec::new(),
        }
        .with("AUTHCTL_STORE", "file")
        .with("AUTHCTL_STORE_KEY", STORE_KEY)
    }

    /// Sets a variable for all calls.
    pub fn with(mut self, name: impl Into<OsString>, value: impl Into<OsString>) -> Self {
        self.variables.push((name.into(), Some(value.into())));
        self
    }

    /// Takes a variable away from all calls.
    pub fn without(mut self, name: impl Into<OsString>) -> Self {
        self.variables.push((name.into(), None));
        self
    }

    /// Returns the folder, which is also the current one of all calls.
    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Returns where `config.toml` is.
    pub fn config(&self) -> PathBuf {
        self.path().join(".config/authctl/config.toml")
    }

    /// Returns the folder of the encrypted files.
    pub fn sessions(&self) -> PathBuf {
        self.path().join(".local/share/authctl/sessions")
    }

    /// Returns where the session of a profile is kept.
    pub fn session_file(&self, profile: &str) -> PathBuf {
        let key = FileKey::parse(STORE_KEY.as_bytes()).expect("a key");
        let store = FileStore::new(self.sessions(), key).expect("a store");
        store.path_of(&Key::session(profile))
    }

    /// Writes a file below the home directory and returns its path.
    pub fn write(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path().join(name);
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder).expect("a folder");
        }
        std::fs::write(&path, content).expect("a file");
        path
    }

    /// Reads a file below the home directory.
    pub fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.path().join(name)).expect("a text file")
    }

    /// Returns the names in the home directory, sorted.
    pub fn names(&self) -> Vec<String> {
        let mut names: Vec<_> = std::fs::read_dir(self.path())
            .expect("a folder")
            .map(|entry| entry.expect("an entry").file_name())
            .map(|name| name.to_string_lossy().into_owned())
            .collect();
        names.sort();
        names
    }

    /// Prepares a call of `authctl`.
    pub fn authctl<I, S>(&self, arguments: I) -> Call
    where
        I: IntoIterator<Item = S>,
        S: AsRef<OsStr>,
    {
        let mut command = Command::new(env!("CARGO_BIN_EXE_authctl"));
        command
            .args(arguments)
            .current_dir(self.path())
            .env_clear()
            .env("HOME", self.path())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        for (name, value) in &self.variables {
            match value {
                Some(value) => command.env(name, value),
                None => command.env_remove(name),
            };
        }
        Call {
            command,
            input: None,
            expected: Expected::default(),
        }
    }

    /// Signs alice in at a server, quietly.
    pub fn sign_in(&self, issuer: &str) {
        self.authctl([
            "login",
            "-q",
            "--issuer",
            issuer,
            "--client-id",
            "authctl",
            "--username",
            "alice",
        ])
        .args(["--scope", "openid,profile,email,offline_access"])
        .env("AUTHCTL_PASSWORD", "wonderland")
        .run()
        .succeeds();
    }

    /// Signs alice in at a server, as this profile, quietly.
    pub fn sign_in_as(&self, profile: &str, issuer: &str) {
        self.authctl(["login", "-q", "-p", profile, "--issuer", issuer])
            .args(["--client-id", "authctl", "--username", "alice"])
            .env("AUTHCTL_PASSWORD", "wonderland")
            .run()
            .succeeds();
    }

    /// Signs somebody in at a fake, quietly.
    pub fn sign_in_at(&self, server: &Fake) {
        self.authctl(["login", "-q", "--issuer", &server.issuer()])
            .args(["--client-id", "c", "--username", "u"])
            .env("AUTHCTL_PASSWORD", "p")
            .run()
            .succeeds();
    }
}

/// A call that is being prepared.
pub struct Call {
    command: Command,
    input: Option<Vec<u8>>,
    pub(super) expected: Expected,
}

impl Call {
    /// Adds an argument.
    pub fn arg(mut self, argument: impl AsRef<OsStr>) -> Self {
        self.command.arg(argument);
        self
    }

    /// Adds arguments.
    pub fn args<I, S>(mut self, arguments: I) -> Self
    where
        I: IntoIterator<Item = S>,
        S: AsRef<OsStr>,
    {
        self.command.args(arguments);
        self
    }

    /// Sets a variable for this call.
    pub fn env(mut self, name: &str, value: impl AsRef<OsStr>) -> Self {
        self.command.env(name, value);
        self
    }

    /// Takes a variable away from this call.
    pub fn env_remove(mut self, name: &str) -> Self {
        self.command.env_remove(name);
        self
    }

    /// Runs this call in another folder.
    pub fn in_folder(mut self, folder: impl AsRef<Path>) -> Self {
        self.command.current_dir(folder);
        self
    }

    /// Gives standard input.
    pub fn stdin(mut self, input: impl AsRef<[u8]>) -> Self {
        self.input = Some(input.as_ref().to_vec());
        self
    }

    /// Returns the bare command below a shell that does something first.
    pub fn under_shell(self, first: &str) -> Command {
        let mut shell = Command::new("/bin/sh");
        shell
            .args(["-c", &format!("{first}; exec \"$0\" \"$@\"")])
            .arg(self.command.get_program())
            .args(self.command.get_args())
            .env_clear()
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        for (name, value) in self.command.get_envs() {
            if let Some(value) = value {
                shell.env(name, value);
            }
        }
        if let Some(folder) = self.command.get_current_dir() {
            shell.current_dir(folder);
        }
        shell
    }

    /// Returns the bare command, for tests that start it otherwise.
    pub fn into_command(self) -> Command {
        self.command
    }

    /// Returns the bare command and what it is to read.
    pub fn into_parts(self) -> (Command, Option<Vec<u8>>) {
        (self.command, self.input)
    }

    /// Runs it to its end.
    pub fn run(mut self) -> Done {
        let Some(input) = self.input else {
            let output = self.command.output().expect("authctl runs");
            return Done(output);
        };
        let mut child = self
            .command
            .stdin(Stdio::piped())
            .spawn()
            .expect("authctl runs");
        let mut stdin = child.stdin.take().expect("a pipe");
        let writer = std::thread::spawn(move || {
            // Who does not read it all, does not want it all.
            let _ = stdin.write_all(&input);
        });
        let output = child.wait_with_output().expect("authctl ends");
        writer.join().expect("the writer ends");
        Done(output)
    }
}

/// What a call came to.
#[derive(Debug)]
pub struct Done(pub Output);

impl Done {
    /// Expects exit 0 and a silent stderr; returns stdout.
    #[track_caller]
    pub fn succeeds(self) -> String {
        assert_eq!(self.stderr(), "", "stderr of a success");
        self.code(0).stdout()
    }

    /// Expects exit 0; returns stdout and stderr.
    #[track_caller]
    pub fn succeeds_saying(self) -> (String, String) {
        let done = self.code(0);
        (done.stdout(), done.stderr())
    }

    /// Expects this exit code and an empty stdout; returns stderr.
    #[track_caller]
    pub fn fails(self, code: i32) -> String {
        let done = self.code(code);
        assert_eq!(done.stdout(), "", "stdout of a failure");
        done.stderr()
    }

    /// Expects this exit code and returns the error object of `--json`.
    #[track_caller]
    pub fn fails_json(self, code: i32) -> serde_json::Value {
        let stderr = self.fails(code);
        let line = stderr.lines().last().unwrap_or_default();
        let error: serde_json::Value = serde_json::from_str(line).expect("an error object");
        assert_eq!(error["exit_code"], code);
        error
    }

    /// Expects this exit code, whatever was said.
    #[track_caller]
    pub fn code_is(self, code: i32) -> Self {
        self.code(code)
    }

    #[track_caller]
    fn code(self, code: i32) -> Self {
        assert_eq!(
            self.0.status.code(),
            Some(code),
            "stdout: {}\nstderr: {}",
            self.stdout(),
            self.stderr()
        );
        self
    }

    /// Returns stdout as text.
    pub fn stdout(&self) -> String {
        String::from_utf8_lossy(&self.0.stdout).into_owned()
    }

    /// Returns stderr as text.
    pub fn stderr(&self) -> String {
        String::from_utf8_lossy(&self.0.stderr).into_owned()
    }
}

/// Starts the embedded server on a free port, after `change` of its options;
/// it stops when it is dropped.
pub fn server_with(change: impl FnOnce(&mut Options)) -> Running {
    let mut options = Options::new(Config::built_in());
    options.listen.set_port(0);
    change(&mut options);
    Server::bind(options)
        .expect("a free port")
        .spawn()
        .expect("a running server")
}

/// Changes who may use a file or a folder.
#[cfg(unix)]
pub fn chmod(path: impl AsRef<Path>, mode: u32) {
    use std::os::unix::fs::PermissionsExt as _;

    let mode = std::fs::Permissions::from_mode(mode);
    std::fs::set_permissions(path, mode).expect("to change the mode");
}
