//! Refresh answers with something wrong in them, from a server that rotates
//! refresh tokens and ends the session when a spent one comes again (RFC 9700
//! section 4.14.2): none of them may cost the session.

use std::sync::Mutex;

use serde_json::{Value, json};

use crate::fake::{self, Fake};
use crate::harness::Home;
use crate::observed::{change_kept, kept};

use authctl::core::secret::Secret;

/// The server's side of one session.
struct Family {
    rotated: usize,
    is_alive: bool,
}

/// Starts a server whose first refresh answer is changed by `spoil`.
fn rotating(status: u16, spoil: impl Fn(&mut Value) + Send + Sync + 'static) -> Fake {
    answering(status, move |mut answer| {
        spoil(&mut answer);
        answer.to_string()
    })
}

/// Starts a server whose first refresh answer is written by `text`.
fn answering(status: u16, text: impl Fn(Value) -> String + Send + Sync + 'static) -> Fake {
    let family = Mutex::new(Family {
        rotated: 0,
        is_alive: true,
    });
    Fake::new(move |request| match request.what.as_str() {
        "POST /token" => {
            let mut family = family.lock().expect("the family");
            if request.body.contains("grant_type=refresh_token") {
                let due = format!("refresh_token=rt-{}", family.rotated);
                family.is_alive &= request.body.split('&').any(|field| field == due);
                if !family.is_alive {
                    return fake::json(400, r#"{"error":"invalid_grant"}"#);
                }
                family.rotated += 1;
            }
            let answer = json!({
                "access_token": format!("at-{}", family.rotated),
                "token_type": "Bearer",
                "expires_in": 3600,
                "refresh_token": format!("rt-{}", family.rotated),
            });
            if family.rotated == 1 {
                return fake::json(status, &text(answer));
            }
            fake::json(200, &answer.to_string())
        }
        what if what.starts_with("GET /.well-known/") => fake::metadata(&request.host),
        _ => fake::json(404, "{}"),
    })
}

fn signed_in(server: &Fake) -> Home {
    let home = Home::new();
    home.sign_in_at(server);
    home
}

const KEPT: &str = "the session is kept, with the new refresh token";

#[test]
fn a_refused_answer_costs_no_session() {
    for (member, value, exit, code) in [
        ("expires_in", json!(-5), 6, "senseless_answer"),
        ("expires_in", json!(null), 6, "senseless_answer"),
        ("expires_in", json!(1e99), 6, "senseless_answer"),
        ("token_type", json!(7), 6, "senseless_answer"),
        ("token_type", json!(null), 6, "senseless_answer"),
        ("token_type", json!("DPoP"), 5, "not_supported"),
        ("scope", json!(["a"]), 6, "senseless_answer"),
        ("id_token", json!(null), 6, "senseless_answer"),
        ("access_token", json!(""), 6, "senseless_answer"),
        ("access_token", json!("at\u{7}"), 6, "senseless_answer"),
    ] {
        let what = format!("{member} {value}");
        let server = rotating(200, move |answer| answer[member] = value.clone());
        let home = signed_in(&server);
        let error = home.authctl(["refresh", "--json"]).run().fails_json(exit);
        assert_eq!(error["error"], code, "{what}");
        let message = error["message"].as_str().expect("a message");
        assert!(message.contains(KEPT), "{what}: {message}");
        assert!(!error.to_string().contains("rt-1"), "{what}: {error}");
        home.authctl(["refresh"]).run().succeeds();
        let record = kept(&home, "default").expect("a session");
        let refresh_token = record.refresh_token.as_ref().expect("a token");
        assert_eq!(refresh_token.expose(), "rt-2", "{what}");
        assert_eq!(home.authctl(["token"]).run().succeeds(), "at-2", "{what}");
    }
}

/// JSON that no parser takes as a whole: the refresh token in it can be read.
#[test]
fn an_answer_that_is_not_whole_costs_no_session() {
    let deep = format!("{}{}", "[".repeat(200), "]".repeat(200));
    for odd in [
        r#","expires_in":1e400}"#,
        &format!(r#","expires_in":{}}}"#, "9".repeat(400)),
        r#","x":1,"x":2}"#,
        r#","x":"\ud800"}"#,
        &format!(r#","x":{deep}}}"#),
        r#","sco"#,
        "} and more",
    ] {
        let end = odd.to_owned();
        let server = answering(200, move |answer| {
            let text = answer.to_string();
            text.trim_end_matches('}').to_owned() + &end
        });
        let home = signed_in(&server);
        let error = home.authctl(["refresh", "--json"]).run().fails_json(6);
        assert_eq!(error["error"], "senseless_answer", "{odd}");
        let message = error["message"].as_str().expect("a message");
        assert!(message.contains(KEPT), "{odd}: {message}");
        home.authctl(["refresh"]).run().succeeds();
        assert_eq!(home.authctl(["token"]).run().succeeds(), "at-2", "{odd}");
    }
}

/// Another status of success is refused (RFC 6749 section 5.1 has 200 alone),
/// but the server has rotated.
#[test]
fn another_status_of_success_costs_no_session() {
    let server = rotating(201, |_| {});
    let home = signed_in(&server);
    let stderr = home.authctl(["refresh"]).run().fails(6);
    assert!(stderr.contains(KEPT), "{stderr}");
    home.authctl(["refresh"]).run().succeeds();
}

#[test]
fn an_odd_lifetime_is_used_and_said() {
    for value in [
        json!(3600.5),
        json!("3600 "),
        json!(99_999_999_999_999_u64),
        json!(i64::MAX),
        json!("soon"),
    ] {
        let what = value.to_string();
        let server = rotating(200, move |answer| answer["expires_in"] = value.clone());
        let home = signed_in(&server);
        let done = home.authctl(["refresh"]).run().code_is(0);
        let stderr = done.stderr();
        assert!(
            stderr.starts_with("note: the server's `expires_in` is "),
            "{what}: {stderr}"
        );
        assert_eq!(home.authctl(["token"]).run().succeeds(), "at-1", "{what}");
        home.authctl(["refresh"]).run().succeeds();
    }
}

/// An OAuth error issues nothing, whatever stands beside it.
#[test]
fn an_error_in_a_200_leaves_the_refresh_token() {
    let server = rotating(200, |answer| answer["error"] = json!("invalid_scope"));
    let home = signed_in(&server);
    let error = home.authctl(["refresh", "--json"]).run().fails_json(5);
    assert!(!error.to_string().contains(KEPT), "{error}");
    let record = kept(&home, "default").expect("a session");
    assert_eq!(record.refresh_token.expect("a token").expose(), "rt-0");
    assert!(record.renewal.is_none());
}

/// What the store refuses for its size costs the access token alone.
#[test]
fn an_answer_too_large_for_the_store_costs_no_session() {
    let server = rotating(200, |answer| {
        answer["access_token"] = json!("a".repeat(600 * 1024));
    });
    let home = signed_in(&server);
    change_kept(&home, "default", |record| {
        let mut large = record.tokens[0].clone();
        large.access_token = Secret::new("b".repeat(600 * 1024));
        large.audience = Some("elsewhere".into());
        record.put_token(large);
    });
    let stderr = home.authctl(["refresh"]).run().fails(7);
    assert!(
        stderr.starts_with("note: the session is kept, with its new refresh token"),
        "{stderr}"
    );
    assert!(
        stderr.contains("hint: ask the server for smaller tokens"),
        "{stderr}"
    );
    let record = kept(&home, "default").expect("a session");
    assert_eq!(
        record.refresh_token.as_ref().expect("a token").expose(),
        "rt-1"
    );
    assert_eq!(record.sent_before(), None);
    home.authctl(["refresh"]).run().succeeds();
    assert_eq!(home.authctl(["token"]).run().succeeds(), "at-2");
}
