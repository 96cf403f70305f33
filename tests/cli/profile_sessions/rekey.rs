//! `authctl profile rekey`.

use authctl::core::store::{FileKey, FileStore, Key, TokenStore as _};

use super::json;
use crate::harness::{Home, OTHER_KEY, STORE_KEY};
use crate::observed::{kept, observed};

#[test]
fn rekey_puts_all_records_under_the_new_key_and_says_what_to_set() {
    let server = observed();
    let home = Home::new().with("NEW", OTHER_KEY);
    home.sign_in(server.issuer());
    home.sign_in_as("work", server.issuer());
    home.authctl(["token", "--client", "--client-id", "service"])
        .args(["--issuer", server.issuer()])
        .env("AUTHCTL_CLIENT_SECRET", "service-secret")
        .run()
        .succeeds();
    let rekey = || home.authctl(["profile", "rekey", "--new-key", "env:NEW"]);
    let answer = json(&rekey().arg("--json").run().succeeds());
    assert_eq!(answer["profiles"], serde_json::json!(["default", "work"]));
    assert_eq!(answer["client_tokens"], 1);
    assert_eq!(
        answer["next"],
        serde_json::json!(["set AUTHCTL_STORE_KEY to what was given as new"])
    );
    for profile in ["default", "work"] {
        let error = home
            .authctl(["token", "--json", "-p", profile])
            .run()
            .fails_json(7);
        assert_eq!(error["error"], "store_wrong_key");
        home.authctl(["token", "-p", profile])
            .env("AUTHCTL_STORE_KEY", OTHER_KEY)
            .run()
            .succeeds();
    }
    // The same command goes on where it was interrupted; here nothing is left.
    let text = rekey().run().succeeds();
    assert!(
        text.contains("under the new key already: default, work"),
        "{text}"
    );
}

#[test]
fn rekey_names_the_profiles_that_refer_to_the_old_key() {
    let server = observed();
    let home = Home::new()
        .without("AUTHCTL_STORE_KEY")
        .with("OLD", "correct horse")
        .with("NEW", "battery staple");
    for profile in ["default", "work"] {
        home.authctl(["profile", "set", profile, "store_passphrase", "env:OLD"])
            .run()
            .succeeds();
        home.sign_in_as(profile, server.issuer());
    }
    let answer = home
        .authctl(["profile", "rekey", "--json"])
        .args(["--new-passphrase", "env:NEW"])
        .run()
        .succeeds();
    let next = json(&answer)["next"].clone();
    let steps: Vec<&str> = next
        .as_array()
        .expect("steps")
        .iter()
        .map(|step| step.as_str().expect("a text"))
        .collect();
    assert_eq!(
        steps,
        [
            "authctl profile set default store_passphrase env:NEW",
            "authctl profile set work store_passphrase env:NEW",
        ]
    );
    for step in steps {
        home.authctl(step.split(' ').skip(1)).run().succeeds();
    }
    for profile in ["default", "work"] {
        home.authctl(["token", "-p", profile]).run().succeeds();
    }
}

/// The others keep the old key, which must not go with the variable.
#[test]
fn rekey_of_one_profile_leaves_the_others_theirs() {
    let server = observed();
    let home = Home::new().with("OLD", STORE_KEY).with("NEW", OTHER_KEY);
    home.sign_in(server.issuer());
    home.sign_in_as("work", server.issuer());
    let answer = home
        .authctl(["profile", "rekey", "--json", "--new-key", "env:NEW", "work"])
        .run()
        .succeeds();
    assert_eq!(
        json(&answer)["next"],
        serde_json::json!([
            "authctl profile set work store_key env:NEW",
            "unset AUTHCTL_STORE_KEY, which wins over profiles, and refer to the old key in those that keep it"
        ])
    );
    for (profile, key) in [("work", "env:NEW"), ("default", "env:OLD")] {
        home.authctl(["profile", "set", profile, "store_key", key])
            .run()
            .succeeds();
    }
    let home = home.without("AUTHCTL_STORE_KEY");
    for profile in ["default", "work"] {
        home.authctl(["token", "-p", profile]).run().succeeds();
    }
}

/// Checked before the first record is written.
#[test]
fn rekey_refuses_a_session_under_neither_key_and_changes_nothing() {
    let server = observed();
    let home = Home::new().with("NEW", "battery staple");
    home.sign_in(server.issuer());
    home.sign_in_as("aaa", server.issuer());
    let other = FileStore::new(
        home.sessions(),
        FileKey::parse(OTHER_KEY.as_bytes()).expect("a key"),
    )
    .expect("a store");
    let record = kept(&home, "default").expect("a session");
    other.save(&Key::session("zzz"), &record).expect("to save");
    let rekey = |arguments: &[&str]| {
        home.authctl(["profile", "rekey", "--json"])
            .args(["--new-passphrase", "env:NEW"])
            .args(arguments)
            .run()
    };
    let error = rekey(&[]).fails_json(7);
    assert_eq!(error["error"], "store_wrong_key");
    let message = error["message"].as_str().expect("a message");
    assert!(
        message.contains("`zzz` opens with neither key"),
        "{message}"
    );
    assert!(kept(&home, "aaa").is_some() && kept(&home, "default").is_some());
    // Named, the others can be put under the new key.
    let answer = json(&rekey(&["aaa", "default"]).succeeds());
    assert_eq!(answer["profiles"], serde_json::json!(["aaa", "default"]));
    let error = rekey(&["nobody"]).fails_json(4);
    assert_eq!(error["error"], "no_session");
}

#[test]
fn rekey_needs_one_new_key_and_the_old_one() {
    let home = Home::new();
    for arguments in [
        &[][..],
        &["--new-key", "env:A", "--new-passphrase", "env:B"],
        &["--new-key", "hunter2"],
    ] {
        let error = home
            .authctl(["profile", "rekey", "--json"])
            .args(arguments)
            .run()
            .fails_json(2);
        assert!(!error.to_string().contains("hunter2"), "{error}");
    }
    let error = home
        .authctl(["profile", "rekey", "--json", "--new-key-file", "absent"])
        .env_remove("AUTHCTL_STORE_KEY")
        .run()
        .fails_json(7);
    assert_eq!(error["error"], "store_key_missing");
}
