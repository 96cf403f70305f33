//! Claims that the user asks for, by name, path and value.

use authctl::core::jose::{Algorithm, jwt};
use authctl::core::time::Timestamp;
use serde_json::json;

use crate::claims::judge_claims;
use crate::fixture::*;

#[test]
fn scopes_must_all_be_granted() {
    let asked = jwt::Rules {
        scopes: vec!["read".into(), "write".into()],
        ..rules()
    };
    for (changes, expected) in [
        (json!({"scope": "read write"}), &[][..]),
        (json!({"scope": "write other read"}), &[]),
        (json!({"scp": ["read", "write"]}), &[]),
        (json!({"scp": "read write"}), &[]),
        (json!({"scope": ["read", "write"]}), &[]),
        (json!({"scope": "read"}), &["scope"]),
        (json!({"scope": "reads writes"}), &["scope", "scope"]),
        (json!({"scope": "READ write"}), &["scope"]),
        (json!({"scope": "read,write"}), &["scope", "scope"]),
        (json!({"scope": ["read write"]}), &["scope", "scope"]),
        (
            json!({"scope": "", "scp": "read write"}),
            &["scope", "scope"],
        ),
        (json!({"scope": 1}), &["scope_invalid"]),
        (json!({"scp": ["read", "write", 1]}), &["scope_invalid"]),
        (json!({}), &["scope_missing"]),
    ] {
        assert_eq!(
            judge_claims(&claims_with(changes.clone()), &asked),
            expected,
            "{changes}"
        );
    }
}

#[test]
fn claims_that_are_asked_for_are_required() {
    let asked = |rule: &str| jwt::Rules {
        claims: vec![rule.parse().unwrap()],
        required: vec!["sub".parse().unwrap()],
        ..rules()
    };
    for (changes, rule, expected) in [
        (json!({"n": "5"}), "n=5", &[][..]),
        (json!({"n": 5}), "n=5", &[]),
        (json!({"n": true}), "n=true", &[]),
        (json!({"n": ["x"]}), "n=[\"x\"]", &[]),
        (json!({"n": ["x"]}), "n=x", &[]),
        (json!({"n": [["x"]]}), "n=x", &["claim"]),
        (json!({"n": "X"}), "n=x", &["claim"]),
        (json!({"n": {"x": 1}}), "n={\"x\":1}", &[]),
        (json!({}), "n=x", &["claim_missing"]),
        (
            json!({"sub": null}),
            "n=x",
            &["claim_missing", "claim_missing"],
        ),
        (json!({"sub": null}), "sub=x", &["claim_missing"]),
        // As JSON it is the value itself, and whole.
        (json!({"n": "5"}), "n:=5", &["claim"]),
        (json!({"n": 5}), "n:=5", &[]),
        (json!({"n": "5"}), "n:=\"5\"", &[]),
        (json!({"n": ["x", "y"]}), "n:=\"x\"", &["claim"]),
        (json!({"n": ["x", "y"]}), "n:=[\"x\",\"y\"]", &[]),
        (json!({"n": ["x", "y"]}), "n:=[\"y\",\"x\"]", &["claim"]),
        (json!({"n": {"a": 1, "b": 2}}), "n:={\"b\":2,\"a\":1}", &[]),
    ] {
        let mut all = json!({"sub": "a"});
        for (name, value) in changes.as_object().unwrap() {
            all[name] = value.clone();
        }
        assert_eq!(
            judge_claims(&claims_with(all), &asked(rule)),
            expected,
            "{changes} {rule}"
        );
    }
    // There, though null.
    let payload = claims_with(json!({})).replacen('{', "{\"sub\":null,", 1);
    let rules = jwt::Rules {
        required: vec!["sub".parse().unwrap()],
        ..rules()
    };
    assert_eq!(judge_claims(&payload, &rules), PASSES);
}

