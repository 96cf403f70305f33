//! `authctl status`.

use std::time::Instant;

use serde_json::Value;

use crate::fake::{Answer, Fake, json, with_headers};
use crate::harness::Home;
use crate::observed::{expire, kept, observed};

fn sessions(home: &Home) -> Value {
    let answer = home.authctl(["status", "--json"]).run().succeeds();
    serde_json::from_str(&answer).expect("JSON")
}

#[test]
fn status_shows_every_session_and_the_store() {
    let server = observed();
    let home = Home::new();
    home.sign_in(server.issuer());
    home.authctl(["profile", "set", "other", "issuer", "https://as.example"])
        .run()
        .succeeds();
    let text = home.authctl(["status"]).run().succeeds();
    let lines: Vec<Vec<&str>> = text
        .lines()
        .map(|line| line.split_whitespace().collect())
        .collect();
    assert_eq!(
        lines[0],
        [
            "PROFILE",
            "ISSUER",
            "SUBJECT",
            "TOKEN",
            "RENEWABLE",
            "STORE",
            "SCOPE"
        ]
    );
    assert_eq!(lines[1][..4], ["*", "default", server.issuer(), "alice"]);
    assert_eq!(
        lines[1][lines[1].len() - 6..],
        [
            "yes",
            "file",
            "email",
            "offline_access",
            "openid",
            "profile"
        ]
    );
    assert_eq!(
        lines[2],
        [
            "other",
            "https://as.example",
            "-",
            "signed",
            "out",
            "-",
            "file",
            "-"
        ]
    );
}

#[test]
fn status_json_has_one_object_with_all_sessions() {
    let server = observed();
    let home = Home::new();
    home.sign_in(server.issuer());
    let answer = sessions(&home);
    let session = &answer["sessions"][0];
    assert_eq!(session["store"], "file");
    assert_eq!(session["store_reason"], "`file` was asked for");
    assert_eq!(session["profile"], "default");
    assert_eq!(session["current"], true);
    assert_eq!(session["state"], "valid");
    assert_eq!(session["usable"], true);
    assert_eq!(session["issuer"], server.issuer());
    assert_eq!(session["sub"], "alice");
    assert_eq!(session["refreshable"], true);

    expire(&home, "default");
    assert_eq!(sessions(&home)["sessions"][0]["state"], "refreshable");
}

#[test]
fn status_asks_nobody() {
    let server = observed();
    let home = Home::new();
    home.sign_in(server.issuer());
    server.forget();
    home.authctl(["status"]).run().succeeds();
    assert_eq!(server.requests(), 0);
}

#[test]
fn without_a_session_status_is_exit_4() {
    let error = Home::new()
        .authctl(["status", "--json"])
        .run()
        .fails_json(4);
    assert_eq!(error["error"], "no_session", "{error}");
    let hint = error["hint"].as_str().expect("a hint");
    assert!(hint.contains("authctl login"), "{hint}");
}

#[test]
fn with_nothing_but_expired_sessions_status_is_exit_4() {
    let body = r#"{"access_token":"at","token_type":"Bearer","expires_in":3600}"#;
    let server = Fake::tokens([json(200, body)]);
    let home = Home::new();
    home.sign_in_at(&server);
    home.authctl(["status"]).run().succeeds();
    expire(&home, "default");
    let error = home.authctl(["status", "--json"]).run().fails_json(4);
    assert_eq!(error["error"], "session_expired", "{error}");
}

/// A session that cannot be read does not hide the others.
#[test]
fn an_unreadable_session_is_shown_as_such() {
    let server = observed();
    let home = Home::new();
    for profile in ["one", "two"] {
        home.sign_in_as(profile, server.issuer());
    }
    let victim = std::fs::read_dir(home.sessions())
        .expect("the store")
        .map(|entry| entry.expect("a file").path())
        .find(|path| path.extension().is_some_and(|end| end == "session"))
        .expect("a session");
    let mut octets = std::fs::read(&victim).expect("a file");
    let last = octets.len() - 1;
    octets[last] ^= 1;
    std::fs::write(&victim, octets).expect("to write");
    let answer = sessions(&home);
    let states: Vec<&str> = answer["sessions"]
        .as_array()
        .expect("an array")
        .iter()
        .filter_map(|session| session["state"].as_str())
        .collect();
    assert_eq!(states.len(), 2);
    assert!(states.contains(&"unreadable"), "{states:?}");
    assert!(states.contains(&"valid"), "{states:?}");
}

/// P3: what a server or a file says is escaped before a terminal sees it.
#[test]
fn p3_names_are_escaped() {
    let home = Home::new();
    let server = observed();
    home.sign_in(server.issuer());
    home.authctl(["profile", "set", "a\u{1b}[31mb", "client_id", "c"])
        .run()
        .succeeds();
    let text = home.authctl(["status"]).run().succeeds();
    assert!(!text.contains('\u{1b}'), "{text:?}");
}

