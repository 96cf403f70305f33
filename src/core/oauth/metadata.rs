//! Authorization server metadata (RFC 8414, OpenID Connect Discovery 1.0).

use serde_json::{Map, Value};
use url::Url;

use super::answer::{Answer, kind};
use super::error::Error;
use crate::core::Error as CoreError;
use crate::core::http::{self, Request, Response};
use crate::core::uri::{HttpsUrl, InvalidUrl};

/// The suffix of OpenID Connect Discovery §4.
const OPENID_CONFIGURATION: &str = "/.well-known/openid-configuration";
/// The infix of RFC 8414 §3.
const OAUTH_AUTHORIZATION_SERVER: &str = "/.well-known/oauth-authorization-server";

/// Returns where the metadata of an issuer may be: OpenID Connect Discovery
/// §4 appends its suffix to the issuer, RFC 8414 §3 puts its own between host
/// and path. For an issuer without a path both begin alike:
///
/// - `https://as.example/t` has `https://as.example/t/.well-known/openid-configuration`
/// - and `https://as.example/.well-known/oauth-authorization-server/t`.
///
/// # Errors
///
/// [`Error::UnfitIssuer`] for an issuer with a query (RFC 8414 §2).
pub fn well_known_urls(issuer: &HttpsUrl) -> Result<[HttpsUrl; 2], Error> {
    if issuer.url().query().is_some() {
        return Err(Error::UnfitIssuer {
            issuer: issuer.as_str().to_owned(),
        });
    }
    // "Any terminating "/" MUST be removed before" (both specifications).
    let path = issuer.url().path();
    let path = path.strip_suffix('/').unwrap_or(path);
    let with_path = |path: String| {
        let mut url: Url = issuer.url().clone();
        url.set_path(&path);
        HttpsUrl::try_from(url).map_err(|_| Error::UnfitIssuer {
            issuer: issuer.as_str().to_owned(),
        })
    };
    Ok([
        with_path(format!("{path}{OPENID_CONFIGURATION}"))?,
        with_path(format!("{OAUTH_AUTHORIZATION_SERVER}{path}"))?,
    ])
}

/// The metadata of a server, checked: it is the asked issuer's, and every
/// endpoint in it is https or http on loopback.
#[derive(Clone, Debug, PartialEq)]
pub struct Metadata {
    issuer: HttpsUrl,
    members: Map<String, Value>,
}

impl Metadata {
    /// Judges the answer of a well-known URL of `issuer`.
    ///
    /// # Errors
    ///
    /// - [`Error::IssuerMismatch`] unless the document's `issuer` is identical
    ///   to the one asked for (RFC 8414 §3.3, OIDC Discovery §4.3);
    /// - [`Error::InsecureEndpoint`] for an endpoint that must not be spoken
    ///   to;
    /// - [`http::Error`] for an answer that is not a metadata document, naming
    ///   the member whose type is wrong.
    pub fn process(
        issuer: &HttpsUrl,
        request: &Request,
        response: &Response,
    ) -> Result<Self, CoreError> {
        let answer = Answer {
            request,
            response,
            name: "metadata request",
        };
        let members = answer.object()?;
        match members.get("issuer") {
            Some(Value::String(found)) if found == issuer.as_str() => {}
            Some(Value::String(found)) => {
                return Err(Error::IssuerMismatch {
                    expected: issuer.as_str().to_owned(),
                    found: answer.scrub(found),
                }
                .into());
            }
            Some(other) => {
                return Err(answer
                    .senseless(format!("its `issuer` is {}, not a string", kind(other)))
                    .into());
            }
            None => return Err(answer.senseless("it has no member `issuer`").into()),
        }
        for (name, value) in &members {
            check_member(&answer, name, value)?;
        }
        Ok(Self {
            issuer: issuer.clone(),
            members,
        })
    }

    /// Returns the issuer.
    pub fn issuer(&self) -> &HttpsUrl {
        &self.issuer
    }

    /// Returns all members as received.
    pub fn members(&self) -> &Map<String, Value> {
        &self.members
    }

