//! What all requests share.

use std::collections::HashMap;
use std::sync::Arc;

use axum::body::Bytes;

use super::config::{Client, Config, User};
use super::credentials::Checker;
use super::grants::{Grants, RefreshRules};
use super::hygiene::Hosts;
use super::keys::Keys;
use super::metadata;
use super::options::{Limits, Observer, Options};
use crate::core::time::{Clock, Timestamp};

/// The state behind the router.
pub(super) type Shared = Arc<State>;

/// What all requests share.
pub(super) struct State {
    pub(super) config: Config,
    pub(super) issuer: String,
    pub(super) limits: Limits,
    pub(super) hosts: Hosts,
    pub(super) metadata: Bytes,
    pub(super) keys: Keys,
    pub(super) grants: Grants,
    pub(super) passwords: Checker,
    pub(super) client_secrets: Checker,
    pub(super) observer: Option<Observer>,
    clock: Arc<dyn Clock + Send + Sync>,
    users: HashMap<String, usize>,
    clients: HashMap<String, usize>,
}

impl State {
    /// Prepares everything but the key, which is made meanwhile. Returns
    /// `None` when the system gives no random octets.
    pub(super) fn new(options: Options, issuer: String, hosts: Hosts, keys: Keys) -> Option<Self> {
        let Options {
            config,
            clock,
            observer,
            limits,
            ..
        } = options;
        let users = index(&config.users, |user| &user.username);
        let clients = index(&config.clients, |client| &client.client_id);
        Some(Self {
            metadata: Bytes::from(metadata::document(&config, &issuer).to_string()),
            grants: Grants::new(RefreshRules {
                rotation: config.rotation,
                grace: config.reuse_grace,
                lifetime: config.lifetimes.refresh_token,
            }),
            passwords: Checker::new(config.users.iter().map(|user| &user.password))?,
            client_secrets: Checker::new(
                config
                    .clients
                    .iter()
                    .filter_map(|client| client.secret.as_ref()),
            )?,
            config,
            issuer,
            limits,
            hosts,
            keys,
            observer,
            clock,
            users,
            clients,
        })
    }

    pub(super) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    pub(super) fn user(&self, username: &str) -> Option<&User> {
        self.config.users.get(*self.users.get(username)?)
    }

    pub(super) fn client(&self, client_id: &str) -> Option<&Client> {
        self.config.clients.get(*self.clients.get(client_id)?)
    }
}

fn index<T>(items: &[T], name: impl Fn(&T) -> &String) -> HashMap<String, usize> {
    items
        .iter()
        .enumerate()
        .map(|(at, item)| (name(item).clone(), at))
        .collect()
}
