//! Private keys of every form that is read or written: PKCS#8 (RFC 5958),
//! PKCS#1 (RFC 8017), SEC 1 (RFC 5915) and JWK (RFC 7518 §6).

use std::sync::mpsc;
use std::thread;

use aws_lc_rs::encoding::{AsBigEndian as _, AsDer, AsRawBytes as _, Pkcs8V1Der};
use aws_lc_rs::rsa::{KeyPair as RsaKeyPair, KeyPairComponents, KeySize, PublicKeyComponents};
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, ECDSA_P256K1_SHA256_FIXED_SIGNING,
    ECDSA_P384_SHA384_FIXED_SIGNING, ECDSA_P521_SHA512_FIXED_SIGNING, EcdsaKeyPair,
    EcdsaSigningAlgorithm, Ed25519KeyPair, KeyPair as _, ML_DSA_44_SIGNING, ML_DSA_65_SIGNING,
    ML_DSA_87_SIGNING, PqdsaKeyPair, PqdsaSigningAlgorithm,
};
use pkcs8::PrivateKeyInfoRef;
use pkcs8::der::asn1::{AnyRef, OctetStringRef};
use pkcs8::der::{Decode as _, Encode as _, Reader as _, SliceReader};
use pkcs8::spki::AlgorithmIdentifierRef;
use serde_json::{Map, Value};
use zeroize::Zeroizing;

use super::algorithm::{Curve, ParameterSet};
use super::base64url;
use super::error::{Error, KeyError};
use super::public_key::{Kind, PublicKey, octets};
use super::spki::{named_curve, oid, oid_of_parameter_set, oid_unsupported, parameter_set_of};
use crate::core::secret::SecretBytes;

/// The sizes of RSA keys that are generated, in bits.
const RSA_SIZES: [(u32, KeySize); 4] = [
    (2048, KeySize::Rsa2048),
    (3072, KeySize::Rsa3072),
    (4096, KeySize::Rsa4096),
    (8192, KeySize::Rsa8192),
];

/// The members of an RSA JWK that its primes make (RFC 7518 §6.3.2).
const PRIMES: [&str; 5] = ["p", "q", "dp", "dq", "qi"];

/// A key pair, parsed once.
pub(super) enum PrivateKey {
    Rsa(Box<RsaKeyPair>),
    Ec(Curve, Box<EcdsaKeyPair>),
    Ed25519(Box<Ed25519KeyPair>),
    MlDsa(ParameterSet, Box<PqdsaKeyPair>),
}

impl PrivateKey {
    /// Checks that RSA keys of a size are generated.
    pub(super) fn check_rsa_size(bits: u32) -> Result<(), Error> {
        rsa_size(bits).map(|_| ())
    }

    /// Generates an RSA key of one of the [`RSA_SIZES`].
    pub(super) fn generate_rsa(bits: u32) -> Result<Self, Error> {
        rsa_of_size(rsa_size(bits)?)
    }

    /// As [`PrivateKey::generate_rsa`], with two generations that race where
    /// there are two processors. The one that loses is not waited for.
    pub(super) fn race_rsa(bits: u32) -> Result<Self, Error> {
        let size = rsa_size(bits)?;
        let (sender, receiver) = mpsc::channel();
        let racers = match thread::available_parallelism() {
            Ok(processors) if processors.get() >= 2 => 2,
            _ => 0,
        };
        for _ in 0..racers {
            let sender = sender.clone();
            let racer = thread::Builder::new().name("rsa".into());
            // Where the system starts no thread, fewer race.
            let _ = racer.spawn(move || {
                // Nobody waits for the second one.
                let _ = sender.send(rsa_of_size(size));
            });
        }
        drop(sender);
        match receiver.recv() {
            Ok(key) => key,
            // Nobody races.
            Err(_) => rsa_of_size(size),
        }
    }

    /// Generates a key on a curve.
    pub(super) fn generate_ec(curve: Curve) -> Result<Self, Error> {
        EcdsaKeyPair::generate(ecdsa_signing(curve))
            .map(|key| Self::Ec(curve, Box::new(key)))
            .map_err(|_| Error::Crypto("generate an elliptic curve key"))
    }

    /// Generates an Ed25519 key.
    pub(super) fn generate_ed25519() -> Result<Self, Error> {
        Ed25519KeyPair::generate()
            .map(|key| Self::Ed25519(Box::new(key)))
            .map_err(|_| Error::Crypto("generate an Ed25519 key"))
    }