    /// Returns the endpoint, or `jwks_uri`, of this member name.
    pub fn endpoint(&self, member: &str) -> Option<HttpsUrl> {
        self.members.get(member)?.as_str()?.parse().ok()
    }

    /// Returns the array of strings of this member name, such as
    /// `grant_types_supported`.
    pub fn strings(&self, member: &str) -> Option<Vec<String>> {
        let values = self.members.get(member)?.as_array()?;
        Some(
            values
                .iter()
                .filter_map(|value| Some(value.as_str()?.to_owned()))
                .collect(),
        )
    }

    /// Says whether the server offers a grant type: "if omitted, the default
    /// value is `["authorization_code", "implicit"]`" (RFC 8414 §2).
    pub fn supports_grant(&self, grant_type: &str) -> bool {
        match self.strings("grant_types_supported") {
            Some(grants) => grants.iter().any(|grant| grant == grant_type),
            None => matches!(grant_type, "authorization_code" | "implicit"),
        }
    }

    /// Returns how clients may authenticate at the token endpoint: "if
    /// omitted, the default is `client_secret_basic`" (RFC 8414 §2).
    pub fn token_endpoint_auth_methods(&self) -> Vec<String> {
        self.strings("token_endpoint_auth_methods_supported")
            .unwrap_or_else(|| vec!["client_secret_basic".into()])
    }

    /// Returns how clients may authenticate at another endpoint, such as
    /// `revocation_endpoint`; where the metadata does not say, as at the token
    /// endpoint.
    pub fn auth_methods(&self, endpoint: &str) -> Vec<String> {
        self.strings(&format!("{endpoint}_auth_methods_supported"))
            .unwrap_or_else(|| self.token_endpoint_auth_methods())
    }
}

/// Checks a member by its name: the naming rules of the registry "OAuth
/// Authorization Server Metadata" hold for those that are not known yet as
/// well. `null` stands for an absent member.
fn check_member(answer: &Answer<'_>, name: &str, value: &Value) -> Result<(), CoreError> {
    if value.is_null() {
        return Ok(());
    }
    if name.ends_with("_endpoint") || name == "jwks_uri" {
        return check_endpoint(answer, name, value);
    }
    if name.ends_with("_supported") && is_list(name) {
        let strings = value
            .as_array()
            .is_some_and(|values| values.iter().all(Value::is_string));
        if !strings {
            return Err(wrong_type(answer, name, value, "an array of strings").into());
        }
    }
    Ok(())
}

fn check_endpoint(answer: &Answer<'_>, name: &str, value: &Value) -> Result<(), CoreError> {
    let Value::String(text) = value else {
        return Err(wrong_type(answer, name, value, "a string").into());
    };
    match text.parse::<HttpsUrl>() {
        Ok(_) => Ok(()),
        Err(InvalidUrl::NotAbsolute) => Err(answer
            .senseless(format!("its `{name}` is not an absolute URL"))
            .into()),
        Err(why) => Err(Error::InsecureEndpoint {
            member: name.to_owned(),
            why,
        }
        .into()),
    }
}

/// The lists that authctl reads. Others may be booleans
/// (`claims_parameter_supported`) or hold objects
/// (`authorization_details_types_supported` does not, but who knows).
fn is_list(name: &str) -> bool {
    const LISTS: [&str; 7] = [
        "acr_values_supported",
        "code_challenge_methods_supported",
        "grant_types_supported",
        "response_modes_supported",
        "response_types_supported",
        "scopes_supported",
        "subject_types_supported",
    ];
    LISTS.contains(&name)
        || name.ends_with("_auth_methods_supported")
        || name.ends_with("_alg_values_supported")
}

fn wrong_type(answer: &Answer<'_>, name: &str, value: &Value, due: &str) -> http::Error {
    let found = match value {
        Value::Array(_) => "an array of something else",
        other => kind(other),
    };
    answer.senseless(format!("its `{name}` is {found}, not {due}"))
}
