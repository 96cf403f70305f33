//! No secret in argv, in what is said, in what is kept in the clear, or in
//! what children see.

use std::path::Path;

use crate::harness::{Call, Done, Home};
use crate::observed::{kept, observed};

/// H1: a literal is refused with the list of references, and not echoed.
#[test]
fn h1_a_literal_secret_is_refused_and_not_echoed() {
    let home = Home::new();
    for call in [
        &["login", "--password", "hunter2"][..],
        &["login", "--password=hunter2"],
        &["login", "--client-secret", "hunter2"],
        &["token", "--client", "--client-secret", "hunter2"],
        &["token", "--client", "--client-secret=hunter2:x"],
        &["introspect", "t", "--client-secret", "hunter2"],
        &["revoke", "t", "--client-secret", "hunter2"],
        &["logout", "--client-secret", "hunter2"],
        &["refresh", "--client-secret", "hunter2"],
        &["whoami", "--client-secret", "hunter2"],
    ] {
        let stderr = home.authctl(call).run().fails(2);
        for form in ["env:NAME", "file:PATH", "cmd:COMMAND", "keychain:NAME", "-"] {
            assert!(stderr.contains(form), "{call:?}: {stderr}");
        }
        assert!(!stderr.contains("hunter2"), "{call:?}: {stderr}");
        let stderr = home.authctl(call).args(["--json"]).run().fails(2);
        assert!(!stderr.contains("hunter2"), "{call:?}: {stderr}");
        assert!(stderr.contains("env:NAME"), "{call:?}: {stderr}");
    }
}

/// What must not be seen, with a name for the message.
struct Secrets(Vec<(String, String)>);

impl Secrets {
    fn add(&mut self, name: &str, secret: &str) {
        use base64::Engine as _;
        use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD};

        let percent: String = url::form_urlencoded::byte_serialize(secret.as_bytes()).collect();
        let forms = [
            secret.to_owned(),
            BASE64_STANDARD.encode(secret),
            BASE64_URL_SAFE_NO_PAD.encode(secret),
            percent,
        ];
        for form in forms {
            self.0.push((name.to_owned(), form));
        }
        // The signature alone would do to complete a token.
        if let Some((_, signature)) = secret.rsplit_once('.') {
            self.0
                .push((format!("{name} (signature)"), signature.to_owned()));
        }
    }

    fn check(&self, place: &str, text: &str) {
        for (name, form) in &self.0 {
            assert!(!text.contains(form.as_str()), "{name} in {place}: {text}");
        }
    }
}

/// H2: nothing that was issued or given shows at -vv, in any command, nor in
/// any file below the home directory.
#[test]
fn h2_no_level_of_verbosity_shows_a_secret() {
    let server = observed();
    let home = Home::new();
    let issuer = server.issuer().to_owned();
    let mut done: Vec<(String, Done)> = Vec::new();
    let mut secrets = Secrets(Vec::new());
    let mut run = |call: Call, name: &str| {
        let call = call
            .args(["-vv"])
            .env("RUST_LOG", "trace")
            .env("RUST_BACKTRACE", "full")
            .env("SSLKEYLOGFILE", "keys");
        done.push((name.to_owned(), call.run().code_is(0)));
    };
    let remember = |secrets: &mut Secrets| {
        let record = kept(&home, "default").expect("a session");
        for token in &record.tokens {
            secrets.add("access token", token.access_token.expose());
        }
        secrets.add(
            "refresh token",
            record.refresh_token.as_ref().expect("a token").expose(),
        );
        secrets.add(
            "ID Token",
            record.id_token.as_ref().expect("a token").expose(),
        );
    };
    let login = home
        .authctl(["login", "--issuer", &issuer, "--client-id", "authctl"])
        .args(["--username", "alice"])
        .args(["--param", "api_key=the-extra-parameter"])
        .env("AUTHCTL_PASSWORD", "wonderland");
    run(login, "login");
    remember(&mut secrets);
    run(home.authctl(["refresh"]), "refresh");
    remember(&mut secrets);
    run(home.authctl(["status"]), "status");
    run(home.authctl(["whoami"]), "whoami");
    run(home.authctl(["discover"]), "discover");
    run(home.authctl(["profile", "show"]), "profile show");
    let service = |arguments: &[&str]| {
        home.authctl(arguments)
            .args(["--issuer", &issuer, "--client-id", "service"])
            .env("AUTHCTL_CLIENT_SECRET", "service-secret")
    };
    run(
        service(&["token", "--client", "--auth-method", "client_secret_post"]),
        "token --client",
    );
    run(home.authctl(["token"]), "token");
    let token = home.authctl(["token"]).run().stdout();
    run(service(&["introspect", "-"]).stdin(token), "introspect");
    run(home.authctl(["revoke", "refresh-token-given"]), "revoke");
    run(home.authctl(["logout"]), "logout");

    secrets.add("password", "wonderland");
    secrets.add("client secret", "service-secret");
    secrets.add("given token", "refresh-token-given");
    for (name, done) in &done {
        secrets.check(&format!("stderr of {name}"), &done.stderr());
        if !name.starts_with("token") {
            secrets.check(&format!("stdout of {name}"), &done.stdout());
        }
        if !name.starts_with("status") && !name.starts_with("profile") {
            assert!(
                done.stderr().contains("POST ")
                    || done.stderr().contains("GET ")
                    || name == "token",
                "{name} narrates nothing at -vv: {}",
                done.stderr()
            );
        }
    }
    let printed = done
        .iter()
        .find(|(name, _)| name == "token --client")
        .map(|(_, done)| done.stdout())
        .expect("a token");
    let mut clients = Secrets(Vec::new());
    clients.add("the client's token", &printed);
    for (name, done) in &done {
        clients.check(&format!("stderr of {name}"), &done.stderr());
    }
    let mut files = 0;
    each_file(home.path(), &mut |path| {
        let octets = std::fs::read(path).expect("a file");
        let text = String::from_utf8_lossy(&octets);
        secrets.check(&path.display().to_string(), &text);
        clients.check(&path.display().to_string(), &text);
        files += 1;
    });
    assert!(files >= 3, "{files} files");
    // H6: the key log is opt-in, and nobody opted.
    assert!(!home.path().join("keys").exists());
}

