//! H5: what is left of secrets in memory when they are dropped. The test looks
//! through all that its own process can write to, as a debugger or whoever
//! reads the swap would; freed memory is in it, as it was left.
//!
//! What is looked for is known by its complement alone, so that the search
//! does not find itself.

#![cfg(target_os = "linux")]

use std::io::{Read as _, Seek as _, SeekFrom};

use authctl::core::http::{Request, Response};
use authctl::core::oauth::token::process_token_response;
use authctl::core::secret::{Secret, SecretBytes};
use authctl::core::store::{self, CachedToken, Choice, FileKey, Key, Places, Record};
use authctl::core::time::Timestamp;

/// One test at a time: each would find what another has just read.
static ALONE: std::sync::Mutex<()> = std::sync::Mutex::new(());

fn alone() -> std::sync::MutexGuard<'static, ()> {
    ALONE
        .lock()
        .unwrap_or_else(|poisoned| poisoned.into_inner())
}

/// How much is read at once, and twice.
const PIECE: usize = 4096;
const OVERLAP: u64 = 47;

/// A secret of 48 characters by the complement of its octets.
struct Marker([u8; 48]);

impl Marker {
    /// Makes one that no other test has.
    fn new(seed: u8) -> Self {
        let mut state = u32::from(seed) * 2_654_435 + 1;
        Self(std::array::from_fn(|_| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            // Letters of base64url, so that it can be any kind of token.
            !b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz012345678-_9"
                [(state >> 24) as usize % 64]
        }))
    }

    /// Writes the secret out, in memory of its own.
    fn text(&self) -> String {
        let mut text = String::with_capacity(self.0.len());
        text.extend(self.0.iter().map(|octet| char::from(!octet)));
        text
    }

    /// Counts where it stands in the memory of this process.
    fn copies(&self) -> usize {
        let maps = std::fs::read_to_string("/proc/self/maps").expect("the map of memory");
        let mut memory = std::fs::File::open("/proc/self/mem").expect("the memory");
        let mut copies = 0;
        let mut buffer = vec![0; PIECE];
        // What is read is not to be found a second time where it was read to.
        let own = buffer.as_ptr().addr() as u64;
        for line in maps.lines().filter(|line| line.contains(" rw-p ")) {
            let (range, _) = line.split_once(' ').expect("a range");
            let (from, to) = range.split_once('-').expect("two ends");
            let address = |text| u64::from_str_radix(text, 16).expect("an address");
            let (mut at, to) = (address(from), address(to));
            while at < to {
                let length = usize::try_from(to - at).expect("a length").min(PIECE);
                let end = at + length as u64;
                let is_own = at < own + PIECE as u64 && own < end;
                let piece = &mut buffer[..length];
                let read = memory
                    .seek(SeekFrom::Start(at))
                    .and_then(|_| memory.read_exact(piece));
                if !is_own && read.is_ok() {
                    copies += self.found_in(piece);
                }
                // Pieces overlap, so that none is between two.
                at = if end < to { end - OVERLAP } else { to };
            }
        }
        // Nothing of it stays to be found by the next search.
        buffer.fill(0);
        copies
    }

    fn found_in(&self, octets: &[u8]) -> usize {
        memchr::memchr_iter(!self.0[0], octets)
            .filter(|at| {
                octets.get(*at..at + self.0.len()).is_some_and(|found| {
                    found.iter().zip(&self.0).all(|(octet, not)| *octet == !not)
                })
            })
            .count()
    }
}

const NOW: Timestamp = Timestamp(1_700_000_000);

fn record(refresh_token: &Marker, access_token: &Marker) -> Record {
    let mut record = Record::new("https://as.example", "authctl", NOW);
    record.refresh_token = Some(Secret::new(refresh_token.text()));
    record.put_token(CachedToken {
        access_token: Secret::new(access_token.text()),
        token_type: "Bearer".into(),
        scope: vec!["openid".into()],
        requested_scope: vec!["openid".into()],
        audience: None,
        resource: Vec::new(),
        parameters: None,
        issued_at: NOW,
        expires_at: Some(Timestamp(NOW.0 + 300)),
        clock_offset: None,
        proof_key: None,
        other: Default::default(),
    });
    record
}

/// Without this the others would prove nothing: what is not wiped is found,
/// alive and freed.
#[test]
fn what_is_not_wiped_is_found() {
    let _alone = alone();
    let marker = Marker::new(1);
    let text = marker.text();
    assert_eq!(marker.copies(), 1);
    let other = text.clone();
    assert_eq!(marker.copies(), 2);
    drop(other);
    assert!(marker.copies() >= 1);
    drop(text);
}

#[test]
fn a_secret_is_wiped_when_it_is_dropped() {
    let _alone = alone();
    let marker = Marker::new(2);
    let secret = Secret::new(marker.text());
    let bytes = SecretBytes::new(marker.text());
    let copies = (secret.clone(), bytes.clone());
    assert_eq!(marker.copies(), 4);
    drop((secret, bytes, copies));
    assert_eq!(marker.copies(), 0);
}

#[test]
fn a_record_is_wiped_with_all_its_forms() {
    let _alone = alone();
    let (refresh, access) = (Marker::new(3), Marker::new(4));
    let record = record(&refresh, &access);
    let json = record.to_json();
    let again = Record::from_json(&json).expect("a record");
    assert_eq!((refresh.copies(), access.copies()), (3, 3));
    drop((record, json, again));
    assert_eq!((refresh.copies(), access.copies()), (0, 0));
}

#[test]
fn a_store_of_files_leaves_nothing_behind() {
    let _alone = alone();
    let (refresh, access) = (Marker::new(5), Marker::new(6));
    let folder = tempfile::tempdir().expect("a folder");
    let key = FileKey::parse(b"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8");
    let places = Places::new(folder.path());
    let opened = store::open(Choice::File, &places, || key.map(Some)).expect("a store");
    let name = Key::session("default");
    let kept = record(&refresh, &access);
    opened.store.save(&name, &kept).expect("to save");
    drop(kept);
    assert_eq!((refresh.copies(), access.copies()), (0, 0), "after a save");
    let loaded = opened.store.load(&name).expect("to load");
    assert!(loaded.is_some());
    assert_eq!((refresh.copies(), access.copies()), (1, 1), "loaded");
    drop(loaded);
    assert_eq!((refresh.copies(), access.copies()), (0, 0), "after a load");
}

#[test]
fn an_answer_of_the_token_endpoint_leaves_nothing_behind() {
    let _alone = alone();
    let (refresh, access) = (Marker::new(7), Marker::new(8));
    let mut body = zeroize::Zeroizing::new(Vec::with_capacity(1_024));
    body.extend_from_slice(b"{\"access_token\":\"");
    for octet in access.0 {
        body.push(!octet);
    }
    body.extend_from_slice(b"\",\"token_type\":\"Bearer\",\"expires_in\":300,\"refresh_token\":\"");
    for octet in refresh.0 {
        body.push(!octet);
    }
    body.extend_from_slice(b"\"}");
    let request = Request::post("https://as.example/token".parse().expect("a URL"));
    let response = Response {
        status: 200,
        headers: Vec::new(),
        body,
    };
    let tokens = process_token_response(&request, &response).expect("tokens");
    assert_eq!((refresh.copies(), access.copies()), (2, 2));
    drop((tokens, response));
    assert_eq!((refresh.copies(), access.copies()), (0, 0));
}
