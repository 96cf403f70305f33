//! Where in a Claims Set a value is.
//!
//! The first characters alone say what a text is, so that no token can give it
//! another meaning:
//!
//! - `/…` is a JSON Pointer (RFC 6901): `/realm_access/roles`, `/amr/0`;
//! - `$.…` and `$[…` are a JSONPath (RFC 9535) of names, indexes and
//!   wildcards: `$.realm_access.roles[*]`, `$['https://example.com/roles'][0]`;
//! - anything else is the name of a claim, whole, dots and slashes included:
//!   `sub`, `https://example.com/roles`, `a.b`.

use std::fmt;
use std::str::FromStr;

use serde_json::Value;

use super::claims::Claims;
use super::json;

/// The place of a value, or with wildcards of several. It begins with the name
/// of a claim; there is none for the Claims Set as a whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClaimPath {
    /// As it was written, for messages.
    text: String,
    name: String,
    steps: Vec<Step>,
}

/// One step into a value.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Step {
    /// Of a JSON Pointer: the member of an object or, as digits, the item of
    /// an array (RFC 6901 §4).
    Token(String),
    /// The member of an object (RFC 9535 §2.3.1).
    Member(String),
    /// The item of an array, from its end where negative (RFC 9535 §2.3.3).
    Index(i64),
    /// Every member or item (RFC 9535 §2.3.2).
    Every,
}

impl ClaimPath {
    /// Returns the claim of this name, whatever characters are in it.
    pub fn name(name: &str) -> Self {
        Self {
            text: name.to_owned(),
            name: name.to_owned(),
            steps: Vec::new(),
        }
    }

    /// Returns the name of the claim that it begins with.
    pub(super) fn claim(&self) -> &str {
        &self.name
    }

    /// Returns the values that are there, none where there is nothing.
    pub(super) fn select<'c>(&self, claims: &'c impl Claims) -> Vec<&'c Value> {
        self.go(claims.get(&self.name).into_iter().collect())
    }

    /// As [`ClaimPath::select`], in a Claims Set that is a value itself.
    pub(super) fn select_in<N: Node>(&self, claims: N) -> Vec<N> {
        self.go(claims.member(&self.name).into_iter().collect())
    }

    /// Goes on from values of the claim.
    fn go<N: Node>(&self, mut values: Vec<N>) -> Vec<N> {
        for step in &self.steps {
            values = values
                .into_iter()
                .flat_map(|value| step.go(value))
                .collect();
        }
        values
    }

    /// Says that nothing is there.
    pub(super) fn absence(&self) -> String {
        match self.text == self.name && self.name.contains('.') && !self.name.contains("://") {
            true => format!("it has no `{self}` (a path begins with `/` or `$.`)"),
            false => format!("it has no `{self}`"),
        }
    }

    /// Reads a path at the beginning of a text and returns what is behind it:
    /// a JSONPath ends where it can go no further, the others with the first
    /// `=` or the `:` before it.
    pub(super) fn read(text: &str) -> Result<(Self, &str), InvalidPath> {
        if text.starts_with("$.") || text.starts_with("$[") {
            return json_path(text);
        }
        let end = text.find('=').unwrap_or(text.len());
        let end = match text[..end].strip_suffix(':') {
            Some(before) if end < text.len() => before.len(),
            _ => end,
        };
        let (own, rest) = text.split_at(end);
        let path = match own {
            "" => return Err(InvalidPath("the name of a claim is missing".to_owned())),
            pointer if pointer.starts_with('/') => json_pointer(pointer)?,
            name => Self::name(name),
        };
        Ok((path, rest))
    }
}

impl FromStr for ClaimPath {
    type Err = InvalidPath;

    fn from_str(text: &str) -> Result<Self, InvalidPath> {
        if text.starts_with("$.") || text.starts_with("$[") {
            return match json_path(text)? {
                (path, "") => Ok(path),
                (_, rest) => Err(unreadable(rest)),
            };
        }
        match text {
            "" => Err(InvalidPath("the name of a claim is missing".to_owned())),
            pointer if pointer.starts_with('/') => json_pointer(pointer),
            name => Ok(Self::name(name)),
        }
    }
}

