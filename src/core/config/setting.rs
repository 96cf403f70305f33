//! The one list of settings: their names in the file, as flags and as
//! environment variables.

use std::collections::BTreeMap;
use std::fmt;

/// A setting that a flag, the environment or a profile may give.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Setting {
    /// The issuer identifier (RFC 8414 §2).
    Issuer,
    /// `client_id` (RFC 6749 §2.2).
    ClientId,
    /// A reference to the client's secret.
    ClientSecret,
    /// How the client authenticates, by its registry name (RFC 7591 §2).
    AuthMethod,
    /// Scope values (RFC 6749 §3.3).
    Scope,
    /// `audience`, as some servers take it.
    Audience,
    /// Resource indicators (RFC 8707).
    Resource,
    /// `token_endpoint`, for servers without metadata.
    TokenEndpoint,
    /// `revocation_endpoint`.
    RevocationEndpoint,
    /// `introspection_endpoint`.
    IntrospectionEndpoint,
    /// `userinfo_endpoint`.
    UserinfoEndpoint,
    /// `end_session_endpoint`.
    EndSessionEndpoint,
    /// `jwks_uri`.
    JwksUri,
    /// Further request parameters, `K=V`.
    Param,
    /// The resource owner's user name, for the password grant.
    Username,
    /// A reference to the resource owner's password.
    Password,
    /// Which token store.
    Store,
    /// A reference to the 32-octet key of the file store.
    StoreKey,
    /// A reference to the passphrase of the file store.
    StorePassphrase,
    /// The address of the Vault that keeps sessions.
    VaultAddress,
    /// The namespace in it.
    VaultNamespace,
    /// Where its KV version 2 engine is mounted.
    VaultMount,
    /// The folder in that engine.
    VaultPath,
    /// How to sign in at it: `token`, `approle`, `jwt` or `kubernetes`.
    VaultAuth,
    /// Where the auth method is mounted.
    VaultAuthMount,
    /// The role to sign in as; for AppRole the `role_id`.
    VaultRole,
    /// A reference to the token, the JWT or the `secret_id`.
    VaultSecret,
    /// A PEM file of further certification authorities for Vault.
    VaultCacert,
    /// A PEM file of further certification authorities.
    Cacert,
    /// A PEM file with the client's certificate (RFC 8705).
    Cert,
    /// A PEM file with the key of that certificate.
    CertKey,
    /// How long a command may wait for a server in all.
    Timeout,
}

/// What form a setting's value has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A text.
    Text,
    /// A URL that may be spoken to.
    Url,
    /// A span of time.
    Span,
    /// A reference to a secret.
    Reference,
    /// A list of texts; a single text stands for a list of one, and in
    /// variables the values are separated by spaces or commas.
    List,
    /// Pairs of name and value; in variables and flags `K=V`.
    Pairs,
}

/// The value of a setting.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// A text or a reference.
    Text(String),
    /// A list; pairs stand in it as `K=V`.
    List(Vec<String>),
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => f.write_str(text),
            Self::List(items) => f.write_str(&items.join(" ")),
        }
    }
}

/// The settings that one source gives.
pub type Layer = BTreeMap<Setting, Value>;

/// Where a value came from. The order is the order of precedence.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Source {
    /// A flag of this call.
    Flag,
    /// The environment variable of this name.
    Environment(&'static str),
    /// The profile of this name.
    Profile(String),
    /// The server's metadata.
    Metadata,
    /// Built in.
    Default,
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Flag => f.write_str("flag"),
            Self::Environment(name) => write!(f, "environment {name}"),
            Self::Profile(name) => write!(f, "profile `{name}`"),
            Self::Metadata => f.write_str("server metadata"),
            Self::Default => f.write_str("default"),
        }
    }
}

struct Row {
    setting: Setting,
    key: &'static str,
    flag: &'static str,
    variable: &'static str,
    kind: Kind,
}

const fn row(
    setting: Setting,
    key: &'static str,
    flag: &'static str,
    variable: &'static str,
    kind: Kind,
) -> Row {
    Row {
        setting,
        key,
        flag,
        variable,
        kind,
    }
}

