//! The rules for a Claims Set (RFC 7519 §4).
//!
//! Asking for a check makes the claim required. What is not asked for is
//! checked where a wrong type alone shows that the token is not what it
//! should be.

use std::time::Duration;

use serde_json::{Map, Value};

use super::algorithm::Algorithm;
use super::error::{Failure, Warning};
use super::header::same_media_type;
use super::json;
use super::numeric_date::NumericDate;
use crate::core::time::{Timestamp, format_span};

/// What a JWT must satisfy. The default is strict: `exp` is required and there
/// is no leeway; issuer, audience and the rest are checked when asked for.
#[derive(Clone, Debug, Default)]
pub struct Rules {
    /// The `iss` that is required, one exact string.
    pub issuer: Option<String>,
    /// The audiences of which one must be in `aud`.
    pub audience: Vec<String>,
    /// The algorithms that are allowed, beyond what the key decides.
    pub algorithms: Option<Vec<Algorithm>>,
    /// The `typ` that is required in the header, such as `at+jwt`; case and a
    /// leading `application/` do not matter.
    pub typ: Option<String>,
    /// The scopes that must all be granted, in `scope` (a list between
    /// spaces) or `scp` (a list, or the same).
    pub scopes: Vec<String>,
    /// Claims and their values. A text matches the same string, and also the
    /// number, boolean, `null`, array or object that it is as JSON. An array
    /// matches by one of its items too.
    pub claims: Vec<(String, Value)>,
    /// The claims that must be there, with any value.
    pub required: Vec<String>,
    /// How far the clocks may differ, for `exp`, `nbf`, `iat` and `max_age`.
    pub leeway: Duration,
    /// How long ago the token may have been issued, by `iat`. (The age of a
    /// sign-in, `auth_time`, is another rule: OIDC Core §3.1.3.7.)
    pub max_age: Option<Duration>,
    /// Whether a token without `exp` passes.
    pub allow_missing_exp: bool,
}

/// The members of a Claims Set, or those of them that [`Rules::names`] lists:
/// whoever judges many tokens need not keep the others.
pub(super) trait Claims {
    /// Returns a claim.
    fn get(&self, name: &str) -> Option<&Value>;

    /// Says whether there is such a claim.
    fn contains(&self, name: &str) -> bool {
        self.get(name).is_some()
    }
}

impl Claims for Map<String, Value> {
    fn get(&self, name: &str) -> Option<&Value> {
        Map::get(self, name)
    }
}

impl Rules {
    /// Returns the names of the claims that [`Rules::check`] looks at, sorted,
    /// each once.
    pub fn names(&self) -> Vec<&str> {
        let mut names = vec!["exp", "nbf", "iat", "iss", "aud"];
        if !self.scopes.is_empty() {
            names.extend(["scope", "scp"]);
        }
        names.extend(self.required.iter().map(String::as_str));
        names.extend(self.claims.iter().map(|(name, _)| name.as_str()));
        names.sort_unstable();
        names.dedup();
        names
    }

    /// Checks the `typ` of a header.
    pub(super) fn check_typ(&self, typ: Option<&Value>) -> Vec<Failure> {
        let failure = match (typ, &self.typ) {
            (None, None) | (Some(Value::String(_)), None) => None,
            (Some(Value::String(typ)), Some(wanted)) if same_media_type(typ, wanted) => None,
            (Some(Value::String(_)), Some(wanted)) => {
                Some(Failure::new("typ", format!("its `typ` is not `{wanted}`")))
            }
            (Some(_), _) => Some(Failure::new("typ_invalid", "its `typ` is not a string")),
            (None, Some(_)) => Some(Failure::new("typ_missing", "it has no `typ`")),
        };
        failure.into_iter().collect()
    }

    /// Checks a Claims Set.
    pub(super) fn check(&self, claims: &impl Claims, now: Timestamp) -> Checked {
        let mut checked = Checked::default();
        self.check_times(claims, now, &mut checked);
        self.check_issuer(claims, &mut checked);
        self.check_audience(claims, &mut checked);
        self.check_scopes(claims, &mut checked);
        self.check_claims(claims, &mut checked);
        checked
    }

