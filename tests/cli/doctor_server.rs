//! `authctl doctor` of a server: the way to it, and what it says.

use std::time::{Duration, SystemTime};

use authctl::core::secret::SecretBytes;
use authctl::server::Tls;
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair, date_time_ymd};
use serde_json::{Value, json as object};

use crate::doctor::Report;
use crate::fake::{Answer, Fake, Seen, json, with_headers};
use crate::harness::{Call, Home};
use crate::observed::{Observed, observed, observed_with};

fn doctor(home: &Home, issuer: &str) -> Call {
    home.authctl(["doctor", "--timeout", "20s", "--issuer", issuer])
}

/// An authority of one's own, written to `ca.pem`, and a server by it.
fn tls_server(home: &Home, change: impl FnOnce(&mut CertificateParams)) -> Observed {
    let mut params = CertificateParams::new(Vec::new()).expect("parameters");
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let key = KeyPair::generate().expect("a key");
    let authority = params.self_signed(&key).expect("a certificate");
    home.write("ca.pem", authority.pem());
    let issuer = Issuer::new(params, key);
    let mut params = CertificateParams::new(vec!["127.0.0.1".into()]).expect("parameters");
    change(&mut params);
    let key = KeyPair::generate().expect("a key");
    let leaf = params.signed_by(&key, &issuer).expect("a certificate");
    observed_with(|options| {
        options.tls = Some(Tls {
            certificate: leaf.pem().into_bytes(),
            key: SecretBytes::new(key.serialize_pem()),
        });
    })
}

/// A server whose metadata is like this, in both forms unless `answer` says
/// otherwise.
pub fn with_metadata(
    change: impl Fn(&str, &mut Value) + Send + Sync + 'static,
    answer: impl Fn(&Seen) -> Option<Answer> + Send + Sync + 'static,
) -> Fake {
    Fake::new(move |request| {
        if let Some(answer) = answer(request) {
            return answer;
        }
        let base = format!("http://{}", request.host);
        match request.what.as_str() {
            what if what.starts_with("GET /.well-known/") => {
                let mut document = object!({
                    "issuer": base,
                    "token_endpoint": format!("{base}/token"),
                    "jwks_uri": format!("{base}/jwks"),
                    "id_token_signing_alg_values_supported": ["ES256"],
                    "token_endpoint_auth_methods_supported": ["client_secret_basic", "none"],
                });
                change(what, &mut document);
                json(200, &document.to_string())
            }
            "GET /jwks" => json(
                200,
                &object!({"keys": [EC_KEY.parse::<Value>().unwrap()]}).to_string(),
            ),
            "POST /token" => json(400, r#"{"error":"invalid_request"}"#),
            _ => json(404, "{}"),
        }
    })
}

/// RFC 7517 appendix A.1.
pub const EC_KEY: &str = r#"{"kty":"EC","crv":"P-256","kid":"1","use":"sig",
    "x":"MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4",
    "y":"4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM"}"#;

/// A server that answers this one request otherwise.
pub fn odd(what: &'static str, answer: impl Fn() -> Answer + Send + Sync + 'static) -> Fake {
    with_metadata(
        |_, _| {},
        move |request| (request.what == what).then(&answer),
    )
}

pub const OPENID: &str = "GET /.well-known/openid-configuration";
pub const OAUTH: &str = "GET /.well-known/oauth-authorization-server";

#[test]
fn a_server_without_fault_is_well() {
    let server = observed();
    let home = Home::new();
    let call = doctor(&home, server.issuer()).args(["--client-id", "authctl"]);
    let report = Report::of(call, 0);
    for name in [
        "issuer",
        "proxy",
        "dns",
        "connect",
        "clock",
        "metadata_openid",
        "metadata_oauth",
        "metadata",
        "jwks",
        "algorithms",
        "token_endpoint",
        "client_auth",
    ] {
        report.is(name, "ok");
    }
    report.is("tls", "skip");
    assert_eq!(report.check("jwks")["usable"], 1);
    assert_eq!(report.check("algorithms")["with_key"], object!(["ES256"]));
    assert_eq!(report.check("clock")["offset"], 0);
}

