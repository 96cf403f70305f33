//! The token endpoint: is one there, and does the client fit it?

use authctl::core::config::Setting;
use authctl::core::error::Error;
use authctl::core::http::{self, Request, Response};
use authctl::core::oauth::client_auth::choose;
use authctl::core::oauth::{self, AuthMethod, Metadata};
use authctl::core::uri::HttpsUrl;
use serde_json::Value;

use super::finding::{Check, Findings};
use super::server::{Server, Unanswered, failed};

/// Checks the endpoint, which gets an empty request unless there is an answer
/// to one already, and how the client authenticates there.
///
/// # Errors
///
/// When stdout cannot be written.
pub fn check(
    server: &Server<'_>,
    metadata: Option<&Metadata>,
    answer: Option<Result<Response, Unanswered>>,
    findings: &mut Findings<'_>,
) -> Result<(), Error> {
    const NAME: &str = "token_endpoint";
    let by_hand = server.settings.url(Setting::TokenEndpoint)?;
    let url = by_hand
        .map(|found| found.value)
        .or_else(|| metadata?.endpoint(NAME));
    let check = match (&url, metadata) {
        (Some(url), _) => {
            let answer = answer.unwrap_or_else(|| {
                // Nobody's credentials, and no grant: every server refuses it.
                server
                    .send(Request::post(url.clone()))
                    .map(|(answer, _)| answer)
            });
            match answer {
                Ok(answer) => judge(url, &answer),
                Err(unanswered) => unanswered.check(NAME),
            }
            .with("url", url.as_str())
        }
        (None, Some(_)) => Check::fail(NAME, &oauth::Error::NoEndpoint { member: NAME }.into())
            .or_fix("give it with `--token-endpoint URL`"),
        (None, None) => Check::skip(NAME, "it hangs on the metadata"),
    };
    findings.add(check)?;
    findings.add(client_auth(server, metadata)?)?;
    Ok(())
}

/// An empty request is refused with an OAuth error (RFC 6749 §5.2).
fn judge(url: &HttpsUrl, answer: &Response) -> Check {
    const NAME: &str = "token_endpoint";
    let body: Option<Value> = serde_json::from_slice(&answer.body).ok();
    let refusal = body
        .as_ref()
        .and_then(|body| body.get("error")?.as_str())
        .map(|code| code.chars().take(LONGEST_CODE).collect::<String>());
    let status = answer.status;
    match (status, refusal) {
        (429 | 500..=599, reason) => failed(
            NAME,
            &http::Error::ServerFailed {
                host: url.authority(),
                status,
                reason,
                retry_after: None,
            },
        ),
        (400..=499, Some(code)) => Check::ok(
            NAME,
            format!("an empty request is refused, as it must be: {code} (HTTP {status})"),
        )
        .with("answer", code),
        (400 | 401 | 403, None) => Check::warn(
            NAME,
            format!("an empty request is refused with HTTP {status}, but without an OAuth error"),
            "check that it is the token endpoint, and what stands before the server",
        ),
        (200..=299, _) => Check::warn(
            NAME,
            format!("an empty request is answered with HTTP {status}, in place of an error"),
            "check that it is the token endpoint",
        ),
        (status, None | Some(_)) => failed(
            NAME,
            &http::Error::Senseless {
                host: url.authority(),
                request: "token request",
                why: format!("HTTP {status} without an OAuth error"),
            },
        ),
    }
    .with("status", status)
}

/// How the client would authenticate, and whether the server lists that.
fn client_auth(server: &Server<'_>, metadata: Option<&Metadata>) -> Result<Check, Error> {
    const NAME: &str = "client_auth";
    let settings = server.settings;
    if settings.text(Setting::ClientId).is_none() {
        let why = "no client is configured; give `--client-id ID`";
        return Ok(Check::skip(NAME, why));
    }
    // Its values have been found fit.
    let asked = settings
        .text(Setting::AuthMethod)
        .and_then(|found| found.value.parse::<AuthMethod>().ok());
    let has_secret = settings.reference(Setting::ClientSecret)?.is_some();
    let supported = metadata.map(Metadata::token_endpoint_auth_methods);
    let method = match choose(asked, supported.as_deref(), has_secret) {
        Ok(method) => method,
        Err(error) => {
            let check = Check::fail(NAME, &error.into());
            return Ok(check.or_fix("choose another with `--auth-method`"));
        }
    };
    let name = method.name();
    let check = match supported {
        None => Check::ok(NAME, name),
        Some(supported) if supported.iter().any(|known| known == name) => {
            Check::ok(NAME, format!("{name}, which the server supports"))
        }
        Some(supported) => Check::warn(
            NAME,
            format!(
                "{name}, which the server does not list: {}",
                supported.join(", ")
            ),
            match method.needs_secret() {
                true => "choose one that it lists, with `--auth-method`",
                false => "give the client's secret with `--client-secret REF` if it has one",
            },
        ),
    };
    Ok(check.with("auth_method", name))
}

/// Registered codes are shorter.
const LONGEST_CODE: usize = 64;
