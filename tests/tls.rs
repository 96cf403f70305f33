//! The transport against TLS servers whose certificates are not good.
//!
//! The certificates are made when the tests run, so that none expires in the
//! repository and no tool is needed.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use authctl::core::error::{Exit, Report};
use authctl::core::http::{Cause, Client, Error, Options, Request, Response, Transport};
use authctl::core::secret::SecretBytes;
use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    date_time_ymd,
};
use tokio_rustls::rustls::crypto::aws_lc_rs;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::server::WebPkiClientVerifier;
use tokio_rustls::rustls::{RootCertStore, ServerConfig, ServerConnection, StreamOwned};

/// An authority that nobody trusts by default.
struct Authority {
    certificate: CertificateDer<'static>,
    pem: String,
    issuer: Issuer<'static, KeyPair>,
}

/// A certificate with its key.
struct Leaf {
    certificate: CertificateDer<'static>,
    key: PrivateKeyDer<'static>,
    pem: String,
}

impl Authority {
    fn new() -> Self {
        let mut params = CertificateParams::new(Vec::new()).expect("parameters");
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params
            .distinguished_name
            .push(DnType::CommonName, "a private authority");
        let key = KeyPair::generate().expect("a key");
        let certificate = params.self_signed(&key).expect("a certificate");
        Self {
            certificate: certificate.der().clone(),
            pem: certificate.pem(),
            issuer: Issuer::new(params, key),
        }
    }

    fn issue(&self, change: impl FnOnce(&mut CertificateParams)) -> Leaf {
        let mut params = leaf();
        change(&mut params);
        let key = KeyPair::generate().expect("a key");
        let certificate = params.signed_by(&key, &self.issuer).expect("a certificate");
        Leaf::new(&certificate, &key)
    }
}

impl Leaf {
    fn new(certificate: &rcgen::Certificate, key: &KeyPair) -> Self {
        Self {
            certificate: certificate.der().clone(),
            key: PrivateKeyDer::try_from(key.serialize_der()).expect("a key"),
            pem: format!("{}{}", certificate.pem(), key.serialize_pem()),
        }
    }

    fn self_signed() -> Self {
        let key = KeyPair::generate().expect("a key");
        let certificate = leaf().self_signed(&key).expect("a certificate");
        Self::new(&certificate, &key)
    }
}

/// A server's certificate without fault.
fn leaf() -> CertificateParams {
    let mut params = CertificateParams::new(vec!["127.0.0.1".into()]).expect("parameters");
    params.extended_key_usages = vec![
        ExtendedKeyUsagePurpose::ServerAuth,
        ExtendedKeyUsagePurpose::ClientAuth,
    ];
    params
}

/// Starts a TLS server; with `clients` it demands their certificates.
fn serve(leaf: Leaf, clients: Option<&Authority>) -> SocketAddr {
    let provider = Arc::new(aws_lc_rs::default_provider());
    let builder = ServerConfig::builder_with_provider(Arc::clone(&provider))
        .with_safe_default_protocol_versions()
        .expect("versions");
    let builder = match clients {
        None => builder.with_no_client_auth(),
        Some(authority) => {
            let mut roots = RootCertStore::empty();
            roots.add(authority.certificate.clone()).expect("a root");
            let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider);
            builder.with_client_cert_verifier(verifier.build().expect("a verifier"))
        }
    };
    let config = builder
        .with_single_cert(vec![leaf.certificate], leaf.key)
        .expect("a certificate");
    let config = Arc::new(config);
    accept(move |stream| {
        let connection = ServerConnection::new(Arc::clone(&config)).expect("a connection");
        let mut stream = StreamOwned::new(connection, stream);
        let mut head = Vec::new();
        let mut octet = [0];
        while !head.ends_with(b"\r\n\r\n") && stream.read(&mut octet).is_ok_and(|n| n == 1) {
            head.push(octet[0]);
        }
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}");
        stream.conn.send_close_notify();
        let _ = stream.flush();
    })
}

fn accept(answer: impl Fn(TcpStream) + Send + 'static) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("an address");
    thread::spawn(move || listener.incoming().flatten().for_each(answer));
    address
}

fn send(address: SocketAddr, options: Options) -> Result<Response, Error> {
    let url = format!("https://{address}/").parse().expect("a URL");
    Client::new(Options {
        timeout: Duration::from_secs(20),
        ..options
    })
    .send(&Request::get(url))
}

