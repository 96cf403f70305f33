//! `authctl token`.

use serde_json::Value;

use crate::fake::{Fake, json};
use crate::harness::{Call, Home};
use crate::observed::{expire, expire_in, kept, observed, observed_with};

fn client(home: &Home, issuer: &str) -> Call {
    home.authctl(["token", "--client", "--client-id", "service"])
        .args(["--issuer", issuer])
        .env("AUTHCTL_CLIENT_SECRET", "service-secret")
}

fn json_of(call: Call) -> Value {
    let stdout = call.args(["--json"]).run().succeeds();
    serde_json::from_str(&stdout).expect("JSON")
}

#[test]
fn a_cached_token_needs_no_network_and_no_write() {
    let server = observed();
    let home = Home::new();
    home.sign_in(server.issuer());
    let stamp = || {
        let entry = std::fs::read_dir(home.sessions()).expect("the store");
        let file = entry
            .map(|entry| entry.expect("a file").path())
            .find(|path| path.extension().is_some_and(|end| end == "session"))
            .expect("a session");
        std::fs::metadata(file)
            .expect("a file")
            .modified()
            .expect("a time")
    };
    server.forget();
    let before = stamp();
    let first = home.authctl(["token"]).run().succeeds();
    let second = home.authctl(["token"]).run().succeeds();
    assert_eq!(first, second);
    assert_eq!(server.requests(), 0);
    assert_eq!(stamp(), before);
}

/// S21. How long a call takes is measured elsewhere (tests/bench).
#[test]
fn s21_calls_in_a_row_ask_nobody_and_write_nothing() {
    let server = observed();
    let home = Home::new();
    home.sign_in(server.issuer());
    let first = home.authctl(["token"]).run().succeeds();
    server.forget();
    let files = || {
        let mut files: Vec<_> = std::fs::read_dir(home.sessions())
            .expect("the store")
            .map(|entry| entry.expect("an entry"))
            .map(|entry| {
                let found = entry.metadata().expect("a file");
                (entry.path(), found.modified().expect("a time"), found.len())
            })
            .collect();
        files.sort();
        files
    };
    let before = files();
    let mut took: Vec<_> = (0..1_000)
        .map(|_| {
            let begun = std::time::Instant::now();
            assert_eq!(home.authctl(["token"]).run().succeeds(), first);
            begun.elapsed()
        })
        .collect();
    took.sort_unstable();
    println!(
        "1,000 calls of `token`: half of them within {:?}",
        took[500]
    );
    assert_eq!(server.requests(), 0);
    assert_eq!(files(), before);
}

/// As a session's does.
#[test]
fn a_client_s_token_that_still_lives_serves_when_the_server_does_not() {
    let server = observed();
    let home = Home::new();
    let issuer = server.issuer().to_owned();
    let call = || {
        home.authctl(["token", "--client", "--client-id", "service"])
            .args(["--issuer", &issuer, "--timeout", "2s"])
            .env("AUTHCTL_CLIENT_SECRET", "service-secret")
    };
    let first = call().run().succeeds();
    drop(server);
    let (token, said) = call().args(["--min-ttl", "2h"]).run().succeeds_saying();
    assert_eq!(token, first);
    assert!(said.contains("the present one still lives"), "{said}");
    call().arg("--force-refresh").run().fails(6);
}

#[test]
fn a_bare_token_has_no_newline_in_a_pipe() {
    let server = observed();
    let home = Home::new();
    home.sign_in(server.issuer());
    let token = home.authctl(["token"]).run().succeeds();
    assert!(!token.ends_with('\n'));
    assert_eq!(token.split('.').count(), 3);
}

