//! Where the server listens, and by which issuer it is known.

use std::io;
use std::net::{SocketAddr, TcpListener};

use url::Url;

use super::config::Config;
use super::hygiene::host_of;
use crate::core::Error;

/// Opens the listener and says which address it has.
///
/// # Errors
///
/// [`Error::Input`] with the system's reason.
pub(super) fn open(listen: SocketAddr) -> Result<(TcpListener, SocketAddr), Error> {
    let open = || {
        let listener = TcpListener::bind(listen)?;
        listener.set_nonblocking(true)?;
        let address = listener.local_addr()?;
        Ok((listener, address))
    };
    open().map_err(|source: io::Error| {
        let hint = match source.kind() {
            io::ErrorKind::AddrInUse => {
                "stop what listens there, or let `--listen 127.0.0.1:0` take a free port"
            }
            io::ErrorKind::PermissionDenied => "take a port above 1023",
            _ => "check the address, or use `--listen 127.0.0.1:0`",
        };
        Error::Input {
            what: format!("cannot listen on {listen}"),
            hint: Some(hint.to_owned()),
            source: Some(source),
        }
    })
}

/// The issuer: its text, which tokens carry, and its parts.
#[derive(Debug)]
pub(super) struct Issuer {
    text: String,
    url: Url,
}

impl Issuer {
    /// Takes the configured issuer, or makes one of the address.
    ///
    /// # Errors
    ///
    /// [`Error::Input`] for a query ("no query or fragment components",
    /// RFC 8414 §2), and for a path that could not be routed.
    pub(super) fn new(config: &Config, address: SocketAddr, tls: bool) -> Result<Self, Error> {
        let issuer = match &config.issuer {
            Some(issuer) => Self {
                text: issuer.as_str().to_owned(),
                url: issuer.url().clone(),
            },
            None => Self::of_address(address, tls)?,
        };
        if issuer.url.query().is_some() {
            return Err(Error::input(
                format!("the issuer `{}` has a query", issuer.text),
                "leave out everything from the `?` on",
            ));
        }
        // Routes are patterns; a path may hold only what is no pattern.
        let plain = |c: char| c.is_ascii_alphanumeric() || "/-._~".contains(c);
        let path = issuer.path();
        if !path.chars().all(plain) || path.contains("//") {
            return Err(Error::input(
                format!("the issuer's path `{path}` holds unusual characters"),
                "use letters, digits and any of - . _ ~ between single slashes",
            ));
        }
        Ok(issuer)
    }

    fn of_address(address: SocketAddr, tls: bool) -> Result<Self, Error> {
        let scheme = if tls { "https" } else { "http" };
        let text = format!("{scheme}://{}:{}", host_of(address), address.port());
        let url = text
            .parse()
            .map_err(|_| Error::Internal(format!("`{text}` is no URL")))?;
        Ok(Self { text, url })
    }

    /// Returns the text, as it was configured.
    pub(super) fn as_str(&self) -> &str {
        &self.text
    }

    /// Returns the parsed URL.
    pub(super) fn url(&self) -> &Url {
        &self.url
    }

    /// Returns the path without a final slash, empty for none.
    pub(super) fn path(&self) -> &str {
        self.url.path().trim_end_matches('/')
    }
}
