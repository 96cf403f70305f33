//! Kinds of token: RFC 9068 section 4, OIDC Core section 3.1.3.7 and OIDC
//! Back-Channel Logout section 2.6, rule by rule.

use std::time::Duration;

use authctl::core::jose::{Algorithm, AtHash, Profile, SigningKey, at_hash, base64url, jwt};
use authctl::core::secret::Secret;
use serde_json::{Map, Value, json};

use crate::fixture::*;

const LOGOUT: &str = "http://schemas.openid.net/event/backchannel-logout";

fn access_token() -> Profile {
    Profile::AccessToken {
        client_id: Some("app".into()),
    }
}

fn id_token() -> Profile {
    Profile::IdToken {
        client_id: "app".into(),
        nonce: None,
        access_token: None,
    }
}

fn logout_token() -> Profile {
    Profile::LogoutToken {
        client_id: "app".into(),
    }
}

/// Returns what a good token of a kind has: `typ` and claims.
fn good_of(profile: &Profile) -> (Option<&'static str>, Value) {
    let now = NOW.0;
    match profile {
        Profile::AccessToken { .. } => (
            Some("at+jwt"),
            json!({"iss": "https://issuer.example", "exp": now + 60, "aud": "api", "sub": "alice",
                   "client_id": "app", "iat": now, "jti": "1", "scope": "read"}),
        ),
        Profile::IdToken { .. } => (
            None,
            json!({"iss": "https://issuer.example", "sub": "alice", "aud": "app",
                   "exp": now + 60, "iat": now}),
        ),
        Profile::LogoutToken { .. } => (
            Some("logout+jwt"),
            json!({"iss": "https://issuer.example", "aud": "app", "iat": now, "exp": now + 60,
                   "jti": "1", "sub": "alice", "sid": "s", "events": {LOGOUT: {}}}),
        ),
    }
}

fn rules_of(profile: &Profile) -> jwt::Rules {
    jwt::Rules {
        issuer: Some("https://issuer.example".into()),
        audience: match profile {
            Profile::AccessToken { .. } => vec!["api".into()],
            _ => Vec::new(),
        },
        profile: Some(profile.clone()),
        ..jwt::Rules::default()
    }
}

/// Judges a good token with members of its claims changed, `null` taking one
/// out, by rules that are changed too.
fn judge_with(
    profile: &Profile,
    changes: &Value,
    change: impl FnOnce(&mut jwt::Rules),
) -> Vec<&'static str> {
    let (typ, mut claims) = good_of(profile);
    for (name, value) in changes.as_object().unwrap() {
        match value {
            Value::Null => drop(claims.as_object_mut().unwrap().remove(name)),
            value => claims[name] = value.clone(),
        }
    }
    let mut rules = rules_of(profile);
    change(&mut rules);
    let key = key(Algorithm::ES256);
    let verdict = judge_typed(key, typ.map(Value::from), &claims, &rules);
    // Of the claims only those count that the rules name.
    let names = rules.names();
    let named: Map<String, Value> = claims
        .as_object()
        .unwrap()
        .iter()
        .filter(|(name, _)| names.contains(&name.as_str()))
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect();
    let again = judge_typed(key, typ.map(Value::from), &Value::Object(named), &rules);
    assert_eq!(verdict, again, "{changes} {names:?}");
    verdict
}

fn judge_typed(
    key: &SigningKey,
    typ: Option<Value>,
    claims: &Value,
    rules: &jwt::Rules,
) -> Vec<&'static str> {
    let members = typ.map_or(json!({}), |typ| json!({"typ": typ}));
    let token = signed(key, header_with(key, members), claims.to_string());
    judge_by(&token, &set_of(key), rules)
}

fn judge_all(profile: &Profile, rows: &[(Value, &[&str])]) {
    for (changes, expected) in rows {
        assert_eq!(judge_with(profile, changes, |_| ()), *expected, "{changes}");
    }
}

