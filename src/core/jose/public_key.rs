//! Public keys, checked when they are made.
//!
//! A [`PublicKey`] that exists is one that may verify: an RSA modulus of 2048
//! to 8192 bits with a sound exponent, a point on its curve, an Ed25519 key
//! that is not of small order, an ML-DSA key of its full length. The library below would take some of the
//! others, or report them as a bad signature without the reason.

use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED, ECDSA_P256K1_SHA256_FIXED, ECDSA_P384_SHA384_FIXED,
    ECDSA_P521_SHA512_FIXED, EcdsaVerificationAlgorithm, ML_DSA_44, ML_DSA_65, ML_DSA_87,
    ParsedPublicKey, PqdsaVerificationAlgorithm,
};
use serde_json::{Map, Value};

use super::algorithm::{Curve, KeyType, ParameterSet};
use super::error::KeyError;
use super::{base64url, ed25519};

/// The least size of an RSA modulus: "A key of size 2048 bits or larger MUST
/// be used" (RFC 7518 §3.3, §3.5).
pub const MIN_RSA_BITS: usize = 2048;

/// The largest RSA modulus that is looked at; beyond it a verification costs
/// the verifier far more than the sender (CVE-2023-29409).
pub const MAX_RSA_BITS: usize = 8192;

/// The longest RSA exponent, the limit of aws-lc; 65537 has 17 bits.
const MAX_EXPONENT_BITS: usize = 33;

/// A public key that may verify.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicKey(Kind);

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Big-endian, without leading zeros.
    Rsa { n: Vec<u8>, e: Vec<u8> },
    /// `0x04 || x || y` (SEC 1 §2.3.3).
    Ec { curve: Curve, point: Vec<u8> },
    /// As RFC 8032 §5.1.2 encodes a point.
    Ed25519([u8; 32]),
    /// As FIPS 204 §7.2 (`pkEncode`) encodes it.
    MlDsa { set: ParameterSet, key: Vec<u8> },
}

impl PublicKey {
    /// Makes an RSA key of a modulus and an exponent, both big-endian without
    /// leading zeros (RFC 7518 §6.3.1.1).
    ///
    /// # Errors
    ///
    /// `key_weak` for a modulus below 2048 bits or an exponent below 3,
    /// `key_malformed` for all that is no RSA key or too long.
    pub fn rsa(n: &[u8], e: &[u8]) -> Result<Self, KeyError> {
        let malformed = |what: String| Err(KeyError::new("key_malformed", what));
        for (name, integer) in [("modulus", n), ("exponent", e)] {
            match integer {
                [] => return malformed(format!("the RSA {name} is empty")),
                [0] => return malformed(format!("the RSA {name} is zero")),
                [0, ..] => {
                    return malformed(format!("the RSA {name} is padded with a zero octet"));
                }
                _ => {}
            }
        }
        let bits = bit_len(n);
        if bits < MIN_RSA_BITS {
            return Err(KeyError::new(
                "key_weak",
                format!("the RSA key has {bits} bits, at least {MIN_RSA_BITS} are needed"),
            ));
        }
        if bits > MAX_RSA_BITS {
            return malformed(format!(
                "the RSA key has {bits} bits, more than {MAX_RSA_BITS} are not supported"
            ));
        }
        if n.last().is_none_or(|last| last % 2 == 0) {
            return malformed("the RSA modulus is even".into());
        }
        if e.last().is_none_or(|last| last % 2 == 0) {
            return malformed("the RSA exponent is even".into());
        }
        if e == [1] {
            // With e = 1 the signature is the message itself.
            return Err(KeyError::new("key_weak", "the RSA exponent is 1"));
        }
        if bit_len(e) > MAX_EXPONENT_BITS {
            return malformed(format!(
                "the RSA exponent has {} bits, more than {MAX_EXPONENT_BITS} are not supported",
                bit_len(e)
            ));
        }
        Ok(Self(Kind::Rsa {
            n: n.to_vec(),
            e: e.to_vec(),
        }))
    }

