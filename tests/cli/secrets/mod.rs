//! H1, H2, H3, H6, H8: every command there is, at the loudest, in success and
//! in failure, and then a search for every secret that was given, issued or
//! made: in all that was said, in every file that was left, and in what other
//! processes could see meanwhile.
//!
//! Where a secret may stand is said one by one: on the stdout of the calls
//! that are made by [`World::gives`], and in the files of [`HOLD_SECRETS`].

mod forms;
mod keys;
mod others;
mod recording;
mod sessions;
mod world;

use std::collections::BTreeSet;
use std::io::Write as _;
use std::path::Path;

use crate::harness::{Home, STORE_KEY};
use world::World;

/// Secrets that are given, each with what a terminal, a shell, JSON, a form or
/// a log might do something to in it.
const PASSWORD: &str = "pw-7Hq/\"x+ &é%41$tail";
const WRONG_PASSWORD: &str = "pw-wrong-Zk93ms/+ &\"";
const CLIENT_SECRET: &str = "cs-9vN2/\"q+ &\\%é-tail";
const WRONG_SECRET: &str = "cs-wrong-81jdk2+/&";
const PARAMETER: &str = "api-key-5Jd8/+&\"é";
const GIVEN_TOKEN: &str = "given-token-K3jd82mf~x/+";
const BROKEN_TOKEN: &str = "at-of-a-broken-answer-1";
const KEY_PASSPHRASE: &str = "key-passphrase-83+/é\"";
const WRONG_PASSPHRASE: &str = "key-passphrase-wrong-1+/";
const MAC_SECRET: &str = "mac-secret-of-32-octets-and-more-9+/\"é";
const JWE_PASSWORD: &str = "jwe-password-28dk+/\"é";
const STORE_PASSPHRASE: &str = "store-passphrase-83kd+/\"é";
const ARCHIVE_PASSPHRASE: &str = "archive-passphrase-83kd/+é";
/// 32 octets in base64url.
const NEW_STORE_KEY: &str = "HxscHRoZGBcWFRQTEhEQDw4NDAsKCQgHBgUEAwIBAB8";
const PLAINTEXT: &str = "the-plaintext-of-a-token-73kd+/";

/// The clients and the person of the server.
const SERVER: &str = r#"
alg = "ES256"
[users.carol]
password = 'pw-7Hq/"x+ &é%41$tail'
[clients.app]
grant_types = ["password", "refresh_token"]
[clients.batch]
secret = 'cs-9vN2/"q+ &\%é-tail'
grant_types = ["client_credentials", "password", "refresh_token"]
"#;

/// The files that hold what was asked for, or were ours before: inputs, and
/// the keys that were to be made. A folder ends in `/`.
const HOLD_SECRETS: [&str; 6] = [
    "in/",
    "out/es.pem",
    "out/rs.pem",
    "out/ed.pem",
    "out/enc.jwk",
    "out/private/",
];

/// What must have passed between us and the server for the search to mean
/// anything.
const MUST_HAVE_PASSED: [&str; 10] = [
    "the issued access_token",
    "the issued refresh_token",
    "the issued id_token",
    "the field password",
    "the field refresh_token",
    "the field client_secret",
    "the field token",
    "the field api_key",
    "the Basic header",
    "the Bearer header",
];

#[test]
fn no_secret_is_found_anywhere_but_where_it_was_asked_for() {
    let mut world = World::new();
    sessions::sign_in(&mut world);
    sessions::use_session(&mut world);
    sessions::clients(&mut world);
    sessions::given_tokens(&mut world);
    keys::keys(&mut world);
    keys::sets(&mut world);
    keys::tokens(&mut world);
    others::servers(&mut world);
    others::profiles(&mut world);
    others::moves(&mut world);
    others::the_rest(&mut world);
    sessions::other_store(&mut world);
    sessions::sign_out(&mut world);
    assert_eq!(world.otherwise, Vec::<String>::new());
    every_command_ran(&world);

    let issued = world.server.secrets();
    let kinds: BTreeSet<&str> = issued.iter().map(|(name, _)| name.as_str()).collect();
    for kind in MUST_HAVE_PASSED {
        assert!(kinds.contains(kind), "{kind} never passed: {kinds:?}");
    }
    for (name, secret) in &issued {
        world.forms.add(name, secret);
    }
    for (name, secret) in [
        ("the password", PASSWORD),
        ("the wrong password", WRONG_PASSWORD),
        ("the client secret", CLIENT_SECRET),
        ("the wrong client secret", WRONG_SECRET),
        ("a parameter", PARAMETER),
        ("a given token", GIVEN_TOKEN),
        ("a token in a broken answer", BROKEN_TOKEN),
        ("the passphrase of a key", KEY_PASSPHRASE),
        ("the wrong passphrase", WRONG_PASSPHRASE),
        ("the secret of a MAC", MAC_SECRET),
        ("the password of a JWE", JWE_PASSWORD),
        ("the passphrase of an archive", ARCHIVE_PASSPHRASE),
        ("the next key of the store", NEW_STORE_KEY),
        ("a plaintext", PLAINTEXT),
        ("the passphrase of the store", STORE_PASSPHRASE),
        ("the key of the store", STORE_KEY),
    ] {
        world.forms.add(name, secret);
    }
    search(&world);
}

