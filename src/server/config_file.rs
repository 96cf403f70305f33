//! Reading a configuration from TOML.
//!
//! A key that is not known is an error with a suggestion: a mistyped
//! `access_token_lifetme` must not quietly leave the default. No error shows a
//! value of the file, since it may be a password.

use toml_edit::DocumentMut;

use super::config::{Client, Config, GrantType, Lifetimes, User};
use super::section::{Section, not_toml};
use crate::core::Error;

const TOP: [&str; 12] = [
    "issuer",
    "audience",
    "alg",
    "scopes",
    "default_scopes",
    "access_token_lifetime",
    "id_token_lifetime",
    "refresh_token_lifetime",
    "refresh_token_rotation",
    "refresh_token_reuse_grace",
    "users",
    "clients",
];
const USER: [&str; 4] = ["password", "password_hash", "sub", "claims"];
const CLIENT: [&str; 4] = ["secret", "secret_hash", "grant_types", "scopes"];

impl Config {
    /// Reads a configuration. What it leaves out is as in
    /// [`Config::built_in`], but for users and clients: there are those of
    /// the file only.
    ///
    /// ```
    /// # let file = r#"
    /// issuer = "http://127.0.0.1:9400"      # all optional; else from the address
    /// audience = "https://api.example"      # else the issuer
    /// alg = "RS256"
    /// scopes = ["openid", "profile", "email", "orders:read"]  # "*" allows any
    /// default_scopes = ["openid", "profile"]
    /// access_token_lifetime = "1h"
    /// id_token_lifetime = "1h"
    /// refresh_token_lifetime = "30d"
    /// refresh_token_rotation = true
    /// refresh_token_reuse_grace = "10s"
    ///
    /// [users.carol]
    /// password = "hashed when it is read"   # or password_hash = "$argon2id$…"
    /// sub = "user-3"                        # else the name
    /// claims = { name = "Carol", email = "carol@example.com" }
    ///
    /// [clients.web]                         # no secret: a public client
    /// grant_types = ["password", "refresh_token"]
    ///
    /// [clients.batch]
    /// secret = "hashed, too"                # or secret_hash = "$argon2id$…"
    /// grant_types = ["client_credentials"]
    /// scopes = ["orders:read"]              # else all of the server's
    /// # "#;
    /// # let config = authctl::server::Config::from_toml(file)?;
    /// # assert_eq!(config.clients.len(), 2);
    /// # Ok::<(), authctl::core::Error>(())
    /// ```
    ///
    /// Passwords and secrets that stand in the file as they are get hashed
    /// (argon2id), which takes some 20 ms each.
    ///
    /// # Errors
    ///
    /// [`Error::Input`] for anything that is not TOML, a key that is not
    /// known, or a value that does not fit its key. It names the key.
    pub fn from_toml(text: &str) -> Result<Self, Error> {
        let document: DocumentMut = text
            .parse()
            .map_err(|error: toml_edit::TomlError| not_toml(text, &error))?;
        let top = Section::top(document.as_table());
        top.allow(&TOP)?;
        let default = Self::empty();
        let lifetimes = Lifetimes {
            access_token: top.lifetime("access_token_lifetime", default.lifetimes.access_token)?,
            id_token: top.lifetime("id_token_lifetime", default.lifetimes.id_token)?,
            refresh_token: top
                .lifetime("refresh_token_lifetime", default.lifetimes.refresh_token)?,
        };
        let scopes = top.scopes("scopes")?.unwrap_or(default.scopes);
        // The defaults cannot be more than there is.
        let default_scopes = match top.scopes("default_scopes")? {
            Some(given) => given,
            None => {
                let known = |token: &String| scopes.iter().any(|s| s == "*" || s == token);
                default.default_scopes.into_iter().filter(known).collect()
            }
        };
        let config = Self {
            issuer: top.parsed("issuer")?,
            audience: top.text("audience")?.map(str::to_owned),
            algorithm: top.parsed("alg")?.unwrap_or(default.algorithm),
            lifetimes,
            rotation: top
                .flag("refresh_token_rotation")?
                .unwrap_or(default.rotation),
            reuse_grace: top
                .span("refresh_token_reuse_grace")?
                .unwrap_or(default.reuse_grace),
            users: top.each("users", user)?,
            clients: top.each("clients", client)?,
            scopes,
            default_scopes,
        };
        config.check()?;
        Ok(config)
    }

