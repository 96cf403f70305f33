//! What holds for every request and answer (V2, V12, V14, V15, V16).

use std::sync::{Arc, Mutex};

use authctl::server::{Config, Exchange};

use crate::support::{basic, server, with_options};

#[test]
fn v2_a_foreign_host_is_refused() {
    let server = server();
    let port = server.address().port();
    for host in [
        "evil.example".to_owned(),
        format!("evil.example:{port}"),
        format!("127.0.0.1.evil.example:{port}"),
        "127.0.0.1".to_owned(),
        format!("127.0.0.1:{}", port.wrapping_add(1)),
        String::new(),
    ] {
        for path in ["/jwks", "/token", "/nowhere"] {
            server
                .send("GET", path, &[&format!("Host: {host}")], "")
                .refused(403, "access_denied");
        }
    }
    for host in [format!("localhost:{port}"), format!("[::1]:{port}")] {
        let answer = server.send("GET", "/jwks", &[&format!("Host: {host}")], "");
        assert_eq!(answer.status, 200, "{host}");
    }
}

#[test]
fn v2_a_foreign_authority_in_the_target_is_refused() {
    let server = server();
    server
        .send("GET", "http://evil.example/jwks", &[], "")
        .refused(403, "access_denied");
    let target = format!("{}/jwks", server.issuer());
    assert_eq!(server.send("GET", &target, &[], "").status, 200);
}

#[test]
fn a_request_has_exactly_one_host() {
    let server = server();
    let host = format!("Host: {}", server.host());
    server
        .send("GET", "/jwks", &[&host, &host], "")
        .refused(400, "invalid_request");
    let answer = server.raw(b"GET /jwks HTTP/1.1\r\nConnection: close\r\n\r\n");
    answer.refused(400, "invalid_request");
}

#[test]
fn v2_a_foreign_origin_may_not_post() {
    let server = server();
    let own = format!("Origin: {}", server.issuer());
    for (origin, status) in [
        ("Origin: https://evil.example", 403),
        ("Origin: null", 403),
        ("Origin: http://127.0.0.1", 403),
        (own.as_str(), 200),
    ] {
        let headers = [origin, &basic("service", "service-secret")];
        let answer = server.post("/token", &headers, &[("grant_type", "client_credentials")]);
        assert_eq!(answer.status, status, "{origin}");
    }
}

#[test]
fn v14_every_answer_carries_the_headers() {
    let server = server();
    for (method, path) in [
        ("GET", "/jwks"),
        ("GET", "/.well-known/openid-configuration"),
        ("GET", "/nowhere"),
        ("GET", "/token"),
        ("POST", "/token"),
        ("GET", "/userinfo"),
    ] {
        let answer = server.send(method, path, &[], "");
        for (name, value) in [
            ("x-content-type-options", "nosniff"),
            ("referrer-policy", "no-referrer"),
            ("x-frame-options", "DENY"),
            (
                "content-security-policy",
                "default-src 'none'; frame-ancestors 'none'",
            ),
            ("cross-origin-resource-policy", "same-origin"),
        ] {
            assert_eq!(answer.header(name), Some(value), "{method} {path}");
        }
        assert!(answer.header("cache-control").is_some(), "{method} {path}");
    }
}

#[test]
fn v15_no_other_origin_is_let_in() {
    let server = server();
    let origin = "Origin: https://app.example";
    for path in ["/token", "/userinfo", "/jwks", "/introspect"] {
        let preflight = server.send(
            "OPTIONS",
            path,
            &[origin, "Access-Control-Request-Method: POST"],
            "",
        );
        let plain = server.send("GET", path, &[origin], "");
        for answer in [preflight, plain] {
            assert!(
                !answer
                    .headers
                    .iter()
                    .any(|(name, _)| name.starts_with("access-control-")),
                "{path}"
            );
        }
    }
}

#[test]
fn v16_a_method_that_an_endpoint_does_not_take_is_refused() {
    let server = server();
    for (method, path, allow) in [
        ("GET", "/token", "POST"),
        ("PUT", "/token", "POST"),
        ("GET", "/introspect", "POST"),
        ("GET", "/revoke", "POST"),
        ("POST", "/jwks", "GET,HEAD"),
        ("DELETE", "/userinfo", "GET,HEAD,POST"),
    ] {
        let answer = server.send(method, path, &[], "");
        answer.refused(405, "invalid_request");
        assert_eq!(answer.header("allow"), Some(allow), "{method} {path}");
    }
}

