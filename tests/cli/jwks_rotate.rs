//! `authctl jwks rotate`: publish before use, sign, retire.

use authctl::core::jose::{Algorithm, Selection, SigningKey, thumbprint};
use authctl::core::secret::Secret;
use serde_json::{Value, json};

use crate::harness::{Call, Home};
use crate::jwks::kids;
use crate::tokens::{NOW, claims_but, key, sign};

const HOUR: i64 = 3_600;

/// A rotation in a folder of its own: one hour ahead, a day of overlap.
struct Rotation {
    home: Home,
}

impl Rotation {
    fn new() -> Self {
        Self { home: Home::new() }
    }

    fn call(&self, hours: i64) -> Call {
        self.home
            .authctl(["jwks", "rotate", "set.json", "--publish-ahead", "1h"])
            .args(["--now", &(NOW + hours * HOUR).to_string()])
    }

    #[track_caller]
    fn run(&self, hours: i64, flags: &[&str]) -> Value {
        self.call(hours).args(flags).arg("--json").check_json()
    }

    /// Reads a private key that was written.
    fn key(&self, file: &Value) -> SigningKey {
        let pem = self.home.read(file.as_str().unwrap());
        let kid = kids(&self.home, "set.json");
        let key = SigningKey::from_document(pem.as_bytes(), &Selection::default(), None).unwrap();
        assert!(kid.contains(&key.kid().to_owned()));
        key
    }

    /// Says whether a token by this key verifies by the set.
    fn verifies(&self, key: &SigningKey) -> bool {
        let token = sign(key, json!({}), claims_but(json!({"exp": NOW + 99 * HOUR})));
        let done = self
            .home
            .authctl([
                "verify",
                "--jwks",
                "set.json",
                "--issuer",
                "https://as.example",
            ])
            .args(["--audience", "api", "--now", &NOW.to_string(), &token])
            .run();
        match done.0.status.code() {
            Some(0) => true,
            Some(3) => {
                assert!(done.stderr().contains("no key with the kid"), "{done:?}");
                false
            }
            _ => panic!("{done:?}"),
        }
    }
}

/// Returns `KID STATE` of each key.
fn states(answer: &Value) -> Vec<(String, String)> {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let keys = answer["keys"].as_array().unwrap().iter();
    keys.map(|key| (text(&key["kid"]), text(&key["state"])))
        .collect()
}

fn actions(answer: &Value) -> Vec<&str> {
    let steps = answer["steps"].as_array().unwrap().iter();
    steps.map(|step| step["action"].as_str().unwrap()).collect()
}

fn todo(answer: &Value) -> Vec<&str> {
    let todo = answer["todo"].as_array().unwrap().iter();
    todo.map(|todo| todo["action"].as_str().unwrap()).collect()
}

#[test]
fn each_token_verifies_as_long_as_it_is_promised() {
    let rotation = Rotation::new();
    let first = rotation.run(0, &[]);
    assert_eq!(actions(&first), ["publish"]);
    assert_eq!(todo(&first), ["deploy_set", "deploy_key", "run_again"]);
    let a = rotation.key(&first["keys"][0]["file"]);
    assert_eq!(states(&first), [(a.kid().to_owned(), "signing".to_owned())]);
    assert!(rotation.verifies(&a));

    let published = rotation.run(0, &[]);
    assert_eq!(actions(&published), ["publish"]);
    assert_eq!(
        todo(&published),
        ["deploy_set", "keep_signing", "run_again"]
    );
    assert_eq!(published["next"], "sign");
    assert_eq!(published["next_in"], HOUR);
    let b = rotation.key(&published["keys"][1]["file"]);
    assert_eq!(published["next_kid"], b.kid());
    // Verifiers know the new key before it signs.
    assert!(rotation.verifies(&a) && rotation.verifies(&b));

    let signs = rotation.run(1, &[]);
    assert_eq!(actions(&signs), ["sign"]);
    assert_eq!(todo(&signs), ["deploy_set", "deploy_key", "run_again"]);
    assert_eq!(
        states(&signs),
        [
            (a.kid().to_owned(), "retiring".to_owned()),
            (b.kid().to_owned(), "signing".to_owned()),
        ]
    );
    assert_eq!(signs["next"], "retire");
    assert_eq!(signs["next_in"], 24 * HOUR);
    // Tokens of the old key live on.
    assert!(rotation.verifies(&a) && rotation.verifies(&b));

    let retired = rotation.run(25, &[]);
    assert_eq!(actions(&retired), ["retire"]);
    assert_eq!(todo(&retired), ["deploy_set", "delete_key", "run_again"]);
    assert_eq!(retired["next"], "publish");
    assert_eq!(retired["next_at"], Value::Null);
    assert!(!rotation.verifies(&a) && rotation.verifies(&b));
    // The old private key is the user's to delete.
    assert!(
        rotation
            .home
            .path()
            .join(retired["todo"][1]["file"].as_str().unwrap())
            .exists()
    );
}

