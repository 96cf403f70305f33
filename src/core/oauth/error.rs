//! What an authorization server refuses with, and what we refuse of it.

use serde_json::{Map, Value};

use crate::core::error::{Exit, Report};
use crate::core::uri::InvalidUrl;

/// The error codes of the RFCs that authctl knows by name.
pub mod code {
    /// The request lacks a parameter, repeats one or is malformed (RFC 6749 §5.2).
    pub const INVALID_REQUEST: &str = "invalid_request";
    /// Client authentication failed (RFC 6749 §5.2).
    pub const INVALID_CLIENT: &str = "invalid_client";
    /// The grant or refresh token is invalid, expired or revoked (RFC 6749 §5.2).
    pub const INVALID_GRANT: &str = "invalid_grant";
    /// The client may not use this grant type (RFC 6749 §5.2).
    pub const UNAUTHORIZED_CLIENT: &str = "unauthorized_client";
    /// The server does not know this grant type (RFC 6749 §5.2).
    pub const UNSUPPORTED_GRANT_TYPE: &str = "unsupported_grant_type";
    /// The scope is unknown, malformed or exceeds the grant (RFC 6749 §5.2).
    pub const INVALID_SCOPE: &str = "invalid_scope";
    /// The resource owner or the server said no (RFC 6749 §4.1.2.1).
    pub const ACCESS_DENIED: &str = "access_denied";
    /// Something unexpected happened at the server (RFC 6749 §4.1.2.1).
    pub const SERVER_ERROR: &str = "server_error";
    /// The server is overloaded or being maintained (RFC 6749 §4.1.2.1).
    pub const TEMPORARILY_UNAVAILABLE: &str = "temporarily_unavailable";
    /// The server cannot revoke tokens of this type (RFC 7009 §2.2.1).
    pub const UNSUPPORTED_TOKEN_TYPE: &str = "unsupported_token_type";
    /// The resource is unknown or malformed (RFC 8707 §2).
    pub const INVALID_TARGET: &str = "invalid_target";
    /// The access token is expired, revoked or malformed (RFC 6750 §3.1).
    pub const INVALID_TOKEN: &str = "invalid_token";
    /// The access token's scope does not suffice (RFC 6750 §3.1).
    pub const INSUFFICIENT_SCOPE: &str = "insufficient_scope";
    /// The device code is no longer valid (RFC 8628 §3.5).
    pub const EXPIRED_TOKEN: &str = "expired_token";
    /// A person must sign in (OIDC Core §3.1.2.6).
    pub const LOGIN_REQUIRED: &str = "login_required";
    /// A person must do something (OIDC Core §3.1.2.6).
    pub const INTERACTION_REQUIRED: &str = "interaction_required";
    /// A person must consent (OIDC Core §3.1.2.6).
    pub const CONSENT_REQUIRED: &str = "consent_required";
    /// A person must choose an account (OIDC Core §3.1.2.6).
    pub const ACCOUNT_SELECTION_REQUIRED: &str = "account_selection_required";
}

/// What an endpoint answered when it refused (RFC 6749 §5.2), kept as
/// received. It is untrusted text: whoever prints it escapes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ErrorResponse {
    /// `error`, such as `invalid_grant`.
    pub error: String,
    /// `error_description`.
    pub error_description: Option<String>,
    /// `error_uri`.
    pub error_uri: Option<String>,
    /// The HTTP status.
    pub status: u16,
}

impl ErrorResponse {
    /// Makes an answer of this code, as the server side of an exchange gives
    /// it.
    pub fn new(error: &str, description: impl Into<String>, status: u16) -> Self {
        Self {
            error: error.to_owned(),
            error_description: Some(description.into()),
            error_uri: None,
            status,
        }
    }

