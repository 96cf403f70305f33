//! What a token request may carry beside the fields of its grant.

use std::fmt;
use std::str::FromStr;

use aws_lc_rs::digest;
use url::Url;

use super::scope::Scopes;
use crate::core::hex;
use crate::core::http::{FieldValue, Request};
use crate::core::secret::Secret;

/// The optional fields of every token request.
#[derive(Clone, Debug, Default)]
pub struct Parameters {
    /// `scope` (RFC 6749 §3.3); left out when empty.
    pub scope: Scopes,
    /// `audience`: not of an RFC for these grants, but widely used (Auth0,
    /// Keycloak, Ory).
    pub audience: Option<String>,
    /// `resource`, once each (RFC 8707 §2).
    pub resource: Vec<Resource>,
    /// Fields that this server wants and no RFC names.
    pub extra: Vec<Parameter>,
}

impl Parameters {
    /// Returns what tells the extra fields from others: the hexadecimal
    /// SHA-256 of their names and values in order, since a value may be
    /// secret; `None` where there are none.
    pub fn extra_digest(&self) -> Option<String> {
        if self.extra.is_empty() {
            return None;
        }
        let mut context = digest::Context::new(&digest::SHA256);
        for Parameter { name, value } in &self.extra {
            // With the lengths, no two lists are the same octets.
            for text in [name.as_str(), value.expose()] {
                context.update(&(text.len() as u64).to_be_bytes());
                context.update(text.as_bytes());
            }
        }
        Some(hex::encode(context.finish().as_ref()))
    }

    /// Adds the fields to a request.
    pub(super) fn apply(&self, request: &mut Request) {
        if !self.scope.is_empty() {
            request.field("scope", self.scope.to_string());
        }
        if let Some(audience) = &self.audience {
            request.field("audience", audience.as_str());
        }
        for resource in &self.resource {
            request.field("resource", resource.as_str());
        }
        for Parameter { name, value } in &self.extra {
            request
                .form
                .push((name.clone(), FieldValue::Secret(value.clone())));
        }
    }
}

/// A field that no RFC names, typed as `NAME=VALUE`.
///
/// It cannot be one of the protocol's own fields: those have flags of their
/// own, and a field that comes twice is an error (RFC 6749 §3.2). The value
/// may be a one-time password as well as a tenant, so it counts as secret.
#[derive(Clone, Debug)]
pub struct Parameter {
    name: String,
    value: Secret,
}

/// Why a text is no parameter of a request.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidParameter {
    /// No `=`, or nothing before it.
    #[error("expected NAME=VALUE")]
    Form,
    /// A field of the protocol itself.
    #[error("`{0}` is a field of the protocol itself and has a flag of its own")]
    Protocol(String),
}

/// The fields that the requests of authctl set themselves, or that would
/// change what the request means.
const PROTOCOL_FIELDS: [&str; 26] = [
    "actor_token",
    "actor_token_type",
    "assertion",
    "audience",
    "client_assertion",
    "client_assertion_type",
    "client_id",
    "client_secret",
    "code",
    "code_challenge",
    "code_challenge_method",
    "code_verifier",
    "device_code",
    "grant_type",
    "password",
    "redirect_uri",
    "refresh_token",
    "requested_token_type",
    "resource",
    "response_type",
    "scope",
    "subject_token",
    "subject_token_type",
    "token",
    "token_type_hint",
    "username",
];

impl Parameter {
    /// Makes a parameter.
    ///
    /// # Errors
    ///
    /// When the name is empty or one of the protocol's own.
    pub fn new(name: &str, value: &str) -> Result<Self, InvalidParameter> {
        if name.is_empty() {
            return Err(InvalidParameter::Form);
        }
        if PROTOCOL_FIELDS.binary_search(&name).is_ok() {
            return Err(InvalidParameter::Protocol(name.to_owned()));
        }
        Ok(Self {
            name: name.to_owned(),
            value: Secret::new(value),
        })
    }

    /// Returns the name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Returns the value.
    pub fn value(&self) -> &Secret {
        &self.value
    }
}

impl FromStr for Parameter {
    type Err = InvalidParameter;

    fn from_str(text: &str) -> Result<Self, InvalidParameter> {
        let (name, value) = text.split_once('=').ok_or(InvalidParameter::Form)?;
        Self::new(name, value)
    }
}

/// A resource indicator: an absolute URI without a fragment (RFC 8707 §2).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Resource(String);

/// Why a text is no resource indicator.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a resource is an absolute URI without a fragment, like https://api.example")]
pub struct InvalidResource;

impl Resource {
    /// Returns the URI as it was given.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Resource {
    type Err = InvalidResource;

    fn from_str(text: &str) -> Result<Self, InvalidResource> {
        if text.chars().any(|c| c.is_whitespace() || c.is_control()) {
            return Err(InvalidResource);
        }
        match Url::parse(text) {
            Ok(url) if url.fragment().is_none() => Ok(Self(text.to_owned())),
            _ => Err(InvalidResource),
        }
    }
}

impl fmt::Display for Resource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_can_be_searched() {
        assert!(PROTOCOL_FIELDS.is_sorted());
    }

    #[test]
    fn a_parameter_never_overrides_the_protocol() {
        for name in PROTOCOL_FIELDS {
            assert_eq!(
                format!("{name}=x").parse::<Parameter>().err(),
                Some(InvalidParameter::Protocol(name.into()))
            );
        }
        for text in ["", "x", "=x"] {
            assert_eq!(
                text.parse::<Parameter>().err(),
                Some(InvalidParameter::Form),
                "{text:?}"
            );
        }
        let parameter: Parameter = "tenant=a=b".parse().expect("a parameter");
        assert_eq!(parameter.name(), "tenant");
        assert_eq!(parameter.value().expose(), "a=b");
        assert!(!format!("{parameter:?}").contains("a=b"));
    }

    #[test]
    fn a_resource_is_an_absolute_uri_without_fragment() {
        for text in ["https://api.example/", "urn:example:api"] {
            assert_eq!(text.parse::<Resource>().expect(text).as_str(), text);
        }
        for text in ["", "api", "/path", "https://api.example/#f", "https://a b"] {
            assert_eq!(text.parse::<Resource>(), Err(InvalidResource), "{text:?}");
        }
    }
}
