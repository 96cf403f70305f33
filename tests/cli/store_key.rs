//! Where the key of the file store comes from, and which key files are too
//! open.

#[cfg(unix)]
use crate::harness::chmod;
use crate::harness::{Call, Home, OTHER_KEY, STORE_KEY};
use crate::observed::observed;

/// A home whose file store has no key from the environment.
fn home() -> Home {
    Home::new().without("AUTHCTL_STORE_KEY")
}

fn login(home: &Home, issuer: &str) -> Call {
    home.authctl(["login", "-q", "--issuer", issuer, "--client-id", "authctl"])
        .args(["--username", "alice"])
        .env("AUTHCTL_PASSWORD", "wonderland")
}

fn write_privately(home: &Home, name: &str, content: &str) {
    let path = home.write(name, content);
    #[cfg(unix)]
    chmod(&path, 0o600);
    #[cfg(not(unix))]
    drop(path);
}

/// S14: a passphrase by every kind of reference, as a flag and in a profile.
#[test]
fn s14_a_passphrase_comes_from_a_reference() {
    let server = observed();
    let home = home().with("WHERE_IT_IS", "correct horse");
    write_privately(&home, "passphrase", "correct horse\n");
    login(&home, server.issuer())
        .args(["--store-passphrase", "env:WHERE_IT_IS"])
        .run()
        .succeeds();
    // The sign-in remembered the reference, and no secret.
    let config = std::fs::read_to_string(home.config()).expect("a configuration");
    assert!(
        config.contains("store_passphrase = \"env:WHERE_IT_IS\""),
        "{config}"
    );
    home.authctl(["token"]).run().succeeds();
    #[cfg(unix)]
    for reference in [
        "file:passphrase",
        "cmd:printf 'correct horse\\nthe rest of the entry\\n'",
    ] {
        home.authctl(["profile", "set", "default", "store_passphrase", reference])
            .run()
            .succeeds();
        home.authctl(["token"]).run().succeeds();
    }
    home.authctl(["token", "--store-passphrase", "-"])
        .stdin("correct horse\n")
        .run()
        .succeeds();
    // A variable wins over the profile, and a flag over the variable.
    let wrong = || {
        home.authctl(["token", "--json"])
            .env("AUTHCTL_STORE_PASSPHRASE", "battery staple")
    };
    assert_eq!(wrong().run().fails_json(7)["error"], "store_wrong_key");
    wrong()
        .args(["--store-passphrase", "env:WHERE_IT_IS"])
        .run()
        .succeeds();
    // A key in the environment wins over a passphrase in the profile.
    let error = home
        .authctl(["token", "--json"])
        .env("AUTHCTL_STORE_KEY", STORE_KEY)
        .run()
        .fails_json(7);
    let hint = error["hint"].as_str().expect("a hint");
    assert!(hint.contains("AUTHCTL_STORE_PASSPHRASE"), "{hint}");
}

#[test]
fn a_key_comes_from_a_reference() {
    let server = observed();
    let home = home().with("WHERE_IT_IS", STORE_KEY);
    login(&home, server.issuer())
        .args(["--store-key", "env:WHERE_IT_IS"])
        .run()
        .succeeds();
    home.authctl(["token"]).run().succeeds();
    write_privately(&home, "key", STORE_KEY);
    home.authctl(["token", "--store-key", "file:key"])
        .run()
        .succeeds();
    #[cfg(unix)]
    home.authctl(["token", "--store-key"])
        .arg(format!("cmd:echo {STORE_KEY}; echo user: me"))
        .run()
        .succeeds();
    let error = home
        .authctl(["token", "--json"])
        .env("AUTHCTL_STORE_KEY", OTHER_KEY)
        .run()
        .fails_json(7);
    assert_eq!(error["error"], "store_wrong_key");
}

/// H1: a literal is refused and not repeated, wherever it stands.
#[test]
fn h1_a_literal_key_is_refused() {
    let home = home();
    for flag in ["--store-key", "--store-passphrase"] {
        let error = home
            .authctl(["status", "--json", flag, "hunter2"])
            .run()
            .fails_json(2);
        assert!(!error.to_string().contains("hunter2"), "{error}");
    }
    let error = home
        .authctl(["profile", "set", "x", "store_passphrase", "hunter2"])
        .arg("--json")
        .run()
        .fails_json(2);
    assert!(!error.to_string().contains("hunter2"), "{error}");
    home.write(
        ".config/authctl/config.toml",
        "[profiles.default]\nstore_key = \"hunter2\"\n",
    );
    let error = home.authctl(["status", "--json"]).run().fails_json(8);
    assert_eq!(error["error"], "config_literal_secret");
}

