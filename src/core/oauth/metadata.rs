//! Authorization server metadata (RFC 8414, OpenID Connect Discovery 1.0).

use serde_json::{Map, Value};
use url::Url;

use super::answer::Answer;
use super::error::Error;
use crate::core::Error as CoreError;
use crate::core::http::{Request, Response};
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
    /// - [`crate::core::http::Error`] for an answer that is not a metadata document, naming
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
        let members = answer.document()?;
        match members.get("issuer") {
            Some(Value::String(found)) if found == issuer.as_str() => {}
            Some(Value::String(found)) => {
                return Err(Error::IssuerMismatch {
                    expected: issuer.as_str().to_owned(),
                    found: answer.scrub(found),
                }
                .into());
            }
            Some(other) => return Err(answer.wrong_type("issuer", other, "a string").into()),
            None => return Err(answer.missing("issuer").into()),
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
    if is_list(name) {
        let strings = value
            .as_array()
            .is_some_and(|values| values.iter().all(Value::is_string));
        if !strings {
            return Err(answer.wrong_type(name, value, "an array of strings").into());
        }
    }
    Ok(())
}

fn check_endpoint(answer: &Answer<'_>, name: &str, value: &Value) -> Result<(), CoreError> {
    let Value::String(text) = value else {
        return Err(answer.wrong_type(name, value, "a string").into());
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

/// The lists of strings that authctl reads. Others are left alone: a name in
/// `_supported` may as well stand for a boolean, like
/// `claims_parameter_supported`.
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

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::core::error::{Exit, Report};

    fn process(issuer: &str, status: u16, body: &str) -> Result<Metadata, CoreError> {
        let issuer: HttpsUrl = issuer.parse().expect("an issuer");
        let [url, _] = well_known_urls(&issuer).expect("fits");
        let response = Response {
            status,
            headers: vec![("content-type".into(), "application/json".into())],
            body: body.as_bytes().to_vec().into(),
        };
        Metadata::process(&issuer, &Request::get(url), &response)
    }

    /// Judges metadata of `https://as.example` with one member more.
    fn with(name: &str, value: Value) -> Result<Metadata, CoreError> {
        let mut document = json!({"issuer": "https://as.example"});
        document[name] = value;
        process("https://as.example", 200, &document.to_string())
    }

    #[test]
    fn both_well_known_forms_are_known() {
        for (issuer, suffix, infix) in [
            (
                "https://as.example",
                "https://as.example/.well-known/openid-configuration",
                "https://as.example/.well-known/oauth-authorization-server",
            ),
            (
                "https://as.example/",
                "https://as.example/.well-known/openid-configuration",
                "https://as.example/.well-known/oauth-authorization-server",
            ),
            // RFC 8414 §3.1's own example.
            (
                "https://example.com/issuer1",
                "https://example.com/issuer1/.well-known/openid-configuration",
                "https://example.com/.well-known/oauth-authorization-server/issuer1",
            ),
            (
                "http://127.0.0.1:9400/a/b/",
                "http://127.0.0.1:9400/a/b/.well-known/openid-configuration",
                "http://127.0.0.1:9400/.well-known/oauth-authorization-server/a/b",
            ),
            (
                "https://as.example/t%2F1",
                "https://as.example/t%2F1/.well-known/openid-configuration",
                "https://as.example/.well-known/oauth-authorization-server/t%2F1",
            ),
        ] {
            let urls = well_known_urls(&issuer.parse().expect("an issuer")).expect("fits");
            assert_eq!([urls[0].as_str(), urls[1].as_str()], [suffix, infix]);
        }
        let unfit = "https://as.example/?tenant=1";
        assert_eq!(
            well_known_urls(&unfit.parse().expect("a URL")),
            Err(Error::UnfitIssuer {
                issuer: unfit.into()
            })
        );
    }

    /// C7: one exact string.
    #[test]
    fn the_issuer_is_compared_character_by_character() {
        for found in [
            "https://as.example/",
            "https://AS.example",
            "https://as.example:443",
            "http://as.example",
            "https://as.example/t",
            "https://as.exampl",
            "",
        ] {
            let body = json!({ "issuer": found }).to_string();
            let error = process("https://as.example", 200, &body).expect_err(found);
            assert_eq!(error.code(), "issuer_mismatch", "{found}");
            assert_eq!(error.exit(), Exit::Refused);
            assert_eq!(
                error.to_string(),
                format!("the metadata names the issuer `{found}`, not `https://as.example`")
            );
        }
    }

    /// C7, C10: no endpoint over http beyond loopback, known or not.
    #[test]
    fn an_insecure_endpoint_condemns_the_document() {
        for (name, value, why) in [
            (
                "token_endpoint",
                "http://as.example/token",
                "http is allowed on loopback only, and `as.example` is not; use https",
            ),
            (
                "jwks_uri",
                "http://cdn.example/jwks",
                "http is allowed on loopback only, and `cdn.example` is not; use https",
            ),
            (
                "future_endpoint",
                "ftp://as.example",
                "its scheme is `ftp`, not https",
            ),
            (
                "token_endpoint",
                "https://u:p@as.example",
                "it holds a user name or a password",
            ),
            (
                "token_endpoint",
                "https://as.example/#f",
                "it has a fragment (#)",
            ),
        ] {
            let error = with(name, value.into()).expect_err(value);
            assert_eq!(
                (error.code(), error.exit()),
                ("insecure_endpoint", Exit::Refused)
            );
            assert_eq!(
                error.to_string(),
                format!("the metadata's {name} must not be used: {why}")
            );
        }
        assert!(with("token_endpoint", "http://127.0.0.1:1/token".into()).is_ok());
        assert!(with("op_policy_uri", "http://as.example/policy".into()).is_ok());
    }

    #[test]
    fn members_of_a_wrong_type_are_named() {
        for (name, value, why) in [
            (
                "token_endpoint",
                json!(7),
                "its `token_endpoint` is a number, not a string",
            ),
            (
                "token_endpoint",
                json!("/token"),
                "its `token_endpoint` is not an absolute URL",
            ),
            (
                "jwks_uri",
                json!([]),
                "its `jwks_uri` is an array, not a string",
            ),
            ("issuer", json!(null), "its `issuer` is null, not a string"),
            (
                "grant_types_supported",
                json!("password"),
                "its `grant_types_supported` is a string, not an array of strings",
            ),
            (
                "token_endpoint_auth_methods_supported",
                json!(["none", 7]),
                "its `token_endpoint_auth_methods_supported` is not an array of strings",
            ),
            (
                "id_token_signing_alg_values_supported",
                json!({"RS256": true}),
                "its `id_token_signing_alg_values_supported` is an object, not an array of strings",
            ),
        ] {
            let error = with(name, value).expect_err(name);
            assert_eq!(error.exit(), Exit::Unreachable);
            assert_eq!(
                error.to_string(),
                format!("the answer of as.example to the metadata request makes no sense: {why}")
            );
        }
        let error = process("https://as.example", 200, "{}").expect_err("no issuer");
        assert_eq!(
            error.to_string(),
            "the answer of as.example to the metadata request makes no sense: \
             it has no member `issuer`"
        );
    }

    #[test]
    fn what_is_there_can_be_read_and_what_is_not_has_its_default() {
        let metadata = with("token_endpoint", "https://as.example/token".into()).expect("fits");
        assert_eq!(
            metadata
                .endpoint("token_endpoint")
                .map(|url| url.to_string()),
            Some("https://as.example/token".into())
        );
        assert_eq!(metadata.endpoint("jwks_uri"), None);
        assert!(!metadata.supports_grant("password"));
        assert!(metadata.supports_grant("authorization_code"));
        assert_eq!(
            metadata.token_endpoint_auth_methods(),
            ["client_secret_basic"]
        );

        let metadata = with("grant_types_supported", json!(["password"])).expect("fits");
        assert!(metadata.supports_grant("password"));
        assert!(!metadata.supports_grant("authorization_code"));

        let metadata = with(
            "token_endpoint_auth_methods_supported",
            json!(["client_secret_post"]),
        )
        .expect("fits");
        assert_eq!(
            metadata.auth_methods("revocation_endpoint"),
            ["client_secret_post"]
        );

        let metadata = with(
            "revocation_endpoint_auth_methods_supported",
            json!(["none"]),
        );
        let metadata = metadata.expect("fits");
        assert_eq!(metadata.auth_methods("revocation_endpoint"), ["none"]);
        assert_eq!(
            metadata.auth_methods("token_endpoint"),
            ["client_secret_basic"]
        );
        assert!(
            with("scopes_supported", Value::Null).is_ok(),
            "null is absent"
        );
    }
}
