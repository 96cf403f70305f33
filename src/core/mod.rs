//! What authctl knows.
//!
//! Nothing here prints or reads the terminal, the environment or the home
//! directory; time comes in as an argument ([`time::Clock`]), and so does the
//! network ([`http::Transport`]).
//!
//! Arrows inside: `session`, `login`, `connection`, `documents` → `oauth`,
//! `store`, `http`, `config`; `store` → `http`; `config` → `replace`; `oauth` →
//! `jose`, `http` (its value types); everyone → `descriptors`, `error`, `hex`,
//! `secret`, `time`, `uri`.

pub mod config;
pub mod connection;
pub mod descriptors;
pub mod documents;
pub mod error;
pub mod hex;
pub mod http;
pub mod jose;
pub mod login;
pub mod oauth;
pub mod replace;
pub mod secret;
pub mod session;
pub mod store;
pub mod time;
pub mod uri;

pub use error::Error;
