//! Sessions of profiles: moved to another store, put under another key,
//! exported and imported.

use std::path::{Path, PathBuf};

use authctl::core::store::{FileKey, FileStore, Key, TokenStore as _};
use authctl::core::time::Timestamp;
use serde_json::Value;

use crate::harness::{Call, Home, STORE_KEY};
use crate::observed::{change_kept, expire, kept, observed, store_of};

const OTHER_KEY: &str = "_____wQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8";

/// A home with nothing but what the calls are given.
fn home() -> Home {
    Home::new().with("ARCHIVE", "correct horse")
}

fn json(text: &str) -> Value {
    serde_json::from_str(text).expect("JSON")
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

// rekey

#[test]
fn rekey_puts_all_records_under_the_new_key_and_says_what_to_set() {
    let server = observed();
    let home = Home::new().with("NEW", OTHER_KEY);
    home.sign_in(server.issuer());
    home.sign_in_as("work", server.issuer());
    home.authctl(["token", "--client", "--client-id", "service"])
        .args(["--issuer", server.issuer()])
        .env("AUTHCTL_CLIENT_SECRET", "service-secret")
        .run()
        .succeeds();
    let rekey = || home.authctl(["profile", "rekey", "--new-key", "env:NEW"]);
    let answer = json(&rekey().arg("--json").run().succeeds());
    assert_eq!(answer["profiles"], serde_json::json!(["default", "work"]));
    assert_eq!(answer["client_tokens"], 1);
    assert_eq!(
        answer["next"],
        serde_json::json!(["set AUTHCTL_STORE_KEY to what was given as new"])
    );
    for profile in ["default", "work"] {
        let error = home
            .authctl(["token", "--json", "-p", profile])
            .run()
            .fails_json(7);
        assert_eq!(error["error"], "store_wrong_key");
        home.authctl(["token", "-p", profile])
            .env("AUTHCTL_STORE_KEY", OTHER_KEY)
            .run()
            .succeeds();
    }
    // The same command goes on where it was interrupted; here nothing is left.
    let text = rekey().run().succeeds();
    assert!(
        text.contains("under the new key already: default, work"),
        "{text}"
    );
}

#[test]
fn rekey_names_the_profiles_that_refer_to_the_old_key() {
    let server = observed();
    let home = Home::new()
        .without("AUTHCTL_STORE_KEY")
        .with("OLD", "correct horse")
        .with("NEW", "battery staple");
    for profile in ["default", "work"] {
        home.authctl(["profile", "set", profile, "store_passphrase", "env:OLD"])
            .run()
            .succeeds();
        home.sign_in_as(profile, server.issuer());
    }
    let answer = home
        .authctl(["profile", "rekey", "--json"])
        .args(["--new-passphrase", "env:NEW"])
        .run()
        .succeeds();
    let next = json(&answer)["next"].clone();
    let steps: Vec<&str> = next
        .as_array()
        .expect("steps")
        .iter()
        .map(|step| step.as_str().expect("a text"))
        .collect();
    assert_eq!(
        steps,
        [
            "authctl profile set default store_passphrase env:NEW",
            "authctl profile set work store_passphrase env:NEW",
        ]
    );
    for step in steps {
        home.authctl(step.split(' ').skip(1)).run().succeeds();
    }
    for profile in ["default", "work"] {
        home.authctl(["token", "-p", profile]).run().succeeds();
    }
}

/// The others keep the old key, which must not go with the variable.
#[test]
fn rekey_of_one_profile_leaves_the_others_theirs() {
    let server = observed();
    let home = Home::new().with("OLD", STORE_KEY).with("NEW", OTHER_KEY);
    home.sign_in(server.issuer());
    home.sign_in_as("work", server.issuer());
    let answer = home
        .authctl(["profile", "rekey", "--json", "--new-key", "env:NEW", "work"])
        .run()
        .succeeds();
    assert_eq!(
        json(&answer)["next"],
        serde_json::json!([
            "authctl profile set work store_key env:NEW",
            "unset AUTHCTL_STORE_KEY, which wins over profiles, and refer to the old key in those that keep it"
        ])
    );
    for (profile, key) in [("work", "env:NEW"), ("default", "env:OLD")] {
        home.authctl(["profile", "set", profile, "store_key", key])
            .run()
            .succeeds();
    }
    let home = home.without("AUTHCTL_STORE_KEY");
    for profile in ["default", "work"] {
        home.authctl(["token", "-p", profile]).run().succeeds();
    }
}

/// Checked before the first record is written.
#[test]
fn rekey_refuses_a_session_under_neither_key_and_changes_nothing() {
    let server = observed();
    let home = Home::new().with("NEW", "battery staple");
    home.sign_in(server.issuer());
    home.sign_in_as("aaa", server.issuer());
    let other = FileStore::new(
        home.sessions(),
        FileKey::parse(OTHER_KEY.as_bytes()).expect("a key"),
    )
    .expect("a store");
    let record = kept(&home, "default").expect("a session");
    other.save(&Key::session("zzz"), &record).expect("to save");
    let rekey = |arguments: &[&str]| {
        home.authctl(["profile", "rekey", "--json"])
            .args(["--new-passphrase", "env:NEW"])
            .args(arguments)
            .run()
    };
    let error = rekey(&[]).fails_json(7);
    assert_eq!(error["error"], "store_wrong_key");
    let message = error["message"].as_str().expect("a message");
    assert!(
        message.contains("`zzz` opens with neither key"),
        "{message}"
    );
    assert!(kept(&home, "aaa").is_some() && kept(&home, "default").is_some());
    // Named, the others can be put under the new key.
    let answer = json(&rekey(&["aaa", "default"]).succeeds());
    assert_eq!(answer["profiles"], serde_json::json!(["aaa", "default"]));
    let error = rekey(&["nobody"]).fails_json(4);
    assert_eq!(error["error"], "no_session");
}

#[test]
fn rekey_needs_one_new_key_and_the_old_one() {
    let home = Home::new();
    for arguments in [
        &[][..],
        &["--new-key", "env:A", "--new-passphrase", "env:B"],
        &["--new-key", "hunter2"],
    ] {
        let error = home
            .authctl(["profile", "rekey", "--json"])
            .args(arguments)
            .run()
            .fails_json(2);
        assert!(!error.to_string().contains("hunter2"), "{error}");
    }
    let error = home
        .authctl(["profile", "rekey", "--json", "--new-key-file", "absent"])
        .env_remove("AUTHCTL_STORE_KEY")
        .run()
        .fails_json(7);
    assert_eq!(error["error"], "store_key_missing");
}

// export and import

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
    assert!(!config.contains("store"), "{config}");
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

// move-store

/// The copy that an interrupted move left in the store that is in use says
/// where it came from; moving there again finishes. Here that store cannot be
/// asked, so nothing is forgotten.
#[cfg(target_os = "linux")]
#[test]
fn an_interrupted_move_is_not_forgotten_while_the_old_store_cannot_be_asked() {
    let server = observed();
    let home = Home::new()
        .with("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent/bus")
        .with("XDG_RUNTIME_DIR", "/nonexistent");
    home.sign_in(server.issuer());
    change_kept(&home, "default", |record| {
        record.moved_from = Some("keychain".to_owned());
    });
    let error = home
        .authctl(["profile", "move-store", "--to", "file", "--json"])
        .run()
        .fails_json(7);
    assert_eq!(error["error"], "keychain_no_bus", "{error}");
    let record = kept(&home, "default").expect("a session");
    assert_eq!(record.moved_from.as_deref(), Some("keychain"));
    // The session works all the same, and a renewal keeps the name.
    expire(&home, "default");
    home.authctl(["token"]).run().succeeds();
    let record = kept(&home, "default").expect("a session");
    assert_eq!(record.moved_from.as_deref(), Some("keychain"));
}

#[cfg(target_os = "linux")]
#[test]
fn a_move_to_a_store_that_cannot_be_used_changes_nothing() {
    let server = observed();
    let home = Home::new()
        .without("AUTHCTL_STORE")
        .with("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent/bus")
        .with("XDG_RUNTIME_DIR", "/nonexistent");
    home.authctl(["profile", "set", "default", "store", "file"])
        .run()
        .succeeds();
    home.sign_in(server.issuer());
    let before = std::fs::read_to_string(home.config()).expect("a configuration");
    for to in ["keychain", "vault"] {
        let error = home
            .authctl(["profile", "move-store", "--to", to, "--json"])
            .run()
            .fails_json(7);
        let code = error["error"].as_str().expect("a code");
        assert!(code.starts_with(to), "{error}");
    }
    let after = std::fs::read_to_string(home.config()).expect("a configuration");
    assert_eq!(after, before);
    home.authctl(["token"]).run().succeeds();
}

#[test]
fn a_move_names_its_stores_and_profiles() {
    let server = observed();
    let home = Home::new();
    for to in ["none", "auto", "chest"] {
        home.authctl(["profile", "move-store", "--json", "--to", to])
            .run()
            .fails_json(2);
    }
    home.authctl(["profile", "move-store", "--json"])
        .run()
        .fails_json(2);
    let error = home
        .authctl(["profile", "move-store", "--json", "--to", "file", "nobody"])
        .run()
        .fails_json(4);
    assert_eq!(error["error"], "no_session");
    home.sign_in(server.issuer());
    let answer = home
        .authctl(["profile", "move-store", "--json", "--to", "file"])
        .run()
        .succeeds();
    assert_eq!(
        json(&answer),
        serde_json::json!({
            "to": "file",
            "profiles": [{"profile": "default", "from": "file", "outcome": "already_there"}],
            "client_tokens": 0,
        })
    );
    let config = std::fs::read_to_string(home.config()).expect("a configuration");
    assert!(config.contains("store = \"file\""), "{config}");
}

// what is left of a profile

/// A session knows its server: it can be used and renewed after its profile
/// was removed.
#[test]
fn a_session_whose_profile_was_removed_is_still_used() {
    let server = observed();
    let home = Home::new();
    home.sign_in(server.issuer());
    home.authctl(["profile", "remove", "default"])
        .run()
        .succeeds_saying();
    home.authctl(["refresh"]).run().succeeds();
    home.authctl(["refresh", "--all"]).run().succeeds();
    expire(&home, "default");
    home.authctl(["token"]).run().succeeds();
    let claims = home.authctl(["whoami", "--json"]).run().succeeds();
    assert_eq!(json(&claims)["sub"], "alice");
    // A client's own token is of no session.
    home.authctl(["token", "--client"]).run().fails(2);
}

/// A cache under a key that is gone is a way around, and it is named.
#[test]
fn a_clients_cache_under_another_key_names_the_way_around_it() {
    let server = observed();
    let home = Home::new();
    let token = || {
        home.authctl(["token", "--client", "--client-id", "service", "--json"])
            .args(["--issuer", server.issuer()])
            .env("AUTHCTL_CLIENT_SECRET", "service-secret")
    };
    token().run().succeeds();
    let error = token()
        .env("AUTHCTL_STORE_KEY", OTHER_KEY)
        .run()
        .fails_json(7);
    assert_eq!(error["error"], "store_wrong_key");
    let hint = error["hint"].as_str().expect("a hint");
    assert!(hint.contains("`--no-cache`"), "{hint}");
    token()
        .env("AUTHCTL_STORE_KEY", OTHER_KEY)
        .arg("--no-cache")
        .run()
        .succeeds();
}
