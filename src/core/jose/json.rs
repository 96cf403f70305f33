//! JSON, read so that no two parsers can disagree about it.
//!
//! RFC 7515 §4 and RFC 7519 §4 let a reader refuse a member that comes twice
//! or take the last one; here it is refused, at any depth and also when one
//! of the two is written with an escape.

mod lenient;
mod plain;

use std::borrow::Cow;
use std::cell::RefCell;
use std::collections::HashSet;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::error::Category;
use serde_json::{Map, Number, Value};

pub use lenient::parse_object_with_any_numbers;
pub(super) use lenient::parse_with_any_numbers;
pub(super) use plain::Kept;

use super::error::shorten;

/// Reads one JSON object, of at most 128 levels and with numbers that fit 64
/// bits or a finite `f64`.
///
/// # Errors
///
/// [`Error`]; it never holds a value of the document.
pub fn parse_object(text: &[u8]) -> Result<Map<String, Value>, Error> {
    match parse_value(text)? {
        Value::Object(members) => Ok(members),
        _ => Err(Error::NotAnObject),
    }
}

/// Reads one JSON value under the rules of [`parse_object`].
///
/// # Errors
///
/// [`Error`], but never [`Error::NotAnObject`].
pub fn parse_value(text: &[u8]) -> Result<Value, Error> {
    let duplicate = &RefCell::default();
    let keep = true;
    parse(text, duplicate, Strict { duplicate, keep })
}

/// Reads one JSON object under the rules of [`parse_object`] and returns only
/// the members that are wanted, in that order. The others take no room.
fn parse_members(text: &[u8], wanted: &[&str]) -> Result<Vec<Option<Value>>, Error> {
    let duplicate = &RefCell::default();
    let first = text.iter().find(|octet| !octet.is_ascii_whitespace());
    if first == Some(&b'{') {
        return parse(text, duplicate, Members { duplicate, wanted });
    }
    let keep = false;
    parse(text, duplicate, Strict { duplicate, keep })?;
    Err(Error::NotAnObject)
}

/// Reads a whole text by a seed that leaves the name of a member that comes
/// twice in `duplicate`.
fn parse<'de, S: DeserializeSeed<'de>>(
    text: &'de [u8],
    duplicate: &RefCell<Option<String>>,
    seed: S,
) -> Result<S::Value, Error> {
    let text = std::str::from_utf8(text).map_err(|_| Error::NotUtf8)?;
    let mut reader = serde_json::Deserializer::from_str(text);
    let value = seed
        .deserialize(&mut reader)
        .and_then(|value| reader.end().map(|()| value));
    value.map_err(|error| {
        if let Some(name) = duplicate.take() {
            let name = shorten(&name);
            return Error::Duplicate { name };
        }
        match error.classify() {
            Category::Eof => Error::Truncated,
            _ => Error::Syntax {
                line: error.line(),
                column: error.column(),
            },
        }
    })
}

/// Returns JSON without the white space between its values; strings and
/// numbers stay as they are written.
pub fn without_white_space(json: &str) -> String {
    let (mut in_string, mut escaped) = (false, false);
    json.chars()
        .filter(|c| {
            if in_string {
                in_string = escaped || *c != '"';
                escaped = !escaped && *c == '\\';
                return true;
            }
            in_string = *c == '"';
            !matches!(c, ' ' | '\t' | '\n' | '\r')
        })
        .collect()
}

/// Why a text is not what [`parse_object`] reads.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The octets are not UTF-8.
    #[error("not UTF-8")]
    NotUtf8,
    /// The text ends too early; an empty text does.
    #[error("not JSON: it ends too early")]
    Truncated,
    /// The text is not JSON, is nested too deep, or has a number out of range.
    #[error("not JSON, or beyond its limits, at line {line} column {column}")]
    Syntax {
        /// Counted from 1.
        line: usize,
        /// Counted from 1, in octets.
        column: usize,
    },
    /// A member comes twice in one object.
    #[error("JSON in which the member `{name}` comes twice")]
    Duplicate {
        /// The name of the member, shortened where it is long.
        name: String,
    },
    /// JSON, but not an object.
    #[error("not a JSON object")]
    NotAnObject,
}

