//! The file itself: read strictly, edited with its comments kept.

use std::collections::BTreeMap;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use toml_edit::{Array, DocumentMut, Item, Table, TableLike};

use super::setting::{self, Kind, Layer, Setting, Value};
use super::{Error, SecretRef};
use crate::core::replace::{Replacement, folder_of};

/// The most octets of a configuration; real ones have a few thousand.
const MAX_FILE: u64 = 1024 * 1024;

/// What most files fit into, in octets.
const USUAL_FILE: usize = 8 * 1024;

/// The name of the profile when nobody names one.
pub const DEFAULT_PROFILE: &str = "default";

/// A configuration file: known to be valid, or empty where there is none.
#[derive(Clone, Debug)]
pub struct ConfigFile {
    path: PathBuf,
    document: DocumentMut,
    profiles: BTreeMap<String, Layer>,
    default_profile: Option<String>,
}

impl ConfigFile {
    /// Reads the file; an absent one is an empty configuration.
    ///
    /// # Errors
    ///
    /// [`Error::Io`] when it is there and cannot be read, and those of
    /// [`ConfigFile::parse`].
    pub fn load(path: &Path) -> Result<Self, Error> {
        match read_bounded(path) {
            Ok(text) => Self::parse(path, &text),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Self::parse(path, ""),
            Err(error) => Err(io("read", path, &error)),
        }
    }

    /// Reads the text of a configuration file:
    ///
    /// ```toml
    /// default_profile = "dev"
    /// [profiles.dev]
    /// issuer = "http://127.0.0.1:9400"
    /// ```
    ///
    /// # Errors
    ///
    /// [`Error::Syntax`], [`Error::UnknownKey`], [`Error::WrongType`] and
    /// [`Error::LiteralSecret`], each with the line.
    pub fn parse(path: &Path, text: &str) -> Result<Self, Error> {
        let reader = Reader {
            path: path.display().to_string(),
            text,
        };
        let spanned = toml_edit::Document::parse(text).map_err(|error| reader.syntax(&error))?;
        let mut profiles = BTreeMap::new();
        let mut default_profile = None;
        for (key, item) in spanned.iter() {
            match key {
                "default_profile" => {
                    let name = item.as_str();
                    default_profile = Some(
                        name.ok_or_else(|| reader.wrong_type(key, item, "a text"))?
                            .to_owned(),
                    );
                }
                "profiles" => {
                    let table = reader.table(key, item)?;
                    for (name, item) in table.iter() {
                        let place = format!("profiles.{name}");
                        let layer = reader.layer(&place, reader.table(&place, item)?)?;
                        profiles.insert(name.to_owned(), layer);
                    }
                }
                other => {
                    let near = nearest(other, ["default_profile", "profiles"].into_iter());
                    return Err(reader.unknown(other.to_owned(), item, near));
                }
            }
        }
        Ok(Self {
            path: path.to_owned(),
            document: spanned.into_mut(),
            profiles,
            default_profile,
        })
    }

    /// Returns where the file is, or would be.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Returns the profile that is used when none is named.
    pub fn default_profile(&self) -> &str {
        self.default_profile.as_deref().unwrap_or(DEFAULT_PROFILE)
    }

    /// Says whether the file itself names the profile that is used when none
    /// is named.
    pub fn names_a_default(&self) -> bool {
        self.default_profile.is_some()
    }

    /// Returns the names of all profiles, sorted.
    pub fn profile_names(&self) -> impl Iterator<Item = &str> {
        self.profiles.keys().map(String::as_str)
    }

    /// Returns a profile's settings.
    pub fn profile(&self, name: &str) -> Option<&Layer> {
        self.profiles.get(name)
    }

    /// Returns the error that says that there is no such profile.
    pub fn no_profile(&self, name: &str) -> Error {
        Error::NoProfile {
            name: name.to_owned(),
            known: self.profiles.keys().cloned().collect(),
        }
    }

