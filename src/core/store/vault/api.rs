//! The few requests that the store sends, and how Vault's answers are judged.
//!
//! Every write carries `options.cas`, so that sending it twice changes nothing
//! more than once: each may be tried again.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde::de::IgnoredAny;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::login::Session;
use super::{LoginMethod, VaultAuth, VaultError, VaultSettings};
use crate::core::http::{
    self, FieldValue, Method, Request, Response, Retry, Transport, send_with_retries,
};
use crate::core::secret::{Secret, SecretBytes};
use crate::core::store::record::json::to_json;
use crate::core::time::{Clock, Timestamp};

/// Speaks to one Vault.
pub(super) struct Api {
    pub settings: VaultSettings,
    pub clock: Box<dyn Clock + Send + Sync>,
    transport: Box<dyn Transport + Send + Sync>,
    session: Mutex<Option<Session>>,
    /// Whether the mount is known to be what it must.
    mount_checked: AtomicBool,
}

/// One version of an entry.
pub(super) struct Entry<T> {
    /// Its number, which the next write must name.
    pub version: u64,
    /// When it was written, by Vault's clock.
    pub created: Option<Timestamp>,
    /// Vault's present when it answered, in whole seconds.
    pub now: Option<Timestamp>,
    /// The data; `None` where the last version was deleted.
    pub data: Option<T>,
}

/// What became of a write.
pub(super) enum Written {
    /// It is there.
    Yes {
        /// The version that it became.
        version: u64,
        /// Vault's present.
        created: Option<Timestamp>,
    },
    /// Another version is there than the one that was named.
    Mismatch,
}

impl Api {
    pub fn new(
        settings: VaultSettings,
        transport: Box<dyn Transport + Send + Sync>,
        clock: Box<dyn Clock + Send + Sync>,
    ) -> Self {
        Self {
            settings,
            clock,
            transport,
            session: Mutex::new(None),
            mount_checked: AtomicBool::new(false),
        }
    }

    /// Reads the entry at `path`; `None` where there never was one, or it was
    /// removed.
    pub fn read<T: for<'d> Deserialize<'d>>(
        &self,
        path: &str,
    ) -> Result<Option<Entry<T>>, VaultError> {
        let full = self.data_path(path);
        let response = self.call(Call::get(&full))?;
        if response.status == 404 && !holds_data(&response) {
            self.check_mount(&full, &response)?;
            return Ok(None);
        }
        if response.status != 404 {
            self.judge(&full, &response)?;
        }
        let whole: Whole<T> = self.parse(&response).map_err(|error| {
            match self.parse::<Whole<IgnoredAny>>(&response) {
                Ok(_) => VaultError::Malformed { path: full.clone() },
                Err(_) => error,
            }
        })?;
        self.set_mount_checked();
        Ok(Some(Entry {
            version: whole.data.metadata.version,
            created: whole.data.metadata.created(),
            now: response.date(),
            data: whole.data.data,
        }))
    }

    /// Writes an entry in place of version `cas`, zero where there must be
    /// none. `budget` is for all tries.
    pub fn write(
        &self,
        path: &str,
        cas: u64,
        data: &impl Serialize,
        budget: Duration,
    ) -> Result<Written, VaultError> {
        self.know_mount()?;
        let full = self.data_path(path);
        let body = json_of(&Write {
            options: Options { cas },
            data,
        });
        let mut call = Call::post(&full, body);
        call.budget = Some(budget);
        let response = self.call(call)?;
        if response.status == 400 && said(&response).contains("check-and-set") {
            return Ok(Written::Mismatch);
        }
        if response.status == 204 {
            // Where versions are kept they are named.
            return Err(VaultError::NotKvVersion2 {
                mount: self.settings.mount.to_string(),
            });
        }
        if response.status == 404 {
            self.check_mount(&full, &response)?;
        }
        self.judge(&full, &response)?;
        let whole: Whole1 = self.parse(&response)?;
        self.set_mount_checked();
        Ok(Written::Yes {
            version: whole.data.version,
            created: whole.data.created(),
        })
    }

    /// Makes the entry at `path` keep one version only, before there is any:
    /// what is replaced is gone.
    pub fn keep_one_version(&self, path: &str) -> Result<(), VaultError> {
        let full = self.metadata_path(path);
        let body = json_of(&json!({"max_versions": 1, "cas_required": true}));
        let response = self.call(Call::post(&full, body))?;
        if response.status == 404 {
            self.check_mount(&full, &response)?;
        }
        self.judge(&full, &response)
    }

