//! The command line as its users meet it: one file a behaviour.

mod bad_servers;
mod fake;
mod harness;
mod login;
mod observed;
mod parallel;
mod refresh;
mod token;
