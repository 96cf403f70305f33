//! What a check came to, and all of them together.

use authctl::core::error::{Error, Exit, Report as _};
use serde_json::{Map, Value, json};

use crate::cli::context::Context;
use crate::cli::render::{Paint, escape, message};

/// How a check ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// All is well.
    Ok,
    /// It works, and something should be mended.
    Warn,
    /// It does not work.
    Fail,
    /// It was not looked at: it does not apply, or hangs on something that
    /// failed.
    Skip,
}

impl Outcome {
    /// As they are counted up: what matters first.
    const ALL: [Self; 4] = [Self::Fail, Self::Warn, Self::Ok, Self::Skip];

    fn name(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Warn => "warn",
            Self::Fail => "fail",
            Self::Skip => "skip",
        }
    }
}

/// One check: what was found, and the one thing to do about it.
#[derive(Clone, Debug)]
pub struct Check {
    name: &'static str,
    outcome: Outcome,
    message: String,
    fix: Option<String>,
    /// The stable code and the exit code of what failed.
    failure: Option<(&'static str, Exit)>,
    details: Map<String, Value>,
}

impl Check {
    /// All is well.
    pub fn ok(name: &'static str, message: impl Into<String>) -> Self {
        Self::new(name, Outcome::Ok, message.into(), None)
    }

    /// It works, and `fix` should be done.
    pub fn warn(name: &'static str, message: impl Into<String>, fix: impl Into<String>) -> Self {
        Self::new(name, Outcome::Warn, message.into(), Some(fix.into()))
    }

    /// It does not apply, or hangs on something that failed.
    pub fn skip(name: &'static str, why: impl Into<String>) -> Self {
        Self::new(name, Outcome::Skip, why.into(), None)
    }

    /// It fails as a command would: with that error's code, and its hint as
    /// the fix.
    pub fn fail(name: &'static str, error: &Error) -> Self {
        Self {
            fix: error.hint(),
            ..Self::failed(name, (error.code(), error.exit()), message(error))
        }
    }

    /// It does not work, by this stable code and exit code; see that it gets a
    /// fix.
    pub fn failed(
        name: &'static str,
        failure: (&'static str, Exit),
        message: impl Into<String>,
    ) -> Self {
        Self {
            failure: Some(failure),
            ..Self::new(name, Outcome::Fail, message.into(), None)
        }
    }

    fn new(name: &'static str, outcome: Outcome, message: String, fix: Option<String>) -> Self {
        Self {
            name,
            outcome,
            message,
            fix,
            failure: None,
            details: Map::new(),
        }
    }

    /// Gives other advice.
    #[must_use]
    pub fn fix(mut self, fix: impl Into<String>) -> Self {
        self.fix = Some(fix.into());
        self
    }

    /// Gives advice where there is none yet.
    #[must_use]
    pub fn or_fix(self, fix: &str) -> Self {
        match self.fix {
            Some(_) => self,
            None => self.fix(fix),
        }
    }

    /// Adds a member for programs.
    #[must_use]
    pub fn with(mut self, member: &str, value: impl Into<Value>) -> Self {
        self.details.insert(member.to_owned(), value.into());
        self
    }

    fn json(&self) -> Value {
        let mut object = Map::new();
        object.insert("name".into(), json!(self.name));
        object.insert("result".into(), json!(self.outcome.name()));
        object.insert("message".into(), json!(self.message));
        object.insert("fix".into(), json!(self.fix));
        if let Some((code, exit)) = self.failure {
            object.insert("error".into(), json!(code));
            object.insert("exit_code".into(), json!(exit as u8));
        }
        object.extend(self.details.clone());
        Value::Object(object)
    }
}

/// The checks of one call, shown as they end.
pub struct Findings<'a> {
    cx: &'a Context,
    as_json: bool,
    checks: Vec<Check>,
}

impl<'a> Findings<'a> {
    /// Begins.
    pub fn new(cx: &'a Context, as_json: bool) -> Self {
        Self {
            cx,
            as_json,
            checks: Vec::new(),
        }
    }

