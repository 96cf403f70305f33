//! Kinds of JWT, and what the specification of each demands of one.
//!
//! The demands add to those of the other [`Rules`]: what is common to all JWTs
//! is judged there, the rest here, from one row for each kind.

use aws_lc_rs::digest;
use serde_json::Value;

use super::algorithm::{Algorithm, Family};
use super::base64url;
use super::claims::{Checked, Claims, Rules, ago, audiences, date};
use super::error::Failure;
use super::header::{bare_media_type, same_media_type};
use crate::core::secret::Secret;
use crate::core::time::{Timestamp, format_span};

/// The member of `events` that makes a JWT a Logout Token (OIDC Back-Channel
/// Logout §2.4).
const LOGOUT_EVENT: &str = "http://schemas.openid.net/event/backchannel-logout";

/// A kind of JWT, with what its rules need to know.
///
/// The specifications all have the issuer and the audience checked too: by
/// [`Rules::issuer`], and by [`Rules::audience`] for access tokens.
#[derive(Clone, Debug)]
pub enum Profile {
    /// An access token (RFC 9068 §4).
    AccessToken {
        /// The client that it must have been issued to, in `client_id`.
        client_id: Option<String>,
    },
    /// An ID Token (OIDC Core §3.1.3.7). With [`Rules::max_age`] the sign-in
    /// (`auth_time`) must not be older either, and is required.
    IdToken {
        /// The client, which must be in `aud`, and be `azp` where that is.
        client_id: String,
        /// The nonce of the authentication request.
        nonce: Option<String>,
        /// The access token that came with it.
        access_token: Option<AtHash>,
    },
    /// A Logout Token (OIDC Back-Channel Logout §2.6).
    LogoutToken {
        /// The client, which must be in `aud`.
        client_id: String,
    },
}

/// An access token to which an ID Token may be bound by `at_hash`.
#[derive(Clone, Debug)]
pub enum AtHash {
    /// `at_hash` is checked where it is, as for a token of the token endpoint
    /// (OIDC Core §3.1.3.8).
    IfThere(Secret),
    /// `at_hash` must be there.
    Required(Secret),
}

/// What the specification of a kind says in a table.
struct Demands {
    /// What it is called in messages.
    called: &'static str,
    typ: Typ,
    required: &'static [&'static str],
    /// Claims that must be of a form where they are, and the code for one that
    /// is of another. `NumericDate`s and `aud` are [`Rules`]' affair.
    forms: &'static [(&'static str, Form, &'static str)],
}

