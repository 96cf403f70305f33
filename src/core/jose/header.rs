//! The rules for a JOSE header (RFC 7515 §4), before any key is looked for.

use serde_json::{Map, Value};

use super::algorithm::Algorithm;
use super::error::{Failure, shorten};

/// Header parameters that are registered by RFC 7515, 7516 and 7518, which
/// `crit` must not name (RFC 7515 §4.1.11).
const REGISTERED: [&str; 20] = [
    "alg", "jku", "jwk", "kid", "x5u", "x5c", "x5t", "x5t#S256", "typ", "cty", "crit", "enc",
    "zip", "epk", "apu", "apv", "iv", "tag", "p2s", "p2c",
];

/// What a header says, once it has passed.
pub(super) struct Header<'a> {
    pub(super) algorithm: Algorithm,
    pub(super) kid: Option<&'a str>,
    /// False where the payload is signed as it is (RFC 7797 §3).
    pub(super) b64: bool,
}

/// Which payloads may be unencoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unencoded {
    /// None, as in every JWT (RFC 7797 §7).
    Refused,
    /// Those whose header says so by the rules of RFC 7797 §6.
    Allowed,
}

/// Checks a header, `alg` against the algorithms that are allowed, if those
/// are given.
///
/// # Errors
///
/// Every failure; where there is any, no signature may be looked at.
pub(super) fn check<'a>(
    header: &'a Map<String, Value>,
    allowed: Option<&[Algorithm]>,
    unencoded: Unencoded,
) -> Result<Header<'a>, Vec<Failure>> {
    let mut failures = Vec::new();
    let mut keep = |failure| failures.push(failure);
    let algorithm = algorithm(header.get("alg"), allowed).map_err(&mut keep);
    let kid = kid(header.get("kid")).map_err(&mut keep);
    let critical = critical(header, unencoded).map_err(&mut keep);
    let b64 = b64(header, unencoded, critical.as_deref().ok()).map_err(&mut keep);
    if let (Ok(algorithm), Ok(kid), Ok(_), Ok(b64)) = (algorithm, kid, critical, b64) {
        return Ok(Header {
            algorithm,
            kid,
            b64,
        });
    }
    Err(failures)
}

fn algorithm(alg: Option<&Value>, allowed: Option<&[Algorithm]>) -> Result<Algorithm, Failure> {
    let name = match alg {
        None => {
            return Err(Failure::new(
                "alg_missing",
                "the header has no member `alg`",
            ));
        }
        Some(Value::String(name)) => name,
        Some(_) => {
            return Err(Failure::new(
                "alg_invalid",
                "the member `alg` of the header is not a string",
            ));
        }
    };
    let algorithm = name.parse::<Algorithm>().map_err(|_| {
        if name.eq_ignore_ascii_case("none") {
            Failure::new("alg_none", "the token is not signed (`alg` is `none`)")
        } else {
            Failure::new(
                "alg_unsupported",
                format!("the algorithm `{}` is not supported", shorten(name)),
            )
        }
    })?;
    match allowed {
        Some(allowed) if !allowed.contains(&algorithm) => {
            let names: Vec<_> = allowed.iter().map(|allowed| allowed.name()).collect();
            Err(Failure::new(
                "alg_not_allowed",
                format!(
                    "the algorithm {algorithm} is not allowed (only {})",
                    names.join(", ")
                ),
            ))
        }
        _ => Ok(algorithm),
    }
}

/// Returns the `kid` of a header, which must be a string (RFC 7515 §4.1.4).
pub(super) fn kid(kid: Option<&Value>) -> Result<Option<&str>, Failure> {
    match kid {
        None => Ok(None),
        Some(Value::String(kid)) => Ok(Some(kid)),
        Some(_) => Err(Failure::new(
            "kid_invalid",
            "the member `kid` of the header is not a string",
        )),
    }
}

/// Returns the names in `crit`, each of which must be understood, be in the
/// header, be no registered one and come once (RFC 7515 §4.1.11).
pub(super) fn critical(
    header: &Map<String, Value>,
    unencoded: Unencoded,
) -> Result<Vec<&str>, Failure> {
    let Some(crit) = header.get("crit") else {
        return Ok(Vec::new());
    };
    let refuse = |what: String| Err(Failure::new("crit", what));
    let Some(items) = crit.as_array() else {
        return refuse("the member `crit` of the header is not an array".into());
    };
    if items.is_empty() {
        return refuse("the member `crit` of the header is empty".into());
    }
    let mut names = Vec::new();
    for item in items {
        let Some(name) = item.as_str() else {
            return refuse(
                "the member `crit` of the header holds something that is no name".into(),
            );
        };
        let shown = shorten(name);
        if names.contains(&name) {
            return refuse(format!("the header names `{shown}` twice in `crit`"));
        }
        if REGISTERED.contains(&name) {
            return refuse(format!(
                "the header names the registered `{shown}` in `crit`"
            ));
        }
        if name != "b64" || unencoded == Unencoded::Refused {
            return refuse(format!(
                "the header asks for the extension `{shown}`, which is not understood"
            ));
        }
        if !header.contains_key(name) {
            return refuse(format!(
                "the header names `{shown}` in `crit` and does not have it"
            ));
        }
        names.push(name);
    }
    Ok(names)
}

/// Returns `b64` (RFC 7797 §3), which counts only where `crit` names it (§6);
/// that is not looked at where `crit` itself has failed.
fn b64(
    header: &Map<String, Value>,
    unencoded: Unencoded,
    critical: Option<&[&str]>,
) -> Result<bool, Failure> {
    match header.get("b64") {
        None | Some(Value::Bool(true)) => Ok(true),
        Some(Value::Bool(false)) if unencoded == Unencoded::Refused => Err(Failure::new(
            "unencoded_payload",
            "the payload is unencoded (`b64` is false)",
        )),
        Some(Value::Bool(false)) if critical.is_some_and(|names| !names.contains(&"b64")) => {
            Err(Failure::new(
                "crit",
                "the header has `b64` and does not name it in `crit`",
            ))
        }
        Some(Value::Bool(false)) => Ok(false),
        Some(_) => Err(Failure::new(
            "b64_invalid",
            "the member `b64` of the header is not a boolean",
        )),
    }
}

/// Says whether two media types of `typ` are the same: case does not matter,
/// and `application/` may be left out where no other slash is there (RFC 7515
/// §4.1.9, RFC 9068 §4).
pub(super) fn same_media_type(one: &str, other: &str) -> bool {
    bare_media_type(one).eq_ignore_ascii_case(bare_media_type(other))
}

/// Returns a media type without an `application/` that may be left out.
pub(super) fn bare_media_type(media_type: &str) -> &str {
    match media_type.split_once('/') {
        Some((kind, rest)) if kind.eq_ignore_ascii_case("application") && !rest.contains('/') => {
            rest
        }
        _ => media_type,
    }
}
