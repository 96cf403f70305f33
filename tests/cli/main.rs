//! The commands as a user meets them: what is typed, what comes out, how it
//! ends. One file a command; the rules themselves are tested where they live.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

mod harness;
mod tokens;

mod decode;
mod keygen;
mod verify;
