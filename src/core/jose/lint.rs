//! What is unwise about a token, seen without any key.

use serde_json::{Map, Value};

use super::algorithm::Algorithm;
use super::error::{Warning, shorten};
use super::jwt::{UnverifiedContent, UnverifiedJwt};
use super::public_key::{MIN_RSA_BITS, PublicKey};
use crate::core::time::{Timestamp, humanize_span};

/// The longest life of a token that is not remarked on: a day. Access tokens
/// and ID Tokens live minutes to hours, since nobody can call them back.
const LONG_LIFE: u64 = 86_400;

/// Names of claims whose values should not be in a token, which anyone who
/// holds it can read; in lower case and without `_` and `-`.
const SECRET_NAMES: [&str; 20] = [
    "accesskey",
    "accesstoken",
    "apikey",
    "apisecret",
    "cardnumber",
    "clientsecret",
    "creditcard",
    "cvc",
    "cvv",
    "passphrase",
    "passwd",
    "password",
    "passwordhash",
    "privatekey",
    "pwd",
    "refreshtoken",
    "secret",
    "secretkey",
    "sessiontoken",
    "ssn",
];

/// Header parameters that bring a key or say where one is. A verifier that
/// follows them lets the sender choose the key (RFC 7515 §4.1.2 to §4.1.6).
const KEY_IN_HEADER: [&str; 4] = ["jwk", "jku", "x5c", "x5u"];

/// Returns what is unwise about a token. The codes are `alg_none`,
/// `alg_unknown`, `hmac`, `weak_key`, `signature_length`, `key_in_header`,
/// `no_exp`, `time_invalid`, `time_order`, `long_life`, `issued_in_the_future`
/// and `secret_claim`; the values of claims are never repeated.
pub fn lint(token: &UnverifiedJwt, now: Timestamp) -> Vec<Warning> {
    let mut warnings = Vec::new();
    header(&token.header, &mut warnings);
    if let UnverifiedContent::Signed {
        claims,
        signature_len,
        ..
    } = &token.content
    {
        signature(&token.header, *signature_len, &mut warnings);
        times(token, claims, now, &mut warnings);
        for (name, value) in claims {
            secrets(name, value, &mut warnings);
        }
    }
    warnings
}

fn header(header: &Map<String, Value>, warnings: &mut Vec<Warning>) {
    for name in KEY_IN_HEADER {
        if header.contains_key(name) {
            warnings.push(Warning::new(
                "key_in_header",
                format!("the header brings a key of its own (`{name}`), which must not be trusted"),
            ));
        }
    }
    if let Some(Value::Object(jwk)) = header.get("jwk")
        && let Err(fault) = PublicKey::from_jwk(jwk)
        && fault.code == "key_weak"
    {
        warnings.push(Warning::new("weak_key", format!("in the header, {fault}")));
    }
}

fn signature(header: &Map<String, Value>, length: usize, warnings: &mut Vec<Warning>) {
    let name = match header.get("alg") {
        Some(Value::String(name)) => name.as_str(),
        _ => "",
    };
    let Ok(algorithm) = name.parse::<Algorithm>() else {
        warnings.push(match name.eq_ignore_ascii_case("none") {
            true => Warning::new(
                "alg_none",
                "the token is not signed (`alg` is `none`): anyone can have made it",
            ),
            false => Warning::new(
                "alg_unknown",
                format!(
                    "the algorithm `{}` is no supported signature",
                    shorten(name)
                ),
            ),
        });
        return;
    };
    if algorithm.is_symmetric() {
        warnings.push(Warning::new(
            "hmac",
            format!(
                "{algorithm} is a shared secret: whoever can verify can sign, and a short or \
                 guessable one is found by trying"
            ),
        ));
    }
    let expected = match algorithm.signature_len() {
        Some(expected) => expected,
        None if length == 0 => MIN_RSA_BITS / 8,
        // An RSA signature is as long as the modulus.
        None => {
            if length * 8 < MIN_RSA_BITS {
                warnings.push(Warning::new(
                    "weak_key",
                    format!(
                        "the signature is by an RSA key of about {} bits, at least {MIN_RSA_BITS} are needed",
                        length * 8
                    ),
                ));
            }
            length
        }
    };
    if length != expected {
        warnings.push(Warning::new(
            "signature_length",
            format!("the signature has {length} octets, which no signature by {algorithm} has"),
        ));
    }
}

