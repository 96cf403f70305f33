//! A Vault in memory: the answers that the store's requests get of a real
//! one, with a clock and faults that the test sets.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use serde_json::{Value, json};

use super::{LoginMethod, VaultAuth, VaultSettings, VaultStore};
use crate::core::http::{self, Cause, Method, Request, Response, Transport};
use crate::core::secret::Secret;
use crate::core::time::{Clock, Timestamp};

/// One Vault, which several stores may speak to.
#[derive(Clone, Default)]
pub struct FakeVault(Arc<Mutex<State>>);

#[derive(Default)]
pub struct State {
    /// Entries by path, below the mount.
    pub entries: BTreeMap<String, Entry>,
    /// Seconds that have passed, for everyone.
    elapsed: Duration,
    /// How far the `Date` is off, as a proxy's may be.
    pub date_off: i64,
    /// Whether answers have a `Date`.
    pub no_date: bool,
    /// What goes wrong with the next requests that fit.
    pub faults: Vec<Fault>,
    /// "POST secret/data/authctl/…", in order.
    pub requests: Vec<String>,
    /// How many tokens logins gave.
    pub logins: u32,
    /// The tokens that were given back.
    pub revoked: Vec<String>,
    /// What kind of token logins give.
    pub token_type: &'static str,
}

#[derive(Clone, Default)]
pub struct Entry {
    pub version: u64,
    pub created: i64,
    pub data: Option<Value>,
    pub max_versions: u64,
    /// How many versions can be read.
    pub kept: u64,
}

/// What goes wrong, once, with a request whose line contains a text.
#[derive(Clone)]
pub struct Fault {
    pub at: &'static str,
    pub kind: Kind,
}

#[derive(Clone)]
pub enum Kind {
    /// The request does not arrive.
    Lost,
    /// It arrives, and the answer does not.
    AnswerLost,
    /// Vault answers so.
    Answer(u16, &'static str),
}

/// When Vault was started, by its own clock.
const START: i64 = 1_700_000_000;

impl FakeVault {
    pub fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap()
    }

    /// Adds a fault.
    pub fn fails(&self, at: &'static str, kind: Kind) {
        self.state().faults.push(Fault { at, kind });
    }

    /// Lets time pass.
    pub fn pass(&self, seconds: u64) {
        self.state().elapsed += Duration::from_secs(seconds);
    }

    /// Returns a store of a machine of this name, without locks of its own.
    pub fn store(&self, host: &str) -> VaultStore {
        self.store_with(host, |_| {})
    }

    pub fn store_with(&self, host: &str, change: impl FnOnce(&mut VaultSettings)) -> VaultStore {
        let mut settings = VaultSettings {
            address: "https://vault.example:8200".parse().unwrap(),
            namespace: None,
            mount: "secret".parse().unwrap(),
            path: "authctl".parse().unwrap(),
            auth: VaultAuth::Token(Secret::new("hunter2")),
            timeout: Duration::from_secs(30),
            host: host.to_owned(),
            lock_dir: None,
        };
        change(&mut settings);
        VaultStore::with_clock(settings, Box::new(self.clone()), Box::new(self.clone()))
    }

    /// Returns as whom to sign in by a method.
    pub fn login(method: LoginMethod) -> VaultAuth {
        VaultAuth::Login {
            method,
            mount: method.name().parse().unwrap(),
            role: "ci".to_owned(),
            credential: Secret::new("planted-credential"),
        }
    }

    /// Returns the entry of a folder, where it is the only one.
    pub fn only(&self, folder: &str) -> Entry {
        let state = self.state();
        let mut found = state
            .entries
            .iter()
            .filter(|(path, _)| path.starts_with(&format!("authctl/{folder}/")));
        let (_, entry) = found.next().expect("an entry");
        assert!(found.next().is_none(), "one entry");
        entry.clone()
    }
}

/// The clock of a machine that is off by years: only spans may count.
impl Clock for FakeVault {
    fn now(&self) -> Timestamp {
        Timestamp(1)
    }

    fn sleep(&self, span: Duration) {
        self.state().elapsed += span;
    }

    fn monotonic(&self) -> Duration {
        self.state().elapsed
    }
}

