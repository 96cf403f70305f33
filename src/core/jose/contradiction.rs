//! Private JWKs whose parts are of different keys.

use serde_json::{Map, Value};

use super::error::KeyError;
use super::jwe::X25519Key;
use super::key_set::is_private;
use super::private_key::PrivateKey;
use super::public_key::{PublicKey, text};

/// Refuses a private JWK whose public members are not those of its private
/// ones: who publishes its public part publishes a key that nobody signs with.
///
/// A key that lacks some of its private members, such as an RSA key of `n`, `e`
/// and `d` alone (RFC 7518 §6.3.2 lets it), and one of a type that is not
/// supported cannot be told, and pass.
///
/// # Errors
///
/// `key_malformed`.
pub(super) fn refuse_contradiction(jwk: &Map<String, Value>) -> Result<(), KeyError> {
    if !is_private(jwk) {
        return Ok(());
    }
    let members: &[&str] = match text(jwk, "kty")? {
        "RSA" => &["d", "p", "q", "dp", "dq", "qi"],
        "EC" | "OKP" => &["d"],
        "AKP" => &["priv"],
        _ => return Ok(()),
    };
    let whole = members.iter().all(|name| jwk.contains_key(*name));
    if !whole || jwk.contains_key("oth") {
        return Ok(());
    }
    if let Some(key) = X25519Key::from_jwk(jwk, true) {
        return key.map(drop);
    }
    match PublicKey::from_jwk(jwk) {
        Ok(_) => PrivateKey::from_jwk(jwk).map(drop),
        Err(_) => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::jose::{Algorithm, SigningKey};

    fn private_jwk(algorithm: Algorithm) -> Map<String, Value> {
        let key = SigningKey::generate(algorithm, None).unwrap();
        serde_json::from_str(key.private_jwk().unwrap().expose()).unwrap()
    }

    #[test]
    fn the_parts_of_two_keys_are_no_key() {
        for (algorithm, public) in [
            (Algorithm::RS256, &["n"][..]),
            (Algorithm::ES256, &["x", "y"]),
            (Algorithm::Ed25519, &["x"]),
            (Algorithm::MLDSA44, &["pub"]),
        ] {
            let mut jwk = private_jwk(algorithm);
            assert_eq!(refuse_contradiction(&jwk), Ok(()), "{algorithm}");
            let other = private_jwk(algorithm);
            for name in public {
                jwk.insert((*name).to_owned(), other[*name].clone());
            }
            let fault = refuse_contradiction(&jwk).unwrap_err();
            assert_eq!(fault.code, "key_malformed", "{algorithm}");
        }
    }

    #[test]
    fn a_key_that_is_not_whole_passes() {
        let mut jwk = private_jwk(Algorithm::RS256);
        for name in ["p", "q", "dp", "dq", "qi"] {
            jwk.shift_remove(name);
        }
        assert_eq!(refuse_contradiction(&jwk), Ok(()));
    }
}
