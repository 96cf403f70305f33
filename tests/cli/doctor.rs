//! `authctl doctor` of this machine: configuration, store, browser.

use std::collections::BTreeSet;
use std::path::Path;
use std::time::{Duration, SystemTime};

use authctl::core::store::{ClientKey, FileKey, FileStore, Key};
use rcgen::{CertificateParams, KeyPair};
use serde_json::Value;

#[cfg(unix)]
use crate::harness::chmod;
use crate::harness::{Call, Done, Home};
use crate::observed::observed;

/// The object of `doctor --json`.
pub struct Report(Value);

impl Report {
    /// Runs it and holds what holds for every report.
    #[track_caller]
    pub fn of(call: Call, code: i32) -> Self {
        let done = call.arg("--json").run().code_is(code);
        assert_eq!(done.stderr(), "", "the report is the answer");
        let report: Value = serde_json::from_str(&done.stdout()).expect("one JSON object");
        assert_eq!(report["exit_code"], code);
        let report = Self(report);
        let mut names = BTreeSet::new();
        let mut worst = 0;
        for check in report.checks() {
            let name = check["name"].as_str().expect("a name");
            assert!(names.insert(name), "{name} comes twice");
            let result = check["result"].as_str().expect("a result");
            assert!(check["message"].is_string(), "{check}");
            let needs_fix = ["warn", "fail"].contains(&result);
            assert_eq!(check["fix"].is_string(), needs_fix, "{check}");
            assert_eq!(check["error"].is_string(), result == "fail", "{check}");
            worst = worst.max(check["exit_code"].as_i64().unwrap_or(0));
        }
        assert_eq!(worst, i64::from(code), "the exit code is the highest");
        report
    }

    fn checks(&self) -> &[Value] {
        self.0["checks"].as_array().expect("the checks")
    }

    /// Returns one check.
    #[track_caller]
    pub fn check(&self, name: &str) -> &Value {
        let mut checks = self.checks().iter();
        let found = checks.find(|check| check["name"] == name);
        found.unwrap_or_else(|| panic!("no check {name} in {}", self.0))
    }

    /// Expects a check to have come to this; returns it.
    #[track_caller]
    pub fn is(&self, name: &str, result: &str) -> &Value {
        let check = self.check(name);
        assert_eq!(check["result"], result, "{check}");
        check
    }

    /// Expects a check to have failed by this code; returns it.
    #[track_caller]
    pub fn fails(&self, name: &str, code: &str) -> &Value {
        let check = self.is(name, "fail");
        assert_eq!(check["error"], code, "{check}");
        check
    }

    /// Expects the fix, or the message, of a check to say this.
    #[track_caller]
    pub fn says(&self, name: &str, member: &str, part: &str) {
        let text = self.check(name)[member].as_str().unwrap_or_default();
        assert!(text.contains(part), "{name}: {text:?} lacks {part:?}");
    }
}

fn doctor(home: &Home) -> Call {
    home.authctl(["doctor"])
}

/// Everything below a folder: path, mode and content.
#[cfg(unix)]
fn everything(folder: &Path) -> BTreeSet<(String, u32, Vec<u8>)> {
    use std::os::unix::fs::PermissionsExt as _;
    let mut found = BTreeSet::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            let is_folder = path.is_dir();
            let content = match is_folder {
                true => Vec::new(),
                false => std::fs::read(&path).expect("a file"),
            };
            let mode = path.metadata().expect("a mode").permissions().mode();
            found.insert((path.display().to_string(), mode, content));
            if is_folder {
                folders.push(path);
            }
        }
    }
    found
}

#[test]
fn a_fresh_machine_is_well_and_the_server_is_left_out() {
    let home = Home::new();
    let report = Report::of(doctor(&home), 0);
    for name in ["config_file", "profile", "settings", "store", "sessions"] {
        report.is(name, "ok");
    }
    report.is("store_round_trip", "ok");
    report.is("redirect_port", "ok");
    for name in ["issuer", "dns", "tls", "metadata", "token_endpoint"] {
        report.is(name, "skip");
        report.says(name, "message", "--issuer URL");
    }
    assert_eq!(report.0["issuer"], Value::Null);
    assert_eq!(report.0["profile"], "default");
}

