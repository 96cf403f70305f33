//! config.toml under many processes at once: what one writes, no other undoes.

use std::process::{Child, Stdio};

use crate::fake::{Fake, json};
use crate::harness::{Call, Home};
use crate::observed::{kept, observed};

const PROCESSES: usize = 20;

fn spawn(call: Call) -> Child {
    call.into_command().spawn().expect("authctl runs")
}

#[track_caller]
fn all_succeed(children: Vec<Child>) {
    for child in children {
        let output = child.wait_with_output().expect("authctl ends");
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(0), "{said}");
    }
}

fn config(home: &Home) -> String {
    std::fs::read_to_string(home.config()).expect("a configuration")
}

fn login(home: &Home, issuer: &str, profile: &str) -> Call {
    home.authctl(["login", "-q", "-p", profile, "--issuer", issuer])
        .args(["--client-id", "authctl", "--username", "alice"])
        .env("AUTHCTL_PASSWORD", "wonderland")
}

/// The names beside config.toml.
fn beside_config(home: &Home) -> Vec<String> {
    let folder = home.config();
    let folder = folder.parent().expect("a folder");
    let mut names: Vec<String> = std::fs::read_dir(folder)
        .expect("a folder")
        .map(|entry| entry.expect("an entry").file_name())
        .map(|name| name.to_string_lossy().into_owned())
        .filter(|name| name != "config.toml")
        .collect();
    names.sort();
    names
}

#[test]
fn settings_that_many_processes_set_at_once_all_stay() {
    let home = Home::new();
    let children = (0..PROCESSES).map(|n| {
        let profile = format!("p{}", n % 4);
        let param = format!("https://{n}.example");
        let keys = [
            "issuer",
            "token_endpoint",
            "jwks_uri",
            "audience",
            "resource",
        ];
        spawn(home.authctl(["profile", "set", &profile, keys[n / 4], &param]))
    });
    all_succeed(children.collect());
    let text = config(&home);
    for n in 0..PROCESSES {
        assert!(
            text.contains(&format!("https://{n}.example")),
            "{n}: {text}"
        );
    }
    assert_eq!(beside_config(&home), [""; 0]);
}

#[test]
fn profiles_that_many_processes_sign_in_at_once_all_stay() {
    let server = observed();
    let home = Home::new();
    let profile = |n| format!("p{n}");
    let children = (0..PROCESSES).map(|n| spawn(login(&home, server.issuer(), &profile(n))));
    all_succeed(children.collect());
    let text = config(&home);
    for n in 0..PROCESSES {
        assert!(
            text.contains(&format!("[profiles.{}]", profile(n))),
            "{text}"
        );
        assert!(kept(&home, &profile(n)).is_some(), "{n}");
    }
}

/// A sign-in that takes its time changes its own profile and nothing that was
/// written meanwhile.
#[cfg(unix)]
#[test]
fn a_sign_in_undoes_nothing_that_was_set_while_it_waited() {
    let server = observed();
    let home = Home::new().with("PATH", "/usr/bin:/bin");
    login(&home, server.issuer(), "work").run().succeeds();
    let slow = held_login(&home, server.issuer(), "home");
    home.authctl(["profile", "set", "work", "scope", "openid"])
        .run()
        .succeeds();
    home.authctl(["profile", "use", "work"]).run().code_is(0);
    home.authctl(["profile", "set", "home", "audience", "https://api.example"])
        .run()
        .succeeds();
    home.write("go", "");
    all_succeed(vec![slow]);
    let text = config(&home);
    assert!(text.contains("default_profile = \"work\""), "{text}");
    assert!(text.contains("scope = [\"openid\"]"), "{text}");
    assert!(text.contains("https://api.example"), "{text}");
    assert!(text.contains("[profiles.home]"), "{text}");
}

/// A sign-in that waits for its password until there is a file `go`; it has
/// read the configuration when this returns.
#[cfg(unix)]
fn held_login(home: &Home, issuer: &str, profile: &str) -> Child {
    let password = "cmd:touch waiting; while ! test -e go; do sleep 0.02; done; echo wonderland";
    let call = login(home, issuer, profile)
        .env_remove("AUTHCTL_PASSWORD")
        .args(["--password", password]);
    let mut command = call.into_command();
    command.stdin(Stdio::null());
    let child = command.spawn().expect("authctl runs");
    let waiting = home.path().join("waiting");
    crate::wait_until(|| waiting.exists());
    child
}

/// What a process left that was killed while it wrote goes with the next
/// change; what looks like it and is another's stays.
#[test]
fn what_a_killed_change_left_is_swept_by_the_next() {
    let home = Home::new();
    let ours = home.write(".config/authctl/.config.toml.tmp-aB3dE6", "half");
    let other = home.write(".config/authctl/.tmpaB3dE6", "of another program");
    let longer = home.write(".config/authctl/.config.toml.tmp-backup1", "a person's");
    home.authctl(["profile", "set", "dev", "client_id", "cli"])
        .run()
        .succeeds();
    assert!(!ours.exists());
    assert!(other.exists() && longer.exists());
    assert_eq!(config(&home), "[profiles.dev]\nclient_id = \"cli\"\n");
}