    /// Removes an entry with all its versions.
    pub fn remove(&self, path: &str) -> Result<(), VaultError> {
        let full = self.metadata_path(path);
        let mut call = Call::get(&full);
        call.method = Method::Delete;
        let response = self.call(call)?;
        if response.status == 404 {
            return self.check_mount(&full, &response);
        }
        self.judge(&full, &response)
    }

    /// Returns the names of the entries in a folder.
    pub fn names(&self, folder: &str) -> Result<Vec<String>, VaultError> {
        let full = format!("{}?list=true", self.metadata_path(folder));
        let response = self.call(Call::get(&full))?;
        if response.status == 404 {
            self.check_mount(&full, &response)?;
            return Ok(Vec::new());
        }
        self.judge(&full, &response)?;
        let names: List = self.parse(&response)?;
        Ok(names.data.keys)
    }

    /// Says whether the token may replace the entry at `path`, where Vault
    /// tells.
    pub fn may_write(&self, path: &str) -> Result<bool, VaultError> {
        let full = self.data_path(path);
        let body = json_of(&json!({"paths": [full]}));
        let response = self.call(Call::post("sys/capabilities-self", body))?;
        if response.status != 200 {
            // A policy may keep a token from asking; the write will tell.
            log::debug!("store: Vault does not say what the token may do");
            return Ok(true);
        }
        let answer: Value = self.parse(&response)?;
        let found = answer
            .pointer("/data/capabilities")
            .or(answer.get("capabilities"));
        Ok(found.and_then(Value::as_array).is_none_or(|found| {
            found
                .iter()
                .filter_map(Value::as_str)
                .any(|name| matches!(name, "update" | "root"))
        }))
    }

    /// Makes the error of a token that may not use `path`.
    pub fn denied(&self, path: &str) -> VaultError {
        self.denied_saying(self.data_path(path), "permission denied".to_owned())
    }

    /// Gives the token of a login back: nobody needs it any more.
    pub fn revoke_login(&self) {
        let session = self.lock_session().take();
        let Some(session) = session.filter(Session::is_revocable) else {
            return;
        };
        let call = Call {
            budget: Some(SHORT.min(self.settings.timeout)),
            retry: Retry::WhenTold,
            ..Call::post("auth/token/revoke-self", json_of(&json!({})))
        };
        match self.send(&call, Some(session.token())) {
            Ok(response) => log::debug!("store: Vault's token given back: {}", response.status),
            Err(error) => log::debug!("store: Vault's token stays until it expires: {error}"),
        }
    }

    /// Returns the path of an entry's data, below `/v1/`.
    fn data_path(&self, path: &str) -> String {
        let VaultSettings {
            mount,
            path: folder,
            ..
        } = &self.settings;
        format!("{mount}/data/{folder}/{path}")
    }

    fn metadata_path(&self, path: &str) -> String {
        let VaultSettings {
            mount,
            path: folder,
            ..
        } = &self.settings;
        format!("{mount}/metadata/{folder}/{path}")
    }

    /// Sends a request as whom the settings say.
    fn call(&self, call: Call<'_>) -> Result<Response, VaultError> {
        let token = self.token()?;
        self.send(&call, Some(&token))
    }

    fn token(&self) -> Result<Secret, VaultError> {
        let VaultAuth::Login {
            method,
            mount,
            role,
            credential,
        } = &self.settings.auth
        else {
            let VaultAuth::Token(token) = &self.settings.auth else {
                return Err(VaultError::TokenMissing);
            };
            return Ok(token.clone());
        };
        let mut session = self.lock_session();
        if let Some(session) = &*session
            && session.lives(self.clock.monotonic())
        {
            return Ok(session.token().clone());
        }
        let path = format!("auth/{mount}/login");
        let (of_role, of_credential) = match method {
            LoginMethod::AppRole => ("role_id", "secret_id"),
            LoginMethod::Jwt | LoginMethod::Kubernetes => ("role", "jwt"),
        };
        // Borrowed: a copy would not be wiped.
        let members = BTreeMap::from([
            (of_role, role.as_str()),
            (of_credential, credential.expose()),
        ]);
        let mut call = Call::post(&path, json_of(&members));
        if *method == LoginMethod::AppRole {
            // It may be good for one use.
            call.retry = Retry::WhenTold;
        }
        log::debug!("store: signing in at Vault by {}", method.name());
        let response = self.send(&call, None)?;
        if matches!(response.status, 400..=404) {
            return Err(VaultError::LoginRefused {
                method: method.name(),
                mount: mount.to_string(),
                status: response.status,
                said: said(&response),
            });
        }
        self.judge(&path, &response)?;
        let new = Session::parse(&response.body, self.clock.monotonic())
            .ok_or_else(|| self.senseless("it holds no token"))?;
        let token = new.token().clone();
        *session = Some(new);
        Ok(token)
    }

