//! What can go wrong with Vault, by who can put it right.

use crate::core::error::Report as _;
use crate::core::http;

/// Why Vault could not serve. What it said is kept, of records nothing.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum VaultError {
    /// Nobody said where it is.
    #[error("no address of a Vault is given")]
    AddressMissing,
    /// Nobody said as whom.
    #[error("there is neither a Vault token nor a way to sign in at Vault")]
    TokenMissing,
    /// The variables hold a token, but for a Vault elsewhere: it must not reach
    /// one that it is not for.
    #[error("`{variable}` is for the Vault at {theirs}, not for the one at {address}")]
    TokenOfAnother {
        /// The variable that holds the token.
        variable: &'static str,
        /// The address that the variables beside it name.
        theirs: String,
        /// The address that is used.
        address: String,
    },
    /// A login needs a role.
    #[error("the {method} login at Vault needs a role and none is given")]
    RoleMissing {
        /// The login method.
        method: &'static str,
    },
    /// A login needs something to prove it by.
    #[error("the {method} login at Vault needs a credential and none is given")]
    CredentialMissing {
        /// The login method.
        method: &'static str,
    },
    /// Certificates are always checked.
    #[error("`{variable}` asks for TLS without checking certificates, which authctl never does")]
    SkipVerify {
        /// The variable that asks for it.
        variable: String,
    },
    /// No whole answer came.
    #[error("{0}")]
    Unreachable(http::Error),
    /// It is sealed, or not initialised.
    #[error("the Vault at {host} is sealed")]
    Sealed {
        /// Host and port.
        host: String,
    },
    /// A standby that does not pass requests on.
    #[error("the node at {host} is a standby that does not forward requests")]
    Standby {
        /// Host and port.
        host: String,
    },
    /// The token is not good for it.
    #[error("Vault refused `{path}` ({why})")]
    Denied {
        /// What was asked for, below `/v1/`.
        path: String,
        /// The status and what Vault said, or what the token lacks.
        why: String,
        /// What the token's policy must hold.
        policy: String,
    },
    /// The login did not work.
    #[error("the {method} login at Vault failed (HTTP {status}{})", in_quotes(.said))]
    LoginRefused {
        /// The login method.
        method: &'static str,
        /// The path of the auth method.
        mount: String,
        /// The status.
        status: u16,
        /// What Vault said.
        said: String,
    },
    /// Nothing is mounted there.
    #[error("Vault has no secrets engine at `{mount}`")]
    NoMount {
        /// The mount path.
        mount: String,
    },
    /// Another engine, or KV without versions, knows no check-and-set.
    #[error("the secrets engine at `{mount}` is not KV version 2, so it knows no check-and-set")]
    NotKvVersion2 {
        /// The mount path.
        mount: String,
    },
    /// It asks to come back later.
    #[error("the Vault at {host} asks to come back later (HTTP {status}{})", in_quotes(.said))]
    Busy {
        /// Host and port.
        host: String,
        /// The status.
        status: u16,
        /// What Vault said.
        said: String,
    },
    /// It failed.
    #[error("the Vault at {host} failed (HTTP {status}{})", in_quotes(.said))]
    Failed {
        /// Host and port.
        host: String,
        /// The status.
        status: u16,
        /// What Vault said.
        said: String,
    },
    /// It says no for another reason.
    #[error("Vault did not accept `{path}` (HTTP {status}{})", in_quotes(.said))]
    Refused {
        /// What was asked for, below `/v1/`.
        path: String,
        /// The status.
        status: u16,
        /// What Vault said.
        said: String,
    },
    /// What answers there does not speak as Vault does.
    #[error("the answer of {host} is not one of Vault's: {why}")]
    Senseless {
        /// Host and port.
        host: String,
        /// What is wrong, never what was in it.
        why: &'static str,
    },
    /// An entry is not in a form that authctl writes.
    #[error("`{path}` is not what authctl wrote")]
    Malformed {
        /// The entry.
        path: String,
    },
    /// The lease ran out, and another took it.
    #[error("the lease on `{key}` ran out and another took it")]
    LeaseLost {
        /// The name of the key.
        key: String,
    },
    /// The session went away while it was being renewed.
    #[error("the session `{key}` was removed by another while it was being renewed")]
    Removed {
        /// The name of the key.
        key: String,
    },
    /// Others wrote whenever we did.
    #[error("`{key}` was changed by others each time it was about to be written")]
    Contended {
        /// The name of the key.
        key: String,
    },
}

