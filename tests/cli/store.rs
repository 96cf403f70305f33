//! The token store as seen from the binary: what fails is exit 7, says what to
//! do, and loses nothing.

use std::path::Path;

#[cfg(unix)]
use crate::harness::chmod;
use crate::harness::{Call, Home, STORE_KEY};
use crate::observed::{change_kept, expire, kept, observed};

pub fn login(home: &Home, issuer: &str) -> Call {
    home.authctl(["login", "-q", "--issuer", issuer, "--client-id", "authctl"])
        .args(["--username", "alice"])
        .env("AUTHCTL_PASSWORD", "wonderland")
}

#[test]
fn login_with_the_store_none_is_exit_7_with_the_choices() {
    let server = observed();
    let error = login(&Home::new(), server.issuer())
        .args(["--json", "--store", "none"])
        .run()
        .fails_json(7);
    assert_eq!(error["error"], "store_none");
    let hint = error["hint"].as_str().expect("a hint");
    for choice in [
        "AUTHCTL_STORE_PASSPHRASE",
        "AUTHCTL_STORE_KEY",
        "AUTHCTL_STORE_KEY_FILE",
        "--store keychain",
    ] {
        assert!(hint.contains(choice), "{hint}");
    }
    // The password was not spent on it.
    assert_eq!(server.requests(), 0);
}

#[test]
fn the_file_store_without_a_key_is_exit_7_with_the_choices() {
    let home = Home::new().without("AUTHCTL_STORE_KEY");
    for call in [&["token"][..], &["status"], &["login"], &["logout"]] {
        let error = home.authctl(call).args(["--json"]).run().fails_json(7);
        assert_eq!(error["error"], "store_key_missing");
        let hint = error["hint"].as_str().expect("a hint");
        assert!(hint.contains("AUTHCTL_STORE_PASSPHRASE"), "{hint}");
    }
}

#[test]
fn a_key_that_is_none_is_exit_7_and_not_repeated() {
    let home = Home::new();
    for key in ["short", "AAEC", &format!("{STORE_KEY}AA"), "caf\u{e9}"] {
        let error = home
            .authctl(["status", "--json"])
            .env("AUTHCTL_STORE_KEY", key)
            .run()
            .fails_json(7);
        assert_eq!(error["error"], "store_key_malformed");
        assert!(!error.to_string().contains(key), "{error}");
    }
}

/// Writes a file that nobody else can read.
fn write_privately(path: &Path, content: &str) {
    use std::io::Write as _;

    let mut options = std::fs::OpenOptions::new();
    options.write(true).create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path).expect("a file");
    file.write_all(content.as_bytes()).expect("to write");
}

#[test]
fn the_key_comes_from_a_file_too() {
    let server = observed();
    let home = Home::new()
        .without("AUTHCTL_STORE_KEY")
        .with("AUTHCTL_STORE_KEY_FILE", "key");
    let error = home.authctl(["status", "--json"]).run().fails_json(8);
    assert_eq!(error["error"], "input");
    write_privately(&home.path().join("key"), &format!("{STORE_KEY}\n"));
    login(&home, server.issuer()).run().succeeds();
    home.authctl(["token"]).run().succeeds();
    assert!(kept(&home, "default").is_some());
}

/// S10: the disk is full when the new session is saved. It is seen before the
/// password or the refresh token is spent, or the token is still printed.
#[cfg(unix)]
#[test]
fn s10_a_full_disk_loses_nothing() {
    let server = observed();
    let home = Home::new();
    home.sign_in(server.issuer());
    expire(&home, "default");
    let before = std::fs::read(home.session_file("default")).expect("a file");
    server.forget();
    // No file may grow at all.
    let full = |call: Call| {
        let mut command = call.under_shell("ulimit -f 0; trap '' XFSZ");
        crate::harness::Done(command.output().expect("a shell"))
    };
    let error = full(home.authctl(["refresh", "--json"])).fails_json(7);
    assert_eq!(error["error"], "store_io", "{error}");
    assert_eq!(server.count("POST /token 200"), 0, "nothing was spent");
    let error = full(login(&home, server.issuer()).args(["--json"])).fails_json(7);
    assert_eq!(error["error"], "store_io", "{error}");
    assert_eq!(server.count("POST /token 200"), 0, "nothing was spent");
    assert_eq!(
        std::fs::read(home.session_file("default")).expect("a file"),
        before
    );
    let left: Vec<_> = std::fs::read_dir(home.sessions())
        .expect("the store")
        .map(|entry| entry.expect("a file").path())
        .filter(|path| {
            path.extension()
                .is_none_or(|end| end != "session" && end != "lock")
        })
        .collect();
    assert!(left.is_empty(), "{left:?}");
    home.authctl(["refresh"]).run().succeeds();
}

