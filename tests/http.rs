//! The transport against servers that speak HTTP badly, or not at all.
//!
//! Each server is a thread with a socket. A test names the exact error, and
//! where time or memory is at stake, bounds it.

use std::io::{ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use authctl::core::error::{Exit, Report};
use authctl::core::http::{
    Cause, Client, Error, MAX_BODY, Options, Request, Response, Retry, Transport, send_with_retries,
};
use authctl::core::oauth::token::process_token_response;
use authctl::core::secret::Secret;
use authctl::core::time::SystemClock;

/// Starts a server that hands every connection, its request read, to `answer`.
fn serve(answer: impl Fn(TcpStream, String) + Send + Sync + 'static) -> SocketAddr {
    accept(move |mut stream| {
        let request = read_request(&mut stream);
        answer(stream, request);
    })
}

/// Starts a server that hands every connection to `answer` untouched.
fn accept(answer: impl Fn(TcpStream) + Send + Sync + 'static) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("an address");
    let answer = Arc::new(answer);
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let answer = Arc::clone(&answer);
            thread::spawn(move || answer(stream));
        }
    });
    address
}

/// Starts a server that answers every request with `text` and hangs up.
fn say(text: impl Into<Vec<u8>>) -> SocketAddr {
    let text = text.into();
    serve(move |mut stream, _| {
        let _ = stream.write_all(&text);
    })
}

/// Reads a request with its body.
fn read_request(stream: &mut TcpStream) -> String {
    let mut text = Vec::new();
    let mut octet = [0];
    while !text.ends_with(b"\r\n\r\n") && stream.read(&mut octet).is_ok_and(|n| n == 1) {
        text.push(octet[0]);
    }
    let head = String::from_utf8_lossy(&text).to_ascii_lowercase();
    let length = head
        .lines()
        .find_map(|line| line.strip_prefix("content-length:")?.trim().parse().ok())
        .unwrap_or(0);
    let mut body = vec![0; length];
    let _ = stream.read_exact(&mut body);
    text.extend(body);
    String::from_utf8(text).expect("text")
}

fn client(timeout: Duration) -> Client {
    Client::new(Options {
        timeout,
        ..Options::default()
    })
}

/// A token request with a secret in it.
fn post(address: SocketAddr) -> Request {
    let mut request = Request::post(url(&format!("http://{address}/token?tenant=1")));
    request.field("grant_type", "refresh_token");
    request.secret_field("refresh_token", &Secret::new("planted &+secret"));
    request
}

fn url(text: &str) -> authctl::core::uri::HttpsUrl {
    text.parse().expect("a URL")
}

fn send(address: SocketAddr) -> Result<Response, Error> {
    client(Duration::from_secs(20)).send(&post(address))
}

