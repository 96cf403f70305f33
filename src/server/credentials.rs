//! Passwords and client secrets, checked without telling which part was wrong.
//!
//! What a configuration holds is kept as argon2id hashes (RFC 9106). The
//! built-in passwords are public knowledge, printed at start and in the
//! documentation, so they are compared by their SHA-256: a slow hash would
//! protect nothing and cost the quick start.

use std::sync::{Arc, OnceLock};

use argon2::password_hash::phc::PasswordHash;
use argon2::{Argon2, Params, PasswordHasher, PasswordVerifier};
use aws_lc_rs::{digest, hmac, rand};
use subtle::ConstantTimeEq;
use tokio::sync::Semaphore;

use crate::core::secret::Secret;

/// The most memory that a hash of a configuration may ask for: 1 GiB, in KiB.
const MAX_MEMORY: u32 = 1 << 20;
/// The most passes that a hash of a configuration may ask for.
const MAX_PASSES: u32 = 64;
/// The most lanes that a hash of a configuration may ask for.
const MAX_LANES: u32 = 16;
/// How many argon2 computations run at once: each holds its whole memory.
const CONCURRENT_HASHES: usize = 2;

/// What a password or client secret is checked against.
#[derive(Clone)]
pub struct Verifier(Kind);

#[derive(Clone)]
enum Kind {
    /// The SHA-256 of a published secret, and the secret itself to be shown.
    Published {
        text: &'static str,
        sha256: [u8; 32],
    },
    /// An argon2id hash, and the MAC of the last secret that it accepted.
    Argon2id(Arc<Hashed>),
}

struct Hashed {
    hash: PasswordHash,
    /// A client that authenticates at every request would pay for argon2 each
    /// time. Under a key that lives and dies with the process the right secret
    /// is recognised at once; every wrong one still pays in full.
    accepted: OnceLock<hmac::Tag>,
}

/// Why a text cannot serve as a stored hash.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidHash {
    /// Not a PHC string with salt and hash.
    #[error("it is not a PHC string like $argon2id$v=19$m=19456,t=2,p=1$SALT$HASH")]
    Form,
    /// Another function.
    #[error("its function is not argon2id")]
    Function,
    /// It would take too much memory or time at every request.
    #[error("it asks for more than 1 GiB of memory, 64 passes or 16 lanes")]
    Cost,
}

impl Verifier {
    /// Takes a secret that is public knowledge.
    pub(super) fn published(text: &'static str) -> Self {
        Self(Kind::Published {
            text,
            sha256: sha256(text.as_bytes()),
        })
    }

    /// Reads an argon2id hash in PHC string form.
    ///
    /// # Errors
    ///
    /// See [`InvalidHash`].
    pub fn from_phc(text: &str) -> Result<Self, InvalidHash> {
        let hash = PasswordHash::new(text).map_err(|_| InvalidHash::Form)?;
        if hash.algorithm.as_str() != "argon2id" {
            return Err(InvalidHash::Function);
        }
        if hash.salt.is_none() || hash.hash.is_none() {
            return Err(InvalidHash::Form);
        }
        let params = Params::try_from(&hash).map_err(|_| InvalidHash::Form)?;
        if params.m_cost() > MAX_MEMORY
            || params.t_cost() > MAX_PASSES
            || params.p_cost() > MAX_LANES
        {
            return Err(InvalidHash::Cost);
        }
        Ok(Self::hashed(hash))
    }

    /// Hashes a secret with argon2id: 19 MiB, two passes, a salt of its own.
    /// Returns `None` when the system gives no random octets.
    pub fn hash(secret: &Secret) -> Option<Self> {
        let mut salt = [0; 16];
        rand::fill(&mut salt).ok()?;
        let hash = Argon2::default()
            .hash_password_with_salt(secret.expose().as_bytes(), &salt)
            .ok()?;
        Some(Self::hashed(hash))
    }

    fn hashed(hash: PasswordHash) -> Self {
        Self(Kind::Argon2id(Arc::new(Hashed {
            hash,
            accepted: OnceLock::new(),
        })))
    }

    /// Returns the secret, where it is public knowledge.
    pub(super) fn public_text(&self) -> Option<&'static str> {
        match &self.0 {
            Kind::Published { text, .. } => Some(text),
            Kind::Argon2id(_) => None,
        }
    }

    /// Returns how much work a check is, to compare by.
    fn cost(&self) -> u64 {
        match &self.0 {
            Kind::Published { .. } => 0,
            Kind::Argon2id(hashed) => Params::try_from(&hashed.hash).map_or(0, |params| {
                u64::from(params.m_cost()) * u64::from(params.t_cost())
            }),
        }
    }
}

impl std::fmt::Debug for Verifier {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self.0 {
            Kind::Published { .. } => "Verifier(published)",
            Kind::Argon2id(_) => "Verifier(argon2id)",
        })
    }
}

/// Checks secrets, at the same cost whether the name was known or not
/// (CWE-208).
pub(super) struct Checker {
    /// Stands in where a name is unknown: the costliest of the real ones.
    stand_in: Verifier,
    memory_key: hmac::Key,
    hashing: Semaphore,
}

