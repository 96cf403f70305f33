//! Every row of the table of exit codes is reached by the binary, and every
//! code that is reached is a row of the table.

use std::collections::BTreeSet;

use authctl::core::error::EXIT_CODES;

use crate::fake::{Answer, Fake};
use crate::harness::Home;
use crate::observed::observed;

#[test]
fn every_row_of_the_table_is_reached() {
    let server = observed();
    let home = Home::new();
    home.sign_in(server.issuer());
    let issuer = server.issuer();
    let service = |arguments: &[&str]| {
        home.authctl(arguments)
            .args(["--issuer", issuer, "--client-id", "service"])
            .env("AUTHCTL_CLIENT_SECRET", "service-secret")
    };
    let mut reached = BTreeSet::new();
    let mut expect = |code: i32, call: crate::harness::Call| {
        call.run().code_is(code);
        reached.insert(code);
    };
    expect(0, home.authctl(["token"]));
    expect(2, home.authctl(["token", "--bogus"]));
    expect(3, service(&["introspect", "unknown-token"]));
    expect(4, Home::new().authctl(["token"]));
    expect(5, service(&["token", "--client", "--scope", "nope"]));
    expect(6, home.authctl(["discover", "http://127.0.0.1:1"]));
    expect(7, home.authctl(["token"]).env("AUTHCTL_STORE_KEY", "x"));
    expect(8, home.authctl(["token", "-p", "nope"]));
    #[cfg(target_os = "linux")]
    {
        let full = std::fs::File::options().write(true).open("/dev/full");
        let mut command = home.authctl(["token"]).into_command();
        let status = command.stdout(full.expect("a device")).status();
        reached.extend(status.expect("authctl runs").code());
    }
    #[cfg(not(target_os = "linux"))]
    reached.insert(1);
    reached.extend(interrupted(&home));

    let rows: BTreeSet<i32> = EXIT_CODES.iter().map(|row| row.exit as i32).collect();
    assert_eq!(reached, rows);
}