/// Numbers that a 64-bit integer does not hold are compared by their digits.
#[test]
fn integers_of_any_length_are_asked_for_to_the_last_digit() {
    const LONG: &str = "123456789012345678901234567890";
    const NEXT: &str = "123456789012345678901234567891";
    let payload = claims_with(json!({})).replacen(
        '{',
        &format!(r#"{{"n":{LONG},"o":{{"ids":[ 1, {LONG} ]}},"s":"{LONG}","#),
        1,
    );
    for (rule, expected) in [
        (format!("n={LONG}"), &[][..]),
        (format!("n:={LONG}"), &[]),
        (format!("n={NEXT}"), &["claim"]),
        (format!("n:={NEXT}"), &["claim"]),
        (format!("/o/ids={LONG}"), &[]),
        (format!("/o/ids={NEXT}"), &["claim"]),
        (format!("/o/ids:=[1,{LONG}]"), &[]),
        (format!("/o/ids:={LONG}"), &["claim"]),
        (format!("$.o.ids[*]:={LONG}"), &[]),
        (format!("s={LONG}"), &[]),
        (format!("s:={LONG}"), &["claim"]),
        (format!("absent={LONG}"), &["claim_missing"]),
    ] {
        let asked = jwt::Rules {
            claims: vec![rule.parse().unwrap()],
            ..rules()
        };
        assert_eq!(judge_claims(&payload, &asked), expected, "{rule}");
    }
}

#[test]
fn paths_lead_into_claims_and_names_are_names() {
    let payload = claims_with(json!({
        "realm_access": {"roles": ["user", "admin"]},
        "resource_access": {"one": {"roles": ["a"]}, "two": {"roles": ["b"]}},
        "https://example.com/roles": ["editor"],
        "realm_access.roles": "dotted",
        "/realm_access/roles": "slashed",
    }));
    for (rule, expected) in [
        ("/realm_access/roles=admin", &[][..]),
        ("/realm_access/roles/1=admin", &[]),
        ("/realm_access/roles/0=admin", &["claim"]),
        ("/realm_access/roles=slashed", &["claim"]),
        ("/~1realm_access~1roles=slashed", &[]),
        ("$.realm_access.roles[*]=admin", &[]),
        ("$.realm_access.roles[-1]:=\"admin\"", &[]),
        ("$.realm_access.roles[*]=dotted", &["claim"]),
        ("$.resource_access[*].roles=b", &[]),
        ("$.resource_access.*.roles[0]=c", &["claim"]),
        ("$['https://example.com/roles'][0]=editor", &[]),
        ("https://example.com/roles=editor", &[]),
        ("realm_access.roles=dotted", &[]),
        ("realm_access.roles=admin", &["claim"]),
        ("/realm_access/nope=admin", &["claim_missing"]),
        ("$.nope[*]=admin", &["claim_missing"]),
        ("resource_access.one=a", &["claim_missing"]),
    ] {
        let asked = jwt::Rules {
            claims: vec![rule.parse().unwrap()],
            ..rules()
        };
        assert_eq!(judge_claims(&payload, &asked), expected, "{rule}");
        if expected.is_empty() {
            let (path, _) = rule.split_once('=').unwrap();
            let asked = jwt::Rules {
                required: vec![path.trim_end_matches(':').parse().unwrap()],
                ..rules()
            };
            assert_eq!(judge_claims(&payload, &asked), PASSES, "{path}");
        }
    }
}

/// Whoever keeps of the claims only those that the rules name comes to the
/// same verdict: it is by these names that a stream of tokens is judged.
#[test]
fn the_names_are_those_of_the_claims_that_are_looked_at() {
    let asked = jwt::Rules {
        scopes: vec!["read".into()],
        claims: vec!["/a/b=1".parse().unwrap(), "$.c[*]=1".parse().unwrap()],
        required: vec!["d.e".parse().unwrap(), "sub".parse().unwrap()],
        ..rules()
    };
    assert_eq!(
        asked.names(),
        [
            "a", "aud", "c", "d.e", "exp", "iat", "iss", "nbf", "scope", "scp", "sub"
        ]
    );
}

#[test]
fn what_was_verified_can_be_asked_for() {
    let key = key(Algorithm::EdDSA);
    let payload = claims_with(
        json!({"aud": ["api", "b"], "azp": "b", "nonce": "n", "exp": NOW.0 as f64 + 0.5}),
    );
    let token = signed(key, header_with(key, json!({"kid": "key"})), payload);
    let verified = jwt::verify(&token, &set_of(key), &rules(), NOW).unwrap();
    assert_eq!(verified.audience(), ["api", "b"]);
    assert_eq!(verified.text("azp"), Some("b"));
    assert_eq!(verified.text("exp"), None);
    assert_eq!(verified.date("exp"), Some(Timestamp(NOW.0 + 1)));
    assert_eq!(verified.algorithm, Algorithm::EdDSA);
    assert_eq!(verified.kid.as_deref(), Some("key"));
}

/// Numbers that a floating-point number cannot tell apart are compared as they
/// are written.
#[test]
fn a_number_is_compared_to_its_last_digit() {
    for (claim, wanted, expected) in [
        (
            "123456789012345678901234567890",
            "123456789012345678901234567891",
            &["claim"][..],
        ),
        (
            "123456789012345678901234567890",
            "123456789012345678901234567890",
            &[],
        ),
        ("18446744073709551615", "18446744073709551615", &[]),
        ("18446744073709551615", "18446744073709551614", &["claim"]),
        ("1.5", "1.5", &[]),
        ("1e300", "1e300", &[]),
        ("1e30", "1000000000000000000000000000000", &["claim"]),
    ] {
        let payload = claims_with(json!({"n": "N"})).replace("\"N\"", claim);
        let rules = jwt::Rules {
            claims: vec![format!("n={wanted}").parse().unwrap()],
            ..rules()
        };
        assert_eq!(judge_claims(&payload, &rules), expected, "{claim} {wanted}");
    }
}
