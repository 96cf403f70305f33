//! SECURITY rows J22, J25 to J36, J52, J55: the form of a token.

use std::time::{Duration, Instant};

use authctl::core::error::{Exit, Report as _};
use authctl::core::jose::{Algorithm, Error, Malformed, base64url, jws, jwt, lint};
use serde_json::json;

use crate::fixture::*;

#[test]
fn j25_j26_critical_extensions_that_are_not_understood_are_refused() {
    let key = key(Algorithm::EdDSA);
    for crit in [
        json!(["foo"]),
        json!(["http://example.com/UNDEFINED"]),
        json!(["cnf"]),
        json!(["absent"]),
        json!(["b64"]),
        json!("foo"),
        json!(null),
        json!({"foo": 1}),
        json!(true),
        json!([1]),
        json!([null]),
        json!([["foo"]]),
        json!(["foo", "foo"]),
        json!([]),
        json!(["alg"]),
        json!(["kid"]),
        json!(["typ"]),
        json!(["crit"]),
        json!(["enc"]),
        json!(["x5t#S256"]),
    ] {
        let header =
            json!({"crit": crit, "foo": 1, "cnf": {}, "http://example.com/UNDEFINED": true});
        let token = signed(key, header_with(key, header.clone()), claims().to_string());
        assert_eq!(judge(&token, &set_of(key)), ["crit"], "{header}");
        assert_eq!(judge_jws(&token, &set_of(key)), ["crit"], "{header}");
    }
    let twice = r#"{"alg":"EdDSA","crit":["foo"],"crit":["foo"],"foo":1}"#;
    let token = signed(key, twice, claims().to_string());
    assert_eq!(judge(&token, &set_of(key)), ["token_malformed"]);
    // Extensions that are not critical are ignored (RFC 7515 §4).
    let header = header_with(key, json!({"foo": 1, "b64": true}));
    let token = signed(key, header, claims().to_string());
    assert_eq!(judge(&token, &set_of(key)), PASSES);
}

#[test]
fn j27_a_jwt_is_encoded() {
    let key = key(Algorithm::ES256);
    let keys = set_of(key);
    let header = |members| base64url::encode(header_with(key, members));
    let payload = base64url::encode(claims().to_string());
    let plain = claims().to_string().replace('.', "");
    for (members, expected) in [
        (json!({"b64": false}), &["unencoded_payload"][..]),
        (
            json!({"b64": false, "crit": ["b64"]}),
            &["crit", "unencoded_payload"],
        ),
        (json!({"b64": true, "crit": ["b64"]}), &["crit"]),
        (json!({"b64": "false"}), &["b64_invalid"]),
        (json!({"b64": 0}), &["b64_invalid"]),
        (json!({"b64": null}), &["b64_invalid"]),
    ] {
        let token = signed_parts(key, &header(members.clone()), &payload);
        assert_eq!(judge(&token, &keys), expected, "{members}");
        assert_eq!(judge_jws(&token, &keys), expected, "{members}");
    }
    let members = json!({"b64": false, "crit": ["b64"]});
    let token = signed_parts(key, &header(members), &plain);
    assert_eq!(judge(&token, &keys), ["crit", "unencoded_payload"]);
    // detached
    let whole = signed_parts(key, &header(json!({})), &payload);
    let [head, _, signature] = whole.split('.').collect::<Vec<_>>()[..] else {
        unreachable!()
    };
    let detached = format!("{head}..{signature}");
    assert_eq!(judge(&detached, &keys), ["token_malformed"]);
    assert_eq!(judge_jws(&detached, &keys), ["signature"]);
}

