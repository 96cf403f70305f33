//! Where `authctl key convert` puts a private key, and under what passphrase.

use serde_json::Value;

use crate::harness::Home;
use crate::key_convert::vector;

#[test]
fn j57_a_private_key_goes_into_a_file_of_its_owners_alone() {
    let home = Home::new();
    home.write("key.pem", vector!("ec256.pkcs8.pem"));
    let convert =
        |out: &str| home.authctl(["key", "convert", "key.pem", "--to", "sec1", "--out", out]);
    convert("new.pem").check();
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = |name: &str| {
            let metadata = std::fs::metadata(home.path().join(name)).unwrap();
            metadata.permissions().mode() & 0o777
        };
        assert_eq!(mode("new.pem"), 0o600);
        home.authctl(["key", "public", "key.pem", "--out", "new.pub.pem"])
            .check();
        assert_eq!(mode("new.pub.pem") & 0o444, 0o444);
    }
    let written = home.read("new.pem");
    assert!(written.starts_with("-----BEGIN EC PRIVATE KEY-----\n"));
    convert("key.pem")
        .code(2)
        .stderr_has("error: `key.pem` is there already\n")
        .check();
    assert_eq!(home.read("key.pem").as_bytes(), vector!("ec256.pkcs8.pem"));
    convert("key.pem").arg("--force").check();
    assert_eq!(home.read("key.pem"), written);
    convert("absent/key.pem")
        .code(8)
        .stderr(
            "\
error: cannot write `absent/key.pem`
  why: its folder is not there
 hint: check that `absent` is a folder that can be written to
",
        )
        .check();
    convert(".")
        .code(2)
        .stderr("error: `.` is a folder\n hint: name a file in it, or another one, with `--out`\n")
        .check();
    assert_eq!(home.names().len(), if cfg!(unix) { 3 } else { 2 });
}

#[test]
#[cfg(unix)]
fn j57_a_private_key_is_shown_on_a_terminal_only_if_that_is_asked_for() {
    let home = Home::new();
    home.write("key.pem", vector!("ec256.pkcs8.pem"));
    let seen = |arguments: &str| {
        let call = home.authctl(["key"]).args(arguments.split(' '));
        call.on_terminal()
    };
    let refused = "error: a private key is not shown on a terminal unless that is asked for\n hint: write it into a file with `--out FILE`, or print it with `--out -`\n";
    for form in ["pkcs8", "sec1", "jwk"] {
        assert_eq!(seen(&format!("convert key.pem --to {form}")), refused);
    }
    assert_eq!(
        seen("convert key.pem --to pkcs8 --out -").as_bytes(),
        vector!("ec256.pkcs8.pem")
    );
    assert!(seen("public key.pem").starts_with("-----BEGIN PUBLIC KEY-----\n"));
    assert!(seen("convert key.pem --to openssh").starts_with("ecdsa-sha2-nistp256 "));
    assert!(seen("public key.pem -o der").starts_with("error: DER is no text for a terminal\n"));
}

#[test]
fn a_key_is_encrypted_and_decrypted() {
    let home = Home::new()
        .with("OLD", "correct-horse")
        .with("NEW", "tea at five");
    home.write("old.pem", vector!("ec256.pbkdf2.pem"));
    let old = [
        "key",
        "convert",
        "old.pem",
        "--passphrase",
        "env:OLD",
        "--to",
    ];
    home.authctl(old)
        .args(["pkcs8", "--out", "plain.pem"])
        .stderr("note: the key is no longer encrypted; `--to pkcs8 --new-passphrase` keeps it so\n")
        .check();
    assert_eq!(
        home.read("plain.pem").as_bytes(),
        vector!("ec256.pkcs8.pem")
    );
    home.authctl(old)
        .args(["spki"])
        .stdout_has("PUBLIC KEY")
        .check();
    for (name, encoding) in [("new.pem", "pem"), ("new.der", "der")] {
        home.authctl(old)
            .args([
                "pkcs8",
                "--new-passphrase",
                "env:NEW",
                "--out",
                name,
                "-o",
                encoding,
            ])
            .check();
        let error = home
            .authctl(["key", "convert", name, "--to", "pkcs8", "--json"])
            .args(["--passphrase", "env:OLD"])
            .code(8)
            .check_error();
        assert_eq!(error["error"], "passphrase");
        home.authctl(["key", "inspect", name, "--passphrase", "env:NEW"])
            .stdout_has(
                "encrypted PKCS#8\nthumbprint    lAA6fsjltVUeKjZmuURb_7_gmvyhbJqwqRSBCdYK4bg\n",
            )
            .check();
    }
    assert!(
        home.read("new.pem")
            .starts_with("-----BEGIN ENCRYPTED PRIVATE KEY-----\n")
    );

    home.authctl(old)
        .args(["sec1", "--new-passphrase", "env:NEW"])
        .code(2)
        .stderr_has("only PKCS#8 can be encrypted under a passphrase")
        .check();
    home.authctl(["key", "convert", "old.pem", "--to", "pkcs8", "--no-input"])
        .code(4)
        .stderr_has("--passphrase env:NAME")
        .check();
    home.authctl(old)
        .args(["pkcs8", "--no-input", "--new-passphrase"])
        .code(4)
        .stderr_has("--new-passphrase env:NAME")
        .check();
    home.authctl([
        "key",
        "convert",
        "-",
        "--to",
        "pkcs8",
        "--new-passphrase",
        "-",
    ])
    .stdin(vector!("ec256.pkcs8.pem"))
    .code(2)
    .stderr_has("cannot both come on standard input")
    .check();
    home.authctl([
        "key",
        "convert",
        "old.pem",
        "--to",
        "pkcs8",
        "--new-passphrase",
        "literal",
    ])
    .code(2)
    .stderr_has("a secret is never typed on the command line")
    .check();
}

#[test]
fn in_github_actions_what_is_private_is_masked_first() {
    let home = Home::new().with("GITHUB_ACTIONS", "true");
    let done = home
        .authctl(["key", "convert", "-", "--to", "jwk"])
        .stdin(vector!("ec256.der"))
        .run();
    let jwk: Value = serde_json::from_slice(&done.0.stdout).unwrap();
    assert_eq!(
        done.stderr(),
        format!("::add-mask::{}\n", jwk["d"].as_str().unwrap())
    );
    let done = home
        .authctl(["key", "convert", "-", "--to", "pkcs8"])
        .stdin(vector!("ec256.der"))
        .run();
    assert_eq!(done.stderr().matches("::add-mask::").count(), 3);
}

#[test]
fn a_key_is_taken_from_where_a_reference_says() {
    let home = Home::new().with(
        "KEY",
        std::str::from_utf8(vector!("ec256.pkcs8.pem")).unwrap(),
    );
    home.write("key.pem", vector!("ec256.pkcs8.pem"));
    for reference in ["env:KEY", "file:key.pem", "cmd:cat key.pem", "key.pem"] {
        let public = home.authctl(["key", "public", reference]).run().succeeds();
        assert_eq!(public.as_bytes(), vector!("ec256.pub.pem"), "{reference}");
    }
}
