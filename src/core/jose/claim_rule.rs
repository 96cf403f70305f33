//! Which value of a claim is asked for.

use std::str::FromStr;

use serde_json::Value;

use super::claim_path::{ClaimPath, InvalidPath, unreadable};
use super::claim_text::{self, is_rounded};
use super::json;
use super::members::JsonText;

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
    Json(JsonText),
}

impl FromStr for ClaimRule {
    type Err = InvalidPath;

    /// Reads `K=V` and `K:=JSON`.
    fn from_str(text: &str) -> Result<Self, InvalidPath> {
        let (path, rest) = ClaimPath::read(text)?;
        let wanted = if let Some(json) = rest.strip_prefix(":=") {
            Wanted::Json(
                JsonText::parse(json)
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
            Self::Json(wanted) => is_exactly(found, wanted.value()),
            Self::Text(wanted) => {
                is_text(found, wanted)
                    || found
                        .as_array()
                        .is_some_and(|items| items.iter().any(|item| is_text(item, wanted)))
            }
        }
    }

    /// As [`Wanted::is`], where a number is wanted that a parsed value rounds:
    /// says whether it is written in the Claims Set, at the path.
    pub(super) fn is_written(&self, claims: &[u8], path: &ClaimPath) -> bool {
        match self {
            Self::Json(wanted) => {
                is_rounded(wanted.value()) && claim_text::holds(claims, path, wanted.text(), false)
            }
            Self::Text(wanted) => {
                json::parse_value(wanted.as_bytes()).is_ok_and(|wanted| is_rounded(&wanted))
                    && claim_text::holds(claims, path, wanted, true)
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
/// are rounded are equal to none.
pub(super) fn is_exactly(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Number(one), Value::Number(other)) => {
            // Some write 3.0 for 3.
            let same = || one.is_f64() != other.is_f64() && one.as_f64() == other.as_f64();
            (one == other || same()) && !is_rounded(a) && !is_rounded(b)
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

    #[test]
    fn a_rule_is_a_path_and_a_value() {
        let text = |path: &str, value: &str| (path.to_owned(), Wanted::Text(value.to_owned()));
        let json = |path: &str, value: Value| {
            let value = JsonText::parse(&value.to_string()).unwrap();
            (path.to_owned(), Wanted::Json(value))
        };
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
            ("[3]", "[3.0]", true),
            ("[-3e0]", "[-3]", true),
            ("[0.5]", "[0]", false),
            ("[9007199254740993]", "[9007199254740992.0]", false),
        ] {
            assert_eq!(is_exactly(&value(a), &value(b)), same, "{a} {b}");
        }
    }
}
