//! The text of a JWK Set.
//!
//! What is not edited stays as it is written: members that are not
//! understood, their order, numbers of any length, the way keys are laid out.
//! So a set that is under version control changes by the lines of the key
//! that came or went.

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;
use serde_json::{Map, Value};
use std::fmt;

use crate::core::jose::error::KeyError;
use crate::core::jose::json;
use crate::core::jose::jwk::json_of_set;

/// A JWK Set (RFC 7517 §5) that can be edited.
#[derive(Clone, Debug)]
pub struct SetDocument {
    layout: Layout,
    /// Those of the set, with `None` in the place of `keys`.
    members: Vec<(String, Option<String>)>,
    entries: Vec<Entry>,
}

/// One element of `keys`, which may be no key at all.
#[derive(Clone)]
pub struct Entry {
    /// As it was found; `None` once it is edited, and then its members are
    /// laid out as the set is.
    text: Option<String>,
    /// Each name and value as they were found, none for what is no object.
    members: Vec<(String, String)>,
    value: Value,
}

/// How the set is laid out.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Layout {
    /// What a level is indented by and a line ends with; `None` for a set in
    /// one line.
    lines: Option<(String, &'static str)>,
    /// Whether each key is in one line.
    key_in_line: bool,
    ends_in_newline: bool,
}

impl Default for SetDocument {
    /// Makes an empty set.
    fn default() -> Self {
        Self {
            layout: Layout {
                lines: Some(("  ".to_owned(), "\n")),
                key_in_line: false,
                ends_in_newline: true,
            },
            members: vec![("\"keys\"".to_owned(), None)],
            entries: Vec::new(),
        }
    }
}

impl SetDocument {
    /// Reads a set. A number that is out of range is no reason to refuse it.
    ///
    /// # Errors
    ///
    /// `key_set_malformed` for what is no set, also for a single JWK: what
    /// would be written back would be something else.
    pub fn parse(text: &[u8]) -> Result<Self, KeyError> {
        let malformed = |message: String| KeyError::new("key_set_malformed", message);
        let members = json_of_set(text)?;
        match members.get("keys") {
            Some(Value::Array(_)) => {}
            Some(_) => {
                return Err(malformed(
                    "the member `keys` of the key set is not an array".into(),
                ));
            }
            None if is_single(&members) => {
                return Err(malformed(
                    "the file is a single key (`kty`), not a set of keys (`keys`)".into(),
                ));
            }
            None => {
                return Err(malformed(
                    "the JSON object is not a key set, it has no `keys`".into(),
                ));
            }
        }
        // Read once already, so that nothing of this can fail.
        let unreadable = |_| malformed("the key set cannot be read".into());
        let text =
            std::str::from_utf8(text).map_err(|_| malformed("the key set is not UTF-8".into()))?;
        let RawMembers(raw) = serde_json::from_str(text).map_err(unreadable)?;
        let mut document = Self {
            layout: Layout::default(),
            members: Vec::with_capacity(raw.len()),
            entries: Vec::new(),
        };
        for (name, value) in raw {
            if unquoted(&name) != "keys" {
                document.members.push((name, Some(value)));
                continue;
            }
            let keys: Vec<Box<RawValue>> = serde_json::from_str(&value).map_err(unreadable)?;
            for key in keys {
                document.entries.push(Entry::read(key.get())?);
            }
            document.members.push((name, None));
        }
        document.layout = Layout::of(text, &document.entries);
        Ok(document)
    }

    /// Reads a set, or a single JWK as a set of one, to be looked at.
    ///
    /// # Errors
    ///
    /// `key_set_malformed` for what is neither.
    pub fn look_at(text: &[u8]) -> Result<Self, KeyError> {
        let refused = match Self::parse(text) {
            Ok(set) => return Ok(set),
            Err(error) => error,
        };
        let entry = std::str::from_utf8(text)
            .ok()
            .and_then(|text| Entry::read(text).ok());
        match entry {
            Some(entry) if entry.members().is_some_and(is_single) => {
                let mut set = Self::default();
                set.push(entry);
                Ok(set)
            }
            _ => Err(refused),
        }
    }

