//! Clocks that differ: what a server's `Date` says, and what follows from it.

use std::sync::{Arc, Mutex};
use std::time::{Duration, UNIX_EPOCH};

use authctl::core::documents::cache::Cache;
use authctl::core::documents::clock;
use authctl::core::jose::{Algorithm, SigningKey, jws};
use authctl::core::time::{ClockOffset, Timestamp};
use serde_json::{Map, Value, json};

use crate::fake::{Answer, Fake, with_headers};
use crate::harness::{Call, Home};
use crate::observed::kept;

const MINUTE: i64 = 60;

/// The present, in seconds.
fn now() -> i64 {
    let since = UNIX_EPOCH.elapsed().expect("after 1970").as_secs();
    i64::try_from(since).expect("before the end of time")
}

/// The line in which a server says what time it is, `ahead` seconds from now.
fn date(ahead: i64) -> String {
    let at = Duration::from_secs(u64::try_from(now() + ahead).expect("after 1970"));
    format!("Date: {}", httpdate::fmt_http_date(UNIX_EPOCH + at))
}

/// An answer of the token endpoint with these lines in its head.
fn token(lines: &[&str]) -> Answer {
    let body = r#"{"access_token":"t-1","token_type":"Bearer","expires_in":300}"#;
    with_headers(200, lines, body)
}

/// Asks for a client's token of a scope.
fn ask(home: &Home, server: &Fake, scope: &str) -> Call {
    home.authctl(["token", "--client", "--json", "--client-id", "c"])
        .args(["--token-endpoint", &server.url("/token")])
        .args(["--scope", scope])
        .env("AUTHCTL_CLIENT_SECRET", "s")
}

fn source(call: Call) -> String {
    let done = call.run().code_is(0);
    let answer: Value = serde_json::from_str(&done.stdout()).expect("JSON");
    answer["source"].as_str().expect("a source").to_owned()
}

/// What this machine keeps of the server's clock.
fn kept_offset(home: &Home, server: &str) -> Option<ClockOffset> {
    let cache = Cache::new(home.path().join(".cache/authctl"));
    clock::kept(&cache, server, Timestamp(now()))
}

#[test]
fn past_a_minute_there_is_one_warning_that_says_what_to_do() {
    for (ahead, said) in [
        (0, None),
        (58, None),
        (-58, None),
        (
            10 * MINUTE + 2,
            Some("the clock here is 10 min behind that of "),
        ),
        (
            -10 * MINUTE - 2,
            Some("the clock here is 10 min ahead of that of "),
        ),
        (90 * 24 * 60 * MINUTE, Some("days behind that of ")),
    ] {
        let server = Fake::tokens([token(&[&date(ahead)])]);
        let stderr = ask(&Home::new(), &server, "a").run().code_is(0).stderr();
        match said {
            None => assert_eq!(stderr, "", "{ahead}"),
            Some(said) => {
                assert_eq!(stderr.lines().count(), 1, "{stderr}");
                assert!(
                    stderr.starts_with("warning: the clock here is "),
                    "{stderr}"
                );
                assert!(stderr.contains(said), "{stderr}");
                assert!(stderr.contains(&server.url("/token")), "{stderr}");
                assert!(stderr.contains("set it right (NTP)"), "{stderr}");
            }
        }
    }
}

#[test]
fn a_date_that_says_nothing_of_the_present_is_not_believed() {
    let far = date(10 * MINUTE);
    let twice = [far.as_str(), far.as_str()];
    for lines in [
        &[][..],
        &["Date: "],
        &["Date: yesterday"],
        &["Date: 1700000000"],
        &["Date: Sun, 31 Feb 2026 25:00:00 GMT"],
        &[&far, "Age: 0"],
        &[&far, "Age: 600"],
        &twice,
    ] {
        let server = Fake::tokens([token(lines)]);
        let home = Home::new();
        ask(&home, &server, "a")
            .run()
            .code_is(0)
            .stderr()
            .is_empty()
            .then_some(())
            .expect("silence");
        assert_eq!(kept_offset(&home, &server.url("/token")), None, "{lines:?}");
    }
}

/// A server that says 1970 is told of like any other, but a cached token does
/// not end because it says so twice.
#[test]
fn by_a_clock_that_was_never_set_nothing_is_reckoned() {
    let said = Arc::new(Mutex::new("Thu, 01 Jan 1970 00:10:00 GMT"));
    let server = Fake::new({
        let said = Arc::clone(&said);
        move |_| token(&[&format!("Date: {}", said.lock().expect("a date"))])
    });
    let home = Home::new();
    let warns = |scope: &str, part: &str| {
        let stderr = ask(&home, &server, scope).run().code_is(0).stderr();
        assert_eq!(stderr.matches("warning: the clock").count(), 1, "{stderr}");
        assert!(stderr.contains(part), "{stderr}");
        assert!(stderr.contains("one of the two was never set"), "{stderr}");
    };
    warns("first", "years ahead of");
    *said.lock().expect("a date") = "Thu, 01 Jan 1970 00:00:00 GMT";
    warns("second", "years ahead of");
    assert_eq!(source(ask(&home, &server, "first")), "cache");
    *said.lock().expect("a date") = "Fri, 31 Dec 9999 23:59:59 GMT";
    warns("third", "years behind");
    assert_eq!(source(ask(&home, &server, "first")), "cache");
}

