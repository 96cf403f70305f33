//! The JOSE rules: algorithms, keys, sets, JWS, JWT, claims.
//!
//! - Keys: [`SigningKey`] signs, [`VerifyingKey`] verifies, both parsed once
//!   for use on many threads; [`Jwk`] and [`JwkSet`] are their JSON;
//!   [`Keys`] are those that a caller trusts to judge a token.
//! - Tokens: [`jwt::verify`] and [`jws::verify`] judge, [`Batch`] judges many,
//!   [`jwt::sign`] and [`jws::sign`] make, [`jwt::decode`] shows without
//!   judging; [`jwe`] encrypts and decrypts.
//!
//! Where the RFCs leave room, the strict reading is taken: a member that comes
//! twice, padding in base64url, an extension that is not understood, a key
//! that is weak or meant for something else are refused, with the reason. The
//! signature itself is left to `jsonwebtoken` and aws-lc-rs, which see only
//! keys and signatures that passed here.

pub mod algorithm;
pub mod base64url;
mod batch;
mod claim_path;
mod claim_rule;
mod claim_text;
mod claims;
mod contradiction;
mod ed25519;
pub mod error;
mod failure_codes;
mod header;
mod inspection;
pub mod json;
pub mod jwe;
mod jwk;
pub mod jws;
pub mod jwt;
pub mod key_document;
mod key_forms;
mod key_labels;
pub mod key_set;
mod keys;
mod lint;
mod members;
mod numeric_date;
mod openssh;
mod openssh_private;
mod outline;
pub mod pem;
mod portable_key;
mod private_key;
mod profile;
mod public_key;
mod selection;
mod signing_key;
mod spki;
mod thumbprint;
mod verifying_key;

pub use algorithm::{Algorithm, Curve, Family, KeyType, ParameterSet};
pub use batch::{Accepted, Batch, Field};
pub use claim_path::{ClaimPath, InvalidPath};
pub use claim_rule::{ClaimRule, Wanted};
pub use error::{Error, Failure, KeyError, Malformed, Warning};
pub use failure_codes::FAILURE_CODES;
pub use inspection::{Inspected, Inspection, Part, inspect};
pub use jwk::{Jwk, JwkSet, Skipped};
pub use key_forms::{Form, Structure, holds_locked_key};
pub use keys::Keys;
pub use lint::{Finding, LintRule, lint, lint_key};
pub use members::{JsonText, Members};
pub use numeric_date::NumericDate;
pub use portable_key::{Encoding, Encryption, Portable, PortableKey, Target};
pub use profile::{AtHash, Profile, at_hash};
pub use public_key::{MAX_RSA_BITS, MIN_RSA_BITS, PublicKey};
pub use selection::Selection;
pub use signing_key::{DEFAULT_RSA_BITS, SigningKey};
pub use thumbprint::{ThumbprintHash, thumbprint, thumbprint_by, thumbprint_uri};
pub use verifying_key::VerifyingKey;