    /// Returns the elements of `keys`, in order.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// Returns one of them to be edited.
    pub fn entry_mut(&mut self, index: usize) -> Option<&mut Entry> {
        self.entries.get_mut(index)
    }

    /// Adds a key at the end.
    pub fn push(&mut self, entry: Entry) {
        self.entries.push(entry);
    }

    /// Puts a key in the place of another.
    pub fn replace(&mut self, index: usize, entry: Entry) {
        if let Some(place) = self.entries.get_mut(index) {
            *place = entry;
        }
    }

    /// Takes keys out, by their places.
    pub fn remove(&mut self, indexes: &[usize]) {
        let mut at = 0;
        self.entries.retain(|_| {
            at += 1;
            !indexes.contains(&(at - 1))
        });
    }

    /// Returns the set as text.
    pub fn to_text(&self) -> String {
        let keys = self.layout.list(
            1,
            ('[', ']'),
            false,
            self.entries.iter().map(|entry| entry.to_text(&self.layout)),
        );
        let members = self.members.iter().map(|(name, value)| {
            let value = value.as_ref().unwrap_or(&keys);
            format!("{name}{}{value}", self.layout.colon(false))
        });
        let mut text = self.layout.list(0, ('{', '}'), false, members);
        if self.layout.ends_in_newline {
            text.push_str(self.layout.newline());
        }
        text
    }
}

impl Entry {
    /// Reads one element of `keys`.
    ///
    /// # Errors
    ///
    /// `key_malformed` for what is no JSON.
    pub fn read(text: &str) -> Result<Self, KeyError> {
        let value = json::parse_with_any_numbers(text.as_bytes())
            .map_err(|error| KeyError::new("key_malformed", format!("the key is {error}")))?;
        let members = match serde_json::from_str(text) {
            Ok(RawMembers(members)) => members,
            Err(_) => Vec::new(),
        };
        Ok(Self {
            text: Some(text.to_owned()),
            members,
            value,
        })
    }

    /// Returns the members, if it is a JSON object.
    pub fn members(&self) -> Option<&Map<String, Value>> {
        self.value.as_object()
    }

    /// Returns the name of each member and its value as it was found.
    pub(in crate::core::jose) fn texts(&self) -> impl Iterator<Item = (String, &str)> {
        let members = self.members.iter();
        members.map(|(name, value)| (unquoted(name), value.as_str()))
    }

    /// Sets a member of an object: in its place, or else at the end.
    pub fn set(&mut self, name: &str, value: Value) {
        let Value::Object(members) = &mut self.value else {
            return;
        };
        let text = value.to_string();
        let known = |(known, _): &&mut (String, String)| unquoted(known) == name;
        match self.members.iter_mut().find(known) {
            Some((_, place)) => *place = text,
            None => self.members.push((Value::from(name).to_string(), text)),
        }
        members.insert(name.to_owned(), value);
        self.text = None;
    }

    /// Takes the members of an object away of which `keep` says no.
    pub fn retain(&mut self, keep: impl Fn(&str) -> bool) {
        if let Value::Object(members) = &mut self.value {
            members.retain(|name, _| keep(name));
            self.members.retain(|(name, _)| keep(&unquoted(name)));
            self.text = None;
        }
    }

    /// Has an object laid out as the set is that it comes into.
    pub fn lay_out_anew(&mut self) {
        if self.value.is_object() {
            for (_, value) in &mut self.members {
                *value = json::without_white_space(value);
            }
            self.text = None;
        }
    }

    fn to_text(&self, layout: &Layout) -> String {
        if let Some(text) = &self.text {
            return text.clone();
        }
        let in_line = layout.key_in_line;
        let members = self
            .members
            .iter()
            .map(|(name, value)| format!("{name}{}{value}", layout.colon(in_line)));
        layout.list(2, ('{', '}'), in_line, members)
    }
}

