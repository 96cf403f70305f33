//! The table of the lint: what is legal and yet unwise, and who says so.

use std::fmt;

use serde_json::{Value, json};

/// Makes the enum and its table of one list, so that none is without a row.
macro_rules! rules {
    ($($(#[$always:ident])? $name:ident: $code:literal, $section:literal, $meaning:literal;)*) => {
        /// A rule of the lint.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum LintRule {
            $(#[doc = $meaning] $name,)*
        }

        impl LintRule {
            /// All, in the order in which the README lists them.
            pub const ALL: &[Self] = &[$(Self::$name),*];

            /// Returns its stable code, in `snake_case`.
            pub const fn code(self) -> &'static str {
                match self { $(Self::$name => $code,)* }
            }

            /// Returns the section that says so: `RFC 8725 §3.9`.
            pub const fn section(self) -> &'static str {
                match self { $(Self::$name => $section,)* }
            }

            /// Returns what breaks it, a lowercase fragment.
            pub const fn meaning(self) -> &'static str {
                match self { $(Self::$name => $meaning,)* }
            }

            /// Says whether it is told of every token that is decoded, asked
            /// for or not.
            pub const fn always(self) -> bool {
                match self { $(Self::$name => rules!(@always $($always)?),)* }
            }
        }
    };
    (@always always) => { true };
    (@always) => { false };
}

rules! {
    #[always] AlgNone: "alg_none", "RFC 8725 §3.2", "the token is not signed";
    #[always] AlgUnknown: "alg_unknown", "RFC 8725 §3.2", "the algorithm is no supported signature";
    AlgDeprecated: "alg_deprecated", "RFC 9864 §4.1.2", "the name of the algorithm is deprecated, as `EdDSA`";
    #[always] Hmac: "hmac", "RFC 8725 §3.5", "the signature is by a shared secret";
    #[always] WeakKey: "weak_key", "RFC 7518 §3.3", "the signature is by an RSA key of less than 2048 bits";
    #[always] SignatureLength: "signature_length", "RFC 8725 §3.3", "the signature has a length that none of its algorithm has";
    #[always] KeyInHeader: "key_in_header", "RFC 8725 §3.10", "the header brings a key, or says where one is";
    KidUnsafe: "kid_unsafe", "RFC 8725 §3.10", "the `kid` looks like a path, a URL, or a piece of SQL or of a command";
    NoTyp: "no_typ", "RFC 8725 §3.11", "the header does not say what kind of token it is";
    RsaPkcs1: "rsa_pkcs1", "RFC 8725 §3.2", "the key is encrypted by `RSA1_5`";
    Password: "password", "RFC 8725 §3.5", "the token is encrypted by a password";
    FewIterations: "few_iterations", "RFC 7518 §4.8.1.2", "the password is iterated less than 1000 times";
    Compressed: "compressed", "RFC 8725 §3.6", "the content is compressed before it is encrypted";
    EpkInvalid: "epk_invalid", "RFC 8725 §3.4", "the ephemeral key is no point of its curve";
    NotNested: "not_nested", "RFC 8725 §2.3", "the token is encrypted by a public key, and does not say that it is signed within";
    #[always] NoExp: "no_exp", "RFC 6750 §5.3", "the token never expires";
    #[always] LongLife: "long_life", "RFC 6750 §5.3", "the token lives longer than a day";
    #[always] TimeInvalid: "time_invalid", "RFC 7519 §2", "an instant is not a number";
    #[always] TimeOrder: "time_order", "RFC 7519 §4.1.5", "the token expires before it begins";
    #[always] IssuedInTheFuture: "issued_in_the_future", "RFC 7519 §4.1.6", "the token was issued in the future";
    TimeFraction: "time_fraction", "RFC 7519 §2", "an instant has a fraction or an exponent, which not everybody reads";
    TimeFar: "time_far", "RFC 7519 §2", "an instant is beyond the year 9999, perhaps in milliseconds";
    NoIss: "no_iss", "RFC 8725 §3.8", "the token does not say who issued it";
    IssNotHttps: "iss_not_https", "RFC 8414 §2", "the issuer is an `http` URL beyond loopback";
    NoAud: "no_aud", "RFC 8725 §3.9", "the token does not say for whom it is";
    AudForAll: "aud_for_all", "RFC 8725 §3.9", "an audience is empty or `*`, or there are none in it";
    NumberPrecision: "number_precision", "RFC 8259 §6", "a number has more digits than everybody keeps";
    #[always] SecretClaim: "secret_claim", "RFC 7519 §12", "a claim looks like a secret";
    AccessTokenUntyped: "access_token_untyped", "RFC 9068 §2.1", "the token looks like an access token and is not of the type `at+jwt`";
    AccessTokenClaim: "access_token_claim", "RFC 9068 §2.2", "an access token lacks `sub`, `client_id`, `iat` or `jti`";
    AccessTokenScope: "access_token_scope", "RFC 9068 §2.2.3", "an access token has its scope in another form than a string `scope`";
    AudSeveral: "aud_several", "RFC 9068 §5", "a scope is for several audiences";
    IdTokenClaim: "id_token_claim", "RFC 8725 §3.12", "an access token has a claim that only ID Tokens have";
    PersonalData: "personal_data", "RFC 9068 §6", "an access token says more of a person than it must";
    SecretGuessable: "secret_guessable", "RFC 8725 §3.5", "the secret that verified looks like one that a person thought up";
    SmallExponent: "small_exponent", "FIPS 186-5 §A.1.1", "the RSA key that verified has an exponent below 65537";
    KeyWithoutKid: "key_without_kid", "RFC 7517 §4.5", "the key that verified has no `kid`, and is not alone in its set";
    KeyWithoutAlg: "key_without_alg", "RFC 8725 §3.1", "the key of a set that verified does not say for which algorithm it is";
    KeyOfTwoUses: "key_of_two_uses", "RFC 7517 §4.3", "the key that verified is for signatures and for encryption";
    KeyPrivate: "key_private", "RFC 7517 §9.2", "the key that verified is in its set with its private part";
}

/// What is unwise about a token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The rule that it breaks.
    pub rule: LintRule,
    /// What was found, a lowercase fragment.
    pub message: String,
}

impl Finding {
    /// Returns it as JSON: `{"code", "section", "message"}`.
    pub fn to_json(&self) -> Value {
        json!({
            "code": self.rule.code(),
            "section": self.rule.section(),
            "message": self.message,
        })
    }
}

impl fmt::Display for Finding {
    /// Writes what was found, by which rule, and where it is said.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { rule, message } = self;
        write!(f, "{message} [{}, {}]", rule.code(), rule.section())
    }
}

/// Those that were found.
#[derive(Debug, Default)]
pub(super) struct Findings(pub(super) Vec<Finding>);

impl Findings {
    pub(super) fn add(&mut self, rule: LintRule, message: impl Into<String>) {
        let message = message.into();
        self.0.push(Finding { rule, message });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_rule_has_a_code_of_its_own_and_a_section() {
        let mut codes: Vec<_> = LintRule::ALL.iter().map(|rule| rule.code()).collect();
        codes.sort_unstable();
        codes.dedup();
        assert_eq!(codes.len(), LintRule::ALL.len());
        for rule in LintRule::ALL {
            let section = rule.section();
            assert!(
                (section.starts_with("RFC ") || section.starts_with("FIPS "))
                    && section.contains('§'),
                "{section}"
            );
        }
    }
}
