//! `authctl serve`, as a process of its own.

use std::io::{BufRead as _, BufReader, Read as _};
use std::process::Child;

use serde_json::Value;

use crate::harness::{Call, Home};

/// Starts a server and returns it with its first line, at which it listens.
fn start(call: Call) -> (Child, String, BufReader<std::process::ChildStdout>) {
    let mut child = call.into_command().spawn().expect("authctl runs");
    let mut stdout = BufReader::new(child.stdout.take().expect("a pipe"));
    let mut line = String::new();
    stdout.read_line(&mut line).expect("a line");
    (child, line, stdout)
}

#[cfg(unix)]
#[test]
fn serve_prints_its_address_answers_and_ends_at_sigterm() {
    let home = Home::new();
    let (mut child, line, mut stdout) =
        start(home.authctl(["serve", "--listen", "127.0.0.1:0", "--ready-file", "ready"]));
    let issuer = line
        .trim()
        .strip_prefix("Listening: ")
        .expect("the address")
        .to_owned();
    assert!(issuer.starts_with("http://127.0.0.1:"), "{issuer}");
    let ready = std::fs::read_to_string(home.path().join("ready")).expect("a file");
    let ready: Value = serde_json::from_str(&ready).expect("JSON");
    assert_eq!(ready["issuer"], issuer);
    assert_eq!(ready["pid"], child.id());

    home.sign_in(&issuer);
    home.authctl(["token"]).run().succeeds();
    crate::signal(&child, "TERM");
    assert_eq!(child.wait().expect("it ends").code(), Some(0));
    let mut rest = String::new();
    stdout.read_to_string(&mut rest).expect("text");
    for text in [
        "alice        password wonderland",
        "bob          password builder",
        "authctl      public",
        "service      secret service-secret",
        &format!("authctl discover {issuer}"),
    ] {
        assert!(rest.contains(text), "{text} in {rest}");
    }
    home.authctl(["discover", &issuer]).run().fails(6);
}

/// The commands that are printed to copy work as they are printed.
#[cfg(unix)]
#[test]
fn the_commands_to_copy_work() {
    let home = Home::new();
    let (mut child, _, mut stdout) =
        start(home.authctl(["serve", "--listen", "127.0.0.1:0", "--alg", "ES256"]));
    let mut commands = Vec::new();
    let mut trying = false;
    while commands.len() < 4 {
        let mut line = String::new();
        if stdout.read_line(&mut line).expect("a line") == 0 {
            break;
        }
        if trying {
            commands.push(line.trim().to_owned());
        }
        trying |= line.trim() == "Try";
    }
    assert_eq!(commands.len(), 4, "{commands:?}");
    let program = std::path::Path::new(env!("CARGO_BIN_EXE_authctl"));
    let path = format!(
        "{}:/usr/bin:/bin",
        program.parent().expect("a folder").display()
    );
    for command in &commands {
        let call = home.authctl::<_, &str>([]).into_command();
        let mut shell = std::process::Command::new("/bin/sh");
        shell
            .args(["-c", command])
            .env_clear()
            .current_dir(home.path());
        for (name, value) in call.get_envs() {
            shell.envs(value.map(|value| (name, value)));
        }
        let output = shell.env("PATH", &path).output().expect("a shell");
        assert!(output.status.success(), "{command}: {output:?}");
        assert!(!output.stdout.is_empty(), "{command}");
    }
    crate::signal(&child, "INT");
    assert_eq!(child.wait().expect("it ends").code(), Some(0));
}

#[cfg(unix)]
#[test]
fn serve_json_is_one_object() {
    let home = Home::new();
    let (mut child, line, _stdout) =
        start(home.authctl(["serve", "--listen", "127.0.0.1:0", "--json"]));
    let answer: Value = serde_json::from_str(&line).expect("JSON");
    assert_eq!(answer["pid"], child.id());
    assert_eq!(answer["users"][0]["username"], "alice");
    assert_eq!(answer["clients"][1]["client_secret"], "service-secret");
    crate::signal(&child, "TERM");
    assert_eq!(child.wait().expect("it ends").code(), Some(0));
}

