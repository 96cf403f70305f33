//! The members of a JSON object that is to be signed.
//!
//! A parsed value keeps numbers of 64 bits only. What was written elsewhere is
//! signed as it was written, so that a number of any length stays the same.

use std::collections::BTreeMap;

use serde_json::value::RawValue;
use serde_json::{Map, Value};

use super::json::{self, Error, without_white_space};

/// The members of a JSON object, in order: a Claims Set, or a header.
#[derive(Clone, Debug, Default)]
pub struct Members {
    values: Map<String, Value>,
    /// The texts of those that came as text.
    texts: BTreeMap<String, String>,
}

impl Members {
    /// Reads one JSON object under the rules of [`json::parse_object`].
    ///
    /// # Errors
    ///
    /// As [`json::parse_object`].
    pub fn parse(text: &[u8]) -> Result<Self, Error> {
        let values = json::parse_object(text)?;
        // What was read above is an object, whose names differ.
        let texts: BTreeMap<String, Box<RawValue>> =
            serde_json::from_slice(text).map_err(|_| Error::NotAnObject)?;
        let texts = texts
            .into_iter()
            .map(|(name, text)| (name, without_white_space(text.get())))
            .collect();
        Ok(Self { values, texts })
    }

    /// Returns the values, of which numbers may be rounded.
    pub fn values(&self) -> &Map<String, Value> {
        &self.values
    }

    /// Returns the text of a member that came as text.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.texts.get(name).map(String::as_str)
    }

    /// Says whether there is a member of this name.
    pub fn contains(&self, name: &str) -> bool {
        self.values.contains_key(name)
    }

    /// Puts a value in the place of the member, or at the end.
    pub fn insert(&mut self, name: impl Into<String>, value: impl Into<Value>) {
        let name = name.into();
        self.texts.remove(&name);
        self.values.insert(name, value.into());
    }

    /// As [`Members::insert`], with a value as it was written.
    pub fn insert_text(&mut self, name: impl Into<String>, value: JsonText) {
        let name = name.into();
        self.values.insert(name.clone(), value.value);
        self.texts.insert(name, value.text);
    }

    /// Keeps how a member was written, if this is still its value.
    pub(super) fn keep_text(&mut self, name: &str, value: &Value, text: &str) {
        if self.values.get(name) == Some(value) {
            self.texts
                .insert(name.to_owned(), without_white_space(text));
        }
    }

    /// Puts the members of another object in place of these, or at the end.
    pub fn extend(&mut self, other: Members) {
        for (name, value) in other.values {
            self.insert(name, value);
        }
        self.texts.extend(other.texts);
    }

    /// Takes a member away.
    pub fn remove(&mut self, name: &str) {
        self.values.shift_remove(name);
        self.texts.remove(name);
    }

    /// Returns the object as JSON, without white space between its values.
    pub fn to_json(&self) -> String {
        let mut json = String::from("{");
        for (name, value) in &self.values {
            if json.len() > 1 {
                json.push(',');
            }
            json.push_str(&Value::from(name.as_str()).to_string());
            json.push(':');
            match self.texts.get(name) {
                Some(text) => json.push_str(text),
                None => json.push_str(&value.to_string()),
            }
        }
        json.push('}');
        json
    }
}

impl From<Map<String, Value>> for Members {
    fn from(values: Map<String, Value>) -> Self {
        Self {
            values,
            texts: BTreeMap::new(),
        }
    }
}

/// A JSON value, as it was written.
#[derive(Clone, Debug, PartialEq)]
pub struct JsonText {
    value: Value,
    text: String,
}

impl JsonText {
    /// Reads one JSON value under the rules of [`json::parse_value`].
    ///
    /// # Errors
    ///
    /// As [`json::parse_value`].
    pub fn parse(text: &str) -> Result<Self, Error> {
        Ok(Self {
            value: json::parse_value(text.as_bytes())?,
            text: without_white_space(text),
        })
    }
}

impl JsonText {
    /// Returns the value, of which numbers may be rounded.
    pub(super) fn value(&self) -> &Value {
        &self.value
    }

    /// Returns it as it was written.
    pub(super) fn text(&self) -> &str {
        &self.text
    }
}

impl From<String> for JsonText {
    /// Makes a string.
    fn from(text: String) -> Self {
        let value = Value::String(text);
        let text = value.to_string();
        Self { value, text }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_stay_as_they_were_written_and_in_order() {
        let text = r#" {"z": 123456789012345678901234567890, "a": [1.10, 1e2],
            "n\u00e9": {"x": "\u0041 b"}} "#;
        let mut members = Members::parse(text.as_bytes()).unwrap();
        assert_eq!(
            members.to_json(),
            r#"{"z":123456789012345678901234567890,"a":[1.10,1e2],"né":{"x":"\u0041 b"}}"#
        );
        members.insert("a", 1);
        members.insert("b", "c\"");
        members.insert_text("z", JsonText::parse(" 1.0 ").unwrap());
        members.remove("né");
        assert_eq!(members.to_json(), r#"{"z":1.0,"a":1,"b":"c\""}"#);
        assert_eq!(Members::default().to_json(), "{}");
    }

    #[test]
    fn j28_a_member_may_come_once() {
        for text in [r#"{"a":1,"\u0061":2}"#, r#"{"b":{"a":1,"a":1}}"#] {
            let error = Members::parse(text.as_bytes()).unwrap_err();
            assert_eq!(error, Error::Duplicate { name: "a".into() }, "{text}");
        }
        assert_eq!(Members::parse(b"[]").unwrap_err(), Error::NotAnObject);
    }
}
