//! `authctl doctor` of whoever takes what is sent and never answers: all of
//! them together cost the time-out once, and each line says what was not
//! answered.

#[cfg(target_os = "linux")]
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

use crate::doctor::Report;
use crate::doctor_server::{OAUTH, OPENID, odd};
use crate::fake::{Answer, Fake, with_headers};
use crate::harness::{Call, Home};

fn doctor(home: &Home, issuer: &str) -> Call {
    home.authctl(["doctor", "--timeout", "1s", "--issuer", issuer])
}

/// Expects a report with this exit code after the time-out of a second and
/// what a busy machine takes beside it.
#[track_caller]
fn in_time(call: Call, code: i32) -> Report {
    let started = Instant::now();
    let report = Report::of(call, code);
    let took = started.elapsed().as_millis();
    assert!((800..4_000).contains(&took), "{took} ms");
    report
}

/// Runs them beside each other: they spend their time waiting.
fn at_once(parts: &[&(dyn Fn() + Sync)]) {
    std::thread::scope(|scope| {
        for part in parts {
            scope.spawn(part);
        }
    });
}

/// An address at which no connection is ever made: a listener that accepts
/// none, and whose backlog is full.
#[cfg(target_os = "linux")]
struct BlackHole {
    address: SocketAddr,
    _listener: tokio::net::TcpListener,
    _runtime: tokio::runtime::Runtime,
    _backlog: Vec<TcpStream>,
}

#[cfg(target_os = "linux")]
impl BlackHole {
    fn new() -> Self {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_io()
            .build()
            .expect("a runtime");
        let listener = {
            let _entered = runtime.enter();
            let socket = tokio::net::TcpSocket::new_v4().expect("a socket");
            socket
                .bind("127.0.0.1:0".parse().expect("an address"))
                .expect("a free port");
            socket.listen(1).expect("to listen")
        };
        let address = listener.local_addr().expect("an address");
        let a_moment = Duration::from_millis(200);
        let mut backlog = Vec::new();
        while let Ok(stream) = TcpStream::connect_timeout(&address, a_moment) {
            assert!(backlog.len() < 100, "connections are made all the same");
            backlog.push(stream);
        }
        Self {
            address,
            _listener: listener,
            _runtime: runtime,
            _backlog: backlog,
        }
    }

    fn url(&self) -> String {
        format!("http://{}", self.address)
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_black_hole_costs_one_time_out() {
    let hole = BlackHole::new();
    let home = Home::new();
    let server = || {
        let report = in_time(doctor(&home, &hole.url()), 6);
        report.fails("connect", "timed_out");
        report.says("connect", "message", "did not answer within 1s");
        for name in ["tls", "clock", "metadata_openid", "jwks", "token_endpoint"] {
            report.is(name, "skip");
            report.says(name, "message", "connection");
        }
    };
    let proxy = || {
        let call = doctor(&home, "https://as.example").env("HTTPS_PROXY", hole.url());
        let report = in_time(call, 6);
        report.fails("proxy", "timed_out");
        report.says("proxy", "message", "did not answer within 1s");
        report.says("proxy", "fix", "HTTPS_PROXY");
        report.is("metadata_openid", "skip");
    };
    at_once(&[&server, &proxy]);
}

/// It accepts the connection and says nothing, in TLS or without.
#[test]
fn a_silent_server_costs_one_time_out() {
    let fake = Fake::new(|_| Answer::Never);
    let home = Home::new();
    let server = |issuer: String| {
        let report = in_time(doctor(&home, &issuer), 6);
        report.is("connect", "ok");
        report.is("tls", "skip");
        report.is("clock", "skip");
        report.fails("metadata_openid", "timed_out");
        report.says("metadata_openid", "message", "did not answer within 1s");
        report.fails("metadata_oauth", "timed_out");
        report.says("metadata_oauth", "message", "before it was asked");
        for name in ["metadata", "jwks", "token_endpoint"] {
            report.is(name, "skip");
        }
    };
    // Without a handshake there is nobody to ask for anything.
    let no_handshake = |call: Call| {
        let report = in_time(call, 6);
        report.fails("tls", "timed_out");
        report.says("tls", "message", "handshake");
        report.says("tls", "fix", "--timeout");
        for name in ["clock", "metadata_openid", "metadata_oauth", "jwks"] {
            report.is(name, "skip");
            report.says(name, "message", "`tls`");
        }
    };
    let secure = fake.issuer().replace("http:", "https:");
    let proxied = || doctor(&home, "https://as.example").env("HTTPS_PROXY", fake.issuer());
    at_once(&[
        &|| server(fake.issuer()),
        &|| no_handshake(doctor(&home, &secure)),
        &|| no_handshake(proxied()),
    ]);
}

/// Of what comes after the request that was not answered nothing is known, and
/// it is not said to be silent.
#[test]
fn a_silent_endpoint_is_the_one_that_is_named() {
    at_once(&[
        &|| is_named(OPENID, "metadata_openid", Some("metadata_oauth")),
        &|| is_named(OAUTH, "metadata_oauth", Some("jwks")),
        &|| is_named("GET /jwks", "jwks", Some("token_endpoint")),
        &|| is_named("POST /token", "token_endpoint", None),
    ]);
}

fn is_named(request: &'static str, silent: &str, unasked: Option<&str>) {
    let server = odd(request, || Answer::Never);
    let report = in_time(doctor(&Home::new(), &server.issuer()), 6);
    match request {
        // No command needs it that has the first form.
        OAUTH => report.is(silent, "warn"),
        _ => report.fails(silent, "timed_out"),
    };
    report.says(silent, "message", "did not answer within 1s");
    if let Some(unasked) = unasked {
        report.fails(unasked, "timed_out");
        report.says(unasked, "message", "before it was asked");
    }
}

/// An answer that never ends is none either.
#[test]
fn an_answer_in_drops_costs_one_time_out() {
    let drops = "{".repeat(2_000);
    let server = odd(OPENID, move || {
        match with_headers(200, &["Content-Type: application/json"], &drops) {
            Answer::Octets(octets) => Answer::Slowly(octets),
            other => other,
        }
    });
    let report = in_time(doctor(&Home::new(), &server.issuer()), 6);
    report.fails("metadata_openid", "timed_out");
}

/// A store is given its own time; the server has all of its own after that.
#[cfg(target_os = "linux")]
#[test]
fn a_store_that_never_answers_is_named_in_time() {
    let hole = BlackHole::new();
    let server = crate::observed::observed();
    let home = Home::new();
    let socket = home.path().join("bus");
    let _bus = std::os::unix::net::UnixListener::bind(&socket).expect("a socket");
    let bus = format!("unix:path={}", socket.display());
    let vault = || {
        let call = doctor(&home, server.issuer())
            .args(["--store", "vault"])
            .env("VAULT_TOKEN", "t")
            .env("VAULT_ADDR", hole.url());
        let report = in_time(call, 7);
        report.fails("sessions", "vault_unreachable");
        report.is("store_round_trip", "skip");
        report.is("token_endpoint", "ok");
    };
    let keychain = || {
        let started = Instant::now();
        let call = doctor(&home, server.issuer())
            .args(["--store", "keychain"])
            .env("DBUS_SESSION_BUS_ADDRESS", &bus);
        let report = Report::of(call, 7);
        // Three seconds, once.
        assert!(started.elapsed() < Duration::from_secs(6));
        report.fails("keychain", "keychain_no_answer");
        report.is("store_round_trip", "skip");
        report.is("token_endpoint", "ok");
    };
    at_once(&[&vault, &keychain]);
}
