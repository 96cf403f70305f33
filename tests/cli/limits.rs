//! S10: the system refuses to write, before a renewal and in the middle of it.

use crate::harness::{Call, Done, Home};
use crate::observed::{expire, kept, observed, store_of};

/// Runs it where no file may grow beyond so many blocks of 512 octets.
fn limited(call: Call, blocks: u32) -> Done {
    under(&format!("ulimit -f {blocks}"), call)
}

/// Runs it behind this command of a shell.
fn under(limit: &str, call: Call) -> Done {
    let mut shell = call.under_shell(limit);
    Done(shell.output().expect("a shell"))
}

/// Seen before the request: 7, nothing is spent, the record is as it was.
#[test]
fn s10_a_limit_on_file_sizes_spends_nothing() {
    let server = observed();
    let home = Home::new();
    home.sign_in(server.issuer());
    expire(&home, "default");
    let file = home.session_file("default");
    let before = std::fs::read(&file).expect("a file");
    // None at all; less than a session; a session, but not a large one.
    for blocks in [0, 1, 8] {
        for command in [
            &["token", "--json"][..],
            &["refresh", "--json"],
            &["login", "--json", "--username", "alice"],
        ] {
            server.forget();
            let call = home
                .authctl(command)
                .env("AUTHCTL_PASSWORD", "wonderland")
                .env("XDG_CACHE_HOME", home.path().join("no-cache"));
            let error = limited(call, blocks).fails_json(7);
            assert_eq!(error["error"], "store_io", "{command:?}: {error}");
            let hint = error["hint"].as_str().expect("a hint");
            assert!(hint.contains("ulimit -f"), "{hint}");
            assert_eq!(server.count("POST /token 200"), 0, "{command:?}");
            assert_eq!(std::fs::read(&file).expect("a file"), before);
        }
    }
    // A client's token needs no store, and forgetting writes nothing.
    let call = home
        .authctl(["token", "--client", "--client-id", "service"])
        .args(["--issuer", server.issuer()])
        .env("AUTHCTL_CLIENT_SECRET", "service-secret");
    let (token, said) = limited(call, 0).succeeds_saying();
    assert!(!token.is_empty());
    assert!(said.starts_with("warning: the new token could not be kept: cannot write "));
    assert!(said.contains("file too large"), "{said}");
    limited(home.authctl(["logout"]), 0).succeeds();
    assert!(kept(&home, "default").is_none());
    assert_eq!(store_of(&home).store.list().expect("a store"), []);
}

/// However few files may be open, nothing panics and no session is lost: what is
/// spent can be saved.
#[cfg(target_os = "linux")]
#[test]
fn s10_a_limit_on_open_files_loses_nothing() {
    let server = observed();
    let home = Home::new();
    home.sign_in(server.issuer());
    let mut renewed = false;
    for files in 4..40 {
        let call = home.authctl(["refresh", "--json"]);
        let done = under(&format!("ulimit -n {files}"), call);
        match done.0.status.code() {
            Some(0) => renewed = true,
            Some(6..=8) => assert!(!renewed, "{files}: {done:?}"),
            // The loader itself could open no library.
            Some(127) => assert!(!renewed, "{files}: {done:?}"),
            _ => panic!("{files}: {done:?}"),
        }
        assert!(
            !String::from_utf8_lossy(&done.0.stderr).contains("panicked"),
            "{done:?}"
        );
    }
    assert!(renewed);
    home.authctl(["refresh"]).run().succeeds();
}

/// Seen only after the server has rotated: `token` prints the new token all the
/// same, `refresh` says what to do, and the next run knows what was sent.
#[cfg(target_os = "linux")]
#[test]
fn s10_a_limit_in_the_middle_of_a_renewal_is_said() {
    use rustix::process::{Pid, Resource, Rlimit, prlimit};

    use crate::fake::{Fake, bearer};

    for command in ["token", "refresh"] {
        let home = Home::new();
        let sessions = home.sessions();
        let server = Fake::new(move |request| {
            if !request.body.contains("grant_type=refresh_token") {
                return bearer("at-0", "rt-0");
            }
            // Whoever holds the lock may write no more from here on.
            let locks = std::fs::read_dir(&sessions).expect("the store");
            let pid = locks
                .map(|entry| entry.expect("an entry").path())
                .filter(|path| path.extension().is_some_and(|end| end == "lock"))
                .find_map(|path| std::fs::read_to_string(path).ok()?.trim().parse().ok());
            if let Some(pid) = pid.and_then(Pid::from_raw) {
                let none = Rlimit {
                    current: Some(0),
                    maximum: Some(0),
                };
                prlimit(Some(pid), Resource::Fsize, none).expect("to limit a child");
            }
            bearer("at-1", "rt-1")
        });
        home.authctl(["login", "-q", "--client-id", "c", "--username", "u"])
            .args(["--token-endpoint", &server.url("/token")])
            .env("AUTHCTL_PASSWORD", "p")
            .run()
            .succeeds();
        expire(&home, "default");
        let done = home.authctl([command]).run();
        if command == "token" {
            let (token, said) = done.succeeds_saying();
            assert_eq!(token, "at-1");
            assert!(
                said.starts_with("warning: the new token could not be kept"),
                "{said}"
            );
        } else {
            let said = done.fails(7);
            assert!(said.contains("was renewed but could not be kept"), "{said}");
            assert!(said.contains("authctl login"), "{said}");
        }
        let record = kept(&home, "default").expect("a session");
        assert_eq!(record.refresh_token.as_ref().expect("one").expose(), "rt-0");
        assert!(record.sent_before().is_some());
    }
}
