//! The rules for a Claims Set (RFC 7519 §4).
//!
//! Asking for a check makes the claim required. What is not asked for is
//! checked where a wrong type alone shows that the token is not what it
//! should be.

use std::time::Duration;

use serde_json::{Map, Value};

use super::algorithm::Algorithm;
use super::claim_path::ClaimPath;
use super::claim_rule::ClaimRule;
use super::error::{Failure, Warning};
use super::header::same_media_type;
use super::numeric_date::NumericDate;
use super::profile::Profile;
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
    /// The values that claims must have.
    pub claims: Vec<ClaimRule>,
    /// What must be there, with any value.
    pub required: Vec<ClaimPath>,
    /// How far the clocks may differ, for `exp`, `nbf`, `iat` and `max_age`.
    pub leeway: Duration,
    /// How long ago the token may have been issued, by `iat`. (The age of a
    /// sign-in, `auth_time`, is another rule: OIDC Core §3.1.3.7.)
    pub max_age: Option<Duration>,
    /// Whether a token without `exp` passes, unless its kind requires it.
    pub allow_missing_exp: bool,
    /// The kind of JWT that it must be.
    pub profile: Option<Profile>,
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
    /// Returns the names of the claims that `Rules::check` looks at, sorted,
    /// each once.
    pub fn names(&self) -> Vec<&str> {
        let mut names = vec!["exp", "nbf", "iat", "iss", "aud"];
        if !self.scopes.is_empty() {
            names.extend(["scope", "scp"]);
        }
        let paths = self.claims.iter().map(|rule| &rule.path);
        names.extend(paths.chain(&self.required).map(ClaimPath::claim));
        if let Some(profile) = &self.profile {
            profile.names().for_each(|name| names.push(name));
        }
        names.sort_unstable();
        names.dedup();
        names
    }

    /// Checks the `typ` of a header.
    pub(super) fn check_typ(&self, typ: Option<&Value>) -> Vec<Failure> {
        if let Some(typ) = typ
            && !typ.is_string()
        {
            return vec![Failure::new("typ_invalid", "its `typ` is not a string")];
        }
        let wanted = self
            .typ
            .as_deref()
            .and_then(|wanted| check_typ(typ, wanted));
        let kind = self.profile.as_ref().and_then(|kind| kind.check_typ(typ));
        let mut failures: Vec<_> = wanted.into_iter().chain(kind).collect();
        failures.dedup();
        failures
    }

    /// Checks a Claims Set, which is `text` in the token. `algorithm` is the one
    /// of the signature, where the header says one that is allowed.
    pub(super) fn check(
        &self,
        claims: &impl Claims,
        text: &[u8],
        algorithm: Option<Algorithm>,
        now: Timestamp,
    ) -> Checked {
        let mut checked = Checked::default();
        self.check_times(claims, now, &mut checked);
        self.check_issuer(claims, &mut checked);
        self.check_audience(claims, &mut checked);
        self.check_scopes(claims, &mut checked);
        if let Some(profile) = &self.profile {
            profile.check(self, claims, algorithm, now, &mut checked);
        }
        self.check_claims(claims, text, &mut checked);
        checked
    }

    fn requires(&self, name: &str) -> bool {
        let profile = self.profile.as_ref();
        profile.is_some_and(|profile| profile.requires(name))
    }

    fn check_times(&self, claims: &impl Claims, now: Timestamp, checked: &mut Checked) {
        let mut date = |name| date(claims, name, checked);
        let (exp, nbf, iat) = (date("exp"), date("nbf"), date("iat"));

        match exp {
            // "on or after which the JWT MUST NOT be accepted" (§4.1.4)
            Some(exp) if now >= exp.reached().saturating_add(self.leeway) => {
                checked.refuse("expired", format!("it expired {}", ago(exp.reached(), now)))
            }
            None if !claims.contains("exp")
                && (!self.allow_missing_exp || self.requires("exp")) =>
            {
                let message = "it has no `exp`, so it would never expire";
                checked.miss("exp_missing", "exp", message);
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
                    let message = "it has no `iat`, so its age is not known";
                    checked.miss("iat_missing", "iat", message);
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
            (None, wanted) if wanted.is_some() || self.requires("iss") => {
                checked.miss("iss_missing", "iss", "it has no `iss`");
            }
            (Some(Value::String(_)) | None, _) => {
                checked.warn("issuer_not_checked", "issuer not checked");
            }
            (Some(_), _) => checked.refuse("iss_invalid", "its `iss` is not a string"),
        }
    }

    fn check_audience(&self, claims: &impl Claims, checked: &mut Checked) {
        // One of those that were asked for, and the client of an ID Token.
        let client = self.profile.as_ref().and_then(Profile::audience);
        let asked: Vec<&str> = self.audience.iter().map(String::as_str).collect();
        let groups = [asked, client.into_iter().collect()];
        let checks = groups.iter().any(|group| !group.is_empty());
        let audiences = match claims.get("aud") {
            None if checks || self.requires("aud") => {
                return checked.miss("aud_missing", "aud", "it has no `aud`");
            }
            None => return checked.warn("audience_not_checked", "audience not checked"),
            Some(aud) => audiences(aud),
        };
        let Some(audiences) = audiences else {
            return checked.refuse("aud_invalid", "its `aud` is no string or array of strings");
        };
        if !checks {
            return checked.warn("audience_not_checked", "audience not checked");
        }
        for group in groups.iter().filter(|group| !group.is_empty()) {
            if !group.iter().any(|wanted| audiences.contains(wanted)) {
                let names = group.join("` or `");
                checked.refuse("aud", format!("it is not for the audience `{names}`"));
            }
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

    fn check_claims(&self, claims: &impl Claims, text: &[u8], checked: &mut Checked) {
        for path in &self.required {
            if path.select(claims).is_empty() {
                checked.miss("claim_missing", &path.to_string(), path.absence());
            }
        }
        for ClaimRule { path, wanted } in &self.claims {
            let found = path.select(claims);
            if found.is_empty() {
                checked.miss("claim_missing", &path.to_string(), path.absence());
            } else if !found.iter().any(|value| wanted.is(value)) && !wanted.is_written(text, path)
            {
                checked.refuse("claim", format!("its `{path}` is not what was asked for"));
            }
        }
    }
}

/// What came of the checks.
#[derive(Default)]
pub(super) struct Checked {
    pub(super) failures: Vec<Failure>,
    pub(super) warnings: Vec<Warning>,
    /// What was found to be missing, each to be said once.
    missing: Vec<String>,
}

impl Checked {
    pub(super) fn refuse(&mut self, code: &'static str, message: impl Into<String>) {
        let failure = Failure::new(code, message);
        if !self.failures.contains(&failure) {
            self.failures.push(failure);
        }
    }

    pub(super) fn has(&self, code: &str) -> bool {
        self.failures.iter().any(|failure| failure.code == code)
    }

    /// Refuses the token because a claim, or what a path leads to, is missing.
    pub(super) fn miss(&mut self, code: &'static str, name: &str, message: impl Into<String>) {
        if !self.missing.iter().any(|missing| missing == name) {
            self.missing.push(name.to_owned());
            self.refuse(code, message);
        }
    }

    pub(super) fn warn(&mut self, code: &'static str, message: impl Into<String>) {
        self.warnings.push(Warning::new(code, message));
    }
}

/// Checks that a header has a `typ` that is this one.
pub(super) fn check_typ(typ: Option<&Value>, wanted: &str) -> Option<Failure> {
    match typ {
        Some(Value::String(typ)) if same_media_type(typ, wanted) => None,
        Some(Value::String(_)) => Some(Failure::new("typ", format!("its `typ` is not `{wanted}`"))),
        Some(_) => Some(Failure::new("typ_invalid", "its `typ` is not a string")),
        None => Some(Failure::new("typ_missing", "it has no `typ`")),
    }
}

/// Reads a time; one of another type is refused whether or not it is needed.
pub(super) fn date(
    claims: &impl Claims,
    name: &'static str,
    checked: &mut Checked,
) -> Option<NumericDate> {
    let claim = claims.get(name)?;
    let date = NumericDate::read(claim);
    if date.is_none() {
        let code = match name {
            "exp" => "exp_invalid",
            "nbf" => "nbf_invalid",
            "iat" => "iat_invalid",
            _ => "auth_time_invalid",
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

/// Says how long ago an instant was, and which one it was.
pub(super) fn ago(then: Timestamp, now: Timestamp) -> String {
    match then.seconds_until(now) {
        0 => format!("just now, at {then}"),
        seconds => format!("{} ago, at {then}", format_span(seconds.unsigned_abs())),
    }
}