#[test]
fn an_access_token_is_judged_by_rfc_9068() {
    judge_all(
        &access_token(),
        &[
            (json!({}), &[]),
            (json!({"iss": null}), &["iss_missing"]),
            (json!({"exp": null}), &["exp_missing"]),
            (json!({"aud": null}), &["aud_missing"]),
            (json!({"sub": null}), &["claim_missing"]),
            (json!({"client_id": null}), &["claim_missing"]),
            (json!({"iat": null}), &["iat_missing"]),
            (json!({"jti": null}), &["claim_missing"]),
            (json!({"iss": "https://other.example"}), &["iss"]),
            (json!({"aud": ["other"]}), &["aud"]),
            (json!({"aud": ["other", "api"]}), &[]),
            (json!({"exp": NOW.0}), &["expired"]),
            (json!({"sub": 1}), &["sub_invalid"]),
            (json!({"client_id": ["app"]}), &["client_id_invalid"]),
            (json!({"client_id": "other"}), &["client_id"]),
            (json!({"jti": 1}), &["jti_invalid"]),
            (json!({"jti": ""}), &["jti_invalid"]),
            (json!({"scope": ["read"]}), &["scope_invalid"]),
            (json!({"scope": null}), &[]),
            (json!({"auth_time": "1"}), &["auth_time_invalid"]),
            (json!({"auth_time": 1}), &[]),
            (json!({"acr": 1}), &["acr_invalid"]),
            (json!({"amr": "pwd"}), &["amr_invalid"]),
            (json!({"amr": ["pwd", 1]}), &["amr_invalid"]),
            (json!({"amr": ["pwd"], "acr": "1"}), &[]),
        ],
    );
    let anyones = Profile::AccessToken { client_id: None };
    let verdict = judge_with(&anyones, &json!({"client_id": "other"}), |_| ());
    assert_eq!(verdict, PASSES);
}

#[test]
fn j44_the_typ_of_a_kind() {
    let key = key(Algorithm::ES256);
    let judge = |profile: &Profile, typ: &Value| {
        let typ = Some(typ.clone()).filter(|typ| !typ.is_null());
        judge_typed(key, typ, &good_of(profile).1, &rules_of(profile))
    };
    for (typ, access, id, logout) in [
        (json!(null), &["typ_missing"][..], &[][..], &[][..]),
        (json!("JWT"), &["typ"], &[], &[]),
        (json!("at+jwt"), &[], &["typ"], &["typ"]),
        (json!("AT+JWT"), &[], &["typ"], &["typ"]),
        (json!("application/at+jwt"), &[], &["typ"], &["typ"]),
        (json!("logout+jwt"), &["typ"], &["typ"], &[]),
        (json!("application/Logout+JWT"), &["typ"], &["typ"], &[]),
        (json!("dpop+jwt"), &["typ"], &["typ"], &["typ"]),
        (json!("text/at+jwt"), &["typ"], &["typ"], &["typ"]),
        (
            json!(["at+jwt"]),
            &["typ_invalid"],
            &["typ_invalid"],
            &["typ_invalid"],
        ),
    ] {
        assert_eq!(judge(&access_token(), &typ), access, "{typ}");
        assert_eq!(judge(&id_token(), &typ), id, "{typ}");
        assert_eq!(judge(&logout_token(), &typ), logout, "{typ}");
    }
}

#[test]
fn j45_an_id_token_is_judged_by_oidc_core() {
    judge_all(
        &id_token(),
        &[
            (json!({}), &[]),
            (json!({"iss": null}), &["iss_missing"]),
            (json!({"sub": null}), &["claim_missing"]),
            (json!({"aud": null}), &["aud_missing"]),
            (json!({"exp": null}), &["exp_missing"]),
            (json!({"iat": null}), &["iat_missing"]),
            (json!({"iss": "https://issuer.example/"}), &["iss"]),
            (json!({"aud": "other"}), &["aud"]),
            (json!({"aud": ["app", "api"]}), &["azp_missing"]),
            (json!({"aud": ["app", "app"]}), &[]),
            (json!({"aud": ["app", "api"], "azp": "app"}), &[]),
            (json!({"aud": ["app", "api"], "azp": "api"}), &["azp"]),
            (json!({"azp": 1}), &["azp_invalid"]),
            (json!({"sub": ""}), &["sub_invalid"]),
            (json!({"sub": "x".repeat(255)}), &[]),
            (json!({"sub": "x".repeat(256)}), &["sub_invalid"]),
            (json!({"sub": "ä"}), &["sub_invalid"]),
            (json!({"auth_time": "now"}), &["auth_time_invalid"]),
            (json!({"amr": "pwd"}), &["amr_invalid"]),
            (json!({"acr": 0}), &["acr_invalid"]),
            (json!({"at_hash": 1}), &["at_hash_invalid"]),
            (json!({"c_hash": 5}), &["c_hash_invalid"]),
            (json!({"s_hash": {}}), &["s_hash_invalid"]),
            (json!({"nonce": 5}), &["nonce_invalid"]),
            (json!({"nonce": ["a"]}), &["nonce_invalid"]),
            (json!({"nonce": {}}), &["nonce_invalid"]),
            (json!({"nonce": "unasked"}), &[]),
            // One of the other kind, signed by the same key and without `typ`.
            (json!({"events": {LOGOUT: {}}}), &["events"]),
            (json!({"events": {"urn:other": {}}}), &[]),
        ],
    );
}

