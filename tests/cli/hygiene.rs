//! No secret in argv, in what is said, in what is kept in the clear, or in
//! what children see.

use crate::harness::{Call, Done, Home};
use crate::observed::{kept, observed};
use crate::secrets::each_file;

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
        .env("AUTHCTL_PARAM", "otp=123456")
        .env("AUTHCTL_STORE_PASSPHRASE", "the-passphrase")
        .env("AUTHCTL_VAULT_SECRET", "the-role-secret")
        .env("AUTHCTL_ACCESS_TOKEN", "the-token-of-an-earlier-call")
        .env("PATH", "/usr/bin:/bin")
        .env("MINE", "is-kept")
        .run()
        .succeeds();
    let seen = std::fs::read_to_string(home.path().join("seen")).expect("a file");
    assert!(seen.contains("MINE=is-kept"), "{seen}");
    let ours: Vec<_> = seen
        .lines()
        .filter(|line| line.starts_with("AUTHCTL_"))
        .collect();
    assert_eq!(ours, ["AUTHCTL_STORE=file"]);
}

/// H11: the variable is the way for parameters that are secrets, and config.toml
/// holds none.
#[test]
fn h11_parameters_of_the_variable_are_not_remembered() {
    let server = observed();
    let home = Home::new();
    home.authctl(["login", "-q", "--issuer", server.issuer()])
        .args(["--client-id", "authctl", "--username", "alice"])
        .env("AUTHCTL_PASSWORD", "wonderland")
        .env("AUTHCTL_PARAM", "otp=planted")
        .run()
        .succeeds();
    let shown = home.authctl(["profile", "show"]).run().succeeds();
    assert!(!shown.contains("planted"), "{shown}");
    let kept = std::fs::read_to_string(home.path().join(".config/authctl/config.toml"));
    let kept = kept.expect("a file");
    assert!(!kept.contains("planted"), "{kept}");
}

/// A command under `serve` is pointed to another server than the one that the
/// secrets are for; what it does not get is said.
#[cfg(unix)]
#[test]
fn a_command_under_serve_does_not_get_the_secrets_for_another_server() {
    let home = Home::new().with("PATH", "/usr/bin:/bin");
    let serve = || {
        home.authctl(["serve", "--listen", "127.0.0.1:0", "--alg", "ES256", "--"])
            .arg("env")
            .env("MINE", "is-kept")
    };
    let seen = serve().run().succeeds();
    assert!(seen.contains("MINE=is-kept\n"), "{seen}");
    assert!(seen.contains("AUTHCTL_STORE_KEY="), "{seen}");
    let (seen, said) = serve()
        .env("AUTHCTL_CLIENT_SECRET", "planted-1")
        .env("AUTHCTL_PASSWORD", "planted-2")
        .env("AUTHCTL_PARAM", "otp=planted-3")
        .run()
        .succeeds_saying();
    assert!(!seen.contains("planted"), "{seen}");
    assert!(!said.contains("planted"), "{said}");
    for name in ["CLIENT_SECRET", "PASSWORD", "PARAM"] {
        let line = format!("note: the command does not get AUTHCTL_{name}, ");
        assert!(said.contains(&line), "{said}");
    }
}

/// What children may write when they crash is theirs to say, not ours.
#[cfg(unix)]
#[test]
fn children_have_the_limits_that_we_were_given() {
    let home = Home::new().with("PATH", "/usr/bin:/bin");
    let sh = |script: &str| {
        let call = home.authctl::<_, &str>([]).into_command();
        let mut shell = std::process::Command::new("/bin/sh");
        shell.args(["-c", script]).env_clear();
        for (name, value) in call.get_envs() {
            shell.envs(value.map(|value| (name, value)));
        }
        let output = shell.current_dir(home.path()).output().expect("a shell");
        assert!(output.status.success(), "{script}: {output:?}");
        String::from_utf8(output.stdout).expect("a text")
    };
    let authctl = env!("CARGO_BIN_EXE_authctl");
    for limit in ["0", "7", "unlimited"] {
        // A lower hard limit than that is the machine's to have.
        let given = sh(&format!("ulimit -S -c {limit} 2>&1; ulimit -S -c"));
        let serve = format!("{authctl} serve --listen 127.0.0.1:0 --alg ES256");
        let got = sh(&format!(
            "ulimit -S -c {limit} 2>&1; exec {serve} -- sh -c 'ulimit -S -c'"
        ));
        assert_eq!(got, given);
        let sign = format!(
            "{authctl} sign --sub a --exp 1h --secret 'cmd:ulimit -S -c >seen; printf %032d 1'"
        );
        sh(&format!("ulimit -S -c {limit} 2>&1; {sign} >/dev/null"));
        assert_eq!(given.lines().last(), Some(home.read("seen").trim()));
    }
}