#[test]
fn the_profile_names_the_server() {
    let server = observed();
    let home = Home::new();
    home.sign_in(server.issuer());
    let report = Report::of(home.authctl(["doctor"]), 0);
    report.is("metadata", "ok");
    report.says("issuer", "message", "profile `default`");
}

#[test]
fn an_authority_of_ones_own_is_trusted_when_it_is_given() {
    let home = Home::new();
    let server = tls_server(&home, |params| params.not_after = date_time_ymd(2080, 1, 1));
    let report = Report::of(doctor(&home, server.issuer()), 6);
    report.fails("tls", "unreachable");
    report.says("tls", "fix", "--cacert");
    report.is("metadata", "skip");
    let call = doctor(&home, server.issuer()).args(["--cacert", "ca.pem"]);
    let report = Report::of(call, 0);
    let tls = report.is("tls", "ok");
    assert_eq!(tls["expires_at"], "2080-01-01T00:00:00Z");
    assert!(tls["days_left"].as_i64().unwrap() > 10_000);
    report.is("metadata", "ok");
}

#[test]
fn a_certificate_with_a_fault_gets_its_own_fix() {
    type Change = fn(&mut CertificateParams);
    let rows: [(Change, &str); 3] = [
        (
            |params| params.not_after = date_time_ymd(2001, 1, 1),
            "renewed",
        ),
        (
            |params| {
                let other = CertificateParams::new(vec!["as.example".into()]);
                params.subject_alt_names = other.expect("a name").subject_alt_names;
            },
            "made for this name",
        ),
        (
            |params| params.not_before = date_time_ymd(2900, 1, 1),
            "set this machine's clock",
        ),
    ];
    for (change, fix) in rows {
        let home = Home::new();
        let server = tls_server(&home, |params| {
            params.not_before = date_time_ymd(2000, 1, 1);
            params.not_after = date_time_ymd(3000, 1, 1);
            change(params);
        });
        let call = doctor(&home, server.issuer()).args(["--cacert", "ca.pem"]);
        let report = Report::of(call, 6);
        report.fails("tls", "unreachable");
        report.says("tls", "fix", fix);
    }
}

/// A certificate should be renewed before it ends.
#[test]
fn a_certificate_that_ends_soon_is_a_warning() {
    let home = Home::new();
    let server = tls_server(&home, |params| {
        let now = SystemTime::now();
        params.not_after = (now + Duration::from_secs(5 * 86_400 + 3_600)).into();
    });
    let call = doctor(&home, server.issuer()).args(["--cacert", "ca.pem"]);
    let report = Report::of(call, 0);
    assert_eq!(report.is("tls", "warn")["days_left"], 5);
}

#[test]
fn a_port_without_tls_is_told_from_a_bad_certificate() {
    let server = observed();
    let home = Home::new();
    let issuer = server.issuer().replace("http:", "https:");
    let report = Report::of(doctor(&home, &issuer), 6);
    report.fails("tls", "unreachable");
    report.says("tls", "fix", "port");
}

#[test]
fn nobody_there_is_exit_6_and_what_hangs_on_it_is_left_out() {
    let home = Home::new();
    let report = Report::of(doctor(&home, "http://127.0.0.1:1"), 6);
    report.fails("connect", "unreachable");
    for name in ["tls", "clock", "metadata_openid", "jwks", "token_endpoint"] {
        report.is(name, "skip");
        report.says(name, "message", "connection");
    }
    let report = Report::of(doctor(&home, "https://name.invalid"), 6);
    report.fails("dns", "unreachable");
    report.is("connect", "skip");
}

