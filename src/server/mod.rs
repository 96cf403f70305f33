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

mod claims;
mod client_auth;
mod config;
mod config_file;
mod credentials;
mod endpoints;
mod form;
mod grants;
mod hygiene;
mod keys;
mod listen;
mod metadata;
mod mint;
mod random;
mod ready;
mod refusal;
mod state;
mod tls;

use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

use axum::Router;
use tokio::runtime::{Builder, Runtime};
use tokio::sync::oneshot;
use tokio_rustls::TlsAcceptor;
use url::Url;

pub use self::config::{Client, Config, GrantType, Lifetimes, User};
pub use self::credentials::{InvalidHash, Verifier};
pub use self::hygiene::Exchange;
pub use self::ready::{Ready, ReadyClient, ReadyUser};
pub use self::tls::Tls;

use self::hygiene::{Hosts, host_of};
use self::keys::Keys;
use self::state::{Shared, State};
use crate::core::Error;
use crate::core::time::{Clock, SystemClock};

/// The port that is listened on when none is asked for.
pub const DEFAULT_PORT: u16 = 9400;

/// How often expired tokens are forgotten.
const PURGE_EVERY: Duration = Duration::from_secs(60);

/// Is told of every request that was answered.
pub type Observer = Arc<dyn Fn(&Exchange) + Send + Sync>;

/// How a server is to run.
#[derive(Clone)]
pub struct Options {
    /// Where to listen; port 0 takes a free one. Defaults to 127.0.0.1:9400.
    pub listen: SocketAddr,
    /// Who and what it knows.
    pub config: Config,
    /// A certificate and key to speak https with.
    pub tls: Option<Tls>,
    /// Where the time comes from. Defaults to the system's clock.
    pub clock: Arc<dyn Clock + Send + Sync>,
    /// Who is told of every request. Defaults to nobody.
    pub observer: Option<Observer>,
    /// What a client may use up.
    pub limits: Limits,
}

impl Options {
    /// Starts from a configuration, all else default.
    pub fn new(config: Config) -> Self {
        Self {
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, DEFAULT_PORT)),
            config,
            tls: None,
            clock: Arc::new(SystemClock),
            observer: None,
            limits: Limits::default(),
        }
    }
}

/// What a client may use up.
#[derive(Clone, Debug)]
pub struct Limits {
    /// How many connections are open at once; more wait their turn.
    pub connections: usize,
    /// The octets of a request's head, at least 8192.
    pub header: usize,
    /// The octets of a request's body.
    pub body: usize,
    /// How long a head, or a TLS handshake, may take to come; an idle
    /// connection is closed after it too.
    pub header_timeout: Duration,
    /// How long a body may take to come.
    pub body_timeout: Duration,
    /// How long requests may go on after the end was asked for.
    pub drain: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connections: 512,
            header: 16 * 1024,
            body: 64 * 1024,
            header_timeout: Duration::from_secs(10),
            body_timeout: Duration::from_secs(10),
            drain: Duration::from_secs(5),
        }
    }
}

/// A server that listens but does not answer yet.
pub struct Server {
    listener: TcpListener,
    tls: Option<TlsAcceptor>,
    state: Shared,
    base: String,
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
    /// or without TLS; [`Error::Input`] when the address cannot be listened
    /// on, or certificate, key or issuer do not serve.
    pub fn bind(options: Options) -> Result<Self, Error> {
        let Options {
            listen,
            config,
            tls,
            clock,
            observer,
            limits,
        } = options;
        check_exposure(listen, &config, tls.is_some())?;
        let acceptor = tls.as_ref().map(Tls::acceptor).transpose()?;
        let listener = open(listen)?;
        let address = listener
            .local_addr()
            .map_err(|e| cannot_listen(listen, e))?;
        let (issuer, url) = issuer(&config, address, acceptor.is_some())?;
        let base = url.path().trim_end_matches('/').to_owned();
        check_path(&base)?;
        let keys = Keys::generate(config.algorithm)
            .map_err(|error| Error::Internal(format!("cannot start a thread: {error}")))?;
        let hosts = Hosts::new(&url, address, acceptor.is_some());
        let ready = Ready::new(&config, &issuer, address);
        let state = State::new(config, issuer, hosts, keys, limits, clock, observer)
            .ok_or_else(|| Error::Internal("the system gives no random octets".into()))?;
        Ok(Self {
            listener,
            tls: acceptor,
            state: Arc::new(state),
            base,
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
        let router: Router = endpoints::router(Arc::clone(&self.state), &self.base);
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

/// Refuses what would put a development server in front of strangers.
fn check_exposure(listen: SocketAddr, config: &Config, tls: bool) -> Result<(), Error> {
    if listen.ip().is_loopback() {
        return Ok(());
    }
    let refuse = |why: &str, hint: &str| {
        Err(Error::Usage {
            what: format!("cannot listen on {listen}: {why}"),
            hint: Some(hint.to_owned()),
        })
    };
    if config.has_published_secrets() {
        return refuse(
            "the passwords of the built-in users are public knowledge",
            "listen on 127.0.0.1, or give users of your own with `--config FILE`",
        );
    }
    if !tls {
        return refuse(
            "beyond loopback passwords and tokens need TLS",
            "listen on 127.0.0.1, or give a certificate and a key",
        );
    }
    if listen.ip().is_unspecified() && config.issuer.is_none() {
        return refuse(
            "that is every address, and none of them can be the issuer",
            "set `issuer` in the configuration, or listen on one address",
        );
    }
    Ok(())
}

fn open(listen: SocketAddr) -> Result<TcpListener, Error> {
    TcpListener::bind(listen)
        .and_then(|listener| listener.set_nonblocking(true).map(|()| listener))
        .map_err(|error| cannot_listen(listen, error))
}

fn cannot_listen(listen: SocketAddr, source: std::io::Error) -> Error {
    let hint = match source.kind() {
        std::io::ErrorKind::AddrInUse => {
            "stop what listens there, or let `--listen 127.0.0.1:0` take a free port"
        }
        std::io::ErrorKind::PermissionDenied => "take a port above 1023",
        _ => "check the address, or use `--listen 127.0.0.1:0`",
    };
    Error::Input {
        what: format!("cannot listen on {listen}"),
        hint: Some(hint.to_owned()),
        source: Some(source),
    }
}

/// Returns the issuer, as text and parsed.
fn issuer(config: &Config, address: SocketAddr, tls: bool) -> Result<(String, Url), Error> {
    if let Some(issuer) = &config.issuer {
        // "It has no query or fragment components" (RFC 8414 §2).
        if issuer.url().query().is_some() {
            return Err(Error::input(
                format!("the issuer `{issuer}` has a query"),
                "leave out everything from the `?` on",
            ));
        }
        return Ok((issuer.as_str().to_owned(), issuer.url().clone()));
    }
    let scheme = if tls { "https" } else { "http" };
    let text = format!("{scheme}://{}:{}", host_of(address), address.port());
    let url = text
        .parse()
        .map_err(|_| Error::Internal(format!("`{text}` is no URL")))?;
    Ok((text, url))
}

/// Routes are patterns; a path may hold only what is no pattern.
fn check_path(path: &str) -> Result<(), Error> {
    let plain = |c: char| c.is_ascii_alphanumeric() || "/-._~".contains(c);
    if path.chars().all(plain) && !path.contains("//") {
        return Ok(());
    }
    Err(Error::input(
        format!("the issuer's path `{path}` holds unusual characters"),
        "use letters, digits and any of - . _ ~ between single slashes",
    ))
}
