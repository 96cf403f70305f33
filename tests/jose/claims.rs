//! SECURITY rows J36 to J44: the claims, and what is asked of them.

use std::time::Duration;

use authctl::core::error::{Exit, Report as _};
use authctl::core::jose::{Algorithm, jwt};
use authctl::core::time::Timestamp;
use serde_json::{Value, json};

use crate::fixture::*;

/// Judges claims that are signed as they should be.
fn judge_claims(payload: &str, rules: &jwt::Rules) -> Vec<&'static str> {
    let key = key(Algorithm::EdDSA);
    let token = signed(key, header_with(key, json!({})), payload);
    judge_by(&token, &set_of(key), rules)
}

fn with(changes: Value) -> Vec<&'static str> {
    judge_claims(&claims_with(changes), &rules())
}

#[test]
fn j36_exp_is_a_number() {
    for exp in [
        json!("1800000000"),
        json!("2030-01-01T00:00:00Z"),
        json!(true),
        json!([1_800_000_000]),
        json!({}),
    ] {
        assert_eq!(with(json!({"exp": exp})), ["exp_invalid"], "{exp}");
    }
    let digits = "1".repeat(100_000);
    for (exp, code) in [
        ("null", "exp_invalid"),
        ("NaN", "token_malformed"),
        ("Infinity", "token_malformed"),
        ("0x70000000", "token_malformed"),
        ("01800000000", "token_malformed"),
        ("+1800000000", "token_malformed"),
        ("1_800_000_000", "token_malformed"),
        ("1e400", "token_malformed"),
        (&digits, "token_malformed"),
    ] {
        let payload =
            claims_with(json!({"exp": null})).replacen('{', &format!("{{\"exp\":{exp},"), 1);
        assert_eq!(judge_claims(&payload, &rules()), [code], "{exp:.20}");
    }
}

#[test]
fn j37_a_token_is_expired_at_exp_and_valid_at_nbf() {
    for (changes, expected) in [
        (json!({"exp": 0}), &["expired"][..]),
        (json!({"exp": -1}), &["expired"]),
        (json!({"exp": i64::MIN}), &["expired"]),
        (json!({"exp": -1e300}), &["expired"]),
        (json!({"exp": NOW.0 as f64 - 0.5}), &["expired"]),
        (json!({"exp": NOW.0 - 1}), &["expired"]),
        (json!({"exp": NOW.0}), &["expired"]),
        (json!({"exp": NOW.0 as f64 + 0.5}), &[]),
        (json!({"exp": NOW.0 + 1}), &[]),
        (json!({"nbf": NOW.0}), &[]),
        (json!({"nbf": NOW.0 as f64 + 0.5}), &["not_yet_valid"]),
        (json!({"nbf": NOW.0 + 1}), &["not_yet_valid"]),
        (json!({"nbf": i64::MAX}), &["not_yet_valid"]),
        (json!({"nbf": i64::MIN}), &[]),
    ] {
        assert_eq!(with(changes.clone()), expected, "{changes}");
    }
}

#[test]
fn j38_exp_ahead_in_any_notation_is_ahead() {
    for exp in [
        "1.8e9",
        "1800000000.5",
        "18E8",
        "9223372036854775808",
        "18446744073709551616",
        "253402300799",
        "1e300",
    ] {
        let payload =
            claims_with(json!({"exp": null})).replacen('{', &format!("{{\"exp\":{exp},"), 1);
        assert_eq!(judge_claims(&payload, &rules()), PASSES, "{exp}");
    }
}

#[test]
fn j39_nbf_and_iat_are_numbers_also_where_they_are_not_needed() {
    for value in [
        json!("1"),
        json!("x"),
        json!(null),
        json!([]),
        json!({}),
        json!(false),
    ] {
        let quote = |name: &str| {
            let payload = claims_with(json!({}));
            let payload = payload.replacen('{', &format!("{{\"{name}\":{value},"), 1);
            judge_claims(&payload, &rules())
        };
        assert_eq!(quote("nbf"), ["nbf_invalid"], "{value}");
        assert_eq!(quote("iat"), ["iat_invalid"], "{value}");
    }
}