#[test]
fn j27_a_jws_may_be_unencoded_or_detached_where_that_is_asked_for() {
    let key = key(Algorithm::ES256);
    let keys = set_of(key);
    let payload = "not, a, JWT";
    let encoded = base64url::encode(payload);
    let allowed = jws::Rules {
        allow_unencoded: true,
        ..jws::Rules::default()
    };
    let detached = jws::Rules {
        detached_payload: Some(payload.as_bytes()),
        allow_unencoded: true,
        ..jws::Rules::default()
    };
    let judge = |token: &str, rules: &jws::Rules<'_>| {
        let verified = jws::verify(token, &keys, rules);
        if let Ok(verified) = &verified {
            assert_eq!(verified.payload, payload.as_bytes());
        }
        codes(verified)
    };
    let without = |token: &str| {
        let parts: Vec<&str> = token.split('.').collect();
        format!("{}..{}", parts[0], parts[2])
    };
    let unencoded = base64url::encode(header_with(key, json!({"b64": false, "crit": ["b64"]})));
    let unbound = base64url::encode(header_with(key, json!({"b64": false})));
    let absent = base64url::encode(header_with(key, json!({"crit": ["b64"]})));
    let plain = base64url::encode(header_with(key, json!({})));

    let token = signed_parts(key, &unencoded, payload);
    assert_eq!(judge(&token, &allowed), PASSES);
    assert_eq!(judge(&without(&token), &detached), PASSES);
    assert_eq!(judge(&token, &detached), ["payload_attached"]);
    let token = signed_parts(key, &plain, &encoded);
    assert_eq!(judge(&token, &allowed), PASSES);
    assert_eq!(judge(&without(&token), &detached), PASSES);
    let other = jws::Rules {
        detached_payload: Some(b"another"),
        ..detached
    };
    assert_eq!(judge(&without(&token), &other), ["signature"]);
    let token = signed_parts(key, &unbound, payload);
    assert_eq!(judge(&token, &allowed), ["crit"]);
    let token = signed_parts(key, &absent, &encoded);
    assert_eq!(judge(&token, &allowed), ["crit"]);
    let twice = header_with(key, json!({"b64": false, "crit": ["b64", "b64"]}));
    let token = signed_parts(key, &base64url::encode(twice), payload);
    assert_eq!(judge(&token, &allowed), ["crit"]);
    let needless = header_with(key, json!({"b64": true, "crit": ["b64"]}));
    let token = signed_parts(key, &base64url::encode(needless), &encoded);
    assert_eq!(judge(&token, &allowed), PASSES);
}