fn trusting(authority: &Authority) -> Options {
    Options {
        ca_bundle: Some(authority.pem.clone().into_bytes()),
        ..Options::default()
    }
}

/// The reason why TLS failed.
fn tls_failure(result: Result<Response, Error>) -> String {
    tls_fault(result).0
}

/// The reason why TLS failed, and what to do.
fn tls_fault(result: Result<Response, Error>) -> (String, String) {
    let error = result.expect_err("refused");
    assert_eq!(error.exit(), Exit::Unreachable);
    let hint = error.hint().expect("a hint");
    let why = match error {
        Error::Unreachable {
            why: Cause::Tls(fault),
            ..
        } => fault.why,
        // Whose hint is not about certificates.
        Error::Unreachable {
            why: why @ Cause::Other(_),
            ..
        } if why.to_string() == "it does not speak TLS" => why.to_string(),
        other => panic!("{other:?}"),
    };
    (why, hint)
}

#[test]
fn a_private_authority_is_trusted_when_it_is_given() {
    let authority = Authority::new();
    let address = serve(authority.issue(|_| ()), None);
    assert_eq!(
        tls_failure(send(address, Options::default())),
        "its TLS certificate is self-signed or of an authority that is not trusted"
    );
    let response = send(address, trusting(&authority)).expect("an answer");
    assert_eq!(response.body.as_slice(), b"{}");
}

/// C11: each fault with its cause.
#[test]
fn a_certificate_with_a_fault_is_refused_with_the_cause() {
    let authority = Authority::new();
    let wrong_name = authority.issue(|params| {
        params.subject_alt_names = CertificateParams::new(vec!["other.example".into()])
            .expect("a name")
            .subject_alt_names;
    });
    let expired = authority.issue(|params| {
        params.not_before = date_time_ymd(2000, 1, 1);
        params.not_after = date_time_ymd(2001, 1, 1);
    });
    let early = authority.issue(|params| params.not_before = date_time_ymd(3000, 1, 1));
    let purpose = authority.issue(|params| {
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
    });
    for (leaf, why, fix) in [
        (
            wrong_name,
            "its TLS certificate is not valid for this host name",
            "use the name that",
        ),
        (
            expired,
            "its TLS certificate expired at 2001-01-01T00:00:00Z, and this machine's clock says ",
            "have the server's certificate renewed",
        ),
        (
            early,
            "its TLS certificate is not valid before 3000-01-01T00:00:00Z, and this machine's \
             clock says ",
            "set this machine's clock right",
        ),
        (
            purpose,
            "its TLS certificate is not one for servers",
            "have the server's TLS mended",
        ),
        (
            Leaf::self_signed(),
            "its TLS certificate is self-signed or of an authority that is not trusted",
            "trust a private certificate authority with `--cacert FILE`",
        ),
    ] {
        let (found, hint) = tls_fault(send(serve(leaf, None), trusting(&authority)));
        assert!(found.starts_with(why), "{found:?}, not {why:?}");
        assert!(hint.starts_with(fix), "{hint:?}, not {fix:?}");
    }
}

#[test]
fn a_certificate_of_an_authority_does_not_serve() {
    let mut params = leaf();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let key = KeyPair::generate().expect("a key");
    let certificate = params.self_signed(&key).expect("a certificate");
    let pem = certificate.pem();
    let options = Options {
        ca_bundle: Some(pem.into_bytes()),
        ..Options::default()
    };
    assert_eq!(
        tls_failure(send(serve(Leaf::new(&certificate, &key), None), options)),
        "its TLS certificate is self-signed: it is one of an authority, not of a server"
    );
}

#[test]
fn a_server_without_safe_tls_is_named() {
    for (answer, why, fix) in [
        // A fatal alert, protocol_version (70), as old servers send it.
        (
            &[0x15, 3, 1, 0, 2, 2, 70][..],
            "it offers no TLS version or cipher suite that is safe (TLS 1.2 and 1.3 are)",
            "have the server offer TLS 1.2 or 1.3",
        ),
        (
            &[0x15, 3, 3, 0, 2, 2, 40][..],
            "it refused the TLS handshake (HandshakeFailure)",
            "have the server's TLS mended",
        ),
        (
            b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n",
            "it does not speak TLS",
            "check the address",
        ),
    ] {
        let address = accept(move |mut stream| {
            let mut hello = [0; 5];
            let _ = stream.read_exact(&mut hello);
            let mut rest = vec![0; usize::from(u16::from_be_bytes([hello[3], hello[4]]))];
            let _ = stream.read_exact(&mut rest);
            let _ = stream.write_all(answer);
            let _ = stream.flush();
        });
        let (found, hint) = tls_fault(send(address, Options::default()));
        assert_eq!(found, why);
        assert!(hint.starts_with(fix), "{hint:?}, not {fix:?}");
    }
}

