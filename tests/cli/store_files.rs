//! The files of the store as others may have left them: another key's,
//! damaged, open, replaced. None is used, and none is harmed.

use crate::harness::{Home, OTHER_KEY, STORE_KEY};
use crate::observed::observed;
use crate::store::login;

/// S13: a wrong passphrase opens nothing and harms nothing.
#[test]
fn s13_a_wrong_passphrase_is_exit_7_and_the_file_stays() {
    let server = observed();
    let home = Home::new()
        .without("AUTHCTL_STORE_KEY")
        .with("AUTHCTL_STORE_PASSPHRASE", "correct horse");
    login(&home, server.issuer()).run().succeeds();
    let before = std::fs::read(home.session_file("default")).expect("a file");
    for call in [&["token"][..], &["refresh"], &["whoami"]] {
        let error = home
            .authctl(call)
            .args(["--json"])
            .env("AUTHCTL_STORE_PASSPHRASE", "battery staple")
            .run()
            .fails_json(7);
        assert_eq!(error["error"], "store_wrong_key");
        assert!(!error.to_string().contains("battery"), "{error}");
    }
    // With a key that wins over the passphrase it says which, and what to do.
    for (call, instead) in [
        (
            home.authctl(["token"]).env("AUTHCTL_STORE_KEY", STORE_KEY),
            "unset AUTHCTL_STORE_KEY, and give the passphrase in AUTHCTL_STORE_PASSPHRASE",
        ),
        (
            home.authctl(["token", "--store-key", "env:KEY"])
                .env("KEY", STORE_KEY),
            "leave out `--store-key`, and give the passphrase",
        ),
    ] {
        let error = call.arg("--json").run().fails_json(7);
        let hint = error["hint"].as_str().expect("a hint");
        assert!(hint.contains(instead), "{hint}");
    }
    assert_eq!(
        std::fs::read(home.session_file("default")).expect("a file"),
        before
    );
    home.authctl(["token"]).run().succeeds();
}

/// S13: flipped, cut, another key, another session's.
#[test]
fn s13_a_file_that_was_tampered_with_is_exit_7_and_stays() {
    let server = observed();
    let home = Home::new();
    home.sign_in(server.issuer());
    let path = home.session_file("default");
    let good = std::fs::read(&path).expect("a file");
    let flip = |place: usize| {
        let mut octets = good.clone();
        octets[place] ^= 0x10;
        octets
    };
    let files = [
        flip(0),
        flip(good.len() / 2),
        flip(good.len() - 1),
        good[..good.len() - 1].to_vec(),
        good[..10].to_vec(),
        Vec::new(),
        [&good[..], b"x"].concat(),
        vec![0; 3 * 1024 * 1024],
        b"{\"version\":1}".to_vec(),
    ];
    for file in files {
        std::fs::write(&path, &file).expect("to write");
        let error = home.authctl(["token", "--json"]).run().fails_json(7);
        let code = error["error"].as_str().expect("a code");
        assert!(
            [
                "store_tampered",
                "store_damaged",
                "store_wrong_key",
                "store_newer_version"
            ]
            .contains(&code),
            "{error}"
        );
        assert_eq!(std::fs::read(&path).expect("a file"), file);
    }
    std::fs::write(&path, &good).expect("to write");
    let error = home
        .authctl(["token", "--json"])
        .env("AUTHCTL_STORE_KEY", OTHER_KEY)
        .run()
        .fails_json(7);
    assert_eq!(error["error"], "store_wrong_key");
    home.authctl(["token"]).run().succeeds();

    // Swapped between two profiles.
    login(&home, server.issuer())
        .args(["-p", "work"])
        .run()
        .succeeds();
    std::fs::copy(&path, home.session_file("work")).expect("to copy");
    let error = home
        .authctl(["token", "--json", "-p", "work"])
        .run()
        .fails_json(7);
    assert_eq!(error["error"], "store_swapped");
}

/// S11: private whatever the umask; nothing in the clear.
#[cfg(unix)]
#[test]
fn s11_files_are_private_whatever_the_umask() {
    use std::os::unix::fs::PermissionsExt as _;

    let server = observed();
    let home = Home::new();
    let status = login(&home, server.issuer())
        .under_shell("umask 000")
        .status();
    assert!(status.expect("a shell").success());
    let mode = |path: &std::path::Path| {
        let metadata = std::fs::metadata(path).expect("metadata");
        metadata.permissions().mode() & 0o777
    };
    assert_eq!(mode(&home.session_file("default")), 0o600);
    assert_eq!(mode(&home.sessions()), 0o700);
    let octets = std::fs::read(home.session_file("default")).expect("a file");
    for text in ["access_token", "alice", "eyJ"] {
        let found = octets
            .windows(text.len())
            .any(|window| window == text.as_bytes());
        assert!(!found, "{text} in the clear");
    }
}

/// S12: what lies in the file's place is not followed and not harmed.
#[cfg(unix)]
#[test]
fn s12_a_symbolic_link_in_the_files_place_is_exit_7() {
    let server = observed();
    let home = Home::new();
    home.sign_in(server.issuer());
    let path = home.session_file("default");
    let victim = home.write("victim", "precious");
    std::fs::remove_file(&path).expect("to remove");
    std::os::unix::fs::symlink(&victim, &path).expect("a link");
    let error = home.authctl(["token", "--json"]).run().fails_json(7);
    assert_eq!(error["error"], "store_unsafe");
    let error = login(&home, server.issuer())
        .args(["--json"])
        .run()
        .fails_json(7);
    assert_eq!(error["error"], "store_unsafe");
    assert_eq!(
        std::fs::read_to_string(&victim).expect("a file"),
        "precious"
    );
}

/// S19: what a newer authctl wrote is left alone.
#[test]
fn s19_a_record_of_a_newer_version_is_exit_7() {
    let server = observed();
    let home = Home::new();
    home.sign_in(server.issuer());
    let path = home.session_file("default");
    let mut octets = std::fs::read(&path).expect("a file");
    // The version of the file's form follows its magic.
    let magic = octets
        .iter()
        .position(|octet| *octet < 0x20)
        .expect("a version");
    octets[magic] = 0x1f;
    std::fs::write(&path, &octets).expect("to write");
    let error = home.authctl(["token", "--json"]).run().fails_json(7);
    let code = error["error"].as_str().expect("a code");
    assert!(
        ["store_newer_version", "store_damaged"].contains(&code),
        "{error}"
    );
    assert_eq!(std::fs::read(&path).expect("a file"), octets);
}
