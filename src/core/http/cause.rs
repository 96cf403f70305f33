//! Why a server was not reached, in words for a person.

use std::fmt;

/// Why no whole answer came. It never holds a URL or anything of a body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cause {
    /// The name of the host could not be resolved.
    Dns,
    /// Nobody listens there.
    Refused,
    /// No route leads there.
    NoRoute,
    /// TLS failed: the certificate, or the handshake. The text completes
    /// "cannot reach HOST: …".
    Tls(String),
    /// The connection was reset, or closed before the answer was whole.
    Cut,
    /// Anything else.
    Other(String),
}

impl Cause {
    /// Returns what to do about it.
    pub fn hint(&self) -> &'static str {
        match self {
            Self::Dns => "check the host's name, the network and the proxy variables",
            Self::Refused => "check the address and the port, and that the server is running",
            Self::NoRoute => "check the network, the VPN and the proxy variables",
            Self::Tls(_) => {
                "trust a private certificate authority with `--cacert FILE`; \
                 certificates are never accepted unchecked"
            }
            Self::Cut => "try again; if it stays, look at the server's or the proxy's log",
            Self::Other(_) => {
                "check the address, the network and the proxy variables, then try again"
            }
        }
    }
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Dns => f.write_str("its name could not be resolved (DNS)"),
            Self::Refused => f.write_str("connection refused"),
            Self::NoRoute => f.write_str("the network cannot reach it"),
            Self::Cut => f.write_str("the connection was cut before the answer was whole"),
            Self::Tls(why) | Self::Other(why) => f.write_str(why),
        }
    }
}

impl From<&str> for Cause {
    fn from(why: &str) -> Self {
        Self::Other(why.to_owned())
    }
}

impl From<String> for Cause {
    fn from(why: String) -> Self {
        Self::Other(why)
    }
}
