//! The server's keys, and whether they serve the algorithms it advertises.

use authctl::core::config::{Setting, Settings};
use authctl::core::error::{Error, Exit};
use authctl::core::jose::Algorithm;
use authctl::core::jose::key_set::{KeySummary, SetDocument, summary};
use authctl::core::oauth::Metadata;
use authctl::core::oauth::id_token;
use authctl::core::oauth::jwks::{jwks_request, process_jwks_response};
use serde_json::json;

use super::finding::{Check, Findings};
use super::server::Server;
use crate::cli::context::Context;

/// Checks the JWK Set and the algorithms.
///
/// # Errors
///
/// When stdout cannot be written.
pub fn check(
    cx: &Context,
    server: &Server<'_>,
    metadata: Option<&Metadata>,
    findings: &mut Findings<'_>,
) -> Result<(), Error> {
    const NAMES: [&str; 2] = ["jwks", "algorithms"];
    let by_hand = server.settings.url(Setting::JwksUri)?;
    let url = by_hand
        .map(|found| found.value)
        .or_else(|| metadata?.endpoint("jwks_uri"));
    let Some(url) = url else {
        if metadata.is_none() {
            return findings.skip(&NAMES, "they hang on the metadata");
        }
        findings.add(Check::warn(
            "jwks",
            "the metadata has no `jwks_uri`: no token can be verified by the issuer alone",
            "name the server's key set with `--jwks-uri URL`",
        ))?;
        return findings.skip(&NAMES[1..], "it hangs on `jwks`");
    };
    let request = jwks_request(&url);
    let answer = match server.send(request.clone()) {
        Ok((answer, _)) => answer,
        Err(unanswered) => {
            findings.add(unanswered.check("jwks"))?;
            return findings.skip(&NAMES[1..], "it hangs on `jwks`");
        }
    };
    // The very rules of `verify`, then a look at each key.
    let set = process_jwks_response(&request, &answer)
        .and_then(|_| Ok(SetDocument::look_at(&answer.body)?));
    let keys = match set {
        Ok(set) => summary(&set, true, cx.now()),
        Err(error) => {
            findings.add(Check::fail("jwks", &error).or_fix("check `--jwks-uri`"))?;
            return findings.skip(&NAMES[1..], "it hangs on `jwks`");
        }
    };
    let goes_on = findings.add(jwks(&keys, metadata).with("url", url.as_str()))?;
    if !goes_on {
        return findings.skip(&NAMES[1..], "it hangs on `jwks`");
    }
    let check = algorithms(cx, server.settings, &keys, metadata)?;
    findings.add(check).map(drop)
}

/// Names each key with a fault; those that cannot serve at all are skipped
/// when a token is judged.
fn jwks(keys: &[KeySummary], metadata: Option<&Metadata>) -> Check {
    const NAME: &str = "jwks";
    let usable = keys.iter().filter(|key| serves(key)).count();
    let faults: Vec<(String, &str, &str)> = keys
        .iter()
        .enumerate()
        .flat_map(|(index, key)| {
            let name = match &key.kid {
                Some(kid) => format!("`{kid}`"),
                None => format!("key {}", index + 1),
            };
            key.problems
                .iter()
                .map(move |problem| (name.clone(), problem.code, problem.message.as_str()))
        })
        .collect();
    let counted = format!("{usable} of {} keys verify signatures", keys.len());
    let said: Vec<String> = faults
        .iter()
        .map(|(name, _, message)| format!("{name}: {message}"))
        .collect();
    let check = if usable == 0 && said.is_empty() && metadata.is_some_and(needs_no_key) {
        Check::warn(
            NAME,
            format!("{counted}: no token can be verified by the issuer alone"),
            "ask the server about tokens with `authctl introspect`, or have it publish a key",
        )
    } else if usable == 0 {
        let mut message = counted;
        for fault in &said {
            message.push_str("; ");
            message.push_str(fault);
        }
        Check::failed(NAME, ("no_usable_key", Exit::Refused), message)
            .fix("have the server publish a key for signatures")
    } else if said.is_empty() {
        Check::ok(NAME, counted)
    } else {
        Check::warn(
            NAME,
            format!("{counted}; {}", said.join("; ")),
            "have the server replace that key; those that are not fit are passed over",
        )
    };
    let problems: Vec<_> = faults
        .iter()
        .map(|(name, code, message)| json!({"key": name, "code": code, "message": message}))
        .collect();
    check
        .with("keys", keys.len())
        .with("usable", usable)
        .with("problems", problems)
}

/// Says whether a server speaks OAuth alone, so that nothing that it signs need
/// ever be verified, or signs ID Tokens by no key that it could publish.
/// `id_token_signing_alg_values_supported` is required of an OpenID provider
/// (OIDC Discovery §3).
fn needs_no_key(metadata: &Metadata) -> bool {
    match advertised(metadata) {
        Some(names) => names.iter().all(|name| is_keyless(name)),
        None => !metadata
            .strings("scopes_supported")
            .is_some_and(|scopes| scopes.iter().any(|scope| scope == "openid")),
    }
}

