//! Public documents of a server: metadata and JWK Sets, fetched and cached.
//!
//! A copy on disk saves a request as long as the server says that it holds.
//! Nothing in it is secret, but whoever could write it could have tokens
//! verified by keys of their own: see [`cache`]. Beside them is kept how far
//! each server's clock is from ours: see [`clock`].

pub mod cache;
pub mod clock;
mod max_age;

use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use cache::{Cache, Entry};
use clock::Measured;
use max_age::{Stored, max_age};

use super::Error as CoreError;
use super::error::{Exit, Report};
use super::http::{self, Request, Response, Timing, Transport, clock_offset, send_timed};
use super::jose::{self, JwkSet, Keys};
use super::oauth::jwks::{jwks_request, process_jwks_response};
use super::oauth::metadata::{Metadata, well_known_urls};
use super::time::{Clock, ClockOffset, Timestamp, humanize_span};
use super::uri::HttpsUrl;

/// How long a JWK Set holds when the server does not say.
const DEFAULT_MAX_AGE: Duration = Duration::from_secs(300);

/// How long a document holds at most, whatever the server says: a withdrawn
/// key must not be trusted for longer.
const LONGEST_MAX_AGE: Duration = Duration::from_secs(24 * 60 * 60);

/// How long after a refetch for an unknown kid the next one may come. Anyone
/// can make up tokens with unknown kids; the server should not feel it.
pub const COOL_DOWN: Duration = Duration::from_secs(30);

/// Whether a copy on disk will do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Freshness {
    /// No: the server is asked.
    Fetch,
    /// While it is fresh.
    Cached,
    /// While it is fresh, and after that when the server cannot be reached.
    CachedOrStale,
}

/// A document, and where it comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Loaded<T> {
    /// The document.
    pub document: T,
    /// Where it comes from.
    pub origin: Origin,
}

/// Where a document comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// From the server, just now.
    Server,
    /// From the disk, fresh.
    Cache,
    /// From the disk, although it no longer holds. The user is to be told: it
    /// prints as a sentence.
    Stale {
        /// How long ago it was fetched.
        age: Duration,
        /// Why the server could not be asked.
        why: String,
    },
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Server => f.write_str("fetched from the server"),
            Self::Cache => f.write_str("read from the cache"),
            Self::Stale { age, why } => write!(
                f,
                "{why}; using the copy of {} ago, which no longer holds",
                humanize_span(age.as_secs())
            ),
        }
    }
}

impl<T> Loaded<T> {
    fn new(document: T, origin: Origin) -> Self {
        Self { document, origin }
    }
}

/// Where documents are found: the network and the disk.
#[derive(Clone)]
pub struct Documents<'a> {
    transport: &'a dyn Transport,
    clock: &'a dyn Clock,
    cache: Option<Cache>,
    budget: Duration,
    measured: Measured,
}

impl<'a> Documents<'a> {
    /// Makes a finder. Without a `cache_dir` nothing is read from disk or
    /// written to it. `budget` is how long one document may take, all tries
    /// together.
    pub fn new(
        transport: &'a dyn Transport,
        clock: &'a dyn Clock,
        cache_dir: Option<PathBuf>,
        budget: Duration,
    ) -> Self {
        Self {
            transport,
            clock,
            cache: cache_dir.map(Cache::new),
            budget,
            measured: Measured::default(),
        }
    }

    /// Measures the clock of `server` by an answer of it that came just now,
    /// and keeps what was measured.
    pub fn measure_clock(&self, server: &str, response: &Response, timing: &Timing) {
        let Some(offset) = clock_offset(response, timing, server) else {
            return;
        };
        if let Some(cache) = &self.cache {
            clock::keep(cache, &offset);
        }
        self.measured.put(offset);
    }

    /// Returns how far the clock of `server` is ahead of ours, as measured by
    /// an answer that came to this process.
    pub fn measured_clock(&self, server: &str) -> Option<ClockOffset> {
        self.measured.get(server)
    }

    /// Returns all that was measured in this process.
    pub fn measured_clocks(&self) -> Vec<ClockOffset> {
        self.measured.all()
    }

    /// Returns how far the clock of `server` is ahead of ours, as measured in
    /// this process or, where it was not, as kept by an earlier one.
    pub fn clock_offset(&self, server: &str) -> Option<ClockOffset> {
        self.measured_clock(server)
            .or_else(|| clock::kept(self.cache.as_ref()?, server, self.clock.now()))
    }

