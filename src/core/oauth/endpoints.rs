//! Where to send what: the metadata, overlaid by what was given by hand.

use super::error::Error;
use super::metadata::Metadata;
use crate::core::uri::HttpsUrl;

/// The addresses of a server; those given by hand, then those of its
/// metadata.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Endpoints {
    /// The issuer, where one is known.
    pub issuer: Option<HttpsUrl>,
    /// `token_endpoint` (RFC 6749 §3.2).
    pub token: Option<HttpsUrl>,
    /// `authorization_endpoint` (RFC 6749 §3.1).
    pub authorization: Option<HttpsUrl>,
    /// `device_authorization_endpoint` (RFC 8628 §4).
    pub device_authorization: Option<HttpsUrl>,
    /// `revocation_endpoint` (RFC 7009).
    pub revocation: Option<HttpsUrl>,
    /// `introspection_endpoint` (RFC 7662).
    pub introspection: Option<HttpsUrl>,
    /// `userinfo_endpoint` (OIDC Core §5.3).
    pub userinfo: Option<HttpsUrl>,
    /// `jwks_uri` (RFC 8414 §2).
    pub jwks_uri: Option<HttpsUrl>,
    /// `end_session_endpoint` (OIDC RP-Initiated Logout §2.1).
    pub end_session: Option<HttpsUrl>,
}

impl Endpoints {
    /// Takes the endpoints out of a server's metadata.
    pub fn from_metadata(metadata: &Metadata) -> Self {
        Self {
            issuer: Some(metadata.issuer().clone()),
            token: metadata.endpoint("token_endpoint"),
            authorization: metadata.endpoint("authorization_endpoint"),
            device_authorization: metadata.endpoint("device_authorization_endpoint"),
            revocation: metadata.endpoint("revocation_endpoint"),
            introspection: metadata.endpoint("introspection_endpoint"),
            userinfo: metadata.endpoint("userinfo_endpoint"),
            jwks_uri: metadata.endpoint("jwks_uri"),
            end_session: metadata.endpoint("end_session_endpoint"),
        }
    }

    /// Fills what is absent here from `other`: what was given by hand stays.
    #[must_use]
    pub fn or(self, other: Endpoints) -> Self {
        Self {
            issuer: self.issuer.or(other.issuer),
            token: self.token.or(other.token),
            authorization: self.authorization.or(other.authorization),
            device_authorization: self.device_authorization.or(other.device_authorization),
            revocation: self.revocation.or(other.revocation),
            introspection: self.introspection.or(other.introspection),
            userinfo: self.userinfo.or(other.userinfo),
            jwks_uri: self.jwks_uri.or(other.jwks_uri),
            end_session: self.end_session.or(other.end_session),
        }
    }

    /// Returns the token endpoint.
    ///
    /// # Errors
    ///
    /// This and its siblings: [`Error::NoEndpoint`], naming the member.
    pub fn token(&self) -> Result<&HttpsUrl, Error> {
        known(self.token.as_ref(), "token_endpoint")
    }

    /// Returns the revocation endpoint.
    ///
    /// # Errors
    ///
    /// [`Error::NoEndpoint`].
    pub fn revocation(&self) -> Result<&HttpsUrl, Error> {
        known(self.revocation.as_ref(), "revocation_endpoint")
    }

    /// Returns the introspection endpoint.
    ///
    /// # Errors
    ///
    /// [`Error::NoEndpoint`].
    pub fn introspection(&self) -> Result<&HttpsUrl, Error> {
        known(self.introspection.as_ref(), "introspection_endpoint")
    }

    /// Returns the UserInfo endpoint.
    ///
    /// # Errors
    ///
    /// [`Error::NoEndpoint`].
    pub fn userinfo(&self) -> Result<&HttpsUrl, Error> {
        known(self.userinfo.as_ref(), "userinfo_endpoint")
    }

    /// Returns the end-session endpoint.
    ///
    /// # Errors
    ///
    /// [`Error::NoEndpoint`].
    pub fn end_session(&self) -> Result<&HttpsUrl, Error> {
        known(self.end_session.as_ref(), "end_session_endpoint")
    }

    /// Returns where the server's keys are.
    ///
    /// # Errors
    ///
    /// [`Error::NoEndpoint`].
    pub fn jwks_uri(&self) -> Result<&HttpsUrl, Error> {
        known(self.jwks_uri.as_ref(), "jwks_uri")
    }
}

fn known<'a>(url: Option<&'a HttpsUrl>, member: &'static str) -> Result<&'a HttpsUrl, Error> {
    url.ok_or(Error::NoEndpoint { member })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::error::{Exit, Report};

    fn url(text: &str) -> Option<HttpsUrl> {
        Some(text.parse().expect(text))
    }

    #[test]
    fn what_was_given_by_hand_stays() {
        let by_hand = Endpoints {
            token: url("https://hand.example/token"),
            ..Endpoints::default()
        };
        let discovered = Endpoints {
            token: url("https://as.example/token"),
            userinfo: url("https://as.example/userinfo"),
            ..Endpoints::default()
        };
        let endpoints = by_hand.or(discovered);
        assert_eq!(endpoints.token, url("https://hand.example/token"));
        assert_eq!(endpoints.userinfo, url("https://as.example/userinfo"));
    }

    #[test]
    fn an_unknown_endpoint_is_named_with_its_flag() {
        let error = Endpoints::default().revocation().expect_err("none");
        assert_eq!(error.to_string(), "no revocation_endpoint is known");
        assert_eq!(error.exit(), Exit::Config);
        assert!(
            error
                .hint()
                .is_some_and(|hint| hint.contains("`--revocation-endpoint`"))
        );
    }
}
