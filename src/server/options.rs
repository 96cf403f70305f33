//! How a server is to run, and what it refuses to be.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use super::config::Config;
use super::hygiene::Exchange;
use super::tls::Tls;
use crate::core::Error;
use crate::core::time::{Clock, SystemClock};

/// The port that is listened on when none is asked for.
pub const DEFAULT_PORT: u16 = 9400;

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

    /// Refuses what would put a development server in front of strangers, and
    /// algorithms whose one key both signs and verifies: the key set would
    /// have to publish it.
    ///
    /// # Errors
    ///
    /// [`Error::Usage`].
    pub(super) fn check(&self) -> Result<(), Error> {
        let algorithm = self.config.algorithm;
        if algorithm.is_symmetric() {
            return Err(Error::usage(
                format!("cannot sign with {algorithm}: its key would have to be published"),
                "use an algorithm with a key pair, like RS256, ES256 or EdDSA",
            ));
        }
        let Some((why, hint)) = self.exposes() else {
            return Ok(());
        };
        let what = format!("cannot listen on {}: {why}", self.listen);
        Err(Error::usage(what, hint))
    }

    /// Returns what speaks against this address, and what to do instead.
    fn exposes(&self) -> Option<(&'static str, &'static str)> {
        let address = self.listen.ip();
        if address.is_loopback() {
            return None;
        }
        if self.config.has_published_secrets() {
            return Some((
                "the passwords of the built-in users are public knowledge",
                "listen on 127.0.0.1, or give users of your own with `--config FILE`",
            ));
        }
        if self.tls.is_none() {
            return Some((
                "beyond loopback passwords and tokens need TLS",
                "listen on 127.0.0.1, or give a certificate and a key",
            ));
        }
        if address.is_unspecified() && self.config.issuer.is_none() {
            return Some((
                "that is every address, and none of them can be the issuer",
                "set `issuer` in the configuration, or listen on one address",
            ));
        }
        None
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
    /// How long a client may leave an answer unread.
    pub write_timeout: Duration,
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
            write_timeout: Duration::from_secs(10),
            drain: Duration::from_secs(5),
        }
    }
}
