//! Keys from passwords: PBES2 (RFC 7518 §4.8).

use std::num::NonZeroU32;

use aws_lc_rs::pbkdf2;
use zeroize::Zeroizing;

use super::algorithm::{KeyManagement, Password};

/// The most PBKDF2 iterations of a token that is decrypted or made: about a
/// second of work. The sender chooses the number and the recipient does the
/// work, before anything can be authenticated (CVE-2023-50967). It leaves room
/// for what is advised today (600,000 for SHA-256).
pub const MAX_ITERATIONS: u32 = 1_000_000;

/// The least of a token that is made: "A minimum iteration count of 1000 is
/// RECOMMENDED" (RFC 7518 §4.8.1.2).
pub const MIN_ITERATIONS: u32 = 1_000;

/// The least salt, in octets: "It MUST contain 8 or more octets" (§4.8.1.1).
pub(super) const MIN_SALT_LEN: usize = 8;

/// Derives the key that wraps; `salt` is `p2s`, decoded, and `iterations` is
/// `p2c`.
pub(super) fn derive(
    algorithm: KeyManagement,
    parameters: Password,
    password: &[u8],
    salt: &[u8],
    iterations: NonZeroU32,
) -> Zeroizing<Vec<u8>> {
    // "The salt value used is (UTF8(Alg) || 0x00 || Salt Input)" (§4.8.1.1).
    let salt = [algorithm.name().as_bytes(), &[0], salt].concat();
    let mut key = Zeroizing::new(vec![0; parameters.key_len]);
    pbkdf2::derive(parameters.hash, iterations, &salt, password, &mut key);
    key
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::jose::base64url;
    use crate::core::jose::jwe::algorithm::Mode;

    /// RFC 7517 appendix C.4.
    #[test]
    fn the_derived_key_is_that_of_rfc_7517_c() {
        let algorithm = KeyManagement::Pbes2Hs256A128Kw;
        let Mode::Password(parameters) = algorithm.mode() else {
            panic!("a password");
        };
        let salt = base64url::decode("2WCTcJZ1Rvd_CJuJripQ1w").unwrap();
        let password = b"Thus from my lips, by yours, my sin is purged.";
        let iterations = NonZeroU32::new(4096).unwrap();
        let key = derive(algorithm, parameters, password, &salt, iterations);
        let expected = [
            110, 171, 169, 92, 129, 92, 109, 117, 233, 242, 116, 233, 170, 14, 24, 75,
        ];
        assert_eq!(*key, expected);
    }
}
