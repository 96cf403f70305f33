use serde_json::{Value, json};

use super::*;
use crate::core::jose::{base64url, jwt};

const NOW: Timestamp = Timestamp(1_700_000_000);

/// Returns the codes of what is found in a token.
fn all(header: &Value, claims: &Value, signature_len: usize) -> Vec<&'static str> {
    let token = format!(
        "{}.{}.{}",
        base64url::encode(header.to_string()),
        base64url::encode(claims.to_string()),
        base64url::encode(vec![1; signature_len])
    );
    let findings = lint(&jwt::decode(&token).unwrap(), NOW, Duration::ZERO);
    findings.iter().map(|found| found.rule.code()).collect()
}

/// As [`all`], of the rules that hold unasked.
fn codes(header: Value, claims: Value, signature_len: usize) -> Vec<&'static str> {
    let always = |code: &&str| {
        let mut rules = LintRule::ALL.iter();
        rules.any(|rule| rule.code() == *code && rule.always())
    };
    let found = all(&header, &claims, signature_len);
    found.into_iter().filter(always).collect()
}

/// As [`all`], for a token that is good but for these changes; `null` takes a
/// member out.
fn with(header: Value, claims: Value) -> Vec<&'static str> {
    let mut good_header = json!({"alg": "ES256", "typ": "example+jwt", "kid": "k"});
    let mut good_claims = good();
    good_claims["iss"] = "https://as.example".into();
    good_claims["aud"] = "api".into();
    for (all, changes) in [(&mut good_header, header), (&mut good_claims, claims)] {
        for (name, value) in changes.as_object().unwrap() {
            match value {
                Value::Null => drop(all.as_object_mut().unwrap().remove(name)),
                value => all[name] = value.clone(),
            }
        }
    }
    all(&good_header, &good_claims, 64)
}

fn of_jwe(header: Value) -> Vec<&'static str> {
    let token = format!("{}.AA.AA.AA.AA", base64url::encode(header.to_string()));
    let findings = lint(&jwt::decode(&token).unwrap(), NOW, Duration::ZERO);
    findings.iter().map(|found| found.rule.code()).collect()
}

fn good() -> Value {
    json!({"iat": NOW.0 - 60, "exp": NOW.0 + 3_600, "sub": "alice"})
}

#[test]
fn a_good_token_gives_no_warning() {
    assert_eq!(codes(json!({"alg": "ES256"}), good(), 64), [""; 0]);
    assert_eq!(codes(json!({"alg": "RS256"}), good(), 256), [""; 0]);
}

#[test]
fn headers_are_judged() {
    for (header, signature_len, expected) in [
        (json!({"alg": "none"}), 0, &["alg_none"][..]),
        (json!({"alg": "NonE"}), 0, &["alg_none"]),
        (json!({"alg": "Ed448"}), 114, &["alg_unknown"]),
        (json!({"alg": "ES256K"}), 64, &[]),
        (json!({"alg": "Ed25519"}), 64, &[]),
        (json!({"alg": "ML-DSA-44"}), 2420, &[]),
        (json!({"alg": "ML-DSA-44"}), 64, &["signature_length"]),
        (json!({"alg": 1}), 64, &["alg_unknown"]),
        (json!({}), 0, &["alg_unknown"]),
        (json!({"alg": "HS256"}), 32, &["hmac"]),
        (json!({"alg": "HS256"}), 16, &["hmac", "signature_length"]),
        (json!({"alg": "RS256"}), 128, &["weak_key"]),
        (json!({"alg": "PS256"}), 255, &["weak_key"]),
        (json!({"alg": "RS256"}), 0, &["signature_length"]),
        (json!({"alg": "ES256"}), 70, &["signature_length"]),
        (json!({"alg": "ES512"}), 132, &[]),
        (json!({"alg": "EdDSA"}), 63, &["signature_length"]),
        (
            json!({"alg": "ES256", "jku": "https://evil.example"}),
            64,
            &["key_in_header"],
        ),
        (
            json!({"alg": "RS256", "jwk": {"kty": "RSA", "n": "gQ", "e": "AQAB"}}),
            256,
            &["key_in_header", "weak_key"],
        ),
    ] {
        assert_eq!(
            codes(header.clone(), good(), signature_len),
            expected,
            "{header}"
        );
    }
}

