//! Sessions of profiles: moved to another store, put under another key,
//! exported and imported.

mod archive;
mod move_store;
mod rekey;

use serde_json::Value;

use crate::harness::{Home, OTHER_KEY};
use crate::observed::{expire, observed};

fn json(text: &str) -> Value {
    serde_json::from_str(text).expect("JSON")
}

/// A session knows its server: it can be used and renewed after its profile
/// was removed.
#[test]
fn a_session_whose_profile_was_removed_is_still_used() {
    let server = observed();
    let home = Home::new();
    home.sign_in(server.issuer());
    home.authctl(["profile", "remove", "default"])
        .run()
        .succeeds_saying();
    home.authctl(["refresh"]).run().succeeds();
    home.authctl(["refresh", "--all"]).run().succeeds();
    expire(&home, "default");
    home.authctl(["token"]).run().succeeds();
    let claims = home.authctl(["whoami", "--json"]).run().succeeds();
    assert_eq!(json(&claims)["sub"], "alice");
    // A client's own token is of no session.
    home.authctl(["token", "--client"]).run().fails(2);
}

/// A cache under a key that is gone is a way around, and it is named.
#[test]
fn a_clients_cache_under_another_key_names_the_way_around_it() {
    let server = observed();
    let home = Home::new();
    let token = || {
        home.authctl(["token", "--client", "--client-id", "service", "--json"])
            .args(["--issuer", server.issuer()])
            .env("AUTHCTL_CLIENT_SECRET", "service-secret")
    };
    token().run().succeeds();
    let error = token()
        .env("AUTHCTL_STORE_KEY", OTHER_KEY)
        .run()
        .fails_json(7);
    assert_eq!(error["error"], "store_wrong_key");
    let hint = error["hint"].as_str().expect("a hint");
    assert!(hint.contains("`--no-cache`"), "{hint}");
    token()
        .env("AUTHCTL_STORE_KEY", OTHER_KEY)
        .arg("--no-cache")
        .run()
        .succeeds();
}