    /// Generates an ML-DSA key.
    pub(super) fn generate_ml_dsa(set: ParameterSet) -> Result<Self, Error> {
        PqdsaKeyPair::generate(ml_dsa_signing(set))
            .map(|key| Self::MlDsa(set, Box::new(key)))
            .map_err(|_| Error::Crypto("generate an ML-DSA key"))
    }

    /// Reads a DER `PrivateKeyInfo`. An ML-DSA key may come as its seed,
    /// expanded, or as both (RFC 9881 §6).
    pub(super) fn from_pkcs8(der: &[u8]) -> Result<Self, KeyError> {
        let info = PrivateKeyInfoRef::from_der(der)
            .map_err(|_| KeyError::new("key_malformed", "the private key is not valid DER"))?;
        match info.algorithm.oid {
            oid::RSA => Self::from_pkcs1(info.private_key.as_bytes()),
            oid::EC => {
                let curve = named_curve(info.algorithm.parameters)?;
                EcdsaKeyPair::from_pkcs8(ecdsa_signing(curve), der)
                    .map(|key| Self::Ec(curve, Box::new(key)))
                    .map_err(|_| unusable())
            }
            oid::ED25519 => Ed25519KeyPair::from_pkcs8(der)
                .map(|key| Self::Ed25519(Box::new(key)))
                .map_err(|_| unusable()),
            other => {
                let set = parameter_set_of(other).ok_or_else(|| oid_unsupported(other))?;
                PqdsaKeyPair::from_pkcs8(ml_dsa_signing(set), der)
                    .map(|key| Self::MlDsa(set, Box::new(key)))
                    .map_err(|_| unusable())
            }
        }
    }

    /// Reads a DER `RSAPrivateKey`.
    pub(super) fn from_pkcs1(der: &[u8]) -> Result<Self, KeyError> {
        let key = pkcs1::RsaPrivateKeyRef::from_der(der)
            .map_err(|_| malformed("the RSA private key is not valid DER"))?;
        // Names the reason (too short, exponent 1) before the library below
        // refuses without one.
        PublicKey::rsa(key.modulus.as_bytes(), key.public_exponent.as_bytes())?;
        if key.version() == pkcs1::Version::Multi {
            return Err(many_primes());
        }
        RsaKeyPair::from_der(der)
            .map(|key| Self::Rsa(Box::new(key)))
            .map_err(|_| unusable())
    }

    /// Reads a DER `ECPrivateKey`.
    pub(super) fn from_sec1(der: &[u8]) -> Result<Self, KeyError> {
        let parameters = sec1_parameters(der)
            .map_err(|_| malformed("the elliptic curve private key is not valid DER"))?;
        let curve = named_curve(parameters)?;
        EcdsaKeyPair::from_private_key_der(ecdsa_signing(curve), der)
            .map(|key| Self::Ec(curve, Box::new(key)))
            .map_err(|_| unusable())
    }

    /// Reads a private JWK. The public members are needed too and must fit.
    pub(super) fn from_jwk(jwk: &Map<String, Value>) -> Result<Self, KeyError> {
        let secret = |name| octets(jwk, name).map(Zeroizing::new);
        let public = PublicKey::from_jwk(jwk)?;
        match public.kind() {
            Kind::Rsa { n, e } => {
                if jwk.contains_key("oth") {
                    return Err(many_primes());
                }
                // A JWK may do without them (RFC 7518 §6.3.2), aws-lc-rs not.
                if PRIMES.iter().all(|name| !jwk.contains_key(*name)) {
                    return Err(KeyError::new(
                        "key_unsupported",
                        "the RSA key has no primes: beside `d` it needs `p`, `q`, `dp`, `dq` and `qi`",
                    )
                    .with_hint("write it with them, as `openssl` or jwcrypto computes them"));
                }
                let components = KeyPairComponents {
                    public_key: PublicKeyComponents { n, e },
                    d: secret("d")?,
                    p: secret("p")?,
                    q: secret("q")?,
                    dP: secret("dp")?,
                    dQ: secret("dq")?,
                    qInv: secret("qi")?,
                };
                RsaKeyPair::from_components(&components)
                    .map(|key| Self::Rsa(Box::new(key)))
                    .map_err(|_| unusable())
            }
            Kind::Ec { curve, point } => {
                let d = secret("d")?;
                if d.len() != curve.coordinate_len() {
                    return Err(malformed("the member `d` of the JWK has the wrong length"));
                }
                EcdsaKeyPair::from_private_key_and_public_key(ecdsa_signing(*curve), &d, point)
                    .map(|key| Self::Ec(*curve, Box::new(key)))
                    .map_err(|_| unusable())
            }
            Kind::Ed25519(x) => {
                let d = secret("d")?;
                if d.len() != 32 {
                    return Err(malformed("the member `d` of the JWK has the wrong length"));
                }
                Ed25519KeyPair::from_seed_and_public_key(&d, x)
                    .map(|key| Self::Ed25519(Box::new(key)))
                    .map_err(|_| unusable())
            }
            Kind::MlDsa { set, key: public } => {
                let seed = secret("priv")?;
                let key = PqdsaKeyPair::from_seed(ml_dsa_signing(*set), &seed).map_err(|_| {
                    malformed("the member `priv` of the JWK is no seed of 32 octets")
                })?;
                if key.public_key().as_ref() != public {
                    return Err(unusable());
                }
                Ok(Self::MlDsa(*set, Box::new(key)))
            }
        }
    }

