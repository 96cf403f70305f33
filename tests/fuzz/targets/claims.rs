//! The rules for claims: a token that passes has what was asked for, by a
//! reading of its own; a further rule never makes a refused token pass; and
//! among many it is judged as alone.
#![no_main]

use std::time::Duration;

use authctl::core::jose::jwt::{self, Rules};
use authctl::core::jose::{Batch, ClaimPath, Profile};
use authctl_fuzz::{KEYS, NOW, codes, sign};
use libfuzzer_sys::fuzz_target;
use serde_json::{Map, Value};

const ISSUER: &str = "https://issuer.example";

fuzz_target!(|octets: &[u8]| {
    let [choice, profile, payload @ ..] = octets else {
        return;
    };
    let choice = *choice;
    let token = sign(0, Map::new(), payload);
    let mut rules = rules(choice);
    rules.profile = self::profile(*profile);
    let verdict = jwt::verify(&token, &KEYS, &rules, NOW);
    let mut batch = Batch::new(&KEYS, &rules);
    let among_many = batch.verify(&token, NOW);
    assert_eq!(among_many.map(|_| ()), verdict.clone().map(|_| ()));
    let Ok(claims) = serde_json::from_slice::<Map<String, Value>>(payload) else {
        // A Claims Set is an object (RFC 7519 §7.2).
        assert!(verdict.is_err());
        return;
    };
    if verdict.is_ok() {
        satisfied(&claims, &rules);
    }

    // One rule less refuses no more, and for no other reason.
    let mut fewer = rules.clone();
    match choice >> 5 {
        0 => fewer.issuer = None,
        1 => fewer.audience.clear(),
        2 => fewer.scopes.clear(),
        3 => fewer.required.clear(),
        4 => fewer.claims.clear(),
        5 => fewer.max_age = None,
        6 => fewer.allow_missing_exp = true,
        _ => fewer.profile = None,
    }
    let lenient = jwt::verify(&token, &KEYS, &fewer, NOW);
    match (&verdict, &lenient) {
        (Ok(_), Err(error)) => panic!("refused by fewer rules: {:?}", codes(error)),
        (Err(strict), Err(lenient)) => {
            let strict = codes(strict);
            for code in codes(lenient) {
                assert!(strict.contains(&code), "{code} is not among {strict:?}");
            }
        }
        _ => {}
    }
});

fn rules(choice: u8) -> Rules {
    let on = |bit: u8| choice & (1 << bit) != 0;
    let some = |bit, name: &str| on(bit).then(|| name.to_owned()).into_iter().collect();
    Rules {
        issuer: on(0).then(|| ISSUER.to_owned()),
        audience: some(1, "api"),
        scopes: some(2, "read"),
        required: on(3).then(|| ClaimPath::name("sub")).into_iter().collect(),
        claims: on(4)
            .then(|| "n=1".parse().expect("it is a rule"))
            .into_iter()
            .collect(),
        leeway: Duration::from_secs(if on(5) { 10 } else { 0 }),
        max_age: on(6).then(|| Duration::from_secs(300)),
        allow_missing_exp: on(7),
        ..Rules::default()
    }
}

fn profile(choice: u8) -> Option<Profile> {
    let client_id = || "app".to_owned();
    match choice % 4 {
        1 => Some(Profile::AccessToken { client_id: None }),
        2 => Some(Profile::IdToken {
            client_id: client_id(),
            nonce: (choice & 4 != 0).then(|| "n-0S6_WzA2Mj".to_owned()),
            access_token: None,
        }),
        3 => Some(Profile::LogoutToken {
            client_id: client_id(),
        }),
        _ => None,
    }
}

/// Checks claims that passed, in the plainest way.
fn satisfied(claims: &Map<String, Value>, rules: &Rules) {
    let now = NOW.0 as f64;
    let leeway = rules.leeway.as_secs_f64();
    let number = |name: &str| claims.get(name).map(|claim| claim.as_f64().expect(name));
    match number("exp") {
        Some(exp) => assert!(now < exp.ceil() + leeway, "it expired at {exp}"),
        None => assert!(rules.allow_missing_exp, "it has no exp"),
    }
    if let Some(nbf) = number("nbf") {
        assert!(now + leeway >= nbf, "it is valid from {nbf}");
    }
    let issued = number("iat");
    if let Some(max_age) = rules.max_age {
        let issued = issued.expect("iat is there");
        assert!(now - issued.floor() <= max_age.as_secs_f64() + leeway);
        assert!(issued <= now + leeway);
    }
    if let Some(issuer) = &rules.issuer {
        assert_eq!(claims["iss"], issuer.as_str());
    }
    if let [audience] = rules.audience.as_slice() {
        assert!(names(&claims["aud"], audience));
    }
    if let [scope] = rules.scopes.as_slice() {
        let granted = claims.get("scope").or_else(|| claims.get("scp"));
        let granted = granted.expect("a scope is there");
        assert!(match granted {
            Value::String(list) => list.split(' ').any(|granted| granted == scope),
            list => names(list, scope),
        });
    }
    if !rules.required.is_empty() {
        assert!(claims.contains_key("sub"), "sub is there");
    }
    match &rules.profile {
        Some(Profile::AccessToken { .. }) => {
            for name in ["iss", "exp", "aud", "sub", "client_id", "iat", "jti"] {
                assert!(claims.contains_key(name), "{name} is there (RFC 9068 §2.2)");
            }
        }
        Some(Profile::IdToken { nonce, .. }) => {
            assert!(names(&claims["aud"], "app"));
            if let Some(nonce) = nonce {
                assert_eq!(claims["nonce"], nonce.as_str());
            }
        }
        Some(Profile::LogoutToken { .. }) => {
            assert!(claims["events"].is_object());
            assert!(!claims.contains_key("nonce"));
        }
        None => {}
    }
    if !rules.claims.is_empty() {
        let one = |found: &Value| *found == 1 || *found == "1";
        let found = &claims["n"];
        assert!(one(found) || found.as_array().is_some_and(|found| found.iter().any(one)));
    }
}

/// Says whether a claim is a text or a list of texts that has it.
fn names(claim: &Value, text: &str) -> bool {
    match claim {
        Value::Array(items) => items.iter().any(|item| item == text),
        other => other == text,
    }
}
