//! What a JWK says of its use (`use`, `key_ops`, `alg`), and where that
//! contradicts itself or the key.

use serde_json::{Map, Value};

use super::algorithm::{Algorithm, Curve, KeyType};
use super::error::{Warning, shorten};
use super::jwe::{ContentEncryption, KeyManagement};

/// The operations of each `use` (RFC 7517 §4.3).
const SIGNATURE: [&str; 2] = ["sign", "verify"];
const ENCRYPTION: [&str; 6] = [
    "encrypt",
    "decrypt",
    "wrapKey",
    "unwrapKey",
    "deriveKey",
    "deriveBits",
];
/// Those that take a private key or a secret.
const PRIVATE: [&str; 3] = ["sign", "decrypt", "unwrapKey"];

/// What `alg` names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Named {
    Signature(Algorithm),
    Encryption(KeyManagement),
    Unknown,
}

impl Named {
    fn of(name: &str) -> Self {
        if let Ok(algorithm) = name.parse() {
            return Self::Signature(algorithm);
        }
        match (name.parse(), name.parse::<ContentEncryption>()) {
            (Ok(algorithm), _) => Self::Encryption(algorithm),
            // A key for `dir` may name the encryption (RFC 7520 §5.6).
            (_, Ok(_)) => Self::Encryption(KeyManagement::Dir),
            _ => Self::Unknown,
        }
    }
}

/// The members that bear on the use of a key; a key without any has none.
pub(super) struct Labels<'a> {
    pub(super) purpose: Option<&'a str>,
    pub(super) operations: Option<Vec<&'a str>>,
    pub(super) algorithm: Option<&'a str>,
}

impl<'a> Labels<'a> {
    /// Takes them from the members of a JWK.
    pub(super) fn of(jwk: &'a Map<String, Value>) -> Self {
        let text = |name| jwk.get(name).and_then(Value::as_str);
        Self {
            purpose: text("use"),
            operations: jwk
                .get("key_ops")
                .and_then(Value::as_array)
                .map(|names| names.iter().filter_map(Value::as_str).collect()),
            algorithm: text("alg"),
        }
    }

    /// Says whether they let the key do a signature operation (`sign` or
    /// `verify`) by an algorithm.
    pub(super) fn permit(&self, operation: &str, algorithm: Algorithm) -> bool {
        self.purpose.is_none_or(|purpose| purpose == "sig")
            && (self.operations.as_ref()).is_none_or(|allowed| allowed.contains(&operation))
            && (self.algorithm).is_none_or(|named| named == algorithm.name())
    }

    /// Returns what contradicts itself or the key, which is of `key_type`
    /// where it is of one that signs, and `serves` these for encryption.
    pub(super) fn contradictions(
        &self,
        key_type: Option<KeyType>,
        serves: &[KeyManagement],
        is_public: bool,
    ) -> Vec<Warning> {
        let mut found = Vec::new();
        let mut warn = |code, message: String| found.push(Warning::new(code, message));
        let name = self.algorithm.unwrap_or_default();
        let other_use = |message: &str| format!("`alg` is {name}, {message}");
        match self.algorithm.map(Named::of) {
            None => match (self.purpose, key_type) {
                (Some("enc"), Some(KeyType::Ed25519 | KeyType::Ec(Curve::Secp256k1))) => warn(
                    "key_use",
                    "`use` is `enc`, and the key is of a type for signatures alone".to_owned(),
                ),
                (Some("sig"), None) if !serves.is_empty() => warn(
                    "key_use",
                    "`use` is `sig`, and the key is of a type for encryption alone".to_owned(),
                ),
                _ => {}
            },
            Some(Named::Signature(algorithm)) => {
                let needed = algorithm.key_type();
                match key_type {
                    Some(key_type) if key_type == needed => {}
                    Some(key_type) => warn(
                        "key_algorithm",
                        format!(
                            "`alg` is {algorithm}, which needs a key of type {needed}, this one is {key_type}"
                        ),
                    ),
                    None => warn(
                        "key_algorithm",
                        format!("`alg` is {algorithm}, which needs a key of type {needed}"),
                    ),
                }
                if self.purpose == Some("enc") {
                    warn("key_use", other_use("a signature, and `use` is `enc`"));
                }
            }
            Some(Named::Encryption(algorithm)) => {
                // PBES2 takes any secret whose `alg` says so.
                let password =
                    key_type == Some(KeyType::Oct) && algorithm.default_iterations().is_some();
                if !password && !serves.contains(&algorithm) {
                    warn("key_algorithm", other_use("which this key cannot serve"));
                }
                if self.purpose == Some("sig") {
                    warn("key_use", other_use("an encryption, and `use` is `sig`"));
                }
            }
            Some(Named::Unknown) => warn(
                "key_algorithm",
                format!("`alg` is `{}`, which is not supported", shorten(name)),
            ),
        }
        self.purpose_and_operations(is_public, &mut found);
        found
    }

    fn purpose_and_operations(&self, is_public: bool, found: &mut Vec<Warning>) {
        let mut warn = |message: String| found.push(Warning::new("key_use", message));
        if let Some(purpose) = self.purpose
            && !matches!(purpose, "sig" | "enc")
        {
            warn(format!(
                "`use` is `{}`, neither `sig` nor `enc`",
                shorten(purpose)
            ));
        }
        let Some(operations) = &self.operations else {
            return;
        };
        if operations.is_empty() {
            warn("`key_ops` is empty, so that the key may do nothing".to_owned());
        }
        let other = match self.purpose {
            Some("sig") => &ENCRYPTION[..],
            Some("enc") => &SIGNATURE,
            _ => &[],
        };
        for operation in operations {
            if other.contains(operation) {
                warn(format!(
                    "`key_ops` has `{operation}`, which `use` does not allow"
                ));
            }
            if is_public && PRIVATE.contains(operation) {
                warn(format!(
                    "`key_ops` has `{operation}`, which takes a private key, and this one is public"
                ));
            }
        }
        let has = |of: &[&str]| operations.iter().any(|operation| of.contains(operation));
        if has(&SIGNATURE) && has(&ENCRYPTION) {
            // "Multiple unrelated key operations SHOULD NOT be specified for a
            // key because of the potential vulnerabilities" (RFC 7517 §4.3).
            warn("`key_ops` has signatures and encryption for one key".to_owned());
        }
    }
}

/// Returns the `key_ops` of the public key where those of the private one are
/// these (RFC 7517 §4.3); empty where it has no part in them.
pub(super) fn public_operations(operations: &[Value]) -> Vec<Value> {
    let mut public: Vec<Value> = Vec::new();
    for operation in operations {
        let operation = match operation.as_str() {
            Some("sign") => "verify".into(),
            Some("decrypt") => "encrypt".into(),
            Some("unwrapKey") => "wrapKey".into(),
            Some("deriveKey" | "deriveBits") => continue,
            _ => operation.clone(),
        };
        if !public.contains(&operation) {
            public.push(operation);
        }
    }
    public
}
