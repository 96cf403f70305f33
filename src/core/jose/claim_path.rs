//! Where in a Claims Set a value is, and which one is asked for there.
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
        let mut values: Vec<&Value> = claims.get(&self.name).into_iter().collect();
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
    fn read(text: &str) -> Result<(Self, &str), InvalidPath> {
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

/// Why a text is no [`ClaimPath`] or [`ClaimRule`].
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct InvalidPath(String);

impl Step {
    fn go<'v>(&self, value: &'v Value) -> Vec<&'v Value> {
        match (self, value) {
            (Self::Member(name) | Self::Token(name), Value::Object(members)) => {
                members.get(name).into_iter().collect()
            }
            (Self::Token(digits), Value::Array(items)) => index(digits)
                .and_then(|at| items.get(at))
                .into_iter()
                .collect(),
            (Self::Index(at), Value::Array(items)) => {
                let at = usize::try_from(at.unsigned_abs()).unwrap_or(usize::MAX);
                let at = match self {
                    Self::Index(..0) => items.len().checked_sub(at),
                    _ => Some(at),
                };
                at.and_then(|at| items.get(at)).into_iter().collect()
            }
            (Self::Every, Value::Object(members)) => members.values().collect(),
            (Self::Every, Value::Array(items)) => items.iter().collect(),
            _ => Vec::new(),
        }
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

fn unreadable(rest: &str) -> InvalidPath {
    InvalidPath(match rest {
        "" => "the JSONPath ends too early".to_owned(),
        rest => format!(
            "cannot read `{rest}` in the JSONPath: it has names (`.name`, `['any name']`), indexes (`[0]`) and wildcards (`[*]`)"
        ),
    })
}

/// A value that is asked for.
#[derive(Clone, Debug, PartialEq)]
pub struct ClaimRule {
    /// Where.
    pub path: ClaimPath,
    /// What must be there, once where there are several.
    pub wanted: Wanted,
}

/// What a value must be.
#[derive(Clone, Debug, PartialEq)]
pub enum Wanted {
    /// `K=V`: this string, or the number, boolean, `null`, array or object
    /// that the text is as JSON; or an array with one such item.
    Text(String),
    /// `K:=JSON`: this value, whole.
    Json(Value),
}

impl FromStr for ClaimRule {
    type Err = InvalidPath;

    /// Reads `K=V` and `K:=JSON`.
    fn from_str(text: &str) -> Result<Self, InvalidPath> {
        let (path, rest) = ClaimPath::read(text)?;
        let wanted = if let Some(json) = rest.strip_prefix(":=") {
            Wanted::Json(
                json::parse_value(json.as_bytes())
                    .map_err(|error| InvalidPath(format!("behind `:=` it is {error}")))?,
            )
        } else if let Some(text) = rest.strip_prefix('=') {
            Wanted::Text(text.to_owned())
        } else if rest.is_empty() {
            return Err(InvalidPath("expected NAME=VALUE or NAME:=JSON".to_owned()));
        } else {
            return Err(unreadable(rest));
        };
        Ok(Self { path, wanted })
    }
}

impl Wanted {
    /// Says whether a value is what is wanted.
    pub(super) fn is(&self, found: &Value) -> bool {
        match self {
            Self::Json(wanted) => is_exactly(found, wanted),
            Self::Text(wanted) => {
                is_text(found, wanted)
                    || found
                        .as_array()
                        .is_some_and(|items| items.iter().any(|item| is_text(item, wanted)))
            }
        }
    }
}

fn is_text(found: &Value, wanted: &str) -> bool {
    match found {
        Value::String(found) if found == wanted => true,
        _ => json::parse_value(wanted.as_bytes()).is_ok_and(|wanted| is_exactly(found, &wanted)),
    }
}

/// Says whether two values are the same, numbers to the last digit: those that
/// a floating-point number cannot tell from their neighbours are equal to none.
fn is_exactly(a: &Value, b: &Value) -> bool {
    /// 2^53: beyond it not every integer is such a number.
    const EXACT: f64 = 9_007_199_254_740_992.0;
    match (a, b) {
        (Value::Number(one), Value::Number(other)) => {
            let blurred = one.is_f64() && one.as_f64().is_none_or(|number| number.abs() >= EXACT);
            one == other && !blurred
        }
        (Value::Array(a), Value::Array(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| is_exactly(a, b))
        }
        (Value::Object(a), Value::Object(b)) => {
            a.len() == b.len()
                && a.iter()
                    .all(|(name, a)| b.get(name).is_some_and(|b| is_exactly(a, b)))
        }
        _ => a == b,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    /// Returns what is at a path of these claims.
    fn at(path: &str) -> Vec<Value> {
        let claims = json!({
            "a": {"b": [1, [2], {"c": 3}], "0": "zero", "x-y": 4, "d/e": 5, "m~n": 6, "": 7},
            "a.b": "dotted", "https://e.example/r": "url", "/a": "slash", "$.a": "dollar",
            "": "empty", "é": 8, "q'\"\\": 9, "k=v": 10, "$x": 11,
        });
        let path: ClaimPath = path.parse().unwrap();
        let values = path.select(claims.as_object().unwrap());
        values.into_iter().cloned().collect()
    }

    #[test]
    fn a_name_is_a_name_whatever_is_in_it() {
        for (name, value) in [
            ("a.b", "dotted"),
            ("https://e.example/r", "url"),
            ("/~1a", "slash"),
            ("$['/a']", "slash"),
            ("/$.a", "dollar"),
            ("$['$.a']", "dollar"),
            ("/", "empty"),
            ("$['']", "empty"),
        ] {
            assert_eq!(at(name), [json!(value)], "{name}");
        }
        assert_eq!(at("$x"), [json!(11)]);
        assert_eq!(at("nope"), [] as [Value; 0]);
    }

    #[test]
    fn pointers_and_paths_lead_into_values() {
        for (path, expected) in [
            ("/a/b/0", json!([1])),
            ("/a/b/1/0", json!([2])),
            ("/a/b/2/c", json!([3])),
            ("/a/0", json!(["zero"])),
            ("/a/d~1e", json!([5])),
            ("/a/m~0n", json!([6])),
            ("/a/", json!([7])),
            // RFC 6901 §4: no zero in front, no sign, and `-` is no item.
            ("/a/b/00", json!([])),
            ("/a/b/+1", json!([])),
            ("/a/b/-", json!([])),
            ("/a/b/3", json!([])),
            ("/a/b/99999999999999999999", json!([])),
            ("/a/b/length", json!([])),
            ("/a/x-y/0", json!([])),
            ("$.a.b[0]", json!([1])),
            ("$.a.b[-1].c", json!([3])),
            ("$.a.b[-3]", json!([1])),
            ("$.a.b[-4]", json!([])),
            ("$.a.b[*]", json!([1, [2], {"c": 3}])),
            ("$.a.b[*][0]", json!([2])),
            ("$.a.b[2].*", json!([3])),
            ("$['a']['x-y']", json!([4])),
            (r#"$["a"]["d/e"]"#, json!([5])),
            ("$.é", json!([8])),
            (r"$['\u00e9']", json!([8])),
            (r#"$['q\'"\\']"#, json!([9])),
            (r#"$["q'\"\\"]"#, json!([9])),
            // An index is of arrays alone, a name of objects.
            ("$.a[0]", json!([])),
            ("$.a['0']", json!(["zero"])),
            ("$.a.b['0']", json!([])),
        ] {
            assert_eq!(Value::Array(at(path)), expected, "{path}");
        }
    }

    #[test]
    fn what_is_no_path_is_refused() {
        for path in [
            "",
            "/a/~",
            "/a~2",
            "/~",
            "$.",
            "$[",
            "$..a",
            "$.a..b",
            "$[*]",
            "$.*",
            "$[0]",
            "$.a[",
            "$.a[]",
            "$.a[-0]",
            "$.a[01]",
            "$.a[1:2]",
            "$.a[0,1]",
            "$.a[?@.b]",
            "$.a['b",
            "$.a['b'",
            r#"$.a['\"']"#,
            r"$.a['\x']",
            "$.a b",
            "$.a-b",
            "$.1",
            "$.a[ 0 ]",
            "$.a]",
            "$.a[99999999999999999999]",
        ] {
            assert!(path.parse::<ClaimPath>().is_err(), "{path}");
        }
    }

    #[test]
    fn a_rule_is_a_path_and_a_value() {
        let text = |path: &str, value: &str| (path.to_owned(), Wanted::Text(value.to_owned()));
        let json = |path: &str, value: Value| (path.to_owned(), Wanted::Json(value));
        for (rule, expected) in [
            ("sub=a", text("sub", "a")),
            ("sub=", text("sub", "")),
            ("sub=a=b", text("sub", "a=b")),
            ("sub=:=1", text("sub", ":=1")),
            ("sub:=1", json("sub", json!(1))),
            ("a:b=1", text("a:b", "1")),
            ("/a/b=c", text("/a/b", "c")),
            ("/a/b:=[1]", json("/a/b", json!([1]))),
            ("$.a[0]=c", text("$.a[0]", "c")),
            ("$['k=v']:=10", json("$['k=v']", json!(10))),
            ("https://e.example/r=x", text("https://e.example/r", "x")),
        ] {
            let rule: ClaimRule = rule.parse().unwrap();
            assert_eq!((rule.path.to_string(), rule.wanted), expected);
        }
        for (rule, reason) in [
            ("sub", "expected NAME=VALUE or NAME:=JSON"),
            ("$.sub", "expected NAME=VALUE or NAME:=JSON"),
            ("=x", "the name of a claim is missing"),
            (":=1", "the name of a claim is missing"),
            ("", "the name of a claim is missing"),
            ("sub:=", "behind `:=` it is not JSON: it ends too early"),
            (
                "sub:={\"a\":1,\"a\":1}",
                "JSON in which the member `a` comes twice",
            ),
            ("$.a-b=1", "cannot read `-b=1` in the JSONPath"),
        ] {
            let error = rule.parse::<ClaimRule>().unwrap_err().to_string();
            assert!(error.contains(reason), "{rule}: {error}");
        }
    }

    #[test]
    fn numbers_are_equal_to_the_last_digit_at_any_depth() {
        let value = |text: &str| json::parse_value(text.as_bytes()).unwrap();
        for (a, b, same) in [
            ("[18446744073709551615]", "[18446744073709551615]", true),
            ("[18446744073709551616]", "[18446744073709551616]", false),
            ("{\"a\":{\"b\":1e300}}", "{\"a\":{\"b\":1e300}}", false),
            ("{\"a\":1,\"b\":[]}", "{\"b\":[],\"a\":1}", true),
            ("{\"a\":1}", "{\"a\":1,\"b\":1}", false),
            ("{\"a\":1,\"b\":1}", "{\"a\":1,\"c\":1}", false),
            ("[1,2]", "[2,1]", false),
            ("[1]", "[1,1]", false),
            ("\"1\"", "1", false),
        ] {
            assert_eq!(is_exactly(&value(a), &value(b)), same, "{a} {b}");
        }
    }
}
