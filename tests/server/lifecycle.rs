//! Starting and stopping.

use std::io::Write;
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::time::{Duration, Instant};

use authctl::core::error::{Exit, Report};
use authctl::core::http::{Client, Options as HttpOptions, Transport};
use authctl::core::jose::Algorithm;
use authctl::core::oauth::token::{password_request, process_token_response};
use authctl::core::oauth::{ClientAuth, Parameters};
use authctl::core::secret::Secret;
use authctl::server::{Config, GrantType, Options, Server};

use crate::support::{Response, server, with_options};

fn options(listen: &str) -> Options {
    let mut options = Options::new(Config::built_in());
    options.config.algorithm = Algorithm::ES256;
    options.listen = listen.parse().expect("an address");
    options
}

fn own_users() -> Config {
    Config::from_toml("alg = \"ES256\"\n[clients.own]\nsecret = \"x\"").expect("a configuration")
}

#[test]
fn it_says_what_there_is() {
    let server = server();
    let ready = server.running.ready();
    let port = ready.address.port();
    assert_ne!(port, 0);
    assert_eq!(ready.issuer, format!("http://127.0.0.1:{port}"));
    let users: Vec<_> = ready
        .users
        .iter()
        .map(|user| (user.username.as_str(), user.password))
        .collect();
    assert_eq!(
        users,
        [("alice", Some("wonderland")), ("bob", Some("builder"))]
    );
    let clients: Vec<_> = ready
        .clients
        .iter()
        .map(|client| {
            (
                client.client_id.as_str(),
                client.confidential,
                client.secret,
            )
        })
        .collect();
    assert_eq!(
        clients,
        [
            ("authctl", false, None),
            ("service", true, Some("service-secret"))
        ]
    );
    assert_eq!(
        ready.clients[0].grant_types,
        [GrantType::Password, GrantType::RefreshToken]
    );
    assert!(
        ready
            .endpoints
            .contains(&("token_endpoint", format!("{}/token", ready.issuer)))
    );
}

#[test]
fn secrets_of_a_configuration_are_not_said() {
    let server = with_options(own_users(), |_| {});
    let ready = server.running.ready();
    assert_eq!(ready.clients[0].secret, None);
    assert!(ready.clients[0].confidential);
}

#[test]
fn v1_the_default_is_loopback_port_9400() {
    let options = Options::new(Config::built_in());
    assert_eq!(options.listen, SocketAddr::from(([127, 0, 0, 1], 9400)));
}

#[test]
fn v1_beyond_loopback_it_needs_own_users_and_tls() {
    for (config, why) in [
        (
            Config::built_in(),
            "cannot listen on 0.0.0.0:0: the passwords of the built-in users are public knowledge",
        ),
        (
            own_users(),
            "cannot listen on 0.0.0.0:0: beyond loopback passwords and tokens need TLS",
        ),
    ] {
        let mut options = options("0.0.0.0:0");
        options.config = config;
        let error = Server::bind(options).err().expect("a refusal");
        assert_eq!(error.to_string(), why);
        assert_eq!(error.exit(), Exit::Usage);
        assert!(error.hint().is_some());
    }
    let mut options = options("0.0.0.0:0");
    options.config = own_users();
    options.tls = Some(crate::tls::certificate());
    let error = Server::bind(options.clone()).err().expect("a refusal");
    assert_eq!(
        error.to_string(),
        "cannot listen on 0.0.0.0:0: that is every address, and none of them can be the issuer"
    );
    options.config.issuer = Some("https://localhost:9443".parse().expect("a URL"));
    assert!(Server::bind(options).is_ok());
}

#[test]
fn an_algorithm_without_a_key_pair_is_refused() {
    let mut options = options("127.0.0.1:0");
    options.config.algorithm = Algorithm::HS256;
    let error = Server::bind(options).err().expect("a refusal");
    assert_eq!(
        error.to_string(),
        "cannot sign with HS256: its key would have to be published"
    );
    assert_eq!(error.exit(), Exit::Usage);
}

#[test]
fn an_address_that_is_taken_is_said_so() {
    let taken = TcpListener::bind("127.0.0.1:0").expect("a listener");
    let address = taken.local_addr().expect("an address");
    let error = Server::bind(options(&address.to_string()))
        .err()
        .expect("a refusal");
    assert_eq!(error.to_string(), format!("cannot listen on {address}"));
    assert_eq!(error.exit(), Exit::Config);
    assert_eq!(
        error.hint().as_deref(),
        Some("stop what listens there, or let `--listen 127.0.0.1:0` take a free port")
    );
}

