//! The files of `authctl keygen`: whose they are, what stands in their way,
//! and that nothing is left of those that could not be made.

use crate::harness::Home;
use crate::keygen::{mode, signs};

#[test]
fn j57_no_file_is_replaced_without_force_and_none_is_written() {
    for there in ["k.pem", "k.pub.pem", "k.jwks.json"] {
        let home = Home::new();
        home.write(there, "precious");
        home
            .authctl(["keygen", "--out", "k"])
            .code(2)
            .stderr(format!(
                "error: `{there}` is there already\n hint: replace it with --force, or choose another name with `--out`\n"
            ))
            .check();
        assert_eq!(home.names(), [there]);
        assert_eq!(home.read(there), "precious");
        home.authctl(["keygen", "--out", "k", "--force"])
            .stdout_has("private key  k.pem\n")
            .check();
        assert_eq!(home.names(), ["k.jwks.json", "k.pem", "k.pub.pem"]);
        signs(
            home.read("k.pem").as_bytes(),
            home.read("k.pub.pem").as_bytes(),
            None,
        );
        #[cfg(unix)]
        assert_eq!(mode(&home, "k.pem"), 0o600);
    }
}

#[cfg(unix)]
#[test]
fn a_link_is_a_file_that_is_there_and_is_never_followed() {
    let home = Home::new();
    let victim = home.write("victim", "precious");
    std::os::unix::fs::symlink(&victim, home.path().join("k.pem")).unwrap();
    std::os::unix::fs::symlink("nowhere", home.path().join("k.jwks.json")).unwrap();
    home.authctl(["keygen", "--out", "k"])
        .code(2)
        .stderr_has("is there already")
        .check();
    home.authctl(["keygen", "--out", "k", "--force"])
        .stdout_has("k.pem")
        .check();
    assert_eq!(home.read("victim"), "precious");
    assert!(
        home.path()
            .join("k.pem")
            .symlink_metadata()
            .unwrap()
            .is_file()
    );
}

/// J57: the mode is ours, not the umask's.
#[cfg(unix)]
#[test]
fn j57_the_private_key_is_its_owners_alone_whatever_the_umask() {
    for (umask, public) in [
        ("000", 0o644),
        ("022", 0o644),
        ("077", 0o600),
        ("0277", 0o400),
    ] {
        let home = Home::new();
        let script = format!("umask {umask}; exec \"$0\" keygen --out k");
        let status = std::process::Command::new("sh")
            .args(["-c", &script, env!("CARGO_BIN_EXE_authctl")])
            .current_dir(home.path())
            .stdout(std::process::Stdio::null())
            .status()
            .unwrap();
        assert!(status.success(), "{umask}");
        assert_eq!(mode(&home, "k.pem"), 0o600, "{umask}");
        assert_eq!(mode(&home, "k.pub.pem"), public, "{umask}");
        assert_eq!(mode(&home, "k.jwks.json"), public, "{umask}");
    }
}

#[test]
fn a_folder_that_cannot_be_written_to_is_left_as_it_was() {
    let home = Home::new();
    home.authctl(["keygen", "--out", "absent/k"])
        .code(8)
        .stderr_has("error: cannot write `absent/k.pem`\n")
        .stderr_has("hint: check that `absent` is a folder that can be written to")
        .check();
    home.write("file", "");
    home.authctl(["keygen", "--out", "file/k"])
        .code(8)
        .stderr_has("error: cannot write `file/k.pem`\n")
        .check();
    std::fs::create_dir(home.path().join("k.pub.pem")).unwrap();
    home.authctl(["keygen", "--out", "k", "--force"])
        .code(8)
        .stderr_has("error: cannot write `k.pub.pem`\n")
        .check();
    assert_eq!(home.names(), ["file", "k.pub.pem"]);
}

#[test]
fn a_prefix_that_is_a_folder_gets_the_default_name() {
    let home = Home::new();
    std::fs::create_dir(home.path().join("keys")).unwrap();
    let found = home
        .authctl([
            "keygen",
            "--out",
            "keys/",
            "--kid",
            "../../a b/\u{1b}[2J",
            "--json",
        ])
        .check_json();
    assert_eq!(found["files"]["private_key"], "keys/ES256-______a_.pem");
    assert_eq!(found["kid"], "../../a b/\u{1b}[2J");
    // P1
    home.authctl(["keygen", "--out", "k", "--kid", "\u{1b}[2J"])
        .stdout_has("kid          \\u001b[2J\n")
        .check();
}

/// Ctrl-C while a passphrase is awaited: 130, and no file.
#[cfg(unix)]
#[test]
fn an_interruption_ends_with_130_and_leaves_nothing() {
    use rustix::process::{Pid, Signal, kill_process};
    use std::process::Stdio;
    let home = Home::new();
    for signal in [Signal::INT, Signal::TERM] {
        // The passphrase comes from a pipe that stays open, so that the
        // process is there, its handlers set, until the signal comes.
        let mut child = home
            .authctl([
                "keygen",
                "--alg",
                "RS256",
                "--out",
                "k",
                "--passphrase",
                "-",
            ])
            .into_command()
            .stdin(Stdio::piped())
            .spawn()
            .unwrap();
        std::thread::sleep(std::time::Duration::from_millis(500));
        kill_process(Pid::from_child(&child), signal).unwrap();
        assert_eq!(child.wait().unwrap().code(), Some(130), "{signal:?}");
    }
    assert!(home.names().is_empty());
}

/// Ctrl-C while an RSA key is searched for, which takes many seconds for one
/// this long: 130 at once, and no file.
#[cfg(target_os = "linux")]
#[test]
fn an_interruption_does_not_wait_for_an_rsa_key() {
    use rustix::process::{Pid, Signal, kill_process};
    use std::time::{Duration, Instant};
    let home = Home::new();
    let mut child = home
        .authctl(["keygen", "--alg", "RS256", "--bits", "8192", "--out", "k"])
        .into_command()
        .spawn()
        .unwrap();
    let tasks = format!("/proc/{}/task", child.id());
    let searching = || {
        std::fs::read_dir(&tasks).is_ok_and(|tasks| {
            let mut names = tasks.map(|task| std::fs::read(task.unwrap().path().join("comm")));
            names.any(|name| name.is_ok_and(|name| name == b"rsa\n"))
        })
    };
    let started = Instant::now();
    while !searching() && started.elapsed() < Duration::from_secs(2) {
        std::thread::sleep(Duration::from_millis(5));
    }
    kill_process(Pid::from_child(&child), Signal::INT).unwrap();
    let asked = Instant::now();
    assert_eq!(child.wait().unwrap().code(), Some(130));
    assert!(asked.elapsed() < Duration::from_secs(2));
    assert!(home.names().is_empty());
}