    /// Returns the JSON object of RFC 6749 §5.2; the status is not part of
    /// it.
    pub fn to_json(&self) -> Map<String, Value> {
        let members = [
            ("error", Some(&self.error)),
            ("error_description", self.error_description.as_ref()),
            ("error_uri", self.error_uri.as_ref()),
        ];
        members
            .into_iter()
            .filter_map(|(name, value)| Some((name.to_owned(), Value::from(value?.as_str()))))
            .collect()
    }

    pub(crate) fn described(&self) -> String {
        self.error_description
            .as_ref()
            .map_or_else(String::new, |text| format!(" (\"{text}\")"))
    }
}

/// Why an exchange with the authorization server did not succeed although it
/// answered sensibly.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The server refused.
    #[error("the server answered {}{}", .response.error, .response.described())]
    Refused {
        /// What it said.
        response: ErrorResponse,
        /// The grant type of the request, empty where there is none.
        grant_type: String,
    },
    /// The server refused in a way that only a person's sign-in mends:
    /// `invalid_grant` for a refresh token, `login_required` and its kin.
    #[error("the server answered {}{}", .response.error, .response.described())]
    SignIn {
        /// What it said.
        response: ErrorResponse,
    },
    /// Metadata of another issuer than the one that was asked for
    /// (RFC 8414 §3.3, OIDC Discovery §4.3).
    #[error("the metadata names the issuer `{found}`, not `{expected}`")]
    IssuerMismatch {
        /// The issuer that was asked for.
        expected: String,
        /// The one that the document names.
        found: String,
    },
    /// An endpoint that must not be spoken to, such as one over plain http.
    #[error("the metadata's {member} must not be used: {why}")]
    InsecureEndpoint {
        /// The member of the metadata.
        member: String,
        /// Why.
        why: InvalidUrl,
    },
    /// An ID Token that failed its checks (OIDC Core §3.1.3.7).
    #[error("the ID Token is not good: {why}")]
    IdToken {
        /// Which checks, never the token.
        why: String,
        /// How far the server's clock is ahead of ours, in seconds, where
        /// that may be the reason.
        skew: Option<i64>,
    },
    /// UserInfo of another subject than the ID Token's (OIDC Core §5.3.2).
    #[error("UserInfo speaks of the subject `{found}`, not of `{expected}`")]
    SubjectMismatch {
        /// The subject of the session.
        expected: String,
        /// The subject of the answer.
        found: String,
    },
    /// An answer in a form that is not built.
    #[error("{what}")]
    NotSupported {
        /// What the server sent and what is understood.
        what: String,
    },
    /// The server has no such endpoint, as far as is known.
    #[error("no {member} is known")]
    NoEndpoint {
        /// The member that the metadata lacks.
        member: &'static str,
    },
    /// An issuer that cannot be one (RFC 8414 §2: no query, no fragment).
    #[error("the issuer `{issuer}` has a query, which no issuer has")]
    UnfitIssuer {
        /// The issuer.
        issuer: String,
    },
    /// No way to authenticate the client that both sides know.
    #[error("{what}")]
    ClientAuth {
        /// What does not fit.
        what: String,
        /// What to do.
        hint: String,
    },
}

impl Error {
    /// Makes the error for what an endpoint answered, by the code and by what
    /// had been asked.
    pub(super) fn refusal(response: ErrorResponse, grant_type: Option<&str>) -> Self {
        let person = match response.error.as_str() {
            code::INVALID_GRANT => grant_type == Some("refresh_token"),
            code::LOGIN_REQUIRED
            | code::INTERACTION_REQUIRED
            | code::CONSENT_REQUIRED
            | code::ACCOUNT_SELECTION_REQUIRED
            | code::EXPIRED_TOKEN => true,
            _ => false,
        };
        if person {
            Self::SignIn { response }
        } else {
            Self::Refused {
                response,
                grant_type: grant_type.unwrap_or_default().to_owned(),
            }
        }
    }

