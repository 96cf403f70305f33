//! `authctl profile export` and `authctl profile import`.

use std::path::{Path, PathBuf};

use authctl::core::store::Key;
use authctl::core::time::Timestamp;

use super::json;
use crate::harness::{Call, Home, OTHER_KEY};
use crate::observed::{change_kept, kept, observed, store_of};

/// A home with nothing but what the calls are given.
fn home() -> Home {
    Home::new().with("ARCHIVE", "correct horse")
}

fn export(home: &Home, arguments: &[&str]) -> Call {
    home.authctl(["profile", "export", "--passphrase", "env:ARCHIVE"])
        .args(arguments)
}

fn import(home: &Home, file: &Path) -> Call {
    home.authctl(["profile", "import", "--passphrase", "env:ARCHIVE"])
        .arg(file)
}

fn refresh_token(home: &Home, profile: &str) -> String {
    let record = kept(home, profile).expect("a session");
    let token = record.refresh_token.expect("a refresh token");
    token.expose().to_owned()
}

#[test]
fn an_archive_carries_a_session_and_its_settings_to_another_home() {
    let server = observed();
    let (here, there) = (home(), home().with("AUTHCTL_STORE_KEY", OTHER_KEY));
    here.sign_in(server.issuer());
    let answer = export(&here, &["--out", "a", "--remove", "--json"])
        .run()
        .succeeds_saying();
    assert_eq!(
        json(&answer.0),
        serde_json::json!({"file": "a", "profiles": ["default"], "removed": true})
    );
    assert!(
        answer
            .1
            .starts_with("note: the sessions are in the archive alone")
    );
    let archive = here.path().join("a");
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt as _;
        let mode = archive.metadata().expect("a file").mode();
        assert_eq!(mode & 0o777, 0o600);
    }
    let error = here.authctl(["token", "--json"]).run().fails_json(4);
    assert_eq!(error["error"], "no_session");

    let text = import(&there, &archive).run().succeeds();
    assert_eq!(text, "Imported the session of profile default into file\n");
    there.authctl(["refresh"]).run().succeeds();
    let config = std::fs::read_to_string(there.config()).expect("a configuration");
    assert!(config.contains(server.issuer()), "{config}");
    // Where it was put, so that it is found without the variable; not what the
    // archive's home has to say of stores.
    assert!(config.contains("store = \"file\""), "{config}");
    assert!(!config.contains("store_"), "{config}");
}

/// A refresh token that rotates lives in one place.
#[test]
fn an_export_that_leaves_a_copy_warns_of_it() {
    let server = observed();
    let home = home();
    home.sign_in(server.issuer());
    let (text, said) = export(&home, &["--out", "a"]).run().succeeds_saying();
    assert_eq!(text, "Exported to a: default\n");
    assert!(said.starts_with("warning: the sessions are now here and in a"));
    assert!(said.contains("`--remove` moves them"), "{said}");
    home.authctl(["token"]).run().succeeds();
}

#[test]
fn an_export_replaces_no_file_and_prints_no_json_beside_the_archive() {
    let server = observed();
    let home = home();
    home.sign_in(server.issuer());
    home.write("a", "precious");
    export(&home, &["--out", "a"]).run().fails(2);
    assert_eq!(home.read("a"), "precious");
    export(&home, &["--out", "a", "--force"]).run().code_is(0);
    export(&home, &["--json"]).run().fails_json(2);
    export(&home, &["--remove"]).run().fails(2);
    export(&home, &["nobody", "--out", "b"]).run().fails(4);
    let error = home
        .authctl(["profile", "export", "--json", "--out", "b"])
        .args(["--no-input"])
        .run()
        .fails_json(4);
    assert_eq!(error["error"], "prompt_needed");
    assert!(!home.path().join("b").exists());
    let archive = export(&home, &[]).run().code_is(0).0.stdout;
    assert!(archive.starts_with(b"authexp\x01"));
    import(&home, Path::new("-"))
        .stdin(archive)
        .run()
        .succeeds();
}

fn archived(home: &Home) -> PathBuf {
    export(home, &["-q", "--out", "archive"]).run().code_is(0);
    home.path().join("archive")
}

/// S13: what is wrong is told apart, and nothing is written.
#[test]
fn s13_an_archive_that_is_not_as_written_is_exit_8_and_changes_nothing() {
    let server = observed();
    let (here, there) = (home(), home());
    here.sign_in(server.issuer());
    let archive = archived(&here);
    let good = std::fs::read(&archive).expect("a file");
    let with = |change: &dyn Fn(&mut Vec<u8>)| {
        let mut octets = good.clone();
        change(&mut octets);
        octets
    };
    for (octets, code) in [
        (b"{}".to_vec(), "archive_unknown"),
        (Vec::new(), "archive_unknown"),
        (good[..good.len() - 1].to_vec(), "archive_cut"),
        (good[..50].to_vec(), "archive_cut"),
        (with(&|octets| octets[7] = 2), "archive_newer_version"),
        (with(&|octets| octets[30] ^= 1), "archive_damaged"),
        (with(&|octets| octets.push(b'\n')), "archive_damaged"),
        (
            with(&|octets| {
                let last = octets.len() - 1;
                octets[last] ^= 1;
            }),
            "archive_tampered",
        ),
    ] {
        let file = there.write("bad", octets);
        let error = import(&there, &file).arg("--json").run().fails_json(8);
        assert_eq!(error["error"], code, "{error}");
    }
    let error = import(&there, &archive)
        .arg("--json")
        .env("ARCHIVE", "battery staple")
        .run()
        .fails_json(8);
    assert_eq!(error["error"], "archive_wrong_passphrase");
    let error = import(&there, Path::new("absent"))
        .arg("--json")
        .run()
        .fails_json(8);
    assert_eq!(error["error"], "input");
    assert!(!there.config().exists() && !there.sessions().exists());
}

