//! Who and what the server knows: users, clients, scopes, lifetimes.

use std::time::Duration;

use serde_json::{Map, Value, json};

use super::credentials::Verifier;
use crate::core::jose::Algorithm;
use crate::core::uri::HttpsUrl;

/// Everything that is configured. [`Config::built_in`] needs no file;
/// [`Config::from_toml`] reads one.
#[derive(Clone, Debug)]
pub struct Config {
    /// The issuer, where it is not made from the address that is listened on
    /// (behind a proxy, or with TLS under a name).
    pub issuer: Option<HttpsUrl>,
    /// The resource owners.
    pub users: Vec<User>,
    /// The registered clients.
    pub clients: Vec<Client>,
    /// The scope tokens that may be granted; `*` among them allows any.
    pub scopes: Vec<String>,
    /// What a user's sign-in is granted when the request names no scope
    /// (RFC 6749 §3.3).
    pub default_scopes: Vec<String>,
    /// The `aud` of access tokens when the request names none. Defaults to the
    /// issuer.
    pub audience: Option<String>,
    /// The algorithm that tokens are signed with.
    pub algorithm: Algorithm,
    /// How long tokens live.
    pub lifetimes: Lifetimes,
    /// Whether a refresh token is spent when it is used (RFC 9700 §4.14.2).
    pub rotation: bool,
    /// How long a spent refresh token still answers with what it was spent
    /// for, so that a lost answer or two processes at once do not end a
    /// session. After that its use ends the family.
    pub reuse_grace: Duration,
}

/// How long tokens live.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lifetimes {
    /// Access tokens. Defaults to one hour.
    pub access_token: Duration,
    /// ID Tokens. Defaults to one hour.
    pub id_token: Duration,
    /// Refresh tokens, from their own issue on. Defaults to 30 days.
    pub refresh_token: Duration,
}

impl Default for Lifetimes {
    fn default() -> Self {
        Self {
            access_token: Duration::from_secs(3_600),
            id_token: Duration::from_secs(3_600),
            refresh_token: Duration::from_secs(30 * 86_400),
        }
    }
}

/// A resource owner.
#[derive(Clone, Debug)]
pub struct User {
    /// What is typed at sign-in.
    pub username: String,
    /// What tokens call the user: `sub`.
    pub sub: String,
    /// What the password is checked against.
    pub password: Verifier,
    /// Claims for ID Tokens and UserInfo, each released by the scope that
    /// OIDC Core §5.4 gives it.
    pub claims: Map<String, Value>,
}

/// A registered client (RFC 6749 §2).
#[derive(Clone, Debug)]
pub struct Client {
    /// `client_id`.
    pub client_id: String,
    /// What the secret is checked against; a public client has none.
    pub secret: Option<Verifier>,
    /// The grants that it may use.
    pub grant_types: Vec<GrantType>,
    /// The scope tokens that it may ask for, where they are fewer than the
    /// server's.
    pub scopes: Option<Vec<String>>,
}

impl Client {
    /// Says whether the client may be granted a scope token.
    pub(super) fn may_have(&self, token: &str) -> bool {
        self.scopes
            .as_ref()
            .is_none_or(|own| own.iter().any(|scope| scope == token))
    }
}

/// A grant that the token endpoint knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GrantType {
    /// RFC 6749 §4.3.
    Password,
    /// RFC 6749 §4.4.
    ClientCredentials,
    /// RFC 6749 §6.
    RefreshToken,
}

impl GrantType {
    /// All of them, in the order in which the metadata lists them.
    pub const ALL: [Self; 3] = [Self::Password, Self::ClientCredentials, Self::RefreshToken];

    /// Returns the value of `grant_type`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Password => "password",
            Self::ClientCredentials => "client_credentials",
            Self::RefreshToken => "refresh_token",
        }
    }

    /// Finds a grant by the value of `grant_type`.
    pub fn by_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|grant| grant.name() == name)
    }
}

/// The scopes of the built-in configuration.
const SCOPES: [&str; 7] = [
    "openid",
    "profile",
    "email",
    "groups",
    "offline_access",
    "api:read",
    "api:write",
];

/// What a sign-in is granted when it asks for nothing.
const DEFAULT_SCOPES: [&str; 3] = ["openid", "profile", "email"];

/// How long a spent refresh token answers again.
const REUSE_GRACE: Duration = Duration::from_secs(10);

impl Config {
    /// Returns the configuration that needs no file: users `alice` (password
    /// `wonderland`) and `bob` (`builder`), a public client `authctl` and a
    /// confidential client `service` (secret `service-secret`).
    pub fn built_in() -> Self {
        Self {
            users: vec![
                built_in_user(
                    "alice",
                    "wonderland",
                    "Alice Liddell",
                    "Alice",
                    "Liddell",
                    &["admins", "developers"],
                ),
                built_in_user(
                    "bob",
                    "builder",
                    "Bob Mason",
                    "Bob",
                    "Mason",
                    &["developers"],
                ),
            ],
            clients: vec![
                Client {
                    client_id: "authctl".into(),
                    secret: None,
                    grant_types: vec![GrantType::Password, GrantType::RefreshToken],
                    scopes: None,
                },
                Client {
                    client_id: "service".into(),
                    secret: Some(Verifier::published("service-secret")),
                    grant_types: GrantType::ALL.to_vec(),
                    scopes: None,
                },
            ],
            ..Self::empty()
        }
    }

    /// Returns a configuration without users and clients, all else default.
    pub fn empty() -> Self {
        Self {
            issuer: None,
            users: Vec::new(),
            clients: Vec::new(),
            scopes: SCOPES.map(str::to_owned).to_vec(),
            default_scopes: DEFAULT_SCOPES.map(str::to_owned).to_vec(),
            audience: None,
            algorithm: Algorithm::RS256,
            lifetimes: Lifetimes::default(),
            rotation: true,
            reuse_grace: REUSE_GRACE,
        }
    }

    /// Says whether a password or secret in it is public knowledge.
    pub fn has_published_secrets(&self) -> bool {
        let users = self.users.iter().map(|user| &user.password);
        let clients = self.clients.iter().filter_map(|c| c.secret.as_ref());
        users
            .chain(clients)
            .any(|verifier| verifier.public_text().is_some())
    }

    /// Says whether a scope token may be granted at all.
    pub(super) fn knows_scope(&self, token: &str) -> bool {
        self.scopes
            .iter()
            .any(|known| known == "*" || known == token)
    }
}

fn built_in_user(
    username: &str,
    password: &'static str,
    name: &str,
    given_name: &str,
    family_name: &str,
    groups: &[&str],
) -> User {
    let claims = json!({
        "name": name,
        "given_name": given_name,
        "family_name": family_name,
        "preferred_username": username,
        "locale": "en",
        "zoneinfo": "Europe/Berlin",
        "email": format!("{username}@example.com"),
        "email_verified": true,
        "groups": groups,
    });
    User {
        username: username.to_owned(),
        sub: username.to_owned(),
        password: Verifier::published(password),
        claims: match claims {
            Value::Object(claims) => claims,
            _ => Map::new(),
        },
    }
}