/// One line a check, one fix below; what is left out for one reason is one
/// line.
#[test]
fn a_person_gets_a_line_a_check() {
    let home = Home::new();
    let text = doctor(&home).env("AUTHCTL_ISUER", "x").run().succeeds();
    let (lines, sums) = text.trim_end().rsplit_once("\n\n").expect("the sums");
    for line in lines.lines() {
        let word = line.split_whitespace().next().expect("a word");
        assert!(
            ["ok", "warn", "fail", "skip", "fix:"].contains(&word),
            "{line}"
        );
    }
    let at = lines
        .lines()
        .position(|line| line.starts_with("warn  variables "))
        .expect("the warning");
    assert_eq!(
        lines.lines().nth(at + 1),
        Some("      fix: did you mean AUTHCTL_ISSUER?")
    );
    assert!(sums.starts_with("0 fail, "), "{sums}");
    let skipped = lines.lines().filter(|line| line.contains("--issuer URL"));
    assert_eq!(skipped.count(), 1);
}

#[test]
fn a_configuration_that_cannot_be_read_is_exit_8_and_the_machine_is_checked_all_the_same() {
    for (content, code) in [
        ("a = [", "config_syntax"),
        ("[profiles.dev]\nisuer = 'x'\n", "config_unknown_key"),
        ("[profiles.dev]\nscope = 7\n", "config_wrong_type"),
        (
            "[profiles.dev]\nclient_secret = 'x'\n",
            "config_literal_secret",
        ),
    ] {
        let home = Home::new();
        home.write(".config/authctl/config.toml", content);
        let report = Report::of(doctor(&home), 8);
        report.fails("config_file", code);
        for name in ["profile", "settings", "store", "store_round_trip", "dns"] {
            report.is(name, "skip");
        }
        report.is("redirect_port", "ok");
    }
}

#[test]
fn a_profile_or_a_setting_that_does_not_fit_fails_as_it_does_elsewhere() {
    let home = Home::new();
    home.write(
        ".config/authctl/config.toml",
        "[profiles.dev]\nissuer = 'http://as.example'\n[profiles.odd]\nauth_method = 'x'\n",
    );
    let report = Report::of(doctor(&home).args(["-p", "nope"]), 8);
    report.fails("profile", "no_such_profile");
    report.says("profile", "fix", "dev");
    let report = Report::of(doctor(&home).args(["-p", "dev"]), 8);
    report.fails("settings", "bad_setting");
    let report = Report::of(doctor(&home).args(["-p", "odd"]), 8);
    report.fails("settings", "bad_setting");
    // What was typed is the command line's fault.
    let report = Report::of(doctor(&home).args(["--issuer", "http://as.example"]), 2);
    report.fails("settings", "bad_setting");
    let report = Report::of(doctor(&home).args(["--store", "floppy"]), 2);
    report.fails("settings", "bad_setting");
}

#[cfg(unix)]
#[test]
fn a_configuration_that_others_can_write_is_a_warning() {
    let home = Home::new();
    let file = home.write(".config/authctl/config.toml", "");
    chmod(&file, 0o644);
    chmod(file.parent().expect("a folder"), 0o755);
    Report::of(doctor(&home), 0).is("config_permissions", "ok");
    chmod(&file, 0o664);
    let report = Report::of(doctor(&home), 0);
    report.is("config_permissions", "warn");
    report.says("config_permissions", "fix", "chmod go-w");
}

