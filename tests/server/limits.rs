//! What one client may use up (V12).

use std::io::Write;
use std::time::{Duration, Instant};

use authctl::core::jose::Algorithm;
use authctl::server::Config;

use crate::support::{Fixture, Response, server, with_options};

fn hasty() -> Fixture {
    let mut config = Config::built_in();
    config.algorithm = Algorithm::ES256;
    with_options(config, |options| {
        options.limits.header_timeout = Duration::from_millis(300);
        options.limits.body_timeout = Duration::from_millis(300);
    })
}

const FORM: &str = "Content-Type: application/x-www-form-urlencoded";

#[test]
fn a_body_that_is_too_large_is_refused() {
    let server = server();
    let fits = "a".repeat(64 * 1024);
    server
        .send("POST", "/token", &[FORM], &fits)
        .refused(401, "invalid_client");
    for size in [64 * 1024 + 1, 10 * 1024 * 1024] {
        server
            .send("POST", "/token", &[FORM], &"a".repeat(size))
            .refused(413, "invalid_request");
    }
}

#[test]
fn a_chunked_body_is_bounded_too() {
    let server = server();
    let chunk = format!("4000\r\n{}\r\n", "a".repeat(0x4000));
    let body = format!("{}0\r\n\r\n", chunk.repeat(5));
    server
        .send(
            "POST",
            "/token",
            &[FORM, "Transfer-Encoding: chunked"],
            &body,
        )
        .refused(413, "invalid_request");
}

#[test]
fn a_head_that_is_too_large_is_refused() {
    let server = server();
    let long = format!("X-Long: {}", "a".repeat(64 * 1024));
    assert_eq!(server.send("GET", "/jwks", &[&long], "").status, 431);
    let many: Vec<String> = (0..200).map(|n| format!("X-{n}: 1")).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    assert_eq!(server.send("GET", "/jwks", &many, "").status, 431);
    let target = format!("/jwks?{}", "a".repeat(64 * 1024));
    let status = server.send("GET", &target, &[], "").status;
    assert!(matches!(status, 414 | 431), "{status}");
}

#[test]
fn a_head_that_does_not_come_ends_the_connection() {
    let server = hasty();
    let mut stream = server.connect();
    stream.write_all(b"GET /jwks HT").expect("to send");
    let started = Instant::now();
    assert_eq!(Response::read(&mut stream).status, 0);
    assert!(started.elapsed() < Duration::from_secs(5));
}

#[test]
fn a_body_that_does_not_come_is_timed_out() {
    let server = hasty();
    let head = format!(
        "POST /token HTTP/1.1\r\nHost: {}\r\n{FORM}\r\nContent-Length: 100\r\n\r\ngrant",
        server.host()
    );
    let mut stream = server.connect();
    stream.write_all(head.as_bytes()).expect("to send");
    let started = Instant::now();
    Response::read(&mut stream).refused(408, "invalid_request");
    assert!(started.elapsed() < Duration::from_secs(5));
}

#[test]
fn slow_clients_do_not_keep_others_waiting() {
    let server = server();
    assert_eq!(server.get("/jwks").status, 200);
    let slow: Vec<_> = (0..200)
        .map(|_| {
            let mut stream = server.connect();
            stream
                .write_all(b"GET /jwks HTTP/1.1\r\nX: ")
                .expect("to send");
            stream
        })
        .collect();
    let started = Instant::now();
    assert_eq!(server.get("/jwks").status, 200);
    let took = started.elapsed();
    assert!(took < Duration::from_secs(2), "{took:?}");
    drop(slow);
}

#[test]
fn connections_beyond_the_limit_wait_their_turn() {
    let mut config = Config::built_in();
    config.algorithm = Algorithm::ES256;
    let server = with_options(config, |options| {
        options.limits.connections = 2;
        options.limits.header_timeout = Duration::from_millis(500);
    });
    let _held = [server.connect(), server.connect()];
    // Served as soon as the idle ones are closed.
    assert_eq!(server.get("/jwks").status, 200);
}

#[test]
fn a_client_that_never_reads_loses_its_seat() {
    let mut config = Config::built_in();
    config.algorithm = Algorithm::ES256;
    let server = with_options(config, |options| {
        options.limits.write_timeout = Duration::from_millis(300);
    });
    let request = format!("GET /jwks HTTP/1.1\r\nHost: {}\r\n\r\n", server.host());
    let mut stream = server.connect();
    stream
        .set_write_timeout(Some(Duration::from_secs(10)))
        .expect("a time-out");
    // Asks until the answers, which nobody reads, fill every buffer between
    // the two; then the server hangs up and writing fails.
    let many = request.repeat(1_000);
    let started = Instant::now();
    let failed = (0..10_000).find_map(|_| stream.write_all(many.as_bytes()).err());
    let kind = failed.expect("the server to hang up").kind();
    assert!(
        matches!(
            kind,
            std::io::ErrorKind::ConnectionReset
                | std::io::ErrorKind::ConnectionAborted
                | std::io::ErrorKind::BrokenPipe
        ),
        "{kind:?}"
    );
    assert!(started.elapsed() < Duration::from_secs(10));
}
