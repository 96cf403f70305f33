//! Which key a key management algorithm wants, where one is to be made.

use super::agreement::Group;
use super::algorithm::{KeyManagement, Mode};
use crate::core::jose::error::Error;
use crate::core::jose::signing_key::DEFAULT_RSA_BITS;

/// The sizes, in bits, of the secrets by which content is encrypted without
/// another key between (`dir`, RFC 7518 §4.5): those of the values of `enc`.
const DIRECT_BITS: [u32; 5] = [128, 192, 256, 384, 512];

/// The size where none is asked for: that of `A256GCM`.
const DEFAULT_DIRECT_BITS: u32 = 256;

/// What is to be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::core::jose) enum KeyToMake {
    /// An RSA key of so many bits, which may be too few or too many.
    Rsa(u32),
    /// A key on a curve.
    Agreement(Group),
    /// A secret of so many octets.
    Secret(usize),
}

impl KeyToMake {
    /// Returns what serves an algorithm, of the curve (by default P-256) and
    /// the size that are asked for.
    ///
    /// # Errors
    ///
    /// [`Error::Usage`] for a curve or a size that cannot be, and for an
    /// algorithm that takes a password.
    pub(in crate::core::jose) fn new(
        algorithm: KeyManagement,
        group: Option<Group>,
        bits: Option<u32>,
    ) -> Result<Self, Error> {
        let usage = |what: String| Err(Error::Usage { what });
        if group.is_some() && !matches!(algorithm.mode(), Mode::Agreement(_)) {
            return usage(format!("a key for {algorithm} is on no curve"));
        }
        match (algorithm.mode(), bits) {
            (Mode::Rsa(_), bits) => Ok(Self::Rsa(bits.unwrap_or(DEFAULT_RSA_BITS))),
            (Mode::Direct, bits) => {
                let bits = bits.unwrap_or(DEFAULT_DIRECT_BITS);
                match DIRECT_BITS.contains(&bits) {
                    true => Ok(Self::Secret(bits as usize / 8)),
                    false => usage(format!(
                        "a secret for dir has 128, 192, 256, 384 or 512 bits, not {bits}"
                    )),
                }
            }
            (Mode::Password(_), _) => usage(format!(
                "{algorithm} takes a password, which is chosen and not generated"
            )),
            (_, Some(_)) => usage(match algorithm.mode() {
                Mode::Agreement(_) => {
                    "the size of a key on a curve is that of the curve, which --crv chooses".into()
                }
                _ => format!("a secret for {algorithm} has one size, which cannot be chosen"),
            }),
            (Mode::Agreement(_), None) => Ok(Self::Agreement(group.unwrap_or(Group::P256))),
            (Mode::Wrap(length) | Mode::GcmWrap(length), None) => Ok(Self::Secret(length)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_algorithm_has_its_key() {
        use {KeyManagement as K, KeyToMake as M};
        for (algorithm, expected) in [
            (K::RsaOaep, M::Rsa(2048)),
            (K::RsaOaep512, M::Rsa(2048)),
            (K::EcdhEs, M::Agreement(Group::P256)),
            (K::EcdhEsA192Kw, M::Agreement(Group::P256)),
            (K::A192Kw, M::Secret(24)),
            (K::A256GcmKw, M::Secret(32)),
            (K::Dir, M::Secret(32)),
        ] {
            assert_eq!(KeyToMake::new(algorithm, None, None), Ok(expected));
        }
        assert_eq!(
            KeyToMake::new(K::EcdhEs, Some(Group::X25519), None),
            Ok(M::Agreement(Group::X25519))
        );
        assert_eq!(KeyToMake::new(K::Dir, None, Some(512)), Ok(M::Secret(64)));
    }

    #[test]
    fn what_cannot_be_is_refused() {
        use KeyManagement as K;
        for (algorithm, group, bits) in [
            (K::Pbes2Hs256A128Kw, None, None),
            (K::RsaOaep, Some(Group::P256), None),
            (K::A128Kw, Some(Group::P256), None),
            (K::Dir, None, Some(160)),
            (K::A128Kw, None, Some(128)),
            (K::EcdhEs, None, Some(256)),
        ] {
            let error = KeyToMake::new(algorithm, group, bits).unwrap_err();
            assert!(matches!(error, Error::Usage { .. }), "{algorithm}");
        }
    }
}
