//! The report: one line for every comparison, a verdict where there is a bound.

use std::fmt::Display;
use std::time::Duration;

/// What a measured value is held against.
#[derive(Clone, Copy)]
pub enum Bound {
    /// At most this many times the other side.
    Times(f64),
    /// Below the other side plus this.
    Over(Duration),
    /// At most this, whatever the other side takes.
    AtMost(Duration),
}

impl Bound {
    fn met(self, ours: Duration, theirs: Duration) -> bool {
        match self {
            Self::Times(factor) => ours.as_secs_f64() <= factor * theirs.as_secs_f64(),
            Self::Over(margin) => ours <= theirs + margin,
            Self::AtMost(bound) => ours <= bound,
        }
    }

    fn text(self) -> String {
        match self {
            Self::Times(factor) => format!("{factor} x"),
            Self::Over(margin) => format!("+{}", milliseconds(margin)),
            Self::AtMost(bound) => milliseconds(bound),
        }
    }
}

/// What must hold and what is aimed at.
#[derive(Clone, Copy, Default)]
pub struct Bounds {
    /// The issue with a release, if it is missed.
    pub must: Option<Bound>,
    /// What we would like.
    pub aim: Option<Bound>,
}

impl Bounds {
    /// Only a bound that must hold.
    pub fn must(bound: Bound) -> Self {
        Self {
            must: Some(bound),
            aim: None,
        }
    }

    /// Only an aim.
    pub fn aim(bound: Bound) -> Self {
        Self {
            must: None,
            aim: Some(bound),
        }
    }

    /// Adds an aim.
    pub fn and_aim(self, bound: Bound) -> Self {
        Self {
            aim: Some(bound),
            ..self
        }
    }
}

/// Prints as it goes and remembers whether a guard failed.
pub struct Report {
    only: Vec<String>,
    measured: usize,
    missed: usize,
    broken: Vec<String>,
}

impl Report {
    /// Prints the head. `only` names the rows that are wanted, all if empty.
    pub fn new(only: Vec<String>) -> Self {
        println!(
            "{:<14} {:>10}  {:<26} {:>10} {:>7}  bounds",
            "row", "authctl", "against", "", "ratio"
        );
        Self {
            only,
            measured: 0,
            missed: 0,
            broken: Vec::new(),
        }
    }

    /// Says whether the row `name` is wanted.
    pub fn wants(&self, name: &str) -> bool {
        self.only.is_empty() || self.only.iter().any(|part| name.contains(part))
    }

    /// Prints one comparison. A missed bound is said, not fatal: the time of a
    /// loaded machine proves nothing.
    pub fn compare(
        &mut self,
        name: &str,
        ours: Duration,
        other: &str,
        theirs: Duration,
        bounds: Bounds,
    ) {
        let judge = |bound: Bound| (bound.met(ours, theirs), bound.text());
        self.line(
            name,
            milliseconds(ours),
            other,
            milliseconds(theirs),
            Some(ours.as_secs_f64() / theirs.as_secs_f64().max(1e-9)),
            [bounds.must.map(judge), bounds.aim.map(judge)],
        );
    }

    /// Prints one value against bounds of its own unit, smaller being better.
    pub fn value<T: PartialOrd + Copy>(
        &mut self,
        name: &str,
        value: T,
        (must, aim): (T, T),
        text: impl Fn(T) -> String,
    ) {
        let judge = |bound: T| Some((value <= bound, text(bound)));
        let verdicts = [judge(must), judge(aim)];
        self.line(name, text(value), "", String::new(), None, verdicts);
    }

    /// Prints a fact that does not depend on the machine's speed. If it does not
    /// hold, the whole run fails.
    pub fn guard(&mut self, name: &str, holds: bool, fact: impl Display) {
        self.measured += 1;
        println!(
            "{name:<14} {}: {fact}",
            if holds { "holds" } else { "BROKEN" }
        );
        if !holds {
            self.broken.push(name.to_owned());
        }
    }

    /// Prints the end and says whether all guards held.
    pub fn finish(self) -> bool {
        println!(
            "\n{} measured, {} missed a bound that must hold{}",
            self.measured,
            self.missed,
            if self.broken.is_empty() {
                String::new()
            } else {
                format!("; broken: {}", self.broken.join(", "))
            }
        );
        // A name that fits no row must not look like a run in which all is well.
        self.broken.is_empty() && self.measured > 0
    }

    fn line(
        &mut self,
        name: &str,
        ours: String,
        other: &str,
        theirs: String,
        ratio: Option<f64>,
        [must, aim]: [Option<(bool, String)>; 2],
    ) {
        self.measured += 1;
        let ratio = ratio.map(|ratio| format!("{ratio:.2}")).unwrap_or_default();
        let mut bounds = Vec::new();
        if let Some((met, text)) = must {
            self.missed += usize::from(!met);
            bounds.push(format!(
                "must {text} {}",
                if met { "met" } else { "MISSED" }
            ));
        }
        if let Some((met, text)) = aim {
            bounds.push(format!("aim {text} {}", if met { "met" } else { "missed" }));
        }
        let bounds = bounds.join(", ");
        println!("{name:<14} {ours:>10}  {other:<26} {theirs:>10} {ratio:>7}  {bounds}");
    }
}

/// Formats a time for the report.
pub fn milliseconds(time: Duration) -> String {
    format!("{:.2} ms", time.as_secs_f64() * 1e3)
}

/// Formats a size for the report.
pub fn mebibytes(octets: u64) -> String {
    #[expect(clippy::cast_precision_loss, reason = "for two decimals")]
    let octets = octets as f64;
    format!("{:.2} MiB", octets / f64::from(1 << 20))
}
