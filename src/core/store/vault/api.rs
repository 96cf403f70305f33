//! What the store asks of Vault.
//!
//! Every write carries `options.cas`, so that sending it twice changes nothing
//! more than once: each may be tried again.

use std::fmt;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use serde::Serialize;
use serde::de::{DeserializeOwned, IgnoredAny};
use serde_json::{Value, json};

use super::answer::{
    Answer, Entry, Names, Version, Versioned, Written, is_of_deleted, is_of_vault, said,
};
use super::exchange::{Call, json_of};
use super::login::Session;
use super::{VaultError, VaultSettings};
use crate::core::http::{Method, Response, Transport};
use crate::core::time::Clock;

/// Speaks to one Vault.
pub(super) struct Api {
    pub settings: VaultSettings,
    pub clock: Box<dyn Clock + Send + Sync>,
    pub(super) transport: Box<dyn Transport + Send + Sync>,
    /// The login of this process.
    pub(super) session: Mutex<Option<Session>>,
    /// Whether the mount is known to be what it must.
    mount_checked: AtomicBool,
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
    pub fn read<T: DeserializeOwned>(&self, path: &str) -> Result<Option<Entry<T>>, VaultError> {
        let full = self.settings.data_path(path);
        let response = self.call(Call::get(&full))?;
        if response.status == 404 && !is_of_deleted(&response) {
            self.check_mount(&full, &response)?;
            return Ok(None);
        }
        if response.status != 404 {
            self.judge(&full, &response)?;
        }
        let Versioned::<T> { data, metadata } = self.data(&response).map_err(|error| {
            match self.data::<Versioned<IgnoredAny>>(&response) {
                Ok(_) => VaultError::Malformed { path: full.clone() },
                Err(_) => error,
            }
        })?;
        self.set_mount_checked();
        Ok(Some(Entry {
            version: metadata.version,
            created: metadata.created(),
            now: response.date(),
            data,
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
        let full = self.settings.data_path(path);
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
        let written: Version = self.data(&response)?;
        self.set_mount_checked();
        Ok(Written::Yes {
            version: written.version,
            created: written.created(),
        })
    }

    /// Makes the entry at `path` keep one version only, before there is any:
    /// what is replaced is gone.
    pub fn keep_one_version(&self, path: &str) -> Result<(), VaultError> {
        let full = self.settings.metadata_path(path);
        let body = json_of(&json!({"max_versions": 1, "cas_required": true}));
        let response = self.call(Call::post(&full, body))?;
        if response.status == 404 {
            self.check_mount(&full, &response)?;
        }
        self.judge(&full, &response)
    }

    /// Removes an entry with all its versions.
    pub fn remove(&self, path: &str) -> Result<(), VaultError> {
        let full = self.settings.metadata_path(path);
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
        let full = format!("{}?list=true", self.settings.metadata_path(folder));
        let response = self.call(Call::get(&full))?;
        if response.status == 404 {
            self.check_mount(&full, &response)?;
            return Ok(Vec::new());
        }
        self.judge(&full, &response)?;
        let names: Names = self.data(&response)?;
        Ok(names.keys)
    }

    /// Makes sure that the token may replace the entry at `path`, where Vault
    /// tells.
    pub fn check_may_write(&self, path: &str) -> Result<(), VaultError> {
        self.check_may("update", self.settings.data_path(path))
    }

    /// Makes sure that the token may remove the entry at `path`, where Vault
    /// tells.
    pub fn check_may_remove(&self, path: &str) -> Result<(), VaultError> {
        self.check_may("delete", self.settings.metadata_path(path))
    }

    fn check_may(&self, capability: &str, full: String) -> Result<(), VaultError> {
        let body = json_of(&json!({"paths": [full]}));
        let response = self.call(Call::post("sys/capabilities-self", body))?;
        if response.status != 200 {
            // A policy may keep a token from asking; the write will tell.
            log::debug!("store: Vault does not say what the token may do");
            return Ok(());
        }
        let answer: Value = self.parse(&response)?;
        let found = answer
            .pointer("/data/capabilities")
            .or(answer.get("capabilities"));
        let may = found.and_then(Value::as_array).is_none_or(|found| {
            found
                .iter()
                .filter_map(Value::as_str)
                .any(|name| name == capability || name == "root")
        });
        if may {
            Ok(())
        } else {
            Err(self.denied(
                full,
                format!("the token lacks the capability `{capability}`"),
            ))
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

    /// Reads the `data` of an answer.
    fn data<T: DeserializeOwned>(&self, response: &Response) -> Result<T, VaultError> {
        self.parse(response).map(|Answer { data }| data)
    }

    fn set_mount_checked(&self) {
        self.mount_checked.store(true, Ordering::Relaxed);
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

#[derive(Serialize)]
struct Write<'a, T> {
    options: Options,
    data: &'a T,
}

#[derive(Serialize)]
struct Options {
    cas: u64,
}