/// The cause of an [`Error::Unreachable`] that names the host and its exit
/// code.
fn cause(result: Result<Response, Error>, address: SocketAddr) -> Cause {
    let error = result.expect_err("no answer");
    assert_eq!(error.exit(), Exit::Unreachable);
    match error {
        Error::Unreachable { host, why } => {
            assert_eq!(host, address.to_string());
            why
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_request_arrives_as_it_was_built() {
    let (sender, receiver) = std::sync::mpsc::channel();
    let address = serve(move |mut stream, request| {
        let _ = sender.send(request);
        let _ = stream.write_all(
            b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}",
        );
    });
    let response = send(address).expect("an answer");
    assert_eq!(response.status, 200);
    assert_eq!(response.header("content-type"), Some("application/json"));
    assert_eq!(response.body.as_slice(), b"{}");
    let request = receiver.recv().expect("a request");
    assert!(
        request.starts_with("POST /token?tenant=1 HTTP/1.1\r\n"),
        "{request}"
    );
    let (head, body) = request.split_once("\r\n\r\n").expect("a head");
    assert_eq!(
        body,
        "grant_type=refresh_token&refresh_token=planted+%26%2Bsecret"
    );
    let head = head.to_ascii_lowercase();
    for line in [
        "accept: application/json",
        "content-type: application/x-www-form-urlencoded",
        concat!("user-agent: authctl/", env!("CARGO_PKG_VERSION")),
    ] {
        assert!(head.lines().any(|own| own == line), "{line} in {head}");
    }
}

/// C9: the other listener gets no octet.
#[test]
fn a_redirect_is_refused_and_not_followed() {
    for status in [301, 302, 303, 307, 308] {
        let other = TcpListener::bind("127.0.0.1:0").expect("a port");
        other.set_nonblocking(true).expect("a socket");
        let target = other.local_addr().expect("an address");
        let address = say(format!(
            "HTTP/1.1 {status} Moved\r\nLocation: http://{target}/token\r\nContent-Length: 0\r\n\r\n"
        ));
        let error = send(address).expect_err("refused");
        assert_eq!(
            error,
            Error::Redirect {
                host: address.to_string(),
                status
            }
        );
        assert_eq!(error.exit(), Exit::Refused);
        assert_eq!(
            other.accept().expect_err("nobody came").kind(),
            ErrorKind::WouldBlock
        );
    }
}

/// C12: a server that takes the request and says nothing.
#[test]
fn silence_ends_with_the_time_out() {
    let address = serve(|stream, _| {
        thread::sleep(Duration::from_secs(5));
        drop(stream);
    });
    let started = Instant::now();
    let error = client(Duration::from_secs(1))
        .send(&post(address))
        .expect_err("no answer");
    assert!(started.elapsed() < Duration::from_secs(3));
    assert_eq!(
        error.to_string(),
        format!("{address} did not answer within 1s")
    );
    assert_eq!(error.exit(), Exit::Unreachable);
}

/// C12: progress does not extend the time.
#[test]
fn a_trickle_ends_with_the_time_out() {
    let trickles: [&[u8]; 2] = [b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n", b""];
    for head in trickles {
        let address = serve(move |mut stream, _| {
            let _ = stream.write_all(head);
            while stream.write_all(b"H").is_ok() {
                thread::sleep(Duration::from_millis(50));
            }
        });
        let mut request = post(address);
        // The request's own limit counts where it is the shorter one.
        request.timeout = Some(Duration::from_secs(1));
        let started = Instant::now();
        let error = client(Duration::from_secs(20))
            .send(&request)
            .expect_err("no whole answer");
        assert!(started.elapsed() < Duration::from_secs(3));
        assert!(
            matches!(error, Error::TimedOut { after, .. } if after == Duration::from_secs(1))
                || head.is_empty() && matches!(error, Error::Unreachable { .. }),
            "{error:?}"
        );
    }
}

/// C12: what is read is bounded, not what is promised.
#[test]
fn an_endless_answer_is_cut_off() {
    let written = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&written);
    let address = serve(move |mut stream, _| {
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
        let mut chunk = b"10000\r\n".to_vec();
        chunk.extend([b'x'; 0x10000]);
        chunk.extend(b"\r\n");
        while stream.write_all(&chunk).is_ok() {
            count.fetch_add(chunk.len(), Ordering::Relaxed);
        }
    });
    assert_eq!(
        send(address).expect_err("too large"),
        Error::TooLarge {
            host: address.to_string()
        }
    );
    // One megabyte, and what lies in the sockets' buffers.
    assert!(written.load(Ordering::Relaxed) < 32 * MAX_BODY);
}

#[test]
fn a_promise_of_two_gigabytes_is_not_waited_for() {
    let address = serve(|mut stream, _| {
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 2147483648\r\n\r\n");
        thread::sleep(Duration::from_secs(5));
    });
    let started = Instant::now();
    let error = send(address).expect_err("too large");
    assert_eq!(error.code(), "answer_too_large");
    assert!(started.elapsed() < Duration::from_secs(3));
}

#[test]
fn the_limit_is_exact() {
    for (size, fits) in [(MAX_BODY, true), (MAX_BODY + 1, false)] {
        // Without a length, so that the octets themselves are counted.
        let mut text = b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n".to_vec();
        text.extend(vec![b'x'; size]);
        match send(say(text)) {
            Ok(response) => assert!(fits && response.body.len() == size),
            Err(error) => assert!(!fits && error.code() == "answer_too_large", "{error:?}"),
        }
    }
}

/// C12: the limit counts what comes out of the decompression.
#[test]
fn a_gzip_bomb_is_cut_off() {
    let mut bomb = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    bomb.write_all(&vec![0; 32 * MAX_BODY]).expect("memory");
    let bomb = bomb.finish().expect("memory");
    assert!(bomb.len() < MAX_BODY, "small on the wire");
    let mut text = format!(
        "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: {}\r\n\r\n",
        bomb.len()
    )
    .into_bytes();
    text.extend(bomb);
    assert_eq!(
        send(say(text)).expect_err("too large").code(),
        "answer_too_large"
    );
}

#[test]
fn gzip_is_read_and_a_broken_one_is_named() {
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packed.write_all(b"{}").expect("memory");
    let packed = packed.finish().expect("memory");
    let answer = |body: &[u8]| {
        let mut text = format!(
            "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: {}\r\n\r\n",
            body.len()
        )
        .into_bytes();
        text.extend(body);
        text
    };
    assert_eq!(
        send(say(answer(&packed)))
            .expect("an answer")
            .body
            .as_slice(),
        b"{}"
    );
    let address = say(answer(b"this is not gzip"));
    assert_eq!(
        cause(send(address), address),
        Cause::Other("its answer is compressed in a way that cannot be read".into())
    );
}

#[test]
fn a_cut_answer_is_no_answer() {
    for text in [
        "",
        "HTTP/1.1 200",
        "HTTP/1.1 200 OK\r\nContent-Le",
        "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"access_token\":\"planted",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n10\r\n{\"access",
    ] {
        let address = say(text);
        let result = send(address);
        assert!(!format!("{result:?}").contains("planted"));
        assert_eq!(cause(result, address), Cause::Cut, "{text:?}");
    }
}

#[test]
fn a_reset_is_a_cut() {
    // To close with octets unread makes the system send a reset.
    let address = accept(|stream| {
        thread::sleep(Duration::from_millis(100));
        drop(stream);
    });
    assert_eq!(cause(send(address), address), Cause::Cut);
}

#[test]
fn another_protocol_is_named() {
    let address = say("SSH-2.0-OpenSSH_9.2\r\n");
    assert_eq!(
        cause(send(address), address),
        Cause::Other("it does not speak HTTP".into())
    );
}

#[test]
fn a_closed_port_is_a_refusal() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("an address");
    drop(listener);
    assert_eq!(cause(send(address), address), Cause::Refused);
}

#[test]
fn a_name_that_cannot_exist_is_not_resolved() {
    // A label of 64 characters: refused without asking anyone.
    let request = Request::get(url(&format!("https://{}.invalid/", "a".repeat(64))));
    let error = client(Duration::from_secs(20))
        .send(&request)
        .expect_err("no such name");
    assert!(
        matches!(
            &error,
            Error::Unreachable {
                why: Cause::Dns,
                ..
            }
        ),
        "{error:?}"
    );
}

/// C13: an answer that arrives whole and makes no sense.
#[test]
fn what_arrives_is_judged() {
    for (text, why) in [
        (
            "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 15\r\n\r\n<html>hi</html>",
            "it is HTML, not JSON",
        ),
        (
            "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
            "it is empty",
        ),
        (
            "HTTP/1.1 200 OK\r\nContent-Length: 16\r\n\r\n{\"access_token\":",
            "its JSON ends in the middle",
        ),
    ] {
        let address = say(text);
        let request = post(address);
        let response = send(address).expect("an answer");
        let error = process_token_response(&request, &response).expect_err("senseless");
        assert_eq!(
            error.to_string(),
            format!("the answer of {address} to the token request makes no sense: {why}")
        );
        assert_eq!(error.exit(), Exit::Unreachable);
    }
}

/// C15: over a real clock and network.
#[test]
fn a_server_that_asks_to_come_back_is_asked_again() {
    let busy = |header: &'static str| {
        let count = Arc::new(AtomicUsize::new(0));
        let tries = Arc::clone(&count);
        let address = serve(move |mut stream, _| {
            let answer = match tries.fetch_add(1, Ordering::SeqCst) {
                0 => format!("HTTP/1.1 503 Busy\r\n{header}Content-Length: 0\r\n\r\n"),
                _ => "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}".into(),
            };
            let _ = stream.write_all(answer.as_bytes());
        });
        (address, count)
    };
    for (header, retry, status, tries) in [
        ("Retry-After: 1\r\n", Retry::WhenTold, 200, 2),
        (
            "Retry-After: Sun, 06 Nov 1994 08:49:37 GMT\r\n",
            Retry::WhenTold,
            200,
            2,
        ),
        ("Retry-After: 99999\r\n", Retry::WhenTold, 503, 1),
        ("Retry-After: rubbish\r\n", Retry::WhenTold, 503, 1),
        ("Retry-After: rubbish\r\n", Retry::Safe, 200, 2),
        ("", Retry::WhenTold, 503, 1),
        ("", Retry::Safe, 200, 2),
    ] {
        let (address, count) = busy(header);
        let mut request = post(address);
        request.retry = retry;
        let budget = Duration::from_secs(10);
        let response = send_with_retries(&client(budget), &SystemClock, &request, budget);
        assert_eq!(
            response.map(|response| response.status),
            Ok(status),
            "{header}"
        );
        assert_eq!(count.load(Ordering::SeqCst), tries, "{header} {retry:?}");
    }
}

/// C15: a request that may have been spent is not sent twice.
#[test]
fn a_cut_refresh_is_sent_once() {
    for (retry, tries) in [(Retry::WhenTold, 1), (Retry::Safe, 3)] {
        let count = Arc::new(AtomicUsize::new(0));
        let seen = Arc::clone(&count);
        let address = serve(move |stream, _| {
            seen.fetch_add(1, Ordering::SeqCst);
            drop(stream);
        });
        let mut request = post(address);
        request.retry = retry;
        let budget = Duration::from_secs(10);
        let result = send_with_retries(&client(budget), &SystemClock, &request, budget);
        assert_eq!(cause(result, address), Cause::Cut);
        assert_eq!(count.load(Ordering::SeqCst), tries, "{retry:?}");
    }
}

#[test]
fn a_server_on_ipv6_alone_is_reached() {
    // Machines without IPv6 cannot tell.
    let Ok(listener) = TcpListener::bind("[::1]:0") else {
        return;
    };
    let address = listener.local_addr().expect("an address");
    thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            read_request(&mut stream);
            let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}");
        }
    });
    assert_eq!(send(address).map(|response| response.status), Ok(200));
}