/// Both to a success and to a failure, every command that the program lists.
fn every_command_ran(world: &World) {
    let ran = |good: bool| -> BTreeSet<String> {
        let said = world.said.iter();
        let said = said.filter(|said| (said.exit == 0) == good);
        said.map(|said| said.command.clone()).collect()
    };
    let commands = every_command(&world.home);
    assert_eq!(ran(true), commands, "commands that ran to a success");
    assert_eq!(ran(false), commands, "commands that ran to a failure");
}

fn search(world: &World) {
    let World { forms, home, .. } = world;
    let mut found = Vec::new();
    let mut look = |place: &str, text: &[u8]| {
        for name in forms.found_in(text) {
            found.push(format!("{name} in {place}"));
        }
    };
    for said in &world.said {
        let call = format!("{} (exit {})", said.command, said.exit);
        look(&format!("stderr of {call}"), &said.stderr);
        if let Some(stdout) = &said.stdout {
            look(&format!("stdout of {call}"), stdout);
        }
    }
    look("what other processes saw", &world.seen_by_others);
    let mut files = 0;
    each_file(home.path(), &mut |path| {
        let name = path.strip_prefix(home.path()).expect("below home");
        let name = name.to_string_lossy().into_owned();
        let holds = |place: &&str| match place.strip_suffix('/') {
            Some(_) => name.starts_with(*place),
            None => name == **place,
        };
        if !HOLD_SECRETS.iter().any(holds) {
            look(&name, &std::fs::read(path).expect("a file"));
            files += 1;
        }
    });
    assert_eq!(found, Vec::<String>::new());

    // H6: the key log is opt-in, and nobody opted. H8: nothing is left.
    assert!(!home.path().join("keys.log").exists());
    let left: Vec<_> = std::fs::read_dir(home.path().join("tmp"))
        .expect("a folder")
        .collect();
    assert!(left.is_empty(), "{left:?}");
    // A search for nothing, or nowhere, finds nothing.
    let numbers = format!(
        "{} secrets in {} forms; {} exchanges, {} calls, {files} files, \
         {} samples of command lines, {} children",
        forms.secrets(),
        forms.len(),
        world.server.exchanges(),
        world.said.len(),
        world.samples,
        world.children
    );
    assert!(forms.secrets() > 70 && files > 20, "{numbers}");
    assert!(world.server.exchanges() > 30, "{numbers}");
    if cfg!(target_os = "linux") {
        assert!(world.samples > 1_000 && world.children > 0, "{numbers}");
        assert!(home.read("children").contains("in/tell.sh"));
    }
    // `--nocapture` shows them.
    let _ = writeln!(std::io::stderr(), "{numbers}");
}

/// The commands, as the program itself lists them from the one tree of its
/// arguments: `key inspect` and its like by both words.
pub fn every_command(home: &Home) -> BTreeSet<String> {
    let listed = |words: &[&str]| -> Vec<String> {
        let help = home.authctl(words).arg("-h").run().succeeds();
        help.lines()
            .skip_while(|line| *line != "Commands:")
            .skip(1)
            .take_while(|line| !line.is_empty())
            .filter(|line| line.starts_with("  ") && !line.starts_with("   "))
            .filter_map(|line| line.split_whitespace().next())
            .map(ToOwned::to_owned)
            .collect()
    };
    let mut all = BTreeSet::new();
    for name in listed(&[]) {
        let below = listed(&[&name]);
        if below.is_empty() {
            all.insert(name);
        } else {
            all.extend(below.iter().map(|below| format!("{name} {below}")));
        }
    }
    all
}

/// Looks at every file below a folder.
pub fn each_file(folder: &Path, look: &mut dyn FnMut(&Path)) {
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            each_file(&path, look);
        } else {
            look(&path);
        }
    }
}
