//! Puts together what the core needs to speak to a server: the transport, the
//! documents, the store, the connection.

use std::path::Path;
use std::time::Duration;

use authctl::core::config::{Layer, SecretRef, Setting, Settings};
use authctl::core::connection::{Connection, Network, SecretSource};
use authctl::core::documents::{Documents, Freshness};
use authctl::core::error::Error;
use authctl::core::http::{Client, Options};
use authctl::core::secret::{Secret, SecretBytes};
use authctl::core::session::{self, Listener, Sessions};
use authctl::core::store::{Key, NoneStore, Opened, Reason, StoreKind};
use authctl::core::time::SystemClock;

use super::context::{Context, directories};
use super::interrupt::SignalShield;
use super::secrets::read_file;

/// How much longer than one conversation another process may hold a lock: it
/// may have begun a whole one just before.
const LOCK_GRACE: Duration = Duration::from_secs(10);

/// Takes a file of certificates as it is, if there is any in it.
fn certificates(file: &SecretBytes, settings: &Settings) -> Result<Vec<u8>, Error> {
    if holds_certificate(file.expose()) {
        return Ok(file.expose().to_vec());
    }
    let path = settings
        .text(Setting::Cacert)
        .map_or("", |found| found.value);
    Err(Error::input(
        format!("`{path}` holds no certificate"),
        "`--cacert` takes certificates in PEM, each beginning with -----BEGIN CERTIFICATE-----",
    ))
}

/// Says whether there is a certificate in a file of PEM.
pub fn holds_certificate(pem: &[u8]) -> bool {
    let mark = b"-----BEGIN CERTIFICATE-----";
    pem.windows(mark.len()).any(|octets| octets == mark)
}

/// Says whether nobody is signed in, as far as the store knows.
fn is_no_session(error: &Error) -> bool {
    matches!(
        error.root(),
        Error::Session(session::Error::NoSession { .. })
    )
}

impl SecretSource for Context {
    fn read(&self, reference: &SecretRef, label: &str, instead: &str) -> Result<Secret, Error> {
        self.secret(reference, label, instead)
    }
}

impl Listener for Context {
    fn note(&self, text: &str) {
        self.render.note(text);
    }
}