fn times(
    token: &UnverifiedJwt,
    claims: &Map<String, Value>,
    now: Timestamp,
    warnings: &mut Vec<Warning>,
) {
    let times = token.times();
    for (name, date) in [
        ("exp", times.expires_at),
        ("nbf", times.not_before),
        ("iat", times.issued_at),
    ] {
        if claims.contains_key(name) && date.is_none() {
            warnings.push(Warning::new(
                "time_invalid",
                format!("the claim `{name}` is not a number"),
            ));
        }
    }
    if !claims.contains_key("exp") {
        warnings.push(Warning::new(
            "no_exp",
            "the token has no `exp`: it never expires",
        ));
    }
    if let Some(issued_at) = times.issued_at.filter(|issued_at| *issued_at > now) {
        warnings.push(Warning::new(
            "issued_in_the_future",
            format!("the token was issued in the future, at {issued_at}"),
        ));
    }
    let Some(expires_at) = times.expires_at else {
        return;
    };
    let begins = times.not_before.max(times.issued_at);
    if begins.is_some_and(|begins| begins >= expires_at) {
        warnings.push(Warning::new(
            "time_order",
            "the token expires before it begins",
        ));
    }
    // Without a beginning, what is left of its life is known to be too long.
    let from = times.issued_at.or(times.not_before).unwrap_or(now);
    let life = u64::try_from(from.seconds_until(expires_at)).unwrap_or(0);
    if life > LONG_LIFE {
        warnings.push(Warning::new(
            "long_life",
            format!("the token lives {}, longer than a day", humanize_span(life)),
        ));
    }
}

/// Looks for secrets by name and by form, at any depth.
fn secrets(path: &str, value: &Value, warnings: &mut Vec<Warning>) {
    let name = path.rsplit('.').next().unwrap_or(path);
    let plain: String = name
        .chars()
        .filter(|c| !matches!(c, '_' | '-'))
        .flat_map(char::to_lowercase)
        .collect();
    let has_content = !matches!(value, Value::Null | Value::Bool(_) | Value::Object(_));
    let by_name = has_content && SECRET_NAMES.contains(&plain.as_str());
    let by_form = value
        .as_str()
        .is_some_and(|text| text.contains("PRIVATE KEY-----"));
    if by_name || by_form {
        warnings.push(Warning::new(
            "secret_claim",
            format!(
                "the claim `{}` looks like a secret, and anyone can read it",
                shorten(path)
            ),
        ));
    }
    match value {
        Value::Object(members) => {
            for (name, value) in members {
                secrets(&format!("{path}.{name}"), value, warnings);
            }
        }
        Value::Array(items) => {
            for item in items.iter().filter(|item| item.is_object()) {
                secrets(path, item, warnings);
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::jose::{base64url, jwt};
    use serde_json::json;

    const NOW: Timestamp = Timestamp(1_700_000_000);

    fn codes(header: Value, claims: Value, signature_len: usize) -> Vec<&'static str> {
        let token = format!(
            "{}.{}.{}",
            base64url::encode(header.to_string()),
            base64url::encode(claims.to_string()),
            base64url::encode(vec![1; signature_len])
        );
        lint(&jwt::decode(&token).unwrap(), NOW)
            .iter()
            .map(|warning| warning.code)
            .collect()
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
        let warnings = lint(&jwt::decode(&token).unwrap(), NOW);
        let named: Vec<_> = warnings
            .iter()
            .map(|warning| {
                assert_eq!(warning.code, "secret_claim");
                assert!(!warning.message.contains("hunter2"));
                warning.message.split('`').nth(1).unwrap()
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
        let header = base64url::encode(r#"{"alg":"RSA-OAEP-256","enc":"A256GCM","x5u":"u"}"#);
        let token = jwt::decode(&format!("{header}.AA.AA.AA.AA")).unwrap();
        let codes: Vec<_> = lint(&token, NOW).iter().map(|w| w.code).collect();
        assert_eq!(codes, ["key_in_header"]);
    }
}