#[test]
fn v16_only_forms_are_read() {
    let server = server();
    let auth = basic("service", "service-secret");
    let body = "grant_type=client_credentials";
    for content_type in [
        None,
        Some("Content-Type: application/json"),
        Some("Content-Type: text/plain"),
        Some("Content-Type: multipart/form-data; boundary=x"),
        Some("Content-Type: application/x-www-form-urlencoded-not"),
    ] {
        let headers: Vec<&str> = content_type.into_iter().chain([auth.as_str()]).collect();
        server
            .send("POST", "/token", &headers, body)
            .refused(400, "invalid_request");
    }
    let headers = [
        "Content-Type: application/X-WWW-form-urlencoded; charset=UTF-8",
        auth.as_str(),
    ];
    assert_eq!(server.send("POST", "/token", &headers, body).status, 200);
}

#[test]
fn v12_a_parameter_twice_is_refused() {
    let server = server();
    let form = [
        ("grant_type", "password"),
        ("username", "alice"),
        ("password", "wonderland"),
    ];
    for (name, value) in form {
        let mut twice = form.to_vec();
        twice.push((name, value));
        server.public(&twice).refused(400, "invalid_request");
    }
    let names: Vec<String> = (0..1_000).map(|n| format!("p{n}")).collect();
    let mut many = form.to_vec();
    many.extend(names.iter().map(|name| (name.as_str(), "1")));
    assert_eq!(server.public(&many).status, 200, "unknown ones are ignored");
    many.extend(names.iter().map(|name| (name.as_str(), "1")));
    server.public(&many).refused(400, "invalid_request");
}

#[test]
fn no_octets_take_the_server_down() {
    let server = server();
    let long = "%".repeat(5_000);
    for body in [
        &b"\xff\xfe\x00"[..],
        b"grant_type",
        b"=&=&=",
        b"&&&&",
        b"grant_type=%",
        b"grant_type=%zz&client_id=%00",
        b"scope=\r\n",
        long.as_bytes(),
    ] {
        let mut request = format!(
            "POST /token HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\
             Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n",
            server.host(),
            body.len()
        )
        .into_bytes();
        request.extend(body);
        let status = server.raw(&request).status;
        assert!((400..500).contains(&status), "{status} {body:?}");
    }
    for head in [
        &b"\0\0\0\0\r\n\r\n"[..],
        b"GET\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n",
        b"GET /\xff HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET /jwks HTTP/9.9\r\nHost: x\r\n\r\n",
        b"POST /token HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
    ] {
        let status = server.raw(head).status;
        assert!(status == 0 || (400..500).contains(&status), "{status}");
    }
    assert_eq!(server.get("/jwks").status, 200);
}

#[test]
fn h2_the_log_holds_no_secret() {
    let lines: Arc<Mutex<Vec<String>>> = Arc::default();
    let log = lines.clone();
    let mut config = Config::built_in();
    config.algorithm = authctl::core::jose::Algorithm::ES256;
    let server = with_options(config, |options| {
        options.observer = Some(Arc::new(move |exchange: &Exchange| {
            log.lock()
                .expect("a lock")
                .push(format!("{exchange} {exchange:?}"));
        }));
    });
    let answer = server.alice("openid");
    let access = answer.text("access_token");
    server.get(&format!("/userinfo?access_token={access}"));
    server.service("/introspect", &[("token", &access)]);
    server.refresh("not-a-token", &[]);
    let lines = lines.lock().expect("a lock").clone();
    assert_eq!(lines.len(), 4);
    assert!(lines[0].starts_with("POST /token 200 "), "{}", lines[0]);
    assert!(
        lines[1].starts_with("GET /userinfo 401 invalid_token "),
        "{}",
        lines[1]
    );
    assert!(
        lines[2].starts_with("POST /introspect 200 "),
        "{}",
        lines[2]
    );
    assert!(
        lines[3].starts_with("POST /token 400 invalid_grant "),
        "{}",
        lines[3]
    );
    let refresh = answer.text("refresh_token");
    for secret in [
        "wonderland",
        "service-secret",
        "not-a-token",
        &access,
        &refresh,
    ] {
        assert!(lines.iter().all(|line| !line.contains(secret)), "{secret}");
    }
}