/// Builds a [`Value`], or only checks that one could be built and returns one
/// that is not it; leaves the name of a member that comes twice.
#[derive(Clone, Copy)]
struct Strict<'a> {
    duplicate: &'a RefCell<Option<String>>,
    keep: bool,
}

impl<'de> DeserializeSeed<'de> for Strict<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, reader: D) -> Result<Value, D::Error> {
        reader.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Strict<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(Value::Number(value.into()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(Value::Number(value.into()))
    }

    fn visit_f64<E: serde::de::Error>(self, value: f64) -> Result<Value, E> {
        Number::from_f64(value)
            .map(Value::Number)
            .ok_or_else(|| E::custom("number out of range"))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(match self.keep {
            true => Value::String(value.to_owned()),
            false => Value::Null,
        })
    }

    fn visit_string<E>(self, value: String) -> Result<Value, E> {
        Ok(Value::String(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut reader: A) -> Result<Value, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = reader.next_element_seed(self)? {
            if self.keep {
                items.push(item);
            }
        }
        Ok(Value::Array(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut reader: A) -> Result<Value, A::Error> {
        if !self.keep {
            let mut names = HashSet::new();
            while let Some(name) = next_name(&mut reader, &mut names, self.duplicate)? {
                drop(name);
                reader.next_value_seed(self)?;
            }
            return Ok(Value::Null);
        }
        let mut members = Map::new();
        while let Some(name) = reader.next_key::<String>()? {
            if members.contains_key(&name) {
                return Err(comes_twice(self.duplicate, name));
            }
            members.insert(name, reader.next_value_seed(self)?);
        }
        Ok(Value::Object(members))
    }
}

/// Builds the values of some members, and checks the others.
struct Members<'a> {
    duplicate: &'a RefCell<Option<String>>,
    wanted: &'a [&'a str],
}

impl<'de> DeserializeSeed<'de> for Members<'_> {
    type Value = Vec<Option<Value>>;

    fn deserialize<D: Deserializer<'de>>(self, reader: D) -> Result<Self::Value, D::Error> {
        reader.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Members<'_> {
    type Value = Vec<Option<Value>>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut reader: A) -> Result<Self::Value, A::Error> {
        let duplicate = self.duplicate;
        let mut found = vec![None; self.wanted.len()];
        let mut names = HashSet::new();
        while let Some(name) = next_name(&mut reader, &mut names, duplicate)? {
            let at = self.wanted.iter().position(|wanted| *wanted == name);
            let keep = at.is_some();
            let value = reader.next_value_seed(Strict { duplicate, keep })?;
            if let Some(at) = at {
                found[at] = Some(value);
            }
        }
        Ok(found)
    }
}

/// Reads the next name of an object, which must not be among those before it.
/// Names are borrowed from the text where they can be: there may be many.
fn next_name<'de, A: MapAccess<'de>>(
    reader: &mut A,
    names: &mut HashSet<Cow<'de, str>>,
    duplicate: &RefCell<Option<String>>,
) -> Result<Option<Cow<'de, str>>, A::Error> {
    let Some(name) = reader.next_key_seed(Name)? else {
        return Ok(None);
    };
    if !names.insert(name.clone()) {
        return Err(comes_twice(duplicate, name.into_owned()));
    }
    Ok(Some(name))
}

fn comes_twice<E: serde::de::Error>(duplicate: &RefCell<Option<String>>, name: String) -> E {
    duplicate.replace(Some(name));
    E::custom("member comes twice")
}

/// The name of a member; serde by itself would copy it.
struct Name;

impl<'de> DeserializeSeed<'de> for Name {
    type Value = Cow<'de, str>;

    fn deserialize<D: Deserializer<'de>>(self, reader: D) -> Result<Self::Value, D::Error> {
        reader.deserialize_str(self)
    }
}

