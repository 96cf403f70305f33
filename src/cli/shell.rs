//! Words for a POSIX shell, of commands that a person may copy.

/// Returns a text as one word: in quotes, where it needs them.
pub fn quoted(text: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_:/.".contains(c);
    match !text.is_empty() && text.chars().all(is_plain) {
        true => text.to_owned(),
        false => format!("'{}'", text.replace('\'', r"'\''")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_stays_one() {
        for (text, word) in [
            ("keys/RS512-a_b.pem", "keys/RS512-a_b.pem"),
            ("my keys/a.pem", "'my keys/a.pem'"),
            ("it's;$(x)", r"'it'\''s;$(x)'"),
            ("", "''"),
        ] {
            assert_eq!(quoted(text), word);
        }
    }
}