/// H11: a reference is resolved, and what it gives is never shown.
#[test]
fn h11_secrets_are_resolved_and_not_shown() {
    let home = Home::new();
    let file = home.write("secret", "hunter2-in-the-file");
    #[cfg(unix)]
    chmod(&file, 0o600);
    home.write(
        ".config/authctl/config.toml",
        "[profiles.file]\nclient_secret = 'file:secret'\npassword = 'cmd:cat secret'\n\
         [profiles.gone]\nclient_secret = 'env:GONE'\npassword = 'cmd:exit 3'\n",
    );
    let all = |done: Done| format!("{}{}", done.stdout(), done.stderr());
    for profile in ["file", "gone"] {
        for format in ["human", "json"] {
            let text = doctor(&home)
                .args(["-p", profile, "-vv", "-o", format])
                .env("AUTHCTL_STORE_PASSPHRASE", "hunter2-of-the-store")
                .run();
            let text = all(text);
            assert!(!text.contains("hunter2"), "{text}");
            assert!(!text.contains(crate::harness::STORE_KEY), "{text}");
        }
    }
    let report = Report::of(doctor(&home).args(["-p", "file"]), 0);
    report.is("client_secret", "ok");
    report.is("password", "ok");
    let report = Report::of(doctor(&home).args(["-p", "gone"]), 8);
    report.fails("client_secret", "input");
    report.fails("password", "input");
    let text = all(doctor(&home).env("AUTHCTL_CLIENT_SECRET", "hunter2").run());
    assert!(!text.contains("hunter2"), "{text}");
    #[cfg(unix)]
    {
        chmod(&file, 0o644);
        let report = Report::of(doctor(&home).args(["-p", "file"]), 0);
        report.is("client_secret", "warn");
        report.says("client_secret", "fix", "chmod 600");
    }
}

#[test]
fn certificates_that_are_none_are_exit_8() {
    let home = Home::new();
    home.write("ca.pem", "not PEM");
    let report = Report::of(doctor(&home).args(["--cacert", "ca.pem"]), 8);
    report.fails("certificates", "input");
    let report = Report::of(doctor(&home).args(["--cert", "gone.pem"]), 8);
    report.fails("certificates", "input");
    let report = Report::of(doctor(&home).env("SSL_CERT_FILE", "gone.pem"), 0);
    report.is("trust_store", "warn");
}

/// A client certificate shows its faults before the first handshake.
#[test]
fn a_client_certificate_with_a_fault_is_named() {
    let home = Home::new();
    let issue = |not_after: SystemTime| {
        let mut params = CertificateParams::new(Vec::new()).expect("parameters");
        params.not_after = not_after.into();
        let key = KeyPair::generate().expect("a key");
        let certificate = params.self_signed(&key).expect("a certificate");
        (certificate.pem(), key.serialize_pem())
    };
    let days = |count: u64| Duration::from_secs(count * 86_400 + 3_600);
    let now = SystemTime::now();
    let (certificate, key) = issue(now + days(30));
    let (_, other) = issue(now + days(30));
    for (text, part) in [
        (certificate.clone(), "with an unencrypted PEM key"),
        (certificate.clone() + &other, "not the one of its key"),
        (key.clone(), "are not a PEM certificate"),
    ] {
        home.write("client.pem", text);
        let call = doctor(&home).env("AUTHCTL_CERT", "client.pem");
        let report = Report::of(call, 8);
        report.fails("certificates", "tls_setup");
        report.says("certificates", "message", part);
        report.says("certificates", "fix", "--cert-key");
    }
    let (old, old_key) = issue(now - days(30));
    let (soon, soon_key) = issue(now + days(5));
    for (text, result, part) in [
        (old + &old_key, "warn", "expired at"),
        (soon + &soon_key, "warn", "(5 days)"),
        (certificate + &key, "ok", "client.pem"),
    ] {
        home.write("client.pem", text);
        let report = Report::of(doctor(&home).args(["--cert", "client.pem"]), 0);
        report.is("certificates", result);
        report.says("certificates", "message", part);
    }
}

