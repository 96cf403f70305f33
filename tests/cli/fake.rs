//! A server of raw TCP that answers as a test tells it, also what no server
//! should.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::Duration;

/// A request as it came.
#[derive(Clone, Debug)]
pub struct Seen {
    /// Method and target: `POST /token`.
    pub what: String,
    /// The head, as it came.
    pub head: String,
    /// The body, as it came.
    pub body: String,
    /// Where it came to: `127.0.0.1:1234`.
    pub host: String,
}

/// What becomes of a request.
pub enum Answer {
    /// These octets, then the connection is closed.
    Octets(Vec<u8>),
    /// These octets, one every 50 ms.
    Slowly(Vec<u8>),
    /// The connection is closed without a word.
    Cut,
    /// Nothing, until the client gives up.
    Never,
}

/// The server; it stops when it is dropped.
pub struct Fake {
    address: SocketAddr,
    seen: Arc<Mutex<Vec<Seen>>>,
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Fake {
    /// Starts one that answers each request by `answer`.
    pub fn new(answer: impl Fn(&Seen) -> Answer + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = listener.local_addr().expect("an address");
        let seen = Arc::new(Mutex::new(Vec::new()));
        let stop = Arc::new(AtomicBool::new(false));
        let answer = Arc::new(answer);
        let thread = std::thread::spawn({
            let (seen, stop) = (Arc::clone(&seen), Arc::clone(&stop));
            move || {
                for stream in listener.incoming() {
                    if stop.load(Ordering::SeqCst) {
                        return;
                    }
                    let Ok(stream) = stream else { continue };
                    let (seen, answer) = (Arc::clone(&seen), Arc::clone(&answer));
                    std::thread::spawn(move || serve(stream, address, &seen, answer.as_ref()));
                }
            }
        });
        Self {
            address,
            seen,
            stop,
            thread: Some(thread),
        }
    }

    /// Starts one whose token endpoint gives the answers in their order, the
    /// last of them again and again. It has metadata at both well-known paths.
    pub fn tokens(answers: impl IntoIterator<Item = Answer>) -> Self {
        let answers: Mutex<Vec<Answer>> = Mutex::new(answers.into_iter().collect());
        Self::new(move |request| match request.what.as_str() {
            "POST /token" => {
                let mut answers = answers.lock().expect("the answers");
                if answers.len() > 1 {
                    answers.remove(0)
                } else {
                    match &answers[0] {
                        Answer::Octets(octets) => Answer::Octets(octets.clone()),
                        Answer::Slowly(octets) => Answer::Slowly(octets.clone()),
                        Answer::Cut => Answer::Cut,
                        Answer::Never => Answer::Never,
                    }
                }
            }
            what if what.starts_with("GET /.well-known/") => {
                let host = &request.host;
                json(
                    200,
                    &format!(
                        r#"{{"issuer":"http://{host}","token_endpoint":"http://{host}/token","revocation_endpoint":"http://{host}/revoke","grant_types_supported":["password","client_credentials","refresh_token"]}}"#
                    ),
                )
            }
            _ => json(404, "{}"),
        })
    }

    /// Returns the issuer, which is also the base of all addresses.
    pub fn issuer(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Returns a URL on this server.
    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// Returns all requests so far.
    pub fn seen(&self) -> Vec<Seen> {
        self.seen.lock().expect("the requests").clone()
    }

    /// Returns how often this was asked for.
    pub fn count(&self, what: &str) -> usize {
        self.seen().iter().filter(|seen| seen.what == what).count()
    }
}

impl Drop for Fake {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::SeqCst);
        // Wakes the listener.
        let _ = TcpStream::connect(self.address);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// An answer of the token endpoint: these, for an hour.
pub fn bearer(access_token: &str, refresh_token: &str) -> Answer {
    json(
        200,
        &format!(
            r#"{{"access_token":"{access_token}","token_type":"Bearer","expires_in":3600,"refresh_token":"{refresh_token}"}}"#
        ),
    )
}

/// The metadata of a server at this host that has nothing but a token
/// endpoint.
pub fn metadata(host: &str) -> Answer {
    json(
        200,
        &format!(r#"{{"issuer":"http://{host}","token_endpoint":"http://{host}/token"}}"#),
    )
}

/// An answer of JSON.
pub fn json(status: u16, body: &str) -> Answer {
    with_headers(status, &["Content-Type: application/json"], body)
}

/// An answer with these header lines.
pub fn with_headers(status: u16, headers: &[&str], body: impl AsRef<[u8]>) -> Answer {
    let body = body.as_ref();
    let mut octets = format!(
        "HTTP/1.1 {status} X\r\nContent-Length: {}\r\nConnection: close\r\n",
        body.len()
    );
    for line in headers {
        octets.push_str(line);
        octets.push_str("\r\n");
    }
    octets.push_str("\r\n");
    let mut octets = octets.into_bytes();
    octets.extend_from_slice(body);
    Answer::Octets(octets)
}

fn serve(
    mut stream: TcpStream,
    address: SocketAddr,
    seen: &Mutex<Vec<Seen>>,
    answer: &dyn Fn(&Seen) -> Answer,
) {
    let patience = Some(Duration::from_secs(10));
    let _ = stream.set_read_timeout(patience);
    let Some(request) = read(&mut stream, address) else {
        return;
    };
    seen.lock().expect("the requests").push(request.clone());
    match answer(&request) {
        Answer::Octets(octets) => {
            let _ = stream.write_all(&octets);
        }
        Answer::Slowly(octets) => {
            for octet in octets {
                if stream.write_all(&[octet]).is_err() {
                    return;
                }
                std::thread::sleep(Duration::from_millis(50));
            }
        }
        Answer::Cut => {}
        Answer::Never => {
            // Until the client hangs up.
            let _ = stream.read(&mut [0; 1]);
        }
    }
}

fn read(stream: &mut TcpStream, address: SocketAddr) -> Option<Seen> {
    let request = read_request(stream)?;
    let (head, body) = request.split_once("\r\n\r\n")?;
    let line = head.lines().next().unwrap_or_default();
    let what = line.rsplit_once(' ').map_or(line, |(what, _)| what);
    Some(Seen {
        what: what.to_owned(),
        head: head.to_owned(),
        body: body.to_owned(),
        host: address.to_string(),
    })
}

/// Reads one request, head and body.
pub fn read_request(stream: &mut TcpStream) -> Option<String> {
    let mut octets = Vec::new();
    let mut buffer = [0; 4096];
    loop {
        let text = String::from_utf8_lossy(&octets).into_owned();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length = head
                .lines()
                .filter_map(|line| line.split_once(':'))
                .find(|(name, _)| name.eq_ignore_ascii_case("content-length"))
                .map_or(0, |(_, value)| value.trim().parse().unwrap_or(0));
            if body.len() >= length {
                return Some(text);
            }
        }
        match stream.read(&mut buffer) {
            Ok(0) | Err(_) => return None,
            Ok(read) => octets.extend_from_slice(&buffer[..read]),
        }
    }
}
