//! Elliptic Curve Diffie-Hellman Ephemeral Static (RFC 7518 §4.6, RFC 8037
//! §3.2).

use aws_lc_rs::agreement::{self, ECDH_P256, ECDH_P384, ECDH_P521, UnparsedPublicKey, X25519};
use aws_lc_rs::kdf::{SskdfDigestAlgorithmId, get_sskdf_digest_algorithm, sskdf_digest};
use serde_json::{Map, Value};
use zeroize::Zeroizing;

use super::Undecryptable;
use crate::core::jose::base64url;
use crate::core::jose::error::{Error, KeyError};
use crate::core::jose::private_key::PrivateKey;
use crate::core::jose::public_key::{Kind, PublicKey, octets, text, unsupported};

/// The curves on which keys are agreed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Group {
    /// `P-256`.
    P256,
    /// `P-384`.
    P384,
    /// `P-521`.
    P521,
    /// `X25519` (RFC 8037 §3.2).
    X25519,
}

/// A public key for agreement: the recipient's, or an ephemeral one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct AgreementPublic {
    group: Group,
    /// `0x04 || x || y` (SEC 1 §2.3.3), or the u-coordinate of RFC 7748 §5.
    encoded: Vec<u8>,
}

/// A private key for agreement.
pub(super) struct AgreementPrivate {
    group: Group,
    key: agreement::PrivateKey,
}

impl Group {
    /// All, in the order of this enum.
    pub const ALL: [Self; 4] = [Self::P256, Self::P384, Self::P521, Self::X25519];

    /// Returns the value of `crv`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::P256 => "P-256",
            Self::P384 => "P-384",
            Self::P521 => "P-521",
            Self::X25519 => "X25519",
        }
    }

    /// Returns the one of a `crv`; other curves of signatures are none.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|group| group.name() == name)
    }

    const fn algorithm(self) -> &'static agreement::Algorithm {
        match self {
            Self::P256 => &ECDH_P256,
            Self::P384 => &ECDH_P384,
            Self::P521 => &ECDH_P521,
            Self::X25519 => &X25519,
        }
    }
}

impl AgreementPublic {
    /// Takes an elliptic curve key, which is on its curve.
    pub(super) fn from_public(key: &PublicKey) -> Result<Self, KeyError> {
        match key.kind() {
            Kind::Ec { curve, point } => Ok(Self {
                group: Group::from_name(curve.name())
                    .ok_or_else(|| unsupported("key agreement on", curve.name()))?,
                encoded: point.clone(),
            }),
            _ => Err(unsupported("key agreement with", key.key_type().kty())),
        }
    }

    /// Takes an X25519 public key.
    pub(super) fn x25519(u: &[u8]) -> Result<Self, KeyError> {
        if u.len() != 32 {
            return Err(KeyError::new(
                "key_malformed",
                format!("the X25519 key has {} octets instead of 32", u.len()),
            ));
        }
        Ok(Self {
            group: Group::X25519,
            encoded: u.to_vec(),
        })
    }

    /// Reads the public members of a JWK; a point must be on its curve.
    pub(super) fn from_jwk(jwk: &Map<String, Value>) -> Result<Self, KeyError> {
        match (text(jwk, "kty")?, text(jwk, "crv")?) {
            ("OKP", "X25519") => Self::x25519(&octets(jwk, "x")?),
            ("OKP", crv) => Err(unsupported("key agreement on", crv)),
            _ => Self::from_public(&PublicKey::from_jwk(jwk)?),
        }
    }

    /// Returns the JWK, as it stands in `epk` (RFC 7518 §4.6.1.1).
    pub(super) fn to_jwk(&self) -> Map<String, Value> {
        let mut members = vec![
            ("kty", "EC".to_owned()),
            ("crv", self.group.name().to_owned()),
        ];
        if self.group == Group::X25519 {
            members[0].1 = "OKP".to_owned();
            members.push(("x", base64url::encode(&self.encoded)));
        } else {
            let (x, y) = self.encoded[1..].split_at(self.encoded.len() / 2);
            members.push(("x", base64url::encode(x)));
            members.push(("y", base64url::encode(y)));
        }
        members
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value.into()))
            .collect()
    }

    pub(super) fn group(&self) -> Group {
        self.group
    }

    /// Returns the key as its group encodes it.
    pub(super) fn encoded(&self) -> &[u8] {
        &self.encoded
    }
}

impl AgreementPrivate {
    /// Makes an ephemeral key on the curve of another.
    pub(super) fn generate(group: Group) -> Result<Self, Error> {
        let key = agreement::PrivateKey::generate(group.algorithm())
            .map_err(|_| Error::Crypto("generate an ephemeral key"))?;
        Ok(Self { group, key })
    }

    /// Takes an elliptic curve key.
    pub(super) fn from_private(group: Group, key: &PrivateKey) -> Result<Self, Undecryptable> {
        let pkcs8 = key.to_pkcs8().map_err(|_| Undecryptable)?;
        let key = agreement::PrivateKey::from_private_key_der(group.algorithm(), pkcs8.expose())
            .map_err(|_| Undecryptable)?;
        Ok(Self { group, key })
    }