impl Transport for FakeVault {
    fn send(&self, request: &Request) -> Result<Response, http::Error> {
        let mut state = self.state();
        let method = match request.method {
            Method::Get => "GET",
            Method::Post => "POST",
            Method::Delete => "DELETE",
        };
        let path = request
            .url
            .url()
            .path()
            .trim_start_matches("/v1/")
            .to_owned();
        let line = format!("{method} {path}");
        state.requests.push(line.clone());
        assert_eq!(request.header("x-vault-request"), Some("true"));
        let body = request
            .json
            .as_ref()
            .map(|body| serde_json::from_slice::<Value>(body.expose()).expect("a JSON body"));
        let fault = state
            .faults
            .iter()
            .position(|fault| line.contains(fault.at));
        let kind = fault.map(|at| state.faults.remove(at).kind);
        let cut = || http::Error::Unreachable {
            host: request.url.authority(),
            why: Cause::Cut,
        };
        match kind {
            Some(Kind::Lost) => return Err(cut()),
            Some(Kind::Answer(status @ 307, _)) => {
                return Err(http::Error::Redirect {
                    host: request.url.authority(),
                    status,
                });
            }
            Some(Kind::Answer(status, body)) => return Ok(state.answer(status, body.to_owned())),
            Some(Kind::AnswerLost) | None => {}
        }
        let listed = request.url.url().query() == Some("list=true");
        let token = request.header("x-vault-token").unwrap_or_default();
        let (status, answer) = state.judge(request.method, &path, body.as_ref(), listed, token);
        if matches!(kind, Some(Kind::AnswerLost)) {
            return Err(cut());
        }
        let text = if answer.is_null() {
            String::new()
        } else {
            answer.to_string()
        };
        Ok(state.answer(status, text))
    }
}

impl State {
    fn now(&self) -> i64 {
        START + i64::try_from(self.elapsed.as_secs()).unwrap()
    }

    fn answer(&self, status: u16, body: String) -> Response {
        let mut headers = vec![("content-type".to_owned(), "application/json".to_owned())];
        if !self.no_date {
            let seconds = u64::try_from(self.now() + self.date_off).unwrap();
            let date = std::time::UNIX_EPOCH + Duration::from_secs(seconds);
            headers.push(("date".to_owned(), httpdate::fmt_http_date(date)));
        }
        Response {
            status,
            headers,
            body: body.into_bytes().into(),
        }
    }

    fn judge(
        &mut self,
        method: Method,
        path: &str,
        body: Option<&Value>,
        listed: bool,
        token: &str,
    ) -> (u16, Value) {
        let nothing = json!({"errors": []});
        if let Some(mount) = path
            .strip_prefix("auth/")
            .and_then(|path| path.strip_suffix("/login"))
        {
            let body = body.expect("a login");
            let credential = if mount == "approle" {
                "secret_id"
            } else {
                "jwt"
            };
            assert_eq!(body[credential], "planted-credential");
            self.logins += 1;
            return (
                200,
                json!({"auth": {
                    "client_token": format!("login-{}", self.logins),
                    "lease_duration": 60,
                    "token_type": self.token_type,
                }}),
            );
        }
        if path == "auth/token/revoke-self" {
            self.revoked.push(token.to_owned());
            return (204, Value::Null);
        }
        assert!(token == "hunter2" || token.starts_with("login-"), "{token}");
        if path == "sys/capabilities-self" {
            let asked = body.expect("paths")["paths"][0]
                .as_str()
                .unwrap_or_default();
            let capabilities = if asked.starts_with("secret/metadata/") {
                json!(["create", "delete", "list", "read", "update"])
            } else {
                json!(["create", "read", "update"])
            };
            return (200, json!({"data": {"capabilities": capabilities}}));
        }
        if path == "sys/internal/ui/mounts/secret" {
            return (
                200,
                json!({"data": {"type": "kv", "options": {"version": "2"}}}),
            );
        }
        let now = self.now();
        if let Some(path) = path.strip_prefix("secret/data/") {
            return match (method, body) {
                (Method::Get, _) => {
                    match self.entries.get(path).filter(|entry| entry.version > 0) {
                        Some(entry) => (
                            if entry.data.is_some() { 200 } else { 404 },
                            json!({"data": {
                                "data": entry.data,
                                "metadata": {"version": entry.version, "created_time": time(entry.created)},
                            }}),
                        ),
                        None => (404, nothing),
                    }
                }
                (_, Some(body)) => {
                    let entry = self.entries.entry(path.to_owned()).or_default();
                    if body["options"]["cas"] != entry.version {
                        let said = "check-and-set parameter did not match the current version";
                        return (400, json!({"errors": [said]}));
                    }
                    entry.version += 1;
                    entry.created = now;
                    entry.data = Some(body["data"].clone());
                    entry.kept = (entry.kept + 1).min(entry.max_versions.max(1));
                    (
                        200,
                        json!({"data": {"version": entry.version, "created_time": time(now)}}),
                    )
                }
                (_, None) => panic!("a write without a body"),
            };
        }
        let path = path.strip_prefix("secret/metadata/").expect("a known path");
        match method {
            Method::Post => {
                let entry = self.entries.entry(path.to_owned()).or_default();
                entry.max_versions = body.expect("settings")["max_versions"].as_u64().unwrap();
                (204, Value::Null)
            }
            Method::Delete => {
                self.entries.remove(path);
                (204, Value::Null)
            }
            Method::Get => {
                assert!(listed);
                let folder = format!("{path}/");
                let names: Vec<&str> = self
                    .entries
                    .keys()
                    .filter_map(|path| path.strip_prefix(&folder))
                    .collect();
                if names.is_empty() {
                    return (404, nothing);
                }
                (200, json!({"data": {"keys": names}}))
            }
        }
    }
}

fn time(seconds: i64) -> String {
    Timestamp(seconds).to_string().replace('Z', ".123456789Z")
}