#[test]
fn a_run_that_comes_too_early_does_nothing() {
    let rotation = Rotation::new();
    rotation
        .call(0)
        .stdout_has(
            "\nlater                 run this again whenever another key is to be published\n",
        )
        .check();
    rotation.run(0, &[]);
    let before = (rotation.home.read("set.json"), rotation.home.names());
    for _ in 0..3 {
        let answer = rotation.run(0, &[]);
        assert_eq!(answer["changed"], false);
        assert_eq!(actions(&answer), [""; 0]);
        assert_eq!(answer["next"], "sign");
        rotation
            .call(0)
            .stdout_has("nothing to do until 2027-01-15T09:00:00Z\n")
            .stdout_has("keep signing with ES256-")
            .check();
    }
    let after = (rotation.home.read("set.json"), rotation.home.names());
    assert_eq!(after, before);
}

#[test]
fn the_state_is_in_the_registered_members() {
    let rotation = Rotation::new();
    let dates = || -> Vec<Value> {
        let set: Value = serde_json::from_str(&rotation.home.read("set.json")).unwrap();
        let keys = set["keys"].as_array().unwrap().iter();
        keys.map(|key| json!([key["iat"], key["nbf"], key["exp"]]))
            .collect()
    };
    rotation.run(0, &[]);
    assert_eq!(dates(), [json!([NOW, NOW, null])]);
    rotation.run(2, &[]);
    let (came, signs) = (NOW + 2 * HOUR, NOW + 3 * HOUR);
    assert_eq!(
        dates(),
        [json!([NOW, NOW, null]), json!([came, signs, null])]
    );
    rotation.run(5, &[]);
    assert_eq!(
        dates(),
        [
            json!([NOW, NOW, NOW + 29 * HOUR]),
            // It signs from the run that made it do so.
            json!([came, NOW + 5 * HOUR, null])
        ]
    );
    let listed = rotation
        .home
        .authctl(["jwks", "list", "set.json", "--json"])
        .check_json();
    assert_eq!(listed["keys"][0]["state"], "retiring");
    assert_eq!(listed["keys"][0]["retires_at"], "2027-01-16T13:00:00Z");
}

#[test]
fn a_dry_run_says_the_same_and_does_nothing() {
    let rotation = Rotation::new();
    let plan = rotation.run(0, &["--dry-run"]);
    assert_eq!(
        (&plan["changed"], &plan["dry_run"]),
        (&json!(false), &json!(true))
    );
    assert_eq!(actions(&plan), ["publish"]);
    assert_eq!(rotation.home.names(), [""; 0]);
    rotation.run(0, &[]);
    let before = (rotation.home.read("set.json"), rotation.home.names());
    let plan = rotation.run(0, &["--dry-run"]);
    assert_eq!(todo(&plan), ["deploy_set", "keep_signing", "run_again"]);
    assert_eq!(plan["keys"][1]["kid"], Value::Null);
    assert_eq!(plan["keys"][1]["state"], "upcoming");
    let after = (rotation.home.read("set.json"), rotation.home.names());
    assert_eq!(after, before);
}

#[cfg(unix)]
#[test]
fn j57_private_keys_are_for_their_owner_alone_and_not_in_the_set() {
    use std::os::unix::fs::PermissionsExt as _;
    let rotation = Rotation::new();
    let mode = |name: &str| {
        let found = std::fs::metadata(rotation.home.path().join(name)).unwrap();
        found.permissions().mode() & 0o777
    };
    let answer = rotation.run(0, &["--keys", "keys/signing"]);
    let file = answer["keys"][0]["file"].as_str().unwrap();
    assert!(file.starts_with("keys/signing/ES256-"), "{file}");
    assert_eq!((mode(file), mode("keys")), (0o600, 0o700));
    assert_eq!(mode("set.json") & 0o111, 0);
    assert!(!rotation.home.read("set.json").contains("\"d\""));
    assert_eq!(rotation.home.names(), ["keys", "set.json"]);
}

