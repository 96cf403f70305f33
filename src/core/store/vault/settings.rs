//! Which Vault, where in it, and as whom.

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use crate::core::secret::Secret;
use crate::core::uri::HttpsUrl;

/// Which Vault, where in it, and as whom.
#[derive(Clone, Debug)]
pub struct VaultSettings {
    /// The address, without `/v1`.
    pub address: HttpsUrl,
    /// The namespace, where there are such.
    pub namespace: Option<String>,
    /// Where the KV version 2 engine is mounted. Usually `secret`.
    pub mount: VaultPath,
    /// The folder in it that is authctl's. Usually `authctl`.
    pub path: VaultPath,
    /// As whom.
    pub auth: VaultAuth,
    /// How long one exchange may take, all tries together.
    pub timeout: Duration,
    /// What others are shown as the name of this machine while it holds a
    /// lock.
    pub host: String,
    /// The folder of the locks among the processes of this machine; without
    /// it, or where it cannot be written, Vault alone keeps them apart.
    pub lock_dir: Option<PathBuf>,
}

impl VaultSettings {
    /// Returns the path of an entry's data, below `/v1/`.
    pub(super) fn data_path(&self, entry: &str) -> String {
        format!("{}/data/{}/{entry}", self.mount, self.path)
    }

    /// Returns the path of what is known of an entry, below `/v1/`.
    pub(super) fn metadata_path(&self, entry: &str) -> String {
        format!("{}/metadata/{}/{entry}", self.mount, self.path)
    }

    /// Returns what the policy of a token must hold.
    pub(super) fn policy(&self) -> String {
        format!(
            "`path \"{}\" {{ capabilities = [\"create\", \"read\", \"update\"] }}` and \
             `path \"{}\" {{ capabilities = [\"create\", \"read\", \"update\", \"delete\", \
             \"list\"] }}`",
            self.data_path("*"),
            self.metadata_path("*")
        )
    }
}

/// As whom Vault is spoken to.
#[derive(Clone, Debug)]
pub enum VaultAuth {
    /// With a token that is there already; authctl neither renews nor revokes
    /// it.
    Token(Secret),
    /// With a token from a login, which is revoked at the end.
    Login {
        /// How.
        method: LoginMethod,
        /// Where the auth method is mounted, below `auth/`.
        mount: VaultPath,
        /// The role; for AppRole the `role_id`.
        role: String,
        /// The service account's token, the JWT or the `secret_id`.
        credential: Secret,
    },
}

impl VaultAuth {
    /// Returns what is sent to Vault as a proof.
    pub(super) fn secret(&self) -> &Secret {
        match self {
            Self::Token(secret)
            | Self::Login {
                credential: secret, ..
            } => secret,
        }
    }
}

/// A way to sign in at Vault.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LoginMethod {
    /// `role_id` and `secret_id`.
    AppRole,
    /// A JWT of someone whom Vault trusts, such as a CI system.
    Jwt,
    /// The token of a Kubernetes service account.
    Kubernetes,
}

impl LoginMethod {
    /// The methods there are.
    pub const ALL: [Self; 3] = [Self::AppRole, Self::Jwt, Self::Kubernetes];

    /// Returns the name, which is also where it is mounted by default.
    pub fn name(self) -> &'static str {
        match self {
            Self::AppRole => "approle",
            Self::Jwt => "jwt",
            Self::Kubernetes => "kubernetes",
        }
    }
}

/// A path inside Vault: segments of letters, digits and `-_.~@+:=`, so that
/// none can lead elsewhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VaultPath(String);

impl VaultPath {
    /// Returns the path, without a slash at either end.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for VaultPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A text that is no path inside Vault.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected a path like `team/secret`, of letters, digits and -_.~@+:=")]
pub struct InvalidVaultPath;

impl FromStr for VaultPath {
    type Err = InvalidVaultPath;

    fn from_str(text: &str) -> Result<Self, InvalidVaultPath> {
        let text = text.strip_prefix('/').unwrap_or(text);
        let text = text.strip_suffix('/').unwrap_or(text);
        let plain = |segment: &str| {
            !matches!(segment, "" | "." | "..")
                && segment
                    .chars()
                    .all(|c| c.is_ascii_alphanumeric() || "-_.~@+:=".contains(c))
        };
        if text.split('/').all(plain) {
            Ok(Self(text.to_owned()))
        } else {
            Err(InvalidVaultPath)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_leads_nowhere_else() {
        for (text, path) in [
            ("secret", "secret"),
            ("/team/kv-2/", "team/kv-2"),
            ("a.b_c~d@e+f:g=h", "a.b_c~d@e+f:g=h"),
        ] {
            assert_eq!(text.parse::<VaultPath>().unwrap().as_str(), path);
        }
        for text in [
            "", "/", "//a", "a//b", "..", "a/../b", "a/.", "a b", "a?b", "a#b", "a%2fb", "a\\b",
            "ä", "a\n",
        ] {
            assert_eq!(text.parse::<VaultPath>(), Err(InvalidVaultPath), "{text:?}");
        }
    }
}
