//! SECURITY rows J36 to J44: the claims, and what is asked of them.

use std::time::Duration;

use authctl::core::error::{Exit, Report as _};
use authctl::core::jose::{Algorithm, jwt};
use serde_json::{Value, json};

use crate::fixture::*;

/// Judges claims that are signed as they should be.
pub fn judge_claims(payload: &str, rules: &jwt::Rules) -> Vec<&'static str> {
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