#[test]
fn a_private_key_can_be_under_a_passphrase() {
    let rotation = Rotation::new();
    let answer: Value = serde_json::from_str(
        &rotation
            .call(0)
            .args(["--json", "--passphrase", "env:PASS"])
            .env("PASS", "open sesame")
            .run()
            .succeeds(),
    )
    .unwrap();
    let pem = rotation
        .home
        .read(answer["keys"][0]["file"].as_str().unwrap());
    assert!(pem.contains("ENCRYPTED PRIVATE KEY"), "{pem}");
    let passphrase = Secret::new("open sesame");
    let key = SigningKey::from_document(pem.as_bytes(), &Selection::default(), Some(&passphrase))
        .unwrap();
    assert_eq!(kids(&rotation.home, "set.json"), [key.kid()]);
}

#[test]
fn a_set_of_other_makings_is_taken_over() {
    let rotation = Rotation::new();
    let (old, other) = (key("RS256"), key("ES384").with_kid("other"));
    let mut encrypting = other.public_jwk();
    encrypting.insert("use".into(), "enc".into());
    encrypting.insert("alg".into(), "ECDH-ES".into());
    let set = json!({"issuer": "https://as.example", "keys": [old.public_jwk(), encrypting]});
    rotation.home.write("set.json", set.to_string());
    let answer = rotation.run(0, &[]);
    // The new one is as the old one.
    assert_eq!(answer["keys"][1]["alg"], "RS256");
    assert_eq!(states(&answer)[0], ("k1".to_owned(), "signing".to_owned()));
    rotation.run(1, &["--current", "k1"]);
    assert!(rotation.verifies(&old));
    rotation.run(25, &[]);
    assert!(!rotation.verifies(&old));
    let left: Value = serde_json::from_str(&rotation.home.read("set.json")).unwrap();
    assert_eq!(left["keys"][0], set["keys"][1]);
    assert_eq!(left["issuer"], "https://as.example");
}

#[test]
fn of_several_keys_the_one_that_signs_must_be_named_once() {
    let rotation = Rotation::new();
    let (a, b) = (key("ES256"), key("EdDSA").with_kid("k2"));
    let set = json!({"keys": [a.public_jwk(), b.public_jwk()]}).to_string();
    rotation.home.write("set.json", &set);
    rotation
        .call(0)
        .code(2)
        .stderr_has("several keys of `set.json` may be signing: k1, k2\n hint: name the one that does with `--current KID`, this once")
        .check();
    rotation
        .call(0)
        .args(["--current", "k3"])
        .code(2)
        .stderr_has("`set.json` has no key `k3` that can sign")
        .check();
    assert_eq!(rotation.home.read("set.json"), set);
    let answer = rotation.run(0, &["--current", "k2"]);
    assert_eq!(answer["keys"][1]["alg"], "EdDSA");
    rotation.run(1, &[]);
    rotation.run(25, &[]);
    assert!(rotation.verifies(&a) && !rotation.verifies(&b));
}

#[test]
fn keys_of_one_kid_go_by_thumbprint() {
    let rotation = Rotation::new();
    let (a, b) = (key("ES256"), key("ES256"));
    let set = json!({"keys": [a.public_jwk(), b.public_jwk()]}).to_string();
    rotation.home.write("set.json", &set);
    let [first, second] = [&a, &b].map(|key| thumbprint(&key.public_jwk()).unwrap());
    for flags in [&[][..], &["--current", "k1"]] {
        rotation
            .call(0)
            .args(flags)
            .code(2)
            .stderr_has(format!(
                "may be signing: {first} (kid k1), {second} (kid k1)\n hint: name the one that does with `--current THUMBPRINT`, this once"
            ))
            .check();
    }
    let answer = rotation.run(0, &[&format!("--current={second}")]);
    assert_eq!(answer["keys"].as_array().unwrap().len(), 2);
    let kept: Value = serde_json::from_str(&rotation.home.read("set.json")).unwrap();
    assert_eq!(kept["keys"][0]["iat"], Value::Null);
    assert_eq!(kept["keys"][1]["iat"], NOW);
    // The very same key twice has no name of its own.
    let set = json!({"keys": [a.public_jwk(), a.public_jwk()]}).to_string();
    rotation.home.write("set.json", set);
    rotation
        .call(0)
        .code(2)
        .stderr_has("hint: a key is there twice: take one of the two out of `set.json`")
        .check();
}

