//! Reads the world once: the environment, the home directory, the global
//! flags. The core gets values.

use std::cell::{Cell, OnceCell};
use std::ffi::OsStr;
use std::fs::OpenOptions;
use std::io::{self, IsTerminal as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

use authctl::core::config::file::make_private_folder;
use authctl::core::config::resolve::bad;
use authctl::core::config::{self, ConfigFile, Found, Layer, Setting, Settings, Value};
use authctl::core::error::Error;
use authctl::core::store::{self, Choice, Key, Opened, Places, Record};
use authctl::core::time::{Clock as _, ClockOffset, SystemClock, Timestamp};

use super::Globals;
use super::environment::Environment;
use super::render::{ColorEnvironment, Render};
use super::sessions::of_stores;

/// What every command has at hand.
pub struct Context {
    /// How to speak.
    pub render: Render,
    /// The environment.
    pub env: Environment,
    /// Whether prompts and browsers are forbidden.
    pub no_input: bool,
    /// Whether answers and errors are to be JSON.
    pub json: bool,
    globals: Globals,
    config: OnceCell<ConfigFile>,
    may_make_config: Cell<bool>,
    warned_of_clock: Cell<bool>,
}

/// How long a person may take to unlock the keychain, where there is one to
/// ask.
const KEYCHAIN_PROMPT_WAIT: Duration = Duration::from_secs(60);

/// The time-out of a command's conversation with a server, in all.
const DEFAULT_TIMEOUT: Duration = Duration::from_secs(30);

impl Context {
    /// Takes the global flags and the environment.
    pub fn new(globals: Globals, json: bool) -> Self {
        let env = Environment;
        let colors = ColorEnvironment {
            no_color: env.raw("NO_COLOR").is_some(),
            force: env.is_on("CLICOLOR_FORCE"),
            dumb: env.raw("TERM").as_deref() == Some(OsStr::new("dumb")),
        };
        let render = Render::new(
            globals.color,
            colors,
            globals.quiet,
            globals.verbose,
            env.raw("GITHUB_ACTIONS").as_deref() == Some(OsStr::new("true")),
        );
        let no_input = globals.no_input || env.is_on("AUTHCTL_NO_INPUT") || env.is_on("CI");
        Self {
            render,
            env,
            no_input,
            json,
            globals,
            config: OnceCell::new(),
            may_make_config: Cell::new(false),
            warned_of_clock: Cell::new(false),
        }
    }

    /// Returns the present instant.
    pub fn now(&self) -> Timestamp {
        SystemClock.now()
    }

    /// Returns where the configuration file is, or would be.
    ///
    /// # Errors
    ///
    /// [`Error::Input`] when there is no home directory and nobody named a
    /// file.
    pub fn config_path(&self) -> Result<PathBuf, Error> {
        if let Some(path) = &self.globals.config {
            return Ok(path.clone());
        }
        if let Some(path) = self.env.raw("AUTHCTL_CONFIG") {
            return Ok(path.into());
        }
        Ok(directories()?.config_dir().join("config.toml"))
    }

    /// Lets the configuration file that is named be a new one, for the commands
    /// that write it.
    pub fn allow_new_config(&self) {
        self.may_make_config.set(true);
    }

    fn names_config(&self) -> bool {
        self.globals.config.is_some() || self.env.raw("AUTHCTL_CONFIG").is_some()
    }

    /// Returns the file that `--config` names.
    pub fn config_flag(&self) -> Option<&Path> {
        self.globals.config.as_deref()
    }

    /// Returns the configuration, read once.
    ///
    /// # Errors
    ///
    /// Those of [`ConfigFile::load`]; [`Error::Input`] when a file that was
    /// named is not there.
    pub fn config(&self) -> Result<&ConfigFile, Error> {
        if let Some(config) = self.config.get() {
            return Ok(config);
        }
        let path = self.config_path()?;
        if self.names_config() && !self.may_make_config.get() && !path.exists() {
            return Err(Error::input(
                format!("there is no configuration file `{}`", path.display()),
                "check `--config` and AUTHCTL_CONFIG; `authctl login` and `authctl profile set` make a new one",
            ));
        }
        let config = ConfigFile::load(&path)?;
        Ok(self.config.get_or_init(|| config))
    }

    /// Returns the name of the profile in force.
    ///
    /// # Errors
    ///
    /// Those of [`Context::config`].
    pub fn profile_name(&self) -> Result<String, Error> {
        match self.named_profile()? {
            Some(name) => Ok(name),
            None => Ok(self.config()?.default_profile().to_owned()),
        }
    }

    /// Returns the profile that a flag or the environment names.
    ///
    /// # Errors
    ///
    /// A variable that is not UTF-8.
    pub fn named_profile(&self) -> Result<Option<String>, Error> {
        match &self.globals.profile {
            Some(name) => Ok(Some(name.clone())),
            None => self.env.text("AUTHCTL_PROFILE"),
        }
    }

    /// Joins flags, environment and profile.
    ///
    /// # Errors
    ///
    /// Exit 8 when a profile that was named has neither settings nor a session,
    /// and those of [`Context::config`].
    pub fn settings(&self, flags: Layer) -> Result<Settings, Error> {
        let name = self.profile_name()?;
        let config = self.config()?;
        let is_named = self.named_profile()?.is_some() || config.names_a_default();
        let settings = self.settings_of(&name, flags)?;
        if config.profile(&name).is_some() || !is_named {
            return Ok(settings);
        }
        // A session outlives the settings that were removed, and precedes
        // those that a killed sign-in did not come to write.
        match self.session_of(&settings) {
            Some(record) => Ok(settings.or_session(&record.issuer, &record.client_id)),
            None => Err(config.no_profile(&name).into()),
        }
    }

    /// Returns the profile's session in the store that the settings name;
    /// nothing where that cannot be asked.
    fn session_of(&self, settings: &Settings) -> Option<Record> {
        let key = Key::session(settings.profile_name());
        let opened = self.open_store(settings);
        let found = opened.and_then(|opened| Ok(opened.store.load(&key)?));
        found.unwrap_or_else(|error| {
            log::debug!("the store cannot be asked for a session: {error}");
            None
        })
    }

    /// As [`Context::settings`], for a profile that need not exist yet.
    ///
    /// # Errors
    ///
    /// Those of [`Context::config`].
    pub fn settings_of(&self, profile: &str, mut flags: Layer) -> Result<Settings, Error> {
        let globals = self.globals.layer();
        flags.extend(globals);
        let layer = self.config()?.profile(profile).cloned().unwrap_or_default();
        Ok(Settings::new(
            profile,
            flags,
            self.environment_layer()?,
            layer,
        ))
    }

    /// Returns the settings with the profile's part as the file says it now,
    /// if another process has told the profile another store since they were
    /// joined.
    ///
    /// # Errors
    ///
    /// Those of [`ConfigFile::load`].
    pub fn at_new_store(&self, settings: &Settings) -> Result<Option<Settings>, Error> {
        let config = ConfigFile::load(&self.config_path()?)?;
        let layer = config.profile(settings.profile_name()).cloned();
        let now = settings.with_profile(layer.unwrap_or_default());
        let is_other = |setting| {
            let value =
                |settings: &Settings| settings.get(setting).map(|found| found.value.clone());
            value(settings) != value(&now)
        };
        let is_new = of_stores().any(is_other);
        Ok(is_new.then_some(now))
    }

    fn environment_layer(&self) -> Result<Layer, Error> {
        let mut layer = Layer::new();
        for setting in Setting::all() {
            // A secret's variable is only named here; it is read when needed.
            let value = match setting.kind() {
                config::Kind::Reference => self
                    .env
                    .raw(setting.variable())
                    .map(|_| Value::Text(format!("env:{}", setting.variable()))),
                _ => self
                    .env
                    .text(setting.variable())?
                    .and_then(|text| setting.parse(&text)),
            };
            if let Some(value) = value {
                layer.insert(setting, value);
            }
        }
        Ok(layer)
    }

    /// Opens the token store that the settings name.
    ///
    /// # Errors
    ///
    /// A name that is no store's; a key that cannot be read; those of
    /// [`store::open`].
    pub fn open_store(&self, settings: &Settings) -> Result<Opened, Error> {
        self.open_choice(self.choice(settings)?, settings)
    }

    /// Opens it as [`Context::open_store`] does, and lets it wait for a server
    /// no longer than this.
    ///
    /// # Errors
    ///
    /// As [`Context::open_store`].
    pub fn open_store_within(&self, settings: &Settings, wait: Duration) -> Result<Opened, Error> {
        self.open(self.choice(settings)?, settings, Some(wait))
    }

    fn choice(&self, settings: &Settings) -> Result<Choice, Error> {
        Ok(match settings.text(Setting::Store) {
            None => Choice::Auto,
            Some(Found { value, source }) => {
                value.parse().map_err(|error: store::UnknownChoice| {
                    bad(Setting::Store, &source, &error.to_string())
                })?
            }
        })
    }

    /// Opens the token store of this choice; the key of the file store is the
    /// one that the settings refer to.
    ///
    /// # Errors
    ///
    /// A key that cannot be read; those of [`store::open`].
    pub fn open_choice(&self, choice: Choice, settings: &Settings) -> Result<Opened, Error> {
        self.open(choice, settings, None)
    }

    fn open(
        &self,
        choice: Choice,
        settings: &Settings,
        wait: Option<Duration>,
    ) -> Result<Opened, Error> {
        let mut places = self.places()?;
        // One that cannot be told is an error once it is read.
        places.file_key_instead = self
            .key_source(settings)
            .ok()
            .flatten()
            .as_ref()
            .map(super::store_key::instead_of);
        if choice == Choice::Vault {
            self.add_vault(settings, &mut places)?;
        }
        if let (Some(vault), Some(wait)) = (&mut places.vault, wait) {
            vault.timeout = vault.timeout.min(wait);
        }
        store::open(choice, &places, || self.file_key(settings))
    }

    /// Returns where stores keep what they keep.
    ///
    /// # Errors
    ///
    /// [`Error::Input`] when there is no home directory.
    pub fn places(&self) -> Result<Places, Error> {
        let mut places = Places::new(directories()?.data_local_dir());
        places.private_lock_dir = store::private_lock_dir_of_user();
        places.prompt_wait = self.keychain_prompt_wait();
        // Each session bus has a Secret Service of its own; it is found where
        // this says.
        places.keychain_at = self
            .env
            .raw("DBUS_SESSION_BUS_ADDRESS")
            .or_else(|| self.env.raw("XDG_RUNTIME_DIR"))
            .map(|at| at.to_string_lossy().into_owned());
        Ok(places)
    }

    /// Returns how long the keychain may ask a person to unlock it: not at all
    /// where there is nobody.
    pub fn keychain_prompt_wait(&self) -> Duration {
        if self.no_input || !std::io::stderr().is_terminal() {
            return store::KEYCHAIN_DEADLINE;
        }
        KEYCHAIN_PROMPT_WAIT
    }

    /// Says something once for each subject, as far as it can be remembered;
    /// what is remembered is no secret and may be lost.
    pub fn note_once(&self, topic: &str, subject: &str, text: &str) {
        let said = directories().ok().map(|folders| {
            let name = format!(
                "{topic}-{}",
                authctl::core::secret::fingerprint(subject.as_bytes())
            );
            folders.cache_dir().join("said").join(name)
        });
        if said.as_ref().is_some_and(|path| path.exists()) {
            return;
        }
        self.render.note(text);
        if let Some(path) = said.filter(|_| !self.render.is_quiet()) {
            let remember = || -> io::Result<()> {
                if let Some(folder) = path.parent() {
                    make_private_folder(folder)?;
                }
                make_private_file(&path)
            };
            if let Err(error) = remember() {
                log::debug!("cannot remember that this was said: {error}");
            }
        }
    }

    /// Says that the clock is wrong, once a command, by the first server that
    /// says so.
    pub fn warn_of_clock(&self, measured: &[ClockOffset]) {
        let Some(offset) = measured.iter().find(|offset| offset.is_notable()) else {
            return;
        };
        if !self.warned_of_clock.replace(true) {
            self.render.warning(&format!(
                "{offset}; set it right (NTP), or tokens will be taken for expired or not yet valid"
            ));
        }
    }

    /// Returns how long a conversation with servers may take in all.
    ///
    /// # Errors
    ///
    /// A time-out that is none, or zero.
    pub fn timeout(&self, settings: &Settings) -> Result<Duration, Error> {
        match settings.span(Setting::Timeout)? {
            Some(Duration::ZERO) => Err(Error::usage(
                "a time-out of zero leaves no time for an answer",
                "give a duration like `--timeout 30s`",
            )),
            Some(span) => Ok(span),
            None => Ok(DEFAULT_TIMEOUT),
        }
    }
}

/// Returns the platform's folders for authctl.
///
/// # Errors
///
/// [`Error::Input`] when there is no home directory.
pub fn directories() -> Result<directories::ProjectDirs, Error> {
    directories::ProjectDirs::from("", "", "authctl").ok_or_else(|| {
        Error::input(
            "there is no home directory to keep the configuration in",
            "set HOME, or name a file with `--config FILE`",
        )
    })
}

/// Makes an empty file that its owner alone can read and write.
fn make_private_file(path: &Path) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map(drop)
}
