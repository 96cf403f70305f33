//! Members of a JSON object for a person, to the last digit.
//!
//! A parsed number has 64 bits or is a floating-point number; what is shown
//! are the digits that are in the token.

use authctl::core::jose::Members;
use serde_json::Value;

/// Writes a member in one line, `value` being what it was parsed to: a string
/// without quotes, all else as JSON.
pub fn shown(members: &Members, name: &str, value: &Value) -> String {
    match (value, members.text(name)) {
        (Value::String(text), _) if !text.is_empty() => text.clone(),
        (value, Some(text)) if has_fraction(value) => text.to_owned(),
        (value, _) => value.to_string(),
    }
}

/// Says whether a number of a value was read as a floating-point number.
fn has_fraction(value: &Value) -> bool {
    match value {
        Value::Number(number) => number.is_f64(),
        Value::Array(items) => items.iter().any(has_fraction),
        Value::Object(members) => members.values().any(has_fraction),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_shown_to_their_last_digit() {
        let text = r#"{"n": 123456789012345678901234567890, "f":[ 0.10, {"\u0061": 1e2} ],
                       "s": "a b", "e": "", "i": 7, "b\u0061": 1.50}"#;
        let members = Members::parse(text.as_bytes()).unwrap();
        for (name, expected) in [
            ("n", "123456789012345678901234567890"),
            ("f", r#"[0.10,{"\u0061":1e2}]"#),
            ("s", "a b"),
            ("e", "\"\""),
            ("i", "7"),
            ("ba", "1.50"),
        ] {
            assert_eq!(shown(&members, name, &members.values()[name]), expected);
        }
        assert_eq!(shown(&Members::default(), "n", &Value::from(1.5)), "1.5");
    }
}
