//! What can be told of a key without its being fit for use: an RSA key that
//! is too short has its size all the same, and a curve that is not supported
//! its name.

use pkcs8::PrivateKeyInfoRef;
use pkcs8::der::asn1::{BitStringRef, Null, ObjectIdentifier};
use pkcs8::der::{Decode as _, Encode as _};
use pkcs8::spki::{AlgorithmIdentifierRef, SubjectPublicKeyInfoRef};
use serde_json::{Map, Value};

use super::algorithm::KeyType;
use super::base64url;
use super::jwe::X25519Key;
use super::key_forms::{Found, Structure};
use super::openssh::{self, Line};
use super::private_key::sec1_parameters;
use super::public_key::{PublicKey, bit_len};
use super::spki::{curve_of, name_of, oid, parameter_set_of, spki_of_certificate};
use super::thumbprint;

/// The outline of a key, of its public part alone, save that of a secret.
#[derive(Default)]
pub(super) struct Outline {
    /// `kty`, where the key has one.
    pub(super) kty: Option<String>,
    /// `crv`, or the parameter set of an `AKP` key, or what else is known of
    /// the kind: `P-256`, `ML-DSA-44`, `Ed448`.
    pub(super) variant: Option<String>,
    /// The size: of the modulus, the field of the curve, or the secret.
    pub(super) bits: Option<usize>,
    /// The exponent of an RSA key, big-endian.
    pub(super) exponent: Option<Vec<u8>>,
    /// The members that make the key (RFC 7638 §3.2); of a secret, the secret.
    pub(super) required: Option<Map<String, Value>>,
    /// The DER `SubjectPublicKeyInfo`.
    pub(super) spki: Option<Vec<u8>>,
    /// As `ssh-keygen -l` shows it.
    pub(super) openssh_fingerprint: Option<String>,
}

impl Outline {
    /// Of a key that is fit.
    pub(super) fn of_key(key: &PublicKey) -> Self {
        let jwk = key.to_jwk();
        let mut outline = Self::of_jwk(&jwk);
        outline.spki = key.to_spki().ok();
        outline.openssh_fingerprint = key.openssh_fingerprint().ok();
        outline
    }

    /// Of an X25519 key, which signs nothing but agrees on keys.
    pub(super) fn of_x25519(key: &X25519Key) -> Self {
        Self {
            spki: key.to_spki().ok(),
            ..Self::of_jwk(&key.to_jwk())
        }
    }

    /// Of a JWK with a `kty`, whatever else it lacks.
    pub(super) fn of_jwk(jwk: &Map<String, Value>) -> Self {
        let text = |name| jwk.get(name).and_then(Value::as_str);
        let octets = |name| text(name).and_then(|text| base64url::decode(text).ok());
        let kty = text("kty").unwrap_or_default();
        if let ("RSA", Some(n), Some(e)) = (kty, octets("n"), octets("e")) {
            return Self::of_rsa(&n, &e);
        }
        let variant = match kty {
            "AKP" => text("alg"),
            _ => text("crv"),
        };
        let bits = match (kty, variant) {
            ("oct", _) => octets("k").map(|secret| secret.len() * 8),
            ("EC", Some("P-256" | "secp256k1")) => Some(256),
            ("EC", Some("P-384")) => Some(384),
            ("EC", Some("P-521")) => Some(521),
            ("OKP", Some("Ed25519" | "X25519")) => Some(256),
            _ => None,
        };
        Self {
            kty: Some(kty.to_owned()),
            variant: variant.map(str::to_owned),
            bits,
            required: thumbprint::required(jwk).ok(),
            ..Self::default()
        }
    }

    /// Of DER that holds a key of a known kind, in whichever state. Nothing of
    /// a private key is kept.
    pub(super) fn of_der(found: &Found) -> Option<Self> {
        let der = found.der.expose();
        match found.structure {
            Structure::Spki => Self::of_spki(der),
            Structure::Certificate => Self::of_spki(spki_of_certificate(der).ok()?),
            Structure::Pkcs8 | Structure::EncryptedPkcs8 => {
                let info = PrivateKeyInfoRef::from_der(der).ok()?;
                match info.algorithm.oid {
                    oid::RSA => Self::of_pkcs1_private(info.private_key.as_bytes()),
                    other => Some(Self::of_oid(other, info.algorithm.parameters_oid().ok())),
                }
            }
            Structure::Pkcs1Public => Self::of_pkcs1(der),
            Structure::Pkcs1Private => Self::of_pkcs1_private(der),
            Structure::Sec1 => {
                let parameters = sec1_parameters(der).ok()?;
                let named = parameters.and_then(|named| named.decode_as().ok());
                Some(Self::of_oid(oid::EC, named))
            }
        }
    }