#[test]
fn a_dry_run_refuses_what_the_run_would() {
    let rotation = Rotation::new();
    for flags in [
        ["--alg", "RS256", "--bits", "1024"],
        ["--alg", "RS256", "--bits", "2049"],
        ["--alg", "ES256", "--bits", "3072"],
    ] {
        let refused = |more: &[&str]| {
            let output = rotation.call(0).args(flags).args(more).run();
            assert_eq!(output.0.status.code(), Some(2), "{output:?}");
            output.stderr()
        };
        assert_eq!(refused(&["--dry-run"]), refused(&[]));
    }
    assert_eq!(rotation.home.names(), [""; 0]);
}

#[test]
fn a_folder_that_is_not_there_is_said_before_a_key_is_made() {
    let home = Home::new();
    home.authctl(["jwks", "rotate", "my web/jwks.json", "--keys", "keys"])
        .code(8)
        .stderr_has("error: cannot edit `my web/jwks.json`\n  why: its folder is not there\n hint: check the path, or make the folder with `mkdir -p 'my web'`")
        .check();
    assert_eq!(home.names(), [""; 0]);
}

#[test]
fn what_is_to_sign_names_the_flags_that_its_file_does_not() {
    let rotation = Rotation::new();
    let folder = ["--keys", "my keys"];
    for (alg, flags) in [
        ("Ed25519", " --alg Ed25519"),
        ("ES384", ""),
        ("PS256", " --alg PS256"),
    ] {
        rotation.home.write("set.json", "{\"keys\":[]}");
        let answer = rotation.run(0, &[&folder[..], &["--alg", alg]].concat());
        let todo = &answer["todo"][1];
        assert_eq!(
            (&todo["action"], &todo["alg"]),
            (&json!("deploy_key"), &json!(alg))
        );
        let file = todo["file"].as_str().unwrap();
        let command = match flags {
            "" => String::new(),
            flags => format!(" (authctl sign --key '{file}'{flags})"),
        };
        assert_eq!(
            todo["text"],
            format!("sign with {file}{command} as soon as the set is there")
        );
        let published = rotation.run(0, &folder);
        assert_eq!(published["todo"][1]["alg"], alg);
        assert_eq!(
            published["todo"][1]["text"],
            format!("keep signing with {file}{command} until 2027-01-15T09:00:00Z")
        );
        let token = rotation
            .home
            .authctl(["sign", "--exp", "15m", "--key", file, "{}"])
            .args(flags.split_whitespace())
            .run()
            .succeeds();
        rotation
            .home
            .authctl(["verify", "--jws", "--jwks", "set.json", token.trim()])
            .run()
            .succeeds();
    }
}

#[test]
fn a_late_run_counts_from_when_it_came() {
    let rotation = Rotation::new();
    let every = ["--overlap", "1h", "--every", "7d"];
    rotation.run(0, &every);
    rotation.run(192, &every);
    // The key was to sign 767 hours ago.
    let signs = rotation.run(960, &every);
    assert_eq!(actions(&signs), ["sign"]);
    assert_eq!(
        (&signs["next"], &signs["next_in"]),
        (&json!("retire"), &json!(HOUR))
    );
    let retired = rotation.run(961, &every);
    assert_eq!(actions(&retired), ["retire"]);
    assert_eq!(
        (&retired["next"], &retired["next_in"]),
        (&json!("publish"), &json!(167 * HOUR))
    );
}

#[test]
fn an_interval_makes_it_fit_for_cron() {
    let rotation = Rotation::new();
    let every = ["--every", "48h", "--overlap", "2h"];
    let done: Vec<String> = (0..60)
        .filter_map(|hours| {
            let answer = rotation.run(hours, &every);
            let actions = actions(&answer).join("+");
            (!actions.is_empty()).then(|| format!("{hours} {actions}"))
        })
        .collect();
    assert_eq!(done, ["0 publish", "48 publish", "49 sign", "51 retire"]);
}

