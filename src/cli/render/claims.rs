//! Claims and their like, a line each.

use authctl::core::time::{Timestamp, humanize_span};
use serde_json::{Map, Value};

use super::escape;

/// The members that are instants in seconds since the Unix epoch (RFC 7519
/// §4.1, RFC 7662 §2.2, OIDC Core §2 and §5.1).
pub(super) const INSTANTS: [&str; 5] = ["exp", "nbf", "iat", "auth_time", "updated_at"];

/// Writes each member on a line, instants also as dates, everything escaped.
pub fn claims_text(claims: &Map<String, Value>, now: Timestamp) -> String {
    let width = claims
        .keys()
        .map(|name| name.chars().count())
        .max()
        .unwrap_or(0)
        .min(24);
    let mut text = String::new();
    for (name, value) in claims {
        let shown = match value {
            Value::String(text) => text.clone(),
            other => other.to_string(),
        };
        let name_shown = escape(name);
        text.push_str(&format!("{name_shown:<width$}  {}", escape(&shown)));
        if let (true, Some(seconds)) = (INSTANTS.contains(&name.as_str()), value.as_i64()) {
            let at = Timestamp(seconds);
            text.push_str(&format!("  ({at}, {})", relative(at, now)));
        }
        text.push('\n');
    }
    text
}

/// Says how far an instant is: "in 12 min", "3 h ago", "now".
pub fn relative(at: Timestamp, now: Timestamp) -> String {
    match now.seconds_until(at) {
        0 => "now".to_owned(),
        ahead @ 1.. => format!("in {}", humanize_span(ahead.unsigned_abs())),
        past => format!("{} ago", humanize_span(past.unsigned_abs())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_are_lined_up_escaped_and_dated() {
        let claims = serde_json::json!({"sub": "al\u{1b}ice", "exp": 1_700_000_060, "aud": ["a"]});
        let Value::Object(claims) = claims else {
            panic!("an object")
        };
        assert_eq!(
            claims_text(&claims, Timestamp(1_700_000_000)),
            "sub  al\\u001bice\nexp  1700000060  (2023-11-14T22:14:20Z, in 60 s)\naud  [\"a\"]\n"
        );
    }
}
