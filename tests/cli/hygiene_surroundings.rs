//! H7: what a process may be started with that it did not hope for. Every
//! command ends with a code of the table, without a panic.

use std::collections::BTreeSet;
use std::process::{Command, Stdio};

use authctl::core::error::EXIT_CODES;

use crate::harness::Home;
use crate::secrets::every_command;

/// Returns the words of each command, with what makes it do something and come
/// to an end.
fn calls(home: &Home) -> Vec<Vec<String>> {
    every_command(home)
        .into_iter()
        .map(|name| {
            let rest = match name.as_str() {
                "serve" => "--listen 127.0.0.1:0 --alg ES256 -- true",
                "decode" | "verify" | "decrypt" => "eyJhbGciOiJIUzI1NiJ9.e30.AA",
                "sign" => "--sub a --exp 1h --key key.pem",
                "keygen" => "--out -",
                "key convert" => "--to jwk key.pem",
                "key inspect" | "key public" | "key thumbprint" => "key.pem",
                "jwks add" => "set.json key.pem",
                "jwks list" | "jwks remove" | "jwks rotate" => "set.json",
                "completions" => "bash",
                "doctor" => "--timeout 2s",
                "discover" | "jwks fetch" => "http://127.0.0.1:1",
                "token" => "--client --client-id c --token-endpoint http://127.0.0.1:1/t",
                _ => "",
            };
            let words = name.split(' ').chain(rest.split_whitespace());
            words.map(ToOwned::to_owned).collect()
        })
        .collect()
}

/// Makes each call in surroundings that `change` makes, and judges its end.
#[track_caller]
fn each_ends_well(change: impl Fn(&mut Command)) {
    let known: BTreeSet<i32> = EXIT_CODES.iter().map(|row| row.exit as i32).collect();
    let home = Home::new().with("PATH", "/usr/bin:/bin");
    home.authctl(["keygen", "--out", "key"]).run().code_is(0);
    for words in calls(&home) {
        let mut command = home.authctl(&words).into_command();
        command.stderr(Stdio::piped());
        change(&mut command);
        let child = command.spawn().expect("authctl runs");
        let output = child.wait_with_output().expect("authctl ends");
        let said = String::from_utf8_lossy(&output.stderr);
        let code = output.status.code();
        assert!(
            code.is_some_and(|code| known.contains(&code)),
            "{words:?}: {:?} {said}",
            output.status
        );
        assert!(!said.contains("panicked"), "{words:?}: {said}");
    }
}

#[cfg(unix)]
#[test]
fn h7_nobody_reads_what_is_said() {
    each_ends_well(|command| {
        // Both ends are gone before it writes.
        for stream in [Command::stdout::<Stdio>, Command::stderr::<Stdio>] {
            let (reader, writer) = std::io::pipe().expect("a pipe");
            drop(reader);
            stream(command, writer.into());
        }
    });
}

#[cfg(target_os = "linux")]
#[test]
fn h7_what_is_said_has_no_room() {
    each_ends_well(|command| {
        let full = std::fs::File::options().write(true).open("/dev/full");
        command.stdout(full.expect("a device"));
    });
}

/// A shell closes the three streams before it becomes authctl.
#[cfg(unix)]
#[test]
fn h7_no_stream_is_open() {
    let known: BTreeSet<i32> = EXIT_CODES.iter().map(|row| row.exit as i32).collect();
    let home = Home::new().with("PATH", "/usr/bin:/bin");
    home.authctl(["keygen", "--out", "key"]).run().code_is(0);
    for closed in ["<&-", ">&-", "<&- >&- 2>&-"] {
        for words in calls(&home) {
            let given = home.authctl(&words).into_command();
            let mut shell = Command::new("/bin/sh");
            shell
                .args(["-c", &format!("exec \"$0\" \"$@\" {closed}")])
                .arg(given.get_program())
                .args(given.get_args())
                .current_dir(home.path())
                .env_clear()
                .stdin(Stdio::null())
                .stdout(Stdio::null());
            for (name, value) in given.get_envs() {
                shell.envs(value.map(|value| (name, value)));
            }
            let output = shell.output().expect("a shell");
            let said = String::from_utf8_lossy(&output.stderr);
            assert!(
                output
                    .status
                    .code()
                    .is_some_and(|code| known.contains(&code)),
                "{words:?} {closed}: {:?} {said}",
                output.status
            );
            assert!(!said.contains("panicked"), "{words:?} {closed}: {said}");
        }
    }
}

#[test]
fn h7_there_is_no_home() {
    each_ends_well(|command| {
        command.env_remove("HOME").env_remove("AUTHCTL_STORE");
    });
    each_ends_well(|command| {
        command.env("HOME", "");
    });
    each_ends_well(|command| {
        command.env("HOME", "/proc/none");
    });
}

#[cfg(unix)]
#[test]
fn h7_texts_that_are_not_utf_8() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt as _;

    let text = OsStr::from_bytes(b"not-\xff\xfe-utf-8");
    each_ends_well(|command| {
        command.arg(text);
    });
    for name in [
        "HOME",
        "AUTHCTL_PROFILE",
        "AUTHCTL_STORE_KEY",
        "HTTPS_PROXY",
    ] {
        each_ends_well(|command| {
            command.env(name, text);
        });
    }
}
