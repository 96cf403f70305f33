//! The flags that say what a JWT must satisfy.

use std::time::Duration;

use authctl::core::config::SecretRef;
use authctl::core::config::setting::split_list;
use authctl::core::error::Error;
use authctl::core::jose::jwt::Rules;
use authctl::core::jose::{self, Algorithm, AtHash, ClaimPath, ClaimRule, Profile};
use authctl::core::time::{Timestamp, parse_span};
use clap::builder::NonEmptyStringValueParser;

use super::context::Context;
use super::secrets::SecretRefParser;

/// What the token must satisfy.
#[derive(clap::Args, Debug)]
#[command(next_help_heading = "Checks")]
pub struct ChecksArgs {
    /// Require what the specification of this kind of token requires
    #[arg(long = "as", value_enum, value_name = "KIND")]
    kind: Option<Kind>,

    /// Require this `iss`; its server's keys are used unless others are named
    #[arg(long, value_name = "URL", value_parser = NonEmptyStringValueParser::new())]
    pub issuer: Option<String>,

    /// Require this audience in `aud`; if repeated, one of them
    #[arg(long, value_name = "AUDIENCE", value_parser = NonEmptyStringValueParser::new())]
    audience: Vec<String>,

    /// Allow these algorithms only
    #[arg(long, value_name = "ALG,…", value_delimiter = ',')]
    pub alg: Option<Vec<Algorithm>>,

    /// Require this `typ` in the header, such as at+jwt
    #[arg(long, value_name = "TYPE", value_parser = NonEmptyStringValueParser::new())]
    typ: Option<String>,

    /// Require these scope values; repeat it, or separate them by space or
    /// comma
    #[arg(long, value_name = "SCOPE", value_parser = parse_scope)]
    scope: Vec<String>,

    /// Require a claim with this value, as text or as JSON, in an array one of
    /// the items; K:=JSON requires exactly that. K is a name or a path:
    /// /realm_access/roles or '$.realm_access.roles[*]'. May be repeated
    #[arg(long, value_name = "K=V")]
    claim: Vec<ClaimRule>,

    /// Require a claim, or what a path leads to, with any value; may be
    /// repeated
    #[arg(long, value_name = "K")]
    require: Vec<ClaimPath>,

    /// Let clocks differ by this much
    #[arg(long, value_name = "DURATION", default_value = "0s", value_parser = parse_span)]
    leeway: Duration,

    /// Require that the token was issued (`iat`) at most this long ago; of an
    /// ID Token also the sign-in (`auth_time`)
    #[arg(long, value_name = "DURATION", value_parser = parse_span)]
    max_age: Option<Duration>,

    /// Judge as of this instant: Unix seconds or RFC 3339
    #[arg(long, value_name = "INSTANT", allow_negative_numbers = true)]
    now: Option<Timestamp>,

    /// Accept a token without `exp`
    #[arg(long, conflicts_with = "kind")]
    allow_missing_exp: bool,

    /// With --as: the client that the token was issued to; an ID Token or a
    /// Logout Token is for it
    #[arg(long, value_name = "ID", requires = "kind", value_parser = NonEmptyStringValueParser::new())]
    client_id: Option<String>,

    /// With --as id-token: the nonce of the authentication request
    #[arg(long, value_name = "NONCE", requires = "kind", value_parser = NonEmptyStringValueParser::new())]
    nonce: Option<String>,

    /// With --as id-token: the access token that must be bound to it by
    /// `at_hash`: env:NAME, file:PATH, cmd:COMMAND, keychain:NAME, - for
    /// standard input, or nothing for a hidden prompt
    #[arg(long, value_name = "REF", num_args = 0..=1, default_missing_value = "", requires = "kind", value_parser = SecretRefParser)]
    access_token: Option<SecretRef>,
}

/// What cannot be asked of a payload that is no Claims Set. (clap requires
/// nothing that conflicts with what is there, so each flag says it.)
pub const CHECKS_OF_CLAIMS: [&str; 14] = [
    "kind",
    "audience",
    "typ",
    "scope",
    "claim",
    "require",
    "leeway",
    "max_age",
    "now",
    "allow_missing_exp",
    "client_id",
    "nonce",
    "access_token",
    "lint",
];

#[derive(clap::ValueEnum, Clone, Copy, Debug, PartialEq, Eq)]
#[expect(
    clippy::enum_variant_names,
    reason = "they are the names that are typed"
)]
enum Kind {
    /// An access token by RFC 9068; needs --audience
    AccessToken,
    /// An ID Token by OIDC Core; needs --client-id
    IdToken,
    /// A Logout Token by OIDC Back-Channel Logout; needs --client-id
    LogoutToken,
}