#[test]
fn force_does_the_next_step_and_says_what_breaks() {
    let rotation = Rotation::new();
    let a = rotation.key(&rotation.run(0, &[])["keys"][0]["file"]);
    // What is compromised: another signs now.
    rotation
        .call(0)
        .arg("--force")
        .stderr("warning: verifiers do not know the new key: those that keep a copy of the set refuse its tokens until they fetch the set again, for 1h perhaps\n")
        .stdout_has("published")
        .check();
    assert!(rotation.verifies(&a));
    rotation
        .call(0)
        .arg("--force")
        .stderr(format!(
            "warning: tokens that `{}` signed stop verifying, although they may live until 2027-01-16T08:00:00Z\n",
            a.kid()
        ))
        .stdout_has("removed")
        .check();
    assert!(!rotation.verifies(&a));
    rotation.run(0, &[]);
    rotation
        .call(0)
        .arg("--force")
        .stdout_has("signs now")
        .stderr_has("may have kept a copy of the set without")
        .check();
}

#[test]
fn the_key_that_signs_is_removed_only_by_force() {
    let rotation = Rotation::new();
    // Long ago by the clock of this machine too, which `remove` goes by.
    rotation.run(-100_000, &[]);
    let kid = &kids(&rotation.home, "set.json")[0];
    // A thumbprint may begin with `-`.
    let remove = |flags: &[&str]| {
        let call = rotation.home.authctl(["jwks", "remove"]);
        call.args(flags).args(["--", "set.json", kid])
    };
    remove(&[])
        .code(2)
        .stderr_has("is the one that signs now")
        .check();
    remove(&["--force"])
        .stdout_has("removed")
        .stderr_has("stop verifying")
        .check();
    assert_eq!(rotation.home.read("set.json"), "{\n  \"keys\": []\n}\n");
}

#[test]
fn j57_a_set_of_private_keys_is_not_rotated() {
    let rotation = Rotation::new();
    for algorithm in ["ES256", "HS256"] {
        let private = key(algorithm).private_jwk().unwrap();
        let set = format!("{{\"keys\":[{}]}}", private.expose());
        rotation.home.write("set.json", &set);
        rotation
            .call(0)
            .code(8)
            .stderr_has("`set.json` holds private keys or secrets")
            .check();
        assert_eq!(rotation.home.read("set.json"), set);
    }
    rotation
        .call(0)
        .args(["--alg", "HS256"])
        .code(2)
        .stderr_has("a secret cannot be in a set that is published")
        .check();
}

#[test]
fn a_time_that_is_none_stops_the_rotation() {
    let rotation = Rotation::new();
    let mut jwk = key("ES256").public_jwk();
    jwk.insert("nbf".into(), "tomorrow".into());
    let set = json!({"keys": [jwk]}).to_string();
    rotation.home.write("set.json", &set);
    rotation
        .call(0)
        .code(8)
        .stderr_has("the member `nbf` of the JWK is not a NumericDate")
        .check();
    assert_eq!(rotation.home.read("set.json"), set);
}

#[test]
fn every_algorithm_with_a_public_key_rotates() {
    for algorithm in [
        "ES256",
        "ES512",
        "EdDSA",
        "Ed25519",
        "ES256K",
        "ML-DSA-65",
        "PS256",
    ] {
        let rotation = Rotation::new();
        let answer = rotation.run(0, &["--alg", algorithm]);
        assert_eq!(answer["keys"][0]["alg"], algorithm);
        let parsed: Algorithm = algorithm.parse().unwrap();
        let pem = rotation
            .home
            .read(answer["keys"][0]["file"].as_str().unwrap());
        let key =
            SigningKey::from_document(pem.as_bytes(), &Selection::from(parsed), None).unwrap();
        assert!(rotation.verifies(&key), "{algorithm}");
        assert_eq!(rotation.run(0, &[])["keys"][1]["alg"], algorithm);
    }
}

#[test]
fn spans_have_a_limit() {
    let rotation = Rotation::new();
    for flags in [
        ["--overlap", "5000d"],
        ["--publish-ahead", "soon"],
        ["--every", "1w"],
    ] {
        rotation
            .call(0)
            .args(flags)
            .code(2)
            .stderr_has(flags[0])
            .check();
    }
    assert_eq!(rotation.home.names(), [""; 0]);
}
