//! The embedded authorization server, spoken to over real HTTP.

mod client_auth;
mod configuration;
mod documents;
mod grants;
mod hygiene;
mod introspection;
mod lifecycle;
mod limits;
mod refresh;
mod revocation;
mod support;
mod tls;
mod userinfo;
