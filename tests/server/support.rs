//! A server for a test, and an HTTP client that sends exactly what it is told.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use authctl::core::jose::jwt::{self, Rules, Verified};
use authctl::core::jose::{Algorithm, Keys};
use authctl::core::time::{Clock, Timestamp};
use authctl::server::{Config, Options, Running, Server};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde_json::Value;
use url::form_urlencoded;

/// When the tests' clock starts.
pub const START: i64 = 1_700_000_000;

/// A clock that stands still until it is told to go on.
pub struct TestClock(AtomicI64);

impl Clock for TestClock {
    fn now(&self) -> Timestamp {
        Timestamp(self.0.load(Ordering::SeqCst))
    }

    fn sleep(&self, span: Duration) {
        let seconds = i64::try_from(span.as_secs()).expect("a short span");
        self.0.fetch_add(seconds, Ordering::SeqCst);
    }
}

/// A running server.
pub struct Fixture {
    pub running: Running,
    pub clock: Arc<TestClock>,
}

/// Starts a server with the built-in users and clients, on ES256, whose key
/// is made in no time.
pub fn server() -> Fixture {
    with_config(|_| {})
}

/// Starts one after a change to the built-in configuration.
pub fn with_config(change: impl FnOnce(&mut Config)) -> Fixture {
    let mut config = Config::built_in();
    config.algorithm = Algorithm::ES256;
    change(&mut config);
    with_options(config, |_| {})
}

/// Starts one from a configuration file.
pub fn with_toml(text: &str) -> Fixture {
    let config = Config::from_toml(&format!("alg = \"ES256\"\n{text}")).expect("a configuration");
    with_options(config, |_| {})
}

/// Starts one with other options.
pub fn with_options(config: Config, change: impl FnOnce(&mut Options)) -> Fixture {
    let clock = Arc::new(TestClock(AtomicI64::new(START)));
    let mut options = Options::new(config);
    options.listen.set_port(0);
    options.clock = clock.clone();
    change(&mut options);
    let running = Server::bind(options)
        .and_then(Server::spawn)
        .expect("a server");
    Fixture { running, clock }
}

impl Fixture {
    pub fn address(&self) -> SocketAddr {
        self.running.ready().address
    }

    pub fn issuer(&self) -> &str {
        &self.running.ready().issuer
    }

    pub fn host(&self) -> String {
        self.address().to_string()
    }

    pub fn now(&self) -> i64 {
        self.clock.now().0
    }

    /// Lets time pass.
    pub fn pass(&self, seconds: u64) {
        self.clock.sleep(Duration::from_secs(seconds));
    }

    /// Sends octets as they are and reads until the server hangs up.
    pub fn raw(&self, request: &[u8]) -> Response {
        let mut stream = self.connect();
        stream.write_all(request).expect("to send");
        Response::read(&mut stream)
    }

