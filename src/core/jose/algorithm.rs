//! The one table of signature algorithms (RFC 7518 §3.1, RFC 8037 §3.1, RFC
//! 8812 §3.2, RFC 9864 §2.2, RFC 9964).
//!
//! No other file lists algorithms. `none` is not among them and cannot be
//! asked for (RFC 8725 §3.1).

use std::fmt;
use std::str::FromStr;

/// A signature or MAC algorithm, by its name in the IANA registry "JSON Web
/// Signature and Encryption Algorithms".
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Algorithm {
    /// HMAC with SHA-256.
    HS256,
    /// HMAC with SHA-384.
    HS384,
    /// HMAC with SHA-512.
    HS512,
    /// RSASSA-PKCS1-v1_5 with SHA-256.
    RS256,
    /// RSASSA-PKCS1-v1_5 with SHA-384.
    RS384,
    /// RSASSA-PKCS1-v1_5 with SHA-512.
    RS512,
    /// RSASSA-PSS with SHA-256 and MGF1 with SHA-256.
    PS256,
    /// RSASSA-PSS with SHA-384 and MGF1 with SHA-384.
    PS384,
    /// RSASSA-PSS with SHA-512 and MGF1 with SHA-512.
    PS512,
    /// ECDSA on P-256 with SHA-256.
    ES256,
    /// ECDSA on P-384 with SHA-384.
    ES384,
    /// ECDSA on P-521 with SHA-512.
    ES512,
    /// ECDSA on secp256k1 with SHA-256 (RFC 8812).
    ES256K,
    /// EdDSA on Ed25519 (RFC 8037); Ed448 is not supported.
    EdDSA,
    /// The same signature by its fully-specified name (RFC 9864). The names
    /// are two all the same: who allows one does not allow the other.
    Ed25519,
    /// ML-DSA-44 (FIPS 204, RFC 9964).
    MLDSA44,
    /// ML-DSA-65.
    MLDSA65,
    /// ML-DSA-87.
    MLDSA87,
}

/// The kinds of algorithm; those of one kind differ in hash and size only.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Family {
    /// HS256, HS384, HS512: one secret signs and verifies.
    Hmac,
    /// RS256, RS384, RS512.
    Rsa,
    /// PS256, PS384, PS512.
    RsaPss,
    /// ES256, ES384, ES512, ES256K.
    Ecdsa,
    /// EdDSA, Ed25519.
    EdDsa,
    /// ML-DSA-44, ML-DSA-65, ML-DSA-87.
    MlDsa,
}

/// What a key must be to serve an algorithm: its `kty` and, where there are
/// curves, its `crv`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum KeyType {
    /// `kty` `oct`: a secret.
    Oct,
    /// `kty` `RSA`.
    Rsa,
    /// `kty` `EC` on a curve.
    Ec(Curve),
    /// `kty` `OKP`, `crv` `Ed25519`.
    Ed25519,
    /// `kty` `AKP`, whose `alg` names the parameter set (RFC 9964).
    Akp(ParameterSet),
}

/// The elliptic curves of `kty` `EC` (RFC 7518 §6.2.1.1, RFC 8812 §3.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Curve {
    /// `P-256`.
    P256,
    /// `P-384`.
    P384,
    /// `P-521`.
    P521,
    /// `secp256k1`.
    Secp256k1,
}

/// The parameter sets of ML-DSA (FIPS 204 §4), which are also the values of
/// `alg` in their keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ParameterSet {
    /// `ML-DSA-44`.
    MlDsa44,
    /// `ML-DSA-65`.
    MlDsa65,
    /// `ML-DSA-87`.
    MlDsa87,
}

/// One row of the table.
struct Row {
    algorithm: Algorithm,
    name: &'static str,
    family: Family,
    key_type: KeyType,
    /// Octets of the hash.
    hash_len: usize,
    /// The name in `jsonwebtoken`, where it knows the algorithm.
    jsonwebtoken: Option<jsonwebtoken::Algorithm>,
}

