//! `--lint`: what is legal about a token and yet unwise.

use std::time::Duration;

use authctl::core::error::Error;
use authctl::core::jose::{self, Finding, jwt, lint};
use authctl::core::time::Timestamp;
use serde_json::Value;

use super::context::Context;

/// Whether to look for what is unwise.
#[derive(clap::Args, Clone, Copy, Debug)]
pub struct LintArgs {
    /// List what is legal but unwise, by RFC 8725, RFC 9068 and others; with
    /// =deny, refuse the token for it (exit 3)
    #[arg(long, value_enum, value_name = "HOW", num_args = 0..=1, require_equals = true, default_missing_value = "list")]
    lint: Option<How>,
}

#[derive(clap::ValueEnum, Clone, Copy, Debug, PartialEq, Eq)]
enum How {
    /// List it
    List,
    /// Refuse the token for it
    Deny,
}

impl LintArgs {
    /// Returns what is unwise about a token that can be decoded, and `of_key`
    /// about the key that verified it, by clocks that may differ by `leeway`;
    /// `None` where nobody asked.
    ///
    /// # Errors
    ///
    /// With `=deny`, [`jose::Error::Unwise`] where there is anything.
    pub fn findings(
        self,
        token: &str,
        of_key: Vec<Finding>,
        now: Timestamp,
        leeway: Duration,
    ) -> Result<Option<Vec<Finding>>, Error> {
        let Some(how) = self.lint else {
            return Ok(None);
        };
        let mut findings = lint(&jwt::decode(token)?, now, leeway);
        findings.extend(of_key);
        match how {
            How::Deny if !findings.is_empty() => Err(jose::Error::Unwise(findings).into()),
            _ => Ok(Some(findings)),
        }
    }
}

/// Says on stderr what was found, beside an answer that has no place for it.
pub fn warn(cx: &Context, findings: Option<&[Finding]>) {
    for found in findings.unwrap_or_default() {
        cx.render.warning(&found.to_string());
    }
}

/// Returns what was found as JSON: `[{"code", "section", "message"}]`.
pub fn findings_json(findings: Option<&[Finding]>) -> Option<Value> {
    findings.map(|findings| findings.iter().map(Finding::to_json).collect())
}
