//! A token among many gets the verdict that it gets alone. Every token that
//! another file of these tests judges is judged in a batch too; here they are
//! honest tokens with something changed, one after the other.

use authctl::core::error::Report as _;
use authctl::core::jose::{Algorithm, Batch, Field, Keys, base64url, jwt};
use proptest::prelude::*;
use proptest::sample::{Index, select};
use serde_json::{Value, json};

use crate::fixture::*;

const ALGORITHMS: [Algorithm; 6] = [
    Algorithm::RS256,
    Algorithm::PS256,
    Algorithm::ES256,
    Algorithm::EdDSA,
    Algorithm::HS256,
    Algorithm::ES384,
];

/// A set of all keys, whose kids are the names of their algorithms.
fn keys() -> Keys {
    let jwk = |algorithm: Algorithm| jwk_with(key(algorithm), json!({"kid": algorithm.name()}));
    set(&ALGORITHMS.map(jwk))
}

fn strict() -> jwt::Rules {
    jwt::Rules {
        scopes: vec!["read".into()],
        claims: vec!["tenant=7".parse().unwrap()],
        required: vec!["jti".parse().unwrap()],
        typ: Some("at+jwt".into()),
        ..rules()
    }
}

/// Headers that `verify` answers in all the ways it has.
fn header() -> impl Strategy<Value = (Algorithm, Value)> {
    let change = select(vec![
        json!({}),
        json!({}),
        json!({"typ": "at+jwt"}),
        json!({"typ": "JWT"}),
        json!({"typ": 1}),
        json!({"kid": "other"}),
        json!({"kid": 1}),
        json!({"kid": "RS256"}),
        json!({"alg": "none"}),
        json!({"alg": "HS256"}),
        json!({"alg": "ES512"}),
        json!({"alg": "FOO"}),
        json!({"alg": null}),
        json!({"crit": ["b64"], "b64": false}),
        json!({"crit": []}),
        json!({"b64": 1}),
        json!({"jwk": {"kty": "oct", "k": "AAAA"}, "x5u": "https://evil.example"}),
    ]);
    (select(ALGORITHMS.to_vec()), change).prop_map(|(algorithm, change)| {
        let mut header = json!({"alg": algorithm.name(), "typ": "at+jwt", "kid": algorithm.name()});
        for (name, value) in change.as_object().unwrap() {
            header[name] = value.clone();
        }
        (algorithm, header)
    })
}

/// Claims that `Rules` answers in all the ways it has.
fn payload() -> impl Strategy<Value = String> {
    let whole = json!({
        "iss": "https://issuer.example", "aud": ["other", "api"], "exp": NOW.0 + 60,
        "nbf": NOW.0 - 60, "iat": NOW.0 - 60, "jti": "1", "tenant": 7,
        "scope": "read write", "address": {"country": "SE", "lines": ["a", {"b": null}]},
    });
    let change = select(vec![
        ("", json!(null)),
        ("", json!(null)),
        ("exp", json!(NOW.0)),
        ("exp", json!(NOW.0 as f64 + 60.5)),
        ("exp", json!("tomorrow")),
        ("exp", json!(1_u64 << 63)),
        ("nbf", json!(NOW.0 + 1)),
        ("nbf", json!([])),
        ("iat", json!(-1)),
        ("iss", json!("https://issuer.example/")),
        ("iss", json!(["https://issuer.example"])),
        ("iss", json!("https:\u{2f}/issuer\u{e9}")),
        ("aud", json!("api")),
        ("aud", json!([])),
        ("aud", json!(["api", 1])),
        ("scope", json!("readwrite")),
        ("scope", json!(["read"])),
        ("tenant", json!("7")),
        ("tenant", json!([1, "7"])),
        ("tenant", json!(7.0)),
        ("jti", json!(null)),
        ("big", json!(1e300)),
        ("text", json!("\u{1}\"\\\u{10ffff}")),
    ]);
    (change, any::<bool>(), any::<bool>()).prop_map(move |((name, value), remove, pretty)| {
        let mut claims = whole.clone();
        if !name.is_empty() {
            claims[name] = value;
            if remove {
                claims.as_object_mut().unwrap().remove(name);
            }
        }
        match pretty {
            true => serde_json::to_string_pretty(&claims).unwrap(),
            false => claims.to_string(),
        }
    })
}

/// What is done to a token after it was signed.
#[derive(Clone, Debug)]
enum Damage {
    None,
    Replace(Index, u8),
    Insert(Index, u8),
    Remove(Index),
    Cut(Index),
    /// Another header or payload under the same signature.
    Payload(String),
    /// A flipped bit in the octets of a part.
    Bit(usize, Index),
}

