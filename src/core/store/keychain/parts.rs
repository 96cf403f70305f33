//! Records that are larger than the platform's items may be.
//!
//! The item of the session then holds a head,
//! `{"version":1,"parts":3,"slot":0,"sha256":"…"}`, and the parts are the
//! items `<account>#<slot>.<n>`. A save writes the parts to the slot that is
//! not in use, in rising order, then the head, then removes what the head
//! does not name, in falling order: killed at any point it leaves the old
//! record or the new one, and what is left over is without a gap, so that the
//! next save finds all of it by counting. Parts end between characters, for
//! keychains that keep texts only.

use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::super::Error;
use super::Items;
use crate::core::hex;

/// Says where the parts are, and what they make.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Head {
    version: u64,
    parts: usize,
    slot: u8,
    sha256: String,
}

impl Head {
    /// Reads a head; `None` for anything else, such as a record.
    pub(super) fn parse(content: &[u8]) -> Option<Self> {
        serde_json::from_slice(content)
            .ok()
            .filter(|head: &Self| head.version == 1 && head.slot < 2 && head.parts <= MOST_PARTS)
    }
}

/// Puts the parts together; `None` if they are not those of the head.
pub(super) fn read(
    items: &dyn Items,
    account: &str,
    head: &Head,
) -> Result<Option<Zeroizing<Vec<u8>>>, Error> {
    let mut parts = Vec::with_capacity(head.parts);
    for n in 0..head.parts {
        match items.get(&name(account, head.slot, n))? {
            Some(part) => parts.push(part),
            None => return Ok(None),
        }
    }
    let length = parts.iter().map(|part| part.len()).sum();
    let mut whole = Zeroizing::new(Vec::with_capacity(length));
    for part in &parts {
        whole.extend_from_slice(part);
    }
    Ok((hex::sha256(&whole) == head.sha256).then_some(whole))
}

/// Writes a record in parts of at most `limit` octets.
pub(super) fn write(
    items: &dyn Items,
    account: &str,
    json: &[u8],
    limit: usize,
    before: Option<&Head>,
) -> Result<(), Error> {
    let slot = before.map_or(0, |head| 1 - head.slot);
    let parts = split(json, limit);
    if parts.len() > MOST_PARTS {
        return Err(Error::TooLarge {
            key: account.to_owned(),
            length: json.len(),
        });
    }
    for (n, part) in parts.iter().enumerate() {
        items.set(&name(account, slot, n), part)?;
    }
    let head = Head {
        version: 1,
        parts: parts.len(),
        slot,
        sha256: hex::sha256(json),
    };
    // Numbers and a hexadecimal text always have a JSON form.
    let head = serde_json::to_vec(&head).unwrap_or_default();
    items.set(account, &head)?;
    clear_from(items, account, slot, parts.len())?;
    clear_from(items, account, 1 - slot, 0)
}

/// Removes all parts.
pub(super) fn clear(items: &dyn Items, account: &str) -> Result<(), Error> {
    clear_from(items, account, 0, 0)?;
    clear_from(items, account, 1, 0)
}

fn clear_from(items: &dyn Items, account: &str, slot: u8, first: usize) -> Result<(), Error> {
    let mut end = first;
    while end <= MOST_PARTS && items.get(&name(account, slot, end))?.is_some() {
        end += 1;
    }
    for n in (first..end).rev() {
        items.delete(&name(account, slot, n))?;
    }
    Ok(())
}

/// Splits at most every `limit` octets, between characters.
fn split(json: &[u8], limit: usize) -> Vec<&[u8]> {
    let is_boundary = |at: usize| json.get(at).is_none_or(|octet| octet & 0xc0 != 0x80);
    let mut parts = Vec::with_capacity(json.len() / limit + 1);
    let mut rest = json;
    let mut done = 0;
    while !rest.is_empty() {
        let most = limit.min(rest.len());
        let length = (1..=most)
            .rev()
            .find(|&length| is_boundary(done + length))
            .unwrap_or(most);
        let (part, after) = rest.split_at(length);
        parts.push(part);
        rest = after;
        done += length;
    }
    parts
}

fn name(account: &str, slot: u8, n: usize) -> String {
    format!("{account}#{slot}.{n}")
}

/// A mebibyte in the smallest items there are.
const MOST_PARTS: usize = 1024;
