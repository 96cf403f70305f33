//! The embedded server behind a proxy that takes down all secrets that pass:
//! what is sent in requests, and what is issued in answers.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;

use authctl::server::{Config, Options, Running, Server};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde_json::Value;

use crate::fake::read_request;

/// The server and the proxy; both stop when it is dropped.
pub struct Recording {
    address: SocketAddr,
    secrets: Arc<Mutex<Vec<(String, String)>>>,
    exchanges: Arc<Mutex<usize>>,
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
    _server: Running,
}

impl Recording {
    /// Starts one of a configuration, to which the issuer is added.
    pub fn new(configuration: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = listener.local_addr().expect("an address");
        let configuration = format!("issuer = \"http://{address}\"\n{configuration}");
        let config = Config::from_toml(&configuration).expect("a configuration");
        let mut options = Options::new(config);
        options.listen.set_port(0);
        let server = Server::bind(options)
            .expect("a free port")
            .spawn()
            .expect("a running server");
        let behind = server.ready().address;
        let secrets = Arc::new(Mutex::new(Vec::new()));
        let exchanges = Arc::new(Mutex::new(0));
        let stop = Arc::new(AtomicBool::new(false));
        let thread = std::thread::spawn({
            let (secrets, exchanges) = (Arc::clone(&secrets), Arc::clone(&exchanges));
            let stop = Arc::clone(&stop);
            move || {
                for stream in listener.incoming() {
                    if stop.load(Ordering::SeqCst) {
                        return;
                    }
                    // One after the other: commands run so, too.
                    if let Some(found) = stream.ok().and_then(|stream| pass(stream, behind)) {
                        secrets.lock().expect("the secrets").extend(found);
                        *exchanges.lock().expect("the count") += 1;
                    }
                }
            }
        });
        Self {
            address,
            secrets,
            exchanges,
            stop,
            thread: Some(thread),
            _server: server,
        }
    }

    /// Returns the issuer.
    pub fn issuer(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Returns what was taken down: what each is called, and itself.
    pub fn secrets(&self) -> Vec<(String, String)> {
        self.secrets.lock().expect("the secrets").clone()
    }

    /// Returns how many exchanges there were.
    pub fn exchanges(&self) -> usize {
        *self.exchanges.lock().expect("the count")
    }
}

impl Drop for Recording {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::SeqCst);
        // Wakes the listener.
        let _ = TcpStream::connect(self.address);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// Hands one request on and its answer back; returns the secrets in both.
fn pass(mut client: TcpStream, server: SocketAddr) -> Option<Vec<(String, String)>> {
    let request = read_request(&mut client)?;
    let (head, body) = request.split_once("\r\n\r\n")?;
    // The end of the answer is then the end of the connection.
    let only: Vec<&str> = head
        .split("\r\n")
        .filter(|line| !line.to_ascii_lowercase().starts_with("connection:"))
        .collect();
    let handed_on = format!("{}\r\nConnection: close\r\n\r\n{body}", only.join("\r\n"));
    let mut behind = TcpStream::connect(server).ok()?;
    behind.write_all(handed_on.as_bytes()).ok()?;
    let mut answer = Vec::new();
    behind.read_to_end(&mut answer).ok()?;
    client.write_all(&answer).ok()?;
    let mut found = in_request(head, body);
    found.extend(in_answer(&String::from_utf8_lossy(&answer)));
    Some(found)
}

/// The fields that say what is public anyway.
const PUBLIC_FIELDS: [&str; 8] = [
    "audience",
    "client_id",
    "grant_type",
    "resource",
    "response_type",
    "scope",
    "token_type_hint",
    "username",
];

fn in_request(head: &str, body: &str) -> Vec<(String, String)> {
    let mut found: Vec<(String, String)> = url::form_urlencoded::parse(body.as_bytes())
        .filter(|(name, _)| !PUBLIC_FIELDS.contains(&&**name))
        .map(|(name, value)| (format!("the field {name}"), value.into_owned()))
        .collect();
    for line in head.lines() {
        let Some((name, value)) = line.split_once(": ") else {
            continue;
        };
        if !name.eq_ignore_ascii_case("authorization") {
            continue;
        }
        let (scheme, credentials) = value.split_once(' ').unwrap_or(("", value));
        found.push((format!("the {scheme} header"), credentials.to_owned()));
        if let Ok(octets) = BASE64_STANDARD.decode(credentials)
            && let Ok(text) = String::from_utf8(octets)
            && let Some((_, secret)) = text.split_once(':')
        {
            found.push(("the Basic secret, encoded".into(), secret.to_owned()));
        }
    }
    found
}

/// The members of answers whose values are secret.
const SECRET_MEMBERS: [&str; 4] = ["access_token", "refresh_token", "id_token", "code"];

fn in_answer(answer: &str) -> Vec<(String, String)> {
    let body = answer.split_once("\r\n\r\n").map_or("", |(_, body)| body);
    let Ok(Value::Object(members)) = serde_json::from_str(body) else {
        return Vec::new();
    };
    SECRET_MEMBERS
        .into_iter()
        .filter_map(|name| {
            let value = members.get(name)?.as_str()?;
            Some((format!("the issued {name}"), value.to_owned()))
        })
        .collect()
}
