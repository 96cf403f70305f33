//! authctl against software that this project did not write: a real
//! authorization server (`oidc-provider` on Node), the JOSE libraries `jose`
//! (Node) and `joserfc` (Python), OpenSSL, an OpenBao server, and the keychain of
//! the desktop. Run through `.ci/run`, which installs what they need; a missing
//! program is a failure here, never a skipped test.
//!
//! `cargo test` leaves this binary out; `cargo test --test interop` runs it.

#[cfg(target_os = "linux")]
#[path = "../cli/fake.rs"]
#[expect(dead_code, reason = "what only tests/cli uses")]
mod fake;
mod harness;
#[cfg(target_os = "linux")]
mod keychain;
mod libraries;
mod oidc_provider;
mod openssl;
#[cfg(unix)]
mod refresh;
mod vault;
