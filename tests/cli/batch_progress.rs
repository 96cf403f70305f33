//! `authctl verify --batch` on a terminal: how far it is.
#![cfg(unix)]

use crate::bench::Bench;
use crate::prompts::{on_a_terminal_by, to_the_end};
use crate::tokens::claims;

/// Verifies so many tokens, only stderr a terminal of that many columns, and
/// returns what was seen there.
fn seen(count: usize, columns: u32, more: &[&str]) -> String {
    let bench = Bench::new("EdDSA");
    let token = bench.sign(claims());
    bench
        .home
        .write("tokens", format!("{token}\n").repeat(count));
    let call = bench.verify().args(["--batch", "tokens"]).args(more);
    let line = format!("stty cols {columns}; exec \"$@\" >out");
    let mut session = on_a_terminal_by(&line, call.env("PATH", "/usr/bin:/bin"));
    let (text, code) = to_the_end(&mut session);
    assert_eq!(code, 0, "{text}");
    let out = std::fs::read_to_string(bench.home.path().join("out")).expect("a file");
    assert_eq!(out.lines().count(), count);
    text
}

#[test]
fn share_rate_and_time_left_are_seen_and_taken_away() {
    let text = seen(20_000, 200, &[]);
    let drawn: Vec<&str> = text.split('\r').collect();
    let bar = |line: &&str| line.contains(" % [") && line.contains(" s left, ");
    assert!(drawn.iter().filter(|line| bar(line)).count() > 1, "{text}");
    assert!(text.contains(" a second, "), "{text}");
    // Blanks, then the summary in the place of the bar.
    let last = drawn.iter().rposition(bar).expect("a bar");
    assert_eq!(drawn[last + 1].trim(), "", "{text}");
    assert!(drawn[last + 2].contains("20000 tokens judged"), "{text}");
}

#[test]
fn a_narrow_terminal_sees_no_line_that_wraps() {
    let text = seen(20_000, 30, &[]);
    let (drawn, _) = text.rsplit_once("20000 tokens").expect("a summary");
    assert!(
        drawn.contains(" % ") && drawn.contains(" s left, "),
        "{text}"
    );
    assert!(drawn.split('\r').all(|line| line.len() < 30), "{text}");
}

#[test]
fn quiet_is_quiet() {
    assert_eq!(seen(20_000, 200, &["-q"]), "");
}