#[test]
fn a_proxy_that_refuses_is_named_without_its_password() {
    let home = Home::new();
    let call = || {
        doctor(&home, "https://name.invalid").env("HTTPS_PROXY", "http://user:hunter2@127.0.0.1:1")
    };
    let report = Report::of(call(), 6);
    let check = report.fails("proxy", "unreachable");
    assert_eq!(check["proxy"], "http://127.0.0.1:1");
    report.says("proxy", "message", "HTTPS_PROXY");
    report.is("dns", "skip");
    let text = call().arg("-vv").run().code_is(6);
    let text = format!("{}{}", text.stdout(), text.stderr());
    assert!(!text.contains("hunter2"), "{text}");
    // The transport would not take it for this host.
    let report = Report::of(call().env("NO_PROXY", "name.invalid"), 6);
    report.is("proxy", "ok");
    report.says("proxy", "message", "NO_PROXY");
    report.fails("dns", "unreachable");
    let report = Report::of(call().env("HTTPS_PROXY", ":::"), 6);
    report.is("proxy", "warn");
}

/// The proxy is there, but does not let anybody through.
#[test]
fn a_proxy_that_does_not_let_through_is_seen_at_the_first_request() {
    let proxy = Fake::new(|_| with_headers(403, &[], ""));
    let home = Home::new();
    let call = doctor(&home, "https://name.invalid").env("HTTPS_PROXY", proxy.issuer());
    let report = Report::of(call, 6);
    report.is("proxy", "ok");
    report.is("dns", "skip");
    report.says("metadata_openid", "message", "proxy");
}

#[test]
fn one_form_of_the_metadata_is_enough() {
    for (absent, name) in [(OPENID, "metadata_openid"), (OAUTH, "metadata_oauth")] {
        let server = odd(absent, || json(404, "{}"));
        let home = Home::new();
        let report = Report::of(doctor(&home, &server.issuer()), 0);
        assert_eq!(report.is(name, "ok")["found"], false);
        report.is("metadata", "ok");
        report.is("token_endpoint", "ok");
    }
}

#[test]
fn metadata_that_is_not_there_or_none_is_exit_6() {
    let home = Home::new();
    for answer in [
        || json(404, "{}"),
        || with_headers(200, &["Content-Type: text/html"], "<!doctype html>"),
        || json(503, "{}"),
    ] {
        let server = Fake::new(move |_| answer());
        let report = Report::of(doctor(&home, &server.issuer()), 6);
        report.is("metadata_openid", "fail");
        report.is("metadata_oauth", "fail");
        for name in ["metadata", "jwks", "token_endpoint"] {
            report.is(name, "skip");
        }
    }
    // What every command passes over is a warning.
    let server = odd(OPENID, || with_headers(200, &[], "<html>"));
    let report = Report::of(doctor(&home, &server.issuer()), 0);
    report.is("metadata_openid", "warn");
    report.is("metadata_oauth", "ok");
    report.is("token_endpoint", "ok");
}

#[test]
fn metadata_of_another_issuer_must_not_be_trusted() {
    let home = Home::new();
    let server = with_metadata(
        |what, document| {
            if what == OPENID {
                document["issuer"] = "https://other.example".into();
            }
        },
        |_| None,
    );
    let report = Report::of(doctor(&home, &server.issuer()), 5);
    report.fails("metadata_openid", "issuer_mismatch");
    // No command goes on to the other form, so neither does this one.
    report.is("token_endpoint", "skip");
    let server = odd(OPENID, || with_headers(302, &["Location: /x"], ""));
    let report = Report::of(doctor(&home, &server.issuer()), 5);
    report.fails("metadata_openid", "redirect_refused");
}

#[test]
fn forms_that_contradict_each_other_are_a_warning() {
    let server = with_metadata(
        |what, document| {
            // The order of a list says nothing.
            document["scopes_supported"] = object!(["a", "b"]);
            if what == OAUTH {
                document["scopes_supported"] = object!(["b", "a"]);
                document["token_endpoint"] = "https://other.example/token".into();
            }
        },
        |_| None,
    );
    let home = Home::new();
    let report = Report::of(doctor(&home, &server.issuer()), 0);
    let check = report.is("metadata", "warn");
    assert_eq!(check["members"], object!(["token_endpoint"]));
}

