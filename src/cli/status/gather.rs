//! What all stores keep, whatever is wrong with some of it.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;
use std::time::Duration;

use authctl::core::config::{Layer, Setting, Settings};
use authctl::core::documents::cache::Cache;
use authctl::core::documents::clock;
use authctl::core::error::{Error, Report as _};
use authctl::core::store::{Key, Opened, Record, StoreKind};
use authctl::core::time::{Clock as _, SystemClock, Timestamp};

use crate::cli::context::{Context, directories};
use crate::cli::render::message;
use crate::cli::sessions::depends_on;

/// One session, or a profile that has none.
pub struct Row {
    /// The profile.
    pub profile: String,
    /// Whether it is the one in force.
    pub current: bool,
    /// Whether the configuration knows it.
    pub configured: bool,
    /// The issuer of the session or, without one, of the profile.
    pub issuer: Option<String>,
    /// The store, where it could be opened.
    pub store: Option<Rc<Opened>>,
    /// The session.
    pub record: Option<Record>,
    /// How far the issuer's clock is ahead of ours, in seconds, as it was
    /// measured last.
    pub clock_offset: Option<i64>,
    /// Why the record cannot be read.
    pub trouble: Option<Trouble>,
}

/// Tokens that a client got for itself.
pub struct ClientTokens {
    /// The store.
    pub store: Rc<Opened>,
    /// The tokens, or why they cannot be read.
    pub record: Result<Record, Trouble>,
}

/// What is told of an error in more than one place.
#[derive(Clone, Debug)]
pub struct Trouble {
    /// Its stable code.
    pub code: &'static str,
    /// What happened and why.
    pub message: String,
    /// What to do.
    pub hint: Option<String>,
}

impl From<&Error> for Trouble {
    fn from(error: &Error) -> Self {
        Self {
            code: error.code(),
            message: message(error),
            hint: error.hint(),
        }
    }
}

/// All that was found.
#[derive(Default)]
pub struct Gathered {
    /// The sessions, by profile.
    pub rows: Vec<Row>,
    /// The clients' own tokens; none where a profile was named.
    pub clients: Vec<ClientTokens>,
    /// The store of the profile in force, where it could be opened.
    pub present: Option<Rc<Opened>>,
    /// The first profile whose session cannot be read, and why.
    pub unreadable: Option<(String, Error)>,
}

/// A store that some profiles have in common.
struct Shelf {
    depends_on: Vec<Option<String>>,
    opened: Option<Rc<Opened>>,
    /// Why nothing of it can be read: it is not tried again for each session,
    /// since a keychain that does not answer takes its time.
    trouble: Option<Trouble>,
    keys: Vec<Key>,
}

/// The time for all Vaults together, which is that of one. Each may take its
/// share of what is left, so that those that answer are seen however many do
/// not.
struct Wait {
    begun: Duration,
    unasked: u32,
}

impl Wait {
    /// A share in which one that is well answers.
    const LEAST: Duration = Duration::from_secs(1);

    fn new<'p>(cx: &Context, profiles: impl Iterator<Item = &'p str>) -> Result<Self, Error> {
        let mut vaults = BTreeSet::new();
        for profile in profiles {
            let settings = cx.settings_of(profile, Layer::new())?;
            if is_vault(&settings) {
                vaults.insert(depends_on(&settings));
            }
        }
        Ok(Self {
            begun: SystemClock.monotonic(),
            unasked: u32::try_from(vaults.len()).unwrap_or(u32::MAX),
        })
    }

    /// Returns what the next store may take.
    fn share(&mut self, cx: &Context, settings: &Settings) -> Result<Duration, Error> {
        let whole = cx.timeout(settings)?;
        if !is_vault(settings) {
            return Ok(whole);
        }
        let passed = SystemClock.monotonic().saturating_sub(self.begun);
        let share = whole.saturating_sub(passed) / self.unasked.max(1);
        self.unasked = self.unasked.saturating_sub(1);
        Ok(share.max(Self::LEAST))
    }
}

fn is_vault(settings: &Settings) -> bool {
    let store = settings.text(Setting::Store);
    store.is_some_and(|found| found.value == StoreKind::Vault.name())
}

