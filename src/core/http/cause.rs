//! Why a server was not reached, in words for a person.

use std::error::Error as StdError;
use std::fmt;
use std::io::{self, ErrorKind};

use tokio_rustls::rustls::pki_types::UnixTime;
use tokio_rustls::rustls::{self, AlertDescription, CertificateError};

use crate::core::time::Timestamp;

/// Why no whole answer came. It never holds a URL or anything of a body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cause {
    /// The name of the host could not be resolved.
    Dns,
    /// Nobody listens there.
    Refused,
    /// No route leads there.
    NoRoute,
    /// TLS failed: the certificate, or the handshake.
    Tls(TlsFault),
    /// The connection was reset, or closed before the answer was whole.
    Cut,
    /// Anything else.
    Other(String),
}

/// What is wrong with TLS.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TlsFault {
    /// Completes "cannot reach HOST: …".
    pub why: String,
    /// Who can mend it.
    pub remedy: Remedy,
}

/// Who can mend a fault of TLS.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Remedy {
    /// Whoever trusts the authority, if it is to be trusted.
    Trust,
    /// Whoever renews the certificate, or sets the clock here.
    Renewal,
    /// Whoever sets the clock here.
    Clock,
    /// Whoever knows the right name.
    Name,
    /// Whoever has the client's certificate.
    Identity,
    /// Whoever keeps the server, which is too old.
    Version,
    /// Whoever keeps the server.
    Server,
}

impl Remedy {
    fn hint(self) -> &'static str {
        match self {
            Self::Trust => {
                "trust a private certificate authority with `--cacert FILE`; \
                 certificates are never accepted unchecked"
            }
            Self::Renewal => {
                "have the server's certificate renewed, or set this machine's clock right"
            }
            Self::Clock => "set this machine's clock right",
            Self::Name => {
                "use the name that the certificate is for, or have one made for this name"
            }
            Self::Identity => {
                "give a client certificate that it accepts with `--cert FILE` and `--cert-key FILE`"
            }
            Self::Version => "have the server offer TLS 1.2 or 1.3; older ones are not safe",
            Self::Server => "have the server's TLS mended; it is never spoken to without",
        }
    }
}

impl Cause {
    /// Returns what to do about it.
    pub fn hint(&self) -> &'static str {
        match self {
            Self::Dns => "check the host's name, the network and the proxy variables",
            Self::Refused => "check the address and the port, and that the server is running",
            Self::NoRoute => "check the network, the VPN and the proxy variables",
            Self::Tls(fault) => fault.remedy.hint(),
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
            Self::Tls(TlsFault { why, .. }) | Self::Other(why) => f.write_str(why),
        }
    }
}

impl Cause {
    /// Finds the cause in what the HTTP library reports: the first error in
    /// its chain that says something. The library's own texts are left out,
    /// since they hold the whole URL.
    pub(super) fn of(error: &reqwest::Error) -> Self {
        if error.is_connect() && error.is_timeout() {
            return Self::Other("no connection in time".into());
        }
        let mut next = error.source();
        while let Some(error) = next {
            if let Some(cause) = Self::of_one(error) {
                return cause;
            }
            // `io::Error::source` skips the very error that it wraps.
            next = match error
                .downcast_ref::<io::Error>()
                .and_then(io::Error::get_ref)
            {
                Some(inner) => Some(inner),
                None => error.source(),
            };
        }
        if error.is_connect() {
            return Self::Other("the connection failed".into());
        }
        // Said of every body that ends early, too, but those have a cause.
        if error.is_decode() {
            return Self::Other("its answer is compressed in a way that cannot be read".into());
        }
        Self::Cut
    }