    /// Returns the public key.
    pub(super) fn public(&self) -> Result<PublicKey, KeyError> {
        match self {
            Self::Rsa(key) => {
                let public = PublicKeyComponents::<Vec<u8>>::from(key.public_key());
                PublicKey::rsa(&public.n, &public.e)
            }
            Self::Ec(curve, key) => PublicKey::ec_point(*curve, key.public_key().as_ref().to_vec()),
            Self::Ed25519(key) => PublicKey::ed25519(key.public_key().as_ref()),
            Self::MlDsa(set, key) => PublicKey::ml_dsa(*set, key.public_key().as_ref()),
        }
    }

    /// Writes a DER `PrivateKeyInfo`.
    pub(super) fn to_pkcs8(&self) -> Result<SecretBytes, Error> {
        let written = match self {
            Self::Rsa(key) => AsDer::<Pkcs8V1Der<'_>>::as_der(key.as_ref())
                .ok()
                .map(|der| SecretBytes::new(der.as_ref())),
            Self::Ec(_, key) => key
                .to_pkcs8v1()
                .ok()
                .map(|der| SecretBytes::new(der.as_ref())),
            Self::Ed25519(key) => key
                .to_pkcs8v1()
                .ok()
                .map(|der| SecretBytes::new(der.as_ref())),
            Self::MlDsa(set, key) => match key.to_pkcs8v1() {
                Ok(der) => Some(SecretBytes::new(der.as_ref())),
                // Without the seed, from which it cannot be computed back.
                Err(_) => expanded_pkcs8(*set, key),
            },
        };
        written.ok_or(Error::Crypto("write the private key"))
    }

    /// Returns the private members of the JWK (RFC 7518 §6.2.2, §6.3.2, RFC
    /// 8037 §2, RFC 9964).
    ///
    /// # Errors
    ///
    /// `key_unsupported` for an ML-DSA key that was read without its seed.
    pub(super) fn private_members(&self) -> Result<Map<String, Value>, Error> {
        let failed = || Error::Crypto("write the private key");
        let mut members = Map::new();
        let mut put = |name: &str, octets: &[u8]| {
            members.insert(name.to_owned(), base64url::encode(octets).into());
        };
        match self {
            Self::Rsa(_) => {
                let pkcs8 = self.to_pkcs8()?;
                let info = PrivateKeyInfoRef::from_der(pkcs8.expose()).map_err(|_| failed())?;
                let key = pkcs1::RsaPrivateKeyRef::from_der(info.private_key.as_bytes())
                    .map_err(|_| failed())?;
                put("d", key.private_exponent.as_bytes());
                put("p", key.prime1.as_bytes());
                put("q", key.prime2.as_bytes());
                put("dp", key.exponent1.as_bytes());
                put("dq", key.exponent2.as_bytes());
                put("qi", key.coefficient.as_bytes());
            }
            Self::Ec(_, key) => {
                let d = key.private_key().as_be_bytes().map_err(|_| failed())?;
                put("d", d.as_ref());
            }
            Self::Ed25519(key) => {
                let seed = key.seed().map_err(|_| failed())?;
                let seed = seed.as_be_bytes().map_err(|_| failed())?;
                put("d", seed.as_ref());
            }
            Self::MlDsa(_, key) => put("priv", seed(key)?.expose()),
        }
        Ok(members)
    }
}

