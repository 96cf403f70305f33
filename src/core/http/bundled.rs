//! Mozilla's authorities, for a machine that has none of its own.
//!
//! They are compiled in as trust anchors (RFC 5280 §6.1.1 (d)): names and keys,
//! which is all that a chain is verified by and half the size of certificates.

use std::sync::Arc;

use tokio_rustls::rustls::crypto::aws_lc_rs;
use tokio_rustls::rustls::pki_types::pem::PemObject as _;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::{self, ClientConfig, RootCertStore};

use super::Error;
use super::client::unfit_identity;
use crate::core::secret::SecretBytes;

/// Makes a configuration that trusts them alone. `identity` is the client's
/// certificate and key, as PEM.
///
/// # Errors
///
/// [`Error::Setup`] for a certificate and a key that do not fit each other.
pub fn config(identity: Option<&SecretBytes>) -> Result<ClientConfig, Error> {
    let provider = Arc::new(aws_lc_rs::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| Error::Setup(format!("cannot set up TLS: {error}")))?
        .with_root_certificates(RootCertStore {
            roots: webpki_roots::TLS_SERVER_ROOTS.to_vec(),
        });
    let Some(pem) = identity else {
        return Ok(config.with_no_client_auth());
    };
    let chain: Vec<CertificateDer<'static>> = CertificateDer::pem_slice_iter(pem.expose())
        .collect::<Result<_, _>>()
        .map_err(|_| unfit_identity())?;
    let key = PrivateKeyDer::from_pem_slice(pem.expose()).map_err(|_| unfit_identity())?;
    config
        .with_client_auth_cert(chain, key)
        .map_err(|error| match error {
            rustls::Error::InconsistentKeys(_) => {
                Error::Setup("the client certificate is not the one of its key".into())
            }
            _ => unfit_identity(),
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_authorities_are_there() {
        let names: Vec<u8> = webpki_roots::TLS_SERVER_ROOTS
            .iter()
            .flat_map(|anchor| anchor.subject.to_vec())
            .collect();
        assert!(webpki_roots::TLS_SERVER_ROOTS.len() > 50);
        let known = b"ISRG Root X1";
        assert!(names.windows(known.len()).any(|part| part == known));
        assert!(config(None).is_ok());
    }

    #[test]
    fn an_identity_must_be_one() {
        let refused = config(Some(&SecretBytes::new(b"-----BEGIN nothing".to_vec())));
        assert!(matches!(refused, Err(Error::Setup(_))));
    }
}