    fn check_times(&self, claims: &impl Claims, now: Timestamp, checked: &mut Checked) {
        let mut date = |name| date(claims, name, checked);
        let (exp, nbf, iat) = (date("exp"), date("nbf"), date("iat"));

        match exp {
            // "on or after which the JWT MUST NOT be accepted" (§4.1.4)
            Some(exp) if now >= exp.reached().saturating_add(self.leeway) => {
                checked.refuse("expired", format!("it expired {}", ago(exp.reached(), now)))
            }
            None if !claims.contains("exp") && !self.allow_missing_exp => {
                checked.refuse("exp_missing", "it has no `exp`, so it would never expire");
            }
            _ => {}
        }
        // "before which the JWT MUST NOT be accepted" (§4.1.5)
        if let Some(nbf) = nbf
            && now.saturating_add(self.leeway) < nbf.reached()
        {
            checked.refuse(
                "not_yet_valid",
                format!("it is valid only from {}", nbf.reached()),
            );
        }
        let ahead = iat.filter(|iat| now.saturating_add(self.leeway) < iat.reached());
        match (self.max_age, iat) {
            (None, _) => {
                if let Some(iat) = ahead {
                    checked.warn(
                        "issued_in_the_future",
                        format!("it was issued in the future, at {}", iat.reached()),
                    );
                }
            }
            (Some(_), None) => {
                if !claims.contains("iat") {
                    checked.refuse("iat_missing", "it has no `iat`, so its age is not known");
                }
            }
            (Some(_), Some(iat)) if ahead.is_some() => checked.refuse(
                "issued_in_the_future",
                format!("it was issued in the future, at {}", iat.reached()),
            ),
            (Some(max_age), Some(iat)) => {
                let last = iat
                    .begun()
                    .saturating_add(max_age)
                    .saturating_add(self.leeway);
                if now > last {
                    checked.refuse(
                        "too_old",
                        format!(
                            "it was issued {}, which is more than {} ago",
                            ago(iat.begun(), now),
                            format_span(max_age.as_secs())
                        ),
                    );
                }
            }
        }
    }

    /// "The `iss` value is a case-sensitive string" (RFC 7519 §4.1.1), and it
    /// is compared whole: no prefix, no normal form of a URL, no list.
    fn check_issuer(&self, claims: &impl Claims, checked: &mut Checked) {
        match (claims.get("iss"), &self.issuer) {
            (Some(Value::String(iss)), Some(issuer)) if iss == issuer => {}
            (Some(Value::String(_)), Some(issuer)) => {
                checked.refuse("iss", format!("its `iss` is not `{issuer}`"));
            }
            (Some(Value::String(_)) | None, None) => {
                checked.warn("issuer_not_checked", "issuer not checked");
            }
            (Some(_), _) => checked.refuse("iss_invalid", "its `iss` is not a string"),
            (None, Some(_)) => checked.refuse("iss_missing", "it has no `iss`"),
        }
    }

    fn check_audience(&self, claims: &impl Claims, checked: &mut Checked) {
        let audiences = match claims.get("aud") {
            None if self.audience.is_empty() => {
                return checked.warn("audience_not_checked", "audience not checked");
            }
            None => return checked.refuse("aud_missing", "it has no `aud`"),
            Some(aud) => audiences(aud),
        };
        let Some(audiences) = audiences else {
            return checked.refuse("aud_invalid", "its `aud` is no string or array of strings");
        };
        if self.audience.is_empty() {
            return checked.warn("audience_not_checked", "audience not checked");
        }
        let meant = |wanted: &String| audiences.contains(&wanted.as_str());
        if !self.audience.iter().any(meant) {
            checked.refuse(
                "aud",
                format!(
                    "it is not for the audience `{}`",
                    self.audience.join("`, `")
                ),
            );
        }
    }

