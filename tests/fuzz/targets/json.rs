//! The strict reader of JSON against `serde_json`: it accepts no text that the
//! other refuses, reads the same value, and refuses more only for a member that
//! comes twice.
#![no_main]

use authctl::core::jose::json::{self, Error};
use authctl_fuzz::has_fraction;
use libfuzzer_sys::fuzz_target;
use serde_json::Value;

/// The name by which `serde_json` passes a `RawValue` through its own reader;
/// it takes an object of this member for something else than an object.
const RAW_VALUE: &[u8] = b"$serde_json::private";

fuzz_target!(|octets: &[u8]| {
    if octets
        .windows(RAW_VALUE.len())
        .any(|window| window == RAW_VALUE)
    {
        return;
    }
    let lax: Result<Value, _> = serde_json::from_slice(octets);
    match (json::parse_value(octets), lax) {
        (Ok(strict), Ok(lax)) => {
            assert_eq!(strict, lax);
            if !has_fraction(&strict) {
                let again = json::parse_value(strict.to_string().as_bytes());
                assert_eq!(again.as_ref(), Ok(&strict), "what is written is read again");
            }
            let object = json::parse_object(octets);
            assert_eq!(object.is_ok(), strict.is_object());
        }
        (Ok(strict), Err(error)) => panic!("{strict} was accepted: {error}"),
        (Err(Error::Duplicate { .. }), Ok(_)) | (Err(_), Err(_)) => {}
        (Err(error), Ok(lax)) => panic!("{lax} was refused: {error}"),
    }
});
