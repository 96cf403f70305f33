//! The tokens by their hashes, in families that end together.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use aws_lc_rs::digest;

use super::grants::{Access, Answer, Asked, Grant, Live, Minted};
use crate::core::secret::Secret;
use crate::core::time::Timestamp;

/// The most tokens of one family that are remembered, spent ones included. A
/// spent refresh token that fell out is refused as unknown and ends nothing.
pub(super) const MAX_FAMILY: usize = 1_024;

/// The SHA-256 of a token.
pub(super) type Digest = [u8; 32];

/// All families and their tokens.
#[derive(Default)]
pub(super) struct Families {
    last: u64,
    /// By age: identifiers only rise.
    pub(super) families: BTreeMap<u64, Family>,
    pub(super) access: HashMap<Digest, (u64, Access)>,
    pub(super) refresh: HashMap<Digest, Refresh>,
    /// Answers that are kept, by the instant when they must be forgotten.
    pub(super) kept: VecDeque<(Timestamp, Digest)>,
}

/// A grant and what came of it.
pub(super) struct Family {
    pub(super) grant: Grant,
    /// The digests of its tokens, oldest first.
    tokens: VecDeque<Digest>,
}

/// What is known of a refresh token, usable or spent.
pub(super) struct Refresh {
    pub(super) family: u64,
    pub(super) issued_at: Timestamp,
    pub(super) expires_at: Timestamp,
    pub(super) spent: Option<Spent>,
}

/// That a refresh token was used.
pub(super) struct Spent {
    /// What it was spent for, until the grace time is over.
    pub(super) kept: Option<(Asked, Answer)>,
}

impl Families {
    /// Begins a family without tokens.
    pub(super) fn begin(&mut self, grant: Grant) -> u64 {
        self.last += 1;
        let tokens = VecDeque::with_capacity(2);
        self.families.insert(self.last, Family { grant, tokens });
        self.last
    }

    /// Says whose a token is, unless its family has ended.
    pub(super) fn live<T>(&self, id: u64, token: T) -> Option<Live<T>> {
        let grant = &self.families.get(&id)?.grant;
        Some(Live {
            client_id: Arc::clone(&grant.client_id),
            sub: Arc::clone(&grant.sub),
            username: grant.username.clone(),
            token,
        })
    }

    /// Adds an access token to a family.
    pub(super) fn remember_access(&mut self, id: u64, minted: &Minted) {
        let key = digest_of(minted.access_token.expose());
        self.access.insert(key, (id, minted.access.clone()));
        self.add_to_family(id, key);
    }

    /// Adds a refresh token to a family.
    pub(super) fn remember_refresh(
        &mut self,
        id: u64,
        token: &Secret,
        now: Timestamp,
        lifetime: Duration,
    ) {
        let key = digest_of(token.expose());
        let record = Refresh {
            family: id,
            issued_at: now,
            expires_at: now.saturating_add(lifetime),
            spent: None,
        };
        self.refresh.insert(key, record);
        self.add_to_family(id, key);
    }

    fn add_to_family(&mut self, id: u64, key: Digest) {
        let Some(family) = self.families.get_mut(&id) else {
            return;
        };
        family.tokens.push_back(key);
        while family.tokens.len() > MAX_FAMILY
            && let Some(oldest) = family.tokens.pop_front()
        {
            self.access.remove(&oldest);
            match self.refresh.get(&oldest) {
                // The one that can still be used, old as it may be without
                // rotation; the next one goes instead.
                Some(record) if record.spent.is_none() => family.tokens.push_back(oldest),
                _ => drop(self.refresh.remove(&oldest)),
            }
        }
    }

    /// Marks a refresh token as used, and keeps the answer for the grace time.
    pub(super) fn spend(
        &mut self,
        key: Digest,
        asked: &Asked,
        answer: &Answer,
        now: Timestamp,
        grace: Duration,
    ) {
        let Some(record) = self.refresh.get_mut(&key) else {
            return;
        };
        let kept = (!grace.is_zero()).then(|| (asked.clone(), answer.clone()));
        if kept.is_some() {
            self.kept.push_back((now.saturating_add(grace), key));
        }
        record.spent = Some(Spent { kept });
    }

    /// Forgets the answers whose grace time is over.
    pub(super) fn forget_answers(&mut self, now: Timestamp) {
        while let Some((until, key)) = self.kept.front().copied()
            && until <= now
        {
            self.kept.pop_front();
            if let Some(spent) = self.refresh.get_mut(&key).and_then(|r| r.spent.as_mut()) {
                spent.kept = None;
            }
        }
    }

    /// Ends a family: none of its tokens is known afterwards.
    pub(super) fn end(&mut self, id: u64) {
        let Some(family) = self.families.remove(&id) else {
            return;
        };
        for key in family.tokens {
            self.access.remove(&key);
            self.refresh.remove(&key);
        }
    }

    /// Forgets all that has expired.
    pub(super) fn purge(&mut self, now: Timestamp) {
        self.access.retain(|_, (_, access)| access.expires_at > now);
        self.refresh.retain(|_, record| record.expires_at > now);
        let (access, refresh) = (&self.access, &self.refresh);
        self.families.retain(|_, family| {
            family
                .tokens
                .retain(|key| access.contains_key(key) || refresh.contains_key(key));
            !family.tokens.is_empty()
        });
        self.access.shrink_to(1_024);
        self.refresh.shrink_to(1_024);
    }

    /// Ends the oldest families while there are more than `most` tokens.
    pub(super) fn keep_bounds(&mut self, most: usize, now: Timestamp) {
        if self.access.len() + self.refresh.len() <= most {
            return;
        }
        self.purge(now);
        // A tenth at once, so that a full house does not purge at every call.
        while self.access.len() + self.refresh.len() > most / 10 * 9
            && let Some((&oldest, _)) = self.families.first_key_value()
        {
            self.end(oldest);
        }
    }
}

/// Returns what a token is known by.
pub(super) fn digest_of(token: &str) -> Digest {
    let mut out = [0; 32];
    out.copy_from_slice(digest::digest(&digest::SHA256, token.as_bytes()).as_ref());
    out
}
