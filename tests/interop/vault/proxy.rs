//! A network that fails: a TCP proxy that decides for each request what
//! becomes of it. authctl sends each on a connection of its own.

use std::io::{Read as _, Write as _};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

/// What becomes of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It arrives, and so does the answer.
    Pass,
    /// It does not arrive: the connection is closed.
    Cut,
    /// It arrives; its answer does not.
    AnswerLost,
    /// Nothing happens, until the client gives up.
    Hang,
}

type Rule = Box<dyn FnMut(&str) -> Fate + Send>;

/// The proxy. It runs until the process ends.
#[derive(Clone)]
pub struct Proxy {
    address: SocketAddr,
    rule: Arc<Mutex<Rule>>,
}

impl Proxy {
    /// Starts one before the server at this authority, on which all passes.
    pub fn before(authority: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = listener.local_addr().expect("an address");
        let rule: Arc<Mutex<Rule>> = Arc::new(Mutex::new(Box::new(|_| Fate::Pass)));
        let authority = authority.to_owned();
        thread::spawn({
            let rule = Arc::clone(&rule);
            move || {
                for stream in listener.incoming().flatten() {
                    let (rule, authority) = (Arc::clone(&rule), authority.clone());
                    thread::spawn(move || carry(stream, &authority, &rule));
                }
            }
        });
        Self { address, rule }
    }

    /// Returns the base of all addresses.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Decides by the first line of each request from now on.
    pub fn decide(&self, rule: impl FnMut(&str) -> Fate + Send + 'static) {
        *self.rule.lock().expect("the rule") = Box::new(rule);
    }
}

fn carry(mut client: TcpStream, authority: &str, rule: &Mutex<Rule>) {
    let mut first = vec![0; 16 * 1024];
    let Ok(length) = client.read(&mut first) else {
        return;
    };
    let head = String::from_utf8_lossy(&first[..length]).into_owned();
    let line = head.lines().next().unwrap_or_default();
    let fate = (rule.lock().expect("the rule"))(line);
    match fate {
        Fate::Cut => return,
        Fate::Hang => {
            let _ = client.set_read_timeout(Some(Duration::from_secs(60)));
            let _ = client.read(&mut first);
            return;
        }
        Fate::Pass | Fate::AnswerLost => {}
    }
    let Ok(mut server) = TcpStream::connect(authority) else {
        return;
    };
    if server.write_all(&first[..length]).is_err() {
        return;
    }
    let (Ok(mut upstream), Ok(mut from_client)) = (server.try_clone(), client.try_clone()) else {
        return;
    };
    thread::spawn(move || {
        let _ = std::io::copy(&mut from_client, &mut upstream);
        let _ = upstream.shutdown(Shutdown::Write);
    });
    if fate == Fate::AnswerLost {
        // The first octet shows that the server has done it.
        let _ = server.read(&mut [0; 1]);
    } else {
        let _ = std::io::copy(&mut server, &mut client);
    }
    let _ = client.shutdown(Shutdown::Both);
}