#[test]
fn a_client_certificate_is_shown_where_it_is_demanded() {
    let authority = Authority::new();
    let address = serve(authority.issue(|_| ()), Some(&authority));
    let with = |leaf: &Leaf| Options {
        identity: Some(SecretBytes::new(leaf.pem.clone())),
        ..trusting(&authority)
    };
    let response = send(address, with(&authority.issue(|_| ())));
    assert_eq!(response.expect("an answer").status, 200);
    for options in [trusting(&authority), with(&Leaf::self_signed())] {
        let error = send(address, options).expect_err("refused");
        assert_eq!(error.exit(), Exit::Unreachable);
    }
}

#[test]
fn files_that_are_no_certificates_are_named() {
    let authority = Authority::new();
    let leaf = authority.issue(|_| ());
    let other = KeyPair::generate().expect("a key");
    let mixed = leaf
        .pem
        .split("-----BEGIN PRIVATE")
        .next()
        .expect("one")
        .to_owned()
        + &other.serialize_pem();
    let ca = |pem: &str| Options {
        ca_bundle: Some(pem.into()),
        ..Options::default()
    };
    let identity = |pem: &str| Options {
        identity: Some(SecretBytes::new(pem)),
        ..Options::default()
    };
    let no_certificates = "the CA file holds no PEM certificates";
    let no_identity = "the client certificate and its key are not a PEM certificate with an \
                       unencrypted PEM key";
    let of_another = "the client certificate is not the one of its key";
    let unfit = "TLS cannot be set up: check the CA file, and that the client certificate fits \
                 its key";
    for (options, why) in [
        (ca(""), no_certificates),
        (ca("not PEM"), no_certificates),
        (
            ca("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"),
            unfit,
        ),
        (identity("not PEM"), no_identity),
        (identity(&authority.pem), no_identity),
        (identity(&mixed), of_another),
    ] {
        let address = "127.0.0.1:9".parse().expect("an address");
        let error = send(address, options).expect_err("refused");
        assert_eq!(error, Error::Setup(why.into()));
        assert_eq!(error.exit(), Exit::Config);
    }
}

/// Sends a request to `TEST_URL` in a process whose environment the parent
/// chose; see [`the_environment_chooses_the_roots_and_logs_no_keys`].
#[test]
#[ignore = "run by another test"]
fn in_a_chosen_environment() {
    let Ok(target) = std::env::var("TEST_URL") else {
        return;
    };
    let result = Client::new(Options::default())
        .send(&Request::get(target.parse().expect("a URL")))
        .map(|response| response.status);
    println!("result: {result:?}");
}

/// H6: nobody else gets the keys of the session. `SSL_CERT_FILE` stands for
/// the system's roots, also where there are none.
#[cfg(target_os = "linux")]
#[test]
fn the_environment_chooses_the_roots_and_logs_no_keys() {
    let authority = Authority::new();
    let address = serve(authority.issue(|_| ()), None);
    let dir = tempfile::tempdir().expect("a folder");
    let roots = dir.path().join("roots.pem");
    let keys = dir.path().join("keys.log");
    std::fs::write(&roots, &authority.pem).expect("written");
    let nowhere = dir.path().join("nothing");
    let run = |file: &std::path::Path| {
        let output = std::process::Command::new(std::env::current_exe().expect("this test"))
            .args([
                "--exact",
                "in_a_chosen_environment",
                "--ignored",
                "--nocapture",
            ])
            .env_clear()
            .env("TEST_URL", format!("https://{address}/"))
            .env("SSL_CERT_FILE", file)
            .env("SSL_CERT_DIR", &nowhere)
            .env("SSLKEYLOGFILE", &keys)
            .output()
            .expect("run");
        let text = String::from_utf8(output.stdout).expect("text");
        let result = text.lines().find_map(|line| line.split_once("result: "));
        result.expect("a result").1.to_owned()
    };
    assert_eq!(run(&roots), "Ok(200)");
    assert!(!keys.exists(), "SSLKEYLOGFILE is not looked at");
    // Mozilla's are used then, which do not know this one.
    let result = run(&nowhere);
    assert!(
        result.contains("self-signed or of an authority that is not trusted"),
        "{result}"
    );
}
