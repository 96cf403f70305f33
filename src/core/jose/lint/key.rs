//! The key that verified a token: what is legal about it and yet unwise.

use serde_json::{Map, Value};

use super::rules::{Finding, Findings, LintRule};
use crate::core::jose::jwk::Jwk;
use crate::core::jose::jwt::Verified;
use crate::core::jose::key_set::is_private;
use crate::core::jose::keys::Keys;
use crate::core::jose::public_key::PublicKey;

/// The least exponent that FIPS 186-5 §A.1.1 lets an RSA key have, 65537.
const LEAST_EXPONENT: [u8; 3] = [1, 0, 1];

/// Returns what is unwise about the key by which a token was verified, of those
/// that were given. Nothing of the key is repeated.
pub fn lint_key(keys: &Keys, verified: &Verified) -> Vec<Finding> {
    let mut findings = Findings::default();
    match keys {
        Keys::Secret(key) => {
            if let Some(secret) = key.secret_octets() {
                chosen_secret(secret, &mut findings);
            }
        }
        Keys::One(jwk) => itself(jwk, &mut findings),
        Keys::Set(set) => {
            let serves = |jwk: &&Jwk| {
                jwk.kid() == verified.kid.as_deref()
                    && jwk.verifying_key_for(verified.algorithm).is_ok()
            };
            // Without a kid it may have been another one of them.
            for jwk in set.keys().iter().filter(serves) {
                itself(jwk, &mut findings);
                labels(jwk.members(), set.keys().len(), &mut findings);
            }
        }
    }
    findings.0.dedup();
    findings.0
}

/// Looks at the key itself.
fn itself(jwk: &Jwk, findings: &mut Findings) {
    let Ok(key) = jwk.verifying_key() else { return };
    if let Some(secret) = key.secret_octets() {
        chosen_secret(secret, findings);
    }
    if let Some(exponent) = key.public_key().and_then(PublicKey::rsa_exponent)
        && (exponent.len(), exponent) < (LEAST_EXPONENT.len(), &LEAST_EXPONENT)
    {
        findings.add(
            LintRule::SmallExponent,
            "the RSA key has an exponent below 65537, with which careless verifiers take forgeries",
        );
    }
}

/// Looks at what a set says of a key of it.
fn labels(members: &Map<String, Value>, count: usize, findings: &mut Findings) {
    let has = |name| members.contains_key(name);
    if count > 1 && !has("kid") {
        findings.add(
            LintRule::KeyWithoutKid,
            "the key has no `kid` by which tokens could name it among the keys of the set",
        );
    }
    if !has("alg") {
        findings.add(
            LintRule::KeyWithoutAlg,
            "the key does not say for which algorithm it is (`alg`), of which each key has one",
        );
    }
    let operations = members.get("key_ops").and_then(Value::as_array);
    let does = |names: &[&str]| {
        let operations = operations.into_iter().flatten().filter_map(Value::as_str);
        operations.into_iter().any(|own| names.contains(&own))
    };
    if does(&["sign", "verify"]) && does(&["encrypt", "decrypt", "wrapKey", "unwrapKey"])
        || does(&["sign", "verify"]) && does(&["deriveKey", "deriveBits"])
    {
        findings.add(
            LintRule::KeyOfTwoUses,
            "the key is for signatures and for encryption (`key_ops`)",
        );
    }
    if members.get("kty").is_some_and(|kty| kty != "oct") && is_private(members) {
        findings.add(
            LintRule::KeyPrivate,
            "the private key is in the set: whoever verifies by it could sign",
        );
    }
}

/// Looks whether somebody thought the secret up: "human-memorizable passwords
/// MUST NOT be directly used as the key to a keyed-MAC algorithm" (RFC 8725
/// §3.5). That it is not seen here does not make a secret a good one.
fn chosen_secret(secret: &[u8], findings: &mut Findings) {
    if is_chosen(secret) {
        findings.add(
            LintRule::SecretGuessable,
            "the secret looks like one that a person thought up, which is found by trying",
        );
    }
}

fn is_chosen(secret: &[u8]) -> bool {
    is_regular(secret) || is_words(secret)
}

/// Says whether a secret repeats itself or counts: `aaaa…`, `abcabc…`,
/// `0123456789…`. Of random octets one in a hundred is the next one of that
/// before it, and none of twenty comes from so few.
fn is_regular(secret: &[u8]) -> bool {
    let mut seen = [false; 256];
    secret.iter().for_each(|octet| seen[*octet as usize] = true);
    let distinct = seen.iter().filter(|seen| **seen).count();
    let steps = secret.windows(2).filter(|pair| {
        let step = i16::from(pair[1]) - i16::from(pair[0]);
        (-1..=1).contains(&step)
    });
    let repeats = (1..=secret.len() / 2).any(|length| {
        let (first, rest) = secret.split_at(length);
        rest.iter().zip(first.iter().cycle()).all(|(a, b)| a == b)
    });
    distinct <= 6 || repeats || steps.count() * 2 > secret.len()
}

/// Says whether most of a secret are words: runs of letters, all small but
/// perhaps the first, with a vowel in each. Random text has letters of both
/// cases, or digits between them.
fn is_words(secret: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(secret) else {
        return false;
    };
    if !text.chars().all(|c| c == ' ' || c.is_ascii_graphic()) {
        return false;
    }
    let is_word = |word: &&str| {
        let letters = (3..=14).contains(&word.len());
        let small = word.chars().skip(1).all(|c| c.is_ascii_lowercase())
            || word.chars().all(|c| c.is_ascii_uppercase());
        let spoken = word.contains(['a', 'e', 'i', 'o', 'u', 'y', 'A', 'E', 'I', 'O', 'U', 'Y']);
        letters && small && spoken
    };
    let words = text.split(|c: char| !c.is_ascii_alphabetic());
    let spelled: usize = words.filter(is_word).map(str::len).sum();
    spelled * 2 > text.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_that_people_think_up_are_told() {
        for secret in [
            "correct horse battery staple 2026!",
            "a-string-secret-at-least-256-bits-long",
            "CHANGE_ME_IN_PRODUCTION_PLEASE_NOW!",
            "my_super_secret_jwt_signing_key_123",
            "00000000000000000000000000000000",
            "0123456789abcdef0123456789abcdef",
            "abcdefghijklmnopqrstuvwxyz012345",
            "secretsecretsecretsecretsecretse",
            "x7Qp!x7Qp!x7Qp!x7Qp!x7Qp!x7Qp!x7",
        ] {
            assert!(is_chosen(secret.as_bytes()), "{secret}");
        }
        assert!(is_chosen(&[0; 32]));
        let counted: Vec<u8> = (0..64).collect();
        assert!(is_chosen(&counted));
    }

    #[test]
    fn random_secrets_are_not() {
        use crate::core::jose::base64url;
        use aws_lc_rs::rand;
        for _ in 0..2_000 {
            let mut octets = [0; 32];
            rand::fill(&mut octets).unwrap();
            assert!(!is_chosen(&octets));
            assert!(!is_chosen(base64url::encode(octets).as_bytes()));
            let hex: String = octets.iter().map(|octet| format!("{octet:02x}")).collect();
            assert!(!is_chosen(hex.as_bytes()), "{hex}");
            assert!(!is_chosen(hex.to_uppercase().as_bytes()), "{hex}");
        }
    }
}
