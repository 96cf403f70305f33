//! Closed pipes, full devices, strange environments: a code of the table and
//! no panic.

use std::ffi::OsString;

use crate::harness::{Call, Done, Home};
use crate::observed::{kept, observed};

const COMMANDS: [&[&str]; 12] = [
    &["--help"],
    &["help", "exit-codes"],
    &["completions", "bash"],
    &["man"],
    &["profile", "list"],
    &["profile", "show"],
    &["status"],
    &["token"],
    &["whoami"],
    &["refresh"],
    &["discover"],
    &["logout"],
];

/// Expects a code of the table, and no panic.
#[track_caller]
fn sound(name: &str, done: &Done) {
    let code = done.0.status.code();
    assert!(
        code.is_some_and(|code| (0..=8).contains(&code)),
        "{name}: {done:?}"
    );
    assert!(!done.stderr().contains("panicked"), "{name}: {done:?}");
}

/// A reader that has gone is no failure.
#[cfg(unix)]
#[test]
fn h7_a_closed_pipe_ends_quietly() {
    let server = observed();
    let home = Home::new();
    home.sign_in(server.issuer());
    for command in COMMANDS {
        let (reader, writer) = std::io::pipe().expect("a pipe");
        drop(reader);
        let output = home
            .authctl(command)
            .into_command()
            .stdout(writer)
            .output()
            .expect("authctl runs");
        let done = Done(output);
        assert_eq!(done.0.status.code(), Some(0), "{command:?}: {done:?}");
        assert_eq!(done.stderr(), "", "{command:?}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn h7_a_full_device_is_exit_1_and_says_so() {
    let server = observed();
    let home = Home::new();
    home.sign_in(server.issuer());
    for command in COMMANDS {
        let full = std::fs::File::options()
            .write(true)
            .open("/dev/full")
            .expect("a device");
        let output = home
            .authctl(command)
            .into_command()
            .stdout(full)
            .output()
            .expect("authctl runs");
        let done = Done(output);
        assert_eq!(done.0.status.code(), Some(1), "{command:?}: {done:?}");
        assert!(
            done.stderr().contains("cannot write the output"),
            "{command:?}: {done:?}"
        );
    }
}

/// stdout, stderr and stdin closed altogether.
#[cfg(unix)]
#[test]
fn h7_closed_streams_are_no_reason_to_panic() {
    let server = observed();
    let home = Home::new();
    home.sign_in(server.issuer());
    for closed in [">&-", "2>&-", "<&-", ">&- 2>&- <&-"] {
        for command in [
            &["token"][..],
            &["status"],
            &["token", "--bogus"],
            &["--help"],
            &["introspect", "-"],
        ] {
            let mut shell = home.authctl(command).under_shell(&format!("exec {closed}"));
            let done = Done(shell.output().expect("a shell"));
            sound(&format!("{command:?} {closed}"), &done);
        }
    }
    assert!(kept(&home, "default").is_some());
}

#[test]
fn h7_without_a_home_there_is_a_clear_error_or_none_is_needed() {
    let server = observed();
    let home = Home::new().without("HOME");
    for command in COMMANDS {
        let done = home.authctl(command).run();
        sound(&format!("{command:?}"), &done);
    }
    // No session and no cache, but a client's token needs neither.
    home.authctl(["token", "--client", "--client-id", "service"])
        .args(["--issuer", server.issuer(), "--store", "none"])
        .env("AUTHCTL_CLIENT_SECRET", "service-secret")
        .run()
        .succeeds();
    home.authctl(["discover", server.issuer()]).run().succeeds();
}

#[cfg(unix)]
fn not_utf8() -> OsString {
    use std::os::unix::ffi::OsStringExt as _;
    OsString::from_vec(b"\xff\xfe=\xc3\x28".to_vec())
}

#[cfg(unix)]
#[test]
fn h7_arguments_that_are_no_text_are_a_wrong_command_line() {
    let home = Home::new();
    for before in [
        &[][..],
        &["token"],
        &["token", "--issuer"],
        &["token", "-p"],
        &["login", "--password"],
        &["profile", "show"],
        &["introspect"],
        &["discover"],
        &["help"],
        &["token", "--min-ttl"],
    ] {
        let call = home.authctl(before).args([not_utf8()]);
        let done = call.run();
        assert_eq!(done.0.status.code(), Some(2), "{before:?}: {done:?}");
    }
    // A path may be any octets.
    let done = home
        .authctl(["status", "--config"])
        .args([not_utf8()])
        .run();
    assert_eq!(done.0.status.code(), Some(8), "{done:?}");
}

#[cfg(unix)]
#[test]
fn h7_variables_that_are_no_text_are_a_wrong_input() {
    let home = Home::new();
    for name in [
        "AUTHCTL_ISSUER",
        "AUTHCTL_PROFILE",
        "AUTHCTL_SCOPE",
        "AUTHCTL_STORE",
        "AUTHCTL_TIMEOUT",
    ] {
        let error = home
            .authctl(["token", "--json"])
            .env(name, not_utf8())
            .run()
            .fails_json(8);
        assert_eq!(error["error"], "input", "{name}: {error}");
        let message = error["message"].as_str().expect("a message");
        assert!(message.contains(name), "{message}");
    }
    let mut all: Call = home.authctl(["token"]);
    for name in [
        "LANG",
        "TERM",
        "NO_COLOR",
        "CI",
        "GITHUB_ACTIONS",
        "XDG_CONFIG_HOME",
        "TMPDIR",
        "HTTPS_PROXY",
        "SSL_CERT_FILE",
        "RUST_LOG",
        "COLUMNS",
    ] {
        all = all.env(name, not_utf8());
    }
    sound("all of them", &all.run());
    let error = home
        .authctl(["login", "--json", "--issuer", "http://127.0.0.1:1"])
        .args(["--client-id", "c", "--username", "u", "-q"])
        .env("AUTHCTL_PASSWORD", not_utf8())
        .run()
        .fails_json(8);
    assert_eq!(error["error"], "input", "{error}");
}

/// No octets on stdin are a reason to panic.
#[test]
fn no_octets_on_stdin_panic() {
    let server = observed();
    let home = Home::new();
    home.sign_in(server.issuer());
    let inputs: [Vec<u8>; 6] = [
        Vec::new(),
        vec![0; 10],
        vec![0xff; 1000],
        "\u{202e}\u{0}\r\n".into(),
        vec![b'a'; 2 * 1024 * 1024],
        b"Bearer ".to_vec(),
    ];
    for input in inputs {
        for command in [
            &["introspect", "-"][..],
            &["revoke", "-"],
            &["login", "--password", "-"],
            &["token", "--client", "--client-secret", "-"],
        ] {
            let done = home.authctl(command).stdin(input.clone()).run();
            sound(&format!("{command:?}"), &done);
            assert_ne!(done.0.status.code(), Some(0), "{command:?}");
        }
    }
}
