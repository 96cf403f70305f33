//! TLS, where it is asked for: one certificate chain, one key.

use std::sync::Arc;

use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::aws_lc_rs;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};

use crate::core::Error;
use crate::core::secret::SecretBytes;

/// A certificate and its key.
#[derive(Clone, Debug)]
pub struct Tls {
    /// The certificate chain as PEM, the server's own certificate first.
    pub certificate: Vec<u8>,
    /// The private key as PEM: PKCS#8, PKCS#1 or SEC1, not encrypted.
    pub key: SecretBytes,
}

impl Tls {
    /// Prepares what accepts connections.
    ///
    /// # Errors
    ///
    /// [`Error::Input`] when there is no certificate or no key in the PEM
    /// texts, or they do not fit each other.
    pub(super) fn acceptor(&self) -> Result<TlsAcceptor, Error> {
        let chain = CertificateDer::pem_slice_iter(&self.certificate)
            .collect::<Result<Vec<_>, _>>()
            .ok()
            .filter(|chain| !chain.is_empty())
            .ok_or_else(|| {
                Error::input(
                    "the TLS certificate is not PEM",
                    "it starts with -----BEGIN CERTIFICATE-----",
                )
            })?;
        let key = PrivateKeyDer::from_pem_slice(self.key.expose()).map_err(|_| {
            Error::input(
                "the TLS key is not a PEM private key",
                "it starts with -----BEGIN PRIVATE KEY----- and is not encrypted",
            )
        })?;
        // The provider is named: a process-wide default may be another.
        let mut config =
            ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
                .with_safe_default_protocol_versions()
                .and_then(|builder| builder.with_no_client_auth().with_single_cert(chain, key))
                .map_err(|error| {
                    Error::input(
                        format!("the TLS certificate and key cannot be used: {error}"),
                        "check that the key belongs to the first certificate",
                    )
                })?;
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(TlsAcceptor::from(Arc::new(config)))
    }
}