    /// Loads the metadata of an issuer, from either of its well-known URLs:
    /// that of OpenID Connect first, since most servers have it, then that of
    /// RFC 8414. A copy is kept only for as long as the server says.
    ///
    /// # Errors
    ///
    /// As [`Metadata::process`]; nothing of a refused document is kept.
    pub fn metadata(
        &self,
        issuer: &HttpsUrl,
        freshness: Freshness,
    ) -> Result<Loaded<Metadata>, CoreError> {
        let urls = well_known_urls(issuer)?;
        let deadline = self.deadline();
        let judge = |body: &[u8]| {
            let request = Request::get(urls[0].clone());
            Metadata::process(issuer, &request, &stored(body)).ok()
        };
        let fetch = || {
            let first = self.fetch_metadata(issuer, &urls[0], deadline);
            match first {
                Err(CoreError::Http(first)) if may_be_elsewhere(&first) => self
                    .fetch_metadata(issuer, &urls[1], deadline)
                    .map_err(|second| nowhere(first, second)),
                result => result,
            }
        };
        self.load(issuer.as_str(), freshness, None, &judge, &fetch)
    }

    fn fetch_metadata(
        &self,
        issuer: &HttpsUrl,
        url: &HttpsUrl,
        deadline: Duration,
    ) -> Result<(Metadata, Response), CoreError> {
        let request = Request::get(url.clone());
        let (response, timing) = self.send_timed(&request, deadline)?;
        let metadata = Metadata::process(issuer, &request, &response)?;
        self.measure_clock(issuer.as_str(), &response, &timing);
        Ok((metadata, response))
    }

    /// Loads the JWK Set at a URL. A copy is kept for as long as the server
    /// says, five minutes where it does not, a day at most.
    ///
    /// # Errors
    ///
    /// As [`process_jwks_response`].
    pub fn jwks(&self, url: &HttpsUrl, freshness: Freshness) -> Result<Loaded<JwkSet>, CoreError> {
        self.jwks_as(url, freshness, |set, _| set)
    }

    /// Loads the JWK Set at a URL as it is written, under the rules of
    /// [`Documents::jwks`].
    ///
    /// # Errors
    ///
    /// As [`process_jwks_response`].
    pub fn jwks_text(
        &self,
        url: &HttpsUrl,
        freshness: Freshness,
    ) -> Result<Loaded<Vec<u8>>, CoreError> {
        self.jwks_as(url, freshness, |_, text| text.to_vec())
    }

    fn jwks_as<T>(
        &self,
        url: &HttpsUrl,
        freshness: Freshness,
        of: impl Fn(JwkSet, &[u8]) -> T,
    ) -> Result<Loaded<T>, CoreError> {
        let deadline = self.deadline();
        let judge = |body: &[u8]| Some(of(JwkSet::parse(body).ok()?, body));
        let fetch = || {
            let request = jwks_request(url);
            let response = self.send(&request, deadline)?;
            let set = process_jwks_response(&request, &response)?;
            Ok((of(set, &response.body), response))
        };
        let default = Some(DEFAULT_MAX_AGE);
        self.load(url.as_str(), freshness, default, &judge, &fetch)
    }

    /// Judges a token by the keys at a URL, of which no secret serves: see
    /// [`JwkSet::published`].
    ///
    /// When `judge` refuses it for nothing but an unknown kid and the keys
    /// came from the disk, they are fetched once and it is judged again: the
    /// server may have rotated its keys (OIDC Core §10.1.1). That happens once
    /// in [`COOL_DOWN`], counted over all processes that share the cache.
    ///
    /// # Errors
    ///
    /// As [`Documents::jwks`] and `judge`.
    pub fn with_keys<T>(
        &self,
        url: &HttpsUrl,
        freshness: Freshness,
        mut judge: impl FnMut(&Keys) -> Result<T, jose::Error>,
    ) -> Result<Loaded<T>, CoreError> {
        let Loaded { document, origin } = self.jwks(url, freshness)?;
        let result = judge(&Keys::Set(document.published()));
        match result {
            Err(error)
                if origin == Origin::Cache
                    && is_unknown_kid(&error)
                    && self.may_refetch(url.as_str()) =>
            {
                log::debug!("the kid is unknown; fetching the key set again");
                let Loaded { document, origin } = self.jwks(url, Freshness::Fetch)?;
                self.note_refetch(url.as_str());
                Ok(Loaded::new(
                    judge(&Keys::Set(document.published()))?,
                    origin,
                ))
            }
            result => Ok(Loaded::new(result?, origin)),
        }
    }

    fn deadline(&self) -> Duration {
        self.clock.monotonic().saturating_add(self.budget)
    }

    fn send(&self, request: &Request, deadline: Duration) -> Result<Response, http::Error> {
        let (response, _) = self.send_timed(request, deadline)?;
        Ok(response)
    }

    fn send_timed(
        &self,
        request: &Request,
        deadline: Duration,
    ) -> Result<(Response, Timing), http::Error> {
        let left = deadline.saturating_sub(self.clock.monotonic());
        send_timed(self.transport, self.clock, request, left).map_err(|error| match error {
            http::Error::TimedOut { host, .. } => http::Error::TimedOut {
                host,
                after: self.budget,
            },
            other => other,
        })
    }

