//! What a token says to a terminal: `authctl decode` shows it, and does not let
//! it speak.

use serde_json::json;

use crate::decode::SAID;
use crate::harness::Home;
use crate::tokens::{NOW, unsigned};

/// What of P1 and P2 can be in a claim.
const HOSTILE: &str = "\u{1b}]0;t\u{7}\u{1b}]52;c;x\u{7}\u{1b}[2J\u{9b}31m\u{7f}\u{8}\r\n\u{202e}\u{2066}\u{200b}\u{2028}";

const ESCAPED: &str = r"\u001b]0;t\u0007\u001b]52;c;x\u0007\u001b[2J\u009b31m\u007f\u0008\r\n\u202e\u2066\u200b\u2028";

#[test]
fn p1_p2_human_output_is_escaped_in_a_pipe_too() {
    let home = Home::new();
    let claims = json!({HOSTILE: HOSTILE, "nested": {"a": ["\u{9b}", "\u{202e}"]}});
    let header = json!({"alg": HOSTILE, "kid": HOSTILE}).to_string();
    let output = home
        .authctl(["decode", &unsigned(header, claims.to_string(), b"")])
        .stdout_has(format!("  {ESCAPED}  {ESCAPED}\n"))
        .stdout_has(format!("  kid  {ESCAPED}\n"))
        .stdout_has(r#"{"a":["\u009b","\u202e"]}"#)
        .check();
    let text = output.stdout();
    assert!(
        !text
            .chars()
            .any(|c| (c.is_control() && c != '\n') || c == '\u{202e}'),
        "{text:?}"
    );
}

#[test]
fn p3_what_is_hostile_is_escaped_in_errors_too() {
    let twice = r#"{"\u001b[2J":1,"\u001b[2J":2}"#;
    Home::new()
        .authctl(["decode", &unsigned(twice, "{}", b"")])
        .code(3)
        .stderr_has(r"the member `\u001b[2J` comes twice")
        .check();
}

#[test]
fn p4_json_in_a_pipe_has_the_exact_values() {
    let home = Home::new();
    let claims = json!({"a": HOSTILE, "big": u64::MAX, "small": i64::MIN, "f": 1.5, "zoë": "世界"});
    let token = unsigned(r#"{"alg":"EdDSA"}"#, claims.to_string(), &[1; 64]);
    for color in ["auto", "always"] {
        let decode = home.authctl(["--color", color, "decode", "-o", "claims", &token]);
        assert_eq!(decode.stderr_has("NOT verified").check_json(), claims);
    }
}

#[test]
fn p4_numbers_of_any_length_stay_what_they_are() {
    let home = Home::new();
    let claims = r#"{"n":123456789012345678901234567890,"f":0.10000000000000000001}"#;
    let spaced = claims.replace(':', " : ").replace(',', ",\n ");
    let token = unsigned("{ \"alg\" : \"EdDSA\" }", spaced, &[1; 64]);
    home.authctl(["decode", "-o", "claims", &token])
        .stdout(format!("{claims}\n"))
        .stderr(SAID)
        .check();
    home.authctl(["decode", "-o", "json", &token])
        .stdout_has(format!(
            r#"{{"header":{{"alg":"EdDSA"}},"claims":{claims},"#
        ))
        .stderr(SAID)
        .check();
}

/// P1 on a terminal: no format lets a control sequence of the token through.
#[cfg(unix)]
#[test]
fn p1_no_control_sequence_reaches_a_terminal() {
    let home = Home::new();
    let token = unsigned(
        json!({"alg": HOSTILE}).to_string(),
        json!({"a": HOSTILE, "exp": NOW}).to_string(),
        &[1; 64],
    );
    for format in ["human", "json", "claims"] {
        let seen = home.authctl(["decode", "-o", format, &token]).on_terminal();
        assert!(seen.contains(r"\u001b]52;c;x\u0007"), "{format}: {seen:?}");
        let raw = seen.chars().find(|c| match c {
            '\n' => false,
            c => c.is_control() || (!c.is_ascii() && HOSTILE.contains(*c)),
        });
        assert_eq!(raw, None, "{format}: {seen:?}");
    }
}

/// P3: nor does the error object, whose JSON leaves C1 and the rest alone.
#[cfg(unix)]
#[test]
fn p3_no_control_sequence_of_an_error_reaches_a_terminal() {
    let claims = json!({"exp": NOW}).to_string();
    let token = unsigned(json!({"alg": HOSTILE}).to_string(), claims, &[1; 64]);
    let seen = Home::new()
        .authctl(["decode", "--json", "--lint=deny", &token])
        .code(3)
        .on_terminal();
    assert!(seen.contains(r"\u001b]52;c;x\u0007"), "{seen:?}");
    let raw = seen
        .chars()
        .find(|c| *c != '\n' && (c.is_control() || (!c.is_ascii() && HOSTILE.contains(*c))));
    assert_eq!(raw, None, "{seen:?}");
}
