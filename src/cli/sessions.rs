//! What several commands ask of the store: which sessions there are.

use std::collections::BTreeSet;

use authctl::core::config::Layer;
use authctl::core::error::Error;
use authctl::core::store::{Key, Opened};

use super::context::Context;

/// Returns the names of the profiles that have a session, sorted.
///
/// # Errors
///
/// Those of the store.
pub fn profiles_with_sessions(cx: &Context) -> Result<Vec<String>, Error> {
    let settings = cx.settings_of(&cx.profile_name()?, Layer::new())?;
    let opened = cx.open_store(&settings)?;
    profiles_in(&opened)
}

/// Returns the names of the profiles whose sessions this store keeps.
///
/// # Errors
///
/// Those of the store.
pub fn profiles_in(opened: &Opened) -> Result<Vec<String>, Error> {
    let names: BTreeSet<String> = opened
        .store
        .list()?
        .iter()
        .filter_map(Key::profile)
        .collect();
    Ok(names.into_iter().collect())
}