/// Nothing is changed, and nothing left behind, in a fresh home and in a used
/// one.
#[cfg(unix)]
#[test]
fn nothing_is_left_behind() {
    let home = Home::new();
    let before = everything(home.path());
    Report::of(doctor(&home), 0).is("store_round_trip", "ok");
    assert_eq!(everything(home.path()), before);
    let server = observed();
    home.sign_in(server.issuer());
    let before = everything(home.path());
    let report = Report::of(doctor(&home), 0);
    report.is("store_round_trip", "ok");
    report.is("metadata", "ok");
    assert_eq!(report.check("sessions")["sessions"], 1);
    assert_eq!(everything(home.path()), before);
}

#[test]
fn each_store_is_named_and_tried() {
    let home = Home::new();
    let report = Report::of(doctor(&home).args(["--store", "none"]), 0);
    report.is("store", "ok");
    report.is("store_round_trip", "skip");
    // Without a bus the keychain that was asked for is no store.
    let report = Report::of(doctor(&home).args(["--store", "keychain"]), 7);
    report.fails("keychain", "keychain_no_bus");
    report.is("store_round_trip", "skip");
    let report = Report::of(doctor(&home).args(["--store", "auto"]), 0);
    report.is("store", "ok");
    assert_eq!(report.check("store")["store"], "file");
    let auto = doctor(&home).args(["--store", "auto"]);
    let report = Report::of(auto.env_remove("AUTHCTL_STORE_KEY"), 0);
    report.is("store", "warn");
    report.says("store", "message", "D-Bus");
    let report = Report::of(doctor(&home).env_remove("AUTHCTL_STORE_KEY"), 7);
    report.fails("store", "store_key_missing");
    let report = Report::of(doctor(&home).env("AUTHCTL_STORE_KEY", "short"), 7);
    report.fails("store", "store_key_malformed");
}

#[test]
fn a_session_that_cannot_be_read_is_exit_7() {
    let server = observed();
    let home = Home::new();
    home.sign_in(server.issuer());
    let other = "//79/Pv6+fj39vX08/Lx8O/u7ezr6uno5+bl5OPi4eA=";
    let report = Report::of(doctor(&home).env("AUTHCTL_STORE_KEY", other), 7);
    let check = report.fails("sessions", "store_wrong_key");
    assert_eq!(check["unreadable"][0]["error"], "store_wrong_key");
    report.says("sessions", "message", "`default`");
    report.is("store_round_trip", "ok");

    let session = home.session_file("default");
    let whole = std::fs::read(&session).expect("a file");
    let mut octets = whole.clone();
    let last = octets.len() - 1;
    octets[last] ^= 1;
    std::fs::write(&session, octets).expect("to write");
    Report::of(doctor(&home), 7).fails("sessions", "store_tampered");
    // Without its header nobody knows whose it was.
    std::fs::write(&session, &whole[..40]).expect("to write");
    Report::of(doctor(&home), 7).fails("sessions", "store_damaged");
}

#[cfg(unix)]
#[test]
fn a_store_that_others_can_use_is_named_and_left_as_it_is() {
    let server = observed();
    let home = Home::new();
    home.sign_in(server.issuer());
    for (path, mode, result, code) in [
        (home.sessions(), 0o755, "warn", 0),
        (home.sessions(), 0o777, "fail", 7),
        (home.session_file("default"), 0o644, "fail", 7),
    ] {
        let right = path.metadata().expect("a mode").permissions();
        chmod(&path, mode);
        let before = everything(home.path());
        let report = Report::of(doctor(&home), code);
        report.is("store_permissions", result);
        report.says("store_permissions", "fix", "chmod");
        report.is("store_round_trip", "skip");
        assert_eq!(everything(home.path()), before);
        std::fs::set_permissions(&path, right).expect("to mend it");
    }
    Report::of(doctor(&home), 0).is("store_permissions", "ok");
}

#[cfg(unix)]
#[test]
fn a_folder_that_must_not_be_trusted_or_cannot_be_made_is_exit_7() {
    let home = Home::new();
    let folder = home.sessions();
    std::fs::create_dir_all(folder.parent().expect("a parent")).expect("a folder");
    std::os::unix::fs::symlink(home.path(), &folder).expect("a link");
    let report = Report::of(doctor(&home), 7);
    report.fails("store_permissions", "store_unsafe");
    report.is("store_round_trip", "skip");
    // As in a home that is read-only, but for root too.
    let home = Home::new();
    home.write(".local", "a file");
    Report::of(doctor(&home), 7).fails("store_permissions", "store_io");
}

