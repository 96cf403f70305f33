//! The way to the server: proxy, name, connection.

use std::io::ErrorKind;
use std::net::{IpAddr, SocketAddr, TcpStream, ToSocketAddrs as _};
use std::sync::mpsc;
use std::time::Duration;

use authctl::core::error::Error;
use authctl::core::http::{self, Cause};
use authctl::core::time::{Clock as _, SystemClock};
use authctl::core::uri::HttpsUrl;
use hyper::Uri;
use hyper_util::client::proxy::matcher::Matcher;
use url::Host;

use super::finding::{Check, Findings};
use crate::cli::context::Context;

/// As long as the transport waits for a connection.
const LONGEST_CONNECT: Duration = Duration::from_secs(10);

/// One span for all that is asked of the network.
#[derive(Clone, Copy, Debug)]
pub struct Budget {
    whole: Duration,
    deadline: Duration,
}

impl Budget {
    /// Begins to run now.
    pub fn new(whole: Duration) -> Self {
        let deadline = SystemClock.monotonic().saturating_add(whole);
        Self { whole, deadline }
    }

    /// Returns what is left.
    pub fn left(self) -> Duration {
        self.deadline.saturating_sub(SystemClock.monotonic())
    }

    /// Makes the error of a host that did not answer; it names the whole span,
    /// which is what was asked for.
    pub fn exceeded(self, host: String) -> http::Error {
        http::Error::TimedOut {
            host,
            after: self.whole,
        }
    }
}

/// Checks the way to a URL; says whether requests can be sent to it.
///
/// # Errors
///
/// When stdout cannot be written.
pub fn check(
    cx: &Context,
    target: &HttpsUrl,
    budget: Budget,
    findings: &mut Findings<'_>,
) -> Result<bool, Error> {
    let (check, proxied) = proxy(cx, target, budget);
    let goes_on = findings.add(check)?;
    if proxied {
        let why = match goes_on {
            true => "the proxy does that",
            false => "they hang on `proxy`",
        };
        findings.skip(&["dns", "connect"], why)?;
        return Ok(goes_on);
    }
    let (check, addresses) = dns(target, budget);
    if !findings.add(check)? {
        findings.skip(&["connect"], "it hangs on `dns`")?;
        return Ok(false);
    }
    findings.add(connect(target, &addresses, budget))
}

/// Which proxy stands before a URL, by the very rules of the transport, and
/// whether it is there. Says also whether there is one.
fn proxy(cx: &Context, target: &HttpsUrl, budget: Budget) -> (Check, bool) {
    const NAME: &str = "proxy";
    const VARIABLES: [&str; 4] = ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"];
    let ok = |message: String| (Check::ok(NAME, message), false);
    if target.is_loopback() {
        return ok("none: loopback is never spoken to through one".into());
    }
    let variable = VARIABLES
        .into_iter()
        .find(|name| cx.env.raw(name).is_some());
    let Ok(uri) = target.url().as_str().parse::<Uri>() else {
        return ok("none".into());
    };
    let host = target.url().host_str().unwrap_or_default();
    let Some(found) = Matcher::from_system().intercept(&uri) else {
        let Some(variable) = variable else {
            return ok("none".into());
        };
        // It may be one that is no address, which the transport passes over.
        let value = cx.env.raw(variable).unwrap_or_default();
        let alone = Matcher::builder().https(value.to_string_lossy().into_owned());
        return match alone.build().intercept(&uri) {
            Some(_) => ok(format!("none: NO_PROXY leaves {host} out of {variable}")),
            None => (
                Check::warn(
                    NAME,
                    format!("none: {variable} is not the address of a proxy, and is passed over"),
                    format!("give it as http://HOST:PORT, or unset {variable}"),
                ),
                false,
            ),
        };
    };
    let origin = variable.unwrap_or("the system's settings");
    let scheme = found.uri().scheme_str().unwrap_or("http");
    let proxy_host = found.uri().host().unwrap_or_default();
    let port = found.uri().port_u16().unwrap_or(match scheme {
        "https" => 443,
        scheme if scheme.starts_with("socks") => 1080,
        _ => 80,
    });
    // User name and password, if any, are not part of it.
    let shown = format!("{scheme}://{proxy_host}:{port}");
    let bare = proxy_host.trim_start_matches('[').trim_end_matches(']');
    let reached = match bare.parse::<IpAddr>() {
        Ok(address) => Ok(vec![SocketAddr::new(address, port)]),
        Err(_) => resolve(proxy_host, port, budget),
    }
    .and_then(|addresses| try_all(&format!("{proxy_host}:{port}"), &addresses, budget));
    let check = match reached {
        Ok(_) => Check::ok(NAME, format!("{shown}, by {origin}")),
        Err(error) => Check::fail(
            NAME,
            &Error::from(error).during(format!("the proxy of {origin} ({shown}) cannot be used")),
        )
        .fix(format!(
            "mend {origin}, or add {host} to NO_PROXY if it needs no proxy"
        )),
    };
    (check.with("proxy", shown).with("source", origin), true)
}

