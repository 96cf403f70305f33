//! A quick reader for the JSON that nearly every token holds.
//!
//! Whoever judges many tokens looks at a handful of claims. [`Kept`] checks the
//! whole text, each member's name included, and keeps those few in buffers that
//! serve the next text too. It reads *plain* JSON alone: names without escapes,
//! strings without `\u`, numbers without exponent, little nesting. What it is
//! not sure of it leaves to [`super::parse_members`], so that the rules of JSON,
//! and the words for what breaks them, stay in one place: what this reader
//! takes, the other takes with the same values.

mod reader;

use reader::{MAX_NAMES, mark, read_object};
use serde_json::Value;

/// Members of an object that were asked for by name.
#[derive(Clone, Debug)]
pub(in super::super) struct Kept {
    members: Vec<Member>,
    /// The marks of their names together.
    marks: u128,
    /// Where the names of the open objects are in the text.
    names: Vec<(usize, usize)>,
}

#[derive(Clone, Debug)]
struct Member {
    name: String,
    mark: u128,
    value: Value,
    /// Whether the value is of the last text; where not, its buffer is kept.
    found: bool,
}

impl Kept {
    /// Asks for members by their names.
    pub fn new<'a>(names: impl IntoIterator<Item = &'a str>) -> Self {
        let member = |name: &str| Member {
            name: name.to_owned(),
            mark: mark(name.as_bytes()),
            value: Value::Null,
            found: false,
        };
        let members: Vec<_> = names.into_iter().map(member).collect();
        Self {
            marks: members.iter().fold(0, |marks, member| marks | member.mark),
            members,
            names: Vec::with_capacity(MAX_NAMES),
        }
    }

    /// Reads one JSON object and forgets the last.
    ///
    /// # Errors
    ///
    /// Those of [`super::parse_object`].
    pub fn read(&mut self, text: &[u8]) -> Result<(), super::Error> {
        self.forget();
        if self.read_plain(text).is_some() {
            return Ok(());
        }
        self.forget();
        let wanted: Vec<&str> = self.members.iter().map(|m| m.name.as_str()).collect();
        let found = super::parse_members(text, &wanted)?;
        for (member, value) in self.members.iter_mut().zip(found) {
            if let Some(value) = value {
                member.value = value;
                member.found = true;
            }
        }
        Ok(())
    }

    /// Returns a member of the text that was read last.
    pub fn get(&self, name: &str) -> Option<&Value> {
        let mark = mark(name.as_bytes());
        self.members
            .iter()
            .find(|member| member.mark == mark && member.name == name)
            .filter(|member| member.found)
            .map(|member| &member.value)
    }

    fn forget(&mut self) {
        for member in &mut self.members {
            member.found = false;
        }
    }

    /// Reads one object, or returns `None` where it may be none.
    fn read_plain(&mut self, text: &[u8]) -> Option<()> {
        let (marks, members) = (self.marks, &mut self.members);
        read_object(text, &mut self.names, |name, mark, value| {
            if marks & mark == 0 {
                return Some(());
            }
            let wanted = |member: &&mut Member| member.name.as_bytes() == name;
            match members.iter_mut().find(wanted) {
                Some(member) => member.keep(value),
                None => Some(()),
            }
        })
    }
}

impl Member {
    /// Keeps a value, which is plain JSON.
    fn keep(&mut self, text: &[u8]) -> Option<()> {
        self.found = true;
        if let [b'"', inner @ .., b'"'] = text
            && memchr::memchr(b'\\', inner).is_none()
        {
            let inner = std::str::from_utf8(inner).ok()?;
            match &mut self.value {
                Value::String(kept) => {
                    kept.clear();
                    kept.push_str(inner);
                }
                other => *other = Value::String(inner.to_owned()),
            }
            return Some(());
        }
        self.value = match text {
            [b'0'..=b'9', ..] if text.iter().all(u8::is_ascii_digit) => {
                let digits = text.iter().map(|digit| u64::from(digit - b'0'));
                digits
                    .fold(0_u64, |number, digit| number * 10 + digit)
                    .into()
            }
            _ => super::parse_value(text).ok()?,
        };
        Some(())
    }
}

#[cfg(test)]
mod tests {
    use super::super::parse_object;
    use super::*;
    use proptest::prelude::*;

    const NAMES: [&str; 4] = ["exp", "aud", "a", ""];

    /// Expects what `parse_object` makes of the same text.
    fn same(kept: &mut Kept, text: &[u8]) {
        let read = kept.read(text);
        let shown = String::from_utf8_lossy(text);
        match parse_object(text) {
            Ok(members) => {
                assert_eq!(read, Ok(()), "{shown}");
                for name in NAMES {
                    assert_eq!(kept.get(name), members.get(name), "{name} of {shown}");
                }
            }
            Err(error) => assert_eq!(read, Err(error), "{shown}"),
        }
    }

