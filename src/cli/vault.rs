//! From settings and variables to the Vault that keeps sessions.
//!
//! What is said to authctl itself goes before what is said to everyone: first
//! its own variables and the profile, then the variables of Vault's and OpenBao's
//! own command lines, then their token file.

use std::path::{Path, PathBuf};

use authctl::core::config::resolve::bad;
use authctl::core::config::{Found, SecretRef, Setting, Settings, Source, Value};
use authctl::core::error::Error;
use authctl::core::secret::{Secret, fingerprint};
use authctl::core::store::{
    self, LoginMethod, Places, VaultAuth, VaultError, VaultPath, VaultSettings,
};
use authctl::core::uri::HttpsUrl;

use super::config_edit::lasting;
use super::context::{Context, directories};
use super::secrets::read_file;

/// Where Kubernetes mounts the token of a pod's service account.
const SERVICE_ACCOUNT: &str = "/var/run/secrets/kubernetes.io/serviceaccount/token";

impl Context {
    /// Adds which Vault is meant, where in it, and as whom.
    ///
    /// # Errors
    ///
    /// Exit 7 where it is not said; exit 8 for a value that does not fit;
    /// those of a secret that cannot be read.
    pub fn add_vault(&self, settings: &Settings, places: &mut Places) -> Result<(), Error> {
        self.refuse_skipped_checks()?;
        let address = self.vault_address(settings)?;
        let text = |setting| settings.text(setting).map(|found| found.value.to_owned());
        let namespace = match text(Setting::VaultNamespace) {
            None if self.is_of_environment(&address)? => self.first_of(&NAMESPACE)?,
            own => own,
        };
        let mount = vault_path(settings, Setting::VaultMount, "secret")?;
        let path = vault_path(settings, Setting::VaultPath, "authctl")?;
        // One folder for each set of entries: those of another Vault have
        // locks of their own.
        let place = format!("{address}\n{namespace:?}\n{mount}\n{path}");
        let locks = directories()?.data_local_dir().join("locks");
        let lock_dir = locks.join(format!("vault-{}", fingerprint(place.as_bytes())));
        places.vault = Some(VaultSettings {
            auth: self.vault_auth(settings, &address)?,
            address,
            namespace,
            mount,
            path,
            timeout: self.timeout(settings)?,
            host: host(),
            lock_dir: Some(lock_dir),
        });
        places.vault_authorities = match text(Setting::VaultCacert) {
            None => self.first_of(&CACERT)?.or(text(Setting::Cacert)),
            own => own,
        }
        .map(|path| read_file(Path::new(&path)).map(|pem| pem.expose().to_vec()))
        .transpose()?;
        Ok(())
    }

    /// Returns what the variables of Vault's own tools said, as settings: a
    /// session must be found again where they are not set.
    ///
    /// # Errors
    ///
    /// A variable that is not UTF-8.
    pub fn vault_of_environment(
        &self,
        settings: &Settings,
    ) -> Result<Vec<(Setting, String)>, Error> {
        let mut found = Vec::new();
        let address = self.vault_address(settings)?;
        let is_theirs = self.is_of_environment(&address)?;
        for (setting, variables) in [
            (Setting::VaultAddress, &ADDRESS),
            (Setting::VaultNamespace, &NAMESPACE),
            (Setting::VaultCacert, &CACERT),
        ] {
            let of_another = setting == Setting::VaultNamespace && !is_theirs;
            if settings.get(setting).is_none()
                && !of_another
                && let Some(text) = self.first_of(variables)?
            {
                // A path is one from anywhere.
                let text = match (setting, std::path::absolute(&text)) {
                    (Setting::VaultCacert, Ok(path)) => path.display().to_string(),
                    _ => text,
                };
                found.push((setting, text));
            }
        }
        Ok(found)
    }

    /// Returns what says which Vault a session is in, so that it is found again
    /// where no flag and no variable says so any more.
    ///
    /// # Errors
    ///
    /// A variable that is not UTF-8.
    pub fn vault_to_remember(&self, settings: &Settings) -> Result<Vec<(Setting, Value)>, Error> {
        let of_this_call = Setting::all().filter_map(|setting| {
            let found = settings.get(setting)?;
            let is_of_vault = setting.key().starts_with("vault_");
            let is_kept = matches!(found.source, Source::Profile(_));
            let value = (is_of_vault && !is_kept).then(|| lasting(setting, &found))??;
            Some((setting, value))
        });
        let of_vaults_own = self.vault_of_environment(settings)?.into_iter();
        let of_vaults_own = of_vaults_own.map(|(setting, text)| (setting, Value::Text(text)));
        Ok(of_this_call.chain(of_vaults_own).collect())
    }

    /// A TLS connection to someone unknown is none; a token for Vault would go
    /// to whoever answers.
    fn refuse_skipped_checks(&self) -> Result<(), Error> {
        for variable in SKIP_VERIFY {
            if self.env.is_on(variable) {
                return Err(store::Error::Vault(VaultError::SkipVerify {
                    variable: variable.to_owned(),
                })
                .into());
            }
        }
        Ok(())
    }

