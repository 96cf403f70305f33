//! Reading TOML by the names of its keys, with errors that name the key and
//! never show a value.

use std::str::FromStr;
use std::time::Duration;

use serde_json::{Map, Value};
use toml_edit::{Item, TableLike};

use super::claims::RESERVED;
use super::credentials::Verifier;
use crate::core::Error;
use crate::core::config::file::nearest;
use crate::core::oauth::Scopes;
use crate::core::secret::Secret;
use crate::core::time::parse_span;

/// A table of the file, and where it stands.
pub(super) struct Section<'a> {
    /// What stands before its keys in an error, such as `users.alice.`.
    path: String,
    table: &'a dyn TableLike,
}

impl<'a> Section<'a> {
    /// Takes the whole of a file.
    pub(super) fn top(table: &'a dyn TableLike) -> Self {
        Self {
            path: String::new(),
            table,
        }
    }

    /// Refuses keys that are not among `known`.
    pub(super) fn allow(&self, known: &[&'static str]) -> Result<(), Error> {
        let Some((key, _)) = self.table.iter().find(|(key, _)| !known.contains(key)) else {
            return Ok(());
        };
        let hint = match nearest(key, known.iter().copied()) {
            Some(known) => format!("did you mean `{known}`?"),
            None => format!("the known ones are {}", known.join(", ")),
        };
        let what = format!("the key `{}` is not known", self.full(key));
        Err(Error::input(what, hint))
    }

    fn item(&self, key: &str) -> Option<&'a Item> {
        self.table.get(key).filter(|item| !item.is_none())
    }

    fn typed<T>(
        &self,
        key: &str,
        kind: &str,
        read: impl FnOnce(&'a Item) -> Option<T>,
    ) -> Result<Option<T>, Error> {
        let Some(item) = self.item(key) else {
            return Ok(None);
        };
        match read(item) {
            Some(value) => Ok(Some(value)),
            None => Err(self.wrong(key, &format!("is not {kind}"))),
        }
    }

    pub(super) fn text(&self, key: &str) -> Result<Option<&'a str>, Error> {
        let text = self.typed(key, "a text", |item| item.as_str())?;
        match text {
            Some("") => Err(self.wrong(key, "is empty")),
            other => Ok(other),
        }
    }

    pub(super) fn flag(&self, key: &str) -> Result<Option<bool>, Error> {
        self.typed(key, "true or false", |item| item.as_bool())
    }

