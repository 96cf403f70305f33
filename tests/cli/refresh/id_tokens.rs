//! ID Tokens that come with a renewal.

use super::refresh_token;
use crate::fake::{Fake, json};
use crate::harness::Home;
use crate::observed::{Observed, expire, kept, observed};

/// A server between, whose token endpoint gives these answers.
fn signed_in_between(real: &Observed, answers: impl IntoIterator<Item = String>) -> (Fake, Home) {
    let home = Home::new();
    let between = Fake::tokens(answers.into_iter().map(|answer| json(200, &answer)));
    home.authctl(["login", "-q", "--issuer", real.issuer()])
        .args(["--client-id", "authctl", "--username", "alice"])
        .args(["--token-endpoint", &between.url("/token")])
        .env("AUTHCTL_PASSWORD", "wonderland")
        .run()
        .succeeds();
    (between, home)
}

/// A person's access token and ID Token, which fit each other.
fn issued(server: &Observed, user: &str, password: &str) -> (String, String) {
    let home = Home::new();
    home.authctl(["login", "-q", "--issuer", server.issuer()])
        .args(["--client-id", "authctl", "--username", user])
        .env("AUTHCTL_PASSWORD", password)
        .run()
        .succeeds();
    let record = kept(&home, "default").expect("a session");
    let id_token = record.id_token.expect("an ID Token");
    (
        record.tokens[0].access_token.expose().to_owned(),
        id_token.expose().to_owned(),
    )
}

fn answer(access_token: &str, refresh_token: &str, id_token: Option<&str>) -> String {
    let id_token = id_token.map_or_else(String::new, |token| format!(r#","id_token":"{token}""#));
    format!(
        r#"{{"access_token":"{access_token}","token_type":"Bearer","expires_in":3600,"refresh_token":"{refresh_token}"{id_token}}}"#
    )
}

/// Of an answer whose ID Token is not good nothing is given out; its refresh
/// token is kept, since the server has spent the other one, and serves again
/// once a good ID Token comes with it.
#[test]
fn a_refused_id_token_costs_no_session() {
    let real = observed();
    let (access, id_token) = issued(&real, "alice", "wonderland");
    let forged = format!("{}A", &id_token[..id_token.len() - 1]);
    let forged = match forged == id_token {
        true => format!("{}Q", &id_token[..id_token.len() - 1]),
        false => forged,
    };
    let (between, home) = signed_in_between(
        &real,
        [
            answer(&access, "rt-0", Some(&id_token)),
            answer("at-1", "rt-1", Some(&forged)),
            answer("at-2", "rt-2", None),
            answer(&access, "rt-3", Some(&id_token)),
        ],
    );
    let error = home.authctl(["refresh", "--json"]).run().fails_json(5);
    assert_eq!(error["error"], "id_token", "{error}");
    assert_eq!(refresh_token(&home), "rt-1");
    // What lived before lives on; nothing of the refused answer does.
    assert_eq!(home.authctl(["token"]).run().succeeds(), access);
    expire(&home, "default");
    let error = home.authctl(["token", "--json"]).run().fails_json(5);
    assert_eq!(error["error"], "session_in_doubt", "{error}");
    assert_eq!(refresh_token(&home), "rt-2");
    assert_eq!(home.authctl(["token"]).run().succeeds(), access);
    let record = kept(&home, "default").expect("a session");
    assert!(record.renewal.is_none());
    assert_eq!(refresh_token(&home), "rt-3");
    assert_eq!(record.id_token.expect("one").expose(), id_token);
    let sent: Vec<String> = between.seen().into_iter().map(|seen| seen.body).collect();
    for (n, body) in sent.iter().skip(1).enumerate() {
        assert!(body.contains(&format!("refresh_token=rt-{n}")), "{body}");
    }
}

/// J45, OIDC Core section 12.2: an answer for another person is none of this
/// session's, refresh token and all.
#[test]
fn j45_nothing_of_another_persons_answer_is_kept() {
    let real = observed();
    let alice = issued(&real, "alice", "wonderland");
    let bob = issued(&real, "bob", "builder");
    let (_between, home) = signed_in_between(
        &real,
        [
            answer(&alice.0, "rt-alice", Some(&alice.1)),
            answer(&bob.0, "rt-bob", Some(&bob.1)),
        ],
    );
    let before = kept(&home, "default").expect("a session").to_json();
    let error = home.authctl(["refresh", "--json"]).run().fails_json(5);
    assert_eq!(error["error"], "id_token", "{error}");
    let after = kept(&home, "default").expect("a session").to_json();
    assert_eq!(before, after, "the session is as it was");
    assert_eq!(home.authctl(["token"]).run().succeeds(), alice.0);
}
