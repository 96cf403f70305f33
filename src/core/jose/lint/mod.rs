//! What is legal about a token and yet unwise, seen without any key; and about
//! the key that verified one.

mod access_token;
mod claims;
mod encryption;
mod header;
mod key;
mod rules;
mod secrets;

use std::time::Duration;

pub use key::lint_key;
use rules::Findings;
pub use rules::{Finding, LintRule};

use super::jwt::{UnverifiedContent, UnverifiedJwt};
use crate::core::time::Timestamp;

/// Returns what is unwise about a token by [`LintRule::ALL`], with clocks that
/// differ by as much as `leeway`. The values of claims are never repeated.
pub fn lint(token: &UnverifiedJwt, now: Timestamp, leeway: Duration) -> Vec<Finding> {
    let mut findings = Findings::default();
    header::key(&token.header, &mut findings);
    match &token.content {
        UnverifiedContent::Encrypted => encryption::check(&token.header, &mut findings),
        UnverifiedContent::Signed {
            claims,
            signature_len,
            ..
        } => {
            header::signature(&token.header, *signature_len, &mut findings);
            claims::times(token, claims, (now, leeway), &mut findings);
            claims::parties(&token.header, claims, &mut findings);
            claims::numbers(claims, &mut findings);
            access_token::check(&token.header, claims, &mut findings);
            for (name, value) in claims {
                secrets::check(name, value, &mut findings);
            }
        }
    }
    findings.0
}

#[cfg(test)]
mod tests;