impl Context {
    /// Hands a connection to `work`. Nothing is sent, and no client is built,
    /// before it is used.
    ///
    /// # Errors
    ///
    /// Those of the settings, and of `work`.
    pub fn with_connection<T>(
        &self,
        settings: &Settings,
        freshness: Freshness,
        work: impl FnOnce(&Connection<'_>) -> Result<T, Error>,
    ) -> Result<T, Error> {
        super::interrupt::install();
        let client = Client::new(self.http_options(settings)?);
        // Without a home directory there is no cache, and nothing else is lost.
        let cache = directories()
            .ok()
            .map(|folders| folders.cache_dir().to_owned());
        let budget = self.timeout(settings)?;
        let documents = Documents::new(&client, &SystemClock, cache, budget);
        let network = Network {
            transport: &client,
            documents: &documents,
            clock: &SystemClock,
            budget,
        };
        let done = work(&Connection::new(settings, &network, self, freshness));
        self.warn_of_clock(&documents.measured_clocks());
        done
    }

    /// Hands the sessions of a connection to `work`.
    ///
    /// # Errors
    ///
    /// Those of the settings and the store, and of `work`.
    pub fn with_sessions<T>(
        &self,
        flags: Layer,
        freshness: Freshness,
        work: impl Fn(&Sessions<'_>) -> Result<T, Error>,
    ) -> Result<T, Error> {
        let settings = self.settings(flags)?;
        self.with_sessions_of(&settings, freshness, work)
    }

    /// As [`Context::with_sessions`], with settings that are joined already.
    /// Where there is no session, because another process has moved it to
    /// another store since the settings were read, `work` is done once more
    /// with that one.
    ///
    /// # Errors
    ///
    /// Those of the store, and of `work`.
    pub fn with_sessions_of<T>(
        &self,
        settings: &Settings,
        freshness: Freshness,
        work: impl Fn(&Sessions<'_>) -> Result<T, Error>,
    ) -> Result<T, Error> {
        let with = |settings: &Settings| {
            let opened = self.open_store(settings)?;
            let settings = self.of_session(settings.clone(), &opened);
            self.with_opened(&settings, freshness, &opened, &work)
        };
        match with(settings) {
            Err(error) if is_no_session(&error) => match self.at_new_store(settings)? {
                Some(now) => with(&now),
                None => Err(error),
            },
            other => other,
        }
    }

    /// Returns the settings with the session's own server and client where
    /// they name no server, as after the profile was removed.
    pub fn of_session(&self, settings: Settings, opened: &Opened) -> Settings {
        if settings.names_a_server() {
            return settings;
        }
        let key = Key::session(settings.profile_name());
        match opened.store.load(&key) {
            Ok(Some(record)) => settings.or_session(&record.issuer, &record.client_id),
            _ => settings,
        }
    }

    /// As [`Context::with_sessions_of`], for work that keeps nothing: no store
    /// is opened, so none can fail and no keychain is asked.
    ///
    /// # Errors
    ///
    /// Those of `work`.
    pub fn with_nothing_kept<T>(
        &self,
        settings: &Settings,
        freshness: Freshness,
        work: impl FnOnce(&Sessions<'_>) -> Result<T, Error>,
    ) -> Result<T, Error> {
        let none = Opened {
            store: Box::new(NoneStore::default()),
            reason: Reason::Asked(StoreKind::None),
        };
        self.with_opened(settings, freshness, &none, work)
    }

    /// As [`Context::with_sessions_of`], with a store that is open already.
    ///
    /// # Errors
    ///
    /// Those of `work`.
    pub fn with_opened<T>(
        &self,
        settings: &Settings,
        freshness: Freshness,
        opened: &Opened,
        work: impl FnOnce(&Sessions<'_>) -> Result<T, Error>,
    ) -> Result<T, Error> {
        let lock_wait = self.lock_wait(settings)?;
        let done = self.with_connection(settings, freshness, |connection| {
            work(&Sessions {
                connection,
                store: opened.store.as_ref(),
                lock_wait,
                shield: &SignalShield(self.render.clone()),
                listener: self,
            })
        });
        self.render.notes(opened.store.take_notes());
        done
    }

    /// Returns how long another process may hold a lock that is needed.
    ///
    /// # Errors
    ///
    /// A time-out that is none.
    pub fn lock_wait(&self, settings: &Settings) -> Result<Duration, Error> {
        Ok(self.timeout(settings)?.saturating_add(LOCK_GRACE))
    }

    /// Returns how a client connects by these settings; the files that they
    /// name are read.
    ///
    /// # Errors
    ///
    /// A file that cannot be read or holds no certificate; a time-out that is
    /// none.
    pub fn http_options(&self, settings: &Settings) -> Result<Options, Error> {
        let file = |setting| -> Result<Option<SecretBytes>, Error> {
            settings
                .text(setting)
                .map(|found| read_file(Path::new(found.value)))
                .transpose()
        };
        let identity = match (file(Setting::Cert)?, file(Setting::CertKey)?) {
            (None, None) => None,
            // One file may hold both.
            (Some(cert), None) => Some(cert),
            (Some(cert), Some(key)) => {
                let mut both = cert.expose().to_vec();
                both.push(b'\n');
                both.extend_from_slice(key.expose());
                Some(SecretBytes::new(both))
            }
            (None, Some(_)) => {
                return Err(Error::usage(
                    "a key is given for a client certificate, but no certificate",
                    "give the certificate with `--cert FILE`",
                ));
            }
        };
        Ok(Options {
            timeout: self.timeout(settings)?,
            ca_bundle: file(Setting::Cacert)?
                .map(|octets| certificates(&octets, settings))
                .transpose()?,
            identity,
            ..Options::default()
        })
    }
}
