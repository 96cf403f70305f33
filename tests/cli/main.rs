//! The command line as its users meet it: what is typed, what comes out, how
//! it ends. One file a behaviour; the rules themselves are tested where they
//! live.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

mod bad_servers;
mod fake;
mod harness;
mod tokens;
mod world;

mod decode;
mod keygen;
mod login;
mod observed;
mod parallel;
mod refresh;
mod token;
mod verify;
