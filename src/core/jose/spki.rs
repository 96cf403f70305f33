//! Public keys in DER: `SubjectPublicKeyInfo` (RFC 5280 §4.1.2.7), PKCS#1
//! (RFC 8017 appendix A.1.1) and X.509 certificates.

use aws_lc_rs::encoding::{AsDer as _, PublicKeyX509Der};
use aws_lc_rs::signature::{ED25519, ParsedPublicKey, RsaPublicKeyComponents};
use pkcs8::der::asn1::{AnyRef, ObjectIdentifier};
use pkcs8::der::{Decode as _, Reader as _, SliceReader, Tag, Tagged as _};
use pkcs8::spki::SubjectPublicKeyInfoRef;

use super::algorithm::{Curve, ParameterSet};
use super::error::KeyError;
use super::public_key::{Kind, PublicKey, ecdsa, ml_dsa, unsupported};

impl PublicKey {
    /// Makes a key of a DER `SubjectPublicKeyInfo` (RFC 5280 §4.1.2.7).
    ///
    /// # Errors
    ///
    /// `key_malformed`, `key_unsupported` for another algorithm or curve, else
    /// as the constructors.
    pub fn from_spki(der: &[u8]) -> Result<Self, KeyError> {
        let malformed = || KeyError::new("key_malformed", "the public key is not valid DER");
        let info = SubjectPublicKeyInfoRef::from_der(der).map_err(|_| malformed())?;
        let key = info.subject_public_key.as_bytes().ok_or_else(malformed)?;
        match info.algorithm.oid {
            oid::RSA => Self::from_pkcs1(key),
            oid::EC => {
                let curve = named_curve(info.algorithm.parameters)?;
                match key.first() {
                    Some(2 | 3) => Self::ec_compressed_point(curve, key),
                    _ => Self::ec_point(curve, key.to_vec()),
                }
            }
            oid::ED25519 => Self::ed25519(key),
            other => match parameter_set_of(other) {
                Some(set) => Self::ml_dsa(set, key),
                None => Err(oid_unsupported(other)),
            },
        }
    }

    /// Makes an elliptic curve key of a compressed point, which "MAY be
    /// supported" (RFC 5480 §2.2); the library below computes the other half.
    fn ec_compressed_point(curve: Curve, point: &[u8]) -> Result<Self, KeyError> {
        let der = parsed_der(ParsedPublicKey::new(ecdsa(curve), point)).ok_or_else(|| {
            KeyError::new(
                "key_malformed",
                format!("the point is not on the curve {}", curve.name()),
            )
        })?;
        let whole = SubjectPublicKeyInfoRef::from_der(der.as_ref())
            .ok()
            .and_then(|info| info.subject_public_key.as_bytes())
            .unwrap_or_default();
        Self::ec_point(curve, whole.to_vec())
    }

    /// Makes a key of a DER `RSAPublicKey` (RFC 8017 appendix A.1.1).
    pub(super) fn from_pkcs1(der: &[u8]) -> Result<Self, KeyError> {
        let key = pkcs1::RsaPublicKeyRef::from_der(der)
            .map_err(|_| KeyError::new("key_malformed", "the RSA public key is not valid DER"))?;
        Self::rsa(key.modulus.as_bytes(), key.public_exponent.as_bytes())
    }

    /// Makes a key of the one in a DER X.509 certificate (RFC 5280 §4.1).
    /// Nothing else of the certificate is looked at: who names a file as the
    /// key trusts the key in it.
    pub(super) fn from_certificate(der: &[u8]) -> Result<Self, KeyError> {
        let spki = spki_of_certificate(der)
            .map_err(|_| KeyError::new("key_malformed", "the certificate is not valid DER"))?;
        Self::from_spki(spki)
    }

    /// Returns the key as a DER `SubjectPublicKeyInfo`.
    ///
    /// # Errors
    ///
    /// `key_malformed` where the library below cannot write the key.
    pub fn to_spki(&self) -> Result<Vec<u8>, KeyError> {
        let written = match self.kind() {
            Kind::Rsa { n, e } => RsaPublicKeyComponents { n, e }.as_der().ok(),
            Kind::Ec { curve, point } => parsed_der(ParsedPublicKey::new(ecdsa(*curve), point)),
            Kind::Ed25519(x) => parsed_der(ParsedPublicKey::new(&ED25519, x)),
            Kind::MlDsa { set, key } => parsed_der(ParsedPublicKey::new(ml_dsa(*set), key)),
        };
        written
            .map(|der: PublicKeyX509Der<'_>| der.as_ref().to_vec())
            .ok_or_else(|| KeyError::new("key_malformed", "the public key cannot be written"))
    }
}

fn parsed_der<E>(parsed: Result<ParsedPublicKey, E>) -> Option<PublicKeyX509Der<'static>> {
    parsed.ok().and_then(|key| key.as_der().ok())
}

