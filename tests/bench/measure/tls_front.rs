//! A TLS listener before the plain server, so that both clients of a row meet
//! the same certificate and the same server behind it. It runs in a thread of
//! this program, whose time is no child's and so is not counted.

use std::net::SocketAddr;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::thread;

use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::aws_lc_rs;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject as _};

/// The front; it ends with the process.
pub struct TlsFront {
    /// Where it listens.
    pub address: SocketAddr,
}

impl TlsFront {
    /// Makes a certificate (`ca.pem`) in `folder` and passes connections to `server`.
    pub fn start(folder: &Path, server: SocketAddr) -> Self {
        let config = Arc::new(certificate(folder));
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_io()
            .build()
            .expect("a runtime");
        let listener = runtime
            .block_on(TcpListener::bind("127.0.0.1:0"))
            .expect("a free port");
        let address = listener.local_addr().expect("it is bound");
        thread::spawn(move || runtime.block_on(serve(listener, config, server)));
        Self { address }
    }
}

async fn serve(listener: TcpListener, config: Arc<ServerConfig>, server: SocketAddr) {
    let acceptor = TlsAcceptor::from(config);
    // One client at a time, as the rows run. A connection that fails is the
    // client's to report; the next one is served all the same.
    while let Ok((client, _)) = listener.accept().await {
        let _ = relay(&acceptor, client, server).await;
    }
}

async fn relay(
    acceptor: &TlsAcceptor,
    client: TcpStream,
    server: SocketAddr,
) -> std::io::Result<()> {
    client.set_nodelay(true)?;
    let mut client = acceptor.accept(client).await?;
    let mut server = TcpStream::connect(server).await?;
    server.set_nodelay(true)?;
    tokio::io::copy_bidirectional(&mut client, &mut server).await?;
    Ok(())
}

fn certificate(folder: &Path) -> ServerConfig {
    let status = Command::new("openssl")
        .current_dir(folder)
        .args([
            "req",
            "-x509",
            "-newkey",
            "ec",
            "-pkeyopt",
            "ec_paramgen_curve:P-256",
        ])
        .args([
            "-nodes", "-keyout", "tls.pem", "-out", "ca.pem", "-days", "2",
        ])
        .args([
            "-subj",
            "/CN=bench",
            "-addext",
            "subjectAltName=IP:127.0.0.1",
        ])
        .args(["-addext", "basicConstraints=critical,CA:FALSE"])
        .stderr(std::process::Stdio::null())
        .status()
        .expect("openssl is installed");
    assert!(status.success(), "openssl req: {status}");
    let chain = vec![CertificateDer::from_pem_file(folder.join("ca.pem")).expect("it was written")];
    let key = PrivateKeyDer::from_pem_file(folder.join("tls.pem")).expect("it was written");
    ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .expect("TLS 1.2 and 1.3")
        .with_no_client_auth()
        .with_single_cert(chain, key)
        .expect("the key is the certificate's")
}
