//! Claims in their own words.
//!
//! A parsed value rounds integers beyond 64 bits, so that two that differ may
//! look the same. Where one is asked for, what is written decides.

use std::collections::BTreeMap;

use serde_json::Value;
use serde_json::value::RawValue;

use super::claim_path::{ClaimPath, Node};
use super::claim_rule::is_exactly;
use super::json;

/// 2^53: beyond it not every integer is a floating-point number.
const EXACT: f64 = 9_007_199_254_740_992.0;

/// Says whether a number in a value stands for its neighbours too.
pub(super) fn is_rounded(value: &Value) -> bool {
    match value {
        Value::Number(number) => {
            number.is_f64() && number.as_f64().is_none_or(|number| number.abs() >= EXACT)
        }
        Value::Array(items) => items.iter().any(is_rounded),
        Value::Object(members) => members.values().any(is_rounded),
        _ => false,
    }
}

/// Says whether there is a value at a path of a Claims Set that is written as
/// this one; with `items`, that may be one of an array.
pub(super) fn holds(claims: &[u8], path: &ClaimPath, wanted: &str, items: bool) -> bool {
    let (Ok(claims), Ok(wanted)) = (
        serde_json::from_slice::<&RawValue>(claims),
        serde_json::from_str::<&RawValue>(wanted),
    ) else {
        return false;
    };
    let found = path.select_in(claims);
    found.into_iter().any(|value| {
        let inside = || value.items().unwrap_or_default();
        is_same(value, wanted) || (items && inside().into_iter().any(|item| is_same(item, wanted)))
    })
}

/// Says whether two values are the same. Integers are by their digits, of which
/// JSON lets none but a zero begin with a zero (RFC 8259 §6).
fn is_same(a: &RawValue, b: &RawValue) -> bool {
    if a.get() == b.get() {
        return true;
    }
    if let (Some(a), Some(b)) = (a.items(), b.items()) {
        return a.len() == b.len() && a.into_iter().zip(b).all(|(a, b)| is_same(a, b));
    }
    if let (Some(a), Some(b)) = (members(a), members(b)) {
        let same = |(name, a)| b.get(name).is_some_and(|b| is_same(a, b));
        return a.len() == b.len() && a.iter().map(|(name, a)| (name, *a)).all(same);
    }
    let value = |text: &RawValue| json::parse_value(text.get().as_bytes());
    matches!((value(a), value(b)), (Ok(a), Ok(b)) if is_exactly(&a, &b))
}

fn members(object: &RawValue) -> Option<BTreeMap<String, &RawValue>> {
    serde_json::from_str(object.get()).ok()
}

impl Node for &RawValue {
    fn member(self, name: &str) -> Option<Self> {
        members(self)?.remove(name)
    }

    fn items(self) -> Option<Vec<Self>> {
        serde_json::from_str(self.get()).ok()
    }

    fn children(self) -> Vec<Self> {
        match members(self) {
            Some(members) => members.into_values().collect(),
            None => self.items().unwrap_or_default(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_decides() {
        const LONG: &str = "123456789012345678901234567890";
        const NEXT: &str = "123456789012345678901234567891";
        let claims = format!(
            r#" {{"n": {LONG}, "l": ["a", {LONG}], "o": {{"x" : [ -{LONG} , "{LONG}"], "y": 1}},
                "e": 1e30, "k\u0065y": {LONG}}} "#
        );
        for (path, wanted, items, expected) in [
            ("n", LONG, false, true),
            ("n", NEXT, false, false),
            ("n", "1.2345678901234568e29", false, false),
            ("n", "123456789012345678901234567890.0", false, false),
            ("key", LONG, false, true),
            ("l", LONG, true, true),
            ("l", LONG, false, false),
            ("l", NEXT, true, false),
            ("/l/1", LONG, false, true),
            ("$.l[-1]", LONG, false, true),
            ("$.l[*]", NEXT, false, false),
            ("/o/x/0", LONG, false, false),
            ("$.o.*[0]", &format!("-{LONG}"), false, true),
            ("/o/x/1", LONG, false, false),
            (
                "o",
                &format!(r#"{{"y":1,"x":[-{LONG},"{LONG}"]}}"#),
                false,
                true,
            ),
            (
                "o",
                &format!(r#"{{"y":1,"x":[-{NEXT},"{LONG}"]}}"#),
                false,
                false,
            ),
            ("o", &format!(r#"{{"x":[-{LONG},"{LONG}"]}}"#), false, false),
            ("e", "1e30", false, true),
            ("e", "1000000000000000000000000000000", false, false),
            ("none", LONG, false, false),
        ] {
            let at: ClaimPath = path.parse().unwrap();
            let found = holds(claims.as_bytes(), &at, wanted, items);
            assert_eq!(found, expected, "{path} {wanted} {items}");
        }
    }

    #[test]
    fn only_numbers_beyond_64_bits_are_rounded() {
        for (text, expected) in [
            ("18446744073709551615", false),
            ("-9223372036854775808", false),
            ("18446744073709551616", true),
            ("{\"a\":[-9223372036854775809]}", true),
            ("1.5", false),
            ("1e20", true),
            ("\"18446744073709551616\"", false),
        ] {
            let value = json::parse_value(text.as_bytes()).unwrap();
            assert_eq!(is_rounded(&value), expected, "{text}");
        }
    }
}