/// S11: whatever the umask, what is kept for later is for its owner alone.
#[cfg(unix)]
#[test]
fn s11_configuration_and_cache_are_private_whatever_the_umask() {
    use std::os::unix::fs::PermissionsExt as _;

    let server = observed();
    let home = Home::new();
    let call = login(&home, server.issuer(), "work").into_command();
    let mut shell = std::process::Command::new("/bin/sh");
    shell
        .args(["-c", "umask 000; exec \"$0\" \"$@\""])
        .arg(call.get_program())
        // Not quietly: what was said is remembered.
        .args(call.get_args().filter(|argument| *argument != "-q"))
        .current_dir(home.path());
    shell.env_clear();
    for (name, value) in call.get_envs() {
        if let Some(value) = value {
            shell.env(name, value);
        }
    }
    assert!(shell.output().expect("a shell").status.success());
    let mut seen = Vec::new();
    let mut folders = vec![home.path().join(".cache"), home.path().join(".config")];
    while let Some(folder) = folders.pop() {
        seen.push((folder.clone(), 0o700));
        for entry in std::fs::read_dir(&folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            match path.is_dir() {
                true => folders.push(path),
                false => seen.push((path, 0o600)),
            }
        }
    }
    assert!(seen.iter().any(|(path, _)| path.ends_with("authctl/said")));
    for (path, wanted) in seen {
        let mode = path.metadata().expect("it is there").permissions().mode() & 0o7777;
        assert_eq!(mode, wanted, "{}: {mode:o}", path.display());
    }
}

/// The file store is chosen by the profile, and nothing else.
fn home_of_profiles() -> Home {
    Home::new()
        .without("AUTHCTL_STORE")
        .with("PATH", "/usr/bin:/bin")
}

fn set(home: &Home, words: [&str; 3]) {
    home.authctl(["profile", "set"])
        .args(words)
        .run()
        .succeeds();
}

/// The session would be lost to view: it is where it was moved to.
#[cfg(unix)]
#[test]
fn a_sign_in_does_not_undo_the_move_of_another_profile() {
    let server = observed();
    let home = home_of_profiles();
    let sign_in = |profile| login(&home, server.issuer(), profile).args(["--store", "file"]);
    sign_in("work").run().succeeds();
    home.authctl(["profile", "set", "work", "store"])
        .run()
        .succeeds();
    set(&home, ["home", "store", "file"]);
    let slow = held_login(&home, server.issuer(), "home");
    home.authctl(["profile", "move-store", "work", "--from", "file"])
        .args(["--to", "file"])
        .run()
        .succeeds();
    home.write("go", "");
    all_succeed(vec![slow]);
    assert_eq!(config(&home).matches("store = \"file\"").count(), 2);
    home.authctl(["token", "-p", "work"]).run().succeeds();
    home.authctl(["token", "-p", "home"]).run().succeeds();
}

/// The profile names the store that has the session, also where it was told
/// another one while the sign-in waited.
#[cfg(unix)]
#[test]
fn a_sign_in_names_the_store_that_it_saved_to() {
    let server = observed();
    let home = home_of_profiles();
    set(&home, ["work", "store", "file"]);
    let slow = held_login(&home, server.issuer(), "work");
    set(&home, ["work", "store", "none"]);
    home.write("go", "");
    all_succeed(vec![slow]);
    let text = config(&home);
    assert!(text.contains("store = \"file\""), "{text}");
    home.authctl(["token", "-p", "work"]).run().succeeds();
}

/// A session is used wherever it went, also where the move was done after the
/// store had been chosen: here while that one is asked.
#[test]
fn a_session_that_is_moved_meanwhile_is_found_where_it_went() {
    for command in ["token", "refresh", "whoami", "logout"] {
        let server = observed();
        let home = home_of_profiles();
        login(&home, server.issuer(), "work")
            .args(["--store", "file"])
            .run()
            .succeeds();
        let path = home.config();
        let vault = Fake::new(move |request| {
            if request.what.contains("/mounts/") {
                return json(200, r#"{"data":{"type":"kv","options":{"version":"2"}}}"#);
            }
            if request.what.starts_with("POST ") {
                return json(200, r#"{"data":{"version":1}}"#);
            }
            let text = std::fs::read_to_string(&path).expect("a configuration");
            let moved = text.replace("store = \"vault\"", "store = \"file\"");
            std::fs::write(&path, moved).expect("to write");
            json(404, r#"{"errors":[]}"#)
        });
        set(&home, ["work", "store", "vault"]);
        set(&home, ["work", "vault_address", &vault.issuer()]);
        let call = || {
            home.authctl([command, "-p", "work"])
                .env("VAULT_TOKEN", "t")
        };
        call().run().succeeds();
        assert!(!vault.seen().is_empty());
        assert_eq!(kept(&home, "work").is_none(), command == "logout");
        // Nobody moves it: then there is none.
        home.authctl(["logout", "-p", "work"]).run().code_is(0);
        assert!(kept(&home, "work").is_none());
        if command != "logout" {
            let error = call().arg("--json").run().fails_json(4);
            assert_eq!(error["error"], "no_session", "{error}");
        }
    }
}

/// What `status` calls usable is usable; what was opened can be closed.
#[test]
fn a_session_outlives_the_settings_of_its_profile() {
    let server = observed();
    let home = Home::new();
    login(&home, server.issuer(), "work").run().succeeds();
    let run = |command: &str| home.authctl([command, "-p", "work"]).run();
    home.authctl(["profile", "remove", "work", "-q"])
        .run()
        .succeeds();
    for command in ["token", "refresh", "whoami", "status", "discover", "logout"] {
        run(command).code_is(0);
    }
    for command in ["token", "refresh", "whoami"] {
        let error = home
            .authctl([command, "-p", "work", "--json"])
            .run()
            .fails_json(8);
        assert_eq!(error["error"], "no_such_profile", "{command}");
    }
}