/// S10: seen only after the server has rotated: `token` prints the new token,
/// says that it was not kept, and exits with 0; `refresh` exits with 7.
#[cfg(unix)]
#[test]
fn s10_a_token_that_could_not_be_kept_is_still_printed() {
    use crate::fake::{Fake, bearer, metadata};

    let signed_in = |home: &Home| {
        let sessions = home.sessions();
        let kept = home.path().join("kept");
        // While it answers the refresh, the store's folder goes away.
        let server = Fake::new(move |request| {
            if request.body.contains("grant_type=refresh_token") {
                std::fs::rename(&sessions, &kept).expect("to move");
                std::fs::write(&sessions, "no folder").expect("to write");
                return bearer("at-1", "rt-1");
            }
            match request.what.as_str() {
                "POST /token" => bearer("at-0", "rt-0"),
                _ => metadata(&request.host),
            }
        });
        home.sign_in_at(&server);
        change_kept(home, "default", |record| {
            for token in &mut record.tokens {
                token.expires_at = Some(authctl::core::time::Timestamp(1));
            }
        });
        server
    };
    let home = Home::new();
    let _server = signed_in(&home);
    let (token, stderr) = home.authctl(["token"]).run().succeeds_saying();
    assert_eq!(token, "at-1");
    assert!(
        stderr.starts_with("warning: the new token could not be kept: "),
        "{stderr}"
    );
    let home = Home::new();
    let _server = signed_in(&home);
    let error = home.authctl(["refresh", "--json"]).run().fails_json(7);
    let message = error["message"].as_str().expect("a message");
    assert!(
        message.contains("was renewed but could not be kept"),
        "{message}"
    );
    let hint = error["hint"].as_str().expect("a hint");
    assert!(hint.contains("authctl login"), "{hint}");
}

/// A home that is a file can hold no folder, whoever runs this.
#[test]
fn a_home_that_cannot_be_written_is_exit_7_before_anything_is_spent() {
    let server = observed();
    let home = Home::new();
    let blocked = home.write("blocked", "");
    let error = login(&home, server.issuer())
        .args(["--json"])
        .env("HOME", &blocked)
        .env("AUTHCTL_CONFIG", home.path().join("config.toml"))
        .run()
        .fails_json(7);
    assert_eq!(error["error"], "store_io", "{error}");
    assert_eq!(server.count("POST /token 200"), 0);
    // A client's token needs no store.
    home.write("config.toml", "");
    let (token, stderr) = home
        .authctl(["token", "--client", "--client-id", "service"])
        .args(["--issuer", server.issuer(), "--store", "none"])
        .env("HOME", &blocked)
        .env("AUTHCTL_CONFIG", home.path().join("config.toml"))
        .env("AUTHCTL_CLIENT_SECRET", "service-secret")
        .run()
        .succeeds_saying();
    assert!(!token.is_empty());
    assert_eq!(stderr, "");
}

#[cfg(unix)]
#[test]
fn a_read_only_home_is_exit_7_and_the_session_stays_readable() {
    let server = observed();
    let home = Home::new();
    home.sign_in(server.issuer());
    let sessions = home.sessions();
    let set = |mode: u32| chmod(&sessions, mode);
    set(0o500);
    let may_write_all_the_same = std::fs::write(sessions.join("probe"), "").is_ok();
    let token = home.authctl(["token"]).run().code_is(0);
    assert!(!token.stdout().is_empty());
    if !may_write_all_the_same {
        set(0o700);
        expire(&home, "default");
        set(0o500);
        server.forget();
        let error = home.authctl(["token", "--json"]).run().fails_json(7);
        assert_eq!(error["error"], "store_io", "{error}");
        assert_eq!(server.count("POST /token 200"), 0, "nothing was spent");
    }
    set(0o700);
}

