//! The command line as its users meet it: one file a behaviour.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

mod bench;
mod expect;
mod harness;
mod tokens;

mod decode;
mod key_server;
mod keygen;
mod verify;
mod verify_keys;
mod verify_remote;
mod verify_tokens;
