//! X25519 keys in key documents: JWK (RFC 8037 §2), `SubjectPublicKeyInfo`
//! and PKCS#8 (RFC 8410), in PEM or DER, the private one also encrypted.
//!
//! They agree on keys and sign nothing, so that they are no [`PublicKey`] nor
//! [`PrivateKey`], which can.
//!
//! [`PublicKey`]: crate::core::jose::PublicKey
//! [`PrivateKey`]: crate::core::jose::private_key::PrivateKey

use pkcs8::PrivateKeyInfoRef;
use pkcs8::der::Decode as _;
use pkcs8::der::asn1::{ObjectIdentifier, OctetStringRef};
use pkcs8::spki::SubjectPublicKeyInfoRef;
use serde_json::{Map, Value};

use super::agreement::{AgreementPrivate, AgreementPublic};
use crate::core::jose::error::KeyError;
use crate::core::jose::pem;
use crate::core::jose::public_key::octets;
use crate::core::secret::{Secret, SecretBytes};

/// `id-X25519` (RFC 8410 §3).
pub(super) const OID: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.101.110");

/// A key, read.
pub(super) enum X25519 {
    Public(AgreementPublic),
    Private(SecretBytes),
}

impl X25519 {
    /// Reads the private key of a JWK, whose public one must be its own.
    pub(super) fn private_from_jwk(jwk: &Map<String, Value>) -> Result<SecretBytes, KeyError> {
        let public = AgreementPublic::from_jwk(jwk)?;
        let private = SecretBytes::new(octets(jwk, "d")?);
        let own = AgreementPrivate::x25519(private.expose())?.public();
        match own {
            Ok(own) if own == public => Ok(private),
            _ => Err(KeyError::new(
                "key_malformed",
                "the private key contradicts itself",
            )),
        }
    }

    /// Reads a document in PEM or DER; `None` for one that holds no such key.
    pub(super) fn read(
        document: &[u8],
        passphrase: Option<&Secret>,
    ) -> Option<Result<Self, KeyError>> {
        if !pem::is_pem(document) {
            return Self::from_der(document).or_else(|| Self::decrypt(document, passphrase));
        }
        pem::decode(document).ok()?.into_iter().find_map(|block| {
            let der = block.der.expose();
            match block.label.as_str() {
                "PUBLIC KEY" | "PRIVATE KEY" => Self::from_der(der),
                "ENCRYPTED PRIVATE KEY" => Self::decrypt(der, passphrase),
                _ => None,
            }
        })
    }

    fn decrypt(der: &[u8], passphrase: Option<&Secret>) -> Option<Result<Self, KeyError>> {
        // Without a passphrase, or with a wrong one, nothing is known of it.
        Self::from_der(pem::decrypt(der, passphrase).ok()?.expose())
    }

    pub(super) fn from_der(der: &[u8]) -> Option<Result<Self, KeyError>> {
        if let Ok(info) = SubjectPublicKeyInfoRef::from_der(der) {
            return (info.algorithm.oid == OID).then(|| {
                AgreementPublic::x25519(info.subject_public_key.raw_bytes()).map(Self::Public)
            });
        }
        let info = PrivateKeyInfoRef::from_der(der).ok()?;
        (info.algorithm.oid == OID).then(|| {
            // "CurvePrivateKey ::= OCTET STRING" in the OCTET STRING (§7).
            let scalar = <&OctetStringRef>::from_der(info.private_key.as_bytes())
                .map_err(|_| KeyError::new("key_malformed", "the private key is not valid DER"))?;
            let scalar = SecretBytes::new(scalar.as_bytes());
            AgreementPrivate::x25519(scalar.expose())?;
            Ok(Self::Private(scalar))
        })
    }
}
