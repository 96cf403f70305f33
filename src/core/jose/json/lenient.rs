//! JSON with members that are not understood, which must do no harm.

use serde::de::IgnoredAny;
use serde_json::{Map, Value};

use super::{Error, parse_value};

/// Reads one JSON value under the rules of [`parse_value`], but with numbers of
/// any size: one that is out of range is read as `null`.
///
/// It is for keys and sets of them, where "additional members can be present";
/// "if not understood by implementations encountering them, they MUST be
/// ignored" (RFC 7517 §4). No number makes a key, and `null` is no instant.
///
/// # Errors
///
/// As [`parse_value`].
pub(in super::super) fn parse_with_any_numbers(text: &[u8]) -> Result<Value, Error> {
    match parse_value(text) {
        Err(Error::Syntax { .. }) => parse_value(&without_numbers_out_of_range(text)),
        read => read,
    }
}

/// Reads one JSON object under the rules of [`super::parse_object`], but with
/// numbers of any size: one that is out of range is read as `null`, as of a
/// member that is not understood (RFC 7517 §4).
///
/// # Errors
///
/// As [`super::parse_object`].
pub fn parse_object_with_any_numbers(text: &[u8]) -> Result<Map<String, Value>, Error> {
    match parse_with_any_numbers(text)? {
        Value::Object(members) => Ok(members),
        _ => Err(Error::NotAnObject),
    }
}

/// Writes `null` in the place of numbers that are out of range, and spaces for
/// the rest of them, so that all else stays in its place.
fn without_numbers_out_of_range(text: &[u8]) -> Vec<u8> {
    let of_number = |octet: &u8| matches!(octet, b'0'..=b'9' | b'+' | b'-' | b'.' | b'e' | b'E');
    let mut text = text.to_vec();
    let (mut at, mut in_string) = (0, false);
    while let Some(octet) = text.get(at) {
        match octet {
            b'\\' if in_string => at += 1,
            b'"' => in_string = !in_string,
            b'0'..=b'9' | b'-' if !in_string => {
                let number = &mut text[at..];
                let end = number.iter().position(|octet| !of_number(octet));
                let end = end.unwrap_or(number.len());
                let number = &mut number[..end];
                if is_out_of_range(number) {
                    number.fill(b' ');
                    // The shortest such number is longer: `1e309`.
                    number[..4].copy_from_slice(b"null");
                }
                at += end - 1;
            }
            _ => {}
        }
        at += 1;
    }
    text
}

/// Says whether a text is a number of JSON that no `f64` holds.
fn is_out_of_range(number: &[u8]) -> bool {
    let value: Option<f64> = std::str::from_utf8(number)
        .ok()
        .and_then(|number| number.parse().ok());
    value.is_some_and(f64::is_infinite) && serde_json::from_slice::<IgnoredAny>(number).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn numbers_out_of_range_are_null_and_all_else_as_it_is() {
        let long = "1".repeat(400);
        let text = format!(
            r#"{{"a":1e400,"b":[-1E+999 ,1.5,{long}],"c":"1e400 \" 1e400","1e400":1e308,"d":1e-999}}"#
        );
        assert_eq!(
            parse_with_any_numbers(text.as_bytes()),
            Ok(json!({
                "a": null, "b": [null, 1.5, null], "c": "1e400 \" 1e400", "1e400": 1e308, "d": 0.0
            }))
        );
        assert_eq!(parse_with_any_numbers(b"1e400"), Ok(Value::Null));
    }

    #[test]
    fn what_is_no_number_stays_wrong_and_in_its_place() {
        for text in [
            "[1e400,01e400]",
            "[1e400,+1e400]",
            "[1e400,1e400.]",
            "[1e400,-]",
            "[1e400,1e400x]",
            "1e4001e400 ]",
            "[1e400 1e400]",
            "[1e400,Infinity]",
        ] {
            let error = parse_with_any_numbers(text.as_bytes()).unwrap_err();
            assert!(
                matches!(error, Error::Syntax { line: 1, .. }),
                "{text}: {error}"
            );
        }
        assert_eq!(
            parse_with_any_numbers(b"{\"n\":1e400,\"a\":1,\"a\":1}"),
            Err(Error::Duplicate { name: "a".into() })
        );
        assert_eq!(
            parse_with_any_numbers(b"{\"n\":1e400,\n \"a\":x}"),
            Err(Error::Syntax { line: 2, column: 6 })
        );
        assert_eq!(
            parse_object_with_any_numbers(b"[1e400]"),
            Err(Error::NotAnObject)
        );
    }
}
