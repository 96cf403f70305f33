//! `authctl profile`, and the configuration that it writes.

use serde_json::Value;

use crate::harness::Home;

fn show(home: &Home, arguments: &[&str]) -> Value {
    let answer = home
        .authctl(["profile", "show", "--json"])
        .args(arguments)
        .run()
        .succeeds();
    serde_json::from_str(&answer).expect("JSON")
}

#[test]
fn a_profile_is_made_shown_used_and_removed() {
    let home = Home::new();
    let run = |arguments: &[&str]| home.authctl(["profile"]).args(arguments).run();
    run(&["set", "dev", "issuer", "https://as.example"]).succeeds();
    run(&["set", "dev", "client-id", "cli"]).succeeds();
    run(&["set", "dev", "scope", "openid, email"]).succeeds();
    run(&["set", "dev", "client_secret", "env:SECRET"]).succeeds();
    assert_eq!(
        std::fs::read_to_string(home.config()).expect("a configuration"),
        "[profiles.dev]\nissuer = \"https://as.example\"\nclient_id = \"cli\"\n\
         scope = [\"openid\", \"email\"]\nclient_secret = \"env:SECRET\"\n"
    );
    run(&["use", "dev"]).succeeds_saying();
    let listed = run(&["list"]).succeeds();
    let row: Vec<&str> = listed
        .lines()
        .nth(1)
        .expect("a row")
        .split_whitespace()
        .collect();
    assert_eq!(row, ["*", "dev", "https://as.example"]);
    let answer: Value = serde_json::from_str(&run(&["list", "--json"]).succeeds()).expect("JSON");
    assert_eq!(answer["profiles"][0]["name"], "dev");
    assert_eq!(answer["profiles"][0]["current"], true);

    run(&["set", "dev", "scope"]).succeeds();
    assert!(show(&home, &[])["settings"].get("scope").is_none());
    run(&["remove", "dev"]).succeeds_saying();
    assert!(
        run(&["list"])
            .succeeds_saying()
            .1
            .starts_with("note: no profiles")
    );
}

/// Flag over environment over profile, each with its source.
#[test]
fn show_says_where_each_value_comes_from() {
    let home = Home::new();
    home.write(
        ".config/authctl/config.toml",
        "[profiles.default]\nissuer = \"https://profile.example\"\nclient_id = \"cli\"\ntimeout = \"9s\"\n",
    );
    let answer = home
        .authctl(["profile", "show", "--json", "--timeout", "5s"])
        .env("AUTHCTL_ISSUER", "https://variable.example")
        .run()
        .succeeds();
    let answer: Value = serde_json::from_str(&answer).expect("JSON");
    let settings = &answer["settings"];
    assert_eq!(settings["issuer"]["value"], "https://variable.example");
    assert_eq!(settings["issuer"]["source"], "environment");
    assert_eq!(settings["client_id"]["source"], "profile");
    assert_eq!(settings["timeout"]["value"], "5s");
    assert_eq!(settings["timeout"]["source"], "flag");

    let text = home.authctl(["profile", "show"]).run().succeeds();
    assert!(text.contains("profile `default`"), "{text}");
    assert!(text.contains("environment AUTHCTL_STORE"), "{text}");
}

/// H11: where a secret comes from is shown, never the secret.
#[test]
fn h11_show_names_secrets_by_their_references() {
    let home = Home::new();
    home.write("secret", "hunter2-in-a-file");
    home.authctl(["profile", "set", "default", "password", "file:secret"])
        .run()
        .succeeds();
    for form in [&["profile", "show"][..], &["profile", "show", "--json"]] {
        let text = home
            .authctl(form)
            .env("AUTHCTL_CLIENT_SECRET", "hunter2-in-a-variable")
            .run()
            .succeeds();
        assert!(text.contains("file:secret"), "{text}");
        assert!(text.contains("env:AUTHCTL_CLIENT_SECRET"), "{text}");
        assert!(!text.contains("hunter2"), "{text}");
    }
}

#[test]
fn h1_a_literal_secret_is_never_written_or_repeated() {
    let home = Home::new();
    for key in ["client_secret", "password"] {
        let error = home
            .authctl(["profile", "set", "default", key, "hunter2", "--json"])
            .run()
            .fails_json(2);
        assert_eq!(error["error"], "bad_setting", "{error}");
        let message = error["message"].as_str().expect("a message");
        assert!(message.contains("env:NAME"), "{message}");
        assert!(!error.to_string().contains("hunter2"), "{error}");
    }
    assert!(!home.config().exists());
    home.write(
        ".config/authctl/config.toml",
        "[profiles.default]\nclient_secret = \"hunter2\"\n",
    );
    let error = home.authctl(["status", "--json"]).run().fails_json(8);
    assert_eq!(error["error"], "config_literal_secret");
    let message = error["message"].as_str().expect("a message");
    assert!(message.contains("line 2"), "{message}");
    assert!(!error.to_string().contains("hunter2"), "{error}");
}

