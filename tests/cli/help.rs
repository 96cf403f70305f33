//! Help, manual pages and completions: generated from the one tree.

use std::path::PathBuf;

use authctl::core::error::EXIT_CODES;

use crate::harness::Home;

/// The commands that the top help lists.
fn commands(home: &Home) -> Vec<String> {
    let help = home.authctl(["--help"]).run().succeeds();
    help.lines()
        .skip_while(|line| *line != "Commands:")
        .skip(1)
        .take_while(|line| !line.is_empty())
        .filter_map(|line| line.split_whitespace().next())
        .map(str::to_owned)
        .collect()
}

#[test]
fn every_help_page_renders_and_begins_with_its_purpose() {
    let home = Home::new();
    let commands = commands(&home);
    for name in [
        "login",
        "logout",
        "status",
        "whoami",
        "token",
        "refresh",
        "introspect",
        "revoke",
        "discover",
        "encrypt",
        "decrypt",
        "serve",
        "demo",
        "profile",
        "doctor",
        "completions",
        "man",
        "help",
    ] {
        assert!(commands.iter().any(|known| known == name), "{name}");
    }
    for name in &commands {
        let long = home.authctl([name, "--help"]).run().succeeds();
        let first = long.lines().next().expect("a line");
        assert!(!first.ends_with('.'), "{name}: {first}");
        assert!(
            first.chars().next().is_some_and(char::is_uppercase),
            "{name}: {first}"
        );
        assert!(
            long.contains(&format!("Usage: authctl {name}")),
            "{name}: {long}"
        );
        assert!(
            long.lines().all(|line| line.chars().count() <= 100),
            "{name}"
        );
        let short = home.authctl([name, "-h"]).run().succeeds();
        assert!(short.starts_with(first), "{name}");
        assert_eq!(
            home.authctl(["help", name]).run().succeeds(),
            long,
            "{name}"
        );
    }
    for name in ["list", "show", "set", "use", "remove"] {
        let page = home.authctl(["help", "profile", name]).run().succeeds();
        assert!(page.contains(&format!("Usage: authctl profile {name}")));
    }
}

#[test]
fn help_exit_codes_is_the_table() {
    let home = Home::new();
    let text = home.authctl(["help", "exit-codes"]).run().succeeds();
    let mut expected = String::from("Exit codes of authctl:\n\n");
    for row in &EXIT_CODES {
        expected.push_str(&format!("{:>5}  {}\n", row.exit as u8, row.meaning));
        if !row.typical.is_empty() {
            expected.push_str(&format!("       e.g. {}\n", row.typical));
        }
    }
    assert!(text.starts_with(&expected), "{text}");
}

#[test]
fn an_unknown_topic_is_a_wrong_command_line() {
    let error = Home::new()
        .authctl(["help", "--json", "exit-code"])
        .run()
        .fails_json(2);
    assert_eq!(error["error"], "usage");
}

#[test]
fn the_version_is_the_packages() {
    let text = Home::new().authctl(["--version"]).run().succeeds();
    assert_eq!(text, format!("authctl {}\n", env!("CARGO_PKG_VERSION")));
}

#[test]
fn without_a_command_the_help_is_an_error() {
    let stderr = Home::new().authctl::<_, &str>([]).run().fails(2);
    assert!(stderr.contains("Commands:"), "{stderr}");
}

#[test]
fn every_command_has_a_manual_page() {
    let home = Home::new();
    home.authctl(["man", "--out", "pages"]).run().succeeds();
    let page = |name: &str| {
        let path = home.path().join("pages").join(name);
        std::fs::read_to_string(path).expect(name)
    };
    assert!(page("authctl.1").starts_with(".ie"));
    for name in commands(&home) {
        let text = page(&format!("authctl-{name}.1"));
        assert!(text.contains(".SH NAME"), "{name}");
        assert_eq!(home.authctl(["man", &name]).run().succeeds(), text);
    }
    page("authctl-profile-set.1");
}

/// `completions/` holds what `authctl completions SHELL` prints. After a
/// change of the command line, write it anew with
/// `UPDATE=1 cargo test --test cli completions`.
#[test]
fn completions_are_current() {
    let home = Home::new();
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("completions");
    for (shell, name) in [
        ("bash", "authctl.bash"),
        ("zsh", "_authctl"),
        ("fish", "authctl.fish"),
        ("powershell", "_authctl.ps1"),
        ("elvish", "authctl.elv"),
    ] {
        let printed = home.authctl(["completions", shell]).run().succeeds();
        let path = folder.join(name);
        if std::env::var_os("UPDATE").is_some() {
            std::fs::create_dir_all(&folder).expect("a folder");
            std::fs::write(&path, &printed).expect("to write");
        }
        let kept = std::fs::read_to_string(&path).unwrap_or_default();
        assert!(
            kept == printed,
            "completions/{name} is out of date: \
             run `UPDATE=1 cargo test --test cli completions`"
        );
    }
}

#[test]
fn bash_takes_the_completion_script() {
    let home = Home::new();
    let script = home.authctl(["completions", "bash"]).run().succeeds();
    home.write("script", script);
    let Ok(status) = std::process::Command::new("bash")
        .args(["-n", "script"])
        .current_dir(home.path())
        .status()
    else {
        return; // There is no bash here.
    };
    assert!(status.success());
}