fn dns(target: &HttpsUrl, budget: Budget) -> (Check, Vec<SocketAddr>) {
    const NAME: &str = "dns";
    let port = target.url().port_or_known_default().unwrap_or(443);
    let name = match target.url().host() {
        Some(Host::Ipv4(address)) => {
            let message = "the host is an address";
            return (Check::ok(NAME, message), vec![(address, port).into()]);
        }
        Some(Host::Ipv6(address)) => {
            let message = "the host is an address";
            return (Check::ok(NAME, message), vec![(address, port).into()]);
        }
        Some(Host::Domain(name)) => name,
        None => "",
    };
    match resolve(name, port, budget) {
        Ok(addresses) => {
            let texts: Vec<String> = addresses
                .iter()
                .map(|address| address.ip().to_string())
                .collect();
            let check =
                Check::ok(NAME, format!("{name} is {}", texts.join(", "))).with("addresses", texts);
            (check, addresses)
        }
        Err(error) => (Check::fail(NAME, &error.into()), Vec::new()),
    }
}

/// Resolves a name on a thread of its own: the system has no limit to how long
/// that takes.
fn resolve(name: &str, port: u16, budget: Budget) -> Result<Vec<SocketAddr>, http::Error> {
    let (sender, receiver) = mpsc::channel();
    let owned = name.to_owned();
    std::thread::spawn(move || {
        let found = (owned.as_str(), port).to_socket_addrs();
        // Nobody listens any more when the time is up.
        let _ = sender.send(found.map(Vec::from_iter).unwrap_or_default());
    });
    match receiver.recv_timeout(budget.left()) {
        Ok(addresses) if !addresses.is_empty() => Ok(addresses),
        Ok(_) => Err(http::Error::Unreachable {
            host: name.to_owned(),
            why: Cause::Dns,
        }),
        Err(_) => Err(budget.exceeded(format!("the name service, asked for {name},"))),
    }
}

fn connect(target: &HttpsUrl, addresses: &[SocketAddr], budget: Budget) -> Check {
    const NAME: &str = "connect";
    match try_all(&target.authority(), addresses, budget) {
        Ok(Reached { by, silent: None }) => {
            Check::ok(NAME, format!("{by} accepts connections")).with("address", by.to_string())
        }
        Ok(Reached {
            by,
            silent: Some(silent),
        }) => Check::warn(
            NAME,
            format!("{by} accepts connections, but {silent} does not answer"),
            format!(
                "mend the way to {} (IPv{}), which each request may try first",
                silent.ip(),
                if silent.is_ipv6() { 6 } else { 4 }
            ),
        )
        .with("address", by.to_string()),
        Err(error) => Check::fail(NAME, &error.into()),
    }
}

/// An address that accepts connections, and one of the other family that does
/// not even refuse them.
struct Reached {
    by: SocketAddr,
    silent: Option<SocketAddr>,
}

/// Connects to the first address of each family, both at once.
fn try_all(host: &str, addresses: &[SocketAddr], budget: Budget) -> Result<Reached, http::Error> {
    let wait = budget.left().min(LONGEST_CONNECT);
    let first = |is_wanted: fn(&SocketAddr) -> bool| addresses.iter().copied().find(is_wanted);
    let tried: Vec<SocketAddr> = [first(SocketAddr::is_ipv4), first(SocketAddr::is_ipv6)]
        .into_iter()
        .flatten()
        .collect();
    let (sender, receiver) = mpsc::channel();
    for address in tried.iter().copied() {
        let sender = sender.clone();
        std::thread::spawn(move || {
            // Zero is refused as an argument, and would be no time at all.
            let wait = wait.max(Duration::from_millis(1));
            let connected = TcpStream::connect_timeout(&address, wait).map(drop);
            let _ = sender.send((address, connected));
        });
    }
    drop(sender);
    let mut by = None;
    let mut failures = Vec::new();
    for (address, connected) in receiver {
        match connected {
            Ok(()) => by = by.or(Some(address)),
            Err(error) => failures.push((address, error)),
        }
    }
    let is_silent = |error: &std::io::Error| {
        matches!(error.kind(), ErrorKind::TimedOut | ErrorKind::WouldBlock)
    };
    if let Some(by) = by {
        let silent = failures.iter().find(|(_, error)| is_silent(error));
        let silent = silent.map(|(address, _)| *address);
        return Ok(Reached { by, silent });
    }
    // Who refuses is nearer than who is silent, and says more.
    failures.sort_by_key(|(_, error)| is_silent(error));
    Err(match failures.first() {
        Some((_, error)) if is_silent(error) && wait < LONGEST_CONNECT => {
            budget.exceeded(host.to_owned())
        }
        Some((_, error)) if is_silent(error) => http::Error::TimedOut {
            host: host.to_owned(),
            after: wait,
        },
        Some((_, error)) => http::Error::Unreachable {
            host: host.to_owned(),
            why: match error.kind() {
                ErrorKind::ConnectionRefused => Cause::Refused,
                ErrorKind::HostUnreachable
                | ErrorKind::NetworkUnreachable
                | ErrorKind::NetworkDown
                | ErrorKind::AddrNotAvailable => Cause::NoRoute,
                _ => Cause::Other(error.to_string()),
            },
        },
        None => http::Error::Unreachable {
            host: host.to_owned(),
            why: Cause::Dns,
        },
    })
}
