//! Text that others wrote, made safe to show.

use std::borrow::Cow;
use std::fmt::Write as _;

/// Escapes what could move the cursor, send commands to the terminal, or make
/// text read otherwise than it is: C0 and C1 controls, DEL, bidirectional
/// controls, invisible characters, line and paragraph separators.
///
/// They appear as in JSON, `\n` or `\u202e`. Everything else stays.
pub fn escape(text: &str) -> Cow<'_, str> {
    if !text.chars().any(is_unsafe) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        match c {
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if is_unsafe(c) => {
                let mut units = [0; 2];
                for unit in c.encode_utf16(&mut units) {
                    let _ = write!(out, "\\u{unit:04x}");
                }
            }
            c => out.push(c),
        }
    }
    Cow::Owned(out)
}

fn is_unsafe(c: char) -> bool {
    c.is_control()
        || matches!(
            c,
            // Soft hyphen, Arabic letter mark, Mongolian vowel separator.
            '\u{ad}' | '\u{61c}' | '\u{180e}'
            // Zero-width characters and the left-to-right and right-to-left marks.
            | '\u{200b}'..='\u{200f}'
            // Line and paragraph separator; embeddings and overrides.
            | '\u{2028}'..='\u{202e}'
            // Word joiner, invisible operators, isolates, deprecated controls.
            | '\u{2060}'..='\u{206f}'
            // Byte order mark; interlinear annotations.
            | '\u{feff}' | '\u{fff9}'..='\u{fffb}'
            // Tags.
            | '\u{e0000}'..='\u{e007f}'
        )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn p1_p2_controls_and_bidi_are_escaped() {
        for (text, shown) in [
            ("\u{1b}]0;t\u{7}", "\\u001b]0;t\\u0007"),
            ("\u{9b}2J", "\\u009b2J"),
            ("a\u{7f}\u{8}b", "a\\u007f\\u0008b"),
            ("a\r\nb\t", "a\\r\\nb\\t"),
            ("\u{202e}evil", "\\u202eevil"),
            ("\u{2066}x\u{2069}", "\\u2066x\\u2069"),
            ("a\u{200b}b\u{feff}", "a\\u200bb\\ufeff"),
            ("\u{2028}\u{2029}", "\\u2028\\u2029"),
            ("\u{e0041}", "\\udb40\\udc41"),
        ] {
            assert_eq!(escape(text), shown);
        }
    }

    #[test]
    fn other_text_stays() {
        for text in ["", "plain", "Grüße, 世界 🦀", "a\\b\"c"] {
            assert!(matches!(escape(text), Cow::Borrowed(same) if same == text));
        }
    }
}