#[test]
fn what_a_killed_save_left_is_a_warning() {
    let server = observed();
    let home = Home::new();
    home.sign_in(server.issuer());
    let left = home.sessions().join(".tmp-x.session.1.0");
    std::fs::write(&left, "").expect("to write");
    #[cfg(unix)]
    chmod(&left, 0o600);
    let report = Report::of(doctor(&home), 0);
    assert_eq!(report.is("store_leftovers", "warn")["files"], 1);
    assert!(left.exists());
}

/// What a doctor left that was killed, the next one removes without a word.
#[test]
fn what_a_killed_trial_left_is_removed() {
    let server = observed();
    let home = Home::new();
    home.sign_in(server.issuer());
    let names = || -> BTreeSet<_> {
        let entries = std::fs::read_dir(home.sessions()).expect("the store");
        entries
            .map(|entry| entry.expect("an entry").file_name())
            .collect()
    };
    let before = names();
    let key = Key::client(&ClientKey {
        issuer: "authctl doctor",
        ..ClientKey::default()
    });
    let file_key = FileKey::parse(crate::harness::STORE_KEY.as_bytes()).expect("a key");
    let store = FileStore::new(home.sessions(), file_key).expect("a store");
    let record = store.path_of(&key);
    let record = record.file_name().expect("a name").to_string_lossy();
    for left in [".tmp-probe.1.0".to_owned(), format!(".tmp-{record}.1.0")] {
        let left = home.sessions().join(left);
        std::fs::write(&left, "half").expect("to write");
        #[cfg(unix)]
        chmod(&left, 0o600);
    }
    let report = Report::of(doctor(&home), 0);
    assert_eq!(report.is("store_leftovers", "ok")["files"], 0);
    assert_eq!(names(), before);
}

/// The fault that is nearest is mended first.
#[test]
fn the_exit_code_is_the_highest_of_those_that_failed() {
    let home = Home::new();
    let call = || doctor(&home).args(["--issuer", "http://127.0.0.1:1"]);
    let report = Report::of(call(), 6);
    report.fails("connect", "unreachable");
    let report = Report::of(call().args(["--store", "keychain"]), 7);
    report.fails("keychain", "keychain_no_bus");
    report.fails("connect", "unreachable");
    let report = Report::of(
        call().args(["--store", "keychain", "--client-secret", "env:GONE"]),
        8,
    );
    report.fails("client_secret", "input");
    report.fails("keychain", "keychain_no_bus");
    report.fails("connect", "unreachable");
}

#[test]
fn a_browser_and_a_prompt_need_somebody() {
    let home = Home::new();
    let report = Report::of(doctor(&home), 0);
    report.is("browser", "warn");
    report.says("browser", "message", "DISPLAY");
    let report = Report::of(doctor(&home).env("SSH_CONNECTION", "a b c d"), 0);
    report.says("browser", "message", "SSH");
    let report = Report::of(doctor(&home).env("CI", "true"), 0);
    report.is("browser", "skip");
    report.says("terminal", "message", "CI");
    let program = home.write("browser", "");
    #[cfg(unix)]
    chmod(&program, 0o700);
    let report = Report::of(doctor(&home).env("BROWSER", &program), 0);
    report.is("browser", "ok");
    let report = Report::of(doctor(&home).env("BROWSER", "/gone"), 0);
    report.is("browser", "warn");
}

/// P3: names that others chose are escaped before a terminal sees them.
#[test]
fn p3_what_is_named_is_escaped() {
    let home = Home::new();
    let call = doctor(&home).args(["-p", "a\u{1b}[31mb"]);
    let text = call.run().code_is(8).stdout();
    assert!(!text.contains('\u{1b}'), "{text:?}");
}