/// H4: a process that holds secrets leaves no core behind, whatever the limit
/// and the signal, and no other process of the user may look into it.
#[cfg(target_os = "linux")]
#[test]
fn h4_a_process_that_crashes_leaves_no_core() {
    use std::os::unix::fs::MetadataExt as _;

    let home = Home::new();
    let authctl = env!("CARGO_BIN_EXE_authctl");
    for signal in ["ABRT", "SEGV", "QUIT", "BUS"] {
        let mut child = std::process::Command::new("/bin/sh")
            .args([
                "-c",
                &format!("ulimit -c unlimited 2>/dev/null; exec {authctl} decode -"),
            ])
            .current_dir(home.path())
            .env("HOME", home.path())
            .stdin(std::process::Stdio::piped())
            .stdout(std::process::Stdio::null())
            .stderr(std::process::Stdio::null())
            .spawn()
            .expect("authctl runs");
        // It waits for the token.
        let limits = format!("/proc/{}/limits", child.id());
        let soft_limit = || {
            let limits = std::fs::read_to_string(&limits).expect("its limits");
            let line = limits.lines().find(|line| line.contains("core file"));
            let line = line.expect("the limit").to_owned();
            line.split_whitespace().nth(4).map(ToOwned::to_owned)
        };
        let comm = format!("/proc/{}/comm", child.id());
        let until = std::time::Instant::now() + std::time::Duration::from_secs(10);
        loop {
            let name = std::fs::read_to_string(&comm).expect("its name");
            if name.trim() == "authctl" && soft_limit().as_deref() == Some("0") {
                break;
            }
            assert!(std::time::Instant::now() < until, "{:?}", soft_limit());
        }
        // When it is not dumpable, the kernel gives what it tells of the
        // process to root.
        let memory = format!("/proc/{}/mem", child.id());
        if std::fs::metadata(home.path()).expect("a folder").uid() != 0 {
            assert_eq!(std::fs::metadata(&memory).expect("its memory").uid(), 0);
        }
        // A handler of Rust's takes the first of those that are a fault, and
        // leaves the next one to the kernel.
        let status = loop {
            if let Some(status) = child.try_wait().expect("its state") {
                break status;
            }
            assert!(std::time::Instant::now() < until, "{signal}");
            crate::signal(&child, signal);
            std::thread::sleep(std::time::Duration::from_millis(20));
        };
        let core = std::os::unix::process::ExitStatusExt::core_dumped(&status);
        assert!(!core, "{signal}: {status:?}");
        // That one is heeded, as Ctrl-C is.
        let expected = (signal == "QUIT").then_some(130);
        assert_eq!(status.code(), expected, "{signal}: {status:?}");
    }
    let names = home.names();
    assert!(
        !names.iter().any(|name| name.starts_with("core")),
        "{names:?}"
    );
}

/// H3: a panic says where it was, and nothing of what was held.
#[test]
fn h3_a_panic_shows_no_secret() {
    let server = observed();
    let home = Home::new();
    home.sign_in(server.issuer());
    let record = kept(&home, "default").expect("a session");
    let login = home
        .authctl([
            "login",
            "--issuer",
            server.issuer(),
            "--client-id",
            "authctl",
        ])
        .args(["--username", "alice"])
        .env("AUTHCTL_PASSWORD", "wonderland")
        .env("PANIC_IN", "secret");
    let token = home.authctl(["token"]).env("PANIC_IN", "token");
    for call in [login, token] {
        let done = call
            .args(["-vv"])
            .env("RUST_BACKTRACE", "full")
            .run()
            .code_is(101);
        assert_eq!(done.stdout(), "");
        let said = done.stderr();
        assert!(said.contains("panicked at"), "{said}");
        let mut secrets = Secrets(Vec::new());
        secrets.add("password", "wonderland");
        secrets.add("store key", crate::harness::STORE_KEY);
        for token in &record.tokens {
            secrets.add("access token", token.access_token.expose());
        }
        secrets.add(
            "refresh token",
            record.refresh_token.as_ref().expect("a token").expose(),
        );
        secrets.check("a panic", &said);
    }
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
