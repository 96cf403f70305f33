//! A server of one document, which counts its requests.

use std::sync::{Arc, Mutex};

use crate::fake::{Answer, Fake};

/// A server on a free port of 127.0.0.1; it is gone when it is dropped.
pub struct KeyServer {
    fake: Fake,
    answer: Arc<Mutex<String>>,
}

impl KeyServer {
    /// Starts to answer every request with `200` and this document.
    pub fn start(document: &str) -> Self {
        let answer = Arc::new(Mutex::new(ok("Server: test", document)));
        let fake = Fake::new({
            let answer = Arc::clone(&answer);
            move |_| match answer.lock().unwrap().as_bytes() {
                [] => Answer::Cut,
                octets => Answer::Octets(octets.to_vec()),
            }
        });
        Self { fake, answer }
    }

    /// Returns where the document is.
    pub fn url(&self) -> String {
        self.fake.url("/jwks")
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
        self.fake.seen().len()
    }
}

fn ok(field: &str, document: &str) -> String {
    let length = document.len();
    format!(
        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n\
         Connection: close\r\n{field}\r\n\r\n{document}"
    )
}
