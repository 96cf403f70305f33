//! The header of a JWE (RFC 7516): all that is seen of one.

use serde_json::{Map, Value};

use super::rules::{Findings, LintRule};
use crate::core::jose::public_key::PublicKey;

/// "A minimum iteration count of 1000 is RECOMMENDED" (RFC 7518 §4.8.1.2).
const ITERATIONS: u64 = 1_000;

/// Looks at how the content is encrypted.
pub(super) fn check(header: &Map<String, Value>, findings: &mut Findings) {
    let text = |name: &str| header.get(name).and_then(Value::as_str).unwrap_or_default();
    let alg = text("alg");
    if alg == "RSA1_5" {
        findings.add(
            LintRule::RsaPkcs1,
            "the key is encrypted by `RSA1_5`, which tells too much when it fails; RSA-OAEP-256 does not",
        );
    }
    if alg.starts_with("PBES2-") {
        findings.add(
            LintRule::Password,
            format!("the token is encrypted by a password (`{alg}`), which can be found by trying"),
        );
        let iterations = header.get("p2c").and_then(Value::as_u64);
        if let Some(iterations) = iterations.filter(|iterations| *iterations < ITERATIONS) {
            findings.add(
                LintRule::FewIterations,
                format!("the password is iterated {iterations} times (`p2c`), at least {ITERATIONS} are advised"),
            );
        }
    }
    if header.contains_key("zip") {
        findings.add(
            LintRule::Compressed,
            "the content is compressed before it is encrypted (`zip`): its length tells of what is in it",
        );
    }
    // Of X25519 every point is good enough to be one (RFC 7748 §5).
    if let Some(Value::Object(epk)) = header.get("epk")
        && epk.get("kty").and_then(Value::as_str) == Some("EC")
        && let Err(fault) = PublicKey::from_jwk(epk)
        && fault.code == "key_malformed"
    {
        findings.add(
            LintRule::EpkInvalid,
            format!("of the ephemeral key (`epk`), {fault}"),
        );
    }
    let by_public_key = alg.starts_with("RSA") || alg.starts_with("ECDH-ES");
    let cty = text("cty");
    if by_public_key
        && !cty.eq_ignore_ascii_case("JWT")
        && !cty.to_ascii_lowercase().ends_with("+jwt")
    {
        findings.add(
            LintRule::NotNested,
            "anyone with the public key can have encrypted it, and it does not say that it is signed within (`cty`)",
        );
    }
}
