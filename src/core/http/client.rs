//! The transport over a network: reqwest, on a runtime of its own.
//!
//! Nothing is built before the first request: a command that never sends one
//! pays for no runtime and no trust store.

use std::collections::BTreeMap;
use std::sync::{Mutex, OnceLock};
use std::time::Duration;

use bytes::Bytes;
use reqwest::header::{CONTENT_TYPE, HeaderValue};
use reqwest::redirect::Policy;
use reqwest::tls::TlsInfo;
use reqwest::{Certificate, ClientBuilder, Identity};
use tokio::runtime::{Builder, Runtime};
use tokio_rustls::rustls::pki_types::CertificateDer;
use tokio_rustls::rustls::pki_types::pem::PemObject as _;
use url::form_urlencoded;
use zeroize::Zeroizing;

use super::bundled;
use super::certificate::not_after;
use super::{
    Cause, Error, FieldValue, MAX_BODY, Method, Request, Response, Transport, awake, trace,
};
use crate::core::descriptors::Reserve;
use crate::core::secret::SecretBytes;
use crate::core::time::{Clock, SystemClock, Timestamp};
use crate::core::uri::HttpsUrl;

/// What most answers fit into, in octets.
const FIRST_BODY: usize = 16 * 1024;

/// Files that a runtime opens.
const FILES_OF_A_RUNTIME: usize = 8;

/// How the client connects.
#[derive(Clone, Debug)]
pub struct Options {
    /// How long a request may take, from name resolution to the last octet of
    /// the answer. Defaults to 30 seconds.
    pub timeout: Duration,
    /// How much of that a connection may take, until the TLS handshake is done.
    /// Defaults to ten seconds.
    pub connect_timeout: Duration,
    /// Certificates (PEM) that are trusted beside the system's own; on
    /// loopback in place of them.
    pub ca_bundle: Option<Vec<u8>>,
    /// The client's certificate chain and its unencrypted private key (PEM, in
    /// any order), for mutual TLS.
    pub identity: Option<SecretBytes>,
    /// `User-Agent`. Defaults to `authctl/VERSION`.
    pub user_agent: String,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            timeout: Duration::from_secs(30),
            connect_timeout: Duration::from_secs(10),
            ca_bundle: None,
            identity: None,
            user_agent: concat!("authctl/", env!("CARGO_PKG_VERSION")).to_owned(),
        }
    }
}

impl Options {
    /// Returns when the client's certificate ends (RFC 5280 §4.1.2.5); `None`
    /// where there is none, or it does not say.
    ///
    /// # Errors
    ///
    /// [`Error::Setup`] when the certificate and the key cannot be read, or do
    /// not fit each other: with them no TLS connection begins.
    pub fn identity_ends_at(&self) -> Result<Option<Timestamp>, Error> {
        let Some(pem) = &self.identity else {
            return Ok(None);
        };
        bundled::config(Some(pem))?;
        // The client's own is the first of the chain (RFC 8446 §4.4.2).
        let own = CertificateDer::from_pem_slice(pem.expose()).map_err(|_| unfit_identity())?;
        Ok(not_after(&own))
    }
}

/// The transport over a network.
///
/// - A redirect is an error, never followed (RFC 9700 §4.12).
/// - The whole request is bounded in time, the body in octets, both after
///   decompression and while it arrives. Time in which the process was stopped
///   does not count.
/// - Trust comes from the system's roots and [`Options::ca_bundle`]; where the
///   system has no roots at all and none are given, from Mozilla's as built in.
/// - Proxies are those of `HTTPS_PROXY`, `ALL_PROXY` and `NO_PROXY` and their
///   lower-case forms, or the platform's: reqwest reads them by itself, the
///   one place below the command line where the environment is looked at.
///   Loopback is never spoken to through a proxy: plain http is allowed there
///   for the very reason that it does not leave the machine.
/// - `SSLKEYLOGFILE` is not looked at.
///
/// It blocks, on a runtime of its own: it must not be called from within
/// another one.
#[derive(Debug)]
pub struct Client {
    options: Options,
    runtime: OnceLock<Runtime>,
    plain: OnceLock<reqwest::Client>,
    loopback: OnceLock<reqwest::Client>,
    beyond: OnceLock<reqwest::Client>,
    /// By origin: when the certificate ends that its server showed last.
    certificates: Mutex<BTreeMap<String, Option<Timestamp>>>,
}

impl Client {
    /// Makes a client. Nothing is checked or built yet: an unusable
    /// certificate shows at the first request, as [`Error::Setup`].
    pub fn new(options: Options) -> Self {
        Self {
            options,
            runtime: OnceLock::new(),
            plain: OnceLock::new(),
            loopback: OnceLock::new(),
            beyond: OnceLock::new(),
            certificates: Mutex::default(),
        }
    }