#[test]
fn a_clock_that_is_off_by_more_than_a_minute_is_a_warning() {
    let home = Home::new();
    for (offset, result, side) in [
        (120, "warn", "behind"),
        (-120, "warn", "ahead of"),
        (30, "ok", "behind"),
    ] {
        let server = with_metadata(
            |_, _| {},
            move |request| {
                let then = Duration::from_secs(i64::unsigned_abs(offset));
                let now = SystemTime::now();
                let date = if offset < 0 { now - then } else { now + then };
                let date = format!("Date: {}", httpdate::fmt_http_date(date));
                let document = object!({"issuer": format!("http://{}", request.host)});
                (request.what == OPENID).then(|| with_headers(200, &[&date], document.to_string()))
            },
        );
        let call = doctor(&home, &server.issuer());
        // The document has no token endpoint.
        let report = Report::of(call, 8);
        let clock = report.is("clock", result);
        let measured = clock["offset"].as_i64().unwrap();
        assert!((measured - offset).abs() <= 2, "{measured}");
        report.says("clock", "message", side);
        report.fails("token_endpoint", "no_endpoint");
    }
}

/// Which of the two is wrong is for the reader to see.
#[test]
fn a_clock_that_was_never_set_is_told_with_both_times() {
    let home = Home::new();
    for date in [
        "Thu, 01 Jan 1970 00:00:00 GMT",
        "Fri, 31 Dec 9999 23:59:59 GMT",
    ] {
        let server = odd(OPENID, move || {
            with_headers(404, &[&format!("Date: {date}")], "")
        });
        let report = Report::of(doctor(&home, &server.issuer()), 0);
        report.is("clock", "warn");
        for part in [date, "the clock here says 20", "never set"] {
            report.says("clock", "message", part);
        }
        report.says("clock", "fix", "NTP");
    }
}

#[test]
fn a_token_endpoint_is_one_that_refuses_an_empty_request() {
    let home = Home::new();
    for (status, body, result, code) in [
        (400, r#"{"error":"invalid_request"}"#, "ok", 0),
        (401, r#"{"error":"invalid_client"}"#, "ok", 0),
        (400, "<html>", "warn", 0),
        (200, "{}", "warn", 0),
        (404, "", "fail", 6),
        (405, "<html>", "fail", 6),
        (500, "{}", "fail", 6),
    ] {
        let server = odd("POST /token", move || json(status, body));
        let report = Report::of(doctor(&home, &server.issuer()), code);
        assert_eq!(report.is("token_endpoint", result)["status"], status);
        let seen = server.seen();
        let request = seen.iter().find(|seen| seen.what == "POST /token");
        assert_eq!(request.map(|seen| seen.body.as_str()), Some(""));
    }
}

#[test]
fn a_server_without_metadata_is_checked_by_its_endpoints() {
    let server = observed();
    let home = Home::new();
    let endpoint = format!("{}/token", server.issuer());
    let report = Report::of(home.authctl(["doctor", "--token-endpoint", &endpoint]), 0);
    report.is("connect", "ok");
    report.is("metadata_openid", "skip");
    report.is("token_endpoint", "ok");
}

#[test]
fn a_client_that_does_not_fit_the_server_is_a_warning() {
    let home = Home::new();
    let server = with_metadata(
        |_, document| {
            document["token_endpoint_auth_methods_supported"] = object!(["client_secret_post"]);
        },
        |_| None,
    );
    let call = || doctor(&home, &server.issuer()).args(["--client-id", "c"]);
    let report = Report::of(call(), 0);
    report.is("client_auth", "warn");
    let report = Report::of(call().env("AUTHCTL_CLIENT_SECRET", "s"), 0);
    assert_eq!(
        report.is("client_auth", "ok")["auth_method"],
        "client_secret_post"
    );
    let basic = call().args(["--auth-method", "client_secret_basic"]);
    let report = Report::of(basic.env("AUTHCTL_CLIENT_SECRET", "s"), 0);
    report.is("client_auth", "warn");
}
