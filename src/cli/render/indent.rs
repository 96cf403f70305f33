//! JSON for a person: one value a line.

/// Indents JSON that has no white space between its values. It works on the
/// text, since a parsed value would round long numbers.
pub fn indent(json: &str) -> String {
    let mut out = String::with_capacity(json.len() * 2);
    let mut depth = 0;
    let (mut in_string, mut escaped) = (false, false);
    let mut characters = json.chars().peekable();
    while let Some(c) = characters.next() {
        if in_string {
            in_string = escaped || c != '"';
            escaped = !escaped && c == '\\';
            out.push(c);
            continue;
        }
        match c {
            '{' | '[' => {
                out.push(c);
                if let Some(end) = characters.next_if(|next| matches!(next, '}' | ']')) {
                    out.push(end);
                } else {
                    depth += 1;
                    new_line(&mut out, depth);
                }
            }
            '}' | ']' => {
                depth -= 1;
                new_line(&mut out, depth);
                out.push(c);
            }
            ',' => {
                out.push(c);
                new_line(&mut out, depth);
            }
            ':' => out.push_str(": "),
            _ => {
                in_string = c == '"';
                out.push(c);
            }
        }
    }
    out
}

fn new_line(out: &mut String, depth: usize) {
    out.push('\n');
    out.extend(std::iter::repeat_n("  ", depth));
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    #[test]
    fn it_looks_as_serde_json_would_have_it() {
        for value in [
            json!({}),
            json!([]),
            json!(1),
            json!("a:{,}[\"]\\"),
            json!({"a": [], "b": {}, "c": [1, {"d": null}], "e\"\\": "\\\""}),
            json!([[[]], [{}], [1, 2]]),
        ] {
            let pretty = serde_json::to_string_pretty(&value).unwrap();
            assert_eq!(indent(&value.to_string()), pretty);
        }
    }

    #[test]
    fn numbers_keep_their_digits() {
        let text = r#"{"n":123456789012345678901234567890,"f":1.10}"#;
        let indented = indent(text);
        assert_eq!(
            indented,
            "{\n  \"n\": 123456789012345678901234567890,\n  \"f\": 1.10\n}"
        );
        assert!(serde_json::from_str::<Value>(&indented).is_ok());
    }
}