    /// Takes a document from the disk where that will do, else from `fetch`.
    /// `default` is how long it holds where the server does not say; without
    /// one it is not kept then.
    fn load<T>(
        &self,
        key: &str,
        freshness: Freshness,
        default: Option<Duration>,
        judge: &dyn Fn(&[u8]) -> Option<T>,
        fetch: &dyn Fn() -> Result<(T, Response), CoreError>,
    ) -> Result<Loaded<T>, CoreError> {
        let now = self.clock.now();
        let cached = match freshness {
            Freshness::Fetch => None,
            Freshness::Cached | Freshness::CachedOrStale => self.cached(key),
        };
        // A copy that no longer passes the rules is as good as none.
        let cached = cached.and_then(|entry| Some((judge(entry.body.as_bytes())?, entry)));
        if let Some((document, entry)) = cached {
            if entry.is_fresh(now) {
                log::debug!("using the cached copy of {}", without_query(key));
                return Ok(Loaded::new(document, Origin::Cache));
            }
            return match fetch() {
                Ok((fetched, response)) => {
                    self.keep(key, &response, default, now);
                    Ok(Loaded::new(fetched, Origin::Server))
                }
                Err(error)
                    if freshness == Freshness::CachedOrStale
                        && error.exit() == Exit::Unreachable =>
                {
                    let origin = Origin::Stale {
                        age: entry.age(now),
                        why: error.to_string(),
                    };
                    Ok(Loaded::new(document, origin))
                }
                Err(error) => Err(error),
            };
        }
        let (document, response) = fetch()?;
        self.keep(key, &response, default, now);
        Ok(Loaded::new(document, Origin::Server))
    }

    fn cached(&self, key: &str) -> Option<Entry> {
        self.cache.as_ref()?.read(key)
    }

    fn keep(&self, key: &str, response: &Response, default: Option<Duration>, now: Timestamp) {
        let Some(cache) = &self.cache else { return };
        let max_age = match max_age(response).map(|age| age.min(LONGEST_MAX_AGE)) {
            Stored::For(span) => Some(span),
            Stored::NotSaid => default,
            Stored::Never => None,
        };
        let body = std::str::from_utf8(&response.body);
        let (Some(max_age), Ok(body)) = (max_age, body) else {
            return cache.remove(key);
        };
        cache.write(&Entry {
            url: key.to_owned(),
            fetched_at: now,
            max_age: max_age.as_secs(),
            refetched_at: cache.read(key).and_then(|entry| entry.refetched_at),
            body: body.to_owned(),
        });
    }

    /// Says whether the last refetch for an unknown kid is long enough ago. An
    /// instant in the future is of a clock that was wrong.
    fn may_refetch(&self, key: &str) -> bool {
        let now = self.clock.now();
        let last = self.cached(key).and_then(|entry| entry.refetched_at);
        last.is_none_or(|last| last > now || last.saturating_add(COOL_DOWN) <= now)
    }

    fn note_refetch(&self, key: &str) {
        if let Some(cache) = &self.cache
            && let Some(entry) = cache.read(key)
        {
            cache.write(&Entry {
                refetched_at: Some(self.clock.now()),
                ..entry
            });
        }
    }
}

/// Says whether metadata may be at the other well-known URL although this one
/// has none.
fn may_be_elsewhere(error: &http::Error) -> bool {
    matches!(
        error,
        http::Error::Senseless { .. } | http::Error::ServerFailed { .. }
    )
}

/// Makes one error of two addresses without metadata.
fn nowhere(first: http::Error, second: CoreError) -> CoreError {
    match (first, second) {
        (
            http::Error::Senseless { host, request, why },
            CoreError::Http(http::Error::Senseless { why: second, .. }),
        ) => http::Error::Senseless {
            host,
            request,
            why: if why == second {
                format!("{why}, at both well-known addresses")
            } else {
                format!("{why}; and at the address of RFC 8414: {second}")
            },
        }
        .into(),
        // A document that must not be trusted, or a server that is down, says
        // more than one that is not there.
        (_, second @ (CoreError::OAuth(_) | CoreError::Http(_))) => second,
        (first, _) => first.into(),
    }
}

fn without_query(url: &str) -> &str {
    url.split('?').next().unwrap_or_default()
}

/// Says whether a token was refused for nothing but an unknown kid.
pub fn is_unknown_kid(error: &jose::Error) -> bool {
    let failures = error.failures();
    !failures.is_empty() && failures.iter().all(|failure| failure.code == "unknown_kid")
}

/// Makes a response of what was kept, to judge it by the same rules.
fn stored(body: &[u8]) -> Response {
    Response {
        status: 200,
        headers: Vec::new(),
        body: body.to_vec().into(),
    }
}

#[cfg(test)]
mod tests;