#[test]
fn the_five_formats_hold_the_same_token() {
    let server = observed();
    let home = Home::new();
    home.sign_in(server.issuer());
    let token = home.authctl(["token", "-o", "token"]).run().succeeds();
    let output = |arguments: &[&str]| home.authctl(["token"]).args(arguments).run().succeeds();

    assert_eq!(
        output(&["-o", "header"]),
        format!("Authorization: Bearer {token}\n")
    );
    assert_eq!(
        output(&["-o", "env"]),
        format!("export AUTHCTL_ACCESS_TOKEN='{token}'\n")
    );
    assert_eq!(
        output(&["-o", "env", "--shell", "fish"]),
        format!("set -gx AUTHCTL_ACCESS_TOKEN '{token}'\n")
    );
    assert_eq!(
        output(&["-o", "env", "--shell", "powershell"]),
        format!("$env:AUTHCTL_ACCESS_TOKEN = '{token}'\n")
    );
    let answer: Value = serde_json::from_str(&output(&["-o", "json"])).expect("JSON");
    assert_eq!(answer["access_token"], token);
    assert_eq!(answer["token_type"], "Bearer");
    assert_eq!(answer["source"], "cache");
    assert_eq!(answer["profile"], "default");
    assert_eq!(answer["scope"], "email offline_access openid profile");
    assert!(answer["expires_in"].as_i64().expect("a number") > 3500);
    let at = answer["expires_at"].as_str().expect("a time");
    assert!(at.starts_with("20") && at.ends_with('Z'), "{at}");

    let answer: Value = serde_json::from_str(&output(&["-o", "exec-credential"])).expect("JSON");
    assert_eq!(answer["apiVersion"], "client.authentication.k8s.io/v1");
    assert_eq!(answer["kind"], "ExecCredential");
    assert_eq!(answer["status"]["token"], token);
    assert_eq!(answer["status"]["expirationTimestamp"], at);
}

#[test]
fn kubectl_gets_the_version_it_asks_for() {
    let server = observed();
    let home = Home::new();
    home.sign_in(server.issuer());
    let call = || home.authctl(["token", "-o", "exec-credential"]);
    let v1beta1 = r#"{"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1beta1","spec":{"interactive":true}}"#;
    let answer = call().env("KUBERNETES_EXEC_INFO", v1beta1).run().succeeds();
    assert!(answer.contains("client.authentication.k8s.io/v1beta1"));
    for bad in [
        "{",
        "{}",
        r#"{"apiVersion":"client.authentication.k8s.io/v9"}"#,
    ] {
        let stderr = call().env("KUBERNETES_EXEC_INFO", bad).run().fails(8);
        assert!(stderr.contains("KUBERNETES_EXEC_INFO"), "{stderr}");
    }
}

#[test]
fn a_shell_that_evaluates_the_line_has_the_token() {
    let server = observed();
    let home = Home::new();
    home.sign_in(server.issuer());
    let line = home.authctl(["token", "-o", "env"]).run().succeeds();
    let token = home.authctl(["token"]).run().succeeds();
    let output = std::process::Command::new("sh")
        .arg("-c")
        .arg("eval \"$1\"; printf %s \"$AUTHCTL_ACCESS_TOKEN\"")
        .args(["sh", &line])
        .output()
        .expect("a shell");
    assert_eq!(String::from_utf8_lossy(&output.stdout), token);
}

#[test]
fn a_token_that_is_about_to_expire_is_refreshed_first() {
    let server = observed();
    let home = Home::new();
    home.sign_in(server.issuer());
    server.forget();
    // 30 s is the default of --min-ttl; a minute leaves room for slow machines.
    expire_in(&home, "default", 600);
    let old = json_of(home.authctl(["token"]));
    assert_eq!(old["source"], "cache");
    expire_in(&home, "default", 20);
    let new = json_of(home.authctl(["token"]));
    assert_eq!(new["source"], "refresh");
    assert_ne!(new["access_token"], old["access_token"]);
    assert_eq!(server.count("POST /token 200"), 1);
    let again = json_of(home.authctl(["token"]));
    assert_eq!(again["access_token"], new["access_token"]);
    assert_eq!(again["source"], "cache");
}

#[test]
fn min_ttl_decides_what_is_about_to_expire() {
    let server = observed();
    let home = Home::new();
    home.sign_in(server.issuer());
    expire_in(&home, "default", 600);
    let source = |min_ttl: &str| json_of(home.authctl(["token", "--min-ttl", min_ttl]));
    assert_eq!(source("5m")["source"], "cache");
    assert_eq!(source("15m")["source"], "refresh");
    home.authctl(["token", "--min-ttl", "soon"]).run().fails(2);
}