/// An answer that was six seconds under way may be as old.
#[test]
fn a_long_round_trip_measures_nothing() {
    let server = Fake::new(|_| {
        let line = date(10 * MINUTE);
        std::thread::sleep(Duration::from_millis(6_100));
        token(&[&line])
    });
    let home = Home::new();
    assert_eq!(ask(&home, &server, "a").run().code_is(0).stderr(), "");
    assert_eq!(kept_offset(&home, &server.url("/token")), None);
}

#[test]
fn what_was_measured_outlives_the_process_and_is_renewed() {
    let ahead = Arc::new(Mutex::new(200));
    let server = Fake::new({
        let ahead = Arc::clone(&ahead);
        move |_| token(&[&date(*ahead.lock().expect("a number"))])
    });
    let home = Home::new();
    for seconds in [200, 202, -4_000, 0] {
        *ahead.lock().expect("a number") = seconds;
        ask(&home, &server, "a")
            .args(["--no-cache"])
            .run()
            .code_is(0);
        let offset = kept_offset(&home, &server.url("/token")).expect("a measure");
        assert!((offset.seconds - seconds).abs() <= 2, "{offset:?}");
        assert_eq!(offset.server, server.url("/token"));
    }
    #[cfg(unix)]
    for entry in std::fs::read_dir(home.path().join(".cache/authctl")).expect("a folder") {
        use std::os::unix::fs::MetadataExt as _;
        let entry = entry.expect("an entry");
        let mode = entry.metadata().expect("a file").mode();
        assert_eq!(mode & 0o077, 0, "{entry:?}");
    }
}

/// The answers of refusals measure as well.
#[test]
fn a_refusal_tells_the_time_too() {
    let server = Fake::tokens([with_headers(
        400,
        &[&date(10 * MINUTE)],
        r#"{"error":"invalid_client"}"#,
    )]);
    let stderr = ask(&Home::new(), &server, "a").run().fails(5);
    assert!(
        stderr.starts_with("warning: the clock here is "),
        "{stderr}"
    );
    assert_eq!(stderr.matches("warning:").count(), 1, "{stderr}");
}

/// Metadata measures, and a command that speaks to the server twice warns
/// once.
#[test]
fn metadata_tells_the_time_and_is_not_repeated() {
    let server = Fake::new(|request| {
        let host = &request.host;
        let line = date(10 * MINUTE);
        if request.what == "POST /token" {
            return token(&[&line]);
        }
        let body = json!({
            "issuer": format!("http://{host}"),
            "token_endpoint": format!("http://{host}/token"),
        });
        with_headers(200, &[&line], body.to_string())
    });
    let home = Home::new();
    for arguments in [
        &["discover"][..],
        &["token", "--client", "--client-id", "c"],
    ] {
        let done = home
            .authctl(arguments)
            .args(["--issuer", &server.issuer()])
            .env("AUTHCTL_CLIENT_SECRET", "s")
            .run()
            .code_is(0);
        let stderr = done.stderr();
        assert_eq!(stderr.matches("warning: the clock").count(), 1, "{stderr}");
        assert!(kept_offset(&home, &server.issuer()).is_some());
    }
}

/// The clock here was set back by ten minutes since the first token came: it
/// is over although the clock says otherwise. Set right again, it is alive.
#[test]
fn a_token_ends_by_the_clock_that_it_was_received_by() {
    let ahead = Arc::new(Mutex::new(0));
    let server = Fake::new({
        let ahead = Arc::clone(&ahead);
        move |_| token(&[&date(*ahead.lock().expect("a number"))])
    });
    let home = Home::new();
    assert_eq!(source(ask(&home, &server, "first")), "request");
    assert_eq!(source(ask(&home, &server, "first")), "cache");
    *ahead.lock().expect("a number") = 10 * MINUTE;
    assert_eq!(source(ask(&home, &server, "second")), "request");
    assert_eq!(source(ask(&home, &server, "first")), "request");
    assert_eq!(source(ask(&home, &server, "first")), "cache");
    // Less than what is asked to be left of five minutes.
    *ahead.lock().expect("a number") = 12 * MINUTE;
    assert_eq!(source(ask(&home, &server, "third")), "request");
    assert_eq!(source(ask(&home, &server, "first")), "cache");
    assert_eq!(
        source(ask(&home, &server, "first").args(["--min-ttl", "4m"])),
        "request"
    );
}