impl fmt::Display for ClaimPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// Why a text is no [`ClaimPath`] or [`ClaimRule`](super::ClaimRule).
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct InvalidPath(pub(super) String);

/// A value that has others in it, parsed or as it is written.
pub(super) trait Node: Copy {
    /// Returns the member of an object.
    fn member(self, name: &str) -> Option<Self>;

    /// Returns the items of an array.
    fn items(self) -> Option<Vec<Self>>;

    /// Returns all members or items.
    fn children(self) -> Vec<Self>;
}

impl Node for &Value {
    fn member(self, name: &str) -> Option<Self> {
        self.as_object()?.get(name)
    }

    fn items(self) -> Option<Vec<Self>> {
        Some(self.as_array()?.iter().collect())
    }

    fn children(self) -> Vec<Self> {
        match self {
            Value::Object(members) => members.values().collect(),
            _ => self.items().unwrap_or_default(),
        }
    }
}

impl Step {
    fn go<N: Node>(&self, value: N) -> Vec<N> {
        let item = |at: Option<usize>| value.items()?.get(at?).copied();
        let found = match self {
            Self::Every => return value.children(),
            Self::Member(name) => value.member(name),
            Self::Token(token) => value.member(token).or_else(|| item(index(token))),
            Self::Index(at) => {
                let steps = usize::try_from(at.unsigned_abs()).unwrap_or(usize::MAX);
                match at {
                    ..0 => value.items().and_then(|items| {
                        let at = items.len().checked_sub(steps)?;
                        items.get(at).copied()
                    }),
                    _ => item(Some(steps)),
                }
            }
        };
        found.into_iter().collect()
    }
}

/// Reads the index of an item: digits without a zero in front (RFC 6901 §4).
fn index(digits: &str) -> Option<usize> {
    let plain = digits.bytes().all(|octet| octet.is_ascii_digit());
    let zero_in_front = digits.len() > 1 && digits.starts_with('0');
    (plain && !zero_in_front)
        .then(|| digits.parse().ok())
        .flatten()
}

/// Reads a JSON Pointer that is not empty.
fn json_pointer(text: &str) -> Result<ClaimPath, InvalidPath> {
    let mut tokens = text.split('/').skip(1).map(|token| {
        // "~" is escaped as "~0" and "/" as "~1" (§3).
        let mut plain = String::with_capacity(token.len());
        let mut rest = token.chars();
        while let Some(c) = rest.next() {
            plain.push(match c {
                '~' => match rest.next() {
                    Some('0') => '~',
                    Some('1') => '/',
                    _ => {
                        return Err(InvalidPath(format!(
                            "`~` in the JSON Pointer `{text}` is no escape: write ~0 for ~ and ~1 for /"
                        )));
                    }
                },
                c => c,
            });
        }
        Ok(plain)
    });
    // There is one, since there is a slash.
    let name = tokens.next().unwrap_or(Ok(String::new()))?;
    let steps = tokens.map(|token| token.map(Step::Token));
    Ok(ClaimPath {
        text: text.to_owned(),
        name,
        steps: steps.collect::<Result<_, _>>()?,
    })
}

/// Reads a JSONPath at the beginning of a text, `$` and then names, indexes
/// and wildcards, and returns what is behind it.
fn json_path(text: &str) -> Result<(ClaimPath, &str), InvalidPath> {
    let mut rest = &text[1..];
    let mut steps = Vec::new();
    loop {
        let step;
        (step, rest) = if rest.starts_with("..") {
            return Err(unreadable(rest));
        } else if let Some(after) = rest.strip_prefix('.') {
            dotted(after)?
        } else if let Some(after) = rest.strip_prefix('[') {
            bracketed(after)?
        } else {
            break;
        };
        steps.push(step);
    }
    let mut steps = steps.into_iter();
    let Some(Step::Member(name)) = steps.next() else {
        return Err(InvalidPath(format!(
            "the JSONPath `{text}` does not begin with the name of a claim"
        )));
    };
    let path = ClaimPath {
        text: text[..text.len() - rest.len()].to_owned(),
        name,
        steps: steps.collect(),
    };
    Ok((path, rest))
}