    pub(super) fn texts(&self, key: &str) -> Result<Option<Vec<&'a str>>, Error> {
        self.typed(key, "a list of texts", |item| {
            item.as_array()?
                .iter()
                .map(|value| value.as_str())
                .collect()
        })
    }

    pub(super) fn parsed<T: FromStr<Err: std::fmt::Display>>(
        &self,
        key: &str,
    ) -> Result<Option<T>, Error> {
        let Some(text) = self.text(key)? else {
            return Ok(None);
        };
        text.parse()
            .map(Some)
            .map_err(|error: T::Err| self.wrong(key, &format!("does not serve: {error}")))
    }

    pub(super) fn span(&self, key: &str) -> Result<Option<Duration>, Error> {
        let Some(text) = self.text(key)? else {
            return Ok(None);
        };
        parse_span(text)
            .map(Some)
            .map_err(|error| self.wrong(key, &format!("does not serve: {error}")))
    }

    pub(super) fn lifetime(&self, key: &str, default: Duration) -> Result<Duration, Error> {
        match self.span(key)? {
            None => Ok(default),
            Some(Duration::ZERO) => Err(self.wrong(key, "is no time at all")),
            Some(span) => Ok(span),
        }
    }

    pub(super) fn scopes(&self, key: &str) -> Result<Option<Vec<String>>, Error> {
        let Some(tokens) = self.texts(key)? else {
            return Ok(None);
        };
        Scopes::from_tokens(tokens)
            .map(|scopes| Some(scopes.into_vec()))
            .map_err(|error| self.wrong(key, &format!("does not serve: {error}")))
    }

    /// Reads a secret given as it is, or as a hash.
    pub(super) fn verifier(&self, plain: &str, hash: &str) -> Result<Option<Verifier>, Error> {
        match (self.text(plain)?, self.text(hash)?) {
            (Some(_), Some(_)) => Err(self.wrong(plain, &format!("stands beside `{hash}`"))),
            (Some(text), None) if text.starts_with("$argon2") => {
                Err(self.wrong(plain, &format!("looks like a hash; call the key `{hash}`")))
            }
            (Some(text), None) => Verifier::hash(&Secret::new(text))
                .map(Some)
                .ok_or_else(|| Error::Internal("the system gives no random octets".into())),
            (None, Some(text)) => Verifier::from_phc(text)
                .map(Some)
                .map_err(|error| self.wrong(hash, &format!("does not serve: {error}"))),
            (None, None) => Ok(None),
        }
    }

    pub(super) fn claims(&self, key: &str) -> Result<Map<String, Value>, Error> {
        let table = self.typed(key, "a table", |item| item.as_table_like())?;
        let mut claims = Map::new();
        for (name, item) in table.into_iter().flat_map(|table| table.iter()) {
            if RESERVED.contains(&name) {
                return Err(self.wrong(key, &format!("sets `{name}`, which the server makes")));
            }
            let value = json(item)
                .ok_or_else(|| self.wrong(key, &format!("has a `{name}` that JSON cannot say")))?;
            claims.insert(name.to_owned(), value);
        }
        Ok(claims)
    }

    /// Reads a table of named tables, in the order of the file.
    pub(super) fn each<T>(
        &self,
        key: &str,
        read: impl Fn(&str, &Section<'_>) -> Result<T, Error>,
    ) -> Result<Vec<T>, Error> {
        let table = self.typed(key, "a table", |item| item.as_table_like())?;
        let mut all = Vec::new();
        for (name, item) in table.into_iter().flat_map(|table| table.iter()) {
            let path = format!("{}.", self.full(&format!("{key}.{name}")));
            let table = item
                .as_table_like()
                .ok_or_else(|| self.wrong(&format!("{key}.{name}"), "is not a table"))?;
            all.push(read(name, &Section { path, table })?);
        }
        Ok(all)
    }

    pub(super) fn wrong(&self, key: &str, what: &str) -> Error {
        Error::Input {
            what: format!("`{}` {what}", self.full(key)),
            hint: None,
            source: None,
        }
    }

    fn full(&self, key: &str) -> String {
        format!("{}{key}", self.path)
    }
}

/// Turns TOML into JSON; `None` for a number that JSON has not (nan, inf).
/// A date becomes a text, as OIDC Core §5.1 has it for `birthdate`.
fn json(item: &Item) -> Option<Value> {
    if let Some(table) = item.as_table_like() {
        let members = table
            .iter()
            .map(|(name, item)| Some((name.to_owned(), json(item)?)));
        return members.collect::<Option<Map<_, _>>>().map(Value::Object);
    }
    if let Some(tables) = item.as_array_of_tables() {
        let members = tables.iter().map(|table| json(&Item::Table(table.clone())));
        return members.collect::<Option<Vec<_>>>().map(Value::Array);
    }
    Some(match item.as_value()? {
        toml_edit::Value::String(text) => text.value().as_str().into(),
        toml_edit::Value::Integer(number) => (*number.value()).into(),
        toml_edit::Value::Float(number) => {
            Value::Number(serde_json::Number::from_f64(*number.value())?)
        }
        toml_edit::Value::Boolean(flag) => (*flag.value()).into(),
        toml_edit::Value::Datetime(instant) => instant.value().to_string().into(),
        toml_edit::Value::Array(values) => {
            let values = values.iter().map(|value| json(&Item::Value(value.clone())));
            Value::Array(values.collect::<Option<Vec<_>>>()?)
        }
        toml_edit::Value::InlineTable(_) => return None,
    })
}

/// Says in which line the file stops being TOML; the parser's own text would
/// show the line itself.
pub(super) fn not_toml(text: &str, error: &toml_edit::TomlError) -> Error {
    let line = error
        .span()
        .and_then(|span| text.get(..span.start))
        .map_or(1, |before| before.matches('\n').count() + 1);
    Error::Input {
        what: format!("line {line} is not TOML"),
        hint: Some("texts stand in quotes, tables in [brackets]".into()),
        source: None,
    }
}
