//! What is signed verifies, with the same payload and header, and with any one
//! bit or character changed it does not.
#![no_main]

use authctl::core::jose::{json, jws};
use authctl_fuzz::{KEYS, SIGNERS, has_fraction, sign};
use libfuzzer_sys::arbitrary::{Result, Unstructured};
use libfuzzer_sys::fuzz_target;
use serde_json::Map;

/// The members of a header by which verification goes on otherwise.
const MEANINGFUL: [&str; 4] = ["alg", "kid", "crit", "b64"];

fuzz_target!(|octets: &[u8]| {
    let _ = round(&mut Unstructured::new(octets));
});

fn round(input: &mut Unstructured<'_>) -> Result<()> {
    let signer = input.int_in_range(0..=SIGNERS.len() - 1)?;
    let (at, to) = (input.arbitrary::<u16>()?, input.arbitrary::<u8>()?);
    let length = input.arbitrary_len::<u8>()?;
    let mut header = json::parse_object(input.bytes(length)?).unwrap_or_else(|_| Map::new());
    header.retain(|name, value| !MEANINGFUL.contains(&name.as_str()) && !has_fraction(value));
    let payload = input.take_rest_of();

    let token = sign(signer, header.clone(), payload);
    let rules = jws::Rules::default();
    let verified = jws::verify(&token, &KEYS, &rules).expect("what is signed verifies");
    assert_eq!(verified.payload, payload);
    assert_eq!(verified.kid.as_deref(), Some(SIGNERS[signer].kid()));
    for (name, value) in &header {
        assert_eq!(verified.header.get(name), Some(value), "{name}");
    }
    assert_eq!(verified.header.len(), header.len() + 2);

    let mut changed = token.clone().into_bytes();
    let at = usize::from(at) % changed.len();
    if changed[at] != to {
        changed[at] = to;
        let accepted = std::str::from_utf8(&changed)
            .is_ok_and(|changed| jws::verify(changed, &KEYS, &rules).is_ok());
        assert!(!accepted, "octet {at} changed to {to:#04x} in {token}");
    }
    Ok(())
}

/// The rest of the input, borrowed.
trait Rest<'a> {
    fn take_rest_of(&mut self) -> &'a [u8];
}

impl<'a> Rest<'a> for Unstructured<'a> {
    fn take_rest_of(&mut self) -> &'a [u8] {
        let length = self.len();
        self.bytes(length).unwrap_or_default()
    }
}
