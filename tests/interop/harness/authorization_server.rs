//! Starts the foreign authorization server and reads what it says of itself.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;

use serde::Deserialize;

/// `oidc-provider`, running on a free port of the loopback interface.
pub struct AuthorizationServer {
    ready: Ready,
    process: Child,
}

/// The line that `server.mjs` prints once it listens.
#[derive(Deserialize)]
struct Ready {
    issuer: String,
    resource: String,
    users: BTreeMap<String, User>,
    clients: BTreeMap<String, Client>,
}

#[derive(Deserialize)]
struct User {
    password: String,
}

/// A client that the server knows.
#[derive(Deserialize)]
pub struct Client {
    /// Its identifier, which may hold characters that need encoding.
    pub client_id: String,
    /// Its secret; `None` for the public client.
    pub client_secret: Option<String>,
}

impl AuthorizationServer {
    /// Starts one with its own `options`; see `oidc-provider/server.mjs`.
    pub fn start(options: &[&str]) -> Self {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/interop/oidc-provider");
        assert!(
            folder.join("node_modules/oidc-provider").is_dir(),
            "oidc-provider is not installed: npm ci --prefix tests/interop/oidc-provider"
        );
        let mut process = Command::new("node")
            .arg("server.mjs")
            .args(options)
            .current_dir(folder)
            // The server ends when this pipe closes, so also if a test is killed.
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("node is installed");
        let mut line = String::new();
        BufReader::new(process.stdout.take().expect("it is piped"))
            .read_line(&mut line)
            .expect("the ready line is text");
        let ready = serde_json::from_str(&line).expect("the server says where it listens");
        Self { ready, process }
    }

    /// Returns the one that tests share when they need nothing special.
    pub fn shared() -> &'static Self {
        static SHARED: OnceLock<AuthorizationServer> = OnceLock::new();
        SHARED.get_or_init(|| Self::start(&[]))
    }

    /// Returns the issuer identifier.
    pub fn issuer(&self) -> &str {
        &self.ready.issuer
    }

    /// Returns how often it did this so far: "refresh_token granted".
    pub fn count(&self, what: &str) -> u64 {
        use std::io::{Read as _, Write as _};
        let authority = self.issuer().strip_prefix("http://").expect("http");
        let mut stream = std::net::TcpStream::connect(authority).expect("it listens");
        write!(
            stream,
            "GET /counts HTTP/1.1\r\nHost: {authority}\r\nConnection: close\r\n\r\n"
        )
        .expect("to ask");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("an answer");
        let body = answer
            .lines()
            .find(|line| line.starts_with('{'))
            .expect("an object");
        let counts: serde_json::Value = serde_json::from_str(body).expect("an object");
        counts[what].as_u64().unwrap_or_default()
    }

    /// Returns the resource for which it issues JWT access tokens (RFC 8707).
    pub fn resource(&self) -> &str {
        &self.ready.resource
    }

    /// Returns the password of a user.
    pub fn password(&self, user: &str) -> &str {
        &self.ready.users[user].password
    }

    /// Returns the client that uses the token endpoint authentication `method`.
    pub fn client(&self, method: &str) -> &Client {
        &self.ready.clients[method]
    }
}

impl Drop for AuthorizationServer {
    fn drop(&mut self) {
        // Both fail only when it has ended already, which is what is wanted.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