/// Reads what is behind a dot: `*`, or a name of letters, digits, `_` and
/// whatever is not ASCII, which begins with no digit (RFC 9535 §2.5.1.1).
fn dotted(text: &str) -> Result<(Step, &str), InvalidPath> {
    if let Some(rest) = text.strip_prefix('*') {
        return Ok((Step::Every, rest));
    }
    let of_name = |c: char| c.is_ascii_alphanumeric() || c == '_' || !c.is_ascii();
    let end = text.find(|c| !of_name(c)).unwrap_or(text.len());
    let (name, rest) = text.split_at(end);
    if name.is_empty() || name.starts_with(|c: char| c.is_ascii_digit()) {
        return Err(unreadable(text));
    }
    Ok((Step::Member(name.to_owned()), rest))
}

/// Reads what is behind a bracket, and the one that closes: `*`, an index, or
/// a name in quotes.
fn bracketed(text: &str) -> Result<(Step, &str), InvalidPath> {
    let (step, rest) = match text.chars().next() {
        Some('*') => (Step::Every, &text[1..]),
        Some(quote @ ('\'' | '"')) => {
            let (name, rest) = quoted(&text[1..], quote)?;
            (Step::Member(name), rest)
        }
        _ => {
            let end = text.find(|c: char| c != '-' && !c.is_ascii_digit());
            let (digits, rest) = text.split_at(end.unwrap_or(text.len()));
            let negative = digits.strip_prefix('-');
            let at = index(negative.unwrap_or(digits))
                .and_then(|at| i64::try_from(at).ok())
                .filter(|at| negative.is_none() || *at > 0);
            let at = at.ok_or_else(|| unreadable(text))?;
            (Step::Index(if negative.is_some() { -at } else { at }), rest)
        }
    };
    match rest.strip_prefix(']') {
        Some(rest) => Ok((step, rest)),
        None => Err(unreadable(rest)),
    }
}

/// Reads a string literal up to the quote that ends it (RFC 9535 §2.3.1.1):
/// escapes as in JSON, and of the quotes that of its own kind.
fn quoted(text: &str, quote: char) -> Result<(String, &str), InvalidPath> {
    // The same between the quotes of JSON, which then reads the escapes.
    let mut literal = String::from('"');
    let mut characters = text.char_indices();
    while let Some((at, c)) = characters.next() {
        match c {
            c if c == quote => {
                literal.push('"');
                let name = match json::parse_value(literal.as_bytes()) {
                    Ok(Value::String(name)) => name,
                    _ => return Err(unreadable(text)),
                };
                return Ok((name, &text[at + c.len_utf8()..]));
            }
            '\\' => match characters.next() {
                Some((_, '\'')) if quote == '\'' => literal.push('\''),
                Some((_, '"')) if quote == '\'' => return Err(unreadable(text)),
                Some((_, c)) => literal.extend(['\\', c]),
                None => break,
            },
            '"' => literal.push_str("\\\""),
            c => literal.push(c),
        }
    }
    Err(InvalidPath(format!("a quote is not closed in `{text}`")))
}

pub(super) fn unreadable(rest: &str) -> InvalidPath {
    InvalidPath(match rest {
        "" => "the JSONPath ends too early".to_owned(),
        rest => format!(
            "cannot read `{rest}` in the JSONPath: it has names (`.name`, `['any name']`), indexes (`[0]`) and wildcards (`[*]`)"
        ),
    })
}

#[cfg(test)]
mod tests;
