//! The command line as its users meet it: what is typed, what comes out, how
//! it ends. One file a behaviour; the rules themselves are tested where they
//! live.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

mod bad_servers;
mod bench;
mod expect;
mod fake;
mod harness;
mod key_server;
mod tokens;

mod decode;
mod discover;
mod introspect;
mod keygen;
mod login;
mod logout;
mod observed;
mod parallel;
mod refresh;
mod revoke;
mod status;
mod token;
mod verify;
mod verify_keys;
mod verify_remote;
mod verify_tokens;
mod whoami;