/// The rules, with what they need besides the flags.
pub struct Checks {
    rules: Rules,
    now: Timestamp,
    is_now_given: bool,
}

impl ChecksArgs {
    /// Returns what is to be read from standard input, as messages call it.
    pub fn on_stdin(&self) -> Option<&'static str> {
        (self.access_token == Some(SecretRef::Stdin)).then_some("an access token")
    }

    /// Makes the rules of the flags.
    ///
    /// # Errors
    ///
    /// Exit 2 for flags that do not go together; those of reading the access
    /// token.
    pub fn open(&self, cx: &Context) -> Result<Checks, Error> {
        let rules = Rules {
            issuer: None,
            audience: self.audience.clone(),
            algorithms: self.alg.clone(),
            typ: self.typ.clone(),
            scopes: self
                .scope
                .iter()
                .flat_map(|text| split_list(text))
                .collect(),
            claims: self.claim.clone(),
            required: self.require.clone(),
            leeway: self.leeway,
            max_age: self.max_age,
            allow_missing_exp: self.allow_missing_exp,
            profile: self.kind.map(|kind| self.profile(cx, kind)).transpose()?,
        };
        let now = self.now.unwrap_or_else(|| cx.now());
        Ok(Checks {
            rules,
            now,
            is_now_given: self.now.is_some(),
        })
    }

    fn profile(&self, cx: &Context, kind: Kind) -> Result<Profile, Error> {
        if kind != Kind::IdToken && (self.nonce.is_some() || self.access_token.is_some()) {
            return Err(Error::usage(
                "`--nonce` and `--access-token` are checks of an ID Token",
                "judge it by --as id-token, or leave them out",
            ));
        }
        Ok(match kind {
            // "The resource server MUST validate that the aud claim contains a
            // resource indicator value corresponding to an identifier the
            // resource server expects for itself" (RFC 9068 §4).
            Kind::AccessToken if self.audience.is_empty() => {
                return Err(Error::usage(
                    "an access token is for an audience, and none is named (RFC 9068 section 4)",
                    "name the resource server with --audience",
                ));
            }
            Kind::AccessToken => Profile::AccessToken {
                client_id: self.client_id.clone(),
            },
            Kind::IdToken => Profile::IdToken {
                client_id: self.client()?,
                nonce: self.nonce.clone(),
                access_token: match &self.access_token {
                    Some(reference) => {
                        let instead = "name it: `--access-token env:NAME`";
                        let token = cx.secret(reference, "Access token", instead)?;
                        Some(AtHash::Required(token))
                    }
                    None => None,
                },
            },
            Kind::LogoutToken => Profile::LogoutToken {
                client_id: self.client()?,
            },
        })
    }

    /// Returns the client that the token is for.
    fn client(&self) -> Result<String, Error> {
        match (&self.client_id, self.audience.as_slice()) {
            (Some(client), _) | (None, [client]) => Ok(client.clone()),
            (None, _) => Err(Error::usage(
                "the token is for a client, and none is named",
                "name it with --client-id",
            )),
        }
    }
}

impl Checks {
    /// Returns the rules, with the `iss` that is required.
    ///
    /// # Errors
    ///
    /// [`jose::Error::Usage`] where a kind of token is asked for and nobody
    /// says who issued it: every kind has its issuer checked.
    pub fn rules(&self, issuer: Option<&str>) -> Result<Rules, jose::Error> {
        if issuer.is_none() && self.rules.profile.is_some() {
            return Err(jose::Error::Usage {
                what: "with `--as` the issuer is checked, and none is named; name it with --issuer"
                    .to_owned(),
            });
        }
        Ok(Rules {
            issuer: issuer.map(ToOwned::to_owned),
            ..self.rules.clone()
        })
    }

    /// Returns how much clocks may differ.
    pub fn leeway(&self) -> Duration {
        self.rules.leeway
    }

    /// Returns the instant as of which to judge.
    pub fn now(&self) -> Timestamp {
        self.now
    }

    /// Returns the instant that `--now` gave, for those who judge so long that
    /// the present is another at the end.
    pub fn fixed_now(&self) -> Option<Timestamp> {
        self.is_now_given.then_some(self.now)
    }
}

/// Takes scope values, of which there must be one: an empty variable in a
/// script must not turn the check off.
fn parse_scope(text: &str) -> Result<String, &'static str> {
    match split_list(text).is_empty() {
        true => Err("expected a scope value"),
        false => Ok(text.to_owned()),
    }
}