fn session<'a>(answer: &'a Value, profile: &str) -> &'a Value {
    let sessions = answer["sessions"].as_array().expect("an array");
    let mut found = sessions.iter().filter(|row| row["profile"] == profile);
    found.next().expect("a row of the profile")
}

#[test]
fn a_session_whose_profile_was_removed_is_shown() {
    let server = observed();
    let home = Home::new();
    for profile in ["one", "two"] {
        home.sign_in_as(profile, server.issuer());
    }
    home.authctl(["profile", "remove", "-q", "one"])
        .run()
        .succeeds();
    let answer = sessions(&home);
    let row = session(&answer, "one");
    assert_eq!(
        (&row["configured"], &row["state"]),
        (&false.into(), &"valid".into())
    );
    assert_eq!(row["issuer"], server.issuer());
    assert_eq!(session(&answer, "two")["configured"], true);
    let text = home.authctl(["status"]).run().succeeds();
    assert!(text.contains("one (removed)"), "{text}");
}

/// What is wrong with one session is said in its row, and is no end of the
/// others.
#[test]
fn each_fault_of_a_session_is_named_in_its_row() {
    let server = observed();
    let home = Home::new();
    for profile in ["good", "cut", "newer", "tampered"] {
        home.sign_in_as(profile, server.issuer());
    }
    let change = |profile: &str, change: &dyn Fn(&mut Vec<u8>)| {
        let path = home.session_file(profile);
        let mut octets = std::fs::read(&path).expect("a file");
        change(&mut octets);
        std::fs::write(&path, octets).expect("to write");
    };
    change("cut", &|octets| octets.truncate(40));
    change("newer", &|octets| octets[7] = 9);
    change("tampered", &|octets| {
        let last = octets.len() - 1;
        octets[last] ^= 1;
    });
    // A store that cannot be used at all, of one profile alone.
    home.authctl(["profile", "set", "bus", "store", "keychain"])
        .run()
        .succeeds();
    let (answer, _) = home
        .authctl(["status", "--json"])
        .env_remove("AUTHCTL_STORE")
        .args(["--store", "file"])
        .run()
        .succeeds_saying();
    let answer: Value = serde_json::from_str(&answer).expect("JSON");
    for (profile, error) in [
        ("cut", "store_damaged"),
        ("newer", "store_newer_version"),
        ("tampered", "store_tampered"),
    ] {
        let row = session(&answer, profile);
        assert_eq!(row["state"], "unreadable", "{row}");
        assert_eq!(row["error"], error, "{row}");
        assert!(row["hint"].is_string(), "{row}");
    }
    assert_eq!(session(&answer, "good")["state"], "valid");

    let (answer, _) = home
        .authctl(["status", "--json"])
        .env_remove("AUTHCTL_STORE")
        .run()
        .succeeds_saying();
    let answer: Value = serde_json::from_str(&answer).expect("JSON");
    assert_eq!(session(&answer, "bus")["error"], "keychain_no_bus");
    assert_eq!(session(&answer, "good")["state"], "valid");

    // A person finds a word in the row, and the reason below the table.
    let text = home.authctl(["status"]).run().succeeds_saying().0;
    let (table, below) = text
        .split_once("\nunreadable ")
        .unwrap_or_else(|| panic!("no reason below: {text}"));
    for row in table.lines() {
        assert!(row.len() < 160, "{row}");
    }
    assert_eq!(table.matches("unreadable").count(), 3, "{table}");
    for profile in ["cut", "newer", "tampered"] {
        let said = format!("unreadable {profile}: ");
        let below = format!("unreadable {below}");
        let line = below.lines().find(|line| line.starts_with(&said));
        let file = home.session_file(profile);
        let file = file.file_name().expect("a name").to_string_lossy();
        assert!(line.is_some_and(|line| line.contains(&*file)), "{text}");
    }
}

/// Where none can be used, stdout is empty, and the sessions are told beside
/// the error.
#[test]
fn with_a_wrong_key_every_session_is_listed_beside_the_error() {
    let server = observed();
    let home = Home::new();
    for profile in ["one", "two"] {
        home.sign_in_as(profile, server.issuer());
    }
    let wrong = "//79/Pv6+fj39vX08/Lx8O/u7ezr6uno5+bl5OPi4eA=";
    let call = || home.authctl(["status"]).env("AUTHCTL_STORE_KEY", wrong);
    let stderr = call().run().fails(7);
    for part in [
        "unreadable one",
        "two",
        "another passphrase or key",
        "error:",
    ] {
        assert!(stderr.contains(part), "{stderr}");
    }
    let error = call().arg("--json").run().fails_json(7);
    assert_eq!(error["error"], "store_wrong_key");
    let stderr = call().arg("-q").run().fails(7);
    assert!(stderr.starts_with("error:"), "{stderr}");
}