/// S15: no D-Bus at all. `keychain` is exit 7; `auto` falls to what was
/// configured and says why.
#[cfg(target_os = "linux")]
#[test]
fn s15_without_a_bus_the_keychain_is_exit_7_and_auto_says_why() {
    let server = observed();
    let home = Home::new()
        .without("AUTHCTL_STORE")
        .with("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent/bus")
        .with("XDG_RUNTIME_DIR", "/nonexistent");
    let start = std::time::Instant::now();
    let error = home
        .authctl(["status", "--json", "--store", "keychain"])
        .run()
        .fails_json(7);
    assert!(
        error["error"]
            .as_str()
            .expect("a code")
            .starts_with("keychain")
    );
    // A key for files is given: auto takes them, and says why.
    login(&home, server.issuer()).run().succeeds();
    let text = home.authctl(["status"]).run().succeeds();
    let last = text.lines().last().expect("a line");
    assert!(
        last.starts_with("store file: the keychain cannot be used ("),
        "{last}"
    );
    // None is given: login is exit 7, a client's token goes on uncached.
    let error = login(&home, server.issuer())
        .args(["--json", "-p", "x"])
        .env_remove("AUTHCTL_STORE_KEY")
        .run()
        .fails_json(7);
    assert_eq!(error["error"], "store_none");
    home.authctl(["token", "--client", "--client-id", "service"])
        .args(["--issuer", server.issuer(), "-p", "default"])
        .env("AUTHCTL_CLIENT_SECRET", "service-secret")
        .env_remove("AUTHCTL_STORE_KEY")
        .run()
        .code_is(0);
    assert!(start.elapsed().as_secs() < 15, "{:?}", start.elapsed());
}

/// A secret of the keychain's, where there is none to ask.
#[cfg(target_os = "linux")]
#[test]
fn s15_a_secret_in_an_absent_keychain_is_exit_7() {
    let server = observed();
    let error = Home::new()
        .authctl(["token", "--client", "--json", "--client-id", "service"])
        .args(["--issuer", server.issuer(), "--no-cache"])
        .args(["--client-secret", "keychain:service"])
        .env("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent/bus")
        .env("XDG_RUNTIME_DIR", "/nonexistent")
        .run()
        .fails_json(7);
    let code = error["error"].as_str().expect("a code");
    assert!(code.starts_with("keychain"), "{error}");
    assert_eq!(server.count("POST /token 200"), 0);
}

/// S16: with the file store nothing speaks to the bus.
#[cfg(target_os = "linux")]
#[test]
fn s16_the_file_store_touches_no_bus() {
    let server = observed();
    let home = Home::new();
    let socket = home.path().join("bus");
    let bus = std::os::unix::net::UnixListener::bind(&socket).expect("a socket");
    bus.set_nonblocking(true).expect("no blocking");
    let address = format!("unix:path={}", socket.display());
    login(&home, server.issuer())
        .env("DBUS_SESSION_BUS_ADDRESS", &address)
        .run()
        .succeeds();
    home.authctl(["token"])
        .env("DBUS_SESSION_BUS_ADDRESS", &address)
        .run()
        .succeeds();
    home.authctl(["token", "--client", "--client-id", "service"])
        .args(["--issuer", server.issuer(), "--store", "none"])
        .env("DBUS_SESSION_BUS_ADDRESS", &address)
        .env("AUTHCTL_CLIENT_SECRET", "service-secret")
        .run()
        .succeeds();
    assert_eq!(
        bus.accept().map(|_| ()).map_err(|error| error.kind()),
        Err(std::io::ErrorKind::WouldBlock)
    );
}

/// Work that keeps nothing opens no store, so none can fail it.
#[test]
fn what_keeps_nothing_needs_no_store() {
    let server = observed();
    // The file store without a key: every use of it is exit 7.
    let home = Home::new().without("AUTHCTL_STORE_KEY");
    let service = |arguments: &[&str]| {
        home.authctl(arguments)
            .args(["--issuer", server.issuer(), "--client-id", "service"])
            .env("AUTHCTL_CLIENT_SECRET", "service-secret")
    };
    service(&["token", "--client", "--no-cache"])
        .run()
        .succeeds();
    service(&["introspect", "unknown"]).run().fails(3);
    service(&["revoke", "-q", "unknown"]).run().succeeds();
    service(&["token", "--client"]).run().fails(7);
}

#[test]
fn an_unknown_store_is_a_wrong_command_line() {
    let error = Home::new()
        .authctl(["status", "--json", "--store", "chest"])
        .run()
        .fails_json(2);
    assert_eq!(error["error"], "bad_setting");
    let error = Home::new()
        .authctl(["status", "--json"])
        .env("AUTHCTL_STORE", "chest")
        .run()
        .fails_json(8);
    assert_eq!(error["error"], "bad_setting");
}

/// A password is not spent on a session that could not be kept.
#[test]
fn a_wrong_key_is_found_before_the_password_is_sent() {
    let server = observed();
    let home = Home::new();
    login(&home, server.issuer()).run().succeeds();
    server.forget();
    let error = login(&home, server.issuer())
        .args(["--json"])
        .env(
            "AUTHCTL_STORE_KEY",
            "ISIjJCUmJygpKissLS4vMDEyMzQ1Njc4OTo7PD0-P0A",
        )
        .run()
        .fails_json(7);
    assert_eq!(error["exit_code"], 7, "{error}");
    assert_eq!(server.count("POST /token 200"), 0);
}