impl VaultError {
    pub(in crate::core::store) fn code(&self) -> &'static str {
        match self {
            Self::AddressMissing => "vault_address_missing",
            Self::TokenMissing | Self::TokenOfAnother { .. } => "vault_token_missing",
            Self::RoleMissing { .. } => "vault_role_missing",
            Self::CredentialMissing { .. } => "vault_credential_missing",
            Self::SkipVerify { .. } => "vault_skip_verify",
            Self::Unreachable(_) => "vault_unreachable",
            Self::Sealed { .. } => "vault_sealed",
            Self::Standby { .. } => "vault_standby",
            Self::Denied { .. } => "vault_denied",
            Self::LoginRefused { .. } => "vault_login_refused",
            Self::NoMount { .. } => "vault_no_mount",
            Self::NotKvVersion2 { .. } => "vault_not_kv_version_2",
            Self::Busy { .. } => "vault_busy",
            Self::Failed { .. } => "vault_failed",
            Self::Refused { .. } => "vault_refused",
            Self::Senseless { .. } => "vault_senseless_answer",
            Self::Malformed { .. } => "vault_malformed",
            Self::LeaseLost { .. } => "vault_lease_lost",
            Self::Removed { .. } => "vault_session_removed",
            Self::Contended { .. } => "vault_contended",
        }
    }

    pub(in crate::core::store) fn hint(&self) -> String {
        match self {
            Self::AddressMissing => {
                "set VAULT_ADDR or AUTHCTL_VAULT_ADDRESS, or `vault_address` in the profile"
                    .to_owned()
            }
            Self::TokenMissing => "set VAULT_TOKEN, sign in with `vault login` or `bao login`, or \
                 choose a login with `vault_auth` in the profile"
                .to_owned(),
            Self::TokenOfAnother { theirs, .. } => format!(
                "name the same Vault in both places, spelled alike: set AUTHCTL_VAULT_ADDRESS to \
                 {theirs}, or VAULT_ADDR to the other"
            ),
            Self::RoleMissing { .. } => {
                "set AUTHCTL_VAULT_ROLE, or `vault_role` in the profile; for AppRole it is the \
                 role_id"
                    .to_owned()
            }
            Self::CredentialMissing { .. } => "set AUTHCTL_VAULT_SECRET to the secret_id or the \
                 JWT, or `vault_secret` in the profile to a reference like file:PATH"
                .to_owned(),
            Self::SkipVerify { variable } => {
                format!("unset {variable} and trust the certificate authority with VAULT_CACERT")
            }
            Self::Unreachable(http::Error::Setup(_)) => {
                "check the file that `vault_cacert` or VAULT_CACERT names".to_owned()
            }
            // `--cacert` is for the authorization server, and counts here only
            // where nothing else does.
            Self::Unreachable(http::Error::Unreachable {
                why:
                    http::Cause::Tls(http::TlsFault {
                        remedy: http::Remedy::Trust,
                        ..
                    }),
                ..
            }) => "trust a private certificate authority with `vault_cacert` or VAULT_CACERT; \
                 certificates are never accepted unchecked"
                .to_owned(),
            Self::Unreachable(error) => error
                .hint()
                .unwrap_or_else(|| "check the address of Vault".to_owned()),
            Self::Sealed { .. } => "have it unsealed, then try again".to_owned(),
            Self::Standby { .. } => {
                "use the address of the active node or of the load balancer".to_owned()
            }
            Self::Denied { policy, .. } => {
                format!("use a token that is alive and has the policy {policy}")
            }
            Self::LoginRefused { mount, .. } => {
                format!("check the role and the credential, and that `auth/{mount}` is enabled")
            }
            Self::NoMount { mount } => format!(
                "name the right one with `vault_mount` and `vault_namespace`, or make it with \
                 `vault secrets enable -path={mount} -version=2 kv`"
            ),
            Self::NotKvVersion2 { mount } => format!(
                "upgrade it with `vault kv enable-versioning {mount}`, or name another with \
                 `vault_mount`"
            ),
            Self::Busy { .. } | Self::Contended { .. } => "try again later".to_owned(),
            Self::Failed { .. } => "look at Vault's log, then try again".to_owned(),
            Self::Refused { .. } => "check the mount, the namespace and the path".to_owned(),
            Self::Senseless { .. } => "check that the address is the one of Vault".to_owned(),
            Self::Malformed { path } => {
                format!("find out who wrote `{path}` and remove it; it was left as it is")
            }
            Self::LeaseLost { .. } => "try again; nothing was spent".to_owned(),
            Self::Removed { .. } => "sign in again with `authctl login`".to_owned(),
        }
    }

    /// Says whether trying again may help: it was not reached, or is in
    /// trouble that passes.
    pub(super) fn may_pass(&self) -> bool {
        match self {
            Self::Unreachable(error) => matches!(
                error,
                http::Error::Unreachable { .. } | http::Error::TimedOut { .. }
            ),
            Self::Sealed { .. }
            | Self::Standby { .. }
            | Self::Busy { .. }
            | Self::Failed { .. }
            // A captive portal, or the page of a proxy in maintenance.
            | Self::Senseless { .. } => true,
            Self::AddressMissing
            | Self::TokenMissing
            | Self::TokenOfAnother { .. }
            | Self::RoleMissing { .. }
            | Self::CredentialMissing { .. }
            | Self::SkipVerify { .. }
            | Self::Denied { .. }
            | Self::LoginRefused { .. }
            | Self::NoMount { .. }
            | Self::NotKvVersion2 { .. }
            | Self::Refused { .. }
            | Self::Malformed { .. }
            | Self::LeaseLost { .. }
            | Self::Removed { .. }
            | Self::Contended { .. } => false,
        }
    }
}

impl From<VaultError> for super::super::Error {
    fn from(error: VaultError) -> Self {
        Self::Vault(error)
    }
}

pub(super) fn in_quotes(said: &str) -> String {
    if said.is_empty() {
        return String::new();
    }
    format!(", \"{said}\"")
}