impl From<Map<String, Value>> for Entry {
    fn from(members: Map<String, Value>) -> Self {
        Self {
            text: None,
            members: members
                .iter()
                .map(|(name, value)| (Value::from(name.as_str()).to_string(), value.to_string()))
                .collect(),
            value: Value::Object(members),
        }
    }
}

impl fmt::Debug for Entry {
    /// Leaves out everything but the kid: it may be a private key.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Entry")
            .field("kid", &self.value.get("kid"))
            .finish_non_exhaustive()
    }
}

impl Default for Layout {
    fn default() -> Self {
        Self {
            lines: None,
            key_in_line: true,
            ends_in_newline: false,
        }
    }
}

impl Layout {
    fn of(text: &str, entries: &[Entry]) -> Self {
        let ends_in_newline = text.ends_with('\n');
        let text = text.trim_ascii();
        let Some((_, rest)) = text.split_once('\n') else {
            return Self {
                ends_in_newline,
                ..Self::default()
            };
        };
        let newline = if text.contains("\r\n") { "\r\n" } else { "\n" };
        let indent = rest.len() - rest.trim_start_matches([' ', '\t']).len();
        let one_line = |entry: &Entry| entry.text.as_ref().is_some_and(|text| !text.contains('\n'));
        Self {
            lines: Some((rest[..indent].to_owned(), newline)),
            key_in_line: !entries.is_empty() && entries.iter().all(one_line),
            ends_in_newline,
        }
    }

    fn newline(&self) -> &'static str {
        self.lines.as_ref().map_or("\n", |(_, newline)| newline)
    }

    fn colon(&self, in_line: bool) -> &'static str {
        match (&self.lines, in_line) {
            (Some(_), false) => ": ",
            _ => ":",
        }
    }

    /// Writes an array or an object whose brackets are on `level`.
    fn list(
        &self,
        level: usize,
        (open, close): (char, char),
        in_line: bool,
        items: impl Iterator<Item = String>,
    ) -> String {
        let items: Vec<String> = items.collect();
        match &self.lines {
            Some((indent, newline)) if !in_line && !items.is_empty() => {
                let inner = format!("{newline}{}", indent.repeat(level + 1));
                let outer = format!("{newline}{}", indent.repeat(level));
                let items = items.join(&format!(",{inner}"));
                format!("{open}{inner}{items}{outer}{close}")
            }
            _ => format!("{open}{}{close}", items.join(",")),
        }
    }
}

/// The members of an object, names and values as they are written.
struct RawMembers(Vec<(String, String)>);

impl<'de> Deserialize<'de> for RawMembers {
    fn deserialize<D: Deserializer<'de>>(reader: D) -> Result<Self, D::Error> {
        struct Members;
        impl<'de> Visitor<'de> for Members {
            type Value = RawMembers;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a JSON object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut reader: A) -> Result<RawMembers, A::Error> {
                let mut members = Vec::new();
                while let Some(name) = reader.next_key::<Box<RawValue>>()? {
                    let value: Box<RawValue> = reader.next_value()?;
                    members.push((name.get().to_owned(), value.get().to_owned()));
                }
                Ok(RawMembers(members))
            }
        }
        reader.deserialize_map(Members)
    }
}

/// Says whether an object is a JWK and no set.
fn is_single(members: &Map<String, Value>) -> bool {
    members.contains_key("kty") && !members.contains_key("keys")
}

