//! What there is to say at start.

use std::net::SocketAddr;

use super::config::{Config, GrantType};
use super::metadata;

/// What there is to say at start, as data.
#[derive(Clone, Debug)]
pub struct Ready {
    /// The issuer: what clients give as `--issuer`.
    pub issuer: String,
    /// The address that is listened on, with the port that was taken.
    pub address: SocketAddr,
    /// The users.
    pub users: Vec<ReadyUser>,
    /// The clients.
    pub clients: Vec<ReadyClient>,
    /// The endpoints: member of the metadata and URL.
    pub endpoints: Vec<(&'static str, String)>,
}

/// A user, as shown at start.
#[derive(Clone, Debug)]
pub struct ReadyUser {
    /// What is typed at sign-in.
    pub username: String,
    /// The password, only where it is public knowledge.
    pub password: Option<&'static str>,
}

/// A client, as shown at start.
#[derive(Clone, Debug)]
pub struct ReadyClient {
    /// `client_id`.
    pub client_id: String,
    /// Whether it has a secret.
    pub confidential: bool,
    /// The secret, only where it is public knowledge.
    pub secret: Option<&'static str>,
    /// The grants that it may use.
    pub grant_types: Vec<GrantType>,
}

impl Ready {
    pub(super) fn new(config: &Config, issuer: &str, address: SocketAddr) -> Self {
        let users = config.users.iter().map(|user| ReadyUser {
            username: user.username.clone(),
            password: user.password.public_text(),
        });
        let clients = config.clients.iter().map(|client| ReadyClient {
            client_id: client.client_id.clone(),
            confidential: client.secret.is_some(),
            secret: client.secret.as_ref().and_then(|s| s.public_text()),
            grant_types: client.grant_types.clone(),
        });
        Self {
            issuer: issuer.to_owned(),
            address,
            users: users.collect(),
            clients: clients.collect(),
            endpoints: metadata::ENDPOINTS
                .map(|(member, path)| (member, metadata::endpoint(issuer, path)))
                .to_vec(),
        }
    }
}