fn damage() -> impl Strategy<Value = Damage> {
    // Characters that a token has, and some that it must not.
    let octet = || select(b"AZaz09-_.=+/ {\"\n\0".to_vec());
    prop_oneof![
        4 => Just(Damage::None),
        1 => (any::<Index>(), octet()).prop_map(|(at, octet)| Damage::Replace(at, octet)),
        1 => (any::<Index>(), octet()).prop_map(|(at, octet)| Damage::Insert(at, octet)),
        1 => any::<Index>().prop_map(Damage::Remove),
        1 => any::<Index>().prop_map(Damage::Cut),
        1 => payload().prop_map(Damage::Payload),
        2 => (0..3_usize, any::<Index>()).prop_map(|(part, at)| Damage::Bit(part, at)),
    ]
}

fn damaged(token: String, damage: Damage) -> String {
    let mut octets = token.clone().into_bytes();
    match damage {
        Damage::None => {}
        Damage::Replace(at, octet) => octets[at.index(token.len())] = octet,
        Damage::Insert(at, octet) => octets.insert(at.index(token.len()), octet),
        Damage::Remove(at) => drop(octets.remove(at.index(token.len()))),
        Damage::Cut(at) => octets.truncate(at.index(token.len())),
        Damage::Payload(payload) => {
            let parts: Vec<&str> = token.split('.').collect();
            let payload = base64url::encode(payload);
            return format!("{}.{payload}.{}", parts[0], parts[2]);
        }
        Damage::Bit(part, at) => {
            let mut parts: Vec<String> = token.split('.').map(str::to_owned).collect();
            let mut octets = base64url::decode(&parts[part]).unwrap();
            let bit = at.index(octets.len() * 8);
            octets[bit / 8] ^= 1 << (bit % 8);
            parts[part] = base64url::encode(octets);
            return parts.join(".");
        }
    }
    String::from_utf8(octets).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn a_token_among_many_is_judged_as_alone(
        tokens in prop::collection::vec((header(), payload(), damage()), 10),
        pinned in any::<bool>(),
    ) {
        let keys = keys();
        let mut rules = strict();
        if pinned {
            rules.algorithms = Some(vec![Algorithm::ES256, Algorithm::HS256]);
        }
        let mut batch = Batch::new(&keys, &rules);
        for ((algorithm, header), payload, damage) in tokens {
            let token = signed(key(algorithm), header.to_string(), payload);
            same_in_a_batch(&mut batch, &damaged(token, damage), &keys, &rules);
        }
    }
}

#[test]
fn more_headers_than_are_remembered_are_judged_all_the_same() {
    let (keys, rules) = (keys(), rules());
    let mut batch = Batch::new(&keys, &rules);
    let key = key(Algorithm::HS256);
    let long = "x".repeat(2_000);
    let headers: Vec<_> = (0..100)
        .flat_map(|n| {
            let kid = if n % 3 == 0 { "other" } else { "HS256" };
            [
                json!({"kid": kid, "n": n}),
                json!({"kid": kid, "n": n, "x": long}),
            ]
        })
        .map(|members| header_with(key, members))
        .collect();
    for _ in 0..2 {
        for header in &headers {
            let token = signed(key, header, claims().to_string());
            same_in_a_batch(&mut batch, &token, &keys, &rules);
        }
    }
}

#[test]
fn a_key_given_alone_that_is_unfit_is_said_each_time() {
    let keys = Keys::secret(authctl::core::secret::SecretBytes::new([7; 32])).unwrap();
    let rules = rules();
    let mut batch = Batch::new(&keys, &rules);
    let token = good(key(Algorithm::HS512));
    same_in_a_batch(&mut batch, &token, &keys, &rules);
    assert_eq!(batch.verify(&token, NOW).unwrap_err().code(), "key_weak");
}

#[test]
fn a_token_is_found_in_its_field() {
    let line = br#"{"id":1,"token":"a.b.c","a/b":{"m~n":["x","y.z.w"]},"":"empty","n":1}"#;
    for (path, found) in [
        ("token", Ok("a.b.c")),
        ("/token", Ok("a.b.c")),
        ("/a~1b/m~0n/1", Ok("y.z.w")),
        ("/", Ok("empty")),
        ("$.token", Ok("a.b.c")),
        ("$['a/b']['m~n'][-1]", Ok("y.z.w")),
        ("$['a/b']['m~n'][*]", Err("field_missing")),
        ("/a~1b/m~0n/2", Err("field_missing")),
        ("/a~1b", Err("field_missing")),
        ("/token/0", Err("field_missing")),
        ("a/b", Err("field_missing")),
        ("n", Err("field_missing")),
        ("absent", Err("field_missing")),
    ] {
        let mut field = Field::new(path.parse().unwrap());
        for _ in 0..2 {
            let text = field.find(line).map_err(|error| codes::<()>(Err(error))[0]);
            assert_eq!(text, found, "{path}");
        }
    }
    for line in [
        &b""[..],
        b"a.b.c",
        b"[]",
        b"{\"token\":1",
        b"{\"token\":\"a\",\"token\":\"b\"}",
    ] {
        let error = Field::new("token".parse().unwrap()).find(line).unwrap_err();
        assert_eq!(codes::<()>(Err(error)), ["line_malformed"]);
    }
}
