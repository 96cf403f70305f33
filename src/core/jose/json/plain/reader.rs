//! Goes through plain JSON, octet by octet, and says where its values are.

/// The deepest nesting that is plain; that reader allows more.
const MAX_DEPTH: usize = 32;

/// The most members of an object, or of all that are open, that are plain: each
/// may have to be compared with those before it.
pub(super) const MAX_NAMES: usize = 128;

/// The most characters of a number that is plain, which is always in range.
const MAX_NUMBER: usize = 18;

/// Reads one object and hands on of each of its members the name, the mark of
/// the name and the text of the value; `None` where it may be none. Where the
/// names are is noted in `names`.
#[inline]
pub(super) fn read_object<'a>(
    text: &'a [u8],
    names: &mut Vec<(usize, usize)>,
    each: impl FnMut(&'a [u8], u128, &'a [u8]) -> Option<()>,
) -> Option<()> {
    names.clear();
    let mut reader = Reader {
        text,
        at: 0,
        octets: 0,
        names,
    };
    reader.token(b'{')?;
    reader.members(0, each)?;
    reader.skip_white_space();
    let ends = reader.at == text.len();
    let is_text = reader.octets & HIGH == 0 || std::str::from_utf8(text).is_ok();
    (ends && is_text).then_some(())
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
pub(super) fn mark(name: &[u8]) -> u128 {
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
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(4_000))]

        #[test]
        fn a_run_ends_where_a_string_does(text in prop::collection::vec(any::<u8>(), 0..40)) {
            let mut names = Vec::new();
            let mut reader = Reader { text: &text, at: 0, octets: 0, names: &mut names };
            let ends = |octet: &u8| matches!(octet, b'"' | b'\\' | 0..0x20);
            prop_assert_eq!(reader.end_of_run(0), text.iter().position(ends));
        }
    }
}