    /// Takes a check, and shows it to a person at once; says whether what
    /// hangs on it can go on.
    ///
    /// # Errors
    ///
    /// When stdout cannot be written.
    pub fn add(&mut self, check: Check) -> Result<bool, Error> {
        if !self.as_json {
            let line = line(&check, check.name, self.cx.render.stdout_paint());
            self.cx.render.text(&line)?;
        }
        let goes_on = matches!(check.outcome, Outcome::Ok | Outcome::Warn);
        self.checks.push(check);
        Ok(goes_on)
    }

    /// Leaves checks out, all for one reason; a person gets one line.
    ///
    /// # Errors
    ///
    /// As [`Findings::add`].
    pub fn skip(&mut self, names: &[&'static str], why: &str) -> Result<(), Error> {
        let all = names.iter().map(|name| Check::skip(name, why));
        let first = self.checks.len();
        self.checks.extend(all);
        match self.checks.get(first) {
            Some(check) if !self.as_json => {
                let names = match names {
                    [one] => (*one).to_owned(),
                    _ => format!("{}:", names.join(", ")),
                };
                let line = line(check, &names, self.cx.render.stdout_paint());
                self.cx.render.text(&line)
            }
            _ => Ok(()),
        }
    }

    /// Returns the exit code: the highest of the checks that failed. The
    /// higher it is, the nearer the fault lies to this machine, and the sooner
    /// it is to be mended: configuration (8), store (7), network (6), the
    /// server's answers (5).
    pub fn exit(&self) -> Exit {
        let failed = self.checks.iter().filter_map(|check| check.failure);
        failed
            .map(|(_, exit)| exit)
            .max_by_key(|exit| *exit as u8)
            .unwrap_or(Exit::Done)
    }

    /// Shows what is left to show: the sums, or the one object.
    ///
    /// # Errors
    ///
    /// As [`Findings::add`].
    pub fn finish(self, head: Map<String, Value>) -> Result<Exit, Error> {
        let exit = self.exit();
        let counts = Outcome::ALL.map(|outcome| {
            let checks = self.checks.iter();
            let count = checks.filter(|check| check.outcome == outcome).count();
            (outcome, count)
        });
        if self.as_json {
            let any = |outcome| self.checks.iter().any(|check| check.outcome == outcome);
            let worst = [Outcome::Fail, Outcome::Warn]
                .into_iter()
                .find(|worst| any(*worst))
                .unwrap_or(Outcome::Ok);
            let counted: Map<String, Value> = counts
                .iter()
                .map(|(outcome, count)| (outcome.name().to_owned(), json!(count)))
                .collect();
            let mut object = Map::new();
            object.insert("result".into(), json!(worst.name()));
            object.insert("exit_code".into(), json!(exit as u8));
            object.extend(head);
            object.insert("counts".into(), Value::Object(counted));
            let checks = self.checks.iter().map(Check::json).collect();
            object.insert("checks".into(), Value::Array(checks));
            self.cx.render.json(&object)?;
        } else {
            let sums: Vec<String> = counts
                .iter()
                .map(|(outcome, count)| format!("{count} {}", outcome.name()))
                .collect();
            self.cx.render.text(&format!("\n{}\n", sums.join(", ")))?;
        }
        Ok(exit)
    }
}

/// Writes one check as a line, and what to do as a second one.
fn line(check: &Check, names: &str, paint: Paint) -> String {
    // Padded before it is painted: escape sequences have no width.
    let word = format!("{:<4}", check.outcome.name());
    let word = match check.outcome {
        Outcome::Ok => paint.green(&word),
        Outcome::Warn => paint.yellow(&word),
        Outcome::Fail => paint.red(&word),
        Outcome::Skip => paint.dim(&word),
    };
    let mut text = format!("{word}  {names:<NAME_WIDTH$}  {}\n", escape(&check.message));
    if let Some(fix) = &check.fix {
        text.push_str(&format!("      {} {}\n", paint.cyan("fix:"), escape(fix)));
    }
    text
}

/// The longest name that the messages are aligned behind.
const NAME_WIDTH: usize = 18;