    /// Takes an X25519 private key.
    pub(super) fn x25519(scalar: &[u8]) -> Result<Self, KeyError> {
        let key = agreement::PrivateKey::from_private_key(&X25519, scalar).map_err(|_| {
            KeyError::new("key_malformed", "the X25519 private key has no 32 octets")
        })?;
        Ok(Self {
            group: Group::X25519,
            key,
        })
    }

    /// Returns the public key.
    pub(super) fn public(&self) -> Result<AgreementPublic, Error> {
        let public = self
            .key
            .compute_public_key()
            .map_err(|_| Error::Crypto("compute a public key"))?;
        Ok(AgreementPublic {
            group: self.group,
            encoded: public.as_ref().to_vec(),
        })
    }

    /// Agrees on a key with the holder of another; `None` where the two do not
    /// agree: other curves, or a point of small order (RFC 7748 §6.1).
    pub(super) fn agree(
        &self,
        other: &AgreementPublic,
        context: &Context<'_>,
        length: usize,
    ) -> Option<Zeroizing<Vec<u8>>> {
        if other.group != self.group {
            return None;
        }
        let other = UnparsedPublicKey::new(self.group.algorithm(), &other.encoded);
        agreement::agree(&self.key, other, (), |shared| {
            context.derive(shared, length).ok_or(())
        })
        .ok()
    }
}

/// What an agreed key is for (RFC 7518 §4.6.2).
pub(super) struct Context<'a> {
    /// The `enc` of direct agreement, else the `alg`.
    pub(super) algorithm: &'a str,
    /// Decoded.
    pub(super) apu: &'a [u8],
    /// Decoded.
    pub(super) apv: &'a [u8],
}

impl Context<'_> {
    /// Derives by the Concat KDF with SHA-256 of NIST SP 800-56A.
    fn derive(&self, shared: &[u8], length: usize) -> Option<Zeroizing<Vec<u8>>> {
        let mut info = Vec::new();
        for part in [self.algorithm.as_bytes(), self.apu, self.apv] {
            info.extend(u32::try_from(part.len()).ok()?.to_be_bytes());
            info.extend(part);
        }
        info.extend(u32::try_from(length * 8).ok()?.to_be_bytes());
        let hash = get_sskdf_digest_algorithm(SskdfDigestAlgorithmId::Sha256)?;
        let mut key = Zeroizing::new(vec![0; length]);
        sskdf_digest(hash, shared, &info, &mut key).ok()?;
        Some(key)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    /// RFC 7518 appendix C: Alice's ephemeral key, Bob's key, `A128GCM`.
    #[test]
    fn the_agreed_key_is_that_of_rfc_7518_c() {
        let alice = json!({
            "kty": "EC", "crv": "P-256",
            "x": "gI0GAILBdu7T53akrFmMyGcsF3n5dO7MmwNBHKW5SV0",
            "y": "SLW_xSffzlPWrHEVI30DHM_4egVwt3NQqeUD7nMFpps",
            "d": "0_NxaRPUMQoAJt50Gz8YiTr8gRTwyEaCumd-MToTmIo"
        });
        let bob = json!({
            "kty": "EC", "crv": "P-256",
            "x": "weNJy2HscCSM6AEDTDg04biOvhFhyyWvOHQfeF_PxMQ",
            "y": "e8lnCO-AlStT-NJVX-crhB7QRYhiix03illJOVAOyck",
            "d": "VEmDZpDXXK8p8N0Cndsxs924q6nS1RXFASRl6BfUqdw"
        });
        let context = Context {
            algorithm: "A128GCM",
            apu: b"Alice",
            apv: b"Bob",
        };
        let agree = |own: &Value, other: &Value| {
            let own = PrivateKey::from_jwk(own.as_object().unwrap()).unwrap();
            let other = AgreementPublic::from_jwk(other.as_object().unwrap()).unwrap();
            AgreementPrivate::from_private(Group::P256, &own)
                .ok()
                .unwrap()
                .agree(&other, &context, 16)
                .map(|key| base64url::encode(&*key))
        };
        let expected = Some("VqqN6vgjbSBcIijNcacQGg".to_owned());
        assert_eq!(agree(&alice, &bob), expected);
        assert_eq!(agree(&bob, &alice), expected);
    }

    /// RFC 7748 §6.1; a key of zeros is of small order.
    #[test]
    fn a_point_of_small_order_agrees_on_nothing() {
        let own = AgreementPrivate::generate(Group::X25519).unwrap();
        let context = Context {
            algorithm: "A128GCM",
            apu: b"",
            apv: b"",
        };
        for u in [0, 1] {
            let mut point = [0; 32];
            point[0] = u;
            let other = AgreementPublic::x25519(&point).unwrap();
            assert!(own.agree(&other, &context, 16).is_none());
        }
        let other = AgreementPrivate::generate(Group::P256).unwrap();
        let other = other.public().unwrap();
        assert!(own.agree(&other, &context, 16).is_none());
    }
}