/// Interrupts a call that waits for a server.
#[cfg(unix)]
fn interrupted(home: &Home) -> Option<i32> {
    let server = Fake::new(|_| Answer::Never);
    let child = home
        .authctl(["discover", &server.issuer()])
        .into_command()
        .spawn()
        .expect("authctl runs");
    while server.seen().is_empty() {
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
    crate::signal(&child, "INT");
    child
        .wait_with_output()
        .expect("authctl ends")
        .status
        .code()
}

#[cfg(not(unix))]
fn interrupted(_: &Home) -> Option<i32> {
    Some(130)
}

/// SIGTERM is as good as Ctrl-C, and says nothing on stdout.
#[cfg(unix)]
#[test]
fn termination_is_130_too() {
    let home = Home::new();
    let server = Fake::new(|_| Answer::Never);
    let child = home
        .authctl(["discover", &server.issuer()])
        .into_command()
        .spawn()
        .expect("authctl runs");
    while server.seen().is_empty() {
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
    crate::signal(&child, "TERM");
    let output = child.wait_with_output().expect("authctl ends");
    assert_eq!(output.status.code(), Some(130));
    assert!(output.stdout.is_empty());
}

/// H9: a sign-in that waits for its server ends at once.
#[cfg(unix)]
#[test]
fn h9_an_interruption_ends_a_sign_in_at_once() {
    let home = Home::new();
    let server = Fake::tokens([Answer::Never]);
    let child = home
        .authctl(["login", "-q", "--issuer", &server.issuer()])
        .args(["--client-id", "c", "--username", "u", "--timeout", "1h"])
        .env("AUTHCTL_PASSWORD", "p")
        .into_command()
        .spawn()
        .expect("authctl runs");
    while server.count("POST /token") == 0 {
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
    crate::signal(&child, "INT");
    let output = child.wait_with_output().expect("authctl ends");
    assert_eq!(output.status.code(), Some(130));
    assert!(crate::observed::kept(&home, "default").is_none());
}

/// H9: interrupted while a refresh is under way, the answer is still saved:
/// the server has rotated by then.
#[cfg(unix)]
#[test]
fn h9_an_interruption_waits_until_a_refresh_is_saved() {
    use crate::fake::{bearer, metadata};
    use crate::observed::{expire, kept};
    use std::sync::mpsc;

    let (go, wait) = mpsc::channel::<()>();
    let wait = std::sync::Mutex::new(wait);
    let server = Fake::new(move |request| {
        if request.body.contains("grant_type=refresh_token") {
            let _ = wait.lock().expect("the channel").recv();
            return bearer("at-1", "rt-1");
        }
        match request.what.as_str() {
            "POST /token" => bearer("at-0", "rt-0"),
            _ => metadata(&request.host),
        }
    });
    let home = Home::new();
    home.sign_in_at(&server);
    expire(&home, "default");
    let child = home.authctl(["token"]).into_command().spawn();
    let child = child.expect("authctl runs");
    while server.count("POST /token") < 2 {
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
    crate::signal(&child, "INT");
    go.send(()).expect("the server listens");
    let output = child.wait_with_output().expect("authctl ends");
    assert_eq!(output.status.code(), Some(130));
    let record = kept(&home, "default").expect("a session");
    assert_eq!(
        record.tokens.last().expect("a token").access_token.expose(),
        "at-1"
    );
    assert_eq!(record.refresh_token.expect("a token").expose(), "rt-1");
}

/// H9: whoever interrupts a refresh is told what is waited for, and can quit.
#[cfg(unix)]
#[test]
fn h9_a_second_interruption_ends_a_refresh_at_once() {
    use std::io::{BufRead as _, BufReader};

    use crate::fake::bearer;
    use crate::observed::expire;

    let server = Fake::tokens([bearer("at-0", "rt-0"), Answer::Never]);
    let home = Home::new();
    home.sign_in_at(&server);
    expire(&home, "default");
    let child = home
        .authctl(["token", "--timeout", "1h"])
        .into_command()
        .spawn();
    let mut child = child.expect("authctl runs");
    while server.count("POST /token") < 2 {
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
    crate::signal(&child, "INT");
    let mut said = String::new();
    BufReader::new(child.stderr.take().expect("a pipe"))
        .read_line(&mut said)
        .expect("a line");
    assert!(said.contains("interrupt again to quit"), "{said}");
    crate::signal(&child, "INT");
    let output = child.wait_with_output().expect("authctl ends");
    assert_eq!(output.status.code(), Some(130));
    assert!(crate::observed::kept(&home, "default").is_some());
}

/// On failure stdout is empty, whatever was asked for.
#[test]
fn failures_leave_stdout_empty() {
    let home = Home::new();
    for call in [
        &["token"][..],
        &["token", "-o", "env"],
        &["status"],
        &["whoami"],
        &["refresh", "--all"],
        &["introspect"],
        &["revoke"],
        &["discover"],
        &["login"],
        &["profile", "show", "nope"],
        &["help", "nope"],
        &["man", "nope"],
        &["completions", "nope"],
        &["serve", "--listen", "nope"],
        &["nope"],
    ] {
        let done = home.authctl(call).run();
        assert_ne!(done.0.status.code(), Some(0), "{call:?}");
        assert_eq!(done.stdout(), "", "{call:?}");
        assert!(done.stderr().starts_with("error: "), "{call:?}: {done:?}");
    }
}

/// Errors under --json are one object on stderr, from clap's too.
#[test]
fn json_errors_are_one_object_with_the_members_of_the_contract() {
    let home = Home::new();
    for call in [
        &["token", "--json"][..],
        &["token", "-o", "json"],
        &["--json", "token", "--bogus"],
        &["--json", "bogus"],
        &["profile", "show", "nope", "--output=json"],
        &["--json"],
        &["login", "--json", "--password", "hunter2"],
    ] {
        let stderr = home.authctl(call).run().stderr();
        assert_eq!(stderr.lines().count(), 1, "{call:?}: {stderr}");
        let error: serde_json::Value = serde_json::from_str(&stderr).expect("JSON");
        assert!(error["error"].is_string(), "{call:?}: {error}");
        let message = error["message"].as_str().expect("a message");
        assert!(
            !message.is_empty() && !message.ends_with('.'),
            "{call:?}: {error}"
        );
        assert!(error["exit_code"].is_u64(), "{call:?}: {error}");
        assert!(error.get("hint").is_some(), "{call:?}: {error}");
    }
}