/// What the header must say of the kind.
enum Typ {
    /// This.
    Is(&'static str),
    /// This, or nothing of a kind.
    MayBe(&'static str),
    /// Nothing of a kind.
    IsNoKind,
}

#[derive(Clone, Copy)]
enum Form {
    Text,
    /// A text that names something.
    Identifier,
    Texts,
    /// "It MUST NOT exceed 255 ASCII characters in length" (OIDC Core §2).
    Subject,
}

impl Form {
    fn fits(self, value: &Value) -> bool {
        match self {
            Self::Text => value.is_string(),
            Self::Identifier => value.as_str().is_some_and(|text| !text.is_empty()),
            Self::Texts => value
                .as_array()
                .is_some_and(|items| items.iter().all(Value::is_string)),
            Self::Subject => value
                .as_str()
                .is_some_and(|sub| !sub.is_empty() && sub.len() <= 255 && sub.is_ascii()),
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Text => "a string",
            Self::Identifier => "a string that names something",
            Self::Texts => "an array of strings",
            Self::Subject => "a string of 1 to 255 ASCII characters",
        }
    }
}

/// RFC 9068 §2.1, §2.2.
const ACCESS_TOKEN: Demands = Demands {
    called: "access token",
    typ: Typ::Is("at+jwt"),
    required: &["iss", "exp", "aud", "sub", "client_id", "iat", "jti"],
    forms: &[
        ("sub", Form::Identifier, "sub_invalid"),
        ("client_id", Form::Identifier, "client_id_invalid"),
        ("jti", Form::Identifier, "jti_invalid"),
        // Of RFC 8693 §4.2: no array.
        ("scope", Form::Text, "scope_invalid"),
        ("acr", Form::Text, "acr_invalid"),
        ("amr", Form::Texts, "amr_invalid"),
    ],
};

/// OIDC Core §2. There is no `typ` for it; but one that names another kind is
/// believed, whoever signed it (RFC 8725 §3.11).
const ID_TOKEN: Demands = Demands {
    called: "ID Token",
    typ: Typ::IsNoKind,
    required: &["iss", "sub", "aud", "exp", "iat"],
    forms: &[
        ("sub", Form::Subject, "sub_invalid"),
        ("azp", Form::Text, "azp_invalid"),
        ("nonce", Form::Text, "nonce_invalid"),
        ("at_hash", Form::Text, "at_hash_invalid"),
        ("c_hash", Form::Text, "c_hash_invalid"),
        // Of FAPI 1.0 Advanced §5.1.1.
        ("s_hash", Form::Text, "s_hash_invalid"),
        ("acr", Form::Text, "acr_invalid"),
        ("amr", Form::Texts, "amr_invalid"),
    ],
};

/// OIDC Back-Channel Logout §2.4. "It is RECOMMENDED that Logout Tokens be
/// explicitly typed", so they may be `JWT` or nothing too; `--typ` requires it.
const LOGOUT_TOKEN: Demands = Demands {
    called: "Logout Token",
    typ: Typ::MayBe("logout+jwt"),
    required: &["iss", "aud", "iat", "exp", "jti", "events"],
    forms: &[
        ("sub", Form::Subject, "sub_invalid"),
        ("sid", Form::Identifier, "sid_invalid"),
        ("jti", Form::Identifier, "jti_invalid"),
    ],
};

impl Profile {
    fn demands(&self) -> &'static Demands {
        match self {
            Self::AccessToken { .. } => &ACCESS_TOKEN,
            Self::IdToken { .. } => &ID_TOKEN,
            Self::LogoutToken { .. } => &LOGOUT_TOKEN,
        }
    }

    /// Returns the client that must be in `aud`.
    pub(super) fn audience(&self) -> Option<&str> {
        match self {
            Self::AccessToken { .. } => None,
            Self::IdToken { client_id, .. } | Self::LogoutToken { client_id } => Some(client_id),
        }
    }

    /// Says whether the kind has such a claim in every token.
    pub(super) fn requires(&self, name: &str) -> bool {
        self.demands().required.contains(&name)
    }

    /// Returns the claims that are looked at beyond those that every JWT is
    /// judged by.
    pub(super) fn names(&self) -> impl Iterator<Item = &'static str> + use<> {
        let demands = self.demands();
        let forms = demands.forms.iter().map(|(name, ..)| *name);
        let others: &[&str] = match self {
            Self::AccessToken { .. } => &["auth_time"],
            Self::IdToken { .. } => &["auth_time", "events"],
            Self::LogoutToken { .. } => &["nonce", "sid"],
        };
        let others = others.iter().copied();
        demands.required.iter().copied().chain(forms).chain(others)
    }

    /// Checks the `typ` of a header.
    pub(super) fn check_typ(&self, typ: Option<&Value>) -> Option<Failure> {
        let demands = self.demands();
        let other = |typ: &str| {
            let kind = bare_media_type(typ).to_ascii_lowercase().ends_with("+jwt");
            kind.then(|| {
                let message = format!("its `typ` says that it is no {}", demands.called);
                Failure::new("typ", message)
            })
        };
        match (&demands.typ, typ) {
            (Typ::Is(wanted), typ) => super::claims::check_typ(typ, wanted),
            (Typ::MayBe(wanted), Some(Value::String(typ))) if same_media_type(typ, wanted) => None,
            (_, Some(Value::String(typ))) => other(typ),
            // Of a wrong type it is refused in every JWT.
            (_, _) => None,
        }
    }