    /// Returns what the server answered, where it did.
    pub fn response(&self) -> Option<&ErrorResponse> {
        match self {
            Self::Refused { response, .. } | Self::SignIn { response } => Some(response),
            Self::IssuerMismatch { .. }
            | Self::InsecureEndpoint { .. }
            | Self::IdToken { .. }
            | Self::SubjectMismatch { .. }
            | Self::NotSupported { .. }
            | Self::NoEndpoint { .. }
            | Self::UnfitIssuer { .. }
            | Self::ClientAuth { .. } => None,
        }
    }
}

impl Report for Error {
    fn code(&self) -> &'static str {
        match self {
            Self::Refused { .. } => "refused",
            Self::SignIn { .. } => "sign_in_needed",
            Self::IssuerMismatch { .. } => "issuer_mismatch",
            Self::InsecureEndpoint { .. } => "insecure_endpoint",
            Self::IdToken { .. } => "id_token",
            Self::SubjectMismatch { .. } => "subject_mismatch",
            Self::NotSupported { .. } => "not_supported",
            Self::NoEndpoint { .. } => "no_endpoint",
            Self::UnfitIssuer { .. } => "unfit_issuer",
            Self::ClientAuth { .. } => "client_auth",
        }
    }

    fn exit(&self) -> Exit {
        match self {
            Self::Refused { .. }
            | Self::IssuerMismatch { .. }
            | Self::InsecureEndpoint { .. }
            | Self::IdToken { .. }
            | Self::SubjectMismatch { .. }
            | Self::NotSupported { .. } => Exit::Refused,
            Self::SignIn { .. } => Exit::SignIn,
            Self::NoEndpoint { .. } | Self::UnfitIssuer { .. } | Self::ClientAuth { .. } => {
                Exit::Config
            }
        }
    }

    fn hint(&self) -> Option<String> {
        match self {
            Self::Refused {
                response,
                grant_type,
            } => refusal_hint(&response.error, grant_type).map(Into::into),
            Self::SignIn { .. } => Some("sign in again with `authctl login`".into()),
            Self::IssuerMismatch { found, .. } => Some(format!(
                "an issuer is compared character by character; if the server is the right one, \
                 use `--issuer {found}`"
            )),
            Self::InsecureEndpoint { .. } => Some(
                "tokens go over https, or over http on loopback; the server's operator must \
                 mend its metadata"
                    .into(),
            ),
            Self::IdToken {
                skew: Some(skew), ..
            } => Some(skew_hint(*skew)),
            Self::IdToken { skew: None, .. } => Some(
                "nothing of it is used; check that issuer and client id are the ones of this server"
                    .into(),
            ),
            Self::SubjectMismatch { .. } => {
                Some("do not use this answer; sign in again with `authctl login`".into())
            }
            Self::NotSupported { .. } => None,
            Self::NoEndpoint { member } => Some(format!(
                "the server may not offer it; if it does, give its address with `--{}`",
                member.replace('_', "-")
            )),
            Self::UnfitIssuer { .. } => Some("leave out everything from the `?` on".into()),
            Self::ClientAuth { hint, .. } => Some(hint.clone()),
        }
    }
}

/// Returns what to do about a skewed clock; `skew` is how far the server's is
/// ahead of ours, in seconds.
fn skew_hint(skew: i64) -> String {
    let direction = if skew < 0 { "ahead of" } else { "behind" };
    format!(
        "this machine's clock is {} {direction} the server's; set it right and try again",
        crate::core::time::humanize_span(skew.unsigned_abs())
    )
}

