//! What a test expects of a call, said before it is made.
//!
//! What is not expected is an error: by default a call ends with 0 and says
//! nothing on either stream.
//!
//! ```ignore
//! home.authctl(["decode", "x"]).code(3).stderr_has("malformed").check();
//! ```

use serde_json::Value;

use crate::harness::{Call, Done};

/// How a call is to end, and what it is to say.
#[derive(Default)]
pub struct Expected {
    code: i32,
    stdout: Text,
    stderr: Text,
}

enum Text {
    Is(String),
    Has(Vec<String>),
}

impl Call {
    /// Expects this exit code.
    pub fn code(mut self, code: i32) -> Self {
        self.expected.code = code;
        self
    }

    /// Expects exactly this answer.
    pub fn stdout(mut self, text: impl Into<String>) -> Self {
        self.expected.stdout = Text::Is(text.into());
        self
    }

    /// Expects an answer with this in it; may be repeated.
    pub fn stdout_has(mut self, text: impl Into<String>) -> Self {
        self.expected.stdout.and_has(text.into());
        self
    }

    /// Expects exactly this on stderr.
    pub fn stderr(mut self, text: impl Into<String>) -> Self {
        self.expected.stderr = Text::Is(text.into());
        self
    }

    /// Expects this somewhere on stderr; may be repeated.
    pub fn stderr_has(mut self, text: impl Into<String>) -> Self {
        self.expected.stderr.and_has(text.into());
        self
    }

    /// Makes the call and compares.
    #[track_caller]
    pub fn check(mut self) -> Done {
        let expected = std::mem::take(&mut self.expected);
        let done = self.run();
        let (stdout, stderr) = (done.stdout(), done.stderr());
        let all = format!("--- stdout\n{stdout}\n--- stderr\n{stderr}\n---");
        let code = done.0.status.code();
        assert_eq!(code, Some(expected.code), "exit code of {all}");
        expected.stdout.check("stdout", &stdout, &all);
        expected.stderr.check("stderr", &stderr, &all);
        done
    }

    /// Makes the call and returns its answer, which is JSON.
    #[track_caller]
    pub fn check_json(self) -> Value {
        let done = self.stdout_has("{").check();
        serde_json::from_slice(&done.0.stdout).unwrap()
    }

    /// Makes the call on a terminal of its own, without colour; returns what
    /// came out on either stream, with the line endings that a terminal makes
    /// undone.
    #[cfg(unix)]
    pub fn on_terminal(self) -> String {
        use crate::prompts::{on_a_terminal, to_the_end};
        let (seen, _) = to_the_end(&mut on_a_terminal(self.env("NO_COLOR", "1")));
        seen.replace("\r\n", "\n")
    }

    /// Makes the call, which fails under `--json`, and returns its error.
    #[track_caller]
    pub fn check_error(self) -> Value {
        let done = self.stderr_has("{").check();
        serde_json::from_slice(&done.0.stderr).unwrap()
    }
}

impl Text {
    fn and_has(&mut self, text: String) {
        match self {
            Self::Has(texts) => texts.push(text),
            Self::Is(_) => *self = Self::Has(vec![text]),
        }
    }

    #[track_caller]
    fn check(&self, stream: &str, found: &str, all: &str) {
        match self {
            Self::Is(text) => assert_eq!(found, text, "{stream} of {all}"),
            Self::Has(texts) => {
                for text in texts {
                    assert!(found.contains(text), "no {text:?} in {stream} of {all}");
                }
            }
        }
    }
}

impl Default for Text {
    fn default() -> Self {
        Self::Is(String::new())
    }
}
