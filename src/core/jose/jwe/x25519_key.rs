//! X25519 keys as they are kept: written and read again in every form that
//! they have.

use pkcs8::PrivateKeyInfoRef;
use pkcs8::der::Encode as _;
use pkcs8::der::asn1::{BitStringRef, OctetStringRef};
use pkcs8::spki::{AlgorithmIdentifierRef, SubjectPublicKeyInfoRef};
use serde_json::{Map, Value};
use zeroize::Zeroizing;

use super::agreement::{AgreementPrivate, AgreementPublic};
use super::x25519::{OID, X25519};
use crate::core::jose::base64url;
use crate::core::jose::error::{Error, KeyError};
use crate::core::secret::SecretBytes;

/// A public key, and the private one where it is there.
pub(in crate::core::jose) struct X25519Key {
    public: AgreementPublic,
    private: Option<SecretBytes>,
}

const ALGORITHM: AlgorithmIdentifierRef<'static> = AlgorithmIdentifierRef {
    oid: OID,
    parameters: None,
};

impl X25519Key {
    /// Reads a `SubjectPublicKeyInfo` or a `PrivateKeyInfo` (RFC 8410); `None`
    /// for DER that is no X25519 key.
    pub(in crate::core::jose) fn from_der(der: &[u8]) -> Option<Result<Self, KeyError>> {
        let read = |read| match read {
            X25519::Public(public) => Ok(Self {
                public,
                private: None,
            }),
            X25519::Private(scalar) => {
                let public = AgreementPrivate::x25519(scalar.expose())?.public();
                Ok(Self {
                    public: public.map_err(|_| {
                        KeyError::new("key_malformed", "the X25519 private key is not usable")
                    })?,
                    private: Some(scalar),
                })
            }
        };
        Some(X25519::from_der(der)?.and_then(read))
    }

    /// Makes a key of 32 random octets, which any are (RFC 7748 §5).
    pub(in crate::core::jose) fn of_scalar(scalar: SecretBytes) -> Result<Self, Error> {
        Ok(Self {
            public: AgreementPrivate::x25519(scalar.expose())?.public()?,
            private: Some(scalar),
        })
    }

    /// Reads a JWK (RFC 8037 §2); `None` for one that is no X25519 key.
    pub(in crate::core::jose) fn from_jwk(
        jwk: &Map<String, Value>,
        with_private: bool,
    ) -> Option<Result<Self, KeyError>> {
        let is = |name, value: &str| jwk.get(name).is_some_and(|found| found == value);
        if !is("kty", "OKP") || !is("crv", "X25519") {
            return None;
        }
        let private = (with_private && jwk.contains_key("d"))
            .then(|| X25519::private_from_jwk(jwk))
            .transpose();
        Some(private.and_then(|private| {
            Ok(Self {
                public: AgreementPublic::from_jwk(jwk)?,
                private,
            })
        }))
    }

    pub(in crate::core::jose) fn is_private(&self) -> bool {
        self.private.is_some()
    }

    /// Leaves the public key alone.
    pub(in crate::core::jose) fn into_public(self) -> Self {
        Self {
            private: None,
            ..self
        }
    }

    /// Returns the members of the public JWK.
    pub(in crate::core::jose) fn to_jwk(&self) -> Map<String, Value> {
        self.public.to_jwk()
    }

    /// Returns `d`, where there is one.
    pub(in crate::core::jose) fn private_members(&self) -> Map<String, Value> {
        self.private
            .iter()
            .map(|scalar| ("d".to_owned(), base64url::encode(scalar.expose()).into()))
            .collect()
    }

    /// Writes the `SubjectPublicKeyInfo`.
    pub(in crate::core::jose) fn to_spki(&self) -> Result<Vec<u8>, Error> {
        let failed = |_| Error::Crypto("write the public key");
        let info = SubjectPublicKeyInfoRef {
            algorithm: ALGORITHM,
            subject_public_key: BitStringRef::from_bytes(self.public.encoded()).map_err(failed)?,
        };
        info.to_der().map_err(failed)
    }

    /// Writes the `PrivateKeyInfo`; `None` for a public key.
    pub(in crate::core::jose) fn to_pkcs8(&self) -> Option<Result<SecretBytes, Error>> {
        let write = |scalar: &SecretBytes| {
            // "CurvePrivateKey ::= OCTET STRING" in the OCTET STRING (RFC 8410
            // §7).
            let inner = Zeroizing::new(OctetStringRef::new(scalar.expose())?.to_der()?);
            let info = PrivateKeyInfoRef::new(ALGORITHM, OctetStringRef::new(&inner)?);
            let der = Zeroizing::new(info.to_der()?);
            Ok(SecretBytes::new(der.as_slice()))
        };
        let written: pkcs8::der::Result<_> = write(self.private.as_ref()?);
        Some(written.map_err(|_| Error::Crypto("write the private key")))
    }
}