    pub fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(self.address()).expect("to connect");
        let wait = Some(Duration::from_secs(20));
        stream.set_read_timeout(wait).expect("a time-out");
        stream
    }

    /// Sends a request with these header lines; Host and Connection are added
    /// where they are missing, and Content-Length for a body.
    pub fn send(&self, method: &str, target: &str, headers: &[&str], body: &str) -> Response {
        let mut head = format!("{method} {target} HTTP/1.1\r\n");
        let has = |name: &str| {
            headers
                .iter()
                .any(|line| line.to_lowercase().starts_with(name))
        };
        if !has("host:") {
            head.push_str(&format!("Host: {}\r\n", self.host()));
        }
        if method == "POST" && !has("content-length:") && !has("transfer-encoding:") {
            head.push_str(&format!("Content-Length: {}\r\n", body.len()));
        }
        for line in headers {
            head.push_str(line);
            head.push_str("\r\n");
        }
        head.push_str("Connection: close\r\n\r\n");
        self.raw(format!("{head}{body}").as_bytes())
    }

    pub fn get(&self, target: &str) -> Response {
        self.send("GET", target, &[], "")
    }

    /// Posts a form.
    pub fn post(&self, target: &str, headers: &[&str], form: &[(&str, &str)]) -> Response {
        let body = form_urlencoded::Serializer::new(String::new())
            .extend_pairs(form)
            .finish();
        let mut lines = vec!["Content-Type: application/x-www-form-urlencoded"];
        lines.extend(headers);
        self.send("POST", target, &lines, &body)
    }

    /// Asks the token endpoint as the public client `authctl`.
    pub fn public(&self, form: &[(&str, &str)]) -> Response {
        let mut form = form.to_vec();
        form.push(("client_id", "authctl"));
        self.post("/token", &[], &form)
    }

    /// Asks an endpoint as the confidential client `service`.
    pub fn service(&self, target: &str, form: &[(&str, &str)]) -> Response {
        self.post(target, &[&basic("service", "service-secret")], form)
    }

    /// Signs alice in with a scope.
    pub fn alice(&self, scope: &str) -> Response {
        let response = self.public(&[
            ("grant_type", "password"),
            ("username", "alice"),
            ("password", "wonderland"),
            ("scope", scope),
        ]);
        assert_eq!(response.status, 200, "{response:?}");
        response
    }

    /// Refreshes as the public client.
    pub fn refresh(&self, refresh_token: &str, more: &[(&str, &str)]) -> Response {
        let mut form = vec![
            ("grant_type", "refresh_token"),
            ("refresh_token", refresh_token),
        ];
        form.extend(more);
        self.public(&form)
    }

    /// Says whether the server still takes a token for good.
    pub fn is_active(&self, token: &str) -> bool {
        let response = self.service("/introspect", &[("token", token)]);
        assert_eq!(response.status, 200, "{response:?}");
        response.json()["active"].as_bool().expect("active")
    }

    /// Verifies a token by the server's own key set and the core's rules.
    pub fn verify(&self, token: &str, audience: &str, typ: &str) -> Verified {
        let keys = Keys::set(&self.get("/jwks").body).expect("a key set");
        let rules = Rules {
            issuer: Some(self.issuer().to_owned()),
            audience: vec![audience.to_owned()],
            typ: Some(typ.to_owned()),
            ..Rules::default()
        };
        jwt::verify(token, &keys, &rules, self.clock.now()).expect("a good token")
    }
}

/// Writes the header line of HTTP Basic for names that need no encoding.
pub fn basic(client_id: &str, secret: &str) -> String {
    format!(
        "Authorization: Basic {}",
        BASE64_STANDARD.encode(format!("{client_id}:{secret}"))
    )
}

pub fn bearer(token: &str) -> String {
    format!("Authorization: Bearer {token}")
}

/// A response, as it came.
#[derive(Debug)]
pub struct Response {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Response {
    /// Reads until the end of the connection. A connection closed without a
    /// word has the status 0.
    pub fn read(stream: &mut impl Read) -> Self {
        let mut octets = Vec::new();
        // A reset after the answer is an end, too.
        let _ = stream.read_to_end(&mut octets);
        let Some(split) = octets.windows(4).position(|four| four == b"\r\n\r\n") else {
            return Self {
                status: 0,
                headers: Vec::new(),
                body: octets,
            };
        };
        let head = String::from_utf8(octets[..split].to_vec()).expect("a head in UTF-8");
        let mut lines = head.split("\r\n");
        let status = lines.next().and_then(|line| line.split(' ').nth(1));
        let headers = lines.map(|line| {
            let (name, value) = line.split_once(':').expect("a header");
            (name.to_lowercase(), value.trim().to_owned())
        });
        Self {
            status: status.and_then(|text| text.parse().ok()).expect("a status"),
            headers: headers.collect(),
            body: octets[split + 4..].to_vec(),
        }
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        let mut found = self.headers.iter().filter(|(field, _)| field == name);
        let value = found.next().map(|(_, value)| value.as_str());
        assert!(found.next().is_none(), "{name} comes twice");
        value
    }

    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).expect("JSON")
    }

    /// Returns a text member of the body.
    pub fn text(&self, name: &str) -> String {
        self.json()[name]
            .as_str()
            .unwrap_or_else(|| panic!("no {name}"))
            .to_owned()
    }

    /// Asserts a refusal with this status and error code.
    #[track_caller]
    pub fn refused(&self, status: u16, error: &str) -> &Self {
        assert_eq!(self.status, status, "{self:?}");
        assert_eq!(self.json()["error"], error, "{self:?}");
        assert_eq!(self.header("cache-control"), Some("no-store"));
        self
    }
}