#[test]
fn what_the_request_of_an_id_token_said_is_checked() {
    let token = Secret::new("jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Y");
    let hash = at_hash(Algorithm::ES256, &token).unwrap();
    for (nonce, expected) in [
        (json!("n"), &[][..]),
        (json!("N"), &["nonce"]),
        (json!(["n"]), &["nonce_invalid"]),
        (json!(null), &["nonce_missing"]),
    ] {
        let asked = Profile::IdToken {
            client_id: "app".into(),
            nonce: Some("n".into()),
            access_token: None,
        };
        let verdict = judge_with(&asked, &json!({"nonce": nonce}), |_| ());
        assert_eq!(verdict, expected, "{nonce}");
    }
    for (found, if_there, required) in [
        (json!(hash), &[][..], &[][..]),
        (json!("x"), &["at_hash"], &["at_hash"]),
        (json!(1), &["at_hash_invalid"], &["at_hash_invalid"]),
        (json!(null), &[], &["at_hash_missing"]),
    ] {
        for (bound, expected) in [
            (AtHash::IfThere(token.clone()), if_there),
            (AtHash::Required(token.clone()), required),
        ] {
            let asked = Profile::IdToken {
                client_id: "app".into(),
                nonce: None,
                access_token: Some(bound),
            };
            let verdict = judge_with(&asked, &json!({"at_hash": found}), |_| ());
            assert_eq!(verdict, expected, "{found}");
        }
    }
}

/// The age of a token and of a sign-in are two, and `max_age` bounds both.
#[test]
fn the_sign_in_of_an_id_token_is_judged_at_the_edge() {
    for (changes, expected) in [
        (json!({"auth_time": NOW.0 - 110}), &[][..]),
        (json!({"auth_time": NOW.0 - 111}), &["auth_too_old"]),
        (json!({"auth_time": i64::MIN}), &["auth_too_old"]),
        (json!({"auth_time": NOW.0 + 11}), &["auth_in_the_future"]),
        (json!({"auth_time": "1"}), &["auth_time_invalid"]),
        (json!({"auth_time": null}), &["claim_missing"]),
        (
            json!({"auth_time": NOW.0, "iat": NOW.0 - 111}),
            &["too_old"],
        ),
    ] {
        let verdict = judge_with(&id_token(), &changes, |rules| {
            rules.max_age = Some(Duration::from_secs(100));
            rules.leeway = Duration::from_secs(10);
        });
        assert_eq!(verdict, expected, "{changes}");
    }
    // Of another kind of token it says nothing of the sign-in.
    let verdict = judge_with(&access_token(), &json!({"auth_time": 1}), |rules| {
        rules.max_age = Some(Duration::from_secs(100));
    });
    assert_eq!(verdict, PASSES);
}

#[test]
fn a_logout_token_is_judged_by_oidc_back_channel_logout() {
    judge_all(
        &logout_token(),
        &[
            (json!({}), &[]),
            (json!({"iss": null}), &["iss_missing"]),
            (json!({"aud": null}), &["aud_missing"]),
            (json!({"iat": null}), &["iat_missing"]),
            (json!({"exp": null}), &["exp_missing"]),
            (json!({"jti": null}), &["claim_missing"]),
            (json!({"events": null}), &["claim_missing"]),
            (json!({"aud": ["other"]}), &["aud"]),
            (json!({"aud": ["other", "app"]}), &[]),
            (json!({"sub": null}), &[]),
            (json!({"sid": null}), &[]),
            (json!({"sub": null, "sid": null}), &["sub_or_sid_missing"]),
            (json!({"sub": 1}), &["sub_invalid"]),
            (json!({"sid": 1}), &["sid_invalid"]),
            (json!({"jti": 1}), &["jti_invalid"]),
            (json!({"jti": ""}), &["jti_invalid"]),
            (json!({"events": []}), &["events_invalid"]),
            (json!({"events": LOGOUT}), &["events_invalid"]),
            (json!({"events": {}}), &["events"]),
            (json!({"events": {"urn:other": {}}}), &["events"]),
            (json!({"events": {LOGOUT: true}}), &["events_invalid"]),
            (json!({"events": {LOGOUT: {"more": 1}}}), &[]),
            (json!({"nonce": "n"}), &["nonce_forbidden"]),
            (json!({"nonce": ["n"]}), &["nonce_forbidden"]),
        ],
    );
    // There and null is there.
    let key = key(Algorithm::ES256);
    let claims = good_of(&logout_token()).1;
    let payload = claims.to_string().replacen('{', "{\"nonce\":null,", 1);
    let token = signed(key, header_with(key, json!({})), payload);
    let verdict = judge_by(&token, &set_of(key), &rules_of(&logout_token()));
    assert_eq!(verdict, ["nonce_forbidden"]);
}

