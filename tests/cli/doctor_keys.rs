//! `authctl doctor` of a server's keys, and of the algorithms that it signs by.

use serde_json::{Value, json as object};

use crate::doctor::Report;
use crate::doctor_server::{EC_KEY, odd, with_metadata};
use crate::fake::json;
use crate::harness::{Call, Home};

fn doctor(home: &Home, issuer: &str) -> Call {
    home.authctl(["doctor", "--timeout", "20s", "--issuer", issuer])
}

#[test]
fn keys_with_a_fault_are_named() {
    let home = Home::new();
    let set = |keys: Value| {
        let set = object!({ "keys": keys }).to_string();
        odd("GET /jwks", move || json(200, &set))
    };
    let good: Value = EC_KEY.parse().unwrap();
    let weak = object!({"kty": "RSA", "kid": "weak", "use": "sig", "e": "AQAB",
        "n": format!("v{}", "A".repeat(170))});
    let server = set(object!([good, weak]));
    let report = Report::of(doctor(&home, &server.issuer()), 0);
    let check = report.is("jwks", "warn");
    assert_eq!((&check["keys"], &check["usable"]), (&2.into(), &1.into()));
    assert_eq!(check["problems"][0]["code"], "key_weak", "{check}");
    report.says("jwks", "message", "`weak`");

    // The server was reached: its answer is what is wrong.
    let server = set(object!([weak]));
    let report = Report::of(doctor(&home, &server.issuer()), 5);
    report.fails("jwks", "no_usable_key");
    let server = set(object!([]));
    let report = Report::of(doctor(&home, &server.issuer()), 5);
    report.fails("jwks", "no_usable_key");
    report.is("algorithms", "skip");

    let server = odd("GET /jwks", || json(200, "<html>"));
    let report = Report::of(doctor(&home, &server.issuer()), 6);
    report.fails("jwks", "senseless_answer");
}

/// A server that gives no ID Tokens may sign nothing.
#[test]
fn an_empty_key_set_is_a_warning_of_a_server_of_oauth_alone() {
    let home = Home::new();
    let server = |keys: Value, scopes: Value| {
        let set = object!({ "keys": keys }).to_string();
        with_metadata(
            move |_, document| {
                let document = document.as_object_mut().unwrap();
                document.remove("id_token_signing_alg_values_supported");
                document.insert("scopes_supported".into(), scopes.clone());
            },
            move |request| (request.what == "GET /jwks").then(|| json(200, &set)),
        )
    };
    let quiet = server(object!([]), object!(["read"]));
    let report = Report::of(doctor(&home, &quiet.issuer()), 0);
    report.is("jwks", "warn");
    report.says("jwks", "fix", "authctl introspect");
    report.is("algorithms", "skip");

    let openid = server(object!([]), object!(["openid", "read"]));
    let report = Report::of(doctor(&home, &openid.issuer()), 5);
    report.fails("jwks", "no_usable_key");

    // A key that is there and not fit is a fault whoever publishes it.
    let unfit = server(object!([{"kty": "EC", "crv": "P-256"}]), object!(["read"]));
    let report = Report::of(doctor(&home, &unfit.issuer()), 5);
    report.fails("jwks", "no_usable_key");
}

#[test]
fn a_server_without_keys_or_with_others_than_it_says_is_a_warning() {
    let home = Home::new();
    let server = with_metadata(
        |_, document| {
            document.as_object_mut().unwrap().remove("jwks_uri");
        },
        |_| None,
    );
    let report = Report::of(doctor(&home, &server.issuer()), 0);
    report.is("jwks", "warn");
    report.says("jwks", "fix", "--jwks-uri");
    report.is("algorithms", "skip");

    let server = with_metadata(
        |_, document| {
            document["id_token_signing_alg_values_supported"] = object!(["RS256", "none", "HS256"]);
        },
        |_| None,
    );
    let report = Report::of(doctor(&home, &server.issuer()), 0);
    report.is("algorithms", "warn");
}

/// `none` has no key, and HMAC's is the client's own secret: what counts is
/// what a sign-in makes of them, whether or not there are keys for others.
#[test]
fn algorithms_without_a_key_to_publish_are_judged_as_a_sign_in_does() {
    let home = Home::new();
    let long = "0123456789abcdef0123456789abcdef";
    let short = &long[1..];
    let macs = object!(["HS256", "none"]);
    for (names, secret, result, part) in [
        (&object!(["none"]), Some(long), "warn", "a sign-in refuses"),
        (&macs, None, "warn", "and none is configured"),
        (&macs, Some(short), "warn", "31 octets"),
        (&macs, Some(long), "ok", "is the client's secret"),
    ] {
        for (keys, jwks) in [(object!([]), "warn"), (object!([key()]), "ok")] {
            let set = object!({ "keys": keys }).to_string();
            let names = names.clone();
            let server = with_metadata(
                move |_, document| {
                    document["id_token_signing_alg_values_supported"] = names.clone();
                },
                move |request| (request.what == "GET /jwks").then(|| json(200, &set)),
            );
            let mut call = doctor(&home, &server.issuer());
            if let Some(secret) = secret {
                call = call.env("AUTHCTL_CLIENT_SECRET", secret);
            }
            let report = Report::of(call, 0);
            report.is("jwks", jwks);
            report.is("algorithms", result);
            report.says("algorithms", "message", part);
        }
    }
}

fn key() -> Value {
    EC_KEY.parse().expect("JSON")
}