#[test]
fn an_import_overwrites_no_newer_and_no_other_session_unless_forced() {
    let server = observed();
    let home = home();
    home.sign_in(server.issuer());
    let archive = archived(&home);
    let exported = refresh_token(&home, "default");
    // Renewed since: the archive's refresh token is spent.
    change_kept(&home, "default", |record| {
        record.refresh_token = Some(authctl::core::secret::Secret::new("newer"));
        record.updated_at = Timestamp(record.updated_at.0 + 60);
    });
    let refused = || {
        let error = import(&home, &archive).arg("--json").run().fails_json(7);
        assert_eq!(error["error"], "store_conflict");
    };
    refused();
    // Within the second, or by a clock that was set back.
    for seconds in [0, -60] {
        change_kept(&home, "default", |record| {
            record.updated_at = record.created_at;
            record.touch(Timestamp(record.created_at.0 + seconds));
        });
        refused();
    }
    assert_eq!(refresh_token(&home, "default"), "newer");
    // Another sign-in, older or newer.
    for seconds in [-60, 60] {
        change_kept(&home, "default", |record| {
            record.created_at = Timestamp(record.created_at.0 + seconds);
            record.updated_at = record.created_at;
        });
        refused();
    }
    assert_eq!(refresh_token(&home, "default"), "newer");
    import(&home, &archive).arg("--force").run().succeeds();
    assert_eq!(refresh_token(&home, "default"), exported);
    // Again: it is there.
    let answer = import(&home, &archive).arg("--json").run().succeeds();
    assert_eq!(json(&answer)["profiles"][0]["outcome"], "already_there");
    // A later state of the same sign-in replaces an earlier one.
    change_kept(&home, "default", |record| {
        record.updated_at = Timestamp(record.updated_at.0 - 60);
    });
    let answer = import(&home, &archive).arg("--json").run().succeeds();
    assert_eq!(json(&answer)["profiles"][0]["outcome"], "imported");
}

/// All or none: what is refused of one profile keeps the others out.
#[test]
fn an_import_checks_every_session_before_it_writes_one() {
    let server = observed();
    let (here, there) = (home(), home());
    here.sign_in_as("aaa", server.issuer());
    here.sign_in_as("zzz", server.issuer());
    export(&here, &["-q", "--all", "--out", "archive"])
        .run()
        .code_is(0);
    let archive = here.path().join("archive");
    let mut other = kept(&here, "zzz").expect("a session");
    other.created_at = Timestamp(1);
    let store = store_of(&there).store;
    store.save(&Key::session("zzz"), &other).expect("to save");
    let error = import(&there, &archive).arg("--json").run().fails_json(7);
    assert_eq!(error["error"], "store_conflict");
    assert!(kept(&there, "aaa").is_none() && !there.config().exists());
    // One of them can be taken by name.
    let answer = import(&there, &archive)
        .args(["aaa", "--json"])
        .run()
        .succeeds();
    assert_eq!(json(&answer)["profiles"][0]["profile"], "aaa");
    let error = import(&there, &archive)
        .args(["nobody", "--json"])
        .run()
        .fails_json(8);
    assert_eq!(error["error"], "input");
}

/// The settings of a profile that is there stay, unless they are of another
/// server.
#[test]
fn an_import_changes_no_settings_of_another_server_unless_forced() {
    let server = observed();
    let (here, there) = (home(), home());
    here.sign_in(server.issuer());
    let archive = archived(&here);
    there.write(
        ".config/authctl/config.toml",
        "[profiles.default]\nissuer = \"https://other.example\"\n",
    );
    let error = import(&there, &archive).arg("--json").run().fails_json(2);
    let message = error["message"].as_str().expect("a message");
    assert!(message.contains("another `issuer`"), "{message}");
    assert!(kept(&there, "default").is_none());
    import(&there, &archive).arg("--force").run().succeeds();
    there.authctl(["token"]).run().succeeds();
}

/// H1, H11: nothing secret is in the archive in the clear, nor said.
#[test]
fn h11_an_archive_shows_nothing() {
    let server = observed();
    let home = home();
    home.sign_in(server.issuer());
    let token = refresh_token(&home, "default");
    let done = export(&home, &["-vv", "--out", "a"]).run().code_is(0);
    for text in [token.as_str(), "correct horse"] {
        assert!(!done.stderr().contains(text));
    }
    let archive = std::fs::read(home.path().join("a")).expect("a file");
    for text in [token.as_str(), "alice", server.issuer(), "default"] {
        let is_in = archive
            .windows(text.len())
            .any(|part| part == text.as_bytes());
        assert!(!is_in, "{text}");
    }
}
