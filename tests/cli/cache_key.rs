//! A cached token is given out for what it was asked for with, and for
//! nothing else. The server here writes into each token what it was asked for
//! with, so that every answer shows whether it is the right one.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use crate::fake::{Fake, Seen, json as answer};
use crate::harness::{Call, Home};

/// What a token request asks for: all fields but those that prove who asks.
fn asked(request: &Seen) -> BTreeMap<String, Vec<String>> {
    let mut fields: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (name, value) in url::form_urlencoded::parse(request.body.as_bytes()) {
        if !matches!(
            &*name,
            "client_secret" | "refresh_token" | "grant_type" | "password"
        ) {
            fields.entry(name.into()).or_default().push(value.into());
        }
    }
    fields.insert("host".into(), vec![request.host.clone()]);
    fields
}

/// Starts a server whose tokens say what they were asked for with, and the
/// how manieth of their like they are.
fn telling() -> Fake {
    let issued = std::sync::Mutex::new(BTreeMap::<String, u32>::new());
    Fake::new(move |request| {
        let issuer = format!("http://{}", request.host);
        if request.what != "POST /token" {
            let metadata = json!({
                "issuer": issuer,
                "token_endpoint": format!("{issuer}/token"),
                "grant_types_supported": ["password", "refresh_token"],
            });
            return answer(200, &metadata.to_string());
        }
        let what = json!(asked(request)).to_string();
        let mut issued = issued.lock().expect("the counts");
        let count = issued.entry(what.clone()).or_default();
        *count += 1;
        let what = format!("{count} {what}");
        let token = json!({
            "access_token": BASE64_URL_SAFE_NO_PAD.encode(what),
            "token_type": "Bearer",
            "expires_in": 3_600,
            "refresh_token": "r",
        });
        answer(200, &token.to_string())
    })
}

/// Makes the call; returns where the token came from, the how manieth it is
/// and what it was asked for with.
fn told(call: Call) -> (String, String, BTreeMap<String, Vec<String>>) {
    let answer: Value = serde_json::from_str(&call.run().succeeds()).expect("JSON");
    let token = answer["access_token"].as_str().expect("a token");
    let text = BASE64_URL_SAFE_NO_PAD.decode(token).expect("base64url");
    let text = String::from_utf8(text).expect("a text");
    let (count, what) = text.split_once(' ').expect("two parts");
    let source = answer["source"].as_str().expect("a source");
    let what = serde_json::from_str(what).expect("JSON");
    (source.to_owned(), count.to_owned(), what)
}

/// Ways to ask for a token, each of which wants another one, by name; and how
/// the same is asked for otherwise.
const WAYS: [(&[&str], &[&str]); 19] = [
    (&[], &[]),
    (&["--scope", "a"], &["--scope", "a,a"]),
    (&["--scope", "b"], &["--scope", "b b"]),
    (
        &["--scope", "a b"],
        &["--scope", "b", "--scope", "a", "--scope", "b"],
    ),
    (&["--scope", "A"], &["--scope", "A"]),
    (&["--scope", "ab"], &["--scope", "ab"]),
    (&["--audience", "a"], &["--audience=a"]),
    (&["--audience", "a "], &["--audience", "a "]),
    (&["--audience", "A"], &["--audience", "A"]),
    (
        &["--audience", "a", "--scope", "a"],
        &["--scope", "a", "--audience", "a"],
    ),
    (
        &["--resource", "https://a.example"],
        &[
            "--resource",
            "https://a.example",
            "--resource",
            "https://a.example",
        ],
    ),
    (
        &["--resource", "https://a.example/x"],
        &["--resource", "https://a.example/x"],
    ),
    (
        &[
            "--resource",
            "https://a.example/x",
            "--resource",
            "https://b.example",
        ],
        &[
            "--resource",
            "https://b.example",
            "--resource",
            "https://a.example/x",
        ],
    ),
    (
        &["--audience", "https://a.example"],
        &["--audience", "https://a.example"],
    ),
    (&["--param", "tenant=a"], &["--param", "tenant=a"]),
    (&["--param", "tenant=b"], &["--param", "tenant=b"]),
    (&["--param", "Tenant=a"], &["--param", "Tenant=a"]),
    (
        &["--param", "tenant=a", "--param", "x=1"],
        &["--param", "tenant=a", "--param", "x=1"],
    ),
    (&["--param", "tenant=ax=1"], &["--param", "tenant=ax=1"]),
];

/// Asks for each in turn, three times over: first they are all asked for, then
/// they all come from the cache, each its own.
fn each_way_has_a_token_of_its_own<'a>(calls: impl Fn(&[&'a str]) -> Vec<Call>) {
    let mut first = Vec::new();
    for (way, _) in WAYS {
        for call in calls(way) {
            let (source, count, what) = told(call);
            assert_ne!(source, "cache", "{way:?}");
            assert_eq!(count, "1", "{way:?}");
            assert!(!first.contains(&what), "{way:?}: {what:?}");
            first.push(what);
        }
    }
    for again in [|way: usize| WAYS[way].0, |way: usize| WAYS[way].1] {
        let mut first = first.iter();
        for way in 0..WAYS.len() {
            for call in calls(again(way)) {
                let (source, count, what) = told(call);
                assert_eq!(source, "cache", "{:?}", again(way));
                assert_eq!(count, "1");
                assert_eq!(Some(&what), first.next(), "{:?}", again(way));
            }
        }
    }
}

