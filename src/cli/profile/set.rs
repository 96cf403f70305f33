//! `authctl profile set`.

use authctl::core::config::{self, Layer, Setting, Settings, setting};
use authctl::core::error::Error;

use super::super::context::Context;

/// Set or unset one setting of a profile
///
/// The profile is made when it is new. Without a value the setting is
/// unset. Example: `authctl profile set dev scope openid,profile`
#[derive(clap::Args, Debug)]
pub struct SetArgs {
    /// Profile
    #[arg(value_name = "NAME")]
    name: String,
    /// Setting, as in config.toml: issuer, client_id, scope …
    #[arg(value_name = "KEY")]
    key: String,
    /// Value; lists are separated by space or comma, parameters are K=V
    #[arg(value_name = "VALUE")]
    value: Option<String>,
}

/// Sets or unsets it.
pub fn run(cx: &Context, args: &SetArgs) -> Result<(), Error> {
    let name = &args.name;
    cx.allow_new_config();
    let key = args.key.replace('-', "_");
    let setting = Setting::from_key(&key).ok_or_else(|| Error::Usage {
        what: format!("there is no setting `{key}`"),
        hint: Some(match config::file::nearest(&key, setting::keys()) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!(
                "there are: {}",
                setting::keys().collect::<Vec<_>>().join(", ")
            ),
        }),
    })?;
    let value = args.value.as_deref().and_then(|text| setting.parse(text));
    if let Some(value) = &value {
        // What would be refused when it is read must not be written. It was
        // typed, so it is the command line that is wrong.
        let typed = Layer::from([(setting, value.clone())]);
        let checked = Settings::new(name, typed, Layer::new(), Layer::new()).check();
        checked.map_err(|error| by_its_key(error, setting))?;
    }
    let was_set = cx.edit_config(|config| match &value {
        Some(value) => Ok(config.set(name, setting, value.clone()).map(|()| true)?),
        None => Ok(config.unset(name, setting)),
    })?;
    if !was_set {
        cx.render
            .note(&format!("`{key}` was not set in profile `{name}`"));
    }
    Ok(())
}

/// Names the setting by its key, since no flag was typed.
fn by_its_key(error: config::Error, setting: Setting) -> config::Error {
    match error {
        config::Error::BadValue { why, typed, .. } => config::Error::BadValue {
            setting: setting.key(),
            origin: "the command line".into(),
            why,
            typed,
        },
        other => other,
    }
}
