//! The claims that flags set.

use authctl::core::error::Error;
use authctl::core::jose::{Members, jwt};
use authctl::core::time::Timestamp;
use clap::builder::NonEmptyStringValueParser;
use serde_json::Value;

use crate::cli::member_input::MemberInput;
use crate::cli::moment::Moment;

/// The flags for claims. An instant is a duration from now (15m, -1h, now),
/// RFC 3339, or @ and Unix seconds.
#[derive(clap::Args, Debug)]
#[command(
    next_help_heading = "Claims (TIME: 15m from now, -1h, now, 2026-01-31T12:00:00Z or @1700000000)"
)]
pub struct ClaimsArgs {
    /// Issuer
    #[arg(long, value_name = "URL", value_parser = NonEmptyStringValueParser::new())]
    iss: Option<String>,

    /// Subject
    #[arg(long, value_name = "SUBJECT", value_parser = NonEmptyStringValueParser::new())]
    sub: Option<String>,

    /// Audience; if repeated, an array
    #[arg(long, value_name = "AUDIENCE", value_parser = NonEmptyStringValueParser::new())]
    aud: Vec<String>,

    /// When it expires
    #[arg(long, value_name = "TIME", allow_hyphen_values = true)]
    exp: Option<Moment>,

    /// When it begins to be valid
    #[arg(long, value_name = "TIME", allow_hyphen_values = true)]
    nbf: Option<Moment>,

    /// When it was issued; by default now
    #[arg(long, value_name = "TIME", allow_hyphen_values = true)]
    iat: Option<Moment>,

    /// Leave out `iat`
    #[arg(long, conflicts_with = "iat")]
    no_iat: bool,

    /// Identifier of the token; without a value a random one
    #[arg(long, value_name = "ID", num_args = 0..=1, default_missing_value = "", value_parser = parse_jti)]
    jti: Option<Jti>,

    /// Another claim: role=admin as text, level:=3 as JSON. May be repeated
    #[arg(long, value_name = "K=V|K:=JSON")]
    claim: Vec<MemberInput>,
}

#[derive(Clone, Debug)]
enum Jti {
    Random,
    Given(String),
}

/// What would be taken for the identifier but stands for the claims is not
/// swallowed.
fn parse_jti(typed: &str) -> Result<Jti, &'static str> {
    match typed {
        "" => Ok(Jti::Random),
        text if text == "-" || text.starts_with(['@', '{']) => {
            Err("it is no identifier; put the claims before the flags")
        }
        text => Ok(Jti::Given(text.to_owned())),
    }
}

impl ClaimsArgs {
    /// Says whether no claim is set.
    pub fn is_empty(&self) -> bool {
        self.set_by_own_flag().is_empty() && self.claim.is_empty()
    }

    /// Returns the claims that have a flag of their own, where it is given.
    fn set_by_own_flag(&self) -> Vec<&'static str> {
        [
            ("iss", self.iss.is_some()),
            ("sub", self.sub.is_some()),
            ("aud", !self.aud.is_empty()),
            ("exp", self.exp.is_some()),
            ("nbf", self.nbf.is_some()),
            ("iat", self.iat.is_some()),
            ("jti", self.jti.is_some()),
        ]
        .into_iter()
        .filter_map(|(name, given)| given.then_some(name))
        .collect()
    }

    /// Checks that no claim is given twice.
    ///
    /// # Errors
    ///
    /// Exit 2.
    pub fn check(&self) -> Result<(), Error> {
        let mut names = self.set_by_own_flag();
        for MemberInput { name, .. } in &self.claim {
            if names.contains(&name.as_str()) {
                return Err(Error::usage(
                    format!("the claim `{name}` is given twice"),
                    "give it once; an array is written as JSON: NAME:='[1,2]'",
                ));
            }
            names.push(name);
        }
        Ok(())
    }

    /// Puts the claims over those of a document, in their place where they are
    /// there.
    ///
    /// # Errors
    ///
    /// Those of [`jwt::random_id`].
    pub fn over(&self, mut claims: Members, now: Timestamp) -> Result<Members, Error> {
        for (name, text) in [("iss", &self.iss), ("sub", &self.sub)] {
            if let Some(text) = text {
                claims.insert(name, text.as_str());
            }
        }
        match self.aud.as_slice() {
            [] => {}
            [one] => claims.insert("aud", one.as_str()),
            several => claims.insert("aud", several.to_vec()),
        }
        for (name, moment) in [("exp", self.exp), ("nbf", self.nbf), ("iat", self.iat)] {
            if let Some(moment) = moment {
                claims.insert(name, moment.from(now).0);
            }
        }
        if self.no_iat {
            claims.remove("iat");
        } else if !claims.contains("iat") && !self.claim.iter().any(|claim| claim.name == "iat") {
            claims.insert("iat", now.0);
        }
        match &self.jti {
            None => {}
            Some(Jti::Given(jti)) => claims.insert("jti", jti.as_str()),
            Some(Jti::Random) => claims.insert("jti", Value::String(jwt::random_id()?)),
        }
        for MemberInput { name, value } in &self.claim {
            claims.insert_text(name.as_str(), value.clone());
        }
        Ok(claims)
    }
}