    /// Checks what the kind demands of the claims. `algorithm` is the one that
    /// signed; where that is not known, the token is refused anyway.
    pub(super) fn check(
        &self,
        rules: &Rules,
        claims: &impl Claims,
        algorithm: Option<Algorithm>,
        now: Timestamp,
        checked: &mut Checked,
    ) {
        let demands = self.demands();
        for name in demands.required {
            if !claims.contains(name) {
                let code = match *name {
                    "iat" => "iat_missing",
                    _ => "claim_missing",
                };
                checked.miss(code, name, format!("it has no `{name}`"));
            }
        }
        for (name, form, code) in demands.forms {
            let unfit = claims.get(name).is_some_and(|value| !form.fits(value));
            // A scope that was asked for has been looked at before.
            if unfit && !checked.has(code) {
                checked.refuse(code, format!("its `{name}` is not {}", form.name()));
            }
        }
        match self {
            Self::AccessToken { client_id } => {
                date(claims, "auth_time", checked);
                check_client_id(claims, client_id.as_deref(), checked);
            }
            Self::IdToken {
                client_id,
                nonce,
                access_token,
            } => {
                check_azp(claims, client_id, checked);
                check_nonce(claims, nonce.as_deref(), checked);
                if let (Some(algorithm), Some(bound)) = (algorithm, access_token) {
                    check_at_hash(claims, algorithm, bound, checked);
                }
                warn_of_hashes(claims, access_token.is_some(), checked);
                check_auth_time(rules, claims, now, checked);
                if logs_out(claims) {
                    checked.refuse("events", "it is a Logout Token, by its `events`");
                }
            }
            Self::LogoutToken { .. } => check_logout(claims, checked),
        }
    }
}

fn check_client_id(claims: &impl Claims, wanted: Option<&str>, checked: &mut Checked) {
    let (Some(wanted), Some(Value::String(own))) = (wanted, claims.get("client_id")) else {
        return;
    };
    if own != wanted {
        checked.refuse(
            "client_id",
            format!("it was issued to another client (`client_id` is not `{wanted}`)"),
        );
    }
}

/// "If the ID Token contains multiple audiences, the Client SHOULD verify that
/// an azp Claim is present. If an azp Claim is present, the Client SHOULD
/// verify that its client_id is the Claim Value" (OIDC Core §3.1.3.7).
fn check_azp(claims: &impl Claims, client_id: &str, checked: &mut Checked) {
    match claims.get("azp") {
        Some(Value::String(azp)) if azp != client_id => checked.refuse(
            "azp",
            format!("it was issued to another client (`azp` is not `{client_id}`)"),
        ),
        None if several_audiences(claims) => checked.refuse(
            "azp_missing",
            "it is for several audiences and does not say to which client it was issued (`azp`)",
        ),
        _ => {}
    }
}

fn several_audiences(claims: &impl Claims) -> bool {
    let audiences = claims.get("aud").and_then(audiences).unwrap_or_default();
    audiences.iter().any(|audience| *audience != audiences[0])
}

fn check_nonce(claims: &impl Claims, nonce: Option<&str>, checked: &mut Checked) {
    match (claims.get("nonce"), nonce) {
        (Some(Value::String(own)), Some(nonce)) if own == nonce => {}
        (Some(Value::String(_)), Some(_)) => {
            checked.refuse("nonce", "its `nonce` is not the one of the request");
        }
        (None, Some(_)) => checked.refuse("nonce_missing", "it has no `nonce`"),
        (Some(_), None) => checked.warn("nonce_not_checked", "nonce not checked"),
        // Of another form it has been refused before.
        (Some(_), Some(_)) | (None, None) => {}
    }
}

fn check_at_hash(
    claims: &impl Claims,
    algorithm: Algorithm,
    bound: &AtHash,
    checked: &mut Checked,
) {
    let (AtHash::IfThere(token) | AtHash::Required(token)) = bound;
    match (claims.get("at_hash"), at_hash(algorithm, token), bound) {
        (Some(Value::String(own)), Some(hash), _) if *own != hash => {
            checked.refuse("at_hash", "it belongs to another access token (`at_hash`)");
        }
        (Some(_), None, AtHash::Required(_)) => checked.refuse(
            "at_hash_unsupported",
            format!("its `at_hash` cannot be checked: there is none for {algorithm}"),
        ),
        (None, _, AtHash::Required(_)) => {
            checked.refuse("at_hash_missing", "it has no `at_hash`");
        }
        _ => {}
    }
}