    /// Checks what concerns more than one key.
    fn check(&self) -> Result<(), Error> {
        if self.algorithm.is_symmetric() {
            return Err(Error::input(
                format!(
                    "`alg` is {}, whose key would have to be published",
                    self.algorithm
                ),
                "use an algorithm with a key pair, like RS256, ES256 or EdDSA",
            ));
        }
        if let Some(scope) = self.default_scopes.iter().find(|s| !self.knows_scope(s)) {
            return Err(Error::input(
                format!("`default_scopes` holds `{scope}`, which `scopes` does not"),
                "add it to `scopes`",
            ));
        }
        for client in &self.clients {
            let mut own = client.scopes.iter().flatten();
            if let Some(scope) = own.find(|scope| !self.knows_scope(scope)) {
                return Err(Error::input(
                    format!(
                        "`clients.{}.scopes` holds `{scope}`, which `scopes` does not",
                        client.client_id
                    ),
                    "add it to `scopes`",
                ));
            }
        }
        for (at, user) in self.users.iter().enumerate() {
            if self.users[..at].iter().any(|other| other.sub == user.sub) {
                return Err(Error::input(
                    format!("two users have the `sub` `{}`", user.sub),
                    "a `sub` is never assigned twice (OIDC Core §2)",
                ));
            }
        }
        Ok(())
    }
}

fn user(username: &str, section: &Section<'_>) -> Result<User, Error> {
    section.allow(&USER)?;
    let password = section
        .verifier("password", "password_hash")?
        .ok_or_else(|| section.wrong("password", "is missing; give it or `password_hash`"))?;
    let claims = section.claims("claims")?;
    Ok(User {
        username: username.to_owned(),
        sub: section.text("sub")?.unwrap_or(username).to_owned(),
        password,
        claims,
    })
}

