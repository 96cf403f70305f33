//! One process at a time across machines: a lease in Vault.
//!
//! The lease of a key is an entry of its own, taken by check-and-set: who
//! writes over the version that it has read holds it, everyone else is told
//! of a mismatch. It names its holder and for how many seconds it is held;
//! who ends without giving it back is waited for that long and no longer.
//!
//! No clock but Vault's counts: when the lease was taken is the time that
//! Vault gave its version, and whether it has run out is decided by the time
//! that Vault gives a version written now.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use aws_lc_rs::rand;
use serde::{Deserialize, Serialize};

use super::Shared;
use super::answer::{Entry, Written};
use super::api::Api;
use super::error::VaultError;
use super::exchange::SHORT;
use crate::core::hex;
use crate::core::store::{Error, Key, LockHolder};
use crate::core::time::Timestamp;

/// What the entry of a lease holds. One without a holder is free.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct Claim {
    /// A random text, new with each lock.
    #[serde(default)]
    holder: String,
    #[serde(default)]
    host: String,
    #[serde(default)]
    pid: u32,
    /// For how long it is held, from when the version was written.
    #[serde(default)]
    seconds: u64,
}

/// A lease that this process holds.
#[derive(Clone, Debug)]
pub(super) struct Held {
    claim: Claim,
    version: u64,
}

/// Gives the lease of a key back when it is dropped.
pub(super) struct LeaseGuard {
    shared: Arc<Shared>,
    key: Key,
}

impl fmt::Debug for LeaseGuard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "LeaseGuard({:?})", self.key)
    }
}

impl Drop for LeaseGuard {
    fn drop(&mut self) {
        let Some(held) = self.shared.leases().remove(&self.key) else {
            return;
        };
        let api = &self.shared.api;
        let budget = SHORT.min(api.settings.timeout);
        let path = path_of(&self.key);
        match api.write(&path, held.version, &Claim::default(), budget) {
            Ok(Written::Yes { .. }) => {}
            Ok(Written::Mismatch) => log::debug!("store: the lease had gone to another"),
            Err(error) => log::debug!("store: the lease must run out: {error}"),
        }
    }
}

/// Takes the lease of `key`, waiting at most `wait`.
///
/// # Errors
///
/// [`Error::Locked`] with the holder once `wait` has passed;
/// [`Error::Vault`].
pub(super) fn take(
    shared: &Arc<Shared>,
    key: &Key,
    wait: Duration,
    on_wait: &mut dyn FnMut(&LockHolder),
) -> Result<LeaseGuard, Error> {
    let api = &shared.api;
    let path = path_of(key);
    let started = api.clock.monotonic();
    let claim = Claim {
        holder: random_name()?,
        host: api.settings.host.clone(),
        pid: std::process::id(),
        seconds: lease_of(api).as_secs(),
    };
    let mut pause = FIRST_PAUSE;
    let mut told = false;
    let mut watch = Watch::default();
    loop {
        let found: Option<Entry<Claim>> = api.read(&path)?;
        let other = match standing(api, found.as_ref(), &mut watch)? {
            Standing::Held(holder) => holder,
            Standing::Free { version } => {
                if found.is_none() {
                    api.keep_one_version(&path)?;
                }
                match put(api, &path, version, &claim)? {
                    Ok(version) => {
                        shared.hold(key, Held { claim, version });
                        return Ok(LeaseGuard {
                            shared: Arc::clone(shared),
                            key: key.clone(),
                        });
                    }
                    Err(faster) => faster,
                }
            }
        };
        let waited = api.clock.monotonic().saturating_sub(started);
        if waited >= wait {
            return Err(Error::Locked {
                key: key.name().to_owned(),
                holder: other,
            });
        }
        if !told && waited >= TOLD_AFTER {
            told = true;
            log::debug!("store: waiting for the lease of `{key}`");
            on_wait(&other);
        }
        api.clock.sleep(jittered(pause).min(wait - waited));
        pause = (pause * 2).min(LONGEST_PAUSE);
    }
}

/// Makes sure that the lease of `key` is still ours, and has its whole time
/// again.
///
/// # Errors
///
/// [`VaultError::LeaseLost`] where another has taken it meanwhile.
pub(super) fn renew(shared: &Shared, key: &Key) -> Result<(), VaultError> {
    let Some(Held { claim, version }) = shared.leases().get(key).cloned() else {
        return Ok(());
    };
    let Ok(version) = put(&shared.api, &path_of(key), version, &claim)? else {
        let key = key.name().to_owned();
        return Err(VaultError::LeaseLost { key });
    };
    shared.hold(key, Held { claim, version });
    Ok(())
}

