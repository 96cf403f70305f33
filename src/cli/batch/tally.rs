//! What came of a batch, in numbers.

use std::time::Duration;

use authctl::core::jose::{Error, Warning};
use authctl::core::time::humanize_span;
use serde_json::{Map, Value, json};

use super::verdict::failures;

/// Counts of verdicts.
#[derive(Clone, Debug, Default)]
pub struct Tally {
    good: u64,
    bad: u64,
    /// How many tokens failed by each code, in the order in which they came.
    codes: Vec<(&'static str, u64)>,
    /// The first warning of each code, and how many there were.
    warnings: Vec<(Warning, u64)>,
}

impl Tally {
    /// Counts a good token.
    pub fn good(&mut self, warnings: &[Warning]) {
        self.good += 1;
        for warning in warnings {
            self.warn(warning, 1);
        }
    }

    /// Counts a bad one, once for each code that it failed by.
    pub fn bad(&mut self, error: &Error) {
        self.bad += 1;
        let mut seen = Vec::new();
        for failure in failures(error) {
            if !seen.contains(&failure.code) {
                seen.push(failure.code);
                self.code(failure.code, 1);
            }
        }
    }

    /// Adds the counts of the lines that follow.
    pub fn add(&mut self, other: &Self) {
        self.good += other.good;
        self.bad += other.bad;
        for (code, count) in &other.codes {
            self.code(code, *count);
        }
        for (warning, count) in &other.warnings {
            self.warn(warning, *count);
        }
    }

    /// Says whether a token was bad.
    pub fn is_any_bad(&self) -> bool {
        self.bad > 0
    }

    /// Returns how many tokens were judged.
    pub fn judged(&self) -> u64 {
        self.good + self.bad
    }

    /// Returns what is to be warned of, each kind once.
    pub fn warnings(&self) -> impl Iterator<Item = String> {
        self.warnings.iter().map(|(warning, count)| {
            // Of those that are about the rules, not about one token, there is
            // one for every good token.
            match *count == self.good {
                true => warning.message.to_string(),
                false => format!("of {count} tokens: {}", warning.message),
            }
        })
    }

    /// Returns the numbers in words, the most frequent code first.
    pub fn text(&self, took: Duration) -> String {
        let mut text = format!(
            "{} judged in {}{}: {} good, {} bad",
            tokens(self.judged()),
            humanize_span(took.as_secs()),
            rate(self.judged(), took),
            self.good,
            self.bad
        );
        let mut codes = self.codes.clone();
        codes.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
        for (at, (code, count)) in codes.iter().enumerate() {
            text.push_str(if at == 0 { " (" } else { ", " });
            text.push_str(&format!("{code} {count}"));
        }
        if !codes.is_empty() {
            text.push(')');
        }
        text
    }

    /// Returns the numbers as JSON.
    pub fn to_json(&self) -> Value {
        let codes = self.codes.iter();
        let warnings = self.warnings.iter().map(|(warning, count)| {
            json!({"code": warning.code, "message": warning.message, "count": count})
        });
        json!({
            "judged": self.judged(),
            "good": self.good,
            "bad": self.bad,
            "failures": codes
                .map(|(code, count)| ((*code).to_owned(), (*count).into()))
                .collect::<Map<_, _>>(),
            "warnings": warnings.collect::<Vec<_>>(),
        })
    }

    fn code(&mut self, code: &'static str, count: u64) {
        match self.codes.iter_mut().find(|(known, _)| *known == code) {
            Some((_, counted)) => *counted += count,
            None => self.codes.push((code, count)),
        }
    }

    fn warn(&mut self, warning: &Warning, count: u64) {
        let known = self.warnings.iter_mut();
        match known
            .into_iter()
            .find(|(known, _)| known.code == warning.code)
        {
            Some((_, counted)) => *counted += count,
            None => self.warnings.push((warning.clone(), count)),
        }
    }
}

/// Writes how many tokens: "1 token", "2 tokens".
pub fn tokens(count: u64) -> String {
    match count {
        1 => "1 token".to_owned(),
        count => format!("{count} tokens"),
    }
}

/// Writes how many that is a second, where it took long enough to tell.
fn rate(count: u64, took: Duration) -> String {
    match took.as_secs() {
        0 => String::new(),
        _ => format!(" ({:.0} a second)", count as f64 / took.as_secs_f64()),
    }
}