impl<'de> Visitor<'de> for Name {
    type Value = Cow<'de, str>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the name of a member")
    }

    fn visit_borrowed_str<E>(self, name: &'de str) -> Result<Self::Value, E> {
        Ok(Cow::Borrowed(name))
    }

    fn visit_str<E>(self, name: &str) -> Result<Self::Value, E> {
        Ok(Cow::Owned(name.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn values_are_kept_as_they_are() {
        let text = br#" {"z": 1, "a": [null, true, -2, 1.5, "\u00e9"], "o": {"z": {}}} "#;
        let members = parse_object(text).unwrap();
        assert_eq!(
            Value::Object(members.clone()),
            json!({"z": 1, "a": [null, true, -2, 1.5, "é"], "o": {"z": {}}})
        );
        assert_eq!(members.keys().collect::<Vec<_>>(), ["z", "a", "o"]);
        assert_eq!(
            parse_value(b"9223372036854775808").unwrap().as_u64(),
            Some(1 << 63)
        );
    }

    #[test]
    fn only_white_space_between_values_goes() {
        for (json, expected) in [
            ("{ }", "{}"),
            (" {\r\n\t\"a b\" : [ 1 , 2 ] } ", r#"{"a b":[1,2]}"#),
            (
                r#"{"a\" b": "\\", "c": "d e"}"#,
                r#"{"a\" b":"\\","c":"d e"}"#,
            ),
        ] {
            assert_eq!(without_white_space(json), expected);
        }
    }

    #[test]
    fn j28_a_member_may_come_once() {
        for text in [
            r#"{"a":1,"a":2}"#,
            r#"{"a":1,"\u0061":1}"#,
            r#"{"b":[{"a":1,"a":1}]}"#,
            r#"{"b":{"c":{"a":1,"x":2,"a":3}}}"#,
        ] {
            assert_eq!(
                parse_object(text.as_bytes()),
                Err(Error::Duplicate { name: "a".into() }),
                "{text}"
            );
        }
        assert!(parse_object(br#"{"a":{"a":1},"b":{"a":1},"A":1}"#).is_ok());
    }

    #[test]
    fn j33_only_one_object_is_an_object() {
        for text in ["[]", "null", "\"\"", "\"text\"", "1", "true"] {
            assert_eq!(parse_object(text.as_bytes()), Err(Error::NotAnObject));
        }
        for text in ["", " ", "{", "{\"a\":", "{\"a\":\"b"] {
            assert_eq!(parse_object(text.as_bytes()), Err(Error::Truncated));
        }
        for text in [
            "{} x",
            "{}{}",
            "{}\0",
            "\u{feff}{}",
            "{/* */}",
            "{\"a\":NaN}",
            "{\"a\":Infinity}",
            "{'a':1}",
            "{\"a\":1,}",
            "{a:1}",
            "{\"a\":\"\n\"}",
            "{\"a\":\"\\x\"}",
        ] {
            let error = parse_object(text.as_bytes()).unwrap_err();
            assert!(matches!(error, Error::Syntax { .. }), "{text:?}: {error}");
        }
    }

    #[test]
    fn j33_only_utf8_is_text() {
        let utf16: Vec<u8> = "{}".encode_utf16().flat_map(u16::to_le_bytes).collect();
        let error = parse_object(&utf16).unwrap_err();
        assert!(matches!(error, Error::Syntax { .. }), "{error}");
        for text in [
            &b"{\"a\":\"\xff\"}"[..],
            b"{\"a\":\"\xc0\xaf\"}",
            b"\xff\xfe{\0}\0",
        ] {
            assert_eq!(parse_object(text), Err(Error::NotUtf8));
        }
    }

    #[test]
    fn j34_depth_and_surrogates_are_bounded() {
        let deep = format!("{{\"a\":{}{}}}", "[".repeat(20_000), "]".repeat(20_000));
        let brackets = "[".repeat(300_000);
        for text in [deep.as_str(), &brackets, r#"{"a":"\ud800"}"#] {
            let error = parse_object(text.as_bytes()).unwrap_err();
            assert!(matches!(error, Error::Syntax { .. }), "{error}");
        }
        let shallow = format!("{{\"a\":{}{}}}", "[".repeat(100), "]".repeat(100));
        assert!(parse_object(shallow.as_bytes()).is_ok());
    }

    #[test]
    fn j36_numbers_are_json_numbers_in_range() {
        let long = "1".repeat(100_000);
        for number in [
            "1e400", "-1e400", "0x10", "01", "+1", "1_000", ".5", "1.", &long,
        ] {
            let text = format!("{{\"exp\":{number}}}");
            let error = parse_object(text.as_bytes()).unwrap_err();
            assert!(matches!(error, Error::Syntax { .. }), "{error}");
        }
    }
}