fn client(client_id: &str, section: &Section<'_>) -> Result<Client, Error> {
    section.allow(&CLIENT)?;
    let secret = section.verifier("secret", "secret_hash")?;
    let grant_types = match section.texts("grant_types")? {
        Some(names) => names
            .iter()
            .map(|name| {
                GrantType::by_name(name).ok_or_else(|| {
                    let all = GrantType::ALL.map(GrantType::name).join(", ");
                    section.wrong("grant_types", &format!("holds a grant other than {all}"))
                })
            })
            .collect::<Result<Vec<_>, _>>()?,
        // What the client can do by its nature.
        None if secret.is_some() => GrantType::ALL.to_vec(),
        None => vec![GrantType::Password, GrantType::RefreshToken],
    };
    if secret.is_none() && grant_types.contains(&GrantType::ClientCredentials) {
        return Err(section.wrong(
            "grant_types",
            "holds client_credentials, which only a client with a secret may use (RFC 6749 §4.4)",
        ));
    }
    Ok(Client {
        client_id: client_id.to_owned(),
        secret,
        grant_types,
        scopes: section.scopes("scopes")?,
    })
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;
    use crate::core::error::{Exit, Report};
    use crate::core::jose::Algorithm;

    const PHC: &str =
        "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc";

    #[test]
    fn a_whole_file_is_read() {
        let config = Config::from_toml(&format!(
            r#"
            issuer = "https://as.example"
            audience = "https://api.example"
            alg = "ES256"
            scopes = ["openid", "orders:read"]
            access_token_lifetime = "10m"
            id_token_lifetime = "5m"
            refresh_token_lifetime = "7d"
            refresh_token_rotation = false
            refresh_token_reuse_grace = "0s"

            [users.carol]
            password_hash = "{PHC}"
            sub = "user-3"
            [users.carol.claims]
            name = "Carol"
            level = 3
            score = 1.5
            tags = ["a"]
            on = true
            birthdate = 1990-01-02
            address = {{ country = "DE" }}

            [clients.web]
            [clients.batch]
            secret_hash = "{PHC}"
            grant_types = ["client_credentials"]
            scopes = ["orders:read"]
            "#
        ))
        .unwrap();
        assert_eq!(
            config.issuer.as_ref().map(|i| i.as_str()),
            Some("https://as.example")
        );
        assert_eq!(config.audience.as_deref(), Some("https://api.example"));
        assert_eq!(config.algorithm, Algorithm::ES256);
        assert_eq!(config.scopes, ["openid", "orders:read"]);
        assert_eq!(config.default_scopes, ["openid"]);
        assert_eq!(config.lifetimes.access_token.as_secs(), 600);
        assert_eq!(config.lifetimes.id_token.as_secs(), 300);
        assert_eq!(config.lifetimes.refresh_token.as_secs(), 604_800);
        assert!(!config.rotation);
        assert!(config.reuse_grace.is_zero());
        assert_eq!(config.users[0].sub, "user-3");
        assert_eq!(
            Value::Object(config.users[0].claims.clone()),
            serde_json::json!({
                "name": "Carol", "level": 3, "score": 1.5, "tags": ["a"], "on": true,
                "birthdate": "1990-01-02", "address": { "country": "DE" },
            })
        );
        assert!(config.clients[0].secret.is_none());
        assert_eq!(
            config.clients[0].grant_types,
            [GrantType::Password, GrantType::RefreshToken]
        );
        assert_eq!(
            config.clients[1].grant_types,
            [GrantType::ClientCredentials]
        );
        assert!(!config.has_published_secrets());
    }

    #[test]
    fn nothing_is_a_configuration_without_users() {
        let config = Config::from_toml("").unwrap();
        assert!(config.users.is_empty() && config.clients.is_empty());
        assert_eq!(config.algorithm, Algorithm::RS256);
    }

    #[test]
    fn what_does_not_fit_is_refused_by_the_name_of_its_key() {
        for (text, what) in [
            ("a = ", "line 1 is not TOML"),
            ("alg = \"RS256\"\nx = = 1", "line 2 is not TOML"),
            ("alg = 1", "`alg` is not a text"),
            ("audience = \"\"", "`audience` is empty"),
            (
                "access_token_lifetime = \"0s\"",
                "`access_token_lifetime` is no time at all",
            ),
            (
                "access_token_lifetime = \"soon\"",
                "`access_token_lifetime` does not serve: expected a duration like 90, 90s, 5m, 1h30m or 7d",
            ),
            (
                "refresh_token_rotation = \"yes\"",
                "`refresh_token_rotation` is not true or false",
            ),
            ("scopes = \"openid\"", "`scopes` is not a list of texts"),
            (
                "default_scopes = [\"x\"]",
                "`default_scopes` holds `x`, which `scopes` does not",
            ),
            (
                "alg = \"HS256\"",
                "`alg` is HS256, whose key would have to be published",
            ),
            ("users = 1", "`users` is not a table"),
            (
                "[users.a]",
                "`users.a.password` is missing; give it or `password_hash`",
            ),
            (
                "[users.a]\npassword = \"$argon2id$v=19\"",
                "`users.a.password` looks like a hash; call the key `password_hash`",
            ),
            (
                "[users.a]\npassword = \"x\"\npassword_hash = \"y\"",
                "`users.a.password` stands beside `password_hash`",
            ),
            (
                "[users.a]\npassword_hash = \"hunter2\"",
                "`users.a.password_hash` does not serve: it is not a PHC string like $argon2id$v=19$m=19456,t=2,p=1$SALT$HASH",
            ),
            (
                "[clients.a]\ngrant_types = [\"client_credentials\"]",
                "`clients.a.grant_types` holds client_credentials, which only a client with a secret may use (RFC 6749 §4.4)",
            ),
            (
                "[clients.a]\nscopes = [\"x\"]",
                "`clients.a.scopes` holds `x`, which `scopes` does not",
            ),
        ] {
            let error = Config::from_toml(text).unwrap_err();
            assert_eq!(error.to_string(), what, "{text}");
            assert_eq!(error.exit(), Exit::Config, "{text}");
        }
    }

    #[test]
    fn reserved_claims_and_twins_are_refused() {
        let user =
            |name: &str, rest: &str| format!("[users.{name}]\npassword_hash = \"{PHC}\"\n{rest}\n");
        for (text, what) in [
            (
                user("a", "claims = { iss = \"x\" }"),
                "`users.a.claims` sets `iss`, which the server makes",
            ),
            (
                user("a", "claims = { x = nan }"),
                "`users.a.claims` has a `x` that JSON cannot say",
            ),
            (
                user("a", "sub = \"s\"") + &user("b", "sub = \"s\""),
                "two users have the `sub` `s`",
            ),
        ] {
            let error = Config::from_toml(&text).unwrap_err();
            assert_eq!(error.to_string(), what, "{text}");
        }
    }

    #[test]
    fn a_mistyped_key_gets_a_suggestion() {
        for (text, what, hint) in [
            (
                "access_token_lifetme = \"1h\"",
                "the key `access_token_lifetme` is not known",
                "did you mean `access_token_lifetime`?",
            ),
            (
                "[users.a]\npasword = \"x\"",
                "the key `users.a.pasword` is not known",
                "did you mean `password`?",
            ),
            (
                "[clients.a]\nzzz = 1",
                "the key `clients.a.zzz` is not known",
                "the known ones are secret, secret_hash, grant_types, scopes",
            ),
        ] {
            let error = Config::from_toml(text).unwrap_err();
            assert_eq!(error.to_string(), what);
            assert_eq!(error.hint().as_deref(), Some(hint));
        }
    }

    proptest::proptest! {
        #[test]
        fn no_text_panics(text: String, parts: Vec<proptest::sample::Index>) {
            const PARTS: [&str; 19] = [
                "[users.a]\n", "[[users]]\n", "[clients.a]\n", "users", "password_hash", "claims",
                "scopes", "alg", " = ", "\"x\"", "[", "]", "{", "}", ", ", "1990-01-01", "nan",
                "1", "\n",
            ];
            let _ = Config::from_toml(&text);
            let parts: String = parts.iter().map(|at| *at.get(&PARTS)).collect();
            let _ = Config::from_toml(&parts);
        }
    }

    #[test]
    fn no_error_shows_a_password() {
        for text in [
            "[users.a]\npassword = hunter2",
            "[users.a]\npassword = \"hunter2",
            "[users.a]\npassword = [\"hunter2\"]",
            "[users.a]\npassword_hash = \"hunter2\"",
            "[users.a]\npassword = \"hunter2\"\nx = 1",
        ] {
            let error = Config::from_toml(text).unwrap_err();
            let shown = format!("{error} {error:?} {:?}", error.hint());
            assert!(!shown.contains("hunter2"), "{shown}");
        }
    }
}