/// Object identifiers of RFC 8017, RFC 5480, RFC 8410 and RFC 9881, and of
/// secp256k1 (SEC 2 §A.2.1).
pub(super) mod oid {
    use super::ObjectIdentifier;

    pub(in super::super) const RSA: ObjectIdentifier =
        ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.1");
    pub(in super::super) const EC: ObjectIdentifier =
        ObjectIdentifier::new_unwrap("1.2.840.10045.2.1");
    pub(in super::super) const ED25519: ObjectIdentifier =
        ObjectIdentifier::new_unwrap("1.3.101.112");
    const P256: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.3.1.7");
    const P384: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.132.0.34");
    const P521: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.132.0.35");
    const SECP256K1: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.132.0.10");
    pub(super) const CURVES: [(ObjectIdentifier, super::Curve); 4] = [
        (P256, super::Curve::P256),
        (P384, super::Curve::P384),
        (P521, super::Curve::P521),
        (SECP256K1, super::Curve::Secp256k1),
    ];
    const ML_DSA_44: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.3.17");
    const ML_DSA_65: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.3.18");
    const ML_DSA_87: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.3.19");
    pub(super) const PARAMETER_SETS: [(ObjectIdentifier, super::ParameterSet); 3] = [
        (ML_DSA_44, super::ParameterSet::MlDsa44),
        (ML_DSA_65, super::ParameterSet::MlDsa65),
        (ML_DSA_87, super::ParameterSet::MlDsa87),
    ];
    /// Those met in the wild that deserve their name in a refusal.
    pub(super) const UNSUPPORTED: [(&str, &str); 7] = [
        ("1.2.840.113549.1.1.10", "RSASSA-PSS"),
        ("1.3.132.0.33", "P-224"),
        ("1.3.101.110", "X25519"),
        ("1.3.101.111", "X448"),
        ("1.3.101.113", "Ed448"),
        ("1.2.840.10040.4.1", "DSA"),
        ("1.2.840.113549.1.3.1", "Diffie-Hellman"),
    ];
}

pub(super) fn curve_of(named: ObjectIdentifier) -> Option<Curve> {
    oid::CURVES
        .iter()
        .find(|(oid, _)| *oid == named)
        .map(|(_, curve)| *curve)
}

/// Reads which curve the parameters of a key name.
///
/// # Errors
///
/// `key_unsupported` for another curve and for one that is spelled out:
/// "implicitCurve and specifiedCurve MUST NOT be used in PKIX" (RFC 5480
/// §2.1.1), since one can be made that differs from a known curve in its
/// generator alone, and then the public key is no proof of anything.
/// `key_malformed` where there is neither.
pub(super) fn named_curve(parameters: Option<AnyRef<'_>>) -> Result<Curve, KeyError> {
    match parameters {
        Some(parameters) if parameters.tag() == Tag::Sequence => Err(KeyError::new(
            "key_unsupported",
            "the key has explicit curve parameters; only a named curve is accepted (RFC 5480 section 2.1.1)",
        )),
        Some(parameters) => {
            let named = parameters.decode_as().map_err(|_| no_curve())?;
            curve_of(named).ok_or_else(|| oid_unsupported(named))
        }
        None => Err(no_curve()),
    }
}

fn no_curve() -> KeyError {
    KeyError::new("key_malformed", "the key names no curve")
}

pub(super) fn parameter_set_of(oid: ObjectIdentifier) -> Option<ParameterSet> {
    oid::PARAMETER_SETS
        .iter()
        .find(|(named, _)| *named == oid)
        .map(|(_, set)| *set)
}

pub(super) fn oid_of_parameter_set(set: ParameterSet) -> Option<ObjectIdentifier> {
    oid::PARAMETER_SETS
        .iter()
        .find(|(_, named)| *named == set)
        .map(|(oid, _)| *oid)
}

pub(super) fn oid_unsupported(oid: ObjectIdentifier) -> KeyError {
    unsupported("key type", &name_of(oid))
}

/// Returns the name of a key type or curve that is not supported, or the
/// identifier itself.
pub(super) fn name_of(oid: ObjectIdentifier) -> String {
    let text = oid.to_string();
    match oid::UNSUPPORTED.iter().find(|(oid, _)| *oid == text) {
        Some((_, name)) => (*name).to_owned(),
        None => text,
    }
}

/// Returns the octets of the `SubjectPublicKeyInfo` of a certificate.
pub(super) fn spki_of_certificate(der: &[u8]) -> pkcs8::der::Result<&[u8]> {
    let mut outer = SliceReader::new(der)?;
    let certificate = AnyRef::decode(&mut outer)?;
    let mut inner = SliceReader::new(certificate.value())?;
    let to_be_signed = AnyRef::decode(&mut inner)?;
    let mut members = SliceReader::new(to_be_signed.value())?;
    // version is there if the first member is [0].
    let has_version = members.peek_byte() == Some(0xa0);
    // serialNumber, signature, issuer, validity, subject
    for _ in 0..5 + usize::from(has_version) {
        members.tlv_bytes()?;
    }
    members.tlv_bytes()
}
