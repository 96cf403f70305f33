//! A quick reader for the JSON that nearly every token holds.
//!
//! Whoever judges many tokens looks at a handful of claims. [`Kept`] checks the
//! whole text, each member's name included, and keeps those few in buffers that
//! serve the next text too. It reads *plain* JSON alone: names without escapes,
//! strings without `\u`, numbers without exponent, little nesting. What it is
//! not sure of it leaves to [`super::parse_members`], so that the rules of JSON,
//! and the words for what breaks them, stay in one place: what this reader
//! takes, the other takes with the same values.

use serde_json::Value;

/// The deepest nesting that is plain; that reader allows more.
const MAX_DEPTH: usize = 32;

/// The most members of an object, or of all that are open, that are plain: each
/// may have to be compared with those before it.
const MAX_NAMES: usize = 128;

/// The most characters of a number that is plain, which is always in range.
const MAX_NUMBER: usize = 18;

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
        self.names.clear();
        let mut reader = Reader {
            text,
            at: 0,
            octets: 0,
            names: &mut self.names,
        };
        reader.token(b'{')?;
        let (marks, members) = (self.marks, &mut self.members);
        reader.members(0, |name, mark, value| {
            if marks & mark == 0 {
                return Some(());
            }
            let wanted = |member: &&mut Member| member.name.as_bytes() == name;
            match members.iter_mut().find(wanted) {
                Some(member) => member.keep(value),
                None => Some(()),
            }
        })?;
        reader.skip_white_space();
        let ends = reader.at == text.len();
        let is_text = reader.octets & HIGH == 0 || std::str::from_utf8(text).is_ok();
        (ends && is_text).then_some(())
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

/// Goes through a text; `None` means that it is not plain.
///
/// A step takes no longer than a call would, and the crate is built for size:
/// it is said at each that it is to be part of its caller.
struct Reader<'a, 'n> {
    text: &'a [u8],
    at: usize,
    /// All octets of strings, joined by "or".
    octets: u64,
    names: &'n mut Vec<(usize, usize)>,
}

