//! Example values of the RFCs and Wycheproof's tables (`tests/vectors/`).

use authctl::core::error::Report as _;
use authctl::core::jose::{Error, JwkSet, Keys, jws, thumbprint};
use serde_json::Value;

fn rfc() -> Value {
    serde_json::from_str(include_str!("../vectors/rfc/vectors.json")).unwrap()
}

/// How the rows of the RFCs that are not accepted are refused: by the codes of
/// the failed checks, or as malformed. JSON serializations need not be read
/// (RFC 7515 §7), ML-DSA (RFC 9964) is not supported.
const REFUSED: [(&str, &[&str]); 9] = [
    ("rfc7515-a5-none", &["alg_none"]),
    ("rfc7515-a6-general", &["token_malformed"]),
    ("rfc7515-a7-flattened", &["token_malformed"]),
    ("rfc7797-4.2-attached", &["token_malformed"]),
    ("rfc7515-appE", &["alg_none", "crit"]),
    ("rfc7519-6.1-none", &["alg_none"]),
    ("rfc9964-ml-dsa-44", &["alg_unsupported"]),
    ("rfc9964-ml-dsa-65", &["alg_unsupported"]),
    ("rfc9964-ml-dsa-87", &["alg_unsupported"]),
];

#[test]
fn the_rfcs_signatures_are_judged_as_they_say() {
    for row in rfc()["jws"].as_array().unwrap() {
        let id = row["id"].as_str().unwrap();
        let keys = Keys::set(row["jwks"].to_string().as_bytes()).unwrap();
        let rules = jws::Rules {
            detached_payload: row["detached_payload"].as_str().map(str::as_bytes),
            allow_unencoded: id.starts_with("rfc7797"),
            ..jws::Rules::default()
        };
        let judged = jws::verify(row["jws"].as_str().unwrap(), &keys, &rules);
        let codes = judged.as_ref().err().map(codes);
        let expected = REFUSED
            .iter()
            .find(|(row, _)| *row == id)
            .map(|(_, codes)| codes.to_vec());
        assert_eq!(codes, expected, "{id}");
        if row["tier"] == "must" {
            assert_eq!(judged.is_ok(), row["expect"] == "accept", "{id}");
        }
    }
}

/// Returns the codes of the failed checks, else the code of the error.
fn codes(error: &Error) -> Vec<&'static str> {
    match error {
        Error::Refused(failures) => failures.iter().map(|failure| failure.code).collect(),
        other => vec![other.code()],
    }
}

#[test]
fn j58_thumbprints_are_those_of_the_rfcs() {
    for row in rfc()["thumbprints"].as_array().unwrap() {
        let jwk = row["jwk"].as_object().unwrap();
        assert_eq!(
            thumbprint(jwk).unwrap(),
            row["sha256"].as_str().unwrap(),
            "{}",
            row["id"]
        );
    }
}

#[test]
fn the_rfcs_sets_are_read() {
    for row in rfc()["jwks"].as_array().unwrap() {
        let set = JwkSet::parse(row["jwks"].to_string().as_bytes()).unwrap();
        assert_eq!(set.skipped(), [], "{}", row["id"]);
        assert_eq!(
            set.keys().len(),
            row["jwks"]["keys"].as_array().unwrap().len()
        );
    }
}
