//! Example values of the RFCs and Wycheproof's tables (`tests/vectors/`).

use authctl::core::error::Report as _;
use authctl::core::jose::jwe::{self, DecryptionKeys};
use authctl::core::jose::{
    Algorithm, Error, JwkSet, Keys, Selection, SigningKey, base64url, jws, thumbprint,
};
use serde_json::Value;

fn rfc() -> Value {
    serde_json::from_str(include_str!("../vectors/rfc/vectors.json")).unwrap()
}

/// How the rows of the RFCs that are not accepted are refused: by the codes of
/// the failed checks, or as malformed. So are the JSON serializations, which need
/// not be read (RFC 7515 §7).
const REFUSED: [(&str, &[&str]); 4] = [
    ("rfc7515-a5-none", &["alg_none"]),
    ("rfc7797-4.2-attached", &["token_malformed"]),
    ("rfc7515-appE", &["alg_none", "crit"]),
    ("rfc7519-6.1-none", &["alg_none"]),
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
            .map(|(_, codes)| codes.to_vec())
            .or(row["jws"]
                .as_str()
                .is_some_and(|jws| jws.starts_with('{'))
                .then(|| vec!["token_malformed"]));
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

/// Each signature over its JWS Signing Input, whatever the serialization that
/// the document shows it in; and made again, where the algorithm makes but one.
#[test]
fn what_the_rfcs_sign_verifies_and_is_signed_the_same() {
    let text = include_str!("../vectors/rfc/signatures.json");
    let table: Value = serde_json::from_str(text).unwrap();
    let rows = table["signatures"].as_array().unwrap();
    assert_eq!(rows.len(), 19);
    for row in rows {
        let id = row["id"].as_str().unwrap();
        let algorithm: Algorithm = row["alg"].as_str().unwrap().parse().unwrap();
        let document = row["key"].to_string();
        let selection = Selection::from(algorithm);
        let key = SigningKey::from_document(document.as_bytes(), &selection, None).unwrap();
        let input = row["input"].as_str().unwrap().as_bytes();
        let signature = base64url::decode(row["signature"].as_str().unwrap()).unwrap();
        let verifying = key.verifying_key().unwrap();
        assert_eq!(
            verifying.verify(algorithm, input, &signature),
            Ok(true),
            "{id}"
        );
        let again = key.sign(input).unwrap();
        assert_eq!(row["deterministic"] == true, again == signature, "{id}");
        assert_eq!(verifying.verify(algorithm, input, &again), Ok(true), "{id}");
    }
}

/// What `jwe.rs` decrypts is in the compact serialization and by what is
/// supported; the others of the documents are refused for that alone.
#[test]
fn the_rfcs_other_encryptions_are_refused() {
    let table: Value = serde_json::from_str(include_str!("../vectors/rfc/jwe.json")).unwrap();
    let rows = table["refused"].as_array().unwrap();
    assert_eq!(rows.len(), 9);
    for row in rows {
        let document = row["key"].to_string();
        let keys = DecryptionKeys::from_document(document.as_bytes(), None, None).unwrap();
        let token = row["jwe"].as_str().unwrap();
        let decrypted = jwe::decrypt(token, &keys, &jwe::Rules::default());
        let error = decrypted.unwrap_err();
        assert_eq!(codes(&error), [&row["code"]], "{}", row["id"]);
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

/// Rows of Wycheproof whose result is not ours, with the reason.
const ARGUABLE: [(&str, u64, &[&str], &str); 12] = [
    (
        "signature",
        346,
        &["key_algorithm"],
        "valid, but the JWK says PS256 and the token PS384",
    ),
    (
        "signature",
        350,
        &["key_algorithm"],
        "valid, but the JWK says PS256 and the token PS384",
    ),
    (
        "signature",
        347,
        &["key_algorithm"],
        "valid, but the alg of the JWK, ES521, does not exist",
    ),
    (
        "signature",
        351,
        &["key_algorithm"],
        "valid, but the alg of the JWK, ES521, does not exist",
    ),
    (
        "signature",
        367,
        &[],
        "invalid, but octet for octet the token of 357, which is valid",
    ),
    (
        "signature",
        370,
        &[],
        "invalid, but octet for octet the token of 357, which is valid",
    ),
    (
        "signature",
        372,
        &["token_malformed"],
        "valid, but with `?` inside base64url",
    ),
    (
        "signature",
        373,
        &["token_malformed"],
        "valid, but with `?` inside base64url",
    ),
    (
        "key",
        1,
        &[],
        "invalid, for a mix of secrets and public keys, which RFC 7517 allows",
    ),
    (
        "key",
        7,
        &[],
        "invalid, for the ROCA weakness (CVE-2017-15361), which is not looked for",
    ),
    (
        "crypto",
        46,
        &[],
        "invalid, for the ROCA weakness (CVE-2017-15361), which is not looked for",
    ),
    (
        "crypto",
        47,
        &[],
        "invalid, for a mix of secrets and public keys, which RFC 7517 allows",
    ),
];

/// Runs a table and returns how many rows were judged.
fn wycheproof(name: &str, table: &str) -> usize {
    let table: Value = serde_json::from_str(table).unwrap();
    let mut judged = 0;
    for group in table["testGroups"].as_array().unwrap() {
        let key = group.get("public").unwrap_or(&group["private"]).to_string();
        for row in group["tests"].as_array().unwrap() {
            let Some(token) = row.get("jws") else {
                continue;
            };
            let id = row["tcId"].as_u64().unwrap();
            let token = match token {
                Value::String(token) => token.clone(),
                object => object.to_string(),
            };
            let result = Keys::set(key.as_bytes())
                .map_err(Error::from)
                .and_then(|keys| {
                    let verify = || jws::verify(&token, &keys, &jws::Rules::default());
                    let first = verify();
                    // The second time by prepared keys.
                    assert_eq!(first.is_ok(), verify().is_ok(), "{name} {id}");
                    first
                });
            let codes = result.as_ref().err().map(codes).unwrap_or_default();
            match ARGUABLE.iter().find(|row| (row.0, row.1) == (name, id)) {
                Some((_, _, expected, reason)) => assert_eq!(codes, *expected, "{id}: {reason}"),
                None if row["flags"]
                    .as_array()
                    .is_some_and(|flags| flags.contains(&"JsonSerialization".into())) =>
                {
                    assert_eq!(codes, ["token_malformed"], "{name} {id}");
                }
                None => assert_eq!(
                    result.is_ok(),
                    row["result"] == "valid",
                    "{name} {id}: {codes:?}"
                ),
            }
            judged += 1;
        }
    }
    judged
}

#[test]
fn wycheproofs_signatures_are_judged_as_it_says() {
    let table = include_str!("../vectors/wycheproof/json_web_signature_test.json");
    assert_eq!(wycheproof("signature", table), 401);
}

#[test]
fn wycheproofs_keys_are_judged_as_it_says() {
    let table = include_str!("../vectors/wycheproof/json_web_key_test.json");
    assert_eq!(wycheproof("key", table), 26);
}

#[test]
fn wycheproofs_use_of_keys_is_judged_as_it_says() {
    let table = include_str!("../vectors/wycheproof/json_web_crypto_test.json");
    assert_eq!(wycheproof("crypto", table), 49);
}
