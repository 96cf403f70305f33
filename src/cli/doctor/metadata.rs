//! Both well-known forms of the metadata, and whether they agree.

use std::collections::BTreeSet;

use authctl::core::error::Error;
use authctl::core::http::{self, Request, Response};
use authctl::core::oauth::Metadata;
use authctl::core::uri::HttpsUrl;
use serde_json::Value;

use super::finding::{Check, Findings};
use super::server::Unanswered;

/// OpenID Connect Discovery 1.0 §4, and RFC 8414 §3.
const NAMES: [&str; 2] = ["metadata_openid", "metadata_oauth"];

/// What a well-known address gave.
enum Form {
    Found(Metadata),
    /// There is none there, as a server is free to have it.
    Absent(Error),
    /// There is something, or nothing came.
    Bad(Error),
    /// Nobody asked.
    Unknown(Check),
}

/// Judges both answers; returns the document that the other commands go by.
///
/// # Errors
///
/// When stdout cannot be written.
pub fn check(
    issuer: &HttpsUrl,
    urls: &[HttpsUrl; 2],
    answers: [Result<Response, Unanswered>; 2],
    findings: &mut Findings<'_>,
) -> Result<Option<Metadata>, Error> {
    let [first, second] = answers;
    let openid = judge(0, issuer, &urls[0], first);
    let oauth = judge(1, issuer, &urls[1], second);
    findings.add(one(0, &urls[0], &openid, &oauth))?;
    findings.add(one(1, &urls[1], &oauth, &openid))?;
    let both = match (openid, oauth) {
        (Form::Found(openid), Form::Found(oauth)) => {
            findings.add(agreement(&openid, &oauth))?;
            return Ok(Some(openid));
        }
        (Form::Found(one), _) => Some(one),
        (Form::Absent(_), Form::Found(one)) => Some(one),
        (Form::Bad(error), Form::Found(one)) if is_passed_over(&error) => Some(one),
        _ => None,
    };
    match &both {
        Some(_) => findings.add(Check::ok(
            "metadata",
            "one form, so none that contradicts it",
        ))?,
        None => findings.add(Check::skip("metadata", "it hangs on the forms of it"))?,
    };
    Ok(both)
}

fn judge(
    index: usize,
    issuer: &HttpsUrl,
    url: &HttpsUrl,
    answer: Result<Response, Unanswered>,
) -> Form {
    let response = match answer {
        Ok(response) => response,
        Err(Unanswered::Failed(error)) => return Form::Bad(error.into()),
        Err(not_asked) => return Form::Unknown(not_asked.check(NAMES[index])),
    };
    match Metadata::process(issuer, &Request::get(url.clone()), &response) {
        Ok(metadata) => Form::Found(metadata),
        Err(error) if matches!(response.status, 400..=428 | 430..=499) => Form::Absent(error),
        Err(error) => Form::Bad(error),
    }
}

/// Says whether commands go on to the second form after this answer of the
/// first.
fn is_passed_over(error: &Error) -> bool {
    matches!(
        error,
        Error::Http(http::Error::Senseless { .. } | http::Error::ServerFailed { .. })
    )
}

fn one(index: usize, url: &HttpsUrl, form: &Form, other: &Form) -> Check {
    let name = NAMES[index];
    let has_other = matches!(other, Form::Found(_));
    let check = match form {
        Form::Found(_) => Check::ok(name, format!("found at {url}")),
        Form::Absent(_) if has_other => {
            Check::ok(name, "not there, which is fine: the other form is")
        }
        Form::Bad(error) if has_other && (index == 1 || is_passed_over(error)) => Check::warn(
            name,
            crate::cli::render::message(error),
            format!(
                "tell the server's operator; authctl goes by `{}`",
                NAMES[1 - index]
            ),
        ),
        Form::Unknown(check) => check.clone(),
        Form::Absent(error) | Form::Bad(error) => {
            Check::fail(name, error).or_fix("check the issuer: `--issuer URL`")
        }
    };
    check
        .with("url", url.as_str())
        .with("found", matches!(form, Form::Found(_)))
}

/// Compares what is in both: a client that goes by the one must not be led
/// elsewhere than one that goes by the other.
fn agreement(openid: &Metadata, oauth: &Metadata) -> Check {
    const NAME: &str = "metadata";
    let differ: Vec<&str> = openid
        .members()
        .iter()
        .filter(|(name, value)| {
            let other = oauth.members().get(name.as_str());
            other.is_some_and(|other| !same(value, other))
        })
        .map(|(name, _)| name.as_str())
        .collect();
    if differ.is_empty() {
        return Check::ok(NAME, "both forms agree");
    }
    Check::warn(
        NAME,
        format!(
            "the two forms contradict each other in {}",
            differ.join(", ")
        ),
        "tell the server's operator; authctl goes by `metadata_openid`",
    )
    .with("members", differ)
}

/// Says whether two values are the same; lists are sets here.
fn same(one: &Value, other: &Value) -> bool {
    match (one, other) {
        (Value::Array(one), Value::Array(other)) => {
            let set = |values: &[Value]| -> BTreeSet<String> {
                values.iter().map(ToString::to_string).collect()
            };
            set(one) == set(other)
        }
        _ => one == other,
    }
}