/// Says to what the ID Token is bound that nobody gave to compare: the access
/// token and the code of the same response (OIDC Core §3.3.2.11), the `state`
/// of the request (FAPI 1.0 Advanced §5.2.2.1).
fn warn_of_hashes(claims: &impl Claims, has_access_token: bool, checked: &mut Checked) {
    for (claim, code, message) in [
        (
            "at_hash",
            "at_hash_not_checked",
            "access token not checked (`at_hash`)",
        ),
        (
            "c_hash",
            "c_hash_not_checked",
            "code not checked (`c_hash`)",
        ),
        (
            "s_hash",
            "s_hash_not_checked",
            "state not checked (`s_hash`)",
        ),
    ] {
        if claims.contains(claim) && !(claim == "at_hash" && has_access_token) {
            checked.warn(code, message);
        }
    }
}

/// Returns `at_hash` of an access token: "the base64url encoding of the
/// left-most half of the hash of the octets of the ASCII representation of the
/// access_token", by the hash of the ID Token's algorithm (OIDC Core
/// §3.1.3.6).
///
/// `None` for ML-DSA: SHAKE256, which it uses, has no length of its own, and
/// no specification names one for `at_hash`.
pub fn at_hash(algorithm: Algorithm, access_token: &Secret) -> Option<String> {
    let hash = match (algorithm.family(), algorithm.hash_len()) {
        (Family::MlDsa, _) => return None,
        (_, 32) => &digest::SHA256,
        (_, 48) => &digest::SHA384,
        _ => &digest::SHA512,
    };
    let hash = digest::digest(hash, access_token.expose().as_bytes());
    let (left, _) = hash.as_ref().split_at(hash.as_ref().len() / 2);
    Some(base64url::encode(left))
}

/// "When max_age is used, the ID Token returned MUST include an auth_time Claim
/// Value" (OIDC Core §3.1.2.1), by which the client judges the sign-in.
fn check_auth_time(rules: &Rules, claims: &impl Claims, now: Timestamp, checked: &mut Checked) {
    let auth_time = date(claims, "auth_time", checked);
    let Some(max_age) = rules.max_age else { return };
    let Some(auth_time) = auth_time else {
        if !claims.contains("auth_time") {
            checked.miss("claim_missing", "auth_time", "it has no `auth_time`");
        }
        return;
    };
    if now.saturating_add(rules.leeway) < auth_time.reached() {
        checked.refuse(
            "auth_in_the_future",
            format!("the sign-in is in the future, at {}", auth_time.reached()),
        );
    }
    let begun = auth_time.begun();
    if now > begun.saturating_add(max_age).saturating_add(rules.leeway) {
        checked.refuse(
            "auth_too_old",
            format!(
                "the sign-in was {}, which is more than {} ago",
                ago(begun, now),
                format_span(max_age.as_secs())
            ),
        );
    }
}

/// Says whether a token has the event of a Logout Token, so that it is none of
/// another kind (RFC 8725 §3.12).
fn logs_out(claims: &impl Claims) -> bool {
    let events = claims.get("events").and_then(Value::as_object);
    events.is_some_and(|events| events.contains_key(LOGOUT_EVENT))
}

/// Checks what only Logout Tokens have (OIDC Back-Channel Logout §2.6, 5 to
/// 7).
fn check_logout(claims: &impl Claims, checked: &mut Checked) {
    if !claims.contains("sub") && !claims.contains("sid") {
        checked.refuse("sub_or_sid_missing", "it has neither `sub` nor `sid`");
    }
    match claims.get("events") {
        None => {}
        Some(Value::Object(events)) => match events.get(LOGOUT_EVENT) {
            None => checked.refuse("events", "its `events` has no back-channel logout"),
            // "The corresponding member value MUST be a JSON object" (§2.4).
            Some(Value::Object(_)) => {}
            Some(_) => checked.refuse(
                "events_invalid",
                "the back-channel logout in its `events` is not an object",
            ),
        },
        Some(_) => checked.refuse("events_invalid", "its `events` is not an object"),
    }
    // "Its use is prohibited to make a Logout Token syntactically invalid if
    // used in a forged Authentication Response in place of an ID Token."
    if claims.contains("nonce") {
        checked.refuse(
            "nonce_forbidden",
            "it has a `nonce`, as no Logout Token may",
        );
    }
}