#[test]
fn ipv6_loopback_is_loopback() {
    let Ok(server) = Server::bind(options("[::1]:0")) else {
        // A machine without IPv6 has no such address.
        assert!(TcpListener::bind("[::1]:0").is_err());
        return;
    };
    let port = server.ready().address.port();
    assert_eq!(server.ready().issuer, format!("http://[::1]:{port}"));
}

#[test]
fn an_issuer_that_cannot_be_routed_is_refused() {
    for (issuer, what) in [
        (
            "https://as.example/?x=1",
            "the issuer `https://as.example/?x=1` has a query",
        ),
        (
            "https://as.example/a{b}",
            "the issuer's path `/a%7Bb%7D` holds unusual characters",
        ),
        (
            "https://as.example//a",
            "the issuer's path `//a` holds unusual characters",
        ),
    ] {
        let mut options = options("127.0.0.1:0");
        options.config.issuer = Some(issuer.parse().expect("a URL"));
        let error = Server::bind(options).err().expect("a refusal");
        assert_eq!(error.to_string(), what);
        assert_eq!(error.exit(), Exit::Config);
    }
}

#[test]
fn connections_are_taken_before_it_answers() {
    let server = Server::bind(options("127.0.0.1:0")).expect("a server");
    let address = server.ready().address;
    let mut early = TcpStream::connect(address).expect("to connect");
    write!(
        early,
        "GET /jwks HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n"
    )
    .expect("to send");
    let _running = server.spawn().expect("to run");
    assert_eq!(Response::read(&mut early).status, 200);
}

#[test]
fn it_stops_at_once_when_nothing_runs() {
    let server = server();
    let idle = server.connect();
    let address = server.address();
    assert_eq!(server.get("/jwks").status, 200);
    let started = Instant::now();
    server.running.stop();
    assert!(started.elapsed() < Duration::from_secs(2));
    assert!(TcpStream::connect(address).is_err());
    drop(idle);
}

#[test]
fn a_request_that_runs_is_answered_before_the_end() {
    let server = server();
    let mut stream = server.connect();
    let body = "grant_type=client_credentials&client_id=service&client_secret=service-secret";
    write!(
        stream,
        "POST /token HTTP/1.1\r\nHost: {}\r\nContent-Length: {}\r\n\
         Content-Type: application/x-www-form-urlencoded\r\nExpect: 100-continue\r\n\r\n",
        server.host(),
        body.len()
    )
    .expect("to send");
    // The server asks for the body, so the request runs.
    let mut interim = [0; 25];
    std::io::Read::read_exact(&mut stream, &mut interim).expect("100 Continue");
    assert!(interim.starts_with(b"HTTP/1.1 100 "));
    let ending = std::thread::spawn(move || server.running.stop());
    std::thread::sleep(Duration::from_millis(100));
    stream.write_all(body.as_bytes()).expect("to send");
    assert_eq!(Response::read(&mut stream).status, 200);
    ending.join().expect("an end");
}

#[test]
fn a_request_that_never_ends_is_cut() {
    let server = with_options(own_users(), |options| {
        options.limits.drain = Duration::from_millis(200);
    });
    let mut stream = server.connect();
    write!(
        stream,
        "POST /token HTTP/1.1\r\nHost: {}\r\nContent-Length: 10\r\n\
         Content-Type: application/x-www-form-urlencoded\r\n\r\n",
        server.host()
    )
    .expect("to send");
    std::thread::sleep(Duration::from_millis(50));
    let started = Instant::now();
    server.running.stop();
    assert!(started.elapsed() < Duration::from_secs(3));
}

#[test]
fn the_core_s_own_client_gets_a_token() {
    let server = server();
    let auth = ClientAuth::None {
        client_id: "authctl".into(),
    };
    let endpoint = format!("{}/token", server.issuer()).parse().expect("a URL");
    let request = password_request(
        &endpoint,
        &auth,
        "alice",
        &Secret::new("wonderland"),
        &Parameters::default(),
    );
    let response = Client::new(HttpOptions::default())
        .send(&request)
        .expect("an answer");
    let tokens = process_token_response(&request, &response).expect("tokens");
    assert_eq!(tokens.expires_in, Some(Duration::from_secs(3600)));
    assert!(tokens.id_token.is_some() && tokens.refresh_token.is_some());
}
