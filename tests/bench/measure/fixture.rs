//! What the rows need, made when the first one asks for it.

use std::cell::OnceCell;
use std::fs;
use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::Child;
use std::thread;
use std::time::{Duration, Instant};

use tempfile::TempDir;

use crate::keys::Tokens;
use crate::process::Program;

/// 32 octets in base64url: a key file costs no passphrase hash.
const STORE_KEY: &str = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8";

/// A temporary home, the programs, and what they work on.
pub struct Fixture {
    home: TempDir,
    authctl: PathBuf,
    jwt: PathBuf,
    tokens: OnceCell<Tokens>,
    server: OnceCell<Server>,
    tls_server: OnceCell<Server>,
    session: OnceCell<()>,
}

impl Fixture {
    /// Finds the programs; nothing is started.
    ///
    /// Those that are compared are copied, as an installer would: what a linker
    /// has just written is mapped in smaller pieces, which costs a short command
    /// up to a fifth of its time.
    pub fn new(authctl: Option<PathBuf>, jwt: PathBuf) -> Self {
        let home = TempDir::new().expect("a temporary folder");
        let copied = |path: &Path| {
            let copy = home.path().join(path.file_name().expect("a program"));
            fs::copy(path, &copy).map(|_| copy)
        };
        for name in ["least", "least-work", "least-request"] {
            copied(&neighbours().join(name)).expect("the examples are built, all of them");
        }
        let beside = neighbours().join("../authctl");
        Self {
            authctl: copied(&authctl.unwrap_or(beside))
                .expect("authctl is built: cargo build --release --locked"),
            jwt: on_the_path(&jwt)
                .and_then(|found| copied(&found).ok())
                .unwrap_or(jwt),
            home,
            tokens: OnceCell::new(),
            server: OnceCell::new(),
            tls_server: OnceCell::new(),
            session: OnceCell::new(),
        }
    }

    /// The folder in which every program runs.
    pub fn home(&self) -> &Path {
        self.home.path()
    }

    /// The binary that is measured.
    pub fn authctl_path(&self) -> &Path {
        &self.authctl
    }

    /// authctl with the file store.
    pub fn authctl(&self, line: &str) -> Program {
        self.program("authctl", &self.authctl)
            .variable("AUTHCTL_STORE", "file")
            .variable("AUTHCTL_STORE_KEY", STORE_KEY)
            .variable("AUTHCTL_NO_INPUT", "1")
            .line(line)
    }

    /// The program that only parses the same command line.
    pub fn clap_only(&self, line: &str) -> Program {
        self.program("clap-only", &self.home().join("least"))
            .line(line)
    }

    /// The program that does only the work on keys and tokens.
    pub fn least_work(&self, line: &str) -> Program {
        self.program("least program", &self.home().join("least-work"))
            .line(line)
    }

    /// The program that only sends one token request.
    pub fn least_request(&self, line: &str) -> Program {
        self.program("least program", &self.home().join("least-request"))
            .line(line)
    }

    /// jwt-cli.
    pub fn jwt_cli(&self, line: &str) -> Program {
        self.program("jwt-cli", &self.jwt).line(line)
    }

    /// Any other program, found on the path.
    pub fn tool(&self, name: &str, line: &str) -> Program {
        self.program(name, Path::new(name)).line(line)
    }

    fn program(&self, name: &str, path: &Path) -> Program {
        Program::new(name, path, self.home())
    }

    /// Tokens, their keys in the home.
    pub fn tokens(&self) -> &Tokens {
        self.tokens.get_or_init(|| Tokens::write(self.home()))
    }

    /// A running `authctl serve`.
    pub fn server(&self) -> &Server {
        self.server.get_or_init(|| Server::start(self))
    }

    /// Another one that speaks https; its certificate is `ca.pem` in the home.
    pub fn tls_server(&self) -> &Server {
        self.tls_server.get_or_init(|| {
            self.tool(
                "openssl",
                "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 \
                 -keyout tls.pem -out ca.pem -subj /CN=bench \
                 -addext subjectAltName=IP:127.0.0.1 -addext basicConstraints=critical,CA:FALSE",
            )
            .check();
            Server::start_tls(self, "--tls-cert ca.pem --tls-key tls.pem")
        })
    }