const TABLE: [Row; 32] = [
    row(
        Setting::Issuer,
        "issuer",
        "--issuer",
        "AUTHCTL_ISSUER",
        Kind::Url,
    ),
    row(
        Setting::ClientId,
        "client_id",
        "--client-id",
        "AUTHCTL_CLIENT_ID",
        Kind::Text,
    ),
    row(
        Setting::ClientSecret,
        "client_secret",
        "--client-secret",
        "AUTHCTL_CLIENT_SECRET",
        Kind::Reference,
    ),
    row(
        Setting::AuthMethod,
        "auth_method",
        "--auth-method",
        "AUTHCTL_AUTH_METHOD",
        Kind::Text,
    ),
    row(
        Setting::Scope,
        "scope",
        "--scope",
        "AUTHCTL_SCOPE",
        Kind::List,
    ),
    row(
        Setting::Audience,
        "audience",
        "--audience",
        "AUTHCTL_AUDIENCE",
        Kind::Text,
    ),
    row(
        Setting::Resource,
        "resource",
        "--resource",
        "AUTHCTL_RESOURCE",
        Kind::List,
    ),
    row(
        Setting::TokenEndpoint,
        "token_endpoint",
        "--token-endpoint",
        "AUTHCTL_TOKEN_ENDPOINT",
        Kind::Url,
    ),
    row(
        Setting::RevocationEndpoint,
        "revocation_endpoint",
        "--revocation-endpoint",
        "AUTHCTL_REVOCATION_ENDPOINT",
        Kind::Url,
    ),
    row(
        Setting::IntrospectionEndpoint,
        "introspection_endpoint",
        "--introspection-endpoint",
        "AUTHCTL_INTROSPECTION_ENDPOINT",
        Kind::Url,
    ),
    row(
        Setting::UserinfoEndpoint,
        "userinfo_endpoint",
        "--userinfo-endpoint",
        "AUTHCTL_USERINFO_ENDPOINT",
        Kind::Url,
    ),
    row(
        Setting::EndSessionEndpoint,
        "end_session_endpoint",
        "--end-session-endpoint",
        "AUTHCTL_END_SESSION_ENDPOINT",
        Kind::Url,
    ),
    row(
        Setting::JwksUri,
        "jwks_uri",
        "--jwks-uri",
        "AUTHCTL_JWKS_URI",
        Kind::Url,
    ),
    row(
        Setting::Param,
        "param",
        "--param",
        "AUTHCTL_PARAM",
        Kind::Pairs,
    ),
    row(
        Setting::Username,
        "username",
        "--username",
        "AUTHCTL_USERNAME",
        Kind::Text,
    ),
    row(
        Setting::Password,
        "password",
        "--password",
        "AUTHCTL_PASSWORD",
        Kind::Reference,
    ),
    row(
        Setting::Store,
        "store",
        "--store",
        "AUTHCTL_STORE",
        Kind::Text,
    ),
    row(
        Setting::StoreKey,
        "store_key",
        "--store-key",
        "AUTHCTL_STORE_KEY",
        Kind::Reference,
    ),
    row(
        Setting::StorePassphrase,
        "store_passphrase",
        "--store-passphrase",
        "AUTHCTL_STORE_PASSPHRASE",
        Kind::Reference,
    ),
    row(
        Setting::VaultAddress,
        "vault_address",
        "",
        "AUTHCTL_VAULT_ADDRESS",
        Kind::Url,
    ),
    row(
        Setting::VaultNamespace,
        "vault_namespace",
        "",
        "AUTHCTL_VAULT_NAMESPACE",
        Kind::Text,
    ),
    row(
        Setting::VaultMount,
        "vault_mount",
        "",
        "AUTHCTL_VAULT_MOUNT",
        Kind::Text,
    ),
    row(
        Setting::VaultPath,
        "vault_path",
        "",
        "AUTHCTL_VAULT_PATH",
        Kind::Text,
    ),
    row(
        Setting::VaultAuth,
        "vault_auth",
        "",
        "AUTHCTL_VAULT_AUTH",
        Kind::Text,
    ),
    row(
        Setting::VaultAuthMount,
        "vault_auth_mount",
        "",
        "AUTHCTL_VAULT_AUTH_MOUNT",
        Kind::Text,
    ),
    row(
        Setting::VaultRole,
        "vault_role",
        "",
        "AUTHCTL_VAULT_ROLE",
        Kind::Text,
    ),
    row(
        Setting::VaultSecret,
        "vault_secret",
        "",
        "AUTHCTL_VAULT_SECRET",
        Kind::Reference,
    ),
    row(
        Setting::VaultCacert,
        "vault_cacert",
        "",
        "AUTHCTL_VAULT_CACERT",
        Kind::Text,
    ),
    row(
        Setting::Cacert,
        "cacert",
        "--cacert",
        "AUTHCTL_CACERT",
        Kind::Text,
    ),
    row(Setting::Cert, "cert", "--cert", "AUTHCTL_CERT", Kind::Text),
    row(
        Setting::CertKey,
        "cert_key",
        "--cert-key",
        "AUTHCTL_CERT_KEY",
        Kind::Text,
    ),
    row(
        Setting::Timeout,
        "timeout",
        "--timeout",
        "AUTHCTL_TIMEOUT",
        Kind::Span,
    ),
];