    /// Makes an elliptic curve key of two coordinates of full length.
    ///
    /// # Errors
    ///
    /// `key_malformed` for coordinates of another length (RFC 7518 §6.2.1.2)
    /// and for a point that is not on the curve.
    pub fn ec(curve: Curve, x: &[u8], y: &[u8]) -> Result<Self, KeyError> {
        for (name, coordinate) in [("x", x), ("y", y)] {
            if coordinate.len() != curve.coordinate_len() {
                return Err(KeyError::new(
                    "key_malformed",
                    format!(
                        "the coordinate {name} has {} octets, on {} it has {}",
                        coordinate.len(),
                        curve.name(),
                        curve.coordinate_len()
                    ),
                ));
            }
        }
        Self::ec_point(curve, [&[4], x, y].concat())
    }

    /// Makes an elliptic curve key of an uncompressed point.
    pub(super) fn ec_point(curve: Curve, point: Vec<u8>) -> Result<Self, KeyError> {
        let length = 1 + 2 * curve.coordinate_len();
        if point.len() != length || point.first() != Some(&4) {
            return Err(KeyError::new(
                "key_malformed",
                format!("the key is no uncompressed point of {}", curve.name()),
            ));
        }
        if ParsedPublicKey::new(ecdsa(curve), &point).is_err() {
            return Err(KeyError::new(
                "key_malformed",
                format!("the point is not on the curve {}", curve.name()),
            ));
        }
        Ok(Self(Kind::Ec { curve, point }))
    }

    /// Makes an Ed25519 key.
    ///
    /// # Errors
    ///
    /// `key_malformed` unless there are 32 octets, `key_weak` for a point of
    /// small order or one that is not encoded canonically.
    pub fn ed25519(x: &[u8]) -> Result<Self, KeyError> {
        let encoded: [u8; 32] = x.try_into().map_err(|_| {
            KeyError::new(
                "key_malformed",
                format!("the Ed25519 key has {} octets instead of 32", x.len()),
            )
        })?;
        if !ed25519::is_sound(&encoded) {
            return Err(KeyError::new(
                "key_weak",
                "the Ed25519 key is a point of small order or not canonical",
            ));
        }
        Ok(Self(Kind::Ed25519(encoded)))
    }

    /// Makes an ML-DSA key.
    ///
    /// # Errors
    ///
    /// `key_malformed` for another length than that of the parameter set.
    pub fn ml_dsa(set: ParameterSet, key: &[u8]) -> Result<Self, KeyError> {
        if key.len() != set.public_len() {
            return Err(KeyError::new(
                "key_malformed",
                format!(
                    "the {} key has {} octets instead of {}",
                    set.name(),
                    key.len(),
                    set.public_len()
                ),
            ));
        }
        Ok(Self(Kind::MlDsa {
            set,
            key: key.to_vec(),
        }))
    }

    /// Makes a key of the members of a JWK (RFC 7518 §6.2, §6.3, RFC 8037
    /// §2, RFC 8812 §3.1, RFC 9964); private members are not looked at.
    ///
    /// # Errors
    ///
    /// `key_unsupported` for another `kty` or `crv`, or another `alg` of an
    /// `AKP` key, else as the constructors.
    pub fn from_jwk(jwk: &Map<String, Value>) -> Result<Self, KeyError> {
        match text(jwk, "kty")? {
            "RSA" => Self::rsa(&octets(jwk, "n")?, &octets(jwk, "e")?),
            "EC" => {
                let crv = text(jwk, "crv")?;
                let curve = Curve::from_name(crv).ok_or_else(|| unsupported("curve", crv))?;
                Self::ec(curve, &octets(jwk, "x")?, &octets(jwk, "y")?)
            }
            "OKP" => match text(jwk, "crv")? {
                "Ed25519" => Self::ed25519(&octets(jwk, "x")?),
                crv => Err(unsupported("curve", crv)),
            },
            // "The "alg" member is REQUIRED" and says what `pub` is.
            "AKP" => {
                let alg = text(jwk, "alg")?;
                let set = ParameterSet::from_name(alg)
                    .ok_or_else(|| unsupported("`AKP` key for", alg))?;
                Self::ml_dsa(set, &octets(jwk, "pub")?)
            }
            kty => Err(unsupported("key type", kty)),
        }
    }

    /// Returns the type.
    pub fn key_type(&self) -> KeyType {
        match &self.0 {
            Kind::Rsa { .. } => KeyType::Rsa,
            Kind::Ec { curve, .. } => KeyType::Ec(*curve),
            Kind::Ed25519(_) => KeyType::Ed25519,
            Kind::MlDsa { set, .. } => KeyType::Akp(*set),
        }
    }

