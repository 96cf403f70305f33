//! The embedded authorization server, to try everything with nothing installed.
//!
//! [`Server::bind`] opens the listener and returns at once; [`Server::ready`]
//! says what to print; [`Server::serve`] answers until it is told to stop, or
//! [`Server::spawn`] does so on a thread of its own:
//!
//! ```
//! use authctl::server::{Config, Options, Server};
//!
//! let mut options = Options::new(Config::built_in());
//! options.listen.set_port(0);
//! let server = Server::bind(options)?.spawn()?;
//! assert!(server.ready().issuer.starts_with("http://127.0.0.1:"));
//! server.stop();
//! # Ok::<(), authctl::core::Error>(())
//! ```
//!
//! It is for development: it refuses to listen beyond loopback with the
//! built-in users or without TLS. Signatures, scopes and messages are those of
//! [`crate::core`]; what the metadata lists works, and the rest is refused
//! with the error that its RFC names.

mod address;
mod claims;
mod client_auth;
mod config;
mod config_file;
mod credentials;
mod endpoints;
mod families;
mod form;
mod grants;
mod hygiene;
mod keys;
mod listen;
mod metadata;
mod mint;
mod options;
mod random;
mod ready;
mod refusal;
mod section;
mod state;
mod tls;
mod write_deadline;

use std::net::TcpListener;
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

use axum::Router;
use tokio::runtime::{Builder, Runtime};
use tokio::sync::oneshot;
use tokio_rustls::TlsAcceptor;

pub use self::config::{Client, Config, GrantType, Lifetimes, User};
pub use self::credentials::{InvalidHash, Verifier};
pub use self::hygiene::Exchange;
pub use self::options::{DEFAULT_PORT, Limits, Observer, Options};
pub use self::ready::{Ready, ReadyClient, ReadyUser};
pub use self::tls::Tls;

use self::address::Issuer;
use self::hygiene::Hosts;
use self::keys::Keys;
use self::state::{Shared, State};
use crate::core::Error;

/// How often expired tokens are forgotten.
const PURGE_EVERY: Duration = Duration::from_secs(60);

/// A server that listens but does not answer yet.
pub struct Server {
    listener: TcpListener,
    tls: Option<TlsAcceptor>,
    state: Shared,
    path: String,
    ready: Ready,
}

impl Server {
    /// Opens the listener and starts to make the signing key in the
    /// background. Connections are taken from here on; they are answered once
    /// [`Server::serve`] runs.
    ///
    /// # Errors
    ///
    /// [`Error::Usage`] for an address beyond loopback with published secrets
    /// or without TLS, and for an algorithm without a key pair;
    /// [`Error::Input`] when the address cannot be listened
    /// on, or certificate, key or issuer do not serve.
    pub fn bind(options: Options) -> Result<Self, Error> {
        options.check()?;
        let tls = options.tls.as_ref().map(Tls::acceptor).transpose()?;
        let (listener, address) = address::open(options.listen)?;
        let issuer = Issuer::new(&options.config, address, tls.is_some())?;
        let keys = Keys::generate(options.config.algorithm)
            .map_err(|error| Error::Internal(format!("cannot start a thread: {error}")))?;
        let hosts = Hosts::new(issuer.url(), address, tls.is_some());
        let ready = Ready::new(&options.config, issuer.as_str(), address);
        let path = issuer.path().to_owned();
        let state = State::new(options, issuer.as_str().to_owned(), hosts, keys)
            .ok_or_else(|| Error::Internal("the system gives no random octets".into()))?;
        Ok(Self {
            listener,
            tls,
            state: Arc::new(state),
            path,
            ready,
        })
    }

    /// Returns what there is to say at start.
    pub fn ready(&self) -> &Ready {
        &self.ready
    }

    /// Answers until `shutdown` resolves; then takes no new connection, lets
    /// running requests finish and returns, at the latest after
    /// [`Limits::drain`].
    ///
    /// Runs on any tokio runtime with time and network; [`runtime`] builds a
    /// small one.
    ///
    /// # Errors
    ///
    /// [`Error::Internal`] when the runtime cannot take the listener.
    pub async fn serve(self, shutdown: impl Future<Output = ()>) -> Result<(), Error> {
        let listener = tokio::net::TcpListener::from_std(self.listener)
            .map_err(|error| Error::Internal(format!("cannot use the listener: {error}")))?;
        let router: Router = endpoints::router(Arc::clone(&self.state), &self.path);
        let purging = tokio::spawn(purge(Arc::clone(&self.state)));
        listen::serve(listener, self.tls, router, &self.state.limits, shutdown).await;
        purging.abort();
        Ok(())
    }

    /// Answers on a thread and a runtime of its own, until the handle is
    /// stopped or dropped.
    ///
    /// # Errors
    ///
    /// [`Error::Internal`] when the system starts no runtime or no thread.
    pub fn spawn(self) -> Result<Running, Error> {
        let failed = |error| Error::Internal(format!("cannot start the server: {error}"));
        let ready = self.ready.clone();
        let runtime = runtime().map_err(failed)?;
        let (stop, stopped) = oneshot::channel::<()>();
        let thread = std::thread::Builder::new()
            .name("server".into())
            .spawn(move || {
                let shutdown = async {
                    // The handle was stopped, or dropped: both are an end.
                    let _ = stopped.await;
                };
                if let Err(error) = runtime.block_on(self.serve(shutdown)) {
                    log::error!("{error}");
                }
            })
            .map_err(failed)?;
        Ok(Running {
            ready,
            stop: Some(stop),
            thread: Some(thread),
        })
    }
}

/// A server that answers on a thread of its own. Dropping it stops it.
pub struct Running {
    ready: Ready,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Running {
    /// Returns what there is to say at start.
    pub fn ready(&self) -> &Ready {
        &self.ready
    }

    /// Stops the server and waits until running requests are done.
    pub fn stop(mut self) {
        self.end();
    }

    fn end(&mut self) {
        if let Some(stop) = self.stop.take() {
            let _ = stop.send(());
        }
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.end();
    }
}

/// Builds the runtime that the server is meant for: one thread, and at most
/// two more while passwords are hashed.
///
/// # Errors
///
/// When the system gives it no event queue.
pub fn runtime() -> std::io::Result<Runtime> {
    Builder::new_current_thread()
        .enable_all()
        .max_blocking_threads(2)
        .thread_keep_alive(Duration::from_secs(1))
        .build()
}

async fn purge(state: Shared) {
    loop {
        tokio::time::sleep(PURGE_EVERY).await;
        state.grants.purge(state.now());
    }
}