/// Returns the algorithms that the server says it signs ID Tokens by, if any.
fn advertised(metadata: &Metadata) -> Option<Vec<String>> {
    let names = metadata.strings("id_token_signing_alg_values_supported")?;
    (!names.is_empty()).then_some(names)
}

/// Says whether an algorithm has no key to publish: `none` has none at all, and
/// HMAC's is the client's own secret.
fn is_keyless(name: &str) -> bool {
    name == "none" || name.parse().is_ok_and(Algorithm::is_symmetric)
}

/// Says whether a key verifies signatures: faults of its name and its place
/// are none of the key itself.
fn serves(key: &KeySummary) -> bool {
    let names = ["no_kid", "duplicate_kid", "private_key"];
    let sound = key
        .problems
        .iter()
        .all(|problem| names.contains(&problem.code));
    sound && key.usage.as_deref() != Some("enc")
}

/// Whether some algorithm that the server says it signs ID Tokens by has a key.
fn algorithms(
    cx: &Context,
    settings: &Settings,
    keys: &[KeySummary],
    metadata: Option<&Metadata>,
) -> Result<Check, Error> {
    const NAME: &str = "algorithms";
    let Some(advertised) = metadata.and_then(advertised) else {
        return Ok(Check::skip(NAME, "the metadata names none"));
    };
    let (mut with, mut without, mut unknown) = (Vec::new(), Vec::new(), Vec::new());
    for name in &advertised {
        match name.parse::<Algorithm>() {
            _ if is_keyless(name) => {}
            Err(_) => unknown.push(name.as_str()),
            Ok(algorithm) if keys.iter().any(|key| serves(key) && fits(key, algorithm)) => {
                with.push(name.as_str());
            }
            Ok(_) => without.push(name.as_str()),
        }
    }
    let check = if with.is_empty() && !(without.is_empty() && unknown.is_empty()) {
        Check::warn(
            NAME,
            format!(
                "no key for any algorithm that ID Tokens are said to be signed by: {}",
                advertised.join(", ")
            ),
            "have the server publish the keys, or advertise the algorithms, that it signs by",
        )
    } else if with.is_empty() {
        without_key(cx, settings, metadata, &advertised)?
    } else {
        let mut message = format!("a key for {}", with.join(", "));
        if !without.is_empty() {
            message.push_str(&format!("; none for {}", without.join(", ")));
        }
        if !unknown.is_empty() {
            message.push_str(&format!("; authctl does not know {}", unknown.join(", ")));
        }
        Check::ok(NAME, message)
    };
    Ok(check
        .with("with_key", with)
        .with("without_key", without)
        .with("unknown", unknown))
}

/// What a sign-in makes of ID Tokens for which no key can be published.
fn without_key(
    cx: &Context,
    settings: &Settings,
    metadata: Option<&Metadata>,
    advertised: &[String],
) -> Result<Check, Error> {
    const NAME: &str = "algorithms";
    const BY_KEY: &str = "have the server sign ID Tokens by a key that it publishes, as with ES256";
    let macs = id_token::algorithms(metadata, true);
    if macs.is_empty() {
        let names = advertised.join(", ");
        let message = format!("the server signs ID Tokens by {names}, which a sign-in refuses");
        return Ok(Check::warn(NAME, message, BY_KEY));
    }
    let names: Vec<&str> = macs.iter().map(|algorithm| algorithm.name()).collect();
    let names = names.join(", ");
    let Some(found) = settings.reference(Setting::ClientSecret)? else {
        return Ok(Check::warn(
            NAME,
            format!(
                "the key of {names} is the client's secret, and none is configured: a sign-in \
                 refuses such ID Tokens"
            ),
            format!("give it with `--client-secret REF`, or {BY_KEY}"),
        ));
    };
    // It was found fit to be read; a prompt is left to the sign-in.
    if found.value.is_lasting()
        && let Ok(secret) = cx.secret(&found.value, "client_secret", "")
        && let Err(error) = id_token::secret_key(&secret)
    {
        return Ok(Check::warn(
            NAME,
            format!("the key of {names} is the client's secret: {error}"),
            "have the server give the client a secret of 32 octets or more",
        ));
    }
    Ok(Check::ok(
        NAME,
        format!("the key of {names} is the client's secret"),
    ))
}

fn fits(key: &KeySummary, algorithm: Algorithm) -> bool {
    if let Some(alg) = &key.alg {
        return alg == algorithm.name();
    }
    let kind = match (&key.kty, &key.crv) {
        (Some(kty), Some(crv)) => format!("{kty} {crv}"),
        (Some(kty), None) => kty.clone(),
        (None, _) => return false,
    };
    kind == algorithm.key_type().to_string()
}
