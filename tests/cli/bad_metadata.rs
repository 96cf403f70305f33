//! Metadata that makes no sense, must not be trusted, or is not where it is
//! looked for first.

use serde_json::Value;

use crate::fake::{Answer, Fake, json, with_headers};
use crate::harness::Home;

fn discover(answer: impl Fn(&str) -> Answer + Send + Sync + 'static, exit: i32) -> Value {
    let server = Fake::new(move |request| answer(&request.host));
    let home = Home::new();
    let error = home
        .authctl(["discover", "--json", &server.issuer()])
        .run()
        .fails_json(exit);
    // C7: nothing of a refused document is kept.
    assert!(!home.path().join(".cache/authctl").exists(), "{error}");
    error
}

/// C7: the issuer must be the one asked for, octet by octet.
#[test]
fn c7_metadata_of_another_issuer_is_refused() {
    type Change = fn(&str) -> String;
    let changes: [Change; 4] = [
        |host| format!("http://{host}/"),
        |host| format!("HTTP://{host}"),
        |_| "https://evil.example".to_owned(),
        |host| format!("http://{host}/tenant"),
    ];
    for change in changes {
        let error = discover(
            move |host| {
                json(
                    200,
                    &format!(
                        r#"{{"issuer":"{}","token_endpoint":"http://{host}/token","max-age":1}}"#,
                        change(host)
                    ),
                )
            },
            5,
        );
        assert_eq!(error["error"], "issuer_mismatch", "{error}");
    }
}

/// C10: an endpoint over http beyond loopback.
#[test]
fn c10_metadata_with_an_http_endpoint_is_refused() {
    for member in [
        "token_endpoint",
        "jwks_uri",
        "revocation_endpoint",
        "userinfo_endpoint",
        "introspection_endpoint",
    ] {
        let error = discover(
            move |host| {
                json(
                    200,
                    &format!(r#"{{"issuer":"http://{host}","{member}":"http://evil.example/x"}}"#),
                )
            },
            5,
        );
        assert_eq!(error["error"], "insecure_endpoint", "{error}");
        let message = error["message"].as_str().expect("a message");
        assert!(message.contains(member), "{message}");
    }
}

#[test]
fn metadata_that_is_none_names_what_is_wrong() {
    let rows: [(&str, &str); 6] = [
        ("<html></html>", "HTML"),
        ("", "it is empty"),
        (r#"{"issuer":"#, "its JSON ends in the middle"),
        ("[]", "not a JSON object"),
        ("{}", "it has no member `issuer`"),
        (r#"{"issuer":5}"#, "its `issuer` is a number"),
    ];
    for (body, why) in rows {
        let error = discover(move |_| json(200, body), 6);
        assert_eq!(error["error"], "senseless_answer");
        let message = error["message"].as_str().expect("a message");
        assert!(message.contains(why), "{body}: {message}");
    }
    let error = discover(
        |host| {
            json(
                200,
                &format!(r#"{{"issuer":"http://{host}","grant_types_supported":"password"}}"#),
            )
        },
        6,
    );
    let message = error["message"].as_str().expect("a message");
    assert!(message.contains("`grant_types_supported`"), "{message}");
}

/// Documents may be asked for again.
#[test]
fn c15_metadata_is_asked_for_again() {
    let server = Fake::new({
        let first = std::sync::atomic::AtomicBool::new(true);
        move |request| {
            if first.swap(false, std::sync::atomic::Ordering::SeqCst) {
                Answer::Cut
            } else {
                json(200, &format!(r#"{{"issuer":"http://{}"}}"#, request.host))
            }
        }
    });
    Home::new()
        .authctl(["discover", "--json", &server.issuer()])
        .run()
        .succeeds();
    assert_eq!(server.seen().len(), 2);
}

/// RFC 8414 section 3.1: the well-known part stands between host and path.
#[test]
fn a_server_that_speaks_rfc_8414_only_is_found() {
    let server = Fake::new(|request| match request.what.as_str() {
        "GET /.well-known/oauth-authorization-server/tenant/1" => json(
            200,
            &format!(
                r#"{{"issuer":"http://{0}/tenant/1","token_endpoint":"http://{0}/t"}}"#,
                request.host
            ),
        ),
        "POST /t" => json(200, r#"{"access_token":"at","token_type":"Bearer"}"#),
        _ => with_headers(404, &[], "not here"),
    });
    let home = Home::new();
    let token = home
        .authctl(["token", "--client", "--client-id", "c", "--issuer"])
        .args([server.url("/tenant/1")])
        .env("AUTHCTL_CLIENT_SECRET", "s")
        .run()
        .succeeds();
    assert_eq!(token, "at");
}

/// OIDC Discovery section 4: the suffix of the issuer's path.
#[test]
fn a_server_that_speaks_openid_connect_only_is_found() {
    let server = Fake::new(|request| match request.what.as_str() {
        "GET /tenant/.well-known/openid-configuration" => json(
            200,
            &format!(
                r#"{{"issuer":"http://{0}/tenant","token_endpoint":"http://{0}/t"}}"#,
                request.host
            ),
        ),
        "POST /t" => json(200, r#"{"access_token":"at","token_type":"Bearer"}"#),
        _ => with_headers(404, &[], ""),
    });
    let token = Home::new()
        .authctl(["token", "--client", "--client-id", "c", "--issuer"])
        .args([server.url("/tenant")])
        .env("AUTHCTL_CLIENT_SECRET", "s")
        .run()
        .succeeds();
    assert_eq!(token, "at");
}
