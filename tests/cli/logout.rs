//! `authctl logout`.

use serde_json::Value;

use crate::fake::{Fake, json, metadata, with_headers};
use crate::harness::{Home, OTHER_KEY};
use crate::observed::{kept, observed, store_of};

#[test]
fn logout_revokes_and_forgets() {
    let server = observed();
    let home = Home::new();
    home.sign_in(server.issuer());
    let token = home.authctl(["token"]).run().succeeds();
    server.forget();
    let said = home.authctl(["logout"]).run().succeeds();
    assert_eq!(said, "Signed out of profile default\n");
    assert!(server.count("POST /revoke 200") >= 1);
    assert!(kept(&home, "default").is_none());
    home.authctl(["token"]).run().fails(4);
    server.has_ended(&token);
}

#[test]
fn logout_leaves_the_settings() {
    let server = observed();
    let home = Home::new();
    home.sign_in(server.issuer());
    home.authctl(["logout"]).run().succeeds();
    home.authctl(["login", "-q"])
        .env("AUTHCTL_PASSWORD", "wonderland")
        .run()
        .succeeds();
}

#[test]
fn logout_json_says_what_was_done() {
    let server = observed();
    let home = Home::new();
    home.sign_in(server.issuer());
    let run = || -> Value {
        let stdout = home.authctl(["logout", "--json"]).run().succeeds();
        serde_json::from_str(&stdout).expect("JSON")
    };
    let answer = run();
    assert_eq!(answer["profile"], "default");
    assert_eq!(answer["was_signed_in"], true);
    assert_eq!(answer["revoked"], true);
    assert_eq!(run()["was_signed_in"], false);
}

#[test]
fn logout_of_nobody_is_done_already() {
    let (stdout, stderr) = Home::new().authctl(["logout"]).run().succeeds_saying();
    assert_eq!(stdout, "");
    assert_eq!(stderr, "note: nobody was signed in for profile `default`\n");
    let (stdout, stderr) = Home::new()
        .authctl(["logout", "--all"])
        .run()
        .succeeds_saying();
    assert_eq!(
        (stdout.as_str(), stderr.as_str()),
        ("", "note: nobody is signed in\n")
    );
}

#[test]
fn logout_all_ends_every_session() {
    let server = observed();
    let home = Home::new();
    for profile in ["a", "b"] {
        home.sign_in_as(profile, server.issuer());
    }
    let said = home.authctl(["logout", "--all"]).run().succeeds();
    assert_eq!(said, "Signed out of profile a\nSigned out of profile b\n");
    assert!(store_of(&home).store.list().expect("a list").is_empty());
}

/// S20: with the server down the local copy goes all the same.
#[test]
fn s20_with_the_server_down_the_session_is_forgotten_and_it_is_exit_6() {
    let mut server = observed();
    let home = Home::new();
    home.sign_in(server.issuer());
    server.stop();
    let error = home.authctl(["logout", "--json"]).run().fails_json(6);
    assert_eq!(error["error"], "unreachable");
    let message = error["message"].as_str().expect("a message");
    assert!(
        message.contains("forgotten here, but the server was not told"),
        "{message}"
    );
    assert!(kept(&home, "default").is_none());
}

#[test]
fn a_server_that_cannot_revoke_is_noted() {
    let server = Fake::new(|request| match request.what.as_str() {
        "POST /token" => json(
            200,
            r#"{"access_token":"at","token_type":"Bearer","refresh_token":"rt"}"#,
        ),
        _ => metadata(&request.host),
    });
    let home = Home::new();
    home.sign_in_at(&server);
    let (stdout, stderr) = home.authctl(["logout"]).run().succeeds_saying();
    assert_eq!(stdout, "Signed out of profile default\n");
    assert!(stderr.contains("no revocation endpoint"), "{stderr}");
    assert!(kept(&home, "default").is_none());
}

