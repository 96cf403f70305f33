//! Lines, in chunks of as many as are there.

use std::io::{self, Read};

use authctl::core::jose::jws::MAX_TOKEN_LEN;

/// How much is read at once: enough that a thread seldom comes for more, little
/// enough that it stays in the processor's cache until it is judged.
const READ: usize = 64 << 10;

/// The longest line. It leaves some room beside the longest token, as there is
/// for one that is given alone.
const MAX_LINE: usize = MAX_TOKEN_LEN + 4096;

/// Whole lines.
#[derive(Default)]
pub struct Chunk {
    /// The number of the first line, counted from 1.
    pub first: u64,
    /// Written from one time to the next without being cleared.
    buffer: Vec<u8>,
    length: usize,
    too_long: bool,
}

/// One line without its ending, or one that is too long to be kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Line<'a> {
    Octets(&'a [u8]),
    TooLong,
}

impl Chunk {
    /// Returns the lines. They end with LF or CRLF, the last one perhaps with
    /// nothing.
    pub fn lines(&self) -> impl Iterator<Item = Line<'_>> {
        let too_long = self.too_long.then_some(Line::TooLong);
        let mut rest = self.octets();
        let lines = std::iter::from_fn(move || {
            let line;
            match memchr::memchr(b'\n', rest) {
                Some(end) => (line, rest) = (&rest[..end], &rest[end + 1..]),
                None if rest.is_empty() => return None,
                None => (line, rest) = (rest, &[]),
            }
            Some(Line::Octets(line.strip_suffix(b"\r").unwrap_or(line)))
        });
        too_long.into_iter().chain(lines)
    }

    fn octets(&self) -> &[u8] {
        &self.buffer[..self.length]
    }

    /// Empties it, and gives back the room that a long line took.
    fn clear(&mut self) {
        self.length = 0;
        self.too_long = false;
        if self.buffer.len() > 4 * READ {
            self.buffer = Vec::new();
        }
    }

    /// Adds what one read returns, nothing at the end.
    fn fill(&mut self, from: &mut impl Read) -> io::Result<usize> {
        let needed = self.length + READ;
        if self.buffer.len() < needed {
            // Twice as much each time, since a long line comes in many reads.
            self.buffer.resize(needed.max(2 * self.buffer.len()), 0);
        }
        loop {
            match from.read(&mut self.buffer[self.length..needed]) {
                Ok(count) => {
                    self.length += count;
                    return Ok(count);
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
    }

    /// Removes octets from the front.
    fn remove(&mut self, count: usize) {
        self.buffer.copy_within(count..self.length, 0);
        self.length -= count;
    }
}

/// What the lines are read from.
pub struct Input<R> {
    from: R,
    /// The beginning of a line whose end was not read yet.
    rest: Vec<u8>,
    /// How many lines were handed out.
    lines: u64,
    /// How many octets were read.
    octets: u64,
    /// Within a line that is too long, and was handed out as that.
    skipping: bool,
    ended: bool,
}

impl<R: Read> Input<R> {
    /// Reads from the beginning.
    pub fn new(from: R) -> Self {
        Self {
            from,
            rest: Vec::new(),
            lines: 0,
            octets: 0,
            skipping: false,
            ended: false,
        }
    }

    /// Returns how many octets were read.
    pub fn octets(&self) -> u64 {
        self.octets
    }

    /// Fills a chunk with the lines that are there, and waits only while there
    /// is none; says whether there was any before the end.
    ///
    /// # Errors
    ///
    /// Those of reading.
    pub fn read(&mut self, chunk: &mut Chunk) -> io::Result<bool> {
        chunk.clear();
        if self.ended {
            return Ok(false);
        }
        chunk.first = self.lines + 1;
        chunk
            .buffer
            .resize(chunk.buffer.len().max(self.rest.len()), 0);
        chunk.buffer[..self.rest.len()].copy_from_slice(&self.rest);
        chunk.length = self.rest.len();
        self.rest.clear();
        loop {
            let searched = chunk.length;
            let count = chunk.fill(&mut self.from)?;
            self.octets += count as u64;
            if count == 0 {
                self.ended = true;
                let is_any = chunk.length > 0;
                self.lines += u64::from(is_any);
                return Ok(is_any);
            }
            if self.skipping {
                let Some(end) = memchr::memchr(b'\n', chunk.octets()) else {
                    chunk.length = 0;
                    continue;
                };
                chunk.remove(end + 1);
                self.skipping = false;
            }
            let new = chunk.octets().get(searched..).unwrap_or_default();
            if let Some(end) = memchr::memrchr(b'\n', new) {
                let end = searched + end + 1;
                self.rest.extend_from_slice(&chunk.octets()[end..]);
                chunk.length = end;
                self.lines += memchr::memchr_iter(b'\n', chunk.octets()).count() as u64;
                return Ok(true);
            }
            if chunk.length > MAX_LINE {
                chunk.length = 0;
                chunk.too_long = true;
                self.skipping = true;
                self.lines += 1;
                return Ok(true);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Gives out at most so many octets at a time.
    struct Slow<'a>(&'a [u8], usize);

    impl Read for Slow<'_> {
        fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
            let most = self.1.min(into.len());
            self.0.read(&mut into[..most])
        }
    }

    /// Reads everything, and expects the numbers of the lines to be right.
    fn lines(text: &[u8], at_once: usize) -> Vec<Option<Vec<u8>>> {
        let (mut input, mut chunk) = (Input::new(Slow(text, at_once)), Chunk::default());
        let mut lines = Vec::new();
        while input.read(&mut chunk).unwrap() {
            assert_eq!(chunk.first, lines.len() as u64 + 1);
            lines.extend(chunk.lines().map(|line| match line {
                Line::Octets(octets) => Some(octets.to_vec()),
                Line::TooLong => None,
            }));
        }
        assert_eq!(input.octets(), text.len() as u64);
        assert!(!input.read(&mut chunk).unwrap());
        lines
    }

    #[test]
    fn lines_end_in_either_way_and_the_last_perhaps_in_none() {
        for (text, expected) in [
            ("", &[][..]),
            ("\n", &[""]),
            ("\r\n", &[""]),
            ("a", &["a"]),
            ("a\n", &["a"]),
            ("a\r\nb\n", &["a", "b"]),
            ("a\n\nb", &["a", "", "b"]),
            ("a\rb\r\r\n\n", &["a\rb\r", ""]),
            ("one\ntwo\nthree\n", &["one", "two", "three"]),
        ] {
            let expected: Vec<_> = expected
                .iter()
                .map(|line| Some(line.as_bytes().to_vec()))
                .collect();
            for at_once in [1, 2, 3, 5, READ] {
                assert_eq!(
                    lines(text.as_bytes(), at_once),
                    expected,
                    "{text:?} {at_once}"
                );
            }
        }
    }

    #[test]
    fn what_is_there_is_not_kept_waiting() {
        let (mut input, mut chunk) = (Input::new(Slow(b"ab\ncd\nef\n", 4)), Chunk::default());
        let mut sizes = Vec::new();
        while input.read(&mut chunk).unwrap() {
            sizes.push(chunk.lines().count());
        }
        assert_eq!(sizes, [1, 1, 1]);
    }

    #[test]
    fn j35_a_line_that_is_too_long_is_one_line_and_takes_no_room() {
        let long = vec![b'a'; MAX_LINE + 1];
        let whole = vec![b'b'; MAX_LINE];
        for at_once in [1000, READ] {
            let text = [b"x\n", &long[..], &long, b"\n\n", &whole, b"\ny\n", &long].concat();
            let found = lines(&text, at_once);
            let octets = |text: &[u8]| Some(text.to_vec());
            let expected = [
                octets(b"x"),
                None,
                octets(b""),
                octets(&whole),
                octets(b"y"),
                None,
            ];
            assert!(found == expected, "{}", found.len());
        }
        let text = vec![b'a'; 10 * MAX_LINE];
        let (mut input, mut chunk) = (Input::new(Slow(&text, READ)), Chunk::default());
        assert!(input.read(&mut chunk).unwrap());
        assert_eq!(chunk.lines().collect::<Vec<_>>(), [Line::TooLong]);
        assert!(chunk.buffer.len() < 2 * MAX_LINE + 4 * READ);
        assert!(!input.read(&mut chunk).unwrap());
        assert!(chunk.buffer.len() <= 4 * READ);
    }
}