    #[test]
    fn what_tokens_hold_is_plain() {
        let mut kept = Kept::new(NAMES);
        for text in [
            r#"{}"#,
            r#" { "exp" : 1800000000 , "aud":["a","b"],"a":{"b":[{},[]],"c":null}} "#,
            r#"{"exp":1.5,"aud":"https:\/\/api.example","a":true,"b":-1,"c":false}"#,
            r#"{"exp":-0,"a":-1.5}"#,
            r#"{"aud":"","name":"Zoë, 東京","":"empty"}"#,
            "{\"exp\":999999999999999999,\r\n\t\"a\":[]}",
        ] {
            assert_eq!(kept.read_plain(text.as_bytes()), Some(()), "{text}");
            same(&mut kept, text.as_bytes());
        }
    }

    #[test]
    fn j28_j33_j36_what_is_not_plain_is_left_to_the_other_reader() {
        let mut kept = Kept::new(NAMES);
        let deep = format!("{{\"a\":{}{}}}", "[".repeat(100), "]".repeat(100));
        let too_deep = format!("{{\"a\":{}{}}}", "[".repeat(128), "]".repeat(128));
        let many: Vec<_> = (0..1_000).map(|n| format!("\"{n}\":{n}")).collect();
        let many = format!("{{{}}}", many.join(","));
        let twice = many.replace("\"999\":", "\"0\":");
        for text in [
            "",
            " ",
            "[]",
            "null",
            "{",
            "{}{}",
            "{} x",
            "{\"a\":1,}",
            "{\"a\" 1}",
            "{\"a\":01}",
            "{\"exp\":1e3}",
            "{\"exp\":1e400}",
            "{\"exp\":1.}",
            "{\"exp\":-}",
            "{\"exp\":99999999999999999999999}",
            "{\"exp\":0.00000000000000000000001}",
            "{\"a\":1,\"a\":2}",
            "{\"a\":1,\"\\u0061\":2}",
            "{\"\\u0061\":2}",
            "{\"a\":\"\\u0061\"}",
            "{\"a\":\"\\ud800\"}",
            "{\"a\":\"\\x\"}",
            "{\"a\":\"\n\"}",
            "{\"a\":{\"b\":1,\"c\":[{\"d\":1,\"d\":1}]}}",
            "{\"a\":tru}",
            "{\"a\":nulll}",
            "\u{feff}{}",
            &deep,
            &too_deep,
            &many,
            &twice,
        ] {
            assert_eq!(kept.read_plain(text.as_bytes()), None, "{text}");
            same(&mut kept, text.as_bytes());
        }
        for text in [
            &b"{\"a\":\"\xff\"}"[..],
            b"{\"\xc0\xaf\":1}",
            b"{\"a\":\xff}",
        ] {
            assert_eq!(kept.read_plain(text), None);
            same(&mut kept, text);
        }
    }

    /// A wanted claim is as it stands there, not as it was in the last text.
    #[test]
    fn nothing_is_left_of_the_last_text() {
        let mut kept = Kept::new(NAMES);
        same(&mut kept, br#"{"exp":1,"aud":"long enough","a":[1]}"#);
        same(&mut kept, br#"{"aud":"x"}"#);
        same(&mut kept, br#"{"exp":"1","aud":2}"#);
        same(&mut kept, br#"{"exp":1,"#);
        assert_eq!(kept.get("exp"), None);
        same(&mut kept, b"{}");
    }

    /// JSON as tokens have it and as nobody should write it, most of it whole.
    fn texts() -> impl Strategy<Value = Vec<u8>> {
        let scalar = prop::sample::select(vec![
            "1",
            "-7",
            "0",
            "1800000000",
            "1.25",
            "1e5",
            "true",
            "null",
            "\"\"",
            "\"api\"",
            "\"a\\/b\\\"\"",
            "\"\\u00e9\\ud83d\\ude00\"",
            "\"Zoë\"",
            "18446744073709551616",
        ])
        .prop_map(str::to_owned);
        let name = prop::sample::select(vec!["exp", "aud", "a", "", "b", "c", "\\u0061", "é"]);
        let value = scalar.prop_recursive(4, 40, 6, move |inner| {
            let member = (name.clone(), inner.clone()).prop_map(|(n, v)| format!("\"{n}\":{v}"));
            prop_oneof![
                prop::collection::vec(inner, 0..5)
                    .prop_map(|items| format!("[{}]", items.join(","))),
                prop::collection::vec(member, 0..6)
                    .prop_map(|members| format!("{{ {} }}", members.join(" , "))),
            ]
        });
        let cut = prop::option::weighted(0.5, (any::<prop::sample::Index>(), any::<u8>(), 0..3));
        (value, cut).prop_map(|(text, change)| {
            let mut text = text.into_bytes();
            if let Some((at, octet, how)) = change {
                let at = at.index(text.len());
                match how {
                    0 => text[at] = octet,
                    1 => text.insert(at, octet),
                    _ => drop(text.remove(at)),
                }
            }
            text
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(4_000))]

        #[test]
        fn both_readers_read_the_same(texts in prop::collection::vec(texts(), 1..4)) {
            let mut kept = Kept::new(NAMES);
            for text in texts {
                same(&mut kept, &text);
            }
        }
    }
}