/// Two servers, and two clients of each.
#[test]
fn a_client_s_token_is_for_its_server_client_scope_audience_resource_and_parameters() {
    let servers = [telling(), telling()];
    let home = Home::new();
    each_way_has_a_token_of_its_own(|way| {
        let mut calls = Vec::new();
        for server in &servers {
            for client in ["c", "C"] {
                calls.push(
                    home.authctl(["token", "--client", "--json"])
                        .args(["--token-endpoint", &server.url("/token")])
                        .args(["--client-id", client])
                        .args(["--auth-method", "client_secret_post"])
                        .args(way)
                        .env("AUTHCTL_CLIENT_SECRET", "s"),
                );
            }
        }
        calls
    });
    let requests: usize = servers.iter().map(|server| server.seen().len()).sum();
    assert_eq!(requests, WAYS.len() * 4);
}

/// The same issuer written in two ways is two servers: nothing is guessed.
#[test]
fn an_issuer_is_one_exact_text() {
    let server = telling();
    let home = Home::new();
    let ask = |base: &str| {
        told(
            home.authctl(["token", "--client", "--json", "--client-id", "c"])
                .args(["--token-endpoint", &format!("{base}/token")])
                .env("AUTHCTL_CLIENT_SECRET", "s"),
        )
    };
    let port = server.issuer();
    let port = port.rsplit_once(':').expect("a port").1;
    assert_eq!(ask(&server.issuer()).0, "request");
    assert_eq!(ask(&format!("http://localhost:{port}")).0, "request");
    assert_eq!(ask(&server.issuer()).0, "cache");
}

/// Two people at one server: the tokens that are added to a session stay its
/// own, and each is for what it was asked for with.
#[test]
fn a_session_s_further_tokens_are_for_their_account_scope_audience_and_resource() {
    let server = telling();
    let home = Home::new();
    for account in ["alice", "bob"] {
        home.authctl(["login", "-q", "-p", account, "--issuer", &server.issuer()])
            .args(["--client-id", "c", "--username", account])
            .args(["--scope", "sign-in"])
            .env("AUTHCTL_PASSWORD", "p")
            .run()
            .succeeds();
    }
    // The sign-in's own is there already, and each account's says who it is
    // for.
    let own = |account: &str| told(home.authctl(["token", "--json", "-p", account]));
    for account in ["alice", "bob"] {
        let (source, _, what) = own(account);
        assert_eq!(source, "cache");
        assert_eq!(what["username"], [account]);
    }
    for account in ["alice", "bob"] {
        let ask = |way: &[&str]| told(home.authctl(["token", "--json", "-p", account]).args(way));
        let ways: Vec<_> = WAYS
            .iter()
            // The sign-in's own is cached from the start.
            .filter(|(way, _)| !way.is_empty())
            .collect();
        let mut seen = Vec::new();
        for (way, _) in &ways {
            let (source, _, what) = ask(way);
            assert_eq!(source, "refresh", "{way:?}");
            assert!(!seen.contains(&what), "{way:?}: {what:?}");
            seen.push(what);
        }
        for ((way, same), first) in ways.iter().zip(&seen) {
            for way in [way, same] {
                let (source, _, what) = ask(way);
                assert_eq!((source.as_str(), &what), ("cache", first), "{way:?}");
            }
        }
        // And after all that the sign-in's is still there.
        assert_eq!(own(account).2["username"], [account]);
    }
}

/// Each field of the request is what was asked for: what the tokens tell is
/// not made up here.
#[test]
fn what_a_token_tells_is_what_was_typed() {
    let server = telling();
    let home = Home::new();
    let (_, _, what) = told(
        home.authctl(["token", "--client", "--json", "--client-id", "c"])
            .args(["--token-endpoint", &server.url("/token")])
            .args(["--auth-method", "client_secret_post"])
            .args(["--scope", "b a", "--audience", "x", "--param", "t=1"])
            .args(["--resource", "https://r.example/1"])
            .args(["--resource", "https://r.example/2"])
            .env("AUTHCTL_CLIENT_SECRET", "s"),
    );
    let expected: BTreeMap<String, Vec<String>> = [
        ("audience", vec!["x"]),
        ("client_id", vec!["c"]),
        (
            "resource",
            vec!["https://r.example/1", "https://r.example/2"],
        ),
        ("scope", vec!["b a"]),
        ("t", vec!["1"]),
    ]
    .into_iter()
    .map(|(name, values)| {
        let values = values.into_iter().map(ToOwned::to_owned).collect();
        (name.to_owned(), values)
    })
    .chain([(
        "host".to_owned(),
        vec![server.issuer().trim_start_matches("http://").to_owned()],
    )])
    .collect();
    assert_eq!(what, expected);
}
