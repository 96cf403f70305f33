//! The messages of the OAuth and OpenID Connect RFCs.
//!
//! One exchange is two functions: one builds a [`super::http::Request`], one
//! judges a [`super::http::Response`]. Neither does I/O. The embedded
//! authorization server uses the same wire types from the other side.
//!
//! Every judge keeps three answers apart: one that makes no sense
//! ([`super::http::Error::Senseless`], trying again may help), a server in
//! trouble ([`super::http::Error::ServerFailed`]), and a sensible no, or
//! something that must not be trusted ([`Error`]).

mod answer;
pub mod client_auth;
pub mod endpoints;
pub mod error;
pub mod id_token;
pub mod introspection;
pub mod jwks;
pub mod metadata;
pub mod parameters;
pub mod revocation;
mod salvage;
pub mod scope;
pub mod token;
pub mod userinfo;

pub use client_auth::{AuthMethod, ClientAuth};
pub use endpoints::Endpoints;
pub use error::{Error, ErrorResponse};
pub use id_token::IdToken;
pub use introspection::Introspection;
pub use metadata::Metadata;
pub use parameters::{Parameter, Parameters, Resource};
pub use scope::Scopes;
pub use token::TokenResponse;
pub use userinfo::UserInfo;