/// Writes a claim in place of `version`, and returns the version that it
/// became, or who has the lease instead.
fn put(
    api: &Api,
    path: &str,
    version: u64,
    claim: &Claim,
) -> Result<Result<u64, LockHolder>, VaultError> {
    if let Written::Yes { version, .. } = api.write(path, version, claim, api.settings.timeout)? {
        return Ok(Ok(version));
    }
    let there: Option<Entry<Claim>> = api.read(path)?;
    Ok(match &there {
        // Sent twice because the first answer was lost, it meets itself.
        Some(Entry {
            data: Some(there),
            version,
            ..
        }) if there.holder == claim.holder => Ok(*version),
        there => Err(there.as_ref().and_then(holder_of).unwrap_or_default()),
    })
}

/// Returns who holds the lease by what its entry says; `None` where nobody
/// does.
fn holder_of(entry: &Entry<Claim>) -> Option<LockHolder> {
    let claim = entry.data.as_ref()?;
    (!claim.holder.is_empty()).then(|| LockHolder {
        pid: Some(claim.pid),
        host: Some(claim.host.clone()),
        since: entry.created,
        is_stopped: false,
    })
}

/// Whose the lease is.
enum Standing {
    Free { version: u64 },
    Held(LockHolder),
}

/// Since when a lease has been seen unchanged, on the clock that measures
/// spans.
#[derive(Default)]
struct Watch(Option<(u64, Duration)>);

impl Watch {
    /// Returns for how long `version` has been seen by now.
    fn seen(&mut self, version: u64, now: Duration) -> Duration {
        match self.0 {
            Some((same, since)) if same == version => now.saturating_sub(since),
            _ => {
                self.0 = Some((version, now));
                Duration::ZERO
            }
        }
    }
}

fn standing(api: &Api, found: Option<&Entry<Claim>>, watch: &mut Watch) -> Result<Standing, Error> {
    let Some(entry) = found else {
        return Ok(Standing::Free { version: 0 });
    };
    let version = entry.version;
    let (Some(holder), Some(claim)) = (holder_of(entry), &entry.data) else {
        return Ok(Standing::Free { version });
    };
    let Some(created) = entry.created else {
        return Ok(Standing::Held(holder));
    };
    let ended = |now: Timestamp| {
        created.seconds_until(now) > i64::try_from(claim.seconds).unwrap_or(i64::MAX)
    };
    // The `Date` may be that of a proxy, or of another node: it is a reason to
    // look, not to take. So is that nothing has changed for long enough.
    let unchanged = watch.seen(version, api.clock.monotonic());
    let may_have_ended = match entry.now {
        Some(now) => ended(now),
        None => unchanged.is_zero(),
    };
    if !may_have_ended && unchanged.as_secs() <= claim.seconds {
        return Ok(Standing::Held(holder));
    }
    match present(api)? {
        Some(now) if ended(now) => {
            log::debug!("store: the lease of process {} has run out", claim.pid);
            Ok(Standing::Free { version })
        }
        _ => Ok(Standing::Held(holder)),
    }
}

/// Returns Vault's present, by the time that it gives an entry written now,
/// which is removed again. So it also proves that entries can be written.
pub(super) fn present(api: &Api) -> Result<Option<Timestamp>, Error> {
    let path = format!("checks/{}", random_name()?);
    let written = api.write(&path, 0, &serde_json::json!({}), api.settings.timeout)?;
    api.remove(&path)?;
    Ok(match written {
        Written::Yes { created, .. } => created,
        // Sent twice because the first answer was lost.
        Written::Mismatch => None,
    })
}

/// Returns for how long a lease is taken: the time of one conversation with
/// an authorization server, and some to save what it brought.
fn lease_of(api: &Api) -> Duration {
    api.settings.timeout.saturating_add(GRACE)
}

fn path_of(key: &Key) -> String {
    format!("locks/{}", key.hash())
}

/// Returns a pause of three to five quarters: machines that began to wait at
/// the same moment part.
fn jittered(pause: Duration) -> Duration {
    let mut octet = [128];
    // Without a random octet the pause is the middle one.
    let _ = rand::fill(&mut octet);
    pause * 3 / 4 + pause * u32::from(octet[0]) / 512
}

fn random_name() -> Result<String, Error> {
    let mut octets = [0; 16];
    rand::fill(&mut octets).map_err(|_| Error::Crypto("make random octets"))?;
    Ok(hex::encode(&octets))
}

/// What a lease has beyond the time-out of a conversation.
const GRACE: Duration = Duration::from_secs(10);
const FIRST_PAUSE: Duration = Duration::from_millis(20);
const LONGEST_PAUSE: Duration = Duration::from_millis(500);
/// Shorter waits are everyday and not worth a line.
const TOLD_AFTER: Duration = Duration::from_millis(500);