#[test]
fn times_are_judged_at_the_edge() {
    let day = 86_400;
    for (claims, expected) in [
        (json!({}), &["no_exp"][..]),
        (json!({"exp": "soon"}), &["time_invalid"]),
        (json!({"exp": NOW.0, "iat": NOW.0 - day}), &[]),
        (
            json!({"exp": NOW.0 + 1, "iat": NOW.0 - day}),
            &["long_life"],
        ),
        (json!({"exp": NOW.0 + day}), &[]),
        (json!({"exp": NOW.0 + day + 1}), &["long_life"]),
        (json!({"exp": i64::MAX, "iat": i64::MIN}), &["long_life"]),
        (json!({"exp": NOW.0, "nbf": NOW.0}), &["time_order"]),
        (
            json!({"exp": NOW.0 + 9, "iat": NOW.0 + 1}),
            &["issued_in_the_future"],
        ),
        (
            json!({"exp": NOW.0 + 9, "iat": NOW.0, "nbf": true}),
            &["time_invalid"],
        ),
    ] {
        assert_eq!(
            codes(json!({"alg": "EdDSA"}), claims.clone(), 64),
            expected,
            "{claims}"
        );
    }
}

#[test]
fn secrets_are_found_by_name_and_form_and_not_repeated() {
    let mut claims = good();
    claims["clientSecret"] = "hunter2".into();
    claims["nested"] = json!([{"pass-word": "hunter2"}, {"PASSWORD": ["hunter2"]}]);
    claims["note"] = "-----BEGIN PRIVATE KEY-----\nhunter2".into();
    claims["secret"] = json!(null);
    claims["password_changed"] = json!(true);
    let token = format!(
        "{}.{}.{}",
        base64url::encode(r#"{"alg":"EdDSA"}"#),
        base64url::encode(claims.to_string()),
        base64url::encode([1; 64])
    );
    let findings = lint(&jwt::decode(&token).unwrap(), NOW, Duration::ZERO);
    let named: Vec<_> = findings
        .iter()
        .filter(|found| found.rule == LintRule::SecretClaim)
        .map(|found| {
            assert!(!found.message.contains("hunter2"));
            found.message.split('`').nth(1).unwrap()
        })
        .collect();
    assert_eq!(
        named,
        [
            "clientSecret",
            "nested.pass-word",
            "nested.PASSWORD",
            "note"
        ]
    );
}

#[test]
fn an_encrypted_token_is_judged_by_its_header_alone() {
    let point = base64url::encode([1; 32]);
    for (header, expected) in [
        (json!({"alg": "A256KW", "enc": "A256GCM"}), &[][..]),
        (
            json!({"alg": "dir", "enc": "A256GCM", "x5u": "u"}),
            &["key_in_header"],
        ),
        (json!({"alg": "RSA-OAEP-256", "cty": "JWT"}), &[]),
        (json!({"alg": "RSA-OAEP-256", "cty": "at+jwt"}), &[]),
        (json!({"alg": "RSA-OAEP-256"}), &["not_nested"]),
        (
            json!({"alg": "ECDH-ES+A128KW", "cty": "json"}),
            &["not_nested"],
        ),
        (json!({"alg": "RSA1_5", "cty": "JWT"}), &["rsa_pkcs1"]),
        (json!({"alg": "dir", "zip": "DEF"}), &["compressed"]),
        (
            json!({"alg": "PBES2-HS256+A128KW", "p2c": 1000}),
            &["password"],
        ),
        (
            json!({"alg": "PBES2-HS256+A128KW", "p2c": 999}),
            &["password", "few_iterations"],
        ),
        (
            json!({"alg": "ECDH-ES", "cty": "JWT",
                   "epk": {"kty": "EC", "crv": "P-256", "x": point, "y": point}}),
            &["epk_invalid"],
        ),
        (
            json!({"alg": "ECDH-ES", "cty": "JWT",
                   "epk": {"kty": "OKP", "crv": "X25519", "x": point}}),
            &[],
        ),
    ] {
        assert_eq!(of_jwe(header.clone()), expected, "{header}");
    }
}

#[test]
fn a_token_that_says_all_it_should_gives_no_finding() {
    assert_eq!(with(json!({}), json!({})), [""; 0]);
    let claims = json!({"client_id": "app", "jti": "1", "scope": "read"});
    assert_eq!(with(json!({"typ": "at+jwt"}), claims), [""; 0]);
    // A DPoP proof, RFC 9449 section 4.2.
    let proof = json!({"iss": null, "aud": null, "exp": null, "jti": "1", "htm": "GET"});
    let key = json!({"kty": "EC", "crv": "P-256", "x": "AA", "y": "AA"});
    let header = json!({"typ": "dpop+jwt", "kid": null, "jwk": key});
    assert_eq!(with(header, proof.clone()), [""; 0]);
    // It brings its key, and does not say where one is.
    let header = json!({"typ": "dpop+jwt", "jku": "https://as.example/keys"});
    assert_eq!(with(header, proof), ["key_in_header"]);
    // RFC 8417 §2.2, RFC 9701 §5; other kinds expire.
    for (typ, expected) in [
        ("secevent+jwt", &[][..]),
        ("application/secevent+jwt", &[]),
        ("token-introspection+jwt", &[]),
        ("logout+jwt", &["no_exp"]),
    ] {
        let found = with(json!({"typ": typ}), json!({"exp": null}));
        assert_eq!(found, expected, "{typ}");
    }
}

#[test]
fn clocks_may_differ_by_the_leeway() {
    let claims = json!({"iat": NOW.0 + 30, "exp": NOW.0 + 3_600, "iss": "i", "aud": "a"});
    let header = json!({"alg": "ES256", "typ": "example+jwt"});
    let [header, claims] = [header, claims].map(|part| base64url::encode(part.to_string()));
    let token = format!("{header}.{claims}.{}", base64url::encode([1; 64]));
    let token = jwt::decode(&token).unwrap();
    for (leeway, expected) in [(29, &["issued_in_the_future"][..]), (30, &[])] {
        let found = lint(&token, NOW, Duration::from_secs(leeway));
        let codes: Vec<_> = found.iter().map(|found| found.rule.code()).collect();
        assert_eq!(codes, expected, "{leeway}");
    }
}

#[test]
fn what_the_header_should_say_is_missed() {
    for (changes, expected) in [
        (json!({"typ": null}), &["no_typ"][..]),
        (json!({"typ": 1}), &["no_typ"]),
        (json!({"typ": "JWT"}), &[]),
        (json!({"alg": "EdDSA"}), &["alg_deprecated"]),
        (json!({"alg": "Ed25519"}), &[]),
    ] {
        assert_eq!(with(changes.clone(), json!({})), expected, "{changes}");
    }
}

#[test]
fn a_kid_that_could_be_something_else_is_found() {
    for kid in [
        "../../dev/null",
        "/dev/null",
        "/etc/key.pem",
        "/etc/passwd",
        "/etc/passwd=",
        "/usr/share/keys/signing/private",
        "/home/Alice/keys/of/a/service/private.pem=",
        // As long as a hash.
        "/var/lib/service/keys/signing/private/one02",
        "~/key.pem",
        "./key.pem",
        "C:\\key",
        "file:///etc/passwd",
        "https://evil.example/key",
        "' OR 1=1 --",
        "x'; DROP TABLE keys",
        "*)(uid=*",
        "|id",
        "$(id)",
        "`id`",
        "a&b",
        "<x>",
        "a\0b",
        "a\nb",
    ] {
        assert_eq!(
            with(json!({"kid": kid}), json!({})),
            ["kid_unsafe"],
            "{kid}"
        );
    }
    for kid in [
        "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs",
        "dGhlIGtpZA+/abc==",
        "/9j+abc=",
        // SHA-256, SHA-1 and 16 octets, with padding and without.
        "/0kDLWjgJ/8Nx6Rq5Ekgs1v/P8dKJGuVrl9m8s7gyzM=",
        "/0kDLWjgJ/8Nx6Rq5Ekgs1v/P8dKJGuVrl9m8s7gyzM",
        "/Tz9J0qGQ/1rXk8wB2cV5nM6hY4=",
        "/x3PqV7yTk/2LmNcR9sWdA==",
        "-_-k",
        "2011-04-29",
        "did:example:123#key-1",
        "urn:uuid:8a0f",
        "key 1",
        "a.b",
        "schlüssel",
        "",
    ] {
        assert_eq!(with(json!({"kid": kid}), json!({})), [""; 0], "{kid}");
    }
}

#[test]
fn what_the_claims_should_say_is_missed() {
    for (changes, expected) in [
        (json!({"iss": null}), &["no_iss"][..]),
        (json!({"iss": "http://as.example"}), &["iss_not_https"]),
        (json!({"iss": "http://127.0.0.1:9400"}), &[]),
        (json!({"iss": "joe"}), &[]),
        (json!({"aud": null}), &["no_aud"]),
        (json!({"aud": []}), &["aud_for_all"]),
        (json!({"aud": ""}), &["aud_for_all"]),
        (json!({"aud": ["api", "*"]}), &["aud_for_all"]),
        (json!({"aud": ["api", "web"]}), &[]),
        (json!({"iat": NOW.0 as f64 - 0.5}), &["time_fraction"]),
        (json!({"auth_time": 1.5}), &["time_fraction"]),
        (json!({"auth_time": NOW.0 * 1000}), &["time_far"]),
        (json!({"n": 1u64 << 53}), &[]),
        (json!({"n": (1u64 << 53) + 1}), &["number_precision"]),
        (
            json!({"n": [{"m": -9_007_199_254_740_993i64}]}),
            &["number_precision"],
        ),
        (json!({"n": 1e30}), &["number_precision"]),
        (json!({"n": 0.1}), &[]),
    ] {
        assert_eq!(with(json!({}), changes.clone()), expected, "{changes}");
    }
}

#[test]
fn an_access_token_is_held_to_rfc_9068() {
    let full = |changes: Value| {
        let mut claims = json!({"client_id": "app", "jti": "1", "scope": "read"});
        for (name, value) in changes.as_object().unwrap() {
            claims[name] = value.clone();
        }
        claims
    };
    for (changes, expected) in [
        (json!({"client_id": null}), &["access_token_claim"][..]),
        (json!({"jti": null}), &["access_token_claim"]),
        (json!({"sub": null}), &["access_token_claim"]),
        (json!({"iat": null}), &["access_token_claim"]),
        (json!({"scope": ["read"]}), &["access_token_scope"]),
        (
            json!({"scope": null, "scp": ["read"]}),
            &["access_token_scope"],
        ),
        (json!({"scope": null}), &[]),
        (json!({"aud": ["api", "web"]}), &["aud_several"]),
        (json!({"aud": ["api", "web"], "scope": null}), &[]),
        (json!({"aud": ["api"]}), &[]),
        (json!({"nonce": "n"}), &["id_token_claim"]),
        (json!({"at_hash": "h"}), &["id_token_claim"]),
        (json!({"email": "a@b.example"}), &["personal_data"]),
        (json!({"sub": "a@b.example"}), &["personal_data"]),
        (json!({"groups": ["admin"]}), &[]),
    ] {
        let found = with(json!({"typ": "at+jwt"}), full(changes.clone()));
        assert_eq!(found, expected, "{changes}");
    }
    for typ in [json!(null), json!("JWT")] {
        let found = with(json!({"typ": typ}), full(json!({})));
        assert!(found.contains(&"access_token_untyped"), "{typ}: {found:?}");
    }
    // An ID Token is none, nor is a token of another kind.
    let found = with(json!({"typ": "JWT"}), full(json!({"nonce": "n"})));
    assert_eq!(found, [""; 0]);
    assert_eq!(
        with(json!({"typ": "JWT"}), json!({"email": "a@b.example"})),
        [""; 0]
    );
    assert_eq!(with(json!({}), full(json!({}))), [""; 0]);
}

/// Every rule of the table is broken by some token.
#[test]
fn no_rule_is_dead() {
    let mut broken = Vec::new();
    for header in [
        json!({"alg": "none", "kid": "../x", "jku": "u"}),
        json!({"alg": "XX"}),
        json!({"alg": "EdDSA"}),
        json!({"alg": "HS256"}),
        json!({"alg": "RS256", "typ": "at+jwt"}),
    ] {
        for claims in [
            json!({"exp": 1, "nbf": 2, "iat": "x", "aud": "*", "iss": "http://e.example"}),
            json!({"exp": 1e300, "iat": NOW.0 + 1, "n": u64::MAX, "password": "x", "scope": [],
                   "aud": ["a", "b"], "nonce": "n", "email": "e"}),
            json!({"scope": "a"}),
        ] {
            broken.extend(all(&header, &claims, 100));
        }
    }
    let off_curve = json!({"kty": "EC", "crv": "P-256", "x": base64url::encode([1; 32]),
                           "y": base64url::encode([1; 32])});
    broken.extend(of_jwe(
        json!({"alg": "RSA1_5", "zip": "DEF", "epk": off_curve}),
    ));
    broken.extend(of_jwe(json!({"alg": "PBES2-HS256+A128KW", "p2c": 1})));
    // Those of keys come last, and have their tests where they are judged.
    let of_keys = [
        "secret_guessable",
        "small_exponent",
        "key_without_kid",
        "key_without_alg",
        "key_of_two_uses",
        "key_private",
    ];
    for rule in LintRule::ALL {
        if of_keys.contains(&rule.code()) {
            continue;
        }
        assert!(broken.contains(&rule.code()), "{}", rule.code());
    }
}
