//! A real OpenBao server, and the little that its administrator does.

use std::io::{BufRead as _, BufReader};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use authctl::core::http::{Client, FieldValue, Method, Options, Request, Response, Transport as _};
use authctl::core::secret::{Secret, SecretBytes};
use authctl::core::store::{self, Key, Record, TokenStore, VaultAuth, VaultSettings, VaultStore};
use authctl::core::time::Timestamp;
use serde_json::{Value, json};
use tempfile::TempDir;

/// The token that may do everything.
pub const ROOT: &str = "root-of-the-tests";

/// A server that keeps everything in memory.
pub struct Bao {
    process: Child,
    authority: String,
    unseal_key: String,
    /// Where its own certificates are, if it speaks TLS.
    certificates: Option<TempDir>,
}

impl Bao {
    /// Starts one on a free port.
    pub fn start() -> Self {
        Self::start_on(None)
    }

    /// Starts one that speaks TLS, with a certificate of an authority that it
    /// makes.
    pub fn start_with_tls() -> Self {
        Self::start_on(Some(TempDir::new().expect("a temporary folder")))
    }

    fn start_on(certificates: Option<TempDir>) -> Self {
        let program =
            Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/interop/openbao/venv/server");
        assert!(program.exists(), "OpenBao is not installed: .ci/openbao");
        let free = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let authority = free.local_addr().expect("an address").to_string();
        drop(free);
        let mut command = Command::new(program);
        command.args(["server", "-dev", "-dev-no-store-token"]);
        if let Some(folder) = &certificates {
            let folder = folder.path().display();
            command.args(["-dev-tls", &format!("-dev-tls-cert-dir={folder}")]);
        }
        let mut process = command
            .arg(format!("-dev-root-token-id={ROOT}"))
            .arg(format!("-dev-listen-address={authority}"))
            .env_clear()
            .env("HOME", std::env::temp_dir())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("OpenBao runs");
        let mut lines = BufReader::new(process.stdout.take().expect("it is piped")).lines();
        let unseal_key = lines
            .by_ref()
            .map_while(Result::ok)
            .find_map(|line| Some(line.strip_prefix("Unseal Key:")?.trim().to_owned()))
            .expect("it says its unseal key");
        // It must not wait for a reader.
        std::thread::spawn(move || lines.map_while(Result::ok).for_each(drop));
        Self {
            process,
            authority,
            unseal_key,
            certificates,
        }
    }

    /// Returns the one that tests share; each has a folder of its own in it.
    pub fn shared() -> &'static Self {
        static SHARED: OnceLock<Bao> = OnceLock::new();
        SHARED.get_or_init(Self::start)
    }

    /// Returns host and port.
    pub fn authority(&self) -> &str {
        &self.authority
    }

    /// Returns the address.
    pub fn url(&self) -> String {
        let scheme = match self.certificates {
            Some(_) => "https",
            None => "http",
        };
        format!("{scheme}://{}", self.authority)
    }

    /// Returns the certificate of its authority, if it speaks TLS.
    pub fn authority_file(&self) -> Option<PathBuf> {
        let folder = self.certificates.as_ref()?;
        Some(folder.path().join("vault-ca.pem"))
    }

    /// Returns what speaks to it.
    fn client(&self) -> Client {
        let authority = self.authority_file();
        Client::new(Options {
            ca_bundle: authority.map(|file| std::fs::read(file).expect("a certificate")),
            ..Options::default()
        })
    }

    /// Returns the name of a folder that nobody else uses.
    pub fn folder() -> String {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        format!("folder-{}", NEXT.fetch_add(1, Ordering::SeqCst))
    }

    /// Sends a request as the administrator.
    pub fn send(&self, method: Method, path: &str, body: Option<&Value>) -> Response {
        let mut request = Request::get(format!("{}/v1/{path}", self.url()).parse().expect("a URL"));
        request.method = method;
        request.json = body.map(|body| SecretBytes::new(body.to_string()));
        let token = FieldValue::Secret(Secret::new(ROOT));
        request.headers.push(("x-vault-token", token));
        self.client().send(&request).expect("OpenBao answers")
    }

    /// Does something as the administrator that must work, and returns the
    /// answer.
    #[track_caller]
    pub fn does(&self, method: Method, path: &str, body: Option<&Value>) -> Value {
        let response = self.send(method, path, body);
        let text = String::from_utf8_lossy(&response.body);
        assert!(matches!(response.status, 200 | 204), "{path}: {text}");
        serde_json::from_str(&text).unwrap_or_default()
    }

    /// Writes something as the administrator.
    #[track_caller]
    pub fn write(&self, path: &str, body: Value) -> Value {
        self.does(Method::Post, path, Some(&body))
    }

    /// Makes a policy and returns a token that has it alone.
    pub fn token_with(&self, policy: &str, rules: &str) -> String {
        self.write(
            &format!("sys/policies/acl/{policy}"),
            json!({ "policy": rules }),
        );
        let made = self.write(
            "auth/token/create",
            json!({ "policies": [policy], "no_default_policy": false }),
        );
        made["auth"]["client_token"]
            .as_str()
            .expect("a token")
            .to_owned()
    }

    /// Seals it.
    pub fn seal(&self) {
        self.write("sys/seal", json!({}));
    }

    /// Unseals it.
    pub fn unseal(&self) {
        self.write("sys/unseal", json!({ "key": self.unseal_key }));
    }

    /// Opens a folder as authctl does.
    pub fn store(&self, folder: &str) -> VaultStore {
        let settings = VaultSettings {
            address: self.url().parse().expect("a URL"),
            namespace: None,
            mount: "secret".parse().expect("a path"),
            path: folder.parse().expect("a path"),
            auth: VaultAuth::Token(Secret::new(ROOT)),
            timeout: Duration::from_secs(10),
            host: "the test".to_owned(),
            lock_dir: None,
        };
        VaultStore::new(settings, Box::new(self.client()))
    }

    /// Returns what is kept of the profile `default`.
    pub fn kept(&self, folder: &str) -> Option<Record> {
        let found: Result<_, store::Error> = self.store(folder).load(&Key::session("default"));
        found.expect("a readable store")
    }

    /// Lets the access tokens of the profile `default` have expired.
    pub fn expire(&self, folder: &str) {
        let mut record = self.kept(folder).expect("a session");
        for token in &mut record.tokens {
            token.expires_at = Some(Timestamp(1_700_000_000));
        }
        let key = Key::session("default");
        self.store(folder).save(&key, &record).expect("to save");
    }

    /// Returns the paths below a folder of the metadata.
    pub fn names(&self, path: &str) -> Vec<String> {
        self.names_of(&format!("secret/metadata/{path}"))
    }

    /// Returns the names in a folder of any kind.
    pub fn names_of(&self, path: &str) -> Vec<String> {
        let response = self.send(Method::Get, &format!("{path}?list=true"), None);
        let answer: Value = serde_json::from_slice(&response.body).unwrap_or_default();
        let keys = answer["data"]["keys"]
            .as_array()
            .cloned()
            .unwrap_or_default();
        keys.iter()
            .filter_map(|key| Some(key.as_str()?.to_owned()))
            .collect()
    }
}

impl Drop for Bao {
    fn drop(&mut self) {
        // Both fail only when it has ended already, which is what is wanted.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
