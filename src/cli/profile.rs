//! `authctl profile`: named sets of settings.

use authctl::core::config::{self, ConfigFile, Layer, Setting, Settings, Source, setting};
use authctl::core::error::Error;
use comfy_table::Table;
use comfy_table::presets::NOTHING;
use serde_json::{Map, Value as Json, json};

use super::context::Context;
use super::output::OutputArg;
use super::render::{escape, trimmed_table};

/// List, show and change profiles
///
/// A profile is a named set of settings in config.toml. It holds references
/// to secrets, never a secret.
#[derive(clap::Args, Debug)]
pub struct ProfileArgs {
    #[command(subcommand)]
    command: ProfileCommand,
}

#[derive(clap::Subcommand, Debug)]
enum ProfileCommand {
    /// List the profiles
    List(OutputArg),
    /// Show the settings in force, each with where it comes from
    ///
    /// Flag wins over environment, environment over profile. A secret is shown
    /// as the reference to it only.
    Show {
        /// Profile; the one in force by default
        #[arg(value_name = "NAME")]
        name: Option<String>,
        #[command(flatten)]
        output: OutputArg,
    },
    /// Set or unset one setting of a profile
    ///
    /// The profile is made when it is new. Without a value the setting is
    /// unset. Example: `authctl profile set dev scope openid,profile`
    Set {
        /// Profile
        #[arg(value_name = "NAME")]
        name: String,
        /// Setting, as in config.toml: issuer, client_id, scope …
        #[arg(value_name = "KEY")]
        key: String,
        /// Value; lists are separated by space or comma, parameters are K=V
        #[arg(value_name = "VALUE")]
        value: Option<String>,
    },
    /// Use a profile when none is named
    Use {
        /// Profile
        #[arg(value_name = "NAME")]
        name: String,
    },
    /// Remove a profile's settings
    ///
    /// Its session stays in the token store; `authctl logout` ends that.
    Remove {
        /// Profile
        #[arg(value_name = "NAME")]
        name: String,
    },
}

/// Runs the subcommand.
pub fn run(cx: &Context, args: ProfileArgs) -> Result<(), Error> {
    match args.command {
        ProfileCommand::List(output) => list(cx, output.is_json(cx)),
        ProfileCommand::Show { name, output } => show(cx, name, output.is_json(cx)),
        ProfileCommand::Set { name, key, value } => set(cx, &name, &key, value),
        ProfileCommand::Use { name } => {
            let mut config = existing(cx, &name)?;
            config.use_profile(&name);
            config.save()?;
            cx.render
                .note(&format!("profile `{name}` is now used when none is named"));
            Ok(())
        }
        ProfileCommand::Remove { name } => {
            let mut config = existing(cx, &name)?;
            config.remove_profile(&name);
            config.save()?;
            cx.render.note(&format!(
                "removed profile `{name}`; a session of it stays until `authctl logout`"
            ));
            Ok(())
        }
    }
}

fn list(cx: &Context, as_json: bool) -> Result<(), Error> {
    let config = cx.config()?;
    let current = cx.profile_name()?;
    let issuer = |layer: Option<&Layer>| {
        layer
            .and_then(|layer| layer.get(&Setting::Issuer))
            .map(ToString::to_string)
    };
    if as_json {
        let profiles: Vec<Json> = config
            .profile_names()
            .map(|name| {
                json!({
                    "name": name,
                    "issuer": issuer(config.profile(name)),
                    "current": name == current,
                })
            })
            .collect();
        return cx.render.json(&json!({ "profiles": profiles }));
    }
    let mut table = Table::new();
    table
        .load_style(NOTHING)
        .set_header(["", "PROFILE", "ISSUER"]);
    for name in config.profile_names() {
        let mark = if name == current { "*" } else { "" };
        let issuer = issuer(config.profile(name)).unwrap_or_else(|| "-".into());
        table.add_row([mark, &escape(name), &escape(&issuer)]);
    }
    if table.is_empty() {
        cx.render.note(&format!(
            "no profiles in `{}`; `authctl login` makes one",
            config.path().display()
        ));
        return Ok(());
    }
    cx.render.text(&trimmed_table(&table))
}

fn show(cx: &Context, name: Option<String>, as_json: bool) -> Result<(), Error> {
    let settings = match name {
        Some(name) if cx.config()?.profile(&name).is_none() => {
            return Err(cx.config()?.no_profile(&name).into());
        }
        Some(name) => cx.settings_of(&name, Layer::new())?,
        None => cx.settings(Layer::new())?,
    };
    let rows = Setting::all().filter_map(|setting| Some((setting, settings.get(setting)?)));
    if as_json {
        let settings_json: Map<String, Json> = rows
            .map(|(setting, found)| {
                let value = match found.value {
                    authctl::core::config::Value::Text(text) => json!(text),
                    authctl::core::config::Value::List(items) => json!(items),
                };
                (
                    setting.key().to_owned(),
                    json!({ "value": value, "source": source_name(&found.source) }),
                )
            })
            .collect();
        return cx.render.json(&json!({
            "profile": settings.profile_name(),
            "settings": settings_json,
        }));
    }
    let mut table = Table::new();
    table
        .load_style(NOTHING)
        .set_header(["SETTING", "VALUE", "FROM"]);
    for (setting, found) in rows {
        let value = found.value.to_string();
        table.add_row([
            setting.key(),
            &escape(&value),
            &escape(&found.source.to_string()),
        ]);
    }
    let heading = format!("profile {}\n", escape(settings.profile_name()));
    cx.render.text(&(heading + &trimmed_table(&table)))
}

fn source_name(source: &Source) -> &'static str {
    match source {
        Source::Flag => "flag",
        Source::Environment(_) => "environment",
        Source::Profile(_) => "profile",
        Source::Metadata => "metadata",
        Source::Default => "default",
    }
}

fn set(cx: &Context, name: &str, key: &str, value: Option<String>) -> Result<(), Error> {
    cx.allow_new_config();
    let key = key.replace('-', "_");
    let setting = Setting::from_key(&key).ok_or_else(|| Error::Usage {
        what: format!("there is no setting `{key}`"),
        hint: Some(
            match authctl::core::config::file::nearest(&key, setting::keys()) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!(
                    "there are: {}",
                    setting::keys().collect::<Vec<_>>().join(", ")
                ),
            },
        ),
    })?;
    let mut config = cx.config()?.clone();
    match value.as_deref().and_then(|text| setting.parse(text)) {
        Some(value) => {
            // What would be refused when it is read must not be written. It
            // was typed, so it is the command line that is wrong.
            let typed = Layer::from([(setting, value.clone())]);
            let checked = Settings::new(name, typed, Layer::new(), Layer::new()).check();
            checked.map_err(|error| by_its_key(error, setting))?;
            config.set(name, setting, value)?;
        }
        None => {
            if !config.unset(name, setting) {
                cx.render
                    .note(&format!("`{key}` was not set in profile `{name}`"));
                return Ok(());
            }
        }
    }
    Ok(config.save()?)
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

fn existing(cx: &Context, name: &str) -> Result<ConfigFile, Error> {
    let config = cx.config()?;
    match config.profile(name) {
        Some(_) => Ok(config.clone()),
        None => Err(config.no_profile(name).into()),
    }
}