    /// Of a line of OpenSSH's whose key is unfit.
    pub(super) fn of_openssh(line: &Line) -> Self {
        match line {
            Line::Rsa { n, e } => Self::of_rsa(n, e),
            Line::Ec { curve, .. } => Self::of_key_type(KeyType::Ec(*curve)),
            Line::Ed25519(_) => Self::of_key_type(KeyType::Ed25519),
        }
    }

    fn of_spki(der: &[u8]) -> Option<Self> {
        let info = SubjectPublicKeyInfoRef::from_der(der).ok()?;
        let outline = match info.algorithm.oid {
            oid::RSA => Self::of_pkcs1(info.subject_public_key.as_bytes()?)?,
            other => Self::of_oid(other, info.algorithm.parameters_oid().ok()),
        };
        Some(Self {
            spki: Some(der.to_vec()),
            ..outline
        })
    }

    fn of_pkcs1(der: &[u8]) -> Option<Self> {
        let key = pkcs1::RsaPublicKeyRef::from_der(der).ok()?;
        let (n, e) = (key.modulus.as_bytes(), key.public_exponent.as_bytes());
        Some(Self::of_rsa(n, e))
    }

    fn of_pkcs1_private(der: &[u8]) -> Option<Self> {
        let key = pkcs1::RsaPrivateKeyRef::from_der(der).ok()?;
        let (n, e) = (key.modulus.as_bytes(), key.public_exponent.as_bytes());
        Some(Self::of_rsa(n, e))
    }

    fn of_rsa(n: &[u8], e: &[u8]) -> Self {
        let member = |name: &str, octets| (name.to_owned(), base64url::encode(octets).into());
        Self {
            kty: Some("RSA".to_owned()),
            bits: Some(bit_len(n)),
            exponent: Some(e.to_vec()),
            required: Some(Map::from_iter([
                member("e", e),
                ("kty".to_owned(), "RSA".into()),
                member("n", n),
            ])),
            spki: rsa_spki(n, e),
            openssh_fingerprint: Some(openssh::rsa_fingerprint(n, e)),
            ..Self::default()
        }
    }

    /// Of a key of which its algorithm alone is known, and perhaps the curve.
    fn of_oid(algorithm: ObjectIdentifier, named: Option<ObjectIdentifier>) -> Self {
        if algorithm == oid::EC {
            return match named.map(|named| (curve_of(named), named)) {
                Some((Some(curve), _)) => Self::of_key_type(KeyType::Ec(curve)),
                Some((None, named)) => Self {
                    kty: Some("EC".to_owned()),
                    variant: Some(name_of(named)),
                    ..Self::default()
                },
                None => Self {
                    kty: Some("EC".to_owned()),
                    ..Self::default()
                },
            };
        }
        if algorithm == oid::ED25519 {
            return Self::of_key_type(KeyType::Ed25519);
        }
        if let Some(set) = parameter_set_of(algorithm) {
            return Self::of_key_type(KeyType::Akp(set));
        }
        let name = name_of(algorithm);
        let kty = matches!(name.as_str(), "Ed448" | "X25519" | "X448").then(|| "OKP".to_owned());
        Self {
            kty,
            variant: Some(name),
            ..Self::default()
        }
    }

    fn of_key_type(key_type: KeyType) -> Self {
        let kty = Value::from(key_type.kty());
        let members = match key_type {
            KeyType::Ec(curve) => vec![("kty", kty), ("crv", curve.name().into())],
            KeyType::Ed25519 => vec![("kty", kty), ("crv", "Ed25519".into())],
            KeyType::Akp(set) => vec![("kty", kty), ("alg", set.name().into())],
            KeyType::Rsa | KeyType::Oct => vec![("kty", kty)],
        };
        let members = members.into_iter();
        Self::of_jwk(
            &members
                .map(|(name, value)| (name.to_owned(), value))
                .collect(),
        )
    }
}

/// Writes the `SubjectPublicKeyInfo` of an RSA key that the library below may
/// refuse to write (RFC 3279 §2.3.1).
fn rsa_spki(n: &[u8], e: &[u8]) -> Option<Vec<u8>> {
    let key = pkcs1::RsaPublicKeyRef {
        modulus: pkcs1::UintRef::new(n).ok()?,
        public_exponent: pkcs1::UintRef::new(e).ok()?,
    };
    let key = key.to_der().ok()?;
    let info = SubjectPublicKeyInfoRef {
        algorithm: AlgorithmIdentifierRef {
            oid: oid::RSA,
            parameters: Some(Null.into()),
        },
        subject_public_key: BitStringRef::from_bytes(&key).ok()?,
    };
    info.to_der().ok()
}