    /// Says of a server that a TLS handshake with it has succeeded, and when
    /// the certificate ends that it showed; `None` where there was none yet.
    pub fn certificate_of(&self, url: &HttpsUrl) -> Option<ServerCertificate> {
        let certificates = self.certificates.lock().ok()?;
        let not_after = *certificates.get(&origin(url))?;
        Some(ServerCertificate { not_after })
    }

    fn exchange(&self, request: &Request) -> Result<Response, Error> {
        let client = self.client_for(&request.url)?;
        let limit = request
            .timeout
            .map_or(self.options.timeout, |own| own.min(self.options.timeout));
        self.runtime()?.block_on(async {
            awake::timeout(limit, carry(client, request, &self.certificates))
                .await
                .unwrap_or_else(|| {
                    Err(Error::TimedOut {
                        host: request.url.authority(),
                        after: limit,
                    })
                })
        })
    }

    fn runtime(&self) -> Result<&Runtime, Error> {
        built(&self.runtime, || {
            // Where there are none for its signals, the runtime panics.
            Reserve::new(FILES_OF_A_RUNTIME)
                .map(drop)
                .and_then(|()| {
                    Builder::new_current_thread()
                        .enable_io()
                        .enable_time()
                        .build()
                })
                .map_err(|error| Error::Setup(format!("cannot start the network: {error}")))
        })
    }

    /// Returns the cheapest client that serves a URL.
    fn client_for(&self, url: &HttpsUrl) -> Result<&reqwest::Client, Error> {
        if url.is_plain_http() {
            built(&self.plain, || {
                let no_roots: [Certificate; 0] = [];
                build(self.builder().no_proxy().tls_certs_only(no_roots))
            })
        } else if url.is_loopback() {
            built(&self.loopback, || self.tls_client(Reach::Loopback))
        } else {
            built(&self.beyond, || self.tls_client(Reach::Beyond))
        }
    }

    fn builder(&self) -> ClientBuilder {
        reqwest::Client::builder()
            .user_agent(&self.options.user_agent)
            .redirect(Policy::none())
            .referer(false)
            .tls_info(true)
            // What may be sent twice is decided by `send_with_retries` alone.
            .retry(reqwest::retry::never())
            .connect_timeout(self.options.connect_timeout)
            // A connection is used once: between requests the runtime stands
            // still and does not see a server hang up, and a refresh token
            // written to a dead connection would be lost.
            .pool_max_idle_per_host(0)
    }

    fn tls_client(&self, reach: Reach) -> Result<reqwest::Client, Error> {
        let Some(pem) = &self.options.ca_bundle else {
            // An error is either a client certificate that does not fit its
            // key, or that the system has no roots (minimal containers). The
            // second attempt tells which.
            return self.identified(reach)?.build().or_else(|_| {
                log::debug!("the system has no trusted certificates; using Mozilla's");
                let config = bundled::config(self.options.identity.as_ref())?;
                build(self.reaching(reach).tls_backend_preconfigured(config))
            });
        };
        let authorities = Certificate::from_pem_bundle(pem)
            .ok()
            .filter(|certificates| !certificates.is_empty())
            .ok_or_else(|| Error::Setup("the CA file holds no PEM certificates".into()))?;
        let builder = self.identified(reach)?;
        build(match reach {
            // No public authority may vouch for a loopback address or for
            // `localhost` (CA/Browser Forum Baseline Requirements §4.2.2), so
            // reading hundreds of them would be for nothing.
            Reach::Loopback => builder.tls_certs_only(authorities),
            Reach::Beyond => builder.tls_certs_merge(authorities),
        })
    }

    fn reaching(&self, reach: Reach) -> ClientBuilder {
        match reach {
            Reach::Loopback => self.builder().no_proxy(),
            Reach::Beyond => self.builder(),
        }
    }

    /// Starts a builder with the client's certificate.
    fn identified(&self, reach: Reach) -> Result<ClientBuilder, Error> {
        let builder = self.reaching(reach);
        let Some(pem) = &self.options.identity else {
            return Ok(builder);
        };
        let identity = Identity::from_pem(pem.expose()).map_err(|_| unfit_identity())?;
        Ok(builder.identity(identity))
    }
}

pub(super) fn unfit_identity() -> Error {
    Error::Setup(
        "the client certificate and its key are not a PEM certificate with an \
         unencrypted PEM key"
            .into(),
    )
}

/// What is known of a certificate that was found good.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ServerCertificate {
    /// Its `notAfter`, where it could be read.
    pub not_after: Option<Timestamp>,
}

fn origin(url: &HttpsUrl) -> String {
    url.url().origin().ascii_serialization()
}

/// How far a TLS connection goes.
#[derive(Clone, Copy, Debug)]
enum Reach {
    Loopback,
    Beyond,
}