/// RFC 8725 section 3.12: what passes as one kind passes as no other.
#[test]
fn no_kind_passes_for_another() {
    let key = key(Algorithm::ES256);
    let kinds = [access_token(), id_token(), logout_token()];
    for (own, of) in kinds.iter().enumerate() {
        for (other, by) in kinds.iter().enumerate().filter(|(other, _)| *other != own) {
            let (typ, mut claims) = good_of(of);
            claims["aud"] = json!(["app", "api"]);
            claims["azp"] = json!("app");
            // With its own `typ`, and as issuers without one would sign it.
            for typ in [typ, None] {
                let verdict = judge_typed(key, typ.map(Value::from), &claims, &rules_of(by));
                let untyped_access_token = (own, other, typ) == (0, 1, None);
                assert_eq!(
                    verdict.is_empty(),
                    untyped_access_token,
                    "{own} {other} {typ:?}"
                );
            }
        }
    }
}

#[test]
fn a_kind_adds_to_what_else_is_asked_for() {
    let strict = |rules: &mut jwt::Rules| {
        rules.typ = Some("at+jwt".into());
        rules.scopes = vec!["write".into()];
        rules.required = vec!["jti".parse().unwrap(), "exp".parse().unwrap()];
        rules.claims = vec!["client_id=web".parse().unwrap()];
        rules.allow_missing_exp = true;
    };
    assert_eq!(
        judge_with(&access_token(), &json!({}), strict),
        ["scope", "claim"]
    );
    // What is missing is said once, and no flag takes from the kind.
    let bare = json!({"jti": null, "exp": null, "scope": 1, "client_id": null});
    assert_eq!(
        judge_with(&access_token(), &bare, strict),
        [
            "exp_missing",
            "scope_invalid",
            "claim_missing",
            "claim_missing"
        ]
    );
    let other = |rules: &mut jwt::Rules| {
        rules.typ = Some("JWT".into());
        rules.audience = vec!["web".into()];
    };
    assert_eq!(
        judge_with(&id_token(), &json!({}), other),
        ["typ_missing", "aud"]
    );
    assert_eq!(
        judge_with(&id_token(), &json!({"aud": ["web"]}), other),
        ["typ_missing", "aud"]
    );
}

/// A forged token is told all that is wrong with it too.
#[test]
fn a_bad_signature_hides_no_other_failure() {
    let key = key(Algorithm::ES256);
    let (_, mut claims) = good_of(&id_token());
    claims["at_hash"] = json!("x");
    claims["sub"] = json!("");
    let token = signed(key, header_with(key, json!({})), claims.to_string());
    let forged = with_signature(&token, [1; 64]);
    let asked = Profile::IdToken {
        client_id: "app".into(),
        nonce: Some("n".into()),
        access_token: Some(AtHash::Required(Secret::new("at"))),
    };
    assert_eq!(
        judge_by(&forged, &set_of(key), &rules_of(&asked)),
        ["signature", "sub_invalid", "nonce_missing", "at_hash"]
    );
}

#[test]
fn what_was_not_asked_of_an_id_token_is_said() {
    let key = key(Algorithm::ES256);
    let (_, mut claims) = good_of(&id_token());
    claims["nonce"] = json!("n");
    let token = signed(key, header_with(key, json!({})), claims.to_string());
    let verified = jwt::verify(&token, &set_of(key), &rules_of(&id_token()), NOW).unwrap();
    let warnings: Vec<_> = verified
        .warnings
        .iter()
        .map(|warning| warning.code)
        .collect();
    assert_eq!(warnings, ["nonce_not_checked"]);
}

/// OIDC Core appendix A.3.
#[test]
fn at_hash_is_that_of_the_specification() {
    let token = Secret::new("jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Y");
    let hash = at_hash(Algorithm::RS256, &token);
    assert_eq!(hash.as_deref(), Some("77QmUPtjPfzWtF2AnpK9RQ"));
    for (algorithm, octets) in [
        (Algorithm::ES384, 24),
        (Algorithm::RS512, 32),
        (Algorithm::EdDSA, 32),
    ] {
        let hash = base64url::decode(at_hash(algorithm, &token).unwrap()).unwrap();
        assert_eq!(hash.len(), octets, "{algorithm}");
    }
    // For ML-DSA there is none: asked for, it is missed; else it is let be.
    assert_eq!(at_hash(Algorithm::MLDSA44, &token), None);
    let key = self::key(Algorithm::MLDSA44);
    let mut claims = good_of(&id_token()).1;
    claims["at_hash"] = json!("x");
    for (bound, expected) in [
        (AtHash::IfThere(token.clone()), &[][..]),
        (AtHash::Required(token), &["at_hash_unsupported"]),
    ] {
        let asked = Profile::IdToken {
            client_id: "app".into(),
            nonce: None,
            access_token: Some(bound),
        };
        assert_eq!(judge_typed(key, None, &claims, &rules_of(&asked)), expected);
    }
}