    fn lock_session(&self) -> MutexGuard<'_, Option<Session>> {
        self.session.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn send(&self, call: &Call<'_>, token: Option<&Secret>) -> Result<Response, VaultError> {
        let address = self.settings.address.as_str().trim_end_matches('/');
        let url = format!("{address}/v1/{}", call.path)
            .parse()
            .map_err(|_| self.senseless("its address makes no URL"))?;
        let mut request = Request::get(url);
        request.method = call.method;
        request.json = call.body.clone();
        request.retry = call.retry;
        // Some set-ups take requests only that say they are no browser's.
        request
            .headers
            .push(("x-vault-request", FieldValue::Plain("true".into())));
        if let Some(namespace) = &self.settings.namespace {
            let namespace = FieldValue::Plain(namespace.clone());
            request.headers.push(("x-vault-namespace", namespace));
        }
        if let Some(token) = token {
            let token = FieldValue::Secret(token.clone());
            request.headers.push(("x-vault-token", token));
        }
        let budget = call.budget.unwrap_or(self.settings.timeout);
        let response = send_with_retries(&*self.transport, &*self.clock, &request, budget);
        let response = response.map_err(|error| match error {
            http::Error::Redirect { host, .. } => VaultError::Standby { host },
            other => VaultError::Unreachable(other),
        })?;
        match response.status {
            503 if said(&response).contains("sealed") => {
                Err(VaultError::Sealed { host: self.host() })
            }
            // 412: a node has not caught up; 472 and 473: standbys.
            412 | 429 | 472 | 473 => Err(VaultError::Busy {
                host: self.host(),
                status: response.status,
                said: said(&response),
            }),
            500.. => Err(VaultError::Failed {
                host: self.host(),
                status: response.status,
                said: said(&response),
            }),
            _ => Ok(response),
        }
    }

    fn judge(&self, path: &str, response: &Response) -> Result<(), VaultError> {
        match response.status {
            200 | 204 => Ok(()),
            403 => Err(self.denied_saying(path.to_owned(), said(response))),
            status => Err(VaultError::Refused {
                path: path.to_owned(),
                status,
                said: said(response),
            }),
        }
    }

    fn denied_saying(&self, path: String, said: String) -> VaultError {
        let VaultSettings {
            mount,
            path: folder,
            ..
        } = &self.settings;
        VaultError::Denied {
            path,
            policy: format!(
                "`path \"{mount}/data/{folder}/*\" {{ capabilities = [\"create\", \"read\", \
                 \"update\"] }}` and `path \"{mount}/metadata/{folder}/*\" {{ capabilities = \
                 [\"create\", \"read\", \"update\", \"delete\", \"list\"] }}`"
            ),
            said,
        }
    }

    /// Finds out what an answer 404 means: an entry that is not there, or an
    /// engine that is not there or is another.
    fn check_mount(&self, path: &str, response: &Response) -> Result<(), VaultError> {
        if !is_of_vault(response) {
            return Err(self.senseless("it is another's page that is not there"));
        }
        let said = said(response);
        if said.contains("no handler for route") {
            return Err(VaultError::NoMount {
                mount: self.settings.mount.to_string(),
            });
        }
        if !said.is_empty() {
            // Of an entry that is not there nothing is said; of a namespace is.
            return Err(VaultError::Refused {
                path: path.to_owned(),
                status: response.status,
                said,
            });
        }
        self.know_mount()
    }