/// In the order of the enum, so that a discriminant is an index.
#[rustfmt::skip]
static TABLE: [Row; 18] = {
    use jsonwebtoken::Algorithm as Jwt;
    use {Algorithm as A, Curve as C, Family as F, KeyType as K, ParameterSet as S};
    [
        row(A::HS256, "HS256", F::Hmac, K::Oct, 32, Some(Jwt::HS256)),
        row(A::HS384, "HS384", F::Hmac, K::Oct, 48, Some(Jwt::HS384)),
        row(A::HS512, "HS512", F::Hmac, K::Oct, 64, Some(Jwt::HS512)),
        row(A::RS256, "RS256", F::Rsa, K::Rsa, 32, Some(Jwt::RS256)),
        row(A::RS384, "RS384", F::Rsa, K::Rsa, 48, Some(Jwt::RS384)),
        row(A::RS512, "RS512", F::Rsa, K::Rsa, 64, Some(Jwt::RS512)),
        row(A::PS256, "PS256", F::RsaPss, K::Rsa, 32, Some(Jwt::PS256)),
        row(A::PS384, "PS384", F::RsaPss, K::Rsa, 48, Some(Jwt::PS384)),
        row(A::PS512, "PS512", F::RsaPss, K::Rsa, 64, Some(Jwt::PS512)),
        row(A::ES256, "ES256", F::Ecdsa, K::Ec(C::P256), 32, Some(Jwt::ES256)),
        row(A::ES384, "ES384", F::Ecdsa, K::Ec(C::P384), 48, Some(Jwt::ES384)),
        row(A::ES512, "ES512", F::Ecdsa, K::Ec(C::P521), 64, None),
        row(A::ES256K, "ES256K", F::Ecdsa, K::Ec(C::Secp256k1), 32, None),
        row(A::EdDSA, "EdDSA", F::EdDsa, K::Ed25519, 64, Some(Jwt::EdDSA)),
        row(A::Ed25519, "Ed25519", F::EdDsa, K::Ed25519, 64, Some(Jwt::EdDSA)),
        row(A::MLDSA44, "ML-DSA-44", F::MlDsa, K::Akp(S::MlDsa44), 64, None),
        row(A::MLDSA65, "ML-DSA-65", F::MlDsa, K::Akp(S::MlDsa65), 64, None),
        row(A::MLDSA87, "ML-DSA-87", F::MlDsa, K::Akp(S::MlDsa87), 64, None),
    ]
};

const fn row(
    algorithm: Algorithm,
    name: &'static str,
    family: Family,
    key_type: KeyType,
    hash_len: usize,
    jsonwebtoken: Option<jsonwebtoken::Algorithm>,
) -> Row {
    Row {
        algorithm,
        name,
        family,
        key_type,
        hash_len,
        jsonwebtoken,
    }
}

impl Algorithm {
    /// Every algorithm, in the order of the table.
    pub const ALL: [Algorithm; 18] = {
        let mut all = [Algorithm::HS256; 18];
        let mut at = 0;
        while at < all.len() {
            all[at] = TABLE[at].algorithm;
            at += 1;
        }
        all
    };

    const fn row(self) -> &'static Row {
        &TABLE[self as usize]
    }

    /// Returns the registered name, as it stands in `alg`.
    pub const fn name(self) -> &'static str {
        self.row().name
    }

    /// Returns the kind.
    pub const fn family(self) -> Family {
        self.row().family
    }

    /// Returns what a key must be to serve this algorithm.
    pub const fn key_type(self) -> KeyType {
        self.row().key_type
    }

    /// Returns the octets of the hash: for HMAC also the length of the MAC
    /// and the least length of the key (RFC 7518 §3.2); for ML-DSA those that
    /// SHAKE256 gives (FIPS 204 §6.2).
    pub const fn hash_len(self) -> usize {
        self.row().hash_len
    }

    /// Returns the octets of a signature or MAC, which never vary but with
    /// the modulus of RSA: `None` for that.
    pub const fn signature_len(self) -> Option<usize> {
        match self.key_type() {
            KeyType::Oct => Some(self.hash_len()),
            KeyType::Rsa => None,
            KeyType::Ec(curve) => Some(2 * curve.coordinate_len()),
            KeyType::Ed25519 => Some(64),
            KeyType::Akp(set) => Some(set.signature_len()),
        }
    }

    /// Says whether one secret both signs and verifies.
    pub const fn is_symmetric(self) -> bool {
        matches!(self.family(), Family::Hmac)
    }

    /// Returns the name in `jsonwebtoken`, where it knows the algorithm.
    pub(super) const fn jsonwebtoken(self) -> Option<jsonwebtoken::Algorithm> {
        self.row().jsonwebtoken
    }
}

impl fmt::Display for Algorithm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Algorithm {
    type Err = UnknownAlgorithm;

    /// Reads a registered name in its exact spelling: "The `alg` value is a
    /// case-sensitive ASCII string" (RFC 7515 §4.1.1).
    fn from_str(name: &str) -> Result<Self, UnknownAlgorithm> {
        TABLE
            .iter()
            .find(|row| row.name == name)
            .map(|row| row.algorithm)
            .ok_or_else(|| {
                if name.eq_ignore_ascii_case("none") {
                    UnknownAlgorithm::None
                } else {
                    UnknownAlgorithm::Unknown
                }
            })
    }
}

/// Why a name is no algorithm of the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UnknownAlgorithm {
    /// `none`, in whichever case.
    #[error("`none` is not offered: an unsigned token proves nothing")]
    None,
    /// Any other.
    #[error("expected one of {}", names())]
    Unknown,
}

fn names() -> String {
    TABLE
        .iter()
        .map(|row| row.name)
        .collect::<Vec<_>>()
        .join(", ")
}