/// RFC 7009 section 2.2.1: a server may revoke refresh tokens only; and a
/// client may send the refresh token first, with which the grant goes.
#[test]
fn the_refresh_token_is_revoked_first_and_hinted() {
    let server = Fake::new(|request| match request.what.as_str() {
        "POST /token" => json(
            200,
            r#"{"access_token":"at","token_type":"Bearer","refresh_token":"rt"}"#,
        ),
        "POST /revoke" if request.body.contains("token=at") => {
            json(400, r#"{"error":"unsupported_token_type"}"#)
        }
        "POST /revoke" => with_headers(200, &[], ""),
        _ => json(
            200,
            &format!(
                r#"{{"issuer":"http://{0}","token_endpoint":"http://{0}/token","revocation_endpoint":"http://{0}/revoke"}}"#,
                request.host
            ),
        ),
    });
    let home = Home::new();
    home.sign_in_at(&server);
    home.authctl(["logout"]).run().succeeds();
    let bodies: Vec<String> = server
        .seen()
        .into_iter()
        .filter(|seen| seen.what == "POST /revoke")
        .map(|seen| seen.body)
        .collect();
    assert_eq!(bodies.len(), 2);
    assert!(bodies[0].contains("token=rt&token_type_hint=refresh_token"));
    assert!(bodies[1].contains("token=at&token_type_hint=access_token"));
}

/// With a wrong key a session is left alone: it is a good one to whoever has
/// the right key.
#[test]
fn a_session_under_another_key_is_not_forgotten() {
    let server = observed();
    let home = Home::new();
    home.sign_in(server.issuer());
    for arguments in [&["logout"][..], &["logout", "--all"], &["revoke"]] {
        let error = home
            .authctl(arguments)
            .args(["--json"])
            .env("AUTHCTL_STORE_KEY", OTHER_KEY)
            .run()
            .fails_json(7);
        assert_eq!(error["error"], "store_wrong_key");
    }
    assert!(kept(&home, "default").is_some());
    assert_eq!(server.count("POST /revoke 200"), 0);
    home.authctl(["token"]).run().succeeds();
}

/// What was opened can always be closed: the session knows its own server.
#[test]
fn the_session_of_a_removed_profile_can_be_ended() {
    let server = observed();
    for all in [true, false] {
        let home = Home::new();
        home.authctl(["login", "-q", "-p", "x", "--issuer", server.issuer()])
            .args(["--client-id", "authctl", "--username", "alice"])
            .env("AUTHCTL_PASSWORD", "wonderland")
            .run()
            .succeeds();
        home.authctl(["profile", "remove", "x", "-q"])
            .run()
            .succeeds();
        server.forget();
        let arguments = if all {
            ["logout", "--all"]
        } else {
            ["logout", "-px"]
        };
        let said = home.authctl(arguments).run().succeeds();
        assert_eq!(said, "Signed out of profile x\n");
        assert!(server.count("POST /revoke 200") >= 1);
        assert!(kept(&home, "x").is_none());
        let error = home
            .authctl(["logout", "-p", "x", "--json"])
            .run()
            .fails_json(8);
        assert_eq!(error["error"], "no_such_profile");
    }
}

/// Each failure is said once, and the others go on.
#[test]
fn logout_all_says_each_failure_once() {
    let mut server = observed();
    let home = Home::new();
    for profile in ["a", "b"] {
        home.sign_in_as(profile, server.issuer());
    }
    server.stop();
    let stderr = home.authctl(["logout", "--all"]).run().fails(6);
    for profile in ["`a`", "`b`"] {
        assert_eq!(stderr.matches(profile).count(), 1, "{stderr}");
    }
    assert!(store_of(&home).store.list().expect("a list").is_empty());
}

/// S13: a session that a wrong key cannot read is left for the right one.
#[test]
fn with_a_wrong_key_logout_is_exit_7_and_keeps_the_session() {
    let server = observed();
    let home = Home::new();
    home.sign_in(server.issuer());
    for command in [&["logout"][..], &["logout", "--all"]] {
        home.authctl(command)
            .env(
                "AUTHCTL_STORE_KEY",
                "ISIjJCUmJygpKissLS4vMDEyMzQ1Njc4OTo7PD0-P0A",
            )
            .run()
            .fails(7);
    }
    assert!(kept(&home, "default").is_some());
    assert_eq!(server.count("POST /revoke 200"), 0);
}

/// A server that has a page to sign out at, which answers with this status.
fn with_sign_out(status: u16) -> Fake {
    Fake::new(move |request| match request.what.as_str() {
        "POST /token" => json(
            200,
            r#"{"access_token":"at","token_type":"Bearer","refresh_token":"rt"}"#,
        ),
        "POST /end" => with_headers(status, &[], ""),
        "POST /revoke" => with_headers(200, &[], ""),
        _ => json(
            200,
            &format!(
                r#"{{"issuer":"http://{0}","token_endpoint":"http://{0}/token","revocation_endpoint":"http://{0}/revoke","end_session_endpoint":"http://{0}/end"}}"#,
                request.host
            ),
        ),
    })
}

/// OIDC RP-Initiated Logout section 2.
#[test]
fn end_session_ends_the_persons_session_at_the_server_too() {
    let server = with_sign_out(200);
    let home = Home::new();
    home.sign_in_at(&server);
    home.authctl(["logout"]).run().succeeds();
    assert_eq!(server.count("POST /end"), 0);
    home.sign_in_at(&server);
    home.authctl(["logout", "--end-session"]).run().succeeds();
    let seen = server.seen();
    let ends: Vec<_> = seen
        .iter()
        .filter(|seen| seen.what == "POST /end")
        .collect();
    assert_eq!(ends.len(), 1);
    assert_eq!(ends[0].body, "client_id=c");
    assert!(kept(&home, "default").is_none());
    // Nobody's session is none to end.
    home.authctl(["logout", "--end-session", "-q"])
        .run()
        .succeeds();
    assert_eq!(server.count("POST /end"), 1);
}

#[test]
fn a_persons_session_that_goes_on_is_exit_6_and_the_one_here_is_gone() {
    let server = with_sign_out(503);
    let home = Home::new();
    home.sign_in_at(&server);
    let error = home
        .authctl(["logout", "--end-session", "--json"])
        .run()
        .fails_json(6);
    let message = error["message"].as_str().expect("a message");
    assert!(message.contains("at the server goes on"), "{message}");
    assert!(server.count("POST /revoke") >= 1);
    assert!(kept(&home, "default").is_none());
}

/// A session whose tokens are dead must not stay, so the server is told nothing
/// where it could not be forgotten.
#[cfg(unix)]
#[test]
fn a_store_that_cannot_be_written_is_exit_7_before_any_request() {
    use crate::harness::chmod;

    let server = with_sign_out(200);
    let home = Home::new();
    home.sign_in_at(&server);
    let told = || server.count("POST /end") + server.count("POST /revoke");
    let sessions = home.sessions();
    let refuses = || {
        for command in [&["logout"][..], &["logout", "--end-session"], &["revoke"]] {
            let error = home.authctl(command).arg("--json").run().fails_json(7);
            assert!(error["hint"].is_string(), "{error}");
        }
        assert_eq!(told(), 0, "the server was told");
        assert!(kept(&home, "default").is_some());
    };
    let mode = |mode| chmod(&sessions, mode);
    mode(0o500);
    // Root writes where it likes.
    if std::fs::write(sessions.join("probe"), "").is_err() {
        refuses();
    }
    mode(0o700);
    let _ = std::fs::remove_file(sessions.join("probe"));
    // In the place of the lock there is something that is none.
    let locks = std::fs::read_dir(&sessions).expect("the store");
    let lock = locks
        .map(|entry| entry.expect("an entry").path())
        .find(|path| path.extension().is_some_and(|end| end == "lock"))
        .expect("a lock");
    std::fs::remove_file(&lock).expect("to remove it");
    std::fs::create_dir(&lock).expect("a folder");
    refuses();
}

/// Where a variable or a flag names another server, as under `serve`, it does
/// not see the tokens of this session, which stays.
#[test]
fn no_other_server_is_told_of_a_session() {
    let (own, other) = (with_sign_out(200), with_sign_out(200));
    let home = Home::new();
    home.sign_in_at(&own);
    for command in [&["logout", "--end-session"][..], &["logout", "--all"]] {
        let error = home
            .authctl(command)
            .arg("--json")
            .env("AUTHCTL_ISSUER", other.issuer())
            .run()
            .fails_json(4);
        assert_eq!(error["error"], "session_of_other_server");
        let hint = error["hint"].as_str().expect("a hint");
        assert!(hint.contains("`--issuer`"), "{hint}");
    }
    assert!(other.seen().is_empty());
    assert!(kept(&home, "default").is_some());
    home.authctl(["profile", "set", "default", "issuer", &other.issuer()])
        .run()
        .succeeds();
    home.authctl(["logout", "--issuer", &own.issuer()])
        .run()
        .succeeds();
    assert!(own.count("POST /revoke") >= 1);
    assert!(kept(&home, "default").is_none());
}