#[test]
fn leeway_moves_each_edge_and_no_further() {
    let leeway = jwt::Rules {
        leeway: Duration::from_secs(10),
        max_age: Some(Duration::from_secs(100)),
        ..rules()
    };
    for (changes, expected) in [
        (json!({"exp": NOW.0 - 9, "iat": NOW.0}), &[][..]),
        (json!({"exp": NOW.0 - 10, "iat": NOW.0}), &["expired"]),
        (json!({"nbf": NOW.0 + 10, "iat": NOW.0}), &[]),
        (json!({"nbf": NOW.0 + 11, "iat": NOW.0}), &["not_yet_valid"]),
        (json!({"iat": NOW.0 + 10}), &[]),
        (json!({"iat": NOW.0 + 11}), &["issued_in_the_future"]),
        (json!({"iat": NOW.0 - 110}), &[]),
        (json!({"iat": NOW.0 - 111}), &["too_old"]),
        (json!({"iat": NOW.0 as f64 - 110.5}), &["too_old"]),
        (json!({"iat": i64::MIN}), &["too_old"]),
        (json!({}), &["iat_missing"]),
        (json!({"iat": "x"}), &["iat_invalid"]),
    ] {
        assert_eq!(
            judge_claims(&claims_with(changes.clone()), &leeway),
            expected,
            "{changes}"
        );
    }
    let endless = jwt::Rules {
        leeway: Duration::MAX,
        max_age: Some(Duration::MAX),
        ..rules()
    };
    let claims = json!({"exp": i64::MIN, "nbf": i64::MAX, "iat": i64::MIN});
    assert_eq!(judge_claims(&claims_with(claims), &endless), PASSES);
}

#[test]
fn j40_exp_is_required() {
    let key = key(Algorithm::EdDSA);
    let header = header_with(key, json!({"typ": "at+jwt"}));
    let token = signed(key, header, claims_with(json!({"exp": null})));
    assert_eq!(judge(&token, &set_of(key)), ["exp_missing"]);
    let allowed = jwt::Rules {
        allow_missing_exp: true,
        ..rules()
    };
    assert_eq!(judge_by(&token, &set_of(key), &allowed), PASSES);
    // One that is there must be right all the same.
    let expired = claims_with(json!({"exp": NOW.0}));
    assert_eq!(judge_claims(&expired, &allowed), ["expired"]);
}

#[test]
fn j41_the_issuer_is_one_exact_string() {
    for iss in [
        "",
        "https://issuer.example/",
        "https://issuer.exampl",
        "https://issuer.example.evil.example",
        "https://issuer.example:443",
        "https://Issuer.example",
        "HTTPS://issuer.example",
        "http://issuer.example",
        "issuer.example",
        " https://issuer.example",
        "https://issuer.example ",
        "https://issuer.example\0",
        "https://issuer.example#",
        "https://issuer.example?",
        "https://user@issuer.example",
        "https://issuer.example@evil.example",
        "https://іssuer.example",
        "https://issuer.example.",
        "https://issuer.example\n",
    ] {
        assert_eq!(with(json!({"iss": iss})), ["iss"], "{iss:?}");
    }
    for iss in [
        json!(["https://issuer.example"]),
        json!({"https://issuer.example": 1}),
        json!(1),
        json!(true),
    ] {
        assert_eq!(with(json!({"iss": iss})), ["iss_invalid"], "{iss}");
    }
    assert_eq!(with(json!({"iss": null})), ["iss_missing"]);
}

#[test]
fn j42_the_audience_is_one_of_those_named() {
    for aud in [
        json!(""),
        json!("API"),
        json!("ap"),
        json!("apis"),
        json!("api "),
        json!("api,other"),
        json!("api other"),
        json!("*"),
        json!("https://api"),
        json!([]),
        json!(["other"]),
        json!(["API", "ap"]),
        json!(["api "]),
    ] {
        assert_eq!(with(json!({"aud": aud})), ["aud"], "{aud}");
    }
    for aud in [
        json!([["api"]]),
        json!({"api": true}),
        json!(["api", 1]),
        json!(["api", null]),
        json!(1),
        json!(true),
        json!([["other"], "api"]),
    ] {
        assert_eq!(with(json!({"aud": aud})), ["aud_invalid"], "{aud}");
    }
    assert_eq!(with(json!({"aud": null})), ["aud_missing"]);
    for aud in [json!("api"), json!(["api"]), json!(["other", "api"])] {
        assert_eq!(with(json!({"aud": aud})), PASSES, "{aud}");
    }
    let any = jwt::Rules {
        audience: vec!["one".into(), "two".into()],
        ..rules()
    };
    for (aud, expected) in [
        (json!("two"), &[][..]),
        (json!(["x", "one"]), &[]),
        (json!(["x", "y"]), &["aud"]),
    ] {
        assert_eq!(
            judge_claims(&claims_with(json!({"aud": aud})), &any),
            expected,
            "{aud}"
        );
    }
}