    /// Returns the bits of an RSA modulus.
    pub fn rsa_bits(&self) -> Option<usize> {
        match &self.0 {
            Kind::Rsa { n, .. } => Some(bit_len(n)),
            _ => None,
        }
    }

    /// Returns the exponent of an RSA key, big-endian.
    pub(super) fn rsa_exponent(&self) -> Option<&[u8]> {
        match &self.0 {
            Kind::Rsa { e, .. } => Some(e),
            _ => None,
        }
    }

    /// Returns the octets of a signature by this key, which never vary.
    pub fn signature_len(&self) -> usize {
        match &self.0 {
            Kind::Rsa { n, .. } => n.len(),
            Kind::Ec { curve, .. } => 2 * curve.coordinate_len(),
            Kind::Ed25519(_) => 64,
            Kind::MlDsa { set, .. } => set.signature_len(),
        }
    }

    /// Returns the members that make the key as a JWK, `kty` first, those of
    /// its thumbprint (RFC 7638 §3.2, RFC 9964 §6) and no other.
    pub fn to_jwk(&self) -> Map<String, Value> {
        let mut jwk = Map::new();
        let mut put = |name: &str, value: String| {
            jwk.insert(name.to_owned(), Value::String(value));
        };
        put("kty", self.key_type().kty().to_owned());
        match &self.0 {
            Kind::Rsa { n, e } => {
                put("n", base64url::encode(n));
                put("e", base64url::encode(e));
            }
            Kind::Ec { curve, point } => {
                let (x, y) = point[1..].split_at(curve.coordinate_len());
                put("crv", curve.name().to_owned());
                put("x", base64url::encode(x));
                put("y", base64url::encode(y));
            }
            Kind::Ed25519(x) => {
                put("crv", "Ed25519".to_owned());
                put("x", base64url::encode(x));
            }
            Kind::MlDsa { set, key } => {
                put("alg", set.name().to_owned());
                put("pub", base64url::encode(key));
            }
        }
        jwk
    }

    pub(super) fn kind(&self) -> &Kind {
        &self.0
    }
}

/// Returns the algorithm that takes signatures as `r || s`.
pub(super) fn ecdsa(curve: Curve) -> &'static EcdsaVerificationAlgorithm {
    match curve {
        Curve::P256 => &ECDSA_P256_SHA256_FIXED,
        Curve::P384 => &ECDSA_P384_SHA384_FIXED,
        Curve::P521 => &ECDSA_P521_SHA512_FIXED,
        Curve::Secp256k1 => &ECDSA_P256K1_SHA256_FIXED,
    }
}

/// Returns the algorithm of a parameter set.
pub(super) fn ml_dsa(set: ParameterSet) -> &'static PqdsaVerificationAlgorithm {
    match set {
        ParameterSet::MlDsa44 => &ML_DSA_44,
        ParameterSet::MlDsa65 => &ML_DSA_65,
        ParameterSet::MlDsa87 => &ML_DSA_87,
    }
}

/// Returns a text member of a JWK.
pub(super) fn text<'a>(jwk: &'a Map<String, Value>, name: &str) -> Result<&'a str, KeyError> {
    match jwk.get(name) {
        Some(Value::String(text)) => Ok(text),
        Some(_) => Err(KeyError::new(
            "key_malformed",
            format!("the member `{name}` of the JWK is not a string"),
        )),
        None => Err(KeyError::new(
            "key_malformed",
            format!("the JWK has no member `{name}`"),
        )),
    }
}

/// Returns a base64url member of a JWK.
pub(super) fn octets(jwk: &Map<String, Value>, name: &str) -> Result<Vec<u8>, KeyError> {
    base64url::decode(text(jwk, name)?).map_err(|_| {
        KeyError::new(
            "key_malformed",
            format!("the member `{name}` of the JWK is not base64url without padding"),
        )
    })
}

pub(super) fn unsupported(what: &str, name: &str) -> KeyError {
    KeyError::new(
        "key_unsupported",
        format!("the {what} `{name}` is not supported"),
    )
}

/// Returns the bits of a big-endian integer without leading zeros.
pub(super) fn bit_len(integer: &[u8]) -> usize {
    integer.first().map_or(0, |first| {
        integer.len() * 8 - first.leading_zeros() as usize
    })
}
