//! `authctl profile list`.

use authctl::core::config::{Layer, Setting};
use authctl::core::error::Error;
use comfy_table::Table;
use comfy_table::presets::NOTHING;
use serde_json::{Value as Json, json};

use super::super::context::Context;
use super::super::output::OutputArg;
use super::super::render::{escape, trimmed_table};

/// List the profiles
#[derive(clap::Args, Debug)]
pub struct ListArgs {
    #[command(flatten)]
    output: OutputArg,
}

/// Lists them.
pub fn run(cx: &Context, args: &ListArgs) -> Result<(), Error> {
    let config = cx.config()?;
    let current = cx.profile_name()?;
    let issuer = |layer: Option<&Layer>| {
        layer
            .and_then(|layer| layer.get(&Setting::Issuer))
            .map(ToString::to_string)
    };
    if args.output.is_json(cx) {
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