impl KeyType {
    /// Returns the value of `kty`.
    pub const fn kty(self) -> &'static str {
        match self {
            Self::Oct => "oct",
            Self::Rsa => "RSA",
            Self::Ec(_) => "EC",
            Self::Ed25519 => "OKP",
            Self::Akp(_) => "AKP",
        }
    }

    /// Returns the algorithm of a key that names none.
    pub const fn default_algorithm(self) -> Algorithm {
        match self {
            Self::Oct => Algorithm::HS256,
            Self::Rsa => Algorithm::RS256,
            Self::Ec(Curve::P256) => Algorithm::ES256,
            Self::Ec(Curve::P384) => Algorithm::ES384,
            Self::Ec(Curve::P521) => Algorithm::ES512,
            Self::Ec(Curve::Secp256k1) => Algorithm::ES256K,
            Self::Ed25519 => Algorithm::EdDSA,
            Self::Akp(ParameterSet::MlDsa44) => Algorithm::MLDSA44,
            Self::Akp(ParameterSet::MlDsa65) => Algorithm::MLDSA65,
            Self::Akp(ParameterSet::MlDsa87) => Algorithm::MLDSA87,
        }
    }

    /// Returns the algorithms that a key of this type can serve.
    pub fn algorithms(self) -> impl Iterator<Item = Algorithm> {
        Algorithm::ALL
            .into_iter()
            .filter(move |algorithm| algorithm.key_type() == self)
    }
}

impl fmt::Display for KeyType {
    /// Writes `RSA`, `oct`, `EC P-256`, `OKP Ed25519`, `AKP ML-DSA-44`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.kty())?;
        match self {
            Self::Oct | Self::Rsa => Ok(()),
            Self::Ec(curve) => write!(f, " {}", curve.name()),
            Self::Ed25519 => f.write_str(" Ed25519"),
            Self::Akp(set) => write!(f, " {}", set.name()),
        }
    }
}

impl Curve {
    /// Every curve.
    pub const ALL: [Curve; 4] = [Curve::P256, Curve::P384, Curve::P521, Curve::Secp256k1];

    /// Returns the value of `crv`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::P256 => "P-256",
            Self::P384 => "P-384",
            Self::P521 => "P-521",
            Self::Secp256k1 => "secp256k1",
        }
    }

    /// Returns the octets of a coordinate, which are also those of `r` and
    /// of `s` (RFC 7518 §3.4, §6.2.1.2).
    pub const fn coordinate_len(self) -> usize {
        match self {
            Self::P256 | Self::Secp256k1 => 32,
            Self::P384 => 48,
            Self::P521 => 66,
        }
    }

    /// Returns the curve of a `crv`.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|curve| curve.name() == name)
    }
}

impl ParameterSet {
    /// Every parameter set.
    pub const ALL: [ParameterSet; 3] = [Self::MlDsa44, Self::MlDsa65, Self::MlDsa87];

    /// Returns the value of `alg`.
    pub const fn name(self) -> &'static str {
        KeyType::Akp(self).default_algorithm().name()
    }

    /// Returns the octets of a public key (FIPS 204 §4, table 2).
    pub const fn public_len(self) -> usize {
        match self {
            Self::MlDsa44 => 1312,
            Self::MlDsa65 => 1952,
            Self::MlDsa87 => 2592,
        }
    }

    /// Returns the octets of a signature (the same table).
    pub const fn signature_len(self) -> usize {
        match self {
            Self::MlDsa44 => 2420,
            Self::MlDsa65 => 3309,
            Self::MlDsa87 => 4627,
        }
    }

    /// Returns the parameter set of an `alg`.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|set| set.name() == name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_in_the_order_of_the_enum() {
        for (at, algorithm) in Algorithm::ALL.into_iter().enumerate() {
            assert_eq!(algorithm as usize, at, "{algorithm}");
            assert_eq!(algorithm.name().parse(), Ok(algorithm));
            assert_eq!(format!("{algorithm:?}"), algorithm.name().replace('-', ""));
        }
    }

    #[test]
    fn a_key_serves_its_default_algorithm() {
        for algorithm in Algorithm::ALL {
            let key_type = algorithm.key_type();
            assert_eq!(key_type.default_algorithm().key_type(), key_type);
            assert!(key_type.algorithms().any(|served| served == algorithm));
        }
    }

    #[test]
    fn j2_none_in_any_case_is_no_algorithm() {
        for name in ["none", "None", "NONE", "nOnE"] {
            assert_eq!(name.parse::<Algorithm>(), Err(UnknownAlgorithm::None));
        }
    }

    #[test]
    fn j1_only_the_exact_spelling_is_an_algorithm() {
        for name in [
            "",
            "hs256",
            "HS256 ",
            " HS256",
            "HS256\0",
            "НS256",
            "ES256k",
            "ED25519",
            "Ed448",
            "MLDSA44",
            "ML-DSA-44 ",
        ] {
            assert_eq!(
                name.parse::<Algorithm>(),
                Err(UnknownAlgorithm::Unknown),
                "{name:?}"
            );
        }
    }
}