#[test]
fn a_server_that_gives_no_longer_token_is_said() {
    let server = observed_with(|options| {
        options.config.lifetimes.access_token = std::time::Duration::from_secs(600);
    });
    let home = Home::new();
    home.sign_in(server.issuer());
    let (token, stderr) = home
        .authctl(["token", "--min-ttl", "1h"])
        .run()
        .succeeds_saying();
    assert!(!token.is_empty());
    assert!(stderr.starts_with("warning: the token lives shorter than `--min-ttl`"));
}

#[test]
fn force_refresh_renews_a_good_token() {
    let server = observed();
    let home = Home::new();
    home.sign_in(server.issuer());
    let old = json_of(home.authctl(["token"]));
    let new = json_of(home.authctl(["token", "--force-refresh"]));
    assert_eq!(new["source"], "refresh");
    assert_ne!(new["access_token"], old["access_token"]);
}

#[test]
fn a_session_without_a_sign_in_is_exit_4() {
    let error = Home::new().authctl(["token", "--json"]).run().fails_json(4);
    assert_eq!(error["error"], "no_session");
    assert_eq!(error["hint"], "sign in with `authctl login`");
}

#[test]
fn another_server_than_the_sessions_is_exit_4() {
    let server = observed();
    let home = Home::new();
    home.sign_in(server.issuer());
    server.forget();
    let error = home
        .authctl(["token", "--json", "--issuer", "https://other.example"])
        .run()
        .fails_json(4);
    assert_eq!(error["error"], "session_of_other_server");
    assert_eq!(server.requests(), 0);
}

#[test]
fn a_narrower_scope_gets_a_token_of_its_own() {
    let server = observed();
    let home = Home::new();
    home.sign_in(server.issuer());
    let whole = json_of(home.authctl(["token"]));
    let narrow = json_of(home.authctl(["token", "--scope", "email"]));
    assert_eq!(narrow["scope"], "email");
    assert_eq!(narrow["source"], "refresh");
    // Each has a place of its own.
    let again = json_of(home.authctl(["token", "--scope", "email"]));
    assert_eq!(again["access_token"], narrow["access_token"]);
    let again = json_of(home.authctl(["token"]));
    assert_eq!(again["access_token"], whole["access_token"]);
}

#[test]
fn a_clients_token_is_asked_for_once_and_cached() {
    let server = observed();
    let home = Home::new();
    let first = json_of(client(&home, server.issuer()).args(["--scope", "api:read"]));
    assert_eq!(first["source"], "request");
    assert_eq!(first["scope"], "api:read");
    assert!(first.get("profile").is_none());
    let second = json_of(client(&home, server.issuer()).args(["--scope", "api:read"]));
    assert_eq!(second["source"], "cache");
    assert_eq!(second["access_token"], first["access_token"]);
    assert_eq!(server.count("POST /token 200"), 1);
}

/// DESIGN: the same issuer, client, account, scope set, audience, resource.
#[test]
fn a_clients_token_serves_only_what_it_was_asked_for() {
    let ok = |token: usize| {
        json(
            200,
            &format!(
                r#"{{"access_token":"token-{token}","token_type":"Bearer","expires_in":3600}}"#
            ),
        )
    };
    let server = Fake::tokens((0..20).map(ok));
    let home = Home::new();
    let calls: [&[&str]; 8] = [
        &["--scope", "a b"],
        &["--scope", "a"],
        &["--scope", "a b", "--audience", "x"],
        &["--scope", "a b", "--audience", "y"],
        &["--scope", "a b", "--resource", "https://api.example/"],
        &["--scope", "a b", "--param", "tenant=1"],
        &["--scope", "a b", "--client-id", "other"],
        &[],
    ];
    let token = |arguments: &[&str]| {
        let id: &[&str] = if arguments.contains(&"--client-id") {
            &[]
        } else {
            &["--client-id", "service"]
        };
        home.authctl(["token", "--client", "--issuer", &server.issuer()])
            .args(id)
            .args(arguments)
            .env("AUTHCTL_CLIENT_SECRET", "s")
            .run()
            .succeeds()
    };
    let tokens: Vec<String> = calls.iter().map(|arguments| token(arguments)).collect();
    let mut distinct = tokens.clone();
    distinct.sort_unstable();
    distinct.dedup();
    assert_eq!(distinct.len(), calls.len(), "{tokens:?}");
    for (arguments, expected) in calls.iter().zip(&tokens) {
        assert_eq!(&token(arguments), expected, "{arguments:?}");
    }
    // The scope is a set: neither order nor spelling matters.
    assert_eq!(token(&["--scope", "b,a"]), tokens[0]);
    assert_eq!(token(&["--scope", "b", "--scope", "a"]), tokens[0]);
    assert_eq!(server.count("POST /token"), calls.len());
}