    fn vault_address(&self, settings: &Settings) -> Result<HttpsUrl, Error> {
        if let Some(found) = settings.url(Setting::VaultAddress)? {
            return Ok(found.value);
        }
        for variable in ADDRESS {
            if let Some(text) = self.env.text(variable)? {
                return text.parse().map_err(|why| {
                    Error::input(
                        format!("{variable} is no address of a Vault: {why}"),
                        "give it as https://HOST:8200",
                    )
                });
            }
        }
        Err(store::Error::Vault(VaultError::AddressMissing).into())
    }

    /// Says whether the variables of Vault's command line speak of this
    /// address: a token must not reach a Vault that it is not for.
    fn is_of_environment(&self, address: &HttpsUrl) -> Result<bool, Error> {
        let Some(text) = self.first_of(&ADDRESS)? else {
            return Ok(true);
        };
        let other = text.parse::<HttpsUrl>();
        Ok(other.is_ok_and(|other| other.same_origin(address)))
    }

    fn vault_auth(&self, settings: &Settings, address: &HttpsUrl) -> Result<VaultAuth, Error> {
        let reference = settings
            .reference(Setting::VaultSecret)?
            .map(|found| found.value);
        let instead = "set AUTHCTL_VAULT_SECRET, or `vault_secret` in the profile to a reference";
        let method = match settings.text(Setting::VaultAuth) {
            None | Some(Found { value: "token", .. }) => {
                return match reference {
                    Some(reference) => self.secret(&reference, "Vault token", instead),
                    None => self.ambient_token(address),
                }
                .map(VaultAuth::Token);
            }
            Some(Found { value, source }) => LoginMethod::ALL
                .into_iter()
                .find(|method| method.name() == value)
                .ok_or_else(|| {
                    bad(
                        Setting::VaultAuth,
                        &source,
                        "expected token, approle, jwt or kubernetes",
                    )
                })?,
        };
        let reference = match (reference, method) {
            (Some(reference), _) => reference,
            (None, LoginMethod::Kubernetes) => SecretRef::File(PathBuf::from(SERVICE_ACCOUNT)),
            (None, LoginMethod::AppRole | LoginMethod::Jwt) => {
                return Err(store::Error::Vault(VaultError::CredentialMissing {
                    method: method.name(),
                })
                .into());
            }
        };
        let Some(role) = settings.text(Setting::VaultRole) else {
            return Err(store::Error::Vault(VaultError::RoleMissing {
                method: method.name(),
            })
            .into());
        };
        Ok(VaultAuth::Login {
            method,
            mount: vault_path(settings, Setting::VaultAuthMount, method.name())?,
            role: role.value.to_owned(),
            credential: self.secret(&reference, "Vault credential", instead)?,
        })
    }

    /// Returns the token that Vault's own command line would use.
    fn ambient_token(&self, address: &HttpsUrl) -> Result<Secret, Error> {
        let is_theirs = self.is_of_environment(address)?;
        let mut of_another = None;
        for variable in TOKEN {
            let Some(token) = self.env.text(variable)? else {
                continue;
            };
            if is_theirs {
                // Read from a file by a shell, it may have kept the line's end.
                return Ok(Secret::new(token.trim_ascii_end()));
            }
            of_another = Some(variable);
            break;
        }
        let kept = directories::BaseDirs::new().map(|home| home.home_dir().join(".vault-token"));
        match kept.filter(|path| path.exists()) {
            Some(path) => self.secret(&SecretRef::File(path), "Vault token", ""),
            None => {
                let error = match (of_another, self.first_of(&ADDRESS)?) {
                    (Some(variable), Some(theirs)) => VaultError::TokenOfAnother {
                        variable,
                        theirs,
                        address: address.to_string(),
                    },
                    _ => VaultError::TokenMissing,
                };
                Err(store::Error::Vault(error).into())
            }
        }
    }

    fn first_of(&self, variables: &[&str]) -> Result<Option<String>, Error> {
        for variable in variables {
            if let Some(text) = self.env.text(variable)? {
                return Ok(Some(text));
            }
        }
        Ok(None)
    }
}

fn vault_path(settings: &Settings, setting: Setting, default: &str) -> Result<VaultPath, Error> {
    let (text, source) = match settings.text(setting) {
        Some(found) => (found.value, found.source),
        None => (default, authctl::core::config::Source::Default),
    };
    text.parse()
        .map_err(|why: store::InvalidVaultPath| bad(setting, &source, &why.to_string()).into())
}

/// Returns the name of this machine, as others are shown it.
fn host() -> String {
    #[cfg(unix)]
    let name = rustix::system::uname()
        .nodename()
        .to_string_lossy()
        .into_owned();
    #[cfg(not(unix))]
    let name = super::environment::Environment
        .raw("COMPUTERNAME")
        .map_or_else(String::new, |name| name.to_string_lossy().into_owned());
    name.chars().take(LONGEST_NAME).collect()
}

const ADDRESS: [&str; 2] = ["VAULT_ADDR", "BAO_ADDR"];
const TOKEN: [&str; 2] = ["VAULT_TOKEN", "BAO_TOKEN"];
const NAMESPACE: [&str; 2] = ["VAULT_NAMESPACE", "BAO_NAMESPACE"];
const CACERT: [&str; 2] = ["VAULT_CACERT", "BAO_CACERT"];
const SKIP_VERIFY: [&str; 2] = ["VAULT_SKIP_VERIFY", "BAO_SKIP_VERIFY"];
/// As long as a name in the DNS can be.
const LONGEST_NAME: usize = 255;