impl<'a> Reader<'a, '_> {
    /// Reads the members of an object whose brace was read, and hands on what
    /// they are.
    #[inline]
    fn members(
        &mut self,
        depth: usize,
        mut each: impl FnMut(&'a [u8], u128, &'a [u8]) -> Option<()>,
    ) -> Option<()> {
        let first = self.names.len();
        let mut seen = 0;
        if self.is_next(b'}') {
            return Some(());
        }
        loop {
            self.token(b'"')?;
            let name = self.name()?;
            let mark = self.note_name(name, first, &mut seen)?;
            self.token(b':')?;
            self.skip_white_space();
            let start = self.at;
            self.value(depth)?;
            each(&self.text[name.0..name.1], mark, &self.text[start..self.at])?;
            if !self.is_next(b',') {
                break;
            }
        }
        self.names.truncate(first);
        self.token(b'}')
    }

    /// Reads a value. Most are strings.
    #[inline(always)]
    fn value(&mut self, depth: usize) -> Option<()> {
        if self.text.get(self.at)? == &b'"' {
            self.at += 1;
            return self.string();
        }
        self.other_value(depth)
    }

    /// Reads a value that is no string.
    fn other_value(&mut self, depth: usize) -> Option<()> {
        match self.text.get(self.at)? {
            b'-' | b'0'..=b'9' => self.number(),
            b'{' if depth < MAX_DEPTH => {
                self.at += 1;
                self.members(depth + 1, |_, _, _| Some(()))
            }
            b'[' if depth < MAX_DEPTH => {
                self.at += 1;
                self.items(depth + 1)
            }
            b't' => self.literal(b"true"),
            b'f' => self.literal(b"false"),
            b'n' => self.literal(b"null"),
            _ => None,
        }
    }

    fn items(&mut self, depth: usize) -> Option<()> {
        if self.is_next(b']') {
            return Some(());
        }
        loop {
            self.skip_white_space();
            self.value(depth)?;
            if !self.is_next(b',') {
                return self.token(b']');
            }
        }
    }

    /// Reads a number in which a 64-bit integer or an `f64` has room.
    fn number(&mut self) -> Option<()> {
        let start = self.at;
        if self.text[self.at] == b'-' {
            self.at += 1;
        }
        let integer = self.at;
        let digits = self.digits()?;
        if digits > 1 && self.text[integer] == b'0' {
            return None;
        }
        if self.text.get(self.at) == Some(&b'.') {
            self.at += 1;
            self.digits()?;
        }
        let exponent = matches!(self.text.get(self.at), Some(b'e' | b'E'));
        (!exponent && self.at - start <= MAX_NUMBER).then_some(())
    }

    fn digits(&mut self) -> Option<usize> {
        let rest = &self.text[self.at..];
        let count = rest.iter().take_while(|c| c.is_ascii_digit()).count();
        self.at += count;
        (count > 0).then_some(count)
    }

    fn literal(&mut self, literal: &[u8]) -> Option<()> {
        let is_it = self.text[self.at..].starts_with(literal);
        self.at += literal.len();
        is_it.then_some(())
    }

    /// Reads a string whose quotation mark was read.
    #[inline(always)]
    fn string(&mut self) -> Option<()> {
        loop {
            self.at = self.end_of_run(self.at)?;
            match self.text.get(self.at)? {
                b'"' => {
                    self.at += 1;
                    return Some(());
                }
                b'\\' => match self.text.get(self.at + 1)? {
                    b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't' => self.at += 2,
                    // `\u`, of which two may make one character or none.
                    _ => return None,
                },
                _ => return None,
            }
        }
    }

    /// Reads a name whose quotation mark was read. With an escape in it, two
    /// names may be one that do not look the same.
    #[inline(always)]
    fn name(&mut self) -> Option<(usize, usize)> {
        let start = self.at;
        let end = self.end_of_run(start)?;
        self.at = end + 1;
        (self.text.get(end) == Some(&b'"')).then_some((start, end))
    }

    /// Notes the name of a member of the object whose names begin at `first`,
    /// unless it is there already, and returns its mark. `seen` holds the marks
    /// of the others, so that most names are known to be new at a glance.
    #[inline(always)]
    fn note_name(&mut self, at: (usize, usize), first: usize, seen: &mut u128) -> Option<u128> {
        let name = &self.text[at.0..at.1];
        let mark = mark(name);
        if *seen & mark != 0 {
            let is_there = |at: &(usize, usize)| &self.text[at.0..at.1] == name;
            if self.names[first..].iter().any(is_there) {
                return None;
            }
        }
        *seen |= mark;
        if self.names.len() == MAX_NAMES {
            return None;
        }
        self.names.push(at);
        Some(mark)
    }

    /// Returns where the next octet is that is not simply part of a string: a
    /// quotation mark, a backslash or a control character.
    #[inline(always)]
    fn end_of_run(&mut self, mut at: usize) -> Option<usize> {
        while let Some(word) = self.text.get(at..).and_then(<[u8]>::first_chunk) {
            let word = u64::from_le_bytes(*word);
            self.octets |= word;
            let marks = marks(word);
            if marks != 0 {
                return Some(at + marks.trailing_zeros() as usize / 8);
            }
            at += 8;
        }
        let rest = &self.text[at..];
        for octet in rest {
            self.octets |= u64::from(*octet);
        }
        rest.iter()
            .position(|octet| matches!(octet, b'"' | b'\\' | 0..0x20))
            .map(|position| at + position)
    }

    #[inline(always)]
    fn skip_white_space(&mut self) {
        while let Some(b' ' | b'\t' | b'\n' | b'\r') = self.text.get(self.at) {
            self.at += 1;
        }
    }

    /// Reads a token of one octet.
    #[inline(always)]
    fn token(&mut self, token: u8) -> Option<()> {
        self.is_next(token).then_some(())
    }

    #[inline(always)]
    fn is_next(&mut self, token: u8) -> bool {
        if self.text.get(self.at) != Some(&token) {
            self.skip_white_space();
        }
        let is_next = self.text.get(self.at) == Some(&token);
        self.at += usize::from(is_next);
        is_next
    }
}

/// Returns one bit of 128 for a name, the same for the same name.
#[inline]
fn mark(name: &[u8]) -> u128 {
    let word = match name.first_chunk() {
        Some(word) => u64::from_le_bytes(*word),
        None => name
            .iter()
            .fold(0, |word, octet| word << 8 | u64::from(*octet)),
    };
    // The multiplier is 2^64 over the golden ratio; the highest bits depend on
    // all of the word.
    let mixed = (word ^ name.len() as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    1 << (mixed >> 57)
}

const LOW: u64 = 0x0101_0101_0101_0101;
const HIGH: u64 = 0x8080_8080_8080_8080;

/// Sets the highest bit of each octet that is a quotation mark, a backslash or
/// a control character. Octets behind the first of them may be marked in error.
#[inline]
fn marks(word: u64) -> u64 {
    let zero = |word: u64| word.wrapping_sub(LOW) & !word;
    let control = word.wrapping_sub(LOW * 0x20) & !word;
    let quote = zero(word ^ (LOW * b'"' as u64));
    let backslash = zero(word ^ (LOW * b'\\' as u64));
    (control | quote | backslash) & HIGH
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

        #[test]
        fn a_run_ends_where_a_string_does(text in prop::collection::vec(any::<u8>(), 0..40)) {
            let mut names = Vec::new();
            let mut reader = Reader { text: &text, at: 0, octets: 0, names: &mut names };
            let ends = |octet: &u8| matches!(octet, b'"' | b'\\' | 0..0x20);
            prop_assert_eq!(reader.end_of_run(0), text.iter().position(ends));
        }
    }
}