#[test]
fn j43_what_was_not_asked_for_is_said() {
    let key = key(Algorithm::EdDSA);
    let token = signed(
        key,
        header_with(key, json!({})),
        claims_with(json!({"iat": NOW.0 + 1})),
    );
    let verified = jwt::verify(&token, &set_of(key), &jwt::Rules::default(), NOW).unwrap();
    let warnings: Vec<_> = verified
        .warnings
        .iter()
        .map(|warning| warning.code)
        .collect();
    assert_eq!(
        warnings,
        [
            "issued_in_the_future",
            "issuer_not_checked",
            "audience_not_checked"
        ]
    );
    assert_eq!(verified.warnings[2].message, "audience not checked");
    // Types are checked all the same.
    let payload = claims_with(json!({"iss": ["i"], "aud": 5}));
    assert_eq!(
        judge_claims(&payload, &jwt::Rules::default()),
        ["iss_invalid", "aud_invalid"]
    );
}

#[test]
fn j44_typ_is_a_media_type() {
    let key = key(Algorithm::EdDSA);
    let judge = |typ: Value, wanted: Option<&str>| {
        let header = match typ {
            Value::Null => json!({}),
            typ => json!({"typ": typ}),
        };
        let token = signed(key, header_with(key, header), claims().to_string());
        let rules = jwt::Rules {
            typ: wanted.map(ToOwned::to_owned),
            ..rules()
        };
        judge_by(&token, &set_of(key), &rules)
    };
    for typ in [
        "JWT",
        "logout+jwt",
        "dpop+jwt",
        "at+jwt ",
        " at+jwt",
        "text/at+jwt",
        "application/x/at+jwt",
        "at+jwt;v=1",
        "",
        "at+jwtx",
    ] {
        assert_eq!(judge(json!(typ), Some("at+jwt")), ["typ"], "{typ:?}");
    }
    assert_eq!(judge(json!(null), Some("at+jwt")), ["typ_missing"]);
    assert_eq!(judge(json!(["at+jwt"]), Some("at+jwt")), ["typ_invalid"]);
    assert_eq!(judge(json!(["at+jwt"]), None), ["typ_invalid"]);
    assert_eq!(judge(json!("at+jwt"), Some("JWT")), ["typ"]);
    for typ in [
        "at+jwt",
        "application/at+jwt",
        "AT+JWT",
        "Application/At+Jwt",
    ] {
        assert_eq!(judge(json!(typ), Some("at+jwt")), PASSES, "{typ}");
        assert_eq!(
            judge(json!(typ), Some("application/at+jwt")),
            PASSES,
            "{typ}"
        );
        assert_eq!(judge(json!(typ), None), PASSES, "{typ}");
    }
}

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
fn all_failures_are_reported_together() {
    let rs256 = key(Algorithm::RS256);
    let rules = jwt::Rules {
        typ: Some("at+jwt".into()),
        scopes: vec!["read".into()],
        required: vec!["sub".parse().unwrap()],
        ..rules()
    };
    let claims = json!({"iss": "x", "aud": "y", "exp": NOW.0, "nbf": NOW.0 + 1}).to_string();
    let token = signed(rs256, header_with(rs256, json!({"kid": "key"})), claims);
    let forged = with_signature(&token, [0; 256]);
    let error = jwt::verify(&forged, &set_of(rs256), &rules, NOW).unwrap_err();
    let expected = [
        "signature",
        "typ_missing",
        "expired",
        "not_yet_valid",
        "iss",
        "aud",
        "scope_missing",
        "claim_missing",
    ];
    let codes: Vec<_> = error
        .failures()
        .iter()
        .map(|failure| failure.code)
        .collect();
    assert_eq!(codes, expected);
    assert_eq!(
        (error.code(), error.exit()),
        ("token_refused", Exit::BadToken)
    );
    let details = error.details();
    assert_eq!(details["failures"][2]["code"], "expired");
    let message = details["failures"][2]["message"].as_str().unwrap();
    assert!(message.starts_with("it expired "), "{message}");
    assert!(error.to_string().contains(message));
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