    fn of_one(error: &(dyn StdError + 'static)) -> Option<Self> {
        if let Some(error) = error.downcast_ref::<rustls::Error>() {
            return Some(match error {
                // No certificate would mend that.
                rustls::Error::InvalidMessage(_) => Self::Other("it does not speak TLS".into()),
                error => Self::Tls(tls(error)),
            });
        }
        if let Some(error) = error.downcast_ref::<hyper::Error>() {
            if error.is_parse() {
                return Some(Self::Other("it does not speak HTTP".into()));
            }
            return error.is_incomplete_message().then_some(Self::Cut);
        }
        if let Some(error) = error.downcast_ref::<io::Error>() {
            return match error.kind() {
                ErrorKind::ConnectionRefused => Some(Self::Refused),
                ErrorKind::ConnectionReset
                | ErrorKind::ConnectionAborted
                | ErrorKind::BrokenPipe
                | ErrorKind::UnexpectedEof => Some(Self::Cut),
                ErrorKind::HostUnreachable
                | ErrorKind::NetworkUnreachable
                | ErrorKind::NetworkDown => Some(Self::NoRoute),
                ErrorKind::TimedOut => Some(Self::Other("no connection in time".into())),
                _ => None,
            };
        }
        // These types are private to the library; their texts are fixed.
        match error.to_string().as_str() {
            "dns error" | "invalid dns name" => Some(Self::Dns),
            "tunnel error: proxy authorization required" => Some(Self::Other(
                "the proxy wants a user name and a password".into(),
            )),
            "tunnel error: unsuccessful" | "tunnel error: unexpected end of file" => Some(
                Self::Other("the proxy did not let the connection through".into()),
            ),
            _ => None,
        }
    }
}

/// Says why TLS failed.
fn tls(error: &rustls::Error) -> TlsFault {
    use rustls::Error as Tls;
    let (why, remedy) = match error {
        Tls::InvalidCertificate(error) => return certificate(error),
        Tls::AlertReceived(AlertDescription::ProtocolVersion) | Tls::PeerIncompatible(_) => (
            "it offers no TLS version or cipher suite that is safe (TLS 1.2 and 1.3 are)".into(),
            Remedy::Version,
        ),
        Tls::AlertReceived(
            AlertDescription::CertificateRequired
            | AlertDescription::BadCertificate
            | AlertDescription::CertificateExpired
            | AlertDescription::CertificateRevoked
            | AlertDescription::CertificateUnknown
            | AlertDescription::UnsupportedCertificate
            | AlertDescription::UnknownCA
            | AlertDescription::AccessDenied,
        ) => (
            "it does not accept the client certificate, or wants one".into(),
            Remedy::Identity,
        ),
        Tls::AlertReceived(alert) => (
            format!("it refused the TLS handshake ({alert:?})"),
            Remedy::Server,
        ),
        _ => ("the TLS handshake failed".into(), Remedy::Server),
    };
    TlsFault { why, remedy }
}

/// Says what is wrong with the server's certificate.
fn certificate(error: &CertificateError) -> TlsFault {
    use CertificateError as Bad;
    let (why, remedy) = match error {
        Bad::ExpiredContext { time, not_after } => (
            format!(
                "its TLS certificate expired at {}, and this machine's clock says {}",
                instant(*not_after),
                instant(*time)
            ),
            Remedy::Renewal,
        ),
        Bad::NotValidYetContext { time, not_before } => (
            format!(
                "its TLS certificate is not valid before {}, and this machine's clock says {}",
                instant(*not_before),
                instant(*time)
            ),
            Remedy::Clock,
        ),
        Bad::Expired => ("its TLS certificate has expired".into(), Remedy::Renewal),
        Bad::NotValidYet => ("its TLS certificate is not valid yet".into(), Remedy::Clock),
        Bad::NotValidForName | Bad::NotValidForNameContext { .. } => (
            "its TLS certificate is not valid for this host name".into(),
            Remedy::Name,
        ),
        Bad::UnknownIssuer => (
            "its TLS certificate is self-signed or of an authority that is not trusted".into(),
            Remedy::Trust,
        ),
        Bad::Revoked => ("its TLS certificate is revoked".into(), Remedy::Server),
        Bad::BadSignature => (
            "its TLS certificate has a wrong signature".into(),
            Remedy::Server,
        ),
        Bad::InvalidPurpose | Bad::InvalidPurposeContext { .. } => not_for_servers(),
        // Errors of the crates behind rustls, which it hands through.
        Bad::Other(other) => match format!("{other:?}").as_str() {
            text if text.contains("CaUsedAsEndEntity") => (
                "its TLS certificate is self-signed: it is one of an authority, not of a server"
                    .into(),
                Remedy::Server,
            ),
            text if text.contains("EkuError") => not_for_servers(),
            _ => not_good(),
        },
        _ => not_good(),
    };
    TlsFault { why, remedy }
}

fn not_for_servers() -> (String, Remedy) {
    (
        "its TLS certificate is not one for servers".into(),
        Remedy::Server,
    )
}

fn not_good() -> (String, Remedy) {
    ("its TLS certificate is not good".into(), Remedy::Server)
}

fn instant(time: UnixTime) -> Timestamp {
    Timestamp(i64::try_from(time.as_secs()).unwrap_or(i64::MAX))
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