/// A reference that leads nowhere is said, and nothing is asked of a server.
#[test]
fn a_reference_that_leads_nowhere_is_exit_8() {
    let server = observed();
    let home = home();
    for reference in ["env:NOT_SET", "file:absent"] {
        let error = login(&home, server.issuer())
            .args(["--json", "--store-passphrase", reference])
            .run()
            .fails_json(8);
        assert_eq!(error["error"], "input", "{reference}");
    }
    #[cfg(unix)]
    for reference in ["cmd:exit 1", "cmd:true"] {
        login(&home, server.issuer())
            .args(["--json", "--store-passphrase", reference])
            .run()
            .fails_json(8);
    }
    let error = login(&home, server.issuer())
        .args(["--json", "--no-input", "--store-passphrase"])
        .run()
        .fails_json(4);
    assert_eq!(error["error"], "prompt_needed");
    assert_eq!(server.requests(), 0);
}

/// Where files are not used, nobody is asked for their key.
#[cfg(unix)]
#[test]
fn a_reference_is_read_only_where_files_are_used() {
    let home = home();
    home.authctl(["token", "--json", "--store", "none"])
        .args(["--store-passphrase", "cmd:touch was-run; echo x"])
        .run()
        .fails_json(4);
    assert_eq!(home.names(), [""; 0]);
}

/// Two profiles may have keys of their own.
#[test]
fn profiles_may_have_keys_of_their_own() {
    let server = observed();
    let home = home().with("ONE", STORE_KEY).with("OTHER", OTHER_KEY);
    for (profile, reference) in [("one", "env:ONE"), ("other", "env:OTHER")] {
        login(&home, server.issuer())
            .args(["-p", profile, "--store-key", reference])
            .run()
            .succeeds();
    }
    let answer = home
        .authctl(["status", "--json", "-p", "one"])
        .run()
        .succeeds();
    assert!(answer.contains("\"state\":\"valid\""), "{answer}");
    let answer = home
        .authctl(["status", "--json", "-p", "other"])
        .run()
        .succeeds();
    assert!(answer.contains("\"state\":\"valid\""), "{answer}");
}

/// S11: a key file of ours that others can read is refused, as ssh does; a
/// link to a private one is followed, as mounted secrets are links.
#[cfg(unix)]
#[test]
fn s11_a_key_file_that_is_open_to_others_is_exit_7() {
    let server = observed();
    let home = home().with("AUTHCTL_STORE_KEY_FILE", "key");
    let path = home.write("key", STORE_KEY);
    for mode in [0o644, 0o640, 0o660, 0o602] {
        chmod(&path, mode);
        let error = login(&home, server.issuer())
            .arg("--json")
            .run()
            .fails_json(7);
        assert_eq!(error["error"], "store_key_exposed");
        let hint = error["hint"].as_str().expect("a hint");
        assert!(hint.contains("`chmod 600 key`"), "{hint}");
    }
    // The same by a reference to a key or a passphrase.
    for flag in ["--store-key", "--store-passphrase"] {
        let error = home
            .authctl(["status", "--json", flag, "file:key"])
            .run()
            .fails_json(7);
        assert_eq!(error["error"], "store_key_exposed");
    }
    assert_eq!(server.requests(), 0);
    chmod(&path, 0o400);
    login(&home, server.issuer()).run().succeeds();
    std::os::unix::fs::symlink("key", home.path().join("link")).expect("a link");
    home.authctl(["token"])
        .env("AUTHCTL_STORE_KEY_FILE", "link")
        .run()
        .succeeds();
    // Of another user, for whom it is to choose.
    if std::os::unix::fs::chown(&path, Some(1), None).is_ok() {
        chmod(&path, 0o444);
        home.authctl(["token"]).run().succeeds();
        chmod(&path, 0o446);
        let error = home.authctl(["token", "--json"]).run().fails_json(7);
        assert_eq!(error["error"], "store_key_exposed");
    }
}

/// S11: what others could have changed or read is refused, with what mends it.
#[cfg(unix)]
#[test]
fn s11_sessions_that_are_open_to_others_are_exit_7() {
    let server = observed();
    let home = Home::new();
    login(&home, server.issuer()).run().succeeds();
    let refused = |what: &str| {
        let error = home.authctl(["token", "--json"]).run().fails_json(7);
        assert_eq!(error["error"], "store_unsafe");
        let hint = error["hint"].as_str().expect("a hint").to_owned();
        assert!(hint.contains(what), "{hint}");
    };
    chmod(home.sessions(), 0o777);
    refused("`chmod 700 /");
    chmod(home.sessions(), 0o700);
    let file = home.session_file("default");
    chmod(&file, 0o644);
    refused("`chmod 600 /");
    chmod(&file, 0o600);
    home.authctl(["token"]).run().succeeds();
}