#[test]
fn j28_members_that_come_twice_are_refused_also_when_signed() {
    let key = key(Algorithm::EdDSA);
    let header = header_with(key, json!({}));
    let exp = NOW.0 + 60;
    for claims in [
        format!(r#"{{"exp":{exp},"exp":{exp}}}"#),
        format!(r#"{{"exp":{exp},"\u0065xp":{exp}}}"#),
        format!(r#"{{"exp":{exp},"scope":"a","scope":"b"}}"#),
        format!(r#"{{"exp":{exp},"nested":{{"a":1,"a":2}}}}"#),
        format!(r#"{{"exp":{exp},"nested":[{{"a":1,"a":2}}]}}"#),
    ] {
        let token = signed(key, &header, &claims);
        assert_eq!(judge(&token, &set_of(key)), ["token_malformed"], "{claims}");
    }
    for header in [
        r#"{"alg":"EdDSA","alg":"EdDSA"}"#,
        r#"{"alg":"EdDSA","foo":1,"foo":1}"#,
        r#"{"alg":"EdDSA","al\u0067":"none"}"#,
        r#"{"alg":"EdDSA","jwk":{"kty":"OKP","kty":"oct"}}"#,
    ] {
        let token = signed(key, header, claims().to_string());
        assert_eq!(judge(&token, &set_of(key)), ["token_malformed"], "{header}");
    }
}

#[test]
fn j29_j30_parts_that_are_not_base64url_are_refused_also_when_signed() {
    let key = key(Algorithm::EdDSA);
    let keys = set_of(key);
    let header = base64url::encode(header_with(key, json!({"x": ">>>???"})));
    let payload = base64url::encode(claims_with(json!({"x": ">>>???", "p": "12"})));
    let whole = signed_parts(key, &header, &payload);
    assert_eq!(judge(&whole, &keys), PASSES);
    assert!(header.contains(['-', '_']) && payload.contains(['-', '_']));
    type Spoil = fn(&str) -> String;
    let spoilt: [Spoil; 11] = [
        |part| format!("{part}="),
        |part| format!("{part}=="),
        |part| part.replace('-', "+").replace('_', "/"),
        |part| format!("{part} "),
        |part| format!(" {part}"),
        |part| format!("{part}\t"),
        |part| format!("{part}\n"),
        |part| format!("{}\n{}", &part[..8], &part[8..]),
        |part| format!("{part}\0"),
        |part| format!("\u{feff}{part}"),
        |part| format!("{part}%3D"),
    ];
    for (at, spoil) in spoilt.iter().enumerate() {
        for token in [
            signed_parts(key, &spoil(&header), &payload),
            signed_parts(key, &header, &spoil(&payload)),
        ] {
            assert_eq!(judge(&token, &keys), ["token_malformed"], "{at} {token}");
            assert_eq!(
                judge_jws(&token, &keys),
                ["token_malformed"],
                "{at} {token}"
            );
        }
    }
    // The last character of the signature has four bits that say nothing.
    let (start, last) = whole.split_at(whole.len() - 1);
    let alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let at = alphabet.find(last).unwrap();
    for bits in 1..16 {
        let other = &alphabet[at + bits..=at + bits];
        assert_eq!(
            judge(&format!("{start}{other}"), &keys),
            ["token_malformed"]
        );
    }
}

#[test]
fn j31_what_is_no_compact_jwt_is_refused() {
    let key = key(Algorithm::ES256);
    let keys = set_of(key);
    let token = good(key);
    let [header, payload, signature] = token.split('.').collect::<Vec<_>>()[..] else {
        unreachable!()
    };
    for (text, expected) in [
        (header.to_owned(), Malformed::Parts(1)),
        (format!("{header}.{payload}"), Malformed::Parts(2)),
        (format!("{token}.{signature}"), Malformed::Parts(4)),
        (format!("{token}."), Malformed::Parts(4)),
        (format!("{token}.a.b.c"), Malformed::Parts(6)),
        (format!("{token}.{header}.{payload}"), Malformed::Encrypted),
        (format!("{token}{token}"), Malformed::Encrypted),
        (format!("{token} {token}"), Malformed::Encrypted),
        ("....".into(), Malformed::Encrypted),
        (String::new(), Malformed::Empty),
        (
            format!("\"{token}\""),
            Malformed::Base64url { part: "signature" },
        ),
        (
            format!("'{token}'"),
            Malformed::Base64url { part: "signature" },
        ),
        (token.replace('.', "%2E"), Malformed::Parts(1)),
        (
            json!({"payload": payload, "protected": header, "signature": signature}).to_string(),
            Malformed::JsonSerialization,
        ),
    ] {
        let error = jwt::verify(&text, &keys, &rules(), NOW).unwrap_err();
        assert_eq!(error, Error::Malformed(expected), "{text}");
        assert_eq!(error.exit(), Exit::BadToken);
    }
    for text in [
        "..".to_owned(),
        format!(".{payload}.{signature}"),
        format!("{header}..{signature}"),
    ] {
        assert_eq!(judge(&text, &keys), ["token_malformed"], "{text}");
    }
}

#[test]
fn j31_j32_the_input_is_trimmed_and_nothing_more() {
    for input in [
        "a.b.c",
        "a.b.c\n",
        "a.b.c\r\n",
        "  \t\r\na.b.c \n\n",
        "Bearer a.b.c",
        "bearer a.b.c\n",
        " BEARER   a.b.c ",
    ] {
        assert_eq!(jws::trim_input(input.as_bytes()), Ok("a.b.c"), "{input:?}");
    }
    for input in [
        "Bearer Bearer a.b.c",
        "Bearera.b.c",
        "\"a.b.c\"",
        "a.b.c a.b.c",
        "Authorization: Bearer a.b.c",
        "é",
    ] {
        let kept = input.strip_prefix("Bearer ").unwrap_or(input);
        assert_eq!(jws::trim_input(input.as_bytes()), Ok(kept), "{input:?}");
    }
    for input in ["", " \r\n", "Bearer ", "Bearer  \n"] {
        let kept = jws::trim_input(input.as_bytes());
        match input.trim() {
            // Without what follows it is a word like any other.
            "Bearer" => assert_eq!(kept, Ok("Bearer"), "{input:?}"),
            _ => assert_eq!(kept, Err(Malformed::Empty.into()), "{input:?}"),
        }
    }
    assert_eq!(jws::trim_input(b"a.\xff.c"), Err(Malformed::NotText.into()));
}

#[test]
fn j33_header_and_payload_are_objects() {
    let key = key(Algorithm::EdDSA);
    let keys = set_of(key);
    let header = header_with(key, json!({}));
    let good = claims().to_string();
    let utf16 = |text: &str| text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let mut broken: Vec<Vec<u8>> = [
        "[]",
        "null",
        "\"\"",
        "text",
        "",
        "1",
        "{",
        "{}x",
        "{}{}",
        "{/**/}",
        r#"{"exp":NaN}"#,
        r#"{"exp":Infinity}"#,
    ]
    .iter()
    .map(|text| text.as_bytes().to_vec())
    .collect();
    for text in [&header, &good] {
        broken.push(format!("{text}{text}").into_bytes());
        broken.push(format!("{text} x").into_bytes());
        broken.push(format!("\u{feff}{text}").into_bytes());
        broken.push(utf16(text));
        broken.push(text.replacen('{', "{\"x\":\"\u{1}\",", 1).into_bytes());
        let mut overlong = text.replacen('{', "{\"x\":\"??\",", 1).into_bytes();
        let at = overlong.iter().position(|octet| *octet == b'?').unwrap();
        overlong[at..at + 2].copy_from_slice(b"\xc0\xaf");
        broken.push(overlong.clone());
        overlong[at..at + 2].copy_from_slice(b"\xff\xfe");
        broken.push(overlong);
    }
    for text in broken {
        for token in [signed(key, &text, &good), signed(key, &header, &text)] {
            assert_eq!(judge(&token, &keys), ["token_malformed"], "{text:?}");
            assert_eq!(codes(jwt::decode(&token)), ["token_malformed"], "{text:?}");
        }
    }
    // A JWS may have any payload.
    assert_eq!(judge_jws(&signed(key, &header, "text"), &keys), PASSES);
    assert_eq!(judge_jws(&signed(key, &header, ""), &keys), PASSES);
}

#[test]
fn j34_j35_size_and_depth_are_bounded() {
    let key = key(Algorithm::HS256);
    let keys = set_of(key);
    let header = header_with(key, json!({}));
    let deep = format!(r#"{{"a":{}{}}}"#, "[".repeat(20_000), "]".repeat(20_000));
    let brackets = "[".repeat(300_000);
    let mib = |count: usize| base64url::encode(vec![b' '; count << 20]);
    let small = base64url::encode(claims().to_string());
    let start = Instant::now();
    for (what, token) in [
        ("deep claim", signed(key, &header, &deep)),
        ("deep payload", signed(key, &header, &brackets)),
        ("deep header", signed(key, &brackets, claims().to_string())),
        (
            "lone surrogate",
            signed(key, &header, r#"{"exp":1,"a":"\ud800"}"#),
        ),
        ("dots", ".".repeat(2_000_000)),
        (
            "long payload",
            signed_parts(key, &base64url::encode(&header), &mib(16)),
        ),
        ("long header", signed_parts(key, &mib(8), &small)),
        (
            "long signature",
            format!("{}.{small}.{}", base64url::encode(&header), mib(8)),
        ),
    ] {
        assert_eq!(judge(&token, &keys), ["token_malformed"], "{what}");
        assert_eq!(codes(jwt::decode(&token)), ["token_malformed"], "{what}");
    }
    assert!(start.elapsed() < Duration::from_secs(20));
    // Beyond the bound nothing of a token is read.
    let beyond = "a".repeat(jws::MAX_TOKEN_LEN + 1);
    let error = jwt::decode(&beyond).unwrap_err();
    assert_eq!(error, Error::Malformed(Malformed::TooLong));
    let error = jwt::decode(&beyond[1..]).unwrap_err();
    assert_eq!(error, Error::Malformed(Malformed::Parts(1)));
    // Up to the bound a token is a token.
    let long = claims_with(json!({"a": "a".repeat(3_000_000)}));
    let token = signed(key, &header, long);
    assert!(token.len() < jws::MAX_TOKEN_LEN);
    assert_eq!(judge(&token, &keys), PASSES);
}

#[test]
fn j52_an_encrypted_token_has_no_signature() {
    let header = base64url::encode(r#"{"alg":"RSA-OAEP-256","enc":"A256GCM"}"#);
    let token = format!("{header}.AAAA.AAAA.AAAA.AAAA");
    let error = jwt::verify(&token, &set_of(key(Algorithm::RS256)), &rules(), NOW).unwrap_err();
    assert_eq!(error, Error::Malformed(Malformed::Encrypted));
}

#[test]
fn j55_decode_shows_without_judging() {
    let header = r#"{"typ":"JWT","alg":"none"}"#;
    let payload = r#"{"z":1,"exp":1.5,"iat":-1,"nbf":"x"}"#;
    let token = format!(
        "{}.{}.",
        base64url::encode(header),
        base64url::encode(payload)
    );
    let decoded = jwt::decode(&token).unwrap();
    assert_eq!(json!(decoded.header).to_string(), header);
    assert_eq!(json!(decoded.claims().unwrap()).to_string(), payload);
    let times = decoded.times();
    assert_eq!(times.expires_at.map(|time| time.0), Some(2));
    assert_eq!(times.issued_at.map(|time| time.0), Some(-1));
    assert_eq!(times.not_before, None);
    let codes: Vec<_> = lint(&decoded, NOW, Duration::ZERO)
        .iter()
        .filter(|found| found.rule.always())
        .map(|found| found.rule.code())
        .collect();
    assert_eq!(codes, ["alg_none", "time_invalid"]);
}

#[test]
fn j55_of_an_encrypted_token_the_header_is_shown() {
    let header = r#"{"alg":"dir","enc":"A256GCM"}"#;
    let decoded = jwt::decode(&format!("{}..AA.AA.AA", base64url::encode(header))).unwrap();
    assert_eq!(json!(decoded.header).to_string(), header);
    assert!(decoded.claims().is_none());
    assert_eq!(codes(jwt::decode("e30.=.AA.AA.AA")), ["token_malformed"]);
    assert_eq!(codes(jwt::decode("W10..AA.AA.AA")), ["token_malformed"]);
}
