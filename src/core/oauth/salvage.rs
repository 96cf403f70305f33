//! What can still be read of a JSON object that no parser takes as a whole.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;
use serde_json::{Map, Value};

/// Returns the members of the object in `body` that are strings, up to where
/// it cannot be read any more.
///
/// Nothing else is judged: not a number out of range, nesting, a lone surrogate
/// in another member, nor what follows the object. Of a member that comes twice
/// it is the last, as most parsers have it.
pub(super) fn string_members(body: &[u8]) -> Map<String, Value> {
    let mut members = Map::new();
    let body = body.strip_prefix("\u{feff}".as_bytes()).unwrap_or(body);
    let mut reader = serde_json::Deserializer::from_slice(body);
    if let Err(error) = Strings(&mut members).deserialize(&mut reader) {
        log::debug!(
            "of an answer {} members can be read: {error}",
            members.len()
        );
    }
    members
}

/// Collects while it reads, so that an error further on takes nothing away.
struct Strings<'a>(&'a mut Map<String, Value>);

impl<'de> DeserializeSeed<'de> for Strings<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, reader: D) -> Result<(), D::Error> {
        reader.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Strings<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut reader: A) -> Result<(), A::Error> {
        while let Some((name, value)) = reader.next_entry::<String, &RawValue>()? {
            match serde_json::from_str(value.get()) {
                Ok(text) => self.0.insert(name, Value::String(text)),
                Err(_) => self.0.shift_remove(&name),
            };
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(body: &str) -> String {
        Value::Object(string_members(body.as_bytes())).to_string()
    }

    #[test]
    fn what_no_parser_takes_is_passed_over() {
        let deep = format!("{}{}", "[".repeat(10_000), "]".repeat(10_000));
        for odd in ["1e400", "-0", r#""\ud800""#, "{\"a\":1,\"a\":2}", &deep] {
            let body = format!(r#"{{"a":"b","x":{odd},"x":{odd},"c":"d"}}"#);
            assert_eq!(read(&body), r#"{"a":"b","c":"d"}"#);
        }
        let many = format!(r#"{{"a":"b","x":{},"c":"d"}}"#, "9".repeat(400));
        assert_eq!(read(&many), r#"{"a":"b","c":"d"}"#);
    }

    #[test]
    fn what_comes_before_the_fault_is_there() {
        for end in [
            "",
            ",",
            r#","c":"d"#,
            r#","c":tru}"#,
            ",}",
            "}}",
            "} and more",
        ] {
            assert_eq!(read(&format!(r#"{{"a":"b"{end}"#)), r#"{"a":"b"}"#, "{end}");
        }
        assert_eq!(read("\u{feff}{\"a\":\"b\"}"), r#"{"a":"b"}"#);
    }

    #[test]
    fn what_is_no_object_or_no_string_is_not_there() {
        for body in [
            "",
            "[\"a\"]",
            "\"a\"",
            "<html>",
            "a=b",
            r#"{"a":7}"#,
            r#"{"a"#,
        ] {
            assert_eq!(read(body), "{}", "{body}");
        }
    }

    /// Otherwise a later `null` would be read as the earlier token.
    #[test]
    fn of_what_comes_twice_it_is_the_last() {
        assert_eq!(read(r#"{"a":"b","a":"c"}"#), r#"{"a":"c"}"#);
        assert_eq!(read(r#"{"a":"b","a":null}"#), "{}");
    }
}
