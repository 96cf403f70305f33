//! The file of a set under parallel edits, faults and crashes.

use std::collections::BTreeSet;
use std::process::Stdio;

use serde_json::{Value, json};

use crate::harness::Home;
#[cfg(unix)]
use crate::harness::chmod;
use crate::jwks::kids;
use crate::tokens::key;

fn set_of(kid: &str) -> String {
    json!({"keys": [key("ES256").with_kid(kid).public_jwk()]}).to_string()
}

#[test]
fn twenty_adds_at_once_lose_nothing() {
    let home = Home::new();
    home.write("k.pem", key("EdDSA").public_pem().unwrap());
    let children: Vec<_> = (0..20)
        .map(|n| {
            let mut command = home
                .authctl(["jwks", "add", "set.json", "k.pem", "--kid"])
                .arg(n.to_string())
                .into_command();
            command.stdin(Stdio::null()).spawn().unwrap()
        })
        .collect();
    let mut made = 0;
    for child in children {
        let output = child.wait_with_output().unwrap();
        assert!(output.status.success(), "{output:?}");
        made += usize::from(String::from_utf8_lossy(&output.stdout).contains("made "));
    }
    let found: BTreeSet<String> = kids(&home, "set.json").into_iter().collect();
    assert_eq!(found, (0..20).map(|n| n.to_string()).collect());
    assert_eq!(made, 1, "one made the set, the others found it");
    // Neither lock nor temporary file is left.
    assert_eq!(home.names(), ["k.pem", "set.json"]);
}

#[cfg(unix)]
#[test]
fn a_crash_leaves_the_old_set_or_the_new_one() {
    let home = Home::new();
    home.write("k.pem", key("EdDSA").public_pem().unwrap());
    home.write("set.json", set_of("old"));
    for round in 0..30 {
        let kid = format!("new-{round}");
        let mut child = home
            .authctl(["jwks", "add", "set.json", "k.pem", "--kid", &kid])
            .into_command()
            .spawn()
            .unwrap();
        std::thread::sleep(std::time::Duration::from_micros(500 * round));
        let _ = child.kill();
        child.wait().unwrap();
        assert!(kids(&home, "set.json").contains(&"old".to_owned()));
    }
    // What a dead process left keeps nobody from the set, and goes.
    home.write(".set.json.tmp-AbCd12", "half");
    home.write(".set.json.tmp-mine", "not ours");
    home.authctl(["jwks", "add", "set.json", "k.pem", "--kid", "last"])
        .stdout_has("added     last")
        .check();
    assert_eq!(home.names(), [".set.json.tmp-mine", "k.pem", "set.json"]);
}

/// Also in the folder of the keys, where what is left is a private key.
#[test]
fn j57_what_a_dead_rotation_left_goes_with_the_next_one() {
    use std::hash::{DefaultHasher, Hash as _, Hasher as _};
    let home = Home::new();
    let set = home.path().canonicalize().unwrap().join("set.json");
    let mut hasher = DefaultHasher::new();
    set.as_os_str().as_encoded_bytes().hash(&mut hasher);
    let left = format!(".authctl-{:016x}-aB3dE6", hasher.finish());
    for folder in ["", "keys/"] {
        home.write(&format!("{folder}{left}"), "-----BEGIN PRIVATE KEY-----");
        // Of another set, and of a command that may be at work.
        let others = [".authctl-0123456789abcdef-aB3dE6", ".authctl-aB3dE6"];
        for other in others {
            home.write(&format!("{folder}{other}"), "");
        }
        let rotate = || {
            let call = home.authctl(["jwks", "rotate", "set.json"]);
            match folder {
                "" => call,
                folder => call.args(["--keys", folder]),
            }
        };
        let is_there = |name: &str| home.path().join(folder).join(name).exists();
        rotate()
            .arg("--dry-run")
            .stdout_has("would publish")
            .check();
        assert!(is_there(&left));
        rotate().stdout_has("published").check();
        assert!(!is_there(&left));
        assert!(others.into_iter().all(is_there));
    }
}

#[test]
fn a_lock_that_is_held_is_waited_for() {
    let home = Home::new();
    home.write("k.pem", key("EdDSA").public_pem().unwrap());
    let path = home.write(".set.json.lock", "4711\n");
    let lock = std::fs::File::options()
        .write(true)
        .read(true)
        .open(path)
        .unwrap();
    lock.lock().unwrap();
    let child = home
        .authctl(["jwks", "add", "set.json", "k.pem"])
        .into_command()
        .spawn()
        .unwrap();
    std::thread::sleep(std::time::Duration::from_millis(900));
    assert!(!home.path().join("set.json").exists());
    drop(lock);
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "{output:?}");
    assert_eq!(
        String::from_utf8_lossy(&output.stderr),
        "note: waiting for process 4711, which is editing `set.json`\n"
    );
}

