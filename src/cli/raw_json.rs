//! The JSON of a token, as it stands there.
//!
//! A parsed value keeps numbers of 64 bits; a program that reads our answer is
//! to get those that the token has, whatever their length.

use authctl::core::error::Error;
use authctl::core::jose::{base64url, json};
use serde_json::value::RawValue;

/// Returns the header (0) or the payload (1) of a token that was parsed
/// already, without the white space between its values.
///
/// # Errors
///
/// [`Error::Internal`] for what is no JSON, which would have been seen.
pub fn raw_json(token: &str, part: usize) -> Result<Box<RawValue>, Error> {
    token
        .split('.')
        .nth(part)
        .and_then(|part| base64url::decode(part).ok())
        .and_then(|octets| String::from_utf8(octets).ok())
        .and_then(|text| RawValue::from_string(json::without_white_space(&text)).ok())
        .ok_or_else(|| Error::Internal("a part of the token is JSON no more".into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_stay_as_they_are() {
        let claims = r#"{"n":123456789012345678901234567890,"f":1.0e2}"#;
        let token = format!("e30.{}.", base64url::encode(claims));
        assert_eq!(raw_json(&token, 1).unwrap().get(), claims);
    }
}