#[test]
fn tokens_of_clients_are_listed_without_being_shown() {
    let server = observed();
    let home = Home::new();
    home.sign_in(server.issuer());
    let token = home
        .authctl(["token", "--client", "--client-id", "service"])
        .args(["--issuer", server.issuer()])
        .env("AUTHCTL_CLIENT_SECRET", "service-secret")
        .run()
        .succeeds();
    let answer = sessions(&home);
    let client = &answer["client_tokens"][0];
    assert_eq!(client["client_id"], "service");
    assert_eq!(client["issuer"], server.issuer());
    assert_eq!(client["store"], "file");
    assert_eq!(client["usable"], true);
    assert!(client["expires_at"].is_string());
    let session = &answer["sessions"][0];
    assert_eq!(
        session["tokens"][0]["scope"],
        "email offline_access openid profile"
    );
    let text = home.authctl(["status"]).run().succeeds();
    assert!(text.contains("service"), "{text}");
    let record = kept(&home, "default").expect("a session");
    let refresh = record.refresh_token.expect("a refresh token");
    for text in [text, answer.to_string()] {
        for secret in [
            &token,
            refresh.expose(),
            record.tokens[0].access_token.expose(),
        ] {
            assert!(!text.contains(secret), "{text}");
        }
    }
    // A profile that is named is what it is about.
    let one = home.authctl(["status", "--json", "-p", "default"]);
    let one: Value = serde_json::from_str(&one.run().succeeds()).expect("JSON");
    assert_eq!(one["client_tokens"], serde_json::json!([]));
}

#[test]
fn a_clock_that_was_found_off_is_told() {
    let then = std::time::SystemTime::now() + std::time::Duration::from_secs(300);
    let date = format!("Date: {}", httpdate::fmt_http_date(then));
    let server = Fake::new(move |request| {
        let host = &request.host;
        let body = match request.what.as_str() {
            "POST /token" => {
                r#"{"access_token":"at","token_type":"Bearer","expires_in":3600}"#.to_owned()
            }
            _ => format!(r#"{{"issuer":"http://{host}","token_endpoint":"http://{host}/token"}}"#),
        };
        with_headers(200, &[&date], body)
    });
    let home = Home::new();
    home.authctl(["login", "-q", "--issuer", &server.issuer()])
        .args(["--client-id", "c", "--username", "u"])
        .env("AUTHCTL_PASSWORD", "p")
        .run()
        .code_is(0);
    let offset = sessions(&home)["sessions"][0]["clock_offset"].clone();
    let offset = offset.as_i64().expect("an offset");
    assert!((offset - 300).abs() <= 5, "{offset}");
    let text = home.authctl(["status"]).run().succeeds();
    assert!(text.contains("clock: the clock here is"), "{text}");
}

/// A passphrase is dear to stretch: once for the whole store, right or wrong.
#[test]
fn a_passphrase_is_stretched_once_for_all_sessions() {
    let server = observed();
    let home = Home::new()
        .without("AUTHCTL_STORE_KEY")
        .with("AUTHCTL_STORE_PASSPHRASE", "correct horse");
    for profile in ["one", "two", "three"] {
        home.sign_in_as(profile, server.issuer());
    }
    let stretched = |done: crate::harness::Done| {
        done.stderr()
            .matches("deriving the key from the passphrase")
            .count()
    };
    let call = || home.authctl(["status", "-vv"]);
    assert_eq!(stretched(call().run().code_is(0)), 1);
    let wrong = call().env("AUTHCTL_STORE_PASSPHRASE", "wrong horse");
    assert_eq!(stretched(wrong.run().code_is(7)), 1);
}

/// The time-out is for all that is asked, however many do not answer.
#[test]
fn silent_vaults_cost_one_time_out() {
    let vault = Fake::new(|_| Answer::Never);
    let home = Home::new();
    for profile in ["one", "two", "three"] {
        for (name, value) in [("store", "vault"), ("vault_path", profile)] {
            home.authctl(["profile", "set", profile, name, value])
                .run()
                .succeeds();
        }
    }
    let started = Instant::now();
    let error = home
        .authctl(["status", "--json", "--timeout", "3s"])
        .env_remove("AUTHCTL_STORE")
        .env("VAULT_ADDR", vault.issuer())
        .env("VAULT_TOKEN", "t")
        .run()
        .fails_json(7);
    let took = started.elapsed().as_millis();
    assert_eq!(error["error"], "vault_unreachable", "{error}");
    assert!((2_900..7_000).contains(&took), "{took} ms");
    assert!(vault.seen().len() >= 3, "each is asked");
}