fn each_file(folder: &Path, look: &mut dyn FnMut(&Path)) {
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            each_file(&path, look);
        } else {
            look(&path);
        }
    }
}

/// H8: nothing is left in the folder for temporary files.
#[test]
fn h8_no_temporary_file_is_left() {
    let server = observed();
    let home = Home::new();
    let temporary = home.path().join("tmp");
    std::fs::create_dir(&temporary).expect("a folder");
    let home = home.with("TMPDIR", &temporary);
    home.sign_in(server.issuer());
    home.authctl(["refresh"]).run().succeeds();
    home.authctl(["logout"]).run().succeeds();
    let left: Vec<_> = std::fs::read_dir(&temporary).expect("a folder").collect();
    assert!(left.is_empty(), "{left:?}");
}

/// The command of `cmd:` sees the environment, but not our own secrets.
#[cfg(unix)]
#[test]
fn a_secret_command_does_not_see_our_secrets() {
    let server = observed();
    let home = Home::new();
    home.authctl(["login", "-q", "--issuer", server.issuer()])
        .args(["--client-id", "authctl", "--username", "alice"])
        .args(["--password", "cmd:env > seen; echo wonderland"])
        .env("AUTHCTL_CLIENT_SECRET", "")
        .env("AUTHCTL_PASSWORD", "the-other-password")
        .env("AUTHCTL_STORE_PASSPHRASE", "the-passphrase")
        .env("PATH", "/usr/bin:/bin")
        .env("MINE", "is-kept")
        .run()
        .succeeds();
    let seen = std::fs::read_to_string(home.path().join("seen")).expect("a file");
    assert!(seen.contains("MINE=is-kept"), "{seen}");
    for name in [
        "AUTHCTL_STORE_KEY",
        "AUTHCTL_STORE_PASSPHRASE",
        "AUTHCTL_PASSWORD",
        "AUTHCTL_CLIENT_SECRET",
    ] {
        assert!(!seen.contains(&format!("{name}=")), "{name}: {seen}");
    }
}

/// H4: a process that holds secrets leaves no core behind, whatever the limit.
#[cfg(target_os = "linux")]
#[test]
fn h4_a_process_that_is_killed_leaves_no_core() {
    use std::os::unix::fs::MetadataExt as _;

    let home = Home::new();
    let authctl = env!("CARGO_BIN_EXE_authctl");
    let mut child = std::process::Command::new("/bin/sh")
        .args([
            "-c",
            &format!("ulimit -c unlimited; exec {authctl} decode -"),
        ])
        .current_dir(home.path())
        .env("HOME", home.path())
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::null())
        .stderr(std::process::Stdio::null())
        .spawn()
        .expect("authctl runs");
    // It waits for the token. When it is not dumpable, the kernel gives what it
    // tells of the process to root.
    let memory = format!("/proc/{}/environ", child.id());
    let ours = std::fs::metadata(home.path()).expect("a folder").uid();
    let until = std::time::Instant::now() + std::time::Duration::from_secs(10);
    let name = format!("/proc/{}/comm", child.id());
    while std::fs::read_to_string(&name).is_ok_and(|comm| comm.trim() != "authctl") {
        assert!(std::time::Instant::now() < until);
    }
    if ours != 0 {
        while std::fs::metadata(&memory).is_ok_and(|file| file.uid() != 0) {
            assert!(std::time::Instant::now() < until, "it is dumpable");
        }
    } else {
        std::thread::sleep(std::time::Duration::from_millis(300));
    }
    crate::signal(&child, "ABRT");
    let status = child.wait().expect("it ends");
    assert!(
        !std::os::unix::process::ExitStatusExt::core_dumped(&status),
        "{status:?}"
    );
    let cores = std::fs::read_dir(home.path())
        .expect("a folder")
        .filter(|entry| {
            let name = entry.as_ref().expect("an entry").file_name();
            name.to_string_lossy().starts_with("core")
        });
    assert_eq!(cores.count(), 0);
}

#[test]
fn a_command_that_never_stops_talking_is_no_secret() {
    let home = Home::new();
    let error = home
        .authctl(["token", "--client", "--json", "--client-id", "c"])
        .args(["--token-endpoint", "https://127.0.0.1:1/token"])
        .args(["--client-secret", "cmd:cat /dev/zero"])
        .run()
        .fails_json(8);
    let message = error["message"].as_str().expect("a message");
    assert!(message.contains("more than 1 MiB"), "{message}");
}
