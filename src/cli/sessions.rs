//! What several commands ask of the stores: which sessions there are, and
//! where each is kept.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use authctl::core::config::{Layer, Setting, Settings};
use authctl::core::error::Error;
use authctl::core::store::{Choice, Key, LockHolder, Opened};

use super::context::Context;
use super::render::message;

/// Returns the names of the profiles that have a session, sorted: of those of
/// the configuration, and of those that the present store keeps a session of
/// though the configuration does not know them. Each profile may name a store
/// of its own, or a key of its own for files.
///
/// # Errors
///
/// Those of the configuration, and of the present store. A profile whose store
/// fails is among them, so that what is done for all of them says so.
pub fn profiles_with_sessions(cx: &Context) -> Result<Vec<String>, Error> {
    let stores = Stores::new(cx);
    let present = cx.settings_of(&cx.profile_name()?, Layer::new())?;
    let kept = stores.of(&present)?.store.list()?;
    let mut profiles: BTreeSet<String> = kept.iter().filter_map(Key::profile).collect();
    profiles.extend(cx.config()?.profile_names().map(str::to_owned));
    let mut found = Vec::with_capacity(profiles.len());
    for profile in profiles {
        let opened = stores.of(&cx.settings_of(&profile, Layer::new())?);
        let has_none = |opened: Rc<Opened>| {
            let kept = opened.store.load(&Key::session(&profile));
            matches!(kept, Ok(None))
        };
        if !opened.is_ok_and(has_none) {
            found.push(profile);
        }
    }
    Ok(found)
}

/// The stores of one call, each opened once: a passphrase is dear to stretch,
/// and may be asked for.
pub struct Stores<'a> {
    cx: &'a Context,
    opened: RefCell<BTreeMap<Which, Rc<Opened>>>,
}

/// A store that was chosen by name, and all that it depends on.
type Which = (Option<&'static str>, Vec<Option<String>>);

impl<'a> Stores<'a> {
    /// Has opened none yet.
    pub fn new(cx: &'a Context) -> Self {
        Self {
            cx,
            opened: RefCell::default(),
        }
    }

    /// Returns the store that the settings name.
    ///
    /// # Errors
    ///
    /// Those of [`Context::open_store`].
    pub fn of(&self, settings: &Settings) -> Result<Rc<Opened>, Error> {
        self.open(None, settings)
    }

    /// Returns the store of this choice, with the key that the settings name.
    ///
    /// # Errors
    ///
    /// Those of [`Context::open_choice`].
    pub fn chosen(&self, choice: Choice, settings: &Settings) -> Result<Rc<Opened>, Error> {
        self.open(Some(choice), settings)
    }

    fn open(&self, choice: Option<Choice>, settings: &Settings) -> Result<Rc<Opened>, Error> {
        let which = (choice.map(Choice::name), depends_on(settings));
        if let Some(opened) = self.opened.borrow().get(&which) {
            return Ok(Rc::clone(opened));
        }
        let opened = Rc::new(match choice {
            Some(choice) => self.cx.open_choice(choice, settings)?,
            None => self.cx.open_store(settings)?,
        });
        let mut all = self.opened.borrow_mut();
        Ok(Rc::clone(all.entry(which).or_insert(opened)))
    }

    /// Says what was put right or left out on the way.
    pub fn say_notes(&self) {
        for opened in self.opened.borrow().values() {
            self.cx.render.notes(opened.store.take_notes());
        }
    }
}

/// Returns the settings of stores: which it is, where its key comes from,
/// which Vault.
pub fn of_stores() -> impl Iterator<Item = Setting> {
    Setting::all().filter(|setting| {
        ["store", "vault_"]
            .iter()
            .any(|area| setting.key().starts_with(area))
    })
}

/// Returns what a store depends on: which it is, where its key comes from,
/// which Vault.
pub fn depends_on(settings: &Settings) -> Vec<Option<String>> {
    let value = |setting| settings.text(setting).map(|found| found.value.to_owned());
    of_stores().map(value).collect()
}

/// Does the same for each profile: one that fails does not keep the others
/// from it. Returns what came of it, and the first failure, which is the
/// command's own; the others are said.
pub fn for_each<T>(
    cx: &Context,
    profiles: Vec<String>,
    mut work: impl FnMut(&str) -> Result<T, Error>,
) -> (Vec<(String, T)>, Option<Error>) {
    let mut done = Vec::with_capacity(profiles.len());
    let mut first_failure = None;
    for profile in profiles {
        match work(&profile) {
            Ok(outcome) => done.push((profile, outcome)),
            Err(error) if first_failure.is_none() => first_failure = Some(error),
            Err(error) => cx.render.warning(&message(&error)),
        }
    }
    (done, first_failure)
}

/// Says whom a lock is waited for.
pub fn say_waiting(cx: &Context, holder: &LockHolder) {
    cx.render.note(&format!(
        "waiting for {holder}, which uses the same session"
    ));
}