/// Starts a server whose clock is `ahead` seconds and whose `Date` says that
/// it is `said`, if anything; its ID Tokens live for five minutes.
fn signing(ahead: i64, said: Option<i64>) -> Fake {
    let key = SigningKey::generate(Algorithm::ES256, None).expect("a key");
    let keys = json!({ "keys": [key.public_jwk()] }).to_string();
    Fake::new(move |request| {
        let issuer = format!("http://{}", request.host);
        let line = said.map(date);
        let lines: Vec<&str> = line.as_deref().into_iter().collect();
        match request.what.as_str() {
            "POST /token" => {
                let at = now() + ahead;
                let claims = json!({
                    "iss": issuer, "sub": "u-1", "aud": "c", "iat": at, "exp": at + 300,
                });
                let token = jws::sign(&key, Map::new(), claims.to_string().as_bytes());
                let body = json!({
                    "access_token": "at", "token_type": "Bearer", "expires_in": 600,
                    "id_token": token.expect("a token").expose(),
                });
                with_headers(200, &lines, body.to_string())
            }
            "GET /jwks" => with_headers(200, &[], &keys),
            _ => {
                let body = json!({
                    "issuer": issuer,
                    "token_endpoint": format!("{issuer}/token"),
                    "jwks_uri": format!("{issuer}/jwks"),
                });
                with_headers(200, &lines, body.to_string())
            }
        }
    })
}

fn login(home: &Home, server: &Fake) -> Call {
    home.authctl(["login", "-q", "--issuer", &server.issuer()])
        .args(["--client-id", "c", "--username", "u", "--json"])
        .env("AUTHCTL_PASSWORD", "p")
}

/// C22: up to five minutes the server's clock judges what it wrote; beyond,
/// and where it says nothing, the local clock with its leeway does, and the
/// error names how far the two are apart.
#[test]
fn c22_an_id_token_is_judged_by_the_clock_that_wrote_it_within_a_bound() {
    for (ahead, said, good) in [
        (0, Some(0), true),
        (4 * MINUTE, Some(4 * MINUTE), true),
        // iat and exp passed by the local clock.
        (-7 * MINUTE + 120, Some(-7 * MINUTE + 120), true),
        // Within the leeway of a minute nobody need say anything.
        (55, None, true),
        (4 * MINUTE, None, false),
        (10 * MINUTE, Some(10 * MINUTE), false),
        (-10 * MINUTE, Some(-10 * MINUTE), false),
        // A Date that is not the token's clock makes nothing good.
        (10 * MINUTE, Some(0), false),
        (0, Some(5 * MINUTE - 5), true),
        (-7 * MINUTE, Some(-6 * MINUTE), false),
    ] {
        let server = signing(ahead, said);
        let home = Home::new();
        if good {
            login(&home, &server).run().code_is(0);
            assert!(kept(&home, "default").is_some(), "{ahead} {said:?}");
            continue;
        }
        let error = login(&home, &server).run().fails_json(5);
        assert_eq!(error["error"], "id_token", "{error}");
        assert!(kept(&home, "default").is_none(), "{ahead} {said:?}");
        let hint = error["hint"].as_str().expect("a hint");
        let named = said.is_some_and(|said| said.abs() > 5 * MINUTE);
        assert_eq!(hint.contains("this machine's clock is"), named, "{hint}");
    }
}

/// Whatever `Date` says, a token that expired longer ago than the bound and
/// the leeway together is refused.
#[test]
fn no_date_saves_an_id_token_that_expired_long_ago() {
    // Its `exp` is five minutes after `iat`: 6 min and some seconds ago.
    let ahead = -(5 + 5 + 1) * MINUTE - 10;
    for said in [
        -4 * MINUTE,
        -5 * MINUTE + 5,
        -8 * MINUTE,
        -11 * MINUTE,
        -365 * 24 * 60 * MINUTE,
    ] {
        let server = signing(ahead, Some(said));
        let home = Home::new();
        let error = login(&home, &server).run().fails_json(5);
        assert_eq!(error["error"], "id_token", "{said}: {error}");
        assert!(kept(&home, "default").is_none(), "{said}");
    }
}

/// What an earlier process kept warns nobody and moves nothing: whoever
/// writes to the cache folder must not choose the time.
#[test]
fn a_kept_offset_judges_no_id_token() {
    let server = signing(4 * MINUTE, None);
    let home = Home::new();
    let folder = home.path().join(".cache/authctl");
    let offset = ClockOffset {
        seconds: 4 * MINUTE,
        server: server.issuer(),
        measured_at: Timestamp(now()),
    };
    Cache::new(folder).write(&authctl::core::documents::cache::Entry {
        url: format!("{}#clock", server.issuer()),
        fetched_at: offset.measured_at,
        max_age: 3_600,
        refetched_at: None,
        body: serde_json::to_string(&offset).expect("JSON"),
    });
    assert_eq!(kept_offset(&home, &server.issuer()), Some(offset));
    let error = login(&home, &server).run().fails_json(5);
    assert_eq!(error["error"], "id_token", "{error}");
}
