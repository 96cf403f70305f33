//! The JOSE rules against published vectors and the catalogue of attacks, each
//! row named by its id (`j25_…`).

#![expect(clippy::unwrap_used, reason = "a test may panic")]

#[path = "jose/asked_claims.rs"]
mod asked_claims;
#[path = "jose/bad_keys.rs"]
mod bad_keys;
#[path = "jose/batch.rs"]
mod batch;
#[path = "jose/claims.rs"]
mod claims;
#[path = "jose/codes.rs"]
mod codes;
#[path = "jose/conversions.rs"]
mod conversions;
#[path = "jose/fixture.rs"]
mod fixture;
#[path = "jose/forms.rs"]
mod forms;
#[path = "jose/jwe.rs"]
mod jwe;
#[path = "jose/jwe_keys.rs"]
mod jwe_keys;
#[path = "jose/jwe_rules.rs"]
mod jwe_rules;
#[path = "jose/key_choice.rs"]
mod key_choice;
#[path = "jose/keys.rs"]
mod keys;
#[path = "jose/ml_dsa.rs"]
mod ml_dsa;
#[path = "jose/openssh.rs"]
mod openssh;
#[path = "jose/profiles.rs"]
mod profiles;
#[path = "jose/properties.rs"]
mod properties;
#[path = "jose/round_trip.rs"]
mod round_trip;
#[path = "jose/rubbish.rs"]
mod rubbish;
#[path = "jose/selection.rs"]
mod selection;
#[path = "jose/signatures.rs"]
mod signatures;
#[path = "jose/tokens.rs"]
mod tokens;
#[path = "jose/vectors.rs"]
mod vectors;
