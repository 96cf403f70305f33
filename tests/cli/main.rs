//! The command line as its users meet it: one file a behaviour.

mod bad_servers;
mod discover;
mod fake;
mod harness;
mod introspect;
mod login;
mod logout;
mod observed;
mod parallel;
mod refresh;
mod revoke;
mod status;
mod token;
mod whoami;