/// C22: sends a request to `TEST_URL` in a process whose environment the
/// parent chose; see [`proxies_are_those_of_the_environment`].
#[test]
#[ignore = "run by another test"]
fn in_a_chosen_environment() {
    let Ok(target) = std::env::var("TEST_URL") else {
        return;
    };
    let result = client(Duration::from_secs(2)).send(&Request::get(url(&target)));
    println!("result: {:?}", result.map(|response| response.status));
}

/// C22: the usual variables count, and loopback is spoken to directly.
#[cfg(unix)]
#[test]
fn proxies_are_those_of_the_environment() {
    let (sender, seen) = std::sync::mpsc::channel();
    let proxy = serve(move |mut stream, request| {
        let first = request.lines().next().unwrap_or_default().to_owned();
        let _ = sender.send(first);
        let _ = stream
            .write_all(b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n");
    });
    let direct = say("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}");
    let proxy = format!("http://{proxy}");
    let run = |target: &str, variables: &[(&str, &str)]| {
        let output = std::process::Command::new(std::env::current_exe().expect("this test"))
            .args([
                "--exact",
                "in_a_chosen_environment",
                "--ignored",
                "--nocapture",
            ])
            .env_clear()
            .env("TEST_URL", target)
            .envs(variables.iter().copied())
            .output()
            .expect("run");
        let text = String::from_utf8(output.stdout).expect("text");
        let result = text.lines().find_map(|line| line.split_once("result: "));
        let through: Vec<String> = seen.try_iter().collect();
        (result.expect("a result").1.to_owned(), through)
    };
    for name in ["HTTPS_PROXY", "https_proxy", "ALL_PROXY"] {
        let (result, through) = run("https://as.invalid/token", &[(name, &proxy)]);
        assert_eq!(through, ["CONNECT as.invalid:443 HTTP/1.1"], "{name}");
        assert!(
            result.contains("the proxy wants a user name and a password"),
            "{result}"
        );
    }
    let variables = [("HTTPS_PROXY", proxy.as_str()), ("NO_PROXY", "as.invalid")];
    let (result, through) = run("https://as.invalid/token", &variables);
    assert!(through.is_empty() && result.starts_with("Err("), "{result}");

    let all = ["HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "ALL_PROXY"];
    let all = all.map(|name| (name, proxy.as_str()));
    let (result, through) = run(&format!("http://{direct}/"), &all);
    assert!(through.is_empty(), "loopback goes through no proxy");
    assert_eq!(result, "Ok(200)");
}
