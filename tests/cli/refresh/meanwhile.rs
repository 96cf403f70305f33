//! Someone who does not share the lock stores something while the server is
//! asked.

use std::sync::Arc;

use authctl::core::secret::Secret;
use authctl::core::time::Timestamp;

use super::refresh_token;
use crate::fake::{Answer, Fake, bearer, json, metadata};
use crate::harness::Home;
use crate::observed::{change_kept, expire};

/// A server and a home signed in there; while the server answers the refresh,
/// someone who does not share the lock stores these tokens.
fn raced(theirs: [&'static str; 2], ours: fn() -> Answer) -> (Fake, Arc<Home>) {
    let home = Arc::new(Home::new());
    let shared = Arc::clone(&home);
    let server = Fake::new(move |request| match request.what.as_str() {
        "POST /token" if request.body.contains("refresh_token=rt-0") => {
            change_kept(&shared, "default", |record| {
                record.refresh_token = Some(Secret::new(theirs[1]));
                let token = record.tokens.last_mut().expect("a token");
                token.access_token = Secret::new(theirs[0]);
                token.expires_at = token.expires_at.map(|at| Timestamp(at.0 + 3_600));
            });
            ours()
        }
        "POST /token" => bearer("at-0", "rt-0"),
        _ => metadata(&request.host),
    });
    home.sign_in_at(&server);
    expire(&home, "default");
    (server, home)
}

/// S6: someone who does not share the lock has rotated: the store is read
/// again, what is there is used, and the newer token is never deleted.
#[test]
fn s6_the_loser_of_a_rotation_uses_what_the_winner_stored() {
    let refusal = || json(400, r#"{"error":"invalid_grant"}"#);
    let (_server, home) = raced(["at-1", "rt-1"], refusal);
    assert_eq!(home.authctl(["token"]).run().succeeds(), "at-1");
    assert_eq!(refresh_token(&home), "rt-1");
}

/// S6: what someone who does not share the lock stored while our answer was on
/// its way is not overwritten.
#[test]
fn s6_a_record_that_was_changed_in_the_meantime_stays() {
    let (_server, home) = raced(["at-theirs", "rt-theirs"], || bearer("at-ours", "rt-ours"));
    assert_eq!(home.authctl(["token"]).run().succeeds(), "at-theirs");
    assert_eq!(refresh_token(&home), "rt-theirs");
}