    /// Makes sure, once, that the engine keeps versions. One that does not
    /// takes our paths for the names of other entries: it would find nothing
    /// under them, and write without a check.
    fn know_mount(&self) -> Result<(), VaultError> {
        if self.mount_checked.load(Ordering::Relaxed) {
            return Ok(());
        }
        let mount = self.settings.mount.to_string();
        let response = self.call(Call::get(&format!("sys/internal/ui/mounts/{mount}")))?;
        if response.status == 404 {
            // Not even this is there: the namespace is not.
            return Err(VaultError::NoMount { mount });
        }
        if response.status == 200 {
            let answer: Value = self.parse(&response)?;
            // An option of the engine, and a text.
            let version = answer.pointer("/data/options/version");
            if version.and_then(Value::as_str) != Some("2") {
                return Err(VaultError::NotKvVersion2 { mount });
            }
        }
        // Who may not ask is told by the answers that follow.
        self.set_mount_checked();
        Ok(())
    }

    fn set_mount_checked(&self) {
        self.mount_checked.store(true, Ordering::Relaxed);
    }

    fn parse<T: for<'d> Deserialize<'d>>(&self, response: &Response) -> Result<T, VaultError> {
        serde_json::from_slice(&response.body)
            .map_err(|_| self.senseless("it is not the JSON that was due"))
    }

    fn senseless(&self, why: &'static str) -> VaultError {
        VaultError::Senseless {
            host: self.host(),
            why,
        }
    }

    fn host(&self) -> String {
        self.settings.address.authority()
    }
}

impl fmt::Debug for Api {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Api")
            .field("settings", &self.settings)
            .finish_non_exhaustive()
    }
}

impl Drop for Api {
    fn drop(&mut self) {
        self.revoke_login();
    }
}

/// A request that is to be sent.
struct Call<'a> {
    method: Method,
    path: &'a str,
    body: Option<SecretBytes>,
    retry: Retry,
    budget: Option<Duration>,
}

impl<'a> Call<'a> {
    fn get(path: &'a str) -> Self {
        Self {
            method: Method::Get,
            path,
            body: None,
            retry: Retry::Safe,
            budget: None,
        }
    }

    fn post(path: &'a str, body: SecretBytes) -> Self {
        Self {
            method: Method::Post,
            body: Some(body),
            ..Self::get(path)
        }
    }
}

#[derive(Serialize)]
struct Write<'a, T> {
    options: Options,
    data: &'a T,
}

#[derive(Serialize)]
struct Options {
    cas: u64,
}

#[derive(Deserialize)]
#[serde(bound = "T: Deserialize<'de>")]
struct Whole<T> {
    data: Inner<T>,
}

#[derive(Deserialize)]
#[serde(bound = "T: Deserialize<'de>")]
struct Inner<T> {
    data: Option<T>,
    metadata: Version,
}

#[derive(Deserialize)]
struct Whole1 {
    data: Version,
}

#[derive(Deserialize)]
struct Version {
    version: u64,
    #[serde(default)]
    created_time: String,
}

impl Version {
    fn created(&self) -> Option<Timestamp> {
        self.created_time.parse().ok()
    }
}

#[derive(Deserialize)]
struct List {
    data: Keys,
}

#[derive(Deserialize)]
struct Keys {
    keys: Vec<String>,
}

/// Writes a body.
fn json_of(value: &impl Serialize) -> SecretBytes {
    SecretBytes::new(std::mem::take(&mut *to_json(value)))
}

/// Says whether a 404 is that of an entry whose last version was deleted.
fn holds_data(response: &Response) -> bool {
    serde_json::from_slice::<Value>(&response.body)
        .is_ok_and(|answer| answer.pointer("/data/metadata/version").is_some())
}

/// Says whether an answer lists errors, if only an empty list, as all of
/// Vault's refusals do.
fn is_of_vault(response: &Response) -> bool {
    serde_json::from_slice::<Value>(&response.body).is_ok_and(|answer| answer["errors"].is_array())
}

/// Returns what Vault said went wrong, in its first lines.
fn said(response: &Response) -> String {
    #[derive(Deserialize)]
    struct Errors {
        #[serde(default)]
        errors: Vec<String>,
    }
    let errors = serde_json::from_slice(&response.body)
        .map(|errors: Errors| errors.errors)
        .unwrap_or_default();
    let text = errors.join("; ");
    let words: Vec<&str> = text.split_whitespace().collect();
    words.join(" ").chars().take(SAID).collect()
}

/// How much of what Vault said is kept.
const SAID: usize = 200;
/// For what is a courtesy at the end.
pub(super) const SHORT: Duration = Duration::from_secs(5);