    /// Sets one setting of a profile, which is made when it is new.
    ///
    /// # Errors
    ///
    /// [`Error::LiteralSecret`] where only a reference may stand;
    /// [`Error::WrongType`] for pairs without `=`.
    pub fn set(&mut self, profile: &str, setting: Setting, value: Value) -> Result<(), Error> {
        let place = format!("profiles.{profile}.{}", setting.key());
        let item = match (&value, setting.kind()) {
            (Value::Text(text), Kind::Reference) if text.parse::<SecretRef>().is_err() => {
                return Err(Error::LiteralSecret {
                    path: self.path.display().to_string(),
                    key: place,
                    line: None,
                });
            }
            (Value::Text(text), _) => toml_edit::value(text),
            (Value::List(items), Kind::Pairs) => {
                let mut table = toml_edit::InlineTable::new();
                for pair in items {
                    let (name, value) = pair.split_once('=').ok_or_else(|| Error::WrongType {
                        path: self.path.display().to_string(),
                        key: place.clone(),
                        line: None,
                        expected: "pairs of the form K=V",
                    })?;
                    table.insert(name, value.into());
                }
                toml_edit::value(table)
            }
            (Value::List(items), _) => toml_edit::value(items.iter().collect::<Array>()),
        };
        let table = self.profile_table(profile);
        // Replacing only the value keeps a comment that stands behind it.
        match table.get_mut(setting.key()).and_then(Item::as_value_mut) {
            Some(old) => {
                let decor = old.decor().clone();
                if let Ok(mut new) = item.into_value() {
                    *new.decor_mut() = decor;
                    *old = new;
                }
            }
            None => {
                table.insert(setting.key(), item);
            }
        }
        self.profiles
            .entry(profile.to_owned())
            .or_default()
            .insert(setting, value);
        Ok(())
    }

    /// Removes one setting of a profile, and says whether it was there.
    pub fn unset(&mut self, profile: &str, setting: Setting) -> bool {
        let Some(layer) = self.profiles.get_mut(profile) else {
            return false;
        };
        let was_there = layer.remove(&setting).is_some();
        if was_there {
            self.profile_table(profile).remove(setting.key());
        }
        was_there
    }

    /// Removes a profile, and says whether it was there. The default falls
    /// back to `default` when it was the one removed.
    pub fn remove_profile(&mut self, name: &str) -> bool {
        if self.profiles.remove(name).is_none() {
            return false;
        }
        if let Some(table) = self
            .document
            .get_mut("profiles")
            .and_then(Item::as_table_like_mut)
        {
            table.remove(name);
        }
        if self.default_profile.as_deref() == Some(name) {
            self.default_profile = None;
            self.document.remove("default_profile");
        }
        true
    }

    /// Makes a profile the one that is used when none is named.
    pub fn use_profile(&mut self, name: &str) {
        self.document["default_profile"] = toml_edit::value(name);
        self.default_profile = Some(name.to_owned());
    }

    /// Says whether the other one says the same.
    pub fn says_the_same_as(&self, other: &Self) -> bool {
        self.profiles == other.profiles && self.default_profile == other.default_profile
    }

    /// Makes the folder of the file where it is absent, for its owner alone,
    /// and returns where the file itself is or will be. A link is followed, so
    /// that a file kept elsewhere stays there.
    ///
    /// # Errors
    ///
    /// [`Error::Io`].
    pub fn make_place(path: &Path) -> Result<PathBuf, Error> {
        if let Ok(path) = std::fs::canonicalize(path) {
            return Ok(path);
        }
        let fail = |error: std::io::Error| io("write", path, &error);
        let folder = folder_of(path);
        make_private_folder(folder).map_err(fail)?;
        let folder = std::fs::canonicalize(folder).map_err(fail)?;
        Ok(folder.join(path.file_name().unwrap_or_default()))
    }

    /// Writes the file: whole or not at all, into a folder of its own that is
    /// made when it is absent. What was read may have been changed since by
    /// another process: the caller holds a lock since before it was read.
    ///
    /// # Errors
    ///
    /// [`Error::Io`]; the file is then as it was.
    pub fn save(&self) -> Result<(), Error> {
        let path = Self::make_place(&self.path)?;
        Replacement::begin(&path, 0o600)
            .and_then(|new| new.put(self.document.to_string().as_bytes()))
            .map_err(|error| io("write", &self.path, &error))
    }

    fn profile_table(&mut self, name: &str) -> &mut dyn TableLike {
        let profiles = self.document.entry("profiles").or_insert_with(|| {
            let mut table = Table::new();
            table.set_implicit(true);
            Item::Table(table)
        });
        if !profiles.is_table_like() {
            *profiles = Item::Table(Table::new());
        }
        let entry = match profiles {
            Item::Value(toml_edit::Value::InlineTable(_)) => {
                // An inline table can hold only inline tables.
                profiles[name].or_insert(toml_edit::value(toml_edit::InlineTable::new()))
            }
            other => other[name].or_insert(Item::Table(Table::new())),
        };
        match entry.as_table_like_mut() {
            Some(table) => table,
            // `parse` has refused a profile that is no table, and `or_insert`
            // has just made one where there was none.
            None => unreachable!("a profile is a table"),
        }
    }
}

/// Reads one document, knowing its text for the line numbers.
struct Reader<'t> {
    path: String,
    text: &'t str,
}

