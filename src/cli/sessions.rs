//! What several commands ask of the stores: which sessions there are, and
//! where each is kept.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use authctl::core::config::{Layer, Setting};
use authctl::core::error::Error;
use authctl::core::store::{Key, Opened};

use super::context::Context;

/// A profile, and the store that keeps its session.
pub struct Place {
    /// The profile.
    pub profile: String,
    /// The store, or why it cannot be opened.
    pub opened: Result<Rc<Opened>, Error>,
}

/// Returns the place of every profile: those of the configuration, and those
/// that the present store keeps a session of though the configuration does not
/// know them. Each profile may name a store of its own, or a key of its own for
/// files; each store is opened once.
///
/// # Errors
///
/// Those of the configuration, and of the present store.
pub fn places(cx: &Context) -> Result<Vec<Place>, Error> {
    let present = cx.settings_of(&cx.profile_name()?, Layer::new())?;
    let present_choice = choice(&present);
    let opened = Rc::new(cx.open_store(&present)?);
    let mut stores = BTreeMap::from([(present_choice, Rc::clone(&opened))]);
    let kept = opened.store.list()?;
    let mut names: BTreeSet<String> = kept.iter().filter_map(Key::profile).collect();
    names.extend(cx.config()?.profile_names().map(str::to_owned));
    let mut places = Vec::with_capacity(names.len());
    for profile in names {
        let settings = cx.settings_of(&profile, Layer::new())?;
        let choice = choice(&settings);
        let opened = match stores.get(&choice) {
            Some(opened) => Ok(Rc::clone(opened)),
            None => cx.open_store(&settings).map(|opened| {
                let opened = Rc::new(opened);
                stores.insert(choice, Rc::clone(&opened));
                opened
            }),
        };
        places.push(Place { profile, opened });
    }
    Ok(places)
}

/// Returns the names of the profiles that have a session, sorted.
///
/// # Errors
///
/// Those of [`places`]. A profile whose store fails is among them, so that
/// what is done for all of them says so.
pub fn profiles_with_sessions(cx: &Context) -> Result<Vec<String>, Error> {
    let kept = places(cx)?.into_iter().filter(|place| match &place.opened {
        Ok(opened) => !matches!(opened.store.load(&Key::session(&place.profile)), Ok(None)),
        Err(_) => true,
    });
    Ok(kept.map(|place| place.profile).collect())
}

/// Returns what a store depends on: which it is, where its key comes from,
/// which Vault.
fn choice(settings: &authctl::core::config::Settings) -> Vec<Option<String>> {
    Setting::all()
        .filter(|setting| {
            ["store", "vault_"]
                .iter()
                .any(|area| setting.key().starts_with(area))
        })
        .map(|setting| settings.text(setting).map(|found| found.value.to_owned()))
        .collect()
}
