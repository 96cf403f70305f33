//! What there is to say of a session, and of a client's tokens.

use std::time::Duration;

use authctl::core::store::{CachedToken, Record};
use authctl::core::time::Timestamp;
use serde_json::{Map, Value, json};

use super::gather::{ClientTokens, Row};

impl Row {
    /// Says whether a token can be had of it without a sign-in.
    pub fn is_usable(&self, now: Timestamp) -> bool {
        self.record.as_ref().is_some_and(|record| {
            record.refresh_token.is_some()
                || record
                    .tokens
                    .iter()
                    .any(|token| token.lives(now, Duration::ZERO))
        })
    }

    /// Returns the newest access token.
    pub fn token(&self) -> Option<&CachedToken> {
        self.record.as_ref()?.tokens.last()
    }

    /// Returns when the newest access token expires.
    pub fn expires_at(&self) -> Option<Timestamp> {
        self.token()?.expires_at
    }

    /// Returns the state, by its name in JSON.
    pub fn state(&self, now: Timestamp) -> &'static str {
        match &self.record {
            None if self.trouble.is_some() => "unreadable",
            None => "signed_out",
            Some(_) if !self.is_usable(now) => "expired",
            Some(_) if self.expires_at().is_some_and(|at| at <= now) => "refreshable",
            Some(_) => "valid",
        }
    }

    /// Returns all that is known, but no token.
    pub fn json(&self, now: Timestamp) -> Value {
        let record = self.record.as_ref();
        let trouble = self.trouble.as_ref();
        let ended = record.and_then(Record::ended);
        let tokens = record.map(|record| tokens_json(record, now));
        json!({
            "profile": self.profile,
            "current": self.current,
            "configured": self.configured,
            "state": self.state(now),
            "usable": self.is_usable(now),
            "issuer": self.issuer,
            "client_id": record.map(|record| &record.client_id),
            "sub": record.and_then(|record| record.subject.as_ref()),
            "username": record.and_then(|record| record.username.as_ref()),
            "scope": self.token().map(|token| token.scope.join(" ")),
            "expires_at": self.expires_at().and_then(Timestamp::to_rfc3339),
            "expires_in": self.expires_at().map(|at| now.seconds_until(at)),
            "refreshable": record.is_some_and(|record| record.refresh_token.is_some()),
            "signed_in_at": record.and_then(|record| record.created_at.to_rfc3339()),
            "renewal_sent_at": record.and_then(Record::sent_before).and_then(Timestamp::to_rfc3339),
            "ended_at": ended.and_then(|end| end.at.to_rfc3339()),
            "ended_by": ended.map(|end| &end.error),
            "clock_offset": self.clock_offset,
            "store": self.store.as_ref().map(|opened| opened.store.kind().name()),
            "store_reason": self.store.as_ref().map(|opened| opened.reason.to_string()),
            "tokens": tokens.unwrap_or_default(),
            "problem": trouble.map(|trouble| &trouble.message),
            "error": trouble.map(|trouble| trouble.code),
            "hint": trouble.and_then(|trouble| trouble.hint.as_ref()),
        })
    }
}

impl ClientTokens {
    /// Returns all that is known, one object a token, but no token.
    pub fn json(&self, now: Timestamp) -> Vec<Value> {
        let store = self.store.store.kind().name();
        match &self.record {
            Ok(record) => tokens_json(record, now)
                .into_iter()
                .map(|token| {
                    let mut object = Map::new();
                    object.insert("issuer".into(), json!(record.issuer));
                    object.insert("client_id".into(), json!(record.client_id));
                    object.extend(token);
                    object.insert("store".into(), json!(store));
                    Value::Object(object)
                })
                .collect(),
            Err(trouble) => vec![json!({
                "store": store,
                "problem": trouble.message,
                "error": trouble.code,
                "hint": trouble.hint,
            })],
        }
    }
}

/// Returns what each access token was got for and until when it lives.
fn tokens_json(record: &Record, now: Timestamp) -> Vec<Map<String, Value>> {
    record
        .tokens
        .iter()
        .map(|token| {
            let mut object = Map::new();
            let end = token.expires_at;
            object.insert("scope".into(), json!(token.scope.join(" ")));
            object.insert("audience".into(), json!(token.audience));
            object.insert("resource".into(), json!(token.resource));
            object.insert(
                "expires_at".into(),
                json!(end.and_then(Timestamp::to_rfc3339)),
            );
            object.insert(
                "expires_in".into(),
                json!(end.map(|at| now.seconds_until(at))),
            );
            object.insert("usable".into(), json!(token.lives(now, Duration::ZERO)));
            object
        })
        .collect()
}
