//! The map of the crate.
//!
//! - [`core`] is what authctl knows: the messages of the OAuth and OpenID
//!   Connect RFCs, the JOSE rules, sessions and the stores that keep them. It
//!   takes plain values, returns plain values and never prints; it reads
//!   neither the environment nor the home directory by itself.
//! - [`server`] is the embedded authorization server, built on core's types:
//!   there is one implementation of each rule.
//!
//! The command line is a module of the binary, so that the arrows
//! `cli → server → core` are kept by the compiler.

pub mod core;
pub mod server;
