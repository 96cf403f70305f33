//! One request to Vault and its answer, as whom the settings say.

use std::collections::BTreeMap;
use std::sync::{MutexGuard, PoisonError};
use std::time::Duration;

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::json;

use super::answer::said;
use super::api::Api;
use super::error::in_quotes;
use super::login::Session;
use super::{LoginMethod, VaultAuth, VaultError, VaultPath};
use crate::core::http::{self, FieldValue, Method, Request, Response, Retry, send_with_retries};
use crate::core::secret::{Secret, SecretBytes, redact};
use crate::core::store::record::json::to_json;

impl Api {
    /// Sends a request as whom the settings say.
    pub fn call(&self, call: Call<'_>) -> Result<Response, VaultError> {
        let token = self.token()?;
        self.send(&call, Some(&token))
    }

    /// Returns the token to send with a request, by a login where it takes
    /// one and there is none that lives.
    fn token(&self) -> Result<Secret, VaultError> {
        let (method, mount, role, credential) = match &self.settings.auth {
            VaultAuth::Token(token) => return Ok(token.clone()),
            VaultAuth::Login {
                method,
                mount,
                role,
                credential,
            } => (*method, mount, role, credential),
        };
        let mut session = self.lock_session();
        if let Some(session) = &*session
            && session.lives(self.clock.monotonic())
        {
            return Ok(session.token().clone());
        }
        let new = self.log_in(method, mount, role, credential)?;
        let token = new.token().clone();
        *session = Some(new);
        Ok(token)
    }

    fn log_in(
        &self,
        method: LoginMethod,
        mount: &VaultPath,
        role: &str,
        credential: &Secret,
    ) -> Result<Session, VaultError> {
        let path = format!("auth/{mount}/login");
        let (of_role, of_credential) = match method {
            LoginMethod::AppRole => ("role_id", "secret_id"),
            LoginMethod::Jwt | LoginMethod::Kubernetes => ("role", "jwt"),
        };
        // Borrowed: a copy would not be wiped.
        let members = BTreeMap::from([(of_role, role), (of_credential, credential.expose())]);
        let mut call = Call::post(&path, json_of(&members));
        if method == LoginMethod::AppRole {
            // It may be good for one use.
            call.retry = Retry::WhenTold;
        }
        log::debug!("store: signing in at Vault by {}", method.name());
        let response = self.send(&call, None)?;
        if matches!(response.status, 400..=404) {
            return Err(VaultError::LoginRefused {
                method: method.name(),
                mount: mount.to_string(),
                status: response.status,
                said: said(&response),
            });
        }
        self.judge(&path, &response)?;
        Session::parse(&response.body, self.clock.monotonic())
            .ok_or_else(|| self.senseless("it holds no token"))
    }

    fn lock_session(&self) -> MutexGuard<'_, Option<Session>> {
        self.session.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn send(&self, call: &Call<'_>, token: Option<&Secret>) -> Result<Response, VaultError> {
        let address = self.settings.address.as_str().trim_end_matches('/');
        let url = format!("{address}/v1/{}", call.path)
            .parse()
            .map_err(|_| self.senseless("its address makes no URL"))?;
        let mut request = Request::get(url);
        request.method = call.method;
        request.json = call.body.clone();
        request.retry = call.retry;
        // Some set-ups take requests only that say they are no browser's.
        request
            .headers
            .push(("x-vault-request", FieldValue::Plain("true".into())));
        if let Some(namespace) = &self.settings.namespace {
            let namespace = FieldValue::Plain(namespace.clone());
            request.headers.push(("x-vault-namespace", namespace));
        }
        if let Some(token) = token {
            let token = FieldValue::Secret(token.clone());
            request.headers.push(("x-vault-token", token));
        }
        let budget = call.budget.unwrap_or(self.settings.timeout);
        let response = send_with_retries(&*self.transport, &*self.clock, &request, budget);
        let mut response = response.map_err(|error| match error {
            http::Error::Redirect { host, .. } => VaultError::Standby { host },
            other => VaultError::Unreachable(other),
        })?;
        if response.status >= 400 {
            // What stands between us and Vault may repeat it.
            for secret in token.into_iter().chain([self.settings.auth.secret()]) {
                let text = String::from_utf8_lossy(&response.body);
                let text = redact(&text, secret.expose());
                *response.body = text.into_bytes();
            }
        }
        match response.status {
            503 if said(&response).contains("sealed") => {
                Err(VaultError::Sealed { host: self.host() })
            }
            // 412: a node has not caught up; 472 and 473: standbys.
            412 | 429 | 472 | 473 => Err(VaultError::Busy {
                host: self.host(),
                status: response.status,
                said: said(&response),
            }),
            500.. => Err(VaultError::Failed {
                host: self.host(),
                status: response.status,
                said: said(&response),
            }),
            _ => Ok(response),
        }
    }

    /// Judges the status of an answer that is to say that all went well.
    pub fn judge(&self, path: &str, response: &Response) -> Result<(), VaultError> {
        match response.status {
            200 | 204 => Ok(()),
            403 => Err(self.denied(
                path.to_owned(),
                format!("HTTP 403{}", in_quotes(&said(response))),
            )),
            status => Err(VaultError::Refused {
                path: path.to_owned(),
                status,
                said: said(response),
            }),
        }
    }

    /// Makes the error of a token that may not do what was asked for.
    pub fn denied(&self, path: String, why: String) -> VaultError {
        VaultError::Denied {
            path,
            why,
            policy: self.settings.policy(),
        }
    }

    /// Gives the token of a login back: nobody needs it any more.
    pub fn revoke_login(&self) {
        let session = self.lock_session().take();
        let Some(session) = session.filter(Session::is_revocable) else {
            return;
        };
        let call = Call {
            budget: Some(SHORT.min(self.settings.timeout)),
            retry: Retry::WhenTold,
            ..Call::post("auth/token/revoke-self", json_of(&json!({})))
        };
        match self.send(&call, Some(session.token())) {
            Ok(response) => log::debug!("store: Vault's token given back: {}", response.status),
            Err(error) => log::debug!("store: Vault's token stays until it expires: {error}"),
        }
    }

    /// Reads the JSON of an answer.
    pub fn parse<T: DeserializeOwned>(&self, response: &Response) -> Result<T, VaultError> {
        serde_json::from_slice(&response.body)
            .map_err(|_| self.senseless("it is not the JSON that was due"))
    }

    /// Makes the error for an answer that is none of Vault's.
    pub fn senseless(&self, why: &'static str) -> VaultError {
        VaultError::Senseless {
            host: self.host(),
            why,
        }
    }

    fn host(&self) -> String {
        self.settings.address.authority()
    }
}

/// A request that is to be sent.
pub(super) struct Call<'a> {
    pub method: Method,
    path: &'a str,
    body: Option<SecretBytes>,
    retry: Retry,
    pub budget: Option<Duration>,
}

impl<'a> Call<'a> {
    pub fn get(path: &'a str) -> Self {
        Self {
            method: Method::Get,
            path,
            body: None,
            retry: Retry::Safe,
            budget: None,
        }
    }

    pub fn post(path: &'a str, body: SecretBytes) -> Self {
        Self {
            method: Method::Post,
            body: Some(body),
            ..Self::get(path)
        }
    }
}

/// Writes a body.
pub(super) fn json_of(value: &impl Serialize) -> SecretBytes {
    SecretBytes::new(std::mem::take(&mut *to_json(value)))
}

/// For what is a courtesy at the end.
pub(super) const SHORT: Duration = Duration::from_secs(5);