/// Returns the name that a JSON string is, with its escapes resolved.
fn unquoted(name: &str) -> String {
    serde_json::from_str(name).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn parse(text: &str) -> SetDocument {
        SetDocument::parse(text.as_bytes()).unwrap()
    }

    #[test]
    fn what_is_not_edited_stays_to_the_octet() {
        for text in [
            "{\"keys\":[]}",
            "{\"keys\":[{\"kty\":\"RSA\"}],\"x\":1.0e2}\n",
            "{\n  \"keys\": []\n}\n",
            "{\n\t\"b\": {\"z\": 123456789012345678901234567890, \"\\u0061\": 1.50},\n\t\"keys\": [\n\t\t{\n\t\t\t\"kty\": \"new\"\n\t\t},\n\t\tnull\n\t],\n\t\"a\": []\n}",
            "{\r\n    \"keys\": [\r\n        {\"kty\": \"EC\",  \"x\":1}\r\n    ]\r\n}\r\n",
        ] {
            assert_eq!(parse(text).to_text(), text);
        }
    }

    #[test]
    fn a_key_that_comes_is_laid_out_as_the_others() {
        let key = || {
            let Value::Object(members) = json!({"kty": "OKP", "key_ops": ["verify"]}) else {
                unreachable!()
            };
            Entry::from(members)
        };
        let compact = "{\"kty\":\"OKP\",\"key_ops\":[\"verify\"]}";
        for (text, expected) in [
            ("{\"keys\":[]}", format!("{{\"keys\":[{compact}]}}")),
            (
                "{\"keys\":[{\"kty\":\"a\"}],\"x\":1}",
                format!("{{\"keys\":[{{\"kty\":\"a\"}},{compact}],\"x\":1}}"),
            ),
            (
                "{\n  \"keys\": [\n    {\"kty\": \"a\"}\n  ]\n}\n",
                format!("{{\n  \"keys\": [\n    {{\"kty\": \"a\"}},\n    {compact}\n  ]\n}}\n"),
            ),
            (
                "{\n \"keys\": []\n}",
                "{\n \"keys\": [\n  {\n   \"kty\": \"OKP\",\n   \"key_ops\": [\"verify\"]\n  }\n ]\n}".into(),
            ),
        ] {
            let mut set = parse(text);
            set.push(key());
            assert_eq!(set.to_text(), expected);
            assert_eq!(parse(&set.to_text()).entries().len(), set.entries().len());
        }
    }

    #[test]
    fn a_member_is_set_in_its_place() {
        let mut set = parse(
            "{\n  \"keys\": [\n    {\n      \"\\u006bty\": \"EC\",\n      \"big\": 18446744073709551616,\n      \"exp\": 1\n    }\n  ]\n}\n",
        );
        let entry = set.entry_mut(0).unwrap();
        entry.set("exp", json!(2));
        entry.set("nbf", json!(3));
        assert_eq!(entry.members().unwrap()["exp"], 2);
        assert_eq!(
            set.to_text(),
            "{\n  \"keys\": [\n    {\n      \"\\u006bty\": \"EC\",\n      \"big\": 18446744073709551616,\n      \"exp\": 2,\n      \"nbf\": 3\n    }\n  ]\n}\n"
        );
    }

    #[test]
    fn keys_go_by_their_places() {
        let mut set = parse("{\"keys\":[1,2,3,4]}");
        set.remove(&[2, 0]);
        assert_eq!(set.to_text(), "{\"keys\":[2,4]}");
    }

    #[test]
    fn j28_j48_what_is_no_set_is_refused() {
        for (text, why) in [
            ("", "the key set is not JSON: it ends too early"),
            ("[]", "the key set is not a JSON object"),
            (
                "Subject: a\n-----BEGIN CERTIFICATE-----\n",
                "the key set is PEM (a key or a certificate), not JSON",
            ),
            ("{}", "the JSON object is not a key set, it has no `keys`"),
            (
                "{\"keys\":{}}",
                "the member `keys` of the key set is not an array",
            ),
            (
                "{\"kty\":\"EC\"}",
                "the file is a single key (`kty`), not a set of keys (`keys`)",
            ),
            (
                "{\"keys\":[],\"k\\u0065ys\":[]}",
                "the key set is JSON in which the member `keys` comes twice",
            ),
            (
                "{\"keys\":[{\"a\":1,\"a\":1}]}",
                "the key set is JSON in which the member `a` comes twice",
            ),
        ] {
            let error = SetDocument::parse(text.as_bytes()).unwrap_err();
            assert_eq!(error.code, "key_set_malformed", "{text}");
            assert_eq!(error.message, why, "{text}");
        }
    }
}
