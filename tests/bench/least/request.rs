//! The least program for one token request: a POST with HTTP Basic over a plain
//! or a TLS connection, and the `access_token` of the answer.
//!
//!     least-request http://127.0.0.1:9400/token ID SECRET
//!     least-request https://127.0.0.1:9443/token ID SECRET CA.pem

use std::error::Error;
use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use tokio_rustls::rustls::crypto::aws_lc_rs;
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName, pem::PemObject as _};
use tokio_rustls::rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};

type Failure = Box<dyn Error>;

fn main() -> Result<(), Failure> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [url, id, secret, authority @ ..] = &arguments[..] else {
        return Err("see the head of this program's source".into());
    };
    let (scheme, rest) = url.split_once("://").ok_or("no URL")?;
    let (address, path) = rest.split_once('/').ok_or("no path")?;
    let tcp = TcpStream::connect(address)?;
    tcp.set_nodelay(true)?;

    let body = "grant_type=client_credentials";
    let request = format!(
        "POST /{path} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\
         authorization: Basic {}\r\naccept: application/json\r\n\
         content-type: application/x-www-form-urlencoded\r\ncontent-length: {}\r\n\r\n{body}",
        STANDARD.encode(format!("{id}:{secret}")),
        body.len(),
    );
    let answer = match (scheme, authority) {
        ("http", []) => exchange(tcp, &request)?,
        ("https", [file]) => exchange(tls(tcp, address, file)?, &request)?,
        _ => return Err("https takes a certification authority, http none".into()),
    };
    let (head, body) = answer.split_once("\r\n\r\n").ok_or("no body")?;
    if !head.starts_with("HTTP/1.1 200") {
        return Err(head.into());
    }
    let answer: serde_json::Value = serde_json::from_str(body)?;
    let token = answer["access_token"].as_str().ok_or("no token")?;
    Ok(io::stdout().write_all(token.as_bytes())?)
}

fn tls(
    tcp: TcpStream,
    address: &str,
    file: &str,
) -> Result<StreamOwned<ClientConnection, TcpStream>, Failure> {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_file(file)?)?;
    let config = ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()?
        .with_root_certificates(roots)
        .with_no_client_auth();
    let host = address.split(':').next().unwrap_or_default().to_owned();
    let connection = ClientConnection::new(Arc::new(config), ServerName::try_from(host)?)?;
    Ok(StreamOwned::new(connection, tcp))
}

fn exchange(mut stream: impl Read + Write, request: &str) -> Result<String, Failure> {
    stream.write_all(request.as_bytes())?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    Ok(answer)
}