#[cfg(unix)]
mod unix {
    use super::*;
    use std::os::unix::fs::{PermissionsExt as _, symlink};

    fn mode(home: &Home, name: &str) -> u32 {
        let found = std::fs::metadata(home.path().join(name)).unwrap();
        found.permissions().mode() & 0o777
    }

    #[test]
    fn the_mode_stays() {
        let home = Home::new();
        home.write("k.pem", key("EdDSA").public_pem().unwrap());
        for kept in [0o640, 0o600, 0o664] {
            home.write("set.json", set_of("old"));
            chmod(home.path().join("set.json"), kept);
            home.authctl(["jwks", "add", "set.json", "k.pem"])
                .stdout_has("added")
                .check();
            assert_eq!(mode(&home, "set.json"), kept);
        }
    }

    #[test]
    fn a_link_stays_and_its_target_is_edited() {
        let home = Home::new();
        home.write("k.pem", key("EdDSA").public_pem().unwrap());
        home.write("real/set.json", set_of("old"));
        symlink("real/set.json", home.path().join("set.json")).unwrap();
        symlink("nowhere.json", home.path().join("dangling.json")).unwrap();
        home.authctl(["jwks", "add", "set.json", "k.pem", "--kid", "new"])
            .stdout_has("added     new")
            .check();
        let link = std::fs::symlink_metadata(home.path().join("set.json")).unwrap();
        assert!(link.is_symlink());
        assert_eq!(kids(&home, "real/set.json"), ["old", "new"]);
        home.authctl(["jwks", "add", "dangling.json", "k.pem"])
            .code(8)
            .stderr_has("it is a symbolic link to nothing")
            .check();
    }

    #[test]
    fn what_cannot_be_written_is_left_alone() {
        let home = Home::new();
        home.write("k.pem", key("EdDSA").public_pem().unwrap());
        home.write("read-only.json", set_of("old"));
        chmod(home.path().join("read-only.json"), 0o444);
        std::fs::create_dir(home.path().join("folder")).unwrap();
        let fifo = std::process::Command::new("mkfifo")
            .arg(home.path().join("fifo"))
            .status();
        assert!(fifo.unwrap().success());
        for (name, why) in [
            ("read-only.json", "it is read-only"),
            ("folder", "it is a folder"),
            ("fifo", "it is not a plain file"),
            ("no/such/folder.json", "its folder is not there"),
        ] {
            for call in [
                &["add", name, "k.pem"][..],
                &["remove", name, "old"],
                &["rotate", name],
            ] {
                home.authctl(["jwks"])
                    .args(call)
                    .code(8)
                    .stderr_has(format!("error: cannot edit `{name}`\n  why: {why}"))
                    .check();
            }
        }
        assert_eq!(kids(&home, "read-only.json"), ["old"]);
        assert_eq!(home.names(), ["fifo", "folder", "k.pem", "read-only.json"]);
    }

    /// A file-size limit stands for a full disk.
    #[test]
    fn a_full_disk_loses_nothing() {
        let home = Home::new();
        home.write("k.pem", key("EdDSA").public_pem().unwrap());
        let keys: Vec<Value> = (0..20)
            .map(|n| json!(key("ES256").with_kid(n.to_string()).public_jwk()))
            .collect();
        let before = json!({ "keys": keys }).to_string();
        home.write("set.json", &before);
        for arguments in ["add set.json k.pem", "rotate set.json --current 1"] {
            let program = env!("CARGO_BIN_EXE_authctl");
            let script = format!("ulimit -f 1; exec {program} jwks {arguments}");
            let output = std::process::Command::new("/bin/sh")
                .args(["-c", &script])
                .current_dir(home.path())
                .env_clear()
                .env("HOME", home.path())
                .output()
                .unwrap();
            let said = String::from_utf8_lossy(&output.stderr);
            assert_eq!(output.status.code(), Some(8), "{said}");
            assert!(said.contains("cannot write `set.json`"), "{said}");
            assert!(output.stdout.is_empty());
            assert_eq!(home.read("set.json"), before);
            // Of a rotation that failed no private key stays.
            assert_eq!(home.names(), ["k.pem", "set.json"]);
        }
    }
}

#[test]
fn a_set_that_could_not_be_read_again_is_not_written() {
    let home = Home::new();
    home.write("k.pem", key("EdDSA").public_pem().unwrap());
    let filler = "x".repeat(1024 * 1024 - 40);
    let text = json!({"keys": [], "filler": filler}).to_string();
    home.write("set.json", &text);
    home.authctl(["jwks", "add", "set.json", "k.pem"])
        .code(8)
        .stderr_has("`set.json` would be larger than 1 MiB")
        .check();
    assert_eq!(home.read("set.json"), text);
}