#[test]
fn no_cache_neither_reads_nor_writes() {
    let server = observed();
    let home = Home::new();
    for _ in 0..2 {
        let answer = json_of(client(&home, server.issuer()).args(["--no-cache"]));
        assert_eq!(answer["source"], "request");
    }
    assert!(!home.sessions().exists());
    let answer = json_of(client(&home, server.issuer()));
    assert_eq!(answer["source"], "request");
}

#[test]
fn a_clients_token_is_uncached_with_the_store_none() {
    let server = observed();
    let home = Home::new();
    for _ in 0..2 {
        let answer = json_of(client(&home, server.issuer()).args(["--store", "none"]));
        assert_eq!(answer["source"], "request");
    }
    assert!(!home.path().join(".local").exists());
}

#[test]
fn a_clients_request_that_is_refused_is_exit_5() {
    let server = observed();
    let home = Home::new();
    let error = client(&home, server.issuer())
        .args(["--json"])
        .env("AUTHCTL_CLIENT_SECRET", "not-it")
        .run()
        .fails_json(5);
    assert_eq!(error["error"], "refused");
    assert_eq!(error["server"]["error"], "invalid_client");
    assert_eq!(error["server"]["status"], 401);
    let error = client(&home, server.issuer())
        .args(["--json", "--scope", "nope"])
        .run()
        .fails_json(5);
    assert_eq!(error["server"]["error"], "invalid_scope");
}

/// A profile's scope is that of a person's sign-in; what only a person can be
/// given is left out of a client's request.
#[test]
fn a_client_leaves_out_the_persons_scopes_of_the_profile() {
    let server = observed();
    let home = Home::new();
    home.write(
        ".config/authctl/config.toml",
        format!(
            "[profiles.default]\nissuer = \"{}\"\nclient_id = \"service\"\nscope = [\"openid\", \"offline_access\", \"api:read\"]\n",
            server.issuer()
        ),
    );
    let call = home
        .authctl(["token", "--client"])
        .env("AUTHCTL_CLIENT_SECRET", "service-secret");
    assert_eq!(json_of(call)["scope"], "api:read");
}

/// The token is masked before it is printed; nothing else holds it.
#[test]
fn in_github_actions_a_token_is_masked_first() {
    let server = observed();
    let home = Home::new();
    home.sign_in(server.issuer());
    let (token, stderr) = home
        .authctl(["token"])
        .env("GITHUB_ACTIONS", "true")
        .run()
        .succeeds_saying();
    assert_eq!(stderr, format!("::add-mask::{token}\n"));
}

#[test]
fn an_expired_session_without_a_refresh_token_is_exit_4() {
    let server = Fake::tokens([json(
        200,
        r#"{"access_token":"at","token_type":"Bearer","expires_in":3600}"#,
    )]);
    let home = Home::new();
    home.sign_in_at(&server);
    assert_eq!(home.authctl(["token"]).run().succeeds(), "at");
    expire(&home, "default");
    let error = home.authctl(["token", "--json"]).run().fails_json(4);
    assert_eq!(error["error"], "session_expired");
    assert!(kept(&home, "default").is_some());
}

#[test]
fn with_the_store_none_there_is_no_session() {
    let server = observed();
    let home = Home::new();
    home.sign_in(server.issuer());
    let error = home
        .authctl(["token", "--json", "--store", "none"])
        .run()
        .fails_json(4);
    assert_eq!(error["error"], "no_session");
}
