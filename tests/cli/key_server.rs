//! A server of one document, which counts its requests.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::TcpListener;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;

/// A server on a free port of 127.0.0.1; it is gone when it is dropped.
pub struct KeyServer {
    port: u16,
    answer: Arc<Mutex<String>>,
    requests: Arc<AtomicUsize>,
    thread: Option<JoinHandle<()>>,
}

impl KeyServer {
    /// Starts to answer every request with `200` and this document.
    pub fn start(document: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let answer = Arc::new(Mutex::new(ok("", document)));
        let requests = Arc::new(AtomicUsize::new(0));
        let thread = std::thread::spawn({
            let (answer, requests) = (Arc::clone(&answer), Arc::clone(&requests));
            move || serve(&listener, &answer, &requests)
        });
        Self {
            port,
            answer,
            requests,
            thread: Some(thread),
        }
    }

    /// Returns where the document is.
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}/jwks", self.port)
    }

    /// Answers with this document from now on, and with this header field.
    pub fn serve(&self, field: &str, document: &str) {
        self.answer(ok(field, document));
    }

    /// Answers with these octets from now on; with none, the connection is
    /// closed.
    pub fn answer(&self, answer: String) {
        *self.answer.lock().unwrap() = answer;
    }

    /// Returns how many requests there were.
    pub fn requests(&self) -> usize {
        self.requests.load(Ordering::SeqCst)
    }
}

impl Drop for KeyServer {
    fn drop(&mut self) {
        // A connection without a request ends the thread.
        drop(std::net::TcpStream::connect(("127.0.0.1", self.port)));
        if let Some(thread) = self.thread.take() {
            thread.join().unwrap();
        }
    }
}

fn ok(field: &str, document: &str) -> String {
    let length = document.len();
    format!("HTTP/1.1 200 OK\r\nContent-Length: {length}\r\nContent-Type: application/json\r\n{field}\r\nConnection: close\r\n\r\n{document}")
        .replacen("\r\n\r\nConnection", "\r\nConnection", 1)
}

fn serve(listener: &TcpListener, answer: &Mutex<String>, requests: &AtomicUsize) {
    for stream in listener.incoming() {
        let mut stream = stream.unwrap();
        let mut lines = BufReader::new(stream.try_clone().unwrap()).lines();
        match lines.next() {
            Some(Ok(_)) => {}
            _ => return,
        }
        while lines
            .next()
            .is_some_and(|line| line.is_ok_and(|line| !line.is_empty()))
        {}
        requests.fetch_add(1, Ordering::SeqCst);
        let answer = answer.lock().unwrap().clone();
        // Who does not want it all goes.
        let _ = stream.write_all(answer.as_bytes());
    }
}
