//! The command line as its users meet it: what is typed, what comes out, how
//! it ends. One file a behaviour; the rules themselves are tested where they
//! live.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

mod bench;
mod expect;
mod fake;
mod harness;
mod key_server;
#[cfg(unix)]
mod killer;
mod observed;
mod odd_answers;
mod relay;
mod tokens;

mod bad_metadata;
mod bad_servers;
mod batch;
#[cfg(unix)]
mod batch_progress;
mod batch_streams;
mod cache_key;
mod clock;
mod config_file;
#[cfg(unix)]
mod crash;
#[cfg(unix)]
mod crash_archive;
mod decode;
mod decode_escaping;
mod decrypt;
mod demo;
mod discover;
mod doctor;
mod doctor_keys;
mod doctor_server;
mod doctor_silence;
mod encrypt;
mod exit_codes;
mod help;
mod hygiene;
mod hygiene_surroundings;
mod id_tokens;
mod introspect;
mod jwks;
mod jwks_fetch;
mod jwks_file;
mod jwks_rotate;
mod key;
mod key_convert;
mod key_convert_private;
mod key_hints;
mod key_thumbprint;
mod keygen;
mod keygen_enc;
mod keygen_files;
mod lifetimes;
#[cfg(unix)]
mod limits;
mod lint;
mod login;
mod logout;
mod parallel;
mod pipes;
mod profile;
mod profile_sessions;
mod prompts;
mod refresh;
mod revoke;
mod secrets;
mod serve;
mod sign;
mod sign_claims;
mod sign_jws;
mod sign_keys;
mod status;
mod store;
mod store_files;
mod store_key;
mod token;
mod verify;
mod verify_as;
mod verify_keys;
mod verify_remote;
mod verify_tokens;
mod whoami;

/// Sends a signal to a child, as `kill` does.
#[cfg(unix)]
fn signal(child: &std::process::Child, name: &str) {
    let status = std::process::Command::new("/bin/sh")
        .args(["-c", &format!("kill -{name} {}", child.id())])
        .status();
    assert!(status.expect("a shell").success());
}

/// Waits until something is so, which another process makes it.
#[cfg(unix)]
#[track_caller]
fn wait_until(is_so: impl Fn() -> bool) {
    let until = std::time::Instant::now() + std::time::Duration::from_secs(60);
    while !is_so() {
        assert!(std::time::Instant::now() < until, "waited for too long");
        std::thread::sleep(std::time::Duration::from_millis(10));
    }
}
