//! Prompts, on a terminal of their own: hidden, interruptible, and never
//! where nobody could answer.
#![cfg(unix)]

use std::time::{Duration, Instant};

use expectrl::process::unix::WaitStatus;
use expectrl::{ControlCode, Expect as _, Session};

use crate::harness::{Call, Home};
use crate::observed::{kept, observed};

fn login(home: &Home, issuer: &str) -> Call {
    home.authctl(["login", "--issuer", issuer, "--client-id", "authctl"])
}

/// Starts a call with a terminal of its own for all three streams.
pub fn on_a_terminal(call: Call) -> expectrl::session::OsSession {
    let call = call.into_command();
    // The streams of the harness would take the place of the terminal.
    let mut command = std::process::Command::new(call.get_program());
    command.args(call.get_args());
    spawn(command, &call)
}

/// As [`on_a_terminal`], by a line of a shell in which the call is `"$@"`.
pub fn on_a_terminal_by(line: &str, call: Call) -> expectrl::session::OsSession {
    let call = call.into_command();
    let mut shell = std::process::Command::new("/bin/sh");
    shell.args(["-c", line, "sh"]);
    shell.arg(call.get_program()).args(call.get_args());
    spawn(shell, &call)
}

/// Starts a command in the environment and folder of a call.
fn spawn(
    mut command: std::process::Command,
    like: &std::process::Command,
) -> expectrl::session::OsSession {
    command.env_clear();
    for (name, value) in like.get_envs() {
        command.envs(value.map(|value| (name, value)));
    }
    if let Some(folder) = like.get_current_dir() {
        command.current_dir(folder);
    }
    let mut session = Session::spawn(command).expect("a terminal");
    session.set_expect_timeout(Some(Duration::from_secs(20)));
    session
}

/// Reads to the end and returns what was shown and the exit code.
pub fn to_the_end(session: &mut expectrl::session::OsSession) -> (String, i32) {
    let found = session.expect(expectrl::Eof).expect("an end");
    let text = String::from_utf8_lossy(found.as_bytes()).into_owned();
    match session.get_process().wait().expect("it ends") {
        WaitStatus::Exited(_, code) => (text, code),
        other => panic!("{other:?}: {text}"),
    }
}

#[test]
fn the_password_is_asked_for_and_not_shown() {
    let server = observed();
    let home = Home::new();
    let mut session = on_a_terminal(login(&home, server.issuer()));
    session.expect("Username: ").expect("a prompt");
    session.send_line("alice").expect("to type");
    session.expect("Password of alice: ").expect("a prompt");
    session.send_line("wonderland").expect("to type");
    let (text, code) = to_the_end(&mut session);
    assert_eq!(code, 0, "{text}");
    assert!(text.contains("as "), "{text}");
    assert!(!text.contains("wonderland"), "{text}");
    // The prompt's line ends once.
    assert!(text.starts_with("\r\n"), "{text:?}");
    assert!(!text.contains("\r\n\r\n"), "{text:?}");
    assert_eq!(
        kept(&home, "default")
            .expect("a session")
            .subject
            .as_deref(),
        Some("alice")
    );
}

#[test]
fn the_prompt_is_seen_when_the_streams_are_redirected() {
    let server = observed();
    let home = Home::new();
    let call = login(&home, server.issuer()).args(["--username", "alice"]);
    // One descriptor stays, so that the terminal does.
    let line = "exec \"$@\" >out 2>err </dev/null 3</dev/tty";
    let mut session = on_a_terminal_by(line, call);
    session.expect("Password of alice: ").expect("a prompt");
    session.send_line("wonderland").expect("to type");
    let (_, code) = to_the_end(&mut session);
    assert_eq!(code, 0);
    let out = std::fs::read_to_string(home.path().join("out")).expect("a file");
    assert!(out.starts_with("Signed in as alice"), "{out}");
    let err = std::fs::read_to_string(home.path().join("err")).expect("a file");
    assert!(!err.contains("Password"), "{err}");
}

/// H9: Ctrl-C gives the terminal back as it was, ends with 130, and leaves
/// the store as it was.
#[test]
fn h9_ctrl_c_at_the_password_restores_the_terminal() {
    let server = observed();
    let home = Home::new();
    let call = login(&home, server.issuer())
        .args(["--username", "alice"])
        .env("PATH", "/usr/bin:/bin");
    let mut session = on_a_terminal_by("stty echo; exec \"$@\"", call);
    session.expect("Password of alice: ").expect("a prompt");
    // The prompt is written a moment before the echo is switched off.
    let deadline = Instant::now() + Duration::from_secs(10);
    while session.get_process().get_echo().expect("modes") {
        assert!(Instant::now() < deadline, "what is typed would be shown");
        std::thread::sleep(Duration::from_millis(5));
    }
    session.send(ControlCode::EndOfText).expect("to type");
    let process = session.get_process();
    let status = process.wait().expect("it ends");
    assert!(matches!(status, WaitStatus::Exited(_, 130)), "{status:?}");
    assert!(process.get_echo().expect("modes"), "the echo is back");
    assert!(kept(&home, "default").is_none());
    assert_eq!(server.count("POST /token 200"), 0);
}

