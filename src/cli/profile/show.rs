//! `authctl profile show`.

use authctl::core::config::{Layer, Setting, Source};
use authctl::core::error::Error;
use comfy_table::Table;
use comfy_table::presets::NOTHING;
use serde_json::{Map, Value as Json, json};

use super::super::context::Context;
use super::super::output::OutputArg;
use super::super::render::{escape, trimmed_table};
use super::value_json;

/// Show the settings in force, each with where it comes from
///
/// Flag wins over environment, environment over profile. A secret is shown
/// as the reference to it only.
#[derive(clap::Args, Debug)]
pub struct ShowArgs {
    /// Profile; the one in force by default
    #[arg(value_name = "NAME")]
    name: Option<String>,
    #[command(flatten)]
    output: OutputArg,
}

/// Shows them.
pub fn run(cx: &Context, args: &ShowArgs) -> Result<(), Error> {
    let settings = match &args.name {
        Some(name) if cx.config()?.profile(name).is_none() => {
            return Err(cx.config()?.no_profile(name).into());
        }
        Some(name) => cx.settings_of(name, Layer::new())?,
        None => cx.settings(Layer::new())?,
    };
    let rows = Setting::all().filter_map(|setting| Some((setting, settings.get(setting)?)));
    if args.output.is_json(cx) {
        let settings_json: Map<String, Json> = rows
            .map(|(setting, found)| {
                let value = value_json(found.value);
                let source = source_name(&found.source);
                let shown = json!({ "value": value, "source": source });
                (setting.key().to_owned(), shown)
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