impl Reader<'_> {
    fn layer(&self, place: &str, table: &dyn TableLike) -> Result<Layer, Error> {
        let mut layer = Layer::new();
        for (key, item) in table.iter() {
            let place = format!("{place}.{key}");
            let Some(setting) = Setting::from_key(key) else {
                return Err(self.unknown(place, item, nearest(key, setting::keys())));
            };
            layer.insert(setting, self.value(setting, &place, item)?);
        }
        Ok(layer)
    }

    fn value(&self, setting: Setting, place: &str, item: &Item) -> Result<Value, Error> {
        let text = || item.as_str().map(str::to_owned);
        match setting.kind() {
            Kind::Text | Kind::Url | Kind::Span => match item.as_integer() {
                // `timeout = 30` reads naturally; a bare number is seconds.
                Some(number) if setting.kind() == Kind::Span && number >= 0 => {
                    Ok(Value::Text(number.to_string()))
                }
                _ => text()
                    .map(Value::Text)
                    .ok_or_else(|| self.wrong_type(place, item, "a text")),
            },
            Kind::Reference => {
                let text = text()
                    .ok_or_else(|| self.wrong_type(place, item, "a reference to a secret"))?;
                match text.parse::<SecretRef>() {
                    Ok(reference) if reference.is_lasting() => Ok(Value::Text(text)),
                    _ => Err(Error::LiteralSecret {
                        path: self.path.clone(),
                        key: place.to_owned(),
                        line: self.line(item),
                    }),
                }
            }
            Kind::List => match item.as_array() {
                Some(array) => array
                    .iter()
                    .map(|value| value.as_str().map(str::to_owned))
                    .collect::<Option<Vec<_>>>(),
                None => item.as_str().map(setting::split_list),
            }
            .map(Value::List)
            .ok_or_else(|| self.wrong_type(place, item, "a list of texts")),
            Kind::Pairs => item
                .as_table_like()
                .and_then(|table| {
                    table
                        .iter()
                        .map(|(name, value)| Some(format!("{name}={}", value.as_str()?)))
                        .collect::<Option<Vec<_>>>()
                })
                .map(Value::List)
                .ok_or_else(|| self.wrong_type(place, item, "a table of texts")),
        }
    }

    fn table<'i>(&self, place: &str, item: &'i Item) -> Result<&'i dyn TableLike, Error> {
        item.as_table_like()
            .ok_or_else(|| self.wrong_type(place, item, "a table"))
    }

    fn syntax(&self, error: &toml_edit::TomlError) -> Error {
        let line = error.span().map(|span| self.line_at(span.start));
        let why = error.message().lines().next().unwrap_or("").to_owned();
        Error::Syntax {
            path: self.path.clone(),
            why: match line {
                Some(line) => format!("line {line}: {why}"),
                None => why,
            },
        }
    }

    fn unknown(&self, key: String, item: &Item, nearest: Option<&'static str>) -> Error {
        Error::UnknownKey {
            path: self.path.clone(),
            key,
            line: self.line(item),
            nearest,
        }
    }

    fn wrong_type(&self, key: &str, item: &Item, expected: &'static str) -> Error {
        Error::WrongType {
            path: self.path.clone(),
            key: key.to_owned(),
            line: self.line(item),
            expected,
        }
    }

    fn line(&self, item: &Item) -> Option<usize> {
        item.span().map(|span| self.line_at(span.start))
    }

    fn line_at(&self, offset: usize) -> usize {
        let before = self.text.get(..offset).unwrap_or(self.text);
        before.matches('\n').count() + 1
    }
}

/// Returns the known key that is nearest to a mistyped one.
pub fn nearest(key: &str, known: impl Iterator<Item = &'static str>) -> Option<&'static str> {
    known
        .map(|candidate| (strsim::jaro_winkler(key, candidate), candidate))
        .filter(|(likeness, _)| *likeness > 0.8)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, candidate)| candidate)
}

fn io(doing: &'static str, path: &Path, error: &std::io::Error) -> Error {
    Error::Io {
        doing,
        path: path.display().to_string(),
        why: error.to_string(),
    }
}

/// Reads a text that is no larger than a configuration can be.
fn read_bounded(path: &Path) -> std::io::Result<String> {
    let file = std::fs::File::open(path)?;
    // So much that most are read at once.
    let mut text = String::with_capacity(USUAL_FILE);
    file.take(MAX_FILE + 1).read_to_string(&mut text)?;
    if text.len() as u64 > MAX_FILE {
        return Err(std::io::Error::other("it is larger than 1 MiB"));
    }
    Ok(text)
}

/// Makes a folder, with those above it, that its owner alone can enter,
/// whatever the umask leaves to others. One that is there stays as it is.
///
/// # Errors
///
/// Those of the system.
pub fn make_private_folder(folder: &Path) -> std::io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

#[cfg(test)]
mod tests;