/// Returns the size of so many bits.
fn rsa_size(bits: u32) -> Result<KeySize, Error> {
    RSA_SIZES
        .iter()
        .find(|(size, _)| *size == bits)
        .map(|(_, size)| *size)
        .ok_or_else(|| Error::Usage {
            what: format!("an RSA key has 2048, 3072, 4096 or 8192 bits, not {bits}"),
        })
}

fn rsa_of_size(size: KeySize) -> Result<PrivateKey, Error> {
    RsaKeyPair::generate(size)
        .map(|key| PrivateKey::Rsa(Box::new(key)))
        .map_err(|_| Error::Crypto("generate an RSA key"))
}

/// Returns the `parameters` of a DER `ECPrivateKey`, whatever they are:
/// `version`, `privateKey`, then perhaps these in `[0]` (RFC 5915 §3).
pub(super) fn sec1_parameters(der: &[u8]) -> pkcs8::der::Result<Option<AnyRef<'_>>> {
    let mut outer = SliceReader::new(der)?;
    let key = AnyRef::decode(&mut outer)?;
    let mut members = SliceReader::new(key.value())?;
    for _ in 0..2 {
        members.tlv_bytes()?;
    }
    if members.peek_byte() != Some(0xa0) {
        return Ok(None);
    }
    let tagged = AnyRef::decode(&mut members)?;
    AnyRef::from_der(tagged.value()).map(Some)
}

fn ecdsa_signing(curve: Curve) -> &'static EcdsaSigningAlgorithm {
    match curve {
        Curve::P256 => &ECDSA_P256_SHA256_FIXED_SIGNING,
        Curve::P384 => &ECDSA_P384_SHA384_FIXED_SIGNING,
        Curve::P521 => &ECDSA_P521_SHA512_FIXED_SIGNING,
        Curve::Secp256k1 => &ECDSA_P256K1_SHA256_FIXED_SIGNING,
    }
}

fn ml_dsa_signing(set: ParameterSet) -> &'static PqdsaSigningAlgorithm {
    match set {
        ParameterSet::MlDsa44 => &ML_DSA_44_SIGNING,
        ParameterSet::MlDsa65 => &ML_DSA_65_SIGNING,
        ParameterSet::MlDsa87 => &ML_DSA_87_SIGNING,
    }
}

/// Returns the seed of an ML-DSA key, the `[0]` of its PKCS#8 form (RFC 9881
/// §6), which is the only one that a JWK has.
fn seed(key: &PqdsaKeyPair) -> Result<SecretBytes, Error> {
    let pkcs8 = key.to_pkcs8v1().map_err(|_| {
        Error::key(
            "key_unsupported",
            "the ML-DSA key was read without its seed, which a JWK needs",
        )
    })?;
    let failed = |_| Error::Crypto("write the private key");
    let info = PrivateKeyInfoRef::from_der(pkcs8.as_ref()).map_err(failed)?;
    match info.private_key.as_bytes() {
        [0x80, 32, seed @ ..] if seed.len() == 32 => Ok(SecretBytes::new(seed)),
        _ => Err(Error::Crypto("write the private key")),
    }
}

/// Writes a DER `PrivateKeyInfo` of an ML-DSA key in its expanded form.
fn expanded_pkcs8(set: ParameterSet, key: &PqdsaKeyPair) -> Option<SecretBytes> {
    let expanded = key.private_key().as_raw_bytes().ok()?;
    let choice = OctetStringRef::new(expanded.as_ref()).ok()?.to_der().ok()?;
    let choice = Zeroizing::new(choice);
    let info = PrivateKeyInfoRef::new(
        AlgorithmIdentifierRef {
            oid: oid_of_parameter_set(set)?,
            parameters: None,
        },
        OctetStringRef::new(&choice).ok()?,
    );
    let der = Zeroizing::new(info.to_der().ok()?);
    Some(SecretBytes::new(der.as_slice()))
}

fn many_primes() -> KeyError {
    KeyError::new(
        "key_unsupported",
        "an RSA key of more than two primes is not supported",
    )
}

fn malformed(message: &str) -> KeyError {
    KeyError::new("key_malformed", message)
}

fn unusable() -> KeyError {
    malformed("the private key contradicts itself")
}