    /// Signs in once, for the rows that read a session.
    pub fn session(&self) {
        self.session.get_or_init(|| {
            let issuer = self.server().issuer();
            self.authctl(&format!(
                "login --issuer {issuer} --client-id authctl --username alice --scope openid,offline_access"
            ))
            .variable("AUTHCTL_PASSWORD", "wonderland")
            .check();
        });
    }
}

/// The folder of this program and of the least ones.
fn neighbours() -> PathBuf {
    let program = std::env::current_exe().expect("this program has a path");
    program.parent().expect("and a folder").to_owned()
}

/// Finds a program as a shell does.
fn on_the_path(name: &Path) -> Option<PathBuf> {
    if name.components().count() > 1 {
        return Some(name.to_owned());
    }
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path)
        .map(|folder| folder.join(name))
        .find(|program| program.is_file())
}

/// `authctl serve` on a free port, ended on drop.
pub struct Server {
    scheme: &'static str,
    address: SocketAddr,
    process: Child,
}

impl Server {
    /// Starts it and waits for the first 200.
    pub fn start(fixture: &Fixture) -> Self {
        Self::start_timed(fixture).0
    }

    /// Starts it and returns how long it took from exec to the first 200 of the
    /// metadata, by the clock on the wall.
    pub fn start_timed(fixture: &Fixture) -> (Self, Duration) {
        let started = Instant::now();
        let mut server = Self::spawn(fixture, "http", "");
        server.wait_until(answers);
        (server, started.elapsed())
    }

    fn start_tls(fixture: &Fixture, options: &str) -> Self {
        let mut server = Self::spawn(fixture, "https", options);
        server.wait_until(|address| TcpStream::connect(address).is_ok());
        server
    }

    fn spawn(fixture: &Fixture, scheme: &'static str, options: &str) -> Self {
        let address = free_address();
        let process = fixture
            .authctl(&format!("serve --listen {address} {options}"))
            .command()
            .spawn()
            .expect("authctl is there");
        Self {
            scheme,
            address,
            process,
        }
    }

    fn wait_until(&mut self, ready: impl Fn(SocketAddr) -> bool) {
        let deadline = Instant::now() + Duration::from_secs(10);
        while !ready(self.address) {
            if let Ok(Some(status)) = self.process.try_wait() {
                panic!("authctl serve --listen {} ended: {status}", self.address);
            }
            assert!(Instant::now() < deadline, "authctl serve does not answer");
            thread::sleep(Duration::from_micros(200));
        }
    }

    /// Its issuer identifier.
    pub fn issuer(&self) -> String {
        format!("{}://{}", self.scheme, self.address)
    }

    /// Octets of its memory that are resident (VmRSS).
    pub fn resident(&self) -> u64 {
        let status = fs::read_to_string(format!("/proc/{}/status", self.process.id()))
            .expect("it is running");
        let line = status
            .lines()
            .find_map(|line| line.strip_prefix("VmRSS:"))
            .expect("the kernel says it");
        let kibibytes = line.trim().trim_end_matches(" kB");
        1024 * kibibytes.parse::<u64>().expect("a number")
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Both fail only when it has ended already, which is what is wanted.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn free_address() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    listener.local_addr().expect("it is bound")
}

fn answers(address: SocketAddr) -> bool {
    let exchange = || -> std::io::Result<String> {
        let mut stream = TcpStream::connect(address)?;
        let request = format!(
            "GET /.well-known/oauth-authorization-server HTTP/1.1\r\n\
             host: {address}\r\nconnection: close\r\n\r\n"
        );
        stream.write_all(request.as_bytes())?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        Ok(answer)
    };
    exchange().is_ok_and(|answer| answer.starts_with("HTTP/1.1 200"))
}