#[test]
fn h9_ctrl_c_at_the_username_is_130_too() {
    let server = observed();
    let home = Home::new();
    let mut session = on_a_terminal(login(&home, server.issuer()));
    session.expect("Username: ").expect("a prompt");
    session.send(ControlCode::EndOfText).expect("to type");
    let (_, code) = to_the_end(&mut session);
    assert_eq!(code, 130);
}

#[test]
fn the_end_of_input_at_a_prompt_is_exit_4() {
    let server = observed();
    let home = Home::new();
    let mut session = on_a_terminal(login(&home, server.issuer()));
    session.expect("Username: ").expect("a prompt");
    session
        .send(ControlCode::EndOfTransmission)
        .expect("to type");
    let (text, code) = to_the_end(&mut session);
    assert_eq!(code, 4, "{text}");
}

#[test]
fn the_client_secret_is_asked_for_when_the_flag_has_no_value() {
    let server = observed();
    let home = Home::new();
    let call = home
        .authctl(["token", "--client", "--client-id", "service"])
        .args(["--issuer", server.issuer(), "--client-secret"]);
    let mut session = on_a_terminal(call);
    session.expect("Client secret: ").expect("a prompt");
    session.send_line("service-secret").expect("to type");
    let (text, code) = to_the_end(&mut session);
    assert_eq!(code, 0, "{text}");
    assert!(!text.contains("service-secret"), "{text}");
    // On a terminal a bare token ends its line.
    assert!(text.ends_with('\n'), "{text:?}");
}

/// H10: where prompts are forbidden it is exit 4 at once, also on a terminal.
#[test]
fn h10_no_input_means_no_prompt() {
    let server = observed();
    let home = Home::new();
    type Forbid = fn(Call) -> Call;
    let forbid: [Forbid; 3] = [
        |call| call.args(["--no-input"]),
        |call| call.env("CI", "true"),
        |call| call.env("AUTHCTL_NO_INPUT", "1"),
    ];
    for forbidden in forbid {
        for arguments in [&[][..], &["--username", "alice"]] {
            let call = || forbidden(login(&home, server.issuer()).args(arguments));
            let mut session = on_a_terminal(call());
            let (text, code) = to_the_end(&mut session);
            assert_eq!(code, 4, "{text}");
            assert!(text.contains("prompts are forbidden"), "{text}");
            let error = call().args(["--json", "-q"]).run().fails_json(4);
            assert_eq!(error["error"], "prompt_needed");
            let hint = error["hint"].as_str().expect("a hint");
            assert!(hint.contains("AUTHCTL_"), "{hint}");
        }
    }
    assert_eq!(server.count("POST /token 200"), 0);
}

/// P1: what a server says reaches a terminal escaped, with colour or without.
#[test]
fn p1_no_raw_control_of_a_server_reaches_the_terminal() {
    let server = crate::fake::Fake::tokens([crate::fake::json(
        400,
        r#"{"error":"invalid_scope","error_description":"\u001b]52;c;ZXZpbA==\u0007\u001b[2J\u009b31m\u202eno"}"#,
    )]);
    let home = Home::new();
    let call = home
        .authctl(["token", "--client", "--client-id", "c"])
        .args(["--issuer", &server.issuer()])
        .env("AUTHCTL_CLIENT_SECRET", "s")
        .env("TERM", "xterm");
    let mut session = on_a_terminal(call);
    let (text, code) = to_the_end(&mut session);
    assert_eq!(code, 5, "{text}");
    for raw in ["\u{1b}]52", "\u{7}", "\u{1b}[2J", "\u{9b}", "\u{202e}"] {
        assert!(!text.contains(raw), "{text:?}");
    }
    assert!(text.contains("invalid_scope"), "{text:?}");
}

/// Colour on a terminal only, and never with NO_COLOR or TERM=dumb.
#[test]
fn colour_is_for_terminals() {
    let home = Home::new();
    let coloured = |variables: &[(&str, &str)], flags: &[&str]| {
        let call = home.authctl(["token"]).args(flags);
        let call = variables
            .iter()
            .fold(call, |call, (name, value)| call.env(name, value));
        let (text, code) = to_the_end(&mut on_a_terminal(call));
        assert_eq!(code, 4, "{text}");
        text.contains("\u{1b}[")
    };
    assert!(coloured(&[("TERM", "xterm")], &[]));
    assert!(!coloured(&[("TERM", "dumb")], &[]));
    assert!(!coloured(&[("TERM", "xterm"), ("NO_COLOR", "1")], &[]));
    assert!(!coloured(&[("TERM", "xterm")], &["--color", "never"]));
    let stderr = home.authctl(["token"]).run().fails(4);
    assert!(!stderr.contains('\u{1b}'), "{stderr:?}");
    let stderr = home
        .authctl(["token"])
        .env("CLICOLOR_FORCE", "1")
        .run()
        .fails(4);
    assert!(stderr.contains('\u{1b}'), "{stderr:?}");
}