#[test]
fn a_configuration_that_is_wrong_is_exit_8_with_the_place() {
    let rows = [
        ("[profiles", "config_syntax", "line 1"),
        ("profils = 1", "config_unknown_key", "profils"),
        (
            "[profiles.default]\nisuer = \"https://x\"",
            "config_unknown_key",
            "isuer",
        ),
        (
            "[profiles.default]\nissuer = 5",
            "config_wrong_type",
            "issuer",
        ),
        (
            "default_profile = []",
            "config_wrong_type",
            "default_profile",
        ),
        (
            "[profiles.default]\nissuer = \"as.example\"",
            "bad_setting",
            "issuer",
        ),
        (
            "[profiles.default]\nclient_id = \"c\"\nissuer = \"http://as.example\"",
            "bad_setting",
            "issuer",
        ),
        (
            "[profiles.default]\nstore = \"chest\"",
            "bad_setting",
            "store",
        ),
        (
            "[profiles.default]\ntimeout = \"soon\"\nstore = \"none\"",
            "bad_setting",
            "timeout",
        ),
    ];
    for (text, code, place) in rows {
        let home = Home::new();
        home.write(".config/authctl/config.toml", text);
        let error = home
            .authctl(["token", "--client", "--json"])
            .env_remove("AUTHCTL_STORE")
            .env("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent")
            .run()
            .fails_json(8);
        assert_eq!(error["error"], code, "{text}: {error}");
        let message = error["message"].as_str().expect("a message");
        assert!(message.contains(place), "{text}: {message}");
    }
    // With a suggestion.
    let home = Home::new();
    home.write(
        ".config/authctl/config.toml",
        "[profiles.default]\nisuer = \"https://x\"",
    );
    let error = home.authctl(["status", "--json"]).run().fails_json(8);
    assert_eq!(error["hint"], "did you mean `issuer`?");
}

#[test]
fn a_configuration_that_is_no_text_or_no_file_is_exit_8() {
    let home = Home::new();
    home.write(".config/authctl/config.toml", [0xff, 0xfe, 0]);
    let error = home.authctl(["status", "--json"]).run().fails_json(8);
    assert_eq!(error["error"], "config_io", "{error}");
    let error = home
        .authctl(["status", "--json", "--config", "."])
        .run()
        .fails_json(8);
    assert_eq!(error["error"], "config_io", "{error}");
}

#[test]
fn a_profile_that_is_not_there_is_exit_8() {
    let home = Home::new();
    home.authctl(["profile", "set", "dev", "issuer", "https://as.example"])
        .run()
        .succeeds();
    for call in [
        &["token", "-p", "nope"][..],
        &["status", "-p", "nope"],
        &["profile", "show", "nope"],
        &["profile", "use", "nope"],
        &["profile", "remove", "nope"],
    ] {
        let error = home.authctl(call).args(["--json"]).run().fails_json(8);
        assert_eq!(error["error"], "no_such_profile", "{call:?}");
        assert_eq!(error["hint"], "there are: dev");
    }
    let error = home
        .authctl(["token", "--json"])
        .env("AUTHCTL_PROFILE", "nope")
        .run()
        .fails_json(8);
    assert_eq!(error["error"], "no_such_profile");
}

/// A default that was removed by hand is said, and not taken for an empty
/// profile.
#[test]
fn a_default_profile_that_is_not_there_is_exit_8() {
    let home = Home::new();
    home.write(
        ".config/authctl/config.toml",
        "default_profile = \"gone\"\n[profiles.dev]\nclient_id = \"c\"\n",
    );
    let error = home.authctl(["token", "--json"]).run().fails_json(8);
    assert_eq!(error["error"], "no_such_profile");
    home.authctl(["profile", "use", "dev"])
        .run()
        .succeeds_saying();
    let error = home.authctl(["token", "--json"]).run().fails_json(4);
    assert_eq!(error["error"], "no_session");
}

#[test]
fn what_would_be_refused_when_read_is_not_written() {
    let home = Home::new();
    for (key, value) in [
        ("issuer", "http://as.example"),
        ("timeout", "soon"),
        ("param", "novalue"),
        ("token_endpoint", "x"),
    ] {
        home.authctl(["profile", "set", "dev", key, value, "--json"])
            .run()
            .fails_json(2);
    }
    let error = home
        .authctl(["profile", "set", "dev", "isuer", "x", "--json"])
        .run()
        .fails_json(2);
    assert_eq!(error["hint"], "did you mean `issuer`?");
    assert!(!home.config().exists());
}

#[test]
fn comments_and_order_of_the_file_are_kept() {
    let home = Home::new();
    let text = "# mine\n[profiles.dev] # work\nclient_id = \"a\" # the client\n";
    home.write(".config/authctl/config.toml", text);
    home.authctl(["profile", "set", "dev", "client_id", "b"])
        .run()
        .succeeds();
    let now = std::fs::read_to_string(home.config()).expect("a configuration");
    assert_eq!(
        now,
        "# mine\n[profiles.dev] # work\nclient_id = \"b\" # the client\n"
    );
}

/// S18: names that a file system or a path would confuse.
#[test]
fn s18_strange_names_are_profiles_of_their_own() {
    let home = Home::new();
    let long = "x".repeat(300);
    let names = [
        "a", "A", "../a", "a/b", "a.b", "\u{e9}", "e\u{301}", "", &long,
    ];
    for (index, name) in names.iter().enumerate() {
        home.authctl(["profile", "set", name, "client_id", &index.to_string()])
            .run()
            .succeeds();
    }
    for (index, name) in names.iter().enumerate() {
        let shown = show(&home, &[name]);
        assert_eq!(shown["settings"]["client_id"]["value"], index.to_string());
    }
}

/// A typo in the name of the configuration must not look like an empty one.
#[test]
fn a_configuration_that_is_named_and_absent_is_exit_8() {
    let home = Home::new();
    for command in [&["status"][..], &["token"], &["profile", "list"]] {
        let error = home
            .authctl(command)
            .args(["--json", "--config", "absent.toml"])
            .run()
            .fails_json(8);
        let message = error["message"].as_str().expect("a message");
        assert!(message.contains("absent.toml"), "{message}");
    }
    // Writing commands make it.
    home.authctl(["--config", "new.toml", "profile", "set", "dev"])
        .args(["issuer", "https://as.example"])
        .run()
        .succeeds();
    assert!(home.path().join("new.toml").exists());
}