    fn check_scopes(&self, claims: &impl Claims, checked: &mut Checked) {
        if self.scopes.is_empty() {
            return;
        }
        let Some(claim) = claims.get("scope").or_else(|| claims.get("scp")) else {
            return checked.refuse("scope_missing", "it has no `scope` or `scp`");
        };
        let granted: Option<Vec<&str>> = match claim {
            Value::String(scope) => Some(scope.split(' ').collect()),
            Value::Array(items) => items.iter().map(Value::as_str).collect(),
            _ => None,
        };
        let Some(granted) = granted else {
            return checked.refuse(
                "scope_invalid",
                "its `scope` is no string or array of strings",
            );
        };
        for scope in &self.scopes {
            if !granted.contains(&scope.as_str()) {
                checked.refuse("scope", format!("it lacks the scope `{scope}`"));
            }
        }
    }

    fn check_claims(&self, claims: &impl Claims, checked: &mut Checked) {
        for name in &self.required {
            if !claims.contains(name) {
                checked.refuse("claim_missing", format!("it has no `{name}`"));
            }
        }
        for (name, wanted) in &self.claims {
            match claims.get(name) {
                None => checked.refuse("claim_missing", format!("it has no `{name}`")),
                Some(found) if !matches(found, wanted) => {
                    checked.refuse("claim", format!("its `{name}` is not what was asked for"));
                }
                Some(_) => {}
            }
        }
    }
}

/// What came of the checks.
#[derive(Default)]
pub(super) struct Checked {
    pub(super) failures: Vec<Failure>,
    pub(super) warnings: Vec<Warning>,
}

impl Checked {
    fn refuse(&mut self, code: &'static str, message: impl Into<String>) {
        self.failures.push(Failure::new(code, message));
    }

    fn warn(&mut self, code: &'static str, message: impl Into<String>) {
        self.warnings.push(Warning::new(code, message));
    }
}

/// Reads a time; one of another type is refused whether or not it is needed.
fn date(claims: &impl Claims, name: &'static str, checked: &mut Checked) -> Option<NumericDate> {
    let claim = claims.get(name)?;
    let date = NumericDate::read(claim);
    if date.is_none() {
        let code = match name {
            "exp" => "exp_invalid",
            "nbf" => "nbf_invalid",
            _ => "iat_invalid",
        };
        checked.refuse(code, format!("its `{name}` is not a number"));
    }
    date
}

/// Returns the values of `aud`: "an array of case-sensitive strings" or, for
/// one audience, "a single case-sensitive string" (RFC 7519 §4.1.3); `None`
/// for anything else.
pub(super) fn audiences(aud: &Value) -> Option<Vec<&str>> {
    match aud {
        Value::String(audience) => Some(vec![audience]),
        Value::Array(items) => items.iter().map(Value::as_str).collect(),
        _ => None,
    }
}

/// Says whether a claim is what was wanted, or an array that has it among its
/// items.
fn matches(found: &Value, wanted: &Value) -> bool {
    equals(found, wanted)
        || found
            .as_array()
            .is_some_and(|items| items.iter().any(|item| equals(item, wanted)))
}

fn equals(found: &Value, wanted: &Value) -> bool {
    match (found, wanted) {
        (Value::String(found), Value::String(wanted)) if found == wanted => true,
        (_, Value::String(wanted)) => {
            json::parse_value(wanted.as_bytes()).is_ok_and(|wanted| is_exactly(found, &wanted))
        }
        _ => is_exactly(found, wanted),
    }
}

/// Says whether two values are the same, numbers to the last digit: those that
/// a floating-point number cannot tell from their neighbours are equal to none.
fn is_exactly(a: &Value, b: &Value) -> bool {
    /// 2^53: beyond it not every integer is such a number.
    const EXACT: f64 = 9_007_199_254_740_992.0;
    let blurred =
        |value: &Value| value.is_f64() && value.as_f64().is_none_or(|number| number.abs() >= EXACT);
    a == b && !blurred(a)
}

fn ago(then: Timestamp, now: Timestamp) -> String {
    match then.seconds_until(now) {
        0 => format!("just now, at {then}"),
        seconds => format!("{} ago, at {then}", format_span(seconds.unsigned_abs())),
    }
}