/// Returns what to do about an OAuth error code.
fn refusal_hint(error: &str, grant_type: &str) -> Option<&'static str> {
    Some(match (error, grant_type) {
        (code::INVALID_CLIENT, _) => "check `--client-id`, the client secret and `--auth-method`",
        (code::INVALID_GRANT, "password") => "check the username and the password",
        (code::INVALID_GRANT, _) => "the grant is spent, expired or another client's; start again",
        (code::UNAUTHORIZED_CLIENT, "password") => {
            "the server does not let this client use the password grant; \
             allow it there, or use another flow"
        }
        (code::UNAUTHORIZED_CLIENT, "client_credentials") => {
            "the server does not let this client get tokens of its own; allow the \
             client_credentials grant there"
        }
        (code::UNAUTHORIZED_CLIENT, _) => "the server does not let this client do that",
        (code::UNSUPPORTED_GRANT_TYPE, "password") => {
            "the server does not offer the password grant, or it is switched off; \
             use another flow"
        }
        (code::UNSUPPORTED_GRANT_TYPE, _) => {
            "the server does not offer this grant; `authctl discover` lists what it does"
        }
        (code::INVALID_SCOPE, "refresh_token") => {
            "a refresh cannot widen the scope; sign in again with the scope that is needed"
        }
        (code::INVALID_SCOPE, _) => "check `--scope`; `authctl discover` lists the known ones",
        (code::INVALID_TARGET, _) => "check `--resource` and `--audience`",
        (code::INVALID_REQUEST, _) => {
            "the server misses or dislikes a parameter; its description says which, \
             and `--param NAME=VALUE` adds one"
        }
        (code::INVALID_TOKEN, _) => {
            "the access token is expired, revoked or not for this server; \
             renew it with `authctl refresh`"
        }
        (code::INSUFFICIENT_SCOPE, _) => "sign in again with the scope that is needed",
        (code::ACCESS_DENIED, _) => "the server's policy, or the person asked, said no",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(error: &str, grant_type: Option<&str>) -> Error {
        Error::refusal(ErrorResponse::new(error, "why", 400), grant_type)
    }

    #[test]
    fn only_what_a_sign_in_mends_is_a_sign_in() {
        for (error, grant_type, exit) in [
            ("invalid_grant", Some("refresh_token"), Exit::SignIn),
            ("invalid_grant", Some("password"), Exit::Refused),
            ("invalid_grant", None, Exit::Refused),
            ("invalid_client", Some("refresh_token"), Exit::Refused),
            ("invalid_scope", Some("refresh_token"), Exit::Refused),
            ("login_required", Some("password"), Exit::SignIn),
            ("consent_required", None, Exit::SignIn),
            ("something_new", None, Exit::Refused),
        ] {
            let refusal = refusal(error, grant_type);
            assert_eq!(refusal.exit(), exit, "{error} {grant_type:?}");
            assert_eq!(refusal.response().map(|r| r.error.as_str()), Some(error));
            assert_eq!(
                refusal.to_string(),
                format!("the server answered {error} (\"why\")")
            );
        }
    }

    #[test]
    fn hints_fit_the_grant() {
        let hint = |error, grant| refusal(error, Some(grant)).hint();
        assert_eq!(
            hint("invalid_grant", "password").as_deref(),
            Some("check the username and the password")
        );
        assert!(hint("unauthorized_client", "password").is_some_and(|h| h.contains("password")));
        assert!(hint("invalid_scope", "refresh_token").is_some_and(|h| h.contains("widen")));
        assert_eq!(hint("something_new", "password"), None);
    }

    #[test]
    fn the_skew_is_named() {
        let error = |skew| Error::IdToken {
            why: "issued in the future".into(),
            skew: Some(skew),
        };
        assert_eq!(
            error(600).hint().as_deref(),
            Some("this machine's clock is 10 min behind the server's; set it right and try again")
        );
        assert_eq!(
            error(-600).hint().as_deref(),
            Some(
                "this machine's clock is 10 min ahead of the server's; set it right and try again"
            )
        );
    }

    #[test]
    fn the_wire_form_leaves_out_what_is_absent() {
        let mut response = ErrorResponse::new("invalid_scope", "no such scope", 400);
        assert_eq!(
            Value::Object(response.to_json()).to_string(),
            r#"{"error":"invalid_scope","error_description":"no such scope"}"#
        );
        response.error_description = None;
        assert_eq!(
            Value::Object(response.to_json()).to_string(),
            r#"{"error":"invalid_scope"}"#
        );
    }
}