/// Looks into every store that a profile names, each once: for the sessions of
/// all profiles, of profiles that were removed, and for clients' tokens. With a
/// profile that was named, for its session alone.
///
/// # Errors
///
/// Those of the configuration.
pub fn gather(cx: &Context) -> Result<Gathered, Error> {
    let config = cx.config()?;
    let current = cx.profile_name()?;
    let named = cx.named_profile()?;
    let configured: BTreeSet<&str> = config
        .profile_names()
        .filter(|name| named.as_ref().is_none_or(|named| named == name))
        .collect();
    let mut gathered = Gathered::default();
    let mut shelves: Vec<Shelf> = Vec::new();
    let mut wait = Wait::new(cx, configured.iter().copied().chain([current.as_str()]))?;
    // The present store is looked into even where its profile is not made.
    let present = shelf(cx, &current, &mut shelves, &mut gathered, &mut wait)?.0;
    gathered.present.clone_from(&shelves[present].opened);
    let mut rows = Vec::new();
    for profile in &configured {
        let (index, settings) = shelf(cx, profile, &mut shelves, &mut gathered, &mut wait)?;
        let issuer = settings.text(Setting::Issuer);
        let issuer = issuer.map(|found| found.value.to_owned());
        rows.push((index, (*profile).to_owned(), true, issuer));
    }
    for (index, shelf) in shelves.iter().enumerate() {
        let kept = shelf.keys.iter().filter_map(Key::profile);
        let removed = kept.filter(|profile| match &named {
            Some(named) => named == profile && !configured.contains(profile.as_str()),
            None => !configured.contains(profile.as_str()),
        });
        rows.extend(removed.map(|profile| (index, profile, false, None)));
    }
    rows.sort_by(|one, other| one.1.cmp(&other.1));
    let cache = directories()
        .ok()
        .map(|folders| Cache::new(folders.cache_dir().to_owned()));
    let now = cx.now();
    let mut offsets: BTreeMap<String, Option<i64>> = BTreeMap::new();
    for (index, profile, configured, issuer) in rows {
        let (record, trouble) = load(&shelves[index], &profile, &mut gathered);
        let issuer = record
            .as_ref()
            .map(|record| record.issuer.clone())
            .or(issuer);
        // Most sessions are of the same few servers.
        let clock_offset = record.as_ref().and_then(|record| {
            *offsets.entry(record.issuer.clone()).or_insert_with(|| {
                let offset = clock::kept(cache.as_ref()?, &record.issuer, now)?;
                Some(offset.seconds)
            })
        });
        gathered.rows.push(Row {
            current: profile == current,
            configured,
            issuer,
            store: shelves[index].opened.clone(),
            record,
            clock_offset,
            trouble,
            profile,
        });
    }
    if named.is_none() {
        gathered.clients = clients(&shelves);
    }
    for opened in shelves.iter().filter_map(|shelf| shelf.opened.as_ref()) {
        cx.render.notes(opened.store.take_notes());
    }
    Ok(gathered)
}

/// Returns the place of a profile's store among those that are open, which it
/// joins where it is new.
fn shelf(
    cx: &Context,
    profile: &str,
    shelves: &mut Vec<Shelf>,
    gathered: &mut Gathered,
    wait: &mut Wait,
) -> Result<(usize, Settings), Error> {
    let settings = cx.settings_of(profile, Layer::new())?;
    let depends_on = depends_on(&settings);
    let is_open = |shelf: &Shelf| shelf.depends_on == depends_on;
    if let Some(index) = shelves.iter().position(is_open) {
        return Ok((index, settings));
    }
    // The same files, by another key: they are listed once.
    let is_listed = |kind| {
        let known = shelves.iter().filter_map(|shelf| shelf.opened.as_ref());
        kind != StoreKind::Vault && known.map(|opened| opened.store.kind()).any(|k| k == kind)
    };
    let opened = wait
        .share(cx, &settings)
        .and_then(|share| cx.open_store_within(&settings, share));
    let listed = match &opened {
        Ok(opened) if is_listed(opened.store.kind()) => Ok(Vec::new()),
        Ok(opened) => opened.store.list().map_err(Error::from),
        Err(_) => Ok(Vec::new()),
    };
    let (opened, error) = match (opened, listed) {
        (Ok(opened), Ok(keys)) => {
            shelves.push(Shelf {
                depends_on,
                opened: Some(Rc::new(opened)),
                trouble: None,
                keys,
            });
            return Ok((shelves.len() - 1, settings));
        }
        (Ok(opened), Err(error)) => (Some(Rc::new(opened)), error),
        (Err(error), _) => (None, error),
    };
    shelves.push(Shelf {
        depends_on,
        opened,
        trouble: Some(Trouble::from(&error)),
        keys: Vec::new(),
    });
    gathered.fails(profile, error);
    Ok((shelves.len() - 1, settings))
}

fn load(
    shelf: &Shelf,
    profile: &str,
    gathered: &mut Gathered,
) -> (Option<Record>, Option<Trouble>) {
    if let Some(trouble) = &shelf.trouble {
        return (None, Some(trouble.clone()));
    }
    let found = shelf
        .opened
        .as_ref()
        .map(|opened| opened.store.load(&Key::session(profile)));
    match found {
        Some(Ok(record)) => (record, None),
        Some(Err(error)) => {
            let error = Error::from(error);
            let trouble = Trouble::from(&error);
            gathered.fails(profile, error);
            (None, Some(trouble))
        }
        None => (None, None),
    }
}

impl Gathered {
    fn fails(&mut self, profile: &str, error: Error) {
        self.unreadable.get_or_insert((profile.to_owned(), error));
    }

    /// Says whether there is any session to see, or one that cannot be.
    pub fn shows_something(&self) -> bool {
        let something = |row: &Row| row.record.is_some() || row.trouble.is_some();
        self.rows.iter().any(something)
    }

    /// Returns the first session that may be used at `now`.
    pub fn has_usable(&self, now: Timestamp) -> bool {
        self.rows.iter().any(|row| row.is_usable(now))
    }
}

fn clients(shelves: &[Shelf]) -> Vec<ClientTokens> {
    let mut found = Vec::new();
    for shelf in shelves {
        let Some(opened) = &shelf.opened else {
            continue;
        };
        for key in shelf.keys.iter().filter(|key| key.profile().is_none()) {
            let record = match opened.store.load(key) {
                Ok(Some(record)) => Ok(record),
                // It went while we looked.
                Ok(None) => continue,
                Err(error) => Err(Trouble::from(&error.into())),
            };
            found.push(ClientTokens {
                store: Rc::clone(opened),
                record,
            });
        }
    }
    found
}