impl Checker {
    /// Makes a checker for names whose secrets are checked by `verifiers`.
    /// Returns `None` when the system gives no random octets.
    pub(super) fn new<'a>(verifiers: impl Iterator<Item = &'a Verifier>) -> Option<Self> {
        let mut key = [0; 32];
        rand::fill(&mut key).ok()?;
        let stand_in = verifiers
            .max_by_key(|verifier| verifier.cost())
            .cloned()
            .unwrap_or_else(|| Verifier::published(""));
        Some(Self {
            stand_in,
            memory_key: hmac::Key::new(hmac::HMAC_SHA256, &key),
            hashing: Semaphore::new(CONCURRENT_HASHES),
        })
    }

    /// Says whether `secret` is the one that `verifier` knows. Without a
    /// verifier the answer is no, after the same work.
    pub(super) async fn check(&self, verifier: Option<&Verifier>, secret: &Secret) -> bool {
        let right = match &verifier.unwrap_or(&self.stand_in).0 {
            Kind::Published { sha256: known, .. } => {
                known.ct_eq(&sha256(secret.expose().as_bytes())).into()
            }
            Kind::Argon2id(hashed) => self.check_hashed(hashed, secret, verifier.is_some()).await,
        };
        right && verifier.is_some()
    }

    async fn check_hashed(&self, hashed: &Arc<Hashed>, secret: &Secret, known: bool) -> bool {
        let tag = hmac::sign(&self.memory_key, secret.expose().as_bytes());
        // For an unknown name the short cut is not taken: the stand-in is
        // someone's real hash, whose secret must not answer sooner.
        if known
            && let Some(accepted) = hashed.accepted.get()
            && bool::from(accepted.as_ref().ct_eq(tag.as_ref()))
        {
            return true;
        }
        let Ok(_turn) = self.hashing.acquire().await else {
            return false;
        };
        let (work, secret) = (Arc::clone(hashed), secret.clone());
        let right = tokio::task::spawn_blocking(move || {
            Argon2::default()
                .verify_password(secret.expose().as_bytes(), &work.hash)
                .is_ok()
        })
        .await
        .unwrap_or(false);
        if right && known {
            // A race sets the same tag twice; the first is kept.
            let _ = hashed.accepted.set(tag);
        }
        right
    }
}

fn sha256(octets: &[u8]) -> [u8; 32] {
    let mut out = [0; 32];
    out.copy_from_slice(digest::digest(&digest::SHA256, octets).as_ref());
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(verifiers: &[Verifier], verifier: Option<&Verifier>, secret: &str) -> bool {
        let checker = Checker::new(verifiers.iter()).unwrap();
        tokio::runtime::Builder::new_current_thread()
            .build()
            .unwrap()
            .block_on(async {
                let first = checker.check(verifier, &Secret::new(secret)).await;
                // The short cut must answer what the long way did.
                assert_eq!(checker.check(verifier, &Secret::new(secret)).await, first);
                first
            })
    }

    #[test]
    fn only_the_right_secret_passes() {
        let published = Verifier::published("wonderland");
        let hashed = Verifier::hash(&Secret::new("looking-glass")).unwrap();
        let all = [published.clone(), hashed.clone()];
        for (verifier, secret, right) in [
            (Some(&published), "wonderland", true),
            (Some(&published), "Wonderland", false),
            (Some(&published), "", false),
            (Some(&hashed), "looking-glass", true),
            (Some(&hashed), "looking-glas", false),
            (None, "looking-glass", false),
            (None, "", false),
        ] {
            assert_eq!(check(&all, verifier, secret), right, "{secret}");
        }
    }

    #[test]
    fn v10_an_unknown_name_costs_what_the_costliest_known_one_does() {
        let published = Verifier::published("wonderland");
        let hashed = Verifier::hash(&Secret::new("looking-glass")).unwrap();
        let cost = |all: &[Verifier]| Checker::new(all.iter()).unwrap().stand_in.cost();
        assert_eq!(cost(&[published.clone(), hashed.clone()]), hashed.cost());
        assert_eq!(cost(&[published]), 0);
        assert_eq!(hashed.cost(), 19 * 1024 * 2);
    }

    #[test]
    fn no_verifier_and_no_user_is_still_no() {
        assert!(!check(&[], None, ""));
    }

    #[test]
    fn a_phc_string_is_read() {
        // The reference implementation's `argon2 somesalt -id -t 2 -m 16 -p 1`
        // for the password "password".
        let phc = "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc";
        let verifier = Verifier::from_phc(phc).unwrap();
        let all = [verifier.clone()];
        assert!(check(&all, Some(&verifier), "password"));
        assert!(!check(&all, Some(&verifier), "passwort"));
    }

    #[test]
    fn other_hashes_are_refused_with_their_reason() {
        for (text, why) in [
            ("wonderland", InvalidHash::Form),
            ("$argon2id$v=19$m=19456,t=2,p=1", InvalidHash::Form),
            (
                "$argon2i$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc",
                InvalidHash::Function,
            ),
            (
                "$argon2id$v=19$m=4194304,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc",
                InvalidHash::Cost,
            ),
            (
                "$argon2id$v=19$m=65536,t=65,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc",
                InvalidHash::Cost,
            ),
        ] {
            assert_eq!(Verifier::from_phc(text).err(), Some(why), "{text}");
        }
    }

    #[test]
    fn debug_shows_no_secret() {
        assert_eq!(
            format!("{:?}", Verifier::published("wonderland")),
            "Verifier(published)"
        );
    }
}