#[cfg(unix)]
#[test]
fn serve_with_a_command_gives_it_the_address_and_ends_with_its_code() {
    let home = Home::new().with("PATH", "/usr/bin:/bin");
    let serve = |script: &str| {
        home.authctl(["serve", "--listen", "127.0.0.1:0", "--alg", "ES256", "--"])
            .args(["sh", "-c", script])
            .run()
    };
    let printed =
        serve("echo $AUTHCTL_ISSUER; echo $AUTHCTL_CLIENT_ID; echo $AUTHCTL_TOKEN_ENDPOINT")
            .succeeds();
    let lines: Vec<&str> = printed.lines().collect();
    assert!(lines[0].starts_with("http://127.0.0.1:"));
    assert_eq!(lines[1], "authctl");
    assert_eq!(lines[2], format!("{}/token", lines[0]));
    for code in [1, 5, 42, 255] {
        serve(&format!("exit {code}")).code_is(code);
    }
    serve("kill -TERM $$").code_is(128 + 15);
    // The settings reach authctl itself.
    let program = env!("CARGO_BIN_EXE_authctl");
    let said = serve(&format!(
        "AUTHCTL_PASSWORD=wonderland {program} login -q --username alice && {program} whoami --json"
    ))
    .succeeds();
    assert!(said.contains("\"sub\":\"alice\""), "{said}");
}

#[cfg(unix)]
#[test]
fn serve_with_a_command_that_cannot_run_is_126_or_127() {
    let home = Home::new();
    home.write("not-executable", "x");
    for (command, code) in [("absent-command", 127), ("./not-executable", 126)] {
        home.authctl(["serve", "--listen", "127.0.0.1:0", "--alg", "ES256", "--"])
            .args([command])
            .run()
            .code_is(code);
    }
}

#[cfg(unix)]
#[test]
fn sigterm_is_handed_to_the_command() {
    let home = Home::new().with("PATH", "/usr/bin:/bin");
    let (mut child, line, _stdout) = start(
        home.authctl(["serve", "--listen", "127.0.0.1:0", "--alg", "ES256", "--"])
            .args([
                "sh",
                "-c",
                "trap 'exit 7' TERM; echo up; while :; do sleep 0.05; done",
            ]),
    );
    assert_eq!(line, "up\n");
    crate::signal(&child, "TERM");
    assert_eq!(child.wait().expect("it ends").code(), Some(7));
}

/// V1: beyond loopback it wants users of its own and TLS.
#[test]
fn v1_beyond_loopback_the_built_in_users_are_refused() {
    let home = Home::new();
    for address in ["0.0.0.0:0", "[::]:0"] {
        let error = home
            .authctl(["serve", "--json", "--listen", address])
            .run()
            .fails_json(2);
        assert_eq!(error["error"], "usage");
        let message = error["message"].as_str().expect("a message");
        assert!(message.contains("public knowledge"), "{message}");
    }
}

#[test]
fn what_serve_cannot_use_is_said_by_its_code() {
    let home = Home::new();
    home.write("bad.toml", "users = 5");
    home.write("cert.pem", "no certificate");
    let serve = |arguments: &[&str]| home.authctl(["serve", "--json"]).args(arguments).run();
    serve(&["--alg", "none"]).fails_json(2);
    serve(&["--listen", "nonsense"]).fails_json(2);
    serve(&["--tls-cert", "cert.pem"]).fails_json(2);
    let listen = ["--listen", "127.0.0.1:0"];
    for arguments in [
        &["--config", "bad.toml"][..],
        &["--config", "absent.toml"],
        &["--tls-cert", "cert.pem", "--tls-key", "cert.pem"],
        &["--ready-file", "absent/ready"],
    ] {
        let error = serve(&[&listen[..], arguments].concat()).fails_json(8);
        assert_eq!(error["error"], "input", "{arguments:?}: {error}");
    }
    let taken = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = taken.local_addr().expect("an address").to_string();
    let error = serve(&["--listen", &address]).fails_json(8);
    let message = error["message"].as_str().expect("a message");
    assert!(message.contains(&address), "{message}");
}
