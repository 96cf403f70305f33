//! A token endpoint between authctl and the embedded server, which holds back
//! or loses what passes.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex};
use std::time::Duration;

use crate::fake::{Answer, Fake, Seen};
use crate::harness::Home;

/// The relay; it stops when it is dropped.
pub struct Relay {
    fake: Fake,
    gate: Arc<Gate>,
    lose: Arc<AtomicUsize>,
}

#[derive(Default)]
struct Gate {
    closed: AtomicBool,
    held: AtomicUsize,
    state: Mutex<()>,
    opened: Condvar,
}

impl Relay {
    /// Starts one before the token endpoint of the server with this issuer.
    pub fn to(issuer: &str) -> Self {
        let gate = Arc::new(Gate::default());
        let lose = Arc::new(AtomicUsize::new(0));
        let authority = issuer.strip_prefix("http://").expect("http").to_owned();
        let fake = Fake::new({
            let (gate, lose) = (Arc::clone(&gate), Arc::clone(&lose));
            move |request| {
                gate.pass();
                let answer = forward(&authority, request);
                let lost = lose.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| {
                    left.checked_sub(1)
                });
                match lost {
                    Ok(_) => Answer::Cut,
                    Err(_) => Answer::Octets(answer),
                }
            }
        });
        Self { fake, gate, lose }
    }

    /// Signs alice in through it, quietly.
    pub fn sign_in(&self, home: &Home, issuer: &str) {
        home.authctl(["login", "-q", "--issuer", issuer])
            .args(["--client-id", "authctl", "--username", "alice"])
            .args(["--token-endpoint", &self.fake.url("/token")])
            .env("AUTHCTL_PASSWORD", "wonderland")
            .run()
            .succeeds();
    }

    /// Returns the address of its token endpoint.
    pub fn token_endpoint(&self) -> String {
        self.fake.url("/token")
    }

    /// Holds back, from now on, what comes.
    pub fn close(&self) {
        self.gate.closed.store(true, Ordering::SeqCst);
    }

    /// Lets through what was held back, and what comes.
    pub fn open(&self) {
        let _state = self.gate.state.lock().expect("the gate");
        self.gate.closed.store(false, Ordering::SeqCst);
        self.gate.opened.notify_all();
    }

    /// Waits until so many requests are held back.
    pub fn wait_for(&self, held: usize) {
        let until = std::time::Instant::now() + PATIENCE;
        while self.gate.held.load(Ordering::SeqCst) < held {
            assert!(std::time::Instant::now() < until, "no request came");
            std::thread::sleep(Duration::from_millis(2));
        }
    }

    /// Loses the next answers: the server gives them, and the connection is cut.
    pub fn lose(&self, answers: usize) {
        self.lose.store(answers, Ordering::SeqCst);
    }
}

impl Drop for Relay {
    fn drop(&mut self) {
        self.open();
    }
}

impl Gate {
    fn pass(&self) {
        let mut state = self.state.lock().expect("the gate");
        if self.closed.load(Ordering::SeqCst) {
            self.held.fetch_add(1, Ordering::SeqCst);
        }
        while self.closed.load(Ordering::SeqCst) {
            state = self.opened.wait(state).expect("the gate");
        }
    }
}

/// Sends a request on, and returns the answer as it came.
fn forward(authority: &str, request: &Seen) -> Vec<u8> {
    let mut head = String::new();
    for line in request.head.lines() {
        let name = line.split(':').next().unwrap_or_default();
        match name.to_ascii_lowercase().as_str() {
            "host" => head.push_str(&format!("Host: {authority}\r\n")),
            "connection" => {}
            _ => head.push_str(&format!("{line}\r\n")),
        }
    }
    head.push_str("Connection: close\r\n\r\n");
    let mut stream = TcpStream::connect(authority).expect("the server listens");
    stream.write_all(head.as_bytes()).expect("to send");
    stream.write_all(request.body.as_bytes()).expect("to send");
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).expect("an answer");
    answer
}

/// Longer than any test waits.
const PATIENCE: Duration = Duration::from_secs(60);