impl Transport for Client {
    fn send(&self, request: &Request) -> Result<Response, Error> {
        let started = SystemClock.monotonic();
        trace::request(request);
        let result = self.exchange(request);
        trace::outcome(&result, SystemClock.monotonic().saturating_sub(started));
        result
    }
}

impl Drop for Client {
    /// Leaves at once: a name that is still being resolved would otherwise
    /// hold the process up for long after its time-out.
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

/// Returns what is in the cell, building it first where it is empty.
fn built<T>(cell: &OnceLock<T>, build: impl FnOnce() -> Result<T, Error>) -> Result<&T, Error> {
    match cell.get() {
        Some(there) => Ok(there),
        None => {
            let new = build()?;
            Ok(cell.get_or_init(|| new))
        }
    }
}

fn build(builder: ClientBuilder) -> Result<reqwest::Client, Error> {
    builder.build().map_err(|_| unfit_tls())
}

fn unfit_tls() -> Error {
    Error::Setup(
        "TLS cannot be set up: check the CA file, and that the client certificate fits its key"
            .into(),
    )
}

/// Sends the request and reads the answer.
async fn carry(
    client: &reqwest::Client,
    request: &Request,
    certificates: &Mutex<BTreeMap<String, Option<Timestamp>>>,
) -> Result<Response, Error> {
    let unreachable = |error: reqwest::Error| Error::Unreachable {
        host: request.url.authority(),
        why: Cause::of(&error),
    };
    let mut response = outgoing(client, request)?
        .send()
        .await
        .map_err(unreachable)?;
    let shown = response.extensions().get::<TlsInfo>();
    if let (Some(shown), Ok(mut certificates)) = (shown, certificates.lock()) {
        let end = shown.peer_certificate().and_then(not_after);
        certificates.insert(origin(&request.url), end);
    }
    let status = response.status();
    if matches!(status.as_u16(), 301 | 302 | 303 | 307 | 308) {
        return Err(Error::Redirect {
            host: request.url.authority(),
            status: status.as_u16(),
        });
    }
    let too_large = || Error::TooLarge {
        host: request.url.authority(),
    };
    let promised = response.content_length().unwrap_or_default();
    if promised > MAX_BODY as u64 {
        return Err(too_large());
    }
    let headers = response
        .headers()
        .iter()
        .filter_map(|(name, value)| Some((name.as_str().to_owned(), value.to_str().ok()?.into())))
        .collect();
    let mut body = Zeroizing::new(Vec::with_capacity(FIRST_BODY));
    while let Some(chunk) = response.chunk().await.map_err(unreachable)? {
        if body.len() + chunk.len() > MAX_BODY {
            return Err(too_large());
        }
        extend_wiped(&mut body, &chunk);
    }
    Ok(Response {
        status: status.as_u16(),
        headers,
        body,
    })
}

fn outgoing(client: &reqwest::Client, request: &Request) -> Result<reqwest::RequestBuilder, Error> {
    let url = request.url.url().clone();
    let mut outgoing = match request.method {
        Method::Get => client.get(url),
        Method::Post => client.post(url),
        Method::Delete => client.delete(url),
    };
    for (name, value) in &request.headers {
        let mut header = HeaderValue::from_str(value.expose()).map_err(|_| {
            Error::Setup(format!(
                "the value for the header `{name}` holds characters that no header may hold"
            ))
        })?;
        header.set_sensitive(matches!(value, FieldValue::Secret(_)));
        outgoing = outgoing.header(*name, header);
    }
    if let Some(json) = &request.json {
        outgoing = outgoing
            .header(CONTENT_TYPE, "application/json")
            .body(Bytes::from_owner(Zeroizing::new(json.expose().to_vec())));
    } else if request.method == Method::Post {
        outgoing = outgoing
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(Bytes::from_owner(Zeroizing::new(form_of(request))));
    }
    Ok(outgoing)
}

/// Writes the form of a request: in one piece of memory, so that wiping that
/// one leaves no other behind.
fn form_of(request: &Request) -> Vec<u8> {
    // Each octet takes three at most, and each pair `=` and `&`.
    let longest = request
        .form
        .iter()
        .map(|(name, value)| 3 * (name.len() + value.expose().len()) + 2)
        .sum();
    let mut form = form_urlencoded::Serializer::new(String::with_capacity(longest));
    for (name, value) in &request.form {
        form.append_pair(name, value.expose());
    }
    form.finish().into_bytes()
}

/// Adds octets to what is wiped when dropped, in larger memory where they do
/// not fit: a vector that grows by itself would leave its old memory as it is.
fn extend_wiped(octets: &mut Zeroizing<Vec<u8>>, more: &[u8]) {
    let needed = octets.len() + more.len();
    if needed > octets.capacity() {
        let mut larger = Zeroizing::new(Vec::with_capacity(needed.max(2 * octets.capacity())));
        larger.extend_from_slice(octets);
        *octets = larger;
    }
    octets.extend_from_slice(more);
}