impl Setting {
    /// Returns all settings, in the order in which they are shown.
    pub fn all() -> impl Iterator<Item = Setting> {
        TABLE.iter().map(|row| row.setting)
    }

    /// Returns the setting whose key in `config.toml` this is.
    pub fn from_key(key: &str) -> Option<Setting> {
        TABLE
            .iter()
            .find(|row| row.key == key)
            .map(|row| row.setting)
    }

    /// Returns the key in `config.toml`: `client_id`.
    pub fn key(self) -> &'static str {
        self.row().key
    }

    /// Returns the flag: `--client-id`; empty for what is given in the
    /// environment or a profile only.
    pub fn flag(self) -> &'static str {
        self.row().flag
    }

    /// Returns the environment variable: `AUTHCTL_CLIENT_ID`. The variables of
    /// secrets hold the secret itself, not a reference.
    pub fn variable(self) -> &'static str {
        self.row().variable
    }

    /// Says whether it is an endpoint of a server, which the server's metadata
    /// can give as well.
    pub fn is_endpoint(self) -> bool {
        self.kind() == Kind::Url && !matches!(self, Self::Issuer | Self::VaultAddress)
    }

    /// Returns what form its value has.
    pub fn kind(self) -> Kind {
        self.row().kind
    }

    fn row(self) -> &'static Row {
        // The table stands in the order of the enum; a test holds it to that.
        &TABLE[self as usize]
    }

    /// Reads the text of an environment variable or of `profile set`. An
    /// empty text gives no value.
    pub fn parse(self, text: &str) -> Option<Value> {
        if text.is_empty() {
            return None;
        }
        Some(match self.kind() {
            Kind::Text | Kind::Url | Kind::Span | Kind::Reference => Value::Text(text.to_owned()),
            Kind::List => Value::List(split_list(text)),
            Kind::Pairs => {
                Value::List(text.split(',').map(|pair| pair.trim().to_owned()).collect())
            }
        })
    }
}

/// Returns the keys of `config.toml`.
pub fn keys() -> impl Iterator<Item = &'static str> {
    TABLE.iter().map(|row| row.key)
}

/// Splits a list at spaces and commas.
pub fn split_list(text: &str) -> Vec<String> {
    text.split([' ', ','])
        .filter(|item| !item.is_empty())
        .map(str::to_owned)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_stands_in_the_order_of_the_enum() {
        for (index, row) in TABLE.iter().enumerate() {
            assert_eq!(row.setting as usize, index, "{}", row.key);
        }
    }

    #[test]
    fn names_follow_one_rule() {
        for row in &TABLE {
            let flag = format!("--{}", row.key.replace('_', "-"));
            assert!(row.flag == flag || row.flag.is_empty(), "{}", row.flag);
            assert_eq!(row.variable, format!("AUTHCTL_{}", row.key.to_uppercase()));
        }
    }

    #[test]
    fn lists_are_split_at_spaces_and_commas() {
        assert_eq!(
            Setting::Scope.parse("openid profile,email"),
            Some(Value::List(vec![
                "openid".into(),
                "profile".into(),
                "email".into()
            ]))
        );
        assert_eq!(Setting::Issuer.parse(""), None);
    }
}
