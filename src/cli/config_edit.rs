//! Changes of config.toml: one process at a time, each to what is there then;
//! and what of the typed can be kept in it.

use std::path::{Path, PathBuf};

use authctl::core::config::{self, ConfigFile, Found, Kind, SecretRef, Setting, Source, Value};
use authctl::core::error::Error;

use super::context::Context;
use super::file_lock::{FileLock, NotLocked};
use super::interrupt::{self, Hold};

/// What lies beside the configuration is for its owner alone.
const LOCK_MODE: u32 = 0o600;

impl Context {
    /// Changes the configuration: reads it again, since another process may
    /// have changed it after [`Context::config`] did, and writes what `change`
    /// makes of it, with a lock around both. `change` may be called twice, and
    /// without a lock when it changes nothing: then nothing is written, and
    /// the folder need not be one that can be.
    ///
    /// # Errors
    ///
    /// Those of [`ConfigFile::load`] and [`ConfigFile::save`], and of `change`;
    /// exit 8 when another process holds the lock for too long. The file is
    /// then as it was.
    pub fn edit_config<T>(
        &self,
        change: impl Fn(&mut ConfigFile) -> Result<T, Error>,
    ) -> Result<T, Error> {
        let path = self.config_path()?;
        let mut config = ConfigFile::load(&path)?;
        let before = config.clone();
        let done = change(&mut config)?;
        if config.says_the_same_as(&before) {
            return Ok(done);
        }
        let place = ConfigFile::make_place(&path)?;
        interrupt::install();
        let name = path.display().to_string();
        let lock = FileLock::take(self, &place, &name, LOCK_MODE).map_err(|error| match error {
            // As the write itself would have failed.
            NotLocked::Failed(source) => Error::from(config::Error::Io {
                doing: "write",
                path: name.clone(),
                why: source.to_string(),
            }),
            NotLocked::Held(error) => error,
        })?;
        // Ctrl-C leaves no file behind; it takes effect when all is put away.
        let hold = Hold::new();
        let edit = || -> Result<T, Error> {
            let mut config = ConfigFile::load(&path)?;
            let before = config.clone();
            let done = change(&mut config)?;
            if !config.says_the_same_as(&before) {
                config.save()?;
            }
            Ok(done)
        };
        let done = edit();
        drop(lock);
        drop(hold);
        done
    }
}

/// Returns what of a flag's or a variable's value can be kept in a profile,
/// where it must mean the same another day and in any folder.
pub fn lasting(setting: Setting, found: &Found<&Value>) -> Option<Value> {
    // The environment's endpoints are those of a moment, as `serve` gives them
    // to a command; the issuer is what lasts. And the variable is the way for
    // parameters that are secrets.
    let is_of_the_moment = setting.is_endpoint() || setting == Setting::Param;
    if is_of_the_moment && matches!(found.source, Source::Environment(_)) {
        return None;
    }
    match (setting.kind(), found.value) {
        // The variable is found by itself another time; standard input and a
        // prompt cannot be kept.
        (Kind::Reference, Value::Text(text)) => {
            let reference = text.parse::<SecretRef>().ok()?;
            (reference.is_lasting() && found.source == Source::Flag)
                .then(|| Value::Text(from_anywhere(&reference).to_string()))
        }
        (Kind::Reference, Value::List(_)) => None,
        (_, Value::Text(path))
            if matches!(
                setting,
                Setting::Cacert | Setting::Cert | Setting::CertKey | Setting::VaultCacert
            ) =>
        {
            Some(Value::Text(absolute(Path::new(path)).display().to_string()))
        }
        (_, value) => Some(value.clone()),
    }
}

/// Returns the reference as it is to be written for any folder.
pub fn from_anywhere(reference: &SecretRef) -> SecretRef {
    match reference {
        SecretRef::File(path) => SecretRef::File(absolute(path)),
        other => other.clone(),
    }
}

fn absolute(path: &Path) -> PathBuf {
    std::path::absolute(path).unwrap_or_else(|_| path.to_owned())
}
